/* A drawing: shapes with numbers of two decimals, texts escaped, colours by the name of a style. Units are those of
 * the view box; SVG_WIDTH units are 170 mm on paper, so that 12 units of text are 8.5 pt. A style is written both as
 * class and as attributes: a drawing taken out of its page keeps its looks, one inside follows the page's scheme. */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H

#include "report/markup.h"

#define SVG_WIDTH      680.0
#define SVG_NARROW     364.0                              /* of the drawing for a telephone, a unit to a pixel */
#define SVG_TEXT_SIZE  12.5                               /* 8.9 pt at 170 mm */
#define SVG_SMALL_SIZE 11.5                               /* 8.1 pt */

typedef struct {
    const char *name;                                     /* class, as in assets/report.css */
    const char *fill, *stroke;                            /* NULL: none */
    double width;                                         /* of the stroke */
    const char *dash;                                     /* NULL: solid */
    const char *opacity;                                  /* of the stroke; NULL: opaque */
} SvgStyle;

typedef enum { SVG_START, SVG_MIDDLE, SVG_END } SvgAnchor;

typedef struct {
    Markup *markup;
    double width;                                         /* SVG_WIDTH or SVG_NARROW */
} Svg;

bool svg_is_narrow(const Svg *svg);

extern const SvgStyle SVG_TEXT, SVG_STRONG, SVG_SOFT, SVG_AXIS, SVG_GRID, SVG_BOX, SVG_ASIDE, SVG_ARROW, SVG_TIP, SVG_ZERO,
    SVG_EXPECTED, SVG_MARK, SVG_ON_LIGHT, SVG_ON_DARK, SVG_PLAIN_MARK, SVG_REFERENCE;

/* Colour and line type of the i-th group: a bold line, a thin one, a whisker, a mark, and the area of a band. */
#define SVG_GROUPS 6
typedef struct {
    SvgStyle line, thin, whisker, mark, band;
} SvgGroup;
const SvgGroup *svg_group(size_t i);

/* Ordered levels, light to dark, for stacked bars; the same in both colour schemes. */
#define SVG_LEVELS 7
const SvgStyle *svg_level(size_t i, size_t n);
const SvgStyle *svg_level_text(size_t i, size_t n);       /* of a text on that level */

/* Opens <svg>, with its title and description for readers who do not see it; id_base makes their ids. */
Svg svg_begin(Markup *markup, double width, double height, Str id_base, Str title, Str description);
void svg_end(Svg *svg);

void svg_line(Svg *svg, const SvgStyle *style, double x1, double y1, double x2, double y2);
void svg_rect(Svg *svg, const SvgStyle *style, double x, double y, double width, double height);
void svg_circle(Svg *svg, const SvgStyle *style, double x, double y, double radius);
/* Lines through n points; a point that is not finite ends one stroke and begins the next. closed: a polygon. */
void svg_path(Svg *svg, const SvgStyle *style, const double *x, const double *y, size_t n, bool closed);
void svg_text(Svg *svg, const SvgStyle *style, double size, SvgAnchor anchor, double x, double y, Str text);
void svg_text_bold(Svg *svg, double size, SvgAnchor anchor, double x, double y, Str text);
void svg_text_turned(Svg *svg, const SvgStyle *style, double size, double x, double y, Str text);   /* upwards, centred */
/* A large, faint word across the drawing. */
void svg_watermark(Svg *svg, double height, Str word);

/* The i-th mark shape (circle, square, triangle, diamond, triangle down, cross) with about this radius. */
void svg_shape(Svg *svg, size_t i, const SvgStyle *style, double x, double y, double radius);
/* A triangle pointing down (or right) whose tip is at x, y. */
void svg_tip_down(Svg *svg, double x, double y);
void svg_tip_right(Svg *svg, double x, double y);

/* Width of a text in a common sans face, on the safe side; needs no font, so it is the same everywhere. */
double svg_text_width(Str text, double size);

/* Lines no wider than `width`, broken at blanks and '\n'. */
size_t svg_wrap(Arena *arena, Str text, double size, double width, Str **lines);

#endif
