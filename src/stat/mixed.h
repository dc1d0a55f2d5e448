/* The general linear mixed model: y = X b + Z u + e with random effects u of any grouping, and errors e that are independent,
 * or correlated within a subject by one of the structures of repeated measures, or by distance between points of every
 * subject's own. Restricted (REML) or full (ML) maximum likelihood. What it says of the coefficients is a MmrmFit, so that
 * mmrm_coefficient, mmrm_contrast, mmrm_test, mmrm_anova and mmrm_lsmeans serve both engines.
 * Method, cost and limits: docs/methods/mixed-model.md. */
#ifndef STAT_MIXED_H
#define STAT_MIXED_H

#include "stat/mmrm.h"

#define MIXED_MAX_COUPLED  2000       /* random effects that hang together through the rows they share */

/* {0} gives REML and Satterthwaite's degrees of freedom by observed information. */
typedef struct {
    MmrmOptions mmrm;                 /* method, df (not between-within), weights, max_iterations, tolerance */
    bool expected_information;        /* of the covariance, for the degrees of freedom, in place of the observed: with
                                         kenward-roger-linear what R's pbkrtest computes */
} MixedOptions;

/* One random term: effects (1, Days) that vary over levels ("308", "309") with covariance g. */
typedef struct {
    Str group;                        /* "Subject", "SITE:USUBJID" */
    size_t n_effects, n_levels, rank; /* rank of g; less than n_effects on the boundary */
    size_t first;                     /* of its parameters among those of the fit: g packed by columns of the upper triangle */
    Str *effects;                     /* n_effects; "(Intercept)", "Days" */
    Str *levels;                      /* n_levels; "308", "01:1015" */
    double *g;                        /* n_effects^2, in the response's unit squared per units of the effects */
    double *u, *u_se;                 /* n_levels x n_effects: best linear unbiased prediction, and the standard error of
                                         prediction sqrt var(u - its prediction), the coefficients being estimated too */
} MixedRandom;

/* certificate.gradient and .least_curvature of `fixed` are in units where the expected information is the identity;
 * .boundary is the least eigenvalue of the correlations of each g and Sigma, 0 on the boundary. */
typedef struct {
    MmrmFit fixed;                    /* coefficients, likelihood, certificate. Its parameters are all those below; sigma,
                                         visits and groups are set when errors are correlated over visits */
    size_t n_randoms;
    MixedRandom *randoms;
    size_t n_blocks, largest_block;   /* blocks of rows that share random effects; rows of the largest */
    bool has_repeated, has_points;    /* errors correlated within subjects; by distance of own points */
    double residual;                  /* the errors' variance when they are independent */
    double *parameters_se;            /* from the information; NaN on the boundary */
} MixedFit;

/* Whether mixed_fit is what the formula needs: it has random terms, or distances between more points than
 * MMRM_MAX_VISITS. */
bool mixed_is_needed(Arena *arena, const Model *model);

/* Fits the model, whose formula has random terms, a covariance term, or both.
 * Fails: USAGE (neither; several covariance terms; between-within), INCONSISTENT (two rows of one subject at one visit or
 * point; a subject in two groups; weights that are not positive; points that are not numbers), DEGENERATE (no residual
 * degrees of freedom; a random effect for every row; more than MIXED_MAX_COUPLED effects hang together; an exact fit; a
 * likelihood that is flat in some direction), NO_CONVERGENCE. A variance that ends at zero is an answer, not a failure.
 * Method: Newton steps on -2 log likelihood with exact first and second derivatives, in Cholesky factors; block by block
 * with Woodbury's identity. Memory: everything lives in `arena`.
 * Checked against lme4, lmerTest, pbkrtest, nlme, SAS PROC MIXED and stat/mmrm. */
MUST_USE bool mixed_fit(Arena *arena, const Model *model, const MixedOptions *options, MixedFit *fit, Error *err);

#endif
