#include "store/canonical.h"

#include <math.h>
#include <stdlib.h>

Body body_new(Arena *arena) { return (Body){.arena = arena, .json = {.kind = JSON_IS_OBJECT}}; }

void body_put(Body *body, Str key, Json value)
{
    if (body->json.n == body->capacity) {
        size_t old = body->capacity;
        body->capacity = old ? 2 * old : 8;
        body->json.keys =
            arena_grow(body->arena, body->json.keys, old * sizeof(Str), body->capacity * sizeof(Str));
        body->json.items =
            arena_grow(body->arena, body->json.items, old * sizeof(Json), body->capacity * sizeof(Json));
    }
    body->json.keys[body->json.n] = key;
    body->json.items[body->json.n++] = value;
}

Json json_of_text(Str text) { return (Json){.kind = JSON_IS_TEXT, .text = text}; }
Json json_of_number(double number) { return (Json){.kind = JSON_IS_NUMBER, .number = number}; }

void body_put_text(Body *body, const char *key, Str text)
{
    body_put(body, str_from(key), json_of_text(text));
}

void body_put_text_unless_empty(Body *body, const char *key, Str text)
{
    if (text.len) body_put_text(body, key, text);
}

void body_put_integer(Body *body, const char *key, int64_t integer)
{
    body_put(body, str_from(key), json_of_number((double)integer));
}

void body_put_body(Body *body, const char *key, const Body *inner)
{
    body_put(body, str_from(key), inner->json);
}

static bool is_plain_ascii(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] - 1u > 126u) return false;
    return true;
}

static bool normalise(Arena *arena, Str *text, Error *err)
{
    return is_plain_ascii(*text) || str_nfc(arena, *text, text, err);
}

typedef struct {
    Str key;
    Json item;
} Member;

static int by_key(const void *a, const void *b)
{
    return str_compare(((const Member *)a)->key, ((const Member *)b)->key);
}

static bool is_sorted(const Json *object)
{
    for (size_t i = 1; i < object->n; i++)
        if (str_compare(object->keys[i - 1], object->keys[i]) >= 0) return false;
    return true;
}

/* Members are few or sorted already: a copy in the arena costs nothing that shows. */
static bool sort_members(Arena *arena, Json *object, Error *err)
{
    if (is_sorted(object)) return true;
    Member *members = ARENA_ARRAY(arena, Member, object->n);
    for (size_t i = 0; i < object->n; i++) members[i] = (Member){object->keys[i], object->items[i]};
    qsort(members, object->n, sizeof *members, by_key);
    for (size_t i = 0; i < object->n; i++) {
        object->keys[i] = members[i].key;
        object->items[i] = members[i].item;
        if (i && str_equal(members[i - 1].key, members[i].key))
            return error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is given twice", STR_ARG(members[i].key));
    }
    return true;
}

static bool write_canonical(Arena *arena, Json *json, JsonWriter *writer, Error *err)
{
    switch (json->kind) {
    case JSON_IS_NULL:
        json_put_null(writer);
        return true;
    case JSON_IS_BOOL:
        json_put_bool(writer, json->boolean);
        return true;
    case JSON_IS_NUMBER:
        if (!isfinite(json->number)) return error_set(err, ERROR_MALFORMED, "a number is not finite");
        if (json->number == 0) json->number = 0;
        json_put_number(writer, json->number);
        return true;
    case JSON_IS_TEXT:
        if (!normalise(arena, &json->text, err)) return false;
        json_put_text(writer, json->text);
        return true;
    case JSON_IS_ARRAY:
        json_begin_array(writer);
        for (size_t i = 0; i < json->n; i++)
            if (!write_canonical(arena, &json->items[i], writer, err)) return false;
        json_end_array(writer);
        return true;
    case JSON_IS_OBJECT:
        break;
    }
    for (size_t i = 0; i < json->n; i++)
        if (!normalise(arena, &json->keys[i], err)) return false;
    if (!sort_members(arena, json, err)) return false;
    json_begin_object(writer);
    for (size_t i = 0; i < json->n; i++) {
        json_key(writer, json->keys[i]);
        if (!write_canonical(arena, &json->items[i], writer, err))
            return error_in(err, STR_FMT, STR_ARG(json->keys[i]));
    }
    json_end_object(writer);
    return true;
}

bool canonical_json(Arena *arena, Json *json, Buf *text, Error *err)
{
    JsonWriter writer = json_writer(text, 0);
    return write_canonical(arena, json, &writer, err);
}
