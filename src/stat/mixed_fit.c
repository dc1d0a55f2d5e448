#include <math.h>
#include <string.h>

#include "stat/mixed_inside.h"

#define DEFAULT_ITERATIONS  100
#define DEFAULT_TOLERANCE   1e-16
#define NO_VARIANCE         1e-9   /* share of the residual variance below which a random effect has none */
#define FIRST_SHARE         0.5    /* of the residual variance that the start gives to random effects */
#define STEP_LIMIT          2.0    /* of the logarithm of a variance or a range */
#define ROUNDING            1e-7   /* a Newton decrement below which values differ by little but rounding */
#define STALLED             1e-9   /* a decrement that may be final when it no longer falls */
#define MOST_SHIFT          1e15
#define FLAT                1e-9   /* smallest eigenvalue of the information, its diagonal made 1, that counts as none */

/* How a stretch of parameters is searched: covariance matrices by a Cholesky factor, the columns in the order of their pivots;
 * variances and ranges by logarithms; others as they are. */
typedef enum { BY_ROOT, BY_LOG, BY_ITSELF } Search;

typedef struct {
    Search search;
    size_t first, n;                                 /* parameters; n = m (m + 1) / 2 of a root */
    size_t m, rank;
    bool random;                                     /* G of a random term: may be singular */
    size_t *order;
    double *size, *root;                             /* m; m x m */
} Stretch;

typedef struct {
    Arena *arena;
    const MixedData *d;
    MixedLikelihood *l;
    size_t n, n_stretches;
    Stretch *stretches;
    double *theta, *trial;
    double *j, *gradient, *hessian, *expected;       /* by search coordinate; j: d theta / d coordinate */
    double *factor, *step, *scale, *work;
    double shift, least;                             /* least: pivot of a random effect's root that is not nothing */
    MmrmCertificate *certificate;
} Optimiser;

static size_t packed(size_t i, size_t j) { return i <= j ? j * (j + 1) / 2 + i : i * (i + 1) / 2 + j; }

static void add_stretch(Optimiser *o, Search search, size_t first, size_t n, size_t m, double *size)
{
    Stretch *s = &o->stretches[o->n_stretches++];
    *s = (Stretch){.search = search, .first = first, .n = n, .m = m, .size = size, .order = ARENA_ARRAY(o->arena, size_t, m + 1),
                   .root = ARENA_ARRAY(o->arena, double, m * m + 1)};
}

/* Structures have their variances first; what follows is a range or a correlation or covariance. */
static void lay_out(Optimiser *o)
{
    const MixedData *d = o->d;
    o->stretches = ARENA_ARRAY(o->arena, Stretch, d->n_errors + d->n_terms);
    for (size_t g = 0; g < d->n_groups; g++) {
        size_t from = g * d->per_group, m = d->structure.n_visits;
        if (d->errors == MIXED_VISITS && !d->structure.entries) {
            double *ones = ARENA_ARRAY(o->arena, double, m);
            for (size_t i = 0; i < m; i++) ones[i] = 1;
            add_stretch(o, BY_ROOT, from, d->per_group, m, ones);
            continue;
        }
        for (size_t a = 0; a < d->per_group; a++) {
            bool positive = d->errors != MIXED_VISITS;
            for (size_t i = 0; !positive && i < m; i++) positive = d->structure.entries[packed(i, i)].parameter[0] == a;
            add_stretch(o, positive ? BY_LOG : BY_ITSELF, from + a, 1, 0, NULL);
        }
    }
    for (size_t t = 0; t < d->n_terms; t++) {
        size_t c = d->terms[t].n_effects;
        add_stretch(o, BY_ROOT, d->terms[t].first, c * (c + 1) / 2, c, d->terms[t].size);
        o->stretches[o->n_stretches - 1].random = true;
    }
}

static void unpack(const double *theta, size_t m, double *full)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) full[i*m + j] = theta[packed(i, j)];
}

