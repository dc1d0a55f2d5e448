#include "stat/proportional_odds.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"
#include "math/matrix.h"

#define MAX_STEPS 100
#define MAX_HALVINGS 40
#define STEP_TOLERANCE 1e-10 /* of a step, in standard errors */
#define LONGEST_STEP 5.0     /* in a cumulative log odds */
#define RANK_TOLERANCE 1e-9  /* share of a column's length that others leave */

/* As in logistic.c: beyond this predictor the step is tried as a direction of separation, with this for rounding. */
#define LARGE_PREDICTOR 15.0
#define DIRECTION_TOLERANCE 1e-6

static bool values_check(const OrdinalData *data, Error *err)
{
    for (size_t i = 0; i < data->n; i++) {
        for (size_t j = 0; j < data->p; j++)
            if (!isfinite(data->x[i * data->p + j])) {
                error_set(err, ERROR_MALFORMED, "row %zu of the design is not finite", i + 1);
                return error_hint(err, "Leave rows with missing values out, and say how many there were.");
            }
        if (data->y[i] >= data->n_categories) {
            error_set(err, ERROR_MALFORMED, "the outcome of row %zu is category %zu of %zu", i + 1,
                      data->y[i] + 1, data->n_categories);
            return error_hint(err, "Number the categories from 0.");
        }
    }
    return true;
}

static bool categories_check(Arena *arena, const OrdinalData *data, Error *err)
{
    if (data->n_categories < 2) {
        error_set(err, ERROR_DEGENERATE, "an ordered outcome needs two categories, and there are %zu",
                  data->n_categories);
        return error_hint(err, "Look whether one value was entered for everybody.");
    }
    size_t *count = ARENA_ARRAY(arena, size_t, data->n_categories);
    for (size_t i = 0; i < data->n; i++) count[data->y[i]]++;
    for (size_t j = 0; j < data->n_categories; j++)
        if (count[j] == 0) {
            error_set(err, ERROR_DEGENERATE, "category %zu of the outcome does not occur", j + 1);
            return error_hint(err, "Number only the categories that occur, or join it with a neighbour.");
        }
    return true;
}

/* The columns beside a constant, which the thresholds stand for. */
static bool rank_check(Arena *arena, const OrdinalData *data, Error *err)
{
    size_t n = data->n, p = data->p, q = p + 1;
    double *a = ARENA_ARRAY(arena, double, n *q), *left = ARENA_ARRAY(arena, double, q);
    double *beta = ARENA_ARRAY(arena, double, q), *work = ARENA_ARRAY(arena, double, 2 * q);
    size_t *pivot = ARENA_ARRAY(arena, size_t, q);
    for (size_t i = 0; i < n; i++) {
        a[i * q] = 1;
        for (size_t j = 0; j < p; j++) a[i * q + j + 1] = data->x[i * p + j];
    }
    if (qr_echelon(a, n, q, RANK_TOLERANCE, beta, pivot, left, work) == q) return true;
    size_t j = 0;
    while (j + 1 < p && left[j + 1] >= RANK_TOLERANCE) j++;
    if (data->names)
        error_set(err, ERROR_DEGENERATE, "\"" STR_FMT "\" is constant or repeats the columns before it",
                  STR_ARG(data->names[j]));
    else
        error_set(err, ERROR_DEGENERATE, "column %zu is constant or repeats the columns before it", j + 1);
    return error_hint(err, "Leave it out, or join levels.");
}

/* The parameters are (theta, b), q = n_thresholds + p in number. */
typedef struct {
    const OrdinalData *data;
    size_t n_thresholds, q;
    double *par, *before, *step; /* q */
    double *score, *information; /* q, q x q: the observed one */
    double *work;                /* q x q */
    double log_likelihood;
} State;

/* The upper and lower cumulative log odds of row i at parameters `par`; infinite at the ends. */
typedef struct {
    double upper, lower;
} Cut;

static Cut cut_of(const State *s, const double *par, size_t i)
{
    size_t y = s->data->y[i], p = s->data->p;
    double eta = dot(&s->data->x[i * p], &par[s->n_thresholds], p);
    return (Cut){y < s->n_thresholds ? par[y] - eta : INFINITY, y > 0 ? par[y - 1] - eta : -INFINITY};
}

static double chance(double eta) { return 1 / (1 + exp(-eta)); }
static double log_chance(double eta) { return eta > 0 ? -log1p(exp(-eta)) : eta - log1p(exp(eta)); }

