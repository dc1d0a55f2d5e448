/* The cases that come with rules: run, and compared finding by finding. */
#include <stdlib.h>

#include "base/file.h"
#include "conform/core_book.h"
#include "exchange/csv.h"

/* Findings as texts "AE|3|AETERM|value", to be counted. */
typedef struct {
    Arena *arena;
    Map found;
    size_t n, n_asked;
} Tally;

static int by_text(const void *a, const void *b) { return str_compare(*(const Str *)a, *(const Str *)b); }

/* The items of "['b', None, 'a']" in order, since a set has none of its own. */
static Str plain_list(Arena *arena, Str list)
{
    Str rest = str_slice(list, 1, list.len - 1), *items = ARENA_ARRAY(arena, Str, list.len + 1), item;
    size_t n = 0;
    Buf buf = buf_new(arena);
    for (bool more = rest.len > 0; more; items[n++] = str_trim(item)) {
        Str after;
        more = str_cut(rest, STR(","), &item, &after);
        if (!more) item = rest;
        rest = after;
    }
    if (n) qsort(items, n, sizeof *items, by_text);
    for (size_t i = 0; i < n; i++) buf_format(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(items[i]));
    return buf_str(&buf);
}

/* "101.0" is 101, "null" is nothing, "True" is true; line ends and blanks around do not count. */
static Str plain_value(Arena *arena, Str value)
{
    double number;
    value = str_trim(value);
    if (str_equal(value, STR("null")) || str_equal(value, STR("None"))) return STR("");
    if (str_equal(value, STR("True")) || str_equal(value, STR("False"))) return str_lower(arena, value);
    if (value.len >= 2 && value.data[0] == '[' && value.data[value.len - 1] == ']') return plain_list(arena, value);
    if (!number_parse(value, &number)) return value;
    Buf buf = buf_new(arena);
    buf_number(&buf, number);
    return buf_str(&buf);
}

static void tally(Tally *to, Str data_set, Str record, Str variable, Str value)
{
    Str key = str_format(to->arena, STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT, STR_ARG(data_set), STR_ARG(record), STR_ARG(variable), STR_ARG(plain_value(to->arena, value)));
    map_put(&to->found, key, NULL)->index++;
    to->n++;
}

static void take_hit(void *to, const CoreHit *hit)
{
    Tally *found = to;
    Str record = hit->record ? str_format(found->arena, "%zu", hit->record) : STR("");
    for (size_t i = 0; i < hit->n; i++) tally(found, str_copy(found->arena, hit->data_set), record, str_copy(found->arena, hit->names[i]), str_copy(found->arena, hit->values[i]));
}

static void take_asked(void *to, const CoreRule *rule, Str data_set, Str skipped)
{
    Tally *found = to;
    (void)rule, (void)data_set;
    found->n_asked += skipped.len == 0;
}

static bool read_expected(Tally *expected, Str content, Error *err)
{
    CsvReader *reader;
    CsvRow row;
    bool found = true;
    if (!csv_open(expected->arena, content, &(CsvOptions){.separator = ','}, &reader, err)) return false;
    while (found) {
        if (!csv_next(reader, &row, &found, err)) return false;
        if (found && row.n >= 4 && row.fields[2].len) tally(expected, str_copy(expected->arena, row.fields[0]), str_copy(expected->arena, row.fields[1]), str_copy(expected->arena, row.fields[2]), str_copy(expected->arena, row.fields[3]));
    }
    return true;
}

/* "AE|3|" of "AE|3|AETERM|Fever". */
static Str record_of(Str key)
{
    size_t at = 0;
    for (int n_bars = 0; at < key.len && n_bars < 2; at++) n_bars += key.data[at] == '|';
    return str_slice(key, 0, at);
}

static bool has_record(const Map *map, Str record)
{
    for (size_t i = 0; i < map->n; i++)
        if (str_starts(map->entries[i].key, record)) return true;
    return false;
}

/* The first finding that the other side lacks. Some results list variables that are not there, some do not: such a line
 * is no difference when the other side has the record. */
static const MapEntry *first_without(const Map *map, const Map *other)
{
    for (size_t i = 0; i < map->n; i++) {
        Str key = map->entries[i].key;
        if (map_get(other, key) || (str_ends(key, STR("|" CORE_NOT_IN_DATASET)) && has_record(other, record_of(key)))) continue;
        return &map->entries[i];
    }
    return NULL;
}

