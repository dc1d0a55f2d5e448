#include "base/file.h"

#include "outputs.h"

static const Sheet SHEETS[] = {
    {"subjects",
     "SUBJID,ARM,SEX,AGE,SAFFL,GRADE\n"
     "S1,A,F,4.5,Y,low\nS2,A,M,6,Y,high\nS3,A,F,7.25,Y,low\nS4,B,M,5,Y,high\nS5,B,F,9.5,Y,\nS6,B,M,,,low\n"},
    {"events", "SUBJID,ARM,BODY,TERM\n"
               "S1,A,Skin,Rash\nS1,A,Skin,Rash\nS2,A,Skin,Itch\nS4,B,Skin,Itch\nS4,B,Gut,Nausea\nS5,B,Skin,"
               "Itch\nS6,B,Gut,Pain\n"},
    {"measures", "SUBJID,ARM,VISIT,VISITN,AVAL,BASE,CHG\n"
                 "S1,A,Start,0,10,10,\nS2,A,Start,0,12,12,\nS4,B,Start,0,9,9,\nS5,B,Start,0,14,14,\n"
                 "S1,A,End,6,13.5,10,3.5\nS2,A,End,6,13,12,1\nS4,B,End,6,11.5,9,2.5\nS5,B,End,6,18,14,4\n"},
};
static const Sheets DATA = {3, SHEETS};

#define ARMS                                                                                                 \
    "columns: {variable: ARM, levels: [{key: a, header: Arm A, value: A}, {key: b, header: Arm B, value: "   \
    "B}]"

static Document *made(Test *t, const char *outputs)
{
    Error err = {0};
    Document *document = NULL;
    return CHECK_OK(t, outputs_make(t, outputs, DATA, &document, &err), err) ? document : NULL;
}

static void counts_are_of_the_column_and_its_population(Test *t)
{
    Document *document = made(t, "  displays:\n"
                                 "    - table: 1\n      title: Counts\n      population: safety\n      " ARMS
                                 ", total: true, show_n: true}\n"
                                 "      rows:\n"
                                 "        - {count: Girls, where: \"SEX = 'F'\"}\n"
                                 "        - {count: Old, where: AGE > 100, zero: \"{n}\"}\n");
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "Girls", "a"), "2 (67%)");
    CHECK_TEXT(t, outputs_cell(document, "Girls", "b"), "1 (50%)");
    CHECK_TEXT(t, outputs_cell(document, "Girls", "total"), "3 (60%)");
    CHECK_TEXT(t, outputs_cell(document, "Old", "a"), "0");
    CHECK_TEXT(t, document->blocks[0].table->columns[2].header, "Arm B\n(N=2)");
    const Result *girls = outputs_result(document, "Girls", "a", "pct");
    if (!CHECK(t, girls != NULL)) return;
    CHECK_NEAR(t, girls->value, 200.0 / 3, 1e-15);
    CHECK_TEXT(t, girls->from->population, "Safety: SAFFL = 'Y'");
    CHECK_TEXT(t, girls->from->filter, "ARM = 'A' AND SEX = 'F'");
    CHECK_TEXT(t, girls->from->source, "subjects.csv");
    CHECK_INT(t, girls->from->n_records, 2);
    CHECK_TEXT(t, girls->from->records, "SUBJID S1 S3");
}

static void an_expected_course_starts_at_the_first_mean_and_adds_the_mean_expected_change(Test *t)
{
    /* S6 is seen at the start only: a mean over those seen later would start from another mean */
    static const Sheet SEEN[] = {
        {"subjects", "SUBJID\nS1\nS2\nS6\n"},
        {"measures", "SUBJID,VISITN,AVAL,GROWTH\nS1,0,10,\nS2,0,12,\nS6,0,26,\nS1,6,13.5,1\nS2,6,13,2.5\n"}};
    static const char LINES[] = "  displays:\n    - {figure: 1, title: x, data: measures, draw: lines, "
                                "x: VISITN, y: AVAL, %s}\n";
    Error err = {0};
    Document *document;
    Str outputs = str_format(t->arena, LINES, "expected_change: GROWTH");
    if (!CHECK_OK(t, outputs_make(t, outputs.data, (Sheets){2, SEEN}, &document, &err), err)) return;
    CHECK_TEXT(t, outputs_cell(document, "0", "expected"), "16.0");
    const Result *later = outputs_result(document, "6", "expected", "expected");
    if (!CHECK(t, later != NULL)) return;
    CHECK_NEAR(t, later->value, 16 + (1 + 2.5) / 2, 1e-15);
    CHECK_TEXT(t, later->from->variable, "GROWTH");
    outputs = str_format(t->arena, LINES, "expected: AVAL, expected_change: GROWTH");
    CHECK(t, !outputs_make(t, outputs.data, (Sheets){2, SEEN}, &document, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "not both");
}

static void categories_show_their_levels_the_known_and_the_missing(Test *t)
{
    Document *document = made(t, "  displays:\n"
                                 "    - table: 1\n      title: Categories\n      " ARMS "}\n"
                                 "      rows:\n"
                                 "        - {categories: GRADE, count: known, levels: {high: High, low: "
                                 "Low}, missing: Missing, of_known: true}\n"
                                 "        - {categories: SEX, group: \"By sex\", levels: [{label: Girl with "
                                 "a low grade, value: F, where: \"GRADE = 'low'\"}, "
                                 "{label: The others, where: SUBJID IS NOT NULL}], format: \"{n}/{N}\"}\n");
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "known", "b"), "2");
    CHECK_TEXT(t, outputs_cell(document, "High", "b"), "1 (50%)");
    CHECK_TEXT(t, outputs_cell(document, "Low", "a"), "2 (67%)");
    CHECK_TEXT(t, outputs_cell(document, "Missing", "b"), "1 (50%)");
    CHECK_TEXT(t, outputs_cell(document, "Girl with a low grade", "a"), "2/3");
    CHECK_TEXT(t, outputs_cell(document, "The others", "b"), "3/3");
    CHECK_TEXT(t, outputs_result(document, "The others", "b", "n")->group, "By sex");
}

