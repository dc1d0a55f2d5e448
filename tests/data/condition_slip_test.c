#include "data/condition_slip.h"

#include "test.h"

static Frame *answers(Test *t)
{
    static const char *const RESP[] = {"Y", "N", " Maybe ", NULL}, *const VISIT[] = {"Week 2", "Week 4", "Week 4", "Week 2"};
    Frame *frame = frame_new(t->arena, STR("answers"));
    frame_add_column(frame, STR("RESP"), COLUMN_TEXT);
    frame_add_column(frame, STR("AVISIT"), COLUMN_TEXT);
    frame_add_column(frame, STR("AGE"), COLUMN_NUMBER);
    for (size_t i = 0; i < 4; i++) {
        frame_add_row(frame);
        if (RESP[i]) frame_set_text(frame, i, 0, str_from(RESP[i]));
        frame_set_text(frame, i, 1, str_from(VISIT[i]));
        frame_set_number(frame, i, 2, 30);
    }
    return frame;
}

static void other_letters_are_found(Test *t)
{
    static const struct {
        const char *condition, *said, *meant, *column;
    } SLIPS[] = {{"RESP = 'y'", "y", "Y", "RESP"},
                 {"RESP = 'Y' AND AVISIT = 'week 4'", "week 4", "Week 4", "AVISIT"},
                 {"\"RESP\" IN ('N', 'maybe')", "maybe", " Maybe ", "RESP"},
                 {"AGE > 3 OR resp = ' y '", " y ", "Y", "RESP"}};
    for (size_t i = 0; i < sizeof SLIPS / sizeof SLIPS[0]; i++) {
        ConditionSlip slip;
        if (!CHECK(t, condition_slip(t->arena, answers(t), str_from(SLIPS[i].condition), &slip))) continue;
        CHECK_TEXT(t, slip.said, SLIPS[i].said);
        CHECK_TEXT(t, slip.meant, SLIPS[i].meant);
        CHECK_TEXT(t, slip.column, SLIPS[i].column);
    }
}

static void what_is_there_or_far_from_it_is_no_slip(Test *t)
{
    static const char *const FINE[] = {"RESP = 'Y'", "RESP = 'No answer'", "AGE > 30", "", "RESP = ''", "RESP = 'y", "NOBODY = 'y'", "RESP IN ('Y', 'N')"};
    ConditionSlip slip;
    for (size_t i = 0; i < sizeof FINE / sizeof FINE[0]; i++) CHECK(t, !condition_slip(t->arena, answers(t), str_from(FINE[i]), &slip));
}

static void the_hint_says_what_the_column_holds(Test *t)
{
    Error err = {0};
    error_set(&err, ERROR_DEGENERATE, "no row");
    CHECK(t, condition_slip_hint(t->arena, answers(t), STR("RESP = 'y'"), &err));
    CHECK_TEXT(t, str_from(err.hint), "\"RESP\" holds \"Y\", not \"y\".");
    CHECK(t, !condition_slip_hint(t->arena, answers(t), STR("RESP = 'Y'"), &err));
}

static const TestCase CASES[] = {
    {"other letters are found", other_letters_are_found},
    {"what is there, or far from it, is no slip", what_is_there_or_far_from_it_is_no_slip},
    {"the hint says what the column holds", the_hint_says_what_the_column_holds},
};
TEST_SUITE(condition_slip, CASES);
