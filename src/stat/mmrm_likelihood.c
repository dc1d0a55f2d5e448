#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

#define LOG_2_PI 1.8378770664093454836

size_t mmrm_direction(size_t a, size_t b) { return a <= b ? b * (b + 1) / 2 + a : a * (a + 1) / 2 + b; }

double mmrm_direction_scale(size_t a, size_t b) { return a == b ? 0.5 : 0.70710678118654752440; }

/* Four at a time, so that compilers take them as vectors; the order of sums is the same on every machine. */
void mmrm_add_scaled(double *restrict to, const double *restrict from, double f, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        to[i] += f * from[i];
        to[i + 1] += f * from[i + 1];
        to[i + 2] += f * from[i + 2];
        to[i + 3] += f * from[i + 3];
    }
    for (; i < n; i++) to[i] += f * from[i];
}

/* The product of row a with four rows of b, n long, each sum in two parts */
static void dot_four(const double *restrict a, const double *restrict b, size_t n, double *restrict out)
{
    const double *b1 = b + n, *b2 = b + 2*n, *b3 = b + 3*n;
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0, t0 = 0, t1 = 0, t2 = 0, t3 = 0;
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        s0 += a[i] * b[i], t0 += a[i + 1] * b[i + 1];
        s1 += a[i] * b1[i], t1 += a[i + 1] * b1[i + 1];
        s2 += a[i] * b2[i], t2 += a[i + 1] * b2[i + 1];
        s3 += a[i] * b3[i], t3 += a[i + 1] * b3[i + 1];
    }
    if (i < n) s0 += a[i] * b[i], s1 += a[i] * b1[i], s2 += a[i] * b2[i], s3 += a[i] * b3[i];
    out[0] = s0 + t0, out[1] = s1 + t1, out[2] = s2 + t2, out[3] = s3 + t3;
}

void mmrm_likelihood_init(Arena *arena, MmrmLikelihood *l, const MmrmData *d, bool reml)
{
    size_t m = d->n_visits, k = m * (m + 1) / 2, r = d->r, n = d->n_groups * k, atoms = 0;
    *l = (MmrmLikelihood){.data = d, .reml = reml, .m = m, .k = k, .r = r, .n_directions = n};
    double **squares[] = {&l->a_root, &l->a_root_inverse, &l->phi};
    for (size_t i = 0; i < 3; i++) *squares[i] = ARENA_ARRAY(arena, double, r * r);
    l->xe = ARENA_ARRAY(arena, double, r);
    l->delta = ARENA_ARRAY(arena, double, r);
    l->gamma = ARENA_ARRAY(arena, double, d->n_groups * m * m);
    l->gradient = ARENA_ARRAY(arena, double, n);
    l->hessian = ARENA_ARRAY(arena, double, n * n);
    l->p = ARENA_ARRAY(arena, double, n * r * r);
    l->u = ARENA_ARRAY(arena, double, n * r);
    l->z = ARENA_ARRAY(arena, double, k * k);
    l->packed = ARENA_ARRAY(arena, double, (n + 3) * (r * (r + 1) / 2 + r));
    l->white = ARENA_ARRAY(arena, MmrmWhite, d->n_patterns);
    for (size_t i = 0; i < d->n_patterns; i++) {
        size_t v = d->patterns[i].n_visits;
        l->white[i] = (MmrmWhite){.q = ARENA_ARRAY(arena, double, v * m), .k = ARENA_ARRAY(arena, double, v * m),
                                  .t = ARENA_ARRAY(arena, double, m * m), .s = ARENA_ARRAY(arena, double, m * m),
                                  .h = ARENA_ARRAY(arena, double, m * m),
                                  .kappa = ARENA_ARRAY(arena, double, m * (d->n_profiles + v))};
        atoms = d->patterns[i].n_atoms > atoms ? d->patterns[i].n_atoms : atoms;
    }
    size_t profiles = d->n_profiles + m, side = profiles > r ? profiles : r;
    l->spread = ARENA_ARRAY(arena, double, m * atoms);
    l->scratch = ARENA_ARRAY(arena, double, 2 * (m + 1) * (atoms + m) + 2 * side * (side + 1) + k + m * m);
}

