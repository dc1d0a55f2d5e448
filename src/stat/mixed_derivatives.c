#include <math.h>
#include <string.h>

#include "stat/mixed_inside.h"

static double trace_of_product(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) sum += a[i*n + j] * b[j*n + i];
    return sum;
}

/* E, Y, Z'V^-1 Z and what follows from them */
static void prepare_random(MixedLikelihood *l, const MixedBlock *b)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t q = b->q, c = d->c, r = d->r, width = c + q;
    mixed_take_u(d, b, b->a, w->u);
    matrix_multiply(b->k, w->u, q, q, q, w->e);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) w->e[i*q + j] = (i == j) - w->e[i*q + j];
    matrix_multiply(w->u, w->e, q, q, q, w->wz);
    memset(w->y, 0, c * q * sizeof *w->y);
    for (size_t i = 0; i < c; i++)
        for (size_t j = 0; j < q; j++) mmrm_add_scaled(&w->y[i*q], &w->e[j*q], b->a[i*width + c + j], q);
    matrix_multiply(w->phi, w->y, r, r, q, w->phi_y);
    for (size_t j = 0; j < q; j++) {
        w->yd[j] = 0;
        for (size_t i = 0; i < c; i++) w->yd[j] += w->y[i*q + j] * l->d[i];
    }
    memcpy(w->rest, w->wz, q * q * sizeof *w->rest);
    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < q; j++) mmrm_add_scaled(&w->rest[j*q], &w->phi_y[i*q], -2 * w->y[i*q + j], q);
}

/* Of a unit: root of S, S^-1, f = S^-1 M, and the rows nx = V^-1 (X, e), nd = V^-1 (y - X b). */
static void prepare_unit(MixedLikelihood *l, const MixedBlock *b, const MixedUnit *u)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t n = u->n_rows, c = d->c;
    mixed_sigma_unit(&l->sigma, u, w->s);
    cholesky(w->s, n);
    memcpy(w->f, u->m, n * u->width * sizeof *w->f);
    mixed_solve_rows(w->s, n, w->f, u->width);
    mixed_solve_rows_transposed(w->s, n, w->f, u->width);
    memset(w->inverse, 0, n * n * sizeof *w->inverse);
    for (size_t i = 0; i < n; i++) w->inverse[i*n + i] = 1;
    mixed_solve_rows(w->s, n, w->inverse, n);
    mixed_solve_rows_transposed(w->s, n, w->inverse, n);
    for (size_t i = 0; i < n; i++) {
        double *nx = &w->nx[i*c];
        memcpy(nx, &w->f[i * u->width], c * sizeof *nx);
        for (size_t k = 0; k < u->n_active; k++) mmrm_add_scaled(nx, &b->ka[u->active[k] * c], -w->f[i * u->width + c + k], c);
        w->nd[i] = dot(nx, l->d, c);
    }
}

/* kernel = F_z K F_z' + V^-1 X Phi X'V^-1 of a unit: S^-1 - kernel is its part of P */
static void find_kernel(MixedLikelihood *l, const MixedBlock *b, const MixedUnit *u)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t n = u->n_rows, c = d->c, r = d->r, na = u->n_active;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < na; k++) {
            double sum = 0;
            for (size_t m = 0; m < na; m++) sum += w->f[i * u->width + c + m] * b->k[u->active[m] * b->q + u->active[k]];
            w->fz[i*na + k] = sum;
        }
    for (size_t i = 0; i < n; i++) {
        double *phi_row = w->phi_row;
        matrix_apply(w->phi, &w->nx[i*c], r, r, phi_row);
        for (size_t j = 0; j <= i; j++)
            w->kernel[i*n + j] = w->kernel[j*n + i] = dot(&w->fz[i*na], &w->f[j * u->width + c], na) + dot(phi_row, &w->nx[j*c], r);
    }
}

