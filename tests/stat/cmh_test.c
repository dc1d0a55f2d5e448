#include "stat/cmh.h"

#include <math.h>

#include "stat/chisq.h"
#include "stat/fisher.h"
#include "stat/reference.h"

#define N_STRATA 3
static const size_t RESPONSE[] = {9, 4, 5, 8, 12, 7, 6, 11, 3, 9, 2, 13};
static const size_t PAIN[] = {6, 5, 4, 2, 3, 6, 5, 7, 4, 7, 1, 3, 0, 5, 6, 8};

/* R 4.2.2: mantelhaen.test(array(..., c(2, 2, 3))), correct = FALSE and TRUE; homogeneity from the quadratic of
 * Breslow and Day written out in R with polyroot. */
static void three_strata_agree_with_r(Test *t)
{
    Error err = {0};
    CommonOddsRatio or ;
    StratifiedTable table = {3, 2, 2, RESPONSE};
    if (!CHECK_OK(t, cmh_common_odds_ratio(&table, .95, & or, &err), err)) return;
    CHECK_INT(t, or.n_informative, 3);
    CHECK_NEAR(t, or.chisq, 5.5358051380414208, 1e-12);
    CHECK_NEAR(t, or.p, 0.018631190927784969, 1e-12);
    CHECK_NEAR(t, or.chisq_corrected, 4.5365999779450794, 1e-12);
    CHECK_NEAR(t, or.p_corrected, 0.033177428345282055, 1e-12);
    CHECK_NEAR(t, or.odds_ratio, 3.0279146141215105, 1e-12);
    CHECK_NEAR(t, or.ci.lower, 1.2045053122049301, 1e-12);
    CHECK_NEAR(t, or.ci.upper, 7.6116450608486472, 1e-12);
    CHECK_NEAR(t, or.homogeneity, 0.15676092755897042, 1e-10);
    CHECK_NEAR(t, or.p_homogeneity, 0.92461257801898122, 1e-10);
    CHECK(t, or.df == 2);
}

/* R 4.2.2: mantelhaen.test(array(..., c(2, 4, 2))) */
static void ordered_columns_agree_with_r(Test *t)
{
    Error err = {0};
    Cmh cmh;
    StratifiedTable table = {2, 2, 4, PAIN};
    if (!CHECK_OK(t, cmh_test(t->arena, &table, (CmhOptions){0}, &cmh, &err), err)) return;
    CHECK_NEAR(t, cmh.general.chisq, 10.131687394500084, 1e-12);
    CHECK_NEAR(t, cmh.general.p, 0.017479281326266121, 1e-12);
    CHECK(t, cmh.general.df == 3 && cmh.row_means.df == 1 && cmh.correlation.df == 1);
    CHECK_NEAR(t, cmh.row_means.chisq, cmh.correlation.chisq, 1e-12); /* two rows have one difference */
}

static StratifiedTable reference_tables(Test *t, const Json *input)
{
    const Json *tables = json_get(input, "tables");
    const Json *first = &tables->items[0];
    StratifiedTable table = {tables->n, first->n, first->items[0].n, NULL};
    size_t size = table.n_rows * table.n_columns, *counts = ARENA_ARRAY(t->arena, size_t, tables->n * size);
    for (size_t h = 0; h < tables->n; h++)
        for (size_t i = 0; i < size; i++)
            counts[h * size + i] =
                (size_t)tables->items[h].items[i / table.n_columns].items[i % table.n_columns].number;
    table.counts = counts;
    return table;
}

/* R's roots are good to 1e-4. */
static void check_exact(Test *t, const StratifiedTable *table, const Json *expected)
{
    Error err = {0};
    ExactOddsRatio exact;
    if (!CHECK_OK(t, cmh_exact(t->arena, table, .95, &exact, &err), err)) return;
    CHECK_NEAR(t, exact.sum, reference_number(t, expected, "statistic"), 0);
    CHECK_NEAR(t, exact.p, reference_number(t, expected, "p"), 1e-9);
    CHECK_NEAR(t, exact.odds_ratio, reference_number(t, expected, "estimate"), 1e-4);
    CHECK_NEAR(t, exact.ci.lower, reference_number(t, expected, "lower"), 1e-4);
    CHECK_NEAR(t, exact.ci.upper, reference_number(t, expected, "upper"), 1e-4);
}

