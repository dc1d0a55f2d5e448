#include "exchange/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "exchange/csv.h"
#include "exchange/gunzip.h"
#include "exchange/xpt.h"

struct Source {
    Arena *arena;
    Str folders;
    size_t n, capacity;
    SourceFile *files;
};

static bool parse_xpt(Arena *arena, Str name, Str content, Frame **frame, Error *err)
{
    XptMember *members;
    size_t n;
    return xpt_members(arena, content, &members, &n, err) &&
           xpt_parse_frame(arena, content, n > 1 ? name : STR(""), frame, err);
}

static bool parse_csv(Arena *arena, Str name, Str content, Frame **frame, Error *err)
{
    return csv_parse_frame(arena, name, content, NULL, frame, NULL, err);
}

static const struct {
    const char *ending; /* in small letters; ".gz" may follow */
    bool (*parse)(Arena *arena, Str name, Str content, Frame **frame, Error *err);
} FORMATS[] = {{".xpt", parse_xpt}, {".csv", parse_csv}};

#define N_FORMATS (sizeof FORMATS / sizeof FORMATS[0])

/* The index of a file's format, N_FORMATS for none; *stem is its name in small letters. */
static size_t format_of(Arena *arena, Str file, Str *stem)
{
    Str lower = str_lower(arena, file);
    if (str_ends(lower, STR(".gz"))) lower.len -= 3;
    size_t i = 0;
    while (i < N_FORMATS && !str_ends(lower, str_from(FORMATS[i].ending))) i++;
    if (i < N_FORMATS) *stem = str_slice(lower, 0, lower.len - strlen(FORMATS[i].ending));
    return i < N_FORMATS && stem->len == 0 ? N_FORMATS : i;
}

static bool list_folder(Source *source, Str folder, Error *err)
{
    DIR *open_folder = opendir(str_c(source->arena, folder));
    if (!open_folder) {
        error_set(err, ERROR_IO, "could not read the folder \"" STR_FMT "\": %s", STR_ARG(folder),
                  strerror(errno));
        return error_hint(err, "Name the folder that holds the data sets.");
    }
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        Str file = str_from(entry->d_name), stem;
        if (format_of(source->arena, file, &stem) == N_FORMATS) continue;
        ARENA_PUSH_ROOM(source->arena, source->files, source->n, source->capacity);
        source->files[source->n++] = (SourceFile){
            .name = stem, .path = file_join(source->arena, folder, str_copy(source->arena, file))};
    }
    closedir(open_folder);
    return true;
}

static int compare_files(const void *a, const void *b)
{
    const SourceFile *one = a, *other = b;
    int order = str_compare(one->name, other->name);
    return order ? order : str_compare(one->path, other->path);
}

/* As it stands, or beside the first. */
static Str resolve(Arena *arena, Str folder, Str first)
{
    if (file_exists(arena, folder) || first.len == 0) return folder;
    while (str_ends(first, STR("/"))) first.len--;
    Str beside = file_join(arena, file_folder(first), folder);
    return file_exists(arena, beside) ? beside : folder;
}

void source_folders(Arena *arena, Str folders, Str **paths, size_t *n)
{
    Str rest = folders, folder, after = STR("");
    size_t capacity = 0;
    *paths = NULL;
    *n = 0;
    for (bool more = true; more; rest = after) {
        more = str_cut(rest, STR(":"), &folder, &after);
        ARENA_PUSH_ROOM(arena, *paths, *n, capacity);
        (*paths)[*n] = resolve(arena, more ? folder : rest, *n ? (*paths)[0] : STR(""));
        (*n)++;
    }
}

bool source_open(Arena *arena, Str folders, Source **opened, Error *err)
{
    Str *paths;
    size_t n;
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){.arena = arena, .folders = str_copy(arena, folders)};
    source_folders(arena, source->folders, &paths, &n);
    for (size_t i = 0; i < n; i++) {
        if (!list_folder(source, paths[i], err)) return false;
    }
    if (source->n) qsort(source->files, source->n, sizeof *source->files, compare_files);
    *opened = source;
    return true;
}

static bool find_file(Source *source, Str name, SourceFile **file, Error *err)
{
    *file = NULL;
    for (size_t i = 0; i < source->n; i++) {
        if (!str_equal_fold(source->files[i].name, name)) continue;
        if (*file) {
            error_set(err, ERROR_INCONSISTENT, "there are two files of the data set \"" STR_FMT "\"",
                      STR_ARG(name));
            return error_hint(err, "Keep one of \"" STR_FMT "\" and \"" STR_FMT "\".", STR_ARG((*file)->path),
                              STR_ARG(source->files[i].path));
        }
        *file = &source->files[i];
    }
    if (*file) return true;
    error_set(err, ERROR_INCONSISTENT, "there is no data set \"" STR_FMT "\" in \"" STR_FMT "\"",
              STR_ARG(name), STR_ARG(source->folders));
    Str *names = ARENA_ARRAY(source->arena, Str, source->n);
    for (size_t i = 0; i < source->n; i++) names[i] = source->files[i].name;
    Str nearest = str_nearest(name, names, source->n);
    if (nearest.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(nearest));
    return error_hint(err, "A data set is a file NAME.xpt or NAME.csv, or one of them with .gz.");
}

static bool load(Source *source, SourceFile *file, Error *err)
{
    Str bytes, content, stem;
    Frame *frame;
    if (!file_read(source->arena, file->path, SOURCE_MAX_BYTES, &bytes, err)) return false;
    size_t format = format_of(source->arena, file_name(file->path), &stem);
    if (!gunzip(source->arena, bytes, SOURCE_MAX_BYTES, &content, err) ||
        !FORMATS[format].parse(source->arena, file->name, content, &frame, err))
        return error_in(err, STR_FMT, STR_ARG(file->path));
    frame->name = file->name;
    file->frame = frame;
    file->n_bytes = bytes.len;
    file->digest = digest_hex(source->arena, digest_of(bytes));
    return true;
}

bool source_frame(Source *source, Str name, Frame **frame, Error *err)
{
    SourceFile *file;
    if (!find_file(source, name, &file, err)) return false;
    if (!file->frame && !load(source, file, err)) return false;
    *frame = file->frame;
    return true;
}

bool source_has(const Source *source, Str name)
{
    for (size_t i = 0; i < source->n; i++)
        if (str_equal_fold(source->files[i].name, name)) return true;
    return false;
}

const SourceFile *source_files(const Source *source, size_t *n)
{
    *n = source->n;
    return source->files;
}
