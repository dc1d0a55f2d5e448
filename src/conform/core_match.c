/* Rows of a data set beside those of others: joins on keys, and supplemental qualifiers as columns of their parent. */
#include "conform/core_inside.h"

Str core_match_unsupported(Arena *arena, const CoreRule *rule)
{
    for (size_t i = 0; i < rule->n_matches; i++) {
        const CoreMatch *match = &rule->matches[i];
        bool is_relrec = str_equal(match->name, STR("RELREC")) && rule->n_matches == 1;
        if (match->n_keys == 0 && !is_relrec) return str_format(arena, "match without keys " STR_FMT, STR_ARG(match->name));
    }
    return STR("");
}

static bool is_supp(Str name) { return str_starts(name, STR("SUPP")) || str_starts(name, STR("SQ")); }

/* The columns of the keys; a key that is not there skips the run. */
static const DataColumn **key_columns(CoreRun *run, const DataSet *set, const Str *names, size_t n)
{
    const DataColumn **columns = ARENA_ARRAY(run->arena, const DataColumn *, n + 1);
    for (size_t i = 0; i < n; i++) {
        columns[i] = set_column(set, core_name(run, names[i]));
        if (!columns[i]) {
            core_skip(run, STR_FMT " has no variable " STR_FMT, STR_ARG(set->name), STR_ARG(core_name(run, names[i])));
            return NULL;
        }
    }
    return columns;
}

/* Rows of the right side by key: rows[first[g] .. first[g+1]) of group g. */
typedef struct {
    Map groups;
    size_t *first;
    uint32_t *rows;
} Index;

static Index index_rows(CoreRun *run, const DataColumn *const *columns, size_t n_columns, size_t n_rows)
{
    size_t n_groups;
    Index index = {.groups = map_new(run->arena)};
    const uint32_t *groups = data_groups(run->arena, columns, n_columns, n_rows, &n_groups);
    index.first = ARENA_ARRAY(run->arena, size_t, n_groups + 2);
    index.rows = ARENA_ARRAY(run->arena, uint32_t, n_rows + 1);
    for (size_t row = 0; row < n_rows; row++) {
        if (index.first[groups[row] + 1]++ == 0) map_put(&index.groups, core_joined_key(run->arena, columns, n_columns, row), NULL)->index = groups[row];
    }
    for (size_t g = 0; g < n_groups; g++) index.first[g + 1] += index.first[g];
    size_t *at = ARENA_ARRAY(run->arena, size_t, n_groups + 1);
    for (size_t row = 0; row < n_rows; row++) index.rows[index.first[groups[row]] + at[groups[row]]++] = (uint32_t)row;
    return index;
}

/* Pairs of rows, the right one UINT32_MAX where a left join finds none. */
typedef struct {
    size_t n, capacity, right_capacity;
    uint32_t *left, *right;
} Pairs;

static void add_pair(Arena *arena, Pairs *pairs, size_t left, uint32_t right)
{
    size_t n = pairs->n;
    ARENA_PUSH_ROOM(arena, pairs->left, n, pairs->capacity);
    ARENA_PUSH_ROOM(arena, pairs->right, n, pairs->right_capacity);
    pairs->left[n] = (uint32_t)left;
    pairs->right[n] = right;
    pairs->n++;
}

static Pairs pair_rows(CoreRun *run, const DataColumn *const *left, const DataColumn *const *right, size_t n_keys, size_t n_right, bool is_left_join)
{
    Pairs pairs = {0};
    size_t n_groups;
    Index index = index_rows(run, right, n_keys, n_right);
    const uint32_t *groups = data_groups(run->arena, left, n_keys, run->set.n_rows, &n_groups);
    const MapEntry **found = ARENA_ARRAY(run->arena, const MapEntry *, n_groups + 1);
    bool *sought = ARENA_ARRAY(run->arena, bool, n_groups + 1);
    for (size_t row = 0; row < run->set.n_rows; row++) {
        uint32_t g = groups[row];
        if (!sought[g]) found[g] = map_get(&index.groups, core_joined_key(run->arena, left, n_keys, row));
        sought[g] = true;
        if (!found[g] && is_left_join) add_pair(run->arena, &pairs, row, UINT32_MAX);
        if (!found[g]) continue;
        for (size_t i = index.first[found[g]->index]; i < index.first[found[g]->index + 1]; i++) add_pair(run->arena, &pairs, row, index.rows[i]);
    }
    return pairs;
}

void core_take_rows(CoreRun *run, const uint32_t *rows, size_t n_rows)
{
    const DataSet *set = &run->set;
    DataColumn *columns = ARENA_ARRAY(run->arena, DataColumn, set->n_columns + 1);
    for (size_t i = 0; i < set->n_columns; i++) columns[i] = data_column_take(run->arena, &set->columns[i], rows, n_rows);
    uint32_t *records = ARENA_ARRAY(run->arena, uint32_t, n_rows + 1);
    for (size_t i = 0; i < n_rows; i++) records[i] = set->records ? set->records[rows[i]] : rows[i];
    DataSet taken = *set;
    taken.columns = columns;
    taken.n_rows = n_rows;
    taken.records = records;
    run->set = taken;
}

