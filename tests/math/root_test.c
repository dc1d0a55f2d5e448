#include "math/root.h"

#include <math.h>

#include "test.h"

static double cubic(double x, void *context)
{
    ++*(int *)context;
    return (x - 2.385) * (x * x + 1.7);
}
static double steep(double x, void *context) { return exp(x) - *(double *)context; }
static double flat(double x, void *context) { return pow(x - *(double *)context, 9); }
static double stepwise(double x, void *context) { return x < *(double *)context ? -1 : 1; }
static double undefined(double x, void *context) { return x < *(double *)context ? -1 : NAN; }

static void a_crossing_is_found_to_the_tolerance(Test *t)
{
    double root, e = 1e6, place = .7123;
    int n_calls = 0;
    CHECK(t, root_between(cubic, &n_calls, -3, 17, 1e-13, &root));
    CHECK_NEAR(t, root, 2.385, 1e-13);
    CHECK(t, n_calls < 25);
    CHECK(t, root_between(steep, &e, -700, 700, 1e-12, &root));
    CHECK_NEAR(t, root, log(1e6), 1e-12);
    CHECK(t, root_between(flat, &place, -5, 9, 1e-9, &root));
    CHECK(t, fabs(root - place) < 1e-9 || pow(root - place, 9) == 0);
    CHECK(t, root_between(stepwise, &place, -5, 9, 1e-10, &root));
    CHECK(t, fabs(root - place) <= 1e-10);
}

static void an_end_that_is_the_root_is_taken(Test *t)
{
    int n_calls = 0;
    double root;
    CHECK(t, root_between(cubic, &n_calls, 2.385, 17, 1e-13, &root) && root == 2.385);
    CHECK(t, root_between(cubic, &n_calls, -4, 2.385, 1e-13, &root) && root == 2.385);
}

static void the_interval_grows_until_it_holds_the_root(Test *t)
{
    double root, e = 1e-200;
    CHECK(t, root_around(steep, &e, 0, 1, 1e-12, &root));
    CHECK_NEAR(t, root, log(1e-200), 1e-12);
}

static void no_change_of_sign_is_no_root(Test *t)
{
    double root, e = 1e6, place = 1.3;
    CHECK(t, !root_between(steep, &e, -1, 1, 1e-12, &root));
    CHECK(t, !root_between(undefined, &place, 0, 3, 1e-12, &root));
}

static const TestCase CASES[] = {
    {"a crossing is found to the tolerance", a_crossing_is_found_to_the_tolerance},
    {"an end that is the root is taken", an_end_that_is_the_root_is_taken},
    {"the interval grows until it holds the root", the_interval_grows_until_it_holds_the_root},
    {"no change of sign is no root", no_change_of_sign_is_no_root},
};
TEST_SUITE(root, CASES);
