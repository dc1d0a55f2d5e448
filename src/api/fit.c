/* The public functions of include/equipoise.h: each wraps the modules that the command line uses. */
#include "equipoise.h"

#include <math.h>
#include <string.h>

#include "exchange/csv.h"
#include "exchange/xpt.h"
#include "stat/mixed_choice.h"

#define CONFIDENCE  0.95

struct EqData {
    Arena *arena;
    Frame *frame;
};

struct EqFit {
    Arena *arena;
    Formula formula;
    Model model;
    bool repeated;
    double confidence;
    MixedFit mixed;                   /* random terms and independent errors beside `fixed` only where stat/mixed fitted it */
    const char *failed;               /* what mixed_fit_chosen tried before */
    LinearFit linear;
};

_Static_assert((int)EQ_IO == (int)ERROR_IO && (int)EQ_USAGE == (int)ERROR_USAGE, "the codes of the library are those of base/error");
_Static_assert(sizeof(EqError) == sizeof(Error), "an error is copied member by member");

/* Copies the error out; returns false. */
static bool report(EqError *to, const Error *from)
{
    if (!to) return false;
    to->code = (EqCode)from->code;
    memcpy(to->message, from->message, sizeof to->message);
    memcpy(to->place, from->place, sizeof to->place);
    memcpy(to->hint, from->hint, sizeof to->hint);
    return false;
}

/* --- data --- */

EqData *eq_data_new(size_t n_rows)
{
    Arena *arena = arena_new();
    EqData *data = ARENA_NEW(arena, EqData);
    *data = (EqData){arena, frame_new(arena, STR("data"))};
    for (size_t i = 0; i < n_rows; i++) frame_add_row(data->frame);
    return data;
}

void eq_data_free(EqData *data)
{
    if (data) arena_free(data->arena);
}

size_t eq_data_rows(const EqData *data) { return data->frame->n_rows; }

static bool add_column(EqData *data, const char *name, ColumnType type, size_t *column, EqError *err)
{
    Error inside = {0};
    *column = data->frame->n_columns;
    if (name && *name && !frame_column(data->frame, str_from(name))) {
        frame_add_column(data->frame, str_copy(data->arena, str_from(name)), type);
        return true;
    }
    error_set(&inside, name && *name ? ERROR_INCONSISTENT : ERROR_USAGE, name && *name ? "there is a column \"%s\" already" : "a column needs a name", name);
    return report(err, &inside);
}

bool eq_data_add_numbers(EqData *data, const char *name, const double *values, EqError *err)
{
    size_t column, n = data->frame->n_rows;
    for (size_t i = 0; i < n; i++) {
        Error inside = {0};
        if (!isinf(values[i])) continue;
        error_set(&inside, ERROR_MALFORMED, "column \"%s\" is infinite in row %zu", name ? name : "", i + 1);
        error_hint(&inside, "A missing number is NaN.");
        return report(err, &inside);
    }
    if (!add_column(data, name, COLUMN_NUMBER, &column, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i])) frame_set_number(data->frame, i, column, values[i]);
    return true;
}

bool eq_data_add_texts(EqData *data, const char *name, const char *const *values, EqError *err)
{
    size_t column;
    if (!add_column(data, name, COLUMN_TEXT, &column, err)) return false;
    for (size_t i = 0; i < data->frame->n_rows; i++)
        if (values[i]) frame_set_text(data->frame, i, column, str_copy(data->arena, str_from(values[i])));
    return true;
}

EqData *eq_data_read(const char *path, EqError *err)
{
    Arena *arena = arena_new();
    EqData *data = ARENA_NEW(arena, EqData);
    CsvOptions options = {.missing_text = STR("NA")};
    Error inside = {0};
    Str name = str_copy(arena, str_from(path));
    data->arena = arena;
    if (str_ends(str_lower(arena, name), STR(".xpt")) ? xpt_read_frame(arena, name, STR(""), &data->frame, &inside)
                                                      : csv_read_frame(arena, name, &options, &data->frame, &inside)) return data;
    report(err, &inside);
    arena_free(arena);
    return NULL;
}

/* --- fit --- */

static Str word(Arena *arena, const char *text) { return text ? str_copy(arena, str_from(text)) : STR(""); }

static bool read_options(const EqOptions *o, EqFit *fit, MixedOptions *mixed, Error *err)
{
    fit->confidence = o->confidence == 0 ? CONFIDENCE : o->confidence;
    if (!(fit->confidence > 0 && fit->confidence < 1)) return error_set(err, ERROR_USAGE, "the confidence %g does not lie between 0 and 1", o->confidence);
    if (o->method && strcmp(o->method, "ml") == 0) mixed->mmrm.method = MMRM_ML;
    else if (o->method && strcmp(o->method, "reml") != 0) return error_set(err, ERROR_USAGE, "the method \"%s\" is neither reml nor ml", o->method);
    mixed->mmrm.weights = word(fit->arena, o->weights);
    return mixed_methods_parse(word(fit->arena, o->df), word(fit->arena, o->vcov), mixed, err);
}

