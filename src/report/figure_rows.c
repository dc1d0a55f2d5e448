/* Rows with an estimate and its interval: forests of subgroups and contrasts, dots of adverse events. In a wide drawing
 * names and numbers stand at the sides of the plot, in a narrow one above each row. */
#include <math.h>

#include "report/figure_kinds.h"

#define ROW 23.0
#define TOP 24.0 /* baseline of the column headers */
#define N_WIDTH 44.0
#define SQUARE 7.2      /* half a side, of the largest weight */
#define LABEL_MAX 230.0 /* wider labels run over several lines */
#define LINE 14.0
#define SLIM_PAD 14.0 /* beside the plot of a narrow drawing */
#define SLIM_ROW 24.0 /* of the estimate, below its label */
#define BELOW 14.0    /* a row below a group's name stands in by this */
#define DOT_APART 9.0

typedef struct {
    Svg *svg;
    Arena *arena;
    const Figure *figure;
    bool is_forest, is_narrow, has_counts;
    GroupNames groups;
    Axis axis;
    double left, right, text_left; /* of the plot; of the estimates' texts */
    double most_weight;
} Rows;

static double interval_end(const double *ends, double estimate)
{
    return ends && isfinite(ends[0]) ? ends[0] : estimate;
}

static bool is_known(const Series *series) { return series->n && isfinite(series->x[0]); }

static bool has_interval(const Series *series)
{
    return series->low && series->high && isfinite(series->low[0]) && isfinite(series->high[0]);
}

static double weight_of(const Series *series)
{
    return series->weight > 0 ? series->weight : series->n_at ? (double)series->n_at[0] : 0;
}

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
    size_t most = rows->is_narrow ? 5 : 7;
    for (size_t s = 0; s < figure->n_series; s++) {
        const Series *series = &figure->series[s];
        if (!is_known(series)) continue;
        double from = interval_end(series->low, series->x[0]), to = interval_end(series->high, series->x[0]);
        if (!(from >= low)) low = from;
        if (!(to <= high)) high = to;
        rows->most_weight = fmax(rows->most_weight, weight_of(series));
        rows->has_counts = rows->has_counts || (series->n_at && series->n_at[0]);
    }
    if (isfinite(figure->reference)) include_reference(figure, &low, &high);
    if (!rows->is_forest) low = fmin(low, 0);
    bool is_limited = figure->limit_high > figure->limit_low;
    if (is_limited) low = figure->limit_low, high = figure->limit_high;
    rows->axis = figure->log_x ? axis_log(low, high) : axis_linear(low, high, most);
    if (is_limited) axis_trim(&rows->axis, low, high);
}

static Str estimate_text(const Rows *rows, const Series *series)
{
    Buf text = buf_new(rows->arena);
    if (!is_known(series)) return STR("NE");
    figure_number(&text, series->x[0], rows->figure->decimals);
    if (!has_interval(series)) return buf_str(&text);
    buf_add_c(&text, " (");
    figure_number(&text, series->low[0], rows->figure->decimals);
    buf_add_c(&text, " to ");
    figure_number(&text, series->high[0], rows->figure->decimals);
    buf_char(&text, ')');
    return buf_str(&text);
}

static bool shows_texts(const Rows *rows) { return rows->is_forest || rows->groups.n == 1; }

static double text_column(const Rows *rows)
{
    double text = svg_text_width(rows->figure->y_label, SVG_SMALL_SIZE) * 1.06;
    for (size_t s = 0; s < rows->figure->n_series; s++)
        text = fmax(text, svg_text_width(estimate_text(rows, &rows->figure->series[s]), SVG_SMALL_SIZE));
    return text;
}

static void find_columns(Rows *rows)
{
    double label = 60, text = text_column(rows), width = rows->svg->width;
    if (rows->is_narrow) {
        rows->left = SLIM_PAD, rows->right = width - SLIM_PAD, rows->text_left = width - text - 2;
        return;
    }
    for (size_t s = 0; s < rows->figure->n_series; s++) {
        const Series *series = &rows->figure->series[s];
        bool is_below = rows->is_forest && series->group.len;
        label = fmax(label,
                     svg_text_width(series->label, SVG_TEXT_SIZE) * (series->role == SERIES_MEAN ? 1.06 : 1) +
                         (is_below ? BELOW : 0));
    }
    rows->left = fmin(label, LABEL_MAX) + (rows->is_forest && rows->has_counts ? N_WIDTH + 22 : 26);
    rows->right = shows_texts(rows) ? width - text - 22 : width - 18;
    rows->text_left = rows->right + 20;
}

