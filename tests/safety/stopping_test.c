#include "safety/stopping.h"

#include <math.h>

#include "test.h"

typedef struct {
    BoundaryPlan plan;
    size_t n_ranges;
    StoppingRange ranges[10];
    double level, level_within;
    struct {
        double p, p_stop, events;     /* to 3 and 2 decimals; events 0 where the reference gives none */
    } at[5];
} Reference;

/* Reference numbers: R package stoppingrule 0.5.2. Its levels are found by bisection, so any number between two
 * neighbouring tails stands for the same boundary. */
static const Reference REFERENCES[] = {
    {{BOUNDARY_POCOCK, 40, 0.05, 0.05, 0, 0}, 5, {{2, 2, 4}, {3, 5, 12}, {4, 13, 21}, {5, 22, 31}, {6, 32, 40}}, 0.0204, 0.001,
     {{0.05, 0.049, 1.94}, {0.10, 0.309, 3.33}, {0.15, 0.657, 3.81}, {0.20, 0.880, 3.64}, {0.30, 0.994, 2.97}}},
    {{BOUNDARY_POCOCK, 40, 0.10, 0.05, 0, 0}, 8,
     {{2, 2, 2}, {3, 3, 5}, {4, 6, 10}, {5, 11, 15}, {6, 16, 21}, {7, 22, 27}, {8, 28, 33}, {9, 34, 40}}, 0.0159, 0.001,
     {{0.10, 0.050, 0}, {0.15, 0.217, 0}, {0.20, 0.500, 0}, {0.30, 0.916, 0}}},
    {{BOUNDARY_BETA_BINOMIAL, 40, 0.05, 0.05, 0.1, 1.9}, 5, {{2, 2, 4}, {3, 5, 11}, {4, 12, 21}, {5, 22, 32}, {6, 33, 40}},
     0.0202, 0.001, {{0.05, 0.048, 0}, {0.10, 0.310, 0}, {0.15, 0.659, 0}, {0.20, 0.882, 0}}},
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
    CHECK_NEAR(t, operation.expected_events, p * operation.expected_subjects, 1e-11);      /* Wald's identity */
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

/* At p0 = 1/2 tails of different n are equal in exact arithmetic (P(X >= 1 | 1) = P(X >= 2 | 3) = 1/2), and the chance of
 * stopping can equal alpha: both ties must fall on the side of stopping. */
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
    plan = (BoundaryPlan){.n_max = 2, .p0 = 0.1, .alpha = 0.01};       /* 0.1 * 0.1 is not 0.01 in binary */
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
        CHECK_NEAR(t, verdict.tail, 1 - pow(0.95, 20) - 20 * 0.05 * pow(0.95, 19), 1e-12);
    }
    if (CHECK_OK(t, stopping_evaluate(&rule, 12, 3, &verdict, &err), err)) CHECK(t, verdict.stop && verdict.events_left == 0);
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
        {{BOUNDARY_BETA_BINOMIAL, 40, 0.05, 0.05, 0, 1.9}, ERROR_USAGE, "Beta(0, 1.9)"},
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
    {"the recursion agrees with enumeration", the_recursion_agrees_with_enumeration},
    {"no laxer level keeps alpha", no_laxer_level_keeps_alpha},
    {"ties are one number", ties_are_one_number},
    {"a running trial is told where it stands", a_running_trial_is_told_where_it_stands},
    {"the first crossing counts even when the rate falls later", the_first_crossing_counts_even_when_the_rate_falls_later},
    {"an impossible plan is refused", an_impossible_plan_is_refused},
};
TEST_SUITE(stopping, CASES);
