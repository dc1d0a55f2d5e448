#include "stat/mixed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "agreement.h"
#include "exchange/csv.h"
#include "math/rng.h"
#include "stat/mixed_inside.h"
#include "stat/model_data.h"
#include "stat/reference.h"

static bool fit_frame(Test *t, const Frame *frame, const char *formula, MixedOptions options, MixedFit *fit)
{
    Model *model = ARENA_NEW(t->arena, Model);
    Error err = {0};
    return build(t, frame, formula, model) && CHECK_OK(t, mixed_fit(t->arena, model, &options, fit, &err), err);
}

static void refused(Test *t, const Frame *frame, const char *formula, MixedOptions options, ErrorCode code, const char *part)
{
    Formula parsed;
    Model model;
    MixedFit fit;
    Error err = {0};
    bool ok = formula_parse(t->arena, str_from(formula), &parsed, &err) && model_build(t->arena, &parsed, frame, NULL, 0, &model, &err)
           && mixed_fit(t->arena, &model, &options, &fit, &err);
    CHECK(t, !ok);
    CHECK_ERROR(t, err, code, part);
}

/* A made-up trial: `n` subjects at 8 sites and 3 visits, with dropout; every subject has days of its own. Numbers have two
 * decimals, so that other programs can be given the same ones. */
static Frame *trial(Test *t, size_t n, double site_sd)
{
    static const char *const COLUMNS[] = {"id", "site", "arm", "visit", "day", "w", "y"};
    Frame *frame = frame_new(t->arena, STR("made-up"));
    for (size_t c = 0; c < 7; c++) frame_add_column(frame, str_from(COLUMNS[c]), c < 4 ? COLUMN_TEXT : COLUMN_NUMBER);
    double site_effect[8];
    Rng sites = rng_stream(41, 1000);
    for (size_t k = 0; k < 8; k++) site_effect[k] = site_sd * rng_normal(&sites);
    for (size_t i = 0; i < n; i++) {
        Rng rng = rng_stream(41, i);
        size_t site = rng_below(&rng, 8);
        bool treated = rng_bernoulli(&rng, 0.5);
        double level = 2.5 * rng_normal(&rng), slope = 0.08 * rng_normal(&rng), e = 0;
        for (size_t v = 0; v < 3; v++) {
            double day = 10 * (double)v + number_round(6 * rng_uniform(&rng), 2);
            e = 0.5 * e + (1.1 + 0.3 * (double)v) * rng_normal(&rng);
            bool seen = !rng_bernoulli(&rng, v ? 0.15 : 0.05);
            double weight = 0.5 + number_round(rng_uniform(&rng), 2);
            if (!seen) continue;
            size_t row = frame_add_row(frame);
            frame_set_text(frame, row, 0, str_format(t->arena, "s%02zu", i));
            frame_set_text(frame, row, 1, str_format(t->arena, "c%zu", site));
            frame_set_text(frame, row, 2, str_from(treated ? "T" : "P"));
            frame_set_text(frame, row, 3, str_format(t->arena, "v%zu", v));
            frame_set_number(frame, row, 4, day);
            frame_set_number(frame, row, 5, weight);
            frame_set_number(frame, row, 6, number_round(20 + 0.1 * day + (treated ? 0.08 * day : 0) + site_effect[site] + level + slope * day + e, 2));
        }
    }
    return frame;
}

static const char *const FORMULAS[] = {
    "y ~ arm * visit + us(visit | id) + (1 | site)",
    "y ~ arm * day + (day | id)",
    "y ~ arm + visit + (1 | site/id)",
    "y ~ arm + visit + (day || id) + (1 | visit:site)",
    "y ~ arm * day + ar1h(visit | arm / id) + (1 + day | site)",
    "y ~ arm * day + sp_exp(day | id) + (1 | site)",
    "y ~ arm * day + sp_gau(day | arm / id)",
    "y ~ arm + toep(visit | id) + (1 | site)",
    "y ~ arm * visit + ar1(visit | id) + (1 | id) + (1 | site)",
    "y ~ arm * day + (day | id) + (1 | site)",
};

