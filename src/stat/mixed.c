#include "stat/mixed.h"

#include <math.h>
#include <string.h>

#include "stat/mixed_inside.h"

bool mixed_is_needed(Arena *arena, const Model *model)
{
    const Formula *f = model->formula;
    if (f->n_randoms) return true;
    if (f->n_covariances != 1 || !mmrm_structure_is_spatial(f->covariances[0].kind)) return false;
    Map points = map_new(arena);
    for (size_t i = 0; i < model->n && points.n <= MMRM_MAX_VISITS; i++) {
        Buf point = buf_new(arena);
        for (size_t c = 0; c < f->covariances[0].n_visits; c++) {
            const Column *column = frame_column(model->frame, f->columns[f->covariances[0].visits[c]]);
            buf_add(&point, frame_cell_text(arena, column, model->rows[i]));
            buf_char(&point, ' ');
        }
        map_put(&points, buf_str(&point), NULL);
    }
    return points.n > MMRM_MAX_VISITS;
}

static bool check_request(const Model *model, const MixedOptions *options, Error *err)
{
    const Formula *f = model->formula;
    if (f->n_randoms == 0 && f->n_covariances == 0) {
        error_set(err, ERROR_USAGE, "the formula has neither a random nor a covariance term");
        return error_hint(err, "Write one such as (1 | SITE) or us(AVISIT | USUBJID).");
    }
    if (f->n_covariances > 1) {
        error_set(err, ERROR_USAGE, "the formula has %zu covariance terms", f->n_covariances);
        return error_hint(err, "Keep one, and write what else hangs together as random terms.");
    }
    if (options->mmrm.vcov != MMRM_VCOV_MODEL) return error_set(err, ERROR_USAGE, "sandwich covariances are not offered beside random effects");
    if (options->mmrm.df != MMRM_BETWEEN_WITHIN && options->mmrm.df != MMRM_KENWARD_ROGER_MMRM) return true;
    error_set(err, ERROR_USAGE, "%s degrees of freedom are not offered beside random effects", mmrm_df_meaning(options->mmrm.df));
    return error_hint(err, "Use satterthwaite, kenward-roger, kenward-roger-linear or residual.");
}

/* What contrasts and tests need, in the shape that repeated measures have it. */
static void fill_inside(Arena *arena, const MixedData *d, const MixedLikelihood *l, const double *w, MmrmFit *fit)
{
    MmrmInside *in = fit->inside = ARENA_NEW(arena, MmrmInside);
    size_t r = d->r, c = d->c, np = d->n_parameters;
    in->arena = arena;
    in->data.model = d->model;
    in->data.n = d->n, in->data.p = d->p, in->data.r = r;
    in->data.basis = d->basis;
    in->data.pivot = d->ols.space.pivot;
    in->whitener = arena_copy(arena, d->basis, d->p * r * sizeof *in->whitener);
    for (size_t i = 0; i < d->p; i++) solve_lower(l->a_root, r, &in->whitener[i*r]);
    in->likelihood.r = r;
    in->likelihood.a_root = l->a_root;
    in->n_parameters = np;
    in->w = arena_copy(arena, w, np * np * sizeof *w);
    in->p = ARENA_ARRAY(arena, double, np * r * r);
    in->row = ARENA_ARRAY(arena, double, r);
    in->g = ARENA_ARRAY(arena, double, np);
    double *half = ARENA_ARRAY(arena, double, r * r);
    for (size_t a = 0; a < np; a++)                  /* a_root^-1 X'V^-1 V_a V^-1 X a_root^-T */
        for (int pass = 0; pass < 2; pass++) {
            double *p = &in->p[a*r*r];
            for (size_t i = 0; i < r; i++)
                for (size_t j = 0; j < r; j++) half[i*r + j] = pass ? p[j*r + i] : l->b[(a*c + i)*c + j];
            for (size_t i = 0; i < r; i++) solve_lower(l->a_root, r, &half[i*r]);
            memcpy(p, half, r * r * sizeof *p);
        }
}

/* I + 2 sum of w_ab (Q_ab - P_a Phi P_b - R_ab / 4), between a_root^-1 and its transpose: Kenward & Roger (1997) */
static void adjust_covariance(Arena *arena, MixedLikelihood *l, MmrmFit *fit)
{
    MmrmInside *in = fit->inside;
    size_t r = in->data.r, square = r * r, np = in->n_parameters;
    double *q = ARENA_ARRAY(arena, double, square), *t = ARENA_ARRAY(arena, double, square), *sum = ARENA_ARRAY(arena, double, square);
    mixed_likelihood_products(l, in->w, fit->options.df == MMRM_KENWARD_ROGER, q);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < r; i++)
            for (size_t j = 0; j < r; j++) t[i*r + j] = q[j*r + i];
        for (size_t i = 0; i < r; i++) solve_lower(l->a_root, r, &t[i*r]);
        memcpy(q, t, square * sizeof *q);
    }
    for (size_t a = 0; a < np; a++) {
        memset(sum, 0, square * sizeof *sum);
        for (size_t b = 0; b < np; b++) mmrm_add_scaled(sum, &in->p[b*square], in->w[a*np + b], square);
        matrix_multiply(&in->p[a*square], sum, r, r, r, t);
        mmrm_add_scaled(q, t, -1, square);
    }
    in->adjust = ARENA_ARRAY(arena, double, square);
    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < r; j++) in->adjust[i*r + j] = (i == j) + q[i*r + j] + q[j*r + i];
}

