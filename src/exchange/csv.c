#include "exchange/csv_inside.h"

#include <string.h>

/* Says where: line, and the column by name once there are names. */
bool csv_error(CsvReader *csv, size_t line, size_t column)
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

/* How far a row has been read, within the window. */
typedef struct {
    const char *at, *end;
    bool is_last; /* nothing follows `end` */
    size_t line;
} Scan;

/* SCAN_MORE: the window must reach further, and the row be read again. */
typedef enum { SCAN_DONE, SCAN_MORE, SCAN_BAD } ScanResult;

static ScanResult field_too_long(CsvReader *csv, size_t line, size_t column)
{
    error_set(csv->err, ERROR_MALFORMED, "the field has more than %zu bytes", csv->options.max_field_bytes);
    csv_error(csv, line, column);
    return SCAN_BAD;
}

/* The window ends within a field that began at `start`; there is an end to how much is seen at once. */
static ScanResult need_more(CsvReader *csv, const Scan *scan, const char *start, size_t line, size_t column)
{
    if ((size_t)(scan->end - start) <= 2 * csv->options.max_field_bytes) return SCAN_MORE;
    return field_too_long(csv, line, column);
}

static bool ends_line(char c) { return c == '\n' || c == '\r'; }

#define EACH_BYTE(x) (0x0101010101010101U * (uint64_t)(x))

/* The top bit of some byte is set where a byte of eight is zero (perhaps also above it). */
static inline uint64_t any_zero(uint64_t eight) { return (eight - EACH_BYTE(1)) & ~eight; }

/* Past bytes of which none ends a field without quotes: eight at once, then singly. Controls and the separator stop. */
static inline const char *skip_plain(const CsvReader *csv, const char *p, const char *end)
{
    uint64_t separator = EACH_BYTE((unsigned char)csv->options.separator), eight;
    while (end - p >= 8) {
        memcpy(&eight, p, 8);
        uint64_t stops = any_zero(eight ^ separator) | any_zero(eight ^ EACH_BYTE('"')) | ((eight - EACH_BYTE(0x20)) & ~eight);
        if (stops & EACH_BYTE(0x80)) break;
        p += 8;
    }
    while (p < end && !csv->ends_plain[(unsigned char)*p]) p++;
    return p;
}

static ScanResult scan_plain(CsvReader *csv, Scan *scan, size_t column, Str *field)
{
    const char *start = scan->at, *end = scan->end, *p = skip_plain(csv, start, end);
    scan->at = p;
    *field = (Str){start, (size_t)(p - start)};
    if (p == end) return scan->is_last ? SCAN_DONE : need_more(csv, scan, start, scan->line, column);
    if (*p != '"') return SCAN_DONE;
    error_set(csv->err, ERROR_MALFORMED, "a quote stands inside a field that is not in quotes");
    error_hint(csv->err, "Put the whole field in quotes and double the quotes inside.");
    csv_error(csv, scan->line, column);
    return SCAN_BAD;
}

/* Up to the closing quote, at which the scan then stands. */
static ScanResult scan_to_quote(CsvReader *csv, Scan *scan, size_t column, bool *doubled)
{
    const char *start = scan->at, *p = start, *end = scan->end;
    size_t first_line = scan->line;
    for (;; p++) {
        while (p < end && *p != '"' && !ends_line(*p)) p++;
        scan->at = p;
        if (p == end && scan->is_last) {
            error_set(csv->err, ERROR_MALFORMED, "a quote is not closed");
            error_hint(csv->err, "End the field with a quote; inside it, a quote is written twice.");
            csv_error(csv, first_line, column);
            return SCAN_BAD;
        }
        if (p == end || (*p != '\n' && p + 1 == end && !scan->is_last))
            return need_more(csv, scan, start, first_line, column);
        char next = p + 1 < end ? p[1] : '\0';
        if (*p == '\n' || (*p == '\r' && next != '\n')) scan->line++;
        if (*p != '"') continue;
        if (next != '"') return SCAN_DONE;
        *doubled = true;
        p++;
    }
}

static ScanResult scan_quoted(CsvReader *csv, Scan *scan, size_t column, Str *field)
{
    const char *start = ++scan->at;
    bool doubled = false;
    ScanResult result = scan_to_quote(csv, scan, column, &doubled);
    if (result != SCAN_DONE) return result;
    *field = (Str){start, (size_t)(scan->at++ - start)};
    if (doubled) *field = undouble(csv->row_arena, *field);
    if (scan->at == scan->end || *scan->at == csv->options.separator || ends_line(*scan->at))
        return SCAN_DONE;
    error_set(csv->err, ERROR_MALFORMED, "text follows the closing quote");
    error_hint(csv->err, "Inside quotes, a quote is written twice.");
    csv_error(csv, scan->line, column);
    return SCAN_BAD;
}

