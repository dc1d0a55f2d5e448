/* Any bytes give a formula or an error. */
#include <stdint.h>

#include "stat/formula.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Formula formula;
    Error err = {0};
    if (!formula_parse(arena, (Str){(const char *)data, size}, &formula, &err) && err.code == ERROR_NONE) __builtin_trap();
    arena_free(arena);
    return 0;
}
