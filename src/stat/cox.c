#include "stat/cox_inside.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"
#include "math/matrix.h"

#define DEFAULT_LEVEL       0.95
#define DEFAULT_TOLERANCE   1e-20
#define DEFAULT_ITERATIONS  50
#define MOST_HALVINGS       40
#define LEAST_VARIANCE      1e-12     /* of a standardised column, per event: below, it does not vary */
#define LEAST_SHARE         1e-10     /* of a column's information that the columns before it leave */
#define NEARLY_HIGHEST      1e-9      /* of the spread: a subject as near to the top stands there */
#define TAKES_PART          1e-3      /* of the largest part of a direction: columns below are not named */

/* The partial likelihood at one place, in standardised columns. */
typedef struct {
    size_t p;
    double loglik;
    double *gradient, *information;   /* p, p x p */
} Place;

static void compare_event(void *context, const CoxBlock *block, const CoxMoments *at_risk)
{
    Place *place = context;
    (void)block;
    place->loglik -= at_risk->log_weight;
    for (size_t j = 0; j < place->p; j++) {
        place->gradient[j] -= at_risk->mean[j];
        for (size_t k = 0; k <= j; k++)
            place->information[j * place->p + k] += at_risk->covariance[j * place->p + k];
    }
}

static Place place_new(Arena *arena, size_t p)
{
    return (Place){p, 0, ARENA_ARRAY(arena, double, p), ARENA_ARRAY(arena, double, p * p)};
}

static void evaluate(Arena *scratch, const CoxProblem *c, const double *b, double *eta, Place *place)
{
    size_t p = c->p;
    place->loglik = 0;
    memset(place->gradient, 0, p * sizeof *place->gradient);
    memset(place->information, 0, p * p * sizeof *place->information);
    cox_predictor(c, b, eta);
    cox_sweep(scratch, c, eta, compare_event, place);
    for (size_t k = 0; k < c->n_blocks; k++) {
        const CoxBlock *block = &c->blocks[k];
        for (size_t i = block->first + block->n_censored, l = 0; l < block->n_events; i++, l++) {
            place->loglik += eta[i];
            for (size_t j = 0; j < p; j++) place->gradient[j] += c->x[i*p + j];
        }
    }
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k < j; k++) place->information[k*p + j] = place->information[j*p + k];
}

/* Columns that tell nothing about who has the event, before any estimate is tried. l holds p x p. */
static bool check_columns(const CoxProblem *c, const Place *null, const Str *names, double *l, Error *err)
{
    size_t p = c->p;
    for (size_t j = 0; j < p; j++) {
        double whole = null->information[j*p + j], left = whole;
        if (!(whole > LEAST_VARIANCE * (double)c->n_events)) {
            error_set(err, ERROR_DEGENERATE,
                      "column \"" STR_FMT "\" does not vary among those at risk at any event",
                      STR_ARG(names[j]));
            return error_hint(err, "Leave the column out, or check the subjects and strata chosen.");
        }
        for (size_t k = 0; k < j; k++) {
            l[j*p + k] = (null->information[j*p + k] - dot(&l[j*p], &l[k*p], k)) / l[k*p + k];
            left -= l[j*p + k] * l[j*p + k];
        }
        if (!(left > LEAST_SHARE * whole)) {
            error_set(err, ERROR_DEGENERATE,
                      "column \"" STR_FMT "\" repeats the columns before it among those at risk",
                      STR_ARG(names[j]));
            return error_hint(err, "Leave one of them out.");
        }
        l[j*p + j] = sqrt(left);
    }
    return true;
}

/* Among those at risk at every event, does who has it stand highest in s (to rounding), and is anybody below? Then the
 * likelihood rises for ever along s. Tied events must all stand highest; exactly tied ones above those without the event. */
