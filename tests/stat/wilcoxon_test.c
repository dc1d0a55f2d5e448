#include "stat/wilcoxon.h"

#include <math.h>

#include "math/rng.h"
#include "math/distribution.h"
#include "stat/proportion.h"
#include "stat/reference.h"

/* R 4.2.2: wilcox.test(d, conf.int = TRUE), and alternative = "greater", "less" */
static void signed_ranks_agree_with_r(Test *t)
{
    Error err = {0};
    WilcoxonTest test;
    double d[] = {1.31, -.42, 2.24, .05, .73, -.71, 3.12, 1.9, .2};
    if (!CHECK_OK(t, signed_rank_test(t->arena, d, 9, ZERO_RULE_DROP, P_METHOD_EXACT, .95, &test, &err), err))
        return;
    CHECK_NEAR(t, test.statistic, 38, 0);
    CHECK(t, test.exact && test.n_zero == 0);
    CHECK_NEAR(t, test.p_two_sided, 0.07421875, 1e-14);
    CHECK_NEAR(t, test.p_greater, 0.037109375, 1e-14);
    CHECK_NEAR(t, test.p_less, 0.97265625, 1e-14);
    CHECK_NEAR(t, test.ci.lower, -.185, 1e-14);
    CHECK_NEAR(t, test.ci.upper, 2.07, 1e-14);
    CHECK_NEAR(t, test.estimate, .91, 1e-14);
}

/* R 4.2.2: wilcox.test(d, exact = FALSE), with zeros and ties */
static void the_approximation_agrees_with_r(Test *t)
{
    Error err = {0};
    WilcoxonTest test;
    double d[] = {1.3, -.4, 2.2, 0, .7, -.7, 3.1, 1.9, .2, 0, 1.3, -2.6};
    if (!CHECK_OK(t, signed_rank_test(t->arena, d, 12, ZERO_RULE_DROP, P_METHOD_ASYMPTOTIC, .95, &test, &err),
                  err))
        return;
    CHECK_NEAR(t, test.statistic, 40.5, 0);
    CHECK_NEAR(t, test.p_two_sided, 0.20203474645039635, 1e-13);
    CHECK(t, !test.exact && test.n_zero == 2);
}

static void check_exact(Test *t, const WilcoxonTest *test, const Json *want)
{
    CHECK_NEAR(t, test->statistic, reference_number(t, want, "V"), 0);
    CHECK_NEAR(t, test->p_two_sided, reference_number(t, want, "p_two_sided"), 1e-12);
    CHECK_NEAR(t, test->p_greater, reference_number(t, want, "p_greater"), 1e-12);
    CHECK_NEAR(t, test->p_less, reference_number(t, want, "p_less"), 1e-12);
}

/* Out of scope: the asymptotic p without continuity correction, and exactRankTests' interval under ties. */
static void check_signed_rank(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    WilcoxonTest drop, pratt, asymptotic;
    size_t n, n_y;
    const double *x = reference_numbers(t, input, "x", &n), *y = reference_numbers(t, input, "y", &n_y);
    if (!CHECK_OK(
            t,
            signed_rank_paired(t->arena, x, y, n, ZERO_RULE_DROP, P_METHOD_EXACT, .95, &drop, &err) &&
                signed_rank_paired(t->arena, x, y, n, ZERO_RULE_PRATT, P_METHOD_EXACT, .95, &pratt, &err) &&
                signed_rank_paired(t->arena, x, y, n, ZERO_RULE_DROP, P_METHOD_ASYMPTOTIC, .95, &asymptotic,
                                   &err),
            err))
        return;
    check_exact(t, &drop, json_get(expected, "exact_zeros_dropped"));
    check_exact(t, &pratt, json_get(expected, "exact_pratt"));
    CHECK_NEAR(t, drop.z, reference_number(t, expected, "coin_Z_wilcoxon"), 1e-12);
    CHECK_NEAR(t, pratt.z, reference_number(t, expected, "coin_Z_pratt"), 1e-12);
    CHECK_NEAR(t, asymptotic.p_two_sided,
               reference_number(t, json_get(expected, "R_wilcox_asymptotic_corrected"), "p"), 1e-12);
    const Json *corrected = json_get(expected, "R_wilcox_asymptotic_corrected");
    const Json *uncorrected = json_get(expected, "R_wilcox_asymptotic_uncorrected");
    CHECK_NEAR(t, asymptotic.statistic, reference_number(t, corrected, "statistic"), 0);
    CHECK_NEAR(t, asymptotic.statistic, reference_number(t, uncorrected, "statistic"), 0);
    CHECK_NEAR(t, 2 * normal_sf(fabs(drop.z)), reference_number(t, uncorrected, "p"), 1e-11);
    CHECK_NEAR(t, drop.estimate, reference_number(t, expected, "hodges_lehmann_nonzero"), 1e-12);
    CHECK_NEAR(t, pratt.estimate, reference_number(t, expected, "hodges_lehmann_all_differences"), 1e-12);
    const Json *walsh = json_get(expected, "walsh_exact_ci95_nonzero_differences");
    CHECK_NEAR(t, drop.ci.lower, reference_number(t, walsh, "lower"), 1e-12);
    CHECK_NEAR(t, drop.ci.upper, reference_number(t, walsh, "upper"), 1e-12);
    CHECK_NEAR(t, drop.ci_level, reference_number(t, walsh, "achieved"), 1e-12);
}

