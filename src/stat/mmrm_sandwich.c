#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

#define NO_LEVERAGE_LEFT  1e-10     /* eigenvalue of I - H below which a subject alone decides a coefficient */
#define SMALL_LEVERAGE    0.05      /* trace of H below which the power series takes at most twelve terms */
#define SERIES_END        1e-17

/* In the coordinates where the model's covariance of b is the identity and V_i is the identity, subject i has Z_i
 * (visits x r) with sum Z_i'Z_i = I, leverage H_i = Z_i Z_i', and residual e_i. A_i corrects e_i for its leverage: I
 * (hc0), (I - H_i)^(-1/2) (cr2), (I - H_i)^-1 (cr3). The covariance is sum of Z_i' A_i e_i e_i' A_i Z_i. */
struct MmrmSandwich {
    const MmrmData *data;
    double *z;                        /* n x r, in the order of data->order */
    double *a;                        /* of each subject visits x visits; NULL for hc0 */
    size_t *first_a;                  /* n_subjects; where its A begins */
    double *g, *h, *spread;           /* work: 2 m; r; r x r */
};

void mmrm_whiten_subject(const MmrmData *d, size_t i, const double *root, const double *inner, double *z)
{
    size_t v = d->first[i + 1] - d->first[i], r = d->r;
    memset(z, 0, v * r * sizeof *z);
    for (size_t q = 0; q < v; q++) {
        size_t row = d->order[d->first[i] + q];
        const double *x = &d->model->x[row * d->p];
        double w = mmrm_root_weight(d, row);
        for (size_t j = 0; j < d->p; j++)
            if (x[j] != 0) mmrm_add_scaled(&z[q*r], &inner[j*r], w * x[j], r);
    }
    for (size_t q = 0; q < v; q++) {                 /* root^-1 from the left, by rows */
        for (size_t b = 0; b < q; b++) mmrm_add_scaled(&z[q*r], &z[b*r], -root[q*v + b], r);
        for (size_t k = 0; k < r; k++) z[q*r + k] /= root[q*v + q];
    }
}

/* (1 - x)^-power as a power series in H, by Horner; power is 1/2 or 1. */
static void correct_by_series(const double *h, size_t v, double trace, double power, double *a, double *t)
{
    double coefficients[64], c = 1, size = 1;
    size_t n = 0;
    while (n < 64 && c * size > SERIES_END) {
        coefficients[n] = c;
        c *= ((double)n + power) / ((double)n + 1);
        size *= trace;
        n++;
    }
    memset(a, 0, v * v * sizeof *a);
    while (n-- > 0) {                                /* a = c_n I + a h */
        matrix_multiply(a, h, v, v, v, t);
        memcpy(a, t, v * v * sizeof *a);
        for (size_t q = 0; q < v; q++) a[q*v + q] += coefficients[n];
    }
}

/* (I - H)^-power by eigenvalues; 0 in directions where a subject alone decides a coefficient, its residual being 0. */
static void correct_by_eigenvalues(const double *h, size_t v, double power, double *a, double *t)
{
    double *values = t, *vectors = t + v, *left = vectors + v * v;
    for (size_t i = 0; i < v * v; i++) left[i] = -h[i];
    for (size_t q = 0; q < v; q++) left[q*v + q] += 1;
    symmetric_eigen(left, v, values, vectors);
    memset(a, 0, v * v * sizeof *a);
    for (size_t e = 0; e < v; e++) {
        double f = values[e] > NO_LEVERAGE_LEFT ? pow(values[e], -power) : 0;
        for (size_t q = 0; q < v; q++)
            for (size_t b = 0; b < v; b++) a[q*v + b] += f * vectors[q*v + e] * vectors[b*v + e];
    }
}

/* A_i into a; work holds 2 v^2 + v and v^2 for H */
static void correct_leverage(const double *z, size_t v, size_t r, MmrmVcov kind, double *a, double *work)
{
    double *h = work, *t = work + v * v, trace = 0, power = kind == MMRM_VCOV_CR2 ? 0.5 : 1;
    matrix_multiply_transposed(z, z, v, r, v, h);
    for (size_t q = 0; q < v; q++) trace += h[q*v + q];
    if (trace < SMALL_LEVERAGE) correct_by_series(h, v, trace, power, a, t);
    else correct_by_eigenvalues(h, v, power, a, t);
}

