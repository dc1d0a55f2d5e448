#include "report/output_fit.h"

#include <math.h>
#include <string.h>

static bool same_texts(const OutputTexts *a, const OutputTexts *b)
{
    for (size_t i = 0; a->n == b->n && i < a->n; i++)
        if (!str_equal(a->items[i], b->items[i])) return false;
    return a->n == b->n;
}

/* Whether two blocks ask for one fit. */
static bool same_options(const OutputBlock *a, const OutputBlock *b)
{
    return str_equal(a->subject, b->subject) && str_equal(a->df, b->df) && str_equal(a->method, b->method) &&
           str_equal(a->weights, b->weights) && str_equal(a->vcov, b->vcov) && same_texts(&a->fallback, &b->fallback);
}

static bool is_same(const OutputFit *fit, const Frame *frame, const OutputBlock *block, const Scope *scope)
{
    return fit->frame == frame && same_options(fit->block, block) && fit->n_rows == scope->n_rows &&
           (!scope->n_rows || memcmp(fit->rows, scope->rows, scope->n_rows * sizeof *scope->rows) == 0);
}

/* Whether a factor's levels and the visits name each other. */
static bool goes_with(Arena *arena, const ModelVariable *factor, const ModelVariable *visits, size_t n)
{
    if (!factor->is_factor || factor->n_levels != visits->n_levels) return false;
    size_t *visit_of = ARENA_ARRAY(arena, size_t, factor->n_levels),
           *level_of = ARENA_ARRAY(arena, size_t, visits->n_levels);
    for (size_t i = 0; i < factor->n_levels; i++) visit_of[i] = level_of[i] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t level = factor->level[i], visit = visits->level[i];
        if (visit_of[level] == SIZE_MAX) visit_of[level] = visit;
        if (level_of[visit] == SIZE_MAX) level_of[visit] = level;
        if (visit_of[level] != visit || level_of[visit] != level) return false;
    }
    return true;
}

static bool fit_repeated(Arena *arena, OutputFit *fit, Error *err)
{
    const OutputBlock *block = fit->block; /* its words were checked when it was read */
    MmrmOptions options = {.weights = block->weights,
                           .method = str_equal(block->method, STR("ml")) ? MMRM_ML : MMRM_REML};
    CovarianceKind *fallback = ARENA_ARRAY(arena, CovarianceKind, block->fallback.n);
    if (block->df.len) (void)mmrm_df_parse(block->df, &options.df);
    if (block->vcov.len) (void)mmrm_vcov_parse(block->vcov, &options.vcov);
    for (size_t i = 0; i < block->fallback.n; i++) (void)covariance_parse(block->fallback.items[i], &fallback[i]);
    if (!mmrm_fit_first(arena, &fit->model, &options, fallback, block->fallback.n, &fit->mixed, &fit->failures, err))
        return false;
    for (size_t v = 0; v < fit->model.n_variables && fit->visit == SIZE_MAX; v++)
        if (goes_with(arena, &fit->model.variables[v], &fit->mixed.visits, fit->model.n)) fit->visit = v;
    return true;
}

static bool fit_new(Arena *arena, OutputFit *fit, Error *err)
{
    if (!formula_parse(arena, fit->text, &fit->formula, err) ||
        !model_build(arena, &fit->formula, fit->frame, fit->rows, fit->n_rows, &fit->model, err))
        return false;
    fit->is_repeated = fit->formula.n_covariances > 0;
    return fit->is_repeated ? fit_repeated(arena, fit, err)
                            : linear_fit(arena, &fit->model, &fit->linear, err);
}

bool eval_fit(Eval *eval, const Scope *scope, const OutputBlock *block, const OutputFit **found, Error *err)
{
    OutputContext *context = eval->context;
    const Frame *frame = eval->data->frame;
    for (*found = context->fits; *found; *found = (*found)->before)
        if (is_same(*found, frame, block, scope)) return true;
    OutputFit *fit = ARENA_NEW(context->arena, OutputFit);
    *fit = (OutputFit){.before = context->fits,
                       .frame = frame,
                       .text = block->subject,
                       .block = block,
                       .rows = arena_copy(context->arena, scope->rows, scope->n_rows * sizeof *scope->rows),
                       .n_rows = scope->n_rows,
                       .visit = SIZE_MAX};
    if (!fit_new(context->arena, fit, err)) return error_at(err, block->at);
    context->fits = *found = fit;
    return true;
}

Estimate fit_estimate(const OutputFit *fit, const double *l, double confidence)
{
    return fit->is_repeated ? mmrm_contrast(&fit->mixed, l, confidence)
                            : linear_contrast(&fit->linear, l, confidence);
}

