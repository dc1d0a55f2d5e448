#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

#define NEARLY_DEPENDENT  1e-8     /* squared share of a column left by earlier ones below which X is orthogonalised */
#define MAX_ATOM_CELLS    ((size_t)1 << 27)

typedef struct {
    Arena *arena;
    MmrmData *d;
    uint64_t by_visit, by_subject;                   /* bit v: variable v of the model depends on it alone */
    size_t *visit_row;                               /* a row of each visit */
    double *centre, *scale;                          /* p */
    size_t *base;                                    /* p; the column that centres this one, or SIZE_MAX */
    MmrmColumn *columns;                             /* p, before aliased ones are left out */
    size_t *slot_from;                               /* p; a column that has the slot */
    Error *err;
} Prepare;

static bool same_value(const ModelVariable *v, size_t a, size_t b)
{
    return v->is_factor ? v->level[a] == v->level[b] : v->values[a] == v->values[b];
}

static void find_visit_rows(Prepare *w)
{
    const MmrmData *d = w->d;
    size_t left = d->n_visits;
    w->visit_row = ARENA_ROOM(w->arena, size_t, d->n_visits);
    for (size_t v = 0; v < d->n_visits; v++) w->visit_row[v] = SIZE_MAX;
    for (size_t i = 0; left && i < d->n; i++)
        if (w->visit_row[d->visits.level[i]] == SIZE_MAX) w->visit_row[d->visits.level[i]] = i, left--;
}

static bool is_by_visit(const Prepare *w, const ModelVariable *v)
{
    const MmrmData *d = w->d;
    if (v->level == d->visits.level) return true;
    for (size_t i = 0; i < d->n; i++)
        if (!same_value(v, i, w->visit_row[d->visits.level[i]])) return false;
    return true;
}

static bool is_by_subject(const MmrmData *d, const ModelVariable *v)
{
    for (size_t s = 0; s < d->n_subjects; s++) {
        size_t row = d->order[d->first[s]];
        if (v->is_factor) {
            for (size_t j = d->first[s] + 1, level = v->level[row]; j < d->first[s + 1]; j++)
                if (v->level[d->order[j]] != level) return false;
        } else {
            for (size_t j = d->first[s] + 1; j < d->first[s + 1]; j++)
                if (v->values[d->order[j]] != v->values[row]) return false;
        }
    }
    return true;
}

static void classify(Prepare *w)
{
    for (size_t v = 0; v < w->d->model->n_variables; v++) {
        const ModelVariable *variable = &w->d->model->variables[v];
        if (is_by_visit(w, variable)) w->by_visit |= (uint64_t)1 << v;
        else if (is_by_subject(w->d, variable)) w->by_subject |= (uint64_t)1 << v;
    }
}

static const ModelTerm INTERCEPT;

static const ModelTerm *term_of(const Model *m, size_t column)
{
    return m->term_of[column] == SIZE_MAX ? &INTERCEPT : &m->terms[m->term_of[column]];
}

/* The level of the k-th variable of the term for which column `index` of it stands; takes it off the index. */
static size_t next_level(const Model *m, const ModelTerm *term, size_t k, size_t *index)
{
    const ModelVariable *v = &m->variables[term->variables[k]];
    size_t n = v->is_factor ? v->n_levels - !term->full[k] : 1, level = *index % n;
    *index /= n;
    return v->is_factor ? level + !term->full[k] : 0;
}

/* The product of the coded values of those variables of a column that are by visit, at one visit. */
static double visit_value(const Prepare *w, size_t column, size_t row)
{
    const Model *m = w->d->model;
    const ModelTerm *term = term_of(m, column);
    size_t index = column - term->first;
    double value = 1;
    for (size_t k = 0; k < term->n_variables; k++) {
        const ModelVariable *v = &m->variables[term->variables[k]];
        size_t level = next_level(m, term, k, &index);
        if (w->by_visit >> term->variables[k] & 1) value *= !v->is_factor ? v->values[row] : v->level[row] == level;
    }
    return value;
}

