#include "stat/linear.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "math/distribution.h"

#define REFINEMENTS_MAX 8
#define POLISH_BELOW    1e-4       /* share of a column left by the others below which R is polished */

/* What the steps of one fit share. */
typedef struct {
    Arena *arena;
    const double *x, *x_low, *y;
    size_t n, p, rank;
    double *square;                                  /* rank x rank: R at its pivots */
    size_t *pivot;
    Twofold *residuals;
    LinearFit *fit;
} Work;

static bool check_finite(const double *x, const double *y, size_t n, size_t p, Error *err)
{
    for (size_t i = 0; i < n; i++) {
        bool finite = isfinite(y[i]);
        for (size_t j = 0; j < p; j++) finite = finite && isfinite(x[i*p + j]);
        if (!finite) return error_set(err, ERROR_MALFORMED, "row %zu is not finite", i + 1);
    }
    return true;
}

/* R of x, and whether some column is nearly dependent on the earlier ones. */
static bool factorise(Work *w)
{
    Arena *arena = w->arena;
    RowSpace *s = &w->fit->space;
    double *a = arena_copy(arena, w->x, w->n * w->p * sizeof *a);
    double *beta = ARENA_ARRAY(arena, double, w->p), *left = ARENA_ARRAY(arena, double, w->p);
    bool nearly = false;
    w->pivot = ARENA_ARRAY(arena, size_t, w->p);
    w->rank = qr_echelon(a, w->n, w->p, RANK_TOLERANCE, beta, w->pivot, left, ARENA_ARRAY(arena, double, 2 * w->p));
    *s = (RowSpace){.p = w->p, .rank = w->rank, .pivot = w->pivot, .r = ARENA_ARRAY(arena, double, w->rank * w->p)};
    for (size_t k = 0; k < w->rank; k++)
        for (size_t j = w->pivot[k]; j < w->p; j++) s->r[k*w->p + j] = a[k*w->p + j];
    for (size_t k = 0; k < w->rank; k++) nearly = nearly || left[w->pivot[k]] < POLISH_BELOW;
    return nearly;
}

static void take_square(Work *w)
{
    for (size_t k = 0; k < w->rank; k++)
        for (size_t l = 0; l < w->rank; l++) w->square[k*w->rank + l] = w->fit->space.r[k*w->p + w->pivot[l]];
}

static const double *low_row(const Work *w, size_t i) { return w->x_low ? &w->x_low[i*w->p] : NULL; }

/* x'x in twofold precision, all p columns */
static Twofold *gram(const Work *w)
{
    Twofold *g = ARENA_ARRAY(w->arena, Twofold, w->p * w->p);
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->p; k++) {
            Twofold x = {w->x[i*w->p + k], w->x_low ? w->x_low[i*w->p + k] : 0};
            if (x.high != 0) twofold_add_scaled(&g[k*w->p], &w->x[i*w->p], low_row(w, i), x, k + 1);
        }
    for (size_t k = 0; k < w->p; k++)
        for (size_t l = 0; l <= k; l++) g[l*w->p + k] = g[k*w->p + l] = twofold_sum(g[k*w->p + l], (Twofold){0, 0});
    return g;
}

/* Polishes R: with M = R^-1 as computed, C = M' (x'x) M is nearly the identity; C = U' U makes U R the better R. */
static void polish(Work *w)
{
    size_t q = w->rank;
    double *inverse = ARENA_ARRAY(w->arena, double, q * q), *c = ARENA_ARRAY(w->arena, double, q * q), *u;
    Twofold *g = gram(w), *gm = ARENA_ARRAY(w->arena, Twofold, q * q);
    invert_upper(w->square, q, inverse);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++)
            for (size_t k = 0; k <= j; k++)
                gm[i*q + j] = twofold_sum(gm[i*q + j], twofold_product(g[w->pivot[i]*w->p + w->pivot[k]], (Twofold){inverse[k*q + j], 0}));
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j <= i; j++) {
            Twofold sum = {0};
            for (size_t k = 0; k <= i; k++) sum = twofold_sum(sum, twofold_product(gm[k*q + j], (Twofold){inverse[k*q + i], 0}));
            c[i*q + j] = sum.high;
        }
    if (cholesky(c, q) != q) return;                 /* R is too far off to be polished; it stays as it is */
    u = ARENA_ARRAY(w->arena, double, q * w->p);
    for (size_t k = 0; k < q; k++)
        for (size_t j = w->pivot[k]; j < w->p; j++)
            for (size_t l = k; l < q && w->pivot[l] <= j; l++) u[k*w->p + j] += c[l*q + k] * w->fit->space.r[l*w->p + j];
    memcpy(w->fit->space.r, u, q * w->p * sizeof *u);
    take_square(w);
}

