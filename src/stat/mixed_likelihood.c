#include <math.h>
#include <string.h>

#include "stat/mixed_inside.h"

#define LOG_TWO_PI 1.8378770664093454836

void mixed_term_g(const MixedTerm *term, const double *theta, double *g)
{
    size_t c = term->n_effects, a = term->first;
    for (size_t j = 0; j < c; j++)
        for (size_t i = 0; i <= j; i++, a++) g[i*c + j] = g[j*c + i] = theta[a];
}

size_t mixed_pivoted_root(const double *a, const double *size, size_t n, double least, size_t *order, double *l)
{
    memset(l, 0, n * n * sizeof *l);
    for (size_t i = 0; i < n; i++) order[i] = i;
    for (size_t k = 0; k < n; k++) {
        size_t best = k;
        double most = -INFINITY;
        for (size_t i = k; i < n; i++) {
            double left = a[order[i]*n + order[i]] - dot(&l[i*n], &l[i*n], k), share = left * size[order[i]] * size[order[i]];
            if (share > most) most = share, best = i;
        }
        if (!(most > least) || !(most > 0)) return k;
        size_t swap = order[k];
        order[k] = order[best], order[best] = swap;
        for (size_t j = 0; j < k; j++) {
            double value = l[k*n + j];
            l[k*n + j] = l[best*n + j], l[best*n + j] = value;
        }
        l[k*n + k] = sqrt(most) / size[order[k]];
        for (size_t i = k + 1; i < n; i++) l[i*n + k] = (a[order[i]*n + order[k]] - dot(&l[i*n], &l[k*n], k)) / l[k*n + k];
    }
    return n;
}

void mixed_likelihood_init(Arena *arena, MixedLikelihood *l, const MixedData *d, bool reml)
{
    size_t np = d->n_parameters, ns = d->n_errors, c = d->c, r = d->r, q = d->largest_q, square = q * q, n = d->largest_unit, m = d->structure.n_visits;
    size_t width = c + q, matrices = 0, of_unit = d->per_group + d->n_folded;
    *l = (MixedLikelihood){.data = d, .reml = reml};
    mixed_sigma_init(arena, &l->sigma, d);
    double **const LATER[] = {&l->theta, &l->gradient, &l->a, &l->a_root, &l->phi, &l->d, &l->b, &l->hessian, &l->expected};
    const size_t SIZES[] = {np, np, c * c, r * r, r * r, c, np * c * c, np * np, np * np};
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) *LATER[i] = ARENA_ARRAY(arena, double, SIZES[i] + 1);
    MixedWork *w = l->w = ARENA_NEW(arena, MixedWork);
    w->at = ARENA_ARRAY(arena, size_t, d->n_terms + 1);
    for (size_t t = 0; t < d->n_terms; t++) w->at[t] = matrices, matrices += d->terms[t].n_effects * d->terms[t].n_effects;
    square += matrices;                              /* `half` also holds the root of one term's G */
    w->uses = ARENA_ARRAY(arena, bool, ns);
    double **const ROOM[] = {&w->g, &w->root, &w->u, &w->ul, &w->inner, &w->rows, &w->e, &w->wz, &w->half, &w->rest, &w->y, &w->phi_y, &w->yd,
                             &w->trace, &w->bs, &w->xz, &w->re, &w->kb, &w->rd, &w->phi_x, &w->coupled, &w->coupled_d, &w->block_b, &w->pb, &w->ub, &w->d, &w->phi, &w->s,
                             &w->inverse, &w->f, &w->fz, &w->nx, &w->nd, &w->kernel, &w->first, &w->pa, &w->ra, &w->va, &w->psi, &w->left, &w->product, &w->phi_row, &w->si};
    const size_t LENGTHS[] = {matrices, matrices, square, square, square, square, square, square, square, square, c * q, r * q, q,
                              ns, ns * width * width, ns * c * q, ns * c * q, ns * square, ns * q, r * q, c * q, q, ns * c * c, np * r * r, np * r, np * np, r * r, n * n,
                              n * n, n * width, n * q, n * c, n, n * n, of_unit * n * n, of_unit * n * n, of_unit * n * n, of_unit * n,
                              d->n_groups * m * m, n * n, n * width, r, n};
    for (size_t i = 0; i < sizeof LENGTHS / sizeof LENGTHS[0]; i++) *ROOM[i] = ARENA_ARRAY(arena, double, LENGTHS[i] + 1);
}

