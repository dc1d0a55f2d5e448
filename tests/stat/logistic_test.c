#include "stat/logistic.h"

#include <math.h>

#include "math/distribution.h"
#include "stat/reference.h"

#define N 24
#define P 3
static const double DOSE[N] = {1.3, 2.7, .4,  3.9, 2.2, 4.6, 1.8, 3.1, 2.9, .9,  4.1, 3.4,
                               2.1, 1.1, 3.7, .6,  2.5, 4.4, 1.6, 3.3, .8,  2.8, 4.9, 1.9};
static const double Y[N] = {0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1};
static const Str NAMES[P] = {{"(Intercept)", 11}, {"arm", 3}, {"dose", 4}};

/* intercept, arm (the second half), dose */
static LogisticData dose_data(Test *t)
{
    double *x = ARENA_ARRAY(t->arena, double, N *P);
    for (size_t i = 0; i < N; i++) x[i * P] = 1, x[i * P + 1] = i >= N / 2, x[i * P + 2] = DOSE[i];
    return (LogisticData){N, P, x, Y, NAMES};
}

/* R 4.2.2: glm(y ~ arm + dose, binomial, epsilon = 1e-14) */
static void maximum_likelihood_agrees_with_r(Test *t)
{
    static const double B[P] = {-2.742537689836671, -0.229200538075886, 1.231146915305798},
                        SE[P] = {1.427128051107129, 1.022988664003539, 0.502458922913223};
    Error err = {0};
    LogisticFit fit;
    LogisticData data = dose_data(t);
    if (!CHECK_OK(t, logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err), err)) return;
    for (size_t j = 0; j < P; j++) CHECK_NEAR(t, fit.b[j], B[j], 1e-9);
    for (size_t j = 0; j < P; j++)
        CHECK_NEAR(t, fit.se[j], SE[j], 1e-8); /* at the weights of R's last step but one */
    CHECK_NEAR(t, -2 * fit.log_likelihood, 23.4449214044036, 1e-10);
    CHECK(t, fit.penalised == fit.log_likelihood);
}

/* Intercept and, per label of the reference's arm, an indicator of "b"; then x where the case has it. */
static LogisticData reference_design(Test *t, const Json *input)
{
    const Json *values = json_get(input, "data"), *arm = json_get(values, "arm");
    size_t n, p = json_get(values, "x") ? 3 : 2;
    const double *y = reference_numbers(t, values, "y", &n), *dose = NULL;
    if (p == 3) dose = reference_numbers(t, values, "x", &n);
    double *x = ARENA_ARRAY(t->arena, double, n *p);
    for (size_t i = 0; i < n; i++) {
        x[i * p] = 1, x[i * p + 1] = str_equal(arm->items[i].text, STR("b"));
        if (dose) x[i * p + 2] = dose[i];
    }
    return (LogisticData){n, p, x, y, NAMES};
}

static void check_array(Test *t, const double *got, const Json *expected, const char *key, double relative)
{
    size_t n;
    const double *want = reference_numbers(t, expected, key, &n);
    for (size_t i = 0; i < n; i++) CHECK_NEAR(t, got[i], want[i], relative);
}

static void check_firth(Test *t, const LogisticData *data, const Json *expected)
{
    Error err = {0};
    LogisticFit fit;
    if (!CHECK_OK(t, logistic_fit(t->arena, data, LOGISTIC_FIRTH, &fit, &err), err)) return;
    check_array(t, fit.b, expected, "coef", 1e-8);
    check_array(t, fit.se, expected, "se", 1e-8);
    CHECK_NEAR(t, fit.penalised, reference_number(t, expected, "penalised_loglik"), 1e-8);
    double lower[P], upper[P], p[P];
    for (size_t j = 0; j < data->p; j++) {
        LogisticInference profile;
        CHECK_OK(t, logistic_profile(t->arena, &fit, j, .95, &profile, &err), err);
        lower[j] = profile.ci.lower, upper[j] = profile.ci.upper, p[j] = profile.p;
    }
    check_array(t, lower, expected, "profile_lower", 1e-8);
    check_array(t, upper, expected, "profile_upper", 1e-8);
    check_array(t, p, expected, "profile_p", 1e-8);
}

static void check_case(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    LogisticFit fit;
    LogisticData data = reference_design(t, input);
    check_firth(t, &data, json_get(expected, "firth"));
    const Json *ml = json_get(expected, "maximum_likelihood");
    bool is_fitted = logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err);
    if (ml->kind == JSON_IS_TEXT) {
        CHECK(t, !is_fitted);
        CHECK_ERROR(t, err, ERROR_DEGENERATE, "partly separated by \"arm\"");
        return;
    }
    if (!CHECK_OK(t, is_fitted, err)) return;
    check_array(t, fit.b, ml, "coef", 1e-8);
    check_array(t, fit.se, ml, "se", 1e-8);
    CHECK_NEAR(t, -2 * fit.log_likelihood, reference_number(t, ml, "deviance"), 1e-8);
    double p[P];
    for (size_t j = 0; j < data.p; j++) {
        LogisticInference wald;
        CHECK_OK(t, logistic_wald(&fit, j, .95, &wald, &err), err);
        p[j] = wald.p;
    }
    check_array(t, p, ml, "wald_p", 1e-8);
}

