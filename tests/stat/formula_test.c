#include "stat/formula.h"

#include <math.h>
#include <string.h>

#include "test.h"

/* "0"/"1" for the intercept, then the terms, in order. */
static Str spelled(Test *t, const char *text)
{
    Formula f;
    Error err = {0};
    Buf buf = buf_new(t->arena);
    if (!CHECK_OK(t, formula_parse(t->arena, str_from(text), &f, &err), err)) return STR("");
    buf_format(&buf, STR_FMT " ~ %d", STR_ARG(f.response.name), f.has_intercept);
    for (size_t i = 0; i < f.n_terms; i++) buf_format(&buf, " " STR_FMT, STR_ARG(f.terms[i].name));
    return buf_str(&buf);
}

/* R 4.2: tt <- terms(formula); c(attr(tt, "intercept"), attr(tt, "term.labels")) */
static void terms_come_as_in_r(Test *t)
{
    static const char *const ROWS[][2] = {
        {"y ~ a + b:c + a*b + x", "y ~ 1 a b x b:c a:b"},
        {"y ~ a*b*c", "y ~ 1 a b c a:b a:c b:c a:b:c"},
        {"y ~ (a + b + c)^2 - a:b", "y ~ 1 a b c a:c b:c"},
        {"y ~ a/b", "y ~ 1 a a:b"},
        {"y ~ (a + b)/c", "y ~ 1 a b a:b:c"},
        {"y ~ b:a + a", "y ~ 1 a b:a"},
        {"y ~ 0 + a", "y ~ 0 a"},
        {"y ~ a - 1", "y ~ 0 a"},
        {"y ~ -1 + a + 1", "y ~ 1 a"},
        {"y ~ a + (b - 1)", "y ~ 0 a b"},
        {"y ~ a - 0", "y ~ 1 a"},
        {"y ~ 1", "y ~ 1"},
        {"y ~ a + a + a:a", "y ~ 1 a"},
        {"log(y + 1) ~ sqrt(x)*factor(k)", "log(y + 1) ~ 1 sqrt(x) factor(k) sqrt(x):factor(k)"},
        {"y-base ~ I(x^2) + I( 2*x / 3 )", "y - base ~ 1 I(x^2) I(2 * x/3)"},
        {"`change, week 24` ~ `arm of trial` * b", "change, week 24 ~ 1 arm of trial b arm of trial:b"},
        {NULL, NULL},
    };
    for (size_t i = 0; ROWS[i][1]; i++) CHECK_TEXT(t, spelled(t, ROWS[i][0]), ROWS[i][1]);
}

static void names_within_an_interaction_keep_their_order(Test *t)
{
    CHECK_TEXT(t, spelled(t, "CHG ~ ARM * AVISIT + BASE:AVISIT + us(AVISIT | USUBJID)"),
               "CHG ~ 1 ARM AVISIT ARM:AVISIT AVISIT:BASE");
}

static void covariance_terms_are_handed_on(Test *t)
{
    Formula f;
    Error err = {0};
    Str text = STR("FEV1 ~ RACE + us(AVISIT | USUBJID) + adh(AVISIT | ARM / USUBJID) + sp_exp(X, Y | ID)");
    if (!CHECK_OK(t, formula_parse(t->arena, text, &f, &err), err)) return;
    CHECK_INT(t, f.n_terms, 1);
    if (!CHECK(t, f.n_covariances == 3)) return;
    const CovarianceTerm *us = &f.covariances[0], *adh = &f.covariances[1], *spatial = &f.covariances[2];
    CHECK(t, us->kind == COVARIANCE_UNSTRUCTURED && us->n_visits == 1 && !us->has_group);
    CHECK_TEXT(t, f.columns[us->visits[0]], "AVISIT");
    CHECK_TEXT(t, f.columns[us->subject], "USUBJID");
    CHECK_INT(t, us->place, 15);
    CHECK(t, adh->kind == COVARIANCE_ANTE_DEPENDENCE_HETEROGENEOUS && adh->has_group);
    CHECK_TEXT(t, f.columns[adh->group], "ARM");
    CHECK_TEXT(t, f.columns[adh->subject], "USUBJID");
    CHECK(t, spatial->kind == COVARIANCE_SPATIAL_EXPONENTIAL && spatial->n_visits == 2);
    CHECK_TEXT(t, f.columns[spatial->visits[1]], "Y");
    CHECK(t, str_equal(str_from(covariance_word(adh->kind)), STR("adh")));
}

