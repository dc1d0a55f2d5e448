#include "base/time.h"

/* Howard Hinnant, "chrono-compatible low-level date algorithms": days_from_civil and its inverse. */
int64_t date_days(Date date)
{
    int64_t y = date.year - (date.month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

Date date_from_days(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);
    return (Date){(int)(yoe + era * 400 + (month <= 2)), month, (int)(doy - (153 * mp + 2) / 5 + 1)};
}

static int days_in_month(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : DAYS[month - 1];
}

/* `n` digits at `at`, or -1. */
static int digits_at(Str text, size_t at, size_t n)
{
    int value = 0;
    if (at + n > text.len) return -1;
    for (size_t i = at; i < at + n; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return -1;
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

static bool is_at(Str text, size_t at, char c) { return at < text.len && text.data[at] == c; }

bool date_parse(Str text, Date *date, Error *err)
{
    Date read = {.year = digits_at(text, 0, 4)};
    bool ok = read.year >= 1 && (text.len == 4 || text.len == 7 || text.len == 10);
    if (ok && text.len >= 7) ok = is_at(text, 4, '-') && (read.month = digits_at(text, 5, 2)) >= 1 && read.month <= 12;
    if (ok && text.len == 10)
        ok = is_at(text, 7, '-') && (read.day = digits_at(text, 8, 2)) >= 1 &&
             read.day <= days_in_month(read.year, read.month);
    if (!ok) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is not a date", STR_ARG(text));
        return error_hint(err, "Write dates as YYYY-MM-DD, or YYYY-MM or YYYY where the rest is unknown.");
    }
    *date = read;
    return true;
}

Str date_text(Arena *arena, Date date)
{
    if (!date.month) return str_format(arena, "%04d", date.year);
    if (!date.day) return str_format(arena, "%04d-%02d", date.year, date.month);
    return str_format(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

bool date_is_full(Date date) { return date.month && date.day; }

Date date_earliest(Date date)
{
    return (Date){date.year, date.month ? date.month : 1, date.day ? date.day : 1};
}

Date date_latest(Date date)
{
    int month = date.month ? date.month : 12;
    return (Date){date.year, month, date.day ? date.day : days_in_month(date.year, month)};
}

int date_age_years(Date birth, Date on)
{
    bool before_birthday = on.month < birth.month || (on.month == birth.month && on.day < birth.day);
    return on.year - birth.year - before_birthday;
}

double date_age_exact(Date birth, Date on) { return (double)(date_days(on) - date_days(birth)) / 365.25; }

#define DAY_MS ((int64_t)86400000)

bool instant_parse(Str text, Instant *instant, Error *err)
{
    Date date;
    Str rest = str_slice(text, 10, text.len);
    if (text.len < 20 || !date_parse(str_slice(text, 0, 10), &date, NULL)) goto malformed;
    int hour = digits_at(rest, 1, 2), minute = digits_at(rest, 4, 2), second = digits_at(rest, 7, 2), ms = 0;
    size_t end = 9;
    if (!is_at(rest, 0, 'T') || !is_at(rest, 3, ':') || !is_at(rest, 6, ':')) goto malformed;
    if (is_at(rest, 9, '.')) ms = digits_at(rest, 10, 3), end = 13;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || ms < 0) goto malformed;
    if (!is_at(rest, end, 'Z') || rest.len != end + 1) goto malformed;
    *instant = date_days(date) * DAY_MS + ((int64_t)hour * 3600 + minute * 60 + second) * 1000 + ms;
    return true;
malformed:
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is not a time in UTC", STR_ARG(text));
    return error_hint(err, "Write times as 2016-03-01T08:15:30Z.");
}

Str instant_text(Arena *arena, Instant instant)
{
    int64_t days = instant / DAY_MS - (instant % DAY_MS < 0);
    int64_t ms = instant - days * DAY_MS;
    Date date = date_from_days(days);
    return str_format(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", date.year, date.month, date.day,
                      (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
}

Date instant_date(Instant instant) { return date_from_days(instant / DAY_MS - (instant % DAY_MS < 0)); }
