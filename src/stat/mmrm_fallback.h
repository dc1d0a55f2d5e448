/* A list of covariance structures for the mixed model for repeated measures: the first that can be fitted is used, and what
 * failed before it is kept, with why. A plan names the list before the data are seen, so that nobody chooses. */
#ifndef STAT_MMRM_FALLBACK_H
#define STAT_MMRM_FALLBACK_H

#include "stat/mmrm.h"

typedef struct {
    CovarianceKind kind;
    ErrorCode code;                   /* DEGENERATE or NO_CONVERGENCE */
    Str why;                          /* "no optimum after 100 iterations (Newton decrement 0.02)" */
} MmrmFailure;

typedef struct {
    size_t n;
    MmrmFailure *items;               /* in the order they were tried */
} MmrmFailures;

/* A structure by its word in a formula; false for no such word. */
bool covariance_parse(Str word, CovarianceKind *kind);

/* "toeph, ar1h, cs": words between commas or blanks. Fails: USAGE (no such structure, with the nearest; none named). */
MUST_USE bool covariance_list_parse(Arena *arena, Str text, CovarianceKind **kinds, size_t *n, Error *err);

/* mmrm_fit with the structure of the model's formula, then with each of `fallback` in turn, until one is fitted; visits,
 * groups and subjects stay as the formula has them. fit->kind is the one used; fit->model is then a copy of `model` whose
 * formula names it (the text of the formula stays). `failures` says what failed before.
 * Fails: as mmrm_fit where that has nothing to do with the structure (USAGE, INCONSISTENT), at once; else, when all have
 * failed, with the code of the last, naming each in its message.
 * Memory: everything lives in `arena`. */
MUST_USE bool mmrm_fit_first(Arena *arena, const Model *model, const MmrmOptions *options, const CovarianceKind *fallback,
                             size_t n_fallback, MmrmFit *fit, MmrmFailures *failures, Error *err);

/* "unstructured failed (no optimum after ..), heterogeneous Toeplitz failed (..)"; empty when nothing failed. */
Str mmrm_failures_words(Arena *arena, const MmrmFailures *failures);

#endif
