#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

typedef struct {
    Arena *arena;
    MmrmData *d;
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
        if (!column_need_numbers(columns[c], m->frame->n_rows, w->err)) return error_hint(w->err, "The coordinates of a spatial covariance are numbers.");
    }
    if (term->n_visits > 1) number_points(w, columns, term->n_visits, &w->d->visits);
    else if (!model_factor(w->arena, m, columns[0]->name, &w->d->visits, w->err)) return false;
    find_distances(w, columns, term->n_visits);
    return true;
}

static bool same_cell(const Column *c, size_t a, size_t b)
{
    if (column_is_number(c)) return c->numbers[a] == c->numbers[b];
    return c->texts[a].len == c->texts[b].len && (c->texts[a].data == c->texts[b].data || str_equal(c->texts[a], c->texts[b]));
}

/* An order that names with a running number mostly keep, with zeros in front of it or without. */
static bool is_after(Str a, Str b) { return a.len == b.len ? str_compare(a, b) > 0 : a.len > b.len; }

/* Subjects in the order of their appearance. Rows of one subject mostly stand together, and subjects by name: only when a
 * name is neither that of the row above nor after all others is it looked up. */
static bool find_subjects(Prepare *w, Str name, ModelVariable *factor)
{
    const Model *m = w->d->model;
    const Column *column;
    Map map = map_new(w->arena);
    bool ascending = true;
    size_t capacity = 0;
    if (!frame_need(m->frame, name, &column, w->err)) return false;
    *factor = (ModelVariable){.name = name, .is_factor = true, .level = ARENA_ROOM(w->arena, size_t, m->n)};
    for (size_t i = 0; i < m->n; i++) {
        if (i && same_cell(column, m->rows[i], m->rows[i - 1])) {
            factor->level[i] = factor->level[i - 1];
            continue;
        }
        Str text = column_is_number(column) ? frame_cell_text(w->arena, column, m->rows[i]) : column->texts[m->rows[i]];
        bool is_new = i == 0 || (ascending && is_after(text, factor->levels[factor->n_levels - 1]));
        if (!is_new) {
            for (size_t s = 0; ascending && s < factor->n_levels; s++) map_put(&map, factor->levels[s], NULL)->index = s;
            ascending = false;
            MapEntry *entry = map_put(&map, text, &is_new);
            if (is_new) entry->index = factor->n_levels;
            factor->level[i] = entry->index;
        }
        if (!is_new) continue;
        ARENA_PUSH_ROOM(w->arena, factor->levels, factor->n_levels, capacity);
        factor->levels[factor->n_levels] = text;
        factor->level[i] = factor->n_levels++;
    }
    factor->labels = factor->levels;
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

/* Whether rows stand subject by subject, in the order of the visits. */
static bool is_sorted(const MmrmData *d)
{
    const size_t *subject = d->subjects.level, *visit = d->visits.level;
    for (size_t i = 1; i < d->n; i++)
        if (subject[i] == subject[i - 1] ? visit[i] <= visit[i - 1] : subject[i] != subject[i - 1] + 1) return false;
    return true;
}

static void keep_order(MmrmData *d)
{
    for (size_t i = 0; i < d->n; i++) {
        if (i == 0 || d->subjects.level[i] != d->subjects.level[i - 1]) d->first[d->subjects.level[i]] = i;
        d->order[i] = i;
    }
    d->first[d->n_subjects] = d->n;
}

static bool check_groups(Prepare *w)
{
    const MmrmData *d = w->d;
    for (size_t i = 1; d->n_groups > 1 && i < d->n; i++) {
        size_t row = d->order[i], last = d->order[i - 1], subject = d->subjects.level[row];
        if (subject == d->subjects.level[last] && d->groups.level[row] != d->groups.level[last])
            return error_set(w->err, ERROR_INCONSISTENT, "subject \"" STR_FMT "\" is in two groups of \"" STR_FMT "\"",
                             STR_ARG(d->subjects.levels[subject]), STR_ARG(d->groups.name));
    }
    return true;
}

static bool sort_rows(Prepare *w)
{
    MmrmData *d = w->d;
    d->first = ARENA_ROOM(w->arena, size_t, d->n_subjects + 1);
    d->order = ARENA_ROOM(w->arena, size_t, d->n);
    if (is_sorted(d)) {
        keep_order(d);
        return check_groups(w);
    }
    size_t *by_visit = ARENA_ROOM(w->arena, size_t, d->n), *start = ARENA_ROOM(w->arena, size_t, d->n_visits + 1);
    sort_by(d->visits.level, d->n_visits, NULL, d->n, start, by_visit);
    sort_by(d->subjects.level, d->n_subjects, by_visit, d->n, d->first, d->order);
    for (size_t i = 1; i < d->n; i++) {
        size_t row = d->order[i], last = d->order[i - 1], subject = d->subjects.level[row];
        if (subject != d->subjects.level[last] || d->visits.level[row] != d->visits.level[last]) continue;
        error_set(w->err, ERROR_INCONSISTENT, "subject \"" STR_FMT "\" has two rows at visit \"" STR_FMT "\"",
                  STR_ARG(d->subjects.levels[subject]), STR_ARG(d->visits.levels[d->visits.level[row]]));
        return error_hint(w->err, "Keep one row per subject and visit.");
    }
    return check_groups(w);
}

bool mmrm_data_prepare(Arena *arena, const Model *model, const CovarianceTerm *term, Str weights, MmrmData *data, Error *err)
{
    *data = (MmrmData){.model = model, .n = model->n, .p = model->p, .ols = ARENA_ARRAY(arena, double, model->p)};
    Prepare w = {.arena = arena, .d = data, .err = err};
    return find_factors(&w, term) && find_weights(&w, weights) && sort_rows(&w) && mmrm_data_reduce(arena, data, err);
}