static void statistics_print_as_the_templates_say(Test *t)
{
    Document *document = made(
        t, "  formats: {max: {above: 8}}\n"
           "  displays:\n"
           "    - table: 1\n      title: Age\n      decimals: 1\n      " ARMS "}\n"
           "      rows:\n"
           "        - statistics: AGE\n          group: Age\n"
           "          lines: [n, mean-sd, {\"Median [range]\": \"{median:2} [{min}, {max}]\"}, missing]\n");
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "Mean (SD)", "a"), "5.92 (1.377)");
    CHECK_TEXT(t, outputs_cell(document, "Median [range]", "a"), "6.00 [4.5, 7.3]");
    CHECK_TEXT(t, outputs_cell(document, "Median [range]", "b"), "7.25 [5.0, >8]");
    CHECK_TEXT(t, outputs_cell(document, "Missing", "b"), "1");
    CHECK_NEAR(t, outputs_result(document, "Median [range]", "b", "max")->value, 9.5, 0);
}

static void levels_nest_and_the_most_frequent_come_first(Test *t)
{
    Document *document = made(t, "  displays:\n"
                                 "    - table: 1\n      title: Events\n      data: events\n      population: "
                                 "safety\n      distinct: SUBJID\n      " ARMS "}\n"
                                 "      label_width: 4\n"
                                 "      rows:\n"
                                 "        - by: BODY\n          rows:\n"
                                 "            - {count: \"{BODY}\", format: \"{n} ({pct}%) [{events}]\"}\n"
                                 "            - {by: TERM, group: \"{BODY}\", header: false, order: {most: "
                                 "b}, rows: [{count: \"{TERM}\"}]}\n");
    if (!document) return;
    const Table *table = document->blocks[0].table;
    static const char *const labels[] = {"Gut", "Naus", "Skin", "Itch",
                                         "Rash"}; /* S6 is not in the population */
    if (!CHECK_INT(t, table->n_rows, 5)) return;
    for (size_t i = 0; i < 5; i++) CHECK_TEXT(t, table->rows[i].label, labels[i]);
    CHECK_TEXT(t, outputs_cell(document, "Skin", "a"), "2 (67%) [3]");
    CHECK_TEXT(t, outputs_cell(document, "Skin", "b"), "2 (100%) [2]");
    CHECK_TEXT(t, table->rows[3].group, "Skin");
}

static void statistics_go_across_under_each_arm(Test *t)
{
    Document *document =
        made(t, "  displays:\n"
                "    - table: 1\n      title: Course\n      data: measures\n      " ARMS "}\n"
                "      across:\n"
                "        - {key: n, format: \"{n}\"}\n"
                "        - {key: value, variable: AVAL, format: \"{mean}\"}\n"
                "        - {key: change, variable: CHG, prefix: chg_, format: \"{mean:2}\"}\n"
                "      rows:\n"
                "        - {by: VISIT, order: {by: VISITN}, rows: [{row: \"{VISIT}\"}]}\n");
    if (!document) return;
    const Table *table = document->blocks[0].table;
    CHECK_TEXT(t, table->rows[1].label, "Start");
    CHECK_TEXT(t, table->rows[2].cells[2].text, "13.3");
    CHECK_TEXT(t, table->rows[2].cells[3].text, "2.25");
    CHECK_NEAR(t, outputs_result(document, "End", "b", "chg_mean")->value, 3.25, 1e-15);
    CHECK_TEXT(t, outputs_result(document, "End", "b", "chg_mean")->group, "Arm B");
}

static void tests_of_groups_stand_in_their_column(Test *t)
{
    Document *document = made(t, "  displays:\n"
                                 "    - table: 1\n      title: Tests\n      population: safety\n      " ARMS
                                 ", total: true, tests: [{key: p, header: p}]}\n"
                                 "      rows:\n"
                                 "        - {statistics: AGE, lines: [n, mean], tests: {test: anova, in: p, "
                                 "row: Mean, format: \"{statistic:3}, p {p:3}\"}}\n");
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "n", "p"), "");
    CHECK_TEXT(t, outputs_cell(document, "Mean", "p"), "0.460, p 0.546"); /* R: anova(lm(AGE ~ ARM)) */
    CHECK_TEXT(t, outputs_result(document, "Mean", "p", "p")->from->method_page, "anova");
}

static void models_compare_the_arms_and_test_terms(Test *t)
{
    Document *document = made(
        t,
        "  displays:\n"
        "    - table: 1\n      title: Model\n      data: measures\n      where: VISIT = 'End'\n      " ARMS
        "}\n"
        "      rows:\n"
        "        - {model: CHG ~ ARM + BASE, compare: {b: [b, a]}, lines: {Difference: \"{diff:4} "
        "({se:4})\"}}\n"
        "        - {model: CHG ~ ARM + BASE, term: BASE, in: a, lines: {Slope: \"{estimate:4}, p {p:4}\"}}\n"
        "        - {model: CHG ~ ARM + BASE, lines: {Mean: \"{lsmean:4}\"}}\n");
    if (!document) return;
    /* R: coef(summary(lm(CHG ~ ARM + BASE))), the means at BASE = 11.25 */
    CHECK_TEXT(t, outputs_cell(document, "Difference", "a"), "");
    CHECK_TEXT(t, outputs_cell(document, "Difference", "b"), "0.9569 (2.0527)");
    CHECK_TEXT(t, outputs_cell(document, "Slope", "a"), "0.0862, p 0.8982");
    CHECK_TEXT(t, outputs_cell(document, "Mean", "a"), "2.2716");
}

