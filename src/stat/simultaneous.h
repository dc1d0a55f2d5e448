/* Several differences at once: p values and intervals that hold for all of them together. Dunnett's (1955) many-to-one
 * and Tukey's all-pairs comparisons use how the estimates depend on each other, so they give away less than Bonferroni. */
#ifndef STAT_SIMULTANEOUS_H
#define STAT_SIMULTANEOUS_H

#include "stat/lsmeans.h"

#define SIMULTANEOUS_MAX 30 /* differences of one family whose joint distribution is integrated */

/* The chance that all of m t statistics with this correlation (m x m) and df (may be infinite) lie within -q and q. One
 * integral inside another where the correlation is l_i l_j (always for m = 2; Dunnett's with independent means), good to
 * 1e-10; otherwise a fixed lattice of points (Genz & Bretz 2009), good to about 1e-5 and the same on every run.
 * Fails: USAGE (m = 0 or above SIMULTANEOUS_MAX), DEGENERATE (no correlation matrix). Checked against: R's mvtnorm. */
MUST_USE bool multivariate_t_within(Arena *scratch, const double *correlation, size_t m, double df, double q, double *chance,
                                    Error *err);

/* The q at which that chance is `level`. */
MUST_USE bool multivariate_t_critical(Arena *scratch, const double *correlation, size_t m, double df, double level, double *q,
                                      Error *err);

/* name, the word in files, what it is; what comes from p values alone leaves the intervals as they are */
#define DIFFERENCE_ADJUSTMENTS(X)                                                                            \
    X(NONE, "none", "each for itself")                                                                       \
    X(DUNNETT, "dunnett", "Dunnett: joint distribution of the differences, intervals too")                   \
    X(TUKEY, "tukey", "Tukey-Kramer: studentized range of all levels, intervals too")                        \
    X(BONFERRONI, "bonferroni", "Bonferroni, intervals too")                                                 \
    X(HOLM, "holm", "Holm; intervals are not adjusted")                                                      \
    X(HOCHBERG, "hochberg", "Hochberg; intervals are not adjusted")                                          \
    X(HOMMEL, "hommel", "Hommel; intervals are not adjusted")

typedef enum {
#define X(name, word, meaning) DIFFERENCE_##name,
    DIFFERENCE_ADJUSTMENTS(X)
#undef X
} DifferenceAdjustment;

const char *difference_adjustment_word(DifferenceAdjustment adjustment);
const char *difference_adjustment_meaning(DifferenceAdjustment adjustment);
bool difference_adjustment_parse(Str word, DifferenceAdjustment *adjustment);

/* Replaces p, lower and upper of n estimates of differences. A family is the differences within one level of the splitting
 * factors ("ARM | AVISIT": each visit by itself); those that cannot be estimated are not in it. Each difference keeps its own
 * df in its family's distribution.
 *   vcov        p x p, of the coefficients, from which the standard errors came
 *   confidence  of the intervals of a whole family
 * Fails: as above; Tukey: USAGE where not all pairs are compared. Checked against: R's multcomp and ptukey, 1e-6. */
MUST_USE bool differences_adjust(Arena *scratch, DifferenceAdjustment adjustment, const LsMeans *means,
                                 const LsDifference *differences, size_t n, const double *vcov, double confidence,
                                 Estimate *estimates, Error *err);

#endif
