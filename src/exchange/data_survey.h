/* What data sets hold, learned by reading them once, row by row: how long texts are, how many decimals numbers have, which
 * few values a variable takes and what stands beside them, which variables tell the records apart, and which are copies of
 * another data set's. What is found is true of these data, and nothing is said of what they mean. */
#ifndef EXCHANGE_DATA_SURVEY_H
#define EXCHANGE_DATA_SURVEY_H

#include "exchange/table.h"

#define SURVEY_MAX_TEXT    200        /* bytes; a variable with a longer value has no list of values */
#define SURVEY_MAX_KEYS    10

/* Dates and times of a text variable; a value of another form makes it none. */
typedef enum { SURVEY_NO_DATES, SURVEY_DATES, SURVEY_PARTIAL_DATES, SURVEY_TIMES, SURVEY_DATETIMES, SURVEY_PARTIAL_DATETIMES, SURVEY_DURATIONS } SurveyDates;

typedef struct {
    Str text;                         /* as a person reads it: numbers in shortest form */
    double number;
    size_t n, first_row;              /* rows that have it; the first, from 1 */
    Str decode;                       /* what stands beside it in the variable of its words */
} SurveyValue;

typedef struct {
    TableVariable variable;
    size_t n_missing;
    size_t longest;                   /* characters, of texts; digits before and after the point, of numbers */
    bool is_whole;                    /* every number is an integer */
    int decimals;                     /* most of them, of numbers */
    SurveyDates dates;
    bool has_values;                  /* no more than max_values of them */
    size_t n_values;
    SurveyValue *values;              /* texts as they came, numbers ascending */
    bool has_decodes;                 /* each value has one decode, always the same */
    Str predecessor;                  /* "ADSL.AGE": the same value on every record; empty: none known */
} SurveyVariable;

typedef struct {
    Str name, label, path;            /* name in capitals */
    bool is_reference;                /* the member says so */
    size_t n_rows, n_variables;
    SurveyVariable *variables;
    size_t n_keys;                    /* variables that tell the records apart, in their order; 0: none found */
    size_t keys[SURVEY_MAX_KEYS];
} SurveyedSet;

typedef struct {
    size_t n, capacity;
    SurveyedSet *sets;                /* tabulations first, ADSL before other analysis data sets; else by name */
} DataSurvey;

/* {0} gives the defaults in brackets. */
typedef struct {
    Str subject;                      /* the variable that names a subject [USUBJID] */
    size_t max_values;                /* a variable with more values has no list of them [60] */
} SurveyChoices;

/* Reads every file of the folders (as source_open has them) that is of a format of tables, but XML. A number that is whole in one data
 * set and not in another is not whole in either, so that a variable is of one type. Fails: as the readers; INCONSISTENT (no
 * data set; two of one name); IO. */
MUST_USE bool data_survey(Arena *arena, Str folders, const SurveyChoices *choices, DataSurvey *survey, Error *err);

/* Analysis data sets are called AD..; by letter case ignored. */
bool survey_is_analysis(Str name);
SurveyVariable *survey_variable(const SurveyedSet *set, Str name);

#endif
