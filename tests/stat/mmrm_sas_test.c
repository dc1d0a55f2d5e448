/* Agreement with SAS PROC MIXED on fev_data. SAS stops early: where its -2 log likelihood lies D above the optimum, an
 * estimate may be off by sqrt(D) standard errors, and no tolerance below that can be kept. So: -2 log likelihood within
 * 2e-5 and never below ours; estimates within 1e-4 + sqrt(D) standard errors; standard errors 2e-4, degrees of freedom
 * 5e-4; each plus half a unit of the last printed digit. The counts are in the table of agreement. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "agreement.h"
#include "exchange/csv.h"
#include "stat/mmrm.h"
#include "stat/model_data.h"

enum { LIKELIHOOD, COVARIANCE, CRITERION, ESTIMATE, SE, DF, TEST_DF, F_VALUE, COVB, N_QUANTITIES };
static const char *const QUANTITIES[] = {"-2 log likelihood", "covariance parameters", "AIC, AICC", "estimates", "standard errors",
                                         "degrees of freedom", "type II, III: error df", "type II, III: F", "covariance of coefficients"};

typedef struct {
    Test *t;
    const char *set;
    const Frame *frame;
    Str id;
    bool without_df;
    double slack;                                    /* of estimates, in standard errors */
    int n[N_QUANTITIES];
} Agreement;

/* Half a unit of the last digit that the number shows. */
static double half_digit(Test *t, double value)
{
    Buf text = buf_new(t->arena);
    buf_number(&text, value);
    Str whole, fraction = STR("");
    bool has_point = str_cut(buf_str(&text), STR("."), &whole, &fraction);
    return 0.5 * pow(10, has_point ? -(double)fraction.len : 0) * (1 + 1e-9);
}

/* |got - want| <= tolerance */
static void compare(Agreement *a, int quantity, Str what, double got, double want, double tolerance)
{
    Str id = what.len ? str_format(a->t->arena, STR_FMT ": " STR_FMT, STR_ARG(a->id), STR_ARG(what)) : a->id;
    a->n[quantity]++;
    agreement_note(a->t, a->set, QUANTITIES[quantity], id, got, want, want == 0 ? tolerance : tolerance / fabs(want));
}

static void compare_printed(Agreement *a, int quantity, Str what, double got, double want, double slack)
{
    compare(a, quantity, what, got, want, slack + half_digit(a->t, want));
}

static bool fit(Agreement *a, Str formula, MmrmOptions options, MmrmFit *fit)
{
    Model *model = ARENA_NEW(a->t->arena, Model);
    Error err = {0};
    return build(a->t, a->frame, formula.data, model) && CHECK_OK(a->t, mmrm_fit(a->t->arena, model, &options, fit, &err), err);
}

static const struct {
    const char *sas, *ours;
} TYPES[] = {{"type=un", "us"}, {"type=toeph", "toeph"}, {"type=toep", "toep"}, {"type=arh(1)", "ar1h"}, {"type=ar(1)", "ar1"},
             {"type=ante(1)", "adh"}, {"type=csh", "csh"}, {"type=cs", "cs"},
             {"type=sp(exp)(VISITN)", "sp_exp"}, {"type=sp(gau)(VISITN)", "sp_gau"}},
  MODELS[] = {{"FEV1 = (intercept only)", "1"}, {"FEV1 = ARMCD SEX", "ARMCD + SEX"},
              {"FEV1 = ARMCD AVISIT ARMCD*AVISIT RACE SEX", "RACE + SEX + ARMCD * AVISIT"},
              {"FEV1 = RACE SEX ARMCD AVISIT ARMCD*AVISIT", "RACE + SEX + ARMCD * AVISIT"}};

