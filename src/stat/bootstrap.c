#include "stat/bootstrap.h"

#include <assert.h>
#include <math.h>

#include "math/distribution.h"
#include "math/rng.h"

#define REPLICATES_MIN 100

/* The units of each stratum, and room for the rows of any draw. */
typedef struct {
    const BootstrapUnits *units;
    size_t *member, *begin;           /* units by stratum: member[begin[s] .. begin[s + 1]) */
    size_t n_strata;
    size_t *drawn;                    /* rows */
    Statistic *statistic;
    void *context;
    Arena *scratch;
} Resampler;

static size_t rows_of(const BootstrapUnits *units, size_t unit)
{
    return units->first ? units->first[unit + 1] - units->first[unit] : 1;
}

static size_t add_unit(const BootstrapUnits *units, size_t unit, size_t *rows, size_t n)
{
    if (!units->first) {
        rows[n] = unit;
        return n + 1;
    }
    for (size_t i = units->first[unit]; i < units->first[unit + 1]; i++) rows[n++] = units->rows[i];
    return n;
}

static Resampler resampler_new(Arena *scratch, const BootstrapUnits *units, Statistic *statistic, void *context)
{
    Resampler r = {.units = units, .n_strata = units->stratum ? units->n_strata : 1, .statistic = statistic,
                   .context = context, .scratch = scratch};
    size_t largest = 0;
    r.member = ARENA_ARRAY(scratch, size_t, units->n_units);
    r.begin = ARENA_ARRAY(scratch, size_t, r.n_strata + 1);
    for (size_t s = 0, n = 0; s < r.n_strata; r.begin[++s] = n)
        for (size_t u = 0; u < units->n_units; u++)
            if (!units->stratum || units->stratum[u] == s) r.member[n++] = u;
    assert(r.begin[r.n_strata] == units->n_units);
    for (size_t u = 0; u < units->n_units; u++)
        if (rows_of(units, u) > largest) largest = rows_of(units, u);
    r.drawn = ARENA_ARRAY(scratch, size_t, units->n_units * largest);
    return r;
}

static double evaluate(const Resampler *r, size_t n)
{
    ArenaMark mark = arena_mark(r->scratch);
    double value = r->statistic(r->scratch, r->drawn, n, r->context);
    arena_rewind(r->scratch, mark);
    return value;
}

/* Of all units but one; leave n_units out of range to keep all. */
static double without_unit(const Resampler *r, size_t left_out)
{
    size_t n = 0;
    for (size_t u = 0; u < r->units->n_units; u++)
        if (u != left_out) n = add_unit(r->units, u, r->drawn, n);
    return evaluate(r, n);
}

static double of_replicate(const Resampler *r, Rng rng)
{
    size_t n = 0;
    for (size_t s = 0; s < r->n_strata; s++) {
        size_t size = r->begin[s + 1] - r->begin[s];
        for (size_t i = 0; i < size; i++)
            n = add_unit(r->units, r->member[r->begin[s] + (size_t)rng_below(&rng, size)], r->drawn, n);
    }
    return evaluate(r, n);
}

/* a = sum d^3 / (6 (sum d^2)^(3/2)), d the jackknife's mean less its values. */
static bool jackknife_acceleration(const Resampler *r, double *acceleration, Error *err)
{
    size_t n = r->units->n_units;
    double *value = ARENA_ARRAY(r->scratch, double, n), squares = 0, cubes = 0;
    for (size_t u = 0; u < n; u++) {
        value[u] = without_unit(r, u);
        if (isfinite(value[u])) continue;
        error_set(err, ERROR_DEGENERATE, "the statistic cannot be computed without unit %zu", u + 1);
        return error_hint(err, "Use the percentile interval of a statistic that one subject does not decide.");
    }
    double mean = sample_mean(value, n);
    for (size_t u = 0; u < n; u++) {
        double d = mean - value[u];
        squares += d * d, cubes += d * d * d;
    }
    *acceleration = squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0;
    return true;
}

