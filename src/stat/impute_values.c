#include "stat/impute_inside.h"

#include <math.h>
#include <string.h>

/* The distribution that a strategy gives one subject: mean and covariance over the visits. */
typedef struct {
    const ImputeData *d;
    const MmrmFit *fit;
    ImputeStrategy strategy;          /* of the subject at hand: without an event missing at random */
    double *sigmas;                   /* n_groups x m x m, in the order of time */
    double *own, *reference, *mean;   /* m */
    double *sigma;                    /* m x m */
    double *root, *weights, *cond;    /* m x m each */
    double *z;                        /* m */
    size_t *seen, *gone;
} Draw;

static double *sort_sigmas(Arena *arena, const ImputeData *d, const MmrmFit *fit)
{
    size_t m = d->m;
    double *sigmas = ARENA_ARRAY(arena, double, d->n_groups * m * m);
    for (size_t g = 0; g < d->n_groups; g++)
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < m; j++) sigmas[(g*m + i)*m + j] = fit->sigma[(g*m + d->place[i])*m + d->place[j]];
    return sigmas;
}

/* Carpenter, Roger & Kenward (2013), section 3: after the event the mean of ... */
static void strategy_mean(Draw *w, size_t event)
{
    size_t m = w->d->m;
    memcpy(w->mean, w->own, m * sizeof *w->mean);
    for (size_t k = 0; k < m; k++)
        switch (w->strategy) {
        case IMPUTE_MAR: break;
        case IMPUTE_CR: w->mean[k] = w->reference[k]; break;
        case IMPUTE_J2R:
            if (k >= event) w->mean[k] = w->reference[k];
            break;
        case IMPUTE_CIR:
            if (k >= event) w->mean[k] = w->reference[k] + (event ? w->own[event - 1] - w->reference[event - 1] : 0);
            break;
        case IMPUTE_LMCF:
            if (k >= event && event) w->mean[k] = w->own[event - 1];
            break;
        }
}

/* The covariance before the event that of the own arm, what comes after given what was before as in the reference arm:
 * S11 = A11, S21 = R21 R11^-1 A11, S22 = R22 - R21 R11^-1 (R11 - A11) R11^-1 R12. */
static void join_covariances(Draw *w, const double *a, const double *r, size_t event)
{
    size_t m = w->d->m, e = event;
    double *b = w->weights;           /* (m - e) x e: R21 R11^-1 */
    for (size_t i = 0; i < e; i++)
        for (size_t j = 0; j < e; j++) w->root[i*e + j] = r[i*m + j];
    (void)cholesky(w->root, e);       /* a leading block of what is positive definite */
    for (size_t i = e; i < m; i++) {
        double *row = &b[(i - e)*e];
        memcpy(row, &r[i*m], e * sizeof *row);
        solve_lower(w->root, e, row);
        solve_lower_transposed(w->root, e, row);
    }
    memcpy(w->sigma, a, m * m * sizeof *w->sigma);
    for (size_t i = e; i < m; i++)
        for (size_t j = 0; j < e; j++) {
            double sum = 0;
            for (size_t k = 0; k < e; k++) sum += b[(i - e)*e + k] * a[k*m + j];
            w->sigma[i*m + j] = w->sigma[j*m + i] = sum;
        }
    for (size_t i = e; i < m; i++)
        for (size_t j = e; j < m; j++) {
            double sum = r[i*m + j];
            for (size_t k = 0; k < e; k++) sum += (w->sigma[i*m + k] - r[i*m + k]) * b[(j - e)*e + k];
            w->sigma[i*m + j] = sum;
        }
}

static void strategy_covariance(Draw *w, size_t subject, size_t event)
{
    const ImputeData *d = w->d;
    size_t m = d->m;
    const double *own = &w->sigmas[d->group_of[subject]*m*m];
    const double *reference = d->group_is_arm ? &w->sigmas[d->reference*m*m] : own;
    bool jumps = w->strategy == IMPUTE_J2R || w->strategy == IMPUTE_CIR;
    if (jumps && own != reference && event > 0) join_covariances(w, own, reference, event);
    else memcpy(w->sigma, w->strategy == IMPUTE_CR || (jumps && event == 0) ? reference : own, m * m * sizeof *w->sigma);
}

