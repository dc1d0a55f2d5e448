/* The public library, as a C program sees it. */
#include "equipoise.h"

#include <math.h>
#include <string.h>

#include "test.h"

/* Two arms of four, least squares by hand: means 2.5 and 6.5, residual mean square 5/3. */
static EqData *two_arms(Test *t)
{
    static const double Y[] = {1, 2, 3, 4, 5, 6, 7, 8, NAN};
    static const char *const ARM[] = {"old", "old", "old", "old", "new", "new", "new", "new", NULL};
    EqError err = {0};
    EqData *data = eq_data_new(9);
    CHECK(t, eq_data_add_numbers(data, "Y", Y, &err) && eq_data_add_texts(data, "ARM", ARM, &err));
    return data;
}

static void a_linear_model_is_fitted(Test *t)
{
    EqError err = {0};
    EqData *data = two_arms(t);
    EqFit *fit = eq_fit(data, "Y ~ ARM", NULL, &err);
    size_t n;
    if (!CHECK(t, fit != NULL)) return;
    EqSummary s = eq_fit_summary(fit);
    CHECK(t, !s.repeated && s.n_rows == 8 && s.n_left_out == 1 && s.n_coefficients == 2);
    CHECK_NEAR(t, s.sigma, sqrt(5.0 / 3), 1e-14);
    const EqEstimate *c = eq_fit_coefficients(fit, &n);
    CHECK_INT(t, n, 2);
    CHECK_TEXT(t, str_from(c[1].label), "ARMold");
    CHECK_NEAR(t, c[1].estimate, -4, 1e-14);
    CHECK_NEAR(t, c[1].se, sqrt(5.0 / 6), 1e-14);
    const EqEstimate *d = eq_fit_differences(fit, "ARM", "old", false, &n, &err);
    CHECK_INT(t, n, 1);
    CHECK_TEXT(t, str_from(d[0].label), "new - old");
    CHECK_NEAR(t, d[0].estimate, 4, 1e-14);
    const EqTest *tests = eq_fit_tests(fit, 3, &n, &err);
    CHECK(t, n == 1 && strcmp(tests[0].term, "ARM") == 0);
    CHECK_NEAR(t, tests[0].f, 16 / (5.0 / 6), 1e-13);
    CHECK(t, eq_fit_covariance(fit, 0) == NULL);
    CHECK_NEAR(t, eq_fit_coefficient_covariance(fit)[3], 5.0 / 6, 1e-13);
    eq_fit_free(fit);
    eq_data_free(data);
}

/* Four subjects at two visits; differences 1, 2, 4, 1: mean 2, variance 2. */
static EqData *pairs(Test *t)
{
    static const double Y[] = {3, 4, 1, 3, 2, 6, 5, 6};
    static const char *const VISIT[] = {"V1", "V2", "V1", "V2", "V1", "V2", "V1", "V2"}, *const ID[] = {"a", "a", "b", "b", "c", "c", "d", "d"};
    EqError err = {0};
    EqData *data = eq_data_new(8);
    CHECK(t, eq_data_add_numbers(data, "Y", Y, &err) && eq_data_add_texts(data, "VISIT", VISIT, &err) && eq_data_add_texts(data, "ID", ID, &err));
    return data;
}

/* Complete pairs: Kenward-Roger is the paired t test. */
static void repeated_measures_are_fitted(Test *t)
{
    EqError err = {0};
    EqData *data = pairs(t);
    EqFit *fit = eq_fit(data, "Y ~ VISIT + us(VISIT | ID)", &(EqOptions){.df = "kenward-roger", .confidence = 0.9}, &err);
    if (!CHECK(t, fit != NULL)) return;
    size_t n;
    const EqEstimate *c = eq_fit_coefficients(fit, &n);
    CHECK_NEAR(t, c[1].estimate, 2, 1e-12);
    CHECK_NEAR(t, c[1].se, sqrt(2) / 2, 1e-9);
    CHECK_NEAR(t, c[1].df, 3, 1e-8);
    CHECK_NEAR(t, c[1].upper - c[1].estimate, 2.3533634348018264 * c[1].se, 1e-8);
    EqEstimate e;
    CHECK(t, eq_fit_contrast(fit, (double[]){1, 0.5}, 2, &e, &err));
    CHECK_NEAR(t, e.estimate, 3.75, 1e-12);
    CHECK_NEAR(t, eq_fit_covariance(fit, 0)[0], 35.0 / 12, 1e-9);
    EqSummary s = eq_fit_summary(fit);
    CHECK(t, s.repeated && s.n_subjects == 4 && s.n_visits == 2 && s.gradient < 1e-6);
    eq_fit_free(fit);
    eq_data_free(data);
}

