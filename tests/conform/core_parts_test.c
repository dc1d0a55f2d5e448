/* Parts of the rule interpreter by themselves: regular expressions, dates, data sets. */
#include "base/file.h"
#include "conform/core_regex.h"
#include "conform/data_set.h"
#include "conform/iso8601.h"
#include "test.h"

static void python_s_expressions_match_as_there(Test *t)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } MATCHES[] = {
        {"^\\d{4}-\\d{2}$", "2020-03", true},  {"^\\d{4}-\\d{2}$", "2020-3", false},    {"AB", "ABC", true},
        {"BC", "ABC", false},                  {".*BC", "ABC", true},                    {"(?i:^(ni|unknown)$)", "UNKNOWN", true},
        {"(?i:^(ni|unknown)$)", "unknowns", false}, {"^\\s", " x", true},              {"^[A-Z_][A-Z0-9_]{0,7}$", "A1234567", true},
        {"^[A-Z_][A-Z0-9_]{0,7}$", "A12345678", false}, {"^[^\\s]+$", "a b", false},     {"^(?:ab)+?$", "abab", true},
        {"^-?(0|[1-9]\\d*)(\\.\\d+)?$", "-12.50", true}, {"^-?(0|[1-9]\\d*)(\\.\\d+)?$", "012", false}, {"^\\w+\\W$", "ab-", true},
        {"a|b", "b", true},                    {"^$", "", true},                         {"x\\.y", "xzy", false},
    };
    for (size_t i = 0; i < sizeof MATCHES / sizeof MATCHES[0]; i++) {
        Error err = {0};
        const CoreRegex *regex;
        if (!CHECK_OK(t, core_regex_compile(t->arena, str_from(MATCHES[i].pattern), &regex, &err), err)) continue;
        if (!CHECK(t, core_regex_matches(regex, str_from(MATCHES[i].text)) == MATCHES[i].matches)) CHECK_TEXT(t, str_from(MATCHES[i].pattern), MATCHES[i].text);
    }
}

static void the_first_group_is_taken(Test *t)
{
    Error err = {0};
    const CoreRegex *regex;
    Str part;
    if (!CHECK_OK(t, core_regex_compile(t->arena, STR(".{4}(..).*"), &regex, &err), err)) return;
    CHECK(t, core_regex_extract(regex, STR("SUPPAEX"), &part));
    CHECK_TEXT(t, part, "AE");
    CHECK(t, !core_regex_extract(regex, STR("SUPP"), &part));
}

static void expressions_we_cannot_ask_are_refused(Test *t)
{
    static const struct {
        const char *pattern, *message;
    } REFUSED[] = {
        {"(?=x)", "has a group with \"(?\""}, {"(a)\\1", "has a back reference"}, {"a\\", "at its end"}, {"[^\\S]", "a complement inside brackets"},
        {"(", "has "}, {"a{1,100000}", "too large"}, {"((a{1,99}){1,99}){1,99}", "too many repetitions"},
    };
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        Error err = {0};
        const CoreRegex *regex;
        CHECK(t, !core_regex_compile(t->arena, str_from(REFUSED[i].pattern), &regex, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, REFUSED[i].message);
    }
}

static void dates_cut_short_are_dates(Test *t)
{
    static const char *const VALID[] = {"2003", "2003-12", "2003-12-15", "2003-12-15T13", "2003-12-15T13:14", "2003-12-15T13:14:17", "2003-12-15T13:14:17.123", "2003-12-15T13:14:17+05:30", "2003-12-15T13:14Z",
                                        "2003---15", "--12-15", "-----T07:15", "2003-12-15T-:15", "2003-12-01/2003-12-10", "2004-02-29"};
    static const char *const INVALID[] = {"", "03", "2003-13", "2003-02-29", "2003-1-5", "15DEC2003", "2003-12-15T", "2003-12-15T25:00", "2003-12-15 13:14", "2003/12/15", "2003-", "2003-12-15T13:14:17+5"};
    IsoTime a, b;
    for (size_t i = 0; i < sizeof VALID / sizeof VALID[0]; i++)
        if (!CHECK(t, iso_date_is_valid(str_from(VALID[i])))) CHECK_TEXT(t, str_from(VALID[i]), "valid");
    for (size_t i = 0; i < sizeof INVALID / sizeof INVALID[0]; i++)
        if (!CHECK(t, !iso_date_is_valid(str_from(INVALID[i])))) CHECK_TEXT(t, str_from(INVALID[i]), "invalid");
    CHECK(t, iso_date_is_complete(STR("2003-12-15T-:15")) && iso_date_is_complete(STR("2003-12-15")));
    CHECK(t, !iso_date_is_complete(STR("2003-12")) && !iso_date_is_complete(STR("2003---15")));
    CHECK(t, iso_time_parse(STR("2003-12-15T13:14"), &a) && iso_time_parse(STR("2003-12"), &b));
    CHECK_NEAR(t, a.seconds - b.seconds, 14 * 86400.0 + 13 * 3600 + 14 * 60, 1e-15);
}

static void durations_hold_their_units_in_order(Test *t)
{
    static const char *const VALID[] = {"P3Y6M4DT12H30M5S", "P2W", "PT0.5H", "P1Y", "PT15M", "P0D"};
    static const char *const INVALID[] = {"", "P", "PT", "3Y", "P3", "P1M1Y", "PT1D", "P1H", "P1.5.2D", "P1.D", "P1.5Y2M", "-P1D", "P1YT", "NO MAXIMUM"};
    for (size_t i = 0; i < sizeof VALID / sizeof VALID[0]; i++)
        if (!CHECK(t, iso_duration_is_valid(str_from(VALID[i]), false))) CHECK_TEXT(t, str_from(VALID[i]), "valid");
    for (size_t i = 0; i < sizeof INVALID / sizeof INVALID[0]; i++)
        if (!CHECK(t, !iso_duration_is_valid(str_from(INVALID[i]), false))) CHECK_TEXT(t, str_from(INVALID[i]), "invalid");
    CHECK(t, iso_duration_is_valid(STR("-P1D"), true));
}

