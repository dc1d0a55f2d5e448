/* A linear model, with repeated measures where the formula has a covariance term. */
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/data_file.h"
#include "cli/fit_family.h"
#include "cli/fit_figure.h"
#include "cli/fit_mixed.h"
#include "cli/fit_notes.h"
#include "cli/fit_rows.h"
#include "cli/grid.h"
#include "stat/mixed_choice.h"
#include "stat/simultaneous.h"

#define CONFIDENCE  0.95
#define WORTH_SAYING 0.01          /* share by which standard errors of two methods differ */

/* What is printed, whichever model it came from. */
typedef struct {
    Invocation *call;
    Formula formula;
    size_t n_rows, *rows;                            /* that --where takes */
    Model model;
    bool repeated;
    MmrmFit mixed;
    bool general, expected_information;              /* by stat/mixed: random effects, or own points */
    MixedFit random;                                 /* mixed is random.fixed */
    MmrmFailures failures;
    LinearFit linear;
    TestType type;
    double confidence;
    Estimate *coefficients;
    MmrmTest *tests;
    bool has_means;
    LsMeans means;
    Estimate *mean_estimates;
    size_t n_differences;
    LsDifference *differences;
    Estimate *difference_estimates;
    DifferenceAdjustment adjustment;
    bool has_spread;
    MmrmSpread spread;
    Str spread_label;
    size_t n_notes;
    Str *notes;
} Analysis;

static bool read_options(Analysis *a, MixedOptions *options, Error *err)
{
    const Invocation *call = a->call;
    a->confidence = option_number(call, "confidence", CONFIDENCE);
    a->type = (TestType)option_integer(call, "type", TEST_TYPE_III);
    options->mmrm.weights = option_text(call, "weights");
    options->mmrm.method = option_given(call, "ml") ? MMRM_ML : MMRM_REML;
    if (!(a->confidence > 0 && a->confidence < 1)) return error_set(err, ERROR_USAGE, "--confidence must lie between 0 and 1");
    if (a->type < TEST_TYPE_I || a->type > TEST_TYPE_III) return error_set(err, ERROR_USAGE, "--type must be 1, 2 or 3");
    if (!mixed_methods_parse(option_text(call, "df"), option_text(call, "vcov"), options, err)) return false;
    a->expected_information = options->expected_information;
    if (option_given(call, "adjust") && !difference_adjustment_parse(option_text(call, "adjust"), &a->adjustment)) {
        error_set(err, ERROR_USAGE, "there is no adjustment \"" STR_FMT "\"", STR_ARG(option_text(call, "adjust")));
        return error_hint(err, "Use none, dunnett, tukey, bonferroni, holm, hochberg or hommel.");
    }
    if (option_given(call, "adjust") && !option_given(call, "diff") && !option_given(call, "reference")) {
        error_set(err, ERROR_USAGE, "there are no differences to adjust");
        return error_hint(err, "Ask for them: --lsmeans ARM --reference Placebo --adjust dunnett.");
    }
    if ((option_given(call, "diff") || option_given(call, "reference")) && !option_given(call, "lsmeans")) {
        error_set(err, ERROR_USAGE, "differences need means");
        return error_hint(err, "Say of what: --lsmeans 'ARM | AVISIT' --diff.");
    }
    return true;
}

static MmrmTest *linear_tests(Arena *arena, const Analysis *a)
{
    LinearTest *from = linear_anova(arena, &a->model, &a->linear, a->type);
    MmrmTest *tests = ARENA_ARRAY(arena, MmrmTest, a->model.n_terms + 1);
    for (size_t t = 0; t < a->model.n_terms; t++)
        tests[t] = (MmrmTest){.name = from[t].name, .df = from[t].df, .df_error = a->linear.df, .f = from[t].f, .p = from[t].p, .scale = 1};
    return tests;
}

