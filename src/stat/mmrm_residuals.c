#include "stat/mmrm_inside.h"

#include <math.h>

double *mmrm_fitted(Arena *arena, const MmrmFit *fit)
{
    double *fitted = ARENA_ARRAY(arena, double, fit->n);
    for (size_t i = 0; i < fit->n; i++) fitted[i] = dot(&fit->model->x[i * fit->p], fit->b, fit->p);
    return fitted;
}

double **mmrm_pattern_roots(Arena *arena, const MmrmInside *in)
{
    const MmrmData *d = &in->data;
    double **roots = ARENA_ARRAY(arena, double *, d->n_patterns);
    size_t m = d->n_visits;
    for (size_t k = 0; k < d->n_patterns; k++) {
        const MmrmPattern *p = &d->patterns[k];
        const double *root = &in->roots[p->group*m*m];
        size_t v = p->n_visits;
        double *l = roots[k] = ARENA_ARRAY(arena, double, v * v);
        for (size_t a = 0; a < v; a++)
            for (size_t b = 0; b <= a; b++) l[a*v + b] = dot(&root[p->visits[a]*m], &root[p->visits[b]*m], p->visits[b] + 1);
        if (cholesky(l, v) < v) return NULL;
    }
    return roots;
}

static double standard_deviation(const MmrmFit *fit, size_t row)
{
    size_t m = fit->n_visits, v = fit->visits.level[row], g = fit->n_groups > 1 ? fit->groups.level[row] : 0;
    return sqrt(fit->sigma[(g*m + v)*m + v]) / mmrm_root_weight(&fit->inside->data, row);
}

/* Each subject's residuals in the order of visits, times the inverse of the Cholesky factor of its covariance. */
static void normalise(Arena *arena, const MmrmFit *fit, double *e)
{
    const MmrmData *d = &fit->inside->data;
    double **roots = mmrm_pattern_roots(arena, fit->inside), *z = ARENA_ARRAY(arena, double, d->n_visits);
    for (size_t i = 0; !roots && i < fit->n; i++) e[i] = NAN;
    for (size_t i = 0; roots && i < d->n_subjects; i++) {
        const size_t *rows = &d->order[d->first[i]];
        size_t v = d->first[i + 1] - d->first[i];
        for (size_t q = 0; q < v; q++) z[q] = e[rows[q]] * mmrm_root_weight(d, rows[q]);
        solve_lower(roots[d->pattern_of[i]], v, z);
        for (size_t q = 0; q < v; q++) e[rows[q]] = z[q];
    }
}

double *mmrm_residuals(Arena *arena, const MmrmFit *fit, MmrmResidual kind)
{
    double *e = mmrm_fitted(arena, fit);
    ArenaMark mark = arena_mark(arena);
    for (size_t i = 0; i < fit->n; i++) e[i] = fit->model->y[i] - e[i];
    for (size_t i = 0; kind == MMRM_RESIDUAL_PEARSON && i < fit->n; i++) e[i] /= standard_deviation(fit, i);
    if (kind == MMRM_RESIDUAL_NORMALISED) normalise(arena, fit, e);
    arena_rewind(arena, mark);
    return e;
}
