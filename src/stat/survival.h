/* Times to an event, some of them censored: what Kaplan-Meier, log-rank and Cox have in common. Everybody is watched
 * from time 0; who entered late (left truncation) has no place here. A subject censored at a time was still at risk for
 * the events of that time. */
#ifndef STAT_SURVIVAL_H
#define STAT_SURVIVAL_H

#include <stdbool.h>

#include "stat/sample.h"

typedef struct {
    size_t n;                         /* subjects */
    const double *time;               /* n, at least 0, in any one unit: when the event came or the watch ended */
    const bool *event;                /* n; false: censored, no event until `time` */
} SurvivalData;

/* Fails: DEGENERATE (nobody), MALFORMED (names the first time that is not finite or is negative). */
MUST_USE bool survival_check(const SurvivalData *data, Error *err);

/* The distinct times in order, and who has them. */
typedef struct {
    size_t n_times;
    double *time;                     /* n_times, ascending; the least of those that count as one */
    size_t *first;                    /* n_times + 1; those with time k are by_time[first[k] .. first[k + 1] - 1] */
    size_t *by_time;                  /* n subjects, earliest first */
    size_t *of_subject;               /* n; which of the times a subject has */
} SurvivalTimes;

/* Times in one chain of gaps within sample_tie_tolerance are one time: months computed from days differ by rounding.
 * data has passed survival_check. Memory: in `arena`. */
SurvivalTimes survival_times(Arena *arena, const SurvivalData *data);

#endif
