#include <math.h>
#include <string.h>

#include "stat/mixed_inside.h"

void mixed_sigma_init(Arena *arena, MixedSigma *s, const MixedData *d)
{
    *s = (MixedSigma){.data = d};
    if (d->errors != MIXED_VISITS) return;
    size_t m = d->structure.n_visits;
    s->sigma = ARENA_ARRAY(arena, double, d->n_groups * m * m);
    s->first = ARENA_ARRAY(arena, double, d->n_errors * m * m);
}

/* d Sigma / d parameter a: of an unstructured one the two places of the covariance */
static void structure_first(const MmrmStructure *s, const double *theta, size_t a, double *out)
{
    size_t m = s->n_visits, j = 0;
    if (s->entries) {
        mmrm_structure_first(s, theta, a, out);
        return;
    }
    while ((j + 1) * (j + 2) / 2 <= a) j++;
    size_t i = a - j * (j + 1) / 2;
    memset(out, 0, m * m * sizeof *out);
    out[i*m + j] = out[j*m + i] = 1;
}

void mixed_sigma_set(MixedSigma *s, const double *theta, bool derivatives)
{
    const MixedData *d = s->data;
    s->theta = theta;
    if (d->errors != MIXED_VISITS) return;
    size_t square = d->structure.n_visits * d->structure.n_visits;
    for (size_t g = 0; g < d->n_groups; g++) {
        const double *of_group = &theta[g * d->per_group];
        mmrm_structure_sigma(&d->structure, of_group, &s->sigma[g * square]);
        for (size_t a = 0; derivatives && a < d->per_group; a++)
            structure_first(&d->structure, of_group, a, &s->first[(g * d->per_group + a) * square]);
    }
}

static void take(const MixedUnit *u, const double *from, size_t m, double *out)
{
    for (size_t i = 0; i < u->n_rows; i++)
        for (size_t j = 0; j < u->n_rows; j++) out[i * u->n_rows + j] = from[u->visits[i]*m + u->visits[j]];
}

/* exp(-(distance / range)^order) times the variance, with derivatives by both: a variance enters as itself. */
typedef struct {
    double value, slope, bend;        /* of the correlation, by the range */
} Decay;

static Decay decay(const MixedData *d, double range, double distance)
{
    double order = d->kind == COVARIANCE_SPATIAL_GAUSSIAN ? 2 : 1;
    double ratio = order == 2 ? distance * distance / (range * range) : distance / range, value = exp(-ratio), slope = order * ratio / range;
    return (Decay){value, value * slope, value * (slope * slope - (order + 1) * slope / range)};
}

static void set_errors(const MixedSigma *s, const MixedUnit *u, double *out)
{
    const MixedData *d = s->data;
    size_t m = d->structure.n_visits, n = u->n_rows;
    const double *theta = &s->theta[u->group * d->per_group];
    if (d->errors == MIXED_VISITS) {
        take(u, &s->sigma[u->group * m * m], m, out);
        return;
    }
    for (size_t i = 0; i < n * n; i++)
        out[i] = d->errors == MIXED_POINTS ? theta[0] * decay(d, theta[1], u->distance[i]).value : i % (n + 1) ? 0 : theta[0];
}

static const double *effects_of(const MixedTerm *term, const MixedUnit *u, size_t i) { return &term->z[u->rows[i] * term->n_effects]; }

void mixed_sigma_unit(const MixedSigma *s, const MixedUnit *u, double *out)
{
    const MixedData *d = s->data;
    set_errors(s, u, out);
    for (size_t t = 0; d->n_folded && t < d->n_terms; t++) {
        const MixedTerm *term = &d->terms[t];
        double g[MIXED_MAX_EFFECTS * MIXED_MAX_EFFECTS];
        if (!term->folded) continue;
        mixed_term_g(term, s->theta, g);
        for (size_t i = 0; i < u->n_rows; i++)
            for (size_t j = 0; j < u->n_rows; j++)
                if (term->level[u->rows[i]] == term->level[u->rows[j]])
                    out[i * u->n_rows + j] += u->root_weights[i] * u->root_weights[j]
                                            * quadratic_form(effects_of(term, u, i), g, effects_of(term, u, j), term->n_effects);
    }
}

