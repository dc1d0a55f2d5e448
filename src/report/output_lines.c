#include <math.h>

#include "report/output_figure.h"
#include "report/output_kind.h"
#include "stat/describe.h"

/* The columns a line chart reads, of the data set's frame. */
typedef struct {
    Eval eval;
    const Column *x, *y, *at, *expected;
    Codes *subjects, *ticks;
    Str subject_name;
    Figure *figure;
    size_t series_capacity;
    double *places; /* distinct values of `at`, ascending */
    size_t n_places;
} Lines;

static Series *new_series(Lines *lines, size_t n, bool has_interval)
{
    Arena *arena = lines->eval.arena;
    ARENA_PUSH_ROOM(arena, lines->figure->series, lines->figure->n_series, lines->series_capacity);
    Series *series = &lines->figure->series[lines->figure->n_series++];
    *series = (Series){.x = ARENA_ARRAY(arena, double, n + 1), .y = ARENA_ARRAY(arena, double, n + 1)};
    if (!has_interval) return series;
    series->low = ARENA_ARRAY(arena, double, n + 1);
    series->high = ARENA_ARRAY(arena, double, n + 1);
    series->n_at = ARENA_ARRAY(arena, size_t, n + 1);
    return series;
}

static Str group_of(const Lines *lines, size_t column)
{
    return lines->eval.spec->columns.n_sets ? lines->eval.columns[column].header : (Str){0};
}

/* A line per subject over the rows in the order of x; a missing value is a gap. */
static void subject_lines(Lines *lines, const size_t *rows, size_t n_rows, size_t column)
{
    Arena *arena = lines->eval.arena;
    size_t n_subjects = lines->subjects->n, *count = ARENA_ARRAY(arena, size_t, n_subjects);
    size_t *series_of = ARENA_ARRAY(arena, size_t, n_subjects);
    for (size_t i = 0; i < n_rows; i++)
        if (lines->subjects->of_row[rows[i]] != SIZE_MAX) count[lines->subjects->of_row[rows[i]]]++;
    for (size_t s = 0; s < n_subjects; s++) {
        if (!count[s]) continue;
        Series *series = new_series(lines, count[s], false);
        series->label = lines->subjects->texts[s];
        series->group = group_of(lines, column);
        series->role = SERIES_SUBJECT;
        series_of[s] = lines->figure->n_series - 1;
    }
    for (size_t i = 0; i < n_rows; i++) {
        size_t row = rows[i], s = lines->subjects->of_row[row];
        if (s == SIZE_MAX || lines->x->missing[row]) continue;
        Series *series = &lines->figure->series[series_of[s]];
        series->x[series->n] = lines->x->numbers[row];
        series->y[series->n++] = lines->y->missing[row] ? NAN : lines->y->numbers[row];
    }
}

static size_t values_at(const Lines *lines, const Column *of, const size_t *rows, size_t n_rows, double place,
                        double *values)
{
    size_t n = 0;
    for (size_t i = 0; i < n_rows; i++)
        if (!lines->at->missing[rows[i]] && lines->at->numbers[rows[i]] == place && !of->missing[rows[i]])
            values[n++] = of->numbers[rows[i]];
    return n;
}

static Str tick_text(const Lines *lines, const size_t *rows, size_t n_rows, double place)
{
    for (size_t i = 0; lines->ticks && i < n_rows; i++)
        if (!lines->at->missing[rows[i]] && lines->at->numbers[rows[i]] == place &&
            lines->ticks->of_row[rows[i]] != SIZE_MAX)
            return lines->ticks->texts[lines->ticks->of_row[rows[i]]];
    Buf buf = buf_new(lines->eval.arena);
    buf_number(&buf, place);
    return buf_str(&buf);
}

/* The two series of an arm's summary: places in figure->series (which moves as it grows). */
typedef struct {
    size_t mean, expected; /* expected: SIZE_MAX for none */
    const size_t *rows;
    size_t n_rows;
    const Provenance *from, *from_expected;
} Summary;

static size_t summary_series(Lines *lines, SeriesRole role, Str label, size_t column)
{
    Series *series = new_series(lines, lines->n_places, role == SERIES_MEAN);
    series->role = role;
    series->label = label;
    series->group = group_of(lines, column);
    return lines->figure->n_series - 1;
}

