/* Proportions: exact and score intervals for one, the difference of two, and paired proportions. */
#ifndef STAT_PROPORTION_H
#define STAT_PROPORTION_H

#include "stat/sample.h"

/* All take counts (`events` among `n`) and give proportions in [0, 1].
 * Fail: DEGENERATE (n = 0), MALFORMED (more events than n), USAGE (level).
 * Checked against: R 4.2.2 binom.test, prop.test, mcnemar.test, relative 1e-10. */

/* Exact interval, never below its level. Clopper & Pearson (1934). The lower bound of no events is 0, the upper
 * bound of nothing but events 1. */
MUST_USE bool proportion_exact_ci(size_t events, size_t n, double level, Interval *ci, Error *err);

/* Exact one-sided upper bound at `level`: 0 of 40 at 0.975 still allows 8.8 %. */
MUST_USE bool proportion_exact_upper(size_t events, size_t n, double level, double *upper, Error *err);

/* Score interval without continuity correction. Wilson (1927). */
MUST_USE bool proportion_wilson_ci(size_t events, size_t n, double level, Interval *ci, Error *err);

/* The same with a continuity correction of half a subject, so that it is nearly never below its level. Newcombe (1998),
 * method 4. R's prop.test takes no correction when exactly half have the event; we always do. */
MUST_USE bool proportion_wilson_corrected_ci(size_t events, size_t n, double level, Interval *ci, Error *err);

/* Equal-tailed interval of the posterior under Jeffreys' prior, Beta(1/2, 1/2); the lower bound of no events is put to
 * 0, the upper bound of nothing but events to 1. Brown, Cai & DasGupta (2001). */
MUST_USE bool proportion_jeffreys_ci(size_t events, size_t n, double level, Interval *ci, Error *err);

/* Wald's interval about the centre of Wilson's, cut at 0 and 1. Agresti & Coull (1998). */
MUST_USE bool proportion_agresti_coull_ci(size_t events, size_t n, double level, Interval *ci, Error *err);

/* Exact two-sided p of the hypothesis that the proportion is `null` in [0, 1]: all counts no more likely than
 * the one seen (relative 1e-7) are as extreme. */
MUST_USE bool proportion_exact_p(size_t events, size_t n, double null, double *p, Error *err);

/* Difference x - y of two independent proportions: interval from the two Wilson intervals. Newcombe (1998),
 * method 10. */
MUST_USE bool proportion_difference_ci(size_t events_x, size_t n_x, size_t events_y, size_t n_y, double level,
                                       Interval *ci, Error *err);

/* Pairs of yes/no: `gained` went from no to yes, `lost` from yes to no. Pairs that did not change do not
 * matter; when none changed every p is 1, chisq 0 and the odds ratio NaN with the interval (0, infinity). */
typedef struct {
    double p_exact;                   /* two-sided binomial */
    double p_mid;                     /* the same, half the probability of what was seen */
    double chisq, p_chisq;            /* McNemar (1947) without continuity correction, 1 df */
    double chisq_corrected, p_corrected; /* with Edwards' (1948): 1 taken from |gained - lost| */
    double odds_ratio;                /* gained / lost */
    Interval ci;                      /* exact, of the odds ratio */
} McNemar;
MUST_USE bool mcnemar_test(size_t gained, size_t lost, double level, McNemar *test, Error *err);

#endif
