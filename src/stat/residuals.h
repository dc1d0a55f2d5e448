/* What residuals are looked at for: standardised residuals of a linear model, their normal plot with its envelope, their
 * histogram, the numbers of a box plot. Method: docs/methods/residuals.md. */
#ifndef STAT_RESIDUALS_H
#define STAT_RESIDUALS_H

#include "stat/linear.h"

/* Fitted values (n, in y's unit) and internally studentised residuals (n, without unit): r / (s sqrt(1 - h)), h the row's
 * leverage x (x'x)^- x'. NaN where h is 1 or s is 0: such a row is fitted whatever its value. */
typedef struct {
    size_t n;
    double *fitted, *residual;
} Residuals;
Residuals residuals_linear(Arena *arena, const Model *model, const LinearFit *fit);

/* The order statistics of n values beside what n independent standard normal ones would be.
 *   expected   normal quantile of (i - 3/8) / (n + 1/4): Blom (1958)
 *   low, high  pointwise: each order statistic lies between them with probability `level`, exactly: the normal quantiles
 *              of the Beta(i, n + 1 - i) distribution's
 * Of more than `most` values all of both tails are kept and the middle is thinned; `most` is at least 20. Values that are
 * not finite are left out. Results in `arena`. */
typedef struct {
    size_t n, n_values;
    double *value, *expected, *low, *high;
} NormalPlot;
NormalPlot normal_plot(Arena *arena, const double *x, size_t n, double level, size_t most);

/* Counts in bins [edge[i], edge[i + 1]), all as wide as the nearest of 0.1, 0.2, 0.25, 0.5, 1, 2, 5, .. to Freedman &
 * Diaconis's (1981) 2 IQR n^(-1/3); edges are multiples of the width. At most HISTOGRAM_MAX bins. */
#define HISTOGRAM_MAX 60
typedef struct {
    size_t n;
    double width, *edge;              /* n + 1 */
    size_t *count;                    /* n */
} Histogram;
Histogram histogram(Arena *arena, const double *x, size_t n);

/* Tukey's box: quartiles (sample_quantile), and the furthest values within 1.5 times their distance from them. */
typedef struct {
    size_t n, n_beyond;
    double low, q1, median, q3, high; /* NaN when n is 0 */
    double min, max;
    double *beyond;                   /* ascending */
} BoxNumbers;
BoxNumbers box_numbers(Arena *arena, const double *x, size_t n);

#endif
