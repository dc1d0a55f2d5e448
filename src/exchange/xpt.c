#include "exchange/xpt.h"

#include <string.h>

#include "base/file.h"
#include "exchange/gunzip.h"
#include "exchange/ibm_float.h"

#define RECORD ((size_t)80)
#define HEADER "HEADER RECORD*******"
#define LONGEST_TEXT 32767

typedef struct {
    Str name, label, format;
    bool is_number;
    size_t length, position; /* bytes within a row */
} Variable;

typedef struct {
    XptMember facts;
    size_t n_variables;
    Variable *variables;
    size_t row_length;
    Str rows;     /* all bytes up to the next data set */
    size_t start; /* of rows in the file */
} Member;

typedef struct {
    Arena *arena;
    Str content;
    size_t at;
    Error *err;
} Xpt;

static unsigned char byte_at(Str text, size_t i) { return (unsigned char)text.data[i]; }

static size_t short_at(Str text, size_t i) { return (size_t)byte_at(text, i) << 8 | byte_at(text, i + 1); }

static size_t long_at(Str text, size_t i) { return short_at(text, i) << 16 | short_at(text, i + 2); }

static bool malformed(Xpt *xpt, const char *message)
{
    error_set(xpt->err, ERROR_MALFORMED, "%s", message);
    return error_in(xpt->err, "byte %zu", xpt->at);
}

static bool cut_short(Xpt *xpt, const char *inside)
{
    error_set(xpt->err, ERROR_MALFORMED, "the file ends at byte %zu, inside %s", xpt->content.len, inside);
    return error_hint(xpt->err, "It was cut short, perhaps in transfer; copy it again, as binary.");
}

/* The next n bytes. */
static bool take(Xpt *xpt, size_t n, const char *what, Str *bytes)
{
    if (xpt->content.len - xpt->at < n) return cut_short(xpt, what);
    *bytes = str_slice(xpt->content, xpt->at, xpt->at + n);
    xpt->at += n;
    return true;
}

/* Whether a header record of this kind ("MEMBER", "OBSV8") stands at a byte. */
static bool is_header_at(Str content, size_t at, const char *kind)
{
    if (content.len < at + RECORD || memcmp(content.data + at, HEADER, sizeof HEADER - 1) != 0) return false;
    Str name = str_slice(content, at + sizeof HEADER - 1, at + sizeof HEADER - 1 + 8);
    return str_equal(str_trim(name), str_from(kind)) &&
           memcmp(content.data + at + 28, "HEADER RECORD!!!!!!!", 20) == 0;
}

/* Takes the header of version 5 or of version 8; *version says which. */
static bool take_header(Xpt *xpt, const char *of_5, const char *of_8, int *version, Str *record)
{
    const char *const KINDS[] = {of_5, of_8};
    for (int i = 0; i < 2; i++)
        if (is_header_at(xpt->content, xpt->at, KINDS[i])) {
            *version = i ? 8 : 5;
            return take(xpt, RECORD, "a header", record);
        }
    if (xpt->content.len - xpt->at < RECORD) return cut_short(xpt, "a header");
    error_set(xpt->err, ERROR_MALFORMED, "there is no %s header where one must be", of_5);
    return error_in(xpt->err, "byte %zu", xpt->at);
}

/* Digits in a header record; 0 when there are none. */
static size_t count_at(Str record, size_t from, size_t to)
{
    int64_t count = 0;
    if (!integer_parse(str_trim(str_slice(record, from, to)), &count) || count < 0) return 0;
    return (size_t)count;
}

