/* Any bytes are a frame or an error; a frame that can be written reads back with its shape; and through a small window
 * there are as many rows. */
#include <stdint.h>

#include "exchange/csv.h"

#define MAX_BYTES ((size_t)1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool count_rows(Arena *arena, Str content, size_t window_bytes, size_t *n_rows, Error *err)
{
    Bytes *bytes;
    CsvReader *csv;
    CsvRow row;
    bool found = true;
    if (!bytes_of_pieces(arena, content, window_bytes, MAX_BYTES, &bytes, err) ||
        !csv_open_bytes(arena, bytes, NULL, &csv, err))
        return false;
    for (*n_rows = 0; found; *n_rows += found)
        if (!csv_next(csv, &row, &found, err)) return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t WINDOWS[] = {1, 2, 7, 80};
    Arena *arena = arena_new();
    Error err = {0}, stream_err = {0};
    Frame *frame, *again;
    Str text = {(const char *)data, size};
    Buf written = buf_new(arena);
    size_t n_streamed;
    bool ok = csv_parse_frame(arena, STR("fuzz"), text, NULL, &frame, NULL, &err);
    bool streamed = count_rows(arena, text, WINDOWS[size % 4], &n_streamed, &stream_err);
    if ((!ok && err.code == ERROR_NONE) || (!streamed && stream_err.code == ERROR_NONE)) __builtin_trap();
    if (ok && (!streamed || n_streamed != frame->n_rows)) __builtin_trap();
    if (ok && csv_write_frame(&written, frame, &err)) {
        if (!csv_parse_frame(arena, STR("fuzz"), buf_str(&written), &(CsvOptions){.separator = ','}, &again,
                             NULL, &err))
            __builtin_trap();
        if (again->n_rows != frame->n_rows || again->n_columns != frame->n_columns) __builtin_trap();
    }
    arena_free(arena);
    return 0;
}
