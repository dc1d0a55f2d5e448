/* Where the terminology is that the user loaded. */
#ifndef CLI_TERMINOLOGY_FILE_H
#define CLI_TERMINOLOGY_FILE_H

#include "cli/command.h"

#define OPT_TERMINOLOGY                                                                                       \
    OPT_FILE("terminology", "FILE", "loaded terminology [$XDG_DATA_HOME/equipoise/terminology.db, else ~/.local/share/...]")

/* The option of that name, or else the file in the user's data folder. Fails: USAGE (neither, for there is no home). */
MUST_USE bool terminology_path(const Invocation *call, Str *path, Error *err);

#endif
