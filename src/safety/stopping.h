/* Stopping a trial for too many events of one kind: a boundary on the number of subjects with the event, looked at
 * after each subject, whose chance of ever being reached is at most alpha when the true chance of the event is p0.
 *   BOUNDARY_POCOCK         stop when P(X >= x | n, p0) <= level, one level for every n (Pocock-type, exact binomial)
 *   BOUNDARY_BETA_BINOMIAL  stop when P(p > p0 | x, n) >= 1 - level under a Beta(a, b) prior (Geller 2003)
 * `level` is the largest that keeps P(ever stop | p0) <= alpha. Everything is by exact recursion over the counts, not
 * simulation. Source, ties, limits: docs/methods/stopping-boundaries.md. */
#ifndef SAFETY_STOPPING_H
#define SAFETY_STOPPING_H

#include "base/text.h"

#define STOPPING_MAX_SUBJECTS 1000

typedef enum { BOUNDARY_POCOCK, BOUNDARY_BETA_BINOMIAL } BoundaryKind;

typedef struct {
    BoundaryKind kind;
    int n_max;                        /* subjects planned, 1 to STOPPING_MAX_SUBJECTS */
    double p0;                        /* chance of the event that is still acceptable, inside (0, 1) */
    double alpha;                     /* chance of stopping a trial whose chance is p0, inside (0, 1) */
    double prior_events;              /* a and b of the prior, above 0; beta-binomial only */
    double prior_non_events;
} BoundaryPlan;

typedef struct {
    BoundaryPlan plan;
    int *boundary;                    /* [n_max + 1]: fewest subjects with the event that stop at n; n + 1 where none does */
    double level;                     /* the tail that stops: a tail of the data (Pocock), 1 - posterior (beta-binomial) */
    double p_stop;                    /* P(ever stop | p0), <= alpha */
} StoppingRule;

/* Fails: USAGE (a number of the plan out of range: names it), DEGENERATE (so few subjects that no count of events is
 * as rare as alpha). The boundary lives in `arena`. */
MUST_USE bool stopping_calibrate(Arena *arena, const BoundaryPlan *plan, StoppingRule *rule, Error *err);

/* What the rule does when the chance of the event is `p`, 0 to 1 (a promise). p_stop_by[n] is the chance of having stopped at
 * or before subject n; the array lives in `arena`. */
typedef struct {
    double p_stop;
    double expected_events;           /* subjects with the event when the trial stops or ends */
    double expected_subjects;
    double *p_stop_by;                /* [n_max + 1] */
} StoppingOperation;
StoppingOperation stopping_operate(Arena *arena, const StoppingRule *rule, double p);

/* The state of a running trial: n subjects evaluable, x of them with the event. */
typedef struct {
    bool stop;
    int boundary;                     /* events that would stop at this n; n + 1 where none would */
    int events_left;                  /* more events that this n allows, 0 when the rule stops */
    double tail;                      /* the number compared with the level */
} StoppingVerdict;

/* Fails: INCONSISTENT (more events than subjects, more subjects than planned, negative). */
MUST_USE bool stopping_evaluate(const StoppingRule *rule, int n, int events, StoppingVerdict *verdict, Error *err);

/* The subject, counted from 1, at which the rule was first reached; 0 when it was not. had_event: one entry per subject in
 * the order of evaluation. Fails: INCONSISTENT (more subjects than planned). */
MUST_USE bool stopping_first_crossing(const StoppingRule *rule, const bool *had_event, int n, int *at, Error *err);

/* The boundary as people read it: "2 or more by subject 2 to 4". Fills at most n_max ranges; returns how many. */
typedef struct {
    int events, from, to;
} StoppingRange;
size_t stopping_ranges(const StoppingRule *rule, StoppingRange *ranges);

#endif