/* Likewise those that are by subject, for all subjects. */
static void subject_values(const Prepare *w, size_t column, double *values)
{
    const MmrmData *d = w->d;
    const ModelTerm *term = term_of(d->model, column);
    size_t index = column - term->first;
    for (size_t i = 0; i < d->n_subjects; i++) values[i] = 1;
    for (size_t k = 0; k < term->n_variables; k++) {
        const ModelVariable *v = &d->model->variables[term->variables[k]];
        size_t level = next_level(d->model, term, k, &index);
        if (!(w->by_subject >> term->variables[k] & 1)) continue;
        for (size_t i = 0; v->is_factor && i < d->n_subjects; i++) values[i] *= v->level[d->order[d->first[i]]] == level;
        for (size_t i = 0; !v->is_factor && i < d->n_subjects; i++) values[i] *= v->values[d->order[d->first[i]]];
    }
}

/* Whether two columns have the same values of the subject. */
static bool same_subject_values(const Prepare *w, size_t a, size_t b)
{
    const Model *m = w->d->model;
    const ModelTerm *s = term_of(m, a), *t = term_of(m, b);
    size_t index_a = a - s->first, index_b = b - t->first, l = 0;
    if ((s->mask & w->by_subject) != (t->mask & w->by_subject)) return false;
    for (size_t k = 0; k < s->n_variables; k++) {
        size_t level = next_level(m, s, k, &index_a), other = 0;
        if (!(w->by_subject >> s->variables[k] & 1)) continue;
        for (bool found = false; !found; l++) {
            found = t->variables[l] == s->variables[k];
            other = next_level(m, t, l, &index_b);
        }
        if (level != other) return false;
    }
    return true;
}

static double sum_of(const double *x, size_t n)
{
    double sums[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4) sums[0] += x[i], sums[1] += x[i + 1], sums[2] += x[i + 2], sums[3] += x[i + 3];
    for (; i < n; i++) sums[0] += x[i];
    return sums[0] + sums[1] + (sums[2] + sums[3]);
}

/* x becomes (x - centre) / scale: its mean, or 0, and its root mean square. */
static void standardise(double *x, size_t n, bool centred, double *centre, double *scale)
{
    double mean = centred ? sum_of(x, n) / (double)n : 0, sums[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t j = 0; j < 4; j++) x[i + j] -= mean, sums[j] += x[i + j] * x[i + j];
    for (; i < n; i++) x[i] -= mean, sums[0] += x[i] * x[i];
    double square = (sums[0] + sums[1] + (sums[2] + sums[3])) / (double)n;
    *centre = mean;
    *scale = square > 0 && isfinite(square) ? sqrt(square) : 1;
    for (i = 0; i < n; i++) x[i] /= *scale;
}

static bool varies(const Prepare *w, const ModelTerm *term)
{
    return w->d->root_weight || (term->mask & ~(w->by_visit | w->by_subject));
}

/* The place of a profile among those found, added when it is new. */
static size_t intern_profile(MmrmData *d, const double *profile)
{
    size_t m = d->n_visits;
    for (size_t i = 0; i < d->n_profiles; i++)
        if (memcmp(&d->profiles[i*m], profile, m * sizeof *profile) == 0) return i;
    memcpy(&d->profiles[d->n_profiles * m], profile, m * sizeof *profile);
    return d->n_profiles++;
}

/* Profiles first: they say which column of the same profile is constant within it and can centre another. */
static void find_profiles(Prepare *w)
{
    MmrmData *d = w->d;
    double values[MMRM_MAX_VISITS];
    size_t *constant = ARENA_ROOM(w->arena, size_t, d->p);
    d->profiles = ARENA_ROOM(w->arena, double, d->p * d->n_visits);
    for (size_t c = 0; c < d->p; c++) {
        const ModelTerm *term = term_of(d->model, c);
        w->columns[c].varies = varies(w, term);
        w->base[c] = SIZE_MAX;
        if (w->columns[c].varies) {
            if (d->model->has_intercept && !d->root_weight) w->base[c] = 0;
            continue;
        }
        for (size_t v = 0; v < d->n_visits; v++) values[v] = visit_value(w, c, w->visit_row[v]);
        size_t before = d->n_profiles;
        w->columns[c].profile = intern_profile(d, values);
        if (d->n_profiles > before) constant[before] = SIZE_MAX;
        size_t *base = &constant[w->columns[c].profile];
        if (term->mask & w->by_subject) w->base[c] = *base;
        else if (*base == SIZE_MAX) *base = c;
    }
}