static void both_methods_agree_with_the_reference(Test *t)
{
    reference_each(t, "logistic", "logistic regression", check_case);
}

/* With one column per cell, the penalty adds half a subject to each count. */
static void firth_adds_a_half_to_every_cell_of_a_table(Test *t)
{
    Error err = {0};
    LogisticFit fit;
    double x[2 * 21], y[21];
    for (size_t i = 0; i < 21; i++) x[2 * i] = 1, x[2 * i + 1] = i >= 12, y[i] = i < 3; /* 3 of 12, 0 of 9 */
    LogisticData data = {21, 2, x, y, NULL};
    if (!CHECK_OK(t, logistic_fit(t->arena, &data, LOGISTIC_FIRTH, &fit, &err), err)) return;
    CHECK_NEAR(t, fit.b[0], log(3.5 / 9.5), 1e-9);
    CHECK_NEAR(t, fit.b[1], log(.5 / 9.5) - log(3.5 / 9.5), 1e-9);
    CHECK_NEAR(t, fit.vcov[0], 1 / (13 * (3.5 / 13) * (9.5 / 13)) * 13 / 12, 1e-9);
}

/* For an intercept alone the likelihood is binomial, so what it falls by at the bounds can be written out. */
static void a_profile_bound_lies_where_the_likelihood_has_fallen(Test *t)
{
    Error err = {0};
    LogisticFit fit;
    LogisticInference profile;
    double x[17], y[17];
    for (size_t i = 0; i < 17; i++) x[i] = 1, y[i] = i < 5;
    LogisticData data = {17, 1, x, y, NULL};
    CHECK_OK(t, logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err), err);
    CHECK_OK(t, logistic_profile(t->arena, &fit, 0, .9, &profile, &err), err);
    double limit = normal_quantile_upper(.05), best = 5 * log(5. / 17) + 12 * log(12. / 17);
    const double bounds[] = {profile.ci.lower, profile.ci.upper};
    for (int k = 0; k < 2; k++) {
        double pi = 1 / (1 + exp(-bounds[k]));
        CHECK_NEAR(t, 2 * (best - 5 * log(pi) - 12 * log1p(-pi)), limit * limit, 1e-10);
    }
    CHECK_NEAR(t, profile.chisq, 2 * (best + 17 * log(2)), 1e-12);
    CHECK_NEAR(t, fit.b[0], log(5. / 12), 1e-10);
}

static void counting_the_others_flips_every_sign(Test *t)
{
    Error err = {0};
    LogisticFit fit, flipped;
    LogisticInference a, b;
    LogisticData data = dose_data(t), others = data;
    double no[N];
    for (size_t i = 0; i < N; i++) no[i] = 1 - Y[i];
    others.y = no;
    for (int method = LOGISTIC_ML; method <= LOGISTIC_FIRTH; method++) {
        CHECK_OK(t, logistic_fit(t->arena, &data, (LogisticMethod)method, &fit, &err), err);
        CHECK_OK(t, logistic_fit(t->arena, &others, (LogisticMethod)method, &flipped, &err), err);
        CHECK_OK(t, logistic_profile(t->arena, &fit, 2, .95, &a, &err), err);
        CHECK_OK(t, logistic_profile(t->arena, &flipped, 2, .95, &b, &err), err);
        CHECK_NEAR(t, fit.b[2], -flipped.b[2], 1e-9);
        CHECK_NEAR(t, a.ci.lower, -b.ci.upper, 1e-9);
        CHECK(t, a.ci.lower < fit.b[2] && fit.b[2] < a.ci.upper);
    }
    CHECK_TEXT(t, str_from(logistic_method_word(LOGISTIC_FIRTH)), "firth");
}

/* Doses in thousandths: the same fit in other units, to the last digits. */
static void units_do_not_matter(Test *t)
{
    Error err = {0};
    LogisticFit fit, scaled;
    LogisticData data = dose_data(t), small = dose_data(t);
    double *x = arena_copy(t->arena, small.x, N * P * sizeof *x);
    for (size_t i = 0; i < N; i++) x[i * P + 2] *= 1e-6;
    small.x = x;
    CHECK_OK(t, logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err), err);
    CHECK_OK(t, logistic_fit(t->arena, &small, LOGISTIC_ML, &scaled, &err), err);
    CHECK_NEAR(t, scaled.b[2], fit.b[2] * 1e6, 1e-9);
    CHECK_NEAR(t, scaled.se[2], fit.se[2] * 1e6, 1e-9);
}