/* Our formula for a listing; empty where points are every subject's own: those are compared in mixed_test. */
static Str formula_of(Test *t, const Json *item)
{
    Str repeated = json_text(item, "repeated"), model = json_text(item, "model");
    const char *type = NULL, *terms = NULL;
    for (size_t i = 0; !type && i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (str_find(repeated, str_from(TYPES[i].sas)) != SIZE_MAX) type = TYPES[i].ours;
    for (size_t i = 0; i < sizeof MODELS / sizeof MODELS[0]; i++)
        if (str_equal(model, str_from(MODELS[i].sas))) terms = MODELS[i].ours;
    if (!type || !terms) return STR("");
    bool grouped = str_find(repeated, STR("group=ARMCD")) != SIZE_MAX;
    return str_format(t->arena, "FEV1 ~ %s + %s(%s | %sUSUBJID)", terms, type, strncmp(type, "sp", 2) == 0 ? "VISITN" : "AVISIT", grouped ? "ARMCD / " : "");
}

static double entry(const MmrmFit *f, size_t group, size_t i, size_t j) { return f->sigma[(group*4 + i)*4 + j]; }

static double correlation(const MmrmFit *f, size_t group, size_t i, size_t j)
{
    return entry(f, group, i, j) / sqrt(entry(f, group, i, i) * entry(f, group, j, j));
}

/* Ours for a label such as UN(2,1) or TOEPH(3); first_last: SAS took VIS1 last. */
static double parameter(const MmrmFit *f, size_t group, const char *label, bool first_last)
{
    unsigned i = 1, j = 1;
    if (sscanf(label, "UN(%u,%u)", &i, &j) == 2) {
        i -= 1, j -= 1;
        return first_last ? entry(f, group, (i + 1) % 4, (j + 1) % 4) : entry(f, group, i, j);
    }
    if (sscanf(label, "Var(%u)", &i) == 1) return entry(f, group, i - 1, i - 1);
    if (sscanf(label, "Rho(%u)", &i) == 1) return correlation(f, group, i - 1, i);
    if (sscanf(label, "TOEPH(%u)", &i) == 1) return correlation(f, group, 0, i);
    if (sscanf(label, "TOEP(%u)", &i) == 1) return entry(f, group, 0, i - 1);
    if (strncmp(label, "SP(", 3) == 0) return f->parameters[1];
    if (strcmp(label, "CS") == 0) return entry(f, group, 0, 1);
    if (strcmp(label, "Residual") == 0 || strcmp(label, "Variance") == 0)
        return entry(f, group, 0, 0) - (f->kind == COVARIANCE_COMPOUND_SYMMETRY ? entry(f, group, 0, 1) : 0);
    return correlation(f, group, 0, 1);
}

static void compare_covariance(Agreement *a, const MmrmFit *f, const Json *rows, bool first_last)
{
    for (size_t i = 0; rows && i < rows->n; i++) {
        const Json *labels = json_get(&rows->items[i], "labels"), *values = json_get(&rows->items[i], "values");
        size_t group = labels->n > 2 && str_equal(labels->items[2].text, STR("ARMCD TRT"));
        double want = values->items[0].number, reach = values->items[3].number - values->items[2].number;
        compare_printed(a, COVARIANCE, labels->items[0].text, parameter(f, group, str_c(a->t->arena, labels->items[0].text), first_last), want, a->slack * reach / 3.92);
    }
}

/* The column of a level, or SIZE_MAX for our reference. */
static size_t column_of(Test *t, const MmrmFit *f, Str factor, Str level)
{
    Str name = str_format(t->arena, STR_FMT STR_FMT, STR_ARG(factor), STR_ARG(level));
    for (size_t j = 0; j < f->p; j++)
        if (str_equal(f->model->names[j], name)) return j;
    return SIZE_MAX;
}

static void compare_estimate(Agreement *a, Str what, const Estimate *e, const Json *values)
{
    compare_printed(a, ESTIMATE, what, e->estimate, values->items[0].number, a->slack * e->se);
    compare_printed(a, SE, what, e->se, values->items[1].number, 2e-4 * e->se);
    if (!a->without_df) compare_printed(a, DF, what, e->df, values->items[2].number, 5e-4 * e->df);
}

/* Solutions of models of main effects: SAS's reference is the level whose standard error is not given. */
static void compare_solution(Agreement *a, const MmrmFit *f, const Json *rows)
{
    double *intercept = ARENA_ARRAY(a->t->arena, double, f->p);
    intercept[0] = 1;
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < rows->n; i++) {
            const Json *labels = json_get(&rows->items[i], "labels"), *values = json_get(&rows->items[i], "values");
            bool is_reference = values->items[1].kind == JSON_IS_NULL, is_intercept = labels->n == 1;
            if (pass == 0 && is_reference) {
                size_t c = column_of(a->t, f, labels->items[0].text, labels->items[1].text);
                if (c != SIZE_MAX) intercept[c] = 1;
            }
            if (pass == 0 || is_reference) continue;
            double *l = intercept;
            if (!is_intercept) {
                l = ARENA_ARRAY(a->t->arena, double, f->p);
                size_t c = column_of(a->t, f, labels->items[0].text, labels->items[1].text);
                if (c != SIZE_MAX) l[c] = 1;
                for (size_t k = 0; k < rows->n; k++) {
                    const Json *other = json_get(&rows->items[k], "labels");
                    if (!str_equal(other->items[0].text, labels->items[0].text) || json_get(&rows->items[k], "values")->items[1].kind != JSON_IS_NULL) continue;
                    size_t r = column_of(a->t, f, other->items[0].text, other->items[1].text);
                    if (r != SIZE_MAX) l[r] = -1;
                }
            }
            Estimate e = mmrm_contrast(f, l, 0.95);
            compare_estimate(a, labels->items[labels->n - 1].text, &e, values);
        }
}