static void check_odds_ratio(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    CommonOddsRatio or ;
    StratifiedTable table = reference_tables(t, input);
    if (!CHECK_OK(t, cmh_common_odds_ratio(&table, .95, & or, &err), err)) return;
    const Json *plain = json_get(expected, "uncorrected"), *corrected = json_get(expected, "corrected");
    CHECK_NEAR(t, or.chisq, reference_number(t, plain, "statistic"), 1e-10);
    CHECK_NEAR(t, or.p, reference_number(t, plain, "p"), 1e-10);
    CHECK_NEAR(t, or.odds_ratio, reference_number(t, plain, "estimate"), 1e-10);
    CHECK_NEAR(t, or.ci.lower, reference_number(t, plain, "lower"), 1e-10);
    CHECK_NEAR(t, or.ci.upper, reference_number(t, plain, "upper"), 1e-10);
    CHECK_NEAR(t, or.chisq_corrected, reference_number(t, corrected, "statistic"), 1e-10);
    CHECK_NEAR(t, or.p_corrected, reference_number(t, corrected, "p"), 1e-10);
    check_exact(t, &table, json_get(expected, "exact"));
}

static void check_general(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    Cmh cmh;
    StratifiedTable table = reference_tables(t, input);
    if (!CHECK_OK(t, cmh_test(t->arena, &table, (CmhOptions){0}, &cmh, &err), err)) return;
    const Json *general = json_get(expected, "general_association"),
               *means = json_get(expected, "row_mean_scores");
    const Json *correlation = json_get(expected, "nonzero_correlation");
    CHECK_NEAR(t, cmh.general.chisq, reference_number(t, general, "statistic"), 1e-10);
    CHECK_NEAR(t, cmh.general.p, reference_number(t, general, "p"), 1e-10);
    CHECK_NEAR(t, cmh.general.df, reference_number(t, general, "df"), 0);
    CHECK_NEAR(t, cmh.row_means.chisq, reference_number(t, means, "chisq"), 1e-10);
    CHECK_NEAR(t, cmh.row_means.p, reference_number(t, means, "p"), 1e-10);
    CHECK_NEAR(t, cmh.row_means.df, reference_number(t, means, "df"), 0);
    CHECK_NEAR(t, cmh.correlation.chisq, reference_number(t, correlation, "chisq"), 1e-10);
    CHECK_NEAR(t, cmh.correlation.p, reference_number(t, correlation, "p"), 1e-10);
}

static void stratified_tables_agree_with_the_reference(Test *t)
{
    reference_each(t, "proportions", "Cochran-Mantel-Haenszel", check_odds_ratio);
    reference_each(t, "proportions", "generalised CMH", check_general);
}

static void one_stratum_is_pearson_times_n_less_one_over_n(Test *t)
{
    Error err = {0};
    Cmh cmh;
    ChisqTest pearson;
    StratifiedTable table = {1, 2, 4, PAIN};
    CHECK_OK(t, cmh_test(t->arena, &table, (CmhOptions){0}, &cmh, &err), err);
    CHECK_OK(t, chisq_test(t->arena, PAIN, 2, 4, false, &pearson, &err), err);
    CHECK_NEAR(t, cmh.general.chisq, pearson.chisq * 37 / 38, 1e-12);
}

static void two_by_two_tables_have_one_statistic(Test *t)
{
    Error err = {0};
    Cmh cmh;
    CommonOddsRatio or ;
    StratifiedTable table = {3, 2, 2, RESPONSE};
    for (int scores = CMH_TABLE_SCORES; scores <= CMH_RIDITS; scores++) {
        CmhOptions options = {.scores = (CmhScores)scores};
        CHECK_OK(t, cmh_test(t->arena, &table, options, &cmh, &err), err);
        CHECK_OK(t, cmh_common_odds_ratio(&table, .95, & or, &err), err);
        CHECK_NEAR(t, cmh.general.chisq, or.chisq, 1e-12);
    }
}

