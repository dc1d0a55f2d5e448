#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "conform/json_schema_inside.h"

#define MAX_SCHEMAS ((size_t)100000)
#define MAX_WORDS   ((size_t)160)

typedef struct {
    Arena *arena;
    const Json *root;
    Map made, gaps;                   /* schemas by the address of their JSON; gaps by word */
    Schema **waiting;                 /* made but not yet read */
    size_t n_waiting, waiting_capacity, n_made;
    JsonSchema *schema;
    size_t gaps_capacity;
    Error *err;
} Reader;

static const struct {
    unsigned bit;
    const char *word, *meaning;
} TYPES[] = {
#define X(name, bit, word, meaning) {bit, word, meaning},
    JSON_TYPES(X)
#undef X
};
#define N_TYPES (sizeof TYPES / sizeof TYPES[0])

Str json_types_meaning(Arena *arena, unsigned types)
{
    Buf words = buf_new(arena);
    for (size_t i = 0; i < N_TYPES; i++) {
        if (!(types & TYPES[i].bit)) continue;
        types &= ~TYPES[i].bit;
        if (words.len) buf_add_c(&words, types ? ", " : " or ");
        buf_add_c(&words, TYPES[i].meaning);
    }
    return buf_str(&words);
}

static void add_gap(Reader *reader, Str word, const char *why, bool is_note)
{
    bool is_new;
    map_put(&reader->gaps, word, &is_new);
    if (!is_new) return;
    ARENA_PUSH_ROOM(reader->arena, reader->schema->gaps, reader->schema->n_gaps, reader->gaps_capacity);
    reader->schema->gaps[reader->schema->n_gaps++] = (Gap){.word = word, .why = str_from(why), .is_note = is_note};
}

static bool wrong(Reader *reader, Str key, const char *wanted)
{
    return error_set(reader->err, ERROR_MALFORMED, "\"" STR_FMT "\" of the schema is not %s", STR_ARG(key), wanted);
}

/* The schema of a piece of JSON; read later, so that schemas may refer to each other in a circle. */
static bool make(Reader *reader, const Json *json, Schema **schema)
{
    bool is_new;
    uintptr_t address = (uintptr_t)json;
    Str key = str_copy(reader->arena, (Str){(const char *)&address, sizeof address});
    MapEntry *entry = map_put(&reader->made, key, &is_new);
    if (!is_new) {
        *schema = entry->pointer;
        return true;
    }
    if (json->kind != JSON_IS_OBJECT && json->kind != JSON_IS_BOOL) return error_set(reader->err, ERROR_MALFORMED, "a schema is neither an object nor true or false");
    if (reader->n_made++ == MAX_SCHEMAS) return error_set(reader->err, ERROR_MALFORMED, "the schema has more than %zu parts", MAX_SCHEMAS);
    *schema = ARENA_NEW(reader->arena, Schema);
    (*schema)->json = json;
    entry->pointer = *schema;
    ARENA_PUSH_ROOM(reader->arena, reader->waiting, reader->n_waiting, reader->waiting_capacity);
    reader->waiting[reader->n_waiting++] = *schema;
    return true;
}

static bool make_list(Reader *reader, Str key, const Json *json, Schema ***list, size_t *n)
{
    if (json->kind != JSON_IS_ARRAY) return wrong(reader, key, "a list");
    *list = ARENA_ARRAY(reader->arena, Schema *, json->n + 1);
    for (size_t i = 0; i < json->n; i++)
        if (!make(reader, &json->items[i], &(*list)[i])) return false;
    *n = json->n;
    return true;
}

static void push_all(Reader *reader, Schema *schema, Schema *also)
{
    ARENA_PUSH_ROOM(reader->arena, schema->all, schema->n_all, schema->all_capacity);
    schema->all[schema->n_all++] = also;
}

static void push_group(Reader *reader, Schema *schema, Group group)
{
    ARENA_PUSH_ROOM(reader->arena, schema->groups, schema->n_groups, schema->groups_capacity);
    schema->groups[schema->n_groups++] = group;
}

/* "~1" and "~0" of a JSON pointer. */
static Str pointer_step(Arena *arena, Str step)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < step.len; i++) {
        bool is_escape = step.data[i] == '~' && i + 1 < step.len && (step.data[i + 1] == '0' || step.data[i + 1] == '1');
        buf_char(&buf, !is_escape ? step.data[i] : step.data[i + 1] == '0' ? '~' : '/');
        i += is_escape;
    }
    return buf_str(&buf);
}