/* Central differences of the value at a place that is no optimum. */
static void first_and_second_derivatives_are_those_of_the_value(Test *t)
{
    Frame *frame = trial(t, 40, 1.5);
    Error err = {0};
    for (size_t f = 0; f < sizeof FORMULAS / sizeof FORMULAS[0]; f++)
        for (int reml = 0; reml < 2; reml++) {
            Model model;
            MixedData d;
            MixedLikelihood l;
            MixedFit fit;
            if (!build(t, frame, FORMULAS[f], &model) || !CHECK_OK(t, mixed_fit(t->arena, &model, &(MixedOptions){0}, &fit, &err), err)
                || !CHECK_OK(t, mixed_data_prepare(t->arena, &model, f % 2 ? STR("w") : STR(""), &d, &err), err)) continue;
            mixed_likelihood_init(t->arena, &l, &d, reml);
            size_t n = d.n_parameters;
            double *theta = ARENA_ARRAY(t->arena, double, n), *gradient = ARENA_ARRAY(t->arena, double, n), *hessian = ARENA_ARRAY(t->arena, double, n * n);
            for (size_t a = 0; a < n; a++) theta[a] = fit.fixed.parameters[a] * (1.1 + 0.01 * (double)(a % 3)) + 1e-3;
            CHECK(t, mixed_likelihood_value(&l, theta));
            mixed_likelihood_derivatives(&l);
            memcpy(gradient, l.gradient, n * sizeof *gradient);
            memcpy(hessian, l.hessian, n * n * sizeof *hessian);
            for (size_t a = 0; a < n; a++) {
                double h = 1e-5 * fmax(fabs(theta[a]), 1e-2), value[2], at = theta[a];
                double *ahead = ARENA_ARRAY(t->arena, double, n);
                for (int side = 0; side < 2; side++) {
                    theta[a] = at + (side ? h : -h);
                    CHECK(t, mixed_likelihood_value(&l, theta));
                    value[side] = l.value;
                    mixed_likelihood_derivatives(&l);
                    for (size_t b = 0; b < n; b++) ahead[b] += (side ? 1 : -1) * l.gradient[b] / (2*h);
                }
                theta[a] = at;
                double scale = sqrt(fabs(hessian[a*n + a]));
                if (!CHECK(t, fabs((value[1] - value[0]) / (2*h) - gradient[a]) < 1e-5 * (fabs(gradient[a]) + scale)))
                    CHECK_TEXT(t, str_format(t->arena, "%s %zu: %g, %g", FORMULAS[f], a, gradient[a], (value[1] - value[0]) / (2*h)), "gradient");
                for (size_t b = 0; b < n; b++)
                    if (!CHECK(t, fabs(ahead[b] - hessian[a*n + b]) < 1e-5 * scale * sqrt(fabs(hessian[b*n + b]))))
                        CHECK_TEXT(t, str_format(t->arena, "%s %zu %zu: %g, %g", FORMULAS[f], a, b, hessian[a*n + b], ahead[b]), "hessian");
            }
        }
}

static void compare_vector(Test *t, const Json *expected, const char *key, const double *got, double tolerance)
{
    size_t n;
    double *want = reference_numbers(t, expected, key, &n);
    for (size_t i = 0; i < n; i++) CHECK_NEAR(t, got[i], want[i], tolerance);
}

/* theta of lme4: the Cholesky factor of G over the residual's standard deviation */
static void compare_theta(Test *t, const MixedFit *fit, const Json *expected, const char *theta, const char *sigma)
{
    const MixedRandom *random = &fit->randoms[0];
    double s = sqrt(fit->residual), l[3] = {sqrt(random->g[0]) / s};
    if (random->n_effects == 2) {
        l[1] = random->g[1] / sqrt(random->g[0]) / s;
        l[2] = sqrt(random->g[3] - random->g[1] * random->g[1] / random->g[0]) / s;
    }
    compare_vector(t, expected, theta, l, 5e-5);
    CHECK_NEAR(t, s, reference_number(t, expected, sigma), 1e-5);
}

static Frame *sleepstudy(Test *t)
{
    Frame *frame = frame_new(t->arena, STR("sleepstudy"));
    Json json;
    if (!test_data_json(t, "stats-reference/mixed-models.json", &json)) return NULL;
    const Json *input = json_get(&json_get(&json, "cases")->items[0], "input");
    add_json(frame, "Reaction", json_get(input, "Reaction"));
    add_json(frame, "Days", json_get(input, "Days"));
    add_json(frame, "Subject", json_get(input, "Subject"));
    return frame;
}

/* lmerTest's degrees of freedom come from derivatives by differences: 1e-4. lme4 stops up to 4e-5 of theta early: its own
 * deviance, minimised to the last digit, has its least value at our theta (ML: 0.92922547 where lme4 gives 0.92919061). */
