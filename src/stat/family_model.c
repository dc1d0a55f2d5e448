#include "stat/family_model.h"

#include <math.h>
#include <string.h>

#include "data/condition.h"
#include "math/distribution.h"
#include "stat/linear.h"
#include "stat/outcome.h"

static const struct {
    const char *word, *meaning, *ratio, *mean;
} KINDS[] = {
#define X(name, word, meaning, ratio, mean) {word, meaning, ratio, mean},
    FAMILY_KINDS(X)
#undef X
};
#define N_KINDS (sizeof KINDS / sizeof KINDS[0])

const char *family_word(FamilyKind kind) { return KINDS[kind].word; }
const char *family_meaning(FamilyKind kind) { return KINDS[kind].meaning; }
const char *family_ratio(FamilyKind kind) { return KINDS[kind].ratio; }
const char *family_mean(FamilyKind kind) { return KINDS[kind].mean; }

bool family_parse(Str word, FamilyKind *kind, Error *err)
{
    Str words[N_KINDS];
    for (size_t k = 0; k < N_KINDS; k++) {
        words[k] = str_from(KINDS[k].word);
        if (!str_equal(words[k], word)) continue;
        *kind = (FamilyKind)k;
        return true;
    }
    Str near = str_nearest(word, words, N_KINDS);
    error_set(err, ERROR_USAGE, "there is no family \"" STR_FMT "\"", STR_ARG(word));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "Use logistic, firth, proportional-odds, poisson or negative-binomial.");
}

static bool is_count(FamilyKind kind) { return kind == FAMILY_POISSON || kind == FAMILY_NEGATIVE_BINOMIAL; }

/* --- the outcome as a column of numbers --- */

static Column new_column(Arena *arena, Str name, size_t n_rows)
{
    Column column = {.name = name, .type = COLUMN_NUMBER, .numbers = ARENA_ARRAY(arena, double, n_rows + 1),
                     .missing = ARENA_ARRAY(arena, unsigned char, n_rows + 1)};
    for (size_t row = 0; row < n_rows; row++) column.missing[row] = MISSING_UNSTATED;
    return column;
}

static void set_number(Column *column, size_t row, double value)
{
    column->numbers[row] = value;
    column->missing[row] = MISSING_NOT;
}

static bool yes_no_column(Arena *arena, const Frame *frame, Str left, Column *column, Error *err)
{
    signed char *yes;
    if (!outcome_yes_no(arena, frame, left, &yes, err)) return false;
    for (size_t row = 0; row < frame->n_rows; row++)
        if (yes[row] >= 0) set_number(column, row, yes[row]);
    return true;
}

static bool count_column(Arena *arena, const Frame *frame, Str left, Column *column, Error *err)
{
    Column found;
    if (!frame_compute(arena, frame, left, &found, err)) return false;
    if (!column_is_number(&found)) {
        error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" holds text, not counts", STR_ARG(left));
        return error_hint(err, "Name a column of whole numbers from 0.");
    }
    for (size_t row = 0; row < frame->n_rows; row++)
        if (found.missing[row] == MISSING_NOT) set_number(column, row, found.numbers[row]);
    return true;
}

static bool no_order(Arena *arena, Str left, const Column *found, size_t n_rows, Error *err)
{
    Buf list = buf_new(arena);
    Map seen = map_new(arena);
    for (size_t row = 0; row < n_rows && seen.n < 12; row++) {
        bool is_new;
        if (found->missing[row] != MISSING_NOT) continue;
        map_put(&seen, found->texts[row], &is_new);
        if (is_new) buf_format(&list, "%s" STR_FMT, list.len ? ", " : "", STR_ARG(found->texts[row]));
    }
    error_set(err, ERROR_INCONSISTENT, "the categories of \"" STR_FMT "\" have no order", STR_ARG(left));
    return error_hint(err, "Give them from the lowest to the highest; there are: %s.", buf_c(&list));
}

/* Numbers stay; texts become their place in the order given, or in their codelist. */
static bool ordered_column(Arena *arena, const Frame *frame, Str left, const FamilyOptions *options, Column *column, Error *err)
{
    Column computed;
    const Column *own = frame_column(frame, left), *found = own ? own : &computed;
    if (!own && !frame_compute(arena, frame, left, &computed, err)) return false;
    bool listed = !options->n_categories && found->codelist;
    const Str *order = listed ? found->codelist->codes : options->categories;
    size_t n = listed ? found->codelist->n : options->n_categories;
    if (!n && !column_is_number(found)) return no_order(arena, left, found, frame->n_rows, err);
    for (size_t row = 0; row < frame->n_rows; row++) {
        if (found->missing[row] != MISSING_NOT) continue;
        Str text = n ? frame_cell_text(arena, found, row) : STR("");
        size_t place = 0;
        while (place < n && !str_equal(order[place], text)) place++;
        if (n && place == n) {
            error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" in row %zu is none of the categories", STR_ARG(text), row + 1);
            return error_hint(err, "Name it among the categories, or leave such rows out by a condition.");
        }
        set_number(column, row, n ? (double)place : found->numbers[row]);
    }
    return true;
}