static bool fit_linear(EqFit *fit, const EqOptions *o, const MixedOptions *mixed, Error *err)
{
    const char *idle = o->weights ? "weights" : o->fallback ? "fallback" : mixed->mmrm.vcov != MMRM_VCOV_MODEL ? "vcov" : mixed->mmrm.method == MMRM_ML ? "method" : NULL;
    if (!idle) return linear_fit(fit->arena, &fit->model, &fit->linear, err);
    error_set(err, ERROR_USAGE, "the option %s needs a covariance or random term", idle);
    return error_hint(err, "Write one such as us(AVISIT | USUBJID) in the formula, or leave the option out.");
}

static bool fit_model(EqFit *fit, const EqData *data, const char *formula, const EqOptions *o, Error *err)
{
    Arena *arena = fit->arena;
    MixedOptions mixed = {0};
    CovarianceKind *fallback = NULL;
    size_t n_fallback = 0;
    if (!read_options(o, fit, &mixed, err) || (o->fallback && !covariance_list_parse(arena, word(arena, o->fallback), &fallback, &n_fallback, err))
        || !formula_parse(arena, word(arena, formula), &fit->formula, err) || !model_build(arena, &fit->formula, data->frame, NULL, 0, &fit->model, err)) return false;
    fit->repeated = fit->formula.n_covariances + fit->formula.n_randoms > 0;
    if (!fit->repeated) return fit_linear(fit, o, &mixed, err);
    MmrmFailures failures;
    if (!mixed_fit_chosen(arena, &fit->model, &mixed, fallback, n_fallback, &fit->mixed, &failures, err)) return false;
    fit->failed = str_c(arena, mmrm_failures_words(arena, &failures));
    return true;
}

EqFit *eq_fit(const EqData *data, const char *formula, const EqOptions *options, EqError *err)
{
    Arena *arena = arena_new();
    EqFit *fit = ARENA_NEW(arena, EqFit);
    Error inside = {0};
    fit->arena = arena;
    if (fit_model(fit, data, formula, options ? options : &(EqOptions){0}, &inside)) return fit;
    report(err, &inside);
    arena_free(arena);
    return NULL;
}

void eq_fit_free(EqFit *fit)
{
    if (fit) arena_free(fit->arena);
}

EqSummary eq_fit_summary(const EqFit *fit)
{
    EqSummary s = {.repeated = fit->repeated, .n_rows = fit->model.n, .n_left_out = fit->model.n_dropped, .n_coefficients = fit->model.p};
    if (!fit->repeated) {
        s.sigma = fit->linear.sigma, s.df = fit->linear.df, s.r2 = fit->linear.r2;
        return s;
    }
    const MmrmFit *m = &fit->mixed.fixed;
    if (fit->formula.n_covariances) {
        s.covariance = covariance_word(m->kind);
        s.n_subjects = m->n_subjects, s.n_visits = m->n_visits, s.n_groups = m->n_groups;
    }
    s.failed = fit->failed, s.n_random = fit->mixed.n_randoms, s.residual = fit->mixed.residual, s.n_covariance_parameters = m->n_parameters;
    s.minus_two_log_lik = m->minus_two_log_lik, s.aic = m->aic, s.aicc = m->aicc, s.bic = m->bic;
    s.gradient = m->certificate.gradient, s.decrement = m->certificate.decrement;
    s.least_curvature = m->certificate.least_curvature, s.boundary = m->certificate.boundary;
    return s;
}

/* --- what it says --- */

static EqEstimate estimate_as(Arena *arena, Str label, const Estimate *e)
{
    return (EqEstimate){str_c(arena, label), e->is_estimable, e->estimate, e->se, e->df, e->t, e->p, e->lower, e->upper};
}

const EqEstimate *eq_fit_coefficients(EqFit *fit, size_t *n)
{
    EqEstimate *all = ARENA_ARRAY(fit->arena, EqEstimate, fit->model.p);
    *n = fit->model.p;
    for (size_t j = 0; j < *n; j++) {
        Estimate e = fit->repeated ? mmrm_coefficient(&fit->mixed.fixed, j, fit->confidence) : linear_coefficient(&fit->linear, j, fit->confidence);
        all[j] = estimate_as(fit->arena, fit->model.names[j], &e);
    }
    return all;
}

bool eq_fit_contrast(EqFit *fit, const double *l, size_t n, EqEstimate *estimate, EqError *err)
{
    Error inside = {0};
    if (n != fit->model.p) {
        error_set(&inside, ERROR_USAGE, "a contrast of %zu numbers, for %zu coefficients", n, fit->model.p);
        return report(err, &inside);
    }
    Estimate e = fit->repeated ? mmrm_contrast(&fit->mixed.fixed, l, fit->confidence) : linear_contrast(&fit->linear, l, fit->confidence);
    *estimate = estimate_as(fit->arena, STR("contrast"), &e);
    return true;
}

