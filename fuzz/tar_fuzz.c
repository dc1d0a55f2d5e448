/* Any bytes are an archive or an error; what an archive gives lies within it. */
#include <stdint.h>

#include "exchange/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Error err = {0};
    TarFile *files;
    size_t n;
    Str bytes = {(const char *)data, size};
    if (!tar_parse(arena, bytes, &files, &n, &err)) {
        if (err.code == ERROR_NONE) __builtin_trap();
        n = 0;
    }
    for (size_t i = 0; i < n; i++)
        if (files[i].content.len && (files[i].content.data < bytes.data || files[i].content.data + files[i].content.len > bytes.data + bytes.len)) __builtin_trap();
    arena_free(arena);
    return 0;
}
