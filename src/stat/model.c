#include "stat/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    Arena *arena;
    const Formula *formula;
    const Frame *frame;
    const Column **columns;                          /* of the frame, by column of the formula */
    double *means;                                   /* by column of the formula, over the rows used */
    Model *model;
    Error *err;
} Builder;

static bool find_columns(Builder *b)
{
    b->columns = ARENA_ARRAY(b->arena, const Column *, b->formula->n_columns);
    for (size_t c = 0; c < b->formula->n_columns; c++)
        if (!frame_need(b->frame, b->formula->columns[c], &b->columns[c], b->err)) return false;
    return true;
}

static bool row_is_complete(const Builder *b, size_t row, size_t *missing)
{
    bool complete = true;
    for (size_t c = 0; c < b->formula->n_columns; c++)
        if (b->columns[c]->missing[row] != MISSING_NOT) missing[c]++, complete = false;
    return complete;
}

static bool choose_rows(Builder *b, const size_t *rows, size_t n_rows)
{
    Model *m = b->model;
    size_t *missing = ARENA_ARRAY(b->arena, size_t, b->formula->n_columns);
    m->rows = ARENA_ARRAY(b->arena, size_t, n_rows);
    for (size_t i = 0; i < n_rows; i++) {
        size_t row = rows ? rows[i] : i;
        if (row_is_complete(b, row, missing)) m->rows[m->n++] = row;
    }
    m->n_dropped = n_rows - m->n;
    m->gaps = ARENA_ARRAY(b->arena, ModelGap, b->formula->n_columns);
    for (size_t c = 0; c < b->formula->n_columns; c++)
        if (missing[c]) m->gaps[m->n_gaps++] = (ModelGap){b->columns[c]->name, missing[c]};
    if (m->n) return true;
    error_set(b->err, ERROR_DEGENERATE, n_rows ? "no row is complete" : "there are no rows");
    for (size_t g = 0; g < m->n_gaps; g++)
        if (m->gaps[g].n_rows == n_rows)
            return error_hint(b->err, "Column \"" STR_FMT "\" is missing in every row.", STR_ARG(m->gaps[g].column));
    return error_hint(b->err, "A row is used when every column of the formula has a value.");
}

static void average_columns(Builder *b)
{
    const Model *m = b->model;
    b->means = ARENA_ARRAY(b->arena, double, b->formula->n_columns);
    for (size_t c = 0; c < b->formula->n_columns; c++) {
        Twofold sum = {0};
        for (size_t i = 0; column_is_number(b->columns[c]) && i < m->n; i++)
            sum = twofold_add_product(sum, b->columns[c]->numbers[m->rows[i]], 1);
        b->means[c] = sum.high / (double)m->n;
    }
}

typedef struct {
    Str text, label;
    double number;
    size_t rank, seen;                               /* place in the codelist; place of first appearance */
    bool is_visit;                                   /* numbers within its text count */
} Level;

static int compare_levels(const void *a, const void *b)
{
    const Level *x = a, *y = b;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    return (x->is_visit ? str_compare_natural : str_compare)(x->text, y->text);
}

static Level level_of(Arena *arena, const Column *column, size_t row)
{
    Level level = {.text = frame_cell_text(arena, column, row), .rank = SIZE_MAX};
    level.label = level.text;
    if (column_is_number(column)) level.number = column->numbers[row];
    for (size_t k = 0; column->codelist && k < column->codelist->n; k++)
        if (str_equal(column->codelist->codes[k], level.text)) {
            level.rank = k;
            if (column->codelist->labels && column->codelist->labels[k].len) level.label = column->codelist->labels[k];
            break;
        }
    return level;
}

/* Whether a covariance term counts this column's levels as visits. */
static bool holds_visits(const Formula *formula, const Column *column)
{
    for (size_t c = 0; c < formula->n_covariances; c++)
        for (size_t v = 0; v < formula->covariances[c].n_visits; v++)
            if (str_equal_fold(formula->columns[formula->covariances[c].visits[v]], column->name)) return true;
    return false;
}

/* The number that goes with each level, from the column of the visit's name and "N" (AVISITN beside AVISIT, as CDISC has
 * it): present in every row used, the same for a level and different between levels. */
