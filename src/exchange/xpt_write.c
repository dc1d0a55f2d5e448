/* SAS transport files as tables are written: version 5 (TS-140) and version 8 (TS-140, "Record layout of a SAS version 8
 * or 9 data set in transport format"). */
#include <math.h>
#include <string.h>

#include "base/time.h"
#include "exchange/ibm_float.h"
#include "exchange/xpt_inside.h"
#include "exchange/xpt_table.h"

#define RECORD  80
#define NAMESTR 140

/* What a version holds. */
typedef struct {
    int version;
    size_t name, label, text, member_label, format;
    const char *library, *member, *description, *variables, *rows;
} Limits;

static const Limits V5 = {5, 8, 40, 200, 40, 8, "LIBRARY ", "MEMBER  ", "DSCRPTR ", "NAMESTR ", "OBS     "};
static const Limits V8 = {8, 32, 256, 32767, 256, 32, "LIBV8   ", "MEMBV8  ", "DSCPTV8 ", "NAMSTV8 ", "OBSV8   "};

typedef struct {
    Str name, label, format, informat;
    size_t format_width, format_decimals, informat_width, informat_decimals;
    bool is_number;
    size_t length, position;
} Field;

typedef struct {
    Arena *arena;
    Sink *sink;
    const Limits *limits;
    TableChoices choices;
    TableChanges *changes;
    Str stamp;                        /* "23NOV26:16:41:07" */
    size_t n, row_length, n_written;  /* of the member */
    size_t n_promised;
    const TableMember *member;
    Field *fields;
    char *row;
} State;

/* --- checks --- */

static bool refuse(const State *state, const TableVariable *variable, const char *what, size_t found, size_t most, const char *mend, Error *err)
{
    error_set(err, ERROR_INCONSISTENT, "%s has %zu bytes, and a transport file of version %d holds %zu", what, found, state->limits->version, most);
    error_hint(err, "%s", mend);
    return variable ? error_in(err, "variable \"" STR_FMT "\"", STR_ARG(variable->name)) : false;
}

static bool is_ascii(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] > 126) return false;
    return true;
}

/* The code point that begins at i, and its bytes; the text is UTF-8. */
static size_t code_point(Str text, size_t i, uint32_t *code)
{
    static const unsigned char MASKS[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned char first = (unsigned char)text.data[i];
    size_t n = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    *code = first & MASKS[n];
    for (size_t k = 1; k < n && i + k < text.len; k++) *code = *code << 6 | ((unsigned char)text.data[i + k] & 0x3F);
    return n;
}

/* In bytes of Windows-1252; false when a letter has none. */
static bool in_windows(Arena *arena, Str text, Str *bytes)
{
    Buf buf = buf_new(arena);
    unsigned char byte;
    uint32_t code;
    for (size_t i = 0; i < text.len; buf_char(&buf, (char)byte)) {
        i += code_point(text, i, &code);
        if (!xpt_to_windows(code, &byte)) return false;
    }
    *bytes = buf_str(&buf);
    return true;
}

/* Other letters as \uXXXX, so that nothing is lost. */
static Str escaped(Arena *arena, Str text)
{
    Buf buf = buf_new(arena);
    size_t i = 0;
    while (i < text.len) {
        uint32_t code;
        size_t n = code_point(text, i, &code);
        if (code < 127) buf_char(&buf, (char)code);
        else if (code < 0x10000) buf_format(&buf, "\\u%04X", (unsigned)code);
        else buf_format(&buf, "\\U%08X", (unsigned)code);
        i += n;
    }
    return buf_str(&buf);
}

/* A text of the description, within `most` bytes of ASCII. */
static bool fit_text(State *state, const TableVariable *variable, const char *what, Str text, size_t most, Str *fitted, Error *err)
{
    *fitted = text;
    if (!is_ascii(text) && state->limits->version == 5) {
        if (state->choices.to_windows && in_windows(state->arena, text, fitted)) state->changes->n_texts_mapped++;
        else if (!state->choices.to_ascii) {
            error_set(err, ERROR_INCONSISTENT, "%s \"" STR_FMT "\" is not ASCII", what, STR_ARG(text));
            error_hint(err, "--windows-1252 or --ascii (\\uXXXX) maps it; version 8 (--to xpt8) keeps it.");
            return variable ? error_in(err, "variable \"" STR_FMT "\"", STR_ARG(variable->name)) : false;
        } else {
            *fitted = escaped(state->arena, text);
            state->changes->n_texts_mapped++;
        }
    }
    if (fitted->len <= most) return true;
    if (!state->choices.cut_texts)
        return refuse(state, variable, what, fitted->len, most, "--cut-texts shortens it; version 8 (--to xpt8) holds more.", err);
    size_t n = most;
    while (n && ((unsigned char)fitted->data[n] & 0xC0) == 0x80) n--;
    *fitted = str_slice(*fitted, 0, n);
    state->changes->n_texts_cut++;
    return true;
}

static bool is_name(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && !(i && c >= '0' && c <= '9')) return false;
    }
    return name.len > 0;
}

