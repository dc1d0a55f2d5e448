/* The normal linear model by least squares: coefficients and their covariance, analysis of variance of types I, II and
 * III, contrasts, and covariances that allow unequal variances. ANOVA, ANCOVA and regression are all this.
 * Method, accuracy and limits: docs/methods/linear-model.md. */
#ifndef STAT_LINEAR_H
#define STAT_LINEAR_H

#include "stat/estimable.h"

typedef struct {
    size_t n, p;
    double df;                        /* residual: n - rank */
    RowSpace space;                   /* of x; space.rank, space.is_aliased */
    double *b, *b_low;                /* p; high and low part, in y's unit per unit of the column; 0 where aliased */
    double *vcov;                     /* p x p; 0 where aliased */
    double *residuals;                /* n */
    double s2, sigma;                 /* residual mean square and its root; 0 when df is 0 */
    double rss, tss;                  /* tss about the mean if there is an intercept, else about 0 */
    double model_df, r2, r2_adjusted, f, f_p;
    double *xtx_inverse;              /* p x p; a g-inverse with zeros where aliased */
    const double *x;                  /* as passed */
} LinearFit;

/* Least squares of y on x: min ||y - x b||, var(b) = s2 (x'x)^-1.
 *   x       n x p, row-major; kept by reference
 *   x_low   NULL, or what x's doubles lack (n x p): a polynomial's columns are then right to twice the precision
 *   y       n
 *   has_intercept   column 0 is the constant 1
 * A column that repeats earlier ones (RANK_TOLERANCE) is aliased: its coefficient is 0 and the fit goes on.
 * Fails: DEGENERATE (no column is free; n = 0), MALFORMED (names the first row that is not finite, from 1).
 * Method: Householder QR in column order, then iterative refinement with residuals in twice the precision; x'x is formed
 * (in twice the precision) only to polish R where columns are nearly dependent. Golub & Van Loan (2013), section 5.3.
 * Memory: results in `arena`. Checked against R 4.2 lm, SAS PROC GLM and the NIST StRD certificates. */
MUST_USE bool least_squares(Arena *arena, const double *x, const double *x_low, const double *y, size_t n, size_t p,
                            bool has_intercept, LinearFit *fit, Error *err);

/* The same for a model. Fails also with DEGENERATE when no residual degree of freedom is left. */
MUST_USE bool linear_fit(Arena *arena, const Model *model, LinearFit *fit, Error *err);

/* Names of the aliased columns, joined by ", "; empty when there are none. */
Str linear_aliased(Arena *arena, const Model *model, const LinearFit *fit);

/* Coefficient j as an estimate (not estimable when aliased), and l'b for a row l of p. */
Estimate linear_coefficient(const LinearFit *fit, size_t j, double confidence);
Estimate linear_contrast(const LinearFit *fit, const double *l, double confidence);

/* The joint test of l b = 0, l being n_rows x p: sum of squares, its degrees of freedom (the rank of l), F and p.
 * Fails: DEGENERATE (a row is not estimable, named by its number from 1; l is zero; no residual degrees of freedom). */
typedef struct {
    Str name;
    double ss, df, ms, f, p;
} LinearTest;
MUST_USE bool linear_test(Arena *arena, const LinearFit *fit, const double *l, size_t n_rows, LinearTest *test, Error *err);

/* One test per term, in the order of the model; a term with nothing left to test has df 0, and f and p are 0. */
LinearTest *linear_anova(Arena *arena, const Model *model, const LinearFit *fit, TestType type);

/* Covariance of b under unequal variances: White's (1980) HC0 and the small-sample forms HC1 to HC3 of MacKinnon & White
 * (1985). vcov is p x p. Fails: DEGENERATE (HC2, HC3: a row with leverage 1, named). */
typedef enum { ROBUST_HC0, ROBUST_HC1, ROBUST_HC2, ROBUST_HC3 } RobustKind;
MUST_USE bool linear_robust(Arena *arena, const LinearFit *fit, RobustKind kind, double *vcov, Error *err);

#endif