double fit_confidence(const OutputBlock *block)
{
    return isnan(block->confidence) ? 0.95 : block->confidence;
}

static bool read_margins(const OutputBlock *block, Margins *margins, Error *err)
{
    static const struct {
        const char *word;
        Margins margins;
    } words[] = {{"equal", MARGINS_EQUAL}, {"observed", MARGINS_OBSERVED}};
    Str asked = block->margins.len ? block->margins : STR("equal");
    for (size_t i = 0; i < 2; i++)
        if (str_equal(asked, str_from(words[i].word))) {
            *margins = words[i].margins;
            return true;
        }
    yaml_error(block->at, err, ERROR_INCONSISTENT, "there are no margins \"" STR_FMT "\"", STR_ARG(asked));
    return error_hint(err, "Say observed (factors weigh as often as they occur) or equal.");
}

static bool find_factor(const Eval *eval, const OutputBlock *block, Str *factor, Error *err)
{
    const OutputColumns *columns = &eval->spec->columns;
    *factor = block->factor;
    if (!factor->len && columns->n_sets) *factor = columns->sets[columns->n_sets - 1].variable;
    if (factor->len) return true;
    yaml_error(block->at, err, ERROR_INCONSISTENT,
               "the columns have no variable whose means could be compared");
    return error_hint(err, "Name it with \"factor\", or name a \"term\" to test.");
}

bool fit_means(Eval *eval, const OutputBlock *block, const OutputFit *fit, FitMeans *means, Error *err)
{
    Str of;
    *means = (FitMeans){.fit = fit};
    Error none = {0};
    bool has_factor = find_factor(eval, block, &of, &none);
    means->is_alone = !has_factor && fit->is_repeated;
    if (!has_factor && !means->is_alone) {
        if (err) *err = none;
        return false;
    }
    if (!read_margins(block, &means->margins, err)) return false;
    if (fit->is_repeated && fit->visit == SIZE_MAX) {
        yaml_error(block->at, err, ERROR_INCONSISTENT, "no factor of the model goes with its visits");
        return error_hint(err, "Add the visits to the formula as a factor: ARM * VISIT.");
    }
    if (means->is_alone) of = fit->model.variables[fit->visit].name;
    else if (fit->is_repeated)
        of = str_format(eval->arena, STR_FMT " | " STR_FMT, STR_ARG(of),
                        STR_ARG(fit->model.variables[fit->visit].name));
    return lsmeans_rows(eval->arena, &fit->model, of, means->margins, &means->of, err) ||
           error_at(err, block->at);
}

static bool unknown_visit(const OutputBlock *block, const ModelVariable *visits, Str asked, Error *err)
{
    Str near = str_nearest(asked, visits->levels, visits->n_levels);
    yaml_error(block->at, err, ERROR_INCONSISTENT,
               "the model has no level \"" STR_FMT "\" of \"" STR_FMT "\"", STR_ARG(asked),
               STR_ARG(visits->name));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "Its first level is \"" STR_FMT "\"; average means all of them.",
                      STR_ARG(visits->levels[0]));
}

static Str visit_words(Arena *arena, const ModelVariable *factor, const FitVisits *visits)
{
    Buf buf = buf_new(arena);
    if (visits->n > 1) buf_add_c(&buf, "the average of ");
    for (size_t i = 0; i < visits->n; i++)
        buf_format(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(factor->labels[visits->levels[i]]));
    return buf_str(&buf);
}

bool fit_visits(Eval *eval, const OutputBlock *block, const FitMeans *means, FitVisits *visits, Error *err)
{
    const OutputTexts *asked = &block->visits;
    *visits = (FitVisits){0};
    if (!means->fit->is_repeated) return true;
    const ModelVariable *factor = &means->fit->model.variables[means->fit->visit];
    bool all = asked->n == 1 && str_equal(asked->items[0], STR("average")) &&
               model_level(factor, asked->items[0]) == SIZE_MAX;
    visits->n = all ? factor->n_levels : asked->n;
    visits->levels = ARENA_ARRAY(eval->arena, size_t, visits->n);
    for (size_t i = 0; i < visits->n; i++) {
        visits->levels[i] = all ? i : model_level(factor, asked->items[i]);
        if (visits->levels[i] == SIZE_MAX) return unknown_visit(block, factor, asked->items[i], err);
    }
    visits->words = visit_words(eval->arena, factor, visits);
    return true;
}

static bool is_among(const FitVisits *visits, size_t level)
{
    for (size_t i = 0; i < visits->n; i++)
        if (visits->levels[i] == level) return true;
    return false;
}

