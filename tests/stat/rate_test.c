#include "stat/rate.h"

#include <math.h>

#include "math/distribution.h"
#include "test.h"

/* R 4.2.2: poisson.test(7, 12.5), poisson.test(c(11, 6), c(83.5, 92.25)) */
static void exact_rates_agree_with_r(Test *t)
{
    Error err = {0};
    Interval ci;
    RateRatio ratio;
    CHECK_OK(t, rate_exact_ci((RateCount){7, 12.5}, .95, &ci, &err), err);
    CHECK_NEAR(t, ci.lower, .22514904412158937, 1e-12);
    CHECK_NEAR(t, ci.upper, 1.15381402893619023, 1e-12);
    CHECK_OK(t, rate_compare((RateCount){11, 83.5}, (RateCount){6, 92.25}, .95, &ratio, &err), err);
    CHECK_NEAR(t, ratio.p, .22393364880160979, 1e-12);
    CHECK_NEAR(t, ratio.ratio, 2.02544910179640736, 1e-12);
    CHECK_NEAR(t, ratio.ci.lower, .68661732160000843, 1e-11);
    CHECK_NEAR(t, ratio.ci.upper, 6.67008634135576539, 1e-11);
}

static void the_bounds_leave_their_tails(Test *t)
{
    Error err = {0};
    Interval ci;
    CHECK_OK(t, rate_exact_ci((RateCount){4, 3.7}, .9, &ci, &err), err);
    CHECK_NEAR(t, poisson_sf(3, ci.lower * 3.7), .05, 1e-11);
    CHECK_NEAR(t, poisson_cdf(4, ci.upper * 3.7), .05, 1e-11);
    CHECK_OK(t, rate_exact_ci((RateCount){0, 3.7}, .95, &ci, &err), err);
    CHECK(t, ci.lower == 0);
    CHECK_NEAR(t, ci.upper, -log(.025) / 3.7, 1e-12);
}

static void swapping_the_groups_inverts_the_ratio(Test *t)
{
    Error err = {0};
    RateRatio one, other;
    CHECK_OK(t, rate_compare((RateCount){9, 31.5}, (RateCount){3, 28.2}, .95, &one, &err), err);
    CHECK_OK(t, rate_compare((RateCount){3, 28.2}, (RateCount){9, 31.5}, .95, &other, &err), err);
    CHECK_NEAR(t, one.p, other.p, 1e-12);
    CHECK_NEAR(t, one.ci.lower * other.ci.upper, 1, 1e-11);
    CHECK_OK(t, rate_compare((RateCount){0, 5.5}, (RateCount){0, 4.5}, .95, &one, &err), err);
    CHECK(t, one.p == 1 && isnan(one.ratio) && one.ci.lower == 0 && isinf(one.ci.upper));
    CHECK_OK(t, rate_compare((RateCount){4, 5.5}, (RateCount){0, 4.5}, .95, &one, &err), err);
    CHECK(t, isinf(one.ratio) && isinf(one.ci.upper) && one.ci.lower > 0);
}

static void impossible_exposures_are_refused(Test *t)
{
    Error err = {0};
    Interval ci;
    RateRatio ratio;
    CHECK(t, !rate_exact_ci((RateCount){3, 0}, .95, &ci, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the exposure 0 is not positive");
    CHECK(t, !rate_exact_ci((RateCount){3, 2}, 95, &ci, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level 95");
    CHECK(t, !rate_compare((RateCount){3, 2}, (RateCount){1, INFINITY}, .95, &ratio, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "is not positive");
}

static const TestCase CASES[] = {
    {"exact rates agree with R", exact_rates_agree_with_r},
    {"the bounds leave their tails", the_bounds_leave_their_tails},
    {"swapping the groups inverts the ratio", swapping_the_groups_inverts_the_ratio},
    {"impossible exposures are refused", impossible_exposures_are_refused},
};
TEST_SUITE(rate, CASES);
