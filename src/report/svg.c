#include "report/svg.h"

#include <math.h>
#include <string.h>

#define INK   "#1b1c1e"
#define GREY  "#555a61"
#define HAIR  "#c8ccd2"
#define WASH  "#f5f6f7"
#define PAPER "#ffffff"

const SvgStyle SVG_TEXT = {"f-text", INK, NULL, 0, NULL, NULL};
const SvgStyle SVG_STRONG = {"f-strong", INK, NULL, 0, NULL, NULL};
const SvgStyle SVG_SOFT = {"f-soft", GREY, NULL, 0, NULL, NULL};
const SvgStyle SVG_AXIS = {"f-axis", NULL, GREY, 1, NULL, NULL};
const SvgStyle SVG_GRID = {"f-grid", NULL, HAIR, 0.75, NULL, NULL};
const SvgStyle SVG_BOX = {"f-box", PAPER, INK, 1, NULL, NULL};
const SvgStyle SVG_ASIDE = {"f-aside", WASH, GREY, 1, NULL, NULL};
const SvgStyle SVG_ARROW = {"f-arrow", NULL, INK, 1, NULL, NULL};
const SvgStyle SVG_TIP = {"f-tip", INK, NULL, 0, NULL, NULL};
const SvgStyle SVG_ZERO = {"f-zero", NULL, INK, 1, "2 3", NULL};
const SvgStyle SVG_EXPECTED = {"f-expected", NULL, INK, 1.6, "7 4", NULL};
const SvgStyle SVG_MARK = {"f-mark", INK, NULL, 0, NULL, NULL};
const SvgStyle SVG_ON_LIGHT = {"f-on-light", INK, NULL, 0, NULL, NULL};
const SvgStyle SVG_ON_DARK = {"f-on-dark", PAPER, NULL, 0, NULL, NULL};
const SvgStyle SVG_PLAIN_MARK = {"f-dot", NULL, INK, 1, NULL, "0.7"};
const SvgStyle SVG_REFERENCE = {"f-reference", NULL, INK, 1.2, NULL, NULL};

bool svg_is_narrow(const Svg *svg) { return svg->width < SVG_WIDTH; }

/* Colours that the colour-blind tell apart, each at 3:1 or more against white; line types and shapes say it again. */
#define GROUP(i, colour, dash)                                                                                \
    {{"f-l" i, NULL, colour, 2.2, dash, NULL}, {"f-t" i, NULL, colour, 1, NULL, "0.55"}, {"f-w" i, NULL, colour, 1.6, NULL, NULL}, \
     {"f-p" i, colour, NULL, 0, NULL, NULL}, {"f-b" i, colour, NULL, 0, NULL, "0.13"}}

const SvgGroup *svg_group(size_t i)
{
    static const SvgGroup GROUPS[SVG_GROUPS] = {
        GROUP("1", "#0b66a8", NULL),      GROUP("2", "#c2480a", "9 3"),   GROUP("3", "#00765a", "2 3"),
        GROUP("4", "#92458a", "9 3 2 3"), GROUP("5", "#806000", "5 3"),   GROUP("6", "#4d4f53", "9 3 2 3 2 3"),
    };
    return &GROUPS[i % SVG_GROUPS];
}

static size_t level_index(size_t i, size_t n)
{
    if (n < 2) return 3;
    size_t at = n >= SVG_LEVELS ? i : (i * (SVG_LEVELS - 1) + (n - 1) / 2) / (n - 1);
    return at < SVG_LEVELS ? at : SVG_LEVELS - 1;
}

const SvgStyle *svg_level_text(size_t i, size_t n) { return level_index(i, n) < 4 ? &SVG_ON_LIGHT : &SVG_ON_DARK; }