void mixed_set_terms(MixedLikelihood *l)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    for (size_t t = 0; t < d->n_terms; t++) {
        size_t c = d->terms[t].n_effects, order[MIXED_MAX_EFFECTS];
        double *g = &w->g[w->at[t]], *root = &w->root[w->at[t]], *factor = w->half;
        mixed_term_g(&d->terms[t], l->theta, g);
        mixed_pivoted_root(g, d->terms[t].size, c, 0, order, factor);
        for (size_t i = 0; i < c; i++) memcpy(&root[order[i]*c], &factor[i*c], c * sizeof *root);
    }
}

/* out (rows x q) = x (rows x q) times the block-diagonal matrix of the terms' matrices */
void mixed_multiply_terms(const MixedLikelihood *l, const MixedBlock *b, const double *matrices, const double *x, size_t rows, double *out)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t at = 0; at < b->q;) {
            size_t t = b->column_term[at], c = l->data->terms[t].n_effects;
            const double *g = &matrices[l->w->at[t]];
            for (size_t k = 0; k < c; k++) {
                double sum = 0;
                for (size_t m = 0; m < c; m++) sum += x[i * b->q + at + m] * g[m*c + k];
                out[i * b->q + at + k] = sum;
            }
            at += c;
        }
}

/* x (n rows of `width`) = L^-1 x, and L'^-1 x */
void mixed_solve_rows(const double *l, size_t n, double *x, size_t width)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) mmrm_add_scaled(&x[i*width], &x[j*width], -l[i*n + j], width);
        for (size_t k = 0; k < width; k++) x[i*width + k] /= l[i*n + i];
    }
}

void mixed_solve_rows_transposed(const double *l, size_t n, double *x, size_t width)
{
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) mmrm_add_scaled(&x[i*width], &x[j*width], -l[j*n + i], width);
        for (size_t k = 0; k < width; k++) x[i*width + k] /= l[i*n + i];
    }
}

static size_t place_of(const MixedData *d, const MixedUnit *u, size_t k) { return k < d->c ? k : d->c + u->active[k - d->c]; }

/* to (block's width^2) += x'y over the rows of a unit */
void mixed_scatter(const MixedData *d, const MixedUnit *u, const double *x, const double *y, double *to, size_t width)
{
    for (size_t j = 0; j < u->width; j++) {
        double *row = &to[place_of(d, u, j) * width];
        for (size_t i = 0; i < u->n_rows; i++) {
            double f = x[i * u->width + j];
            if (f == 0) continue;
            mmrm_add_scaled(row, &y[i * u->width], f, d->c);
            for (size_t k = d->c; k < u->width; k++) row[d->c + u->active[k - d->c]] += f * y[i * u->width + k];
        }
    }
}

static double log_diagonal(const double *root, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += log(root[i*n + i]);
    return sum;
}

/* M'S^-1 M of a block; *log_det gets log |S|. */
static bool sum_errors(MixedLikelihood *l, MixedBlock *b, double *log_det)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t width = d->c + b->q;
    if (b->xx) {
        double v = l->theta[0];
        if (!(v > 0)) return false;
        for (size_t i = 0; i < width * width; i++) b->a[i] = b->xx[i] / v;
        *log_det += (double)b->n_rows * log(v);
        return true;
    }
    memset(b->a, 0, width * width * sizeof *b->a);
    for (size_t k = 0; k < b->n_units; k++) {
        const MixedUnit *u = &b->units[k];
        mixed_sigma_unit(&l->sigma, u, w->s);
        if (cholesky(w->s, u->n_rows) < u->n_rows) return false;
        *log_det += 2 * log_diagonal(w->s, u->n_rows);
        memcpy(w->f, u->m, u->n_rows * u->width * sizeof *w->f);
        mixed_solve_rows(w->s, u->n_rows, w->f, u->width);
        mixed_scatter(d, u, w->f, w->f, b->a, width);
    }
    return true;
}

void mixed_take_u(const MixedData *d, const MixedBlock *b, const double *from, double *u)
{
    size_t width = d->c + b->q;
    for (size_t i = 0; i < b->q; i++) memcpy(&u[i * b->q], &from[(d->c + i) * width + d->c], b->q * sizeof *u);
}

