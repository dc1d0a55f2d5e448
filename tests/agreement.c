#include "agreement.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

/* A line of the table. */
typedef struct {
    Str set, quantity;
    size_t n_compared, n_agreed, n_missed;
    double worst, tolerance;          /* worst deviation, and the loosest tolerance */
} Line;

/* A number of the case at hand, and whether a check has met it. */
typedef struct {
    Str quantity;
    double value;
    bool met;
} Leaf;

typedef struct {
    Str set, quantity, id, reason;
} Miss;

#define CAPACITY  (1 << 16)

/* The book of one run of the tests: one runner, one thread. */
static struct {
    Arena *arena;
    Map lines, begun;                 /* set and quantity -> Line; set and id -> nothing */
    Str set, id;
    Leaf leaves[CAPACITY];
    Miss misses[CAPACITY];
    Miss reasons[CAPACITY];           /* of quantities that begin so, whatever the id */
    size_t n_leaves, n_misses, n_reasons;
    bool in_case;
} book;

static void open_book(void)
{
    if (book.arena) return;
    book.arena = arena_new();
    book.lines = map_new(book.arena);
    book.begun = map_new(book.arena);
}

static Line *line_of(Str set, Str quantity)
{
    bool is_new;
    MapEntry *entry = map_put(&book.lines, str_format(book.arena, STR_FMT "\n" STR_FMT, STR_ARG(set), STR_ARG(quantity)), &is_new);
    if (is_new) {
        Line *line = ARENA_NEW(book.arena, Line);
        *line = (Line){.set = str_copy(book.arena, set), .quantity = str_copy(book.arena, quantity)};
        entry->pointer = line;
    }
    return entry->pointer;
}

static void enter(Str set, Str quantity, double got, double want, double tolerance, bool held)
{
    Line *line = line_of(set, quantity);
    double deviation = got == want || (isnan(got) && isnan(want)) ? 0 : fabs(got - want) / (want == 0 ? 1 : fabs(want));
    line->n_compared++;
    line->n_agreed += held;
    line->worst = fmax(line->worst, deviation);
    line->tolerance = fmax(line->tolerance, tolerance);
}

static void enter_miss(Str set, Str quantity, Str id, Str reason)
{
    line_of(set, quantity)->n_missed++;
    if (book.n_misses == CAPACITY) return;
    book.misses[book.n_misses++] = (Miss){str_copy(book.arena, set), str_copy(book.arena, quantity), str_copy(book.arena, id),
                                          str_copy(book.arena, reason)};
}

bool agreement_note(Test *t, const char *set, const char *quantity, Str id, double got, double want, double tolerance)
{
    bool held = got == want || fabs(got - want) <= tolerance * (want == 0 ? 1 : fabs(want));
    open_book();
    enter(str_from(set), str_from(quantity), got, want, tolerance, held);
    if (!held)
        fprintf(stderr, "%s, %s of " STR_FMT ": got %.17g, wanted %.17g (tolerance %.1e)\n", set, quantity, STR_ARG(id), got, want, tolerance);
    return CHECK(t, held);
}

void agreement_missed(Test *t, const char *set, const char *quantity, Str id, const char *reason)
{
    (void)t;
    open_book();
    enter_miss(str_from(set), str_from(quantity), id, str_from(reason));
}

/* The numbers below a member; those of an array share its name. */
static void add_leaves(const Json *json, Str name)
{
    if (json->kind == JSON_IS_NUMBER && book.n_leaves < CAPACITY) book.leaves[book.n_leaves++] = (Leaf){name, json->number, false};
    for (size_t i = 0; i < json->n && (json->kind == JSON_IS_ARRAY || json->kind == JSON_IS_OBJECT); i++) {
        Str below = json->kind == JSON_IS_ARRAY ? name
                    : name.len == 0             ? str_copy(book.arena, json->keys[i])
                                                : str_format(book.arena, STR_FMT "." STR_FMT, STR_ARG(name), STR_ARG(json->keys[i]));
        add_leaves(&json->items[i], below);
    }
}

void agreement_case_begin(Test *t, const char *set, Str id, const Json *expected)
{
    if (book.in_case) agreement_case_end(t);
    open_book();
    book.set = str_copy(book.arena, str_from(set));
    book.id = str_copy(book.arena, id);
    book.n_leaves = 0;
    book.in_case = true;
    if (expected) add_leaves(expected, STR(""));
}

void agreement_explain(const char *set, const char *quantity, const char *reason)
{
    if (book.n_reasons < CAPACITY) book.reasons[book.n_reasons++] = (Miss){.set = str_from(set), .quantity = str_from(quantity), .reason = str_from(reason)};
}

/* A case may be visited by several suites, each comparing its part: what is met is kept under its name until the end. */
static Str leaf_key(size_t i)
{
    return str_format(book.arena, STR_FMT "\n" STR_FMT "\n%zu", STR_ARG(book.set), STR_ARG(book.id), i);
}

