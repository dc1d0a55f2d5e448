#include "report/outputs_schema.h"

#include <string.h>

#include "report/output_read.h"

/* Types between blanks; `items` is what a list holds or the values of a mapping have: a definition, or empty. */
typedef struct {
    const char *reader, *types, *items;
} Shape;

static const Shape SHAPES[] = {
    {"read_text", "string number", ""},
    {"read_analysis", "string number", ""},
    {"read_df", "string", ""},
    {"read_vcov", "string", ""},
    {"read_draw", "string", ""},
    {"read_strategy", "string", ""},
    {"read_method", "string", ""},
    {"read_template", "string number", ""},
    {"read_flag", "boolean", ""},
    {"read_no_flag", "boolean", ""},
    {"read_integer", "integer", ""},
    {"read_type", "integer", ""},
    {"read_number", "number", ""},
    {"read_texts", "string number array", "text"},
    {"read_fallback", "string array", "text"},
    {"read_rules", "object", ""},
    {"read_levels", "array object", ""},
    {"read_order", "string object", ""},
    {"read_lines", "array object", ""},
    {"read_compare", "object", "pair"},
    {"read_delta", "object", ""},
    {"read_columns", "string array object", ""},
    {"read_denominators", "object", ""},
    {"read_tests", "array object", ""},
    {"read_blocks", "array", "block"},
    {"read_items", "array", "output-item"},
    {"read_boxes", "array", "output-box"},
    {"read_impute", "object", ""},
};

static const Shape *shape_of(const char *reader)
{
    for (size_t i = 0; i < sizeof SHAPES / sizeof SHAPES[0]; i++)
        if (strcmp(SHAPES[i].reader, reader) == 0) return &SHAPES[i];
    return NULL;
}

bool outputs_schema_knows(const char *reader) { return shape_of(reader) != NULL; }

static void write_types(JsonWriter *json, const char *types)
{
    Str type, rest = str_from(types);
    json_key(json, STR("type"));
    json_begin_array(json);
    while (str_cut(rest, STR(" "), &type, &rest)) json_put_text(json, type);
    json_put_text(json, rest);
    json_end_array(json);
}

static void write_reference(JsonWriter *json, const char *definition)
{
    json_member_text(json, "$ref", str_format(json->buf->arena, "#/$defs/%s", definition));
}

static void write_field(JsonWriter *json, const Field *field)
{
    const Shape *shape = shape_of(field->reader);
    json_key(json, str_from(field->key));
    json_begin_object(json);
    if (shape) write_types(json, shape->types);
    if (shape && shape->items[0]) {
        json_key(json, strstr(shape->types, "object") ? STR("additionalProperties") : STR("items"));
        json_begin_object(json);
        write_reference(json, shape->items);
        json_end_object(json);
    }
    json_end_object(json);
}

/* A mapping of the fields that are listed, and of `first`, the key that names its kind (NULL: none). */
static void write_mapping(JsonWriter *json, const FieldTable *table, const char *first, const char *keys)
{
    json_member_text(json, "type", STR("object"));
    json_member_bool(json, "additionalProperties", false);
    if (first) {
        json_key(json, STR("required"));
        json_begin_array(json);
        json_put_text(json, str_from(first));
        json_end_array(json);
    }
    json_key(json, STR("properties"));
    json_begin_object(json);
    if (first) {
        json_key(json, str_from(first));
        json_begin_object(json);
        write_types(json, "string number");
        json_end_object(json);
    }
    for (size_t i = 0; i < table->n; i++)
        if (field_is_listed(keys, table->fields[i].key) && !(first && strcmp(first, table->fields[i].key) == 0))
            write_field(json, &table->fields[i]);
    json_end_object(json);
}

static void define_mapping(JsonWriter *json, const char *name, const FieldTable *table, const char *first, const char *keys)
{
    json_key(json, str_from(name));
    json_begin_object(json);
    write_mapping(json, table, first, keys);
    json_end_object(json);
}

/* One of several definitions, "block-count", "block-model" .. */
static void define_choice(JsonWriter *json, const char *name, const char *const *kinds, size_t n)
{
    json_key(json, str_from(name));
    json_begin_object(json);
    json_key(json, STR("anyOf"));
    json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(json);
        write_reference(json, str_c(json->buf->arena, str_format(json->buf->arena, "%s-%s", name, kinds[i])));
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

static void define_blocks(JsonWriter *json)
{
    size_t n;
    const OutputBlockKind *const *kinds = block_kinds(&n);
    const char **words = ARENA_ARRAY(json->buf->arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        words[i] = kinds[i]->name;
        define_mapping(json, str_c(json->buf->arena, str_format(json->buf->arena, "block-%s", words[i])), &output_block_table, words[i],
                       kinds[i]->keys);
    }
    define_choice(json, "block", words, n);
}

static void define_outputs(JsonWriter *json)
{
    const char *words[OUTPUT_LISTING + 1];
    for (OutputKind kind = 0; kind <= OUTPUT_LISTING; kind++) {
        words[kind] = output_kind_word(kind);
        define_mapping(json, str_c(json->buf->arena, str_format(json->buf->arena, "output-%s", words[kind])), &output_spec_table, words[kind],
                       output_kind_keys(kind));
    }
    define_choice(json, "output", words, OUTPUT_LISTING + 1);
}

static void define_text(JsonWriter *json)
{
    json_key(json, STR("text"));
    json_begin_object(json);
    write_types(json, "string number");
    json_end_object(json);
    json_key(json, STR("pair"));
    json_begin_object(json);
    json_member_text(json, "type", STR("array"));
    json_member_integer(json, "minItems", 2);
    json_member_integer(json, "maxItems", 2);
    json_end_object(json);
}

static void define(JsonWriter *json)
{
    define_text(json);
    define_mapping(json, "output-item", &output_item_table, NULL, NULL);
    define_mapping(json, "output-box", &output_box_table, NULL, NULL);
    define_blocks(json);
    define_outputs(json);
}

/* The section itself: formats, named sets of columns, displays. */
static void write_outputs(JsonWriter *json)
{
    json_member_text(json, "type", STR("object"));
    json_member_bool(json, "additionalProperties", false);
    json_key(json, STR("properties"));
    json_begin_object(json);
    for (size_t i = 0; i < 2; i++) {
        json_key(json, i ? STR("columns") : STR("formats"));
        json_begin_object(json);
        json_member_text(json, "type", STR("object"));
        json_end_object(json);
    }
    json_key(json, STR("displays"));
    json_begin_object(json);
    json_member_text(json, "type", STR("array"));
    json_key(json, STR("items"));
    json_begin_object(json);
    write_reference(json, "output");
    json_end_object(json);
    json_end_object(json);
    json_end_object(json);
}

static bool describe(JsonWriter *json, const Grammar *grammar)
{
    if (grammar != &OUTPUTS_GRAMMAR && grammar != &DISPLAY_GRAMMAR && grammar != &IMPUTE_GRAMMAR) return false;
    json_member_text(json, "description", str_from(grammar->doc));
    if (grammar == &OUTPUTS_GRAMMAR) write_outputs(json);
    else if (grammar == &DISPLAY_GRAMMAR) write_mapping(json, &output_spec_table, NULL, output_kind_keys(OUTPUT_TABLE));
    else write_mapping(json, &output_impute_table, NULL, NULL);
    return true;
}

const SchemaOfOpen outputs_schema = {describe, define};
