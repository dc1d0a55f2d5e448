#include "stat/proportion.h"

#include <math.h>

#include "math/distribution.h"
#include "stat/reference.h"

static void zero_of_forty_still_allows_nine_percent(Test *t)
{
    Error err = {0};
    Interval ci;
    double upper = 0;
    CHECK_OK(t,
             proportion_exact_ci(0, 40, .95, &ci, &err) && proportion_exact_upper(0, 40, .975, &upper, &err),
             err);
    CHECK_NEAR(t, ci.lower, 0, 0);
    CHECK_NEAR(t, ci.upper, 1 - pow(.025, 1. / 40), 1e-12);
    CHECK_NEAR(t, upper, ci.upper, 0);
}

/* Each kind of interval and its key in the reference, whose Agresti-Coull bounds are not cut. Wald's interval, which is
 * (0, 0) for no events, is not offered. */
typedef bool IntervalOf(size_t events, size_t n, double level, Interval *ci, Error *err);
static const struct {
    const char *key;
    IntervalOf *interval;
} INTERVALS[] = {
    {"clopper_pearson", proportion_exact_ci},
    {"wilson", proportion_wilson_ci},
    {"wilson_continuity", proportion_wilson_corrected_ci},
    {"jeffreys_modified", proportion_jeffreys_ci},
    {"agresti_coull", proportion_agresti_coull_ci},
};

static void check_one(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    double p;
    size_t n2, k = (size_t)reference_number(t, input, "k"), n = (size_t)reference_number(t, input, "n");
    for (size_t i = 0; i < sizeof INTERVALS / sizeof *INTERVALS; i++) {
        Interval ci;
        const double *want = reference_numbers(t, expected, INTERVALS[i].key, &n2);
        if (!CHECK_OK(t, INTERVALS[i].interval(k, n, .95, &ci, &err), err)) return;
        CHECK_NEAR(t, ci.lower, fmax(want[0], 0), 1e-10);
        CHECK_NEAR(t, ci.upper, fmin(want[1], 1), 1e-10);
    }
    if (!CHECK_OK(t, proportion_exact_p(k, n, .5, &p, &err), err)) return;
    CHECK_NEAR(t, p, reference_number(t, expected, "exact_p_half_two_sided"), 1e-10);
}

static void intervals_agree_with_the_reference(Test *t)
{
    reference_each(t, "proportions", "one proportion", check_one);
}

static void check_mcnemar(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    McNemar test;
    size_t rows, columns, n2, *table = reference_table(t, input, &rows, &columns);
    if (!CHECK_OK(t, mcnemar_test(table[1], table[2], .95, &test, &err), err)) return;
    const double *ci = reference_numbers(t, expected, "or_exact_ci", &n2);
    CHECK_NEAR(t, test.p_exact, reference_number(t, expected, "exact_p"), 1e-10);
    CHECK_NEAR(t, test.p_mid, reference_number(t, expected, "mid_p"), 1e-10);
    CHECK_NEAR(t, test.chisq, reference_number(t, json_get(expected, "chisq"), "statistic"), 1e-10);
    CHECK_NEAR(t, test.p_chisq, reference_number(t, json_get(expected, "chisq"), "p"), 1e-10);
    const Json *corrected = json_get(expected, "chisq_corrected");
    CHECK_NEAR(t, test.chisq_corrected, reference_number(t, corrected, "statistic"), 1e-10);
    CHECK_NEAR(t, test.p_corrected, reference_number(t, corrected, "p"), 1e-10);
    CHECK_NEAR(t, test.odds_ratio, reference_number(t, expected, "odds_ratio_conditional"), 1e-10);
    CHECK_NEAR(t, test.ci.lower, ci[0], 1e-10);
    CHECK_NEAR(t, test.ci.upper, ci[1], 1e-10);
}

static void mcnemar_agrees_with_the_reference(Test *t)
{
    reference_each(t, "proportions", "McNemar", check_mcnemar);
}

static void check_difference(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    Interval ci;
    size_t rows, columns, n2, *table = reference_table(t, input, &rows, &columns);
    const double *want = reference_numbers(t, expected, "newcombe_wilson_ci", &n2);
    if (!CHECK_OK(t,
                  proportion_difference_ci(table[0], table[0] + table[1], table[2], table[2] + table[3], .95,
                                           &ci, &err),
                  err))
        return;
    CHECK_NEAR(t, ci.lower, want[0], 1e-10);
    CHECK_NEAR(t, ci.upper, want[1], 1e-10);
}

static void differences_agree_with_the_reference(Test *t)
{
    reference_each(t, "proportions", "2x2 table", check_difference);
}

static void counting_the_others_mirrors_the_interval(Test *t)
{
    Error err = {0};
    Interval a, b, c, d;
    CHECK_OK(t,
             proportion_exact_ci(7, 31, .9, &a, &err) && proportion_exact_ci(24, 31, .9, &b, &err) &&
                 proportion_wilson_ci(7, 31, .9, &c, &err) && proportion_wilson_ci(24, 31, .9, &d, &err),
             err);
    CHECK_NEAR(t, a.lower, 1 - b.upper, 1e-13);
    CHECK_NEAR(t, c.upper, 1 - d.lower, 1e-13);
    CHECK_NEAR(t, binomial_sf(6, 31, a.lower), .05, 1e-11);
    CHECK_NEAR(t, binomial_cdf(7, 31, a.upper), .05, 1e-11);
}