/* The provenance of the numbers at one place: only its records. */
static const Provenance *at_place(const Lines *lines, const Provenance *from, double place, size_t n)
{
    const OutputSpec *spec = lines->eval.spec;
    Provenance *here = arena_copy(lines->eval.arena, from, sizeof *from);
    Buf filter = buf_new(lines->eval.arena);
    if (from->filter.len) buf_format(&filter, STR_FMT " AND ", STR_ARG(from->filter));
    buf_format(&filter, STR_FMT " = ", STR_ARG(spec->mean_at.len ? spec->mean_at : spec->x));
    buf_number(&filter, place);
    here->filter = buf_str(&filter);
    here->n_records = n;
    here->records = (Str){0};
    return here;
}

/* A number of the figure's table, in its latest row. */
static void put_number(Lines *lines, const Provenance *from, size_t column, Str before, Str stat, double value,
                       int decimals)
{
    table_cell_number(lines->eval.document, lines->figure->data, column, before, stat, value, decimals,
                      (Str){0}, (Str){0}, from);
}

/* The mean with its interval at one place, in the series and in a new row of the table. */
static void mean_point(Lines *lines, const Summary *summary, double place, const Description *d)
{
    Series *mean = &lines->figure->series[summary->mean];
    size_t k = mean->n++;
    mean->x[k] = place;
    mean->y[k] = d->mean;
    mean->low[k] = d->ci.lower;
    mean->high[k] = d->ci.upper;
    mean->n_at[k] = d->n;
    int decimals = lines->figure->decimals;
    const Provenance *from = at_place(lines, summary->from, place, d->n);
    table_row(lines->eval.document, lines->figure->data, ROW_PLAIN, mean->group,
              tick_text(lines, summary->rows, summary->n_rows, place), 0);
    put_number(lines, from, 1, (Str){0}, STR("n"), (double)d->n, 0);
    put_number(lines, from, 2, (Str){0}, STR("mean"), d->mean, decimals);
    put_number(lines, from, 3, (Str){0}, STR("ci_low"), d->ci.lower, decimals);
    put_number(lines, from, 3, STR(" to "), STR("ci_high"), d->ci.upper, decimals);
}

/* The expectation at the place whose mean came last; an expected change is added to the first mean. */
static void expected_point(Lines *lines, const Summary *summary, double place, double *values)
{
    if (summary->expected == SIZE_MAX) return;
    const Series *mean = &lines->figure->series[summary->mean];
    bool is_change = lines->eval.spec->expected_change.len > 0;
    size_t n = values_at(lines, lines->expected, summary->rows, summary->n_rows, place, values);
    double y = n ? sample_mean(values, n) : NAN;
    if (is_change) y = mean->n == 1 ? mean->y[0] : mean->y[0] + y;
    if (isnan(y)) return;
    Series *expected = &lines->figure->series[summary->expected];
    expected->x[expected->n] = place;
    expected->y[expected->n++] = y;
    table_cell_number(lines->eval.document, lines->figure->data, 4, (Str){0}, STR("expected"), y,
                      lines->figure->decimals, (Str){0}, (Str){0},
                      at_place(lines, summary->from_expected, place, n));
}

static const Provenance *expected_provenance(const Lines *lines, const Provenance *from)
{
    const OutputSpec *spec = lines->eval.spec;
    bool is_change = spec->expected_change.len > 0;
    Provenance *of = arena_copy(lines->eval.arena, from, sizeof *from);
    of->variable = is_change ? spec->expected_change : spec->expected;
    eval_name_score(&lines->eval, of);
    of->method = is_change ? STR("first mean plus mean expected change") : STR("mean");
    return of;
}

/* Mean, interval and expectation of an arm at each place. */
static bool summary_lines(Lines *lines, const Scope *scope, const size_t *rows, size_t n_rows, size_t column,
                          Error *err)
{
    Eval *eval = &lines->eval;
    double *values = ARENA_ARRAY(eval->arena, double, n_rows + 1);
    Summary summary = {.mean = summary_series(lines, SERIES_MEAN, STR("Mean"), column),
                       .expected = SIZE_MAX,
                       .rows = rows,
                       .n_rows = n_rows};
    if (lines->expected) summary.expected = summary_series(lines, SERIES_EXPECTED, STR("Expected"), column);
    summary.from = eval_provenance(eval, scope, column, eval->spec->y,
                                   STR("mean with 95 % confidence interval (Student's t)"), STR("describe"));
    summary.from_expected = expected_provenance(lines, summary.from);
    for (size_t i = 0; i < lines->n_places; i++) {
        Description d;
        size_t n = values_at(lines, lines->y, rows, n_rows, lines->places[i], values);
        if (!n) continue;
        if (!describe(eval->arena, values, n, 0, 0.95, &d, err)) return error_at(err, eval->spec->at);
        mean_point(lines, &summary, lines->places[i], &d);
        expected_point(lines, &summary, lines->places[i], values);
    }
    return true;
}