/* The roots at theta, and J. */
static void find_coordinates(Optimiser *o)
{
    size_t n = o->n;
    memset(o->j, 0, n * n * sizeof *o->j);
    for (size_t k = 0; k < o->n_stretches; k++) {
        Stretch *s = &o->stretches[k];
        size_t at = s->first;
        if (s->search != BY_ROOT) {
            o->j[at*n + at] = s->search == BY_LOG ? o->theta[at] : 1;
            continue;
        }
        unpack(&o->theta[at], s->m, o->work);
        s->rank = mixed_pivoted_root(o->work, s->size, s->m, s->random ? o->least : 0, s->order, s->root);
        for (size_t i = 0; i < s->m; i++)
            for (size_t c = 0; c <= i; c++)          /* coordinate L[i][c] */
                for (size_t e = c; e < s->m; e++)
                    o->j[(at + packed(s->order[i], s->order[e]))*n + at + packed(c, i)] += s->root[e * s->m + c] * (e == i ? 2 : 1);
    }
}

/* Gradient, Hessian and expected information by search coordinate. */
static void derivatives(Optimiser *o)
{
    size_t n = o->n;
    const MixedLikelihood *l = o->l;
    mixed_likelihood_derivatives(o->l);
    find_coordinates(o);
    for (size_t pass = 0; pass < 2; pass++) {
        const double *from = pass ? l->expected : l->hessian;
        double *to = pass ? o->expected : o->hessian;
        matrix_multiply(from, o->j, n, n, n, o->work);
        memset(to, 0, n * n * sizeof *to);
        for (size_t i = 0; i < n; i++)
            for (size_t a = 0; a < n; a++)
                if (o->j[i*n + a] != 0) mmrm_add_scaled(&to[a*n], &o->work[i*n], o->j[i*n + a], n);
    }
    memset(o->gradient, 0, n * sizeof *o->gradient);
    for (size_t i = 0; i < n; i++) mmrm_add_scaled(o->gradient, &o->j[i*n], l->gradient[i], n);
    for (size_t k = 0; k < o->n_stretches; k++) {
        const Stretch *s = &o->stretches[k];
        size_t at = s->first;
        if (s->search == BY_LOG) o->hessian[at*n + at] += l->gradient[at] * o->theta[at];
        for (size_t i = 0; s->search == BY_ROOT && i < s->m; i++)
            for (size_t e = 0; e < s->m; e++)
                for (size_t c = 0; c <= (i < e ? i : e); c++)
                    o->hessian[(at + packed(c, i))*n + at + packed(c, e)] += l->gradient[at + packed(s->order[i], s->order[e])] * (i == e ? 2 : 1);
    }
}

static void take_step(Optimiser *o)
{
    for (size_t k = 0; k < o->n_stretches; k++) {
        const Stretch *s = &o->stretches[k];
        size_t at = s->first, m = s->m;
        if (s->search == BY_LOG) o->trial[at] = o->theta[at] * exp(o->step[at]);
        if (s->search == BY_ITSELF) o->trial[at] = o->theta[at] + o->step[at];
        if (s->search != BY_ROOT) continue;
        double *root = o->work;
        for (size_t i = 0; i < m; i++)
            for (size_t c = 0; c < m; c++) root[i*m + c] = c <= i ? s->root[i*m + c] + o->step[at + packed(c, i)] : 0;
        for (size_t i = 0; i < m; i++)
            for (size_t e = 0; e <= i; e++) o->trial[at + packed(s->order[i], s->order[e])] = dot(&root[i*m], &root[e*m], m);
    }
}

/* step = -(H + shift D)^-1 g; sets the decrement. False where the matrix is not positive definite. */
static bool solve_step(Optimiser *o, const double *h, double shift)
{
    size_t n = o->n;
    memcpy(o->factor, h, n * n * sizeof *o->factor);
    for (size_t i = 0; i < n; i++) {
        o->factor[i*n + i] += shift * o->scale[i];
        o->step[i] = -o->gradient[i];
    }
    if (cholesky(o->factor, n) < n) return false;
    solve_lower(o->factor, n, o->step);
    o->certificate->decrement = dot(o->step, o->step, n);
    solve_lower_transposed(o->factor, n, o->step);
    return true;
}

static bool step_is_short(const Optimiser *o)
{
    for (size_t k = 0; k < o->n_stretches; k++)
        if (o->stretches[k].search == BY_LOG && fabs(o->step[o->stretches[k].first]) > STEP_LIMIT) return false;
    return true;
}

static void find_scale(Optimiser *o)
{
    double most = 0;
    for (size_t i = 0; i < o->n; i++) o->scale[i] = o->expected[i*o->n + i] + fabs(o->hessian[i*o->n + i]), most = fmax(most, o->scale[i]);
    for (size_t i = 0; i < o->n; i++) o->scale[i] = fmax(o->scale[i], 1e-12 * most);
}