static void a_model_without_data_is_not_estimable_and_does_not_stop_the_report(Test *t)
{
    Document *document = made(
        t, "  displays:\n"
           "    - table: 1\n      title: Model\n      data: measures\n      where: VISIT = 'Never'\n      " ARMS
           "}\n"
           "      rows:\n"
           "        - {model: CHG ~ ARM + BASE, compare: {b: [b, a]}, lines: {Difference: \"{diff:4}\"}}\n"
           "        - {model: CHG ~ ARM + BASE, term: BASE, in: a, lines: {Slope: \"{p:4}\"}}\n");
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "Difference", "a"), "");
    CHECK_TEXT(t, outputs_cell(document, "Difference", "b"), "NE");
    CHECK_TEXT(t, outputs_cell(document, "Slope", "a"), "NE");
    Str why = outputs_result(document, "Difference", "b", "diff")->from->options;
    CHECK(t, str_starts(why, STR("not estimable: ")));
}

/* Nine subjects at two visits; S9 has no value. The visits' order by name is not that in time. */
static const Sheet REPEATED[] = {
    {"subjects", "SUBJID\nS1\n"},
    {"visits", "SUBJID,ARM,VISIT,WEEK,BASE,CHG\n"
               "S1,A,W 4,4,1,1.5\nS1,A,W 12,12,1,2\nS2,A,W 4,4,3,0.5\nS2,A,W 12,12,3,1.5\n"
               "S3,A,W 4,4,2,2\nS3,A,W 12,12,2,4.5\nS4,A,W 4,4,5,1\nS4,A,W 12,12,5,2.5\n"
               "S5,B,W 4,4,2,3\nS5,B,W 12,12,2,5.5\nS6,B,W 4,4,4,2.5\nS6,B,W 12,12,4,3\n"
               "S7,B,W 4,4,1,4\nS7,B,W 12,12,1,7\nS8,B,W 4,4,6,1.5\nS8,B,W 12,12,6,4.5\n"
               "S9,B,W 4,4,2,\nS9,B,W 12,12,2,\n"}};
static const Sheets VISITS = {2, REPEATED};

#define REPEATED_TABLE "  displays:\n    - table: 1\n      title: x\n      data: visits\n      " ARMS "}\n      rows:\n"
#define REPEATED_MODEL "model: CHG ~ ARM * VISIT + us(VISIT | SUBJID)"

static void repeated_measures_say_at_which_visit(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t,
                  outputs_make(t,
                               REPEATED_TABLE
                               "        - {" REPEATED_MODEL ", df: kenward-roger, at: W 12, lines: {Mean: "
                               "\"{lsmean:4} ({se:4}), {n}\"}}\n"
                               "        - {" REPEATED_MODEL ", df: kenward-roger, at: W 12, compare: {b: [b, a]}, "
                               "lines: {Last: \"{diff:4} ({se:4}), {df} df, p {p:6}\"}}\n"
                               "        - {" REPEATED_MODEL ", df: kenward-roger, at: average, compare: {b: [b, "
                               "a]}, lines: {Both: \"{diff:4} ({se:4}), {df} df, p {p:6}\"}}\n"
                               "        - {" REPEATED_MODEL ", df: kenward-roger, at: [W 4, W 12], compare: {b: "
                               "[b, a]}, lines: {Listed: \"{p:6}\"}}\n"
                               "        - {" REPEATED_MODEL ", df: kenward-roger, term: ARM, in: a, lines: "
                               "{Term: \"{p:6}\"}}\n",
                               VISITS, &document, &err),
                  err))
        return;
    /* Without missing visits these are two-sample t tests of the last value and of the subjects' means:
     * R: t.test(.., var.equal = TRUE) */
    CHECK_TEXT(t, outputs_cell(document, "Mean", "a"), "2.6250 (0.7552), 4");
    CHECK_TEXT(t, outputs_cell(document, "Last", "b"), "2.3750 (1.0680), 6 df, p 0.067844");
    CHECK_TEXT(t, outputs_cell(document, "Both", "b"), "1.9375 (0.7897), 6 df, p 0.049567");
    CHECK_TEXT(t, outputs_cell(document, "Listed", "b"), "0.049567");
    CHECK_TEXT(t, outputs_cell(document, "Term", "a"), "0.049567");
    const Provenance *from = outputs_result(document, "Last", "b", "diff")->from;
    CHECK_TEXT(t, from->method_page, "mmrm");
    CHECK_INT(t, from->n_records, 16);
    CHECK(t, str_starts(from->options, STR("equal margins, B - A at W 12; 16 rows of 8 subjects at 2 visits, 2 left out")));
    const Table *table = document->blocks[0].table;
    CHECK_INT(t, table->n_footnotes, 5);
    CHECK(t, str_starts(table->footnotes[0], STR("Mixed model for repeated measures by REML, CHG ~ ARM * VISIT")));
    CHECK_TEXT(t, table->footnotes[1], "Mean: least-squares means, and differences of them, at W 12.");
    CHECK_TEXT(t, table->footnotes[3],
               "Both: least-squares means, and differences of them, at the average of W 4, W 12.");
}