static bool number_visits(Arena *arena, const Model *m, const Column *column, const ModelVariable *v, Level *found)
{
    const Column *number = frame_column(m->frame, str_format(arena, STR_FMT "N", STR_ARG(column->name)));
    bool *known = ARENA_ARRAY(arena, bool, v->n_levels);
    if (!number || !column_is_number(number)) return false;
    for (size_t i = 0; i < m->n; i++) {
        Level *level = &found[v->level[i]];
        double value = number->numbers[m->rows[i]];
        if (number->missing[m->rows[i]] != MISSING_NOT || (known[v->level[i]] && level->number != value)) return false;
        level->number = value;
        known[v->level[i]] = true;
    }
    for (size_t a = 0; a < v->n_levels; a++)
        for (size_t b = 0; b < a; b++)
            if (found[a].number == found[b].number) return false;
    return true;
}

/* Visits stand in their own order, not in that of letters: Week 8 before Week 16. */
static void order_visits(Arena *arena, const Model *m, const Column *column, const ModelVariable *v, Level *found)
{
    if (column_is_number(column) || column->codelist || !holds_visits(m->formula, column)) return;
    bool numbered = v->n_levels <= MODEL_MAX_COLUMNS && number_visits(arena, m, column, v, found);
    for (size_t l = 0; l < v->n_levels; l++) {
        found[l].is_visit = true;
        if (!numbered) found[l].number = 0;
    }
}

static void make_factor(Arena *arena, const Model *m, const Column *column, ModelVariable *v)
{
    Map map = map_new(arena);
    Level *found = NULL;
    size_t capacity = 0, *place;
    v->is_factor = true;
    v->level = ARENA_ARRAY(arena, size_t, m->n);
    for (size_t i = 0; i < m->n; i++) {
        bool is_new;
        Str text = column_is_number(column) ? frame_cell_text(arena, column, m->rows[i]) : column->texts[m->rows[i]];
        MapEntry *entry = map_put(&map, text, &is_new);
        if (is_new) {
            ARENA_PUSH_ROOM(arena, found, v->n_levels, capacity);
            found[v->n_levels] = level_of(arena, column, m->rows[i]);
            found[v->n_levels].seen = entry->index = v->n_levels;
            v->n_levels++;
        }
        v->level[i] = entry->index;
    }
    order_visits(arena, m, column, v, found);
    qsort(found, v->n_levels, sizeof *found, compare_levels);
    place = ARENA_ARRAY(arena, size_t, v->n_levels);
    v->levels = ARENA_ARRAY(arena, Str, v->n_levels);
    v->labels = ARENA_ARRAY(arena, Str, v->n_levels);
    for (size_t l = 0; l < v->n_levels; l++) {
        v->levels[l] = found[l].text;
        v->labels[l] = found[l].label;
        place[found[l].seen] = l;
    }
    for (size_t i = 0; i < m->n; i++) v->level[i] = place[v->level[i]];
}

static bool check_numeric(const Builder *b, const FormulaVariable *variable)
{
    bool *used = ARENA_ARRAY(b->arena, bool, b->formula->n_columns);
    expression_columns(variable->expression, used);
    for (size_t c = 0; c < b->formula->n_columns; c++) {
        Error why = {0};
        if (!used[c] || column_need_numbers(b->columns[c], b->frame->n_rows, &why)) continue;
        if (!why.hint[0]) error_hint(&why, "The response and whatever stands in arithmetic must be numeric.");
        error_in(&why, "\"" STR_FMT "\"", STR_ARG(variable->name));
        if (b->err) *b->err = why;
        return false;
    }
    return true;
}

static bool evaluate(const Builder *b, const FormulaVariable *variable, double *high, double *low)
{
    if (!check_numeric(b, variable)) return false;
    bool *used = ARENA_ARRAY(b->arena, bool, b->formula->n_columns);
    double *values = ARENA_ARRAY(b->arena, double, b->formula->n_columns);
    expression_columns(variable->expression, used);
    for (size_t i = 0; i < b->model->n; i++) {
        size_t row = b->model->rows[i];
        for (size_t c = 0; c < b->formula->n_columns; c++)
            if (used[c]) values[c] = b->columns[c]->numbers[row];
        Twofold value = expression_value(variable->expression, values);
        high[i] = value.high;
        low[i] = value.low;
        if (fabs(value.high) <= MODEL_MAX_VALUE) continue;
        if (isfinite(value.high)) {
            error_set(b->err, ERROR_MALFORMED, "\"" STR_FMT "\" is %.3g in row %zu, beyond %g", STR_ARG(variable->name), value.high, row + 1, MODEL_MAX_VALUE);
            return error_hint(b->err, "Correct the row, or choose another unit.");
        }
        error_set(b->err, ERROR_MALFORMED, "\"" STR_FMT "\" has no finite value in row %zu", STR_ARG(variable->name), row + 1);
        return error_hint(b->err, "Correct the row, or leave it out by a condition.");
    }
    return true;
}

