/* Probability distributions. The one module that knows libRmath; its header, which redefines common words,
 * stays out of ours. Each family has, as far as it makes sense,
 *   NAME_cdf       P(X <= x)              NAME_log_cdf   its natural logarithm, exact far into the tail
 *   NAME_sf        P(X > x)               NAME_log_sf    its natural logarithm
 *   NAME_quantile  the least x with P(X <= x) >= p       NAME_quantile_upper  the same for P(X > x) <= q
 *   NAME_pdf       density (continuous)   NAME_pmf       P(X = k) (discrete)
 * Neither tail is computed from the other. For a discrete family P(X >= k) is NAME_sf(k - 1, ...).
 * Counts are passed as double. Degrees of freedom, shapes and scales are positive and may be fractions.
 * Outside its domain (a parameter out of range, a probability outside [0, 1], NaN) every function returns NaN
 * and prints nothing; none fails otherwise. Pure functions, safe in threads.
 * Method: libRmath (R's library of distributions) 4.0 or later. Checked against R 4.2.2 in the tests. */
#ifndef MATH_DISTRIBUTION_H
#define MATH_DISTRIBUTION_H

/* Standard normal. */
double normal_pdf(double z);
double normal_cdf(double z);
double normal_sf(double z);
double normal_log_cdf(double z);
double normal_log_sf(double z);
double normal_quantile(double p);
double normal_quantile_upper(double q);

/* Student's t with df degrees of freedom; df may be infinite. */
double t_pdf(double t, double df);
double t_cdf(double t, double df);
double t_sf(double t, double df);
double t_log_cdf(double t, double df);
double t_log_sf(double t, double df);
double t_quantile(double p, double df);
double t_quantile_upper(double q, double df);

/* Chi-square. */
double chisq_pdf(double x, double df);
double chisq_cdf(double x, double df);
double chisq_sf(double x, double df);
double chisq_log_cdf(double x, double df);
double chisq_log_sf(double x, double df);
double chisq_quantile(double p, double df);
double chisq_quantile_upper(double q, double df);

/* Fisher's F with df1 (numerator) and df2 (denominator, may be infinite). */
double f_pdf(double f, double df1, double df2);
double f_cdf(double f, double df1, double df2);
double f_sf(double f, double df1, double df2);
double f_log_cdf(double f, double df1, double df2);
double f_log_sf(double f, double df1, double df2);
double f_quantile(double p, double df1, double df2);
double f_quantile_upper(double q, double df1, double df2);

/* Beta on [0, 1] with shapes a, b > 0. */
double beta_pdf(double x, double a, double b);
double beta_cdf(double x, double a, double b);
double beta_sf(double x, double a, double b);
double beta_log_cdf(double x, double a, double b);
double beta_log_sf(double x, double a, double b);
double beta_quantile(double p, double a, double b);
double beta_quantile_upper(double q, double a, double b);

/* Gamma with mean shape * scale. */
double gamma_pdf(double x, double shape, double scale);
double gamma_cdf(double x, double shape, double scale);
double gamma_sf(double x, double shape, double scale);
double gamma_log_cdf(double x, double shape, double scale);
double gamma_log_sf(double x, double shape, double scale);
double gamma_quantile(double p, double shape, double scale);
double gamma_quantile_upper(double q, double shape, double scale);

/* Range of k >= 2 independent normal means over a standard error with df >= 2 degrees of freedom (may be infinite). Method:
 * Copenhaver & Holland (1988), good to about 1e-8; the quantile to about 1e-4, so polish it where that matters. */
double studentized_range_cdf(double q, double k, double df);
double studentized_range_sf(double q, double k, double df);
double studentized_range_quantile(double p, double k, double df);

/* Successes in n trials (a whole number) with chance `chance` each. */
double binomial_pmf(double k, double n, double chance);
double binomial_cdf(double k, double n, double chance);
double binomial_sf(double k, double n, double chance);
double binomial_log_cdf(double k, double n, double chance);
double binomial_log_sf(double k, double n, double chance);
double binomial_quantile(double p, double n, double chance);

/* Events, `mean` (>= 0) expected. */
double poisson_pmf(double k, double mean);
double poisson_cdf(double k, double mean);
double poisson_sf(double k, double mean);
double poisson_log_cdf(double k, double mean);
double poisson_log_sf(double k, double mean);
double poisson_quantile(double p, double mean);

/* Marked ones among `drawn` taken without replacement from `marked` marked and `unmarked` others. */
double hypergeometric_pmf(double k, double marked, double unmarked, double drawn);
double hypergeometric_cdf(double k, double marked, double unmarked, double drawn);
double hypergeometric_sf(double k, double marked, double unmarked, double drawn);
double hypergeometric_log_pmf(double k, double marked, double unmarked, double drawn);
double hypergeometric_quantile(double p, double marked, double unmarked, double drawn);

/* log of Gamma(x), x > 0, and of n! and "n choose k" for whole n >= k >= 0. */
double log_gamma(double x);
double log_factorial(double n);
double log_choose(double n, double k);

#endif
