/* Any bytes give a study definition or an error; a definition gives its domains and a draft. */
#include <stdint.h>

#include "exchange/usdm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    UsdmStudy study;
    Frame *domains[USDM_N_DOMAINS];
    Error err = {0};
    Buf yaml = buf_new(arena);
    if (usdm_read(arena, (Str){(const char *)data, size}, &study, &err)) {
        size_t n, n_same;
        usdm_trial_design(arena, &study, domains);
        for (size_t i = 0; i < USDM_N_DOMAINS; i++) usdm_compare(arena, domains[i], domains[i], &n, &n_same);
        usdm_draft_protocol(arena, &study, &yaml);
    } else if (err.code == ERROR_NONE) __builtin_trap();
    arena_free(arena);
    return 0;
}
