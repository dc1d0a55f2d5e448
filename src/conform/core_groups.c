/* Operators that look at several rows: uniqueness, consistency within groups, order, and sets. */
#include <stdlib.h>
#include <string.h>

#include "conform/core_inside.h"
#include "conform/core_regex.h"
#include "conform/iso8601.h"

static bool all_rows(CoreRun *run, unsigned char *verdicts, bool verdict)
{
    memset(verdicts, verdict, run->set.n_rows);
    return true;
}

static size_t *count_groups(CoreRun *run, const uint32_t *groups, size_t n_groups)
{
    size_t *counts = ARENA_ARRAY(run->arena, size_t, n_groups + 1);
    for (size_t row = 0; row < run->set.n_rows; row++) counts[groups[row]]++;
    return counts;
}

bool core_extracted(CoreRun *run, const DataColumn *column, size_t n_rows, Str pattern, const DataColumn **result, Error *err)
{
    const CoreRegex *regex;
    *result = column;
    if (pattern.len == 0) return true;
    if (!core_regex_compile(run->arena, pattern, &regex, err)) return false;
    DataColumnBuilder builder = data_column_builder(run->arena, column->name, false);
    for (size_t row = 0; row < n_rows; row++) {
        Str text = data_text(column, row), part;
        data_column_add(&builder, data_of_text(core_regex_extract(regex, text, &part) ? part : text));
    }
    DataColumn *kept = ARENA_NEW(run->arena, DataColumn);
    *kept = builder.column;
    *result = kept;
    return true;
}

bool core_is_unique_set(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    size_t n, n_absent, n_groups;
    const DataColumn **columns = core_columns(run, &leaf->values, &n, &n_absent);
    if (target->kind == OPERAND_COLUMN) columns[n++] = target->column;
    for (size_t i = 0; i < n; i++)
        if (!core_extracted(run, columns[i], run->set.n_rows, leaf->regex, &columns[i], err)) return false;
    const uint32_t *groups = data_groups(run->arena, columns, n, run->set.n_rows, &n_groups);
    const size_t *counts = count_groups(run, groups, n_groups);
    for (size_t row = 0; row < run->set.n_rows; row++) verdicts[row] = counts[groups[row]] == 1;
    return true;
}

/* Marks each value of `one` that stands beside two values of `other`; missing ones are not asked. */
static void mark_several(CoreRun *run, const DataColumn *one, const DataColumn *other, unsigned char *verdicts)
{
    uint32_t *seen = ARENA_ARRAY(run->arena, uint32_t, one->n_values + 1);       /* 1 + code of other */
    unsigned char *several = ARENA_ARRAY(run->arena, unsigned char, one->n_values + 1);
    for (size_t row = 0; row < run->set.n_rows; row++) {
        uint32_t a = one->codes[row], b = other->codes[row] + 1;
        if (a && seen[a] && seen[a] != b) several[a] = 1;
        seen[a] = b;
    }
    for (size_t row = 0; row < run->set.n_rows; row++)
        if (several[one->codes[row]]) verdicts[row] = 0;
}

bool core_is_unique_relationship(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    Operand other = core_value(run, leaf);
    (void)err;
    if (target->kind != OPERAND_COLUMN || other.kind != OPERAND_COLUMN) return all_rows(run, verdicts, leaf->operator.len == strlen("is_not_unique_relationship"));
    all_rows(run, verdicts, true);
    mark_several(run, target->column, other.column, verdicts);
    mark_several(run, other.column, target->column, verdicts);
    return true;
}

