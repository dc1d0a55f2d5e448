#include "exchange/csv.h"

#include <assert.h>
#include <string.h>

#include "base/file.h"
#include "base/time.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct CsvReader {
    Arena *arena;
    Str content;
    size_t at, line;
    CsvOptions options;
    size_t n_names, n_rows;
    Str *names;
    Str *fields; /* of the row being read; n_room of them */
    bool *quoted;
    size_t n_room;
    Error *err;
};

/* Says where: line, and the column by name once there are names. */
static bool csv_error(CsvReader *csv, size_t line, size_t column)
{
    if (column == SIZE_MAX) return error_in(csv->err, "line %zu", line);
    if (column < csv->n_names)
        return error_in(csv->err, "line %zu, column \"" STR_FMT "\"", line, STR_ARG(csv->names[column]));
    return error_in(csv->err, "line %zu, column %zu", line, column + 1);
}

static size_t line_of(Str content, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset && i < content.len; i++) {
        bool crlf = content.data[i] == '\r' && i + 1 < content.len && content.data[i + 1] == '\n';
        line += content.data[i] == '\n' || (content.data[i] == '\r' && !crlf);
    }
    return line;
}

static bool at_end(const CsvReader *csv) { return csv->at >= csv->content.len; }

static bool is_here(const CsvReader *csv, char c) { return !at_end(csv) && csv->content.data[csv->at] == c; }

static bool at_line_end(const CsvReader *csv)
{
    return at_end(csv) || is_here(csv, '\n') || is_here(csv, '\r');
}

/* Past one LF, CRLF or CR. */
static void skip_line_end(CsvReader *csv)
{
    if (at_end(csv)) return;
    if (is_here(csv, '\r')) csv->at++;
    if (is_here(csv, '\n'))
        csv->at++;
    else if (csv->content.data[csv->at - 1] != '\r')
        return;
    csv->line++;
}

static bool read_plain(CsvReader *csv, size_t column, Str *field)
{
    size_t start = csv->at;
    while (!at_line_end(csv) && !is_here(csv, csv->options.separator)) {
        if (is_here(csv, '"')) {
            error_set(csv->err, ERROR_MALFORMED, "a quote stands inside a field that is not in quotes");
            error_hint(csv->err, "Put the whole field in quotes and double the quotes inside.");
            return csv_error(csv, csv->line, column);
        }
        csv->at++;
    }
    *field = str_slice(csv->content, start, csv->at);
    return true;
}

static Str undouble(Arena *arena, Str text)
{
    char *copy = arena_alloc(arena, text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        copy[n++] = text.data[i];
        if (text.data[i] == '"') i++;
    }
    return (Str){copy, n};
}

static bool read_quoted(CsvReader *csv, size_t column, Str *field)
{
    size_t start = ++csv->at, first_line = csv->line;
    bool doubled = false;
    for (;; csv->at++) {
        if (at_end(csv)) {
            error_set(csv->err, ERROR_MALFORMED, "a quote is not closed");
            error_hint(csv->err, "End the field with a quote; inside it, a quote is written twice.");
            return csv_error(csv, first_line, column);
        }
        char c = csv->content.data[csv->at];
        if (c == '\n' ||
            (c == '\r' && !(csv->at + 1 < csv->content.len && csv->content.data[csv->at + 1] == '\n')))
            csv->line++;
        if (c != '"') continue;
        if (csv->at + 1 >= csv->content.len || csv->content.data[csv->at + 1] != '"') break;
        doubled = true;
        csv->at++;
    }
    *field = str_slice(csv->content, start, csv->at);
    if (doubled) *field = undouble(csv->arena, *field);
    csv->at++;
    if (at_line_end(csv) || is_here(csv, csv->options.separator)) return true;
    error_set(csv->err, ERROR_MALFORMED, "text follows the closing quote");
    error_hint(csv->err, "Inside quotes, a quote is written twice.");
    return csv_error(csv, csv->line, column);
}

static bool read_field(CsvReader *csv, size_t column)
{
    if (column >= csv->options.max_columns) {
        error_set(csv->err, ERROR_MALFORMED, "there are more than %zu columns", csv->options.max_columns);
        return csv_error(csv, csv->line, SIZE_MAX);
    }
    if (column == csv->n_room) {
        size_t room = csv->n_room ? 2 * csv->n_room : 32;
        csv->fields = arena_grow(csv->arena, csv->fields, csv->n_room * sizeof(Str), room * sizeof(Str));
        csv->quoted = arena_grow(csv->arena, csv->quoted, csv->n_room * sizeof(bool), room * sizeof(bool));
        csv->n_room = room;
    }
    Str field;
    size_t line = csv->line;
    csv->quoted[column] = is_here(csv, '"');
    if (!(csv->quoted[column] ? read_quoted(csv, column, &field) : read_plain(csv, column, &field)))
        return false;
    if (field.len > csv->options.max_field_bytes) {
        error_set(csv->err, ERROR_MALFORMED, "the field has more than %zu bytes",
                  csv->options.max_field_bytes);
        return csv_error(csv, line, column);
    }
    return str_nfc(csv->arena, field, &csv->fields[column], csv->err) || csv_error(csv, line, column);
}

