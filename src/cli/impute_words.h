/* What `equipoise impute` found, as a person reads it and as JSON. */
#ifndef CLI_IMPUTE_WORDS_H
#define CLI_IMPUTE_WORDS_H

#include "cli/command.h"
#include "stat/impute.h"

/* Deltas from low to high; n = 0 for none. */
typedef struct {
    size_t n;
    double low, step;
} ImputeSteps;

/* One analysis per strategy, and what is printed of each. */
typedef struct {
    const Formula *formula;
    size_t n;
    Imputation *results;
    size_t from, to;                  /* visits printed: [from, to) */
    double confidence, alpha;
    bool tipping;                     /* of the last visit printed */
    ImputeSteps arm, reference;       /* grids of deltas, of the other arms and of the reference arm */
} ImputePrint;

void impute_write_text(Invocation *call, const ImputePrint *print);
void impute_write_json(Invocation *call, const ImputePrint *print);

#endif
