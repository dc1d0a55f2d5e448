/* Gross Motor Function Measure, 66 items: a Rasch (partial credit) measure of ability on an interval scale
 * from 0 to 100. The item parameters belong to the publisher of the manual and are not shipped: a site
 * that holds a licence supplies them as a file, and everyone else records the score and standard error its
 * own software printed.
 *
 * Model (Masters 1982): item i with steps d_i1, d_i2, d_i3 in logits is scored x with probability
 * proportional to exp(sum over k <= x of (theta - d_ik)). The score is intercept + slope * theta, cut to
 * 0..100. Details and limits: docs/methods/gmfm.md. */
#ifndef INSTRUMENT_GMFM66_H
#define INSTRUMENT_GMFM66_H

#include "instrument/gmfm88.h"

#define GMFM66_N_STEPS    3
#define GMFM66_MIN_ITEMS  13

typedef struct {
    bool has[GMFM_N_ITEMS];                             /* by item number - 1; only items of the 66 */
    double steps[GMFM_N_ITEMS][GMFM66_N_STEPS];         /* logits; need not be in order */
    double intercept, slope;                            /* score points; points per logit, > 0 */
    int n_items;
    Str source;                                         /* which calibration, for the report */
} Gmfm66Parameters;

/* Parameters from text, a small CSV: lines `#...` and blank lines are skipped, the others are
 *   SOURCE,text to the end of the line
 *   SCALE,intercept,slope
 *   G02,step1,step2,step3             (one per item, G02 to G88)
 * At most 1000 lines. Fails: MALFORMED (names the line: unknown item, an item that is not of the 66, one
 * given twice, a number that is none or beyond +-100 logits, too many or few fields, slope not positive),
 * INCONSISTENT (no SOURCE, no SCALE, or fewer than 13 items). `source` is a view of the text. */
MUST_USE bool gmfm66_parse_parameters(Str text, Gmfm66Parameters *parameters, Error *err);

typedef enum {
    GMFM66_ML,                        /* maximum likelihood: undefined when every item is 0, or every item 3 */
    GMFM66_WLE                        /* Warm's weighted likelihood: finite always, first-order bias removed */
} Gmfm66Method;

typedef struct {
    double score, se;                 /* 0..100 points */
    double ci_low, ci_high;           /* 95 %, score +- 1.96 se, cut to 0..100 */
    double theta;                     /* logits; 0 for a recorded score */
    int n_items;                      /* scored; 0 for a recorded score */
    bool is_extreme;                  /* all 0 or all 3: the interval is no more than a guess */
    bool is_recorded;
} Gmfm66Score;

/* Ability from the items tested; an item not tested is missing (it does not count 0 here), an item without
 * parameters is left out. se = slope / sqrt(information at theta). Fails: INCONSISTENT (the record is
 * aided: the measure was built on children without aids), MALFORMED (a response outside 0..3), DEGENERATE
 * (fewer than 13 items; ML and all items at one end), NO_CONVERGENCE. */
MUST_USE bool gmfm66_score(const Gmfm88Record *record, const Gmfm66Parameters *parameters, Gmfm66Method method,
                           Gmfm66Score *score, Error *err);

/* A score that other software printed. Fails: INCONSISTENT (score outside 0..100; se not positive or above
 * 50). */
MUST_USE bool gmfm66_recorded(double score, double se, Gmfm66Score *result, Error *err);

/* Probabilities of the four categories of an item at theta, and their mean, variance and third central
 * moment. */
typedef struct {
    double probability[GMFM66_N_STEPS + 1];
    double mean, variance, third;
} Gmfm66Category;
Gmfm66Category gmfm66_categories(const double steps[GMFM66_N_STEPS], double theta);

#endif