static DataColumn column_of(Test *t, const char *name, const char *const *texts, size_t n)
{
    DataColumnBuilder builder = data_column_builder(t->arena, str_from(name), false);
    for (size_t i = 0; i < n; i++) data_column_add(&builder, data_of_text(str_from(texts[i])));
    return builder.column;
}

static void groups_are_rows_equal_in_all_columns(Test *t)
{
    static const char *const A[] = {"x", "y", "x", "", "x"}, *const B[] = {"1", "1", "2", "", "1"};
    static const uint32_t WANT[] = {0, 1, 2, 3, 0};
    DataColumn a = column_of(t, "A", A, 5), b = column_of(t, "B", B, 5);
    size_t n;
    const uint32_t *groups = data_groups(t->arena, (const DataColumn *const[]){&a, &b}, 2, 5, &n);
    CHECK_INT(t, n, 4);
    for (size_t i = 0; i < 5; i++) CHECK_INT(t, groups[i], WANT[i]);
    CHECK_INT(t, a.n_values, 3);
    CHECK(t, a.codes[3] == 0 && data_text(&a, 3).len == 0);
}

/* Many distinct values take the hash table, few the direct one: the law is the same. */
static void groups_of_many_values_are_as_those_of_few(Test *t)
{
    enum { N = 5000 };
    DataColumnBuilder a = data_column_builder(t->arena, STR("A"), true), b = data_column_builder(t->arena, STR("B"), true);
    for (size_t i = 0; i < N; i++) {
        data_column_add(&a, (DataValue){.number = (double)(i % 2500), .is_number = true});
        data_column_add(&b, (DataValue){.number = (double)(i % 1250) + 0.5, .is_number = true});
    }
    size_t n;
    const uint32_t *groups = data_groups(t->arena, (const DataColumn *const[]){&a.column, &b.column}, 2, N, &n);
    CHECK_INT(t, n, 2500);
    for (size_t i = 0; i < N; i++)
        if (groups[i] != i % 2500 && !CHECK_INT(t, groups[i], i % 2500)) return;
}

static void numbers_have_fifteen_digits(Test *t)
{
    CHECK_TEXT(t, data_of_number(t->arena, 9.299999999999999).text, "9.3");
    CHECK_TEXT(t, data_of_number(t->arena, 0.1 + 0.2).text, "0.3");
    CHECK_TEXT(t, data_of_number(t->arena, -2.385).text, "-2.385");
}

static void a_folder_of_csv_says_what_it_wants(Test *t)
{
    DataFolder folder;
    Error err = {0};
    const Str names[] = {STR("ae.csv"), STR("_datasets.csv")};
    const Str texts[] = {STR("DOMAIN,,AESEQ\nAE,7,1\n"), STR("Filename,Label\nae,Adverse Events\n")}, more[] = {texts[0], STR("Filename,Label\nlb,Labs\n")};
    if (!CHECK_OK(t, data_folder_of_texts(t->arena, names, texts, 2, &folder, &err), err)) return;
    const DataSet *ae = data_folder_get(&folder, STR("AE"));
    if (!CHECK(t, ae != NULL)) return;
    CHECK_TEXT(t, ae->label, "Adverse Events");
    CHECK_TEXT(t, ae->prefix, "AE");
    CHECK(t, set_column(ae, STR("COLUMN2")) != NULL && set_column(ae, STR("AESEQ"))->is_number);
    CHECK(t, !data_folder_of_texts(t->arena, names, more, 2, &folder, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "_datasets.csv lists \"LB\", which is not there");
    CHECK(t, !data_folder_read(t->arena, test_scratch(t, "no-such-folder"), &folder, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not read the folder");
}

static void two_files_of_one_name_are_refused(Test *t)
{
    DataFolder folder;
    Error err = {0};
    Str path = test_scratch(t, "two-of-a-name");
    CHECK_OK(t, file_make_folder(t->arena, path, &err), err);
    CHECK_OK(t, file_write(t->arena, file_join(t->arena, path, STR("ae.csv")), STR("DOMAIN\nAE\n"), &err), err);
    CHECK_OK(t, file_write(t->arena, file_join(t->arena, path, STR("AE.CSV")), STR("DOMAIN\nAE\n"), &err), err);
    CHECK(t, !data_folder_read(t->arena, path, &folder, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"AE\" stands twice");
}

static const TestCase CASES[] = {
    {"Python's expressions match as there", python_s_expressions_match_as_there},
    {"the first group is taken", the_first_group_is_taken},
    {"expressions we cannot ask are refused", expressions_we_cannot_ask_are_refused},
    {"dates cut short are dates", dates_cut_short_are_dates},
    {"durations hold their units in order", durations_hold_their_units_in_order},
    {"groups are rows equal in all columns", groups_are_rows_equal_in_all_columns},
    {"groups of many values are as those of few", groups_of_many_values_are_as_those_of_few},
    {"numbers have fifteen digits", numbers_have_fifteen_digits},
    {"a folder of CSV says what it wants", a_folder_of_csv_says_what_it_wants},
    {"two files of one name are refused", two_files_of_one_name_are_refused},
};
TEST_SUITE(core_parts, CASES);
