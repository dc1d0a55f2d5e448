/* Rows from a linear model: the test of a term, least-squares means of the arms, or differences between
 * them. */
#include "report/output_kind.h"

#include <math.h>

#include "stat/lsmeans.h"

#define MODEL_STATISTICS                                                                                     \
    (STATISTIC_BIT(STATISTIC_N) | STATISTIC_BIT(STATISTIC_P) | STATISTIC_BIT(STATISTIC_TEST) |               \
     STATISTIC_BIT(STATISTIC_DF) | STATISTIC_BIT(STATISTIC_DIFF) | STATISTIC_BIT(STATISTIC_SE) |             \
     STATISTIC_BIT(STATISTIC_CI_LOW) | STATISTIC_BIT(STATISTIC_CI_HIGH) | STATISTIC_BIT(STATISTIC_LSMEAN) |  \
     STATISTIC_BIT(STATISTIC_ESTIMATE))

typedef struct {
    Eval *eval;
    const OutputBlock *block;
    const Scope *scope;
    Model model;
    LinearFit fit;
    Margins margins;
    double confidence;
    CellValues *cells; /* per column */
    Str *options;      /* per column, empty: nothing stands there */
} ModelRows;

static bool fit_model(ModelRows *rows, Error *err)
{
    Formula *formula = ARENA_NEW(rows->eval->arena, Formula);
    const OutputBlock *block = rows->block;
    rows->confidence = isnan(block->confidence) ? 0.95 : block->confidence;
    return (formula_parse(rows->eval->arena, block->subject, formula, err) &&
            model_build(rows->eval->arena, formula, rows->eval->data->frame, rows->scope->rows,
                        rows->scope->n_rows, &rows->model, err) &&
            linear_fit(rows->eval->arena, &rows->model, &rows->fit, err)) ||
           error_at(err, block->at);
}

static bool read_margins(ModelRows *rows, Error *err)
{
    static const struct {
        const char *word;
        Margins margins;
    } words[] = {{"equal", MARGINS_EQUAL}, {"observed", MARGINS_OBSERVED}};
    Str asked = rows->block->margins.len ? rows->block->margins : STR("equal");
    for (size_t i = 0; i < 2; i++)
        if (str_equal(asked, str_from(words[i].word))) {
            rows->margins = words[i].margins;
            return true;
        }
    yaml_error(rows->block->at, err, ERROR_INCONSISTENT, "there are no margins \"" STR_FMT "\"",
               STR_ARG(asked));
    return error_hint(err, "Say observed (factors weigh as often as they occur) or equal.");
}

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

/* The type III test of a term; with one coefficient also its estimate. */
static bool term_cells(ModelRows *rows, Error *err)
{
    const Model *model = &rows->model;
    Arena *arena = rows->eval->arena;
    Str *names = ARENA_ARRAY(arena, Str, model->n_terms);
    size_t term = 0;
    for (size_t i = 0; i < model->n_terms; i++) names[i] = model->terms[i].name;
    while (term < model->n_terms && !str_equal_fold(names[term], rows->block->term)) term++;
    if (term == model->n_terms) {
        Str near = str_nearest(rows->block->term, names, model->n_terms);
        yaml_error(rows->block->at, err, ERROR_INCONSISTENT, "the model has no term \"" STR_FMT "\"",
                   STR_ARG(rows->block->term));
        return error_hint(err, near.len ? "Did you mean \"%s\"?" : "Name a term of the formula%s.",
                          str_c(arena, near));
    }
    CellValues cell = cell_values_none();
    if (model->terms[term].n_columns == 1) {
        Estimate slope = linear_coefficient(&rows->fit, model->terms[term].first, rows->confidence);
        put_estimate(&cell, STATISTIC_ESTIMATE, &slope);
    }
    LinearTest test = linear_anova(arena, model, &rows->fit, TEST_TYPE_III)[term];
    cell.of[STATISTIC_N] = (double)model->n;
    cell.of[STATISTIC_P] = test.df > 0 ? test.p : NAN;
    cell.of[STATISTIC_TEST] = test.df > 0 ? test.f : NAN;
    cell.of[STATISTIC_DF] = test.df;
    for (size_t i = 0; i < rows->block->in.n; i++) {
        size_t column;
        if (!eval_find_column(rows->eval, rows->block->in.items[i], rows->block->at, &column, err))
            return false;
        rows->cells[column] = cell;
        rows->options[column] = str_format(arena, "type III test of " STR_FMT, STR_ARG(names[term]));
    }
    return true;
}

/* The row of the means that stands for a column, by the value of its variable. */
static bool mean_of_column(ModelRows *rows, const LsMeans *means, size_t column, size_t *row, Error *err)
{
    const ModelVariable *factor = &rows->model.variables[means->factors[0]];
    Str value = rows->eval->columns[column].value;
    size_t level = model_level(factor, value);
    for (*row = 0; *row < means->n; ++*row)
        if (level != SIZE_MAX && means->levels[*row * means->n_factors] == level) return true;
    yaml_error(rows->block->at, err, ERROR_INCONSISTENT,
               "the model has no level \"" STR_FMT "\" of \"" STR_FMT "\"", STR_ARG(value),
               STR_ARG(factor->name));
    return error_hint(err, "Columns that a model compares need a \"value\" of the model's factor.");
}

