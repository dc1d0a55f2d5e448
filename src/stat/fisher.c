#include "stat/fisher.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "math/distribution.h"
#include "math/root.h"

/* Probabilities this close, on the log scale, are one: the rule of R's exact tests. */
#define AS_LIKELY 1e-7

/* Paths nearer than this are merged: far below AS_LIKELY, far above rounding. */
#define PATH_QUANTUM 0x1p-30

#define MAX_STEPS ((size_t)1 << 22)

static bool refuse_empty(Error *err)
{
    error_set(err, ERROR_DEGENERATE, "a table without counts has nothing to compare");
    return error_hint(err, "Look at the population: it is empty.");
}

/* The first cell of a 2 x 2 table given its margins: support low .. low + n - 1, log probabilities at odds
 * ratio 1. */
typedef struct {
    const double *log_pmf;
    size_t n, seen;                   /* seen: place of the table seen */
    double target;                    /* of the root sought */
} FirstCell;

/* Sums over the support at log odds ratio theta: all of it, up to the place seen, from it on, and
 * place-weighted. Scaled so that the largest term is 1. */
typedef struct {
    double all, up_to, from, moment;
} Weights;

static Weights weigh(const FirstCell *cell, double theta)
{
    Weights w = {0};
    double largest = -INFINITY;
    for (size_t i = 0; i < cell->n; i++) largest = fmax(largest, cell->log_pmf[i] + theta * (double)i);
    for (size_t i = 0; i < cell->n; i++) {
        double weight = exp(cell->log_pmf[i] + theta * (double)i - largest);
        w.all += weight;
        w.moment += weight * ((double)i - (double)cell->seen);
        if (i <= cell->seen) w.up_to += weight;
        if (i >= cell->seen) w.from += weight;
    }
    return w;
}

static double mean_less_seen(double theta, void *context)
{
    Weights w = weigh(context, theta);
    return w.moment / w.all;
}
static double upper_tail_less_target(double theta, void *context)
{
    Weights w = weigh(context, theta);
    return w.from / w.all - ((FirstCell *)context)->target;
}
static double lower_tail_less_target(double theta, void *context)
{
    Weights w = weigh(context, theta);
    return w.up_to / w.all - ((FirstCell *)context)->target;
}

/* The odds ratio at which f is zero; f is monotone and changes sign, so a root that is not found is beyond
 * doubles. */
static double odds_ratio_at(Function *f, FirstCell *cell, double otherwise)
{
    double theta;
    return root_around(f, cell, 0, 2, 1e-13, &theta) ? exp(theta) : otherwise;
}

static void weigh_two_by_two(FirstCell *cell, double level, Fisher2x2 *test)
{
    double limit = cell->log_pmf[cell->seen] + AS_LIKELY, lowest = cell->log_pmf[cell->seen] - AS_LIKELY;
    double ties = 0;
    for (size_t i = 0; i < cell->n; i++) {
        double log_p = cell->log_pmf[i], p = exp(log_p);
        if (i <= cell->seen) test->p_less += p;
        if (i >= cell->seen) test->p_greater += p;
        if (log_p > limit) continue;
        test->p_two_sided += p;
        if (log_p >= lowest) ties += p;
    }
    test->p_less = fmin(test->p_less, 1), test->p_greater = fmin(test->p_greater, 1);
    test->p_two_sided = fmin(test->p_two_sided, 1);
    test->p_mid = test->p_two_sided - ties / 2;

    bool at_start = cell->seen == 0, at_end = cell->seen + 1 == cell->n;
    cell->target = (1 - level) / 2;
    test->odds_ratio = at_start ? 0 : at_end ? INFINITY : odds_ratio_at(mean_less_seen, cell, NAN);
    test->ci.lower = at_start ? 0 : odds_ratio_at(upper_tail_less_target, cell, 0);
    test->ci.upper = at_end ? INFINITY : odds_ratio_at(lower_tail_less_target, cell, INFINITY);
}

