#include "stat/kaplan_meier.h"

#include <math.h>

#include "math/distribution.h"

#define LEVEL_ROUNDING 1e-9           /* products of fractions nearer than this to 1 - share are at it */

static const Interval NO_INTERVAL = {-INFINITY, INFINITY};

/* z is the normal quantile, s the survival, se_log the standard error of its logarithm. */
static Interval log_interval(double s, double se_log, double z)
{
    return (Interval){s * exp(-z * se_log), fmin(1, s * exp(z * se_log))};
}

static Interval log_log_interval(double s, double se_log, double z)
{
    double width = z * se_log / log(s);              /* negative */
    return (Interval){pow(s, exp(-width)), pow(s, exp(width))};
}

static Interval plain_interval(double s, double se_log, double z)
{
    return (Interval){fmax(0, s - z * se_log * s), fmin(1, s + z * se_log * s)};
}

static Interval (*const INTERVALS[])(double s, double se_log, double z) = {
    [KM_INTERVAL_LOG] = log_interval,
    [KM_INTERVAL_LOG_LOG] = log_log_interval,
    [KM_INTERVAL_PLAIN] = plain_interval,
};

static void estimate(KaplanMeier *c)
{
    double s = 1, var_log = 0, z = normal_quantile_upper((1 - c->level) / 2);
    for (size_t k = 0; k < c->n_times; k++) {
        double n = (double)c->at_risk[k], d = (double)c->events[k];
        s *= (n - d) / n;
        var_log += d > 0 ? d / (n * (n - d)) : 0;    /* infinite when all have the event */
        c->survival[k] = s;
        c->se[k] = s > 0 ? s * sqrt(var_log) : INFINITY;
        if (s <= 0) c->ci[k] = NO_INTERVAL;
        else if (var_log > 0) c->ci[k] = INTERVALS[c->interval](s, sqrt(var_log), z);
        else c->ci[k] = (Interval){1, 1};
    }
}

bool kaplan_meier(Arena *arena, const SurvivalData *data, KmInterval interval, double level,
                  KaplanMeier *curve, Error *err)
{
    if (!level_check(level, err) || !survival_check(data, err)) return false;
    SurvivalTimes t = survival_times(arena, data);
    *curve = (KaplanMeier){
        .n = data->n, .n_times = t.n_times, .time = t.time, .interval = interval, .level = level};
    curve->at_risk = ARENA_ARRAY(arena, size_t, t.n_times);
    curve->events = ARENA_ARRAY(arena, size_t, t.n_times);
    curve->censored = ARENA_ARRAY(arena, size_t, t.n_times);
    curve->survival = ARENA_ARRAY(arena, double, t.n_times);
    curve->se = ARENA_ARRAY(arena, double, t.n_times);
    curve->ci = ARENA_ARRAY(arena, Interval, t.n_times);
    for (size_t k = 0; k < t.n_times; k++) {
        curve->at_risk[k] = data->n - t.first[k];
        for (size_t i = t.first[k]; i < t.first[k + 1]; i++) curve->events[k] += data->event[t.by_time[i]];
        curve->censored[k] = t.first[k + 1] - t.first[k] - curve->events[k];
        curve->n_events += curve->events[k];
    }
    estimate(curve);
    return true;
}

/* How many of the curve's times are before `time`, or (with `until`) not after it. */
static size_t times_before(const KaplanMeier *c, double time, bool until)
{
    size_t low = 0, high = c->n_times;
    double rounding = sample_tie_tolerance(c->time, c->n_times);
    time += until ? rounding : -rounding;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->time[middle] < time || (until && c->time[middle] <= time)) low = middle + 1;
        else high = middle;
    }
    return low;
}

KmPoint kaplan_meier_at(const KaplanMeier *curve, double time)
{
    KmPoint point = {.time = time};
    size_t before = times_before(curve, time, false), until = times_before(curve, time, true);
    size_t last = curve->n_times - 1;
    point.at_risk = before < curve->n_times ? curve->at_risk[before] : 0;
    point.known = before < curve->n_times || curve->survival[last] <= 0;
    if (!point.known) return point;
    point.survival = until > 0 ? curve->survival[until - 1] : 1;
    point.se = until > 0 ? curve->se[until - 1] : 0;
    point.ci = until > 0 ? curve->ci[until - 1] : (Interval){1, 1};
    return point;
}

