/* From a table to the rows of a forest or of dots. */
#include <math.h>

#include "report/figure_kinds.h"
#include "report/output_figure.h"
#include "report/output_kind.h"

typedef struct {
    const OutputSpec *spec;
    Document *document;
    Figure *figure;
    const Table *table;
    Str estimate;
    size_t capacity;
} Rows;

void series_take_results(const Document *document, const Cell *cell, Str estimate, Series *series)
{
    for (size_t i = 0; i < cell->n_results; i++) {
        const Result *result = &document->results[cell->first_result + i];
        if (str_equal(result->stat, estimate)) series->x[0] = series->y[0] = result->value;
        if (str_equal(result->stat, STR("ci_low"))) series->low[0] = result->value;
        if (str_equal(result->stat, STR("ci_high"))) series->high[0] = result->value;
        if (str_equal(result->stat, STR("n"))) series->n_at[0] = (size_t)result->value;
    }
}

static bool read_limits(const OutputSpec *spec, double *low, double *high)
{
    return spec->limits.n == 2 && number_parse(spec->limits.items[0], low) &&
           number_parse(spec->limits.items[1], high) && *low < *high && isfinite(*low) && isfinite(*high) &&
           !(spec->log && *low <= 0);
}

bool forest_figure_check(Arena *arena, const OutputSpec *spec, Error *err)
{
    double low, high;
    (void)arena;
    if (spec->limits.n && !read_limits(spec, &low, &high)) {
        yaml_error(spec->at, err, ERROR_MALFORMED, "\"limits\" are not two numbers, the lower first");
        return error_hint(err, "Write limits: [0.25, 4]; on a logarithmic axis both are positive.");
    }
    if (spec->log && !(spec->reference > 0 || isnan(spec->reference)))
        return yaml_error(spec->at, err, ERROR_INCONSISTENT,
                          "the reference of a logarithmic axis must be positive");
    if (!spec->weight.len || str_equal(spec->weight, STR("n")) || str_equal(spec->weight, STR("precision")))
        return true;
    yaml_error(spec->at, err, ERROR_INCONSISTENT, "there is no weight \"" STR_FMT "\" of a forest's squares",
               STR_ARG(spec->weight));
    return error_hint(err, "There are: n, precision.");
}

static Series *add_series(Rows *rows)
{
    Arena *arena = rows->document->arena;
    ARENA_PUSH_ROOM(arena, rows->figure->series, rows->figure->n_series, rows->capacity);
    Series *series = &rows->figure->series[rows->figure->n_series++];
    *series = (Series){.n = 1,
                       .x = ARENA_NEW(arena, double),
                       .y = ARENA_NEW(arena, double),
                       .low = ARENA_NEW(arena, double),
                       .high = ARENA_NEW(arena, double),
                       .n_at = ARENA_NEW(arena, size_t)};
    series->x[0] = series->low[0] = series->high[0] = NAN;
    return series;
}

/* Diamonds: the rows that the protocol names, else a first row of no group. */
static bool is_overall(const Rows *rows, const Row *row, size_t r)
{
    const OutputTexts *named = &rows->spec->overall;
    for (size_t i = 0; i < named->n; i++)
        if (str_equal(named->items[i], row->label)) return true;
    return !named->n && rows->spec->across.n && !row->group.len && r == 0;
}

static void add_row(Rows *rows, const Row *row, size_t r)
{
    Series *series = add_series(rows);
    series->label = row->label;
    series->group = row->group;
    series->role = is_overall(rows, row, r) ? SERIES_MEAN : SERIES_POINTS;
    for (size_t c = 1; c < rows->table->n_columns; c++)
        series_take_results(rows->document, &row->cells[c], rows->estimate, series);
}

static Str header_of(const Rows *rows, size_t column)
{
    return figure_one_line(rows->document->arena, rows->table->columns[column].header);
}

