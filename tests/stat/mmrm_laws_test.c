/* What holds of repeated-measures fits whatever the numbers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "math/rng.h"
#include "stat/mmrm.h"
#include "stat/model_data.h"

#define SUBJECTS  90
#define VISITS    5

/* How a trial of the same responses is written down. */
typedef struct {
    const char *const *visits;        /* VISITS names */
    bool gaps;                        /* single visits are missing, too, not only all after some */
    bool upside_down;                 /* rows from the last to the first */
    const char *const *arms;          /* 2 names */
} Writing;

static const char *const FORWARD[] = {"v1", "v2", "v3", "v4", "v5"}, *const BACKWARD[] = {"z", "y", "x", "w", "u"};
static const char *const ARMS[] = {"new", "old"}, *const SWAPPED[] = {"p", "n"};

static Frame *trial(Test *t, Writing w)
{
    static const char *const COLUMNS[] = {"id", "arm", "visit", "base", "y"};
    Frame *frame = frame_new(t->arena, STR("laws"));
    for (size_t c = 0; c < 5; c++) frame_add_column(frame, str_from(COLUMNS[c]), c < 3 ? COLUMN_TEXT : COLUMN_NUMBER);
    for (size_t i = 0; i < SUBJECTS; i++) {
        Rng rng = rng_stream(71, i);
        size_t arm = rng_bernoulli(&rng, 0.5);
        double base = 30 + 6 * rng_normal(&rng), level = 3 * rng_normal(&rng), slope = rng_normal(&rng), last = 1.5 + 7 * rng_uniform(&rng);
        for (size_t v = 0; v < VISITS; v++) {
            double y = 12 + 0.6 * base + 1.7 * (double)(arm * v) + level + slope * (double)v + 2 * rng_normal(&rng);
            bool gap = rng_uniform(&rng) < 0.15;
            size_t row = frame_add_row(frame);
            frame_set_text(frame, row, 0, str_format(t->arena, "s%zu", i * 7 % SUBJECTS));
            frame_set_text(frame, row, 1, str_from(w.arms[arm]));
            frame_set_text(frame, row, 2, str_from(w.visits[v]));
            frame_set_number(frame, row, 3, base);
            if ((double)v < last && !(w.gaps && gap)) frame_set_number(frame, row, 4, y);
        }
    }
    if (!w.upside_down) return frame;
    size_t *rows = ARENA_ARRAY(t->arena, size_t, frame->n_rows);
    for (size_t i = 0; i < frame->n_rows; i++) rows[i] = frame->n_rows - 1 - i;
    return frame_take_rows(t->arena, frame, rows, frame->n_rows);
}

static bool fit_frame(Test *t, const Frame *frame, const char *formula, MmrmOptions options, MmrmFit *fit)
{
    Model *model = ARENA_NEW(t->arena, Model);
    Error err = {0};
    return build(t, frame, formula, model) && CHECK_OK(t, mmrm_fit(t->arena, model, &options, fit, &err), err);
}

static bool fit_trial(Test *t, Writing w, const char *formula, MmrmOptions options, MmrmFit *fit)
{
    return fit_frame(t, trial(t, w), formula, options, fit);
}

/* The other arm less the reference, at the visit. */
static Estimate difference(Test *t, const MmrmFit *fit, const char *reference, const char *visit)
{
    LsMeans means;
    LsDifference *differences;
    Error err = {0};
    size_t n, v = model_level(&fit->visits, str_from(visit));
    if (!CHECK_OK(t, lsmeans_rows(t->arena, fit->model, STR("arm | visit"), MARGINS_EQUAL, &means, &err)
                     && lsmeans_differences(t->arena, &means, str_from(reference), &differences, &n, &err), err)) return (Estimate){0};
    return mmrm_contrast(fit, differences[v].l, 0.95);
}

static void same_difference(Test *t, Estimate a, Estimate b, double sign)
{
    CHECK(t, a.is_estimable && b.is_estimable);
    CHECK_NEAR(t, b.estimate, sign * a.estimate, 1e-7);
    CHECK_NEAR(t, b.se, a.se, 1e-7);
    CHECK_NEAR(t, b.df, a.df, 1e-6);
}

/* Sigma of `a` at visits in their order is that of `b` in the opposite order. */
static void same_sigma_backward(Test *t, const MmrmFit *a, const MmrmFit *b)
{
    for (size_t i = 0; i < VISITS; i++)
        for (size_t j = 0; j < VISITS; j++)
            CHECK_NEAR(t, b->sigma[(VISITS - 1 - i)*VISITS + VISITS - 1 - j], a->sigma[i*VISITS + j], 1e-7);
}

