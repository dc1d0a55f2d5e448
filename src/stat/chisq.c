#include "stat/chisq.h"

#include <math.h>

#include "math/distribution.h"

static size_t count_positive(const double *x, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += x[i] > 0;
    return count;
}

bool chisq_test(Arena *scratch, const size_t *counts, size_t n_rows, size_t n_columns, bool corrected,
                ChisqTest *test, Error *err)
{
    double *row = ARENA_ARRAY(scratch, double, n_rows), *column = ARENA_ARRAY(scratch, double, n_columns),
           total = 0;
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < n_columns; j++) {
            double count = (double)counts[i * n_columns + j];
            row[i] += count, column[j] += count, total += count;
        }
    size_t rows = count_positive(row, n_rows), columns = count_positive(column, n_columns);
    if (rows < 2 || columns < 2) {
        error_set(err, ERROR_DEGENERATE,
                  "a table with counts in %zu rows and %zu columns has nothing to compare", rows, columns);
        return error_hint(err, "Two groups and two outcomes at least must have been seen.");
    }
    double yates = corrected && rows == 2 && columns == 2 ? .5 : 0;
    *test = (ChisqTest){.df = (double)((rows - 1) * (columns - 1)), .least_expected = INFINITY};
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < n_columns; j++) {
            double expected = row[i] * column[j] / total;
            if (!(expected > 0)) continue;
            double deviation = fabs((double)counts[i * n_columns + j] - expected);
            deviation -= fmin(yates, deviation);
            test->chisq += deviation * deviation / expected;
            test->least_expected = fmin(test->least_expected, expected);
        }
    test->p = chisq_sf(test->chisq, test->df);
    return true;
}
