#include "report/honesty.h"

#include "test.h"

static Str box_text(Test *t, const Protocol *protocol, const Str *withheld, size_t n_withheld)
{
    Document *document = document_new(t->arena, STR("Report"));
    ProblemList problems = problems_new(t->arena);
    problem_add(&problems, PROBLEM_HONESTY, "percentile-age", NULL, "a percentile is used outside ages 2 to 12")->reason = STR("The reference ends there.");
    problem_add(&problems, PROBLEM_HONESTY, "no-control-group", NULL, "said already");
    problem_add(&problems, PROBLEM_HONESTY, "percentile-age", NULL, "another one too")->reason = STR("The reference ends there.");
    problem_add(&problems, PROBLEM_NOTE, "note", NULL, "a note is not for readers of the report");
    honesty_write(document, protocol, &problems, withheld, n_withheld);
    Buf buf = buf_new(t->arena);
    for (size_t i = 0; i < document->blocks[0].n_items; i++) {
        buf_add(&buf, document->blocks[0].items[i]);
        buf_char(&buf, '\n');
    }
    return buf_str(&buf);
}

static bool has(Str text, const char *part) { return str_find(text, str_from(part)) != SIZE_MAX; }

static void a_single_arm_registered_late_says_so(Test *t)
{
    Arm cells = {.kind = ARM_EXPERIMENTAL};
    Protocol protocol = {.arms = {1, &cells}};
    protocol.trial.simulated = true;
    protocol.trial.blinding = BLINDING_OPEN;
    protocol.trial.registration = (Registration){.id = STR("NCT02569775"), .date = {2015, 10, 15}};
    protocol.trial.first_consent = (Date){2014, 4, 14};
    const Str withheld[] = {STR("\"Sex had no impact.\": it is not known. Give the interval.")};
    Str text = box_text(t, &protocol, withheld, 1);
    CHECK(t, has(text, "All data here are SIMULATED"));
    CHECK(t, has(text, "There is no control group."));
    CHECK(t, has(text, "549 days after the first consent (2014-04-14)"));
    CHECK(t, has(text, "ratings that need judgement can follow hope"));
    CHECK(t, has(text, "A percentile is used outside ages 2 to 12. Another one too. The reference ends there.\n"));
    CHECK(t, has(text, "A sentence of the protocol was withheld. \"Sex had no impact.\""));
    CHECK(t, !has(text, "a note is not") && !has(text, "Said already"));
}

static void a_randomised_trial_may_speak_of_effects(Test *t)
{
    Arm arms[] = {{.kind = ARM_EXPERIMENTAL}, {.kind = ARM_PLACEBO}};
    Yaml at = {0};
    Protocol protocol = {.arms = {2, arms}};
    protocol.randomisation.at = &at;
    Str text = box_text(t, &protocol, NULL, 0);
    CHECK(t, has(text, "formed by chance. This program did not draw them and cannot check it"));
    CHECK(t, !has(text, "no control group"));
    protocol.randomisation.at = NULL;
    CHECK(t, has(box_text(t, &protocol, NULL, 0), "is an association"));
}

static const TestCase CASES[] = {
    {"a single arm registered late says so", a_single_arm_registered_late_says_so},
    {"a randomised trial may speak of effects", a_randomised_trial_may_speak_of_effects},
};
TEST_SUITE(honesty, CASES);
