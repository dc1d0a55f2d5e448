#include "base/yaml.h"

#include <string.h>
#include <yaml.h>

#include "base/map.h"

#define MAX_SCALAR_BYTES  65536       /* a long paragraph; keeps one scalar from being the file */

typedef struct {
    Arena *arena;
    yaml_parser_t parser;
    Str source;
    size_t n_nodes;
    Error *err;
} Reader;

static bool fail_at(Reader *reader, yaml_mark_t mark, const char *message, const char *hint)
{
    error_set(reader->err, ERROR_MALFORMED, "%s", message);
    error_in(reader->err, "line %zu, column %zu", mark.line + 1, mark.column + 1);
    return hint ? error_hint(reader->err, "%s", hint) : false;
}

/* What libyaml says, in words for someone who did not write a parser. The first row whose part is in it holds. */
static const struct {
    const char *part, *message, *hint;
} EXPLAINED[] = {
    {"did not find expected key", "this line does not fit the indentation around it",
     "Members of one mapping begin in the same column, and a text that holds \": \" or \" #\" stands in quotes."},
    {"did not find expected '-' indicator", "this line does not fit the list around it",
     "Items of one list begin with \"- \" in the same column."},
    {"mapping values are not allowed", "a second \": \" on this line, or a line that is indented too far",
     "Put a text that holds \": \" in quotes, or start the member on a line of its own."},
    {"could not find expected ':'", "a key without its \": \"",
     "Write \"key: value\", with a blank after the colon."},
    {"unexpected end of stream", "a quote that opens here is never closed", "Close the quote."},
    {"did not find expected ',' or ']'", "a list that begins with [ is not closed", "Close it with ], and put commas between its items."},
    {"did not find expected ',' or '}'", "a mapping that begins with { is not closed", "Close it with }, and put commas between its members."},
    {"did not find expected node content", "a value is missing here", "Write the value, or close the list or mapping before."},
    {"control characters are not allowed", "a control character", "Remove it: the file holds text, line ends and blanks only."},
    {"unknown escape character", "an unknown escape in a text in double quotes", "Write \\\\ for one backslash, or use single quotes."},
    {"block sequence entries are not allowed", "a list item where none can stand", "Begin the list on the line below its key."},
};

/* The byte at a mark; marks count characters, not bytes. */
static char byte_at(Str source, yaml_mark_t mark)
{
    size_t i = 0, line = 0, column = 0;
    while (i < source.len && line < mark.line) line += source.data[i++] == '\n';
    for (; i < source.len && column < mark.column; column++) do
            i++;
        while (i < source.len && ((unsigned char)source.data[i] & 0xC0) == 0x80);
    return i < source.len ? source.data[i] : '\0';
}

static bool fail_parser(Reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        return error_set(reader->err, ERROR_IO, "out of memory while reading YAML");
    const char *problem = parser->problem ? parser->problem : "cannot be read";
    yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_READER_ERROR) mark = parser->mark;
    if (strstr(problem, "cannot start any token") && byte_at(reader->source, mark) == '\t')
        return fail_at(reader, mark, "a tab where blanks are expected",
                       "Indent with blanks; YAML does not take tabs.");
    if (strstr(problem, "cannot start any token"))
        return fail_at(reader, mark, "a text begins with a character that YAML keeps for itself",
                       "Put the text in quotes.");
    for (size_t i = 0; i < sizeof EXPLAINED / sizeof EXPLAINED[0]; i++)
        if (strstr(problem, EXPLAINED[i].part))
            return fail_at(reader, strstr(problem, "end of stream") ? parser->context_mark : mark,
                           EXPLAINED[i].message, EXPLAINED[i].hint);
    return fail_at(reader, mark, problem, "Mend the YAML there.");
}

static bool next_event(Reader *reader, yaml_event_t *event)
{
    return yaml_parser_parse(&reader->parser, event) ? true : fail_parser(reader);
}

static bool is_tagged(const yaml_event_t *event)
{
    return (event->type == YAML_SCALAR_EVENT && event->data.scalar.tag) ||
           (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.tag) ||
           (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.tag);
}

