/* Comparisons of counts: one share, two shares, tables, tables within strata, changes within subjects. */
#include <math.h>

#include "cli/comparison.h"
#include "stat/chisq.h"
#include "stat/cmh.h"
#include "stat/fisher.h"
#include "stat/paired_proportions.h"
#include "stat/proportion.h"
#include "stat/two_proportions.h"

#define OTHER(data) STR_ARG((data)->groups[1])
#define REFERENCE(data) STR_ARG((data)->groups[0])

static void add_statistic(ComparisonResult *r, const char *name, double value, double df, double p)
{
    r->statistics[r->n_statistics++] = (ComparisonStatistic){name, value, df, NAN, p, false};
}

/* --- tables --- */

static Str association_words(const ComparisonData *d)
{
    Buf buf = buf_new(d->arena);
    buf_format(&buf, "Tested was whether " STR_FMT " is distributed alike in the %zu groups of " STR_FMT, STR_ARG(d->outcome), d->n_groups, STR_ARG(d->group));
    if (d->stratum.len) buf_format(&buf, ", within the %zu strata of " STR_FMT, d->n_strata, STR_ARG(d->stratum));
    return buf_str(&buf);
}

static size_t *turned(const ComparisonData *d)
{
    size_t g = d->n_groups, l = d->n_levels, *counts = ARENA_ARRAY(d->arena, size_t, g * l);
    for (size_t i = 0; i < g; i++)
        for (size_t j = 0; j < l; j++) counts[j*g + i] = d->counts[i*l + j];
    return counts;
}

/* The odds of the last level, in the second group over the first. */
static Str odds_words(const ComparisonData *d)
{
    return str_format(d->arena, "odds ratio of " STR_FMT ", " STR_FMT " / " STR_FMT, STR_ARG(d->levels[1]), OTHER(d), REFERENCE(d));
}

static bool fisher_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    double p;
    Fisher2x2 f;
    if (!fisher_exact(d->arena, turned(d), d->n_levels, d->n_groups, &p, err)) return false;
    *r = comparison_result(d);
    r->exact = true;
    add_statistic(r, "Fisher's exact test", NAN, NAN, p);
    r->tested = str_format(d->arena, STR_FMT ", given the totals of both.", STR_ARG(association_words(d)));
    if (d->n_groups != 2 || d->n_levels != 2) return true;
    const size_t counts[4] = {d->counts[3], d->counts[2], d->counts[1], d->counts[0]};
    if (!fisher_2x2(d->arena, counts, d->options.level, &f, err)) return false;
    r->what = odds_words(d);
    r->estimate = f.odds_ratio;
    r->ci = f.ci;
    r->ci_method = "exact, conditional";
    r->p_greater = f.p_greater;
    r->p_less = f.p_less;
    return true;
}

static bool chi_square_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    ChisqTest c;
    if (!chisq_test(d->arena, turned(d), d->n_levels, d->n_groups, false, &c, err)) return false;
    *r = comparison_result(d);
    add_statistic(r, "chi-square", c.chisq, c.df, c.p);
    r->tested = str_format(d->arena, STR_FMT "; the least expected count is %.3g%s.", STR_ARG(association_words(d)), c.least_expected,
                           c.least_expected < 5 ? ": prefer fisher" : "");
    return true;
}

/* --- two shares --- */

static TwoCounts two_counts(const ComparisonData *d)
{
    return (TwoCounts){comparison_yes(d, 1), comparison_total(d, 1), comparison_yes(d, 0), comparison_total(d, 0)};
}

static Str share_words(const ComparisonData *d)
{
    return str_format(d->arena, "difference of shares, " STR_FMT " - " STR_FMT, OTHER(d), REFERENCE(d));
}

/* The difference with the interval that goes with an exact test: Miettinen and Nurminen's. */
static bool put_score(const ComparisonData *d, double null, ComparisonResult *r, ScoreDifference *score, Error *err)
{
    if (!score_difference(two_counts(d), null, d->options.level, SCORE_MIETTINEN_NURMINEN, score, err)) return false;
    *r = comparison_result(d);
    r->what = share_words(d);
    r->estimate = score->estimate;
    r->ci = score->ci;
    r->ci_method = "Miettinen and Nurminen";
    return true;
}

