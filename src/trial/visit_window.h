/* Visits on days that the protocol does not foresee: how far outside, in words, and the question that is asked. */
#ifndef TRIAL_VISIT_WINDOW_H
#define TRIAL_VISIT_WINDOW_H

#include "trial/inside.h"

/* Days after the window of the visit, or before it when negative; 0 inside it, and where there is none to compare
 * (unscheduled visits, screening). `day` is counted from the first dose. */
int visit_days_outside(const Visit *visit, int day);

/* "visit V6 is 12 days after its window" */
Str visit_outside_text(Arena *arena, const Visit *visit, int days_outside);

/* Asks about a visit outside its window, once per visit, unless a deviation of that day is recorded. Days are counted
 * from the first dose; before it nothing is asked, but in a protocol without doses they are counted from enrolment. */
MUST_USE bool raise_window_query(Trial *trial, const Actor *actor, const Protocol *protocol, const SubjectRow *subject, Str form,
                                 const Visit *visit, Str date, size_t *n_queries, Error *err);

#endif