/* The root's rows at the pattern's visits = L Q with orthonormal rows Q, by Gram & Schmidt twice; K = Q' L^-1. */
static bool whiten(MmrmLikelihood *l, const MmrmPattern *p, const double *root, MmrmWhite *w)
{
    size_t m = l->m, v = p->n_visits;
    double *lower = l->scratch;
    w->log_det = 0;
    for (size_t a = 0; a < v; a++) {
        double *row = &w->q[a*m], length;
        memcpy(row, &root[p->visits[a] * m], m * sizeof *row);
        memset(&lower[a*v], 0, v * sizeof *lower);
        for (int pass = 0; pass < 2; pass++)
            for (size_t b = 0; b < a; b++) {
                double f = dot(row, &w->q[b*m], m);
                lower[a*v + b] += f;
                mmrm_add_scaled(row, &w->q[b*m], -f, m);
            }
        length = euclidean_norm(row, m);
        if (!(length > 0) || !isfinite(length)) return false;
        for (size_t i = 0; i < m; i++) row[i] /= length;
        lower[a*v + a] = length;
        w->log_det += 2 * log(length);
    }
    for (size_t i = 0; i < m; i++) {
        double *k = &w->k[i*v];
        for (size_t a = 0; a < v; a++) k[a] = w->q[a*m + i];
        solve_lower_transposed(lower, v, k);
    }
    return true;
}

/* Profiles in whitened coordinates: kappa[i][w] = sum over visits of K[i][q] profile_w[q]. */
static void whiten_profiles(const MmrmLikelihood *l, const MmrmPattern *p, MmrmWhite *w)
{
    const MmrmData *d = l->data;
    size_t v = p->n_visits, n = d->n_profiles + v;
    for (size_t i = 0; i < l->m; i++) {
        for (size_t f = 0; f < d->n_profiles; f++) {
            double sum = 0;
            for (size_t q = 0; q < v; q++) sum += w->k[i*v + q] * d->profiles[f*d->n_visits + p->visits[q]];
            w->kappa[i*n + f] = sum;
        }
        memcpy(&w->kappa[i*n + d->n_profiles], &w->k[i*v], v * sizeof *w->k);
    }
}

/* Adds the pattern's part of A (into a_root), X'V^-1 e (into xe); returns that of e'V^-1 e. */
static double add_value(MmrmLikelihood *l, const MmrmPattern *p, const MmrmWhite *w)
{
    size_t v = p->n_visits, n = l->data->n_profiles + v, r = l->r, first = l->data->n_profiles;
    double *gram = l->scratch, sum = 0;
    memset(gram, 0, n * n * sizeof *gram);
    for (size_t i = 0; i < l->m; i++)
        for (size_t a = 0; a < n; a++)
            if (w->kappa[i*n + a] != 0) mmrm_add_scaled(&gram[a*n], &w->kappa[i*n], w->kappa[i*n + a], n);
    for (size_t x = 0; x < p->n_atoms; x++) {
        const double *g = &gram[p->atom_profile[x] * n];
        double *row = &l->a_root[p->atom_column[x] * r];
        for (size_t y = 0; y < p->n_atoms; y++) row[p->atom_column[y]] += g[p->atom_profile[y]] * p->xx[x*p->n_atoms + y];
        l->xe[p->atom_column[x]] += dot(&g[first], &p->xe[x*v], v);
    }
    for (size_t q = 0; q < v; q++) sum += dot(&gram[(first + q)*n + first], &p->ee[q*v], v);
    return sum;
}

/* phi = A^-1 from the root, and delta */
static void invert(MmrmLikelihood *l)
{
    size_t r = l->r;
    double *inverse = l->a_root_inverse;
    memset(inverse, 0, r * r * sizeof *inverse);
    for (size_t j = 0; j < r; j++) {
        inverse[j*r + j] = 1 / l->a_root[j*r + j];
        for (size_t i = j + 1; i < r; i++) {
            double sum = 0;
            for (size_t c = j; c < i; c++) sum += l->a_root[i*r + c] * inverse[c*r + j];
            inverse[i*r + j] = -sum / l->a_root[i*r + i];
        }
    }
    memset(l->phi, 0, r * r * sizeof *l->phi);
    for (size_t c = 0; c < r; c++)
        for (size_t i = 0; i <= c; i++) mmrm_add_scaled(&l->phi[i*r], &inverse[c*r], inverse[c*r + i], c + 1);
}