static double count_subjects(Arena *arena, const FitMeans *means, const FitVisits *visits, size_t level)
{
    const OutputFit *fit = means->fit;
    const ModelVariable *factor = &fit->model.variables[means->of.factors[0]];
    bool *seen = ARENA_ARRAY(arena, bool, fit->mixed.n_subjects);
    double n = 0;
    for (size_t i = 0; i < fit->model.n; i++) {
        size_t subject = fit->mixed.subjects.level[i];
        if ((!means->is_alone && factor->level[i] != level) || seen[subject] ||
            !is_among(visits, fit->model.variables[fit->visit].level[i]))
            continue;
        seen[subject] = true;
        n++;
    }
    return n;
}

/* The row's place among the visits, 1 of several; all rows of the level where measures are not repeated. */
static bool takes_part(const FitMeans *means, const FitVisits *visits, size_t row, size_t level)
{
    const size_t *levels = &means->of.levels[row * means->of.n_factors];
    if (means->is_alone) return is_among(visits, levels[0]);
    return levels[0] == level && (!means->fit->is_repeated || is_among(visits, levels[1]));
}

bool fit_mean(Eval *eval, const FitMeans *means, const FitVisits *visits, size_t column, const Yaml *at,
              FitMean *mean, Error *err)
{
    const OutputFit *fit = means->fit;
    const ModelVariable *factor = &fit->model.variables[means->of.factors[0]];
    Str value = eval->columns[column].value;
    size_t level = means->is_alone ? 0 : model_level(factor, value), p = fit->model.p, n = 0;
    if (level == SIZE_MAX) {
        yaml_error(at, err, ERROR_INCONSISTENT, "the model has no level \"" STR_FMT "\" of \"" STR_FMT "\"",
                   STR_ARG(value), STR_ARG(factor->name));
        return error_hint(err, "Columns that a model compares need a \"value\" of the model's factor.");
    }
    *mean = (FitMean){.l = ARENA_ARRAY(eval->arena, double, p), .label = means->is_alone ? eval->columns[column].header : factor->levels[level]};
    for (size_t row = 0; row < means->of.n; row++) {
        if (!takes_part(means, visits, row, level)) continue;
        for (size_t j = 0; j < p; j++) mean->l[j] += means->of.l[row * p + j];
        mean->n += (double)means->of.n_rows[row];
        n++;
    }
    for (size_t j = 0; j < p; j++) mean->l[j] /= (double)n;
    if (fit->is_repeated) mean->n = count_subjects(eval->arena, means, visits, level);
    return true;
}

