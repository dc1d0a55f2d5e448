/* Small plots, two side by side (one where the page is narrow), each with its axes, its title and a letter to call it by. */
#include <math.h>

#include "report/figure_kinds.h"

#define GAP 26.0
#define TITLE 24.0
#define HEIGHT 196.0
#define RIGHT 12.0
#define BOX_MAX 26.0
#define TICK_LINE 13.0

typedef struct {
    Svg *svg;
    Arena *arena;
    const Figure *figure;
    const FigurePanel *panel;
    Axis x, y;
    double left, right, top, bottom;
} Plot;

static const Series *series_of(const Plot *plot, size_t i)
{
    return &plot->figure->series[plot->panel->first + i];
}

static double place_x(const Plot *plot, double x) { return axis_place(&plot->x, x, plot->left, plot->right); }
static double place_y(const Plot *plot, double y) { return axis_place(&plot->y, y, plot->bottom, plot->top); }

static void widen(double *low, double *high, const double *values, size_t n)
{
    for (size_t i = 0; values && i < n; i++) {
        if (!isfinite(values[i])) continue;
        if (!(values[i] >= *low)) *low = values[i];
        if (!(values[i] <= *high)) *high = values[i];
    }
}

static size_t count_boxes(const Plot *plot)
{
    size_t n = 0;
    for (size_t i = 0; i < plot->panel->n; i++) n += series_of(plot, i)->role == SERIES_MEAN;
    return n;
}

static void find_scales(Plot *plot)
{
    double x_low = NAN, x_high = NAN, y_low = NAN, y_high = NAN;
    PanelKind kind = plot->panel->kind;
    for (size_t i = 0; i < plot->panel->n; i++) {
        const Series *series = series_of(plot, i);
        bool bins = kind == PANEL_HISTOGRAM && series->low;
        widen(&x_low, &x_high, bins ? series->low : series->x, series->n);
        if (bins) widen(&x_low, &x_high, series->high, series->n);
        widen(&y_low, &y_high, series->y, series->n);
        if (kind == PANEL_QUANTILES && series->low)
            widen(&y_low, &y_high, series->low, series->n), widen(&y_low, &y_high, series->high, series->n);
    }
    if (kind == PANEL_HISTOGRAM) y_low = 0;
    if (kind != PANEL_HISTOGRAM && y_low > 0) y_low = 0;
    plot->y = axis_linear(y_low, y_high, 6);
    plot->x = axis_linear(x_low, x_high, 6);
    if (kind == PANEL_BOXES) plot->x = (Axis){.low = 0, .high = (double)count_boxes(plot)};
}

static void draw_zero(const Plot *plot)
{
    if (plot->y.low < 0 && plot->y.high > 0)
        svg_line(plot->svg, &SVG_ZERO, plot->left, place_y(plot, 0), plot->right, place_y(plot, 0));
}

static void draw_dots(const Plot *plot, const Series *series, double radius)
{
    for (size_t i = 0; i < series->n; i++)
        if (isfinite(series->x[i]) && isfinite(series->y[i]))
            svg_circle(plot->svg, &SVG_PLAIN_MARK, place_x(plot, series->x[i]), place_y(plot, series->y[i]),
                       radius);
}

static void draw_line(const Plot *plot, const SvgStyle *style, const double *x, const double *y, size_t n)
{
    double *px = ARENA_ARRAY(plot->arena, double, n + 1), *py = ARENA_ARRAY(plot->arena, double, n + 1);
    for (size_t i = 0; i < n; i++)
        px[i] = place_x(plot, x[i]), py[i] = isfinite(y[i]) ? place_y(plot, y[i]) : NAN;
    svg_path(plot->svg, style, px, py, n, false);
}

