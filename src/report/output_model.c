/* Rows from a linear model, with repeated measures or without: the test of a term, least-squares means of the
 * arms, or differences between them. */
#include "report/output_kind.h"

#include <math.h>

#include "report/output_family.h"
#include "report/output_fit.h"
#include "report/output_impute.h"

#define MODEL_STATISTICS                                                                                     \
    (STATISTIC_BIT(STATISTIC_N) | STATISTIC_BIT(STATISTIC_P) | STATISTIC_BIT(STATISTIC_TEST) |               \
     STATISTIC_BIT(STATISTIC_DF) | STATISTIC_BIT(STATISTIC_DIFF) | STATISTIC_BIT(STATISTIC_SE) |             \
     STATISTIC_BIT(STATISTIC_CI_LOW) | STATISTIC_BIT(STATISTIC_CI_HIGH) | STATISTIC_BIT(STATISTIC_LSMEAN) |  \
     STATISTIC_BIT(STATISTIC_ESTIMATE) | STATISTIC_BIT(STATISTIC_P_ADJUSTED))

/* What only the regressions of other outcomes have. */
#define REGRESSION_STATISTICS (STATISTIC_BIT(STATISTIC_RATIO) | STATISTIC_BIT(STATISTIC_PCT) | STATISTIC_BIT(STATISTIC_EVENTS))

typedef struct {
    Eval *eval;
    const OutputBlock *block;
    const Scope *scope;
    const OutputFit *fit;
    FitMeans means;
    FitVisits visits;
    double confidence;
    CellValues *cells; /* per column */
    Str *options;      /* per column, empty: nothing stands there */
} ModelRows;

static void put_estimate(CellValues *cell, Statistic as, const Estimate *estimate)
{
    if (!estimate->is_estimable) return;
    cell->of[as] = estimate->estimate;
    cell->of[STATISTIC_SE] = estimate->se;
    cell->of[STATISTIC_DF] = estimate->df;
    cell->of[STATISTIC_TEST] = estimate->t;
    cell->of[STATISTIC_P] = estimate->p;
    cell->of[STATISTIC_CI_LOW] = estimate->lower;
    cell->of[STATISTIC_CI_HIGH] = estimate->upper;
}

static bool find_term(ModelRows *rows, size_t *term, Error *err)
{
    const Model *model = &rows->fit->model;
    Str *names = ARENA_ARRAY(rows->eval->arena, Str, model->n_terms);
    for (size_t i = 0; i < model->n_terms; i++) names[i] = model->terms[i].name;
    for (*term = 0; *term < model->n_terms; ++*term)
        if (str_equal_fold(names[*term], rows->block->term)) return true;
    Str near = str_nearest(rows->block->term, names, model->n_terms);
    yaml_error(rows->block->at, err, ERROR_INCONSISTENT, "the model has no term \"" STR_FMT "\"",
               STR_ARG(rows->block->term));
    return error_hint(err, near.len ? "Did you mean \"%s\"?" : "Name a term of the formula%s.",
                      str_c(rows->eval->arena, near));
}

static void test_term(ModelRows *rows, size_t term, CellValues *cell)
{
    Arena *arena = rows->eval->arena;
    const OutputFit *fit = rows->fit;
    TestType type = rows->block->type ? (TestType)rows->block->type : TEST_TYPE_III;
    if (fit->is_repeated) {
        MmrmTest test = mmrm_anova(arena, &fit->mixed, type)[term];
        cell->of[STATISTIC_P] = test.df > 0 ? test.p : NAN;
        cell->of[STATISTIC_TEST] = test.df > 0 ? test.f : NAN;
        cell->of[STATISTIC_DF] = test.df;
    } else {
        LinearTest test = linear_anova(arena, &fit->model, &fit->linear, type)[term];
        cell->of[STATISTIC_P] = test.df > 0 ? test.p : NAN;
        cell->of[STATISTIC_TEST] = test.df > 0 ? test.f : NAN;
        cell->of[STATISTIC_DF] = test.df;
    }
}

