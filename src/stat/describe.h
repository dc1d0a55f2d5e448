/* Summaries of one numeric variable, as a table of a report prints them. */
#ifndef STAT_DESCRIBE_H
#define STAT_DESCRIBE_H

#include "data/frame.h"
#include "stat/sample.h"

/* In the units u of the variable. What the values cannot give is NaN: everything but the counts when n = 0; sd,
 * se and ci when n = 1; the geometric mean unless all values are positive. */
typedef struct {
    size_t n, n_missing;
    double mean, sd, se;              /* sd with n - 1; se = sd / sqrt(n) */
    Interval ci;                      /* of the mean, by Student's t */
    double min, q1, median, q3, max;
    double geometric_mean;
} Description;

/* Describes n values; n_missing is only carried along.
 *   level  of the interval, e.g. 0.95
 * Fails: MALFORMED (names the first value that is not finite), USAGE (level). No values is no failure.
 * Method: mean and squares in twice the working precision; quantiles by SAS's definition 5 (sample_quantile).
 * Checked against: NIST StRD univariate sets (Lew, Lottery, Mavro, Michelso), R 4.2.2. */
MUST_USE bool describe(Arena *scratch, const double *x, size_t n, size_t n_missing, double level,
                       Description *description, Error *err);

/* The same of a numeric column's cells in the given rows; those without a value are counted as missing. */
MUST_USE bool describe_column(Arena *scratch, const Column *column, const size_t *rows, size_t n_rows,
                              double level, Description *description, Error *err);

/* Quantile p in [0, 1] of n > 0 ascending values by the empirical distribution with averaging: with n p = j +
 * g, the value j + 1 (from 1) when g > 0, the mean of the values j and j + 1 when g = 0. SAS's QNTLDEF=5, R's
 * type 2. */
double sample_quantile(const double *sorted, size_t n, double p);

#endif