static bool is_anchored(const yaml_event_t *event)
{
    return (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
           (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
           (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor);
}

static bool check_event(Reader *reader, const yaml_event_t *event, size_t depth)
{
    yaml_mark_t mark = event->start_mark;
    if (event->type == YAML_ALIAS_EVENT || is_anchored(event))
        return fail_at(
            reader, mark, "anchors (&) and aliases (*) are not read here",
            "Write the value out where it is used; a text that begins with & or * stands in quotes.");
    if (is_tagged(event))
        return fail_at(reader, mark, "tags (!) are not read here",
                       "Remove the tag; a text that begins with ! stands in quotes.");
    if (depth > YAML_MAX_DEPTH)
        return fail_at(reader, mark, "nested too deeply", "At most 32 levels can stand inside each other.");
    if (++reader->n_nodes > YAML_MAX_NODES)
        return fail_at(reader, mark, "too many values in one file",
                       "At most 200000 values can stand in one file.");
    return true;
}

static bool read_scalar(Reader *reader, const yaml_event_t *event, Yaml *node)
{
    Str raw = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (raw.len > MAX_SCALAR_BYTES)
        return fail_at(reader, event->start_mark, "a text of more than 65536 bytes",
                       "Shorten it, or close its quote.");
    Error why = {0};
    Str nfc;
    if (!str_nfc(reader->arena, raw, &nfc, &why))
        return fail_at(reader, event->start_mark, "a text that holds a NUL or cannot be normalised",
                       "Remove the odd character.");
    node->kind = YAML_IS_SCALAR;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = str_copy(reader->arena, nfc);
    return true;
}

static bool read_node(Reader *reader, yaml_event_t *event, size_t depth, Yaml *node);

static bool read_next_node(Reader *reader, yaml_event_type_t end, size_t depth, Yaml *node, bool *ended)
{
    yaml_event_t event;
    if (!next_event(reader, &event)) return false;
    *ended = event.type == end;
    bool ok = *ended || read_node(reader, &event, depth, node);
    yaml_event_delete(&event);
    return ok;
}

static bool read_sequence(Reader *reader, size_t depth, Yaml *node)
{
    node->kind = YAML_IS_SEQUENCE;
    for (size_t capacity = 0;; node->n++) {
        Yaml item;
        bool ended;
        if (!read_next_node(reader, YAML_SEQUENCE_END_EVENT, depth + 1, &item, &ended)) return false;
        if (ended) return true;
        ARENA_PUSH_ROOM(reader->arena, node->items, node->n, capacity);
        node->items[node->n] = item;
    }
}

static bool check_key(Reader *reader, Map *seen, const Yaml *key)
{
    if (key->kind != YAML_IS_SCALAR || !key->text.len) {
        yaml_error(key, reader->err, ERROR_MALFORMED, "a key that is no word");
        return error_hint(reader->err, "A key is one plain word, followed by \": \".");
    }
    if (str_equal(key->text, STR("<<"))) {
        yaml_error(key, reader->err, ERROR_MALFORMED, "merge keys (<<) are not read here");
        return error_hint(reader->err, "Write the members out.");
    }
    bool is_new;
    MapEntry *entry = map_put(seen, key->text, &is_new);
    if (!is_new) {
        yaml_error(key, reader->err, ERROR_MALFORMED, "the key \"" STR_FMT "\" stands twice in one mapping",
                   STR_ARG(key->text));
        return error_hint(reader->err, "It stands first in line %zu; keep one of the two.", entry->index);
    }
    entry->index = key->line;
    return true;
}

static bool read_mapping(Reader *reader, size_t depth, Yaml *node)
{
    node->kind = YAML_IS_MAPPING;
    Map seen = map_new(reader->arena);
    for (size_t capacity = 0, key_capacity = 0;; node->n++) {
        Yaml key, item;
        bool ended;
        if (!read_next_node(reader, YAML_MAPPING_END_EVENT, depth + 1, &key, &ended)) return false;
        if (ended) return true;
        if (!check_key(reader, &seen, &key)) return false;
        if (!read_next_node(reader, YAML_NO_EVENT, depth + 1, &item, &ended)) return false;
        ARENA_PUSH_ROOM(reader->arena, node->keys, node->n, key_capacity);
        ARENA_PUSH_ROOM(reader->arena, node->items, node->n, capacity);
        node->keys[node->n] = key;
        node->items[node->n] = item;
    }
}

/* The one recursion; check_event bounds its depth. */
static bool read_node(Reader *reader, yaml_event_t *event, size_t depth, Yaml *node)
{
    *node = (Yaml){.line = event->start_mark.line + 1, .column = event->start_mark.column + 1};
    if (!check_event(reader, event, depth)) return false;
    if (event->type == YAML_SCALAR_EVENT) return read_scalar(reader, event, node);
    if (event->type == YAML_SEQUENCE_START_EVENT) return read_sequence(reader, depth, node);
    return read_mapping(reader, depth, node);
}

static bool expect_end(Reader *reader)
{
    yaml_event_t event;
    for (bool at_end = false; !at_end; yaml_event_delete(&event)) {
        if (!next_event(reader, &event)) return false;
        at_end = event.type == YAML_STREAM_END_EVENT;
        if (event.type != YAML_DOCUMENT_START_EVENT) continue;
        fail_at(reader, event.start_mark, "a second document begins here (---)",
                "Keep one document in one file.");
        yaml_event_delete(&event);
        return false;
    }
    return true;
}

static bool read_document(Reader *reader, Yaml *yaml)
{
    yaml_event_t event;
    for (;;) {
        if (!next_event(reader, &event)) return false;
        if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT) break;
        yaml_event_delete(&event);
    }
    bool empty = event.type == YAML_STREAM_END_EVENT;
    bool ok =
        empty ? fail_at(reader, event.start_mark, "the file is empty", "Write at least one \"key: value\".")
              : read_node(reader, &event, 1, yaml);
    yaml_event_delete(&event);
    return ok && expect_end(reader);
}

static bool check_source(Str text, Error *err)
{
    if (text.len > YAML_MAX_BYTES) {
        error_set(err, ERROR_MALFORMED, "the file has %zu bytes; at most %zu are read", text.len,
                  YAML_MAX_BYTES);
        return error_hint(err, "A protocol is a page that people read; move data into data files.");
    }
    size_t bad;
    if (str_is_utf8(text, &bad)) return true;
    size_t line = 1;
    for (size_t i = 0; i < bad; i++) line += text.data[i] == '\n';
    error_set(err, ERROR_MALFORMED, "byte %zu is not UTF-8", bad + 1);
    error_in(err, "line %zu", line);
    return error_hint(err, "Save the file in the encoding UTF-8.");
}

bool yaml_parse(Arena *arena, Str text, Yaml *yaml, Error *err)
{
    if (!check_source(text, err)) return false;
    if (str_starts(text, STR("\xef\xbb\xbf"))) text = str_slice(text, 3, text.len);
    Reader reader = {.arena = arena, .source = text, .err = err};
    if (!yaml_parser_initialize(&reader.parser))
        return error_set(err, ERROR_IO, "out of memory while reading YAML");
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)(text.data ? text.data : ""),
                                 text.len);
    bool ok = read_document(&reader, yaml);
    yaml_parser_delete(&reader.parser);
    return ok;
}