/* residuals = y - x b, with b, x and the residuals in two parts */
static void find_residuals(Work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        Twofold fitted = twofold_dot(&w->x[i*w->p], low_row(w, i), w->fit->b, w->fit->b_low, w->p);
        w->residuals[i] = twofold_sum((Twofold){w->y[i], 0}, (Twofold){-fitted.high, -fitted.low});
    }
}

/* step = (R'R)^-1 x' residuals, at the pivots */
static void find_step(Work *w, double *step)
{
    Twofold *g = ARENA_ARRAY(w->arena, Twofold, w->p);
    for (size_t i = 0; i < w->n; i++) twofold_add_scaled(g, &w->x[i*w->p], low_row(w, i), w->residuals[i], w->p);
    for (size_t k = 0; k < w->rank; k++) step[k] = g[w->pivot[k]].high + g[w->pivot[k]].low;
    solve_upper_transposed(w->square, w->rank, step);
    solve_upper(w->square, w->rank, step);
}

/* Starts at b = 0 and steps until a step is below the rounding of b; the first step is the usual solution. */
static void solve(Work *w)
{
    double *step = ARENA_ARRAY(w->arena, double, w->rank), last = INFINITY;
    for (int round = 0; round < REFINEMENTS_MAX; round++) {
        double change = 0;
        find_residuals(w);
        find_step(w, step);
        for (size_t k = 0; k < w->rank; k++) {
            double *b = &w->fit->b[w->pivot[k]], *low = &w->fit->b_low[w->pivot[k]];
            Twofold sum = twofold_sum((Twofold){*b, *low}, (Twofold){step[k], 0});
            *b = sum.high, *low = sum.low;
            if (sum.high != 0) change = fmax(change, fabs(step[k] / sum.high));
        }
        if (change < DBL_EPSILON || !(change < last)) break;
        last = change;
    }
    find_residuals(w);
}

static void find_inverse(Work *w)
{
    size_t q = w->rank, p = w->p;
    LinearFit *f = w->fit;
    double *inverse = ARENA_ARRAY(w->arena, double, q * q);
    f->xtx_inverse = ARENA_ARRAY(w->arena, double, p * p);
    f->vcov = ARENA_ARRAY(w->arena, double, p * p);
    invert_upper(w->square, q, inverse);
    for (size_t k = 0; k < q; k++)
        for (size_t l = 0; l < q; l++) {
            size_t from = k > l ? k : l, at = w->pivot[k]*p + w->pivot[l];
            f->xtx_inverse[at] = dot(&inverse[k*q + from], &inverse[l*q + from], q - from);
            f->vcov[at] = f->s2 * f->xtx_inverse[at];
        }
}

static double sum_of_squares(const double *y, size_t n, bool about_mean)
{
    Twofold sum = {0}, squares = {0};
    for (size_t i = 0; about_mean && i < n; i++) sum = twofold_add_product(sum, y[i], 1);
    Twofold mean = {sum.high / (double)n, 0};
    mean.low = twofold_sum(sum, twofold_product(mean, (Twofold){-(double)n, 0})).high / (double)n;
    for (size_t i = 0; i < n; i++) {
        Twofold from = twofold_sum((Twofold){y[i], 0}, (Twofold){-mean.high, -mean.low});
        squares = twofold_sum(squares, twofold_product(from, from));
    }
    return squares.high;
}

