#include "stat/anova.h"

#include <math.h>

#include "stat/reference.h"

static const double X[] = {12.3, 9.1, 15.25, 7.7, 10.2, 11.9, 8.4};
static const size_t GROUP[] = {0, 0, 1, 1, 2, 2, 2};

/* R 4.2.2: summary(aov(x ~ g)), kruskal.test(round(x), g) */
static void tests_agree_with_r(Test *t)
{
    Error err = {0};
    Anova anova;
    KruskalWallis test;
    if (CHECK_OK(t, anova_one_way(t->arena, X, GROUP, 7, 3, &anova, &err), err)) {
        CHECK_NEAR(t, anova.f, 0.10336270993538151, 1e-12);
        CHECK_NEAR(t, anova.p, 0.9041316055433728, 1e-12);
        CHECK_NEAR(t, anova.ss_between, 2.0542261904761903, 1e-12);
        CHECK_NEAR(t, anova.ss_within, 39.747916666666647, 1e-12);
    }
    double rounded[] = {12, 9, 15, 8, 10, 12, 8};
    if (CHECK_OK(t, kruskal_wallis(t->arena, rounded, GROUP, 7, 3, &test, &err), err)) {
        CHECK_NEAR(t, test.h, 0.12962962962962962, 1e-12);
        CHECK_NEAR(t, test.df, 2, 0);
        CHECK_NEAR(t, test.p, 0.93724101045781816, 1e-12);
    }
}

/* The decimals themselves lose digits when they become doubles beside a level of 1e12 (SmLs07) or with 9 of 16
 * digits in common (AtmWtAg): that bounds what any program in doubles can give. */
static void check_nist(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    Anova anova;
    const Json *groups = json_get(input, "groups");
    size_t n = 0, n_in_group;
    for (size_t g = 0; g < groups->n; g++) n += groups->items[g].n;
    double *x = ARENA_ARRAY(t->arena, double, n), largest = 0;
    size_t *group = ARENA_ARRAY(t->arena, size_t, n);
    n = 0;
    for (size_t g = 0; g < groups->n; g++) {
        n_in_group = groups->items[g].n;
        for (size_t i = 0; i < n_in_group; i++, n++) {
            x[n] = groups->items[g].items[i].number, group[n] = g;
            largest = fmax(largest, fabs(x[n]));
        }
    }
    if (!CHECK_OK(t, anova_one_way(t->arena, x, group, n, groups->n, &anova, &err), err)) return;
    double sd = reference_number(t, expected, "residual_sd"), tolerance = 1e-15 * largest / sd + 1e-12;
    CHECK_NEAR(t, anova.f, reference_number(t, expected, "F"), tolerance);
    CHECK_NEAR(t, anova.sd_within, sd, tolerance);
    CHECK_NEAR(t, anova.df_between, reference_number(t, expected, "df_between"), 0);
    CHECK_NEAR(t, anova.df_within, reference_number(t, expected, "df_within"), 0);
    CHECK_NEAR(t, anova.ss_between, reference_number(t, expected, "ss_between"), tolerance);
}

static void nist_certified_tables_are_met(Test *t)
{
    reference_each(t, "nist-strd", "one-way ANOVA", check_nist);
}

static void check_kruskal(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    KruskalWallis test;
    size_t n;
    const double *x = reference_numbers(t, input, "values", &n);
    const Json *labels = json_get(input, "group");
    size_t *group = ARENA_ARRAY(t->arena, size_t, n);
    for (size_t i = 0; i < n; i++) group[i] = (size_t)(labels->items[i].text.data[0] - '0');
    if (!CHECK_OK(t, kruskal_wallis(t->arena, x, group, n, 10, &test, &err), err)) return;
    CHECK_NEAR(t, test.h, reference_number(t, expected, "statistic"), 1e-10);
    CHECK_NEAR(t, test.df, reference_number(t, expected, "df"), 0);
    CHECK_NEAR(t, test.p, reference_number(t, expected, "p"), 1e-10);
}

static void kruskal_wallis_agrees_with_the_reference(Test *t)
{
    reference_each(t, "ancova", "Kruskal-Wallis", check_kruskal);
}

static void renaming_groups_and_moving_data_change_nothing(Test *t)
{
    Error err = {0};
    Anova a, b;
    double x[] = {8.4, 15.25, 12.3, 11.9, 7.7, 9.1, 10.2};
    size_t group[] = {1, 4, 2, 1, 4, 2, 1};
    CHECK_OK(t,
             anova_one_way(t->arena, X, GROUP, 7, 3, &a, &err) &&
                 anova_one_way(t->arena, x, group, 7, 6, &b, &err),
             err);
    CHECK_NEAR(t, a.f, b.f, 1e-13);
    CHECK_NEAR(t, a.df_between, b.df_between, 0);
}

static void groups_that_cannot_be_compared_are_refused(Test *t)
{
    Error err = {0};
    Anova anova;
    KruskalWallis test;
    size_t zeros[7] = {0}, pairs[] = {0, 1};
    double same[] = {2.3, 2.3, 2.3, 2.3};
    CHECK(t, !anova_one_way(t->arena, X, zeros, 7, 3, &anova, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "two groups with values, and there is 1");
    CHECK(t, !anova_one_way(t->arena, X, pairs, 2, 2, &anova, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "each of the 2 groups has one value");
    CHECK(t, !anova_one_way(t->arena, same, GROUP, 4, 3, &anova, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "no spread within groups");
    CHECK(t, !kruskal_wallis(t->arena, same, GROUP, 4, 3, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "all 4 values are equal");
    CHECK(t, !kruskal_wallis(t->arena, (double[]){1, INFINITY, 2}, GROUP, 3, 3, &test, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 2 of the 3 values");
}

static const TestCase CASES[] = {
    {"the F test and Kruskal-Wallis agree with R", tests_agree_with_r},
    {"NIST's certified tables are met", nist_certified_tables_are_met},
    {"Kruskal-Wallis agrees with the reference", kruskal_wallis_agrees_with_the_reference},
    {"renaming groups and moving data change nothing", renaming_groups_and_moving_data_change_nothing},
    {"groups that cannot be compared are refused", groups_that_cannot_be_compared_are_refused},
};
TEST_SUITE(anova, CASES);