static bool unconditional(const ComparisonData *d, UnconditionalOrder order, const char *name, ComparisonResult *r, Error *err)
{
    ScoreDifference score;
    UnconditionalTest u;
    if (!unconditional_test(d->arena, two_counts(d), order, &u, err) || !put_score(d, 0, r, &score, err)) return false;
    r->exact = true;
    add_statistic(r, name, NAN, NAN, u.p_two_sided);
    r->p_greater = u.p_greater;
    r->p_less = u.p_less;
    r->tested = str_format(d->arena, "Tested was whether the share of " STR_FMT " is the same under " STR_FMT " and " STR_FMT
                           ", whatever it is; the largest p stands, at a common share of %.3f.", STR_ARG(d->outcome), OTHER(d), REFERENCE(d), u.nuisance);
    return true;
}

static bool barnard_run(const ComparisonData *d, ComparisonResult *r, Error *err) { return unconditional(d, UNCONDITIONAL_BARNARD, "Barnard's exact test", r, err); }
static bool boschloo_run(const ComparisonData *d, ComparisonResult *r, Error *err) { return unconditional(d, UNCONDITIONAL_BOSCHLOO, "Boschloo's exact test", r, err); }

static bool miettinen_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    ScoreDifference score;
    double null = isnan(d->options.against) ? 0 : d->options.against;
    if (!put_score(d, null, r, &score, err)) return false;
    add_statistic(r, "z", score.z, NAN, score.p_two_sided);
    r->p_greater = score.p_greater;
    r->p_less = score.p_less;
    r->tested = str_format(d->arena, "Tested was whether the shares of " STR_FMT " under " STR_FMT " and " STR_FMT " differ by %g.", STR_ARG(d->outcome), OTHER(d), REFERENCE(d), null);
    return true;
}

static bool newcombe_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    TwoCounts c = two_counts(d);
    *r = comparison_result(d);
    r->what = share_words(d);
    r->ci_method = "Newcombe, from Wilson's";
    if (!proportion_difference_ci(c.events_x, c.n_x, c.events_y, c.n_y, d->options.level, &r->ci, err)) return false;
    r->estimate = (double)c.events_x / (double)c.n_x - (double)c.events_y / (double)c.n_y;
    r->tested = str_format(d->arena, "Nothing was tested: this is an interval for the difference of the shares of " STR_FMT ".", STR_ARG(d->outcome));
    return true;
}

/* --- one share --- */

typedef bool ShareInterval(size_t events, size_t n, double level, Interval *ci, Error *err);

static bool one_share(const ComparisonData *d, ShareInterval *interval, const char *name, ComparisonResult *r, Error *err)
{
    double p;
    *r = comparison_result(d);
    if (d->n_groups > 1) {
        error_set(err, ERROR_INCONSISTENT, "an interval of one share is asked of %zu groups", d->n_groups);
        return error_hint(err, "Choose one by --where, or compare two by newcombe or miettinen-nurminen.");
    }
    size_t yes = comparison_yes(d, 0), all = comparison_total(d, 0);
    if (!interval(yes, all, d->options.level, &r->ci, err)) return false;
    r->what = str_format(d->arena, "share of " STR_FMT, STR_ARG(d->outcome));
    r->estimate = (double)yes / (double)all;
    r->ci_method = name;
    r->tested = str_format(d->arena, "Nothing was tested: this is an interval for the share of " STR_FMT ".", STR_ARG(d->outcome));
    if (isnan(d->options.against)) return true;
    if (!proportion_exact_p(yes, all, d->options.against, &p, err)) return false;
    add_statistic(r, "exact binomial test", NAN, NAN, p);
    r->exact = true;
    r->tested = str_format(d->arena, "Tested was whether the share of " STR_FMT " is %g.", STR_ARG(d->outcome), d->options.against);
    return true;
}