/* whitener inner whitener' */
static double *covariance_of_b(Arena *arena, const MmrmInside *in, const double *inner)
{
    size_t p = in->data.p, r = in->data.r;
    double *half = in->whitener, *v = ARENA_ARRAY(arena, double, p * p);
    if (inner) matrix_multiply(in->whitener, inner, p, r, r, half = ARENA_ARRAY(arena, double, p * r));
    matrix_multiply_transposed(half, in->whitener, p, r, p, v);
    return v;
}

static void fill_coefficients(Arena *arena, const MixedData *d, MixedLikelihood *l, const MixedOptimum *optimum, const MixedOptions *options, MmrmFit *fit)
{
    fit->space = d->ols.space;
    fit->b = ARENA_ARRAY(arena, double, d->p);
    for (size_t j = 0; j < d->p; j++) {
        fit->b[j] = d->ols.b[j];
        for (size_t k = 0; k < d->r; k++) fit->b[j] -= d->basis[j * d->r + k] * l->d[k];
    }
    fill_inside(arena, d, l, options->expected_information ? optimum->w_expected : optimum->w, fit);
    if (mmrm_df_adjusts(fit->options.df)) adjust_covariance(arena, l, fit);
    fit->vcov_model = covariance_of_b(arena, fit->inside, NULL);
    fit->vcov = fit->inside->adjust ? covariance_of_b(arena, fit->inside, fit->inside->adjust) : fit->vcov_model;
}

static void fill_criteria(const MixedLikelihood *l, MmrmFit *fit)
{
    double k = (double)fit->n_parameters + (fit->options.method == MMRM_ML ? (double)fit->space.rank : 0);
    double n = (double)fit->n - (fit->options.method == MMRM_REML ? (double)fit->space.rank : 0);
    n = fmax(n, k + 2);
    fit->minus_two_log_lik = l->value;
    fit->aic = l->value + 2*k;
    fit->aicc = l->value + 2*k * n / (n - k - 1);
    fit->bic = l->value + k * log((double)fit->n_subjects);
}

static void fill_covariance(Arena *arena, const MixedData *d, MixedLikelihood *l, const MixedOptimum *optimum, MixedFit *fit)
{
    MmrmFit *f = &fit->fixed;
    size_t np = d->n_parameters;
    f->kind = d->kind;
    f->n_groups = d->n_groups, f->groups = d->groups, f->visits = d->visits, f->n_visits = d->visits.n_levels;
    f->n_parameters = np;
    f->parameters = arena_copy(arena, l->theta, np * sizeof *f->parameters);
    f->parameter_names = d->names;
    fit->parameters_se = ARENA_ARRAY(arena, double, np);
    for (size_t a = 0; a < np; a++) fit->parameters_se[a] = sqrt(optimum->w[a*np + a]);
    fit->has_repeated = d->errors != MIXED_INDEPENDENT;
    fit->has_points = d->errors == MIXED_POINTS;
    if (!fit->has_repeated) fit->residual = l->theta[0];
    if (d->errors == MIXED_VISITS) {
        mixed_sigma_set(&l->sigma, l->theta, false);
        f->sigma = l->sigma.sigma;
    }
    fit->n_blocks = d->n_blocks;
    for (size_t k = 0; k < d->n_blocks; k++) fit->largest_block = d->blocks[k].n_rows > fit->largest_block ? d->blocks[k].n_rows : fit->largest_block;
}

static void fill_random(Arena *arena, const MixedData *d, MixedLikelihood *l, const MixedOptimum *optimum, MixedFit *fit)
{
    fit->n_randoms = d->n_terms;
    fit->randoms = ARENA_ARRAY(arena, MixedRandom, d->n_terms + 1);
    for (size_t t = 0; t < d->n_terms; t++) {
        const MixedTerm *m = &d->terms[t];
        size_t c = m->n_effects;
        fit->randoms[t] = (MixedRandom){.group = m->group, .n_effects = c, .n_levels = m->n_levels, .rank = optimum->rank[t], .first = m->first, .effects = m->effects,
                                        .levels = m->levels, .g = ARENA_ARRAY(arena, double, c * c), .u = ARENA_ARRAY(arena, double, m->n_levels * c),
                                        .u_se = ARENA_ARRAY(arena, double, m->n_levels * c)};
        mixed_term_g(m, l->theta, fit->randoms[t].g);
        for (size_t j = 0, a = m->first; j < c; j++)
            for (size_t i = 0; i <= j; i++, a++)
                if (fit->parameters_se[a] == 0) fit->parameters_se[a] = NAN;
    }
    mixed_likelihood_predict(l, fit->randoms);
}

bool mixed_fit(Arena *arena, const Model *model, const MixedOptions *options, MixedFit *fit, Error *err)
{
    if (!check_request(model, options, err)) return false;
    MixedData *d = ARENA_NEW(arena, MixedData);
    MixedLikelihood *l = ARENA_NEW(arena, MixedLikelihood);
    MixedOptimum optimum = {0};
    if (!mixed_data_prepare(arena, model, options->mmrm.weights, d, err)) return false;
    *fit = (MixedFit){.fixed = {.model = model, .options = options->mmrm, .n = d->n, .p = d->p, .n_subjects = d->n_subjects, .subjects = d->subjects}};
    mixed_likelihood_init(arena, l, d, options->mmrm.method == MMRM_REML);
    if (!mixed_optimise(arena, l, &options->mmrm, &optimum, err)) return false;
    fit->fixed.certificate = optimum.certificate;
    fill_coefficients(arena, d, l, &optimum, options, &fit->fixed);
    fill_covariance(arena, d, l, &optimum, fit);
    fill_criteria(l, &fit->fixed);
    fill_random(arena, d, l, &optimum, fit);
    return true;
}
