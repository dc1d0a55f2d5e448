/* Reading mappings of the `outputs` into structs by tables of fields. Private to the reader of output
 * specs. */
#ifndef REPORT_OUTPUT_READ_H
#define REPORT_OUTPUT_READ_H

#include "report/output_kind.h"

typedef struct {
    Arena *arena;
    OutputPlan *plan;
    uint64_t statistics; /* what templates may ask for where we are */
} Reader;

typedef bool FieldRead(Reader *reader, const Yaml *value, void *member, Error *err);

typedef struct {
    const char *key;
    size_t offset; /* of the member in its struct */
    FieldRead *read;
    const char *reader; /* its name, by which the schema knows the value's shape */
} Field;

/* The tables of fields, for the schema. */
typedef struct {
    size_t n;
    const Field *fields;
} FieldTable;
extern const FieldTable output_spec_table, output_block_table, output_item_table, output_box_table, output_impute_table;

/* The word of a kind of output, "table", and the keys it reads, blanks between. */
const char *output_kind_word(OutputKind kind);
const char *output_kind_keys(OutputKind kind);

/* Whether a key is one of the words of a list ("rows where tests"); NULL lists all. */
bool field_is_listed(const char *only, const char *key);

#define FIELD(type, member, reader)                                                                          \
    {                                                                                                        \
#member, offsetof(type, member), reader, #reader                                                     \
    }
#define FIELD_AS(type, member, name, reader)                                                                 \
    {                                                                                                        \
        name, offsetof(type, member), reader, #reader                                                        \
    }
/* A key whose reader gets the whole struct. */
#define FIELD_OF_WHOLE(name, reader)                                                                         \
    {                                                                                                        \
        name, 0, reader, #reader                                                                             \
    }
#define FIELDS(table) (table), sizeof(table) / sizeof((table)[0])

/* Reads a mapping's members into `object`. `what` names the thing in complaints; `skip` is a key that was
 * read already (NULL: none); `only` lists the keys that are allowed here, blanks between (NULL: all of the
 * table). */
MUST_USE bool read_fields(Reader *reader, const Yaml *mapping, const char *what, const Field *fields,
                          size_t n_fields, const char *skip, const char *only, void *object, Error *err);

FieldRead read_text, read_analysis, read_flag, read_no_flag, read_integer, read_number, read_texts, read_template,
    read_rules, read_levels, read_order, read_lines, read_blocks, read_tests, read_compare, read_impute, read_items,
    read_boxes, read_columns, read_denominators, read_level, read_listed, read_draw, read_set_levels,
    read_set_tests;

MUST_USE bool need_kind(const Yaml *yaml, YamlKind kind, const char *what, Error *err);

/* Says what is not known and what may have been meant, at a node; returns false. */
bool unknown_word(Reader *reader, const Yaml *at, const char *what, Str word, const Str *known,
                  size_t n_known, Error *err);

#endif
