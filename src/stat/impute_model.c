#include "stat/impute_inside.h"

#include <string.h>

#define TOLERANCE  1e-11              /* of the Newton decrement: an estimate is then off by 3e-6 standard errors at most,
                                         and the accepted step's own error is its square */

static void add_texts(Frame *frame, Str name, Str *texts, size_t n)
{
    Column *column = frame_add_column(frame, name, COLUMN_TEXT);
    column->texts = texts;
    column->missing = ARENA_ARRAY(frame->arena, unsigned char, n + 1);
    column->capacity = n;
}

/* The columns of the covariance term: copies of a subject are subjects of their own. */
static Frame *covariance_frame(Arena *arena, const ImputeData *d, const size_t *rows, const size_t *copy, size_t n)
{
    Frame *frame = frame_new(arena, STR("subjects drawn"));
    const CovarianceTerm *term = d->covariance;
    const Str *names = d->grid.formula->columns;
    Str *visits = ARENA_ARRAY(arena, Str, n + 1), *subjects = ARENA_ARRAY(arena, Str, n + 1), *groups = ARENA_ARRAY(arena, Str, n + 1);
    for (size_t i = 0; i < n; i++) {
        visits[i] = d->keys[rows[i] % d->m];
        subjects[i] = d->keys[copy[i]];
        groups[i] = d->keys[d->group_of[rows[i] / d->m]];
    }
    add_texts(frame, names[term->visits[0]], visits, n);
    add_texts(frame, names[term->subject], subjects, n);
    if (term->has_group) add_texts(frame, names[term->group], groups, n);
    frame->n_rows = n;
    return frame;
}

static ModelVariable take_variable(Arena *arena, const ModelVariable *from, const size_t *rows, size_t n)
{
    ModelVariable v = *from;
    if (v.is_factor) {
        v.level = ARENA_ARRAY(arena, size_t, n);
        for (size_t i = 0; i < n; i++) v.level[i] = from->level[rows[i]];
        return v;
    }
    v.values = ARENA_ARRAY(arena, double, n);
    v.low = ARENA_ARRAY(arena, double, n);
    for (size_t i = 0; i < n; i++) v.values[i] = from->values[rows[i]], v.low[i] = from->low[rows[i]];
    return v;
}

static Model *take_rows(Arena *arena, const ImputeData *d, const size_t *rows, const size_t *copy, size_t n)
{
    Model *model = ARENA_NEW(arena, Model);
    size_t p = d->p;
    *model = d->grid;
    model->frame = covariance_frame(arena, d, rows, copy, n);
    model->n = n;
    model->rows = ARENA_ARRAY(arena, size_t, n);
    model->y = ARENA_ARRAY(arena, double, n);
    model->x = ARENA_ARRAY(arena, double, n * p);
    model->x_low = NULL;
    model->variables = ARENA_ARRAY(arena, ModelVariable, model->n_variables);
    for (size_t i = 0; i < n; i++) {
        model->rows[i] = i, model->y[i] = d->y[rows[i]];
        memcpy(&model->x[i*p], &d->grid.x[rows[i]*p], p * sizeof *model->x);
    }
    for (size_t v = 0; v < model->n_variables; v++) model->variables[v] = take_variable(arena, &d->grid.variables[v], rows, n);
    return model;
}

bool impute_fit(Arena *arena, const ImputeData *d, const size_t *who, size_t n, const double *start, MmrmFit *fit, Error *err)
{
    size_t *rows = ARENA_ARRAY(arena, size_t, n * d->m), *copy = ARENA_ARRAY(arena, size_t, n * d->m), n_rows = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d->m; k++)
            if (d->used[who[i]*d->m + k]) rows[n_rows] = who[i]*d->m + k, copy[n_rows++] = i;
    if (n_rows == 0) return error_set(err, ERROR_DEGENERATE, "nobody has an outcome");
    MmrmOptions options = {.start = start, .df = MMRM_RESIDUAL, .tolerance = start ? TOLERANCE : 0};
    if (!mmrm_fit(arena, take_rows(arena, d, rows, copy, n_rows), &options, fit, err)) return false;
    if (fit->n_visits == d->m && fit->n_groups == d->n_groups) return true;
    return error_set(err, ERROR_DEGENERATE, "a visit or a group has no outcome left");
}
