#include "stat/impute_inside.h"

#include <math.h>
#include <string.h>

#define RESPONSE "(outcome)"          /* a column of zeros stands for the outcome in the grid's formulas */

/* A column of the grid: of a subject, or of a visit. */
typedef struct {
    const Column *from;
    bool by_visit;
    size_t *row_of;                   /* n subjects, or m visits; a row of the frame, SIZE_MAX where there is none */
} Source;

typedef struct {
    Arena *arena;
    ImputeData *d;
    const Formula *formula;
    const Frame *frame;
    const ImputeOptions *options;
    const size_t *rows;
    size_t n_rows;
    Formula *ancova;
    const Column *subject, *visit, *event;
    double *response;                 /* n_rows; NaN where missing */
    ImputeVisits visits;
    size_t n_all;                     /* subjects, before any is left out */
    size_t *subject_of;               /* n_rows; SIZE_MAX where the subject is missing */
    Str *names;                       /* n_all */
    size_t n_sources;
    Source *sources;
    size_t *cell;                     /* n_all x m; place in rows, SIZE_MAX for none */
    size_t *kept;                     /* n; subjects among all */
    Error *err;
} Grid;

static bool find_covariance(Grid *g)
{
    const Formula *f = g->formula;
    if (!formula_check_fixed(f, g->err)) return false;
    if (f->n_covariances != 1) {
        error_set(g->err, ERROR_USAGE, "the formula has %zu covariance terms", f->n_covariances);
        return error_hint(g->err, "Write one term such as us(AVISIT | USUBJID): missing visits are imputed by a model of all visits.");
    }
    const CovarianceTerm *term = g->d->covariance = &f->covariances[0];
    if (term->kind == COVARIANCE_SPATIAL_EXPONENTIAL || term->kind == COVARIANCE_SPATIAL_GAUSSIAN || term->n_visits != 1) {
        error_set(g->err, ERROR_USAGE, "a spatial covariance has no visits to impute at");
        return error_hint(g->err, "Use us(AVISIT | USUBJID), or another structure over visits.");
    }
    return frame_need(g->frame, f->columns[term->visits[0]], &g->visit, g->err)
        && frame_need(g->frame, f->columns[term->subject], &g->subject, g->err)
        && (g->options->event.len == 0 || frame_need(g->frame, g->options->event, &g->event, g->err));
}

/* The outcome of each row; NaN where something of it is missing. */
static bool find_responses(Grid *g)
{
    const Formula *f = g->formula;
    bool *used = ARENA_ARRAY(g->arena, bool, f->n_columns);
    double *values = ARENA_ARRAY(g->arena, double, f->n_columns);
    const Column **columns = ARENA_ARRAY(g->arena, const Column *, f->n_columns);
    expression_columns(f->response.expression, used);
    for (size_t c = 0; c < f->n_columns; c++) {
        if (!used[c]) continue;
        if (!frame_need(g->frame, f->columns[c], &columns[c], g->err)) return false;
        if (!column_need_numbers(columns[c], g->frame->n_rows, g->err)) return error_in(g->err, "the outcome");
    }
    g->response = ARENA_ARRAY(g->arena, double, g->n_rows + 1);
    for (size_t i = 0; i < g->n_rows; i++) {
        bool missing = false;
        for (size_t c = 0; c < f->n_columns; c++)
            if (used[c]) missing |= columns[c]->missing[g->rows[i]] != MISSING_NOT, values[c] = columns[c]->numbers[g->rows[i]];
        g->response[i] = missing ? NAN : expression_value(f->response.expression, values).high;
        if (!missing && !isfinite(g->response[i]))
            return error_set(g->err, ERROR_MALFORMED, "the outcome has no finite value in row %zu", g->rows[i] + 1);
    }
    return true;
}

