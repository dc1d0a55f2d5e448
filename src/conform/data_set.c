#include "conform/data_set.h"

#include <stdio.h>
#include <string.h>

const DataColumn *set_column(const DataSet *set, Str name)
{
    const MapEntry *entry = map_get(&set->by_name, name);
    return entry ? &set->columns[entry->index] : NULL;
}

DataValue data_value(const DataColumn *column, size_t row) { return column->values[column->codes[row]]; }

bool data_number(DataValue value, double *number)
{
    *number = value.number;
    return value.is_number || (value.text.len && number_parse(value.text, number));
}

/* To 15 significant digits, which is what survives in a transport file: 9.3 is 9.299999999999999 there. */
static double plain(double number)
{
    char digits[40];
    double plain;
    int n = snprintf(digits, sizeof digits, "%.15g", number);
    return number_parse((Str){digits, (size_t)n}, &plain) ? plain : number;
}

DataValue data_of_number(Arena *arena, double number)
{
    number = plain(number);
    Buf buf = buf_new(arena);
    buf_number(&buf, number);
    return (DataValue){.text = buf_str(&buf), .number = number, .is_number = true};
}

DataValue data_of_text(Str text) { return (DataValue){.text = text}; }

DataColumnBuilder data_column_builder(Arena *arena, Str name, bool is_number)
{
    DataColumnBuilder builder = {.arena = arena, .column = {.name = name, .is_number = is_number}, .texts = map_new(arena)};
    ARENA_PUSH_ROOM(arena, builder.column.values, builder.column.n_values, builder.values_capacity);
    builder.column.values[builder.column.n_values++] = (DataValue){.text = STR("")};
    return builder;
}

/* The code of a number without its text, for runs of equal numbers. */
static bool is_last(const DataColumnBuilder *b, DataValue value)
{
    return b->last_code && value.is_number && value.number == b->last_number;
}

static uint32_t code_of(DataColumnBuilder *b, DataValue value)
{
    double given = value.number;
    if (value.text.len == 0 && !value.is_number) return 0;
    if (is_last(b, value)) return b->last_code;
    ArenaMark mark = arena_mark(b->arena);
    if (value.is_number && value.text.len == 0) value = data_of_number(b->arena, value.number);
    const MapEntry *known = map_get(&b->texts, value.text);
    uint32_t code = known ? (uint32_t)known->index : (uint32_t)b->column.n_values;
    if (known) arena_rewind(b->arena, mark);
    else {
        if (!value.is_number) value.text = str_copy(b->arena, value.text);
        map_put(&b->texts, value.text, NULL)->index = code;
        ARENA_PUSH_ROOM(b->arena, b->column.values, b->column.n_values, b->values_capacity);
        b->column.values[b->column.n_values++] = value;
    }
    if (value.is_number) {
        b->last_number = given;
        b->last_code = code;
    }
    return code;
}

void data_column_add(DataColumnBuilder *b, DataValue value)
{
    uint32_t code = code_of(b, value);
    ARENA_PUSH_ROOM(b->arena, b->column.codes, b->n_rows, b->capacity);
    b->column.codes[b->n_rows++] = code;
}

static Str first_text(const DataSet *set, const char *name)
{
    const DataColumn *column = set_column(set, str_from(name));
    return column && set->n_rows ? data_text(column, 0) : STR("");
}

DataSet data_set_of(Arena *arena, Str name, DataColumn *columns, size_t n_columns, size_t n_rows)
{
    bool is_new;
    DataSet set = {.name = name, .n_rows = n_rows, .n_columns = n_columns, .columns = columns, .by_name = map_new(arena)};
    for (size_t i = 0; i < n_columns; i++) {
        MapEntry *entry = map_put(&set.by_name, columns[i].name, &is_new);
        if (is_new) entry->index = i;
    }
    set.domain = first_text(&set, "DOMAIN");
    set.rdomain = first_text(&set, "RDOMAIN");
    set.prefix = set.domain.len ? set.domain : name;
    set.prefix = set.prefix.len == 4 && str_starts(set.prefix, STR("AP")) ? str_slice(set.prefix, 2, 4) : str_slice(set.prefix, 0, 2);
    return set;
}

