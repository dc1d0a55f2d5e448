/* CDISC Dataset-JSON 1.1 as tables that stream: one document, a line for each row (NDJSON), or that compressed (DSJC). */
#include <math.h>
#include <string.h>

#include "base/map.h"
#include "base/time.h"
#include "exchange/iso_count.h"
#include "exchange/json_pull.h"
#include "exchange/table.h"

#define IN_TEXTS       ((size_t)1 << (8 * sizeof(size_t) - 1))

typedef struct {
    Arena *arena;
    Bytes *bytes;
    JsonPull *json;
    bool is_lines;                    /* rows stand in lines of their own behind the object */
    /* reading */
    Map seen;                         /* keys of the object at hand */
    TableMember member;
    bool has_columns, has_records, is_given, in_rows, rows_ended;
    bool came_back;                   /* to rows before the columns: what follows them is read */
    size_t n_rows;
    TableCell *cells;
    Buf texts;                        /* of the row at hand, those that had escapes */
    size_t *offsets;                  /* of each text: in the content, or in `texts` with the top bit */
    /* writing */
    Sink *sink;
    TableChoices choices;
    TableChanges *changes;
    Buf line;
    size_t n_written;
} State;

/* --- metadata: tables of what may stand there --- */

typedef enum { ANY_TEXT, SOME_TEXT, AN_INSTANT, A_VERSION, A_COUNT, A_SYSTEM, THE_COLUMNS, THE_ROWS } Content;

static const struct {
    const char *key;
    Content content;
    bool is_required;
    size_t place;                     /* of the text in TableMember */
} ATTRIBUTES[] = {
    {"datasetJSONCreationDateTime", AN_INSTANT, true, offsetof(TableMember, created)},
    {"datasetJSONVersion", A_VERSION, true, SIZE_MAX},
    {"fileOID", ANY_TEXT, false, SIZE_MAX},
    {"dbLastModifiedDateTime", AN_INSTANT, false, offsetof(TableMember, modified)},
    {"originator", ANY_TEXT, false, offsetof(TableMember, originator)},
    {"sourceSystem", A_SYSTEM, false, SIZE_MAX},
    {"studyOID", ANY_TEXT, false, offsetof(TableMember, study_oid)},
    {"metaDataVersionOID", ANY_TEXT, false, offsetof(TableMember, metadata_oid)},
    {"metaDataRef", ANY_TEXT, false, offsetof(TableMember, metadata_ref)},
    {"itemGroupOID", SOME_TEXT, true, offsetof(TableMember, oid)},
    {"records", A_COUNT, true, SIZE_MAX},
    {"name", SOME_TEXT, true, offsetof(TableMember, name)},
    {"label", ANY_TEXT, true, offsetof(TableMember, label)},
    {"columns", THE_COLUMNS, true, SIZE_MAX},
    {"rows", THE_ROWS, false, SIZE_MAX},
};
enum { N_ATTRIBUTES = sizeof ATTRIBUTES / sizeof ATTRIBUTES[0] };

static bool refuse(const JsonEvent *event, Error *err, const char *format, Str name)
{
    error_set(err, ERROR_MALFORMED, format, STR_ARG(name));
    return error_in(err, "line %zu", event->line);
}

static bool want(const JsonEvent *event, JsonPullKind kind, Str what, Error *err)
{
    if (event->kind == kind) return true;
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is %s, not %s", STR_ARG(what), json_pull_name(event->kind), json_pull_name(kind));
    return error_in(err, "line %zu", event->line);
}

/* A whole number from `least` on. */
static bool take_count(const JsonEvent *event, Str key, int64_t least, size_t *count, Error *err)
{
    int64_t value;
    if (!want(event, JSON_PULL_NUMBER, key, err)) return false;
    if (!integer_parse(event->text, &value) || value < least) return refuse(event, err, "\"" STR_FMT "\" is no such number", key);
    *count = (size_t)value;
    return true;
}

