#include "stat/graphical.h"

#include <math.h>

/* What sums of decimal shares may exceed 1 by. */
#define ROUNDING 1e-9

static bool weights_check(const TestGraph *graph, Error *err)
{
    double sum = 0;
    for (size_t j = 0; j < graph->n; j++) {
        if (!(graph->weights[j] >= 0)) {
            error_set(err, ERROR_MALFORMED, "the weight of hypothesis %zu is %g", j + 1, graph->weights[j]);
            return error_hint(err,
                              "A weight is the share of the level the hypothesis begins with, from 0 to 1.");
        }
        sum += graph->weights[j];
    }
    if (sum <= 1 + ROUNDING) return true;
    error_set(err, ERROR_MALFORMED, "the weights sum to %g, more than 1", sum);
    return error_hint(err, "Share out no more than the whole level.");
}

static bool arrows_check(const TestGraph *graph, size_t j, Error *err)
{
    double sum = 0;
    for (size_t k = 0; k < graph->n; k++) {
        double share = graph->transitions[j * graph->n + k];
        if (!(share >= 0)) {
            error_set(err, ERROR_MALFORMED, "hypothesis %zu passes the share %g on to %zu", j + 1, share,
                      k + 1);
            return error_hint(err, "An arrow carries a share from 0 to 1.");
        }
        if (k == j && share > 0) {
            error_set(err, ERROR_MALFORMED, "hypothesis %zu passes its level on to itself", j + 1);
            return error_hint(err, "Take that arrow out; the diagonal is 0.");
        }
        sum += share;
    }
    if (sum <= 1 + ROUNDING) return true;
    error_set(err, ERROR_MALFORMED, "hypothesis %zu passes on %g of its level, more than all", j + 1, sum);
    return error_hint(err, "Let its arrows sum to 1 at most.");
}

bool graph_check(const TestGraph *graph, Error *err)
{
    if (!weights_check(graph, err)) return false;
    for (size_t j = 0; j < graph->n; j++)
        if (!arrows_check(graph, j, err)) return false;
    return true;
}

/* w_l <- w_l + w_j g_jl and g_lk <- (g_lk + g_lj g_jk) / (1 - g_lj g_jl), or 0 where nothing is left to divide. */
TestGraph graph_without(Arena *arena, const TestGraph *graph, size_t j)
{
    size_t n = graph->n;
    const double *w = graph->weights, *g = graph->transitions;
    double *weights = ARENA_ARRAY(arena, double, n), *transitions = ARENA_ARRAY(arena, double, n *n);
    for (size_t l = 0; l < n; l++) {
        if (l == j) continue;
        weights[l] = w[l] + w[j] * g[j * n + l];
        double loop = g[l * n + j] * g[j * n + l];
        if (loop >= 1 - ROUNDING) continue;
        for (size_t k = 0; k < n; k++)
            if (k != l && k != j)
                transitions[l * n + k] = (g[l * n + k] + g[l * n + j] * g[j * n + k]) / (1 - loop);
    }
    return (TestGraph){n, weights, transitions};
}

static bool p_check(const double *p, size_t n, double alpha, Error *err)
{
    for (size_t j = 0; j < n; j++)
        if (!(p[j] >= 0 && p[j] <= 1)) {
            error_set(err, ERROR_MALFORMED, "number %zu of the %zu p values is %g, not between 0 and 1",
                      j + 1, n, p[j]);
            return error_hint(err, "Give a test that could not be made the value 1.");
        }
    if (alpha > 0 && alpha < 1) return true;
    error_set(err, ERROR_USAGE, "the level %g is not between 0 and 1", alpha);
    return error_hint(err, "Write 2.5 %% as 0.025.");
}

/* The level at which j would be rejected now; infinite without a share of it. */
static double level_needed(const TestGraph *graph, const double *p, size_t j)
{
    return graph->weights[j] > 0 ? p[j] / graph->weights[j] : INFINITY;
}

static size_t next_judged(const TestGraph *graph, const double *p, const bool *is_judged)
{
    size_t best = graph->n;
    for (size_t j = 0; j < graph->n; j++)
        if (!is_judged[j] && (best == graph->n || level_needed(graph, p, j) < level_needed(graph, p, best)))
            best = j;
    return best;
}

bool graphical_test(Arena *arena, const TestGraph *graph, const double *p, double alpha, GraphicalTest *test,
                    Error *err)
{
    size_t n = graph->n;
    if (!graph_check(graph, err) || !p_check(p, n, alpha, err)) return false;
    bool *is_judged = ARENA_ARRAY(arena, bool, n);
    *test = (GraphicalTest){.n = n, .steps = ARENA_ARRAY(arena, GraphStep, n)};
    test->p_adjusted = ARENA_ARRAY(arena, double, n), test->rejected = ARENA_ARRAY(arena, bool, n);
    TestGraph now = *graph;
    double needed = 0;
    for (size_t step = 0; step < n; step++) {
        size_t j = next_judged(&now, p, is_judged);
        needed = fmin(1, fmax(needed, level_needed(&now, p, j)));
        bool rejected = needed <= alpha;
        test->steps[step] = (GraphStep){j, p[j], now.weights[j], needed, rejected, now};
        test->p_adjusted[j] = needed, test->rejected[j] = rejected, test->n_rejected += rejected;
        is_judged[j] = true;
        now = graph_without(arena, &now, j);
    }
    return true;
}

/* The least level at which Simes rejects that all hypotheses of a graph hold: over each p, the weight of those as small. */
static double simes_level(const TestGraph *graph, const double *p)
{
    double least = 1;
    for (size_t j = 0; j < graph->n; j++) {
        double weight = 0;
        if (!(graph->weights[j] > 0)) continue;
        for (size_t k = 0; k < graph->n; k++)
            if (p[k] <= p[j]) weight += graph->weights[k];
        least = fmin(least, p[j] / weight);
    }
    return least;
}

/* Judges the intersection of what is left in the graph, then each that leaves out one more, from hypothesis `from` on. */
static void judge_intersections(Arena *arena, const TestGraph *graph, const double *p, size_t from, unsigned left, double *p_adjusted)
{
    double level = simes_level(graph, p);
    for (size_t j = 0; j < graph->n; j++)
        if (left >> j & 1) p_adjusted[j] = fmax(p_adjusted[j], level);
    for (size_t j = from; j < graph->n; j++) {
        if (left == 1u << j) continue;
        ArenaMark mark = arena_mark(arena);
        TestGraph smaller = graph_without(arena, graph, j);
        judge_intersections(arena, &smaller, p, j + 1, left & ~(1u << j), p_adjusted);
        arena_rewind(arena, mark);
    }
}

bool graphical_simes(Arena *arena, const TestGraph *graph, const double *p, double *p_adjusted, Error *err)
{
    if (!graph_check(graph, err) || !p_check(p, graph->n, 0.5, err)) return false;
    if (graph->n > GRAPH_CLOSURE_MAX) {
        error_set(err, ERROR_USAGE, "%zu hypotheses have too many intersections", graph->n);
        return error_hint(err, "At most %d; graphical_test takes any number.", GRAPH_CLOSURE_MAX);
    }
    for (size_t j = 0; j < graph->n; j++) p_adjusted[j] = 0;
    judge_intersections(arena, graph, p, 0, (1u << graph->n) - 1, p_adjusted);
    return true;
}
