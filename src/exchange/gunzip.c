#include "exchange/gunzip.h"

#define ZLIB_CONST
#include <zlib.h>

#define PIECE ((size_t)1 << 28) /* zlib counts in unsigned int */

bool gunzip_is_compressed(Str bytes)
{
    return bytes.len >= 18 && (unsigned char)bytes.data[0] == 0x1f && (unsigned char)bytes.data[1] == 0x8b;
}

/* The last member says its length modulo 2^32: only a hint of how much room to make. */
static size_t likely_length(Str bytes, size_t max_bytes)
{
    size_t length = 0;
    for (size_t i = 0; i < 4; i++) length = length << 8 | (unsigned char)bytes.data[bytes.len - 1 - i];
    size_t most =
        bytes.len > SIZE_MAX / 1100 ? SIZE_MAX : bytes.len * 1100; /* deflate's best ratio is 1,032 */
    if (length > most) length = most;
    return length < max_bytes ? length + 1 : max_bytes + 1;
}

static unsigned at_most(size_t n) { return (unsigned)(n < PIECE ? n : PIECE); }

static int inflate_all(z_stream *stream, Arena *arena, Str bytes, size_t max_bytes, Buf *out)
{
    int rc = Z_OK;
    size_t given = 0;
    while (out->len <= max_bytes) {
        if (stream->avail_in == 0) {
            stream->next_in = (const Bytef *)bytes.data + given;
            stream->avail_in = at_most(bytes.len - given);
            given += stream->avail_in;
        }
        if (out->len == out->capacity) {
            out->data = arena_grow(arena, out->data, out->len, 2 * out->capacity);
            out->capacity *= 2;
        }
        unsigned room = at_most(out->capacity - out->len);
        stream->next_out = (Bytef *)out->data + out->len;
        stream->avail_out = room;
        rc = inflate(stream, Z_NO_FLUSH);
        out->len += room - stream->avail_out;
        if (rc == Z_STREAM_END) {
            Str rest = str_slice(bytes, given - stream->avail_in, bytes.len);
            if (!gunzip_is_compressed(rest) || inflateReset(stream) != Z_OK) return Z_STREAM_END;
        } else if (rc != Z_OK) {
            return rc;
        }
    }
    return rc;
}

bool gunzip(Arena *arena, Str bytes, size_t max_bytes, Str *content, Error *err)
{
    *content = bytes;
    if (!gunzip_is_compressed(bytes)) return true;
    z_stream stream = {0};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return error_set(err, ERROR_IO, "zlib has no memory");
    size_t room = likely_length(bytes, max_bytes);
    Buf out = {.arena = arena, .data = arena_alloc(arena, room), .capacity = room};
    int rc = inflate_all(&stream, arena, bytes, max_bytes, &out);
    size_t read = stream.total_in;
    inflateEnd(&stream);
    if (out.len > max_bytes)
        return error_set(err, ERROR_MALFORMED, "the compressed file holds more than %zu bytes", max_bytes);
    if (rc == Z_STREAM_END) {
        *content = buf_str(&out);
        return true;
    }
    error_set(err, ERROR_MALFORMED,
              rc == Z_BUF_ERROR ? "the compressed file ends too early, at byte %zu"
                                : "the compressed file is damaged near byte %zu",
              read);
    return error_hint(err, "It may have been cut short or changed in transfer; copy it again.");
}
