#include "stat/survival_model.h"

#include <math.h>

#include "stat/logrank.h"
#include "stat/model_data.h"

static Frame *twelve(Test *t)
{
    static const char *const arm[] = {"new", "new", "new", "new", "new", "new", "old", "old", "old", "old", "old", "old"},
                            *const site[] = {"north", "north", "south", "south", "south", "north", "north", "north", "south", "south", "north", "south"};
    static const double age[] = {61, 58, 70, 66, 73, 49, 65, 71, 68, 59, 62, 75}, days[] = {12, 25, 31, 44, 52, 60, 5, 9, 12, 20, 33, 41},
                        censored[] = {0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0};
    Frame *frame = frame_new(t->arena, STR("tte"));
    add_texts(frame, "ARM", arm, 12);
    add_texts(frame, "SITE", site, 12);
    add_numbers(frame, "AGE", age, 12);
    add_numbers(frame, "DAYS", days, 12);
    add_numbers(frame, "CNSR", censored, 12);
    return frame;
}

static bool built(Test *t, const Frame *frame, const char *text, const char *event, SurvivalModel *model, Error *err)
{
    SurvivalFormula *formula = ARENA_NEW(t->arena, SurvivalFormula);
    *err = (Error){0};
    return survival_formula_parse(t->arena, str_from(text), formula, err) &&
           survival_model_build(t->arena, formula, str_from(event), frame, NULL, 0, model, err);
}

/* R 4.2.2, survival 3.5-3: coxph(Surv(DAYS, 1 - CNSR) ~ ARM + AGE + strata(SITE)), survdiff(.. ~ ARM + strata(SITE)) */
static void a_formula_gives_the_fit_that_r_gives(Test *t)
{
    SurvivalModel m;
    CoxFit fit;
    LogRankTest test;
    Error err;
    double l[2];
    if (!CHECK_OK(t, built(t, twelve(t), "Surv(DAYS, 1 - CNSR) ~ ARM + AGE + strata(SITE)", "", &m, &err), err)) return;
    CoxInput input = survival_model_cox(t->arena, &m);
    if (!CHECK_OK(t, cox_fit(t->arena, &input, &(CoxOptions){0}, &fit, &err), err)) return;
    CHECK_NEAR(t, fit.coef[0].estimate, 1.486480587808012954, 1e-8);
    CHECK_NEAR(t, fit.coef[1].estimate, -0.000695419632001663, 1e-7);
    CHECK(t, survival_model_compare(&m, 0, 1, l) && l[0] == -1 && l[1] == 0);
    Estimate ratio = cox_contrast(&fit, l, 0.95);
    CHECK_NEAR(t, ratio.estimate, -1.486480587808012954, 1e-8);
    CHECK_NEAR(t, ratio.se, sqrt(0.8588333980301022), 1e-9);
    LogRankInput groups = {.data = m.data, .group = m.model.variables[m.group].level, .n_groups = 2, .stratum = m.stratum, .n_strata = m.n_strata};
    if (CHECK_OK(t, logrank_test(t->arena, &groups, &test, &err), err)) CHECK_NEAR(t, test.chisq, 3.55125044029588, 1e-12);
}

static void the_event_may_be_a_condition_or_stand_outside(Test *t)
{
    static const char *const texts[] = {"Surv(DAYS, 1 - CNSR) ~ ARM", "Surv(DAYS, CNSR = 0) ~ ARM", "Surv(DAYS) ~ ARM", "Surv(DAYS, CNSR) ~ ARM"};
    for (size_t i = 0; i < 4; i++) {
        SurvivalModel m;
        Error err;
        if (!CHECK_OK(t, built(t, twelve(t), texts[i], i < 2 ? "" : "CNSR IS 0", &m, &err), err)) continue;
        CHECK_INT(t, m.n_events, 8);
        CHECK(t, m.stratum == NULL && m.cluster == NULL && m.n_groups == 2);
    }
}

static void strata_may_stand_anywhere_and_alone(Test *t)
{
    static const char *const texts[] = {"Surv(DAYS, CNSR = 0) ~ strata(SITE)", "Surv(DAYS,CNSR=0)~strata(SITE)+ARM",
                                        "Surv(DAYS, CNSR = 0) ~ ARM + strata(SITE) + AGE", "Surv(DAYS, CNSR = 0) ~ AGE+cluster(SITE)+strata(SITE)"};
    static const size_t columns[] = {0, 1, 2, 1};
    for (size_t i = 0; i < 4; i++) {
        SurvivalModel m;
        Error err;
        if (!CHECK_OK(t, built(t, twelve(t), texts[i], "", &m, &err), err)) continue;
        CHECK_INT(t, m.n_strata, 2);
        CHECK_INT(t, survival_model_cox(t->arena, &m).p, columns[i]);
        CHECK_INT(t, m.n_clusters, i == 3 ? 2 : 0);
    }
}