/* The type III test of a term; with one coefficient also its estimate. */
static bool term_cells(ModelRows *rows, Error *err)
{
    const Model *model = &rows->fit->model;
    static const char *const TYPES[] = {"III", "I", "II", "III"};
    size_t term, column;
    if (!find_term(rows, &term, err)) return false;
    CellValues cell = cell_values_none();
    if (model->terms[term].n_columns == 1) {
        double *l = ARENA_ARRAY(rows->eval->arena, double, model->p);
        l[model->terms[term].first] = 1;
        Estimate slope = fit_estimate(rows->fit, l, rows->confidence);
        put_estimate(&cell, STATISTIC_ESTIMATE, &slope);
    }
    cell.of[STATISTIC_N] = (double)(rows->fit->is_repeated ? rows->fit->mixed.n_subjects : model->n);
    test_term(rows, term, &cell);
    for (size_t i = 0; i < rows->block->in.n; i++) {
        if (!eval_find_column(rows->eval, rows->block->in.items[i], rows->block->at, &column, err))
            return false;
        rows->cells[column] = cell;
        rows->options[column] =
            str_format(rows->eval->arena, "type %s test of " STR_FMT, TYPES[rows->block->type], STR_ARG(model->terms[term].name));
    }
    return true;
}

/* "observed margins, High - Placebo at Week 24" */
static Str contrast_words(const ModelRows *rows, Str contrast)
{
    Buf buf = buf_new(rows->eval->arena);
    buf_add_c(&buf, rows->means.margins == MARGINS_OBSERVED ? "observed margins" : "equal margins");
    if (contrast.len) buf_format(&buf, ", " STR_FMT, STR_ARG(contrast));
    if (rows->visits.n) buf_format(&buf, " at " STR_FMT, STR_ARG(rows->visits.words));
    return buf_str(&buf);
}

static bool mean_of(ModelRows *rows, size_t column, FitMean *mean, Error *err)
{
    return fit_mean(rows->eval, &rows->means, &rows->visits, column, rows->block->at, mean, err);
}

static bool compared_cells(ModelRows *rows, Error *err)
{
    size_t p = rows->fit->model.p, left, right, column;
    double *l = ARENA_ARRAY(rows->eval->arena, double, p);
    const OutputBlock *block = rows->block;
    for (size_t i = 0; i < block->compare.n; i++) {
        FitMean a, b;
        if (!eval_find_column(rows->eval, block->compare.items[i].column, block->at, &column, err) ||
            !eval_find_column(rows->eval, block->compare.items[i].left, block->at, &left, err) ||
            !eval_find_column(rows->eval, block->compare.items[i].right, block->at, &right, err) ||
            !mean_of(rows, left, &a, err) || !mean_of(rows, right, &b, err))
            return false;
        for (size_t j = 0; j < p; j++) l[j] = a.l[j] - b.l[j];
        Estimate estimate = fit_estimate(rows->fit, l, rows->confidence);
        put_estimate(&rows->cells[column], STATISTIC_DIFF, &estimate);
        rows->cells[column].of[STATISTIC_N] = a.n + b.n;
        if (!eval_family(rows->eval, block->family, block->at, &rows->cells[column], err)) return false;
        rows->options[column] = contrast_words(
            rows, str_format(rows->eval->arena, STR_FMT " - " STR_FMT, STR_ARG(a.label), STR_ARG(b.label)));
    }
    return true;
}

/* Whether a least-squares mean stands in the column: of a level, or of everybody where that is the only column. */
static bool holds_mean(const ModelRows *rows, size_t c)
{
    const EvalColumn *column = &rows->eval->columns[c];
    return !column->holds_tests && (!column->is_total || rows->eval->n_columns == 1);
}