/* YYYY-MM-DDThh:mm:ss, with a fraction and a zone where wanted. */
static bool is_instant(Str text)
{
    Date date;
    static const char FORM[] = "0000-00-00T00:00:00";
    if (text.len < 19 || !date_parse(str_slice(text, 0, 10), &date, NULL)) return false;
    for (size_t i = 0; i < 19; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (FORM[i] == '0' ? !digit : text.data[i] != FORM[i]) return false;
    }
    size_t i = 19;
    if (i < text.len && text.data[i] == '.')
        for (i++; i < text.len && text.data[i] >= '0' && text.data[i] <= '9';) i++;
    Str zone = str_slice(text, i, text.len);
    return zone.len == 0 || str_equal(zone, STR("Z")) || (zone.len == 6 && (zone.data[0] == '+' || zone.data[0] == '-') && zone.data[3] == ':');
}

/* 1.1, 1.1.0, 1.1.7 */
static bool is_version(Str text)
{
    if (str_equal(text, STR("1.1"))) return true;
    int64_t patch;
    return str_starts(text, STR("1.1.")) && integer_parse(str_slice(text, 4, text.len), &patch) && patch >= 0;
}

/* Notes a key of the object at hand; false when it comes twice. */
static bool note_key(State *state, const JsonEvent *event, Error *err)
{
    bool is_new;
    map_put(&state->seen, str_copy(state->arena, event->text), &is_new);
    return is_new || refuse(event, err, "\"" STR_FMT "\" comes twice", event->text);
}

static bool read_system(State *state, const JsonEvent *first, Error *err)
{
    JsonEvent event;
    bool found = false;
    if (!want(first, JSON_PULL_OBJECT, STR("sourceSystem"), err)) return false;
    while (true) {
        if (!json_pull_next(state->json, &event, err)) return false;
        if (event.kind == JSON_PULL_OBJECT_END) break;
        Str *to = str_equal(event.text, STR("name")) ? &state->member.system : str_equal(event.text, STR("version")) ? &state->member.system_version : NULL;
        if (!to) return refuse(&event, err, "\"sourceSystem\" has an attribute \"" STR_FMT "\" that Dataset-JSON does not know", event.text);
        if (!json_pull_next(state->json, &event, err) || !want(&event, JSON_PULL_TEXT, STR("sourceSystem"), err)) return false;
        *to = str_copy(state->arena, event.text);
        found = true;
    }
    return (found && state->member.system.data && state->member.system_version.data) || refuse(&event, err, "\"" STR_FMT "\" needs a name and a version", STR("sourceSystem"));
}

static bool read_column(State *state, TableVariable *variable, Error *err)
{
    enum { OID, NAME, LABEL, DATA_TYPE, TARGET, LENGTH, FORMAT, KEY, N };
    static const char *const KEYS[] = {"itemOID", "name", "label", "dataType", "targetDataType", "length", "displayFormat", "keySequence"};
    bool has[N] = {false};
    Str target = STR("");
    JsonEvent event;
    while (true) {
        if (!json_pull_next(state->json, &event, err)) return false;
        if (event.kind == JSON_PULL_OBJECT_END) break;
        int k = 0;
        while (k < N && !str_equal(event.text, str_from(KEYS[k]))) k++;
        if (k == N) return refuse(&event, err, "a column has an attribute \"" STR_FMT "\" that Dataset-JSON does not know", event.text);
        if (has[k]) return refuse(&event, err, "\"" STR_FMT "\" comes twice", event.text);
        has[k] = true;
        Str key = str_from(KEYS[k]);
        if (!json_pull_next(state->json, &event, err)) return false;
        if (k == LENGTH ? !take_count(&event, key, 1, &variable->length, err) : k == KEY ? !take_count(&event, key, 1, &variable->key, err)
                                                                                         : !want(&event, JSON_PULL_TEXT, key, err)) return false;
        Str text = str_copy(state->arena, event.text);
        if (k == OID) variable->oid = text;
        if (k == NAME) variable->name = text;
        if (k == LABEL) variable->label = text;
        if (k == FORMAT) variable->format = text;
        if (k == TARGET) target = text;
        if (k == DATA_TYPE && !table_type_parse(text, &variable->type)) return refuse(&event, err, "there is no dataType \"" STR_FMT "\"", text);
    }
    for (int k = OID; k <= DATA_TYPE; k++)
        if (!has[k]) return refuse(&event, err, "a column lacks its \"" STR_FMT "\"", str_from(KEYS[k]));
    if (variable->name.len == 0 || variable->oid.len == 0) return refuse(&event, err, "a column has no name or no itemOID" STR_FMT, STR(""));
    bool is_time = variable->type == TABLE_DATE || variable->type == TABLE_TIME || variable->type == TABLE_DATETIME;
    variable->is_count = is_time && str_equal(target, STR("integer"));
    if (target.len == 0 || variable->is_count || (variable->type == TABLE_DECIMAL && str_equal(target, STR("decimal")))) return true;
    return refuse(&event, err, "targetDataType \"" STR_FMT "\" does not go with the dataType", target);
}