static void signed_ranks_agree_with_the_reference(Test *t)
{
    reference_each(t, "paired", "Wilcoxon signed-rank", check_signed_rank);
}

/* Out of scope: the interval for the proportion of positive signs, which is proportion_exact_ci. */
static void check_signs(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    SignTest test;
    size_t n, n_y;
    const double *x = reference_numbers(t, input, "x", &n), *y = reference_numbers(t, input, "y", &n_y);
    double *d = ARENA_ARRAY(t->arena, double, n);
    for (size_t i = 0; i < n; i++) d[i] = x[i] - y[i];
    if (!CHECK_OK(t, sign_test(t->arena, d, n, .95, &test, &err), err)) return;
    CHECK_NEAR(t, (double)test.n_positive, reference_number(t, expected, "positive"), 0);
    CHECK_NEAR(t, (double)test.n_negative, reference_number(t, expected, "negative"), 0);
    CHECK_NEAR(t, (double)test.n_zero, reference_number(t, expected, "zero"), 0);
    CHECK_NEAR(t, test.p_two_sided, reference_number(t, expected, "p_two_sided"), 1e-12);
    CHECK_NEAR(t, test.p_greater, reference_number(t, expected, "p_greater"), 1e-12);
    Interval share;
    if (!CHECK_OK(t, proportion_exact_ci(test.n_positive, test.n_positive + test.n_negative, .95, &share, &err), err)) return;
    CHECK_NEAR(t, share.lower, reference_number(t, expected, "prop_lower"), 1e-11);
    CHECK_NEAR(t, share.upper, reference_number(t, expected, "prop_upper"), 1e-11);
    CHECK_NEAR(t, test.median, reference_number(t, expected, "median"), 1e-12);
    CHECK_NEAR(t, test.ci.lower, reference_number(t, expected, "median_lower"), 1e-12);
    CHECK_NEAR(t, test.ci.upper, reference_number(t, expected, "median_upper"), 1e-12);
    CHECK_NEAR(t, test.ci_level, reference_number(t, expected, "median_coverage"), 1e-12);
}

static void signs_agree_with_the_reference(Test *t) { reference_each(t, "paired", "sign test", check_signs); }

/* exactRankTests' interval follows the ties, ours the distribution without ties: compared where there are none.
 * */
