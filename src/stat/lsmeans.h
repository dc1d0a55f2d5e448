/* Least-squares means: what a model predicts for each level of a factor when the other factors are balanced, and the
 * covariates stand at their means; and differences between them. The rows are linear functions of the coefficients, so
 * that least squares and repeated measures share them. Method: docs/methods/ls-means.md. */
#ifndef STAT_LSMEANS_H
#define STAT_LSMEANS_H

#include "stat/linear.h"

#define LSMEANS_MAX_ROWS  10000

/* How the factors that are averaged over are weighted. */
typedef enum {
    MARGINS_EQUAL,                    /* each level alike (SAS's default) */
    MARGINS_OBSERVED                  /* each combination as often as in the rows used (SAS's OM) */
} Margins;

/* One row per combination of levels; the first factor's levels run fastest. */
typedef struct {
    const Model *model;
    size_t n_factors, n_compared;     /* factors before "|" are compared, those after it only split */
    size_t *factors;                  /* n_factors; variables of the model */
    size_t n;
    size_t *levels;                   /* n x n_factors */
    size_t *n_rows;                   /* n; rows of the data in the combination */
    Str *labels;                      /* n; "High", "High, F", "High | Week 24" */
    double *l;                        /* n x p: the mean is l b */
} LsMeans;

/* Means of `of`: "ARM", "ARM * SEX" (every combination), or "ARM | AVISIT" (of ARM at each AVISIT).
 * Fails: MALFORMED (no name where one is expected), INCONSISTENT (no such variable, or a covariate), DEGENERATE (more than
 * LSMEANS_MAX_ROWS combinations). Whether a mean is estimable, linear_contrast says. Results in `arena`.
 * Source: Searle, Speed & Milliken (1980); SAS/STAT User's Guide, LSMEANS. Checked against R's emmeans and PROC GLM. */
MUST_USE bool lsmeans_rows(Arena *arena, const Model *model, Str of, Margins margins, LsMeans *means, Error *err);

/* One difference: mean `first` less mean `second`. */
typedef struct {
    size_t first, second;
    Str label;                        /* "High - Placebo", "High - Placebo | Week 24" */
    Str ratio_label;                  /* of its exponential: "High / Placebo | Week 24" */
    double *l;                        /* p */
} LsDifference;

/* Differences within each level of the splitting factors: every pair (earlier less later), or, when `reference` is not
 * empty, each level less that one; it names a level of the one factor compared.
 * Fails: INCONSISTENT (no such level; a reference where several factors are compared). */
MUST_USE bool lsmeans_differences(Arena *arena, const LsMeans *means, Str reference, LsDifference **differences,
                                  size_t *n, Error *err);

/* Estimates of means and differences from a least-squares fit. */
Estimate *lsmeans_estimates(Arena *arena, const LsMeans *means, const LinearFit *fit, double confidence);
Estimate *lsmeans_difference_estimates(Arena *arena, const LsDifference *differences, size_t n, const LinearFit *fit,
                                       double confidence);

#endif