/* Visits at which nobody has an outcome are no visits of the model. */
static bool find_visits(Grid *g)
{
    Map map = map_new(g->arena);
    size_t *rows = ARENA_ARRAY(g->arena, size_t, g->n_rows + 1), *place = ARENA_ARRAY(g->arena, size_t, g->n_rows + 1), n = 0;
    for (size_t i = 0; i < g->n_rows; i++)
        if (!isnan(g->response[i]) && g->visit->missing[g->rows[i]] == MISSING_NOT)
            map_put(&map, frame_cell_text(g->arena, g->visit, g->rows[i]), NULL);
    for (size_t i = 0; i < g->n_rows; i++)
        if (map_get(&map, frame_cell_text(g->arena, g->visit, g->rows[i]))) rows[n] = g->rows[i], place[n++] = i;
    if (!impute_order(g->arena, g->frame, rows, n, g->visit, g->options->order, &g->visits, g->err)) return false;
    size_t *of_row = g->visits.of_row;
    g->visits.of_row = ARENA_ARRAY(g->arena, size_t, g->n_rows + 1);
    for (size_t i = 0; i < g->n_rows; i++) g->visits.of_row[i] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) g->visits.of_row[place[i]] = of_row[i];
    g->d->m = g->visits.n, g->d->visits = g->visits.names;
    if (g->d->m > MMRM_MAX_VISITS) {
        error_set(g->err, ERROR_DEGENERATE, "\"" STR_FMT "\" has %zu visits, more than %d", STR_ARG(g->visit->name), g->d->m, MMRM_MAX_VISITS);
        return error_hint(g->err, "Name the column of planned visits, not of dates.");
    }
    return g->d->m > 0 || error_set(g->err, ERROR_DEGENERATE, "nobody has an outcome");
}

static bool find_cells(Grid *g)
{
    Map map = map_new(g->arena);
    size_t m = g->d->m;
    g->subject_of = ARENA_ARRAY(g->arena, size_t, g->n_rows + 1);
    for (size_t i = 0; i < g->n_rows; i++) {
        bool is_new;
        g->subject_of[i] = SIZE_MAX;
        if (g->subject->missing[g->rows[i]] != MISSING_NOT) continue;
        MapEntry *entry = map_put(&map, frame_cell_text(g->arena, g->subject, g->rows[i]), &is_new);
        if (is_new) entry->index = g->n_all++;
        g->subject_of[i] = entry->index;
    }
    g->names = ARENA_ARRAY(g->arena, Str, g->n_all + 1);
    for (size_t s = 0; s < g->n_all; s++) g->names[s] = map.entries[s].key;
    g->cell = ARENA_ARRAY(g->arena, size_t, g->n_all * m);
    for (size_t i = 0; i < g->n_all * m; i++) g->cell[i] = SIZE_MAX;
    for (size_t i = 0; i < g->n_rows; i++) {
        size_t s = g->subject_of[i], v = g->visits.of_row[i];
        if (s == SIZE_MAX || v == SIZE_MAX) continue;
        if (g->cell[s*m + v] != SIZE_MAX) {
            error_set(g->err, ERROR_INCONSISTENT, "subject \"" STR_FMT "\" has two rows at visit \"" STR_FMT "\"", STR_ARG(g->names[s]),
                      STR_ARG(g->d->visits[v]));
            return error_hint(g->err, "Choose the rows of the analysis by a condition, such as ANL01FL = 'Y'.");
        }
        g->cell[s*m + v] = i;
    }
    return true;
}

static bool same_cell(const Column *column, size_t a, size_t b)
{
    return column_is_number(column) ? column->numbers[a] == column->numbers[b] : str_equal(column->texts[a], column->texts[b]);
}

/* The row that holds the column's value for each unit; SIZE_MAX where none does. Returns the first unit with two values, or n. */
static size_t gather(const Grid *g, const Column *column, const size_t *unit_of, size_t n, size_t *row_of)
{
    size_t bad = n;
    for (size_t u = 0; u < n; u++) row_of[u] = SIZE_MAX;
    for (size_t i = 0; i < g->n_rows; i++) {
        size_t u = unit_of[i], row = g->rows[i];
        if (u == SIZE_MAX || column->missing[row] != MISSING_NOT) continue;
        if (row_of[u] == SIZE_MAX) row_of[u] = row;
        else if (bad == n && !same_cell(column, row, row_of[u])) bad = u;
    }
    return bad;
}

