#include "cli/fit_figure.h"

#include <math.h>

#include "cli/figure_file.h"
#include "report/residual_figure.h"

typedef struct {
    const FitFigure *of;
    Document *document;
    Figure *figure;
    Provenance *from;
    int decimals;
} Drawing;

static void put(const Drawing *d, size_t column, const char *before, const char *stat, double value,
                int decimals)
{
    table_cell_number(d->document, d->figure->data, column, str_from(before), str_from(stat), value, decimals,
                      (Str){0}, (Str){0}, d->from);
}

/* Decimals that show two digits of the smallest standard error. */
static int find_decimals(const FitFigure *of)
{
    double least = INFINITY;
    for (size_t i = 0; i < of->means->n; i++)
        if (of->estimates[i].is_estimable && of->estimates[i].se > 0)
            least = fmin(least, of->estimates[i].se);
    double decimals = isfinite(least) ? 1 - floor(log10(least)) : 2;
    return decimals < 0 ? 0 : decimals > 8 ? 8 : (int)decimals;
}

static const ModelVariable *factor_of(const Drawing *d, size_t i)
{
    return &d->of->model->variables[d->of->means->factors[i]];
}

static void add_mean(const Drawing *d, Series *series, size_t mean, double x, bool is_row, Str label)
{
    const Estimate *e = &d->of->estimates[mean];
    size_t k = series->n++;
    double values[3] = {e->is_estimable ? e->estimate : NAN, e->is_estimable ? e->lower : NAN,
                        e->is_estimable ? e->upper : NAN};
    series->x[k] = is_row ? values[0] : x;
    series->y[k] = values[0];
    series->low[k] = values[1];
    series->high[k] = values[2];
    series->n_at[k] = d->of->means->n_rows[mean];
    table_row(d->document, d->figure->data, ROW_PLAIN, series->group, label, series->group.len ? 1 : 0);
    put(d, 1, "", "n", (double)series->n_at[k], 0);
    put(d, 2, "", "lsmean", values[0], d->decimals);
    put(d, 3, "", "ci_low", values[1], d->decimals);
    put(d, 3, " to ", "ci_high", values[2], d->decimals);
}

static Series *add_series(const Drawing *d, size_t n)
{
    Arena *arena = d->document->arena;
    Series *series = &d->figure->series[d->figure->n_series++];
    *series = (Series){.x = ARENA_ARRAY(arena, double, n),
                       .y = ARENA_ARRAY(arena, double, n),
                       .low = ARENA_ARRAY(arena, double, n),
                       .high = ARENA_ARRAY(arena, double, n),
                       .n_at = ARENA_ARRAY(arena, size_t, n)};
    return series;
}

/* One factor: a row for each level. */
static void draw_rows(const Drawing *d)
{
    const ModelVariable *factor = factor_of(d, 0);
    for (size_t i = 0; i < d->of->means->n; i++) {
        Series *series = add_series(d, 1);
        series->role = SERIES_POINTS;
        series->label = factor->labels[d->of->means->levels[i]];
        add_mean(d, series, i, 0, true, series->label);
    }
}

/* Where a level stands on the axis: at its number where all levels are numbers, else in their order. */
static double place_of(const ModelVariable *factor, size_t level)
{
    double number = 0;
    for (size_t i = 0; i < factor->n_levels; i++)
        if (!number_parse(factor->levels[i], &number)) return (double)level + 1;
    return number_parse(factor->levels[level], &number) ? number : (double)level + 1;
}

/* Two factors: a line for each level of the first over those of the second. */
static void draw_lines(const Drawing *d)
{
    const ModelVariable *lines = factor_of(d, 0), *visits = factor_of(d, 1);
    const LsMeans *means = d->of->means;
    Figure *figure = d->figure;
    figure->tick_at = ARENA_ARRAY(d->document->arena, double, visits->n_levels);
    figure->tick_text = visits->labels;
    for (figure->n_ticks = 0; figure->n_ticks < visits->n_levels; figure->n_ticks++)
        figure->tick_at[figure->n_ticks] = place_of(visits, figure->n_ticks);
    for (size_t line = 0; line < lines->n_levels; line++) {
        Series *series = add_series(d, visits->n_levels);
        series->role = SERIES_MEAN;
        series->label = series->group = lines->labels[line];
        table_row(d->document, figure->data, ROW_GROUP, series->group, series->group, 0);
        for (size_t i = 0; i < means->n; i++)
            if (means->levels[2 * i] == line)
                add_mean(d, series, i, place_of(visits, means->levels[2 * i + 1]), false,
                         visits->labels[means->levels[2 * i + 1]]);
    }
    figure->x_label = visits->name;
}