static bool read_columns(State *state, const JsonEvent *first, Error *err)
{
    size_t capacity = 0;
    TableMember *member = &state->member;
    Map names = map_new(state->arena);
    if (!want(first, JSON_PULL_ARRAY, STR("columns"), err)) return false;
    while (true) {
        JsonEvent event;
        bool is_new;
        if (!json_pull_next(state->json, &event, err)) return false;
        if (event.kind == JSON_PULL_ARRAY_END) break;
        if (!want(&event, JSON_PULL_OBJECT, STR("columns"), err)) return false;
        ARENA_PUSH_ROOM(state->arena, member->variables, member->n_variables, capacity);
        TableVariable *variable = &member->variables[member->n_variables];
        *variable = (TableVariable){.name = STR("")};
        if (!read_column(state, variable, err)) return error_in(err, "column %zu", member->n_variables + 1);
        map_put(&names, variable->name, &is_new);
        if (!is_new) return refuse(&event, err, "column \"" STR_FMT "\" comes twice", variable->name);
        member->n_variables++;
    }
    state->has_columns = true;
    state->cells = ARENA_ARRAY(state->arena, TableCell, member->n_variables + 1);
    state->offsets = ARENA_ARRAY(state->arena, size_t, member->n_variables + 1);
    return true;
}

static bool read_attribute(State *state, size_t a, const JsonEvent *event, Error *err)
{
    Str key = str_from(ATTRIBUTES[a].key);
    switch (ATTRIBUTES[a].content) {
    case A_COUNT: return state->has_records = take_count(event, key, 0, &state->member.n_rows, err);
    case A_SYSTEM: return read_system(state, event, err);
    case THE_COLUMNS: return read_columns(state, event, err);
    case THE_ROWS: return true;
    case SOME_TEXT:
    case ANY_TEXT:
    case AN_INSTANT:
    case A_VERSION: break;
    }
    if (!want(event, JSON_PULL_TEXT, key, err)) return false;
    if (ATTRIBUTES[a].content == SOME_TEXT && event->text.len == 0) return refuse(event, err, "\"" STR_FMT "\" is empty", key);
    if (ATTRIBUTES[a].content == AN_INSTANT && !is_instant(event->text)) return refuse(event, err, "\"" STR_FMT "\" is no date and time", event->text);
    if (ATTRIBUTES[a].content == A_VERSION && !is_version(event->text)) return refuse(event, err, "version \"" STR_FMT "\" is not 1.1", event->text);
    if (ATTRIBUTES[a].place != SIZE_MAX) *(Str *)(void *)((char *)&state->member + ATTRIBUTES[a].place) = str_copy(state->arena, event->text);
    return true;
}

static bool check_complete(State *state, const JsonEvent *event, Error *err)
{
    for (size_t a = 0; a < N_ATTRIBUTES; a++)
        if (ATTRIBUTES[a].is_required && !map_get(&state->seen, str_from(ATTRIBUTES[a].key))) return refuse(event, err, "there is no \"" STR_FMT "\"", str_from(ATTRIBUTES[a].key));
    return true;
}

