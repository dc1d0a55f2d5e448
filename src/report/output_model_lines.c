#include <math.h>

#include "report/figure_kinds.h"
#include "report/output_figure.h"
#include "report/output_fit.h"
#include "report/output_kind.h"

typedef struct {
    Eval eval;
    const OutputBlock *block;
    const Scope *scope;
    Figure *figure;
    FitMeans means;
    size_t n;      /* visits */
    size_t *order; /* their levels, from left to right */
    double *at;    /* where each level stands */
} ModelLines;

static const ModelVariable *visits_of(const ModelLines *lines)
{
    return &lines->means.fit->model.variables[lines->means.fit->visit];
}

/* A visit stands at the mean of x over its rows, or at its number in the order of levels. */
static bool find_places(ModelLines *lines, Error *err)
{
    const OutputSpec *spec = lines->eval.spec;
    const Model *model = &lines->means.fit->model;
    const Column *x;
    lines->n = visits_of(lines)->n_levels;
    lines->at = ARENA_ARRAY(lines->eval.arena, double, lines->n);
    for (size_t v = 0; v < lines->n; v++) lines->at[v] = (double)v + 1;
    if (!spec->x.len) return true;
    if (!data_expression(lines->eval.frames, lines->eval.data, spec->x, spec->at, &x, err)) return false;
    if (!column_is_number(x))
        return yaml_error(spec->at, err, ERROR_INCONSISTENT,
                          "\"" STR_FMT "\" holds text, a figure draws numbers", STR_ARG(spec->x));
    size_t *count = ARENA_ARRAY(lines->eval.arena, size_t, lines->n);
    for (size_t v = 0; v < lines->n; v++) lines->at[v] = 0;
    for (size_t i = 0; i < model->n; i++) {
        size_t visit = visits_of(lines)->level[i], row = model->rows[i];
        if (x->missing[row]) continue;
        lines->at[visit] += x->numbers[row];
        count[visit]++;
    }
    for (size_t v = 0; v < lines->n; v++) {
        if (!count[v])
            return yaml_error(spec->at, err, ERROR_INCONSISTENT,
                              "\"" STR_FMT "\" is missing wherever \"" STR_FMT "\" is \"" STR_FMT "\"",
                              STR_ARG(spec->x), STR_ARG(visits_of(lines)->name),
                              STR_ARG(visits_of(lines)->levels[v]));
        lines->at[v] /= (double)count[v];
    }
    return true;
}

static void order_visits(ModelLines *lines)
{
    Figure *figure = lines->figure;
    lines->order = ARENA_ARRAY(lines->eval.arena, size_t, lines->n);
    for (size_t i = 0; i < lines->n; i++) {
        size_t k = i;
        for (; k && lines->at[lines->order[k - 1]] > lines->at[i]; k--) lines->order[k] = lines->order[k - 1];
        lines->order[k] = i;
    }
    figure->n_ticks = lines->n;
    figure->tick_at = ARENA_ARRAY(lines->eval.arena, double, lines->n);
    figure->tick_text = ARENA_ARRAY(lines->eval.arena, Str, lines->n);
    for (size_t i = 0; i < lines->n; i++) {
        figure->tick_at[i] = lines->at[lines->order[i]];
        figure->tick_text[i] = visits_of(lines)->labels[lines->order[i]];
    }
}

/* The mean with its interval at a visit, in the series and in a new row of the table. */
static void add_point(ModelLines *lines, Series *series, size_t visit, const FitMean *mean)
{
    Eval *eval = &lines->eval;
    Table *table = lines->figure->data;
    const OutputFit *fit = lines->means.fit;
    Estimate e = fit_estimate(fit, mean->l, fit_confidence(lines->block));
    Str name = visits_of(lines)->labels[visit];
    const Provenance *from =
        fit_provenance(eval, lines->scope, lines->block, fit,
                       str_format(eval->arena, "%s margins, " STR_FMT " at " STR_FMT,
                                  lines->means.margins == MARGINS_OBSERVED ? "observed" : "equal",
                                  STR_ARG(mean->label), STR_ARG(name)));
    size_t k = series->n++;
    int decimals = lines->figure->decimals;
    series->x[k] = lines->at[visit];
    series->y[k] = e.is_estimable ? e.estimate : NAN;
    series->low[k] = e.is_estimable ? e.lower : NAN;
    series->high[k] = e.is_estimable ? e.upper : NAN;
    series->n_at[k] = (size_t)mean->n;
    table_row(eval->document, table, ROW_PLAIN, series->group, name, 1);
    const struct {
        size_t column;
        const char *before, *stat;
        double value;
        int decimals;
    } cells[] = {{1, "", "n", mean->n, 0},
                 {2, "", "lsmean", series->y[k], decimals},
                 {3, "", "ci_low", series->low[k], decimals},
                 {3, " to ", "ci_high", series->high[k], decimals}};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        table_cell_number(eval->document, table, cells[i].column, str_from(cells[i].before),
                          str_from(cells[i].stat), cells[i].value, cells[i].decimals, (Str){0}, (Str){0},
                          from);
}

