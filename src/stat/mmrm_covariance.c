#include "stat/mmrm_inside.h"

#include <math.h>
#include <string.h>

/* How often correlation c takes part in the covariance of visits i < j. */
static double power_common(size_t c, size_t i, size_t j) { return c == 0 && i < j; }
static double power_distance(size_t c, size_t i, size_t j) { return c == 0 ? (double)(j - i) : 0; }
static double power_lag(size_t c, size_t i, size_t j) { return c + 1 == j - i; }
static double power_between(size_t c, size_t i, size_t j) { return i <= c && c < j; }

/* One row per structure that is a product of variances and correlations. Linear ones have covariances in the place of
 * correlations, as in SAS. Those with an order have exp(-(distance / range)^order) in their place. */
static const struct {
    CovarianceKind kind;
    bool heterogeneous, linear, per_lag;
    double (*power)(size_t c, size_t i, size_t j);
    int order;
} STRUCTURES[] = {
    {COVARIANCE_COMPOUND_SYMMETRY, false, true, false, power_common, 0},
    {COVARIANCE_COMPOUND_SYMMETRY_HETEROGENEOUS, true, false, false, power_common, 0},
    {COVARIANCE_AUTOREGRESSIVE, false, false, false, power_distance, 0},
    {COVARIANCE_AUTOREGRESSIVE_HETEROGENEOUS, true, false, false, power_distance, 0},
    {COVARIANCE_TOEPLITZ, false, true, true, power_lag, 0},
    {COVARIANCE_TOEPLITZ_HETEROGENEOUS, true, false, true, power_lag, 0},
    {COVARIANCE_ANTE_DEPENDENCE, false, false, true, power_between, 0},
    {COVARIANCE_ANTE_DEPENDENCE_HETEROGENEOUS, true, false, true, power_between, 0},
    {COVARIANCE_SPATIAL_EXPONENTIAL, false, false, false, NULL, 1},
    {COVARIANCE_SPATIAL_GAUSSIAN, false, false, false, NULL, 2},
};

static size_t packed(size_t i, size_t j) { return j * (j + 1) / 2 + i; }      /* i <= j */

static void add_factor(Monomial *entry, size_t parameter, double power)
{
    for (size_t k = 0; k < entry->n; k++)
        if (entry->parameter[k] == parameter) {
            entry->power[k] += power;
            return;
        }
    entry->parameter[entry->n] = parameter;
    entry->power[entry->n++] = power;
}

static void unstructured(Arena *arena, const ModelVariable *visits, MmrmStructure *s)
{
    s->n_parameters = s->n_visits * (s->n_visits + 1) / 2;
    s->names = ARENA_ARRAY(arena, Str, s->n_parameters);
    for (size_t j = 0; j < s->n_visits; j++)
        for (size_t i = 0; i <= j; i++)
            s->names[packed(i, j)] = i == j ? str_format(arena, "variance " STR_FMT, STR_ARG(visits->levels[i]))
                : str_format(arena, "covariance " STR_FMT ", " STR_FMT, STR_ARG(visits->levels[i]), STR_ARG(visits->levels[j]));
}

static void name_parameters(Arena *arena, const ModelVariable *visits, size_t row, size_t n_variances, MmrmStructure *s)
{
    const char *what = STRUCTURES[row].order ? "range" : STRUCTURES[row].linear ? "covariance" : "correlation";
    s->names = ARENA_ARRAY(arena, Str, s->n_parameters);
    for (size_t a = 0; a < s->n_parameters; a++) {
        size_t c = a - n_variances;
        if (a < n_variances)
            s->names[a] = n_variances == 1 ? STR("variance") : str_format(arena, "variance " STR_FMT, STR_ARG(visits->levels[a]));
        else if (!STRUCTURES[row].per_lag) s->names[a] = str_from(what);
        else if (STRUCTURES[row].power == power_lag) s->names[a] = str_format(arena, "%s, lag %zu", what, c + 1);
        else s->names[a] = str_format(arena, "%s " STR_FMT ", " STR_FMT, what, STR_ARG(visits->levels[c]), STR_ARG(visits->levels[c + 1]));
    }
}