static void draw_points(const Plot *plot)
{
    draw_zero(plot);
    for (size_t i = 0; i < plot->panel->n; i++)
        if (series_of(plot, i)->role == SERIES_POINTS) draw_dots(plot, series_of(plot, i), 2);
    for (size_t i = 0; i < plot->panel->n; i++)
        if (series_of(plot, i)->role == SERIES_MEAN)
            draw_line(plot, &svg_group(0)->line, series_of(plot, i)->x, series_of(plot, i)->y,
                      series_of(plot, i)->n);
}

static void draw_band(const Plot *plot, const Series *series)
{
    double *px = ARENA_ARRAY(plot->arena, double, 2 * series->n + 1),
           *py = ARENA_ARRAY(plot->arena, double, 2 * series->n + 1);
    for (size_t i = 0; i < series->n; i++) {
        size_t back = 2 * series->n - 1 - i;
        px[i] = px[back] = place_x(plot, series->x[i]);
        py[i] = place_y(plot, series->low[i]);
        py[back] = place_y(plot, series->high[i]);
    }
    svg_path(plot->svg, &svg_group(0)->band, px, py, 2 * series->n, true);
}

static void draw_quantiles(const Plot *plot)
{
    for (size_t i = 0; i < plot->panel->n; i++) {
        const Series *series = series_of(plot, i);
        if (series->role != SERIES_EXPECTED) continue;
        if (series->low && series->high) draw_band(plot, series);
        draw_line(plot, &SVG_REFERENCE, series->x, series->y, series->n);
    }
    for (size_t i = 0; i < plot->panel->n; i++)
        if (series_of(plot, i)->role == SERIES_POINTS) draw_dots(plot, series_of(plot, i), 2);
}

static void draw_histogram(const Plot *plot)
{
    for (size_t i = 0; i < plot->panel->n; i++) {
        const Series *series = series_of(plot, i);
        for (size_t k = 0; series->role == SERIES_POINTS && series->low && k < series->n; k++) {
            double from = place_x(plot, series->low[k]), to = place_x(plot, series->high[k]),
                   y = place_y(plot, series->y[k]);
            svg_rect(plot->svg, svg_level(1, SVG_LEVELS), from, y, to - from, plot->bottom - y);
        }
        if (series->role == SERIES_EXPECTED) draw_line(plot, &SVG_REFERENCE, series->x, series->y, series->n);
    }
}

static void draw_box(const Plot *plot, const Series *series, double x, double half)
{
    const SvgStyle *style = &svg_group(0)->whisker;
    double y[5];
    for (size_t k = 0; k < 5; k++) {
        if (k >= series->n || !isfinite(series->y[k])) return;
        y[k] = place_y(plot, series->y[k]);
    }
    svg_line(plot->svg, style, x, y[0], x, y[1]);
    svg_line(plot->svg, style, x, y[3], x, y[4]);
    svg_rect(plot->svg, &SVG_BOX, x - half, y[3], 2 * half, y[1] - y[3]);
    svg_line(plot->svg, &svg_group(0)->line, x - half, y[2], x + half, y[2]);
}

/* Names of boxes below the axis, on lines as wide as a box has room; where a word is wider, only each k-th. Returns the height
 * of the lines beyond the first. */
static double draw_box_names(const Plot *plot, size_t n, double slot)
{
    size_t step = 1, at = 0, most = 1;
    for (size_t i = 0; i < plot->panel->n; i++) {
        Str *lines;
        if (series_of(plot, i)->role != SERIES_MEAN) continue;
        size_t n_lines = svg_wrap(plot->arena, series_of(plot, i)->label, SVG_SMALL_SIZE, slot - 4, &lines);
        most = n_lines > most ? n_lines : most;
        for (size_t k = 0; k < n_lines; k++)
            while (step < n && svg_text_width(lines[k], SVG_SMALL_SIZE) > slot * (double)step - 3) step++;
    }
    for (size_t i = 0; i < plot->panel->n; i++) {
        Str *lines;
        if (series_of(plot, i)->role != SERIES_MEAN) continue;
        double x = plot->left + slot * ((double)at + 0.5);
        size_t n_lines =
            at++ % step ? 0
                        : svg_wrap(plot->arena, series_of(plot, i)->label, SVG_SMALL_SIZE, slot - 4, &lines);
        svg_line(plot->svg, &SVG_AXIS, x, plot->bottom, x, plot->bottom + 5);
        for (size_t k = 0; k < n_lines; k++)
            svg_text(plot->svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_MIDDLE, x,
                     plot->bottom + 18 + TICK_LINE * (double)k, lines[k]);
    }
    return TICK_LINE * (double)(most - 1);
}

