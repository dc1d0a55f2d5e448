/* A file of any format as texts. */
#include "exchange/table.h"
#include "trial/mapping.h"

#include <math.h>

#define MAX_CELLS ((size_t)100000000)
#define DAYS_TO_1960 (-3653)          /* SAS counts from 1960-01-01 */

/* Days since 1960 as an ISO 8601 date; seconds since 1960 by their day and time. */
static Str counted(Arena *arena, TableType type, double number)
{
    double seconds = type == TABLE_DATE ? number * 86400 : number;
    if (!(fabs(seconds) < 2.5e11)) return STR("");
    int64_t whole = (int64_t)floor(seconds), day = (int64_t)floor(seconds / 86400), rest = whole - day * 86400;
    Str date = date_text(arena, date_from_days(day + DAYS_TO_1960));
    if (type == TABLE_DATE) return date;
    Str time = str_format(arena, "%02d:%02d:%02d", (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    return type == TABLE_TIME ? time : str_format(arena, STR_FMT "T" STR_FMT, STR_ARG(date), STR_ARG(time));
}

static Str cell_text(Arena *arena, const TableVariable *variable, const TableCell *cell)
{
    if (cell->missing == MISSING_UNSTATED) return STR("");
    if (cell->missing >= MISSING_SAS_A || cell->missing == MISSING_SAS_UNDERSCORE) return str_from(missing_word(cell->missing));
    if (cell->missing) return str_format(arena, ".%s", missing_word(cell->missing));
    if (!table_is_number(variable) || cell->text.len) return str_copy(arena, cell->text);
    if (variable->is_count) return counted(arena, variable->type, cell->number);
    Buf buf = buf_new(arena);
    if (isfinite(cell->number)) buf_number(&buf, cell->number);
    return buf_str(&buf);
}

static bool read_rows(Arena *arena, TableReader *reader, const TableMember *from, MapMember *to, Error *err)
{
    const TableCell *cells;
    size_t capacity = 0;
    while (true) {
        if (!table_next_row(reader, &cells, err)) return false;
        if (!cells) return true;
        if ((to->n_rows + 1) * (to->n_columns + 1) > MAX_CELLS) {
            error_set(err, ERROR_MALFORMED, "the file has more than %zu cells", MAX_CELLS);
            return error_hint(err, "Import it in parts.");
        }
        if (to->n_rows == capacity) {
            size_t wanted = capacity ? 2 * capacity : 64;
            to->cells = arena_grow(arena, to->cells, capacity * to->n_columns * sizeof(Str), wanted * to->n_columns * sizeof(Str));
            capacity = wanted;
        }
        for (size_t i = 0; i < to->n_columns; i++) to->cells[to->n_rows * to->n_columns + i] = cell_text(arena, &from->variables[i], &cells[i]);
        to->n_rows++;
    }
}

bool map_source_read(Arena *arena, Str path, MapSource *source, Error *err)
{
    TableReader *reader;
    const TableMember *from;
    size_t capacity = 0;
    *source = (MapSource){.file = path};
    if (!table_open(arena, path, &reader, err)) return false;
    while (true) {
        if (!table_next_member(reader, &from, err)) return false;
        if (!from) return true;
        ARENA_PUSH_ROOM(arena, source->members, source->n, capacity);
        MapMember *to = &source->members[source->n++];
        *to = (MapMember){.name = str_copy(arena, from->name), .n_columns = from->n_variables, .columns = ARENA_ARRAY(arena, Str, from->n_variables + 1),
                          .is_number = ARENA_ARRAY(arena, bool, from->n_variables + 1)};
        for (size_t i = 0; i < to->n_columns; i++) {
            to->columns[i] = str_copy(arena, from->variables[i].name);
            to->is_number[i] = table_is_number(&from->variables[i]) && !from->variables[i].is_count;
        }
        if (!read_rows(arena, reader, from, to, err)) return false;
    }
}
