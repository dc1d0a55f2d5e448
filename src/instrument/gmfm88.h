/* Gross Motor Function Measure, 88 items: five dimensions, each as a percentage of its greatest sum, and
 * their mean as the total. Also which items belong to the GMFM-66, for gmfm66.h. Source: the official 2013
 * score sheet (Russell & Rosenbaum, McMaster University); docs/methods/gmfm.md. */
#ifndef INSTRUMENT_GMFM88_H
#define INSTRUMENT_GMFM88_H

#include "instrument/instrument.h"

#define GMFM_N_ITEMS       88
#define GMFM_N_DIMENSIONS  5
#define GMFM_ITEM_MAX      3
#define GMFM_NOT_TESTED    (-1)

/* An item by its number, 1 to 88. */
typedef struct {
    int number;
    int dimension;                    /* 0 (A) to 4 (E) */
    bool in_66;                       /* one of the 66 starred items */
    int mirror;                       /* the same task on the other side, 0 when there is none */
} GmfmItem;

GmfmItem gmfm_item(int number);       /* outside 1..88 is a broken promise */

/* What a score sheet or a data column says of one item: 0 to 3, or not tested (blank, "NT", "9", or a
 * missing cell). Fails: MALFORMED (anything else, also 1.5: names what it found). */
MUST_USE bool gmfm_parse_response(Str text, int *response, Error *err);
MUST_USE bool gmfm_response(double value, bool is_missing, int *response, Error *err);

/* One assessment. Items tried with aids or orthoses make a second, separate record of the same visit. */
typedef struct {
    int responses[GMFM_N_ITEMS];      /* 0..3 or GMFM_NOT_TESTED; item n is responses[n - 1] */
    bool aided;
    bool goals[GMFM_N_DIMENSIONS];    /* dimensions chosen as goal areas; all false when none was */
} Gmfm88Record;

/* Per cent of the greatest sum (51, 60, 42, 39, 72). A score with untested items is a lower bound, because
 * the rule counts them 0: upper_bound is what the total would be had each of them been passed fully. */
typedef struct {
    int sum[GMFM_N_DIMENSIONS];
    double percent[GMFM_N_DIMENSIONS];
    double total;                     /* mean of the five percentages, 0 to 100 */
    bool has_goal_total;
    double goal_total;                /* mean over the goal dimensions */
    int n_not_tested[GMFM_N_DIMENSIONS];
    int n_not_tested_total;
    bool is_lower_bound;              /* n_not_tested_total > 0 */
    double upper_bound;
    bool aided;
} Gmfm88Score;

/* Mean of five dimension percentages, where only those were recorded. */
double gmfm88_total(const double percent[GMFM_N_DIMENSIONS]);

/* Fails: MALFORMED (a response that is not 0..3 or not tested: names the item), DEGENERATE (no item was
 * tested). */
MUST_USE bool gmfm88_score(const Gmfm88Record *record, Gmfm88Score *score, Error *err);

/* Change of the total. Fails: INCONSISTENT (one assessment was aided and the other not). */
MUST_USE bool gmfm88_change(const Gmfm88Score *before, const Gmfm88Score *after, double *change, Error *err);

/* Precision of the total, in per cent points, of one published sample: 84 children, 10 raters, mean age
 * 3.7 years (PMID 23139425). The paper's smallest real difference is 1.96 SEM; the usual minimal
 * detectable change is 1.96 sqrt(2) SEM. A report says which. */
#define GMFM88_SEM 1.60
double gmfm88_smallest_real_difference(double sem);         /* 1.96 SEM: 3.14 */
double gmfm88_minimal_detectable_change(double sem);        /* 1.96 sqrt(2) SEM: 4.43 */

/* Pairs of mirror items scored at least `points` apart, as an edit check: fills pairs[][2] with item
 * numbers (room for 19 pairs) and returns how many. */
size_t gmfm_asymmetries(const int *responses, int points, int pairs[][2]);

#endif
