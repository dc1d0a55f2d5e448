/* Graphical multiple tests: each hypothesis holds a share of the level, and when it is rejected its share flows to
 * others along weighted arrows. Fixed sequence, fallback, Holm, gatekeeping are all such graphs. */
#ifndef STAT_GRAPHICAL_H
#define STAT_GRAPHICAL_H

#include "base/text.h"

/* weights       n; shares of the level, >= 0, summing to 1 at most
 * transitions   n x n, row-major; [j n + k] is the share of j's level that goes to k when j is rejected; rows sum to 1
 *               at most, the diagonal is 0 */
typedef struct {
    size_t n;
    const double *weights, *transitions;
} TestGraph;

/* Fails: MALFORMED (names the first weight or transition that is negative or not a number, an arrow from a hypothesis
 *        to itself, weights or a row that sum to more than 1 beyond 1e-9). */
MUST_USE bool graph_check(const TestGraph *graph, Error *err);

/* The graph left when hypothesis j (from 0) is taken out: its arrays are new, j's entries 0. */
TestGraph graph_without(Arena *arena, const TestGraph *graph, size_t j);

/* One step of the procedure: the hypothesis with the smallest p relative to its weight, what it needed, and the graph
 * in which it was judged (without those judged before it). */
typedef struct {
    size_t hypothesis;
    double p, weight;  /* it is rejected at level alpha when p <= weight alpha, as all before it were */
    double p_adjusted; /* the least alpha at which it is rejected, 1 at most */
    bool rejected;
    TestGraph graph;
} GraphStep;

typedef struct {
    size_t n, n_rejected;
    GraphStep *steps;   /* n, in the order judged; the rejected ones come first */
    double *p_adjusted; /* n, in the order of the hypotheses */
    bool *rejected;     /* n, the same */
} GraphicalTest;

/* p   n, one-sided as alpha is, or both two-sided
 * Keeps the family-wise error rate at alpha, whatever the dependence. The order of equal ratios does not matter.
 * Fails: as graph_check, MALFORMED (names the first p outside [0, 1]), USAGE (alpha not between 0 and 1).
 * Method: Bretz, Maurer, Brannath & Posch (2009), algorithms 1 and 2. Memory: results in `arena`.
 * Checked against: graphicalMCP 0.2.8, 1e-9. */
MUST_USE bool graphical_test(Arena *arena, const TestGraph *graph, const double *p, double alpha,
                             GraphicalTest *test, Error *err);

/* The closed test of the same graph with a weighted Simes test of each intersection: rejects no less than
 * graphical_test, and keeps the error rate where the statistics are positively dependent (tests against one control).
 * p_adjusted: n. At most GRAPH_CLOSURE_MAX hypotheses, as there are 2^n - 1 intersections.
 * Fails: as graphical_test; USAGE (too many hypotheses).
 * Method: Bretz et al. (2011), Biometrical Journal 53: 894-913; Simes (1986). Checked against: graphicalMCP 0.2.8, 1e-9. */
#define GRAPH_CLOSURE_MAX  16
MUST_USE bool graphical_simes(Arena *arena, const TestGraph *graph, const double *p, double *p_adjusted, Error *err);

#endif
