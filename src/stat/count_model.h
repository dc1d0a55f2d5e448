/* Rates of recurring events (seizures, falls, infections) on a design: log of the expected count = log exposure + x b.
 * Poisson regression, with variances that are right when counts vary more than Poisson's; and negative binomial
 * regression, whose dispersion is estimated with the coefficients. */
#ifndef STAT_COUNT_MODEL_H
#define STAT_COUNT_MODEL_H

#include "stat/estimable.h"
#include "stat/sample.h"

#define COUNT_MAX 10000000

/* name, the word in files, the variance of a count with mean m */
#define COUNT_FAMILIES(X)                                                                                    \
    X(POISSON, "poisson", "m")                                                                               \
    X(NEGATIVE_BINOMIAL, "negative-binomial", "m + dispersion m^2")

typedef enum {
#define X(name, word, variance) COUNT_##name,
    COUNT_FAMILIES(X)
#undef X
} CountFamily;

const char *count_family_word(CountFamily family);
bool count_family_parse(Str word, CountFamily *family);

/* x          n x p, row-major, full column rank; kept by reference, as the others are
 * y          n; whole numbers from 0 to COUNT_MAX
 * exposure   n; positive, in any unit of time (rates are per that unit); NULL: 1 for all
 * names      p, of the columns, for messages; NULL calls them column 1, 2, ... */
typedef struct {
    size_t n, p;
    const double *x, *y, *exposure;
    const Str *names;
} CountData;

/* What a model's rows are as counts; `exposure` is a column of the frame, or empty. Fails: INCONSISTENT (no such column;
 * no numbers), MALFORMED (names the row whose exposure is missing or not positive). Memory: in `arena`. */
MUST_USE bool count_data(Arena *arena, const Model *model, Str exposure, CountData *data, Error *err);

typedef struct {
    CountData data;
    CountFamily family;
    double *b, *se, *vcov;      /* p, p, p x p: log rate per unit of the column; inverse expected information */
    double *mean;               /* n; expected counts */
    double dispersion;          /* of the negative binomial; 0 where the counts vary no more than Poisson's (then the fit
                                   is Poisson's, and dispersion_se NaN) */
    double dispersion_se;       /* observed information, the means held; MASS's SE of theta over theta^2 */
    double log_likelihood, deviance;
    double pearson;             /* sum of (y - m)^2 / variance; over df it is 1 where the variance is right */
    double df;                  /* n - p */
    size_t n_steps;
} CountFit;

/* Fails: MALFORMED (names the first row that is not finite, or whose count or exposure cannot be), DEGENERATE (no more rows
 *        than columns; names the column that repeats others; no events at all; a combination of columns in which every
 *        count is 0 - an arm without events - and names it; a dispersion without finite estimate), NO_CONVERGENCE.
 * Method: Newton steps on the concave log likelihood; the dispersion is where the slope of the profile along it crosses
 * zero. Lawless (1987), Hilbe (2011). docs/methods/count-model.md. Memory: results in `arena`.
 * Checked against: R 4.2.2 glm and MASS 7.3-58 glm.nb, 1e-8. */
MUST_USE bool count_fit(Arena *arena, const CountData *data, CountFamily family, CountFit *fit, Error *err);

/* The sandwich covariance of b (p x p): right for rates even where the variance of the counts is not the family's. White
 * (1982), HC0. Checked against: R's sandwich 3.0-2, 1e-8. */
void count_robust(Arena *scratch, const CountFit *fit, double *vcov);

/* l'b as an estimate with infinite df, on the log scale: its exponential is a rate (per unit of exposure) or a ratio of
 * rates. vcov is fit->vcov or a robust one. Rows l of least-squares means and their differences are in lsmeans.h. */
Estimate count_contrast(const CountFit *fit, const double *vcov, const double *l, double confidence);

/* Test of b[j] = 0 and interval by the profile likelihood, the dispersion estimated anew at each point.
 * Fails: USAGE (level), NO_CONVERGENCE. Checked against: the same by optim in R, 1e-6. */
typedef struct {
    double chisq, p;
    Interval ci;
} CountProfile;
MUST_USE bool count_profile(Arena *scratch, const CountFit *fit, size_t j, double level, CountProfile *result, Error *err);

#endif