/* Eight subjects; odd ones have visits 1 and 2, even ones 2 and 3, so that nobody has both 1 and 3. */
static EqData *apart(Test *t)
{
    static const double Y[] = {3, 4.5, 1.2, 3, 2, 6, 5, 6.1, 7, 9.2, 4, 4.4, 8, 7.5, 2.2, 5};
    static const char *const VISIT[] = {"V1", "V2", "V2", "V3", "V1", "V2", "V2", "V3", "V1", "V2", "V2", "V3", "V1", "V2", "V2", "V3"};
    static const char *const ID[] = {"a", "a", "b", "b", "c", "c", "d", "d", "e", "e", "f", "f", "g", "g", "h", "h"};
    EqError err = {0};
    EqData *data = eq_data_new(16);
    CHECK(t, eq_data_add_numbers(data, "Y", Y, &err) && eq_data_add_texts(data, "VISIT", VISIT, &err) && eq_data_add_texts(data, "ID", ID, &err));
    return data;
}

static void a_list_of_covariances_is_tried_in_turn(Test *t)
{
    EqError err = {0};
    EqData *data = apart(t);
    CHECK(t, !eq_fit(data, "Y ~ VISIT + us(VISIT | ID)", NULL, &err) && err.code == EQ_DEGENERATE);
    EqFit *fit = eq_fit(data, "Y ~ VISIT + us(VISIT | ID)", &(EqOptions){.fallback = "cs, ar1"}, &err);
    EqFit *direct = eq_fit(data, "Y ~ VISIT + cs(VISIT | ID)", NULL, &err);
    if (!CHECK(t, fit && direct)) return;
    EqSummary s = eq_fit_summary(fit), d = eq_fit_summary(direct);
    CHECK_TEXT(t, str_from(s.covariance), "cs");
    CHECK(t, strstr(s.failed, "unstructured failed (nobody has both visits") != NULL);
    CHECK_TEXT(t, str_from(d.failed), "");
    CHECK_NEAR(t, s.minus_two_log_lik, d.minus_two_log_lik, 0);
    CHECK(t, s.n_subjects == 8 && s.n_visits == 3 && s.n_random == 0);
    eq_fit_free(fit);
    eq_fit_free(direct);
    eq_data_free(data);
}

/* With Sigma saturated HC0 of the mean difference is sum (d - mean)^2 / n^2, CR2 that over
 * n (n - 1), CR3 over (n - 1)^2. */
static void covariances_that_residuals_show_are_asked_by_name(Test *t)
{
    static const double SQUARES = 6;
    static const struct {
        const char *vcov;
        double variance;
    } CASES_OF[] = {{NULL, SQUARES / 12}, {"model", SQUARES / 12}, {"hc0", SQUARES / 16}, {"cr2", SQUARES / 12}, {"cr3", SQUARES / 9}, {"empirical", SQUARES / 16}};
    EqError err = {0};
    EqData *data = pairs(t);
    for (size_t i = 0; i < sizeof CASES_OF / sizeof CASES_OF[0]; i++) {
        EqFit *fit = eq_fit(data, "Y ~ VISIT + us(VISIT | ID)", &(EqOptions){.vcov = CASES_OF[i].vcov}, &err);
        if (!CHECK(t, fit != NULL)) continue;
        CHECK_NEAR(t, eq_fit_coefficient_covariance(fit)[3], CASES_OF[i].variance, 1e-9);
        eq_fit_free(fit);
    }
    CHECK(t, !eq_fit(data, "Y ~ VISIT + us(VISIT | ID)", &(EqOptions){.vcov = "hc9"}, &err));
    CHECK(t, err.code == EQ_USAGE && strstr(err.message, "hc9") && strstr(err.hint, "hc0"));
    CHECK(t, !eq_fit(data, "Y ~ VISIT + us(VISIT | ID)", &(EqOptions){.vcov = "hc0", .df = "kenward-roger"}, &err) && err.code == EQ_USAGE);
    eq_data_free(data);
}

/* Balanced: with a random intercept for each of 4 pairs variances follow from mean squares. */
static void random_terms_are_fitted(Test *t)
{
    EqError err = {0};
    EqData *data = pairs(t);
    size_t n;
    EqFit *fit = eq_fit(data, "Y ~ VISIT + (1 | ID)", &(EqOptions){.df = "kenward-roger"}, &err);
    if (!CHECK(t, fit != NULL)) return;
    EqSummary s = eq_fit_summary(fit);
    CHECK(t, s.repeated && s.n_random == 1 && s.covariance == NULL && s.n_subjects == 0 && s.n_visits == 0 && s.n_covariance_parameters == 2);
    CHECK_NEAR(t, s.residual, 1, 1e-9);                                   /* half the variance of the differences, 2 */
    const EqEstimate *c = eq_fit_coefficients(fit, &n);
    CHECK_NEAR(t, c[1].estimate, 2, 1e-12);
    CHECK_NEAR(t, c[1].se, sqrt(0.5), 1e-9);
    CHECK_NEAR(t, c[1].df, 3, 1e-7);
    CHECK(t, eq_fit_covariance(fit, 0) == NULL);
    const EqRandom *r = eq_fit_random(fit, &n);
    if (!CHECK(t, n == 1 && r && r[0].n_effects == 1 && r[0].n_levels == 4)) return;
    CHECK_TEXT(t, str_from(r[0].group), "ID");
    CHECK_TEXT(t, str_from(r[0].effects[0]), "(Intercept)");
    CHECK_TEXT(t, str_from(r[0].levels[3]), "d");
    /* subjects' means 3.5, 2, 4, 5.5: variance 6.25 / 3 less half the residual; shrunk by the one over the whole */
    double between = 6.25 / 3 - 0.5;
    CHECK_NEAR(t, r[0].covariance[0], between, 1e-8);
    CHECK_NEAR(t, r[0].predicted[3], between / (between + 0.5) * (5.5 - 3.75), 1e-8);
    eq_fit_free(fit);
    CHECK(t, !eq_fit(data, "Y ~ VISIT + (1 | ID)", &(EqOptions){.vcov = "hc0"}, &err) && err.code == EQ_USAGE);
    CHECK(t, !eq_fit(data, "Y ~ VISIT + (1 | ID)", &(EqOptions){.fallback = "cs"}, &err) && err.code == EQ_USAGE);
    eq_data_free(data);
}

