/* What is wrong with a protocol, all of it at once: each problem has a severity, a code that scripts can rely on,
 * its place, and says what is so, why that matters and how to mend it. */
#ifndef PROTOCOL_PROBLEM_H
#define PROTOCOL_PROBLEM_H

#include "base/yaml.h"

/* severity, the word people and JSON see, what it means */
#define PROBLEM_SEVERITIES(X)                                                                                 \
    X(ERROR,   "error",   "the trial cannot run from this file")                                              \
    X(HONESTY, "honesty", "it can run, but its report could claim more than the design supports")             \
    X(NOTE,    "note",    "worth knowing")

typedef enum {
#define X(name, word, meaning) PROBLEM_##name,
    PROBLEM_SEVERITIES(X)
#undef X
    N_PROBLEM_SEVERITIES
} ProblemSeverity;

typedef struct {
    ProblemSeverity severity;
    const char *code;                 /* "unknown-key", "no-control-group" */
    size_t line, column;              /* 0 when the problem is an absence in the whole file */
    Str message;                      /* lower case fact, no full stop */
    Str reason;                       /* sentences; may be empty */
    Str fix;                          /* sentences; may be empty */
} Problem;

typedef struct {
    Arena *arena;
    size_t n, capacity;
    Problem *items;
    size_t count[N_PROBLEM_SEVERITIES];
} ProblemList;

ProblemList problems_new(Arena *arena);

/* Adds a problem at a node (NULL: no place) and returns it for problem_explain. The pointer is good until the
 * next one is added. */
Problem *problem_add(ProblemList *problems, ProblemSeverity severity, const char *code, const Yaml *at,
                     const char *format, ...) PRINTF(5, 6);

/* Adds an Error of the layers below (place and hint are kept) as a problem of severity ERROR. */
void problem_add_error(ProblemList *problems, const char *code, const Yaml *at, const Error *err);

/* Errors first, then honesty warnings, then notes; each by line and column. */
void problems_sort(ProblemList *problems);

const char *problem_severity_word(ProblemSeverity severity);

/* For people: one block per problem with the line of `source` it stands in (empty source: without), then a count. What
 * the first problem of a code says about why and how to mend is not repeated. `name` is the file as the user called it. */
void problems_write_text(const ProblemList *problems, Str name, Str source, Buf *buf);

/* The same facts as one object: {"file", "errors", "honesty", "notes", "problems": [{"severity", "code", "line",
 * "column", "message", "reason", "fix"}]}. */
void problems_write_json(const ProblemList *problems, Str name, Buf *buf);

#endif
