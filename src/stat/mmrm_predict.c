#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

/* What a row of the frame is, in the terms of the fit. */
typedef struct {
    double *x;                        /* p */
    size_t subject, visit, group;     /* SIZE_MAX where the fit has none of that name */
    double root_weight;               /* 0 where there is no weight */
} Place;

typedef struct {
    Arena *arena;
    const MmrmFit *fit;
    const Formula *formula;
    const CovarianceTerm *term;
    const Frame *frame;
    const Column **columns;           /* of the formula; NULL where only the response needs one */
    const Column *weight;
    Map subjects;
    double **roots;                   /* of patterns */
    double *residual, *values;        /* n, times the root weight; n_columns */
    size_t *levels;                   /* n_variables */
    double *numbers;
    double *covariance, *products;    /* of the directions: W, and P (r x r each) */
    double *a, *f, *gls, *u, *w;      /* m; w is m + p */
    double *q, *z, *g;                /* p, r, n_directions */
    double *zi, *left, *right;        /* m x r; by direction m + r */
} Predictor;

static Str text_of(const Predictor *p, const Column *column, size_t row)
{
    return column_is_number(column) ? frame_cell_text(p->arena, column, row) : column->texts[row];
}

static size_t level_of(const Predictor *p, const ModelVariable *v, const Column *column, size_t row)
{
    Str text = text_of(p, column, row);
    for (size_t l = 0; l < v->n_levels; l++)
        if (str_equal(v->levels[l], text)) return l;
    return SIZE_MAX;
}

/* The points of a spatial structure with several coordinates are named as where the data were reduced. */
static size_t visit_of(const Predictor *p, size_t row)
{
    const ModelVariable *visits = &p->fit->visits;
    if (p->term->n_visits == 1) return level_of(p, visits, p->columns[p->term->visits[0]], row);
    Buf text = buf_new(p->arena);
    for (size_t c = 0; c < p->term->n_visits; c++) {
        if (c) buf_add_c(&text, ", ");
        buf_number(&text, p->columns[p->term->visits[c]]->numbers[row]);
    }
    for (size_t l = 0; l < visits->n_levels; l++)
        if (str_equal(visits->levels[l], buf_str(&text))) return l;
    return SIZE_MAX;
}

/* The row of the design; false where a level is not the fit's, or a covariate has no finite value. */
static bool find_x(Predictor *p, size_t row, double *x)
{
    const Model *m = p->fit->model;
    for (size_t c = 0; c < p->formula->n_columns; c++)
        if (p->columns[c] && column_is_number(p->columns[c])) p->values[c] = p->columns[c]->numbers[row];
    for (size_t v = 0; v < m->n_variables; v++) {
        const FormulaVariable *from = &p->formula->variables[v];
        if (m->variables[v].is_factor) p->levels[v] = level_of(p, &m->variables[v], p->columns[from->column], row);
        else p->numbers[v] = expression_value(from->expression, p->values).high;
        if (m->variables[v].is_factor ? p->levels[v] == SIZE_MAX : !isfinite(p->numbers[v])) return false;
    }
    model_row(m, p->levels, p->numbers, x);
    return row_space_holds(&p->fit->space, x);
}

static bool find_place(Predictor *p, size_t row, Place *at)
{
    for (size_t c = 0; c < p->formula->n_columns; c++)
        if (p->columns[c] && p->columns[c]->missing[row] != MISSING_NOT) return false;
    if (!find_x(p, row, at->x)) return false;
    const MapEntry *subject = map_get(&p->subjects, text_of(p, p->columns[p->term->subject], row));
    at->subject = subject ? subject->index : SIZE_MAX;
    at->visit = visit_of(p, row);
    at->group = p->term->has_group ? level_of(p, &p->fit->groups, p->columns[p->term->group], row) : 0;
    at->root_weight = 1;
    if (p->weight) {
        double weight = column_is_number(p->weight) && p->weight->missing[row] == MISSING_NOT ? p->weight->numbers[row] : 0;
        at->root_weight = weight > 0 ? sqrt(weight) : 0;
    }
    return true;
}

