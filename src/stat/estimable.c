#include "stat/estimable.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"

#define ALIAS_TOLERANCE 1e-8       /* what a coefficient of a relation may be off and still count as nothing */

Estimate estimate_of(double estimate, double se, double df, double confidence)
{
    double reach = se * t_quantile_upper((1 - confidence) / 2, df);
    double t = se > 0 ? estimate / se : estimate == 0 ? 0 : copysign(INFINITY, estimate);
    return (Estimate){.is_estimable = true, .estimate = estimate, .se = se, .df = df, .t = t,
                      .p = isinf(t) ? 0 : fmin(1, 2 * t_sf(fabs(t), df)), .lower = estimate - reach, .upper = estimate + reach};
}

void row_space_complete(Arena *arena, RowSpace *s)
{
    double *square = ARENA_ARRAY(arena, double, s->rank * s->rank), *column = ARENA_ARRAY(arena, double, s->rank);
    s->is_aliased = ARENA_ARRAY(arena, bool, s->p);
    s->relation = ARENA_ARRAY(arena, double, s->rank * s->p);
    for (size_t j = 0; j < s->p; j++) s->is_aliased[j] = true;
    for (size_t k = 0; k < s->rank; k++) {
        s->is_aliased[s->pivot[k]] = false;
        for (size_t l = 0; l < s->rank; l++) square[k*s->rank + l] = s->r[k*s->p + s->pivot[l]];
    }
    for (size_t j = 0; j < s->p; j++) {
        for (size_t k = 0; k < s->rank; k++) column[k] = s->is_aliased[j] ? s->r[k*s->p + j] : s->pivot[k] == j;
        if (s->is_aliased[j]) solve_upper(square, s->rank, column);
        for (size_t k = 0; k < s->rank; k++) s->relation[k*s->p + j] = column[k];
    }
}

bool row_space_holds(const RowSpace *s, const double *l)
{
    for (size_t j = 0; j < s->p; j++) {
        if (!s->is_aliased[j]) continue;
        double implied = 0, size = fabs(l[j]);
        for (size_t k = 0; k < s->rank; k++) {
            double part = s->relation[k*s->p + j] * l[s->pivot[k]];
            implied += part;
            size = fmax(size, fabs(part));
        }
        if (fabs(l[j] - implied) > ALIAS_TOLERANCE * size) return false;
    }
    return true;
}

/* The design with a column for every level of every factor ("cell"): its columns, as combinations of the model's. */
typedef struct {
    const Model *model;
    size_t n_cells;
    size_t *first;                                   /* n_terms; the cells of each term stand together */
    size_t *cell_of;                                 /* p; the cell that a column of the model is */
    double *a;                                       /* p x n_cells: x_cells = x a */
} Cells;

static size_t term_of_mask(const Model *m, uint64_t mask)
{
    size_t t = 0;
    while (m->terms[t].mask != mask) t++;
    return t;
}

/* The term of one factor that has a column for every level, in a model without an intercept. */
static size_t spanning_term(const Model *m)
{
    size_t t = 0;
    while (m->terms[t].n_variables != 1 || !m->terms[t].full[0]) t++;
    return t;
}

/* Adds `sign` times the cell of `term` at `levels` to column `cell` of a, written in the model's columns. A factor at its
 * first level, where that has no column, is the term without the factor less all its other levels. */
static void add_cell(const Cells *c, const ModelTerm *term, size_t *levels, double sign, size_t cell)
{
    const Model *m = c->model;
    size_t index = 0, stride = 1;
    for (size_t k = 0; k < term->n_variables; k++) {
        size_t v = term->variables[k], n = m->variables[v].n_levels;
        if (!m->variables[v].is_factor) continue;
        if (!term->full[k] && levels[v] == 0) {
            uint64_t margin = term->mask & ~((uint64_t)1 << v);
            for (size_t l = 1; l < n; l++) {
                levels[v] = l;
                add_cell(c, term, levels, -sign, cell);
            }
            levels[v] = 0;
            if (margin) add_cell(c, &m->terms[term_of_mask(m, margin)], levels, sign, cell);
            else if (m->has_intercept) c->a[cell] += sign;
            else {
                const ModelTerm *span = &m->terms[spanning_term(m)];
                for (size_t j = 0; j < span->n_columns; j++) c->a[(span->first + j) * c->n_cells + cell] += sign;
            }
            return;
        }
        index += stride * (levels[v] - !term->full[k]);
        stride *= n - !term->full[k];
    }
    c->a[(term->first + index) * c->n_cells + cell] += sign;
}

