#include "data/frame.h"

#include <assert.h>
#include <string.h>

const char *missing_word(MissingReason reason)
{
    static const char *const WORDS[] = {
        [MISSING_NOT] = "",
#define X(name, word, meaning) [MISSING_##name] = word,
        MISSING_REASONS(X)
#undef X
    };
    static const char LETTERS[27][3] = {".A", ".B", ".C", ".D", ".E", ".F", ".G", ".H", ".I", ".J", ".K", ".L", ".M", ".N",
                                        ".O", ".P", ".Q", ".R", ".S", ".T", ".U", ".V", ".W", ".X", ".Y", ".Z", "._"};
    if (reason == MISSING_SAS_UNDERSCORE) return LETTERS[26];
    if (reason >= MISSING_SAS_A && reason <= MISSING_SAS_Z) return LETTERS[reason - MISSING_SAS_A];
    return WORDS[reason];
}

bool missing_parse(Str word, MissingReason *reason)
{
    for (int i = MISSING_UNSTATED; i <= MISSING_WITHDRAWN; i++)
        if (str_equal(word, str_from(missing_word((MissingReason)i)))) {
            *reason = (MissingReason)i;
            return true;
        }
    if (word.len != 2 || word.data[0] != '.') return false;
    if (word.data[1] != '_' && (word.data[1] < 'A' || word.data[1] > 'Z')) return false;
    *reason = (MissingReason)word.data[1];
    return true;
}

bool column_is_number(const Column *column) { return column->type == COLUMN_NUMBER || column->type == COLUMN_INTEGER; }

const char *column_type_name(ColumnType type)
{
    static const char *const NAMES[] = {"number", "integer", "text", "date", "datetime", "coded"};
    return NAMES[type];
}

Frame *frame_new(Arena *arena, Str name)
{
    Frame *frame = ARENA_NEW(arena, Frame);
    *frame = (Frame){.arena = arena, .name = name};
    return frame;
}

static void column_reserve(Arena *arena, Column *column, size_t n, size_t capacity)
{
    if (capacity <= column->capacity) return;
    if (column_is_number(column))
        column->numbers = arena_grow(arena, column->numbers, n * sizeof(double), capacity * sizeof(double));
    else
        column->texts = arena_grow(arena, column->texts, n * sizeof(Str), capacity * sizeof(Str));
    column->missing = arena_grow(arena, column->missing, n, capacity);
    column->capacity = capacity;
}

Column *frame_add_column(Frame *frame, Str name, ColumnType type)
{
    assert(!frame_column(frame, name));
    ARENA_PUSH_ROOM(frame->arena, frame->columns, frame->n_columns, frame->column_capacity);
    Column *column = &frame->columns[frame->n_columns++];
    *column = (Column){.name = name, .type = type};
    column_reserve(frame->arena, column, 0, frame->n_rows ? frame->n_rows : 8);
    memset(column->missing, MISSING_UNSTATED, frame->n_rows);
    return column;
}

Column *frame_column(const Frame *frame, Str name)
{
    for (size_t i = 0; i < frame->n_columns; i++)
        if (str_equal_fold(frame->columns[i].name, name)) return &frame->columns[i];
    return NULL;
}

bool frame_need(const Frame *frame, Str name, const Column **column, Error *err)
{
    *column = frame_column(frame, name);
    if (*column) return true;
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" has no column \"" STR_FMT "\"", STR_ARG(frame->name), STR_ARG(name));
    Arena *scratch = arena_new();
    Str *names = ARENA_ARRAY(scratch, Str, frame->n_columns);
    for (size_t i = 0; i < frame->n_columns; i++) names[i] = frame->columns[i].name;
    Str nearest = str_nearest(name, names, frame->n_columns);
    if (nearest.len) {
        error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(nearest));
    } else {
        Buf list = buf_new(scratch);
        for (size_t i = 0; i < frame->n_columns && list.len < 300; i++)
            buf_format(&list, "%s" STR_FMT, i ? ", " : "", STR_ARG(names[i]));
        error_hint(err, "It has: %s.", buf_c(&list));
    }
    arena_free(scratch);
    return false;
}

