/* The mixed model for repeated measures: a linear model whose errors are correlated within a subject, by restricted
 * (REML) or full (ML) maximum likelihood, with any pattern of missing visits. A subject's visits have covariance Sigma of
 * the structure that the formula's covariance term names, one Sigma for all or one per group. Subjects are reduced to
 * cross-products per pattern of visits once; what an iteration costs does not depend on their number.
 * Method, accuracy and limits: docs/methods/mmrm.md. */
#ifndef STAT_MMRM_H
#define STAT_MMRM_H

#include "stat/lsmeans.h"

#define MMRM_MAX_VISITS  64

typedef enum { MMRM_REML, MMRM_ML } MmrmMethod;

/* How the degrees of freedom of a contrast, and with Kenward & Roger also its standard error, are found.
 *   satterthwaite         Giesbrecht & Burns (1985); several rows: Fai & Cornelius (1996)
 *   kenward-roger         Kenward & Roger (1997) as SAS computes it: observed information, second derivatives in variances
 *                         and correlations (covariances where the structure is linear in them)
 *   kenward-roger-linear  the same without second derivatives; does not depend on the parameters chosen
 *   kenward-roger-mmrm    the same with second derivatives in log standard deviations and rows of a scaled Cholesky factor,
 *                         or t with t / sqrt(1 + t^2) a correlation: reproduces the few numbers of R's mmrm 0.3.18 that
 *                         were at hand, to compare with its default; not for spatial structures
 *   between-within        Schluchter & Elashoff (1990)
 *   residual              rows less rank */
#define MMRM_DF_METHODS(X)                                                                                    \
    X(SATTERTHWAITE,        "satterthwaite",        "Satterthwaite")                                          \
    X(KENWARD_ROGER,        "kenward-roger",        "Kenward-Roger")                                          \
    X(KENWARD_ROGER_LINEAR, "kenward-roger-linear", "Kenward-Roger, linear")                                  \
    X(KENWARD_ROGER_MMRM,   "kenward-roger-mmrm",   "Kenward-Roger as R's mmrm has it")                       \
    X(BETWEEN_WITHIN,       "between-within",       "between-within")                                         \
    X(RESIDUAL,             "residual",             "residual")

typedef enum {
#define X(name, word, meaning) MMRM_##name,
    MMRM_DF_METHODS(X)
#undef X
} MmrmDf;

const char *mmrm_df_meaning(MmrmDf df);
bool mmrm_df_parse(Str word, MmrmDf *df);
bool mmrm_df_adjusts(MmrmDf df);      /* whether it adjusts standard errors: Kenward & Roger's do */

/* The covariance of the coefficients.
 *   model  (X'V^-1 X)^-1, or as the Kenward-Roger method given for the degrees of freedom adjusts it
 *   hc0    Liang & Zeger (1986): products of each subject's residuals in the place of its V; SAS's EMPIRICAL
 *   cr2    Bell & McCaffrey (2002): the residuals times (I - H_i)^(-1/2), H_i being the subject's leverage where V_i is the
 *          identity; unbiased if the model's V holds
 *   cr3    the residuals times (I - H_i)^-1, nearly the jackknife: Mancl & DeRouen (2001)
 * With a robust one, "satterthwaite" df are those of Bell & McCaffrey with the model's V as the working one (Pustejovsky &
 * Tipton 2018); Kenward-Roger does not go with it. */
#define MMRM_VCOVS(X)                                                                                         \
    X(MODEL, "model", "asymptotic",             "model-based")                                                \
    X(HC0,   "hc0",   "empirical",              "sandwich HC0")                                               \
    X(CR2,   "cr2",   "empirical-bias-reduced", "sandwich CR2, bias reduced")                                 \
    X(CR3,   "cr3",   "empirical-jackknife",    "sandwich CR3, approximate jackknife")

typedef enum {
#define X(name, word, other, meaning) MMRM_VCOV_##name,
    MMRM_VCOVS(X)
#undef X
} MmrmVcov;

/* A word of the table, or R's mmrm's for the same. */
bool mmrm_vcov_parse(Str word, MmrmVcov *vcov);
const char *mmrm_vcov_meaning(MmrmVcov vcov);

