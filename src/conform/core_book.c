#include "conform/core_book.h"

#include <stdlib.h>

#include "base/file.h"

static bool is_rule_file(Str name) { return str_ends(name, STR(".yml")) || str_ends(name, STR(".yaml")); }

static int by_id(const void *a, const void *b) { return str_compare(((const CoreRule *)a)->id, ((const CoreRule *)b)->id); }

static void read_rule(Arena *arena, const TarFile *file, CoreBook *book)
{
    Error err = {0};
    CoreRule *rule = &book->rules[book->n];
    if (core_rule_read(arena, file->content, rule, &err)) {
        rule->file = file->name;
        core_rule_judge(arena, rule);
        book->n++;
        return;
    }
    book->bad_names[book->n_bad] = file->name;
    book->bad_errors[book->n_bad++] = err;
}

bool core_book_read(Arena *arena, Str path, bool with_cases, CoreBook *book, Error *err)
{
    size_t n_rules = 0;
    *book = (CoreBook){0};
    if (!tar_read(arena, path, with_cases ? NULL : is_rule_file, &book->files, &book->n_files, err)) return false;
    for (size_t i = 0; i < book->n_files; i++) n_rules += is_rule_file(book->files[i].name);
    book->rules = ARENA_ARRAY(arena, CoreRule, n_rules + 1);
    book->bad_names = ARENA_ARRAY(arena, Str, n_rules + 1);
    book->bad_errors = ARENA_ARRAY(arena, Error, n_rules + 1);
    for (size_t i = 0; i < book->n_files; i++)
        if (is_rule_file(book->files[i].name)) read_rule(arena, &book->files[i], book);
    if (n_rules == 0) {
        error_set(err, ERROR_INCONSISTENT, "there is no rule in \"" STR_FMT "\"", STR_ARG(path));
        return error_hint(err, "Name a folder or a tar archive of CORE rules, each in a file rule.yml.");
    }
    qsort(book->rules, book->n, sizeof *book->rules, by_id);
    return true;
}

bool core_rule_is_of(const CoreRule *rule, Str standard, Str version)
{
    for (size_t i = 0; i < rule->n_standards; i++) {
        const CoreStandard *of = &rule->standards[i];
        if (!str_equal_fold(of->name, standard)) continue;
        if (version.len == 0 || str_equal(of->version, version)) return true;
        if (of->version.len != version.len) continue;
        size_t at = 0;
        while (at < version.len && (of->version.data[at] == version.data[at] || (of->version.data[at] == '.' && version.data[at] == '-'))) at++;
        if (at == version.len) return true;
    }
    return false;
}
