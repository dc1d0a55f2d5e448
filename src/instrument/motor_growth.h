/* How GMFM-66 grows in cerebral palsy without any trial treatment, so that a trial without controls can
 * print the growth beside the change. Stable limit model of age a in years (chronological): f(a) = L (1 -
 * exp(-k a)), where L is the limit of a GMFCS level in GMFM-66 points and k = ln(10) / age-90, age-90
 * being when nine tenths of it are reached. Never for GMFM-88 percentages: other curves, other scale.
 * Sources, doubts and a table of expected changes: docs/methods/motor-growth.md. */
#ifndef INSTRUMENT_MOTOR_GROWTH_H
#define INSTRUMENT_MOTOR_GROWTH_H

#include "instrument/gmfcs.h"

typedef struct {
    double limit;                     /* L, points */
    double limit_low, limit_high;     /* 95 % interval; 0, 0 where the source gives none */
    double age_90;                    /* years */
} GrowthLevel;

typedef struct {
    const char *id, *place, *name;    /* "ontario", "Ontario", "Ontario motor growth curves" */
    double age_min_years, age_max_years;        /* of the curve, both included */
    GrowthLevel levels[GMFCS_N_LEVELS];
    const char *citation;
    const char *doubt;                /* what has not been checked against the source; empty when nothing */
} GrowthReference;

extern const GrowthReference growth_ontario;
extern const GrowthReference growth_shanghai;
const GrowthReference *const *growth_list(size_t *n);

/* By id ("ontario", "shanghai"). Fails: USAGE. */
MUST_USE bool growth_find(Str id, const GrowthReference **reference, Error *err);

typedef enum {
    GROWTH_POPULATION,                /* f(b) - f(a): the mean child of the level */
    GROWTH_INDIVIDUAL                 /* y0 (f(b) / f(a) - 1): a child on its own multiple of the curve */
} GrowthForm;

typedef struct {
    const GrowthReference *reference; /* NULL is growth_ontario */
    GrowthForm form;
    int level;                        /* GMFCS at baseline, 1 to 5 */
    double from_years, to_years;      /* ages at the two assessments */
    double baseline;                  /* y0, GMFM-66 points at from_years; read by the individual form only */
    bool extend;                      /* allow ages above the curve's range, where it is all but flat */
    bool decline;                     /* sensitivity: III to V lose after a peak (Hanna 2009), to 21 y */
} GrowthQuestion;

typedef struct {
    double change;                    /* points expected without treatment */
    double expected_from, expected_to;          /* the curve at both ages */
    bool is_extended;                 /* an age was above the curve's range */
} GrowthAnswer;

/* k of a level, per year. Level 1 to 5 is a promise. */
double growth_rate(const GrowthReference *reference, int level);

/* Fails: INCONSISTENT (level not 1..5; an age below the curve's range, or above it without `extend`; to
 * before from; baseline outside 0..100). The individual form never passes 100 points. With `decline`,
 * which is off unless asked for, the loss is spread evenly from the peak to 21 years; it wants the
 * population form (USAGE). */
MUST_USE bool growth_expected(const GrowthQuestion *question, GrowthAnswer *answer, Error *err);

/* What children of open-label trials gain beyond the curves without any cells, to be subtracted as well. */
typedef struct {
    double points_per_year;
    const char *source;               /* must be given: a number without a source is not an external control */
    double low, high;                 /* its 95 % interval, per year; 0, 0 where the source gives none */
} GrowthOffset;

/* 3.1 points in 12 months: the untreated natural-history arm of ACCeNT-CP (95 % interval 1.4 to 5.0). */
extern const GrowthOffset growth_offset_default;

typedef struct {
    double observed, expected;        /* points */
    double excess;                    /* observed - expected */
    double offset;                    /* points_per_year times the years between, taken as linear in time */
    double excess_beyond_offset;      /* excess - offset */
} GrowthExcess;

/* observed: the change measured between the question's two ages. Fails: as growth_expected; USAGE (an offset
 * without a source, or not finite). */
MUST_USE bool growth_excess(const GrowthQuestion *question, double observed, const GrowthOffset *offset,
                            GrowthExcess *excess, Error *err);

#endif
