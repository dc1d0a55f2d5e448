#include "protocol/words.h"

#define WORD(name, word, doc)  {word, name, doc},
#define WORDS(name, LIST)                                         \
    static const GrammarWord name##_LIST[] = {LIST(WORD)};         \
    const GrammarWords name##_WORDS = {sizeof name##_LIST / sizeof name##_LIST[0], name##_LIST}

WORDS(TRIAL_DESIGN, TRIAL_DESIGNS);
WORDS(TRIAL_PHASE, TRIAL_PHASES);
WORDS(TRIAL_BLINDING, TRIAL_BLINDINGS);
WORDS(ARM_KIND, ARM_KINDS);
WORDS(VISIT_KIND, VISIT_KINDS);
WORDS(FORM_REPEAT, FORM_REPEATS);
WORDS(CHECK_SEVERITY, CHECK_SEVERITIES);
WORDS(RANDOMISATION_METHOD, RANDOMISATION_METHODS);
WORDS(INSTRUMENT_NAME, INSTRUMENT_NAMES);
WORDS(AID_USE, AIDS);
WORDS(EVENT_STRATEGY, EVENT_STRATEGIES);
WORDS(ANALYSIS_ROLE, ANALYSIS_ROLES);
WORDS(ANALYSIS_METHOD, ANALYSIS_METHODS);
WORDS(NATURAL_CHANGE, NATURAL_CHANGES);
WORDS(FAMILY_METHOD, FAMILY_METHODS);
WORDS(STOPPING_KIND, STOPPING_KINDS);
WORDS(STOPPING_UNIT, STOPPING_UNITS);
WORDS(SDTM_DOMAIN, SDTM_DOMAINS);

/* The types that data/frame.h has; their zero is a type. */
#define COLUMN_TYPES(X)                                                                                       \
    X(COLUMN_NUMBER,   "number",   "a number with a fraction")                                                \
    X(COLUMN_INTEGER,  "integer",  "a whole number")                                                          \
    X(COLUMN_TEXT,     "text",     "free text")                                                               \
    X(COLUMN_DATE,     "date",     "ISO 8601, may be partial: 2016-03")                                       \
    X(COLUMN_DATETIME, "datetime", "ISO 8601 date and time")                                                  \
    X(COLUMN_CODED,    "coded",    "one code of a codelist")
WORDS(COLUMN_TYPE, COLUMN_TYPES);
