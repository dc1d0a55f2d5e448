#include "protocol/schema.h"

#include "base/json.h"
#include "protocol/protocol.h"

/* Ids and texts such as 1.0 are numbers to an editor and texts to us. */
static void write_text_types(JsonWriter *json)
{
    json_key(json, STR("type"));
    json_begin_array(json);
    json_put_text(json, STR("string"));
    json_put_text(json, STR("number"));
    json_end_array(json);
}

static void write_type(JsonWriter *json, const char *type) { json_member_text(json, "type", str_from(type)); }

static void write_reference(JsonWriter *json, const Grammar *grammar)
{
    Arena *arena = json->buf->arena;
    json_member_text(json, "$ref",
                     str_format(arena, "#/$defs/" STR_FMT, STR_ARG(grammar_short_name(arena, grammar))));
}

static void write_words(JsonWriter *json, const GrammarWords *words)
{
    json_key(json, STR("enum"));
    json_begin_array(json);
    for (size_t i = 0; i < words->n; i++) {
        double number;
        json_put_text(json, str_from(words->words[i].word));
        if (number_parse(str_from(words->words[i].word), &number)) json_put_number(json, number);
    }
    json_end_array(json);
}

static void write_items(JsonWriter *json, const char *key)
{
    json_key(json, str_from(key));
    json_begin_object(json);
}

/* One member of "anyOf". */
static void begin_choice(JsonWriter *json) { json_begin_object(json); }
static void end_choice(JsonWriter *json) { json_end_object(json); }

static void write_texts(JsonWriter *json, const GrammarKey *key)
{
    (void)key;
    json_key(json, STR("anyOf"));
    json_begin_array(json);
    begin_choice(json);
    write_text_types(json);
    end_choice(json);
    begin_choice(json);
    write_type(json, "array");
    write_items(json, "items");
    write_text_types(json);
    json_end_object(json);
    end_choice(json);
    json_end_array(json);
}

static void write_text(JsonWriter *json, const GrammarKey *key) { (void)key, write_text_types(json); }
static void write_column(JsonWriter *json, const GrammarKey *key)
{
    (void)key;
    write_type(json, "string");
    json_member_text(json, "pattern", STR("^[A-Za-z][A-Za-z0-9_]*(\\.\\.[A-Za-z][A-Za-z0-9_]*)?$"));
}
static void write_number(JsonWriter *json, const GrammarKey *key) { (void)key, write_type(json, "number"); }
static void write_integer(JsonWriter *json, const GrammarKey *key) { (void)key, write_type(json, "integer"); }
static void write_day(JsonWriter *json, const GrammarKey *key)
{
    write_integer(json, key);
    json_member_number(json, "minimum", -GRAMMAR_MOST_DAYS);
    json_member_number(json, "maximum", GRAMMAR_MOST_DAYS);
}
static void write_boolean(JsonWriter *json, const GrammarKey *key) { (void)key, write_type(json, "boolean"); }
static void write_date(JsonWriter *json, const GrammarKey *key)
{
    (void)key;
    json_key(json, STR("type"));
    json_begin_array(json);
    json_put_text(json, STR("string"));
    json_put_text(json, STR("integer"));              /* a year alone */
    json_end_array(json);
    json_member_text(json, "pattern", STR("^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"));
}
static void write_word(JsonWriter *json, const GrammarKey *key) { write_words(json, key->words); }

static void write_range(JsonWriter *json, const GrammarKey *key)
{
    (void)key;
    write_type(json, "array");
    json_member_integer(json, "minItems", 2);
    json_member_integer(json, "maxItems", 2);
    write_items(json, "items");
    json_key(json, STR("type"));
    json_begin_array(json);
    json_put_text(json, STR("number"));
    json_put_text(json, STR("null"));
    json_end_array(json);
    json_end_object(json);
}

static void write_numbers(JsonWriter *json, const GrammarKey *key)
{
    (void)key;
    write_type(json, "array");
    write_items(json, "items");
    write_type(json, "number");
    json_end_object(json);
}

static void write_codelist(JsonWriter *json, const GrammarKey *key)
{
    (void)key;
    json_key(json, STR("type"));
    json_begin_array(json);
    json_put_text(json, STR("string"));
    json_put_text(json, STR("object"));
    json_put_text(json, STR("array"));
    json_end_array(json);
}

