#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

#define ROOT_2 1.41421356237309504880

/* d[ab] = x_a y_b + x_b y_a for all directions of the first `reach` coordinates, then zeros */
static void outer_direction(const double *restrict x, const double *restrict y, size_t reach, double *restrict d)
{
    size_t n = reach * (reach + 1) / 2;
    for (size_t b = 0; b < reach; b++) {
        double xb = x[b], yb = y[b];
        size_t a = 0;
        for (; a + 2 <= b + 1; a += 2) {
            d[a] = x[a] * yb + xb * y[a];
            d[a + 1] = x[a + 1] * yb + xb * y[a + 1];
        }
        if (a <= b) d[a] = x[a] * yb + xb * y[a];
        d += b + 1;
    }
    for (size_t end = lanes_padded(n) - n; end > 0; end--) *d++ = 0;
}

/* X~_a' X~_b + X~_b' X~_a, a row per pair of columns and a number per direction, without the directions' scale */
static void add_products(MmrmLikelihood *l, const MmrmPattern *p, const MmrmWhite *w)
{
    size_t n = l->data->n_profiles + (l->data->n_varying ? p->n_visits : 0), reach = w->reach, width = l->width;
    size_t n_directions = lanes_padded(reach * (reach + 1) / 2);
    double *outer = l->scratch, *products = &l->products[p->group * l->k];
    for (size_t f = 0; f < n; f++)
        for (size_t g = 0; g <= f; g++)
            outer_direction(&w->kappa[f*width], &w->kappa[g*width], reach, &outer[(f*(f + 1)/2 + g) * n_directions]);
    for (size_t x = 0; x < p->n_atoms; x++) {
        size_t f = p->atom_profile[x], c = p->atom_column[x];
        for (size_t y = 0; y < p->n_atoms && p->atom_column[y] <= c; y++) {
            double xx = p->xx[p->atom_place[x] * p->n_places + p->atom_place[y]];
            if (xx == 0) continue;
            lanes_add_scaled(&products[(c*(c + 1)/2 + p->atom_column[y]) * l->stride],
                             &outer[mmrm_direction(p->atom_profile[y], f) * n_directions], xx, n_directions);
        }
    }
}

/* X~_a' r~_b + X~_b' r~_a likewise, a row per column after those of the pairs */
static void add_residual_products(MmrmLikelihood *l, const MmrmPattern *p, const MmrmWhite *w)
{
    size_t n = p->n_places, width = l->width, reach = w->reach, n_directions = lanes_padded(reach * (reach + 1) / 2);
    double *whitened = l->scratch, *outer = whitened + n * width, *to = &l->products[l->r * (l->r + 1)/2 * l->stride + p->group * l->k];
    memset(whitened, 0, n * width * sizeof *whitened);
    for (size_t x = 0; x < n; x++)
        for (size_t q = 0; q < p->n_visits; q++)
            if (w->xr[q*n + x] != 0) lanes_add_scaled(&whitened[x*width], &w->k[q*width], w->xr[q*n + x], width);
    for (size_t x = 0; x < p->n_atoms; x++) {
        outer_direction(&w->kappa[p->atom_profile[x] * width], &whitened[p->atom_place[x] * width], reach, outer);
        lanes_add_scaled(&to[p->atom_column[x] * l->stride], outer, 1, n_directions);
    }
}

/* Rows of pairs become a_root^-1 P a_root^-T, those of columns a_root^-1 u, for directions from..from+n: from the last column
 * to the first, so that a row is written when it is read no more. Off the diagonal, and u, are multiplied by the root of 2:
 * then the product of two directions is tr(Phi P_E Phi P_F) + 2 u_E' Phi u_F. */
static void whiten_products(MmrmLikelihood *l, size_t from, size_t n)
{
    size_t r = l->r, stride = l->stride, tile = LANES_STEP * MMRM_TILE;
    double *half = l->scratch, *products = &l->products[from], *u = &products[r * (r + 1)/2 * stride];
    for (size_t i = r; i-- > 0;) {
        const double *row = &l->a_root_inverse[i*r];
        for (size_t y = 0; y <= i; y++) {            /* half_y = sum over x of row[x] P_xy */
            double *to = &half[y * tile];
            lanes_combine(to, &products[y * (y + 1)/2 * stride], stride, row, y, n);
            for (size_t x = y; x <= i; x++) lanes_add_scaled(to, &products[(x * (x + 1)/2 + y) * stride], row[x], n);
        }
        for (size_t j = 0; j <= i; j++) {
            double *to = &products[(i * (i + 1)/2 + j) * stride];
            lanes_combine(to, half, tile, &l->a_root_inverse[j*r], j + 1, n);
            for (size_t e = 0; j < i && e < n; e++) to[e] *= ROOT_2;
        }
        lanes_combine(half, u, stride, row, i + 1, n);
        memcpy(&u[i*stride], half, n * sizeof *u);
    }
}

