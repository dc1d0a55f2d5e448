#include "stat/chisq.h"

#include <math.h>

#include "stat/reference.h"

/* R 4.2.2: chisq.test(matrix(c(13,7,5, 9,16,4), 2, byrow = TRUE)), and (13,7, 5,16) with its default correction
 * */
static void tests_agree_with_r(Test *t)
{
    Error err = {0};
    ChisqTest test;
    if (CHECK_OK(t, chisq_test(t->arena, (size_t[]){13, 7, 5, 9, 16, 4}, 2, 3, false, &test, &err), err)) {
        CHECK_NEAR(t, test.chisq, 4.086247785198311, 1e-13);
        CHECK_NEAR(t, test.df, 2, 0);
        CHECK_NEAR(t, test.p, 0.12962314894660695, 1e-13);
        CHECK_NEAR(t, test.least_expected, 4.166666666666667, 1e-13);
    }
    if (CHECK_OK(t, chisq_test(t->arena, (size_t[]){13, 7, 5, 16}, 2, 2, true, &test, &err), err)) {
        CHECK_NEAR(t, test.chisq, 5.4837028410397952, 1e-13);
        CHECK_NEAR(t, test.p, 0.01919455728312212, 1e-13);
    }
}

static void check_table(Test *t, const Json *input, const Json *expected, const char *key, bool corrected)
{
    Error err = {0};
    ChisqTest test;
    size_t rows, columns, *table = reference_table(t, input, &rows, &columns);
    const Json *want = json_get(expected, key);
    if (!CHECK_OK(t, chisq_test(t->arena, table, rows, columns, corrected, &test, &err), err)) return;
    CHECK_NEAR(t, test.chisq, reference_number(t, want, "statistic"), 1e-10);
    CHECK_NEAR(t, test.df, reference_number(t, want, "df"), 0);
    CHECK_NEAR(t, test.p, reference_number(t, want, "p"), 1e-10);
}

static void check_two_by_two(Test *t, const Json *input, const Json *expected)
{
    check_table(t, input, expected, "chisq", false);
    check_table(t, input, expected, "chisq_corrected", true);
}

static void check_larger(Test *t, const Json *input, const Json *expected)
{
    check_table(t, input, expected, "chisq", false);
}

/* Out of scope: Cochran-Mantel-Haenszel. */
static void tests_agree_with_the_reference(Test *t)
{
    reference_each(t, "proportions", "2x2 table", check_two_by_two);
    reference_each(t, "proportions", "r x c Fisher", check_larger);
}

static void rows_without_counts_are_left_out(Test *t)
{
    Error err = {0};
    ChisqTest a, b;
    CHECK_OK(t, chisq_test(t->arena, (size_t[]){13, 0, 7, 0, 0, 0, 5, 0, 16}, 3, 3, true, &a, &err) &&
             chisq_test(t->arena, (size_t[]){13, 7, 5, 16}, 2, 2, true, &b, &err), err);
    CHECK_NEAR(t, a.chisq, b.chisq, 0);
    CHECK_NEAR(t, a.df, 1, 0);
}

static void transposing_changes_nothing(Test *t)
{
    Error err = {0};
    ChisqTest a, b;
    CHECK_OK(t, chisq_test(t->arena, (size_t[]){13, 7, 5, 9, 16, 4}, 2, 3, false, &a, &err) &&
             chisq_test(t->arena, (size_t[]){13, 9, 7, 16, 5, 4}, 3, 2, false, &b, &err), err);
    CHECK_NEAR(t, a.chisq, b.chisq, 1e-14);
}

static void a_table_of_one_row_is_refused(Test *t)
{
    Error err = {0};
    ChisqTest test;
    CHECK(t, !chisq_test(t->arena, (size_t[]){0, 0, 7, 3}, 2, 2, false, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "counts in 1 rows and 2 columns");
}

static const TestCase CASES[] = {
    {"chi-square agrees with R", tests_agree_with_r},
    {"chi-square agrees with the reference", tests_agree_with_the_reference},
    {"rows without counts are left out", rows_without_counts_are_left_out},
    {"transposing changes nothing", transposing_changes_nothing},
    {"a table of one row is refused", a_table_of_one_row_is_refused},
};
TEST_SUITE(chisq, CASES);
