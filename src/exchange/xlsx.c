#include "exchange/xlsx.h"

#include <math.h>
#include <string.h>

#include "base/map.h"
#include "exchange/csv.h"
#include "exchange/iso_count.h"
#include "exchange/xlsx_inside.h"

typedef struct {
    Arena *arena, *member_arena, *row_arena;
    ArenaMark row_mark;
    XlsxBook *book;
    XlsxMember *described;            /* in a workbook of our own */
    size_t n_described;
    size_t next_sheet;
    const XlsxSheet *sheet;
    bool is_described;                /* the sheet at hand */
    TableMember member;
    size_t *variable_of;              /* of each column of the sheet, SIZE_MAX for one without a name */
    size_t n_columns;
    XlsxRows *rows;
    TableCell *cells;
} State;

/* --- cells --- */

static bool refuse(const State *state, const XlsxRow *row, size_t column, Error *err)
{
    Arena *scratch = arena_new();
    error_in(err, "sheet \"" STR_FMT "\", cell " STR_FMT, STR_ARG(state->sheet->name), STR_ARG(xlsx_cell_name(scratch, column, row->number)));
    arena_free(scratch);
    return false;
}

/* Whether a cell holds no value, and why; *missing is MISSING_NOT for a value. */
static bool judge(const State *state, const XlsxRow *row, size_t column, MissingReason *missing, Error *err)
{
    const XlsxCell *cell = &row->cells[column];
    bool is_blank = cell->type == XLSX_TEXT && (state->is_described ? cell->text : str_trim(cell->text)).len == 0;
    *missing = MISSING_NOT;
    if (cell->type == XLSX_NOTHING || is_blank || (cell->type == XLSX_ERROR && str_equal(cell->text, STR("#N/A")))) *missing = MISSING_UNSTATED;
    else if (cell->type == XLSX_ERROR) {
        error_set(err, ERROR_MALFORMED, "the cell holds the error " STR_FMT, STR_ARG(cell->text));
        error_hint(err, "Mend the formula, or clear the cell.");
        return refuse(state, row, column, err);
    } else if (cell->type == XLSX_TEXT && cell->text.data[0] == '.' && !csv_missing(cell->text, missing, err)) return refuse(state, row, column, err);
    return true;
}

static bool no_date(const State *state, const XlsxRow *row, size_t column, Error *err)
{
    error_set(err, ERROR_MALFORMED, "the number %.15g is formatted as a date or time, and is none", row->cells[column].number);
    error_hint(err, "Dates lie between 1900 and 9999; 1900-02-29 was none.");
    return refuse(state, row, column, err);
}

/* The text of any cell that has a value. */
static bool text_of(State *state, const XlsxRow *row, size_t column, Str *text, Error *err)
{
    const XlsxCell *cell = &row->cells[column];
    Buf buf = buf_new(state->row_arena);
    *text = cell->text;
    if (cell->type == XLSX_TEXT) return true;
    if (cell->type == XLSX_BOOLEAN) buf_add_c(&buf, cell->number != 0 ? "TRUE" : "FALSE");
    else if (cell->kind == XLSX_PLAIN) buf_number(&buf, cell->number);
    else if (!xlsx_date_put(&buf, cell->number, cell->kind, state->book->since_1904)) return no_date(state, row, column, err);
    *text = buf_str(&buf);
    return true;
}

static bool wrong_cell(const State *state, const TableVariable *variable, const XlsxRow *row, size_t column, Error *err)
{
    error_set(err, ERROR_MALFORMED, "the cell is no %s, as variable \"" STR_FMT "\" is", table_type_word(variable->type), STR_ARG(variable->name));
    if (state->is_described) error_hint(err, "Sheet \"" XLSX_VARIABLES "\" says so; delete it to have types found anew.");
    return refuse(state, row, column, err);
}

static bool read_cell(State *state, const TableVariable *variable, const XlsxRow *row, size_t column, TableCell *cell, Error *err)
{
    const XlsxCell *from = &row->cells[column];
    *cell = (TableCell){.text = STR("")};
    if (!judge(state, row, column, &cell->missing, err)) return false;
    if (cell->missing) return true;
    if (variable->is_count) {
        Str text;
        if (!text_of(state, row, column, &text, err)) return false;
        return iso_count_parse(variable->type, text, &cell->number) || wrong_cell(state, variable, row, column, err);
    }
    if (!table_is_number(variable)) return text_of(state, row, column, &cell->text, err);
    cell->number = from->number;
    return from->type == (variable->type == TABLE_BOOLEAN ? XLSX_BOOLEAN : XLSX_NUMBER) || wrong_cell(state, variable, row, column, err);
}

/* --- the types of a sheet's columns --- */

/* What the cells of a column were so far. */
typedef struct {
    size_t n_numbers, n_booleans, n_texts, n_of[TABLE_URI + 1], longest;
} Seen;

