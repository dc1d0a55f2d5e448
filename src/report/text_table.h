/* The grid of one table as text: measured, wrapped, split into panels. */
#ifndef REPORT_TEXT_TABLE_H
#define REPORT_TEXT_TABLE_H

#include "report/document.h"

/* A line of `width` times `dash` and a line end. */
void text_table_rule(Buf *out, const char *dash, size_t width);

/* Headers, rows and the rules around them; the watermark, if any, stands in the top rule. */
void text_table_write(const Table *table, Str watermark, size_t width, Buf *out);

#endif