const SvgStyle *svg_level(size_t i, size_t n)
{
    static const SvgStyle LEVELS[SVG_LEVELS] = {
        {"f-v1", "#e4eef6", GREY, 0.75, NULL, NULL}, {"f-v2", "#bed7ea", GREY, 0.75, NULL, NULL}, {"f-v3", "#8fb9da", GREY, 0.75, NULL, NULL},
        {"f-v4", "#5995c3", GREY, 0.75, NULL, NULL}, {"f-v5", "#2d70a4", GREY, 0.75, NULL, NULL}, {"f-v6", "#154d7c", GREY, 0.75, NULL, NULL},
        {"f-v7", "#082c4c", GREY, 0.75, NULL, NULL},
    };
    return &LEVELS[level_index(i, n)];
}

/* Two decimals at most, without zeros that say nothing. */
static Str coordinate(Arena *arena, double value)
{
    Buf text = buf_new(arena);
    buf_fixed(&text, isfinite(value) ? value : 0, 2);
    while (text.len && text.data[text.len - 1] == '0') text.len--;
    if (text.len && text.data[text.len - 1] == '.') text.len--;
    return buf_str(&text);
}

static void number_attr(Svg *svg, const char *name, double value)
{
    markup_attr(svg->markup, name, coordinate(svg->markup->out->arena, value));
}

static void add_style(Svg *svg, const SvgStyle *style)
{
    markup_attr_c(svg->markup, "class", style->name);
    markup_attr_c(svg->markup, "fill", style->fill ? style->fill : "none");
    if (!style->stroke && style->opacity) markup_attr_c(svg->markup, "fill-opacity", style->opacity);
    if (!style->stroke) return;
    markup_attr_c(svg->markup, "stroke", style->stroke);
    number_attr(svg, "stroke-width", style->width);
    if (style->opacity) markup_attr_c(svg->markup, "stroke-opacity", style->opacity);
    if (style->dash) markup_attr_c(svg->markup, "stroke-dasharray", style->dash);
}

static void end_shape(Svg *svg)
{
    markup_close_empty(svg->markup);
    markup_line(svg->markup);
}

static Str id_with(Arena *arena, Str base, const char *end)
{
    Buf id = buf_new(arena);
    buf_add(&id, base);
    buf_add_c(&id, end);
    return buf_str(&id);
}

static void add_named(Markup *markup, const char *tag, Str id, Str text)
{
    markup_open(markup, tag);
    markup_attr(markup, "id", id);
    markup_text(markup, text);
    markup_close(markup);
    markup_line(markup);
}

Svg svg_begin(Markup *markup, double width, double height, Str id_base, Str title, Str description)
{
    Svg svg = {markup, width};
    Arena *arena = markup->out->arena;
    Str title_id = id_with(arena, id_base, "-svg-title"), text_id = id_with(arena, id_base, "-svg-desc");
    Buf box = buf_new(arena), both = buf_new(arena), wide = buf_new(arena), tall = buf_new(arena);
    buf_add_c(&box, "0 0 ");
    buf_add(&box, coordinate(arena, width));
    buf_char(&box, ' ');
    buf_add(&box, coordinate(arena, height));
    buf_add(&both, title_id);
    buf_char(&both, ' ');
    buf_add(&both, text_id);
    buf_add(&wide, coordinate(arena, width / SVG_WIDTH * 170));
    buf_add_c(&wide, "mm");
    buf_add(&tall, coordinate(arena, height / SVG_WIDTH * 170));
    buf_add_c(&tall, "mm");
    markup_open(markup, "svg");
    markup_attr_c(markup, "xmlns", "http://www.w3.org/2000/svg");
    markup_attr(markup, "width", buf_str(&wide));
    markup_attr(markup, "height", buf_str(&tall));
    markup_attr(markup, "viewBox", buf_str(&box));
    markup_attr_c(markup, "role", "img");
    markup_attr(markup, "aria-labelledby", buf_str(&both));
    markup_attr_c(markup, "font-family", "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif");
    markup_line(markup);
    add_named(markup, "title", title_id, title);
    add_named(markup, "desc", text_id, description);
    return svg;
}

void svg_end(Svg *svg)
{
    markup_close(svg->markup);
    markup_line(svg->markup);
}