static void scale_products(MmrmLikelihood *l)
{
    size_t r = l->r, n = l->stride;
    double *scale = l->scratch, *row = l->products;
    memset(scale, 0, n * sizeof *scale);
    for (size_t g = 0, e = 0; g < l->data->n_groups; g++)
        for (size_t b = 0; b < l->m; b++)
            for (size_t a = 0; a <= b; a++) scale[e++] = mmrm_direction_scale(a, b);
    for (size_t i = 0; i < r * (r + 1)/2 + r; i++, row += n) {
        double f = i < r * (r + 1)/2 ? 1 : ROOT_2;
        for (size_t e = 0; e < n; e++) row[e] *= f * scale[e];
    }
}

void mmrm_likelihood_fixed_effects(MmrmLikelihood *l)
{
    const MmrmData *d = l->data;
    size_t n_pairs = l->r * (l->r + 1) / 2, rows = n_pairs + l->r, n = lanes_padded(l->n_directions), tile = LANES_STEP * MMRM_TILE;
    memset(l->products, 0, rows * l->stride * sizeof *l->products);
    for (size_t i = 0; i < d->n_patterns; i++) {
        add_products(l, &d->patterns[i], &l->white[i]);
        add_residual_products(l, &d->patterns[i], &l->white[i]);
    }
    scale_products(l);
    for (size_t from = 0; from < n; from += tile) whiten_products(l, from, n - from < tile ? n - from : tile);
    size_t first = l->reml ? 0 : n_pairs;
    for (size_t e = 0; e < n; e += LANES_STEP)
        for (size_t f = 0; f <= e; f += LANES_STEP)
            lanes_subtract_block(&l->products[first * l->stride], rows - first, l->stride, e, f, &l->hessian[e * l->stride + f], l->stride);
}

void mmrm_likelihood_unpack(const MmrmLikelihood *l, double *p)
{
    size_t r = l->r;
    const double *row = l->products;
    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j <= i; j++, row += l->stride)
            for (size_t e = 0; e < l->n_directions; e++)
                p[e*r*r + i*r + j] = p[e*r*r + j*r + i] = i == j ? row[e] : row[e] / ROOT_2;
}

/* w by pairs of coordinates, of a group: spread[(i, a)][(j, b)] = w[ia][jb] with the directions' scales */
static void spread_pairs(const MmrmLikelihood *l, size_t group, const double *w, double *spread)
{
    size_t m = l->m, n = l->n_directions, from = group * l->k, width = l->width;
    for (size_t i = 0; i < m; i++)
        for (size_t a = 0; a < m; a++) {
            const double *row = &w[(from + mmrm_direction(i, a))*n + from];
            double scale = a == i ? 1 : mmrm_direction_scale(i, a);
            for (size_t j = 0; j < m; j++) {
                double *to = &spread[((i*m + a)*m + j) * width];
                for (size_t b = 0; b < width; b++)
                    to[b] = b >= m ? 0 : scale * (b == j ? 1 : mmrm_direction_scale(j, b)) * row[mmrm_direction(j, b)];
            }
        }
}

/* M = sum over pairs of directions of w E T F, less omega / 4 */
static void contract(const MmrmLikelihood *l, size_t group, const double *spread, const double *omega, const MmrmWhite *white, double *out)
{
    size_t m = l->m, width = l->width;
    for (size_t i = 0; i < white->reach; i++)
        for (size_t j = 0; j < white->reach; j++) {
            double sum = 0;
            for (size_t a = 0; a < white->reach; a++) sum += dot(&spread[((i*m + a)*m + j) * width], &white->t[a * width], white->reach);
            out[i*m + j] = sum - (omega ? omega[group*m*m + i*m + j] / 4 : 0);
        }
}