static void means_of_repeated_measures_are_drawn_in_time(Test *t)
{
    Error err = {0};
    Document *document;
    const char *figure = "  displays:\n    - figure: 1\n      title: x\n      data: visits\n      draw: lines\n"
                         "      x: WEEK\n      " ARMS "}\n      rows: [{" REPEATED_MODEL "}]\n";
    if (!CHECK_OK(t, outputs_make(t, figure, VISITS, &document, &err), err)) return;
    const Figure *drawn = document->blocks[0].figure;
    if (!CHECK_INT(t, drawn->n_series, 2) || !CHECK_INT(t, drawn->n_ticks, 2)) return;
    CHECK_TEXT(t, drawn->tick_text[0], "W 4");
    const Series *b = &drawn->series[1];
    CHECK(t, b->role == SERIES_MEAN);
    CHECK_NEAR(t, b->x[1], 12, 0);
    CHECK_NEAR(t, b->y[0], (3 + 2.5 + 4 + 1.5) / 4, 1e-9);
    CHECK_NEAR(t, b->y[1], (5.5 + 3 + 7 + 4.5) / 4, 1e-9);
    CHECK(t, b->low[1] < b->y[1] && b->y[1] < b->high[1]);
    CHECK_INT(t, b->n_at[1], 4);
    CHECK_INT(t, drawn->data->n_rows, 6);
    CHECK_INT(t, drawn->n_footnotes, 1);
}

static void a_contrast_that_is_not_said_is_refused(Test *t)
{
    static const struct {
        const char *block, *part;
        ErrorCode code;
    } wrong[] = {
        {REPEATED_MODEL, "which visit's means are printed is not said", ERROR_INCONSISTENT},
        {REPEATED_MODEL ", at: W 5", "the model has no level \"W 5\" of \"VISIT\"", ERROR_INCONSISTENT},
        {REPEATED_MODEL ", at: W 4, df: kenward", "kenward-roger", ERROR_INCONSISTENT},
        {REPEATED_MODEL ", at: W 4, term: ARM, in: a", "\"at\" means nothing to the test of a term",
         ERROR_INCONSISTENT},
        {"model: CHG ~ ARM, at: W 4", "\"at\" goes with a model of repeated measures", ERROR_INCONSISTENT},
        {"model: CHG ~ ARM, df: residual", "\"df\" goes with a model of repeated measures", ERROR_INCONSISTENT},
        {"model: CHG ~ ARM + us(VISIT | SUBJID), at: W 4", "no factor of the model goes with its visits",
         ERROR_INCONSISTENT},
        {"model: CHG ~ ARM, fallback: cs", "\"fallback\" goes with a model of repeated measures", ERROR_INCONSISTENT},
        {REPEATED_MODEL ", at: W 4, fallback: [toph]", "there is no covariance structure \"toph\"", ERROR_INCONSISTENT},
        {REPEATED_MODEL ", at: W 4, method: mle", "a model has no method \"mle\"", ERROR_INCONSISTENT},
        {REPEATED_MODEL ", at: W 4, type: 2", "none is named", ERROR_INCONSISTENT},
        {REPEATED_MODEL ", term: ARM, type: 4, in: a", "a test of a term is of type 1, 2 or 3", ERROR_INCONSISTENT},
        {REPEATED_MODEL ", at: W 4, vcov: cr4", "there is no covariance of the coefficients \"cr4\"", ERROR_INCONSISTENT},
        {REPEATED_MODEL ", at: W 4, weights: W", "\"W\"", ERROR_INCONSISTENT},
        {"model: CHG ~ ARM +", "formula", ERROR_MALFORMED},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Error err = {0};
        Document *document;
        Str outputs =
            str_format(t->arena, REPEATED_TABLE "        - {%s, lines: {x: \"{p}\"}}\n", wrong[i].block);
        if (!CHECK(t, !outputs_make(t, outputs.data, VISITS, &document, &err))) continue;
        CHECK_ERROR(t, err, wrong[i].code, wrong[i].part);
        CHECK(t, str_find(str_from(err.place), STR("line ")) != SIZE_MAX);
    }
}

static void a_model_is_fitted_as_its_options_say(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t,
                  outputs_make(t,
                               REPEATED_TABLE
                               "        - {" REPEATED_MODEL ", df: residual, at: W 12, compare: {b: [b, a]}, lines: {REML: \"{se:4}\"}}\n"
                               "        - {" REPEATED_MODEL ", df: residual, at: W 12, method: ml, compare: {b: [b, a]}, "
                               "lines: {ML: \"{se:4}\"}}\n"
                               "        - {" REPEATED_MODEL ", at: W 12, vcov: hc0, compare: {b: [b, a]}, lines: {Robust: \"{se:4}\"}}\n"
                               "        - {" REPEATED_MODEL ", term: VISIT, type: 1, in: a, lines: {Type: \"{p:4}\"}}\n"
                               "        - {model: CHG ~ ARM * VISIT + ar1(VISIT | ARM / SUBJID), at: W 12, lines: {Grouped: \"{lsmean:2}\"}}\n",
                               VISITS, &document, &err),
                  err))
        return;
    CHECK_TEXT(t, outputs_cell(document, "REML", "b"), "1.0680");
    CHECK_TEXT(t, outputs_cell(document, "ML", "b"), "0.9249"); /* the residuals' squares over 8 instead of 6 */
    CHECK_TEXT(t, outputs_cell(document, "Robust", "b"), "0.9249"); /* each arm's own over its 4 x 4: the same in a balanced trial */
    CHECK(t, str_starts(outputs_result(document, "Type", "a", "p")->from->options, STR("type I test of VISIT; 16 rows")));
    const Table *table = document->blocks[0].table;
    CHECK(t, str_find(table->footnotes[4], STR("Satterthwaite degrees of freedom, standard errors by sandwich HC0; 16 rows")) != SIZE_MAX);
    CHECK(t, str_starts(table->footnotes[2], STR("Mixed model for repeated measures by maximum likelihood, ")));
    Str grouped = table->footnotes[table->n_footnotes - 2];
    CHECK(t, str_find(grouped, STR("autoregressive of order 1 covariance, one for each of the 2 levels of ARM")) != SIZE_MAX);
    CHECK(t, str_find(grouped, STR("at 2 visits, in the order W 4, W 12")) != SIZE_MAX);
}

