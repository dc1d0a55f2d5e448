#include "stat/two_proportions.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"

#define MAX_TABLES ((size_t)1 << 18)
#define N_GRID 1000
#define GOLDEN 0.6180339887498949
#define PEAK_TOLERANCE 1e-9 /* of a peak's place; p is flat there, so its error is of the square */

/* Statistics this close, relatively, are one: far above rounding, far below what differs. */
#define AS_EXTREME 1e-9

/* Fisher's p sums tables no more likely than the one seen, to this: the rule of fisher.c. */
#define AS_LIKELY (1 + 1e-7)

#define HALF_PI 1.5707963267948966

const char *unconditional_word(UnconditionalOrder order)
{
    static const char *const WORDS[] = {
#define X(name, word, order) word,
        UNCONDITIONAL_TESTS(X)
#undef X
    };
    return WORDS[order];
}

static bool group_check(size_t events, size_t n, const char *which, Error *err)
{
    if (n == 0) {
        error_set(err, ERROR_DEGENERATE, "the %s group is empty", which);
        return error_hint(err, "Look at the population: nobody of that group is in it.");
    }
    if (events <= n) return true;
    error_set(err, ERROR_MALFORMED, "%zu events among %zu of the %s group is more than all", events, n,
              which);
    return error_hint(err, "Count subjects with an event, not events.");
}

static bool counts_check(TwoCounts c, Error *err)
{
    return group_check(c.events_x, c.n_x, "first", err) && group_check(c.events_y, c.n_y, "second", err);
}

/* All tables of n_x and n_y: table (i, j) at i (n_y + 1) + j has i and j events. `extreme` is large where the table
 * speaks against the hypothesis. */
typedef struct {
    size_t n_x, n_y, seen;
    double *extreme;
    unsigned char *is_in;  /* at least as extreme as the one seen */
    double *pmf_x, *pmf_y; /* of the counts, at one common proportion */
} Tables;

static Tables tables_new(Arena *arena, TwoCounts c)
{
    size_t n = (c.n_x + 1) * (c.n_y + 1);
    return (Tables){.n_x = c.n_x,
                    .n_y = c.n_y,
                    .seen = c.events_x * (c.n_y + 1) + c.events_y,
                    .extreme = ARENA_ARRAY(arena, double, n),
                    .is_in = ARENA_ARRAY(arena, unsigned char, n),
                    .pmf_x = ARENA_ARRAY(arena, double, c.n_x + 1),
                    .pmf_y = ARENA_ARRAY(arena, double, c.n_y + 1)};
}

static double z_of(TwoCounts c, bool pooled)
{
    double n_x = (double)c.n_x, n_y = (double)c.n_y, x = (double)c.events_x / n_x,
           y = (double)c.events_y / n_y;
    double p = (double)(c.events_x + c.events_y) / (n_x + n_y);
    double variance = pooled ? p * (1 - p) * (1 / n_x + 1 / n_y) : x * (1 - x) / n_x + y * (1 - y) / n_y;
    return x == y ? 0 : (x - y) / sqrt(variance);
}

/* direction: 1 greater, -1 less, 0 two-sided */
static void order_by_z(Tables *t, bool pooled, int direction)
{
    for (size_t i = 0; i <= t->n_x; i++)
        for (size_t j = 0; j <= t->n_y; j++) {
            double z = z_of((TwoCounts){i, t->n_x, j, t->n_y}, pooled);
            t->extreme[i * (t->n_y + 1) + j] = direction == 0 ? fabs(z) : direction * z;
        }
}

