#include "safety/stopping.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/distribution.h"

/* Two numbers that agree to this relative difference are one that was rounded twice: those below are good
 * to about 1e-14, and different ones of a plan lie further apart. */
#define SAME 1e-12

static bool at_most(double a, double b) { return a <= b + SAME * fmax(fabs(a), fabs(b)); }

static double tail_of_data(const BoundaryPlan *plan, int n, int x) { return binomial_sf(x - 1, n, plan->p0); }

static double tail_of_posterior(const BoundaryPlan *plan, int n, int x)
{
    return beta_cdf(plan->p0, plan->prior_events + x, plan->prior_non_events + n - x);
}

static double excess(const BoundaryPlan *plan, int n, int x)
{
    return (x - n * plan->p0) / sqrt(plan->n_max * plan->p0 * (1 - plan->p0));
}

static double log_likelihood_ratio(const BoundaryPlan *plan, int n, int x)
{
    return x * log(plan->p1 / plan->p0) + (n - x) * log((1 - plan->p1) / (1 - plan->p0));
}

static const struct {
    const char *word, *number;
    bool small_stops;
} KINDS[] = {
#define X(name, word, number, small_stops) [BOUNDARY_##name] = {word, number, small_stops},
    BOUNDARY_KINDS(X)
#undef X
};
#define N_KINDS (sizeof KINDS / sizeof KINDS[0])

static double sign_of(const BoundaryPlan *plan) { return KINDS[plan->kind].small_stops ? 1 : -1; }

static double number_of(const BoundaryPlan *plan, int n, int x)
{
    static double (*const NUMBERS[])(const BoundaryPlan *, int, int) = {
        [BOUNDARY_POCOCK] = tail_of_data,
        [BOUNDARY_BETA_BINOMIAL] = tail_of_posterior,
        [BOUNDARY_OBRIEN_FLEMING] = excess,
        [BOUNDARY_SPRT] = log_likelihood_ratio,
    };
    return NUMBERS[plan->kind](plan, n, x);
}

/* The numbers of 1 <= x <= n <= n_max, row by row, signed so that small ones stop: (n, x) is at n (n - 1)
 * / 2 + x - 1. They fall as x rises. */
static double *all_tails(Arena *arena, const BoundaryPlan *plan)
{
    size_t n_max = (size_t)plan->n_max, k = 0;
    double *tails = ARENA_ARRAY(arena, double, n_max *(n_max + 1) / 2);
    for (int n = 1; n <= plan->n_max; n++)
        for (int x = 1; x <= n; x++) tails[k++] = sign_of(plan) * number_of(plan, n, x);
    return tails;
}

static const double *row_of(const double *tails, int n) { return tails + (size_t)n * (size_t)(n - 1) / 2; }

static size_t n_looks_of(const BoundaryPlan *plan)
{
    return plan->looks ? plan->n_looks : (size_t)plan->n_max;
}

static int look_of(const BoundaryPlan *plan, size_t i) { return plan->looks ? plan->looks[i] : (int)i + 1; }

