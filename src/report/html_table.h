/* Tables and their surroundings in HTML; see report/html_writer.h. */
#ifndef REPORT_HTML_TABLE_H
#define REPORT_HTML_TABLE_H

#include "report/document.h"
#include "report/markup.h"

/* `<b class="name">Table 2.</b> title`, with the watermark before it. */
void html_caption(Markup *html, const Document *document, Str name, Str title);

/* Footnotes, the source line and the way to the appendix. */
void html_notes(Markup *html, const Document *document, Str id, const Str *footnotes, size_t n);

/* A table in its scrolling region; `of_figure` names the figure whose data it is (empty for a table of its own). */
void html_table(Markup *html, const Document *document, const Table *table, Str of_figure);

#endif