/* Fisher's p for all tables with one total of events; `extreme` is its negative. */
static void order_total(Tables *t, size_t total, int direction)
{
    size_t low = total > t->n_y ? total - t->n_y : 0, high = total < t->n_x ? total : t->n_x;
    double n_x = (double)t->n_x, n_y = (double)t->n_y, drawn = (double)total, *pmf = t->pmf_x;
    for (size_t i = low; i <= high; i++) pmf[i] = hypergeometric_pmf((double)i, n_x, n_y, drawn);
    for (size_t i = low; i <= high; i++) {
        double p = 0;
        if (direction > 0)
            p = hypergeometric_sf((double)i - 1, n_x, n_y, drawn);
        else if (direction < 0)
            p = hypergeometric_cdf((double)i, n_x, n_y, drawn);
        else
            for (size_t k = low; k <= high; k++) p += pmf[k] <= pmf[i] * AS_LIKELY ? pmf[k] : 0;
        t->extreme[i * (t->n_y + 1) + (total - i)] = -p;
    }
}

static void order_tables(Tables *t, UnconditionalOrder order, int direction)
{
    if (order == UNCONDITIONAL_BOSCHLOO)
        for (size_t total = 0; total <= t->n_x + t->n_y; total++) order_total(t, total, direction);
    else
        order_by_z(t, order == UNCONDITIONAL_BARNARD, direction);
    double seen = t->extreme[t->seen], limit = isinf(seen) ? seen : seen - AS_EXTREME * fabs(seen);
    for (size_t k = 0; k < (t->n_x + 1) * (t->n_y + 1); k++) t->is_in[k] = t->extreme[k] >= limit;
}

/* The probability of the tables in the region when both proportions are sin^2 angle. */
static double region_probability(const Tables *t, double angle)
{
    double chance = sin(angle) * sin(angle), p = 0;
    for (size_t i = 0; i <= t->n_x; i++) t->pmf_x[i] = binomial_pmf((double)i, (double)t->n_x, chance);
    for (size_t j = 0; j <= t->n_y; j++) t->pmf_y[j] = binomial_pmf((double)j, (double)t->n_y, chance);
    for (size_t i = 0; i <= t->n_x; i++) {
        const unsigned char *is_in = &t->is_in[i * (t->n_y + 1)];
        double row = 0;
        for (size_t j = 0; j <= t->n_y; j++) row += is_in[j] ? t->pmf_y[j] : 0;
        p += t->pmf_x[i] * row;
    }
    return p;
}

/* Golden section: the largest value in [low, high], where there is one peak. */
static double climb(const Tables *t, double low, double high, double *angle)
{
    double a = high - GOLDEN * (high - low), b = low + GOLDEN * (high - low);
    double at_a = region_probability(t, a), at_b = region_probability(t, b);
    while (high - low > PEAK_TOLERANCE) {
        if (at_a >= at_b) {
            high = b, b = a, at_b = at_a;
            a = high - GOLDEN * (high - low), at_a = region_probability(t, a);
        } else {
            low = a, a = b, at_a = at_b;
            b = low + GOLDEN * (high - low), at_b = region_probability(t, b);
        }
    }
    *angle = at_a >= at_b ? a : b;
    return fmax(at_a, at_b);
}

/* p is largest at a peak; a peak cannot rise above its neighbours on the grid by more than a share, so low ones are
 * left alone. */
static double greatest_probability(Arena *scratch, const Tables *t, double *nuisance)
{
    double *value = ARENA_ARRAY(scratch, double, N_GRID + 1), step = HALF_PI / N_GRID, best = 0, at = 0,
           angle;
    for (size_t k = 0; k <= N_GRID; k++) {
        value[k] = region_probability(t, step * (double)k);
        if (value[k] > best) best = value[k], at = step * (double)k;
    }
    double highest_on_grid = best;
    for (size_t k = 1; k < N_GRID; k++) {
        if (value[k] < value[k - 1] || value[k] < value[k + 1] || value[k] < .9 * highest_on_grid) continue;
        double peak = climb(t, step * (double)(k - 1), step * (double)(k + 1), &angle);
        if (peak > best) best = peak, at = angle;
    }
    *nuisance = sin(at) * sin(at);
    return fmin(best, 1);
}

