#include "stat/proportional_odds.h"

#include <math.h>

#include "stat/logistic.h"
#include "stat/reference.h"

#define N 24
#define Q 5
static const double DOSE[N] = {1.3, 2.7, .4,  3.9, 2.2, 4.6, 1.8, 3.1, 2.9, .9,  4.1, 3.4,
                               2.1, 1.1, 3.7, .6,  2.5, 4.4, 1.6, 3.3, .8,  2.8, 4.9, 1.9};
static const size_t GRADE[N] = {0, 1, 0, 2, 1, 3, 1, 2, 0, 1, 3, 2, 1, 0, 3, 0, 2, 2, 0, 1, 1, 3, 3, 0};

/* arm (the second half), dose */
static OrdinalData grade_data(Test *t)
{
    double *x = ARENA_ARRAY(t->arena, double, N * 2);
    for (size_t i = 0; i < N; i++) x[i * 2] = i >= N / 2, x[i * 2 + 1] = DOSE[i];
    return (OrdinalData){.n = N, .p = 2, .n_categories = 4, .x = x, .y = GRADE};
}

/* R 4.2.2: the likelihood written out, its gradient to 1e-14 by Newton steps, its curvature by central differences of
 * fourth order. */
static void four_grades_agree_with_r(Test *t)
{
    static const double PAR[Q] = {2.794593506153824, 5.283993856110916, 7.299680065337216, 0.108409837478331,
                                  1.817389098990016},
                        SE[Q] = {1.186471333769620, 1.568174967189280, 1.918576429830676, 0.838153047852904,
                                 0.494700477649120};
    Error err = {0};
    ProportionalOddsFit fit;
    OrdinalData data = grade_data(t);
    if (!CHECK_OK(t, proportional_odds_fit(t->arena, &data, &fit, &err), err)) return;
    for (size_t k = 0; k < Q; k++) CHECK_NEAR(t, fit.theta[k], PAR[k], 1e-10);
    for (size_t k = 0; k < Q; k++) CHECK_NEAR(t, fit.se[k], SE[k], 1e-8);
    CHECK_NEAR(t, fit.log_likelihood, -22.1898226568828, 1e-11);
    CHECK(t, fit.b == fit.theta + 3);
}

static size_t level_of(const Json *levels, Str label)
{
    size_t level = 0;
    while (!str_equal(levels->items[level].text, label)) level++;
    return level;
}

static OrdinalData reference_data(Test *t, const Json *input)
{
    const Json *values = json_get(input, "data"), *levels = json_get(input, "y_levels"),
               *y = json_get(values, "y");
    const Json *arm = json_get(values, "arm"), *arms = json_get(input, "arm_levels");
    size_t n;
    const double *base = reference_numbers(t, values, "base", &n);
    double *x = ARENA_ARRAY(t->arena, double, n * 2);
    size_t *grade = ARENA_ARRAY(t->arena, size_t, n);
    for (size_t i = 0; i < n; i++) {
        x[2 * i] = (double)level_of(arms, arm->items[i].text), x[2 * i + 1] = base[i];
        grade[i] = level_of(levels, y->items[i].text);
    }
    return (OrdinalData){.n = n, .p = 2, .n_categories = levels->n, .x = x, .y = grade};
}

static void check_case(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    ProportionalOddsFit fit, without_arm;
    size_t q;
    OrdinalData data = reference_data(t, input), smaller = data;
    const double *estimate = reference_numbers(t, expected, "estimate", &q),
                 *se = reference_numbers(t, expected, "se", &q);
    const double *z = reference_numbers(t, expected, "z", &q), *p = reference_numbers(t, expected, "p", &q);
    if (!CHECK_OK(t, proportional_odds_fit(t->arena, &data, &fit, &err), err)) return;
    for (size_t k = 0; k < q; k++) CHECK_NEAR(t, fit.theta[k], estimate[k], 1e-8);
    for (size_t k = 0; k < q; k++) CHECK_NEAR(t, fit.se[k], se[k], 1e-8);
    for (size_t j = 0; j < 2; j++) {
        ProportionalOddsWald wald;
        CHECK_OK(t, proportional_odds_wald(&fit, j, .95, &wald, &err), err);
        CHECK_NEAR(t, wald.z, z[fit.n_thresholds + j], 1e-8);
        CHECK_NEAR(t, wald.p, p[fit.n_thresholds + j], 1e-7); /* a tail magnifies the error of z */
    }
    CHECK_NEAR(t, fit.log_likelihood, reference_number(t, expected, "loglik"), 1e-10);
    double *base = ARENA_ARRAY(t->arena, double, data.n);
    for (size_t i = 0; i < data.n; i++) base[i] = data.x[2 * i + 1];
    smaller.x = base, smaller.p = 1;
    if (!CHECK_OK(t, proportional_odds_fit(t->arena, &smaller, &without_arm, &err), err)) return;
    LikelihoodRatio ratio = proportional_odds_compare(&fit, &without_arm);
    CHECK_NEAR(t, ratio.chisq, reference_number(t, expected, "lr_arm"), 1e-8);
    CHECK_NEAR(t, ratio.df, reference_number(t, expected, "lr_df"), 0);
}

static void the_reference_is_met(Test *t) { reference_each(t, "ordinal", "proportional-odds", check_case); }

