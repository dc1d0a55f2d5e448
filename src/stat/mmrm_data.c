#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

#define NEARLY_DEPENDENT  1e-8     /* squared share of a column left by earlier ones below which X is orthogonalised */
#define MAX_ATOM_CELLS    ((size_t)1 << 27)

typedef struct {
    Arena *arena;
    MmrmData *d;
    bool *by_visit, *by_subject;                     /* of the model's variables */
    size_t *visit_row;                               /* a row of each visit */
    double *centre, *scale;                          /* p */
    size_t *base;                                    /* p; the column that centres this one, or SIZE_MAX */
    MmrmColumn *columns;                             /* p, before aliased ones are left out */
    Map patterns;
    Error *err;
} Prepare;

/* A column as a factor: the model's own when it is in the formula. */
static bool find_factor(Prepare *w, Str column, ModelVariable *factor)
{
    const Model *m = w->d->model;
    size_t v = model_variable(m, column);
    if (v == SIZE_MAX || !m->variables[v].is_factor) return model_factor(w->arena, m, column, factor, w->err);
    *factor = m->variables[v];
    return true;
}

/* Points given by several coordinates, in the order of their appearance. */
static void number_points(Prepare *w, const Column *const *columns, size_t n_columns, ModelVariable *points)
{
    const Model *m = w->d->model;
    Map map = map_new(w->arena);
    *points = (ModelVariable){.name = columns[0]->name, .is_factor = true, .level = ARENA_ARRAY(w->arena, size_t, m->n)};
    for (size_t i = 0; i < m->n; i++) {
        bool is_new;
        Buf text = buf_new(w->arena);
        for (size_t c = 0; c < n_columns; c++) {
            if (c) buf_add_c(&text, ", ");
            buf_number(&text, columns[c]->numbers[m->rows[i]]);
        }
        MapEntry *entry = map_put(&map, buf_str(&text), &is_new);
        if (is_new) entry->index = points->n_levels++;
        points->level[i] = entry->index;
    }
    points->levels = points->labels = ARENA_ARRAY(w->arena, Str, points->n_levels);
    for (size_t a = 0; a < points->n_levels; a++) points->levels[a] = map.entries[a].key;
}

static void find_distances(Prepare *w, const Column *const *columns, size_t n_columns)
{
    MmrmData *d = w->d;
    size_t n = d->visits.n_levels, row[MMRM_MAX_VISITS] = {0};
    if (n > MMRM_MAX_VISITS) return;
    d->distance = ARENA_ARRAY(w->arena, double, n * n);
    for (size_t i = 0; i < d->n; i++) row[d->visits.level[i]] = d->model->rows[i];
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            double square = 0;
            for (size_t c = 0; c < n_columns; c++) {
                double gap = columns[c]->numbers[row[a]] - columns[c]->numbers[row[b]];
                square += gap * gap;
            }
            d->distance[a*n + b] = sqrt(square);
        }
}

/* The points of a spatial structure take the place of visits. */
static bool find_points(Prepare *w, const CovarianceTerm *term)
{
    const Model *m = w->d->model;
    const Column **columns = ARENA_ARRAY(w->arena, const Column *, term->n_visits);
    for (size_t c = 0; c < term->n_visits; c++) {
        if (!frame_need(m->frame, m->formula->columns[term->visits[c]], &columns[c], w->err)) return false;
        if (column_is_number(columns[c])) continue;
        error_set(w->err, ERROR_INCONSISTENT, "column \"" STR_FMT "\" holds %s, not numbers", STR_ARG(columns[c]->name), column_type_name(columns[c]->type));
        return error_hint(w->err, "The coordinates of a spatial covariance are numbers.");
    }
    if (term->n_visits > 1) number_points(w, columns, term->n_visits, &w->d->visits);
    else if (!model_factor(w->arena, m, columns[0]->name, &w->d->visits, w->err)) return false;
    find_distances(w, columns, term->n_visits);
    return true;
}

/* Subjects in the order of their appearance. Rows of one subject mostly stand together: a text is looked up when it
 * differs from the one above. */
