/* Courses over time: a thin line per subject, bold means with intervals, the expected course dashed; n below each
 * visit. Gaps are not bridged; panels share their scales. */
#include <math.h>

#include "report/figure_kinds.h"

#define RIGHT       14.0
#define PLOT_HEIGHT 300.0
#define PANEL_GAP   20.0
#define PANELS_MAX  3                                     /* side by side; more stand below */
#define DODGE       9.0
#define TICK_LINE   13.0
#define TICK_LINES  3                                     /* names of visits that would touch stand lower */

typedef struct {
    Svg *svg;
    Arena *arena;
    const Figure *figure;
    GroupNames groups;
    Axis x, y;
    double left;                                          /* of the first panel: room for y texts and names of n rows */
    double right;                                         /* of the last panel in a row */
    double dodge;                                         /* between means of one visit */
    double x_pad;                                         /* between the frame and the first and last visit */
} Lines;

typedef struct {
    double left, right, top, bottom;
    size_t group;                                         /* shown alone, or groups.n for all */
} Panel;

static void widen(double *low, double *high, double value)
{
    if (!isfinite(value)) return;
    if (!(value >= *low)) *low = value;
    if (!(value <= *high)) *high = value;
}

static void find_scales(Lines *lines)
{
    double x_low = NAN, x_high = NAN, y_low = NAN, y_high = NAN;
    for (size_t s = 0; s < lines->figure->n_series; s++) {
        const Series *series = &lines->figure->series[s];
        for (size_t i = 0; i < series->n; i++) {
            widen(&x_low, &x_high, series->x[i]);
            widen(&y_low, &y_high, series->y[i]);
            if (series->low) widen(&y_low, &y_high, series->low[i]);
            if (series->high) widen(&y_low, &y_high, series->high[i]);
        }
    }
    if (isfinite(lines->figure->reference)) widen(&y_low, &y_high, lines->figure->reference);
    lines->x = axis_linear(x_low, x_high, svg_is_narrow(lines->svg) ? 5 : 8);
    lines->y = axis_linear(y_low, y_high, 6);
    if (isfinite(x_low) && x_high > x_low) lines->x.low = x_low, lines->x.high = x_high;
}

static bool is_shown(const Lines *lines, const Panel *panel, const Series *series)
{
    return panel->group == lines->groups.n || series->group.len == 0 || figure_group_index(&lines->groups, series->group) == panel->group;
}

static double place_x(const Lines *lines, const Panel *panel, double x)
{
    return axis_place(&lines->x, x, panel->left + lines->x_pad, panel->right - lines->x_pad);
}

static double place_y(const Lines *lines, const Panel *panel, double y) { return axis_place(&lines->y, y, panel->bottom, panel->top); }

/* Coordinates of a series; returns how many. */
static size_t place_series(const Lines *lines, const Panel *panel, const Series *series, double shift, double *px, double *py)
{
    for (size_t i = 0; i < series->n; i++) {
        px[i] = place_x(lines, panel, series->x[i]) + shift;
        py[i] = isfinite(series->y[i]) ? place_y(lines, panel, series->y[i]) : NAN;
    }
    return series->n;
}

/* A point whose neighbours are both missing would vanish with its line. */
static void draw_lone_points(const Lines *lines, const SvgStyle *style, const double *px, const double *py, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool before = i > 0 && isfinite(py[i - 1]), after = i + 1 < n && isfinite(py[i + 1]);
        if (isfinite(py[i]) && !before && !after) svg_circle(lines->svg, style, px[i], py[i], 1.7);
    }
}

static void draw_subject(const Lines *lines, const Panel *panel, const Series *series)
{
    double *px = ARENA_ARRAY(lines->arena, double, series->n + 1), *py = ARENA_ARRAY(lines->arena, double, series->n + 1);
    size_t n = place_series(lines, panel, series, 0, px, py);
    const SvgGroup *group = svg_group(figure_group_index(&lines->groups, series->group));
    if (series->role == SERIES_SUBJECT) {
        svg_path(lines->svg, &group->thin, px, py, n, false);
        draw_lone_points(lines, &group->mark, px, py, n);
    } else if (series->role == SERIES_EXPECTED) {
        svg_path(lines->svg, &SVG_EXPECTED, px, py, n, false);
    } else {
        for (size_t i = 0; i < n; i++)
            if (isfinite(py[i])) svg_circle(lines->svg, &group->mark, px[i], py[i], 2.2);
    }
}

static void draw_whisker(const Lines *lines, const Panel *panel, const SvgStyle *style, double x, double low, double high)
{
    if (!isfinite(low) || !isfinite(high)) return;
    double y1 = place_y(lines, panel, low), y2 = place_y(lines, panel, high);
    svg_line(lines->svg, style, x, y1, x, y2);
    svg_line(lines->svg, style, x - 4, y1, x + 4, y1);
    svg_line(lines->svg, style, x - 4, y2, x + 4, y2);
}

