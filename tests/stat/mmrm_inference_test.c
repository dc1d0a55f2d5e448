/* What is said beside the estimates of a mixed model: residuals, robust covariances, predictions. */
#include <math.h>
#include <string.h>

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

/* The sandwich written out: V of all rows, and the matrix G of the contrast's variance e'Ge, in the order of rows. */
typedef struct {
    size_t n, p;
    double *v, *omega, *lift, *g;     /* V; V - X M X'; W A as blocks; n x n each */
} Dense;

static double covariance_of(const MmrmFit *f, size_t i, size_t j, const double *weight)
{
    size_t m = f->n_visits, g = f->n_groups > 1 ? f->groups.level[i] : 0;
    if (f->subjects.level[i] != f->subjects.level[j]) return 0;
    return f->sigma[(g*m + f->visits.level[i])*m + f->visits.level[j]] / sqrt(weight ? weight[f->model->rows[i]] * weight[f->model->rows[j]] : 1);
}

/* V_i^-1 A_i for one subject's rows into d->lift */
static void dense_subject(Test *t, const MmrmFit *f, Dense *d, size_t subject, double power)
{
    size_t rows[8], k = 0;
    for (size_t i = 0; i < d->n; i++)
        if (f->subjects.level[i] == subject) rows[k++] = i;
    double *l = ARENA_ARRAY(t->arena, double, k*k), *b = ARENA_ARRAY(t->arena, double, k*k), *values = ARENA_ARRAY(t->arena, double, k);
    double *vectors = ARENA_ARRAY(t->arena, double, k*k), *root = ARENA_ARRAY(t->arena, double, k*k);
    for (size_t a = 0; a < k; a++)
        for (size_t c = 0; c < k; c++) l[a*k + c] = d->v[rows[a]*d->n + rows[c]], b[a*k + c] = d->omega[rows[a]*d->n + rows[c]];
    cholesky(l, k);
    for (size_t side = 0; side < 2; side++) {        /* b = l^-1 (V - X M X') l^-T, by rows, turned, by rows */
        for (size_t a = 0; a < k; a++) solve_lower(l, k, &b[a*k]);
        for (size_t a = 0; a < k; a++)
            for (size_t c = 0; c < a; c++) { double x = b[a*k + c]; b[a*k + c] = b[c*k + a], b[c*k + a] = x; }
    }
    symmetric_eigen(b, k, values, vectors);
    for (size_t e = 0; e < k; e++)
        for (size_t a = 0; a < k; a++)
            for (size_t c = 0; c < k; c++) root[a*k + c] += pow(values[e], -power) * vectors[a*k + e] * vectors[c*k + e];
    for (size_t side = 0; side < 2; side++) {        /* l^-T root l^-1 */
        for (size_t a = 0; a < k; a++) solve_lower_transposed(l, k, &root[a*k]);
        for (size_t a = 0; a < k; a++)
            for (size_t c = 0; c < a; c++) { double x = root[a*k + c]; root[a*k + c] = root[c*k + a], root[c*k + a] = x; }
    }
    for (size_t a = 0; a < k; a++)
        for (size_t c = 0; c < k; c++) d->lift[rows[a]*d->n + rows[c]] = root[a*k + c];
}

static Dense dense_new(Test *t, const MmrmFit *f, const double *weight, double power)
{
    size_t n = f->n, p = f->p;
    Dense d = {.n = n, .p = p, .v = ARENA_ARRAY(t->arena, double, n*n), .omega = ARENA_ARRAY(t->arena, double, n*n),
               .lift = ARENA_ARRAY(t->arena, double, n*n), .g = ARENA_ARRAY(t->arena, double, n*n)};
    const double *x = f->model->x;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            d.v[i*n + j] = covariance_of(f, i, j, weight);
            d.omega[i*n + j] = d.v[i*n + j] - quadratic_form(&x[i*p], f->vcov_model, &x[j*p], p);
        }
    for (size_t s = 0; s < f->n_subjects; s++) dense_subject(t, f, &d, s, power);
    return d;
}