static bool find_subjects(Prepare *w, Str name, ModelVariable *factor)
{
    const Model *m = w->d->model;
    const Column *column;
    Map map = map_new(w->arena);
    size_t last = 0;
    if (!frame_need(m->frame, name, &column, w->err)) return false;
    *factor = (ModelVariable){.name = name, .is_factor = true, .level = ARENA_ARRAY(w->arena, size_t, m->n)};
    for (size_t i = 0; i < m->n; i++) {
        Str text = column_is_number(column) ? frame_cell_text(w->arena, column, m->rows[i]) : column->texts[m->rows[i]];
        if (i == 0 || !str_equal(text, map.entries[last].key)) {
            bool is_new;
            MapEntry *entry = map_put(&map, text, &is_new);
            if (is_new) entry->index = factor->n_levels++;
            last = entry->index;
        }
        factor->level[i] = last;
    }
    factor->levels = factor->labels = ARENA_ARRAY(w->arena, Str, factor->n_levels);
    for (size_t s = 0; s < factor->n_levels; s++) factor->levels[s] = map.entries[s].key;
    return true;
}

static bool find_factors(Prepare *w, const CovarianceTerm *term)
{
    MmrmData *d = w->d;
    const Model *model = d->model;
    const Str *columns = model->formula->columns;
    if (!(mmrm_structure_is_spatial(term->kind) ? find_points(w, term) : find_factor(w, columns[term->visits[0]], &d->visits))) return false;
    if (!find_subjects(w, columns[term->subject], &d->subjects)) return false;
    d->groups = (ModelVariable){.is_factor = true, .n_levels = 1, .levels = ARENA_NEW(w->arena, Str),
                                .labels = ARENA_NEW(w->arena, Str), .level = ARENA_ARRAY(w->arena, size_t, d->n)};
    if (term->has_group && !find_factor(w, columns[term->group], &d->groups)) return false;
    d->n_visits = d->visits.n_levels, d->n_subjects = d->subjects.n_levels, d->n_groups = d->groups.n_levels;
    if (d->n_visits <= MMRM_MAX_VISITS) return true;
    error_set(w->err, ERROR_DEGENERATE, "\"" STR_FMT "\" has %zu %s, more than %d", STR_ARG(d->visits.name), d->n_visits,
              mmrm_structure_is_spatial(term->kind) ? "points" : "visits", MMRM_MAX_VISITS);
    return error_hint(w->err, "Name the column of planned visits, not of dates.");
}

/* With a weight each row is multiplied by its root, and every column then varies over visits. */
static bool find_weights(Prepare *w, Str name)
{
    MmrmData *d = w->d;
    const Column *column;
    if (name.len == 0) return true;
    if (!frame_need(d->model->frame, name, &column, w->err)) return false;
    d->root_weight = ARENA_ARRAY(w->arena, double, d->n);
    for (size_t i = 0; i < d->n; i++) {
        size_t row = d->model->rows[i];
        double weight = column_is_number(column) && column->missing[row] == MISSING_NOT ? column->numbers[row] : 0;
        if (!(weight > 0) || !isfinite(weight)) {
            error_set(w->err, ERROR_INCONSISTENT, "weight \"" STR_FMT "\" is no positive number in row %zu", STR_ARG(name), row + 1);
            return error_hint(w->err, "Leave the row out, or give it a weight.");
        }
        d->root_weight[i] = sqrt(weight);
        d->log_weights += log(weight);
    }
    return true;
}

static double root_weight(const MmrmData *d, size_t row) { return d->root_weight ? d->root_weight[row] : 1; }

/* order becomes the rows by `level`, keeping the order of `from` within one. */
static void sort_by(const size_t *level, size_t n_levels, const size_t *from, size_t n, size_t *first, size_t *order)
{
    memset(first, 0, (n_levels + 1) * sizeof *first);
    for (size_t i = 0; i < n; i++) first[level[i] + 1]++;
    for (size_t l = 0; l < n_levels; l++) first[l + 1] += first[l];
    for (size_t i = 0; i < n; i++) {
        size_t row = from ? from[i] : i;
        order[first[level[row]]++] = row;
    }
    for (size_t l = n_levels; l > 0; l--) first[l] = first[l - 1];
    first[0] = 0;
}

