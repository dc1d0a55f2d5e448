#include "stat/two_proportions.h"

#include <math.h>

#include "math/distribution.h"
#include "stat/fisher.h"
#include "stat/reference.h"

/* With two in each group the probabilities are polynomials. For 2 of 2 against 0 of 2 the region is that table alone:
 * p^2 (1 - p)^2, 1/16 at 1/2; both sides double it. */
static void two_against_two_by_hand(Test *t)
{
    Error err = {0};
    UnconditionalTest test;
    for (int order = UNCONDITIONAL_BARNARD; order <= UNCONDITIONAL_BOSCHLOO; order++) {
        TwoCounts counts = {2, 2, 0, 2};
        CHECK_OK(t, unconditional_test(t->arena, counts, (UnconditionalOrder)order, &test, &err), err);
        CHECK_NEAR(t, test.p_greater, 1. / 16, 1e-12);
        CHECK_NEAR(t, test.p_two_sided, 1. / 8, 1e-12);
        CHECK_NEAR(t, test.p_doubled, 1. / 8, 1e-12);
        CHECK_NEAR(t, test.p_less, 1, 1e-12);
        CHECK_NEAR(t, test.nuisance, .5, 1e-6);
    }
    CHECK_TEXT(t, str_from(unconditional_word(UNCONDITIONAL_BARNARD_UNPOOLED)), "barnard-unpooled");
}

/* 3 of 3 against 1 of 3: (3, 0) is more extreme, and (2, 0) as extreme, for its z is the same. Together they have
 * the probability 3 p^4 q^2 + p^3 q^3 + 3 p^2 q^4. */
static void ties_join_the_region(Test *t)
{
    Error err = {0};
    UnconditionalTest test;
    CHECK_OK(t, unconditional_test(t->arena, (TwoCounts){3, 3, 1, 3}, UNCONDITIONAL_BARNARD, &test, &err),
             err);
    double most = 0;
    for (double p = 0; p <= 1; p += 1e-5) {
        double q = 1 - p;
        most = fmax(most, 3 * p * p * q * q * (p * p + q * q) + p * p * p * q * q * q);
    }
    CHECK_NEAR(t, test.p_greater, most, 1e-8);
}

static TwoCounts reference_counts(Test *t, const Json *input)
{
    size_t rows, columns, *table = reference_table(t, input, &rows, &columns);
    return (TwoCounts){table[0], table[0] + table[1], table[2], table[2] + table[3]};
}

static void check_one_test(Test *t, TwoCounts counts, UnconditionalOrder order, const Json *p,
                           const char *const keys[4])
{
    Error err = {0};
    UnconditionalTest test;
    if (!CHECK_OK(t, unconditional_test(t->arena, counts, order, &test, &err), err)) return;
    CHECK_NEAR(t, test.p_two_sided, reference_number(t, p, keys[0]), 1e-9);
    CHECK_NEAR(t, test.p_greater, reference_number(t, p, keys[1]), 1e-9);
    CHECK_NEAR(t, test.p_less, reference_number(t, p, keys[2]), 1e-9);
    if (keys[3]) CHECK_NEAR(t, test.p_doubled, reference_number(t, p, keys[3]), 1e-9);
}

static void check_tests(Test *t, const Json *input, const Json *expected)
{
    static const char *const POOLED[] = {"barnard_pooled_two_sided", "barnard_pooled_greater",
                                         "barnard_pooled_less", NULL};
    static const char *const UNPOOLED[] = {"barnard_unpooled_two_sided", "barnard_unpooled_greater",
                                           "barnard_unpooled_less", NULL};
    static const char *const BOSCHLOO[] = {"boschloo_two_sided_fisher_two_sided_statistic",
                                           "boschloo_greater", "boschloo_less", "boschloo_two_sided_doubled"};
    TwoCounts counts = reference_counts(t, input);
    const Json *p = json_get(expected, "p_own_grid_and_polish");
    check_one_test(t, counts, UNCONDITIONAL_BARNARD, p, POOLED);
    check_one_test(t, counts, UNCONDITIONAL_BARNARD_UNPOOLED, p, UNPOOLED);
    check_one_test(t, counts, UNCONDITIONAL_BOSCHLOO, p, BOSCHLOO);
}

static void check_intervals(Test *t, const Json *input, const Json *expected)
{
    static const char *const KEYS[] = {
        [SCORE_MEE] = "mee_score_ci", [SCORE_MIETTINEN_NURMINEN] = "miettinen_nurminen_ci"};
    Error err = {0};
    ScoreDifference score;
    size_t n2;
    for (int kind = SCORE_MEE; kind <= SCORE_MIETTINEN_NURMINEN; kind++) {
        const double *ci = reference_numbers(t, expected, KEYS[kind], &n2);
        TwoCounts counts = reference_counts(t, input);
        if (!CHECK_OK(t, score_difference(counts, 0, .95, (ScoreVariance)kind, &score, &err), err)) continue;
        CHECK_NEAR(t, score.ci.lower, ci[0], 1e-9);
        CHECK_NEAR(t, score.ci.upper, ci[1], 1e-9);
    }
}

static void tests_agree_with_the_reference(Test *t)
{
    reference_each(t, "two-proportions-unconditional", "unconditional exact tests", check_tests);
}

static void intervals_agree_with_the_reference(Test *t)
{
    reference_each(t, "two-proportions-unconditional", "unconditional exact tests", check_intervals);
}

