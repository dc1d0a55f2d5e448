#include "stat/cox.h"

#include <math.h>

#include "math/distribution.h"
#include "math/rng.h"
#include "stat/logrank.h"
#include "stat/survival_data.h"

/* Eighteen subjects with ties, two columns, two strata, nine clusters. */
#define N 18
static const double TIME[N] = {2.5, 3.1, 3.1, 4.75, 5,   5,   5,   6.2, 7.9,
                               8.4, 8.4, 10,  1.2,  3.1, 6.6, 2.2, 9.1, 11.5};
static const bool EVENT[N] = {true,  true, false, true, true, true, false, false, true,
                              false, true, false, true, true, true, false, true,  false};
static const double X[N * 2] = {0, 51.5, 1, 62,    1, 48.25, 0, 70.5, 1, 55,    1, 66.75,
                                0, 43,   1, 58.5,  0, 61,    0, 49,   1, 72.25, 0, 45.5,
                                1, 68,   0, 59.75, 1, 52,    0, 47.5, 0, 64.25, 1, 50};
static const size_t STRATUM[N] = {0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 1};
static const size_t CLUSTER[N] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8};
static const Str NAMES[] = {{"arm", 3}, {"age", 3}, {"site", 4}};
static const CoxInput EIGHTEEN = {{N, TIME, EVENT}, 2, X, NAMES, NULL, NULL};

/* R 4.2.2, survival 3.5-3: coxph(Surv(t, e) ~ x1 + x2, ties = ..., control = coxph.control(eps = 1e-14)) */
typedef struct {
    CoxTies ties;
    double coef[2], vcov[4], loglik[2], score, wald, robust[4], by_cluster[4], robust_wald;
} FitFromR;

static const FitFromR FROM_R[] = {
    {COX_TIES_EFRON,
     {.0848792221422264, .0692430369840305},
     {.40073337399007236, -.00458618160365840, -.00458618160365840, .00125881445981531},
     {-24.6411748458194, -22.4396868255497},
     4.48061041691169,
     4.10481591008469,
     {.304157298333608161, .000889811597846106, .000889811597846106, .000907995689407061},
     {.115594237524510715, -.000108712800475532, -.000108712800475532, .000830182982674143},
     5.2813749951117},
    {COX_TIES_BRESLOW,
     {.0682050058383684, .0693278988345063},
     {.40217633367759953, -.00464488837368970, -.00464488837368970, .00127586759732599},
     {-24.8054778971107, -22.6378095845765},
     4.40140124133174,
     4.03391370506111,
     {.294464410612293059, .000709895723932966, .000709895723932966, .000898734688289852},
     {.113598971291361234, -.000220348675739082, -.000220348675739082, .000818538431703877},
     5.34853090148677},
    {COX_TIES_EXACT,
     {.0741661903922302, .0719255337547224},
     {.41747474987254862, -.00465294313484090, -.00465294313484090, .00133917130102439},
     {-23.2548804846995, -21.0128311042246},
     4.53798423850332,
     4.12474682250212,
     {0},
     {0},
     0},
};

static void fits_agree_with_r(Test *t)
{
    Error err = {0};
    CoxFit fit;
    for (size_t k = 0; k < 3; k++) {
        const FitFromR *r = &FROM_R[k];
        CoxOptions options = {.ties = r->ties, .level = .9};
        if (!CHECK_OK(t, cox_fit(t->arena, &EIGHTEEN, &options, &fit, &err), err)) return;
        CHECK(t, fit.n == N && fit.n_events == 11 && fit.vcov[1] == fit.vcov_model[1]);
        for (size_t j = 0; j < 2; j++) CHECK_NEAR(t, fit.coef[j].estimate, r->coef[j], 1e-11);
        for (size_t i = 0; i < 4; i++) CHECK_NEAR(t, fit.vcov[i], r->vcov[i], 1e-11);
        CHECK_NEAR(t, fit.loglik_null, r->loglik[0], 1e-13);
        CHECK_NEAR(t, fit.loglik, r->loglik[1], 1e-13);
        CHECK_NEAR(t, fit.score.statistic, r->score, 1e-11);
        CHECK_NEAR(t, fit.wald.statistic, r->wald, 1e-11);
        CHECK_NEAR(t, fit.likelihood_ratio.statistic, 2 * (r->loglik[1] - r->loglik[0]), 1e-11);
        CHECK_NEAR(t, fit.coef[1].hazard_ratio_ci.upper,
                   exp(r->coef[1] + 1.6448536269514722 * sqrt(r->vcov[3])), 1e-11);
        CHECK_NEAR(t, fit.coef[1].z * fit.coef[1].z, chisq_quantile_upper(fit.coef[1].p_two_sided, 1), 1e-11);
    }
}