static bool sort_rows(Prepare *w)
{
    MmrmData *d = w->d;
    size_t *by_visit = ARENA_ARRAY(w->arena, size_t, d->n), *start = ARENA_ARRAY(w->arena, size_t, d->n_visits + 1);
    d->first = ARENA_ARRAY(w->arena, size_t, d->n_subjects + 1);
    d->order = ARENA_ARRAY(w->arena, size_t, d->n);
    w->visit_row = ARENA_ARRAY(w->arena, size_t, d->n_visits);
    sort_by(d->visits.level, d->n_visits, NULL, d->n, start, by_visit);
    for (size_t v = 0; v < d->n_visits; v++) w->visit_row[v] = by_visit[start[v]];
    sort_by(d->subjects.level, d->n_subjects, by_visit, d->n, d->first, d->order);
    for (size_t i = 1; i < d->n; i++) {
        size_t row = d->order[i], last = d->order[i - 1], subject = d->subjects.level[row];
        if (subject != d->subjects.level[last]) continue;
        if (d->visits.level[row] == d->visits.level[last]) {
            error_set(w->err, ERROR_INCONSISTENT, "subject \"" STR_FMT "\" has two rows at visit \"" STR_FMT "\"",
                      STR_ARG(d->subjects.levels[subject]), STR_ARG(d->visits.levels[d->visits.level[row]]));
            return error_hint(w->err, "Keep one row per subject and visit.");
        }
        if (d->groups.level[row] != d->groups.level[last])
            return error_set(w->err, ERROR_INCONSISTENT, "subject \"" STR_FMT "\" is in two groups of \"" STR_FMT "\"",
                             STR_ARG(d->subjects.levels[subject]), STR_ARG(d->groups.name));
    }
    return true;
}

static bool same_value(const ModelVariable *v, size_t a, size_t b)
{
    return v->is_factor ? v->level[a] == v->level[b] : v->values[a] == v->values[b];
}

/* Which variables depend on the visit alone, and which on the subject alone. */
static void classify(Prepare *w)
{
    const MmrmData *d = w->d;
    w->by_visit = ARENA_ARRAY(w->arena, bool, d->model->n_variables + 1);
    w->by_subject = ARENA_ARRAY(w->arena, bool, d->model->n_variables + 1);
    for (size_t v = 0; v < d->model->n_variables; v++) {
        const ModelVariable *variable = &d->model->variables[v];
        bool by_visit = true, by_subject = true;
        for (size_t i = 0; (by_visit || by_subject) && i < d->n; i++) {
            by_visit = by_visit && same_value(variable, i, w->visit_row[d->visits.level[i]]);
            by_subject = by_subject && same_value(variable, i, d->order[d->first[d->subjects.level[i]]]);
        }
        w->by_visit[v] = by_visit;
        w->by_subject[v] = by_subject && !by_visit;
    }
}

/* The product of the coded values of those variables of column `index` of a term that are in `of`, in one row. */
static double part_value(const Model *m, const ModelTerm *term, size_t index, const bool *of, size_t row)
{
    double value = 1;
    for (size_t k = 0; k < term->n_variables; k++) {
        const ModelVariable *v = &m->variables[term->variables[k]];
        size_t n = v->is_factor ? v->n_levels - !term->full[k] : 1, level = index % n + !term->full[k];
        index /= n;
        if (!of[term->variables[k]]) continue;
        value *= !v->is_factor ? v->values[row] : v->level[row] == level;
    }
    return value;
}

/* The place of a vector among n others, added when it is new. */
static size_t intern(Arena *arena, double ***vectors, size_t *n, size_t *capacity, const double *vector, size_t length)
{
    for (size_t i = 0; i < *n; i++)
        if ((*vectors)[i][0] == vector[0] && memcmp((*vectors)[i], vector, length * sizeof *vector) == 0) return i;
    ARENA_PUSH_ROOM(arena, *vectors, *n, *capacity);
    (*vectors)[*n] = arena_copy(arena, vector, length * sizeof *vector);
    return (*n)++;
}

static void find_scale(const double *x, size_t n, bool centred, double *centre, double *scale)
{
    double mean = 0, square = 0;
    for (size_t i = 0; centred && i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) square += (x[i] - mean) * (x[i] - mean) / (double)n;
    *centre = mean;
    *scale = square > 0 && isfinite(square) ? sqrt(square) : 1;
}

static bool depends_on(const ModelTerm *term, const bool *kind)
{
    for (size_t k = 0; k < term->n_variables; k++)
        if (kind[term->variables[k]]) return true;
    return false;
}

static bool varies(const Prepare *w, const ModelTerm *term)
{
    if (w->d->root_weight) return true;
    for (size_t k = 0; k < term->n_variables; k++)
        if (!w->by_visit[term->variables[k]] && !w->by_subject[term->variables[k]]) return true;
    return false;
}

