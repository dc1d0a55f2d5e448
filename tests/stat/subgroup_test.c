#include "stat/subgroup.h"

#include "exchange/csv.h"

#include "stat/model_data.h"

/* R 4.2: b <- lm(y ~ arm*sex + base); differences at each sex from coef and vcov; anova(lm(y ~ arm+sex+base), b); everybody
 * from lm(y ~ arm + base). */
static void effects_by_subgroup_agree_with_r(Test *t)
{
    static const double WANT[6][2] = {
        {2.6083912836389604, 0.93418023590598553}, {0, 0},
        {3.8078317771360064, 0.93288314381148663}, {-0.50605174725229296, 0.74274507131603762},
        {1.5883925987609477, 0.86074507116589805}, {2.0993527164059227, 0.88086018275246625}};
    SubgroupOptions options = {.outcome = STR("y"), .factor = STR("arm"), .subgroup = STR("sex"), .covariates = STR("base")};
    SubgroupResult r;
    Error err = {0};
    if (!CHECK_OK(t, subgroup_effects(t->arena, two_way(t), NULL, 0, &options, &r, &err), err) || !CHECK(t, r.n_effects == 6)) return;
    for (size_t i = 0; i < 6; i++) {
        if (i == 1) continue;
        CHECK_NEAR(t, r.effects[i].effect.estimate, WANT[i][0], 1e-12);
        CHECK_NEAR(t, r.effects[i].effect.se, WANT[i][1], 1e-12);
    }
    CHECK_NEAR(t, r.interaction.f, 8.0174918989637298, 1e-12);
    CHECK_NEAR(t, r.interaction.p, 0.0083601379024883168, 1e-11);
    CHECK_TEXT(t, r.effects[0].level, "");
    CHECK_TEXT(t, r.effects[4].level, "M");
    CHECK_TEXT(t, r.effects[4].contrast, "B - A");
    CHECK_INT(t, r.effects[4].n, 6);
    CHECK_INT(t, r.effects[0].n, 11);
}

/* R 4.2: tapply(y, arm, mean); summary(lm(y ~ arm))$sigma / sqrt(table(arm)); anova(lm(y ~ arm)); t.test(y) */
static void a_single_arm_shows_means_and_the_test_that_they_are_equal(Test *t)
{
    static const double WANT[4][2] = {{4.8588235294117652, 0.49653644670514813}, {4, 0.69758369811300502},
                                      {6.78, 0.76416465440873349}, {4.1166666666666671, 0.69758369811300502}};
    SubgroupOptions options = {.outcome = STR("y"), .subgroup = STR("arm")};
    SubgroupResult r;
    Error err = {0};
    if (!CHECK_OK(t, subgroup_effects(t->arena, two_way(t), NULL, 0, &options, &r, &err), err) || !CHECK(t, r.n_effects == 4)) return;
    for (size_t i = 0; i < 4; i++) {
        CHECK_NEAR(t, r.effects[i].effect.estimate, WANT[i][0], 1e-13);
        CHECK_NEAR(t, r.effects[i].effect.se, WANT[i][1], 1e-13);
    }
    CHECK(t, r.effects[0].effect.df == 16 && r.effects[1].effect.df == 14);
    CHECK_NEAR(t, r.interaction.f, 4.4841082116167703, 1e-12);
    CHECK_NEAR(t, r.interaction.p, 0.031261178591875605, 1e-12);
    CHECK_TEXT(t, r.effects[3].level, "C");
    CHECK_INT(t, r.effects[2].n, 5);
}

static void rows_without_the_subgroup_are_left_out_everywhere(Test *t)
{
    SubgroupOptions options = {.outcome = STR("y - base"), .subgroup = STR("sex")};
    SubgroupResult r;
    Error err = {0};
    Frame *frame = two_way(t);
    frame_set_missing(frame, 2, 1, MISSING_UNKNOWN);
    if (!CHECK_OK(t, subgroup_effects(t->arena, frame, NULL, 0, &options, &r, &err), err)) return;
    CHECK(t, r.n == 16 && r.n_dropped == 1 && r.effects[0].n == 16);
}