static double survival_of(const KaplanMeier *c, size_t k) { return c->survival[k]; }
static double lower_of(const KaplanMeier *c, size_t k) { return c->ci[k].lower; }
static double upper_of(const KaplanMeier *c, size_t k) { return c->ci[k].upper; }

/* Where a falling curve crosses the height; a flat stretch at that height counts with its middle. */
static double crossing(const KaplanMeier *c, double (*curve)(const KaplanMeier *c, size_t k), double height)
{
    size_t reached = 0, below;
    while (reached < c->n_times && !(curve(c, reached) <= height + LEVEL_ROUNDING)) reached++;
    if (reached == c->n_times) return INFINITY;
    below = reached;
    while (below + 1 < c->n_times && fabs(curve(c, below) - height) <= LEVEL_ROUNDING) below++;
    return (c->time[reached] + c->time[below]) / 2;
}

bool kaplan_meier_quantile(const KaplanMeier *curve, double share, KmQuantile *quantile, Error *err)
{
    if (!(share > 0 && share < 1)) {
        error_set(err, ERROR_USAGE, "the share %g is not between 0 and 1", share);
        return error_hint(err, "Write 0.5 for the median.");
    }
    *quantile = (KmQuantile){share, crossing(curve, survival_of, 1 - share),
                             {crossing(curve, lower_of, 1 - share), crossing(curve, upper_of, 1 - share)}};
    return true;
}

static bool check_tau(const KaplanMeier *c, double tau, Error *err)
{
    if (!(tau > 0 && isfinite(tau))) {
        error_set(err, ERROR_USAGE, "the restricted mean cannot end at time %g", tau);
        return error_hint(err, "Choose a time after the start at which subjects are still watched.");
    }
    double last = c->time[c->n_times - 1];
    if (tau <= last * (1 + 1e-12) || c->survival[c->n_times - 1] <= 0) return true;
    error_set(err, ERROR_DEGENERATE, "the restricted mean to time %g is unknown: the watch ended at %g", tau,
              last);
    return error_hint(err, "Choose a time up to %g.", last);
}

bool kaplan_meier_mean(const KaplanMeier *curve, double tau, KmMean *mean, Error *err)
{
    if (!check_tau(curve, tau, err)) return false;
    double area = 0, variance = 0, end = tau, z = normal_quantile_upper((1 - curve->level) / 2);
    for (size_t k = curve->n_times; k-- > 0;) {
        if (curve->time[k] >= tau) continue;
        double n = (double)curve->at_risk[k], d = (double)curve->events[k];
        area += curve->survival[k] * (end - curve->time[k]);
        end = curve->time[k];
        if (d > 0 && d < n) variance += area * area * d / (n * (n - d));
    }
    area += end;
    *mean = (KmMean){tau, area, sqrt(variance), {area - z * sqrt(variance), area + z * sqrt(variance)}};
    return true;
}

bool kaplan_meier_mean_difference(const KaplanMeier *first, const KaplanMeier *second, double tau,
                                  KmMeanDifference *difference, Error *err)
{
    KmMeanDifference d = {0};
    double z = normal_quantile_upper((1 - first->level) / 2);
    if (!kaplan_meier_mean(first, tau, &d.first, err)) return error_in(err, "first arm");
    if (!kaplan_meier_mean(second, tau, &d.second, err)) return error_in(err, "second arm");
    d.difference = d.second.estimate - d.first.estimate;
    d.se = hypot(d.first.se, d.second.se);
    if (d.se <= 0) {
        error_set(err, ERROR_DEGENERATE,
                  "neither arm has a restricted mean that varies: too few events before time %g", tau);
        return error_hint(err, "Choose a later time, or describe the events instead.");
    }
    d.z = d.difference / d.se;
    d.p_two_sided = fmin(1, 2 * normal_sf(fabs(d.z)));
    d.ci = (Interval){d.difference - z * d.se, d.difference + z * d.se};
    *difference = d;
    return true;
}
