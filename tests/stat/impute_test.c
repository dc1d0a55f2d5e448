#include "stat/impute.h"

#include <math.h>
#include <string.h>

#include "agreement.h"
#include "math/rng.h"
#include "stat/model_data.h"
#include "stat/reference.h"

#define FORMULA "y ~ base * visit + arm * visit + us(visit | id)"

static bool run(Test *t, const Frame *frame, const char *formula, ImputeOptions options, Imputation *result)
{
    Formula *f = ARENA_NEW(t->arena, Formula);
    Error err = {0};
    return CHECK_OK(t, formula_parse(t->arena, str_from(formula), f, &err) && impute(t->arena, f, frame, NULL, 0, &options, result, &err), err);
}

static void refused(Test *t, const Frame *frame, const char *formula, ImputeOptions options, ErrorCode code, const char *part)
{
    Formula *f = ARENA_NEW(t->arena, Formula);
    Imputation result;
    Error err = {0};
    CHECK_OK(t, formula_parse(t->arena, str_from(formula), f, &err), err);
    CHECK(t, !impute(t->arena, f, frame, NULL, 0, &options, &result, &err));
    CHECK_ERROR(t, err, code, part);
}

/* The reference data as a frame; the visit as text, so that it is a factor. */
static Frame *reference_frame(Test *t, const Json *input)
{
    Frame *frame = frame_new(t->arena, STR("reference"));
    const Json *visits = json_get(input, "visit"), *y = json_get(input, "y"), *id = json_get(input, "id");
    const Json *who = json_get(input, "ice_id"), *when = json_get(input, "ice_first_visit");
    add_json(frame, "id", id);
    add_json(frame, "arm", json_get(input, "arm"));
    add_json(frame, "base", json_get(input, "base"));
    frame_add_column(frame, STR("visit"), COLUMN_TEXT);
    frame_add_column(frame, STR("y"), COLUMN_NUMBER);
    frame_add_column(frame, STR("event"), COLUMN_TEXT);
    for (size_t i = 0; i < y->n; i++) {
        frame_set_text(frame, i, 3, str_format(t->arena, "%g", visits->items[i].number));
        if (y->items[i].kind == JSON_IS_NUMBER) frame_set_number(frame, i, 4, y->items[i].number);
        for (size_t k = 0; k < who->n; k++)
            if (str_equal(who->items[k].text, id->items[i].text)) frame_set_text(frame, i, 5, str_format(t->arena, "%g", when->items[k].number));
    }
    return frame;
}

static void check_estimate(Test *t, const Estimate *got, double estimate, double se, double lower, double upper, double p)
{
    CHECK_NEAR(t, got->estimate, estimate, 1e-4);
    CHECK_NEAR(t, got->se, se, 1e-4);
    CHECK_NEAR(t, got->lower, lower, 5e-4);
    CHECK_NEAR(t, got->upper, upper, 1e-4);
    CHECK_NEAR(t, got->p, p, fmax(5e-4, 1e-4 * got->t * got->t));     /* far out p moves by t^2 times what t does */
}

static void check_strategy(Test *t, const Imputation *r, const Json *expected)
{
    size_t n;
    const double *estimate = reference_numbers(t, expected, "estimate", &n), *se = reference_numbers(t, expected, "jackknife_se", &n);
    const double *lower = reference_numbers(t, expected, "lower", &n), *upper = reference_numbers(t, expected, "upper", &n);
    const double *p = reference_numbers(t, expected, "p", &n);
    CHECK_INT(t, n, 9);
    for (size_t v = 0; v < 3; v++) {
        Estimate of[] = {impute_difference(r, 1, v, NULL, 0.95), impute_mean(r, 0, v, NULL, 0.95), impute_mean(r, 1, v, NULL, 0.95)};
        for (size_t k = 0; k < 3; k++) {
            size_t i = 3*v + k;
            check_estimate(t, &of[k], estimate[i], se[i], lower[i], upper[i], p[i]);
        }
    }
}