/* Steps until one is accepted: Newton's, or where H is not positive definite Fisher's. */
static bool advance(Optimiser *o)
{
    double value = o->l->value;
    find_scale(o);
    const double *h = solve_step(o, o->hessian, 0) ? o->hessian : o->expected;
    for (double shift = o->shift; shift < MOST_SHIFT; shift = shift > 0 ? 4 * shift : 1e-4) {
        if (!solve_step(o, h, shift) || !step_is_short(o)) continue;
        double predicted = -dot(o->gradient, o->step, o->n) - quadratic_form(o->step, h, o->step, o->n) / 2;
        bool certain = shift == 0 && o->certificate->decrement < ROUNDING;
        take_step(o);
        o->certificate->n_evaluations++;
        if (!mixed_likelihood_value(o->l, o->trial)) continue;
        double gain = value - o->l->value;
        if (!certain && !(gain > 1e-4 * predicted && gain > 0)) continue;
        memcpy(o->theta, o->trial, o->n * sizeof *o->theta);
        o->shift = shift < 1e-3 ? 0 : gain > 0.5 * predicted ? shift / 16 : shift;
        return true;
    }
    return false;
}

/* Average products of residuals at two visits, correlations shrunk until they are positive definite. */
static void start_structure(Optimiser *o, size_t group)
{
    const MixedData *d = o->d;
    size_t m = d->structure.n_visits;
    double *sigma = ARENA_ARRAY(o->arena, double, m * m), *count = ARENA_ARRAY(o->arena, double, m * m), *root = ARENA_ARRAY(o->arena, double, m * m);
    for (size_t k = 0; k < d->n_blocks; k++)
        for (size_t i = 0; i < d->blocks[k].n_units; i++) {
            const MixedUnit *u = &d->blocks[k].units[i];
            for (size_t a = 0; u->group == group && a < u->n_rows; a++)
                for (size_t b = 0; b < u->n_rows; b++) {
                    sigma[u->visits[a]*m + u->visits[b]] += d->e[u->rows[a]] * d->e[u->rows[b]];
                    count[u->visits[a]*m + u->visits[b]] += 1;
                }
        }
    double s2 = d->ols.rss / (double)d->n;
    for (size_t i = 0; i < m * m; i++) sigma[i] = count[i] > 0 ? sigma[i] / count[i] : 0;
    for (size_t i = 0; i < m; i++) sigma[i*m + i] = fmax(sigma[i*m + i], 1e-3 * s2);
    for (;;) {
        memcpy(root, sigma, m * m * sizeof *root);
        for (size_t i = 0; i < m; i++) root[i*m + i] *= 0.98;
        if (cholesky(root, m) == m) break;
        for (size_t i = 0; i < m * m; i++) sigma[i] *= i % (m + 1) ? 0.9 : 1;
    }
    double *theta = &o->theta[group * d->per_group];
    if (d->structure.entries) mmrm_structure_start(&d->structure, sigma, theta, root);
    else for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++) theta[packed(j, i)] = sigma[i*m + j];
}

/* The residual variance of least squares, divided between errors and random effects. */
static void start(Optimiser *o)
{
    const MixedData *d = o->d;
    double s2 = d->ols.rss / (double)(d->n - d->r), share = d->errors == MIXED_VISITS ? 0.1 : FIRST_SHARE, n_effects = 0;
    for (size_t g = 0; g < d->n_groups; g++) {
        double *theta = &o->theta[g * d->per_group];
        if (d->errors == MIXED_VISITS) start_structure(o, g);
        else theta[0] = d->n_terms ? (1 - FIRST_SHARE) * s2 : s2;
        if (d->errors == MIXED_POINTS) theta[1] = d->mean_distance;
    }
    for (size_t t = 0; t < d->n_terms; t++) n_effects += (double)d->terms[t].n_effects;
    for (size_t t = 0; t < d->n_terms; t++)
        for (size_t i = 0; i < d->terms[t].n_effects; i++)
            o->theta[d->terms[t].first + packed(i, i)] = share * s2 / (n_effects * d->terms[t].size[i] * d->terms[t].size[i]);
}