static void add_varying(Prepare *w, size_t c)
{
    MmrmData *d = w->d;
    double *values = d->varying[d->n_varying] = ARENA_ROOM(w->arena, double, d->n);
    for (size_t i = 0; i < d->n; i++) values[i] = d->model->x[i*d->p + c] * mmrm_root_weight(d, i);
    standardise(values, d->n, w->base[c] != SIZE_MAX, &w->centre[c], &w->scale[c]);
    w->columns[c].slot = d->n_varying++;
}

static void add_slot(Prepare *w, size_t c)
{
    MmrmData *d = w->d;
    for (size_t s = 0; s < d->n_slots; s++) {
        size_t from = w->slot_from[s];
        if ((w->base[from] == SIZE_MAX) != (w->base[c] == SIZE_MAX) || !same_subject_values(w, from, c)) continue;
        w->centre[c] = w->centre[from], w->scale[c] = w->scale[from];
        w->columns[c].slot = s;
        return;
    }
    double *values = d->slots[d->n_slots] = ARENA_ROOM(w->arena, double, d->n_subjects);
    subject_values(w, c, values);
    if (term_of(d->model, c)->mask & w->by_subject) standardise(values, d->n_subjects, w->base[c] != SIZE_MAX, &w->centre[c], &w->scale[c]);
    w->slot_from[d->n_slots] = c;
    w->columns[c].slot = d->n_slots++;
}

static void find_slots(Prepare *w)
{
    MmrmData *d = w->d;
    d->slots = ARENA_ROOM(w->arena, double *, d->p);
    d->varying = ARENA_ROOM(w->arena, double *, d->p);
    for (size_t c = 0; c < d->p; c++) {
        w->centre[c] = 0, w->scale[c] = 1;
        if (w->columns[c].varies) add_varying(w, c);
        else add_slot(w, c);
    }
}

/* Patterns by their visits and group: a table of places + 1, open to the next free one. */
typedef struct {
    uint64_t *masks;                                 /* by pattern */
    size_t *places, n_places;                        /* a power of two */
} Known;

static size_t *place_of(const Known *known, const MmrmPattern *patterns, uint64_t mask, size_t group)
{
    uint64_t hash = (mask ^ (uint64_t)group << 57) * 0x9E3779B97F4A7C15U;
    for (size_t i = (size_t)(hash >> 32) & (known->n_places - 1);; i = (i + 1) & (known->n_places - 1)) {
        size_t at = known->places[i];
        if (at == 0 || (known->masks[at - 1] == mask && patterns[at - 1].group == group)) return &known->places[i];
    }
}

static void add_pattern(Prepare *w, Known *known, uint64_t mask, size_t group, size_t *capacity)
{
    MmrmData *d = w->d;
    size_t before = *capacity;
    ARENA_PUSH_ROOM(w->arena, d->patterns, d->n_patterns, *capacity);
    if (*capacity > before) {
        known->masks = arena_grow(w->arena, known->masks, before * sizeof *known->masks, *capacity * sizeof *known->masks);
        known->n_places = 4 * *capacity;
        known->places = ARENA_ARRAY(w->arena, size_t, known->n_places);
        for (size_t k = 0; k < d->n_patterns; k++) *place_of(known, d->patterns, known->masks[k], d->patterns[k].group) = k + 1;
    }
    *place_of(known, d->patterns, mask, group) = d->n_patterns + 1;
    known->masks[d->n_patterns] = mask;
    MmrmPattern *p = &d->patterns[d->n_patterns++];
    *p = (MmrmPattern){.group = group, .visits = ARENA_ROOM(w->arena, size_t, d->n_visits)};
    for (size_t v = 0; v < d->n_visits; v++)
        if (mask >> v & 1) p->visits[p->n_visits++] = v;
}

