/* What stands around a plot: axes, their names, and numbers below them. */
#include <math.h>

#include "report/figure_kinds.h"

#define NAME_LINE 14.5
#define COUNT_ROW 16.0
#define SAMPLE 20.0       /* the line that tells whose the numbers are */
#define MARGIN_WIDE 190.0 /* widest margin for names, in a wide drawing and a narrow one */
#define MARGIN_SLIM 84.0
#define APART 5.0 /* between neighbouring texts */

Str figure_one_line(Arena *arena, Str text)
{
    Buf line = buf_new(arena);
    for (size_t i = 0; i < text.len; i++) buf_char(&line, text.data[i] == '\n' ? ' ' : text.data[i]);
    return buf_str(&line);
}

void figure_number(Buf *text, double value, int decimals)
{
    Buf number = buf_new(text->arena);
    buf_fixed(&number, value, decimals);
    Str printed = buf_str(&number);
    bool is_negative = printed.len && printed.data[0] == '-';
    if (is_negative) buf_add_c(text, "\xE2\x88\x92");
    buf_add(text, str_slice(printed, is_negative, printed.len));
}

void figure_x_axis(Svg *svg, const Axis *axis, double left, double right, double y, double top)
{
    Arena *arena = svg->markup->out->arena;
    double end = -INFINITY;
    for (size_t i = 0; i < axis->n; i++) {
        double x = axis_place(axis, axis->ticks[i], left, right);
        Str text = axis_text(arena, axis, i);
        double half = svg_text_width(text, SVG_SMALL_SIZE) / 2;
        if (isfinite(top)) svg_line(svg, &SVG_GRID, x, top, x, y);
        svg_line(svg, &SVG_AXIS, x, y, x, y + 5);
        if (x - half < end + APART) continue;
        svg_text(svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_MIDDLE, x, y + 18, text);
        end = x + half;
    }
    svg_line(svg, &SVG_AXIS, left, y, right, y);
}

void figure_y_axis(Svg *svg, const Axis *axis, double left, double right, double top, double bottom,
                   bool with_texts)
{
    for (size_t i = 0; i < axis->n; i++) {
        double y = axis_place(axis, axis->ticks[i], bottom, top);
        svg_line(svg, &SVG_GRID, left, y, right, y);
        if (with_texts)
            svg_text(svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_END, left - 8, y + 4,
                     axis_text(svg->markup->out->arena, axis, i));
    }
}

double figure_y_texts_width(Svg *svg, const Axis *axis)
{
    double widest = 0;
    for (size_t i = 0; i < axis->n; i++)
        widest = fmax(widest, svg_text_width(axis_text(svg->markup->out->arena, axis, i), SVG_SMALL_SIZE));
    return widest + 10;
}

double figure_x_name(Svg *svg, double left, double right, double y, Str text)
{
    Str *lines;
    double width = fmax(2 * fmin((left + right) / 2, svg->width - (left + right) / 2) - 8, 60);
    size_t n = text.len ? svg_wrap(svg->markup->out->arena, text, SVG_TEXT_SIZE, width, &lines) : 0;
    for (size_t i = 0; i < n; i++)
        svg_text(svg, &SVG_TEXT, SVG_TEXT_SIZE, SVG_MIDDLE, (left + right) / 2, y + NAME_LINE * (double)i,
                 lines[i]);
    return n > 1 ? NAME_LINE * (double)(n - 1) : 0;
}

static size_t wrap_y_name(Svg *svg, double height, Str text, Str **lines)
{
    *lines = NULL;
    return text.len ? svg_wrap(svg->markup->out->arena, text, SVG_TEXT_SIZE, height, lines) : 0;
}

void figure_y_name(Svg *svg, double right, double top, double bottom, Str text)
{
    Str *lines;
    size_t n = wrap_y_name(svg, bottom - top, text, &lines);
    for (size_t i = 0; i < n; i++)
        svg_text_turned(svg, &SVG_TEXT, SVG_TEXT_SIZE, right - 5 - NAME_LINE * (double)(n - 1 - i),
                        (top + bottom) / 2, lines[i]);
}

double figure_y_name_width(Svg *svg, double height, Str text)
{
    Str *lines;
    size_t n = wrap_y_name(svg, height, text, &lines);
    return n ? 6 + NAME_LINE * (double)n : 0;
}

static double widest_name(const CountRow *rows, size_t n)
{
    double widest = 0;
    for (size_t i = 0; i < n; i++) widest = fmax(widest, svg_text_width(rows[i].name, SVG_SMALL_SIZE));
    return n ? widest + SAMPLE + 22 : 0;
}

double figure_counts_margin(Svg *svg, const CountRow *rows, size_t n)
{
    double widest = widest_name(rows, n);
    return widest <= (svg_is_narrow(svg) ? MARGIN_SLIM : MARGIN_WIDE) ? widest : 0;
}

static Str count_text(Arena *arena, size_t count)
{
    Buf text = buf_new(arena);
    buf_integer(&text, (int64_t)count);
    return buf_str(&text);
}

/* Whether every step-th number of a row stands free of the next. */
static bool stands_free(Arena *arena, const CountRow *row, size_t step)
{
    double end = -INFINITY;
    for (size_t i = 0; i < row->n; i += step) {
        double half = svg_text_width(count_text(arena, row->count[i]), SVG_SMALL_SIZE) / 2;
        if (row->x[i] - half < end + APART) return false;
        end = row->x[i] + half;
    }
    return true;
}

static size_t find_step(Arena *arena, const CountRow *rows, size_t n)
{
    size_t step = 1;
    for (size_t i = 0; i < n; i++)
        while (step < rows[i].n && !stands_free(arena, &rows[i], step)) step++;
    return step;
}

double figure_counts(Svg *svg, const CountRow *rows, size_t n, double left, double y, Str title)
{
    Arena *arena = svg->markup->out->arena;
    bool is_stacked = widest_name(rows, n) > left;
    size_t step = find_step(arena, rows, n);
    double at = y;
    if (!n) return 0;
    if (title.len) svg_text_bold(svg, SVG_SMALL_SIZE, SVG_START, 2, at += COUNT_ROW, title);
    for (size_t i = 0; i < n; i++) {
        at += COUNT_ROW;
        if (rows[i].name.len) {
            const SvgGroup *group = svg_group(rows[i].index);
            svg_line(svg, &group->line, 2, at - 4, 2 + SAMPLE, at - 4);
            svg_text(svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_START, SAMPLE + 8, at, rows[i].name);
            if (is_stacked) at += COUNT_ROW - 1;
        }
        for (size_t k = 0; k < rows[i].n; k += step)
            svg_text(svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_MIDDLE, rows[i].x[k], at,
                     count_text(arena, rows[i].count[k]));
    }
    return at - y;
}