static const Json *step_into(Arena *arena, const Json *json, Str step)
{
    int64_t index;
    if (json->kind == JSON_IS_ARRAY) return integer_parse(step, &index) && index >= 0 && (uint64_t)index < json->n ? &json->items[index] : NULL;
    return json_get(json, str_c(arena, pointer_step(arena, step)));
}

static bool read_ref(Reader *reader, Schema *schema, Str key, const Json *json)
{
    const Json *at = reader->root;
    Schema *target;
    if (json->kind != JSON_IS_TEXT) return wrong(reader, key, "a text");
    Str rest = json->text, step, id = json_text(reader->root, "$id");
    if (id.len && str_starts(rest, id)) rest = str_slice(rest, id.len, rest.len);
    if (!str_starts(rest, STR("#"))) return error_set(reader->err, ERROR_MALFORMED, "the schema refers to \"" STR_FMT "\", which is outside of it", STR_ARG(json->text));
    rest = str_slice(rest, 1, rest.len);
    while (at && rest.len) {
        if (rest.data[0] != '/') at = NULL;
        rest = str_slice(rest, 1, rest.len);
        size_t end = str_find(rest, STR("/"));
        step = str_slice(rest, 0, end);
        rest = end == SIZE_MAX ? STR("") : str_slice(rest, end, rest.len);
        if (at) at = step_into(reader->arena, at, step);
    }
    if (!at) return error_set(reader->err, ERROR_MALFORMED, "the schema refers to \"" STR_FMT "\", which it does not have", STR_ARG(json->text));
    if (!make(reader, at, &target)) return false;
    push_all(reader, schema, target);
    return true;
}

static bool read_type(Reader *reader, Schema *schema, Str key, const Json *json)
{
    size_t n = json->kind == JSON_IS_ARRAY ? json->n : 1;
    for (size_t i = 0; i < n; i++) {
        const Json *item = json->kind == JSON_IS_ARRAY ? &json->items[i] : json;
        unsigned bit = 0;
        for (size_t k = 0; k < N_TYPES; k++)
            if (item->kind == JSON_IS_TEXT && str_equal(item->text, str_from(TYPES[k].word))) bit = TYPES[k].bit;
        if (!bit) return wrong(reader, key, "one of null, boolean, integer, number, string, array, object");
        schema->types |= bit;
    }
    return n > 0 || wrong(reader, key, "a type or a list of them");
}

static void add_scalar_words(Buf *words, const Scalar *scalar)
{
    if (scalar->type == TYPE_TEXT) buf_format(words, "\"" STR_FMT "\"", STR_ARG(scalar->text));
    else if (scalar->type == TYPE_NUMBER) buf_number(words, scalar->number);
    else buf_add_c(words, scalar->type == TYPE_NULL ? "null" : scalar->boolean ? "true" : "false");
}

static bool read_choices(Reader *reader, Schema *schema, size_t which, Str key, const Json *items, size_t n)
{
    static const unsigned TYPE_OF[] = {[JSON_IS_NULL] = TYPE_NULL, [JSON_IS_BOOL] = TYPE_BOOLEAN, [JSON_IS_NUMBER] = TYPE_NUMBER, [JSON_IS_TEXT] = TYPE_TEXT};
    Choices *choices = &schema->choices[which];
    Buf words = buf_new(reader->arena);
    choices->items = ARENA_ARRAY(reader->arena, Scalar, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (items[i].kind == JSON_IS_ARRAY || items[i].kind == JSON_IS_OBJECT) {
            add_gap(reader, key, "it lists arrays or objects", false);
            return true;
        }
        choices->items[i] = (Scalar){.type = TYPE_OF[items[i].kind], .boolean = items[i].boolean, .number = items[i].number, .text = items[i].text};
        if (words.len > MAX_WORDS) continue;
        if (i) buf_add_c(&words, ", ");
        if (words.len > MAX_WORDS) buf_add_c(&words, "...");
        else add_scalar_words(&words, &choices->items[i]);
    }
    choices->n = n;
    choices->words = buf_str(&words);
    schema->has_choices[which] = true;
    return true;
}

static bool read_enum(Reader *reader, Schema *schema, Str key, const Json *json)
{
    if (json->kind != JSON_IS_ARRAY) return wrong(reader, key, "a list");
    return read_choices(reader, schema, 0, key, json->items, json->n);
}

static bool read_const(Reader *reader, Schema *schema, Str key, const Json *json) { return read_choices(reader, schema, 1, key, json, 1); }