bool unconditional_test(Arena *scratch, TwoCounts counts, UnconditionalOrder order, UnconditionalTest *test,
                        Error *err)
{
    if (!counts_check(counts, err)) return false;
    if (counts.n_x >= MAX_TABLES || counts.n_y >= MAX_TABLES / (counts.n_x + 1)) {
        error_set(err, ERROR_USAGE, "groups of %zu and %zu are too large for an unconditional test",
                  counts.n_x, counts.n_y);
        return error_hint(err, "With so many subjects the score test says the same.");
    }
    ArenaMark mark = arena_mark(scratch);
    Tables tables = tables_new(scratch, counts);
    double nuisance;
    order_tables(&tables, order, 1);
    test->p_greater = greatest_probability(scratch, &tables, &nuisance);
    order_tables(&tables, order, -1);
    test->p_less = greatest_probability(scratch, &tables, &nuisance);
    order_tables(&tables, order, 0);
    test->p_two_sided = greatest_probability(scratch, &tables, &test->nuisance);
    test->p_doubled = fmin(1, 2 * fmin(test->p_greater, test->p_less));
    arena_rewind(scratch, mark);
    return true;
}

/* The derivative of the log likelihood by the proportion of y, when that of x is `difference` above it. Falls
 * throughout. Terms of counts that are 0 are absent, not 0/0. */
static double slope(TwoCounts c, double difference, double y)
{
    double x = y + difference, sum = 0;
    if (c.events_x > 0) sum += (double)c.events_x / x;
    if (c.events_x < c.n_x) sum -= (double)(c.n_x - c.events_x) / (1 - x);
    if (c.events_y > 0) sum += (double)c.events_y / y;
    if (c.events_y < c.n_y) sum -= (double)(c.n_y - c.events_y) / (1 - y);
    return sum;
}

/* The most likely proportion of y given the difference. */
static double restricted(TwoCounts c, double difference)
{
    double low = fmax(0, -difference), high = fmin(1, 1 - difference);
    for (double middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
        if (slope(c, difference, middle) > 0)
            low = middle;
        else
            high = middle;
    return (low + high) / 2;
}

static double score_z(TwoCounts c, double difference, ScoreVariance kind)
{
    double n_x = (double)c.n_x, n_y = (double)c.n_y, n = n_x + n_y;
    double y = restricted(c, difference), x = y + difference;
    double variance = fmax(x * (1 - x), 0) / n_x + fmax(y * (1 - y), 0) / n_y;
    double estimate = (double)c.events_x / n_x - (double)c.events_y / n_y;
    if (kind == SCORE_MIETTINEN_NURMINEN) variance *= n / (n - 1);
    return estimate == difference ? 0 : (estimate - difference) / sqrt(variance);
}

/* z falls as the difference supposed rises: where it passes `limit` between low and high. */
static double difference_at(TwoCounts c, ScoreVariance kind, double low, double high, double limit)
{
    for (double middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
        if (score_z(c, middle, kind) > limit)
            low = middle;
        else
            high = middle;
    return (low + high) / 2;
}

bool score_difference(TwoCounts counts, double null, double level, ScoreVariance variance,
                      ScoreDifference *result, Error *err)
{
    if (!level_check(level, err) || !counts_check(counts, err)) return false;
    if (!(null > -1 && null < 1)) {
        error_set(err, ERROR_USAGE, "the hypothesised difference %g is not between -1 and 1", null);
        return error_hint(err, "Write a margin of 10 percentage points as 0.1.");
    }
    double limit = normal_quantile_upper((1 - level) / 2);
    double estimate =
        (double)counts.events_x / (double)counts.n_x - (double)counts.events_y / (double)counts.n_y;
    *result = (ScoreDifference){.estimate = estimate, .z = score_z(counts, null, variance)};
    result->p_two_sided = 2 * normal_sf(fabs(result->z));
    result->p_greater = normal_sf(result->z), result->p_less = normal_cdf(result->z);
    result->ci.lower = difference_at(counts, variance, -1, estimate, limit);
    result->ci.upper = difference_at(counts, variance, estimate, 1, -limit);
    return true;
}