/* P(category) = F(a) - F(b) = F(a) F(-b) (1 - e^(b - a)), which loses no digits when a and b are near. */
static double log_probability(Cut c)
{
    double between = c.upper - c.lower;
    return between > 0 ? log_chance(c.upper) + log_chance(-c.lower) + log(-expm1(-between)) : -INFINITY;
}

static double log_likelihood(const State *s, const double *par)
{
    double sum = 0;
    for (size_t i = 0; i < s->data->n; i++) sum += log_probability(cut_of(s, par, i));
    return sum;
}

/* The place and sign of the parameters that move a cut of row i: its threshold by 1, b by -x. */
static double cut_gradient(const State *s, size_t i, size_t threshold, size_t k)
{
    return k < s->n_thresholds ? k == threshold : -s->data->x[i * s->data->p + (k - s->n_thresholds)];
}

/* Score and information of one row. With g = 1 / (e^(a - b) - 1), the derivatives of log P are F(-a) + g by a and
 * -F(b) - g by b, and the second ones -f(a) - g (1 + g), -f(b) - g (1 + g), and g (1 + g) across. */
static void add_row(State *s, size_t i)
{
    Cut c = cut_of(s, s->par, i);
    size_t y = s->data->y[i], q = s->q;
    bool has_upper = y<s->n_thresholds, has_lower = y> 0;
    double g = has_upper && has_lower ? 1 / expm1(c.upper - c.lower) : 0, across = g * (1 + g);
    double by_upper = has_upper ? chance(-c.upper) + g : 0, by_lower = has_lower ? -chance(c.lower) - g : 0;
    double upper = has_upper ? chance(c.upper) * chance(-c.upper) + across : 0;
    double lower = has_lower ? chance(c.lower) * chance(-c.lower) + across : 0;
    for (size_t k = 0; k < q; k++) {
        double u = has_upper ? cut_gradient(s, i, y, k) : 0, l = has_lower ? cut_gradient(s, i, y - 1, k) : 0;
        s->score[k] += by_upper * u + by_lower * l;
        for (size_t m = 0; m <= k; m++) {
            double v = has_upper ? cut_gradient(s, i, y, m) : 0,
                   w = has_lower ? cut_gradient(s, i, y - 1, m) : 0;
            s->information[k * q + m] += upper * u * v + lower * l * w - across * (u * w + l * v);
        }
    }
}

static void state_evaluate(State *s)
{
    size_t q = s->q;
    memset(s->score, 0, q * sizeof *s->score);
    memset(s->information, 0, q * q * sizeof *s->information);
    for (size_t i = 0; i < s->data->n; i++) add_row(s, i);
    for (size_t k = 0; k < q; k++)
        for (size_t m = 0; m < k; m++) s->information[m * q + k] = s->information[k * q + m];
}

/* The Newton step, no longer than LONGEST_STEP in any cut; returns its length in standard errors, NaN when the
 * information is not positive. */
static double state_step(State *s)
{
    double longest = 0;
    memcpy(s->work, s->information, s->q * s->q * sizeof *s->work);
    memcpy(s->step, s->score, s->q * sizeof *s->step);
    if (cholesky(s->work, s->q) < s->q) return NAN;
    solve_lower(s->work, s->q, s->step);
    double length = euclidean_norm(s->step, s->q);
    solve_lower_transposed(s->work, s->q, s->step);
    for (size_t i = 0; i < s->data->n; i++) {
        Cut move = cut_of(s, s->step, i);
        if (isfinite(move.upper)) longest = fmax(longest, fabs(move.upper));
        if (isfinite(move.lower)) longest = fmax(longest, fabs(move.lower));
    }
    if (longest > LONGEST_STEP)
        for (size_t k = 0; k < s->q; k++) s->step[k] *= LONGEST_STEP / longest;
    return length;
}

/* Thresholds out of order have likelihood 0, so halving keeps them in order too. */
static bool state_advance(State *s)
{
    double share = 1, slack = 1e-12 * (1 + fabs(s->log_likelihood));
    memcpy(s->before, s->par, s->q * sizeof *s->before);
    for (int halving = 0; halving < MAX_HALVINGS; halving++, share /= 2) {
        for (size_t k = 0; k < s->q; k++) s->par[k] = s->before[k] + share * s->step[k];
        double value = log_likelihood(s, s->par);
        if (value < s->log_likelihood - slack) continue;
        s->log_likelihood = value;
        return true;
    }
    return false;
}

