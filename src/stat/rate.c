#include "stat/rate.h"

#include <math.h>

#include "math/distribution.h"
#include "stat/proportion.h"

static bool exposure_check(double exposure, Error *err)
{
    if (exposure > 0 && isfinite(exposure)) return true;
    error_set(err, ERROR_MALFORMED, "the exposure %g is not positive", exposure);
    return error_hint(err, "Give the time under observation, as in 12.5 person-years.");
}

bool rate_exact_ci(RateCount count, double level, Interval *ci, Error *err)
{
    if (!level_check(level, err) || !exposure_check(count.exposure, err)) return false;
    double alpha = (1 - level) / 2, events = (double)count.events;
    ci->lower = count.events == 0 ? 0 : gamma_quantile(alpha, events, 1 / count.exposure);
    ci->upper = gamma_quantile_upper(alpha, events + 1, 1 / count.exposure);
    return true;
}

bool rate_compare(RateCount x, RateCount y, double level, RateRatio *result, Error *err)
{
    if (!level_check(level, err) || !exposure_check(x.exposure, err) || !exposure_check(y.exposure, err)) return false;
    size_t events = x.events + y.events;
    *result = (RateRatio){.ratio = NAN, .p = 1, .ci = {0, INFINITY}};
    if (events == 0) return true;
    Interval share;
    if (!proportion_exact_ci(x.events, events, level, &share, err) ||
        !proportion_exact_p(x.events, events, x.exposure / (x.exposure + y.exposure), &result->p, err))
        return false;
    double times = y.exposure / x.exposure;
    result->ratio = (double)x.events / (double)y.events * times;
    result->ci = (Interval){share.lower / (1 - share.lower) * times, share.upper / (1 - share.upper) * times};
    return true;
}
