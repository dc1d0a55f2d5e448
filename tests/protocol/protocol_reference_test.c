#include "protocol/reference.h"

#include "golden.h"
#include "protocol/protocol.h"
#include "protocol/schema.h"

static Str read_source(Test *t, const char *path)
{
    Str text = {"", 0};
    Error err = {0};
    CHECK_OK(t, file_read(t->arena, test_source(t, path), 1 << 20, &text, &err), err);
    return text;
}

/* What comes before the generated part, its end marker included. */
static Str written_by_hand(Str page)
{
    static const char MARKER[] = "writes it anew. -->\n";
    size_t at = str_find(page, str_from(MARKER));
    return at == SIZE_MAX ? page : str_slice(page, 0, at + sizeof MARKER - 1);
}

static void the_manuals_reference_is_what_the_tables_say(Test *t)
{
    Buf page = buf_new(t->arena);
    buf_add(&page, written_by_hand(read_source(t, "docs/protocol.md")));
    buf_char(&page, '\n');
    protocol_reference_write(&page);
    check_golden(t, test_source(t, "docs/protocol.md"), buf_str(&page));
}

/* Each block between ```LANGUAGE and ``` must stand in the file. */
static void check_blocks(Test *t, Str page, const char *fence, Str file, size_t at_least)
{
    Str before, block, rest = page;
    size_t n = 0;
    for (; str_cut(rest, str_from(fence), &before, &rest) && str_cut(rest, STR("```"), &block, &rest); n++)
        test_check(t, str_find(file, block) != SIZE_MAX, str_c(t->arena, str_slice(block, 0, 200)), __FILE__,
                   __LINE__);
    CHECK(t, n >= at_least);
}

static void the_manuals_examples_are_files_that_are_tested(Test *t)
{
    Str page = written_by_hand(read_source(t, "docs/protocol.md"));
    check_blocks(t, page, "```yaml\n", read_source(t, "examples/small/protocol.yaml"), 8);
    check_blocks(t, page, "```text\n", read_source(t, "examples/broken/unknown-key.expected"), 1);
}

/* Every "$ref" in the schema names one of its definitions. */
static void check_references(Test *t, const Json *node, const Json *definitions, size_t *n)
{
    Str target = json_text(node, "$ref"), before, name;
    if (target.len && CHECK(t, str_cut(target, STR("#/$defs/"), &before, &name))) {
        test_check(t, json_get(definitions, str_c(t->arena, name)) != NULL, str_c(t->arena, target), __FILE__,
                   __LINE__);
        ++*n;
    }
    for (size_t i = 0; i < node->n; i++) check_references(t, &node->items[i], definitions, n);
}

static void the_schema_knows_the_shapes_and_words(Test *t)
{
    Buf buf = buf_new(t->arena);
    Json schema;
    Error err = {0};
    protocol_schema_write(NULL, &buf);
    if (!CHECK_OK(t, json_parse(t->arena, buf_str(&buf), &schema, &err), err)) return;
    size_t n_references = 0;
    check_references(t, &schema, json_get(&schema, "$defs"), &n_references);
    CHECK(t, n_references >= 30);
    const Json *visit = json_get(json_get(&schema, "$defs"), "visit");
    CHECK(t, !json_get(visit, "additionalProperties")->boolean);
    CHECK_TEXT(t, json_get(visit, "required")->items[0].text, "id");
    CHECK_TEXT(t, json_get(json_get(json_get(visit, "properties"), "kind"), "enum")->items[1].text, "dose");
    CHECK_TEXT(t, json_text(json_get(json_get(visit, "properties"), "day"), "type"), "integer");
    const Json *phases = json_get(
        json_get(json_get(json_get(json_get(&schema, "$defs"), "trial"), "properties"), "phase"), "enum");
    CHECK_NEAR(t, phases->items[2].number, 1, 0);
}

static const TestCase CASES[] = {
    {"the manual's reference is what the tables say", the_manuals_reference_is_what_the_tables_say},
    {"the manual's examples are files that are tested", the_manuals_examples_are_files_that_are_tested},
    {"the schema knows the shapes and words", the_schema_knows_the_shapes_and_words},
};
TEST_SUITE(protocol_reference, CASES);