static void compare(Arena *arena, const Tally *expected, const Tally *found, CoreCase *result)
{
    const MapEntry *missed = first_without(&expected->found, &found->found), *extra = first_without(&found->found, &expected->found);
    result->n_expected = expected->found.n;
    result->n_found = found->found.n;
    result->outcome = missed || extra ? CASE_DIFFERS : CASE_AGREES;
    if (missed) result->why = str_format(arena, "not found: " STR_FMT, STR_ARG(missed->key));
    else if (extra) result->why = str_format(arena, "not expected: " STR_FMT, STR_ARG(extra->key));
}

/* The files of one case: those whose names begin with its folder. */
static void run_case(Arena *arena, const CoreRule *rule, const TarFile *files, size_t n, Str folder, CoreCase *result)
{
    Str data = str_format(arena, STR_FMT "/data/", STR_ARG(folder)), results = str_format(arena, STR_FMT "/results/results.csv", STR_ARG(folder));
    Str *names = ARENA_ARRAY(arena, Str, n + 1), *texts = ARENA_ARRAY(arena, Str, n + 1);
    Tally expected = {.arena = arena, .found = map_new(arena)}, found = expected;
    found.found = map_new(arena);
    DataFolder sets;
    Error err = {0};
    size_t n_texts = 0;
    bool has_results = false;
    for (size_t i = 0; i < n; i++) {
        if (str_starts(files[i].name, data)) {
            names[n_texts] = file_name(files[i].name);
            texts[n_texts++] = files[i].content;
        }
        if (!str_equal(files[i].name, results)) continue;
        has_results = true;
        if (!read_expected(&expected, files[i].content, &err)) result->why = str_format(arena, "%s: %s", err.place, err.message);
    }
    result->outcome = CASE_NOT_RUN;
    if (!has_results) result->why = STR("no results come with the case");
    if (rule->unsupported.len) result->why = str_format(arena, "not supported: " STR_FMT, STR_ARG(rule->unsupported));
    if (result->why.len) return;
    CoreSink sink = {.to = &found, .hit = take_hit, .asked = take_asked};
    Arena *scratch = arena_new();
    bool ok = data_folder_of_texts(arena, names, texts, n_texts, &sets, &err) && core_rule_run(scratch, rule, &sets, &sink, &err);
    arena_free(scratch);
    result->was_asked = found.n_asked > 0;
    if (ok) compare(arena, &expected, &found, result);
    else result->why = str_format(arena, "%s%s%s", err.place, err.place[0] ? ": " : "", err.message);
}

/* "X/CORE-000055/negative/01/data/ae.csv" is of the case "X/CORE-000055/negative/01". */
static bool case_folder(Str name, Str *rule_folder, Str *folder)
{
    Str data = file_folder(name), number = file_folder(data), kind = file_folder(number);
    if (!str_equal(file_name(data), STR("data"))) return false;
    if (!str_equal(file_name(kind), STR("positive")) && !str_equal(file_name(kind), STR("negative"))) return false;
    *folder = number;
    *rule_folder = file_folder(kind);
    return true;
}

void core_book_test(Arena *arena, const CoreBook *book, CoreCase **cases, size_t *n)
{
    Map rules = map_new(arena), seen = map_new(arena);     /* by folder; those met */
    size_t capacity = 0;
    *n = 0;
    *cases = NULL;
    for (size_t i = 0; i < book->n; i++) map_put(&rules, file_folder(book->rules[i].file), NULL)->index = i;
    for (size_t i = 0; i < book->n_files; i++) {
        Str rule_folder, folder;
        bool is_new;
        if (!case_folder(book->files[i].name, &rule_folder, &folder)) continue;
        map_put(&seen, folder, &is_new);
        const MapEntry *entry = map_get(&rules, rule_folder);
        if (!is_new || !entry) continue;
        const CoreRule *rule = &book->rules[entry->index];
        ARENA_PUSH_ROOM(arena, *cases, *n, capacity);
        CoreCase *result = &(*cases)[(*n)++];
        *result = (CoreCase){.rule = rule->id, .name = str_slice(folder, rule_folder.len + 1, folder.len)};
        run_case(arena, rule, book->files, book->n_files, folder, result);
    }
}
