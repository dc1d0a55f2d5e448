#include "stat/mmrm.h"

#include <math.h>

#include "exchange/csv.h"
#include "math/rng.h"
#include "stat/model_data.h"
#include "stat/reference.h"

#define FULL "FEV1 ~ RACE + SEX + ARMCD * AVISIT + us(AVISIT | USUBJID)"

/* Fits a formula to a frame; the model lives as long as the fit. */
static bool fit_frame(Test *t, const Frame *frame, const char *formula, MmrmOptions options, MmrmFit *fit)
{
    Model *model = ARENA_NEW(t->arena, Model);
    Error err = {0};
    return build(t, frame, formula, model) && CHECK_OK(t, mmrm_fit(t->arena, model, &options, fit, &err), err);
}

static void refused(Test *t, const Frame *frame, const char *formula, MmrmOptions options, ErrorCode code, const char *part)
{
    Model model;
    MmrmFit fit;
    Error err = {0};
    if (!build(t, frame, formula, &model)) return;
    CHECK(t, !mmrm_fit(t->arena, &model, &options, &fit, &err));
    CHECK_ERROR(t, err, code, part);
}

static Frame *fev(Test *t)
{
    Frame *frame;
    Error err = {0};
    Str path = test_data(t, "mmrm/fev_data.csv");
    if (path.len == 0) return NULL;
    return CHECK_OK(t, csv_read_frame(t->arena, path, &(CsvOptions){0}, &frame, &err), err) ? frame : NULL;
}

static void the_full_model_reaches_the_exact_optimum(Test *t)
{
    MmrmFit fit;
    Frame *frame = fev(t);
    if (!frame || !fit_frame(t, frame, FULL, (MmrmOptions){0}, &fit)) return;
    CHECK(t, fabs(fit.minus_two_log_lik - 3386.4498711624) < 1e-9);
    CHECK(t, fit.certificate.decrement < 1e-16 && fit.certificate.least_curvature > 0.1 && fit.certificate.boundary > 0.5);
    CHECK(t, fit.certificate.n_iterations <= 4);
    CHECK_INT(t, fit.n_subjects, 197);
    CHECK_INT(t, fit.n_parameters, 10);
    CHECK_TEXT(t, fit.parameter_names[1], "covariance VIS1, VIS2");
}

/* Subject i of `n` at `m` visits; a made-up trial with two arms, a covariate, and dropout where `lossy`. */
static Frame *trial(Test *t, size_t n, size_t m, bool lossy, uint64_t seed)
{
    static const char *const COLUMNS[] = {"id", "arm", "visit", "base", "pain", "y"};
    Frame *frame = frame_new(t->arena, STR("made-up"));
    for (size_t c = 0; c < 6; c++) frame_add_column(frame, str_from(COLUMNS[c]), c < 3 ? COLUMN_TEXT : COLUMN_NUMBER);
    for (size_t i = 0; i < n; i++) {
        Rng rng = rng_stream(seed, i);
        bool treated = rng_bernoulli(&rng, 0.5);
        double base = 40 + 7 * rng_normal(&rng), level = 3 * rng_normal(&rng), slope = 0.8 * rng_normal(&rng);
        for (size_t v = 0; v < m; v++) {
            size_t row = frame_add_row(frame);
            double pain = rng_normal(&rng), y = base + level + (slope + 0.5 * treated) * (double)v + 2.5 * rng_normal(&rng) + 0.3 * pain;
            frame_set_text(frame, row, 0, str_format(t->arena, "S%03zu", i));
            frame_set_text(frame, row, 1, treated ? STR("active") : STR("control"));
            frame_set_text(frame, row, 2, str_format(t->arena, "V%02zu", v + 1));
            frame_set_number(frame, row, 3, base);
            frame_set_number(frame, row, 4, pain);
            if (!lossy || rng_uniform(&rng) > 0.2) frame_set_number(frame, row, 5, y);
        }
    }
    return frame;
}

static void a_start_given_leads_to_the_same_optimum_sooner(Test *t)
{
    MmrmFit fit, again;
    Frame *frame = trial(t, 60, 4, true, 11);
    const char *formula = "y ~ base + arm * visit + us(visit | id)";
    if (!fit_frame(t, frame, formula, (MmrmOptions){0}, &fit)) return;
    if (!fit_frame(t, frame, formula, (MmrmOptions){.start = fit.sigma}, &again)) return;
    CHECK(t, fit.certificate.n_iterations > 2 && again.certificate.n_iterations <= 1);
    CHECK(t, fabs(again.minus_two_log_lik - fit.minus_two_log_lik) < 1e-9);
    for (size_t j = 0; j < fit.p; j++) CHECK_NEAR(t, again.b[j], fit.b[j], 1e-9);
}

