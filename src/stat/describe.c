#include "stat/describe.h"

#include <assert.h>
#include <float.h>
#include <math.h>

#include "math/distribution.h"

double sample_quantile(const double *sorted, size_t n, double p)
{
    double place = (double)n * p, whole = nearbyint(place);
    bool is_whole = fabs(place - whole) <= 4 * DBL_EPSILON * place;      /* 0.07 * 100 is 7.000000000000001 */
    size_t j = (size_t)(is_whole ? whole : floor(place));
    if (j >= n) return sorted[n - 1];
    return is_whole && j > 0 ? (sorted[j - 1] + sorted[j]) / 2 : sorted[j];
}

static double geometric_mean_of(Arena *scratch, const double *x, size_t n)
{
    double *logs = ARENA_ARRAY(scratch, double, n);
    for (size_t i = 0; i < n; i++) {
        if (x[i] <= 0) return NAN;
        logs[i] = log(x[i]);
    }
    return exp(sample_mean(logs, n));
}

static const Description UNDEFINED = {.mean = NAN, .sd = NAN, .se = NAN, .ci = {NAN, NAN}, .min = NAN, .q1 = NAN,
                                      .median = NAN, .q3 = NAN, .max = NAN, .geometric_mean = NAN};

static void describe_spread(const double *x, size_t n, double level, Description *d)
{
    double df = (double)n - 1;
    d->sd = sqrt(sample_sum_of_squares(x, n, d->mean) / df);
    d->se = d->sd / sqrt((double)n);
    double half = t_quantile_upper((1 - level) / 2, df) * d->se;
    d->ci = (Interval){d->mean - half, d->mean + half};
}

bool describe(Arena *scratch, const double *x, size_t n, size_t n_missing, double level,
              Description *description, Error *err)
{
    if (!level_check(level, err) || !sample_check(x, n, "values", err)) return false;
    *description = UNDEFINED;
    description->n = n;
    description->n_missing = n_missing;
    if (n == 0) return true;
    ArenaMark mark = arena_mark(scratch);
    const double *sorted = sample_sorted(scratch, x, n);
    description->mean = sample_mean(x, n);
    description->min = sorted[0];
    description->q1 = sample_quantile(sorted, n, .25);
    description->median = sample_quantile(sorted, n, .5);
    description->q3 = sample_quantile(sorted, n, .75);
    description->max = sorted[n - 1];
    description->geometric_mean = geometric_mean_of(scratch, x, n);
    if (n > 1) describe_spread(x, n, level, description);
    arena_rewind(scratch, mark);
    return true;
}

bool describe_column(Arena *scratch, const Column *column, const size_t *rows, size_t n_rows, double level,
                     Description *description, Error *err)
{
    assert(column_is_number(column));
    ArenaMark mark = arena_mark(scratch);
    double *x = ARENA_ARRAY(scratch, double, n_rows);
    size_t n = 0;
    for (size_t i = 0; i < n_rows; i++)
        if (!column->missing[rows[i]]) x[n++] = column->numbers[rows[i]];
    bool described = describe(scratch, x, n, n_rows - n, level, description, err) ||
                     error_in(err, "column \"" STR_FMT "\"", STR_ARG(column->name));
    arena_rewind(scratch, mark);
    return described;
}
