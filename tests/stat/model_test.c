#include "stat/model.h"

#include <math.h>
#include <string.h>

#include "stat/model_data.h"

static void columns_are_named_and_filled_as_in_r(Test *t)
{
    /* R 4.2: model.matrix(~ arm*base + sex:base)[8, ], the eighth subject being B, M, 16.3 */
    static const char *const NAMES[] = {"(Intercept)", "armB", "armC", "base", "armB:base", "armC:base", "base:sexM"};
    static const double EIGHTH[] = {1, 1, 0, 16.3, 16.3, 0, 16.3};
    Model m;
    if (!build(t, two_way(t), "y ~ arm*base + sex:base", &m) || !CHECK(t, m.p == 7)) return;
    for (size_t j = 0; j < 7; j++) {
        CHECK_TEXT(t, m.names[j], NAMES[j]);
        CHECK_NEAR(t, m.x[7*7 + j], EIGHTH[j], 0);
    }
    CHECK(t, m.term_of[0] == SIZE_MAX && m.term_of[6] == 3);
    CHECK(t, m.x_low == NULL && m.n == 17 && m.n_dropped == 0);
}

static void without_an_intercept_one_factor_has_every_level(Test *t)
{
    Model m;
    if (!build(t, two_way(t), "y ~ 0 + sex + arm", &m)) return;
    CHECK(t, m.p == 4 && m.terms[0].full[0] && !m.terms[1].full[0]);
    CHECK_TEXT(t, m.names[0], "sexF");
    CHECK_TEXT(t, m.names[2], "armB");
    if (!build(t, two_way(t), "y ~ 0 + arm:sex", &m)) return;
    CHECK(t, m.p == 6);
    CHECK_TEXT(t, m.names[4], "armB:sexM");
}

static void incomplete_rows_are_counted_by_column(Test *t)
{
    Model m;
    Frame *frame = two_way(t);
    frame_set_missing(frame, 3, 2, MISSING_NOT_DONE);
    frame_set_missing(frame, 3, 3, MISSING_UNSTATED);
    frame_set_missing(frame, 9, 3, MISSING_UNSTATED);
    if (!build(t, frame, "y ~ arm + base", &m)) return;
    CHECK(t, m.n == 15 && m.n_dropped == 2 && m.n_gaps == 2 && m.rows[3] == 4);
    CHECK_TEXT(t, m.gaps[0].column, "y");
    CHECK_INT(t, m.gaps[0].n_rows, 2);
    CHECK_TEXT(t, m.gaps[1].column, "base");
    CHECK_INT(t, m.gaps[1].n_rows, 1);
}

static void a_coded_column_keeps_the_order_of_its_codelist(Test *t)
{
    static Str codes[] = {{"PBO", 3}, {"LOW", 3}, {"NONE", 4}, {"HIGH", 4}}, labels[] = {{"Placebo", 7}, {"", 0}, {"", 0}, {"High dose", 9}};
    static const Codelist ARMS = {.n = 4, .codes = codes, .labels = labels};
    Frame *frame = two_way(t);
    Column *arm = frame_add_column(frame, STR("trt"), COLUMN_CODED);
    Model m;
    arm->codelist = &ARMS;
    for (size_t i = 0; i < frame->n_rows; i++) frame_set_text(frame, i, 4, codes[(i * 3) % 4 == 2 ? 0 : (i * 3) % 4]);
    if (!build(t, frame, "y ~ trt", &m)) return;
    const ModelVariable *v = &m.variables[0];
    if (!CHECK(t, v->n_levels == 3)) return;              /* nobody has NONE */
    CHECK_TEXT(t, v->levels[0], "PBO");
    CHECK_TEXT(t, v->labels[0], "Placebo");
    CHECK_TEXT(t, v->levels[1], "LOW");
    CHECK_TEXT(t, v->labels[1], "LOW");
    CHECK_TEXT(t, m.names[2], "trtHIGH");
}

static void levels_of_a_numeric_factor_come_by_value(Test *t)
{
    static const double VISIT[] = {10, 2, 10, 2, 1.5}, Y[] = {1.2, 2.9, 3.1, 4.4, 5.8};
    Frame *frame = frame_new(t->arena, STR("visits"));
    Model m;
    add_numbers(frame, "visit", VISIT, 5);
    add_numbers(frame, "y", Y, 5);
    if (!build(t, frame, "y ~ factor(visit)", &m)) return;
    CHECK_TEXT(t, m.variables[0].levels[0], "1.5");
    CHECK_TEXT(t, m.names[2], "factor(visit)10");
    CHECK_INT(t, m.variables[0].level[1], 1);
}