bool mmrm_likelihood_value(MmrmLikelihood *l, const double *roots)
{
    const MmrmData *d = l->data;
    size_t r = l->r;
    double quadratic = 0, log_det = 0, log_a = 0;
    memset(l->a_root, 0, r * r * sizeof *l->a_root);
    memset(l->xe, 0, r * sizeof *l->xe);
    for (size_t i = 0; i < d->n_patterns; i++) {
        const MmrmPattern *p = &d->patterns[i];
        if (!whiten(l, p, &roots[p->group * l->m * l->m], &l->white[i])) return false;
        whiten_profiles(l, p, &l->white[i]);
        log_det += (double)p->n_subjects * l->white[i].log_det;
        quadratic += add_value(l, p, &l->white[i]);
    }
    if (cholesky(l->a_root, r) < r) return false;
    memcpy(l->delta, l->xe, r * sizeof *l->delta);
    solve_lower(l->a_root, r, l->delta);
    quadratic -= dot(l->delta, l->delta, r);
    solve_lower_transposed(l->a_root, r, l->delta);
    for (size_t j = 0; j < r; j++) log_a += 2 * log(l->a_root[j*r + j]);
    l->value = log_det - d->log_weights + quadratic + (double)(l->reml ? d->n - r : d->n) * LOG_2_PI;
    if (l->reml) l->value += log_a - 2 * d->log_basis;
    return isfinite(l->value);
}

/* kappa spread over atoms: spread[i][x] = kappa[i][profile of x] */
static void spread_kappa(const MmrmLikelihood *l, const MmrmPattern *p, const MmrmWhite *w, double *spread)
{
    size_t n = l->data->n_profiles + p->n_visits;
    for (size_t i = 0; i < l->m; i++)
        for (size_t x = 0; x < p->n_atoms; x++) spread[i*p->n_atoms + x] = w->kappa[i*n + p->atom_profile[x]];
}

/* t = T (m x m): the projection on the whitened coordinates that were seen */
static void project(const MmrmLikelihood *l, const MmrmPattern *p, MmrmWhite *w)
{
    memset(w->t, 0, l->m * l->m * sizeof *w->t);
    for (size_t q = 0; q < p->n_visits; q++)
        for (size_t i = 0; i < l->m; i++) mmrm_add_scaled(&w->t[i*l->m], &w->q[q*l->m], w->q[q*l->m + i], l->m);
}

/* P_ab += X~_a' X~_b for a <= b, unsymmetrical, in the columns */
static void add_products(MmrmLikelihood *l, const MmrmPattern *p, const double *spread, double *products)
{
    size_t n = p->n_atoms, r = l->r;
    double *t = l->scratch;
    for (size_t b = 0; b < l->m; b++) {
        const double *kb = &spread[b*n];
        for (size_t x = 0; x < n; x++) {
            memset(t, 0, r * sizeof *t);
            for (size_t y = 0; y < n; y++) t[p->atom_column[y]] += kb[y] * p->xx[x*n + y];
            for (size_t a = 0; a <= b; a++) {
                double f = spread[a*n + x];
                if (f != 0) mmrm_add_scaled(&products[mmrm_direction(a, b)*r*r + p->atom_column[x]*r], t, f, r);
            }
        }
    }
}

/* h_ab = sum over subjects of x~_a' Phi x~_b */
static void add_leverage(MmrmLikelihood *l, const MmrmPattern *p, MmrmWhite *w)
{
    size_t n = l->data->n_profiles + p->n_visits, m = l->m, r = l->r;
    double *y = l->scratch, *ky = y + n * n;
    memset(y, 0, n * n * sizeof *y);
    for (size_t a = 0; a < p->n_atoms; a++) {
        const double *phi = &l->phi[p->atom_column[a] * r], *xx = &p->xx[a * p->n_atoms];
        double *row = &y[p->atom_profile[a] * n];
        for (size_t b = 0; b < p->n_atoms; b++) row[p->atom_profile[b]] += phi[p->atom_column[b]] * xx[b];
    }
    for (size_t i = 0; i < m; i++) {
        memset(ky, 0, n * sizeof *ky);
        for (size_t a = 0; a < n; a++)
            if (w->kappa[i*n + a] != 0) mmrm_add_scaled(ky, &y[a*n], w->kappa[i*n + a], n);
        for (size_t j = 0; j < m; j++) w->h[i*m + j] = dot(ky, &w->kappa[j*n], n);
    }
}