/* Levels of a term's cell by its number: the first variable runs fastest. True if the cell is a column of the model. */
static bool cell_levels(const Model *m, const ModelTerm *term, size_t number, size_t *levels)
{
    bool is_column = true;
    for (size_t k = 0; k < term->n_variables; k++) {
        size_t v = term->variables[k];
        if (!m->variables[v].is_factor) continue;
        levels[v] = number % m->variables[v].n_levels;
        number /= m->variables[v].n_levels;
        is_column = is_column && (term->full[k] || levels[v] > 0);
    }
    return is_column;
}

static Cells cells_new(Arena *arena, const Model *m)
{
    Cells c = {.model = m, .n_cells = m->has_intercept};
    size_t levels[FORMULA_MAX_VARIABLES] = {0};
    c.first = ARENA_ARRAY(arena, size_t, m->n_terms + 1);
    for (size_t t = 0; t < m->n_terms; t++) {
        c.first[t] = c.n_cells;
        c.n_cells += model_n_cells(m, &m->terms[t]);
    }
    c.first[m->n_terms] = c.n_cells;
    c.cell_of = ARENA_ARRAY(arena, size_t, m->p);
    c.a = ARENA_ARRAY(arena, double, m->p * c.n_cells);
    if (m->has_intercept) c.a[0] = 1;
    for (size_t t = 0; t < m->n_terms; t++) {
        size_t column = m->terms[t].first;
        for (size_t cell = c.first[t]; cell < c.first[t + 1]; cell++) {
            if (cell_levels(m, &m->terms[t], cell - c.first[t], levels)) c.cell_of[column++] = cell;
            add_cell(&c, &m->terms[t], levels, 1, cell);
        }
    }
    return c;
}

/* Takes the projections on the n rows of b (orthonormal) out of v, twice for the sake of rounding. */
static void project_out(double *v, const double *b, size_t n, size_t m)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n; i++) {
            double f = dot(v, &b[i*m], m);
            for (size_t j = 0; j < m; j++) v[j] -= f * b[i*m + j];
        }
}

static void orthonormalise(double *b, size_t n, size_t m)
{
    for (size_t i = 0; i < n; i++) {
        project_out(&b[i*m], b, i, m);
        double length = euclidean_norm(&b[i*m], m);
        for (size_t j = 0; j < m; j++) b[i*m + j] /= length;
    }
}

/* 0 for what does not contain the term, 1 for the term, 2 for what contains it. */
static size_t rank_of_term(const Model *m, size_t other, size_t term)
{
    return other == term ? 1 : model_contains(m, &m->terms[other], &m->terms[term]) ? 2 : 0;
}

/* Columns in the order: not containing the term, the term, containing it. end[0..2] says where each group ends. */
static size_t *sort_columns(Arena *arena, const Model *m, size_t n, const size_t *first, size_t term, size_t end[3])
{
    size_t *order = ARENA_ARRAY(arena, size_t, n), k = 0;
    for (size_t group = 0; group < 3; group++) {
        if (group == 0 && m->has_intercept) order[k++] = 0;
        for (size_t t = 0; t < m->n_terms; t++)
            for (size_t j = first[t]; rank_of_term(m, t, term) == group && j < first[t + 1]; j++) order[k++] = j;
        end[group] = k;
    }
    return order;
}

