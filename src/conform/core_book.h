/* A collection of CORE rules as CDISC publishes them: a folder, or a tar archive of one (plain or gzip), in which each
 * rule is a file .yml (rule.yml), in a folder of its own when it has cases: positive/01/data/ae.csv ..., which a rule lets pass,
 * and negative/01/..., in which results/results.csv says what it finds. */
#ifndef CONFORM_CORE_BOOK_H
#define CONFORM_CORE_BOOK_H

#include "conform/core_run.h"
#include "exchange/tar.h"

typedef struct {
    size_t n;
    CoreRule *rules;                  /* sorted by id; judged: unsupported says why */
    size_t n_bad;                     /* files that are no rule: */
    Str *bad_names;
    Error *bad_errors;
    size_t n_files;
    TarFile *files;                   /* all that was read */
} CoreBook;

/* Reads the rules, and with_cases the cases too. Fails: as tar_read; INCONSISTENT (no rule in it). */
MUST_USE bool core_book_read(Arena *arena, Str path, bool with_cases, CoreBook *book, Error *err);

/* Whether a rule is of a standard ("SDTMIG", letter case ignored) and version ("3.4", "3-4"; empty for any). */
bool core_rule_is_of(const CoreRule *rule, Str standard, Str version);

/* A rule asked of the data of one of its cases, against the findings that come with it. */
typedef struct {
    Str rule, name;                   /* "CORE-000055", "negative/01" */
    enum { CASE_AGREES, CASE_DIFFERS, CASE_NOT_RUN } outcome;
    bool was_asked;                   /* of a data set at least: else it agrees by finding nothing */
    Str why;                          /* the first difference, or why it was not run */
    size_t n_expected, n_found;       /* findings: data set, record, variable, value */
} CoreCase;

/* Every case of the book, in order: not run when the rule is not supported. */
void core_book_test(Arena *arena, const CoreBook *book, CoreCase **cases, size_t *n);

#endif