/* Deltas by the options, and the same shift of a result without. */
static void check_deltas(Test *t, const Frame *frame, const Imputation *r, const Json *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        double delta = reference_number(t, &rows->items[i], "delta_added_to_every_imputed_value_in_trt"), shift[] = {0, delta};
        double estimate = reference_number(t, &rows->items[i], "estimate"), se = reference_number(t, &rows->items[i], "se");
        Estimate got = impute_difference(r, 1, 2, shift, 0.95);
        CHECK_NEAR(t, got.estimate, estimate, 1e-4);
        CHECK_NEAR(t, got.se, se, 1e-4);
        CHECK_NEAR(t, got.p, reference_number(t, &rows->items[i], "p"), 5e-4);
        if (i) continue;
        Imputation again;
        ImputeOptions options = r->options;
        options.deltas = &(ImputeDelta){STR("trt"), {0}, delta, 0}, options.n_deltas = 1;
        if (!run(t, frame, FORMULA, options, &again)) return;
        got = impute_difference(&again, 1, 2, NULL, 0.95);
        CHECK_NEAR(t, got.estimate, estimate, 1e-4);
        CHECK_NEAR(t, got.se, se, 1e-4);
    }
}

static void check_case(Test *t, const Json *input, const Json *expected)
{
    static const struct {
        const char *key, *deltas;
        ImputeStrategy strategy;
    } CASES[] = {{"MAR", "delta_MAR", IMPUTE_MAR}, {"JR", "delta_JR", IMPUTE_J2R}, {"CR", NULL, IMPUTE_CR}, {"CIR", NULL, IMPUTE_CIR}, {"LMCF", NULL, IMPUTE_LMCF}};
    Frame *frame = reference_frame(t, input);
    for (size_t i = 0; i < 5; i++) {
        Imputation r;
        ImputeOptions options = {.arm = STR("arm"), .reference = STR("ctl"), .event = STR("event"), .strategy = CASES[i].strategy};
        if (!run(t, frame, FORMULA, options, &r)) return;
        CHECK_INT(t, r.n_failures, 0);
        check_strategy(t, &r, json_get(expected, CASES[i].key));
        if (CASES[i].deltas) check_deltas(t, frame, &r, json_get(expected, CASES[i].deltas));
        size_t n;
        if (CASES[i].strategy != IMPUTE_J2R) continue;
        const double *y = reference_numbers(t, expected, "JR_conditional_mean_imputed_y", &n);
        for (size_t k = 0; k < n; k++) CHECK_NEAR(t, r.completed[k], y[k], 1e-4);
    }
}

static void conditional_means_agree_with_the_reference(Test *t)
{
    agreement_explain("reference-based-imputation", "delta_MAR.delta_added_to_every_imputed_value_in_trt", "what was asked for");
    agreement_explain("reference-based-imputation", "delta_JR.delta_added_to_every_imputed_value_in_trt", "what was asked for");
    reference_each(t, "reference-based-imputation", "conditional-mean", check_case);
}

/* Fourteen subjects of two arms; some leave after the first visit. */
#define N 14
static const char *const ID[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"};
static const bool TREATED[N] = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0};
static const double FIRST[N] = {5.2, 4.1, 6.3, 3.9, 7.7, 5.6, 4.8, 2.9, 6.1, 4.4, 5.9, 3.3, 7.1, 5.0};
static const double SECOND[N] = {7.4, 4.9, 9.3, 3.1, NAN, 6.2, 6.6, NAN, NAN, 5.1, 8.8, 2.7, 9.9, NAN};