static bool read_bound(Reader *reader, Str key, const Json *json, double *bound)
{
    *bound = json->number;
    return json->kind == JSON_IS_NUMBER || wrong(reader, key, "a number");
}

static bool read_multiple(Reader *reader, Schema *schema, Str key, const Json *json)
{
    schema->multiple_of = json->number;
    return (json->kind == JSON_IS_NUMBER && json->number > 0) || wrong(reader, key, "a number above 0");
}

static bool read_count(Reader *reader, Str key, const Json *json, size_t *count)
{
    bool is_count = json->kind == JSON_IS_NUMBER && json->number >= 0 && json->number <= 1e15 && floor(json->number) == json->number;
    *count = is_count ? (size_t)json->number : 0;
    return is_count || wrong(reader, key, "a whole number from 0");
}

static bool read_pattern(Reader *reader, Schema *schema, Str key, const Json *json)
{
    Error why = {0};
    if (json->kind != JSON_IS_TEXT) return wrong(reader, key, "a text");
    schema->pattern_text = json->text;
    if (!json_pattern_parse(reader->arena, json->text, &schema->pattern, &why))
        add_gap(reader, str_format(reader->arena, "pattern \"" STR_FMT "\"", STR_ARG(json->text)), str_copy(reader->arena, str_from(why.message)).data, false);
    return true;
}

static bool is_date(Str text)
{
    Error ignored = {0};
    Date date;
    return text.len == 10 && date_parse(text, &date, &ignored);
}

static bool two_digits(Str text, size_t at, int max, int *value)
{
    if (at + 2 > text.len || text.data[at] < '0' || text.data[at] > '9' || text.data[at + 1] < '0' || text.data[at + 1] > '9') return false;
    *value = 10 * (text.data[at] - '0') + text.data[at + 1] - '0';
    return *value <= max;
}

static bool is_offset(Str text)
{
    int ignored;
    if (text.len == 1) return text.data[0] == 'Z' || text.data[0] == 'z';
    return text.len == 6 && (text.data[0] == '+' || text.data[0] == '-') && two_digits(text, 1, 23, &ignored) && text.data[3] == ':' && two_digits(text, 4, 59, &ignored);
}

/* RFC 3339, the offset from UTC required; the second 60 only as UTC's last of a day, written in UTC. */
static bool is_time(Str text)
{
    int hour, minute, second;
    size_t at = 8;
    if (!two_digits(text, 0, 23, &hour) || !two_digits(text, 3, 59, &minute) || !two_digits(text, 6, 60, &second) || text.data[2] != ':' || text.data[5] != ':') return false;
    if (at < text.len && text.data[at] == '.') {
        do at++;
        while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9');
        if (at == 9) return false;
    }
    Str offset = str_slice(text, at, text.len);
    return is_offset(offset) && (second < 60 || (hour == 23 && minute == 59 && offset.len == 1));
}

static bool is_date_time(Str text)
{
    return text.len > 11 && is_date(str_slice(text, 0, 10)) && strchr("Tt ", text.data[10]) && is_time(str_slice(text, 11, text.len));
}

static bool is_uuid(Str text)
{
    if (str_equal_fold(str_slice(text, 0, 9), STR("urn:uuid:"))) text = str_slice(text, 9, text.len);
    for (size_t i = 0; i < text.len; i++)
        if (i == 8 || i == 13 || i == 18 || i == 23 ? text.data[i] != '-' : !strchr("0123456789abcdefABCDEF", text.data[i])) return false;
    return text.len == 36;
}

static const TextFormat FORMATS[] = {
    {"date", "a date of ISO 8601", is_date},
    {"time", "a time of ISO 8601 with its offset from UTC", is_time},
    {"date-time", "a date and time of ISO 8601 with its offset from UTC", is_date_time},
    {"uuid", "a UUID", is_uuid},
};

static bool read_format(Reader *reader, Schema *schema, Str key, const Json *json)
{
    if (json->kind != JSON_IS_TEXT) return wrong(reader, key, "a text");
    for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++)
        if (str_equal(json->text, str_from(FORMATS[i].name))) schema->format = &FORMATS[i];
    if (!schema->format) add_gap(reader, str_format(reader->arena, "format \"" STR_FMT "\"", STR_ARG(json->text)), "no such format is known here", false);
    return true;
}

/* A list of schemas here is what the newer drafts call prefixItems. */
static bool read_items(Reader *reader, Schema *schema, Str key, const Json *json)
{
    if (json->kind == JSON_IS_ARRAY) return make_list(reader, key, json, &schema->first_items, &schema->n_first_items);
    return make(reader, json, &schema->items);
}

