/* Bytes behind a number that chooses the window: every format reads them to the end, or says what is wrong. */
#include <stdint.h>

#include "exchange/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_as(Arena *arena, const TableFormat *format, Str content, size_t window, Error *err)
{
    void *state;
    const TableMember *member;
    const TableCell *cells;
    TableInput input = {.path = STR("fuzz")};
    if (!bytes_of_pieces(arena, content, window, (size_t)1 << 24, &input.bytes, err) || !bytes_keep(arena, &input.bytes, err)
        || !format->open(arena, &input, &state, err)) return false;
    while (true) {
        if (!format->next_member(state, &member, err)) return false;
        if (!member) return true;
        do
            if (!format->next_row(state, &cells, err)) return false;
        while (cells);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const WORDS[] = {"xpt", "csv", "dataset-json"};
    if (size < 1) return 0;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        Arena *arena = arena_new();
        Error err = {0};
        if (!read_as(arena, table_format_named(str_from(WORDS[i])), (Str){(const char *)data + 1, size - 1}, data[0], &err) && err.code == ERROR_NONE) __builtin_trap();
        arena_free(arena);
    }
    return 0;
}