static Str trim_field(Str text)
{
    while (text.len >= 8 && memcmp(text.data + text.len - 8, "        ", 8) == 0) text.len -= 8;
    while (text.len && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\0')) text.len--;
    return text;
}

/* Windows-1252 in UTF-8. */
static Str from_windows(Arena *arena, Str text)
{
    static const unsigned short FROM_80[] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                             0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                             0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                             0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        unsigned point = byte_at(text, i);
        if (point >= 0x80 && point < 0xA0) point = FROM_80[point - 0x80];
        if (point < 0x80) {
            buf_char(&buf, (char)point);
        } else if (point < 0x800) {
            buf_char(&buf, (char)(0xC0 | point >> 6));
            buf_char(&buf, (char)(0x80 | (point & 0x3F)));
        } else {
            buf_char(&buf, (char)(0xE0 | point >> 12));
            buf_char(&buf, (char)(0x80 | (point >> 6 & 0x3F)));
            buf_char(&buf, (char)(0x80 | (point & 0x3F)));
        }
    }
    return buf_str(&buf);
}

/* A field as text: trimmed, UTF-8, NFC; false when it holds a NUL byte. */
static bool field_text(Arena *arena, Str field, Str *text)
{
    field = trim_field(field);
    unsigned char high = 0;
    bool has_nul = false;
    for (size_t i = 0; i < field.len; i++) {
        high |= byte_at(field, i);
        has_nul = has_nul || field.data[i] == '\0';
    }
    *text = field;
    if (has_nul) return false;
    if (high < 0x80) return true;
    if (!str_is_utf8(field, NULL)) field = from_windows(arena, field);
    return str_nfc(arena, field, text, NULL);
}

/* "DATE" 9 0 is DATE9., "" 8 2 is 8.2. */
static Str format_text(Arena *arena, Str name, size_t width, size_t decimals)
{
    if (name.len == 0 && width == 0) return STR("");
    Buf buf = buf_new(arena);
    buf_add(&buf, name);
    if (width) buf_integer(&buf, (int64_t)width);
    buf_char(&buf, '.');
    if (decimals) buf_integer(&buf, (int64_t)decimals);
    return buf_str(&buf);
}

/* Bytes of a variable's description (a NAMESTR): offset of each field in TS-140. */
enum {
    AT_TYPE = 0,
    AT_LENGTH = 4,
    AT_NAME = 8,
    AT_LABEL = 16,
    AT_FORMAT = 56,
    AT_WIDTH = 64,
    AT_DECIMALS = 66,
    AT_POSITION = 84,
    AT_LONG_NAME = 88
};

static bool parse_variable(Xpt *xpt, int version, Str bytes, Variable *variable)
{
    size_t type = short_at(bytes, AT_TYPE);
    Str name = version == 8 ? str_slice(bytes, AT_LONG_NAME, AT_LONG_NAME + 32)
                            : str_slice(bytes, AT_NAME, AT_NAME + 8),
        format;
    *variable = (Variable){.is_number = type == 1,
                           .length = short_at(bytes, AT_LENGTH),
                           .position = long_at(bytes, AT_POSITION)};
    bool ok = field_text(xpt->arena, name, &variable->name) &&
              field_text(xpt->arena, str_slice(bytes, AT_LABEL, AT_FORMAT), &variable->label) &&
              field_text(xpt->arena, str_slice(bytes, AT_FORMAT, AT_WIDTH), &format);
    if (!ok) return malformed(xpt, "a variable has no name that can be read");
    variable->format =
        format_text(xpt->arena, format, short_at(bytes, AT_WIDTH), short_at(bytes, AT_DECIMALS));
    bool fits = type == 1 ? variable->length >= 2 && variable->length <= 8
                          : type == 2 && variable->length >= 1 && variable->length <= LONGEST_TEXT;
    if (fits) return true;
    error_set(xpt->err, ERROR_MALFORMED, "variable \"" STR_FMT "\" has type %zu and length %zu",
              STR_ARG(variable->name), type, variable->length);
    return error_in(xpt->err, "byte %zu", xpt->at);
}

/* Past the blanks that fill a section, begun at `start`, up to whole records. */
static bool skip_padding(Xpt *xpt, size_t start)
{
    Str padding;
    size_t over = (xpt->at - start) % RECORD;
    return over == 0 || take(xpt, RECORD - over, "the descriptions of variables", &padding);
}

