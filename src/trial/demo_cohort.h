/* The made-up children of trial/demo.h and what happens to them, before it is written to files. Days count
 * from 1970-01-01. */
#ifndef TRIAL_DEMO_COHORT_H
#define TRIAL_DEMO_COHORT_H

#include "math/rng.h"
#include "trial/demo.h"

#define DEMO_N_SCREENED  49
#define DEMO_N_ENROLLED  40

typedef enum { DEMO_SCR, DEMO_V0, DEMO_V3, DEMO_V6, DEMO_N_VISITS } DemoVisit;

typedef enum {
    DEMO_TYPE_QUADRIPLEGIA, DEMO_TYPE_DIPLEGIA, DEMO_TYPE_HEMIPLEGIA, DEMO_TYPE_DYSKINETIC, DEMO_TYPE_MIXED,
    DEMO_N_TYPES
} DemoType;

/* Why a child is not enrolled; the exclusions in the order of the screening form. */
typedef enum {
    DEMO_ELIGIBLE, DEMO_EPILEPSY, DEMO_HYDROCEPHALUS, DEMO_COAGULATION, DEMO_ANAESTHETIC_ALLERGY,
    DEMO_SEVERE_CONDITION, DEMO_INFECTION, DEMO_TOO_YOUNG, DEMO_OTHER_CAUSE, DEMO_DECLINED
} DemoFailure;

/* What goes otherwise than planned for an enrolled child. */
typedef enum {
    DEMO_AS_PLANNED, DEMO_LATE_V6, DEMO_MISSED_V3, DEMO_MISSED_DOSE, DEMO_LEAVES_BEFORE_DOSE,
    DEMO_LEAVES_BEFORE_V6
} DemoMishap;

typedef struct {
    int number;                       /* from 1, in the order of screening */
    DemoFailure failure;
    DemoMishap mishap;
    int64_t birth, screened, consented, enrolled;
    bool is_boy, is_foreign;
    int level;                        /* GMFCS, 2 to 5 */
    DemoType type;
    int therapy_hours;                /* a month, before the trial */
    double multiple;                  /* of the growth curve */
    bool has_visit[DEMO_N_VISITS], has_dose[2];
    int64_t visit[DEMO_N_VISITS], dose[2], left;
    double ability[DEMO_N_VISITS];    /* true GMFM-66 points at V0, V3, V6 */
} DemoChild;

/* A stream of random numbers of its own for each child and purpose, and for the trial (child 0). */
typedef enum {
    DEMO_DRAW_COURSE, DEMO_DRAW_CONSENT, DEMO_DRAW_BUILD, DEMO_DRAW_VISIT, DEMO_DRAW_TONE, DEMO_DRAW_PRODUCT,
    DEMO_DRAW_EVENTS, DEMO_DRAW_ITEMS,
    DEMO_DRAW_VISIT_ITEMS,            /* and one more for each visit */
    DEMO_N_DRAWS = 32
} DemoDraw;
Rng demo_rng(uint64_t seed, int child, DemoDraw draw);

/* Fills all DEMO_N_SCREENED children. */
void demo_cohort(uint64_t seed, DemoChild *children);

double demo_age(const DemoChild *child, int64_t day);         /* years */

/* Limit of the growth curve of a level relative to level III, and the curve itself in points at an age. */
double demo_room(int level);
double demo_curve(int level, double age_years);

#endif
