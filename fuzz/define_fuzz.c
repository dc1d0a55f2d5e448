/* Define-XML: what is read can be checked and, when it is whole, written and read again with nothing left out. */
#include <stdint.h>

#include "exchange/define_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_text(Arena *arena, Str text, StudyMetadata **study, DefineUnread *unread)
{
    Error err = {0};
    bool read = define_read_bytes(arena, bytes_of(arena, text), study, unread, &err);
    if (!read && err.code == ERROR_NONE) __builtin_trap();
    return read;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    StudyMetadata *study;
    DefineUnread unread;
    Error err = {0};
    Buf first = buf_new(arena), second = buf_new(arena);
    if (read_text(arena, (Str){(const char *)data, size}, &study, &unread) && define_write_buf(arena, study, &(DefineChoices){0}, &first, &err)) {
        if (!read_text(arena, buf_str(&first), &study, &unread) || unread.n) __builtin_trap();
        if (!define_write_buf(arena, study, &(DefineChoices){0}, &second, &err) || !str_equal(buf_str(&first), buf_str(&second))) __builtin_trap();
    }
    arena_free(arena);
    return 0;
}
