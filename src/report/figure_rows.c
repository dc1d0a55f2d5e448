/* Rows with an estimate and its interval: forests of subgroups and dots of adverse events. */
#include <math.h>

#include "report/figure_kinds.h"

#define ROW       23.0
#define TOP       24.0                                    /* baseline of the column headers */
#define N_WIDTH   44.0
#define SQUARE    7.2                                     /* half a side, of the largest n */
#define LABEL_MAX 230.0                                   /* wider labels run over several lines */
#define LINE      14.0

typedef struct {
    Svg *svg;
    Arena *arena;
    const Figure *figure;
    bool is_forest;
    GroupNames groups;
    Axis axis;
    double left, right, text_left;                        /* of the plot; of the estimates' texts */
    size_t n_largest;
} Rows;

static double interval_end(const double *ends, double estimate) { return ends && isfinite(ends[0]) ? ends[0] : estimate; }

/* Both sides of the reference are seen, also when all estimates are on one. */
static void include_reference(const Figure *figure, double *low, double *high)
{
    double reference = figure->reference;
    if (!isfinite(*low) || !isfinite(*high)) *low = *high = reference;
    if (figure->log_x) {
        *low = fmin(*low, reference / 1.5);
        *high = fmax(*high, reference * 1.5);
        return;
    }
    double room = fmax(fabs(*low - reference), fabs(*high - reference)) / 10;
    *low = fmin(*low, reference - room);
    *high = fmax(*high, reference + room);
}

static void find_scale(Rows *rows)
{
    double low = NAN, high = NAN;
    const Figure *figure = rows->figure;
    for (size_t s = 0; s < figure->n_series; s++) {
        const Series *series = &figure->series[s];
        if (series->n == 0 || !isfinite(series->x[0])) continue;
        double from = interval_end(series->low, series->x[0]), to = interval_end(series->high, series->x[0]);
        if (!(from >= low)) low = from;
        if (!(to <= high)) high = to;
        if (series->n_at && series->n_at[0] > rows->n_largest) rows->n_largest = series->n_at[0];
    }
    if (isfinite(figure->reference)) include_reference(figure, &low, &high);
    if (!rows->is_forest) low = fmin(low, 0);
    rows->axis = figure->log_x ? axis_log(low, high) : axis_linear(low, high, 7);
}

static Str estimate_text(const Rows *rows, const Series *series)
{
    Buf text = buf_new(rows->arena);
    if (series->n == 0 || !isfinite(series->x[0])) return STR("NE");
    buf_fixed(&text, series->x[0], rows->figure->decimals);
    if (!series->low || !series->high || !isfinite(series->low[0]) || !isfinite(series->high[0])) return buf_str(&text);
    buf_add_c(&text, " (");
    buf_fixed(&text, series->low[0], rows->figure->decimals);
    buf_add_c(&text, " to ");
    buf_fixed(&text, series->high[0], rows->figure->decimals);
    buf_char(&text, ')');
    return buf_str(&text);
}

static bool shows_texts(const Rows *rows) { return rows->is_forest || rows->groups.n == 1; }

static void find_columns(Rows *rows)
{
    double label = 60, text = svg_text_width(rows->figure->y_label, SVG_SMALL_SIZE);
    for (size_t s = 0; s < rows->figure->n_series; s++) {
        const Series *series = &rows->figure->series[s];
        bool is_below = rows->is_forest && series->group.len;
        label = fmax(label, svg_text_width(series->label, SVG_TEXT_SIZE) + (is_below ? 14 : 0));
        if (rows->is_forest) label = fmax(label, svg_text_width(series->group, SVG_TEXT_SIZE) * 1.06);
        text = fmax(text, svg_text_width(estimate_text(rows, series), SVG_SMALL_SIZE));
    }
    rows->left = fmin(label, LABEL_MAX) + (rows->is_forest ? N_WIDTH + 22 : 26);
    rows->right = shows_texts(rows) ? SVG_WIDTH - text - 22 : SVG_WIDTH - 18;
    rows->text_left = rows->right + 20;
}

