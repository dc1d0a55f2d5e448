#include "report/outputs_schema.h"

#include "report/output_read.h"
#include "test.h"

static void every_field_of_outputs_has_a_shape(Test *t)
{
    const FieldTable *const TABLES[] = {&output_spec_table, &output_block_table, &output_item_table, &output_box_table, &output_impute_table};
    for (size_t k = 0; k < sizeof TABLES / sizeof TABLES[0]; k++)
        for (size_t i = 0; i < TABLES[k]->n; i++)
            test_check(t, outputs_schema_knows(TABLES[k]->fields[i].reader), TABLES[k]->fields[i].reader, __FILE__, __LINE__);
}

static const Json *definition(const Json *schema, const char *name) { return json_get(json_get(schema, "$defs"), name); }

/* Every "$ref" leads to a definition. */
static void check_references(Test *t, const Json *node, const Json *schema)
{
    if (node->kind == JSON_IS_OBJECT && json_get(node, "$ref")) {
        Str target = json_text(node, "$ref");
        const char *name = str_c(t->arena, str_slice(target, 8, target.len));
        test_check(t, str_starts(target, STR("#/$defs/")) && definition(schema, name), name, __FILE__, __LINE__);
    }
    for (size_t i = 0; i < node->n; i++) check_references(t, &node->items[i], schema);
}

static void blocks_and_displays_are_described_by_kind(Test *t)
{
    Buf buf = buf_new(t->arena);
    Json schema;
    Error err = {0};
    size_t n_kinds;
    protocol_schema_write(&outputs_schema, &buf);
    if (!CHECK_OK(t, json_parse(t->arena, buf_str(&buf), &schema, &err), err)) return;
    check_references(t, &schema, &schema);
    (void)block_kinds(&n_kinds);
    CHECK_INT(t, json_get(definition(&schema, "block"), "anyOf")->n, n_kinds);
    const Json *model = definition(&schema, "block-model");
    CHECK_TEXT(t, json_get(model, "required")->items[0].text, "model");
    CHECK(t, !json_get(model, "additionalProperties")->boolean);
    CHECK(t, json_get(json_get(model, "properties"), "fallback") && !json_get(json_get(model, "properties"), "of_known"));
    CHECK(t, json_get(json_get(definition(&schema, "output-figure"), "properties"), "draw"));
    CHECK(t, !json_get(json_get(definition(&schema, "output-table"), "properties"), "draw"));
    CHECK(t, json_get(json_get(definition(&schema, "display"), "properties"), "rows"));
    CHECK(t, json_get(json_get(definition(&schema, "analysis"), "properties"), "fallback"));
}

static const TestCase CASES[] = {
    {"every field of outputs has a shape", every_field_of_outputs_has_a_shape},
    {"blocks and displays are described by kind", blocks_and_displays_are_described_by_kind},
};
TEST_SUITE(outputs_schema, CASES);