static void draw_mean(const Lines *lines, const Panel *panel, const Series *series, double shift)
{
    double *px = ARENA_ARRAY(lines->arena, double, series->n + 1), *py = ARENA_ARRAY(lines->arena, double, series->n + 1);
    size_t n = place_series(lines, panel, series, shift, px, py), index = figure_group_index(&lines->groups, series->group);
    const SvgGroup *group = svg_group(index);
    svg_path(lines->svg, &group->line, px, py, n, false);
    for (size_t i = 0; i < series->n; i++) {
        if (!isfinite(series->y[i])) continue;
        double x = place_x(lines, panel, series->x[i]) + shift;
        if (series->low && series->high) draw_whisker(lines, panel, &group->whisker, x, series->low[i], series->high[i]);
        svg_shape(lines->svg, index, &group->mark, x, place_y(lines, panel, series->y[i]), 4.2);
    }
}

static size_t count_means(const Lines *lines, const Panel *panel)
{
    size_t n = 0;
    for (size_t s = 0; s < lines->figure->n_series; s++)
        n += lines->figure->series[s].role == SERIES_MEAN && is_shown(lines, panel, &lines->figure->series[s]);
    return n;
}

static void draw_series(const Lines *lines, const Panel *panel)
{
    const Figure *figure = lines->figure;
    size_t n_means = count_means(lines, panel), mean = 0;
    for (size_t s = 0; s < figure->n_series; s++)
        if (figure->series[s].role != SERIES_MEAN && is_shown(lines, panel, &figure->series[s])) draw_subject(lines, panel, &figure->series[s]);
    for (size_t s = 0; s < figure->n_series; s++) {
        if (figure->series[s].role != SERIES_MEAN || !is_shown(lines, panel, &figure->series[s])) continue;
        draw_mean(lines, panel, &figure->series[s], lines->dodge * ((double)mean++ - ((double)n_means - 1) / 2));
    }
}

static void draw_y_axis(const Lines *lines, const Panel *panel, bool with_texts)
{
    figure_y_axis(lines->svg, &lines->y, panel->left, panel->right, panel->top, panel->bottom, with_texts);
    if (!isfinite(lines->figure->reference)) return;
    double y = place_y(lines, panel, lines->figure->reference);
    svg_line(lines->svg, &SVG_ZERO, panel->left, y, panel->right, y);
}

/* A tick and its text on the first line where it touches no other; `ends` are where those lines are full. */
static void draw_tick(const Lines *lines, const Panel *panel, double value, Str text, double *ends)
{
    double x = place_x(lines, panel, value), half = svg_text_width(text, SVG_SMALL_SIZE) / 2;
    size_t line = 0;
    svg_line(lines->svg, &SVG_AXIS, x, panel->bottom, x, panel->bottom + 5);
    while (line < TICK_LINES && ends[line] > x - half) line++;
    if (line == TICK_LINES) return;
    x = fmin(x, lines->svg->width - half - 1);
    svg_text(lines->svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_MIDDLE, x, panel->bottom + 18 + TICK_LINE * (double)line, text);
    ends[line] = x + half + 4;
}

/* Returns the height of the lines of text beyond the first. */
static double draw_x_axis(const Lines *lines, const Panel *panel)
{
    const Figure *figure = lines->figure;
    double ends[TICK_LINES] = {0}, more = 0;
    svg_line(lines->svg, &SVG_AXIS, panel->left, panel->bottom, panel->right, panel->bottom);
    for (size_t i = 0; i < figure->n_ticks; i++) draw_tick(lines, panel, figure->tick_at[i], figure->tick_text[i], ends);
    for (size_t i = 0; figure->n_ticks == 0 && i < lines->x.n; i++)
        if (lines->x.ticks[i] >= lines->x.low && lines->x.ticks[i] <= lines->x.high)
            draw_tick(lines, panel, lines->x.ticks[i], axis_text(lines->arena, &lines->x, i), ends);
    for (size_t line = 1; line < TICK_LINES; line++)
        if (ends[line] > 0) more = TICK_LINE * (double)line;
    return more;
}

static bool has_counts(const Series *series) { return series->role == SERIES_MEAN && series->n_at; }

static Str count_name(const Series *series) { return series->group.len ? series->group : STR("n"); }

/* n behind each mean, a row per mean; coordinates are those of the visits, whatever is dodged above. */
static size_t count_rows(const Lines *lines, const Panel *panel, bool with_names, CountRow *rows)
{
    size_t n = 0;
    for (size_t s = 0; s < lines->figure->n_series; s++) {
        const Series *series = &lines->figure->series[s];
        if (!has_counts(series) || !is_shown(lines, panel, series)) continue;
        double *x = ARENA_ARRAY(lines->arena, double, series->n + 1);
        for (size_t i = 0; i < series->n; i++) x[i] = place_x(lines, panel, series->x[i]);
        Str name = panel->group == lines->groups.n ? count_name(series) : STR("n");
        rows[n++] = (CountRow){with_names ? name : (Str){0}, figure_group_index(&lines->groups, series->group), series->n, x, series->n_at};
    }
    return n;
}