/* Squares of responses must not vanish. */
static bool check_size(const Builder *b)
{
    const Model *m = b->model;
    double most = 0;
    for (size_t i = 0; i < m->n; i++) most = fmax(most, fabs(m->y[i]));
    if (most == 0 || most >= MODEL_LEAST_VALUE) return true;
    error_set(b->err, ERROR_MALFORMED, "the largest response is %.3g, below %g", most, MODEL_LEAST_VALUE);
    return error_hint(b->err, "Choose another unit.");
}

static bool make_variable(Builder *b, const FormulaVariable *from, ModelVariable *v)
{
    Model *m = b->model;
    v->name = from->name;
    if (from->is_column && (from->is_factor || !column_is_number(b->columns[from->column]))) {
        make_factor(b->arena, m, b->columns[from->column], v);
        if (v->n_levels > 1) return true;
        error_set(b->err, ERROR_DEGENERATE, "factor \"" STR_FMT "\" has one level, \"" STR_FMT "\"", STR_ARG(v->name), STR_ARG(v->levels[0]));
        return error_hint(b->err, "Leave it out of the formula: in these rows it explains nothing.");
    }
    v->values = ARENA_ARRAY(b->arena, double, m->n);
    v->low = ARENA_ARRAY(b->arena, double, m->n);
    v->at_means = expression_value(from->expression, b->means).high;
    return evaluate(b, from, v->values, v->low);
}

static bool has_term(const Model *m, uint64_t mask)
{
    for (size_t t = 0; t < m->n_terms; t++)
        if (m->terms[t].mask == mask) return true;
    return false;
}

static size_t coded_levels(const Model *m, const ModelTerm *term, size_t k)
{
    const ModelVariable *v = &m->variables[term->variables[k]];
    return v->is_factor ? v->n_levels - !term->full[k] : 1;
}

/* Decides the coding of each factor; *constant says whether the columns so far sum to a constant. */
static bool code_term(Builder *b, ModelTerm *term, bool *constant)
{
    Model *m = b->model;
    bool spans = true;
    term->n_columns = 1;
    term->first = m->p;
    for (size_t k = 0; k < term->n_variables; k++) {
        size_t v = term->variables[k];
        uint64_t margin = term->mask & ~((uint64_t)1 << v);
        term->full[k] = m->variables[v].is_factor && !(margin ? has_term(m, margin) : *constant);
        spans = spans && term->full[k];
        term->n_columns *= coded_levels(m, term, k);
        if (m->p + term->n_columns > MODEL_MAX_COLUMNS) {
            error_set(b->err, ERROR_DEGENERATE, "the design has more than %d columns", MODEL_MAX_COLUMNS);
            return error_in(b->err, "term \"" STR_FMT "\"", STR_ARG(term->name));
        }
    }
    if (spans && term->n_variables == 1) *constant = true;
    m->p += term->n_columns;
    return true;
}

static bool make_terms(Builder *b)
{
    Model *m = b->model;
    bool constant = m->has_intercept = b->formula->has_intercept;
    m->p = m->has_intercept;
    m->n_terms = b->formula->n_terms;
    m->terms = ARENA_ARRAY(b->arena, ModelTerm, m->n_terms);
    for (size_t t = 0; t < m->n_terms; t++) {
        ModelTerm *term = &m->terms[t];
        *term = (ModelTerm){.name = b->formula->terms[t].name, .mask = b->formula->terms[t].variables};
        term->variables = ARENA_ARRAY(b->arena, size_t, FORMULA_MAX_VARIABLES);
        term->full = ARENA_ARRAY(b->arena, bool, FORMULA_MAX_VARIABLES);
        for (size_t v = 0; v < m->n_variables; v++)
            if (term->mask >> v & 1) term->variables[term->n_variables++] = v;
    }
    for (size_t t = 0; t < m->n_terms; t++)
        if (!code_term(b, &m->terms[t], &constant)) return false;
    if (m->p == 0) return error_set(b->err, ERROR_DEGENERATE, "the model has neither an intercept nor a term");
    if (m->n <= MODEL_MAX_CELLS / m->p) return true;
    return error_set(b->err, ERROR_DEGENERATE, "the design of %zu rows and %zu columns is too large", m->n, m->p);
}

