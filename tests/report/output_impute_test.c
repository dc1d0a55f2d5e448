#include "report/output_impute.h"

#include "outputs.h"

/* Nine subjects at two visits; S9 has no outcome. */
static const Sheet SHEETS[] = {
    {"subjects", "SUBJID\nS1\n"},
    {"visits", "SUBJID,ARM,VISIT,CHG,STOP\n"
               "S1,A,W 4,1.5,\nS1,A,W 12,2,\nS2,A,W 4,0.5,\nS2,A,W 12,1.5,\nS3,A,W 4,2,\nS3,A,W 12,4.5,\nS4,A,W 4,1,\nS4,A,W 12,2.5,\n"
               "S5,B,W 4,3,\nS5,B,W 12,5.5,\nS6,B,W 4,2.5,\nS6,B,W 12,3,\nS7,B,W 4,4,\nS7,B,W 12,7,\nS8,B,W 4,1.5,\nS8,B,W 12,4.5,\n"
               "S9,B,W 4,,W 4\nS9,B,W 12,,W 4\n"}};
static const Sheets VISITS = {2, SHEETS};

#define TABLE "  displays:\n    - table: 1\n      title: x\n      data: visits\n      columns: {variable: ARM, levels: [{key: a, value: A}, {key: b, value: B}]}\n      rows:\n"
#define MODEL "        - {model: CHG ~ ARM * VISIT + us(VISIT | SUBJID), at: W 12, "

/* S9 has the mean of an arm: of A at 2.625, or of B at 5. */
static void a_table_says_what_was_assumed(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, outputs_make(t, TABLE
                                  MODEL "impute: {strategy: mar, reference: A}, compare: {b: [b, a]}, lines: {MAR: \"{diff:4}\"}}\n"
                                  MODEL "impute: {strategy: j2r, reference: A, event: STOP}, compare: {b: [b, a]}, lines: {J2R: \"{diff:4}\"}}\n"
                                  MODEL "impute: {strategy: j2r, reference: A, event: STOP}, lines: {Means: \"{lsmean:4} of {n}\"}}\n"
                                  MODEL "impute: {strategy: j2r, reference: A, delta: {B: 2, B@W 4: 9}}, compare: {b: [b, a]}, lines: {Delta: \"{diff:4}\"}}\n"
                                  MODEL "impute: {strategy: j2r, reference: A, method: multiple, draws: 5, seed: 3}, compare: {b: [b, a]}, lines: {Drawn: \"{df:1}\"}}\n",
                                  VISITS, &document, &err), err)) return;
    CHECK_TEXT(t, outputs_cell(document, "MAR", "b"), "2.3750");
    CHECK_TEXT(t, outputs_cell(document, "J2R", "b"), "1.9000");
    CHECK_TEXT(t, outputs_cell(document, "Means", "a"), "2.6250 of 4");
    CHECK_TEXT(t, outputs_cell(document, "Means", "b"), "4.5250 of 5");
    CHECK_TEXT(t, outputs_cell(document, "Delta", "b"), "2.3000");
    const Table *table = document->blocks[0].table;
    CHECK_INT(t, table->n_footnotes, 4);
    CHECK(t, str_find(table->footnotes[0], STR("missing at random (reference A)")) != SIZE_MAX);
    CHECK(t, str_find(table->footnotes[1], STR("The event affects visits from that in STOP on. Imputed: 0 of 4 (A), 1 of 5 (B)")) != SIZE_MAX);
    CHECK(t, str_find(table->footnotes[2], STR("9 added to outcomes imputed in B at W 4")) != SIZE_MAX);
    CHECK(t, str_find(table->footnotes[3], STR("Rubin's rules (5 imputations, seed 3)")) != SIZE_MAX);
    CHECK_TEXT(t, outputs_result(document, "J2R", "b", "diff")->from->method_page, "imputation");
    CHECK_TEXT(t, outputs_result(document, "J2R", "b", "diff")->from->options, "B - A at W 12; analysis CHG ~ ARM");
}