void agreement_case_end(Test *t)
{
    (void)t;
    if (!book.in_case) return;
    for (size_t i = 0; i < book.n_leaves; i++) {
        bool is_new;
        MapEntry *entry = map_put(&book.begun, leaf_key(i), &is_new);
        if (is_new) {
            Miss *miss = ARENA_NEW(book.arena, Miss);
            *miss = (Miss){book.set, book.leaves[i].quantity, book.id, STR("no test compares it")};
            entry->pointer = miss;
        }
        if (book.leaves[i].met) ((Miss *)entry->pointer)->reason = STR("");
    }
    book.in_case = false;
}

void agreement_compared(double got, double want, double tolerance, bool held)
{
    if (!book.in_case) return;
    for (size_t i = 0; i < book.n_leaves; i++) {
        Leaf *leaf = &book.leaves[i];
        if (leaf->met || leaf->value != want) continue;
        leaf->met = true;
        enter(book.set, leaf->quantity, got, want, tolerance, held);
        if (want == 0 || want == 1) return;   /* these two stand for many things, any other number for itself */
    }
}

static Str reason_of(const Miss *miss)
{
    for (size_t i = 0; i < book.n_reasons; i++)
        if (str_equal(book.reasons[i].set, miss->set) && str_starts(miss->quantity, book.reasons[i].quantity)) return book.reasons[i].reason;
    return miss->reason;
}

static int compare_lines(const void *a, const void *b)
{
    const Line *x = *(Line *const *)a, *y = *(Line *const *)b;
    int order = str_compare(x->set, y->set);
    return order ? order : str_compare(x->quantity, y->quantity);
}

static void print_line(const Line *line)
{
    size_t n = line->n_compared + line->n_missed;
    printf("  %-44.*s %5zu of %5zu", STR_ARG(line->quantity), line->n_agreed, n);
    if (line->n_compared) printf("  %8.1e  %8.1e", line->worst, line->tolerance);
    printf("%s\n", line->n_agreed < n ? "  *" : "");
}

static int compare_misses(const void *a, const void *b)
{
    const Miss *x = a, *y = b;
    int order = str_compare(x->set, y->set);
    if (order == 0) order = str_compare(x->quantity, y->quantity);
    if (order == 0) order = str_compare(x->reason, y->reason);
    return order ? order : str_compare(x->id, y->id);
}

static bool is_alike(const Miss *a, const Miss *b)
{
    return str_equal(a->set, b->set) && str_equal(a->quantity, b->quantity) && str_equal(a->reason, b->reason);
}

static size_t print_misses(void)
{
    qsort(book.misses, book.n_misses, sizeof *book.misses, compare_misses);
    if (book.n_misses) printf("\n* not compared, or not in agreement:\n");
    for (size_t i = 0, n = 1; i < book.n_misses; i += n) {
        const Miss *m = &book.misses[i];
        for (n = 1; i + n < book.n_misses && is_alike(m, &m[n]); n++) {}
        printf("  " STR_FMT ", " STR_FMT ": %zu in", STR_ARG(m->set), STR_ARG(m->quantity), n);
        for (size_t k = 0; k < n; k++)
            if (k == 0 || !str_equal(m[k].id, m[k - 1].id)) printf("%s " STR_FMT, k ? "," : "", STR_ARG(m[k].id));
        printf(": " STR_FMT "\n", STR_ARG(m->reason));
    }
    return book.n_misses;
}

size_t agreement_print(void)
{
    open_book();
    for (size_t i = 0; i < book.begun.n; i++) {
        const Miss *m = book.begun.entries[i].pointer;
        if (m->reason.len) enter_miss(m->set, m->quantity, m->id, reason_of(m));
    }
    Line **lines = ARENA_ARRAY(book.arena, Line *, book.lines.n + 1);
    size_t n_agreed = 0, n = 0;
    for (size_t i = 0; i < book.lines.n; i++) lines[i] = book.lines.entries[i].pointer;
    qsort(lines, book.lines.n, sizeof *lines, compare_lines);
    printf("Agreement with reference numbers; deviations are relative\n");
    printf("  %-44s %14s  %8s  %8s\n", "", "agree", "worst", "allowed");
    for (size_t i = 0; i < book.lines.n; i++) {
        if (i == 0 || !str_equal(lines[i]->set, lines[i - 1]->set)) printf(STR_FMT "\n", STR_ARG(lines[i]->set));
        print_line(lines[i]);
        n_agreed += lines[i]->n_agreed, n += lines[i]->n_compared + lines[i]->n_missed;
    }
    size_t n_misses = print_misses();
    printf("\n%zu of %zu numbers agree\n", n_agreed, n);
    return n_misses;
}