static bool look_at(State *state, const XlsxRow *row, size_t column, Seen *seen, Error *err)
{
    const XlsxCell *cell = &row->cells[column];
    MissingReason missing;
    TableType type;
    Str text;
    if (!judge(state, row, column, &missing, err)) return false;
    if (missing) return true;
    if (!text_of(state, row, column, &text, err)) return false;
    if (text.len > seen->longest) seen->longest = text.len;
    if (cell->type == XLSX_TEXT) seen->n_texts++;
    else if (cell->type == XLSX_BOOLEAN) seen->n_booleans++;
    else if (cell->kind == XLSX_PLAIN) seen->n_numbers++;
    else if (xlsx_date_type(cell->number, cell->kind, state->book->since_1904, &type)) seen->n_of[type]++;
    return true;
}

static void decide(TableVariable *variable, const Seen *seen)
{
    int n_times = 0, n_others = (seen->n_numbers > 0) + (seen->n_booleans > 0) + (seen->n_texts > 0);
    static const TableType TIMES[] = {TABLE_DATE, TABLE_TIME, TABLE_DATETIME};
    variable->length = seen->longest;
    for (size_t i = 0; i < 3; i++) n_times += seen->n_of[TIMES[i]] > 0;
    if (n_times + n_others != 1) return;                      /* texts, or nothing at all */
    for (size_t i = 0; i < 3; i++)
        if (seen->n_of[TIMES[i]]) variable->type = TIMES[i];
    if (seen->n_numbers) variable->type = TABLE_DOUBLE, variable->length = 8;
    if (seen->n_booleans) variable->type = TABLE_BOOLEAN, variable->length = 8;
}

static bool is_blank_row(const State *state, const XlsxRow *row)
{
    for (size_t i = 0; i < row->n; i++) {
        const XlsxCell *cell = &row->cells[i];
        if (cell->type != XLSX_NOTHING && !(cell->type == XLSX_TEXT && str_trim(cell->text).len == 0)) return false;
    }
    return !state->is_described;
}

/* The next row that counts; row->number is 0 at the end. */
static bool next_row_of(State *state, XlsxRows *rows, XlsxRow *row, Error *err)
{
    do
        if (!xlsx_rows_next(rows, row, err)) return false;
    while (row->number && is_blank_row(state, row));
    return true;
}

static const TableVariable *described_variable(const TableMember *member, Str name)
{
    for (size_t i = 0; member && i < member->n_variables; i++)
        if (str_equal(member->variables[i].name, name)) return &member->variables[i];
    return NULL;
}

/* Names: the texts of the row; a column without one may hold nothing. */
static bool read_names(State *state, const XlsxRow *row, const TableMember *described, bool *is_known, Error *err)
{
    Map names = map_new(state->member_arena);
    state->n_columns = row->n;
    state->variable_of = ARENA_ARRAY(state->member_arena, size_t, row->n + 1);
    state->member.variables = ARENA_ARRAY(state->member_arena, TableVariable, row->n + 1);
    for (size_t i = 0; i < row->n; i++) {
        Str name;
        bool is_new;
        state->variable_of[i] = SIZE_MAX;
        if (!text_of(state, row, i, &name, err)) return false;
        name = str_copy(state->member_arena, row->cells[i].type == XLSX_NOTHING ? STR("") : state->is_described ? name : str_trim(name));
        if (name.len == 0) continue;
        map_put(&names, str_upper(state->member_arena, name), &is_new);
        if (!is_new) {
            error_set(err, ERROR_MALFORMED, "two columns are named \"" STR_FMT "\"", STR_ARG(name));
            return refuse(state, row, i, err);
        }
        const TableVariable *known = described_variable(described, name);
        state->variable_of[i] = state->member.n_variables;
        is_known[state->member.n_variables] = known != NULL;
        state->member.variables[state->member.n_variables++] = known ? *known : (TableVariable){.name = name};
    }
    return true;
}

/* Every value stands below a name. */
static bool check_columns(const State *state, const XlsxRow *row, Error *err)
{
    for (size_t i = 0; i < row->n; i++) {
        if (row->cells[i].type == XLSX_NOTHING || (i < state->n_columns && state->variable_of[i] != SIZE_MAX)) continue;
        if (row->cells[i].type == XLSX_TEXT && str_trim(row->cells[i].text).len == 0) continue;
        error_set(err, ERROR_MALFORMED, "the cell has a value, and its column has no name");
        error_hint(err, "The first row that is not blank names the columns; name this one, or clear it.");
        return refuse(state, row, i, err);
    }
    return true;
}