static void summarise(LinearFit *f, const double *y, bool has_intercept)
{
    f->df = (double)(f->n - f->space.rank);
    f->rss = dot(f->residuals, f->residuals, f->n);
    f->tss = sum_of_squares(y, f->n, has_intercept);
    f->s2 = f->df > 0 ? f->rss / f->df : 0;
    f->sigma = sqrt(f->s2);
    f->model_df = (double)(f->space.rank - has_intercept);
    f->r2 = f->tss > 0 ? fmax(0, 1 - f->rss / f->tss) : 0;
    f->r2_adjusted = f->df > 0 ? 1 - (1 - f->r2) * (f->model_df + f->df) / f->df : f->r2;
    if (f->model_df <= 0 || f->df <= 0) return;
    f->f = f->s2 > 0 ? fmax(0, f->tss - f->rss) / f->model_df / f->s2 : INFINITY;
    f->f_p = isinf(f->f) ? 0 : f_sf(f->f, f->model_df, f->df);
}

bool least_squares(Arena *arena, const double *x, const double *x_low, const double *y, size_t n, size_t p,
                   bool has_intercept, LinearFit *fit, Error *err)
{
    *fit = (LinearFit){.n = n, .p = p, .x = x};
    if (n == 0 || p == 0) return error_set(err, ERROR_DEGENERATE, "there is nothing to fit");
    if (!check_finite(x, y, n, p, err)) return false;
    Work w = {.arena = arena, .x = x, .x_low = x_low, .y = y, .n = n, .p = p, .fit = fit};
    fit->b = ARENA_ARRAY(arena, double, p);
    fit->b_low = ARENA_ARRAY(arena, double, p);
    fit->residuals = ARENA_ARRAY(arena, double, n);
    w.residuals = ARENA_ARRAY(arena, Twofold, n);
    bool nearly_dependent = factorise(&w);
    if (w.rank == 0) return error_set(err, ERROR_DEGENERATE, "every column is zero");
    w.square = ARENA_ARRAY(arena, double, w.rank * w.rank);
    take_square(&w);
    if (nearly_dependent) polish(&w);
    solve(&w);
    for (size_t i = 0; i < n; i++) fit->residuals[i] = w.residuals[i].high;
    summarise(fit, y, has_intercept);
    find_inverse(&w);
    row_space_complete(arena, &fit->space);
    return true;
}

bool linear_fit(Arena *arena, const Model *model, LinearFit *fit, Error *err)
{
    if (!formula_check_fixed(model->formula, err)) return false;
    if (!least_squares(arena, model->x, model->x_low, model->y, model->n, model->p, model->has_intercept, fit, err)) return false;
    if (fit->df > 0) return true;
    error_set(err, ERROR_DEGENERATE, "%zu rows leave no degree of freedom for the error after %zu coefficients", model->n, fit->space.rank);
    return error_hint(err, "Use fewer terms, or more complete rows.");
}

Str linear_aliased(Arena *arena, const Model *model, const LinearFit *fit)
{
    Buf names = buf_new(arena);
    for (size_t j = 0; j < fit->p; j++) {
        if (!fit->space.is_aliased[j]) continue;
        if (names.len) buf_add_c(&names, ", ");
        buf_add(&names, model->names[j]);
    }
    return buf_str(&names);
}

static double apply_row(const LinearFit *f, const double *l)
{
    Twofold sum = {0};
    for (size_t j = 0; j < f->p; j++)
        if (l[j] != 0) sum = twofold_sum(sum, twofold_product((Twofold){f->b[j], f->b_low[j]}, (Twofold){l[j], 0}));
    return sum.high;
}

Estimate linear_contrast(const LinearFit *f, const double *l, double confidence)
{
    if (!row_space_holds(&f->space, l) || f->df <= 0) return (Estimate){0};
    return estimate_of(apply_row(f, l), sqrt(fmax(0, quadratic_form(l, f->vcov, l, f->p))), f->df, confidence);
}

Estimate linear_coefficient(const LinearFit *f, size_t j, double confidence)
{
    if (f->space.is_aliased[j] || f->df <= 0) return (Estimate){0};
    return estimate_of(f->b[j], sqrt(f->vcov[j*f->p + j]), f->df, confidence);
}

