/* Rating instruments as data. An Instrument is a constant struct in the file that scores it: what is
 * rated, on which scale, at which ages, what a missing item does to the score, and who published the rule.
 * Forms, edit checks and reports read the table; a function is written only where scoring is not a sum.
 * Wording of items is copyright of others and is not shipped: sites load their own. */
#ifndef INSTRUMENT_INSTRUMENT_H
#define INSTRUMENT_INSTRUMENT_H

#include "base/text.h"

typedef enum {
    INSTRUMENT_HIGHER_IS_BETTER, INSTRUMENT_LOWER_IS_BETTER, INSTRUMENT_CLASSIFIES
} InstrumentDirection;

/* Consecutive items with a common heading ("B", "Sitting", 18, 37). */
typedef struct {
    const char *code, *name;
    int first_item, last_item;        /* numbered from 1, both included */
} InstrumentSection;

typedef struct {
    const char *id;                   /* as a protocol names it: "gmfm-88" */
    const char *name, *version;
    InstrumentDirection direction;
    const char *unit;                 /* of the score */
    double score_min, score_max;      /* what a score can be, both included */
    double age_min_years, age_max_years;        /* from, and up to but not including */
    const char *item_format;          /* column of item number n ("G%02d"); NULL when there are no items */
    int item_min, item_max;           /* what an item can be */
    size_t n_sections;
    const InstrumentSection *sections;
    size_t n_levels;                  /* of an ordinal scale, lowest first; 0 for a numeric one */
    const char *const *levels;
    const char *missing_rule;         /* what a missing item does */
    const char *citation;
    const char *licence;
} Instrument;

/* One word to add; each is a constant `instrument_NAME`. */
#define INSTRUMENTS(X)                                                                                        \
    X(gmfm88) X(gmfm66) X(gmfm66_percentile) X(modified_ashworth) X(original_ashworth) X(gmfcs)

#define X(name) extern const Instrument instrument_##name;
INSTRUMENTS(X)
#undef X

/* All of them, in the order of the list. */
const Instrument *const *instrument_list(size_t *n);

/* By id, letter case ignored. Fails: USAGE (no such instrument; names the nearest). */
MUST_USE bool instrument_find(Str id, const Instrument **instrument, Error *err);

/* Age in years at the assessment. Fails: INCONSISTENT (outside the instrument's ages; or not finite). */
MUST_USE bool instrument_check_age(const Instrument *instrument, double age_years, Error *err);

/* A recorded total. Fails: INCONSISTENT (outside the score's range, or not finite). */
MUST_USE bool instrument_check_score(const Instrument *instrument, double score, Error *err);

/* Rank from 0 of a level of an ordinal scale, blanks around it and letter case ignored. Fails: MALFORMED
 * (no such level: names those there are), USAGE (the scale is numeric). */
MUST_USE bool instrument_parse_level(const Instrument *instrument, Str text, int *rank, Error *err);

#endif
