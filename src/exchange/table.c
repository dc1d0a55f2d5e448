#include "exchange/table.h"

#include <string.h>

#include "base/file.h"

#define HEAD        ((size_t)4096)
#define MAX_BYTES   ((size_t)1 << 40)

static const TableFormat *const FORMATS[] = {
#define X(name) &table_format_##name,
    TABLE_FORMATS(X)
#undef X
};
enum { N_FORMATS = sizeof FORMATS / sizeof FORMATS[0] };

static const char *const TYPES[] = {
#define X(name, word, is_number) word,
    TABLE_TYPES(X)
#undef X
};

struct TableReader {
    Arena *arena;
    Str path;
    const TableFormat *format;
    void *state;
    const Bytes *bytes;               /* NULL when the format opens the path itself */
    const TableMember *member;
    size_t n_rows;
};

struct TableWriter {
    const TableFormat *format;
    Sink *sink;
    TableChanges changes;
    size_t n_members;
    void *state;
};

const char *table_type_word(TableType type) { return TYPES[type]; }

bool table_type_parse(Str word, TableType *type)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (str_equal(word, str_from(TYPES[i]))) {
            *type = (TableType)i;
            return true;
        }
    return false;
}

const TableFormat *table_format_named(Str word)
{
    for (size_t i = 0; i < N_FORMATS; i++)
        if (str_equal(word, str_from(FORMATS[i]->word))) return FORMATS[i];
    return NULL;
}

Str table_format_words(Arena *arena)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < N_FORMATS; i++) buf_format(&buf, "%s%s", i ? ", " : "", FORMATS[i]->word);
    return buf_str(&buf);
}

/* How long the longest ending of the format is that the path has. */
static size_t ending_length(const TableFormat *format, Str path)
{
    Str ending, rest = str_from(format->endings);
    size_t longest = 0;
    while (rest.len) {
        if (!str_cut(rest, STR(" "), &ending, &rest)) ending = rest, rest = STR("");
        if (ending.len > path.len || ending.len <= longest) continue;
        Str tail = str_slice(path, path.len - ending.len, path.len);
        bool same = true;
        for (size_t i = 0; i < tail.len && same; i++) same = (tail.data[i] | (tail.data[i] >= 'A' && tail.data[i] <= 'Z' ? 32 : 0)) == ending.data[i];
        if (same) longest = ending.len;
    }
    return longest;
}

const TableFormat *table_format_of_ending(Str path)
{
    const TableFormat *best = NULL;
    size_t longest = 0;
    if (str_ends(path, STR(".gz"))) path = str_slice(path, 0, path.len - 3);
    for (size_t i = 0; i < N_FORMATS; i++) {
        size_t length = ending_length(FORMATS[i], path);
        if (length > longest) longest = length, best = FORMATS[i];
    }
    return best;
}

/* --- reading --- */

static bool find_format(Arena *arena, Str path, Bytes *bytes, const TableFormat **format, Error *err)
{
    if (!bytes_see(bytes, 0, HEAD, err)) return false;
    Str head = str_slice(bytes->window, 0, bytes->window.len < HEAD ? bytes->window.len : HEAD);
    for (size_t i = 0; i < N_FORMATS; i++)
        if (FORMATS[i]->open && FORMATS[i]->is_mine && FORMATS[i]->is_mine(head)) {
            *format = FORMATS[i];
            return true;
        }
    *format = table_format_of_ending(path);
    if (*format && (*format)->open && !(*format)->is_mine) return true;
    error_set(err, ERROR_MALFORMED, "%s", *format ? "this is no such file as its name says" : "no format is known by this name or by these bytes");
    return error_hint(err, "Formats: " STR_FMT ".", STR_ARG(table_format_words(arena)));
}

bool table_open(Arena *arena, Str path, TableReader **opened, Error *err)
{
    TableReader *reader = ARENA_NEW(arena, TableReader);
    Bytes *bytes;
    *reader = (TableReader){.arena = arena, .path = str_copy(arena, path)};
    *opened = reader;
    if (!bytes_open(arena, path, 0, MAX_BYTES, &bytes, err)) return false;
    if (!bytes_keep(arena, &bytes, err) || !find_format(arena, path, bytes, &reader->format, err) || !bytes_again(arena, &bytes, err))
        return error_in(err, STR_FMT, STR_ARG(file_name(path)));
    TableInput input = {.path = reader->path, .bytes = reader->format->opens_path ? NULL : bytes};
    reader->bytes = input.bytes;
    return reader->format->open(arena, &input, &reader->state, err) || error_in(err, STR_FMT, STR_ARG(file_name(path)));
}

const TableFormat *table_format(const TableReader *reader) { return reader->format; }
size_t table_notes(const TableReader *reader, const Str **notes) { return reader->format->notes ? reader->format->notes(reader->state, notes) : 0; }
size_t table_rows_read(const TableReader *reader) { return reader->n_rows; }

