#include "report/compare.h"

#include "report/json_writer.h"

#include "pilot.h"

static bool comparison_of(Test *t, const char *results, const char *checks, Comparison *comparison,
                          Error *err)
{
    Json report, published;
    Str a = str_format(t->arena, "{\"schema\": \"equipoise-report/1\", \"results\": [%s]}", results);
    Str b = str_format(
        t->arena, "{\"schema\": \"published-table/1\", \"table\": \"Table 14-2\", \"checks\": [%s]}", checks);
    return json_parse(t->arena, a, &report, err) && json_parse(t->arena, b, &published, err) &&
           compare_published(t->arena, &report, &published, comparison, err);
}

#define RESULTS                                                                                              \
    "{\"id\": \"T1.r1.c2\", \"table\": \"14-2\", \"group\": \"Age (y)\", \"label\": \"Mean\", \"column\": "  \
    "\"low\", \"stat\": \"mean\", "                                                                          \
    "\"value\": 2.675, \"decimals\": 1, \"printed\": \"2.7\"},"                                              \
    "{\"id\": \"T1.r2.c2\", \"table\": \"14-2\", \"group\": \"\", \"label\": \"General disorders and "       \
    "administration site conditions\", "                                                                     \
    "\"column\": \"low\", \"stat\": \"p\", \"value\": 0.9963, \"decimals\": 3, \"printed\": \">0.99\"},"     \
    "{\"id\": \"T1.r3.c2\", \"table\": \"14-2\", \"group\": \"\", \"label\": \"Gone\", \"column\": "         \
    "\"low\", \"stat\": \"sd\", "                                                                            \
    "\"value\": null, \"decimals\": 3, \"printed\": \"NE\"},"                                                \
    "{\"id\": \"T2.r1.c2\", \"table\": \"14-3\", \"group\": \"\", \"label\": \"Elsewhere\", \"column\": "    \
    "\"n\", \"stat\": \"n\", "                                                                               \
    "\"value\": 4, \"decimals\": 0, \"printed\": \"4\"}"

static void numbers_round_half_away_and_names_forgive_print(Test *t)
{
    Error err = {0};
    Comparison c;
    const char *checks = "{\"id\": \"1\", \"group\": \"AGE(y)\", \"label\": \"mean.\", \"column\": \"Low\", "
                         "\"stat\": \"mean\", \"value\": 2.68, \"decimals\": 2},"
                         "{\"id\": \"2\", \"label\": \"GENERAL DISORDERS AND ADMINISTRATION SIT\", "
                         "\"column\": \"low\", \"stat\": \"p\", \"value\": 0.99, "
                         "\"decimals\": 2, \"op\": \">\"},"
                         "{\"id\": \"3\", \"group\": \"Age (y)\", \"label\": \"Mean\", \"column\": \"low\", "
                         "\"stat\": \"mean\", \"value\": 2.67, \"decimals\": 2, "
                         "\"printed\": \"2.67\"},"
                         "{\"id\": \"4\", \"label\": \"Elsewhere\", \"value\": 4},"
                         "{\"id\": \"5\", \"label\": \"General\", \"column\": \"low\", \"stat\": \"p\", "
                         "\"value\": 0.99, \"op\": \">\", \"printed\": \">0.99\"},"
                         "{\"id\": \"6\", \"label\": \"Gone\", \"column\": \"low\", \"stat\": \"sd\", "
                         "\"value\": 1, \"printed\": \"1\"}";
    if (!CHECK_OK(t, comparison_of(t, RESULTS, checks, &c, &err), err)) return;
    static const CompareVerdict want[] = {COMPARE_MATCHES,   COMPARE_MATCHES,   COMPARE_DIFFERS,
                                          COMPARE_UNMATCHED, COMPARE_UNMATCHED, COMPARE_DIFFERS};
    for (size_t i = 0; i < 6; i++) CHECK_INT(t, c.lines[i].verdict, want[i]);
    Buf out = buf_new(t->arena);
    compare_write_text(&c, STR("x.json"), false, &out);
    CHECK_TEXT(t, buf_str(&out),
               "  DIFFERS   3  Age (y) / Mean, low, mean: published 2.67, ours 2.675 (T1.r1.c2)\n"
               "  NOT FOUND 4  Elsewhere: published , no such number of ours\n"
               "  NOT FOUND 5  General, low, p: published >0.99, no such number of ours\n"
               "  DIFFERS   6  Gone, low, sd: published 1, ours not estimable (T1.r3.c2)\n"
               "x.json: 2 of 6 checks match, 2 differ, 2 not found\n");
}

