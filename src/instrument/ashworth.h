/* Muscle tone by the Ashworth scales, one rating per muscle and side. The modified scale has six ordered
 * grades (0, 1, 1+, 2, 3, 4), the original five (0 to 4): two scales, never pooled. Grades are ordered,
 * not spaced; a number is a declared recoding. Source: docs/methods/ashworth.md. */
#ifndef INSTRUMENT_ASHWORTH_H
#define INSTRUMENT_ASHWORTH_H

#include "instrument/instrument.h"

/* How a grade of the modified scale becomes a number. */
typedef enum {
    ASHWORTH_RANK,                    /* 0, 1, 2, 3, 4, 5: the position */
    ASHWORTH_HALF                     /* 0, 1, 1.5, 2, 3, 4: keeps the grades' own names */
} AshworthRecoding;

/* A modified grade from text to its position 0..5, and back. Fails: MALFORMED. */
MUST_USE bool ashworth_parse(Str text, int *rank, Error *err);
const char *ashworth_text(int rank);
double ashworth_value(int rank, AshworthRecoding recoding);
const char *ashworth_recoding_text(AshworthRecoding recoding);      /* for a table's footnote */

/* An original grade, 0..4. Fails: MALFORMED ("1+" is named as belonging to the modified scale). */
MUST_USE bool ashworth_original_parse(Str text, int *grade, Error *err);

/* Mean over the muscles rated, the usual composite. ranks: n positions, -1 where not rated.
 * Fails: DEGENERATE (nothing was rated), MALFORMED (a position outside -1..5). */
typedef struct {
    double mean;                      /* in units of the recoding */
    int n_rated, n_missing;
} AshworthComposite;
MUST_USE bool ashworth_composite(const int *ranks, size_t n, AshworthRecoding recoding,
                                 AshworthComposite *composite, Error *err);

#endif
