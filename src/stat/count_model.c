#include "stat/count_model.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"
#include "math/matrix.h"
#include "math/root.h"

#define MAX_STEPS 100
#define MAX_HALVINGS 40
#define STEP_TOLERANCE 1e-10   /* of a step, in standard errors */
#define ROUNDING_STEP 1e-6     /* a step this short that does not rise is stopped by rounding */
#define LONGEST_STEP 5.0       /* in the log of a mean */
#define RANK_SHARE 1e-9        /* of a column's length, left by others */
#define LEAST_DISPERSION 1e-9  /* from here the bracket grows */
#define MOST_DISPERSION 1e7
#define ROOT_TOLERANCE 1e-13   /* of the log of the dispersion */
#define BOUND_TOLERANCE 1e-10  /* of a profile bound */
#define FAR_BELOW 12.0         /* a mean this far below its start (log) is tried as separation */
#define DIRECTION_TOLERANCE 1e-6

static const char *const WORDS[] = {
#define X(name, word, variance) word,
    COUNT_FAMILIES(X)
#undef X
};

const char *count_family_word(CountFamily family) { return WORDS[family]; }

bool count_family_parse(Str word, CountFamily *family)
{
    for (size_t f = 0; f < sizeof WORDS / sizeof *WORDS; f++)
        if (str_equal(word, str_from(WORDS[f]))) return *family = (CountFamily)f, true;
    return false;
}

bool count_data(Arena *arena, const Model *model, Str exposure, CountData *data, Error *err)
{
    *data = (CountData){.n = model->n, .p = model->p, .x = model->x, .y = model->y, .names = model->names};
    if (exposure.len == 0) return true;
    const Column *column;
    if (!frame_need(model->frame, exposure, &column, err)) return false;
    if (!column_is_number(column)) {
        error_set(err, ERROR_INCONSISTENT, "the exposure \"" STR_FMT "\" holds no numbers", STR_ARG(exposure));
        return error_hint(err, "Name the column with the time under observation.");
    }
    double *time = ARENA_ARRAY(arena, double, model->n);
    for (size_t i = 0; i < model->n; i++) {
        time[i] = column->numbers[model->rows[i]];
        if (column->missing[model->rows[i]] || !(time[i] > 0)) {
            error_set(err, ERROR_MALFORMED, "row %zu has no positive \"" STR_FMT "\"", model->rows[i] + 1, STR_ARG(exposure));
            return error_hint(err, "Leave subjects who were not observed out of the population.");
        }
    }
    data->exposure = time;
    return true;
}

static const char *column_name(Arena *arena, const CountData *data, size_t j)
{
    return data->names ? str_format(arena, "\"" STR_FMT "\"", STR_ARG(data->names[j])).data
                       : str_format(arena, "column %zu", j + 1).data;
}

static bool values_check(const CountData *data, Error *err)
{
    double events = 0;
    for (size_t i = 0; i < data->n; i++) {
        for (size_t j = 0; j < data->p; j++)
            if (!isfinite(data->x[i * data->p + j])) {
                error_set(err, ERROR_MALFORMED, "row %zu of the design is not finite", i + 1);
                return error_hint(err, "Leave rows with missing values out, and say how many there were.");
            }
        double y = data->y[i], t = data->exposure ? data->exposure[i] : 1;
        if (!(y >= 0 && y <= COUNT_MAX && y == floor(y))) {
            error_set(err, ERROR_MALFORMED, "the count of row %zu is %g", i + 1, y);
            return error_hint(err, "Counts are whole numbers from 0 to %d.", COUNT_MAX);
        }
        if (!(t > 0 && isfinite(t))) {
            error_set(err, ERROR_MALFORMED, "the exposure of row %zu is %g", i + 1, t);
            return error_hint(err, "Exposure is a positive time; leave out who was not observed.");
        }
        events += y;
    }
    if (events > 0) return true;
    error_set(err, ERROR_DEGENERATE, "there are no events, so the likelihood has no maximum");
    return error_hint(err, "Report the rate's exact upper bound.");
}

static bool size_check(const CountData *data, Error *err)
{
    if (data->p > 0 && data->n > data->p) return true;
    error_set(err, ERROR_DEGENERATE, "%zu rows are too few for %zu columns", data->n, data->p);
    return error_hint(err, "Look at the population, or leave terms out.");
}