static void draw_means(Drawing *d)
{
    const FitFigure *of = d->of;
    Arena *arena = d->document->arena;
    Str interval = str_format(arena, "%g %% CI", 100 * of->confidence);
    const TableColumn columns[] = {{.key = STR("label"), .align = ALIGN_LEFT},
                                   {.key = STR("n"), .header = STR("Rows"), .align = ALIGN_RIGHT},
                                   {.key = STR("lsmean"), .header = STR("LS mean"), .align = ALIGN_RIGHT},
                                   {.key = STR("ci"), .header = interval, .align = ALIGN_RIGHT}};
    bool is_line = of->means->n_factors == 2;
    d->figure->decimals = d->decimals = find_decimals(of);
    d->figure->series = ARENA_ARRAY(arena, Series, of->means->n + 1);
    document_figure_table(d->document, d->figure, columns, 4);
    Str name = str_format(arena, "LS mean (" STR_FMT ")", STR_ARG(interval));
    d->figure->y_label = name;
    if (!is_line) d->figure->x_label = name;
    (is_line ? draw_lines : draw_rows)(d);
}

/* Who a row is: its subject, or its number in the data. */
static const Str *row_names(const Drawing *d)
{
    const Model *model = d->of->model;
    Arena *arena = d->document->arena;
    Str *names = ARENA_ARRAY(arena, Str, model->n);
    for (size_t i = 0; i < model->n; i++)
        names[i] = d->of->mixed ? d->of->mixed->subjects.labels[d->of->mixed->subjects.level[i]]
                                : str_format(arena, "row %zu", model->rows[i] + 1);
    return names;
}

static void draw_residuals(Drawing *d)
{
    Arena *arena = d->document->arena;
    ResidualInput input = d->of->mixed ? residual_input_mixed(arena, d->of->mixed, MMRM_RESIDUAL_NORMALISED)
                                       : residual_input_linear(arena, d->of->model, d->of->linear);
    input.names = row_names(d);
    input.from = d->from;
    residual_figure_fill(d->document, d->figure, &input);
}

bool fit_figure_write(Arena *arena, const FitFigure *of, Error *err)
{
    const Model *model = of->model;
    bool is_line = of->means && of->means->n_factors == 2;
    FigureFile file;
    if (of->means && of->means->n_factors > 2) {
        error_set(err, ERROR_USAGE, "a figure shows means of one factor or two, not of %zu",
                  of->means->n_factors);
        return error_hint(err, "Leave out --lsmeans for a figure of residuals.");
    }
    if (!of->means && of->has_random) {
        error_set(err, ERROR_USAGE, "residuals of a model with random effects are not drawn");
        return error_hint(err, "Draw its means: --lsmeans 'ARM | AVISIT' --figure means.svg.");
    }
    Str title = str_format(arena, "%s of " STR_FMT, of->means ? "Least-squares means" : "Residuals",
                           STR_ARG(model->formula->text));
    if (!figure_file_open(arena, of->path,
                          !of->means ? FIGURE_PANELS
                          : is_line  ? FIGURE_LINES
                                     : FIGURE_FOREST,
                          title, of->data, &file, err))
        return false;
    file.from->n_records = model->n;
    file.from->variable = model->formula->text;
    file.from->method = of->mixed ? STR("mixed model for repeated measures") : STR("linear model");
    file.from->method_page = of->mixed ? STR("mmrm") : STR("linear-model");
    Drawing d = {.of = of, .document = file.document, .figure = file.figure, .from = file.from};
    (of->means ? draw_means : draw_residuals)(&d);
    return figure_file_write(arena, of->path, &file, err);
}
