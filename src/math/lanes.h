/* Kernels on doubles two at a time, for inner loops that take most of a program's time. Each result is the same sum in the
 * same order whether a machine works on one, two or eight numbers at once. Lengths are multiples of LANES_STEP: callers pad
 * with zeros, up to lanes_padded. */
#ifndef MATH_LANES_H
#define MATH_LANES_H

#include <stddef.h>

#include "base/attributes.h"

typedef double Lanes TWO_LANES;

#define LANES_STEP  4

static inline size_t lanes_padded(size_t n) { return (n + LANES_STEP - 1) / LANES_STEP * LANES_STEP; }
static inline Lanes lanes_of(double x) { return (Lanes){x, x}; }
static inline const Lanes *lanes_at(const double *x) { return (const Lanes *)(const void *)x; }
static inline Lanes *lanes_in(double *x) { return (Lanes *)(void *)x; }

/* to += f from */
static inline void lanes_add_scaled(double *restrict to, const double *restrict from, double f, size_t n)
{
    Lanes factor = lanes_of(f);
    for (size_t i = 0; i < n; i += LANES_STEP) {
        const Lanes *x = lanes_at(from + i);
        Lanes *y = lanes_in(to + i);
        y[0] += factor * x[0];
        y[1] += factor * x[1];
    }
}

/* The sum of x[i] y[i], in four parts */
static inline double lanes_dot(const double *restrict x, const double *restrict y, size_t n)
{
    Lanes a = {0}, b = {0};
    for (size_t i = 0; i < n; i += LANES_STEP) {
        a += lanes_at(x + i)[0] * lanes_at(y + i)[0];
        b += lanes_at(x + i)[1] * lanes_at(y + i)[1];
    }
    a += b;
    return a[0] + a[1];
}

/* to = sum over j < n_rows of f[j] times row j of `from`, rows being `stride` apart; n numbers */
static inline void lanes_combine(double *restrict to, const double *restrict from, size_t stride, const double *restrict f,
                                 size_t n_rows, size_t n)
{
    for (size_t i = 0; i < n; i += LANES_STEP) {
        Lanes a = {0}, b = {0};
        for (size_t j = 0; j < n_rows; j++) {
            const Lanes *x = lanes_at(from + j * stride + i);
            a += lanes_of(f[j]) * x[0];
            b += lanes_of(f[j]) * x[1];
        }
        lanes_in(to + i)[0] = a;
        lanes_in(to + i)[1] = b;
    }
}

/* The 4 x 4 block c -= sum over rows j of (columns e.. of row j)' (columns f.. of row j); rows of a are `stride` apart,
 * those of c `c_stride`. */
static inline void lanes_subtract_block(const double *restrict a, size_t n_rows, size_t stride, size_t e, size_t f,
                                        double *restrict c, size_t c_stride)
{
    Lanes s[4][2] = {{{0}}};
    for (size_t j = 0; j < n_rows; j++) {
        const double *left = a + j * stride + e;
        const Lanes *right = lanes_at(a + j * stride + f);
        Lanes r0 = right[0], r1 = right[1];
        s[0][0] += lanes_of(left[0]) * r0, s[0][1] += lanes_of(left[0]) * r1;
        s[1][0] += lanes_of(left[1]) * r0, s[1][1] += lanes_of(left[1]) * r1;
        s[2][0] += lanes_of(left[2]) * r0, s[2][1] += lanes_of(left[2]) * r1;
        s[3][0] += lanes_of(left[3]) * r0, s[3][1] += lanes_of(left[3]) * r1;
    }
    for (size_t i = 0; i < 4; i++) {
        Lanes *row = lanes_in(c + i * c_stride);
        row[0] -= s[i][0];
        row[1] -= s[i][1];
    }
}

#endif