static bool rank_check(Arena *arena, const CountData *data, Error *err)
{
    size_t n = data->n, p = data->p;
    double *a = arena_copy(arena, data->x, n * p * sizeof *a), *left = ARENA_ARRAY(arena, double, p);
    double *beta = ARENA_ARRAY(arena, double, p), *work = ARENA_ARRAY(arena, double, 2 * p);
    size_t *pivot = ARENA_ARRAY(arena, size_t, p);
    if (qr_echelon(a, n, p, RANK_SHARE, beta, pivot, left, work) == p) return true;
    size_t j = 0;
    while (j + 1 < p && left[j] >= RANK_SHARE) j++;
    error_set(err, ERROR_DEGENERATE, "%s repeats what the columns before it say", column_name(arena, data, j));
    return error_hint(err, "Leave it out, or join levels.");
}

/* The state of a fit. Column `fixed` (p for none) keeps its coefficient. alpha is the dispersion. */
typedef struct {
    Arena *scratch;
    const CountData *data;
    CountFamily family;
    size_t fixed, most, n_steps;
    double *above;                        /* most; rows with a count above k */
    double *log_exposure, *eta;           /* n */
    double *b, *before, *step, *score;    /* p */
    double *information, *work;           /* p x p */
    double alpha, log_likelihood;
    Error *err;
} State;

static State state_new(Arena *arena, const CountData *data, CountFamily family, Error *err)
{
    size_t n = data->n, p = data->p;
    State s = {.scratch = arena, .data = data, .family = family, .fixed = p, .err = err};
    for (size_t i = 0; i < n; i++) s.most = data->y[i] > (double)s.most ? (size_t)data->y[i] : s.most;
    s.above = ARENA_ARRAY(arena, double, s.most + 1);
    s.log_exposure = ARENA_ARRAY(arena, double, n), s.eta = ARENA_ARRAY(arena, double, n);
    for (size_t i = 0; i < n; i++) {
        s.log_exposure[i] = data->exposure ? log(data->exposure[i]) : 0;
        if (data->y[i] > 0) s.above[(size_t)data->y[i] - 1]++;
    }
    for (size_t k = s.most; k-- > 1;) s.above[k - 1] += s.above[k];
    s.b = ARENA_ARRAY(arena, double, p), s.before = ARENA_ARRAY(arena, double, p);
    s.step = ARENA_ARRAY(arena, double, p), s.score = ARENA_ARRAY(arena, double, p);
    s.information = ARENA_ARRAY(arena, double, p *p), s.work = ARENA_ARRAY(arena, double, p *p);
    return s;
}

/* log P(y) = sum over k < y of log(1 + alpha k) - log y! + y log m - (y + 1/alpha) log(1 + alpha m), at alpha = 0 Poisson's. */
static double log_likelihood(State *s)
{
    double sum = 0;
    for (size_t k = 1; s->alpha > 0 && k < s->most; k++) sum += s->above[k] * log1p(s->alpha * (double)k);
    for (size_t i = 0; i < s->data->n; i++) {
        double y = s->data->y[i], m;
        s->eta[i] = s->log_exposure[i] + dot(&s->data->x[i * s->data->p], s->b, s->data->p);
        m = exp(s->eta[i]);
        sum += y * s->eta[i] - log_factorial(y);
        sum -= s->alpha > 0 ? (y + 1 / s->alpha) * log1p(s->alpha * m) : m;
    }
    return sum;
}

/* Score, and the information: expected, or observed, which is positive too. */
static void differentiate(State *s, bool expected)
{
    size_t p = s->data->p;
    memset(s->score, 0, p * sizeof *s->score);
    memset(s->information, 0, p * p * sizeof *s->information);
    for (size_t i = 0; i < s->data->n; i++) {
        const double *x = &s->data->x[i * p];
        double y = s->data->y[i], m = exp(s->eta[i]), v = 1 + s->alpha * m;
        double weight = expected ? m / v : m * (1 + s->alpha * y) / (v * v);
        for (size_t j = 0; j < p; j++) {
            s->score[j] += x[j] * (y - m) / v;
            for (size_t k = 0; k <= j; k++) s->information[j * p + k] += weight * x[j] * x[k];
        }
    }
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k < j; k++) s->information[k * p + j] = s->information[j * p + k];
}

