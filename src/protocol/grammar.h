/* Grammar tables: what may stand in a YAML mapping, said once. One table drives the reading of a file into plain
 * structs, every complaint about it, the JSON Schema that editors use and the reference part of the manual.
 *
 * A struct that a table fills begins with `const Yaml *at`, the node it was read from, and its members are named as
 * the keys of the file. Absent optional values: empty text, NaN, INTEGER_ABSENT, false, 0 of an enumeration without
 * a default, the date {0}, the range from -infinity to infinity, n = 0. */
#ifndef PROTOCOL_GRAMMAR_H
#define PROTOCOL_GRAMMAR_H

#include <limits.h>

#include "base/map.h"
#include "base/time.h"
#include "data/frame.h"
#include "protocol/problem.h"

#define INTEGER_ABSENT  INT_MIN
#define GRAMMAR_MOST_DAYS 36525         /* a hundred years to either side */

typedef struct { size_t n; Str *items; } Texts;
typedef struct { size_t n; double *items; } Numbers;
typedef struct { double low, high; } Range;                     /* both inclusive */
typedef struct { const Yaml *at; Str key; Texts values; } KeyedText;
typedef struct { size_t n; KeyedText *items; } KeyedTexts;      /* schedule: {gmfm: [V0, V3]} */
typedef struct { size_t n; Codelist *items; } Codelists;

/* A codelist written in place ({M: male, F: female} or [Y, N]) or called by its name. */
typedef struct {
    Str name;                         /* empty when written in place */
    const Codelist *list;             /* NULL until a name is resolved */
} CodelistUse;

/* type, how the manual calls it, type of the struct's member */
#define GRAMMAR_TYPES(X)                                                                                      \
    X(ID,          "id",                      "Str")                                                          \
    X(COLUMN,      "column name",             "Str")                                                          \
    X(TEXT,        "text",                    "Str")                                                          \
    X(CONDITION,   "condition",               "Str")                                                          \
    X(NUMBER,      "number",                  "double")                                                       \
    X(INTEGER,     "whole number",            "int")                                                          \
    X(DAY,         "whole number of days",    "int")                                                          \
    X(BOOLEAN,     "true or false",           "bool")                                                         \
    X(DATE,        "date",                    "Date")                                                         \
    X(WORD,        "one of",                  "an enum")                                                      \
    X(RANGE,       "[low, high]",             "Range")                                                        \
    X(TEXTS,       "list of texts",           "Texts")                                                        \
    X(NUMBERS,     "list of numbers",         "Numbers")                                                      \
    X(CODELIST,    "codelist",                "CodelistUse")                                                  \
    X(CODELISTS,   "codelists by name",       "Codelists")                                                    \
    X(KEYED_TEXTS, "lists of texts by key",   "KeyedTexts")                                                   \
    X(MAPPING,     "mapping",                 "a struct")                                                     \
    X(LIST,        "list of mappings",        "struct { size_t n; T *items; }")                               \
    X(KEYED,       "mappings by key",         "const Yaml * (kept raw)")                                      \
    X(ANY,         "anything",                "const Yaml *")

typedef enum {
#define X(name, title, member) GRAMMAR_##name,
    GRAMMAR_TYPES(X)
#undef X
    N_GRAMMAR_TYPES
} GrammarType;

typedef struct {
    const char *word;
    int value;
    const char *doc;
} GrammarWord;

typedef struct {
    size_t n;
    const GrammarWord *words;
} GrammarWords;

typedef struct Grammar Grammar;

typedef struct {
    const char *key;
    GrammarType type;
    bool required;
    bool raw;                         /* MAPPING and LIST: checked, then kept as `const Yaml *` */
    bool has_default;
    double otherwise;                 /* the default of a number, integer, boolean or word */
    size_t offset;                    /* of the member in its struct */
    const GrammarWords *words;        /* of a WORD */
    const Grammar *child;             /* of a MAPPING, LIST, KEYED */
    const char *defines;              /* an ID that others refer to: "visit". Defined twice is an error */
    const char *refers;               /* a text, or texts, that must have been defined: "visit" */
    const char *key_refers;           /* the same for the keys of KEYED_TEXTS */
    const char *doc;                  /* one line for people */
    const char *example;              /* as it would stand in the file; may be NULL */
} GrammarKey;

struct Grammar {
    const char *name;                 /* "visit": one member of `visits` */
    const char *doc;
    size_t size;                      /* of the struct; 0 when only kept raw */
    bool open;                        /* other keys are allowed */
    size_t n;
    const GrammarKey *keys;
};

/* Reading of one file: definitions and references are gathered from all tables and compared at the end. */
typedef struct {
    Arena *arena;
    ProblemList *problems;
    Map definitions;                  /* "visit V3" -> GrammarName */
    Map kinds;                        /* "visit" -> its names in order */
    size_t n_references, reference_capacity;
    struct GrammarReference *references;
} GrammarReader;

/* Is the text one of them? */
bool texts_hold(const Texts *texts, Str text);

GrammarReader grammar_reader(Arena *arena, ProblemList *problems);

/* Says that a name exists without standing in the file (the frames that every trial has). */
void grammar_define(GrammarReader *reader, const char *kind, Str name, const Yaml *at);

/* Reads `node` into `object` (zeroed, child->size bytes; NULL to check only). Every departure from the table is
 * added to the problems: unknown keys (did you mean), wrong types, missing keys, unknown words, ids defined twice. */
void grammar_read(GrammarReader *reader, const Grammar *grammar, const Yaml *node, void *object);

/* After everything was read: references to what nobody defined. */
void grammar_check_references(GrammarReader *reader);

/* The table and all below it, each once, in the order a reader meets them. */
typedef struct { size_t n; const Grammar **items; } GrammarList;
GrammarList grammar_list(Arena *arena, const Grammar *root);

/* "visit" of "a visit": a name for anchors and definitions. */
Str grammar_short_name(Arena *arena, const Grammar *grammar);

const char *grammar_type_title(GrammarType type);
const char *grammar_word(const GrammarWords *words, int value);       /* "" when no word has the value */

/* Rows of a table. The member's type is checked by the compiler, its name is the key. `extra` holds designated
 * initialisers, such as .refers = "visit". */
#define GRAMMAR_AT(T, member, Type)  _Generic(((T *)0)->member, Type: offsetof(T, member))
#define GRAMMAR_ROW(T, member, Type, kind, documentation, ...)                                                \
    {.key = #member, .type = GRAMMAR_##kind, .offset = GRAMMAR_AT(T, member, Type), .doc = documentation, __VA_ARGS__}
#define REQUIRED                 .required = true
#define OTHERWISE(value)         .has_default = true, .otherwise = (value)
#define EXAMPLE(text)            .example = text
#define GRAMMAR_TABLE(T, title, documentation, rows)                                                          \
    {.name = title, .doc = documentation, .size = sizeof(T), .n = sizeof(rows) / sizeof((rows)[0]), .keys = (rows)}

#endif
