#include "stat/cox_inside.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"
#include "math/matrix.h"
#include "stat/kaplan_meier.h"

#define LEAST_SHARE 1e-10 /* of a drift's information that the coefficients leave: below, it is rounding */

/* Each fills clock[n] for the subjects of the data. */
static bool km_clock(Arena *scratch, const SurvivalData *data, double *clock, Error *err)
{
    KaplanMeier curve;
    SurvivalTimes times = survival_times(scratch, data);
    if (!kaplan_meier(scratch, data, KM_INTERVAL_PLAIN, .95, &curve, err)) return false;
    for (size_t i = 0; i < data->n; i++)
        clock[i] = times.of_subject[i] > 0 ? 1 - curve.survival[times.of_subject[i] - 1] : 0;
    return true;
}

static bool identity_clock(Arena *scratch, const SurvivalData *data, double *clock, Error *err)
{
    (void)scratch, (void)err;
    memcpy(clock, data->time, data->n * sizeof *clock);
    return true;
}

static bool log_clock(Arena *scratch, const SurvivalData *data, double *clock, Error *err)
{
    (void)scratch;
    for (size_t i = 0; i < data->n; i++) {
        clock[i] = data->time[i] > 0 ? log(data->time[i]) : 0;
        if (data->time[i] > 0 || !data->event[i]) continue;
        error_set(err, ERROR_DEGENERATE, "subject %zu has the event at time 0, which has no logarithm",
                  i + 1);
        return error_hint(err, "Use the clock \"km\" or \"rank\".");
    }
    return true;
}

static bool rank_clock(Arena *scratch, const SurvivalData *data, double *clock, Error *err)
{
    (void)err;
    sample_midranks(scratch, data->time, data->n, sample_tie_tolerance(data->time, data->n), clock);
    return true;
}

static bool (*const CLOCKS[])(Arena *scratch, const SurvivalData *data, double *clock, Error *err) = {
    [COX_CLOCK_KM] = km_clock,
    [COX_CLOCK_IDENTITY] = identity_clock,
    [COX_CLOCK_LOG] = log_clock,
    [COX_CLOCK_RANK] = rank_clock,
};

/* Information on coefficients b and drifts d, summed over events; clock is centred. */
typedef struct {
    const CoxProblem *c;
    const double *clock;              /* by subject of the data */
    double *bb, *bd, *dd;             /* p x p, lower triangles */
    double *mean;                     /* n_blocks x p; sum of what the events of a block were compared with */
} Drift;

static void compare_event(void *context, const CoxBlock *block, const CoxMoments *at_risk)
{
    Drift *d = context;
    size_t p = d->c->p;
    double g = d->clock[d->c->subject[block->first + block->n_censored]];
    double *mean = &d->mean[(size_t)(block - d->c->blocks) * p];
    for (size_t j = 0; j < p; j++) {
        mean[j] += at_risk->mean[j];
        for (size_t k = 0; k <= j; k++) {
            double v = at_risk->covariance[j*p + k];
            d->bb[j*p + k] += v, d->bd[j*p + k] += g * v, d->dd[j*p + k] += g * g * v;
        }
    }
}

static double lower(const double *a, size_t p, size_t j, size_t k) { return j > k ? a[j*p + k] : a[k*p + j]; }

/* dd becomes the information on the drifts that knowing b leaves: dd - bd bb^-1 bd; both triangles. */
static bool leave_to_drifts(Arena *scratch, Drift *d)
{
    size_t p = d->c->p;
    double *l = ARENA_ARRAY(scratch, double, p * p), *rows = ARENA_ARRAY(scratch, double, p * p);
    memcpy(l, d->bb, p * p * sizeof *l);
    if (cholesky(l, p) < p) return false;
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k < p; k++) rows[j*p + k] = lower(d->bd, p, j, k);
        solve_lower(l, p, &rows[j*p]);
    }
    bool positive = true;
    for (size_t j = 0; j < p; j++) {
        double whole = d->dd[j*p + j];
        for (size_t k = 0; k <= j; k++) d->dd[j*p + k] -= dot(&rows[j*p], &rows[k*p], p);
        positive = positive && d->dd[j*p + j] > LEAST_SHARE * whole;
    }
    return positive;
}