/* A name cut to the limit, numbered until no other is the same. */
static Str shorter_name(State *state, Map *taken, Str name)
{
    Str cut = str_slice(name, 0, state->limits->name < name.len ? state->limits->name : name.len);
    for (int i = 1; map_get(taken, str_upper(state->arena, cut)); i++) {
        Str number = str_format(state->arena, "%d", i);
        cut = str_format(state->arena, STR_FMT STR_FMT, STR_ARG(str_slice(name, 0, state->limits->name - number.len)), STR_ARG(number));
    }
    return cut;
}

static bool fit_name(State *state, Map *taken, const TableVariable *variable, Str name, Str *fitted, Error *err)
{
    bool is_new;
    *fitted = name;
    if (!is_name(name)) {
        error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is no name to SAS", STR_ARG(name));
        return error_hint(err, "Letters, digits and underscores, and no digit first; rename it in the source.");
    }
    if (name.len > state->limits->name) {
        if (!state->choices.shorten_names) return refuse(state, variable, "the name", name.len, state->limits->name, "--shorten-names cuts it; version 8 (--to xpt8) holds 32.", err);
        *fitted = shorter_name(state, taken, name);
        state->changes->n_names_shortened++;
    }
    map_put(taken, str_upper(state->arena, *fitted), &is_new);
    if (is_new) return true;
    return error_set(err, ERROR_INCONSISTENT, "variable \"" STR_FMT "\" comes twice", STR_ARG(name));
}

/* --- descriptions --- */

/* "DATE9." is DATE 9 0, "8.2" is "" 8 2, "$20." is $ 20 0. */
static void split_format(Str text, Str *name, size_t *width, size_t *decimals)
{
    size_t point = text.len, digits;
    *width = *decimals = 0;
    while (point && text.data[point - 1] != '.') point--;
    *name = text;
    if (point == 0) return;
    digits = point - 1;
    while (digits && text.data[digits - 1] >= '0' && text.data[digits - 1] <= '9') digits--;
    *name = str_slice(text, 0, digits);
    for (size_t i = digits; i < point - 1; i++) *width = *width * 10 + (size_t)(text.data[i] - '0');
    for (size_t i = point; i < text.len; i++) *decimals = *decimals * 10 + (size_t)(text.data[i] - '0');
}

