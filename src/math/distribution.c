#include "math/distribution.h"

#include <math.h>
#include <stdbool.h>

#define MATHLIB_STANDALONE 1
#include <Rmath.h>

/* libRmath prints when it is asked outside a domain, so we decide the domain first. */
static bool is_chance(double p) { return p >= 0 && p <= 1; }
static bool is_count(double n) { return n >= 0 && isfinite(n) && n == nearbyint(n); }
static bool is_urn(double marked, double unmarked, double drawn)
{
    return is_count(marked) && is_count(unmarked) && is_count(drawn) && drawn <= marked + unmarked;
}

enum { PLAIN = 0, LOG = 1, UPPER = 0, LOWER = 1 };

/* The functions of a family differ only in these places: PARAMETERS is the list in parentheses, VALID says when
 * the parameters are in the domain, and the rest are the arguments of libRmath's function. */
#define FUNCTION(name, PARAMETERS, VALID, call)                                                               \
    double name PARAMETERS { return (VALID) ? call : NAN; }
#define TAILS(name, r, PARAMETERS, VALID, ...)                                                                \
    FUNCTION(name##_cdf, PARAMETERS, VALID, p##r(__VA_ARGS__, LOWER, PLAIN))                                  \
    FUNCTION(name##_sf, PARAMETERS, VALID, p##r(__VA_ARGS__, UPPER, PLAIN))
#define LOG_TAILS(name, r, PARAMETERS, VALID, ...)                                                            \
    FUNCTION(name##_log_cdf, PARAMETERS, VALID, p##r(__VA_ARGS__, LOWER, LOG))                                \
    FUNCTION(name##_log_sf, PARAMETERS, VALID, p##r(__VA_ARGS__, UPPER, LOG))
#define QUANTILE(name, r, PARAMETERS, VALID, ...)                                                             \
    FUNCTION(name##_quantile, PARAMETERS, is_chance(x) && (VALID), q##r(__VA_ARGS__, LOWER, PLAIN))
#define CONTINUOUS(name, r, PARAMETERS, VALID, ...)                                                           \
    FUNCTION(name##_pdf, PARAMETERS, VALID, d##r(__VA_ARGS__, PLAIN))                                         \
    TAILS(name, r, PARAMETERS, VALID, __VA_ARGS__)                                                            \
    LOG_TAILS(name, r, PARAMETERS, VALID, __VA_ARGS__)                                                        \
    QUANTILE(name, r, PARAMETERS, VALID, __VA_ARGS__)                                                         \
    FUNCTION(name##_quantile_upper, PARAMETERS, is_chance(x) && (VALID), q##r(__VA_ARGS__, UPPER, PLAIN))

/* libRmath warns about a count that is no whole number, whose probability is zero. */
#define MASS(name, r, PARAMETERS, VALID, ...)                                                                 \
    FUNCTION(name##_pmf, PARAMETERS, !isnan(x) && (VALID), (is_count(x) ? d##r(__VA_ARGS__, PLAIN) : 0))
#define DISCRETE(name, r, PARAMETERS, VALID, ...)                                                             \
    MASS(name, r, PARAMETERS, VALID, __VA_ARGS__)                                                             \
    TAILS(name, r, PARAMETERS, VALID, __VA_ARGS__)                                                            \
    LOG_TAILS(name, r, PARAMETERS, VALID, __VA_ARGS__)                                                        \
    QUANTILE(name, r, PARAMETERS, VALID, __VA_ARGS__)

double normal_pdf(double z) { return dnorm(z, 0, 1, PLAIN); }
double normal_cdf(double z) { return pnorm(z, 0, 1, LOWER, PLAIN); }
double normal_sf(double z) { return pnorm(z, 0, 1, UPPER, PLAIN); }
double normal_log_cdf(double z) { return pnorm(z, 0, 1, LOWER, LOG); }
double normal_log_sf(double z) { return pnorm(z, 0, 1, UPPER, LOG); }
double normal_quantile(double p) { return is_chance(p) ? qnorm(p, 0, 1, LOWER, PLAIN) : NAN; }
double normal_quantile_upper(double q) { return is_chance(q) ? qnorm(q, 0, 1, UPPER, PLAIN) : NAN; }

CONTINUOUS(t, t, (double x, double df), df > 0, x, df)
CONTINUOUS(chisq, chisq, (double x, double df), df > 0 && isfinite(df), x, df)
CONTINUOUS(f, f, (double x, double df1, double df2), df1 > 0 && df2 > 0, x, df1, df2)
CONTINUOUS(beta, beta, (double x, double a, double b), a > 0 && b > 0, x, a, b)
CONTINUOUS(gamma, gamma, (double x, double shape, double scale), shape > 0 && scale > 0, x, shape, scale)

static bool is_range(double k, double df) { return k >= 2 && isfinite(k) && df >= 2; }

FUNCTION(studentized_range_cdf, (double q, double k, double df), !isnan(q) && is_range(k, df),
         ptukey(q, 1, k, df, LOWER, PLAIN))
FUNCTION(studentized_range_sf, (double q, double k, double df), !isnan(q) && is_range(k, df),
         ptukey(q, 1, k, df, UPPER, PLAIN))
FUNCTION(studentized_range_quantile, (double p, double k, double df), is_chance(p) && is_range(k, df),
         qtukey(p, 1, k, df, LOWER, PLAIN))

DISCRETE(binomial, binom, (double x, double n, double chance), is_count(n) && is_chance(chance), x, n, chance)
DISCRETE(poisson, pois, (double x, double mean), mean >= 0 && isfinite(mean), x, mean)

#define URN_PARAMETERS (double x, double marked, double unmarked, double drawn)
MASS(hypergeometric, hyper, URN_PARAMETERS, is_urn(marked, unmarked, drawn), x, marked, unmarked, drawn)
TAILS(hypergeometric, hyper, URN_PARAMETERS, is_urn(marked, unmarked, drawn), x, marked, unmarked, drawn)
QUANTILE(hypergeometric, hyper, URN_PARAMETERS, is_urn(marked, unmarked, drawn), x, marked, unmarked, drawn)

double hypergeometric_log_pmf(double k, double marked, double unmarked, double drawn)
{
    if (!is_urn(marked, unmarked, drawn) || isnan(k)) return NAN;
    return is_count(k) ? dhyper(k, marked, unmarked, drawn, LOG) : -INFINITY;
}

double log_gamma(double x) { return x > 0 ? lgammafn(x) : NAN; }
double log_factorial(double n) { return is_count(n) ? lgammafn(n + 1) : NAN; }
double log_choose(double n, double k) { return is_count(n) && is_count(k) && k <= n ? lchoose(n, k) : NAN; }