static void robust_errors_agree_with_r(Test *t)
{
    Error err = {0};
    CoxFit fit;
    CoxInput clustered = EIGHTEEN;
    clustered.cluster = CLUSTER;
    for (size_t k = 0; k < 2; k++) {
        const FitFromR *r = &FROM_R[k];
        CoxOptions options = {.ties = r->ties, .robust = true};
        if (!CHECK_OK(t, cox_fit(t->arena, &EIGHTEEN, &options, &fit, &err), err)) return;
        for (size_t i = 0; i < 4; i++) CHECK_NEAR(t, fit.vcov[i], r->robust[i], 1e-10);
        CHECK_NEAR(t, fit.wald.statistic, r->robust_wald, 1e-10);
        CHECK_NEAR(t, fit.coef[0].se_model, sqrt(r->vcov[0]), 1e-11);
        CHECK_NEAR(t, fit.coef[0].se, sqrt(r->robust[0]), 1e-11);
        CHECK_OK(t, cox_fit(t->arena, &clustered, &options, &fit, &err), err);
        for (size_t i = 0; i < 4; i++) CHECK_NEAR(t, fit.vcov[i], r->by_cluster[i], 1e-9);
    }
}

static void strata_agree_with_r(Test *t)
{
    static const double MODEL[] = {.73877326736795268, .00479535730766066, .00479535730766066,
                                   .00164357169994869};
    static const double ROBUST[] = {.74633162435254230, .01502775819682125, .01502775819682125,
                                    .00102730588993902};
    Error err = {0};
    CoxFit fit;
    CoxProportionality zph;
    CoxInput in = EIGHTEEN;
    in.stratum = STRATUM;
    if (!CHECK_OK(t, cox_fit(t->arena, &in, &(CoxOptions){.robust = true}, &fit, &err), err)) return;
    CHECK_NEAR(t, fit.coef[0].estimate, .9201517327605189, 1e-11);
    CHECK_NEAR(t, fit.coef[1].estimate, .0639404693381457, 1e-11);
    for (size_t i = 0; i < 4; i++) CHECK_NEAR(t, fit.vcov_model[i], MODEL[i], 1e-11);
    for (size_t i = 0; i < 4; i++) CHECK_NEAR(t, fit.vcov[i], ROBUST[i], 1e-10);
    CHECK_NEAR(t, fit.loglik_null, -17.2326442789248, 1e-13);
    CHECK_NEAR(t, fit.loglik, -15.1686334169794, 1e-13);
    CHECK_OK(t, cox_proportionality(t->arena, &in, &fit, COX_CLOCK_KM, &zph, &err), err);
    CHECK_NEAR(t, zph.column[0].statistic, 1.2046562422631062, 1e-10);
    CHECK_NEAR(t, zph.column[1].statistic, .0438789824107607, 1e-10);
    CHECK_NEAR(t, zph.global.statistic, 1.2421295828297461, 1e-10);
}

