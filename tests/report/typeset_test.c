#include "report/typeset.h"
#include "test.h"

static void points_are_found(Test *t)
{
    static const struct { const char *cell; size_t point; } ROWS[] = {
        {"75.2 (8.6)", 2}, {"-1.25 (-3.1, 0.6)", 2}, {"<0.001", 2}, {"12 (14%)", 2}, {"NE", 2}, {"NE (NE to NE)", 2},
        {"1,234.5", 5}, {"", 0}, {"(3)", 2}, {">0.99", 2},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (!CHECK_INT(t, typeset_point(str_from(ROWS[i].cell)), ROWS[i].point)) break;
}

static void lines_break_at_blanks(Test *t)
{
    Lines lines = typeset_lines(t->arena, STR("one two three\nfour"), 8);
    CHECK_INT(t, lines.n, 3);
    CHECK_TEXT(t, lines.lines[0], "one two");
    CHECK_TEXT(t, lines.lines[1], "three");
    CHECK_TEXT(t, lines.lines[2], "four");
    CHECK_INT(t, lines.width, 7);
}

static void long_words_are_cut_and_wide_letters_counted(Test *t)
{
    Lines lines = typeset_lines(t->arena, STR("pneumonoultra"), 5);
    CHECK_INT(t, lines.n, 3);
    CHECK_TEXT(t, lines.lines[2], "tra");
    lines = typeset_lines(t->arena, STR("小児科病棟"), 5);
    CHECK_INT(t, lines.n, 3);
    CHECK_INT(t, lines.width, 4);
}

static void terminals_are_not_steered(Test *t)
{
    Lines lines = typeset_lines(t->arena, STR("a\x1b[2Jb\rc\td\xC2\x9B" "e\xFF"), 80);
#define R "\xEF\xBF\xBD"
    CHECK_TEXT(t, lines.lines[0], "a" R "[2Jb" R "c d" R "e" R);
#undef R
    CHECK_INT(t, typeset_lines(t->arena, STR(""), 10).n, 1);
}

static const TestCase CASES[] = {
    {"a cell's decimal point is found", points_are_found},
    {"lines break at blanks and line ends", lines_break_at_blanks},
    {"long words are cut and wide letters count twice", long_words_are_cut_and_wide_letters_counted},
    {"control characters do not reach the terminal", terminals_are_not_steered},
};
TEST_SUITE(typeset, CASES);