void svg_line(Svg *svg, const SvgStyle *style, double x1, double y1, double x2, double y2)
{
    markup_open(svg->markup, "line");
    add_style(svg, style);
    number_attr(svg, "x1", x1);
    number_attr(svg, "y1", y1);
    number_attr(svg, "x2", x2);
    number_attr(svg, "y2", y2);
    end_shape(svg);
}

void svg_rect(Svg *svg, const SvgStyle *style, double x, double y, double width, double height)
{
    markup_open(svg->markup, "rect");
    add_style(svg, style);
    number_attr(svg, "x", x);
    number_attr(svg, "y", y);
    number_attr(svg, "width", width);
    number_attr(svg, "height", height);
    end_shape(svg);
}

void svg_circle(Svg *svg, const SvgStyle *style, double x, double y, double radius)
{
    markup_open(svg->markup, "circle");
    add_style(svg, style);
    number_attr(svg, "cx", x);
    number_attr(svg, "cy", y);
    number_attr(svg, "r", radius);
    end_shape(svg);
}

void svg_path(Svg *svg, const SvgStyle *style, const double *x, const double *y, size_t n, bool closed)
{
    Arena *arena = svg->markup->out->arena;
    Buf path = buf_new(arena);
    bool drawing = false;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) {
            drawing = false;
            continue;
        }
        buf_char(&path, drawing ? 'L' : 'M');
        buf_add(&path, coordinate(arena, x[i]));
        buf_char(&path, ' ');
        buf_add(&path, coordinate(arena, y[i]));
        drawing = true;
    }
    if (path.len == 0) return;
    if (closed) buf_char(&path, 'Z');
    markup_open(svg->markup, "path");
    add_style(svg, style);
    if (!closed) markup_attr_c(svg->markup, "stroke-linejoin", "round");
    markup_attr(svg->markup, "d", buf_str(&path));
    end_shape(svg);
}

static void open_text(Svg *svg, const SvgStyle *style, double size, SvgAnchor anchor)
{
    static const char *const ANCHORS[] = {NULL, "middle", "end"};
    markup_open(svg->markup, "text");
    add_style(svg, style);
    number_attr(svg, "font-size", size);
    if (ANCHORS[anchor]) markup_attr_c(svg->markup, "text-anchor", ANCHORS[anchor]);
}

static void close_text(Svg *svg, Str text)
{
    markup_text(svg->markup, text);
    markup_close(svg->markup);
    markup_line(svg->markup);
}

void svg_text(Svg *svg, const SvgStyle *style, double size, SvgAnchor anchor, double x, double y, Str text)
{
    open_text(svg, style, size, anchor);
    number_attr(svg, "x", x);
    number_attr(svg, "y", y);
    close_text(svg, text);
}

void svg_text_bold(Svg *svg, double size, SvgAnchor anchor, double x, double y, Str text)
{
    open_text(svg, &SVG_STRONG, size, anchor);
    markup_attr_c(svg->markup, "font-weight", "700");
    number_attr(svg, "x", x);
    number_attr(svg, "y", y);
    close_text(svg, text);
}

static Str turn(Arena *arena, double degrees, double x, double y)
{
    Buf text = buf_new(arena);
    buf_add_c(&text, "rotate(");
    buf_add(&text, coordinate(arena, degrees));
    buf_char(&text, ' ');
    buf_add(&text, coordinate(arena, x));
    buf_char(&text, ' ');
    buf_add(&text, coordinate(arena, y));
    buf_char(&text, ')');
    return buf_str(&text);
}

void svg_text_turned(Svg *svg, const SvgStyle *style, double size, double x, double y, Str text)
{
    open_text(svg, style, size, SVG_MIDDLE);
    number_attr(svg, "x", x);
    number_attr(svg, "y", y);
    markup_attr(svg->markup, "transform", turn(svg->markup->out->arena, -90, x, y));
    close_text(svg, text);
}