static bool add_source(Grid *g, const Column *column)
{
    Source *source = &g->sources[g->n_sources];
    for (size_t i = 0; i < g->n_sources; i++)
        if (g->sources[i].from == column) return true;
    *source = (Source){.from = column, .row_of = ARENA_ARRAY(g->arena, size_t, (g->n_all > g->d->m ? g->n_all : g->d->m) + 1)};
    size_t bad = gather(g, column, g->subject_of, g->n_all, source->row_of);
    if (bad < g->n_all) {
        source->by_visit = true;
        if (gather(g, column, g->visits.of_row, g->d->m, source->row_of) < g->d->m) {
            error_set(g->err, ERROR_INCONSISTENT, "\"" STR_FMT "\" changes within subject \"" STR_FMT "\" and between subjects at a visit",
                      STR_ARG(column->name), STR_ARG(g->names[bad]));
            return error_hint(g->err, "Imputation needs columns that are known at missing visits: of the subject, or of the visit.");
        }
        for (size_t v = 0; v < g->d->m; v++)
            if (source->row_of[v] == SIZE_MAX)
                return error_set(g->err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is missing at visit \"" STR_FMT "\"", STR_ARG(column->name),
                                 STR_ARG(g->d->visits[v]));
    }
    g->n_sources++;
    return true;
}

static bool parse_ancova(Grid *g)
{
    if (g->options->ancova.len == 0) return true;
    g->ancova = ARENA_NEW(g->arena, Formula);
    Str text = str_format(g->arena, "`" RESPONSE "` ~ " STR_FMT, STR_ARG(g->options->ancova));
    return formula_parse(g->arena, text, g->ancova, g->err) || error_in(g->err, "terms of the analysis");
}

/* Columns of the terms and of the covariance, and those of the analysis; what only the outcome reads is not among them. */
static bool find_sources(Grid *g)
{
    const Formula *f = g->formula;
    bool *used = ARENA_ARRAY(g->arena, bool, f->n_columns);
    const CovarianceTerm *term = g->d->covariance;
    g->sources = ARENA_ARRAY(g->arena, Source, f->n_columns + (g->ancova ? g->ancova->n_columns : 0));
    for (size_t v = 0; v < f->n_variables; v++) expression_columns(f->variables[v].expression, used);
    used[term->visits[0]] = used[term->subject] = true;
    if (term->has_group) used[term->group] = true;
    for (size_t c = 0; c < f->n_columns; c++) {
        const Column *column;
        if (used[c] && (!frame_need(g->frame, f->columns[c], &column, g->err) || !add_source(g, column))) return false;
    }
    for (size_t c = 0; g->ancova && c < g->ancova->n_columns; c++) {
        const Column *column;
        if (str_equal(g->ancova->columns[c], STR(RESPONSE))) continue;
        if (!frame_need(g->frame, g->ancova->columns[c], &column, g->err) || !add_source(g, column)) return false;
    }
    return true;
}

static void choose_subjects(Grid *g)
{
    ImputeData *d = g->d;
    g->kept = ARENA_ARRAY(g->arena, size_t, g->n_all + 1);
    for (size_t s = 0; s < g->n_all; s++) {
        const Source *lacking = NULL;
        for (size_t c = 0; c < g->n_sources && !lacking; c++)
            if (!g->sources[c].by_visit && g->sources[c].row_of[s] == SIZE_MAX) lacking = &g->sources[c];
        if (!lacking) g->kept[d->n++] = s;
        else if (d->n_left_out++ == 0)
            d->left_out_for = str_format(g->arena, STR_FMT " (" STR_FMT ")", STR_ARG(g->names[s]), STR_ARG(lacking->from->name));
    }
}

static bool visit_of_event(const Grid *g, size_t row, size_t *visit)
{
    const ImputeData *d = g->d;
    if (g->visits.numbers && column_is_number(g->event)) {
        for (*visit = 0; *visit < d->m && g->visits.numbers[*visit] < g->event->numbers[row];) ++*visit;
        return true;
    }
    Str text = frame_cell_text(g->arena, g->event, row);
    for (*visit = 0; *visit < d->m; ++*visit)
        if (str_equal(d->visits[*visit], text)) return true;
    return false;
}

