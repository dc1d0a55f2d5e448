#include "stat/mmrm_inside.h"

#include <math.h>

#define DEFAULT_ITERATIONS  100
#define DEFAULT_TOLERANCE   1e-16
#define MAX_CELLS           ((size_t)1 << 27)        /* doubles in one array of derivatives */

static const struct {
    const char *word, *meaning;
} DF_METHODS[] = {
#define X(name, word, meaning) [MMRM_##name] = {word, meaning},
    MMRM_DF_METHODS(X)
#undef X
};

const char *mmrm_df_meaning(MmrmDf df) { return DF_METHODS[df].meaning; }

bool mmrm_df_parse(Str word, MmrmDf *df)
{
    for (size_t i = 0; i < sizeof DF_METHODS / sizeof DF_METHODS[0]; i++)
        if (str_equal_fold(word, str_from(DF_METHODS[i].word))) {
            *df = (MmrmDf)i;
            return true;
        }
    return false;
}

static const struct {
    const char *word, *other, *meaning;
} VCOVS[] = {
#define X(name, word, other, meaning) [MMRM_VCOV_##name] = {word, other, meaning},
    MMRM_VCOVS(X)
#undef X
};

const char *mmrm_vcov_meaning(MmrmVcov vcov) { return VCOVS[vcov].meaning; }

bool mmrm_vcov_parse(Str word, MmrmVcov *vcov)
{
    for (size_t i = 0; i < sizeof VCOVS / sizeof VCOVS[0]; i++)
        if (str_equal_fold(word, str_from(VCOVS[i].word)) || str_equal_fold(word, str_from(VCOVS[i].other))) {
            *vcov = (MmrmVcov)i;
            return true;
        }
    return false;
}

bool mmrm_df_adjusts(MmrmDf df) { return df == MMRM_KENWARD_ROGER || df == MMRM_KENWARD_ROGER_LINEAR || df == MMRM_KENWARD_ROGER_MMRM; }

static bool check_options(const MmrmOptions *options, CovarianceKind kind, Error *err)
{
    if (options->df == MMRM_KENWARD_ROGER_MMRM && mmrm_structure_is_spatial(kind)) {
        error_set(err, ERROR_USAGE, "kenward-roger-mmrm is not offered for the structure \"%s\"", covariance_word(kind));
        return error_hint(err, "Use kenward-roger-linear, which does not depend on parameters and is mmrm's Kenward-Roger-Linear too.");
    }
    if (options->vcov == MMRM_VCOV_MODEL || !mmrm_df_adjusts(options->df)) return true;
    error_set(err, ERROR_USAGE, "%s does not go with the covariance \"%s\"", mmrm_df_meaning(options->df), mmrm_vcov_meaning(options->vcov));
    return error_hint(err, "It adjusts the model's own covariance. Use satterthwaite, between-within or residual degrees of freedom.");
}

static bool find_term(const Model *model, const CovarianceTerm **term, Error *err)
{
    const Formula *f = model->formula;
    if (!formula_check_fixed(f, err)) return false;
    if (f->n_covariances == 1) {
        *term = &f->covariances[0];
        return true;
    }
    error_set(err, ERROR_USAGE, f->n_covariances ? "the formula has %zu covariance terms" : "the formula has no covariance term", f->n_covariances);
    return error_hint(err, "Write one term such as us(AVISIT | USUBJID).");
}

