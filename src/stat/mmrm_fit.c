#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

#define FIRST_RADIUS       1.0     /* of the trust region, in units where Sigma is the identity */
#define LEAST_RADIUS       1e-10
#define MOST_SHIFT         1e20    /* per subject; beyond it the derivatives are no numbers */
#define ROUNDING           1e-7    /* a Newton decrement below which values differ by little but rounding */
#define STALLED            1e-9    /* a decrement that may be final when it no longer falls */
#define BOUNDARY           1e-10   /* smallest eigenvalue of a correlation matrix that counts as positive */
#define LEAST_START        0.02    /* the same of the start */
#define FAR                0.1     /* a Newton decrement above which an exact Hessian is not worth its price */
#define CURVATURE_ROUNDS   40
#define CURVATURE_CHANGE   1e-5    /* relative, between rounds that end the search for the smallest eigenvalue */
#define LEAST_CURVATURE    1e-9    /* per subject, of a covariance that the data determine */

/* One iteration's state. Parameters: when unstructured, the step S itself in the coordinates of the current root. */
typedef struct {
    Arena *arena;
    const MmrmData *d;
    const MmrmStructure *structure;
    MmrmLikelihood *l;
    MmrmInside *in;
    size_t m, n, per_group;                          /* n parameters, per_group of each */
    double *roots, *trial_roots;
    double *parameters, *trial_parameters;           /* of a structure */
    double *gradient, *hessian, *metric;             /* metric n x n: squared length of a step in whitened coordinates */
    double *factor, *step, *work, *square, *psi;
    double radius;
    bool exact;                                      /* derivatives are exact ones from now on */
    MmrmCertificate *certificate;
} Optimiser;

/* Average products of least-squares residuals over the subjects who have both visits. */
static void pairwise_covariance(const MmrmData *d, size_t group, double *sigma, double *count)
{
    size_t m = d->n_visits;
    memset(sigma, 0, m * m * sizeof *sigma);
    memset(count, 0, m * m * sizeof *count);
    for (size_t k = 0; k < d->n_patterns; k++) {
        const MmrmPattern *p = &d->patterns[k];
        for (size_t a = 0; p->group == group && a < p->n_visits; a++)
            for (size_t b = 0; b < p->n_visits; b++) {
                sigma[p->visits[a]*m + p->visits[b]] += p->ee[a*p->n_visits + b];
                count[p->visits[a]*m + p->visits[b]] += (double)p->n_subjects;
            }
    }
    for (size_t i = 0; i < m * m; i++) sigma[i] = count[i] > 0 ? sigma[i] / count[i] : 0;
}

/* The nearest start: correlations whose eigenvalues are at least LEAST_START, on the same variances. */
static void make_positive(double *sigma, size_t m, double *work)
{
    double *correlation = work, *vectors = work + m*m, *values = work + 2*m*m;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            correlation[i*m + j] = vectors[i*m + j] = sigma[i*m + j] / sqrt(sigma[i*m + i] * sigma[j*m + j]);
    for (size_t i = 0; i < m; i++) vectors[i*m + i] -= LEAST_START;
    if (cholesky(vectors, m) == m) return;
    symmetric_eigen(correlation, m, values, vectors);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            double sum = 0;
            for (size_t k = 0; k < m; k++) sum += vectors[i*m + k] * fmax(values[k], LEAST_START) * vectors[j*m + k];
            correlation[i*m + j] = sum;
        }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            if (i != j) sigma[i*m + j] = correlation[i*m + j] / sqrt(correlation[i*m + i] * correlation[j*m + j]) * sqrt(sigma[i*m + i] * sigma[j*m + j]);
}

static bool check_pairs(const MmrmData *d, size_t group, const double *count, bool all_pairs, Error *err)
{
    size_t m = d->n_visits;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++) {
            if (count[i*m + j] > 0 || (i != j && !all_pairs)) continue;
            if (i == j) error_set(err, ERROR_DEGENERATE, "nobody has visit \"" STR_FMT "\"", STR_ARG(d->visits.levels[i]));
            else error_set(err, ERROR_DEGENERATE, "nobody has both visits \"" STR_FMT "\" and \"" STR_FMT "\": their covariance cannot be estimated",
                           STR_ARG(d->visits.levels[j]), STR_ARG(d->visits.levels[i]));
            if (d->n_groups > 1) error_in(err, "group \"" STR_FMT "\"", STR_ARG(d->groups.levels[group]));
            return error_hint(err, "Use a covariance with fewer parameters, such as toeph or csh, or leave the visit out.");
        }
    return true;
}

