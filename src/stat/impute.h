/* Missing outcomes of a longitudinal trial: what a mixed model for repeated measures, and an assumption about what happens
 * after an intercurrent event, say in their place; the analysis of the completed data at each visit; and how much worse the
 * missing values would have to be before the conclusion changes.
 * Method, accuracy and limits: docs/methods/imputation.md. */
#ifndef STAT_IMPUTE_H
#define STAT_IMPUTE_H

#include "stat/mmrm.h"

#define IMPUTE_MAX_ARMS  32

/* name, the word, what it is called, what it assumes of a subject after the event */
#define IMPUTE_STRATEGIES(X)                                                                                  \
    X(MAR,  "mar",  "missing at random",                                                                      \
      "after the event they go on as others of their arm with the same course")                               \
    X(J2R,  "j2r",  "jump to reference",                                                                      \
      "from the event on their mean is that of the reference arm: all effect is lost at once")                \
    X(CR,   "cr",   "copy reference",                                                                         \
      "their whole course is judged as in the reference arm: an advantage they had fades as it would there")  \
    X(CIR,  "cir",  "copy increments in reference",                                                           \
      "from the event on their mean changes as that of the reference arm: the effect they had is kept, and none is added") \
    X(LMCF, "lmcf", "last mean carried forward",                                                              \
      "from the event on their mean stays as it was at the last visit before")

typedef enum {
#define X(name, word, meaning, assumption) IMPUTE_##name,
    IMPUTE_STRATEGIES(X)
#undef X
} ImputeStrategy;

const char *impute_strategy_word(ImputeStrategy strategy);
const char *impute_strategy_meaning(ImputeStrategy strategy);
const char *impute_strategy_assumption(ImputeStrategy strategy);
bool impute_strategy_parse(Str word, ImputeStrategy *strategy);

/* How values take the place of missing ones, and how the uncertainty is found.
 *   jackknife  conditional means; refits without one subject at a time (Wolbers et al. 2022)
 *   bootstrap  conditional means; refits to subjects drawn again within arms
 *   multiple   draws from the conditional distribution, its parameters from such a refit for each imputation; Rubin's rules
 *   sequential for outcomes that stop for good, missing at random: each visit regressed on the analysis's terms and the visits
 *              before, parameters and outcomes drawn from their posterior (Rubin 1987, section 5.4); Rubin's rules */
#define IMPUTE_METHODS(X)                                                                                     \
    X(JACKKNIFE, "jackknife", "conditional mean imputation, jackknife over subjects")                         \
    X(BOOTSTRAP, "bootstrap", "conditional mean imputation, bootstrap over subjects within arms")             \
    X(MULTIPLE,  "multiple",  "multiple imputation, parameters from bootstrap refits, Rubin's rules")          \
    X(SEQUENTIAL, "sequential", "multiple imputation by sequential regressions, Rubin's rules")

typedef enum {
#define X(name, word, meaning) IMPUTE_##name,
    IMPUTE_METHODS(X)
#undef X
} ImputeMethod;

const char *impute_method_meaning(ImputeMethod method);
bool impute_method_parse(Str word, ImputeMethod *method);
bool impute_method_pools(ImputeMethod method);         /* whether by Rubin's rules */

/* Added to imputed values: `value`, and `per_visit` times 1 at the first visit affected by the event, 2 at the next ... */
typedef struct {
    Str arm, visit;                   /* empty: every one */
    double value, per_visit;
} ImputeDelta;

/* {0} gives the defaults in brackets, but for arm and reference. */
typedef struct {
    Str arm, reference;               /* the factor of the formula whose effect is wanted; its level that others are compared with */
    Str event;                        /* column: the first visit that the event affects (a visit's name; a number where the order is
                                         by numbers); missing: none [the first visit after the last outcome] */
    Str order;                        /* column of numbers that orders visits [found: see impute_prepare] */
    Str ancova;                       /* terms of the analysis at one visit: "ARM + BASE" [the formula's, visits taken out] */
    ImputeStrategy strategy;          /* [MAR] */
    ImputeMethod method;              /* [JACKKNIFE] */
    size_t n_draws;                   /* bootstrap [1000], multiple and sequential [100] */
    uint64_t seed;                    /* draw i uses stream i */
    size_t n_deltas;
    const ImputeDelta *deltas;
    bool delta_after_event;           /* `value`s are added only from the event on [to every imputed value] */
} ImputeOptions;

typedef struct ImputeData ImputeData;

/* A refit that failed and is left out of the uncertainty. */
typedef struct {
    Str which;                        /* "without subject \"01-007\"", "draw 17" */
    Str why;
} ImputeFailure;

