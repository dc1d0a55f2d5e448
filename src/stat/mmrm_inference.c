#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"

#define SAME_DIRECTION  1e-8       /* share of a row that the others must leave for it to count */

/* P by parameter: sum over directions of J P */
static double *products_of(Arena *arena, const MmrmInside *in)
{
    const MmrmLikelihood *l = &in->likelihood;
    size_t n = in->n_parameters, square = l->r * l->r;
    double *of_directions = ARENA_ARRAY(arena, double, l->n_directions * square + LANES_STEP);
    mmrm_likelihood_unpack(l, of_directions);
    if (!in->j) return of_directions;
    double *p = ARENA_ARRAY(arena, double, n * square + LANES_STEP);
    for (size_t e = 0; e < l->n_directions; e++)
        for (size_t a = 0; a < n; a++) {
            double f = in->j[e*n + a];
            if (f != 0) mmrm_add_scaled(&p[a*square], &of_directions[e*square], f, square);
        }
    return p;
}

/* whitener inner whitener' */
static double *outer_covariance(Arena *arena, const MmrmInside *in, const double *inner)
{
    size_t p = in->data.p, r = in->data.r;
    double *half = ARENA_ARRAY(arena, double, p * r), *v = ARENA_ARRAY(arena, double, p * p);
    if (inner) matrix_multiply(in->whitener, inner, p, r, r, half);
    matrix_multiply_transposed(inner ? half : in->whitener, in->whitener, p, r, p, v);
    return v;
}

/* X at the pivots is (Q root') basis^-1, both upper triangular: their product is R of X, which hypotheses are made from.
 * SAS makes them from X alone, too, not from V^(-1/2) X. */
static void find_row_space(Arena *arena, MmrmFit *fit)
{
    const MmrmData *d = &fit->inside->data;
    size_t p = d->p, r = d->r;
    double *basis = ARENA_ARRAY(arena, double, r * r), *inverse = ARENA_ARRAY(arena, double, r * r), *square = ARENA_ARRAY(arena, double, r * r);
    fit->space = (RowSpace){.p = p, .rank = r, .pivot = d->pivot, .r = ARENA_ARRAY(arena, double, r * p)};
    for (size_t k = 0; k < r; k++) memcpy(&basis[k*r], &d->basis[d->pivot[k]*r], r * sizeof *basis);
    invert_upper(basis, r, inverse);
    for (size_t k = 0; k < r; k++)
        for (size_t j = k; j < r; j++)
            for (size_t i = k; i <= j; i++) square[k*r + j] += d->ols_root[i*r + k] * inverse[i*r + j];
    matrix_multiply(square, d->relation, r, r, p, fit->space.r);
    row_space_complete(arena, &fit->space);
}

/* Between-subject columns have subjects less their number, the others rows less subjects less theirs; the intercept
 * goes with the latter. */
static void between_within(Arena *arena, MmrmFit *fit)
{
    MmrmInside *in = fit->inside;
    const Model *m = fit->model;
    size_t n_between = 0, n_within = 0;
    bool *between = ARENA_ARRAY(arena, bool, fit->p);
    in->df_of_column = ARENA_ARRAY(arena, double, fit->p);
    for (size_t k = 0; k < in->data.r; k++) {
        size_t c = in->data.pivot[k];
        between[c] = true;
        for (size_t i = 1; between[c] && i < fit->n; i++) {
            size_t row = in->data.order[i], last = in->data.order[i - 1];
            if (in->data.subjects.level[row] == in->data.subjects.level[last] && m->x[row*fit->p + c] != m->x[last*fit->p + c]) between[c] = false;
        }
        if (between[c]) n_between++;
        else n_within++;
    }
    for (size_t c = 0; c < fit->p; c++) {
        bool is_intercept = m->has_intercept && c == 0;
        in->df_of_column[c] = between[c] && !is_intercept ? (double)fit->n_subjects - (double)n_between
                                                          : (double)fit->n - (double)fit->n_subjects - (double)n_within;
    }
}