static bool describe(State *state, Map *taken, const TableVariable *variable, Field *field, Error *err)
{
    *field = (Field){.is_number = table_is_number(variable), .position = state->row_length};
    split_format(variable->format, &field->format, &field->format_width, &field->format_decimals);
    split_format(variable->informat, &field->informat, &field->informat_width, &field->informat_decimals);
    if (!fit_name(state, taken, variable, variable->name, &field->name, err)
        || !fit_text(state, variable, "the label", variable->label, state->limits->label, &field->label, err)) return false;
    if (field->format.len > state->limits->format)
        return refuse(state, variable, "the format", field->format.len, state->limits->format, "Give it a shorter one, or none.", err);
    if (field->is_number) field->length = variable->length >= 2 && variable->length < 8 && variable->type == TABLE_DOUBLE ? variable->length : 8;
    else field->length = variable->length ? variable->length : 1;
    if (field->length > state->limits->text) {
        if (!state->choices.cut_texts)
            return refuse(state, variable, "a text", field->length, state->limits->text, "--cut-texts shortens texts; version 8 (--to xpt8) holds 32,767.", err);
        field->length = state->limits->text;
    }
    state->row_length += field->length;
    return true;
}

static void put_padded(Buf *buf, Str text, size_t width)
{
    Str shown = str_slice(text, 0, text.len < width ? text.len : width);
    buf_add(buf, shown);
    buf_pad(buf, ' ', width - shown.len);
}

static void put_short(Buf *buf, size_t value)
{
    buf_char(buf, (char)(value >> 8 & 255));
    buf_char(buf, (char)(value & 255));
}

static void put_header(Buf *buf, const char *kind, const char *rest)
{
    buf_format(buf, "HEADER RECORD*******%sHEADER RECORD!!!!!!!%s", kind, rest);
    buf_pad(buf, ' ', RECORD - 48 - strlen(rest));
}

static void put_namestr(const State *state, Buf *buf, const Field *field, size_t number)
{
    size_t start = buf->len;
    put_short(buf, field->is_number ? 1 : 2);
    put_short(buf, 0);
    put_short(buf, field->length);
    put_short(buf, number);
    put_padded(buf, field->name, 8);
    put_padded(buf, field->label, 40);
    put_padded(buf, field->format, 8);
    put_short(buf, field->format_width);
    put_short(buf, field->format_decimals);
    put_short(buf, 0);
    buf_pad(buf, '\0', 2);
    put_padded(buf, field->informat, 8);
    put_short(buf, field->informat_width);
    put_short(buf, field->informat_decimals);
    put_short(buf, field->position >> 16);
    put_short(buf, field->position & 0xFFFF);
    if (state->limits->version == 8) {
        put_padded(buf, field->name, 32);
        put_short(buf, field->label.len);
    }
    buf_pad(buf, '\0', NAMESTR - (buf->len - start));
}

/* Labels and formats beyond what the descriptions hold. */
static void put_long_labels(const State *state, Buf *buf)
{
    size_t n_long = 0, start;
    bool formats = false;
    for (size_t i = 0; i < state->n; i++) {
        formats |= state->fields[i].format.len > 8;
        n_long += state->fields[i].label.len > 40 || state->fields[i].format.len > 8;
    }
    if (state->limits->version == 5 || n_long == 0) return;
    put_header(buf, formats ? "LABELV9 " : "LABELV8 ", str_c(state->arena, str_format(state->arena, "%zu", n_long)));
    start = buf->len;
    for (size_t i = 0; i < state->n; i++) {
        const Field *field = &state->fields[i];
        if (field->label.len <= 40 && field->format.len <= 8) continue;
        put_short(buf, i + 1);
        put_short(buf, field->name.len);
        put_short(buf, field->label.len);
        if (formats) put_short(buf, field->format.len), put_short(buf, field->informat.len);
        buf_add(buf, field->name);
        buf_add(buf, field->label);
        if (formats) buf_add(buf, field->format), buf_add(buf, field->informat);
    }
    size_t over = (buf->len - start) % RECORD;
    if (over) buf_pad(buf, ' ', RECORD - over);
}

static bool put_buffer(State *state, const Buf *buf, Error *err) { return sink_put(state->sink, buf_str(buf), err); }