/* One row of any number of fields. The last line may do without its end. */
static bool read_row(CsvReader *csv, CsvRow *row, bool *found)
{
    while (!at_end(csv) && at_line_end(csv)) skip_line_end(csv);
    *found = !at_end(csv);
    if (!*found) return true;
    size_t n = 0, line = csv->line;
    for (;;) {
        if (!read_field(csv, n++)) return false;
        if (at_line_end(csv)) break;
        csv->at++; /* the separator */
    }
    skip_line_end(csv);
    *row = (CsvRow){.line = line, .n = n, .fields = csv->fields, .quoted = csv->quoted};
    return true;
}

static char find_separator(Str content)
{
    bool quoted = false, tab = false, semicolon = false;
    for (size_t i = 0; i < content.len; i++) {
        char c = content.data[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' || c == '\r') break;
        if (c == ',') return ',';
        tab = tab || c == '\t';
        semicolon = semicolon || c == ';';
    }
    return tab ? '\t' : semicolon ? ';' : ',';
}

static bool check_content(CsvReader *csv)
{
    Str content = csv->content;
    size_t bad;
    if (content.len > csv->options.max_bytes)
        return error_set(csv->err, ERROR_MALFORMED, "the text has more than %zu bytes",
                         csv->options.max_bytes);
    const char *nul = content.len ? memchr(content.data, 0, content.len) : NULL;
    if (nul) {
        error_set(csv->err, ERROR_MALFORMED, "the text holds a NUL byte");
        error_hint(csv->err, "Save the file as \"CSV UTF-8\"; it may be UTF-16 or no text at all.");
        return csv_error(csv, line_of(content, (size_t)(nul - content.data)), SIZE_MAX);
    }
    if (str_is_utf8(content, &bad)) return true;
    error_set(csv->err, ERROR_MALFORMED, "the text is not UTF-8");
    error_hint(csv->err, "Save the file as \"CSV UTF-8\".");
    return csv_error(csv, line_of(content, bad), SIZE_MAX);
}

static bool check_names(CsvReader *csv, size_t line)
{
    Map seen = map_new(csv->arena);
    for (size_t i = 0; i < csv->n_names; i++) {
        bool is_new;
        if (csv->names[i].len == 0) {
            error_set(csv->err, ERROR_MALFORMED, "column %zu has no name", i + 1);
            error_hint(csv->err, "Name it in the header, or delete the column.");
            return csv_error(csv, line, SIZE_MAX);
        }
        MapEntry *entry = map_put(&seen, str_upper(csv->arena, csv->names[i]), &is_new);
        if (is_new) {
            entry->index = i;
            continue;
        }
        error_set(csv->err, ERROR_MALFORMED, "columns %zu and %zu are both named \"" STR_FMT "\"",
                  entry->index + 1, i + 1, STR_ARG(csv->names[i]));
        return csv_error(csv, line, SIZE_MAX);
    }
    return true;
}

static CsvOptions with_defaults(const CsvOptions *options)
{
    CsvOptions all = options ? *options : (CsvOptions){0};
    if (!all.max_bytes) all.max_bytes = (size_t)1 << 30;
    if (!all.max_field_bytes) all.max_field_bytes = (size_t)1 << 20;
    if (!all.max_columns) all.max_columns = 4096;
    if (!all.max_rows) all.max_rows = 50000000;
    return all;
}

bool csv_open(Arena *arena, Str content, const CsvOptions *options, CsvReader **reader, Error *err)
{
    CsvReader *csv = ARENA_NEW(arena, CsvReader);
    CsvRow header = {0};
    bool found;
    if (str_starts(content, STR(BYTE_ORDER_MARK))) content = str_slice(content, 3, content.len);
    *csv = (CsvReader){
        .arena = arena, .content = content, .line = 1, .options = with_defaults(options), .err = err};
    if (!check_content(csv)) return false;
    if (!csv->options.separator) csv->options.separator = find_separator(content);
    if (strchr("\"\r\n", csv->options.separator))
        return error_set(err, ERROR_USAGE, "fields cannot be separated by a quote or a line end");
    if (!read_row(csv, &header, &found)) return false;
    if (!found) {
        error_set(err, ERROR_MALFORMED, "there is no header");
        return error_hint(err, "The first line names the columns.");
    }
    csv->n_names = header.n;
    csv->names = ARENA_ARRAY(arena, Str, header.n);
    for (size_t i = 0; i < header.n; i++) csv->names[i] = str_trim(header.fields[i]);
    *reader = csv;
    return check_names(csv, header.line);
}

const Str *csv_names(const CsvReader *reader, size_t *n)
{
    *n = reader->n_names;
    return reader->names;
}

bool csv_next(CsvReader *csv, CsvRow *row, bool *found, Error *err)
{
    csv->err = err;
    if (!read_row(csv, row, found)) return false;
    if (!*found) return true;
    if (csv->n_rows++ == csv->options.max_rows) {
        error_set(err, ERROR_MALFORMED, "there are more than %zu rows", csv->options.max_rows);
        return csv_error(csv, row->line, SIZE_MAX);
    }
    if (row->n == csv->n_names) return true;
    error_set(err, ERROR_MALFORMED, "the row has %zu field%s, the header %zu", row->n, row->n == 1 ? "" : "s",
              csv->n_names);
    error_hint(err, row->n > csv->n_names ? "Put fields that hold the separator in quotes."
                                          : "Write an empty field for a missing value.");
    return csv_error(csv, row->line, SIZE_MAX);
}

static bool unknown_reason(Str cell, Error *err)
{
    static const char *const WORDS[] = {
#define X(name, word, meaning) word,
        MISSING_REASONS(X)
#undef X
    };
    Str words[sizeof WORDS / sizeof WORDS[0]], word = str_slice(cell, 1, cell.len);
    for (size_t i = 0; i < word.len; i++)
        if ((word.data[i] < 'a' || word.data[i] > 'z') && word.data[i] != '-') return true;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) words[i] = str_from(WORDS[i]);
    Str nearest = str_nearest(word, words, sizeof WORDS / sizeof WORDS[0]);
    if (nearest.len == 0) return true;
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is not a reason for a missing value", STR_ARG(cell));
    return error_hint(err, "Did you mean \"." STR_FMT "\"?", STR_ARG(nearest));
}

