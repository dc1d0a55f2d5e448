/* Which tables the clinical data of an ODM file make, found out by going through them once (twice where a group repeats
 * that should not). A form is a table, a row for each time it was filled; a group of it that repeats is a table of its own,
 * a row for each of its instances. */
#ifndef EXCHANGE_ODM_SURVEY_H
#define EXCHANGE_ODM_SURVEY_H

#include "base/map.h"
#include "exchange/odm.h"
#include "exchange/table.h"

#define ODM_MAX_TABLES   ((size_t)20000)
#define ODM_MAX_COLUMNS  ((size_t)200000)            /* of all tables together */

/* What stands before the items. Only the subject always; the others where the file has any. */
#define ODM_CONTEXTS(X)                                                                                       \
    X(SUBJECT,  "SUBJECT",  "Subject key")                                                                    \
    X(ID,       "SUBJID",   "Study subject identifier")                                                       \
    X(SITE,     "SITE",     "Location of the site")                                                           \
    X(EVENT,    "EVENT",    "Study event")                                                                    \
    X(REPEAT,   "EVENTREP", "Repeat key of the event")                                                        \
    X(DATE,     "EVENTDAT", "Date of the event")                                                              \
    X(FORM,     "FORMREP",  "Repeat key of the form")                                                         \
    X(GROUP,    "GROUPREP", "Repeat key of the item group")                                                   \
    X(TRANSACT, "TRANSACT", "Kind of transaction")

typedef enum {
#define X(name, column, label) ODM_CONTEXT_##name,
    ODM_CONTEXTS(X)
#undef X
    N_ODM_CONTEXTS
} OdmContext;

Str odm_context_value(const OdmDatum *datum, OdmContext context);

typedef struct {
    Str oid;
    const OdmItem *item;              /* NULL: not defined */
    TableType type;                   /* as said; TEXT where values do not fit */
    bool is_inferred;                 /* nothing says a type: of numbers if all values are */
    size_t n_values, longest, n_unfit, first_unfit_line;
    size_t place;                     /* among the variables of its table */
} OdmColumn;

typedef struct {
    Str oid;
    const OdmGroup *group;            /* NULL: not defined */
    bool repeats;
    size_t met_in;                    /* the form instance it was last met in, from 1 */
    bool has_value;
    size_t n_rows;                    /* if it repeats */
    Map by_item;                      /* -> OdmColumn */
    size_t table;                     /* where its values go */
} OdmTableGroup;

typedef struct {
    Str oid;
    const OdmForm *form;              /* NULL: not defined */
    bool has_value;
    size_t n_rows;
    Map by_group;                     /* -> OdmTableGroup, in the order of the form */
} OdmTableForm;

typedef struct {
    OdmTableForm *form;
    OdmTableGroup *group;             /* NULL: the form's groups that do not repeat */
    TableMember member;
    size_t contexts[N_ODM_CONTEXTS];  /* places of their columns; SIZE_MAX for none */
} OdmTable;

typedef struct {
    Arena *arena;
    const OdmStudy *study;
    Map by_form;                      /* -> OdmTableForm */
    size_t n_instances, n_columns;
    size_t n_files;                   /* values of binary data */
    bool has_changes;                 /* transactions other than Insert and Context */
    bool is_undeclared;               /* a group was found to repeat */
    size_t longest[N_ODM_CONTEXTS];   /* of the texts; 0 where there are none */
    size_t n_tables;
    OdmTable *tables;
    size_t n_notes, note_capacity;
    Str *notes;
} OdmSurvey;

/* Goes through the data of the file. Fails: as odm_data_next; MALFORMED (more tables or columns than the limits). */
MUST_USE bool odm_survey(Arena *arena, const OdmStudy *study, Bytes *bytes, OdmSurvey **survey, Error *err);

/* The column of a value; NULL when the survey did not see such a one. */
OdmColumn *odm_survey_column(const OdmTableForm *form, const OdmDatum *datum, OdmTableGroup **group);

/* Whether a value is one of the type, which is then what a cell holds. */
bool odm_fits(TableType type, Str text, double *number);

#endif