static double draw_counts(const Lines *lines, const Panel *panel, double y, bool with_names)
{
    CountRow *rows = ARENA_ARRAY(lines->arena, CountRow, lines->figure->n_series + 1);
    size_t n = count_rows(lines, panel, with_names, rows);
    bool has_title = with_names && n > 1 && lines->figure->tick_text;
    return figure_counts(lines->svg, rows, n, panel->left, y, has_title ? STR("Number of subjects") : (Str){0});
}

/* Returns the height of what stands below the axis: texts of ticks beyond one line, and n. */
static double draw_panel(const Lines *lines, const Panel *panel, bool is_first)
{
    if (panel->group < lines->groups.n)
        svg_text_bold(lines->svg, SVG_TEXT_SIZE, SVG_START, panel->left, panel->top - 9, lines->groups.names[panel->group]);
    draw_y_axis(lines, panel, is_first);
    double more = draw_x_axis(lines, panel);
    draw_series(lines, panel);
    double name = panel->bottom + 38 + more;
    if (is_first) more += figure_x_name(lines->svg, panel->left, lines->right, name, lines->figure->x_label);
    return more + 42 + draw_counts(lines, panel, panel->bottom + 42 + more, is_first);
}

static double draw_legend(const Lines *lines)
{
    const Figure *figure = lines->figure;
    double x = 2, y = 14;
    bool subject_named = false;
    for (size_t s = 0; s < figure->n_series; s++) {
        const Series *series = &figure->series[s];
        size_t group = figure_group_index(&lines->groups, series->group);
        if (series->role == SERIES_MEAN) figure_legend(lines->svg, LEGEND_LINE, group, 0, series->label, 2, &x, &y);
        if (series->role == SERIES_EXPECTED) figure_legend(lines->svg, LEGEND_EXPECTED, 0, 0, series->label, 2, &x, &y);
        if (series->role == SERIES_SUBJECT && !subject_named) {
            figure_legend(lines->svg, LEGEND_THIN, group, 0, STR("One subject"), 2, &x, &y);
            subject_named = true;
        }
    }
    return y + 16;
}

static double left_margin(const Lines *lines, double plot)
{
    Panel all = {.right = 1, .group = lines->groups.n};
    CountRow *rows = ARENA_ARRAY(lines->arena, CountRow, lines->figure->n_series + 1);
    size_t n = lines->figure->facets ? 0 : count_rows(lines, &all, true, rows);
    double texts = figure_y_texts_width(lines->svg, &lines->y);
    return fmax(figure_y_name_width(lines->svg, plot, lines->figure->y_label) + texts, fmax(figure_counts_margin(lines->svg, rows, n), 42));
}

/* Means of one visit stand side by side; where visits are close, closer. */
static double find_dodge(const Lines *lines, double width)
{
    double least = INFINITY;
    size_t n_means = 0;
    for (size_t s = 0; s < lines->figure->n_series; s++) {
        const Series *series = &lines->figure->series[s];
        if (series->role != SERIES_MEAN) continue;
        n_means++;
        for (size_t i = 1; i < series->n; i++)
            least = fmin(least, fabs(axis_place(&lines->x, series->x[i], 0, width) - axis_place(&lines->x, series->x[i - 1], 0, width)));
    }
    return fmin(DODGE, least / ((double)n_means + 1));
}

double figure_lines(Svg *svg, const Figure *figure)
{
    Lines lines = {.svg = svg, .arena = svg->markup->out->arena, .figure = figure, .groups = figure_groups(svg->markup->out->arena, figure)};
    size_t n_panels = figure->facets ? lines.groups.n : 1, most = svg_is_narrow(svg) ? 1 : PANELS_MAX, across = n_panels < most ? n_panels : most;
    double plot = n_panels > 1 ? PLOT_HEIGHT - 40 : PLOT_HEIGHT;
    find_scales(&lines);
    lines.left = left_margin(&lines, plot);
    lines.x_pad = n_panels > 1 || svg_is_narrow(svg) ? 22 : 34;
    double y = draw_legend(&lines) + (n_panels > 1 ? 20 : 0), bottom = y;
    double width = (svg->width - RIGHT - lines.left - PANEL_GAP * (double)(across - 1)) / (double)across;
    lines.right = svg->width - RIGHT;
    lines.dodge = find_dodge(&lines, width - 2 * lines.x_pad);
    for (size_t k = 0; k < n_panels; k++) {
        size_t column = k % across;
        if (k && column == 0) y = bottom + 34;
        double left = lines.left + (double)column * (width + PANEL_GAP);
        Panel panel = {left, left + width, y, y + plot, n_panels > 1 ? k : lines.groups.n};
        double below = draw_panel(&lines, &panel, column == 0);
        bottom = fmax(bottom, panel.bottom + below + 10);
        if (column) continue;
        figure_y_name(svg, lines.left - figure_y_texts_width(svg, &lines.y), panel.top, panel.bottom, figure->y_label);
    }
    return bottom;
}