/* The Newton step over the free columns; its length in standard errors, NaN where the information is singular. */
static double find_step(State *s)
{
    size_t p = s->data->p;
    double longest = 0;
    memcpy(s->work, s->information, p * p * sizeof *s->work);
    if (s->fixed < p) {
        for (size_t j = 0; j < p; j++) s->work[s->fixed * p + j] = s->work[j * p + s->fixed] = 0;
        s->work[s->fixed * p + s->fixed] = 1, s->score[s->fixed] = 0;
    }
    if (cholesky(s->work, p) < p) return NAN;
    memcpy(s->step, s->score, p * sizeof *s->step);
    solve_lower(s->work, p, s->step);
    double length = euclidean_norm(s->step, p);
    solve_lower_transposed(s->work, p, s->step);
    for (size_t i = 0; i < s->data->n; i++) longest = fmax(longest, fabs(dot(&s->data->x[i * p], s->step, p)));
    if (longest > LONGEST_STEP)
        for (size_t j = 0; j < p; j++) s->step[j] *= LONGEST_STEP / longest;
    return length;
}

static bool advance(State *s)
{
    double share = 1, slack = 1e-12 * (1 + fabs(s->log_likelihood));
    memcpy(s->before, s->b, s->data->p * sizeof *s->b);
    for (int halving = 0; halving < MAX_HALVINGS; halving++, share /= 2) {
        for (size_t j = 0; j < s->data->p; j++) s->b[j] = s->before[j] + share * s->step[j];
        double value = log_likelihood(s);
        if (!(value >= s->log_likelihood - slack)) continue;
        s->log_likelihood = value;
        return true;
    }
    return false;
}

/* Along the step no mean of a row with events moves, and some mean of a row without falls: nothing stops it. */
static bool step_separates(const State *s)
{
    double lowest = INFINITY, moved = 0, most = 0, rise = 0;
    for (size_t i = 0; i < s->data->n; i++) {
        double move = dot(&s->data->x[i * s->data->p], s->step, s->data->p);
        most = fmax(most, fabs(move)), lowest = fmin(lowest, s->eta[i] - s->log_exposure[i]);
        if (s->data->y[i] > 0)
            moved = fmax(moved, fabs(move));
        else
            rise = fmax(rise, move);
    }
    return most > 0 && lowest < -FAR_BELOW && moved <= DIRECTION_TOLERANCE * most && rise <= DIRECTION_TOLERANCE * most;
}

static bool refuse_separation(const State *s)
{
    Buf names = buf_new(s->scratch);
    double most = largest_magnitude(s->step, s->data->p);
    for (size_t j = 0; j < s->data->p; j++)
        if (fabs(s->step[j]) > 1e-4 * most)
            buf_format(&names, "%s%s", names.len ? ", " : "", column_name(s->scratch, s->data, j));
    error_set(s->err, ERROR_DEGENERATE, "every count is 0 in a group told apart by %s, so its rate has no estimate",
              buf_c(&names));
    return error_hint(s->err, "Compare the groups by their exact rates, or leave the column out.");
}

/* To the maximum over the free columns, alpha held. */
static bool maximise(State *s)
{
    double length = NAN;
    s->log_likelihood = log_likelihood(s);
    for (int steps = 0; steps < MAX_STEPS; steps++, s->n_steps++) {
        differentiate(s, false);
        length = find_step(s);
        if (isnan(length) || length <= STEP_TOLERANCE) break;
        if (step_separates(s)) return refuse_separation(s);
        if (!advance(s)) break;
    }
    if (length <= ROUNDING_STEP) return true;
    error_set(s->err, ERROR_NO_CONVERGENCE, "the model of counts did not settle in %zu steps", s->n_steps);
    return error_hint(s->err, "Centre and scale the columns, and look for a group without events.");
}

/* (log(1 + u) - u / (1 + u)) / alpha^2 with u = alpha m; by its series where the difference would cancel. */
static double curvature_term(double alpha, double m)
{
    double u = alpha * m, power = -1, sum = 0;
    if (u > .01) return (log1p(u) - u / (1 + u)) / (alpha * alpha);
    for (int k = 2; k < 12; k++, power *= -u) sum -= power * (double)(k - 1) / (double)k;
    return m * m * sum;
}

