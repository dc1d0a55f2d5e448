#include "cli/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/condition.h"
#include "stat/model.h"
#include "stat/outcome.h"

bool comparison_find(Arena *arena, Str name, const ComparisonMethod **method, Error *err)
{
    size_t n[2], n_names = 0;
    const ComparisonMethod *tables[] = {comparison_of_values(&n[0]), comparison_of_counts(&n[1])};
    Str *names = ARENA_ARRAY(arena, Str, n[0] + n[1]);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < n[t]; i++) {
            names[n_names++] = str_from(tables[t][i].name);
            if (!str_equal_fold(names[n_names - 1], name)) continue;
            *method = &tables[t][i];
            return true;
        }
    Str near = str_nearest(name, names, n_names);
    error_set(err, ERROR_USAGE, "there is no test \"" STR_FMT "\"", STR_ARG(name));
    return near.len ? error_hint(err, "Did you mean \"" STR_FMT "\"? equipoise test --list shows all.", STR_ARG(near))
                    : error_hint(err, "equipoise test --list shows those there are.");
}

ComparisonResult comparison_result(const ComparisonData *data)
{
    return (ComparisonResult){.estimate = NAN, .ci = {NAN, NAN}, .ci_level = data->options.level, .p_greater = NAN, .p_less = NAN};
}

size_t comparison_yes(const ComparisonData *data, size_t group) { return data->counts[2 * group + 1]; }
size_t comparison_total(const ComparisonData *data, size_t group) { return data->counts[2 * group] + data->counts[2 * group + 1]; }

/* --- reading --- */

typedef struct {
    ComparisonData *data;
    const ComparisonMethod *method;
    const Frame *frame;
    Model rows;                       /* what model_factor reads: a formula (of nothing), frame, rows and n */
} Reading;

static Str unquoted(Str name)
{
    bool quoted = name.len > 2 && (name.data[0] == '`' || name.data[0] == '"') && name.data[name.len - 1] == name.data[0];
    return quoted ? str_slice(name, 1, name.len - 1) : name;
}

/* An expression's numbers. */
static bool read_numbers(Reading *r, Str text, Column *column, Error *err)
{
    if (!frame_compute(r->data->arena, r->frame, text, column, err)) return false;
    if (column_is_number(column)) return true;
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" holds text; %s compares numbers", STR_ARG(text), r->method->name);
    return error_hint(err, "Name a column of numbers, or compare categories: fisher, chi-square.");
}

static bool read_yes_no(Reading *r, Str text, Column *column, Error *err)
{
    signed char *yes;
    Arena *arena = r->data->arena;
    if (!outcome_yes_no(arena, r->frame, text, &yes, err)) return false;
    *column = (Column){.name = text, .type = COLUMN_NUMBER, .numbers = ARENA_ARRAY(arena, double, r->frame->n_rows + 1),
                       .missing = ARENA_ARRAY(arena, unsigned char, r->frame->n_rows + 1)};
    for (size_t row = 0; row < r->frame->n_rows; row++) {
        column->numbers[row] = yes[row] > 0;
        column->missing[row] = yes[row] < 0 ? MISSING_UNSTATED : MISSING_NOT;
    }
    return true;
}

/* Keeps the rows in which all columns have a value. */
static bool keep_complete(Reading *r, const Column *const *columns, size_t n_columns, Error *err)
{
    size_t *kept = ARENA_ARRAY(r->data->arena, size_t, r->rows.n + 1), n = 0;
    for (size_t i = 0; i < r->rows.n; i++) {
        bool complete = true;
        for (size_t c = 0; c < n_columns; c++) complete = complete && columns[c]->missing[r->rows.rows[i]] == MISSING_NOT;
        if (complete) kept[n++] = r->rows.rows[i];
    }
    r->data->n = n;
    r->data->n_left_out = r->rows.n - n;
    r->rows.rows = kept;
    r->data->rows = kept;
    r->rows.n = n;
    if (n) return true;
    error_set(err, ERROR_DEGENERATE, "no row has all values of the formula");
    return error_hint(err, "Check --where and the columns.");
}

static double *taken(const Reading *r, const Column *column)
{
    double *y = ARENA_ARRAY(r->data->arena, double, r->rows.n);
    for (size_t i = 0; i < r->rows.n; i++) y[i] = column->numbers[r->rows.rows[i]];
    return y;
}

/* The reference's level moves to the front. */
static bool put_first(ComparisonData *data, ModelVariable *factor, Error *err)
{
    size_t at = 0;
    if (data->options.reference.len && !model_need_level(factor, data->options.reference, &at, err)) return false;
    Str level = factor->labels[at];
    memmove(factor->labels + 1, factor->labels, at * sizeof *factor->labels);
    factor->labels[0] = level;
    for (size_t i = 0; i < data->n; i++) factor->level[i] = factor->level[i] == at ? 0 : factor->level[i] + (factor->level[i] < at);
    return true;
}

