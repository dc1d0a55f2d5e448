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

void mmrm_likelihood_init(Arena *arena, MmrmLikelihood *l, const MmrmData *d, bool reml)
{
    size_t m = d->n_visits, k = m * (m + 1) / 2, r = d->r, n = d->n_groups * k, places = 0;
    *l = (MmrmLikelihood){.data = d, .reml = reml, .m = m, .k = k, .r = r, .n_directions = n, .width = lanes_padded(m),
                          .stride = lanes_padded(n) + LANES_STEP};
    double **squares[] = {&l->a_root, &l->a_root_inverse, &l->phi};
    for (size_t i = 0; i < 3; i++) *squares[i] = ARENA_ROOM(arena, double, r * r);
    l->xe = ARENA_ROOM(arena, double, 2 * r);
    l->delta = l->xe + r;
    l->inverses = ARENA_ROOM(arena, double, d->n_groups * m * (l->width + 1));
    l->gamma = ARENA_ROOM(arena, double, d->n_groups * m * m);
    l->gradient = ARENA_ROOM(arena, double, n);
    l->hessian = ARENA_ROOM(arena, double, l->stride * l->stride);
    l->products = ARENA_ROOM(arena, double, (r * (r + 1) / 2 + r) * l->stride);
    l->z = ARENA_ROOM(arena, double, k * lanes_padded(k));
    l->white = ARENA_ROOM(arena, MmrmWhite, d->n_patterns);
    for (size_t i = 0; i < d->n_patterns; i++) {
        const MmrmPattern *p = &d->patterns[i];
        size_t v = p->n_visits, w = l->width;
        double *room = ARENA_ARRAY(arena, double, (d->n_profiles + 2*v + 3*m) * w + v * (p->n_places + v));
        MmrmWhite *white = &l->white[i];
        *white = (MmrmWhite){.kappa = room, .reach = p->visits[v - 1] + 1, .is_first = p->visits[v - 1] + 1 == v};
        white->k = white->kappa + d->n_profiles * w;
        white->q = white->k + v * w;
        white->t = white->q + v * w;
        white->s = white->t + m * w;
        white->h = white->s + m * w;
        white->xr = white->h + m * w;
        white->root = white->xr + v * p->n_places;
        places = p->n_places > places ? p->n_places : places;
    }
    size_t profiles = d->n_profiles + (d->n_varying ? m : 0), side = d->n_profiles + m > r ? d->n_profiles + m : r;
    size_t whitening = (r + 1) * LANES_STEP * MMRM_TILE, pairs = profiles * (profiles + 1) / 2 * lanes_padded(k);
    size_t largest = whitening > pairs ? whitening : pairs;
    l->scratch = ARENA_ROOM(arena, double, 2 * side * (side + l->width) + (2*m + 2) * (places + l->width) + lanes_padded(k) + largest + m * m + l->stride);
}

/* The root's rows at the pattern's visits = R Q with orthonormal rows Q, by Gram & Schmidt twice; rows of k become those of
 * R^-T Q. */
static bool orthonormalise(MmrmLikelihood *l, const MmrmPattern *p, const double *root, MmrmWhite *w)
{
    size_t m = l->m, v = p->n_visits, width = l->width, reach = w->reach;
    double *lower = w->root;
    w->log_det = 0;
    for (size_t a = 0; a < v; a++) {
        double *row = &w->q[a*width];
        memset(row, 0, width * sizeof *row);
        memcpy(row, &root[p->visits[a] * m], reach * sizeof *row);
        memset(&lower[a*v], 0, v * sizeof *lower);
        for (int pass = 0; pass < 2; pass++)
            for (size_t b = 0; b < a; b++) {
                double f = lanes_dot(row, &w->q[b*width], width);
                lower[a*v + b] += f;
                lanes_add_scaled(row, &w->q[b*width], -f, width);
            }
        double length = sqrt(lanes_dot(row, row, width));
        if (!(length > 0) || !isfinite(length)) return false;
        for (size_t i = 0; i < reach; i++) row[i] /= length;
        lower[a*v + a] = length;
        w->log_det += 2 * log(length);
    }
    for (size_t a = v; a-- > 0;) {
        double *row = &w->k[a*width];
        memcpy(row, &w->q[a*width], width * sizeof *row);
        for (size_t b = a + 1; b < v; b++) lanes_add_scaled(row, &w->k[b*width], -lower[b*v + a], width);
        for (size_t i = 0; i < reach; i++) row[i] /= lower[a*v + a];
    }
    return true;
}