/* u = L'f, w = L'gls: what the error and b's part in it take from the subject's visits where Sigma is the identity. */
static void whiten_weights(const Predictor *p, size_t group)
{
    size_t m = p->fit->n_visits;
    const double *root = &p->fit->inside->roots[group*m*m];
    memset(p->u, 0, m * sizeof *p->u);
    memset(p->w, 0, m * sizeof *p->w);
    for (size_t i = 0; i < m; i++) {
        mmrm_add_scaled(p->u, &root[i*m], p->f[i], i + 1);
        mmrm_add_scaled(p->w, &root[i*m], p->gls[i], i + 1);
    }
}

/* The variance v of a prediction's error, of gradient g by the covariance parameters: df = 2 v^2 / g'Wg. By the envelope
 * theorem only Sigma moves, not the weights: dv = f'dSigma f + 2 f'dSigma gls + z'P z. */
static double prediction_df(const Predictor *p, size_t group, double v)
{
    const MmrmLikelihood *l = &p->fit->inside->likelihood;
    size_t m = p->fit->n_visits, r = l->r;
    for (size_t e = 0; e < l->n_directions; e++) p->g[e] = quadratic_form(p->z, &p->products[e*r*r], p->z, r);
    for (size_t b = 0; b < m; b++)
        for (size_t a = 0; a <= b; a++)
            p->g[group*l->k + mmrm_direction(a, b)] += 2 * mmrm_direction_scale(a, b) * (p->u[a]*p->u[b] + p->u[a]*p->w[b] + p->u[b]*p->w[a]);
    return 2 * v * v / quadratic_form(p->g, p->covariance, p->g, l->n_directions);
}

/* to (k) = root^-1 [dSigma weights] at the subject's visits, for direction E_ab: L E_ab L' weights, u = L' weights */
static void bend_weights(const Predictor *p, const Place *at, size_t a, size_t b, const double *u, double *to)
{
    const MmrmData *d = &p->fit->inside->data;
    const MmrmPattern *pattern = &d->patterns[d->pattern_of[at->subject]];
    const double *root = &p->fit->inside->roots[at->group*d->n_visits*d->n_visits];
    double scale = mmrm_direction_scale(a, b);
    for (size_t q = 0; q < pattern->n_visits; q++) {
        const double *row = &root[pattern->visits[q]*d->n_visits];
        to[q] = scale * ((a <= pattern->visits[q] ? row[a] * u[b] : 0) + (b <= pattern->visits[q] ? row[b] * u[a] : 0));
    }
    solve_lower(p->roots[d->pattern_of[at->subject]], pattern->n_visits, to);
}

/* What estimating Sigma adds to the variance of the error beyond its part in q'b, which the adjusted covariance of b holds
 * (Prasad & Rao 1990; Harville & Jeske 1992): 2 sum of W_ef Lambda_ef, Lambda_ef = A_e'(A_f + 2 B_f) - T_e'(T_f + 2 P_f z), where
 * A = root^-1 dSigma f, B = root^-1 dSigma gls, T = Z'A, Z = root^-1 X whitener. */
static double estimation_variance(const Predictor *p, const Place *at)
{
    const MmrmFit *fit = p->fit;
    const MmrmLikelihood *l = &fit->inside->likelihood;
    const MmrmData *d = &fit->inside->data;
    size_t m = fit->n_visits, r = l->r, n = l->n_directions, from = at->group * l->k;
    double sum = 0;
    if (at->subject == SIZE_MAX) return 0;
    size_t k = d->first[at->subject + 1] - d->first[at->subject];
    mmrm_whiten_subject(d, at->subject, p->roots[d->pattern_of[at->subject]], fit->inside->whitener, p->zi);
    memset(p->right, 0, n * (m + r) * sizeof *p->right);
    for (size_t e = 0; e < n; e++) {
        matrix_apply(&p->products[e*r*r], p->z, r, r, &p->right[e*(m + r) + m]);
        for (size_t c = 0; c < r; c++) p->right[e*(m + r) + m + c] *= -2;
    }
    for (size_t b = 0; b < m; b++)
        for (size_t a = 0; a <= b; a++) {
            double *left = &p->left[mmrm_direction(a, b)*(m + r)], *right = &p->right[(from + mmrm_direction(a, b))*(m + r)];
            memset(left, 0, (m + r) * sizeof *left);
            bend_weights(p, at, a, b, p->w, right);
            bend_weights(p, at, a, b, p->u, left);
            for (size_t q = 0; q < k; q++) right[q] = 2 * right[q] + left[q], mmrm_add_scaled(left + m, &p->zi[q*r], left[q], r);
            for (size_t c = 0; c < r; c++) right[m + c] -= left[m + c];
        }
    for (size_t e = 0; e < l->k; e++)
        for (size_t f = 0; f < n; f++)
            sum += p->covariance[(from + e)*n + f] * dot(&p->left[e*(m + r)], &p->right[f*(m + r)], m + r);
    return 2 * sum;
}