static Frame *two_visits(Test *t)
{
    Frame *frame = frame_new(t->arena, STR("two visits"));
    for (size_t c = 0; c < 4; c++) frame_add_column(frame, str_from((const char *[]){"id", "arm", "visit", "y"}[c]), c < 3 ? COLUMN_TEXT : COLUMN_NUMBER);
    for (size_t i = 0; i < 2 * N; i++) {
        double y = i % 2 ? SECOND[i / 2] : FIRST[i / 2];
        frame_add_row(frame);
        frame_set_text(frame, i, 0, str_from(ID[i / 2]));
        frame_set_text(frame, i, 1, TREATED[i / 2] ? STR("new") : STR("old"));
        frame_set_text(frame, i, 2, i % 2 ? STR("Week 12") : STR("Week 4"));
        if (!isnan(y)) frame_set_number(frame, i, 3, y);
    }
    return frame;
}

/* Of an arm: means at the first visit, of all and of those who stay; at the second of the latter; sums about them. */
typedef struct {
    double all, first, second, square, product;
} Arm;

static Arm arm_of(bool treated)
{
    Arm a = {0};
    double n = 0, stay = 0;
    for (size_t i = 0; i < N; i++) {
        if (TREATED[i] != treated) continue;
        n++, a.all += FIRST[i];
        if (!isnan(SECOND[i])) stay++, a.first += FIRST[i], a.second += SECOND[i];
    }
    a.all /= n, a.first /= stay, a.second /= stay;
    for (size_t i = 0; i < N; i++)
        if (TREATED[i] == treated && !isnan(SECOND[i])) {
            a.square += (FIRST[i] - a.first) * (FIRST[i] - a.first);
            a.product += (FIRST[i] - a.first) * (SECOND[i] - a.second);
        }
    return a;
}

/* With two visits, leavers, and a mean for each arm and visit, the likelihood is that of the first visit and of the regression
 * of the second on it: slopes come from those who stay. */
static void two_visits_have_a_closed_form(Test *t)
{
    static const char *const FORMULAS[] = {"y ~ arm * visit + us(visit | id)", "y ~ arm * visit + us(visit | arm / id)"};
    Frame *frame = two_visits(t);
    Arm old = arm_of(false), new = arm_of(true);
    for (size_t f = 0; f < 2; f++)
        for (ImputeStrategy s = IMPUTE_MAR; s <= IMPUTE_LMCF; s++) {
            Imputation r;
            if (!run(t, frame, FORMULAS[f], (ImputeOptions){.arm = STR("arm"), .reference = STR("old"), .strategy = s}, &r)) return;
            for (size_t i = 0; i < N; i++) {
                if (!isnan(SECOND[i])) continue;
                const Arm *own = TREATED[i] ? &new : &old;
                double common = (old.product + new.product) / (old.square + new.square);
                double slope_old = f ? old.product / old.square : common, slope_own = f ? own->product / own->square : common;
                double mean_old = old.second + slope_old * (old.all - old.first), mean_own = own->second + slope_own * (own->all - own->first);
                double want[] = {[IMPUTE_MAR] = mean_own + slope_own * (FIRST[i] - own->all),
                                 [IMPUTE_J2R] = mean_old + slope_old * (FIRST[i] - own->all),
                                 [IMPUTE_CR] = mean_old + slope_old * (FIRST[i] - old.all),
                                 [IMPUTE_CIR] = mean_old + own->all - old.all + slope_old * (FIRST[i] - own->all),
                                 [IMPUTE_LMCF] = own->all + slope_own * (FIRST[i] - own->all)};
                CHECK_NEAR(t, r.completed[2*i + 1], want[s], 1e-7);
            }
        }
}

