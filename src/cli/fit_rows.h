/* What a mixed model says row by row, as CSV files. */
#ifndef CLI_FIT_ROWS_H
#define CLI_FIT_ROWS_H

#include "stat/mmrm.h"

/* One line for each of n rows of the frame: row (from 1), subject, visit, response, used (Y), then marginal and conditional, each with
 * _se, _df, _lower and _upper; empty where it cannot be told. Fails: IO, and as mmrm_predict. */
MUST_USE bool fit_write_predictions(Arena *arena, const MmrmFit *fit, const size_t *rows, size_t n, double confidence, Str path,
                                    Error *err);

/* One line per row used: row, subject, visit, response, fitted, raw, pearson, normalised. Fails: IO. */
MUST_USE bool fit_write_residuals(Arena *arena, const MmrmFit *fit, Str path, Error *err);

#endif
