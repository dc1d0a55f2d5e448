#include "base/json.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#define MAX_DEPTH 64

static bool convert(Arena *arena, json_t *from, Json *to, int depth, Error *err)
{
    if (depth > MAX_DEPTH) return error_set(err, ERROR_MALFORMED, "the JSON is more than %d levels deep", MAX_DEPTH);
    *to = (Json){.kind = JSON_IS_NULL};
    if (json_is_boolean(from)) {
        *to = (Json){.kind = JSON_IS_BOOL, .boolean = json_is_true(from)};
    } else if (json_is_number(from)) {
        *to = (Json){.kind = JSON_IS_NUMBER, .number = json_number_value(from)};
    } else if (json_is_string(from)) {
        *to = (Json){.kind = JSON_IS_TEXT,
                     .text = str_copy(arena, (Str){json_string_value(from), json_string_length(from)})};
    } else if (json_is_array(from)) {
        *to = (Json){.kind = JSON_IS_ARRAY, .n = json_array_size(from)};
        to->items = ARENA_ARRAY(arena, Json, to->n);
        for (size_t i = 0; i < to->n; i++)
            if (!convert(arena, json_array_get(from, i), &to->items[i], depth + 1, err)) return false;
    } else if (json_is_object(from)) {
        *to = (Json){.kind = JSON_IS_OBJECT, .n = json_object_size(from)};
        to->items = ARENA_ARRAY(arena, Json, to->n);
        to->keys = ARENA_ARRAY(arena, Str, to->n);
        size_t i = 0;
        const char *key;
        json_t *value;
        json_object_foreach(from, key, value) {
            to->keys[i] = str_copy(arena, str_from(key));
            if (!convert(arena, value, &to->items[i++], depth + 1, err)) return false;
        }
    }
    return true;
}

static void release_json(void *object) { json_decref(object); }

bool json_parse(Arena *arena, Str text, Json *json, Error *err)
{
    json_error_t why;
    json_t *root = json_loadb(text.data ? text.data : "", text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &why);
    if (!root) {
        error_set(err, ERROR_MALFORMED, "not JSON: %s", why.text);
        error_in(err, "line %d, column %d", why.line, why.column);
        return error_hint(err, "Mend the file there; a JSON checker shows the same place.");
    }
    bool ok = convert(arena, root, json, 0, err);
    release_json(root);
    return ok;
}

const Json *json_get(const Json *json, const char *key)
{
    if (!json || json->kind != JSON_IS_OBJECT) return NULL;
    Str wanted = str_from(key);
    for (size_t i = 0; i < json->n; i++)
        if (str_equal(json->keys[i], wanted)) return &json->items[i];
    return NULL;
}

Str json_text(const Json *json, const char *key)
{
    const Json *member = json_get(json, key);
    return member && member->kind == JSON_IS_TEXT ? member->text : STR("");
}

double json_number(const Json *json, const char *key, double otherwise)
{
    const Json *member = json_get(json, key);
    return member && member->kind == JSON_IS_NUMBER ? member->number : otherwise;
}

bool json_whole(const Json *json, const char *key, int64_t min, int64_t max, int64_t *integer)
{
    double number = json_number(json, key, NAN);
    if (!(number >= (double)min && number <= (double)max) || number != floor(number)) return false;
    *integer = (int64_t)number;
    return true;
}

JsonWriter json_writer(Buf *buf, int indent) { return (JsonWriter){.buf = buf, .indent = indent}; }

static void line_break(JsonWriter *json)
{
    if (!json->indent) return;
    buf_char(json->buf, '\n');
    buf_pad(json->buf, ' ', (size_t)(json->indent * json->depth));
}

static void before_value(JsonWriter *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->has_item) buf_char(json->buf, ',');
    if (json->depth) line_break(json);
    json->has_item = true;
}

static void begin(JsonWriter *json, char bracket)
{
    before_value(json);
    buf_char(json->buf, bracket);
    json->depth++;
    json->has_item = false;
}

static void end(JsonWriter *json, char bracket)
{
    assert(json->depth > 0 && !json->after_key);
    json->depth--;
    if (json->has_item) line_break(json);
    buf_char(json->buf, bracket);
    json->has_item = true;
}

void json_begin_object(JsonWriter *json) { begin(json, '{'); }
void json_end_object(JsonWriter *json) { end(json, '}'); }
void json_begin_array(JsonWriter *json) { begin(json, '['); }
void json_end_array(JsonWriter *json) { end(json, ']'); }

static void put_quoted(Buf *buf, Str text)
{
    size_t bad = SIZE_MAX;                                /* the next byte that is not UTF-8 */
    str_is_utf8(text, &bad);
    buf_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (i == bad) {
            buf_add(buf, STR("\xEF\xBF\xBD"));
            bad = SIZE_MAX;
            size_t offset;
            if (!str_is_utf8(str_slice(text, i + 1, text.len), &offset)) bad = i + 1 + offset;
            continue;
        }
        switch (c) {
        case '"': buf_add(buf, STR("\\\"")); break;
        case '\\': buf_add(buf, STR("\\\\")); break;
        case '\n': buf_add(buf, STR("\\n")); break;
        case '\r': buf_add(buf, STR("\\r")); break;
        case '\t': buf_add(buf, STR("\\t")); break;
        default:
            if (c < 0x20) buf_format(buf, "\\u%04x", c);
            else buf_char(buf, (char)c);
        }
    }
    buf_char(buf, '"');
}

void json_key(JsonWriter *json, Str key)
{
    before_value(json);
    put_quoted(json->buf, key);
    buf_char(json->buf, ':');
    if (json->indent) buf_char(json->buf, ' ');
    json->after_key = true;
}

void json_put_text(JsonWriter *json, Str text)
{
    before_value(json);
    put_quoted(json->buf, text);
}

void json_put_number(JsonWriter *json, double number)
{
    before_value(json);
    if (isfinite(number)) buf_number(json->buf, number);
    else buf_add(json->buf, STR("null"));
}

void json_put_integer(JsonWriter *json, int64_t number)
{
    before_value(json);
    buf_integer(json->buf, number);
}

void json_put_bool(JsonWriter *json, bool boolean)
{
    before_value(json);
    buf_add(json->buf, boolean ? STR("true") : STR("false"));
}

void json_put_null(JsonWriter *json)
{
    before_value(json);
    buf_add(json->buf, STR("null"));
}

void json_member_text(JsonWriter *json, const char *key, Str text)
{
    json_key(json, str_from(key));
    json_put_text(json, text);
}

void json_member_number(JsonWriter *json, const char *key, double number)
{
    json_key(json, str_from(key));
    json_put_number(json, number);
}

void json_member_integer(JsonWriter *json, const char *key, int64_t number)
{
    json_key(json, str_from(key));
    json_put_integer(json, number);
}

void json_member_bool(JsonWriter *json, const char *key, bool boolean)
{
    json_key(json, str_from(key));
    json_put_bool(json, boolean);
}
