#include "stat/fisher.h"

#include <math.h>

#include "math/distribution.h"
#include "math/rng.h"
#include "stat/reference.h"

/* R 4.2.2: fisher.test(matrix(c(9,4, 2,11), 2, byrow = TRUE), conf.level = .9); R seeks the upper bound by
 * its reciprocal, to an absolute 1.2e-4 (the fourth root of epsilon), so that large bounds are coarse. */
static void two_by_two_agrees_with_r(Test *t)
{
    Error err = {0};
    Fisher2x2 test;
    if (!CHECK_OK(t, fisher_2x2(t->arena, (size_t[]){9, 4, 2, 11}, .9, &test, &err), err)) return;
    CHECK_NEAR(t, test.p_two_sided, 0.015419302732534682, 1e-12);
    CHECK_NEAR(t, test.p_greater, 0.0077096513662673408, 1e-12);
    CHECK_NEAR(t, test.p_less, 0.99950868219141209, 1e-12);
    CHECK_NEAR(t, test.odds_ratio, 10.97314593211944, 1e-4);
    CHECK_NEAR(t, test.ci.lower, 1.8307951227710553, 1e-4);
    CHECK(t, fabs(1 / test.ci.upper - 1 / 99.028699344958014) < 1.3e-4);
}

/* R 4.2.2: fisher.test on the matrices, by row */
static void larger_tables_agree_with_r(Test *t)
{
    Error err = {0};
    double p;
    CHECK_OK(t, fisher_exact(t->arena, (size_t[]){3, 83, 11, 73, 7, 77}, 3, 2, &p, &err), err);
    CHECK_NEAR(t, p, 0.070175971564733042, 1e-10);
    CHECK_OK(t, fisher_exact(t->arena, (size_t[]){26, 60, 40, 44, 31, 53}, 3, 2, &p, &err), err);
    CHECK_NEAR(t, p, 0.064364838474534641, 1e-10);
    CHECK_OK(t, fisher_exact(t->arena, (size_t[]){3, 1, 4, 1, 5, 9, 2, 6, 5}, 3, 3, &p, &err), err);
    CHECK_NEAR(t, p, 0.2823602287683537, 1e-10);
}

static void check_two_by_two(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    Fisher2x2 test;
    size_t rows, columns, *table = reference_table(t, input, &rows, &columns);
    const Json *want = json_get(expected, "fisher");
    if (!CHECK_OK(t, fisher_2x2(t->arena, table, .95, &test, &err), err)) return;
    CHECK_NEAR(t, test.p_two_sided, reference_number(t, want, "p"), 1e-10);
    CHECK_NEAR(t, test.p_less, reference_number(t, expected, "fisher_less"), 1e-10);
    CHECK_NEAR(t, test.p_greater, reference_number(t, expected, "fisher_greater"), 1e-10);
    CHECK_NEAR(t, test.p_mid, reference_number(t, expected, "fisher_midp_two_sided"), 1e-10);
    CHECK_NEAR(t, test.odds_ratio, reference_number(t, want, "estimate"), 1e-4);
    CHECK_NEAR(t, test.ci.lower, reference_number(t, want, "lower"), 1e-4);
    CHECK(t, fabs(1 / test.ci.upper - 1 / reference_number(t, want, "upper")) < 1.3e-4);      /* see above */
}

static void check_larger(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    double p;
    size_t rows, columns, *table = reference_table(t, input, &rows, &columns);
    if (!CHECK_OK(t, fisher_exact(t->arena, table, rows, columns, &p, &err), err)) return;
    CHECK_NEAR(t, p, reference_number(t, expected, "fisher_p"), 1e-10);
}

static void tables_agree_with_the_reference(Test *t)
{
    reference_each(t, "proportions", "2x2 table", check_two_by_two);
    reference_each(t, "proportions", "r x c Fisher", check_larger);
}

/* The tea of Fisher's lady: tables weigh 1, 16, 36, 16, 1, so that tails at a bound can be written down. */
static void a_bound_is_where_its_tail_is_half_of_what_is_left(Test *t)
{
    Error err = {0};
    Fisher2x2 test;
    if (!CHECK_OK(t, fisher_2x2(t->arena, (size_t[]){3, 1, 1, 3}, .9, &test, &err), err)) return;
    double u = test.ci.upper, below = 1 + 16 * u + 36 * u * u + 16 * u * u * u, w = test.odds_ratio;
    CHECK_NEAR(t, below / (below + u * u * u * u), .05, 1e-11);
    u = test.ci.lower;
    double above = 16 * u * u * u + u * u * u * u;
    CHECK_NEAR(t, above / (1 + 16 * u + 36 * u * u + above), .05, 1e-11);
    double mean = (16 * w + 72 * w * w + 48 * w * w * w + 4 * w * w * w * w) /
                  (1 + 16 * w + 36 * w * w + 16 * w * w * w + w * w * w * w);
    CHECK_NEAR(t, mean, 3, 1e-11);
}

