/* Any bytes are a frame or an error; and a frame that can be written reads back with its shape. */
#include <stdint.h>

#include "exchange/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Error err = {0};
    Frame *frame, *again;
    Buf written = buf_new(arena);
    if (!csv_parse_frame(arena, STR("fuzz"), (Str){(const char *)data, size}, NULL, &frame, NULL, &err)) {
        if (err.code == ERROR_NONE) __builtin_trap();
    } else if (csv_write_frame(&written, frame, &err)) {
        if (!csv_parse_frame(arena, STR("fuzz"), buf_str(&written), &(CsvOptions){.separator = ','}, &again,
                             NULL, &err))
            __builtin_trap();
        if (again->n_rows != frame->n_rows || again->n_columns != frame->n_columns) __builtin_trap();
    }
    arena_free(arena);
    return 0;
}
