/* Stopping a trial for too many events of one kind: a boundary on the number of subjects with the event,
 * looked at after each subject or at stated looks, whose chance of ever being reached is at most alpha
 * when the true chance of the event is p0. Everything is by exact recursion over the counts, not
 * simulation. Sources, ties, limits: docs/methods/stopping-boundaries.md. */
#ifndef SAFETY_STOPPING_H
#define SAFETY_STOPPING_H

#include "base/text.h"

#define STOPPING_MAX_SUBJECTS 1000

/* name, word in files, what is compared with the level, does a small number stop? */
#define BOUNDARY_KINDS(X)                                                                                     \
    X(POCOCK,         "pocock",         "P(X >= x | n, p0), one level for every n",          true)            \
    X(BETA_BINOMIAL,  "beta-binomial",  "P(p <= p0 | x, n) under a beta prior (Geller)",     true)            \
    X(OBRIEN_FLEMING, "obrien-fleming", "(x - n p0) / sqrt(N p0 (1 - p0))",                  false)           \
    X(SPRT,           "sprt",           "log likelihood ratio of p1 to p0, truncated at N",  false)

typedef enum {
#define X(name, word, number, small_stops) BOUNDARY_##name,
    BOUNDARY_KINDS(X)
#undef X
} BoundaryKind;

typedef struct {
    BoundaryKind kind;
    int n_max;                        /* N, subjects planned, 1 to STOPPING_MAX_SUBJECTS */
    double p0;                        /* chance of the event that is still acceptable, inside (0, 1) */
    double alpha;                     /* chance of stopping a trial whose chance is p0, inside (0, 1) */
    double prior_events;              /* a and b of the prior, above 0; beta-binomial only */
    double prior_non_events;
    double p1;                        /* chance that is too high, between p0 and 1; SPRT only */
    size_t n_looks;                   /* of looks; not read when looks is NULL */
    const int *looks;                 /* subjects at each look, rising, 1 to n_max; NULL: after each subject */
    bool has_level;                   /* the level is given; alpha is not read, and p_stop says what it comes to */
    double level;                     /* ("the posterior probability reaches 0.95": beta-binomial, level 0.05) */
} BoundaryPlan;

typedef struct {
    BoundaryPlan plan;
    int *boundary;                    /* [n_max + 1]: fewest subjects with the event that stop at n; else n + 1 */
    double level;                     /* what the number of the kind is compared with; equal stops */
    double p_stop;                    /* P(ever stop | p0), <= alpha unless the level was given */
} StoppingRule;

/* A kind by its word, letter case ignored. Fails: USAGE (names those there are). */
MUST_USE bool boundary_kind_parse(Str word, BoundaryKind *kind, Error *err);
const char *boundary_kind_word(BoundaryKind kind);
const char *boundary_kind_number(BoundaryKind kind);      /* what is compared with the level, for a table's note */

/* Finds the level that stops most often and still keeps P(ever stop | p0) <= alpha. Fails: USAGE (a number
 * of the plan out of range: names it), DEGENERATE (so few subjects that no count of events is as rare as
 * alpha). The boundary lives in `arena`. */
MUST_USE bool stopping_calibrate(Arena *arena, const BoundaryPlan *plan, StoppingRule *rule, Error *err);

/* What the rule does when the chance of the event is `p`, 0 to 1 (a promise). p_stop_by[n] is the chance of
 * having stopped at or before subject n; the array lives in `arena`. */
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
    double number;                    /* what is compared with the level; 0 before the first subject */
} StoppingVerdict;

/* Fails: INCONSISTENT (more events than subjects, more subjects than planned, negative). */
MUST_USE bool stopping_evaluate(const StoppingRule *rule, int n, int events, StoppingVerdict *verdict, Error *err);

/* The subject, counted from 1, at which the rule was first reached; 0 when it was not. had_event: one
 * entry per subject in the order of evaluation. Fails: INCONSISTENT (more subjects than planned). */
MUST_USE bool stopping_first_crossing(const StoppingRule *rule, const bool *had_event, int n, int *at, Error *err);

/* The boundary as people read it: "2 or more by subject 2 to 4". Fills at most n_max ranges; returns how
 * many. Between looks nothing stops, and a range runs from its first look to its last. */
typedef struct {
    int events, from, to;
} StoppingRange;
size_t stopping_ranges(const StoppingRule *rule, StoppingRange *ranges);

#endif