/* The attributes of the object, up to its rows if they can be read at once (or are passed over, to come back). */
static bool read_attributes(State *state, bool skip_rows, Error *err)
{
    JsonEvent event;
    while (true) {
        if (!json_pull_next(state->json, &event, err)) return false;
        if (event.kind == JSON_PULL_OBJECT_END) return check_complete(state, &event, err);
        size_t a = 0;
        while (a < N_ATTRIBUTES && !str_equal(event.text, str_from(ATTRIBUTES[a].key))) a++;
        if (a == N_ATTRIBUTES) return refuse(&event, err, "there is an attribute \"" STR_FMT "\" that Dataset-JSON does not know", event.text);
        if (!note_key(state, &event, err) || !json_pull_next(state->json, &event, err)) return false;
        if (ATTRIBUTES[a].content != THE_ROWS) {
            if (!read_attribute(state, a, &event, err)) return false;
            continue;
        }
        if (!want(&event, JSON_PULL_ARRAY, STR("rows"), err)) return false;
        if (!skip_rows && state->has_columns && state->has_records) return state->in_rows = true;
        if (!json_pull_skip(state->json, &event, err)) return false;
    }
}

/* Rows stood before the columns: once more from the start, to the rows. */
static bool go_back_to_rows(State *state, Error *err)
{
    JsonEvent event;
    if (!bytes_again(state->arena, &state->bytes, err)) return false;
    state->json = json_pull_new(state->arena, state->bytes);
    for (size_t depth = 0;;) {
        if (!json_pull_next(state->json, &event, err)) return false;
        if (event.kind == JSON_PULL_KEY && depth == 0 && str_equal(event.text, STR("rows"))) break;
        if (event.kind == JSON_PULL_KEY && (!json_pull_next(state->json, &event, err) || !json_pull_skip(state->json, &event, err))) return false;
    }
    if (!json_pull_next(state->json, &event, err)) return false;
    return state->came_back = state->in_rows = true;
}

static bool open_document(State *state, Error *err)
{
    JsonEvent event;
    if (!json_pull_next(state->json, &event, err)) return false;
    if (event.kind != JSON_PULL_OBJECT) return refuse(&event, err, "Dataset-JSON begins with an object" STR_FMT, STR(""));
    if (!read_attributes(state, false, err)) return false;
    if (state->in_rows) return true;
    if (map_get(&state->seen, STR("rows"))) return go_back_to_rows(state, err);
    state->is_lines = true;
    return state->in_rows = true;
}

static bool open_file(Arena *arena, const TableInput *input, void **opened, Error *err)
{
    State *state = ARENA_NEW(arena, State);
    *state = (State){.arena = arena, .bytes = input->bytes, .json = json_pull_new(arena, input->bytes),
                     .seen = map_new(arena), .texts = buf_new(arena)};
    *opened = state;
    state->member.n_rows_known = true;
    return open_document(state, err);
}

static bool next_member(void *from, const TableMember **member, Error *err)
{
    State *state = from;
    (void)err;
    *member = state->is_given ? NULL : &state->member;
    state->is_given = true;
    return true;
}

/* --- rows --- */

static bool wrong_cell(const State *state, const TableVariable *variable, const JsonEvent *event, Error *err)
{
    error_set(err, ERROR_MALFORMED, "%s is no %s", event->kind == JSON_PULL_TEXT ? "this text" : json_pull_name(event->kind), table_type_word(variable->type));
    error_in(err, "line %zu", event->line);
    return error_in(err, "row %zu, column \"" STR_FMT "\"", state->n_rows + 1, STR_ARG(variable->name));
}

/* Digits with a point, perhaps a sign: what a decimal may be. */
static bool is_decimal(Str text)
{
    double ignored;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789+-.,eE", text.data[i])) return false;
    return text.len && (number_parse(text, &ignored) || memchr(text.data, ',', text.len));
}