static ScanResult scan_field(CsvReader *csv, Scan *scan, size_t column)
{
    if (column >= csv->options.max_columns) {
        error_set(csv->err, ERROR_MALFORMED, "there are more than %zu columns", csv->options.max_columns);
        csv_error(csv, scan->line, SIZE_MAX);
        return SCAN_BAD;
    }
    if (column == csv->n_room) {
        size_t room = csv->n_room ? 2 * csv->n_room : 32;
        csv->fields = arena_grow(csv->arena, csv->fields, csv->n_room * sizeof(Str), room * sizeof(Str));
        csv->quoted = arena_grow(csv->arena, csv->quoted, csv->n_room * sizeof(bool), room * sizeof(bool));
        csv->n_room = room;
    }
    size_t line = scan->line;
    Str *field = &csv->fields[column];
    bool quoted = csv->quoted[column] = scan->at < scan->end && *scan->at == '"';
    ScanResult result = quoted ? scan_quoted(csv, scan, column, field) : scan_plain(csv, scan, column, field);
    if (result != SCAN_DONE || field->len <= csv->options.max_field_bytes) return result;
    return field_too_long(csv, line, column);
}

/* Past one LF, CRLF or CR, if one stands here. */
static ScanResult scan_line_end(Scan *scan)
{
    if (scan->at == scan->end) return SCAN_DONE;
    if (*scan->at == '\r' && scan->at + 1 == scan->end && !scan->is_last) return SCAN_MORE;
    bool crlf = *scan->at == '\r' && scan->at + 1 < scan->end && scan->at[1] == '\n';
    scan->at += crlf ? 2 : 1;
    scan->line++;
    return SCAN_DONE;
}

/* One row of any number of fields. The last line may do without its end. */
static ScanResult scan_row(CsvReader *csv, Scan *scan, CsvRow *row)
{
    *row = (CsvRow){.line = scan->line};
    for (;; scan->at++) { /* past the separator */
        ScanResult result = scan_field(csv, scan, row->n++);
        if (result != SCAN_DONE) return result;
        if (scan->at == scan->end || ends_line(*scan->at)) break;
    }
    row->fields = csv->fields;
    row->quoted = csv->quoted;
    return scan_line_end(scan);
}

static bool bad_bytes(CsvReader *csv, Str text, size_t at, size_t line, const char *message, const char *hint)
{
    error_set(csv->err, ERROR_MALFORMED, "%s", message);
    error_hint(csv->err, "%s", hint);
    return csv_error(csv, line - 1 + line_of(text, at), SIZE_MAX);
}

/* No NUL, and UTF-8; `line` is the text's first. */
static bool check_bytes(CsvReader *csv, Str text, size_t line)
{
    size_t bad;
    const char *nul = text.len ? memchr(text.data, 0, text.len) : NULL;
    if (nul)
        return bad_bytes(csv, text, (size_t)(nul - text.data), line, "the text holds a NUL byte",
                         "Save the file as \"CSV UTF-8\"; it may be UTF-16 or no text at all.");
    return str_is_utf8(text, &bad) ||
           bad_bytes(csv, text, bad, line, "the text is not UTF-8", "Save the file as \"CSV UTF-8\".");
}

/* What was read of a row is text; its fields become NFC. */
static bool finish_row(CsvReader *csv, Str text, const CsvRow *row)
{
    bool is_ascii = csv->is_ascii || str_is_ascii(text);
    if (is_ascii && (csv->is_checked || !memchr(text.data, 0, text.len))) return true;
    if (!csv->is_checked && !check_bytes(csv, text, row->line)) return false;
    for (size_t i = 0; i < row->n; i++)
        if (!str_nfc(csv->row_arena, csv->fields[i], &csv->fields[i], csv->err))
            return csv_error(csv, row->line, i);
    return true;
}

static Scan scan_here(const CsvReader *csv)
{
    const Bytes *bytes = csv->bytes;
    return (Scan){.at = bytes->window.data + (csv->at - bytes->start),
                  .end = bytes->window.data + bytes->window.len,
                  .is_last = bytes->at_end,
                  .line = csv->line};
}

/* The window twice as far beyond here. */
static bool see_more(CsvReader *csv)
{
    return bytes_see(csv->bytes, csv->at, csv->at + 2 * (bytes_seen(csv->bytes) - csv->at) + 1, csv->err);
}

static size_t offset_of(const CsvReader *csv, const char *at)
{
    return csv->bytes->start + (size_t)(at - csv->bytes->window.data);
}

static bool skip_blank_lines(CsvReader *csv)
{
    for (;;) {
        Scan scan = scan_here(csv);
        while (scan.at < scan.end && ends_line(*scan.at) && scan_line_end(&scan) == SCAN_DONE) {}
        csv->at = offset_of(csv, scan.at);
        csv->line = scan.line;
        if (scan.is_last || (scan.at < scan.end && !ends_line(*scan.at))) return true;
        if (!see_more(csv)) return false;
    }
}