static bool fails(Test *t, const Frame *frame, const char *text, Error *err)
{
    Formula *formula = ARENA_NEW(t->arena, Formula);
    Model m;
    *err = (Error){0};
    return CHECK(t, formula_parse(t->arena, str_from(text), formula, err))
        && CHECK(t, !model_build(t->arena, formula, frame, NULL, 0, &m, err));
}

static void what_cannot_be_modelled_is_said(Test *t)
{
    Error err;
    Frame *frame = two_way(t);
    fails(t, frame, "y ~ arms", &err);
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "Did you mean \"arm\"?");
    fails(t, frame, "arm ~ base", &err);
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "column \"arm\" holds text, not numbers");
    fails(t, frame, "y ~ log(arm)", &err);
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"log(arm)\"");
    fails(t, frame, "y ~ log(base - 9.8)", &err);
    CHECK_ERROR(t, err, ERROR_MALFORMED, "\"log(base - 9.8)\" has no finite value in row 3");
    fails(t, frame, "y ~ 0", &err);
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "neither an intercept nor a term");
    for (size_t i = 0; i < frame->n_rows; i++) frame_set_text(frame, i, 1, STR("F"));
    fails(t, frame, "y ~ sex", &err);
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "factor \"sex\" has one level, \"F\"");
    for (size_t i = 0; i < frame->n_rows; i++) frame_set_missing(frame, i, 2, MISSING_UNSTATED);
    fails(t, frame, "y ~ base", &err);
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "no row is complete");
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "Column \"base\" is missing in every row.");
    fails(t, frame_new(t->arena, STR("empty")), "y ~ base", &err);
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "has no column \"y\"");
}

static void a_design_beyond_its_limits_is_refused(Test *t)
{
    double numbers[60];
    Frame *frame = frame_new(t->arena, STR("many"));
    Error err;
    for (size_t i = 0; i < 60; i++) numbers[i] = (double)i + 0.5;
    add_numbers(frame, "y", numbers, 60);
    add_numbers(frame, "a", numbers, 60);
    add_numbers(frame, "b", numbers, 60);
    fails(t, frame, "y ~ factor(a)*factor(b)", &err);
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "the design has more than 2000 columns");
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "term \"factor(a):factor(b)\"");
}