static void draw_boundary(const double *tails, const BoundaryPlan *plan, double level, int *boundary)
{
    int x = 1;
    for (int n = 0; n <= plan->n_max; n++) boundary[n] = n + 1;
    for (size_t i = 0; i < n_looks_of(plan); i++) {
        int n = look_of(plan, i);
        const double *row = row_of(tails, n);
        if (x > n) x = n; /* start from the last look's, which is near */
        while (x > 1 && at_most(row[x - 2], level)) x--;
        while (x <= n && !at_most(row[x - 1], level)) x++;
        boundary[n] = x;
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The tails of all looks in rising order. */
static double *sorted_levels(Arena *arena, const double *tails, const BoundaryPlan *plan, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < n_looks_of(plan); i++) *count += (size_t)look_of(plan, i);
    double *levels = ARENA_ARRAY(arena, double, *count), *next = levels;
    for (size_t i = 0; i < n_looks_of(plan); i++) {
        int n = look_of(plan, i);
        memcpy(next, row_of(tails, n), (size_t)n * sizeof *next);
        next += n;
    }
    qsort(levels, *count, sizeof *levels, ascending);
    return levels;
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

static bool check_prior(const BoundaryPlan *plan, Error *err)
{
    if (plan->prior_events > 0 && plan->prior_non_events > 0 && isfinite(plan->prior_events) &&
        isfinite(plan->prior_non_events))
        return true;
    error_set(err, ERROR_USAGE, "the prior Beta(%g, %g) needs two numbers above 0", plan->prior_events,
              plan->prior_non_events);
    return error_hint(err, "Its mean is a / (a + b); a + b is how many subjects it is worth.");
}

static bool check_looks(const BoundaryPlan *plan, Error *err)
{
    for (size_t i = 0; plan->looks && i < plan->n_looks; i++)
        if (plan->looks[i] > plan->n_max || plan->looks[i] <= (i ? plan->looks[i - 1] : 0))
            return error_set(err, ERROR_USAGE, "look %zu is at %d subjects; looks rise from 1 to %d", i + 1,
                             plan->looks[i], plan->n_max);
    return !plan->looks || plan->n_looks || error_set(err, ERROR_USAGE, "a boundary without a look");
}

static bool check_plan(const BoundaryPlan *plan, Error *err)
{
    if (plan->n_max < 1 || plan->n_max > STOPPING_MAX_SUBJECTS)
        return error_set(err, ERROR_USAGE, "a boundary for %d subjects, not 1 to %d", plan->n_max,
                         STOPPING_MAX_SUBJECTS);
    if (!(plan->p0 > 0 && plan->p0 < 1))
        return error_set(err, ERROR_USAGE, "the acceptable chance of the event, %g, is not between 0 and 1",
                         plan->p0);
    if (!plan->has_level && !(plan->alpha > 0 && plan->alpha < 1))
        return error_set(err, ERROR_USAGE, "alpha, %g, is not between 0 and 1", plan->alpha);
    if (plan->has_level && !isfinite(plan->level))
        return error_set(err, ERROR_USAGE, "the level is no number");
    if (plan->kind == BOUNDARY_SPRT && !(plan->p1 > plan->p0 && plan->p1 < 1))
        return error_set(err, ERROR_USAGE, "the chance that is too high, %g, is not between %g and 1",
                         plan->p1, plan->p0);
    if (plan->kind == BOUNDARY_BETA_BINOMIAL && !check_prior(plan, err)) return false;
    return check_looks(plan, err);
}

/* The largest of the levels that keeps alpha; false when none does. */
static bool search_level(Arena *scratch, const double *tails, const BoundaryPlan *plan, int *boundary,
                         double *level)
{
    size_t count;
    double *levels = sorted_levels(scratch, tails, plan, &count);
    size_t good = 0, bad = count; /* levels[good - 1] keeps alpha, levels[bad] does not */
    while (good < bad) {
        size_t middle = good + (bad - good) / 2;
        draw_boundary(tails, plan, levels[middle], boundary);
        if (at_most(chance_of_stopping(scratch, boundary, plan->n_max, plan->p0), plan->alpha))
            good = middle + 1;
        else
            bad = middle;
    }
    if (good) *level = levels[good - 1];
    return good > 0;
}

bool boundary_kind_parse(Str word, BoundaryKind *kind, Error *err)
{
    for (size_t i = 0; i < N_KINDS; i++)
        if (str_equal_fold(word, str_from(KINDS[i].word))) {
            *kind = (BoundaryKind)i;
            return true;
        }
    error_set(err, ERROR_USAGE, "there is no boundary \"" STR_FMT "\"", STR_ARG(word));
#define X(name, word, number, small_stops) " " word
    return error_hint(err, "There are" BOUNDARY_KINDS(X) ".");
#undef X
}

const char *boundary_kind_word(BoundaryKind kind) { return KINDS[kind].word; }

const char *boundary_kind_number(BoundaryKind kind) { return KINDS[kind].number; }

bool stopping_calibrate(Arena *arena, const BoundaryPlan *plan, StoppingRule *rule, Error *err)
{
    if (!check_plan(plan, err)) return false;
    *rule = (StoppingRule){.plan = *plan, .boundary = ARENA_ARRAY(arena, int, (size_t)plan->n_max + 1)};
    ArenaMark mark = arena_mark(arena);
    double *tails = all_tails(arena, plan), level = sign_of(plan) * plan->level;
    bool found = plan->has_level || search_level(arena, tails, plan, rule->boundary, &level);
    if (found) {
        draw_boundary(tails, plan, level, rule->boundary);
        rule->level = sign_of(plan) * level;
        rule->p_stop = chance_of_stopping(arena, rule->boundary, plan->n_max, plan->p0);
    }
    arena_rewind(arena, mark);
    if (found) return true;
    error_set(err, ERROR_DEGENERATE, "with %d subjects no number of events is as rare as alpha %g",
              plan->n_max, plan->alpha);
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
        error_set(err, ERROR_INCONSISTENT, "%d subjects, the boundary was planned for %d", n,
                  rule->plan.n_max);
        return error_hint(err,
                          "Amend the protocol: a longer trial needs a boundary calibrated for its length.");
    }
    *verdict = (StoppingVerdict){.boundary = rule->boundary[n]};
    verdict->stop = n > 0 && events >= verdict->boundary;
    verdict->events_left = verdict->stop ? 0 : verdict->boundary - 1 - events;
    if (n > 0) verdict->number = number_of(&rule->plan, n, events);
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
        if (count && ranges[count - 1].events == rule->boundary[n])
            ranges[count - 1].to = n;
        else
            ranges[count++] = (StoppingRange){rule->boundary[n], n, n};
    }
    return count;
}
