#include "cli/terminology_file.h"

#include <stdlib.h>

bool terminology_path(const Invocation *call, Str *path, Error *err)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    *path = option_text(call, "terminology");
    if (path->len) return true;
    if (data && data[0] == '/') *path = str_format(call->arena, "%s/equipoise/terminology.db", data);
    else if (home && home[0] == '/') *path = str_format(call->arena, "%s/.local/share/equipoise/terminology.db", home);
    else {
        error_set(err, ERROR_USAGE, "there is no home folder to hold the terminology");
        return error_hint(err, "Say where it is: --terminology FILE.");
    }
    return true;
}
