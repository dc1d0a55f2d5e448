/* Whole texts kept beside their input. EQUIPOISE_GOLDEN=write writes them instead, to be reviewed as a diff. */
#ifndef PROTOCOL_GOLDEN_H
#define PROTOCOL_GOLDEN_H

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "test.h"

static inline void check_golden(Test *t, Str path, Str got)
{
    Error err = {0};
    Str want;
    const char *mode = getenv("EQUIPOISE_GOLDEN");
    if (mode && strcmp(mode, "write") == 0) {
        CHECK_OK(t, file_write(t->arena, path, got, &err), err);
        return;
    }
    if (!CHECK_OK(t, file_read(t->arena, path, 1 << 22, &want, &err), err)) return;
    test_check_text(t, got, want, str_c(t->arena, path), __FILE__, __LINE__);
}

#endif