/* A label, its first line at y; returns the height of the lines beyond it. */
static double draw_lines(const Rows *rows, SvgAnchor anchor, double x, double y, double width, Str label,
                         bool bold)
{
    Str *lines;
    size_t n = svg_wrap(rows->arena, label, SVG_TEXT_SIZE, width / (bold ? 1.06 : 1), &lines);
    for (size_t i = 0; i < n; i++)
        if (bold)
            svg_text_bold(rows->svg, SVG_TEXT_SIZE, anchor, x, y + LINE * (double)i, lines[i]);
        else
            svg_text(rows->svg, &SVG_TEXT, SVG_TEXT_SIZE, anchor, x, y + LINE * (double)i, lines[i]);
    return n > 1 ? LINE * (double)(n - 1) : 0;
}

/* What a row needs beyond ROW when its label runs over several lines. */
static double label_room(const Rows *rows, Str label)
{
    Str *lines;
    size_t n = svg_wrap(rows->arena, label, SVG_TEXT_SIZE, LABEL_MAX, &lines);
    return n > 1 ? LINE * (double)(n - 1) : 0;
}

static double place(const Rows *rows, double value)
{
    return axis_place(&rows->axis, value, rows->left, rows->right);
}

/* An end of an interval: a bar, or an arrow where the axis ends before it. */
static double draw_end(const Rows *rows, size_t index, const SvgStyle *style, double value, double y)
{
    double x = place(rows, value), edge = fmin(fmax(x, rows->left), rows->right);
    if (fabs(edge - x) < 1e-6) {
        svg_line(rows->svg, style, x, y - 3.5, x, y + 3.5);
        return x;
    }
    double back = x < edge ? 8 : -8;
    svg_path(rows->svg, &svg_group(index)->mark, (double[]){edge, edge + back, edge + back},
             (double[]){y, y - 4.5, y + 4.5}, 3, true);
    return edge;
}

static void draw_interval(const Rows *rows, const Series *series, size_t index, double y)
{
    if (!has_interval(series)) return;
    const SvgStyle *style = &svg_group(index)->whisker;
    double low = fmin(series->low[0], series->high[0]), high = fmax(series->low[0], series->high[0]);
    if (high < rows->axis.low || low > rows->axis.high) { /* all of it beyond: an arrow alone */
        draw_end(rows, index, style, high < rows->axis.low ? low : high, y);
        return;
    }
    double from = draw_end(rows, index, style, low, y), to = draw_end(rows, index, style, high, y);
    svg_line(rows->svg, style, from, y, to, y);
}

static bool is_inside(const Rows *rows, double value)
{
    return value >= rows->axis.low && value <= rows->axis.high;
}

static void draw_square(const Rows *rows, const Series *series, double y)
{
    const SvgGroup *group = svg_group(0);
    double x = place(rows, series->x[0]), half = 4.5;
    if (series->role == SERIES_MEAN && has_interval(series) && is_inside(rows, series->low[0]) &&
        is_inside(rows, series->high[0])) {
        double from = place(rows, series->low[0]), to = place(rows, series->high[0]);
        svg_path(rows->svg, &group->mark, (double[]){from, x, to, x}, (double[]){y, y - 7.5, y, y + 7.5}, 4,
                 true);
        return;
    }
    if (rows->most_weight > 0) half = fmax(1.8, SQUARE * sqrt(weight_of(series) / rows->most_weight));
    draw_interval(rows, series, 0, y);
    if (is_inside(rows, series->x[0]))
        svg_rect(rows->svg, &group->mark, x - half, y - half, 2 * half, 2 * half);
}

static Str count_text(const Rows *rows, const Series *series)
{
    Buf n = buf_new(rows->arena);
    buf_integer(&n, (int64_t)series->n_at[0]);
    return buf_str(&n);
}