static void check_sleepstudy(Test *t, const Json *input, const Json *expected)
{
    Frame *frame = sleepstudy(t);
    MixedFit reml, ml, kr;
    bool slopes = json_get(input, "Reaction") != NULL;
    const char *formula = slopes ? "Reaction ~ Days + (Days | Subject)" : "Reaction ~ Days + (1 | Subject)";
    if (!frame || !fit_frame(t, frame, formula, (MixedOptions){0}, &reml) || !fit_frame(t, frame, formula, (MixedOptions){.mmrm.method = MMRM_ML}, &ml)
        || !fit_frame(t, frame, formula, (MixedOptions){.mmrm.df = MMRM_KENWARD_ROGER_LINEAR, .expected_information = true}, &kr)) return;
    CHECK_NEAR(t, reml.fixed.minus_two_log_lik, reference_number(t, expected, "reml_criterion"), 1e-10);
    CHECK_NEAR(t, ml.fixed.minus_two_log_lik, reference_number(t, expected, "ml_deviance"), 1e-10);
    compare_theta(t, &reml, expected, "theta_reml", "sigma_reml");
    compare_theta(t, &ml, expected, "theta_ml", "sigma_ml");
    compare_vector(t, expected, "beta", reml.fixed.b, 1e-8);
    compare_vector(t, expected, "beta_ml", ml.fixed.b, 1e-8);
    const Json *g = json_get(json_get(expected, "varcorr"), "Subject");
    size_t c = reml.randoms[0].n_effects;
    for (size_t i = 0; i < c; i++)
        for (size_t j = 0; j < c; j++) CHECK_NEAR(t, reml.randoms[0].g[i*c + j], g->items[i].items[j].number, 2e-4);
    double se[2], df[2], p[2], kr_se[2], kr_df[2], kr_p[2];
    for (size_t j = 0; j < 2; j++) {
        Estimate e = mmrm_coefficient(&reml.fixed, j, 0.95), k = mmrm_coefficient(&kr.fixed, j, 0.95);
        se[j] = e.se, df[j] = e.df, p[j] = e.p;
        kr_se[j] = k.se, kr_df[j] = k.df, kr_p[j] = k.p;
    }
    compare_vector(t, expected, "se", se, 2e-5);
    compare_vector(t, expected, "satterthwaite_df", df, 1e-4);
    compare_vector(t, expected, "satterthwaite_p", p, 5e-3);
    compare_vector(t, expected, "kr_se", kr_se, 2e-5);
    compare_vector(t, expected, "kr_df", kr_df, 1e-5);
    compare_vector(t, expected, "kr_p", kr_p, 5e-3);
    const MixedFit *fits[] = {&kr, &reml};
    static const char *const TABLES[] = {"f_tests_kr", "f_tests_satterthwaite"};
    for (size_t k = 0; k < 2; k++) {
        MmrmTest *test = mmrm_anova(t->arena, &fits[k]->fixed, TEST_TYPE_III);
        const Json *want = json_get(expected, TABLES[k]);
        double ss = test->f * test->df * fits[k]->residual;
        compare_vector(t, want, "NumDF", &test->df, 1e-12);
        compare_vector(t, want, "DenDF", &test->df_error, 1e-4);
        compare_vector(t, want, "F value", &test->f, 5e-5);
        compare_vector(t, want, "Pr(>F)", &test->p, 5e-4);
        compare_vector(t, want, "Sum Sq", &ss, 5e-5);
        compare_vector(t, want, "Mean Sq", &ss, 5e-5);
    }
    compare_vector(t, json_get(expected, "ranef_first"), "Subject", reml.randoms[0].u, 2e-5);
}

static void the_sleep_study_agrees_with_lme4(Test *t) { reference_each(t, "mixed-models", "linear mixed model", check_sleepstudy); }

static void requests_that_cannot_be_met_are_refused(Test *t)
{
    Frame *frame = trial(t, 40, 1.5);
    MixedOptions none = {0};
    refused(t, frame, "y ~ arm", none, ERROR_USAGE, "neither a random nor a covariance term");
    refused(t, frame, "y ~ arm + us(visit | id) + cs(visit | id) + (1 | site)", none, ERROR_USAGE, "2 covariance terms");
    refused(t, frame, "y ~ arm + (1 | id)", (MixedOptions){.mmrm.df = MMRM_BETWEEN_WITHIN}, ERROR_USAGE, "between-within");
    refused(t, frame, "y ~ arm + (1 | id)", (MixedOptions){.mmrm.vcov = MMRM_VCOV_HC0}, ERROR_USAGE, "sandwich");
    refused(t, frame, "y ~ arm + (1 | id:visit)", none, ERROR_DEGENERATE, "every row has a level of \"id:visit\" of its own");
    refused(t, frame, "y ~ arm + us(visit | id) + (1 | id)", none, ERROR_DEGENERATE, "flat");
    refused(t, frame, "y ~ arm + cs(visit | site)", none, ERROR_INCONSISTENT, "two rows at one visit");
    refused(t, frame, "y ~ arm + (nothing | id)", none, ERROR_INCONSISTENT, "nothing");
    refused(t, frame, "y ~ arm + ar1(visit | day / id) + (1 | site)", none, ERROR_INCONSISTENT, "is in two groups");
    refused(t, frame, "y ~ arm + sp_exp(arm | id) + (1 | site)", none, ERROR_INCONSISTENT, "are not numbers");
    refused(t, frame, "y ~ arm + (1 | id)", (MixedOptions){.mmrm.weights = STR("day")}, ERROR_INCONSISTENT, "not a positive number");
    refused(t, frame, "y ~ arm + (1 | id)", (MixedOptions){.mmrm.weights = STR("arm")}, ERROR_INCONSISTENT, "are not numbers");
    refused(t, frame, "day ~ day + (1 | id)", none, ERROR_DEGENERATE, "fitted exactly");
}