/* sigma becomes its lower Cholesky factor, zero above the diagonal. */
static bool take_root(double *sigma, size_t m)
{
    if (cholesky(sigma, m) < m) return false;
    for (size_t i = 0; i < m; i++)
        for (size_t j = i + 1; j < m; j++) sigma[i*m + j] = 0;
    return true;
}

static bool start(Optimiser *o, const double *from, Error *err)
{
    size_t m = o->m;
    for (size_t g = 0; g < o->d->n_groups; g++) {
        double *root = &o->roots[g*m*m], *count = o->work;
        pairwise_covariance(o->d, g, root, count);
        if (!check_pairs(o->d, g, count, !o->structure->entries, err)) return false;
        for (size_t v = 0; v < m; v++) {
            if (root[v*m + v] > 0) continue;
            error_set(err, ERROR_DEGENERATE, "the response at visit \"" STR_FMT "\" is fitted exactly", STR_ARG(o->d->visits.levels[v]));
            return error_hint(err, "There is no variance to estimate there: use fewer terms or leave the visit out.");
        }
        if (!from && !o->structure->entries && mmrm_sequential_root(o->arena, o->d, o->l->reml, o->trial_roots, &o->exact)) {
            memcpy(root, o->trial_roots, m * m * sizeof *root);
            continue;
        }
        if (from) memcpy(root, &from[g*m*m], m * m * sizeof *root);
        else make_positive(root, m, o->work);
        if (o->structure->entries) {
            double *parameters = &o->parameters[g * o->per_group];
            mmrm_structure_start(o->structure, root, parameters, o->work);
            mmrm_structure_sigma(o->structure, parameters, root);
        }
        if (!take_root(root, m)) return error_set(err, ERROR_DEGENERATE, "no positive definite covariance was found to start from");
    }
    o->certificate->n_evaluations = 1;
    return mmrm_likelihood_value(o->l, o->roots) || error_set(err, ERROR_DEGENERATE, "the likelihood is not finite at the start");
}

/* What the second derivative along L (I + S + S^2/2) L' has beyond that along L (I + S) L': tr(Gamma E F). */
static void add_connection(const MmrmLikelihood *l, double *hessian)
{
    size_t m = l->m, n = l->n_directions;
    for (size_t g = 0; g < l->data->n_groups; g++) {
        const double *gamma = &l->gamma[g*m*m];
        double *h = &hessian[g*l->k*n + g*l->k];
        for (size_t b = 0; b < m; b++)
            for (size_t a = 0; a <= b; a++)
                for (size_t d = 0; d < m; d++)
                    for (size_t c = 0; c <= d; c++) {
                        if (b != c && a != c && b != d && a != d) continue;
                        double sum = (b == c ? gamma[d*m + a] : 0) + (a == c ? gamma[d*m + b] : 0)
                                   + (b == d ? gamma[c*m + a] : 0) + (a == d ? gamma[c*m + b] : 0);
                        h[mmrm_direction(a, b)*n + mmrm_direction(c, d)] += mmrm_direction_scale(a, b) * mmrm_direction_scale(c, d) * sum;
                    }
    }
}

/* J: the parameters' directions L^-1 (d Sigma) L^-T, in coordinates of the E_ab */
static void find_directions(Optimiser *o)
{
    size_t m = o->m, k = o->l->k;
    memset(o->in->j, 0, o->l->n_directions * o->n * sizeof *o->in->j);
    for (size_t g = 0; g < o->d->n_groups; g++)
        for (size_t a = 0; a < o->per_group; a++) {
            double *d = o->work;
            const double *root = &o->roots[g*m*m];
            mmrm_structure_first(o->structure, &o->parameters[g * o->per_group], a, d);
            for (size_t i = 0; i < m; i++) solve_lower(root, m, &d[i*m]);
            for (size_t i = 0; i < m; i++)
                for (size_t j = 0; j < i; j++) {
                    double swap = d[i*m + j];
                    d[i*m + j] = d[j*m + i], d[j*m + i] = swap;
                }
            for (size_t i = 0; i < m; i++) solve_lower(root, m, &d[i*m]);
            for (size_t j = 0; j < m; j++)
                for (size_t i = 0; i <= j; i++)
                    o->in->j[(g*k + mmrm_direction(i, j))*o->n + g*o->per_group + a] = 2 * mmrm_direction_scale(i, j) * d[i*m + j];
        }
}