/* G = sum of g_i g_i', g_i = A_i'W_i X_i M l on the rows of subject i */
static void dense_contrast(Test *t, const MmrmFit *f, Dense *d, const double *l)
{
    size_t n = d->n, p = d->p;
    double *u = ARENA_ARRAY(t->arena, double, p), *xu = ARENA_ARRAY(t->arena, double, n), *g = ARENA_ARRAY(t->arena, double, n);
    matrix_apply(f->vcov_model, l, p, p, u);
    matrix_apply(f->model->x, u, n, p, xu);
    matrix_apply(d->lift, xu, n, n, g);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) d->g[i*n + j] = f->subjects.level[i] == f->subjects.level[j] ? g[i] * g[j] : 0;
}

static void sandwiches_agree_with_matrices_written_out(Test *t)
{
    static const MmrmVcov KINDS[] = {MMRM_VCOV_HC0, MMRM_VCOV_CR2, MMRM_VCOV_CR3};
    static const double POWERS[] = {0, 0.5, 1};
    Frame *frame = trial(t, 16, 3);
    for (size_t k = 0; k < 18; k++) {
        MmrmFit f;
        ArenaMark mark = arena_mark(t->arena);
        bool weighted = k >= 9;
        if (!fit_frame(t, frame, FORMULAS[k / 3 % 3], (MmrmOptions){.vcov = KINDS[k % 3], .weights = weighted ? STR("weight") : STR("")}, &f)) return;
        Dense d = dense_new(t, &f, weighted ? frame->columns[4].numbers : NULL, POWERS[k % 3]);
        double *e = mmrm_residuals(t->arena, &f, MMRM_RESIDUAL_RAW), *l = ARENA_ARRAY(t->arena, double, f.p);
        double *go = ARENA_ARRAY(t->arena, double, f.n * f.n);
        for (size_t j = 0; j < f.p; j++) {
            double mean = 0, square = 0;
            memset(l, 0, f.p * sizeof *l);
            l[j] = 1, l[(j + 2) % f.p] = -0.385;
            dense_contrast(t, &f, &d, l);
            matrix_multiply(d.g, d.omega, f.n, f.n, f.n, go);
            for (size_t i = 0; i < f.n; i++) mean += go[i*f.n + i];
            for (size_t i = 0; i < f.n; i++)
                for (size_t c = 0; c < f.n; c++) square += go[i*f.n + c] * go[c*f.n + i];
            Estimate estimate = mmrm_contrast(&f, l, 0.95);
            CHECK_NEAR(t, estimate.se * estimate.se, quadratic_form(e, d.g, e, f.n), 1e-9);
            CHECK_NEAR(t, estimate.df, mean * mean / square, 1e-9);
            if (KINDS[k % 3] == MMRM_VCOV_CR2) CHECK_NEAR(t, mean, quadratic_form(l, f.vcov_model, l, f.p), 1e-9);   /* unbiased */
        }
        arena_rewind(t->arena, mark);
    }
}

/* b without subject i, at the Sigma of all, is b - M X_i'V_i^-1 (I - H_i)^-1 e_i. */
static void cr3_is_the_jackknife_at_a_sigma_held(Test *t)
{
    MmrmFit f;
    if (!fit_frame(t, trial(t, 24, 3), FORMULAS[0], (MmrmOptions){.vcov = MMRM_VCOV_CR3}, &f)) return;
    size_t n = f.n, p = f.p;
    double *sum = ARENA_ARRAY(t->arena, double, p*p), *a = ARENA_ARRAY(t->arena, double, p*p), *c = ARENA_ARRAY(t->arena, double, p), *b = ARENA_ARRAY(t->arena, double, p);
    double *work = ARENA_ARRAY(t->arena, double, p*p);
    Dense d = dense_new(t, &f, NULL, 0);             /* lift is V^-1 */
    for (size_t s = 0; s < f.n_subjects; s++) {
        memset(a, 0, p*p * sizeof *a);
        memset(c, 0, p * sizeof *c);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                if (f.subjects.level[i] == s || d.lift[i*n + j] == 0) continue;
                for (size_t k = 0; k < p; k++) {
                    c[k] += f.model->x[i*p + k] * d.lift[i*n + j] * f.model->y[j];
                    for (size_t l = 0; l < p; l++) a[k*p + l] += f.model->x[i*p + k] * d.lift[i*n + j] * f.model->x[j*p + l];
                }
            }
        if (!CHECK(t, invert_positive(a, p, work))) return;
        matrix_apply(a, c, p, p, b);
        for (size_t k = 0; k < p; k++)
            for (size_t l = 0; l < p; l++) sum[k*p + l] += (b[k] - f.b[k]) * (b[l] - f.b[l]);
    }
    for (size_t k = 0; k < p; k++) CHECK_NEAR(t, f.vcov[k*p + k], sum[k*p + k], 1e-8);
}