/* The rank sum of each stratum over n + 1, against its mean and variance with ties, written out. */
static void modified_ridits_are_van_elteren(Test *t)
{
    Error err = {0};
    Cmh cmh;
    StratifiedTable table = {2, 2, 4, PAIN};
    CHECK_OK(t, cmh_test(t->arena, &table, (CmhOptions){.scores = CMH_MODIFIED_RIDITS}, &cmh, &err), err);
    double sum = 0, variance = 0;
    for (size_t h = 0; h < 2; h++) {
        const size_t *x = &PAIN[8 * h], *y = x + 4;
        double before = 0, n = 0, n_x = 0, ties = 0, ranks = 0;
        for (size_t j = 0; j < 4; j++) n += (double)(x[j] + y[j]), n_x += (double)x[j];
        for (size_t j = 0; j < 4; j++) {
            double both = (double)(x[j] + y[j]);
            ranks += (double)x[j] * (before + (both + 1) / 2);
            ties += both * both * both - both;
            before += both;
        }
        sum += (ranks - n_x * (n + 1) / 2) / (n + 1);
        variance += n_x * (n - n_x) / 12 * (n + 1 - ties / (n * (n - 1))) / ((n + 1) * (n + 1));
    }
    CHECK_NEAR(t, cmh.row_means.chisq, sum * sum / variance, 1e-12);
}

