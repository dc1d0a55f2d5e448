#include "stat/impute_inside.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"

struct ImputeSequence {
    LinearFit *fits;                  /* m; visit k on q columns of the analysis and k outcomes */
    double **roots;                   /* m; rank x rank, upper: R of the design at its pivots */
};

/* Row i of the regression of visit k: the subject's columns of the analysis, then its outcomes before k. */
static void fill_row(const ImputeData *d, const double *values, size_t subject, size_t k, double *row)
{
    size_t q = d->analysis.p;
    memcpy(row, &d->analysis.x[subject*q], q * sizeof *row);
    memcpy(row + q, &values[subject*d->m], k * sizeof *row);
}

static bool check_monotone(const ImputeData *d, Error *err)
{
    for (size_t i = 1; i < d->n * d->m; i++) {
        if (i % d->m == 0 || !d->observed[i] || d->observed[i - 1]) continue;
        error_set(err, ERROR_DEGENERATE, "subject \"" STR_FMT "\" has an outcome at \"" STR_FMT "\" and none at \"" STR_FMT "\"",
                  STR_ARG(d->subjects[i / d->m]), STR_ARG(d->visits[i % d->m]), STR_ARG(d->visits[i % d->m - 1]));
        return error_hint(err, "Sequential regressions need outcomes that stop for good; use the method multiple.");
    }
    return true;
}

static bool fit_visit(Arena *arena, const ImputeData *d, size_t k, ImputeSequence *s, Error *err)
{
    size_t p = d->analysis.p + k, n = 0;
    double *x = ARENA_ARRAY(arena, double, d->n * p), *y = ARENA_ARRAY(arena, double, d->n);
    for (size_t i = 0; i < d->n; i++) {
        if (!d->observed[i*d->m + k]) continue;
        fill_row(d, d->y, i, k, &x[n*p]);
        y[n++] = d->y[i*d->m + k];
    }
    LinearFit *fit = &s->fits[k];
    if (!least_squares(arena, x, NULL, y, n, p, d->analysis.has_intercept, fit, err)) return false;
    if (fit->df < 1)
        return error_set(err, ERROR_DEGENERATE, "the regression of visit \"" STR_FMT "\" has %zu subjects for %zu coefficients", STR_ARG(d->visits[k]), n, p);
    const RowSpace *space = &fit->space;
    s->roots[k] = ARENA_ARRAY(arena, double, space->rank * space->rank);
    for (size_t i = 0; i < space->rank; i++)
        for (size_t j = i; j < space->rank; j++) s->roots[k][i*space->rank + j] = space->r[i*p + space->pivot[j]];
    double *row = ARENA_ARRAY(arena, double, p);
    for (size_t i = 0; space->rank < p && i < d->n; i++) {
        fill_row(d, d->y, i, k, row);
        if (d->observed[i*d->m + k] || row_space_holds(space, row)) continue;
        return error_set(err, ERROR_DEGENERATE, "the mean of subject \"" STR_FMT "\" at visit \"" STR_FMT "\" is not estimable",
                         STR_ARG(d->subjects[i]), STR_ARG(d->visits[k]));
    }
    return true;
}

const ImputeSequence *impute_sequence_fit(Arena *arena, const ImputeData *d, Error *err)
{
    ImputeSequence *s = ARENA_NEW(arena, ImputeSequence);
    if (!check_monotone(d, err)) return NULL;
    s->fits = ARENA_ARRAY(arena, LinearFit, d->m);
    s->roots = ARENA_ARRAY(arena, double *, d->m);
    for (size_t k = 0; k < d->m; k++)
        if (!fit_visit(arena, d, k, s, err)) return NULL;
    return s;
}

/* sigma2* = RSS / chi2(df), b* = b + sigma* R^-1 z; Rubin (1987), section 5.3. */
static double draw_parameters(const LinearFit *fit, const double *root, Rng *rng, double *b, double *z)
{
    size_t rank = fit->space.rank;
    double sigma = sqrt(fit->rss / chisq_quantile(rng_uniform(rng), fit->df));
    for (size_t i = 0; i < rank; i++) z[i] = rng_normal(rng);
    solve_upper(root, rank, z);
    memcpy(b, fit->b, fit->p * sizeof *b);
    for (size_t i = 0; i < rank; i++) b[fit->space.pivot[i]] += sigma * z[i];
    return sigma;
}

void impute_sequence_draw(Arena *scratch, const ImputeData *d, const ImputeSequence *s, Rng *rng, double *values)
{
    size_t most = d->analysis.p + d->m;
    double *b = ARENA_ARRAY(scratch, double, most), *z = ARENA_ARRAY(scratch, double, most), *row = ARENA_ARRAY(scratch, double, most);
    memcpy(values, d->y, d->n * d->m * sizeof *values);
    for (size_t k = 0; k < d->m; k++) {
        double sigma = draw_parameters(&s->fits[k], s->roots[k], rng, b, z);
        for (size_t i = 0; i < d->n; i++) {
            if (d->observed[i*d->m + k]) continue;
            fill_row(d, values, i, k, row);
            values[i*d->m + k] = dot(row, b, d->analysis.p + k) + sigma * rng_normal(rng);
        }
    }
}