/* Random effects that have next to no variance get none. True where something changed. */
static bool drop_nothings(Optimiser *o)
{
    const MixedData *d = o->d;
    bool changed = false;
    o->least = NO_VARIANCE * d->ols.rss / (double)d->n;
    for (size_t k = 0; k < o->n_stretches; k++) {
        Stretch *s = &o->stretches[k];
        if (!s->random) continue;
        unpack(&o->theta[s->first], s->m, o->work);
        s->rank = mixed_pivoted_root(o->work, s->size, s->m, o->least, s->order, s->root);
        for (size_t i = 0; i < s->m; i++)
            for (size_t e = 0; e <= i; e++) {
                double *theta = &o->theta[s->first + packed(s->order[i], s->order[e])], value = dot(&s->root[i * s->m], &s->root[e * s->m], s->m);
                if (s->rank < s->m && *theta != value) *theta = value, changed = true;
            }
    }
    return changed;
}

/* The coordinates that are not on the boundary: all but those of root columns that are zero. */
static size_t free_coordinates(const Optimiser *o, size_t *free)
{
    size_t n = 0;
    for (size_t k = 0; k < o->n_stretches; k++) {
        const Stretch *s = &o->stretches[k];
        if (s->search != BY_ROOT) free[n++] = s->first;
        for (size_t i = 0; s->search == BY_ROOT && i < s->m; i++)
            for (size_t c = 0; c <= i && c < s->rank; c++) free[n++] = s->first + packed(c, i);
    }
    return n;
}

/* w (n x n) = 2 J_f (H_ff)^-1 J_f', for H by search coordinate. False where H is not positive definite. */
static bool covariance_of(Optimiser *o, const double *h, const size_t *free, size_t nf, double *w)
{
    size_t n = o->n;
    double *sub = ARENA_ARRAY(o->arena, double, nf * nf), *jf = ARENA_ARRAY(o->arena, double, n * nf), *half = ARENA_ARRAY(o->arena, double, n * nf);
    for (size_t a = 0; a < nf; a++)
        for (size_t b = 0; b < nf; b++) sub[a*nf + b] = h[free[a]*n + free[b]];
    if (!invert_positive(sub, nf, ARENA_ARRAY(o->arena, double, nf * nf))) return false;
    for (size_t i = 0; i < n; i++)
        for (size_t a = 0; a < nf; a++) jf[i*nf + a] = o->j[i*n + free[a]];
    matrix_multiply(jf, sub, n, nf, nf, half);
    matrix_multiply_transposed(half, jf, n, nf, n, w);
    for (size_t i = 0; i < n * n; i++) w[i] *= 2;
    return true;
}

static bool is_flat(Optimiser *o, const double *information, size_t n)
{
    double *scaled = ARENA_ARRAY(o->arena, double, n * n), *values = ARENA_ARRAY(o->arena, double, n);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) scaled[a*n + b] = information[a*n + b] / sqrt(information[a*n + a] * information[b*n + b]);
    return !symmetric_eigen(scaled, n, values, NULL) || !(values[0] > FLAT);
}

/* Gradient and curvature where the expected information of the free coordinates is the identity. */
static bool certify(Optimiser *o, const size_t *free, size_t nf)
{
    size_t n = o->n;
    double *root = ARENA_ARRAY(o->arena, double, nf * nf), *h = ARENA_ARRAY(o->arena, double, nf * nf), *g = ARENA_ARRAY(o->arena, double, nf);
    double *values = ARENA_ARRAY(o->arena, double, nf);
    for (size_t a = 0; a < nf; a++) {
        g[a] = o->gradient[free[a]];
        for (size_t b = 0; b < nf; b++) root[a*nf + b] = o->expected[free[a]*n + free[b]], h[a*nf + b] = o->hessian[free[a]*n + free[b]];
    }
    if (is_flat(o, root, nf) || cholesky(root, nf) < nf) return false;
    solve_lower(root, nf, g);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t a = 0; a < nf; a++) solve_lower(root, nf, &h[a*nf]);
        for (size_t a = 0; a < nf; a++)
            for (size_t b = 0; b < a; b++) {
                double swap = h[a*nf + b];
                h[a*nf + b] = h[b*nf + a], h[b*nf + a] = swap;
            }
    }
    symmetric_eigen(h, nf, values, NULL);
    o->certificate->gradient = euclidean_norm(g, nf);
    o->certificate->least_curvature = values[0];
    return values[0] > FLAT;
}

