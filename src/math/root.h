/* Where a continuous function of one variable crosses zero. */
#ifndef MATH_ROOT_H
#define MATH_ROOT_H

#include <stdbool.h>

#include "base/attributes.h"

typedef double Function(double x, void *context);

/* A zero of f in [low, high], where f has different signs, to within `tolerance` (absolute, beyond 4 epsilon
 * |x|). False when the signs are the same or a value is NaN; *root is then not to be read.
 * Method: Brent (1973), chapter 4: inverse quadratic or linear interpolation, kept safe by bisection. */
MUST_USE bool root_between(Function *f, void *context, double low, double high, double tolerance, double *root);

/* The same for a monotone f without known bounds: [start - step, start + step] doubles about `start` until the
 * signs differ, 64 times at most. */
MUST_USE bool root_around(Function *f, void *context, double start, double step, double tolerance,
                          double *root);

#endif
