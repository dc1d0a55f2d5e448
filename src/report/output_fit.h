/* Models of outputs: a formula over rows becomes a fit, by least squares, or with repeated measures where the
 * formula has a covariance term. The same model is fitted once in a report, however many rows ask for it.
 * Private to the output_*.c files. */
#ifndef REPORT_OUTPUT_FIT_H
#define REPORT_OUTPUT_FIT_H

#include "report/output_eval.h"
#include "stat/mmrm_fallback.h"

struct OutputFit {
    const OutputFit *before; /* the fits known so far */
    /* what it was made of */
    const Frame *frame;
    Str text;
    const OutputBlock *block; /* the first that asked for it, with its options */
    const size_t *rows;
    size_t n_rows;
    /* what came of it */
    Formula formula;
    Model model;
    bool is_repeated;
    LinearFit linear;
    MmrmFit mixed;         /* when repeated */
    MmrmFailures failures; /* covariances that failed before the one used */
    size_t visit;  /* the model's factor that goes with the visits level by level; SIZE_MAX: none does */
};

/* The fit of the block's formula to the rows of the scope. Fails as formula_parse, model_build, linear_fit and
 * mmrm_fit do, at the block. */
MUST_USE bool eval_fit(Eval *eval, const Scope *scope, const OutputBlock *block, const OutputFit **fit,
                       Error *err);

Estimate fit_estimate(const OutputFit *fit, const double *l, double confidence);

/* The block's `confidence`, or 0.95. */
double fit_confidence(const OutputBlock *block);

/* Least-squares means of the factor that the columns stand for; of repeated measures at each visit, where columns that
 * stand for no factor have the means of all.
 * Fails: INCONSISTENT (the columns have no variable; no such margins; no factor goes with the visits). */
typedef struct {
    const OutputFit *fit;
    Margins margins;
    LsMeans of;
    bool is_alone; /* of the visits alone */
} FitMeans;
MUST_USE bool fit_means(Eval *eval, const OutputBlock *block, const OutputFit *fit, FitMeans *means,
                        Error *err);

/* Levels of the visits, to average over alike. */
typedef struct {
    size_t n;
    size_t *levels;
    Str words; /* "Week 24", "the average of Week 8, Week 16" */
} FitVisits;

/* The visits that the block's `at` names: some, or all by the word average.
 * Fails: INCONSISTENT (a visit that the model has not; the nearest is named). */
MUST_USE bool fit_visits(Eval *eval, const OutputBlock *block, const FitMeans *means, FitVisits *visits,
                         Error *err);

/* The mean of a column's level, averaged over visits. n counts the subjects seen at these visits where measures
 * are repeated, else rows.
 * Fails: INCONSISTENT (the model has no such level). */
typedef struct {
    double *l; /* p */
    double n;
    Str label;
} FitMean;
MUST_USE bool fit_mean(Eval *eval, const FitMeans *means, const FitVisits *visits, size_t column,
                       const Yaml *at, FitMean *mean, Error *err);

/* Whether a fit failed because the data cannot carry it (yet): then its numbers are not estimable, the report
 * goes on, and where measures are repeated a footnote says why. */
bool fit_is_open(Eval *eval, const OutputBlock *block, const Error *why);

/* What the provenance says of a number of this fit (NULL: there is none); `options` begins with the contrast. */
Provenance *fit_provenance(Eval *eval, const Scope *scope, const OutputBlock *block, const OutputFit *fit,
                           Str contrast);

/* The footnote of a repeated-measures fit: model, covariance, degrees of freedom, what was used, and that the
 * optimum is one. */
void fit_note(Eval *eval, const OutputFit *fit);

/* A row for each of the block's lines; cells and where they come from by column (from NULL: nothing stands there). */
void fit_write_lines(Eval *eval, const Scope *scope, const OutputBlock *block, const CellValues *cells,
                     const Provenance *const *from);

#endif