static double least_correlation_root(Optimiser *o)
{
    double least = 1;
    for (size_t k = 0; k < o->n_stretches; k++) {
        const Stretch *s = &o->stretches[k];
        size_t m = s->m;
        if (s->search != BY_ROOT) continue;
        double *full = ARENA_ARRAY(o->arena, double, m * m), *values = ARENA_ARRAY(o->arena, double, m), *scaled = ARENA_ARRAY(o->arena, double, m * m);
        unpack(&o->theta[s->first], m, full);
        if (s->rank < m) return 0;
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < m; j++) scaled[i*m + j] = full[i*m + j] / sqrt(full[i*m + i] * full[j*m + j]);
        symmetric_eigen(scaled, m, values, NULL);
        least = fmin(least, fmax(0, values[0]));
    }
    return least;
}

static bool refuse_flat(Error *err)
{
    error_set(err, ERROR_DEGENERATE, "the data do not determine the variances: the likelihood is flat in some direction");
    return error_hint(err, "Leave a random term out that another term or the repeated measures already hold, such as a subject's intercept beside us or cs.");
}

static bool iterate(Optimiser *o, const MmrmOptions *options, Error *err)
{
    size_t most = options->max_iterations ? options->max_iterations : DEFAULT_ITERATIONS;
    double tolerance = options->tolerance > 0 ? options->tolerance : DEFAULT_TOLERANCE, last = INFINITY;
    for (o->certificate->n_iterations = 0;; o->certificate->n_iterations++) {
        derivatives(o);
        bool is_minimum = solve_step(o, o->hessian, 0);
        double decrement = is_minimum ? o->certificate->decrement : INFINITY;
        if (decrement <= tolerance || (decrement < STALLED && decrement > last / 4)) return true;
        if (o->certificate->n_iterations < most && advance(o)) {
            last = decrement;
            continue;
        }
        if (!is_minimum || is_flat(o, o->expected, o->n)) return refuse_flat(err);
        error_set(err, ERROR_NO_CONVERGENCE, "no optimum after %zu iterations (Newton decrement %.3g)", o->certificate->n_iterations, decrement);
        return error_hint(err, "Try fewer random effects, or a covariance with fewer parameters.");
    }
}

static bool finish(Optimiser *o, MixedOptimum *optimum, Error *err)
{
    size_t n = o->n, *free = ARENA_ARRAY(o->arena, size_t, n);
    double decrement = o->certificate->decrement;
    if (drop_nothings(o)) {
        if (!mixed_likelihood_value(o->l, o->theta)) return refuse_flat(err);
        derivatives(o);
    }
    size_t nf = free_coordinates(o, free);
    optimum->w = ARENA_ARRAY(o->arena, double, n * n);
    optimum->w_expected = ARENA_ARRAY(o->arena, double, n * n);
    optimum->rank = ARENA_ARRAY(o->arena, size_t, o->d->n_terms + 1);
    if (!certify(o, free, nf) || !covariance_of(o, o->hessian, free, nf, optimum->w) || !covariance_of(o, o->expected, free, nf, optimum->w_expected))
        return refuse_flat(err);
    for (size_t t = 0; t < o->d->n_terms; t++) optimum->rank[t] = o->stretches[o->n_stretches - o->d->n_terms + t].rank;
    o->certificate->decrement = decrement;
    o->certificate->boundary = least_correlation_root(o);
    return true;
}

bool mixed_optimise(Arena *arena, MixedLikelihood *l, const MmrmOptions *options, MixedOptimum *optimum, Error *err)
{
    size_t n = l->data->n_parameters, square = n * n + (size_t)MMRM_MAX_VISITS * MMRM_MAX_VISITS;
    Optimiser o = {.arena = arena, .d = l->data, .l = l, .n = n, .certificate = &optimum->certificate};
    double **const ROOM[] = {&o.theta, &o.trial, &o.gradient, &o.step, &o.scale, &o.j, &o.hessian, &o.expected, &o.factor, &o.work};
    const size_t LENGTHS[] = {n, n, n, n, n, n * n, n * n, n * n, n * n, square};
    for (size_t i = 0; i < sizeof LENGTHS / sizeof LENGTHS[0]; i++) *ROOM[i] = ARENA_ARRAY(arena, double, LENGTHS[i] + 1);
    lay_out(&o);
    start(&o);
    o.certificate->n_evaluations = 1;
    if (!mixed_likelihood_value(l, o.theta)) return error_set(err, ERROR_DEGENERATE, "the likelihood is not finite at the start");
    return iterate(&o, options, err) && finish(&o, optimum, err);
}
