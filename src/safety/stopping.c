#include "safety/stopping.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "math/distribution.h"

/* Two probabilities that agree to this relative difference are one number that was rounded twice: the tails below are good
 * to about 1e-14, and different tails of one plan lie further apart. */
#define SAME 1e-12

static bool at_most(double a, double b) { return a <= b + SAME * fmax(fabs(a), fabs(b)); }

/* The number a boundary is drawn on; falls as x rises. */
static double tail_of(const BoundaryPlan *plan, int n, int x)
{
    if (plan->kind == BOUNDARY_POCOCK) return binomial_sf(x - 1, n, plan->p0);
    return beta_cdf(plan->p0, plan->prior_events + x, plan->prior_non_events + n - x);
}

/* tails of 1 <= x <= n <= n_max, row by row: (n, x) is at n (n - 1) / 2 + x - 1 */
static double *all_tails(Arena *arena, const BoundaryPlan *plan, size_t *count)
{
    size_t n_max = (size_t)plan->n_max, k = 0;
    *count = n_max * (n_max + 1) / 2;
    double *tails = ARENA_ARRAY(arena, double, *count);
    for (int n = 1; n <= plan->n_max; n++)
        for (int x = 1; x <= n; x++) tails[k++] = tail_of(plan, n, x);
    return tails;
}

static void draw_boundary(const double *tails, int n_max, double level, int *boundary)
{
    boundary[0] = 1;
    for (int n = 1; n <= n_max; n++) {
        const double *row = tails + (size_t)n * (size_t)(n - 1) / 2;
        int x = boundary[n - 1] < n ? boundary[n - 1] : n;       /* start from the last one, which is near */
        while (x > 1 && at_most(row[x - 2], level)) x--;
        while (x <= n && !at_most(row[x - 1], level)) x++;
        boundary[n] = x;
    }
}

/* alive[x] is the chance of x events among n subjects without having stopped before. Moves to n + 1. */
static void add_subject(double *alive, int n, double p)
{
    alive[n + 1] = alive[n] * p;
    for (int x = n; x > 0; x--) alive[x] = alive[x] * (1 - p) + alive[x - 1] * p;
    alive[0] *= 1 - p;
}

static double run(double *alive, const int *boundary, int n_max, double p, StoppingOperation *operation)
{
    double stopped = 0;
    alive[0] = 1;
    for (int n = 1; n <= n_max; n++) {
        double here = 0;
        add_subject(alive, n - 1, p);
        for (int x = n; x >= boundary[n]; x--) {
            here += alive[x];
            if (operation) operation->expected_events += alive[x] * x;
            alive[x] = 0;
        }
        stopped += here;
        if (!operation) continue;
        operation->expected_subjects += here * n;
        operation->p_stop_by[n] = stopped;
    }
    for (int x = 0; operation && x <= n_max; x++) {
        operation->expected_events += alive[x] * x;
        operation->expected_subjects += alive[x] * n_max;
    }
    return stopped;
}

