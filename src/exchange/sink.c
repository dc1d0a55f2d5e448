#include "exchange/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define ROOM  ((size_t)256 * 1024)

struct Sink {
    const char *path, *partial;       /* partial: NULL for standard output */
    int file;                         /* -1 once closed */
    char *buffer;
    size_t used, n_put;
    bool is_compressed;
    z_stream zip;
    char *packed;
};

static void abandon(void *from)
{
    Sink *sink = from;
    if (sink->is_compressed) deflateEnd(&sink->zip);
    if (sink->file >= 0 && sink->partial) {
        close(sink->file);
        unlink(sink->partial);
    }
    sink->file = -1;
}

static bool refuse(const Sink *sink, Error *err)
{
    error_set(err, ERROR_IO, "could not write \"%s\": %s", sink->path, strerror(errno));
    return error_hint(err, "Check that the folder exists, that it may be written and that the disk has room.");
}

bool sink_open(Arena *arena, Str path, SinkCompression compression, Sink **opened, Error *err)
{
    Sink *sink = ARENA_NEW(arena, Sink);
    *sink = (Sink){.path = str_c(arena, path), .file = STDOUT_FILENO, .buffer = arena_alloc(arena, ROOM)};
    *opened = sink;
    if (!str_equal(path, STR("-"))) {
        sink->partial = str_format(arena, STR_FMT ".tmp", STR_ARG(path)).data;
        unlink(sink->partial);
        sink->file = open(sink->partial, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (sink->file < 0) return refuse(sink, err);
    }
    arena_defer(arena, abandon, sink);
    if (compression == SINK_PLAIN) return true;
    sink->packed = arena_alloc(arena, ROOM);
    if (deflateInit2(&sink->zip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, compression == SINK_GZIP ? 15 + 16 : 15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return error_set(err, ERROR_IO, "no memory to compress \"%s\"", sink->path);
    sink->is_compressed = true;
    return true;
}

static bool write_all(Sink *sink, const char *bytes, size_t n, Error *err)
{
    while (n) {
        ssize_t written = write(sink->file, bytes, n);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return refuse(sink, err);
        bytes += written, n -= (size_t)written;
    }
    return true;
}

static bool drain(Sink *sink, bool is_last, Error *err)
{
    if (!sink->is_compressed) {
        size_t n = sink->used;
        sink->used = 0;
        return write_all(sink, sink->buffer, n, err);
    }
    sink->zip.next_in = (Bytef *)sink->buffer, sink->zip.avail_in = (uInt)sink->used;
    sink->used = 0;
    do {
        sink->zip.next_out = (Bytef *)sink->packed, sink->zip.avail_out = (uInt)ROOM;
        deflate(&sink->zip, is_last ? Z_FINISH : Z_NO_FLUSH);
        if (!write_all(sink, sink->packed, ROOM - sink->zip.avail_out, err)) return false;
    } while (sink->zip.avail_out == 0);
    return true;
}

bool sink_put(Sink *sink, Str bytes, Error *err)
{
    sink->n_put += bytes.len;
    while (bytes.len) {
        size_t n = ROOM - sink->used < bytes.len ? ROOM - sink->used : bytes.len;
        memcpy(sink->buffer + sink->used, bytes.data, n);
        sink->used += n;
        bytes = str_slice(bytes, n, bytes.len);
        if (sink->used == ROOM && !drain(sink, false, err)) return false;
    }
    return true;
}

size_t sink_bytes(const Sink *sink) { return sink->n_put; }

bool sink_finish(Sink *sink, Error *err)
{
    if (!drain(sink, true, err)) return false;
    if (!sink->partial) return true;
    int file = sink->file;
    if (fsync(file) != 0) return refuse(sink, err);
    sink->file = -1;
    if (close(file) != 0 || rename(sink->partial, sink->path) != 0) {
        unlink(sink->partial);
        return refuse(sink, err);
    }
    return true;
}