static void find_patterns(Prepare *w)
{
    MmrmData *d = w->d;
    Known known = {0};
    size_t capacity = 0;
    d->pattern_of = ARENA_ROOM(w->arena, size_t, d->n_subjects);
    d->subjects_in = ARENA_ARRAY(w->arena, size_t, d->n_groups);
    for (size_t i = 0; i < d->n_subjects; i++) {
        uint64_t mask = 0;
        size_t group = d->n_groups > 1 ? d->groups.level[d->order[d->first[i]]] : 0;
        for (size_t j = d->first[i]; j < d->first[i + 1]; j++) mask |= (uint64_t)1 << d->visits.level[d->order[j]];
        size_t pattern = capacity ? *place_of(&known, d->patterns, mask, group) : 0;
        if (pattern-- == 0) {
            add_pattern(w, &known, mask, group, &capacity);
            pattern = d->n_patterns - 1;
        }
        d->pattern_of[i] = pattern;
        d->patterns[pattern].n_subjects++;
        d->subjects_in[group]++;
    }
}

static double atom_profile(const MmrmData *d, const MmrmPattern *p, size_t profile, size_t q)
{
    return profile < d->n_profiles ? d->profiles[profile*d->n_visits + p->visits[q]] : profile - d->n_profiles == q;
}

static bool is_seen(const MmrmData *d, const MmrmPattern *p, size_t profile)
{
    for (size_t q = 0; q < p->n_visits; q++)
        if (atom_profile(d, p, profile, q) != 0) return true;
    return false;
}

/* Atoms of a pattern for the n columns given, each with the place of its value among those of the subject; without those
 * that are zero at all its visits. */
static void make_atoms(Prepare *w, MmrmPattern *p, const MmrmColumn *columns, size_t n)
{
    const MmrmData *d = w->d;
    size_t most = 0, *atoms;
    for (size_t c = 0; c < n; c++) most += columns[c].varies ? p->n_visits : 1;
    atoms = ARENA_ROOM(w->arena, size_t, 3 * most);
    p->n_atoms = 0;
    p->atom_column = atoms, p->atom_profile = atoms + most, p->atom_place = atoms + 2 * most;
    for (size_t c = 0; c < n; c++)
        for (size_t q = 0; q < (columns[c].varies ? p->n_visits : 1); q++) {
            size_t k = p->n_atoms, profile = columns[c].varies ? d->n_profiles + q : columns[c].profile;
            if (!is_seen(d, p, profile)) continue;
            p->atom_column[k] = c;
            p->atom_profile[k] = profile;
            p->atom_place[k] = columns[c].varies ? d->n_slots + columns[c].slot * p->n_visits + q : columns[c].slot;
            p->n_atoms++;
        }
}

/* Atoms of the patterns, and room for their cross-products. */
static bool init_patterns(Prepare *w, const MmrmColumn *columns, size_t n)
{
    MmrmData *d = w->d;
    for (size_t k = 0; k < d->n_patterns; k++) {
        MmrmPattern *p = &d->patterns[k];
        size_t v = p->n_visits, places = p->n_places = d->n_slots + v * d->n_varying;
        if (places + n > MAX_ATOM_CELLS / d->n_patterns / (places + n + 1))
            return error_set(w->err, ERROR_DEGENERATE, "%zu columns, most of them varying over visits, are too many", n);
        make_atoms(w, p, columns, n);
        p->xx = ARENA_ARRAY(w->arena, double, places * places + places * v + v * v);
        p->xe = p->xx + places * places;
        p->ee = p->xe + places * v;
    }
    return true;
}

