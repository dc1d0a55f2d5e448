/* Forests of outputs: contrasts of models and subgroups with variances of their own. */
#include <math.h>

#include "report/figure.h"

#include "drawing.h"
#include "outputs.h"

static const char SUBJECTS[] = "SUBJID,ARM,SEX,SAFFL,CHG\n01,A,F,Y,1.3\n02,A,F,Y,2.1\n03,A,F,Y,4.4\n04,B,F,Y,5.2\n05,B,F,Y,3.9\n06,B,F,Y,6.8\n"
                               "07,A,M,Y,2.2\n08,A,M,Y,2.5\n09,B,M,Y,2.9\n10,B,M,Y,3.1\n11,B,M,Y,2.4\n12,A,M,Y,1.9\n";

#define ARMS     "      columns: {variable: ARM, levels: [{key: a, value: A}, {key: b, value: B}]}\n"
#define CONTRAST                                                                                              \
    "      rows: [{model: CHG ~ ARM, compare: {b: [b, a]}, lines: {All: \"{diff:1} ({ci_low:1} to {ci_high:1})\"}},\n" \
    "             {model: CHG ~ ARM, where: \"SEX = 'M'\", group: Sex, compare: {b: [b, a]}, lines: {Boys: \"{diff:1} ({ci_low:1} to {ci_high:1})\"}}]\n"
#define SUBGROUP                                                                                              \
    "      estimate: estimate\n      exploratory: true\n      across: [{key: c, format: \"{n} {estimate:1} ({ci_low:1} to {ci_high:1})\"}]\n"

static bool make(Test *t, const char *figure, Document **document, Error *err)
{
    const Sheet sheets[] = {{"subjects", SUBJECTS}};
    return outputs_make(t, str_c(t->arena, str_format(t->arena, "  displays:\n    - figure: F\n      title: Differences\n      draw: forest\n%s", figure)),
                        (Sheets){1, sheets}, document, err);
}

static void each_contrast_is_a_row(Test *t)
{
    Error err = {0};
    Document *document;
    if (!CHECK_OK(t, make(t, ARMS "      overall: All\n      weight: precision\n      reference: 0\n" CONTRAST, &document, &err), err)) return;
    const Figure *figure = document->blocks[0].figure;
    if (!CHECK_INT(t, figure->n_series, 2)) return;
    CHECK_TEXT(t, figure->series[0].label, "All");
    CHECK_INT(t, figure->series[0].role, SERIES_MEAN);
    CHECK_TEXT(t, figure->series[1].group, "Sex");
    CHECK_INT(t, figure->series[1].role, SERIES_POINTS);
    CHECK_NEAR(t, figure->series[1].x[0], 0.6, 1e-12);
    CHECK_NEAR(t, figure->series[1].high[0], 1.351864888766, 1e-10);     /* R: confint(lm(CHG ~ ARM, SEX == "M")) */
    double width = figure->series[1].high[0] - figure->series[1].low[0];
    CHECK_NEAR(t, figure->series[1].weight, 1 / (width * width), 1e-12);
    drawing_check(t, document, figure);
}

static void a_subgroup_has_its_own_variance_where_the_protocol_says_so(Test *t)
{
    static const struct {
        const char *rows;
        double high;
    } CASES[] = {{SUBGROUP "      rows: [{subgroup: SEX, outcome: CHG, factor: ARM, variance: own}]\n", 1.351864888766},
                 {SUBGROUP "      rows: [{subgroup: SEX, outcome: CHG, factor: ARM}]\n", 2.688175557441}};
    for (size_t i = 0; i < 2; i++) {
        Error err = {0};
        Document *document;
        if (!CHECK_OK(t, make(t, CASES[i].rows, &document, &err), err)) return;
        CHECK_NEAR(t, document->blocks[0].figure->series[1].high[0], CASES[i].high, 1e-10);
    }
}

static void a_cut_interval_ends_in_an_arrow(Test *t)
{
    Error err = {0};
    Document *document;
    Buf open = buf_new(t->arena), cut = buf_new(t->arena);
    if (!CHECK_OK(t, make(t, ARMS CONTRAST, &document, &err), err)) return;
    figure_write_svg(document, document->blocks[0].figure, &open);
    if (!CHECK_OK(t, make(t, ARMS "      limits: [0, 1]\n" CONTRAST, &document, &err), err)) return;
    figure_write_svg(document, document->blocks[0].figure, &cut);
    CHECK(t, str_find(buf_str(&open), STR("<path")) == SIZE_MAX);
    CHECK(t, str_find(buf_str(&cut), STR("<path")) != SIZE_MAX);
    drawing_check(t, document, document->blocks[0].figure);
}

static void what_is_wrong_is_said(Test *t)
{
    static const struct {
        const char *figure;
        ErrorCode code;
        const char *part;
    } CASES[] = {
        {ARMS "      limits: [4, 0.25]\n" CONTRAST, ERROR_MALFORMED, "not two numbers, the lower first"},
        {ARMS "      limits: [0, 4]\n      log: true\n" CONTRAST, ERROR_MALFORMED, "on a logarithmic axis both are positive"},
        {ARMS "      log: true\n      reference: 0\n" CONTRAST, ERROR_INCONSISTENT, "the reference of a logarithmic axis"},
        {ARMS "      log: true\n" CONTRAST, ERROR_INCONSISTENT, "\"All\" is not positive"},
        {ARMS "      weight: size\n" CONTRAST, ERROR_INCONSISTENT, "no weight \"size\""},
        {SUBGROUP "      rows: [{subgroup: SEX, outcome: CHG, factor: ARM, variance: each}]\n", ERROR_INCONSISTENT, "no variance \"each\""},
    };
    Document *document;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        Error err = {0};
        CHECK(t, !make(t, CASES[i].figure, &document, &err));
        CHECK_ERROR(t, err, CASES[i].code, CASES[i].part);
    }
}

static const TestCase CASES[] = {
    {"each contrast is a row", each_contrast_is_a_row},
    {"a subgroup has its own variance where the protocol says so", a_subgroup_has_its_own_variance_where_the_protocol_says_so},
    {"a cut interval ends in an arrow", a_cut_interval_ends_in_an_arrow},
    {"what is wrong is said", what_is_wrong_is_said},
};
TEST_SUITE(forest_figure, CASES);
