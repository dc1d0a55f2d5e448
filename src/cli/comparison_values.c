/* Comparisons of numbers: t tests, ranks, analysis of variance. */
#include <math.h>

#include "cli/comparison.h"
#include "stat/anova.h"
#include "stat/ttest.h"
#include "stat/wilcoxon.h"

#define OTHER(data) STR_ARG((data)->groups[1])
#define REFERENCE(data) STR_ARG((data)->groups[0])

static void add_statistic(ComparisonResult *r, const char *name, double value, double df, double df2, double p)
{
    r->statistics[r->n_statistics++] = (ComparisonStatistic){name, value, df, df2, p, false};
}

static double null_of(const ComparisonData *d) { return isnan(d->options.against) ? 0 : d->options.against; }

static void put_t(const ComparisonData *d, const TTest *t, ComparisonResult *r)
{
    *r = comparison_result(d);
    r->estimate = t->estimate;
    r->ci = t->ci;
    r->ci_method = "Student's t";
    add_statistic(r, "t", t->t, t->df, NAN, t->p_two_sided);
    r->p_greater = t->p_greater;
    r->p_less = t->p_less;
}

static bool two_means(const ComparisonData *d, bool welch, ComparisonResult *r, Error *err)
{
    TTest t;
    if (!(welch ? ttest_welch : ttest_pooled)(d->values[1], d->n_values[1], d->values[0], d->n_values[0], null_of(d), d->options.level, &t, err)) return false;
    put_t(d, &t, r);
    r->what = str_format(d->arena, "difference of means, " STR_FMT " - " STR_FMT, OTHER(d), REFERENCE(d));
    r->tested = str_format(d->arena, "Tested was whether the means of " STR_FMT " under " STR_FMT " and " STR_FMT " differ by %g, %s.", STR_ARG(d->outcome),
                           OTHER(d), REFERENCE(d), null_of(d), welch ? "each group with a variance of its own" : "both groups with one variance");
    return true;
}

static bool t_run(const ComparisonData *d, ComparisonResult *r, Error *err) { return two_means(d, false, r, err); }
static bool welch_run(const ComparisonData *d, ComparisonResult *r, Error *err) { return two_means(d, true, r, err); }

/* Ranks know no shift of the null value: it is taken from x first. */
static bool rank_sum_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    WilcoxonTest w;
    double shift = null_of(d), *x = ARENA_ARRAY(d->arena, double, d->n_values[1] + 1);
    for (size_t i = 0; i < d->n_values[1]; i++) x[i] = d->values[1][i] - shift;
    PMethod how = d->options.asymptotic ? P_METHOD_ASYMPTOTIC : P_METHOD_EXACT;
    if (!rank_sum_test(d->arena, x, d->n_values[1], d->values[0], d->n_values[0], how, d->options.level, &w, err)) return false;
    *r = comparison_result(d);
    r->what = str_format(d->arena, "Hodges-Lehmann shift, " STR_FMT " - " STR_FMT, OTHER(d), REFERENCE(d));
    r->estimate = w.estimate + shift;
    r->ci = (Interval){w.ci.lower + shift, w.ci.upper + shift};
    r->ci_method = "ranks";
    r->ci_level = w.ci_level;
    r->exact = w.exact;
    add_statistic(r, "U", w.statistic, NAN, NAN, w.p_two_sided);
    r->p_greater = w.p_greater;
    r->p_less = w.p_less;
    r->tested = str_format(d->arena, "Tested was whether " STR_FMT " tends to be larger or smaller under " STR_FMT " than under " STR_FMT ", by ranks.",
                           STR_ARG(d->outcome), OTHER(d), REFERENCE(d));
    return true;
}

static Str all_groups(const ComparisonData *d)
{
    return str_format(d->arena, "the %zu groups of " STR_FMT, d->n_groups, STR_ARG(d->group));
}

static bool anova_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    Anova a;
    if (!anova_one_way(d->arena, d->y, d->code, d->n, d->n_groups, &a, err)) return false;
    *r = comparison_result(d);
    add_statistic(r, "F", a.f, a.df_between, a.df_within, a.p);
    r->tested = str_format(d->arena, "Tested was whether " STR_FMT " have one mean of " STR_FMT ".", STR_ARG(all_groups(d)), STR_ARG(d->outcome));
    return true;
}

static bool kruskal_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    KruskalWallis k;
    if (!kruskal_wallis(d->arena, d->y, d->code, d->n, d->n_groups, &k, err)) return false;
    *r = comparison_result(d);
    add_statistic(r, "chi-square", k.h, k.df, NAN, k.p);
    r->tested = str_format(d->arena, "Tested was whether " STR_FMT " tends to be larger in some of " STR_FMT " than in others, by ranks.", STR_ARG(d->outcome),
                           STR_ARG(all_groups(d)));
    return true;
}

/* "CHG", "AFTER - BEFORE" */
static Str difference_words(const ComparisonData *d)
{
    if (!d->second) return d->outcome;
    return str_format(d->arena, STR_FMT " - " STR_FMT, STR_ARG(d->outcome), STR_ARG(d->other));
}

