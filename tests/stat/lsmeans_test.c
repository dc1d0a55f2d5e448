#include "stat/lsmeans.h"

#include <math.h>

#include "data/condition.h"
#include "exchange/xpt.h"
#include "stat/model_data.h"
#include "stat/reference.h"

static bool means_of(Test *t, const Model *m, const char *of, Margins margins, LsMeans *means)
{
    Error err = {0};
    return CHECK_OK(t, lsmeans_rows(t->arena, m, str_from(of), margins, means, &err), err);
}

/* R 4.2: for each arm, colMeans of model.matrix rows at both sexes and the mean of base (equal margins), or weighted by
 * table(sex)/17 (observed), times coef and vcov of lm(y ~ arm*sex + base). */
static void means_with_equal_and_observed_margins_agree_with_r(Test *t)
{
    static const double WANT[2][3][2] = {
        {{4.0360498782174421, 0.38326813492714806}, {6.7341620661659185, 0.42830818400686327}, {4.8327003627942569, 0.40638136120523211}},
        {{4.0026270709201457, 0.38377372490071715}, {6.766016881762007, 0.43430949644771472}, {4.7226480124481895, 0.39914087366682799}}};
    Model m;
    LinearFit f;
    LsMeans means;
    if (!fit_model(t, two_way(t), "y ~ arm*sex + base", &m, &f)) return;
    for (size_t margins = 0; margins < 2; margins++) {
        if (!means_of(t, &m, "arm", (Margins)margins, &means)) return;
        Estimate *e = lsmeans_estimates(t->arena, &means, &f, 0.95);
        for (size_t i = 0; i < 3; i++) {
            CHECK_NEAR(t, e[i].estimate, WANT[margins][i][0], 1e-13);
            CHECK_NEAR(t, e[i].se, WANT[margins][i][1], 1e-13);
        }
    }
    CHECK(t, means.n == 3 && means.n_rows[0] == 6 && means.n_rows[1] == 5);
    CHECK_TEXT(t, means.labels[2], "C");
}

/* As above, at each sex. */
static void means_of_combinations_split_and_compare(Test *t)
{
    static const double WANT[6][4] = {
        {3.4678621541634147, 0.5545402478635354, 2.2322694829085732, 4.7034548254182562},
        {7.2756939312994211, 0.70946068245604554, 5.6949170207624089, 8.8564708418364333},
        {2.961810406911122, 0.47540995096763811, 1.9025310245392379, 4.021089789283006},
        {4.6042376022714686, 0.55998468824751757, 3.3565139618697533, 5.851961242673184},
        {6.1926302010324168, 0.59691456614829752, 4.862621664880864, 7.5226387371839696},
        {6.7035903186773913, 0.66657161870345094, 5.2183761974128515, 8.1888044399419311}};
    static const double FROM_A[4][3] = {
        {3.8078317771360064, 0.93288314381148663, 0.002208035918165143}, {-0.50605174725229296, 0.74274507131603762, 0.51113418028729574},
        {1.5883925987609477, 0.86074507116589805, 0.094761558188276862}, {2.0993527164059227, 0.88086018275246625, 0.038395545805610436}};
    Model m;
    LinearFit f;
    LsMeans means;
    LsDifference *d;
    size_t n;
    Error err = {0};
    if (!fit_model(t, two_way(t), "y ~ arm*sex + base", &m, &f) || !means_of(t, &m, "arm | sex", MARGINS_EQUAL, &means)) return;
    Estimate *e = lsmeans_estimates(t->arena, &means, &f, 0.95);
    for (size_t i = 0; i < 6; i++) {
        CHECK_NEAR(t, e[i].estimate, WANT[i][0], 1e-12);
        CHECK_NEAR(t, e[i].se, WANT[i][1], 1e-12);
        CHECK_NEAR(t, e[i].lower, WANT[i][2], 1e-12);
        CHECK_NEAR(t, e[i].upper, WANT[i][3], 1e-12);
    }
    CHECK_TEXT(t, means.labels[4], "B | M");
    if (!CHECK_OK(t, lsmeans_differences(t->arena, &means, STR("A"), &d, &n, &err), err) || !CHECK(t, n == 4)) return;
    Estimate *de = lsmeans_difference_estimates(t->arena, d, n, &f, 0.95);
    for (size_t i = 0; i < 4; i++) {
        CHECK_NEAR(t, de[i].estimate, FROM_A[i][0], 1e-12);
        CHECK_NEAR(t, de[i].se, FROM_A[i][1], 1e-12);
        CHECK_NEAR(t, de[i].p, FROM_A[i][2], 1e-11);
    }
    CHECK_TEXT(t, d[3].label, "C - A | M");
    if (!CHECK_OK(t, lsmeans_differences(t->arena, &means, STR(""), &d, &n, &err), err)) return;
    CHECK(t, n == 6 && d[2].first == 1 && d[2].second == 2);
    CHECK_TEXT(t, d[0].label, "A - B | F");
    if (!means_of(t, &m, "arm * sex", MARGINS_EQUAL, &means)) return;
    CHECK_TEXT(t, means.labels[4], "B, M");
    if (CHECK_OK(t, lsmeans_differences(t->arena, &means, STR(""), &d, &n, &err), err)) CHECK_INT(t, n, 15);
}

