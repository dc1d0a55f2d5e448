/* Which linear functions of a model's coefficients the data can estimate, and which of them are the hypotheses of types
 * I, II and III. They depend on the design, not on the coding, and are shared by least squares and repeated measures.
 * Method: docs/methods/linear-model.md; Goodnight (1978), SAS Technical Report R-101; SAS/STAT User's Guide, "The Four
 * Types of Estimable Functions". */
#ifndef STAT_ESTIMABLE_H
#define STAT_ESTIMABLE_H

#include "stat/model.h"

/* A column of which the earlier ones leave less than this share of its length counts as their combination. */
#define RANK_TOLERANCE 1e-11

/* An estimate with its t interval and two-sided test against zero. */
typedef struct {
    bool is_estimable;                /* false: the data say nothing about it, and the rest is 0 */
    double estimate, se, df;          /* df may be infinite */
    double t, p, lower, upper;
} Estimate;

/* Fills t, p and the limits at two-sided confidence (0.95) from the other three. Where se is 0 (a perfect fit), t is
 * infinite unless the estimate is 0 too. */
Estimate estimate_of(double estimate, double se, double df, double confidence);

/* The row space of a design of p columns and rank r. */
typedef struct {
    size_t p, rank;
    double *r;                        /* rank x p, row echelon; r' r = X' X (or X' V^-1 X) */
    size_t *pivot;                    /* rank; the column in which each row begins, increasing */
    bool *is_aliased;                 /* p; the columns without a pivot */
    double *relation;                 /* rank x p: column j = sum over k of relation[k][j] times column pivot[k] */
} RowSpace;

/* Completes a row space of which p, rank, r and pivot are set. */
void row_space_complete(Arena *arena, RowSpace *space);

/* Whether l (p) is estimable: a combination of the rows of the design. Exact for full rank. */
bool row_space_holds(const RowSpace *space, const double *l);

typedef enum { TEST_TYPE_I = 1, TEST_TYPE_II, TEST_TYPE_III } TestType;

/* The hypothesis about one term: n_rows (its degrees of freedom, 0 when nothing is left to test) estimable functions of
 * the p coefficients that are all zero under it.
 *   type I    the term adds nothing to those before it
 *   type II   the term adds nothing to all that do not contain it
 *   type III  the functions that involve only the term and those that contain it, orthogonal to the functions that
 *             involve the latter alone, in the coefficients of a design with a column for every level
 * With empty cells type III is SAS's answer, and like it depends on which cells are empty (SAS's type IV is not given). */
typedef struct {
    size_t n_rows;
    double *l;                        /* n_rows x p */
} Hypothesis;

MUST_USE Hypothesis estimable_hypothesis(Arena *arena, const Model *model, const RowSpace *space, size_t term, TestType type);

#endif