/* The slope of the log likelihood along alpha, at the means held. */
static double slope(const State *s)
{
    double sum = 0;
    for (size_t k = 1; k < s->most; k++) sum += s->above[k] * (double)k / (1 + s->alpha * (double)k);
    for (size_t i = 0; i < s->data->n; i++) {
        double m = exp(s->eta[i]);
        sum += curvature_term(s->alpha, m) - s->data->y[i] * m / (1 + s->alpha * m);
    }
    return sum;
}

/* The slope of the profile: b follows alpha. */
static double profile_slope(double log_alpha, void *context)
{
    State *s = context;
    s->alpha = exp(log_alpha);
    return maximise(s) ? slope(s) : NAN;
}

static bool maximise_all(State *s)
{
    s->alpha = 0;
    if (!maximise(s)) return false;
    if (s->family == COUNT_POISSON || slope(s) <= 0) return true;
    double low = log(LEAST_DISPERSION), high = low, log_alpha, at_high = 1;
    for (double step = 4; at_high > 0 && high < log(MOST_DISPERSION); step = 2) {
        low = high, high += step, at_high = profile_slope(high, s);
        if (isnan(at_high)) return false;
    }
    if (at_high > 0) {
        error_set(s->err, ERROR_DEGENERATE, "the dispersion of the counts has no finite estimate");
        return error_hint(s->err, "So few rows have events that only Poisson's model with robust errors can be fitted.");
    }
    if (low == log(LEAST_DISPERSION) && !(profile_slope(low, s) > 0)) return s->alpha = 0, maximise(s);
    if (!root_between(profile_slope, s, low, high, ROOT_TOLERANCE, &log_alpha)) return false;
    return !isnan(profile_slope(log_alpha, s));
}

/* Deviance residual squared: twice the log likelihood at m = y less that at m. */
static double deviance_of(double y, double m, double alpha)
{
    double at_y = y > 0 ? y * log(y / m) : 0;
    if (alpha == 0) return 2 * (at_y - (y - m));
    return 2 * (at_y - (y + 1 / alpha) * log1p(alpha * (y - m) / (1 + alpha * m)));
}

/* Minus the second derivative along alpha with the means held; from theta.ml's in theta = 1 / alpha it differs only where
 * the slope is not zero. */
static double dispersion_error(const State *s)
{
    double theta = 1 / s->alpha, information = 0;
    for (size_t k = 0; k < s->most; k++) information += s->above[k] / ((theta + (double)k) * (theta + (double)k));
    for (size_t i = 0; i < s->data->n; i++) {
        double y = s->data->y[i], m = exp(s->eta[i]);
        information += -1 / theta + 2 / (m + theta) - (y + theta) / ((m + theta) * (m + theta));
    }
    return s->alpha * s->alpha / sqrt(information);
}

static bool conclude(Arena *arena, State *s, CountFit *fit)
{
    size_t n = s->data->n, p = s->data->p;
    differentiate(s, true);
    fit->b = s->b, fit->vcov = s->information, fit->se = ARENA_ARRAY(arena, double, p);
    if (!invert_positive(fit->vcov, p, s->work)) {
        error_set(s->err, ERROR_NO_CONVERGENCE, "the information of the counts is singular");
        return error_hint(s->err, "Centre and scale the columns.");
    }
    for (size_t j = 0; j < p; j++) fit->se[j] = sqrt(fit->vcov[j * p + j]);
    fit->mean = ARENA_ARRAY(arena, double, n);
    for (size_t i = 0; i < n; i++) {
        double y = s->data->y[i], m = fit->mean[i] = exp(s->eta[i]);
        fit->deviance += deviance_of(y, m, s->alpha);
        fit->pearson += (y - m) * (y - m) / (m * (1 + s->alpha * m));
    }
    fit->dispersion = s->alpha, fit->dispersion_se = s->alpha > 0 ? dispersion_error(s) : NAN;
    fit->log_likelihood = s->log_likelihood, fit->df = (double)n - (double)p, fit->n_steps = s->n_steps;
    return true;
}

