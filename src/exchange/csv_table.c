/* CSV as a table that streams. A first pass finds out which columns are of numbers and how long the texts are. */
#include "base/file.h"
#include "exchange/csv_inside.h"
#include "exchange/table.h"

typedef struct {
    CsvReader *csv;
    bool is_given;                    /* the one member */
    TableMember member;
    TableCell *cells;
    /* writing */
    Sink *sink;
    Buf line;
} State;

/* What a cell is: *missing is MISSING_NOT for a value. */
static bool judge(const CsvReader *csv, const CsvRow *row, size_t i, Str *text, MissingReason *missing, Error *err)
{
    Str word = csv->options.missing_text, cell = row->fields[i];
    bool is_trim = cell.len && cell.data[0] > ' ' && cell.data[cell.len - 1] > ' ';
    *text = is_trim ? cell : str_trim(cell);
    *missing = MISSING_NOT;
    if (text->len == 0 || (word.len && !row->quoted[i] && str_equal(row->fields[i], word))) *missing = MISSING_UNSTATED;
    else if (text->data[0] == '.' && !csv_missing(row->fields[i], missing, err)) return csv_error((CsvReader *)csv, row->line, i);
    return true;
}

static bool survey(CsvReader *csv, TableMember *member, Error *err)
{
    CsvRow row;
    bool found, *seen = ARENA_ARRAY(csv->arena, bool, csv->n_names), *is_text = ARENA_ARRAY(csv->arena, bool, csv->n_names);
    while (true) {
        if (!csv_next(csv, &row, &found, err)) return false;
        if (!found) break;
        member->n_rows++;
        for (size_t i = 0; i < row.n; i++) {
            TableVariable *variable = &member->variables[i];
            Str text;
            MissingReason missing;
            double value;
            if (!judge(csv, &row, i, &text, &missing, err)) return false;
            if (missing) continue;
            seen[i] = true;
            if (row.fields[i].len > variable->length) variable->length = row.fields[i].len;
            if (!is_text[i]) is_text[i] = !csv_is_number(text, &value);
        }
    }
    for (size_t i = 0; i < member->n_variables; i++) {
        if (is_text[i] || !seen[i]) continue;
        member->variables[i].type = TABLE_DOUBLE;
        member->variables[i].length = 8;
    }
    return true;
}

static bool open_file(Arena *arena, const TableInput *input, void **opened, Error *err)
{
    State *state = ARENA_NEW(arena, State);
    CsvOptions options = {.missing_text = input->missing_text, .max_bytes = (size_t)1 << 40, .max_rows = SIZE_MAX};
    Bytes *bytes = input->bytes;
    CsvReader *csv;
    *opened = state;
    if (!csv_open_bytes(arena, bytes, &options, &csv, err)) return false;
    state->member = (TableMember){.name = str_copy(arena, file_stem(input->path)), .n_variables = csv->n_names, .n_rows_known = true,
                                  .variables = ARENA_ARRAY(arena, TableVariable, csv->n_names)};
    for (size_t i = 0; i < csv->n_names; i++) state->member.variables[i].name = csv->names[i];
    if (!survey(csv, &state->member, err)) return false;
    state->cells = ARENA_ARRAY(arena, TableCell, csv->n_names);
    return bytes_again(arena, &bytes, err) && csv_open_bytes(arena, bytes, &options, &state->csv, err);
}

static bool next_member(void *from, const TableMember **member, Error *err)
{
    State *state = from;
    (void)err;
    *member = state->is_given ? NULL : &state->member;
    state->is_given = true;
    return true;
}

static bool next_row(void *from, const TableCell **cells, Error *err)
{
    State *state = from;
    CsvRow row;
    bool found;
    *cells = NULL;
    if (!csv_next(state->csv, &row, &found, err)) return false;
    if (!found) return true;
    for (size_t i = 0; i < row.n; i++) {
        TableCell *cell = &state->cells[i];
        Str text;
        *cell = (TableCell){.text = STR("")};
        if (!judge(state->csv, &row, i, &text, &cell->missing, err)) return false;
        if (cell->missing) continue;
        bool is_number = table_is_number(&state->member.variables[i]);
        cell->text = is_number ? text : row.fields[i];
        if (!is_number) continue;
        if (!csv_is_number(text, &cell->number)) return csv_error(state->csv, row.line, i);      /* the file changed meanwhile */
    }
    *cells = state->cells;
    return true;
}

static bool create(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, void **created, Error *err)
{
    State *state = ARENA_NEW(arena, State);
    (void)choices, (void)changes, (void)err;
    *state = (State){.sink = sink, .line = buf_new(arena)};
    *created = state;
    return true;
}

static bool put_line(State *state, Error *err)
{
    buf_char(&state->line, '\n');
    bool ok = sink_put(state->sink, buf_str(&state->line), err);
    state->line.len = 0;
    return ok;
}

static bool begin(void *to, const TableMember *member, Error *err)
{
    State *state = to;
    state->member = *member;
    for (size_t i = 0; i < member->n_variables; i++) {
        if (i) buf_char(&state->line, ',');
        csv_put_text(&state->line, member->variables[i].name);
    }
    return put_line(state, err);
}

static bool write_row(void *to, const TableCell *cells, Error *err)
{
    State *state = to;
    size_t n = state->member.n_variables;
    state->member.n_rows++;
    for (size_t i = 0; i < n; i++) {
        if (i) buf_char(&state->line, ',');
        if (cells[i].missing) csv_put_missing(&state->line, cells[i].missing, n == 1);
        else if (table_is_number(&state->member.variables[i])) buf_number(&state->line, cells[i].number);
        else if (!csv_put_cell(&state->line, cells[i].text, err))
            return error_in(err, STR_FMT ", column \"" STR_FMT "\"", STR_ARG(state->member.name), STR_ARG(state->member.variables[i].name));
    }
    return put_line(state, err);
}

static bool finish(void *to, Error *err)
{
    (void)to, (void)err;
    return true;
}

const TableFormat table_format_csv = {
    .word = "csv",
    .meaning = "comma-separated values",
    .endings = ".csv .tsv .txt",
    .open = open_file,
    .next_member = next_member,
    .next_row = next_row,
    .gives_lengths = true,
    .gives_rows = true,
    .one_member = true,
    .create = create,
    .begin = begin,
    .write = write_row,
    .finish = finish,
};
