/* What the parts of stat/impute share: subjects by visits (impute_data), a refit of the imputation model to some subjects
 * (impute_model), values in place of missing ones (impute_values, impute_sequence), the analysis of completed data (impute_analysis).
 * Included by them alone. */
#ifndef STAT_IMPUTE_INSIDE_H
#define STAT_IMPUTE_INSIDE_H

#include "math/rng.h"
#include "stat/impute.h"

/* Subjects by visits, visits in the order of time. A row of the grid is subject * n_visits + visit. */
struct ImputeData {
    size_t n, m, n_arms, p, reference;
    Str *subjects, *visits, *arms, *keys;            /* keys: n, texts that tell subjects apart in refits */
    size_t *arm_of, *event_of;                       /* n; event_of: the first visit affected, m for none */
    double *y;                                       /* n x m; 0 where missing */
    bool *observed, *used;                           /* n x m; used: in the imputation model */
    Model grid;                                      /* of the formula, all n m rows, the outcome being 0 */
    double *reference_x;                             /* n m x p: the design with the reference arm */
    const CovarianceTerm *covariance;
    bool own_visits;                                 /* the visits of the covariance are a factor of the formula */
    size_t *place;                                   /* m: the visit's place in Sigma */
    size_t n_groups, *group_of;                      /* of Sigma; group_of: n */
    bool group_is_arm;
    /* the analysis */
    Model analysis;                                  /* n rows, one per subject */
    Str ancova;
    double *arm_x;                                   /* n_arms x n x q: the design with everybody in that arm */
    size_t n_left_out;
    Str left_out_for;
};

MUST_USE bool impute_prepare(Arena *arena, const Formula *formula, const Frame *frame, const size_t *rows, size_t n_rows,
                             const ImputeOptions *options, ImputeData *data, Error *err);

/* Visits in the order of time. */
typedef struct {
    size_t n;
    Str *names;
    size_t *of_row;                   /* by place in `rows`; SIZE_MAX where the visit is missing */
    double *numbers;                  /* n; what orders them; NULL where no numbers do */
} ImputeVisits;
MUST_USE bool impute_order(Arena *arena, const Frame *frame, const size_t *rows, size_t n_rows, const Column *column, Str by,
                           ImputeVisits *visits, Error *err);

/* The imputation model fitted to subjects who[0 .. n), each as often as it stands there. start: Sigma by group, as a fit has
 * it, or NULL. Everything in `arena`. */
MUST_USE bool impute_fit(Arena *arena, const ImputeData *data, const size_t *who, size_t n, const double *start, MmrmFit *fit,
                         Error *err);

/* values[n m]: what is put in place of the missing outcomes of subjects who[0 .. n): conditional means, or with an `rng` draws
 * about them. Rows are by position in `who`; observed values are copied.
 * Fails: DEGENERATE (a subject's mean is not estimable; named). */
MUST_USE bool impute_values(Arena *scratch, const ImputeData *data, const MmrmFit *fit, ImputeStrategy strategy,
                            const size_t *who, size_t n, Rng *rng, double *values, Error *err);

/* Analyses at every visit of completed values (as impute_values gives them). Fails: DEGENERATE (an arm's mean is not
 * estimable; no residual degrees of freedom). */
MUST_USE bool impute_analyse(Arena *scratch, const ImputeData *data, const ImputeOptions *options, const size_t *who, size_t n,
                             const double *values, ImputeAnalysis *analysis, Error *err);
ImputeAnalysis impute_analysis_new(Arena *arena, const ImputeData *data);

/* Sequential regressions: the outcome of each visit on the analysis's columns and the outcomes before. Fails: DEGENERATE (an
 * outcome after a gap: names subject and visit; fewer subjects than coefficients); then NULL. */
typedef struct ImputeSequence ImputeSequence;
const ImputeSequence *impute_sequence_fit(Arena *arena, const ImputeData *data, Error *err);

/* values[n m] of all subjects: parameters drawn from their posterior, then missing outcomes. */
void impute_sequence_draw(Arena *scratch, const ImputeData *data, const ImputeSequence *sequence, Rng *rng, double *values);

/* What the options add to the imputed value of a subject at a visit. */
double impute_delta(const ImputeData *data, const ImputeOptions *options, size_t subject, size_t visit);

#endif