static double quantile_of(const double *sorted, size_t n, double p)
{
    double place = ((double)n + 1) * p;
    if (!(place > 1)) return sorted[0];
    if (place >= (double)n) return sorted[n - 1];
    size_t k = (size_t)floor(place);
    double share = place - floor(place);
    return share > 0 ? sorted[k - 1] + share * (sorted[k] - sorted[k - 1]) : sorted[k - 1];
}

/* Where BCa reads the replicates instead of at the probability p. */
static double bca_probability(const Bootstrap *b, double p)
{
    double z = b->z0 + normal_quantile(p);
    return normal_cdf(b->z0 + z / (1 - b->acceleration * z));
}

static bool summarize(const double *sorted, size_t n, double level, Bootstrap *b, Error *err)
{
    double below = 0, mean = sample_mean(sorted, n), alpha = (1 - level) / 2;
    for (size_t i = 0; i < n; i++) below += sorted[i] < b->estimate ? 1 : sorted[i] == b->estimate ? .5 : 0;
    if (!(below > 0) || below == (double)n) {
        error_set(err, ERROR_DEGENERATE, "all %zu replicates lie on one side of the estimate", n);
        return error_hint(err, "Resampling does not imitate how this statistic varies; use another interval.");
    }
    b->bias = mean - b->estimate;
    b->se = sqrt(sample_sum_of_squares(sorted, n, mean) / ((double)n - 1));
    b->z0 = normal_quantile(below / (double)n);
    b->percentile = (Interval){quantile_of(sorted, n, alpha), quantile_of(sorted, n, 1 - alpha)};
    b->bca = (Interval){quantile_of(sorted, n, bca_probability(b, alpha)),
                        quantile_of(sorted, n, bca_probability(b, 1 - alpha))};
    return true;
}

static bool resample(const Resampler *r, BootstrapOptions options, Bootstrap *b, Error *err)
{
    double *value = ARENA_ARRAY(r->scratch, double, options.n_replicates);
    size_t n = 0;
    b->estimate = without_unit(r, r->units->n_units);
    if (!isfinite(b->estimate)) {
        error_set(err, ERROR_DEGENERATE, "the statistic cannot be computed of these data");
        return error_hint(err, "Look at the population and at the missing values.");
    }
    for (size_t i = 0; i < options.n_replicates; i++) {
        double replicate = of_replicate(r, rng_stream(options.seed, i));
        if (isfinite(replicate)) value[n++] = replicate;
    }
    b->n_failed = options.n_replicates - n;
    if (10 * b->n_failed > options.n_replicates) {
        error_set(err, ERROR_DEGENERATE, "the statistic could not be computed in %zu of %zu replicates",
                  b->n_failed, options.n_replicates);
        return error_hint(err, "There are too few subjects, or a category is too rare, for resampling.");
    }
    return jackknife_acceleration(r, &b->acceleration, err) &&
           summarize(sample_sorted(r->scratch, value, n), n, options.level, b, err);
}

bool bootstrap(Arena *scratch, const BootstrapUnits *units, BootstrapOptions options, Statistic *statistic,
               void *context, Bootstrap *result, Error *err)
{
    if (!level_check(options.level, err)) return false;
    if (options.n_replicates < REPLICATES_MIN) {
        error_set(err, ERROR_USAGE, "%zu bootstrap replicates are too few", options.n_replicates);
        return error_hint(err, "Ask for 2000 or more; %d is the least.", REPLICATES_MIN);
    }
    if (units->n_units < 2) {
        error_set(err, ERROR_DEGENERATE, "resampling needs two subjects, and there %s %zu",
                  units->n_units == 1 ? "is" : "are", units->n_units);
        return error_hint(err, "Look at the population.");
    }
    ArenaMark mark = arena_mark(scratch);
    Resampler r = resampler_new(scratch, units, statistic, context);
    *result = (Bootstrap){0};
    bool done = resample(&r, options, result, err);
    arena_rewind(scratch, mark);
    return done;
}
