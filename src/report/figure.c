#include "report/figure.h"

#include <math.h>

#include "report/figure_kinds.h"

#define LEGEND_ROW 19.0
#define LEGEND_LINE_HEIGHT 14.0

static double (*const DRAW[])(Svg *svg, const Figure *figure) = {
    [FIGURE_FLOW] = figure_flow, [FIGURE_LINES] = figure_lines, [FIGURE_FOREST] = figure_forest,
    [FIGURE_DOTS] = figure_dots, [FIGURE_STEPS] = figure_steps, [FIGURE_BARS] = figure_bars,
    [FIGURE_PANELS] = figure_panels,
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

void figure_legend(Svg *svg, LegendKind kind, size_t index, size_t n, Str text, double left, double *x, double *y)
{
    const SvgGroup *group = svg_group(index);
    double sample = kind == LEGEND_MARK || kind == LEGEND_SWATCH ? 18 : 34;
    Str *lines;
    size_t n_lines = svg_wrap(svg->markup->out->arena, text, SVG_SMALL_SIZE, svg->width - left - sample - 4, &lines);
    double width = sample + 20, widest = 0;
    for (size_t i = 0; i < n_lines; i++) widest = fmax(widest, svg_text_width(lines[i], SVG_SMALL_SIZE));
    width += widest;
    if (*x > left && *x + width - 20 > svg->width) *x = left, *y += LEGEND_ROW;
    double middle = *y - 4;
    if (kind == LEGEND_LINE || kind == LEGEND_CURVE) svg_line(svg, &group->line, *x, middle, *x + 28, middle);
    if (kind == LEGEND_LINE) svg_shape(svg, index, &group->mark, *x + 14, middle, 4);
    if (kind == LEGEND_THIN) svg_line(svg, &group->thin, *x, middle, *x + 28, middle);
    if (kind == LEGEND_EXPECTED) svg_line(svg, &SVG_EXPECTED, *x, middle, *x + 28, middle);
    if (kind == LEGEND_MARK) svg_shape(svg, index, &group->mark, *x + 6, middle, 4.5);
    if (kind == LEGEND_SWATCH) svg_rect(svg, svg_level(index, n), *x, middle - 6, 12, 12);
    for (size_t i = 0; i < n_lines; i++) {
        if (i) *y += LEGEND_LINE_HEIGHT;
        svg_text(svg, &SVG_TEXT, SVG_SMALL_SIZE, SVG_START, *x + sample, *y, lines[i]);
    }
    *x += width;
}

static void draw(Markup *markup, const Document *document, const Figure *figure, double width, Str id)
{
    Buf shapes = buf_new(markup->out->arena);
    Markup inner = markup_writer(&shapes);
    Svg body = {&inner, width};
    double height = DRAW[figure->kind](&body, figure);
    if (figure->exploratory) {
        height += 18;
        svg_text_bold(&body, SVG_SMALL_SIZE, SVG_START, 2, height - 6, STR("Exploratory"));
    }
    Svg svg = svg_begin(markup, width, height, id, figure->title, figure->alt);
    markup_insert(markup, &inner);
    svg_watermark(&svg, height, document->watermark);
    svg_end(&svg);
}

void figure_draw(Markup *markup, const Document *document, const Figure *figure)
{
    draw(markup, document, figure, SVG_WIDTH, figure->id);
}

bool figure_draw_narrow(Markup *markup, const Document *document, const Figure *figure)
{
    if (figure->kind == FIGURE_FLOW && !figure_flow_fits(markup->out->arena, figure)) return false;
    draw(markup, document, figure, SVG_NARROW, str_format(markup->out->arena, STR_FMT "-narrow", STR_ARG(figure->id)));
    return true;
}

void figure_write_svg(const Document *document, const Figure *figure, Buf *out)
{
    Markup markup = markup_writer(out);
    buf_add_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    figure_draw(&markup, document, figure);
}