static void a_row_without_a_value_is_left_out_and_counted(Test *t)
{
    SurvivalModel m;
    Error err;
    Frame *frame = twelve(t);
    frame_set_missing(frame, 2, 1, MISSING_UNKNOWN);   /* site */
    frame_set_missing(frame, 4, 4, MISSING_UNKNOWN);   /* event */
    frame_set_missing(frame, 7, 3, MISSING_UNKNOWN);   /* time */
    if (!CHECK_OK(t, built(t, frame, "Surv(DAYS, 1 - CNSR) ~ ARM + strata(SITE)", "", &m, &err), err)) return;
    CHECK_INT(t, m.n_left_out, 3);
    CHECK_INT(t, survival_model_group(t->arena, &m, 0).n, 4);
    CHECK_INT(t, survival_model_group(t->arena, &m, 1).n, 5);
    CHECK_TEXT(t, survival_model_label(&m, 1), "old");
}

static void what_cannot_be_followed_up_says_why(Test *t)
{
    static const struct {
        const char *text;
        ErrorCode code;
        const char *part;
    } wrong[] = {
        {"DAYS ~ ARM", ERROR_MALFORMED, "does not begin with Surv"},
        {"Surv(DAYS, CNSR ~ ARM", ERROR_MALFORMED, "not closed"},
        {"Surv(DAYS, CNSR) ARM", ERROR_MALFORMED, "\"~\" is expected"},
        {"Surv(DAYS) ~ ARM", ERROR_USAGE, "does not say who had the event"},
        {"Surv(DAYS, SITE) ~ ARM", ERROR_INCONSISTENT, "SITE = 'north'"},
        {"Surv(DAYS, AGE) ~ ARM", ERROR_INCONSISTENT, "is 61 in row 1"},
        {"Surv(DAYS, CNSR > 1) ~ ARM", ERROR_DEGENERATE, "nobody of 12 had the event"},
        {"Surv(DAYS - 10, CNSR = 0) ~ ARM", ERROR_MALFORMED, "negative in row 7: -5"},
        {"Surv(DAY, CNSR = 0) ~ ARM", ERROR_INCONSISTENT, "\"DAYS\""},
        {"Surv(DAYS, CNSR = 0) ~ ARM * strata(SITE)", ERROR_MALFORMED, "formula, column 30"},
        {"Surv(DAYS, CNSR = 0) ~ ARM + strata(SIT)", ERROR_INCONSISTENT, "\"SITE\""},
        {"Surv(DAYS, CNSR = 0) ~ ARM - 1", ERROR_INCONSISTENT, "no intercept to take away"},
        {"Surv(DAYS, CNSR = 0) ~", ERROR_MALFORMED, "a term is expected"},
        {"Surv(DAYS, CNSR = 0) ~ ARM + ar1(DAYS | SITE)", ERROR_INCONSISTENT, "no covariance term"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        SurvivalModel m;
        Error err;
        CHECK(t, !built(t, twelve(t), wrong[i].text, "", &m, &err));
        CHECK_ERROR(t, err, wrong[i].code, wrong[i].part);
    }
}

static void groups_in_an_interaction_have_no_single_ratio(Test *t)
{
    SurvivalModel m;
    Error err;
    double l[3];
    if (!CHECK_OK(t, built(t, twelve(t), "Surv(DAYS, CNSR = 0) ~ ARM * AGE", "", &m, &err), err)) return;
    CHECK(t, !survival_model_compare(&m, 0, 1, l));
}

static const TestCase CASES[] = {
    {"a formula gives the fit that R gives", a_formula_gives_the_fit_that_r_gives},
    {"the event may be a condition, or stand outside", the_event_may_be_a_condition_or_stand_outside},
    {"strata may stand anywhere, and alone", strata_may_stand_anywhere_and_alone},
    {"a row without a value is left out and counted", a_row_without_a_value_is_left_out_and_counted},
    {"what cannot be followed up says why", what_cannot_be_followed_up_says_why},
    {"groups in an interaction have no single ratio", groups_in_an_interaction_have_no_single_ratio},
};
TEST_SUITE(survival_model, CASES);