static Str our_term(Test *t, Str sas)
{
    Str left, right;
    if (!str_cut(sas, STR("*"), &left, &right)) return sas;
    return str_format(t->arena, STR_FMT ":" STR_FMT, STR_ARG(right), STR_ARG(left));
}

static void compare_tests(Agreement *a, const MmrmFit *f, const Json *rows)
{
    MmrmTest *tests = mmrm_anova(a->t->arena, f, TEST_TYPE_III);
    for (size_t i = 0; rows && i < rows->n; i++) {
        Str name = our_term(a->t, json_get(&rows->items[i], "labels")->items[0].text);
        const Json *values = json_get(&rows->items[i], "values");
        for (size_t k = 0; k < f->model->n_terms; k++) {
            if (!str_equal(tests[k].name, name)) continue;
            if (!a->without_df) compare_printed(a, TEST_DF, name, tests[k].df_error, values->items[1].number, 5e-4 * tests[k].df_error);
            compare_printed(a, F_VALUE, name, tests[k].f, values->items[3].number, 2e-4 * tests[k].f);
        }
    }
}

static size_t mean_row(const LsMeans *means, Str visit, Str arm)
{
    for (size_t i = 0; i < means->n; i++)
        if (str_starts(means->labels[i], arm) && str_ends(means->labels[i], visit)) return i;
    return SIZE_MAX;
}

static void compare_means(Agreement *a, const MmrmFit *f, const Json *item)
{
    const Json *rows = json_get(item, "Least Squares Means"), *pairs = json_get(item, "Differences of Least Squares Means");
    LsMeans means;
    Error err = {0};
    if (!rows || !CHECK_OK(a->t, lsmeans_rows(a->t->arena, f->model, STR("ARMCD * AVISIT"), MARGINS_EQUAL, &means, &err), err)) return;
    for (size_t i = 0; i < rows->n; i++) {
        const Json *labels = json_get(&rows->items[i], "labels");
        size_t row = mean_row(&means, labels->items[1].text, labels->items[2].text);
        Estimate e = mmrm_contrast(f, &means.l[row * f->p], 0.95);
        compare_estimate(a, means.labels[row], &e, json_get(&rows->items[i], "values"));
    }
    double *l = ARENA_ARRAY(a->t->arena, double, f->p);
    for (size_t i = 0; pairs && i < pairs->n; i++) {
        const Json *labels = json_get(&pairs->items[i], "labels");
        size_t first = mean_row(&means, labels->items[1].text, labels->items[2].text), second = mean_row(&means, labels->items[3].text, labels->items[4].text);
        for (size_t j = 0; j < f->p; j++) l[j] = means.l[first * f->p + j] - means.l[second * f->p + j];
        Estimate e = mmrm_contrast(f, l, 0.95);
        compare_estimate(a, means.labels[first], &e, json_get(&pairs->items[i], "values"));
    }
}

static bool open_reference(Test *t, const char *file, const char *set, Agreement *a, Json *json)
{
    Frame *frame;
    Error err = {0};
    Str path = test_data(t, "mmrm/fev_data.csv");
    if (path.len == 0 || !CHECK_OK(t, csv_read_frame(t->arena, path, &(CsvOptions){0}, &frame, &err), err)) return false;
    *a = (Agreement){.t = t, .frame = frame, .set = set};
    return test_data_json(t, file, json);
}