/* Both engines on what both can fit. */
static void repeated_measures_agree_with_their_own_engine(Test *t)
{
    static const struct {
        const char *formula;
        MmrmOptions options;
    } ROWS[] = {
        {"y ~ arm * visit + us(visit | id)", {.df = MMRM_KENWARD_ROGER}},
        {"y ~ arm * visit + us(visit | arm / id)", {.method = MMRM_ML}},
        {"y ~ arm * visit + cs(visit | id)", {.df = MMRM_KENWARD_ROGER}},
        {"y ~ arm * visit + ar1(visit | id)", {.df = MMRM_KENWARD_ROGER}},
        {"y ~ arm * day + toeph(visit | id)", {.df = MMRM_KENWARD_ROGER_LINEAR}},
        {"y ~ arm * day + adh(visit | id)", {.df = MMRM_SATTERTHWAITE, .weights = {"w", 1}}},
        {"y ~ arm * visit + csh(visit | arm / id)", {.df = MMRM_KENWARD_ROGER}},
    };
    Frame *frame = trial(t, 60, 1.5);
    Error err = {0};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Model model;
        MmrmFit own;
        MixedFit fit;
        if (!build(t, frame, ROWS[i].formula, &model) || !CHECK_OK(t, mmrm_fit(t->arena, &model, &ROWS[i].options, &own, &err), err)
            || !CHECK_OK(t, mixed_fit(t->arena, &model, &(MixedOptions){.mmrm = ROWS[i].options}, &fit, &err), err)) continue;
        CHECK_NEAR(t, fit.fixed.minus_two_log_lik, own.minus_two_log_lik, 1e-11);
        CHECK_NEAR(t, fit.fixed.aic, own.aic, 1e-11);
        CHECK_NEAR(t, fit.fixed.bic, own.bic, 1e-11);
        for (size_t a = 0; a < own.n_parameters; a++) CHECK_NEAR(t, fit.fixed.parameters[a], own.parameters[a], 1e-7);
        for (size_t j = 0; j < own.p; j++) {
            Estimate got = mmrm_coefficient(&fit.fixed, j, 0.95), want = mmrm_coefficient(&own, j, 0.95);
            CHECK_NEAR(t, got.estimate, want.estimate, 1e-7);
            CHECK_NEAR(t, got.se, want.se, 1e-8);
            CHECK_NEAR(t, got.df, want.df, 1e-7);
        }
        MmrmTest *got = mmrm_anova(t->arena, &fit.fixed, TEST_TYPE_III), *want = mmrm_anova(t->arena, &own, TEST_TYPE_III);
        for (size_t k = 0; k < model.n_terms; k++) {
            CHECK_NEAR(t, got[k].f, want[k].f, 1e-7);
            CHECK_NEAR(t, got[k].df_error, want[k].df_error, 1e-7);
        }
    }
}

/* Points that subjects share are what the other engine takes. */
static void distances_agree_with_the_engine_of_shared_points(Test *t)
{
    Frame *frame = trial(t, 60, 1.5);
    frame_add_column(frame, STR("when"), COLUMN_NUMBER);
    const Column *visit = frame_column(frame, STR("visit"));
    for (size_t i = 0; i < frame->n_rows; i++) frame_set_number(frame, i, frame->n_columns - 1, 1.5 * (double)(visit->texts[i].data[1] - '0'));
    static const char *const ROWS[] = {"y ~ arm + sp_exp(when | id)", "y ~ arm + sp_gau(when | id)", "y ~ arm + sp_exp(when | arm / id)"};
    for (size_t i = 0; i < 3; i++)
        for (MmrmDf df = MMRM_SATTERTHWAITE; df <= MMRM_KENWARD_ROGER_LINEAR; df++) {
            Model model;
            MmrmFit own;
            MixedFit fit;
            MmrmOptions options = {.df = df};
            Error err = {0};
            if (!build(t, frame, ROWS[i], &model) || !CHECK_OK(t, mmrm_fit(t->arena, &model, &options, &own, &err), err)
                || !CHECK_OK(t, mixed_fit(t->arena, &model, &(MixedOptions){.mmrm = options}, &fit, &err), err)) continue;
            CHECK(t, !mixed_is_needed(t->arena, &model));
            Estimate got = mmrm_coefficient(&fit.fixed, 1, 0.95), want = mmrm_coefficient(&own, 1, 0.95);
            CHECK_NEAR(t, fit.fixed.minus_two_log_lik, own.minus_two_log_lik, 1e-11);
            CHECK_NEAR(t, got.se, want.se, 1e-8);
            CHECK_NEAR(t, got.df, want.df, 1e-7);
        }
}

static void compound_symmetry_is_a_random_intercept(Test *t)
{
    Frame *frame = trial(t, 60, 1.5);
    for (MmrmDf df = MMRM_SATTERTHWAITE; df <= MMRM_KENWARD_ROGER_LINEAR; df++) {
        MixedFit cs, intercept;
        MixedOptions options = {.mmrm.df = df};
        if (!fit_frame(t, frame, "y ~ arm * visit + cs(visit | id) + (1 | site)", options, &cs)
            || !fit_frame(t, frame, "y ~ arm * visit + (1 | site) + (1 | id)", options, &intercept)) return;
        CHECK_NEAR(t, intercept.fixed.minus_two_log_lik, cs.fixed.minus_two_log_lik, 1e-11);
        CHECK_NEAR(t, intercept.randoms[1].g[0], cs.fixed.parameters[1], 1e-6);
        CHECK_NEAR(t, intercept.residual + intercept.randoms[1].g[0], cs.fixed.parameters[0], 1e-7);
        for (size_t j = 0; j < cs.fixed.p; j++) {
            Estimate got = mmrm_coefficient(&intercept.fixed, j, 0.95), want = mmrm_coefficient(&cs.fixed, j, 0.95);
            CHECK_NEAR(t, got.se, want.se, 1e-7);
            CHECK_NEAR(t, got.df, want.df, 1e-6);
        }
    }
}

