#include "report/residual_figure.h"

#include <math.h>

#include "math/distribution.h"
#include "stat/residuals.h"

#define DRAWN_MAX 1500  /* points of a panel; beyond, those within 3 are thinned */
#define PLOTTED_MAX 400 /* points of the normal plot */
#define FAR 3.0
#define NAMED_MAX 50
#define GROUPS 10 /* of neighbours whose mean is drawn */

typedef struct {
    Document *document;
    Arena *arena;
    Figure *figure;
    const ResidualInput *input;
    bool has_means;
    size_t series_capacity, thinned; /* thinned: every so many-th was drawn, or 0 */
} Maker;

ResidualInput residual_input_linear(Arena *arena, const Model *model, const LinearFit *fit)
{
    Residuals r = residuals_linear(arena, model, fit);
    ResidualInput input = {.n = r.n,
                           .fitted = r.fitted,
                           .residual = r.residual,
                           .kind = STR("Studentised residual"),
                           .outcome = model->formula->text};
    for (size_t v = 0; v < model->n_variables && !input.by; v++)
        if (model->variables[v].is_factor) input.by = &model->variables[v];
    return input;
}

ResidualInput residual_input_mixed(Arena *arena, const MmrmFit *fit, MmrmResidual kind)
{
    static const char *const KINDS[] = {"Residual", "Pearson residual", "Normalised residual"};
    return (ResidualInput){.n = fit->n,
                           .fitted = mmrm_fitted(arena, fit),
                           .residual = mmrm_residuals(arena, fit, kind),
                           .kind = str_from(KINDS[kind]),
                           .outcome = fit->model->formula->text,
                           .by = &fit->visits};
}

static Series *add_series(Maker *m, SeriesRole role, size_t n)
{
    ARENA_PUSH_ROOM(m->arena, m->figure->series, m->figure->n_series, m->series_capacity);
    Series *series = &m->figure->series[m->figure->n_series++];
    *series = (Series){.role = role,
                       .n = n,
                       .x = ARENA_ARRAY(m->arena, double, n + 1),
                       .y = ARENA_ARRAY(m->arena, double, n + 1)};
    return series;
}

static void begin_panel(Maker *m, PanelKind kind, const char *title, Str x_label, Str y_label)
{
    m->figure->panels[m->figure->n_panels++] =
        (FigurePanel){kind, str_from(title), x_label, y_label, m->figure->n_series, 0};
}

static void end_panel(Maker *m)
{
    FigurePanel *panel = &m->figure->panels[m->figure->n_panels - 1];
    panel->n = m->figure->n_series - panel->first;
}

/* Points of a scatter, thinned when they are many; `value` is what of a residual is drawn. */
static void add_points(Maker *m, double (*value)(double residual))
{
    const ResidualInput *in = m->input;
    size_t step = (in->n + DRAWN_MAX - 1) / DRAWN_MAX;
    Series *series = add_series(m, SERIES_POINTS, in->n);
    series->n = 0;
    if (step > 1) m->thinned = step;
    for (size_t i = 0; i < in->n; i++) {
        if (!isfinite(in->residual[i]) || (step > 1 && i % step && fabs(in->residual[i]) <= FAR)) continue;
        series->x[series->n] = in->fitted[i];
        series->y[series->n++] = value(in->residual[i]);
    }
}

static double same(double residual) { return residual; }
static double root(double residual) { return sqrt(fabs(residual)); }

/* The rows in the order of their fitted values, by merging ever longer runs. */
static size_t *rows_by_fitted(const Maker *m, size_t *n)
{
    const ResidualInput *in = m->input;
    size_t *rows = ARENA_ARRAY(m->arena, size_t, in->n + 1),
           *other = ARENA_ARRAY(m->arena, size_t, in->n + 1);
    *n = 0;
    for (size_t i = 0; i < in->n; i++)
        if (isfinite(in->residual[i])) rows[(*n)++] = i;
    for (size_t run = 1; run < *n; run *= 2) {
        for (size_t from = 0; from < *n; from += 2 * run) {
            size_t a = from, b = from + run, a_end = b < *n ? b : *n, b_end = b + run < *n ? b + run : *n;
            for (size_t k = from; k < b_end; k++)
                other[k] = a < a_end && (b >= b_end || in->fitted[rows[a]] <= in->fitted[rows[b]])
                               ? rows[a++]
                               : rows[b++];
        }
        size_t *swap = rows;
        rows = other, other = swap;
    }
    return rows;
}