static Frame *from_matrix(Test *t, const Json *rows, const Json *group)
{
    Frame *frame = frame_new(t->arena, STR("reference"));
    frame_add_column(frame, STR("id"), COLUMN_TEXT);
    frame_add_column(frame, STR("group"), COLUMN_TEXT);
    frame_add_column(frame, STR("visit"), COLUMN_TEXT);
    frame_add_column(frame, STR("y"), COLUMN_NUMBER);
    for (size_t i = 0; i < rows->n; i++)
        for (size_t v = 0; v < rows->items[i].n; v++) {
            size_t row = frame_add_row(frame);
            frame_set_text(frame, row, 0, str_format(t->arena, "%zu", i));
            frame_set_text(frame, row, 1, group->items[i].text);
            frame_set_text(frame, row, 2, str_format(t->arena, "v%zu", v));
            frame_set_number(frame, row, 3, rows->items[i].items[v].number);
        }
    return frame;
}

static void check_sigma(Test *t, const MmrmFit *fit, const Json *wanted)
{
    for (size_t i = 0; i < fit->n_visits; i++)
        for (size_t j = 0; j < fit->n_visits; j++)
            CHECK_NEAR(t, fit->sigma[i*fit->n_visits + j], wanted->items[i].items[j].number, 1e-9);
}

static void check_mean_over_visits(Test *t, const MmrmFit *fit, const Json *want)
{
    LsMeans means;
    LsDifference *d;
    size_t n;
    Error err = {0};
    if (!CHECK_OK(t, lsmeans_rows(t->arena, fit->model, STR("group"), MARGINS_EQUAL, &means, &err)
                         && lsmeans_differences(t->arena, &means, STR("p"), &d, &n, &err), err)) return;
    Estimate e = mmrm_contrast(fit, d->l, 0.95);
    CHECK_NEAR(t, e.estimate, json_number(want, "estimate", NAN), 1e-11);
    CHECK_NEAR(t, e.se, json_number(want, "se", NAN), 1e-9);
    CHECK_NEAR(t, e.df, json_number(want, "df", NAN), 1e-7);
}

static void check_pooled(Test *t, const Json *input, const Json *expected)
{
    static const MmrmDf METHODS[] = {MMRM_SATTERTHWAITE, MMRM_KENWARD_ROGER, MMRM_KENWARD_ROGER_LINEAR};
    Frame *frame = from_matrix(t, json_get(input, "Y_rows_subjects"), json_get(input, "group"));
    size_t n;
    const double *difference = reference_numbers(t, expected, "difference_group2_minus_group1", &n), *se = reference_numbers(t, expected, "se", &n);
    const double *p = reference_numbers(t, expected, "p", &n), *df = reference_numbers(t, expected, "interaction_df", &n);
    for (size_t k = 0; k < 3; k++) {
        MmrmFit fit;
        LsMeans means;
        LsDifference *d;
        Error err = {0};
        if (!fit_frame(t, frame, "y ~ group * visit + us(visit | id)", (MmrmOptions){.df = METHODS[k]}, &fit)) return;
        CHECK_NEAR(t, fit.minus_two_log_lik, reference_number(t, expected, "neg2_reml"), 1e-12);
        check_sigma(t, &fit, json_get(expected, "covariance_reml"));
        if (!CHECK_OK(t, lsmeans_rows(t->arena, fit.model, STR("group | visit"), MARGINS_EQUAL, &means, &err)
                             && lsmeans_differences(t->arena, &means, STR("p"), &d, &n, &err), err)) return;
        Estimate *e = mmrm_lsmeans_differences(t->arena, &fit, d, n, 0.95);
        for (size_t v = 0; v < 3; v++) {
            CHECK_NEAR(t, e[v].estimate, difference[v], 1e-11);
            CHECK_NEAR(t, e[v].se, se[v], 1e-9);
            CHECK_NEAR(t, e[v].df, reference_number(t, expected, "df"), 1e-7);
            CHECK_NEAR(t, e[v].t, reference_numbers(t, expected, "t", &n)[v], 1e-8);
            CHECK_NEAR(t, e[v].p, p[v], 1e-8);
        }
        MmrmTest interaction = mmrm_anova(t->arena, &fit, TEST_TYPE_III)[2];
        CHECK_NEAR(t, interaction.f, reference_number(t, expected, k ? "interaction_hotelling_F" : "interaction_wald_F"), 1e-8);
        if (!k) continue;
        CHECK_NEAR(t, interaction.df, df[0], 0);
        CHECK_NEAR(t, interaction.df_error, df[1], 1e-7);
        for (size_t i = 0; i < means.n; i++) {
            Estimate mean = mmrm_contrast(&fit, &means.l[i * fit.p], 0.95);
            CHECK_NEAR(t, mean.estimate, json_get(expected, "cell_means")->items[i % 2].items[i / 2].number, 1e-11);
        }
        check_mean_over_visits(t, &fit, json_get(expected, "mean_over_visits"));
    }
    MmrmFit ml;
    if (!fit_frame(t, frame, "y ~ group * visit + us(visit | id)", (MmrmOptions){.method = MMRM_ML}, &ml)) return;
    CHECK_NEAR(t, ml.minus_two_log_lik, reference_number(t, expected, "neg2_ml"), 1e-12);
    check_sigma(t, &ml, json_get(expected, "covariance_ml"));
}