static bool read_additional_items(Reader *reader, Schema *schema, Str key, const Json *json)
{
    (void)key;
    const Json *items = json_get(schema->json, "items");
    return !items || items->kind != JSON_IS_ARRAY || make(reader, json, &schema->items);
}

static bool read_first_items(Reader *reader, Schema *schema, Str key, const Json *json)
{
    return make_list(reader, key, json, &schema->first_items, &schema->n_first_items);
}

static bool read_members(Reader *reader, Schema *schema, Str key, const Json *json)
{
    if (json->kind != JSON_IS_OBJECT) return wrong(reader, key, "an object");
    for (size_t i = 0; i < json->n; i++) {
        Schema *member;
        bool is_new;
        if (!make(reader, &json->items[i], &member)) return false;
        map_put(&schema->members, json->keys[i], &is_new)->pointer = member;
    }
    return true;
}

static bool read_pattern_members(Reader *reader, Schema *schema, Str key, const Json *json)
{
    if (json->kind != JSON_IS_OBJECT) return wrong(reader, key, "an object");
    schema->pattern_members = ARENA_ARRAY(reader->arena, PatternMember, json->n + 1);
    for (size_t i = 0; i < json->n; i++) {
        PatternMember *member = &schema->pattern_members[schema->n_pattern_members++];
        if (!json_pattern_parse(reader->arena, json->keys[i], &member->pattern, reader->err) || !make(reader, &json->items[i], &member->schema)) return false;
    }
    return true;
}

static bool read_other_members(Reader *reader, Schema *schema, Str key, const Json *json)
{
    (void)key;
    return make(reader, json, &schema->other_members);
}

static bool read_required(Reader *reader, Schema *schema, Str key, const Json *json)
{
    if (json->kind != JSON_IS_ARRAY) return wrong(reader, key, "a list of texts");
    schema->required = ARENA_ARRAY(reader->arena, Str, json->n + 1);
    for (size_t i = 0; i < json->n; i++) {
        if (json->items[i].kind != JSON_IS_TEXT) return wrong(reader, key, "a list of texts");
        schema->required[schema->n_required++] = json->items[i].text;
    }
    return true;
}

static bool read_all(Reader *reader, Schema *schema, Str key, const Json *json)
{
    Schema **list;
    size_t n;
    if (!make_list(reader, key, json, &list, &n)) return false;
    for (size_t i = 0; i < n; i++) push_all(reader, schema, list[i]);
    return true;
}

static bool read_group(Reader *reader, Schema *schema, GroupKind kind, Str key, const Json *json)
{
    Group group = {.kind = kind};
    if (!make_list(reader, key, json, &group.branches, &group.n)) return false;
    if (!group.n) return wrong(reader, key, "a list of one schema or more");
    push_group(reader, schema, group);
    return true;
}

static bool read_any(Reader *reader, Schema *schema, Str key, const Json *json) { return read_group(reader, schema, GROUP_ANY, key, json); }
static bool read_one(Reader *reader, Schema *schema, Str key, const Json *json) { return read_group(reader, schema, GROUP_ONE, key, json); }

static bool read_not(Reader *reader, Schema *schema, Str key, const Json *json)
{
    (void)key;
    Group group = {.kind = GROUP_NOT, .branches = ARENA_ARRAY(reader->arena, Schema *, 1), .n = 1};
    if (!make(reader, json, &group.branches[0])) return false;
    push_group(reader, schema, group);
    return true;
}

static bool read_if(Reader *reader, Schema *schema, Str key, const Json *json)
{
    (void)key;
    const Json *parts[] = {json, json_get(schema->json, "then"), json_get(schema->json, "else")};
    Group group = {.kind = GROUP_IF, .branches = ARENA_ARRAY(reader->arena, Schema *, 3), .n = 3};
    for (size_t i = 0; i < 3; i++)
        if (parts[i] && !make(reader, parts[i], &group.branches[i])) return false;
    push_group(reader, schema, group);
    return true;
}

static bool read_nothing(Reader *reader, Schema *schema, Str key, const Json *json)
{
    (void)reader, (void)schema, (void)key, (void)json;
    return true;
}

