#include "stat/logrank.h"

#include <math.h>

#include "stat/survival_data.h"

/* Fifteen subjects in three groups and two strata, with ties. */
#define N 15
static const double TIME[N] = {2.5, 3.1, 3.1, 4.75, 5, 5, 5, 6.2, 7.9, 8.4, 8.4, 10, 1.2, 3.1, 6.6};
static const bool EVENT[N] = {true, true,  false, true,  true, true, false, false,
                              true, false, true,  false, true, true, true};
static const size_t GROUP[N] = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 2, 0, 0};
static const size_t STRATUM[N] = {0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 0};

static LogRankInput fifteen(const size_t *stratum, double rho)
{
    return (LogRankInput){{N, TIME, EVENT}, GROUP, 3, stratum, 2, rho};
}

/* R 4.2.2, survival 3.5-3: survdiff(Surv(t, e) ~ g + strata(s), rho = ...) */
static void three_groups_agree_with_r(Test *t)
{
    static const double EXPECTED[] = {3.647802197802197, 2.917765567765567, 3.434432234432234};
    static const double VARIANCE[] = {2.1974341196044489, -1.0141337264688912, -1.1833003931355579,
                                      -1.0141337264688912, 1.9587808436984258, -.9446471172295348,
                                      -1.1833003931355579, -.9446471172295348, 2.1279475103650927};
    static const double OBSERVED_PETO[] = {3.046666666666667, 1.834666666666666, 2.070666666666666};
    Error err = {0};
    LogRankTest test;
    LogRankInput in = fifteen(NULL, 0);
    if (!CHECK_OK(t, logrank_test(t->arena, &in, &test, &err), err)) return;
    CHECK_NEAR(t, test.chisq, .09664072025654312, 1e-12);
    CHECK_NEAR(t, test.df, 2, 0);
    CHECK(t, test.n[0] == 6 && test.n[1] == 4 && test.n[2] == 5 && test.observed[0] == 4 &&
                 test.observed[2] == 3);
    for (size_t g = 0; g < 3; g++) CHECK_NEAR(t, test.expected[g], EXPECTED[g], 1e-13);
    for (size_t i = 0; i < 9; i++) CHECK_NEAR(t, test.variance[i], VARIANCE[i], 1e-13);
    in.rho = 1;
    CHECK_OK(t, logrank_test(t->arena, &in, &test, &err), err);
    CHECK_NEAR(t, test.chisq, .1593231862219526, 1e-12);
    for (size_t g = 0; g < 3; g++) CHECK_NEAR(t, test.observed[g], OBSERVED_PETO[g], 1e-13);
}

static void strata_agree_with_r(Test *t)
{
    static const double EXPECTED[] = {4.107142857142858, 2.363095238095238, 3.529761904761904};
    Error err = {0};
    LogRankTest test;
    LogRankInput in = fifteen(STRATUM, 0);
    if (!CHECK_OK(t, logrank_test(t->arena, &in, &test, &err), err)) return;
    CHECK_NEAR(t, test.chisq, .3317571960050408, 1e-12);
    for (size_t g = 0; g < 3; g++) CHECK_NEAR(t, test.expected[g], EXPECTED[g], 1e-13);
    in.rho = 1;
    CHECK_OK(t, logrank_test(t->arena, &in, &test, &err), err);
    CHECK_NEAR(t, test.chisq, .09724700080356607, 1e-12);
}

static void check_reference(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    LogRankTest test, peto, stratified;
    size_t n;
    LogRankInput in = {.data = reference_survival(t, input)};
    in.group = codes_of_texts(t, json_get(input, "arm"), &in.n_groups);
    if (!CHECK_OK(t, logrank_test(t->arena, &in, &test, &err), err)) return;
    in.rho = 1;
    CHECK_OK(t, logrank_test(t->arena, &in, &peto, &err), err);
    in.rho = 0;
    in.stratum = codes_of_texts(t, json_get(input, "stratum"), &in.n_strata);
    CHECK_OK(t, logrank_test(t->arena, &in, &stratified, &err), err);
    const Json *want = json_get(expected, "logrank"),
               *want_stratified = json_get(expected, "stratified_logrank");
    for (size_t g = 0; g < 2; g++) {
        CHECK_NEAR(t, test.observed[g], reference_numbers(t, want, "observed", &n)[g], 1e-12);
        CHECK_NEAR(t, test.expected[g], reference_numbers(t, want, "expected", &n)[g], 1e-11);
    }
    CHECK_NEAR(t, test.chisq, reference_number(t, want, "chisq"), 1e-8);
    CHECK_NEAR(t, test.p, reference_number(t, want, "p"), 1e-8);
    CHECK_NEAR(t, test.variance[3], reference_number(t, want, "variance"), 1e-10);
    CHECK_NEAR(t, test.z * test.z, test.chisq, 1e-10);
    CHECK_NEAR(t, 2 * fmin(test.p_less, test.p_greater), test.p, 1e-10);
    CHECK_NEAR(t, peto.chisq, reference_number(t, json_get(expected, "peto_rho1"), "chisq"), 1e-8);
    CHECK_NEAR(t, stratified.chisq, reference_number(t, want_stratified, "chisq"), 1e-8);
    CHECK_NEAR(t, stratified.p, reference_number(t, want_stratified, "p"), 1e-8);
}