static bool put_member_header(State *state, Str name, Str label, Error *err)
{
    Buf buf = buf_new(state->arena);
    put_header(&buf, state->limits->member, "000000000000000001600000000140");
    put_header(&buf, state->limits->description, "000000000000000000000000000000");
    put_padded(&buf, STR("SAS"), 8);
    put_padded(&buf, name, state->limits->version == 8 ? 32 : 8);
    buf_add_c(&buf, "SASDATA 9.4     X64_10PR");
    buf_pad(&buf, ' ', state->limits->version == 8 ? 0 : 24);
    buf_add(&buf, state->stamp);
    buf_add(&buf, state->stamp);
    buf_pad(&buf, ' ', 16);
    put_padded(&buf, label, 40);
    buf_pad(&buf, ' ', 8);
    put_header(&buf, state->limits->variables, str_c(state->arena, str_format(state->arena, "000000%04zu00000000000000000000", state->n)));
    for (size_t i = 0; i < state->n; i++) put_namestr(state, &buf, &state->fields[i], i + 1);
    size_t over = state->n * NAMESTR % RECORD;
    if (over) buf_pad(&buf, ' ', RECORD - over);
    put_long_labels(state, &buf);
    if (state->limits->version == 5) put_header(&buf, state->limits->rows, "000000000000000000000000000000");
    else put_header(&buf, state->limits->rows, str_c(state->arena, str_format(state->arena, "%15zu", state->n_promised)));
    return put_buffer(state, &buf, err);
}

/* --- the format's functions --- */