static void check_rank_sum(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    WilcoxonTest test, asymptotic;
    size_t n_x, n_y;
    const double *x = reference_numbers(t, input, "x", &n_x), *y = reference_numbers(t, input, "y", &n_y);
    const Json *want = json_get(expected, "enumeration"), *from_r = json_get(expected, "R_wilcox_exact");
    if (!CHECK_OK(t,
                  rank_sum_test(t->arena, x, n_x, y, n_y, P_METHOD_EXACT, .95, &test, &err) &&
                      rank_sum_test(t->arena, x, n_x, y, n_y, P_METHOD_ASYMPTOTIC, .95, &asymptotic, &err),
                  err))
        return;
    CHECK_NEAR(t, test.statistic, reference_number(t, want, "U"), 0);
    CHECK_NEAR(t, test.statistic + (double)(n_x * (n_x + 1)) / 2, reference_number(t, want, "W_ranksum"), 0);
    CHECK_NEAR(t, test.statistic, reference_number(t, json_get(expected, "asymptotic_corrected"), "statistic"), 0);
    CHECK_NEAR(t, 2 * normal_sf(fabs(test.z)), reference_number(t, expected, "asymptotic_uncorrected_p"), 1e-11);
    CHECK_NEAR(t, test.p_two_sided, reference_number(t, want, "p_two_sided"), 1e-12);
    CHECK_NEAR(t, test.p_greater, reference_number(t, want, "p_greater"), 1e-12);
    CHECK_NEAR(t, test.p_less, reference_number(t, want, "p_less"), 1e-12);
    CHECK_NEAR(t, test.z, reference_number(t, expected, "coin_Z"), 1e-12);
    CHECK_NEAR(t, test.estimate, reference_number(t, expected, "hodges_lehmann"), 1e-12);
    CHECK_NEAR(t, asymptotic.p_two_sided,
               reference_number(t, json_get(expected, "asymptotic_corrected"), "p"), 1e-12);
    if (!from_r) return;
    CHECK_NEAR(t, test.ci.lower, reference_number(t, from_r, "lower"), 1e-12);
    CHECK_NEAR(t, test.ci.upper, reference_number(t, from_r, "upper"), 1e-12);
}

static void rank_sums_agree_with_the_reference(Test *t)
{
    reference_each(t, "two-sample", "Wilcoxon-Mann-Whitney", check_rank_sum);
}

/* All 2^10 signs of tied differences with zeros, counted one by one. */
static void the_distribution_is_that_of_all_signs(Test *t)
{
    Error err = {0};
    WilcoxonTest test, flipped;
    double size[] = {1, 1, 2, 3, 3, 3, 4, 5, 5, 7}, d[10];
    int n_as_large = 0;
    for (int i = 0; i < 10; i++) d[i] = i == 1 || i == 4 ? -size[i] : size[i];
    CHECK_OK(t, signed_rank_test(t->arena, d, 10, ZERO_RULE_DROP, P_METHOD_EXACT, .9, &test, &err), err);
    for (int signs = 0; signs < 1024; signs++) {
        for (int i = 0; i < 10; i++) d[i] = signs >> i & 1 ? size[i] : -size[i];
        CHECK_OK(t,
                 signed_rank_test(t->arena, d, 10, ZERO_RULE_DROP, P_METHOD_ASYMPTOTIC, .9, &flipped, &err),
                 err);
        n_as_large += flipped.statistic >= test.statistic;
    }
    CHECK_NEAR(t, test.p_greater, n_as_large / 1024., 1e-14);
}

static void swapping_sides_flips_the_sign(Test *t)
{
    Error err = {0};
    WilcoxonTest a, b;
    Rng rng = rng_stream(2, 9);
    double x[14], y[11];
    for (int i = 0; i < 14; i++) x[i] = nearbyint(4 * rng_normal(&rng)) / 4 + .25;
    for (int i = 0; i < 11; i++) y[i] = nearbyint(4 * rng_normal(&rng)) / 4;
    CHECK_OK(t, rank_sum_test(t->arena, x, 14, y, 11, P_METHOD_EXACT, .9, &a, &err) &&
             rank_sum_test(t->arena, y, 11, x, 14, P_METHOD_EXACT, .9, &b, &err), err);
    CHECK_NEAR(t, a.p_greater, b.p_less, 1e-13);
    CHECK_NEAR(t, a.p_two_sided, b.p_two_sided, 1e-13);
    CHECK_NEAR(t, a.statistic + b.statistic, 154, 0);
    CHECK(t, a.estimate == -b.estimate && a.ci.lower == -b.ci.upper && a.ci_level >= .9);
    CHECK_OK(t, signed_rank_paired(t->arena, x, y, 11, ZERO_RULE_PRATT, P_METHOD_EXACT, .9, &a, &err) &&
             signed_rank_paired(t->arena, y, x, 11, ZERO_RULE_PRATT, P_METHOD_EXACT, .9, &b, &err), err);
    CHECK_NEAR(t, a.p_less, b.p_greater, 1e-13);
    CHECK(t, a.estimate == -b.estimate && a.ci.upper == -b.ci.lower && a.z == -b.z);
}

