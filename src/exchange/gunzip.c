#include "exchange/gunzip.h"

#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#define PIECE ((size_t)1 << 28) /* zlib counts in unsigned int */
#define LEAST_GZIP ((size_t)18) /* a header and a trailer */
#define LIKELY_RATIO ((size_t)16)
#define STEP_OF_WHOLE ((size_t)256 * 1024)

struct Gunzip {
    ByteFeed feed;
    bool feed_ended, is_compressed, ended;
    size_t max_bytes, n_given;
    size_t step_bytes, capacity;
    char *raw; /* as the feed gave them: [taken, filled) are still to be read */
    size_t taken, filled;
    z_stream stream;
};

/* A stream of zlib (RFC 1950): 32 KiB of window, any level, no dictionary. "x^" could begin a text, which holds no
 * control characters so soon. */
static bool is_zlib(Str bytes)
{
    if (bytes.len < 8 || bytes.data[0] != 0x78 || !memchr("\x01\x5e\x9c\xda", bytes.data[1], 4)) return false;
    for (size_t i = 2; i < bytes.len && i < LEAST_GZIP; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        if (c < 9 || (c > 13 && c < 32) || c == 127) return true;
    }
    return bytes.data[1] != 0x5e && (unsigned char)bytes.data[1] != 0x01 && !str_is_utf8(str_slice(bytes, 0, 8), NULL);
}

bool gunzip_is_compressed(Str bytes)
{
    return is_zlib(bytes) || (bytes.len >= LEAST_GZIP && (unsigned char)bytes.data[0] == 0x1f &&
                              (unsigned char)bytes.data[1] == 0x8b);
}

static size_t at_most(size_t n, size_t most) { return n < most ? n : most; }

/* Makes at least n raw bytes ready, if the feed has them. */
static bool fill(Gunzip *gunzip, size_t n, Error *err)
{
    if (gunzip->filled - gunzip->taken >= n || gunzip->feed_ended) return true;
    memmove(gunzip->raw, gunzip->raw + gunzip->taken, gunzip->filled - gunzip->taken);
    gunzip->filled -= gunzip->taken;
    gunzip->taken = 0;
    while (gunzip->filled < n && !gunzip->feed_ended) {
        size_t got, room = at_most(gunzip->capacity - gunzip->filled, gunzip->step_bytes);
        if (!gunzip->feed.read(gunzip->feed.from, gunzip->raw + gunzip->filled, room, &got, err))
            return false;
        gunzip->filled += got;
        gunzip->feed_ended = got == 0;
    }
    return true;
}

/* None of a feed that is passed on as it is. */
static Str raw_bytes(const Gunzip *gunzip)
{
    if (!gunzip->raw) return STR("");
    return (Str){gunzip->raw + gunzip->taken, gunzip->filled - gunzip->taken};
}

static void end_stream(void *gunzip) { inflateEnd(&((Gunzip *)gunzip)->stream); }

bool gunzip_open(Arena *arena, ByteFeed feed, size_t step_bytes, size_t max_bytes, Gunzip **opened,
                 Error *err)
{
    Gunzip *gunzip = ARENA_NEW(arena, Gunzip);
    size_t capacity = step_bytes < 2 * LEAST_GZIP ? 2 * LEAST_GZIP : at_most(step_bytes, PIECE);
    *gunzip = (Gunzip){.feed = feed,
                       .max_bytes = max_bytes,
                       .step_bytes = step_bytes,
                       .capacity = capacity,
                       .raw = arena_alloc(arena, capacity)};
    if (!fill(gunzip, LEAST_GZIP, err)) return false;
    gunzip->is_compressed = gunzip_is_compressed(raw_bytes(gunzip));
    if (gunzip->is_compressed) {
        if (inflateInit2(&gunzip->stream, 32 + MAX_WBITS) != Z_OK)
            return error_set(err, ERROR_IO, "zlib has no memory");
        arena_defer(arena, end_stream, gunzip);
    }
    *opened = gunzip;
    return true;
}

Gunzip *gunzip_pass(Arena *arena, ByteFeed feed, size_t step_bytes)
{
    Gunzip *gunzip = ARENA_NEW(arena, Gunzip);
    *gunzip = (Gunzip){.feed = feed, .step_bytes = step_bytes};
    return gunzip;
}

