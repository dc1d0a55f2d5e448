/* Models of outcomes that are no measurements. */
#include "outputs.h"

static const Sheet SHEETS[] = {
    {"subjects", "SUBJID,ARM,BASE,RESP,GRADE,FALLS,YEARS\n1,new,4.1,Y,none,0,1.5\n2,new,5.2,Y,mild,2,2\n3,new,6.3,N,mild,1,1.25\n4,new,3.8,Y,none,0,2\n"
                 "5,new,7.4,Y,severe,3,0.75\n6,new,5.9,N,mild,1,1.5\n7,new,4.6,Y,none,0,2\n8,new,6.8,N,severe,4,1\n9,old,4.4,N,mild,2,2\n10,old,5.5,Y,mild,3,1.25\n"
                 "11,old,6.1,N,severe,5,1.5\n12,old,3.5,N,none,1,2\n13,old,7.2,N,severe,6,1\n14,old,5.8,Y,mild,1,0.5\n15,old,4.9,N,severe,3,1.75\n"
                 "16,old,6.6,N,severe,4,2\n17,old,5.0,,mild,2,1\n"},
};

#define TABLE "  displays:\n    - table: 1\n      title: Outcomes\n      columns: {variable: ARM, levels: [{key: new, value: new}, {key: old, value: old}], tests: [{key: p}]}\n      rows:\n"

static bool make(Test *t, const char *formula, const char *keys, Document **document, Error *err)
{
    *err = (Error){0};
    Str text = str_format(t->arena, TABLE "        - {model: \"%s\", %s}\n", formula, keys);
    return outputs_make(t, str_c(t->arena, text), (Sheets){1, SHEETS}, document, err);
}

/* R 4.2.2: glm, MASS::polr, emmeans */
static void every_kind_of_row_says_what_r_says(Test *t)
{
    static const struct {
        const char *formula, *keys, *label, *column, *text;
    } wanted[] = {
        {"RESP = 'Y' ~ ARM + BASE", "regression: logistic, compare: {old: [old, new]}, lines: {x: \"{n} {ratio:4} {ci_low:4} {ci_high:4} {estimate:6} {se:6} {p:4}\"}", "x", "old",
         "16 0.1781 0.0186 1.7077 -1.725669 1.153495 0.1346"},
        {"RESP = 'Y' ~ ARM + BASE", "regression: logistic, lines: {x: \"{n} {events} {pct:1} {estimate:3} {se:3}\"}", "x", "old", "8 2 23.7 -1.171 0.851"},
        {"RESP = 'Y' ~ ARM + BASE", "regression: logistic, term: BASE, in: p, lines: {x: \"{statistic:4} {df} {p:4} {ratio:4}\"}", "x", "p", "0.9538 1 0.3287 0.6206"},
        {"FALLS ~ ARM + BASE", "regression: poisson, exposure: YEARS, compare: {old: [old, new]}, lines: {x: \"{ratio:4} {ci_low:4} {ci_high:4} {p:4}\"}", "x", "old", "2.1803 1.0816 4.3953 0.0293"},
        {"FALLS ~ ARM + BASE", "regression: poisson, exposure: YEARS, lines: {x: \"{events} {lsmean:4}\"}", "x", "new", "11 0.8104"},
        {"FALLS ~ ARM", "regression: negative-binomial, compare: {old: [old, new]}, lines: {x: \"{ratio:3}\"}", "x", "old", "2.182"},
        {"GRADE ~ ARM", "regression: proportional-odds, levels: [none, mild, severe], compare: {old: [old, new]}, lines: {x: \"{estimate:4} {se:4}\"}", "x", "old", "1.1486 0.9471"},
        {"FALLS > 1 ~ GRADE + ARM", "regression: logistic, compare: {old: [old, new]}, lines: {x: \"{ratio}\"}", "x", "old", "NE"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        Document *document;
        Error err;
        if (CHECK_OK(t, make(t, wanted[i].formula, wanted[i].keys, &document, &err), err))
            CHECK_TEXT(t, outputs_cell(document, wanted[i].label, wanted[i].column), wanted[i].text);
    }
}

static void what_cannot_be_meant_is_refused_with_its_line(Test *t)
{
    static const struct {
        const char *formula, *keys;
        ErrorCode code;
        const char *part;
    } wrong[] = {
        {"FALLS ~ ARM", "regression: poison", ERROR_USAGE, "Did you mean \"poisson\"?"},
        {"RESP ~ ARM", "regression: logistic", ERROR_INCONSISTENT, "RESP = 'Y'"},
        {"GRADE ~ ARM", "regression: proportional-odds", ERROR_INCONSISTENT, "no mean of an arm"},
        {"GRADE ~ ARM", "regression: proportional-odds, term: ARM, in: p", ERROR_INCONSISTENT, "have no order"},
        {"FALLS ~ ARM", "regression: poisson, df: residual", ERROR_INCONSISTENT, "\"df\" means nothing"},
        {"FALLS ~ ARM", "regression: poisson, at: x", ERROR_INCONSISTENT, "\"at\" means nothing"},
        {"FALLS > 0 ~ ARM", "regression: logistic, exposure: YEARS", ERROR_INCONSISTENT, "goes with counts"},
        {"FALLS ~ ARM", "regression: poisson, levels: [a]", ERROR_INCONSISTENT, "goes with ordered categories"},
        {"FALLS ~ ARM", "regression: poisson, term: BASE, in: p", ERROR_INCONSISTENT, "the model has no term"},
        {"FALLS ~ ARN", "regression: poisson", ERROR_INCONSISTENT, "Did you mean \"ARM\"?"},
        {"FALLS ~ ARM", "compare: {old: [old, new]}, lines: {x: \"{ratio}\"}", ERROR_INCONSISTENT, "a linear model has no ratios"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Document *document;
        Error err;
        CHECK(t, !make(t, wrong[i].formula, wrong[i].keys, &document, &err));
        CHECK_ERROR(t, err, wrong[i].code, wrong[i].part);
        CHECK_ERROR(t, err, wrong[i].code, "line ");
    }
}

static const TestCase CASES[] = {
    {"every kind of row says what R says", every_kind_of_row_says_what_r_says},
    {"what cannot be meant is refused with its line", what_cannot_be_meant_is_refused_with_its_line},
};
TEST_SUITE(family_rows, CASES);