/* Within a group all values alike; else the rows that are not of the one value met most often, or all of them. */
bool core_is_inconsistent(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    size_t n, n_absent, n_groups, n_cells;
    const DataColumn *column;
    if (target->kind != OPERAND_COLUMN) return all_rows(run, verdicts, false);
    if (!core_extracted(run, target->column, run->set.n_rows, leaf->regex, &column, err)) return false;
    const DataColumn **columns = core_columns(run, &leaf->values, &n, &n_absent);
    const uint32_t *groups = data_groups(run->arena, columns, n, run->set.n_rows, &n_groups);
    columns[n] = column;
    const uint32_t *cells = data_groups(run->arena, columns, n + 1, run->set.n_rows, &n_cells);
    const size_t *counts = count_groups(run, cells, n_cells);
    size_t *most = ARENA_ARRAY(run->arena, size_t, n_groups + 1), *n_values = ARENA_ARRAY(run->arena, size_t, n_groups + 1), *n_most = ARENA_ARRAY(run->arena, size_t, n_groups + 1);
    unsigned char *seen = ARENA_ARRAY(run->arena, unsigned char, n_cells + 1);
    for (size_t row = 0; row < run->set.n_rows; row++) {
        uint32_t group = groups[row], cell = cells[row];
        if (seen[cell]++) {
            seen[cell] = 1;
            continue;
        }
        n_values[group]++;
        if (counts[cell] > most[group]) most[group] = counts[cell], n_most[group] = 0;
        n_most[group] += counts[cell] == most[group];
    }
    for (size_t row = 0; row < run->set.n_rows; row++) {
        uint32_t group = groups[row];
        verdicts[row] = n_values[group] > 1 && (n_most[group] > 1 || counts[cells[row]] < most[group]);
    }
    return true;
}

bool core_on_multiple_rows(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    size_t n, n_absent, n_groups;
    double most = leaf->value_is_number ? leaf->number : 1;
    (void)err;
    if (target->kind != OPERAND_COLUMN) return all_rows(run, verdicts, false);
    const DataColumn **columns = core_columns(run, &leaf->within, &n, &n_absent);
    columns[n++] = target->column;
    const uint32_t *groups = data_groups(run->arena, columns, n, run->set.n_rows, &n_groups);
    const size_t *counts = count_groups(run, groups, n_groups);
    for (size_t row = 0; row < run->set.n_rows; row++) verdicts[row] = (double)counts[groups[row]] > most;
    return true;
}

/* --- order --- */

typedef struct {
    const DataColumn *column;
    bool is_descending, nulls_first;
} SortKey;

typedef struct {
    uint32_t group, row;
    const SortKey *keys;
    size_t n_keys;
} SortRow;

static int compare_values(const SortKey *key, DataValue a, DataValue b)
{
    double x, y;
    bool no_a = a.text.len == 0, no_b = b.text.len == 0;
    if (no_a || no_b) return no_a == no_b ? 0 : (no_a == key->nulls_first ? -1 : 1);
    int order = data_number(a, &x) && data_number(b, &y) ? (x > y) - (x < y) : str_compare(a.text, b.text);
    return key->is_descending ? -order : order;
}

static int compare_rows(const void *a, const void *b)
{
    const SortRow *one = a, *other = b;
    if (one->group != other->group) return one->group < other->group ? -1 : 1;
    for (size_t i = 0; i < one->n_keys; i++) {
        const SortKey *key = &one->keys[i];
        int order = compare_values(key, data_value(key->column, one->row), data_value(key->column, other->row));
        if (order) return order;
    }
    return (one->row > other->row) - (one->row < other->row);
}

/* All rows, group by group, each in the order of the keys. */
static SortRow *sorted(CoreRun *run, const uint32_t *groups, const SortKey *keys, size_t n_keys)
{
    SortRow *rows = ARENA_ROOM(run->arena, SortRow, run->set.n_rows + 1);
    for (size_t row = 0; row < run->set.n_rows; row++) rows[row] = (SortRow){groups[row], (uint32_t)row, keys, n_keys};
    qsort(rows, run->set.n_rows, sizeof *rows, compare_rows);
    return rows;
}

static const uint32_t *groups_of(CoreRun *run, const StrList *names)
{
    size_t n, n_absent, n_groups;
    const DataColumn **columns = core_columns(run, names, &n, &n_absent);
    return data_groups(run->arena, columns, n, run->set.n_rows, &n_groups);
}

