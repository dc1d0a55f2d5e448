/* A document as JSON, schema "equipoise-report/1" (docs/report.md): title, subtitle, language, watermark,
 * source_line, program, blocks (headings, paragraphs, tables with columns and rows, figures with series), then every
 * number of the document in `results` and, once each, where they came from in `provenance`. A value that cannot be
 * computed is null. */
#ifndef REPORT_JSON_WRITER_H
#define REPORT_JSON_WRITER_H

#include "report/document.h"

void json_writer_write(const Document *document, Buf *out);

/* One table or figure, with the results and provenance that belong to it. */
void json_writer_table(const Document *document, const Table *table, Buf *out);
void json_writer_figure(const Document *document, const Figure *figure, Buf *out);

#endif
