#include "stat/logistic.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"
#include "math/matrix.h"
#include "math/root.h"

#define MAX_STEPS 200
#define MAX_HALVINGS 30
#define STEP_TOLERANCE 1e-10 /* of a step, in standard errors */
#define ROUNDING_STEP 1e-6   /* a step this short that does not rise is stopped by rounding */
#define DIFFERENCE 1e-4      /* of a linear predictor, for slopes */
#define LONGEST_STEP 5.0     /* in the linear predictor */
#define ROOT_TOLERANCE 1e-12 /* of a profile bound */
#define RANK_TOLERANCE 1e-9  /* share of a column's length that others leave */

/* Where a linear predictor is this large a direction is examined, and what falls by less than this share counts as
 * rounding: e^-15 is 3e-7. */
#define LARGE_PREDICTOR 15.0
#define DIRECTION_TOLERANCE 1e-6

const char *logistic_method_word(LogisticMethod method)
{
    static const char *const WORDS[] = {
#define X(name, word, maximised) word,
        LOGISTIC_METHODS(X)
#undef X
    };
    return WORDS[method];
}

static const char *column_name(Arena *arena, const LogisticData *data, size_t j)
{
    return data->names ? str_format(arena, "\"" STR_FMT "\"", STR_ARG(data->names[j])).data
                       : str_format(arena, "column %zu", j + 1).data;
}

static bool values_check(const LogisticData *data, Error *err)
{
    for (size_t i = 0; i < data->n; i++) {
        for (size_t j = 0; j < data->p; j++)
            if (!isfinite(data->x[i * data->p + j])) {
                error_set(err, ERROR_MALFORMED, "row %zu of the design is not finite", i + 1);
                return error_hint(err, "Leave rows with missing values out, and say how many there were.");
            }
        if (data->y[i] != 0 && data->y[i] != 1) {
            error_set(err, ERROR_MALFORMED, "the outcome of row %zu is %g, neither 0 nor 1", i + 1,
                      data->y[i]);
            return error_hint(err, "Write yes as 1 and no as 0.");
        }
    }
    return true;
}

static bool rank_check(Arena *arena, const LogisticData *data, Error *err)
{
    size_t n = data->n, p = data->p;
    if (n == 0 || p == 0) {
        error_set(err, ERROR_DEGENERATE, "there is nothing to fit: %zu rows and %zu columns", n, p);
        return error_hint(err, "Look at the population: it is empty.");
    }
    double *a = arena_copy(arena, data->x, n * p * sizeof *a), *left = ARENA_ARRAY(arena, double, p);
    double *beta = ARENA_ARRAY(arena, double, p), *work = ARENA_ARRAY(arena, double, 2 * p);
    size_t *pivot = ARENA_ARRAY(arena, size_t, p);
    if (qr_echelon(a, n, p, RANK_TOLERANCE, beta, pivot, left, work) == p) return true;
    size_t j = 0;
    while (j + 1 < p && left[j] >= RANK_TOLERANCE) j++;
    error_set(err, ERROR_DEGENERATE, "%s repeats what the columns before it say",
              column_name(arena, data, j));
    return error_hint(err, "Leave it out, or join levels.");
}

/* The state of a fit. Column `fixed` (p for none) keeps its coefficient; the penalty sees it all the same. */
typedef struct {
    const LogisticData *data;
    LogisticMethod method;
    size_t fixed;
    double *b, *step;              /* p */
    double *eta;                   /* n */
    double *information, *inverse; /* p x p: x' W x, and its inverse */
    double *curvature;             /* p x p: of the objective, by differences; Firth only */
    double *work;                  /* p x p */
    double *score, *score_before;  /* p each */
    double log_likelihood, objective;
} State;

static State state_new(Arena *arena, const LogisticData *data, LogisticMethod method)
{
    size_t n = data->n, p = data->p;
    return (State){
        .data = data,
        .method = method,
        .fixed = p,
        .b = ARENA_ARRAY(arena, double, p),
        .step = ARENA_ARRAY(arena, double, p),
        .eta = ARENA_ARRAY(arena, double, n),
        .information = ARENA_ARRAY(arena, double, p *p),
        .inverse = ARENA_ARRAY(arena, double, p *p),
        .work = ARENA_ARRAY(arena, double, p *p),
        .score = ARENA_ARRAY(arena, double, p),
        .curvature = ARENA_ARRAY(arena, double, p *p),
        .score_before = ARENA_ARRAY(arena, double, p),
    };
}