static Str column_name(Arena *arena, const Model *m, const ModelTerm *term, size_t index)
{
    Buf name = buf_new(arena);
    for (size_t k = 0; k < term->n_variables; k++) {
        const ModelVariable *v = &m->variables[term->variables[k]];
        size_t n = coded_levels(m, term, k);
        if (k) buf_char(&name, ':');
        buf_add(&name, v->name);
        if (v->is_factor) buf_add(&name, v->levels[index % n + !term->full[k]]);
        index /= n;
    }
    return buf_str(&name);
}

static void name_columns(Arena *arena, Model *m)
{
    m->names = ARENA_ARRAY(arena, Str, m->p);
    m->term_of = ARENA_ARRAY(arena, size_t, m->p);
    if (m->has_intercept) m->names[0] = STR("(Intercept)"), m->term_of[0] = SIZE_MAX;
    for (size_t t = 0; t < m->n_terms; t++)
        for (size_t c = 0; c < m->terms[t].n_columns; c++) {
            m->names[m->terms[t].first + c] = column_name(arena, m, &m->terms[t], c);
            m->term_of[m->terms[t].first + c] = t;
        }
}

/* Which column of a term is not zero, given each variable's level; SIZE_MAX when all are zero. */
static size_t active_column(const Model *m, const ModelTerm *term, const size_t *levels)
{
    size_t index = 0, stride = 1;
    for (size_t k = 0; k < term->n_variables; k++) {
        size_t v = term->variables[k];
        if (!m->variables[v].is_factor) continue;
        if (!term->full[k] && levels[v] == 0) return SIZE_MAX;
        index += stride * (levels[v] - !term->full[k]);
        stride *= coded_levels(m, term, k);
    }
    return term->first + index;
}

/* values are twofold, low may be NULL; row_low may be NULL */
static void fill_row(const Model *m, const size_t *levels, const double *values, const double *low, double *row, double *row_low)
{
    memset(row, 0, m->p * sizeof *row);
    if (m->has_intercept) row[0] = 1;
    for (size_t t = 0; t < m->n_terms; t++) {
        const ModelTerm *term = &m->terms[t];
        size_t column = active_column(m, term, levels);
        if (column == SIZE_MAX) continue;
        Twofold product = {1, 0};
        for (size_t k = 0; k < term->n_variables; k++) {
            size_t v = term->variables[k];
            if (!m->variables[v].is_factor) product = twofold_product(product, (Twofold){values[v], low ? low[v] : 0});
        }
        row[column] = product.high;
        if (row_low) row_low[column] = product.low;
    }
}

void model_row(const Model *m, const size_t *levels, const double *values, double *row)
{
    fill_row(m, levels, values, NULL, row, NULL);
}

/* Whether some column needs its low part: an inexact expression, or a product of covariates. */
static bool needs_low(const Model *m)
{
    for (size_t v = 0; v < m->n_variables; v++)
        for (size_t i = 0; !m->variables[v].is_factor && i < m->n; i++)
            if (m->variables[v].low[i] != 0) return true;
    for (size_t t = 0; t < m->n_terms; t++) {
        size_t covariates = 0;
        for (size_t k = 0; k < m->terms[t].n_variables; k++) covariates += !m->variables[m->terms[t].variables[k]].is_factor;
        if (covariates > 1) return true;
    }
    return false;
}

static bool check_finite(const Model *m, size_t i, Error *err)
{
    for (size_t j = 0; j < m->p; j++)
        if (!isfinite(m->x[i * m->p + j]))
            return error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" has no finite value in row %zu", STR_ARG(m->names[j]),
                             m->rows[i] + 1);
    return true;
}

