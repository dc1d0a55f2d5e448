#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

double *mmrm_direction_covariance(Arena *arena, const MmrmInside *in)
{
    size_t n = in->n_parameters, k = in->likelihood.n_directions;
    if (!in->j) return in->w;
    double *half = ARENA_ARRAY(arena, double, k * n), *w = ARENA_ARRAY(arena, double, k * k);
    matrix_multiply(in->j, in->w, k, n, n, half);
    matrix_multiply_transposed(half, in->j, k, n, k, w);
    return w;
}

/* a (m x m) becomes root^-1 a root^-T for symmetric a. */
static void whiten_both(const double *root, size_t m, double *a, double *t)
{
    for (size_t i = 0; i < m; i++) solve_lower(root, m, &a[i*m]);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) t[i*m + j] = a[j*m + i];
    for (size_t i = 0; i < m; i++) solve_lower(root, m, &t[i*m]);
    memcpy(a, t, m * m * sizeof *a);
}

/* Sigma = T T', row i of T being e^(theta_i) (.., .., 1), as R's mmrm has it: logarithms of T's diagonal, and a triangle
 * with a unit diagonal of which the rows are scaled. T is the Cholesky factor, so that a change dSigma = T S T' has
 * dT = T M, M the lower half of S with half its diagonal. t2 becomes the second derivative of T along the line in those
 * parameters which begins with dT = t1. */
static void bend_rows(const double *t, const double *t1, size_t m, double *t2)
{
    for (size_t i = 0; i < m; i++) {
        double speed = t1[i*m + i] / t[i*m + i];     /* of theta_i */
        for (size_t j = 0; j <= i; j++) t2[i*m + j] = speed * (2 * t1[i*m + j] - speed * t[i*m + j]);
    }
}

/* omega (m x m) += t2 t' + 2 t1 t1' + t t2', all lower triangular */
static void add_bend(const double *t, const double *t1, const double *t2, size_t m, double *omega)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            size_t k = (i < j ? i : j) + 1;
            omega[i*m + j] += dot(&t2[i*m], &t[j*m], k) + 2 * dot(&t1[i*m], &t1[j*m], k) + dot(&t[i*m], &t2[j*m], k);
        }
}

/* Unstructured, in R's mmrm's parameters: W of a group's directions is a sum of squares v v' (Cholesky), and Omega the sum
 * of second derivatives of Sigma along the lines that begin in the directions v. */
static bool bend_unstructured(Arena *arena, const MmrmFit *fit, size_t group, double *omega)
{
    const MmrmInside *in = fit->inside;
    size_t m = fit->n_visits, k = m * (m + 1) / 2, n = in->n_parameters;
    const double *t = &in->roots[group*m*m];
    double *w = ARENA_ARRAY(arena, double, k * k), *half = ARENA_ARRAY(arena, double, m * m);
    double *t1 = ARENA_ARRAY(arena, double, m * m), *t2 = ARENA_ARRAY(arena, double, m * m);
    for (size_t a = 0; a < k; a++) memcpy(&w[a*k], &in->w[(group*k + a)*n + group*k], k * sizeof *w);
    if (cholesky(w, k) < k) return false;
    for (size_t v = 0; v < k; v++) {
        memset(half, 0, m * m * sizeof *half);
        for (size_t b = 0; b < m; b++)
            for (size_t a = 0; a <= b; a++) {
                size_t e = mmrm_direction(a, b);
                if (e >= v) half[b*m + a] = w[e*k + v] * (a == b ? 0.5 : mmrm_direction_scale(a, b));
            }
        matrix_multiply(t, half, m, m, m, t1);
        bend_rows(t, t1, m, t2);
        add_bend(t, t1, t2, m, omega);
    }
    return true;
}

/* How a structure's parameters phi depend on R's mmrm's theta: variances exp(2 theta); correlations t / sqrt(1 + t^2), that of
 * compound symmetry (1 + 1/(m - 1)) / (1 + exp(-t)) - 1/(m - 1); as covariances times the variance where the structure is
 * linear. */
typedef struct {
    size_t n, n_variances;
    bool linear, common;
    double least;                     /* of a correlation common to all visits */
    const double *phi;
} Chart;

static double correlation_of(const Chart *c, size_t a) { return c->linear ? c->phi[a] / c->phi[0] : c->phi[a]; }

static double slope_of(const Chart *c, double rho)
{
    return c->common ? (rho - c->least) * (1 - rho) / (1 - c->least) : pow(1 - rho * rho, 1.5);
}

static double bend_of(const Chart *c, double rho)
{
    return c->common ? slope_of(c, rho) * (1 + c->least - 2 * rho) / (1 - c->least) : -3 * rho * (1 - rho * rho) * (1 - rho * rho);
}