static void add_second(MixedLikelihood *l, const MixedUnit *u)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t n = u->n_rows, m = d->structure.n_visits, from = u->group * d->per_group;
    double *psi = w->kernel;
    if (d->errors == MIXED_INDEPENDENT) return;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) psi[i*n + j] = w->inverse[i*n + j] - psi[i*n + j] - w->nd[i] * w->nd[j];
    if (d->errors == MIXED_POINTS) {
        mixed_sigma_second(&l->sigma, u, psi, &l->hessian[from * (d->n_parameters + 1)], d->n_parameters);
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) w->psi[(u->group * m + u->visits[i]) * m + u->visits[j]] += psi[i*n + j];
}


static void differentiate_unit(MixedLikelihood *l, const MixedBlock *b, const MixedUnit *u)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t n = u->n_rows, np = d->n_parameters, k = d->per_group + d->n_folded, width = d->c + b->q;
    prepare_unit(l, b, u);
    find_kernel(l, b, u);
    for (size_t i = 0; i < n * n; i++) w->left[i] = w->inverse[i] - 2 * w->kernel[i];
    for (size_t a = 0; a < k; a++) {
        double *first = &w->first[a*n*n];
        size_t place = mixed_unit_parameter(d, u, a);
        mixed_sigma_first(&l->sigma, u, a, first);
        matrix_multiply(first, w->inverse, n, n, n, &w->pa[a*n*n]);
        matrix_multiply(first, w->left, n, n, n, &w->ra[a*n*n]);
        matrix_apply(first, w->nd, n, n, &w->va[a*n]);
        for (size_t i = 0; i < n; i++) w->trace[place] += w->pa[a*n*n + i*n + i];
        memset(w->product, 0, n * u->width * sizeof *w->product);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                if (first[i*n + j] != 0) mmrm_add_scaled(&w->product[i * u->width], &w->f[j * u->width], first[i*n + j], u->width);
        mixed_scatter(d, u, w->f, w->product, &w->bs[place * width * width], width);
        w->uses[place] = true;
    }
    for (size_t a = 0; a < k; a++) {
        matrix_apply(w->inverse, &w->va[a*n], n, n, w->si);
        for (size_t c = 0; c <= a; c++) {
            size_t place = mixed_unit_parameter(d, u, a)*np + mixed_unit_parameter(d, u, c);
            l->expected[place] += trace_of_product(&w->pa[a*n*n], &w->ra[c*n*n], n);
            w->d[place] += dot(w->si, &w->va[c*n], n);
        }
    }
    add_second(l, u);
}

/* Independent errors: S = v I, so that everything is a power of v times the cross-products. */
static void differentiate_independent(MixedLikelihood *l, const MixedBlock *b)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t c = d->c, q = b->q, width = c + q;
    double v = l->theta[0], n = (double)b->n_rows, trace = 0;
    for (size_t i = 0; i < width * width; i++) w->bs[i] = b->a[i] / v;
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) trace += b->k[i*q + j] * w->bs[(c + i)*width + c + j];
    w->trace[0] = n / v;
    w->uses[0] = true;
    l->expected[0] += n / (v*v) - 2 * trace / v;
}