static bool make_outcome(Arena *arena, const FamilyFit *fit, const Frame *frame, Str left, Column *column, Error *err)
{
    if (fit->kind == FAMILY_PROPORTIONAL_ODDS) return ordered_column(arena, frame, left, &fit->options, column, err);
    return (is_count(fit->kind) ? count_column : yes_no_column)(arena, frame, left, column, err);
}

/* --- fits --- */

static bool fit_logistic(Arena *arena, FamilyFit *fit, Error *err)
{
    const Model *m = &fit->model;
    LogisticData data = {.n = m->n, .p = m->p, .x = m->x, .y = m->y, .names = m->names};
    for (size_t i = 0; i < m->n; i++) fit->n_events += m->y[i] > 0;
    if (!logistic_fit(arena, &data, fit->kind == FAMILY_FIRTH ? LOGISTIC_FIRTH : LOGISTIC_ML, &fit->logistic, err)) return false;
    fit->b = fit->logistic.b;
    fit->vcov = fit->logistic.vcov;
    fit->log_likelihood = fit->logistic.log_likelihood;
    return true;
}

/* The distinct values, ascending, become categories 0, 1, .. */
static size_t *number_categories(Arena *arena, FamilyFit *fit)
{
    const Model *m = &fit->model;
    const FamilyOptions *options = &fit->options;
    double *sorted = sample_sorted(arena, m->y, m->n);
    size_t *category = ARENA_ARRAY(arena, size_t, m->n), n = 0;
    for (size_t i = 0; i < m->n; i++)
        if (!i || sorted[i] > sorted[i - 1]) sorted[n++] = sorted[i];
    fit->n_categories = n;
    fit->categories = ARENA_ARRAY(arena, Str, n);
    const Codelist *list = fit->model.frame->n_columns ? fit->model.frame->columns[fit->model.frame->n_columns - 1].codelist : NULL;
    const Str *order = options->n_categories ? options->categories : list ? list->codes : NULL;
    for (size_t k = 0; k < n; k++) fit->categories[k] = order ? order[(size_t)sorted[k]] : str_format(arena, "%g", sorted[k]);
    for (size_t i = 0; i < m->n; i++)
        while (sorted[category[i]] < m->y[i]) category[i]++;
    return category;
}

static bool fit_odds(Arena *arena, FamilyFit *fit, Error *err)
{
    const Model *m = &fit->model;
    size_t p = m->p, q = p - 1;
    double *x = ARENA_ARRAY(arena, double, m->n * q + 1), *b = ARENA_ARRAY(arena, double, p), *vcov = ARENA_ARRAY(arena, double, p * p);
    for (size_t i = 0; i < m->n; i++) memcpy(&x[i*q], &m->x[i*p + 1], q * sizeof *x);
    size_t *category = number_categories(arena, fit);
    OrdinalData data = {.n = m->n, .p = q, .n_categories = fit->n_categories, .x = x, .y = category, .names = m->names + 1};
    if (!proportional_odds_fit(arena, &data, &fit->odds, err)) return false;
    size_t k = fit->odds.n_thresholds;
    for (size_t j = 0; j < q; j++) {
        b[j + 1] = fit->odds.b[j];
        memcpy(&vcov[(j + 1) * p + 1], &fit->odds.vcov[(k + j) * (k + q) + k], q * sizeof *vcov);
    }
    fit->b = b;
    fit->vcov = vcov;
    fit->log_likelihood = fit->odds.log_likelihood;
    return true;
}

static bool fit_counts(Arena *arena, FamilyFit *fit, Error *err)
{
    CountData data;
    const Model *m = &fit->model;
    if (!count_data(arena, m, fit->options.exposure, &data, err) ||
        !count_fit(arena, &data, fit->kind == FAMILY_POISSON ? COUNT_POISSON : COUNT_NEGATIVE_BINOMIAL, &fit->count, err))
        return false;
    double sum = 0, *vcov = ARENA_ARRAY(arena, double, m->p * m->p);
    for (size_t i = 0; i < m->n; i++) sum += m->y[i];
    fit->n_events = (size_t)sum;
    fit->b = fit->count.b;
    fit->vcov = fit->count.vcov;
    fit->log_likelihood = fit->count.log_likelihood;
    if (!fit->options.robust) return true;
    count_robust(arena, &fit->count, vcov);
    fit->vcov = vcov;
    return true;
}

static bool check_formula(const FamilyFit *fit, Error *err)
{
    if (!formula_check_fixed(&fit->formula, err)) return false;
    if (fit->formula.n_covariances) {
        error_set(err, ERROR_INCONSISTENT, "the family %s has no covariance term", family_word(fit->kind));
        return error_hint(err, "Leave it out: each row is one outcome of a subject of its own.");
    }
    if (!fit->formula.has_intercept) {
        error_set(err, ERROR_INCONSISTENT, "the intercept is taken away");
        return error_hint(err, "Leave out the 0 or - 1.");
    }
    if (!is_count(fit->kind) && (fit->options.exposure.len || fit->options.robust)) {
        error_set(err, ERROR_INCONSISTENT, "%s means nothing to the family %s", fit->options.exposure.len ? "an exposure" : "a robust variance", family_word(fit->kind));
        return error_hint(err, "It goes with counts: poisson, negative-binomial.");
    }
    return true;
}

