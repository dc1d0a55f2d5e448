/* Events per time without a model: the exact interval of one rate, and the exact comparison of two. Counts are Poisson:
 * events come singly and at a constant rate. Where subjects differ, count_model.h is the place. */
#ifndef STAT_RATE_H
#define STAT_RATE_H

#include "stat/sample.h"

/* events in `exposure` (positive, in any unit of time or person-time; rates are per that unit). */
typedef struct {
    size_t events;
    double exposure;
} RateCount;

/* Exact interval of the rate. Garwood (1936). The lower bound of no events is 0.
 * Fails: USAGE (level), MALFORMED (exposure). Checked against: R 4.2.2 poisson.test, 1e-12. */
MUST_USE bool rate_exact_ci(RateCount count, double level, Interval *ci, Error *err);

typedef struct {
    double ratio; /* of the rate of x over that of y; infinite or 0 where one had none, NaN where neither had */
    Interval ci;  /* exact */
    double p;     /* two-sided: splits of the events no more likely than the one seen (relative 1e-7) */
} RateRatio;

/* Given all events together, those of x are binomial under equal rates (Przyborowski & Wilenski 1940). Without any
 * events p is 1 and the interval (0, infinity). Fails: as above. Checked against: R 4.2.2 poisson.test, 1e-12. */
MUST_USE bool rate_compare(RateCount x, RateCount y, double level, RateRatio *result, Error *err);

#endif
