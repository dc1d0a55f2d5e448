#include <math.h>

#include "report/document.h"
#include "test.h"

static const TableColumn COLUMNS_MADE[] = {{{"label", 5}, {"", 0}, {"", 0}, ALIGN_LEFT}, {{"arm", 3}, {"Arm", 3}, {"", 0}, ALIGN_DECIMAL}};

static void numbers_know_their_place(Test *t)
{
    Document *document = document_new(t->arena, STR("title"));
    document_table(document, STR(""), STR("first"), COLUMNS_MADE, 2);
    Table *table = document_table(document, STR("14-1"), STR("second"), COLUMNS_MADE, 2);
    table_row(document, table, ROW_PLAIN, STR("Age"), STR("Mean (SD)"), 1);
    table_cell_number(document, table, 1, STR(""), STR("mean"), 75.2093, 1, STR(""), STR(""), NULL);
    table_cell_number(document, table, 1, STR(" ("), STR("sd"), 8.59017, 2, STR(""), STR(")"), NULL);
    const Result *mean = document_result(document, STR("T2.r1.c2")), *sd = document_result(document, STR("t2.R1.c2.2"));
    if (!CHECK(t, mean && sd)) return;
    CHECK_TEXT(t, table->rows[0].cells[1].text, "75.2 (8.59)");
    CHECK_TEXT(t, mean->table, "14-1");
    CHECK_TEXT(t, mean->group, "Age");
    CHECK_TEXT(t, mean->label, "Mean (SD)");
    CHECK_TEXT(t, mean->column, "arm");
    CHECK_TEXT(t, sd->printed, "8.59");
    CHECK_INT(t, mean->printed_at, 0);
    CHECK_INT(t, sd->printed_at, 6);
    CHECK(t, document_result(document, STR("T2.r1.c3")) == NULL);
}

static void what_cannot_be_computed_is_not_printed_as_a_number(Test *t)
{
    Document *document = document_new(t->arena, STR("title"));
    Table *table = document_table(document, STR(""), STR("table"), COLUMNS_MADE, 2);
    table_row(document, table, ROW_PLAIN, STR(""), STR("Mean"), 0);
    table_cell_number(document, table, 1, STR(""), STR("mean"), NAN, 1, STR(""), STR(""), NULL);
    table_cell_number(document, table, 1, STR(" ("), STR("sd"), INFINITY, 2, STR(""), STR(")"), NULL);
    CHECK_TEXT(t, table->rows[0].cells[1].text, "NE (NE)");
}

static void a_printed_form_given_wins(Test *t)
{
    Document *document = document_new(t->arena, STR("title"));
    Table *table = document_table(document, STR(""), STR("table"), COLUMNS_MADE, 2);
    table_row(document, table, ROW_PLAIN, STR(""), STR("p"), 0);
    table_cell_number(document, table, 1, STR(""), STR("p"), 0.00032, 4, STR("<0.001"), STR(""), NULL);
    CHECK_TEXT(t, table->rows[0].cells[1].text, "<0.001");
    CHECK_NEAR(t, document->results[0].value, 0.00032, 0);
}

static const TestCase CASES[] = {
    {"a number knows its table, row, column and place in the cell", numbers_know_their_place},
    {"what cannot be computed is printed NE", what_cannot_be_computed_is_not_printed_as_a_number},
    {"a printed form given wins, the value stays exact", a_printed_form_given_wins},
};
TEST_SUITE(document, CASES);
