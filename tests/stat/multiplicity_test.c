#include "stat/multiplicity.h"

#include <math.h>

#include "stat/reference.h"

#define N 6
static const double P[N] = {.031, .0042, .27, .012, .6, .0042};

/* R 4.2.2: p.adjust(p, method) */
static const struct {
    Adjustment adjustment;
    double want[N];
} FROM_R[] = {
    {ADJUSTMENT_NONE, {.031, .0042, .27, .012, .6, .0042}},
    {ADJUSTMENT_BONFERRONI, {.186, .0252, 1, .072, 1, .0252}},
    {ADJUSTMENT_HOLM, {.093, .0252, .54, .048, .6, .0252}},
    {ADJUSTMENT_HOCHBERG, {.093, .021, .54, .048, .6, .021}},
    {ADJUSTMENT_HOMMEL, {.093, .021, .54, .048, .6, .021}},
    {ADJUSTMENT_BH, {.0465, .0126, .324, .024, .6, .0126}},
    {ADJUSTMENT_BY, {.113925, .03087, .7938, .0588, 1, .03087}},
};

static void adjusted_values_agree_with_r(Test *t)
{
    Error err = {0};
    double adjusted[N];
    for (size_t k = 0; k < sizeof FROM_R / sizeof *FROM_R; k++) {
        CHECK_OK(t, adjust_p(t->arena, FROM_R[k].adjustment, P, N, adjusted, &err), err);
        for (int i = 0; i < N; i++) CHECK_NEAR(t, adjusted[i], FROM_R[k].want[i], 1e-13);
    }
}

/* Graphical procedures are checked in graphical_test. */
static void check_adjusted(Test *t, const Json *input, const Json *expected)
{
    static const char *const KEYS[] = {[ADJUSTMENT_BONFERRONI] = "bonferroni", [ADJUSTMENT_HOLM] = "holm",
                                       [ADJUSTMENT_HOCHBERG] = "hochberg",     [ADJUSTMENT_HOMMEL] = "hommel",
                                       [ADJUSTMENT_BH] = "bh",                 [ADJUSTMENT_BY] = "by"};
    Error err = {0};
    size_t n;
    const double *p = reference_numbers(t, input, "p", &n);
    double *adjusted = ARENA_ARRAY(t->arena, double, n);
    for (int k = ADJUSTMENT_BONFERRONI; k <= ADJUSTMENT_BY; k++) {
        const double *want = reference_numbers(t, expected, KEYS[k], &n);
        CHECK_OK(t, adjust_p(t->arena, (Adjustment)k, p, n, adjusted, &err), err);
        for (size_t i = 0; i < n; i++) CHECK_NEAR(t, adjusted[i], want[i], 1e-12);
    }
}

static void adjusted_values_agree_with_the_reference(Test *t)
{
    reference_each(t, "multiplicity", "adjusted p values", check_adjusted);
}

static void stronger_methods_give_smaller_values(Test *t)
{
    Error err = {0};
    double weak[N], strong[N];
    static const Adjustment ORDER[] = {ADJUSTMENT_BONFERRONI, ADJUSTMENT_HOLM, ADJUSTMENT_HOCHBERG,
                                       ADJUSTMENT_HOMMEL,     ADJUSTMENT_BH,   ADJUSTMENT_NONE};
    for (size_t k = 0; k + 1 < sizeof ORDER / sizeof *ORDER; k++) {
        CHECK_OK(t,
                 adjust_p(t->arena, ORDER[k], P, N, weak, &err) &&
                     adjust_p(t->arena, ORDER[k + 1], P, N, strong, &err),
                 err);
        for (int i = 0; i < N; i++) CHECK(t, strong[i] <= weak[i] * (1 + 1e-15));
    }
}

static void a_word_names_its_method(Test *t)
{
    Adjustment adjustment;
    for (int k = ADJUSTMENT_NONE; k <= ADJUSTMENT_BY; k++)
        CHECK(t, adjustment_parse(str_from(adjustment_word((Adjustment)k)), &adjustment) &&
                     (int)adjustment == k);
    CHECK(t, !adjustment_parse(STR("sidak"), &adjustment));
    CHECK_TEXT(t, str_from(adjustment_keeps(ADJUSTMENT_HOLM)), "FWER, whatever the dependence");
}

static void impossible_p_values_are_named(Test *t)
{
    Error err = {0};
    double adjusted[2];
    CHECK(t, !adjust_p(t->arena, ADJUSTMENT_HOLM, (double[]){.2, 1.5}, 2, adjusted, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 2 of the 2 p values is 1.5");
    CHECK(t, !adjust_p(t->arena, ADJUSTMENT_HOLM, (double[]){NAN, .5}, 2, adjusted, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 1 of the 2");
    CHECK_OK(t, adjust_p(t->arena, ADJUSTMENT_HOMMEL, P, 0, adjusted, &err), err);
}

static const TestCase CASES[] = {
    {"adjusted values agree with R", adjusted_values_agree_with_r},
    {"adjusted values agree with the reference", adjusted_values_agree_with_the_reference},
    {"stronger methods give smaller values", stronger_methods_give_smaller_values},
    {"a word names its method", a_word_names_its_method},
    {"impossible p values are named", impossible_p_values_are_named},
};
TEST_SUITE(multiplicity, CASES);