static void what_the_formula_refuses_is_passed_on(Test *t)
{
    SubgroupOptions options = {.outcome = STR("y"), .factor = STR("arm"), .reference = STR("Z"), .subgroup = STR("sex")};
    SubgroupResult r;
    Error err = {0};
    CHECK(t, !subgroup_effects(t->arena, two_way(t), NULL, 0, &options, &r, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "has no level \"Z\"");
    options.subgroup = STR("gender");
    CHECK(t, !subgroup_effects(t->arena, two_way(t), NULL, 0, &options, &r, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "no column \"gender\"");
}

static const char UNEQUAL[] = "arm,sex,y\nA,F,1.3\nA,F,2.1\nA,F,4.4\nB,F,5.2\nB,F,3.9\nB,F,6.8\nA,M,2.2\nA,M,2.5\nB,M,2.9\n"
                              "B,M,3.1\nB,M,2.4\nA,M,1.9\nA,X,3.3\nA,X,3.9\n";

/* R 4.2: confint(lm(y ~ arm, d[d$sex == s, ])) */
static void each_level_can_have_its_own_variance(Test *t)
{
    SubgroupOptions options = {.outcome = STR("y"), .factor = STR("arm"), .subgroup = STR("sex"), .own_variance = true};
    SubgroupResult own, pooled;
    Error err = {0};
    Frame *frame;
    if (!CHECK_OK(t, csv_parse_frame(t->arena, STR("d"), str_from(UNEQUAL), NULL, &frame, NULL, &err) &&
                         subgroup_effects(t->arena, frame, NULL, 0, &options, &own, &err), err)) return;
    options.own_variance = false;
    if (!CHECK_OK(t, subgroup_effects(t->arena, frame, NULL, 0, &options, &pooled, &err), err) || !CHECK_INT(t, own.n_effects, 4)) return;
    CHECK_NEAR(t, own.effects[1].effect.estimate, 2.7, 1e-12);
    CHECK_NEAR(t, own.effects[1].effect.lower, -0.775180709173, 1e-10);
    CHECK_NEAR(t, own.effects[2].effect.estimate, 0.6, 1e-12);
    CHECK_NEAR(t, own.effects[2].effect.upper, 1.351864888766, 1e-10);
    CHECK(t, !own.effects[3].effect.is_estimable);        /* no B among X */
    CHECK_NEAR(t, own.effects[0].effect.se, pooled.effects[0].effect.se, 0);
    CHECK_NEAR(t, own.interaction.p, pooled.interaction.p, 0);
    CHECK(t, pooled.effects[2].effect.se > 1.5 * own.effects[2].effect.se);
}

/* R 4.2: t.test(y[sex == "M"])$conf.int */
static void means_of_a_single_arm_can_have_their_own_variance_too(Test *t)
{
    SubgroupOptions options = {.outcome = STR("y"), .subgroup = STR("sex"), .own_variance = true};
    SubgroupResult own;
    Error err = {0};
    Frame *frame;
    if (!CHECK_OK(t, csv_parse_frame(t->arena, STR("d"), str_from(UNEQUAL), NULL, &frame, NULL, &err) &&
                         subgroup_effects(t->arena, frame, NULL, 0, &options, &own, &err), err) || !CHECK_INT(t, own.n_effects, 4)) return;
    CHECK_NEAR(t, own.effects[2].effect.lower, 2.03539503682, 1e-10);
    CHECK_NEAR(t, own.effects[2].effect.upper, 2.96460496318, 1e-10);
}

static const TestCase CASES[] = {
    {"each level can have its own variance", each_level_can_have_its_own_variance},
    {"means of a single arm can have their own variance too", means_of_a_single_arm_can_have_their_own_variance_too},
    {"effects by subgroup agree with R", effects_by_subgroup_agree_with_r},
    {"a single arm shows means and the test that they are equal", a_single_arm_shows_means_and_the_test_that_they_are_equal},
    {"rows without the subgroup are left out everywhere", rows_without_the_subgroup_are_left_out_everywhere},
    {"what the formula refuses is passed on", what_the_formula_refuses_is_passed_on},
};

TEST_SUITE(subgroup, CASES);
