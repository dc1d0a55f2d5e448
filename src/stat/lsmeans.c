#include "stat/lsmeans.h"

#include <string.h>

static bool find_factor(const Model *m, Str name, size_t *variable, Error *err)
{
    *variable = model_variable(m, name);
    if (name.len == 0) {
        error_set(err, ERROR_MALFORMED, "a factor is missing between the signs");
        return error_hint(err, "Write ARM, ARM * SEX or ARM | AVISIT.");
    }
    if (*variable == SIZE_MAX) {
        Str names[FORMULA_MAX_VARIABLES];
        for (size_t v = 0; v < m->n_variables; v++) names[v] = m->variables[v].name;
        Str nearest = str_nearest(name, names, m->n_variables);
        error_set(err, ERROR_INCONSISTENT, "the model has no factor \"" STR_FMT "\"", STR_ARG(name));
        return nearest.len ? error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(nearest))
                           : error_hint(err, "Least-squares means are of factors in the formula.");
    }
    if (m->variables[*variable].is_factor) return true;
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is a covariate, not a factor", STR_ARG(name));
    return error_hint(err, "Write factor(" STR_FMT ") in the formula if its values are categories.", STR_ARG(name));
}

static bool add_factor(LsMeans *means, Str name, Error *err)
{
    size_t variable;
    if (!find_factor(means->model, name, &variable, err)) return false;
    for (size_t k = 0; k < means->n_factors; k++)
        if (means->factors[k] == variable)
            return error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" stands twice", STR_ARG(name));
    means->factors[means->n_factors++] = variable;
    return true;
}

/* Adds the factors of "A * B" to the list. */
static bool add_factors(LsMeans *means, Str names, Error *err)
{
    for (bool more = true; more;) {
        Str name = names;
        more = str_cut(names, STR("*"), &name, &names);
        if (!add_factor(means, str_trim(name), err)) return false;
    }
    return true;
}

static const ModelVariable *factor(const LsMeans *means, size_t k) { return &means->model->variables[means->factors[k]]; }

static Str label_of(Arena *arena, const LsMeans *means, const size_t *levels, size_t from, size_t to)
{
    Buf label = buf_new(arena);
    for (size_t k = from; k < to; k++) {
        if (k > from) buf_add_c(&label, ", ");
        buf_add(&label, factor(means, k)->levels[levels[k]]);
    }
    return buf_str(&label);
}

static Str split_label(Arena *arena, const LsMeans *means, Str compared, const size_t *levels)
{
    if (means->n_compared == means->n_factors) return compared;
    Str split = label_of(arena, means, levels, means->n_compared, means->n_factors);
    return str_format(arena, STR_FMT " | " STR_FMT, STR_ARG(compared), STR_ARG(split));
}

/* Which of the asked factors a variable is, or SIZE_MAX. */
static size_t place_of(const LsMeans *means, size_t variable)
{
    for (size_t k = 0; k < means->n_factors; k++)
        if (means->factors[k] == variable) return k;
    return SIZE_MAX;
}

/* A column's weight when every factor that is not asked for counts each level alike. */
static double equal_weight(const LsMeans *means, const ModelTerm *term, size_t index, const size_t *levels)
{
    double weight = 1;
    for (size_t k = 0; k < term->n_variables; k++) {
        const ModelVariable *v = &means->model->variables[term->variables[k]];
        size_t n = v->is_factor ? v->n_levels - !term->full[k] : 1, place = place_of(means, term->variables[k]);
        size_t level = index % n + !term->full[k];
        index /= n;
        if (!v->is_factor) weight *= v->at_means;
        else if (place == SIZE_MAX) weight /= (double)v->n_levels;
        else if (levels[place] != level) return 0;
    }
    return weight;
}

static void equal_row(const LsMeans *means, const size_t *levels, double *l)
{
    const Model *m = means->model;
    if (m->has_intercept) l[0] = 1;
    for (size_t t = 0; t < m->n_terms; t++)
        for (size_t c = 0; c < m->terms[t].n_columns; c++)
            l[m->terms[t].first + c] = equal_weight(means, &m->terms[t], c, levels);
}

/* The average over the rows used, each with the asked factors at `levels` and the covariates at their means. */
static void observed_row(const LsMeans *means, const size_t *levels, double *row, double *l)
{
    const Model *m = means->model;
    size_t at[FORMULA_MAX_VARIABLES] = {0};
    double values[FORMULA_MAX_VARIABLES] = {0};
    for (size_t v = 0; v < m->n_variables; v++) values[v] = m->variables[v].is_factor ? 0 : m->variables[v].at_means;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t v = 0; v < m->n_variables; v++) {
            size_t place = place_of(means, v);
            if (m->variables[v].is_factor) at[v] = place == SIZE_MAX ? m->variables[v].level[i] : levels[place];
        }
        model_row(m, at, values, row);
        for (size_t j = 0; j < m->p; j++) l[j] += row[j];
    }
    for (size_t j = 0; j < m->p; j++) l[j] /= (double)m->n;
}

/* The rows of the model in each cell; the levels of the first factor run fastest. */
static void count_rows(LsMeans *means)
{
    const size_t *levels[FORMULA_MAX_VARIABLES];
    size_t strides[FORMULA_MAX_VARIABLES], stride = 1;
    for (size_t k = 0; k < means->n_factors; k++) {
        levels[k] = factor(means, k)->level;
        strides[k] = stride;
        stride *= factor(means, k)->n_levels;
    }
    for (size_t i = 0; i < means->model->n; i++) {
        size_t cell = 0;
        for (size_t k = 0; k < means->n_factors; k++) cell += strides[k] * levels[k][i];
        means->n_rows[cell]++;
    }
}