bool csv_missing(Str cell, MissingReason *reason, Error *err)
{
    *reason = MISSING_NOT;
    cell = str_trim(cell);
    if (cell.len == 0 || str_equal(cell, STR(".")))
        *reason = MISSING_UNSTATED;
    else if (cell.data[0] == '.' && !missing_parse(cell, reason) &&
             !missing_parse(str_slice(cell, 1, cell.len), reason))
        return unknown_reason(cell, err);
    return true;
}

/* The cells of a whole text, row after row. */
typedef struct {
    size_t n_rows, n_columns, capacity, line_capacity;
    Str *cells;
    size_t *lines;
    MissingReason *missing;
} CsvCells;

static bool read_cells(CsvReader *csv, Arena *scratch, CsvCells *all, Error *err)
{
    size_t missing_capacity = 0;
    CsvRow row;
    for (bool found;;) {
        if (!csv_next(csv, &row, &found, err)) return false;
        if (!found) return true;
        ARENA_PUSH_ROOM(scratch, all->lines, all->n_rows, all->line_capacity);
        all->lines[all->n_rows] = row.line;
        for (size_t i = 0; i < row.n; i++) {
            size_t k = all->n_rows * row.n + i;
            ARENA_PUSH_ROOM(scratch, all->cells, k, all->capacity);
            ARENA_PUSH_ROOM(scratch, all->missing, k, missing_capacity);
            all->cells[k] = row.fields[i];
            if (!row.quoted[i] && csv->options.missing_text.len &&
                str_equal(row.fields[i], csv->options.missing_text))
                all->missing[k] = MISSING_UNSTATED;
            else if (!csv_missing(row.fields[i], &all->missing[k], err))
                return csv_error(csv, row.line, i);
        }
        all->n_rows++;
    }
}

/* A number, and no identifier: those begin with zeros, or have more whole digits than a double keeps. */
static bool is_number(Str text)
{
    double value;
    size_t at = text.len && text.data[0] == '-';
    if (text.len == 0 || text.data[0] == '+') return false;
    if (at + 1 < text.len && text.data[at] == '0' && text.data[at + 1] >= '0' && text.data[at + 1] <= '9')
        return false;
    bool is_whole = true;
    for (size_t i = at; i < text.len; i++) is_whole = is_whole && text.data[i] >= '0' && text.data[i] <= '9';
    return !(is_whole && text.len - at > 15) && number_parse(text, &value);
}

static ColumnType column_type(const CsvCells *all, size_t column)
{
    bool numbers = true, dates = true, years_only = true;
    size_t n_present = 0;
    Date date;
    for (size_t row = 0; row < all->n_rows && (numbers || dates); row++) {
        size_t k = row * all->n_columns + column;
        if (all->missing[k]) continue;
        Str text = str_trim(all->cells[k]);
        n_present++;
        numbers = numbers && is_number(text);
        dates = dates && date_parse(text, &date, NULL);
        years_only = years_only && text.len == 4;
    }
    if (n_present == 0) return COLUMN_TEXT;
    if (dates && !years_only) return COLUMN_DATE;
    return numbers ? COLUMN_NUMBER : COLUMN_TEXT;
}