static void draw_texts(const Rows *rows, const Series *series, double y)
{
    svg_text(rows->svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_START, rows->text_left, y,
             estimate_text(rows, series));
    if (!rows->is_forest || !rows->has_counts || !series->n_at || rows->is_narrow) return;
    svg_text(rows->svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_END, rows->left - 22, y, count_text(rows, series));
}

static void draw_headers(const Rows *rows)
{
    if (rows->is_forest && rows->has_counts && !rows->is_narrow)
        svg_text_bold(rows->svg, SVG_SMALL_SIZE, SVG_END, rows->left - 22, TOP - 8, STR("n"));
    if (shows_texts(rows))
        svg_text_bold(rows->svg, SVG_SMALL_SIZE, SVG_START, rows->text_left, TOP - 8, rows->figure->y_label);
}

/* The words for one side of the reference, on as many lines as its room asks for; returns how many. */
static size_t draw_side(const Rows *rows, bool is_low, double x, double y)
{
    Str *lines, words = is_low ? rows->figure->low_words : rows->figure->high_words;
    if (!words.len) return 0;
    Str text = is_low ? str_format(rows->arena, "\xE2\x86\x90 " STR_FMT, STR_ARG(words))
                      : str_format(rows->arena, STR_FMT " \xE2\x86\x92", STR_ARG(words));
    double room = is_low ? x - 12 : rows->svg->width - x - 12;
    size_t n = svg_wrap(rows->arena, text, SVG_SMALL_SIZE, fmax(room, 70), &lines);
    for (size_t i = 0; i < n; i++)
        svg_text(rows->svg, &SVG_SOFT, SVG_SMALL_SIZE, is_low ? SVG_END : SVG_START, is_low ? x - 10 : x + 10,
                 y + LINE * (double)i, lines[i]);
    return n;
}

/* Axis, its name, and what the sides of the reference mean; returns the bottom of the figure. */
static double draw_axis(const Rows *rows, double top, double y)
{
    const Figure *figure = rows->figure;
    figure_x_axis(rows->svg, &rows->axis, rows->left, rows->right, y, rows->is_forest ? NAN : top);
    if (isfinite(figure->reference) && is_inside(rows, figure->reference)) {
        double x = place(rows, figure->reference);
        if (!(rows->is_forest && rows->is_narrow)) svg_line(rows->svg, &SVG_ZERO, x, top - 4, x, y);
        size_t low = draw_side(rows, true, x, y + 35), high = draw_side(rows, false, x, y + 35);
        size_t n = low > high ? low : high;
        if (n) y += 18 + LINE * (double)(n - 1);
    }
    y += 38 + figure_x_name(rows->svg, rows->left, rows->right, y + 38, figure->x_label);
    return y + 8;
}

static double draw_wide_row(const Rows *rows, const Series *series, double y)
{
    double room = label_room(rows, series->label), middle = y + room / 2;
    draw_lines(rows, SVG_START, series->group.len ? 2 + BELOW : 2, y + 4, LABEL_MAX, series->label,
               series->role == SERIES_MEAN);
    if (is_known(series)) draw_square(rows, series, middle);
    draw_texts(rows, series, middle + 4);
    return y + ROW + room;
}

static double draw_slim_row(const Rows *rows, const Series *series, double y)
{
    double from = series->group.len ? 2 + BELOW : 2;
    Str label = series->label;
    if (rows->has_counts && series->n_at)
        label = str_format(rows->arena, STR_FMT " (n\xC2\xA0=\xC2\xA0" STR_FMT ")", STR_ARG(label),
                           STR_ARG(count_text(rows, series)));
    draw_texts(rows, series, y + 4);
    double reference = rows->figure->reference;
    y += draw_lines(rows, SVG_START, from, y + 4, rows->text_left - from - 8, label,
                    series->role == SERIES_MEAN);
    if (isfinite(reference) && is_inside(rows, reference)) /* it would run through the labels */
        svg_line(rows->svg, &SVG_ZERO, place(rows, reference), y + 8, place(rows, reference), y + 27);
    if (is_known(series)) draw_square(rows, series, y + 17);
    return y + ROW + SLIM_ROW;
}