/* "below 1e-9": the last digits of what is nearly nought are another machine's. */
static const char *size_words(double value)
{
    static const struct {
        double below;
        const char *words;
    } sizes[] = {{1e-9, "below 1e-9"}, {1e-6, "below 1e-6"}, {1e-3, "below 1e-3"}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (value < sizes[i].below) return sizes[i].words;
    return "above 1e-3";
}

static const char *likelihood_word(const OutputFit *fit)
{
    return fit->mixed.options.method == MMRM_ML ? "maximum likelihood" : "REML";
}

/* ", for each of 2 groups", ", weights W" */
static void add_covariance(Buf *buf, const OutputFit *fit)
{
    const MmrmFit *mixed = &fit->mixed;
    buf_format(buf, "%s covariance", covariance_meaning(mixed->kind));
    if (mixed->n_groups > 1)
        buf_format(buf, ", one for each of the %zu levels of " STR_FMT, mixed->n_groups, STR_ARG(mixed->groups.name));
    if (mixed->options.weights.len) buf_format(buf, ", weights " STR_FMT, STR_ARG(mixed->options.weights));
}

static void add_inference(Buf *buf, const OutputFit *fit)
{
    const MmrmOptions *options = &fit->mixed.options;
    buf_format(buf, ", %s degrees of freedom", mmrm_df_meaning(options->df));
    if (options->vcov != MMRM_VCOV_MODEL) buf_format(buf, ", standard errors by %s", mmrm_vcov_meaning(options->vcov));
}

/* Structures in which neighbouring visits are more alike. */
static bool needs_order(CovarianceKind kind)
{
    static const bool FREE[] = {[COVARIANCE_UNSTRUCTURED] = true,
                                [COVARIANCE_COMPOUND_SYMMETRY] = true,
                                [COVARIANCE_COMPOUND_SYMMETRY_HETEROGENEOUS] = true,
                                [COVARIANCE_SPATIAL_EXPONENTIAL] = true,
                                [COVARIANCE_SPATIAL_GAUSSIAN] = true};
    return kind >= sizeof FREE / sizeof FREE[0] || !FREE[kind];
}

static void add_order(Buf *buf, const OutputFit *fit)
{
    if (!needs_order(fit->mixed.kind)) return;
    buf_add_c(buf, ", in the order ");
    for (size_t v = 0; v < fit->mixed.n_visits; v++)
        buf_format(buf, "%s" STR_FMT, v ? ", " : "", STR_ARG(fit->mixed.visits.labels[v]));
}

static void add_used(Buf *buf, const OutputFit *fit)
{
    buf_format(buf, "%zu rows of %zu subjects at %zu visits", fit->model.n, fit->mixed.n_subjects,
               fit->mixed.n_visits);
    add_order(buf, fit);
    if (fit->model.n_dropped) buf_format(buf, ", %zu left out for a missing value", fit->model.n_dropped);
}

static void add_certificate(Buf *buf, const OutputFit *fit)
{
    const MmrmCertificate *c = &fit->mixed.certificate;
    buf_format(
        buf,
        "%zu iterations, gradient %s, Newton decrement %s, least curvature %.2g, least eigenvalue of the "
        "correlations %.2g",
        c->n_iterations, size_words(c->gradient), size_words(c->decrement), c->least_curvature, c->boundary);
}

bool fit_is_open(Eval *eval, const OutputBlock *block, const Error *why)
{
    Formula formula;
    if (why->code != ERROR_DEGENERATE && why->code != ERROR_NO_CONVERGENCE) return false;
    if (formula_parse(eval->arena, block->subject, &formula, NULL) && formula.n_covariances)
        eval_note(eval, str_format(eval->arena, STR_FMT " is not estimable: %s.", STR_ARG(block->subject),
                                   why->message));
    return true;
}

Provenance *fit_provenance(Eval *eval, const Scope *scope, const OutputBlock *block, const OutputFit *fit,
                           Str contrast)
{
    Provenance *from =
        eval_provenance(eval, scope, SIZE_MAX, block->subject, STR("linear model"), STR("linear-model"));
    from->options = contrast;
    if (fit) from->n_records = fit->model.n;
    if (!fit || !fit->is_repeated) return from;
    Buf options = buf_new(eval->arena);
    Buf method = buf_new(eval->arena);
    buf_format(&method, "mixed model for repeated measures (%s), ", likelihood_word(fit));
    add_covariance(&method, fit);
    add_inference(&method, fit);
    from->method = buf_str(&method);
    from->method_page = STR("mmrm");
    buf_format(&options, STR_FMT "; ", STR_ARG(contrast));
    add_used(&options, fit);
    if (fit->failures.n)
        buf_format(&options, "; " STR_FMT, STR_ARG(mmrm_failures_words(eval->arena, &fit->failures)));
    buf_add_c(&options, "; optimum: ");
    add_certificate(&options, fit);
    from->options = buf_str(&options);
    return from;
}

void fit_note(Eval *eval, const OutputFit *fit)
{
    const MmrmFit *mixed = &fit->mixed;
    Buf note = buf_new(eval->arena);
    buf_format(&note, "Mixed model for repeated measures by %s, " STR_FMT ": ", likelihood_word(fit), STR_ARG(fit->text));
    add_covariance(&note, fit);
    buf_format(&note, " (%zu parameters)", mixed->n_parameters);
    add_inference(&note, fit);
    buf_add_c(&note, "; ");
    add_used(&note, fit);
    buf_add_c(&note, ". Optimum: ");
    add_certificate(&note, fit);
    buf_char(&note, '.');
    eval_note(eval, buf_str(&note));
    if (fit->failures.n)
        eval_note(eval, str_format(eval->arena, "The covariance is the first of the planned list that could be fitted: " STR_FMT ".",
                                   STR_ARG(mmrm_failures_words(eval->arena, &fit->failures))));
}

void fit_write_lines(Eval *eval, const Scope *scope, const OutputBlock *block, const CellValues *cells,
                     const Provenance *const *from)
{
    int decimals = block->decimals != DECIMALS_UNSAID        ? block->decimals
                   : eval->spec->decimals != DECIMALS_UNSAID ? eval->spec->decimals
                                                             : 0;
    for (size_t i = 0; i < block->lines.n; i++) {
        eval_row(eval, scope, block, eval_label(eval, scope, block->lines.items[i].label));
        for (size_t c = 0; c < eval->n_columns; c++)
            if (from[c]) eval_cell(eval, c, &block->lines.items[i].format, &cells[c], decimals, from[c]);
    }
}
