#include "report/checklist.h"

#include "test.h"

static Document *filled(Test *t, bool is_randomised, const char *dates)
{
    Error err = {0};
    Yaml protocol;
    Str text = STR("trial:\n  title: Cells for children\n  registration:\n    id: NCT02569775\neligibility:\n  - id: I1\n");
    if (!CHECK_OK(t, yaml_parse(t->arena, text, &protocol, &err), err)) return NULL;
    Document *document = document_new(t->arena, STR("Report"));
    const TableColumn column = {.key = STR("label"), .header = STR("Event")};
    document_table(document, STR("1"), STR("Change from baseline by visit"), &column, 1);
    document_table(document, STR("2"), STR("Children at enrolment"), &column, 1);
    document_table(document, STR("14-5.01"), STR("Adverse events by term"), &column, 1);
    checklist_write(document, &protocol, str_from(dates), is_randomised);
    return document;
}

static Str answer(Document *document, const char *number)
{
    Table *table = document->blocks[document->n_blocks - 1].table;
    for (size_t i = 0; i < table->n_rows; i++)
        if (str_equal(table->rows[i].label, str_from(number))) return table->rows[i].cells[2].text;
    return STR("");
}

static void answers_name_the_line_or_the_table(Test *t)
{
    Document *document = filled(t, true, "");
    if (!document) return;
    CHECK_TEXT(t, answer(document, "1a"), "Cells for children (protocol, line 2)");
    CHECK_TEXT(t, answer(document, "2"), "protocol, \"trial.registration\", line 4");
    CHECK_TEXT(t, answer(document, "27"), "Table 14-5.01");
    CHECK_TEXT(t, answer(document, "25"), "Table 2");          /* not the table of changes from baseline */
    CHECK_TEXT(t, answer(document, "17a"), "NOT FOUND in the protocol or the report");
    CHECK_TEXT(t, answer(document, "23a"), "NOT FOUND in the protocol or the report");
    CHECK(t, str_starts(answer(document, "30"), STR("to be written")));
}

static void a_single_arm_gets_trend_and_says_what_cannot_apply(Test *t)
{
    Document *document = filled(t, false, "enrolled 2014-02-03 to 2015-01-12");
    if (!document) return;
    CHECK_TEXT(t, answer(document, "15"), "not applicable: one arm: there are no groups");
    CHECK_TEXT(t, answer(document, "19"), "Table 14-5.01");
    CHECK_TEXT(t, answer(document, "13"), "enrolled 2014-02-03 to 2015-01-12");
    CHECK_INT(t, document->blocks[document->n_blocks - 1].table->n_rows, 22);
}

static const TestCase CASES[] = {
    {"answers name the line or the table", answers_name_the_line_or_the_table},
    {"a single arm gets TREND and says what cannot apply", a_single_arm_gets_trend_and_says_what_cannot_apply},
};
TEST_SUITE(checklist, CASES);
