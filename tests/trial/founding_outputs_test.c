/* The founding trial's tables and figures, from a trial file to a document. */
#include <math.h>

#include "base/file.h"
#include "report/report.h"
#include "trial/datasets.h"

#include "fixture.h"
#include "report/drawing.h"

static bool trial_frame(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err)
{
    Frame *found;
    (void)arena;
    if (!datasets_frame(context, name, &found, err)) return false;
    *frame = (ReportFrame){found, STR("told.trial"), ((const Datasets *)context)->head};
    return true;
}

static Document *founding_report(Test *t, const char *file)
{
    Error err = {0};
    Trial *trial = fixture_demo(t, file);
    Datasets *datasets = ARENA_NEW(t->arena, Datasets);
    Protocol *protocol = ARENA_NEW(t->arena, Protocol);
    OutputPlan *plan = ARENA_NEW(t->arena, OutputPlan);
    Document *document = document_new(t->arena, STR("Founding trial"));
    Str text;
    bool good =
        trial && datasets_build(trial, t->arena, datasets, &err) &&
        file_read(t->arena, test_source(t, "examples/cerebral-palsy/protocol.yaml"), YAML_MAX_BYTES, &text,
                  &err) &&
        protocol_parse(t->arena, text, protocol, &err) && output_plan_read(t->arena, protocol, plan, &err) &&
        report_outputs(document, plan, (FrameSource){datasets, trial_frame}, &(ReportSelection){0}, &err);
    return CHECK_OK(t, good, err) ? document : NULL;
}

static double value_of(const Document *document, const char *table, const char *label, const char *column,
                       const char *stat)
{
    for (size_t i = 0; i < document->n_results; i++) {
        const Result *result = &document->results[i];
        if (str_equal(result->table, str_from(table)) && str_equal(result->label, str_from(label)) &&
            str_equal(result->column, str_from(column)) && str_equal(result->stat, str_from(stat)))
            return result->value;
    }
    return -999;
}

static void the_report_counts_the_children_the_demo_made(Test *t)
{
    static const struct {
        const char *table, *label, *column, *stat;
        double value;
    } numbers[] = {
        {"Figure 1", "Screened", "n", "n", 49},
        {"Figure 1", "Not enrolled", "n", "n", 9},
        {"Figure 1", "Epilepsy", "n", "n", 3},
        {"Figure 1", "Enrolled", "n", "n", 40},
        {"Figure 1", "Received both infusions", "n", "n", 38},
        {"1", "n", "all", "n", 40},
        {"4", "Fever", "n", "n", 12},
        {"4", "Vomiting", "n", "n", 9},
        {"4", "Fever", "n", "N", 40},
        {"4", "Serious", "pct", "pct", 0},
    };
    Document *document = founding_report(t, "counts.trial");
    if (!document) return;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        CHECK_NEAR(t,
                   value_of(document, numbers[i].table, numbers[i].label, numbers[i].column, numbers[i].stat),
                   numbers[i].value, 0);
    CHECK_NEAR(t, value_of(document, "4", "Serious", "pct", "ci_high"), 100 * (1 - pow(0.025, 1 / 40.0)),
               1e-12);
}

static const Figure *figure_of(const Document *document, const char *number)
{
    for (size_t b = 0; b < document->n_blocks; b++)
        if (document->blocks[b].kind == BLOCK_FIGURE &&
            str_equal(document->blocks[b].figure->number, str_from(number)))
            return document->blocks[b].figure;
    return NULL;
}

static void figures_draw_what_their_tables_say(Test *t)
{
    Document *document = founding_report(t, "figures.trial");
    const Figure *lines = document ? figure_of(document, "2") : NULL,
                 *forest = document ? figure_of(document, "3") : NULL;
    if (!document || !CHECK(t, lines && forest)) return;
    size_t n_children = 0;
    for (size_t i = 0; i < lines->n_series; i++) {
        const Series *series = &lines->series[i];
        n_children += series->role == SERIES_SUBJECT;
        if (series->role != SERIES_MEAN || !CHECK_INT(t, series->n, 3)) continue;
        CHECK_NEAR(t, series->y[2], value_of(document, "Figure 2", "182", "mean", "mean"), 0);
        CHECK_NEAR(t, (double)series->n_at[2], value_of(document, "Figure 2", "182", "n", "n"), 0);
    }
    CHECK_INT(t, n_children, 40);
    CHECK(t, forest->exploratory);
    CHECK_NEAR(t, forest->series[0].x[0],
               value_of(document, "Figure 3", "All children", "change", "estimate"), 0);
    CHECK_TEXT(t, forest->series[1].group, "GMFCS level");
    const Figure *flow = figure_of(document, "1");
    for (size_t i = 1; flow && i < flow->n_boxes; i++)
        CHECK(t, flow->boxes[i].row > flow->boxes[flow->boxes[i].from].row);
}

static void families_adjust_together(Test *t)
{
    Document *document = founding_report(t, "families.trial");
    if (!document) return;
    double p[2], adjusted[2];
    size_t n = 0, n_adjusted = 0;
    for (size_t i = 0; i < document->n_results; i++) {
        const Result *result = &document->results[i];
        if (!str_equal(result->group, STR("Modified Ashworth scale, mean rank (0 to 5)"))) continue;
        if (str_equal(result->stat, STR("change_p")) && n < 2) p[n++] = result->value;
        if (str_equal(result->stat, STR("change_p_adjusted")) && n_adjusted < 2)
            adjusted[n_adjusted++] = result->value;
    }
    if (!CHECK(t, n == 2 && n_adjusted == 2)) return;
    size_t least = p[0] <= p[1] ? 0 : 1;
    CHECK_NEAR(t, adjusted[least], 2 * p[least], 1e-15);
    CHECK_NEAR(t, adjusted[1 - least], p[1 - least] > 2 * p[least] ? p[1 - least] : 2 * p[least], 1e-15);
}

static void numbers_say_where_their_scores_and_records_come_from(Test *t)
{
    Document *document = founding_report(t, "sources.trial");
    size_t n_figure = 0, n_growth = 0, n_zero = 0;
    for (size_t i = 0; document && i < document->n_results; i++) {
        const Result *result = &document->results[i];
        if (!CHECK(t, result->from != NULL)) continue;
        bool is_mean = str_equal(result->table, STR("Figure 2")) && str_equal(result->stat, STR("mean"));
        if (is_mean && str_find(result->from->filter, STR("END = 182")) != SIZE_MAX) n_figure += result->from->n_records == 38;
        n_growth += str_equal(result->from->variable, STR("EXPECTED")) &&
                    str_find(result->from->options, STR("Ontario parameters, docs/methods/motor-growth.md")) != SIZE_MAX;
        n_zero += str_equal(result->table, STR("6")) && result->value <= 0;
    }
    CHECK_INT(t, n_figure, 1);
    CHECK(t, n_growth >= 4);
    CHECK(t, n_zero > 0);
}

static void every_figure_is_laid_out_well(Test *t)
{
    Document *document = founding_report(t, "layout.trial");
    if (document) CHECK_INT(t, drawing_check_all(t, document), 4);
}

static const TestCase CASES[] = {
    {"every figure is laid out well", every_figure_is_laid_out_well},
    {"the report counts the children that the demo made", the_report_counts_the_children_the_demo_made},
    {"figures draw what their tables say", figures_draw_what_their_tables_say},
    {"families adjust together", families_adjust_together},
    {"numbers say where their scores and records come from", numbers_say_where_their_scores_and_records_come_from},
};
TEST_SUITE(founding_outputs, CASES);