#define BOUND(name, field) static bool read_##name(Reader *reader, Schema *schema, Str key, const Json *json) { return read_bound(reader, key, json, &schema->field); }
#define COUNT(name, field) static bool read_##name(Reader *reader, Schema *schema, Str key, const Json *json) { return read_count(reader, key, json, &schema->field); }
BOUND(minimum, minimum)
BOUND(maximum, maximum)
BOUND(above, above)
BOUND(below, below)
COUNT(min_length, min_length)
COUNT(max_length, max_length)
COUNT(min_items, min_items)
COUNT(max_items, max_items)
COUNT(min_members, min_members)
COUNT(max_members, max_members)

/* Keywords and who reads them. Those without a reader are known, and named when they are met. */
static const struct {
    const char *word;
    bool (*read)(Reader *reader, Schema *schema, Str key, const Json *json);
} KEYWORDS[] = {
    {"$ref", read_ref}, {"type", read_type}, {"enum", read_enum}, {"const", read_const},
    {"minimum", read_minimum}, {"maximum", read_maximum}, {"exclusiveMinimum", read_above}, {"exclusiveMaximum", read_below},
    {"multipleOf", read_multiple}, {"minLength", read_min_length}, {"maxLength", read_max_length},
    {"minItems", read_min_items}, {"maxItems", read_max_items}, {"minProperties", read_min_members}, {"maxProperties", read_max_members},
    {"pattern", read_pattern}, {"format", read_format},
    {"items", read_items}, {"additionalItems", read_additional_items}, {"prefixItems", read_first_items},
    {"properties", read_members}, {"patternProperties", read_pattern_members}, {"additionalProperties", read_other_members},
    {"required", read_required}, {"allOf", read_all}, {"anyOf", read_any}, {"oneOf", read_one}, {"not", read_not}, {"if", read_if},
    /* read with `if`, where a $ref leads, or for people */
    {"then", read_nothing}, {"else", read_nothing}, {"$defs", read_nothing}, {"definitions", read_nothing}, {"$schema", read_nothing},
    {"$id", read_nothing}, {"$comment", read_nothing}, {"title", read_nothing}, {"description", read_nothing}, {"default", read_nothing},
    {"examples", read_nothing}, {"deprecated", read_nothing}, {"readOnly", read_nothing}, {"writeOnly", read_nothing},
    {"$anchor", NULL}, {"$dynamicRef", NULL}, {"$dynamicAnchor", NULL}, {"$recursiveRef", NULL}, {"$recursiveAnchor", NULL}, {"$vocabulary", NULL},
    {"contains", NULL}, {"minContains", NULL}, {"maxContains", NULL}, {"uniqueItems", NULL}, {"propertyNames", NULL}, {"dependencies", NULL},
    {"dependentRequired", NULL}, {"dependentSchemas", NULL}, {"unevaluatedItems", NULL}, {"unevaluatedProperties", NULL},
    {"contentEncoding", NULL}, {"contentMediaType", NULL}, {"contentSchema", NULL},
};

static bool read_keyword(Reader *reader, Schema *schema, Str key, const Json *json)
{
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof KEYWORDS[0]; i++) {
        if (!str_equal(key, str_from(KEYWORDS[i].word))) continue;
        if (KEYWORDS[i].read) return KEYWORDS[i].read(reader, schema, key, json);
        add_gap(reader, key, "this keyword is not checked here", false);
        return true;
    }
    add_gap(reader, key, "no keyword of JSON Schema", true);
    return true;
}

static bool read_schema(Reader *reader, Schema *schema)
{
    const Json *json = schema->json;
    schema->minimum = schema->maximum = schema->above = schema->below = schema->multiple_of = NAN;
    schema->max_length = schema->max_items = schema->max_members = SIZE_MAX;
    schema->members = map_new(reader->arena);
    schema->refuses_all = json->kind == JSON_IS_BOOL && !json->boolean;
    for (size_t i = 0; json->kind == JSON_IS_OBJECT && i < json->n; i++)
        if (!read_keyword(reader, schema, json->keys[i], &json->items[i])) return false;
    return true;
}

bool json_schema_parse(Arena *arena, Str text, JsonSchema **schema, Error *err)
{
    Json *json = ARENA_NEW(arena, Json);
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.len);
    if (!json_parse(arena, text, json, err)) return false;
    Reader reader = {.arena = arena, .root = json, .made = map_new(arena), .gaps = map_new(arena), .schema = ARENA_NEW(arena, JsonSchema), .err = err};
    if (!make(&reader, json, &reader.schema->root)) return false;
    while (reader.n_waiting)
        if (!read_schema(&reader, reader.waiting[--reader.n_waiting])) return false;
    *schema = reader.schema;
    return true;
}
