#include "stat/residuals.h"

#include <math.h>

#include "math/distribution.h"
#include "stat/describe.h"
#include "stat/sample.h"

/* h = x (x'x)^- x' of one row. */
static double leverage(const double *x, const double *xtx_inverse, size_t p)
{
    double h = 0;
    for (size_t j = 0; j < p; j++) {
        double sum = 0;
        for (size_t k = 0; k < p; k++) sum += xtx_inverse[j * p + k] * x[k];
        h += x[j] * sum;
    }
    return h;
}

Residuals residuals_linear(Arena *arena, const Model *model, const LinearFit *fit)
{
    Residuals r = {.n = fit->n,
                   .fitted = ARENA_ARRAY(arena, double, fit->n),
                   .residual = ARENA_ARRAY(arena, double, fit->n)};
    for (size_t i = 0; i < fit->n; i++) {
        double free = 1 - leverage(&fit->x[i * fit->p], fit->xtx_inverse, fit->p);
        r.fitted[i] = model->y[i] - fit->residuals[i];
        r.residual[i] = free > 1e-10 && fit->sigma > 0 ? fit->residuals[i] / (fit->sigma * sqrt(free)) : NAN;
    }
    return r;
}

/* A sorted copy of the finite values. */
static double *sorted_finite(Arena *arena, const double *x, size_t n, size_t *n_finite)
{
    double *finite = ARENA_ARRAY(arena, double, n + 1);
    *n_finite = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i])) finite[(*n_finite)++] = x[i];
    return sample_sorted(arena, finite, *n_finite);
}

/* Whether order statistic i of n is kept: the tails, and so many evenly between that about `most` stay. */
static bool is_kept(size_t i, size_t n, size_t most)
{
    size_t tail = most / 4, middle = most - 2 * tail;
    if (n <= most || i < tail || i >= n - tail) return true;
    return (i - tail) % ((n - 2 * tail + middle - 1) / middle) == 0;
}

NormalPlot normal_plot(Arena *arena, const double *x, size_t n, double level, size_t most)
{
    NormalPlot plot = {0};
    double *sorted = sorted_finite(arena, x, n, &plot.n_values), m = (double)plot.n_values;
    plot.value = ARENA_ARRAY(arena, double, plot.n_values + 1);
    plot.expected = ARENA_ARRAY(arena, double, plot.n_values + 1);
    plot.low = ARENA_ARRAY(arena, double, plot.n_values + 1);
    plot.high = ARENA_ARRAY(arena, double, plot.n_values + 1);
    for (size_t i = 0; i < plot.n_values; i++) {
        double rank = (double)i + 1;
        if (!is_kept(i, plot.n_values, most)) continue;
        plot.value[plot.n] = sorted[i];
        plot.expected[plot.n] = normal_quantile((rank - 0.375) / (m + 0.25));
        plot.low[plot.n] = normal_quantile(beta_quantile((1 - level) / 2, rank, m + 1 - rank));
        plot.high[plot.n++] = normal_quantile_upper(beta_quantile((1 - level) / 2, m + 1 - rank, rank));
    }
    return plot;
}

static double bin_width(const double *sorted, size_t n)
{
    static const double STEPS[] = {0.1, 0.2, 0.25, 0.5};
    double iqr = sample_quantile(sorted, n, 0.75) - sample_quantile(sorted, n, 0.25),
           wanted = 2 * iqr / cbrt((double)n), best = STEPS[0];
    double range = sorted[n - 1] - sorted[0];
    if (!(wanted > 0)) wanted = range > 0 ? range / 10 : 1;
    if (wanted < range / (HISTOGRAM_MAX - 2)) wanted = range / (HISTOGRAM_MAX - 2);
    for (double ten = 1e-6; ten < 1e12; ten *= 10)
        for (size_t i = 0; i < 4; i++) {
            double step = STEPS[i] * ten;
            if (fabs(log(step / wanted)) < fabs(log(best / wanted)) && range / step <= HISTOGRAM_MAX - 2)
                best = step;
        }
    return range / best <= HISTOGRAM_MAX - 2 ? best : range / (HISTOGRAM_MAX - 2);
}

Histogram histogram(Arena *arena, const double *x, size_t n)
{
    Histogram h = {0};
    size_t m;
    double *sorted = sorted_finite(arena, x, n, &m);
    if (!m) return h;
    h.width = bin_width(sorted, m);
    double first = floor(sorted[0] / h.width), last = floor(sorted[m - 1] / h.width);
    h.n = (size_t)(last - first) + 1;
    h.edge = ARENA_ARRAY(arena, double, h.n + 1);
    h.count = ARENA_ARRAY(arena, size_t, h.n);
    for (size_t i = 0; i <= h.n; i++) h.edge[i] = (first + (double)i) * h.width;
    for (size_t i = 0, bin = 0; i < m; i++) {
        while (bin + 1 < h.n && sorted[i] >= h.edge[bin + 1]) bin++;
        h.count[bin]++;
    }
    return h;
}

BoxNumbers box_numbers(Arena *arena, const double *x, size_t n)
{
    BoxNumbers box = {.low = NAN, .q1 = NAN, .median = NAN, .q3 = NAN, .high = NAN, .min = NAN, .max = NAN};
    double *sorted = sorted_finite(arena, x, n, &box.n);
    if (!box.n) return box;
    box.q1 = sample_quantile(sorted, box.n, 0.25);
    box.median = sample_quantile(sorted, box.n, 0.5);
    box.q3 = sample_quantile(sorted, box.n, 0.75);
    box.min = sorted[0];
    box.max = sorted[box.n - 1];
    double reach = 1.5 * (box.q3 - box.q1);
    box.low = box.q1;
    box.high = box.q3;
    box.beyond = ARENA_ARRAY(arena, double, box.n);
    for (size_t i = 0; i < box.n; i++) {
        if (sorted[i] < box.q1 - reach || sorted[i] > box.q3 + reach) {
            box.beyond[box.n_beyond++] = sorted[i];
            continue;
        }
        box.low = fmin(box.low, sorted[i]);
        box.high = fmax(box.high, sorted[i]);
    }
    return box;
}