static bool events_are_highest(const CoxProblem *c, const double *s)
{
    double top = -INFINITY, bottom = INFINITY, rounding = 0;
    bool any_below = false;
    for (size_t i = 0; i < c->n; i++) rounding = fmax(rounding, NEARLY_HIGHEST * fabs(s[i] - s[0]));
    for (size_t k = 0; k < c->n_blocks; k++) {
        const CoxBlock *block = &c->blocks[k];
        size_t event = block->first + block->n_censored, end = event + block->n_events;
        if (block->begins_stratum) top = -INFINITY, bottom = INFINITY;
        for (size_t i = block->first; i < event; i++) top = fmax(top, s[i]), bottom = fmin(bottom, s[i]);
        double least = INFINITY, rival = top;
        for (size_t i = event; i < end; i++)
            top = fmax(top, s[i]), bottom = fmin(bottom, s[i]), least = fmin(least, s[i]);
        if (c->ties != COX_TIES_EXACT) rival = top;
        if (least < rival - rounding) return false;
        /* if all at risk have the event at once, exact ties compare them with nobody */
        any_below = any_below || (block->n_events > 0 && rival > -INFINITY && bottom < top - rounding);
    }
    return any_below;
}

static bool refuse_monotone(const double *direction, const CoxInput *in, Error *err)
{
    size_t leading = 0, n_taking_part = 0;
    double largest = largest_magnitude(direction, in->p);
    for (size_t j = 0; j < in->p; j++) {
        if (fabs(direction[j]) >= largest && fabs(direction[leading]) < largest) leading = j;
        n_taking_part += fabs(direction[j]) > TAKES_PART * largest;
    }
    const char *where = direction[leading] > 0 ? "plus" : "minus";
    if (n_taking_part == 1)
        error_set(err, ERROR_DEGENERATE,
                  "the likelihood is monotone: it rises for ever as the coefficient of column \"" STR_FMT
                  "\" goes to %s infinity",
                  STR_ARG(in->names[leading]), where);
    else
        error_set(err, ERROR_DEGENERATE,
                  "the likelihood is monotone: it rises for ever as the coefficient of column \"" STR_FMT
                  "\" goes to %s infinity together with %zu more",
                  STR_ARG(in->names[leading]), where, n_taking_part - 1);
    return error_hint(
        err,
        "Whoever had an event stood at that end among all at risk (separation), so no hazard ratio can be "
        "estimated; merge categories, leave the column out, or report a log-rank test.");
}

static bool refuse_to_go_on(size_t iterations, double decrement, Error *err)
{
    error_set(err, ERROR_NO_CONVERGENCE,
              "the partial likelihood is not at its maximum after %zu iterations (decrement %.3g)",
              iterations, decrement);
    return error_hint(
        err, "Look for columns that are nearly the same or have extreme values, or allow more iterations.");
}

/* b moves along step, as far as the likelihood does not fall. */
static bool move(Arena *scratch, const CoxProblem *c, const double *step, double *b, double *trial,
                 double *eta, Place *place)
{
    double before = place->loglik, slack = 1e-12 * (fabs(before) + 1), length = 1;
    for (int i = 0; i < MOST_HALVINGS; i++, length /= 2) {
        for (size_t j = 0; j < c->p; j++) trial[j] = b[j] + length * step[j];
        evaluate(scratch, c, trial, eta, place);
        if (!(place->loglik >= before - slack)) continue;
        memcpy(b, trial, c->p * sizeof *b);
        return true;
    }
    return false;
}

/* On return b is the maximum in standardised columns, eta its predictor and inverse the inverse information there. */
static bool maximise(Arena *scratch, const CoxProblem *c, const CoxInput *in, const CoxOptions *options,
                     double *b, double *eta, double *inverse, CoxFit *fit, Error *err)
{
    size_t p = c->p, most = options->max_iterations ? options->max_iterations : DEFAULT_ITERATIONS;
    double tolerance = options->tolerance > 0 ? options->tolerance : DEFAULT_TOLERANCE;
    double *step = ARENA_ARRAY(scratch, double, p), *trial = ARENA_ARRAY(scratch, double, p);
    double *work = ARENA_ARRAY(scratch, double, p * p), *s = ARENA_ARRAY(scratch, double, c->n);
    Place place = place_new(scratch, p);
    evaluate(scratch, c, b, eta, &place);
    if (!check_columns(c, &place, in->names, work, err)) return false;
    fit->loglik_null = place.loglik;
    for (;; fit->iterations++) {
        memcpy(inverse, place.information, p * p * sizeof *inverse);
        bool positive = invert_positive(inverse, p, work);
        matrix_apply(inverse, place.gradient, p, p, step);
        fit->decrement = dot(step, place.gradient, p);
        if (fit->iterations == 0) fit->score.statistic = fit->decrement;
        cox_predictor(c, positive ? step : b, s);
        if (events_are_highest(c, s)) return refuse_monotone(positive ? step : b, in, err);
        fit->loglik = place.loglik;
        if (positive && fit->decrement <= tolerance) break;
        if (!positive || fit->iterations == most || !move(scratch, c, step, b, trial, eta, &place))
            return refuse_to_go_on(fit->iterations, fit->decrement, err);
    }
    for (size_t j = 0; j < p; j++) b[j] += step[j];  /* the last step costs nothing and is the best one */
    cox_predictor(c, b, eta);
    return true;
}