static void complete_data_give_the_pooled_covariance_and_hotelling(Test *t)
{
    reference_each(t, "mmrm-closed-form", "unstructured MMRM", check_pooled);
}

static void check_paired(Test *t, const Json *input, const Json *expected)
{
    Frame *frame = frame_new(t->arena, STR("sleep"));
    const Json *groups[] = {json_get(input, "group1"), json_get(input, "group2")};
    frame_add_column(frame, STR("id"), COLUMN_INTEGER);
    frame_add_column(frame, STR("drug"), COLUMN_TEXT);
    frame_add_column(frame, STR("y"), COLUMN_NUMBER);
    for (size_t g = 0; g < 2; g++)
        for (size_t i = 0; i < groups[g]->n; i++) {
            size_t row = frame_add_row(frame);
            frame_set_number(frame, row, 0, (double)i + 1);
            frame_set_text(frame, row, 1, g ? STR("b") : STR("a"));
            frame_set_number(frame, row, 2, groups[g]->items[i].number);
        }
    for (MmrmDf df = MMRM_SATTERTHWAITE; df <= MMRM_KENWARD_ROGER_LINEAR; df++) {
        MmrmFit fit;
        if (!fit_frame(t, frame, "y ~ drug + us(drug | id)", (MmrmOptions){.df = df}, &fit)) return;
        Estimate e = mmrm_coefficient(&fit, 1, 0.95);
        CHECK_NEAR(t, e.estimate, reference_number(t, expected, "difference"), 1e-12);
        CHECK_NEAR(t, e.se, reference_number(t, expected, "se"), 1e-9);
        CHECK_NEAR(t, e.df, reference_number(t, expected, "df"), 1e-7);
        CHECK_NEAR(t, e.t, reference_number(t, expected, "t"), 1e-8);
        CHECK_NEAR(t, e.p, reference_number(t, expected, "p"), 1e-8);
        check_sigma(t, &fit, json_get(expected, "covariance_reml"));
    }
}

static void two_visits_are_the_paired_t_test(Test *t) { reference_each(t, "mmrm-closed-form", "y ~ group + us(group | ID)", check_paired); }

static void one_visit_is_least_squares(Test *t)
{
    Frame *frame = trial(t, 40, 1, false, 5);
    LinearFit linear;
    Model model;
    MmrmFit fit;
    if (!fit_model(t, frame, "y ~ arm + base", &model, &linear)) return;
    for (MmrmDf df = MMRM_SATTERTHWAITE; df <= MMRM_RESIDUAL; df++) {
        if (df == MMRM_BETWEEN_WITHIN || df == MMRM_KENWARD_ROGER_MMRM || !fit_frame(t, frame, "y ~ arm + base + us(visit | id)", (MmrmOptions){.df = df}, &fit)) continue;
        CHECK_NEAR(t, fit.sigma[0], linear.s2, 1e-9);
        for (size_t j = 0; j < 3; j++) {
            Estimate ours = mmrm_coefficient(&fit, j, 0.95), theirs = linear_coefficient(&linear, j, 0.95);
            CHECK_NEAR(t, ours.estimate, theirs.estimate, 1e-11);
            CHECK_NEAR(t, ours.se, theirs.se, 1e-9);
            CHECK_NEAR(t, ours.df, 37, 1e-8);
        }
    }
}

/* The estimate of arm at the last visit, less control, whatever the coding. */
static Estimate at_last_visit(Test *t, const MmrmFit *fit, const char *reference)
{
    LsMeans means;
    LsDifference *d;
    size_t n;
    Error err = {0};
    if (!CHECK_OK(t, lsmeans_rows(t->arena, fit->model, STR("arm | visit"), MARGINS_EQUAL, &means, &err)
                         && lsmeans_differences(t->arena, &means, str_from(reference), &d, &n, &err), err)) return (Estimate){0};
    return mmrm_contrast(fit, d[n - 1].l, 0.95);
}

static void check_same(Test *t, const MmrmFit *a, const MmrmFit *b, Estimate x, Estimate y)
{
    CHECK(t, fabs(a->minus_two_log_lik - b->minus_two_log_lik) < 1e-9);
    CHECK_NEAR(t, x.estimate, y.estimate, 1e-8);
    CHECK_NEAR(t, x.se, y.se, 1e-8);
    CHECK_NEAR(t, x.df, y.df, 1e-7);
    CHECK(t, x.is_estimable && x.df > 5 && x.se > 0);
}

static void the_order_of_rows_changes_nothing(Test *t)
{
    Frame *frame = trial(t, 45, 4, true, 7);
    size_t *order = ARENA_ARRAY(t->arena, size_t, frame->n_rows);
    Rng rng = rng_stream(11, 0);
    MmrmFit a, b;
    rng_permutation(&rng, frame->n_rows, order);
    Frame *shuffled = frame_take_rows(t->arena, frame, order, frame->n_rows);
    MmrmOptions options = {.df = MMRM_KENWARD_ROGER};
    if (!fit_frame(t, frame, "y ~ base + arm * visit + us(visit | id)", options, &a)) return;
    if (!fit_frame(t, shuffled, "y ~ base + arm * visit + us(visit | id)", options, &b)) return;
    check_same(t, &a, &b, at_last_visit(t, &a, "control"), at_last_visit(t, &b, "control"));
}

