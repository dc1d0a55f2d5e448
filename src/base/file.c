#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_open(Arena *arena, Str path, FILE **file, Error *err)
{
    *file = str_equal(path, STR("-")) ? stdin : fopen(str_c(arena, path), "rb");
    if (*file) return true;
    error_set(err, ERROR_IO, "could not open \"" STR_FMT "\": %s", STR_ARG(path), strerror(errno));
    return error_hint(err, "Check the name and the permissions of the file.");
}

bool file_read(Arena *arena, Str path, size_t max_bytes, Str *content, Error *err)
{
    FILE *file;
    if (!file_open(arena, path, &file, err)) return false;
    size_t capacity = 64 * 1024, len = 0;
    struct stat status;
    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
        (uintmax_t)status.st_size <= max_bytes)
        capacity = (size_t)status.st_size + 1;
    char *data = arena_alloc(arena, capacity);
    bool failed = false;
    while (!failed && len <= max_bytes) {
        if (len == capacity) {
            data = arena_grow(arena, data, len, 2 * capacity);
            capacity *= 2;
        }
        size_t got = fread(data + len, 1, capacity - len, file);
        len += got;
        failed = ferror(file);
        if (got == 0) break;
    }
    int why = errno;
    if (file != stdin) fclose(file);
    if (failed) {
        error_set(err, ERROR_IO, "could not read \"" STR_FMT "\": %s", STR_ARG(path), strerror(why));
        return error_hint(err, why == EISDIR ? "Name a file, not its folder."
                                             : "Check the disk and the permissions of the file.");
    }
    if (len > max_bytes)
        return error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is larger than %zu bytes", STR_ARG(path),
                         max_bytes);
    *content = (Str){data, len};
    return true;
}

/* A new file of our own: what lies there, a link above all, is taken away and never written through. */
static FILE *open_partial(const char *path)
{
    if (unlink(path) != 0 && errno != ENOENT) return NULL;
    int descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (!file && descriptor >= 0) close(descriptor);
    return file;
}

bool file_write(Arena *arena, Str path, Str content, Error *err)
{
    const char *final = str_c(arena, path);
    const char *partial = str_format(arena, STR_FMT ".tmp", STR_ARG(path)).data;
    FILE *file = open_partial(partial);
    bool written = file && fwrite(content.data, 1, content.len, file) == content.len;
    written = written && fflush(file) == 0 && fsync(fileno(file)) == 0;
    int why = errno;
    if (file && fclose(file) != 0 && written) {
        written = false;
        why = errno;
    }
    if (written && rename(partial, final) == 0) return true;
    if (written) why = errno;
    if (file) unlink(partial);
    error_set(err, ERROR_IO, "could not write \"%s\": %s", final, strerror(why));
    return error_hint(err,
                      "Check that the folder exists, that it may be written and that the disk has room.");
}

bool file_exists(Arena *arena, Str path)
{
    struct stat status;
    return stat(str_c(arena, path), &status) == 0;
}

bool file_folder_is_empty(Arena *arena, Str path)
{
    DIR *folder = opendir(str_c(arena, path));
    bool is_empty = true;
    if (!folder) return true;
    for (struct dirent *entry; is_empty && (entry = readdir(folder));)
        is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(folder);
    return is_empty;
}

static size_t last_slash(Str path)
{
    size_t i = path.len;
    while (i > 0 && path.data[i - 1] != '/') i--;
    return i; /* 1 + its position, 0 for none */
}

Str file_name(Str path) { return str_slice(path, last_slash(path), path.len); }

Str file_stem(Str path)
{
    Str name = file_name(path), stem, ending;
    return str_cut(name, STR("."), &stem, &ending) ? stem : name;
}

Str file_folder(Str path)
{
    size_t slash = last_slash(path);
    if (slash == 0) return STR(".");
    return slash == 1 ? STR("/") : str_slice(path, 0, slash - 1);
}

Str file_join(Arena *arena, Str folder, Str name)
{
    if (str_starts(name, STR("/"))) return name;
    return str_format(arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(name));
}

bool file_make_folder(Arena *arena, Str path, Error *err)
{
    if (path.len == 0 || file_exists(arena, path)) return true;
    if (!file_make_folder(arena, file_folder(path), err)) return false;
    if (mkdir(str_c(arena, path), 0777) == 0 || errno == EEXIST) return true;
    return error_set(err, ERROR_IO, "could not make the folder \"" STR_FMT "\": %s", STR_ARG(path),
                     strerror(errno));
}
