/* Figures as SVG. One file per kind draws; all take their numbers from the Figure and nothing else, and the same
 * figure gives the same bytes on every machine. Conventions are those readers of trials expect: gaps are not bridged,
 * n stands at each visit, a forest's square has the area of its n, sides of the reference line are named. */
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include "report/document.h"
#include "report/markup.h"

/* The drawing as an <svg> element, with the document's watermark inside. */
void figure_draw(Markup *markup, const Document *document, const Figure *figure);

/* The same for a page as narrow as a telephone's, its letters as large; false where the words of a flow
 * diagram need the width. */
bool figure_draw_narrow(Markup *markup, const Document *document, const Figure *figure);

/* A file of its own: XML declaration and the drawing. */
void figure_write_svg(const Document *document, const Figure *figure, Buf *out);

#endif
