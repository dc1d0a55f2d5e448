#include "outputs.h"

static const Sheet SHEETS[] = {
    {"subjects", "SUBJID,ARM,SEX,AGE,SAFFL,GRADE\n"
                 "S1,A,F,4.5,Y,low\nS2,A,M,6,Y,high\nS3,A,F,7.25,Y,low\nS4,B,M,5,Y,high\nS5,B,F,9.5,Y,\nS6,B,M,,,low\n"},
    {"events", "SUBJID,ARM,BODY,TERM\n"
               "S1,A,Skin,Rash\nS1,A,Skin,Rash\nS2,A,Skin,Itch\nS4,B,Skin,Itch\nS4,B,Gut,Nausea\nS5,B,Skin,Itch\nS6,B,Gut,Pain\n"},
    {"measures", "SUBJID,ARM,VISIT,VISITN,AVAL,BASE,CHG\n"
                 "S1,A,Start,0,10,10,\nS2,A,Start,0,12,12,\nS4,B,Start,0,9,9,\nS5,B,Start,0,14,14,\n"
                 "S1,A,End,6,13.5,10,3.5\nS2,A,End,6,13,12,1\nS4,B,End,6,11.5,9,2.5\nS5,B,End,6,18,14,4\n"},
};
static const Sheets DATA = {3, SHEETS};

#define ARMS "columns: {variable: ARM, levels: [{key: a, header: Arm A, value: A}, {key: b, header: Arm B, value: B}]"

static Document *made(Test *t, const char *outputs)
{
    Error err = {0};
    Document *document = NULL;
    return CHECK_OK(t, outputs_make(t, outputs, DATA, &document, &err), err) ? document : NULL;
}