bool fisher_2x2(Arena *scratch, const size_t counts[4], double level, Fisher2x2 *test, Error *err)
{
    size_t row = counts[0] + counts[1], column = counts[0] + counts[2], other = counts[1] + counts[3];
    if (!level_check(level, err)) return false;
    if (column + other == 0) return refuse_empty(err);
    size_t low = row > other ? row - other : 0, high = row < column ? row : column;
    if (low == high) {
        *test = (Fisher2x2){1, 1, 1, 1, NAN, {0, INFINITY}};
        return true;
    }
    ArenaMark mark = arena_mark(scratch);
    double *log_pmf = ARENA_ARRAY(scratch, double, high - low + 1);
    for (size_t k = low; k <= high; k++)
        log_pmf[k - low] = hypergeometric_log_pmf((double)k, (double)column, (double)other, (double)row);
    FirstCell cell = {.log_pmf = log_pmf, .n = high - low + 1, .seen = counts[0] - low};
    *test = (Fisher2x2){0};
    weigh_two_by_two(&cell, level, test);
    arena_rewind(scratch, mark);
    return true;
}

/* Larger tables. The lines of the longer dimension are the stages; a node of stage s says what is left of the
 * margins of the shorter dimension (the `kinds`) when s lines are filled, sorted, since their order does not
 * matter to what may follow. Filling a line with x is an arc of length log(line! / prod x!); a path from the
 * root to the end is a table, and its probability exp(length - total), total being the log of the sum over all
 * paths. */

/* Lengths of the paths that lead to a node, with how many there are of each: an open hash table, capacity a
 * power of two. */
typedef struct {
    double *length, *weight;          /* weight 0 marks a free place */
    size_t n, capacity;
} Paths;

typedef struct {
    size_t child;
    double length;
} Arc;

typedef struct {
    const uint32_t *left;             /* n_kinds, descending */
    size_t first_arc, n_arcs;
    double total;                     /* log of the sum over all completions */
    double shortest, longest;         /* completion */
    Paths paths;
} Node;

typedef struct {
    Node *nodes;
    size_t n_nodes, node_capacity;
    Arc *arcs;                        /* to the nodes of the next stage */
    size_t n_arcs, arc_capacity;
} Stage;

typedef struct {
    Arena *arena;
    size_t n_kinds, n_stages;
    const size_t *line;               /* n_stages: total of each line */
    const double *log_factorial;
    Stage *stages;
    size_t n_steps;                   /* arcs made and paths kept */
    Map children;                     /* nodes of the stage being made, by what is left */
    uint32_t *take, *rest;            /* n_kinds: the line being filled, and what it leaves */
} Network;

static uint64_t place_of(double length, size_t capacity)
{
    uint64_t key = (uint64_t)(int64_t)nearbyint(length / PATH_QUANTUM) * 0x9E3779B97F4A7C15u;
    return (key >> 32) & (capacity - 1);
}

static bool same_path(double a, double b) { return nearbyint(a / PATH_QUANTUM) == nearbyint(b / PATH_QUANTUM); }

/* Whether the path is a new one. */
static bool paths_put(Paths *paths, double length, double weight)
{
    size_t i = place_of(length, paths->capacity);
    while (paths->weight[i] > 0 && !same_path(paths->length[i], length)) i = (i + 1) & (paths->capacity - 1);
    bool is_new = !(paths->weight[i] > 0);
    if (is_new) paths->length[i] = length, paths->n++;
    paths->weight[i] += weight;
    return is_new;
}

static bool paths_add(Arena *arena, Paths *paths, double length, double weight)
{
    if (2 * (paths->n + 1) > paths->capacity) {
        Paths old = *paths;
        *paths = (Paths){.capacity = old.capacity ? 2 * old.capacity : 8};
        paths->length = ARENA_ARRAY(arena, double, paths->capacity);
        paths->weight = ARENA_ARRAY(arena, double, paths->capacity);
        for (size_t i = 0; i < old.capacity; i++)
            if (old.weight[i] > 0) paths_put(paths, old.length[i], old.weight[i]);
    }
    return paths_put(paths, length, weight);
}

static double log_arrangements(const Network *net, const uint32_t *x, size_t sum)
{
    double length = net->log_factorial[sum];
    for (size_t i = 0; i < net->n_kinds; i++) length -= net->log_factorial[x[i]];
    return length;
}

static void sort_descending(uint32_t *x, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && x[j - 1] < x[j]; j--) {
            uint32_t larger = x[j];
            x[j] = x[j - 1], x[j - 1] = larger;
        }
}