/* Nobody was seen at weeks 4 and 12 both. */
static const Sheet APART[] = {
    {"subjects", "SUBJID\n1\n"},
    {"visits", "SUBJID,ARM,VISIT,CHG\n1,A,W 4,2.1\n1,A,W 8,2.6\n2,B,W 4,1.1\n2,B,W 8,0.6\n3,A,W 4,3.1\n3,A,W 8,2.7\n"
               "4,B,W 4,2\n4,B,W 8,1.9\n5,A,W 8,2.1\n5,A,W 12,2.9\n6,B,W 8,1.4\n6,B,W 12,1.8\n7,A,W 8,3.3\n7,A,W 12,2.9\n"
               "8,B,W 8,2.2\n8,B,W 12,2.7\n"},
};

static void a_covariance_that_fails_falls_back_and_says_so(Test *t)
{
    Error err = {0};
    Document *document;
    const char *outputs = REPEATED_TABLE "        - {" REPEATED_MODEL ", at: W 12, fallback: 'toeph, cs', lines: {Mean: \"{lsmean:2}\"}}\n"
                                         "        - {" REPEATED_MODEL ", at: W 12, group: Alone, lines: {Alone: \"{lsmean:2}\"}}\n";
    if (!CHECK_OK(t, outputs_make(t, outputs, (Sheets){2, APART}, &document, &err), err)) return;
    const Table *table = document->blocks[0].table;
    CHECK(t, !str_equal(outputs_cell(document, "Mean", "a"), STR("NE")));
    CHECK_TEXT(t, outputs_cell(document, "Alone", "a"), "NE"); /* another block, without a list */
    CHECK(t, str_find(table->footnotes[0], STR("compound symmetry covariance (2 parameters)")) != SIZE_MAX);
    CHECK(t, str_starts(table->footnotes[1], STR("The covariance is the first of the planned list that could be fitted: unstructured failed "
                                                 "(nobody has both visits \"W 4\" and \"W 12\"")));
    const Str options = outputs_result(document, "Mean", "a", "lsmean")->from->options;
    CHECK(t, str_find(options, STR("heterogeneous Toeplitz failed (")) != SIZE_MAX);
}

static void repeated_measures_without_data_leave_the_report_whole(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t,
                  outputs_make(t,
                               "  displays:\n    - table: 1\n      title: x\n      data: visits\n"
                               "      where: SUBJID = 'S9'\n      " ARMS "}\n"
                               "      rows: [{" REPEATED_MODEL ", at: W 4, lines: {Mean: \"{lsmean}\"}}]\n"
                               "    - figure: 1\n      title: x\n      data: visits\n      draw: lines\n"
                               "      where: SUBJID = 'S9'\n      " ARMS "}\n      rows: [{" REPEATED_MODEL "}]\n",
                               VISITS, &document, &err),
                  err))
        return;
    CHECK_TEXT(t, outputs_cell(document, "Mean", "a"), "NE");
    const Table *table = document->blocks[0].table;
    if (CHECK_INT(t, table->n_footnotes, 1))
        CHECK(t, str_find(table->footnotes[0], STR(" is not estimable: ")) != SIZE_MAX);
    CHECK_INT(t, document->blocks[1].figure->n_series, 0);
    CHECK_INT(t, document->blocks[1].figure->n_footnotes, 1);
}

static void a_line_chart_with_rows_draws_one_model(Test *t)
{
    static const struct {
        const char *rows, *part;
    } wrong[] = {
        {"[{count: x}]", "draws the means of one model"},
        {"[{" REPEATED_MODEL "}, {" REPEATED_MODEL "}]", "draws the means of one model"},
        {"[{model: CHG ~ ARM}]", "no visits to draw means over"},
        {"[{" REPEATED_MODEL ", at: W 4}]", "\"at\" means nothing to a figure"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Error err = {0};
        Document *document;
        Str outputs = str_format(t->arena,
                                 "  displays:\n    - figure: 1\n      title: x\n      data: visits\n"
                                 "      draw: lines\n      x: WEEK\n      " ARMS "}\n      rows: %s\n",
                                 wrong[i].rows);
        if (!CHECK(t, !outputs_make(t, outputs.data, VISITS, &document, &err))) continue;
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, wrong[i].part);
    }
}

static void changes_are_tested_and_adjusted_in_their_family(Test *t)
{
    Document *document =
        made(t, "  displays:\n"
                "    - table: 1\n      title: Change\n      data: measures\n      where: VISIT = 'End'\n"
                "      across:\n"
                "        - {key: t, variable: CHG, format: \"{p:4}\"}\n"
                "        - {key: adjusted, variable: CHG, format: \"{p_adjusted:4}\"}\n"
                "        - {key: rank, variable: CHG, method: signed-rank, format: \"{estimate:3}, {p:4}\"}\n"
                "        - {key: kept, variable: CHG, method: signed-rank-pratt, against: 2.5, format: \"{estimate:3}\"}\n"
                "        - {key: share, where: CHG > 2, format: \"{n}/{N}: {ci_low:2} to {ci_high:2}\", "
                "interval: wilson}\n"
                "      rows:\n"
                "        - {row: From nought, family: both, distinct: SUBJID}\n"
                "        - {row: B alone, where: ARM = 'B', family: both, distinct: SUBJID}\n");
    if (!document) return;
    /* R: t.test(c(3.5, 1, 2.5, 4)), t.test(c(2.5, 4)), p.adjust(.., "holm"), wilcox.test, prop.test(3, 4,
     * correct = FALSE) */
    CHECK_TEXT(t, outputs_cell(document, "From nought", "t"), "0.0253");
    CHECK_TEXT(t, outputs_cell(document, "B alone", "t"), "0.1444");
    CHECK_TEXT(t, outputs_cell(document, "From nought", "adjusted"), "0.0506");
    CHECK_TEXT(t, outputs_cell(document, "B alone", "adjusted"), "0.1444");
    CHECK_TEXT(t, outputs_cell(document, "From nought", "rank"), "2.750, 0.1250");
    CHECK_TEXT(t, outputs_cell(document, "From nought", "kept"), "2.750"); /* 3.000 without the child at 2.5 */
    CHECK_TEXT(t, outputs_cell(document, "From nought", "share"), "3/4: 30.06 to 95.44");
}