static bool read_row(CsvReader *csv, CsvRow *row, bool *found)
{
    if (!skip_blank_lines(csv)) return false;
    for (*found = csv->at < bytes_seen(csv->bytes); *found;) {
        Scan scan = scan_here(csv);
        const char *start = scan.at;
        if (!csv->bytes->is_whole) arena_rewind(csv->row_arena, csv->row_mark);
        ScanResult result = scan_row(csv, &scan, row);
        Str text = {start, (size_t)(scan.at - start)};
        if (result == SCAN_DONE) {
            csv->at += text.len;
            csv->line = scan.line;
            return finish_row(csv, text, row);
        }
        if (result == SCAN_BAD) {
            if (!csv->is_checked) check_bytes(csv, text, csv->line); /* is said instead */
            return false;
        }
        if (!see_more(csv)) return false;
    }
    return true;
}

/* By the first line; '\0' when more of it must be seen. */
static char find_separator(Str content, bool is_last)
{
    bool quoted = false, tab = false, semicolon = false, ended = is_last;
    for (size_t i = 0; i < content.len; i++) {
        char c = content.data[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' || c == '\r') {
            ended = true;
            break;
        }
        if (c == ',') return ',';
        tab = tab || c == '\t';
        semicolon = semicolon || c == ';';
    }
    if (!ended && content.len < CSV_MAX_HEADER) return '\0';
    return tab ? '\t' : semicolon ? ';' : ',';
}

static bool choose_separator(CsvReader *csv)
{
    char *separator = &csv->options.separator;
    while (!*separator) {
        if (!skip_blank_lines(csv)) return false;
        Scan scan = scan_here(csv);
        *separator = find_separator((Str){scan.at, (size_t)(scan.end - scan.at)}, scan.is_last);
        if (!*separator && !see_more(csv)) return false;
    }
    if (strchr("\"\r\n", *separator))
        return error_set(csv->err, ERROR_USAGE, "fields cannot be separated by a quote or a line end");
    static const char ENDS[] = "\"\r\n";
    for (size_t i = 0; i < 3; i++) csv->ends_plain[(unsigned char)ENDS[i]] = true;
    csv->ends_plain[(unsigned char)*separator] = true;
    return true;
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

CsvOptions csv_with_defaults(const CsvOptions *options)
{
    CsvOptions all = options ? *options : (CsvOptions){0};
    if (!all.max_bytes) all.max_bytes = (size_t)1 << 30;
    if (!all.max_field_bytes) all.max_field_bytes = (size_t)1 << 20;
    if (!all.max_columns) all.max_columns = 4096;
    if (!all.max_rows) all.max_rows = 50000000;
    return all;
}

static bool read_header(CsvReader *csv)
{
    CsvRow header = {0};
    bool found;
    if (!read_row(csv, &header, &found)) return false;
    if (!found) {
        error_set(csv->err, ERROR_MALFORMED, "there is no header");
        return error_hint(csv->err, "The first line names the columns.");
    }
    Str *names = ARENA_ARRAY(csv->arena, Str, header.n);
    for (size_t i = 0; i < header.n; i++) {
        Str name = str_trim(header.fields[i]);
        names[i] = csv->bytes->is_whole ? name : str_copy(csv->arena, name);
    }
    csv->n_names = header.n;
    csv->names = names;
    return check_names(csv, header.line);
}

static void release(void *row_arena) { arena_free(row_arena); }

/* What a row needs beside views lasts as long as they do. */
static CsvReader *new_reader(Arena *arena, Bytes *bytes, const CsvOptions *options, Error *err)
{
    CsvReader *csv = ARENA_NEW(arena, CsvReader);
    *csv = (CsvReader){.arena = arena,
                       .row_arena = arena,
                       .bytes = bytes,
                       .line = 1,
                       .options = csv_with_defaults(options),
                       .err = err};
    if (!bytes->is_whole) {
        csv->row_arena = arena_new();
        arena_defer(arena, release, csv->row_arena);
        arena_alloc(csv->row_arena, 1); /* so that rewinding keeps a chunk */
        csv->row_mark = arena_mark(csv->row_arena);
    }
    return csv;
}

/* A text that is all there is checked as a whole, so that nothing else is said of one that is none. */
static bool check_whole(CsvReader *csv)
{
    Str content = csv->bytes->window;
    if (content.len - csv->at > csv->options.max_bytes)
        return error_set(csv->err, ERROR_MALFORMED, "the text has more than %zu bytes",
                         csv->options.max_bytes);
    csv->is_checked = true;
    csv->is_ascii = str_is_ascii(content);
    return check_bytes(csv, str_slice(content, csv->at, content.len), 1);
}

bool csv_open_bytes(Arena *arena, Bytes *bytes, const CsvOptions *options, CsvReader **reader, Error *err)
{
    CsvReader *csv = new_reader(arena, bytes, options, err);
    *reader = csv;
    if (!bytes_see(bytes, 0, 3, err)) return false;
    if (str_starts(bytes->window, STR(CSV_BYTE_ORDER_MARK))) csv->at = 3;
    return (!bytes->is_whole || check_whole(csv)) && choose_separator(csv) && read_header(csv);
}

bool csv_open(Arena *arena, Str content, const CsvOptions *options, CsvReader **reader, Error *err)
{
    return csv_open_bytes(arena, bytes_of(arena, content), options, reader, err);
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