/* log(1 / (1 + e^-eta)) and 1 / (1 + e^-eta), without overflow. */
static double log_chance(double eta) { return eta > 0 ? -log1p(exp(-eta)) : eta - log1p(exp(eta)); }
static double chance(double eta) { return 1 / (1 + exp(-eta)); }
static double weight(double eta) { return chance(eta) * chance(-eta); }

/* log |a| for positive definite a, by the Cholesky factor left in work; NaN when it is not. */
static double log_determinant(const double *a, size_t p, double *work)
{
    memcpy(work, a, p * p * sizeof *a);
    if (cholesky(work, p) < p) return NAN;
    double sum = 0;
    for (size_t j = 0; j < p; j++) sum += 2 * log(work[j * p + j]);
    return sum;
}

/* Everything that follows from b, but the score. */
static void state_evaluate(State *s)
{
    size_t n = s->data->n, p = s->data->p;
    s->log_likelihood = 0;
    memset(s->information, 0, p * p * sizeof *s->information);
    for (size_t i = 0; i < n; i++) {
        const double *x = &s->data->x[i * p];
        s->eta[i] = dot(x, s->b, p);
        s->log_likelihood += log_chance(s->data->y[i] == 1 ? s->eta[i] : -s->eta[i]);
        double w = weight(s->eta[i]);
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k <= j; k++) s->information[j * p + k] += w * x[j] * x[k];
    }
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k < j; k++) s->information[k * p + j] = s->information[j * p + k];
    s->objective = s->log_likelihood;
    if (s->method == LOGISTIC_FIRTH) s->objective += log_determinant(s->information, p, s->work) / 2;
}

/* The score; under Firth the sum of (y - pi + h (1/2 - pi)) x, h the leverages of
 * W^1/2 x. False when the information cannot be inverted. */
static bool state_score(State *s)
{
    size_t n = s->data->n, p = s->data->p;
    memcpy(s->inverse, s->information, p * p * sizeof *s->inverse);
    if (!invert_positive(s->inverse, p, s->work)) return false;
    memset(s->score, 0, p * sizeof *s->score);
    for (size_t i = 0; i < n; i++) {
        const double *x = &s->data->x[i * p];
        double pi = chance(s->eta[i]);
        double residual = s->data->y[i] == 1 ? chance(-s->eta[i]) : -pi;
        if (s->method == LOGISTIC_FIRTH)
            residual += weight(s->eta[i]) * quadratic_form(x, s->inverse, x, p) * (.5 - pi);
        for (size_t j = 0; j < p; j++) s->score[j] += residual * x[j];
    }
    return true;
}

/* Minus the derivative of Firth's score, by differences. Steps by the information alone ignore
 * how the penalty bends, and creep or swing where data are few. False when a score cannot be had. */
static bool state_curve(State *s)
{
    size_t p = s->data->p;
    bool is_had = true;
    for (size_t j = 0; j < p; j++) {
        double b = s->b[j], largest = 0;
        for (size_t i = 0; i < s->data->n; i++) largest = fmax(largest, fabs(s->data->x[i * p + j]));
        double h = DIFFERENCE / largest;
        s->b[j] = b - h, state_evaluate(s);
        is_had = is_had && state_score(s);
        memcpy(s->score_before, s->score, p * sizeof *s->score);
        s->b[j] = b + h, state_evaluate(s);
        is_had = is_had && state_score(s);
        for (size_t k = 0; k < p; k++) s->curvature[k * p + j] = (s->score_before[k] - s->score[k]) / (2 * h);
        s->b[j] = b;
    }
    state_evaluate(s);
    return state_score(s) && is_had;
}

/* The Cholesky factor of a over the free columns, in work. */
static bool factor_free(State *s, const double *a)
{
    size_t p = s->data->p;
    memcpy(s->work, a, p * p * sizeof *s->work);
    if (s->fixed < p) {
        for (size_t j = 0; j < p; j++) s->work[s->fixed * p + j] = s->work[j * p + s->fixed] = 0;
        s->work[s->fixed * p + s->fixed] = 1;
    }
    return cholesky(s->work, p) == p;
}

/* The Newton step over the free columns, by the information where the objective is not concave; no longer than
 * LONGEST_STEP in any row's predictor. Returns its length in standard errors. */