/* Row q is column q of the root's inverse; in its last place the logarithm of the variances' product up to q */
static bool invert_root(const MmrmLikelihood *l, const double *root, double *inverse)
{
    size_t m = l->m, width = l->width;
    double log_det = 0;
    memset(inverse, 0, m * (width + 1) * sizeof *inverse);
    for (size_t q = 0; q < m; q++) {
        double *column = &inverse[q*width];
        if (!(root[q*m + q] > 0) || !isfinite(root[q*m + q])) return false;
        column[q] = 1 / root[q*m + q];
        for (size_t a = q + 1; a < m; a++) column[a] = -dot(&root[a*m + q], &column[q], a - q) / root[a*m + a];
        inverse[m*width + q] = log_det += 2 * log(root[q*m + q]);
    }
    return true;
}

/* A pattern of the first visits has the first rows and columns of the root's inverse. */
static void take_inverse(const MmrmLikelihood *l, const MmrmPattern *p, MmrmWhite *w)
{
    const double *inverse = &l->inverses[p->group * l->m * (l->width + 1)];
    for (size_t q = 0; q < p->n_visits; q++) {
        memset(&w->k[q * l->width], 0, l->width * sizeof *w->k);
        memcpy(&w->k[q * l->width], &inverse[q * l->width], w->reach * sizeof *w->k);
    }
    w->log_det = inverse[l->m * l->width + p->n_visits - 1];
}

/* Profiles in whitened coordinates: rows of kappa before those of k. */
static void whiten_profiles(const MmrmLikelihood *l, const MmrmPattern *p, MmrmWhite *w)
{
    const MmrmData *d = l->data;
    for (size_t f = 0; f < d->n_profiles; f++) {
        double *row = &w->kappa[f * l->width];
        memset(row, 0, l->width * sizeof *row);
        for (size_t q = 0; q < p->n_visits; q++) {
            double value = d->profiles[f*d->n_visits + p->visits[q]];
            if (value != 0) lanes_add_scaled(row, &w->k[q * l->width], value, l->width);
        }
    }
}

/* x = R^-1 x for the first n rows of R */
static void solve_rows(const double *root, size_t stride, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) x[i] = (x[i] - dot(&root[i*stride], x, i)) / root[i*stride + i];
}

/* tr(R^-1 (e e') R^-T) by substitution: where visits are nearly the same, e'V^-1 e from the inverse would lose digits. R has
 * rows `stride` apart. */
static double whitened_square(const double *root, size_t stride, const double *ee, size_t v, double *half)
{
    double sum = 0;
    for (size_t a = 0; a < v; a++) {                 /* half = R^-1 e e' */
        double *row = &half[a*v];
        memcpy(row, &ee[a*v], v * sizeof *row);
        for (size_t b = 0; b < a; b++) mmrm_add_scaled(row, &half[b*v], -root[a*stride + b], v);
        for (size_t i = 0; i < v; i++) row[i] /= root[a*stride + a];
    }
    for (size_t a = 0; a < v; a++) {
        double *row = &half[a*v];
        solve_rows(root, stride, a + 1, row);
        sum += row[a];
    }
    return sum;
}

/* Adds the pattern's part of A (into the lower triangle of a_root), X'V^-1 e (into xe). */
static void add_value(MmrmLikelihood *l, const MmrmPattern *p, const MmrmWhite *w)
{
    size_t v = p->n_visits, first = l->data->n_profiles, n = first + v, r = l->r, places = p->n_places;
    double *gram = l->scratch;
    for (size_t f = 0; f < n; f++)
        for (size_t g = 0; g <= f; g++) gram[f*n + g] = gram[g*n + f] = lanes_dot(&w->kappa[f * l->width], &w->kappa[g * l->width], l->width);
    for (size_t x = 0; x < p->n_atoms; x++) {
        const double *g = &gram[p->atom_profile[x] * n], *xx = &p->xx[p->atom_place[x] * places];
        double *row = &l->a_root[p->atom_column[x] * r], xe = 0;
        for (size_t y = 0; y < p->n_atoms && p->atom_column[y] <= p->atom_column[x]; y++)
            row[p->atom_column[y]] += g[p->atom_profile[y]] * xx[p->atom_place[y]];
        for (size_t q = 0; q < v; q++) xe += g[first + q] * p->xe[q*places + p->atom_place[x]];
        l->xe[p->atom_column[x]] += xe;
    }
}