/* j (n x n, lower triangular) = d phi / d theta */
static void chart_slopes(const Chart *c, double *j)
{
    memset(j, 0, c->n * c->n * sizeof *j);
    for (size_t a = 0; a < c->n; a++) {
        bool is_variance = a < c->n_variances;
        j[a*c->n + a] = is_variance ? 2 * c->phi[a] : slope_of(c, correlation_of(c, a)) * (c->linear ? c->phi[0] : 1);
        if (!is_variance && c->linear) j[a*c->n] = 2 * c->phi[a];
    }
}

/* sum over pairs of w d2 phi_a / d theta d theta */
static double chart_bend(const Chart *c, size_t a, const double *w)
{
    size_t n = c->n;
    if (a < c->n_variances) return 4 * c->phi[a] * w[a*n + a];
    double rho = correlation_of(c, a);
    if (!c->linear) return bend_of(c, rho) * w[a*n + a];
    return 4 * c->phi[a] * w[0] + 4 * c->phi[0] * slope_of(c, rho) * w[a] + c->phi[0] * bend_of(c, rho) * w[a*n + a];
}

static void bend_structured(Arena *arena, const MmrmFit *fit, size_t group, double *omega)
{
    const MmrmInside *in = fit->inside;
    const MmrmStructure *s = &in->structure;
    size_t m = fit->n_visits, n = s->n_parameters, all = in->n_parameters;
    Chart c = {.n = n, .phi = &fit->parameters[group * n], .linear = fit->kind == COVARIANCE_COMPOUND_SYMMETRY || fit->kind == COVARIANCE_TOEPLITZ};
    c.common = fit->kind == COVARIANCE_COMPOUND_SYMMETRY || fit->kind == COVARIANCE_COMPOUND_SYMMETRY_HETEROGENEOUS;
    c.least = -1 / ((double)m - 1);
    c.n_variances = s->entries[mmrm_direction(m - 1, m - 1)].parameter[0] + 1;
    double *j = ARENA_ARRAY(arena, double, n * n), *w = ARENA_ARRAY(arena, double, n * n), *d = ARENA_ARRAY(arena, double, n * n > m * m ? n * n : m * m);
    chart_slopes(&c, j);
    for (size_t a = 0; a < n; a++) memcpy(&w[a*n], &in->w[(group*n + a)*all + group*n], n * sizeof *w);
    whiten_both(j, n, w, d);                         /* the covariance of theta: j^-1 w j^-T */
    for (size_t a = 0; a < n; a++) {
        mmrm_structure_first(s, c.phi, a, d);
        mmrm_add_scaled(omega, d, chart_bend(&c, a, w), m * m);
    }
}

/* *omega (n_groups x m x m) = L^-1 Omega L^-T with Omega = sum of w_ab d2 Sigma / da db in the parameters of the method; NULL
 * where Sigma is linear in them. False where W is not positive definite. */
static bool second_order(Arena *arena, const MmrmFit *fit, MmrmDf df, double **omega)
{
    const MmrmInside *in = fit->inside;
    size_t m = fit->n_visits, n = in->n_parameters, per_group = in->structure.n_parameters;
    *omega = NULL;
    if (df == MMRM_KENWARD_ROGER_LINEAR || (df == MMRM_KENWARD_ROGER && !in->j)) return true;
    *omega = ARENA_ARRAY(arena, double, fit->n_groups * m * m);
    double *t = ARENA_ARRAY(arena, double, m * m);
    for (size_t g = 0; g < fit->n_groups; g++) {
        double *o = &(*omega)[g*m*m];
        if (in->j) mmrm_structure_spread(&in->structure, &fit->parameters[g*per_group], &in->w[g*per_group*(n + 1)], n, o);
        if (df == MMRM_KENWARD_ROGER_MMRM && in->j) bend_structured(arena, fit, g, o);
        if (df == MMRM_KENWARD_ROGER_MMRM && !in->j && !bend_unstructured(arena, fit, g, o)) return false;
        whiten_both(&in->roots[g*m*m], m, o, t);
    }
    return true;
}

double *mmrm_adjustment(Arena *arena, const MmrmFit *fit, MmrmDf df)
{
    MmrmInside *in = fit->inside;
    MmrmLikelihood *l = &in->likelihood;
    size_t r = l->r, square = r * r, n = in->n_parameters;
    double *q = ARENA_ARRAY(arena, double, square), *t = ARENA_ARRAY(arena, double, square);
    double *adjust = ARENA_ARRAY(arena, double, square);
    double *omega;
    if (!second_order(arena, fit, df, &omega)) return NULL;
    mmrm_likelihood_products(arena, l, mmrm_direction_covariance(arena, in), omega, q);
    matrix_multiply(l->a_root_inverse, q, r, r, r, t);
    matrix_multiply_transposed(t, l->a_root_inverse, r, r, r, q);
    mmrm_subtract_pairs(arena, in->p, in->w, n, r, q);
    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < r; j++) adjust[i*r + j] = (i == j) + q[i*r + j] + q[j*r + i];
    return adjust;
}