static bool mean_cells(ModelRows *rows, Error *err)
{
    for (size_t c = 0; c < rows->eval->n_columns; c++) {
        FitMean mean;
        if (!holds_mean(rows, c)) continue;
        if (!mean_of(rows, c, &mean, err)) return false;
        Estimate estimate = fit_estimate(rows->fit, mean.l, rows->confidence);
        put_estimate(&rows->cells[c], STATISTIC_LSMEAN, &estimate);
        rows->cells[c].of[STATISTIC_N] = mean.n;
        rows->options[c] = contrast_words(rows, rows->fit->is_repeated ? mean.label : (Str){0});
    }
    return true;
}

/* Says at which visits the block's numbers stand, by the name that its rows have in the table. */
static void note_contrast(ModelRows *rows)
{
    const OutputBlock *block = rows->block;
    Str name = rows->scope->group;
    if (!name.len && block->lines.n) name = eval_label(rows->eval, rows->scope, block->lines.items[0].label);
    eval_note(rows->eval,
              str_format(rows->eval->arena,
                         STR_FMT ": least-squares means, and differences of them, at " STR_FMT ".",
                         STR_ARG(name), STR_ARG(rows->visits.words)));
}

static bool lsmeans_cells(ModelRows *rows, Error *err)
{
    if (!fit_means(rows->eval, rows->block, rows->fit, &rows->means, err) ||
        !fit_visits(rows->eval, rows->block, &rows->means, &rows->visits, err) ||
        !(rows->block->compare.n ? compared_cells : mean_cells)(rows, err))
        return false;
    if (rows->visits.n) note_contrast(rows);
    return true;
}

/* A model that the data cannot carry yet (nobody was seen, one arm only) is not estimable; the report goes on. */
static bool leave_open(ModelRows *rows, const Error *why, Error *err)
{
    const OutputBlock *block = rows->block;
    Str reason = str_format(rows->eval->arena, "not estimable: %s", why->message);
    size_t n = block->term.len ? block->in.n : block->compare.n ? block->compare.n : rows->eval->n_columns;
    for (size_t i = 0, column; i < n; i++) {
        column = i;
        bool is_named = block->term.len || block->compare.n;
        Str key = block->term.len ? block->in.items[i] : block->compare.n ? block->compare.items[i].column : (Str){0};
        if (is_named && !eval_find_column(rows->eval, key, block->at, &column, err)) return false;
        rows->cells[column] = cell_values_none();
        if (is_named || holds_mean(rows, column))
            rows->options[column] = reason;
    }
    return true;
}

static bool estimate(ModelRows *rows, Error *err)
{
    Error trouble = {0};
    if (eval_fit(rows->eval, rows->scope, rows->block, &rows->fit, &trouble)) {
        if (rows->fit->is_repeated) fit_note(rows->eval, rows->fit);
        if ((rows->block->term.len ? term_cells : lsmeans_cells)(rows, &trouble)) return true;
    }
    if (fit_is_open(rows->eval, rows->block, &trouble)) return leave_open(rows, &trouble, err);
    *err = trouble;
    return false;
}

static void write_lines(ModelRows *rows)
{
    size_t n = rows->eval->n_columns;
    const Provenance **from = ARENA_ARRAY(rows->eval->arena, const Provenance *, n + 1);
    for (size_t c = 0; c < n; c++)
        if (rows->options[c].len) from[c] = fit_provenance(rows->eval, rows->scope, rows->block, rows->fit, rows->options[c]);
    fit_write_lines(rows->eval, rows->scope, rows->block, rows->cells, from);
}

static bool model_write(Eval *eval, const OutputBlock *block, const Scope *outer, Error *err)
{
    Scope narrow;
    if (!eval_narrow(eval, outer, block->where, block->at, &narrow, err)) return false;
    Scope scope = eval_group(eval, &narrow, block);
    if (block->impute) return impute_block_write(eval, block, &scope, err);
    if (block->regression.len) return family_block_write(eval, block, &scope, err);
    ModelRows rows = {.eval = eval, .block = block, .scope = &scope, .confidence = fit_confidence(block)};
    rows.cells = ARENA_ARRAY(eval->arena, CellValues, eval->n_columns);
    rows.options = ARENA_ARRAY(eval->arena, Str, eval->n_columns);
    for (size_t c = 0; c < eval->n_columns; c++) rows.cells[c] = cell_values_none();
    if (!estimate(&rows, err)) return false;
    write_lines(&rows);
    return true;
}

