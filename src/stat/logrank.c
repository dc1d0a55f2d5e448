#include "stat/logrank.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "math/distribution.h"

#define LEAST_SHARE 1e-10             /* of a variance that the groups before leave: below, it is rounding */

static bool check_input(const LogRankInput *in, Error *err)
{
    if (in->n_groups < 2) {
        error_set(err, ERROR_USAGE, "a log-rank test needs two groups or more");
        return error_hint(err, "Name a factor with at least two levels.");
    }
    if (!(in->rho >= 0 && isfinite(in->rho))) {
        error_set(err, ERROR_USAGE, "the weight's exponent rho = %g is not a number from 0 up", in->rho);
        return error_hint(err, "Use 0 for the log-rank test, 1 for the weights of Peto & Peto.");
    }
    return survival_check(&in->data, err);
}

/* One event time of one stratum: d events among n at risk, at_risk[g] of them in group g. */
static void add_table(LogRankTest *test, const double *at_risk, double n, double d, double weight)
{
    size_t k = test->n_groups;
    double spread = n > 1 ? weight * weight * d * (n - d) / (n - 1) : 0;
    for (size_t g = 0; g < k; g++) {
        double share = at_risk[g] / n;
        test->expected[g] += weight * d * share;
        for (size_t h = 0; h < k; h++)
            test->variance[g * k + h] += spread * share * ((g == h) - at_risk[h] / n);
    }
}

/* Walks through one stratum from the first time to the last. */
static void add_stratum(const LogRankInput *in, const SurvivalTimes *times, size_t stratum, double *at_risk,
                        LogRankTest *test)
{
    double n = 0, survival = 1;
    memset(at_risk, 0, in->n_groups * sizeof *at_risk);
    for (size_t i = 0; i < in->data.n; i++)
        if (!in->stratum || in->stratum[i] == stratum) at_risk[in->group[i]]++, n++;
    for (size_t k = 0; k < times->n_times; k++) {
        double d = 0, weight = pow(survival, in->rho);
        for (size_t i = times->first[k]; i < times->first[k + 1]; i++) {
            size_t subject = times->by_time[i];
            if ((in->stratum && in->stratum[subject] != stratum) || !in->data.event[subject]) continue;
            test->observed[in->group[subject]] += weight;
            d++;
        }
        if (d > 0) {
            add_table(test, at_risk, n, d, weight);
            survival *= (n - d) / n;
        }
        for (size_t i = times->first[k]; i < times->first[k + 1]; i++) {
            size_t subject = times->by_time[i];
            if (!in->stratum || in->stratum[subject] == stratum) at_risk[in->group[subject]]--, n--;
        }
    }
}

/* u' V^- u for u = observed - expected, and the rank of V, which is never full since the groups' differences add up to 0:
 * Cholesky, in which a group that those before it determine is passed over. */
static void quadratic_test(Arena *scratch, LogRankTest *test)
{
    size_t k = test->n_groups;
    ArenaMark mark = arena_mark(scratch);
    double *l = ARENA_ARRAY(scratch, double, k * k), *y = ARENA_ARRAY(scratch, double, k);
    for (size_t g = 0; g < k; g++) {
        double left = test->variance[g*k + g], u = test->observed[g] - test->expected[g];
        for (size_t h = 0; h < g; h++) {
            double sum = test->variance[g*k + h];
            for (size_t i = 0; i < h; i++) sum -= l[g*k + i] * l[h*k + i];
            l[g*k + h] = l[h*k + h] > 0 ? sum / l[h*k + h] : 0;
            left -= l[g*k + h] * l[g*k + h];
            u -= l[g*k + h] * y[h];
        }
        if (!(left > LEAST_SHARE * test->variance[g*k + g])) continue;
        l[g*k + g] = sqrt(left);
        y[g] = u / l[g*k + g];
        test->chisq += y[g] * y[g];
        test->df++;
    }
    arena_rewind(scratch, mark);
}

static bool refuse(const LogRankInput *in, Error *err)
{
    for (size_t i = 0; i < in->data.n; i++) {
        if (!in->data.event[i]) continue;
        error_set(err, ERROR_DEGENERATE, "no two groups were at risk together when an event happened");
        return error_hint(err,
                          "Check the groups and strata: within each stratum, watched times must overlap.");
    }
    error_set(err, ERROR_DEGENERATE, "none of the %zu subjects had the event", in->data.n);
    return error_hint(err, "Report how long they were watched; there is nothing to compare yet.");
}

bool logrank_test(Arena *arena, const LogRankInput *input, LogRankTest *test, Error *err)
{
    if (!check_input(input, err)) return false;
    size_t k = input->n_groups, n_strata = input->stratum ? input->n_strata : 1;
    *test = (LogRankTest){.n_groups = k,
                          .n = ARENA_ARRAY(arena, size_t, k),
                          .observed = ARENA_ARRAY(arena, double, k),
                          .expected = ARENA_ARRAY(arena, double, k),
                          .variance = ARENA_ARRAY(arena, double, k * k)};
    ArenaMark mark = arena_mark(arena);
    SurvivalTimes times = survival_times(arena, &input->data);
    double *at_risk = ARENA_ARRAY(arena, double, k);
    for (size_t i = 0; i < input->data.n; i++) {
        assert(input->group[i] < k && (!input->stratum || input->stratum[i] < n_strata));
        test->n[input->group[i]]++;
    }
    for (size_t s = 0; s < n_strata; s++) add_stratum(input, &times, s, at_risk, test);
    arena_rewind(arena, mark);
    quadratic_test(arena, test);
    if (test->df <= 0) return refuse(input, err);
    test->p = chisq_sf(test->chisq, test->df);
    if (k == 2) {
        test->z = (test->observed[1] - test->expected[1]) / sqrt(test->variance[3]);
        test->p_greater = normal_sf(test->z);
        test->p_less = normal_cdf(test->z);
    }
    return true;
}