/* R 4.2.2, lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2 on trial(60, 4):
 *   m <- lmer(y ~ arm + visit + (1 | site/id), d, control = lmerControl(optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-13)))
 *   REMLcrit(m); fixef(m); vcov(m); VarCorr(m); summary(m); anova(m, ddf = "Kenward-Roger"); ranef(m)
 * Standard errors of prediction: sqrt diag(G - G Z'PZ G) from getME(m, "Z"), getME(m, "Lambda"). */
static void nested_random_intercepts_agree_with_lme4(Test *t)
{
    static const double B[] = {22.24809816869, 2.27737926028, 1.20338566920, 1.94498365300}, SE[] = {0.7323879186, 0.7072354579, 0.2963100434, 0.3112988748},
        DF[] = {11.913451, 54.547707, 98.954340, 100.517515}, KR_SE[] = {0.7381160680, 0.7161279916, 0.2964461505, 0.3116000342},
        KR_DF[] = {12.3531218, 54.1586530, 98.4160354, 99.9867872}, SITE[] = {-0.0230154369, -0.0941093457, 0.5400492800, 1.4295198978},
        SITE_SE[] = {1.0330984524, 0.9024638898, 0.8941047742, 0.8439165670};
    Frame *frame = trial(t, 60, 4);
    MixedFit fit, kr;
    if (!fit_frame(t, frame, "y ~ arm + visit + (1 | site/id)", (MixedOptions){0}, &fit)
        || !fit_frame(t, frame, "y ~ arm + visit + (1 | site/id)", (MixedOptions){.mmrm.df = MMRM_KENWARD_ROGER_LINEAR, .expected_information = true}, &kr)) return;
    CHECK_NEAR(t, fit.fixed.minus_two_log_lik, 712.13945873752, 1e-12);
    CHECK_NEAR(t, fit.randoms[0].g[0], 2.077058197, 1e-5);
    CHECK_NEAR(t, fit.randoms[1].g[0], 5.948103196, 1e-5);
    CHECK_NEAR(t, fit.residual, 2.332773570, 1e-5);
    for (size_t j = 0; j < 4; j++) {
        Estimate e = mmrm_coefficient(&fit.fixed, j, 0.95), k = mmrm_coefficient(&kr.fixed, j, 0.95);
        CHECK_NEAR(t, e.estimate, B[j], 1e-6);
        CHECK_NEAR(t, e.se, SE[j], 1e-6);
        CHECK_NEAR(t, e.df, DF[j], 1e-5);
        CHECK_NEAR(t, k.se, KR_SE[j], 1e-6);
        CHECK_NEAR(t, k.df, KR_DF[j], 1e-5);
        CHECK_NEAR(t, fit.randoms[0].u[j], SITE[j], 1e-4);
        CHECK_NEAR(t, fit.randoms[0].u_se[j], SITE_SE[j], 1e-5);
    }
    CHECK_TEXT(t, fit.randoms[1].levels[1], "c0:s01");
    CHECK_NEAR(t, fit.randoms[1].u[0], -1.94965999, 1e-5);
    CHECK_NEAR(t, fit.randoms[1].u[1], -5.59690570, 1e-5);
    CHECK_NEAR(t, fit.randoms[1].u_se[59], 1.1813776281, 1e-5);
    MmrmTest *tests = mmrm_anova(t->arena, &kr.fixed, TEST_TYPE_III);
    CHECK_NEAR(t, tests[1].f, 20.19873, 1e-5);
    CHECK_NEAR(t, tests[1].df_error, 99.2800906, 1e-6);
    tests = mmrm_anova(t->arena, &fit.fixed, TEST_TYPE_III);
    CHECK_NEAR(t, tests[1].f, 20.23491, 1e-5);
    CHECK_NEAR(t, tests[1].df_error, 99.8171111, 1e-4);
}

/* The same data and programs; nlme 3.1-162.
 *   lmer(y ~ arm * day + (day || id), d, REML = FALSE, weights = w)
 *   lmer(y ~ arm + day + (1 | id) + (day | site), d)                   # singular: correlation -1
 *   lmer(y ~ arm + (1 | id) + (1 | visit:site) + (1 | visit), d)       # singular: visit:site 0
 *   lme(y ~ arm * visit, ~ 1 | site, d, corAR1(form = ~ v | site/id))
 *   lme(y ~ arm * visit, ~ 1 | site, d, corSymm(form = ~ v | site/id), varIdent(form = ~ 1 | visit))
 *   lme(y ~ arm * day, ~ 1 | site, d, corExp(form = ~ day | site/id)) */