/* Dots of arms share a row. */
static void add_dots(Rows *rows, const Row *row)
{
    for (size_t c = 1; c < rows->table->n_columns; c++) {
        Series *series = add_series(rows);
        series->label = row->label;
        series->group = rows->table->n_columns > 2 ? rows->table->columns[c].header : (Str){0};
        series->role = SERIES_POINTS;
        series_take_results(rows->document, &row->cells[c], rows->estimate, series);
    }
}

static bool has_estimate(const Rows *rows, const Cell *cell)
{
    for (size_t i = 0; i < cell->n_results; i++)
        if (str_equal(rows->document->results[cell->first_result + i].stat, rows->estimate)) return true;
    return false;
}

/* Contrasts of a forest: a row for each that the table holds, named by its column where there are several. */
static void add_contrasts(Rows *rows, const Row *row, size_t r)
{
    size_t n = 0;
    for (size_t c = 1; c < rows->table->n_columns; c++) n += has_estimate(rows, &row->cells[c]);
    for (size_t c = 1; c < rows->table->n_columns; c++) {
        if (!has_estimate(rows, &row->cells[c])) continue;
        Series *series = add_series(rows);
        series->label = n > 1 ? header_of(rows, c) : row->label;
        series->group = row->group.len || n < 2 ? row->group : row->label;
        series->role = is_overall(rows, row, r) ? SERIES_MEAN : SERIES_POINTS;
        series_take_results(rows->document, &row->cells[c], rows->estimate, series);
    }
}

/* What stands above the column that holds the estimates. */
static Str estimate_header(const Rows *rows)
{
    for (size_t r = 0; r < rows->table->n_rows; r++)
        for (size_t c = 1; c < rows->table->n_columns; c++)
            if (has_estimate(rows, &rows->table->rows[r].cells[c])) return header_of(rows, c);
    return (Str){0};
}

/* The inverse of the variance, up to what is common to all. */
static void weigh_by_precision(const Rows *rows)
{
    for (size_t s = 0; s < rows->figure->n_series; s++) {
        Series *series = &rows->figure->series[s];
        double width =
            rows->spec->log ? log(series->high[0] / series->low[0]) : series->high[0] - series->low[0];
        if (isfinite(width) && width > 0) series->weight = 1 / (width * width);
    }
}

static bool check_ratios(const Rows *rows, Error *err)
{
    for (size_t s = 0; s < rows->figure->n_series; s++) {
        const Series *series = &rows->figure->series[s];
        if (!(series->x[0] <= 0) && !(series->low[0] <= 0)) continue;
        yaml_error(rows->spec->at, err, ERROR_INCONSISTENT,
                   "\"" STR_FMT "\" is not positive and cannot stand on a logarithmic axis",
                   STR_ARG(series->label));
        return error_hint(err, "Draw ratios on it; differences need no \"log\".");
    }
    return true;
}

bool rows_of_table(const OutputSpec *spec, Document *document, Figure *figure, Error *err)
{
    bool is_across = spec->across.n > 0, is_forest = spec->draw == FIGURE_FOREST;
    Rows rows = {.spec = spec,
                 .document = document,
                 .figure = figure,
                 .table = figure->data,
                 .estimate = spec->estimate.len ? spec->estimate
                             : is_across        ? STR("mean")
                             : is_forest        ? STR("diff")
                                                : STR("pct")};
    figure->log_x = spec->log;
    if (is_across && !figure->y_label.len) figure->y_label = estimate_header(&rows);
    if (spec->limits.n) (void)read_limits(spec, &figure->limit_low, &figure->limit_high);
    for (size_t r = 0; r < rows.table->n_rows; r++) {
        const Row *row = &rows.table->rows[r];
        if (row->kind != ROW_PLAIN) continue;
        if (is_across)
            add_row(&rows, row, r);
        else if (is_forest)
            add_contrasts(&rows, row, r);
        else
            add_dots(&rows, row);
    }
    if (str_equal(spec->weight, STR("precision"))) weigh_by_precision(&rows);
    return !spec->log || check_ratios(&rows, err);
}