static bool exact_run(const ComparisonData *d, ComparisonResult *r, Error *err) { return one_share(d, proportion_exact_ci, "Clopper and Pearson", r, err); }
static bool wilson_run(const ComparisonData *d, ComparisonResult *r, Error *err) { return one_share(d, proportion_wilson_ci, "Wilson", r, err); }
static bool jeffreys_run(const ComparisonData *d, ComparisonResult *r, Error *err) { return one_share(d, proportion_jeffreys_ci, "Jeffreys", r, err); }
static bool agresti_run(const ComparisonData *d, ComparisonResult *r, Error *err) { return one_share(d, proportion_agresti_coull_ci, "Agresti and Coull", r, err); }

/* --- changes --- */

static Str change_words(const ComparisonData *d, const char *what)
{
    return str_format(d->arena, "%s, \"" STR_FMT "\" less \"" STR_FMT "\"", what, STR_ARG(d->outcome), STR_ARG(d->other));
}

static bool mcnemar_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    McNemar m;
    size_t gained = d->changes[0][1], lost = d->changes[1][0];
    if (!mcnemar_test(gained, lost, d->options.level, &m, err)) return false;
    *r = comparison_result(d);
    r->what = STR("odds ratio, gained / lost");
    r->estimate = m.odds_ratio;
    r->ci = m.ci;
    r->ci_method = "exact";
    r->exact = true;
    add_statistic(r, "McNemar's exact test", NAN, NAN, m.p_exact);
    add_statistic(r, "McNemar's chi-square", m.chisq, 1, m.p_chisq);
    r->tested = str_format(d->arena, "Tested was whether as many changed from no to yes (%zu) as from yes to no (%zu) of %zu subjects; the others do not matter.",
                           gained, lost, d->n);
    return true;
}

static PairedCounts paired_counts(const ComparisonData *d)
{
    return (PairedCounts){.both = d->changes[1][1], .gained = d->changes[0][1], .lost = d->changes[1][0], .neither = d->changes[0][0]};
}

static bool tango_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    PairedDifference p;
    double null = isnan(d->options.against) ? 0 : d->options.against;
    if (!paired_difference_score(paired_counts(d), null, d->options.level, &p, err)) return false;
    *r = comparison_result(d);
    r->what = change_words(d, "difference of paired shares");
    r->estimate = p.estimate;
    r->ci = p.ci;
    r->ci_method = "Tango";
    add_statistic(r, "z", p.z, NAN, p.p_two_sided);
    r->p_greater = p.p_greater;
    r->p_less = p.p_less;
    r->tested = str_format(d->arena, "Tested was whether the two shares of the same %zu subjects differ by %g.", d->n, null);
    return true;
}

static bool newcombe_paired_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    *r = comparison_result(d);
    r->what = change_words(d, "difference of paired shares");
    r->estimate = ((double)d->changes[0][1] - (double)d->changes[1][0]) / (double)d->n;
    r->ci_method = "Newcombe, paired";
    r->tested = STR("Nothing was tested: this is an interval for the difference of two shares of the same subjects.");
    return paired_difference_ci(paired_counts(d), d->options.level, &r->ci, err);
}

/* --- strata --- */

static StratifiedTable stratified(const ComparisonData *d)
{
    return (StratifiedTable){d->n_strata, d->n_groups, d->n_levels, d->counts};
}

static bool cmh(const ComparisonData *d, CmhScores scores, Cmh *result, Error *err)
{
    StratifiedTable table = stratified(d);
    return cmh_test(d->arena, &table, (CmhOptions){.scores = scores, .column_scores = d->level_scores}, result, err);
}

static Str informative(const ComparisonData *d, size_t n, const char *more)
{
    return str_format(d->arena, STR_FMT " (%zu inform)%s.", STR_ARG(association_words(d)), n, more);
}

static bool cmh_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    Cmh c;
    if (!cmh(d, CMH_TABLE_SCORES, &c, err)) return false;
    *r = comparison_result(d);
    add_statistic(r, "general association", c.general.chisq, c.general.df, c.general.p);
    add_statistic(r, "mean scores differ", c.row_means.chisq, c.row_means.df, c.row_means.p);
    add_statistic(r, "correlation", c.correlation.chisq, c.correlation.df, c.correlation.p);
    r->tested = informative(d, c.n_informative, d->level_scores ? ", the outcome's values as scores" : ", levels scored 1, 2, .. in their order");
    return true;
}