bool mmrm_infer(Arena *arena, MmrmFit *fit, Error *err)
{
    MmrmInside *in = fit->inside;
    size_t n = in->n_parameters, p = fit->p;
    in->w = arena_copy(arena, in->hessian, n * n * sizeof *in->w);
    if (!invert_positive(in->w, n, ARENA_ARRAY(arena, double, n * n)))
        return error_set(err, ERROR_NO_CONVERGENCE, "the likelihood has no curvature in some direction of the covariance");
    for (size_t i = 0; i < n * n; i++) in->w[i] *= 2;
    in->p = products_of(arena, in);
    in->row = ARENA_ARRAY(arena, double, in->data.r);
    in->g = ARENA_ARRAY(arena, double, n);
    fit->b = ARENA_ARRAY(arena, double, p);
    matrix_apply(in->data.basis, in->likelihood.delta, p, in->data.r, fit->b);
    for (size_t j = 0; j < p; j++) fit->b[j] += in->data.ols[j];
    find_row_space(arena, fit);
    in->whitener = arena_copy(arena, in->data.basis, p * in->data.r * sizeof *in->whitener);
    for (size_t i = 0; i < p; i++) solve_lower(in->likelihood.a_root, in->data.r, &in->whitener[i * in->data.r]);
    if (fit->options.vcov != MMRM_VCOV_MODEL && !mmrm_sandwich(arena, fit, err)) return false;
    if (mmrm_df_adjusts(fit->options.df) && !(in->adjust = mmrm_adjustment(arena, fit, fit->options.df)))
        return error_set(err, ERROR_NO_CONVERGENCE, "the likelihood has hardly any curvature in some direction of the covariance");
    if (fit->options.df == MMRM_BETWEEN_WITHIN) between_within(arena, fit);
    fit->vcov_model = outer_covariance(arena, in, NULL);
    fit->vcov = in->adjust ? outer_covariance(arena, in, in->adjust) : fit->vcov_model;
    return true;
}

/* z = a_root^-1 basis' l: its squared length is the model's variance of l b */
static void whiten_row(const MmrmInside *in, const double *l, double *z)
{
    size_t r = in->data.r;
    memset(z, 0, r * sizeof *z);
    for (size_t j = 0; j < in->data.p; j++)
        for (size_t k = 0; l[j] != 0 && k < r; k++) z[k] += l[j] * in->data.basis[j*r + k];
    solve_lower(in->likelihood.a_root, r, z);
}

/* df = 2 v^2 / var(v) for the variance v of one contrast */
static double satterthwaite_df(const MmrmInside *in, const double *z)
{
    if (in->sandwich) return mmrm_sandwich_df(in->sandwich, z);
    size_t r = in->data.r, n = in->n_parameters;
    double v = dot(z, z, r);
    mmrm_variance_slopes(in, z, in->g);
    for (size_t a = 0; a < n; a++) in->g[a] /= v;
    return 2 / mmrm_symmetric_form(in->w, in->g, n);
}

static double df_of(const MmrmFit *fit, const double *l, const double *z)
{
    double df = INFINITY;
    switch (fit->options.df) {
    case MMRM_RESIDUAL: return (double)(fit->n - fit->space.rank);
    case MMRM_BETWEEN_WITHIN:
        for (size_t j = 0; j < fit->p; j++)
            if (l[j] != 0) df = fmin(df, fit->inside->df_of_column[j]);
        return df;
    case MMRM_SATTERTHWAITE:
    case MMRM_KENWARD_ROGER:
    case MMRM_KENWARD_ROGER_LINEAR:
    case MMRM_KENWARD_ROGER_MMRM: break;
    }
    return satterthwaite_df(fit->inside, z);
}

