#include <math.h>

#include "report/explain.h"
#include "report/sample.h"
#include "test.h"

/* The part, when the text holds it; else the text, for the message. */
static Str found(const Buf *text, const char *part)
{
    return str_find(buf_str(text), str_from(part)) == SIZE_MAX ? buf_str(text) : str_from(part);
}

static void a_number_is_explained_in_words(Test *t)
{
    Error err = {0};
    Buf out = buf_new(t->arena);
    if (!CHECK_OK(t, explain_write(sample_document(t->arena), STR("t1.r3.c2.2"), &out, &err), err)) return;
    static const char *const PARTS[] = {
        "T1.r3.c2.2 is the standard deviation of AVAL: 8.59.",
        "Exact value   8.59016712714193\n",
        "Printed as    8.59\n",
        "Table         Table 14-2.01, Demographic and baseline characteristics\n",
        "Row           Age (years) / Mean (SD)\n",
        "Column        Placebo (N=86)\n",
        "Described in  docs/methods/describe.md\n",
        "Options       quantile definition 5\n",
        "Population    Safety: SAFFL = 'Y'\n",
        "Filter        AVISIT = 'Month 3' AND PARAMCD = 'GMFM66'\n",
        "Records       86\n",
        "Estimand      primary\n",
        "Source        journal of sample.trial\n",
        "SHA-256       5d41402abc4b2a76b9719d911017c592e0c7b1f5a1d2c3b4a5968778695a4b3c\n",
        "Program       equipoise ",
        "Mark          SIMULATED\n",
    };
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) CHECK_TEXT(t, found(&out, PARTS[i]), PARTS[i]);
}

static void spanners_figures_and_missing_sources_are_named(Test *t)
{
    Error err = {0};
    Buf spanned = buf_new(t->arena), figure = buf_new(t->arena), missing = buf_new(t->arena);
    Document *document = sample_document(t->arena);
    CHECK_OK(t, explain_write(document, STR("T1.r3.c4"), &spanned, &err), err);
    CHECK(t, str_find(buf_str(&spanned), STR("Column        Xanomeline, High dose (N=84)")) != SIZE_MAX);
    CHECK_OK(t, explain_write(document, STR("F1.r1.c2"), &figure, &err), err);
    CHECK(t, str_find(buf_str(&figure), STR("data of Figure 1, Flow of participants")) != SIZE_MAX);
    CHECK(t, str_find(buf_str(&figure), STR("not recorded for this number")) != SIZE_MAX);
    CHECK_OK(t, explain_write(document, STR("T1.r9.c4"), &missing, &err), err);
    CHECK(t, str_find(buf_str(&missing), STR("which cannot be estimated: NE.")) != SIZE_MAX);
    CHECK(t, str_find(buf_str(&missing), STR("Exact value   not estimable")) != SIZE_MAX);
}

static void the_json_form_holds_the_same(Test *t)
{
    Error err = {0};
    Buf out = buf_new(t->arena);
    Json json;
    if (!CHECK_OK(t, explain_write_json(sample_document(t->arena), STR("T1.r3.c2"), &out, &err), err)) return;
    if (!CHECK_OK(t, json_parse(t->arena, buf_str(&out), &json, &err), err)) return;
    CHECK_TEXT(t, json_text(&json, "schema"), "equipoise-explain/1");
    CHECK_NEAR(t, json_number(&json, "value", 0), 75.2093023255814, 0);
    CHECK_TEXT(t, json_text(&json, "printed"), "75.2");
    CHECK_NEAR(t, json_number(&json, "n_records", 0), 86, 0);
    CHECK_TEXT(t, json_text(&json, "filter"), "AVISIT = 'Month 3' AND PARAMCD = 'GMFM66'");
}

static void the_printed_number_will_do(Test *t)
{
    Document *document = sample_document(t->arena);
    static const char *const IDS[] = {"14-2.01.r3.c2", "Table 14-2.01.r3.c2"};
    for (size_t i = 0; i < 2; i++) {
        Error err = {0};
        Buf out = buf_new(t->arena);
        CHECK_OK(t, explain_write(document, str_from(IDS[i]), &out, &err), err);
        CHECK_TEXT(t, found(&out, "T1.r3.c2 is the "), "T1.r3.c2 is the ");
    }
    Error err = {0};
    Buf out = buf_new(t->arena);
    CHECK(t, !explain_write(document, STR("Figure 14-2.01.r3.c2"), &out, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "column 1 is the row's label");
}

static void an_unknown_id_names_its_neighbours(Test *t)
{
    Error err = {0};
    Buf out = buf_new(t->arena);
    Document *document = sample_document(t->arena);
    CHECK(t, !explain_write(document, STR("T1.r3.c9"), &out, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "no result \"T1.r3.c9\" in this report");
    CHECK_ERROR(t, err, ERROR_USAGE, "T1.r3.c2");
    CHECK(t, !explain_write_json(document, STR("nothing like it"), &out, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "F1.r1.c2");
    CHECK(t, !explain_write(document_new(t->arena, STR("empty")), STR("T1.r1.c1"), &out, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "The report holds no numbers.");
    CHECK_INT(t, out.len, 0);
}

static const TestCase CASES[] = {
    {"a number is explained in words, to its source", a_number_is_explained_in_words},
    {"spanners, figures and missing sources are named", spanners_figures_and_missing_sources_are_named},
    {"the JSON form holds the same facts", the_json_form_holds_the_same},
    {"the printed number will do in place of the id", the_printed_number_will_do},
    {"an unknown id fails and names its neighbours", an_unknown_id_names_its_neighbours},
};
TEST_SUITE(explain, CASES);
