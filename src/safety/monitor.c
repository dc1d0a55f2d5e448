#include "safety/monitor.h"

/* Event indexes by day, stable: insertion, for trials have few events. */
static size_t *order_by_day(Arena *arena, const MonitorEvent *events, size_t n)
{
    size_t *order = ARENA_ARRAY(arena, size_t, n);
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && events[order[at - 1]].day > events[i].day; at--) order[at] = order[at - 1];
        order[at] = i;
    }
    return order;
}

bool monitor_looks(Arena *arena, const StoppingRule *rule, const int64_t *unit_day, size_t n_units,
                   const MonitorEvent *events, size_t n_events, MonitorLook **looks, size_t *n_looks, Error *err)
{
    size_t *order = order_by_day(arena, events, n_events);
    bool *had_event = ARENA_ARRAY(arena, bool, n_units);
    *looks = ARENA_ARRAY(arena, MonitorLook, n_events);
    *n_looks = 0;
    for (size_t i = 0; i < n_events; i++) {
        const MonitorEvent *event = &events[order[i]];
        if (event->unit >= n_units) return error_set(err, ERROR_INCONSISTENT, "event %zu is of a unit that was not treated", order[i] + 1);
        if (had_event[event->unit]) continue;
        had_event[event->unit] = true;
        MonitorLook look = {.event = order[i]};
        for (size_t u = 0; u < n_units; u++) {
            look.n += unit_day[u] <= event->day || had_event[u];
            look.events += had_event[u];
        }
        int n = look.n < rule->plan.n_max ? look.n : rule->plan.n_max, n_events_by_then = look.events < n ? look.events : n;
        if (!stopping_evaluate(rule, n, n_events_by_then, &look.verdict, err)) return false;
        (*looks)[(*n_looks)++] = look;
    }
    return true;
}
