/* What is said beside the estimates of a mixed model: residuals, robust covariances, predictions. */
#include <math.h>

#include "math/rng.h"
#include "stat/mmrm.h"
#include "stat/model_data.h"

/* A made-up trial: two arms, a baseline, weights; a row in five without an outcome; rows by visit, then subject. */
static Frame *trial(Test *t, size_t n, size_t m)
{
    static const char *const COLUMNS[] = {"id", "arm", "visit", "base", "weight", "y"};
    Frame *frame = frame_new(t->arena, STR("made-up"));
    for (size_t c = 0; c < 6; c++) frame_add_column(frame, str_from(COLUMNS[c]), c < 3 ? COLUMN_TEXT : COLUMN_NUMBER);
    for (size_t v = 0; v < m; v++)
        for (size_t i = 0; i < n; i++) {
            Rng subject = rng_stream(71, i), rng = rng_stream(72, v*n + i);
            size_t row = frame_add_row(frame);
            double base = 40 + 7 * rng_normal(&subject), level = 3 * rng_normal(&subject);
            double y = base + level + (i % 2 ? 1.3 : 0.4) * (double)v + (2 + 0.4 * (double)v) * rng_normal(&rng);
            frame_set_text(frame, row, 0, str_format(t->arena, "S%03zu", i));
            frame_set_text(frame, row, 1, i % 2 ? STR("active") : STR("control"));
            frame_set_text(frame, row, 2, str_format(t->arena, "V%zu", v + 1));
            frame_set_number(frame, row, 3, base);
            frame_set_number(frame, row, 4, 0.5 + rng_uniform(&rng));
            if (rng_uniform(&rng) > 0.2) frame_set_number(frame, row, 5, y);
        }
    return frame;
}

static bool fit_frame(Test *t, const Frame *frame, const char *formula, MmrmOptions options, MmrmFit *fit)
{
    Model *model = ARENA_NEW(t->arena, Model);
    Error err = {0};
    return build(t, frame, formula, model) && CHECK_OK(t, mmrm_fit(t->arena, model, &options, fit, &err), err);
}

static const char *const FORMULAS[] = {"y ~ base + arm * visit + us(visit | id)", "y ~ base + arm * visit + ar1h(visit | id)",
                                       "y ~ base * visit + arm + cs(visit | arm / id)"};

static void residuals_have_the_size_that_restricted_likelihood_gives_them(Test *t)
{
    Frame *frame = trial(t, 40, 4);
    for (size_t k = 0; k < 6; k++) {
        MmrmFit fit;
        if (!fit_frame(t, frame, FORMULAS[k % 3], (MmrmOptions){.weights = k < 3 ? STR("") : STR("weight")}, &fit)) return;
        double *fitted = mmrm_fitted(t->arena, &fit), *raw = mmrm_residuals(t->arena, &fit, MMRM_RESIDUAL_RAW);
        double *pearson = mmrm_residuals(t->arena, &fit, MMRM_RESIDUAL_PEARSON), *normal = mmrm_residuals(t->arena, &fit, MMRM_RESIDUAL_NORMALISED);
        for (size_t i = 0; i < fit.n; i++) {
            size_t v = fit.visits.level[i], g = k % 3 == 2 ? fit.groups.level[i] : 0;
            double w = k < 3 ? 1 : frame->columns[4].numbers[fit.model->rows[i]];
            CHECK_NEAR(t, fitted[i] + raw[i], fit.model->y[i], 1e-14);
            CHECK_NEAR(t, pearson[i] * sqrt(fit.sigma[(g*4 + v)*4 + v] / w), raw[i], 1e-12);
        }
        CHECK_NEAR(t, dot(normal, normal, fit.n), (double)(fit.n - fit.space.rank), 1e-9);
    }
}

/* With two visits the normalised residual of the second is what regression on the first leaves. */
static void normalised_residuals_are_what_earlier_visits_do_not_predict(Test *t)
{
    MmrmFit fit;
    if (!fit_frame(t, trial(t, 30, 2), "y ~ arm * visit + us(visit | id)", (MmrmOptions){0}, &fit)) return;
    double *raw = mmrm_residuals(t->arena, &fit, MMRM_RESIDUAL_RAW), *normal = mmrm_residuals(t->arena, &fit, MMRM_RESIDUAL_NORMALISED);
    const double *s = fit.sigma;
    size_t n_pairs = 0;
    for (size_t i = 0; i < fit.n; i++)
        for (size_t j = 0; j < fit.n; j++) {
            if (fit.subjects.level[i] != fit.subjects.level[j] || fit.visits.level[i] != 0 || fit.visits.level[j] != 1) continue;
            CHECK_NEAR(t, normal[i], raw[i] / sqrt(s[0]), 1e-12);
            CHECK_NEAR(t, normal[j], (raw[j] - s[1]/s[0] * raw[i]) / sqrt(s[3] - s[1]*s[1]/s[0]), 1e-10);
            n_pairs++;
        }
    CHECK(t, n_pairs > 15);
}

static const TestCase CASES[] = {
    {"residuals have the size that restricted likelihood gives them", residuals_have_the_size_that_restricted_likelihood_gives_them},
    {"normalised residuals are what earlier visits do not predict", normalised_residuals_are_what_earlier_visits_do_not_predict},
};
TEST_SUITE(mmrm_inference, CASES);
