/* Gross Motor Function Classification System, expanded and revised: five levels of usual performance, I
 * walks without limits to V is transported, described in five age bands. A classification, not an outcome.
 * Source: Palisano, Rosenbaum, Bartlett, Livingston 2007 (CanChild); stability figures in
 * docs/methods/gmfm.md. */
#ifndef INSTRUMENT_GMFCS_H
#define INSTRUMENT_GMFCS_H

#include "instrument/instrument.h"

#define GMFCS_N_LEVELS 5

/* "I".."V" (letter case ignored) or "1".."5" to 1..5, and back to roman. Fails: MALFORMED. */
MUST_USE bool gmfcs_parse(Str text, int *level, Error *err);
const char *gmfcs_text(int level);

/* One age band of the descriptions. */
typedef struct {
    const char *name;                 /* "2 to 4 years" */
    double from_years, to_years;      /* from, and up to but not including */
    bool level_may_drift;             /* so many change level that a change is no effect */
    const char *caution;              /* empty when there is none */
} GmfcsBand;

/* The band of an age in years. Fails: INCONSISTENT (below 0, 18 or more, not finite). */
MUST_USE bool gmfcs_band(double age_years, const GmfcsBand **band, Error *err);

#endif
