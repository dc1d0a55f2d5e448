/* Survival curves as journals print them: stairs from 1, a mark for each censored subject, the band of the interval, the
 * numbers at risk below the axis under their times. The axis of the chance begins at 0 and ends at 1. */
#include <math.h>

#include "report/figure_kinds.h"

#define RIGHT 14.0
#define PLOT_HEIGHT 290.0
#define PLOT_SLIM 250.0
#define REMARK_LINE 16.0
#define LABEL_APART 15.0 /* between labels at the ends of curves */
#define LABEL_MAX 150.0

typedef struct {
    Svg *svg;
    Arena *arena;
    const Figure *figure;
    GroupNames groups;
    Axis x, y;
    double left, right, top, bottom;
    bool has_labels; /* at the ends of the curves, in place of a legend */
    double *label_y; /* per group */
} Steps;

static double place_x(const Steps *steps, double x)
{
    return axis_place(&steps->x, x, steps->left, steps->right);
}
static double place_y(const Steps *steps, double y)
{
    return axis_place(&steps->y, y, steps->bottom, steps->top);
}

static size_t group_of(const Steps *steps, const Series *series)
{
    return figure_group_index(&steps->groups, series->group);
}

static Str group_name(const Steps *steps, size_t group)
{
    return figure_one_line(steps->arena, steps->groups.names[group]);
}

static void find_scales(Steps *steps)
{
    const Figure *figure = steps->figure;
    double high = 0;
    for (size_t s = 0; s < figure->n_series; s++)
        for (size_t i = 0; i < figure->series[s].n; i++)
            if (isfinite(figure->series[s].x[i])) high = fmax(high, figure->series[s].x[i]);
    steps->x = axis_linear(0, high > 0 ? high : 1, svg_is_narrow(steps->svg) ? 5 : 9);
    steps->x.low = 0;
    if (high > 0) steps->x.high = high;
    while (steps->x.n > 1 && steps->x.ticks[steps->x.n - 1] > steps->x.high) steps->x.n--;
    if (figure->n_ticks && figure->n_ticks <= AXIS_TICKS_MAX) {
        steps->x.n = figure->n_ticks;
        for (size_t i = 0; i < figure->n_ticks; i++) steps->x.ticks[i] = figure->tick_at[i];
        steps->x.high = fmax(steps->x.high, steps->x.ticks[steps->x.n - 1]);
        for (size_t i = 0; i < figure->n_ticks; i++)
            if (steps->x.ticks[i] != number_round(steps->x.ticks[i], 0)) steps->x.decimals = 1;
    }
    steps->y = axis_linear(0, 1, 5);
}

/* The stairs through points: each height holds until the next time. */
static size_t stairs(const Steps *steps, const double *x, const double *y, size_t n, double *px, double *py)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (k) px[k] = place_x(steps, x[i]), py[k] = py[k - 1], k++;
        px[k] = place_x(steps, x[i]);
        py[k++] = place_y(steps, y[i]);
    }
    return k;
}

/* The band over the times at which both bounds are known: they are from the first on, until the curve is at 0. */
static void draw_band(const Steps *steps, const Series *series)
{
    size_t known = 0, n = 0;
    if (!series->low || !series->high) return;
    while (known < series->n && isfinite(series->low[known]) && isfinite(series->high[known])) known++;
    if (known < 2) return;
    double *px = ARENA_ARRAY(steps->arena, double, 4 * known + 4),
           *py = ARENA_ARRAY(steps->arena, double, 4 * known + 4);
    double *bx = ARENA_ARRAY(steps->arena, double, 2 * known + 2),
           *by = ARENA_ARRAY(steps->arena, double, 2 * known + 2);
    n = stairs(steps, series->x, series->high, known, px, py);
    size_t back = stairs(steps, series->x, series->low, known, bx, by);
    if (known < series->n) { /* the last bounds hold until the next time */
        double end = place_x(steps, series->x[known]);
        px[n] = end, py[n] = py[n - 1], n++;
        bx[back] = end, by[back] = by[back - 1], back++;
    }
    while (back) back--, px[n] = bx[back], py[n] = by[back], n++;
    svg_path(steps->svg, &svg_group(group_of(steps, series))->band, px, py, n, true);
}

static void draw_curve(const Steps *steps, const Series *series)
{
    double *px = ARENA_ARRAY(steps->arena, double, 2 * series->n + 1),
           *py = ARENA_ARRAY(steps->arena, double, 2 * series->n + 1);
    size_t n = stairs(steps, series->x, series->y, series->n, px, py);
    svg_path(steps->svg, &svg_group(group_of(steps, series))->line, px, py, n, false);
}

static void draw_censored(const Steps *steps, const Series *series)
{
    for (size_t i = 0; i < series->n; i++) {
        double x = place_x(steps, series->x[i]), y = place_y(steps, series->y[i]);
        svg_line(steps->svg, &svg_group(group_of(steps, series))->whisker, x, y - 4.5, x, y + 4.5);
    }
}

static void draw_median(const Steps *steps, const Series *series)
{
    if (!series->n || !isfinite(series->x[0])) return;
    double x = place_x(steps, series->x[0]), y = place_y(steps, series->y[0]);
    svg_line(steps->svg, &SVG_ZERO, steps->left, y, x, y);
    svg_line(steps->svg, &SVG_ZERO, x, y, x, steps->bottom);
}

static void draw_all(const Steps *steps, SeriesRole role,
                     void (*draw)(const Steps *steps, const Series *series))
{
    for (size_t s = 0; s < steps->figure->n_series; s++)
        if (steps->figure->series[s].role == role) draw(steps, &steps->figure->series[s]);
}

