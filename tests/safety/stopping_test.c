#include "safety/stopping.h"

#include <math.h>

#include "test.h"

typedef struct {
    BoundaryPlan plan;
    size_t n_ranges;
    StoppingRange ranges[10];
    double level, level_within;
    struct {
        double p, p_stop, events; /* to 3 and 2 decimals; events 0 where the reference gives none */
    } at[5];
} Reference;

/* Reference numbers: R package stoppingrule 0.5.2. Its levels are found by bisection, so any number
 * between two neighbouring tails stands for the same boundary. */
static const Reference REFERENCES[] = {
    {{.kind = BOUNDARY_POCOCK, .n_max = 40, .p0 = 0.05, .alpha = 0.05},
     5,
     {{2, 2, 4}, {3, 5, 12}, {4, 13, 21}, {5, 22, 31}, {6, 32, 40}},
     0.0204,
     0.001,
     {{0.05, 0.049, 1.94},
      {0.10, 0.309, 3.33},
      {0.15, 0.657, 3.81},
      {0.20, 0.880, 3.64},
      {0.30, 0.994, 2.97}}},
    {{.kind = BOUNDARY_POCOCK, .n_max = 40, .p0 = 0.10, .alpha = 0.05},
     8,
     {{2, 2, 2}, {3, 3, 5}, {4, 6, 10}, {5, 11, 15}, {6, 16, 21}, {7, 22, 27}, {8, 28, 33}, {9, 34, 40}},
     0.0159,
     0.001,
     {{0.10, 0.050, 0}, {0.15, 0.217, 0}, {0.20, 0.500, 0}, {0.30, 0.916, 0}}},
    {{.kind = BOUNDARY_BETA_BINOMIAL,
      .n_max = 40,
      .p0 = 0.05,
      .alpha = 0.05,
      .prior_events = 0.1,
      .prior_non_events = 1.9},
     5,
     {{2, 2, 4}, {3, 5, 11}, {4, 12, 21}, {5, 22, 32}, {6, 33, 40}},
     0.0202,
     0.001,
     {{0.05, 0.048, 0}, {0.10, 0.310, 0}, {0.15, 0.659, 0}, {0.20, 0.882, 0}}},
};

static void check_reference(Test *t, const Reference *want)
{
    Error err = {0};
    StoppingRule rule;
    StoppingRange ranges[40];
    if (!CHECK_OK(t, stopping_calibrate(t->arena, &want->plan, &rule, &err), err)) return;
    if (!CHECK_INT(t, stopping_ranges(&rule, ranges), want->n_ranges)) return;
    for (size_t i = 0; i < want->n_ranges; i++) {
        CHECK_INT(t, ranges[i].events, want->ranges[i].events);
        CHECK_INT(t, ranges[i].from, want->ranges[i].from);
        CHECK_INT(t, ranges[i].to, want->ranges[i].to);
    }
    CHECK(t, fabs(rule.level - want->level) < want->level_within);
    CHECK(t, rule.p_stop <= want->plan.alpha);
    for (int i = 0; i < 5 && want->at[i].p > 0; i++) {
        StoppingOperation operation = stopping_operate(t->arena, &rule, want->at[i].p);
        CHECK(t, fabs(operation.p_stop - want->at[i].p_stop) < 0.000501);
        if (want->at[i].events > 0) CHECK(t, fabs(operation.expected_events - want->at[i].events) < 0.00501);
    }
}

static void boundaries_agree_with_the_reference(Test *t)
{
    for (size_t i = 0; i < sizeof REFERENCES / sizeof REFERENCES[0]; i++) check_reference(t, &REFERENCES[i]);
}

static const int *looks_of(Test *t, const Json *looks)
{
    int *at = ARENA_ARRAY(t->arena, int, looks->n);
    for (size_t i = 0; i < looks->n; i++) at[i] = (int)looks->items[i].number;
    return at;
}

