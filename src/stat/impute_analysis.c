#include "stat/impute_inside.h"

#include <string.h>

double impute_delta(const ImputeData *d, const ImputeOptions *options, size_t subject, size_t visit)
{
    double sum = 0;
    size_t event = d->event_of[subject];
    bool after = visit >= event;
    for (size_t i = 0; i < options->n_deltas; i++) {
        const ImputeDelta *delta = &options->deltas[i];
        if (delta->arm.len && !str_equal(delta->arm, d->arms[d->arm_of[subject]])) continue;
        if (delta->visit.len && !str_equal(delta->visit, d->visits[visit])) continue;
        if (after || !options->delta_after_event) sum += delta->value;
        if (after) sum += delta->per_visit * (double)(visit - event + 1);
    }
    return sum;
}

ImputeAnalysis impute_analysis_new(Arena *arena, const ImputeData *d)
{
    size_t parts = d->n_arms + 1, effects = 2 * d->n_arms;
    return (ImputeAnalysis){.effect = ARENA_ARRAY(arena, double, d->m * effects * parts),
                            .residual = ARENA_ARRAY(arena, double, d->m * parts * parts),
                            .scale = ARENA_ARRAY(arena, double, effects)};
}

/* The design's QR: its square root R at the pivots, and its row space. */
typedef struct {
    size_t n, q, rank, *pivot;
    double *a, *beta, *r;             /* r: rank x rank, upper */
} Qr;

static Qr decompose(Arena *scratch, const Model *model, const size_t *who, size_t n, RowSpace *space)
{
    size_t q = model->p, least = n < q ? n : q;
    Qr qr = {.n = n, .q = q, .a = ARENA_ARRAY(scratch, double, n * q), .beta = ARENA_ARRAY(scratch, double, least + 1),
             .pivot = ARENA_ARRAY(scratch, size_t, least + 1)};
    for (size_t i = 0; i < n; i++) memcpy(&qr.a[i*q], &model->x[who[i]*q], q * sizeof *qr.a);
    qr.rank = qr_echelon(qr.a, n, q, RANK_TOLERANCE, qr.beta, qr.pivot, ARENA_ARRAY(scratch, double, q), ARENA_ARRAY(scratch, double, 2*q));
    qr.r = ARENA_ARRAY(scratch, double, qr.rank * qr.rank + 1);
    *space = (RowSpace){.p = q, .rank = qr.rank, .pivot = qr.pivot, .r = ARENA_ARRAY(scratch, double, qr.rank * q + 1)};
    for (size_t k = 0; k < qr.rank; k++) {
        for (size_t j = qr.pivot[k]; j < q; j++) space->r[k*q + j] = qr.a[k*q + j];
        for (size_t l = k; l < qr.rank; l++) qr.r[k*qr.rank + l] = qr.a[k*q + qr.pivot[l]];
    }
    row_space_complete(scratch, space);
    return qr;
}

/* z = R^-T l at the pivots, so that l'b = z' (Q'y) and its variance is z'z s2: for the mean of each arm, averaged over the
 * subjects, then for the difference from the reference. */
static bool find_contrasts(Arena *scratch, const ImputeData *d, const Qr *qr, const RowSpace *space, const size_t *who, double *z,
                           Error *err)
{
    size_t q = qr->q, rank = qr->rank;
    double *l = ARENA_ARRAY(scratch, double, q);
    for (size_t g = 0; g < d->n_arms; g++) {
        memset(l, 0, q * sizeof *l);
        for (size_t i = 0; i < qr->n; i++)
            for (size_t j = 0; j < q; j++) l[j] += d->arm_x[(g*d->n + who[i])*q + j] / (double)qr->n;
        if (rank < q && !row_space_holds(space, l))
            return error_set(err, ERROR_DEGENERATE, "the mean of arm \"" STR_FMT "\" is not estimable", STR_ARG(d->arms[g]));
        for (size_t k = 0; k < rank; k++) z[g*rank + k] = l[qr->pivot[k]];
        solve_upper_transposed(qr->r, rank, &z[g*rank]);
    }
    for (size_t g = 0; g < d->n_arms; g++)
        for (size_t k = 0; k < rank; k++) z[(d->n_arms + g)*rank + k] = z[g*rank + k] - z[d->reference*rank + k];
    return true;
}

/* Part 0: values with the deltas of the options; part 1 + arm: 1 where a value of that arm is imputed and may be shifted. */
static void fill_part(const ImputeData *d, const ImputeOptions *options, const size_t *who, size_t n, const double *values,
                      size_t visit, size_t part, double *y)
{
    for (size_t i = 0; i < n; i++) {
        size_t s = who[i];
        bool missing = !d->observed[s*d->m + visit], shifts = missing && (!options->delta_after_event || visit >= d->event_of[s]);
        if (part == 0) y[i] = values[i*d->m + visit] + (missing ? impute_delta(d, options, s, visit) : 0);
        else y[i] = shifts && d->arm_of[s] == part - 1;
    }
}

bool impute_analyse(Arena *scratch, const ImputeData *d, const ImputeOptions *options, const size_t *who, size_t n,
                    const double *values, ImputeAnalysis *analysis, Error *err)
{
    RowSpace space;
    bool pools = impute_method_pools(options->method);
    Qr qr = decompose(scratch, &d->analysis, who, n, &space);
    size_t parts = d->n_arms + 1, effects = 2 * d->n_arms, rank = qr.rank;
    double *z = ARENA_ARRAY(scratch, double, effects * rank + 1), *y = ARENA_ARRAY(scratch, double, parts * n);
    if (n <= rank) return error_set(err, ERROR_DEGENERATE, "the analysis at a visit has %zu subjects for %zu coefficients", n, rank);
    if (!find_contrasts(scratch, d, &qr, &space, who, z, err)) return false;
    analysis->df = (double)(n - rank);
    for (size_t e = 0; e < effects; e++) analysis->scale[e] = dot(&z[e*rank], &z[e*rank], rank);
    for (size_t v = 0; v < d->m; v++) {
        for (size_t part = 0; part < parts; part++) {
            fill_part(d, options, who, n, values, v, part, &y[part*n]);
            qr_rotate(qr.a, n, qr.q, qr.beta, qr.pivot, rank, &y[part*n]);
            for (size_t e = 0; e < effects; e++)
                analysis->effect[(v*effects + e)*parts + part] = dot(&z[e*rank], &y[part*n], rank);
        }
        for (size_t a = 0; pools && a < parts; a++)
            for (size_t b = 0; b < parts; b++)
                analysis->residual[(v*parts + a)*parts + b] = dot(&y[a*n + rank], &y[b*n + rank], n - rank);
    }
    return true;
}