/* B_a, and the coupling of the errors' parameter a with the random effects */
static void couple_errors(MixedLikelihood *l, const MixedBlock *b, size_t a)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t c = d->c, q = b->q, width = c + q;
    const double *bs = &w->bs[a * width * width];
    double *xz = &w->xz[a*c*q], *re = &w->re[a*c*q], *kb = &w->kb[a*q*q], *sum = &w->block_b[a*c*c];
    for (size_t i = 0; i < c; i++) {
        memcpy(&sum[i*c], &bs[i*width], c * sizeof *sum);
        memcpy(&xz[i*q], &bs[i*width + c], q * sizeof *xz);
        for (size_t j = 0; j < q; j++) {
            double f = -b->ka[j*c + i];
            mmrm_add_scaled(&sum[i*c], &bs[(c + j)*width], f, c);
            mmrm_add_scaled(&xz[i*q], &bs[(c + j)*width + c], f, q);
        }
        for (size_t j = 0; j < q; j++) mmrm_add_scaled(&sum[i*c], &b->ka[j*c], -xz[i*q + j], c);
    }
    mmrm_add_scaled(&l->b[a*c*c], sum, 1, c * c);
    if (q == 0) return;
    matrix_multiply(xz, w->e, c, q, q, re);
    for (size_t j = 0; j < q; j++) {
        w->rd[a*q + j] = 0;
        for (size_t i = 0; i < c; i++) w->rd[a*q + j] += l->d[i] * re[i*q + j];
    }
    memset(kb, 0, q * q * sizeof *kb);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) mmrm_add_scaled(&kb[i*q], &bs[(c + j)*width + c], b->k[i*q + j], q);
    for (size_t i = 0; i < q; i++) w->trace[a] -= kb[i*q + i];
}

/* Second order between parameters of the errors, beyond what the units gave. */
static void pair_errors(MixedLikelihood *l, const MixedBlock *b, size_t a)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t c = d->c, r = d->r, q = b->q, np = d->n_parameters;
    double *h = w->coupled, *hd = w->coupled_d;
    if (b->xx) {
        const double *sum = &w->block_b[0];
        double trace = 0;
        for (size_t i = 0; i < r; i++)
            for (size_t j = 0; j < r; j++) trace += w->phi[i*r + j] * sum[i*c + j];
        l->expected[0] -= 2 * trace / l->theta[0];
        w->d[0] += quadratic_form(l->d, sum, l->d, c) / l->theta[0];
    }
    if (q == 0) return;
    matrix_multiply(&w->xz[a*c*q], b->k, c, q, q, h);
    matrix_multiply(w->phi, h, r, r, q, w->phi_x);
    for (size_t j = 0; j < q; j++) {
        hd[j] = 0;
        for (size_t i = 0; i < c; i++) hd[j] += l->d[i] * h[i*q + j];
    }
    for (size_t e = 0; e <= a; e++) {
        if (!w->uses[e]) continue;
        const double *xz = &w->xz[e*c*q];
        double from_d = 0;
        for (size_t i = 0; i < c; i++) from_d += l->d[i] * dot(hd, &xz[i*q], q);
        l->expected[a*np + e] += trace_of_product(&w->kb[a*q*q], &w->kb[e*q*q], q) + 2 * dot(w->phi_x, xz, r * q);
        w->d[a*np + e] -= from_d;
    }
}

/* Entries (p, q) of G that a packed parameter stands for: (i, j), and (j, i) where it is another. */
typedef struct {
    size_t n, row[2], column[2];
} Places;

static Places places_of(size_t i, size_t j)
{
    return (Places){.n = i == j ? 1 : 2, .row = {i, j}, .column = {j, i}};
}

/* The first column of each level of a term in the block. */
static size_t next_level(const MixedData *d, const MixedBlock *b, size_t at, size_t term)
{
    while (at < b->q && b->column_term[at] != term) at += d->terms[b->column_term[at]].n_effects;
    return at;
}

/* The parameter (i, j) of term t beside all of the errors. */
static void pair_with_errors(MixedLikelihood *l, const MixedBlock *b, size_t t, size_t i, size_t j, size_t parameter)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t c = d->c, r = d->r, q = b->q, np = d->n_parameters, ne = d->terms[t].n_effects;
    Places g = places_of(i, j);
    for (size_t a = 0; a < d->n_errors; a++) {
        if (!w->uses[a]) continue;
        const double *re = &w->re[a*c*q], *half = &w->kb[a*q*q];       /* by now B E of the errors' parameter */
        double trace = 0, from_d = 0;
        for (size_t at = next_level(d, b, 0, t); at < q; at = next_level(d, b, at + ne, t))
            for (size_t k = 0; k < g.n; k++) {
                size_t x = at + g.row[k], y = at + g.column[k];
                for (size_t m = 0; m < q; m++) trace += w->e[m*q + x] * half[m*q + y];
                for (size_t m = 0; m < r; m++) trace -= 2 * w->phi_y[m*q + x] * re[m*q + y];
                from_d += w->yd[x] * w->rd[a*q + y];
            }
        l->expected[parameter*np + a] += trace;
        w->d[parameter*np + a] += from_d;
    }
}