static bool find_means(Analysis *a, Error *err)
{
    Invocation *call = a->call;
    Arena *arena = call->arena;
    Margins margins = option_given(call, "observed-margins") ? MARGINS_OBSERVED : MARGINS_EQUAL;
    a->has_means = option_given(call, "lsmeans");
    if (!a->has_means) return true;
    if (!lsmeans_rows(arena, &a->model, option_text(call, "lsmeans"), margins, &a->means, err)) return false;
    a->mean_estimates = a->repeated ? mmrm_lsmeans(arena, &a->mixed, &a->means, a->confidence)
                                    : lsmeans_estimates(arena, &a->means, &a->linear, a->confidence);
    if (!option_given(call, "diff") && !option_given(call, "reference")) return true;
    if (!lsmeans_differences(arena, &a->means, option_text(call, "reference"), &a->differences, &a->n_differences, err)) return false;
    a->difference_estimates = a->repeated ? mmrm_lsmeans_differences(arena, &a->mixed, a->differences, a->n_differences, a->confidence)
                                          : lsmeans_difference_estimates(arena, a->differences, a->n_differences, &a->linear, a->confidence);
    return differences_adjust(arena, a->adjustment, &a->means, a->differences, a->n_differences, a->repeated ? a->mixed.vcov : a->linear.vcov,
                              a->confidence, a->difference_estimates, err);
}

/* What stands above the differences. */
static const char *differences_title(const Analysis *a)
{
    if (a->adjustment == DIFFERENCE_NONE) return "Differences of least-squares means";
    return str_format(a->call->arena, "Differences of least-squares means, adjusted (%s%s)", difference_adjustment_meaning(a->adjustment),
                      a->means.n_compared < a->means.n_factors ? "; within each group" : "").data;
}

/* Options that do nothing for this model are refused, not passed over. */
static bool check_fit_options(const Analysis *a, Error *err)
{
    static const char *const NEED_COVARIANCE[] = {"vcov", "predict", "residuals"}, *const NEED_MIXED[] = {"weights", "fallback", "ml", "random"};
    for (size_t i = 0; i < sizeof NEED_MIXED / sizeof NEED_MIXED[0]; i++)
        if (!a->repeated && option_given(a->call, NEED_MIXED[i])) return error_set(err, ERROR_USAGE, "--%s needs a covariance or random term", NEED_MIXED[i]);
    for (size_t i = 0; i < sizeof NEED_COVARIANCE / sizeof NEED_COVARIANCE[0]; i++) {
        if (!option_given(a->call, NEED_COVARIANCE[i])) continue;
        if (!a->repeated) return error_set(err, ERROR_USAGE, "--%s needs a covariance term", NEED_COVARIANCE[i]);
        if (a->general) return error_set(err, ERROR_USAGE, "--%s is not offered with random terms or points of every subject's own", NEED_COVARIANCE[i]);
    }
    if (option_given(a->call, "random") && a->formula.n_randoms == 0) return error_set(err, ERROR_USAGE, "--random needs a random term, such as (1 | SITE)");
    if (a->general && option_given(a->call, "figure") && !option_given(a->call, "lsmeans"))
        return error_set(err, ERROR_USAGE, "--figure is not offered beside random effects but with --lsmeans");
    return true;
}

static bool analyse(Analysis *a, Error *err)
{
    Arena *arena = a->call->arena;
    MixedOptions options = {0};
    Frame *frame;
    size_t n_fallback = 0;
    CovarianceKind *kinds = NULL;
    Str fallback = option_text(a->call, "fallback");
    if (fallback.len && !covariance_list_parse(arena, fallback, &kinds, &n_fallback, err)) return false;
    if (!read_options(a, &options, err) || !formula_parse(arena, a->call->args[0], &a->formula, err)
        || !data_file_read(arena, a->call->args[1], &frame, err)
        || !data_file_rows(arena, frame, option_text(a->call, "where"), &a->rows, &a->n_rows, err)
        || !model_build(arena, &a->formula, frame, a->rows, a->n_rows, &a->model, err)) return false;
    a->general = mixed_is_chosen(arena, &a->model, &options);
    a->repeated = a->formula.n_covariances > 0 || a->general;
    if (!check_fit_options(a, err)) return false;
    if (!(a->repeated ? mixed_fit_chosen(arena, &a->model, &options, kinds, n_fallback, &a->random, &a->failures, err)
                      : linear_fit(arena, &a->model, &a->linear, err))) return false;
    a->mixed = a->random.fixed;
    a->coefficients = ARENA_ARRAY(arena, Estimate, a->model.p);
    for (size_t j = 0; j < a->model.p; j++)
        a->coefficients[j] = a->repeated ? mmrm_coefficient(&a->mixed, j, a->confidence) : linear_coefficient(&a->linear, j, a->confidence);
    a->tests = a->repeated ? mmrm_anova(arena, &a->mixed, a->type) : linear_tests(arena, a);
    return find_means(a, err);
}

