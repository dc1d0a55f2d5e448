#include "base/decimal.h"

#include <math.h>

__extension__ typedef unsigned __int128 Wide;

static const uint64_t FIVES[DECIMAL_MAX_POWER + 1] = {
    UINT64_C(1), UINT64_C(5), UINT64_C(25), UINT64_C(125), UINT64_C(625), UINT64_C(3125), UINT64_C(15625), UINT64_C(78125),
    UINT64_C(390625), UINT64_C(1953125), UINT64_C(9765625), UINT64_C(48828125), UINT64_C(244140625), UINT64_C(1220703125),
    UINT64_C(6103515625), UINT64_C(30517578125), UINT64_C(152587890625), UINT64_C(762939453125), UINT64_C(3814697265625),
    UINT64_C(19073486328125), UINT64_C(95367431640625), UINT64_C(476837158203125), UINT64_C(2384185791015625),
    UINT64_C(11920928955078125), UINT64_C(59604644775390625), UINT64_C(298023223876953125), UINT64_C(1490116119384765625),
    UINT64_C(7450580596923828125)};

static const uint64_t TENS[19] = {
    UINT64_C(1), UINT64_C(10), UINT64_C(100), UINT64_C(1000), UINT64_C(10000), UINT64_C(100000), UINT64_C(1000000),
    UINT64_C(10000000), UINT64_C(100000000), UINT64_C(1000000000), UINT64_C(10000000000), UINT64_C(100000000000),
    UINT64_C(1000000000000), UINT64_C(10000000000000), UINT64_C(100000000000000), UINT64_C(1000000000000000),
    UINT64_C(10000000000000000), UINT64_C(100000000000000000), UINT64_C(1000000000000000000)};

/* How many zero bits stand before the first; x is not 0. */
static int leading_zeros(uint64_t x)
{
    int n = 0;
    for (int step = 32; step; step /= 2)
        if (x >> (64 - step) == 0) n += step, x <<= step;
    return n;
}

/* 2^power, a normal double. */
static double power_of_two(int power)
{
    union {
        uint64_t bits;
        double value;
    } two = {.bits = (uint64_t)(1023 + power) << 52};
    return two.value;
}

/* digits / 5^k with both shifted to the top of their words: 63 or 64 bits of quotient, of which the last is also set when a
 * remainder is left. It is ten bits or more below the last that a double keeps, so that the conversion rounds once. */
static double divided(uint64_t digits, int k)
{
    int up = leading_zeros(digits), down = leading_zeros(FIVES[k]);
    Wide numerator = (Wide)(digits << up) << 63;
    uint64_t divisor = FIVES[k] << down;
    uint64_t quotient = (uint64_t)(numerator / divisor), rest = (uint64_t)(numerator - (Wide)quotient * divisor);
    return (double)(quotient | (rest != 0)) * power_of_two(down - up - 63 - k);
}

static double multiplied(uint64_t digits, int k)
{
    Wide product = (Wide)digits * FIVES[k];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if (high == 0) return (double)low * power_of_two(k);
    int up = leading_zeros(high);
    product <<= up;
    high = (uint64_t)(product >> 64);
    return (double)(high | ((uint64_t)product != 0)) * power_of_two(64 - up + k);
}

static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool decimal_to_double(uint64_t digits, int power, double *value)
{
    if (digits <= (UINT64_C(1) << 53) && power >= -22 && power <= 22) { /* both exact: one rounding (Clinger's fast path) */
        *value = power < 0 ? (double)digits / POWERS[-power] : (double)digits * POWERS[power];
        return true;
    }
    if (power < -DECIMAL_MAX_POWER || power > DECIMAL_MAX_POWER) return false;
    *value = digits == 0 ? 0 : power < 0 ? divided(digits, -power) : multiplied(digits, power);
    return true;
}

/* fraction * 2^exponent * 10^up, rounded. */
static uint64_t scaled(uint64_t fraction, int exponent, int up)
{
    Wide product = (Wide)fraction * FIVES[up];
    int shift = exponent + up;
    if (shift >= 0) return (uint64_t)(product << shift);
    Wide whole = product >> -shift, rest = product - (whole << -shift), half = (Wide)1 << (-shift - 1);
    return (uint64_t)whole + (rest > half || (rest == half && (whole & 1)));
}

bool decimal_of_double(double value, int n_digits, uint64_t *digits, int *power)
{
    int exponent;
    uint64_t fraction = (uint64_t)(frexp(value, &exponent) * 9007199254740992.0); /* value = fraction * 2^exponent */
    int first = (int)floor((exponent - 1) * 0.30102999566398120);                 /* of the power of ten, or one below */
    exponent -= 53;
    if (first < -DECIMAL_MAX_POWER || first > 16) return false;
    for (;; first++) {
        int up = n_digits - 1 - first;
        if (up < 0 || up > DECIMAL_MAX_POWER) return false;
        *digits = scaled(fraction, exponent, up);
        *power = -up;
        if (*digits < TENS[n_digits]) return true;
    }
}