/* A made-up trial; the visits in `gone` are missing for good with this chance. */
static Frame *trial(Test *t, size_t n, size_t m, double gone, uint64_t seed)
{
    static const char *const COLUMNS[] = {"id", "arm", "visit", "base", "y", "left", "week"};
    Frame *frame = frame_new(t->arena, STR("made-up"));
    for (size_t c = 0; c < 7; c++) frame_add_column(frame, str_from(COLUMNS[c]), c < 3 ? COLUMN_TEXT : COLUMN_NUMBER);
    for (size_t i = 0; i < n; i++) {
        Rng rng = rng_stream(seed, i);
        bool treated = i % 2, leaves = rng_bernoulli(&rng, gone);
        size_t last = leaves ? rng_below(&rng, m) : m;
        double base = 40 + 7 * rng_normal(&rng), level = 3 * rng_normal(&rng);
        for (size_t v = 0; v < m; v++) {
            size_t row = frame_add_row(frame);
            double y = base + level + (double)v * (1 - 0.9 * treated) + 2.5 * rng_normal(&rng);
            frame_set_text(frame, row, 0, str_format(t->arena, "S%03zu", i));
            frame_set_text(frame, row, 1, treated ? STR("active") : STR("control"));
            frame_set_text(frame, row, 2, str_format(t->arena, "V%zu", v + 1));
            frame_set_number(frame, row, 3, base);
            if (v < last) frame_set_number(frame, row, 4, y);
            if (leaves) frame_set_number(frame, row, 5, 4 * (double)last + 1);
            frame_set_number(frame, row, 6, 4 * (double)v + 4);
        }
    }
    return frame;
}

static ImputeOptions options_of(ImputeStrategy strategy)
{
    return (ImputeOptions){.arm = STR("arm"), .reference = STR("control"), .strategy = strategy};
}

static void complete_data_are_analysed_as_they_are(Test *t)
{
    Imputation r;
    Model model;
    LinearFit fit;
    Frame *frame = trial(t, 40, 3, 0, 3);
    size_t rows[40], n = 0;
    for (size_t i = 2; i < 120; i += 3) rows[n++] = i;
    if (!fit_model(t, frame_take_rows(t->arena, frame, rows, n), "y ~ arm + base", &model, &fit)) return;
    for (ImputeStrategy s = IMPUTE_MAR; s <= IMPUTE_LMCF; s++) {
        if (!run(t, frame, FORMULA, options_of(s), &r)) return;
        CHECK_TEXT(t, r.ancova, "y ~ base + arm");
        Estimate got = impute_difference(&r, 0, 2, NULL, 0.95);
        CHECK_NEAR(t, got.estimate, -linear_coefficient(&fit, model_variable(&model, STR("arm")) + 1, 0.95).estimate, 1e-10);
        CHECK_NEAR(t, r.whole.df, fit.df, 0);
        TippingPoint none = impute_tipping(&r, 0, 2, 0, 0.05);
        CHECK(t, isnan(none.lower) && isnan(none.upper));
    }
}

static void imputations_repeat_by_seed_and_converge_to_the_conditional_mean(Test *t)
{
    Frame *frame = trial(t, 60, 3, 0.4, 5);
    Imputation mean, a, b, c;
    ImputeOptions options = options_of(IMPUTE_MAR);
    if (!run(t, frame, FORMULA, options, &mean)) return;
    options.method = IMPUTE_MULTIPLE, options.n_draws = 400, options.seed = 17;
    if (!run(t, frame, FORMULA, options, &a) || !run(t, frame, FORMULA, options, &b)) return;
    options.seed = 18;
    if (!run(t, frame, FORMULA, options, &c)) return;
    Estimate exact = impute_difference(&mean, 0, 2, NULL, 0.95), one = impute_difference(&a, 0, 2, NULL, 0.95);
    Estimate two = impute_difference(&b, 0, 2, NULL, 0.95), three = impute_difference(&c, 0, 2, NULL, 0.95);
    CHECK(t, one.estimate == two.estimate && one.se == two.se && one.estimate != three.estimate);
    CHECK(t, fabs(one.estimate - exact.estimate) < 0.15 * exact.se);
    CHECK_NEAR(t, one.se, exact.se, 0.15);
    CHECK(t, one.df < a.whole.df && one.df > 10);
    options.method = IMPUTE_BOOTSTRAP;
    if (!run(t, frame, FORMULA, options, &b)) return;
    two = impute_difference(&b, 0, 2, NULL, 0.95);
    CHECK(t, two.estimate == exact.estimate && isinf(two.df));
    CHECK_NEAR(t, two.se, exact.se, 0.15);
}