size_t mixed_unit_parameter(const MixedData *d, const MixedUnit *u, size_t a)
{
    return a < d->per_group ? u->group * d->per_group + a : d->n_groups * d->per_group + a - d->per_group;
}

/* z_i z_j' + z_j z_i' of two effects, or z_i z_i', within levels */
static void folded_first(const MixedData *d, const MixedUnit *u, size_t parameter, double *out)
{
    size_t t = 0, x = 0, y = 0, n = u->n_rows;
    while (!d->terms[t].folded || parameter < d->terms[t].first
           || parameter >= d->terms[t].first + d->terms[t].n_effects * (d->terms[t].n_effects + 1) / 2) t++;
    const MixedTerm *term = &d->terms[t];
    while ((y + 1) * (y + 2) / 2 <= parameter - term->first) y++;
    x = parameter - term->first - y * (y + 1) / 2;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const double *zi = effects_of(term, u, i), *zj = effects_of(term, u, j);
            bool together = term->level[u->rows[i]] == term->level[u->rows[j]];
            double value = x == y ? zi[x] * zj[x] : zi[x] * zj[y] + zi[y] * zj[x];
            out[i*n + j] = together ? u->root_weights[i] * u->root_weights[j] * value : 0;
        }
}

void mixed_sigma_first(const MixedSigma *s, const MixedUnit *u, size_t a, double *out)
{
    const MixedData *d = s->data;
    size_t m = d->structure.n_visits, n = u->n_rows;
    if (a >= d->per_group) {
        folded_first(d, u, mixed_unit_parameter(d, u, a), out);
        return;
    }
    if (d->errors == MIXED_VISITS) {
        take(u, &s->first[(u->group * d->per_group + a) * m * m], m, out);
        return;
    }
    const double *theta = &s->theta[u->group * d->per_group];
    for (size_t i = 0; i < n * n; i++) {
        if (d->errors == MIXED_INDEPENDENT) {
            out[i] = i % (n + 1) == 0;
            continue;
        }
        Decay f = decay(d, theta[1], u->distance[i]);
        out[i] = a == 0 ? f.value : theta[0] * f.slope;
    }
}

void mixed_sigma_second(const MixedSigma *s, const MixedUnit *u, const double *psi, double *h, size_t stride)
{
    const double *theta = &s->theta[u->group * s->data->per_group];
    double mixed = 0, twice = 0;
    for (size_t i = 0; i < u->n_rows * u->n_rows; i++) {
        Decay f = decay(s->data, theta[1], u->distance[i]);
        mixed += psi[i] * f.slope;
        twice += psi[i] * theta[0] * f.bend;
    }
    h[1] += mixed, h[stride] += mixed, h[stride + 1] += twice;
}

void mixed_sigma_spread(const MixedSigma *s, const MixedUnit *u, const double *w, size_t stride, double *out)
{
    const MixedData *d = s->data;
    const double *theta = &s->theta[u->group * d->per_group];
    if (d->errors == MIXED_POINTS) {
        for (size_t i = 0; i < u->n_rows * u->n_rows; i++) {
            Decay f = decay(d, theta[1], u->distance[i]);
            out[i] += (w[1] + w[stride]) * f.slope + w[stride + 1] * theta[0] * f.bend;
        }
        return;
    }
    if (d->errors == MIXED_INDEPENDENT || !d->structure.entries) return;
    size_t m = d->structure.n_visits;
    double sigma[MMRM_MAX_VISITS * MMRM_MAX_VISITS] = {0};
    mmrm_structure_spread(&d->structure, theta, w, stride, sigma);
    for (size_t i = 0; i < u->n_rows; i++)
        for (size_t j = 0; j < u->n_rows; j++) out[i * u->n_rows + j] += sigma[u->visits[i]*m + u->visits[j]];
}