static void write_estimates(const Analysis *a, const char *title, const Estimate *estimates, const Str *labels, size_t n)
{
    Buf *out = a->call->out;
    Str lower = str_format(a->call->arena, "%g %% lower", 100 * a->confidence);
    const char *const heads[] = {"", "estimate", "std error", "df", "t", "p", lower.data, "upper"};
    Grid grid = grid_new(a->call->arena, heads, 8);
    double least = INFINITY;
    for (size_t i = 0; i < n; i++)
        if (estimates[i].is_estimable && estimates[i].se > 0) least = fmin(least, estimates[i].se);
    int decimals = decimals_for(least);
    for (size_t i = 0; i < n; i++) {
        const Estimate *e = &estimates[i];
        grid_add(&grid, labels[i]);
        if (!e->is_estimable) {
            grid_add(&grid, STR("not estimable"));
            for (int k = 0; k < 6; k++) grid_add(&grid, STR(""));
            continue;
        }
        grid_number(&grid, e->estimate, decimals);
        grid_number(&grid, e->se, decimals);
        grid_number(&grid, e->df, 1);
        grid_number(&grid, e->t, 2);
        grid_p(&grid, e->p);
        grid_number(&grid, e->lower, decimals);
        grid_number(&grid, e->upper, decimals);
    }
    buf_format(out, "\n%s\n", title);
    grid_write(&grid, out);
}

static void write_tests(const Analysis *a)
{
    static const char *const HEADS[] = {"", "df", "error df", "F", "p"}, *const NAMES[] = {"", "I", "II", "III"};
    Grid grid = grid_new(a->call->arena, HEADS, 5);
    for (size_t t = 0; t < a->model.n_terms; t++) {
        grid_add(&grid, a->tests[t].name);
        grid_number(&grid, a->tests[t].df, 0);
        if (a->tests[t].df == 0) {
            for (int k = 0; k < 3; k++) grid_add(&grid, STR("."));
            continue;
        }
        grid_number(&grid, a->tests[t].df_error, 1);
        grid_number(&grid, a->tests[t].f, 2);
        grid_p(&grid, a->tests[t].p);
    }
    if (a->model.n_terms == 0) return;
    buf_format(a->call->out, "\nTests of type %s\n", NAMES[a->type]);
    grid_write(&grid, a->call->out);
}

/* Covariances below and on the diagonal, correlations above. */
static void write_sigma(const Analysis *a, size_t g)
{
    const MmrmFit *f = &a->mixed;
    size_t m = f->n_visits;
    const double *sigma = &f->sigma[g*m*m];
    const char **heads = ARENA_ARRAY(a->call->arena, const char *, m + 1);
    double least = INFINITY;
    heads[0] = "";
    for (size_t i = 0; i < m; i++) heads[i + 1] = str_c(a->call->arena, f->visits.labels[i]), least = fmin(least, sigma[i*m + i]);
    Grid grid = grid_new(a->call->arena, heads, m + 1);
    for (size_t i = 0; i < m; i++) {
        grid_add(&grid, f->visits.labels[i]);
        for (size_t j = 0; j < m; j++)
            if (j <= i) grid_number(&grid, sigma[i*m + j], decimals_for(least));
            else grid_number(&grid, sigma[i*m + j] / sqrt(sigma[i*m + i] * sigma[j*m + j]), 4);
    }
    buf_add_c(a->call->out, "\nCovariance (correlations above the diagonal)");
    if (f->n_groups > 1) buf_format(a->call->out, " of " STR_FMT, STR_ARG(f->groups.levels[g]));
    buf_char(a->call->out, '\n');
    grid_write(&grid, a->call->out);
}