/* The node of the next stage in which the line taken is gone. */
static size_t child_of(Network *net, Stage *next, const uint32_t *left)
{
    Str key = {(const char *)net->rest, net->n_kinds * sizeof *left};
    for (size_t i = 0; i < net->n_kinds; i++) net->rest[i] = left[i] - net->take[i];
    sort_descending(net->rest, net->n_kinds);
    const MapEntry *known = map_get(&net->children, key);
    if (known) return known->index;
    key.data = arena_copy(net->arena, net->rest, key.len);
    ARENA_PUSH_ROOM(net->arena, next->nodes, next->n_nodes, next->node_capacity);
    next->nodes[next->n_nodes] = (Node){.left = (const uint32_t *)(const void *)key.data};
    map_put(&net->children, key, NULL)->index = next->n_nodes;
    return next->n_nodes++;
}

/* Every way to fill the kinds from `kind` on with `rest`, of which `room` is there. False: too many steps. */
static bool fill_line(Network *net, size_t s, Node *node, size_t kind, size_t rest, size_t room)
{
    if (kind + 1 == net->n_kinds) {
        Stage *stage = &net->stages[s];
        if (++net->n_steps > MAX_STEPS) return false;
        net->take[kind] = (uint32_t)rest;
        ARENA_PUSH_ROOM(net->arena, stage->arcs, stage->n_arcs, stage->arc_capacity);
        Arc arc = {child_of(net, stage + 1, node->left), log_arrangements(net, net->take, net->line[s])};
        stage->arcs[stage->n_arcs++] = arc;
        return true;
    }
    size_t room_after = room - node->left[kind], least = rest > room_after ? rest - room_after : 0;
    for (size_t x = least; x <= node->left[kind] && x <= rest; x++) {
        net->take[kind] = (uint32_t)x;
        if (!fill_line(net, s, node, kind + 1, rest - x, room_after)) return false;
    }
    return true;
}

/* Stage s + 1 and the arcs to it. `room` is what is left in all kinds together at stage s. */
static bool make_stage(Network *net, size_t s, size_t room)
{
    Stage *stage = &net->stages[s];
    net->children = map_new(net->arena);
    for (size_t i = 0; i < stage->n_nodes; i++) {
        Node *node = &stage->nodes[i];
        node->first_arc = stage->n_arcs;
        if (!fill_line(net, s, node, 0, net->line[s], room)) return false;
        node->n_arcs = stage->n_arcs - node->first_arc;
    }
    return true;
}

/* What may follow each node, from the last stage, which has one completion, back to the root. */
static void measure_completions(Network *net)
{
    size_t left = 0;
    for (size_t s = net->n_stages; s-- > 0;) {
        Stage *stage = &net->stages[s];
        left += net->line[s];
        for (size_t i = 0; i < stage->n_nodes; i++) {
            Node *node = &stage->nodes[i];
            node->total = log_arrangements(net, node->left, left);
            bool is_last = s + 1 == net->n_stages;
            node->shortest = is_last ? node->total : INFINITY;
            node->longest = is_last ? node->total : -INFINITY;
            for (size_t k = node->first_arc; k < node->first_arc + node->n_arcs; k++) {
                const Arc *arc = &stage->arcs[k];
                node->shortest = fmin(node->shortest, arc->length + stage[1].nodes[arc->child].shortest);
                node->longest = fmax(node->longest, arc->length + stage[1].nodes[arc->child].longest);
            }
        }
    }
}

/* Carries one path along an arc: counted with all that may follow when no table beyond is more likely than
 * `limit`, dropped when all are, kept otherwise. */
static void carry_path(Network *net, Node *child, double length, double weight, double limit, double total,
                       double *p)
{
    if (length + child->longest <= limit) *p += weight * exp(length + child->total - total);
    else if (length + child->shortest <= limit)
        net->n_steps += paths_add(net->arena, &child->paths, length, weight);
}

static bool sum_paths(Network *net, double limit, double *p)
{
    Node *root = net->stages[0].nodes;
    *p = 0;
    paths_add(net->arena, &root->paths, 0, 1);
    for (size_t s = 0; s + 1 < net->n_stages; s++)
        for (size_t i = 0; i < net->stages[s].n_nodes; i++) {
            Node *node = &net->stages[s].nodes[i];
            for (size_t k = node->first_arc; k < node->first_arc + node->n_arcs; k++) {
                const Arc *arc = &net->stages[s].arcs[k];
                Node *child = &net->stages[s + 1].nodes[arc->child];
                for (size_t j = 0; j < node->paths.capacity; j++)
                    if (node->paths.weight[j] > 0)
                        carry_path(net, child, node->paths.length[j] + arc->length, node->paths.weight[j],
                                   limit, root->total, p);
            }
            if (net->n_steps > MAX_STEPS) return false;
        }
    return true;
}