static double draw_boxes(const Plot *plot)
{
    size_t n = count_boxes(plot), at = 0;
    double slot = (plot->right - plot->left) / (double)(n ? n : 1), half = fmin(slot * 0.32, BOX_MAX);
    draw_zero(plot);
    for (size_t i = 0; i < plot->panel->n; i++) {
        const Series *series = series_of(plot, i);
        double x = plot->left + slot * ((double)at + 0.5);
        if (series->role == SERIES_MEAN) {
            draw_box(plot, series, x, half);
            at++;
        } else { /* the points of the box before */
            for (size_t k = 0; k < series->n; k++)
                svg_circle(plot->svg, &SVG_PLAIN_MARK, x - slot, place_y(plot, series->y[k]), 2);
        }
    }
    svg_line(plot->svg, &SVG_AXIS, plot->left, plot->bottom, plot->right, plot->bottom);
    return draw_box_names(plot, n, slot);
}

/* One panel from (left, top) on; returns its bottom. */
static double draw_panel(Plot *plot, size_t index, double left, double right, double top)
{
    const FigurePanel *panel = plot->panel;
    Str *lines;
    Str title = str_format(plot->arena, "%c  " STR_FMT, (char)('A' + index % 26), STR_ARG(panel->title));
    size_t n = svg_wrap(plot->arena, title, SVG_TEXT_SIZE, (right - left) / 1.06, &lines);
    for (size_t i = 0; i < n; i++)
        svg_text_bold(plot->svg, SVG_TEXT_SIZE, SVG_START, left + 2, top + 12 + 15 * (double)i, lines[i]);
    find_scales(plot);
    double texts = figure_y_texts_width(plot->svg, &plot->y), more = 0;
    plot->left = left + texts + figure_y_name_width(plot->svg, HEIGHT, panel->y_label);
    plot->right = right - RIGHT;
    plot->top = top + TITLE + 15 * (double)(n ? n - 1 : 0);
    plot->bottom = plot->top + HEIGHT;
    figure_y_axis(plot->svg, &plot->y, plot->left, plot->right, plot->top, plot->bottom, true);
    figure_y_name(plot->svg, plot->left - texts, plot->top, plot->bottom, panel->y_label);
    if (panel->kind != PANEL_BOXES)
        figure_x_axis(plot->svg, &plot->x, plot->left, plot->right, plot->bottom, NAN);
    if (panel->kind == PANEL_POINTS) draw_points(plot);
    if (panel->kind == PANEL_QUANTILES) draw_quantiles(plot);
    if (panel->kind == PANEL_HISTOGRAM) draw_histogram(plot);
    if (panel->kind == PANEL_BOXES) more = draw_boxes(plot);
    double name = plot->bottom + 37 + more;
    return name + figure_x_name(plot->svg, plot->left, plot->right, name, panel->x_label) + 6;
}

double figure_panels(Svg *svg, const Figure *figure)
{
    size_t across = svg_is_narrow(svg) ? 1 : 2;
    double width = (svg->width - GAP * (double)(across - 1)) / (double)across, top = 2, bottom = 2;
    for (size_t i = 0; i < figure->n_panels; i++) {
        Plot plot = {
            .svg = svg, .arena = svg->markup->out->arena, .figure = figure, .panel = &figure->panels[i]};
        double left = (width + GAP) * (double)(i % across);
        if (i && i % across == 0) top = bottom + 16;
        bottom = fmax(bottom, draw_panel(&plot, i, left, left + width, top));
    }
    return bottom;
}
