/* Decimals and doubles, exactly, in whole numbers of 128 bits: for the decimals that data hold (up to 19 digits, a power of
 * ten from -27 to 27). Both are rounded once, to nearest, ties to even, as strtod and printf do; callers ask those for the
 * rest. Powers of five up to 5^27 have 64 bits, so that the product with 64 bits of digits, and the quotient of them with a
 * remainder, hold everything that rounding must know; nothing is estimated. Clinger's
 * fast path (1990), both numbers exact in a double, comes first. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#define DECIMAL_MAX_POWER 27

/* The double nearest to digits * 10^power. False, and nothing set, where the power is beyond the limit. */
bool decimal_to_double(uint64_t digits, int power, double *value);

/* The n_digits (1 to 17) significant digits of value > 0: value is about digits * 10^power, 10^(n_digits - 1) <= digits <
 * 10^n_digits. False where the power is beyond the limit or a digit stands before a power of ten above 0. */
bool decimal_of_double(double value, int n_digits, uint64_t *digits, int *power);

#endif
