#include "safety/incidence.h"

#include <math.h>

#include "test.h"

static void the_founding_trial_s_rates_have_exact_intervals(Test *t)
{
    Error err = {0};
    IncidenceRate fever, vomiting;
    if (!CHECK_OK(t, incidence_rate(12, 40, &fever, &err), err)) return;
    if (!CHECK_OK(t, incidence_rate(9, 40, &vomiting, &err), err)) return;
    CHECK_NEAR(t, fever.proportion, 0.3, 1e-15);
    CHECK(t, fabs(fever.ci_low - 0.166) < 0.0005 && fabs(fever.ci_high - 0.465) < 0.0005);
    CHECK(t, fabs(vomiting.ci_low - 0.108) < 0.0005 && fabs(vomiting.ci_high - 0.385) < 0.0005);
}

static void none_of_forty_is_a_statement_about_an_upper_bound(Test *t)
{
    Error err = {0};
    IncidenceRate none, all;
    if (!CHECK_OK(t, incidence_rate(0, 40, &none, &err), err)) return;
    CHECK(t, none.ci_low == 0);
    CHECK_NEAR(t, none.ci_high, 1 - pow(0.025, 1.0 / 40), 1e-12);
    CHECK_NEAR(t, none.upper_one_sided, 1 - pow(0.05, 1.0 / 40), 1e-12);
    CHECK(t, fabs(none.ci_high - 0.088) < 0.0005 && fabs(none.upper_one_sided - 0.072) < 0.0005);
    if (!CHECK_OK(t, incidence_rate(40, 40, &all, &err), err)) return;
    CHECK(t, all.ci_high == 1 && all.upper_one_sided == 1);
    CHECK_NEAR(t, all.ci_low, pow(0.025, 1.0 / 40), 1e-12);
}

static void subjects_and_infusions_are_different_denominators(Test *t)
{
    Error err = {0};
    IncidenceCounts counts = {40, 12, 17, 78, 15};
    Incidence incidence;
    if (!CHECK_OK(t, incidence_estimate(&counts, &incidence, &err), err)) return;
    CHECK(t, incidence.has_infusions);
    CHECK_NEAR(t, incidence.per_infusion.proportion, 15.0 / 78, 1e-15);
    CHECK_NEAR(t, incidence.events_per_subject, 17.0 / 40, 1e-15);
}

static void counts_that_contradict_each_other_are_refused(Test *t)
{
    static const struct {
        IncidenceCounts counts;
        ErrorCode code;
        const char *part;
    } BAD[] = {
        {{0, 0, 0, 0, 0}, ERROR_DEGENERATE, "nobody was at risk"},
        {{40, 41, 41, 0, 0}, ERROR_INCONSISTENT, "41 with the event of 40"},
        {{40, 12, 11, 0, 0}, ERROR_INCONSISTENT, "11 events in 12 subjects"},
        {{40, 12, 17, 78, 79}, ERROR_INCONSISTENT, "per infusion"},
        {{40, 12, 17, 78, 11}, ERROR_INCONSISTENT, "11 infusions with the event"},
        {{40, -1, 0, 0, 0}, ERROR_INCONSISTENT, "-1 with the event"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Error err = {0};
        Incidence incidence;
        CHECK(t, !incidence_estimate(&BAD[i].counts, &incidence, &err));
        CHECK_ERROR(t, err, BAD[i].code, BAD[i].part);
    }
}

static const TestCase CASES[] = {
    {"the founding trial's rates have exact intervals", the_founding_trial_s_rates_have_exact_intervals},
    {"none of forty is a statement about an upper bound", none_of_forty_is_a_statement_about_an_upper_bound},
    {"subjects and infusions are different denominators", subjects_and_infusions_are_different_denominators},
    {"counts that contradict each other are refused", counts_that_contradict_each_other_are_refused},
};
TEST_SUITE(incidence, CASES);