static bool read_cell(State *state, size_t i, const JsonEvent *event, Error *err)
{
    const TableVariable *variable = &state->member.variables[i];
    TableCell *cell = &state->cells[i];
    *cell = (TableCell){.text = {NULL, 0}};
    if (event->kind == JSON_PULL_NULL) {
        cell->missing = MISSING_UNSTATED;
        return true;
    }
    if (variable->type == TABLE_BOOLEAN) {
        cell->number = event->kind == JSON_PULL_TRUE;
        return event->kind == JSON_PULL_TRUE || event->kind == JSON_PULL_FALSE || wrong_cell(state, variable, event, err);
    }
    if (variable->type == TABLE_DOUBLE || variable->type == TABLE_FLOAT || variable->type == TABLE_INTEGER) {
        if (event->kind != JSON_PULL_NUMBER || !json_pull_number(event, &cell->number)) return wrong_cell(state, variable, event, err);
        return variable->type != TABLE_INTEGER || cell->number == floor(cell->number) || wrong_cell(state, variable, event, err);
    }
    if (event->kind != JSON_PULL_TEXT) return wrong_cell(state, variable, event, err);
    if (event->text.len == 0) cell->missing = MISSING_UNSTATED;
    else if (variable->is_count) return iso_count_parse(variable->type, event->text, &cell->number) || wrong_cell(state, variable, event, err);
    else if (variable->type == TABLE_DECIMAL && !is_decimal(event->text)) return wrong_cell(state, variable, event, err);
    cell->text.len = event->text.len;
    state->offsets[i] = event->at;
    if (event->at != JSON_PULL_DECODED) return true;
    state->offsets[i] = state->texts.len | IN_TEXTS;
    buf_add(&state->texts, event->text);
    return true;
}

/* The window no longer moves: where each text is. */
static void find_texts(State *state)
{
    for (size_t i = 0; i < state->member.n_variables; i++) {
        Str *text = &state->cells[i].text;
        if (text->len == 0) text->data = "";
        else if (state->offsets[i] & IN_TEXTS) text->data = state->texts.data + (state->offsets[i] & ~IN_TEXTS);
        else *text = json_pull_held(state->json, state->offsets[i], text->len);
    }
}

static bool wrong_count(const State *state, size_t n, const JsonEvent *event, Error *err)
{
    error_set(err, ERROR_MALFORMED, "a row has %s%zu values for %zu columns", n > state->member.n_variables ? "more than " : "",
              n > state->member.n_variables ? state->member.n_variables : n, state->member.n_variables);
    error_in(err, "line %zu", event->line);
    return error_in(err, "row %zu", state->n_rows + 1);
}

static bool end_rows(State *state, const JsonEvent *event, Error *err)
{
    state->rows_ended = true;
    if (state->n_rows != state->member.n_rows) {
        error_set(err, ERROR_MALFORMED, "there are %zu rows, and \"records\" says %zu", state->n_rows, state->member.n_rows);
        return error_in(err, "line %zu", event->line);
    }
    if (state->is_lines) return event->kind == JSON_PULL_END || want(event, JSON_PULL_ARRAY, STR("a row"), err);
    state->in_rows = false;
    if (state->came_back) return true;
    JsonEvent after;
    if (!read_attributes(state, true, err) || !json_pull_next(state->json, &after, err)) return false;
    return after.kind == JSON_PULL_END || refuse(&after, err, "something follows the document" STR_FMT, STR(""));
}

static bool next_row(void *from, const TableCell **cells, Error *err)
{
    State *state = from;
    JsonEvent event = {.line = 1};
    size_t n = 0;
    *cells = NULL;
    if (state->rows_ended) return true;
    if (!json_pull_next(state->json, &event, err)) return false;
    if (event.kind == JSON_PULL_ARRAY_END || event.kind == JSON_PULL_END) return end_rows(state, &event, err);
    if (event.kind != JSON_PULL_ARRAY) return want(&event, JSON_PULL_ARRAY, STR("a row"), err);
    state->texts.len = 0;
    json_pull_hold(state->json);
    while (true) {
        if (!json_pull_next(state->json, &event, err)) return false;
        if (event.kind == JSON_PULL_ARRAY_END) break;
        if (n == state->member.n_variables) return wrong_count(state, n + 1, &event, err);
        if (!read_cell(state, n++, &event, err)) return false;
    }
    if (n != state->member.n_variables) return wrong_count(state, n, &event, err);
    find_texts(state);
    json_pull_release(state->json);
    state->n_rows++;
    *cells = state->cells;
    return true;
}

/* --- writing --- */