static Estimate estimate(const MmrmFit *fit, const double *l, double confidence)
{
    const MmrmInside *in = fit->inside;
    whiten_row(in, l, in->row);
    double variance = in->adjust ? quadratic_form(in->row, in->adjust, in->row, in->data.r) : dot(in->row, in->row, in->data.r);
    double df = df_of(fit, l, in->row);
    if (!(df > 0) || !(variance > 0)) return (Estimate){0};
    return estimate_of(dot(l, fit->b, fit->p), sqrt(variance), df, confidence);
}

Estimate mmrm_coefficient(const MmrmFit *fit, size_t j, double confidence)
{
    if (fit->space.is_aliased[j]) return (Estimate){0};
    ArenaMark mark = arena_mark(fit->inside->arena);
    double *l = ARENA_ARRAY(fit->inside->arena, double, fit->p);
    l[j] = 1;
    Estimate e = estimate(fit, l, confidence);
    arena_rewind(fit->inside->arena, mark);
    return e;
}

Estimate mmrm_contrast(const MmrmFit *fit, const double *l, double confidence)
{
    bool is_zero = true;
    for (size_t j = 0; j < fit->p; j++) is_zero = is_zero && l[j] == 0;
    return is_zero || !row_space_holds(&fit->space, l) ? (Estimate){0} : estimate(fit, l, confidence);
}

bool mmrm_compare_methods(Arena *arena, const MmrmFit *fit, const double *l, size_t n_rows, MmrmSpread *spread)
{
    const MmrmInside *in = fit->inside;
    size_t r = in->data.r, p = fit->p;
    *spread = (MmrmSpread){0};
    if (!in->likelihood.data || in->sandwich || (fit->options.df != MMRM_SATTERTHWAITE && !mmrm_df_adjusts(fit->options.df))) return false;
    const double *adjust = mmrm_adjustment(arena, fit, MMRM_KENWARD_ROGER), *linear = mmrm_adjustment(arena, fit, MMRM_KENWARD_ROGER_LINEAR);
    double share = -1;
    for (size_t i = 0; adjust && linear && i < n_rows; i++) {
        if (!row_space_holds(&fit->space, &l[i*p])) continue;
        whiten_row(in, &l[i*p], in->row);
        double a = sqrt(dot(in->row, in->row, r)), b = sqrt(quadratic_form(in->row, adjust, in->row, r)), c = sqrt(quadratic_form(in->row, linear, in->row, r));
        double own = in->adjust ? sqrt(quadratic_form(in->row, in->adjust, in->row, r)) : a;
        double here = fmax(fmax(a, own), fmax(b, c)) / fmin(fmin(a, own), fmin(b, c)) - 1;
        if (!(here > share)) continue;
        share = here;
        *spread = (MmrmSpread){.share = here, .row = i, .satterthwaite = a, .kenward_roger = b, .kenward_roger_linear = c, .own = own};
    }
    return share >= 0;
}

/* The rows of a test that the earlier ones do not imply, whitened. */
typedef struct {
    size_t q, r;
    double *z;                        /* q x r */
    double *value;                    /* q: l b */
    const double **l;
} Rows;

static Rows independent_rows(Arena *arena, const MmrmFit *fit, const double *l, size_t n)
{
    size_t r = fit->inside->data.r, p = fit->p;
    Rows rows = {.r = r, .z = ARENA_ARRAY(arena, double, n * r + 1), .value = ARENA_ARRAY(arena, double, n + 1),
                 .l = ARENA_ARRAY(arena, const double *, n + 1)};
    double *base = ARENA_ARRAY(arena, double, n * r + 1);
    for (size_t i = 0; i < n; i++) {
        double *z = &rows.z[rows.q * r], *left = &base[rows.q * r];
        whiten_row(fit->inside, &l[i*p], z);
        double length = euclidean_norm(z, r);
        memcpy(left, z, r * sizeof *left);
        for (int pass = 0; pass < 2; pass++)
            for (size_t j = 0; j < rows.q; j++) {
                double f = dot(left, &base[j*r], r);
                for (size_t k = 0; k < r; k++) left[k] -= f * base[j*r + k];
            }
        double rest = euclidean_norm(left, r);
        if (!(rest > SAME_DIRECTION * length)) continue;
        for (size_t k = 0; k < r; k++) left[k] /= rest;
        rows.l[rows.q] = &l[i*p];
        rows.value[rows.q++] = dot(&l[i*p], fit->b, p);
    }
    return rows;
}

