/* A stopping rule watching a trial: the rule is asked again at each event that counts. */
#ifndef SAFETY_MONITOR_H
#define SAFETY_MONITOR_H

#include "safety/stopping.h"

/* Units are what the rule counts: subjects, or doses. */
typedef struct {
    size_t unit;                      /* index of the unit that had the event */
    int64_t day;                      /* when, on the same scale as the units' days */
} MonitorEvent;

typedef struct {
    size_t event;                     /* index of the event that was looked at */
    int n;                            /* units treated by then */
    int events;                       /* of them with an event */
    StoppingVerdict verdict;
} MonitorLook;

/* The looks in order of day (events of one day: as given). A second event of a unit is no look; an event before its
 * unit's own day counts the unit as treated. Beyond the units that the rule was planned for, its last boundary holds, which
 * is stricter than a longer plan's. looks (n_looks of them) lives in `arena`.
 *   unit_day   n_units days on which each unit was treated
 * Fails: INCONSISTENT (an event of a unit that is not there). */
MUST_USE bool monitor_looks(Arena *arena, const StoppingRule *rule, const int64_t *unit_day, size_t n_units,
                            const MonitorEvent *events, size_t n_events, MonitorLook **looks, size_t *n_looks, Error *err);

#endif