/* s_ab = sum over subjects of r~_a r~_b, and u_ab += X~_a' r~_b + X~_b' r~_a (unscaled); r = e - X delta */
static void add_residuals(MmrmLikelihood *l, const MmrmPattern *p, const double *spread, MmrmWhite *w, double *u)
{
    size_t n = p->n_atoms, v = p->n_visits, m = l->m, r = l->r;
    double *xr = l->scratch, *er = xr + m * n, *c = er + m * v;      /* products of atoms and of e with r~ */
    for (size_t b = 0; b < m; b++) {
        for (size_t x = 0; x < n; x++) c[x] = -spread[b*n + x] * l->delta[p->atom_column[x]];
        for (size_t x = 0; x < n; x++) xr[b*n + x] = dot(&p->xx[x*n], c, n) + dot(&p->xe[x*v], &w->k[b*v], v);
        for (size_t q = 0; q < v; q++) er[b*v + q] = dot(&p->ee[q*v], &w->k[b*v], v);
        for (size_t x = 0; x < n; x++) mmrm_add_scaled(&er[b*v], &p->xe[x*v], c[x], v);
    }
    for (size_t a = 0; a < m; a++) {
        for (size_t x = 0; x < n; x++) c[x] = -spread[a*n + x] * l->delta[p->atom_column[x]];
        for (size_t b = 0; b < m; b++) {
            w->s[a*m + b] = dot(c, &xr[b*n], n) + dot(&w->k[a*v], &er[b*v], v);
            double *to = &u[mmrm_direction(a, b) * r];
            for (size_t x = 0; x < n; x++) to[p->atom_column[x]] += spread[a*n + x] * xr[b*n + x];
        }
    }
}

/* Gradient of the pattern, and z[T_ij][B_ij] with B = S + H - N T / 2 */
static void add_pattern(MmrmLikelihood *l, const MmrmPattern *p, const MmrmWhite *w)
{
    size_t m = l->m, k = l->k;
    double n = (double)p->n_subjects, *gamma = &l->gamma[p->group * m * m], *b = l->scratch;
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++) {
            double t = w->t[i*m + j], s = w->s[i*m + j] + (l->reml ? w->h[i*m + j] : 0);
            gamma[i*m + j] += n * t - s;
            if (i != j) gamma[j*m + i] += n * t - s;
            b[mmrm_direction(i, j)] = s - n * t / 2;
        }
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++)
            if (w->t[i*m + j] != 0) mmrm_add_scaled(&l->z[mmrm_direction(i, j) * k], b, w->t[i*m + j], k);
}

/* 2 tr(E T F B) summed over the patterns of a group, for all pairs of its directions */
static void spread_curvature(MmrmLikelihood *l, size_t group)
{
    size_t m = l->m, k = l->k, n = l->n_directions;
    for (size_t b = 0; b < m; b++)
        for (size_t a = 0; a <= b; a++)
            for (size_t d = 0; d < m; d++)
                for (size_t c = 0; c <= d; c++) {
                    double f = 2 * mmrm_direction_scale(a, b) * mmrm_direction_scale(c, d);
                    double sum = l->z[mmrm_direction(b, c)*k + mmrm_direction(d, a)] + l->z[mmrm_direction(a, c)*k + mmrm_direction(d, b)]
                               + l->z[mmrm_direction(b, d)*k + mmrm_direction(c, a)] + l->z[mmrm_direction(a, d)*k + mmrm_direction(c, b)];
                    l->hessian[(group*k + mmrm_direction(a, b))*n + group*k + mmrm_direction(c, d)] = f * sum;
                }
}

/* p becomes root^-1 (symmetrical p) root^-T, with the scale of its direction; u likewise */
static void whiten_direction(MmrmLikelihood *l, size_t a, size_t b, double *p, double *u)
{
    size_t r = l->r;
    double scale = mmrm_direction_scale(a, b), *half = l->scratch, *both = half + r * r;
    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < r; j++) both[i*r + j] = scale * (p[i*r + j] + p[j*r + i]);
    memset(half, 0, r * r * sizeof *half);
    for (size_t i = 0; i < r; i++)
        for (size_t c = 0; c <= i; c++) mmrm_add_scaled(&half[i*r], &both[c*r], l->a_root_inverse[i*r + c], r);
    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < r; j++) p[i*r + j] = dot(&half[i*r], &l->a_root_inverse[j*r], j + 1);
    for (size_t i = 0; i < r; i++) u[i] *= a == b ? 1 : scale;
    solve_lower(l->a_root, r, u);
}

/* One row per direction: its P packed, off the diagonal by the root of 2, and u by the root of 2, so that the product of
 * two rows is tr(Phi P_E Phi P_F) + 2 u_E' Phi u_F. */
static void pack_direction(MmrmLikelihood *l, const double *p, const double *u, double *row)
{
    size_t r = l->r;
    for (size_t i = 0; l->reml && i < r; i++) {
        for (size_t j = 0; j < i; j++) *row++ = 1.41421356237309504880 * p[i*r + j];
        *row++ = p[i*r + i];
    }
    for (size_t i = 0; i < r; i++) *row++ = 1.41421356237309504880 * u[i];
}

