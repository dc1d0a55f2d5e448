#include "stat/anova.h"

#include <assert.h>
#include <float.h>
#include <math.h>

#include "math/distribution.h"

/* Sizes of the groups, and how many have values. */
static bool count_groups(const size_t *group, size_t n, size_t n_groups, double *size, size_t *n_present,
                         Error *err)
{
    *n_present = 0;
    for (size_t i = 0; i < n; i++) {
        assert(group[i] < n_groups);
        if (size[group[i]]++ == 0) ++*n_present;
    }
    if (*n_present < 2) {
        error_set(err, ERROR_DEGENERATE, "comparing groups needs two groups with values, and there %s %zu",
                  *n_present == 1 ? "is" : "are", *n_present);
        return error_hint(err, "Look at the variable that makes the groups, and at the population.");
    }
    if (n > *n_present) return true;
    error_set(err, ERROR_DEGENERATE,
              "each of the %zu groups has one value, so there is no spread within groups", n);
    return error_hint(err, "Join groups, or describe the values instead.");
}

static void group_means(const double *x, const size_t *group, size_t n, const double *size, size_t n_groups,
                        double *mean)
{
    for (size_t i = 0; i < n; i++) mean[group[i]] += x[i];
    for (size_t g = 0; g < n_groups; g++)
        if (size[g] > 0) mean[g] /= size[g];
}

bool anova_one_way(Arena *scratch, const double *x, const size_t *group, size_t n, size_t n_groups,
                   Anova *anova, Error *err)
{
    double *size = ARENA_ARRAY(scratch, double, n_groups), *mean = ARENA_ARRAY(scratch, double, n_groups);
    double *deviation = ARENA_ARRAY(scratch, double, n), *within = ARENA_ARRAY(scratch, double, n);
    size_t n_present;
    if (!sample_check(x, n, "values", err) || !count_groups(group, n, n_groups, size, &n_present, err))
        return false;

    double grand_mean = sample_mean(x, n), largest = 0;
    for (size_t i = 0; i < n; i++) deviation[i] = x[i] - grand_mean, largest = fmax(largest, fabs(x[i]));
    group_means(deviation, group, n, size, n_groups, mean);
    for (size_t i = 0; i < n; i++) within[i] = deviation[i] - mean[group[i]];
    double rest = sample_sum_of_squares(within, n, 0);
    *anova =
        (Anova){.df_between = (double)n_present - 1, .df_within = (double)(n - n_present), .ss_within = rest};
    for (size_t g = 0; g < n_groups; g++) anova->ss_between += size[g] * mean[g] * mean[g];
    double mean_square = rest / anova->df_within, noise = 10 * DBL_EPSILON * largest;
    if (!(mean_square > noise * noise)) {
        error_set(err, ERROR_DEGENERATE, "the values have no spread within groups, so F is undefined");
        return error_hint(err, "Look whether one value was entered for everybody in a group.");
    }
    anova->sd_within = sqrt(mean_square);
    anova->f = anova->ss_between / anova->df_between / mean_square;
    anova->p = f_sf(anova->f, anova->df_between, anova->df_within);
    return true;
}

bool kruskal_wallis(Arena *scratch, const double *x, const size_t *group, size_t n, size_t n_groups,
                    KruskalWallis *test, Error *err)
{
    double *size = ARENA_ARRAY(scratch, double, n_groups), *mean = ARENA_ARRAY(scratch, double, n_groups);
    double *rank = ARENA_ARRAY(scratch, double, n), count = (double)n, between = 0;
    size_t n_present;
    if (!sample_check(x, n, "values", err) || !count_groups(group, n, n_groups, size, &n_present, err))
        return false;
    double tie_term = sample_midranks(scratch, x, n, sample_tie_tolerance(x, n), rank);
    double untied = 1 - tie_term / (count * count * count - count);
    if (!(untied > 0)) {
        error_set(err, ERROR_DEGENERATE, "all %zu values are equal, so their ranks say nothing", n);
        return error_hint(err, "Look whether one value was entered for everybody.");
    }
    for (size_t i = 0; i < n; i++) rank[i] -= (count + 1) / 2;
    group_means(rank, group, n, size, n_groups, mean);
    for (size_t g = 0; g < n_groups; g++) between += size[g] * mean[g] * mean[g];
    *test = (KruskalWallis){.h = 12 / (count * (count + 1)) * between / untied, .df = (double)n_present - 1};
    test->p = chisq_sf(test->h, test->df);
    return true;
}