static size_t row_of(CovarianceKind kind)
{
    size_t row = 0;
    while (STRUCTURES[row].kind != kind) row++;
    return row;
}

bool mmrm_structure_is_spatial(CovarianceKind kind) { return kind != COVARIANCE_UNSTRUCTURED && STRUCTURES[row_of(kind)].order > 0; }

void mmrm_structure_new(Arena *arena, CovarianceKind kind, const ModelVariable *visits, const double *distance, MmrmStructure *s)
{
    size_t m = visits->n_levels, row = kind == COVARIANCE_UNSTRUCTURED ? 0 : row_of(kind);
    *s = (MmrmStructure){.kind = kind, .n_visits = m, .range = SIZE_MAX};
    if (kind == COVARIANCE_UNSTRUCTURED || m == 1) {
        unstructured(arena, visits, s);
        return;
    }
    size_t n_variances = STRUCTURES[row].heterogeneous ? m : 1, n_correlations = STRUCTURES[row].per_lag ? m - 1 : 1;
    s->n_parameters = n_variances + n_correlations;
    s->order = STRUCTURES[row].order;
    if (s->order) s->range = n_variances;
    s->entries = ARENA_ARRAY(arena, Monomial, m * (m + 1) / 2);
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++) {
            Monomial *entry = &s->entries[packed(i, j)];
            entry->parameter = ARENA_ARRAY(arena, size_t, n_correlations + 2);
            entry->power = ARENA_ARRAY(arena, double, n_correlations + 2);
            if (!STRUCTURES[row].linear || i == j) {
                add_factor(entry, STRUCTURES[row].heterogeneous ? i : 0, 0.5);
                add_factor(entry, STRUCTURES[row].heterogeneous ? j : 0, 0.5);
            }
            for (size_t c = 0; i < j && c < n_correlations; c++) {
                double power = s->order ? distance[i*m + j] : STRUCTURES[row].power(c, i, j);
                if (power != 0) add_factor(entry, n_variances + c, power);
            }
        }
    name_parameters(arena, visits, row, n_variances, s);
}

/* x^power, differentiated `order` times; 0^0 is 1. */
static double power_of(double x, double power, int order)
{
    double factor = 1;
    for (int k = 0; k < order; k++) factor *= power--;
    if (factor == 0) return 0;
    return power == 0 ? factor : power == 1 ? factor * x : power == 0.5 ? factor * sqrt(x) : factor * pow(x, power);
}

/* exp(-(distance / range)^q), differentiated `order` times by the range */
static double decay_of(double range, double distance, int q, int order)
{
    if (!(range > 0)) return NAN;
    double ratio = pow(distance / range, q), value = exp(-ratio), slope = q * ratio / range;
    return order == 0 ? value : order == 1 ? value * slope : value * (slope * slope - (q + 1) * slope / range);
}

/* The entry's derivative by its own factors a and b (n for none). */
static double derivative(const MmrmStructure *s, const Monomial *entry, const double *parameters, size_t a, size_t b)
{
    double value = 1;
    for (size_t k = 0; k < entry->n; k++) {
        double x = parameters[entry->parameter[k]];
        int order = (k == a) + (k == b);
        value *= entry->parameter[k] == s->range ? decay_of(x, entry->power[k], s->order, order) : power_of(x, entry->power[k], order);
    }
    return value;
}

void mmrm_structure_sigma(const MmrmStructure *s, const double *parameters, double *sigma)
{
    size_t m = s->n_visits;
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++) {
            const Monomial *entry = s->entries ? &s->entries[packed(i, j)] : NULL;
            sigma[i*m + j] = sigma[j*m + i] = entry ? derivative(s, entry, parameters, entry->n, entry->n) : parameters[packed(i, j)];
        }
}

void mmrm_structure_first(const MmrmStructure *s, const double *parameters, size_t a, double *d)
{
    size_t m = s->n_visits;
    memset(d, 0, m * m * sizeof *d);
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++) {
            const Monomial *entry = &s->entries[packed(i, j)];
            for (size_t k = 0; k < entry->n; k++)
                if (entry->parameter[k] == a) d[i*m + j] = d[j*m + i] = derivative(s, entry, parameters, k, entry->n);
        }
}