static bool compared_cells(ModelRows *rows, const LsMeans *means, Error *err)
{
    size_t p = rows->model.p, left, right, a, b, column;
    double *l = ARENA_ARRAY(rows->eval->arena, double, p);
    const OutputBlock *block = rows->block;
    for (size_t i = 0; i < block->compare.n; i++) {
        if (!eval_find_column(rows->eval, block->compare.items[i].column, block->at, &column, err) ||
            !eval_find_column(rows->eval, block->compare.items[i].left, block->at, &left, err) ||
            !eval_find_column(rows->eval, block->compare.items[i].right, block->at, &right, err) ||
            !mean_of_column(rows, means, left, &a, err) || !mean_of_column(rows, means, right, &b, err))
            return false;
        for (size_t j = 0; j < p; j++) l[j] = means->l[a * p + j] - means->l[b * p + j];
        Estimate estimate = linear_contrast(&rows->fit, l, rows->confidence);
        put_estimate(&rows->cells[column], STATISTIC_DIFF, &estimate);
        rows->cells[column].of[STATISTIC_N] = (double)(means->n_rows[a] + means->n_rows[b]);
        rows->options[column] = str_format(rows->eval->arena, "%s margins, " STR_FMT " - " STR_FMT,
                                           rows->margins == MARGINS_OBSERVED ? "observed" : "equal",
                                           STR_ARG(means->labels[a]), STR_ARG(means->labels[b]));
    }
    return true;
}

static bool mean_cells(ModelRows *rows, const LsMeans *means, Error *err)
{
    for (size_t c = 0; c < rows->eval->n_columns; c++) {
        const EvalColumn *column = &rows->eval->columns[c];
        size_t row;
        if (column->holds_tests || column->is_total) continue;
        if (!mean_of_column(rows, means, c, &row, err)) return false;
        Estimate estimate = linear_contrast(&rows->fit, &means->l[row * rows->model.p], rows->confidence);
        put_estimate(&rows->cells[c], STATISTIC_LSMEAN, &estimate);
        rows->cells[c].of[STATISTIC_N] = (double)means->n_rows[row];
        rows->options[c] = rows->margins == MARGINS_OBSERVED ? STR("observed margins") : STR("equal margins");
    }
    return true;
}

/* Means of the factor that the columns stand for. */
static bool lsmeans_cells(ModelRows *rows, Error *err)
{
    const OutputColumns *columns = &rows->eval->spec->columns;
    LsMeans means;
    Str factor = rows->block->factor;
    if (!factor.len && columns->n_sets) factor = columns->sets[columns->n_sets - 1].variable;
    if (!factor.len) {
        yaml_error(rows->block->at, err, ERROR_INCONSISTENT,
                   "the columns have no variable whose means could be compared");
        return error_hint(err, "Name it with \"factor\", or name a \"term\" to test.");
    }
    if (!read_margins(rows, err)) return false;
    if (!lsmeans_rows(rows->eval->arena, &rows->model, factor, rows->margins, &means, err))
        return error_at(err, rows->block->at);
    return rows->block->compare.n ? compared_cells(rows, &means, err) : mean_cells(rows, &means, err);
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
        if (is_named || !(rows->eval->columns[column].holds_tests || rows->eval->columns[column].is_total))
            rows->options[column] = reason;
    }
    return true;
}

static bool estimate(ModelRows *rows, Error *err)
{
    Error trouble = {0};
    if (fit_model(rows, &trouble) && (rows->block->term.len ? term_cells : lsmeans_cells)(rows, &trouble)) return true;
    if (trouble.code == ERROR_DEGENERATE) return leave_open(rows, &trouble, err);
    *err = trouble;
    return false;
}

static void write_lines(ModelRows *rows)
{
    Eval *eval = rows->eval;
    const OutputBlock *block = rows->block;
    int decimals = block->decimals != DECIMALS_UNSAID        ? block->decimals
                   : eval->spec->decimals != DECIMALS_UNSAID ? eval->spec->decimals
                                                             : 0;
    for (size_t i = 0; i < block->lines.n; i++) {
        eval_row(eval, rows->scope, block, eval_label(eval, rows->scope, block->lines.items[i].label));
        for (size_t c = 0; c < eval->n_columns; c++) {
            if (!rows->options[c].len) continue;
            Provenance *from = eval_provenance(eval, rows->scope, SIZE_MAX, block->subject,
                                               STR("linear model"), STR("linear-model"));
            from->n_records = rows->model.n;
            from->options = rows->options[c];
            eval_cell(eval, c, &block->lines.items[i].format, &rows->cells[c], decimals, from);
        }
    }
}

static bool model_write(Eval *eval, const OutputBlock *block, const Scope *outer, Error *err)
{
    Scope narrow;
    if (!eval_narrow(eval, outer, block->where, block->at, &narrow, err)) return false;
    Scope scope = eval_group(eval, &narrow, block);
    ModelRows rows = {.eval = eval, .block = block, .scope = &scope};
    rows.cells = ARENA_ARRAY(eval->arena, CellValues, eval->n_columns);
    rows.options = ARENA_ARRAY(eval->arena, Str, eval->n_columns);
    for (size_t c = 0; c < eval->n_columns; c++) rows.cells[c] = cell_values_none();
    if (!estimate(&rows, err)) return false;
    write_lines(&rows);
    return true;
}

const OutputBlockKind block_kind_model = {
    .name = "model",
    .subject = "formula",
    .summary = "a linear model: the test of a term, least-squares means, or their differences",
    .keys = "analysis where group header lines term in compare factor margins confidence decimals indent",
    .statistics = MODEL_STATISTICS,
    .down = true,
    .write = model_write,
};
