#include "stat/wilcoxon.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"

/* A distribution on 0 .. n-1. */
typedef struct {
    double *p;
    size_t n;
} Chances;

/* Sum of the scores taken when each is taken with chance 1/2. */
static Chances chances_of_signs(Arena *arena, const size_t *score, size_t n)
{
    size_t top = 0;
    for (size_t i = 0; i < n; i++) top += score[i];
    Chances c = {ARENA_ARRAY(arena, double, top + 1), top + 1};
    c.p[0] = 1;
    for (size_t i = 0, reached = 0; i < n; i++) {
        reached += score[i];
        for (size_t s = reached + 1; s-- > 0;) c.p[s] = (c.p[s] + (s >= score[i] ? c.p[s - score[i]] : 0)) / 2;
    }
    return c;
}

/* Sum of the scores taken when each subset of n_taken of the n is as likely. */
static Chances chances_of_subset(Arena *arena, const size_t *score, size_t n, size_t n_taken)
{
    size_t top = 0;
    for (size_t i = 0; i < n; i++) top += score[i];
    size_t width = top + 1;
    double *count = ARENA_ARRAY(arena, double, (n_taken + 1) * width);
    count[0] = 1;
    for (size_t i = 0, reached = 0; i < n; i++) {
        reached += score[i];
        for (size_t j = n_taken < i + 1 ? n_taken : i + 1; j > 0; j--)
            for (size_t s = score[i]; s <= reached; s++)
                count[j * width + s] += count[(j - 1) * width + s - score[i]];
    }
    double *p = &count[n_taken * width], sum = 0;
    for (size_t s = 0; s < width; s++) sum += p[s];
    for (size_t s = 0; s < width; s++) p[s] /= sum;
    return (Chances){p, width};
}

/* Doubled, so that midranks are whole. */
static size_t doubled(double rank) { return (size_t)nearbyint(2 * rank); }

/* p values of the sum `seen`; `twice_mean` is twice the expectation, so that distances stay whole. */
static void exact_p(const Chances *c, size_t seen, size_t twice_mean, WilcoxonTest *test)
{
    size_t distance = 2 * seen > twice_mean ? 2 * seen - twice_mean : twice_mean - 2 * seen;
    test->exact = true;
    for (size_t s = 0; s < c->n; s++) {
        size_t here = 2 * s > twice_mean ? 2 * s - twice_mean : twice_mean - 2 * s;
        if (s <= seen) test->p_less += c->p[s];
        if (s >= seen) test->p_greater += c->p[s];
        if (here >= distance) test->p_two_sided += c->p[s];
    }
    test->p_less = fmin(test->p_less, 1);
    test->p_greater = fmin(test->p_greater, 1);
    test->p_two_sided = fmin(test->p_two_sided, 1);
}

/* The statistic lies on whole numbers and halves; 1/2 is the usual correction for that. */
static void asymptotic_p(double deviation, double sd, WilcoxonTest *test)
{
    double corrected = fmax(fabs(deviation) - .5, 0);
    test->p_two_sided = fmin(1, 2 * normal_sf(corrected / sd));
    test->p_greater = normal_sf((deviation - .5) / sd);
    test->p_less = normal_cdf((deviation + .5) / sd);
}

/* How many of the smallest (and largest) pairs lie outside the interval: the most k with P(statistic <= k - 1)
 * <= alpha, by the distribution without ties. `tail` is that probability. */
static size_t count_outside(const Chances *c, double alpha, double *tail)
{
    size_t k = 0;
    *tail = 0;
    while (k < c->n && *tail + c->p[k] <= alpha * (1 + 1e-12)) *tail += c->p[k++];
    return k;
}

static size_t count_outside_normal(double mean, double sd, double alpha, double *tail)
{
    double k = floor(mean + .5 - normal_quantile_upper(alpha) * sd);
    *tail = k < 1 ? 0 : normal_cdf((k - .5 - mean) / sd);
    return k < 1 ? 0 : (size_t)k;
}

static void refuse_zeros(size_t n, Error *err)
{
    error_set(err, ERROR_DEGENERATE, "none of the %zu differences is other than zero", n);
    error_hint(err, "Nothing changed, or the same variable was given twice.");
}

/* Estimate and interval from sorted differences. */
static void walsh_interval(Arena *scratch, const double *sorted, size_t n, double level, WilcoxonTest *test)
{
    size_t n_averages = n * (n + 1) / 2, k;
    double tail, alpha = (1 - level) / 2, m = (double)n;
    test->estimate = walsh_median(sorted, n);
    if (n <= SIGNED_RANK_EXACT_MAX) {
        size_t *score = ARENA_ARRAY(scratch, size_t, n);
        for (size_t i = 0; i < n; i++) score[i] = i + 1;
        Chances c = chances_of_signs(scratch, score, n);
        k = count_outside(&c, alpha, &tail);
    } else {
        k = count_outside_normal(m * (m + 1) / 4, sqrt(m * (m + 1) * (2 * m + 1) / 24), alpha, &tail);
    }
    test->ci_level = 1 - 2 * tail;
    test->ci = k == 0 ? (Interval){-INFINITY, INFINITY}
                      : (Interval){walsh_average(sorted, n, k - 1), walsh_average(sorted, n, n_averages - k)};
}