/* Which of our kinds a case is about, by how its design begins; false when it is another design. */
static bool plan_of(Test *t, const Json *input, BoundaryPlan *plan)
{
    static const struct {
        const char *begins;
        BoundaryKind kind;
    } DESIGNS[] = {{"Pocock-type safety", BOUNDARY_POCOCK},
                   {"beta-binomial safety", BOUNDARY_BETA_BINOMIAL},
                   {"O'Brien-Fleming-type safety", BOUNDARY_OBRIEN_FLEMING},
                   {"truncated SPRT safety", BOUNDARY_SPRT}};
    const Json *looks = json_get(input, "monitor_after_n"), *prior = json_get(input, "prior_beta");
    size_t k = 0;
    while (k < 4 && !str_starts(json_text(input, "design"), str_from(DESIGNS[k].begins))) k++;
    if (k == 4) return false;
    *plan = (BoundaryPlan){.kind = DESIGNS[k].kind,
                           .p0 = json_number(input, "p0", 0),
                           .p1 = json_number(input, "p1", 0),
                           .alpha = json_number(input, "alpha", 0),
                           .n_max = (int)json_number(input, "n_max", 0)};
    if (!looks || !prior) return true;
    plan->n_looks = looks->n;
    plan->looks = looks_of(t, looks);
    plan->n_max = plan->looks[looks->n - 1];
    plan->has_level = true;
    plan->level = 1 - json_number(input, "tau", 0);
    plan->prior_events = prior->items[0].number;
    plan->prior_non_events = prior->items[1].number;
    return true;
}

static void check_case(Test *t, const BoundaryPlan *plan, const Json *want)
{
    Error err = {0};
    StoppingRule rule;
    const Json *bounds = json_get(want, "stop_if_events_at_least"), *exact = json_get(want, "exact");
    if (!CHECK_OK(t, stopping_calibrate(t->arena, plan, &rule, &err), err)) return;
    for (size_t i = 0; i < bounds->n; i++) {
        int n = plan->looks ? plan->looks[i] : (int)i + 1;
        CHECK_INT(t, rule.boundary[n],
                  bounds->items[i].kind == JSON_IS_NULL ? n + 1 : (int)bounds->items[i].number);
    }
    double level = json_number(want, "level", json_number(want, "critical_value", plan->level));
    CHECK_NEAR(t, rule.level, level, 1e-9);
    for (size_t i = 0; i < exact->n; i++) {
        StoppingOperation operation =
            stopping_operate(t->arena, &rule, json_number(&exact->items[i], "p", 0));
        CHECK_NEAR(t, operation.p_stop, json_number(&exact->items[i], "prob_stop", 0), 1e-11);
        CHECK_NEAR(t, operation.expected_subjects, json_number(&exact->items[i], "expected_n", 0), 1e-11);
        CHECK_NEAR(t, operation.expected_events, json_number(&exact->items[i], "expected_events", 0), 1e-11);
    }
}

static void every_shape_agrees_with_the_reference_file(Test *t)
{
    Json file;
    int n_checked = 0;
    if (!test_data_json(t, "design-reference/single_arm_dose_safety.json", &file)) return;
    const Json *cases = json_get(&file, "cases");
    for (size_t i = 0; i < cases->n; i++) {
        BoundaryPlan plan;
        if (!plan_of(t, json_get(&cases->items[i], "inputs"), &plan)) continue;
        check_case(t, &plan, json_get(&cases->items[i], "expected"));
        n_checked++;
    }
    CHECK_INT(t, n_checked, 6);
}

static void nothing_stops_between_looks(Test *t)
{
    Error err = {0};
    BoundaryPlan plan = {
        .n_max = 30, .p0 = 0.1, .alpha = 0.1, .looks = (const int[]){10, 20, 30}, .n_looks = 3};
    StoppingRule rule;
    StoppingRange ranges[30];
    if (!CHECK_OK(t, stopping_calibrate(t->arena, &plan, &rule, &err), err)) return;
    for (int n = 1; n <= 30; n++) CHECK_INT(t, rule.boundary[n] <= n, n % 10 == 0);
    CHECK_INT(t, stopping_ranges(&rule, ranges), 3);
    CHECK(t, ranges[1].from == 20 && ranges[1].to == 20);
    CHECK(t, rule.p_stop <= 0.1);
}