/* Means of neighbours: what a smooth line would show, and no more. */
static void add_means(Maker *m, double (*value)(double residual))
{
    size_t n, *rows = rows_by_fitted(m, &n), groups = n / 10 < GROUPS ? n / 10 : GROUPS;
    if (groups < 3) return;
    m->has_means = true;
    Series *series = add_series(m, SERIES_MEAN, groups);
    for (size_t g = 0; g < groups; g++) {
        size_t from = g * n / groups, to = (g + 1) * n / groups;
        for (size_t i = from; i < to; i++) {
            series->x[g] += m->input->fitted[rows[i]] / (double)(to - from);
            series->y[g] += value(m->input->residual[rows[i]]) / (double)(to - from);
        }
    }
}

static void add_fitted_panel(Maker *m)
{
    begin_panel(m, PANEL_POINTS, "Residuals and fitted values", STR("Fitted value"), m->input->kind);
    add_points(m, same);
    add_means(m, same);
    end_panel(m);
}

static void add_normal_panel(Maker *m)
{
    NormalPlot plot = normal_plot(m->arena, m->input->residual, m->input->n, 0.95, PLOTTED_MAX);
    begin_panel(m, PANEL_QUANTILES, "Normal plot with 95 % envelope",
                STR("Quantile of the normal distribution"), m->input->kind);
    Series *line = add_series(m, SERIES_EXPECTED, plot.n);
    line->x = line->y = plot.expected;
    line->low = plot.low;
    line->high = plot.high;
    Series *points = add_series(m, SERIES_POINTS, plot.n);
    points->x = plot.expected;
    points->y = plot.value;
    end_panel(m);
}

static void add_histogram_panel(Maker *m)
{
    enum { CURVE = 61 };
    Histogram h = histogram(m->arena, m->input->residual, m->input->n);
    begin_panel(m, PANEL_HISTOGRAM, "Histogram and normal curve", m->input->kind, STR("Number"));
    Series *bars = add_series(m, SERIES_POINTS, h.n);
    double n = 0;
    bars->low = h.edge;
    bars->high = h.n ? h.edge + 1 : NULL;
    for (size_t i = 0; i < h.n; i++)
        bars->x[i] = (h.edge[i] + h.edge[i + 1]) / 2, bars->y[i] = (double)h.count[i], n += bars->y[i];
    Series *curve = add_series(m, SERIES_EXPECTED, CURVE);
    for (size_t i = 0; i < CURVE; i++) {
        double x = -3.5 + 7 * (double)i / (CURVE - 1);
        curve->x[i] = x;
        curve->y[i] = n * h.width * exp(-x * x / 2) / sqrt(2 * 3.14159265358979323846);
    }
    end_panel(m);
}

/* The residuals of a level, or of all. */
static size_t residuals_at(const Maker *m, size_t level, double *values)
{
    size_t n = 0;
    for (size_t i = 0; i < m->input->n; i++)
        if (level == SIZE_MAX || m->input->by->level[i] == level) values[n++] = m->input->residual[i];
    return n;
}

static void put(Maker *m, size_t column, const char *before, const char *stat, double value, int decimals)
{
    table_cell_number(m->document, m->figure->data, column, str_from(before), str_from(stat), value, decimals,
                      (Str){0}, (Str){0}, m->input->from);
}

static void add_box_row(Maker *m, Str group, Str label, const BoxNumbers *box)
{
    table_row(m->document, m->figure->data, ROW_PLAIN, group, label, group.len ? 1 : 0);
    put(m, 1, "", "n", (double)box->n, 0);
    put(m, 2, "", "median", box->median, 2);
    put(m, 3, "", "q1", box->q1, 2);
    put(m, 3, " to ", "q3", box->q3, 2);
    put(m, 4, "", "min", box->min, 2);
    put(m, 4, " to ", "max", box->max, 2);
}

static void add_box_panel(Maker *m)
{
    const ModelVariable *by = m->input->by;
    double *values = ARENA_ARRAY(m->arena, double, m->input->n + 1);
    begin_panel(m, PANEL_BOXES,
                str_c(m->arena, str_format(m->arena, "Residuals by " STR_FMT, STR_ARG(by->name))), by->name,
                m->input->kind);
    table_row(m->document, m->figure->data, ROW_GROUP, by->name, by->name, 0);
    for (size_t level = 0; level < by->n_levels; level++) {
        BoxNumbers box = box_numbers(m->arena, values, residuals_at(m, level, values));
        Series *series = add_series(m, SERIES_MEAN, 5);
        const double numbers[] = {box.low, box.q1, box.median, box.q3, box.high};
        series->label = by->labels[level];
        series->n_at = ARENA_ARRAY(m->arena, size_t, 5);
        for (size_t k = 0; k < 5; k++)
            series->x[k] = (double)level + 0.5, series->y[k] = numbers[k], series->n_at[k] = box.n;
        add_box_row(m, by->name, series->label, &box);
        Series *beyond = add_series(m, SERIES_POINTS, box.n_beyond);
        beyond->label = by->labels[level];
        beyond->y = box.beyond;
        for (size_t k = 0; k < box.n_beyond; k++) beyond->x[k] = (double)level + 0.5;
    }
    end_panel(m);
}