/* form (q x q) = z m z', m being r x r or NULL for the identity */
static void form_of(Arena *arena, const Rows *rows, const double *m, double *form)
{
    double *half = ARENA_ARRAY(arena, double, rows->q * rows->r);
    if (m) matrix_multiply(rows->z, m, rows->q, rows->r, rows->r, half);
    matrix_multiply_transposed(m ? half : rows->z, rows->z, rows->q, rows->r, rows->q, form);
}

/* value' form^-1 value; form is spoiled */
static double wald(const Rows *rows, double *form, double *work)
{
    memcpy(work, rows->value, rows->q * sizeof *work);
    if (cholesky(form, rows->q) < rows->q) return NAN;
    solve_lower(form, rows->q, work);
    return dot(work, work, rows->q);
}

/* Fai & Cornelius (1996): the df of each principal contrast, pooled. */
static double pooled_df(Arena *arena, const MmrmFit *fit, const Rows *rows)
{
    size_t q = rows->q, r = rows->r;
    double *form = ARENA_ARRAY(arena, double, q * q), *values = ARENA_ARRAY(arena, double, q), *vectors = ARENA_ARRAY(arena, double, q * q);
    double *z = ARENA_ARRAY(arena, double, r), sum = 0;
    form_of(arena, rows, fit->inside->adjust, form);
    symmetric_eigen(form, q, values, vectors);
    for (size_t i = 0; i < q; i++) {
        memset(z, 0, r * sizeof *z);
        for (size_t j = 0; j < q; j++)
            for (size_t k = 0; k < r; k++) z[k] += vectors[j*q + i] * rows->z[j*r + k];
        double df = satterthwaite_df(fit->inside, z);
        if (df > 2) sum += df / (df - 2);
    }
    return sum > (double)q ? 2 * sum / (sum - (double)q) : 2;
}

/* Kenward & Roger (1997), section 3: the error df and the scale of F. A_1, A_2, B, g, c_i as there. */
static void kenward_roger(Arena *arena, const MmrmFit *fit, const Rows *rows, double *df, double *scale)
{
    const MmrmInside *in = fit->inside;
    size_t q = rows->q, n = in->n_parameters, r = rows->r;
    double l = (double)q, a1 = 0, a2 = 0;
    double *theta = ARENA_ARRAY(arena, double, q * q), *root = ARENA_ARRAY(arena, double, q * q), *g = ARENA_ARRAY(arena, double, n * q * q);
    double *trace = ARENA_ARRAY(arena, double, n);
    form_of(arena, rows, NULL, root);
    if (cholesky(root, q) < q) { *df = *scale = NAN; return; }
    for (size_t a = 0; a < n; a++) {                 /* g_a = root^-1 (z P_a z') root^-T */
        double *ga = &g[a*q*q];
        form_of(arena, rows, &in->p[a*r*r], theta);
        for (size_t i = 0; i < q; i++) solve_lower(root, q, &theta[i*q]);
        for (size_t i = 0; i < q; i++)
            for (size_t j = 0; j < q; j++) ga[i*q + j] = theta[j*q + i];
        for (size_t i = 0; i < q; i++) solve_lower(root, q, &ga[i*q]);
        for (size_t i = 0; i < q; i++) trace[a] += ga[i*q + i];
    }
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            a1 += in->w[a*n + b] * trace[a] * trace[b];
            a2 += in->w[a*n + b] * dot(&g[a*q*q], &g[b*q*q], q * q);
        }
    if (q == 1) {
        *df = 2 / a1;
        *scale = 1;
        return;
    }
    double b = (a1 + 6*a2) / (2*l), gg = ((l + 1)*a1 - (l + 4)*a2) / ((l + 2)*a2);
    double c1 = gg / (3*l + 2*(1 - gg)), c2 = (l - gg) / (3*l + 2*(1 - gg)), c3 = (l + 2 - gg) / (3*l + 2*(1 - gg));
    double e = 1 / (1 - a2/l), v = 2/l * (1 + c1*b) / ((1 - c2*b)*(1 - c2*b)*(1 - c3*b)), rho = v / (2*e*e);
    *df = 4 + (l + 2) / (l*rho - 1);
    *scale = *df / (e * (*df - 2));
}