static void write_rows_used(const Analysis *a)
{
    Buf *out = a->call->out;
    buf_format(out, "  rows            %zu", a->model.n);
    if (a->repeated && !a->general) buf_format(out, " of %zu subjects at %zu visits", a->mixed.n_subjects, a->mixed.n_visits);
    if (a->model.n_dropped) buf_format(out, "; %zu left out", a->model.n_dropped);
    for (size_t g = 0; g < a->model.n_gaps; g++)
        buf_format(out, "%s" STR_FMT " missing in %zu", g ? ", " : " (", STR_ARG(a->model.gaps[g].column), a->model.gaps[g].n_rows);
    buf_add_c(out, a->model.n_gaps ? ")\n" : "\n");
}

static void write_mixed_summary(const Analysis *a)
{
    Buf *out = a->call->out;
    const MmrmFit *f = &a->mixed;
    const MmrmCertificate *c = &f->certificate;
    buf_format(out, "  covariance      %s, %zu parameters", covariance_meaning(f->kind), f->n_parameters);
    if (f->n_groups > 1) buf_format(out, ", one for each of %zu groups", f->n_groups);
    for (size_t i = 0; i < a->failures.n; i++)
        buf_format(out, "\n  failed before   %s: " STR_FMT, covariance_meaning(a->failures.items[i].kind), STR_ARG(a->failures.items[i].why));
    buf_format(out, "\n  method          %s; degrees of freedom %s\n", f->options.method == MMRM_REML ? "REML" : "maximum likelihood",
               mmrm_df_meaning(f->options.df));
    if (f->options.vcov != MMRM_VCOV_MODEL) buf_format(out, "  std errors      %s, of subjects\n", mmrm_vcov_meaning(f->options.vcov));
    buf_add_c(out, "  -2 log lik      ");
    buf_fixed(out, f->minus_two_log_lik, 4);
    buf_add_c(out, "; AIC "), buf_fixed(out, f->aic, 2);
    buf_add_c(out, ", AICC "), buf_fixed(out, f->aicc, 2);
    buf_add_c(out, ", BIC "), buf_fixed(out, f->bic, 2);
    buf_format(out, "\n  optimum         %zu iterations; gradient %.1e, Newton decrement %.1e, least curvature %.2g per subject,\n"
                    "                  smallest eigenvalue of the correlations %.2g\n",
               c->n_iterations, c->gradient, c->decrement, c->least_curvature, c->boundary);
}

/* Standard errors of whatever is printed, by the methods for small samples. */
static void find_spread(Analysis *a)
{
    Arena *arena = a->call->arena;
    size_t p = a->model.p, n_means = a->has_means ? a->means.n : 0, n = p + n_means + a->n_differences;
    double *l = ARENA_ARRAY(arena, double, n * p);
    Str *labels = ARENA_ARRAY(arena, Str, n);
    for (size_t j = 0; j < p; j++) {
        l[j*p + j] = !a->mixed.space.is_aliased[j];
        labels[j] = a->model.names[j];
    }
    for (size_t i = 0; i < n_means; i++) {
        memcpy(&l[(p + i)*p], &a->means.l[i*p], p * sizeof *l);
        labels[p + i] = a->means.labels[i];
    }
    for (size_t i = 0; i < a->n_differences; i++) {
        memcpy(&l[(p + n_means + i)*p], a->differences[i].l, p * sizeof *l);
        labels[p + n_means + i] = a->differences[i].label;
    }
    a->has_spread = mmrm_compare_methods(arena, &a->mixed, l, n, &a->spread) && a->spread.share > WORTH_SAYING;
    if (a->has_spread) a->spread_label = labels[a->spread.row];
}

static void write_spread(const Analysis *a)
{
    const MmrmSpread *s = &a->spread;
    int decimals = decimals_for(s->satterthwaite);
    Buf *out = a->call->out;
    buf_format(out, "\nStandard errors depend on the method for small samples, most of all that of " STR_FMT ", by %.1f %%:\n  ", STR_ARG(a->spread_label), 100 * s->share);
    buf_fixed(out, s->satterthwaite, decimals), buf_add_c(out, " (satterthwaite), ");
    buf_fixed(out, s->kenward_roger, decimals), buf_add_c(out, " (kenward-roger), ");
    buf_fixed(out, s->kenward_roger_linear, decimals), buf_add_c(out, " (kenward-roger-linear)");
    if (a->mixed.options.df == MMRM_KENWARD_ROGER_MMRM) buf_add_c(out, ", "), buf_fixed(out, s->own, decimals), buf_add_c(out, " (kenward-roger-mmrm)");
    buf_char(out, '\n');
}