/* sum (r x r) += t t' with t = Z' A e */
static void add_subject(const double *z, const double *a, const double *e, size_t v, size_t r, double *work, double *sum)
{
    double *t = work, *ae = work + r;
    memset(t, 0, r * sizeof *t);
    if (a) matrix_apply(a, e, v, v, ae);
    else memcpy(ae, e, v * sizeof *ae);
    for (size_t q = 0; q < v; q++) mmrm_add_scaled(t, &z[q*r], ae[q], r);
    for (size_t k = 0; k < r; k++) mmrm_add_scaled(&sum[k*r], t, t[k], k + 1);
}

static void fill_upper(double *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) a[i*n + j] = a[j*n + i];
}

bool mmrm_sandwich(Arena *arena, MmrmFit *fit, Error *err)
{
    MmrmInside *in = fit->inside;
    const MmrmData *d = &in->data;
    size_t r = d->r, m = d->n_visits, n_cells = 0, at = 0;
    struct MmrmSandwich *s = in->sandwich = ARENA_NEW(arena, struct MmrmSandwich);
    double **roots = mmrm_pattern_roots(arena, in), *e = ARENA_ARRAY(arena, double, d->n), *work = ARENA_ARRAY(arena, double, 4*m*m + m + r);
    if (!roots) return error_set(err, ERROR_DEGENERATE, "the covariance of some subjects is on its boundary");
    for (size_t i = 0; i < d->n_subjects; i++) n_cells += (d->first[i + 1] - d->first[i]) * (d->first[i + 1] - d->first[i]);
    *s = (struct MmrmSandwich){.data = d, .z = ARENA_ARRAY(arena, double, d->n * r), .first_a = ARENA_ARRAY(arena, size_t, d->n_subjects),
                               .g = ARENA_ARRAY(arena, double, 2 * m), .h = ARENA_ARRAY(arena, double, r), .spread = ARENA_ARRAY(arena, double, r * r)};
    if (fit->options.vcov != MMRM_VCOV_HC0) s->a = ARENA_ARRAY(arena, double, n_cells);
    in->adjust = ARENA_ARRAY(arena, double, r * r);
    for (size_t i = 0; i < d->n; i++) {
        size_t row = d->order[i];
        e[i] = mmrm_root_weight(d, row) * (d->model->y[row] - dot(&d->model->x[row * d->p], fit->b, d->p));
    }
    for (size_t i = 0; i < d->n_subjects; i++) {
        size_t v = d->first[i + 1] - d->first[i];
        double *z = &s->z[d->first[i] * r], *ei = &e[d->first[i]], *a = s->a ? &s->a[at] : NULL;
        mmrm_whiten_subject(d, i, roots[d->pattern_of[i]], in->whitener, z);
        solve_lower(roots[d->pattern_of[i]], v, ei);
        if (a) correct_leverage(z, v, r, fit->options.vcov, a, work);
        add_subject(z, a, ei, v, r, work, in->adjust);
        s->first_a[i] = at;
        at += v * v;
    }
    fill_upper(in->adjust, r);
    return true;
}

/* The estimated variance of a contrast z is e'Ge, e being the residuals if the model holds; its df are 2 mean^2 / variance
 * = tr(P)^2 / tr(P^2), P_ij = g_i'(delta_ij I - H_ij) g_j with g_i = A_i Z_i z. With h_i = Z_i'g_i,
 * tr P = sum |g_i|^2 - |h_i|^2,  tr P^2 = sum |g_i|^4 - 2 |g_i|^2 |h_i|^2 + |sum h_i h_i'|^2: P itself is not made. */
double mmrm_sandwich_df(const struct MmrmSandwich *s, const double *z)
{
    const MmrmData *d = s->data;
    size_t r = d->r;
    double trace = 0, square = 0;
    memset(s->spread, 0, r * r * sizeof *s->spread);
    for (size_t i = 0; i < d->n_subjects; i++) {
        size_t v = d->first[i + 1] - d->first[i];
        const double *zi = &s->z[d->first[i] * r];
        double *zc = s->a ? s->g + d->n_visits : s->g, *h = s->h;
        for (size_t q = 0; q < v; q++) zc[q] = dot(&zi[q*r], z, r);
        if (s->a) matrix_apply(&s->a[s->first_a[i]], zc, v, v, s->g);
        memset(h, 0, r * sizeof *h);
        for (size_t q = 0; q < v; q++) mmrm_add_scaled(h, &zi[q*r], s->g[q], r);
        double gg = dot(s->g, s->g, v), hh = dot(h, h, r);
        trace += gg - hh;
        square += gg * gg - 2 * gg * hh;
        for (size_t k = 0; k < r; k++)
            if (h[k] != 0) mmrm_add_scaled(&s->spread[k*r], h, h[k], k + 1);
    }
    fill_upper(s->spread, r);
    square += dot(s->spread, s->spread, r * r);
    return square > 0 ? trace * trace / square : 0;
}