static void names_of_levels_and_visits_change_only_labels(Test *t)
{
    static const char *const VISITS[] = {"z", "c", "q"};
    Frame *frame = trial(t, 45, 3, true, 8), *renamed = trial(t, 45, 3, true, 8);
    for (size_t i = 0; i < renamed->n_rows; i++) {
        frame_set_text(renamed, i, 1, str_equal(renamed->columns[1].texts[i], STR("active")) ? STR("x new") : STR("a old"));
        frame_set_text(renamed, i, 2, str_from(VISITS[renamed->columns[2].texts[i].data[2] - '1']));
    }
    static const char *const STRUCTURES[] = {"us", "cs", "csh"};
    for (size_t k = 0; k < 3; k++) {
        MmrmFit a, b;
        const char *formula = str_format(t->arena, "y ~ base + arm * visit + %s(visit | id)", STRUCTURES[k]).data;
        if (!fit_frame(t, frame, formula, (MmrmOptions){.df = MMRM_KENWARD_ROGER}, &a)) return;
        if (!fit_frame(t, renamed, formula, (MmrmOptions){.df = MMRM_KENWARD_ROGER}, &b)) return;
        LsMeans means;
        LsDifference *d = NULL;
        size_t n;
        Error err = {0};
        CHECK_OK(t, lsmeans_rows(t->arena, b.model, STR("arm | visit"), MARGINS_EQUAL, &means, &err)
                        && lsmeans_differences(t->arena, &means, STR("a old"), &d, &n, &err), err);
        check_same(t, &a, &b, at_last_visit(t, &a, "control"), mmrm_contrast(&b, d[1].l, 0.95));      /* q is the second */
        CHECK_NEAR(t, a.sigma[0*3 + 2], b.sigma[2*3 + 1], 1e-7);
    }
}

/* Columns that span the same space with determinant 1: REML must not move. */
static void restricted_likelihood_does_not_depend_on_the_coding(Test *t)
{
    static const char *const SAME[][2] = {
        {"y ~ base + arm * visit + us(visit | id)", "y ~ base + arm:visit + visit + us(visit | id)"},
        {"y ~ base + pain + visit + ar1h(visit | id)", "y ~ base + I(pain + base) + visit + ar1h(visit | id)"},
        {"y ~ base + I(base * base) + arm * visit + us(visit | id)", "y ~ base + I((base - 40) * (base - 40)) + arm * visit + us(visit | id)"},
    };
    Frame *frame = trial(t, 60, 3, true, 9);
    for (size_t k = 0; k < 3; k++) {
        MmrmFit a, b;
        MmrmOptions options = {.df = MMRM_KENWARD_ROGER_LINEAR};
        if (!fit_frame(t, frame, SAME[k][0], options, &a) || !fit_frame(t, frame, SAME[k][1], options, &b)) return;
        CHECK(t, fabs(a.minus_two_log_lik - b.minus_two_log_lik) < 1e-8);
        for (size_t i = 0; i < 9; i++) CHECK_NEAR(t, a.sigma[i], b.sigma[i], 1e-7);
        CHECK(t, fabs(a.sigma[1]) > 0.1);
    }
}

static void nearly_dependent_columns_are_orthogonalised(Test *t)
{
    Frame *frame = trial(t, 50, 3, true, 10);
    MmrmFit a, b;
    if (!fit_frame(t, frame, "y ~ base + I(pain * 0.000001) + visit + us(visit | id)", (MmrmOptions){0}, &a)) return;
    if (!fit_frame(t, frame, "y ~ base + I(base + pain * 0.000001) + visit + us(visit | id)", (MmrmOptions){0}, &b)) return;
    CHECK(t, fabs(a.minus_two_log_lik - b.minus_two_log_lik) < 1e-6);
    CHECK_NEAR(t, mmrm_coefficient(&a, 2, 0.95).se, mmrm_coefficient(&b, 2, 0.95).se, 1e-6);
    CHECK_NEAR(t, mmrm_coefficient(&a, 2, 0.95).df, mmrm_coefficient(&b, 2, 0.95).df, 1e-6);
}