static bool find_means(EqFit *fit, const char *of, bool observed_margins, LsMeans *means, Error *err)
{
    return lsmeans_rows(fit->arena, &fit->model, str_copy(fit->arena, str_from(of)), observed_margins ? MARGINS_OBSERVED : MARGINS_EQUAL, means, err);
}

const EqEstimate *eq_fit_means(EqFit *fit, const char *of, bool observed_margins, size_t *n, EqError *err)
{
    Error inside = {0};
    LsMeans means;
    if (!find_means(fit, of, observed_margins, &means, &inside)) {
        report(err, &inside);
        return NULL;
    }
    Estimate *found = fit->repeated ? mmrm_lsmeans(fit->arena, &fit->mixed.fixed, &means, fit->confidence)
                                    : lsmeans_estimates(fit->arena, &means, &fit->linear, fit->confidence);
    EqEstimate *all = ARENA_ARRAY(fit->arena, EqEstimate, means.n);
    for (size_t i = 0; i < means.n; i++) all[i] = estimate_as(fit->arena, means.labels[i], &found[i]);
    *n = means.n;
    return all;
}

const EqEstimate *eq_fit_differences(EqFit *fit, const char *of, const char *reference, bool observed_margins, size_t *n, EqError *err)
{
    Error inside = {0};
    LsMeans means;
    LsDifference *differences;
    Str against = reference ? str_copy(fit->arena, str_from(reference)) : STR("");
    if (!find_means(fit, of, observed_margins, &means, &inside) || !lsmeans_differences(fit->arena, &means, against, &differences, n, &inside)) {
        report(err, &inside);
        return NULL;
    }
    Estimate *found = fit->repeated ? mmrm_lsmeans_differences(fit->arena, &fit->mixed.fixed, differences, *n, fit->confidence)
                                    : lsmeans_difference_estimates(fit->arena, differences, *n, &fit->linear, fit->confidence);
    EqEstimate *all = ARENA_ARRAY(fit->arena, EqEstimate, *n + 1);
    for (size_t i = 0; i < *n; i++) all[i] = estimate_as(fit->arena, differences[i].label, &found[i]);
    return all;
}

const EqTest *eq_fit_tests(EqFit *fit, int type, size_t *n, EqError *err)
{
    Error inside = {0};
    if (type < TEST_TYPE_I || type > TEST_TYPE_III) {
        error_set(&inside, ERROR_USAGE, "there are no tests of type %d", type);
        error_hint(&inside, "Types are 1, 2 and 3.");
        report(err, &inside);
        return NULL;
    }
    *n = fit->model.n_terms;
    EqTest *all = ARENA_ARRAY(fit->arena, EqTest, *n + 1);
    MmrmTest *mixed = fit->repeated ? mmrm_anova(fit->arena, &fit->mixed.fixed, (TestType)type) : NULL;
    LinearTest *linear = fit->repeated ? NULL : linear_anova(fit->arena, &fit->model, &fit->linear, (TestType)type);
    for (size_t i = 0; i < *n; i++)
        all[i] = mixed ? (EqTest){str_c(fit->arena, mixed[i].name), mixed[i].df, mixed[i].df_error, mixed[i].f, mixed[i].p}
                       : (EqTest){str_c(fit->arena, linear[i].name), linear[i].df, fit->linear.df, linear[i].f, linear[i].p};
    return all;
}

static const char *const *texts_as(Arena *arena, const Str *from, size_t n)
{
    const char **texts = ARENA_ARRAY(arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) texts[i] = str_c(arena, from[i]);
    return texts;
}

const EqRandom *eq_fit_random(EqFit *fit, size_t *n)
{
    Arena *arena = fit->arena;
    *n = fit->mixed.n_randoms;
    EqRandom *all = *n ? ARENA_ARRAY(arena, EqRandom, *n) : NULL;
    for (size_t t = 0; t < *n; t++) {
        const MixedRandom *r = &fit->mixed.randoms[t];
        all[t] = (EqRandom){str_c(arena, r->group), r->n_effects, r->n_levels, texts_as(arena, r->effects, r->n_effects),
                            texts_as(arena, r->levels, r->n_levels), r->g, r->u, r->u_se};
    }
    return all;
}

const double *eq_fit_covariance(const EqFit *fit, size_t group)
{
    const MmrmFit *m = &fit->mixed.fixed;
    if (!fit->repeated || !m->sigma || group >= m->n_groups) return NULL;
    return &m->sigma[group * m->n_visits * m->n_visits];
}

const double *eq_fit_coefficient_covariance(const EqFit *fit) { return fit->repeated ? fit->mixed.fixed.vcov : fit->linear.vcov; }
