#include "exchange/zip_write.h"

#include <string.h>
#include <zlib.h>

#define ROOM    ((size_t)128 * 1024)
#define LEVEL   4                     /* sheets are repetitive: higher ones cost twice the time for a tenth of the size */
#define MOST    ((uint64_t)UINT32_MAX - 1)
#define DATE    0x21                  /* 1980-01-01, the first there is: the same bytes whenever they are written */

typedef struct {
    Str name;
    uint32_t crc;
    uint64_t n_packed, n_bytes, offset;
} Entry;

struct ZipWriter {
    Arena *arena;
    Sink *sink;
    Entry *entries;
    size_t n, capacity;
    bool is_open;
    z_stream stream;
    unsigned char *buffer, *packed;
    size_t used;
};

static void end_stream(void *zip) { deflateEnd(&((ZipWriter *)zip)->stream); }

ZipWriter *zip_writer_new(Arena *arena, Sink *sink)
{
    ZipWriter *zip = ARENA_NEW(arena, ZipWriter);
    *zip = (ZipWriter){.arena = arena, .sink = sink, .buffer = arena_alloc(arena, ROOM), .packed = arena_alloc(arena, ROOM)};
    return zip;
}

static void put_little(Buf *buf, uint64_t value, int n)
{
    for (; n > 0; n--, value >>= 8) buf_char(buf, (char)(value & 255));
}

/* What the local header and the directory say alike. */
static void put_common(Buf *buf, const Entry *entry, bool is_local)
{
    put_little(buf, 20, 2);
    put_little(buf, 8 | 1 << 11, 2);  /* sizes follow; the name is UTF-8 */
    put_little(buf, 8, 2);
    put_little(buf, 0, 2);
    put_little(buf, DATE, 2);
    put_little(buf, is_local ? 0 : entry->crc, 4);
    put_little(buf, is_local ? 0 : entry->n_packed, 4);
    put_little(buf, is_local ? 0 : entry->n_bytes, 4);
    put_little(buf, entry->name.len, 2);
    put_little(buf, 0, 2);
}

static bool deflate_all(ZipWriter *zip, int flush, Error *err)
{
    Entry *entry = &zip->entries[zip->n - 1];
    z_stream *stream = &zip->stream;
    entry->crc = (uint32_t)crc32(entry->crc, zip->buffer, (uInt)zip->used);
    entry->n_bytes += zip->used;
    stream->next_in = zip->buffer, stream->avail_in = (uInt)zip->used;
    zip->used = 0;
    do {
        stream->next_out = zip->packed, stream->avail_out = (uInt)ROOM;
        deflate(stream, flush);
        size_t n = ROOM - stream->avail_out;
        entry->n_packed += n;
        if (!sink_put(zip->sink, (Str){(const char *)zip->packed, n}, err)) return false;
    } while (stream->avail_out == 0);
    if (entry->n_bytes < MOST && sink_bytes(zip->sink) < MOST) return true;
    error_set(err, ERROR_INCONSISTENT, "a sheet, or the file, takes 4 GiB or more");
    return error_hint(err, "Write fewer rows or variables, or another format.");
}

static bool end_entry(ZipWriter *zip, Error *err)
{
    if (!zip->is_open) return true;
    zip->is_open = false;
    if (!deflate_all(zip, Z_FINISH, err)) return false;
    const Entry *entry = &zip->entries[zip->n - 1];
    Buf buf = buf_new(zip->arena);
    buf_add(&buf, STR("PK\7\10"));
    put_little(&buf, entry->crc, 4);
    put_little(&buf, entry->n_packed, 4);
    put_little(&buf, entry->n_bytes, 4);
    return sink_put(zip->sink, buf_str(&buf), err);
}

bool zip_begin(ZipWriter *zip, Str name, Error *err)
{
    if (!end_entry(zip, err)) return false;
    if (zip->n == 0) {
        if (deflateInit2(&zip->stream, LEVEL, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return error_set(err, ERROR_IO, "no memory to compress");
        arena_defer(zip->arena, end_stream, zip);
    } else deflateReset(&zip->stream);
    ARENA_PUSH_ROOM(zip->arena, zip->entries, zip->n, zip->capacity);
    Entry *entry = &zip->entries[zip->n++];
    *entry = (Entry){.name = str_copy(zip->arena, name), .offset = sink_bytes(zip->sink)};
    zip->is_open = true;
    Buf buf = buf_new(zip->arena);
    buf_add(&buf, STR("PK\3\4"));
    put_common(&buf, entry, true);
    buf_add(&buf, name);
    return sink_put(zip->sink, buf_str(&buf), err);
}

bool zip_put(ZipWriter *zip, Str bytes, Error *err)
{
    while (bytes.len) {
        size_t n = ROOM - zip->used < bytes.len ? ROOM - zip->used : bytes.len;
        memcpy(zip->buffer + zip->used, bytes.data, n);
        zip->used += n;
        bytes = str_slice(bytes, n, bytes.len);
        if (zip->used == ROOM && !deflate_all(zip, Z_NO_FLUSH, err)) return false;
    }
    return true;
}

bool zip_finish(ZipWriter *zip, Error *err)
{
    if (!end_entry(zip, err)) return false;
    size_t start = sink_bytes(zip->sink);
    Buf buf = buf_new(zip->arena);
    for (size_t i = 0; i < zip->n; i++) {
        const Entry *entry = &zip->entries[i];
        buf_add(&buf, STR("PK\1\2"));
        put_little(&buf, 20, 2);
        put_common(&buf, entry, false);
        put_little(&buf, 0, 10);      /* no comment, first disk, no attributes */
        put_little(&buf, entry->offset, 4);
        buf_add(&buf, entry->name);
    }
    size_t size = buf.len;
    buf_add(&buf, STR("PK\5\6"));
    put_little(&buf, 0, 4);
    put_little(&buf, zip->n, 2);
    put_little(&buf, zip->n, 2);
    put_little(&buf, size, 4);
    put_little(&buf, start, 4);
    put_little(&buf, 0, 2);
    return sink_put(zip->sink, buf_str(&buf), err);
}