static void two_categories_are_logistic_regression(Test *t)
{
    Error err = {0};
    ProportionalOddsFit fit;
    LogisticFit logistic;
    OrdinalData data = grade_data(t);
    double *x = ARENA_ARRAY(t->arena, double, N * 3), y[N];
    size_t high[N];
    for (size_t i = 0; i < N; i++) {
        x[i * 3] = 1, x[i * 3 + 1] = data.x[2 * i], x[i * 3 + 2] = data.x[2 * i + 1];
        high[i] = GRADE[i] >= 2, y[i] = (double)high[i];
    }
    data.y = high, data.n_categories = 2;
    CHECK_OK(t, proportional_odds_fit(t->arena, &data, &fit, &err), err);
    LogisticData binary = {.n = N, .p = 3, .x = x, .y = y};
    CHECK_OK(t, logistic_fit(t->arena, &binary, LOGISTIC_ML, &logistic, &err), err);
    CHECK_NEAR(t, fit.theta[0], -logistic.b[0], 1e-9);
    CHECK_NEAR(t, fit.b[1], logistic.b[2], 1e-9);
    CHECK_NEAR(t, fit.se[2], logistic.se[2], 1e-9);
    CHECK_NEAR(t, fit.log_likelihood, logistic.log_likelihood, 1e-12);
}

static void reversing_the_scale_flips_every_sign(Test *t)
{
    Error err = {0};
    ProportionalOddsFit fit, reversed;
    OrdinalData data = grade_data(t), back = data;
    size_t y[N];
    for (size_t i = 0; i < N; i++) y[i] = 3 - GRADE[i];
    back.y = y;
    CHECK_OK(t, proportional_odds_fit(t->arena, &data, &fit, &err), err);
    CHECK_OK(t, proportional_odds_fit(t->arena, &back, &reversed, &err), err);
    CHECK_NEAR(t, fit.b[1], -reversed.b[1], 1e-9);
    CHECK_NEAR(t, fit.theta[0], -reversed.theta[2], 1e-9);
    CHECK_NEAR(t, fit.log_likelihood, reversed.log_likelihood, 1e-13);
}

static void thresholds_alone_are_the_shares(Test *t)
{
    Error err = {0};
    ProportionalOddsFit fit, full;
    OrdinalData data = grade_data(t), alone = data;
    alone.p = 0;
    CHECK_OK(t, proportional_odds_fit(t->arena, &alone, &fit, &err), err);
    CHECK_NEAR(t, fit.theta[0], log(7. / 17), 1e-12); /* 7, 7, 5, 5 of the grades */
    CHECK_NEAR(t, fit.theta[2], log(19. / 5), 1e-12);
    CHECK_NEAR(t, fit.log_likelihood, 14 * log(7. / 24) + 10 * log(5. / 24), 1e-12);
    CHECK_NEAR(t, fit.se[0], sqrt(1. / 7 + 1. / 17), 1e-10);
    CHECK_OK(t, proportional_odds_fit(t->arena, &data, &full, &err), err);
    LikelihoodRatio ratio = proportional_odds_compare(&full, &fit);
    CHECK(t, ratio.df == 2 && ratio.chisq > 0 && ratio.p < .01);
}

static void separation_is_refused(Test *t)
{
    Error err = {0};
    ProportionalOddsFit fit;
    OrdinalData data = grade_data(t);
    size_t y[N];
    for (size_t i = 0; i < N; i++) y[i] = i >= N / 2 ? 2 : GRADE[i] > 1; /* all of one arm at the top */
    data.y = y, data.n_categories = 3;
    CHECK(t, !proportional_odds_fit(t->arena, &data, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "the columns separate the outcome's categories");
}

static void impossible_outcomes_are_refused(Test *t)
{
    static const Str NAMES[] = {{"arm", 3}, {"dose", 4}};
    Error err = {0};
    ProportionalOddsFit fit;
    ProportionalOddsWald wald;
    OrdinalData data = grade_data(t), other = data;
    CHECK_OK(t, proportional_odds_fit(t->arena, &data, &fit, &err), err);
    CHECK(t, !proportional_odds_wald(&fit, 0, -1, &wald, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level -1");
    other.n_categories = 5;
    CHECK(t, !proportional_odds_fit(t->arena, &other, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "category 5 of the outcome does not occur");
    other.n_categories = 3;
    CHECK(t, !proportional_odds_fit(t->arena, &other, &fit, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the outcome of row 6 is category 4 of 3");
    size_t same[N] = {0};
    other.y = same, other.n_categories = 1;
    CHECK(t, !proportional_odds_fit(t->arena, &other, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "needs two categories, and there are 1");
    double *x = arena_copy(t->arena, data.x, N * 2 * sizeof *x);
    for (size_t i = 0; i < N; i++) x[2 * i + 1] = 3.7;
    data.x = x;
    CHECK(t, !proportional_odds_fit(t->arena, &data, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "column 2 is constant");
    data.names = NAMES;
    CHECK(t, !proportional_odds_fit(t->arena, &data, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "\"dose\" is constant");
    x[2 * 11] = INFINITY;
    CHECK(t, !proportional_odds_fit(t->arena, &data, &fit, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "row 12 of the design");
}

static const TestCase CASES[] = {
    {"four grades agree with R", four_grades_agree_with_r},
    {"the reference is met", the_reference_is_met},
    {"two categories are logistic regression", two_categories_are_logistic_regression},
    {"reversing the scale flips every sign", reversing_the_scale_flips_every_sign},
    {"thresholds alone are the shares", thresholds_alone_are_the_shares},
    {"separation is refused", separation_is_refused},
    {"impossible outcomes are refused", impossible_outcomes_are_refused},
};
TEST_SUITE(proportional_odds, CASES);
