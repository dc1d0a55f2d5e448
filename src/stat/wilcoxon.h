/* Tests of a median or of a shift by ranks and signs: Wilcoxon's signed-rank test, the sign test, and
 * Wilcoxon's rank-sum test of two samples (Mann-Whitney), with Hodges-Lehmann estimates and intervals. */
#ifndef STAT_WILCOXON_H
#define STAT_WILCOXON_H

#include "stat/sample.h"

typedef enum {
    ZERO_RULE_DROP,                   /* zero differences are left out before ranking (Wilcoxon 1945) */
    ZERO_RULE_PRATT                   /* they are ranked, and then left out (Pratt 1959) */
} ZeroRule;

typedef enum {
    P_METHOD_EXACT,                   /* exact up to SIGNED_RANK_EXACT_MAX or RANK_SUM_EXACT_MAX values */
    P_METHOD_ASYMPTOTIC               /* normal approximation with continuity correction of 1/2 */
} PMethod;

#define SIGNED_RANK_EXACT_MAX 200     /* differences */
#define RANK_SUM_EXACT_MAX 100        /* values of both groups together */

typedef struct {
    size_t n, n_zero;                 /* differences, and those that are zero; of two samples: n_x, and 0 */
    size_t n_y;                       /* of two samples */
    double statistic;                 /* V: ranks of positive differences; U: pairs with x > y, ties half */
    double z;                         /* standardised, corrected for ties, not for continuity */
    bool exact;                       /* how the p values were found */
    double p_two_sided;               /* as far from the expectation as the statistic seen, on either side */
    double p_greater, p_less;         /* alternatives: the differences, or x, tend to be larger, smaller */
    double estimate;                  /* Hodges-Lehmann: median of the Walsh averages, or of all x - y */
    Interval ci;                      /* for it; infinite when so few values allow no interval of that level */
    double ci_level;                  /* what it reaches without ties, at least the level asked for */
} WilcoxonTest;

/* Signed ranks of n differences.
 *   zeros   also says whether zero differences enter estimate and interval (Pratt: they do)
 *   level   of the interval
 * Values nearer than sample_tie_tolerance are tied; differences nearer to zero than that are zero.
 * Fails: MALFORMED (names the first value that is not finite), USAGE (level), DEGENERATE (no difference but
 * zeros).
 * Method: exact permutation distribution of the signs over the midranks seen, by convolution;
 * docs/methods/wilcoxon.md.
 * Checked against: R 4.2.2 wilcox.test, coin, exactRankTests, enumeration: relative 1e-12. */
MUST_USE bool signed_rank_test(Arena *scratch, const double *d, size_t n, ZeroRule zeros, PMethod method,
                               double level, WilcoxonTest *test, Error *err);

/* The same of x[i] - y[i]; rounding of the subtraction makes no new ties and breaks none. */
MUST_USE bool signed_rank_paired(Arena *scratch, const double *x, const double *y, size_t n, ZeroRule zeros,
                                 PMethod method, double level, WilcoxonTest *test, Error *err);

/* Rank sum of x (n_x) against y (n_y); estimate and interval are of the shift x - y.
 * Fails: MALFORMED, USAGE as above, DEGENERATE (an empty group; all values equal).
 * Method: exact permutation distribution over the midranks seen. Wilcoxon (1945), Mann & Whitney (1947). */
MUST_USE bool rank_sum_test(Arena *scratch, const double *x, size_t n_x, const double *y, size_t n_y,
                            PMethod method, double level, WilcoxonTest *test, Error *err);

typedef struct {
    size_t n_positive, n_negative, n_zero;
    double p_two_sided, p_greater, p_less;      /* exact binomial, zeros left out */
    double median;                    /* of all differences */
    Interval ci;                      /* of the median, between order statistics; infinite when there is none */
    double ci_level;                  /* at least the level asked for */
} SignTest;

/* Sign test of n differences. Fails: MALFORMED, USAGE, DEGENERATE (no difference but zeros). Arbuthnot (1710).
 * Checked against: R 4.2.2 binom.test, 1e-12. */
MUST_USE bool sign_test(Arena *scratch, const double *d, size_t n, double level, SignTest *test, Error *err);

#endif