static bool find_events(Grid *g)
{
    ImputeData *d = g->d;
    size_t *row_of = ARENA_ARRAY(g->arena, size_t, g->n_all + 1), bad = g->n_all;
    d->event_of = ARENA_ARRAY(g->arena, size_t, d->n + 1);
    if (g->event) bad = gather(g, g->event, g->subject_of, g->n_all, row_of);
    if (bad < g->n_all) {
        error_set(g->err, ERROR_INCONSISTENT, "subject \"" STR_FMT "\" has two events in \"" STR_FMT "\"", STR_ARG(g->names[bad]), STR_ARG(g->event->name));
        return error_hint(g->err, "The column holds, in all rows of a subject, the first visit that the event affects.");
    }
    for (size_t i = 0; i < d->n; i++) {
        size_t *event = &d->event_of[i], row = row_of[g->kept[i]];
        if (!g->event) {
            for (*event = d->m; *event > 0 && !d->observed[i*d->m + *event - 1];) --*event;
            continue;
        }
        *event = d->m;
        if (row == SIZE_MAX || visit_of_event(g, row, event)) continue;
        error_set(g->err, ERROR_INCONSISTENT, "the event of subject \"" STR_FMT "\" is at \"" STR_FMT "\", which is no visit of the model",
                  STR_ARG(d->subjects[i]), STR_ARG(frame_cell_text(g->arena, g->event, row)));
        return error_hint(g->err, "Name the first visit affected: \"" STR_FMT "\" for an event before it, ..., \"" STR_FMT "\"; nothing for no event.",
                          STR_ARG(d->visits[0]), STR_ARG(d->visits[d->m - 1]));
    }
    return true;
}

static bool find_outcomes(Grid *g)
{
    ImputeData *d = g->d;
    size_t cells = d->n * d->m;
    d->subjects = ARENA_ARRAY(g->arena, Str, d->n + 1);
    d->y = ARENA_ARRAY(g->arena, double, cells + 1);
    d->observed = ARENA_ARRAY(g->arena, bool, cells + 1);
    d->used = ARENA_ARRAY(g->arena, bool, cells + 1);
    d->keys = ARENA_ARRAY(g->arena, Str, d->n + d->m);
    for (size_t i = 0; i < d->n + d->m; i++) d->keys[i] = str_format(g->arena, "%08zu", i);
    for (size_t i = 0; i < cells; i++) {
        size_t row = g->cell[g->kept[i / d->m]*d->m + i % d->m];
        d->observed[i] = row != SIZE_MAX && !isnan(g->response[row]);
        d->y[i] = d->observed[i] ? g->response[row] : 0;
    }
    for (size_t i = 0; i < d->n; i++) d->subjects[i] = g->names[g->kept[i]];
    if (!find_events(g)) return false;
    for (size_t i = 0; i < cells; i++)
        d->used[i] = d->observed[i] && (g->options->strategy == IMPUTE_MAR || i % d->m < d->event_of[i / d->m]);
    return true;
}

static void put_cell(Frame *to, size_t row, size_t column, const Column *from, size_t from_row)
{
    if (column_is_number(from)) frame_set_number(to, row, column, from->numbers[from_row]);
    else frame_set_text(to, row, column, from->texts[from_row]);
}

/* One row per subject and visit (visits = m), or per subject (1), with the columns that are known. */
static Frame *make_grid(Grid *g, size_t visits)
{
    const ImputeData *d = g->d;
    Frame *frame = frame_new(g->arena, g->frame->name);
    for (size_t i = 0; i < d->n * visits; i++) frame_add_row(frame);
    for (size_t c = 0; c < g->n_sources; c++) {
        const Source *source = &g->sources[c];
        Column *column = frame_add_column(frame, source->from->name, source->from->type);
        column->codelist = source->from->codelist;
        for (size_t i = 0; i < d->n * visits; i++)
            put_cell(frame, i, c, source->from, source->row_of[source->by_visit ? i % visits : g->kept[i / visits]]);
    }
    frame_add_column(frame, STR(RESPONSE), COLUMN_NUMBER);
    for (size_t i = 0; i < frame->n_rows; i++) frame_set_number(frame, i, g->n_sources, 0);
    return frame;
}

/* The formula with zeros for its outcome. Its columns that only the outcome read become those zeros, too. */
static Formula *without_outcome(Grid *g, const Frame *grid)
{
    Formula *f = ARENA_NEW(g->arena, Formula);
    *f = *g->formula;
    f->columns = ARENA_ARRAY(g->arena, Str, f->n_columns + 1);
    for (size_t c = 0; c < f->n_columns; c++)
        f->columns[c] = frame_column(grid, g->formula->columns[c]) ? g->formula->columns[c] : STR(RESPONSE);
    f->columns[f->n_columns] = STR(RESPONSE);
    f->response.expression = expression_of_column(g->arena, f->n_columns++);
    return f;
}

