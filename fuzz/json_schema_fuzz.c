/* A schema, a line with two hyphens, a document: the document is judged, or it is said why not. */
#include <stdint.h>

#include "conform/json_schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Error err = {0};
    JsonSchema *schema;
    Bytes *bytes;
    Str schema_text, document = STR("{}"), all = {(const char *)data, size};
    FindingList findings = findings_new(arena);
    Buf buf = buf_new(arena);
    if (!str_cut(all, STR("\n--\n"), &schema_text, &document)) schema_text = all;
    if (json_schema_parse(arena, schema_text, &schema, &err)) {
        json_schema_name_gaps(schema, STR("schema"), &findings);
        if ((!bytes_of_pieces(arena, document, 16, (size_t)1 << 24, &bytes, &err) || !json_schema_check(schema, bytes, STR("document"), false, &findings, &err)) && err.code == ERROR_NONE) __builtin_trap();
        findings_sort(&findings);
        findings_write_text(&findings, &buf);
    } else if (err.code == ERROR_NONE) __builtin_trap();
    arena_free(arena);
    return 0;
}
