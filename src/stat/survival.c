#include "stat/survival.h"

#include <math.h>
#include <stdlib.h>

bool survival_check(const SurvivalData *data, Error *err)
{
    if (data->n == 0) {
        error_set(err, ERROR_DEGENERATE, "there is nobody to follow up");
        return error_hint(err, "Check the condition that chooses the subjects.");
    }
    for (size_t i = 0; i < data->n; i++) {
        if (data->time[i] >= 0 && isfinite(data->time[i])) continue;
        if (isfinite(data->time[i]))
            error_set(err, ERROR_MALFORMED, "number %zu of the %zu times is negative: %g", i + 1, data->n,
                      data->time[i]);
        else error_set(err, ERROR_MALFORMED, "number %zu of the %zu times is not finite", i + 1, data->n);
        return error_hint(
            err,
            "Count time from the start of the watch; leave out who was never watched, and say how many.");
    }
    return true;
}

typedef struct {
    double time;
    size_t subject;
} Place;

static int compare_places(const void *a, const void *b)
{
    const Place *x = a, *y = b;
    if (x->time != y->time) return x->time > y->time ? 1 : -1;
    return (x->subject > y->subject) - (x->subject < y->subject);
}

SurvivalTimes survival_times(Arena *arena, const SurvivalData *data)
{
    size_t n = data->n;
    SurvivalTimes t = {0, ARENA_ARRAY(arena, double, n), ARENA_ARRAY(arena, size_t, n + 1),
                       ARENA_ARRAY(arena, size_t, n), ARENA_ARRAY(arena, size_t, n)};
    ArenaMark mark = arena_mark(arena);
    Place *place = ARENA_ARRAY(arena, Place, n);
    double tolerance = sample_tie_tolerance(data->time, n);
    for (size_t i = 0; i < n; i++) place[i] = (Place){data->time[i], i};
    qsort(place, n, sizeof *place, compare_places);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || place[i].time - place[i - 1].time > tolerance) {
            t.time[t.n_times] = place[i].time;
            t.first[t.n_times++] = i;
        }
        t.by_time[i] = place[i].subject;
        t.of_subject[place[i].subject] = t.n_times - 1;
    }
    t.first[t.n_times] = n;
    arena_rewind(arena, mark);
    return t;
}