static bool find_arms(Grid *g)
{
    ImputeData *d = g->d;
    const ImputeOptions *o = g->options;
    size_t v = model_variable(&d->grid, o->arm), p = d->grid.p;
    if (v == SIZE_MAX || !d->grid.variables[v].is_factor) {
        Str *names = ARENA_ARRAY(g->arena, Str, d->grid.n_variables + 1);
        for (size_t i = 0; i < d->grid.n_variables; i++) names[i] = d->grid.variables[i].name;
        Str near = str_nearest(o->arm, names, d->grid.n_variables);
        error_set(g->err, ERROR_INCONSISTENT, "the formula has no factor \"" STR_FMT "\"", STR_ARG(o->arm));
        if (near.len) return error_hint(g->err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
        return error_hint(g->err, "The arm is a factor of the formula; of numbers, write factor(...) there.");
    }
    const ModelVariable *arm = &d->grid.variables[v];
    if (arm->n_levels > IMPUTE_MAX_ARMS)
        return error_set(g->err, ERROR_DEGENERATE, "\"" STR_FMT "\" has %zu levels, more than %d", STR_ARG(arm->name), arm->n_levels, IMPUTE_MAX_ARMS);
    d->n_arms = arm->n_levels, d->arms = arm->levels, d->reference = model_level(arm, o->reference);
    if (d->reference == SIZE_MAX) {
        Str near = str_nearest(o->reference, arm->levels, arm->n_levels);
        error_set(g->err, ERROR_INCONSISTENT, "\"" STR_FMT "\" has no level \"" STR_FMT "\" to refer to", STR_ARG(arm->name), STR_ARG(o->reference));
        return error_hint(g->err, near.len ? "Did you mean \"%s\"?" : "Its first level is \"%s\".", str_c(g->arena, near.len ? near : arm->levels[0]));
    }
    d->arm_of = ARENA_ARRAY(g->arena, size_t, d->n + 1);
    d->reference_x = ARENA_ARRAY(g->arena, double, d->grid.n * p + 1);
    size_t levels[FORMULA_MAX_VARIABLES] = {0};
    double values[FORMULA_MAX_VARIABLES] = {0};
    for (size_t i = 0; i < d->grid.n; i++) {
        for (size_t k = 0; k < d->grid.n_variables; k++) {
            const ModelVariable *variable = &d->grid.variables[k];
            if (variable->is_factor) levels[k] = k == v ? d->reference : variable->level[i];
            else values[k] = variable->values[i];
        }
        model_row(&d->grid, levels, values, &d->reference_x[i*p]);
        d->arm_of[i / d->m] = arm->level[i];
    }
    return true;
}

static bool check_arms(const Grid *g)
{
    const ImputeData *d = g->d;
    for (size_t a = 0; a < d->n_arms; a++) {
        bool seen = false;
        for (size_t i = 0; i < d->n * d->m && !seen; i++) seen = d->used[i] && d->arm_of[i / d->m] == a;
        if (seen) continue;
        error_set(g->err, ERROR_DEGENERATE, "nobody of arm \"" STR_FMT "\" has an outcome that the imputation could rest on", STR_ARG(d->arms[a]));
        return error_hint(g->err, "Leave the arm out by a condition.");
    }
    return true;
}

static bool find_groups(Grid *g)
{
    ImputeData *d = g->d;
    const CovarianceTerm *term = d->covariance;
    const Str *columns = g->formula->columns;
    ModelVariable groups = {0};
    size_t v = model_variable(&d->grid, columns[term->visits[0]]);
    d->own_visits = v != SIZE_MAX && d->grid.variables[v].is_factor;
    d->place = ARENA_ARRAY(g->arena, size_t, d->m);
    for (size_t k = 0; k < d->m; k++) d->place[k] = d->own_visits ? d->grid.variables[v].level[k] : k;
    d->n_groups = 1, d->group_of = ARENA_ARRAY(g->arena, size_t, d->n + 1);
    if (!term->has_group) return true;
    if (!model_factor(g->arena, &d->grid, columns[term->group], &groups, g->err)) return false;
    d->n_groups = groups.n_levels, d->group_is_arm = str_equal_fold(columns[term->group], g->options->arm);
    for (size_t i = 0; i < d->n; i++) d->group_of[i] = groups.level[i*d->m];
    return true;
}

/* The formula's terms with the variables that belong to visits taken out, each once. */
static Str derive_ancova(const Grid *g)
{
    const Formula *f = g->formula;
    uint64_t visits = 0, done[FORMULA_MAX_TERMS + 1];
    size_t n = 0;
    Buf text = buf_new(g->arena);
    for (size_t v = 0; v < f->n_variables; v++) {
        bool *used = ARENA_ARRAY(g->arena, bool, f->n_columns);
        expression_columns(f->variables[v].expression, used);
        for (size_t c = 0; c < g->n_sources; c++)
            for (size_t k = 0; k < f->n_columns; k++)
                if (used[k] && g->sources[c].by_visit && str_equal_fold(g->sources[c].from->name, f->columns[k])) visits |= (uint64_t)1 << v;
    }
    for (size_t t = 0; t < f->n_terms; t++) {
        uint64_t left = f->terms[t].variables & ~visits;
        bool known = left == 0, first = true;
        for (size_t i = 0; i < n && !known; i++) known = done[i] == left;
        if (known) continue;
        done[n++] = left;
        if (n > 1) buf_add_c(&text, " + ");
        for (size_t v = 0; v < f->n_variables; v++) {
            if (!(left >> v & 1)) continue;
            buf_format(&text, "%s" STR_FMT, first ? "" : ":", STR_ARG(f->variables[v].name));
            first = false;
        }
    }
    return buf_str(&text);
}

static bool find_analysis(Grid *g)
{
    ImputeData *d = g->d;
    Str terms = g->options->ancova.len ? g->options->ancova : derive_ancova(g);
    d->ancova = str_format(g->arena, STR_FMT " ~ " STR_FMT, STR_ARG(g->formula->response.name), STR_ARG(terms));
    if (!g->ancova) {
        g->ancova = ARENA_NEW(g->arena, Formula);
        Str text = str_format(g->arena, "`" RESPONSE "` ~ " STR_FMT, STR_ARG(terms));
        if (!formula_parse(g->arena, text, g->ancova, g->err)) return error_in(g->err, "terms of the analysis");
    }
    if (!model_build(g->arena, g->ancova, make_grid(g, 1), NULL, 0, &d->analysis, g->err)) return error_in(g->err, "analysis at a visit");
    size_t v = model_variable(&d->analysis, g->options->arm), q = d->analysis.p;
    if (v == SIZE_MAX || !d->analysis.variables[v].is_factor || d->analysis.variables[v].n_levels != d->n_arms) {
        error_set(g->err, ERROR_INCONSISTENT, "the analysis \"" STR_FMT "\" has no factor \"" STR_FMT "\"", STR_ARG(d->ancova), STR_ARG(g->options->arm));
        return error_hint(g->err, "Its effect is what is estimated: add it to the terms.");
    }
    d->arm_x = ARENA_ARRAY(g->arena, double, d->n_arms * d->n * q + 1);
    size_t levels[FORMULA_MAX_VARIABLES] = {0};
    double values[FORMULA_MAX_VARIABLES] = {0};
    for (size_t i = 0; i < d->n; i++)
        for (size_t a = 0; a < d->n_arms; a++) {
            for (size_t k = 0; k < d->analysis.n_variables; k++) {
                const ModelVariable *variable = &d->analysis.variables[k];
                if (variable->is_factor) levels[k] = k == v ? a : variable->level[i];
                else values[k] = variable->values[i];
            }
            model_row(&d->analysis, levels, values, &d->arm_x[(a*d->n + i)*q]);
        }
    return true;
}

bool impute_prepare(Arena *arena, const Formula *formula, const Frame *frame, const size_t *rows, size_t n_rows,
                    const ImputeOptions *options, ImputeData *d, Error *err)
{
    Grid g = {.arena = arena, .d = d, .formula = formula, .frame = frame, .options = options, .rows = rows, .n_rows = n_rows, .err = err};
    *d = (ImputeData){0};
    if (!rows) {
        size_t *all = ARENA_ARRAY(arena, size_t, frame->n_rows + 1);
        for (size_t i = 0; i < frame->n_rows; i++) all[i] = i;
        g.rows = all, g.n_rows = frame->n_rows;
    }
    if (!find_covariance(&g) || !find_responses(&g) || !find_visits(&g) || !find_cells(&g) || !parse_ancova(&g) || !find_sources(&g)) return false;
    choose_subjects(&g);
    if (!find_outcomes(&g)) return false;
    const Frame *grid = make_grid(&g, d->m);
    if (!model_build(arena, without_outcome(&g, grid), grid, NULL, 0, &d->grid, err)) return false;
    d->p = d->grid.p;
    return find_arms(&g) && check_arms(&g) && find_groups(&g) && find_analysis(&g);
}