static bool sort_key(CoreRun *run, Str name, SortKey *key)
{
    Operand operand = core_operand(run, core_name(run, name));
    *key = (SortKey){.column = operand.column};
    return operand.kind == OPERAND_COLUMN;
}

bool core_has_next_record(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    SortKey key;
    Operand other = core_value(run, leaf);
    (void)err;
    all_rows(run, verdicts, true);
    if (target->kind != OPERAND_COLUMN || other.kind != OPERAND_COLUMN || !sort_key(run, leaf->ordering, &key)) return true;
    const SortRow *rows = sorted(run, groups_of(run, &leaf->within), &key, 1);
    for (size_t i = 0; i + 1 < run->set.n_rows; i++)
        if (rows[i].group == rows[i + 1].group)
            verdicts[rows[i].row] = str_equal(data_text(target->column, rows[i].row), data_text(other.column, rows[i + 1].row));
    return true;
}

bool core_empty_except_last(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    SortKey key;
    (void)err;
    all_rows(run, verdicts, false);
    if (target->kind != OPERAND_COLUMN || !sort_key(run, leaf->ordering, &key)) return true;
    const SortRow *rows = sorted(run, groups_of(run, &leaf->values), &key, 1);
    for (size_t i = 0; i + 1 < run->set.n_rows; i++)
        if (rows[i].group == rows[i + 1].group) verdicts[rows[i].row] = data_text(target->column, rows[i].row).len == 0;
    return true;
}

/* Two dates of which one is cut short and the other begins with it: their order is not known. */
static bool overlaps(Str a, Str b)
{
    IsoTime t;
    return a.len != b.len && a.len && b.len && (str_starts(a, b) || str_starts(b, a)) && iso_time_parse(a, &t) && iso_time_parse(b, &t);
}

bool core_is_sorted_by(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    const DataColumn *column;
    SortKey *keys = ARENA_ARRAY(run->arena, SortKey, leaf->n_sort_keys + 1);
    size_t n_keys = 0;
    all_rows(run, verdicts, true);
    if (target->kind != OPERAND_COLUMN) return true;
    if (!core_extracted(run, target->column, run->set.n_rows, leaf->regex, &column, err)) return false;
    for (size_t i = 0; i < leaf->n_sort_keys; i++) {
        if (!sort_key(run, leaf->sort_keys[i].name, &keys[n_keys])) continue;
        keys[n_keys].is_descending = leaf->sort_keys[i].is_descending;
        keys[n_keys++].nulls_first = leaf->sort_keys[i].nulls_first;
    }
    if (n_keys == 0) return true;
    const uint32_t *groups = groups_of(run, &leaf->within);
    const SortRow *by_target = sorted(run, groups, &(SortKey){.column = column}, 1), *by_keys = sorted(run, groups, keys, n_keys);
    for (size_t i = 0; i < run->set.n_rows; i++) {
        SortKey own = {.column = column};
        if (compare_values(&own, data_value(column, by_target[i].row), data_value(column, by_keys[i].row))) verdicts[by_keys[i].row] = 0;
        if (i == 0 || by_keys[i].group != by_keys[i - 1].group) continue;
        if (overlaps(data_text(keys[0].column, by_keys[i].row), data_text(keys[0].column, by_keys[i - 1].row))) verdicts[by_keys[i].row] = verdicts[by_keys[i - 1].row] = 0;
    }
    return true;
}

bool core_is_ordered_set(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    SortKey key = {.column = target->column};
    (void)err;
    if (target->kind != OPERAND_COLUMN) return all_rows(run, verdicts, true);
    const SortRow *rows = sorted(run, groups_of(run, &leaf->values), NULL, 0);
    bool in_order = true;
    for (size_t i = 1; i < run->set.n_rows && in_order; i++)
        in_order = rows[i].group != rows[i - 1].group || compare_values(&key, data_value(key.column, rows[i - 1].row), data_value(key.column, rows[i].row)) <= 0;
    return all_rows(run, verdicts, in_order);
}

