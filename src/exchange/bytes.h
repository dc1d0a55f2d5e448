/* Bytes in order, seen through a window: of a file, plain or gzip, whatever its size, or of memory. Readers of formats
 * keep no more than the window, and what they keep of it they copy. */
#ifndef EXCHANGE_BYTES_H
#define EXCHANGE_BYTES_H

#include "exchange/gunzip.h"

#define BYTES_WINDOW ((size_t)256 * 1024) /* the window's size unless told, and unless more must be seen at once */

typedef struct {
    Str window;                       /* the content's bytes [start, start + window.len) */
    size_t start;
    bool at_end;                      /* nothing follows the window */
    bool is_whole;                    /* the window is all there is and stays: views of it last */
    struct BytesSource *source;
} Bytes;

/* All of `content`, not copied, which must outlive the bytes. */
Bytes *bytes_of(Arena *arena, Str content);

/* The same through a window of window_bytes, compressed or not, so that tests can have every boundary. Fails: as
 * gunzip_open. */
MUST_USE bool bytes_of_pieces(Arena *arena, Str content, size_t window_bytes, size_t max_bytes, Bytes **bytes,
                              Error *err);

/* Bytes that a feed gives, as they are, through a window; bytes_slide fails as the feed does. */
Bytes *bytes_of_feed(Arena *arena, ByteFeed feed);

/* A file, "-" for standard input; 0 for BYTES_WINDOW; closed with the arena. Fails: IO; MALFORMED (more than max_bytes,
 * compressed or not, perhaps only when they are come to). */
MUST_USE bool bytes_open(Arena *arena, Str path, size_t window_bytes, size_t max_bytes, Bytes **bytes,
                         Error *err);

/* Makes bytes that come only once, of a pipe, whole, so that bytes_again can follow. Only before anything was read.
 * Fails: as bytes_slide. */
MUST_USE bool bytes_keep(Arena *arena, Bytes **bytes, Error *err);

/* The same bytes from the beginning: of a file, opened a second time. Fails: as bytes_open. */
MUST_USE bool bytes_again(Arena *arena, Bytes **bytes, Error *err);

/* The size of the file as it lies, 0 when not known. */
size_t bytes_file_size(const Bytes *bytes);

/* How many of them were read so far. */
size_t bytes_file_read(const Bytes *bytes);

/* Moves the window so that it begins at `from`, which it must hold or end at, and reaches `to` or the end. Views of
 * the window go stale, unless it is whole. Fails: as bytes_open, and as gunzip_read. */
MUST_USE bool bytes_slide(Bytes *bytes, size_t from, size_t to, Error *err);

static inline size_t bytes_seen(const Bytes *bytes) { return bytes->start + bytes->window.len; }

/* The same if the window does not reach so far. */
MUST_USE static inline bool bytes_see(Bytes *bytes, size_t from, size_t to, Error *err)
{
    return bytes->at_end || bytes_seen(bytes) >= to || bytes_slide(bytes, from, to, err);
}

/* Reads on to the end, to know the length. The window's bytes are gone. */
MUST_USE bool bytes_count(Bytes *bytes, size_t *n, Error *err);

#endif
