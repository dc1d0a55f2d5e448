#include "stat/paired_proportions.h"

#include <math.h>

#include "stat/proportion.h"
#include "test.h"

/* The first is the airway study in Newcombe (1998) and Tango (1998): 0.057 to 0.340, and 0.061 to 0.345. */
static const PairedCounts AIRWAY = {36, 12, 2, 0}, VISITS = {21, 9, 3, 16}, LOSSES = {19, 0, 5, 16};

/* R 4.2.2, the formula with prop.test's Wilson intervals */
static void joined_intervals_agree_with_r(Test *t)
{
    Error err = {0};
    Interval ci;
    CHECK_OK(t, paired_difference_ci(AIRWAY, .95, &ci, &err), err);
    CHECK_NEAR(t, ci.lower, .056929584003238803, 1e-11);
    CHECK_NEAR(t, ci.upper, .34042760297494068, 1e-12);
    CHECK_OK(t, paired_difference_ci(VISITS, .9, &ci, &err), err);
    CHECK_NEAR(t, ci.lower, .0046834812340816601, 1e-10);
    CHECK_NEAR(t, ci.upper, .2339178499265884, 1e-12);
    CHECK_OK(t, paired_difference_ci(LOSSES, .95, &ci, &err), err);
    CHECK_NEAR(t, ci.lower, -.22986749770566964, 1e-12);
    CHECK_NEAR(t, ci.upper, -.012299505704313554, 1e-11);
}

/* R 4.2.2: the likelihood maximised by optimize, the bounds found by uniroot, which leave 1e-7 or so */
static void score_intervals_agree_with_a_search(Test *t)
{
    Error err = {0};
    PairedDifference d;
    CHECK_OK(t, paired_difference_score(AIRWAY, 0, .95, &d, &err), err);
    CHECK_NEAR(t, d.ci.lower, .061112407734050224, 1e-6);
    CHECK_NEAR(t, d.ci.upper, .344708748720921, 1e-6);
    CHECK_OK(t, paired_difference_score(VISITS, -.1, .9, &d, &err), err);
    CHECK_NEAR(t, d.ci.lower, .006756812877362719, 1e-6);
    CHECK_NEAR(t, d.ci.upper, .24266402781308732, 1e-6);
    CHECK_NEAR(t, d.z, 2.8971139413642484, 1e-8);
    CHECK_NEAR(t, d.p_greater + d.p_less, 1, 1e-15);
}

static void at_no_difference_the_score_is_mcnemar(Test *t)
{
    Error err = {0};
    PairedDifference d;
    McNemar test;
    CHECK_OK(t, paired_difference_score(VISITS, 0, .95, &d, &err) && mcnemar_test(9, 3, .95, &test, &err), err);
    CHECK_NEAR(t, d.z * d.z, test.chisq, 1e-13);
    CHECK_NEAR(t, d.p_two_sided, test.p_chisq, 1e-13);
    CHECK_NEAR(t, d.estimate, 6. / 49, 1e-15);
}

static void swapping_the_visits_mirrors_the_intervals(Test *t)
{
    Error err = {0};
    PairedCounts swapped = {VISITS.both, VISITS.lost, VISITS.gained, VISITS.neither};
    PairedDifference d, e;
    Interval a, b;
    CHECK_OK(t, paired_difference_score(VISITS, .03, .95, &d, &err), err);
    CHECK_OK(t, paired_difference_score(swapped, -.03, .95, &e, &err), err);
    CHECK_OK(t, paired_difference_ci(VISITS, .95, &a, &err) && paired_difference_ci(swapped, .95, &b, &err), err);
    CHECK_NEAR(t, d.z, -e.z, 1e-12);
    CHECK_NEAR(t, d.ci.lower, -e.ci.upper, 1e-9);
    CHECK_NEAR(t, d.p_greater, e.p_less, 1e-12);
    CHECK_NEAR(t, a.lower, -b.upper, 1e-11);
}

static void pairs_without_change_still_have_an_interval(Test *t)
{
    Error err = {0};
    PairedDifference d;
    Interval ci;
    PairedCounts still = {11, 0, 0, 6};
    CHECK_OK(t, paired_difference_score(still, 0, .95, &d, &err) && paired_difference_ci(still, .95, &ci, &err), err);
    CHECK(t, d.z == 0 && d.p_two_sided == 1 && d.ci.lower < -.1 && d.ci.upper > .1);
    CHECK_NEAR(t, d.ci.lower, -d.ci.upper, 1e-9);
    CHECK(t, ci.lower < 0 && ci.upper > 0);
}

static void impossible_pairs_are_refused(Test *t)
{
    Error err = {0};
    PairedDifference d;
    Interval ci;
    CHECK(t, !paired_difference_ci((PairedCounts){0}, .95, &ci, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "there are no pairs");
    CHECK(t, !paired_difference_ci(VISITS, 1.2, &ci, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level 1.2");
    CHECK(t, !paired_difference_score((PairedCounts){0}, 0, .95, &d, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "there are no pairs");
    CHECK(t, !paired_difference_score(VISITS, -10, .95, &d, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "hypothesised difference -10");
}

static const TestCase CASES[] = {
    {"joined intervals agree with R", joined_intervals_agree_with_r},
    {"score intervals agree with a search", score_intervals_agree_with_a_search},
    {"at no difference the score is McNemar's", at_no_difference_the_score_is_mcnemar},
    {"swapping the visits mirrors the intervals", swapping_the_visits_mirrors_the_intervals},
    {"pairs without change still have an interval", pairs_without_change_still_have_an_interval},
    {"impossible pairs are refused", impossible_pairs_are_refused},
};
TEST_SUITE(paired_proportions, CASES);
