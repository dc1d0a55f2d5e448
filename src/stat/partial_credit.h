/* Calibration of an instrument: from who scored what on which item to how hard each step of each item is, on one
 * scale with the persons. Rasch's model for items scored 0 and 1, Masters' partial credit model for ordered scores
 * 0..m, and Andrich's rating scale model where all items share their steps. As the GMFM-66 was calibrated. */
#ifndef STAT_PARTIAL_CREDIT_H
#define STAT_PARTIAL_CREDIT_H

#include "base/text.h"
#include "stat/sample.h"

#define PARTIAL_CREDIT_MAX_ITEMS 400
#define PARTIAL_CREDIT_MAX_SCORE 20

/* A person with ability theta scores x on item i with probability proportional to
 *     exp(sum over k <= x of (theta - threshold_ik)).
 * name, the word in files, what is free */
#define CALIBRATION_MODELS(X)                                                                                \
    X(PARTIAL_CREDIT, "partial-credit", "every threshold of every item")                                     \
    X(RATING_SCALE, "rating-scale", "a location per item, and steps that all items share")                   \
    X(RASCH, "rasch", "a difficulty per item, scored 0 or 1")

typedef enum {
#define X(name, word, free) CALIBRATION_##name,
    CALIBRATION_MODELS(X)
#undef X
} CalibrationModel;

const char *calibration_word(CalibrationModel model);
bool calibration_parse(Str word, CalibrationModel *model);

/* responses   n_persons x n_items, row-major; a negative one is missing, whatever its reason
 * names       n_items, or NULL for item 1, 2, ... */
typedef struct {
    size_t n_persons, n_items;
    const int *responses;
    const Str *names;
} ItemResponses;

/* Of persons, those inform whose score lies between nothing and everything on the items they answered. The scale's zero
 * is the mean location, an item's location the mean of its thresholds. */
typedef struct {
    ItemResponses data;
    CalibrationModel model;
    size_t n_informative, n_zero, n_full, n_unanswered, n_patterns;
    size_t *first;                     /* n_items + 1: item i has thresholds first[i] .. first[i + 1] - 1 */
    double *threshold, *threshold_se;  /* in logits; thresholds need not be in order */
    double *vcov;                      /* of the thresholds, all by all; singular along the scale's zero */
    double *location, *location_se;    /* n_items */
    size_t n_steps;
    double *step;                      /* RATING_SCALE: threshold_ik = location_i + step_k, sum 0; else n_steps is 0 */
    double log_likelihood;             /* conditional on the scores */
    size_t n_free, n_iterations;
} PartialCreditFit;

/* Fails: MALFORMED (a score beyond PARTIAL_CREDIT_MAX_SCORE, or above 1 under RASCH; names the row and the item),
 *        USAGE (more than PARTIAL_CREDIT_MAX_ITEMS), DEGENERATE (fewer than two items; nobody informs; names the item on
 *        which all who inform score alike, the category that does not occur, the item whose threshold has no finite
 *        estimate; items that nobody links), NO_CONVERGENCE.
 * Method: conditional maximum likelihood: given how much a person scored in all, which items it came from does not
 * depend on ability (Andersen 1970). Newton steps with exact derivatives from elementary symmetric functions by sums of
 * positive terms (Fischer & Ponocny 1994), once per pattern of missing items. docs/methods/partial-credit.md.
 * Memory: results in `arena`; the responses are kept by reference. Checked against: R 4.2.2 eRm 1.0, 1e-6. */
MUST_USE bool partial_credit_fit(Arena *arena, const ItemResponses *data, CalibrationModel model,
                                 PartialCreditFit *fit, Error *err);

typedef enum {
    PERSON_ML,  /* maximum likelihood given the items; infinite for nothing and for everything */
    PERSON_WLE  /* Warm (1989): finite always, without the bias of first order */
} PersonMethod;

typedef struct {
    size_t n_items;   /* answered */
    int score, most;  /* what was scored, and could have been on those items */
    double theta, se; /* logits; se = 1 / sqrt(information at theta), infinite with it; NaN when nothing was answered */
} PersonEstimate;

/* The ability behind one row of responses (n_items), taking the items as known. Checked against: eRm, 1e-6. */
PersonEstimate partial_credit_person(const PartialCreditFit *fit, const int *responses, PersonMethod method);

/* How far the responses to an item are from what the abilities (by maximum likelihood) predict: mean squares about 1,
 * outfit of all alike, infit by information; and Wilson & Hilferty's t. Persons at either end do not count.
 * Source: Wright & Masters (1982), chapter 5. Checked against: the formulae in R, 1e-6. */
typedef struct {
    size_t n;
    double infit, outfit, infit_t, outfit_t;
} ItemFit;
ItemFit *partial_credit_item_fit(Arena *arena, const PartialCreditFit *fit);

/* Andersen's (1973) likelihood ratio test: are the items as hard for each group of persons? */
typedef struct {
    double chisq, df, p;
    PartialCreditFit *groups; /* n_groups; each on its own persons, in their order */
} AndersenTest;

/* group   n_persons; 0 .. n_groups - 1. Fails as the fit does, the place being the group (an item on which all of one
 * group score alike must be left out of both). */
MUST_USE bool partial_credit_andersen(Arena *arena, const PartialCreditFit *fit, const size_t *group, size_t n_groups,
                                      AndersenTest *test, Error *err);

/* The usual split: 0 for abilities (WLE) up to their median, 1 above it. */
size_t *partial_credit_split(Arena *arena, const PartialCreditFit *fit);

#endif