static void every_listing_of_a_structure_offered_agrees(Test *t)
{
    Json json;
    Agreement a;
    size_t n = 0, n_left_out = 0;
    if (!open_reference(t, "mmrm/sas-proc-mixed-listings.json", "SAS listings", &a, &json)) return;
    const Json *cases = json_get(&json, "cases");
    for (size_t i = 0; i < cases->n; i++) {
        const Json *item = &cases->items[i];
        Str formula = formula_of(t, item);
        MmrmFit f;
        a.id = json_text(item, "id");
        if (formula.len == 0) {
            n_left_out++;                            /* points of every subject's own: tests/stat/mixed_test.c */
            continue;
        }
        MmrmOptions options = {.method = str_equal(json_text(item, "method"), STR("ml")) ? MMRM_ML : MMRM_REML};
        a.without_df = str_find(json_text(item, "repeated"), STR("weight")) != SIZE_MAX;
        if (a.without_df) options.weights = STR("WEIGHT");
        if (a.without_df) agreement_missed(t, a.set, QUANTITIES[DF], a.id, "SAS's degrees of freedom under weights agree with no other program's");
        if (!fit(&a, formula, options, &f)) continue;
        n++;
        double want = json_number(item, "neg2loglik", NAN);
        compare(&a, LIKELIHOOD, STR(""), f.minus_two_log_lik, want, 2e-5);
        CHECK(t, f.minus_two_log_lik <= want + 1e-8);
        a.slack = 1e-4 + sqrt(fmax(1e-8, want - f.minus_two_log_lik));
        compare_covariance(&a, &f, json_get(item, "Covariance Parameter Estimates"), str_starts(a.id, STR("sas_log")));
        const Json *criteria = json_get(item, "Fit Statistics");
        compare_printed(&a, CRITERION, STR("AIC"), f.aic, json_get(&criteria->items[1], "values")->items[0].number, 2e-5);
        compare_printed(&a, CRITERION, STR("AICC"), f.aicc, json_get(&criteria->items[2], "values")->items[0].number, 2e-5);
        if (f.p < 5) compare_solution(&a, &f, json_get(item, "Solution for Fixed Effects"));
        compare_tests(&a, &f, json_get(item, "Type 3 Tests of Fixed Effects"));
        compare_means(&a, &f, item);
    }
    CHECK_INT(t, n + n_left_out, 46);
    CHECK_INT(t, n, 41);
}

static void kenward_and_roger_agree_with_sas_for_every_structure(Test *t)
{
    Json json;
    Agreement a;
    if (!open_reference(t, "mmrm/sas-kenward-roger.json", "SAS Kenward-Roger", &a, &json)) return;
    const Json *rows = json_get(&json, "rows");
    for (size_t i = 0; i < rows->n; i++) {
        const Json *row = &rows->items[i];
        MmrmFit f;
        a.id = json_text(row, "file");
        if (str_starts(json_text(row, "covariance"), STR("sp_"))) continue;      /* tests/stat/mixed_test.c */
        Str formula = str_format(t->arena, "FEV1 ~ ARMCD + " STR_FMT "(AVISIT | USUBJID)", STR_ARG(json_text(row, "covariance")));
        MmrmOptions options = {.df = str_equal(json_text(row, "ddfm"), STR("kr")) ? MMRM_KENWARD_ROGER : MMRM_KENWARD_ROGER_LINEAR};
        if (!fit(&a, formula, options, &f)) continue;
        Estimate e = mmrm_coefficient(&f, 1, 0.95);
        compare(&a, LIKELIHOOD, STR(""), f.minus_two_log_lik, json_number(row, "neg2reml", NAN), 2e-5);
        compare(&a, ESTIMATE, STR(""), e.estimate, json_number(row, "Estimate", NAN), (1e-4 + sqrt(fmax(1e-8, json_number(row, "neg2reml", NAN) - f.minus_two_log_lik))) * e.se);
        compare(&a, SE, STR(""), e.se, json_number(row, "StdErr", NAN), 2e-4 * e.se);
        compare(&a, DF, STR(""), e.df, json_number(row, "DF", NAN), 5e-4 * e.df);
    }
    CHECK_INT(t, a.n[SE], 16);
}

