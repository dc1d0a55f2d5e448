/* Pearson's chi-square test that rows and columns of a table of counts are independent. */
#ifndef STAT_CHISQ_H
#define STAT_CHISQ_H

#include "stat/sample.h"

typedef struct {
    double chisq, df, p;
    double least_expected;            /* smallest expected count; below 5 the exact test is to be preferred */
} ChisqTest;

/* counts     n_rows x n_columns, row-major; rows and columns without counts are left out, as SAS does
 * corrected  takes up to 1/2 from each deviation (Yates 1934); only for what is a 2 x 2 table then
 * Fails: DEGENERATE (fewer than two rows or columns with counts).
 * Method: Pearson (1900); no continuity correction unless asked for.
 * Checked against: R 4.2.2 chisq.test, relative 1e-10. */
MUST_USE bool chisq_test(Arena *scratch, const size_t *counts, size_t n_rows, size_t n_columns, bool corrected,
                         ChisqTest *test, Error *err);

#endif
