/* Between the files of partial_credit: the data reduced to what the conditional likelihood needs. */
#ifndef STAT_PARTIAL_CREDIT_INSIDE_H
#define STAT_PARTIAL_CREDIT_INSIDE_H

#include "stat/partial_credit.h"

/* Persons who answered the same items, counted by their score. */
typedef struct {
    size_t n_items, *items;
    size_t most;   /* the score of everything on those items */
    double *count; /* most + 1; informative persons, so 0 at both ends */
} ScorePattern;

typedef struct {
    size_t n_items, q, *first; /* thresholds as in the fit, q in all */
    size_t n_patterns;
    ScorePattern *patterns;
    double *observed;          /* q; informative persons who reached the step */
} ScoreCounts;

/* Moments of the score on one item whose thresholds are t[0..m-1]. */
typedef struct {
    double mean, variance, third, fourth; /* central, from the second on */
} ScoreMoments;
ScoreMoments score_moments(const double *t, size_t m, double theta);

/* The ability at which `n` items are expected to give `score`, which lies between nothing and everything. */
double ability_for(const ScoreCounts *counts, const double *threshold, const size_t *items, size_t n, double score);

/* The log likelihood given the scores, at thresholds (q); and, where they are not NULL, its derivatives: score (q) and
 * information (q x q), minus the second ones. */
double conditional_likelihood(Arena *scratch, const ScoreCounts *counts, const double *threshold, double *score,
                              double *information);

#endif
