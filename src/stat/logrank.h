/* Do groups differ in how fast events come? The log-rank test of two and more groups, within strata if wanted, and its
 * weighted kin that look more at early events. Ranks only: any stretching of time leaves the result as it is. */
#ifndef STAT_LOGRANK_H
#define STAT_LOGRANK_H

#include "stat/survival.h"

typedef struct {
    SurvivalData data;
    const size_t *group;              /* data.n codes below n_groups */
    size_t n_groups;
    const size_t *stratum;            /* data.n codes below n_strata; NULL: subjects are not stratified */
    size_t n_strata;
    double rho;                       /* weight S(t-)^rho: 0 log-rank, 1 Peto & Peto's Wilcoxon */
} LogRankInput;

typedef struct {
    size_t n_groups;
    size_t *n;                        /* n_groups; subjects */
    double *observed, *expected;      /* n_groups; events (weighted by S(t-)^rho), seen and under equal hazards */
    double *variance;                 /* n_groups x n_groups; of observed - expected */
    double chisq, df, p;              /* df: one less than the groups that were compared with each other */
    double z;                         /* of two groups: positive when the second (code 1) has more events than expected */
    double p_greater, p_less;         /* of two groups: alternatives that the second's events come faster, slower */
} LogRankTest;

/* Fails: as survival_check; USAGE (rho negative or not finite; fewer than two groups), DEGENERATE (no event; two
 * groups were never at risk together when an event happened).
 * A group that nobody was in, or that was never at risk beside another at an event, takes a degree of freedom with it.
 * Method: observed less expected given the margins of the table at each event time, hypergeometric variance, summed
 * over times and strata. Mantel (1966), Cox (1972), Harrington & Fleming (1982). docs/methods/logrank.md.
 * Memory: arrays in `arena`. Checked against: R 4.2.2 survival 3.5-3, relative 1e-8. */
MUST_USE bool logrank_test(Arena *arena, const LogRankInput *input, LogRankTest *test, Error *err);

#endif