static const Figure *figure_at(const Document *document, size_t place)
{
    for (size_t b = 0; b < document->n_blocks; b++)
        if (document->blocks[b].kind == BLOCK_FIGURE && place-- == 0) return document->blocks[b].figure;
    return NULL;
}

static void numbers_carry_the_analysis_they_show(Test *t)
{
    Document *document = made(t, "  displays:\n"
                                 "    - table: 1\n      title: Ages\n      rows:\n"
                                 "        - {statistics: AGE, lines: {Shown: \"{mean}\"}, analysis: main}\n"
                                 "        - {statistics: AGE, lines: {Other: \"{mean}\"}}\n"
                                 "    - {table: 2, title: All, analysis: main, rows: [{count: Everybody}]}\n");
    if (!document) return;
    CHECK_TEXT(t, outputs_result(document, "Shown", "all", "mean")->from->analysis, "main (primary)");
    CHECK_TEXT(t, outputs_result(document, "Other", "all", "mean")->from->analysis, "");
    CHECK_TEXT(t, outputs_result(document, "Everybody", "all", "n")->from->analysis, "main (primary)");
}

static void figures_draw_the_numbers_of_their_table(Test *t)
{
    Document *document = made(t, "  displays:\n"
                                 "    - figure: 1\n      title: Bars\n      draw: bars\n      " ARMS "}\n"
                                 "      rows: [{categories: SEX, levels: {F: Girls, M: Boys}}]\n"
                                 "    - figure: 2\n      title: Dots\n      draw: dots\n      " ARMS "}\n"
                                 "      rows: [{count: Girls, where: \"SEX = 'F'\", format: \"{n}: {pct:1} "
                                 "({ci_low:1} to {ci_high:1})\"}]\n"
                                 "    - figure: 3\n      title: Lines\n      data: measures\n      draw: "
                                 "lines\n      x: VISITN\n      y: AVAL * 2\n"
                                 "      expected: BASE\n      ticks: VISIT\n      " ARMS "}\n");
    if (!document) return;
    const Figure *bars = figure_at(document, 0), *dots = figure_at(document, 1),
                 *lines = figure_at(document, 2);
    if (!CHECK(t, bars && dots && lines)) return;
    CHECK_INT(t, bars->n_series, 2);
    CHECK_NEAR(t, bars->series[0].y[1], 100.0 / 3, 1e-15);
    CHECK_TEXT(t, bars->tick_text[1], "Arm B");
    CHECK_INT(t, dots->n_series, 2);
    CHECK_TEXT(t, dots->series[1].group, "Arm B");
    CHECK_NEAR(t, dots->series[0].x[0], 200.0 / 3, 1e-15);
    CHECK_NEAR(t, dots->series[0].low[0], 9.429932, 1e-6); /* R: binom.test(2, 3) */
    CHECK_INT(t, lines->n_series, 8);                      /* two children, mean, expected, for each arm */
    CHECK_TEXT(t, lines->tick_text[1], "End");
    CHECK_NEAR(t, lines->series[2].y[1], 26.5, 1e-15);
    CHECK(t, lines->series[3].role == SERIES_EXPECTED);
    CHECK_TEXT(t, outputs_result(document, "Girls", "a", "ci_low")->table, "Figure 2");
}

static void boxes_stand_below_those_they_come_from(Test *t)
{
    Document *document = made(
        t, "  displays:\n"
           "    - figure: 1\n      title: Flow\n      draw: flow\n"
           "      boxes:\n"
           "        - {key: all, label: Screened}\n"
           "        - {label: Not treated, where: SAFFL IS NOT 'Y', from: all, aside: true, reasons: GRADE}\n"
           "        - {key: a, label: Arm A, population: safety, where: \"ARM = 'A'\", from: all}\n"
           "        - {label: Arm B, population: safety, where: \"ARM = 'B'\", from: all, column: 1}\n"
           "        - {label: Events, data: events, distinct: TERM, hidden: true}\n");
    const Figure *flow = document ? figure_at(document, 0) : NULL;
    if (!document || !CHECK(t, flow && flow->n_boxes == 4)) return;
    static const struct {
        size_t n;
        int row, from;
    } want[] = {{6, 0, -1}, {1, 1, 0}, {3, 2, 0}, {2, 2, 0}};
    for (size_t i = 0; i < 4; i++) {
        CHECK_INT(t, flow->boxes[i].n, want[i].n);
        CHECK_INT(t, flow->boxes[i].row, want[i].row);
        CHECK_INT(t, flow->boxes[i].from, want[i].from);
    }
    CHECK_TEXT(t, flow->boxes[1].text, "Not treated (n = 1)\nlow (n = 1)");
    CHECK_NEAR(t, outputs_result(document, "Events", "n", "n")->value, 4, 0);
}