bool core_is_ordered_by(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    SortKey key = {.column = target->column, .is_descending = leaf->is_descending};
    (void)err;
    if (target->kind != OPERAND_COLUMN) return all_rows(run, verdicts, true);
    const SortRow *rows = sorted(run, ARENA_ARRAY(run->arena, uint32_t, run->set.n_rows + 1), &key, 1);
    for (size_t i = 0; i < run->set.n_rows; i++) verdicts[i] = target->column->codes[i] == target->column->codes[rows[i].row];
    return true;
}

bool core_has_same_values(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    (void)leaf, (void)err;
    bool same = true;
    if (target->kind == OPERAND_COLUMN)
        for (size_t row = 1; row < run->set.n_rows; row++) same = same && target->column->codes[row] == target->column->codes[0];
    return all_rows(run, verdicts, same);
}

/* --- sets --- */

/* The values that an operand holds for a row (a column: all of its rows). */
static const ValueSet *set_at(CoreRun *run, const Operand *operand, size_t row)
{
    if (operand->kind == OPERAND_LIST) return operand->lists;
    if (operand->kind == OPERAND_LISTS && operand->list_of_row[row] != UINT32_MAX) return &operand->lists[operand->list_of_row[row]];
    ValueSet *set = ARENA_NEW(run->arena, ValueSet);
    *set = value_set_new(run->arena);
    if (operand->kind == OPERAND_VALUE) value_set_add(set, operand->value);
    if (operand->kind != OPERAND_COLUMN) return set;
    for (size_t i = 0; i < run->set.n_rows; i++) value_set_add(set, data_value(operand->column, i));
    return set;
}

/* Asks a question of two sets once, or of each row when one is a list per row. */
static bool ask_sets(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, bool (*ask)(const ValueSet *, const ValueSet *))
{
    Operand other = core_value(run, leaf);
    bool each = target->kind == OPERAND_LISTS || other.kind == OPERAND_LISTS, answer = false;
    for (size_t row = 0; row < run->set.n_rows; row++) {
        if (row == 0 || each) answer = ask(set_at(run, target, row), set_at(run, &other, row));
        verdicts[row] = answer;
    }
    return true;
}

static bool has_all(const ValueSet *set, const ValueSet *wanted)
{
    for (size_t i = 0; i < wanted->n; i++)
        if (!value_set_has(set, wanted->items[i].text)) return false;
    return true;
}

static bool shares(const ValueSet *set, const ValueSet *other)
{
    for (size_t i = 0; i < other->n; i++)
        if (value_set_has(set, other->items[i].text)) return true;
    return false;
}

/* The values of `set` that `order` has stand in its order; all are there. */
static bool is_in_order(const ValueSet *set, const ValueSet *order)
{
    size_t last = 0;
    for (size_t i = 0; i < set->n; i++) {
        const MapEntry *entry = map_get(&order->by_text, set->items[i].text);
        if (!entry || entry->index < last) return false;
        last = entry->index;
    }
    return true;
}

bool core_contains_all(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    (void)err;
    return ask_sets(run, leaf, target, verdicts, has_all);
}

bool core_shares_elements(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    (void)err;
    return ask_sets(run, leaf, target, verdicts, shares);
}

bool core_is_ordered_subset(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    (void)err;
    return ask_sets(run, leaf, target, verdicts, is_in_order);
}

bool core_equals_string_part(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    const CoreRegex *regex;
    Operand other = core_value(run, leaf);
    if (!core_regex_compile(run->arena, leaf->regex, &regex, err)) return false;
    for (size_t row = 0; row < run->set.n_rows; row++) {
        Str part = STR(""), text = other.kind == OPERAND_COLUMN ? data_text(other.column, row) : other.value.text;
        Str have = target->kind == OPERAND_COLUMN ? data_text(target->column, row) : target->value.text;
        verdicts[row] = core_regex_extract(regex, text, &part) && str_equal(have, part);
    }
    return true;
}