static bool create_as(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, bool is_lines, void **created)
{
    State *state = ARENA_NEW(arena, State);
    *state = (State){.arena = arena, .sink = sink, .choices = *choices, .changes = changes, .is_lines = is_lines, .line = buf_new(arena)};
    *created = state;
    return true;
}

static bool create_json(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, void **state, Error *err)
{
    (void)err;
    return create_as(arena, sink, choices, changes, false, state);
}

static bool create_lines(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, void **state, Error *err)
{
    (void)err;
    return create_as(arena, sink, choices, changes, true, state);
}

static void put_text(Buf *buf, Str text)
{
    size_t plain = 0;
    buf_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_add(buf, str_slice(text, plain, i));
        plain = i + 1;
        if (c == '"' || c == '\\') buf_char(buf, '\\'), buf_char(buf, (char)c);
        else buf_format(buf, "\\u%04x", c);
    }
    buf_add(buf, str_slice(text, plain, text.len));
    buf_char(buf, '"');
}

static void put_member(Buf *buf, const char *key, Str text, bool even_empty)
{
    if (text.len == 0 && !even_empty) return;
    buf_format(buf, "%s\"%s\":", buf->data[buf->len - 1] == '{' ? "" : ",", key);
    put_text(buf, text);
}

static void put_column(Buf *buf, const TableMember *member, const TableVariable *variable, Arena *arena)
{
    buf_char(buf, '{');
    put_member(buf, "itemOID", variable->oid.len ? variable->oid : str_format(arena, "IT." STR_FMT "." STR_FMT, STR_ARG(member->name), STR_ARG(variable->name)), true);
    put_member(buf, "name", variable->name, true);
    put_member(buf, "label", variable->label, true);
    put_member(buf, "dataType", str_from(table_type_word(variable->type)), true);
    if (variable->is_count) put_member(buf, "targetDataType", STR("integer"), true);
    if (variable->type == TABLE_DECIMAL) put_member(buf, "targetDataType", STR("decimal"), true);
    if (variable->length && !(table_is_number(variable) && variable->length == 8)) buf_format(buf, ",\"length\":%zu", variable->length);
    put_member(buf, "displayFormat", variable->format, false);
    if (variable->key) buf_format(buf, ",\"keySequence\":%zu", variable->key);
    buf_char(buf, '}');
}

static bool flush_line(State *state, Error *err)
{
    bool ok = sink_put(state->sink, buf_str(&state->line), err);
    state->line.len = 0;
    return ok;
}

static void count_as_numbers(State *state)
{
    TableMember *member = &state->member;
    member->variables = arena_copy(state->arena, member->variables, member->n_variables * sizeof(TableVariable));
    for (size_t i = 0; i < member->n_variables; i++)
        if (member->variables[i].is_count) member->variables[i].type = TABLE_DOUBLE, member->variables[i].is_count = false;
}

static bool begin(void *to, const TableMember *member, Error *err)
{
    State *state = to;
    Buf *buf = &state->line;
    if (!is_instant(state->choices.created)) return error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is no date and time", STR_ARG(state->choices.created));
    state->member = *member;
    if (state->choices.dates_as_numbers) count_as_numbers(state);
    member = &state->member;
    buf_char(buf, '{');
    put_member(buf, "datasetJSONCreationDateTime", state->choices.created, true);
    put_member(buf, "datasetJSONVersion", STR("1.1.0"), true);
    put_member(buf, "dbLastModifiedDateTime", member->modified, false);
    put_member(buf, "originator", member->originator, false);
    if (member->system.len) {
        buf_add_c(buf, ",\"sourceSystem\":{");
        put_member(buf, "name", member->system, true);
        put_member(buf, "version", member->system_version, true);
        buf_char(buf, '}');
    }
    put_member(buf, "studyOID", member->study_oid, false);
    put_member(buf, "metaDataVersionOID", member->metadata_oid, false);
    put_member(buf, "metaDataRef", member->metadata_ref, false);
    put_member(buf, "itemGroupOID", member->oid.len ? member->oid : str_format(state->arena, "IG." STR_FMT, STR_ARG(member->name)), true);
    buf_format(buf, ",\"records\":%zu", member->n_rows);
    put_member(buf, "name", member->name, true);
    put_member(buf, "label", member->label, true);
    buf_add_c(buf, ",\"columns\":[");
    for (size_t i = 0; i < member->n_variables; i++) {
        if (i) buf_char(buf, ',');
        put_column(buf, member, &member->variables[i], state->arena);
    }
    buf_add_c(buf, state->is_lines ? "]}\n" : "],\"rows\":[");
    return flush_line(state, err);
}