static void likelihoods_agree_with_lme4_and_nlme(Test *t)
{
    static const struct {
        const char *formula;
        bool ml, weighted, boundary;
        double minus_two_log_lik, tolerance, b1, se1, variance;      /* of the second coefficient; of the last random term */
    } ROWS[] = {
        {"y ~ arm * day + (day || id)", true, true, false, 714.54122262387, 1e-11, 1.4630432039499, 0, 0.003345760432},
        {"y ~ arm + day + (1 | id) + (day | site)", false, false, true, 714.59275842065, 1e-9, 2.2595295532304, 0, 2.8434402336434},
        {"y ~ arm + (1 | id) + (1 | visit:site) + (1 | visit)", false, false, true, 724.57755170063, 1e-11, 2.59894814739, 0, 0.9222407756},
        {"y ~ arm * visit + ar1(visit | id) + (1 | site)", false, false, false, 701.4486669762, 1e-11, 1.1748201806, 0.7866051429, 2.071083},
        {"y ~ arm * visit + us(visit | id) + (1 | site)", false, false, false, 696.35711129702, 1e-10, 1.1099303971, 0.7408516234, 2.679124},
        {"y ~ arm * day + sp_exp(day | id) + (1 | site)", false, false, false, 714.85545781068, 1e-11, 1.06823034317, 0.83852688646, 2.109375},
    };
    Frame *frame = trial(t, 60, 4);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        MixedFit fit;
        MixedOptions options = {.mmrm = {.method = ROWS[i].ml ? MMRM_ML : MMRM_REML, .weights = ROWS[i].weighted ? STR("w") : STR("")}};
        if (!fit_frame(t, frame, ROWS[i].formula, options, &fit)) continue;
        CHECK_NEAR(t, fit.fixed.minus_two_log_lik, ROWS[i].minus_two_log_lik, ROWS[i].tolerance);
        CHECK(t, fit.fixed.minus_two_log_lik < ROWS[i].minus_two_log_lik + 1e-8);
        CHECK_NEAR(t, fit.fixed.b[1], ROWS[i].b1, 2e-5);
        if (ROWS[i].se1 > 0) CHECK_NEAR(t, mmrm_coefficient(&fit.fixed, 1, 0.95).se, ROWS[i].se1, 1e-4);
        CHECK_NEAR(t, fit.randoms[fit.n_randoms - 1].g[0], ROWS[i].variance, 2e-4);
        CHECK(t, (fit.fixed.certificate.boundary == 0) == ROWS[i].boundary);
        CHECK(t, fit.fixed.certificate.gradient < 1e-7 && fit.fixed.certificate.least_curvature > 0.1 && fit.fixed.certificate.n_iterations < 20);
    }
}

/* Groups whose means lie nearer together than their residuals allow. */
static void a_variance_of_zero_leaves_least_squares(Test *t)
{
    static const char *const GROUP[] = {"a", "a", "a", "b", "b", "b", "c", "c", "c", "d", "d", "d"};
    static const double X[] = {0, 1, 2, 0.5, 1.5, 2.5, 0.2, 1.2, 2.2, 0.7, 1.1, 3},
        Y[] = {1.2, 5.3, 3.9, 4.1, 2.2, 7.4, 3.0, 1.9, 6.1, 0.8, 6.9, 6.2};
    Frame *frame = frame_new(t->arena, STR("made-up"));
    add_texts(frame, "g", GROUP, 12);
    add_numbers(frame, "x", X, 12);
    add_numbers(frame, "y", Y, 12);
    MixedFit fit;
    Model model;
    LinearFit ols;
    if (!fit_frame(t, frame, "y ~ x + (1 | g)", (MixedOptions){0}, &fit) || !fit_model(t, frame, "y ~ x", &model, &ols)) return;
    CHECK(t, fit.randoms[0].g[0] == 0 && fit.randoms[0].rank == 0 && fit.fixed.certificate.boundary == 0);
    CHECK(t, isnan(fit.parameters_se[1]));
    CHECK_NEAR(t, fit.residual, ols.s2, 1e-9);
    for (size_t j = 0; j < 2; j++) {
        Estimate got = mmrm_coefficient(&fit.fixed, j, 0.95), want = linear_coefficient(&ols, j, 0.95);
        CHECK_NEAR(t, got.estimate, want.estimate, 1e-9);
        CHECK_NEAR(t, got.se, want.se, 1e-9);
        CHECK_NEAR(t, got.df, 10, 1e-9);
    }
    for (size_t l = 0; l < 4; l++) CHECK(t, fit.randoms[0].u[l] == 0 && fit.randoms[0].u_se[l] == 0);
}