/* psi = L^-T Gamma L^-1: the gradient with respect to the entries of Sigma */
static void unwhiten_gradient(const Optimiser *o, size_t g)
{
    size_t m = o->m;
    const double *root = &o->roots[g*m*m], *gamma = &o->l->gamma[g*m*m];
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) o->psi[i*m + j] = gamma[i*m + j];
    for (size_t i = 0; i < m; i++) solve_lower_transposed(root, m, &o->psi[i*m]);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < i; j++) {
            double swap = o->psi[i*m + j];
            o->psi[i*m + j] = o->psi[j*m + i], o->psi[j*m + i] = swap;
        }
    for (size_t i = 0; i < m; i++) solve_lower_transposed(root, m, &o->psi[i*m]);
}

static void structured_derivatives(Optimiser *o)
{
    size_t n = o->n, k = o->l->n_directions;
    const double *j = o->in->j;
    find_directions(o);
    memset(o->gradient, 0, n * sizeof *o->gradient);
    memset(o->hessian, 0, n * n * sizeof *o->hessian);
    memset(o->metric, 0, n * n * sizeof *o->metric);
    for (size_t e = 0; e < k; e++) {
        double *row = o->work;
        memset(row, 0, n * sizeof *row);
        for (size_t f = 0; f < k; f++)
            for (size_t b = 0; b < n; b++) row[b] += o->l->hessian[e * o->l->stride + f] * j[f*n + b];
        for (size_t a = 0; a < n; a++) {
            o->gradient[a] += j[e*n + a] * o->l->gradient[e];
            for (size_t b = 0; b < n; b++) {
                o->hessian[a*n + b] += j[e*n + a] * row[b];
                o->metric[a*n + b] += j[e*n + a] * j[e*n + b];
            }
        }
    }
    for (size_t g = 0; g < o->d->n_groups; g++) {
        size_t from = g * o->per_group;
        unwhiten_gradient(o, g);
        mmrm_structure_second(o->structure, &o->parameters[from], o->psi, &o->hessian[from*n + from], n);
    }
}

static void derivatives(Optimiser *o)
{
    if (o->exact) mmrm_likelihood_derivatives(o->l);
    else mmrm_likelihood_slopes(o->l);
    if (o->structure->entries) {
        structured_derivatives(o);
        return;
    }
    memcpy(o->gradient, o->l->gradient, o->n * sizeof *o->gradient);
    for (size_t e = 0; e < o->n; e++) memcpy(&o->hessian[e * o->n], &o->l->hessian[e * o->l->stride], o->n * sizeof *o->hessian);
    add_connection(o->l, o->hessian);
}

static double step_length(const Optimiser *o, const double *step)
{
    return sqrt(o->structure->entries ? fmax(0, quadratic_form(step, o->metric, step, o->n)) : dot(step, step, o->n));
}

/* step = -(H + shift M)^-1 g; false when that matrix is not positive definite */
static bool solve_step(Optimiser *o, double shift)
{
    size_t n = o->n;
    memcpy(o->factor, o->hessian, n * n * sizeof *o->factor);
    for (size_t i = 0; shift > 0 && i < n; i++)
        if (o->structure->entries)
            for (size_t j = 0; j < n; j++) o->factor[i*n + j] += shift * o->metric[i*n + j];
        else o->factor[i*n + i] += shift;
    if (cholesky(o->factor, n) < n) return false;
    for (size_t i = 0; i < n; i++) o->step[i] = -o->gradient[i];
    solve_lower(o->factor, n, o->step);
    o->certificate->decrement = dot(o->step, o->step, n);
    solve_lower_transposed(o->factor, n, o->step);
    return true;
}

/* The Newton step when it stays within the radius, else a shifted one that does. */
static bool find_step(Optimiser *o, double *shift)
{
    double scale = (double)o->d->n_subjects;
    for (*shift = 0; *shift < scale * MOST_SHIFT; *shift = *shift > 0 ? 2 * *shift : scale * 1e-3)
        if (solve_step(o, *shift) && step_length(o, o->step) <= o->radius) return true;
    return false;
}

/* root (I + S + S^2/2)^(1/2): positive definite whatever the step */
static bool move_root(Optimiser *o, size_t g)
{
    size_t m = o->m, k = o->l->k;
    double *s = o->work, *c = o->square;
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++)
            s[i*m + j] = s[j*m + i] = (i == j ? 1 : mmrm_direction_scale(i, j)) * o->step[g*k + mmrm_direction(i, j)];
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) c[i*m + j] = (i == j) + s[i*m + j] + dot(&s[i*m], &s[j*m], m) / 2;
    if (cholesky(c, m) < m) return false;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            double sum = 0;
            for (size_t a = j; a <= i; a++) sum += o->roots[g*m*m + i*m + a] * c[a*m + j];
            o->trial_roots[g*m*m + i*m + j] = sum;
        }
    return true;
}