static bool fill_design(Builder *b)
{
    Model *m = b->model;
    size_t levels[FORMULA_MAX_VARIABLES] = {0};
    double values[FORMULA_MAX_VARIABLES] = {0}, low[FORMULA_MAX_VARIABLES] = {0};
    m->x = ARENA_ARRAY(b->arena, double, m->n * m->p);
    if (needs_low(m)) m->x_low = ARENA_ARRAY(b->arena, double, m->n * m->p);
    for (size_t i = 0; i < m->n; i++) {
        for (size_t v = 0; v < m->n_variables; v++) {
            const ModelVariable *variable = &m->variables[v];
            if (variable->is_factor) levels[v] = variable->level[i];
            else values[v] = variable->values[i], low[v] = variable->low[i];
        }
        fill_row(m, levels, values, low, &m->x[i * m->p], m->x_low ? &m->x_low[i * m->p] : NULL);
        if (!check_finite(m, i, b->err)) return false;
    }
    return true;
}

bool model_build(Arena *arena, const Formula *formula, const Frame *frame, const size_t *rows, size_t n_rows,
                 Model *model, Error *err)
{
    Builder b = {.arena = arena, .formula = formula, .frame = frame, .model = model, .err = err};
    *model = (Model){.formula = formula, .frame = frame, .n_variables = formula->n_variables};
    if (!find_columns(&b) || !choose_rows(&b, rows, rows ? n_rows : frame->n_rows)) return false;
    average_columns(&b);
    model->y = ARENA_ARRAY(arena, double, model->n);
    if (!evaluate(&b, &formula->response, model->y, ARENA_ARRAY(arena, double, model->n)) || !check_size(&b)) return false;
    model->variables = ARENA_ARRAY(arena, ModelVariable, model->n_variables);
    for (size_t v = 0; v < model->n_variables; v++)
        if (!make_variable(&b, &formula->variables[v], &model->variables[v])) return false;
    if (!make_terms(&b)) return false;
    name_columns(arena, model);
    return fill_design(&b);
}

bool model_factor(Arena *arena, const Model *model, Str column, ModelVariable *factor, Error *err)
{
    const Column *found;
    *factor = (ModelVariable){.name = column};
    if (!frame_need(model->frame, column, &found, err)) return false;
    for (size_t i = 0; i < model->n; i++)
        if (found->missing[model->rows[i]] != MISSING_NOT)
            return error_set(err, ERROR_INCONSISTENT, "column \"" STR_FMT "\" is missing in row %zu", STR_ARG(column), model->rows[i] + 1);
    make_factor(arena, model, found, factor);
    return true;
}

size_t model_variable(const Model *model, Str name)
{
    for (size_t v = 0; v < model->n_variables; v++)
        if (str_equal_fold(model->variables[v].name, name)) return v;
    return SIZE_MAX;
}

size_t model_level(const ModelVariable *factor, Str level)
{
    for (size_t l = 0; l < factor->n_levels; l++)
        if (str_equal(factor->levels[l], level)) return l;
    return SIZE_MAX;
}

bool model_need_level(const ModelVariable *factor, Str level, size_t *found, Error *err)
{
    *found = model_level(factor, level);
    if (*found != SIZE_MAX) return true;
    Str near = str_nearest(level, factor->levels, factor->n_levels);
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" has no level \"" STR_FMT "\"", STR_ARG(factor->name), STR_ARG(level));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "Its levels run from \"" STR_FMT "\" to \"" STR_FMT "\".", STR_ARG(factor->levels[0]), STR_ARG(factor->levels[factor->n_levels - 1]));
}

static uint64_t factor_mask(const Model *m)
{
    uint64_t mask = 0;
    for (size_t v = 0; v < m->n_variables; v++)
        if (m->variables[v].is_factor) mask |= (uint64_t)1 << v;
    return mask;
}

bool model_contains(const Model *m, const ModelTerm *b, const ModelTerm *a)
{
    uint64_t factors = factor_mask(m), covariates = ~factors;
    return (a->mask & covariates) == (b->mask & covariates) && (a->mask & ~b->mask) == 0 && a->mask != b->mask;
}

size_t model_n_cells(const Model *m, const ModelTerm *term)
{
    size_t n = 1;
    for (size_t k = 0; k < term->n_variables; k++)
        if (m->variables[term->variables[k]].is_factor) n *= m->variables[term->variables[k]].n_levels;
    return n;
}