/* gram (n x n, its lower triangle) = X'X and xy (n) = X'y over the atoms as they stand */
static void unweighted(Prepare *w, size_t n, double *gram, double *xy)
{
    const MmrmData *d = w->d;
    double *common = ARENA_ROOM(w->arena, double, (d->n_profiles + d->n_visits) * (d->n_profiles + d->n_visits));
    for (size_t k = 0; k < d->n_patterns; k++) {
        const MmrmPattern *p = &d->patterns[k];
        size_t profiles = d->n_profiles + (d->n_varying ? p->n_visits : 0);
        for (size_t f = 0; f < profiles; f++)
            for (size_t g = 0; g < profiles; g++) {
                double sum = 0;
                for (size_t q = 0; q < p->n_visits; q++) sum += atom_profile(d, p, f, q) * atom_profile(d, p, g, q);
                common[f*profiles + g] = sum;
            }
        for (size_t a = 0; a < p->n_atoms; a++) {
            const double *xx = &p->xx[p->atom_place[a] * p->n_places], *shared = &common[p->atom_profile[a] * profiles];
            for (size_t q = 0; q < p->n_visits; q++)
                xy[p->atom_column[a]] += atom_profile(d, p, p->atom_profile[a], q) * p->xe[q*p->n_places + p->atom_place[a]];
            for (size_t b = 0; b < p->n_atoms && p->atom_column[b] <= p->atom_column[a]; b++)
                gram[p->atom_column[a]*n + p->atom_column[b]] += shared[p->atom_profile[b]] * xx[p->atom_place[b]];
        }
    }
}

/* g = L L' in place, unless the earlier columns leave nearly nothing of one. */
static bool factorise(double *g, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        double *row = &g[j*n], diagonal = row[j];
        for (size_t c = 0; c < j; c++) row[c] = (row[c] - dot(row, &g[c*n], c)) / g[c*n + c];
        double left = diagonal - dot(row, row, j);
        if (!(left > NEARLY_DEPENDENT * diagonal)) return false;
        row[j] = sqrt(left);
    }
    return true;
}

static double **columns_of(Arena *arena, const double *x, size_t n, size_t p)
{
    double **columns = ARENA_ARRAY(arena, double *, p);
    for (size_t c = 0; c < p; c++) {
        columns[c] = ARENA_ARRAY(arena, double, n);
        for (size_t i = 0; i < n; i++) columns[c][i] = x[i*p + c];
    }
    return columns;
}

static double basis_of(const Prepare *w, size_t c, double *basis, size_t r, size_t k)
{
    basis[c*r + k] = 1 / w->scale[c];
    if (w->base[c] != SIZE_MAX) basis[w->base[c]*r + k] -= w->centre[c] / w->scale[c];
    return -log(w->scale[c]);
}

/* The usual case: columns as they are, less aliased ones, centred and scaled. */
static void keep_columns(Prepare *w)
{
    MmrmData *d = w->d;
    d->columns = ARENA_ARRAY(w->arena, MmrmColumn, d->r);
    d->basis = ARENA_ARRAY(w->arena, double, d->p * d->r);
    for (size_t k = 0; k < d->r; k++) {
        d->columns[k] = w->columns[d->pivot[k]];
        d->log_basis += basis_of(w, d->pivot[k], d->basis, d->r, k);
    }
}

/* Columns that are nearly combinations of others: Householder QR, and its Q as columns that vary over visits. */
static void orthogonalise(Prepare *w, const double *square)
{
    MmrmData *d = w->d;
    size_t r = d->r, p = d->p;
    double *inverse = ARENA_ARRAY(w->arena, double, r * r), *q = ARENA_ARRAY(w->arena, double, d->n * r);
    invert_upper(square, r, inverse);
    double size = sqrt((double)d->n);
    d->basis = ARENA_ARRAY(w->arena, double, p * r);
    d->columns = ARENA_ARRAY(w->arena, MmrmColumn, r);
    for (size_t k = 0; k < r; k++) {
        d->columns[k] = (MmrmColumn){.varies = true, .slot = k};
        d->log_basis += log(size) - log(fabs(square[k*r + k]));
        for (size_t l = 0; l <= k; l++) d->basis[d->pivot[l]*r + k] = size * inverse[l*r + k];
    }
    for (size_t i = 0; i < d->n; i++)
        for (size_t k = 0; k < r; k++)
            for (size_t l = 0; l <= k; l++) q[i*r + k] += mmrm_root_weight(d, i) * d->model->x[i*p + d->pivot[l]] * d->basis[d->pivot[l]*r + k];
    d->n_slots = 0, d->n_varying = r;
    d->varying = columns_of(w->arena, q, d->n, r);
}

