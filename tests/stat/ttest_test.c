#include "stat/ttest.h"

#include <math.h>

#include "stat/reference.h"

static const double X[] = {12.3, 9.1, 15.25, 7.7, 10.2, 11.9, 8.4}, Y[] = {8.8, 10.4, 7.1, 6.5, 9.9};

static void check_test(Test *t, const TTest *test, double statistic, double df, double p, double lower,
                       double upper)
{
    CHECK_NEAR(t, test->t, statistic, 1e-12);
    CHECK_NEAR(t, test->df, df, 1e-12);
    CHECK_NEAR(t, test->p_two_sided, p, 1e-12);
    CHECK_NEAR(t, test->ci.lower, lower, 1e-12);
    CHECK_NEAR(t, test->ci.upper, upper, 1e-12);
}

/* R 4.2.2: t.test(x, mu = 9), t.test(x[1:5], y, paired = TRUE), t.test(x, y), t.test(x, y, var.equal = TRUE,
 * conf.level = .9), t.test(x, y, alternative = "greater") */
static void tests_agree_with_r(Test *t)
{
    Error err = {0};
    TTest test;
    if (CHECK_OK(t, ttest_one(X, 7, 9, .95, &test, &err), err))
        check_test(t, &test, 1.6968587137374822, 6, 0.14064823728449019, 8.2517156549905231,
                   13.133998630723763);
    if (CHECK_OK(t, ttest_paired(t->arena, X, Y, 5, 0, .95, &test, &err), err))
        check_test(t, &test, 1.4449070791714547, 4, 0.22199555481171157, -2.1840471039092728,
                   6.9240471039092721);
    if (CHECK_OK(t, ttest_welch(X, 7, Y, 5, 0, .95, &test, &err), err))
        check_test(t, &test, 1.7149536399426319, 9.9586360456572578, 0.11724634584569778, -0.64579967825417606,
                   4.95151396396846);
    CHECK_NEAR(t, test.p_greater, 0.058623172922848889, 1e-12);
    if (CHECK_OK(t, ttest_pooled(X, 7, Y, 5, 0, .9, &test, &err), err))
        CHECK_NEAR(t, test.p_two_sided, 0.1427265267110216, 1e-12);
}

/* The estimate is the difference, or both means. */
static void check_result(Test *t, const TTest *test, const Json *expected)
{
    size_t n;
    const double *estimate = reference_numbers(t, expected, "estimate", &n);
    CHECK_NEAR(t, n == 2 ? test->mean_x : test->estimate, estimate[0], 1e-12);
    if (n == 2) CHECK_NEAR(t, test->mean_y, estimate[1], 1e-12);
    check_test(t, test, reference_number(t, expected, "statistic"), reference_number(t, expected, "df"),
               reference_number(t, expected, "p"), reference_number(t, expected, "lower"),
               reference_number(t, expected, "upper"));
}

static void check_paired(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    TTest test;
    size_t n, n_y;
    const double *x = reference_numbers(t, input, "x", &n), *y = reference_numbers(t, input, "y", &n_y);
    if (!CHECK_OK(t, ttest_paired(t->arena, x, y, n, 0, .95, &test, &err), err)) return;
    check_result(t, &test, json_get(expected, "two_sided"));
    CHECK_NEAR(t, test.sd, reference_number(t, expected, "sd_diff"), 1e-12);
    CHECK_NEAR(t, test.se, reference_number(t, expected, "se"), 1e-12);
    CHECK_NEAR(t, test.estimate / test.sd, reference_number(t, expected, "cohen_dz"), 1e-12);
    CHECK_NEAR(t, test.p_greater, reference_number(t, json_get(expected, "greater"), "p"), 1e-12);
    if (!CHECK_OK(t, ttest_paired(t->arena, x, y, n, 0, .9, &test, &err), err)) return;
    check_result(t, &test, json_get(expected, "ci90"));
    CHECK_NEAR(t, test.ci.lower, reference_number(t, json_get(expected, "greater"), "lower"), 1e-12);
}