static void an_aliased_column_is_left_out_and_named(Test *t)
{
    Frame *frame = trial(t, 50, 3, true, 12);
    MmrmFit a, b;
    if (!fit_frame(t, frame, "y ~ base + arm + visit + us(visit | id)", (MmrmOptions){0}, &a)) return;
    if (!fit_frame(t, frame, "y ~ base + I(2 * base) + arm + visit + us(visit | id)", (MmrmOptions){0}, &b)) return;
    CHECK(t, b.space.is_aliased[2] && !mmrm_coefficient(&b, 2, 0.95).is_estimable);
    CHECK(t, fabs(a.minus_two_log_lik - b.minus_two_log_lik) < 1e-9);
    CHECK_NEAR(t, mmrm_coefficient(&a, 2, 0.95).se, mmrm_coefficient(&b, 3, 0.95).se, 1e-9);
    double l[6] = {0, 2, 4};                         /* 2 base + 4 (2 base) is 10 base: a multiple of the one that counts */
    CHECK_NEAR(t, mmrm_contrast(&b, l, 0.95).estimate, 2 * b.b[1], 1e-12);
    CHECK_NEAR(t, mmrm_coefficient(&b, 1, 0.95).se, mmrm_coefficient(&a, 1, 0.95).se, 1e-9);
    l[2] = 0;
    CHECK(t, !mmrm_contrast(&b, l, 0.95).is_estimable);
}

static void groups_of_their_own_are_separate_fits(Test *t)
{
    Frame *frame = trial(t, 70, 3, true, 13);
    double sum = 0;
    MmrmFit both, one;
    if (!fit_frame(t, frame, "y ~ arm * visit + us(visit | arm / id)", (MmrmOptions){0}, &both)) return;
    CHECK_INT(t, both.n_parameters, 12);
    for (size_t g = 0; g < 2; g++) {
        size_t *rows = ARENA_ARRAY(t->arena, size_t, frame->n_rows), n = 0;
        for (size_t i = 0; i < frame->n_rows; i++)
            if (str_equal(frame->columns[1].texts[i], both.groups.levels[g])) rows[n++] = i;
        if (!fit_frame(t, frame_take_rows(t->arena, frame, rows, n), "y ~ visit + us(visit | id)", (MmrmOptions){0}, &one)) return;
        for (size_t i = 0; i < 9; i++) CHECK_NEAR(t, both.sigma[9*g + i], one.sigma[i], 1e-8);
        sum += one.minus_two_log_lik;
    }
    CHECK(t, fabs(sum - both.minus_two_log_lik) < 1e-9);
}

static void degrees_of_freedom_that_only_count(Test *t)
{
    MmrmFit between, residual;
    Frame *frame = fev(t);
    if (!frame || !fit_frame(t, frame, FULL, (MmrmOptions){.df = MMRM_BETWEEN_WITHIN}, &between)) return;
    CHECK(t, mmrm_coefficient(&between, 4, 0.95).df == 192);         /* R's mmrm 0.3: 192 between, 334 within */
    CHECK(t, mmrm_coefficient(&between, 5, 0.95).df == 334);
    if (!fit_frame(t, frame, FULL, (MmrmOptions){.df = MMRM_RESIDUAL}, &residual)) return;
    CHECK(t, mmrm_coefficient(&residual, 4, 0.95).df == 526);
    CHECK(t, mmrm_anova(t->arena, &residual, TEST_TYPE_III)[0].df_error == 526);
}

/* Random slopes on large values: ten visits, correlations near 1. The closed form of complete data is known. */
static void ten_ill_scaled_visits_converge_untouched(Test *t)
{
    enum { N = 200, M = 10 };
    Frame *frame = frame_new(t->arena, STR("slopes"));
    double y[N][M], mean[M] = {0}, s[M * M] = {0}, log_det = 0;
    frame_add_column(frame, STR("id"), COLUMN_INTEGER);
    frame_add_column(frame, STR("visit"), COLUMN_INTEGER);
    frame_add_column(frame, STR("y"), COLUMN_NUMBER);
    for (size_t i = 0; i < N; i++) {
        Rng rng = rng_stream(380, i);
        double level = 2000 + 300 * rng_normal(&rng), slope = 60 * rng_normal(&rng);
        for (size_t v = 0; v < M; v++) {
            size_t row = frame_add_row(frame);
            y[i][v] = level + slope * (double)v + 1.5 * rng_normal(&rng);
            mean[v] += y[i][v] / N;
            frame_set_number(frame, row, 0, (double)i);
            frame_set_number(frame, row, 1, (double)v);
            frame_set_number(frame, row, 2, y[i][v]);
        }
    }
    for (size_t i = 0; i < N; i++)
        for (size_t v = 0; v < M; v++)
            for (size_t w = 0; w < M; w++) s[v*M + w] += (y[i][v] - mean[v]) * (y[i][w] - mean[w]) / (N - 1);
    cholesky(s, M);
    for (size_t v = 0; v < M; v++) log_det += 2 * log(s[v*M + v]);
    double wanted = (N - 1) * (log_det + M + M * log(2 * acos(-1))) + M * log(N);
    MmrmFit fit;
    if (!fit_frame(t, frame, "y ~ factor(visit) + us(visit | id)", (MmrmOptions){0}, &fit)) return;
    CHECK(t, fabs(fit.minus_two_log_lik - wanted) < 2e-8);
    CHECK(t, fit.certificate.boundary < 1e-4);
    CHECK_NEAR(t, mmrm_coefficient(&fit, 9, 0.95).df, N - 1, 1e-6);
}