bool column_need_numbers(const Column *column, size_t n_rows, Error *err)
{
    size_t n_numbers = 0, first = SIZE_MAX;
    double value;
    if (column_is_number(column)) return true;
    for (size_t row = 0; row < n_rows; row++) {
        if (column->missing[row] != MISSING_NOT) continue;
        if (number_parse(str_trim(column->texts[row]), &value)) n_numbers++;
        else if (first == SIZE_MAX) first = row;
    }
    error_set(err, ERROR_INCONSISTENT, "column \"" STR_FMT "\" holds %s, not numbers", STR_ARG(column->name), column_type_name(column->type));
    if (n_numbers == 0) return false;
    if (first == SIZE_MAX) return error_hint(err, "Its texts read as numbers: give it the type of a number.");
    return error_hint(err, "Row %zu says \"" STR_FMT "\"; %zu rows have numbers. What is not known is left empty.", first + 1, STR_ARG(column->texts[first]), n_numbers);
}

size_t frame_add_row(Frame *frame)
{
    size_t row = frame->n_rows++;
    for (size_t i = 0; i < frame->n_columns; i++) {
        Column *column = &frame->columns[i];
        if (row >= column->capacity) column_reserve(frame->arena, column, row, 2 * column->capacity);
        column->missing[row] = MISSING_UNSTATED;
    }
    return row;
}

void frame_set_number(Frame *frame, size_t row, size_t column, double value)
{
    assert(row < frame->n_rows && column < frame->n_columns && column_is_number(&frame->columns[column]));
    frame->columns[column].numbers[row] = value;
    frame->columns[column].missing[row] = MISSING_NOT;
}

void frame_set_text(Frame *frame, size_t row, size_t column, Str value)
{
    assert(row < frame->n_rows && column < frame->n_columns && !column_is_number(&frame->columns[column]));
    frame->columns[column].texts[row] = value;
    frame->columns[column].missing[row] = MISSING_NOT;
}

void frame_set_missing(Frame *frame, size_t row, size_t column, MissingReason reason)
{
    assert(row < frame->n_rows && column < frame->n_columns && reason != MISSING_NOT);
    Column *target = &frame->columns[column];
    if (column_is_number(target)) target->numbers[row] = 0;
    else target->texts[row] = (Str){"", 0};
    target->missing[row] = (unsigned char)reason;
}

Str frame_cell_text(Arena *arena, const Column *column, size_t row)
{
    if (column->missing[row]) return STR("");
    if (!column_is_number(column)) return column->texts[row];
    Buf buf = buf_new(arena);
    buf_number(&buf, column->numbers[row]);
    return buf_str(&buf);
}

/* A column of the same kind with n rows; row i comes from rows[i], SIZE_MAX leaves it missing. */
static void column_take(Arena *arena, const Column *from, const size_t *rows, size_t n, Column *to)
{
    *to = *from;
    to->capacity = 0;
    to->numbers = NULL;
    to->missing = NULL;
    column_reserve(arena, to, 0, n ? n : 1);
    for (size_t i = 0; i < n; i++) {
        if (rows[i] == SIZE_MAX) {
            to->missing[i] = MISSING_UNSTATED;
            continue;
        }
        if (column_is_number(from)) to->numbers[i] = from->numbers[rows[i]];
        else to->texts[i] = from->texts[rows[i]];
        to->missing[i] = from->missing[rows[i]];
    }
}

Frame *frame_take_rows(Arena *arena, const Frame *frame, const size_t *rows, size_t n_rows)
{
    Frame *taken = frame_new(arena, frame->name);
    taken->label = frame->label;
    taken->n_rows = n_rows;
    taken->n_columns = taken->column_capacity = frame->n_columns;
    taken->columns = ARENA_ARRAY(arena, Column, frame->n_columns);
    for (size_t i = 0; i < frame->n_columns; i++) column_take(arena, &frame->columns[i], rows, n_rows, &taken->columns[i]);
    return taken;
}

static int compare_rows(const Column *by, size_t a, size_t b)
{
    bool a_missing = by->missing[a] != 0, b_missing = by->missing[b] != 0;
    if (a_missing || b_missing) return (int)b_missing - (int)a_missing;
    if (!column_is_number(by)) return str_compare(by->texts[a], by->texts[b]);
    return (by->numbers[a] > by->numbers[b]) - (by->numbers[a] < by->numbers[b]);
}