/* Where outcomes stop for good, regressions of each visit on those before are the model with a covariance and slopes for every
 * visit: their expectation is the conditional mean. */
static void sequential_regressions_converge_to_the_conditional_mean(Test *t)
{
    Frame *frame = trial(t, 60, 3, 0.4, 5);
    Imputation mean, a, b;
    ImputeOptions options = options_of(IMPUTE_MAR);
    if (!run(t, frame, FORMULA, options, &mean)) return;
    options.method = IMPUTE_SEQUENTIAL, options.n_draws = 4000, options.seed = 3;
    if (!run(t, frame, FORMULA, options, &a) || !run(t, frame, FORMULA, options, &b)) return;
    Estimate exact = impute_difference(&mean, 0, 2, NULL, 0.95), one = impute_difference(&a, 0, 2, NULL, 0.95);
    CHECK(t, fabs(one.estimate - exact.estimate) < 0.03 * exact.se);
    CHECK_NEAR(t, one.se, exact.se, 0.15);
    CHECK(t, one.estimate == impute_difference(&b, 0, 2, NULL, 0.95).estimate);
    size_t stays = 0;
    while (!a.observed[3*stays + 2]) stays++;
    frame_set_missing(frame, 3*stays, 4, MISSING_NOT_DONE);
    refused(t, frame, FORMULA, options, ERROR_DEGENERATE, "has an outcome at \"V2\" and none at \"V1\"");
    options.strategy = IMPUTE_J2R;
    refused(t, frame, FORMULA, options, ERROR_USAGE, "not by jump to reference");
}

static void a_tipping_point_is_where_p_is_alpha(Test *t)
{
    static const ImputeMethod METHODS[] = {IMPUTE_JACKKNIFE, IMPUTE_MULTIPLE};
    Frame *frame = trial(t, 80, 3, 0.4, 9);
    for (size_t i = 0; i < 2; i++) {
        Imputation r;
        ImputeOptions options = options_of(IMPUTE_J2R);
        options.method = METHODS[i], options.n_draws = 60, options.seed = 4;
        if (!run(t, frame, FORMULA, options, &r)) return;
        TippingPoint tip = impute_tipping(&r, 0, 2, 0, 0.05);
        double delta[] = {tip.is_significant ? tip.upper : tip.lower, 0};
        CHECK(t, isfinite(delta[0]));
        CHECK_NEAR(t, impute_difference(&r, 0, 2, delta, 0.95).p, 0.05, 1e-5);
        CHECK(t, (impute_difference(&r, 0, 2, NULL, 0.95).p <= 0.05) == tip.is_significant);
    }
}

static void deltas_go_by_arm_visit_and_time_after_the_event(Test *t)
{
    Frame *frame = trial(t, 40, 3, 0.5, 12);
    Imputation plain, moved;
    ImputeOptions options = options_of(IMPUTE_J2R);
    options.event = STR("left"), options.order = STR("week");
    if (!run(t, frame, FORMULA, options, &plain)) return;
    options.deltas = (ImputeDelta[]){{STR("active"), {0}, 0, 1.5}, {{0}, STR("V3"), -0.25, 0}}, options.n_deltas = 2;
    if (!run(t, frame, FORMULA, options, &moved)) return;
    size_t n_moved = 0;
    for (size_t i = 0; i < 40; i++)
        for (size_t v = 0; v < 3; v++) {
            size_t cell = 3*i + v, event = 3;
            while (event > 0 && !plain.observed[3*i + event - 1]) event--;
            double want = plain.observed[cell] ? 0 : (i % 2 ? 1.5 * (double)(v + 1 - event) : 0) - (v == 2 ? 0.25 : 0);
            CHECK(t, fabs(moved.completed[cell] - plain.completed[cell] - want) < 1e-12);
            n_moved += want != 0;
        }
    CHECK(t, n_moved > 10);
}

