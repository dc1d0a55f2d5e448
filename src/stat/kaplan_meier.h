/* The Kaplan-Meier estimate of the chance to be without the event after a time, and what is read from it: chances at
 * times, quantiles, the restricted mean, numbers at risk. One curve per call: an arm, or everybody. */
#ifndef STAT_KAPLAN_MEIER_H
#define STAT_KAPLAN_MEIER_H

#include "stat/survival.h"

/* The scale on which estimate +- z se is taken. */
#define KM_INTERVALS(X)                                                                                       \
    X(LOG,     "log",     "logarithm of the survival; R's default")                                           \
    X(LOG_LOG, "log-log", "log of minus log, which stays between 0 and 1; SAS's default")                     \
    X(PLAIN,   "plain",   "the survival itself, as Greenwood had it")

typedef enum {
#define X(name, text, meaning) KM_INTERVAL_##name,
    KM_INTERVALS(X)
#undef X
} KmInterval;

/* The curve after each distinct time, censored or not; it is 1 before the first. */
typedef struct {
    size_t n, n_events, n_times;
    double *time;                     /* ascending, in the data's unit */
    size_t *at_risk;                  /* watched just before the time */
    size_t *events, *censored;        /* at the time */
    double *survival;
    double *se;                       /* Greenwood's; infinite where the curve is at 0 */
    Interval *ci;                     /* pointwise, within [0, 1]; infinite where the curve is at 0 */
    KmInterval interval;
    double level;
} KaplanMeier;

/* Fails: as survival_check; USAGE (level).
 * Method: S(t) = prod (1 - d/n) over times <= t; var log S = sum d / (n (n - d)). Kaplan & Meier (1958), Greenwood
 * (1926). docs/methods/kaplan-meier.md. Bounds beyond [0, 1] are cut there; where S is 1 the interval is [1, 1].
 * Memory: arrays in `arena`. Checked against: R 4.2.2 survival 3.5-3, relative 1e-8. */
MUST_USE bool kaplan_meier(Arena *arena, const SurvivalData *data, KmInterval interval, double level,
                           KaplanMeier *curve, Error *err);

/* The curve at any time >= 0. */
typedef struct {
    double time;
    size_t at_risk;                   /* watched at least until then */
    bool known;                       /* false after the last time, unless the curve ended at 0; the rest is then 0 */
    double survival, se;
    Interval ci;
} KmPoint;

KmPoint kaplan_meier_at(const KaplanMeier *curve, double time);

/* The time by which a share of subjects has had the event. */
typedef struct {
    double share;                     /* 0.5: the median */
    double estimate;                  /* infinite when the curve does not come down to 1 - share */
    Interval ci;                      /* from the curve's bounds; each infinite when its bound does not come down */
} KmQuantile;

/* The middle of the times at which the curve is 1 - share, else the first below; with the curve's lower and upper
 * bounds in its place for the interval (Brookmeyer & Crowley 1982). Fails: USAGE unless 0 < share < 1. */
MUST_USE bool kaplan_meier_quantile(const KaplanMeier *curve, double share, KmQuantile *quantile, Error *err);

/* Mean time without the event within the first tau: the area under the curve. */
typedef struct {
    double tau;
    double estimate, se;              /* in the unit of time */
    Interval ci;                      /* estimate +- z se, at the curve's level */
} KmMean;

/* Fails: USAGE (tau not positive and finite), DEGENERATE (tau is after the last time and the curve is not at 0).
 * Method: var = sum over event times of (area from there to tau)^2 d / (n (n - d)). Klein & Moeschberger (2003), 4.5;
 * no factor m / (m - 1). */
MUST_USE bool kaplan_meier_mean(const KaplanMeier *curve, double tau, KmMean *mean, Error *err);

/* Restricted means of two arms, `second` less `first`. Both curves have one level. */
typedef struct {
    KmMean first, second;
    double difference, se, z, p_two_sided;
    Interval ci;
} KmMeanDifference;

/* Fails: as kaplan_meier_mean (in "first arm", "second arm"), DEGENERATE (no event before tau in either arm). */
MUST_USE bool kaplan_meier_mean_difference(const KaplanMeier *first, const KaplanMeier *second, double tau,
                                           KmMeanDifference *difference, Error *err);

#endif