static void listings_show_records_as_they_are(Test *t)
{
    Document *document = made(
        t, "  displays:\n"
           "    - listing: 16.2.4\n      title: Children\n      where: ARM = 'B'\n      sort: [SEX, SUBJID]\n"
           "      columns: [{variable: SUBJID, header: Child}, SEX, AGE]\n"
           "    - {listing: 16.2.7, title: Nobody, where: AGE > 100, columns: [SUBJID]}\n");
    if (!document) return;
    const Table *table = document->blocks[0].table;
    static const char *const children[] = {"S5", "S4", "S6"};
    for (size_t i = 0; i < 3 && CHECK_INT(t, table->n_rows, 3); i++)
        CHECK_TEXT(t, table->rows[i].cells[0].text, children[i]);
    CHECK_TEXT(t, table->rows[0].cells[2].text, "9.5");
    CHECK_TEXT(t, table->columns[0].header, "Child");
    CHECK_TEXT(t, document->blocks[1].table->rows[0].label, "None.");
}

static void one_output_can_be_asked_for_by_number_or_place(Test *t)
{
    const char *outputs = "  displays:\n    - {table: 14-1, title: x}\n    - {listing: 16, title: y, "
                          "columns: [SUBJID]}\n    - {table: 14-2, title: z}\n";
    static const struct {
        const char *table;
        size_t n_blocks;
        const char *title;
    } asked[] = {{"14-2", 1, "z"}, {"1", 1, "x"}, {"2", 1, "z"}};
    for (size_t i = 0; i < 3; i++) {
        Error err = {0};
        Document *document;
        ReportSelection selection = {.table = str_from(asked[i].table)};
        if (!CHECK_OK(t, outputs_make_some(t, outputs, DATA, &selection, &document, &err), err)) continue;
        if (CHECK_INT(t, document->n_blocks, asked[i].n_blocks))
            CHECK_TEXT(t, document->blocks[0].table->title, asked[i].title);
    }
    Error err = {0};
    Document *document;
    CHECK(t, !outputs_make_some(t, outputs, DATA, &(ReportSelection){.table = STR("14-3")}, &document, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "Did you mean \"14-");
}

static void the_fuzzers_seeds_are_read(Test *t)
{
    static const char *const seeds[] = {"fuzz/corpus/outputs/everything", "fuzz/corpus/outputs/odd"};
    static const Sheet sheet = {"subjects", "SUBJID,AGE\na,2.385\nb,3.385\na,\n"};
    for (size_t i = 0; i < 2; i++) {
        Error err = {0};
        Str text;
        Document *document;
        if (!CHECK_OK(t, file_read(t->arena, test_source(t, seeds[i]), 1 << 20, &text, &err), err)) continue;
        bool good = outputs_make(t, str_c(t->arena, text), (Sheets){1, &sheet}, &document, &err);
        CHECK_OK(t, good, err);
    }
}

/* Each wrong output, and words of its complaint. */
static const struct {
    const char *outputs, *part;
    ErrorCode code;
} WRONG[] = {
    {"  display: []\n", "there is no key of outputs \"display\"", ERROR_INCONSISTENT},
    {"  displays:\n    - tabel: 1\n      title: x\n", "there is no kind of output \"tabel\"",
     ERROR_INCONSISTENT},
    {"  displays:\n    - table: 1\n      titel: x\n", "Did you mean \"title\"?", ERROR_INCONSISTENT},
    {"  displays:\n    - table: 1\n", "this output lacks a title", ERROR_MALFORMED},
    {"  displays:\n    - {table: 1, title: x}\n    - {table: 1, title: y}\n", "table \"1\" stands twice",
     ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, population: safty}\n", "Did you mean \"safety\"?",
     ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{counts: Girls}]}\n", "Did you mean \"count\"?",
     ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{count: Girls, were: x}]}\n", "Did you mean \"where\"?",
     ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{count: Girls, where: SX = 1}]}\n", "Did you mean",
     ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{count: Girls, lines: [n]}]}\n",
     "there is no key of count \"lines\"", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: AEG, lines: [n]}]}\n",
     "has no column \"AEG\"", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: SEX, lines: [n]}]}\n",
     "holds text, not numbers", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: AGE, lines: {M: \"{men}\"}}]}\n",
     "Did you mean {mean}?", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: AGE, lines: {M: \"{mean\"}}]}\n",
     "is not closed", ERROR_MALFORMED},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: AGE, lines: {M: \"{mean:x}\"}}]}\n",
     "not a number from 0 to 12", ERROR_MALFORMED},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: AGE, lines: [meen]}]}\n",
     "Did you mean \"mean\"?", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{row: R}]}\n", "cannot stand here", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, columns: arms}\n", "there is no set of columns \"arms\"",
     ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, columns: {levels: [A]}}\n",
     "neither a variable nor a condition", ERROR_MALFORMED},
    {"  displays:\n    - {table: 1, title: x, data: subjcts}\n", "there is no data set \"subjcts\"",
     ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, " ARMS
     "}, rows: [{statistics: AGE, lines: [n], tests: {test: anva, in: p}}]}\n",
     "Did you mean \"anova\"?", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, " ARMS
     "}, rows: [{statistics: AGE, lines: [n], tests: {test: anova, in: p}}]}\n",
     "there is no column with key \"p\"", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, " ARMS
     ", tests: [{key: p}]}, rows: [{count: G, tests: {test: anova, in: p}}]}\n",
     "cannot be made of a block of kind \"count\"", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{by: SEX, order: {moist: all}, rows: []}]}\n",
     "Did you mean \"most\"?", ERROR_INCONSISTENT},
};

static void what_is_wrong_is_named_with_its_line(Test *t)
{
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        Error err = {0};
        Document *document;
        if (!CHECK(t, !outputs_make(t, WRONG[i].outputs, DATA, &document, &err))) continue;
        CHECK_ERROR(t, err, WRONG[i].code, WRONG[i].part);
        if (err.place[0] || str_find(str_from(WRONG[i].outputs), STR("subjcts")) == SIZE_MAX)
            CHECK(t, str_find(str_from(err.place), STR("line ")) != SIZE_MAX);
    }
}

