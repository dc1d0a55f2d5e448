#include "stat/bootstrap.h"

#include <math.h>

#include "test.h"

#define N 20
static const double X[N] = {3.1, 4.7, 2.2, 9.8, 1.4, 5.5, 6.1, 2.9, 3.3, 14.2,
                            4.4, 2.6, 7.3, 3.8, 1.9, 5.0, 4.1, 8.6, 2.4, 3.6};

static double mean_of(Arena *scratch, const size_t *rows, size_t n, void *context)
{
    double sum = 0, *copy = ARENA_ARRAY(scratch, double, n);       /* as a statistic that needs room would */
    for (size_t i = 0; i < n; i++) sum += copy[i] = ((const double *)context)[rows[i]];
    return n > 0 ? sum / (double)n : NAN;
}
static double number_of_rows(Arena *scratch, const size_t *rows, size_t n, void *context)
{
    (void)scratch, (void)rows, (void)context;
    return (double)n;
}
static double share_below_ten(Arena *scratch, const size_t *rows, size_t n, void *context)
{
    (void)scratch, (void)context;
    size_t below = 0;
    for (size_t i = 0; i < n; i++) below += rows[i] < 10;
    return (double)below / (double)n;
}
static double only_with_the_largest(Arena *scratch, const size_t *rows, size_t n, void *context)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i] == 9) return mean_of(scratch, rows, n, context);
    return NAN;
}
static double largest_of(Arena *scratch, const size_t *rows, size_t n, void *context)
{
    (void)scratch, (void)context;
    double largest = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, X[rows[i]]);
    return largest + (n == N && rows[0] == 0 && rows[1] == 1 && rows[2] == 2 && rows[3] == 3 ? 1 : 0);
}

static double only_of_all(Arena *scratch, const size_t *rows, size_t n, void *context)
{
    return n == N ? mean_of(scratch, rows, n, context) : NAN;
}
static double never(Arena *scratch, const size_t *rows, size_t n, void *context)
{
    (void)scratch, (void)rows, (void)n, (void)context;
    return NAN;
}

static const BootstrapOptions OPTIONS = {.n_replicates = 4000, .seed = 12, .level = .95};
static void *data(void) { return (void *)(uintptr_t)X; }

/* The bootstrap variance of a mean is its population variance over n; BCa's acceleration of it is skewness / (6
 * sqrt n). */
static void a_mean_has_the_closed_forms(Test *t)
{
    Error err = {0};
    Bootstrap b;
    BootstrapUnits units = {.n_units = N};
    double mean = sample_mean(X, N), squares = sample_sum_of_squares(X, N, mean), cubes = 0;
    for (int i = 0; i < N; i++) cubes += pow(X[i] - mean, 3);
    if (!CHECK_OK(t, bootstrap(t->arena, &units, OPTIONS, mean_of, data(), &b, &err), err)) return;
    double se = sqrt(squares) / N;
    CHECK_NEAR(t, b.estimate, mean, 1e-14);
    CHECK_NEAR(t, b.se, se, .05);
    CHECK(t, fabs(b.bias) < 5 * se / sqrt(4000));
    CHECK_NEAR(t, b.acceleration, cubes / (6 * pow(squares, 1.5)), 1e-10);
    CHECK(t, b.percentile.lower < mean && b.percentile.upper > mean && b.n_failed == 0);
    CHECK_NEAR(t, b.percentile.upper - b.percentile.lower, 2 * 1.96 * se, .06);
    CHECK(t, b.bca.lower > b.percentile.lower && b.bca.upper > b.percentile.upper);      /* skewed to the right */
}

static void the_same_seed_gives_the_same_digits(Test *t)
{
    Error err = {0};
    Bootstrap a, b, c;
    BootstrapUnits units = {.n_units = N};
    BootstrapOptions other = OPTIONS;
    other.seed = 13;
    CHECK_OK(t, bootstrap(t->arena, &units, OPTIONS, mean_of, data(), &a, &err) &&
             bootstrap(t->arena, &units, OPTIONS, mean_of, data(), &b, &err) &&
             bootstrap(t->arena, &units, other, mean_of, data(), &c, &err), err);
    CHECK(t, a.bca.lower == b.bca.lower && a.se == b.se && a.se != c.se);
}

