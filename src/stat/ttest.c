#include "stat/ttest.h"

#include <float.h>
#include <math.h>

#include "math/distribution.h"

/* A standard error this small beside the means is what rounding leaves of data without spread. */
#define SPREAD_MIN (10 * DBL_EPSILON)

static bool enough_values(size_t n, const char *what, Error *err)
{
    if (n >= 2) return true;
    error_set(err, ERROR_DEGENERATE, "a t test needs two %s, and there %s %zu", what, n == 1 ? "is" : "are", n);
    return error_hint(err, "Describe the values instead; one value has no spread to judge it by.");
}

/* From estimate, se and df to the test and the interval. */
static bool conclude(double null, double level, TTest *test, Error *err)
{
    if (!(test->se > SPREAD_MIN * fmax(fabs(test->mean_x), fabs(test->mean_y)))) {
        error_set(err, ERROR_DEGENERATE, "the values have no spread, so the t statistic is undefined");
        return error_hint(err, "Look whether one value was entered for everybody.");
    }
    test->t = (test->estimate - null) / test->se;
    test->p_greater = t_sf(test->t, test->df);
    test->p_less = t_cdf(test->t, test->df);
    test->p_two_sided = 2 * t_sf(fabs(test->t), test->df);
    double half = t_quantile_upper((1 - level) / 2, test->df) * test->se;
    test->ci = (Interval){test->estimate - half, test->estimate + half};
    return true;
}

bool ttest_one(const double *x, size_t n, double null, double level, TTest *test, Error *err)
{
    if (!level_check(level, err) || !sample_check(x, n, "values", err) || !enough_values(n, "values", err))
        return false;
    double mean = sample_mean(x, n), sd = sqrt(sample_sum_of_squares(x, n, mean) / ((double)n - 1));
    *test = (TTest){.n_x = n,
                    .mean_x = mean,
                    .estimate = mean,
                    .sd = sd,
                    .se = sd / sqrt((double)n),
                    .df = (double)n - 1};
    return conclude(null, level, test, err);
}

bool ttest_paired(Arena *scratch, const double *x, const double *y, size_t n, double null, double level,
                  TTest *test, Error *err)
{
    if (!sample_check(x, n, "first values", err) || !sample_check(y, n, "second values", err)) return false;
    if (!level_check(level, err) || !enough_values(n, "pairs", err)) return false;
    ArenaMark mark = arena_mark(scratch);
    double *difference = ARENA_ARRAY(scratch, double, n);
    for (size_t i = 0; i < n; i++) difference[i] = x[i] - y[i];
    double mean = sample_mean(difference, n),
           sd = sqrt(sample_sum_of_squares(difference, n, mean) / ((double)n - 1));
    arena_rewind(scratch, mark);
    *test = (TTest){.n_x = n,
                    .mean_x = sample_mean(x, n),
                    .mean_y = sample_mean(y, n),
                    .estimate = mean,
                    .sd = sd,
                    .se = sd / sqrt((double)n),
                    .df = (double)n - 1};
    return conclude(null, level, test, err);
}

static bool two_samples(const double *x, size_t n_x, const double *y, size_t n_y, double level, TTest *test,
                        Error *err)
{
    if (!level_check(level, err)) return false;
    if (!sample_check(x, n_x, "values of the first group", err)) return false;
    if (!sample_check(y, n_y, "values of the second group", err)) return false;
    if (!enough_values(n_x, "values in the first group", err)) return false;
    if (!enough_values(n_y, "values in the second group", err)) return false;
    *test = (TTest){.n_x = n_x, .n_y = n_y, .mean_x = sample_mean(x, n_x), .mean_y = sample_mean(y, n_y)};
    test->estimate = test->mean_x - test->mean_y;
    return true;
}

bool ttest_pooled(const double *x, size_t n_x, const double *y, size_t n_y, double null, double level,
                  TTest *test, Error *err)
{
    if (!two_samples(x, n_x, y, n_y, level, test, err)) return false;
    double ss = sample_sum_of_squares(x, n_x, test->mean_x) + sample_sum_of_squares(y, n_y, test->mean_y);
    test->df = (double)(n_x + n_y) - 2;
    test->sd = sqrt(ss / test->df);
    test->se = test->sd * sqrt(1 / (double)n_x + 1 / (double)n_y);
    return conclude(null, level, test, err);
}

bool ttest_welch(const double *x, size_t n_x, const double *y, size_t n_y, double null, double level,
                 TTest *test, Error *err)
{
    if (!two_samples(x, n_x, y, n_y, level, test, err)) return false;
    double df_x = (double)n_x - 1, df_y = (double)n_y - 1;
    double v_x = sample_sum_of_squares(x, n_x, test->mean_x) / df_x / (double)n_x;
    double v_y = sample_sum_of_squares(y, n_y, test->mean_y) / df_y / (double)n_y;
    test->sd = NAN;
    test->se = sqrt(v_x + v_y);
    test->df = (v_x + v_y) * (v_x + v_y) / (v_x * v_x / df_x + v_y * v_y / df_y);
    return conclude(null, level, test, err);
}

bool variance_ratio_test(const double *x, size_t n_x, const double *y, size_t n_y, double level,
                         VarianceRatio *test, Error *err)
{
    TTest means;
    if (!two_samples(x, n_x, y, n_y, level, &means, err)) return false;
    double df_x = (double)n_x - 1, df_y = (double)n_y - 1;
    double v_x = sample_sum_of_squares(x, n_x, means.mean_x) / df_x, v_y = sample_sum_of_squares(y, n_y, means.mean_y) / df_y;
    if (!(v_x > 0) || !(v_y > 0)) {
        error_set(err, ERROR_DEGENERATE, "the values of the %s group are all %g", v_x > 0 ? "second" : "first", v_x > 0 ? y[0] : x[0]);
        return error_hint(err, "A ratio of variances needs spread on both sides.");
    }
    double f = v_x / v_y, tail = fmin(f_cdf(f, df_x, df_y), f_sf(f, df_x, df_y));
    *test = (VarianceRatio){.ratio = f, .df_x = df_x, .df_y = df_y, .p = fmin(1, 2 * tail)};
    test->ci = (Interval){f / f_quantile_upper((1 - level) / 2, df_x, df_y), f / f_quantile((1 - level) / 2, df_x, df_y)};
    return true;
}