static void kinds_are_known_by_their_words(Test *t)
{
    Error err = {0};
    BoundaryKind kind;
    for (int k = BOUNDARY_POCOCK; k <= BOUNDARY_SPRT; k++) {
        if (CHECK_OK(t, boundary_kind_parse(str_from(boundary_kind_word((BoundaryKind)k)), &kind, &err), err))
            CHECK_INT(t, kind, k);
        CHECK(t, boundary_kind_number((BoundaryKind)k)[0] != '\0');
    }
    CHECK(t, !boundary_kind_parse(STR("haybittle"), &kind, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "beta-binomial");
}

/* All 2^n sequences of a short trial, one by one. */
static void the_recursion_agrees_with_enumeration(Test *t)
{
    enum { N = 12 };
    Error err = {0};
    BoundaryPlan plan = {.n_max = N, .p0 = 0.137, .alpha = 0.1};
    StoppingRule rule;
    if (!CHECK_OK(t, stopping_calibrate(t->arena, &plan, &rule, &err), err)) return;
    double p = 0.237, p_stop = 0, events = 0, subjects = 0;
    for (unsigned sequence = 0; sequence < 1u << N; sequence++) {
        bool had_event[N];
        double chance = 1;
        int at, count = 0;
        for (int i = 0; i < N; i++) {
            had_event[i] = (sequence >> i) & 1;
            chance *= had_event[i] ? p : 1 - p;
        }
        if (!CHECK_OK(t, stopping_first_crossing(&rule, had_event, N, &at, &err), err)) return;
        for (int i = 0; i < (at ? at : N); i++) count += had_event[i];
        p_stop += at ? chance : 0;
        events += chance * count;
        subjects += chance * (at ? at : N);
    }
    StoppingOperation operation = stopping_operate(t->arena, &rule, p);
    CHECK_NEAR(t, operation.p_stop, p_stop, 1e-11);
    CHECK_NEAR(t, operation.expected_events, events, 1e-11);
    CHECK_NEAR(t, operation.expected_subjects, subjects, 1e-11);
    CHECK_NEAR(t, operation.p_stop_by[N], p_stop, 1e-11);
    CHECK_NEAR(t, operation.expected_events, p * operation.expected_subjects, 1e-11); /* Wald's identity */
}

static void no_laxer_level_keeps_alpha(Test *t)
{
    Error err = {0};
    for (int n = 3; n <= 60; n += 3) {
        BoundaryPlan plan = {.n_max = n, .p0 = 0.1, .alpha = 0.05};
        StoppingRule rule, laxer;
        if (!CHECK_OK(t, stopping_calibrate(t->arena, &plan, &rule, &err), err)) return;
        CHECK(t, rule.p_stop <= 0.05 && rule.level <= 0.05);
        plan.alpha = 0.0501;
        if (!CHECK_OK(t, stopping_calibrate(t->arena, &plan, &laxer, &err), err)) return;
        CHECK(t, laxer.level >= rule.level && laxer.p_stop >= rule.p_stop);
        for (int k = 1; k <= n; k++) CHECK(t, laxer.boundary[k] <= rule.boundary[k]);
    }
}

/* At p0 = 1/2 tails of different n are equal in exact arithmetic (P(X >= 1 | 1) = P(X >= 2 | 3) = 1/2),
 * and the chance of stopping can equal alpha: both ties must fall on the side of stopping. */
static void ties_are_one_number(Test *t)
{
    Error err = {0};
    StoppingRule rule;
    BoundaryPlan plan = {.n_max = 3, .p0 = 0.5, .alpha = 0.625};
    if (!CHECK_OK(t, stopping_calibrate(t->arena, &plan, &rule, &err), err)) return;
    CHECK_NEAR(t, rule.level, 0.5, 1e-14);
    CHECK_INT(t, rule.boundary[1], 1);
    CHECK_INT(t, rule.boundary[2], 2);
    CHECK_INT(t, rule.boundary[3], 2);
    CHECK_NEAR(t, rule.p_stop, 0.625, 1e-14);
    plan = (BoundaryPlan){.n_max = 2, .p0 = 0.1, .alpha = 0.01}; /* 0.1 * 0.1 is not 0.01 in binary */
    if (!CHECK_OK(t, stopping_calibrate(t->arena, &plan, &rule, &err), err)) return;
    CHECK_INT(t, rule.boundary[2], 2);
}

static void a_running_trial_is_told_where_it_stands(Test *t)
{
    Error err = {0};
    BoundaryPlan plan = {.n_max = 40, .p0 = 0.05, .alpha = 0.05};
    StoppingRule rule;
    StoppingVerdict verdict;
    if (!CHECK_OK(t, stopping_calibrate(t->arena, &plan, &rule, &err), err)) return;
    if (CHECK_OK(t, stopping_evaluate(&rule, 20, 2, &verdict, &err), err)) {
        CHECK(t, !verdict.stop);
        CHECK_INT(t, verdict.boundary, 4);
        CHECK_INT(t, verdict.events_left, 1);
        CHECK_NEAR(t, verdict.number, 1 - pow(0.95, 20) - 20 * 0.05 * pow(0.95, 19), 1e-12);
    }
    if (CHECK_OK(t, stopping_evaluate(&rule, 12, 3, &verdict, &err), err))
        CHECK(t, verdict.stop && verdict.events_left == 0);
    if (CHECK_OK(t, stopping_evaluate(&rule, 0, 0, &verdict, &err), err)) CHECK(t, !verdict.stop);
    if (CHECK_OK(t, stopping_evaluate(&rule, 1, 1, &verdict, &err), err)) CHECK(t, !verdict.stop);
    CHECK(t, !stopping_evaluate(&rule, 5, 6, &verdict, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "6 events among 5 subjects");
    CHECK(t, !stopping_evaluate(&rule, 41, 0, &verdict, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "planned for 40");
}

static void the_first_crossing_counts_even_when_the_rate_falls_later(Test *t)
{
    Error err = {0};
    BoundaryPlan plan = {.n_max = 40, .p0 = 0.05, .alpha = 0.05};
    StoppingRule rule;
    bool had_event[30] = {[2] = true, [3] = true};
    int at;
    if (!CHECK_OK(t, stopping_calibrate(t->arena, &plan, &rule, &err), err)) return;
    CHECK_OK(t, stopping_first_crossing(&rule, had_event, 30, &at, &err), err);
    CHECK_INT(t, at, 4);
    had_event[3] = false;
    CHECK_OK(t, stopping_first_crossing(&rule, had_event, 30, &at, &err), err);
    CHECK_INT(t, at, 0);
}

static void an_impossible_plan_is_refused(Test *t)
{
    static const int TWICE[] = {5, 5}, BEYOND[] = {41};
    static const struct {
        BoundaryPlan plan;
        ErrorCode code;
        const char *part;
    } BAD[] = {
        {{.n_max = 0, .p0 = 0.05, .alpha = 0.05}, ERROR_USAGE, "0 subjects"},
        {{.n_max = 1001, .p0 = 0.05, .alpha = 0.05}, ERROR_USAGE, "1001 subjects"},
        {{.n_max = 40, .p0 = 0, .alpha = 0.05}, ERROR_USAGE, "acceptable chance"},
        {{.n_max = 40, .p0 = 0.05, .alpha = 1}, ERROR_USAGE, "alpha, 1"},
        {{.n_max = 2, .p0 = 0.5, .alpha = 0.05}, ERROR_DEGENERATE, "as rare as alpha 0.05"},
        {{.kind = BOUNDARY_BETA_BINOMIAL, .n_max = 40, .p0 = 0.05, .alpha = 0.05, .prior_non_events = 1.9},
         ERROR_USAGE,
         "Beta(0, 1.9)"},
        {{.kind = BOUNDARY_SPRT, .n_max = 40, .p0 = 0.2, .p1 = 0.2, .alpha = 0.05},
         ERROR_USAGE,
         "too high, 0.2"},
        {{.n_max = 40, .p0 = 0.2, .alpha = 0.05, .looks = TWICE, .n_looks = 2},
         ERROR_USAGE,
         "look 2 is at 5"},
        {{.n_max = 40, .p0 = 0.2, .alpha = 0.05, .looks = BEYOND, .n_looks = 1},
         ERROR_USAGE,
         "look 1 is at 41"},
        {{.n_max = 40, .p0 = 0.2, .has_level = true, .level = NAN}, ERROR_USAGE, "level is no number"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Error err = {0};
        StoppingRule rule;
        CHECK(t, !stopping_calibrate(t->arena, &BAD[i].plan, &rule, &err));
        CHECK_ERROR(t, err, BAD[i].code, BAD[i].part);
    }
}

static const TestCase CASES[] = {
    {"boundaries agree with the reference", boundaries_agree_with_the_reference},
    {"every shape agrees with the reference file", every_shape_agrees_with_the_reference_file},
    {"nothing stops between looks", nothing_stops_between_looks},
    {"kinds are known by their words", kinds_are_known_by_their_words},
    {"the recursion agrees with enumeration", the_recursion_agrees_with_enumeration},
    {"no laxer level keeps alpha", no_laxer_level_keeps_alpha},
    {"ties are one number", ties_are_one_number},
    {"a running trial is told where it stands", a_running_trial_is_told_where_it_stands},
    {"the first crossing counts even when the rate falls later",
     the_first_crossing_counts_even_when_the_rate_falls_later},
    {"an impossible plan is refused", an_impossible_plan_is_refused},
};
TEST_SUITE(stopping, CASES);