static void every_structure_converges_on_a_made_up_trial(Test *t)
{
    static const struct { const char *word; size_t n; } ROWS[] = {{"us", 15}, {"cs", 2}, {"csh", 6}, {"ar1", 2}, {"ar1h", 6}, {"ad", 5}, {"adh", 9}, {"toep", 5}, {"toeph", 9}};
    Frame *frame = trial(t, 80, 5, true, 14);
    double unstructured = 0;
    for (size_t k = 0; k < 9; k++) {
        MmrmFit fit;
        if (!fit_frame(t, frame, str_format(t->arena, "y ~ base + arm * visit + %s(visit | id)", ROWS[k].word).data, (MmrmOptions){.df = MMRM_KENWARD_ROGER}, &fit)) return;
        CHECK_INT(t, fit.n_parameters, ROWS[k].n);
        CHECK(t, fit.certificate.decrement < 1e-12 && fit.certificate.least_curvature > 0);
        if (k == 0) unstructured = fit.minus_two_log_lik;
        CHECK(t, fit.minus_two_log_lik > unstructured - 1e-9);
        Estimate e = at_last_visit(t, &fit, "control");
        CHECK(t, e.is_estimable && e.df > 40 && e.df < 400);
    }
}

/* Points on a line one apart: exp(-d / range) is an autoregression with positive correlation, in one coordinate or two. */
static void equal_spacing_makes_the_exponential_autoregressive(Test *t)
{
    Frame *frame = trial(t, 60, 4, true, 21);
    frame_add_column(frame, STR("across"), COLUMN_NUMBER);
    frame_add_column(frame, STR("up"), COLUMN_NUMBER);
    for (size_t i = 0; i < frame->n_rows; i++) {
        frame_set_number(frame, i, 6, 0.6 * (double)(i % 4));
        frame_set_number(frame, i, 7, 3 - 0.8 * (double)(i % 4));
    }
    MmrmFit ar, plane;
    if (!fit_frame(t, frame, "y ~ base + arm * visit + ar1(visit | id)", (MmrmOptions){0}, &ar)) return;
    if (!fit_frame(t, frame, "y ~ base + arm * visit + sp_exp(across, up | id)", (MmrmOptions){0}, &plane)) return;
    check_same(t, &ar, &plane, at_last_visit(t, &ar, "control"), at_last_visit(t, &plane, "control"));
    CHECK_NEAR(t, exp(-1 / plane.parameters[1]), ar.parameters[1], 1e-7);
    CHECK_TEXT(t, plane.parameter_names[1], "range");
}

/* Weights that depend on the visit alone rescale Sigma, and equal ones do nothing else. */
static void weights_divide_variances(Test *t)
{
    static const double W[] = {1.7, 0.6, 2.2};
    Frame *frame = trial(t, 60, 3, true, 22);
    frame_add_column(frame, STR("w"), COLUMN_NUMBER);
    for (size_t i = 0; i < frame->n_rows; i++) frame_set_number(frame, i, 6, W[i % 3]);
    MmrmFit plain, weighted;
    MmrmOptions options = {.df = MMRM_KENWARD_ROGER};
    if (!fit_frame(t, frame, "y ~ base + arm * visit + us(visit | id)", options, &plain)) return;
    options.weights = STR("w");
    if (!fit_frame(t, frame, "y ~ base + arm * visit + us(visit | id)", options, &weighted)) return;
    check_same(t, &plain, &weighted, at_last_visit(t, &plain, "control"), at_last_visit(t, &weighted, "control"));
    for (size_t i = 0; i < 9; i++) CHECK_NEAR(t, weighted.sigma[i], plain.sigma[i] * sqrt(W[i / 3] * W[i % 3]), 1e-7);
}

