/* A data dictionary is drafted, or refused; the draft is YAML that the protocol's grammar reads. */
#include <stdint.h>

#include "exchange/redcap_draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    RedcapProject project = {0};
    RedcapChoices choices = {.keep_status = size % 2 == 0};
    Draft draft;
    Error err = {0};
    Str content = {(const char *)data, size};
    bool is_read = redcap_dictionary_parse(arena, content, &project.dictionary, &err);
    if (!is_read && err.code == ERROR_NONE) __builtin_trap();
    if (is_read) {
        Buf buf = buf_new(arena);
        Protocol protocol;
        ProblemList problems = problems_new(arena);
        if (!redcap_draft(arena, &project, &choices, &draft, &err)) __builtin_trap();
        draft_write(&draft, &buf);
        if (buf.len < YAML_MAX_BYTES / 8 && !protocol_read(arena, buf_str(&buf), &protocol, &problems)) __builtin_trap();
    }
    Error ignored = {0};
    if (!redcap_events_parse(arena, content, &project, &ignored) && ignored.code == ERROR_NONE) __builtin_trap();
    arena_free(arena);
    return 0;
}
