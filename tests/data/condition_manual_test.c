/* Runs the examples of docs/conditions.md over the table that it shows, and holds its list of functions to ours. */
#include <string.h>

#include "base/file.h"
#include "data/condition.h"
#include "data/condition_functions.h"
#include "exchange/csv.h"
#include "test.h"

static bool read_manual(Test *t, Str *manual, Frame **frame)
{
    Error err = {0};
    Str before, table, after;
    if (!CHECK_OK(t, file_read(t->arena, test_source(t, "docs/conditions.md"), 1 << 20, manual, &err), err))
        return false;
    if (!CHECK(t, str_cut(*manual, STR("```csv\n"), &before, &after) &&
                      str_cut(after, STR("```"), &table, &before)))
        return false;
    return CHECK_OK(t, csv_parse_frame(t->arena, STR("children"), table, NULL, frame, NULL, &err), err);
}

/* The subjects of one verdict: "01 03". */
static Str subjects_with(Test *t, const Frame *frame, const signed char *verdicts, signed char verdict)
{
    Buf list = buf_new(t->arena);
    for (size_t row = 0; row < frame->n_rows; row++) {
        if (verdicts[row] != verdict) continue;
        if (list.len) buf_char(&list, ' ');
        buf_add(&list, frame->columns[0].texts[row]);
    }
    return buf_str(&list);
}

/* | `condition` | true of | unknown for | */
static bool run_example(Test *t, const Frame *frame, Str line)
{
    Error err = {0};
    Str start, condition, rest, is_true, is_unknown;
    signed char *verdicts;
    if (!str_starts(line, STR("| `")) || !str_cut(line, STR("`"), &start, &rest) ||
        !str_cut(rest, STR("` |"), &condition, &rest))
        return false;
    if (!str_cut(rest, STR("|"), &is_true, &rest) || !str_cut(rest, STR("|"), &is_unknown, &rest))
        return false;
    if (!CHECK_OK(t, frame_evaluate(t->arena, frame, condition, &verdicts, &err), err)) return true;
    Str got = str_format(t->arena, STR_FMT ": " STR_FMT " unknown " STR_FMT, STR_ARG(condition),
                         STR_ARG(subjects_with(t, frame, verdicts, 1)),
                         STR_ARG(subjects_with(t, frame, verdicts, -1)));
    Str want = str_format(t->arena, STR_FMT ": " STR_FMT " unknown " STR_FMT, STR_ARG(condition),
                          STR_ARG(str_trim(is_true)), STR_ARG(str_trim(is_unknown)));
    CHECK_TEXT(t, got, str_c(t->arena, want));
    return true;
}

static void the_examples_of_the_manual_are_true(Test *t)
{
    Str manual, line;
    Frame *frame;
    size_t n_examples = 0;
    if (!read_manual(t, &manual, &frame)) return;
    while (str_cut(manual, STR("\n"), &line, &manual)) n_examples += run_example(t, frame, line);
    CHECK(t, n_examples > 20);
}

static void the_manual_lists_every_function(Test *t)
{
    Str manual;
    Frame *frame;
    size_t n;
    const ConditionFunction *functions = condition_functions(&n);
    if (!read_manual(t, &manual, &frame)) return;
    for (size_t i = 0; i < n; i++) {
        Str line = str_format(t->arena, "| `%s` | %s |\n", functions[i].use, functions[i].meaning);
        if (!CHECK(t, str_find(manual, line) != SIZE_MAX))
            CHECK_TEXT(t, line, "a line of docs/conditions.md");
    }
}

static const TestCase CASES[] = {
    {"the examples of the manual are true", the_examples_of_the_manual_are_true},
    {"the manual lists every function", the_manual_lists_every_function},
};
TEST_SUITE(condition_manual, CASES);
