/* Why something failed: one code that callers act on, one factual line, the place, and a hint that says how to
 * mend it. The lowest function that understands the problem sets the error; those above add where. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

/* code, exit status, HTTP status, meaning */
#define ERROR_CODES(X)                                                                                        \
    X(USAGE,          2, 400, "the request itself is wrong")                                                  \
    X(MALFORMED,      3, 422, "the input cannot be read")                                                     \
    X(INCONSISTENT,   4, 409, "readable, but it contradicts the trial")                                       \
    X(DENIED,         5, 403, "this role may not do this")                                                    \
    X(DEGENERATE,     6, 422, "the data cannot support the estimate")                                         \
    X(NO_CONVERGENCE, 7, 422, "the iteration stopped before its tolerance")                                   \
    X(IO,             8, 500, "the file or the database refused")

typedef enum {
    ERROR_NONE,
#define X(name, status, http, meaning) ERROR_##name,
    ERROR_CODES(X)
#undef X
} ErrorCode;

/* `{0}` is no error. Texts are cut, never overrun. message: lower case, no full stop. hint: a sentence. */
typedef struct {
    ErrorCode code;
    char message[512];
    char place[512];
    char hint[512];
} Error;

/* Sets code and message, clears place and hint; returns false, so that `return error_set(...)` reads well.
 * `err` may be NULL in these four. */
bool error_set(Error *err, ErrorCode code, const char *format, ...) PRINTF(3, 4);

/* Says how to mend it; returns false. */
bool error_hint(Error *err, const char *format, ...) PRINTF(2, 3);

/* Puts an outer place before those already there ("visits.csv: line 7, column \"AGE\""); returns false. */
bool error_in(Error *err, const char *format, ...) PRINTF(2, 3);

int error_exit_status(ErrorCode code);
int error_http_status(ErrorCode code);
const char *error_name(ErrorCode code);      /* "MALFORMED" */
const char *error_meaning(ErrorCode code);

#endif