/* Every table of the margins of `counts` (3 x 3), by brute force. */
static double enumerate_3x3(const size_t *c)
{
    int row[3], column[3];
    double seen = 1, p = 0, all = 0;
    for (int i = 0; i < 3; i++) {
        row[i] = (int)(c[3 * i] + c[3 * i + 1] + c[3 * i + 2]);
        column[i] = (int)(c[i] + c[i + 3] + c[i + 6]);
    }
    for (int i = 0; i < 9; i++) seen *= tgamma((double)c[i] + 1);
    for (int a = 0; a <= row[0]; a++)
        for (int b = 0; a + b <= row[0]; b++)
            for (int d = 0; d <= row[1]; d++)
                for (int e = 0; d + e <= row[1]; e++) {
                    int x[] = {
                        a, b, row[0] - a - b, d, e, row[1] - d - e, column[0] - a - d, column[1] - b - e, 0};
                    x[8] = row[2] - x[6] - x[7];
                    if (x[6] < 0 || x[7] < 0 || x[8] < 0) continue;
                    double product = 1;
                    for (int i = 0; i < 9; i++) product *= tgamma(x[i] + 1.);
                    all += 1 / product;
                    if (1 / product <= 1 / seen * (1 + 1e-7)) p += 1 / product;
                }
    return p / all;
}

static void the_network_sums_what_enumeration_sums(Test *t)
{
    Error err = {0};
    Rng rng = rng_stream(31, 1);
    for (int k = 0; k < 40; k++) {
        size_t counts[9];
        double p;
        for (int i = 0; i < 9; i++) counts[i] = (size_t)rng_below(&rng, 5);
        CHECK_OK(t, fisher_exact(t->arena, counts, 3, 3, &p, &err), err);
        CHECK_NEAR(t, p, enumerate_3x3(counts), 1e-11);
    }
}

static void swapping_rows_inverts_the_odds_ratio(Test *t)
{
    Error err = {0};
    Fisher2x2 a, b;
    CHECK_OK(t, fisher_2x2(t->arena, (size_t[]){9, 4, 2, 11}, .95, &a, &err) &&
             fisher_2x2(t->arena, (size_t[]){2, 11, 9, 4}, .95, &b, &err), err);
    CHECK_NEAR(t, a.odds_ratio, 1 / b.odds_ratio, 1e-10);
    CHECK_NEAR(t, a.ci.lower, 1 / b.ci.upper, 1e-10);
    CHECK_NEAR(t, a.p_greater, b.p_less, 1e-12);
    CHECK_NEAR(t, a.p_two_sided, b.p_two_sided, 1e-12);
}

static void order_and_empty_lines_change_nothing(Test *t)
{
    Error err = {0};
    double a = 0, b = 0, c = 0;
    CHECK_OK(t, fisher_exact(t->arena, (size_t[]){3, 83, 11, 73, 7, 77}, 3, 2, &a, &err) &&
             fisher_exact(t->arena, (size_t[]){77, 73, 83, 7, 11, 3}, 2, 3, &b, &err) &&
             fisher_exact(t->arena, (size_t[]){3, 0, 83, 0, 0, 0, 11, 0, 73, 7, 0, 77}, 4, 3, &c, &err), err);
    CHECK_NEAR(t, b, a, 1e-12);
    CHECK_NEAR(t, c, a, 1e-12);
}

static void margins_that_allow_one_table_give_one(Test *t)
{
    Error err = {0};
    Fisher2x2 test;
    double p;
    CHECK_OK(t, fisher_2x2(t->arena, (size_t[]){0, 86, 0, 84}, .95, &test, &err), err);
    CHECK(t, test.p_two_sided == 1 && test.p_mid == 1 && isnan(test.odds_ratio) && test.ci.lower == 0 &&
                 isinf(test.ci.upper));
    CHECK_OK(t, fisher_exact(t->arena, (size_t[]){0, 86, 0, 84, 0, 84}, 3, 2, &p, &err), err);
    CHECK_NEAR(t, p, 1, 0);
    CHECK_OK(t, fisher_2x2(t->arena, (size_t[]){0, 14, 5, 10}, .95, &test, &err), err);
    CHECK(t, test.odds_ratio == 0 && test.ci.lower == 0 && test.ci.upper > 0);
}

static void what_cannot_be_done_is_refused(Test *t)
{
    Error err = {0};
    Fisher2x2 test;
    size_t large[64];
    double p;
    CHECK(t, !fisher_2x2(t->arena, (size_t[]){0, 0, 0, 0}, .95, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "without counts");
    CHECK(t, !fisher_2x2(t->arena, (size_t[]){1, 2, 3, 4}, 95, &test, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level");
    CHECK(t, !fisher_exact(t->arena, (size_t[]){0, 0, 0, 0, 0, 0}, 3, 2, &p, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "without counts");
    for (int i = 0; i < 64; i++) large[i] = 20;
    CHECK(t, !fisher_exact(t->arena, large, 8, 8, &p, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "a 8 x 8 table of 1280 counts is too large");
}

static const TestCase CASES[] = {
    {"2 x 2 agrees with R", two_by_two_agrees_with_r},
    {"larger tables agree with R", larger_tables_agree_with_r},
    {"tables agree with the reference", tables_agree_with_the_reference},
    {"a bound is where its tail is half of what is left", a_bound_is_where_its_tail_is_half_of_what_is_left},
    {"the network sums what enumeration sums", the_network_sums_what_enumeration_sums},
    {"swapping rows inverts the odds ratio", swapping_rows_inverts_the_odds_ratio},
    {"order and empty lines change nothing", order_and_empty_lines_change_nothing},
    {"margins that allow one table give 1", margins_that_allow_one_table_give_one},
    {"what cannot be done is refused", what_cannot_be_done_is_refused},
};
TEST_SUITE(fisher, CASES);
