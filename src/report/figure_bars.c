/* Stacked bars: how the levels of an ordinal outcome share a visit, light to dark. */
#include <math.h>

#include "report/figure_kinds.h"

#define BAR 30.0
#define ROW 44.0

static size_t count_bars(const Figure *figure)
{
    size_t n = figure->n_ticks;
    for (size_t s = 0; n == 0 && s < figure->n_series; s++) n = figure->series[s].n;
    return n;
}

static double bar_length(const Figure *figure, size_t bar)
{
    double length = 0;
    for (size_t s = 0; s < figure->n_series; s++)
        if (bar < figure->series[s].n && isfinite(figure->series[s].y[bar])) length += figure->series[s].y[bar];
    return length;
}

static void draw_bar(Svg *svg, const Figure *figure, const Axis *axis, size_t bar, double left, double right, double y)
{
    Arena *arena = svg->markup->out->arena;
    double at = 0;
    for (size_t s = 0; s < figure->n_series; s++) {
        double length = bar < figure->series[s].n ? figure->series[s].y[bar] : 0;
        if (!isfinite(length) || length <= 0) continue;
        double from = axis_place(axis, at, left, right), to = axis_place(axis, at + length, left, right);
        Buf text = buf_new(arena);
        buf_fixed(&text, length, figure->decimals);
        svg_rect(svg, svg_level(s, figure->n_series), from, y, to - from, BAR);
        if (svg_text_width(buf_str(&text), SVG_SMALL_SIZE) + 6 < to - from)
            svg_text(svg, svg_level_text(s, figure->n_series), SVG_SMALL_SIZE, SVG_MIDDLE, (from + to) / 2, y + BAR / 2 + 4, buf_str(&text));
        at += length;
    }
}

static double draw_legend(Svg *svg, const Figure *figure)
{
    double x = 0, y = 14;
    if (figure->y_label.len) {
        svg_text_bold(svg, SVG_SMALL_SIZE, SVG_START, 0, y, figure->y_label);
        x = svg_text_width(figure->y_label, SVG_SMALL_SIZE) * 1.06 + 16;
    }
    if (svg_is_narrow(svg) && x > 0) x = 0, y += 19;
    double left = x;
    for (size_t s = 0; s < figure->n_series; s++) figure_legend(svg, LEGEND_SWATCH, s, figure->n_series, figure->series[s].label, left, &x, &y);
    return y;
}

double figure_bars(Svg *svg, const Figure *figure)
{
    size_t n = count_bars(figure);
    double longest = 0, left = 30, right = svg->width - 18, top = draw_legend(svg, figure) + 20;
    for (size_t i = 0; i < n; i++) {
        longest = fmax(longest, bar_length(figure, i));
        if (i < figure->n_ticks) left = fmax(left, svg_text_width(figure->tick_text[i], SVG_TEXT_SIZE));
    }
    bool is_narrow = svg_is_narrow(svg);
    double row = is_narrow ? ROW + 14 : ROW;
    left = is_narrow ? 10 : fmin(left, 240) + 16;
    Axis axis = axis_linear(0, number_round(longest, 6), is_narrow ? 5 : 10);
    double bottom = top + row * (double)n;
    figure_x_axis(svg, &axis, left, right, bottom, top - 6);
    for (size_t i = 0; i < n; i++) {
        double y = top + row * (double)i;
        Str name = i < figure->n_ticks ? figure_one_line(svg->markup->out->arena, figure->tick_text[i]) : (Str){0};
        if (is_narrow) svg_text(svg, &SVG_TEXT, SVG_TEXT_SIZE, SVG_START, 2, y + 8, name);
        else svg_text(svg, &SVG_TEXT, SVG_TEXT_SIZE, SVG_END, left - 12, y + BAR / 2 + 4, name);
        draw_bar(svg, figure, &axis, i, left, right, is_narrow ? y + 14 : y);
    }
    return bottom + 46 + figure_x_name(svg, left, right, bottom + 38, figure->x_label);
}