static void paired_tests_agree_with_the_reference(Test *t)
{
    reference_each(t, "paired", "paired t test", check_paired);
}

static void check_two_samples(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    TTest test;
    size_t n_x, n_y;
    const double *x = reference_numbers(t, input, "x", &n_x), *y = reference_numbers(t, input, "y", &n_y);
    if (CHECK_OK(t, ttest_welch(x, n_x, y, n_y, 0, .95, &test, &err), err))
        check_result(t, &test, json_get(expected, "welch"));
    if (CHECK_OK(t, ttest_pooled(x, n_x, y, n_y, 0, .95, &test, &err), err))
        check_result(t, &test, json_get(expected, "pooled"));
    VarianceRatio ratio;
    const Json *want = json_get(expected, "f_variance");
    if (!CHECK_OK(t, variance_ratio_test(x, n_x, y, n_y, .95, &ratio, &err), err)) return;
    const double *df = reference_numbers(t, want, "df", &n_x);
    CHECK_NEAR(t, ratio.ratio, reference_number(t, want, "statistic"), 1e-12);
    CHECK_NEAR(t, ratio.df_x, df[0], 0);
    CHECK_NEAR(t, ratio.df_y, df[1], 0);
    CHECK_NEAR(t, ratio.p, reference_number(t, want, "p"), 1e-12);
    CHECK_NEAR(t, ratio.ci.lower, reference_number(t, want, "lower"), 1e-12);
    CHECK_NEAR(t, ratio.ci.upper, reference_number(t, want, "upper"), 1e-12);
}

static void two_sample_tests_agree_with_the_reference(Test *t)
{
    reference_each(t, "two-sample", "two-sample t tests", check_two_samples);
}

static void swapping_the_groups_flips_the_sign(Test *t)
{
    Error err = {0};
    TTest a, b;
    CHECK_OK(t, ttest_welch(X, 7, Y, 5, .7, .95, &a, &err) && ttest_welch(Y, 5, X, 7, -.7, .95, &b, &err), err);
    CHECK_NEAR(t, a.t, -b.t, 1e-14);
    CHECK_NEAR(t, a.ci.lower, -b.ci.upper, 1e-14);
    CHECK_NEAR(t, a.p_greater, b.p_less, 1e-14);
}

static void the_interval_holds_the_null_values_that_are_not_rejected(Test *t)
{
    Error err = {0};
    TTest a, b;
    CHECK_OK(t,
             ttest_pooled(X, 7, Y, 5, 0, .9, &a, &err) && ttest_pooled(X, 7, Y, 5, a.ci.lower, .9, &b, &err),
             err);
    CHECK_NEAR(t, b.p_two_sided, .1, 1e-12);
    CHECK_NEAR(t, b.p_greater, .05, 1e-12);
}

static void data_that_cannot_be_tested_are_refused(Test *t)
{
    Error err = {0};
    TTest test;
    double same[] = {4.1, 4.1, 4.1};
    CHECK(t, !ttest_one(X, 1, 0, .95, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "two values, and there is 1");
    CHECK(t, !ttest_one(same, 3, 0, .95, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "no spread");
    CHECK(t, !ttest_welch(X, 7, Y, 1, 0, .95, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "second group");
    CHECK(t, !ttest_paired(t->arena, same, (double[]){1, NAN, 2}, 3, 0, .95, &test, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 2 of the 3 second values");
    CHECK(t, !ttest_pooled(X, 7, Y, 5, 0, 0, &test, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level");
}

static const TestCase CASES[] = {
    {"t tests agree with R", tests_agree_with_r},
    {"paired tests agree with the reference", paired_tests_agree_with_the_reference},
    {"two-sample tests agree with the reference", two_sample_tests_agree_with_the_reference},
    {"swapping the groups flips the sign", swapping_the_groups_flips_the_sign},
    {"the interval holds the null values that are not rejected",
     the_interval_holds_the_null_values_that_are_not_rejected},
    {"data that cannot be tested are refused", data_that_cannot_be_tested_are_refused},
};
TEST_SUITE(ttest, CASES);