static bool check_groups(const Reading *r, const ModelVariable *factor, Error *err)
{
    bool two = r->method->shape == COMPARISON_TWO_SAMPLES || r->method->shape == COMPARISON_TWO_SHARES;
    if (factor->n_levels < 2 && r->method->shape != COMPARISON_SHARES) {
        error_set(err, ERROR_DEGENERATE, "there is one group only: all complete rows have \"" STR_FMT "\" of \"" STR_FMT "\"",
                  STR_ARG(factor->levels[0]), STR_ARG(factor->name));
        return error_hint(err, "Check --where, or compare with a value: paired-t 'CHG ~ 1'.");
    }
    if (!two || factor->n_levels == 2) return true;
    error_set(err, ERROR_INCONSISTENT, "%s compares two groups, \"" STR_FMT "\" has %zu", r->method->name, STR_ARG(factor->name), factor->n_levels);
    const char *quote = column_is_number(frame_column(r->frame, factor->name)) ? "" : "'";
    return error_hint(err, "Leave out one: --where \"" STR_FMT " <> %s" STR_FMT "%s\"; or compare all by %s.", STR_ARG(factor->name), quote,
                      STR_ARG(factor->levels[factor->n_levels - 1]), quote, r->method->instead);
}

static bool read_groups(Reading *r, Error *err)
{
    ComparisonData *data = r->data;
    ModelVariable factor;
    if (!data->group.len) {
        data->code = ARENA_ARRAY(data->arena, size_t, data->n);
        data->groups = ARENA_NEW(data->arena, Str);
        data->n_groups = 1;
        return true;
    }
    if (!model_factor(data->arena, &r->rows, data->group, &factor, err) || !check_groups(r, &factor, err) || !put_first(data, &factor, err)) return false;
    data->n_groups = factor.n_levels;
    data->groups = factor.labels;
    data->code = factor.level;
    return true;
}

static void split_values(ComparisonData *data)
{
    data->values = ARENA_ARRAY(data->arena, double *, data->n_groups);
    data->n_values = ARENA_ARRAY(data->arena, size_t, data->n_groups);
    for (size_t g = 0; g < data->n_groups; g++) data->values[g] = ARENA_ARRAY(data->arena, double, data->n);
    for (size_t i = 0; i < data->n; i++) data->values[data->code[i]][data->n_values[data->code[i]]++] = data->y[i];
}

static bool need_group(const Reading *r, Error *err)
{
    const ComparisonShape shape = r->method->shape;
    if (r->data->group.len || shape == COMPARISON_SHARES) return true;
    error_set(err, ERROR_USAGE, "%s compares groups, the formula names none", r->method->name);
    return error_hint(err, "Write CHG ~ ARM; a change is tested against 0 by paired-t, signed-rank or sign.");
}

/* `1` names no group. */
static bool read_right(Reading *r, Str right, Error *err)
{
    ComparisonData *data = r->data;
    Str group = right, stratum = {0};
    if (str_cut(right, STR("|"), &group, &stratum) && r->method->shape != COMPARISON_STRATA) {
        error_set(err, ERROR_USAGE, "%s knows no strata", r->method->name);
        return error_hint(err, "Within strata compare by cmh, mantel-haenszel or van-elteren.");
    }
    group = unquoted(str_trim(group));
    data->stratum = unquoted(str_trim(stratum));
    if (!str_equal(group, STR("1"))) data->group = group;
    return need_group(r, err);
}

static bool read_samples(Reading *r, Str left, Error *err)
{
    Column y;
    const Column *columns[2] = {&y, NULL};
    if (!read_numbers(r, left, &y, err) || !frame_need(r->frame, r->data->group, &columns[1], err) || !keep_complete(r, columns, 2, err) ||
        !read_groups(r, err))
        return false;
    r->data->y = taken(r, &y);
    split_values(r->data);
    return true;
}

static bool read_pairs(Reading *r, Str left, Str right, Error *err)
{
    Column first, second;
    const Column *columns[2] = {&first, &second};
    bool two = !str_equal(right, STR("1"));
    if (!read_numbers(r, left, &first, err) || (two && !read_numbers(r, right, &second, err)) || !keep_complete(r, columns, 1 + two, err)) return false;
    r->data->y = taken(r, &first);
    r->data->other = two ? right : STR("");
    if (two) r->data->second = taken(r, &second);
    return true;
}

static bool read_changes(Reading *r, Str left, Str right, Error *err)
{
    Column after, before;
    const Column *columns[2] = {&after, &before};
    if (!read_yes_no(r, left, &after, err) || !read_yes_no(r, right, &before, err) || !keep_complete(r, columns, 2, err)) return false;
    r->data->other = right;
    for (size_t i = 0; i < r->data->n; i++) {
        size_t row = r->rows.rows[i];
        r->data->changes[before.numbers[row] > 0][after.numbers[row] > 0]++;
    }
    return true;
}