static bool survey(State *state, XlsxRows *rows, const bool *is_known, Error *err)
{
    XlsxRow row;
    TableMember *member = &state->member;
    Seen *seen = ARENA_ARRAY(state->member_arena, Seen, member->n_variables + 1);
    while (true) {
        if (!next_row_of(state, rows, &row, err)) return false;
        if (row.number == 0) break;
        member->n_rows++;
        if (!check_columns(state, &row, err)) return false;
        for (size_t i = 0; i < row.n && i < state->n_columns; i++)
            if (state->variable_of[i] != SIZE_MAX && !is_known[state->variable_of[i]] && !look_at(state, &row, i, &seen[state->variable_of[i]], err)) return false;
        arena_rewind(state->row_arena, state->row_mark);
    }
    for (size_t i = 0; i < member->n_variables; i++)
        if (!is_known[i]) decide(&member->variables[i], &seen[i]);
    return true;
}

/* --- the format's functions --- */

static void release(void *from)
{
    State *state = from;
    arena_free(state->member_arena);
    arena_free(state->row_arena);
}

bool xlsx_open(Arena *arena, Zip *zip, void **opened, Error *err)
{
    State *state = ARENA_NEW(arena, State);
    *state = (State){.arena = arena, .row_arena = arena_new()};
    arena_defer(arena, release, state);
    arena_alloc(state->row_arena, 1);
    state->row_mark = arena_mark(state->row_arena);
    *opened = state;
    return xlsx_book_open(arena, zip, &state->book, err) && xlsx_about_read(arena, state->book, &state->described, &state->n_described, err);
}

static bool open_file(Arena *arena, const TableInput *input, void **opened, Error *err)
{
    Zip *zip;
    return zip_open(arena, input->path, &zip, err) && xlsx_open(arena, zip, opened, err);
}

static bool describes_others(const State *state, const XlsxSheet *sheet)
{
    return state->n_described && (str_equal(sheet->name, STR(XLSX_DATA_SETS)) || str_equal(sheet->name, STR(XLSX_VARIABLES)));
}

/* A sheet as a member; *found is false when nothing is in it. */
static bool begin_sheet(State *state, bool *found, Error *err)
{
    XlsxRow row;
    const TableMember *described = NULL;
    Arena *scratch = arena_new();
    XlsxRows *rows;
    arena_free(state->member_arena);
    state->member_arena = arena_new();
    for (size_t i = 0; i < state->n_described && !described; i++)
        if (str_equal(state->described[i].sheet, state->sheet->name)) described = &state->described[i].member;
    state->is_described = described != NULL;
    state->member = described ? *described : (TableMember){.name = state->sheet->name};
    state->member.n_variables = 0;
    state->member.n_rows = 0;
    state->member.n_rows_known = true;
    bool ok = xlsx_rows_open(scratch, state->book, state->sheet, &rows, err) && next_row_of(state, rows, &row, err);
    *found = ok && row.number;
    if (*found) {
        bool *is_known = ARENA_ARRAY(scratch, bool, row.n + 1);
        ok = read_names(state, &row, described, is_known, err) && survey(state, rows, is_known, err);
    }
    arena_free(scratch);
    if (!ok || !*found) return ok;
    state->cells = ARENA_ARRAY(state->member_arena, TableCell, state->member.n_variables + 1);
    return xlsx_rows_open(state->member_arena, state->book, state->sheet, &state->rows, err) && next_row_of(state, state->rows, &row, err);
}

static bool next_member(void *from, const TableMember **member, Error *err)
{
    State *state = from;
    bool found = false;
    *member = NULL;
    while (!found && state->next_sheet < state->book->n_sheets) {
        state->sheet = &state->book->sheets[state->next_sheet++];
        if (!describes_others(state, state->sheet) && !begin_sheet(state, &found, err)) return false;
    }
    if (found) *member = &state->member;
    return true;
}

static bool next_row(void *from, const TableCell **cells, Error *err)
{
    State *state = from;
    XlsxRow row;
    *cells = NULL;
    if (!next_row_of(state, state->rows, &row, err)) return false;
    if (row.number == 0) return true;
    arena_rewind(state->row_arena, state->row_mark);
    for (size_t i = 0; i < state->member.n_variables; i++) state->cells[i] = (TableCell){.text = STR(""), .missing = MISSING_UNSTATED};
    for (size_t i = 0; i < row.n && i < state->n_columns; i++) {
        size_t v = state->variable_of[i];
        if (v != SIZE_MAX && !read_cell(state, &state->member.variables[v], &row, i, &state->cells[v], err)) return false;
    }
    *cells = state->cells;
    return true;
}

static bool is_mine(Str head) { return str_starts(head, STR("PK\3\4")); }

const TableFormat table_format_xlsx = {
    .word = "xlsx",
    .meaning = "Excel workbook",
    .endings = ".xlsx .xlsm",
    .opens_path = true,
    .is_mine = is_mine,
    .open = open_file,
    .next_member = next_member,
    .next_row = next_row,
    .gives_lengths = true,
    .gives_rows = true,
    .create = xlsx_create,
    .begin = xlsx_begin,
    .write = xlsx_write,
    .finish = xlsx_finish,
};