double figure_forest(Svg *svg, const Figure *figure)
{
    Rows rows = {.svg = svg,
                 .arena = svg->markup->out->arena,
                 .figure = figure,
                 .is_forest = true,
                 .is_narrow = svg_is_narrow(svg),
                 .groups = figure_groups(svg->markup->out->arena, figure)};
    double y = TOP + 12;
    find_scale(&rows);
    find_columns(&rows);
    draw_headers(&rows);
    Str group = {0};
    for (size_t s = 0; s < figure->n_series; s++) {
        const Series *series = &figure->series[s];
        if (series->group.len && !str_equal(series->group, group)) {
            y += s ? 5 : 0;
            y += ROW + draw_lines(&rows, SVG_START, 2, y + 4, (rows.is_narrow ? svg->width : rows.right) - 8,
                                  series->group, true);
        }
        group = series->group;
        y = (rows.is_narrow ? draw_slim_row : draw_wide_row)(&rows, series, y);
    }
    return draw_axis(&rows, TOP, y - 4);
}

static void draw_dot(const Rows *rows, const Series *series, double y)
{
    size_t index = figure_group_index(&rows->groups, series->group);
    double shift = DOT_APART * ((double)index - ((double)rows->groups.n - 1) / 2);
    if (!is_known(series)) return;
    draw_interval(rows, series, index, y + shift);
    if (is_inside(rows, series->x[0]))
        svg_shape(rows->svg, index, &svg_group(index)->mark, place(rows, series->x[0]), y + shift, 4.8);
}

static double draw_dot_legend(const Rows *rows)
{
    double x = 0, y = 14;
    if (rows->groups.n < 2) return TOP;
    for (size_t g = 0; g < rows->groups.n; g++)
        figure_legend(rows->svg, LEGEND_MARK, g, 0, figure_one_line(rows->arena, rows->groups.names[g]), 0,
                      &x, &y);
    return y + 14;
}

/* Labels of the rows, in the order in which they first come; middles[k] is where the k-th one's dots stand. Returns the
 * bottom of the rows. */
static double draw_dot_labels(const Rows *rows, const Map *places, double top, double *middles)
{
    double dots = DOT_APART * (double)(rows->groups.n - 1), room = 0, y = top;
    for (size_t k = 0; k < places->n; k++) room = fmax(room, label_room(rows, places->entries[k].key));
    for (size_t k = 0; k < places->n; k++) {
        Str label = places->entries[k].key;
        if (rows->is_narrow) {
            double width = (shows_texts(rows) ? rows->text_left : rows->svg->width) - 10;
            y += 12 + draw_lines(rows, SVG_START, 2, y + 12, width, label, false);
            middles[k] = y + 12 + dots / 2;
            y += 26 + dots;
        } else {
            double height = ROW + fmax(room, dots);
            middles[k] = y + height / 2;
            draw_lines(rows, SVG_END, rows->left - 16, middles[k] + 4 - label_room(rows, label) / 2,
                       LABEL_MAX, label, false);
            y += height;
        }
    }
    return y;
}

double figure_dots(Svg *svg, const Figure *figure)
{
    Arena *arena = svg->markup->out->arena;
    Rows rows = {.svg = svg,
                 .arena = arena,
                 .figure = figure,
                 .is_narrow = svg_is_narrow(svg),
                 .groups = figure_groups(arena, figure)};
    find_scale(&rows);
    find_columns(&rows);
    double top = draw_dot_legend(&rows);
    draw_headers(&rows);
    Map places = map_new(arena);
    for (size_t s = 0; s < figure->n_series; s++) {
        bool is_new;
        MapEntry *entry = map_put(&places, figure->series[s].label, &is_new);
        if (is_new) entry->index = places.n - 1;
    }
    double *middles = ARENA_ARRAY(arena, double, places.n + 1);
    double bottom = draw_dot_labels(&rows, &places, top, middles), end = draw_axis(&rows, top, bottom + 2);
    for (size_t s = 0; s < figure->n_series; s++) {
        const Series *series = &figure->series[s];
        double y = middles[map_get(&places, series->label)->index];
        if (shows_texts(&rows)) draw_texts(&rows, series, rows.is_narrow ? y - 12 : y + 4);
        draw_dot(&rows, series, y);
    }
    return end;
}