/* Agresti & Coull (1998): at 95 % about two more of each; Jeffreys' tails hold what they should. */
static void approximate_intervals_by_hand(Test *t)
{
    Error err = {0};
    Interval ci;
    double z = 1.9599639845400545, centre = (9 + z * z / 2) / (23 + z * z);
    CHECK_OK(t, proportion_agresti_coull_ci(9, 23, .95, &ci, &err), err);
    CHECK_NEAR(t, (ci.lower + ci.upper) / 2, centre, 1e-13);
    CHECK_NEAR(t, (ci.upper - ci.lower) / 2, z * sqrt(centre * (1 - centre) / (23 + z * z)), 1e-13);
    CHECK_OK(t, proportion_jeffreys_ci(9, 23, .9, &ci, &err), err);
    CHECK_NEAR(t, beta_cdf(ci.lower, 9.5, 14.5), .05, 1e-11);
    CHECK_NEAR(t, beta_sf(ci.upper, 9.5, 14.5), .05, 1e-11);
    CHECK(t, !proportion_jeffreys_ci(0, 0, .95, &ci, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "a proportion of nobody");
    CHECK(t, !proportion_agresti_coull_ci(3, 2, .95, &ci, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "3 events among 2");
}

/* A proportion at a bound is z standard errors and half a subject from what was seen. */
static void the_corrected_score_bound_is_half_a_subject_further(Test *t)
{
    Error err = {0};
    Interval ci;
    CHECK_OK(t, proportion_wilson_corrected_ci(7, 31, .9, &ci, &err), err);
    double z = normal_quantile_upper(.05);
    CHECK_NEAR(t, (7.5 / 31 - ci.upper) / sqrt(ci.upper * (1 - ci.upper) / 31), -z, 1e-12);
    CHECK_NEAR(t, (6.5 / 31 - ci.lower) / sqrt(ci.lower * (1 - ci.lower) / 31), z, 1e-12);
    CHECK_OK(t, proportion_wilson_corrected_ci(31, 31, .9, &ci, &err), err);
    CHECK(t, ci.upper == 1);
    CHECK(t, !proportion_wilson_corrected_ci(5, 4, .95, &ci, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "5 events among 4");
}

/* Coverage is known exactly: the sum of the probabilities of the counts whose interval holds the truth. */
static void the_exact_interval_covers_at_least_its_level(Test *t)
{
    Error err = {0};
    for (double truth = .01; truth < 1; truth += .0237) {
        double coverage = 0;
        for (size_t k = 0; k <= 17; k++) {
            Interval ci;
            CHECK_OK(t, proportion_exact_ci(k, 17, .9, &ci, &err), err);
            if (ci.lower <= truth && truth <= ci.upper) coverage += binomial_pmf((double)k, 17, truth);
        }
        CHECK(t, coverage >= .9);
    }
}

static void pairs_that_did_not_change_say_nothing(Test *t)
{
    Error err = {0};
    McNemar test, swapped;
    CHECK_OK(t, mcnemar_test(0, 0, .95, &test, &err), err);
    CHECK(t, test.p_exact == 1 && test.p_mid == 1 && isnan(test.odds_ratio) && test.ci.lower == 0 &&
                 isinf(test.ci.upper));
    CHECK_OK(t, mcnemar_test(9, 2, .95, &test, &err) && mcnemar_test(2, 9, .95, &swapped, &err), err);
    CHECK_NEAR(t, test.odds_ratio, 1 / swapped.odds_ratio, 1e-14);
    CHECK_NEAR(t, test.ci.lower, 1 / swapped.ci.upper, 1e-12);
    CHECK_NEAR(t, test.p_mid, swapped.p_mid, 0);
}

static void impossible_counts_are_refused(Test *t)
{
    Error err = {0};
    Interval ci;
    double p;
    CHECK(t, !proportion_exact_ci(0, 0, .95, &ci, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "a proportion of nobody");
    CHECK(t, !proportion_wilson_ci(5, 4, .95, &ci, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "5 events among 4");
    CHECK(t, !proportion_exact_upper(1, 4, 1, &p, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level");
    CHECK(t, !proportion_exact_p(1, 4, 1.2, &p, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "hypothesised proportion 1.2");
}

static const TestCase CASES[] = {
    {"0 of 40 still allows nine percent", zero_of_forty_still_allows_nine_percent},
    {"intervals agree with the reference", intervals_agree_with_the_reference},
    {"McNemar agrees with the reference", mcnemar_agrees_with_the_reference},
    {"differences agree with the reference", differences_agree_with_the_reference},
    {"counting the others mirrors the interval", counting_the_others_mirrors_the_interval},
    {"approximate intervals by hand", approximate_intervals_by_hand},
    {"the corrected score bound is half a subject further",
     the_corrected_score_bound_is_half_a_subject_further},
    {"the exact interval covers at least its level", the_exact_interval_covers_at_least_its_level},
    {"pairs that did not change say nothing", pairs_that_did_not_change_say_nothing},
    {"impossible counts are refused", impossible_counts_are_refused},
};
TEST_SUITE(proportion, CASES);