static void write_text(const Analysis *a)
{
    Buf *out = a->call->out;
    Arena *arena = a->call->arena;
    buf_format(out, STR_FMT "\n", STR_ARG(a->formula.text));
    write_rows_used(a);
    if (a->general) fit_mixed_write_summary(out, &a->random, a->expected_information);
    else if (a->repeated) write_mixed_summary(a);
    else {
        buf_add_c(out, "  method          least squares; residual sd "), buf_fixed(out, a->linear.sigma, decimals_for(a->linear.sigma));
        buf_format(out, " on %g df, R2 %.4f\n", a->linear.df, a->linear.r2);
    }
    write_estimates(a, "Fixed effects", a->coefficients, a->model.names, a->model.p);
    if (a->general) fit_mixed_write_components(out, &a->random);
    for (size_t g = 0; a->repeated && a->mixed.sigma && g < a->mixed.n_groups; g++) write_sigma(a, g);
    write_tests(a);
    if (a->has_means) write_estimates(a, "Least-squares means", a->mean_estimates, a->means.labels, a->means.n);
    Str *labels = ARENA_ARRAY(arena, Str, a->n_differences + 1);
    for (size_t i = 0; i < a->n_differences; i++) labels[i] = a->differences[i].label;
    if (a->n_differences) write_estimates(a, differences_title(a), a->difference_estimates, labels, a->n_differences);
    if (a->has_spread) write_spread(a);
    if (a->n_notes) buf_add_c(out, "\nNotes\n");
    for (size_t i = 0; i < a->n_notes; i++) write_paragraph(out, a->notes[i]);
    if (a->general && option_given(a->call, "random")) fit_mixed_write_effects(out, &a->random);
}

static void put_estimate(JsonWriter *json, Str label, const Estimate *e)
{
    json_begin_object(json);
    json_member_text(json, "label", label);
    json_member_bool(json, "estimable", e->is_estimable);
    if (e->is_estimable) {
        json_member_number(json, "estimate", e->estimate);
        json_member_number(json, "se", e->se);
        json_member_number(json, "df", e->df);
        json_member_number(json, "t", e->t);
        json_member_number(json, "p", e->p);
        json_member_number(json, "lower", e->lower);
        json_member_number(json, "upper", e->upper);
    }
    json_end_object(json);
}

static void put_estimates(JsonWriter *json, const char *key, const Estimate *estimates, const Str *labels, size_t n)
{
    json_key(json, str_from(key));
    json_begin_array(json);
    for (size_t i = 0; i < n; i++) put_estimate(json, labels[i], &estimates[i]);
    json_end_array(json);
}

static void put_mixed(JsonWriter *json, const MmrmFit *f)
{
    json_member_integer(json, "subjects", (int64_t)f->n_subjects);
    json_member_text(json, "covariance", str_from(covariance_word(f->kind)));
    json_member_text(json, "method", f->options.method == MMRM_REML ? STR("REML") : STR("ML"));
    json_member_text(json, "degrees of freedom", str_from(mmrm_df_meaning(f->options.df)));
    json_member_text(json, "covariance of coefficients", str_from(mmrm_vcov_meaning(f->options.vcov)));
    fit_put_optimum(json, f);
    json_key(json, STR("parameters"));
    json_begin_object(json);
    for (size_t i = 0; i < f->n_parameters; i++) json_key(json, f->parameter_names[i]), json_put_number(json, f->parameters[i]);
    json_end_object(json);
    fit_put_sigma(json, f);
}

static void put_spread(JsonWriter *json, const Analysis *a)
{
    json_key(json, STR("standard errors differ by method"));
    json_begin_object(json);
    json_member_text(json, "label", a->spread_label);
    json_member_number(json, "share", a->spread.share);
    json_member_number(json, "satterthwaite", a->spread.satterthwaite);
    json_member_number(json, "kenward-roger", a->spread.kenward_roger);
    json_member_number(json, "kenward-roger-linear", a->spread.kenward_roger_linear);
    json_member_number(json, "printed", a->spread.own);
    json_end_object(json);
}