static CoxTest chisq_test(double statistic, double df)
{
    return (CoxTest){statistic, df, chisq_sf(statistic, df)};
}

/* vcov = (score residuals times inverse, summed by cluster)' (the same), in standardised columns. */
static bool robust_covariance(Arena *scratch, const CoxProblem *c, const CoxInput *in, const double *eta,
                              const double *inverse, double *vcov, Error *err)
{
    size_t p = c->p, n_clusters = 0;
    double *score = ARENA_ARRAY(scratch, double, c->n * p), *sums = ARENA_ARRAY(scratch, double, c->n * p);
    double *part = ARENA_ARRAY(scratch, double, p);
    bool *seen = ARENA_ARRAY(scratch, bool, c->n);
    cox_score_residuals(scratch, c, eta, score);
    for (size_t i = 0; i < c->n; i++) {
        size_t cluster = in->cluster ? in->cluster[c->subject[i]] : i;
        n_clusters += !seen[cluster];
        seen[cluster] = true;
        for (size_t j = 0; j < p; j++) sums[cluster*p + j] += score[i*p + j];
    }
    if (n_clusters <= p) {
        error_set(err, ERROR_DEGENERATE, "%zu clusters are too few for robust standard errors of %zu columns",
                  n_clusters, p);
        return error_hint(err, "Use model-based standard errors; robust ones need many clusters.");
    }
    memset(vcov, 0, p * p * sizeof *vcov);
    for (size_t i = 0; i < c->n; i++) {
        matrix_apply(inverse, &sums[i*p], p, p, part);
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++) vcov[j*p + k] += part[j] * part[k];
    }
    return true;
}

static void fill_coefficients(const CoxInput *in, const double *b, CoxFit *fit)
{
    size_t p = fit->p;
    double z = normal_quantile_upper((1 - fit->level) / 2);
    for (size_t j = 0; j < p; j++) {
        CoxCoefficient *k = &fit->coef[j];
        *k = (CoxCoefficient){.name = in->names[j], .estimate = b[j], .hazard_ratio = exp(b[j]),
                              .se = sqrt(fit->vcov[j*p + j]), .se_model = sqrt(fit->vcov_model[j*p + j])};
        k->z = k->estimate / k->se;
        k->p_two_sided = fmin(1, 2 * normal_sf(fabs(k->z)));
        k->hazard_ratio_ci = (Interval){exp(b[j] - z * k->se), exp(b[j] + z * k->se)};
    }
}

static bool check_input(const CoxInput *in, const CoxOptions *options, Error *err)
{
    if (options->level != 0 && !level_check(options->level, err)) return false;
    if (in->p == 0) {
        error_set(err, ERROR_USAGE, "the model has no column");
        return error_hint(err,
                          "Name at least one covariate; without any, estimate the curve by Kaplan-Meier.");
    }
    if (options->robust && options->ties == COX_TIES_EXACT) {
        error_set(err, ERROR_USAGE, "robust standard errors are not defined for exact ties");
        return error_hint(err, "Use Efron's or Breslow's ties.");
    }
    if (!survival_check(&in->data, err)) return false;
    for (size_t i = 0; i < in->data.n * in->p; i++) {
        if (isfinite(in->x[i])) continue;
        error_set(err, ERROR_MALFORMED, "row %zu has no finite value", i / in->p + 1);
        error_in(err, "column \"" STR_FMT "\"", STR_ARG(in->names[i % in->p]));
        return error_hint(err, "Leave subjects with missing values out, and say how many there were.");
    }
    for (size_t i = 0; i < in->data.n; i++)
        if (in->data.event[i]) return true;
    error_set(err, ERROR_DEGENERATE, "none of the %zu subjects had the event", in->data.n);
    return error_hint(err, "Report how long they were watched; there is nothing to compare yet.");
}