static double state_step(State *s)
{
    size_t p = s->data->p;
    bool is_factored = s->method == LOGISTIC_FIRTH && state_curve(s) && factor_free(s, s->curvature);
    if (!is_factored && !factor_free(s, s->information)) return NAN;
    if (s->fixed < p) s->score[s->fixed] = 0;
    memcpy(s->step, s->score, p * sizeof *s->step);
    solve_lower(s->work, p, s->step);
    double length = euclidean_norm(s->step, p), longest = 0;
    solve_lower_transposed(s->work, p, s->step);
    for (size_t i = 0; i < s->data->n; i++)
        longest = fmax(longest, fabs(dot(&s->data->x[i * p], s->step, p)));
    if (longest > LONGEST_STEP)
        for (size_t j = 0; j < p; j++) s->step[j] *= LONGEST_STEP / longest;
    return length;
}

/* b moves by the step, or by the first of its halves that does not lower the objective. */
static bool state_advance(State *s, double *b_before)
{
    size_t p = s->data->p;
    double before = s->objective, share = 1, slack = 1e-12 * (1 + fabs(before));
    memcpy(b_before, s->b, p * sizeof *b_before);
    for (int halving = 0; halving < MAX_HALVINGS; halving++, share /= 2) {
        for (size_t j = 0; j < p; j++) s->b[j] = b_before[j] + share * s->step[j];
        state_evaluate(s);
        if (s->objective >= before - slack) return true;
    }
    return false;
}

/* Whether no row becomes less likely along d, and some row more so. How many rows stay as they are tells complete
 * from partial separation. */
static bool direction_separates(const LogisticData *data, const double *d, size_t *n_unmoved)
{
    double least = INFINITY, most = 0;
    *n_unmoved = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < data->n; i++) {
            double gain = dot(&data->x[i * data->p], d, data->p) * (data->y[i] == 1 ? 1 : -1);
            if (pass == 0)
                least = fmin(least, gain), most = fmax(most, fabs(gain));
            else
                *n_unmoved += gain <= DIRECTION_TOLERANCE * most;
        }
    return most > 0 && least >= -DIRECTION_TOLERANCE * most;
}

static bool refuse_constant_outcome(const LogisticData *data, Error *err)
{
    error_set(err, ERROR_DEGENERATE, "every outcome is %s, so the likelihood has no maximum",
              data->y[0] == 1 ? "yes" : "no");
    return error_hint(err, "Report the count with an exact interval.");
}

/* Names the columns that matter along d. A constant column is named only where it is alone. */
static bool refuse_separation(Arena *arena, const LogisticData *data, const double *d, size_t n_unmoved,
                              Error *err)
{
    Buf names = buf_new(arena);
    size_t n = data->n, p = data->p;
    double most = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t j = 0; j < p; j++) {
            double low = data->x[j], high = low;
            for (size_t i = 1; i < n; i++)
                low = fmin(low, data->x[i * p + j]), high = fmax(high, data->x[i * p + j]);
            double effect = fabs(d[j]) * (high - low);
            if (pass == 0)
                most = fmax(most, effect);
            else if (effect > 1e-4 * most)
                buf_format(&names, "%s%s", names.len ? ", " : "", column_name(arena, data, j));
        }
    error_set(err, ERROR_DEGENERATE, "the outcome is %s separated by %s, so the likelihood has no maximum",
              n_unmoved == 0 ? "completely" : "partly", buf_c(&names));
    return error_hint(err, "Fit by Firth's penalised likelihood, or leave the column out.");
}

/* Under ML, whether b or the latest step proves separation. */
static bool refuse_if_separated(Arena *arena, const State *s, Error *err)
{
    size_t n_unmoved;
    if (s->method != LOGISTIC_ML || s->fixed < s->data->p) return true;
    if (largest_magnitude(s->eta, s->data->n) < LARGE_PREDICTOR) return true;
    if (direction_separates(s->data, s->b, &n_unmoved) && n_unmoved == 0)
        return refuse_separation(arena, s->data, s->b, 0, err);
    return !direction_separates(s->data, s->step, &n_unmoved) ||
           refuse_separation(arena, s->data, s->step, n_unmoved, err);
}

/* From b to the maximum over the free columns. */
static bool state_maximise(Arena *arena, State *s, size_t *n_steps, Error *err)
{
    ArenaMark mark = arena_mark(arena);
    double *b_before = ARENA_ARRAY(arena, double, s->data->p);
    bool is_done = false, is_sound = true;
    state_evaluate(s);
    for (*n_steps = 0; is_sound && *n_steps < MAX_STEPS; ++*n_steps) {
        double length = state_score(s) ? state_step(s) : NAN;
        if (isnan(length)) break;
        is_done = length <= STEP_TOLERANCE;
        if (is_done) break;
        if (!state_advance(s, b_before)) {
            is_done = length <= ROUNDING_STEP && state_score(s);
            break;
        }
        is_sound = refuse_if_separated(arena, s, err);
    }
    arena_rewind(arena, mark);
    if (!is_sound || is_done) return is_sound;
    error_set(err, ERROR_NO_CONVERGENCE, "the logistic model did not settle in %zu steps", *n_steps);
    return error_hint(err, "Centre and scale the columns, or fit by Firth's penalised likelihood.");
}