static void pair_random(MixedLikelihood *l, const MixedBlock *b, size_t t, size_t i, size_t j, size_t parameter)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t q = b->q, np = d->n_parameters, ne = d->terms[t].n_effects;
    Places g = places_of(i, j);
    for (size_t s = 0; s <= t; s++)
        for (size_t y = 0, other = d->terms[s].first; y < d->terms[s].n_effects; y++)
            for (size_t x = 0; x <= y && other <= parameter; x++, other++) {
                Places h = places_of(x, y);
                double trace = 0, from_d = 0;
                for (size_t at = next_level(d, b, 0, t); at < q; at = next_level(d, b, at + ne, t))
                    for (size_t bt = next_level(d, b, 0, s); bt < q; bt = next_level(d, b, bt + d->terms[s].n_effects, s))
                        for (size_t k = 0; k < g.n; k++)
                            for (size_t m = 0; m < h.n; m++) {
                                size_t p1 = at + g.row[k], q1 = at + g.column[k], s1 = bt + h.row[m], u1 = bt + h.column[m];
                                trace += w->wz[q1*q + s1] * w->rest[u1*q + p1];
                                from_d += w->yd[p1] * w->wz[q1*q + s1] * w->yd[u1];
                            }
                l->expected[parameter*np + other] += trace;
                w->d[parameter*np + other] += from_d;
            }
}

static void differentiate_random(MixedLikelihood *l, const MixedBlock *b)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t c = d->c, q = b->q, width = c + q;
    for (size_t a = 0; a < d->n_errors; a++) {
        if (!w->uses[a]) continue;
        double *half = &w->kb[a*q*q];
        memset(half, 0, q * q * sizeof *half);
        for (size_t i = 0; i < q; i++)
            for (size_t j = 0; j < q; j++) mmrm_add_scaled(&half[i*q], &w->e[j*q], w->bs[a*width*width + (c + i)*width + c + j], q);
    }
    for (size_t t = 0; t < d->n_terms; t++)
        for (size_t j = 0, parameter = d->terms[t].first; j < d->terms[t].n_effects; j++)
            for (size_t i = 0; i <= j; i++, parameter++) {
                Places g = places_of(i, j);
                double *sum = &l->b[parameter*c*c];
                for (size_t at = next_level(d, b, 0, t); at < q; at = next_level(d, b, at + d->terms[t].n_effects, t))
                    for (size_t k = 0; k < g.n; k++) {
                        size_t x = at + g.row[k], y = at + g.column[k];
                        l->gradient[parameter] += w->wz[x*q + y];
                        for (size_t e = 0; e < c; e++)
                            for (size_t f = 0; f < c; f++) sum[e*c + f] += w->y[e*q + x] * w->y[f*q + y];
                    }
                pair_with_errors(l, b, t, i, j, parameter);
                pair_random(l, b, t, i, j, parameter);
            }
}

/* M'S^-1 S_a S^-1 M of the block's units, and what is of second order within them. */
static void differentiate_errors(MixedLikelihood *l, const MixedBlock *b)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t width = d->c + b->q;
    memset(w->trace, 0, d->n_errors * sizeof *w->trace);
    for (size_t a = 0; a < d->n_errors; a++) w->uses[a] = false;
    if (!b->xx) memset(w->bs, 0, d->n_errors * width * width * sizeof *w->bs);
    if (b->xx) differentiate_independent(l, b);
    for (size_t k = 0; k < b->n_units; k++) differentiate_unit(l, b, &b->units[k]);
    for (size_t a = 0; a < d->n_errors; a++)
        if (w->uses[a]) couple_errors(l, b, a);
}