static void counts_are_of_the_column_and_its_population(Test *t)
{
    Document *document = made(t,
        "  displays:\n"
        "    - table: 1\n      title: Counts\n      population: safety\n      " ARMS ", total: true, show_n: true}\n"
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
}

static void categories_show_their_levels_the_known_and_the_missing(Test *t)
{
    Document *document = made(t,
        "  displays:\n"
        "    - table: 1\n      title: Categories\n      " ARMS "}\n"
        "      rows:\n"
        "        - {categories: GRADE, count: known, levels: {high: High, low: Low}, missing: Missing, of_known: true}\n"
        "        - {categories: SEX, group: \"By sex\", levels: [{label: Girl with a low grade, value: F, where: \"GRADE = 'low'\"}, "
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
    Document *document = made(t,
        "  formats: {max: {above: 8}}\n"
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
    Document *document = made(t,
        "  displays:\n"
        "    - table: 1\n      title: Events\n      data: events\n      population: safety\n      distinct: SUBJID\n      " ARMS "}\n"
        "      label_width: 4\n"
        "      rows:\n"
        "        - by: BODY\n          rows:\n"
        "            - {count: \"{BODY}\", format: \"{n} ({pct}%) [{events}]\"}\n"
        "            - {by: TERM, group: \"{BODY}\", header: false, order: {most: b}, rows: [{count: \"{TERM}\"}]}\n");
    if (!document) return;
    const Table *table = document->blocks[0].table;
    static const char *const labels[] = {"Gut", "Naus", "Skin", "Itch", "Rash"};     /* S6 is not in the population */
    if (!CHECK_INT(t, table->n_rows, 5)) return;
    for (size_t i = 0; i < 5; i++) CHECK_TEXT(t, table->rows[i].label, labels[i]);
    CHECK_TEXT(t, outputs_cell(document, "Skin", "a"), "2 (67%) [3]");
    CHECK_TEXT(t, outputs_cell(document, "Skin", "b"), "2 (100%) [2]");
    CHECK_TEXT(t, table->rows[3].group, "Skin");
}

static void statistics_go_across_under_each_arm(Test *t)
{
    Document *document = made(t,
        "  displays:\n"
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
    Document *document = made(t,
        "  displays:\n"
        "    - table: 1\n      title: Tests\n      population: safety\n      " ARMS ", total: true, tests: [{key: p, header: p}]}\n"
        "      rows:\n"
        "        - {statistics: AGE, lines: [n, mean], tests: {test: anova, in: p, row: Mean, format: \"{statistic:3}, p {p:3}\"}}\n");
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "n", "p"), "");
    CHECK_TEXT(t, outputs_cell(document, "Mean", "p"), "0.460, p 0.546");       /* R: anova(lm(AGE ~ ARM)) */
    CHECK_TEXT(t, outputs_result(document, "Mean", "p", "p")->from->method_page, "anova");
}

/* Each wrong output, and words of its complaint. */
static const struct { const char *outputs, *part; ErrorCode code; } WRONG[] = {
    {"  display: []\n", "there is no key of outputs \"display\"", ERROR_INCONSISTENT},
    {"  displays:\n    - tabel: 1\n      title: x\n", "there is no kind of output \"tabel\"", ERROR_INCONSISTENT},
    {"  displays:\n    - table: 1\n      titel: x\n", "Did you mean \"title\"?", ERROR_INCONSISTENT},
    {"  displays:\n    - table: 1\n", "this output lacks a title", ERROR_MALFORMED},
    {"  displays:\n    - {table: 1, title: x}\n    - {table: 1, title: y}\n", "table \"1\" stands twice", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, population: safty}\n", "Did you mean \"safety\"?", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{counts: Girls}]}\n", "Did you mean \"count\"?", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{count: Girls, were: x}]}\n", "Did you mean \"where\"?", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{count: Girls, where: SX = 1}]}\n", "Did you mean", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{count: Girls, lines: [n]}]}\n", "there is no key of count \"lines\"", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: AEG, lines: [n]}]}\n", "has no column \"AEG\"", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: SEX, lines: [n]}]}\n", "holds text, not numbers", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: AGE, lines: {M: \"{men}\"}}]}\n", "Did you mean {mean}?", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: AGE, lines: {M: \"{mean\"}}]}\n", "is not closed", ERROR_MALFORMED},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: AGE, lines: {M: \"{mean:x}\"}}]}\n", "not a number from 0 to 12", ERROR_MALFORMED},
    {"  displays:\n    - {table: 1, title: x, rows: [{statistics: AGE, lines: [meen]}]}\n", "Did you mean \"mean\"?", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{row: R}]}\n", "cannot stand here", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, columns: arms}\n", "there is no set of columns \"arms\"", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, columns: {levels: [A]}}\n", "neither a variable nor a condition", ERROR_MALFORMED},
    {"  displays:\n    - {table: 1, title: x, data: subjcts}\n", "there is no data set \"subjcts\"", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, " ARMS "}, rows: [{statistics: AGE, lines: [n], tests: {test: anva, in: p}}]}\n",
     "Did you mean \"anova\"?", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, " ARMS "}, rows: [{statistics: AGE, lines: [n], tests: {test: anova, in: p}}]}\n",
     "there is no column with key \"p\"", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, " ARMS ", tests: [{key: p}]}, rows: [{count: G, tests: {test: anova, in: p}}]}\n",
     "cannot be made of a block of kind \"count\"", ERROR_INCONSISTENT},
    {"  displays:\n    - {table: 1, title: x, rows: [{by: SEX, order: {moist: all}, rows: []}]}\n", "Did you mean \"most\"?", ERROR_INCONSISTENT},
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

static const TestCase CASES[] = {
    {"counts are of the column and its population", counts_are_of_the_column_and_its_population},
    {"categories show their levels, the known and the missing", categories_show_their_levels_the_known_and_the_missing},
    {"statistics print as the templates say", statistics_print_as_the_templates_say},
    {"levels nest, and the most frequent come first", levels_nest_and_the_most_frequent_come_first},
    {"statistics go across under each arm", statistics_go_across_under_each_arm},
    {"tests of groups stand in their column", tests_of_groups_stand_in_their_column},
    {"what is wrong is named with its line", what_is_wrong_is_named_with_its_line},
};
TEST_SUITE(output, CASES);
