/* A map is read, or every problem has a message. */
#include <stdint.h>

#include "trial/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Mapping mapping;
    Error err = {0};
    if (!mapping_parse(arena, (Str){(const char *)data, size}, &mapping, &err) && err.code == ERROR_NONE) __builtin_trap();
    arena_free(arena);
    return 0;
}
