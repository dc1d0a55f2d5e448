/* Reads src/LAYERS against every #include below src/. */
#include <dirent.h>
#include <string.h>

#include "base/file.h"
#include "test.h"

#define MAX_SOURCE ((size_t)4 << 20)

/* The line "folder: a b c" of LAYERS permits `used`. */
static bool may_include(Str layers, Str folder, Str used)
{
    if (str_equal(folder, used)) return true;
    Str line, rest = layers;
    while (str_cut(rest, STR("\n"), &line, &rest)) {
        Str name, list;
        if (!str_cut(line, STR(":"), &name, &list) || !str_equal(name, folder)) continue;
        for (size_t i = 0, start = 0; i <= list.len; i++) {
            if (i < list.len && list.data[i] != ' ') continue;
            if (str_equal(str_slice(list, start, i), used)) return true;
            start = i + 1;
        }
    }
    return false;
}

static int check_file(Test *t, Str layers, Str folder, Str path)
{
    Str content, line;
    Error err = {0};
    int n_includes = 0;
    if (!CHECK_OK(t, file_read(t->arena, path, MAX_SOURCE, &content, &err), err)) return 0;
    while (str_cut(content, STR("\n"), &line, &content)) {
        Str used, rest;
        if (!str_starts(line, STR("#include \"")) || !str_cut(str_slice(line, 10, line.len), STR("/"), &used, &rest)) continue;
        n_includes++;
        if (!may_include(layers, folder, used)) {
            Str where = str_format(t->arena, STR_FMT " says " STR_FMT, STR_ARG(path), STR_ARG(line));
            CHECK_TEXT(t, where, "an include that src/LAYERS allows");
        }
    }
    return n_includes;
}

static int check_folder(Test *t, Str layers, Str folder)
{
    const char *path = str_c(t->arena, test_source(t, str_format(t->arena, "src/" STR_FMT, STR_ARG(folder)).data));
    DIR *open_folder = opendir(path);
    int n_includes = 0;
    if (!open_folder) return 0;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        Str name = str_copy(t->arena, str_from(entry->d_name));
        if (str_ends(name, STR(".c")) || str_ends(name, STR(".h")))
            n_includes += check_file(t, layers, folder, file_join(t->arena, str_from(path), name));
    }
    closedir(open_folder);
    return n_includes;
}

static void includes_point_up_the_table(Test *t)
{
    Str layers, line, rest, name, list;
    Error err = {0};
    int n_includes = 0;
    if (!CHECK_OK(t, file_read(t->arena, test_source(t, "src/LAYERS"), MAX_SOURCE, &layers, &err), err)) return;
    rest = layers;
    while (str_cut(rest, STR("\n"), &line, &rest))
        if (!str_starts(line, STR("#")) && str_cut(line, STR(":"), &name, &list)) n_includes += check_folder(t, layers, name);
    CHECK(t, n_includes > 10);
}

static void an_include_downwards_is_refused(Test *t)
{
    Str layers = STR("base:\nmath: base\nstat: base math\n");
    CHECK(t, may_include(layers, STR("stat"), STR("math")));
    CHECK(t, may_include(layers, STR("base"), STR("base")));
    CHECK(t, !may_include(layers, STR("base"), STR("math")));
    CHECK(t, !may_include(layers, STR("stat"), STR("mat")));
}

static const char *const TAKERS[] = {"malloc(", "calloc(", "realloc(", "strdup("};

static bool takes_memory(Str source)
{
    for (size_t i = 0; i < sizeof TAKERS / sizeof TAKERS[0]; i++)
        if (str_find(source, str_from(TAKERS[i])) != SIZE_MAX) return true;
    return false;
}

static void check_memory_of_folder(Test *t, Str folder, size_t *n_takers)
{
    Str path = test_source(t, str_format(t->arena, "src/" STR_FMT, STR_ARG(folder)).data), content;
    DIR *open_folder = opendir(str_c(t->arena, path));
    Error err = {0};
    if (!open_folder) return;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        Str name = str_copy(t->arena, str_from(entry->d_name)), file = file_join(t->arena, path, name);
        if (!str_ends(name, STR(".c")) || !CHECK_OK(t, file_read(t->arena, file, MAX_SOURCE, &content, &err), err)) continue;
        if (!takes_memory(content)) continue;
        ++*n_takers;
        if (!str_ends(file, STR("base/arena.c"))) CHECK_TEXT(t, file, "the one file that takes memory, base/arena.c");
    }
    closedir(open_folder);
}

static void only_the_arena_takes_memory(Test *t)
{
    Str layers, line, name, list;
    Error err = {0};
    size_t n_takers = 0;
    if (!CHECK_OK(t, file_read(t->arena, test_source(t, "src/LAYERS"), MAX_SOURCE, &layers, &err), err)) return;
    while (str_cut(layers, STR("\n"), &line, &layers))
        if (!str_starts(line, STR("#")) && str_cut(line, STR(":"), &name, &list)) check_memory_of_folder(t, name, &n_takers);
    CHECK_INT(t, n_takers, 1);
}

static const TestCase CASES[] = {
    {"only the arena takes memory", only_the_arena_takes_memory},
    {"includes point up the table", includes_point_up_the_table},
    {"an include downwards is refused", an_include_downwards_is_refused},
};
TEST_SUITE(layers, CASES);