void frame_sort_rows(const Column *by, bool descending, size_t *rows, size_t n_rows)
{
    Arena *scratch = arena_new();                          /* bottom-up merge sort: stable, n log n */
    size_t *from = rows, *to = ARENA_ARRAY(scratch, size_t, n_rows);
    for (size_t width = 1; width < n_rows; width *= 2) {
        for (size_t start = 0; start < n_rows; start += 2 * width) {
            size_t middle = start + width < n_rows ? start + width : n_rows;
            size_t end = start + 2 * width < n_rows ? start + 2 * width : n_rows;
            size_t left = start, right = middle;
            for (size_t i = start; i < end; i++) {
                bool take_left = right == end;
                if (left < middle && right < end) {
                    int order = compare_rows(by, from[left], from[right]);
                    take_left = descending ? order >= 0 : order <= 0;
                }
                to[i] = take_left ? from[left++] : from[right++];
            }
        }
        size_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != rows) memcpy(rows, from, n_rows * sizeof *rows);
    arena_free(scratch);
}

/* The cells of a row as one text that differs whenever a cell does. */
static Str row_key(Arena *arena, const Column *const *by, size_t n_by, size_t row)
{
    Buf key = buf_new(arena);
    for (size_t k = 0; k < n_by; k++) {
        buf_char(&key, by[k]->missing[row] ? 'm' : 'v');
        if (by[k]->missing[row]) continue;
        Str cell = column_is_number(by[k]) ? (Str){(const char *)&by[k]->numbers[row], sizeof(double)} : by[k]->texts[row];
        buf_add(&key, (Str){(const char *)&cell.len, sizeof cell.len});
        buf_add(&key, cell);
    }
    return buf_str(&key);
}

Groups frame_group(Arena *arena, const Frame *frame, const Column *const *by, size_t n_by)
{
    Arena *scratch = arena_new();
    Map map = map_new(scratch);
    size_t *group = ARENA_ARRAY(scratch, size_t, frame->n_rows);
    for (size_t row = 0; row < frame->n_rows; row++) {
        bool is_new;
        MapEntry *entry = map_put(&map, row_key(scratch, by, n_by, row), &is_new);
        if (is_new) entry->index = map.n - 1;
        group[row] = entry->index;
    }
    Groups groups = {.n_groups = map.n,
                     .first = ARENA_ARRAY(arena, size_t, map.n + 1),
                     .rows = ARENA_ARRAY(arena, size_t, frame->n_rows)};
    for (size_t row = 0; row < frame->n_rows; row++) groups.first[group[row] + 1]++;
    for (size_t g = 0; g < map.n; g++) groups.first[g + 1] += groups.first[g];
    size_t *next = arena_copy(scratch, groups.first, (map.n + 1) * sizeof *next);
    for (size_t row = 0; row < frame->n_rows; row++) groups.rows[next[group[row]]++] = row;
    arena_free(scratch);
    return groups;
}

bool frame_join(Arena *arena, const Frame *left, const Frame *right, Str key, Frame **joined, Error *err)
{
    const Column *left_key, *right_key;
    if (!frame_need(left, key, &left_key, err) || !frame_need(right, key, &right_key, err)) return false;
    Arena *scratch = arena_new();
    Map map = map_new(scratch);
    bool unique = true;
    for (size_t row = 0; row < right->n_rows && unique; row++) {
        MapEntry *entry = map_put(&map, row_key(scratch, &right_key, 1, row), &unique);
        entry->index = row;
        if (!unique)
            error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" stands twice in column \"" STR_FMT "\" of \"" STR_FMT "\"",
                      STR_ARG(frame_cell_text(scratch, right_key, row)), STR_ARG(key), STR_ARG(right->name));
    }
    size_t *all = ARENA_ARRAY(scratch, size_t, left->n_rows), *match = ARENA_ARRAY(scratch, size_t, left->n_rows);
    for (size_t row = 0; unique && row < left->n_rows; row++) {
        MapEntry *entry = map_get(&map, row_key(scratch, &left_key, 1, row));
        all[row] = row;
        match[row] = entry ? entry->index : SIZE_MAX;
    }
    if (unique) {
        *joined = frame_take_rows(arena, left, all, left->n_rows);
        for (size_t i = 0; i < right->n_columns; i++) {
            if (frame_column(*joined, right->columns[i].name)) continue;
            Column *column = frame_add_column(*joined, right->columns[i].name, right->columns[i].type);
            column_take(arena, &right->columns[i], match, left->n_rows, column);
        }
    }
    arena_free(scratch);
    return unique;
}