/* Sum of squares of l b = 0: with z = R^-T l' (orthonormalised), the squared length of the projection of R b. */
static LinearTest test_rows(Arena *arena, const LinearFit *f, const double *l, size_t n_rows)
{
    size_t q = f->space.rank, rank = 0;
    double *z = ARENA_ARRAY(arena, double, (n_rows + 1) * q), *square = ARENA_ARRAY(arena, double, q * q), ss = 0;
    double *value = ARENA_ARRAY(arena, double, n_rows);
    for (size_t k = 0; k < q; k++)
        for (size_t j = 0; j < q; j++) square[k*q + j] = f->space.r[k*f->p + f->space.pivot[j]];
    for (size_t i = 0; i < n_rows; i++) {
        double *row = &z[rank * q], v = apply_row(f, &l[i * f->p]), length;
        for (size_t k = 0; k < q; k++) row[k] = l[i * f->p + f->space.pivot[k]];
        solve_upper_transposed(square, q, row);
        length = euclidean_norm(row, q);
        for (int pass = 0; pass < 2; pass++)
            for (size_t j = 0; j < rank; j++) {
                double part = dot(row, &z[j*q], q);
                v -= part * value[j];
                for (size_t k = 0; k < q; k++) row[k] -= part * z[j*q + k];
            }
        double rest = euclidean_norm(row, q);
        if (!(rest > 1e-8 * length)) continue;
        for (size_t k = 0; k < q; k++) row[k] /= rest;
        value[rank] = v / rest;
        ss += value[rank] * value[rank];
        rank++;
    }
    LinearTest test = {.ss = ss, .df = (double)rank};
    if (rank == 0) return test;
    test.ms = ss / test.df;
    test.f = f->s2 > 0 ? test.ms / f->s2 : ss > 0 ? INFINITY : 0;
    test.p = isinf(test.f) ? 0 : f_sf(test.f, test.df, f->df);
    return test;
}

bool linear_test(Arena *arena, const LinearFit *fit, const double *l, size_t n_rows, LinearTest *test, Error *err)
{
    if (fit->df <= 0) return error_set(err, ERROR_DEGENERATE, "there is no degree of freedom for the error");
    for (size_t i = 0; i < n_rows; i++)
        if (!row_space_holds(&fit->space, &l[i * fit->p]))
            return error_set(err, ERROR_DEGENERATE, "row %zu of the contrast cannot be estimated", i + 1);
    *test = test_rows(arena, fit, l, n_rows);
    return test->df > 0 || error_set(err, ERROR_DEGENERATE, "the contrast is zero");
}

LinearTest *linear_anova(Arena *arena, const Model *model, const LinearFit *fit, TestType type)
{
    LinearTest *tests = ARENA_ARRAY(arena, LinearTest, model->n_terms + 1);
    for (size_t t = 0; t < model->n_terms; t++) {
        Hypothesis h = estimable_hypothesis(arena, model, &fit->space, t, type);
        tests[t] = test_rows(arena, fit, h.l, h.n_rows);
        tests[t].name = model->terms[t].name;
    }
    return tests;
}

static double robust_weight(RobustKind kind, const LinearFit *f, double leverage)
{
    switch (kind) {
    case ROBUST_HC0: return 1;
    case ROBUST_HC1: return (double)f->n / f->df;
    case ROBUST_HC2: return 1 / (1 - leverage);
    case ROBUST_HC3: return 1 / ((1 - leverage) * (1 - leverage));
    }
    return 1;
}

bool linear_robust(Arena *arena, const LinearFit *f, RobustKind kind, double *vcov, Error *err)
{
    size_t p = f->p;
    double *meat = ARENA_ARRAY(arena, double, p * p), *half = ARENA_ARRAY(arena, double, p * p);
    for (size_t i = 0; i < f->n; i++) {
        const double *row = &f->x[i*p];
        double leverage = quadratic_form(row, f->xtx_inverse, row, p);
        if (kind >= ROBUST_HC2 && leverage > 1 - 1e-10)
            return error_set(err, ERROR_DEGENERATE, "row %zu alone decides a coefficient (leverage 1)", i + 1);
        double weight = f->residuals[i] * f->residuals[i] * robust_weight(kind, f, leverage);
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++) meat[j*p + k] += weight * row[j] * row[k];
    }
    matrix_multiply(f->xtx_inverse, meat, p, p, p, half);
    matrix_multiply(half, f->xtx_inverse, p, p, p, vcov);
    return true;
}
