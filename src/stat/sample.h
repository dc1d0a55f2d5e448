/* What every test asks of a sample: that its values are numbers, their order, their ranks, and order statistics
 * of all pairs. Values are plain arrays without missing ones; who leaves values out counts them. */
#ifndef STAT_SAMPLE_H
#define STAT_SAMPLE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

/* A confidence interval; a bound that does not exist is infinite. A one-sided bound at level 1 - a is the bound
 * of the two-sided interval at level 1 - 2 a. */
typedef struct {
    double lower, upper;
} Interval;

/* Fails: MALFORMED (names the first value that is not finite). `what` is what the values are, in the plural. */
MUST_USE bool sample_check(const double *x, size_t n, const char *what, Error *err);

/* Fails: USAGE unless 0 < level < 1. */
MUST_USE bool level_check(double level, Error *err);

/* Mean and sum of squared deviations from it, in twice the working precision; n > 0. */
double sample_mean(const double *x, size_t n);
double sample_sum_of_squares(const double *x, size_t n, double mean);

/* A sorted copy, ascending. */
double *sample_sorted(Arena *arena, const double *x, size_t n);

/* Values nearer than this are one value to every rank test: 1e-12 of the largest magnitude, since decimal data
 * subtracted in binary differ by rounding (1.1 - 0.9 is not 0.3 - 0.1). */
double sample_tie_tolerance(const double *x, size_t n);

/* Midranks (1 .. n; tied values share their mean rank) into rank[n]. Values in one chain of gaps <= tolerance
 * are tied. Returns the sum of t^3 - t over the sets of t tied values. */
double sample_midranks(Arena *arena, const double *x, size_t n, double tolerance, double *rank);

/* The k-th smallest (k from 0) of the n (n + 1) / 2 Walsh averages (x[i] + x[j]) / 2, i <= j, and of the n m
 * differences x[i] - y[j], and their medians; all arrays sorted. Exact, in O(64 n) time and no memory: the
 * answer is found by halving the range of doubles and counting. */
double walsh_average(const double *x, size_t n, size_t k);
double walsh_median(const double *x, size_t n);
double pairwise_difference(const double *x, size_t n, const double *y, size_t m, size_t k);
double pairwise_difference_median(const double *x, size_t n, const double *y, size_t m);

#endif