static void write_json(const Analysis *a)
{
    JsonWriter json = json_writer(a->call->out, 2);
    json_begin_object(&json);
    json_member_text(&json, "formula", a->formula.text);
    json_member_integer(&json, "rows", (int64_t)a->model.n);
    json_member_integer(&json, "rows left out", (int64_t)a->model.n_dropped);
    json_key(&json, STR("missing in"));
    json_begin_object(&json);
    for (size_t g = 0; g < a->model.n_gaps; g++) json_member_integer(&json, str_c(a->call->arena, a->model.gaps[g].column), (int64_t)a->model.gaps[g].n_rows);
    json_end_object(&json);
    json_member_number(&json, "confidence", a->confidence);
    if (a->failures.n) json_member_text(&json, "failed before", mmrm_failures_words(a->call->arena, &a->failures));
    if (a->general) fit_mixed_put(&json, &a->random, a->expected_information, option_given(a->call, "random"));
    else if (a->repeated) put_mixed(&json, &a->mixed);
    else {
        json_member_number(&json, "residual sd", a->linear.sigma);
        json_member_number(&json, "residual df", a->linear.df);
        json_member_number(&json, "r squared", a->linear.r2);
    }
    put_estimates(&json, "fixed effects", a->coefficients, a->model.names, a->model.p);
    json_member_integer(&json, "type of tests", a->type);
    json_key(&json, STR("tests"));
    json_begin_array(&json);
    for (size_t t = 0; t < a->model.n_terms; t++) {
        json_begin_object(&json);
        json_member_text(&json, "term", a->tests[t].name);
        json_member_number(&json, "df", a->tests[t].df);
        json_member_number(&json, "error df", a->tests[t].df_error);
        json_member_number(&json, "f", a->tests[t].f);
        json_member_number(&json, "p", a->tests[t].p);
        json_end_object(&json);
    }
    json_end_array(&json);
    if (a->has_means) put_estimates(&json, "means", a->mean_estimates, a->means.labels, a->means.n);
    Str *labels = ARENA_ARRAY(a->call->arena, Str, a->n_differences + 1);
    for (size_t i = 0; i < a->n_differences; i++) labels[i] = a->differences[i].label;
    if (a->has_spread) put_spread(&json, a);
    json_key(&json, STR("notes"));
    json_begin_array(&json);
    for (size_t i = 0; i < a->n_notes; i++) json_put_text(&json, a->notes[i]);
    json_end_array(&json);
    if (a->n_differences) json_member_text(&json, "adjustment", str_from(difference_adjustment_word(a->adjustment)));
    if (a->n_differences) put_estimates(&json, "differences", a->difference_estimates, labels, a->n_differences);
    json_end_object(&json);
    buf_char(a->call->out, '\n');
}

static bool write_figure(const Analysis *a, Error *err)
{
    FitFigure figure = {.path = option_text(a->call, "figure"), .data = a->call->args[1], .model = &a->model,
                        .linear = a->repeated ? NULL : &a->linear, .mixed = a->repeated ? &a->mixed : NULL,
                        .means = a->has_means ? &a->means : NULL, .estimates = a->mean_estimates, .confidence = a->confidence, .has_random = a->general};
    return !figure.path.len || fit_figure_write(a->call->arena, &figure, err);
}

static bool write_rows(const Analysis *a, Error *err)
{
    Arena *arena = a->call->arena;
    Str predictions = option_text(a->call, "predict"), residuals = option_text(a->call, "residuals");
    return (predictions.len == 0 || fit_write_predictions(arena, &a->mixed, a->rows, a->n_rows, a->confidence, predictions, err))
        && (residuals.len == 0 || fit_write_residuals(arena, &a->mixed, residuals, err));
}

