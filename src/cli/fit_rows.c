#include "cli/fit_rows.h"

#include "base/file.h"
#include "exchange/csv.h"

enum { ROW, SUBJECT, VISIT, RESPONSE, N_KEYS };

/* A column of the data may have the name of one of ours. */
static void add_column(Arena *arena, Frame *frame, Str name, bool is_text)
{
    while (frame_column(frame, name)) name = str_format(arena, STR_FMT "_", STR_ARG(name));
    frame_add_column(frame, name, is_text ? COLUMN_TEXT : COLUMN_NUMBER);
}

static Frame *frame_with_keys(Arena *arena, const MmrmFit *fit, const char *const *columns, size_t n)
{
    const Str keys[N_KEYS] = {STR("row"), fit->subjects.name, fit->visits.name, fit->model->formula->response.name};
    Frame *frame = frame_new(arena, STR("rows"));
    for (size_t k = 0; k < N_KEYS; k++) add_column(arena, frame, keys[k], k == SUBJECT || k == VISIT);
    for (size_t c = 0; c < n; c++) add_column(arena, frame, str_from(columns[c]), str_equal(str_from(columns[c]), STR("used")));
    return frame;
}

static void set_cell(Arena *arena, Frame *frame, size_t to, size_t key, const Frame *from, Str column, size_t row)
{
    const Column *c = frame_column(from, column);
    if (c && c->missing[row] == MISSING_NOT) frame_set_text(frame, to, key, frame_cell_text(arena, c, row));
}

/* A line for row `row` of the data; used: its place in the model, or SIZE_MAX */
static size_t add_line(Arena *arena, Frame *frame, const MmrmFit *fit, size_t row, size_t used)
{
    size_t line = frame_add_row(frame);
    frame_set_number(frame, line, ROW, (double)(row + 1));
    set_cell(arena, frame, line, SUBJECT, fit->model->frame, fit->subjects.name, row);
    set_cell(arena, frame, line, VISIT, fit->model->frame, fit->visits.name, row);
    if (used != SIZE_MAX) frame_set_number(frame, line, RESPONSE, fit->model->y[used]);
    return line;
}

static void set_estimate(Frame *frame, size_t line, size_t column, const Estimate *e)
{
    const double values[] = {e->estimate, e->se, e->df, e->lower, e->upper};
    for (size_t k = 0; e->is_estimable && k < 5; k++) frame_set_number(frame, line, column + k, values[k]);
}

static bool write_frame(Arena *arena, const Frame *frame, Str path, Error *err)
{
    Buf csv = buf_new(arena);
    return csv_write_frame(&csv, frame, err) && file_write(arena, path, buf_str(&csv), err);
}

bool fit_write_predictions(Arena *arena, const MmrmFit *fit, const size_t *rows, size_t n, double confidence, Str path, Error *err)
{
    static const char *const COLUMNS[] = {"used", "marginal", "marginal_se", "marginal_df", "marginal_lower", "marginal_upper",
                                          "conditional", "conditional_se", "conditional_df", "conditional_lower", "conditional_upper"};
    const Model *m = fit->model;
    size_t used = 0;
    Frame *frame = frame_with_keys(arena, fit, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0]);
    MmrmPrediction *p = ARENA_ARRAY(arena, MmrmPrediction, n + 1);
    if (!mmrm_predict(arena, fit, m->frame, rows, n, confidence, p, err)) return false;
    for (size_t i = 0; i < n; i++) {
        bool is_used = used < m->n && m->rows[used] == rows[i];
        size_t line = add_line(arena, frame, fit, rows[i], is_used ? used++ : SIZE_MAX);
        if (p[i].is_used) frame_set_text(frame, line, N_KEYS, STR("Y"));
        set_estimate(frame, line, N_KEYS + 1, &p[i].marginal);
        set_estimate(frame, line, N_KEYS + 6, &p[i].conditional);
    }
    return write_frame(arena, frame, path, err);
}

bool fit_write_residuals(Arena *arena, const MmrmFit *fit, Str path, Error *err)
{
    static const char *const COLUMNS[] = {"fitted", "raw", "pearson", "normalised"};
    const double *values[] = {mmrm_fitted(arena, fit), mmrm_residuals(arena, fit, MMRM_RESIDUAL_RAW),
                              mmrm_residuals(arena, fit, MMRM_RESIDUAL_PEARSON), mmrm_residuals(arena, fit, MMRM_RESIDUAL_NORMALISED)};
    Frame *frame = frame_with_keys(arena, fit, COLUMNS, 4);
    for (size_t i = 0; i < fit->n; i++) {
        size_t line = add_line(arena, frame, fit, fit->model->rows[i], i);
        for (size_t k = 0; k < 4; k++) frame_set_number(frame, line, N_KEYS + k, values[k][i]);
    }
    return write_frame(arena, frame, path, err);
}