static bool check_estimable(const Draw *w, size_t row, Error *err)
{
    const ImputeData *d = w->d;
    if (w->fit->space.rank == d->p || row_space_holds(&w->fit->space, &d->grid.x[row*d->p])) return true;
    error_set(err, ERROR_DEGENERATE, "the mean of subject \"" STR_FMT "\" at visit \"" STR_FMT "\" is not estimable",
              STR_ARG(d->subjects[row / d->m]), STR_ARG(d->visits[row % d->m]));
    return error_hint(err, "Nobody of its arm was seen there: leave the visit, the arm or the interaction out.");
}

static bool find_means(Draw *w, size_t subject, Error *err)
{
    const ImputeData *d = w->d;
    for (size_t k = 0; k < d->m; k++) {
        size_t row = subject*d->m + k;
        if (!d->observed[row] && !check_estimable(w, row, err)) return false;
        w->own[k] = dot(&d->grid.x[row*d->p], w->fit->b, d->p);
        w->reference[k] = dot(&d->reference_x[row*d->p], w->fit->b, d->p);
    }
    return true;
}

/* Means of the missing given the seen, S_mo S_oo^-1 (y - mean), and with rng a draw about them. */
static void complete(Draw *w, const double *y, size_t n_seen, size_t n_gone, Rng *rng, double *values)
{
    size_t m = w->d->m;
    for (size_t i = 0; i < n_seen; i++) {
        w->z[i] = y[w->seen[i]] - w->mean[w->seen[i]];
        for (size_t j = 0; j <= i; j++) w->root[i*n_seen + j] = w->sigma[w->seen[i]*m + w->seen[j]];
    }
    (void)cholesky(w->root, n_seen);
    solve_lower(w->root, n_seen, w->z);
    for (size_t i = 0; i < n_gone; i++) {
        double *row = &w->weights[i*m];
        for (size_t j = 0; j < n_seen; j++) row[j] = w->sigma[w->gone[i]*m + w->seen[j]];
        solve_lower(w->root, n_seen, row);
        values[w->gone[i]] = w->mean[w->gone[i]] + dot(row, w->z, n_seen);
        for (size_t j = 0; rng && j <= i; j++)
            w->cond[i*n_gone + j] = w->sigma[w->gone[i]*m + w->gone[j]] - dot(row, &w->weights[j*m], n_seen);
    }
    if (!rng) return;
    (void)cholesky(w->cond, n_gone);
    for (size_t i = 0; i < n_gone; i++) w->z[i] = rng_normal(rng);
    for (size_t i = 0; i < n_gone; i++) values[w->gone[i]] += dot(&w->cond[i*n_gone], w->z, i + 1);
}

static Draw draw_new(Arena *scratch, const ImputeData *d, const MmrmFit *fit)
{
    size_t m = d->m;
    Draw w = {.d = d, .fit = fit, .sigmas = sort_sigmas(scratch, d, fit)};
    double **vectors[] = {&w.own, &w.reference, &w.mean, &w.z}, **squares[] = {&w.sigma, &w.root, &w.weights, &w.cond};
    for (size_t i = 0; i < 4; i++) *vectors[i] = ARENA_ARRAY(scratch, double, m), *squares[i] = ARENA_ARRAY(scratch, double, m * m);
    w.seen = ARENA_ARRAY(scratch, size_t, m);
    w.gone = ARENA_ARRAY(scratch, size_t, m);
    return w;
}

bool impute_values(Arena *scratch, const ImputeData *d, const MmrmFit *fit, ImputeStrategy strategy, const size_t *who, size_t n,
                   Rng *rng, double *values, Error *err)
{
    size_t m = d->m;
    Draw w = draw_new(scratch, d, fit);
    for (size_t i = 0; i < n; i++) {
        size_t first = who[i]*m, event = d->event_of[who[i]], n_seen = 0, n_gone = 0;
        memcpy(&values[i*m], &d->y[first], m * sizeof *values);
        for (size_t k = 0; k < m; k++)
            if (d->observed[first + k]) w.seen[n_seen++] = k;
            else w.gone[n_gone++] = k;
        if (n_gone == 0) continue;
        if (!find_means(&w, who[i], err)) return false;
        w.strategy = event < m ? strategy : IMPUTE_MAR;
        strategy_mean(&w, event);
        strategy_covariance(&w, who[i], event);
        complete(&w, &d->y[first], n_seen, n_gone, rng, &values[i*m]);
    }
    return true;
}