/* R: cox.zph(fit, transform = ...)$table, $x, $y */
static void proportionality_agrees_with_r(Test *t)
{
    static const double TABLE[2][4][3] = {
        {{.0342891476834824, .4118282021396814, .4280025952107983},
         {5.69386202683244e-07, 3.10527526230413e-01, 3.15819807351839e-01},
         {.0180213689935854, .0681126522707413, .1011734536501362},
         {.0587357359908222, .2349405545908005, .2700005893844677}},
        {{.0338154665941491, .4110072248983302, .4265434755451214},
         {5.44406117661626e-07, 3.10155527068360e-01, 3.15595515514690e-01},
         {.0198655312942518, .0669910994562692, .1025712585480495},
         {.0567803670496676, .2335212462799237, .2668200504145652}}};
    static const double SCALED[] = {
        1.61103681113604,  .1279006981094530, -1.83334228444426, -.0477920124371189, 1.97656030272444,
        .0422844449773772, -2.31799881647581, .0615767847371906, -2.76284624925500,  .1998724622548397};
    Error err = {0};
    CoxFit fit;
    CoxProportionality zph;
    for (size_t k = 0; k < 2; k++) {
        CHECK_OK(t, cox_fit(t->arena, &EIGHTEEN, &(CoxOptions){.ties = FROM_R[k].ties}, &fit, &err), err);
        for (CoxClock c = COX_CLOCK_KM; c <= COX_CLOCK_RANK; c++) {
            if (!CHECK_OK(t, cox_proportionality(t->arena, &EIGHTEEN, &fit, c, &zph, &err), err)) return;
            CHECK_NEAR(t, zph.column[0].statistic, TABLE[k][c][0], c == COX_CLOCK_IDENTITY ? 1e-6 : 1e-9);
            CHECK_NEAR(t, zph.column[1].statistic, TABLE[k][c][1], 1e-10);
            CHECK_NEAR(t, zph.global.statistic, TABLE[k][c][2], 1e-10);
            CHECK(t, zph.global.df == 2 && zph.column[1].df == 1);
        }
    }
    CHECK_OK(t, cox_fit(t->arena, &EIGHTEEN, &(CoxOptions){0}, &fit, &err) &&
             cox_proportionality(t->arena, &EIGHTEEN, &fit, COX_CLOCK_KM, &zph, &err), err);
    for (size_t i = 0; i < 10; i++) CHECK_NEAR(t, zph.scaled[i], SCALED[i], 1e-10);
    CHECK_NEAR(t, zph.clock[1], 1 - 17/18., 1e-13);
    CHECK_NEAR(t, zph.clock[10], .6711309523809523, 1e-13);
    CHECK(t, zph.n_events == 11 && zph.time[0] == 1.2 && zph.time[10] == 9.1);
}

static void check_fit(Test *t, const CoxFit *fit, const Json *want)
{
    size_t n;
    for (size_t j = 0; j < 2; j++) {
        CHECK_NEAR(t, fit->coef[j].estimate, reference_numbers(t, want, "coef", &n)[j], 1e-8);
        CHECK_NEAR(t, fit->coef[j].se, reference_numbers(t, want, "se", &n)[j], 1e-8);
        if (!json_get(want, "loglik")) continue;
        CHECK_NEAR(t, fit->coef[j].hazard_ratio_ci.lower, reference_numbers(t, want, "hr_lower", &n)[j],
                   1e-8);
        CHECK_NEAR(t, fit->coef[j].hazard_ratio_ci.upper, reference_numbers(t, want, "hr_upper", &n)[j],
                   1e-8);
    }
    if (!json_get(want, "loglik")) return;
    CHECK_NEAR(t, fit->loglik_null, reference_numbers(t, want, "loglik", &n)[0], 1e-12);
    CHECK_NEAR(t, fit->loglik, reference_numbers(t, want, "loglik", &n)[1], 1e-12);
    CHECK_NEAR(t, fit->likelihood_ratio.statistic, reference_number(t, want, "lr"), 1e-8);
    CHECK_NEAR(t, fit->wald.statistic, reference_number(t, want, "wald"), 1e-8);
    CHECK_NEAR(t, fit->score.statistic, reference_number(t, want, "score"), 1e-8);
}

