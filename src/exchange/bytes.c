#include "exchange/bytes.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

struct BytesSource {
    Gunzip *gunzip;
    Arena *room; /* holds the buffer alone */
    char *buffer;
    size_t capacity, window_bytes;
    Str rest; /* of memory */
    FILE *file;
    Str path;
    size_t n_read, max_bytes, file_size;
    bool is_regular;
};

typedef struct BytesSource Source;

static bool read_memory(void *from, char *to, size_t room, size_t *n, Error *err)
{
    Source *source = from;
    (void)err;
    *n = room < source->rest.len ? room : source->rest.len;
    if (*n) memcpy(to, source->rest.data, *n);
    source->rest = str_slice(source->rest, *n, source->rest.len);
    return true;
}

static bool read_file(void *from, char *to, size_t room, size_t *n, Error *err)
{
    Source *source = from;
    *n = fread(to, 1, room, source->file);
    if (*n == 0 && ferror(source->file))
        return error_set(err, ERROR_IO, "could not read \"" STR_FMT "\": %s", STR_ARG(source->path),
                         strerror(errno));
    source->n_read += *n;
    if (source->n_read > source->max_bytes || source->file_size > source->max_bytes)
        return error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is larger than %zu bytes",
                         STR_ARG(source->path), source->max_bytes);
    return true;
}

static void release(void *from)
{
    Source *source = from;
    if (source->file && source->file != stdin) fclose(source->file);
    arena_free(source->room);
}

static Source *new_source(Arena *arena, size_t window_bytes, size_t max_bytes)
{
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){.window_bytes = window_bytes ? window_bytes : BYTES_WINDOW, .max_bytes = max_bytes};
    arena_defer(arena, release, source);
    return source;
}

static void begin_window(Arena *arena, Source *source, Bytes **bytes)
{
    source->room = arena_new();
    source->capacity = source->window_bytes;
    source->buffer = arena_alloc(source->room, source->capacity);
    *bytes = ARENA_NEW(arena, Bytes);
    **bytes = (Bytes){.window = {source->buffer, 0}, .source = source};
}

static bool begin(Arena *arena, Source *source, ByteFeed feed, Bytes **bytes, Error *err)
{
    if (!gunzip_open(arena, feed, source->window_bytes, source->max_bytes, &source->gunzip, err))
        return false;
    begin_window(arena, source, bytes);
    return true;
}

Bytes *bytes_of(Arena *arena, Str content)
{
    Bytes *bytes = ARENA_NEW(arena, Bytes);
    *bytes = (Bytes){.window = content.len ? content : STR(""), .at_end = true, .is_whole = true};
    return bytes;
}

bool bytes_of_pieces(Arena *arena, Str content, size_t window_bytes, size_t max_bytes, Bytes **bytes,
                     Error *err)
{
    Source *source = new_source(arena, window_bytes, max_bytes);
    source->rest = content;
    return begin(arena, source, (ByteFeed){read_memory, source}, bytes, err);
}

Bytes *bytes_of_feed(Arena *arena, ByteFeed feed)
{
    Bytes *bytes;
    Source *source = new_source(arena, 0, SIZE_MAX);
    source->gunzip = gunzip_pass(arena, feed, source->window_bytes);
    begin_window(arena, source, &bytes);
    return bytes;
}

bool bytes_open(Arena *arena, Str path, size_t window_bytes, size_t max_bytes, Bytes **bytes, Error *err)
{
    Source *source = new_source(arena, window_bytes, max_bytes);
    struct stat status;
    source->path = str_copy(arena, path);
    if (!file_open(arena, path, &source->file, err)) return false;
    if (source->file != stdin) setvbuf(source->file, NULL, _IONBF, 0);
    if (fstat(fileno(source->file), &status) == 0 && S_ISREG(status.st_mode)) {
        source->is_regular = source->file != stdin;
        source->file_size = status.st_size > 0 ? (size_t)status.st_size : 0;
    }
    return begin(arena, source, (ByteFeed){read_file, source}, bytes, err);
}

size_t bytes_file_size(const Bytes *bytes)
{
    return bytes->is_whole ? bytes->window.len : bytes->source->file_size;
}

size_t bytes_file_read(const Bytes *bytes)
{
    return bytes->is_whole ? bytes->window.len : bytes->source->n_read;
}

static void grow_buffer(Source *source, size_t used)
{
    Arena *room = arena_new();
    char *buffer = arena_alloc(room, 2 * source->capacity);
    memcpy(buffer, source->buffer, used);
    arena_free(source->room);
    source->room = room;
    source->buffer = buffer;
    source->capacity *= 2;
}

bool bytes_slide(Bytes *bytes, size_t from, size_t to, Error *err)
{
    Source *source = bytes->source;
    if (bytes->at_end) return true;
    assert(from >= bytes->start && from <= bytes_seen(bytes));
    size_t len = bytes_seen(bytes) - from;
    memmove(source->buffer, bytes->window.data + (from - bytes->start), len);
    bytes->start = from;
    while (len < to - from && !bytes->at_end) {
        size_t n;
        if (len == source->capacity) grow_buffer(source, len);
        bytes->window = (Str){source->buffer, len};
        if (!gunzip_read(source->gunzip, source->buffer + len, source->capacity - len, &n, err)) return false;
        len += n;
        bytes->at_end = n == 0;
    }
    bytes->window = (Str){source->buffer, len};
    return true;
}

bool bytes_count(Bytes *bytes, size_t *n, Error *err)
{
    while (!bytes->at_end)
        if (!bytes_slide(bytes, bytes_seen(bytes), bytes_seen(bytes) + 1, err)) return false;
    *n = bytes_seen(bytes);
    return true;
}

bool bytes_keep(Arena *arena, Bytes **bytes, Error *err)
{
    if ((*bytes)->is_whole || (*bytes)->source->is_regular) return true;
    if (!bytes_see(*bytes, 0, SIZE_MAX, err)) return false;
    *bytes = bytes_of(arena, (*bytes)->window);
    return true;
}

bool bytes_again(Arena *arena, Bytes **bytes, Error *err)
{
    const Source *source = (*bytes)->source;
    return (*bytes)->is_whole ||
           bytes_open(arena, source->path, source->window_bytes, source->max_bytes, bytes, err);
}