/* Columns of both sides; a name of the right that the left has too gets its data set before it, "TV.VISITDY". */
static void take_pairs(CoreRun *run, const DataSet *right, const Pairs *pairs, const StrList *keys)
{
    core_take_rows(run, pairs->left, pairs->n);
    for (size_t i = 0; i < right->n_columns; i++) {
        Str name = right->columns[i].name;
        if (str_list_has(keys, name)) continue;
        DataColumn column = data_column_take(run->arena, &right->columns[i], pairs->right, pairs->n);
        if (set_column(&run->set, name)) column.name = str_format(run->arena, STR_FMT "." STR_FMT, STR_ARG(right->name), STR_ARG(name));
        data_set_add(run->arena, &run->set, column);
    }
}

static void join(CoreRun *run, const CoreMatch *match, const DataSet *right)
{
    const DataColumn **left_keys = key_columns(run, &run->set, match->left, match->n_keys);
    const DataColumn **right_keys = left_keys ? key_columns(run, right, match->right, match->n_keys) : NULL;
    if (!right_keys) return;
    Pairs pairs = pair_rows(run, left_keys, right_keys, match->n_keys, right->n_rows, match->is_left_join);
    StrList keys = {match->n_keys, ARENA_ARRAY(run->arena, Str, match->n_keys + 1)};
    for (size_t i = 0; i < match->n_keys; i++) keys.items[i] = core_name(run, match->right[i]);
    take_pairs(run, right, &pairs, &keys);
}

/* The row of supplemental qualifiers that belongs to a row of the parent, by IDVAR and IDVARVAL, or the keys alone. */
static bool belongs(const DataSet *supp, size_t row, const DataSet *parent, size_t parent_row)
{
    const DataColumn *idvar = set_column(supp, STR("IDVAR")), *idvarval = set_column(supp, STR("IDVARVAL"));
    if (!idvar || !idvarval || data_text(idvar, row).len == 0) return true;
    const DataColumn *own = set_column(parent, data_text(idvar, row));
    double a, b;
    if (!own) return false;
    DataValue value = data_value(own, parent_row), wanted = data_value(idvarval, row);
    return str_equal(value.text, str_trim(wanted.text)) || (data_number(value, &a) && data_number((DataValue){.text = str_trim(wanted.text)}, &b) && a == b);
}

/* One more column for each QNAM, with QVAL where it belongs. */
static void pivot(CoreRun *run, const CoreMatch *match, const DataSet *supp)
{
    const DataColumn *qnam = set_column(supp, STR("QNAM")), *qval = set_column(supp, STR("QVAL"));
    const DataColumn **left_keys = key_columns(run, &run->set, match->left, match->n_keys);
    const DataColumn **right_keys = left_keys ? key_columns(run, supp, match->right, match->n_keys) : NULL;
    if (!right_keys || !qnam || !qval) {
        core_skip(run, STR_FMT " has no QNAM or QVAL", STR_ARG(supp->name));
        return;
    }
    Pairs pairs = pair_rows(run, left_keys, right_keys, match->n_keys, supp->n_rows, false);
    for (size_t name = 1; name < qnam->n_values; name++) {
        Str *texts = ARENA_ARRAY(run->arena, Str, run->set.n_rows + 1);
        for (size_t i = 0; i < pairs.n; i++)
            if (qnam->codes[pairs.right[i]] == name && belongs(supp, pairs.right[i], &run->set, pairs.left[i])) texts[pairs.left[i]] = data_text(qval, pairs.right[i]);
        DataColumnBuilder builder = data_column_builder(run->arena, qnam->values[name].text, false);
        for (size_t row = 0; row < run->set.n_rows; row++) data_column_add(&builder, data_of_text(texts[row]));
        data_set_add(run->arena, &run->set, builder.column);
    }
}

void core_match(CoreRun *run)
{
    for (size_t i = 0; i < run->rule->n_matches && !run->skipped.len; i++) {
        const CoreMatch *match = &run->rule->matches[i];
        if (match->is_child) {
            core_match_parents(run);
            continue;
        }
        if (match->n_keys == 0) {
            core_match_relrec(run, match);
            continue;
        }
        Str name = str_equal(match->name, STR("SUPP--")) ? str_format(run->arena, "SUPP" STR_FMT, STR_ARG(run->checked->name)) : match->name;
        const DataSet *right = data_folder_get(run->folder, name);
        if (!right) core_skip(run, "the data set " STR_FMT " is not there", STR_ARG(name));
        else if (is_supp(name) && !is_supp(run->checked->name)) pivot(run, match, right);
        else if (right != run->checked) join(run, match, right);
    }
}
