#include "stat/simultaneous.h"

#include <math.h>

#include "math/distribution.h"
#include "stat/model_data.h"
#include "stat/reference.h"

/* R 4.2.2: mvtnorm 1.1-3 pmvt and qmvt, which state an error of 2e-7 and 7e-7 */
static void joint_chances_agree_with_mvtnorm(Test *t)
{
    static const double HALVES[9] = {1, .5, .5, .5, 1, .5, .5, .5, 1};
    static const double MIXED[16] = {1, .2, -.3, .4, .2, 1, .35, .1, -.3, .35, 1, .25, .4, .1, .25, 1}, OPPOSED[4] = {1, -.4, -.4, 1};
    Error err = {0};
    double chance, q;
    CHECK_OK(t, multivariate_t_within(t->arena, HALVES, 3, 17, 2.4, &chance, &err), err);
    CHECK_NEAR(t, chance, .929392087595035, 1e-6);
    CHECK_OK(t, multivariate_t_critical(t->arena, HALVES, 3, 17, .95, &q, &err), err);
    CHECK_NEAR(t, q, 2.57686379256605, 1e-5);
    CHECK_OK(t, multivariate_t_within(t->arena, MIXED, 4, 23, 2.1, &chance, &err), err);
    CHECK_NEAR(t, chance, .841885945448429, 3e-5);
    CHECK_OK(t, multivariate_t_within(t->arena, OPPOSED, 2, INFINITY, 1.7, &chance, &err), err);
    CHECK_NEAR(t, chance, .837885817880727, 1e-6);
}

