/* The columns of an output: which rows of the data belong to each, and the number of subjects behind it. */
#include "report/output_kind.h"

#include <math.h>

bool eval_has(const EvalColumn *column, size_t row) { return !column->member || column->member[row]; }

static EvalColumn column_of_level(const OutputColumnSet *set, const OutputLevel *level, bool is_total,
                                  bool holds_tests)
{
    EvalColumn column = {.key = level->key,
                         .header = level->label,
                         .value = level->value,
                         .is_total = is_total,
                         .holds_tests = holds_tests,
                         .total = NAN};
    if (is_total || holds_tests) return column;
    column.n_criteria = 1;
    column.criteria[0].variable = set->variable;
    column.criteria[0].level = *level;
    return column;
}

static size_t add_set(EvalColumn *columns, size_t n, const OutputColumnSet *set, bool with_tests)
{
    for (size_t i = 0; i < set->levels.n; i++)
        columns[n++] = column_of_level(set, &set->levels.items[i], false, false);
    if (set->total.at) columns[n++] = column_of_level(set, &set->total, true, false);
    for (size_t i = 0; with_tests && i < set->tests.n; i++)
        columns[n++] = column_of_level(set, &set->tests.items[i], false, true);
    return n;
}

static EvalColumn cross_columns(Arena *arena, const EvalColumn *outer, const EvalColumn *inner)
{
    EvalColumn column = *inner;
    column.key = str_format(arena, STR_FMT "_" STR_FMT, STR_ARG(outer->key), STR_ARG(inner->key));
    column.spanner = outer->header;
    column.is_total = outer->is_total && inner->is_total;
    for (size_t i = 0; i < outer->n_criteria; i++) column.criteria[column.n_criteria++] = outer->criteria[i];
    if (!column.value.len) column.value = outer->value;
    return column;
}

static size_t set_size(const OutputColumnSet *set) { return set->levels.n + set->tests.n + 1; }

/* Clears `member` where a criterion does not hold. `variable` overrides the criterion's when not empty. */
static bool apply_criterion(Eval *eval, ReportData *data, Str variable, const OutputLevel *level,
                            unsigned char *member, Error *err)
{
    size_t n_rows = data->frame->n_rows;
    const signed char *verdicts;
    if (!data_where(eval->frames, data, level->where, level->at, &verdicts, err)) return false;
    for (size_t row = 0; verdicts && row < n_rows; row++) member[row] &= (unsigned char)verdicts[row];
    if (!variable.len || !level->value.len) return true;
    Codes *codes;
    if (!data_codes(eval->frames, data, variable, level->at, &codes, err)) return false;
    size_t code = codes_find(codes, level->value);
    for (size_t row = 0; row < n_rows; row++) member[row] &= code != SIZE_MAX && codes->of_row[row] == code;
    return true;
}

static Str criterion_words(Arena *arena, Str variable, const OutputLevel *level)
{
    if (!variable.len || !level->value.len) return level->where;
    return str_format(arena, STR_FMT " = '" STR_FMT "'%s" STR_FMT, STR_ARG(variable), STR_ARG(level->value),
                      level->where.len ? " AND " : "", STR_ARG(level->where));
}

static bool fill_members(Eval *eval, EvalColumn *column, Error *err)
{
    if (!column->n_criteria) return true;
    size_t n_rows = eval->data->frame->n_rows;
    column->member = ARENA_ARRAY(eval->arena, unsigned char, n_rows);
    for (size_t row = 0; row < n_rows; row++) column->member[row] = 1;
    for (size_t i = 0; i < column->n_criteria; i++) {
        Str words = criterion_words(eval->arena, column->criteria[i].variable, &column->criteria[i].level);
        column->words =
            i ? str_format(eval->arena, STR_FMT " AND " STR_FMT, STR_ARG(column->words), STR_ARG(words))
              : words;
        if (!apply_criterion(eval, eval->data, column->criteria[i].variable, &column->criteria[i].level,
                             column->member, err))
            return false;
    }
    return true;
}

