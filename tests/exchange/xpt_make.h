/* Small transport files, made for tests. */
#ifndef TESTS_XPT_MAKE_H
#define TESTS_XPT_MAKE_H

#include "test.h"

typedef struct {
    const char *name;
    unsigned type, length, position;
} XptMakeVariable;

extern const XptMakeVariable XPT_MAKE_TWO[2];             /* ID, 6 bytes of text, and X, a number: rows of 14 bytes */

Buf xpt_make_library(Test *t);
void xpt_make_padding(Buf *buf);                          /* blanks up to a whole record */

/* A data set of a few variables; rows are bytes. */
void xpt_make_member(Buf *buf, const char *name, const XptMakeVariable *variables, size_t n, Str rows);

/* One data set: "ab" 1.5, "" .A, "caf\xe9" 0, each row of 14 bytes. */
Str xpt_make_small(Test *t);

#endif
