/* Zip archives read (PKWARE APPNOTE 6.3): the entries of the central directory, each as bytes through a window, stored or
 * deflated; zip64 too. What lies between entries is not looked at, so that a directory cannot be hidden behind another.
 *
 * Against bombs: an entry may hold at most ZIP_MAX_RATIO times its compressed bytes (beyond a few MiB that every small
 * entry may have), all that are opened ZIP_MAX_TOTAL, whatever the directory says of them. */
#ifndef EXCHANGE_ZIP_H
#define EXCHANGE_ZIP_H

#include "exchange/bytes.h"

#define ZIP_MAX_ENTRIES    10000
#define ZIP_MAX_DIRECTORY  ((size_t)4 << 20)
#define ZIP_MAX_RATIO      ((size_t)400)
#define ZIP_FREE_BYTES     ((size_t)4 << 20)
#define ZIP_MAX_TOTAL      ((size_t)64 << 30)

typedef struct {
    Str name;
    unsigned method;                  /* 0 stored, 8 deflated */
    bool is_encrypted;
    uint32_t crc;
    size_t n_packed, n_bytes, offset;
} ZipEntry;

typedef struct Zip Zip;

/* The archive in a file, closed with the arena, or in memory, which must outlive it. Fails: IO; MALFORMED (no archive, cut
 * short, of several disks, too many entries). */
MUST_USE bool zip_open(Arena *arena, Str path, Zip **zip, Error *err);
MUST_USE bool zip_of(Arena *arena, Str content, Zip **zip, Error *err);

const ZipEntry *zip_entries(const Zip *zip, size_t *n);
const ZipEntry *zip_find(const Zip *zip, Str name);   /* letter case ignored, as Office does; NULL */

/* The bytes of an entry, any number of times. Fails: MALFORMED (encrypted; another compression), as do the bytes as they
 * come: damaged, of another length or check sum than the directory says, or beyond a limit. */
MUST_USE bool zip_bytes(Arena *arena, Zip *zip, const ZipEntry *entry, Bytes **bytes, Error *err);

#endif
