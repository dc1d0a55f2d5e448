/* Any bytes are a file of terminology that can be looked up in, or an error with a reason; so is a map of variables. */
#include <stdint.h>

#include "conform/terminology.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Error err = {0};
    Terminology *terminology;
    TerminologyPackage package;
    CodelistTerm *terms;
    size_t n, n_standards, n_variables;
    Str text = {(const char *)data, size};
    if (!terminology_open(arena, STR(""), true, &terminology, &err)) __builtin_trap();
    if (!terminology_add(arena, terminology, STR("fuzz 2024-01-01.txt"), text, &package, &err) && err.code == ERROR_NONE) __builtin_trap();
    err = (Error){0};
    if (!terminology_add_map(terminology, text, &n_standards, &n_variables, &err) && err.code == ERROR_NONE) __builtin_trap();
    if (!terminology_find(arena, terminology, STR("a"), 10, &terms, &n, &err)) __builtin_trap();
    arena_free(arena);
    return 0;
}
