#include "stat/describe.h"

#include <math.h>

#include "stat/reference.h"

static const double X[] = {12.3, 9.1, 15.25, 7.7, 10.2, 11.9, 8.4};

/* R 4.2.2: mean, sd, t.test(x, conf.level = .9), quantile(type = 2), exp(mean(log(x))) */
static void a_summary_agrees_with_r(Test *t)
{
    Error err = {0};
    Description d;
    if (!CHECK_OK(t, describe(t->arena, X, 7, 2, .9, &d, &err), err)) return;
    CHECK(t, d.n == 7 && d.n_missing == 2 && d.min == 7.7 && d.max == 15.25);
    CHECK_NEAR(t, d.mean, 10.692857142857143, 1e-15);
    CHECK_NEAR(t, d.sd, 2.6395120400414562, 1e-14);
    CHECK_NEAR(t, d.se, 2.6395120400414562 / sqrt(7), 1e-14);
    CHECK_NEAR(t, d.ci.lower, 8.7542593143532006, 1e-13);
    CHECK_NEAR(t, d.ci.upper, 12.631454971361084, 1e-13);
    CHECK(t, d.q1 == 8.4 && d.median == 10.2 && d.q3 == 12.3);
    CHECK_NEAR(t, d.geometric_mean, 10.427061316033159, 1e-14);
}

static void quantiles_average_at_a_step(Test *t)
{
    double x[] = {1.5, 2.5, 4.5, 9.5};
    CHECK_NEAR(t, sample_quantile(x, 4, .25), 2, 0);
    CHECK_NEAR(t, sample_quantile(x, 4, .5), 3.5, 0);
    CHECK_NEAR(t, sample_quantile(x, 4, .6), 4.5, 0);
    CHECK_NEAR(t, sample_quantile(x, 4, 0), 1.5, 0);
    CHECK_NEAR(t, sample_quantile(x, 4, 1), 9.5, 0);
    double hundred[100];
    for (int i = 0; i < 100; i++) hundred[i] = i + 1;
    CHECK_NEAR(t, sample_quantile(hundred, 100, .07), 7.5, 0);      /* .07 * 100 is a little more than 7 */
}

static void check_nist(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    Description d;
    size_t n;
    const double *y = reference_numbers(t, input, "y", &n);
    if (!CHECK_OK(t, describe(t->arena, y, n, 0, .95, &d, &err), err)) return;
    CHECK_NEAR(t, (double)d.n, reference_number(t, expected, "n"), 0);
    CHECK_NEAR(t, d.mean, reference_number(t, expected, "mean"), 1e-15);
    CHECK_NEAR(t, d.sd, reference_number(t, expected, "sd"), 1e-12);
}

static void nist_certified_means_and_deviations_are_met(Test *t)
{
    reference_each(t, "nist-strd", "mean, standard deviation", check_nist);
}

static void what_the_values_cannot_give_is_nan(Test *t)
{
    Error err = {0};
    Description d;
    CHECK_OK(t, describe(t->arena, X, 0, 3, .95, &d, &err), err);
    CHECK(t, d.n == 0 && d.n_missing == 3 && isnan(d.mean) && isnan(d.median) && isnan(d.ci.lower));
    CHECK_OK(t, describe(t->arena, X, 1, 0, .95, &d, &err), err);
    CHECK(t, d.mean == 12.3 && d.median == 12.3 && isnan(d.sd) && isnan(d.ci.upper));
    CHECK_OK(t, describe(t->arena, (double[]){-1, 2}, 2, 0, .95, &d, &err), err);
    CHECK(t, isnan(d.geometric_mean) && d.mean == .5);
}

static void missing_cells_of_a_column_are_counted(Test *t)
{
    Error err = {0};
    Description d;
    Frame *frame = frame_new(t->arena, STR("visits"));
    frame_add_column(frame, STR("AVAL"), COLUMN_NUMBER);
    for (size_t i = 0; i < 5; i++) {
        frame_add_row(frame);
        if (i != 1) frame_set_number(frame, i, 0, X[i]);
    }
    CHECK_OK(t, describe_column(t->arena, &frame->columns[0], (size_t[]){0, 1, 3}, 3, .95, &d, &err), err);
    CHECK(t, d.n == 2 && d.n_missing == 1);
    CHECK_NEAR(t, d.mean, 10, 1e-15);
    frame_set_number(frame, 3, 0, INFINITY);
    CHECK(t, !describe_column(t->arena, &frame->columns[0], (size_t[]){0, 1, 3}, 3, .95, &d, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "column \"AVAL\"");
}

static const TestCase CASES[] = {
    {"a summary agrees with R", a_summary_agrees_with_r},
    {"quantiles average at a step", quantiles_average_at_a_step},
    {"NIST's certified means and deviations are met", nist_certified_means_and_deviations_are_met},
    {"what the values cannot give is NaN", what_the_values_cannot_give_is_nan},
    {"missing cells of a column are counted", missing_cells_of_a_column_are_counted},
};
TEST_SUITE(describe, CASES);