/* d holds exact zeros where differences are zero. */
static bool signed_ranks(Arena *scratch, const double *d, size_t n, double tolerance, ZeroRule zeros,
                         PMethod method, double level, WilcoxonTest *test, Error *err)
{
    double *size = ARENA_ARRAY(scratch, double, n), *kept = ARENA_ARRAY(scratch, double, n);
    double *rank = ARENA_ARRAY(scratch, double, n), mean = 0, variance = 0;
    size_t *score = ARENA_ARRAY(scratch, size_t, n), n_kept = 0, n_scores = 0, seen = 0;
    *test = (WilcoxonTest){.n = n};
    for (size_t i = 0; i < n; i++) {
        test->n_zero += d[i] == 0;
        if (zeros == ZERO_RULE_PRATT || d[i] != 0) kept[n_kept++] = d[i];
    }
    if (test->n_zero == n) {
        refuse_zeros(n, err);
        return false;
    }
    for (size_t i = 0; i < n_kept; i++) size[i] = fabs(kept[i]);
    sample_midranks(scratch, size, n_kept, tolerance, rank);
    for (size_t i = 0; i < n_kept; i++) {
        if (kept[i] == 0) continue;
        if (kept[i] > 0) test->statistic += rank[i], seen += doubled(rank[i]);
        mean += rank[i] / 2, variance += rank[i] * rank[i] / 4;
        score[n_scores++] = doubled(rank[i]);
    }
    test->z = (test->statistic - mean) / sqrt(variance);
    if (method == P_METHOD_EXACT && n_scores <= SIGNED_RANK_EXACT_MAX) {
        Chances c = chances_of_signs(scratch, score, n_scores);
        exact_p(&c, seen, c.n - 1, test);
    } else {
        asymptotic_p(test->statistic - mean, sqrt(variance), test);
    }
    walsh_interval(scratch, sample_sorted(scratch, kept, n_kept), n_kept, level, test);
    return true;
}

bool signed_rank_test(Arena *scratch, const double *d, size_t n, ZeroRule zeros, PMethod method, double level,
                      WilcoxonTest *test, Error *err)
{
    if (!level_check(level, err) || !sample_check(d, n, "differences", err)) return false;
    ArenaMark mark = arena_mark(scratch);
    double *difference = ARENA_ARRAY(scratch, double, n), tolerance = sample_tie_tolerance(d, n);
    for (size_t i = 0; i < n; i++) difference[i] = fabs(d[i]) <= tolerance ? 0 : d[i];
    bool done = signed_ranks(scratch, difference, n, tolerance, zeros, method, level, test, err);
    arena_rewind(scratch, mark);
    return done;
}

bool signed_rank_paired(Arena *scratch, const double *x, const double *y, size_t n, ZeroRule zeros,
                        PMethod method, double level, WilcoxonTest *test, Error *err)
{
    if (!level_check(level, err) || !sample_check(x, n, "first values", err) ||
        !sample_check(y, n, "second values", err))
        return false;
    ArenaMark mark = arena_mark(scratch);
    double *difference = ARENA_ARRAY(scratch, double, n);
    double tolerance = fmax(sample_tie_tolerance(x, n), sample_tie_tolerance(y, n));
    for (size_t i = 0; i < n; i++) difference[i] = fabs(x[i] - y[i]) <= tolerance ? 0 : x[i] - y[i];
    bool done = signed_ranks(scratch, difference, n, tolerance, zeros, method, level, test, err);
    arena_rewind(scratch, mark);
    return done;
}

static void shift_interval(Arena *scratch, const double *x, size_t n_x, const double *y, size_t n_y,
                           double level, WilcoxonTest *test)
{
    size_t n_pairs = n_x * n_y, n = n_x + n_y, k;
    double tail, alpha = (1 - level) / 2;
    test->estimate = pairwise_difference_median(x, n_x, y, n_y);
    if (n <= RANK_SUM_EXACT_MAX) {
        /* ranks from 0, less what the smallest subset has: U without ties */
        size_t *score = ARENA_ARRAY(scratch, size_t, n), least = n_x * (n_x - 1) / 2;
        for (size_t i = 0; i < n; i++) score[i] = i;
        Chances c = chances_of_subset(scratch, score, n, n_x);
        Chances u = {c.p + least, c.n - least};
        k = count_outside(&u, alpha, &tail);
    } else {
        double pairs = (double)n_pairs;
        k = count_outside_normal(pairs / 2, sqrt(pairs * ((double)n + 1) / 12), alpha, &tail);
    }
    test->ci_level = 1 - 2 * tail;
    test->ci = k == 0 ? (Interval){-INFINITY, INFINITY}
                      : (Interval){pairwise_difference(x, n_x, y, n_y, k - 1),
                                   pairwise_difference(x, n_x, y, n_y, n_pairs - k)};
}

