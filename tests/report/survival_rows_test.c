/* Blocks of times to an event. */
#include "outputs.h"

static const Sheet TIMES[] = {
    {"subjects", "SUBJID,ARM,SITE,DAYS,CNSR\n01,new,north,12,0\n02,new,north,25,1\n03,new,south,31,0\n04,new,south,44,1\n"
                 "05,new,south,52,0\n06,new,north,60,1\n07,old,north,5,0\n08,old,north,9,0\n09,old,south,12,0\n10,old,south,20,0\n"
                 "11,old,north,33,1\n12,old,south,41,0\n"},
    {"twice", "SUBJID,ARM,DAYS,CNSR\n01,new,12,0\n01,new,25,1\n07,old,5,0\n"},
};

#define TABLE "  displays:\n    - table: 1\n      title: Times\n      data: %s\n      columns: {variable: ARM, total: true, levels: [{key: new, value: new}, {key: old, value: old}], tests: [{key: p}]}\n      rows:\n"

/* The block is a formula, then other keys after a comma; in braces a formula with a comma is quoted. */
static bool make(Test *t, const char *data, const char *block, Document **document, Error *err)
{
    *err = (Error){0};
    Str all = str_from(block), formula = all;
    size_t tilde = str_find(all, STR("~")), comma = str_find(str_slice(all, tilde == SIZE_MAX ? 0 : tilde, all.len), STR(", "));
    if (tilde != SIZE_MAX && comma != SIZE_MAX) formula = str_slice(all, 0, tilde + comma);
    Str text = str_format(t->arena, TABLE "        - {survival: \"" STR_FMT "\" " STR_FMT "}\n", data, STR_ARG(formula),
                          STR_ARG(str_slice(all, formula.len, all.len)));
    return outputs_make(t, str_c(t->arena, text), (Sheets){2, TIMES}, document, err);
}

/* R 4.2.2, survival 3.5-3: survfit(.., conf.type = "log"), print(fit, rmean = 30), coxph, survdiff */
static void every_kind_of_row_says_what_r_says(Test *t)
{
    static const struct {
        const char *block, *label, *column, *text;
    } wanted[] = {
        {"Surv(DAYS, 1 - CNSR) ~ ARM, lines: {x: \"{n} {events} {censored} {q1:0} {median:0} {ci_low:0} {ci_high:0}\"}", "x", "new", "6 3 3 31 52 31 NE"},
        {"Surv(DAYS, 1 - CNSR) ~ 1, lines: {x: \"{n} {events} {median:0}\"}", "x", "total", "12 8 31"},
        {"Surv(DAYS, CNSR = 0) ~ ARM, at: [10, 30], lines: {\"at {time}\": \"{at_risk} {pct:4} {se:4} {ci_low:4} {ci_high:4}\"}", "at 30", "old", "2 33.3333 19.2450 10.7507 100.0000"},
        {"Surv(DAYS, CNSR = 0) ~ ARM, at: 10, interval: log-log, lines: {x: \"{pct:2} {ci_low:2} {ci_high:2}\"}", "x", "old", "66.67 19.46 90.44"},
        {"Surv(DAYS, CNSR = 0) ~ ARM, tau: 30, lines: {x: \"{mean:3} {se:3}\"}", "x", "new", "27.000 2.739"},
        {"Surv(DAYS, CNSR = 0) ~ ARM + strata(SITE), compare: {new: [new, old]}, lines: {x: \"{ratio:7} {ci_low:7} {ci_high:6}\"}", "x", "new", "0.2269173 0.0427078 1.205669"},
        {"Surv(DAYS, CNSR = 0) ~ ARM + strata(SITE), compare: {old: [old, new]}, ties: breslow, lines: {x: \"{ratio:5}\"}", "x", "old", "4.40689"},
        {"Surv(DAYS, CNSR = 0) ~ ARM + strata(SITE), in: p, lines: {x: \"{statistic:6} {df}\"}", "x", "p", "3.551250 1"},
        {"Surv(DAYS, CNSR = 0) ~ ARM + strata(SITE), compare: {old: [old, new]}, method: log-rank, lines: {x: \"{statistic:6} {n}\"}", "x", "old", "3.551250 12"},
        {"Surv(DAYS, CNSR = 2) ~ ARM, lines: {x: \"{n} {median}\"}", "x", "new", "NE NE"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        Document *document;
        Error err;
        if (CHECK_OK(t, make(t, "subjects", wanted[i].block, &document, &err), err))
            CHECK_TEXT(t, outputs_cell(document, wanted[i].label, wanted[i].column), wanted[i].text);
    }
}

static void what_cannot_be_meant_is_refused_with_its_line(Test *t)
{
    static const struct {
        const char *data, *block;
        ErrorCode code;
        const char *part;
    } wrong[] = {
        {"subjects", "DAYS ~ ARM", ERROR_MALFORMED, "does not begin with Surv"},
        {"subjects", "Surv(DAYS, CNSR = 0) ~ ARM, at: soon", ERROR_MALFORMED, "no time \"soon\""},
        {"subjects", "Surv(DAYS, CNSR = 0) ~ ARM, at: 10, tau: 30", ERROR_INCONSISTENT, "one of \"at\", \"tau\""},
        {"subjects", "Surv(DAYS, CNSR = 0) ~ ARM, ties: efro", ERROR_INCONSISTENT, "There are: efron, breslow, exact."},
        {"subjects", "Surv(DAYS, CNSR = 0) ~ ARM, interval: loglog", ERROR_INCONSISTENT, "There are: log, log-log, plain."},
        {"subjects", "Surv(DAYS, CNSR) ~ ARN", ERROR_INCONSISTENT, "Did you mean \"ARM\"?"},
        {"subjects", "Surv(DAYS, ARM) ~ SITE", ERROR_INCONSISTENT, "ARM = 'new'"},
        {"subjects", "Surv(DAYS - 9, CNSR = 0) ~ ARM", ERROR_MALFORMED, "negative in row 7"},
        {"subjects", "Surv(DAYS, CNSR = 0) ~ SITE, compare: {new: [new, old]}", ERROR_INCONSISTENT, "no level \"new\""},
        {"subjects", "Surv(DAYS, CNSR = 0) ~ 1, compare: {new: [new, old]}", ERROR_INCONSISTENT, "no arm to compare"},
        {"twice", "Surv(DAYS, CNSR = 0) ~ ARM", ERROR_INCONSISTENT, "subject \"01\" has two times"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Document *document;
        Error err;
        CHECK(t, !make(t, wrong[i].data, wrong[i].block, &document, &err));
        CHECK_ERROR(t, err, wrong[i].code, wrong[i].part);
        CHECK_ERROR(t, err, wrong[i].code, "line ");
    }
}

static const TestCase CASES[] = {
    {"every kind of row says what R says", every_kind_of_row_says_what_r_says},
    {"what cannot be meant is refused with its line", what_cannot_be_meant_is_refused_with_its_line},
};
TEST_SUITE(survival_rows, CASES);