/* R 4.2: binom.test(1, 5), (n - 1) cor(arm, grade)^2, (n - 1) / n times chisq.test; Barnard and Boschloo reach 598 of 4096
 * tables at a common share of 1/2. */
static void tests_of_counts_are_of_the_table_that_is_printed(Test *t)
{
    static const Sheet SEEN[] = {{"subjects", "SUBJID,ARM,GRADE,WAS,NOW\n1,A,1,n,y\n2,A,1,n,y\n3,A,2,n,y\n4,A,1,n,n\n5,A,2,y,y\n6,A,3,n,y\n"
                                              "7,B,3,y,n\n8,B,3,y,y\n9,B,2,n,n\n10,B,3,n,n\n11,B,3,y,y\n12,B,1,n,n\n"}};
    static const char ARM_TABLE[] = "  displays:\n    - table: 1\n      title: x\n      columns: {variable: ARM, levels: [{key: a, value: A}, {key: b, value: B}], tests: [{key: p}]}\n"
                                    "      rows: [{%s, tests: {test: %s, in: p, format: \"%s\"}}]\n",
                      SHIFT[] = "  displays:\n    - table: 1\n      title: x\n      columns: {variable: WAS, levels: [{key: n, value: n}, {key: y, value: y}], tests: [{key: p}]}\n"
                                "      rows: [{%s, tests: {test: %s, in: p, format: \"%s\"}}]\n";
    static const struct {
        const char *table, *block, *test, *format, *label, *text;
    } wanted[] = {
        {ARM_TABLE, "categories: GRADE", "cmh-correlation", "{statistic:5} {df}", "1", "2.57009 1"},
        {ARM_TABLE, "categories: GRADE", "cmh-mean-score", "{statistic:5} {df}", "1", "2.57009 1"},
        {ARM_TABLE, "categories: GRADE", "cmh-general", "{statistic:5} {df}", "1", "2.87222 2"},
        {SHIFT, "categories: NOW", "mcnemar", "{p:4}", "n", "0.3750"},
        {ARM_TABLE, "count: x, where: \"NOW = 'y'\"", "boschloo", "{p:4}", "x", "0.1460"},
        {ARM_TABLE, "count: x, where: \"NOW = 'y'\"", "barnard", "{p:4}", "x", "0.1460"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        Error err = {0};
        Document *document;
        Buf text = buf_new(t->arena);
        Str before, after, rest = str_from(wanted[i].table);
        const char *parts[] = {wanted[i].block, wanted[i].test, wanted[i].format};
        for (size_t k = 0; k < 3 && str_cut(rest, STR("%s"), &before, &after); k++, rest = after) buf_add(&text, before), buf_add_c(&text, parts[k]);
        buf_add(&text, rest);
        if (CHECK_OK(t, outputs_make(t, buf_c(&text), (Sheets){1, SEEN}, &document, &err), err)) CHECK_TEXT(t, outputs_cell(document, wanted[i].label, "p"), wanted[i].text);
    }
    Error err = {0};
    Document *document;
    Str arms = str_from("  displays:\n    - table: 1\n      title: x\n      columns: {variable: ARM, levels: [{key: a, value: A}, {key: b, value: B}], tests: [{key: p}]}\n"
                        "      rows: [{count: x, where: \"NOW = 'y'\", tests: {test: mcnemar, in: p}}]\n");
    CHECK(t, !outputs_make(t, str_c(t->arena, arms), (Sheets){1, SEEN}, &document, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "cannot be made of a block of kind \"count\"");
}

static const TestCase CASES[] = {
    {"counts are of the column and its population", counts_are_of_the_column_and_its_population},
    {"an expected course starts at the first mean and adds the mean expected change",
     an_expected_course_starts_at_the_first_mean_and_adds_the_mean_expected_change},
    {"categories show their levels, the known and the missing",
     categories_show_their_levels_the_known_and_the_missing},
    {"statistics print as the templates say", statistics_print_as_the_templates_say},
    {"levels nest, and the most frequent come first", levels_nest_and_the_most_frequent_come_first},
    {"statistics go across under each arm", statistics_go_across_under_each_arm},
    {"tests of groups stand in their column", tests_of_groups_stand_in_their_column},
    {"models compare the arms and test terms", models_compare_the_arms_and_test_terms},
    {"repeated measures say at which visit", repeated_measures_say_at_which_visit},
    {"a model is fitted as its options say", a_model_is_fitted_as_its_options_say},
    {"a covariance that fails falls back and says so", a_covariance_that_fails_falls_back_and_says_so},
    {"means of repeated measures are drawn in time", means_of_repeated_measures_are_drawn_in_time},
    {"a contrast that is not said is refused", a_contrast_that_is_not_said_is_refused},
    {"repeated measures without data leave the report whole",
     repeated_measures_without_data_leave_the_report_whole},
    {"a line chart with rows draws one model", a_line_chart_with_rows_draws_one_model},
    {"changes are tested, and adjusted in their family", changes_are_tested_and_adjusted_in_their_family},
    {"a model without data is not estimable and does not stop the report",
     a_model_without_data_is_not_estimable_and_does_not_stop_the_report},
    {"numbers carry the analysis they show", numbers_carry_the_analysis_they_show},
    {"figures draw the numbers of their table", figures_draw_the_numbers_of_their_table},
    {"boxes stand below those they come from", boxes_stand_below_those_they_come_from},
    {"listings show records as they are", listings_show_records_as_they_are},
    {"one output can be asked for by number or place", one_output_can_be_asked_for_by_number_or_place},
    {"the fuzzer's seeds are read", the_fuzzers_seeds_are_read},
    {"what is wrong is named with its line", what_is_wrong_is_named_with_its_line},
    {"tests of counts are of the table that is printed", tests_of_counts_are_of_the_table_that_is_printed},
};
TEST_SUITE(output, CASES);