static void who_was_never_seen_has_the_mean_of_the_strategy(Test *t)
{
    Frame *frame = trial(t, 30, 3, 0, 21);
    Imputation r;
    for (size_t v = 0; v < 3; v++) frame_set_missing(frame, 3 + v, 4, MISSING_WITHDRAWN);
    if (!run(t, frame, FORMULA, options_of(IMPUTE_J2R), &r)) return;
    CHECK_INT(t, r.n_unseen, 1);
    double row[64], values[8] = {0};
    size_t levels[8] = {0};
    const Model *m = r.fit.model;
    for (size_t v = 0; v < 3; v++) {
        values[model_variable(m, STR("base"))] = frame_column(frame, STR("base"))->numbers[3];
        levels[model_variable(m, STR("visit"))] = v, levels[model_variable(m, STR("arm"))] = 1;
        model_row(m, levels, values, row);
        CHECK_NEAR(t, r.completed[3 + v], dot(row, r.fit.b, r.fit.p), 1e-12);
    }
}

/* The one whose leaving leaves a mean without data is named, and the others are used. */
static void a_refit_that_fails_is_named(Test *t)
{
    Frame *frame = two_visits(t);
    Imputation r;
    for (size_t i = 0; i < N; i++)
        if (TREATED[i] && i != 6) frame_set_missing(frame, 2*i + 1, 3, MISSING_WITHDRAWN);
    if (!run(t, frame, "y ~ arm * visit + us(visit | id)", (ImputeOptions){.arm = STR("arm"), .reference = STR("old")}, &r)) return;
    CHECK_INT(t, r.n_failures, 1);
    CHECK_INT(t, r.n_replicates, N - 1);
    CHECK_TEXT(t, r.failures[0].which, "without subject \"g\"");
    CHECK(t, str_find(r.failures[0].why, STR("is not estimable")) != SIZE_MAX);
    CHECK(t, impute_difference(&r, 0, 1, NULL, 0.95).se > 0);
}

static void outcomes_after_the_event_are_analysed_but_not_modelled(Test *t)
{
    Frame *frame = trial(t, 40, 3, 0, 30);
    Imputation r, all;
    for (size_t v = 0; v < 3; v++) frame_set_number(frame, 3 + v, 5, 5);      /* before V2, at week 8 */
    for (size_t v = 0; v < 3; v++) frame_set_number(frame, 9 + v, 5, -1);     /* before everything */
    frame_set_missing(frame, 9, 4, MISSING_UNSTATED);
    ImputeOptions options = options_of(IMPUTE_CR);
    options.event = STR("left"), options.order = STR("week");
    if (!run(t, frame, FORMULA, options, &r)) return;
    options.strategy = IMPUTE_MAR;
    if (!run(t, frame, FORMULA, options, &all)) return;
    CHECK_INT(t, r.n_excluded, 4);
    CHECK_INT(t, r.fit.n, 115);
    CHECK_INT(t, all.fit.n, 119);
    CHECK(t, r.completed[5] == frame_column(frame, STR("y"))->numbers[5]);
}

