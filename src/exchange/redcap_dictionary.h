/* What a REDCap project says of itself in CSV files: the data dictionary (as its web page writes it, or as its API does),
 * and, of a longitudinal one, arms, events and which form is filled at which event.
 *
 * Read: as exchange/csv; columns are known by either header, in any order; columns of no meaning here are left alone. In
 * a file with the API's headers an unquoted NA is blank, since R writes it so. Limits: as csv; 10,000 fields. */
#ifndef EXCHANGE_REDCAP_DICTIONARY_H
#define EXCHANGE_REDCAP_DICTIONARY_H

#include "data/frame.h"

/* The word of the dictionary; whether it is chosen from a list */
#define REDCAP_TYPES(X)                                                                                       \
    X(TEXT,        "text",        false)                                                                      \
    X(NOTES,       "notes",       false)                                                                      \
    X(RADIO,       "radio",       true)                                                                       \
    X(DROPDOWN,    "dropdown",    true)                                                                       \
    X(CHECKBOX,    "checkbox",    true)                                                                       \
    X(YESNO,       "yesno",       false)                                                                      \
    X(TRUEFALSE,   "truefalse",   false)                                                                      \
    X(CALC,        "calc",        false)                                                                      \
    X(SLIDER,      "slider",      false)                                                                      \
    X(FILE,        "file",        false)                                                                      \
    X(DESCRIPTIVE, "descriptive", false)                                                                      \
    X(SQL,         "sql",         false)

typedef enum {
#define X(name, word, chosen) REDCAP_##name,
    REDCAP_TYPES(X)
#undef X
} RedcapType;

const char *redcap_type_word(RedcapType type);

typedef struct {
    Str name, form, section, label, choices, note, validation, min, max, branching, matrix, annotation;
    RedcapType type;
    Codelist codes;                   /* of radio, dropdown and checkbox */
    bool identifier, required;
    size_t line;
} RedcapField;

typedef struct {
    size_t n_fields, n_forms;
    RedcapField *fields;              /* in their order; the first holds the record's id */
    Str *forms;                       /* in the order of their first field */
} RedcapDictionary;

typedef struct {
    Str name, unique, arm;            /* "Visit 1", "visit_1_arm_1", "1" */
    bool has_day;
    int day, before, after;           /* day_offset, offset_min, offset_max */
} RedcapEvent;

typedef struct {
    Str number, name;
} RedcapArm;

typedef struct {
    Str event, form;                  /* unique names */
} RedcapFormAt;

typedef struct {
    RedcapDictionary dictionary;
    size_t n_events, n_arms, n_mapping;
    RedcapEvent *events;
    RedcapArm *arms;
    RedcapFormAt *mapping;
} RedcapProject;

/* Fails: MALFORMED (as csv; a column that is missing; a field, form or code without a name or twice; an unknown type: the
 * nearest; a list without choices), INCONSISTENT (a mapping of an event or form that is not there). The place names line and column. */
MUST_USE bool redcap_dictionary_parse(Arena *arena, Str content, RedcapDictionary *dictionary, Error *err);
MUST_USE bool redcap_arms_parse(Arena *arena, Str content, RedcapProject *project, Error *err);
MUST_USE bool redcap_events_parse(Arena *arena, Str content, RedcapProject *project, Error *err);
MUST_USE bool redcap_mapping_parse(Arena *arena, Str content, RedcapProject *project, Error *err);     /* after the others */

#endif