static bool take_variables(Xpt *xpt, Member *member, size_t size)
{
    int version;
    Str header, bytes;
    if (!take_header(xpt, "NAMESTR", "NAMSTV8", &version, &header)) return false;
    size_t start = xpt->at;
    member->n_variables = count_at(header, 54, 58);
    if (member->n_variables > XPT_MAX_VARIABLES)
        return malformed(xpt, "there are more variables than a data set can have");
    if (xpt->content.len - xpt->at < member->n_variables * size)
        return cut_short(xpt, "the descriptions of variables");
    member->variables = ARENA_ARRAY(xpt->arena, Variable, member->n_variables);
    for (size_t i = 0; i < member->n_variables; i++)
        if (!take(xpt, size, "the descriptions of variables", &bytes) ||
            !parse_variable(xpt, version, bytes, &member->variables[i]))
            return false;
    return skip_padding(xpt, start);
}

/* Version 8 repeats the names and labels (kind 8), and formats (kind 9), that are longer than version 5 allows. */
static bool take_long_labels(Xpt *xpt, Member *member)
{
    bool formats = is_header_at(xpt->content, xpt->at, "LABELV9");
    Str header, sizes, text;
    if (!formats && !is_header_at(xpt->content, xpt->at, "LABELV8")) return true;
    if (!take(xpt, RECORD, "a header", &header)) return false;
    size_t start = xpt->at;
    for (size_t left = count_at(header, 48, RECORD); left > 0; left--) {
        size_t lengths[4] = {0, 0, 0, 0}; /* name, label, format, informat */
        if (!take(xpt, formats ? 10 : 6, "the labels", &sizes)) return false;
        size_t number = short_at(sizes, 0);
        if (number < 1 || number > member->n_variables)
            return malformed(xpt, "a long label is of no variable");
        Variable *variable = &member->variables[number - 1];
        Str *const TARGETS[] = {&variable->name, &variable->label, &variable->format};
        for (size_t i = 0; i < (formats ? 4 : 2); i++) lengths[i] = short_at(sizes, 2 + 2 * i);
        for (size_t i = 0; i < 4; i++) {
            if (!take(xpt, lengths[i], "the labels", &text)) return false;
            if (lengths[i] && i < 3 && !field_text(xpt->arena, text, TARGETS[i]))
                return malformed(xpt, "a long label cannot be read");
        }
    }
    return skip_padding(xpt, start);
}

/* Names are new, letter case ignored, and each field lies within the row. */
static bool check_variables(Xpt *xpt, Member *member)
{
    Map seen = map_new(xpt->arena);
    for (size_t i = 0; i < member->n_variables; i++) member->row_length += member->variables[i].length;
    for (size_t i = 0; i < member->n_variables; i++) {
        const Variable *variable = &member->variables[i];
        bool is_new;
        if (variable->name.len == 0) return malformed(xpt, "a variable has no name that can be read");
        map_put(&seen, str_upper(xpt->arena, variable->name), &is_new);
        if (is_new && variable->position <= member->row_length - variable->length) continue;
        error_set(xpt->err, ERROR_MALFORMED,
                  is_new ? "variable \"" STR_FMT "\" lies outside the row"
                         : "variable \"" STR_FMT "\" comes twice",
                  STR_ARG(variable->name));
        return error_in(xpt->err, "byte %zu", xpt->at);
    }
    return true;
}

static size_t find_member(Str content, size_t at)
{
    for (; at + RECORD <= content.len; at += RECORD)
        if (is_header_at(content, at, "MEMBER") || is_header_at(content, at, "MEMBV8")) return at;
    return content.len;
}

static bool is_blank(Str bytes)
{
    static const char BLANKS[] =
        "                                                                                ";
    for (; bytes.len > RECORD; bytes = str_slice(bytes, RECORD, bytes.len))
        if (memcmp(bytes.data, BLANKS, RECORD) != 0) return false;
    return memcmp(bytes.data, BLANKS, bytes.len) == 0;
}