static void a_robust_covariance_keeps_to_its_words(Test *t)
{
    MmrmVcov vcov;
    MmrmFit f, model;
    Model built;
    Error err = {0};
    Frame *frame = trial(t, 24, 3);
    CHECK(t, mmrm_vcov_parse(STR("CR2"), &vcov) && vcov == MMRM_VCOV_CR2);
    CHECK(t, mmrm_vcov_parse(STR("Empirical-Jackknife"), &vcov) && vcov == MMRM_VCOV_CR3);
    CHECK(t, mmrm_vcov_parse(STR("asymptotic"), &vcov) && vcov == MMRM_VCOV_MODEL);
    CHECK(t, !mmrm_vcov_parse(STR("cr4"), &vcov));
    if (!build(t, frame, FORMULAS[0], &built)) return;
    CHECK(t, !mmrm_fit(t->arena, &built, &(MmrmOptions){.df = MMRM_KENWARD_ROGER, .vcov = MMRM_VCOV_HC0}, &f, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "Kenward-Roger does not go with the covariance \"sandwich HC0\"");
    if (!fit_frame(t, frame, FORMULAS[0], (MmrmOptions){.vcov = MMRM_VCOV_HC0, .df = MMRM_RESIDUAL}, &f)
        || !fit_frame(t, frame, FORMULAS[0], (MmrmOptions){0}, &model)) return;
    CHECK(t, f.minus_two_log_lik == model.minus_two_log_lik && f.b[2] == model.b[2] && f.vcov_model[0] == model.vcov[0]);
    MmrmTest *tests = mmrm_anova(t->arena, &f, TEST_TYPE_III);
    Estimate e = mmrm_coefficient(&f, 1, 0.95);
    CHECK(t, e.df == (double)(f.n - f.space.rank) && tests[0].df_error == e.df);
    CHECK_NEAR(t, tests[0].f, e.t * e.t, 1e-10);     /* the baseline's */
}

/* Ten subjects, two visits (Student's sleep data): SAS's is the paired t test, R's mmrm prints 0.33855 and p 0.0012. */
static void kenward_and_roger_as_in_r_differ_as_published(Test *t)
{
    static const double FIRST[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2}, SECOND[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    Frame *frame = frame_new(t->arena, STR("sleep"));
    frame_add_column(frame, STR("id"), COLUMN_TEXT);
    frame_add_column(frame, STR("drug"), COLUMN_TEXT);
    frame_add_column(frame, STR("extra"), COLUMN_NUMBER);
    for (size_t i = 0; i < 20; i++) {
        frame_add_row(frame);
        frame_set_text(frame, i, 0, str_format(t->arena, "S%zu", i / 2));
        frame_set_text(frame, i, 1, i % 2 ? STR("second") : STR("first"));
        frame_set_number(frame, i, 2, i % 2 ? SECOND[i / 2] : FIRST[i / 2]);
    }
    MmrmFit sas, r;
    if (!fit_frame(t, frame, "extra ~ drug + us(drug | id)", (MmrmOptions){.df = MMRM_KENWARD_ROGER}, &sas)
        || !fit_frame(t, frame, "extra ~ drug + us(drug | id)", (MmrmOptions){.df = MMRM_KENWARD_ROGER_MMRM}, &r)) return;
    Estimate e = mmrm_coefficient(&sas, 1, 0.95);
    CHECK_NEAR(t, e.se, 0.3889587, 1e-6);
    e = mmrm_coefficient(&r, 1, 0.95);
    CHECK_NEAR(t, e.se, 0.33855, 2e-5);
    CHECK_NEAR(t, e.p, 0.0012, 0.05);
}

static void kenward_and_roger_as_in_r_refuse_spatial_structures(Test *t)
{
    Model model;
    MmrmFit f;
    Error err = {0};
    Frame *frame = trial(t, 24, 3);
    frame_add_column(frame, STR("day"), COLUMN_NUMBER);
    for (size_t i = 0; i < frame->n_rows; i++) frame_set_number(frame, i, frame->n_columns - 1, (double)(i / 24));
    if (!build(t, frame, "y ~ arm + sp_exp(day | id)", &model)) return;
    CHECK(t, !mmrm_fit(t->arena, &model, &(MmrmOptions){.df = MMRM_KENWARD_ROGER_MMRM}, &f, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "kenward-roger-mmrm is not offered for the structure \"sp_exp\"");
}

/* The design of every row: that of a frame in which the response is always there. */
static const Model *complete_model(Test *t, const char *formula, size_t n, size_t m)
{
    Model *model = ARENA_NEW(t->arena, Model);
    Frame *frame = trial(t, n, m);
    for (size_t i = 0; i < frame->n_rows; i++) frame_set_number(frame, i, 5, (double)(i % 7));
    return build(t, frame, formula, model) && CHECK_INT(t, model->n, frame->n_rows) ? model : NULL;
}

/* Row i of `all` predicted from the fit by matrices over all rows: estimate and variance */
static void dense_prediction(Test *t, const MmrmFit *f, const Model *all, size_t i, const double *inverse, const double *weight, double *estimate, double *variance)
{
    size_t n = f->n, p = f->p, m = f->n_visits, visit = i / 16, subject = i % 16, g = 0;
    double *c = ARENA_ARRAY(t->arena, double, n), *w = ARENA_ARRAY(t->arena, double, n), *q = arena_copy(t->arena, &all->x[i*p], p * sizeof *q);
    double *e = mmrm_residuals(t->arena, f, MMRM_RESIDUAL_RAW), own = weight ? weight[i] : 1;
    for (size_t k = 0; k < n; k++) {
        if (f->model->rows[k] % 16 != subject) continue;
        g = f->n_groups > 1 ? f->groups.level[k] : 0;
        c[k] = f->sigma[(g*m + f->visits.level[k])*m + visit] / sqrt(own * (weight ? weight[f->model->rows[k]] : 1));
    }
    matrix_apply(inverse, c, n, n, w);
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < p; j++) q[j] -= w[k] * f->model->x[k*p + j];
    *estimate = dot(&all->x[i*p], f->b, p) + dot(w, e, n);
    *variance = quadratic_form(q, f->vcov, q, p) + f->sigma[(g*m + visit)*m + visit] / own - dot(w, c, n);
}

static void predictions_agree_with_matrices_written_out(Test *t)
{
    Frame *frame = trial(t, 16, 3);
    Error err = {0};
    size_t n_predicted = 0;
    for (size_t k = 0; k < 6; k++) {
        MmrmFit f;
        const double *weight = k < 3 ? NULL : frame->columns[4].numbers;
        MmrmPrediction p[48];
        const Model *all = complete_model(t, FORMULAS[k % 3], 16, 3);
        if (!all || !fit_frame(t, frame, FORMULAS[k % 3], (MmrmOptions){.weights = k < 3 ? STR("") : STR("weight"), .vcov = k % 2 ? MMRM_VCOV_CR2 : MMRM_VCOV_MODEL}, &f)
            || !CHECK_OK(t, mmrm_predict(t->arena, &f, frame, NULL, 48, 0.9, p, &err), err)) return;
        double *inverse = dense_new(t, &f, weight, 0).v;
        if (!CHECK(t, invert_positive(inverse, f.n, ARENA_ARRAY(t->arena, double, f.n * f.n)))) return;
        for (size_t i = 0; i < 48; i++) {
            double estimate, variance;
            CHECK_INT(t, p[i].is_used, frame->columns[5].missing[i] == MISSING_NOT);
            CHECK_NEAR(t, p[i].marginal.estimate, dot(&all->x[i*f.p], f.b, f.p), 1e-12);
            CHECK_NEAR(t, p[i].marginal.se, sqrt(quadratic_form(&all->x[i*f.p], f.vcov, &all->x[i*f.p], f.p)), 1e-10);
            if (p[i].is_used) { CHECK(t, p[i].conditional.estimate == p[i].marginal.estimate && p[i].conditional.se == p[i].marginal.se); continue; }
            dense_prediction(t, &f, all, i, inverse, weight, &estimate, &variance);
            CHECK_NEAR(t, p[i].conditional.estimate, estimate, 1e-10);
            CHECK_NEAR(t, p[i].conditional.se, sqrt(variance), 1e-10);
            n_predicted++;
        }
    }
    CHECK(t, n_predicted > 30);
}

/* One visit is least squares: a new response has variance s2 (1 + x'(X'X)^-1 x) with n - p df. With two visits three
 * structures are the same model. */
static void predictions_have_the_df_that_theory_gives(Test *t)
{
    static const char *const SAME[] = {"y ~ base + arm * visit + us(visit | id)", "y ~ base + arm * visit + csh(visit | id)", "y ~ base + arm * visit + ar1h(visit | id)"};
    MmrmFit f;
    MmrmPrediction p[40], first[40];
    Error err = {0};
    Frame *frame = trial(t, 20, 1), *two = trial(t, 20, 2);
    if (!fit_frame(t, frame, "y ~ base + us(visit | id)", (MmrmOptions){0}, &f) || !CHECK_OK(t, mmrm_predict(t->arena, &f, frame, NULL, 20, 0.95, p, &err), err)) return;
    for (size_t i = 0; i < 20; i++) {
        if (p[i].is_used) continue;
        CHECK_NEAR(t, p[i].conditional.df, (double)f.n - 2, 1e-8);
        CHECK_NEAR(t, p[i].conditional.se, sqrt(f.sigma[0] + p[i].marginal.se * p[i].marginal.se), 1e-12);
    }
    for (size_t df = MMRM_SATTERTHWAITE; df <= MMRM_KENWARD_ROGER_LINEAR; df++)
        for (size_t k = 0; k < 3; k++) {
            if (df == MMRM_KENWARD_ROGER) continue;              /* depends on the parameters */
            if (!fit_frame(t, two, SAME[k], (MmrmOptions){.df = (MmrmDf)df}, &f) || !CHECK_OK(t, mmrm_predict(t->arena, &f, two, NULL, 40, 0.95, k ? p : first, &err), err)) return;
            for (size_t i = 0; k && i < 40; i++) {
                CHECK_NEAR(t, p[i].conditional.se, first[i].conditional.se, 1e-8);
                CHECK_NEAR(t, p[i].conditional.df, first[i].conditional.df, 1e-6);
                if (df == MMRM_KENWARD_ROGER_LINEAR && !p[i].is_used) CHECK(t, p[i].conditional.se > p[i].marginal.se);
            }
        }
}

static void predictions_say_what_they_cannot_tell(Test *t)
{
    MmrmFit f;
    MmrmPrediction p[5];
    Error err = {0};
    const size_t rows[] = {0, 1, 2, 3, 4};
    if (!fit_frame(t, trial(t, 24, 3), FORMULAS[0], (MmrmOptions){0}, &f)) return;
    static const char *const ID[] = {"new", "S001", "S002", "S003", "new"}, *const ARM[] = {"active", "placebo", "active", "control", "control"}, *const VISIT[] = {"V2", "V1", "V9", "V1", "V3"};
    static const double BASE[] = {41.3, 40.2, 38.5, 39, 44.1};
    Frame *frame = frame_new(t->arena, STR("others"));           /* no response */
    add_texts(frame, "id", ID, 5);
    add_texts(frame, "arm", ARM, 5);
    add_texts(frame, "visit", VISIT, 5);
    CHECK(t, !mmrm_predict(t->arena, &f, frame, rows, 5, 0.95, p, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "base");
    add_numbers(frame, "base", BASE, 5);
    frame_set_missing(frame, 3, 3, MISSING_UNSTATED);
    if (!CHECK_OK(t, mmrm_predict(t->arena, &f, frame, rows, 5, 0.95, p, &err), err)) return;
    CHECK(t, p[0].marginal.is_estimable && p[0].conditional.is_estimable && !p[0].is_used);
    CHECK(t, p[0].conditional.estimate == p[0].marginal.estimate && p[0].conditional.se > p[0].marginal.se);
    for (size_t i = 1; i < 4; i++) CHECK(t, !p[i].marginal.is_estimable && !p[i].conditional.is_estimable);
    CHECK(t, p[4].row == 4 && p[4].conditional.lower < p[4].marginal.lower);
}

static void the_methods_for_small_samples_are_compared(Test *t)
{
    MmrmFit f, kr, linear;
    MmrmSpread spread, other;
    Frame *frame = trial(t, 12, 3);
    const char *formula = "y ~ arm * visit + ar1h(visit | id)";
    if (!fit_frame(t, frame, formula, (MmrmOptions){0}, &f) || !fit_frame(t, frame, formula, (MmrmOptions){.df = MMRM_KENWARD_ROGER}, &kr)
        || !fit_frame(t, frame, formula, (MmrmOptions){.df = MMRM_KENWARD_ROGER_LINEAR}, &linear)) return;
    double *l = ARENA_ARRAY(t->arena, double, f.p * f.p);
    for (size_t j = 0; j < f.p; j++) l[j*f.p + j] = 1;
    if (!CHECK(t, mmrm_compare_methods(t->arena, &f, l, f.p, &spread) && mmrm_compare_methods(t->arena, &kr, l, f.p, &other))) return;
    Estimate a = mmrm_coefficient(&f, spread.row, 0.95), b = mmrm_coefficient(&kr, spread.row, 0.95), c = mmrm_coefficient(&linear, spread.row, 0.95);
    CHECK(t, spread.satterthwaite == a.se && spread.own == a.se && other.own == b.se && other.row == spread.row);
    CHECK_NEAR(t, spread.kenward_roger, b.se, 1e-12);
    CHECK_NEAR(t, spread.kenward_roger_linear, c.se, 1e-12);
    CHECK_NEAR(t, a.df, b.df, 1e-10);
    CHECK(t, spread.share > 0.01);
    for (size_t j = 0; j < f.p; j++) CHECK(t, mmrm_coefficient(&kr, j, 0.95).se / mmrm_coefficient(&f, j, 0.95).se - 1 <= spread.share + 1e-12);
    if (!fit_frame(t, frame, formula, (MmrmOptions){.vcov = MMRM_VCOV_CR3}, &f)) return;
    CHECK(t, !mmrm_compare_methods(t->arena, &f, l, f.p, &spread));
}

static const TestCase CASES[] = {
    {"the methods for small samples are compared", the_methods_for_small_samples_are_compared},
    {"predictions agree with matrices written out", predictions_agree_with_matrices_written_out},
    {"predictions have the df that theory gives", predictions_have_the_df_that_theory_gives},
    {"predictions say what they cannot tell", predictions_say_what_they_cannot_tell},
    {"Kenward and Roger as in R differ as published", kenward_and_roger_as_in_r_differ_as_published},
    {"Kenward and Roger as in R refuse spatial structures", kenward_and_roger_as_in_r_refuse_spatial_structures},
    {"sandwiches agree with matrices written out", sandwiches_agree_with_matrices_written_out},
    {"CR3 is the jackknife at a Sigma held", cr3_is_the_jackknife_at_a_sigma_held},
    {"a robust covariance keeps to its words", a_robust_covariance_keeps_to_its_words},
    {"residuals have the size that restricted likelihood gives them", residuals_have_the_size_that_restricted_likelihood_gives_them},
    {"normalised residuals are what earlier visits do not predict", normalised_residuals_are_what_earlier_visits_do_not_predict},
};
TEST_SUITE(mmrm_inference, CASES);
