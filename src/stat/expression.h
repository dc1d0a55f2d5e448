/* Arithmetic over columns, as it stands in formulas: + - * / ^, parentheses, and the functions I log log2 log10 log1p exp
 * sqrt abs. Also the scanner of tokens that stat/formula reads with. Both turn any bytes into a result or an error. */
#ifndef STAT_EXPRESSION_H
#define STAT_EXPRESSION_H

#include "base/text.h"
#include "math/matrix.h"

#define EXPRESSION_MAX_DEPTH    64
#define EXPRESSION_MAX_COLUMNS  256

typedef struct Expression Expression;

/* Reads `text` (UTF-8, no NUL) from byte `at`, and collects the columns named on the way. Its failures are MALFORMED
 * and placed "formula, column N", N counting characters from 1. */
typedef struct {
    Arena *arena;
    Str text;
    size_t at, start;                 /* the next byte; the first byte of the latest token */
    int depth;
    size_t n_columns, column_capacity;
    Str *columns;                     /* once each */
    Error *err;
} Scanner;

size_t scanner_place(const Scanner *in, size_t byte);                 /* N of a byte */
bool scanner_fail(Scanner *in, size_t byte);                          /* adds the place to the error that is set */
bool scanner_fail_expected(Scanner *in, const char *what);            /* "a term is expected before ..." */

char scanner_peek(Scanner *in);                                       /* next byte that is no blank; 0 at the end */
bool scanner_accept(Scanner *in, char c);                             /* steps over c if it is next */
MUST_USE bool scanner_expect(Scanner *in, char c);
bool scanner_at_number(Scanner *in);
MUST_USE bool scanner_number(Scanner *in, double *number);
MUST_USE bool scanner_name(Scanner *in, const char *what, Str *name); /* letters, digits, _ and ., or quoted by ` */
MUST_USE bool scanner_column(Scanner *in, Str name, size_t *index);   /* its place in in->columns */
MUST_USE bool scanner_enter(Scanner *in);                             /* one level deeper; leave by in->depth-- */

/* An expression; or the rest of a function's call, once `name(` that stands at byte `from` is read. */
MUST_USE bool expression_parse(Scanner *in, const Expression **expression);
MUST_USE bool expression_parse_call(Scanner *in, Str name, size_t from, const Expression **expression);

/* The column read at *index when the expression is nothing but a column. */
bool expression_is_column(const Expression *expression, size_t *index);
const Expression *expression_of_column(Arena *arena, size_t index);

/* As R spells it, with the names of the columns. */
Str expression_text(Arena *arena, const Expression *expression, const Str *columns);

/* The value where column c has values[c]. Sums, products and whole powers up to 64 carry twice the working precision,
 * so that a polynomial's columns are right in both parts. Not finite where there is no value (log of 0). */
Twofold expression_value(const Expression *expression, const double *values);

/* Marks in used[c] the columns an expression reads. */
void expression_columns(const Expression *expression, bool *used);

#endif
