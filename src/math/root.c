#include "math/root.h"

#include <float.h>
#include <math.h>

/* Interpolation through (a, fa), (b, fb) and, when all three differ, (c, fc): the step from b. */
static double interpolated_step(double a, double fa, double b, double fb, double c, double fc)
{
    double s = fb / fa, p, q;
    if (a == c) {
        p = (c - b) * s;
        q = s - 1;
    } else {
        double r = fb / fc, t = fa / fc;
        p = s * ((c - b) * t * (t - r) - (b - a) * (r - 1));
        q = (1 - t) * (r - 1) * (s - 1);
    }
    return q == 0 ? INFINITY : p / q;
}

bool root_between(Function *f, void *context, double low, double high, double tolerance, double *root)
{
    /* b is the best point, a the one before it, and c keeps the zero between b and c */
    double a = low, b = high, fa = f(a, context), fb = f(b, context);
    if (!(fa <= 0 && fb >= 0) && !(fa >= 0 && fb <= 0)) return false;
    double c = a, fc = fa, step = b - a, step_before = step;
    for (;;) {
        if (fabs(fc) < fabs(fb)) {
            a = b, b = c, c = a;
            fa = fb, fb = fc, fc = fa;
        }
        double least = 2 * DBL_EPSILON * fabs(b) + tolerance / 2, half = (c - b) / 2;
        if (fabs(half) <= least || fb == 0) {
            *root = b;
            return true;
        }
        double wanted = interpolated_step(a, fa, b, fb, c, fc);
        bool is_safe = fabs(step_before) >= least && fabs(fa) > fabs(fb) && wanted * half > 0 &&
                       fabs(wanted) < 1.5 * fabs(half) - fabs(least) / 2 &&
                       fabs(wanted) < fabs(step_before) / 2;
        step_before = is_safe ? step : half;
        step = is_safe ? wanted : half;
        a = b, fa = fb;
        b += fabs(step) > least ? step : copysign(least, half);
        fb = f(b, context);
        if (isnan(fb)) return false;
        if ((fb > 0) == (fc > 0)) {
            c = a, fc = fa;
            step = step_before = b - a;
        }
    }
}

bool root_around(Function *f, void *context, double start, double step, double tolerance, double *root)
{
    for (int i = 0; i < 64; i++, step *= 2)
        if (root_between(f, context, start - step, start + step, tolerance, root)) return true;
    return false;
}
