#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

#define NEARLY_COLLINEAR  1e-3     /* share of a visit's variance that earlier visits leave, below which sums are kept twofold */

static void mirror(double *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) a[j*n + i] = a[i*n + j];
}

static size_t most_places(const MmrmData *d) { return d->n_slots + d->n_visits * d->n_varying; }

static void place_values(const MmrmData *d, size_t subject, size_t n_visits, double *u)
{
    const size_t *rows = &d->order[d->first[subject]];
    for (size_t s = 0; s < d->n_slots; s++) u[s] = d->slots[s][subject];
    u += d->n_slots;
    for (size_t c = 0; c < d->n_varying; c++)
        for (size_t q = 0; q < n_visits; q++) *u++ = d->varying[c][rows[q]];
}

void mmrm_gather_values(Arena *scratch, MmrmData *d, double mean)
{
    double *u = ARENA_ROOM(scratch, double, most_places(d));
    for (size_t i = 0; i < d->n_subjects; i++) {
        const MmrmPattern *p = &d->patterns[d->pattern_of[i]];
        const size_t *rows = &d->order[d->first[i]];
        size_t n = p->n_places;
        place_values(d, i, p->n_visits, u);
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b <= a; b++) p->xx[a*n + b] += u[a] * u[b];
        for (size_t q = 0; q < p->n_visits; q++) {
            double y = (d->model->y[rows[q]] - mean) * mmrm_root_weight(d, rows[q]);
            for (size_t a = 0; a < n; a++) p->xe[q*n + a] += y * u[a];
        }
    }
    for (size_t k = 0; k < d->n_patterns; k++) mirror(d->patterns[k].xx, d->patterns[k].n_places);
}

/* What residuals are made from: the mean, and the inner columns' coefficients, those that do not vary by visit and slot. */
typedef struct {
    const MmrmData *d;
    double mean;
    const double *b;                                 /* r */
    double *by_visit;                                /* n_visits x n_slots */
    double *u;                                       /* the subject's places */
    double e[MMRM_MAX_VISITS];                       /* its residuals */
} Fitted;

static void find_coefficients(Fitted *f)
{
    const MmrmData *d = f->d;
    for (size_t c = 0; c < d->r; c++)
        for (size_t v = 0; !d->columns[c].varies && v < d->n_visits; v++)
            f->by_visit[v*d->n_slots + d->columns[c].slot] += f->b[c] * d->profiles[d->columns[c].profile * d->n_visits + v];
}

static void find_residuals(Fitted *f, size_t subject, const MmrmPattern *p)
{
    const MmrmData *d = f->d;
    const size_t *rows = &d->order[d->first[subject]];
    place_values(d, subject, p->n_visits, f->u);
    for (size_t q = 0; q < p->n_visits; q++) {
        const double *by_slot = &f->by_visit[p->visits[q] * d->n_slots];
        double fitted = 0;
        for (size_t s = 0; s < d->n_slots; s++) fitted += by_slot[s] * f->u[s];
        for (size_t c = 0; d->n_varying && c < d->r; c++)
            if (d->columns[c].varies) fitted += f->b[c] * f->u[d->n_slots + d->columns[c].slot * p->n_visits + q];
        f->e[q] = (d->model->y[rows[q]] - f->mean) * mmrm_root_weight(d, rows[q]) - fitted;
    }
}

/* Whether some visit is nearly a combination of earlier ones, as the residuals of all subjects have it. */
static bool is_nearly_collinear(Arena *scratch, const MmrmData *d)
{
    size_t m = d->n_visits;
    double *c = ARENA_ARRAY(scratch, double, m * m), *n = ARENA_ARRAY(scratch, double, m * m), *scale = ARENA_ROOM(scratch, double, m);
    for (size_t k = 0; k < d->n_patterns; k++) {
        const MmrmPattern *p = &d->patterns[k];
        for (size_t q = 0; q < p->n_visits; q++)
            for (size_t o = 0; o <= q; o++) {
                c[p->visits[q]*m + p->visits[o]] += p->ee[q*p->n_visits + o];
                n[p->visits[q]*m + p->visits[o]] += (double)p->n_subjects;
            }
    }
    for (size_t i = 0; i < m; i++) scale[i] = sqrt(c[i*m + i] / n[i*m + i]);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++) c[i*m + j] = n[i*m + j] > 0 ? c[i*m + j] / n[i*m + j] / (scale[i] * scale[j]) : 0;
    if (cholesky(c, m) < m) return true;
    for (size_t i = 0; i < m; i++)
        if (c[i*m + i] * c[i*m + i] < NEARLY_COLLINEAR) return true;
    return false;
}

/* The residuals' cross-products again, in twice the working precision: the likelihood takes small differences of them. */
static void gather_squares_twofold(Arena *scratch, Fitted *f)
{
    const MmrmData *d = f->d;
    Twofold **sums = ARENA_ROOM(scratch, Twofold *, d->n_patterns);
    for (size_t k = 0; k < d->n_patterns; k++) sums[k] = ARENA_ARRAY(scratch, Twofold, d->patterns[k].n_visits * d->patterns[k].n_visits);
    for (size_t i = 0; i < d->n_subjects; i++) {
        const MmrmPattern *p = &d->patterns[d->pattern_of[i]];
        Twofold *sum = sums[d->pattern_of[i]];
        find_residuals(f, i, p);
        for (size_t q = 0; q < p->n_visits; q++)
            for (size_t o = 0; o <= q; o++) sum[q*p->n_visits + o] = twofold_add_product(sum[q*p->n_visits + o], f->e[q], f->e[o]);
    }
    for (size_t k = 0; k < d->n_patterns; k++)
        for (size_t i = 0; i < d->patterns[k].n_visits * d->patterns[k].n_visits; i++) d->patterns[k].ee[i] = sums[k][i].high;
}

void mmrm_gather_residuals(Arena *scratch, MmrmData *d, double mean, const double *b)
{
    Fitted f = {.d = d, .mean = mean, .b = b, .by_visit = ARENA_ARRAY(scratch, double, d->n_visits * d->n_slots),
                .u = ARENA_ROOM(scratch, double, most_places(d))};
    find_coefficients(&f);
    for (size_t k = 0; k < d->n_patterns; k++) memset(d->patterns[k].xe, 0, d->patterns[k].n_places * d->patterns[k].n_visits * sizeof(double));
    for (size_t i = 0; i < d->n_subjects; i++) {
        const MmrmPattern *p = &d->patterns[d->pattern_of[i]];
        size_t n = p->n_places, v = p->n_visits;
        find_residuals(&f, i, p);
        for (size_t q = 0; q < v; q++) {
            for (size_t a = 0; a < n; a++) p->xe[q*n + a] += f.e[q] * f.u[a];
            for (size_t o = 0; o <= q; o++) p->ee[q*v + o] += f.e[q] * f.e[o];
        }
    }
    if (is_nearly_collinear(scratch, d)) gather_squares_twofold(scratch, &f);
    for (size_t k = 0; k < d->n_patterns; k++) mirror(d->patterns[k].ee, d->patterns[k].n_visits);
}
