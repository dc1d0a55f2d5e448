#include "stat/rubin.h"

#include <math.h>

#include "math/distribution.h"

static bool imputations_check(const double *estimates, const double *se, size_t m, Error *err)
{
    if (m < 2) {
        error_set(err, ERROR_DEGENERATE, "pooling needs two imputations, and there %s %zu",
                  m == 1 ? "is" : "are", m);
        return error_hint(err, "Impute more often; one imputation cannot say how uncertain it is.");
    }
    if (!sample_check(estimates, m, "estimates", err)) return false;
    for (size_t i = 0; i < m; i++)
        if (!(se[i] > 0) || isinf(se[i])) {
            error_set(err, ERROR_MALFORMED, "standard error %zu of %zu is %g", i + 1, m, se[i]);
            return error_hint(err, "Look at the analysis of that imputation: it has no finite uncertainty.");
        }
    return true;
}

/* Barnard & Rubin (1999): the large-sample df joined with what the observed data allow. */
static double small_sample_df(double df_large, double df_complete, double lambda)
{
    if (isinf(df_complete)) return df_large;
    double df_observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - lambda);
    return isinf(df_large) ? df_observed : df_large * df_observed / (df_large + df_observed);
}

RubinPool rubin_combine(double estimate, double within, double between, size_t m, double df_complete, double null, double level)
{
    double count = (double)m, extra = (1 + 1 / count) * between;
    RubinPool pool = {.m = m, .estimate = estimate, .within = within, .between = between, .total = within + extra};
    pool.se = sqrt(pool.total);
    pool.increase = extra / within;
    double lambda = extra / pool.total;
    pool.df_large = (count - 1) / (lambda * lambda);
    pool.df = small_sample_df(pool.df_large, df_complete, lambda);
    pool.fraction_missing = (pool.increase + 2 / (pool.df + 3)) / (1 + pool.increase);
    pool.t = (estimate - null) / pool.se;
    pool.p = 2 * t_sf(fabs(pool.t), pool.df);
    double half = t_quantile_upper((1 - level) / 2, pool.df) * pool.se;
    pool.ci = (Interval){estimate - half, estimate + half};
    return pool;
}

bool rubin_pool(const double *estimates, const double *se, size_t m, double df_complete, double null,
                double level, RubinPool *pool, Error *err)
{
    if (!level_check(level, err) || !imputations_check(estimates, se, m, err)) return false;
    if (!(df_complete > 0)) {
        error_set(err, ERROR_USAGE, "the complete data have %g degrees of freedom", df_complete);
        return error_hint(err, "Pass the residual degrees of freedom of the analysis, or infinity.");
    }
    double within = 0, mean = sample_mean(estimates, m);
    for (size_t i = 0; i < m; i++) within += se[i] * se[i] / (double)m;
    double between = sample_sum_of_squares(estimates, m, mean) / (double)(m - 1);
    *pool = rubin_combine(mean, within, between, m, df_complete, null, level);
    return true;
}