static void check_check(Test *t, const CoxInput *in, const CoxFit *fit, const Json *want)
{
    Error err = {0};
    CoxProportionality zph;
    size_t n;
    if (!CHECK_OK(t, cox_proportionality(t->arena, in, fit, COX_CLOCK_KM, &zph, &err), err)) return;
    const double *chisq = reference_numbers(t, want, "chisq", &n), *p = reference_numbers(t, want, "p", &n);
    for (size_t j = 0; j < 2; j++) {
        CHECK_NEAR(t, zph.column[j].statistic, chisq[j], 1e-8);
        CHECK_NEAR(t, zph.column[j].p, p[j], 1e-8);
    }
    CHECK_NEAR(t, zph.global.statistic, chisq[2], 1e-8);
    CHECK_NEAR(t, zph.global.p, p[2], 1e-8);
}

static void check_reference(Test *t, const Json *input, const Json *expected)
{
    static const char *const FITS[] = {"cox_efron", "cox_breslow", "cox_exact"};
    Error err = {0};
    CoxFit fit;
    size_t n, n_codes;
    CoxInput in = {.data = reference_survival(t, input), .p = 2, .names = NAMES};
    const size_t *arm = codes_of_texts(t, json_get(input, "arm"), &n_codes);
    const double *age = reference_numbers(t, input, "age", &n),
                 *robust = reference_numbers(t, expected, "cox_robust_se", &n_codes);
    double *x = ARENA_ARRAY(t->arena, double, 2 * n);
    for (size_t i = 0; i < n; i++) x[2*i] = (double)arm[i], x[2*i + 1] = age[i];
    in.x = x;
    for (size_t k = 0; k < 3; k++) {
        CoxOptions options = {.ties = FROM_R[k].ties};
        if (!CHECK_OK(t, cox_fit(t->arena, &in, &options, &fit, &err), err)) return;
        check_fit(t, &fit, json_get(expected, FITS[k]));
        if (k == 0) check_check(t, &in, &fit, json_get(expected, "schoenfeld_zph_km"));
    }
    CHECK_OK(t, cox_fit(t->arena, &in, &(CoxOptions){.robust = true}, &fit, &err), err);
    for (size_t j = 0; j < 2; j++) CHECK_NEAR(t, fit.coef[j].se, robust[j], 1e-8);
    in.stratum = codes_of_texts(t, json_get(input, "stratum"), &n_codes);
    CHECK_OK(t, cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err), err);
    check_fit(t, &fit, json_get(expected, "cox_stratified_efron"));
}

static void trials_agree_with_the_reference(Test *t)
{
    reference_each(t, "survival", "Kaplan-Meier, log-rank, Cox", check_reference);
}

/* The score test of an arm is the log-rank test: with exact ties its variance too, the hypergeometric one. */
static void the_score_test_is_the_log_rank_test(Test *t)
{
    double arm[N];
    size_t group[N];
    for (size_t i = 0; i < N; i++) arm[i] = X[2*i], group[i] = (size_t)arm[i];
    Error err = {0};
    CoxFit fit;
    LogRankTest logrank;
    CoxInput in = {{N, TIME, EVENT}, 1, arm, NAMES, STRATUM, NULL};
    LogRankInput groups = {{N, TIME, EVENT}, group, 2, STRATUM, 2, 0};
    CHECK_OK(t, cox_fit(t->arena, &in, &(CoxOptions){.ties = COX_TIES_EXACT}, &fit, &err) &&
             logrank_test(t->arena, &groups, &logrank, &err), err);
    CHECK_NEAR(t, fit.score.statistic, logrank.chisq, 1e-12);
}

