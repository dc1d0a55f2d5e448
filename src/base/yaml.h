/* YAML, read into a tree of our own that keeps the line and column of every node, so that each later complaint can
 * point at its place. libyaml is wrapped here alone.
 *
 * What we read is the plain part of YAML 1.1: mappings, sequences, scalars, comments, block text. Refused, each
 * with its place: anchors, aliases, merge keys and tags (a page that means the same as another page must say so),
 * keys that stand twice or are no scalars, several documents, an empty document, text that is not UTF-8, and
 * whatever passes the limits below. Words are never guessed at: only `true` and `false` are booleans, so that
 * `NO` may be a country; a quoted scalar is always text. */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/text.h"

#define YAML_MAX_BYTES  ((size_t)4 << 20)
#define YAML_MAX_DEPTH  32
#define YAML_MAX_NODES  200000

typedef enum { YAML_IS_SCALAR, YAML_IS_SEQUENCE, YAML_IS_MAPPING } YamlKind;

typedef struct Yaml Yaml;
struct Yaml {
    YamlKind kind;
    bool quoted;                      /* a scalar that is text whatever it looks like: '..', "..", | or > */
    size_t line, column;              /* where it begins, from 1; columns count characters */
    Str text;                         /* of a scalar, in normalisation form C; terminated too */
    size_t n;                         /* items of a sequence, members of a mapping */
    Yaml *keys;                       /* of a mapping: scalars, in the order of the file */
    Yaml *items;                      /* n of them */
};

/* Reads one document; the tree and its texts live in `arena`. Fails: MALFORMED (the list above, and syntax), with
 * "line L, column C" as its place. */
MUST_USE bool yaml_parse(Arena *arena, Str text, Yaml *yaml, Error *err);

/* Look-ups take NULL and the wrong kind for "absent", so that they chain. */
const Yaml *yaml_get(const Yaml *mapping, const char *key);
const Yaml *yaml_key(const Yaml *mapping, const char *key);     /* the key itself, for its place */
Str yaml_text(const Yaml *mapping, const char *key);            /* the member's text; empty when absent or no scalar */

/* The scalar as something else; false when it is not that (a quoted scalar is text only; "" and ~ are null). */
bool yaml_is_null(const Yaml *yaml);                            /* true for NULL */
MUST_USE bool yaml_number(const Yaml *yaml, double *value);
MUST_USE bool yaml_integer(const Yaml *yaml, int64_t *value);
MUST_USE bool yaml_boolean(const Yaml *yaml, bool *value);

const char *yaml_kind_name(const Yaml *yaml);                   /* "nothing", "text", "a list", "a mapping" */

/* error_set with the node's line and column as the place; returns false. */
bool yaml_error(const Yaml *at, Error *err, ErrorCode code, const char *format, ...) PRINTF(4, 5);

/* Writing. A scalar: plain where YAML leaves it alone, else in double quotes; or in quotes whatever it is, as codes want. */
void yaml_write_text(Buf *buf, Str text);
void yaml_write_quoted(Buf *buf, Str text);

/* Comment lines, each after `indent` blanks; blank lines of the text are left out. */
void yaml_write_comment(Buf *buf, size_t indent, Str text);

#endif