/* Which columns are aliased, by the QR that least squares uses; returns R at the others (r x r). */
static double *find_alias(Prepare *w)
{
    MmrmData *d = w->d;
    size_t p = d->p;
    double *a = arena_copy(w->arena, d->model->x, d->n * p * sizeof *a), *left = ARENA_ARRAY(w->arena, double, p);
    d->pivot = ARENA_ARRAY(w->arena, size_t, p);
    d->r = qr_echelon(a, d->n, p, RANK_TOLERANCE, ARENA_ARRAY(w->arena, double, p), d->pivot, left, ARENA_ARRAY(w->arena, double, 2*p));
    RowSpace s = {.p = p, .rank = d->r, .pivot = d->pivot, .r = ARENA_ARRAY(w->arena, double, d->r * p)};
    double *square = ARENA_ARRAY(w->arena, double, d->r * d->r);
    for (size_t k = 0; k < d->r; k++) {
        for (size_t j = d->pivot[k]; j < p; j++) s.r[k*p + j] = a[k*p + j];
        for (size_t l = 0; l < d->r; l++) square[k*d->r + l] = s.r[k*p + d->pivot[l]];
    }
    row_space_complete(w->arena, &s);
    d->relation = s.relation;
    return square;
}

/* Least squares from the cross-products of the columns kept, b (r) of the inner ones; false where one is nearly dependent on
 * earlier ones. */
static bool solve_ols(Prepare *w, bool check, double *b)
{
    MmrmData *d = w->d;
    size_t r = d->r;
    double *gram = ARENA_ARRAY(w->arena, double, r * r);
    unweighted(w, r, gram, b);
    if (check ? !factorise(gram, r) : cholesky(gram, r) < r) return false;
    solve_lower(gram, r, b);
    solve_lower_transposed(gram, r, b);
    matrix_apply(d->basis, b, d->p, r, d->ols);
    d->ols_root = gram;
    return true;
}

static bool reduce(Prepare *w, bool check, bool *done)
{
    MmrmData *d = w->d;
    const Model *m = d->model;
    double *b = ARENA_ARRAY(w->arena, double, d->r), mean = m->has_intercept ? sum_of(m->y, d->n) / (double)d->n : 0;
    if (!init_patterns(w, d->columns, d->r)) return false;
    mmrm_gather_values(w->arena, d, mean);
    *done = solve_ols(w, check, b);
    if (!*done) return true;
    mmrm_gather_residuals(w->arena, d, mean, b);
    if (m->has_intercept) d->ols[0] += mean;
    return true;
}

/* Every column free and none nearly aliased, as the cross-products show it; else the QR decides. */
static bool choose_columns(Prepare *w)
{
    MmrmData *d = w->d;
    bool done;
    d->r = d->p;
    d->pivot = ARENA_ARRAY(w->arena, size_t, d->p);
    d->relation = ARENA_ARRAY(w->arena, double, d->p * d->p);
    for (size_t c = 0; c < d->p; c++) d->pivot[c] = c, d->relation[c*d->p + c] = 1;
    keep_columns(w);
    if (!reduce(w, true, &done)) return false;
    if (done) return true;
    double *square = find_alias(w);
    if (d->r == 0) return error_set(w->err, ERROR_DEGENERATE, "every column is zero");
    d->log_basis = 0;
    keep_columns(w);
    if (!reduce(w, true, &done)) return false;
    if (done) return true;
    d->log_basis = 0;
    orthogonalise(w, square);
    if (!reduce(w, false, &done)) return false;
    return done || error_set(w->err, ERROR_DEGENERATE, "the columns of the design are too nearly dependent");
}

bool mmrm_data_reduce(Arena *arena, MmrmData *data, Error *err)
{
    size_t p = data->p;
    Prepare w = {.arena = arena, .d = data, .err = err, .centre = ARENA_ROOM(arena, double, p), .scale = ARENA_ROOM(arena, double, p),
                 .base = ARENA_ROOM(arena, size_t, p), .columns = ARENA_ARRAY(arena, MmrmColumn, p), .slot_from = ARENA_ROOM(arena, size_t, p)};
    find_visit_rows(&w);
    classify(&w);
    find_profiles(&w);
    find_slots(&w);
    find_patterns(&w);
    return choose_columns(&w);
}
