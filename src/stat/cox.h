/* Cox's proportional hazards regression: how covariates multiply the rate of events, whatever that rate does over time.
 * Within strata, each with a rate of its own, if wanted; with robust standard errors for subjects in clusters; and the
 * check that the ratios of rates stay the same over time. */
#ifndef STAT_COX_H
#define STAT_COX_H

#include "base/text.h"
#include "stat/survival.h"

/* What to do when events happen at one time. */
#define COX_TIES(X)                                                                                           \
    X(EFRON,   "efron",   "averages over the orders they may have had; R's default")                          \
    X(BRESLOW, "breslow", "each is compared with all at risk; SAS's default")                                 \
    X(EXACT,   "exact",   "time is discrete: which subjects, given how many; SAS's TIES=DISCRETE")

typedef enum {
#define X(name, text, meaning) COX_TIES_##name,
    COX_TIES(X)
#undef X
} CoxTies;

typedef struct {
    SurvivalData data;
    size_t p;                         /* columns */
    const double *x;                  /* n x p, row-major, each column in its unit; no column of ones */
    const Str *names;                 /* p */
    const size_t *stratum;            /* n codes; NULL: not stratified */
    const size_t *cluster;            /* n codes below n, for robust standard errors; NULL: each subject alone */
} CoxInput;

/* `{0}` is Efron, model-based standard errors, 95 %. */
typedef struct {
    CoxTies ties;
    bool robust;
    double level;                     /* of the intervals; 0 means 0.95 */
    double tolerance;                 /* squared distance to the maximum in standard errors; 0 means 1e-20 */
    size_t max_iterations;            /* 0 means 50 */
} CoxOptions;

typedef struct {
    Str name;
    double estimate;                  /* log hazard ratio per unit of the column */
    double se, se_model;              /* se is the robust one where asked for, and what follows uses it */
    double z, p_two_sided;
    double hazard_ratio;
    Interval hazard_ratio_ci;
} CoxCoefficient;

typedef struct {
    double statistic, df, p;          /* chi-square */
} CoxTest;

typedef struct {
    size_t n, n_events, p;
    CoxTies ties;
    bool robust;
    double level;
    CoxCoefficient *coef;             /* p */
    double *vcov;                     /* p x p; robust where asked for */
    double *vcov_model;               /* p x p; inverse of the observed information */
    double loglik_null, loglik;       /* partial, without constants */
    CoxTest likelihood_ratio, score;  /* of all coefficients; model-based */
    CoxTest wald;                     /* uses vcov */
    size_t iterations;
    double decrement;                 /* where it ended; see tolerance */
} CoxFit;

/* Maximises the partial likelihood.
 * Fails: as survival_check; USAGE (level; no column; robust with exact ties), MALFORMED (names row and column of the
 *        first x that is not finite), DEGENERATE (no event; names a column that does not vary among those at risk, or
 *        that repeats the columns before it; names the column with which the likelihood rises without end, so that
 *        no finite estimate exists; fewer clusters than columns), NO_CONVERGENCE.
 * Method: Newton with step halving on means and covariances of x among those at risk. Cox (1972, 1975), Efron (1977),
 *        Breslow (1974), Gail, Lubin & Rubinstein (1981), Lin & Wei (1989). docs/methods/cox.md.
 * Memory: fit's arrays in `arena`; names are not copied. Checked against: R 4.2.2 survival 3.5-3, 1e-8. */
MUST_USE bool cox_fit(Arena *arena, const CoxInput *input, const CoxOptions *options, CoxFit *fit, Error *err);

/* That some coefficients (of a factor's levels, say) are all 0: a Wald test with vcov.
 *   column   n_columns different indices below fit->p
 * Fails: USAGE (no column), DEGENERATE (their covariance is singular). */
MUST_USE bool cox_wald(Arena *scratch, const CoxFit *fit, const size_t *column, size_t n_columns, CoxTest *test,
                       Error *err);

/* The function of time with which a coefficient may drift. */
#define COX_CLOCKS(X)                                                                                         \
    X(KM,       "km",       "one minus the Kaplan-Meier curve before the time; R's default")                  \
    X(IDENTITY, "identity", "time itself")                                                                    \
    X(LOG,      "log",      "logarithm of time")                                                              \
    X(RANK,     "rank",     "midrank of the time among all subjects")

typedef enum {
#define X(name, text, meaning) COX_CLOCK_##name,
    COX_CLOCKS(X)
#undef X
} CoxClock;

typedef struct {
    size_t n_events, p;
    CoxTest *column;                  /* p; that this coefficient does not drift, 1 df */
    CoxTest global;                   /* that none does, p df */
    double *time, *clock;             /* n_events, earliest first: time and the function of it */
    double *scaled;                   /* n_events x p; scaled Schoenfeld residual + coefficient: plotted against the
                                         clock and smoothed, it shows the coefficient over time */
} CoxProportionality;

/* Checks proportional hazards, for the input and options of a fit that succeeded. Fails: DEGENERATE (logarithm with an
 * event at time 0; the drift cannot be told from the coefficient, as with a single event time).
 * Method: score test for the product of x and the clock, with the information at each event time. Grambsch & Therneau
 * (1994). Checked against: R 4.2.2 cox.zph of survival 3.5-3, 1e-8. */
MUST_USE bool cox_proportionality(Arena *arena, const CoxInput *input, const CoxFit *fit, CoxClock clock,
                                  CoxProportionality *check, Error *err);

#endif
