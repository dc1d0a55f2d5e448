#include "instrument/motor_growth.h"

#include <math.h>

#include "test.h"

static double change(Test *t, const GrowthReference *reference, int level, double age, double months)
{
    Error err = {0};
    GrowthQuestion question = {
        .reference = reference, .level = level, .from_years = age, .to_years = age + months / 12};
    GrowthAnswer answer = {0};
    CHECK_OK(t, growth_expected(&question, &answer, &err), err);
    return answer.change;
}

static void the_published_curves_give_the_table_of_expected_changes(Test *t)
{
    static const struct {
        int level;
        double age, ontario[3], shanghai[3];
    } TABLE[] = {
        {1, 2, {3.80, 7.17, 12.80}, {3.40, 6.32, 10.98}}, {1, 4, {1.45, 2.75, 4.90}, {1.01, 1.88, 3.27}},
        {2, 2, {2.95, 5.53, 9.79}, {2.18, 3.94, 6.50}},   {2, 4, {1.03, 1.94, 3.44}, {0.40, 0.71, 1.18}},
        {3, 2, {2.25, 4.18, 7.25}, {1.42, 2.49, 3.93}},   {3, 4, {0.65, 1.20, 2.09}, {0.16, 0.28, 0.44}},
        {4, 2, {1.64, 3.04, 5.22}, {1.02, 1.79, 2.79}},   {4, 4, {0.44, 0.82, 1.40}, {0.10, 0.18, 0.28}},
        {5, 2, {0.78, 1.41, 2.32}, {0.36, 0.61, 0.89}},
    };
    static const double MONTHS[] = {3, 6, 12};
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++)
        for (int m = 0; m < 3; m++) {
            double ontario = change(t, &growth_ontario, TABLE[i].level, TABLE[i].age, MONTHS[m]);
            double shanghai = change(t, &growth_shanghai, TABLE[i].level, TABLE[i].age, MONTHS[m]);
            CHECK(t, fabs(ontario - TABLE[i].ontario[m]) < 0.00501);
            CHECK(t, fabs(shanghai - TABLE[i].shanghai[m]) < 0.00501);
        }
}

static void at_eight_years_little_growth_is_left(Test *t)
{
    for (int level = 1; level <= 5; level++) {
        CHECK(t, change(t, &growth_ontario, level, 8, 3) < 0.2151);
        CHECK(t, change(t, &growth_ontario, level, 8, 6) < 0.4051);
        CHECK(t, change(t, &growth_ontario, level, 8, 12) < 0.7251);
    }
}

static void rates_follow_from_the_age_at_ninety_per_cent(Test *t)
{
    static const double K[] = {0.4797, 0.5233, 0.6223, 0.6579, 0.8528};
    for (int level = 1; level <= 5; level++) {
        CHECK(t, fabs(growth_rate(&growth_ontario, level) - K[level - 1]) < 0.00005001);
        Error err = {0};
        double age_90 = growth_ontario.levels[level - 1].age_90;
        GrowthQuestion question = {.level = level, .from_years = age_90, .to_years = age_90};
        GrowthAnswer answer;
        if (!CHECK_OK(t, growth_expected(&question, &answer, &err), err)) return;
        CHECK_NEAR(t, answer.expected_from, 0.9 * growth_ontario.levels[level - 1].limit, 1e-12);
    }
}

static void the_individual_form_multiplies_the_child_s_own_score(Test *t)
{
    static const struct {
        int level;
        double age, factor;
    } TABLE[] = {{1, 2, 1.132}, {1, 4, 1.037}, {3, 2, 1.108}, {3, 4, 1.024}, {5, 2, 1.077}, {5, 4, 1.012}};
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
        Error err = {0};
        GrowthQuestion question = {.form = GROWTH_INDIVIDUAL,
                                   .level = TABLE[i].level,
                                   .from_years = TABLE[i].age,
                                   .to_years = TABLE[i].age + 0.5,
                                   .baseline = 31.7};
        GrowthAnswer answer;
        if (!CHECK_OK(t, growth_expected(&question, &answer, &err), err)) return;
        CHECK(t, fabs(1 + answer.change / 31.7 - TABLE[i].factor) < 0.000501);
    }
}

static void the_individual_form_stops_at_a_hundred(Test *t)
{
    Error err = {0};
    GrowthQuestion question = {
        .form = GROWTH_INDIVIDUAL, .level = 1, .from_years = 2, .to_years = 3, .baseline = 97};
    GrowthAnswer answer;
    if (CHECK_OK(t, growth_expected(&question, &answer, &err), err)) CHECK_NEAR(t, answer.change, 3, 1e-12);
}

static void changes_add_up_over_consecutive_intervals(Test *t)
{
    double whole = change(t, NULL, 3, 2.385, 12);
    double parts = change(t, NULL, 3, 2.385, 5) + change(t, NULL, 3, 2.385 + 5.0 / 12, 7);
    CHECK_NEAR(t, parts, whole, 1e-12);
}