static MmrmTest test_rows(Arena *arena, const MmrmFit *fit, const double *l, size_t n_rows)
{
    const MmrmInside *in = fit->inside;
    Rows rows = independent_rows(arena, fit, l, n_rows);
    MmrmTest test = {.df = (double)rows.q, .scale = 1};
    if (rows.q == 0) return test;
    double *form = ARENA_ARRAY(arena, double, rows.q * rows.q);
    if (mmrm_df_adjusts(fit->options.df)) kenward_roger(arena, fit, &rows, &test.df_error, &test.scale);
    else if (fit->options.df == MMRM_SATTERTHWAITE) test.df_error = rows.q == 1 ? satterthwaite_df(in, rows.z) : pooled_df(arena, fit, &rows);
    else {
        test.df_error = INFINITY;
        for (size_t i = 0; i < rows.q; i++) test.df_error = fmin(test.df_error, df_of(fit, rows.l[i], &rows.z[i * rows.r]));
    }
    form_of(arena, &rows, in->adjust, form);
    test.f = test.scale * wald(&rows, form, ARENA_ARRAY(arena, double, rows.q)) / test.df;
    bool known = test.df_error > 0 && test.scale > 0 && test.f >= 0;
    if (!known) test.f = test.df_error = NAN;
    test.p = known ? f_sf(test.f, test.df, test.df_error) : NAN;
    return test;
}

bool mmrm_test(Arena *arena, const MmrmFit *fit, const double *l, size_t n_rows, MmrmTest *test, Error *err)
{
    for (size_t i = 0; i < n_rows; i++)
        if (!row_space_holds(&fit->space, &l[i * fit->p]))
            return error_set(err, ERROR_DEGENERATE, "row %zu of the contrast cannot be estimated", i + 1);
    *test = test_rows(arena, fit, l, n_rows);
    return test->df > 0 || error_set(err, ERROR_DEGENERATE, "the contrast is zero");
}

/* Reduced row echelon form. Fai & Cornelius' df depend on how a hypothesis is written; this is the way SAS writes it when
 * the reference level is the last: each row one level of the term less the reference. */
static void reduce_rows(Arena *arena, double *l, size_t n, size_t p)
{
    size_t *pivot = ARENA_ARRAY(arena, size_t, n + 1), rank = echelon(l, n, p, SAME_DIRECTION, pivot, ARENA_ARRAY(arena, double, p));
    for (size_t k = rank; k-- > 0;) {
        double *row = &l[k*p], f = row[pivot[k]];
        for (size_t j = 0; j < p; j++) row[j] /= f;
        for (size_t i = 0; i < k; i++) {
            double g = l[i*p + pivot[k]];
            for (size_t j = 0; j < p; j++) l[i*p + j] -= g * row[j];
        }
    }
}

MmrmTest *mmrm_anova(Arena *arena, const MmrmFit *fit, TestType type)
{
    MmrmTest *tests = ARENA_ARRAY(arena, MmrmTest, fit->model->n_terms + 1);
    for (size_t t = 0; t < fit->model->n_terms; t++) {
        Hypothesis h = estimable_hypothesis(arena, fit->model, &fit->space, t, type);
        reduce_rows(arena, h.l, h.n_rows, fit->p);
        tests[t] = test_rows(arena, fit, h.l, h.n_rows);
        tests[t].name = fit->model->terms[t].name;
    }
    return tests;
}
