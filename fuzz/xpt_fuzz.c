/* Any bytes, compressed or not, are data sets or an error. */
#include <stdint.h>

#include "exchange/gunzip.h"
#include "exchange/xpt.h"

#define MAX_BYTES ((size_t)1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Error err = {0};
    Str content;
    XptMember *members;
    size_t n = 0;
    bool ok = gunzip(arena, (Str){(const char *)data, size}, MAX_BYTES, &content, &err) &&
              xpt_members(arena, content, &members, &n, &err);
    for (size_t i = 0; i < n && ok; i++) {
        Frame *frame;
        if (xpt_parse_frame(arena, content, members[i].name, &frame, &err) &&
            frame->n_columns > XPT_MAX_VARIABLES)
            __builtin_trap();
    }
    if (!ok && err.code == ERROR_NONE) __builtin_trap();
    arena_free(arena);
    return 0;
}