static void arms_agree_with_the_reference(Test *t)
{
    reference_each(t, "survival", "Kaplan-Meier, log-rank", check_reference);
}

/* Stretching time, and naming the groups otherwise, change nothing that matters. */
static void only_the_order_of_times_matters(Test *t)
{
    static const size_t RENAMED[] = {2, 0, 1};
    double stretched[N];
    size_t renamed[N];
    for (size_t i = 0; i < N; i++) stretched[i] = expm1(TIME[i] / 3), renamed[i] = RENAMED[GROUP[i]];
    Error err = {0};
    LogRankTest test, other;
    LogRankInput in = fifteen(STRATUM, .5), changed = in;
    changed.data.time = stretched, changed.group = renamed;
    CHECK_OK(t, logrank_test(t->arena, &in, &test, &err) && logrank_test(t->arena, &changed, &other, &err),
             err);
    CHECK_NEAR(t, other.chisq, test.chisq, 1e-11);
    for (size_t g = 0; g < 3; g++) CHECK_NEAR(t, other.expected[RENAMED[g]], test.expected[g], 1e-13);
}

static void swapping_two_groups_flips_the_sign(Test *t)
{
    size_t two[N], swapped[N];
    for (size_t i = 0; i < N; i++) two[i] = GROUP[i] > 0, swapped[i] = !two[i];
    Error err = {0};
    LogRankTest a, b;
    LogRankInput in = {{N, TIME, EVENT}, two, 2, NULL, 0, 0}, other = in;
    other.group = swapped;
    CHECK_OK(t, logrank_test(t->arena, &in, &a, &err) && logrank_test(t->arena, &other, &b, &err), err);
    CHECK_NEAR(t, a.z, -b.z, 1e-13);
    CHECK_NEAR(t, a.p_less, b.p_greater, 1e-13);
    CHECK(t, a.z != 0 && (a.z > 0) == (a.observed[1] > a.expected[1]));
}

/* A level that nobody has, and one that was gone before the first event. */
static void a_group_never_compared_costs_its_degree_of_freedom(Test *t)
{
    double time[N + 1];
    bool event[N + 1];
    size_t group[N + 1];
    for (size_t i = 0; i < N; i++)
        time[i] = TIME[i], event[i] = EVENT[i], group[i] = GROUP[i] + (GROUP[i] > 0);
    time[N] = .5, event[N] = false, group[N] = 1;
    Error err = {0};
    LogRankTest three, five;
    LogRankInput in = fifteen(NULL, 0), more = {{N + 1, time, event}, group, 5, NULL, 0, 0};
    CHECK_OK(t, logrank_test(t->arena, &in, &three, &err) && logrank_test(t->arena, &more, &five, &err), err);
    CHECK_NEAR(t, five.df, 2, 0);
    CHECK_NEAR(t, five.chisq, three.chisq, 1e-12);
}

static void what_cannot_be_compared_is_refused(Test *t)
{
    static const bool none[N] = {false};
    static const double apart[] = {1, 2, 3, 4};
    static const bool all[] = {true, true, true, true};
    static const size_t two[] = {0, 0, 1, 1};
    Error err = {0};
    LogRankTest test;
    LogRankInput in = fifteen(NULL, -1);
    CHECK(t, !logrank_test(t->arena, &in, &test, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "rho = -1");
    in.rho = 0, in.n_groups = 1;
    CHECK(t, !logrank_test(t->arena, &in, &test, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "needs two groups or more");
    in.n_groups = 3, in.data.event = none;
    CHECK(t, !logrank_test(t->arena, &in, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "none of the 15 subjects had the event");
    in.data.n = 0;
    CHECK(t, !logrank_test(t->arena, &in, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "nobody to follow up");
    LogRankInput strata_are_groups = {{4, apart, all}, two, 2, two, 2, 0};
    CHECK(t, !logrank_test(t->arena, &strata_are_groups, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "no two groups were at risk together");
}

static const TestCase CASES[] = {
    {"three groups agree with R", three_groups_agree_with_r},
    {"strata agree with R", strata_agree_with_r},
    {"arms agree with the reference", arms_agree_with_the_reference},
    {"only the order of times matters", only_the_order_of_times_matters},
    {"swapping two groups flips the sign", swapping_two_groups_flips_the_sign},
    {"a group never compared costs its degree of freedom",
     a_group_never_compared_costs_its_degree_of_freedom},
    {"what cannot be compared is refused", what_cannot_be_compared_is_refused},
};
TEST_SUITE(logrank, CASES);
