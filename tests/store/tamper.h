/* Somebody with another program at the trial file: plain SQLite, none of our guards. */
#ifndef TESTS_STORE_TAMPER_H
#define TESTS_STORE_TAMPER_H

#include "test.h"

/* Runs SQL on the file; false (and a failed check) when SQLite refuses. */
bool tamper(Test *t, Str path, const char *sql);

/* From now on files are opened as on a network folder, without memory shared between programs; and back. */
void share_memory(bool shares);

/* Flips one bit of the file, and again to undo. */
void flip_bit(Test *t, Str path, size_t offset, int bit);

#endif