bool cox_fit(Arena *arena, const CoxInput *input, const CoxOptions *options, CoxFit *fit, Error *err)
{
    if (!check_input(input, options, err)) return false;
    size_t n = input->data.n, p = input->p;
    CoxFit f = {.n = n, .p = p, .ties = options->ties, .robust = options->robust,
                .level = options->level > 0 ? options->level : DEFAULT_LEVEL};
    f.coef = ARENA_ARRAY(arena, CoxCoefficient, p);
    f.vcov_model = ARENA_ARRAY(arena, double, p * p);
    f.vcov = ARENA_ARRAY(arena, double, p * p);
    ArenaMark mark = arena_mark(arena);
    CoxProblem c = cox_problem(arena, input, options->ties);
    double *b = ARENA_ARRAY(arena, double, p), *eta = ARENA_ARRAY(arena, double, n);
    f.n_events = c.n_events;
    if (!maximise(arena, &c, input, options, b, eta, f.vcov_model, &f, err)) return false;
    memcpy(f.vcov, f.vcov_model, p * p * sizeof *f.vcov);
    if (f.robust && !robust_covariance(arena, &c, input, eta, f.vcov_model, f.vcov, err)) return false;
    for (size_t j = 0; j < p; j++) {
        b[j] /= c.scale[j];
        for (size_t k = 0; k < p; k++) {
            f.vcov_model[j*p + k] /= c.scale[j] * c.scale[k];
            f.vcov[j*p + k] /= c.scale[j] * c.scale[k];
        }
    }
    fill_coefficients(input, b, &f);
    arena_rewind(arena, mark);
    f.likelihood_ratio = chisq_test(2 * (f.loglik - f.loglik_null), (double)p);
    f.score = chisq_test(f.score.statistic, (double)p);
    size_t *all = ARENA_ARRAY(arena, size_t, p);
    for (size_t j = 0; j < p; j++) all[j] = j;
    if (!cox_wald(arena, &f, all, p, &f.wald, err)) return false;
    *fit = f;
    return true;
}

bool cox_wald(Arena *scratch, const CoxFit *fit, const size_t *column, size_t n_columns, CoxTest *test,
              Error *err)
{
    size_t m = n_columns, p = fit->p;
    if (m == 0) {
        error_set(err, ERROR_USAGE, "the test names no coefficient");
        return error_hint(err, "Name the columns whose coefficients may be 0.");
    }
    ArenaMark mark = arena_mark(scratch);
    double *l = ARENA_ARRAY(scratch, double, m * m), *b = ARENA_ARRAY(scratch, double, m);
    for (size_t i = 0; i < m; i++) { /* in units of the standard errors, so that the pivots can be compared */
        b[i] = fit->coef[column[i]].estimate / fit->coef[column[i]].se;
        for (size_t k = 0; k < m; k++)
            l[i * m + k] =
                fit->vcov[column[i] * p + column[k]] / (fit->coef[column[i]].se * fit->coef[column[k]].se);
    }
    bool positive = cholesky(l, m) == m;
    for (size_t i = 0; positive && i < m; i++) positive = l[i*m + i] > 1e-7;
    if (positive) {
        solve_lower(l, m, b);
        *test = chisq_test(dot(b, b, m), (double)m);
    }
    arena_rewind(scratch, mark);
    if (positive) return true;
    error_set(err, ERROR_DEGENERATE, "the covariance matrix of the %zu coefficients is singular", m);
    return error_hint(err, "Test fewer coefficients, or use model-based standard errors.");
}