static void rows_may_be_chosen_and_their_covariance_columns_count(Test *t)
{
    static const size_t ROWS[] = {1, 3, 5, 7, 9, 11};
    Frame *frame = two_way(t);
    Formula formula;
    Model m;
    ModelVariable sex;
    Error err = {0};
    frame_set_missing(frame, 7, 1, MISSING_UNSTATED);
    if (!CHECK_OK(t, formula_parse(t->arena, STR("y ~ base + us(sex | arm)"), &formula, &err)
                     && model_build(t->arena, &formula, frame, ROWS, 6, &m, &err), err)) return;
    CHECK(t, m.n == 5 && m.n_dropped == 1);
    if (!CHECK_OK(t, model_factor(t->arena, &m, STR("sex"), &sex, &err), err)) return;
    CHECK(t, sex.n_levels == 2 && sex.level[0] == 0 && sex.level[1] == 1);
    CHECK(t, !model_factor(t->arena, &m, STR("sx"), &sex, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "no column \"sx\"");
}

static void containment_is_that_of_sas(Test *t)
{
    Model m;                                              /* arm, base, sex, arm:base, arm:sex */
    if (!build(t, two_way(t), "y ~ arm*base + arm*sex", &m)) return;
    CHECK(t, model_contains(&m, &m.terms[4], &m.terms[0]) && model_contains(&m, &m.terms[4], &m.terms[2]));
    CHECK(t, model_contains(&m, &m.terms[3], &m.terms[1]));
    CHECK(t, !model_contains(&m, &m.terms[3], &m.terms[0]));         /* another covariate part */
    CHECK(t, !model_contains(&m, &m.terms[0], &m.terms[0]));
    CHECK_INT(t, model_n_cells(&m, &m.terms[4]), 6);
}

/* Three subjects at four visits: AVISIT as text, AVISITN when `numbers` are given. */
static Frame *visits(Test *t, const double *numbers)
{
    static const char *const VISIT[] = {"Week 8", "End", "Week 16", "Week 24"}, *const SUBJECT[] = {"c", "b", "a"};
    Frame *frame = frame_new(t->arena, STR("visits"));
    const char *visit[12], *subject[12];
    double y[12], number[12];
    for (size_t i = 0; i < 12; i++) {
        visit[i] = VISIT[(i + i / 4) % 4], subject[i] = SUBJECT[i / 4], y[i] = (double)(i * i % 7);
        number[i] = numbers ? numbers[(i + i / 4) % 4] : 0;
    }
    add_texts(frame, "AVISIT", visit, 12);
    add_texts(frame, "SUBJID", subject, 12);
    add_numbers(frame, "y", y, 12);
    if (numbers) add_numbers(frame, "avisitn", number, 12);
    return frame;
}

static void check_levels(Test *t, const ModelVariable *v, const char *const *want)
{
    if (!CHECK(t, v->n_levels == 4)) return;
    for (size_t l = 0; l < 4; l++) CHECK_TEXT(t, v->levels[l], want[l]);
}

static void visits_of_a_covariance_stand_in_their_own_order(Test *t)
{
    static const char *const NATURAL[] = {"End", "Week 8", "Week 16", "Week 24"}, *const BYTES[] = {"End", "Week 16", "Week 24", "Week 8"},
                      *const PLANNED[] = {"Week 8", "Week 16", "Week 24", "End"};
    static const double NUMBER[] = {8, 99, 16, 24}, SHARED[] = {8, 24, 16, 24};
    Model m;
    ModelVariable v;
    Error err = {0};
    if (!build(t, visits(t, NULL), "y ~ AVISIT", &m)) return;
    check_levels(t, &m.variables[0], BYTES);              /* no covariance: as R has it */
    if (!build(t, visits(t, NULL), "y ~ AVISIT + ar1(AVISIT | SUBJID)", &m)) return;
    check_levels(t, &m.variables[0], NATURAL);
    CHECK_INT(t, m.variables[0].level[0], 1);
    if (!build(t, visits(t, SHARED), "y ~ AVISIT + ar1(AVISIT | SUBJID)", &m)) return;
    check_levels(t, &m.variables[0], NATURAL);            /* a number of two visits orders nothing */
    if (!build(t, visits(t, NUMBER), "y ~ AVISIT + ar1(AVISIT | SUBJID)", &m)) return;
    check_levels(t, &m.variables[0], PLANNED);
    if (!build(t, visits(t, NUMBER), "y ~ 1 + ar1(AVISIT | SUBJID)", &m) || !CHECK_OK(t, model_factor(t->arena, &m, STR("AVISIT"), &v, &err), err)) return;
    check_levels(t, &v, PLANNED);                         /* visits that are no factor of the means */
    if (!CHECK_OK(t, model_factor(t->arena, &m, STR("SUBJID"), &v, &err), err)) return;
    CHECK_TEXT(t, v.levels[0], "a");
}

/* Products of such values overflow or vanish: fits went on for ever, or printed zeros. */
static void values_whose_squares_overflow_or_vanish_are_refused(Test *t)
{
    static const struct {
        const char *column;
        double factor;
        const char *message;
    } REFUSED[] = {{"y", 1e70, "beyond 1e+60"}, {"y", 1e-70, "below 1e-60"}, {"base", -1e70, "beyond 1e+60"}};
    for (size_t k = 0; k < sizeof REFUSED / sizeof REFUSED[0]; k++)
        for (int pass = 0; pass < 2; pass++) {
            Frame *frame = two_way(t);
            Column *column = frame_column(frame, str_from(REFUSED[k].column));
            Formula f;
            Model m;
            Error err = {0};
            for (size_t i = 0; i < frame->n_rows; i++) column->numbers[i] *= pass ? REFUSED[k].factor : 1;
            if (!CHECK_OK(t, formula_parse(t->arena, STR("y ~ arm * base"), &f, &err), err)) return;
            bool built = model_build(t->arena, &f, frame, NULL, 0, &m, &err);
            if (pass == 0) CHECK_OK(t, built, err);
            else if (CHECK(t, !built && err.code == ERROR_MALFORMED)) CHECK(t, strstr(err.message, REFUSED[k].message) && strstr(err.hint, "another unit"));
        }
}

static const TestCase CASES[] = {
    {"visits of a covariance stand in their own order", visits_of_a_covariance_stand_in_their_own_order},
    {"columns are named and filled as in R", columns_are_named_and_filled_as_in_r},
    {"without an intercept one factor has every level", without_an_intercept_one_factor_has_every_level},
    {"incomplete rows are counted by column", incomplete_rows_are_counted_by_column},
    {"a coded column keeps the order of its codelist", a_coded_column_keeps_the_order_of_its_codelist},
    {"levels of a numeric factor come by value", levels_of_a_numeric_factor_come_by_value},
    {"what cannot be modelled is said", what_cannot_be_modelled_is_said},
    {"a design beyond its limits is refused", a_design_beyond_its_limits_is_refused},
    {"rows may be chosen, and covariance columns count", rows_may_be_chosen_and_their_covariance_columns_count},
    {"values whose squares overflow or vanish are refused", values_whose_squares_overflow_or_vanish_are_refused},
    {"containment is that of SAS", containment_is_that_of_sas},
};

TEST_SUITE(model, CASES);