static bool try_step(Optimiser *o)
{
    size_t m = o->m;
    for (size_t i = 0; o->structure->entries && i < o->n; i++) o->trial_parameters[i] = o->parameters[i] + o->step[i];
    for (size_t g = 0; g < o->d->n_groups; g++) {
        double *root = &o->trial_roots[g*m*m];
        if (!o->structure->entries) {
            if (!move_root(o, g)) return false;
            continue;
        }
        mmrm_structure_sigma(o->structure, &o->trial_parameters[g * o->per_group], root);
        if (!take_root(root, m)) return false;
    }
    o->certificate->n_evaluations++;
    return mmrm_likelihood_value(o->l, o->trial_roots);
}

static void accept(Optimiser *o)
{
    memcpy(o->roots, o->trial_roots, o->d->n_groups * o->m * o->m * sizeof *o->roots);
    if (o->structure->entries) memcpy(o->parameters, o->trial_parameters, o->n * sizeof *o->parameters);
}

/* Steps until one is accepted; false when the region has shrunk to nothing. */
static bool advance(Optimiser *o)
{
    double value = o->l->value, shift;
    while (o->radius > LEAST_RADIUS) {
        if (!find_step(o, &shift)) return false;
        double length = step_length(o, o->step);
        double predicted = -dot(o->gradient, o->step, o->n) - quadratic_form(o->step, o->hessian, o->step, o->n) / 2;
        bool certain = shift == 0 && o->certificate->decrement < ROUNDING;
        bool moved = try_step(o);
        double ratio = moved ? (value - o->l->value) / predicted : -1;
        if (moved && (certain || ratio > 1e-4)) {
            accept(o);
            if (!certain && ratio < 0.25) o->radius = length / 4;
            if (ratio > 0.75 && shift > 0) o->radius *= 2;
            return true;
        }
        o->radius = length / 4;
    }
    return false;
}

/* Smallest eigenvalue of H against the metric M, by inverse iteration: with x = H^-1 M v and v'Mv = 1 it is near
 * x'Mv / x'Mx. o->factor holds the root of H. */
static double least_curvature(Optimiser *o)
{
    size_t n = o->n;
    double *v = o->step, *mv = o->work, value = 0;
    for (size_t i = 0; i < n; i++) v[i] = 1 + (double)i / (double)n;
    for (int round = 0; round < CURVATURE_ROUNDS; round++) {
        double length = step_length(o, v), last = value;
        for (size_t i = 0; i < n; i++) v[i] /= length;
        if (o->structure->entries) matrix_apply(o->metric, v, n, n, mv);
        else memcpy(mv, v, n * sizeof *mv);
        memcpy(v, mv, n * sizeof *v);
        solve_lower(o->factor, n, v);
        solve_lower_transposed(o->factor, n, v);
        double square = step_length(o, v);
        value = dot(v, mv, n) / (square * square);
        if (fabs(value - last) <= CURVATURE_CHANGE * value) break;
    }
    return value;
}

static double smallest_correlation_root(Optimiser *o)
{
    size_t m = o->m;
    double least = INFINITY, *correlation = o->work, *values = o->work + m*m;
    for (size_t g = 0; g < o->d->n_groups; g++) {
        const double *root = &o->roots[g*m*m];
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < m; j++)
                correlation[i*m + j] = dot(&root[i*m], &root[j*m], (i < j ? i : j) + 1) / euclidean_norm(&root[i*m], i + 1) / euclidean_norm(&root[j*m], j + 1);
        symmetric_eigen(correlation, m, values, NULL);
        least = fmin(least, values[0]);
    }
    return least;
}

/* The determinant of a correlation matrix is at most e times its smallest eigenvalue: mostly no eigenvalue is needed. */
static bool is_at_boundary(Optimiser *o)
{
    size_t m = o->m;
    double least = 1;
    for (size_t g = 0; g < o->d->n_groups; g++) {
        double determinant = 1;
        for (size_t i = 0; i < m; i++) {
            const double *row = &o->roots[g*m*m + i*m];
            determinant *= row[i] * row[i] / dot(row, row, i + 1);
        }
        least = fmin(least, determinant);
    }
    return !(least > 3 * BOUNDARY) && smallest_correlation_root(o) < BOUNDARY;
}