static void what_cannot_be_fitted_is_refused_by_name(Test *t)
{
    Frame *frame = trial(t, 30, 3, false, 15), *twice = trial(t, 30, 3, false, 15), *apart = trial(t, 30, 3, false, 15), *few = trial(t, 4, 5, false, 3);
    frame_set_text(twice, 1, 2, STR("V01"));
    for (size_t i = 0; i < apart->n_rows; i += 3) frame_set_missing(apart, i + (i % 2 ? 0 : 2), 5, MISSING_UNKNOWN);
    refused(t, frame, "y ~ arm + us(visit | id)", (MmrmOptions){.weights = STR("pain")}, ERROR_INCONSISTENT, "weight \"pain\" is no positive number in row");
    refused(t, frame, "y ~ arm + us(visit | id)", (MmrmOptions){.weights = STR("bass")}, ERROR_INCONSISTENT, "bass");
    refused(t, frame, "y ~ arm", (MmrmOptions){0}, ERROR_USAGE, "the formula has no covariance term");
    refused(t, frame, "y ~ arm + us(visit | id) + cs(visit | id)", (MmrmOptions){0}, ERROR_USAGE, "2 covariance terms");
    refused(t, frame, "y ~ arm + sp_exp(pain, base | id)", (MmrmOptions){0}, ERROR_DEGENERATE, "\"pain\" has 90 points, more than 64");
    refused(t, frame, "y ~ arm + sp_exp(visit | id)", (MmrmOptions){0}, ERROR_INCONSISTENT, "column \"visit\" holds text, not numbers");
    refused(t, twice, "y ~ arm + us(visit | id)", (MmrmOptions){0}, ERROR_INCONSISTENT, "subject \"S000\" has two rows at visit \"V01\"");
    refused(t, apart, "y ~ arm + us(visit | id)", (MmrmOptions){0}, ERROR_DEGENERATE, "nobody has both visits \"V01\" and \"V03\"");
    refused(t, few, "y ~ visit + us(visit | id)", (MmrmOptions){0}, ERROR_DEGENERATE, "");
    refused(t, frame, "y ~ base + us(pain | id)", (MmrmOptions){0}, ERROR_DEGENERATE, "90 visits, more than 64");
    refused(t, trial(t, 400, 8, false, 4), "y ~ arm + us(visit | id / id)", (MmrmOptions){0}, ERROR_DEGENERATE, "400 covariances of 8 visits");
    refused(t, frame, "y ~ arm + us(visit | pain / id)", (MmrmOptions){0}, ERROR_INCONSISTENT, "subject \"S000\" is in two groups");
    refused(t, trial(t, 30, 3, true, 16), "y ~ arm * visit + us(visit | id)", (MmrmOptions){.max_iterations = 1, .tolerance = 1e-30}, ERROR_NO_CONVERGENCE, "no optimum after 1 iterations");
}

