/* Models of outcomes that are yes or no, ordered categories or counts: `regression` of a `model` block. Private to the
 * output_*.c files. */
#ifndef REPORT_OUTPUT_FAMILY_H
#define REPORT_OUTPUT_FAMILY_H

#include "report/output_eval.h"

/* What the block's `regression` needs and forbids beside it, and what its lines may ask. Fails: USAGE (no such
 * regression), INCONSISTENT. */
MUST_USE bool family_block_check(Arena *arena, const OutputSpec *spec, const OutputBlock *block, Error *err);

/* The block's rows: odds or rate ratios, the test of a term, or means of the arms on the outcome's scale, with a footnote of
 * what was fitted. What the data cannot carry is not estimable, and the report goes on. */
MUST_USE bool family_block_write(Eval *eval, const OutputBlock *block, const Scope *scope, Error *err);

#endif
