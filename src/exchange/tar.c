#include "exchange/tar.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "exchange/gunzip.h"

#define BLOCK ((size_t)512)

typedef struct {
    Arena *arena;
    TarFile *files;
    size_t n, capacity, n_bytes;
} Listing;

static bool add(Listing *listing, Str name, Str content, Error *err)
{
    if (listing->n == TAR_MAX_FILES) return error_set(err, ERROR_MALFORMED, "there are more than %zu files", TAR_MAX_FILES);
    ARENA_PUSH_ROOM(listing->arena, listing->files, listing->n, listing->capacity);
    listing->files[listing->n++] = (TarFile){name, content};
    return true;
}

/* A field that ends at a NUL or its width. */
static Str field(const char *block, size_t at, size_t width)
{
    size_t len = 0;
    while (len < width && block[at + len]) len++;
    return (Str){block + at, len};
}

static bool octal(Str text, size_t *value)
{
    *value = 0;
    text = str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '7' || *value > SIZE_MAX / 16) return false;
        *value = 8 * *value + (size_t)(text.data[i] - '0');
    }
    return true;
}

/* The sum of a header's bytes, its own field counting as blanks. */
static bool sum_holds(const char *block)
{
    size_t sum = 0, stated;
    for (size_t i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? ' ' : (unsigned char)block[i];
    return octal(field(block, 148, 8), &stated) && stated == sum;
}

static bool is_zero(const char *block)
{
    for (size_t i = 0; i < BLOCK; i++)
        if (block[i]) return false;
    return true;
}

/* The path of a pax header: records "LENGTH path=NAME\n". */
static void pax_path(Str records, Str *path)
{
    while (records.len) {
        Str length, rest, key, value;
        int64_t n;
        if (!str_cut(records, STR(" "), &length, &rest) || !integer_parse(length, &n) || n <= (int64_t)length.len + 1 || (size_t)n > records.len) return;
        Str record = str_slice(records, length.len + 1, (size_t)n - 1);
        if (str_cut(record, STR("="), &key, &value) && str_equal(key, STR("path"))) *path = value;
        records = str_slice(records, (size_t)n, records.len);
    }
}

static Str name_of(Arena *arena, const char *block, Str longer)
{
    Str name = field(block, 0, 100), prefix = field(block, 345, 155);
    if (longer.len) name = longer;
    else if (memcmp(block + 257, "ustar", 5) == 0 && prefix.len && block[262] == '\0') name = file_join(arena, prefix, name);
    if (str_starts(name, STR("./"))) name = str_slice(name, 2, name.len);
    return name;
}

bool tar_parse(Arena *arena, Str bytes, TarFile **files, size_t *n, Error *err)
{
    Listing listing = {.arena = arena};
    Str longer = STR("");
    size_t at = 0, size;
    for (; at + BLOCK <= bytes.len && !is_zero(bytes.data + at); at += (size + BLOCK - 1) / BLOCK * BLOCK) {
        const char *block = bytes.data + at;
        if (!sum_holds(block) || !octal(field(block, 124, 12), &size)) return error_set(err, ERROR_MALFORMED, "the header of a file in the archive is damaged, at byte %zu", at);
        at += BLOCK;
        if (size > bytes.len - at) return error_set(err, ERROR_MALFORMED, "the archive is cut short: \"" STR_FMT "\" is not whole", STR_ARG(field(block, 0, 100)));
        Str content = str_slice(bytes, at, at + size);
        char type = block[156];
        if (type == 'x') pax_path(content, &longer);
        else if (type == 'L') longer = str_slice(content, 0, field(content.data, 0, content.len).len);
        else {
            if ((type == '0' || type == '\0') && !add(&listing, name_of(arena, block, longer), content, err)) return false;
            longer = STR("");
        }
    }
    if (at == 0) return error_set(err, ERROR_MALFORMED, "this is no tar archive");
    *files = listing.files;
    *n = listing.n;
    return true;
}

static bool read_folder(Listing *listing, Str top, Str below, bool (*wants)(Str name), int depth, Error *err);

static bool read_entry(Listing *listing, Str top, Str name, bool (*wants)(Str name), int depth, Error *err)
{
    struct stat found;
    Str path = file_join(listing->arena, top, name), content;
    if (stat(str_c(listing->arena, path), &found) != 0) return true;
    if (S_ISDIR(found.st_mode)) return read_folder(listing, top, name, wants, depth + 1, err);
    if (!S_ISREG(found.st_mode) || (wants && !wants(name))) return true;
    if (!file_read(listing->arena, path, TAR_MAX_BYTES - listing->n_bytes, &content, err)) return false;
    listing->n_bytes += content.len;
    return add(listing, name, content, err);
}

static bool read_folder(Listing *listing, Str top, Str below, bool (*wants)(Str name), int depth, Error *err)
{
    bool ok = depth < TAR_MAX_DEPTH || error_set(err, ERROR_MALFORMED, "folders in \"" STR_FMT "\" lie deeper than %d", STR_ARG(top), TAR_MAX_DEPTH);
    DIR *folder = ok ? opendir(str_c(listing->arena, below.len ? file_join(listing->arena, top, below) : top)) : NULL;
    if (ok && !folder) return error_set(err, ERROR_IO, "could not read the folder \"" STR_FMT "\"", STR_ARG(below.len ? below : top));
    for (struct dirent *entry; ok && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        Str name = str_copy(listing->arena, str_from(entry->d_name));
        ok = read_entry(listing, top, below.len ? file_join(listing->arena, below, name) : name, wants, depth, err);
    }
    if (folder) closedir(folder);
    return ok;
}

static int by_name(const void *a, const void *b) { return str_compare(((const TarFile *)a)->name, ((const TarFile *)b)->name); }

bool tar_read(Arena *arena, Str path, bool (*wants)(Str name), TarFile **files, size_t *n, Error *err)
{
    struct stat found;
    Str bytes, content;
    if (stat(str_c(arena, path), &found) == 0 && S_ISDIR(found.st_mode)) {
        Listing listing = {.arena = arena};
        if (!read_folder(&listing, path, STR(""), wants, 0, err)) return false;
        if (listing.n) qsort(listing.files, listing.n, sizeof *listing.files, by_name);
        *files = listing.files;
        *n = listing.n;
        return true;
    }
    if (!file_read(arena, path, TAR_MAX_BYTES, &bytes, err)) return false;
    if (gunzip(arena, bytes, TAR_MAX_BYTES, &content, err) && tar_parse(arena, content, files, n, err)) return true;
    return error_in(err, STR_FMT, STR_ARG(file_name(path)));
}