/* The subject's own visits: a (weights of its residuals), q = x - sum a X, gls (V^-1 X Phi q), the variance that is left. */
static double find_weights(const Predictor *p, const Place *at, double *residual)
{
    const MmrmFit *fit = p->fit;
    const MmrmData *d = &fit->inside->data;
    size_t m = fit->n_visits, first = at->subject == SIZE_MAX ? 0 : d->first[at->subject], k = at->subject == SIZE_MAX ? 0 : d->first[at->subject + 1] - first;
    const double *sigma = &fit->sigma[at->group*m*m], *root = k ? p->roots[d->pattern_of[at->subject]] : NULL;
    double left = sigma[at->visit*m + at->visit];
    *residual = 0;
    memset(p->f, 0, m * sizeof *p->f);
    memset(p->gls, 0, m * sizeof *p->gls);
    for (size_t i = 0; i < k; i++) p->a[i] = sigma[fit->visits.level[d->order[first + i]]*m + at->visit];
    if (k) solve_lower(root, k, p->a), left -= dot(p->a, p->a, k), solve_lower_transposed(root, k, p->a);
    for (size_t c = 0; c < fit->p; c++) p->q[c] = at->root_weight * at->x[c];
    for (size_t i = 0; i < k; i++) {
        size_t row = d->order[first + i];
        *residual += p->a[i] * p->residual[row];
        p->f[fit->visits.level[row]] = p->a[i];
        mmrm_add_scaled(p->q, &fit->model->x[row * fit->p], -p->a[i] * mmrm_root_weight(d, row), fit->p);
    }
    p->f[at->visit] = -1;
    matrix_apply(fit->vcov_model, p->q, fit->p, fit->p, p->w + m);
    for (size_t i = 0; i < k; i++) p->a[i] = mmrm_root_weight(d, d->order[first + i]) * dot(&fit->model->x[d->order[first + i] * fit->p], p->w + m, fit->p);
    if (k) solve_lower(root, k, p->a), solve_lower_transposed(root, k, p->a);
    for (size_t i = 0; i < k; i++) p->gls[fit->visits.level[d->order[first + i]]] = p->a[i];
    return left;
}

static Estimate conditional(const Predictor *p, const Place *at, double confidence)
{
    const MmrmFit *fit = p->fit;
    const MmrmInside *in = fit->inside;
    double residual, w = at->root_weight, df;
    if (at->visit == SIZE_MAX || at->group == SIZE_MAX || !(w > 0)) return (Estimate){0};
    double left = find_weights(p, at, &residual), variance = quadratic_form(p->q, fit->vcov, p->q, fit->p) + left;
    memset(p->z, 0, in->data.r * sizeof *p->z);
    for (size_t c = 0; c < fit->p; c++)
        if (p->q[c] != 0) mmrm_add_scaled(p->z, &in->whitener[c * in->data.r], p->q[c], in->data.r);
    if (fit->options.df == MMRM_RESIDUAL || fit->options.df == MMRM_BETWEEN_WITHIN) df = mmrm_contrast(fit, at->x, confidence).df;
    else {
        whiten_weights(p, at->group);
        df = prediction_df(p, at->group, dot(p->z, p->z, in->data.r) + left);
        if (mmrm_df_adjusts(fit->options.df)) variance += estimation_variance(p, at);
    }
    if (!(df > 0) || !(variance > 0)) return (Estimate){0};
    return estimate_of(dot(at->x, fit->b, fit->p) + residual / w, sqrt(variance) / w, df, confidence);
}

static bool is_used(const Predictor *p, const Place *at)
{
    const MmrmData *d = &p->fit->inside->data;
    if (at->subject == SIZE_MAX) return false;
    for (size_t i = d->first[at->subject]; i < d->first[at->subject + 1]; i++)
        if (p->fit->visits.level[d->order[i]] == at->visit) return true;
    return false;
}

