#include "report/figure.h"

#include <math.h>

#include "report/figure_kinds.h"

#define LEGEND_ROW 19.0

static double (*const DRAW[])(Svg *svg, const Figure *figure) = {
    [FIGURE_FLOW] = figure_flow, [FIGURE_LINES] = figure_lines, [FIGURE_FOREST] = figure_forest,
    [FIGURE_DOTS] = figure_dots, [FIGURE_STEPS] = figure_lines, [FIGURE_BARS] = figure_bars,
};

GroupNames figure_groups(Arena *arena, const Figure *figure)
{
    GroupNames groups = {.names = ARENA_ARRAY(arena, Str, figure->n_series + 1)};
    for (size_t i = 0; i < figure->n_series; i++) {
        Str name = figure->series[i].group;
        if (figure_group_index(&groups, name) == groups.n) groups.names[groups.n++] = name;
    }
    if (groups.n == 0) groups.n = 1;
    return groups;
}

size_t figure_group_index(const GroupNames *groups, Str name)
{
    size_t i = 0;
    while (i < groups->n && !str_equal(groups->names[i], name)) i++;
    return i;
}

void figure_x_axis(Svg *svg, const Axis *axis, double left, double right, double y, double top)
{
    for (size_t i = 0; i < axis->n; i++) {
        double x = axis_place(axis, axis->ticks[i], left, right);
        if (isfinite(top)) svg_line(svg, &SVG_GRID, x, top, x, y);
        svg_line(svg, &SVG_AXIS, x, y, x, y + 5);
        svg_text(svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_MIDDLE, x, y + 18, axis_text(svg->markup->out->arena, axis, i));
    }
    svg_line(svg, &SVG_AXIS, left, y, right, y);
}

void figure_legend(Svg *svg, LegendKind kind, size_t index, size_t n, Str text, double left, double *x, double *y)
{
    const SvgGroup *group = svg_group(index);
    double sample = kind == LEGEND_MARK || kind == LEGEND_SWATCH ? 18 : 34;
    double width = sample + svg_text_width(text, SVG_SMALL_SIZE) + 20;
    if (*x > left && *x + width > SVG_WIDTH) *x = left, *y += LEGEND_ROW;
    double middle = *y - 4;
    if (kind == LEGEND_LINE) svg_line(svg, &group->line, *x, middle, *x + 28, middle);
    if (kind == LEGEND_LINE) svg_shape(svg, index, &group->mark, *x + 14, middle, 4);
    if (kind == LEGEND_THIN) svg_line(svg, &group->thin, *x, middle, *x + 28, middle);
    if (kind == LEGEND_EXPECTED) svg_line(svg, &SVG_EXPECTED, *x, middle, *x + 28, middle);
    if (kind == LEGEND_MARK) svg_shape(svg, index, &group->mark, *x + 6, middle, 4.5);
    if (kind == LEGEND_SWATCH) svg_rect(svg, svg_level(index, n), *x, middle - 6, 12, 12);
    svg_text(svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_START, *x + sample, *y, text);
    *x += width;
}

void figure_draw(Markup *markup, const Document *document, const Figure *figure)
{
    Buf shapes = buf_new(markup->out->arena);
    Markup inner = markup_writer(&shapes);
    Svg body = {&inner};
    double height = DRAW[figure->kind](&body, figure);
    if (figure->exploratory) {
        height += 8;
        svg_text_bold(&body, SVG_SMALL_SIZE, SVG_START, 2, height - 6, STR("Exploratory"));
    }
    Svg svg = svg_begin(markup, height, figure->id, figure->title, figure->alt);
    markup_insert(markup, &inner);
    svg_watermark(&svg, height, document->watermark);
    svg_end(&svg);
}

void figure_write_svg(const Document *document, const Figure *figure, Buf *out)
{
    Markup markup = markup_writer(out);
    buf_add_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    figure_draw(&markup, document, figure);
}
