/* How often an adverse event happened: by subject and by infusion, with exact (Clopper-Pearson) 95 %
 * intervals. "None was seen" is a statement about an upper bound, so none prints its bounds: the two-sided
 * interval's end (which is a one-sided 97.5 % bound) and the one-sided 95 % bound. Source: Clopper and
 * Pearson, Biometrika 1934;26:404. */
#ifndef SAFETY_INCIDENCE_H
#define SAFETY_INCIDENCE_H

#include "base/text.h"

typedef struct {
    int n_subjects;                   /* at risk: treated at least once */
    int n_subjects_with_event;
    int n_events;                     /* a subject can have several */
    int n_infusions;                  /* 0 when infusions do not apply */
    int n_infusions_with_event;       /* infusions followed by at least one */
} IncidenceCounts;

typedef struct {
    double proportion;
    double ci_low, ci_high;           /* two-sided 95 % */
    double upper_one_sided;           /* 95 % */
} IncidenceRate;

typedef struct {
    IncidenceRate per_subject;
    bool has_infusions;
    IncidenceRate per_infusion;       /* takes infusions as independent, which those of one child are not: say so */
    double events_per_subject;
} Incidence;

/* Fails: DEGENERATE (nobody at risk), INCONSISTENT (more with the event than at risk, fewer events than
 * subjects with one, fewer infusions with the event than subjects with it, negative). */
MUST_USE bool incidence_estimate(const IncidenceCounts *counts, Incidence *incidence, Error *err);

/* x of n. Fails: as above. */
MUST_USE bool incidence_rate(int x, int n, IncidenceRate *rate, Error *err);

#endif
