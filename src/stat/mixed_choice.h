/* Which of the two engines of mixed models fits a formula, and their methods by their words: what the command line and the
 * library share, so that both say the same. */
#ifndef STAT_MIXED_CHOICE_H
#define STAT_MIXED_CHOICE_H

#include "stat/mixed.h"
#include "stat/mmrm_fallback.h"

#define MIXED_DF_WORDS    "satterthwaite, kenward-roger, kenward-roger-linear, kenward-roger-expected, kenward-roger-mmrm, between-within or residual"
#define MIXED_VCOV_WORDS  "model, hc0 (empirical), cr2 (empirical-bias-reduced) or cr3 (empirical-jackknife)"

/* Reads a word of MmrmDf or "kenward-roger-expected", and one of MmrmVcov, into `options`; an empty word leaves its default.
 * R's mmrm has Kenward & Roger's adjustments among its covariances: such a word as `vcov` stands for the degrees of freedom
 * as well. Fails: USAGE (no such word; a `vcov` of Kenward & Roger beside other degrees of freedom). */
MUST_USE bool mixed_methods_parse(Str df, Str vcov, MixedOptions *options, Error *err);

/* Whether stat/mixed fits the model, whose formula has a covariance or a random term; else stat/mmrm does, which knows
 * sandwich covariances, predictions and residuals. */
bool mixed_is_chosen(Arena *arena, const Model *model, const MixedOptions *options);

/* Fits by the engine chosen; by stat/mmrm with the structures of `fallback` in turn, and then only fit->fixed is set.
 * Fails: as mixed_fit and mmrm_fit_first; USAGE (a fall-back where stat/mixed is chosen). */
MUST_USE bool mixed_fit_chosen(Arena *arena, const Model *model, const MixedOptions *options, const CovarianceKind *fallback,
                               size_t n_fallback, MixedFit *fit, MmrmFailures *failures, Error *err);

#endif
