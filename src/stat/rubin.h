/* Rubin's rules: one estimate from the analyses of several imputed data sets. */
#ifndef STAT_RUBIN_H
#define STAT_RUBIN_H

#include "stat/sample.h"

typedef struct {
    size_t m;        /* imputations */
    double estimate; /* mean of the estimates */
    double within, between,
        total;               /* variances: mean squared standard error; of the estimates; total = within +
                                         (1 + 1/m) between */
    double se;               /* root of total */
    double df;               /* Barnard & Rubin's, never above df_complete */
    double df_large;         /* Rubin's (1987) for large samples; infinite when the estimates agree */
    double increase;         /* r: relative increase in variance due to missing values */
    double fraction_missing; /* gamma: fraction of the information that is missing */
    double t, p;             /* of estimate = null, two-sided */
    Interval ci;
} RubinPool;

/* estimates, se   m each, on a scale where they are about normal (log odds ratios, not odds ratios)
 * df_complete     of the analysis had nothing been missing (n - k for a regression with k coefficients); INFINITY for
 *                 one that rests on large samples, which leaves Rubin's df
 * Fails: USAGE (level; df_complete not positive), DEGENERATE (fewer than two imputations), MALFORMED (an estimate that
 *        is not finite, a standard error that is not positive; named by number from 1).
 * Method: Rubin (1987), section 3.3; Barnard & Rubin (1999). Checked against: R 4.2.2 mice 3.15, 1e-12. */
MUST_USE bool rubin_pool(const double *estimates, const double *se, size_t m, double df_complete, double null,
                         double level, RubinPool *pool, Error *err);

/* The same from what the rules need: the mean of the estimates, the mean of their variances (positive), the variance between
 * them (divisor m - 1), of m imputations. */
RubinPool rubin_combine(double estimate, double within, double between, size_t m, double df_complete, double null, double level);

#endif
