#include "stat/family_model.h"

#include <math.h>

#include "stat/lsmeans.h"
#include "stat/model_data.h"

static Frame *seventeen(Test *t)
{
    static const char *const arm[] = {"new", "new", "new", "new", "new", "new", "new", "new", "old", "old", "old", "old", "old", "old", "old", "old", "old"},
                            *const part[] = {"b", "c", "a", "b", "c", "a", "b", "c", "a", "b", "c", "a", "b", "c", "a", "b", "c"},
                            *const grade[] = {"none", "mild", "mild", "none", "severe", "mild", "none", "severe", "mild", "mild", "severe", "none", "severe", "mild", "severe", "severe", "mild"};
    static const double base[] = {4.1, 5.2, 6.3, 3.8, 7.4, 5.9, 4.6, 6.8, 4.4, 5.5, 6.1, 3.5, 7.2, 5.8, 4.9, 6.6, 5.0}, resp[] = {1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0},
                        falls[] = {0, 2, 1, 0, 3, 1, 0, 4, 2, 3, 5, 1, 6, 1, 3, 4, 2}, years[] = {1.5, 2, 1.25, 2, .75, 1.5, 2, 1, 2, 1.25, 1.5, 2, 1, .5, 1.75, 2, 1};
    Frame *frame = frame_new(t->arena, STR("fam"));
    add_texts(frame, "ARM", arm, 17);
    add_texts(frame, "PART", part, 17);
    add_texts(frame, "GRADE", grade, 17);
    add_numbers(frame, "BASE", base, 17);
    add_numbers(frame, "RESP", resp, 17);
    add_numbers(frame, "FALLS", falls, 17);
    add_numbers(frame, "YEARS", years, 17);
    frame_set_missing(frame, 16, 4, MISSING_NOT_DONE);
    return frame;
}

static const Str GRADES[] = {{"none", 4}, {"mild", 4}, {"severe", 6}};
static const FamilyOptions NOTHING = {.n_categories = 0}, PER_YEAR = {.exposure = {"YEARS", 5}}, ORDERED = {.n_categories = 3, .categories = GRADES},
                           ONE_GRADE = {.n_categories = 1, .categories = GRADES}, ROBUST = {.robust = true};

static bool fitted(Test *t, const char *text, FamilyKind kind, const FamilyOptions *options, FamilyFit *fit, Error *err)
{
    *err = (Error){0};
    return family_fit(t->arena, str_from(text), kind, options, seventeen(t), NULL, 0, fit, err);
}

/* R 4.2.2: glm(.., binomial), glm(.., poisson, offset = log(YEARS)), MASS 7.3-58 polr and glm.nb; emmeans 1.8.4 */
static void every_family_gives_what_r_gives(Test *t)
{
    static const struct {
        const char *text;
        FamilyKind kind;
        const FamilyOptions *options;
        size_t column;
        double estimate, se, relative;
    } wanted[] = {
        {"RESP ~ ARM + BASE", FAMILY_LOGISTIC, &NOTHING, 1, -1.725669332193, 1.153495364165, 1e-8},
        {"RESP = 1 ~ ARM + BASE", FAMILY_LOGISTIC, &NOTHING, 2, -0.477068409365, 0.488477429449, 1e-8},
        {"FALLS ~ ARM + BASE", FAMILY_POISSON, &PER_YEAR, 1, 0.779468511964, 0.357695843634, 1e-8},
        {"FALLS ~ ARM", FAMILY_NEGATIVE_BINOMIAL, &NOTHING, 1, 0.78015856, 0.36578905, 1e-4},
        {"GRADE ~ ARM", FAMILY_PROPORTIONAL_ODDS, &ORDERED, 1, 1.1486, 0.94713, 1e-4},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        FamilyFit fit;
        Error err;
        if (!CHECK_OK(t, fitted(t, wanted[i].text, wanted[i].kind, wanted[i].options, &fit, &err), err)) continue;
        Estimate e = family_coefficient(t->arena, &fit, wanted[i].column, 0.95);
        CHECK_NEAR(t, e.estimate, wanted[i].estimate, wanted[i].relative);
        CHECK_NEAR(t, e.se, wanted[i].se, fmax(1e-7, wanted[i].relative)); /* R's are of the step before the last */
        FamilyTest test = family_test(t->arena, &fit, wanted[i].column - 1);
        CHECK_NEAR(t, test.chisq, e.t * e.t, 1e-10);
        CHECK_NEAR(t, test.p, e.p, 1e-9);
    }
}

/* R: emmeans(glm(..), "ARM"): 0.555 and -1.171 with SE 0.763 and 0.851; Wald's chi-square of a factor of three levels */
static void means_and_tests_of_several_columns_are_those_of_r(Test *t)
{
    FamilyFit fit;
    LsMeans means;
    Error err;
    if (!CHECK_OK(t, fitted(t, "RESP ~ ARM + BASE", FAMILY_LOGISTIC, &NOTHING, &fit, &err) &&
                         lsmeans_rows(t->arena, &fit.model, STR("ARM"), MARGINS_EQUAL, &means, &err), err))
        return;
    Estimate e = family_contrast(t->arena, &fit, means.l, 0.95);
    CHECK_NEAR(t, e.estimate, 0.555, 1e-3);
    CHECK_NEAR(t, e.se, 0.763, 1e-3);
    CHECK_NEAR(t, family_inverse(FAMILY_LOGISTIC, e.estimate), 0.6353, 1e-3);
    if (!CHECK_OK(t, fitted(t, "FALLS ~ PART + BASE", FAMILY_POISSON, &NOTHING, &fit, &err), err)) return;
    FamilyTest test = family_test(t->arena, &fit, 0);
    CHECK_NEAR(t, test.chisq, 0.0437002030544, 1e-7);
    CHECK_INT(t, test.df, 2);
}