static bool read_plain(Gunzip *gunzip, char *to, size_t room, size_t *n, Error *err)
{
    Str ready = raw_bytes(gunzip);
    if (ready.len == 0 && !gunzip->feed_ended) /* straight to where it is wanted */
        return gunzip->feed.read(gunzip->feed.from, to, at_most(room, gunzip->step_bytes), n, err);
    *n = at_most(room, ready.len);
    if (*n) memcpy(to, ready.data, *n);
    gunzip->taken += *n;
    return true;
}

static bool damaged(const Gunzip *gunzip, int rc, Error *err)
{
    error_set(err, ERROR_MALFORMED,
              rc == Z_BUF_ERROR ? "the compressed file ends too early, at byte %zu"
                                : "the compressed file is damaged near byte %zu",
              (size_t)gunzip->stream.total_in);
    return error_hint(err, "It may have been cut short or changed in transfer; copy it again.");
}

/* A member has ended: another may follow; anything else that does is ignored. */
static bool begin_member(Gunzip *gunzip, Error *err)
{
    if (!fill(gunzip, LEAST_GZIP, err)) return false;
    gunzip->ended = !gunzip_is_compressed(raw_bytes(gunzip)) || inflateReset(&gunzip->stream) != Z_OK;
    return true;
}

bool gunzip_read(Gunzip *gunzip, char *to, size_t room, size_t *n, Error *err)
{
    if (!gunzip->is_compressed) return read_plain(gunzip, to, room, n, err);
    z_stream *stream = &gunzip->stream;
    for (*n = 0; *n == 0 && !gunzip->ended;) {
        if (!fill(gunzip, 1, err)) return false;
        Str ready = raw_bytes(gunzip);
        size_t most = at_most(room, PIECE);
        stream->next_in = (const Bytef *)ready.data;
        stream->avail_in = (unsigned)ready.len;
        stream->next_out = (Bytef *)to;
        stream->avail_out = (unsigned)most;
        int rc = inflate(stream, Z_NO_FLUSH);
        gunzip->taken += ready.len - stream->avail_in;
        *n = most - stream->avail_out;
        gunzip->n_given += *n;
        if (gunzip->n_given > gunzip->max_bytes)
            return error_set(err, ERROR_MALFORMED, "the compressed file holds more than %zu bytes",
                             gunzip->max_bytes);
        if (rc != Z_OK && rc != Z_STREAM_END) return damaged(gunzip, rc, err);
        if (rc == Z_STREAM_END && !begin_member(gunzip, err)) return false;
    }
    return true;
}

static bool read_str(void *from, char *to, size_t room, size_t *n, Error *err)
{
    Str *rest = from;
    (void)err;
    *n = at_most(room, rest->len);
    if (*n) memcpy(to, rest->data, *n);
    *rest = str_slice(*rest, *n, rest->len);
    return true;
}

/* The last member says its length modulo 2^32: only a hint of how much room to make. Data of trials shrink to a tenth
 * or so; a file that claims more is believed only as its bytes come. */
static size_t likely_length(Str bytes, size_t max_bytes)
{
    size_t length = 0;
    for (size_t i = 0; i < 4; i++) length = length << 8 | (unsigned char)bytes.data[bytes.len - 1 - i];
    size_t most = bytes.len > SIZE_MAX / LIKELY_RATIO ? SIZE_MAX : bytes.len * LIKELY_RATIO;
    most = most < STEP_OF_WHOLE ? STEP_OF_WHOLE : most;
    return at_most(at_most(length, most), max_bytes) + 1;
}

bool gunzip(Arena *arena, Str bytes, size_t max_bytes, Str *content, Error *err)
{
    *content = bytes;
    if (!gunzip_is_compressed(bytes)) return true;
    Arena *scratch = arena_new();
    Gunzip *all;
    size_t room = likely_length(bytes, max_bytes), n = 1;
    Buf out = {.arena = arena, .data = arena_alloc(arena, room), .capacity = room};
    bool ok = gunzip_open(scratch, (ByteFeed){read_str, &bytes}, STEP_OF_WHOLE, max_bytes, &all, err);
    while (ok && n) {
        if (out.len == out.capacity) {
            out.data = arena_grow(arena, out.data, out.len, 2 * out.capacity);
            out.capacity *= 2;
        }
        ok = gunzip_read(all, out.data + out.len, out.capacity - out.len, &n, err);
        if (ok) out.len += n;
    }
    arena_free(scratch);
    *content = buf_str(&out);
    return ok;
}