#define SATURATED "y ~ base * visit + arm * visit + us(visit | id)"

static void dropout_has_a_closed_form_that_iteration_finds_too(Test *t)
{
    MmrmMethod METHODS[] = {MMRM_REML, MMRM_ML};
    for (size_t k = 0; k < 2; k++) {
        MmrmFit closed, iterated;
        MmrmOptions options = {.method = METHODS[k], .df = MMRM_KENWARD_ROGER};
        if (!fit_trial(t, (Writing){FORWARD, false, false, ARMS}, SATURATED, options, &closed)
            || !fit_trial(t, (Writing){BACKWARD, false, false, ARMS}, SATURATED, options, &iterated)) return;
        CHECK_INT(t, closed.certificate.n_iterations, 0);
        CHECK(t, closed.certificate.decrement < 1e-16 && closed.certificate.least_curvature > 0);
        CHECK(t, iterated.certificate.n_iterations > 0);      /* who drops out has the last visits of all, backward */
        CHECK(t, fabs(closed.minus_two_log_lik - iterated.minus_two_log_lik) < 1e-9);
        same_sigma_backward(t, &closed, &iterated);
        for (size_t v = 0; v < VISITS; v++)
            same_difference(t, difference(t, &closed, "old", FORWARD[v]), difference(t, &iterated, "old", BACKWARD[v]), 1);
    }
}

static void a_gap_or_a_shared_slope_needs_iteration(Test *t)
{
    MmrmFit fit;
    if (fit_trial(t, (Writing){FORWARD, true, false, ARMS}, SATURATED, (MmrmOptions){0}, &fit)) CHECK(t, fit.certificate.n_iterations > 0);
    if (fit_trial(t, (Writing){FORWARD, false, false, ARMS}, "y ~ base + arm * visit + us(visit | id)", (MmrmOptions){0}, &fit))
        CHECK(t, fit.certificate.n_iterations > 0);
}

static void names_of_visits_and_arms_are_only_names(Test *t)
{
    static const char *const STRUCTURES[] = {"us", "toeph", "cs"};
    for (size_t k = 0; k < 3; k++) {
        MmrmFit one, other;
        const char *formula = str_format(t->arena, "y ~ base + arm * visit + %s(visit | id)", STRUCTURES[k]).data;
        MmrmOptions options = {.df = MMRM_KENWARD_ROGER};
        if (!fit_trial(t, (Writing){FORWARD, true, false, ARMS}, formula, options, &one)
            || !fit_trial(t, (Writing){BACKWARD, true, false, SWAPPED}, formula, options, &other)) return;
        CHECK(t, fabs(one.minus_two_log_lik - other.minus_two_log_lik) < 1e-8);
        same_sigma_backward(t, &one, &other);
        for (size_t v = 0; v < VISITS; v++)                   /* "new" is written "p", "old" "n" */
            same_difference(t, difference(t, &one, "old", FORWARD[v]), difference(t, &other, "p", BACKWARD[v]), -1);
    }
}

static void the_order_of_subjects_and_rows_is_nothing(Test *t)
{
    MmrmFit one, other;
    MmrmOptions options = {.df = MMRM_KENWARD_ROGER};
    if (!fit_trial(t, (Writing){FORWARD, true, false, ARMS}, SATURATED, options, &one)
        || !fit_trial(t, (Writing){FORWARD, true, true, ARMS}, SATURATED, options, &other)) return;
    CHECK(t, fabs(one.minus_two_log_lik - other.minus_two_log_lik) < 1e-9);
    for (size_t j = 0; j < one.p; j++) CHECK_NEAR(t, other.b[j], one.b[j], 1e-7);
    same_difference(t, difference(t, &one, "old", "v4"), difference(t, &other, "old", "v4"), 1);
}

/* Cells of arm and visit are treatment contrasts times a matrix of determinant 1: not even the restricted likelihood moves. */
static void coding_moves_no_estimate(Test *t)
{
    MmrmFit one, other;
    MmrmOptions options = {.df = MMRM_KENWARD_ROGER};
    if (!fit_trial(t, (Writing){FORWARD, true, false, ARMS}, "y ~ base + arm * visit + us(visit | id)", options, &one)
        || !fit_trial(t, (Writing){FORWARD, true, false, ARMS}, "y ~ 0 + arm:visit + base + us(visit | id)", options, &other)) return;
    CHECK(t, fabs(one.minus_two_log_lik - other.minus_two_log_lik) < 1e-8);
    for (size_t i = 0; i < VISITS * VISITS; i++) CHECK_NEAR(t, other.sigma[i], one.sigma[i], 1e-7);
    for (size_t v = 0; v < VISITS; v++)
        same_difference(t, difference(t, &one, "old", FORWARD[v]), difference(t, &other, "old", FORWARD[v]), 1);
}