/* Firth: the interval is the profile's, and there is one where data are separated. */
static void separated_data_have_an_answer_by_firth_only(Test *t)
{
    FamilyFit fit;
    Error err;
    CHECK(t, !fitted(t, "FALLS > 1 ~ GRADE", FAMILY_LOGISTIC, &NOTHING, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "separated");
    if (!CHECK_OK(t, fitted(t, "FALLS > 1 ~ GRADE", FAMILY_FIRTH, &NOTHING, &fit, &err), err)) return;
    Estimate e = family_coefficient(t->arena, &fit, 1, 0.95), turned = family_contrast(t->arena, &fit, (double[]){0, -1, 0}, 0.95);
    Estimate wald = estimate_of(e.estimate, e.se, INFINITY, 0.95);
    CHECK(t, isfinite(e.estimate) && e.lower < e.estimate && e.estimate < e.upper);
    CHECK(t, e.lower != wald.lower && e.p != wald.p);
    CHECK(t, turned.estimate == -e.estimate && turned.lower == -e.upper && turned.upper == -e.lower && turned.p == e.p);
}

static void robust_variances_are_other(Test *t)
{
    FamilyFit model, robust;
    Error err;
    if (!CHECK_OK(t, fitted(t, "FALLS ~ ARM", FAMILY_POISSON, &NOTHING, &model, &err), err) ||
        !CHECK_OK(t, fitted(t, "FALLS ~ ARM", FAMILY_POISSON, &ROBUST, &robust, &err), err))
        return;
    Estimate a = family_coefficient(t->arena, &model, 1, 0.95), b = family_coefficient(t->arena, &robust, 1, 0.95);
    CHECK(t, a.estimate == b.estimate && a.se != b.se && b.se > 0);
}

static void numbers_are_ordered_by_value(Test *t)
{
    FamilyFit fit;
    Error err;
    if (!CHECK_OK(t, fitted(t, "FALLS ~ ARM", FAMILY_PROPORTIONAL_ODDS, &NOTHING, &fit, &err), err)) return;
    CHECK_INT(t, fit.n_categories, 7);
    CHECK_TEXT(t, fit.categories[6], "6");
    CHECK(t, family_coefficient(t->arena, &fit, 1, 0.95).estimate > 0);
}

static void what_no_family_can_fit_says_why(Test *t)
{
    static const struct {
        const char *text;
        FamilyKind kind;
        const FamilyOptions *options;
        ErrorCode code;
        const char *part;
    } wrong[] = {
        {"GRADE ~ ARM", FAMILY_LOGISTIC, &NOTHING, ERROR_INCONSISTENT, "GRADE = 'none'"},
        {"FALLS ~ ARM", FAMILY_FIRTH, &NOTHING, ERROR_INCONSISTENT, "is 2 in row 2"},
        {"GRADE ~ ARM", FAMILY_PROPORTIONAL_ODDS, &NOTHING, ERROR_INCONSISTENT, "have no order"},
        {"GRADE ~ ARM", FAMILY_PROPORTIONAL_ODDS, &ONE_GRADE, ERROR_INCONSISTENT, "\"mild\" in row 2"},
        {"GRADE ~ ARM", FAMILY_POISSON, &NOTHING, ERROR_INCONSISTENT, "holds text, not counts"},
        {"BASE ~ ARM", FAMILY_POISSON, &NOTHING, ERROR_MALFORMED, "4.1"},
        {"RESP ~ AMR", FAMILY_LOGISTIC, &NOTHING, ERROR_INCONSISTENT, "\"AMR\""},
        {"RESP ~ ARM - 1", FAMILY_LOGISTIC, &NOTHING, ERROR_INCONSISTENT, "the intercept is taken away"},
        {"RESP ~ ARM + us(PART | BASE)", FAMILY_LOGISTIC, &NOTHING, ERROR_INCONSISTENT, "no covariance term"},
        {"RESP ~ ARM", FAMILY_LOGISTIC, &PER_YEAR, ERROR_INCONSISTENT, "an exposure means nothing"},
        {"RESP ~ ARM", FAMILY_LOGISTIC, &ROBUST, ERROR_INCONSISTENT, "a robust variance means nothing"},
        {"RESP", FAMILY_LOGISTIC, &NOTHING, ERROR_MALFORMED, "has no \"~\""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        FamilyFit fit;
        Error err;
        CHECK(t, !fitted(t, wrong[i].text, wrong[i].kind, wrong[i].options, &fit, &err));
        CHECK_ERROR(t, err, wrong[i].code, wrong[i].part);
    }
    FamilyKind kind;
    Error err = {0};
    CHECK(t, !family_parse(STR("logit"), &kind, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "there is no family \"logit\"");
}

static const TestCase CASES[] = {
    {"every family gives what R gives", every_family_gives_what_r_gives},
    {"means and tests of several columns are those of R", means_and_tests_of_several_columns_are_those_of_r},
    {"separated data have an answer by Firth only", separated_data_have_an_answer_by_firth_only},
    {"robust variances are other", robust_variances_are_other},
    {"numbers are ordered by value", numbers_are_ordered_by_value},
    {"what no family can fit says why", what_no_family_can_fit_says_why},
};
TEST_SUITE(family_model, CASES);