static bool add_arm(ModelLines *lines, size_t column, Error *err)
{
    Eval *eval = &lines->eval;
    Series *series = &lines->figure->series[lines->figure->n_series++];
    Str name = figure_one_line(eval->arena, eval->columns[column].header);
    *series = (Series){.label = name,
                       .group = name,
                       .role = SERIES_MEAN,
                       .x = ARENA_ARRAY(eval->arena, double, lines->n),
                       .y = ARENA_ARRAY(eval->arena, double, lines->n),
                       .low = ARENA_ARRAY(eval->arena, double, lines->n),
                       .high = ARENA_ARRAY(eval->arena, double, lines->n),
                       .n_at = ARENA_ARRAY(eval->arena, size_t, lines->n)};
    table_row(eval->document, lines->figure->data, ROW_GROUP, series->group, series->group, 0);
    for (size_t i = 0; i < lines->n; i++) {
        FitMean mean;
        FitVisits one = {.n = 1, .levels = &lines->order[i]};
        if (!fit_mean(eval, &lines->means, &one, column, lines->block->at, &mean, err)) return false;
        add_point(lines, series, lines->order[i], &mean);
    }
    return true;
}

static bool check_block(const OutputSpec *spec, Error *err)
{
    const OutputBlock *block = &spec->rows.items[0];
    if (spec->rows.n == 1 && block->kind == &block_kind_model && !block->term.len && !block->compare.n)
        return true;
    yaml_error(spec->at, err, ERROR_INCONSISTENT, "a line chart with rows draws the means of one model");
    return error_hint(err, "Give it one block \"model\", or the keys \"x\" and \"y\" in place of rows.");
}

static bool draw_means(ModelLines *lines, Error *err)
{
    Eval *eval = &lines->eval;
    const OutputFit *fit;
    if (!eval_fit(eval, lines->scope, lines->block, &fit, err)) return false;
    if (!fit->is_repeated) {
        yaml_error(lines->block->at, err, ERROR_INCONSISTENT, "this model has no visits to draw means over");
        return error_hint(err, "Add its covariance to the formula: us(VISIT | SUBJID).");
    }
    if (!fit_means(eval, lines->block, fit, &lines->means, err) || !find_places(lines, err)) return false;
    order_visits(lines);
    for (size_t c = 0; c < eval->n_columns; c++)
        if (!eval->columns[c].holds_tests && !eval->columns[c].is_total && !add_arm(lines, c, err))
            return false;
    fit_note(eval, fit);
    return true;
}

bool model_lines_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                        Error *err)
{
    ModelLines lines = {.eval = {.arena = document->arena,
                                 .context = context,
                                 .frames = context->frames,
                                 .spec = spec,
                                 .document = document},
                        .block = &spec->rows.items[0],
                        .figure = figure};
    Scope all, scope;
    Error trouble = {0};
    lines.scope = &scope;
    if (!check_block(spec, err) || !eval_open(&lines.eval, &all, err) ||
        !eval_narrow(&lines.eval, &all, lines.block->where, lines.block->at, &scope, err))
        return false;
    const TableColumn columns[] = {
        {.key = STR("label"), .align = ALIGN_LEFT},
        {.key = STR("n"), .header = STR("n"), .align = ALIGN_RIGHT},
        {.key = STR("lsmean"), .header = STR("LS mean"), .align = ALIGN_RIGHT},
        {.key = STR("ci"),
         .header = str_format(document->arena, "%g %% CI", 100 * fit_confidence(lines.block)),
         .align = ALIGN_RIGHT}};
    lines.eval.table = document_figure_table(document, figure, columns, 4);
    figure->series = ARENA_ARRAY(document->arena, Series, lines.eval.n_columns);
    if (!draw_means(&lines, &trouble) && !fit_is_open(&lines.eval, lines.block, &trouble)) {
        *err = trouble;
        return false;
    }
    eval_footnotes(&lines.eval);
    return true;
}
