#include "safety/ctcae.h"

#include "test.h"

static void fever_is_graded_from_temperature_and_duration(Test *t)
{
    static const struct {
        CtcaeFever fever;
        int grade;
        bool at_least;
    } TABLE[] = {
        {{37.9, false, 0}, 0, false},   {{38.0, false, 0}, 1, false}, {{39.0, false, 0}, 1, false},
        {{39.1, false, 0}, 2, false},   {{40.0, true, 30}, 2, false}, {{40.1, true, 24}, 3, false},
        {{40.1, true, 24.5}, 4, false}, {{40.1, false, 0}, 3, true},  {{38.000000001, false, 0}, 1, false},
    };
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
        Error err = {0};
        CtcaeFeverGrade grade;
        if (!CHECK_OK(t, ctcae_fever_grade(TABLE[i].fever, &grade, &err), err)) continue;
        CHECK_INT(t, grade.grade, TABLE[i].grade);
        CHECK_INT(t, grade.at_least, TABLE[i].at_least);
    }
}

static void fahrenheit_is_noticed(Test *t)
{
    Error err = {0};
    CtcaeFeverGrade grade;
    CHECK(t, !ctcae_fever_grade((CtcaeFever){.highest_c = 101.3}, &grade, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "101.3 F is 38.5 C");
    CHECK(t, !ctcae_fever_grade((CtcaeFever){40.5, true, -1}, &grade, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "-1 hours");
}

static void a_grade_the_term_lacks_is_refused(Test *t)
{
    Error err = {0};
    CHECK_OK(t, ctcae_check_grade(STR("fever"), 5, &err), err);
    CHECK_OK(t, ctcae_check_grade(STR("Hiccups"), 2, &err), err);
    CHECK_OK(t, ctcae_check_grade(STR("Apnea"), 4, &err), err);
    CHECK(t, !ctcae_check_grade(STR("Headache"), 4, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "It has 1, 2, 3.");
    CHECK(t, !ctcae_check_grade(STR("Anaphylaxis"), 1, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "It has 3, 4, 5.");
    CHECK(t, !ctcae_check_grade(STR("Hiccups"), 6, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "6 is no grade");
}

static void every_term_has_a_body_system_and_its_grades(Test *t)
{
    size_t n;
    const CtcaeTerm *terms = ctcae_terms(&n);
    CHECK_INT(t, n, 19);
    for (size_t i = 0; i < n; i++) {
        CHECK(t, terms[i].body_system && terms[i].body_system[0]);
        CHECK_INT(t, terms[i].grades_known, terms[i].grades[2] != NULL);
        CHECK(t, ctcae_find(str_from(terms[i].term)) == &terms[i]);
    }
    CHECK(t, !ctcae_find(STR("Pyrexia")));
}

static const TestCase CASES[] = {
    {"fever is graded from temperature and duration", fever_is_graded_from_temperature_and_duration},
    {"Fahrenheit is noticed", fahrenheit_is_noticed},
    {"a grade the term lacks is refused", a_grade_the_term_lacks_is_refused},
    {"every term has a body system and its grades", every_term_has_a_body_system_and_its_grades},
};
TEST_SUITE(ctcae, CASES);