static void write_codelists(JsonWriter *json, const GrammarKey *key)
{
    (void)key;
    write_type(json, "object");
    write_items(json, "additionalProperties");
    json_key(json, STR("type"));
    json_begin_array(json);
    json_put_text(json, STR("object"));
    json_put_text(json, STR("array"));
    json_end_array(json);
    json_end_object(json);
}

static void write_keyed_texts(JsonWriter *json, const GrammarKey *key)
{
    write_type(json, "object");
    write_items(json, "additionalProperties");
    write_texts(json, key);
    json_end_object(json);
}

static void write_mapping(JsonWriter *json, const GrammarKey *key) { write_reference(json, key->child); }

static void write_list(JsonWriter *json, const GrammarKey *key)
{
    write_type(json, "array");
    write_items(json, "items");
    write_reference(json, key->child);
    json_end_object(json);
}

static void write_keyed(JsonWriter *json, const GrammarKey *key)
{
    write_type(json, "object");
    write_items(json, "additionalProperties");
    write_reference(json, key->child);
    json_end_object(json);
}

static void write_any(JsonWriter *json, const GrammarKey *key) { (void)json, (void)key; }

static void (*const WRITE[N_GRAMMAR_TYPES])(JsonWriter *json, const GrammarKey *key) = {
    [GRAMMAR_ID] = write_text,           [GRAMMAR_COLUMN] = write_column,       [GRAMMAR_TEXT] = write_text,
    [GRAMMAR_CONDITION] = write_text,    [GRAMMAR_NUMBER] = write_number,       [GRAMMAR_INTEGER] = write_integer,
    [GRAMMAR_DAY] = write_day,
    [GRAMMAR_BOOLEAN] = write_boolean,   [GRAMMAR_DATE] = write_date,           [GRAMMAR_WORD] = write_word,
    [GRAMMAR_RANGE] = write_range,       [GRAMMAR_TEXTS] = write_texts,         [GRAMMAR_NUMBERS] = write_numbers,
    [GRAMMAR_CODELIST] = write_codelist, [GRAMMAR_CODELISTS] = write_codelists, [GRAMMAR_KEYED_TEXTS] = write_keyed_texts,
    [GRAMMAR_MAPPING] = write_mapping,   [GRAMMAR_LIST] = write_list,           [GRAMMAR_KEYED] = write_keyed,
    [GRAMMAR_ANY] = write_any,
};

static void write_key(JsonWriter *json, const GrammarKey *key)
{
    json_key(json, str_from(key->key));
    json_begin_object(json);
    if (key->doc) json_member_text(json, "description", str_from(key->doc));
    WRITE[key->type](json, key);
    json_end_object(json);
}

/* The members of the object that describes one mapping. */
static void write_grammar(JsonWriter *json, const Grammar *grammar)
{
    json_member_text(json, "description", str_from(grammar->doc));
    write_type(json, "object");
    json_member_bool(json, "additionalProperties", grammar->open);
    json_key(json, STR("required"));
    json_begin_array(json);
    for (size_t i = 0; i < grammar->n; i++)
        if (grammar->keys[i].required) json_put_text(json, str_from(grammar->keys[i].key));
    json_end_array(json);
    json_key(json, STR("properties"));
    json_begin_object(json);
    for (size_t i = 0; i < grammar->n; i++) write_key(json, &grammar->keys[i]);
    json_end_object(json);
}

void grammar_schema_write(const Grammar *root, const SchemaOfOpen *open, Buf *buf)
{
    JsonWriter json = json_writer(buf, 2);
    GrammarList all = grammar_list(buf->arena, root);
    json_begin_object(&json);
    json_member_text(&json, "$schema", STR("https://json-schema.org/draft/2020-12/schema"));
    write_grammar(&json, root);
    json_key(&json, STR("$defs"));
    json_begin_object(&json);
    for (size_t i = 1; i < all.n; i++) {
        json_key(&json, grammar_short_name(buf->arena, all.items[i]));
        json_begin_object(&json);
        if (!open || !all.items[i]->open || !open->describe(&json, all.items[i])) write_grammar(&json, all.items[i]);
        json_end_object(&json);
    }
    if (open) open->define(&json);
    json_end_object(&json);
    json_end_object(&json);
    buf_char(buf, '\n');
}

void protocol_schema_write(const SchemaOfOpen *open, Buf *buf) { grammar_schema_write(&PROTOCOL_GRAMMAR, open, buf); }
