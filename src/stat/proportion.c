#include "stat/proportion.h"

#include <math.h>

#include "math/distribution.h"

/* Two probabilities this close, relatively, are one; the rule of R's exact tests. */
#define AS_LIKELY (1 + 1e-7)

static bool counts_check(size_t events, size_t n, Error *err)
{
    if (n == 0) {
        error_set(err, ERROR_DEGENERATE, "a proportion of nobody is undefined");
        return error_hint(err, "Look at the population: it is empty.");
    }
    if (events <= n) return true;
    error_set(err, ERROR_MALFORMED, "%zu events among %zu is more than all", events, n);
    return error_hint(err, "Count subjects with an event, not events.");
}

static double exact_lower(size_t events, size_t n, double alpha)
{
    return events == 0 ? 0 : beta_quantile(alpha, (double)events, (double)(n - events) + 1);
}

static double exact_upper(size_t events, size_t n, double alpha)
{
    return events == n ? 1 : beta_quantile_upper(alpha, (double)events + 1, (double)(n - events));
}

bool proportion_exact_ci(size_t events, size_t n, double level, Interval *ci, Error *err)
{
    if (!level_check(level, err) || !counts_check(events, n, err)) return false;
    double alpha = (1 - level) / 2;
    *ci = (Interval){exact_lower(events, n, alpha), exact_upper(events, n, alpha)};
    return true;
}

bool proportion_exact_upper(size_t events, size_t n, double level, double *upper, Error *err)
{
    if (!level_check(level, err) || !counts_check(events, n, err)) return false;
    *upper = exact_upper(events, n, 1 - level);
    return true;
}

bool proportion_wilson_ci(size_t events, size_t n, double level, Interval *ci, Error *err)
{
    if (!level_check(level, err) || !counts_check(events, n, err)) return false;
    double z = normal_quantile_upper((1 - level) / 2), count = (double)n, p = (double)events / count;
    double centre = p + z * z / (2 * count), shrink = 1 + z * z / count;
    double half = z * sqrt(p * (1 - p) / count + z * z / (4 * count * count));
    ci->lower = events == 0 ? 0 : (centre - half) / shrink;
    ci->upper = events == n ? 1 : (centre + half) / shrink;
    return true;
}

/* The larger of the two proportions that differ from p by z standard errors, once p has been moved to `moved`. */
static double wilson_far(double moved, double n, double z)
{
    double add = z * z / (2 * n);
    return (moved + add + z * sqrt(moved * (1 - moved) / n + add / (2 * n))) / (1 + 2 * add);
}

bool proportion_wilson_corrected_ci(size_t events, size_t n, double level, Interval *ci, Error *err)
{
    if (!level_check(level, err) || !counts_check(events, n, err)) return false;
    double z = normal_quantile_upper((1 - level) / 2), count = (double)n;
    double above = ((double)events + .5) / count, below = ((double)(n - events) + .5) / count;
    ci->lower = events == 0 ? 0 : 1 - wilson_far(fmin(below, 1), count, z);
    ci->upper = events == n ? 1 : wilson_far(fmin(above, 1), count, z);
    return true;
}

bool proportion_jeffreys_ci(size_t events, size_t n, double level, Interval *ci, Error *err)
{
    if (!level_check(level, err) || !counts_check(events, n, err)) return false;
    double a = (double)events + .5, b = (double)(n - events) + .5, alpha = (1 - level) / 2;
    ci->lower = events == 0 ? 0 : beta_quantile(alpha, a, b);
    ci->upper = events == n ? 1 : beta_quantile_upper(alpha, a, b);
    return true;
}

bool proportion_agresti_coull_ci(size_t events, size_t n, double level, Interval *ci, Error *err)
{
    if (!level_check(level, err) || !counts_check(events, n, err)) return false;
    double z = normal_quantile_upper((1 - level) / 2), count = (double)n + z * z;
    double centre = ((double)events + z * z / 2) / count, half = z * sqrt(centre * (1 - centre) / count);
    *ci = (Interval){fmax(centre - half, 0), fmin(centre + half, 1)};
    return true;
}

bool proportion_exact_p(size_t events, size_t n, double null, double *p, Error *err)
{
    if (!counts_check(events, n, err)) return false;
    if (!(null >= 0 && null <= 1)) {
        error_set(err, ERROR_USAGE, "the hypothesised proportion %g is not between 0 and 1", null);
        return error_hint(err, "Write 20 %% as 0.2.");
    }
    double limit = binomial_pmf((double)events, (double)n, null) * AS_LIKELY;
    *p = 0;
    for (size_t k = 0; k <= n; k++) {
        double chance = binomial_pmf((double)k, (double)n, null);
        if (chance <= limit) *p += chance;
    }
    *p = fmin(*p, 1);
    return true;
}

bool proportion_difference_ci(size_t events_x, size_t n_x, size_t events_y, size_t n_y, double level,
                              Interval *ci, Error *err)
{
    Interval x, y;
    if (!proportion_wilson_ci(events_x, n_x, level, &x, err) ||
        !proportion_wilson_ci(events_y, n_y, level, &y, err))
        return false;
    double p_x = (double)events_x / (double)n_x, p_y = (double)events_y / (double)n_y;
    ci->lower = p_x - p_y - hypot(p_x - x.lower, y.upper - p_y);
    ci->upper = p_x - p_y + hypot(x.upper - p_x, p_y - y.lower);
    return true;
}

bool mcnemar_test(size_t gained, size_t lost, double level, McNemar *test, Error *err)
{
    if (!level_check(level, err)) return false;
    *test = (McNemar){.p_exact = 1, .p_mid = 1, .p_chisq = 1, .p_corrected = 1, .odds_ratio = NAN, .ci = {0, INFINITY}};
    size_t n = gained + lost;
    if (n == 0) return true;
    double fewer = (double)(gained < lost ? gained : lost), difference = (double)gained - (double)lost,
           alpha = (1 - level) / 2;
    test->p_exact = fmin(1, 2 * binomial_cdf(fewer, (double)n, .5));
    test->p_mid = fmin(1, 2 * binomial_cdf(fewer - 1, (double)n, .5) + binomial_pmf(fewer, (double)n, .5));
    test->chisq = difference * difference / (double)n;
    test->p_chisq = chisq_sf(test->chisq, 1);
    double corrected = fmax(fabs(difference) - 1, 0);
    test->chisq_corrected = corrected * corrected / (double)n;
    test->p_corrected = chisq_sf(test->chisq_corrected, 1);
    test->odds_ratio = (double)gained / (double)lost;
    double lower = exact_lower(gained, n, alpha), upper = exact_upper(gained, n, alpha);
    test->ci = (Interval){lower / (1 - lower), upper / (1 - upper)};
    return true;
}