/* Every column but those that only the response needs. */
static bool find_columns(Predictor *p, Error *err)
{
    const Formula *f = p->formula;
    bool *needed = ARENA_ARRAY(p->arena, bool, f->n_columns);
    for (size_t v = 0; v < f->n_variables; v++) expression_columns(f->variables[v].expression, needed);
    for (size_t c = 0; c < p->term->n_visits; c++) needed[p->term->visits[c]] = true;
    needed[p->term->subject] = true;
    if (p->term->has_group) needed[p->term->group] = true;
    p->columns = ARENA_ARRAY(p->arena, const Column *, f->n_columns);
    for (size_t c = 0; c < f->n_columns; c++)
        if (needed[c] && !frame_need(p->frame, f->columns[c], &p->columns[c], err)) return false;
    return p->fit->options.weights.len == 0 || frame_need(p->frame, p->fit->options.weights, &p->weight, err);
}

static bool prepare(Predictor *p, Error *err)
{
    const MmrmFit *fit = p->fit;
    size_t m = fit->n_visits, r = fit->inside->data.r, n = fit->inside->likelihood.n_directions;
    if (!find_columns(p, err)) return false;
    p->subjects = map_new(p->arena);
    for (size_t s = 0; s < fit->subjects.n_levels; s++) map_put(&p->subjects, fit->subjects.levels[s], NULL)->index = s;
    p->roots = mmrm_pattern_roots(p->arena, fit->inside);
    p->residual = mmrm_residuals(p->arena, fit, MMRM_RESIDUAL_RAW);
    for (size_t i = 0; i < fit->n; i++) p->residual[i] *= mmrm_root_weight(&fit->inside->data, i);
    p->values = ARENA_ARRAY(p->arena, double, p->formula->n_columns);
    p->levels = ARENA_ARRAY(p->arena, size_t, fit->model->n_variables + 1);
    p->numbers = ARENA_ARRAY(p->arena, double, fit->model->n_variables + 1);
    p->a = ARENA_ARRAY(p->arena, double, m), p->f = ARENA_ARRAY(p->arena, double, m), p->gls = ARENA_ARRAY(p->arena, double, m);
    p->u = ARENA_ARRAY(p->arena, double, m), p->w = ARENA_ARRAY(p->arena, double, m + fit->p), p->q = ARENA_ARRAY(p->arena, double, fit->p);
    p->z = ARENA_ARRAY(p->arena, double, r), p->g = ARENA_ARRAY(p->arena, double, n);
    p->covariance = mmrm_direction_covariance(p->arena, fit->inside);
    p->products = ARENA_ARRAY(p->arena, double, n * r * r);
    mmrm_likelihood_unpack(&fit->inside->likelihood, p->products);
    if (mmrm_df_adjusts(fit->options.df)) {
        p->zi = ARENA_ARRAY(p->arena, double, m * r);
        p->left = ARENA_ARRAY(p->arena, double, n * (m + r)), p->right = ARENA_ARRAY(p->arena, double, n * (m + r));
    }
    return p->roots || error_set(err, ERROR_DEGENERATE, "the covariance of some subjects is on its boundary");
}

bool mmrm_predict(Arena *arena, const MmrmFit *fit, const Frame *frame, const size_t *rows, size_t n_rows, double confidence,
                  MmrmPrediction *predictions, Error *err)
{
    if (fit->inside->likelihood.data == NULL) {
        error_set(err, ERROR_USAGE, "predictions by row are not offered for a model with random terms");
        return error_hint(err, "The random effects themselves are predicted: see what the fit says of them.");
    }
    Predictor p = {.arena = arena, .fit = fit, .formula = fit->model->formula, .term = &fit->model->formula->covariances[0], .frame = frame};
    if (!prepare(&p, err)) return false;
    Place at = {.x = ARENA_ARRAY(arena, double, fit->p)};
    for (size_t i = 0; i < n_rows; i++) {
        ArenaMark mark = arena_mark(arena);
        MmrmPrediction *to = &predictions[i];
        *to = (MmrmPrediction){.row = rows ? rows[i] : i};
        if (find_place(&p, to->row, &at)) {
            to->is_used = is_used(&p, &at);
            to->marginal = mmrm_contrast(fit, at.x, confidence);
            to->conditional = to->is_used ? to->marginal : conditional(&p, &at, confidence);
        }
        arena_rewind(arena, mark);
    }
    return true;
}