/* The fewest and the most rows that the bytes can be. */
static bool count_rows(Xpt *xpt, Member *member)
{
    size_t length = member->row_length, have = member->rows.len;
    if (length == 0 || have == 0) return true;
    size_t most = have / length, fewest = have < RECORD ? 0 : (have - RECORD) / length + 1, n = most;
    Str rest = str_slice(member->rows, most * length, have);
    if (!is_blank(rest) || fewest > most || have % RECORD) return cut_short(xpt, "a row");
    while (n > fewest && is_blank(str_slice(member->rows, (n - 1) * length, n * length))) n--;
    member->facts.n_rows = n;
    member->facts.n_rows_most = most;
    for (size_t i = 0; i < member->n_variables; i++)
        if (member->variables[i].is_number) member->facts.n_rows_most = n; /* blanks are no number */
    return true;
}

static bool take_rows(Xpt *xpt, Member *member)
{
    int version;
    Str header;
    if (!take_header(xpt, "OBS", "OBSV8", &version, &header)) return false;
    size_t n = version == 8 ? count_at(header, 48, 63) : 0;
    member->start = xpt->at;
    if (n && member->row_length) {
        if (n > (xpt->content.len - xpt->at) / member->row_length) return cut_short(xpt, "a row");
        member->rows = str_slice(xpt->content, xpt->at, xpt->at + n * member->row_length);
        member->facts.n_rows = member->facts.n_rows_most = n;
        size_t end = xpt->at + (member->rows.len + RECORD - 1) / RECORD * RECORD;
        xpt->at = end < xpt->content.len ? end : xpt->content.len;
        return true;
    }
    size_t end = find_member(xpt->content, xpt->at);
    member->rows = str_slice(xpt->content, xpt->at, end);
    xpt->at = end;
    return count_rows(xpt, member);
}

static bool take_member(Xpt *xpt, Member *member)
{
    int version, ignored;
    Str header, first, second;
    if (!take_header(xpt, "MEMBER", "MEMBV8", &version, &header)) return false;
    size_t size = count_at(header, 74, 78); /* 140, or 136 from VAX */
    if (size < 136 || size > 1024) return malformed(xpt, "the size of a variable's description is not known");
    *member = (Member){.facts = {.version = version}};
    if (!take_header(xpt, "DSCRPTR", "DSCPTV8", &ignored, &header)) return false;
    if (!take(xpt, RECORD, "a header", &first) || !take(xpt, RECORD, "a header", &second)) return false;
    if (!field_text(xpt->arena, str_slice(first, 8, version == 8 ? 40 : 16), &member->facts.name) ||
        !field_text(xpt->arena, str_slice(second, 32, 72), &member->facts.label))
        return malformed(xpt, "the name of a data set cannot be read");
    if (!take_variables(xpt, member, size) || !take_long_labels(xpt, member) ||
        !check_variables(xpt, member) || !take_rows(xpt, member))
        return error_in(xpt->err, "data set \"" STR_FMT "\"", STR_ARG(member->facts.name));
    member->facts.n_variables = member->n_variables;
    return true;
}

static bool check_library(Xpt *xpt)
{
    int version;
    Str header;
    if (str_starts(xpt->content, STR("**COMPRESSED**"))) {
        error_set(xpt->err, ERROR_MALFORMED, "this file was made by PROC CPORT, not a transport file");
        return error_hint(xpt->err, "Write it with the XPORT engine.");
    }
    if (!is_header_at(xpt->content, 0, "LIBRARY") && !is_header_at(xpt->content, 0, "LIBV8")) {
        error_set(xpt->err, ERROR_MALFORMED, "this is no SAS transport file");
        return error_hint(xpt->err, "Its first 80 bytes must be a library header.");
    }
    return take_header(xpt, "LIBRARY", "LIBV8", &version, &header) &&
           take(xpt, RECORD, "a header", &header) && take(xpt, RECORD, "a header", &header);
}

static bool take_all(Xpt *xpt, Member **members, size_t *n)
{
    size_t capacity = 0;
    *members = NULL;
    *n = 0;
    if (!check_library(xpt)) return false;
    while (xpt->at < xpt->content.len) {
        ARENA_PUSH_ROOM(xpt->arena, *members, *n, capacity);
        if (!take_member(xpt, &(*members)[*n])) return false;
        ++*n;
    }
    return true;
}

