/* Files that may come compressed: gzip (RFC 1952), by zlib, which is wrapped here. */
#ifndef EXCHANGE_GUNZIP_H
#define EXCHANGE_GUNZIP_H

#include "base/text.h"

bool gunzip_is_compressed(Str bytes);

/* The content of one or more gzip members; bytes that are not compressed are given back as they are. Fails: MALFORMED
 * (damaged, cut short, or more than max_bytes inside: a small file can hold an endless one). */
MUST_USE bool gunzip(Arena *arena, Str bytes, size_t max_bytes, Str *content, Error *err);

#endif