/* A label, its lines centred on y. */
static void draw_label(const Rows *rows, SvgAnchor anchor, double x, double y, Str label, bool bold)
{
    Str *lines;
    size_t n = svg_wrap(rows->arena, label, SVG_TEXT_SIZE, LABEL_MAX, &lines);
    for (size_t i = 0; i < n; i++) {
        double at = y + 4 + LINE * ((double)i - ((double)n - 1) / 2);
        if (bold) svg_text_bold(rows->svg, SVG_TEXT_SIZE, anchor, x, at, lines[i]);
        else svg_text(rows->svg, &SVG_TEXT, SVG_TEXT_SIZE, anchor, x, at, lines[i]);
    }
}

/* What a row needs beyond ROW when its label runs over several lines. */
static double label_room(const Rows *rows, Str label)
{
    Str *lines;
    size_t n = svg_wrap(rows->arena, label, SVG_TEXT_SIZE, LABEL_MAX, &lines);
    return n > 1 ? LINE * (double)(n - 1) : 0;
}

static double place(const Rows *rows, double value) { return axis_place(&rows->axis, value, rows->left, rows->right); }

static void draw_interval(const Rows *rows, const Series *series, const SvgStyle *style, double y)
{
    if (!series->low || !series->high || !isfinite(series->low[0]) || !isfinite(series->high[0])) return;
    double from = place(rows, series->low[0]), to = place(rows, series->high[0]);
    svg_line(rows->svg, style, from, y, to, y);
    svg_line(rows->svg, style, from, y - 3.5, from, y + 3.5);
    svg_line(rows->svg, style, to, y - 3.5, to, y + 3.5);
}

static void draw_square(const Rows *rows, const Series *series, double y)
{
    const SvgGroup *group = svg_group(0);
    double x = place(rows, series->x[0]), half = 4.5;
    if (series->role == SERIES_MEAN && series->low && series->high) {
        double from = place(rows, series->low[0]), to = place(rows, series->high[0]);
        svg_path(rows->svg, &group->mark, (double[]){from, x, to, x}, (double[]){y, y - 7.5, y, y + 7.5}, 4, true);
        return;
    }
    if (series->n_at && rows->n_largest) half = fmax(1.8, SQUARE * sqrt((double)series->n_at[0] / (double)rows->n_largest));
    draw_interval(rows, series, &group->whisker, y);
    svg_rect(rows->svg, &group->mark, x - half, y - half, 2 * half, 2 * half);
}

static void draw_texts(const Rows *rows, const Series *series, double y)
{
    svg_text(rows->svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_START, rows->text_left, y + 4, estimate_text(rows, series));
    if (!rows->is_forest || !series->n_at) return;
    Buf n = buf_new(rows->arena);
    buf_integer(&n, (int64_t)series->n_at[0]);
    svg_text(rows->svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_END, rows->left - 22, y + 4, buf_str(&n));
}

static void draw_headers(const Rows *rows)
{
    if (rows->is_forest) svg_text_bold(rows->svg, SVG_SMALL_SIZE, SVG_END, rows->left - 22, TOP - 8, STR("n"));
    if (shows_texts(rows)) svg_text_bold(rows->svg, SVG_SMALL_SIZE, SVG_START, rows->text_left, TOP - 8, rows->figure->y_label);
}

