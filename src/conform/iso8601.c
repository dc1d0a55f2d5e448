#include "conform/iso8601.h"

#include "base/time.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* n digits at *at, or -1 for a "-" that stands for them; false for neither. */
static bool take_part(Str text, size_t *at, size_t n, int *value)
{
    if (*at < text.len && text.data[*at] == '-') {
        *value = -1;
        ++*at;
        return true;
    }
    if (*at + n > text.len) return false;
    *value = 0;
    for (size_t i = 0; i < n; i++, ++*at) {
        if (!is_digit(text.data[*at])) return false;
        *value = 10 * *value + (text.data[*at] - '0');
    }
    return true;
}

static bool take_zone(Str text, size_t at)
{
    if (at == text.len) return true;
    if (text.data[at] == 'Z') return at + 1 == text.len;
    int hour, minute;
    bool has_sign = text.data[at] == '+' || text.data[at] == '-';
    at++;
    return has_sign && take_part(text, &at, 2, &hour) && hour >= 0 && hour < 24 && at < text.len && text.data[at] == ':' &&
           (at++, take_part(text, &at, 2, &minute)) && minute >= 0 && minute < 60 && at == text.len;
}

static bool take_fraction(Str text, size_t *at, double *fraction)
{
    double unit = 0.1;
    if (*at >= text.len || (text.data[*at] != '.' && text.data[*at] != ',')) return true;
    size_t start = ++*at;
    for (; *at < text.len && is_digit(text.data[*at]); ++*at, unit /= 10) *fraction += unit * (text.data[*at] - '0');
    return *at > start;
}

static bool is_in_range(const IsoTime *t)
{
    static const int MOST[] = {9999, 12, 31, 24, 59, 59}, LEAST[] = {0, 1, 1, 0, 0, 0};
    for (int i = 0; i < 6; i++)
        if (t->part[i] >= 0 && (t->part[i] > MOST[i] || t->part[i] < LEAST[i])) return false;
    Date date = {t->part[0] > 0 ? t->part[0] : 2000, t->part[1] > 0 ? t->part[1] : 1, t->part[2] > 0 ? t->part[2] : 1};
    return date_latest((Date){date.year, date.month, 0}).day >= date.day;
}

static void finish(IsoTime *t, double fraction)
{
    bool unknown = false;
    for (int i = 0; i < 6; i++) {
        if (t->part[i] < 0) unknown = true;
        else if (unknown) t->has_gaps = true;
        else t->n_parts = i + 1;
    }
    Date date = {t->part[0] > 0 ? t->part[0] : 1, t->part[1] > 0 ? t->part[1] : 1, t->part[2] > 0 ? t->part[2] : 1};
    t->seconds = (double)date_days(date) * 86400 + (t->part[3] > 0 ? t->part[3] : 0) * 3600.0 + (t->part[4] > 0 ? t->part[4] : 0) * 60.0 +
                 (t->part[5] > 0 ? t->part[5] : 0) + fraction;
}

bool iso_time_parse(Str text, IsoTime *t)
{
    static const size_t DIGITS[] = {4, 2, 2, 2, 2, 2};
    static const char BEFORE[] = {0, '-', '-', 'T', ':', ':'};
    size_t at = 0;
    int i = 0;
    double fraction = 0;
    *t = (IsoTime){.part = {-1, -1, -1, -1, -1, -1}};
    if (text.len == 0) return false;
    for (; i < 6; i++) {
        if (i > 0 && (at >= text.len || text.data[at] != BEFORE[i])) break;
        at += i > 0;
        if (!take_part(text, &at, DIGITS[i], &t->part[i])) return false;
    }
    if (i == 6 && !take_fraction(text, &at, &fraction)) return false;
    if (!(i > 3 ? take_zone(text, at) : at == text.len) || t->part[i - 1] < 0 || !is_in_range(t)) return false;
    finish(t, fraction);
    return true;
}

bool iso_date_is_valid(Str text)
{
    Str from, to;
    IsoTime t;
    if (str_cut(text, STR("/"), &from, &to)) return iso_time_parse(from, &t) && iso_time_parse(to, &t);
    return iso_time_parse(text, &t);
}

bool iso_date_is_complete(Str text)
{
    IsoTime t;
    return iso_time_parse(text, &t) && t.part[0] >= 0 && t.part[1] >= 0 && t.part[2] >= 0;
}

bool iso_duration_is_valid(Str text, bool may_be_negative)
{
    static const char UNITS[] = "YMWDTHMS";
    size_t at = 0, unit = 0, n = 0;
    bool in_time = false, has_fraction = false, fresh_time = false;
    if (may_be_negative && at < text.len && text.data[at] == '-') at++;
    if (at >= text.len || text.data[at++] != 'P') return false;
    while (at < text.len) {
        if (text.data[at] == 'T') {
            if (in_time) return false;
            in_time = fresh_time = true;
            unit = 5;
            at++;
            continue;
        }
        size_t start = at;
        if (has_fraction) return false;
        for (; at < text.len && (is_digit(text.data[at]) || text.data[at] == '.' || text.data[at] == ','); at++) {
            bool is_point = !is_digit(text.data[at]);
            if (is_point && (has_fraction || at == start)) return false;
            has_fraction = has_fraction || is_point;
        }
        if (at == start || at >= text.len || !is_digit(text.data[at - 1])) return false;
        while (unit < sizeof UNITS - 1 && UNITS[unit] != text.data[at] && UNITS[unit] != 'T') unit++;
        if (unit >= sizeof UNITS - 1 || UNITS[unit] != text.data[at]) return false;
        unit++;
        at++;
        n++;
        fresh_time = false;
    }
    return n > 0 && !fresh_time;
}