static bool is_flat(Error *err)
{
    error_set(err, ERROR_DEGENERATE, "the data do not determine the covariance: the likelihood is flat in some direction");
    return error_hint(err, "Use a covariance with fewer parameters, fewer terms, or more subjects.");
}

static bool refuse(Optimiser *o, Error *err)
{
    double decrement = o->certificate->decrement;
    if (smallest_correlation_root(o) < 1e-6) {
        error_set(err, ERROR_DEGENERATE, "the covariance becomes singular before an optimum is reached");
        return error_hint(err, "Too few subjects for this covariance: use one with fewer parameters, such as toeph, ar1h or csh.");
    }
    if (solve_step(o, LEAST_CURVATURE * (double)o->d->n_subjects) && o->certificate->decrement < ROUNDING) return is_flat(err);
    error_set(err, ERROR_NO_CONVERGENCE, "no optimum after %zu iterations (Newton decrement %.3g)", o->certificate->n_iterations, decrement);
    return error_hint(err, "Try a covariance with fewer parameters, or REML in place of ML.");
}

/* Far from the optimum steps go by the cheap Hessian; near it, and to judge the end, by the exact one. */
static bool iterate(Optimiser *o, const MmrmOptions *options, Error *err)
{
    double last = INFINITY;
    for (o->certificate->n_iterations = 0;; o->certificate->n_iterations++) {
        derivatives(o);
        bool is_minimum = solve_step(o, 0);
        double decrement = o->certificate->decrement;
        if (!o->exact && (!is_minimum || decrement < FAR)) {
            o->exact = true;
            derivatives(o);
            is_minimum = solve_step(o, 0);
            decrement = o->certificate->decrement;
        }
        if (o->exact && is_minimum && (decrement <= options->tolerance || (decrement < STALLED && decrement > last / 4))) return true;
        if (o->certificate->n_iterations >= options->max_iterations || is_at_boundary(o) || !advance(o)) return refuse(o, err);
        last = is_minimum ? decrement : INFINITY;
    }
}

static double gradient_norm(Optimiser *o)
{
    size_t n = o->n;
    if (!o->structure->entries) return euclidean_norm(o->gradient, n);
    double *metric = o->work, *g = o->step;
    memcpy(metric, o->metric, n * n * sizeof *metric);
    memcpy(g, o->gradient, n * sizeof *g);
    if (cholesky(metric, n) < n) return NAN;
    solve_lower(metric, n, g);
    return euclidean_norm(g, n);
}

bool mmrm_optimise(Arena *arena, MmrmFit *fit, Error *err)
{
    MmrmInside *in = fit->inside;
    const MmrmData *d = &in->data;
    size_t m = d->n_visits, n = d->n_groups * in->structure.n_parameters, square = m * m * d->n_groups;
    size_t work = 3 * m * m + n * n + n;
    Optimiser o = {.arena = arena, .d = d, .structure = &in->structure, .l = &in->likelihood, .in = in, .m = m, .n = n,
                   .per_group = in->structure.n_parameters, .radius = FIRST_RADIUS, .certificate = &fit->certificate,
                   .trial_roots = ARENA_ARRAY(arena, double, square), .trial_parameters = ARENA_ARRAY(arena, double, n),
                   .gradient = ARENA_ARRAY(arena, double, n), .hessian = ARENA_ARRAY(arena, double, n * n),
                   .factor = ARENA_ARRAY(arena, double, n * n), .step = ARENA_ARRAY(arena, double, n),
                   .work = ARENA_ARRAY(arena, double, work), .square = ARENA_ARRAY(arena, double, m * m),
                   .psi = ARENA_ARRAY(arena, double, m * m)};
    in->roots = o.roots = ARENA_ARRAY(arena, double, square);
    fit->parameters = o.parameters = ARENA_ARRAY(arena, double, n);
    fit->n_parameters = in->n_parameters = n;
    if (in->structure.entries) {
        o.metric = ARENA_ARRAY(arena, double, n * n);
        in->j = ARENA_ARRAY(arena, double, in->likelihood.n_directions * n);
    }
    if (!start(&o, fit->options.start, err) || !iterate(&o, &fit->options, err)) return false;
    in->hessian = o.hessian;
    fit->certificate.least_curvature = least_curvature(&o) / (double)d->n_subjects;
    if (!(fit->certificate.least_curvature > LEAST_CURVATURE)) return is_flat(err);
    fit->certificate.gradient = gradient_norm(&o);
    fit->certificate.boundary = smallest_correlation_root(&o);
    return true;
}