bool family_fit(Arena *arena, Str text, FamilyKind kind, const FamilyOptions *options, const Frame *frame, const size_t *rows,
                size_t n_rows, FamilyFit *fit, Error *err)
{
    Str left, right;
    LinearFit linear;
    *fit = (FamilyFit){.kind = kind, .options = *options};
    if (!outcome_split(text, &left, &right, err)) return false;
    Str name = str_find(left, STR("`")) == SIZE_MAX ? left : STR("outcome");
    Column column = new_column(arena, name, frame->n_rows);
    const Column *own = frame_column(frame, left);
    if (kind == FAMILY_PROPORTIONAL_ODDS && own && !options->n_categories) column.codelist = own->codelist;
    if (!make_outcome(arena, fit, frame, left, &column, err)) return false;
    const Frame *wide = outcome_widen(arena, frame, column);
    if (!formula_parse(arena, outcome_formula(arena, name, right), &fit->formula, err) || !check_formula(fit, err) ||
        !model_build(arena, &fit->formula, wide, rows, n_rows, &fit->model, err) ||
        !least_squares(arena, fit->model.x, fit->model.x_low, fit->model.y, fit->model.n, fit->model.p, true, &linear, err))
        return false;
    fit->space = linear.space;
    if (kind == FAMILY_PROPORTIONAL_ODDS) return fit_odds(arena, fit, err);
    return is_count(kind) ? fit_counts(arena, fit, err) : fit_logistic(arena, fit, err);
}

/* --- what is asked of a fit --- */

/* The coefficient that l is, or is less than nought, alone; SIZE_MAX otherwise. */
static size_t single_coefficient(const double *l, size_t p)
{
    size_t found = SIZE_MAX;
    for (size_t j = 0; j < p; j++) {
        if (fabs(l[j]) < 1e-12) continue;
        if (found != SIZE_MAX || fabs(fabs(l[j]) - 1) > 1e-12) return SIZE_MAX;
        found = j;
    }
    return found;
}

Estimate family_contrast(Arena *scratch, const FamilyFit *fit, const double *l, double confidence)
{
    double estimate = 0;
    size_t p = fit->model.p, j = fit->kind == FAMILY_FIRTH ? single_coefficient(l, p) : SIZE_MAX;
    if (!row_space_holds(&fit->space, l)) return (Estimate){0};
    if (j != SIZE_MAX) {
        Estimate e = family_coefficient(scratch, fit, j, confidence);
        if (l[j] > 0) return e;
        Estimate turned = e;
        turned.estimate = -e.estimate;
        turned.t = -e.t;
        turned.lower = -e.upper;
        turned.upper = -e.lower;
        return turned;
    }
    for (size_t k = 0; k < p; k++) estimate += l[k] * fit->b[k];
    return estimate_of(estimate, sqrt(fmax(0, quadratic_form(l, fit->vcov, l, p))), INFINITY, confidence);
}

Estimate family_coefficient(Arena *scratch, const FamilyFit *fit, size_t j, double confidence)
{
    LogisticInference profile;
    size_t p = fit->model.p;
    Estimate e = estimate_of(fit->b[j], sqrt(fmax(0, fit->vcov[j*p + j])), INFINITY, confidence);
    if (fit->kind != FAMILY_FIRTH || !logistic_profile(scratch, &fit->logistic, j, confidence, &profile, NULL)) return e;
    e.t = copysign(sqrt(profile.chisq), e.estimate);
    e.p = profile.p;
    e.lower = profile.ci.lower;
    e.upper = profile.ci.upper;
    return e;
}

FamilyTest family_test(Arena *scratch, const FamilyFit *fit, size_t term)
{
    FamilyTest test = {NAN, 0, NAN};
    size_t p = fit->model.p;
    ArenaMark mark = arena_mark(scratch);
    Hypothesis h = estimable_hypothesis(scratch, &fit->model, &fit->space, term, TEST_TYPE_III);
    size_t r = h.n_rows;
    double *m = ARENA_ARRAY(scratch, double, r * r + 1), *lb = ARENA_ARRAY(scratch, double, r + 1);
    for (size_t i = 0; i < r; i++) {
        for (size_t j = 0; j < p; j++) lb[i] += h.l[i*p + j] * fit->b[j];
        for (size_t k = 0; k < r; k++) m[i*r + k] = quadratic_form(&h.l[i*p], fit->vcov, &h.l[k*p], p);
    }
    if (r && cholesky(m, r) == r) {
        solve_lower(m, r, lb);
        test = (FamilyTest){dot(lb, lb, r), (double)r, 0};
        test.p = chisq_sf(test.chisq, test.df);
    }
    arena_rewind(scratch, mark);
    return test;
}

double family_inverse(FamilyKind kind, double link) { return is_count(kind) ? exp(link) : 1 / (1 + exp(-link)); }