bool mmrm_likelihood_value(MmrmLikelihood *l, const double *roots)
{
    const MmrmData *d = l->data;
    size_t m = l->m, r = l->r;
    double quadratic = 0, log_det = 0, log_a = 0;
    memset(l->a_root, 0, r * r * sizeof *l->a_root);
    memset(l->xe, 0, r * sizeof *l->xe);
    for (size_t g = 0; g < d->n_groups; g++)
        if (!invert_root(l, &roots[g*m*m], &l->inverses[g*m*(l->width + 1)])) return false;
    for (size_t i = 0; i < d->n_patterns; i++) {
        const MmrmPattern *p = &d->patterns[i];
        MmrmWhite *w = &l->white[i];
        if (w->is_first) take_inverse(l, p, w);
        else if (!orthonormalise(l, p, &roots[p->group * m * m], w)) return false;
        whiten_profiles(l, p, w);
        log_det += (double)p->n_subjects * w->log_det;
        quadratic += whitened_square(w->is_first ? &roots[p->group * m * m] : w->root, w->is_first ? m : p->n_visits, p->ee, p->n_visits, l->scratch);
        add_value(l, p, w);
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

/* phi = A^-1 from the root */
static void invert(MmrmLikelihood *l)
{
    size_t r = l->r;
    double *inverse = l->a_root_inverse;
    memset(inverse, 0, r * r * sizeof *inverse);
    for (size_t i = 0; i < r; i++) {
        double *row = &inverse[i*r];
        for (size_t c = 0; c < i; c++) mmrm_add_scaled(row, &inverse[c*r], -l->a_root[i*r + c], c + 1);
        row[i] = 1;
        for (size_t j = 0; j <= i; j++) row[j] /= l->a_root[i*r + i];
    }
    memset(l->phi, 0, r * r * sizeof *l->phi);
    for (size_t c = 0; c < r; c++)
        for (size_t i = 0; i <= c; i++) mmrm_add_scaled(&l->phi[i*r], &inverse[c*r], inverse[c*r + i], c + 1);
}

/* t = T (m x width): the projection on the whitened coordinates that were seen */
static void project(const MmrmLikelihood *l, const MmrmPattern *p, MmrmWhite *w)
{
    size_t width = l->width;
    memset(w->t, 0, l->m * width * sizeof *w->t);
    for (size_t i = 0; w->is_first && i < w->reach; i++) w->t[i*width + i] = 1;
    for (size_t q = 0; !w->is_first && q < p->n_visits; q++)
        for (size_t i = 0; i < w->reach; i++) lanes_add_scaled(&w->t[i*width], &w->q[q*width], w->q[q*width + i], width);
}

/* out (m x width) = sum over rows f, g of rows of `rows` of middle[f][g] row_f row_g'; room: width */
static void sandwich(const MmrmLikelihood *l, const double *rows, const double *middle, size_t n, size_t reach, double *room, double *out)
{
    size_t width = l->width;
    memset(out, 0, l->m * width * sizeof *out);
    for (size_t f = 0; f < n; f++) {
        lanes_combine(room, rows, width, &middle[f*n], n, width);
        for (size_t a = 0; a < reach; a++)
            if (rows[f*width + a] != 0) lanes_add_scaled(&out[a*width], room, rows[f*width + a], width);
    }
}

/* h_ab = sum over subjects of x~_a' Phi x~_b */
static void find_leverage(MmrmLikelihood *l, const MmrmPattern *p, MmrmWhite *w)
{
    size_t n = l->data->n_profiles + (l->data->n_varying ? p->n_visits : 0);
    double *y = l->scratch;
    memset(y, 0, n * n * sizeof *y);
    for (size_t a = 0; a < p->n_atoms; a++) {
        const double *phi = &l->phi[p->atom_column[a] * l->r], *xx = &p->xx[p->atom_place[a] * p->n_places];
        double *row = &y[p->atom_profile[a] * n];
        for (size_t b = 0; b < a; b++) row[p->atom_profile[b]] += phi[p->atom_column[b]] * xx[p->atom_place[b]];
        row[p->atom_profile[a]] += phi[p->atom_column[a]] * xx[p->atom_place[a]] / 2;
    }
    for (size_t f = 0; f < n; f++)
        for (size_t g = 0; g <= f; g++) y[f*n + g] = y[g*n + f] = y[f*n + g] + y[g*n + f];
    sandwich(l, w->kappa, y, n, w->reach, y + n * n, w->h);
}

/* s_ab = sum over subjects of r~_a r~_b with r = e - X delta; xr: products of places with r by visit */
static void find_residuals(MmrmLikelihood *l, const MmrmPattern *p, MmrmWhite *w)
{
    const MmrmData *d = l->data;
    size_t n = p->n_places, v = p->n_visits;
    double *b = l->scratch, *rr = b + v * n;
    memset(b, 0, v * n * sizeof *b);
    for (size_t x = 0; x < p->n_atoms; x++) {
        size_t profile = p->atom_profile[x];
        double f = l->delta[p->atom_column[x]], *to = &b[p->atom_place[x]];
        if (profile >= d->n_profiles) to[(profile - d->n_profiles) * n] += f;
        else for (size_t q = 0; q < v; q++) to[q*n] += f * d->profiles[profile*d->n_visits + p->visits[q]];
    }
    for (size_t q = 0; q < v; q++) {
        double *xr = &w->xr[q*n];
        memcpy(xr, &p->xe[q*n], n * sizeof *xr);
        for (size_t x = 0; x < n; x++)
            if (b[q*n + x] != 0) mmrm_add_scaled(xr, &p->xx[x*n], -b[q*n + x], n);
        for (size_t o = 0; o <= q; o++)
            rr[q*v + o] = rr[o*v + q] = p->ee[q*v + o] - dot(&b[q*n], &p->xe[o*n], n) - dot(&b[o*n], xr, n);
    }
    sandwich(l, w->k, rr, v, w->reach, rr + v * v, w->s);
}

/* Gradient of the pattern, and z[T_ij][B_ij] with B = S + H - N T / 2, or (see mmrm_likelihood_slopes) S + H / 2 - N T / 2 */
static void add_pattern(MmrmLikelihood *l, const MmrmPattern *p, const MmrmWhite *w, bool exact)
{
    size_t m = l->m, width = l->width, reach = w->reach, stride = lanes_padded(l->k), n_directions = reach * (reach + 1) / 2;
    double n = (double)p->n_subjects, share = l->reml ? 1 : 0, *gamma = &l->gamma[p->group * m * m], *b = l->scratch, *to = b;
    for (size_t j = 0; j < reach; j++)
        for (size_t i = 0; i <= j; i++) {
            double t = n * w->t[j*width + i], s = w->s[j*width + i], h = share * w->h[j*width + i];
            gamma[j*m + i] += t - s - h;
            *to++ = s + (exact ? h : h / 2) - t / 2;
        }
    for (size_t end = lanes_padded(n_directions) - n_directions; end > 0; end--) *to++ = 0;
    for (size_t j = 0, e = 0; j < reach; j++)
        for (size_t i = 0; i <= j; i++, e++)
            if (w->t[j*width + i] != 0) lanes_add_scaled(&l->z[e*stride], b, w->t[j*width + i], lanes_padded(n_directions));
}

/* 2 tr(E T F B) summed over the patterns of a group, for all pairs of its directions */
static void spread_curvature(MmrmLikelihood *l, size_t group)
{
    size_t m = l->m, stride = lanes_padded(l->k);
    for (size_t b = 0, e = 0; b < m; b++)
        for (size_t a = 0; a <= b; a++, e++) {
            double *row = &l->hessian[(group * l->k + e) * l->stride + group * l->k];
            for (size_t d = 0, f = 0; d <= b; d++) {
                const double *ad = &l->z[mmrm_direction(a, d) * stride], *bd = &l->z[mmrm_direction(b, d) * stride];
                for (size_t c = 0; c <= d && f <= e; c++, f++) {
                    const double *ac = &l->z[mmrm_direction(a, c) * stride], *bc = &l->z[mmrm_direction(b, c) * stride];
                    double sum = bc[mmrm_direction(d, a)] + ac[mmrm_direction(d, b)] + bd[mmrm_direction(c, a)] + ad[mmrm_direction(c, b)];
                    row[f] = 2 * mmrm_direction_scale(a, b) * mmrm_direction_scale(c, d) * sum;
                }
            }
        }
}

static void find_slopes(MmrmLikelihood *l, bool exact)
{
    const MmrmData *d = l->data;
    size_t m = l->m, k = l->k;
    invert(l);
    memset(l->gamma, 0, d->n_groups * m * m * sizeof *l->gamma);
    memset(l->hessian, 0, l->stride * l->stride * sizeof *l->hessian);
    for (size_t g = 0; g < d->n_groups; g++) {
        double *gamma = &l->gamma[g*m*m];
        memset(l->z, 0, k * lanes_padded(k) * sizeof *l->z);
        for (size_t i = 0; i < d->n_patterns; i++) {
            const MmrmPattern *p = &d->patterns[i];
            MmrmWhite *w = &l->white[i];
            if (p->group != g) continue;
            project(l, p, w);
            if (l->reml) find_leverage(l, p, w);
            find_residuals(l, p, w);
            add_pattern(l, p, w, exact);
        }
        spread_curvature(l, g);
        for (size_t b = 0, e = g*k; b < m; b++)
            for (size_t a = 0; a <= b; a++, e++) {
                gamma[a*m + b] = gamma[b*m + a];
                l->gradient[e] = 2 * mmrm_direction_scale(a, b) * gamma[b*m + a];
            }
    }
}

static void mirror(MmrmLikelihood *l)
{
    for (size_t e = 0; e < l->n_directions; e++)
        for (size_t f = 0; f < e; f++) l->hessian[f * l->stride + e] = l->hessian[e * l->stride + f];
}

void mmrm_likelihood_slopes(MmrmLikelihood *l)
{
    find_slopes(l, false);
    mirror(l);
}

void mmrm_likelihood_derivatives(MmrmLikelihood *l)
{
    find_slopes(l, true);
    mmrm_likelihood_fixed_effects(l);
    mirror(l);
}
