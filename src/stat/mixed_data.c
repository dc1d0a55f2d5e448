#include <math.h>
#include <string.h>

#include "stat/mixed_inside.h"

#define MOST_UNIT 40                                 /* rows of a level that becomes a unit */
#define MAX_CELLS ((size_t)1 << 27)                  /* doubles in the cross-products of all blocks */

typedef struct {
    Arena *arena;
    MixedData *d;
    double *root_weight;                             /* n */
    size_t n_units, *unit_of;                        /* n; the row's subject, or its level of a folded term; NULL for no units */
    double *points;                                  /* n x n_coordinates of own points */
    size_t n_coordinates;
    size_t *parent;                                  /* a forest of levels and subjects that share rows */
    size_t *first_node;                              /* n_terms + 1 */
    size_t *place;                                   /* by node of a level: its first column in the block */
    size_t *block_of;                                /* by root node */
    Error *err;
} Prepare;

static bool find_weights(Prepare *w, Str name)
{
    MixedData *d = w->d;
    const Column *column = NULL;
    w->root_weight = ARENA_ARRAY(w->arena, double, d->n);
    if (name.len && !frame_need(d->model->frame, name, &column, w->err)) return false;
    if (column && !column_is_number(column))
        return error_set(w->err, ERROR_INCONSISTENT, "the weights \"" STR_FMT "\" are not numbers", STR_ARG(name));
    for (size_t i = 0; i < d->n; i++) {
        size_t row = d->model->rows[i];
        double weight = column ? column->numbers[row] : 1;
        if (!(weight > 0) || isinf(weight) || (column && column->missing[row] != MISSING_NOT))
            return error_set(w->err, ERROR_INCONSISTENT, "the weight in row %zu is not a positive number", row + 1);
        w->root_weight[i] = sqrt(weight);
        d->log_weights += log(weight);
    }
    return true;
}

/* X basis has orthogonal columns of length sqrt(n). */
static bool find_basis(Prepare *w)
{
    MixedData *d = w->d;
    const Model *m = d->model;
    if (!least_squares(w->arena, m->x, m->x_low, m->y, m->n, m->p, m->has_intercept, &d->ols, w->err)) return false;
    size_t r = d->r = d->ols.space.rank, p = d->p;
    d->c = r + 1;
    if (d->n <= r) {
        error_set(w->err, ERROR_DEGENERATE, "%zu rows leave no degree of freedom for the error after %zu coefficients", d->n, r);
        return error_hint(w->err, "Use fewer terms, or more complete rows.");
    }
    if (!(d->ols.rss > 1e-24 * d->ols.tss)) {
        error_set(w->err, ERROR_DEGENERATE, "the response is fitted exactly by the fixed effects");
        return error_hint(w->err, "There is no variance to divide: use fewer terms.");
    }
    const RowSpace *s = &d->ols.space;
    double *square = ARENA_ARRAY(w->arena, double, r * r), *inverse = ARENA_ARRAY(w->arena, double, r * r), size = sqrt((double)d->n);
    for (size_t k = 0; k < r; k++)
        for (size_t l = 0; l < r; l++) square[k*r + l] = s->r[k*p + s->pivot[l]];
    invert_upper(square, r, inverse);
    d->basis = ARENA_ARRAY(w->arena, double, p * r);
    d->q = ARENA_ARRAY(w->arena, double, d->n * r);
    d->e = ARENA_ARRAY(w->arena, double, d->n);
    for (size_t k = 0; k < r; k++) {
        d->log_basis += log(size) - log(fabs(square[k*r + k]));
        for (size_t l = 0; l <= k; l++) d->basis[s->pivot[l]*r + k] = size * inverse[l*r + k];
    }
    for (size_t i = 0; i < d->n; i++) {
        for (size_t l = 0; l < r; l++)
            for (size_t k = l; k < r; k++) d->q[i*r + k] += w->root_weight[i] * m->x[i*p + s->pivot[l]] * d->basis[s->pivot[l]*r + k];
        d->e[i] = w->root_weight[i] * d->ols.residuals[i];
    }
    return true;
}

