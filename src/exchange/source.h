/* A folder of data: its data sets by name, read when they are first asked for and kept. Each file that was read is
 * recorded with its digest, so that a result can say what it was computed from. */
#ifndef EXCHANGE_SOURCE_H
#define EXCHANGE_SOURCE_H

#include "data/frame.h"

#define SOURCE_MAX_BYTES ((size_t)4 << 30)   /* of a file, uncompressed */

/* One file that can be read; digest and frame are empty until it has been. */
typedef struct {
    Str name;                         /* of the data set: the file's stem in small letters, "adsl" */
    Str path;
    Str digest;                       /* SHA-256 of the file's bytes as they lie, 64 hexadecimal digits */
    size_t n_bytes;
    Frame *frame;
} SourceFile;

typedef struct Source Source;

/* Lists the files NAME.xpt and NAME.csv, each also with .gz (letter case ignored), of one folder or of several
 * separated by ":". A folder that is not there is looked for beside the first, so that "pilot/adam:sdtm" means
 * pilot/adam and pilot/sdtm. Fails: IO (names the folder that cannot be read). */
MUST_USE bool source_open(Arena *arena, Str folders, Source **source, Error *err);

/* The folders that such a text means. */
void source_folders(Arena *arena, Str folders, Str **paths, size_t *n);

/* A data set by name, letter case ignored. Of a transport file with several data sets, the one of the file's name. The
 * frame is named as the file. Fails: INCONSISTENT (no such data set: the nearest; two files of that name), and as
 * xpt_read_frame and csv_read_frame. */
MUST_USE bool source_frame(Source *source, Str name, Frame **frame, Error *err);

bool source_has(const Source *source, Str name);

/* All files, sorted by name and path; those with a frame have been read. */
const SourceFile *source_files(const Source *source, size_t *n);

#endif
