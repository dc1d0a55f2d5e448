/* Proportional odds: an ordered outcome of k categories on a design. With theta_1 < ... < theta_(k-1),
 *     log odds of (Y <= j) = theta_j - x b,
 * so that b > 0 means higher categories, and e^b is the one odds ratio whatever the cut between categories. */
#ifndef STAT_PROPORTIONAL_ODDS_H
#define STAT_PROPORTIONAL_ODDS_H

#include "base/text.h"
#include "stat/sample.h"

/* x            n x p, row-major, without a column of ones (the thresholds are the intercepts); p may be 0
 * y            n, the category from 0 to n_categories - 1; each must occur
 * names        p, of the columns, for messages; NULL calls them column 1, 2, ... */
typedef struct {
    size_t n, p, n_categories;
    const double *x;
    const size_t *y;
    const Str *names;
} OrdinalData;

typedef struct {
    size_t n_thresholds, p;
    double *theta, *b; /* n_thresholds, p: neighbours in one array, so theta[n_thresholds + j] is b[j] */
    double *se, *vcov; /* of (theta, b): n_thresholds + p, and its square; observed information */
    double log_likelihood;
    size_t n_steps;
} ProportionalOddsFit;

/* Fails: MALFORMED (names the first row that is not finite, or whose category is beyond the last), DEGENERATE (fewer
 *        than two categories, or one that does not occur; names the column that repeats others or is constant; the
 *        outcome is separated), NO_CONVERGENCE.
 * Method: McCullagh (1980), Newton steps on the observed information. The likelihood is concave (Pratt 1981).
 * Memory: results in `arena`. Checked against: R 4.2.2 ordinal::clm 2022.11, 1e-8. */
MUST_USE bool proportional_odds_fit(Arena *arena, const OrdinalData *data, ProportionalOddsFit *fit,
                                    Error *err);

/* Wald's test and interval of b[j]. */
typedef struct {
    double z, p;
    Interval ci; /* of b[j]; its exponential is of the odds ratio */
} ProportionalOddsWald;
MUST_USE bool proportional_odds_wald(const ProportionalOddsFit *fit, size_t j, double level,
                                     ProportionalOddsWald *result, Error *err);

/* Likelihood ratio of a fit against one with fewer columns, on the same rows. */
typedef struct {
    double chisq, df, p;
} LikelihoodRatio;
LikelihoodRatio proportional_odds_compare(const ProportionalOddsFit *fit, const ProportionalOddsFit *smaller);

#endif