/* Levels of one column, or of the combinations of several that are there, in the order of appearance. */
static bool find_levels(Prepare *w, const RandomTerm *random, MixedTerm *term)
{
    MixedData *d = w->d;
    const Str *columns = d->model->formula->columns;
    ModelVariable factor, next;
    if (!model_factor(w->arena, d->model, columns[random->groups[0]], &factor, w->err)) return false;
    for (size_t g = 1; g < random->n_groups; g++) {
        Map map = map_new(w->arena);
        if (!model_factor(w->arena, d->model, columns[random->groups[g]], &next, w->err)) return false;
        size_t *level = ARENA_ARRAY(w->arena, size_t, d->n);
        for (size_t i = 0; i < d->n; i++) {
            bool is_new;
            Str pair = str_format(w->arena, STR_FMT ":" STR_FMT, STR_ARG(factor.levels[factor.level[i]]), STR_ARG(next.levels[next.level[i]]));
            MapEntry *entry = map_put(&map, pair, &is_new);
            if (is_new) entry->index = map.n - 1;
            level[i] = entry->index;
        }
        factor.level = level;
        factor.n_levels = map.n;
        factor.levels = ARENA_ARRAY(w->arena, Str, map.n);
        for (size_t l = 0; l < map.n; l++) factor.levels[l] = map.entries[l].key;
    }
    term->group = random->name;
    term->n_levels = factor.n_levels;
    term->levels = factor.levels;
    term->level = factor.level;
    return true;
}

static bool check_levels(Prepare *w, const MixedTerm *term)
{
    if (term->n_levels == 1) {
        error_set(w->err, ERROR_DEGENERATE, "the random effects of \"" STR_FMT "\" have one level", STR_ARG(term->group));
        return error_hint(w->err, "A variance between levels needs two of them, and many to be known well.");
    }
    if (term->n_levels < w->d->n || w->d->model->formula->n_covariances) return true;
    error_set(w->err, ERROR_DEGENERATE, "every row has a level of \"" STR_FMT "\" of its own", STR_ARG(term->group));
    return error_hint(w->err, "Such an effect cannot be told from the error: leave it out, or group by less.");
}

static bool find_terms(Prepare *w)
{
    MixedData *d = w->d;
    const Formula *f = d->model->formula;
    d->n_terms = f->n_randoms;
    d->terms = ARENA_ARRAY(w->arena, MixedTerm, d->n_terms + 1);
    for (size_t t = 0; t < d->n_terms; t++) {
        MixedTerm *term = &d->terms[t];
        Model z;
        if (!model_build(w->arena, f->randoms[t].effects, d->model->frame, d->model->rows, d->n, &z, w->err)
            || !find_levels(w, &f->randoms[t], term) || !check_levels(w, term))
            return error_in(w->err, "formula, column %zu", f->randoms[t].place);
        if (z.p > MIXED_MAX_EFFECTS)
            return error_set(w->err, ERROR_DEGENERATE, "a random term has %zu effects, more than %d", z.p, MIXED_MAX_EFFECTS);
        term->n_effects = z.p;
        term->effects = z.names;
        term->z = z.x;
        term->size = ARENA_ARRAY(w->arena, double, z.p);
        for (size_t c = 0; c < z.p; c++) {
            double sum = 0;
            for (size_t i = 0; i < d->n; i++) sum += z.x[i*z.p + c] * z.x[i*z.p + c] / (double)d->n;
            term->size[c] = sum > 0 ? sqrt(sum) : 1;
        }
    }
    return true;
}

static bool find_points(Prepare *w, const CovarianceTerm *term)
{
    MixedData *d = w->d;
    w->n_coordinates = term->n_visits;
    w->points = ARENA_ARRAY(w->arena, double, d->n * term->n_visits);
    for (size_t c = 0; c < term->n_visits; c++) {
        const Column *column;
        if (!frame_need(d->model->frame, d->model->formula->columns[term->visits[c]], &column, w->err)) return false;
        if (!column_is_number(column))
            return error_set(w->err, ERROR_INCONSISTENT, "the coordinates \"" STR_FMT "\" are not numbers", STR_ARG(column->name));
        for (size_t i = 0; i < d->n; i++) w->points[i * term->n_visits + c] = column->numbers[d->model->rows[i]];
    }
    return true;
}

static bool find_groups(Prepare *w, const CovarianceTerm *term)
{
    MixedData *d = w->d;
    d->n_groups = 1;
    if (!term->has_group) return true;
    if (!model_factor(w->arena, d->model, d->model->formula->columns[term->group], &d->groups, w->err)) return false;
    d->n_groups = d->groups.n_levels;
    size_t *group = ARENA_ARRAY(w->arena, size_t, d->subjects.n_levels);
    for (size_t i = 0; i < d->n; i++) {
        size_t s = d->subjects.level[i], g = d->groups.level[i] + 1;
        if (group[s] && group[s] != g)
            return error_set(w->err, ERROR_INCONSISTENT, "subject \"" STR_FMT "\" is in two groups: \"" STR_FMT "\" and \"" STR_FMT "\"",
                             STR_ARG(d->subjects.levels[s]), STR_ARG(d->groups.levels[group[s] - 1]), STR_ARG(d->groups.levels[g - 1]));
        group[s] = g;
    }
    return true;
}