static bool put_cell(State *state, const TableVariable *variable, const TableCell *cell, Error *err)
{
    Buf *buf = &state->line;
    if (cell->missing) {
        if (cell->missing != MISSING_UNSTATED) state->changes->n_special_missing++;
        buf_add_c(buf, table_is_number(variable) || variable->type == TABLE_DECIMAL ? "null" : "\"\"");
        return true;
    }
    if (variable->is_count) {
        buf_char(buf, '"');
        if (iso_count_put(buf, variable->type, cell->number)) {
            buf_char(buf, '"');
            return true;
        }
        error_set(err, ERROR_INCONSISTENT, "%g is no %s that ISO 8601 can say", cell->number, table_type_word(variable->type));
        error_hint(err, "--dates-as-numbers writes dates and times as the numbers they are.");
        return error_in(err, "variable \"" STR_FMT "\"", STR_ARG(variable->name));
    }
    if (variable->type == TABLE_BOOLEAN) buf_add_c(buf, cell->number != 0 ? "true" : "false");
    else if (table_is_number(variable)) buf_number(buf, cell->number);
    else put_text(buf, cell->text);
    return true;
}

static bool write_row(void *to, const TableCell *cells, Error *err)
{
    State *state = to;
    Buf *buf = &state->line;
    if (!state->is_lines && state->n_written) buf_char(buf, ',');
    buf_char(buf, '[');
    for (size_t i = 0; i < state->member.n_variables; i++) {
        if (i) buf_char(buf, ',');
        if (!put_cell(state, &state->member.variables[i], &cells[i], err)) return false;
    }
    buf_char(buf, ']');
    if (state->is_lines) buf_char(buf, '\n');
    state->n_written++;
    return flush_line(state, err);
}

static bool finish(void *to, Error *err)
{
    State *state = to;
    if (state->n_written != state->member.n_rows)
        return error_set(err, ERROR_INCONSISTENT, "%zu rows came where %zu were announced", state->n_written, state->member.n_rows);
    return state->is_lines || sink_put(state->sink, STR("]}\n"), err);
}

/* --- the formats --- */

static bool is_dataset(Str head)
{
    size_t i = str_starts(head, STR("\xef\xbb\xbf")) ? 3 : 0;
    while (i < head.len && strchr(" \t\r\n", head.data[i])) i++;
    return i < head.len && head.data[i] == '{' && str_find(head, STR("\"datasetJSON")) != SIZE_MAX;
}

/* One reader for all: it sees whether rows stand inside the object or in lines behind it, and bytes are decompressed
 * below. */
#define COMMON                                                                                                \
    .next_member = next_member, .next_row = next_row, .gives_rows = true, .one_member = true, .needs_rows = true, .begin = begin,     \
    .write = write_row, .finish = finish

const TableFormat table_format_dataset_json = {
    .word = "dataset-json",
    .meaning = "CDISC Dataset-JSON 1.1",
    .endings = ".json",
    .is_mine = is_dataset,
    .open = open_file,
    .create = create_json,
    COMMON,
};

const TableFormat table_format_ndjson = {
    .word = "ndjson",
    .meaning = "CDISC Dataset-JSON 1.1 in lines",
    .endings = ".ndjson",
    .open = open_file,
    .create = create_lines,
    COMMON,
};

const TableFormat table_format_dsjc = {
    .word = "dsjc",
    .meaning = "CDISC Dataset-JSON 1.1 in lines, compressed",
    .endings = ".dsjc",
    .open = open_file,
    .compression = SINK_ZLIB,
    .create = create_lines,
    COMMON,
};