static const ModelTerm INTERCEPT;

static const ModelTerm *term_of(const Model *m, size_t column)
{
    return m->term_of[column] == SIZE_MAX ? &INTERCEPT : &m->terms[m->term_of[column]];
}

/* Profiles first: they say which column of the same profile is constant within it and can centre another. */
static void find_profiles(Prepare *w)
{
    MmrmData *d = w->d;
    const Model *m = d->model;
    double **profiles = NULL, *values = ARENA_ARRAY(w->arena, double, d->n_visits);
    size_t capacity = 0, *constant = ARENA_ARRAY(w->arena, size_t, d->p);
    for (size_t c = 0; c < d->p; c++) {
        const ModelTerm *term = term_of(m, c);
        w->columns[c].varies = varies(w, term);
        w->base[c] = SIZE_MAX;
        if (w->columns[c].varies) {
            if (m->has_intercept && !d->root_weight) w->base[c] = 0;
            continue;
        }
        for (size_t v = 0; v < d->n_visits; v++) values[v] = part_value(m, term, c - term->first, w->by_visit, w->visit_row[v]);
        size_t before = d->n_profiles;
        w->columns[c].profile = intern(w->arena, &profiles, &d->n_profiles, &capacity, values, d->n_visits);
        if (d->n_profiles > before) constant[before] = SIZE_MAX;
        size_t *base = &constant[w->columns[c].profile];
        if (depends_on(term, w->by_subject)) w->base[c] = *base;
        else if (*base == SIZE_MAX) *base = c;
    }
    d->profiles = ARENA_ARRAY(w->arena, double, d->n_profiles * d->n_visits + 1);
    for (size_t i = 0; i < d->n_profiles; i++) memcpy(&d->profiles[i * d->n_visits], profiles[i], d->n_visits * sizeof *values);
}

static void find_slots(Prepare *w)
{
    MmrmData *d = w->d;
    const Model *m = d->model;
    double *values = ARENA_ARRAY(w->arena, double, d->n);
    size_t slot_capacity = 0, varying_capacity = 0;
    for (size_t c = 0; c < d->p; c++) {
        const ModelTerm *term = term_of(m, c);
        MmrmColumn *column = &w->columns[c];
        size_t n = column->varies ? d->n : d->n_subjects;
        for (size_t i = 0; i < n; i++)
            values[i] = column->varies ? m->x[i*d->p + c] * root_weight(d, i) : part_value(m, term, c - term->first, w->by_subject, d->order[d->first[i]]);
        w->centre[c] = 0, w->scale[c] = 1;
        if (column->varies || depends_on(term, w->by_subject)) find_scale(values, n, w->base[c] != SIZE_MAX, &w->centre[c], &w->scale[c]);
        for (size_t i = 0; i < n; i++) values[i] = (values[i] - w->centre[c]) / w->scale[c];
        if (column->varies) {
            ARENA_PUSH_ROOM(w->arena, d->varying, d->n_varying, varying_capacity);
            d->varying[d->n_varying] = arena_copy(w->arena, values, d->n * sizeof *values);
            column->slot = d->n_varying++;
        } else {
            column->slot = intern(w->arena, &d->slots, &d->n_slots, &slot_capacity, values, d->n_subjects);
        }
    }
}

static void find_patterns(Prepare *w)
{
    MmrmData *d = w->d;
    w->patterns = map_new(w->arena);
    d->pattern_of = ARENA_ARRAY(w->arena, size_t, d->n_subjects);
    d->subjects_in = ARENA_ARRAY(w->arena, size_t, d->n_groups);
    for (size_t i = 0; i < d->n_subjects; i++) {
        uint64_t key[2] = {0, d->groups.level[d->order[d->first[i]]]};
        for (size_t j = d->first[i]; j < d->first[i + 1]; j++) key[0] |= (uint64_t)1 << d->visits.level[d->order[j]];
        const MapEntry *known = map_get(&w->patterns, (Str){(const char *)key, sizeof key});
        d->subjects_in[key[1]]++;
        if (!known) {
            MapEntry *entry = map_put(&w->patterns, (Str){arena_copy(w->arena, key, sizeof key), sizeof key}, NULL);
            entry->index = d->n_patterns;
            ARENA_PUSH_ROOM(w->arena, d->patterns, d->n_patterns, d->pattern_capacity);
            MmrmPattern *p = &d->patterns[d->n_patterns++];
            *p = (MmrmPattern){.group = key[1], .visits = ARENA_ARRAY(w->arena, size_t, d->n_visits)};
            for (size_t v = 0; v < d->n_visits; v++)
                if (key[0] >> v & 1) p->visits[p->n_visits++] = v;
            known = entry;
        }
        d->pattern_of[i] = known->index;
        d->patterns[known->index].n_subjects++;
    }
}