static void fill_rows(Arena *arena, LsMeans *means, Margins margins)
{
    size_t p = means->model->p;
    double *work = ARENA_ARRAY(arena, double, p);
    means->levels = ARENA_ARRAY(arena, size_t, means->n * means->n_factors);
    means->n_rows = ARENA_ARRAY(arena, size_t, means->n);
    means->labels = ARENA_ARRAY(arena, Str, means->n);
    means->l = ARENA_ARRAY(arena, double, means->n * p);
    count_rows(means);
    for (size_t i = 0; i < means->n; i++) {
        size_t *levels = &means->levels[i * means->n_factors], rest = i;
        for (size_t k = 0; k < means->n_factors; k++) {
            levels[k] = rest % factor(means, k)->n_levels;
            rest /= factor(means, k)->n_levels;
        }
        means->labels[i] = split_label(arena, means, label_of(arena, means, levels, 0, means->n_compared), levels);
        if (margins == MARGINS_EQUAL) equal_row(means, levels, &means->l[i * p]);
        else observed_row(means, levels, work, &means->l[i * p]);
    }
}

bool lsmeans_rows(Arena *arena, const Model *model, Str of, Margins margins, LsMeans *means, Error *err)
{
    Str compared = of, split = STR("");
    *means = (LsMeans){.model = model, .n = 1, .factors = ARENA_ARRAY(arena, size_t, model->n_variables + 1)};
    bool splits = str_cut(of, STR("|"), &compared, &split);
    if (!add_factors(means, compared, err)) return error_in(err, "means of \"" STR_FMT "\"", STR_ARG(of));
    means->n_compared = means->n_factors;
    if (splits && !add_factors(means, split, err)) return error_in(err, "means of \"" STR_FMT "\"", STR_ARG(of));
    for (size_t k = 0; k < means->n_factors; k++) {
        means->n *= factor(means, k)->n_levels;
        if (means->n > LSMEANS_MAX_ROWS)
            return error_set(err, ERROR_DEGENERATE, "\"" STR_FMT "\" has more than %d combinations", STR_ARG(of), LSMEANS_MAX_ROWS);
    }
    fill_rows(arena, means, margins);
    return true;
}

static LsDifference difference(Arena *arena, const LsMeans *means, size_t first, size_t second)
{
    size_t p = means->model->p;
    const size_t *a = &means->levels[first * means->n_factors], *b = &means->levels[second * means->n_factors];
    Str left = label_of(arena, means, a, 0, means->n_compared), right = label_of(arena, means, b, 0, means->n_compared);
    LsDifference d = {.first = first, .second = second, .l = ARENA_ARRAY(arena, double, p)};
    d.label = split_label(arena, means, str_format(arena, STR_FMT " - " STR_FMT, STR_ARG(left), STR_ARG(right)), a);
    d.ratio_label = split_label(arena, means, str_format(arena, STR_FMT " / " STR_FMT, STR_ARG(left), STR_ARG(right)), a);
    for (size_t j = 0; j < p; j++) d.l[j] = means->l[first*p + j] - means->l[second*p + j];
    return d;
}

bool lsmeans_differences(Arena *arena, const LsMeans *means, Str reference, LsDifference **differences, size_t *n, Error *err)
{
    size_t block = 1, capacity = 0, base = SIZE_MAX;
    *differences = NULL;
    *n = 0;
    if (reference.len && means->n_compared > 1)
        return error_set(err, ERROR_INCONSISTENT, "a reference level goes with one factor, not with %zu", means->n_compared);
    if (reference.len && (base = model_level(factor(means, 0), reference)) == SIZE_MAX) {
        Str nearest = str_nearest(reference, factor(means, 0)->levels, factor(means, 0)->n_levels);
        error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" has no level \"" STR_FMT "\"", STR_ARG(factor(means, 0)->name), STR_ARG(reference));
        return nearest.len ? error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(nearest))
                           : error_hint(err, "Its first level is \"" STR_FMT "\".", STR_ARG(factor(means, 0)->levels[0]));
    }
    for (size_t k = 0; k < means->n_compared; k++) block *= factor(means, k)->n_levels;
    for (size_t start = 0; start < means->n; start += block)
        for (size_t i = 0; i < block; i++)
            for (size_t j = base == SIZE_MAX ? i + 1 : base; j < (base == SIZE_MAX ? block : base + 1); j++) {
                if (i == j) continue;
                ARENA_PUSH_ROOM(arena, *differences, *n, capacity);
                (*differences)[(*n)++] = difference(arena, means, start + i, start + j);
            }
    return true;
}

Estimate *lsmeans_estimates(Arena *arena, const LsMeans *means, const LinearFit *fit, double confidence)
{
    Estimate *estimates = ARENA_ARRAY(arena, Estimate, means->n);
    for (size_t i = 0; i < means->n; i++) estimates[i] = linear_contrast(fit, &means->l[i * fit->p], confidence);
    return estimates;
}

Estimate *lsmeans_difference_estimates(Arena *arena, const LsDifference *differences, size_t n, const LinearFit *fit,
                                       double confidence)
{
    Estimate *estimates = ARENA_ARRAY(arena, Estimate, n + 1);
    for (size_t i = 0; i < n; i++) estimates[i] = linear_contrast(fit, differences[i].l, confidence);
    return estimates;
}
