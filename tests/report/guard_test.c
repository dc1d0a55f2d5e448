#include "report/guard.h"

#include "test.h"

static const GuardDesign SINGLE_ARM = {false, false}, RANDOMISED = {true, true};

static bool flagged(const char *sentence, GuardDesign design)
{
    GuardFinding finding;
    return guard_finds(str_from(sentence), design, &finding);
}

static void what_the_paper_said_is_flagged(Test *t)
{
    CHECK(t, flagged("Age, sex and severity had no impact on the outcome.", SINGLE_ARM));
    CHECK(t, flagged("There was no statistically significant difference between boys and girls.", RANDOMISED));
    CHECK(t, flagged("The effect of bone marrow cells on motor function", SINGLE_ARM));
    CHECK(t, flagged("The procedure was safe.", RANDOMISED));
    CHECK(t, flagged("The therapy is effective.", SINGLE_ARM));
    CHECK(t, flagged("Groups did not significantly differ (p = 0.41).", RANDOMISED));
}

static void what_the_design_supports_passes(Test *t)
{
    CHECK(t, !flagged("GMFM-88 total was 10.2 points higher at 6 months (95 % CI 8.1 to 12.3).", SINGLE_ARM));
    CHECK(t, !flagged("Change from baseline by visit", SINGLE_ARM));
    CHECK(t, !flagged("The effect of treatment was 2.1 points (95 % CI 0.4 to 3.8).", RANDOMISED));
    CHECK(t, !flagged("The safety population holds all children with at least one dose.", SINGLE_ARM));
    CHECK(t, !flagged("", SINGLE_ARM));
}

static void a_flagged_sentence_is_withheld_and_named(Test *t)
{
    Str *withheld;
    size_t n;
    Str kept = guard_filter(t->arena, STR("Scores rose by 4.0 points. Sex had no impact. Fever was common."), SINGLE_ARM, &withheld, &n);
    CHECK_TEXT(t, kept, "Scores rose by 4.0 points. Fever was common.");
    if (CHECK_INT(t, n, 1)) CHECK(t, str_find(withheld[0], STR("\"Sex had no impact.\": a test that finds nothing")) == 0);
}

static const TestCase CASES[] = {
    {"what the paper said is flagged", what_the_paper_said_is_flagged},
    {"what the design supports passes", what_the_design_supports_passes},
    {"a flagged sentence is withheld and named", a_flagged_sentence_is_withheld_and_named},
};
TEST_SUITE(guard, CASES);