static Column *add_column(Frame *frame, const Variable *variable)
{
    Column *column =
        frame_add_column(frame, variable->name, variable->is_number ? COLUMN_NUMBER : COLUMN_TEXT);
    column->label = variable->label;
    column->format = variable->format;
    column->length = variable->length;
    return column;
}

static bool read_cell(Xpt *xpt, const Variable *variable, const char *row, Column *column, size_t i)
{
    const char *field = row + variable->position;
    if (variable->is_number) {
        MissingReason reason;
        column->numbers[i] = ibm_float_read((const unsigned char *)field, variable->length, &reason);
        column->missing[i] = (unsigned char)reason;
        return true;
    }
    Str text;
    if (!field_text(xpt->arena, (Str){field, variable->length}, &text)) {
        error_set(xpt->err, ERROR_MALFORMED, "a text holds a NUL byte");
        return error_in(xpt->err, "row %zu, variable \"" STR_FMT "\"", i + 1, STR_ARG(variable->name));
    }
    column->texts[i] = text.len ? text : STR("");
    column->missing[i] = text.len ? MISSING_NOT : MISSING_UNSTATED;
    return true;
}

static bool member_frame(Xpt *xpt, const Member *member, Frame **result)
{
    Frame *frame = frame_new(xpt->arena, member->facts.name);
    frame->label = member->facts.label;
    frame->n_rows = member->facts.n_rows;
    for (size_t k = 0; k < member->n_variables; k++) add_column(frame, &member->variables[k]);
    for (size_t i = 0; i < frame->n_rows; i++) {
        const char *row = member->rows.data + i * member->row_length;
        for (size_t k = 0; k < member->n_variables; k++)
            if (!read_cell(xpt, &member->variables[k], row, &frame->columns[k], i))
                return error_in(xpt->err, "data set \"" STR_FMT "\"", STR_ARG(frame->name));
    }
    *result = frame;
    return true;
}

static bool choose_member(const Member *members, size_t n, Str name, const Member **chosen, Error *err)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal_fold(members[i].facts.name, name) || (name.len == 0 && n == 1)) {
            *chosen = &members[i];
            return true;
        }
    if (name.len)
        error_set(err, ERROR_INCONSISTENT, "the file has no data set \"" STR_FMT "\"", STR_ARG(name));
    else
        error_set(err, ERROR_INCONSISTENT, "the file has %zu data sets and none was named", n);
    Arena *scratch = arena_new();
    Buf list = buf_new(scratch);
    for (size_t i = 0; i < n && list.len < 300; i++)
        buf_format(&list, "%s" STR_FMT, i ? ", " : "", STR_ARG(members[i].facts.name));
    if (n) error_hint(err, "It has: %s.", buf_c(&list));
    arena_free(scratch);
    return false;
}

bool xpt_members(Arena *arena, Str content, XptMember **members, size_t *n, Error *err)
{
    Xpt xpt = {.arena = arena, .content = content, .err = err};
    Member *all;
    if (!take_all(&xpt, &all, n)) return false;
    *members = ARENA_ARRAY(arena, XptMember, *n);
    for (size_t i = 0; i < *n; i++) (*members)[i] = all[i].facts;
    return true;
}

bool xpt_parse_frame(Arena *arena, Str content, Str member, Frame **frame, Error *err)
{
    Xpt xpt = {.arena = arena, .content = content, .err = err};
    Member *all;
    const Member *chosen;
    size_t n;
    return take_all(&xpt, &all, &n) && choose_member(all, n, member, &chosen, err) &&
           member_frame(&xpt, chosen, frame);
}

bool xpt_read_frame(Arena *arena, Str path, Str member, Frame **frame, Error *err)
{
    Str bytes, content;
    if (!file_read(arena, path, XPT_MAX_BYTES, &bytes, err)) return false;
    if (gunzip(arena, bytes, XPT_MAX_BYTES, &content, err) &&
        xpt_parse_frame(arena, content, member, frame, err))
        return true;
    return error_in(err, STR_FMT, STR_ARG(file_name(path)));
}
