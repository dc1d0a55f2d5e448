/* Models of repeated measures whose missing outcomes are imputed: `impute` of a `model` block. Private to the output_*.c
 * files. */
#ifndef REPORT_OUTPUT_IMPUTE_H
#define REPORT_OUTPUT_IMPUTE_H

#include "report/output_eval.h"
#include "stat/impute.h"

struct OutputImpute {
    const Yaml *at;
    Str arm, reference, event, order, ancova;
    ImputeStrategy strategy;
    ImputeMethod method;
    int draws, seed;
    bool after_event;
    size_t n_deltas;
    ImputeDelta *deltas;
};

/* What the block's `impute` forbids beside it, and what it needs. Fails: INCONSISTENT. */
MUST_USE bool impute_block_check(const Formula *formula, const OutputBlock *block, bool is_drawn, Error *err);

/* The block's rows: means of the arms, or differences from the reference arm, with a footnote of what was assumed. What the
 * data cannot carry is not estimable, and the report goes on. */
MUST_USE bool impute_block_write(Eval *eval, const OutputBlock *block, const Scope *scope, Error *err);

#endif
