/* Shared by the files of the Cox module: subjects in the order of the sweep, and the sweep over those at risk. */
#ifndef STAT_COX_INSIDE_H
#define STAT_COX_INSIDE_H

#include "stat/cox.h"

/* The subjects of one time in one stratum: the censored stand before those with the event. */
typedef struct {
    size_t first, n_censored, n_events;
    size_t time;                      /* index into the SurvivalTimes */
    bool begins_stratum;
} CoxBlock;

/* Columns are centred and divided by their standard deviation, so that one tolerance fits all. */
typedef struct {
    size_t n, p, n_events, n_blocks, most_tied;
    CoxTies ties;
    SurvivalTimes times;
    size_t *subject;                  /* n; by stratum, then latest time first */
    CoxBlock *blocks;
    double *x;                        /* n x p, in that order */
    double *scale;                    /* p */
} CoxProblem;

/* A distribution of x (p values), each value with the weight exp(eta): its mean and covariance. For events that are
 * tied exactly: of the sum of x over sets of subjects. */
typedef struct {
    double log_weight;                /* of the sum of weights */
    double *mean;                     /* p */
    double *covariance;               /* p x p, lower triangle */
} CoxMoments;

/* Once for each event (for all of a block at once when ties are exact), with what it was compared with. */
typedef void CoxVisit(void *context, const CoxBlock *block, const CoxMoments *at_risk);

CoxProblem cox_problem(Arena *arena, const CoxInput *input, CoxTies ties);
void cox_sweep(Arena *scratch, const CoxProblem *problem, const double *eta, CoxVisit *visit, void *context);

/* eta (n) = x b, in the problem's order and units. */
void cox_predictor(const CoxProblem *problem, const double *b, double *eta);

/* score (n x p), in the problem's order and units: what each subject adds to the gradient. Not for exact ties. */
void cox_score_residuals(Arena *scratch, const CoxProblem *problem, const double *eta, double *score);

#endif
