#include "stat/linear.h"

#include <math.h>

#include "stat/model_data.h"
#include "stat/reference.h"

/* R 4.2: fit <- lm(y ~ arm*sex + base); summary(fit); anova(fit); type II by differences of nested fits; type III by
 * drop1(fit, . ~ ., test = "F") with contr.sum. Data: two_way() in model_data.h. */
static void an_unbalanced_layout_gives_what_r_gives(Test *t)
{
    static const char *const NAMES[] = {"(Intercept)", "armB", "armC", "sexM", "base", "armB:sexM", "armC:sexM"};
    static const double B[] = {-1.9570229679370186, 3.8078317771360064, -0.50605174725229296, 1.1363754481080537,
                               0.42265374461827393, -2.2194391783750587, 2.6054044636582159};
    static const double SE[] = {1.9512438516102235, 0.93288314381148663, 0.74274507131603762, 0.80908443449512946,
                                0.13682648788695514, 1.3787536649068848, 1.1864313139893294};
    Model m;
    LinearFit f;
    if (!fit_model(t, two_way(t), "y ~ arm*sex + base", &m, &f) || !CHECK(t, m.p == 7)) return;
    for (size_t j = 0; j < 7; j++) {
        CHECK_TEXT(t, m.names[j], NAMES[j]);
        CHECK_NEAR(t, f.b[j], B[j], 1e-12);
        CHECK_NEAR(t, linear_coefficient(&f, j, 0.95).se, SE[j], 1e-12);
    }
    CHECK_NEAR(t, f.sigma, 0.93837603168679462, 1e-13);
    CHECK_NEAR(t, f.r2, 0.86869458259050247, 1e-13);
    CHECK_NEAR(t, f.r2_adjusted, 0.78991133214480391, 1e-13);
    CHECK_NEAR(t, f.f, 11.026386670720724, 1e-12);
    CHECK(t, f.model_df == 6 && f.df == 10);
}

static void check_ss(Test *t, const Model *m, const LinearFit *f, TestType type, const double *ss)
{
    LinearTest *tests = linear_anova(t->arena, m, f, type);
    for (size_t i = 0; i < m->n_terms; i++) CHECK_NEAR(t, tests[i].ss, ss[i], 1e-12);
}

static void sums_of_squares_of_each_type_agree_with_r(Test *t)
{
    static const double ONE[] = {26.184843137254909, 10.887449035812679, 7.0637903311085752, 14.119598197969527};
    static const double TWO[] = {18.556216358244253, 7.773571311034928, 8.4020042315574486, 14.119598197969527};
    static const double THREE[] = {19.983634275980414, 5.9621395812724938, 8.4020042315574539, 14.119598197969532};
    Model m;
    LinearFit f;
    if (!fit_model(t, two_way(t), "y ~ arm*sex + base", &m, &f)) return;
    check_ss(t, &m, &f, TEST_TYPE_I, ONE);
    check_ss(t, &m, &f, TEST_TYPE_II, TWO);
    check_ss(t, &m, &f, TEST_TYPE_III, THREE);
    LinearTest *tests = linear_anova(t->arena, &m, &f, TEST_TYPE_III);
    CHECK_NEAR(t, tests[0].f, 11.347251081306769, 1e-12);
    CHECK_NEAR(t, tests[0].p, 0.0026768643022760772, 1e-11);
    CHECK(t, tests[0].df == 2 && tests[3].df == 2);
    CHECK_TEXT(t, tests[3].name, "arm:sex");
}

/* The same rows with arms renamed so that another level is the reference. */
static Frame *recoded(Test *t, const char *a, const char *b, const char *c)
{
    Frame *frame = two_way(t);
    for (size_t i = 0; i < frame->n_rows; i++) {
        char arm = frame->columns[0].texts[i].data[0];
        frame_set_text(frame, i, 0, str_from(arm == 'A' ? a : arm == 'B' ? b : c));
    }
    return frame;
}

static void type_three_does_not_depend_on_the_reference_level(Test *t)
{
    Model m1, m2;
    LinearFit f1, f2;
    if (!fit_model(t, two_way(t), "y ~ arm*sex*base", &m1, &f1)) return;
    if (!fit_model(t, recoded(t, "z", "m", "k"), "y ~ arm*sex*base", &m2, &f2)) return;
    for (TestType type = TEST_TYPE_I; type <= TEST_TYPE_III; type++) {
        LinearTest *one = linear_anova(t->arena, &m1, &f1, type), *two = linear_anova(t->arena, &m2, &f2, type);
        for (size_t i = 0; i < m1.n_terms; i++) {
            CHECK_NEAR(t, one[i].ss, two[i].ss, 1e-9);
            CHECK(t, one[i].df == two[i].df);
        }
    }
}