/* A key of the block that only repeated measures have; NULL when there is none. */
static const char *repeated_key(const OutputBlock *block)
{
    return block->visits.n     ? "at"
           : block->df.len     ? "df"
           : block->method.len ? "method"
           : block->weights.len ? "weights"
           : block->vcov.len    ? "vcov"
           : block->fallback.n ? "fallback"
                               : NULL;
}

/* What only a regression of other outcomes has. */
static bool check_lines(const OutputBlock *block, Error *err)
{
    uint64_t uses = 0;
    for (size_t i = 0; i < block->lines.n; i++) uses |= block->lines.items[i].format.uses;
    bool is_asked = (uses & REGRESSION_STATISTICS) || block->exposure.len || block->robust || block->levels.n;
    if (!is_asked) return true;
    yaml_error(block->at, err, ERROR_INCONSISTENT, "a linear model has no ratios, events or per cent, no exposure, robust variances or levels");
    return error_hint(err, "Say which regression it is: logistic, firth, proportional-odds, poisson or negative-binomial.");
}

static bool model_check(Arena *arena, const OutputSpec *spec, const OutputBlock *block, Error *err)
{
    Formula formula;
    if (block->regression.len) return family_block_check(arena, spec, block, err);
    if (!check_lines(block, err)) return false;
    if (!formula_parse(arena, block->subject, &formula, err) || !formula_check_fixed(&formula, err)) return error_at(err, block->at);
    bool is_drawn = spec->kind == OUTPUT_FIGURE && (spec->draw == FIGURE_LINES || spec->draw == FIGURE_PANELS);
    bool needs_visits = formula.n_covariances && !block->term.len && !is_drawn;
    const char *repeated = repeated_key(block);
    if (block->impute) return impute_block_check(&formula, block, is_drawn, err);
    if (!formula.n_covariances && repeated) {
        yaml_error(block->at, err, ERROR_INCONSISTENT, "\"%s\" goes with a model of repeated measures", repeated);
        return error_hint(err, "Add its covariance to the formula: us(VISIT | SUBJID).");
    }
    if (block->method.len && !str_equal(block->method, STR("ml")) && !str_equal(block->method, STR("reml"))) {
        yaml_error(yaml_get(block->at, "method"), err, ERROR_INCONSISTENT, "a model has no method \"" STR_FMT "\"",
                   STR_ARG(block->method));
        return error_hint(err, "Say reml (the default) or ml.");
    }
    if (block->type && !block->term.len)
        return yaml_error(block->at, err, ERROR_INCONSISTENT, "\"type\" is that of the test of a \"term\", and none is named");
    if (needs_visits && !block->visits.n) {
        yaml_error(block->at, err, ERROR_INCONSISTENT, "which visit's means are printed is not said");
        return error_hint(err, "Say \"at\": a visit, a list of visits to average, or average.");
    }
    if (!needs_visits && block->visits.n)
        return yaml_error(block->at, err, ERROR_INCONSISTENT, "\"at\" means nothing to %s",
                          is_drawn ? "a figure that draws all visits" : "the test of a term");
    return true;
}

const OutputBlockKind block_kind_model = {
    .name = "model",
    .subject = "formula",
    .summary =
        "a linear model, with repeated measures or without: the test of a term, least-squares means, or "
        "their differences",
    .keys = "analysis where group header lines term type in compare at factor margins df method fallback weights vcov impute "
            "regression exposure levels robust family confidence decimals indent",
    .statistics = MODEL_STATISTICS | REGRESSION_STATISTICS,
    .down = true,
    .check = model_check,
    .write = model_write,
};