static void a_mean_over_an_empty_cell_is_not_estimable(Test *t)
{
    Frame *frame = two_way(t);
    size_t rows[17], n = 0;
    for (size_t i = 0; i < 17; i++)
        if (i != 14 && i != 16) rows[n++] = i;            /* C, M */
    Model m;
    LinearFit f;
    LsMeans means;
    if (!fit_model(t, frame_take_rows(t->arena, frame, rows, n), "y ~ arm*sex", &m, &f)) return;
    if (!means_of(t, &m, "arm", MARGINS_EQUAL, &means)) return;
    Estimate *e = lsmeans_estimates(t->arena, &means, &f, 0.95);
    CHECK(t, e[0].is_estimable && e[1].is_estimable && !e[2].is_estimable);
    if (!means_of(t, &m, "arm * sex", MARGINS_EQUAL, &means)) return;
    e = lsmeans_estimates(t->arena, &means, &f, 0.95);
    CHECK(t, e[2].is_estimable && !e[5].is_estimable && means.n_rows[5] == 0);
    CHECK_NEAR(t, e[2].estimate, (2.7 + 1.9 + 4.2 + 2.1) / 4, 1e-13);
}

static void means_of_what_is_no_factor_are_refused(Test *t)
{
    static const struct { const char *of; ErrorCode code; const char *message; } ROWS[] = {
        {"arms", ERROR_INCONSISTENT, "Did you mean \"arm\"?"},
        {"base", ERROR_INCONSISTENT, "\"base\" is a covariate, not a factor"},
        {"arm |", ERROR_MALFORMED, "a factor is missing between the signs"},
        {"", ERROR_MALFORMED, "a factor is missing between the signs"},
        {"arm * arm", ERROR_MALFORMED, "\"arm\" stands twice"},
    };
    Model m;
    LsMeans means;
    LsDifference *d;
    size_t n;
    Error err = {0};
    if (!build(t, two_way(t), "y ~ arm*sex + base", &m)) return;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        CHECK(t, !lsmeans_rows(t->arena, &m, str_from(ROWS[i].of), MARGINS_EQUAL, &means, &err));
        CHECK_ERROR(t, err, ROWS[i].code, ROWS[i].message);
    }
    if (!means_of(t, &m, "arm", MARGINS_EQUAL, &means)) return;
    CHECK(t, !lsmeans_differences(t->arena, &means, STR("Z"), &d, &n, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"arm\" has no level \"Z\"");
    if (!means_of(t, &m, "arm * sex", MARGINS_EQUAL, &means)) return;
    CHECK(t, !lsmeans_differences(t->arena, &means, STR("A"), &d, &n, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "a reference level goes with one factor, not with 2");
}

static double item(const Json *row, const char *key, size_t i)
{
    const Json *values = json_get(row, key);
    return values && i < values->n ? values->items[i].number : NAN;
}

static void the_reference_means_are_reproduced(Test *t)
{
    static const size_t PLACE[] = {0, 2, 1};              /* the file's levels: control, low, high */
    const Json *reference = reference_case(t, "ancova", "s-ancova"), *want = json_get(reference, "expected");
    const Json *data = json_get(json_get(reference, "input"), "data");
    if (!reference) return;
    Frame *frame = frame_new(t->arena, STR("ancova"));
    for (size_t i = 0; i < data->n; i++) add_json(frame, str_c(t->arena, data->keys[i]), &data->items[i]);
    Model m;
    LinearFit f;
    LsMeans means;
    LsDifference *d;
    size_t n;
    Error err = {0};
    if (!fit_model(t, frame, "y ~ arm + base + site", &m, &f)) return;
    for (size_t margins = 0; margins < 2; margins++) {
        const Json *table = json_get(want, margins ? "emmeans_proportional" : "emmeans_equal");
        if (!means_of(t, &m, "arm", (Margins)margins, &means)) return;
        Estimate *e = lsmeans_estimates(t->arena, &means, &f, 0.95);
        for (size_t i = 0; i < 3; i++) {
            CHECK_NEAR(t, e[i].estimate, item(table, "emmean", PLACE[i]), 1e-13);
            CHECK_NEAR(t, e[i].se, item(table, "SE", PLACE[i]), 1e-12);
            CHECK_NEAR(t, e[i].df, item(table, "df", PLACE[i]), 0);
            CHECK_NEAR(t, e[i].lower, item(table, "lower.CL", PLACE[i]), 1e-12);
            CHECK_NEAR(t, e[i].upper, item(table, "upper.CL", PLACE[i]), 1e-12);
        }
    }
    if (!CHECK_OK(t, lsmeans_differences(t->arena, &means, STR("control"), &d, &n, &err), err) || !CHECK(t, n == 2)) return;
    Estimate *e = lsmeans_difference_estimates(t->arena, d, n, &f, 0.95);
    for (size_t i = 0; i < 2; i++) {
        const Json *table = json_get(want, "vs_control");
        CHECK_NEAR(t, e[i].estimate, item(table, "estimate", 1 - i), 1e-12);
        CHECK_NEAR(t, e[i].se, item(table, "SE", 1 - i), 1e-12);
        CHECK_NEAR(t, e[i].df, item(table, "df", 1 - i), 0);
        CHECK_NEAR(t, e[i].t, item(table, "t.ratio", 1 - i), 1e-11);
        CHECK_NEAR(t, e[i].upper, item(table, "upper.CL", 1 - i), 1e-9);
        CHECK_NEAR(t, e[i].lower, item(table, "lower.CL", 1 - i), 1e-9);
        CHECK_NEAR(t, e[i].p, item(table, "p.value", 1 - i), 1e-11);
    }
}

/* `got` rounds to the printed text. */
static void check_printed(Test *t, double got, Str printed)
{
    size_t point = str_find(printed, STR("."));
    Buf buf = buf_new(t->arena);
    buf_fixed(&buf, got, (int)(printed.len - point - 1));
    CHECK_TEXT(t, buf_str(&buf), str_c(t->arena, printed));
}

static void check_terms(Test *t, const LinearTest *tests, const Json *printed)
{
    for (size_t i = 0; i < printed->n; i++) {
        check_printed(t, tests[i].ss, json_text(&printed->items[i], "ss"));
        check_printed(t, tests[i].f, json_text(&printed->items[i], "F"));
        check_printed(t, tests[i].p, json_text(&printed->items[i], "p"));
        CHECK(t, tests[i].df == json_number(&printed->items[i], "df", 0));
    }
}

static void check_estimate(Test *t, Estimate e, const Json *printed)
{
    const Json *ci = json_get(printed, "ci");
    check_printed(t, e.estimate, json_text(printed, "estimate"));
    check_printed(t, e.se, json_text(printed, "se"));
    if (!str_starts(json_text(printed, "p"), STR("<"))) check_printed(t, e.p, json_text(printed, "p"));
    check_printed(t, e.lower, ci->items[0].text);
    check_printed(t, e.upper, ci->items[1].text);
}

static bool read_week_24(Test *t, Frame **week24)
{
    Error err = {0};
    Frame *all;
    size_t *rows, n;
    Str path = test_data(t, "cdiscpilot01/adam/adqsadas.xpt");
    Str where = STR("EFFFL = 'Y' AND ANL01FL = 'Y' AND AVISIT = 'Week 24' AND PARAMCD = 'ACTOT'");
    if (path.len == 0) return false;
    if (!CHECK_OK(t, xpt_read_frame(t->arena, path, STR(""), &all, &err) && frame_where(t->arena, all, where, &rows, &n, &err), err)) return false;
    *week24 = frame_take_rows(t->arena, all, rows, n);
    return CHECK(t, n == 234);
}

static void the_dose_response_of_the_pilot_study_is_what_sas_printed(Test *t)
{
    Json file;
    Frame *frame;
    Model m;
    LinearFit f;
    if (!test_data_json(t, "cdiscpilot01/published/14-3.01.json", &file) || !read_week_24(t, &frame)) return;
    const Json *sas = json_get(json_get(&file, "sas_output"), "dose_response_model");
    if (!fit_model(t, frame, "CHG ~ TRTPN + SITEGR1 + BASE", &m, &f)) return;
    check_printed(t, f.tss - f.rss, json_text(sas, "model_ss"));
    check_printed(t, f.rss, json_text(sas, "error_ss"));
    check_printed(t, f.s2, json_text(sas, "error_ms"));
    check_printed(t, f.r2, json_text(sas, "r_square"));
    check_printed(t, f.f_p, json_text(sas, "p"));
    check_terms(t, linear_anova(t->arena, &m, &f, TEST_TYPE_I), json_get(sas, "type1"));
    check_terms(t, linear_anova(t->arena, &m, &f, TEST_TYPE_III), json_get(sas, "type3"));
}

static void the_treatment_comparison_of_the_pilot_study_is_what_sas_printed(Test *t)
{
    static const char *const MEANS[] = {"P", "L", "H"}, *const PAIRS[] = {"L vs P", "H vs P", "H vs L"};
    Json file;
    Frame *frame;
    Model m;
    LinearFit f;
    LsMeans means;
    LsDifference *d;
    size_t n;
    Error err = {0};
    if (!test_data_json(t, "cdiscpilot01/published/14-3.01.json", &file) || !read_week_24(t, &frame)) return;
    const Json *sas = json_get(json_get(&file, "sas_output"), "treatment_comparison_model");
    if (!fit_model(t, frame, "CHG ~ factor(TRTPN) + SITEGR1 + BASE", &m, &f)) return;
    check_printed(t, f.rss, json_text(sas, "error_ss"));
    check_terms(t, linear_anova(t->arena, &m, &f, TEST_TYPE_I), json_get(sas, "type1"));
    check_terms(t, linear_anova(t->arena, &m, &f, TEST_TYPE_III), json_get(sas, "type3"));
    if (!means_of(t, &m, "factor(TRTPN)", MARGINS_OBSERVED, &means)) return;
    Estimate *e = lsmeans_estimates(t->arena, &means, &f, 0.95);
    for (size_t i = 0; i < 3; i++) check_estimate(t, e[i], json_get(json_get(sas, "lsmeans"), MEANS[i]));
    for (size_t from = 0; from < 2; from++) {
        Str reference = from ? STR("54") : STR("0");
        if (!CHECK_OK(t, lsmeans_differences(t->arena, &means, reference, &d, &n, &err), err)) return;
        e = lsmeans_difference_estimates(t->arena, d, n, &f, 0.95);
        check_estimate(t, e[from], json_get(json_get(sas, "estimates"), PAIRS[from ? 2 : 0]));
        if (from == 0) check_estimate(t, e[1], json_get(json_get(sas, "estimates"), PAIRS[1]));
    }
}

static const TestCase CASES[] = {
    {"means with equal and observed margins agree with R", means_with_equal_and_observed_margins_agree_with_r},
    {"means of combinations split and compare", means_of_combinations_split_and_compare},
    {"a mean over an empty cell is not estimable", a_mean_over_an_empty_cell_is_not_estimable},
    {"means of what is no factor are refused", means_of_what_is_no_factor_are_refused},
    {"the reference means are reproduced", the_reference_means_are_reproduced},
    {"the dose response of the pilot study is what SAS printed", the_dose_response_of_the_pilot_study_is_what_sas_printed},
    {"the treatment comparison of the pilot study is what SAS printed", the_treatment_comparison_of_the_pilot_study_is_what_sas_printed},
};

TEST_SUITE(lsmeans, CASES);