/* What the fixed effects add once the blocks are summed. */
static void finish_derivatives(MixedLikelihood *l)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t np = d->n_parameters, c = d->c, r = d->r;
    for (size_t a = 0; a < np; a++) {
        const double *b = &l->b[a*c*c];
        double *pb = &w->pb[a*r*r], *ub = &w->ub[a*r], *row = w->phi_row;
        memset(pb, 0, r * r * sizeof *pb);
        for (size_t i = 0; i < r; i++) {
            for (size_t j = 0; j < r; j++) mmrm_add_scaled(&pb[i*r], &b[j*c], w->phi[i*r + j], r);
            ub[i] = dot(&b[i*c], l->d, c);
        }
        for (size_t i = 0; i < r; i++) l->gradient[a] -= pb[i*r + i];
        l->gradient[a] -= quadratic_form(l->d, b, l->d, c);
        matrix_apply(l->phi, ub, r, r, row);
        for (size_t e = 0; e <= a; e++) {
            double *expected = &l->expected[a*np + e], second = l->hessian[a*np + e];
            *expected += trace_of_product(pb, &w->pb[e*r*r], r);
            l->expected[e*np + a] = *expected;
            l->hessian[a*np + e] = l->hessian[e*np + a] = second - *expected + 2 * (w->d[a*np + e] - dot(row, &w->ub[e*r], r));
        }
    }
}

void mixed_likelihood_derivatives(MixedLikelihood *l)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t np = d->n_parameters, c = d->c, r = d->r, m = d->structure.n_visits;
    memset(l->b, 0, np * c * c * sizeof *l->b);
    memset(l->gradient, 0, np * sizeof *l->gradient);
    memset(l->hessian, 0, np * np * sizeof *l->hessian);
    memset(l->expected, 0, np * np * sizeof *l->expected);
    memset(w->d, 0, np * np * sizeof *w->d);
    memset(w->psi, 0, d->n_groups * m * m * sizeof *w->psi);
    for (size_t i = 0; i < r * r; i++) w->phi[i] = l->reml ? l->phi[i] : 0;
    mixed_sigma_set(&l->sigma, l->theta, true);
    for (size_t k = 0; k < d->n_blocks; k++) {
        const MixedBlock *b = &d->blocks[k];
        if (b->q) prepare_random(l, b);
        memset(w->block_b, 0, d->n_errors * c * c * sizeof *w->block_b);
        differentiate_errors(l, b);
        for (size_t a = 0; a < d->n_errors; a++) {
            if (!w->uses[a]) continue;
            pair_errors(l, b, a);
            l->gradient[a] += w->trace[a];
        }
        if (b->q) differentiate_random(l, b);
    }
    for (size_t g = 0; d->errors == MIXED_VISITS && d->structure.entries && g < d->n_groups; g++)
        mmrm_structure_second(&d->structure, &l->theta[g * d->per_group], &w->psi[g*m*m], &l->hessian[g * d->per_group * (np + 1)], np);
    finish_derivatives(l);
}

