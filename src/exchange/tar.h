/* The files of a tar archive (POSIX.1-2001 ustar and pax, and GNU's long names), plain or gzip, or of a folder with all
 * below it: names and contents, so that whoever reads a collection of small files need not know which of the two it is. */
#ifndef EXCHANGE_TAR_H
#define EXCHANGE_TAR_H

#include "base/text.h"

#define TAR_MAX_BYTES ((size_t)1 << 30)     /* of all contents */
#define TAR_MAX_FILES ((size_t)1000000)
#define TAR_MAX_DEPTH 16                    /* of folders */

typedef struct {
    Str name;                               /* "Published/CORE-000055/rule.yml": from the top of the archive or folder */
    Str content;
} TarFile;

/* The files in an archive's bytes (not compressed), in its order; contents are views of them. Links and other things that
 * are no files are left out. Fails: MALFORMED (no archive; a header that is damaged; cut short; too many files). */
MUST_USE bool tar_parse(Arena *arena, Str bytes, TarFile **files, size_t *n, Error *err);

/* A path: an archive, or a folder, whose files come sorted by name; those that begin with "." are left out. `wants` (may
 * be NULL) says by name which files of a folder to read. Fails: IO, MALFORMED (as tar_parse; larger than TAR_MAX_BYTES). */
MUST_USE bool tar_read(Arena *arena, Str path, bool (*wants)(Str name), TarFile **files, size_t *n, Error *err);

#endif
