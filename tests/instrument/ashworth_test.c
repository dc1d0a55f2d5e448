#include "instrument/ashworth.h"

#include "test.h"

static void the_six_grades_keep_their_order(Test *t)
{
    static const char *const GRADES[] = {"0", "1", "1+", "2", "3", "4"};
    static const double HALVES[] = {0, 1, 1.5, 2, 3, 4};
    for (int i = 0; i < 6; i++) {
        Error err = {0};
        int rank = -1;
        if (!CHECK_OK(t, ashworth_parse(str_from(GRADES[i]), &rank, &err), err)) continue;
        CHECK_INT(t, rank, i);
        CHECK_TEXT(t, str_from(ashworth_text(rank)), GRADES[i]);
        CHECK_NEAR(t, ashworth_value(rank, ASHWORTH_RANK) + 1, i + 1, 1e-15);
        CHECK_NEAR(t, ashworth_value(rank, ASHWORTH_HALF) + 1, HALVES[i] + 1, 1e-15);
    }
}

static void a_number_between_grades_is_not_guessed(Test *t)
{
    Error err = {0};
    int rank;
    CHECK(t, !ashworth_parse(STR("1.5"), &rank, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "0, 1, 1+, 2, 3, 4");
    CHECK(t, !ashworth_parse(STR("5"), &rank, &err));
    CHECK(t, !ashworth_parse(STR(""), &rank, &err));
}

static void the_original_scale_is_another_scale(Test *t)
{
    Error err = {0};
    int grade;
    CHECK_OK(t, ashworth_original_parse(STR("4"), &grade, &err), err);
    CHECK_INT(t, grade, 4);
    CHECK(t, !ashworth_original_parse(STR("1+"), &grade, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "modified Ashworth scale, not of the original");
}

static void a_composite_states_its_recoding_and_what_was_missing(Test *t)
{
    Error err = {0};
    const int RANKS[] = {2, -1, 3, 5, 0, -1, 2};
    AshworthComposite composite;
    if (!CHECK_OK(t, ashworth_composite(RANKS, 7, ASHWORTH_RANK, &composite, &err), err)) return;
    CHECK_NEAR(t, composite.mean, 12.0 / 5, 1e-15);
    CHECK_INT(t, composite.n_rated, 5);
    CHECK_INT(t, composite.n_missing, 2);
    CHECK_OK(t, ashworth_composite(RANKS, 7, ASHWORTH_HALF, &composite, &err), err);
    CHECK_NEAR(t, composite.mean, 9.0 / 5, 1e-15);
    CHECK(t, !ashworth_composite(&RANKS[1], 1, ASHWORTH_RANK, &composite, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "no muscle was rated");
    CHECK(t, !ashworth_composite((const int[]){1, 6}, 2, ASHWORTH_RANK, &composite, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "rating 2 has the position 6");
    CHECK_TEXT(t, str_from(ashworth_recoding_text(ASHWORTH_HALF)),
               "grades 0, 1, 1+, 2, 3, 4 coded 0, 1, 1.5, 2, 3, 4");
}

static const TestCase CASES[] = {
    {"the six grades keep their order", the_six_grades_keep_their_order},
    {"a number between grades is not guessed", a_number_between_grades_is_not_guessed},
    {"the original scale is another scale", the_original_scale_is_another_scale},
    {"a composite states its recoding and what was missing",
     a_composite_states_its_recoding_and_what_was_missing},
};
TEST_SUITE(ashworth, CASES);
