#include "stat/sample.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "math/matrix.h"

bool sample_check(const double *x, size_t n, const char *what, Error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) {
            error_set(err, ERROR_MALFORMED, "number %zu of the %zu %s is not finite", i + 1, n, what);
            return error_hint(err, "Leave missing values out, and say how many there were.");
        }
    return true;
}

bool level_check(double level, Error *err)
{
    if (level > 0 && level < 1) return true;
    error_set(err, ERROR_USAGE, "the confidence level %g is not between 0 and 1", level);
    return error_hint(err, "Write 95 %% as 0.95.");
}

double sample_mean(const double *x, size_t n)
{
    Twofold sum = {0};
    for (size_t i = 0; i < n; i++) sum = twofold_add_product(sum, x[i], 1);
    return (sum.high + sum.low) / (double)n;
}

double sample_sum_of_squares(const double *x, size_t n, double mean)
{
    Twofold squares = {0}, deviations = {0};
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - mean;
        squares = twofold_add_product(squares, d, d);
        deviations = twofold_add_product(deviations, d, 1);
    }
    /* the mean is rounded; what the deviations sum to says by how much */
    return squares.high + squares.low - deviations.high * deviations.high / (double)n;
}

static int compare_values(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double *sample_sorted(Arena *arena, const double *x, size_t n)
{
    double *sorted = ARENA_ARRAY(arena, double, n);
    if (n > 0) memcpy(sorted, x, n * sizeof *x);
    qsort(sorted, n, sizeof *sorted, compare_values);
    return sorted;
}

double sample_tie_tolerance(const double *x, size_t n) { return 1e-12 * largest_magnitude(x, n); }

typedef struct {
    double value;
    size_t place;
} Placed;

static int compare_placed(const void *a, const void *b) { return compare_values(a, b); }

double sample_midranks(Arena *arena, const double *x, size_t n, double tolerance, double *rank)
{
    ArenaMark mark = arena_mark(arena);
    Placed *placed = ARENA_ARRAY(arena, Placed, n);
    double tie_term = 0;
    for (size_t i = 0; i < n; i++) placed[i] = (Placed){x[i], i};
    qsort(placed, n, sizeof *placed, compare_placed);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && placed[end].value - placed[end - 1].value <= tolerance;) end++;
        double t = (double)(end - i);
        for (size_t j = i; j < end; j++) rank[placed[j].place] = ((double)(i + 1) + (double)end) / 2;
        tie_term += t * t * t - t;
    }
    arena_rewind(arena, mark);
    return tie_term;
}

/* How many pairs have a value <= v. */
typedef struct {
    const double *x, *y;
    size_t n, m;
} Pairs;
typedef size_t CountPairs(const Pairs *pairs, double v);

static size_t count_averages(const Pairs *pairs, double v)
{
    size_t count = 0, above = pairs->n;      /* x[i] with the values at and after `above` average more than v */
    for (size_t i = 0; i < pairs->n; i++) {
        while (above > i && (pairs->x[i] + pairs->x[above - 1]) / 2 > v) above--;
        if (above <= i) break;
        count += above - i;
    }
    return count;
}

static size_t count_differences(const Pairs *pairs, double v)
{
    size_t count = 0, from = 0;              /* x[i] less the values at and after `from` is at most v */
    for (size_t i = 0; i < pairs->n; i++) {
        while (from < pairs->m && pairs->x[i] - pairs->y[from] > v) from++;
        count += pairs->m - from;
    }
    return count;
}

/* Doubles in their order as unsigned integers, and back; -0 comes just before 0. */
static uint64_t order_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static double double_at(uint64_t order)
{
    uint64_t bits = order >> 63 ? order & ~((uint64_t)1 << 63) : ~order;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The least v in [low, high] with more than k pairs <= v. Rounding is monotone, so the counts are exact. */
static double kth_pair(CountPairs *count, const Pairs *pairs, double low, double high, size_t k)
{
    uint64_t from = order_of(low), to = order_of(high);
    while (from < to) {
        uint64_t middle = from + (to - from) / 2;
        if (count(pairs, double_at(middle)) > k) to = middle;
        else from = middle + 1;
    }
    return double_at(from) + 0.0;            /* never -0 */
}

double walsh_average(const double *x, size_t n, size_t k)
{
    Pairs pairs = {.x = x, .n = n};
    return kth_pair(count_averages, &pairs, x[0], x[n - 1], k);
}

double walsh_median(const double *x, size_t n)
{
    size_t n_pairs = n * (n + 1) / 2;
    return (walsh_average(x, n, (n_pairs - 1) / 2) + walsh_average(x, n, n_pairs / 2)) / 2;
}

double pairwise_difference(const double *x, size_t n, const double *y, size_t m, size_t k)
{
    Pairs pairs = {.x = x, .y = y, .n = n, .m = m};
    return kth_pair(count_differences, &pairs, x[0] - y[m - 1], x[n - 1] - y[0], k);
}

double pairwise_difference_median(const double *x, size_t n, const double *y, size_t m)
{
    size_t n_pairs = n * m;
    double low = pairwise_difference(x, n, y, m, (n_pairs - 1) / 2);
    return (low + pairwise_difference(x, n, y, m, n_pairs / 2)) / 2;
}
