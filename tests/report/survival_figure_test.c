/* Survival curves of outputs: what is drawn is what Kaplan and Meier say. */
#include <math.h>

#include "report/figure.h"
#include "stat/kaplan_meier.h"

#include "drawing.h"
#include "outputs.h"

static const char SUBJECTS[] = "SUBJID,ARM,SAFFL,DAY,DONE,SITE\n"
                               "01,new,Y,6,1,A\n02,new,Y,6,1,B\n03,new,Y,6,0,A\n04,new,Y,7,1,B\n05,new,Y,10,0,A\n06,new,Y,13,1,B\n"
                               "07,new,Y,16,1,A\n08,new,Y,22,1,B\n09,new,Y,23,1,A\n10,new,Y,25,0,B\n"
                               "11,old,Y,1,1,A\n12,old,Y,1,1,B\n13,old,Y,2,1,A\n14,old,Y,4,1,B\n15,old,Y,8,1,A\n16,old,Y,11,1,B\n"
                               "17,old,Y,12,0,A\n18,old,Y,17,1,B\n19,old,Y,22,1,A\n20,old,Y,23,1,B\n21,old,Y,,1,A\n";

#define FIGURE                                                                                                \
    "  displays:\n    - figure: S\n      title: Remission\n      draw: survival\n      x: DAY\n      event: DONE = 1\n"    \
    "      columns: {variable: ARM, levels: [{key: new, value: new}, {key: old, value: old}]}\n"

static bool make(Test *t, const char *more, Document **document, Error *err)
{
    const Sheet sheets[] = {{"subjects", SUBJECTS}};
    return outputs_make(t, str_c(t->arena, str_format(t->arena, FIGURE "%s", more)), (Sheets){1, sheets}, document, err);
}

static const Figure *figure_of(const Document *document) { return document->blocks[0].figure; }

static const Series *series_of(const Figure *figure, SeriesRole role, const char *group)
{
    for (size_t s = 0; s < figure->n_series; s++)
        if (figure->series[s].role == role && str_equal(figure->series[s].group, str_from(group))) return &figure->series[s];
    return NULL;
}

static void curves_never_rise_and_numbers_at_risk_never_grow(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, make(t, "      every: 5\n      bands: true\n", &document, &err), err)) return;
    const Figure *figure = figure_of(document);
    static const char *const ARMS[] = {"new", "old"};
    for (size_t a = 0; a < 2; a++) {
        const Series *curve = series_of(figure, SERIES_MEAN, ARMS[a]), *risk = series_of(figure, SERIES_AT_RISK, ARMS[a]);
        if (!CHECK(t, curve && risk)) return;
        CHECK_NEAR(t, curve->x[0], 0, 0);
        CHECK_NEAR(t, curve->y[0], 1, 0);
        for (size_t i = 1; i < curve->n; i++) {
            CHECK(t, curve->x[i] > curve->x[i - 1] && curve->y[i] <= curve->y[i - 1]);
            CHECK(t, !isfinite(curve->low[i]) || (curve->low[i] <= curve->y[i] && curve->y[i] <= curve->high[i]));
        }
        for (size_t i = 1; i < risk->n; i++) CHECK(t, risk->n_at[i] <= risk->n_at[i - 1]);
    }
}

static void the_numbers_at_risk_are_those_of_the_estimate(Test *t)
{
    Error err = {0};
    Document *document;
    const double time[] = {6, 6, 6, 7, 10, 13, 16, 22, 23, 25};
    const bool event[] = {1, 1, 0, 1, 0, 1, 1, 1, 1, 0};
    KaplanMeier curve;
    if (!CHECK_OK(t, make(t, "      every: 6\n", &document, &err), err) ||
        !CHECK_OK(t, kaplan_meier(t->arena, &(SurvivalData){10, time, event}, KM_INTERVAL_LOG_LOG, 0.95, &curve, &err), err)) return;
    const Series *risk = series_of(figure_of(document), SERIES_AT_RISK, "new");
    CHECK_INT(t, risk->n, 5);
    for (size_t i = 0; i < risk->n; i++) CHECK_INT(t, risk->n_at[i], kaplan_meier_at(&curve, risk->x[i]).at_risk);
    CHECK_NEAR(t, outputs_result(document, "Without the event after 12", "estimate", "survival")->value, kaplan_meier_at(&curve, 12).survival, 0);
    CHECK_NEAR(t, outputs_result(document, "Median time to the event", "estimate", "median")->value, 16, 0);
    CHECK_INT(t, series_of(figure_of(document), SERIES_CENSORED, "new")->n, 3);
}