/* Rows in another order, another unit of the response, other words for the levels. */
static void answers_do_not_depend_on_order_units_or_words(Test *t)
{
    Frame *frame = trial(t, 60, 4);
    size_t n = frame->n_rows, *rows = ARENA_ARRAY(t->arena, size_t, n);
    Rng rng = rng_stream(3, 3);
    rng_permutation(&rng, n, rows);
    Frame *other = frame_take_rows(t->arena, frame, rows, n);
    for (size_t i = 0; i < n; i++) {
        frame_set_number(other, i, 6, 1000 * other->columns[6].numbers[i] - 400);
        frame_set_text(other, i, 1, str_format(t->arena, "%c", 'z' - (other->columns[1].texts[i].data[1] - '0')));
        frame_set_text(other, i, 0, str_format(t->arena, "%lu", (unsigned long)(str_hash(other->columns[0].texts[i]) >> 20)));
    }
    for (size_t f = 0; f < sizeof FORMULAS / sizeof FORMULAS[0]; f++) {
        MixedFit a, b;
        MixedOptions options = {.mmrm.df = MMRM_KENWARD_ROGER};
        if (!fit_frame(t, frame, FORMULAS[f], options, &a) || !fit_frame(t, other, FORMULAS[f], options, &b)) continue;
        double shift = 2 * log(1000) * (double)(a.fixed.n - a.fixed.p);
        CHECK_NEAR(t, b.fixed.minus_two_log_lik, a.fixed.minus_two_log_lik + shift, 1e-11);
        for (size_t j = 0; j < a.fixed.p; j++) {
            Estimate x = mmrm_coefficient(&a.fixed, j, 0.95), y = mmrm_coefficient(&b.fixed, j, 0.95);
            CHECK(t, fabs(y.estimate / 1000 + (j == 0 ? 0.4 : 0) - x.estimate) < 1e-6 * x.se);
            CHECK_NEAR(t, y.se / 1000, x.se, 1e-7);
            CHECK_NEAR(t, y.df, x.df, 1e-5);
        }
    }
}

#define SAS_LISTINGS "SAS listings, own points"

static double half_digit(double printed, int decimals) { return 0.5 * pow(10, -decimals) * (1 + 1e-9) / fabs(printed); }

/* SAS stops early; where it is D above the optimum an estimate may be off by sqrt(D) standard errors. */
static void compare_estimate(Test *t, Str id, const Estimate *e, const Json *values, double slack)
{
    double want = values->items[0].number;
    agreement_note(t, SAS_LISTINGS, "estimates", id, e->estimate, want, slack * e->se / fabs(want) + half_digit(want, 4));
    agreement_note(t, SAS_LISTINGS, "standard errors", id, e->se, values->items[1].number, 2e-4 + half_digit(values->items[1].number, 4));
    agreement_note(t, SAS_LISTINGS, "degrees of freedom", id, e->df, values->items[2].number, 5e-4 + half_digit(values->items[2].number, 0));
}

static void compare_run(Test *t, Str id, const Json *item, const char *formula, MmrmOptions options, size_t run, const Frame *frame)
{
    MixedFit fit;
    if (!fit_frame(t, frame, formula, (MixedOptions){.mmrm = options}, &fit)) return;
    double want = json_number(item, "neg2loglik", NAN), slack = 1e-4 + sqrt(fmax(1e-8, want - fit.fixed.minus_two_log_lik));
    agreement_note(t, SAS_LISTINGS, "-2 log likelihood", id, fit.fixed.minus_two_log_lik, want, 2e-5 / want);
    CHECK(t, fit.fixed.minus_two_log_lik <= want + 1e-8);
    const Json *parameters = json_get(item, "Covariance Parameter Estimates"), *criteria = json_get(item, "Fit Statistics");
    for (size_t k = 0; k < 2; k++) {
        const Json *values = json_get(&parameters->items[2*run + k], "values");
        double printed = values->items[0].number, reach = values->items[3].number - values->items[2].number;
        agreement_note(t, SAS_LISTINGS, "covariance parameters", id, fit.fixed.parameters[1 - k], printed, slack * reach / 3.92 / printed + half_digit(printed, k == 0 ? 4 : 3));
    }
    for (size_t k = 1; k < 3; k++) {
        double printed = json_get(&criteria->items[4*run + k], "values")->items[0].number;
        agreement_note(t, SAS_LISTINGS, "AIC, AICC", id, k == 1 ? fit.fixed.aic : fit.fixed.aicc, printed, half_digit(printed, 1));
    }
    const Json *solution = json_get(item, "Solution for Fixed Effects");
    if (fit.fixed.p == 1) {
        Estimate e = mmrm_coefficient(&fit.fixed, 0, 0.95);
        compare_estimate(t, id, &e, json_get(&solution->items[0], "values"), slack);
        return;
    }
    const double treated[] = {1, 1}, placebo[] = {0, -1};            /* SAS's reference is TRT */
    Estimate e[] = {mmrm_contrast(&fit.fixed, treated, 0.95), mmrm_contrast(&fit.fixed, placebo, 0.95)};
    for (size_t k = 0; k < 2; k++) compare_estimate(t, id, &e[k], json_get(&solution->items[3*run + k], "values"), slack);
    const Json *sas = json_get(&json_get(item, "Type 3 Tests of Fixed Effects")->items[run], "values");
    MmrmTest *test = mmrm_anova(t->arena, &fit.fixed, TEST_TYPE_III);
    agreement_note(t, SAS_LISTINGS, "type III: error df", id, test->df_error, sas->items[1].number, 5e-4 + half_digit(sas->items[1].number, 0));
    agreement_note(t, SAS_LISTINGS, "type III: F", id, test->f, sas->items[3].number, 2e-4 + half_digit(sas->items[3].number, 2));
}

