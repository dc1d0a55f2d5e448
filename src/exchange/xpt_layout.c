#include "exchange/xpt_inside.h"

#include <string.h>

#define HEADER "HEADER RECORD*******"
#define LONGEST_TEXT 32767

static unsigned char byte_at(Str text, size_t i) { return (unsigned char)text.data[i]; }

static size_t short_at(Str text, size_t i) { return (size_t)byte_at(text, i) << 8 | byte_at(text, i + 1); }

static size_t long_at(Str text, size_t i) { return short_at(text, i) << 16 | short_at(text, i + 2); }

static bool malformed(XptReader *xpt, const char *message)
{
    error_set(xpt->err, ERROR_MALFORMED, "%s", message);
    return error_in(xpt->err, "byte %zu", xpt->at);
}

bool xpt_cut_short(XptReader *xpt, const char *inside)
{
    size_t length;
    if (!bytes_count(xpt->bytes, &length, xpt->err)) return false;
    error_set(xpt->err, ERROR_MALFORMED, "the file ends at byte %zu, inside %s", length, inside);
    return error_hint(xpt->err, "It was cut short, perhaps in transfer; copy it again, as binary.");
}

bool xpt_see(XptReader *xpt, size_t to) { return bytes_see(xpt->bytes, xpt->at, to, xpt->err); }

/* What the window holds from here, at most n bytes. */
static Str seen_bytes(const XptReader *xpt, size_t n)
{
    size_t from = xpt->at - xpt->bytes->start;
    return str_slice(xpt->bytes->window, from, from + n);
}

/* The next n bytes, a view until the next. */
static bool take(XptReader *xpt, size_t n, const char *what, Str *bytes)
{
    if (!xpt_see(xpt, xpt->at + n)) return false;
    *bytes = seen_bytes(xpt, n);
    if (bytes->len < n) return xpt_cut_short(xpt, what);
    xpt->at += n;
    return true;
}

/* Whether a record is a header of this kind ("MEMBER", "OBSV8"). */
static bool is_header(Str record, const char *kind)
{
    if (record.len < XPT_RECORD || memcmp(record.data, HEADER, sizeof HEADER - 1) != 0) return false;
    Str name = str_slice(record, sizeof HEADER - 1, sizeof HEADER - 1 + 8);
    return str_equal(str_trim(name), str_from(kind)) &&
           memcmp(record.data + 28, "HEADER RECORD!!!!!!!", 20) == 0;
}

bool xpt_is_member_header(Str record) { return is_header(record, "MEMBER") || is_header(record, "MEMBV8"); }