static Frame *without_cell(Test *t, const char *arm, const char *sex, Frame *frame)
{
    size_t rows[32], n = 0;
    for (size_t i = 0; i < frame->n_rows; i++)
        if (!(str_equal(frame->columns[0].texts[i], str_from(arm)) && str_equal(frame->columns[1].texts[i], str_from(sex)))) rows[n++] = i;
    return frame_take_rows(t->arena, frame, rows, n);
}

static void an_empty_cell_is_named_and_the_rest_is_tested(Test *t)
{
    Model m1, m2;
    LinearFit f1, f2;
    if (!fit_model(t, without_cell(t, "C", "M", two_way(t)), "y ~ arm*sex", &m1, &f1)) return;
    CHECK_TEXT(t, linear_aliased(t->arena, &m1, &f1), "armC:sexM");
    CHECK(t, !linear_coefficient(&f1, 5, 0.95).is_estimable);
    CHECK(t, linear_coefficient(&f1, 4, 0.95).is_estimable);
    if (!fit_model(t, without_cell(t, "a", "M", recoded(t, "z", "m", "a")), "y ~ arm*sex", &m2, &f2)) return;
    for (TestType type = TEST_TYPE_I; type <= TEST_TYPE_III; type++) {
        LinearTest *one = linear_anova(t->arena, &m1, &f1, type), *two = linear_anova(t->arena, &m2, &f2, type);
        for (size_t i = 0; i < m1.n_terms; i++) {
            CHECK_NEAR(t, one[i].ss, two[i].ss, 1e-10);
            CHECK(t, one[i].df == two[i].df);
        }
    }
    /* What can be said about sex comes from the arms that have both: type III is the mean over A and B. */
    LinearTest *tests = linear_anova(t->arena, &m1, &f1, TEST_TYPE_III);
    const double L[] = {0, 0, 0, 1, 0.5, 0};
    LinearTest direct;
    Error err = {0};
    CHECK(t, tests[1].df == 1 && tests[2].df == 1);
    if (CHECK_OK(t, linear_test(t->arena, &f1, L, 1, &direct, &err), err)) CHECK_NEAR(t, tests[1].ss, direct.ss, 1e-11);
}

