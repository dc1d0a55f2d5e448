/* What growth alone leaves of a change in GMFM-66: the children of one visit with the change that each set
 * of motor growth curves expects of them, and the numbers the report makes of these.
 * docs/methods/natural-history-adjustment.md. */
#ifndef REPORT_GROWTH_CHILDREN_H
#define REPORT_GROWTH_CHILDREN_H

#include <stdint.h>

#include "data/frame.h"
#include "instrument/motor_growth.h"
#include "stat/sample.h"

#define GROWTH_SETS_MAX 4 /* published sets of curves: growth_list has no more */

#define GROWTH_MIN_CHILDREN 5 /* fewer give no bootstrap interval */

/* Why nothing is expected of a child; it is then left out of every number, and counted. */
typedef enum {
    GROWTH_NO_LEVEL,  /* no GMFCS level at baseline */
    GROWTH_NO_AGE,    /* no full date of birth, or of an assessment */
    GROWTH_TOO_YOUNG, /* than the curves, at baseline */
    GROWTH_TOO_OLD,   /* than the curves, at the visit */
    GROWTH_REFUSED,   /* for another reason: a baseline outside 0 to 100 */
    GROWTH_N_REFUSALS
} GrowthRefusal;

/* Children with a change at the visit of whom every set of curves expects something; n long. */
typedef struct {
    size_t n;
    Str *subjects;
    double *change, *years;            /* since the baseline assessment: points, years */
    double *expected[GROWTH_SETS_MAX]; /* points, individual form, in the order of growth_list */
    size_t refused[GROWTH_N_REFUSALS];
} GrowthChildren;

typedef struct {
    const Frame *measures;            /* as trial/measures.h says, joined with BIRTH and GMFCS */
    Str subject_key, variable, visit; /* "SUBJID", "GMFM66", "V6" */
    const unsigned char *population;  /* per row, NULL: all */
    const signed char *where;         /* 1 for rows that count, NULL: all */
} GrowthRows;

/* Of several values of a child at the visit the latest counts. The baseline assessment is the latest before
 * treatment: a row with BASE and AVAL but without CHG. Fails: INCONSISTENT (a missing column, or one of the
 * wrong type). */
MUST_USE bool growth_children(Arena *arena, const GrowthRows *rows, GrowthChildren *children, Error *err);

typedef struct {
    double expected;    /* mean, points */
    double excess;      /* mean of change - expected */
    Interval excess_ci; /* 95 %, BCa bootstrap over children; NaN where none can be had */
    double left;        /* excess - offset */
    Interval left_ci;   /* 95 %, of both uncertainties together (MOVER) */
} GrowthLeft;

typedef struct {
    size_t n, n_sets;
    double change;      /* mean, points; NaN without children */
    Interval change_ci; /* 95 %, Student's t */
    double years;       /* mean time between the assessments */
    double offset;      /* points of the external control in that time */
    Interval offset_ci;
    GrowthLeft sets[GROWTH_SETS_MAX]; /* in the order of growth_list */
    double tipping;                   /* points that bring change_ci.lower to 0; 0 when it is there already */
} GrowthNumbers;

typedef struct {
    size_t n_replicates;
    uint64_t seed;
} GrowthDraws;

/* What the children cannot give is NaN, no failure. Fails: USAGE (fewer than 100
 * replicates; an offset without a source, not finite, or outside its interval). */
MUST_USE bool growth_numbers(Arena *scratch, const GrowthChildren *children, const GrowthOffset *offset,
                             GrowthDraws draws, GrowthNumbers *numbers, Error *err);

#endif