static size_t member_index(const Yaml *mapping, const char *key)
{
    if (!mapping || mapping->kind != YAML_IS_MAPPING) return SIZE_MAX;
    Str wanted = str_from(key);
    for (size_t i = 0; i < mapping->n; i++)
        if (str_equal(mapping->keys[i].text, wanted)) return i;
    return SIZE_MAX;
}

const Yaml *yaml_get(const Yaml *mapping, const char *key)
{
    size_t i = member_index(mapping, key);
    return i == SIZE_MAX ? NULL : &mapping->items[i];
}

const Yaml *yaml_key(const Yaml *mapping, const char *key)
{
    size_t i = member_index(mapping, key);
    return i == SIZE_MAX ? NULL : &mapping->keys[i];
}

Str yaml_text(const Yaml *mapping, const char *key)
{
    const Yaml *member = yaml_get(mapping, key);
    return member && member->kind == YAML_IS_SCALAR ? member->text : STR("");
}

static bool is_plain(const Yaml *yaml) { return yaml && yaml->kind == YAML_IS_SCALAR && !yaml->quoted; }

bool yaml_is_null(const Yaml *yaml)
{
    if (!yaml) return true;
    return is_plain(yaml) &&
           (!yaml->text.len || str_equal(yaml->text, STR("~")) || str_equal(yaml->text, STR("null")));
}

bool yaml_number(const Yaml *yaml, double *value)
{
    return is_plain(yaml) && number_parse(yaml->text, value);
}

bool yaml_integer(const Yaml *yaml, int64_t *value)
{
    return is_plain(yaml) && integer_parse(yaml->text, value);
}

bool yaml_boolean(const Yaml *yaml, bool *value)
{
    if (!is_plain(yaml)) return false;
    *value = str_equal(yaml->text, STR("true"));
    return *value || str_equal(yaml->text, STR("false"));
}

const char *yaml_kind_name(const Yaml *yaml)
{
    static const char *const NAMES[] = {
        [YAML_IS_SCALAR] = "text", [YAML_IS_SEQUENCE] = "a list", [YAML_IS_MAPPING] = "a mapping"};
    return yaml_is_null(yaml) ? "nothing" : NAMES[yaml->kind];
}

bool yaml_error(const Yaml *at, Error *err, ErrorCode code, const char *format, ...)
{
    char message[sizeof err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    error_set(err, code, "%s", message);
    return at ? error_in(err, "line %zu, column %zu", at->line, at->column) : false;
}