static void contrasts_that_say_nothing_are_refused(Test *t)
{
    Frame *frame = trial(t, 30, 3, true, 17);
    MmrmFit fit;
    MmrmTest test;
    Error err = {0};
    double l[3 * 6] = {0};
    if (!fit_frame(t, frame, "y ~ base + I(2 * base) + visit + us(visit | id)", (MmrmOptions){.df = MMRM_KENWARD_ROGER}, &fit)) return;
    CHECK(t, !mmrm_test(t->arena, &fit, l, 1, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "the contrast is zero");
    l[3] = 1, l[fit.p + 2] = 1;
    CHECK(t, !mmrm_test(t->arena, &fit, l, 2, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "row 2 of the contrast cannot be estimated");
    l[fit.p + 2] = 0, l[fit.p + 3] = 2.385;
    CHECK_OK(t, mmrm_test(t->arena, &fit, l, 2, &test, &err), err);  /* the second row repeats the first */
    Estimate e = mmrm_coefficient(&fit, 3, 0.95);
    CHECK(t, test.df == 1);
    CHECK_NEAR(t, test.f, e.t * e.t, 1e-10);
    CHECK_NEAR(t, test.p, e.p, 1e-9);
}

/* A frame in which anything may happen: constant outcomes, empty cells, one subject, visits seen once. */
static Frame *anything(Test *t, Rng *rng)
{
    static const char *const COLUMNS[] = {"id", "arm", "visit", "base", "time", "y"};
    Frame *frame = frame_new(t->arena, STR("anything"));
    size_t n = 1 + rng_below(rng, 12), m = 1 + rng_below(rng, 4), arms = 1 + rng_below(rng, 3);
    bool constant = rng_bernoulli(rng, 0.1), whole = rng_bernoulli(rng, 0.3);
    double kept = rng_uniform(rng), scale = pow(10, 12 * rng_uniform(rng) - 6);
    for (size_t c = 0; c < 6; c++) frame_add_column(frame, str_from(COLUMNS[c]), c < 3 ? COLUMN_TEXT : COLUMN_NUMBER);
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < m; v++) {
            size_t row = frame_add_row(frame);
            double y = constant ? 3 : scale * rng_normal(rng);
            frame_set_text(frame, row, 0, str_format(t->arena, "S%zu", i));
            frame_set_text(frame, row, 1, str_format(t->arena, "A%zu", i % arms));
            frame_set_text(frame, row, 2, str_format(t->arena, "V%zu", v));
            frame_set_number(frame, row, 3, whole ? (double)(i % 3) : 50 + rng_normal(rng));
            frame_set_number(frame, row, 4, (double)(v * v));
            if (rng_uniform(rng) < 0.3 + kept) frame_set_number(frame, row, 5, whole ? floor(y) : y);
        }
    return frame;
}

static void check_answer(Test *t, const Estimate *e)
{
    if (e->is_estimable) CHECK(t, isfinite(e->estimate) && e->se >= 0 && e->df > 0 && e->p >= 0 && e->p <= 1 && e->lower <= e->upper);
}

static void any_frame_gives_an_answer_or_an_error(Test *t)
{
    static const char *const FORMULAS[] = {"y ~ arm * visit + base + %s(visit | id)", "y ~ 0 + arm:visit + %s(visit | id)", "y ~ time + I(time ^ 2) + base + %s(visit | id)",
                                           "y ~ 1 + %s(visit | arm / id)", "y ~ base * visit + arm:base + %s(visit | id)"};
    static const char *const STRUCTURES[] = {"us", "cs", "csh", "ar1", "ar1h", "ad", "adh", "toep", "toeph"};
    size_t n_fitted = 0, n_refused = 0;
    for (size_t k = 0; k < 600; k++) {
        ArenaMark mark = arena_mark(t->arena);
        Rng rng = rng_stream(99, k);
        Frame *frame = anything(t, &rng);
        Formula formula;
        Model model;
        MmrmFit fit;
        Error err = {0};
        MmrmOptions options = {.df = (MmrmDf)rng_below(&rng, 6), .method = (MmrmMethod)rng_below(&rng, 2)};
        if (!mmrm_df_adjusts(options.df)) options.vcov = (MmrmVcov)rng_below(&rng, 4);
        Str text = str_format(t->arena, FORMULAS[rng_below(&rng, 5)], STRUCTURES[rng_below(&rng, 9)]);
        if (formula_parse(t->arena, text, &formula, &err) && model_build(t->arena, &formula, frame, NULL, 0, &model, &err)
            && mmrm_fit(t->arena, &model, &options, &fit, &err)) {
            MmrmTest *tests = mmrm_anova(t->arena, &fit, TEST_TYPE_III);
            n_fitted++;
            CHECK(t, isfinite(fit.minus_two_log_lik) && fit.certificate.least_curvature > 0 && fit.certificate.boundary > 0);
            for (size_t j = 0; j < fit.p; j++) {
                Estimate e = mmrm_coefficient(&fit, j, 0.95);
                check_answer(t, &e);
            }
            double *residuals = mmrm_residuals(t->arena, &fit, MMRM_RESIDUAL_NORMALISED);
            MmrmPrediction *predictions = ARENA_ARRAY(t->arena, MmrmPrediction, frame->n_rows);
            CHECK(t, fit.certificate.boundary < 1e-12 || isfinite(residuals[fit.n - 1]));
            if (mmrm_predict(t->arena, &fit, frame, NULL, frame->n_rows, 0.95, predictions, &err))
                for (size_t i = 0; i < frame->n_rows; i++) check_answer(t, &predictions[i].marginal), check_answer(t, &predictions[i].conditional);
            for (size_t j = 0; j < model.n_terms; j++)
                if (tests[j].df > 0 && !isnan(tests[j].p)) CHECK(t, tests[j].f >= 0 && tests[j].df_error > 0 && tests[j].p >= 0 && tests[j].p <= 1);
        } else {
            n_refused++;
            CHECK(t, err.code != ERROR_NONE && err.message[0]);
        }
        if (t->failures) {
            CHECK_TEXT(t, text, "a frame that is fitted or refused");
            return;
        }
        arena_rewind(t->arena, mark);
    }
    CHECK(t, n_fitted > 150 && n_refused > 50);
}

static void words_of_the_df_methods_are_read(Test *t)
{
    MmrmDf df;
    CHECK(t, mmrm_df_parse(STR("Kenward-Roger-Linear"), &df) && df == MMRM_KENWARD_ROGER_LINEAR);
    CHECK(t, !mmrm_df_parse(STR("kenward"), &df));
    CHECK_TEXT(t, str_from(mmrm_df_meaning(MMRM_KENWARD_ROGER)), "Kenward-Roger");
}

static const TestCase CASES[] = {
    {"a start given leads to the same optimum sooner", a_start_given_leads_to_the_same_optimum_sooner},
    {"the full model reaches the exact optimum", the_full_model_reaches_the_exact_optimum},
    {"complete data give the pooled covariance and Hotelling's F", complete_data_give_the_pooled_covariance_and_hotelling},
    {"two visits are the paired t test", two_visits_are_the_paired_t_test},
    {"one visit is least squares", one_visit_is_least_squares},
    {"the order of rows changes nothing", the_order_of_rows_changes_nothing},
    {"names of levels and visits change only labels", names_of_levels_and_visits_change_only_labels},
    {"restricted likelihood does not depend on the coding", restricted_likelihood_does_not_depend_on_the_coding},
    {"nearly dependent columns are orthogonalised", nearly_dependent_columns_are_orthogonalised},
    {"an aliased column is left out and named", an_aliased_column_is_left_out_and_named},
    {"groups with covariances of their own are separate fits", groups_of_their_own_are_separate_fits},
    {"degrees of freedom that only count", degrees_of_freedom_that_only_count},
    {"ten ill-scaled visits converge untouched", ten_ill_scaled_visits_converge_untouched},
    {"every structure converges on a made-up trial", every_structure_converges_on_a_made_up_trial},
    {"equal spacing makes the exponential autoregressive", equal_spacing_makes_the_exponential_autoregressive},
    {"weights divide variances", weights_divide_variances},
    {"what cannot be fitted is refused by name", what_cannot_be_fitted_is_refused_by_name},
    {"contrasts that say nothing are refused", contrasts_that_say_nothing_are_refused},
    {"any frame gives an answer or an error", any_frame_gives_an_answer_or_an_error},
    {"words of the df methods are read", words_of_the_df_methods_are_read},
};
TEST_SUITE(mmrm, CASES);
