/* Bytes that may come compressed: gzip (RFC 1952) or a zlib stream (RFC 1950), by zlib, which is wrapped here. */
#ifndef EXCHANGE_GUNZIP_H
#define EXCHANGE_GUNZIP_H

#include "base/text.h"

/* Where bytes come from, in order. read gives up to `room` of them, and none only at the end. */
typedef struct {
    bool (*read)(void *from, char *to, size_t room, size_t *n, Error *err);
    void *from;
} ByteFeed;

typedef struct Gunzip Gunzip;

bool gunzip_is_compressed(Str bytes);

/* Reads a feed in steps of at most step_bytes, undoing compression if its first bytes say so. What was held is let go
 * with the arena. Fails: IO (zlib has no memory), and as the feed. */
MUST_USE bool gunzip_open(Arena *arena, ByteFeed feed, size_t step_bytes, size_t max_bytes, Gunzip **opened,
                          Error *err);

/* Bytes of a feed as they are, whatever they look like. */
Gunzip *gunzip_pass(Arena *arena, ByteFeed feed, size_t step_bytes);

/* The next bytes, at most `room`; none at the end. Fails: as gunzip, and as the feed. */
MUST_USE bool gunzip_read(Gunzip *gunzip, char *to, size_t room, size_t *n, Error *err);

/* The content of one or more gzip members; bytes that are not compressed are given back as they are. Fails: MALFORMED
 * (damaged, cut short, or more than max_bytes inside: a small file can hold an endless one). */
MUST_USE bool gunzip(Arena *arena, Str bytes, size_t max_bytes, Str *content, Error *err);

#endif