static bool find_errors(Prepare *w)
{
    MixedData *d = w->d;
    const Formula *f = d->model->formula;
    d->n_groups = d->per_group = 1;
    if (f->n_covariances == 0) return true;
    const CovarianceTerm *term = &f->covariances[0];
    d->kind = term->kind;
    if (!model_factor(w->arena, d->model, f->columns[term->subject], &d->subjects, w->err) || !find_groups(w, term)) return false;
    d->n_subjects = d->subjects.n_levels;
    w->unit_of = d->subjects.level;
    w->n_units = d->n_subjects;
    if (mmrm_structure_is_spatial(term->kind)) {
        d->errors = MIXED_POINTS;
        d->per_group = 2;
        return find_points(w, term);
    }
    d->errors = MIXED_VISITS;
    if (!model_factor(w->arena, d->model, f->columns[term->visits[0]], &d->visits, w->err)) return false;
    if (d->visits.n_levels > MMRM_MAX_VISITS)
        return error_set(w->err, ERROR_DEGENERATE, "there are %zu visits, more than %d", d->visits.n_levels, MMRM_MAX_VISITS);
    mmrm_structure_new(w->arena, term->kind, &d->visits, NULL, &d->structure);
    d->per_group = d->structure.n_parameters;
    return true;
}

/* Whether every level of a term lies within one unit. */
static bool lies_within(const Prepare *w, const MixedTerm *term, const size_t *unit_of)
{
    size_t *unit = ARENA_ARRAY(w->arena, size_t, term->n_levels);
    for (size_t i = 0; i < w->d->n; i++) {
        size_t *seen = &unit[term->level[i]];
        if (*seen && *seen != unit_of[i] + 1) return false;
        *seen = unit_of[i] + 1;
    }
    return true;
}

static size_t most_rows(const Prepare *w, const MixedTerm *term)
{
    size_t *count = ARENA_ARRAY(w->arena, size_t, term->n_levels), most = 0;
    for (size_t i = 0; i < w->d->n; i++)
        if (++count[term->level[i]] > most) most = count[term->level[i]];
    return most;
}

/* Of several random terms the finest makes units of its own, where they are small; what lies within units needs no column of
 * Z. A single term beside independent errors is best left to its cross-products. */
static void fold_terms(Prepare *w)
{
    MixedData *d = w->d;
    const MixedTerm *finest = d->terms;
    for (size_t t = 1; t < d->n_terms; t++)
        if (d->terms[t].n_levels > finest->n_levels) finest = &d->terms[t];
    if (!w->unit_of && d->n_terms > 1 && most_rows(w, finest) <= MOST_UNIT) w->unit_of = finest->level, w->n_units = finest->n_levels;
    for (size_t t = 0; w->unit_of && t < d->n_terms; t++) d->terms[t].folded = lies_within(w, &d->terms[t], w->unit_of);
}

static void name_parameters(Prepare *w)
{
    MixedData *d = w->d;
    static const char *const OF_POINTS[] = {"variance", "range"};
    size_t n_of_errors = d->n_groups * d->per_group, n = n_of_errors;
    for (int folded = 1; folded >= 0; folded--) {
        for (size_t t = 0; t < d->n_terms; t++) {
            if (d->terms[t].folded != folded) continue;
            d->terms[t].first = n;
            n += d->terms[t].n_effects * (d->terms[t].n_effects + 1) / 2;
        }
        if (folded) d->n_errors = n, d->n_folded = n - n_of_errors;
    }
    d->n_parameters = n;
    d->names = ARENA_ARRAY(w->arena, Str, n);
    for (size_t a = 0; a < n_of_errors; a++) {
        size_t k = a % d->per_group;
        Str name = d->errors == MIXED_INDEPENDENT ? STR("residual variance")
                 : d->errors == MIXED_POINTS ? str_from(OF_POINTS[k]) : d->structure.names[k];
        d->names[a] = d->n_groups == 1 ? name : str_format(w->arena, STR_FMT ", " STR_FMT, STR_ARG(name), STR_ARG(d->groups.levels[a / d->per_group]));
    }
    for (size_t t = 0; t < d->n_terms; t++)
        for (size_t j = 0, a = d->terms[t].first; j < d->terms[t].n_effects; j++)
            for (size_t i = 0; i <= j; i++, a++) {
                const MixedTerm *m = &d->terms[t];
                d->names[a] = i == j ? str_format(w->arena, STR_FMT " variance " STR_FMT, STR_ARG(m->group), STR_ARG(m->effects[i]))
                    : str_format(w->arena, STR_FMT " covariance " STR_FMT ", " STR_FMT, STR_ARG(m->group), STR_ARG(m->effects[i]), STR_ARG(m->effects[j]));
            }
}