static Frame *fev(Test *t)
{
    Frame *frame;
    Error err = {0};
    Str path = test_data(t, "mmrm/fev_data.csv");
    if (path.len == 0) return NULL;
    return CHECK_OK(t, csv_read_frame(t->arena, path, &(CsvOptions){0}, &frame, &err), err) ? frame : NULL;
}

/* Among them sas_sp_gau_kr, which is transcribed as of VISITN alone: its likelihood is that of both coordinates. Its second
 * run's standard errors are those of kr(linear). */
static void distances_between_own_points_agree_with_sas(Test *t)
{
    Json json;
    Frame *frame = fev(t);
    size_t n = 0;
    if (!frame || !test_data_json(t, "mmrm/sas-proc-mixed-listings.json", &json)) return;
    const Json *cases = json_get(&json, "cases");
    for (size_t i = 0; i < cases->n; i++) {
        const Json *item = &cases->items[i];
        Str id = json_text(item, "id"), repeated = json_text(item, "repeated");
        bool two_runs = str_equal(id, STR("sas_sp_gau_kr"));
        if (!two_runs && str_find(repeated, STR("(VISITN VISITN2)")) == SIZE_MAX) continue;
        MmrmOptions options = {.method = str_equal(json_text(item, "method"), STR("ml")) ? MMRM_ML : MMRM_REML};
        const char *kind = str_find(repeated, STR("sp(gau)")) == SIZE_MAX ? "sp_exp" : "sp_gau";
        Str formula = str_format(t->arena, "FEV1 ~ %s + %s(VISITN, VISITN2 | USUBJID)", two_runs ? "ARMCD" : "1", kind);
        compare_run(t, id, item, formula.data, options, 0, frame);
        if (two_runs) compare_run(t, id, item, formula.data, (MmrmOptions){.df = MMRM_KENWARD_ROGER_LINEAR}, 1, frame);
        n++;
    }
    CHECK_INT(t, n, 5);
}

static void kenward_and_roger_for_own_points_agree_with_sas(Test *t)
{
    Json json;
    Frame *frame = fev(t);
    size_t n = 0;
    if (!frame || !test_data_json(t, "mmrm/sas-kenward-roger.json", &json)) return;
    const Json *rows = json_get(&json, "rows");
    for (size_t i = 0; i < rows->n; i++) {
        const Json *row = &rows->items[i];
        Str id = json_text(row, "file");
        MixedFit fit;
        MmrmOptions options = {.df = str_equal(json_text(row, "ddfm"), STR("kr")) ? MMRM_KENWARD_ROGER : MMRM_KENWARD_ROGER_LINEAR};
        if (!str_starts(json_text(row, "covariance"), STR("sp_"))) continue;
        if (!fit_frame(t, frame, "FEV1 ~ ARMCD + sp_exp(VISITN, VISITN2 | USUBJID)", (MixedOptions){.mmrm = options}, &fit)) return;
        Estimate e = mmrm_coefficient(&fit.fixed, 1, 0.95);
        agreement_note(t, "SAS Kenward-Roger, own points", "-2 log likelihood", id, fit.fixed.minus_two_log_lik, json_number(row, "neg2reml", NAN), 2e-5 / 3872);
        agreement_note(t, "SAS Kenward-Roger, own points", "estimate", id, e.estimate, json_number(row, "Estimate", NAN), 1e-4);
        agreement_note(t, "SAS Kenward-Roger, own points", "standard error", id, e.se, json_number(row, "StdErr", NAN), 1e-5);
        agreement_note(t, "SAS Kenward-Roger, own points", "degrees of freedom", id, e.df, json_number(row, "DF", NAN), 1e-4);
        n++;
    }
    CHECK_INT(t, n, 2);
}

static const TestCase CASES[] = {
    {"repeated measures agree with their own engine", repeated_measures_agree_with_their_own_engine},
    {"distances agree with the engine of shared points", distances_agree_with_the_engine_of_shared_points},
    {"compound symmetry is a random intercept", compound_symmetry_is_a_random_intercept},
    {"nested random intercepts agree with lme4", nested_random_intercepts_agree_with_lme4},
    {"likelihoods agree with lme4 and nlme", likelihoods_agree_with_lme4_and_nlme},
    {"a variance of zero leaves least squares", a_variance_of_zero_leaves_least_squares},
    {"answers do not depend on order, units or words", answers_do_not_depend_on_order_units_or_words},
    {"distances between own points agree with SAS", distances_between_own_points_agree_with_sas},
    {"Kenward and Roger for own points agree with SAS", kenward_and_roger_for_own_points_agree_with_sas},
    {"requests that cannot be met are refused", requests_that_cannot_be_met_are_refused},
    {"first and second derivatives are those of the value", first_and_second_derivatives_are_those_of_the_value},
    {"the sleep study agrees with lme4", the_sleep_study_agrees_with_lme4},
};
TEST_SUITE(mixed, CASES);