/* The residual of each event (n x p by subject of the data), and their sum with the clock (p). */
static void residuals(const Drift *d, double *residual, double *score)
{
    size_t p = d->c->p;
    for (size_t b = 0; b < d->c->n_blocks; b++) {
        const CoxBlock *block = &d->c->blocks[b];
        size_t event = block->first + block->n_censored;
        for (size_t i = event; i < event + block->n_events; i++)
            for (size_t j = 0; j < p; j++) {
                size_t subject = d->c->subject[i];
                double r = d->c->x[i*p + j] - d->mean[b*p + j] / (double)block->n_events;
                residual[subject*p + j] = r;
                score[j] += d->clock[subject] * r;
            }
    }
}

static void fill_series(const CoxInput *in, const CoxProblem *c, const CoxFit *fit, const double *clock,
                        const double *residual, CoxProportionality *check)
{
    size_t p = c->p, row = 0;
    for (size_t i = 0; i < c->n; i++) {
        size_t subject = c->times.by_time[i];
        if (!in->data.event[subject]) continue;
        check->time[row] = in->data.time[subject];
        check->clock[row] = clock[subject];
        for (size_t j = 0; j < p; j++) {
            double sum = 0;            /* residuals are in standardised columns */
            for (size_t k = 0; k < p; k++)
                sum += fit->vcov_model[j * p + k] * c->scale[k] * residual[subject * p + k];
            check->scaled[row*p + j] = (double)c->n_events * sum + fit->coef[j].estimate;
        }
        row++;
    }
}

static CoxTest chisq_test(double statistic, double df)
{
    return (CoxTest){statistic, df, chisq_sf(statistic, df)};
}

static bool refuse(Error *err)
{
    error_set(err, ERROR_DEGENERATE,
              "events at too few times to tell a drift of the coefficients from the coefficients");
    return error_hint(
        err, "The check needs events at several times, with covariates that vary among those at risk.");
}

bool cox_proportionality(Arena *arena, const CoxInput *input, const CoxFit *fit, CoxClock clock,
                         CoxProportionality *check, Error *err)
{
    size_t n = input->data.n, p = fit->p, m = fit->n_events;
    CoxProportionality out = {.n_events = m, .p = p, .column = ARENA_ARRAY(arena, CoxTest, p)};
    out.time = ARENA_ARRAY(arena, double, m);
    out.clock = ARENA_ARRAY(arena, double, m);
    out.scaled = ARENA_ARRAY(arena, double, m * p);
    ArenaMark mark = arena_mark(arena);
    CoxProblem c = cox_problem(arena, input, fit->ties);
    double *time = ARENA_ARRAY(arena, double, n), *centred = ARENA_ARRAY(arena, double, n), mean = 0;
    double *b = ARENA_ARRAY(arena, double, p), *eta = ARENA_ARRAY(arena, double, n);
    double *residual = ARENA_ARRAY(arena, double, n * p), *score = ARENA_ARRAY(arena, double, p);
    Drift d = {&c, centred, ARENA_ARRAY(arena, double, p * p), ARENA_ARRAY(arena, double, p * p),
               ARENA_ARRAY(arena, double, p * p), ARENA_ARRAY(arena, double, c.n_blocks * p)};
    if (!CLOCKS[clock](arena, &input->data, time, err)) return false;
    for (size_t i = 0; i < n; i++) mean += input->data.event[i] ? time[i] / (double)m : 0;
    for (size_t i = 0; i < n; i++) centred[i] = time[i] - mean;
    for (size_t j = 0; j < p; j++) b[j] = fit->coef[j].estimate * c.scale[j];
    cox_predictor(&c, b, eta);
    cox_sweep(arena, &c, eta, compare_event, &d);
    residuals(&d, residual, score);
    fill_series(input, &c, fit, time, residual, &out);
    if (!leave_to_drifts(arena, &d)) return refuse(err);
    for (size_t j = 0; j < p; j++) out.column[j] = chisq_test(score[j] * score[j] / d.dd[j*p + j], 1);
    if (cholesky(d.dd, p) < p) return refuse(err);
    solve_lower(d.dd, p, score);
    out.global = chisq_test(dot(score, score, p), (double)p);
    arena_rewind(arena, mark);
    *check = out;
    return true;
}
