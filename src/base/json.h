/* JSON, read into a tree by jansson (wrapped here alone) and written by us, so that numbers keep their shortest
 * exact form and the bytes are the same everywhere. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/text.h"

typedef enum { JSON_IS_NULL, JSON_IS_BOOL, JSON_IS_NUMBER, JSON_IS_TEXT, JSON_IS_ARRAY, JSON_IS_OBJECT } JsonKind;

typedef struct Json Json;
struct Json {
    JsonKind kind;
    bool boolean;
    double number;
    Str text;
    size_t n;                         /* items of an array, members of an object */
    Str *keys;                        /* of an object, in the order of the file */
    Json *items;                      /* n of them */
};

/* At most 64 levels deep. Fails: MALFORMED (place holds line and column; a repeated key; a NUL). */
MUST_USE bool json_parse(Arena *arena, Str text, Json *json, Error *err);

/* A member of an object by key, or NULL (also when `json` is NULL or no object), so that lookups chain. */
const Json *json_get(const Json *json, const char *key);
Str json_text(const Json *json, const char *key);               /* empty when absent or no text */
double json_number(const Json *json, const char *key, double otherwise);

/* Every whole number up to this one is a double of its own; beyond, several read as the same. */
#define JSON_INTEGER_MAX INT64_C(9007199254740991)

/* A member that is a whole number from `min` to `max`, both within JSON_INTEGER_MAX of 0; false for any other. */
MUST_USE bool json_whole(const Json *json, const char *key, int64_t min, int64_t max, int64_t *integer);

/* Writer: begins and ends nest; commas and escapes are its affair. indent 0 writes one line. Bytes that are not
 * UTF-8 become U+FFFD, so that what is written can always be read. */
typedef struct {
    Buf *buf;
    int indent, depth;
    bool has_item, after_key;
} JsonWriter;

JsonWriter json_writer(Buf *buf, int indent);
void json_begin_object(JsonWriter *json);
void json_end_object(JsonWriter *json);
void json_begin_array(JsonWriter *json);
void json_end_array(JsonWriter *json);
void json_key(JsonWriter *json, Str key);
void json_put_text(JsonWriter *json, Str text);
void json_put_number(JsonWriter *json, double number);          /* NaN and infinities are written as null */
void json_put_integer(JsonWriter *json, int64_t number);
void json_put_bool(JsonWriter *json, bool boolean);
void json_put_null(JsonWriter *json);

/* key and value in one call */
void json_member_text(JsonWriter *json, const char *key, Str text);
void json_member_number(JsonWriter *json, const char *key, double number);
void json_member_integer(JsonWriter *json, const char *key, int64_t number);
void json_member_bool(JsonWriter *json, const char *key, bool boolean);

#endif