void mmrm_likelihood_products(Arena *scratch, MmrmLikelihood *l, const double *w, const double *omega, double *q)
{
    const MmrmData *d = l->data;
    size_t m = l->m, r = l->r, width = l->width;
    ArenaMark mark = arena_mark(scratch);
    double *spread = ARENA_ROOM(scratch, double, d->n_groups * m * m * m * width);
    for (size_t g = 0; g < d->n_groups; g++) spread_pairs(l, g, w, &spread[g*m*m*m*width]);
    memset(q, 0, r * r * sizeof *q);
    for (size_t i = 0; i < d->n_patterns; i++) {
        const MmrmPattern *p = &d->patterns[i];
        const MmrmWhite *white = &l->white[i];
        size_t n = d->n_profiles + (d->n_varying ? p->n_visits : 0);
        double *inner = l->scratch, *form = inner + m * m, *half = form + n * n;
        contract(l, p->group, &spread[p->group*m*m*m*width], omega, white, inner);
        for (size_t f = 0; f < n; f++) {
            memset(half, 0, width * sizeof *half);
            for (size_t a = 0; a < white->reach; a++) {
                double k = white->kappa[f*width + a];
                for (size_t b = 0; k != 0 && b < white->reach; b++) half[b] += k * inner[a*m + b];
            }
            for (size_t g = 0; g < n; g++) form[f*n + g] = dot(half, &white->kappa[g*width], white->reach);
        }
        for (size_t x = 0; x < p->n_atoms; x++) {
            const double *xx = &p->xx[p->atom_place[x] * p->n_places], *shared = &form[p->atom_profile[x] * n];
            double *row = &q[p->atom_column[x] * r];
            for (size_t y = 0; y < p->n_atoms; y++) row[p->atom_column[y]] += shared[p->atom_profile[y]] * xx[p->atom_place[y]];
        }
    }
    arena_rewind(scratch, mark);
}

/* q (r x r) -= sum over a, b of w_ab P_a P_b; p has room for one more step of lanes, and so has the scratch */
void mmrm_subtract_pairs(Arena *scratch, const double *p, const double *w, size_t n, size_t r, double *q)
{
    ArenaMark mark = arena_mark(scratch);
    size_t square = r * r, padded = lanes_padded(square), row = lanes_padded(r);
    double *sum = ARENA_ARRAY(scratch, double, padded + row), *t = ARENA_ROOM(scratch, double, row);
    for (size_t a = 0; a < n; a++) {
        lanes_combine(sum, p, square, &w[a*n], n, padded);
        for (size_t i = 0; i < r; i++) {
            lanes_combine(t, sum, r, &p[a*square + i*r], r, row);
            for (size_t j = 0; j < r; j++) q[i*r + j] -= t[j];
        }
    }
    arena_rewind(scratch, mark);
}

void mmrm_variance_slopes(const MmrmInside *in, const double *z, double *g)
{
    const MmrmLikelihood *l = &in->likelihood;
    size_t r = in->data.r, n = l->n_directions;
    for (size_t a = 0; !l->products && a < in->n_parameters; a++) g[a] = quadratic_form(z, &in->p[a*r*r], z, r);
    if (!l->products) return;                        /* with random effects the likelihood is another one */
    double *c = l->scratch, *slopes = c + r * (r + 1)/2, *next = c;
    for (size_t i = 0; i < r; i++) {
        for (size_t j = 0; j < i; j++) *next++ = ROOT_2 * z[i] * z[j];
        *next++ = z[i] * z[i];
    }
    lanes_combine(slopes, l->products, l->stride, c, r * (r + 1)/2, lanes_padded(n));
    if (!in->j) {
        memcpy(g, slopes, n * sizeof *g);
        return;
    }
    memset(g, 0, in->n_parameters * sizeof *g);
    for (size_t e = 0; e < n; e++) mmrm_add_scaled(g, &in->j[e * in->n_parameters], slopes[e], in->n_parameters);
}

/* Sums in four parts, of the lower triangle alone. */
double mmrm_symmetric_form(const double *w, const double *g, size_t n)
{
    double form = 0;
    for (size_t a = 0; a < n; a++) {
        const double *row = &w[a*n];
        double s[4] = {0};
        size_t b = 0;
        for (; b + 4 <= a; b += 4) s[0] += row[b] * g[b], s[1] += row[b + 1] * g[b + 1], s[2] += row[b + 2] * g[b + 2], s[3] += row[b + 3] * g[b + 3];
        for (; b < a; b++) s[0] += row[b] * g[b];
        form += g[a] * (2 * (s[0] + s[1] + (s[2] + s[3])) + row[a] * g[a]);
    }
    return form;
}