static bool outcome_varies(const LogisticData *data)
{
    for (size_t i = 1; i < data->n; i++)
        if (data->y[i] != data->y[0]) return true;
    return false;
}

bool logistic_fit(Arena *arena, const LogisticData *data, LogisticMethod method, LogisticFit *fit, Error *err)
{
    if (!values_check(data, err) || !rank_check(arena, data, err)) return false;
    if (method == LOGISTIC_ML && !outcome_varies(data)) return refuse_constant_outcome(data, err);
    State s = state_new(arena, data, method);
    *fit = (LogisticFit){.data = *data, .method = method};
    if (!state_maximise(arena, &s, &fit->n_steps, err)) return false;
    fit->b = s.b, fit->vcov = s.inverse;
    fit->se = ARENA_ARRAY(arena, double, data->p);
    for (size_t j = 0; j < data->p; j++) fit->se[j] = sqrt(fit->vcov[j * data->p + j]);
    fit->log_likelihood = s.log_likelihood, fit->penalised = s.objective;
    return true;
}

bool logistic_wald(const LogisticFit *fit, size_t j, double level, LogisticInference *result, Error *err)
{
    if (!level_check(level, err)) return false;
    double z = fit->b[j] / fit->se[j], half = normal_quantile_upper((1 - level) / 2) * fit->se[j];
    *result = (LogisticInference){z * z, 2 * normal_sf(fabs(z)), {fit->b[j] - half, fit->b[j] + half}};
    return true;
}

/* The profile: the maximum over all other columns, as a function of one coefficient. */
typedef struct {
    Arena *scratch;
    State state;
    double maximum, fall; /* of the fit; and the fall sought */
    Error *err;
} Profile;

static double profile_at(double b, void *context)
{
    Profile *profile = context;
    size_t n_steps;
    profile->state.b[profile->state.fixed] = b;
    if (!state_maximise(profile->scratch, &profile->state, &n_steps, profile->err)) return NAN;
    return profile->maximum - profile->state.objective - profile->fall;
}

/* The bound on one side of the estimate, `step` pointing away from it; steps are doubled until the fall is enough. */
static bool profile_bound(Profile *profile, const LogisticFit *fit, size_t j, double step, double *bound)
{
    double near = fit->b[j], far = near;
    memcpy(profile->state.b, fit->b, fit->data.p * sizeof *fit->b);
    for (int doubling = 0; doubling < 12; doubling++, step *= 2) {
        far = near + step;
        double excess = profile_at(far, profile);
        if (isnan(excess)) return false;
        if (excess > 0)
            return root_between(profile_at, profile, fmin(near, far), fmax(near, far), ROOT_TOLERANCE, bound);
        near = far;
    }
    error_set(profile->err, ERROR_NO_CONVERGENCE,
              "the profile of %s does not fall as far as its interval asks",
              column_name(profile->scratch, &fit->data, j));
    return error_hint(profile->err, "Use Wald's interval, or a lower level.");
}

bool logistic_profile(Arena *scratch, const LogisticFit *fit, size_t j, double level,
                      LogisticInference *result, Error *err)
{
    if (!level_check(level, err)) return false;
    ArenaMark mark = arena_mark(scratch);
    Profile profile = {scratch, state_new(scratch, &fit->data, fit->method), fit->penalised, 0, err};
    profile.state.fixed = j;
    double z = normal_quantile_upper((1 - level) / 2), step = z * fit->se[j];
    memcpy(profile.state.b, fit->b, fit->data.p * sizeof *fit->b);
    double fall_at_zero = profile_at(0, &profile);
    result->chisq = fmax(0, 2 * fall_at_zero);
    result->p = chisq_sf(result->chisq, 1);
    profile.fall = z * z / 2;
    bool is_found = !isnan(fall_at_zero) && profile_bound(&profile, fit, j, -step, &result->ci.lower) &&
                    profile_bound(&profile, fit, j, step, &result->ci.upper);
    arena_rewind(scratch, mark);
    return is_found;
}
