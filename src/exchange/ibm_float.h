/* The floating point of IBM mainframes, in which SAS transport files hold numbers: a sign, a power of 16 (excess 64)
 * and a fraction of 56 bits. */
#ifndef EXCHANGE_IBM_FLOAT_H
#define EXCHANGE_IBM_FLOAT_H

#include "data/frame.h"

/* The first n bytes (2 to 8) of a number, the rest being zero. *reason says which missing value it is: SAS writes "."
 * "_" or a letter and zeros; "." is UNSTATED. The value is exact when it has at most 53 significant bits, else
 * rounded to the nearest double (ties to even); every IBM number is in the range of double. Source: SAS technical
 * note TS-140, "Numeric data fields". */
double ibm_float_read(const unsigned char *bytes, size_t n, MissingReason *reason);

/* The other way, in n bytes (2 to 8): exact, or false when the number is out of range or does not fit the bytes.
 * missing: MISSING_NOT, or the code to write (UNSTATED is "."). */
bool ibm_float_write(double value, MissingReason missing, size_t n, unsigned char *bytes);

#endif