/* {0} gives the defaults in brackets. */
typedef struct {
    MmrmMethod method;                /* [REML] */
    MmrmDf df;                        /* [Satterthwaite] */
    MmrmVcov vcov;                    /* [model] */
    Str weights;                      /* a column of positive numbers w: the covariance of rows i and j of a subject is
                                         Sigma[i][j] / sqrt(w[i] w[j]) [none] */
    size_t max_iterations;            /* [100] */
    double tolerance;                 /* of the Newton decrement, in units of -2 log likelihood [1e-16] */
    const double *start;              /* n_groups x n_visits x n_visits, positive definite: Sigma to start from, such as that of
                                         nearly the same data [found from the residuals] */
} MmrmOptions;

/* What shows that the optimum is one. */
typedef struct {
    size_t n_iterations, n_evaluations;
    double decrement;                 /* g' H^-1 g: twice what another Newton step would gain in -2 log likelihood */
    double gradient;                  /* Euclidean norm, in units where Sigma is the identity */
    double least_curvature;           /* smallest eigenvalue of H in the same units, per subject; > 0 at a minimum */
    double boundary;                  /* smallest eigenvalue of the correlation matrices; 0 is the boundary */
} MmrmCertificate;

typedef struct MmrmInside MmrmInside;

typedef struct {
    const Model *model;
    MmrmOptions options;
    CovarianceKind kind;
    size_t n, p, n_subjects, n_visits, n_groups, n_patterns;
    ModelVariable visits, subjects, groups;   /* groups has one level without a name when there is one Sigma for all */
    size_t *subjects_in;              /* n_groups; subjects of each group */
    RowSpace space;                   /* of X */
    double *b;                        /* p; 0 where aliased */
    double *vcov;                     /* p x p; the covariance of b that the options ask for; 0 where aliased */
    double *vcov_model;               /* p x p; (X' V^-1 X)^-1 */
    double *sigma;                    /* n_groups x n_visits x n_visits */
    size_t n_parameters;              /* of the covariance, all groups */
    double *parameters;               /* natural ones; group by group */
    Str *parameter_names;
    double minus_two_log_lik, aic, aicc, bic;
    MmrmCertificate certificate;
    MmrmInside *inside;               /* what contrasts need */
} MmrmFit;

/* Fits the model, whose formula has one covariance term. Each subject has at most one row per visit.
 * Fails: USAGE (no covariance term, or several; Kenward-Roger with a sandwich covariance; kenward-roger-mmrm
 * of a spatial structure), INCONSISTENT (two rows of one subject at one visit; a subject in two
 * groups; no such weights, or one that is not positive; coordinates that are not numbers), DEGENERATE (more than
 * MMRM_MAX_VISITS visits; too many groups; no residual degrees of freedom; visits that no subject has together, named,
 * when the structure is unstructured; an optimum on the boundary, or a likelihood that is flat in some direction),
 * NO_CONVERGENCE.
 * Method: Newton steps within a trust region on -2 log likelihood, in coordinates where the current Sigma is the
 * identity; exact first and second derivatives. Memory: everything lives in `arena`.
 * Checked against SAS PROC MIXED and closed forms. */
MUST_USE bool mmrm_fit(Arena *arena, const Model *model, const MmrmOptions *options, MmrmFit *fit, Error *err);

/* Coefficient j (not estimable when aliased), and l'b for a row l of p (not estimable outside the row space, and where so
 * few subjects are left that its adjusted variance or its df is not positive). A contrast uses room of the fit: one at a
 * time. */
Estimate mmrm_coefficient(const MmrmFit *fit, size_t j, double confidence);
Estimate mmrm_contrast(const MmrmFit *fit, const double *l, double confidence);

/* Standard errors of the n_rows contrasts in l (n_rows x p) by Satterthwaite (the model's), kenward-roger,
 * kenward-roger-linear and the fit's own method, and where they are furthest apart; degrees of freedom of one contrast do
 * not differ between them. False where nothing can be compared: a model with random terms, a sandwich covariance, df that
 * only count, or no row that can be estimated. */