/* Each random term as "effects | group". */
static Str randoms(Test *t, const char *text)
{
    Formula f;
    Error err = {0};
    Buf buf = buf_new(t->arena);
    if (!CHECK_OK(t, formula_parse(t->arena, str_from(text), &f, &err), err)) return STR("");
    for (size_t i = 0; i < f.n_randoms; i++) {
        const Formula *effects = f.randoms[i].effects;
        buf_format(&buf, "%s%d", i ? "; " : "", effects->has_intercept);
        for (size_t k = 0; k < effects->n_terms; k++) buf_format(&buf, " " STR_FMT, STR_ARG(effects->terms[k].name));
        buf_format(&buf, " | " STR_FMT, STR_ARG(f.randoms[i].name));
        CHECK(t, effects->n_columns == f.n_columns && str_equal(effects->response.name, f.response.name));
    }
    return buf_str(&buf);
}

static void a_model_without_random_effects_can_say_so(Test *t)
{
    Formula f;
    Error err = {0};
    CHECK(t, formula_parse(t->arena, STR("y ~ x"), &f, &err) && formula_check_fixed(&f, &err));
    CHECK(t, formula_parse(t->arena, STR("y ~ x + (1 | site)"), &f, &err) && !formula_check_fixed(&f, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "random effects of \"site\" have no place in this model");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "column 9");
}

/* As lme4's findbars() and expandDoubleVerts() have it. */
static void random_terms_are_handed_on(Test *t)
{
    CHECK_TEXT(t, randoms(t, "y ~ x + (1 | site)"), "1 | site");
    CHECK_TEXT(t, randoms(t, "y ~ x + (x | id) + us(v | id)"), "1 x | id");
    CHECK_TEXT(t, randoms(t, "y ~ x + (0 + x | id) + (1 | id)"), "0 x | id; 1 | id");
    CHECK_TEXT(t, randoms(t, "y ~ (1 + x + z || id)"), "1 | id; 0 x | id; 0 z | id");
    CHECK_TEXT(t, randoms(t, "y ~ (log(x) | a/b)"), "1 log(x) | a; 1 log(x) | a:b");
    CHECK_TEXT(t, randoms(t, "y ~ (1 | a:b) + (x - 1 | `the site`)"), "1 | a:b; 0 x | the site");
    CHECK_TEXT(t, spelled(t, "y ~ a + (x | id) + b"), "y ~ 1 a b");
    CHECK_TEXT(t, randoms(t, "y ~ (a + b) * c"), "");
}

static void columns_of_an_expression_are_listed_once(Test *t)
{
    Formula f;
    Error err = {0};
    if (!CHECK_OK(t, formula_parse(t->arena, STR("CHG ~ BASE + I(BASE^2 - AGE)"), &f, &err), err)) return;
    CHECK_INT(t, f.n_columns, 3);
    bool used[3] = {0};
    expression_columns(f.variables[1].expression, used);
    CHECK(t, !used[0] && used[1] && used[2]);
    CHECK(t, f.variables[0].is_column && !f.variables[1].is_column);
}

static double value_of(Test *t, const char *text, double x, double *low)
{
    Formula f;
    Error err = {0};
    Buf buf = buf_new(t->arena);
    buf_format(&buf, "y ~ I(%s)", text);
    if (!CHECK_OK(t, formula_parse(t->arena, buf_str(&buf), &f, &err), err)) return NAN;
    const double VALUES[] = {0, x};
    Twofold value = expression_value(f.variables[0].expression, VALUES);
    *low = value.low;
    return value.high;
}