/* Separated when along the step no row's upper cut falls and no lower one rises, and some row's do move. */
static bool refuse_if_separated(const State *s, Error *err)
{
    double largest = 0, least = INFINITY, most = 0;
    for (size_t i = 0; i < s->data->n; i++) {
        Cut now = cut_of(s, s->par, i), move = cut_of(s, s->step, i);
        const double at[] = {now.upper, -now.lower}, gain[] = {move.upper, -move.lower};
        for (int side = 0; side < 2; side++) {
            if (!isfinite(at[side])) continue;
            largest = fmax(largest, fabs(at[side]));
            least = fmin(least, gain[side]), most = fmax(most, fabs(gain[side]));
        }
    }
    if (largest < LARGE_PREDICTOR || least < -DIRECTION_TOLERANCE * most) return true;
    error_set(err, ERROR_DEGENERATE,
              "the columns separate the outcome's categories, so the likelihood has no maximum");
    return error_hint(
        err, "Leave out the column in which a group keeps to one end of the scale, or compare ranks.");
}

static bool state_maximise(State *s, size_t *n_steps, Error *err)
{
    s->log_likelihood = log_likelihood(s, s->par);
    for (*n_steps = 0; *n_steps < MAX_STEPS; ++*n_steps) {
        state_evaluate(s);
        double length = state_step(s);
        if (length <= STEP_TOLERANCE) return true;
        if (isnan(length) || !state_advance(s)) break;
        if (!refuse_if_separated(s, err)) return false;
    }
    error_set(err, ERROR_NO_CONVERGENCE, "the proportional odds model did not settle in %zu steps", *n_steps);
    return error_hint(err, "Centre and scale the columns, or join rare categories.");
}

/* Starts at the thresholds of the counts alone, which is the answer for p = 0. */
static State state_new(Arena *arena, const OrdinalData *data)
{
    size_t k = data->n_categories - 1, q = k + data->p;
    State s = {.data = data, .n_thresholds = k, .q = q};
    s.par = ARENA_ARRAY(arena, double, q), s.before = ARENA_ARRAY(arena, double, q);
    s.step = ARENA_ARRAY(arena, double, q), s.score = ARENA_ARRAY(arena, double, q);
    s.information = ARENA_ARRAY(arena, double, q *q), s.work = ARENA_ARRAY(arena, double, q *q);
    for (size_t i = 0; i < data->n; i++)
        for (size_t j = data->y[i]; j < k; j++) s.par[j]++;
    for (size_t j = 0; j < k; j++) s.par[j] = log(s.par[j] / ((double)data->n - s.par[j]));
    return s;
}

bool proportional_odds_fit(Arena *arena, const OrdinalData *data, ProportionalOddsFit *fit, Error *err)
{
    if (!values_check(data, err) || !categories_check(arena, data, err) || !rank_check(arena, data, err))
        return false;
    State s = state_new(arena, data);
    *fit = (ProportionalOddsFit){.n_thresholds = s.n_thresholds, .p = data->p};
    if (!state_maximise(&s, &fit->n_steps, err)) return false;
    fit->theta = s.par, fit->b = s.par + s.n_thresholds;
    fit->log_likelihood = s.log_likelihood;
    fit->vcov = s.information, fit->se = ARENA_ARRAY(arena, double, s.q);
    bool is_positive = invert_positive(fit->vcov, s.q, s.work);
    for (size_t k = 0; k < s.q; k++) fit->se[k] = is_positive ? sqrt(fit->vcov[k * s.q + k]) : NAN;
    return true;
}

bool proportional_odds_wald(const ProportionalOddsFit *fit, size_t j, double level,
                            ProportionalOddsWald *result, Error *err)
{
    if (!level_check(level, err)) return false;
    double b = fit->b[j], se = fit->se[fit->n_thresholds + j],
           half = normal_quantile_upper((1 - level) / 2) * se;
    *result = (ProportionalOddsWald){b / se, 2 * normal_sf(fabs(b / se)), {b - half, b + half}};
    return true;
}

LikelihoodRatio proportional_odds_compare(const ProportionalOddsFit *fit, const ProportionalOddsFit *smaller)
{
    LikelihoodRatio ratio = {.chisq = fmax(0, 2 * (fit->log_likelihood - smaller->log_likelihood)),
                             .df = (double)fit->p - (double)smaller->p};
    ratio.p = chisq_sf(ratio.chisq, ratio.df);
    return ratio;
}
