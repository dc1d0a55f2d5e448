#include "stat/impute_inside.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    Str name;
    size_t seen;
    double number;
} Visit;

static int by_number(const void *a, const void *b)
{
    const Visit *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static Visit *find_visits(Arena *arena, const size_t *rows, size_t n_rows, const Column *column, ImputeVisits *visits)
{
    Map map = map_new(arena);
    Visit *found = NULL;
    size_t capacity = 0;
    visits->of_row = ARENA_ARRAY(arena, size_t, n_rows);
    for (size_t i = 0; i < n_rows; i++) {
        bool is_new;
        visits->of_row[i] = SIZE_MAX;
        if (column->missing[rows[i]] != MISSING_NOT) continue;
        MapEntry *entry = map_put(&map, frame_cell_text(arena, column, rows[i]), &is_new);
        if (is_new) {
            ARENA_PUSH_ROOM(arena, found, visits->n, capacity);
            entry->index = visits->n++;
            found[entry->index] = (Visit){entry->key, entry->index, NAN};
        }
        visits->of_row[i] = entry->index;
    }
    return found;
}

/* Numbers of a column, one for each visit and another for every other; false when that does not hold. */
static bool take_numbers(const Column *numbers, const size_t *rows, size_t n_rows, const ImputeVisits *visits, Visit *found)
{
    if (!column_is_number(numbers)) return false;
    for (size_t v = 0; v < visits->n; v++) found[v].number = NAN;
    for (size_t i = 0; i < n_rows; i++) {
        size_t v = visits->of_row[i];
        if (v == SIZE_MAX || numbers->missing[rows[i]] != MISSING_NOT) continue;
        double number = numbers->numbers[rows[i]];
        if (!isnan(found[v].number) && found[v].number != number) return false;
        found[v].number = number;
    }
    for (size_t v = 0; v < visits->n; v++)
        for (size_t w = 0; w <= v; w++)
            if (isnan(found[v].number) || (w < v && found[w].number == found[v].number)) return false;
    return true;
}

static bool take_codes(const Codelist *codes, const ImputeVisits *visits, Visit *found)
{
    for (size_t v = 0; codes && v < visits->n; v++) {
        found[v].number = NAN;
        for (size_t c = 0; c < codes->n; c++)
            if (str_equal(codes->codes[c], found[v].name)) found[v].number = (double)c;
        if (isnan(found[v].number)) return false;
    }
    return codes != NULL;
}

/* The name without its digits, and the number they make; false unless they stand together. */
static bool split(Arena *arena, Str name, Str *words, double *number)
{
    size_t from = 0, to;
    while (from < name.len && (name.data[from] < '0' || name.data[from] > '9')) from++;
    for (to = from; to < name.len && name.data[to] >= '0' && name.data[to] <= '9';) to++;
    for (size_t i = to; i < name.len; i++)
        if (name.data[i] >= '0' && name.data[i] <= '9') return false;
    *words = str_format(arena, STR_FMT "#" STR_FMT, STR_ARG(str_slice(name, 0, from)), STR_ARG(str_slice(name, to, name.len)));
    return from < to && number_parse(str_slice(name, from, to), number);
}

static bool take_names(Arena *arena, const ImputeVisits *visits, Visit *found)
{
    Str first = {0}, words;
    for (size_t v = 0; v < visits->n; v++) {
        if (!split(arena, found[v].name, v ? &words : &first, &found[v].number)) return false;
        if (v && !str_equal(first, words)) return false;
        for (size_t w = 0; w < v; w++)
            if (found[w].number == found[v].number) return false;
    }
    return true;
}

static bool order_by(const Frame *frame, Str by, const size_t *rows, size_t n_rows, const ImputeVisits *visits, Visit *found, Error *err)
{
    const Column *numbers;
    if (!frame_need(frame, by, &numbers, err)) return false;
    if (take_numbers(numbers, rows, n_rows, visits, found)) return true;
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" does not have one number for each visit", STR_ARG(by));
    return error_hint(err, "The column that orders visits holds numbers, the same for everybody at a visit, different between visits.");
}

/* A companion such as AVISITN of AVISIT. */
static bool order_by_companion(Arena *arena, const Frame *frame, Str name, const size_t *rows, size_t n_rows,
                               const ImputeVisits *visits, Visit *found)
{
    static const char *const ENDS[] = {"N", "NUM"};
    for (size_t i = 0; i < 2; i++) {
        const Column *numbers = frame_column(frame, str_format(arena, STR_FMT "%s", STR_ARG(name), ENDS[i]));
        if (numbers && take_numbers(numbers, rows, n_rows, visits, found)) return true;
    }
    return false;
}

bool impute_order(Arena *arena, const Frame *frame, const size_t *rows, size_t n_rows, const Column *column, Str by,
                  ImputeVisits *visits, Error *err)
{
    *visits = (ImputeVisits){0};
    Visit *found = find_visits(arena, rows, n_rows, column, visits);
    bool numbered = true;
    if (by.len) {
        if (!order_by(frame, by, rows, n_rows, visits, found, err)) return false;
    } else if (!take_numbers(column, rows, n_rows, visits, found)) {
        numbered = order_by_companion(arena, frame, column->name, rows, n_rows, visits, found);
        if (!numbered && !take_codes(column->codelist, visits, found) && !take_names(arena, visits, found)) {
            error_set(err, ERROR_INCONSISTENT, "the order of the visits in \"" STR_FMT "\" cannot be told from their names", STR_ARG(column->name));
            return error_hint(err, "Name a column of numbers that orders them, such as AVISITN.");
        }
    }
    if (visits->n) qsort(found, visits->n, sizeof *found, by_number);
    size_t *place = ARENA_ARRAY(arena, size_t, visits->n + 1);
    visits->names = ARENA_ARRAY(arena, Str, visits->n + 1);
    visits->numbers = numbered ? ARENA_ARRAY(arena, double, visits->n + 1) : NULL;
    for (size_t v = 0; v < visits->n; v++) {
        visits->names[v] = found[v].name, place[found[v].seen] = v;
        if (numbered) visits->numbers[v] = found[v].number;
    }
    for (size_t i = 0; i < n_rows; i++)
        if (visits->of_row[i] != SIZE_MAX) visits->of_row[i] = place[visits->of_row[i]];
    return true;
}