/* One stratum is Fisher's exact test. */
static void one_stratum_exactly_is_fisher(Test *t)
{
    Error err = {0};
    ExactOddsRatio exact;
    Fisher2x2 fisher;
    static const size_t ONE[] = {7, 5, 2, 9}, END[] = {4, 0, 2, 3};
    CHECK_OK(t, cmh_exact(t->arena, &(StratifiedTable){1, 2, 2, ONE}, .9, &exact, &err), err);
    CHECK_OK(t, fisher_2x2(t->arena, ONE, .9, &fisher, &err), err);
    CHECK_NEAR(t, exact.p, fisher.p_two_sided, 1e-12);
    CHECK_NEAR(t, exact.p_greater, fisher.p_greater, 1e-12);
    CHECK_NEAR(t, exact.odds_ratio, fisher.odds_ratio, 1e-9);
    CHECK_NEAR(t, exact.ci.lower, fisher.ci.lower, 1e-9);
    CHECK_NEAR(t, exact.ci.upper, fisher.ci.upper, 1e-9);
    CHECK_OK(t, cmh_exact(t->arena, &(StratifiedTable){1, 2, 2, END}, .95, &exact, &err), err);
    CHECK(t, isinf(exact.odds_ratio) && isinf(exact.ci.upper) && exact.ci.lower > 0);
    static const size_t HUGE_TABLE[] = {200000, 200000, 200000, 200000};
    CHECK(t, !cmh_exact(t->arena, &(StratifiedTable){1, 2, 2, HUGE_TABLE}, .95, &exact, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "possible sums are too many");
    CHECK(t, !cmh_exact(t->arena, &(StratifiedTable){1, 2, 4, PAIN}, .95, &exact, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "these are 2 x 4");
}

static void swapping_arms_inverts_the_odds_ratio(Test *t)
{
    Error err = {0};
    CommonOddsRatio or, swapped;
    size_t counts[12];
    for (size_t i = 0; i < 12; i++) counts[i] = RESPONSE[i / 4 * 4 + (i + 2) % 4];
    CHECK_OK(t, cmh_common_odds_ratio(&(StratifiedTable){3, 2, 2, RESPONSE}, .9, & or, &err), err);
    CHECK_OK(t, cmh_common_odds_ratio(&(StratifiedTable){3, 2, 2, counts}, .9, &swapped, &err), err);
    CHECK_NEAR(t, or.odds_ratio * swapped.odds_ratio, 1, 1e-14);
    CHECK_NEAR(t, or.ci.lower * swapped.ci.upper, 1, 1e-12);
    CHECK_NEAR(t, or.homogeneity, swapped.homogeneity, 1e-10);
}

static void strata_and_levels_without_counts_do_not_matter(Test *t)
{
    Error err = {0};
    Cmh bare, padded;
    CommonOddsRatio or ;
    size_t counts[3 * 3 * 4] = {0}; /* an empty third row, and a stratum of one column */
    for (size_t i = 0; i < 8; i++) counts[i] = PAIN[i], counts[24 + i] = PAIN[8 + i];
    counts[12] = 5, counts[16] = 3;
    CHECK_OK(t, cmh_test(t->arena, &(StratifiedTable){2, 2, 4, PAIN}, (CmhOptions){0}, &bare, &err), err);
    CHECK_OK(t, cmh_test(t->arena, &(StratifiedTable){3, 3, 4, counts}, (CmhOptions){0}, &padded, &err), err);
    CHECK_INT(t, padded.n_informative, 2);
    CHECK_NEAR(t, padded.general.chisq, bare.general.chisq, 1e-12);
    CHECK_NEAR(t, padded.general.df, 3, 0);
    static const size_t ONE_SIDED[] = {4, 0, 2, 3};
    CHECK_OK(t, cmh_common_odds_ratio(&(StratifiedTable){1, 2, 2, ONE_SIDED}, .95, & or, &err), err);
    CHECK(t, isinf(or.odds_ratio) && or.ci.lower == 0 && isinf(or.ci.upper) && isnan(or.homogeneity));
}

static void scores_that_say_nothing_test_nothing(Test *t)
{
    Error err = {0};
    Cmh cmh;
    CmhOptions options = {.column_scores = (double[]){2.5, 2.5, 2.5, 2.5}};
    CHECK_OK(t, cmh_test(t->arena, &(StratifiedTable){2, 2, 4, PAIN}, options, &cmh, &err), err);
    CHECK(t,
          cmh.correlation.df == 0 && cmh.correlation.p == 1 && cmh.row_means.df == 0 && cmh.general.df == 3);
}

static void impossible_tables_are_refused(Test *t)
{
    Error err = {0};
    Cmh cmh;
    CommonOddsRatio or ;
    static const size_t ONE_ROW[] = {4, 7, 0, 0, 0, 0, 3, 2};
    CHECK(t, !cmh_common_odds_ratio(&(StratifiedTable){2, 2, 2, ONE_ROW}, .95, & or, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "no stratum has counts in two rows");
    CHECK(t, !cmh_test(t->arena, &(StratifiedTable){2, 2, 2, ONE_ROW}, (CmhOptions){0}, &cmh, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "no stratum has counts in two rows");
    CHECK(t, !cmh_common_odds_ratio(&(StratifiedTable){2, 2, 4, PAIN}, .95, & or, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "these are 2 x 4");
    CHECK(t, !cmh_common_odds_ratio(&(StratifiedTable){3, 2, 2, RESPONSE}, 95, & or, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level 95");
    CmhOptions options = {.row_scores = (double[]){1, NAN}};
    CHECK(t, !cmh_test(t->arena, &(StratifiedTable){2, 2, 4, PAIN}, options, &cmh, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 2 of the 2 row scores");
    options = (CmhOptions){.column_scores = (double[]){1, 2, INFINITY, 4}};
    CHECK(t, !cmh_test(t->arena, &(StratifiedTable){2, 2, 4, PAIN}, options, &cmh, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 3 of the 4 column scores");
}

static const TestCase CASES[] = {
    {"three strata agree with R", three_strata_agree_with_r},
    {"ordered columns agree with R", ordered_columns_agree_with_r},
    {"stratified tables agree with the reference", stratified_tables_agree_with_the_reference},
    {"one stratum is Pearson times (n - 1) / n", one_stratum_is_pearson_times_n_less_one_over_n},
    {"two by two tables have one statistic", two_by_two_tables_have_one_statistic},
    {"modified ridits are van Elteren's test", modified_ridits_are_van_elteren},
    {"one stratum exactly is Fisher's test", one_stratum_exactly_is_fisher},
    {"swapping arms inverts the odds ratio", swapping_arms_inverts_the_odds_ratio},
    {"strata and levels without counts do not matter", strata_and_levels_without_counts_do_not_matter},
    {"scores that say nothing test nothing", scores_that_say_nothing_test_nothing},
    {"impossible tables are refused", impossible_tables_are_refused},
};
TEST_SUITE(cmh, CASES);
