/* What the text and HTML writers agree on: how lines break, where a number's decimal point stands, what a caption
 * says. */
#ifndef REPORT_TYPESET_H
#define REPORT_TYPESET_H

#include "report/document.h"

/* Lines of at most `width` terminal columns (at least 1), broken at blanks and at '\n'; a longer word is cut. Control
 * characters become U+FFFD. There is always at least one line. */
typedef struct {
    size_t n;
    Str *lines;
    size_t width;                     /* of the widest line */
} Lines;

Lines typeset_lines(Arena *arena, Str text, size_t width);
size_t typeset_longest_word(Str text);

/* The byte at which a cell is aligned: the decimal point of its first number, or where that number's digits end; the
 * end of the first word when the text begins with a capital. "75.2 (8.6)" 2, "<0.001" 2, "12 (14%)" 2, "NE (NE)" 2. */
size_t typeset_point(Str cell);

/* "Table 14-2.01. " or "Figure 2. " from number or, when it is empty, from the id. */
Str typeset_table_name(Arena *arena, const Table *table);
Str typeset_figure_name(Arena *arena, const Figure *figure);

/* Columns that share a spanner: the first after `column` whose spanner differs (at most `end`). A column without a
 * spanner stands alone. */
size_t typeset_span_end(const Table *table, size_t column, size_t end);
bool typeset_has_spanners(const Table *table);

/* Is there room above this row: a group begins, or indented rows are over. */
bool typeset_begins_block(const Table *table, size_t row);

#endif