static double chance_of_stopping(Arena *scratch, const int *boundary, int n_max, double p)
{
    ArenaMark mark = arena_mark(scratch);
    double stopped = run(ARENA_ARRAY(scratch, double, (size_t)n_max + 1), boundary, n_max, p, NULL);
    arena_rewind(scratch, mark);
    return stopped;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool check_plan(const BoundaryPlan *plan, Error *err)
{
    if (plan->n_max < 1 || plan->n_max > STOPPING_MAX_SUBJECTS)
        return error_set(err, ERROR_USAGE, "a boundary for %d subjects, not 1 to %d", plan->n_max, STOPPING_MAX_SUBJECTS);
    if (!(plan->p0 > 0 && plan->p0 < 1))
        return error_set(err, ERROR_USAGE, "the acceptable chance of the event, %g, is not between 0 and 1", plan->p0);
    if (!(plan->alpha > 0 && plan->alpha < 1))
        return error_set(err, ERROR_USAGE, "alpha, %g, is not between 0 and 1", plan->alpha);
    if (plan->kind == BOUNDARY_POCOCK) return true;
    if (plan->prior_events > 0 && plan->prior_non_events > 0 && isfinite(plan->prior_events) && isfinite(plan->prior_non_events))
        return true;
    error_set(err, ERROR_USAGE, "the prior Beta(%g, %g) needs two numbers above 0", plan->prior_events, plan->prior_non_events);
    return error_hint(err, "Its mean is a / (a + b); a + b is how many subjects it is worth.");
}

bool stopping_calibrate(Arena *arena, const BoundaryPlan *plan, StoppingRule *rule, Error *err)
{
    if (!check_plan(plan, err)) return false;
    *rule = (StoppingRule){.plan = *plan, .boundary = ARENA_ARRAY(arena, int, (size_t)plan->n_max + 1)};
    ArenaMark mark = arena_mark(arena);
    size_t count;
    double *tails = all_tails(arena, plan, &count);
    double *levels = arena_copy(arena, tails, count * sizeof *tails);
    qsort(levels, count, sizeof *levels, ascending);
    size_t good = 0, bad = count;                    /* levels[good - 1] keeps alpha, levels[bad] does not */
    while (good < bad) {
        size_t middle = good + (bad - good) / 2;
        draw_boundary(tails, plan->n_max, levels[middle], rule->boundary);
        if (at_most(chance_of_stopping(arena, rule->boundary, plan->n_max, plan->p0), plan->alpha)) good = middle + 1;
        else bad = middle;
    }
    if (good) {
        rule->level = levels[good - 1];
        draw_boundary(tails, plan->n_max, rule->level, rule->boundary);
        rule->p_stop = chance_of_stopping(arena, rule->boundary, plan->n_max, plan->p0);
    }
    arena_rewind(arena, mark);
    if (good) return true;
    error_set(err, ERROR_DEGENERATE, "with %d subjects no number of events is as rare as alpha %g", plan->n_max, plan->alpha);
    return error_hint(err, "Raise alpha, plan more subjects or accept a smaller chance of the event.");
}

StoppingOperation stopping_operate(Arena *arena, const StoppingRule *rule, double p)
{
    assert(p >= 0 && p <= 1);
    size_t room = (size_t)rule->plan.n_max + 1;
    StoppingOperation operation = {.p_stop_by = ARENA_ARRAY(arena, double, room)};
    ArenaMark mark = arena_mark(arena);
    operation.p_stop = run(ARENA_ARRAY(arena, double, room), rule->boundary, rule->plan.n_max, p, &operation);
    arena_rewind(arena, mark);
    return operation;
}

bool stopping_evaluate(const StoppingRule *rule, int n, int events, StoppingVerdict *verdict, Error *err)
{
    if (n < 0 || events < 0 || events > n)
        return error_set(err, ERROR_INCONSISTENT, "%d events among %d subjects", events, n);
    if (n > rule->plan.n_max) {
        error_set(err, ERROR_INCONSISTENT, "%d subjects, the boundary was planned for %d", n, rule->plan.n_max);
        return error_hint(err, "Amend the protocol: a longer trial needs a boundary calibrated for its length.");
    }
    *verdict = (StoppingVerdict){.boundary = rule->boundary[n], .tail = 1};
    verdict->stop = n > 0 && events >= verdict->boundary;
    verdict->events_left = verdict->stop ? 0 : verdict->boundary - 1 - events;
    if (n > 0) verdict->tail = tail_of(&rule->plan, n, events);
    return true;
}

bool stopping_first_crossing(const StoppingRule *rule, const bool *had_event, int n, int *at, Error *err)
{
    int events = 0;
    *at = 0;
    for (int i = 1; i <= n; i++) {
        StoppingVerdict verdict;
        events += had_event[i - 1];
        if (!stopping_evaluate(rule, i, events, &verdict, err)) return false;
        if (!verdict.stop) continue;
        *at = i;
        return true;
    }
    return true;
}

size_t stopping_ranges(const StoppingRule *rule, StoppingRange *ranges)
{
    size_t count = 0;
    for (int n = 1; n <= rule->plan.n_max; n++) {
        if (rule->boundary[n] > n) continue;
        if (count && ranges[count - 1].events == rule->boundary[n]) ranges[count - 1].to = n;
        else ranges[count++] = (StoppingRange){rule->boundary[n], n, n};
    }
    return count;
}