/* The table without its empty lines, turned so that its lines are the longer dimension. */
typedef struct {
    size_t n_lines, n_kinds;
    size_t *line, *kind;              /* margins */
    size_t total;
    double *log_factorial;            /* 0 .. total */
} Margins;

static size_t keep_positive(size_t *margin, size_t n)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++)
        if (margin[i] > 0) margin[n_kept++] = margin[i];
    return n_kept;
}

static Margins margins_of(Arena *scratch, const size_t *counts, size_t n_rows, size_t n_columns)
{
    size_t *row = ARENA_ARRAY(scratch, size_t, n_rows), *column = ARENA_ARRAY(scratch, size_t, n_columns);
    Margins m = {0};
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < n_columns; j++) {
            size_t count = counts[i * n_columns + j];
            row[i] += count, column[j] += count, m.total += count;
        }
    m.log_factorial = ARENA_ARRAY(scratch, double, m.total + 1);
    for (size_t i = 2; i <= m.total; i++) m.log_factorial[i] = log_factorial((double)i);
    n_rows = keep_positive(row, n_rows), n_columns = keep_positive(column, n_columns);
    bool by_row = n_rows >= n_columns;
    m.n_lines = by_row ? n_rows : n_columns, m.line = by_row ? row : column;
    m.n_kinds = by_row ? n_columns : n_rows, m.kind = by_row ? column : row;
    return m;
}

static bool walk_network(Arena *scratch, const Margins *m, double seen, double *p)
{
    Network net = {.arena = scratch, .n_kinds = m->n_kinds, .n_stages = m->n_lines, .line = m->line,
                   .log_factorial = m->log_factorial};
    net.stages = ARENA_ARRAY(scratch, Stage, m->n_lines);
    net.take = ARENA_ARRAY(scratch, uint32_t, m->n_kinds);
    net.rest = ARENA_ARRAY(scratch, uint32_t, m->n_kinds);
    uint32_t *left = ARENA_ARRAY(scratch, uint32_t, m->n_kinds);
    for (size_t i = 0; i < m->n_kinds; i++) left[i] = (uint32_t)m->kind[i];
    sort_descending(left, m->n_kinds);
    ARENA_PUSH_ROOM(scratch, net.stages[0].nodes, net.stages[0].n_nodes, net.stages[0].node_capacity);
    net.stages[0].nodes[net.stages[0].n_nodes++] = (Node){.left = left};
    for (size_t s = 0, room = m->total; s + 1 < m->n_lines; room -= m->line[s], s++)
        if (!make_stage(&net, s, room)) return false;
    measure_completions(&net);
    return sum_paths(&net, seen + AS_LIKELY, p);
}

static bool exact_p(Arena *scratch, const size_t *counts, size_t n_rows, size_t n_columns, double *p,
                    Error *err)
{
    Margins m = margins_of(scratch, counts, n_rows, n_columns);
    if (m.total == 0) return refuse_empty(err);
    *p = 1;
    if (m.n_kinds < 2) return true;
    double seen = 0;
    for (size_t i = 0; i < m.n_lines; i++) seen += m.log_factorial[m.line[i]];
    for (size_t i = 0; i < n_rows * n_columns; i++) seen -= m.log_factorial[counts[i]];
    if (m.total > UINT32_MAX || !walk_network(scratch, &m, seen, p)) {
        error_set(err, ERROR_USAGE, "a %zu x %zu table of %zu counts is too large for the exact test", n_rows,
                  n_columns, m.total);
        return error_hint(err, "Use the chi-square test, or join categories.");
    }
    *p = fmin(*p, 1);
    return true;
}

bool fisher_exact(Arena *scratch, const size_t *counts, size_t n_rows, size_t n_columns, double *p, Error *err)
{
    ArenaMark mark = arena_mark(scratch);
    bool done;
    if (n_rows == 2 && n_columns == 2) {
        Fisher2x2 test;
        done = fisher_2x2(scratch, counts, .95, &test, err);
        if (done) *p = test.p_two_sided;
    } else {
        done = exact_p(scratch, counts, n_rows, n_columns, p, err);
    }
    arena_rewind(scratch, mark);
    return done;
}
