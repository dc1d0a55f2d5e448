#include "exchange/zip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "base/file.h"

#define END_SIZE      ((size_t)22)     /* of the record at the end, without its comment */
#define LOCATOR_SIZE  ((size_t)20)
#define END64_SIZE    ((size_t)56)
#define ENTRY_SIZE    ((size_t)46)
#define LOCAL_SIZE    ((size_t)30)
#define MOST_COMMENT  ((size_t)65535)
#define PIECE         ((size_t)64 * 1024)

struct Zip {
    Arena *arena;
    FILE *file;                       /* NULL: in memory */
    Str path, content;
    size_t size;
    ZipEntry *entries;
    size_t n;
    size_t n_given;                   /* bytes of all entries, as they came */
};

static uint64_t number_at(const unsigned char *bytes, size_t n)
{
    uint64_t value = 0;
    while (n--) value = value << 8 | bytes[n];
    return value;
}

static bool malformed(Error *err, const char *what)
{
    error_set(err, ERROR_MALFORMED, "%s", what);
    return error_hint(err, "It may have been cut short or changed in transfer; copy it again, as binary.");
}

static bool read_at(Zip *zip, size_t at, void *to, size_t n, Error *err)
{
    if (n > zip->size || at > zip->size - n) return malformed(err, "the zip archive points beyond its end");
    if (!zip->file) {
        if (n) memcpy(to, zip->content.data + at, n);
        return true;
    }
    if (fseeko(zip->file, (off_t)at, SEEK_SET) == 0 && fread(to, 1, n, zip->file) == n) return true;
    return error_set(err, ERROR_IO, "could not read \"" STR_FMT "\": %s", STR_ARG(zip->path), ferror(zip->file) ? strerror(errno) : "it ended");
}

/* --- the directory --- */

typedef struct {
    uint64_t n_entries, size, offset;
    bool one_disk;
} Directory;

static bool read_end64(Zip *zip, size_t end, Directory *directory, Error *err)
{
    unsigned char bytes[END64_SIZE];
    if (end < LOCATOR_SIZE) return true;
    if (!read_at(zip, end - LOCATOR_SIZE, bytes, LOCATOR_SIZE, err)) return false;
    if (memcmp(bytes, "PK\6\7", 4) != 0) return true;
    uint64_t at = number_at(bytes + 8, 8);
    if (at > zip->size || !read_at(zip, (size_t)at, bytes, END64_SIZE, err)) return malformed(err, "the zip archive points beyond its end");
    if (memcmp(bytes, "PK\6\6", 4) != 0) return malformed(err, "the zip archive has no directory where it says");
    *directory = (Directory){number_at(bytes + 32, 8), number_at(bytes + 40, 8), number_at(bytes + 48, 8), number_at(bytes + 16, 4) == 0};
    return true;
}

/* The record at the end, before a comment of any length. */
static bool find_directory(Zip *zip, Directory *directory, Error *err)
{
    size_t n = zip->size < END_SIZE + MOST_COMMENT ? zip->size : END_SIZE + MOST_COMMENT;
    Arena *scratch = arena_new();
    unsigned char *tail = arena_alloc(scratch, n + 1);
    bool ok = read_at(zip, zip->size - n, tail, n, err), found = false;
    for (size_t i = n; ok && !found && i-- >= END_SIZE;) {
        const unsigned char *end = tail + i + 1 - END_SIZE;
        if (memcmp(end, "PK\5\6", 4) != 0) continue;
        found = true;
        *directory = (Directory){number_at(end + 10, 2), number_at(end + 12, 4), number_at(end + 16, 4), number_at(end + 4, 2) == 0 || number_at(end + 4, 2) == 0xFFFF};
        ok = read_end64(zip, zip->size - n + i + 1 - END_SIZE, directory, err);
    }
    arena_free(scratch);
    return ok && (found || malformed(err, "the zip archive has no directory at its end"));
}

/* Sizes of four bytes that did not suffice stand in a field of their own, in this order. */
static void read_extra(ZipEntry *entry, const unsigned char *extra, size_t n)
{
    size_t *const WIDE[] = {&entry->n_bytes, &entry->n_packed, &entry->offset};
    while (n >= 4) {
        size_t kind = number_at(extra, 2), size = number_at(extra + 2, 2);
        extra += 4, n -= 4;
        if (size > n) return;
        for (size_t i = 0, at = 0; kind == 1 && i < 3; i++)
            if (*WIDE[i] == UINT32_MAX && at + 8 <= size) *WIDE[i] = (size_t)number_at(extra + at, 8), at += 8;
        extra += size, n -= size;
    }
}