/* q += N'(sum of w_ab S_a S^-1 S_b - sum of w_ab d2 S / 4) N over a unit's rows, N = V^-1 X */
static void add_unit_products(MixedLikelihood *l, const MixedBlock *b, const MixedUnit *u, const double *weight, bool second, double *q)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t n = u->n_rows, np = d->n_parameters, k = d->per_group + d->n_folded, r = d->r;
    prepare_unit(l, b, u);
    const double *of_group = &weight[u->group * d->per_group * (np + 1)];
    memset(w->left, 0, n * n * sizeof *w->left);
    if (second) mixed_sigma_spread(&l->sigma, u, of_group, np, w->left);
    for (size_t i = 0; i < n * n; i++) w->left[i] /= -4;
    for (size_t a = 0; a < k; a++) mixed_sigma_first(&l->sigma, u, a, &w->first[a*n*n]);
    for (size_t a = 0; a < k; a++) {
        double *sum = w->pa, *half = w->kernel;
        memset(sum, 0, n * n * sizeof *sum);
        for (size_t e = 0; e < k; e++) mmrm_add_scaled(sum, &w->first[e*n*n], weight[mixed_unit_parameter(d, u, a)*np + mixed_unit_parameter(d, u, e)], n * n);
        matrix_multiply(&w->first[a*n*n], w->inverse, n, n, n, half);
        matrix_multiply(half, sum, n, n, n, &w->ra[0]);
        mmrm_add_scaled(w->left, w->ra, 1, n * n);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t x = 0; x < r; x++)
                mmrm_add_scaled(&q[x*r], &w->nx[j * d->c], w->left[i*n + j] * w->nx[i * d->c + x], r);
}

/* The terms' matrices sum over b of w_ab G_b, for a row of w */
static void weighted_terms(const MixedLikelihood *l, const double *weight, double *matrices)
{
    for (size_t t = 0; t < l->data->n_terms; t++) mixed_term_g(&l->data->terms[t], weight, &matrices[l->w->at[t]]);
}

/* q += sum of x y', x and y being r x n */
static void add_product(const double *x, const double *y, size_t r, size_t n, double sign, double *q)
{
    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < r; j++) q[i*r + j] += sign * dot(&x[i*n], &y[j*n], n);
}

static void add_coupled_products(MixedLikelihood *l, const MixedBlock *b, const double *weight, double *unit, double *q)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t np = d->n_parameters, c = d->c, r = d->r, n = b->q;
    for (size_t a = 0; a < d->n_errors; a++) {
        if (!w->uses[a]) continue;
        memset(w->coupled, 0, c * n * sizeof *w->coupled);
        for (size_t e = 0; e < d->n_errors; e++)
            if (w->uses[e]) mmrm_add_scaled(w->coupled, &w->xz[e*c*n], weight[a*np + e], c * n);
        matrix_multiply(w->coupled, b->k, r, n, n, w->phi_x);
        add_product(&w->xz[a*c*n], w->phi_x, r, n, -1, q);
        weighted_terms(l, &weight[a*np], w->g);
        mixed_multiply_terms(l, b, w->g, w->y, r, w->phi_x);
        add_product(&w->re[a*c*n], w->phi_x, r, n, 1, q);
        add_product(w->phi_x, &w->re[a*c*n], r, n, 1, q);
    }
    for (size_t a = d->n_errors; a < np; a++) {
        memset(unit, 0, np * sizeof *unit);
        unit[a] = 1;
        weighted_terms(l, unit, w->g);
        mixed_multiply_terms(l, b, w->g, w->y, r, w->phi_x);
        matrix_multiply(w->phi_x, w->wz, r, n, n, w->coupled);
        weighted_terms(l, &weight[a*np], w->g);
        mixed_multiply_terms(l, b, w->g, w->coupled, r, w->phi_x);
        add_product(w->phi_x, w->y, r, n, 1, q);
    }
}

void mixed_likelihood_products(MixedLikelihood *l, const double *weight, bool second, double *q)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t c = d->c, r = d->r;
    memset(q, 0, r * r * sizeof *q);
    for (size_t k = 0; k < d->n_blocks; k++) {
        const MixedBlock *b = &d->blocks[k];
        if (b->q) prepare_random(l, b);
        memset(w->block_b, 0, d->n_errors * c * c * sizeof *w->block_b);
        differentiate_errors(l, b);
        for (size_t i = 0; b->xx && i < r; i++)
            mmrm_add_scaled(&q[i*r], &w->block_b[i*c], weight[0] / l->theta[0], r);
        for (size_t i = 0; i < b->n_units; i++) add_unit_products(l, b, &b->units[i], weight, second, q);
        if (b->q) add_coupled_products(l, b, weight, w->d, q);
    }
    mixed_set_terms(l);
}

