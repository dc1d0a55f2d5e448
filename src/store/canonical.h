/* The body of a journal entry: a JSON object in one canonical form, so that equal contents are equal bytes.
 * Canonical: no blanks; members sorted by the bytes of their keys; numbers as the shortest decimal that reads back
 * as the same double; texts in Unicode normalisation form C; only '"', '\' and control characters escaped. */
#ifndef STORE_CANONICAL_H
#define STORE_CANONICAL_H

#include "base/json.h"

/* An object being built. Keys and texts are not copied. */
typedef struct {
    Arena *arena;
    Json json;
    size_t capacity;
} Body;

Body body_new(Arena *arena);
void body_put(Body *body, Str key, Json value);
void body_put_text(Body *body, const char *key, Str text);
void body_put_text_unless_empty(Body *body, const char *key, Str text);
void body_put_integer(Body *body, const char *key, int64_t integer);
void body_put_body(Body *body, const char *key, const Body *inner);

Json json_of_text(Str text);
Json json_of_number(double number);

/* Brings `json` into canonical form in place (members sorted, texts normalised, -0 made 0) and appends its text.
 * Fails: MALFORMED (a text is not UTF-8 or holds a NUL; a number is not finite; a key stands twice). */
MUST_USE bool canonical_json(Arena *arena, Json *json, Buf *text, Error *err);

#endif