static void arithmetic_follows_the_usual_precedence(Test *t)
{
    double low;
    CHECK_NEAR(t, value_of(t, "-x^2 + 3*x/2 - 1", 2.5, &low), -6.25 + 3.75 - 1, 1e-15);
    CHECK_NEAR(t, value_of(t, "2^-x", 1.5, &low), 0.35355339059327378, 1e-15);
    CHECK_NEAR(t, value_of(t, "2^3^x", 2, &low), 512, 1e-15);
    CHECK_NEAR(t, value_of(t, "log(exp(x)) + log10(1e3) + sqrt(4) + abs(-x) + log2(8) + log1p(0)", 0.7, &low), 9.4, 1e-15);
    CHECK(t, !isfinite(value_of(t, "log(x)", 0, &low)));
    CHECK(t, !isfinite(value_of(t, "x^40", 1e200, &low)) && low == 0);
}

static void powers_carry_what_a_double_cannot(Test *t)
{
    double low, high = value_of(t, "x^2", 0x1p30 + 1, &low);       /* 2^60 + 2^31 + 1 */
    CHECK(t, high == 0x1p60 + 0x1p31 && low == 1);
}

static void errors_name_the_column_of_the_text(Test *t)
{
    static const struct { const char *text, *message, *place; } ROWS[] = {
        {"", "the formula ends where a column or a number is expected", "column 1"},
        {"y", "the formula ends where \"~\" is expected", "column 2"},
        {"y ~", "the formula ends where a term is expected", "column 4"},
        {"y ~ a +", "the formula ends where a term is expected", "column 8"},
        {"y ~ a b", "an operator or the end is expected before \"b\"", "column 7"},
        {"y ~ (a + b", "the formula ends where \")\" is expected", "column 11"},
        {"é ~ `a` ü", "an operator or the end is expected before \"ü\"", "column 9"},
        {"y ~ .", "\".\" is no column", "column 5"},
        {"y ~ 2 + a", "the number 2 is no term", "column 5"},
        {"y ~ 2e400", "\"2e400\" is not a number", "column 5"},
        {"y ~ a^b", "a whole number is expected before \"b\"", "column 7"},
        {"y ~ a^1.5", "the power of a term is not a whole number", "column 7"},
        {"y ~ lgo(a)", "there is no function \"lgo\"", "column 5"},
        {"y ~ log(a", "the formula ends where \")\" is expected", "column 10"},
        {"y ~ `a", "the quoted name does not end", "column 5"},
        {"y ~ ``", "the quoted name is empty", "column 5"},
        {"y ~ us(a)", "\"|\" is expected before \")\"", "column 9"},
        {"y ~ us(a, b | c)", "\"|\" is expected before \",\"", "column 9"},
        {"y ~ a + (0 | b)", "a random term has no effect before \"|\"", "column 9"},
        {"y ~ ((1 | b))", "a random term stands inside parentheses", "column 6"},
        {"y ~ a * (1 | b)", "a covariance term takes no part in an interaction", "column"},
        {"y ~ a + (1 | )", "the column of groups is expected", "column 14"},
        {"y ~ a + (1 | b", "\")\" is expected", "column 15"},
        {"y ~ (us(a | b))", "a covariance term stands inside parentheses", "column 6"},
        {"y ~ a * us(a | b)", "a covariance term takes no part in an interaction", "column"},
        {"y ~ a - us(a | b)", "a covariance term is taken away", "column"},
        {"y ~ a:0", "0 takes no part in an interaction", "column"},
        {"y ~ factor(log(a))", "\")\" is expected before \"(\"", "column 15"},
        {"y ~ a ~ b", "an operator or the end is expected before \"~\"", "column 7"},
        {"y ~ \xff", "the formula is not UTF-8 text", "formula"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Formula f;
        Error err = {0};
        CHECK(t, !formula_parse(t->arena, str_from(ROWS[i].text), &f, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, ROWS[i].message);
        CHECK_ERROR(t, err, ERROR_MALFORMED, ROWS[i].place);
    }
}

static void misspelled_functions_get_the_nearest(Test *t)
{
    Formula f;
    Error err = {0};
    CHECK(t, !formula_parse(t->arena, STR("y ~ sqr(a)"), &f, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "Did you mean \"sqrt\"?");
}

static Str repeated(Test *t, const char *start, const char *part, size_t n)
{
    Buf buf = buf_new(t->arena);
    buf_add_c(&buf, start);
    for (size_t i = 0; i < n; i++) buf_add_c(&buf, part);
    return buf_str(&buf);
}

static void what_is_too_large_is_refused(Test *t)
{
    Formula f;
    Error err = {0};
    CHECK(t, !formula_parse(t->arena, repeated(t, "y ~ ", "(", 2000), &f, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "nests more than 64 deep");
    CHECK(t, !formula_parse(t->arena, repeated(t, "y ~ I(", "-", 2000), &f, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "nests more than 64 deep");
    CHECK(t, !formula_parse(t->arena, repeated(t, "y ~ a", "+a", 9000), &f, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "longer than 8192 bytes");
    CHECK(t, !formula_parse(t->arena, STR("y ~ (a+b+c+d+e+f+g+h+i+j)^10"), &f, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "more than 256 terms");
    CHECK(t, !formula_parse(t->arena, repeated(t, "y ~ a", "*(a+b+c+d+e+f+g)^7", 400), &f, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "too many interactions");
    Buf many = buf_new(t->arena);
    buf_add_c(&many, "y ~ a");
    for (int i = 0; i < 70; i++) buf_format(&many, " + x%d", i);
    CHECK(t, !formula_parse(t->arena, buf_str(&many), &f, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "more than 64 variables");
    CHECK(t, !formula_parse(t->arena, (Str){"y ~ a\0", 6}, &f, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "not UTF-8 text");
}

static void slips_in_formulas_have_hints(Test *t)
{
    static const struct {
        const char *text, *hint;
    } SLIPS[] = {{"y = a", "both sides of \"~\": FEV1 ~"}, {"FEV 1 ~ a", "`FEV 1`"}, {"y", "both sides of \"~\": FEV1 ~"},
                 {"y ~ un(v | s)", "\"us\""}, {"y ~ csd(v | s)", "\"cs"}, {"y ~ toeph(v)", "toeph(AVISIT | USUBJID)"}};
    for (size_t i = 0; i < sizeof SLIPS / sizeof SLIPS[0]; i++) {
        Formula f;
        Error err = {0};
        CHECK(t, !formula_parse(t->arena, str_from(SLIPS[i].text), &f, &err));
        if (!strstr(err.hint, SLIPS[i].hint)) CHECK_TEXT(t, str_from(err.hint), SLIPS[i].hint);
    }
}

static const TestCase CASES[] = {
    {"terms come as in R", terms_come_as_in_r},
    {"names within an interaction keep the order of first appearance", names_within_an_interaction_keep_their_order},
    {"covariance terms are handed on", covariance_terms_are_handed_on},
    {"random terms are handed on", random_terms_are_handed_on},
    {"a model without random effects can say so", a_model_without_random_effects_can_say_so},
    {"columns of an expression are listed once", columns_of_an_expression_are_listed_once},
    {"arithmetic follows the usual precedence", arithmetic_follows_the_usual_precedence},
    {"powers carry what a double cannot", powers_carry_what_a_double_cannot},
    {"errors name the column of the text", errors_name_the_column_of_the_text},
    {"misspelled functions get the nearest", misspelled_functions_get_the_nearest},
    {"what is too large is refused", what_is_too_large_is_refused},
    {"slips in formulas have hints", slips_in_formulas_have_hints},
};
TEST_SUITE(formula, CASES);
