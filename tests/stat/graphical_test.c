#include "stat/graphical.h"

#include <math.h>

#include "stat/multiplicity.h"
#include "stat/reference.h"

/* Two doses on two endpoints: the secondary of a dose is tested once its primary is rejected, and passes on to the
 * other dose. */
static const double WEIGHTS[] = {.6, .4, 0, 0};
static const double ARROWS[] = {0, .3, .7, 0, .5, 0, 0, .5, 0, 1, 0, 0, 1, 0, 0, 0};
static const TestGraph TWO_DOSES = {4, WEIGHTS, ARROWS};

/* Worked by hand: H1 holds .6 and is rejected, .7 of which flows to H3; H3's whole share then flows to H2. */
static void shares_flow_step_by_step(Test *t)
{
    static const double P[] = {.009, .031, .0104, .2};
    Error err = {0};
    GraphicalTest test;
    if (!CHECK_OK(t, graphical_test(t->arena, &TWO_DOSES, P, .025, &test, &err), err)) return;
    CHECK_INT(t, test.steps[0].hypothesis, 0);
    CHECK_NEAR(t, test.steps[0].p_adjusted, .015, 1e-13);
    const TestGraph *second = &test.steps[1].graph;
    CHECK_NEAR(t, second->weights[1], .4 + .6 * .3, 1e-14);
    CHECK_NEAR(t, second->weights[2], .42, 1e-14);
    CHECK_NEAR(t, second->transitions[1 * 4 + 2], .5 * .7 / (1 - .15), 1e-14);
    CHECK_NEAR(t, second->transitions[1 * 4 + 3], .5 / (1 - .15), 1e-14);
    CHECK_NEAR(t, second->transitions[3 * 4 + 1], .3, 1e-14);
    CHECK(t, second->weights[0] == 0 && second->transitions[3 * 4 + 0] == 0);
    CHECK_INT(t, test.steps[1].hypothesis, 2); /* .0104 / .42 */
    CHECK_NEAR(t, test.p_adjusted[2], .0104 / .42, 1e-13);
    CHECK_NEAR(t, test.steps[2].weight, 1, 1e-14); /* H2 holds all now, and .031 is not enough */
    CHECK_NEAR(t, test.p_adjusted[1], .031, 1e-13);
    CHECK(t, test.n_rejected == 2 && test.rejected[2] && test.rejected[0] && !test.rejected[1] &&
                 !test.rejected[3]);
}

static void check_weights(Test *t, const TestGraph *graph, const Json *rows)
{
    for (size_t r = 0; r < rows->n; r++) {
        const Json *row = &rows->items[r];
        TestGraph left = *graph;
        for (size_t j = 0; j < graph->n; j++)
            if (row->items[j].number == 0) left = graph_without(t->arena, &left, j);
        for (size_t j = 0; j < graph->n; j++)
            CHECK_NEAR(t, left.weights[j], row->items[graph->n + j].number, 1e-9);
    }
}

static void check_case(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    GraphicalTest test;
    size_t n;
    const double *p = reference_numbers(t, input, "p", &n),
                 *weights = reference_numbers(t, input, "weights", &n);
    double *arrows = ARENA_ARRAY(t->arena, double, n *n);
    for (size_t k = 0; k < n * n; k++)
        arrows[k] = json_get(input, "transitions")->items[k / n].items[k % n].number;
    TestGraph graph = {n, weights, arrows};
    if (!CHECK_OK(t, graphical_test(t->arena, &graph, p, reference_number(t, input, "alpha"), &test, &err),
                  err))
        return;
    const double *adjusted = reference_numbers(t, expected, "adjusted_p", &n);
    const double *closed = reference_numbers(t, expected, "closure_adjusted_p", &n);
    for (size_t j = 0; j < n; j++) {
        CHECK_NEAR(t, test.p_adjusted[j], adjusted[j], 1e-9);
        CHECK_NEAR(t, test.p_adjusted[j], closed[j], 1e-9);
        CHECK_INT(t, test.rejected[j], json_get(expected, "rejected")->items[j].boolean);
    }
    double *simes = ARENA_ARRAY(t->arena, double, n);
    const double *wanted = reference_numbers(t, expected, "simes_closure_adjusted_p", &n);
    if (!CHECK_OK(t, graphical_simes(t->arena, &graph, p, simes, &err), err)) return;
    for (size_t j = 0; j < n; j++) CHECK_NEAR(t, simes[j], wanted[j], 1e-9);
    check_weights(t, &graph, json_get(expected, "intersection_weights"));
}

static void graphs_agree_with_the_reference(Test *t)
{
    reference_each(t, "multiplicity", "graphical", check_case);
}

#define N 5
static const double P[N] = {.031, .0042, .27, .012, .6};