static void subtract_fixed_effects(MmrmLikelihood *l)
{
    size_t n = l->n_directions, r = l->r, width = (l->reml ? r * (r + 1) / 2 : 0) + r;
    for (size_t e = 0; e < n; e++) pack_direction(l, &l->p[e*r*r], &l->u[e*r], &l->packed[e * width]);
    for (size_t e = 0; e < n; e++)
        for (size_t f = 0; f <= e; f += 4) {         /* packed ends with three rows of zeros */
            double sums[4];
            dot_four(&l->packed[e * width], &l->packed[f * width], width, sums);
            for (size_t k = 0; k < 4 && f + k <= e; k++) {
                l->hessian[e*n + f + k] -= sums[k];
                if (e != f + k) l->hessian[(f + k)*n + e] -= sums[k];
            }
        }
}

void mmrm_likelihood_derivatives(MmrmLikelihood *l)
{
    const MmrmData *d = l->data;
    size_t m = l->m, k = l->k, r = l->r, n = l->n_directions;
    invert(l);
    memset(l->gamma, 0, d->n_groups * m * m * sizeof *l->gamma);
    memset(l->hessian, 0, n * n * sizeof *l->hessian);
    memset(l->p, 0, n * r * r * sizeof *l->p);
    memset(l->u, 0, n * r * sizeof *l->u);
    for (size_t g = 0; g < d->n_groups; g++) {
        memset(l->z, 0, k * k * sizeof *l->z);
        for (size_t i = 0; i < d->n_patterns; i++) {
            const MmrmPattern *p = &d->patterns[i];
            MmrmWhite *w = &l->white[i];
            if (p->group != g) continue;
            spread_kappa(l, p, w, l->spread);
            project(l, p, w);
            add_products(l, p, l->spread, &l->p[g*k*r*r]);
            if (l->reml) add_leverage(l, p, w);
            add_residuals(l, p, l->spread, w, &l->u[g*k*r]);
            add_pattern(l, p, w);
        }
        spread_curvature(l, g);
        for (size_t b = 0; b < m; b++)
            for (size_t a = 0; a <= b; a++) {
                size_t e = g*k + mmrm_direction(a, b);
                l->gradient[e] = 2 * mmrm_direction_scale(a, b) * l->gamma[g*m*m + a*m + b];
                whiten_direction(l, a, b, &l->p[e*r*r], &l->u[e*r]);
            }
    }
    subtract_fixed_effects(l);
}

/* M = sum over pairs of directions of w E T F, less omega / 4 */
static void contract(const MmrmLikelihood *l, size_t group, const double *w, const double *omega, const double *t, double *out)
{
    size_t m = l->m, n = l->n_directions, from = group * l->k;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            double sum = 0;
            for (size_t a = 0; a < m; a++) {
                const double *row = &w[(from + mmrm_direction(i, a))*n + from];
                double part = 0;
                for (size_t b = 0; b < m; b++) {
                    double f = row[mmrm_direction(j, b)] * t[a*m + b];
                    part += b == j ? f : f * mmrm_direction_scale(j, b);
                }
                sum += a == i ? part : part * mmrm_direction_scale(i, a);
            }
            out[i*m + j] = sum - (omega ? omega[group*m*m + i*m + j] / 4 : 0);
        }
}

void mmrm_likelihood_products(MmrmLikelihood *l, const double *w, const double *omega, double *q)
{
    const MmrmData *d = l->data;
    size_t m = l->m, r = l->r;
    memset(q, 0, r * r * sizeof *q);
    for (size_t i = 0; i < d->n_patterns; i++) {
        const MmrmPattern *p = &d->patterns[i];
        const MmrmWhite *white = &l->white[i];
        size_t n = d->n_profiles + p->n_visits;
        double *inner = l->scratch, *form = inner + m * m, *half = form + n * n;
        contract(l, p->group, w, omega, white->t, inner);
        memset(form, 0, n * n * sizeof *form);
        for (size_t a = 0; a < m; a++) {
            memset(half, 0, n * sizeof *half);
            for (size_t b = 0; b < m; b++) mmrm_add_scaled(half, &white->kappa[b*n], inner[a*m + b], n);
            for (size_t x = 0; x < n; x++)
                if (white->kappa[a*n + x] != 0) mmrm_add_scaled(&form[x*n], half, white->kappa[a*n + x], n);
        }
        for (size_t x = 0; x < p->n_atoms; x++)
            for (size_t y = 0; y < p->n_atoms; y++)
                q[p->atom_column[x]*r + p->atom_column[y]] += form[p->atom_profile[x]*n + p->atom_profile[y]] * p->xx[x*p->n_atoms + y];
    }
}