/* Beyond the exact limits the approximation takes over without a jump. */
static void exact_and_approximate_meet(Test *t)
{
    Error err = {0};
    WilcoxonTest exact, approximate;
    Rng rng = rng_stream(2, 10);
    double d[201];
    for (int i = 0; i < 201; i++) d[i] = rng_normal(&rng) + .15;
    CHECK_OK(
        t,
        signed_rank_test(t->arena, d, 200, ZERO_RULE_DROP, P_METHOD_EXACT, .95, &exact, &err) &&
            signed_rank_test(t->arena, d, 200, ZERO_RULE_DROP, P_METHOD_ASYMPTOTIC, .95, &approximate, &err),
        err);
    CHECK_NEAR(t, exact.p_two_sided, approximate.p_two_sided, .01);
    CHECK_OK(t, signed_rank_test(t->arena, d, 201, ZERO_RULE_DROP, P_METHOD_EXACT, .95, &approximate, &err),
             err);
    CHECK(t, exact.exact && !approximate.exact);
    CHECK_NEAR(t, exact.ci.lower, approximate.ci.lower, .2);
    CHECK_OK(t, rank_sum_test(t->arena, d, 50, d + 50, 50, P_METHOD_EXACT, .95, &exact, &err) &&
             rank_sum_test(t->arena, d, 50, d + 50, 50, P_METHOD_ASYMPTOTIC, .95, &approximate, &err), err);
    CHECK_NEAR(t, exact.p_two_sided, approximate.p_two_sided, .01);
    CHECK_OK(t, rank_sum_test(t->arena, d, 50, d + 50, 51, P_METHOD_EXACT, .95, &approximate, &err), err);
    CHECK(t, exact.exact && !approximate.exact);
    CHECK_NEAR(t, exact.ci.upper - exact.ci.lower, approximate.ci.upper - approximate.ci.lower, .1);
}

static void so_few_values_allow_no_interval(Test *t)
{
    Error err = {0};
    WilcoxonTest test;
    SignTest signs;
    double d[] = {1.2, 2.3, -.7, .4, 3.1};
    CHECK_OK(t, signed_rank_test(t->arena, d, 5, ZERO_RULE_DROP, P_METHOD_EXACT, .95, &test, &err) &&
             sign_test(t->arena, d, 5, .95, &signs, &err), err);
    CHECK(t, isinf(test.ci.lower) && isinf(test.ci.upper) && test.ci_level == 1);
    CHECK(t, isinf(signs.ci.lower) && isinf(signs.ci.upper) && signs.ci_level == 1);
    CHECK_NEAR(t, signs.median, 1.2, 0);
}

static void what_ranks_cannot_test_is_refused(Test *t)
{
    Error err = {0};
    WilcoxonTest test;
    SignTest signs;
    double zeros[] = {0, 0, 0}, bad[] = {1, 2, NAN};
    CHECK(t, !signed_rank_test(t->arena, zeros, 3, ZERO_RULE_PRATT, P_METHOD_EXACT, .95, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "none of the 3 differences is other than zero");
    CHECK(t, !sign_test(t->arena, zeros, 3, .95, &signs, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "none of the 3 differences");
    CHECK(t, !signed_rank_paired(t->arena, zeros, bad, 3, ZERO_RULE_DROP, P_METHOD_EXACT, .95, &test, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 3 of the 3 second values");
    CHECK(t, !rank_sum_test(t->arena, zeros, 3, zeros, 2, P_METHOD_EXACT, .95, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "all 5 values are equal");
    CHECK(t, !rank_sum_test(t->arena, zeros, 3, zeros, 0, P_METHOD_EXACT, .95, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "the second group has no values");
    CHECK(t, !rank_sum_test(t->arena, zeros, 3, zeros, 2, P_METHOD_EXACT, 2, &test, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level");
}

static const TestCase CASES[] = {
    {"signed ranks agree with R", signed_ranks_agree_with_r},
    {"the approximation agrees with R", the_approximation_agrees_with_r},
    {"signed ranks agree with the reference", signed_ranks_agree_with_the_reference},
    {"signs agree with the reference", signs_agree_with_the_reference},
    {"rank sums agree with the reference", rank_sums_agree_with_the_reference},
    {"the distribution is that of all signs", the_distribution_is_that_of_all_signs},
    {"swapping sides flips the sign", swapping_sides_flips_the_sign},
    {"exact and approximate meet", exact_and_approximate_meet},
    {"so few values allow no interval", so_few_values_allow_no_interval},
    {"what ranks cannot test is refused", what_ranks_cannot_test_is_refused},
};
TEST_SUITE(wilcoxon, CASES);
