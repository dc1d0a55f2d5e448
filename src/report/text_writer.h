/* A document as text for a terminal, as journals set it: rules above and below, headers broken over lines, columns
 * aligned at the decimal point, footnotes and the source line under each table. A table wider than `width` first
 * wraps its text columns, then splits into panels that repeat the row headers. A figure is its title, its alternative
 * text and its data. Output is UTF-8 without escape sequences; control characters from data become U+FFFD. */
#ifndef REPORT_TEXT_WRITER_H
#define REPORT_TEXT_WRITER_H

#include "report/document.h"

#define TEXT_WRITER_WIDTH 100                             /* columns unless told */

/* width: at least 40 is used. */
void text_writer_write(const Document *document, size_t width, Buf *out);

/* One table or figure alone, with watermark, footnotes and source line. */
void text_writer_table(const Document *document, const Table *table, size_t width, Buf *out);
void text_writer_figure(const Document *document, const Figure *figure, size_t width, Buf *out);

#endif
