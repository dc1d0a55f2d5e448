#include "exchange/ibm_float.h"

#include <math.h>

static MissingReason missing_code(unsigned char first)
{
    if (first == '.') return MISSING_UNSTATED;
    if (first == '_' || (first >= 'A' && first <= 'Z')) return (MissingReason)first;
    return MISSING_NOT;
}

double ibm_float_read(const unsigned char *bytes, size_t n, MissingReason *reason)
{
    uint64_t fraction = 0;
    if (n == 8) /* compilers make it one load */
        fraction = (uint64_t)bytes[0] << 56 | (uint64_t)bytes[1] << 48 | (uint64_t)bytes[2] << 40 |
                   (uint64_t)bytes[3] << 32 | (uint64_t)bytes[4] << 24 | (uint64_t)bytes[5] << 16 |
                   (uint64_t)bytes[6] << 8 | (uint64_t)bytes[7];
    else
        for (size_t i = 1; i < 8; i++) fraction = fraction << 8 | (i < n ? bytes[i] : 0);
    fraction &= ((uint64_t)1 << 56) - 1;
    *reason = MISSING_NOT;
    if (fraction == 0) {
        *reason = missing_code(bytes[0]);
        return 0;
    }
    int power = 4 * ((bytes[0] & 0x7f) - 64) - 56; /* value = fraction * 2^power */
    union {
        uint64_t bits;
        double value;
    } scale = {.bits = (uint64_t)(1023 + power) << 52}; /* -312 <= power <= 196: a normal double, so exact */
    double value = (double)fraction * scale.value;
    return bytes[0] & 0x80 ? -value : value;
}

bool ibm_float_write(double value, MissingReason missing, size_t n, unsigned char *bytes)
{
    for (size_t i = 0; i < n; i++) bytes[i] = 0;
    if (missing) {
        bytes[0] = missing == MISSING_UNSTATED ? '.' : (unsigned char)missing;
        return true;
    }
    if (value == 0) return true;
    if (!isfinite(value)) return false;
    int exponent;
    double share = frexp(fabs(value), &exponent);              /* in [1/2, 1) */
    int digits = (exponent + (exponent > 0 ? 3 : 0)) / 4;      /* the least power of 16 above the value */
    uint64_t fraction = (uint64_t)ldexp(share, 56 - (4 * digits - exponent));
    if (digits < -64 || digits > 63) return false;
    for (size_t i = 7; i > 0; i--, fraction >>= 8) {
        unsigned char byte = (unsigned char)(fraction & 255);
        if (i < n) bytes[i] = byte;
        else if (byte) return false;
    }
    bytes[0] = (unsigned char)((digits + 64) | (value < 0 ? 128 : 0));
    return true;
}
