/* Text for a terminal. Numbers in rows and columns: the first column stands left, the others right, and no row ends in blanks. */
#ifndef CLI_GRID_H
#define CLI_GRID_H

#include "base/text.h"

typedef struct {
    Arena *arena;
    size_t n_columns, n, capacity;
    Str *cells;
} Grid;

/* A grid that begins with a row of heads; cells follow row by row, n_columns to a row. */
Grid grid_new(Arena *arena, const char *const *heads, size_t n_columns);
void grid_add(Grid *grid, Str text);
void grid_number(Grid *grid, double value, int decimals);   /* "." where there is none, "inf", "-inf" */
void grid_p(Grid *grid, double p);                          /* four decimals, "<0.0001" below */
void grid_write(const Grid *grid, Buf *out);
void grid_write_left(const Grid *grid, Buf *out);           /* every column stands left */

/* Decimals that show four digits of the smallest number given. */
int decimals_for(double least);

/* "0.0123", "<0.0001" */
Str p_words(Arena *arena, double p);

/* Sentences indented by two, broken at blanks before column 110. */
void write_paragraph(Buf *out, Str text);

/* The same under the head "Notes"; nothing for the empty text. */
void write_note(Buf *out, Str text);

#endif