/* Starts at the coefficients of least squares on the logs of the counts, so that no first step is wild. */
static void start(State *s)
{
    size_t n = s->data->n, p = s->data->p;
    memset(s->work, 0, p * p * sizeof *s->work);
    for (size_t i = 0; i < n; i++) {
        const double *x = &s->data->x[i * p];
        double log_rate = log(s->data->y[i] + .5) - s->log_exposure[i];
        for (size_t j = 0; j < p; j++) {
            s->b[j] += x[j] * log_rate;
            for (size_t k = 0; k <= j; k++) s->work[j * p + k] += x[j] * x[k];
        }
    }
    bool is_solved = cholesky(s->work, p) == p;
    if (is_solved) solve_lower(s->work, p, s->b), solve_lower_transposed(s->work, p, s->b);
    else memset(s->b, 0, p * sizeof *s->b);
}

bool count_fit(Arena *arena, const CountData *data, CountFamily family, CountFit *fit, Error *err)
{
    if (!size_check(data, err) || !values_check(data, err) || !rank_check(arena, data, err)) return false;
    *fit = (CountFit){.data = *data, .family = family};
    State s = state_new(arena, data, family, err);
    start(&s);
    return maximise_all(&s) && conclude(arena, &s, fit);
}

void count_robust(Arena *scratch, const CountFit *fit, double *vcov)
{
    size_t n = fit->data.n, p = fit->data.p;
    ArenaMark mark = arena_mark(scratch);
    double *meat = ARENA_ARRAY(scratch, double, p *p), *half = ARENA_ARRAY(scratch, double, p *p);
    for (size_t i = 0; i < n; i++) {
        const double *x = &fit->data.x[i * p];
        double r = (fit->data.y[i] - fit->mean[i]) / (1 + fit->dispersion * fit->mean[i]);
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++) meat[j * p + k] += r * r * x[j] * x[k];
    }
    matrix_multiply(fit->vcov, meat, p, p, p, half);
    matrix_multiply(half, fit->vcov, p, p, p, vcov);
    arena_rewind(scratch, mark);
}

Estimate count_contrast(const CountFit *fit, const double *vcov, const double *l, double confidence)
{
    double se = sqrt(fmax(quadratic_form(l, vcov, l, fit->data.p), 0));
    return estimate_of(dot(l, fit->b, fit->data.p), se, INFINITY, confidence);
}

typedef struct {
    State state;
    double *anchor; /* p; where each point is begun */
    double maximum, fall;
} Profile;

static double profile_at(double b, void *context)
{
    Profile *profile = context;
    memcpy(profile->state.b, profile->anchor, profile->state.data->p * sizeof *profile->anchor);
    profile->state.b[profile->state.fixed] = b;
    return maximise_all(&profile->state) ? profile->maximum - profile->state.log_likelihood - profile->fall : NAN;
}

static bool profile_bound(Profile *profile, double from, double step, double *bound, Error *err)
{
    double near = from;
    for (int doubling = 0; doubling < 12; doubling++, step *= 2) {
        double far = near + step, excess = profile_at(far, profile);
        if (isnan(excess)) return false;
        if (excess > 0) return root_between(profile_at, profile, fmin(near, far), fmax(near, far), BOUND_TOLERANCE, bound);
        near = far;
    }
    error_set(err, ERROR_NO_CONVERGENCE, "the profile does not fall as far as its interval asks");
    return error_hint(err, "Use Wald's interval, or a lower level.");
}

bool count_profile(Arena *scratch, const CountFit *fit, size_t j, double level, CountProfile *result, Error *err)
{
    if (!level_check(level, err)) return false;
    ArenaMark mark = arena_mark(scratch);
    Profile profile = {.state = state_new(scratch, &fit->data, fit->family, err), .anchor = fit->b};
    profile.state.fixed = j, profile.maximum = fit->log_likelihood;
    double z = normal_quantile_upper((1 - level) / 2), step = z * fit->se[j], fall = profile_at(0, &profile);
    result->chisq = fmax(0, 2 * fall), result->p = chisq_sf(result->chisq, 1);
    profile.fall = z * z / 2;
    bool is_found = !isnan(fall) && profile_bound(&profile, fit->b[j], -step, &result->ci.lower, err) &&
                    profile_bound(&profile, fit->b[j], step, &result->ci.upper, err);
    arena_rewind(scratch, mark);
    return is_found;
}