/* Atoms of a pattern for the n columns given, and for each the place of its value in the subject's vector. */
static bool make_atoms(Prepare *w, MmrmPattern *p, const MmrmColumn *columns, size_t n, size_t **place)
{
    MmrmData *d = w->d;
    size_t k = 0;
    p->n_atoms = 0;
    for (size_t c = 0; c < n; c++) p->n_atoms += columns[c].varies ? p->n_visits : 1;
    if (p->n_atoms > MAX_ATOM_CELLS / d->n_patterns / (p->n_atoms + 1))
        return error_set(w->err, ERROR_DEGENERATE, "%zu columns, most of them varying over visits, are too many", n);
    p->atom_column = ARENA_ARRAY(w->arena, size_t, p->n_atoms);
    p->atom_profile = ARENA_ARRAY(w->arena, size_t, p->n_atoms);
    *place = ARENA_ARRAY(w->arena, size_t, p->n_atoms);
    for (size_t c = 0; c < n; c++)
        for (size_t q = 0; q < (columns[c].varies ? p->n_visits : 1); q++, k++) {
            p->atom_column[k] = c;
            p->atom_profile[k] = columns[c].varies ? d->n_profiles + q : columns[c].profile;
            (*place)[k] = columns[c].varies ? d->n_slots + columns[c].slot * p->n_visits + q : columns[c].slot;
        }
    return true;
}

static size_t vector_length(const MmrmData *d, const MmrmPattern *p) { return d->n_slots + p->n_visits * (d->n_varying + 1); }

/* Cross-products of the subjects' vectors (slots, varying columns by visit, responses), one per pattern. */
static double **gather(Prepare *w, const double *response)
{
    const MmrmData *d = w->d;
    double **moments = ARENA_ARRAY(w->arena, double *, d->n_patterns), *u;
    for (size_t k = 0; k < d->n_patterns; k++) {
        size_t length = vector_length(d, &d->patterns[k]);
        moments[k] = ARENA_ARRAY(w->arena, double, length * length);
    }
    u = ARENA_ARRAY(w->arena, double, d->n_slots + d->n_visits * (d->n_varying + 1));
    for (size_t i = 0; i < d->n_subjects; i++) {
        const MmrmPattern *p = &d->patterns[d->pattern_of[i]];
        const size_t *rows = &d->order[d->first[i]];
        size_t length = d->n_slots;
        for (size_t s = 0; s < d->n_slots; s++) u[s] = d->slots[s][i];
        for (size_t v = 0; v < d->n_varying; v++)
            for (size_t q = 0; q < p->n_visits; q++) u[length++] = d->varying[v][rows[q]];
        for (size_t q = 0; q < p->n_visits; q++) u[length++] = response[rows[q]];
        double *row = moments[d->pattern_of[i]];
        for (size_t a = 0; a < length; a++, row += length) {
            double f = u[a];
            if (f != 0) mmrm_add_scaled(row, u, f, a + 1);
        }
    }
    for (size_t k = 0; k < d->n_patterns; k++) {
        size_t length = vector_length(d, &d->patterns[k]);
        for (size_t a = 0; a < length; a++)
            for (size_t b = 0; b < a; b++) moments[k][b*length + a] = moments[k][a*length + b];
    }
    return moments;
}

static bool fill_patterns(Prepare *w, const MmrmColumn *columns, size_t n, const double *response)
{
    MmrmData *d = w->d;
    double **moments = gather(w, response);
    for (size_t k = 0; k < d->n_patterns; k++) {
        MmrmPattern *p = &d->patterns[k];
        size_t *place = NULL, length = vector_length(d, p), e = length - p->n_visits;
        if (!make_atoms(w, p, columns, n, &place)) return false;
        p->xx = ARENA_ARRAY(w->arena, double, p->n_atoms * p->n_atoms);
        p->xe = ARENA_ARRAY(w->arena, double, p->n_atoms * p->n_visits);
        p->ee = ARENA_ARRAY(w->arena, double, p->n_visits * p->n_visits);
        for (size_t a = 0; a < p->n_atoms; a++) {
            for (size_t b = 0; b < p->n_atoms; b++) p->xx[a*p->n_atoms + b] = moments[k][place[a]*length + place[b]];
            for (size_t q = 0; q < p->n_visits; q++) p->xe[a*p->n_visits + q] = moments[k][place[a]*length + e + q];
        }
        for (size_t q = 0; q < p->n_visits; q++)
            memcpy(&p->ee[q*p->n_visits], &moments[k][(e + q)*length + e], p->n_visits * sizeof(double));
    }
    return true;
}