static void what_cannot_be_imputed_is_refused_at_its_line(Test *t)
{
    static const struct {
        const char *block, *part;
        ErrorCode code;
    } wrong[] = {
        {"model: CHG ~ ARM, at: W 12, impute: {strategy: mar, reference: A}", "goes with a model of repeated measures", ERROR_INCONSISTENT},
        {"model: CHG ~ ARM * VISIT + us(VISIT | SUBJID), impute: {strategy: mar, reference: A}", "at one visit, and 0 are named", ERROR_INCONSISTENT},
        {"model: CHG ~ ARM * VISIT + us(VISIT | SUBJID), at: W 5, impute: {strategy: mar, reference: A}", "there is no visit \"W 5\"", ERROR_INCONSISTENT},
        {"model: CHG ~ ARM * VISIT + us(VISIT | SUBJID), at: W 12, df: residual, impute: {strategy: mar, reference: A}", "\"df\" means nothing", ERROR_INCONSISTENT},
        {"model: CHG ~ ARM * VISIT + us(VISIT | SUBJID), at: W 12, impute: {strategy: jr, reference: A}", "strategy \"jr\"", ERROR_INCONSISTENT},
        {"model: CHG ~ ARM * VISIT + us(VISIT | SUBJID), at: W 12, impute: {strategy: mar, reference: C}", "no level \"C\" to refer to", ERROR_INCONSISTENT},
        {"model: CHG ~ ARM * VISIT + us(VISIT | SUBJID), at: W 12, impute: {strategy: mar, reference: A, method: mi}", "method of imputation \"mi\"", ERROR_INCONSISTENT},
        {"model: CHG ~ ARM * VISIT + us(VISIT | SUBJID), at: W 12, impute: {strategy: mar}", "impute lacks the key \"reference\"", ERROR_MALFORMED},
        {"model: CHG ~ ARM * VISIT + us(VISIT | SUBJID), at: W 12, compare: {a: [a, b]}, impute: {strategy: mar, reference: A}", "compared with the reference \"A\"", ERROR_INCONSISTENT},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Error err = {0};
        Document *document;
        Str outputs = str_format(t->arena, TABLE "        - {%s, lines: {x: \"{p}\"}}\n", wrong[i].block);
        if (!CHECK(t, !outputs_make(t, outputs.data, VISITS, &document, &err))) continue;
        CHECK_ERROR(t, err, wrong[i].code, wrong[i].part);
        CHECK(t, str_find(str_from(err.place), STR("line ")) != SIZE_MAX);
    }
}

static void what_the_data_cannot_carry_stays_open(Test *t)
{
    static const Sheet FEW[] = {{"subjects", "SUBJID\nS1\n"},
                                {"visits", "SUBJID,ARM,VISIT,CHG\nS1,A,W 4,1\nS1,A,W 12,\nS2,B,W 4,\nS2,B,W 12,2\nS3,A,W 4,2\nS4,B,W 12,3\nS5,A,W 12,4\n"}};
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, outputs_make(t, TABLE MODEL "impute: {strategy: cir, reference: A}, compare: {b: [b, a]}, lines: {x: \"{diff:4}\"}}\n",
                                  (Sheets){2, FEW}, &document, &err), err)) return;
    CHECK_TEXT(t, outputs_cell(document, "x", "b"), "NE");
    CHECK(t, str_find(document->blocks[0].table->footnotes[0], STR("is not estimable: ")) != SIZE_MAX);
}

static const TestCase CASES[] = {
    {"a table says what was assumed", a_table_says_what_was_assumed},
    {"what cannot be imputed is refused at its line", what_cannot_be_imputed_is_refused_at_its_line},
    {"what the data cannot carry stays open", what_the_data_cannot_carry_stays_open},
};
TEST_SUITE(output_impute, CASES);
