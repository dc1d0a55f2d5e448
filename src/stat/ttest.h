/* Student's t tests and intervals for means and their differences. */
#ifndef STAT_TTEST_H
#define STAT_TTEST_H

#include "stat/sample.h"

typedef struct {
    size_t n_x, n_y;                  /* n_y is 0 for one sample; pairs count once, in n_x */
    double mean_x, mean_y;            /* mean_y is 0 for one sample */
    double estimate;                  /* the mean, the mean difference x - y, or the difference of means x - y */
    double sd;                        /* of the values, of the differences, or pooled; NaN for Welch */
    double se, t, df;                 /* t = (estimate - null) / se */
    double p_two_sided;
    double p_greater, p_less;         /* alternatives: the estimate is above, below the null value */
    Interval ci;                      /* of the estimate, two-sided */
} TTest;

/* Common to all four: x (n or n_x) and y (n or n_y) in the outcome's units; null is the hypothesised value of
 * the estimate; level that of the interval.
 * Fail: MALFORMED (names the first value that is not finite), USAGE (level), DEGENERATE (fewer than two values,
 * two pairs, or for the two-sample tests two values on a side; or values without spread: a standard error below
 * 10 epsilon times the means).
 * Checked against: R 4.2.2 t.test, relative 1e-12. */

/* One sample. Student (1908). */
MUST_USE bool ttest_one(const double *x, size_t n, double null, double level, TTest *test, Error *err);

/* Pairs (x[i], y[i]): the one-sample test of x - y. */
MUST_USE bool ttest_paired(Arena *scratch, const double *x, const double *y, size_t n, double null,
                           double level, TTest *test, Error *err);

/* Two samples of one common variance, df = n_x + n_y - 2. */
MUST_USE bool ttest_pooled(const double *x, size_t n_x, const double *y, size_t n_y, double null, double level,
                           TTest *test, Error *err);

/* Two samples, each with its variance; df by Satterthwaite (1946). Welch (1947). */
MUST_USE bool ttest_welch(const double *x, size_t n_x, const double *y, size_t n_y, double null, double level,
                          TTest *test, Error *err);

/* Whether two samples have one variance: F is the ratio of x's to y's. Exact for normal values and for those alone.
 * Snedecor (1934). Fails as the two-sample tests; DEGENERATE also where one side has no spread. */
typedef struct {
    double ratio, df_x, df_y;
    double p;                         /* two-sided: twice the smaller tail */
    Interval ci;                      /* of the ratio of variances */
} VarianceRatio;
MUST_USE bool variance_ratio_test(const double *x, size_t n_x, const double *y, size_t n_y, double level,
                                  VarianceRatio *test, Error *err);

#endif