static void options_without_a_use_are_refused(Test *t)
{
    static const struct {
        EqOptions options;
        const char *named;
    } IDLE[] = {{{.weights = "Y"}, "weights"}, {{.fallback = "cs"}, "fallback"}, {{.vcov = "hc0"}, "vcov"}, {{.method = "ml"}, "method"}};
    EqError err = {0};
    EqData *data = two_arms(t);
    for (size_t i = 0; i < sizeof IDLE / sizeof IDLE[0]; i++) {
        CHECK(t, !eq_fit(data, "Y ~ ARM", &IDLE[i].options, &err));
        CHECK(t, err.code == EQ_USAGE && strstr(err.message, IDLE[i].named) && strstr(err.hint, "formula"));
    }
    EqFit *fit = eq_fit(data, "Y ~ ARM", &(EqOptions){.vcov = "model", .method = "reml"}, &err);
    size_t n;
    CHECK(t, fit && eq_fit_random(fit, &n) == NULL && n == 0);
    eq_fit_free(fit);
    eq_data_free(data);
}

static void check_error(Test *t, const EqError *err, EqCode code, const char *part)
{
    CHECK_INT(t, err->code, code);
    if (!strstr(err->message, part) && !strstr(err->hint, part)) CHECK_TEXT(t, str_from(err->message), part);
}

static void errors_say_what_is_wrong(Test *t)
{
    EqError err = {0};
    EqData *data = two_arms(t);
    size_t n;
    CHECK(t, !eq_fit(data, "Y ~ ARMS", NULL, &err));
    check_error(t, &err, EQ_INCONSISTENT, "ARM");
    CHECK(t, !eq_fit(data, "Y ~ ", NULL, &err) && err.code == EQ_MALFORMED);
    CHECK(t, !eq_fit(data, "Y ~ ARM", &(EqOptions){.confidence = 95}, &err));
    check_error(t, &err, EQ_USAGE, "between 0 and 1");
    CHECK(t, !eq_fit(data, "Y ~ ARM", &(EqOptions){.df = "kr"}, &err));
    check_error(t, &err, EQ_USAGE, "degrees of freedom");
    CHECK(t, !eq_data_add_numbers(data, "y", (double[9]){0}, &err));
    check_error(t, &err, EQ_INCONSISTENT, "already");
    CHECK(t, !eq_data_add_numbers(data, "X", (double[9]){0, INFINITY}, &err));
    check_error(t, &err, EQ_MALFORMED, "row 2");
    CHECK(t, !eq_data_read("no/such.csv", &err));
    check_error(t, &err, EQ_IO, "no");
    EqFit *fit = eq_fit(data, "Y ~ ARM", NULL, &err);
    EqEstimate e;
    CHECK(t, !eq_fit_means(fit, "Y", false, &n, &err) && err.code == EQ_INCONSISTENT);
    CHECK(t, !eq_fit_tests(fit, 4, &n, &err) && err.code == EQ_USAGE);
    CHECK(t, !eq_fit_contrast(fit, (double[]){1}, 1, &e, &err) && err.code == EQ_USAGE);
    CHECK(t, !eq_fit(data, "Y ~ ARMS", NULL, NULL));
    eq_fit_free(fit);
    eq_fit_free(NULL);
    eq_data_free(data);
    eq_data_free(NULL);
}

static const TestCase CASES[] = {
    {"a linear model is fitted", a_linear_model_is_fitted},
    {"repeated measures are fitted", repeated_measures_are_fitted},
    {"a list of covariances is tried in turn", a_list_of_covariances_is_tried_in_turn},
    {"covariances that residuals show are asked by name", covariances_that_residuals_show_are_asked_by_name},
    {"random terms are fitted", random_terms_are_fitted},
    {"options without a use are refused", options_without_a_use_are_refused},
    {"errors say what is wrong", errors_say_what_is_wrong},
};
TEST_SUITE(api, CASES);