static void a_contrast_that_cannot_be_estimated_is_refused(Test *t)
{
    Model m;
    LinearFit f;
    Error err = {0};
    LinearTest test;
    if (!fit_model(t, without_cell(t, "C", "M", two_way(t)), "y ~ arm*sex", &m, &f)) return;
    const double L[] = {0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1}, ZERO[6] = {0};
    CHECK(t, !linear_contrast(&f, &L[6], 0.95).is_estimable);
    CHECK(t, !linear_test(t->arena, &f, L, 2, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "row 2 of the contrast cannot be estimated");
    CHECK(t, !linear_test(t->arena, &f, ZERO, 1, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "the contrast is zero");
}

static void a_joint_test_counts_independent_rows(Test *t)
{
    Model m;
    LinearFit f;
    Error err = {0};
    LinearTest test;
    if (!fit_model(t, two_way(t), "y ~ arm", &m, &f)) return;
    const double L[] = {0, 1, 0, 0, 0, 1, 0, -2, 2};
    if (!CHECK_OK(t, linear_test(t->arena, &f, L, 3, &test, &err), err)) return;
    CHECK(t, test.df == 2);
    CHECK_NEAR(t, test.ss, 26.184843137254909, 1e-13);
    CHECK_NEAR(t, test.f, f.f, 1e-13);
}

/* R 4.2: coef(lm(...)) as written in each row; r.squared of the model without intercept is about 0. */
static void other_codings_follow_r(Test *t)
{
    static const double NESTED[] = {0.7222799272916024, 2.0552156004364819, -3.2582531368562524,
                                    0.25707608413399191, 0.30322003577817536, 0.5272898184595497};
    static const double MEANS[] = {3.178512396694217, 5.7942148760330578, 3.5690082644628109, 1.6429752066115697};
    static const double CURVE[] = {-4.3204536993168787, 0.80546759989950723, -0.02684622532497211};
    Model m;
    LinearFit f;
    if (!fit_model(t, two_way(t), "y ~ arm/base", &m, &f)) return;
    CHECK_TEXT(t, m.names[5], "armC:base");
    for (size_t j = 0; j < 6; j++) CHECK_NEAR(t, f.b[j], NESTED[j], 1e-12);
    if (!fit_model(t, two_way(t), "y ~ 0 + arm + sex", &m, &f)) return;
    for (size_t j = 0; j < 4; j++) CHECK_NEAR(t, f.b[j], MEANS[j], 1e-13);
    CHECK_NEAR(t, f.r2, 0.9359759088438927, 1e-13);
    if (!fit_model(t, two_way(t), "log(y) ~ base + I(base^2)", &m, &f)) return;
    for (size_t j = 0; j < 3; j++) CHECK_NEAR(t, f.b[j], CURVE[j], 1e-10);
}

static void a_fit_without_residual_freedom_is_refused(Test *t)
{
    static const double X[] = {1.5, 2.5}, Y[] = {3.1, 4.7};
    Frame *frame = frame_new(t->arena, STR("two"));
    Model m;
    LinearFit f;
    Error err = {0};
    add_numbers(frame, "x", X, 2);
    add_numbers(frame, "y", Y, 2);
    if (!build(t, frame, "y ~ x", &m)) return;
    CHECK(t, !linear_fit(t->arena, &m, &f, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "2 rows leave no degree of freedom for the error after 2 coefficients");
}

static void raw_numbers_are_checked(Test *t)
{
    const double X[] = {1, 2, 1, NAN, 1, 4}, Y[] = {1, 2, 3}, ZERO[3] = {0};
    LinearFit f;
    Error err = {0};
    CHECK(t, !least_squares(t->arena, X, NULL, Y, 3, 2, true, &f, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "row 2 is not finite");
    CHECK(t, !least_squares(t->arena, ZERO, NULL, Y, 3, 1, false, &f, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "every column is zero");
    CHECK(t, !least_squares(t->arena, X, NULL, Y, 0, 2, true, &f, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "there is nothing to fit");
}

/* NIST StRD Wampler1: y = 1 + x + ... + x^5 exactly, x = 0..20. */
static void an_exact_polynomial_is_recovered(Test *t)
{
    double x[21], y[21];
    Frame *frame = frame_new(t->arena, STR("Wampler1"));
    Model m;
    LinearFit f;
    for (int i = 0; i < 21; i++) {
        x[i] = i;
        y[i] = 1 + x[i] * (1 + x[i] * (1 + x[i] * (1 + x[i] * (1 + x[i]))));
    }
    add_numbers(frame, "x", x, 21);
    add_numbers(frame, "y", y, 21);
    if (!fit_model(t, frame, "y ~ x + I(x^2) + I(x^3) + I(x^4) + I(x^5)", &m, &f)) return;
    for (size_t j = 0; j < 6; j++) CHECK_NEAR(t, f.b[j], 1, 1e-14);
    CHECK(t, f.sigma < 1e-13);
}

static void leverage_of_one_stops_the_small_sample_sandwich(Test *t)
{
    const double X[] = {1, 0, 1, 0, 1, 0, 1, 1}, Y[] = {1.3, 2.6, 1.9, 7.7};
    double vcov[4];
    LinearFit f;
    Error err = {0};
    if (!CHECK_OK(t, least_squares(t->arena, X, NULL, Y, 4, 2, true, &f, &err), err)) return;
    CHECK(t, linear_robust(t->arena, &f, ROBUST_HC1, vcov, &err));
    CHECK(t, !linear_robust(t->arena, &f, ROBUST_HC3, vcov, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "row 4 alone decides a coefficient");
}

static void check_numbers(Test *t, const Json *want, size_t i, double got, double relative)
{
    if (CHECK(t, want && i < want->n)) CHECK_NEAR(t, got, want->items[i].number, relative);
}

static void check_anova(Test *t, const LinearTest *tests, size_t n, const Json *want, size_t skip)
{
    for (size_t i = 0; i < n; i++) {
        check_numbers(t, json_get(want, "Sum Sq"), i + skip, tests[i].ss, 1e-11);
        check_numbers(t, json_get(want, "Df"), i + skip, tests[i].df, 0);
        check_numbers(t, json_get(want, "F value"), i + skip, tests[i].f, 1e-11);
        check_numbers(t, json_get(want, "Pr(>F)"), i + skip, tests[i].p, 1e-10);
    }
}

static void the_reference_ancova_is_reproduced(Test *t)
{
    static const char *const ROBUST[] = {"HC0", "HC1", "HC2", "HC3"};
    static const size_t PLACE[] = {0, 2, 1, 3, 4, 5};      /* the file's levels are control, low, high; ours sort by name */
    const Json *reference = reference_case(t, "ancova", "s-ancova"), *input = json_get(reference, "input"), *want = json_get(reference, "expected");
    const Json *data = json_get(input, "data");
    if (!reference) return;
    Frame *frame = frame_new(t->arena, STR("ancova"));
    for (size_t i = 0; i < data->n; i++) add_json(frame, str_c(t->arena, data->keys[i]), &data->items[i]);
    Model m;
    LinearFit f;
    Error err = {0};
    if (!fit_model(t, frame, "y ~ arm + base + site", &m, &f)) return;
    for (size_t j = 0; j < 6; j++) {
        check_numbers(t, json_get(want, "coef"), PLACE[j], f.b[j], 1e-12);
        Estimate e = linear_coefficient(&f, j, 0.95);
        check_numbers(t, json_get(want, "se"), PLACE[j], e.se, 1e-12);
        check_numbers(t, json_get(want, "t"), PLACE[j], e.t, 1e-11);
        check_numbers(t, json_get(want, "p"), PLACE[j], e.p, 1e-10);
    }
    CHECK_NEAR(t, f.sigma, json_number(want, "sigma", NAN), 1e-13);
    CHECK_NEAR(t, f.r2, json_number(want, "r2", NAN), 1e-13);
    CHECK_NEAR(t, f.df, json_number(want, "df", NAN), 0);
    check_numbers(t, json_get(json_get(want, "type2"), "Sum Sq"), 3, f.rss, 1e-12);
    check_numbers(t, json_get(json_get(want, "type2"), "Df"), 3, f.df, 0);
    check_numbers(t, json_get(json_get(want, "type3_contr_sum"), "Df"), 0, 1, 0);
    check_anova(t, linear_anova(t->arena, &m, &f, TEST_TYPE_II), 3, json_get(want, "type2"), 0);
    check_anova(t, linear_anova(t->arena, &m, &f, TEST_TYPE_III), 3, json_get(want, "type3_contr_sum"), 1);
    for (size_t k = 0; k < 4; k++) {
        double vcov[36];
        if (!CHECK_OK(t, linear_robust(t->arena, &f, (RobustKind)k, vcov, &err), err)) return;
        for (size_t j = 0; j < 6; j++)
            check_numbers(t, json_get(json_get(want, "robust_se"), ROBUST[k]), PLACE[j], sqrt(vcov[j*6 + j]), 1e-11);
    }
}

static void check_certificate(Test *t, const LinearFit *f, const Json *want, double relative)
{
    for (size_t j = 0; j < f->p; j++) {
        check_numbers(t, json_get(want, "beta"), j, f->b[j], relative);
        check_numbers(t, json_get(want, "se"), j, sqrt(f->vcov[j * f->p + j]), relative);
    }
    CHECK_NEAR(t, f->sigma, json_number(want, "residual_sd", NAN), relative);
    CHECK_NEAR(t, f->r2, json_number(want, "r2", NAN), relative);
    CHECK_NEAR(t, f->rss, json_number(want, "ss_residual", NAN), relative);
    CHECK_NEAR(t, f->tss - f->rss, json_number(want, "ss_regression", NAN), relative);
    CHECK_NEAR(t, f->df, json_number(want, "df", NAN), 0);
    CHECK_NEAR(t, f->f, json_number(want, "F", NAN), relative);
}

static void nist_regressions_agree_to_eleven_digits(Test *t)
{
    static const struct { const char *id, *formula; } ROWS[] = {
        {"nist-Norris", "y ~ x"},
        {"nist-Filip", "y ~ x + I(x^2) + I(x^3) + I(x^4) + I(x^5) + I(x^6) + I(x^7) + I(x^8) + I(x^9) + I(x^10)"},
    };
    for (size_t i = 0; i < 2; i++) {
        const Json *c = reference_case(t, "nist-strd", ROWS[i].id);
        if (!c) return;
        Frame *frame = frame_new(t->arena, str_from(ROWS[i].id));
        Model m;
        LinearFit f;
        add_json(frame, "x", json_get(json_get(c, "input"), "x"));
        add_json(frame, "y", json_get(json_get(c, "input"), "y"));
        if (!fit_model(t, frame, ROWS[i].formula, &m, &f)) return;
        CHECK_INT(t, f.space.rank, m.p);
        check_certificate(t, &f, json_get(c, "expected"), 1e-11);
    }
}

static void longley_agrees_to_twelve_digits(Test *t)
{
    LinearFit f;
    Error err = {0};
    const Json *c = reference_case(t, "nist-strd", "nist-Longley");
    if (!c) return;
    const Json *rows = json_get(json_get(c, "input"), "X"), *ys = json_get(json_get(c, "input"), "y");
    size_t n = rows->n, p = rows->items[0].n;
    double *x = ARENA_ARRAY(t->arena, double, n * p), *y = ARENA_ARRAY(t->arena, double, n);
    for (size_t i = 0; i < n; i++) {
        y[i] = ys->items[i].number;
        for (size_t j = 0; j < p; j++) x[i*p + j] = rows->items[i].items[j].number;
    }
    if (CHECK_OK(t, least_squares(t->arena, x, NULL, y, n, p, true, &f, &err), err))
        check_certificate(t, &f, json_get(c, "expected"), 1e-12);
}

static void nist_one_way_layouts_agree_though_the_digits_are_constant(Test *t)
{
    static const char *const IDS[] = {"nist-AtmWtAg", "nist-SmLs01", "nist-SmLs07"};
    for (size_t i = 0; i < 3; i++) {
        const Json *c = reference_case(t, "nist-strd", IDS[i]);
        if (!c) return;
        const Json *groups = json_get(json_get(c, "input"), "groups"), *want = json_get(c, "expected_on_doubles");
        Frame *frame = frame_new(t->arena, str_from(IDS[i]));
        Model m;
        LinearFit f;
        frame_add_column(frame, STR("g"), COLUMN_INTEGER);
        frame_add_column(frame, STR("y"), COLUMN_NUMBER);
        for (size_t g = 0; g < groups->n; g++)
            for (size_t k = 0; k < groups->items[g].n; k++) {
                size_t row = frame_add_row(frame);
                frame_set_number(frame, row, 0, (double)g);
                frame_set_number(frame, row, 1, groups->items[g].items[k].number);
            }
        if (!fit_model(t, frame, "y ~ factor(g)", &m, &f)) return;
        LinearTest *tests = linear_anova(t->arena, &m, &f, TEST_TYPE_III);
        CHECK_NEAR(t, tests[0].ss, json_number(want, "ss_between", NAN), 1e-12);
        CHECK_NEAR(t, f.rss, json_number(want, "ss_within", NAN), 1e-12);
        CHECK_NEAR(t, tests[0].f, json_number(want, "F", NAN), 1e-12);
        CHECK_NEAR(t, f.r2, json_number(want, "r2", NAN), 1e-12);
        CHECK_NEAR(t, f.sigma, json_number(want, "residual_sd", NAN), 1e-12);
    }
}

static const TestCase CASES[] = {
    {"an unbalanced layout gives what R gives", an_unbalanced_layout_gives_what_r_gives},
    {"sums of squares of each type agree with R", sums_of_squares_of_each_type_agree_with_r},
    {"type III does not depend on the reference level", type_three_does_not_depend_on_the_reference_level},
    {"an empty cell is named and the rest is tested", an_empty_cell_is_named_and_the_rest_is_tested},
    {"a contrast that cannot be estimated is refused", a_contrast_that_cannot_be_estimated_is_refused},
    {"a joint test counts independent rows", a_joint_test_counts_independent_rows},
    {"other codings follow R", other_codings_follow_r},
    {"a fit without residual freedom is refused", a_fit_without_residual_freedom_is_refused},
    {"raw numbers are checked", raw_numbers_are_checked},
    {"an exact polynomial is recovered", an_exact_polynomial_is_recovered},
    {"leverage of one stops the small-sample sandwich", leverage_of_one_stops_the_small_sample_sandwich},
    {"the reference ANCOVA is reproduced", the_reference_ancova_is_reproduced},
    {"NIST regressions agree to eleven digits", nist_regressions_agree_to_eleven_digits},
    {"Longley agrees to twelve digits", longley_agrees_to_twelve_digits},
    {"NIST one-way layouts agree though the digits are constant", nist_one_way_layouts_agree_though_the_digits_are_constant},
};

TEST_SUITE(linear, CASES);