static size_t root_of(size_t *parent, size_t node)
{
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
}

/* Joins the levels and the subject that stand in one row. */
static void join_rows(Prepare *w)
{
    MixedData *d = w->d;
    size_t n = 0;
    w->first_node = ARENA_ARRAY(w->arena, size_t, d->n_terms + 1);
    for (size_t t = 0; t < d->n_terms; t++) w->first_node[t] = n, n += d->terms[t].n_levels;
    w->first_node[d->n_terms] = n;
    if (w->unit_of) n += w->n_units;
    w->parent = ARENA_ARRAY(w->arena, size_t, n);
    for (size_t k = 0; k < n; k++) w->parent[k] = k;
    for (size_t i = 0; i < d->n; i++) {
        size_t root = w->unit_of ? root_of(w->parent, w->first_node[d->n_terms] + w->unit_of[i]) : SIZE_MAX;
        for (size_t t = 0; t < d->n_terms; t++) {
            if (d->terms[t].folded) continue;
            size_t other = root_of(w->parent, w->first_node[t] + d->terms[t].level[i]);
            if (root != SIZE_MAX) w->parent[other] = root;
            else root = other;
        }
    }
    w->place = ARENA_ARRAY(w->arena, size_t, n);
    w->block_of = ARENA_ARRAY(w->arena, size_t, n);
}

static size_t node_of_row(const Prepare *w, size_t row)
{
    const MixedData *d = w->d;
    return root_of(w->parent, w->unit_of ? w->first_node[d->n_terms] + w->unit_of[row] : w->first_node[0] + d->terms[0].level[row]);
}

/* Blocks in the order of their first rows, and the columns of Z in each. */
static bool find_blocks(Prepare *w)
{
    MixedData *d = w->d;
    size_t *numbered = ARENA_ARRAY(w->arena, size_t, w->first_node[d->n_terms] + w->n_units), cells = 0;
    d->blocks = ARENA_ARRAY(w->arena, MixedBlock, d->n);
    for (size_t i = 0; i < d->n; i++) {
        size_t node = node_of_row(w, i);
        if (!numbered[node]) numbered[node] = ++d->n_blocks;
        d->blocks[numbered[node] - 1].n_rows++;
    }
    for (size_t t = 0; t < d->n_terms; t++)
        for (size_t l = 0; !d->terms[t].folded && l < d->terms[t].n_levels; l++) {
            size_t node = w->first_node[t] + l;
            MixedBlock *b = &d->blocks[numbered[root_of(w->parent, node)] - 1];
            w->place[node] = b->q;
            b->q += d->terms[t].n_effects;
        }
    for (size_t k = 0; k < d->n_blocks; k++) {
        MixedBlock *b = &d->blocks[k];
        if (b->q > MIXED_MAX_COUPLED) {
            error_set(w->err, ERROR_DEGENERATE, "%zu random effects hang together through the rows they share, more than %d", b->q, MIXED_MAX_COUPLED);
            return error_hint(w->err, "Crossed random effects cost the cube of their number: leave one out, or group by less.");
        }
        d->largest_q = b->q > d->largest_q ? b->q : d->largest_q;
        b->column_term = ARENA_ARRAY(w->arena, size_t, b->q);
        b->column_level = ARENA_ARRAY(w->arena, size_t, b->q);
        cells += (3 * (d->c + b->q) * (d->c + b->q));
    }
    if (cells + d->n_errors * (d->c + d->largest_q) * (d->c + d->largest_q) > MAX_CELLS) return error_set(w->err, ERROR_DEGENERATE, "%zu blocks of up to %zu random effects beside %zu coefficients are too many", d->n_blocks, d->largest_q, d->r);
    for (size_t t = 0; t < d->n_terms; t++)
        for (size_t l = 0; !d->terms[t].folded && l < d->terms[t].n_levels; l++) {
            size_t node = w->first_node[t] + l;
            MixedBlock *b = &d->blocks[numbered[root_of(w->parent, node)] - 1];
            for (size_t c = 0; c < d->terms[t].n_effects; c++) b->column_term[w->place[node] + c] = t, b->column_level[w->place[node] + c] = l;
        }
    w->block_of = numbered;
    return true;
}

