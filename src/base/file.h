/* Whole files in and out. Formats that can be large have streaming readers of their own. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdio.h>

#include "base/text.h"

/* Opens a file to read its bytes; "-" is standard input, which the caller must not close. Fails: IO (says why). */
MUST_USE bool file_open(Arena *arena, Str path, FILE **file, Error *err);

/* The bytes of a file; "-" is standard input. Fails: IO (cannot be opened or read: says why), MALFORMED (more
 * than max_bytes). */
MUST_USE bool file_read(Arena *arena, Str path, size_t max_bytes, Str *content, Error *err);

/* Writes a file so that it is there whole or not at all: to PATH.tmp, flushed, then renamed. A file or a link of that
 * name is replaced, never written through; a folder is left alone. Fails: IO. */
MUST_USE bool file_write(Arena *arena, Str path, Str content, Error *err);

bool file_exists(Arena *arena, Str path);
bool file_folder_is_empty(Arena *arena, Str path);       /* so is one that is not there, or cannot be read */
Str file_name(Str path);              /* after the last '/' */
Str file_stem(Str path);              /* its name up to the first '.' */
Str file_folder(Str path);            /* before the last '/'; "." when there is none */
Str file_join(Arena *arena, Str folder, Str name);
MUST_USE bool file_make_folder(Arena *arena, Str path, Error *err);   /* with parents; there already is fine */

#endif
