/* Any bytes, compressed or not, are data sets or an error; and through a small window they are the same. */
#include <stdint.h>

#include "exchange/gunzip.h"
#include "exchange/xpt.h"

#define MAX_BYTES ((size_t)1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The rows of all data sets together, or false. */
static bool count_rows(Arena *arena, Str content, size_t window_bytes, size_t *n_rows, Error *err)
{
    Bytes *bytes;
    XptReader *xpt;
    const XptCell *cells;
    bool found, more;
    *n_rows = 0;
    if (!bytes_of_pieces(arena, content, window_bytes, MAX_BYTES, &bytes, err) ||
        !xpt_open(arena, bytes, &xpt, err))
        return false;
    for (;;) {
        if (!xpt_next_member(xpt, &found, err)) return false;
        if (!found) return true;
        for (more = true; more; *n_rows += more)
            if (!xpt_next_row(xpt, &cells, &more, err)) return false;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t WINDOWS[] = {1, 7, 80, 4096};
    Arena *arena = arena_new();
    Error err = {0}, stream_err = {0};
    Str whole = {(const char *)data, size}, content;
    XptMember *members;
    size_t n = 0, n_rows = 0, n_streamed;
    bool ok =
        gunzip(arena, whole, MAX_BYTES, &content, &err) && xpt_members(arena, content, &members, &n, &err);
    bool read = ok;
    for (size_t i = 0; i < n && ok; i++) {
        Frame *frame;
        n_rows += members[i].n_rows;
        read = xpt_parse_frame(arena, content, members[i].name, &frame, &err) && read;
        if (read && frame->n_columns > XPT_MAX_VARIABLES) __builtin_trap();
    }
    if (!read && err.code == ERROR_NONE) __builtin_trap();
    bool streamed = count_rows(arena, whole, WINDOWS[size % 4], &n_streamed, &stream_err);
    if (!streamed && stream_err.code == ERROR_NONE) __builtin_trap();
    if ((streamed && !ok) || (streamed && n_streamed != n_rows) || (read && !streamed && n < 2))
        __builtin_trap();
    arena_free(arena);
    return 0;
}
