#include "data/frame.h"

#include <string.h>

#include "test.h"

static Frame *children(Test *t)
{
    Frame *frame = frame_new(t->arena, STR("children"));
    frame_add_column(frame, STR("ID"), COLUMN_TEXT);
    frame_add_column(frame, STR("AGE"), COLUMN_NUMBER);
    const char *const IDS[] = {"c", "a", "b", "a"};
    const double AGES[] = {4.5, 2.25, 0, 7};
    for (size_t i = 0; i < 4; i++) {
        frame_add_row(frame);
        frame_set_text(frame, i, 0, str_from(IDS[i]));
        if (i != 2) frame_set_number(frame, i, 1, AGES[i]);
        else frame_set_missing(frame, i, 1, MISSING_REFUSED);
    }
    return frame;
}

static void a_missing_column_is_answered_with_the_nearest(Test *t)
{
    Error err = {0};
    const Column *column;
    Frame *frame = children(t);
    CHECK_OK(t, frame_need(frame, STR("age"), &column, &err), err);
    CHECK(t, !frame_need(frame, STR("AGES"), &column, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "Did you mean \"AGE\"?");
}

static void sorting_is_stable_and_puts_missing_first(Test *t)
{
    Frame *frame = children(t);
    size_t rows[] = {0, 1, 2, 3};
    frame_sort_rows(&frame->columns[1], false, rows, 4);
    CHECK(t, rows[0] == 2 && rows[1] == 1 && rows[2] == 0 && rows[3] == 3);
    frame_sort_rows(&frame->columns[0], true, rows, 4);
    CHECK(t, rows[0] == 0 && rows[1] == 2 && rows[2] == 1 && rows[3] == 3);
    Frame *sorted = frame_take_rows(t->arena, frame, rows, 4);
    CHECK_TEXT(t, frame_cell_text(t->arena, &sorted->columns[1], 2), "2.25");
    CHECK_INT(t, sorted->columns[1].missing[1], MISSING_REFUSED);
}

static void grouping_keeps_the_order_of_first_appearance(Test *t)
{
    Frame *frame = children(t);
    const Column *by[] = {&frame->columns[0]};
    Groups groups = frame_group(t->arena, frame, by, 1);
    CHECK_INT(t, groups.n_groups, 3);
    CHECK_INT(t, groups.first[2] - groups.first[1], 2);
    CHECK_INT(t, groups.rows[groups.first[1]], 1);
    CHECK_INT(t, groups.rows[groups.first[1] + 1], 3);
}

static void joining_wants_a_unique_key_on_the_right(Test *t)
{
    Error err = {0};
    Frame *frame = children(t), *joined, *right = frame_new(t->arena, STR("sites"));
    CHECK(t, !frame_join(t->arena, frame, frame, STR("ID"), &joined, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"a\" stands twice");
    frame_add_column(right, STR("ID"), COLUMN_TEXT);
    frame_add_column(right, STR("SITE"), COLUMN_TEXT);
    frame_add_row(right);
    frame_set_text(right, 0, 0, STR("a"));
    frame_set_text(right, 0, 1, STR("Hanoi"));
    if (!CHECK_OK(t, frame_join(t->arena, frame, right, STR("ID"), &joined, &err), err)) return;
    CHECK_INT(t, joined->n_columns, 3);
    CHECK_TEXT(t, joined->columns[2].texts[3], "Hanoi");
    CHECK_INT(t, joined->columns[2].missing[0], MISSING_UNSTATED);
}

static void reasons_have_words_both_ways(Test *t)
{
    MissingReason reason;
    CHECK(t, missing_parse(STR("not-done"), &reason) && reason == MISSING_NOT_DONE);
    CHECK(t, missing_parse(STR("._"), &reason) && reason == MISSING_SAS_UNDERSCORE);
    CHECK_TEXT(t, str_from(missing_word((MissingReason)'Q')), ".Q");
    CHECK(t, !missing_parse(STR("gone"), &reason));
}

static void a_text_among_numbers_is_named(Test *t)
{
    static const char *const TEXTS[] = {"4.5", NULL, " 7 ", "<30", "x"};
    Frame *frame = frame_new(t->arena, STR("f"));
    Error err = {0};
    frame_add_column(frame, STR("FEV1"), COLUMN_TEXT);
    frame_add_column(frame, STR("N"), COLUMN_INTEGER);
    for (size_t i = 0; i < 5; i++) {
        frame_add_row(frame);
        if (TEXTS[i]) frame_set_text(frame, i, 0, str_from(TEXTS[i]));
    }
    CHECK(t, column_need_numbers(&frame->columns[1], 5, &err) && err.code == ERROR_NONE);
    CHECK(t, !column_need_numbers(&frame->columns[0], 5, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "column \"FEV1\" holds text, not numbers");
    CHECK_TEXT(t, str_from(err.hint), "Row 4 says \"<30\"; 2 rows have numbers. What is not known is left empty.");
    CHECK(t, !column_need_numbers(&frame->columns[0], 3, &err) && strstr(err.hint, "read as numbers"));
    frame_set_text(frame, 0, 0, STR("a"));
    frame_set_text(frame, 2, 0, STR("b"));
    CHECK(t, !column_need_numbers(&frame->columns[0], 5, &err) && !err.hint[0]);
}

static const TestCase CASES[] = {
    {"a missing column is answered with the nearest", a_missing_column_is_answered_with_the_nearest},
    {"sorting is stable and puts missing first", sorting_is_stable_and_puts_missing_first},
    {"grouping keeps the order of first appearance", grouping_keeps_the_order_of_first_appearance},
    {"joining wants a unique key on the right", joining_wants_a_unique_key_on_the_right},
    {"reasons have words, both ways", reasons_have_words_both_ways},
    {"a text among numbers is named", a_text_among_numbers_is_named},
};
TEST_SUITE(frame, CASES);