static bool paired_t_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    TTest t;
    bool good = d->second ? ttest_paired(d->arena, d->y, d->second, d->n, null_of(d), d->options.level, &t, err)
                          : ttest_one(d->y, d->n, null_of(d), d->options.level, &t, err);
    if (!good) return false;
    put_t(d, &t, r);
    r->what = str_format(d->arena, "mean of " STR_FMT, STR_ARG(difference_words(d)));
    r->tested = str_format(d->arena, "Tested was whether the mean of " STR_FMT " is %g.", STR_ARG(difference_words(d)), null_of(d));
    return true;
}

/* The differences less what they are tested against. */
static double *shifted(const ComparisonData *d)
{
    double *x = ARENA_ARRAY(d->arena, double, d->n);
    for (size_t i = 0; i < d->n; i++) x[i] = d->y[i] - null_of(d);
    return x;
}

static bool signed_rank(const ComparisonData *d, ZeroRule zeros, ComparisonResult *r, Error *err)
{
    WilcoxonTest w;
    PMethod how = d->options.asymptotic ? P_METHOD_ASYMPTOTIC : P_METHOD_EXACT;
    bool good = d->second ? signed_rank_paired(d->arena, shifted(d), d->second, d->n, zeros, how, d->options.level, &w, err)
                          : signed_rank_test(d->arena, shifted(d), d->n, zeros, how, d->options.level, &w, err);
    if (!good) return false;
    *r = comparison_result(d);
    r->what = str_format(d->arena, "Hodges-Lehmann median of " STR_FMT, STR_ARG(difference_words(d)));
    r->estimate = w.estimate + null_of(d);
    r->ci = (Interval){w.ci.lower + null_of(d), w.ci.upper + null_of(d)};
    r->ci_method = "signed ranks";
    r->ci_level = w.ci_level;
    r->exact = w.exact;
    add_statistic(r, "V", w.statistic, NAN, NAN, w.p_two_sided);
    r->p_greater = w.p_greater;
    r->p_less = w.p_less;
    r->tested = str_format(d->arena, "Tested was whether " STR_FMT " lies evenly about %g, by signed ranks; %zu of %zu equal %g and were %s.",
                           STR_ARG(difference_words(d)), null_of(d), w.n_zero, d->n, null_of(d),
                           zeros == ZERO_RULE_PRATT ? "ranked, then left out" : "left out");
    return true;
}

static bool signed_rank_run(const ComparisonData *d, ComparisonResult *r, Error *err) { return signed_rank(d, ZERO_RULE_DROP, r, err); }
static bool pratt_run(const ComparisonData *d, ComparisonResult *r, Error *err) { return signed_rank(d, ZERO_RULE_PRATT, r, err); }

static bool sign_run(const ComparisonData *d, ComparisonResult *r, Error *err)
{
    SignTest s;
    double *x = shifted(d);
    for (size_t i = 0; d->second && i < d->n; i++) x[i] -= d->second[i];
    if (!sign_test(d->arena, x, d->n, d->options.level, &s, err)) return false;
    *r = comparison_result(d);
    r->what = str_format(d->arena, "median of " STR_FMT, STR_ARG(difference_words(d)));
    r->estimate = s.median + null_of(d);
    r->ci = (Interval){s.ci.lower + null_of(d), s.ci.upper + null_of(d)};
    r->ci_method = "order statistics";
    r->ci_level = s.ci_level;
    r->exact = true;
    add_statistic(r, "above", (double)s.n_positive, NAN, NAN, s.p_two_sided);
    r->statistics[r->n_statistics - 1].is_count = true;
    r->p_greater = s.p_greater;
    r->p_less = s.p_less;
    r->tested = str_format(d->arena, "Tested was whether " STR_FMT " is as often above %g (%zu) as below (%zu); %zu equal to it were left out.",
                           STR_ARG(difference_words(d)), null_of(d), s.n_positive, s.n_negative, s.n_zero);
    return true;
}

const ComparisonMethod *comparison_of_values(size_t *n)
{
    static const ComparisonMethod methods[] = {
        {"t", "two-sample t test, one variance (Student)", COMPARISON_TWO_SAMPLES, "anova", t_run},
        {"welch", "two-sample t test, a variance for each group (Welch)", COMPARISON_TWO_SAMPLES, "anova", welch_run},
        {"wilcoxon", "rank-sum test (Wilcoxon, Mann and Whitney)", COMPARISON_TWO_SAMPLES, "kruskal-wallis", rank_sum_run},
        {"anova", "one-way analysis of variance", COMPARISON_SAMPLES, NULL, anova_run},
        {"kruskal-wallis", "Kruskal-Wallis test", COMPARISON_SAMPLES, NULL, kruskal_run},
        {"paired-t", "t test of differences", COMPARISON_PAIRS, NULL, paired_t_run},
        {"signed-rank", "signed-rank test (Wilcoxon), zeros left out", COMPARISON_PAIRS, NULL, signed_rank_run},
        {"signed-rank-pratt", "signed-rank test, zeros ranked (Pratt)", COMPARISON_PAIRS, NULL, pratt_run},
        {"sign", "sign test", COMPARISON_PAIRS, NULL, sign_run},
    };
    *n = sizeof methods / sizeof methods[0];
    return methods;
}