static Hypothesis type_three(Arena *arena, const Model *m, const RowSpace *s, size_t term)
{
    Cells c = cells_new(arena, m);
    size_t end[3], n = c.n_cells, from = 0;
    size_t *order = sort_columns(arena, m, n, c.first, term, end), *pivot = ARENA_ARRAY(arena, size_t, n);
    double *rows = ARENA_ARRAY(arena, double, s->rank * n), *sorted = ARENA_ARRAY(arena, double, s->rank * n);
    matrix_multiply(s->relation, c.a, s->rank, s->p, n, rows);
    for (size_t i = 0; i < s->rank; i++)
        for (size_t j = 0; j < n; j++) {
            double value = rows[i*n + order[j]];
            sorted[i*n + j] = fabs(value) < ALIAS_TOLERANCE * largest_magnitude(&rows[i*n], n) ? 0 : value;
        }
    size_t rank = echelon(sorted, s->rank, n, ALIAS_TOLERANCE, pivot, ARENA_ARRAY(arena, double, n)), mid, i;
    while (from < rank && pivot[from] < end[0]) from++;
    for (mid = from; mid < rank && pivot[mid] < end[1];) mid++;
    orthonormalise(&sorted[mid*n], rank - mid, n);
    for (i = from; i < mid; i++) project_out(&sorted[i*n], &sorted[mid*n], rank - mid, n);
    Hypothesis h = {.n_rows = mid - from, .l = ARENA_ARRAY(arena, double, (mid - from) * s->p)};
    size_t *place = ARENA_ARRAY(arena, size_t, n);
    for (size_t j = 0; j < n; j++) place[order[j]] = j;
    for (i = from; i < mid; i++)
        for (size_t j = 0; j < s->p; j++) h.l[(i - from)*s->p + j] = sorted[i*n + place[c.cell_of[j]]];
    return h;
}

static Hypothesis type_two(Arena *arena, const Model *m, const RowSpace *s, size_t term)
{
    size_t end[3], n = s->p, from = 0, mid;
    size_t *first = ARENA_ARRAY(arena, size_t, m->n_terms + 1), *pivot = ARENA_ARRAY(arena, size_t, n);
    for (size_t t = 0; t < m->n_terms; t++) first[t] = m->terms[t].first;
    first[m->n_terms] = n;
    size_t *order = sort_columns(arena, m, n, first, term, end);
    double *r = ARENA_ARRAY(arena, double, s->rank * n), *work = ARENA_ARRAY(arena, double, 4 * n);
    for (size_t i = 0; i < s->rank; i++)
        for (size_t j = 0; j < n; j++) r[i*n + j] = s->r[i*n + order[j]];
    size_t rank = qr_echelon(r, s->rank, n, RANK_TOLERANCE, work, pivot, work + n, work + 2*n);
    while (from < rank && pivot[from] < end[0]) from++;
    for (mid = from; mid < rank && pivot[mid] < end[1];) mid++;
    Hypothesis h = {.n_rows = mid - from, .l = ARENA_ARRAY(arena, double, (mid - from) * n)};
    for (size_t i = from; i < mid; i++)
        for (size_t j = pivot[i]; j < n; j++) h.l[(i - from)*n + order[j]] = r[i*n + j];
    return h;
}

static Hypothesis type_one(Arena *arena, const Model *m, const RowSpace *s, size_t term)
{
    size_t from = 0, to, first = m->terms[term].first, past = first + m->terms[term].n_columns;
    while (from < s->rank && s->pivot[from] < first) from++;
    for (to = from; to < s->rank && s->pivot[to] < past;) to++;
    return (Hypothesis){to - from, arena_copy(arena, &s->r[from * s->p], (to - from) * s->p * sizeof(double))};
}

Hypothesis estimable_hypothesis(Arena *arena, const Model *m, const RowSpace *s, size_t term, TestType type)
{
    static Hypothesis (*const MAKERS[])(Arena *, const Model *, const RowSpace *, size_t) = {
        [TEST_TYPE_I] = type_one, [TEST_TYPE_II] = type_two, [TEST_TYPE_III] = type_three};
    return MAKERS[type](arena, m, s, term);
}