/* Where the curves end, as shares of the plot's height; false when a group has no curve. */
static bool find_ends(const Steps *steps, double *ends)
{
    size_t n = 0;
    for (size_t s = 0; s < steps->figure->n_series; s++) {
        const Series *series = &steps->figure->series[s];
        if (series->role != SERIES_MEAN || !series->n) continue;
        ends[group_of(steps, series)] = series->y[series->n - 1];
        n++;
    }
    return n == steps->groups.n;
}

/* Labels stand at the curves' ends when they are short, few, and apart. */
static void choose_labels(Steps *steps, double height)
{
    double *ends = ARENA_ARRAY(steps->arena, double, steps->groups.n);
    steps->label_y = ends;
    if (svg_is_narrow(steps->svg) || steps->groups.n < 2 || !find_ends(steps, ends)) return;
    for (size_t g = 0; g < steps->groups.n; g++) {
        if (svg_text_width(group_name(steps, g), SVG_SMALL_SIZE) > LABEL_MAX) return;
        for (size_t h = 0; h < g; h++)
            if (fabs(ends[g] - ends[h]) * height < LABEL_APART) return;
    }
    steps->has_labels = true;
}

static void draw_labels(const Steps *steps)
{
    for (size_t g = 0; steps->has_labels && g < steps->groups.n; g++)
        svg_text(steps->svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_START, steps->right + 8,
                 place_y(steps, steps->label_y[g]) + 4, group_name(steps, g));
}

static double label_margin(const Steps *steps)
{
    double widest = 0;
    for (size_t g = 0; steps->has_labels && g < steps->groups.n; g++)
        widest = fmax(widest, svg_text_width(group_name(steps, g), SVG_SMALL_SIZE) + 10);
    return fmax(widest, RIGHT);
}

/* Legend where labels do not fit, then the remarks; returns where the plot may begin. */
static double draw_head(const Steps *steps)
{
    double x = 2, y = 14;
    bool has_legend = !steps->has_labels && steps->groups.names[0].len > 0;
    for (size_t g = 0; has_legend && g < steps->groups.n; g++)
        figure_legend(steps->svg, LEGEND_CURVE, g, 0, group_name(steps, g), 2, &x, &y);
    y += has_legend ? 8 : -8;
    for (size_t r = 0; r < steps->figure->n_remarks; r++) {
        Str *lines;
        size_t n =
            svg_wrap(steps->arena, steps->figure->remarks[r], SVG_SMALL_SIZE, steps->svg->width - 8, &lines);
        for (size_t i = 0; i < n; i++)
            svg_text(steps->svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_START, 2, y += REMARK_LINE, lines[i]);
    }
    return y + 12;
}

static size_t risk_rows(const Steps *steps, CountRow *rows)
{
    size_t n = 0;
    for (size_t s = 0; s < steps->figure->n_series; s++) {
        const Series *series = &steps->figure->series[s];
        if (series->role != SERIES_AT_RISK) continue;
        size_t group = group_of(steps, series);
        rows[n++] = (CountRow){group_name(steps, group), group, series->n, series->x, series->n_at};
    }
    return n;
}

/* The rows' times become coordinates once the plot's edges are known. */
static void place_risk_rows(const Steps *steps, CountRow *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double *x = ARENA_ARRAY(steps->arena, double, rows[i].n + 1);
        for (size_t k = 0; k < rows[i].n; k++) x[k] = place_x(steps, rows[i].x[k]);
        rows[i].x = x;
    }
}

double figure_steps(Svg *svg, const Figure *figure)
{
    Arena *arena = svg->markup->out->arena;
    Steps steps = {.svg = svg, .arena = arena, .figure = figure, .groups = figure_groups(arena, figure)};
    CountRow *rows = ARENA_ARRAY(arena, CountRow, figure->n_series + 1);
    size_t n_rows = risk_rows(&steps, rows);
    double height = svg_is_narrow(svg) ? PLOT_SLIM : PLOT_HEIGHT;
    find_scales(&steps);
    choose_labels(&steps, height);
    double texts = figure_y_texts_width(svg, &steps.y);
    steps.left = fmax(figure_y_name_width(svg, height, figure->y_label) + texts,
                      figure_counts_margin(svg, rows, n_rows));
    steps.right = svg->width - label_margin(&steps);
    steps.top = draw_head(&steps);
    steps.bottom = steps.top + height;
    figure_y_axis(svg, &steps.y, steps.left, steps.right, steps.top, steps.bottom, true);
    figure_x_axis(svg, &steps.x, steps.left, steps.right, steps.bottom, NAN);
    svg_line(svg, &SVG_AXIS, steps.left, steps.top, steps.left, steps.bottom);
    draw_all(&steps, SERIES_MEAN, draw_band);
    draw_all(&steps, SERIES_MEDIAN, draw_median);
    draw_all(&steps, SERIES_MEAN, draw_curve);
    draw_all(&steps, SERIES_CENSORED, draw_censored);
    draw_labels(&steps);
    figure_y_name(svg, steps.left - texts, steps.top, steps.bottom, figure->y_label);
    double y =
        steps.bottom + 38 + figure_x_name(svg, steps.left, steps.right, steps.bottom + 38, figure->x_label);
    place_risk_rows(&steps, rows, n_rows);
    return y + 6 + figure_counts(svg, rows, n_rows, steps.left, y + 6, STR("Number at risk")) + 8;
}