static bool fit_run(Invocation *call, Error *err)
{
    Analysis a = {.call = call};
    if (option_given(call, "family") && option_given(call, "adjust")) {
        error_set(err, ERROR_USAGE, "--adjust does not go with --family");
        return error_hint(err, "Give the p values to `equipoise adjust`.");
    }
    if (option_given(call, "family")) return fit_family_run(call, err);
    if (!fit_family_unasked(call, err)) return false;
    if (!analyse(&a, err) || !write_figure(&a, err) || !write_rows(&a, err)) return false;
    if (a.repeated && !a.general) find_spread(&a);
    Str repeats = a.repeated ? STR("") : data_file_repeats(call->arena, a.model.frame, a.model.rows, a.model.n);
    a.notes = fit_notes(call->arena, &a.model, a.repeated ? &a.mixed.space : &a.linear.space, a.repeated && !a.general ? &a.mixed : NULL, repeats, &a.n_notes);
    if (call->json) write_json(&a);
    else write_text(&a);
    return true;
}

const Command cmd_fit = {
    .name = "fit",
    .summary = "fit a linear model, with repeated measures, random effects or neither",
    .usage = "FORMULA DATA",
    .description = "DATA is CSV (NA is missing) or a SAS transport file. A covariance term makes it a mixed model for repeated\n"
                   "measures: us(VISIT | SUBJECT) is unstructured; others are cs, csh, ar1, ar1h, ad, adh, toep, toeph,\n"
                   "and sp_exp, sp_gau of numbers; with us(VISIT | GROUP / SUBJECT) each group has its own. Random terms\n"
                   "are (1 | SITE), (1 + DAY | SUBJECT), (DAY || SUBJECT) for uncorrelated effects. Without any it is least\n"
                   "squares. --family fits yes or no (\"RESP = 'Y' ~ ARM\"), ordered categories and counts.",
    .example = "  equipoise fit 'CHG ~ BASE + ARM * AVISIT + us(AVISIT | USUBJID)' adqs.csv \\\n"
               "      --df kenward-roger --lsmeans 'ARM | AVISIT' --diff",
    .min_args = 2,
    .max_args = 2,
    .options = (const Option[]){OPT_TEXT("where", "CONDITION", "only these rows: \"PARAMCD = 'FEV1' AND AVISITN > 0\""),
                                OPT_TEXT("df", "METHOD", MIXED_DF_WORDS),
                                OPT_TEXT("vcov", "KIND", MIXED_VCOV_WORDS),
                                OPT_FLAG("ml", "maximum likelihood in place of REML"),
                                OPT_TEXT("fallback", "LIST", "covariances to try in turn when the formula's fails: 'toeph, ar1h, cs'"),
                                OPT_TEXT("weights", "COLUMN", "variances are divided by this column"),
                                OPT_FLAG("random", "print the predicted random effects"),
                                OPT_TEXT("family", "FAMILY", "of other outcomes: logistic, firth, proportional-odds, poisson, negative-binomial"),
                                OPT_TEXT("exposure", "COLUMN", "of counts: the time over which they were counted"),
                                OPT_TEXT("levels", "LIST", "of proportional-odds: the categories of a text, lowest first: none,mild,severe"),
                                OPT_FLAG("robust", "of counts: standard errors that hold when counts vary more"),
                                OPT_TEXT("lsmeans", "FACTORS", "least-squares means: 'ARM', 'ARM * SEX', 'ARM | AVISIT'"),
                                OPT_FLAG("diff", "differences of these means"),
                                OPT_TEXT("reference", "LEVEL", "differences from this level only"),
                                OPT_TEXT("adjust", "METHOD", "p and limits for all differences: dunnett, tukey, bonferroni, holm, hochberg, hommel"),
                                OPT_FLAG("observed-margins", "other factors as often as observed, not alike"),
                                OPT_TEXT("predict", "FILE", "CSV of each row's mean and of its response given the subject's others, with intervals"),
                                OPT_TEXT("residuals", "FILE", "CSV of each row's residual: raw, Pearson, normalised"),
                                OPT_NUMBER("confidence", "SHARE", "of intervals; 0.95 when not given"),
                                OPT_INTEGER("type", "TYPE", "of tests: 1, 2 or 3; 3 when not given"),
                                OPT_TEXT("figure", "FILE", "residuals, or the means of --lsmeans, as .svg or .html"), OPT_END},
    .run = fit_run,
};
