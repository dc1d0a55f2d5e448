#include "data/condition_functions.h"

#include <math.h>

#include "base/time.h"

#define JULIAN_OF_1970 2440587.5
#define MANY 100 /* as many arguments as a call may have */

static Str value_text(sqlite3_value *value)
{
    const char *text = (const char *)sqlite3_value_text(value);
    return text ? (Str){text, (size_t)sqlite3_value_bytes(value)} : (Str){"", 0};
}

/* The full date that a date or the first part of a date-time names. */
static bool value_date(sqlite3_value *value, Date *date)
{
    Str text = value_text(value);
    if (text.len > 10 && text.data[10] != 'T' && text.data[10] != ' ') return false;
    return date_parse(str_slice(text, 0, 10), date, NULL) && date_is_full(*date);
}

/* Seconds since 1970 of a date (its midnight) or a date-time YYYY-MM-DDThh:mm[:ss][Z]. */
static bool value_seconds(sqlite3_value *value, double *seconds)
{
    Date date;
    if (!value_date(value, &date)) return false;
    Str clock = str_slice(value_text(value), 11, SIZE_MAX);
    if (str_ends(clock, STR("Z"))) clock.len--;
    if (clock.len == 5) clock = str_slice(clock, 0, 5);
    int64_t parts[3] = {0, 0, 0};
    if (clock.len != 0 && clock.len != 5 && clock.len != 8) return false;
    for (size_t i = 0; 3 * i < clock.len; i++) {
        Str digits = str_slice(clock, 3 * i, 3 * i + 2);
        if (digits.data[0] < '0' || digits.data[0] > '9' || !integer_parse(digits, &parts[i])) return false;
        if (i && clock.data[3 * i - 1] != ':') return false;
    }
    if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return false;
    *seconds = (double)(date_days(date) * 86400 + parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static void run_math(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    const ConditionFunction *function = sqlite3_user_data(context);
    (void)n_args;
    if (sqlite3_value_numeric_type(args[0]) != SQLITE_INTEGER &&
        sqlite3_value_numeric_type(args[0]) != SQLITE_FLOAT)
        return;
    double result = function->math(sqlite3_value_double(args[0]));
    if (!isnan(result) && !(isinf(result) && result < 0)) sqlite3_result_double(context, result);
}

static void run_power(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    (void)n_args;
    for (int i = 0; i < 2; i++)
        if (sqlite3_value_numeric_type(args[i]) != SQLITE_INTEGER &&
            sqlite3_value_numeric_type(args[i]) != SQLITE_FLOAT)
            return;
    double result = pow(sqlite3_value_double(args[0]), sqlite3_value_double(args[1]));
    if (!isnan(result)) sqlite3_result_double(context, result);
}

/* The rounding of every report, so that a condition and a table agree on 2.675. */
static void run_round(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    int decimals = n_args > 1 ? sqlite3_value_int(args[1]) : 0;
    int type = sqlite3_value_numeric_type(args[0]);
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return;
    if (n_args > 1 && sqlite3_value_type(args[1]) == SQLITE_NULL) return;
    double value = sqlite3_value_double(args[0]);
    if (decimals < 0) decimals = 0;
    if (decimals > 15 || !isfinite(value))
        sqlite3_result_double(context, value);
    else
        sqlite3_result_double(context, number_round(value, decimals));
}

static void run_text(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    int type = sqlite3_value_type(args[0]);
    (void)n_args;
    if (type == SQLITE_NULL) return;
    if (type == SQLITE_TEXT || !isfinite(sqlite3_value_double(args[0]))) {
        sqlite3_result_value(context, args[0]);
        return;
    }
    Arena *scratch = arena_new();
    Buf buf = buf_new(scratch);
    buf_number(&buf, sqlite3_value_double(args[0]));
    sqlite3_result_text(context, buf_c(&buf), (int)buf.len, SQLITE_TRANSIENT);
    arena_free(scratch);
}

static void run_days_between(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    Date from, to;
    (void)n_args;
    if (value_date(args[0], &from) && value_date(args[1], &to))
        sqlite3_result_double(context, (double)(date_days(to) - date_days(from)));
}

static void run_years_between(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    Date from, to;
    (void)n_args;
    if (!value_date(args[0], &from) || !value_date(args[1], &to)) return;
    bool backwards = date_days(to) < date_days(from);
    int years = backwards ? -date_age_years(to, from) : date_age_years(from, to);
    sqlite3_result_double(context, (double)years);
}

static void run_hours_between(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    double from, to;
    (void)n_args;
    if (sqlite3_value_bytes(args[0]) <= 10 || sqlite3_value_bytes(args[1]) <= 10) return;
    if (value_seconds(args[0], &from) && value_seconds(args[1], &to))
        sqlite3_result_double(context, (to - from) / 3600);
}

static void run_julianday(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    double seconds;
    (void)n_args;
    if (value_seconds(args[0], &seconds)) sqlite3_result_double(context, seconds / 86400 + JULIAN_OF_1970);
}

static void result_date(sqlite3_context *context, Date date)
{
    Arena *scratch = arena_new();
    Str text = date_text(scratch, date);
    sqlite3_result_text(context, text.data, (int)text.len, SQLITE_TRANSIENT);
    arena_free(scratch);
}

static void run_date(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    Date date;
    (void)n_args;
    if (value_date(args[0], &date)) result_date(context, date);
}

static const struct {
    const char *word;
    int days, months;
} UNITS[] = {{"day", 1, 0}, {"week", 7, 0}, {"month", 0, 1}, {"year", 0, 12}};

/* The 31st of January and a month is the last day of February. */
static bool date_plus(Date from, int64_t n, int days, int months, Date *result)
{
    static const Date FIRST = {1, 1, 1}, LAST = {9999, 12, 31};
    if (n < -4000000 || n > 4000000) return false;
    if (days) {
        int64_t sum = date_days(from) + n * days;
        if (sum < date_days(FIRST) || sum > date_days(LAST)) return false;
        *result = date_from_days(sum);
        return true;
    }
    int64_t month = (int64_t)from.year * 12 + from.month - 1 + n * months;
    if (month < 12 || month >= 10000 * 12) return false;
    Date last = date_latest((Date){(int)(month / 12), (int)(month % 12) + 1, 0});
    *result = (Date){last.year, last.month, from.day < last.day ? from.day : last.day};
    return true;
}

static void run_date_plus(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    Date date, result;
    (void)n_args;
    Str unit = value_text(args[2]);
    if (str_ends(unit, STR("s"))) unit.len--;
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (!str_equal(unit, str_from(UNITS[i].word))) continue;
        if (sqlite3_value_type(args[1]) == SQLITE_NULL || !value_date(args[0], &date)) return;
        if (date_plus(date, sqlite3_value_int64(args[1]), UNITS[i].days, UNITS[i].months, &result))
            result_date(context, result);
        return;
    }
    sqlite3_result_error(context, "date_plus counts in 'days', 'weeks', 'months' or 'years'", -1);
}

/* clang-format off */
static const ConditionFunction FUNCTIONS[] = {
    {"abs",            "abs(x)",                   "x without its sign",                                               1, 1,   NULL,  NULL},
    {"round",          "round(x, decimals)",       "rounded half away from zero, as reports print; 0 decimals when left out", 1, 2,   NULL,  run_round},
    {"floor",          "floor(x)",                 "the whole number at or below x",                                   1, 1,   floor, run_math},
    {"ceil",           "ceil(x)",                  "the whole number at or above x",                                   1, 1,   ceil,  run_math},
    {"sqrt",           "sqrt(x)",                  "square root; unknown below 0",                                     1, 1,   sqrt,  run_math},
    {"exp",            "exp(x)",                   "e to the power x",                                                 1, 1,   exp,   run_math},
    {"ln",             "ln(x)",                    "natural logarithm; unknown unless x > 0",                          1, 1,   log,   run_math},
    {"log10",          "log10(x)",                 "logarithm to base 10; unknown unless x > 0",                       1, 1,   log10, run_math},
    {"power",          "power(x, y)",              "x to the power y",                                                 2, 2,   NULL,  run_power},
    {"min",            "min(x, y, ...)",           "the least of two or more values; unknown if one is",               2, MANY, NULL,  NULL},
    {"max",            "max(x, y, ...)",           "the greatest of two or more values; unknown if one is",            2, MANY, NULL,  NULL},
    {"coalesce",       "coalesce(x, y, ...)",      "the first that is known",                                          2, MANY, NULL,  NULL},
    {"ifnull",         "ifnull(x, y)",             "x, or y where x is unknown",                                       2, 2,   NULL,  NULL},
    {"nullif",         "nullif(x, y)",             "x, unknown where it equals y",                                     2, 2,   NULL,  NULL},
    {"iif",            "iif(condition, x, y)",     "x where the condition is true, else y",                            3, 3,   NULL,  NULL},
    {"length",         "length(text)",             "number of characters",                                             1, 1,   NULL,  NULL},
    {"lower",          "lower(text)",              "in small letters (A to Z only)",                                   1, 1,   NULL,  NULL},
    {"upper",          "upper(text)",              "in capital letters (a to z only)",                                 1, 1,   NULL,  NULL},
    {"substr",         "substr(text, first, n)",   "n characters from the first, counted from 1",                      2, 3,   NULL,  NULL},
    {"trim",           "trim(text)",               "without blanks around",                                            1, 1,   NULL,  NULL},
    {"ltrim",          "ltrim(text)",              "without blanks before",                                            1, 1,   NULL,  NULL},
    {"rtrim",          "rtrim(text)",              "without blanks after",                                             1, 1,   NULL,  NULL},
    {"instr",          "instr(text, part)",        "where part first stands in text, 0 if nowhere",                    2, 2,   NULL,  NULL},
    {"replace",        "replace(text, part, by)",  "text with every part replaced",                                    3, 3,   NULL,  NULL},
    {"like",           "like(pattern, text)",      "the same as text LIKE pattern",                                    2, 2,   NULL,  NULL},
    {"text",           "text(x)",                  "a number as its shortest text, to be joined to others",            1, 1,   NULL,  run_text},
    {"date",           "date(x)",                  "the date of a date or date-time; unknown unless it is full",       1, 1,   NULL,  run_date},
    {"date_plus",      "date_plus(date, n, unit)", "n 'days', 'weeks', 'months' or 'years' later; a month after the 31st is the last day of the next", 3, 3,   NULL,  run_date_plus},
    {"days_between",   "days_between(from, to)",   "days from one date to another; negative when to is before from",   2, 2,   NULL,  run_days_between},
    {"years_between",  "years_between(from, to)",  "completed years: the age of somebody born at from",                2, 2,   NULL,  run_years_between},
    {"hours_between",  "hours_between(from, to)",  "hours, with a fraction, from one date-time to another",            2, 2,   NULL,  run_hours_between},
    {"julianday",      "julianday(x)",             "Julian day number of a date or date-time",                         1, 1,   NULL,  run_julianday},
};
/* clang-format on */

#define N_FUNCTIONS (sizeof FUNCTIONS / sizeof FUNCTIONS[0])

const ConditionFunction *condition_functions(size_t *n)
{
    *n = N_FUNCTIONS;
    return FUNCTIONS;
}

const ConditionFunction *condition_function(Str name)
{
    for (size_t i = 0; i < N_FUNCTIONS; i++)
        if (str_equal_fold(name, str_from(FUNCTIONS[i].name))) return &FUNCTIONS[i];
    return NULL;
}

static void run_refused(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    (void)n_args, (void)args;
    sqlite3_result_error(context, "wrong number of arguments", -1);
}

bool condition_functions_register(sqlite3 *database)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, rc = SQLITE_OK;
    for (size_t i = 0; i < N_FUNCTIONS && rc == SQLITE_OK; i++) {
        const ConditionFunction *f = &FUNCTIONS[i];
        void *self = (void *)(uintptr_t)f;
        if (!f->run) continue;
        rc = sqlite3_create_function_v2(database, f->name, -1, flags, self, run_refused, NULL, NULL, NULL);
        for (int n = f->least_args; n <= f->most_args && rc == SQLITE_OK; n++)
            rc = sqlite3_create_function_v2(database, f->name, n, flags, self, f->run, NULL, NULL, NULL);
    }
    return rc == SQLITE_OK;
}