static void fill_column(Frame *frame, size_t column, const CsvCells *all)
{
    ColumnType type = frame->columns[column].type;
    for (size_t row = 0; row < all->n_rows; row++) {
        size_t k = row * all->n_columns + column;
        double value = 0;
        if (all->missing[k])
            frame_set_missing(frame, row, column, all->missing[k]);
        else if (type == COLUMN_TEXT)
            frame_set_text(frame, row, column, all->cells[k]);
        else if (type == COLUMN_DATE)
            frame_set_text(frame, row, column, str_trim(all->cells[k]));
        else if (number_parse(str_trim(all->cells[k]), &value))
            frame_set_number(frame, row, column, value);
    }
}

bool csv_parse_frame(Arena *arena, Str name, Str content, const CsvOptions *options, Frame **frame,
                     size_t **lines, Error *err)
{
    Arena *scratch = arena_new();
    CsvReader *csv;
    CsvCells all = {0};
    bool ok = csv_open(arena, content, options, &csv, err) && read_cells(csv, scratch, &all, err);
    if (ok) {
        *frame = frame_new(arena, name);
        (*frame)->n_rows = all.n_rows;
        all.n_columns = csv->n_names;
        for (size_t i = 0; i < csv->n_names; i++) {
            frame_add_column(*frame, csv->names[i], column_type(&all, i));
            fill_column(*frame, i, &all);
        }
        if (lines) *lines = arena_copy(arena, all.lines, all.n_rows * sizeof *all.lines);
    }
    arena_free(scratch);
    return ok;
}

static Str stem_of(Arena *arena, Str path)
{
    Str file = file_name(path), stem, end;
    return str_copy(arena, str_cut(file, STR("."), &stem, &end) ? stem : file);
}

bool csv_read_frame(Arena *arena, Str path, const CsvOptions *options, Frame **frame, Error *err)
{
    Str content;
    CsvOptions all = with_defaults(options);
    if (!file_read(arena, path, all.max_bytes, &content, err)) return false;
    if (csv_parse_frame(arena, stem_of(arena, path), content, &all, frame, NULL, err)) return true;
    return error_in(err, STR_FMT, STR_ARG(file_name(path)));
}

static bool needs_quotes(Str text)
{
    if (text.len == 0 || str_trim(text).len != text.len || str_starts(text, STR(BYTE_ORDER_MARK)))
        return true;
    for (size_t i = 0; i < text.len; i++)
        if (strchr(",\"\r\n", text.data[i])) return true;
    return false;
}

static void write_text(Buf *buf, Str text)
{
    if (!needs_quotes(text)) {
        buf_add(buf, text);
        return;
    }
    buf_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"') buf_char(buf, '"');
        buf_char(buf, text.data[i]);
    }
    buf_char(buf, '"');
}

static bool write_cell(Buf *buf, const Frame *frame, const Column *column, size_t row, Error *err)
{
    MissingReason reason = (MissingReason)column->missing[row];
    if (reason == MISSING_UNSTATED && frame->n_columns == 1)
        buf_add_c(buf, "\"\""); /* a blank line is no row */
    if (reason == MISSING_UNSTATED) return true;
    if (reason) {
        const char *word = missing_word(reason);
        if (word[0] != '.') buf_char(buf, '.');
        buf_add_c(buf, word);
        return true;
    }
    if (column_is_number(column)) {
        buf_number(buf, column->numbers[row]);
        return true;
    }
    write_text(buf, column->texts[row]);
    if (csv_missing(column->texts[row], &reason, NULL) && (!reason || column->texts[row].len == 0))
        return true;
    error_set(err, ERROR_INCONSISTENT, "the text \"" STR_FMT "\" would be read back as a missing value",
              STR_ARG(column->texts[row]));
    return error_in(err, "\"" STR_FMT "\", row %zu, column \"" STR_FMT "\"", STR_ARG(frame->name), row + 1,
                    STR_ARG(column->name));
}

bool csv_write_frame(Buf *buf, const Frame *frame, Error *err)
{
    for (size_t i = 0; i < frame->n_columns; i++) {
        if (i) buf_char(buf, ',');
        write_text(buf, frame->columns[i].name);
    }
    buf_char(buf, '\n');
    for (size_t row = 0; row < frame->n_rows; row++) {
        for (size_t i = 0; i < frame->n_columns; i++) {
            if (i) buf_char(buf, ',');
            if (!write_cell(buf, frame, &frame->columns[i], row, err)) return false;
        }
        buf_char(buf, '\n');
    }
    return true;
}