static void what_is_no_display_is_refused(Test *t)
{
    Error err = {0};
    Comparison c;
    Json json;
    CHECK(t, !comparison_of(t, RESULTS, "{\"id\": \"1\", \"label\": \"Mean\"}", &c, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "check 1 lacks a label, a value, or decimals");
    err = (Error){0};
    CHECK(t, !comparison_of(t, RESULTS, "{\"label\": \"Mean\", \"value\": 1, \"decimals\": 1e300}", &c, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "decimals from 0 to 15");
    if (!CHECK_OK(t, json_parse(t->arena, STR("{\"schema\": \"other\"}"), &json, &err), err)) return;
    CHECK(t, !compare_published(t->arena, &json, &json, &c, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "equipoise-report/1");
}

/* The report of the pilot study as JSON. */
static bool pilot_report(Test *t, Json *report)
{
    Error err = {0};
    const Document *document = pilot_document(t);
    Buf out = buf_new(t->arena);
    if (!document) return false;
    json_writer_write(document, &out);
    return CHECK_OK(t, json_parse(t->arena, buf_str(&out), report, &err), err);
}

/* Four p-values of the adverse events that the published report rounded twice, to four and then to three
 * places. */
static bool is_rounded_twice(Str id)
{
    static const char *const ids[] = {"14-5.01.309", "14-5.01.337", "14-5.01.455", "14-5.01.1275"};
    for (size_t i = 0; i < 4; i++)
        if (str_equal(id, str_from(ids[i]))) return true;
    return false;
}

static void every_printed_number_of_the_pilot_study_is_ours(Test *t)
{
    static const struct {
        const char *display;
        size_t n;
    } displays[] = {{"14-1.01", 40}, {"14-1.02", 107}, {"14-1.03", 216}, {"14-2.01", 298},  {"14-3.01", 70},
                    {"14-3.03", 70}, {"14-3.10", 252}, {"14-4.01", 72},  {"14-5.01", 2009}, {"F10-1", 11}};
    Json report, published;
    if (!pilot_report(t, &report)) return;
    for (size_t i = 0; i < sizeof displays / sizeof displays[0]; i++) {
        Error err = {0};
        Comparison c;
        const char *path =
            str_c(t->arena, str_format(t->arena, "cdiscpilot01/published/%s.json", displays[i].display));
        if (!test_data_json(t, path, &published)) return;
        if (!CHECK_OK(t, compare_published(t->arena, &report, &published, &c, &err), err)) continue;
        CHECK_INT(t, c.n, displays[i].n);
        CHECK_INT(t, c.n_matches, displays[i].n - (displays[i].n == 2009 ? 4 : 0));
        for (size_t k = 0; k < c.n; k++)
            CHECK(t, (c.lines[k].verdict == COMPARE_MATCHES) != is_rounded_twice(c.lines[k].id));
    }
}

typedef struct {
    const char *group, *label, *column, *stat;
    double value;
} NumberOfR;

/* Compares numbers with the report's table, to four decimals. */
static void check_numbers(Test *t, const char *table, const NumberOfR *values, size_t n)
{
    Error err = {0};
    Json report, numbers;
    Comparison c;
    if (!pilot_report(t, &report)) return;
    Buf buf = buf_new(t->arena);
    buf_format(&buf, "{\"schema\": \"published-table/1\", \"table\": \"%s\", \"checks\": [", table);
    for (size_t i = 0; i < n; i++)
        buf_format(&buf,
                   "%s{\"id\": \"R.%zu\", \"group\": \"%s\", \"label\": \"%s\", \"column\": \"%s\", "
                   "\"stat\": \"%s\", \"value\": %.4f, \"decimals\": 4}",
                   i ? ", " : "", i, values[i].group, values[i].label, values[i].column, values[i].stat,
                   values[i].value);
    buf_add_c(&buf, "]}");
    if (!CHECK_OK(t,
                  json_parse(t->arena, buf_str(&buf), &numbers, &err) &&
                      compare_published(t->arena, &report, &numbers, &c, &err),
                  err))
        return;
    CHECK_INT(t, c.n, n);
    CHECK_INT(t, c.n_matches, n);
}

/* R 4.2 nlme::gls (corSymm, varIdent, REML) with emmeans on the same rows, all visits and their average. */
static void the_repeated_measures_of_the_pilot_study_are_those_of_r(Test *t)
{
    static const NumberOfR values[] = {
        {"Week 24", "LS Means (SE)", "placebo", "lsmean", 2.3291233},
        {"Week 24", "LS Means (SE)", "low", "lsmean", 1.7352256},
        {"Week 24", "LS Means (SE)", "high", "lsmean", 1.5009206},
        {"Week 24", "Diff of LS Means (SE)", "low", "diff", -0.5938977},
        {"Average of Weeks 8, 16 and 24", "LS Means (SE)", "placebo", "lsmean", 1.5535450},
        {"Average of Weeks 8, 16 and 24", "LS Means (SE)", "low", "lsmean", 1.5136152},
        {"Average of Weeks 8, 16 and 24", "LS Means (SE)", "high", "lsmean", 1.1269538},
        {"Average of Weeks 8, 16 and 24", "Diff of LS Means (SE)", "low", "diff", -0.0399298},
    };
    check_numbers(t, "14-3.11", values, sizeof values / sizeof values[0]);
}

/* R 4.2 survival 3.5-3: survfit(Surv(AVAL, 1 - CNSR) ~ TRTA, conf.type = "log-log"), survdiff, coxph */
static void the_times_of_the_pilot_study_are_those_of_r(Test *t)
{
    static const NumberOfR values[] = {
        {"Days to the event", "Median", "low", "median", 33},
        {"Days to the event", "Median", "high", "median", 36},
        {"Days to the event", "95% CI of the median", "low", "ci_low", 27},
        {"Days to the event", "95% CI of the median", "low", "ci_high", 48},
        {"Days to the event", "Lower quartile", "placebo", "q1", 70},
        {"Without the event", "After 60 days (95% CI)", "placebo", "pct", 76.83949077},
        {"Without the event", "After 60 days (95% CI)", "high", "ci_low", 14.70599017},
        {"Without the event", "After 90 days (95% CI)", "low", "ci_high", 34.7203832},
        {"Compared with placebo", "Hazard ratio", "low", "ratio", 4.147704103},
        {"Compared with placebo", "Hazard ratio", "high", "ratio", 5.025970042},
    };
    check_numbers(t, "14-1", values, sizeof values / sizeof values[0]);
}

static const TestCase CASES[] = {
    {"numbers round half away from zero, names forgive print",
     numbers_round_half_away_and_names_forgive_print},
    {"what is no published display is refused", what_is_no_display_is_refused},
    {"every printed number of the pilot study is ours", every_printed_number_of_the_pilot_study_is_ours},
    {"the repeated measures of the pilot study are those of R",
     the_repeated_measures_of_the_pilot_study_are_those_of_r},
    {"the times of the pilot study are those of R", the_times_of_the_pilot_study_are_those_of_r},
};
TEST_SUITE(compare, CASES);