/* Takes the header of version 5 or of version 8; *version says which. */
static bool take_header(XptReader *xpt, const char *of_5, const char *of_8, int *version, Str *record)
{
    const char *const KINDS[] = {of_5, of_8};
    if (!xpt_see(xpt, xpt->at + XPT_RECORD)) return false;
    for (int i = 0; i < 2; i++)
        if (is_header(seen_bytes(xpt, XPT_RECORD), KINDS[i])) {
            *version = i ? 8 : 5;
            return take(xpt, XPT_RECORD, "a header", record);
        }
    if (seen_bytes(xpt, XPT_RECORD).len < XPT_RECORD) return xpt_cut_short(xpt, "a header");
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

/* A name, label or format, of the data set being read. */
static bool take_text(XptReader *xpt, Str field, Str *text)
{
    Str view;
    if (!xpt_text(xpt->member_arena, field, &view)) return false;
    *text = str_copy(xpt->member_arena, view);
    return true;
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
    AT_INFORMAT = 72,
    AT_INFORMAT_WIDTH = 80,
    AT_INFORMAT_DECIMALS = 82,
    AT_POSITION = 84,
    AT_LONG_NAME = 88
};

static bool parse_variable(XptReader *xpt, int version, Str bytes, XptVariable *variable)
{
    size_t type = short_at(bytes, AT_TYPE);
    Str name = version == 8 ? str_slice(bytes, AT_LONG_NAME, AT_LONG_NAME + 32)
                            : str_slice(bytes, AT_NAME, AT_NAME + 8),
        format, informat;
    *variable = (XptVariable){.is_number = type == 1,
                              .length = short_at(bytes, AT_LENGTH),
                              .position = long_at(bytes, AT_POSITION)};
    bool ok = take_text(xpt, name, &variable->name) &&
              take_text(xpt, str_slice(bytes, AT_LABEL, AT_FORMAT), &variable->label) &&
              take_text(xpt, str_slice(bytes, AT_FORMAT, AT_WIDTH), &format) &&
              take_text(xpt, str_slice(bytes, AT_INFORMAT, AT_INFORMAT_WIDTH), &informat);
    if (!ok) return malformed(xpt, "a variable has no name that can be read");
    variable->format =
        format_text(xpt->member_arena, format, short_at(bytes, AT_WIDTH), short_at(bytes, AT_DECIMALS));
    variable->informat = format_text(xpt->member_arena, informat, short_at(bytes, AT_INFORMAT_WIDTH),
                                     short_at(bytes, AT_INFORMAT_DECIMALS));
    bool fits = type == 1 ? variable->length >= 2 && variable->length <= 8
                          : type == 2 && variable->length >= 1 && variable->length <= LONGEST_TEXT;
    if (fits) return true;
    error_set(xpt->err, ERROR_MALFORMED, "variable \"" STR_FMT "\" has type %zu and length %zu",
              STR_ARG(variable->name), type, variable->length);
    return error_in(xpt->err, "byte %zu", xpt->at);
}

/* Past the blanks that fill a section, begun at `start`, up to whole records. */
static bool skip_padding(XptReader *xpt, size_t start)
{
    Str padding;
    size_t over = (xpt->at - start) % XPT_RECORD;
    return over == 0 || take(xpt, XPT_RECORD - over, "the descriptions of variables", &padding);
}

static bool take_variables(XptReader *xpt, size_t size)
{
    int version;
    Str header, bytes;
    if (!take_header(xpt, "NAMESTR", "NAMSTV8", &version, &header)) return false;
    size_t start = xpt->at;
    xpt->member.n_variables = count_at(header, 54, 58);
    if (xpt->member.n_variables > XPT_MAX_VARIABLES)
        return malformed(xpt, "there are more variables than a data set can have");
    xpt->variables = ARENA_ARRAY(xpt->member_arena, XptVariable, xpt->member.n_variables);
    for (size_t i = 0; i < xpt->member.n_variables; i++)
        if (!take(xpt, size, "the descriptions of variables", &bytes) ||
            !parse_variable(xpt, version, bytes, &xpt->variables[i]))
            return false;
    return skip_padding(xpt, start);
}

/* Version 8 repeats the names and labels (kind 8), and formats (kind 9), that are longer than version 5 allows. */
static bool take_long_labels(XptReader *xpt)
{
    Str header, sizes, text;
    if (!xpt_see(xpt, xpt->at + XPT_RECORD)) return false;
    bool formats = is_header(seen_bytes(xpt, XPT_RECORD), "LABELV9");
    if (!formats && !is_header(seen_bytes(xpt, XPT_RECORD), "LABELV8")) return true;
    if (!take(xpt, XPT_RECORD, "a header", &header)) return false;
    size_t start = xpt->at;
    for (size_t left = count_at(header, 48, XPT_RECORD); left > 0; left--) {
        size_t lengths[4] = {0, 0, 0, 0}; /* name, label, format, informat */
        if (!take(xpt, formats ? 10 : 6, "the labels", &sizes)) return false;
        size_t number = short_at(sizes, 0);
        if (number < 1 || number > xpt->member.n_variables)
            return malformed(xpt, "a long label is of no variable");
        XptVariable *variable = &xpt->variables[number - 1];
        Str *const TARGETS[] = {&variable->name, &variable->label, &variable->format, &variable->informat};
        for (size_t i = 0; i < (formats ? 4 : 2); i++) lengths[i] = short_at(sizes, 2 + 2 * i);
        for (size_t i = 0; i < 4; i++) {
            if (!take(xpt, lengths[i], "the labels", &text)) return false;
            if (lengths[i] && !take_text(xpt, text, TARGETS[i]))
                return malformed(xpt, "a long label cannot be read");
        }
    }
    return skip_padding(xpt, start);
}

/* Names are new, letter case ignored, and each field lies within the row. */
static bool check_variables(XptReader *xpt)
{
    Map seen = map_new(xpt->member_arena);
    for (size_t i = 0; i < xpt->member.n_variables; i++) xpt->row_length += xpt->variables[i].length;
    for (size_t i = 0; i < xpt->member.n_variables; i++) {
        const XptVariable *variable = &xpt->variables[i];
        bool is_new;
        if (variable->name.len == 0) return malformed(xpt, "a variable has no name that can be read");
        map_put(&seen, str_upper(xpt->member_arena, variable->name), &is_new);
        if (is_new && variable->position <= xpt->row_length - variable->length) continue;
        error_set(xpt->err, ERROR_MALFORMED,
                  is_new ? "variable \"" STR_FMT "\" lies outside the row"
                         : "variable \"" STR_FMT "\" comes twice",
                  STR_ARG(variable->name));
        return error_in(xpt->err, "byte %zu", xpt->at);
    }
    return true;
}

static bool take_rows_header(XptReader *xpt)
{
    int version;
    Str header;
    if (!take_header(xpt, "OBS", "OBSV8", &version, &header)) return false;
    size_t n = version == 8 ? count_at(header, 48, 63) : 0;
    return xpt_begin_rows(xpt, n);
}

static bool take_variables_and_rows(XptReader *xpt, size_t size)
{
    return take_variables(xpt, size) && take_long_labels(xpt) && check_variables(xpt) &&
           take_rows_header(xpt);
}

bool xpt_take_member(XptReader *xpt)
{
    int version, ignored;
    Str header, bytes;
    XptMember *member = &xpt->member;
    if (!take_header(xpt, "MEMBER", "MEMBV8", &version, &header)) return false;
    size_t size = count_at(header, 74, 78); /* 140, or 136 from VAX */
    if (size < 136 || size > 1024) return malformed(xpt, "the size of a variable's description is not known");
    *member = (XptMember){.version = version};
    if (!take_header(xpt, "DSCRPTR", "DSCPTV8", &ignored, &header)) return false;
    if (!take(xpt, XPT_RECORD, "a header", &bytes)) return false;
    bool is_named = take_text(xpt, str_slice(bytes, 8, version == 8 ? 40 : 16), &member->name);
    if (!take(xpt, XPT_RECORD, "a header", &bytes)) return false;
    if (!is_named || !take_text(xpt, str_slice(bytes, 32, 72), &member->label))
        return malformed(xpt, "the name of a data set cannot be read");
    if (take_variables_and_rows(xpt, size)) return true;
    return error_in(xpt->err, "data set \"" STR_FMT "\"", STR_ARG(member->name));
}

bool xpt_take_library(XptReader *xpt)
{
    int version;
    Str header;
    if (!xpt_see(xpt, XPT_RECORD)) return false;
    header = seen_bytes(xpt, XPT_RECORD);
    if (str_starts(header, STR("**COMPRESSED**"))) {
        error_set(xpt->err, ERROR_MALFORMED, "this file was made by PROC CPORT, not a transport file");
        return error_hint(xpt->err, "Write it with the XPORT engine.");
    }
    if (!is_header(header, "LIBRARY") && !is_header(header, "LIBV8")) {
        error_set(xpt->err, ERROR_MALFORMED, "this is no SAS transport file");
        return error_hint(xpt->err, "Its first 80 bytes must be a library header.");
    }
    return take_header(xpt, "LIBRARY", "LIBV8", &version, &header) &&
           take(xpt, XPT_RECORD, "a header", &header) && take(xpt, XPT_RECORD, "a header", &header);
}
