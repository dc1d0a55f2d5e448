/* What the files of an operation share; nobody outside src/trial includes it. */
#ifndef TRIAL_INSIDE_H
#define TRIAL_INSIDE_H

#include "store/act.h"
#include "store/canonical.h"
#include "trial/form_rules.h"
#include "trial/trial.h"

typedef struct {
    Str version;
    Protocol protocol;
    FormRules *rules;                 /* compiled when first used, one per form */
    size_t n_rules;
} ProtocolVersion;

struct Trial {
    Arena *arena;                     /* lives as long as the file is open */
    Arena *scratch;                   /* rewound after each operation */
    Db *db;
    bool is_begun;                    /* between trial_begin and its end, also when SQLite has given up by itself */
    ConditionEngine *conditions;
    ProtocolVersion **versions;       /* by ordinal */
    size_t n_versions, version_capacity;
    char saved_visit[72];             /* of the latest FormSaved */
    struct {                          /* the latest actor's grants, until a transaction begins or staff changes */
        Arena *arena;
        ArenaMark start;
        Str user;
        unsigned everywhere;
        size_t n;
        Str *sites;
        unsigned *at_site;
    } staff;
};

/* Brackets of an operation: a transaction, or a part of the one that is open already, and a mark in scratch. */
typedef struct {
    bool is_outermost;
    ArenaMark mark;
} Step;
MUST_USE bool step_begin(Trial *trial, Step *step, Error *err);
MUST_USE bool step_end(Trial *trial, Step *step, bool succeeded, Error *err);   /* commits, or takes back what the step wrote and returns false */

/* Judges the actor's right to the act at the site, and appends. subject and site may be empty. *seq may be NULL. */
MUST_USE bool perform(Trial *trial, const Actor *actor, const Act *act, Str site, Str subject, const Body *body, int64_t *seq,
                      Error *err);
void forget_staff(Trial *trial);

/* May the actor know who is in which arm? Everybody of an open trial or of one arm; else who holds a role that knows. */
MUST_USE bool sees_allocation(Trial *trial, const Actor *actor, bool *sees, Error *err);

typedef struct {
    Str subject, site, screened, consented, enrolled, arm, withdrawn;
} SubjectRow;
MUST_USE bool find_subject(Trial *trial, Str subject, SubjectRow *row, Error *err);       /* fails when there is none */
MUST_USE bool subject_exists(Trial *trial, Str subject, bool *exists, Error *err);

/* Reads the versions that were stored since; then the one that a site works under on a day. */
MUST_USE bool load_versions(Trial *trial, Error *err);
MUST_USE bool version_at(Trial *trial, Str site, Str date, ProtocolVersion **version, Error *err);
MUST_USE bool rules_of(Trial *trial, ProtocolVersion *version, Str form, FormRules **rules, Error *err);

/* A full date that is not after the day of `at` (a day's grace for clocks east of Greenwich). */
MUST_USE bool check_date(Str what, Str text, Instant at, Error *err);
MUST_USE bool check_unlocked(Trial *trial, Str subject, Str form, Str visit, Error *err);

/* INCONSISTENT: `format` has two places for texts. Returns false. */
bool refuse(Error *err, const char *hint, const char *format, Str what, Str than);

/* A text that exported files can hold: a full stop begins the code of a missing value there. */
MUST_USE bool check_text(const char *what, Str text, Error *err);

/* An id: letters, digits, '-', '_', '.' (not first), at most 40 bytes. */
MUST_USE bool check_id(const char *what, Str id, Error *err);

/* Parsed cells as members of an "items" object, judged by the form's rules together with what is stored. */
typedef struct {
    Body created, changed, was;
    size_t n_same, n_created, n_changed;
    const EditCheck **unheld;         /* soft checks that do not hold */
    size_t n_unheld;
} ItemChanges;
MUST_USE bool judge_items(Trial *trial, ProtocolVersion *version, FormRules *rules, const SubjectRow *subject, Str visit, Str date,
                          int64_t form_id, const ItemCell *cells, size_t n_cells, ItemChanges *changes, Error *err);
MUST_USE bool raise_queries(Trial *trial, const Actor *actor, Str site, Str subject, Str form, Str visit, const ItemChanges *changes,
                            size_t *n_queries, Error *err);
MUST_USE bool find_form(Trial *trial, Str subject, Str form, Str visit, int64_t *id, Str *date, bool *found, Error *err);

/* The values missing without a reason; subject and form may be empty for all. */
MUST_USE bool list_blanks(Trial *trial, Arena *arena, Str subject, Str form, Str visit, Frame **blanks, Error *err);

#endif