static void a_response_in_other_units_scales_what_it_should(Test *t)
{
    MmrmFit one, other;
    Frame *frame = trial(t, (Writing){FORWARD, true, false, ARMS});
    MmrmOptions options = {.df = MMRM_KENWARD_ROGER};
    if (!fit_frame(t, frame, "y ~ base + arm * visit + us(visit | id)", options, &one)
        || !fit_frame(t, frame, "I(1000 * y + 5) ~ I(base / 1000) + arm * visit + us(visit | id)", options, &other)) return;
    Estimate a = difference(t, &one, "old", "v5"), b = difference(t, &other, "old", "v5");
    CHECK_NEAR(t, b.estimate, 1000 * a.estimate, 1e-7);
    CHECK_NEAR(t, b.df, a.df, 1e-6);
    CHECK_NEAR(t, mmrm_coefficient(&other, 1, 0.95).t, mmrm_coefficient(&one, 1, 0.95).t, 1e-7);
}

static void the_same_fit_twice_is_the_same_bits(Test *t)
{
    MmrmFit one, other;
    MmrmOptions options = {.df = MMRM_KENWARD_ROGER};
    if (!fit_trial(t, (Writing){FORWARD, true, false, ARMS}, SATURATED, options, &one)
        || !fit_trial(t, (Writing){FORWARD, true, false, ARMS}, SATURATED, options, &other)) return;
    CHECK_INT(t, memcmp(one.b, other.b, one.p * sizeof *one.b), 0);
    CHECK_INT(t, memcmp(one.vcov, other.vcov, one.p * one.p * sizeof *one.vcov), 0);
    CHECK_INT(t, memcmp(one.sigma, other.sigma, VISITS * VISITS * sizeof *one.sigma), 0);
    CHECK_INT(t, memcmp(&one.minus_two_log_lik, &other.minus_two_log_lik, sizeof(double)), 0);
}

/* Written by this test. Whatever compiler, optimisation or width of vectors: no contraction and fixed orders of sums give
 * the same digits, as long as the library's log and sqrt are correctly rounded where it matters. */
static void every_build_gives_the_stored_bits(Test *t)
{
    static const char *const WANTED[] = {
        "0x1.9b7d5a7675555p+10", "0x1.3ef82be5d3fbbp-1", "0x1.134c10de133f9p+4", "0x1.ca98682adf36dp+3", "0x1.16b816132b225p+5",
        "0x1.95240d0989a14p+2", "-0x1.dfe30b7687946p+2", "0x1.660f945150ab4p+0", "0x1.29efcb89c0becp+6",
    };
    MmrmFit fit;
    if (!fit_trial(t, (Writing){FORWARD, true, false, ARMS}, "y ~ base + arm * visit + us(visit | id)", (MmrmOptions){.df = MMRM_KENWARD_ROGER}, &fit)) return;
    Estimate e = difference(t, &fit, "old", "v5");
    double got[] = {fit.minus_two_log_lik, fit.b[1], fit.sigma[0], fit.sigma[7], fit.sigma[24], fit.vcov[0], e.estimate, e.se, e.df};
    for (size_t i = 0; i < sizeof got / sizeof got[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "%a", got[i]);
        CHECK_TEXT(t, str_from(text), WANTED[i]);
    }
}

static const TestCase CASES[] = {
    {"dropout has a closed form that iteration finds too", dropout_has_a_closed_form_that_iteration_finds_too},
    {"a gap or a shared slope needs iteration", a_gap_or_a_shared_slope_needs_iteration},
    {"names of visits and arms are only names", names_of_visits_and_arms_are_only_names},
    {"the order of subjects and rows is nothing", the_order_of_subjects_and_rows_is_nothing},
    {"coding moves no estimate", coding_moves_no_estimate},
    {"a response in other units scales what it should", a_response_in_other_units_scales_what_it_should},
    {"the same fit twice is the same bits", the_same_fit_twice_is_the_same_bits},
    {"every build gives the stored bits", every_build_gives_the_stored_bits},
};
TEST_SUITE(mmrm_laws, CASES);
