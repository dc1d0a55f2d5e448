/* Any bytes give a protocol or problems: reading and judging never crash, never hang, and say what is wrong. */
#include <stdint.h>

#include "protocol/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Str text = {(const char *)data, size};
    Protocol protocol;
    ProblemList problems = problems_new(arena);
    Buf out = buf_new(arena);
    bool readable = protocol_read(arena, text, &protocol, &problems);
    if (readable) protocol_check(arena, &protocol, &problems);
    else if (!problems.count[PROBLEM_ERROR]) __builtin_trap();
    problems_write_text(&problems, STR("fuzz"), text, &out);
    problems_write_json(&problems, STR("fuzz"), &out);
    arena_free(arena);
    return 0;
}