/* The estimates of one completed data set at each visit, as linear functions of what deltas will be added:
 * effect[(visit * n_effects + effect) * n_parts + part]; part 0 is the estimate, part 1 + arm what one unit added to the
 * imputed values of that arm adds to it. The sums of squares are those of the analysis's residuals. */
typedef struct {
    double *effect;
    double *residual;                 /* n_visits x n_parts x n_parts: cross-products of residuals */
    double *scale;                    /* n_effects: variance of the effect in units of the residual variance */
    double df;
} ImputeAnalysis;

typedef struct {
    const ImputeData *data;
    ImputeOptions options;
    Str ancova;                       /* as used: "CHG ~ ARM + BASE" */
    Str arm_name;                     /* as the formula spells it */
    size_t n_subjects, n_visits, n_arms, reference;
    Str *visits;                      /* in the order of time */
    Str *arms;
    size_t *subjects_in;              /* n_arms */
    size_t *n_imputed, *n_after;      /* n_arms x n_visits; values imputed, those of them after the event */
    size_t n_excluded;                /* outcomes seen after the event: analysed, but not part of the imputation model */
    size_t n_unseen;                  /* subjects with no outcome at all */
    size_t n_left_out;                /* subjects left out for a missing covariate */
    Str left_out_for;                 /* "SUBJ-7 (BASE)", the first of them */
    double *completed;                /* n_subjects x n_visits: outcomes, conditional means (deltas included) where missing */
    const bool *observed;             /* n_subjects x n_visits */
    const Str *subjects;
    MmrmFit fit;                      /* the imputation model */
    size_t n_effects, n_parts;        /* effects: the mean of each arm, then arm less reference (0 for the reference) */
    ImputeAnalysis whole;             /* of conditional means, all subjects */
    size_t n_replicates;
    ImputeAnalysis *replicates;       /* of the jackknife, the bootstrap or the imputations */
    size_t n_failures;
    ImputeFailure *failures;
} Imputation;

/* Fits the imputation model, imputes, and refits for the uncertainty.
 *   formula   one covariance term, not spatial; every column constant within subjects or determined by the visit
 *   rows      of the frame (NULL: all); visits without a row count as missing at every visit that the data have
 * The order of visits is that of the column `order`; else of numbers or of a codelist; else of a column of numbers named as
 * the visits with N or NUM behind it (AVISITN, VISITNUM); else of the one number in each name ("Week 4", "Week 12").
 * With a strategy other than MAR, outcomes seen from the event on do not take part in the imputation model.
 * Fails: USAGE (no covariance term, or several; fewer than 2 draws; a strategy that sequential regressions have not), INCONSISTENT (no such arm, reference, event or visit, named
 * with the nearest; an event at no visit; two rows of a subject at a visit; a column that changes within subjects and
 * visits; visits that cannot be put in order), DEGENERATE (more than IMPUTE_MAX_ARMS arms; a gap before a later
 * outcome, where regressions are sequential, named; nobody of an arm has an outcome; more than a tenth of the refits
 * fail), and as formula_parse, model_build, mmrm_fit.
 * Memory: everything lives in `arena`; formula and frame are kept by reference.
 * Checked against R's rbmi (conditional means) and itself (law tests). */
MUST_USE bool impute(Arena *arena, const Formula *formula, const Frame *frame, const size_t *rows, size_t n_rows,
                     const ImputeOptions *options, Imputation *result, Error *err);

/* A visit or an arm by name. Fails: INCONSISTENT, with the nearest. */
MUST_USE bool impute_find_visit(const Imputation *result, Str name, size_t *visit, Error *err);
MUST_USE bool impute_find_arm(const Imputation *result, Str name, size_t *arm, Error *err);

/* The mean of an arm at a visit, and its difference from the reference; with deltas (n_arms, NULL for none) added to the
 * imputed values of each arm beside those of the options. Jackknife and bootstrap: normal limits; else: t limits with
 * Barnard & Rubin's degrees of freedom. */
Estimate impute_mean(const Imputation *result, size_t arm, size_t visit, const double *deltas, double confidence);
Estimate impute_difference(const Imputation *result, size_t arm, size_t visit, const double *deltas, double confidence);

/* The smallest change of imputed values that changes whether the difference is significant at two-sided alpha.
 *   shifted   the arm whose imputed values change
 * lower, upper: the nearest below and above 0, NaN where there is none within `reach` (in units of the outcome). */
typedef struct {
    bool is_significant;              /* with no change */
    double lower, upper, reach;
} TippingPoint;
TippingPoint impute_tipping(const Imputation *result, size_t arm, size_t visit, size_t shifted, double alpha);

#endif