static void summarise(Arena *arena, MmrmFit *fit)
{
    const MmrmInside *in = fit->inside;
    const MmrmStructure *s = &in->structure;
    size_t m = fit->n_visits, per_group = s->n_parameters;
    fit->sigma = ARENA_ARRAY(arena, double, fit->n_groups * m * m);
    fit->parameter_names = ARENA_ARRAY(arena, Str, fit->n_parameters);
    for (size_t g = 0; g < fit->n_groups; g++) {
        double *sigma = &fit->sigma[g*m*m];
        const double *root = &in->roots[g*m*m];
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < m; j++) sigma[i*m + j] = dot(&root[i*m], &root[j*m], (i < j ? i : j) + 1);
        for (size_t a = 0; a < per_group; a++)
            fit->parameter_names[g*per_group + a] = fit->n_groups == 1 ? s->names[a]
                : str_format(arena, STR_FMT ", " STR_FMT, STR_ARG(s->names[a]), STR_ARG(fit->groups.levels[g]));
        if (s->entries) continue;
        for (size_t j = 0; j < m; j++)
            for (size_t i = 0; i <= j; i++) fit->parameters[g*per_group + mmrm_direction(i, j)] = sigma[i*m + j];
    }
    double k = (double)fit->n_parameters + (fit->options.method == MMRM_ML ? (double)fit->space.rank : 0);
    double n = (double)fit->n - (fit->options.method == MMRM_REML ? (double)fit->space.rank : 0);
    n = fmax(n, k + 2);
    fit->aic = fit->minus_two_log_lik + 2*k;
    fit->aicc = fit->minus_two_log_lik + 2*k * n / (n - k - 1);
    fit->bic = fit->minus_two_log_lik + k * log((double)fit->n_subjects);
}

/* Derivatives take room by the square of the directions of all Sigmas, and by each direction times columns squared. */
static bool check_size(const MmrmData *d, Error *err)
{
    size_t n = d->n_groups * d->n_visits * (d->n_visits + 1) / 2, larger = n > d->r * d->r ? n : d->r * d->r;
    if (n <= MAX_CELLS / larger) return true;
    error_set(err, ERROR_DEGENERATE, "%zu covariances of %zu visits beside %zu coefficients are too many", d->n_groups, d->n_visits, d->r);
    return error_hint(err, "Use fewer groups, visits or terms.");
}

bool mmrm_fit(Arena *arena, const Model *model, const MmrmOptions *options, MmrmFit *fit, Error *err)
{
    const CovarianceTerm *term = NULL;
    if (!find_term(model, &term, err) || !check_options(options, term->kind, err)) return false;
    *fit = (MmrmFit){.model = model, .options = *options, .kind = term->kind, .n = model->n, .p = model->p};
    if (fit->options.max_iterations == 0) fit->options.max_iterations = DEFAULT_ITERATIONS;
    if (!(fit->options.tolerance > 0)) fit->options.tolerance = DEFAULT_TOLERANCE;
    MmrmInside *in = fit->inside = ARENA_NEW(arena, MmrmInside);
    in->arena = arena;
    if (!mmrm_data_prepare(arena, model, term, options->weights, &in->data, err)) return false;
    const MmrmData *d = &in->data;
    fit->n_subjects = d->n_subjects, fit->n_visits = d->n_visits, fit->n_groups = d->n_groups, fit->n_patterns = d->n_patterns;
    fit->visits = d->visits, fit->subjects = d->subjects, fit->groups = d->groups, fit->subjects_in = d->subjects_in;
    if (d->n <= d->r) {
        error_set(err, ERROR_DEGENERATE, "%zu rows leave no degree of freedom for the error after %zu coefficients", d->n, d->r);
        return error_hint(err, "Use fewer terms, or more complete rows.");
    }
    if (!check_size(d, err)) return false;
    mmrm_structure_new(arena, term->kind, &d->visits, d->distance, &in->structure);
    mmrm_likelihood_init(arena, &in->likelihood, d, fit->options.method == MMRM_REML);
    if (!mmrm_optimise(arena, fit, err) || !mmrm_infer(arena, fit, err)) return false;
    fit->minus_two_log_lik = in->likelihood.value;
    summarise(arena, fit);
    return true;
}

Estimate *mmrm_lsmeans(Arena *arena, const MmrmFit *fit, const LsMeans *means, double confidence)
{
    Estimate *estimates = ARENA_ARRAY(arena, Estimate, means->n + 1);
    for (size_t i = 0; i < means->n; i++) estimates[i] = mmrm_contrast(fit, &means->l[i * fit->p], confidence);
    return estimates;
}

Estimate *mmrm_lsmeans_differences(Arena *arena, const MmrmFit *fit, const LsDifference *differences, size_t n, double confidence)
{
    Estimate *estimates = ARENA_ARRAY(arena, Estimate, n + 1);
    for (size_t i = 0; i < n; i++) estimates[i] = mmrm_contrast(fit, differences[i].l, confidence);
    return estimates;
}