/* Exact ties by brute force: the chance of these two among all pairs of four, and of this one among the two left. */
static void exact_ties_count_all_sets(Test *t)
{
    static const double time[] = {3, 3, 5, 5}, x[] = {1.5, -.25, .75, -2};
    static const bool event[] = {true, true, false, true};
    Error err = {0};
    CoxFit fit;
    CoxInput in = {{4, time, event}, 1, x, NAMES, NULL, NULL};
    CHECK_OK(t, cox_fit(t->arena, &in, &(CoxOptions){.ties = COX_TIES_EXACT}, &fit, &err), err);
    double b = fit.coef[0].estimate, pairs = 0, d = 1e-5, loglik[3];
    for (int k = 0; k < 3; k++, pairs = 0) {
        double at = b + (k - 1) * d;
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < i; j++) pairs += exp(at * (x[i] + x[j]));
        loglik[k] = at * 1.25 - log(pairs) + at * -2 - log(exp(at * .75) + exp(at * -2));
    }
    CHECK_NEAR(t, fit.loglik, loglik[1], 1e-13);
    CHECK(t, fabs(loglik[2] - loglik[0]) < 1e-10);
    CHECK_NEAR(t, fit.loglik_null, -log(6) - log(2), 1e-14);
    CHECK_NEAR(t, 1 / fit.vcov[0], (2 * loglik[1] - loglik[0] - loglik[2]) / (d * d), 1e-4);
}

/* Other units, another origin, and the columns in another order change the estimates as they must. */
static void units_do_not_matter(Test *t)
{
    double x[N * 2];
    for (size_t i = 0; i < N; i++) x[2*i] = 1e7 + 365.25 * X[2*i + 1], x[2*i + 1] = -X[2*i];
    Error err = {0};
    CoxFit fit, other;
    CoxInput in = {{N, TIME, EVENT}, 2, x, NAMES, NULL, NULL};
    CHECK_OK(t, cox_fit(t->arena, &EIGHTEEN, &(CoxOptions){0}, &fit, &err) &&
             cox_fit(t->arena, &in, &(CoxOptions){0}, &other, &err), err);
    CHECK_NEAR(t, other.coef[0].estimate * 365.25, fit.coef[1].estimate, 1e-9);
    CHECK_NEAR(t, other.coef[1].estimate, -fit.coef[0].estimate, 1e-9);
    CHECK_NEAR(t, other.coef[0].z, fit.coef[1].z, 1e-9);
    CHECK_NEAR(t, other.loglik, fit.loglik, 1e-12);
}

static void some_coefficients_are_tested_together(Test *t)
{
    Error err = {0};
    CoxFit fit;
    CoxTest test;
    CHECK_OK(t, cox_fit(t->arena, &EIGHTEEN, &(CoxOptions){0}, &fit, &err), err);
    CHECK_OK(t, cox_wald(t->arena, &fit, (size_t[]){1}, 1, &test, &err), err);
    CHECK_NEAR(t, test.statistic, fit.coef[1].z * fit.coef[1].z, 1e-13);
    CHECK_NEAR(t, test.p, fit.coef[1].p_two_sided, 1e-12);
    CHECK_OK(t, cox_wald(t->arena, &fit, (size_t[]){1, 0}, 2, &test, &err), err);
    CHECK_NEAR(t, test.statistic, fit.wald.statistic, 1e-12);
    CHECK(t, !cox_wald(t->arena, &fit, NULL, 0, &test, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "names no coefficient");
}

/* Nobody of the control arm has an event: any size of effect fits, the larger the better. */
static void separation_is_named_not_printed(Test *t)
{
    static const CoxTies ties[] = {COX_TIES_EFRON, COX_TIES_BRESLOW, COX_TIES_EXACT};
    Error err = {0};
    CoxFit fit;
    Rng rng = rng_stream(4, 1);
    double time[60], x[180];
    bool event[60];
    for (size_t i = 0; i < 60; i++) {
        time[i] = ceil(10 * rng_uniform(&rng));
        x[3*i] = (double)(i % 2), x[3*i + 1] = rng_normal(&rng), x[3*i + 2] = (double)(i % 5);
        event[i] = i % 2 == 0 && i % 3 != 0;
    }
    CoxInput in = {{60, time, event}, 3, x, NAMES, NULL, NULL};
    for (size_t k = 0; k < 3; k++) {
        CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){.ties = ties[k]}, &fit, &err));
        CHECK_ERROR(t, err, ERROR_DEGENERATE,
                    "the likelihood is monotone: it rises for ever as the coefficient of column "
                    "\"arm\" goes to minus infinity");
        CHECK_ERROR(t, err, ERROR_DEGENERATE, "no hazard ratio can be estimated");
    }
    event[1] = true, time[1] = .5;
    CHECK_OK(t, cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err), err);
    CHECK(t, fit.coef[0].estimate < 0);
}