void svg_watermark(Svg *svg, double height, Str word)
{
    double x = svg->width / 2, y = height / 2 + 24;
    if (word.len == 0) return;
    double fits = svg->width * 0.8 / fmax(svg_text_width(word, 1), 1);
    open_text(svg, &SVG_MARK, fmin(fits, fmin(76, height / 3)), SVG_MIDDLE);
    markup_attr_c(svg->markup, "font-weight", "700");
    markup_attr_c(svg->markup, "letter-spacing", "4");
    markup_attr_c(svg->markup, "opacity", "0.09");
    number_attr(svg, "x", x);
    number_attr(svg, "y", y);
    markup_attr(svg->markup, "transform", turn(svg->markup->out->arena, -18, x, y));
    close_text(svg, word);
}

void svg_shape(Svg *svg, size_t i, const SvgStyle *style, double x, double y, double r)
{
    /* corners in units of the radius, of about equal area */
    static const struct { size_t n; double x[12], y[12]; } SHAPES[SVG_GROUPS] = {
        {0, {0}, {0}},
        {4, {-0.9, 0.9, 0.9, -0.9}, {-0.9, -0.9, 0.9, 0.9}},
        {3, {0, 1.25, -1.25}, {-1.25, 0.95, 0.95}},
        {4, {0, 1.3, 0, -1.3}, {-1.3, 0, 1.3, 0}},
        {3, {0, 1.25, -1.25}, {1.25, -0.95, -0.95}},
        {12, {-0.4, 0.4, 0.4, 1.2, 1.2, 0.4, 0.4, -0.4, -0.4, -1.2, -1.2, -0.4},
             {-1.2, -1.2, -0.4, -0.4, 0.4, 0.4, 1.2, 1.2, 0.4, 0.4, -0.4, -0.4}},
    };
    double px[12], py[12];
    size_t shape = i % SVG_GROUPS;
    if (SHAPES[shape].n == 0) {
        svg_circle(svg, style, x, y, r);
        return;
    }
    for (size_t k = 0; k < SHAPES[shape].n; k++) {
        px[k] = x + r * SHAPES[shape].x[k];
        py[k] = y + r * SHAPES[shape].y[k];
    }
    svg_path(svg, style, px, py, SHAPES[shape].n, true);
}

void svg_tip_down(Svg *svg, double x, double y)
{
    svg_path(svg, &SVG_TIP, (double[]){x, x - 4, x + 4}, (double[]){y, y - 8, y - 8}, 3, true);
}

void svg_tip_right(Svg *svg, double x, double y)
{
    svg_path(svg, &SVG_TIP, (double[]){x, x - 8, x - 8}, (double[]){y, y - 4, y + 4}, 3, true);
}

double svg_text_width(Str text, double size)
{
    double em = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if ((c & 0xC0) == 0x80) continue;
        if (c == 0xC2 && i + 1 < text.len && (unsigned char)text.data[i + 1] == 0xA0) c = ' ';
        if (c >= 0xE3) em += 1;                           /* wide scripts */
        else if (c < 0x80 && memchr("iIjl.,:;'|! ftr()[]/-", c, 21)) em += 0.33;
        else if (c == 'm' || c == 'w' || c == 'M' || c == 'W' || c == '%') em += 0.9;
        else if (c >= 'A' && c <= 'Z') em += 0.7;
        else em += 0.58;
    }
    return em * size * 1.04;
}

size_t svg_wrap(Arena *arena, Str text, double size, double width, Str **lines)
{
    size_t n = 0, capacity = 0, start = 0, good = 0;
    *lines = NULL;
    for (size_t i = 0; i <= text.len; i++) {
        bool ends = i == text.len || text.data[i] == '\n';
        if (!ends && text.data[i] != ' ') continue;
        if (good > start && svg_text_width(str_slice(text, start, i), size) > width) {
            ARENA_PUSH_ROOM(arena, *lines, n, capacity);
            (*lines)[n++] = str_slice(text, start, good);
            start = good + 1;
        }
        good = i;
        if (!ends) continue;
        ARENA_PUSH_ROOM(arena, *lines, n, capacity);
        (*lines)[n++] = str_slice(text, start, i);
        start = good = i + 1;
    }
    return n;
}