static void every_number_at_risk_stands_below_its_tick(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, make(t, "      every: 5\n      medians: true\n", &document, &err), err)) return;
    Buf svg = buf_new(t->arena);
    figure_write_svg(document, figure_of(document), &svg);
    Drawing drawing = drawing_read(t, buf_str(&svg));
    const Series *risk = series_of(figure_of(document), SERIES_AT_RISK, "old");
    for (size_t i = 0; i < risk->n; i++) {
        Str tick = str_format(t->arena, "%g", risk->x[i]), count = str_format(t->arena, "%zu", risk->n_at[i]);
        bool found = false;
        for (size_t a = 0; a < drawing.n_texts; a++)
            for (size_t b = 0; b < drawing.n_texts; b++)
                found = found || (str_equal(drawing.texts[a].text, tick) && str_equal(drawing.texts[b].text, count) &&
                                  drawing.texts[a].x == drawing.texts[b].x && drawing.texts[a].y < drawing.texts[b].y);
        CHECK(t, found);
    }
    drawing_check(t, document, figure_of(document));
}

static void comparisons_are_printed_when_they_are_asked_for(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, make(t, "", &document, &err), err)) return;
    CHECK_INT(t, figure_of(document)->n_remarks, 0);
    if (!CHECK_OK(t, make(t, "      exploratory: true\n      beside: [log-rank, hazard-ratio]\n", &document, &err), err)) return;
    const Figure *figure = figure_of(document);
    CHECK_INT(t, figure->n_remarks, 2);
    /* R 4.2 survival 3.5-3: survdiff and coxph (Efron) */
    CHECK_NEAR(t, outputs_result(document, "Log-rank test, p", "estimate", "p")->value, 0.24513354, 1e-8);
    CHECK_NEAR(t, outputs_result(document, "Hazard ratio, old to new", "estimate", "hazard_ratio")->value, 1.79257778, 1e-8);
    CHECK(t, str_starts(figure->remarks[1], STR("Hazard ratio, old to new: 1.79 (95 % CI ")));
    drawing_check(t, document, figure);
    if (!CHECK_OK(t, make(t, "      exploratory: true\n      strata: SITE\n      beside: log-rank\n", &document, &err), err)) return;
    CHECK(t, str_starts(figure_of(document)->remarks[0], STR("Stratified log-rank test, p = ")));
}

static void what_is_wrong_is_said(Test *t)
{
    static const struct {
        const char *more;
        ErrorCode code;
        const char *part;
    } CASES[] = {
        {"      beside: log-rank\n", ERROR_INCONSISTENT, "belongs to no planned analysis"},
        {"      exploratory: true\n      beside: wilcoxon\n", ERROR_INCONSISTENT, "no comparison \"wilcoxon\""},
        {"      interval: wald\n", ERROR_INCONSISTENT, "no interval \"wald\""},
        {"      every: -3\n", ERROR_MALFORMED, "\"every\" must be"},
        {"      every: 0.5\n", ERROR_INCONSISTENT, "more than 16 times"},
        {"      subject: SITE\n", ERROR_INCONSISTENT, "a subject has two times \"DAY\""},
    };
    Document *document;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        Error err = {0};
        CHECK(t, !make(t, CASES[i].more, &document, &err));
        CHECK_ERROR(t, err, CASES[i].code, CASES[i].part);
    }
}

static void a_missing_time_is_left_out_and_said(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, make(t, "", &document, &err), err)) return;
    const Figure *figure = figure_of(document);
    CHECK_INT(t, figure->n_footnotes, 2);
    CHECK_TEXT(t, figure->footnotes[1], "Left out for a missing time: 1.");
}

static void a_figure_of_nobody_leaves_the_report_standing(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, make(t, "      where: DAY > 900\n", &document, &err), err)) return;
    CHECK_TEXT(t, figure_of(document)->footnotes[0], "There are no times to the event yet.");
    drawing_check(t, document, figure_of(document));
}

static const TestCase CASES[] = {
    {"a figure of nobody leaves the report standing", a_figure_of_nobody_leaves_the_report_standing},
    {"curves never rise, numbers at risk never grow", curves_never_rise_and_numbers_at_risk_never_grow},
    {"the numbers at risk are those of the estimate", the_numbers_at_risk_are_those_of_the_estimate},
    {"every number at risk stands below its tick", every_number_at_risk_stands_below_its_tick},
    {"comparisons are printed when they are asked for", comparisons_are_printed_when_they_are_asked_for},
    {"what is wrong is said", what_is_wrong_is_said},
    {"a missing time is left out and said", a_missing_time_is_left_out_and_said},
};
TEST_SUITE(survival_figure, CASES);
