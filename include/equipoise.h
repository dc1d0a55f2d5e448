/* libequipoise: the statistics of Equipoise from C. Compile with `pkg-config --cflags --libs equipoise`.
 *
 *     EqError err = {0};
 *     EqData *data = eq_data_read("fev.csv", &err);
 *     EqFit *fit = data ? eq_fit(data, "FEV1 ~ ARMCD * AVISIT + us(AVISIT | USUBJID)", &(EqOptions){.df = "kenward-roger"}, &err) : NULL;
 *
 * Names begin with eq_ and stay as they are from one version to the next; structs may gain members at their end, so
 * initialise them by name, and compile again for a new version. What a function returns belongs to the data or the fit it was asked of, and lives as long.
 * Nothing here is global: two threads may work on two fits. */
#ifndef EQUIPOISE_H
#define EQUIPOISE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0" */
const char *eq_version(void);

/* Why a call failed. {0} is no error. */
typedef enum {
    EQ_OK,
    EQ_USAGE,                         /* the request itself is wrong */
    EQ_MALFORMED,                     /* the input cannot be read */
    EQ_INCONSISTENT,                  /* readable, but it contradicts the data: no such column */
    EQ_DENIED,
    EQ_DEGENERATE,                    /* the data cannot support the estimate */
    EQ_NO_CONVERGENCE,
    EQ_IO                             /* the file refused */
} EqCode;

typedef struct {
    EqCode code;
    char message[512];                /* what is wrong */
    char place[512];                  /* where: file, line, column */
    char hint[512];                   /* how to mend it */
} EqError;

/* A table of columns of one length. */
typedef struct EqData EqData;

/* An empty table of n_rows. Ended by eq_data_free (NULL is allowed). */
EqData *eq_data_new(size_t n_rows);
void eq_data_free(EqData *data);

/* Adds a column; values are copied. NaN is a missing number, NULL a missing text. Fails: EQ_INCONSISTENT (the name is
 * there already), EQ_MALFORMED (an infinite number, named by its row from 1). */
bool eq_data_add_numbers(EqData *data, const char *name, const double *values, EqError *err);
bool eq_data_add_texts(EqData *data, const char *name, const char *const *values, EqError *err);

/* A CSV file, or a SAS transport file when the name ends in .xpt. NULL and an error when it cannot be read. */
EqData *eq_data_read(const char *path, EqError *err);

size_t eq_data_rows(const EqData *data);

/* {0} gives the defaults in brackets. Words are those of `equipoise fit`. */
typedef struct {
    const char *method;               /* "reml" or "ml" ["reml"] */
    const char *df;                   /* "satterthwaite", "kenward-roger", "kenward-roger-linear", "kenward-roger-expected",
                                         "kenward-roger-mmrm", "between-within", "residual" ["satterthwaite"] */
    const char *weights;              /* a column of positive numbers [none] */
    double confidence;                /* of the intervals [0.95] */
    const char *vcov;                 /* of the coefficients: "model", "hc0", "cr2", "cr3" ["model"] */
    const char *fallback;             /* covariances to try in turn when the formula's fails: "toeph, ar1h, cs" [none] */
} EqOptions;

/* A linear model (neither a covariance nor a random term), a mixed model for repeated measures, or one with random terms
 * such as (1 | SITE) and (1 + DAY | SUBJECT). A linear model has its own degrees of freedom, whatever `df` says. */
typedef struct EqFit EqFit;

/* Fits a formula in the words of R. The data must outlive the fit; rows with a missing value are left out, all of them
 * counted. NULL and an error when it fails: a formula that cannot be read, a column that is not there, an option that the
 * model has no use for, data that cannot support the model, an iteration that does not end. Ended by eq_fit_free (NULL is
 * allowed). */
EqFit *eq_fit(const EqData *data, const char *formula, const EqOptions *options, EqError *err);
void eq_fit_free(EqFit *fit);

typedef struct {
    bool repeated;                    /* a mixed model, with random terms alone too; what follows "of it" is 0 otherwise */
    size_t n_rows, n_left_out, n_coefficients;
    size_t n_subjects, n_visits, n_groups, n_covariance_parameters;          /* of it; the first three are 0 without a covariance
                                                                                term, visits also where every subject has points
                                                                                of its own */
    double minus_two_log_lik, aic, aicc, bic;                                /* of it */
    double gradient, decrement, least_curvature, boundary;                   /* of it: the certificate of the optimum; see
                                                                                docs/methods/mmrm.md */
    double sigma, df, r2;             /* of a linear model: residual standard deviation, its degrees of freedom, R2 */
    const char *covariance;           /* of it: the structure fitted, as a formula names it: "us"; NULL when errors are independent */
    const char *failed;               /* of it: what was tried before and why it failed; "" when nothing was */
    size_t n_random;                  /* of it: random terms */
    double residual;                  /* of it: variance of errors that are independent; 0 when they are correlated */
} EqSummary;
EqSummary eq_fit_summary(const EqFit *fit);

typedef struct {
    const char *label;                /* "ARMCDTRT", "TRT | VIS4", "TRT - PBO | VIS4" */
    bool estimable;                   /* false: the data say nothing about it, and the numbers are 0 */
    double estimate, se, df;          /* df may be infinite */
    double t, p, lower, upper;        /* two-sided test against 0; limits at the fit's confidence */
} EqEstimate;

const EqEstimate *eq_fit_coefficients(EqFit *fit, size_t *n);

/* l b for a row l of n_coefficients. Fails: EQ_USAGE (n differs). */
bool eq_fit_contrast(EqFit *fit, const double *l, size_t n, EqEstimate *estimate, EqError *err);

/* Least-squares means of "ARMCD", "ARMCD * SEX" or "ARMCD | AVISIT"; other factors weighted alike, or as often as they
 * occur. NULL and an error when a name is no factor of the model. */
const EqEstimate *eq_fit_means(EqFit *fit, const char *of, bool observed_margins, size_t *n, EqError *err);

/* Their differences within each level behind the bar: every pair, or each level less `reference` (NULL: every pair). */
const EqEstimate *eq_fit_differences(EqFit *fit, const char *of, const char *reference, bool observed_margins, size_t *n, EqError *err);

typedef struct {
    const char *term;
    double df, df_error, f, p;        /* df 0: nothing is left to test, and the rest is 0 */
} EqTest;

/* One test per term, of type 1, 2 or 3. Fails: EQ_USAGE (another type). */
const EqTest *eq_fit_tests(EqFit *fit, int type, size_t *n, EqError *err);

/* A random term: effects that vary over the levels of a grouping. */
typedef struct {
    const char *group;                /* "SITE", "SITE:USUBJID" */
    size_t n_effects, n_levels;
    const char *const *effects;       /* "(Intercept)", "DAY" */
    const char *const *levels;
    const double *covariance;         /* of the effects, n_effects x n_effects; singular on the boundary, 0 when nothing varies */
    const double *predicted;          /* n_levels x n_effects */
    const double *predicted_se;       /* standard error of prediction less effect, as large */
} EqRandom;

/* The random terms in the order of the formula; NULL when the model has none. */
const EqRandom *eq_fit_random(EqFit *fit, size_t *n);

/* Covariance of a subject's visits in one group (from 0), n_visits x n_visits, row by row; NULL when the fit has none. */
const double *eq_fit_covariance(const EqFit *fit, size_t group);

/* Covariance of the coefficients, n_coefficients x n_coefficients; 0 where aliased. */
const double *eq_fit_coefficient_covariance(const EqFit *fit);

#ifdef __cplusplus
}
#endif

#endif