/* Alone it is Student's; independent given nothing, a power of the normal; and the critical value leaves alpha. */
static void what_is_known_comes_out(Test *t)
{
    static const double ONE[1] = {1}, APART[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    static const double UNEVEN[9] = {1, .42, .28, .42, 1, .24, .28, .24, 1}; /* loadings .7, .6, .4 */
    Error err = {0};
    double chance, q;
    CHECK_OK(t, multivariate_t_within(t->arena, ONE, 1, 11.5, 1.83, &chance, &err), err);
    CHECK_NEAR(t, chance, 1 - 2 * t_sf(1.83, 11.5), 1e-10);
    CHECK_OK(t, multivariate_t_within(t->arena, APART, 3, INFINITY, 1.83, &chance, &err), err);
    CHECK_NEAR(t, chance, pow(1 - 2 * normal_sf(1.83), 3), 1e-12);
    CHECK_OK(t, multivariate_t_critical(t->arena, UNEVEN, 3, 40, .9, &q, &err), err);
    CHECK_OK(t, multivariate_t_within(t->arena, UNEVEN, 3, 40, q, &chance, &err), err);
    CHECK_NEAR(t, chance, .9, 1e-8);
}

/* The reference's three arms: the least-squares means of a model of arms alone are their means. */
static void check_arms(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    Model model;
    LinearFit fit;
    LsMeans means;
    LsDifference *differences;
    size_t n, n2;
    Frame *frame = frame_new(t->arena, STR("arms"));
    add_json(frame, "y", json_get(input, "y"));
    add_json(frame, "arm", json_get(input, "arm"));
    if (!fit_model(t, frame, "y ~ arm", &model, &fit)) return;
    CHECK_OK(t, lsmeans_rows(t->arena, &model, STR("arm"), MARGINS_EQUAL, &means, &err), err);
    CHECK_OK(t, lsmeans_differences(t->arena, &means, STR("control"), &differences, &n, &err), err);
    Estimate *e = lsmeans_difference_estimates(t->arena, differences, n, &fit, .95);
    CHECK_OK(t, differences_adjust(t->arena, DIFFERENCE_DUNNETT, &means, differences, n, fit.vcov, .95, e, &err), err);
    const double *p = reference_numbers(t, expected, "dunnett_p", &n2), *at = reference_numbers(t, expected, "t", &n2);
    for (size_t i = 0; i < n; i++) { /* high before low here */
        CHECK_NEAR(t, e[i].p, p[n - 1 - i], 1e-8);
        CHECK_NEAR(t, fabs(e[i].t), at[n - 1 - i], 1e-10);
    }
    CHECK_OK(t, lsmeans_differences(t->arena, &means, STR(""), &differences, &n, &err), err);
    e = lsmeans_difference_estimates(t->arena, differences, n, &fit, .95);
    CHECK_OK(t, differences_adjust(t->arena, DIFFERENCE_TUKEY, &means, differences, n, fit.vcov, .95, e, &err), err);
    static const size_t PLACE[] = {1, 0, 2}; /* control - high, control - low, high - low in the reference's rows */
    static const double SIGN[] = {-1, -1, 1};
    for (size_t i = 0; i < n; i++) {
        const Json *row = &json_get(expected, "tukey")->items[PLACE[i]];
        double lower = SIGN[i] < 0 ? -e[i].upper : e[i].lower, upper = SIGN[i] < 0 ? -e[i].lower : e[i].upper;
        CHECK_NEAR(t, SIGN[i] * e[i].estimate, row->items[0].number, 1e-9);
        CHECK_NEAR(t, lower, row->items[1].number, 1e-6);
        CHECK_NEAR(t, upper, row->items[2].number, 1e-6);
        CHECK_NEAR(t, e[i].p, row->items[3].number, 1e-6);
    }
}

static void dunnett_and_tukey_agree_with_the_reference(Test *t)
{
    reference_each(t, "ancova", "many-to-one", check_arms);
}

/* Two sexes in each of which three arms are compared: Bonferroni counts three, not six. */
static void a_family_is_one_group(Test *t)
{
    Error err = {0};
    Model model;
    LinearFit fit;
    LsMeans means;
    LsDifference *differences;
    size_t n;
    if (!fit_model(t, two_way(t), "y ~ arm * sex + base", &model, &fit)) return;
    CHECK_OK(t, lsmeans_rows(t->arena, &model, STR("arm | sex"), MARGINS_EQUAL, &means, &err), err);
    CHECK_OK(t, lsmeans_differences(t->arena, &means, STR(""), &differences, &n, &err), err);
    Estimate *raw = lsmeans_difference_estimates(t->arena, differences, n, &fit, .95);
    Estimate *e = lsmeans_difference_estimates(t->arena, differences, n, &fit, .95);
    CHECK_OK(t, differences_adjust(t->arena, DIFFERENCE_BONFERRONI, &means, differences, n, fit.vcov, .95, e, &err), err);
    for (size_t i = 0; i < n; i++) CHECK_NEAR(t, e[i].p, fmin(1, 3 * raw[i].p), 1e-12);
    CHECK(t, e[0].upper - e[0].lower > raw[0].upper - raw[0].lower);
    CHECK_OK(t, differences_adjust(t->arena, DIFFERENCE_HOLM, &means, differences, n, fit.vcov, .95, raw, &err), err);
    for (size_t i = 0; i < n; i++) CHECK(t, raw[i].p <= e[i].p);
}

static void impossible_families_are_named(Test *t)
{
    static const double BROKEN[9] = {1, .9, -.9, .9, 1, .9, -.9, .9, 1};
    Error err = {0};
    double chance, q;
    DifferenceAdjustment adjustment;
    CHECK(t, !multivariate_t_within(t->arena, BROKEN, 0, 9, 2, &chance, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "0 differences in one family are none");
    CHECK(t, !multivariate_t_within(t->arena, BROKEN, SIMULTANEOUS_MAX + 1, 9, 2, &chance, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "31 differences in one family are too many");
    CHECK(t, !multivariate_t_within(t->arena, BROKEN, 3, 9, 2, &chance, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "combinations of the others");
    CHECK(t, !multivariate_t_critical(t->arena, BROKEN, 1, 9, 2, &q, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level 2");
    Model model;
    LinearFit fit;
    LsMeans means;
    LsDifference *differences;
    size_t n;
    if (!fit_model(t, two_way(t), "y ~ sex", &model, &fit)) return;
    CHECK_OK(t, lsmeans_rows(t->arena, &model, STR("sex"), MARGINS_EQUAL, &means, &err), err);
    CHECK_OK(t, lsmeans_differences(t->arena, &means, STR(""), &differences, &n, &err), err);
    Estimate *e = lsmeans_difference_estimates(t->arena, differences, n, &fit, .95);
    double p = e[0].p;
    CHECK_OK(t, differences_adjust(t->arena, DIFFERENCE_TUKEY, &means, differences, n, fit.vcov, .95, e, &err), err);
    CHECK_NEAR(t, e[0].p, p, 1e-6); /* one pair is nothing to adjust */
    CHECK(t, difference_adjustment_parse(STR("hommel"), &adjustment) && adjustment == DIFFERENCE_HOMMEL);
    CHECK(t, !difference_adjustment_parse(STR("scheffe"), &adjustment));
}

static const TestCase CASES[] = {
    {"joint chances agree with mvtnorm", joint_chances_agree_with_mvtnorm},
    {"what is known comes out", what_is_known_comes_out},
    {"Dunnett and Tukey agree with the reference", dunnett_and_tukey_agree_with_the_reference},
    {"a family is one group", a_family_is_one_group},
    {"impossible families are named", impossible_families_are_named},
};
TEST_SUITE(simultaneous, CASES);