static MixedBlock *block_of_row(const Prepare *w, size_t row) { return &w->d->blocks[w->block_of[node_of_row(w, row)] - 1]; }

/* Cross-products of (X, e, Z); a row has few columns of Z that are not zero. */
static void add_cross_products(Prepare *w, size_t row)
{
    const MixedData *d = w->d;
    MixedBlock *b = block_of_row(w, row);
    size_t width = d->c + b->q, n = d->c;
    for (size_t t = 0; t < d->n_terms; t++) n += d->terms[t].n_effects;
    ArenaMark mark = arena_mark(w->arena);
    double *value = ARENA_ARRAY(w->arena, double, n);
    size_t *place = ARENA_ARRAY(w->arena, size_t, n), k = 0;
    for (; k < d->r; k++) value[k] = d->q[row * d->r + k], place[k] = k;
    value[k] = d->e[row], place[k] = k, k++;
    for (size_t t = 0; t < d->n_terms; t++)
        for (size_t c = 0; c < d->terms[t].n_effects; c++, k++) {
            value[k] = w->root_weight[row] * d->terms[t].z[row * d->terms[t].n_effects + c];
            place[k] = d->c + w->place[w->first_node[t] + d->terms[t].level[row]] + c;
        }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) b->xx[place[i] * width + place[j]] += value[i] * value[j];
    arena_rewind(w->arena, mark);
}

static void sort_rows(MixedUnit *u)
{
    for (size_t i = 1; u->visits && i < u->n_rows; i++)
        for (size_t j = i; j > 0 && u->visits[j] < u->visits[j - 1]; j--) {
            size_t visit = u->visits[j], row = u->rows[j];
            u->visits[j] = u->visits[j - 1], u->visits[j - 1] = visit;
            u->rows[j] = u->rows[j - 1], u->rows[j - 1] = row;
        }
}

static bool check_rows(const Prepare *w, const MixedUnit *u)
{
    const MixedData *d = w->d;
    for (size_t i = 0; i < u->n_rows; i++)
        for (size_t j = 0; j < i; j++) {
            if (u->visits ? u->visits[i] != u->visits[j] : u->distance[i * u->n_rows + j] > 0) continue;
            error_set(w->err, ERROR_INCONSISTENT, "subject \"" STR_FMT "\" has two rows at one %s: rows %zu and %zu",
                      STR_ARG(d->subjects.levels[d->subjects.level[u->rows[i]]]), u->visits ? "visit" : "point",
                      d->model->rows[u->rows[j]] + 1, d->model->rows[u->rows[i]] + 1);
            return error_hint(w->err, "Keep one of them.");
        }
    return true;
}

static void find_distances(Prepare *w, MixedUnit *u, double *count)
{
    MixedData *d = w->d;
    u->distance = ARENA_ARRAY(w->arena, double, u->n_rows * u->n_rows);
    for (size_t i = 0; i < u->n_rows; i++)
        for (size_t j = 0; j < u->n_rows; j++) {
            double sum = 0;
            for (size_t c = 0; c < w->n_coordinates; c++) {
                double step = w->points[u->rows[i] * w->n_coordinates + c] - w->points[u->rows[j] * w->n_coordinates + c];
                sum += step * step;
            }
            u->distance[i * u->n_rows + j] = sqrt(sum);
            if (i == j) continue;
            d->mean_distance += sqrt(sum);
            *count += 1;
        }
}