static void swapping_groups_mirrors_everything(Test *t)
{
    Error err = {0};
    UnconditionalTest test, swapped;
    ScoreDifference score, mirrored;
    TwoCounts counts = {9, 13, 4, 17}, other = {4, 17, 9, 13};
    for (int order = UNCONDITIONAL_BARNARD; order <= UNCONDITIONAL_BOSCHLOO; order++) {
        CHECK_OK(t, unconditional_test(t->arena, counts, (UnconditionalOrder)order, &test, &err), err);
        CHECK_OK(t, unconditional_test(t->arena, other, (UnconditionalOrder)order, &swapped, &err), err);
        CHECK_NEAR(t, test.p_greater, swapped.p_less, 1e-10);
        CHECK_NEAR(t, test.p_two_sided, swapped.p_two_sided, 1e-10);
    }
    CHECK_OK(t, score_difference(counts, .1, .9, SCORE_MIETTINEN_NURMINEN, &score, &err), err);
    CHECK_OK(t, score_difference(other, -.1, .9, SCORE_MIETTINEN_NURMINEN, &mirrored, &err), err);
    CHECK_NEAR(t, score.ci.lower, -mirrored.ci.upper, 1e-12);
    CHECK_NEAR(t, score.p_greater, mirrored.p_less, 1e-12);
}

/* Boschloo's test is never above Fisher's of the same side, which is why it exists. */
static void boschloo_is_never_above_fisher(Test *t)
{
    Error err = {0};
    UnconditionalTest test;
    Fisher2x2 fisher;
    for (size_t x = 0; x <= 8; x += 2)
        for (size_t y = 0; y <= 6; y += 3) {
            size_t table[] = {x, 8 - x, y, 6 - y};
            CHECK_OK(t, fisher_2x2(t->arena, table, .95, &fisher, &err), err);
            CHECK_OK(
                t, unconditional_test(t->arena, (TwoCounts){x, 8, y, 6}, UNCONDITIONAL_BOSCHLOO, &test, &err),
                err);
            CHECK(t, test.p_greater <= fisher.p_greater + 1e-12 && test.p_less <= fisher.p_less + 1e-12);
            CHECK(t, test.p_two_sided <= fisher.p_two_sided + 1e-12);
        }
}

/* With margin 0 the variance is at the pooled proportion, so z is that of the chi-square test. */
static void a_bound_is_the_difference_just_rejected(Test *t)
{
    Error err = {0};
    ScoreDifference score, at_bound;
    TwoCounts counts = {31, 48, 22, 51};
    CHECK_OK(t, score_difference(counts, 0, .95, SCORE_MEE, &score, &err), err);
    double pooled = 53. / 99;
    CHECK_NEAR(t, score.z, (31. / 48 - 22. / 51) / sqrt(pooled * (1 - pooled) * (1. / 48 + 1. / 51)), 1e-12);
    CHECK_OK(t, score_difference(counts, score.ci.lower, .95, SCORE_MEE, &at_bound, &err), err);
    CHECK_NEAR(t, at_bound.p_greater, .025, 1e-11);
    CHECK_OK(t, score_difference(counts, score.ci.upper, .95, SCORE_MEE, &at_bound, &err), err);
    CHECK_NEAR(t, at_bound.p_less, .025, 1e-11);
    CHECK_NEAR(t, at_bound.p_two_sided, .05, 1e-11);
}

static void empty_cells_are_no_obstacle(Test *t)
{
    Error err = {0};
    ScoreDifference none, all;
    CHECK_OK(t, score_difference((TwoCounts){0, 12, 0, 9}, 0, .95, SCORE_MIETTINEN_NURMINEN, &none, &err),
             err);
    CHECK(t, none.z == 0 && none.p_two_sided == 1 && none.ci.lower < 0 && none.ci.upper > 0 &&
                 none.ci.upper < .35);
    CHECK_OK(t, score_difference((TwoCounts){12, 12, 0, 9}, 0, .95, SCORE_MEE, &all, &err), err);
    CHECK_NEAR(t, all.estimate, 1, 0);
    CHECK_NEAR(t, all.ci.upper, 1, 1e-15);
    CHECK(t, all.ci.lower > .5 && all.ci.lower < .8);
}

static void impossible_counts_are_refused(Test *t)
{
    Error err = {0};
    UnconditionalTest test;
    ScoreDifference score;
    CHECK(t, !unconditional_test(t->arena, (TwoCounts){0, 0, 3, 7}, UNCONDITIONAL_BARNARD, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "the first group is empty");
    CHECK(t, !unconditional_test(t->arena, (TwoCounts){3, 7, 5, 4}, UNCONDITIONAL_BARNARD, &test, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "5 events among 4 of the second group");
    CHECK(t, !unconditional_test(t->arena, (TwoCounts){3, 700, 5, 400}, UNCONDITIONAL_BOSCHLOO, &test, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "groups of 700 and 400 are too large");
    CHECK(t, !score_difference((TwoCounts){3, 7, 0, 0}, 0, .95, SCORE_MEE, &score, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "the second group is empty");
    CHECK(t, !score_difference((TwoCounts){3, 7, 2, 5}, -10, .95, SCORE_MEE, &score, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "hypothesised difference -10");
    CHECK(t, !score_difference((TwoCounts){3, 7, 2, 5}, 0, 0, SCORE_MEE, &score, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level 0");
}

static const TestCase CASES[] = {
    {"two against two by hand", two_against_two_by_hand},
    {"ties join the region", ties_join_the_region},
    {"tests agree with the reference", tests_agree_with_the_reference},
    {"intervals agree with the reference", intervals_agree_with_the_reference},
    {"swapping groups mirrors everything", swapping_groups_mirrors_everything},
    {"Boschloo is never above Fisher", boschloo_is_never_above_fisher},
    {"a bound is the difference just rejected", a_bound_is_the_difference_just_rejected},
    {"empty cells are no obstacle", empty_cells_are_no_obstacle},
    {"impossible counts are refused", impossible_counts_are_refused},
};
TEST_SUITE(two_proportions, CASES);
