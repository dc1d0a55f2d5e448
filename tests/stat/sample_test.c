#include "stat/sample.h"

#include <math.h>
#include <stdlib.h>

#include "math/rng.h"
#include "test.h"

static void midranks_share_the_mean_rank(Test *t)
{
    double rank[6], x[] = {2.5, -1, 2.5, 7, 2.5, 0};
    CHECK_NEAR(t, sample_midranks(t->arena, x, 6, 0, rank), 24, 0);
    CHECK(t, rank[0] == 4 && rank[1] == 1 && rank[2] == 4 && rank[3] == 6 && rank[4] == 4 && rank[5] == 2);
}

static void values_that_differ_by_rounding_are_tied(Test *t)
{
    double rank[3], x[] = {1.1 - .9, .3 - .1, .5};
    CHECK(t, x[0] != x[1]);
    CHECK_NEAR(t, sample_midranks(t->arena, x, 3, sample_tie_tolerance(x, 3), rank), 6, 0);
    CHECK(t, rank[0] == 1.5 && rank[1] == 1.5 && rank[2] == 3);
}

static void the_mean_and_squares_do_not_lose_a_large_level(Test *t)
{
    double x[] = {1e9 + 2, 1e9 + 4, 1e9 + 9};
    double mean = sample_mean(x, 3);
    CHECK_NEAR(t, mean, 1e9 + 5, 1e-16);
    CHECK_NEAR(t, sample_sum_of_squares(x, 3, mean), 26, 1e-15);
    CHECK_NEAR(t, sample_sum_of_squares(x, 3, mean + 1), 26, 1e-15);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void order_statistics_of_pairs_are_those_of_the_sorted_list(Test *t)
{
    enum { N = 23, M = 11 };
    Rng rng = rng_stream(5, 1);
    double x[N], y[M], averages[N * (N + 1) / 2], differences[N * M];
    size_t n_averages = 0, n_differences = 0;
    for (int i = 0; i < N; i++) x[i] = nearbyint(10 * rng_normal(&rng)) / 8;
    for (int i = 0; i < M; i++) y[i] = nearbyint(10 * rng_normal(&rng)) / 8;
    const double *u = sample_sorted(t->arena, x, N), *v = sample_sorted(t->arena, y, M);
    for (int i = 0; i < N; i++)
        for (int j = i; j < N; j++) averages[n_averages++] = (u[i] + u[j]) / 2;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < M; j++) differences[n_differences++] = u[i] - v[j];
    qsort(averages, n_averages, sizeof(double), by_value);
    qsort(differences, n_differences, sizeof(double), by_value);
    for (size_t k = 0; k < n_averages; k++) CHECK_NEAR(t, walsh_average(u, N, k), averages[k], 0);
    for (size_t k = 0; k < n_differences; k++)
        CHECK_NEAR(t, pairwise_difference(u, N, v, M, k), differences[k], 0);
    CHECK_NEAR(t, walsh_median(u, N), (averages[137] + averages[138]) / 2, 0);
    CHECK_NEAR(t, pairwise_difference_median(u, N, v, M), differences[126], 0);
}

static void bad_values_and_levels_are_named(Test *t)
{
    Error err = {0};
    double x[] = {1, NAN, 3};
    CHECK(t, !sample_check(x, 3, "values", &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 2 of the 3 values is not finite");
    CHECK(t, !level_check(95, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "Write 95 % as 0.95.");
}

static const TestCase CASES[] = {
    {"midranks share the mean rank", midranks_share_the_mean_rank},
    {"values that differ by rounding are tied", values_that_differ_by_rounding_are_tied},
    {"the mean and squares do not lose a large level", the_mean_and_squares_do_not_lose_a_large_level},
    {"order statistics of pairs are those of the sorted list",
     order_statistics_of_pairs_are_those_of_the_sorted_list},
    {"bad values and levels are named", bad_values_and_levels_are_named},
};
TEST_SUITE(sample, CASES);
