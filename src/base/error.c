#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool error_set(Error *err, ErrorCode code, const char *format, ...)
{
    if (!err) return false;
    *err = (Error){.code = code};
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    return false;
}

bool error_hint(Error *err, const char *format, ...)
{
    if (!err) return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
    return false;
}

bool error_in(Error *err, const char *format, ...)
{
    if (!err) return false;
    char outer[sizeof err->place];
    va_list args;
    va_start(args, format);
    vsnprintf(outer, sizeof outer, format, args);
    va_end(args);
    size_t used = strlen(outer);
    if (err->place[0] && used + 2 < sizeof outer) {
        memcpy(outer + used, ": ", 2);
        used += 2;
        size_t inner = strlen(err->place);
        if (inner > sizeof outer - 1 - used) inner = sizeof outer - 1 - used;
        memcpy(outer + used, err->place, inner);
        outer[used + inner] = '\0';
    }
    memcpy(err->place, outer, sizeof outer);
    return false;
}

static const struct {
    const char *name;
    int exit_status, http_status;
    const char *meaning;
} CODES[] = {
    [ERROR_NONE] = {"NONE", 0, 200, "no error"},
#define X(name, status, http, meaning) [ERROR_##name] = {#name, status, http, meaning},
    ERROR_CODES(X)
#undef X
};

int error_exit_status(ErrorCode code) { return CODES[code].exit_status; }
int error_http_status(ErrorCode code) { return CODES[code].http_status; }
const char *error_name(ErrorCode code) { return CODES[code].name; }
const char *error_meaning(ErrorCode code) { return CODES[code].meaning; }