static bool read_shares(Reading *r, Str left, Error *err)
{
    Column y;
    ComparisonData *data = r->data;
    const Column *columns[2] = {&y, NULL};
    bool grouped = data->group.len > 0;
    if (!read_yes_no(r, left, &y, err) || (grouped && !frame_need(r->frame, data->group, &columns[1], err)) ||
        !keep_complete(r, columns, 1 + grouped, err) || !read_groups(r, err))
        return false;
    data->counts = ARENA_ARRAY(data->arena, size_t, 2 * data->n_groups);
    data->n_levels = 2;
    for (size_t i = 0; i < data->n; i++) data->counts[2 * data->code[i] + (y.numbers[r->rows.rows[i]] > 0)]++;
    return true;
}

static void count_tables(ComparisonData *data, const size_t *stratum, const size_t *level)
{
    data->counts = ARENA_ARRAY(data->arena, size_t, data->n_strata * data->n_groups * data->n_levels);
    for (size_t i = 0; i < data->n; i++)
        data->counts[((stratum ? stratum[i] : 0) * data->n_groups + data->code[i]) * data->n_levels + level[i]]++;
}

/* A condition's 0 and 1 in words. */
static void name_yes_no(ModelVariable *levels)
{
    for (size_t l = 0; l < levels->n_levels; l++) {
        if (str_equal(levels->levels[l], STR("0"))) levels->labels[l] = STR("no");
        else if (str_equal(levels->levels[l], STR("1"))) levels->labels[l] = STR("yes");
        else return;
    }
}

/* Whether an expression is other than no in some row. */
static bool is_anything(const Column *y, size_t n_rows)
{
    for (size_t row = 0; row < n_rows; row++)
        if (y->missing[row] == MISSING_NOT && (!column_is_number(y) || y->numbers[row] != 0)) return true;
    return false;
}

/* Categories, or distinct numbers, of an outcome that may be an expression. */
static bool read_table(Reading *r, Str left, Error *err)
{
    ComparisonData *data = r->data;
    Column y;
    ModelVariable levels, strata = {0};
    const Column *columns[3] = {&y, NULL, NULL};
    bool stratified = data->stratum.len > 0;
    const Column *own = frame_column(r->frame, unquoted(left));
    if (own) y = *own;
    else if (!frame_compute(data->arena, r->frame, left, &y, err)) return false;
    if (!own && !is_anything(&y, r->frame->n_rows) && !outcome_check_slip(data->arena, r->frame, left, err)) return false;
    y.name = STR("the outcome of this comparison");
    if (!frame_need(r->frame, data->group, &columns[1], err) || (stratified && !frame_need(r->frame, data->stratum, &columns[2], err)) ||
        !keep_complete(r, columns, 2 + stratified, err))
        return false;
    r->rows.frame = outcome_widen(data->arena, r->frame, y);
    if (!read_groups(r, err) || !model_factor(data->arena, &r->rows, y.name, &levels, err) ||
        (stratified && !model_factor(data->arena, &r->rows, data->stratum, &strata, err)))
        return false;
    if (!own) name_yes_no(&levels);
    data->levels = levels.labels;
    data->n_levels = levels.n_levels;
    data->n_strata = stratified ? strata.n_levels : 1;
    double *scores = ARENA_ARRAY(data->arena, double, levels.n_levels);
    for (size_t i = 0; column_is_number(&y) && i < data->n; i++) scores[levels.level[i]] = y.numbers[r->rows.rows[i]];
    data->level_scores = column_is_number(&y) ? scores : NULL;
    count_tables(data, strata.level, levels.level);
    return true;
}

bool comparison_read(const ComparisonMethod *method, Str formula, const Frame *frame, const size_t *rows, size_t n_rows,
                     ComparisonOptions options, ComparisonData *data, Error *err)
{
    static const Formula nothing = {0};
    Str left, right;
    Arena *arena = data->arena;
    *data = (ComparisonData){.arena = arena, .options = options, .n_strata = 1};
    Reading r = {.data = data, .method = method, .frame = frame, .rows = {.formula = &nothing, .frame = frame, .n = n_rows}};
    r.rows.rows = arena_copy(arena, rows, n_rows * sizeof *rows);
    if (!outcome_split(formula, &left, &right, err)) return false;
    data->outcome = left;
    switch (method->shape) {
    case COMPARISON_PAIRS: return read_pairs(&r, left, right, err);
    case COMPARISON_CHANGES: return read_changes(&r, left, right, err);
    case COMPARISON_TWO_SAMPLES:
    case COMPARISON_SAMPLES: return read_right(&r, right, err) && read_samples(&r, left, err);
    case COMPARISON_TWO_SHARES:
    case COMPARISON_SHARES: return read_right(&r, right, err) && read_shares(&r, left, err);
    case COMPARISON_TABLE:
    case COMPARISON_STRATA: break;
    }
    return read_right(&r, right, err) && read_table(&r, left, err);
}