static bool read_directory(Zip *zip, Error *err)
{
    Directory directory = {0};
    if (!find_directory(zip, &directory, err)) return false;
    if (!directory.one_disk) return malformed(err, "the zip archive is one of several disks");
    if (directory.n_entries > ZIP_MAX_ENTRIES || directory.size > ZIP_MAX_DIRECTORY)
        return error_set(err, ERROR_MALFORMED, "the zip archive has more than %d entries", ZIP_MAX_ENTRIES);
    size_t n = (size_t)directory.size;
    unsigned char *bytes = arena_alloc(zip->arena, n + 1);
    if (directory.offset > zip->size || !read_at(zip, (size_t)directory.offset, bytes, n, err)) return malformed(err, "the zip archive points beyond its end");
    zip->entries = ARENA_ARRAY(zip->arena, ZipEntry, directory.n_entries + 1);
    for (size_t at = 0; zip->n < directory.n_entries; zip->n++) {
        const unsigned char *record = bytes + at;
        if (n - at < ENTRY_SIZE || memcmp(record, "PK\1\2", 4) != 0) return malformed(err, "the directory of the zip archive is damaged");
        size_t n_name = number_at(record + 28, 2), n_extra = number_at(record + 30, 2), n_comment = number_at(record + 32, 2);
        if (n - at - ENTRY_SIZE < n_name + n_extra + n_comment) return malformed(err, "the directory of the zip archive is damaged");
        ZipEntry *entry = &zip->entries[zip->n];
        *entry = (ZipEntry){.name = {(const char *)record + ENTRY_SIZE, n_name}, .method = (unsigned)number_at(record + 10, 2), .is_encrypted = record[8] & 1,
                            .crc = (uint32_t)number_at(record + 16, 4), .n_packed = number_at(record + 20, 4), .n_bytes = number_at(record + 24, 4), .offset = number_at(record + 42, 4)};
        read_extra(entry, record + ENTRY_SIZE + n_name, n_extra);
        at += ENTRY_SIZE + n_name + n_extra + n_comment;
    }
    return true;
}

static void release(void *zip) { fclose(((Zip *)zip)->file); }

bool zip_open(Arena *arena, Str path, Zip **opened, Error *err)
{
    Zip *zip = ARENA_NEW(arena, Zip);
    *zip = (Zip){.arena = arena, .path = str_copy(arena, path)};
    *opened = zip;
    if (str_equal(path, STR("-"))) {
        error_set(err, ERROR_USAGE, "a zip archive is read from its end, and standard input has none yet");
        return error_hint(err, "Write it to a file first.");
    }
    if (!file_open(arena, path, &zip->file, err)) return false;
    arena_defer(arena, release, zip);
    off_t size = fseeko(zip->file, 0, SEEK_END) == 0 ? ftello(zip->file) : -1;
    if (size < 0) return error_set(err, ERROR_IO, "could not read \"" STR_FMT "\": %s", STR_ARG(path), strerror(errno));
    zip->size = (size_t)size;
    return read_directory(zip, err);
}

bool zip_of(Arena *arena, Str content, Zip **opened, Error *err)
{
    Zip *zip = ARENA_NEW(arena, Zip);
    *zip = (Zip){.arena = arena, .content = content, .size = content.len};
    *opened = zip;
    return read_directory(zip, err);
}

const ZipEntry *zip_entries(const Zip *zip, size_t *n)
{
    *n = zip->n;
    return zip->entries;
}

const ZipEntry *zip_find(const Zip *zip, Str name)
{
    for (size_t i = 0; i < zip->n; i++)
        if (str_equal_fold(zip->entries[i].name, name)) return &zip->entries[i];
    return NULL;
}

/* --- an entry --- */

typedef struct {
    Zip *zip;
    const ZipEntry *entry;
    size_t at, left;                  /* compressed bytes, in the file */
    size_t n_given;
    uLong crc;
    bool is_over;
    z_stream stream;
    unsigned char raw[PIECE];
} Unpacking;

static void end_stream(void *unpacking) { inflateEnd(&((Unpacking *)unpacking)->stream); }

static bool damaged(const Unpacking *unpacking, const char *what, Error *err)
{
    malformed(err, what);
    return error_in(err, "entry \"" STR_FMT "\"", STR_ARG(unpacking->entry->name));
}

