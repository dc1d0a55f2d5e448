/* What is wrong with a folder of data and documents, all of it at once: each finding names the rule it breaks, how
 * grave that is, and where. Alike findings (same rule, severity, data set, variable and message) are one finding that
 * is counted, with the first few of its places kept, so that a column that is wrong a million times is one line. */
#ifndef CONFORM_FINDING_H
#define CONFORM_FINDING_H

#include "base/json.h"
#include "base/map.h"

/* severity, the word people and JSON see, what it means; the most important first */
#define FINDING_SEVERITIES(X)                                                                                 \
    X(ERROR,    "error",    "a rule that must hold does not")                                                 \
    X(WARNING,  "warning",  "a rule that should hold does not")                                               \
    X(NOT_DONE, "not done", "a check that was not made, and what it would need")                              \
    X(NOTE,     "note",     "worth knowing")

typedef enum {
#define X(name, word, meaning) FINDING_##name,
    FINDING_SEVERITIES(X)
#undef X
    N_FINDING_SEVERITIES
} FindingSeverity;

/* One place where a finding was met. */
typedef struct {
    size_t row;                       /* of the data set, from 1; 0 where rows do not apply */
    Str value;                        /* what stands there; may be empty */
    Str place;                        /* "define.xml: line 7, element ItemDef"; may be empty */
} FindingPlace;

/* What finding_add is given, and what a list holds. */
typedef struct {
    Str rule;                         /* "CORE-000001", "XPT-NAME": what scripts can rely on */
    FindingSeverity severity;
    Str data_set, variable;           /* may be empty */
    size_t row;                       /* of the first place, and so are value and place */
    Str message;                      /* lower case fact, no full stop; the same text for alike findings */
    Str value, place;
    Str fix;                          /* sentences; may be empty */
    size_t n;                         /* how many times it was met: 1 or more, set by the list */
    FindingPlace *places;             /* the first of them, in the order they were added */
    size_t n_places, places_capacity;
} Finding;

#define FINDING_PLACES 5

typedef struct {
    Arena *arena;
    size_t places_kept;               /* of each finding [FINDING_PLACES]; SIZE_MAX keeps every one */
    size_t n, capacity;
    Finding *items;
    size_t count[N_FINDING_SEVERITIES];    /* findings of each severity */
    size_t met[N_FINDING_SEVERITIES];      /* places of each severity */
    Map alike;
} FindingList;

FindingList findings_new(Arena *arena);

/* Adds a finding, or counts it with the one that is alike; texts are copied. `n`, `places` are not read. */
void finding_add(FindingList *findings, const Finding *finding);

/* Adds an Error of the layers below: its message, place and hint, as a finding of that rule and severity. */
void finding_add_error(FindingList *findings, Str rule, FindingSeverity severity, Str data_set, const Error *err);

/* The most important first: by severity, then those met most often, then by data set, variable, rule and message. After
 * it alike findings are no longer merged with those that were there. */
void findings_sort(FindingList *findings);

const char *finding_severity_word(FindingSeverity severity);

/* For people: one block per finding, then a count. How to mend it is said once for a rule. */
void findings_write_text(const FindingList *findings, Buf *buf);

/* The same facts as members of an object that the caller has begun: "errors", "warnings", "notDone", "notes" (findings
 * of each), "findings": [{"rule", "severity", "dataSet", "variable", "message", "fix", "count", "places": [{"row", "value",
 * "place"}]}]. Row 0 and empty texts are left out. */
void findings_write_json(const FindingList *findings, JsonWriter *json);

#endif
