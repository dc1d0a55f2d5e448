#include "safety/monitor.h"

#include "test.h"

/* p0 = 0.05, alpha = 0.05, 40 subjects: 2 by subject 4, 3 by 12, 4 by 21 ... (docs/methods/stopping-boundaries.md). */
static bool calibrate(Test *t, StoppingRule *rule)
{
    Error err = {0};
    BoundaryPlan plan = {.kind = BOUNDARY_POCOCK, .n_max = 40, .p0 = 0.05, .alpha = 0.05};
    return CHECK_OK(t, stopping_calibrate(t->arena, &plan, rule, &err), err);
}

static void a_planted_crossing_is_flagged_at_its_event(Test *t)
{
    StoppingRule rule;
    Error err = {0};
    int64_t day[40];
    for (int i = 0; i < 40; i++) day[i] = 10 * i;
    const MonitorEvent events[] = {{11, 115}, {2, 25}, {2, 60}, {7, 75}};   /* not in order; subject 2 has two */
    MonitorLook *looks;
    size_t n;
    if (!calibrate(t, &rule)) return;
    if (!CHECK_OK(t, monitor_looks(t->arena, &rule, day, 40, events, 4, &looks, &n, &err), err)) return;
    if (!CHECK_INT(t, n, 3)) return;
    CHECK(t, looks[0].event == 1 && looks[0].n == 3 && looks[0].events == 1 && !looks[0].verdict.stop);
    CHECK(t, looks[1].event == 3 && looks[1].n == 8 && looks[1].events == 2 && !looks[1].verdict.stop);
    CHECK(t, looks[2].event == 0 && looks[2].n == 12 && looks[2].events == 3 && looks[2].verdict.stop);
    CHECK_INT(t, looks[2].verdict.boundary, 3);
}

static void the_same_events_one_subject_later_do_not_stop(Test *t)
{
    StoppingRule rule;
    Error err = {0};
    int64_t day[40];
    for (int i = 0; i < 40; i++) day[i] = 10 * i;
    const MonitorEvent events[] = {{2, 25}, {7, 75}, {11, 125}};
    MonitorLook *looks;
    size_t n;
    if (!calibrate(t, &rule)) return;
    if (!CHECK_OK(t, monitor_looks(t->arena, &rule, day, 40, events, 3, &looks, &n, &err), err)) return;
    CHECK(t, looks[2].n == 13 && !looks[2].verdict.stop && looks[2].verdict.boundary == 4);
}

static void beyond_the_plan_the_last_boundary_holds(Test *t)
{
    StoppingRule rule;
    Error err = {0};
    int64_t day[50];
    MonitorEvent events[6];
    MonitorLook *looks;
    size_t n;
    for (int i = 0; i < 50; i++) day[i] = i;
    for (size_t i = 0; i < 6; i++) events[i] = (MonitorEvent){i, 100};
    if (!calibrate(t, &rule)) return;
    if (!CHECK_OK(t, monitor_looks(t->arena, &rule, day, 50, events, 6, &looks, &n, &err), err)) return;
    CHECK(t, looks[4].n == 50 && looks[4].events == 5 && !looks[4].verdict.stop);
    CHECK(t, looks[5].verdict.stop && looks[5].verdict.boundary == 6);
}

static void an_event_of_nobody_is_refused(Test *t)
{
    StoppingRule rule;
    Error err = {0};
    const int64_t day[] = {0};
    const MonitorEvent event = {1, 5};
    MonitorLook *looks;
    size_t n;
    if (!calibrate(t, &rule)) return;
    CHECK(t, !monitor_looks(t->arena, &rule, day, 1, &event, 1, &looks, &n, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "event 1 is of a unit that was not treated");
}

static const TestCase CASES[] = {
    {"CR-58: a planted crossing is flagged at its event", a_planted_crossing_is_flagged_at_its_event},
    {"the same events one subject later do not stop", the_same_events_one_subject_later_do_not_stop},
    {"beyond the plan the last boundary holds", beyond_the_plan_the_last_boundary_holds},
    {"an event of nobody is refused", an_event_of_nobody_is_refused},
};
TEST_SUITE(monitor, CASES);