static bool take_raw(Unpacking *unpacking, unsigned char *to, size_t room, size_t *n, Error *err)
{
    *n = unpacking->left < room ? unpacking->left : room;
    if (!read_at(unpacking->zip, unpacking->at, to, *n, err)) return false;
    unpacking->at += *n, unpacking->left -= *n;
    return true;
}

static bool inflate_some(Unpacking *unpacking, char *to, size_t room, size_t *n, Error *err)
{
    z_stream *stream = &unpacking->stream;
    stream->next_out = (Bytef *)to;
    stream->avail_out = (unsigned)(room < PIECE * 16 ? room : PIECE * 16);
    size_t most = stream->avail_out;
    for (*n = 0; *n == 0 && !unpacking->is_over; *n = most - stream->avail_out) {
        if (stream->avail_in == 0) {
            size_t got;
            if (!take_raw(unpacking, unpacking->raw, PIECE, &got, err)) return false;
            stream->next_in = unpacking->raw, stream->avail_in = (unsigned)got;
        }
        int rc = inflate(stream, Z_NO_FLUSH);
        unpacking->is_over = rc == Z_STREAM_END;
        if (rc != Z_OK && rc != Z_STREAM_END) return damaged(unpacking, rc == Z_BUF_ERROR ? "a compressed entry ends too early" : "a compressed entry is damaged", err);
    }
    return true;
}

static bool check_limits(Unpacking *unpacking, size_t n, Error *err)
{
    const ZipEntry *entry = unpacking->entry;
    unpacking->n_given += n;
    unpacking->zip->n_given += n;
    bool is_bomb = unpacking->n_given > ZIP_FREE_BYTES && unpacking->n_given / ZIP_MAX_RATIO > entry->n_packed;
    if (!is_bomb && unpacking->zip->n_given <= ZIP_MAX_TOTAL) return true;
    if (is_bomb) error_set(err, ERROR_MALFORMED, "%zu compressed bytes hold more than %zu times as many", entry->n_packed, ZIP_MAX_RATIO);
    else error_set(err, ERROR_MALFORMED, "the zip archive holds more than %zu GiB", ZIP_MAX_TOTAL >> 30);
    return error_in(err, "entry \"" STR_FMT "\"", STR_ARG(entry->name));
}

static bool unpack(void *from, char *to, size_t room, size_t *n, Error *err)
{
    Unpacking *unpacking = from;
    const ZipEntry *entry = unpacking->entry;
    bool ok = entry->method == 0 ? take_raw(unpacking, (unsigned char *)to, room, n, err) : inflate_some(unpacking, to, room, n, err);
    if (!ok || !check_limits(unpacking, *n, err)) return false;
    unpacking->crc = crc32(unpacking->crc, (const Bytef *)to, (unsigned)*n);
    if (*n) return true;
    return (unpacking->n_given == entry->n_bytes && (uint32_t)unpacking->crc == entry->crc) || damaged(unpacking, "an entry is not what its check sum says", err);
}

bool zip_bytes(Arena *arena, Zip *zip, const ZipEntry *entry, Bytes **bytes, Error *err)
{
    unsigned char local[LOCAL_SIZE];
    Unpacking *unpacking = ARENA_NEW(arena, Unpacking);
    *unpacking = (Unpacking){.zip = zip, .entry = entry, .left = entry->n_packed};
    if (entry->is_encrypted) return damaged(unpacking, "the entry is encrypted", err) || error_hint(err, "Save the file without a password.");
    if (entry->method != 0 && entry->method != 8) return damaged(unpacking, "the entry is compressed by another method than deflate", err);
    if (!read_at(zip, entry->offset, local, LOCAL_SIZE, err)) return false;
    if (memcmp(local, "PK\3\4", 4) != 0) return damaged(unpacking, "there is no entry where the directory says", err);
    unpacking->at = entry->offset + LOCAL_SIZE + number_at(local + 26, 2) + number_at(local + 28, 2);
    if (unpacking->at > zip->size || unpacking->left > zip->size - unpacking->at) return damaged(unpacking, "the zip archive points beyond its end", err);
    if (entry->method == 8) {
        if (inflateInit2(&unpacking->stream, -MAX_WBITS) != Z_OK) return error_set(err, ERROR_IO, "zlib has no memory");
        arena_defer(arena, end_stream, unpacking);
    }
    *bytes = bytes_of_feed(arena, (ByteFeed){unpack, unpacking});
    return true;
}