static bool number_column(Lines *lines, Str name, const Column **column, Error *err)
{
    const OutputSpec *spec = lines->eval.spec;
    if (!data_expression(lines->eval.frames, lines->eval.data, name, spec->at, column, err)) return false;
    if (column_is_number(*column)) return true;
    return yaml_error(spec->at, err, ERROR_INCONSISTENT, "\"" STR_FMT "\" holds text, a figure draws numbers",
                      STR_ARG(name));
}

static bool find_columns(Lines *lines, Error *err)
{
    const OutputSpec *spec = lines->eval.spec;
    if (!spec->x.len || !spec->y.len)
        return yaml_error(spec->at, err, ERROR_MALFORMED, "a line chart needs the keys \"x\" and \"y\"");
    if (spec->expected.len && spec->expected_change.len)
        return yaml_error(spec->at, err, ERROR_MALFORMED,
                          "a line chart has the key \"expected\" or \"expected_change\", not both");
    Str expected = spec->expected.len ? spec->expected : spec->expected_change;
    lines->subject_name = spec->subject.len ? spec->subject : lines->eval.frames->plan->subject_key;
    Str at = spec->mean_at.len ? spec->mean_at : spec->x;
    return number_column(lines, spec->x, &lines->x, err) && number_column(lines, spec->y, &lines->y, err) &&
           number_column(lines, at, &lines->at, err) &&
           (!expected.len || number_column(lines, expected, &lines->expected, err)) &&
           data_codes(lines->eval.frames, lines->eval.data, lines->subject_name, spec->at, &lines->subjects,
                      err) &&
           (!spec->ticks.len ||
            data_codes(lines->eval.frames, lines->eval.data, spec->ticks, spec->at, &lines->ticks, err));
}

/* The distinct values of `at` among the scope's rows, sorted by the frame's own order. */
static void find_places(Lines *lines, size_t *rows, size_t n_rows)
{
    frame_sort_rows(lines->at, false, rows, n_rows);
    lines->places = ARENA_ARRAY(lines->eval.arena, double, n_rows + 1);
    for (size_t i = 0; i < n_rows; i++) {
        double place = lines->at->numbers[rows[i]];
        if (!lines->at->missing[rows[i]] && (!lines->n_places || lines->places[lines->n_places - 1] < place))
            lines->places[lines->n_places++] = place;
    }
    lines->figure->n_ticks = lines->n_places;
    lines->figure->tick_at = lines->places;
    lines->figure->tick_text = ARENA_ARRAY(lines->eval.arena, Str, lines->n_places);
    for (size_t i = 0; i < lines->n_places; i++)
        lines->figure->tick_text[i] = tick_text(lines, rows, n_rows, lines->places[i]);
    frame_sort_rows(lines->x, false, rows, n_rows);
}

bool lines_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                  Error *err)
{
    Lines lines = {.eval = {.arena = document->arena,
                            .context = context,
                            .frames = context->frames,
                            .spec = spec,
                            .document = document},
                   .figure = figure};
    Scope scope;
    if (!eval_open(&lines.eval, &scope, err) || !find_columns(&lines, err)) return false;
    const TableColumn columns[] = {{.key = STR("label"), .align = ALIGN_LEFT},
                                   {.key = STR("n"), .header = STR("n"), .align = ALIGN_RIGHT},
                                   {.key = STR("mean"), .header = STR("Mean"), .align = ALIGN_RIGHT},
                                   {.key = STR("ci"), .header = STR("95 % CI"), .align = ALIGN_RIGHT},
                                   {.key = STR("expected"), .header = STR("Expected"), .align = ALIGN_RIGHT}};
    document_figure_table(document, figure, columns, lines.expected ? 5 : 4);
    size_t *rows = arena_copy(document->arena, scope.rows, scope.n_rows * sizeof *rows),
           *arm = ARENA_ARRAY(document->arena, size_t, scope.n_rows);
    find_places(&lines, rows, scope.n_rows);
    for (size_t c = 0; c < lines.eval.n_columns; c++) {
        size_t n = 0;
        for (size_t i = 0; i < scope.n_rows; i++)
            if (eval_has(&lines.eval.columns[c], rows[i])) arm[n++] = rows[i];
        if (lines.eval.columns[c].holds_tests) continue;
        subject_lines(&lines, arm, n, c);
        if (!summary_lines(&lines, &scope, arm, n, c, err)) return false;
    }
    return true;
}