typedef struct {
    double share;                     /* the largest over the smallest, less 1 */
    size_t row;                       /* of l */
    double satterthwaite, kenward_roger, kenward_roger_linear, own;
} MmrmSpread;
bool mmrm_compare_methods(Arena *arena, const MmrmFit *fit, const double *l, size_t n_rows, MmrmSpread *spread);

/* The joint test of l b = 0, l being n_rows x p: F with its degrees of freedom. Kenward & Roger's F is scaled.
 * Fails: DEGENERATE (a row is not estimable, named by its number from 1; l is zero). */
typedef struct {
    Str name;
    double df;                        /* 0: nothing is left to test, and the rest is 0 */
    double df_error, f, p;            /* NaN where so few subjects leave the approximating F without its moments */
    double scale;                     /* lambda of Kenward & Roger; 1 otherwise */
} MmrmTest;
MUST_USE bool mmrm_test(Arena *arena, const MmrmFit *fit, const double *l, size_t n_rows, MmrmTest *test, Error *err);

/* One test per term, in the order of the model. */
MmrmTest *mmrm_anova(Arena *arena, const MmrmFit *fit, TestType type);

/* Estimates of least-squares means and of their differences. */
Estimate *mmrm_lsmeans(Arena *arena, const MmrmFit *fit, const LsMeans *means, double confidence);
Estimate *mmrm_lsmeans_differences(Arena *arena, const MmrmFit *fit, const LsDifference *differences, size_t n,
                                   double confidence);

/* X b, one per row of the model and in its order. */
double *mmrm_fitted(Arena *arena, const MmrmFit *fit);

/* What is left of the response, one number per row of the model and in its order.
 *   raw         y - X b, in the response's unit
 *   Pearson     raw over the standard deviation of its visit: variance near 1, still correlated within a subject
 *   normalised  a subject's raw residuals in the order of visits, times the inverse of the lower Cholesky factor of their
 *               covariance: variance near 1 and uncorrelated, so that each row is what its past visits do not predict;
 *               NaN where Sigma is singular to rounding */
typedef enum { MMRM_RESIDUAL_RAW, MMRM_RESIDUAL_PEARSON, MMRM_RESIDUAL_NORMALISED } MmrmResidual;
double *mmrm_residuals(Arena *arena, const MmrmFit *fit, MmrmResidual kind);

/* What the model says of one row of a frame, whether its response is there or not. */
typedef struct {
    size_t row;                       /* of the frame */
    bool is_used;                     /* the fit has a response of that subject at that visit */
    Estimate marginal;                /* of the mean X b */
    Estimate conditional;             /* of the response, given the subject's responses; of a row that is used, the mean */
} MmrmPrediction;

/* Predictions for n_rows rows (NULL: all) of a frame, the fit's own or another with its columns; the response's need not be
 * there. Subjects are known by name; one that the fit has not seen is predicted at the mean.
 *   marginal      X b with its standard error (SAS: OUTPM)
 *   conditional   X b + Cov(y, y_i) V_i^-1 (y_i - X_i b), the best linear unbiased prediction; its standard error is that of
 *                 prediction less response, so it holds the response's own variance (SAS: OUTP)
 * Neither is estimable where a value is missing, a level was not seen in the fit, or the mean is not estimable; conditional
 * also not where the visit was not seen or there is no weight.
 * Intervals at two-sided confidence: t with the df of the fit's method; under Satterthwaite and Kenward-Roger the df of a
 * conditional one are 2 v^2 / var(v) for the whole variance v. Under a sandwich covariance only the coefficients' part of v
 * is robust, and df are the model's.
 * Fails: INCONSISTENT (a column is not in the frame), USAGE (the fit is one of stat/mixed). Memory: scratch in `arena`;
 * predictions (n_rows) is the caller's.
 * Source: Harville (1976); Kackar & Harville (1984). Checked against SAS PROC MIXED. */
MUST_USE bool mmrm_predict(Arena *arena, const MmrmFit *fit, const Frame *frame, const size_t *rows, size_t n_rows,
                           double confidence, MmrmPrediction *predictions, Error *err);

#endif
