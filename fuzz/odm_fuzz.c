/* Bytes behind a number that chooses the window: ODM is read as tables and drafted, or what is wrong is said. */
#include <stdint.h>

#include "exchange/odm_draft.h"
#include "exchange/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_tables(Arena *arena, Str content, size_t window, Error *err)
{
    void *state;
    const TableMember *member;
    const TableCell *cells;
    TableInput input = {.path = STR("fuzz")};
    if (!bytes_of_pieces(arena, content, window, (size_t)1 << 22, &input.bytes, err) || !bytes_keep(arena, &input.bytes, err)
        || !table_format_odm.open(arena, &input, &state, err)) return false;
    while (true) {
        size_t n_rows = 0;
        if (!table_format_odm.next_member(state, &member, err)) return false;
        if (!member) return true;
        do
            if (!table_format_odm.next_row(state, &cells, err)) return false;
        while (cells && ++n_rows);
        if (n_rows != member->n_rows) __builtin_trap();
    }
}

static bool draft(Arena *arena, Str content, Error *err)
{
    OdmStudy *study;
    Draft draft;
    Buf buf = buf_new(arena);
    if (!odm_read(arena, bytes_of(arena, content), &study, err) || !odm_draft(arena, study, STR("de"), &draft, err)) return false;
    draft_write(&draft, &buf);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    Str content = {(const char *)data + 1, size - 1};
    for (int i = 0; i < 2; i++) {
        Arena *arena = arena_new();
        Error err = {0};
        bool ok = i ? draft(arena, content, &err) : read_tables(arena, content, data[0], &err);
        if (!ok && err.code == ERROR_NONE) __builtin_trap();
        arena_free(arena);
    }
    return 0;
}