/* The effects of one level of a folded term, from the unit's rows of that level. */
static void predict_level(const MixedLikelihood *l, const MixedUnit *u, const MixedTerm *term, size_t level, MixedRandom *random)
{
    const MixedWork *w = l->w;
    size_t n = u->n_rows, c = term->n_effects;
    double zd[MIXED_MAX_EFFECTS] = {0}, zpz[MIXED_MAX_EFFECTS * MIXED_MAX_EFFECTS] = {0};
    for (size_t i = 0; i < n; i++) {
        if (term->level[u->rows[i]] != level) continue;
        const double *zi = &term->z[u->rows[i] * c];
        mmrm_add_scaled(zd, zi, u->root_weights[i] * w->nd[i], c);
        for (size_t j = 0; j < n; j++) {
            double p = u->root_weights[i] * u->root_weights[j] * (w->inverse[i*n + j] - w->kernel[i*n + j]);
            for (size_t x = 0; term->level[u->rows[j]] == level && x < c; x++) mmrm_add_scaled(&zpz[x*c], &term->z[u->rows[j] * c], zi[x] * p, c);
        }
    }
    for (size_t i = 0; i < c; i++) {
        const double *g = &random->g[i*c];
        random->u[level*c + i] = dot(g, zd, c);
        random->u_se[level*c + i] = sqrt(fmax(0, g[i] - quadratic_form(g, zpz, g, c)));
    }
}

static void predict_unit(MixedLikelihood *l, const MixedBlock *b, const MixedUnit *u, MixedRandom *randoms)
{
    const MixedData *d = l->data;
    prepare_unit(l, b, u);
    find_kernel(l, b, u);
    for (size_t t = 0; t < d->n_terms; t++)
        for (size_t i = 0; d->terms[t].folded && i < u->n_rows; i++)
            if (i == 0 || d->terms[t].level[u->rows[i]] != d->terms[t].level[u->rows[i - 1]])
                predict_level(l, u, &d->terms[t], d->terms[t].level[u->rows[i]], &randoms[t]);
}

/* var(u - its prediction) = G - G (Z'V^-1 Z - Y'Phi Y) G */
void mixed_likelihood_predict(MixedLikelihood *l, MixedRandom *randoms)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    memcpy(w->phi, l->phi, d->r * d->r * sizeof *w->phi);
    for (size_t k = 0; k < d->n_blocks; k++) {
        const MixedBlock *b = &d->blocks[k];
        size_t q = b->q, r = d->r;
        for (size_t i = 0; d->n_folded && i < b->n_units; i++) predict_unit(l, b, &b->units[i], randoms);
        if (q == 0) continue;
        prepare_random(l, b);
        for (size_t i = 0; i < r; i++)
            for (size_t j = 0; j < q; j++) mmrm_add_scaled(&w->wz[j*q], &w->phi_y[i*q], -w->y[i*q + j], q);
        for (size_t at = 0; at < q; at += d->terms[b->column_term[at]].n_effects) {
            const MixedTerm *term = &d->terms[b->column_term[at]];
            MixedRandom *random = &randoms[b->column_term[at]];
            size_t c = term->n_effects;
            for (size_t i = 0; i < c; i++) {
                const double *g = &random->g[i*c];
                double variance = g[i];
                for (size_t x = 0; x < c; x++)
                    for (size_t y = 0; y < c; y++) variance -= g[x] * w->wz[(at + x)*q + at + y] * g[y];
                random->u[b->column_level[at]*c + i] = dot(g, &w->yd[at], c);
                random->u_se[b->column_level[at]*c + i] = sqrt(fmax(0, variance));
            }
        }
    }
}
