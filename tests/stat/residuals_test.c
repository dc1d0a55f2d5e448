#include "stat/residuals.h"

#include <math.h>

#include "exchange/csv.h"
#include "test.h"

static const char DATA[] = "g,x,y\na,1.2,2.1\na,2.3,3.9\na,3.1,4.2\na,4.7,7.7\nb,1.9,3.0\nb,2.2,2.8\nb,3.8,6.9\nb,5.1,7.2\nc,2.6,5.5\nc,3.3,9.9\n";

static bool fit_of(Test *t, const char *formula_text, const char *csv, Model *model, LinearFit *fit)
{
    Error err = {0};
    Frame *frame;
    Formula *formula = ARENA_NEW(t->arena, Formula);
    return CHECK_OK(t, csv_parse_frame(t->arena, STR("data"), str_from(csv), NULL, &frame, NULL, &err) &&
                           formula_parse(t->arena, str_from(formula_text), formula, &err) &&
                           model_build(t->arena, formula, frame, NULL, 0, model, &err) && linear_fit(t->arena, model, fit, &err), err);
}

/* R 4.2: rstandard(lm(y ~ g + x)), fitted() */
static void studentised_residuals_are_those_of_r(Test *t)
{
    static const double STANDARD[] = {0.312653813945, 0.283387712142, -0.726618932263, 0.218185793095, 0.244363880280,
                                      -0.496369863929, 1.048715404812, -0.967313003398, -2.020326013883, 2.020326013883};
    static const double FITTED[] = {1.83213952621, 3.62115277001, 4.92225331095, 7.52445439284, 2.77939283716,
                                    3.26730554001, 5.86950662190, 7.98379500093, 7.13076851334, 8.26923148666};
    Model model;
    LinearFit fit;
    if (!fit_of(t, "y ~ g + x", DATA, &model, &fit)) return;
    Residuals r = residuals_linear(t->arena, &model, &fit);
    CHECK_INT(t, r.n, 10);
    for (size_t i = 0; i < r.n; i++) {
        CHECK_NEAR(t, r.residual[i], STANDARD[i], 1e-10);
        CHECK_NEAR(t, r.fitted[i], FITTED[i], 1e-10);
    }
}

static void a_row_with_all_the_leverage_has_no_residual(Test *t)
{
    Model model;
    LinearFit fit;
    if (!fit_of(t, "y ~ g", "g,y\na,1.5\na,2.25\na,3\nb,7.75\n", &model, &fit)) return;
    Residuals r = residuals_linear(t->arena, &model, &fit);
    CHECK(t, isnan(r.residual[3]));
    CHECK_NEAR(t, r.residual[0], -1.2247448713915890, 1e-12);
}

/* R 4.2: qnorm((1:10 - .375) / 10.25), qnorm(qbeta(.025, 1:10, 10:1)) */
static void the_normal_plot_has_the_exact_envelope(Test *t)
{
    const double x[] = {3.25, -1.75, NAN, 0.5, 2.5, -0.25, 1.125, 0.875, 7.5, -3.5, 0.25};
    NormalPlot plot = normal_plot(t->arena, x, 11, 0.95, 400);
    CHECK_INT(t, plot.n, 10);
    CHECK_NEAR(t, plot.value[0], -3.5, 0);
    CHECK_NEAR(t, plot.value[9], 7.5, 0);
    CHECK_NEAR(t, plot.expected[0], -1.546635271399, 1e-11);
    CHECK_NEAR(t, plot.expected[6], 0.375461770236, 1e-11);
    CHECK_NEAR(t, plot.low[0], -2.803370283423, 1e-10);
    CHECK_NEAR(t, plot.low[9], 0.500114842517, 1e-10);
    for (size_t i = 0; i < 10; i++) CHECK_NEAR(t, plot.high[i], -plot.low[9 - i], 1e-9);
}

static void a_large_normal_plot_keeps_its_tails(Test *t)
{
    double *x = ARENA_ARRAY(t->arena, double, 5000);
    for (size_t i = 0; i < 5000; i++) x[i] = (double)((i * 1237) % 5000);
    NormalPlot plot = normal_plot(t->arena, x, 5000, 0.95, 200);
    CHECK(t, plot.n > 120 && plot.n <= 202);
    CHECK_INT(t, plot.n_values, 5000);
    for (size_t i = 0; i < 50; i++) {
        CHECK_NEAR(t, plot.value[i], (double)i, 0);
        CHECK_NEAR(t, plot.value[plot.n - 1 - i], 4999 - (double)i, 0);
    }
}

static void bins_hold_every_value_once(Test *t)
{
    const double x[] = {0.31, 0.28, -0.73, 0.22, 0.24, -0.5, 1.05, -0.97, -2.02, 2.02, 0, 0.5, INFINITY};
    Histogram h = histogram(t->arena, x, 13);
    size_t total = 0;
    for (size_t i = 0; i < h.n; i++) {
        total += h.count[i];
        size_t inside = 0;
        for (size_t k = 0; k < 12; k++) inside += x[k] >= h.edge[i] && x[k] < h.edge[i + 1];
        CHECK_INT(t, h.count[i], inside);
        CHECK_NEAR(t, h.edge[i + 1] - h.edge[i], h.width, 1e-12);
    }
    CHECK_INT(t, total, 12);
    CHECK_NEAR(t, h.width, 1, 1e-12);                     /* Freedman and Diaconis: 0.89 */
    const double alike[] = {2.5, 2.5, 2.5};
    CHECK_INT(t, histogram(t->arena, alike, 3).n, 1);
    CHECK_INT(t, histogram(t->arena, alike, 0).n, 0);
    const double far[] = {0, 0.001, 0.002, 0.003, 1e6};
    CHECK(t, histogram(t->arena, far, 5).n <= HISTOGRAM_MAX);
}

static void a_box_ends_at_values_there_are(Test *t)
{
    const double x[] = {3.5, 2.25, 9.75, 4, 4.5, 3, -4.5, 3.25, NAN};
    BoxNumbers box = box_numbers(t->arena, x, 9);
    CHECK_INT(t, box.n, 8);
    CHECK_NEAR(t, box.median, 3.375, 0);
    CHECK_NEAR(t, box.q1, 2.625, 0);
    CHECK_NEAR(t, box.q3, 4.25, 0);
    CHECK_NEAR(t, box.low, 2.25, 0);
    CHECK_NEAR(t, box.high, 4.5, 0);
    CHECK_INT(t, box.n_beyond, 2);
    CHECK_NEAR(t, box.beyond[0], -4.5, 0);
    CHECK_NEAR(t, box.beyond[1], 9.75, 0);
    CHECK(t, isnan(box_numbers(t->arena, x, 0).median));
}

static const TestCase CASES[] = {
    {"studentised residuals are those of R", studentised_residuals_are_those_of_r},
    {"a row with all the leverage has no residual", a_row_with_all_the_leverage_has_no_residual},
    {"the normal plot has the exact envelope", the_normal_plot_has_the_exact_envelope},
    {"a large normal plot keeps its tails", a_large_normal_plot_keeps_its_tails},
    {"bins hold every value once", bins_hold_every_value_once},
    {"a box ends at values there are", a_box_ends_at_values_there_are},
};
TEST_SUITE(residuals, CASES);