static void what_cannot_be_imputed_is_refused(Test *t)
{
    Frame *frame = trial(t, 20, 3, 0.3, 2);
    ImputeOptions good = options_of(IMPUTE_J2R), bad = good;
    refused(t, frame, "y ~ arm", good, ERROR_USAGE, "0 covariance terms");
    refused(t, frame, "y ~ arm + sp_exp(week | id)", good, ERROR_USAGE, "spatial");
    bad.arm = STR("arn");
    refused(t, frame, FORMULA, bad, ERROR_INCONSISTENT, "no factor \"arn\"");
    refused(t, frame, FORMULA, bad, ERROR_INCONSISTENT, "Did you mean \"arm\"?");
    bad = good, bad.reference = STR("controll");
    refused(t, frame, FORMULA, bad, ERROR_INCONSISTENT, "no level \"controll\"");
    bad = good, bad.event = STR("lost");
    refused(t, frame, FORMULA, bad, ERROR_INCONSISTENT, "lost");
    bad.event = STR("left");
    refused(t, frame, FORMULA, bad, ERROR_INCONSISTENT, "which is no visit of the model");
    bad.event = STR("visit");
    refused(t, frame, FORMULA, bad, ERROR_INCONSISTENT, "has two events");
    bad = good, bad.order = STR("left");
    refused(t, frame, FORMULA, bad, ERROR_INCONSISTENT, "one number for each visit");
    bad = good, bad.ancova = STR("base");
    refused(t, frame, FORMULA, bad, ERROR_INCONSISTENT, "has no factor \"arm\"");
    bad = good, bad.n_draws = 1;
    refused(t, frame, FORMULA, bad, ERROR_USAGE, "1 draws");
    bad = good, bad.deltas = &(ImputeDelta){STR("placebo"), {0}, 1, 0}, bad.n_deltas = 1;
    refused(t, frame, FORMULA, bad, ERROR_INCONSISTENT, "there is no arm \"placebo\"");
    frame_set_text(frame, 1, 2, STR("V3"));
    refused(t, frame, FORMULA, good, ERROR_INCONSISTENT, "subject \"S000\" has two rows at visit \"V3\"");
    frame_set_text(frame, 1, 2, STR("last"));
    refused(t, frame, FORMULA, good, ERROR_INCONSISTENT, "cannot be told from their names");
    frame_set_text(frame, 1, 2, STR("V2"));
    frame_set_number(frame, 1, 3, 1);
    refused(t, frame, FORMULA, good, ERROR_INCONSISTENT, "\"base\" changes within subject \"S000\"");
    frame_set_number(frame, 1, 3, frame_column(frame, STR("base"))->numbers[0]);
    for (size_t i = 0; i < 20; i += 2)
        for (size_t v = 0; v < 3; v++) frame_set_missing(frame, 3*i + v, 4, MISSING_UNSTATED);
    refused(t, frame, FORMULA, good, ERROR_DEGENERATE, "nobody of arm \"control\"");
}

static void a_subject_without_a_covariate_is_left_out_and_named(Test *t)
{
    Frame *frame = trial(t, 30, 3, 0.2, 8);
    Imputation r;
    for (size_t v = 0; v < 3; v++) frame_set_missing(frame, 6 + v, 3, MISSING_NOT_DONE);
    if (!run(t, frame, FORMULA, options_of(IMPUTE_CIR), &r)) return;
    CHECK_INT(t, r.n_subjects, 29);
    CHECK_INT(t, r.n_left_out, 1);
    CHECK_TEXT(t, r.left_out_for, "S002 (base)");
}

static const TestCase CASES[] = {
    {"conditional means agree with the reference", conditional_means_agree_with_the_reference},
    {"two visits have a closed form", two_visits_have_a_closed_form},
    {"complete data are analysed as they are", complete_data_are_analysed_as_they_are},
    {"imputations repeat by seed and converge to the conditional mean", imputations_repeat_by_seed_and_converge_to_the_conditional_mean},
    {"sequential regressions converge to the conditional mean", sequential_regressions_converge_to_the_conditional_mean},
    {"a tipping point is where p is alpha", a_tipping_point_is_where_p_is_alpha},
    {"deltas go by arm, visit and time after the event", deltas_go_by_arm_visit_and_time_after_the_event},
    {"who was never seen has the mean of the strategy", who_was_never_seen_has_the_mean_of_the_strategy},
    {"a refit that fails is named", a_refit_that_fails_is_named},
    {"outcomes after the event are analysed but not modelled", outcomes_after_the_event_are_analysed_but_not_modelled},
    {"what cannot be imputed is refused", what_cannot_be_imputed_is_refused},
    {"a subject without a covariate is left out and named", a_subject_without_a_covariate_is_left_out_and_named},
};
TEST_SUITE(impute, CASES);
