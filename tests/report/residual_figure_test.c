/* Residuals of outputs: what is drawn, counted and named. */
#include <math.h>

#include "drawing.h"
#include "outputs.h"

static const char *visits(Test *t)
{
    Buf csv = buf_new(t->arena);
    buf_add_c(&csv, "SUBJID,ARM,VISIT,CHG,SAFFL\n");
    for (int s = 0; s < 24; s++)
        for (int v = 1; v <= 3; v++)
            buf_format(&csv, "S%02d,%s,Week %d,%d.%d,Y\n", s, s % 2 ? "new" : "old", v, s == 7 && v == 2 ? 900 : (s * 7 + v * 5) % 11 + v, (s * 3 + v) % 10);
    return buf_c(&csv);
}

static bool make(Test *t, const char *figure, Document **document, Error *err)
{
    const Sheet sheets[] = {{"subjects", visits(t)}};
    return outputs_make(t, str_c(t->arena, str_format(t->arena, "  displays:\n    - figure: R\n      title: Residuals\n      draw: residuals\n%s", figure)),
                        (Sheets){1, sheets}, document, err);
}

#define REPEATED "      rows: [{model: \"CHG ~ ARM * VISIT + cs(VISIT | SUBJID)\"}]\n"
#define LINEAR   "      rows: [{model: \"CHG ~ ARM\"}]\n"

static void four_panels_show_every_residual(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, make(t, REPEATED, &document, &err), err)) return;
    const Figure *figure = document->blocks[0].figure;
    CHECK_INT(t, figure->n_panels, 4);
    CHECK_INT(t, figure->series[figure->panels[0].first].n, 72);
    CHECK_INT(t, figure->series[figure->panels[1].first + 1].n, 72);
    const Series *bars = &figure->series[figure->panels[2].first];
    double total = 0;
    for (size_t i = 0; i < bars->n; i++) total += bars->y[i];
    CHECK_NEAR(t, total, 72, 0);
    size_t n_boxes = 0;
    for (size_t i = 0; i < figure->panels[3].n; i++) n_boxes += figure->series[figure->panels[3].first + i].role == SERIES_MEAN;
    CHECK_INT(t, n_boxes, 3);
    drawing_check(t, document, figure);
}

static void subjects_are_named_only_where_the_protocol_says_so(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, make(t, REPEATED, &document, &err), err)) return;
    CHECK_TEXT(t, outputs_cell(document, "Residuals beyond 3", "n"), "1");
    CHECK_TEXT(t, outputs_cell(document, "S07, Week 2", "residual"), "?");
    if (!CHECK_OK(t, make(t, "      names: true\n" REPEATED, &document, &err), err)) return;
    CHECK(t, outputs_result(document, "S07, Week 2", "residual", "residual")->value > 3);
    if (!CHECK_OK(t, make(t, "      names: true\n      residuals: pearson\n" REPEATED, &document, &err), err)) return;
    CHECK(t, outputs_result(document, "S07, Week 2", "residual", "residual")->value > 3);
    CHECK(t, str_starts(document->blocks[0].figure->footnotes[0], STR("Pearson residuals of CHG ~ ARM * VISIT")));
}

static void a_linear_model_has_boxes_of_its_factor_or_none(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, make(t, LINEAR, &document, &err), err)) return;
    const Figure *figure = document->blocks[0].figure;
    CHECK_TEXT(t, figure->panels[3].title, "Residuals by ARM");
    drawing_check(t, document, figure);
    if (!CHECK_OK(t, make(t, "      rows: [{model: \"CHG ~ 1\"}]\n", &document, &err), err)) return;
    CHECK_TEXT(t, document->blocks[0].figure->panels[3].title, "Spread and fitted values");
    drawing_check(t, document, document->blocks[0].figure);
}

static void what_is_wrong_is_said(Test *t)
{
    static const struct {
        const char *figure;
        const char *part;
    } CASES[] = {
        {"      rows: [{count: All}]\n", "residuals are those of one model"},
        {"", "residuals are those of one model"},
        {"      residuals: raw\n" LINEAR, "there are no residuals \"raw\""},
    };
    Document *document;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        Error err = {0};
        CHECK(t, !make(t, CASES[i].figure, &document, &err));
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, CASES[i].part);
    }
}

static void a_model_that_cannot_be_fitted_yet_leaves_the_report_standing(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, make(t, "      where: SUBJID = 'S01'\n" REPEATED, &document, &err), err)) return;
    CHECK_INT(t, document->blocks[0].figure->n_panels, 0);
    CHECK(t, document->blocks[0].figure->n_footnotes == 1);
}

static const TestCase CASES[] = {
    {"four panels show every residual", four_panels_show_every_residual},
    {"subjects are named only where the protocol says so", subjects_are_named_only_where_the_protocol_says_so},
    {"a linear model has boxes of its factor, or none", a_linear_model_has_boxes_of_its_factor_or_none},
    {"what is wrong is said", what_is_wrong_is_said},
    {"a model that cannot be fitted yet leaves the report standing", a_model_that_cannot_be_fitted_yet_leaves_the_report_standing},
};
TEST_SUITE(residual_figure, CASES);