/* Whoever has an event is the one with the largest sum of two columns, though neither alone decides. */
static void separation_by_two_columns_is_named(Test *t)
{
    static const double time[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    static const double x[] = {4,   5.5, 6, 2.75, 2, 6.25, 5, 2.5,  3,   4,
                               3.5, 3,   1, 5,    4, 1.75, 2, 3.25, 2.5, 2};
    static const bool event[] = {true, true, true, true, true, true, true, true, true, true};
    Error err = {0};
    CoxFit fit;
    CoxInput in = {{10, time, event}, 2, x, NAMES, NULL, NULL};
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "monotone");
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "infinity together with 1 more");
}

/* Does any of the 7^3 small whole directions lift every event to the top of those at risk? For columns of 0 and 1 no
 * others need trying. */
static bool some_direction_separates(const CoxInput *in)
{
    for (int code = 0; code < 343; code++) {
        int direction[] = {code % 7 - 3, code / 7 % 7 - 3, code / 49 - 3}, s[N];
        bool highest = true, above = false;
        for (size_t i = 0; i < in->data.n; i++) {
            s[i] = 0;
            for (size_t j = 0; j < 3; j++) s[i] += direction[j] * (in->x[3*i + j] > 0);
        }
        for (size_t i = 0; i < in->data.n; i++)
            for (size_t j = 0; in->data.event[i] && j < in->data.n; j++) {
                if (in->data.time[j] < in->data.time[i]) continue;
                highest = highest && s[j] <= s[i];
                above = above || s[j] < s[i];
            }
        if (highest && above) return true;
    }
    return false;
}

/* Small trials at random: refused as monotone when a direction separates, and otherwise fitted. */
static void separation_is_found_just_where_it_is(Test *t)
{
    Rng rng = rng_stream(4, 2);
    double time[N], x[3 * N];
    bool event[N];
    size_t n_separated = 0, n_fitted = 0;
    CoxInput in = {{9, time, event}, 3, x, NAMES, NULL, NULL};
    for (int trial = 0; trial < 400; trial++) {
        for (size_t i = 0; i < 9; i++)
            time[i] = ceil(9 * rng_uniform(&rng)), event[i] = rng_uniform(&rng) < .7;
        for (size_t i = 0; i < 27; i++) x[i] = rng_uniform(&rng) < .4;
        Error err = {0};
        CoxFit fit;
        CoxOptions options = {.ties = trial % 2 ? COX_TIES_BRESLOW : COX_TIES_EFRON};
        bool fitted = cox_fit(t->arena, &in, &options, &fit, &err);
        if (!fitted && !str_starts(str_from(err.message), STR("the likelihood is monotone"))) {
            CHECK_ERROR(t, err, ERROR_DEGENERATE, "column");
            continue;
        }
        CHECK(t, fitted != some_direction_separates(&in));
        n_fitted += fitted, n_separated += !fitted;
    }
    CHECK(t, n_fitted > 40 && n_separated > 40);
}

/* A strong effect is no separation: nearly all events, but not all, come at the top. */
static void a_strong_effect_is_estimated(Test *t)
{
    Error err = {0};
    CoxFit fit;
    double time[200], x[200];
    bool event[200];
    for (size_t i = 0; i < 200; i++) time[i] = (double)(i + 1), x[i] = 100 - (double)i / 2, event[i] = true;
    x[80] = x[90];
    CoxInput in = {{200, time, event}, 1, x, NAMES, NULL, NULL};
    CHECK_OK(t, cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err), err);
    CHECK(t, fit.coef[0].estimate > 1 && fit.decrement <= 1e-20);
}