static void add_scale_panel(Maker *m)
{
    begin_panel(
        m, PANEL_POINTS, "Spread and fitted values", STR("Fitted value"),
        str_format(m->arena, "Root of absolute " STR_FMT, STR_ARG(str_lower(m->arena, m->input->kind))));
    add_points(m, root);
    add_means(m, root);
    end_panel(m);
}

static Str row_label(const Maker *m, size_t row)
{
    const ModelVariable *by = m->input->by;
    Str level = by ? by->labels[by->level[row]] : (Str){0};
    return str_format(m->arena, STR_FMT "%s" STR_FMT, STR_ARG(m->input->names[row]), level.len ? ", " : "",
                      STR_ARG(level));
}

/* Those beyond 3, by name where names are given, else how many. */
static void add_far_rows(Maker *m)
{
    const ResidualInput *in = m->input;
    Table *table = m->figure->data;
    Str group = STR("Residuals beyond 3");
    size_t n = 0;
    for (size_t i = 0; i < in->n; i++) n += fabs(in->residual[i]) > FAR;
    table_row(m->document, table, ROW_PLAIN, STR(""), group, 0);
    put(m, 1, "", "n", (double)n, 0);
    for (size_t i = 0, named = 0; in->names && i < in->n && named < NAMED_MAX; i++) {
        if (!(fabs(in->residual[i]) > FAR)) continue;
        named++;
        table_row(m->document, table, ROW_PLAIN, group, row_label(m, i), 1);
        put(m, 2, "", "residual", in->residual[i], 2);
        put(m, 5, "", "fitted", in->fitted[i], 2);
    }
    if (in->names && n > NAMED_MAX)
        table_footnote(m->document, table,
                       str_format(m->arena, "Of the residuals beyond 3 the first %d are named.", NAMED_MAX));
}

static void open_table(Maker *m)
{
    const TableColumn columns[] = {
        {.key = STR("label"), .align = ALIGN_LEFT},
        {.key = STR("n"), .header = STR("n"), .align = ALIGN_RIGHT},
        {.key = STR("residual"),
         .header = m->input->names ? STR("Residual or median") : STR("Median"),
         .align = ALIGN_RIGHT},
        {.key = STR("quartiles"), .header = STR("Quartiles"), .align = ALIGN_RIGHT},
        {.key = STR("range"), .header = STR("Range"), .align = ALIGN_RIGHT},
        {.key = STR("fitted"), .header = STR("Fitted value"), .align = ALIGN_RIGHT}};
    if (!m->figure->data) document_figure_table(m->document, m->figure, columns, m->input->names ? 6 : 5);
}

void residual_figure_fill(Document *document, Figure *figure, const ResidualInput *input)
{
    Maker m = {.document = document, .arena = document->arena, .figure = figure, .input = input};
    double *values = ARENA_ARRAY(m.arena, double, input->n + 1);
    open_table(&m);
    figure->panels = ARENA_ARRAY(m.arena, FigurePanel, 4);
    BoxNumbers all = box_numbers(m.arena, values, residuals_at(&m, SIZE_MAX, values));
    add_box_row(&m, (Str){0}, STR("All"), &all);
    add_fitted_panel(&m);
    add_normal_panel(&m);
    add_histogram_panel(&m);
    if (input->by)
        add_box_panel(&m);
    else
        add_scale_panel(&m);
    add_far_rows(&m);
    table_footnote(document, figure->data,
                   str_format(m.arena, STR_FMT "s of " STR_FMT "; the envelope of B is pointwise%s.",
                              STR_ARG(input->kind), STR_ARG(input->outcome),
                              m.has_means ? ", the line in A is the mean of neighbours" : ""));
    if (m.thinned)
        table_footnote(document, figure->data,
                       str_format(m.arena,
                                  "Of %zu residuals within 3 every %zu-th is drawn in A; all are counted.",
                                  input->n, m.thinned));
}
