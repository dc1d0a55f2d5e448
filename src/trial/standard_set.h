/* Data sets in the shape of a standard, made row by row from a table that says all of their variables once: name, label,
 * type, role, origin, terminology, derivation. The rows and the metadata come from the same table, so they cannot disagree.
 *
 * A text of more than 200 bytes goes on in supplemental qualifiers, as transport files need it. Variables that the standard
 * lets go and that hold nothing are left out when the set is finished. */
#ifndef TRIAL_STANDARD_SET_H
#define TRIAL_STANDARD_SET_H

#include "data/frame.h"

#define STANDARD_MOST_BYTES 200

/* DTC: a text of ISO 8601, perhaps partial; DATE: a number, days since 1960, as analyses want it. */
typedef enum { STANDARD_TEXT, STANDARD_DTC, STANDARD_DURATION, STANDARD_INTEGER, STANDARD_FLOAT, STANDARD_DATE } StandardType;

#define STANDARD_ORIGINS(X)                                                                                   \
    X(ASSIGNED,    "Assigned",    "Sponsor")                                                                  \
    X(COLLECTED,   "Collected",   "Investigator")                                                             \
    X(DERIVED,     "Derived",     "Sponsor")                                                                  \
    X(PROTOCOL,    "Protocol",    "Sponsor")                                                                  \
    X(PREDECESSOR, "Predecessor", "")
typedef enum {
#define X(name, word, source) STANDARD_##name,
    STANDARD_ORIGINS(X)
#undef X
} StandardOrigin;

typedef struct {
    const char *name;                 /* "--" stands for the domain */
    const char *label;                /* at most 40 characters */
    StandardType type;
    const char *core;                 /* "Req", "Exp", "Perm"; the last may be left out */
    const char *role;                 /* of SDTM: "Topic" */
    StandardOrigin origin;
    const char *codelist;             /* of the published terminology: "NY"; NULL for none */
    const char *said;                 /* the derivation, or the predecessor ("DM.SEX"); NULL for none */
} StandardColumn;

typedef struct {
    const char *name, *label;         /* "VS" */
    const char *class;                /* "FINDINGS", as Define-XML spells it */
    const char *structure;            /* "One record per vital sign measurement per visit per subject" */
    const char *keys;                 /* names, separated by blanks: order of the rows, one row each */
    const StandardColumn *columns;
    size_t n_columns;
} StandardSpec;

typedef struct {
    size_t row;
    Str name, label, value;           /* QNAM, QLABEL, QVAL */
    const char *origin;
} StandardQualifier;

typedef struct {
    Arena *arena;
    const StandardSpec *spec;
    Str name;
    Frame *frame;                     /* columns as spec, until standard_finish */
    const StandardColumn **columns;   /* of the frame's columns */
    Str *keys;
    size_t n_keys;
    Map places;                       /* variable -> column */
    size_t n_qualifiers, qualifier_capacity;
    StandardQualifier *qualifiers;
} StandardSet;

typedef struct {
    Arena *arena;
    size_t n, capacity;
    StandardSet **items;
    size_t n_notes, note_capacity;
    Str *notes;                       /* sentences: what is not there, and why */
} StandardSets;

StandardSet *standard_set_new(Arena *arena, const StandardSpec *spec);

/* A row with nothing in it; the setters write into the latest. A variable that the set does not have is passed over: rows
 * of one kind fill sets of several domains. "--DTC" names a variable of any domain. Texts are not copied. */
void standard_row(StandardSet *set);
void standard_text(StandardSet *set, const char *name, Str value);            /* empty: nothing */
void standard_number(StandardSet *set, const char *name, double value);
void standard_qualify(StandardSet *set, Str name, Str label, Str value, const char *origin);
Str standard_get(const StandardSet *set, size_t row, const char *name);       /* a text; empty where there is none */

/* Sorts by the keys, numbers --SEQ within the subject, sets long texts forth in qualifiers, leaves empty variables out.
 * Fails: INCONSISTENT (two rows with the same keys; names them). */
MUST_USE bool standard_finish(StandardSet *set, Error *err);

/* The supplemental qualifiers of a finished set as a set of their own; NULL when it has none. */
StandardSet *standard_supplement(const StandardSet *set);

/* --SEQ of a row as a text; a row of RELREC that points at it. */
Str standard_sequence(const StandardSet *set, size_t row);
void standard_relate(StandardSet *related, const StandardSet *set, size_t row, Str id);

void standard_add(StandardSets *sets, StandardSet *set);
void standard_note(StandardSets *sets, Str note);
StandardSet *standard_find(const StandardSets *sets, Str name);               /* NULL when there is none */

/* Days from one full date to another as SDTM counts them: the day itself is 1, the day before -1. */
bool standard_study_day(Str from, Str date, double *day);

/* Days since 1960 of a full date. */
bool standard_date_number(Str date, double *days);

#endif