/* Axis, its name, and what the sides of the reference mean; returns the bottom of the figure. */
static double draw_axis(const Rows *rows, double top, double y)
{
    const Figure *figure = rows->figure;
    figure_x_axis(rows->svg, &rows->axis, rows->left, rows->right, y, rows->is_forest ? NAN : top);
    if (isfinite(figure->reference)) {
        double x = place(rows, figure->reference);
        svg_line(rows->svg, &SVG_ZERO, x, top - 4, x, y);
        if (figure->low_words.len || figure->high_words.len) {
            Buf low = buf_new(rows->arena), high = buf_new(rows->arena);
            buf_add_c(&low, "\xE2\x86\x90 ");
            buf_add(&low, figure->low_words);
            buf_add(&high, figure->high_words);
            buf_add_c(&high, " \xE2\x86\x92");
            y += 18;
            if (figure->low_words.len) svg_text(rows->svg, &SVG_SOFT, SVG_SMALL_SIZE, SVG_END, x - 10, y + 17, buf_str(&low));
            if (figure->high_words.len) svg_text(rows->svg, &SVG_SOFT, SVG_SMALL_SIZE, SVG_START, x + 10, y + 17, buf_str(&high));
        }
    }
    svg_text(rows->svg, &SVG_TEXT, SVG_TEXT_SIZE, SVG_MIDDLE, (rows->left + rows->right) / 2, y + 38, figure->x_label);
    return y + 46;
}

double figure_forest(Svg *svg, const Figure *figure)
{
    Rows rows = {.svg = svg, .arena = svg->markup->out->arena, .figure = figure, .is_forest = true, .groups = figure_groups(svg->markup->out->arena, figure)};
    double y = TOP + 12;
    find_scale(&rows);
    find_columns(&rows);
    draw_headers(&rows);
    Str group = {0};
    for (size_t s = 0; s < figure->n_series; s++) {
        const Series *series = &figure->series[s];
        if (series->group.len && !str_equal(series->group, group)) {
            y += s ? 5 : 0;
            svg_text_bold(svg, SVG_TEXT_SIZE, SVG_START, 2, y + 4, series->group);
            y += ROW;
        }
        group = series->group;
        double room = label_room(&rows, series->label);
        y += room / 2;
        draw_label(&rows, SVG_START, group.len ? 16 : 2, y, series->label, series->role == SERIES_MEAN);
        if (series->n && isfinite(series->x[0])) draw_square(&rows, series, y);
        draw_texts(&rows, series, y);
        y += ROW + room / 2;
    }
    return draw_axis(&rows, TOP, y - 4);
}

static void draw_dot(const Rows *rows, const Series *series, double y)
{
    size_t index = figure_group_index(&rows->groups, series->group);
    const SvgGroup *group = svg_group(index);
    double shift = 9 * ((double)index - ((double)rows->groups.n - 1) / 2);
    if (shows_texts(rows)) draw_texts(rows, series, y);
    if (series->n == 0 || !isfinite(series->x[0])) return;
    draw_interval(rows, series, &group->whisker, y + shift);
    svg_shape(rows->svg, index, &group->mark, place(rows, series->x[0]), y + shift, 4.8);
}

double figure_dots(Svg *svg, const Figure *figure)
{
    Rows rows = {.svg = svg, .arena = svg->markup->out->arena, .figure = figure, .groups = figure_groups(svg->markup->out->arena, figure)};
    double top = TOP, x = 0, legend_y = 14;
    find_scale(&rows);
    find_columns(&rows);
    if (rows.groups.n > 1) {
        for (size_t g = 0; g < rows.groups.n; g++) figure_legend(svg, LEGEND_MARK, g, 0, rows.groups.names[g], 0, &x, &legend_y);
        top = legend_y + 14;
    }
    draw_headers(&rows);
    double room = 0;
    Map places = map_new(rows.arena);
    for (size_t s = 0; s < figure->n_series; s++) {
        bool is_new;
        MapEntry *entry = map_put(&places, figure->series[s].label, &is_new);
        if (is_new) entry->index = places.n - 1;
        room = fmax(room, label_room(&rows, figure->series[s].label));
    }
    double row = ROW + fmax(room, 9 * (double)(rows.groups.n - 1)), first = top + row / 2;
    double bottom = top + row * (double)places.n;
    double end = draw_axis(&rows, top, bottom + 2);
    for (size_t k = 0; k < places.n; k++)
        draw_label(&rows, SVG_END, rows.left - 16, first + row * (double)k, places.entries[k].key, false);
    for (size_t s = 0; s < figure->n_series; s++)
        draw_dot(&rows, &figure->series[s], first + row * (double)map_get(&places, figure->series[s].label)->index);
    return end;
}