/* SAS's degrees of freedom here are between-within's. */
static void the_empirical_covariance_agrees_with_sas(Test *t)
{
    Json json;
    Agreement a;
    if (!open_reference(t, "mmrm/sas-empirical.json", "SAS empirical", &a, &json)) return;
    const Json *rows = json_get(&json, "rows");
    for (size_t i = 0; i < rows->n; i++) {
        const Json *row = &rows->items[i], *covb = json_get(row, "covb_intercept_TRT");
        MmrmFit f;
        Str kind = json_text(row, "covariance");
        bool weighted = json_get(row, "weighted")->boolean;
        a.id = str_format(t->arena, STR_FMT "%s", STR_ARG(kind), weighted ? ", weighted" : "");
        if (str_starts(kind, STR("sp_"))) {
            agreement_missed(t, a.set, "whole run", a.id, "points of every subject's own");
            continue;
        }
        MmrmOptions options = {.df = MMRM_BETWEEN_WITHIN, .vcov = MMRM_VCOV_HC0, .weights = weighted ? STR("WEIGHT") : STR("")};
        if (!fit(&a, str_format(t->arena, "FEV1 ~ ARMCD + " STR_FMT "(AVISIT | USUBJID)", STR_ARG(kind)), options, &f)) continue;
        Estimate e = mmrm_coefficient(&f, 1, 0.95);
        compare(&a, ESTIMATE, STR(""), e.estimate, json_number(row, "Estimate", NAN), 1e-3 * e.se);
        compare(&a, SE, STR(""), e.se, json_number(row, "StdErr", NAN), 2e-4 * e.se);
        compare(&a, DF, STR(""), e.df, json_number(row, "DF", NAN), 5e-4 * e.df);
        for (size_t j = 0; j < 4; j++)
            compare(&a, COVB, STR(""), f.vcov[j], covb->items[j / 2].items[j % 2].number, 4e-4 * fabs(f.vcov[j]));
    }
    CHECK_INT(t, a.n[SE], 16);
}

/* How far R's mmrm 0.3.18 lies below SAS's kr on the same data, by structure, to the two digits known. */
static void kenward_and_roger_as_in_r_lie_where_they_were_measured(Test *t)
{
    static const struct {
        const char *kind;
        double below;
    } MEASURED[] = {{"us", 1.5e-2}, {"toep", 1.8e-3}, {"toeph", 4.8e-3}, {"ar1", 7.5e-5}, {"ar1h", 4.6e-3}, {"adh", 5.2e-3}, {"cs", 2.7e-3}, {"csh", 6.2e-3}};
    Json json;
    Agreement a;
    if (!open_reference(t, "mmrm/sas-kenward-roger.json", "mmrm Kenward-Roger", &a, &json)) return;
    const Json *rows = json_get(&json, "rows");
    for (size_t k = 0; k < sizeof MEASURED / sizeof MEASURED[0]; k++)
        for (size_t i = 0; i < rows->n; i++) {
            MmrmFit f;
            if (!str_equal(json_text(&rows->items[i], "covariance"), str_from(MEASURED[k].kind)) || !str_equal(json_text(&rows->items[i], "ddfm"), STR("kr"))) continue;
            if (!fit(&a, str_format(t->arena, "FEV1 ~ ARMCD + %s(AVISIT | USUBJID)", MEASURED[k].kind), (MmrmOptions){.df = MMRM_KENWARD_ROGER_MMRM}, &f)) continue;
            Estimate e = mmrm_coefficient(&f, 1, 0.95);
            agreement_note(t, a.set, "standard error below SAS's", str_from(MEASURED[k].kind), 1 - e.se / json_number(&rows->items[i], "StdErr", NAN), MEASURED[k].below, 0.034);
            if (k == 0) agreement_note(t, a.set, "standard error", str_from(MEASURED[k].kind), e.se, 0.65105, 1e-5);
        }
}

static void tests_of_types_two_and_three_agree_with_sas(Test *t)
{
    Json json;
    Agreement a;
    if (!open_reference(t, "mmrm/sas-type2-type3.json", "SAS types II and III", &a, &json)) return;
    const Json *rows = json_get(&json, "rows");
    for (size_t i = 0; i < rows->n; i++) {
        const Json *row = &rows->items[i], *tests = json_get(row, "tests");
        MmrmFit f;
        a.id = json_text(row, "model");
        bool with_sex = str_find(a.id, STR("SEX")) != SIZE_MAX;
        if (!fit(&a, with_sex ? STR("FEV1 ~ ARMCD * SEX + ARMCD:FEV1_BL + ar1(AVISIT | USUBJID)") : STR("FEV1 ~ ARMCD * FEV1_BL + ar1(AVISIT | USUBJID)"),
                 (MmrmOptions){0}, &f)) continue;
        MmrmTest *ours = mmrm_anova(t->arena, &f, (TestType)json_number(row, "type", 3));
        for (size_t k = 0; k < tests->n; k++)
            for (size_t j = 0; j < f.model->n_terms; j++) {
                if (!str_equal(ours[j].name, our_term(t, json_text(&tests->items[k], "effect")))) continue;
                compare(&a, TEST_DF, ours[j].name, ours[j].df_error, json_number(&tests->items[k], "DenDF", NAN), 5e-4 * ours[j].df_error);
                compare(&a, F_VALUE, ours[j].name, ours[j].f, json_number(&tests->items[k], "FValue", NAN), 2e-4 * fmax(1, ours[j].f));
            }
    }
    CHECK_INT(t, a.n[F_VALUE], 14);
}