/* The columns of Z that a subject's rows use, and the rows' values. */
static void fill_unit(Prepare *w, MixedUnit *u, size_t *mark_of)
{
    const MixedData *d = w->d;
    size_t most = 0;
    for (size_t t = 0; t < d->n_terms; t++) most += u->n_rows * d->terms[t].n_effects;
    u->active = ARENA_ARRAY(w->arena, size_t, most + 1);
    for (size_t i = 0; i < u->n_rows; i++)
        for (size_t t = 0; t < d->n_terms; t++) {
            size_t at = w->place[w->first_node[t] + d->terms[t].level[u->rows[i]]];
            if (d->terms[t].folded || mark_of[at]) continue;
            for (size_t c = 0; c < d->terms[t].n_effects; c++) u->active[u->n_active] = at + c, mark_of[at + c] = ++u->n_active;
        }
    u->width = d->c + u->n_active;
    u->m = ARENA_ARRAY(w->arena, double, u->n_rows * u->width);
    u->root_weights = ARENA_ARRAY(w->arena, double, u->n_rows);
    for (size_t i = 0; i < u->n_rows; i++) {
        size_t row = u->rows[i];
        double *m = &u->m[i * u->width];
        u->root_weights[i] = w->root_weight[row];
        memcpy(m, &d->q[row * d->r], d->r * sizeof *m);
        m[d->r] = d->e[row];
        for (size_t t = 0; t < d->n_terms; t++) {
            if (d->terms[t].folded) continue;
            size_t at = mark_of[w->place[w->first_node[t] + d->terms[t].level[row]]] - 1;
            for (size_t c = 0; c < d->terms[t].n_effects; c++)
                m[d->c + at + c] = w->root_weight[row] * d->terms[t].z[row * d->terms[t].n_effects + c];
        }
    }
    for (size_t k = 0; k < u->n_active; k++) mark_of[u->active[k]] = 0;
}

static bool find_units(Prepare *w)
{
    MixedData *d = w->d;
    size_t *count = ARENA_ARRAY(w->arena, size_t, w->n_units), *mark_of = ARENA_ARRAY(w->arena, size_t, d->largest_q + 1);
    MixedUnit **unit = ARENA_ARRAY(w->arena, MixedUnit *, w->n_units);
    double pairs = 0;
    for (size_t i = 0; i < d->n; i++)
        if (count[w->unit_of[i]]++ == 0) block_of_row(w, i)->n_units++;
    for (size_t k = 0; k < d->n_blocks; k++) d->blocks[k].units = ARENA_ARRAY(w->arena, MixedUnit, d->blocks[k].n_units), d->blocks[k].n_units = 0;
    for (size_t i = 0; i < d->n; i++) {
        size_t s = w->unit_of[i];
        if (!unit[s]) {
            MixedBlock *b = block_of_row(w, i);
            unit[s] = &b->units[b->n_units++];
            unit[s]->rows = ARENA_ARRAY(w->arena, size_t, count[s]);
            if (d->errors == MIXED_VISITS) unit[s]->visits = ARENA_ARRAY(w->arena, size_t, count[s]);
            if (d->n_groups > 1) unit[s]->group = d->groups.level[i];
        }
        if (unit[s]->visits) unit[s]->visits[unit[s]->n_rows] = d->visits.level[i];
        unit[s]->rows[unit[s]->n_rows++] = i;
    }
    for (size_t s = 0; s < w->n_units; s++) {
        sort_rows(unit[s]);
        if (d->errors == MIXED_POINTS) find_distances(w, unit[s], &pairs);
        if (d->errors != MIXED_INDEPENDENT && !check_rows(w, unit[s])) return false;
        fill_unit(w, unit[s], mark_of);
        d->largest_unit = count[s] > d->largest_unit ? count[s] : d->largest_unit;
    }
    d->mean_distance = pairs > 0 ? d->mean_distance / pairs : 1;
    return true;
}

bool mixed_data_prepare(Arena *arena, const Model *model, Str weights, MixedData *d, Error *err)
{
    *d = (MixedData){.model = model, .n = model->n, .p = model->p};
    Prepare w = {.arena = arena, .d = d, .err = err};
    if (!find_weights(&w, weights) || !find_basis(&w) || !find_errors(&w) || !find_terms(&w)) return false;
    fold_terms(&w);
    for (size_t t = 0; d->errors == MIXED_INDEPENDENT && t < d->n_terms; t++)
        d->n_subjects = d->terms[t].n_levels > d->n_subjects ? d->terms[t].n_levels : d->n_subjects;
    name_parameters(&w);
    join_rows(&w);
    if (!find_blocks(&w)) return false;
    for (size_t k = 0; k < d->n_blocks; k++) {
        MixedBlock *b = &d->blocks[k];
        size_t width = d->c + b->q;
        if (!w.unit_of) b->xx = ARENA_ARRAY(arena, double, width * width);
        b->a = ARENA_ARRAY(arena, double, width * width);
        b->k = ARENA_ARRAY(arena, double, b->q * b->q);
        b->ka = ARENA_ARRAY(arena, double, b->q * d->c);
    }
    if (w.unit_of) return find_units(&w);
    for (size_t i = 0; i < d->n; i++) add_cross_products(&w, i);
    return true;
}