static void list_columns(Eval *eval)
{
    const OutputColumns *from = &eval->spec->columns;
    const OutputColumnSet *a = &from->sets[0], *b = &from->sets[1];
    if (from->n_sets == 0) {
        eval->columns = ARENA_NEW(eval->arena, EvalColumn);
        eval->columns[eval->n_columns++] =
            (EvalColumn){.key = STR("all"), .header = STR("All"), .is_total = true, .total = NAN};
    } else if (from->n_sets == 1) {
        eval->columns = ARENA_ARRAY(eval->arena, EvalColumn, set_size(a));
        eval->n_columns = add_set(eval->columns, 0, a, true);
    } else {
        EvalColumn *outer = ARENA_ARRAY(eval->arena, EvalColumn, set_size(a)),
                   *inner = ARENA_ARRAY(eval->arena, EvalColumn, set_size(b));
        size_t n_outer = add_set(outer, 0, a, false), n_inner = add_set(inner, 0, b, false);
        eval->columns = ARENA_ARRAY(eval->arena, EvalColumn, n_outer * n_inner + a->tests.n);
        for (size_t i = 0; i < n_outer; i++)
            for (size_t j = 0; j < n_inner; j++)
                eval->columns[eval->n_columns++] = cross_columns(eval->arena, &outer[i], &inner[j]);
        for (size_t i = 0; i < a->tests.n; i++)
            eval->columns[eval->n_columns++] = column_of_level(a, &a->tests.items[i], false, true);
    }
}

bool eval_make_columns(Eval *eval, Error *err)
{
    list_columns(eval);
    for (size_t c = 0; c < eval->n_columns; c++)
        if (!fill_members(eval, &eval->columns[c], err)) return false;
    return true;
}

/* The data whose rows are the denominator: as the spec says, else the home of the population, else the
 * spec's own. */
static bool denominator_data(Eval *eval, ReportData **data, Error *err)
{
    const OutputSpec *spec = eval->spec;
    const Population *population = protocol_population(eval->frames->plan->protocol, spec->population);
    Str home = population && population->data.len ? population->data : eval->frames->plan->subjects;
    *data = eval->data;
    if (spec->denominators.data.len)
        return frames_get(eval->frames, spec->denominators.data, NULL, spec->denominators.at, data, err);
    if (!spec->population.len || str_equal(home, eval->data->name)) return true;
    return frames_get(eval->frames, home, NULL, spec->at, data, err);
}

/* Distinct subjects (rows where there is no subject key) among the rows of a mask. */
static bool count_subjects(Eval *eval, ReportData *data, const unsigned char *mask, double *n, Error *err)
{
    Codes *codes = NULL;
    Str key = eval->frames->plan->subject_key;
    if (frame_column(data->frame, key) && !data_codes(eval->frames, data, key, eval->spec->at, &codes, err))
        return false;
    size_t round = codes ? ++codes->round : 0;
    *n = 0;
    for (size_t row = 0; row < data->frame->n_rows; row++) {
        if (!mask[row] || (codes && codes->of_row[row] == SIZE_MAX)) continue;
        if (codes && codes->stamp[codes->of_row[row]] == round) continue;
        if (codes) codes->stamp[codes->of_row[row]] = round;
        ++*n;
    }
    return true;
}

bool eval_total(Eval *eval, size_t index, double *total, Error *err)
{
    EvalColumn *column = &eval->columns[index];
    const OutputDenominators *how = &eval->spec->denominators;
    *total = column->total;
    if (!isnan(*total)) return true;
    ReportData *data;
    const signed char *where;
    const unsigned char *in_population;
    Str words;
    if (!denominator_data(eval, &data, err) ||
        !data_where(eval->frames, data, how->where, how->at, &where, err) ||
        !data_population(eval->frames, data, eval->spec->population, eval->spec->at, &in_population, &words,
                         err))
        return false;
    unsigned char *mask = ARENA_ARRAY(eval->arena, unsigned char, data->frame->n_rows);
    for (size_t row = 0; row < data->frame->n_rows; row++)
        mask[row] = (!where || where[row]) && (!in_population || in_population[row]);
    for (size_t i = 0; i < column->n_criteria; i++) {
        Str variable = column->criteria[i].variable.len && how->variable.len ? how->variable
                                                                             : column->criteria[i].variable;
        if (!apply_criterion(eval, data, variable, &column->criteria[i].level, mask, err)) {
            if (err && !err->hint[0])
                error_hint(
                    err, "Say under \"denominators\" which data, variable and condition count the subjects.");
            return false;
        }
    }
    if (!count_subjects(eval, data, mask, total, err)) return false;
    column->total = *total;
    return true;
}

bool eval_find_column(Eval *eval, Str key, const Yaml *at, size_t *column, Error *err)
{
    Str *keys = ARENA_ARRAY(eval->arena, Str, eval->n_columns);
    for (*column = 0; *column < eval->n_columns; ++*column) {
        keys[*column] = eval->columns[*column].key;
        if (str_equal(keys[*column], key)) return true;
    }
    Str near = str_nearest(key, keys, eval->n_columns);
    yaml_error(at, err, ERROR_INCONSISTENT, "there is no column with key \"" STR_FMT "\"", STR_ARG(key));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "Name a key of this output's columns.");
}