void mmrm_structure_second(const MmrmStructure *s, const double *parameters, const double *weight, double *h, size_t stride)
{
    size_t m = s->n_visits;
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++) {
            const Monomial *entry = &s->entries[packed(i, j)];
            double f = i == j ? weight[i*m + j] : weight[i*m + j] + weight[j*m + i];
            for (size_t a = 0; a < entry->n; a++)
                for (size_t b = 0; b < entry->n; b++)
                    h[entry->parameter[a]*stride + entry->parameter[b]] += f * derivative(s, entry, parameters, a, b);
        }
}

void mmrm_structure_spread(const MmrmStructure *s, const double *parameters, const double *w, size_t stride, double *sigma)
{
    size_t m = s->n_visits;
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++) {
            const Monomial *entry = &s->entries[packed(i, j)];
            double sum = 0;
            for (size_t a = 0; a < entry->n; a++)
                for (size_t b = 0; b < entry->n; b++)
                    sum += w[entry->parameter[a]*stride + entry->parameter[b]] * derivative(s, entry, parameters, a, b);
            sigma[i*m + j] += sum;
            if (i != j) sigma[j*m + i] += sum;
        }
}

/* Whether the entry is parameter a alone, but for variances. */
static bool is_simply(const MmrmStructure *s, const Monomial *entry, size_t a)
{
    bool found = false;
    for (size_t k = 0; k < entry->n; k++) {
        bool is_variance = s->entries[packed(0, 0)].parameter[0] == entry->parameter[k];
        for (size_t i = 0; i < s->n_visits; i++) is_variance = is_variance || s->entries[packed(i, i)].parameter[0] == entry->parameter[k];
        if (entry->parameter[k] == a) found = entry->power[k] == 1;
        else if (!is_variance) return false;
    }
    return found;
}

/* The range at which the nearest visits have the correlation they show. */
static double start_range(const MmrmStructure *s, const double *sigma)
{
    size_t m = s->n_visits;
    double least = INFINITY, correlation = 0, distance = 0, n = 0;
    for (size_t j = 1; j < m; j++)
        for (size_t i = 0; i < j; i++) least = fmin(least, s->entries[packed(i, j)].power[1]);
    for (size_t j = 1; j < m; j++)
        for (size_t i = 0; i < j; i++) {
            double d = s->entries[packed(i, j)].power[1];
            if (d > 1.5 * least) continue;
            correlation += sigma[i*m + j] / sqrt(sigma[i*m + i] * sigma[j*m + j]);
            distance += d;
            n++;
        }
    return distance / n / pow(-log(fmin(0.9, fmax(0.1, correlation / n))), 1.0 / s->order);
}

static double start_of(const MmrmStructure *s, size_t a, const double *sigma)
{
    size_t m = s->n_visits;
    double sum = 0, n = 0;
    if (a == s->range) return start_range(s, sigma);
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++) {
            const Monomial *entry = &s->entries[packed(i, j)];
            if (!is_simply(s, entry, a)) continue;
            sum += i == j || entry->n == 1 ? sigma[i*m + j] : sigma[i*m + j] / sqrt(sigma[i*m + i] * sigma[j*m + j]);
            n++;
        }
    return sum / n;
}

void mmrm_structure_start(const MmrmStructure *s, const double *sigma, double *parameters, double *work)
{
    size_t m = s->n_visits;
    for (size_t a = 0; a < s->n_parameters; a++) parameters[a] = start_of(s, a, sigma);
    for (;;) {
        mmrm_structure_sigma(s, parameters, work);
        if (cholesky(work, m) == m) return;
        for (size_t a = 0; a < s->n_parameters; a++) {
            bool is_variance = false;
            for (size_t i = 0; i < m; i++) is_variance = is_variance || s->entries[packed(i, i)].parameter[0] == a;
            if (!is_variance) parameters[a] *= 0.8;
        }
    }
}
