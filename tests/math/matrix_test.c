#include "math/matrix.h"

#include <math.h>
#include <string.h>

#include "test.h"

static const double B[] = {2.3, 0.7, -1.3, 0.9, -1.1, 1.9, 0.8, -0.6, 0.4, -2.2, 2.6, 1.4, 3.2, 0.5, 1.7, -2.1};

static void cross_product(const double *b, size_t n, size_t p, double *a)
{
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            a[i*p + j] = 0;
            for (size_t k = 0; k < n; k++) a[i*p + j] += b[k*p + i] * b[k*p + j];
        }
}

static void cholesky_stops_at_the_first_pivot_that_is_not_positive(Test *t)
{
    double a[] = {4, 0, 0, 2, 1, 0, 3, 1, 9};
    CHECK_INT(t, cholesky(a, 3), 1);
    double bad[] = {NAN};
    CHECK_INT(t, cholesky(bad, 1), 0);
}

static void a_factor_solves_what_it_was_made_from(Test *t)
{
    double a[16], l[16], x[4] = {0.3, -2.7, 1.9, 4.4}, b[4], kept[4];
    cross_product(B, 4, 4, a);
    memcpy(l, a, sizeof l);
    CHECK_INT(t, cholesky(l, 4), 4);
    matrix_apply(a, x, 4, 4, b);
    memcpy(kept, b, sizeof kept);
    solve_lower(l, 4, b);
    solve_lower_transposed(l, 4, b);
    for (size_t i = 0; i < 4; i++) CHECK_NEAR(t, b[i], x[i], 1e-13);

    double r[16] = {0}, inverse[16];
    for (size_t i = 0; i < 4; i++)
        for (size_t j = i; j < 4; j++) r[i*4 + j] = l[j*4 + i];
    solve_upper_transposed(r, 4, kept);
    solve_upper(r, 4, kept);
    for (size_t i = 0; i < 4; i++) CHECK_NEAR(t, kept[i], x[i], 1e-13);
    double product[16];
    invert_upper(r, 4, inverse);
    matrix_multiply(r, inverse, 4, 4, 4, product);
    for (size_t i = 0; i < 16; i++) CHECK(t, fabs(product[i] - (i % 5 == 0)) < 1e-13);
}

static void an_inverse_and_its_matrix_multiply_to_one(Test *t)
{
    double a[16], inverse[16], work[16], product[16];
    cross_product(B, 4, 4, a);
    memcpy(inverse, a, sizeof a);
    CHECK(t, invert_positive(inverse, 4, work));
    matrix_multiply(a, inverse, 4, 4, 4, product);
    for (size_t i = 0; i < 16; i++) CHECK(t, fabs(product[i] - (i % 5 == 0)) < 1e-13);
    double flat[] = {1, 1, 1, 1};
    CHECK(t, !invert_positive(flat, 2, work));
}

static void eigenvalues_rebuild_the_matrix(Test *t)
{
    double a[16], spoiled[16], values[4], vectors[16];
    cross_product(B, 4, 4, a);
    memcpy(spoiled, a, sizeof a);
    CHECK(t, symmetric_eigen(spoiled, 4, values, vectors));
    CHECK(t, values[0] <= values[1] && values[1] <= values[2] && values[2] <= values[3]);
    CHECK_NEAR(t, values[0] + values[1] + values[2] + values[3], a[0] + a[5] + a[10] + a[15], 1e-14);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++) {
            double sum = 0;
            for (size_t k = 0; k < 4; k++) sum += vectors[i*4 + k] * values[k] * vectors[j*4 + k];
            CHECK(t, fabs(sum - a[i*4 + j]) < 1e-13);
        }
    double singular[] = {1, 1, 1, 1}, two[2];
    CHECK(t, symmetric_eigen(singular, 2, two, NULL));
    CHECK(t, fabs(two[0]) < 1e-15);
    CHECK_NEAR(t, two[1], 2, 1e-15);
}