/* K = B (I + B'U B)^-1 B', and K Z'S^-1 (X, e); *log_det gets log |I + B'U B|. */
static bool add_random_effects(MixedLikelihood *l, MixedBlock *b, double *log_det)
{
    const MixedData *d = l->data;
    MixedWork *w = l->w;
    size_t q = b->q, width = d->c + q;
    mixed_take_u(d, b, b->a, w->u);
    mixed_multiply_terms(l, b, w->root, w->u, q, w->ul);
    for (size_t at = 0; at < q;) {
        size_t t = b->column_term[at], c = d->terms[t].n_effects;
        const double *root = &w->root[w->at[t]];
        for (size_t i = 0; i < c; i++) {
            double *row = &w->inner[(at + i) * q];
            memset(row, 0, q * sizeof *row);
            for (size_t m = 0; m < c; m++) mmrm_add_scaled(row, &w->ul[(at + m) * q], root[m*c + i], q);
            row[at + i] += 1;
        }
        at += c;
    }
    if (cholesky(w->inner, q) < q) return false;
    *log_det += 2 * log_diagonal(w->inner, q);
    memset(w->rows, 0, q * q * sizeof *w->rows);
    for (size_t i = 0; i < q; i++) {
        size_t at = i, c = d->terms[b->column_term[i]].n_effects;
        while (at > 0 && b->column_term[at - 1] == b->column_term[i] && b->column_level[at - 1] == b->column_level[i]) at--;
        memcpy(&w->rows[i*q + at], &w->root[w->at[b->column_term[i]] + (i - at)*c], c * sizeof *w->rows);
        solve_lower(w->inner, q, &w->rows[i*q]);
    }
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j <= i; j++) b->k[i*q + j] = b->k[j*q + i] = dot(&w->rows[i*q], &w->rows[j*q], q);
    memset(b->ka, 0, q * d->c * sizeof *b->ka);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) mmrm_add_scaled(&b->ka[i * d->c], &b->a[(d->c + j) * width], b->k[i*q + j], d->c);
    return true;
}

static bool solve_coefficients(MixedLikelihood *l, double log_det)
{
    const MixedData *d = l->data;
    size_t r = d->r, c = d->c;
    double *z = l->d, quadratic = l->a[r*c + r];
    for (size_t i = 0; i < r; i++) {
        memcpy(&l->a_root[i*r], &l->a[i*c], r * sizeof *l->a_root);
        z[i] = l->a[i*c + r];
    }
    if (cholesky(l->a_root, r) < r) return false;
    for (size_t i = 0; i < r; i++)
        for (size_t j = i + 1; j < r; j++) l->a_root[i*r + j] = 0;
    solve_lower(l->a_root, r, z);
    quadratic -= dot(z, z, r);
    solve_lower_transposed(l->a_root, r, z);
    for (size_t i = 0; i < r; i++) z[i] = -z[i];
    z[r] = 1;
    memset(l->phi, 0, r * r * sizeof *l->phi);
    for (size_t i = 0; i < r; i++) {
        l->phi[i*r + i] = 1;
        solve_lower(l->a_root, r, &l->phi[i*r]);
        solve_lower_transposed(l->a_root, r, &l->phi[i*r]);
    }
    l->value = (double)(d->n - (l->reml ? r : 0)) * LOG_TWO_PI + log_det - d->log_weights + quadratic;
    if (l->reml) l->value += 2 * log_diagonal(l->a_root, r) - 2 * d->log_basis;
    return isfinite(l->value);
}

bool mixed_likelihood_value(MixedLikelihood *l, const double *theta)
{
    const MixedData *d = l->data;
    size_t c = d->c;
    double log_det = 0;
    memmove(l->theta, theta, d->n_parameters * sizeof *theta);
    mixed_sigma_set(&l->sigma, l->theta, false);
    mixed_set_terms(l);
    memset(l->a, 0, c * c * sizeof *l->a);
    for (size_t k = 0; k < d->n_blocks; k++) {
        MixedBlock *b = &d->blocks[k];
        size_t width = c + b->q;
        if (!sum_errors(l, b, &log_det) || (b->q && !add_random_effects(l, b, &log_det))) return false;
        for (size_t i = 0; i < c; i++) {
            mmrm_add_scaled(&l->a[i*c], &b->a[i*width], 1, c);
            for (size_t j = 0; j < b->q; j++) mmrm_add_scaled(&l->a[i*c], &b->ka[j*c], -b->a[i*width + c + j], c);
        }
    }
    return solve_coefficients(l, log_det);
}