double table_share_read(const TableReader *reader)
{
    const TableMember *member = reader->member;
    if (member && member->n_rows_known) return member->n_rows ? (double)reader->n_rows / (double)member->n_rows : 1;
    size_t size = reader->bytes ? bytes_file_size(reader->bytes) : 0;
    return size ? (double)bytes_file_read(reader->bytes) / (double)size : -1;
}

bool table_next_member(TableReader *reader, const TableMember **member, Error *err)
{
    reader->n_rows = 0;
    bool ok = reader->format->next_member(reader->state, member, err);
    reader->member = ok ? *member : NULL;
    return ok || error_in(err, STR_FMT, STR_ARG(file_name(reader->path)));
}

bool table_next_row(TableReader *reader, const TableCell **cells, Error *err)
{
    if (!reader->format->next_row(reader->state, cells, err)) return error_in(err, STR_FMT, STR_ARG(file_name(reader->path)));
    reader->n_rows += *cells != NULL;
    return true;
}

/* As \uXXXX, or \UXXXXXXXX beyond 16 bits. */
static size_t ascii_length(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        n += c < 127 ? 1 : (c & 0xC0) == 0x80 ? 0 : c >= 0xF0 ? 10 : 6;
    }
    return n;
}

static void survey_row(TableSurvey *survey, const TableMember *member, const TableCell *cells)
{
    survey->n_rows++;
    for (size_t i = 0; i < member->n_variables; i++) {
        Str text = cells[i].text;
        if (cells[i].missing) survey->n_missing[i]++;
        if (cells[i].missing || table_is_number(&member->variables[i])) continue;
        if (text.len > survey->longest[i]) survey->longest[i] = text.len;
        size_t in_ascii = str_is_ascii(text) && !memchr(text.data, 127, text.len) ? text.len : ascii_length(text);
        if (in_ascii != text.len) survey->beyond_ascii[i] = true;
        if (in_ascii > survey->longest_ascii[i]) survey->longest_ascii[i] = in_ascii;
    }
}

bool table_survey(Arena *arena, Str path, TableSurvey **members, size_t *n, Error *err)
{
    Arena *scratch = arena_new();
    TableReader *reader;
    const TableMember *member;
    const TableCell *cells;
    size_t capacity = 0;
    *members = NULL, *n = 0;
    bool ok = table_open(scratch, path, &reader, err);
    while (ok && (ok = table_next_member(reader, &member, err)) && member) {
        ARENA_PUSH_ROOM(arena, *members, *n, capacity);
        TableSurvey *survey = &(*members)[(*n)++];
        *survey = (TableSurvey){.name = str_copy(arena, member->name), .n_variables = member->n_variables};
        survey->longest = ARENA_ARRAY(arena, size_t, member->n_variables), survey->n_missing = ARENA_ARRAY(arena, size_t, member->n_variables);
        survey->longest_ascii = ARENA_ARRAY(arena, size_t, member->n_variables);
        survey->beyond_ascii = ARENA_ARRAY(arena, bool, member->n_variables);
        while ((ok = table_next_row(reader, &cells, err)) && cells) survey_row(survey, member, cells);
    }
    arena_free(scratch);
    return ok;
}

/* --- writing --- */

bool table_create(Arena *arena, Str path, const TableFormat *format, const TableChoices *choices, TableWriter **created, Error *err)
{
    TableWriter *writer = ARENA_NEW(arena, TableWriter);
    *writer = (TableWriter){.format = format};
    *created = writer;
    if (!format->create) {
        error_set(err, ERROR_USAGE, "%s (%s) is read, not written", format->word, format->meaning);
        return error_hint(err, "equipoise help convert lists what is written.");
    }
    SinkCompression compression = str_ends(path, STR(".gz")) ? SINK_GZIP : format->compression;
    return sink_open(arena, path, compression, &writer->sink, err)
           && format->create(arena, writer->sink, choices, &writer->changes, &writer->state, err);
}

bool table_begin(TableWriter *writer, const TableMember *member, Error *err)
{
    if (writer->n_members++ && writer->format->one_member) {
        error_set(err, ERROR_USAGE, "%s holds one data set, and there are several", writer->format->meaning);
        return error_hint(err, "Name one: --member " STR_FMT ".", STR_ARG(member->name));
    }
    return writer->format->begin(writer->state, member, err);
}

bool table_write(TableWriter *writer, const TableCell *cells, Error *err) { return writer->format->write(writer->state, cells, err); }

bool table_finish(TableWriter *writer, Error *err)
{
    return writer->format->finish(writer->state, err) && sink_finish(writer->sink, err);
}

const TableChanges *table_changes(const TableWriter *writer) { return &writer->changes; }
