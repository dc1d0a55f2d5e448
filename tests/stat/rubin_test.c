#include "stat/rubin.h"

#include <math.h>

#include "math/distribution.h"
#include "stat/reference.h"

static const double ESTIMATES[] = {1.47, 1.92, 1.18, 1.66};
static const double SE[] = {.52, .49, .55, .5};

/* The formulas of Rubin (1987) and Barnard & Rubin (1999), with the sums written out. */
static void four_imputations_by_hand(Test *t)
{
    Error err = {0};
    RubinPool pool;
    if (!CHECK_OK(t, rubin_pool(ESTIMATES, SE, 4, 30, 1, .9, &pool, &err), err)) return;
    double within = (.2704 + .2401 + .3025 + .25) / 4,
           between = (2.1609 + 3.6864 + 1.3924 + 2.7556 - 6.23 * 6.23 / 4) / 3;
    double total = within + 1.25 * between, lambda = 1.25 * between / total;
    double large = 3 / (lambda * lambda), observed = 31. / 33 * 30 * (1 - lambda);
    CHECK_NEAR(t, pool.estimate, 1.5575, 1e-14);
    CHECK_NEAR(t, pool.within, within, 1e-14);
    CHECK_NEAR(t, pool.between, between, 1e-12);
    CHECK_NEAR(t, pool.se * pool.se, total, 1e-13);
    CHECK_NEAR(t, pool.df_large, large, 1e-12);
    CHECK_NEAR(t, pool.df, 1 / (1 / large + 1 / observed), 1e-12);
    CHECK_NEAR(t, pool.t, .5575 / sqrt(total), 1e-13);
    CHECK_NEAR(t, pool.p, 2 * t_sf(pool.t, pool.df), 1e-13);
    CHECK_NEAR(t, t_sf((pool.ci.upper - pool.estimate) / pool.se, pool.df), .05, 1e-12);
}

static void check_case(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    RubinPool pool;
    size_t m;
    const double *estimates = reference_numbers(t, input, "estimates", &m);
    const double *se = reference_numbers(t, input, "standard_errors", &m);
    double df = reference_number(t, input, "n") - reference_number(t, input, "k");
    if (!CHECK_OK(t, rubin_pool(estimates, se, m, df, 0, .95, &pool, &err), err)) return;
    const double *ci = reference_numbers(t, expected, "ci95", &m);
    CHECK_NEAR(t, pool.estimate, reference_number(t, expected, "qbar"), 1e-12);
    CHECK_NEAR(t, pool.within, reference_number(t, expected, "ubar"), 1e-12);
    CHECK_NEAR(t, pool.between, reference_number(t, expected, "b"), 1e-12);
    CHECK_NEAR(t, pool.total, reference_number(t, expected, "total"), 1e-12);
    CHECK_NEAR(t, pool.se, reference_number(t, expected, "se"), 1e-12);
    CHECK_NEAR(t, pool.df, reference_number(t, expected, "df_barnard_rubin"), 1e-12);
    CHECK_NEAR(t, pool.df_large, reference_number(t, expected, "df_rubin1987"), 1e-12);
    CHECK_NEAR(t, pool.increase, reference_number(t, expected, "r"), 1e-12);
    CHECK_NEAR(t, pool.fraction_missing, reference_number(t, expected, "fmi"), 1e-12);
    CHECK_NEAR(t, pool.p, reference_number(t, expected, "p_barnard_rubin"), 1e-12);
    CHECK_NEAR(t, pool.ci.lower, ci[0], 1e-12);
    CHECK_NEAR(t, pool.ci.upper, ci[1], 1e-12);
}

static void pooling_agrees_with_the_reference(Test *t)
{
    reference_each(t, "missing-data", "Rubin's rules", check_case);
}

static void without_missing_values_the_analysis_stays(Test *t)
{
    Error err = {0};
    RubinPool pool;
    static const double SAME[] = {2.385, 2.385, 2.385}, SAME_SE[] = {.71, .71, .71};
    CHECK_OK(t, rubin_pool(SAME, SAME_SE, 3, INFINITY, 0, .95, &pool, &err), err);
    CHECK(t, pool.between == 0 && pool.increase == 0 && isinf(pool.df) && isinf(pool.df_large));
    CHECK_NEAR(t, pool.p, 2 * normal_sf(2.385 / .71), 1e-13);
    CHECK_NEAR(t, pool.ci.upper, 2.385 + normal_quantile(.975) * .71, 1e-13);
    CHECK_OK(t, rubin_pool(SAME, SAME_SE, 3, 17, 0, .95, &pool, &err), err);
    CHECK_NEAR(t, pool.df, 18. / 20 * 17, 1e-13);
}

static void df_never_exceed_the_complete_ones(Test *t)
{
    Error err = {0};
    RubinPool pool, large;
    for (double df = 3; df < 500; df *= 2.3) {
        CHECK_OK(t, rubin_pool(ESTIMATES, SE, 4, df, 0, .95, &pool, &err), err);
        CHECK_OK(t, rubin_pool(ESTIMATES, SE, 4, INFINITY, 0, .95, &large, &err), err);
        CHECK(t, pool.df < df && pool.df < large.df && large.df == pool.df_large);
    }
}

static void what_cannot_be_pooled_is_refused(Test *t)
{
    Error err = {0};
    RubinPool pool;
    CHECK(t, !rubin_pool(ESTIMATES, SE, 1, 30, 0, .95, &pool, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "pooling needs two imputations, and there is 1");
    CHECK(t, !rubin_pool(ESTIMATES, (double[]){.5, 0, .5, .5}, 4, 30, 0, .95, &pool, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "standard error 2 of 4 is 0");
    CHECK(t, !rubin_pool((double[]){1, 2, NAN}, SE, 3, 30, 0, .95, &pool, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 3 of the 3 estimates");
    CHECK(t, !rubin_pool(ESTIMATES, SE, 4, 0, 0, .95, &pool, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "the complete data have 0 degrees");
    CHECK(t, !rubin_pool(ESTIMATES, SE, 4, 30, 0, 1.5, &pool, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level 1.5");
}

static const TestCase CASES[] = {
    {"four imputations by hand", four_imputations_by_hand},
    {"pooling agrees with the reference", pooling_agrees_with_the_reference},
    {"without missing values the analysis stays", without_missing_values_the_analysis_stays},
    {"df never exceed the complete ones", df_never_exceed_the_complete_ones},
    {"what cannot be pooled is refused", what_cannot_be_pooled_is_refused},
};
TEST_SUITE(rubin, CASES);
