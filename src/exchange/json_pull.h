/* JSON as it comes: one event after another through a window, so that a document of any size takes little memory. RFC 8259,
 * UTF-8; a repeated key is the caller's affair. Several documents may follow each other (NDJSON).
 *
 * Why not yajl or jansson: jansson wants the whole document, and a pull of our own over exchange/bytes is faster than a
 * push with a callback for each of a hundred million cells (docs/decisions/0013). */
#ifndef EXCHANGE_JSON_PULL_H
#define EXCHANGE_JSON_PULL_H

#include "exchange/bytes.h"

#define JSON_PULL_MAX_DEPTH  64
#define JSON_PULL_MAX_TEXT   ((size_t)16 << 20)
#define JSON_PULL_MAX_HELD   ((size_t)64 << 20)

typedef enum {
    JSON_PULL_END,                    /* of the bytes, outside any value */
    JSON_PULL_OBJECT, JSON_PULL_OBJECT_END,
    JSON_PULL_ARRAY, JSON_PULL_ARRAY_END,
    JSON_PULL_KEY, JSON_PULL_TEXT, JSON_PULL_NUMBER,
    JSON_PULL_TRUE, JSON_PULL_FALSE, JSON_PULL_NULL
} JsonPullKind;

typedef struct {
    JsonPullKind kind;
    Str text;                         /* of a key or text, decoded; of a number, as written; good until the next event */
    size_t line;                      /* on which it begins, from 1 */
    size_t at;                        /* where the text stands in the content, JSON_PULL_DECODED if it had escapes */
    struct {                          /* of a number: nothing, or what it is when it has at most 19 digits and no exponent */
        bool is_known, is_negative;
        int power;
        uint64_t digits;
    } decimal;
} JsonEvent;

#define JSON_PULL_DECODED  SIZE_MAX

typedef struct JsonPull JsonPull;

JsonPull *json_pull_new(Arena *arena, Bytes *bytes);

/* The next event. Fails: MALFORMED (no JSON; not UTF-8; too deep; a text beyond the limit; cut short: the place has the
 * line), and as bytes_slide. After a failure it fails again. */
MUST_USE bool json_pull_next(JsonPull *json, JsonEvent *event, Error *err);

/* Past the value whose first event is given. */
MUST_USE bool json_pull_skip(JsonPull *json, const JsonEvent *first, Error *err);

/* Keeps what follows in the window until json_pull_release, so that texts can be looked at again by where they stand: the
 * values of a row need not be copied one by one. */
void json_pull_hold(JsonPull *json);
Str json_pull_held(const JsonPull *json, size_t at, size_t len);      /* good until the next event */
void json_pull_release(JsonPull *json);

/* The number of an event; false where it is beyond double. */
bool json_pull_number(const JsonEvent *event, double *value);

const char *json_pull_name(JsonPullKind kind);        /* "a text", "an object" */

#endif