static void scaling_the_data_scales_the_interval(Test *t)
{
    Error err = {0};
    Bootstrap a, b;
    BootstrapUnits units = {.n_units = N};
    double scaled[N];
    for (int i = 0; i < N; i++) scaled[i] = 8 * X[i];
    CHECK_OK(t, bootstrap(t->arena, &units, OPTIONS, mean_of, data(), &a, &err) &&
             bootstrap(t->arena, &units, OPTIONS, mean_of, scaled, &b, &err), err);
    CHECK_NEAR(t, b.bca.lower, 8 * a.bca.lower, 1e-13);
    CHECK_NEAR(t, b.percentile.upper, 8 * a.percentile.upper, 1e-13);
}

static void subjects_bring_all_their_rows(Test *t)
{
    Error err = {0};
    Bootstrap b;
    size_t first[] = {0, 1, 5, 10, N}, rows[N];
    for (size_t i = 0; i < N; i++) rows[i] = i;
    BootstrapUnits units = {.n_units = 4, .first = first, .rows = rows};
    CHECK_OK(t, bootstrap(t->arena, &units, OPTIONS, number_of_rows, NULL, &b, &err), err);
    CHECK_NEAR(t, b.estimate, N, 0);
    /* of the 256 draws of 1, 4, 5 or 10 rows: 4 once, 7 and 8 four times each; 40 once, 35 and 34 four times
     * each */
    CHECK(t, b.percentile.lower == 8 && b.percentile.upper == 34);
}

static void strata_keep_their_sizes(Test *t)
{
    Error err = {0};
    Bootstrap b;
    size_t stratum[N];
    for (size_t i = 0; i < N; i++) stratum[i] = i >= 10;
    BootstrapUnits units = {.n_units = N, .stratum = stratum, .n_strata = 2};
    CHECK_OK(t, bootstrap(t->arena, &units, OPTIONS, share_below_ten, NULL, &b, &err), err);
    CHECK(t, b.se == 0 && b.percentile.lower == .5 && b.bca.upper == .5);
}

static void what_cannot_be_resampled_is_refused(Test *t)
{
    Error err = {0};
    Bootstrap b;
    BootstrapUnits units = {.n_units = N}, one = {.n_units = 1};
    BootstrapOptions few = OPTIONS;
    few.n_replicates = 99;
    CHECK(t, !bootstrap(t->arena, &units, few, mean_of, data(), &b, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "99 bootstrap replicates are too few");
    few = OPTIONS, few.level = 1;
    CHECK(t, !bootstrap(t->arena, &units, few, mean_of, data(), &b, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level");
    CHECK(t, !bootstrap(t->arena, &one, OPTIONS, mean_of, data(), &b, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "needs two subjects, and there is 1");
    CHECK(t, !bootstrap(t->arena, &units, OPTIONS, only_with_the_largest, data(), &b, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "could not be computed in");
    CHECK(t, !bootstrap(t->arena, &units, OPTIONS, only_of_all, data(), &b, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "cannot be computed without unit 1");
    CHECK(t, !bootstrap(t->arena, &units, OPTIONS, never, data(), &b, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "cannot be computed of these data");
    CHECK(t, !bootstrap(t->arena, &units, OPTIONS, largest_of, data(), &b, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "lie on one side of the estimate");
}

static const TestCase CASES[] = {
    {"a mean has the closed forms", a_mean_has_the_closed_forms},
    {"the same seed gives the same digits", the_same_seed_gives_the_same_digits},
    {"scaling the data scales the interval", scaling_the_data_scales_the_interval},
    {"subjects bring all their rows", subjects_bring_all_their_rows},
    {"strata keep their sizes", strata_keep_their_sizes},
    {"what cannot be resampled is refused", what_cannot_be_resampled_is_refused},
};
TEST_SUITE(bootstrap, CASES);
