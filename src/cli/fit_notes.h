/* What a reader of a fit should know beside its numbers, and what to do about it: columns that could not be estimated,
 * combinations of levels without a row, levels that differ in letter case only, an arm that changes within a few subjects, a
 * covariance near its boundary or resting on few subjects. */
#ifndef CLI_FIT_NOTES_H
#define CLI_FIT_NOTES_H

#include "stat/mmrm.h"

/* Sentences, in `arena`; `first`, unless empty, before the others. mixed: NULL for least squares and where there are random
 * terms. */
Str *fit_notes(Arena *arena, const Model *model, const RowSpace *space, const MmrmFit *mixed, Str first, size_t *n);

#endif