static bool van_elteren_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    Cmh c;
    if (!cmh(d, CMH_MODIFIED_RIDITS, &c, err)) return false;
    *r = comparison_result(d);
    add_statistic(r, "van Elteren", c.row_means.chisq, c.row_means.df, c.row_means.p);
    r->tested = informative(d, c.n_informative, ", by ranks within strata");
    return true;
}

static bool mantel_haenszel_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    CommonOddsRatio c;
    if (d->n_groups != 2 || d->n_levels != 2) {
        error_set(err, ERROR_INCONSISTENT, "a common odds ratio needs two groups and two outcomes, here are %zu and %zu", d->n_groups, d->n_levels);
        return error_hint(err, "Write the outcome as a condition, \"RESP = 'Y'\", or use cmh.");
    }
    size_t *counts = ARENA_ARRAY(d->arena, size_t, 4 * d->n_strata);
    for (size_t i = 0; i < 4 * d->n_strata; i++) counts[i] = d->counts[i / 4 * 4 + 3 - i % 4];
    StratifiedTable table = {d->n_strata, 2, 2, counts};
    if (!cmh_common_odds_ratio(&table, d->options.level, &c, err)) return false;
    *r = comparison_result(d);
    r->what = str_format(d->arena, "common %s", str_c(d->arena, odds_words(d)));
    r->estimate = c.odds_ratio;
    r->ci = c.ci;
    r->ci_method = "Robins, Breslow and Greenland";
    add_statistic(r, "Mantel-Haenszel chi-square", c.chisq, 1, c.p);
    if (c.df > 0) add_statistic(r, "homogeneity of odds ratios (Breslow, Day and Tarone)", c.homogeneity, c.df, c.p_homogeneity);
    r->tested = informative(d, c.n_informative, "");
    return true;
}

const ComparisonMethod *comparison_of_counts(size_t *n)
{
    static const ComparisonMethod methods[] = {
        {"fisher", "Fisher's exact test", COMPARISON_TABLE, NULL, fisher_run},
        {"chi-square", "Pearson's chi-square test", COMPARISON_TABLE, NULL, chi_square_run},
        {"barnard", "Barnard's exact test, not conditional", COMPARISON_TWO_SHARES, "fisher", barnard_run},
        {"boschloo", "Boschloo's exact test, not conditional", COMPARISON_TWO_SHARES, "fisher", boschloo_run},
        {"miettinen-nurminen", "score test and interval of a difference of shares", COMPARISON_TWO_SHARES, "chi-square", miettinen_run},
        {"newcombe", "Newcombe's interval of a difference of shares", COMPARISON_TWO_SHARES, "chi-square", newcombe_run},
        {"clopper-pearson", "exact interval of a share", COMPARISON_SHARES, NULL, exact_run},
        {"wilson", "Wilson's interval of a share", COMPARISON_SHARES, NULL, wilson_run},
        {"jeffreys", "Jeffreys' interval of a share", COMPARISON_SHARES, NULL, jeffreys_run},
        {"agresti-coull", "Agresti and Coull's interval of a share", COMPARISON_SHARES, NULL, agresti_run},
        {"mcnemar", "McNemar's test of changes", COMPARISON_CHANGES, NULL, mcnemar_run},
        {"tango", "score test and interval of paired shares (Tango)", COMPARISON_CHANGES, NULL, tango_run},
        {"newcombe-paired", "Newcombe's interval of paired shares", COMPARISON_CHANGES, NULL, newcombe_paired_run},
        {"cmh", "Cochran-Mantel-Haenszel: general, mean scores, correlation", COMPARISON_STRATA, NULL, cmh_run},
        {"mantel-haenszel", "common odds ratio of 2 x 2 tables", COMPARISON_STRATA, NULL, mantel_haenszel_run},
        {"van-elteren", "rank-sum test within strata (van Elteren)", COMPARISON_STRATA, NULL, van_elteren_run},
    };
    *n = sizeof methods / sizeof methods[0];
    return methods;
}