static void the_echelon_form_names_the_column_that_repeats_others(Test *t)
{
    double a[5 * 4], r[5 * 4], beta[4], left[4], work[8];
    size_t pivot[4];
    const double X[] = {1.7, 2.9, 4.1, 8.3, 1.1};
    for (size_t i = 0; i < 5; i++) {
        a[i*4 + 0] = 1;
        a[i*4 + 1] = X[i];
        a[i*4 + 2] = 3 - 2 * X[i];
        a[i*4 + 3] = X[i] * X[i];
    }
    memcpy(r, a, sizeof a);
    CHECK_INT(t, qr_echelon(r, 5, 4, 1e-11, beta, pivot, left, work), 3);
    CHECK(t, pivot[0] == 0 && pivot[1] == 1 && pivot[2] == 3);
    CHECK(t, left[2] < 1e-14 && left[3] > 1e-3);

    double y[5], want[3] = {4.2, -0.7, 0.3}, b[3];
    for (size_t i = 0; i < 5; i++) y[i] = want[0] + want[1] * X[i] + want[2] * X[i] * X[i];
    qr_rotate(r, 5, 4, beta, pivot, 3, y);
    for (size_t k = 3; k-- > 0;) {
        b[k] = y[k];
        for (size_t l = k + 1; l < 3; l++) b[k] -= r[k*4 + pivot[l]] * b[l];
        b[k] /= r[k*4 + pivot[k]];
    }
    for (size_t k = 0; k < 3; k++) CHECK_NEAR(t, b[k], want[k], 1e-12);
    CHECK(t, fabs(y[3]) < 1e-13 && fabs(y[4]) < 1e-13);
}

static void more_columns_than_rows_have_the_rank_of_the_rows(Test *t)
{
    double a[] = {1, 2, 0.5, 1, 2.1, 0.7}, beta[2], left[3], work[6];
    size_t pivot[2];
    CHECK_INT(t, qr_echelon(a, 2, 3, 1e-11, beta, pivot, left, work), 2);
}

static void elimination_finds_the_row_space(Test *t)
{
    double a[] = {0, 2, 4, 1, 1, 3, 0.5, 2, 0.25, 3, 10, 1.25}, work[4];
    size_t pivot[3];
    CHECK_INT(t, echelon(a, 3, 4, 1e-10, pivot, work), 3);
    CHECK(t, pivot[0] == 0 && pivot[1] == 1 && pivot[2] == 2);
    CHECK(t, a[4] == 0 && a[8] == 0 && a[9] == 0);
    double twice[] = {1, 2, 3, 2, 4, 6};
    CHECK_INT(t, echelon(twice, 2, 3, 1e-10, pivot, work), 1);
    CHECK(t, twice[3] == 0 && twice[4] == 0 && twice[5] == 0);
}

static void twofold_sums_keep_what_doubles_lose(Test *t)
{
    const double BIG[] = {1e16, 1.25, -1e16}, ONE[] = {1, 1, 1};
    CHECK(t, twofold_dot(BIG, NULL, ONE, NULL, 3).high == 1.25);
    CHECK(t, dot(BIG, ONE, 3) != 1.25);
    Twofold third = {1.0 / 3, 0};
    Twofold rest = twofold_add_product((Twofold){1, 0}, -3, third.high);      /* 1 - 3 fl(1/3) = 2^-54 */
    CHECK(t, rest.high == 0x1p-54 && rest.low == 0);
    const double TINY[] = {0x1p-60, 0, 0};
    Twofold low = twofold_dot(ONE, TINY, ONE, TINY, 1);
    CHECK(t, low.high == 1 && low.low == 0x1p-59);
    Twofold sums[3] = {{0}};
    for (size_t i = 0; i < 3; i++) twofold_add_scaled(sums, ONE, TINY, (Twofold){BIG[i], 0}, 3);
    CHECK(t, sums[1].high + sums[1].low == 1.25);
    CHECK(t, fabs(sums[0].high + sums[0].low - 1.25) < 1e-15);
    Twofold square = twofold_product((Twofold){1, 0x1p-60}, (Twofold){1, 0x1p-60});
    CHECK(t, square.high == 1 && square.low == 0x1p-59);
}

static const TestCase CASES[] = {
    {"Cholesky stops at the first pivot that is not positive", cholesky_stops_at_the_first_pivot_that_is_not_positive},
    {"a factor solves what it was made from", a_factor_solves_what_it_was_made_from},
    {"an inverse and its matrix multiply to one", an_inverse_and_its_matrix_multiply_to_one},
    {"eigenvalues rebuild the matrix", eigenvalues_rebuild_the_matrix},
    {"the echelon form names the column that repeats others", the_echelon_form_names_the_column_that_repeats_others},
    {"more columns than rows have the rank of the rows", more_columns_than_rows_have_the_rank_of_the_rows},
    {"elimination finds the row space", elimination_finds_the_row_space},
    {"twofold sums keep what doubles lose", twofold_sums_keep_what_doubles_lose},
};

TEST_SUITE(matrix, CASES);
