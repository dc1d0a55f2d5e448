#include "stat/mmrm_fallback.h"

#include <math.h>

#include "math/rng.h"
#include "stat/model_data.h"

enum { SUBJECTS = 30, ROWS = 2 * SUBJECTS };

/* Half of the subjects were seen at V1 and V2, half at V2 and V3: nobody at V1 and V3. */
static Frame *apart(Test *t)
{
    static const char *const VISIT[] = {"V1", "V2", "V3"};
    const char *visit[ROWS], *id[ROWS];
    double y[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        Rng rng = rng_stream(41, i / 2), own = rng_stream(42, i);
        visit[i] = VISIT[(i / 2) % 2 + i % 2];
        id[i] = str_c(t->arena, str_format(t->arena, "S%02zu", i / 2));
        y[i] = rng_normal(&rng) + rng_normal(&own);
    }
    Frame *frame = frame_new(t->arena, STR("apart"));
    add_texts(frame, "visit", visit, ROWS);
    add_texts(frame, "id", id, ROWS);
    add_numbers(frame, "y", y, ROWS);
    return frame;
}

static void the_first_that_can_be_fitted_is_used(Test *t)
{
    static const CovarianceKind LIST[] = {COVARIANCE_TOEPLITZ_HETEROGENEOUS, COVARIANCE_AUTOREGRESSIVE, COVARIANCE_COMPOUND_SYMMETRY};
    Model model, alone;
    MmrmFit fit, direct;
    MmrmFailures failures;
    Error err = {0};
    Frame *frame = apart(t);
    if (!build(t, frame, "y ~ visit + us(visit | id)", &model) || !build(t, frame, "y ~ visit + ar1(visit | id)", &alone)) return;
    if (!CHECK_OK(t, mmrm_fit_first(t->arena, &model, &(MmrmOptions){0}, LIST, 3, &fit, &failures, &err), err)
        || !CHECK_OK(t, mmrm_fit(t->arena, &alone, &(MmrmOptions){0}, &direct, &err), err)) return;
    CHECK(t, fit.kind == COVARIANCE_AUTOREGRESSIVE);
    CHECK_NEAR(t, fit.minus_two_log_lik, direct.minus_two_log_lik, 0);
    for (size_t j = 0; j < fit.p; j++) CHECK_NEAR(t, fit.b[j], direct.b[j], 0);
    CHECK(t, model.formula->covariances[0].kind == COVARIANCE_UNSTRUCTURED);     /* the plan's model stays as it is */
    if (!CHECK(t, failures.n == 2)) return;
    CHECK(t, failures.items[0].kind == COVARIANCE_UNSTRUCTURED && failures.items[0].code == ERROR_DEGENERATE);
    CHECK_TEXT(t, failures.items[0].why, "nobody has both visits \"V1\" and \"V3\": their covariance cannot be estimated");
    CHECK(t, str_starts(mmrm_failures_words(t->arena, &failures), STR("unstructured failed (nobody has both visits \"V1\" and \"V3\": their covariance cannot be estimated), heterogeneous Toeplitz failed (")));
}

static void one_that_fits_leaves_the_list_alone(Test *t)
{
    static const CovarianceKind LIST[] = {COVARIANCE_COMPOUND_SYMMETRY};
    Model model;
    MmrmFit fit;
    MmrmFailures failures;
    Error err = {0};
    if (!build(t, apart(t), "y ~ visit + ar1h(visit | id)", &model)) return;
    CHECK_OK(t, mmrm_fit_first(t->arena, &model, &(MmrmOptions){0}, LIST, 1, &fit, &failures, &err), err);
    CHECK(t, fit.kind == COVARIANCE_AUTOREGRESSIVE_HETEROGENEOUS && failures.n == 0 && fit.model == &model);
    CHECK_TEXT(t, mmrm_failures_words(t->arena, &failures), "");
}

static void when_all_fail_each_is_named(Test *t)
{
    static const CovarianceKind LIST[] = {COVARIANCE_TOEPLITZ_HETEROGENEOUS};
    Model model;
    MmrmFit fit;
    MmrmFailures failures;
    Error err = {0};
    if (!build(t, apart(t), "y ~ visit + us(visit | id)", &model)) return;
    CHECK(t, !mmrm_fit_first(t->arena, &model, &(MmrmOptions){0}, LIST, 1, &fit, &failures, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "no covariance of the list can be fitted: unstructured failed (nobody has both visits");
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "heterogeneous Toeplitz failed (");      /* the last one's code */
    err = (Error){0};                                     /* without a list the error is that of the fit */
    CHECK(t, !mmrm_fit_first(t->arena, &model, &(MmrmOptions){0}, NULL, 0, &fit, &failures, &err));
    CHECK(t, str_starts(str_from(err.message), STR("nobody has both visits")));
}

static void what_no_structure_mends_is_said_at_once(Test *t)
{
    static const CovarianceKind LIST[] = {COVARIANCE_COMPOUND_SYMMETRY};
    Model model;
    MmrmFit fit;
    MmrmFailures failures;
    Error err = {0};
    Frame *frame = apart(t);
    if (!build(t, frame, "y ~ visit", &model)) return;
    CHECK(t, !mmrm_fit_first(t->arena, &model, &(MmrmOptions){0}, LIST, 1, &fit, &failures, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "");
    if (!build(t, frame, "y ~ 1 + us(id | visit)", &model)) return;
    err = (Error){0};
    CHECK(t, !mmrm_fit_first(t->arena, &model, &(MmrmOptions){.weights = STR("w")}, LIST, 1, &fit, &failures, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "no column \"w\"");
    CHECK_INT(t, failures.n, 0);
}

static void lists_are_words_between_commas_or_blanks(Test *t)
{
    CovarianceKind *kinds;
    size_t n;
    Error err = {0};
    if (!CHECK_OK(t, covariance_list_parse(t->arena, STR(" toeph, ar1h cs"), &kinds, &n, &err), err) || !CHECK(t, n == 3)) return;
    CHECK(t, kinds[0] == COVARIANCE_TOEPLITZ_HETEROGENEOUS && kinds[1] == COVARIANCE_AUTOREGRESSIVE_HETEROGENEOUS
             && kinds[2] == COVARIANCE_COMPOUND_SYMMETRY);
    CHECK(t, !covariance_list_parse(t->arena, STR("toeph, tooep"), &kinds, &n, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "there is no covariance structure \"tooep\"");
    CHECK_TEXT(t, str_from(err.hint), "Did you mean \"toep\"?");
    CHECK(t, !covariance_list_parse(t->arena, STR(" , "), &kinds, &n, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "no covariance structure is named");
}

static const TestCase CASES[] = {
    {"the first that can be fitted is used", the_first_that_can_be_fitted_is_used},
    {"one that fits leaves the list alone", one_that_fits_leaves_the_list_alone},
    {"when all fail each is named", when_all_fail_each_is_named},
    {"what no structure mends is said at once", what_no_structure_mends_is_said_at_once},
    {"lists are words between commas or blanks", lists_are_words_between_commas_or_blanks},
};
TEST_SUITE(mmrm_fallback, CASES);
