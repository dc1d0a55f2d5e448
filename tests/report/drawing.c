#include "drawing.h"

#include <math.h>

#include "report/figure.h"
#include "report/svg.h"

#define ASCENT 0.74 /* of the letters' size, above and below the baseline */
#define DESCENT 0.21
#define BOLD 1.06
#define TOUCH 0.4 /* boxes that meet by less do not overlap */
#define LEAST 9.0

static Str attribute(Arena *arena, Str tag, const char *name)
{
    Str key = str_format(arena, " %s=\"", name), before, after, value, rest;
    if (!str_cut(tag, key, &before, &after) || !str_cut(after, STR("\""), &value, &rest)) return (Str){0};
    return value;
}

static double number_of(Arena *arena, Str tag, const char *name)
{
    double value;
    return number_parse(attribute(arena, tag, name), &value) ? value : NAN;
}

static Str unescape(Arena *arena, Str text)
{
    static const struct {
        const char *entity;
        char c;
    } ENTITIES[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    Buf out = buf_new(arena);
    for (size_t i = 0; i < text.len;) {
        size_t k = 0;
        while (k < 5 && !str_starts(str_slice(text, i, text.len), str_from(ENTITIES[k].entity))) k++;
        buf_char(&out, k < 5 ? ENTITIES[k].c : text.data[i]);
        i += k < 5 ? str_from(ENTITIES[k].entity).len : 1;
    }
    return buf_str(&out);
}

static void need_inside(Test *t, const Drawing *drawing, DrawingBox box, Str what)
{
    const DrawingBox *view = &drawing->view;
    if (box.left >= view->left - TOUCH && box.top >= view->top - TOUCH && box.right <= view->right + TOUCH &&
        box.bottom <= view->bottom + TOUCH)
        return;
    CHECK_TEXT(t,
               str_format(t->arena, STR_FMT " (%.1f %.1f to %.1f %.1f) outside %g x %g", STR_ARG(what),
                          box.left, box.top, box.right, box.bottom, view->right, view->bottom),
               "inside");
}

static void add_text(Test *t, Drawing *drawing, Str tag, Str content)
{
    Arena *arena = t->arena;
    Str anchor = attribute(arena, tag, "text-anchor"), text = unescape(arena, content);
    double size = number_of(arena, tag, "font-size"), x = number_of(arena, tag, "x"),
           y = number_of(arena, tag, "y");
    if (str_equal(attribute(arena, tag, "class"), STR("f-mark"))) return;
    double width = svg_text_width(text, size) * (attribute(arena, tag, "font-weight").len ? BOLD : 1);
    double from = str_equal(anchor, STR("middle")) ? -width / 2 : str_equal(anchor, STR("end")) ? -width : 0;
    DrawingBox box = {x + from, y - ASCENT * size, x + from + width, y + DESCENT * size};
    if (attribute(arena, tag, "transform").len)
        box = (DrawingBox){x - ASCENT * size, y - width / 2, x + DESCENT * size, y + width / 2};
    ARENA_PUSH_ROOM(arena, drawing->texts, drawing->n_texts, drawing->capacity);
    drawing->texts[drawing->n_texts++] = (DrawingText){box, x, y, size, text};
    need_inside(t, drawing, box, text);
}

static void check_points(Test *t, const Drawing *drawing, Str path)
{
    Str rest = path, one, after;
    while (rest.len) {
        rest = str_slice(rest, 1, rest.len); /* M or L */
        size_t end = 0;
        while (end < rest.len && rest.data[end] != 'M' && rest.data[end] != 'L' && rest.data[end] != 'Z')
            end++;
        Str point = str_slice(rest, 0, end);
        double x, y;
        if (str_cut(point, STR(" "), &one, &after) &&
            CHECK(t, number_parse(one, &x) && number_parse(after, &y)))
            need_inside(t, drawing, (DrawingBox){x, y, x, y}, STR("a path"));
        rest = str_slice(rest, end, rest.len);
    }
}

static void check_shape(Test *t, const Drawing *drawing, Str tag)
{
    Arena *a = t->arena;
    if (str_starts(tag, STR("line"))) {
        double x1 = number_of(a, tag, "x1"), x2 = number_of(a, tag, "x2"), y1 = number_of(a, tag, "y1"),
               y2 = number_of(a, tag, "y2");
        need_inside(t, drawing, (DrawingBox){fmin(x1, x2), fmin(y1, y2), fmax(x1, x2), fmax(y1, y2)},
                    STR("a line"));
    } else if (str_starts(tag, STR("rect"))) {
        double x = number_of(a, tag, "x"), y = number_of(a, tag, "y");
        need_inside(t, drawing,
                    (DrawingBox){x, y, x + number_of(a, tag, "width"), y + number_of(a, tag, "height")},
                    STR("a box"));
    } else if (str_starts(tag, STR("circle"))) {
        double x = number_of(a, tag, "cx"), y = number_of(a, tag, "cy"), r = number_of(a, tag, "r");
        need_inside(t, drawing, (DrawingBox){x - r, y - r, x + r, y + r}, STR("a circle"));
    } else if (str_starts(tag, STR("path"))) {
        check_points(t, drawing, attribute(a, tag, "d"));
    }
}

Drawing drawing_read(Test *t, Str svg)
{
    Drawing drawing = {0};
    Str rest = svg, before, after, tag, content;
    while (str_cut(rest, STR("<"), &before, &after) && str_cut(after, STR(">"), &tag, &rest)) {
        if (str_starts(tag, STR("svg"))) {
            Str x, y, width, height, box = attribute(t->arena, tag, "viewBox");
            CHECK(t, str_cut(box, STR(" "), &x, &after) && str_cut(after, STR(" "), &y, &after) &&
                         str_cut(after, STR(" "), &width, &height) &&
                         number_parse(width, &drawing.view.right) &&
                         number_parse(height, &drawing.view.bottom));
        } else if (str_starts(tag, STR("text")) && str_cut(rest, STR("</text"), &content, &after)) {
            add_text(t, &drawing, tag, content);
        } else {
            check_shape(t, &drawing, tag);
        }
    }
    return drawing;
}

static bool overlap(DrawingBox a, DrawingBox b)
{
    return a.left + TOUCH < b.right && b.left + TOUCH < a.right && a.top + TOUCH < b.bottom &&
           b.top + TOUCH < a.bottom;
}

static void check_drawing(Test *t, const Figure *figure, const char *how, Str svg)
{
    Drawing drawing = drawing_read(t, svg);
    for (size_t i = 0; i < drawing.n_texts; i++) {
        const DrawingText *one = &drawing.texts[i];
        if (one->size < LEAST) CHECK_NEAR(t, one->size, LEAST, 0);
        for (size_t k = 0; k < i; k++)
            if (overlap(one->box, drawing.texts[k].box))
                CHECK_TEXT(t,
                           str_format(t->arena,
                                      "figure " STR_FMT ", %s: \"" STR_FMT "\" over \"" STR_FMT
                                      "\" at %.0f %.0f",
                                      STR_ARG(figure->number), how, STR_ARG(one->text),
                                      STR_ARG(drawing.texts[k].text), one->x, one->y),
                           "apart");
    }
}

void drawing_check(Test *t, const Document *document, const Figure *figure)
{
    Buf wide = buf_new(t->arena), narrow = buf_new(t->arena);
    Markup markup = markup_writer(&narrow);
    figure_write_svg(document, figure, &wide);
    check_drawing(t, figure, "wide", buf_str(&wide));
    if (figure_draw_narrow(&markup, document, figure)) check_drawing(t, figure, "narrow", buf_str(&narrow));
}

size_t drawing_check_all(Test *t, const Document *document)
{
    size_t n = 0;
    for (size_t b = 0; b < document->n_blocks; b++) {
        if (document->blocks[b].kind != BLOCK_FIGURE) continue;
        drawing_check(t, document, document->blocks[b].figure);
        n++;
    }
    return n;
}
