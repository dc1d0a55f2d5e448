/* Outcomes that are no measurements - yes or no, ordered categories, counts - on a formula: one fit, whichever family, so
 * that coefficients, ratios, contrasts, tests of terms and least-squares means are asked for in one way.
 * docs/methods/family-model.md. */
#ifndef STAT_FAMILY_MODEL_H
#define STAT_FAMILY_MODEL_H

#include "stat/count_model.h"
#include "stat/logistic.h"
#include "stat/proportional_odds.h"

/* name, the word in files, what it is, what the exponential of a coefficient is, what a mean on the outcome's scale is */
#define FAMILY_KINDS(X)                                                                                       \
    X(LOGISTIC, "logistic", "logistic regression", "odds ratio", "probability")                               \
    X(FIRTH, "firth", "logistic regression by Firth's penalised likelihood", "odds ratio", "probability")     \
    X(PROPORTIONAL_ODDS, "proportional-odds", "proportional odds model", "odds ratio", "")                    \
    X(POISSON, "poisson", "Poisson regression", "rate ratio", "rate")                                         \
    X(NEGATIVE_BINOMIAL, "negative-binomial", "negative binomial regression", "rate ratio", "rate")

typedef enum {
#define X(name, word, meaning, ratio, mean) FAMILY_##name,
    FAMILY_KINDS(X)
#undef X
} FamilyKind;

const char *family_word(FamilyKind kind);
const char *family_meaning(FamilyKind kind);
const char *family_ratio(FamilyKind kind);      /* "odds ratio" */
const char *family_mean(FamilyKind kind);       /* "probability"; "" where a mean has no such scale */

/* Fails: USAGE (there is no such family; names those there are). */
MUST_USE bool family_parse(Str word, FamilyKind *kind, Error *err);

/* `{0}` is no exposure, categories as found, model-based variances. */
typedef struct {
    Str exposure;                     /* column of counts' time at risk */
    size_t n_categories;              /* of ordered text, lowest first; 0: numbers by value, codes by their list */
    const Str *categories;
    bool robust;                      /* of counts: sandwich variances */
} FamilyOptions;

/* b, vcov  model.p coefficients on the link (log odds, log rate), the intercept first; of proportional odds b[0] and its
 *          variances are 0, since the thresholds stand in its place, and b > 0 means higher categories */
typedef struct {
    FamilyKind kind;
    FamilyOptions options;
    Formula formula;
    Model model;                      /* model.y: 1 and 0, the category from 0, or the count */
    const double *b, *vcov;
    double log_likelihood;
    size_t n_events;                  /* yes, or the sum of counts */
    size_t n_categories;              /* of proportional odds: those that occur */
    Str *categories;
    RowSpace space;
    LogisticFit logistic;             /* of the kind fitted */
    ProportionalOddsFit odds;
    CountFit count;
} FamilyFit;

/* Fits `text` to rows of the frame (NULL: all). Its left side is an expression of the conditions: RESP = 'Y', a column of 1
 * and 0, ordered numbers or categories, or counts.
 * Fails: as outcome_split, frame_compute, model_build and the family's own fit; INCONSISTENT (a covariance term; no
 *        intercept; text in no order, or a value that is no category: names them; exposure of what is no count).
 * Memory: in `arena`. */
MUST_USE bool family_fit(Arena *arena, Str text, FamilyKind kind, const FamilyOptions *options, const Frame *frame, const size_t *rows,
                         size_t n_rows, FamilyFit *fit, Error *err);

/* l'b (l has model.p values), and coefficient j: Wald's normal inference; of one coefficient of Firth's, by itself or as
 * such an l, the profile's, as its authors advise. On the link: exponentials are ratios. */
Estimate family_contrast(Arena *scratch, const FamilyFit *fit, const double *l, double confidence);
Estimate family_coefficient(Arena *scratch, const FamilyFit *fit, size_t j, double confidence);

/* Wald's chi-square test of type III of a term. p is NaN where nothing is left to test. */
typedef struct {
    double chisq, df, p;
} FamilyTest;
FamilyTest family_test(Arena *scratch, const FamilyFit *fit, size_t term);

/* From the link to the outcome's scale: a probability or a rate. */
double family_inverse(FamilyKind kind, double link);

#endif