void data_set_add(Arena *arena, DataSet *set, DataColumn column)
{
    bool is_new;
    DataColumn *columns = ARENA_ARRAY(arena, DataColumn, set->n_columns + 1);
    if (set->n_columns) memcpy(columns, set->columns, set->n_columns * sizeof *columns);
    columns[set->n_columns] = column;
    Map by_name = map_new(arena);
    for (size_t i = 0; i <= set->n_columns; i++) {
        MapEntry *entry = map_put(&by_name, columns[i].name, &is_new);
        if (is_new) entry->index = i;
    }
    set->columns = columns;
    set->by_name = by_name;
    set->n_columns++;
}

DataColumn data_column_take(Arena *arena, const DataColumn *column, const uint32_t *rows, size_t n_rows)
{
    DataColumn taken = *column;
    taken.codes = ARENA_ROOM(arena, uint32_t, n_rows + 1);
    for (size_t i = 0; i < n_rows; i++) taken.codes[i] = rows[i] == UINT32_MAX ? 0 : column->codes[rows[i]];
    return taken;
}

/* Numbers the distinct pairs (group, code) in order of appearance, by a table of all pairs. */
static size_t refine_few(Arena *arena, uint32_t *groups, const DataColumn *column, size_t n_groups, size_t n_rows)
{
    size_t n = 0;
    uint32_t *numbers = ARENA_ARRAY(arena, uint32_t, n_groups * column->n_values + 1);     /* 1 + group, 0 is free */
    for (size_t row = 0; row < n_rows; row++) {
        uint32_t *number = &numbers[groups[row] * column->n_values + column->codes[row]];
        if (!*number) *number = (uint32_t)++n;
        groups[row] = *number - 1;
    }
    return n;
}

/* The same in an open hash table of the pairs there are. */
static size_t refine(Arena *arena, uint32_t *groups, const uint32_t *codes, size_t n_rows)
{
    size_t n_slots = 16, n = 0;
    while (n_slots < 2 * n_rows) n_slots *= 2;
    uint64_t *keys = ARENA_ROOM(arena, uint64_t, n_slots);
    uint32_t *numbers = ARENA_ARRAY(arena, uint32_t, n_slots);     /* 1 + group, 0 is free */
    for (size_t row = 0; row < n_rows; row++) {
        uint64_t key = (uint64_t)groups[row] << 32 | codes[row], hash = key * UINT64_C(0x9E3779B97F4A7C15);
        size_t slot = (size_t)(hash >> 20) & (n_slots - 1);
        while (numbers[slot] && keys[slot] != key) slot = (slot + 1) & (n_slots - 1);
        if (!numbers[slot]) {
            keys[slot] = key;
            numbers[slot] = (uint32_t)++n;
        }
        groups[row] = numbers[slot] - 1;
    }
    return n;
}

uint32_t *data_groups(Arena *arena, const DataColumn *const *columns, size_t n_columns, size_t n_rows, size_t *n_groups)
{
    uint32_t *groups = ARENA_ARRAY(arena, uint32_t, n_rows + 1);
    *n_groups = n_rows > 0;
    ArenaMark mark = arena_mark(arena);
    for (size_t i = 0; i < n_columns; i++) {
        bool are_few = *n_groups <= 4 * (n_rows + 1000) / (columns[i]->n_values + 1);
        *n_groups = are_few ? refine_few(arena, groups, columns[i], *n_groups, n_rows) : refine(arena, groups, columns[i]->codes, n_rows);
        arena_rewind(arena, mark);
    }
    return groups;
}

DataFolder data_folder_new(Arena *arena) { return (DataFolder){.arena = arena, .by_name = map_new(arena)}; }

void data_folder_add(DataFolder *folder, DataSet set)
{
    ARENA_PUSH_ROOM(folder->arena, folder->items, folder->n, folder->capacity);
    map_put(&folder->by_name, set.name, NULL)->index = folder->n;
    folder->items[folder->n++] = set;
}

void data_folder_sort(DataFolder *folder)
{
    for (size_t i = 1; i < folder->n; i++) {
        DataSet moved = folder->items[i];
        size_t at = i;
        for (; at > 0 && str_compare(folder->items[at - 1].name, moved.name) > 0; at--) folder->items[at] = folder->items[at - 1];
        folder->items[at] = moved;
    }
    for (size_t i = 0; i < folder->n; i++) map_put(&folder->by_name, folder->items[i].name, NULL)->index = i;
}

const DataSet *data_folder_get(const DataFolder *folder, Str name)
{
    const MapEntry *entry = map_get(&folder->by_name, name);
    return entry ? &folder->items[entry->index] : NULL;
}