static double atom_profile(const MmrmData *d, const MmrmPattern *p, size_t atom, size_t q)
{
    size_t profile = p->atom_profile[atom];
    return profile < d->n_profiles ? d->profiles[profile*d->n_visits + p->visits[q]] : profile - d->n_profiles == q;
}

/* gram (n x n) = X'X and xy (n) = X'y over the atoms as they stand */
static void unweighted(const MmrmData *d, size_t n, double *gram, double *xy)
{
    for (size_t k = 0; k < d->n_patterns; k++) {
        const MmrmPattern *p = &d->patterns[k];
        for (size_t a = 0; a < p->n_atoms; a++)
            for (size_t q = 0; q < p->n_visits; q++) {
                double f = atom_profile(d, p, a, q);
                if (f == 0) continue;
                xy[p->atom_column[a]] += f * p->xe[a*p->n_visits + q];
                for (size_t b = 0; b < p->n_atoms; b++)
                    gram[p->atom_column[a]*n + p->atom_column[b]] += f * atom_profile(d, p, b, q) * p->xx[a*p->n_atoms + b];
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
            for (size_t l = 0; l <= k; l++) q[i*r + k] += root_weight(d, i) * d->model->x[i*p + d->pivot[l]] * d->basis[d->pivot[l]*r + k];
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

/* Least squares from the cross-products of the columns kept; false where one is nearly dependent on earlier ones. */
static bool solve_ols(Prepare *w, bool check)
{
    MmrmData *d = w->d;
    size_t r = d->r;
    double *gram = ARENA_ARRAY(w->arena, double, r * r), *xy = ARENA_ARRAY(w->arena, double, r);
    unweighted(d, r, gram, xy);
    if (check ? !factorise(gram, r) : cholesky(gram, r) < r) return false;
    solve_lower(gram, r, xy);
    solve_lower_transposed(gram, r, xy);
    matrix_apply(d->basis, xy, d->p, r, d->ols);
    d->ols_root = gram;
    return true;
}

static double mean_of(const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += y[i] / (double)n;
    return sum;
}

static bool reduce(Prepare *w, bool check, bool *done)
{
    MmrmData *d = w->d;
    const Model *m = d->model;
    double *e = ARENA_ARRAY(w->arena, double, d->n), mean = m->has_intercept ? mean_of(m->y, d->n) : 0;
    for (size_t i = 0; i < d->n; i++) e[i] = (m->y[i] - mean) * root_weight(d, i);
    if (!fill_patterns(w, d->columns, d->r, e)) return false;
    *done = solve_ols(w, check);
    if (!*done) return true;
    for (size_t i = 0; i < d->n; i++) e[i] -= root_weight(d, i) * dot(&m->x[i*d->p], d->ols, d->p);
    if (m->has_intercept) d->ols[0] += mean;
    return fill_patterns(w, d->columns, d->r, e);
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

bool mmrm_data_prepare(Arena *arena, const Model *model, const CovarianceTerm *term, Str weights, MmrmData *data, Error *err)
{
    *data = (MmrmData){.model = model, .n = model->n, .p = model->p, .ols = ARENA_ARRAY(arena, double, model->p)};
    Prepare w = {.arena = arena, .d = data, .err = err, .centre = ARENA_ARRAY(arena, double, model->p),
                 .scale = ARENA_ARRAY(arena, double, model->p), .base = ARENA_ARRAY(arena, size_t, model->p),
                 .columns = ARENA_ARRAY(arena, MmrmColumn, model->p)};
    if (!find_factors(&w, term) || !find_weights(&w, weights) || !sort_rows(&w)) return false;
    classify(&w);
    find_profiles(&w);
    find_slots(&w);
    find_patterns(&w);
    return choose_columns(&w);
}
