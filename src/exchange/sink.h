/* A file as it is written: to PATH.tmp in pieces, and given its name when it is whole. What is not finished leaves
 * nothing behind. */
#ifndef EXCHANGE_SINK_H
#define EXCHANGE_SINK_H

#include "base/text.h"

typedef enum { SINK_PLAIN, SINK_GZIP, SINK_ZLIB } SinkCompression;

typedef struct Sink Sink;

/* "-" is standard output. Ended by sink_finish, or with the arena, which throws it away. Fails: IO. */
MUST_USE bool sink_open(Arena *arena, Str path, SinkCompression compression, Sink **sink, Error *err);

/* Fails: IO (the disk is full). */
MUST_USE bool sink_put(Sink *sink, Str bytes, Error *err);

/* How many bytes were put, before compression. */
size_t sink_bytes(const Sink *sink);

/* Writes what is left, flushes to the disk and renames. Fails: IO. */
MUST_USE bool sink_finish(Sink *sink, Error *err);

#endif
