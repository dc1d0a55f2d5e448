/* Bytes as an Excel workbook: read to the end, or refused with a reason. */
#include <stdint.h>

#include "exchange/xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_all(Arena *arena, Str content, Error *err)
{
    Zip *zip;
    void *state;
    const TableMember *member;
    const TableCell *cells;
    if (!zip_of(arena, content, &zip, err) || !xlsx_open(arena, zip, &state, err)) return false;
    while (true) {
        if (!table_format_xlsx.next_member(state, &member, err)) return false;
        if (!member) return true;
        do
            if (!table_format_xlsx.next_row(state, &cells, err)) return false;
        while (cells);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Error err = {0};
    if (!read_all(arena, (Str){(const char *)data, size}, &err) && err.code == ERROR_NONE) __builtin_trap();
    arena_free(arena);
    return 0;
}