static void columns_that_tell_nothing_are_named(Test *t)
{
    double x[N * 3];
    Error err = {0};
    CoxFit fit;
    CoxInput in = {{N, TIME, EVENT}, 3, x, NAMES, NULL, NULL};
    for (size_t i = 0; i < N; i++)
        x[3 * i] = X[2 * i], x[3 * i + 1] = X[2 * i + 1], x[3 * i + 2] = 3 - X[2 * i] + .1 * X[2 * i + 1];
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "column \"site\" repeats the columns before it");
    for (size_t i = 0; i < N; i++) x[3*i + 2] = 7.25;
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "column \"site\" does not vary among those at risk");
    for (size_t i = 0; i < N; i++) x[3*i + 2] = (double)STRATUM[i];
    in.stratum = STRATUM;
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "column \"site\" does not vary among those at risk");
}

static void what_cannot_be_fitted_is_refused(Test *t)
{
    static const bool none[N] = {false};
    static const size_t one[N] = {0};
    double x[N * 2];
    Error err = {0};
    CoxFit fit;
    CoxInput in = EIGHTEEN;
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){.level = 95}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level");
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){.robust = true, .ties = COX_TIES_EXACT}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "not defined for exact ties");
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){.max_iterations = 1}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_NO_CONVERGENCE, "not at its maximum after 1 iterations");
    in.cluster = one;
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){.robust = true}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "1 clusters are too few");
    in.data.event = none;
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "none of the 18 subjects had the event");
    for (size_t i = 0; i < 2 * N; i++) x[i] = i == 7 ? NAN : X[i];
    in.x = x;
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "row 4 has no finite value");
    CHECK_ERROR(t, err, ERROR_MALFORMED, "column \"age\"");
    in.p = 0;
    CHECK(t, !cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "the model has no column");
}

static void a_check_without_events_in_time_is_refused(Test *t)
{
    static const double time[] = {0, 0, 0, 5, 5, 5}, x[] = {1.5, -.25, .75, -2, .5, 1};
    static const bool event[] = {true, true, true, false, false, false};
    Error err = {0};
    CoxFit fit;
    CoxProportionality zph;
    CoxInput in = {{6, time, event}, 1, x, NAMES, NULL, NULL};
    CHECK_OK(t, cox_fit(t->arena, &in, &(CoxOptions){0}, &fit, &err), err);
    CHECK(t, !cox_proportionality(t->arena, &in, &fit, COX_CLOCK_KM, &zph, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "events at too few times");
    CHECK(t, !cox_proportionality(t->arena, &in, &fit, COX_CLOCK_LOG, &zph, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "subject 1 has the event at time 0");
}

static const TestCase CASES[] = {
    {"fits agree with R", fits_agree_with_r},
    {"robust errors agree with R", robust_errors_agree_with_r},
    {"strata agree with R", strata_agree_with_r},
    {"proportionality agrees with R", proportionality_agrees_with_r},
    {"trials agree with the reference", trials_agree_with_the_reference},
    {"the score test is the log-rank test", the_score_test_is_the_log_rank_test},
    {"exact ties count all sets", exact_ties_count_all_sets},
    {"units do not matter", units_do_not_matter},
    {"some coefficients are tested together", some_coefficients_are_tested_together},
    {"separation is named, not printed", separation_is_named_not_printed},
    {"separation by two columns is named", separation_by_two_columns_is_named},
    {"separation is found just where it is", separation_is_found_just_where_it_is},
    {"a strong effect is estimated", a_strong_effect_is_estimated},
    {"columns that tell nothing are named", columns_that_tell_nothing_are_named},
    {"what cannot be fitted is refused", what_cannot_be_fitted_is_refused},
    {"a check without events in time is refused", a_check_without_events_in_time_is_refused},
};
TEST_SUITE(cox, CASES);