static void separation_is_named(Test *t)
{
    Error err = {0};
    LogisticFit fit;
    LogisticData data = dose_data(t);
    double y[N];
    for (size_t i = 0; i < N; i++) y[i] = DOSE[i] > 2.6;
    data.y = y;
    CHECK(t, !logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "completely separated by");
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "\"dose\"");
    CHECK_OK(t, logistic_fit(t->arena, &data, LOGISTIC_FIRTH, &fit, &err), err);
    CHECK(t, fit.b[2] > 0 && fit.b[2] < 50);
    for (size_t i = 0; i < N; i++) y[i] = i >= N / 2 || DOSE[i] > 2.25 - .5 * (i == 4);
    CHECK(t, !logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "separated by \"arm\"");
    for (size_t i = 0; i < N; i++) y[i] = 1;
    CHECK(t, !logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "every outcome is yes");
}

/* One pair out of order is enough for a finite estimate, however steep. */
static void overlap_however_small_is_not_separation(Test *t)
{
    Error err = {0};
    LogisticFit fit;
    double x[2 * 12], y[12];
    for (size_t i = 0; i < 12; i++) x[2 * i] = 1, x[2 * i + 1] = (double)i, y[i] = i >= 6;
    x[11] = 6.001, x[13] = 5.999; /* row 6 is a no, row 7 a yes */
    LogisticData data = {12, 2, x, y, NULL};
    CHECK_OK(t, logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err), err);
    CHECK(t, fit.b[1] > 1);
}

/* 300 designs of 14 rows, many of them separated: every penalised fit settles, and of the profiles all but the few
 * that NO_CONVERGENCE admits. */
static void small_and_separated_designs_settle(Test *t)
{
    uint64_t state = 12345;
    size_t n_open = 0;
    for (int k = 0; k < 300; k++) {
        double x[3 * 14], y[14];
        for (size_t i = 0; i < 14; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            x[3 * i] = 1, x[3 * i + 1] = (double)((state >> 33) % 2),
                  x[3 * i + 2] = (double)((state >> 40) % 7);
            y[i] = (state >> 50) % 3 == 0;
        }
        Error err = {0};
        LogisticFit fit;
        LogisticInference profile;
        LogisticData data = {14, 3, x, y, NULL};
        if (!CHECK_OK(t, logistic_fit(t->arena, &data, LOGISTIC_FIRTH, &fit, &err), err)) return;
        for (size_t j = 0; j < 3; j++) n_open += !logistic_profile(t->arena, &fit, j, .95, &profile, &err);
    }
    CHECK(t, n_open <= 9);
}

static void impossible_designs_are_refused(Test *t)
{
    Error err = {0};
    LogisticFit fit;
    LogisticInference result;
    LogisticData data = dose_data(t), none = {0};
    double *x = arena_copy(t->arena, data.x, N * P * sizeof *x), y[N];
    for (size_t i = 0; i < N; i++) y[i] = Y[i];
    CHECK(t, !logistic_fit(t->arena, &none, LOGISTIC_ML, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "0 rows and 0 columns");
    CHECK_OK(t, logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err), err);
    CHECK(t, !logistic_wald(&fit, 0, 0, &result, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level 0");
    CHECK(t, !logistic_profile(t->arena, &fit, 0, 1, &result, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level 1");
    data.x = x, data.y = y, data.names = NULL;
    for (size_t i = 0; i < N; i++) x[i * P + 2] = 2 - x[i * P + 1];
    CHECK(t, !logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "column 3 repeats");
    y[6] = 2;
    CHECK(t, !logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the outcome of row 7 is 2");
    x[4 * P + 1] = NAN;
    CHECK(t, !logistic_fit(t->arena, &data, LOGISTIC_ML, &fit, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "row 5 of the design");
}

static const TestCase CASES[] = {
    {"maximum likelihood agrees with R", maximum_likelihood_agrees_with_r},
    {"both methods agree with the reference", both_methods_agree_with_the_reference},
    {"Firth adds a half to every cell of a table", firth_adds_a_half_to_every_cell_of_a_table},
    {"a profile bound lies where the likelihood has fallen",
     a_profile_bound_lies_where_the_likelihood_has_fallen},
    {"counting the others flips every sign", counting_the_others_flips_every_sign},
    {"units do not matter", units_do_not_matter},
    {"separation is named", separation_is_named},
    {"overlap, however small, is not separation", overlap_however_small_is_not_separation},
    {"small and separated designs settle", small_and_separated_designs_settle},
    {"impossible designs are refused", impossible_designs_are_refused},
};
TEST_SUITE(logistic, CASES);