static bool rank_sums(Arena *scratch, const double *x, size_t n_x, const double *y, size_t n_y, PMethod method,
                      double level, WilcoxonTest *test, Error *err)
{
    size_t n = n_x + n_y, seen = 0;
    double *all = ARENA_ARRAY(scratch, double, n), *rank = ARENA_ARRAY(scratch, double, n), count = (double)n;
    memcpy(all, x, n_x * sizeof *x);
    memcpy(all + n_x, y, n_y * sizeof *y);
    double tie_term = sample_midranks(scratch, all, n, sample_tie_tolerance(all, n), rank);
    double pairs = (double)n_x * (double)n_y,
           sd = sqrt(pairs / 12 * (count + 1 - tie_term / (count * (count - 1))));
    if (!(sd > 0)) {
        error_set(err, ERROR_DEGENERATE, "all %zu values are equal, so their ranks say nothing", n);
        return error_hint(err, "Look whether one value was entered for everybody.");
    }
    *test = (WilcoxonTest){.n = n_x, .n_y = n_y};
    for (size_t i = 0; i < n_x; i++) test->statistic += rank[i], seen += doubled(rank[i]);
    test->statistic -= (double)n_x * ((double)n_x + 1) / 2;
    test->z = (test->statistic - pairs / 2) / sd;
    if (method == P_METHOD_EXACT && n <= RANK_SUM_EXACT_MAX) {
        size_t *score = ARENA_ARRAY(scratch, size_t, n);
        for (size_t i = 0; i < n; i++) score[i] = doubled(rank[i]);
        Chances c = chances_of_subset(scratch, score, n, n_x);
        exact_p(&c, seen, 2 * n_x * (n + 1), test);
    } else {
        asymptotic_p(test->statistic - pairs / 2, sd, test);
    }
    shift_interval(scratch, sample_sorted(scratch, x, n_x), n_x, sample_sorted(scratch, y, n_y), n_y, level,
                   test);
    return true;
}

bool rank_sum_test(Arena *scratch, const double *x, size_t n_x, const double *y, size_t n_y, PMethod method,
                   double level, WilcoxonTest *test, Error *err)
{
    if (!level_check(level, err)) return false;
    if (!sample_check(x, n_x, "values of the first group", err)) return false;
    if (!sample_check(y, n_y, "values of the second group", err)) return false;
    if (n_x == 0 || n_y == 0) {
        error_set(err, ERROR_DEGENERATE, "the %s group has no values", n_x == 0 ? "first" : "second");
        return error_hint(err, "Look at the variable that makes the groups, and at the population.");
    }
    ArenaMark mark = arena_mark(scratch);
    bool done = rank_sums(scratch, x, n_x, y, n_y, method, level, test, err);
    arena_rewind(scratch, mark);
    return done;
}

/* Between the k-th smallest and the k-th largest: the most k with P(Binomial(n, 1/2) <= k - 1) <= alpha. */
static void median_interval(const double *sorted, size_t n, double level, SignTest *test)
{
    double alpha = (1 - level) / 2, m = (double)n;
    double k = binomial_quantile(alpha, m, .5);
    if (k > 0 && binomial_cdf(k - 1, m, .5) > alpha) k--;
    size_t place = (size_t)k;
    test->ci_level = place == 0 ? 1 : 1 - 2 * binomial_cdf(k - 1, m, .5);
    test->ci = place == 0 ? (Interval){-INFINITY, INFINITY} : (Interval){sorted[place - 1], sorted[n - place]};
}

bool sign_test(Arena *scratch, const double *d, size_t n, double level, SignTest *test, Error *err)
{
    if (!level_check(level, err) || !sample_check(d, n, "differences", err)) return false;
    double tolerance = sample_tie_tolerance(d, n);
    *test = (SignTest){0};
    for (size_t i = 0; i < n; i++) {
        bool is_zero = fabs(d[i]) <= tolerance;
        test->n_zero += is_zero;
        test->n_positive += !is_zero && d[i] > 0;
        test->n_negative += !is_zero && d[i] < 0;
    }
    double used = (double)(n - test->n_zero), positive = (double)test->n_positive;
    if (test->n_zero == n) {
        refuse_zeros(n, err);
        return false;
    }
    test->p_greater = binomial_sf(positive - 1, used, .5);
    test->p_less = binomial_cdf(positive, used, .5);
    test->p_two_sided = fmin(1, 2 * fmin(test->p_greater, test->p_less));
    ArenaMark mark = arena_mark(scratch);
    const double *sorted = sample_sorted(scratch, d, n);
    test->median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    median_interval(sorted, n, level, test);
    arena_rewind(scratch, mark);
    return true;
}