static double cell(const Frame *frame, const char *column, size_t row)
{
    return frame_column(frame, str_from(column))->numbers[row];
}

/* Where SAS stopped, Sigma is off by up to sqrt(D), 4e-3 of its standard errors: predictions within 2e-3 of their standard
 * errors, and these within 2e-4. */
static void predictions_agree_with_sas(Test *t)
{
    static const struct {
        const char *run, *kind;
        MmrmDf df;
    } RUNS[] = {{"ar(1)_kenwardroger", "ar1", MMRM_KENWARD_ROGER}, {"ar(1)_satterthwaite", "ar1", MMRM_SATTERTHWAITE},
                {"cs_kenwardroger", "cs", MMRM_KENWARD_ROGER}, {"cs_satterthwaite", "cs", MMRM_SATTERTHWAITE},
                {"toep_kenwardroger", "toep", MMRM_KENWARD_ROGER}, {"toep_satterthwaite", "toep", MMRM_SATTERTHWAITE},
                {"un_satterthwaite", "us", MMRM_SATTERTHWAITE}, {"sp(exp)(VISITN VISITN2)_kenwardroger", NULL, MMRM_KENWARD_ROGER},
                {"sp(exp)(VISITN VISITN2)_satterthwaite", NULL, MMRM_SATTERTHWAITE}};
    static const char *const COLUMNS[] = {"pred_marginal", "se_marginal", "pred_conditional", "se_conditional"};
    Json json;
    Agreement a;
    Frame *wanted;
    Error err = {0};
    size_t n = 0;
    if (!open_reference(t, "mmrm/sas-empirical.json", "SAS predictions", &a, &json)) return;
    Str path = test_data(t, "mmrm/sas-predictions.csv");
    if (path.len == 0 || !CHECK_OK(t, csv_read_frame(t->arena, path, &(CsvOptions){0}, &wanted, &err), err)) return;
    const Column *runs = frame_column(wanted, STR("case"));
    for (size_t k = 0; k < sizeof RUNS / sizeof RUNS[0]; k++) {
        MmrmFit f;
        MmrmPrediction *p = ARENA_ARRAY(t->arena, MmrmPrediction, a.frame->n_rows);
        if (!RUNS[k].kind) {
            agreement_missed(t, a.set, "whole run of 800 rows", str_from(RUNS[k].run), "points of every subject's own");
            continue;
        }
        if (!fit(&a, str_format(t->arena, "FEV1 ~ ARMCD + %s(AVISIT | USUBJID)", RUNS[k].kind), (MmrmOptions){.df = RUNS[k].df}, &f)
            || !CHECK_OK(t, mmrm_predict(t->arena, &f, a.frame, NULL, a.frame->n_rows, 0.95, p, &err), err)) continue;
        for (size_t i = 0; i < wanted->n_rows; i++) {
            if (!str_equal(runs->texts[i], str_from(RUNS[k].run))) continue;
            size_t row = (size_t)cell(wanted, "row", i) - 1;
            double got[] = {p[row].marginal.estimate, p[row].marginal.se, p[row].conditional.estimate, p[row].conditional.se};
            Str id = str_format(t->arena, "%s, row %zu", RUNS[k].run, row + 1);
            for (size_t c = 0; c < 4; c++) {
                double want = cell(wanted, COLUMNS[c], i);
                agreement_note(t, a.set, COLUMNS[c], id, got[c], want, c % 2 ? 2e-4 : 2e-3 * got[c + 1] / fabs(want));
            }
            n++;
        }
    }
    CHECK_INT(t, n, 7 * 800);
}

static const TestCase CASES[] = {
    {"predictions agree with SAS", predictions_agree_with_sas},
    {"every listing of a structure offered agrees", every_listing_of_a_structure_offered_agrees},
    {"Kenward and Roger agree with SAS for every structure", kenward_and_roger_agree_with_sas_for_every_structure},
    {"Kenward and Roger as in R lie where they were measured", kenward_and_roger_as_in_r_lie_where_they_were_measured},
    {"the empirical covariance agrees with SAS", the_empirical_covariance_agrees_with_sas},
    {"tests of types II and III agree with SAS", tests_of_types_two_and_three_agree_with_sas},
};
TEST_SUITE(mmrm_sas, CASES);
