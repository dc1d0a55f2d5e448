/* The bootstrap: intervals for any statistic by drawing subjects again, with all their rows. */
#ifndef STAT_BOOTSTRAP_H
#define STAT_BOOTSTRAP_H

#include <stdint.h>

#include "stat/sample.h"

/* The statistic of n rows given by index; a row may come more than once. NaN says it cannot be computed of
 * these. It must depend on nothing else, and must allocate from `scratch` only, which is rewound after each
 * call. */
typedef double Statistic(Arena *scratch, const size_t *rows, size_t n, void *context);

/* Who is drawn: unit u (a subject) brings rows[first[u] .. first[u + 1]); stratum[u] < n_strata keeps the
 * numbers per stratum (an arm, a site) as they are. */
typedef struct {
    size_t n_units;
    const size_t *first;              /* n_units + 1; NULL: unit u is row u */
    const size_t *rows;               /* NULL with first */
    const size_t *stratum;            /* NULL: one stratum */
    size_t n_strata;
} BootstrapUnits;

typedef struct {
    size_t n_replicates;              /* 100 at least; 2000 or more for an interval */
    uint64_t seed;                    /* replicate i draws from stream i */
    double level;
} BootstrapOptions;

typedef struct {
    double estimate;                  /* of the rows as they are */
    double bias, se;                  /* of the replicates */
    Interval percentile;
    Interval bca;                     /* bias-corrected and accelerated */
    double z0, acceleration;
    size_t n_failed;                  /* replicates whose statistic was NaN; left out */
} Bootstrap;

/* Fails: USAGE (level; fewer than 100 replicates), DEGENERATE (fewer than two units; the statistic cannot be
 * computed of the data, of all of them but one unit, or of more than a tenth of the replicates; all replicates
 * lie on one side of the estimate).
 * Method: Efron (1987) for BCa, with the jackknife over units for the acceleration (over all units, whatever
 * the stratum); quantiles at (B + 1) p, interpolated (Davison & Hinkley 1997, section 5.2).
 * Checked against: closed forms for the mean (se, acceleration = skewness / 6 sqrt(n));
 * docs/methods/bootstrap.md. */
MUST_USE bool bootstrap(Arena *scratch, const BootstrapUnits *units, BootstrapOptions options,
                        Statistic *statistic, void *context, Bootstrap *result, Error *err);

#endif