static void what_has_no_expectation_is_refused(Test *t)
{
    static const struct {
        GrowthQuestion question;
        ErrorCode code;
        const char *part;
    } BAD[] = {
        {{.level = 0, .from_years = 3, .to_years = 4}, ERROR_INCONSISTENT, "GMFCS level 0"},
        {{.level = 6, .from_years = 3, .to_years = 4}, ERROR_INCONSISTENT, "GMFCS level 6"},
        {{.level = 3, .from_years = 0.9, .to_years = 4}, ERROR_INCONSISTENT, "first assessment"},
        {{.level = 3, .from_years = 14.8, .to_years = 15.3}, ERROR_INCONSISTENT, "second assessment"},
        {{.level = 3, .from_years = NAN, .to_years = 4}, ERROR_INCONSISTENT, "age nan"},
        {{.level = 3, .from_years = 4, .to_years = 3.5}, ERROR_INCONSISTENT, "is before the first"},
        {{.level = 3, .from_years = 3, .to_years = 4, .form = GROWTH_INDIVIDUAL, .baseline = 120},
         ERROR_INCONSISTENT,
         "120 is not a score"},
        {{.level = 3,
          .from_years = 3,
          .to_years = 4,
          .form = GROWTH_INDIVIDUAL,
          .baseline = 20,
          .decline = true},
         ERROR_USAGE,
         "mean child"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Error err = {0};
        GrowthAnswer answer;
        CHECK(t, !growth_expected(&BAD[i].question, &answer, &err));
        CHECK_ERROR(t, err, BAD[i].code, BAD[i].part);
    }
}

static void ages_above_the_curve_need_to_be_asked_for(Test *t)
{
    Error err = {0};
    GrowthQuestion question = {.level = 2, .from_years = 15.2, .to_years = 15.7, .extend = true};
    GrowthAnswer answer;
    if (!CHECK_OK(t, growth_expected(&question, &answer, &err), err)) return;
    CHECK(t, answer.is_extended);
    CHECK(t, answer.change > 0 && answer.change < 0.02);
}

static void decline_is_an_option_and_only_after_the_peak(Test *t)
{
    Error err = {0};
    GrowthQuestion question = {.level = 4, .from_years = 6 + 11.0 / 12, .to_years = 21, .decline = true};
    GrowthAnswer answer;
    if (!CHECK_OK(t, growth_expected(&question, &answer, &err), err)) return;
    CHECK_NEAR(t, answer.change, -7.8, 1e-12);
    question.level = 1;
    CHECK_OK(t, growth_expected(&question, &answer, &err), err);
    CHECK(t, answer.change > 0);
    question = (GrowthQuestion){.level = 4, .from_years = 3, .to_years = 4, .decline = true};
    CHECK_OK(t, growth_expected(&question, &answer, &err), err);
    CHECK_NEAR(t, answer.change, change(t, NULL, 4, 3, 12), 1e-15);
    question = (GrowthQuestion){.level = 4, .from_years = 9, .to_years = 10};
    CHECK_OK(t, growth_expected(&question, &answer, &err), err);
    CHECK(t, answer.change > 0);
}

static void an_excess_is_corrected_by_a_sourced_offset(Test *t)
{
    Error err = {0};
    GrowthQuestion question = {.level = 3, .from_years = 2, .to_years = 2.5};
    GrowthExcess excess;
    if (!CHECK_OK(t, growth_excess(&question, 6.5, &growth_offset_default, &excess, &err), err)) return;
    CHECK(t, fabs(excess.expected - 4.18) < 0.00501);
    CHECK_NEAR(t, excess.excess, 6.5 - excess.expected, 1e-14);
    CHECK_NEAR(t, excess.offset, 1.55, 1e-14);
    CHECK_NEAR(t, excess.excess_beyond_offset, 6.5 - excess.expected - 1.55, 1e-13);
    CHECK(t, !growth_excess(&question, 6.5, &(GrowthOffset){.points_per_year = 2.0, .source = ""}, &excess, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "has no source");
}

static void references_are_found_by_name_and_own_their_doubts(Test *t)
{
    Error err = {0};
    const GrowthReference *reference;
    if (CHECK_OK(t, growth_find(STR("Shanghai"), &reference, &err), err))
        CHECK(t, reference == &growth_shanghai);
    CHECK(t, growth_ontario.doubt[0] != '\0');
    CHECK(t, !growth_find(STR("toronto"), &reference, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "\"ontario\" and \"shanghai\"");
}

static const TestCase CASES[] = {
    {"the published curves give the table of expected changes",
     the_published_curves_give_the_table_of_expected_changes},
    {"at eight years little growth is left", at_eight_years_little_growth_is_left},
    {"rates follow from the age at ninety per cent", rates_follow_from_the_age_at_ninety_per_cent},
    {"the individual form multiplies the child's own score",
     the_individual_form_multiplies_the_child_s_own_score},
    {"the individual form stops at a hundred", the_individual_form_stops_at_a_hundred},
    {"changes add up over consecutive intervals", changes_add_up_over_consecutive_intervals},
    {"what has no expectation is refused", what_has_no_expectation_is_refused},
    {"ages above the curve need to be asked for", ages_above_the_curve_need_to_be_asked_for},
    {"decline is an option and only after the peak", decline_is_an_option_and_only_after_the_peak},
    {"an excess is corrected by a sourced offset", an_excess_is_corrected_by_a_sourced_offset},
    {"references are found by name and own their doubts", references_are_found_by_name_and_own_their_doubts},
};
TEST_SUITE(motor_growth, CASES);
