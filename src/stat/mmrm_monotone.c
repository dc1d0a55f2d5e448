#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

#define LEAST_SHARE  0.9     /* of the rows, before their subject's first gap, for the regressions to be worth their while */

/* How many visits a pattern has before its first gap. */
static size_t leading_visits(const MmrmPattern *p)
{
    size_t n = 0;
    while (n < p->n_visits && p->visits[n] == n) n++;
    return n;
}

/* The slots that columns use; *saturated says whether each has a column for every visit. */
static size_t find_used_slots(Arena *arena, const MmrmData *d, size_t *slots, bool *saturated)
{
    size_t n = 0, *n_columns = ARENA_ARRAY(arena, size_t, d->n_slots + 1);
    for (size_t c = 0; c < d->r; c++) n_columns[d->columns[c].slot]++;
    *saturated = true;
    for (size_t s = 0; s < d->n_slots; s++) {
        if (n_columns[s] == 0) continue;
        slots[n++] = s;
        *saturated = *saturated && n_columns[s] == d->n_visits;
    }
    return n;
}

/* Cross-products of the n slots and of the residuals at visits 0..t, in this order, over the subjects who have all of those;
 * the lower triangle. Returns their number. */
static size_t gather(const MmrmData *d, const size_t *slots, size_t n, size_t t, double *g)
{
    size_t width = n + t + 1, n_subjects = 0;
    memset(g, 0, width * width * sizeof *g);
    for (size_t k = 0; k < d->n_patterns; k++) {
        const MmrmPattern *p = &d->patterns[k];
        if (leading_visits(p) <= t) continue;
        n_subjects += p->n_subjects;
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b <= a; b++) g[a*width + b] += p->xx[slots[a]*p->n_places + slots[b]];
        for (size_t q = 0; q <= t; q++) {
            double *row = &g[(n + q)*width];
            for (size_t a = 0; a < n; a++) row[a] += p->xe[q*p->n_places + slots[a]];
            for (size_t o = 0; o <= q; o++) row[n + o] += p->ee[q*p->n_visits + o];
        }
    }
    return n_subjects;
}

bool mmrm_sequential_root(Arena *arena, const MmrmData *d, bool reml, double *root, bool *exact)
{
    size_t m = d->n_visits, n_leading = 0;
    *exact = false;
    if (d->n_groups > 1 || d->n_varying > 0) return false;
    for (size_t k = 0; k < d->n_patterns; k++) n_leading += leading_visits(&d->patterns[k]) * d->patterns[k].n_subjects;
    if ((double)n_leading < LEAST_SHARE * (double)d->n) return false;
    ArenaMark mark = arena_mark(arena);
    bool saturated, done = true;
    size_t *slots = ARENA_ARRAY(arena, size_t, d->n_slots + 1), n = find_used_slots(arena, d, slots, &saturated);
    double *g = ARENA_ROOM(arena, double, (n + m) * (n + m)), *b = ARENA_ROOM(arena, double, m);
    memset(root, 0, m * m * sizeof *root);
    for (size_t t = 0; done && t < m; t++) {
        size_t width = n + t + 1, n_subjects = gather(d, slots, n, t, g);
        done = n_subjects > n + t && cholesky(g, width) == width;
        if (!done) break;
        const double *last = &g[(width - 1) * width];
        memcpy(b, &last[n], t * sizeof *b);
        for (size_t s = t; s-- > 0;) {               /* coefficients of the earlier responses, the last one first */
            b[s] /= g[(n + s)*width + n + s];
            for (size_t o = 0; o < s; o++) b[o] -= g[(n + s)*width + n + o] * b[s];
        }
        for (size_t s = 0; s < t; s++) mmrm_add_scaled(&root[t*m], &root[s*m], b[s], s + 1);
        root[t*m + t] = last[width - 1] / sqrt((double)(reml ? n_subjects - n : n_subjects));
    }
    arena_rewind(arena, mark);
    *exact = done && saturated && n_leading == d->n;
    return done;
}
