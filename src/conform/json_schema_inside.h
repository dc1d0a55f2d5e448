/* A schema as it is checked: read once by json_schema_read.c, walked by json_schema.c. */
#ifndef CONFORM_JSON_SCHEMA_INSIDE_H
#define CONFORM_JSON_SCHEMA_INSIDE_H

#include "conform/json_pattern.h"
#include "conform/json_schema.h"

/* Kinds of values, as bits; a whole number is both. */
#define JSON_TYPES(X)                                                                                         \
    X(NULL,    1,  "null",    "null")                                                                         \
    X(BOOLEAN, 2,  "boolean", "true or false")                                                                \
    X(INTEGER, 4,  "integer", "a whole number")                                                               \
    X(NUMBER,  8,  "number",  "a number")                                                                     \
    X(TEXT,    16, "string",  "a text")                                                                       \
    X(ARRAY,   32, "array",   "an array")                                                                     \
    X(OBJECT,  64, "object",  "an object")

enum {
#define X(name, bit, word, meaning) TYPE_##name = bit,
    JSON_TYPES(X)
#undef X
};

typedef struct {
    unsigned type;                    /* TYPE_NUMBER for all numbers */
    bool boolean;
    double number;
    Str text;
} Scalar;

typedef struct {
    Scalar *items;
    size_t n;
    Str words;                        /* "\"Y\", \"N\"", cut when long */
} Choices;

typedef struct {
    const char *name, *meaning;
    bool (*fits)(Str text);
} TextFormat;

typedef struct Schema Schema;

typedef enum { GROUP_ANY, GROUP_ONE, GROUP_NOT, GROUP_IF } GroupKind;

/* Alternatives, decided when the value ends. GROUP_IF: if, then, else, of which the last two may be NULL. */
typedef struct {
    GroupKind kind;
    Schema **branches;
    size_t n;
} Group;

typedef struct {
    JsonPattern *pattern;
    Schema *schema;
} PatternMember;

/* Bounds are NaN or SIZE_MAX where there are none; lists NULL. */
struct Schema {
    const Json *json;
    bool refuses_all;                 /* the schema `false` */
    unsigned types;                   /* 0: any */
    Choices choices[2];               /* enum, const */
    bool has_choices[2];
    double minimum, maximum, above, below, multiple_of;
    size_t min_length, max_length, min_items, max_items, min_members, max_members;
    JsonPattern *pattern;
    Str pattern_text;
    const TextFormat *format;
    Schema **first_items, *items;
    size_t n_first_items;
    Map members;                      /* to Schema */
    PatternMember *pattern_members;
    size_t n_pattern_members;
    Schema *other_members;
    Str *required;
    size_t n_required;
    Schema **all;                     /* of allOf, and where $ref leads */
    size_t n_all, all_capacity;
    Group *groups;
    size_t n_groups, groups_capacity;
};

/* A keyword that is not checked. */
typedef struct {
    Str word, why;
    bool is_note;
} Gap;

struct JsonSchema {
    Schema *root;
    Gap *gaps;
    size_t n_gaps;
};

/* "a text or null" */
Str json_types_meaning(Arena *arena, unsigned types);

#endif