static void equal_shares_are_holm(Test *t)
{
    Error err = {0};
    GraphicalTest test;
    double weights[N], arrows[N * N], holm[N];
    for (size_t k = 0; k < N * N; k++) arrows[k] = k / N == k % N ? 0 : 1. / (N - 1), weights[k % N] = 1. / N;
    CHECK_OK(t, graphical_test(t->arena, &(TestGraph){N, weights, arrows}, P, .05, &test, &err), err);
    CHECK_OK(t, adjust_p(t->arena, ADJUSTMENT_HOLM, P, N, holm, &err), err);
    for (size_t j = 0; j < N; j++) CHECK_NEAR(t, test.p_adjusted[j], holm[j], 1e-13);
    CHECK_INT(t, test.n_rejected, 2);
}

static void a_chain_is_the_fixed_sequence(Test *t)
{
    Error err = {0};
    GraphicalTest test;
    double weights[N] = {1}, arrows[N * N] = {0}, largest = 0;
    for (size_t j = 0; j + 1 < N; j++) arrows[j * N + j + 1] = 1;
    CHECK_OK(t, graphical_test(t->arena, &(TestGraph){N, weights, arrows}, P, .05, &test, &err), err);
    for (size_t j = 0; j < N; j++) {
        largest = fmax(largest, P[j]);
        CHECK_NEAR(t, test.p_adjusted[j], largest, 1e-14);
        CHECK_INT(t, test.steps[j].hypothesis, j);
    }
    CHECK_INT(t, test.n_rejected, 2);
}

static void the_order_of_taking_out_does_not_matter(Test *t)
{
    TestGraph one = graph_without(t->arena, &TWO_DOSES, 0), other = graph_without(t->arena, &TWO_DOSES, 3);
    one = graph_without(t->arena, &one, 3), other = graph_without(t->arena, &other, 0);
    for (size_t j = 0; j < 4; j++) CHECK_NEAR(t, one.weights[j], other.weights[j], 1e-14);
    for (size_t k = 0; k < 16; k++) CHECK_NEAR(t, one.transitions[k], other.transitions[k], 1e-14);
}

/* Without a share and without arrows a hypothesis cannot be rejected, however small its p. */
static void no_share_no_rejection(Test *t)
{
    Error err = {0};
    GraphicalTest test;
    TestGraph graph = {2, (double[]){1, 0}, (double[]){0, 0, 0, 0}};
    CHECK_OK(t, graphical_test(t->arena, &graph, (double[]){.01, 0}, .05, &test, &err), err);
    CHECK(t, test.rejected[0] && !test.rejected[1] && test.p_adjusted[1] == 1);
    CHECK_OK(t, graphical_test(t->arena, &(TestGraph){0, NULL, NULL}, NULL, .05, &test, &err), err);
    CHECK_INT(t, test.n_rejected, 0);
}

static void a_graph_that_gives_more_than_it_has_is_refused(Test *t)
{
    static const double HALVES[] = {.5, .5}, SWAP[] = {0, 1, 1, 0}, P2[] = {.01, .02};
    Error err = {0};
    GraphicalTest test;
    TestGraph graph = {2, HALVES, SWAP};
    CHECK(t, !graphical_test(t->arena, &graph, (double[]){.01, 1.2}, .05, &test, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 2 of the 2 p values is 1.2");
    CHECK(t, !graphical_test(t->arena, &graph, P2, 5, &test, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "the level 5");
    CHECK(t, !graph_check(&(TestGraph){2, (double[]){.5, .6}, SWAP}, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the weights sum to 1.1");
    CHECK(t, !graph_check(&(TestGraph){2, (double[]){.5, -.1}, SWAP}, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the weight of hypothesis 2 is -0.1");
    CHECK(t, !graph_check(&(TestGraph){2, HALVES, (double[]){0, NAN, 1, 0}}, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "hypothesis 1 passes the share nan on to 2");
    CHECK(t, !graph_check(&(TestGraph){2, HALVES, (double[]){.2, .8, 1, 0}}, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "hypothesis 1 passes its level on to itself");
    CHECK(t, !graph_check(&(TestGraph){2, HALVES, (double[]){0, 1, 1.3, 0}}, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "hypothesis 2 passes on 1.3 of its level");
}

static const TestCase CASES[] = {
    {"shares flow step by step", shares_flow_step_by_step},
    {"graphs agree with the reference", graphs_agree_with_the_reference},
    {"equal shares are Holm's procedure", equal_shares_are_holm},
    {"a chain is the fixed sequence", a_chain_is_the_fixed_sequence},
    {"the order of taking out does not matter", the_order_of_taking_out_does_not_matter},
    {"no share, no rejection", no_share_no_rejection},
    {"a graph that gives more than it has is refused", a_graph_that_gives_more_than_it_has_is_refused},
};
TEST_SUITE(graphical, CASES);