/* "2026-11-23T16:41:07" as SAS writes it, whatever of it is there. */
static Str stamp_of(Arena *arena, Str created)
{
    static const char *const MONTHS[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    int64_t month = 1;
    if (created.len < 19 || !integer_parse(str_slice(created, 5, 7), &month) || month < 1 || month > 12) return STR("01JAN60:00:00:00");
    return str_format(arena, STR_FMT "%s" STR_FMT ":" STR_FMT, STR_ARG(str_slice(created, 8, 10)), MONTHS[month - 1], STR_ARG(str_slice(created, 2, 4)), STR_ARG(str_slice(created, 11, 19)));
}

static bool create_version(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, const Limits *limits, void **created, Error *err)
{
    State *state = ARENA_NEW(arena, State);
    Buf buf = buf_new(arena);
    *state = (State){.arena = arena, .sink = sink, .limits = limits, .choices = *choices, .changes = changes, .stamp = stamp_of(arena, choices->created)};
    *created = state;
    put_header(&buf, limits->library, "000000000000000000000000000000");
    buf_add_c(&buf, "SAS     SAS     SASLIB  9.4     X64_10PR                        ");
    buf_add(&buf, state->stamp);
    buf_add(&buf, state->stamp);
    buf_pad(&buf, ' ', RECORD - state->stamp.len);
    return put_buffer(state, &buf, err);
}

bool xpt5_create(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, void **state, Error *err)
{
    return create_version(arena, sink, choices, changes, &V5, state, err);
}

bool xpt8_create(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, void **state, Error *err)
{
    return create_version(arena, sink, choices, changes, &V8, state, err);
}

/* Rows end in blanks up to a whole record. */
static bool end_rows(State *state, Error *err)
{
    char blanks[RECORD];
    size_t over = state->n_written * state->row_length % RECORD;
    memset(blanks, ' ', sizeof blanks);
    if (state->member && state->limits->version == 8 && state->n_written != state->n_promised)
        return error_set(err, ERROR_INCONSISTENT, "%zu rows came where %zu were announced", state->n_written, state->n_promised);
    return over == 0 || sink_put(state->sink, (Str){blanks, RECORD - over}, err);
}

bool xpt_begin_member(void *to, const TableMember *member, Error *err)
{
    State *state = to;
    Map taken = map_new(state->arena);
    Str name, label;
    if (!end_rows(state, err)) return false;
    state->member = member;
    state->n = member->n_variables;
    state->n_written = state->row_length = 0;
    state->n_promised = member->n_rows;
    state->fields = ARENA_ARRAY(state->arena, Field, state->n + 1);
    Map names = map_new(state->arena);
    if (!fit_name(state, &names, NULL, str_upper(state->arena, member->name), &name, err)
        || !fit_text(state, NULL, "the label of the data set", member->label, 40, &label, err))
        return error_in(err, "data set \"" STR_FMT "\"", STR_ARG(member->name));
    for (size_t i = 0; i < state->n; i++)
        if (!describe(state, &taken, &member->variables[i], &state->fields[i], err)) return error_in(err, "data set \"" STR_FMT "\"", STR_ARG(member->name));
    if (state->n > 9999) return error_set(err, ERROR_INCONSISTENT, "%zu variables are more than a transport file counts", state->n);
    state->row = arena_alloc(state->arena, state->row_length + 8);
    return put_member_header(state, name, label, err);
}

/* The reason of a missing value that cannot be written: allowed and counted, or an error. */
static bool drop_reason(State *state, const Field *field, MissingReason missing, Error *err)
{
    if (state->choices.special_as_null) {
        state->changes->n_special_missing++;
        return true;
    }
    error_set(err, ERROR_INCONSISTENT, "the reason of a missing %s (%s) has no place in a transport file", field->is_number ? "value" : "text", missing_word(missing));
    error_hint(err, "--plain-missing writes it without its reason.");
    return error_in(err, "variable \"" STR_FMT "\"", STR_ARG(field->name));
}

static bool put_number(State *state, size_t i, const TableCell *cell, Error *err)
{
    const Field *field = &state->fields[i];
    unsigned char bytes[8];
    MissingReason missing = cell->missing;
    bool is_letter = missing == MISSING_SAS_UNDERSCORE || (missing >= MISSING_SAS_A && missing <= MISSING_SAS_Z);
    if (missing && !is_letter && missing != MISSING_UNSTATED) {
        if (!drop_reason(state, field, missing, err)) return false;
        missing = MISSING_UNSTATED;
    }
    if (ibm_float_write(missing ? 0 : cell->number, missing, field->length, bytes)) {
        memcpy(state->row + field->position, bytes, field->length);
        return true;
    }
    error_set(err, ERROR_INCONSISTENT, "the number %g cannot be written in %zu bytes of a transport file", cell->number, field->length);
    error_hint(err, "SAS transport files hold numbers up to 7.2e75, and down to 5.4e-79 from 0.");
    return error_in(err, "variable \"" STR_FMT "\"", STR_ARG(field->name));
}

static bool put_text(State *state, size_t i, const TableCell *cell, Error *err)
{
    const Field *field = &state->fields[i];
    const TableVariable *variable = &state->member->variables[i];
    Str text = cell->missing ? STR("") : cell->text;
    if (cell->missing && cell->missing != MISSING_UNSTATED && !drop_reason(state, field, cell->missing, err)) return false;
    if (!is_ascii(text) || text.len > field->length) {
        size_t most = field->length < state->limits->text || state->choices.cut_texts ? field->length : state->limits->text;
        if (!fit_text(state, variable, "the text", text, most, &text, err)) return false;
    }
    memcpy(state->row + field->position, text.data, text.len);
    memset(state->row + field->position + text.len, ' ', field->length - text.len);
    return true;
}

bool xpt_write_row(void *to, const TableCell *cells, Error *err)
{
    State *state = to;
    ArenaMark mark = arena_mark(state->arena);
    state->n_written++;
    for (size_t i = 0; i < state->n; i++)
        if (!(state->fields[i].is_number ? put_number(state, i, &cells[i], err) : put_text(state, i, &cells[i], err))) return false;
    arena_rewind(state->arena, mark);
    return sink_put(state->sink, (Str){state->row, state->row_length}, err);
}

bool xpt_end_file(void *to, Error *err) { return end_rows(to, err); }
