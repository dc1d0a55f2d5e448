/* What a team does with a trial: one function per operation, each of which checks who asks and the rules, appends to
 * the journal and updates the derived tables, in one transaction. An operation that fails leaves nothing behind.
 *
 * Every operation takes an Actor: who asks, and what the clocks say. Which of the actor's roles covers the act at that
 * site is found here and written down. Common failures, not repeated below: DENIED (nobody of that id, or no role that
 * may), INCONSISTENT (locked; no such subject, site, form or visit), MALFORMED (a text that is no UTF-8, a value that
 * does not read, a reason that is missing), IO. */
#ifndef TRIAL_TRIAL_H
#define TRIAL_TRIAL_H

#include "base/json.h"
#include "base/time.h"
#include "protocol/protocol.h"

typedef struct Trial Trial;

typedef struct {
    Str user;                         /* empty: the first user of the trial */
    Instant at;                       /* the server's clock, UTC */
    bool has_client_at;
    Instant client_at;                /* the client's clock: written down, never used */
    Str reason;                       /* needed by acts that change what was saved */
    bool from_file;                   /* an import: data managers may */
} Actor;

/* --- the file --- */

typedef struct {
    Str path, protocol;               /* text of the protocol */
    Str user, name;                   /* the first user, who holds `roles` everywhere */
    const Str *roles;
    size_t n_roles;                   /* 0: administrator, sponsor, data-manager, investigator */
} NewTrial;

/* Makes a trial: stores the protocol as version 1, adds its sites and the first user. Fails: INCONSISTENT (the file
 * exists; the protocol contradicts itself; it names no form), MALFORMED (the protocol). */
MUST_USE bool trial_create(Arena *arena, const NewTrial *request, const Actor *actor, Trial **trial, Error *err);

/* Opens one; closed when `arena` is freed, or by trial_close. Fails: as db_open. */
MUST_USE bool trial_open(Arena *arena, Str path, Trial **trial, Error *err);
void trial_close(Trial *trial);

Str trial_path(const Trial *trial);
bool trial_is_read_only(const Trial *trial);              /* the file may not be written: acts fail (IO) */
const Protocol *trial_protocol(const Trial *trial);       /* the latest version */
Str trial_protocol_version(const Trial *trial);           /* "1", "2" .. */
MUST_USE bool trial_first_user(Trial *trial, Arena *arena, Str *user, Error *err);

/* Several operations as one: all or nothing. One that fails in between leaves nothing behind itself, and those before
 * it stand or fall with the commit. */
MUST_USE bool trial_begin(Trial *trial, Error *err);
MUST_USE bool trial_commit(Trial *trial, Error *err);
void trial_rollback(Trial *trial);

/* Number of journal entries and the hash of the last: what a report prints so that it can be traced. */
MUST_USE bool trial_head(Trial *trial, Arena *arena, int64_t *n_entries, Str *hash, Error *err);

typedef struct {
    bool sound;
    int64_t n_entries;
    Str head, table, key, column, detail;       /* where it went wrong, as store/verify.h says */
} TrialVerdict;
MUST_USE bool trial_verify(Trial *trial, Arena *arena, Str head, TrialVerdict *verdict, Error *err);

/* Drops the derived tables and replays the journal. */
MUST_USE bool trial_rebuild(Trial *trial, int64_t *n_entries, Error *err);

/* A consistent copy while others write. The act is written down once the copy can be begun and before it is made, so that
 * the copy holds it too; if the copy then fails, a second entry says so ("failed"). */
MUST_USE bool trial_backup(Trial *trial, const Actor *actor, Str path, Error *err);

/* --- protocol, sites, people --- */

/* A new version of the protocol. Sites go on under the old one until trial_approve. */
MUST_USE bool trial_amend(Trial *trial, const Actor *actor, Str protocol, Error *err);
MUST_USE bool trial_approve(Trial *trial, const Actor *actor, Str site, Str version, Str date, Error *err);
MUST_USE bool trial_add_site(Trial *trial, const Actor *actor, Str site, Str title, Str country, Error *err);

/* A user id is given once and for ever. Fails: INCONSISTENT (it was given before, also when its owner has left). */
MUST_USE bool trial_add_user(Trial *trial, const Actor *actor, Str user, Str name, Error *err);
/* Neither the last administrator nor that role of his can be taken away (INCONSISTENT). */
MUST_USE bool trial_remove_user(Trial *trial, const Actor *actor, Str user, Error *err);

/* site empty: everywhere. Fails: INCONSISTENT (held already; a pair that breaks blinding, unless open label), USAGE. */
MUST_USE bool trial_grant(Trial *trial, const Actor *actor, Str user, Str role, Str site, Error *err);
MUST_USE bool trial_revoke(Trial *trial, const Actor *actor, Str user, Str role, Str site, Error *err);

/* --- subjects --- */

/* One cell as it was typed: a value, blank (missing, unstated), or "." and a reason (".not-done"). */
typedef struct {
    Str item, text;
} ItemCell;

typedef struct {
    Str subject, site, date;
    size_t n_cells;
    const ItemCell *cells;            /* items of the screening form */
} Screening;
MUST_USE bool trial_screen(Trial *trial, const Actor *actor, const Screening *screening, Error *err);

typedef struct {
    Str subject, date, version, language, signed_by, assent;
} ConsentRecord;

/* assent: "yes", "no", "unable", "not-applicable". Fails: INCONSISTENT (the version is not of the protocol, was not valid
 * on that day, has no such language). */
MUST_USE bool trial_consent(Trial *trial, const Actor *actor, const ConsentRecord *consent, Error *err);

/* Fails: INCONSISTENT (no consent, or dated after `date`; a criterion is not met or not known, named; no assent at
 * an age that requires it; enrolled or withdrawn already; no such arm). arm may be empty when the protocol has one. */
MUST_USE bool trial_enrol(Trial *trial, const Actor *actor, Str subject, Str date, Str arm, Error *err);
MUST_USE bool trial_withdraw(Trial *trial, const Actor *actor, Str subject, Str date, Str why, Error *err);
MUST_USE bool trial_deviation(Trial *trial, const Actor *actor, Str subject, Str date, Str kind, Str detail, Error *err);

/* --- forms --- */

/* The form of adverse events: the protocol's, or else the built-in one of the CSV file of that name. */
#define FORM_ADVERSE_EVENTS "adverse_events"

typedef struct {
    Str subject, form;
    Str visit;                        /* a visit's id, a dose's or event's number; empty for once per subject, and for
                                         the next event of a log */
    Str date;                         /* of the visit, dose or start; may be empty when the form is there already */
    bool must_exist;                  /* a correction: something must be saved there */
    size_t n_cells;
    const ItemCell *cells;
} FormSave;

typedef struct {
    Str visit;                        /* the number that a new event received; lives in the trial until the next call */
    size_t n_new, n_changed, n_same, n_queries;
} FormSaved;

/* Saves a form. Items that had no value are recorded; items (or a date) that had another are corrected, which needs a
 * reason; what is the same is left alone. Soft checks that do not hold and
 * visits outside their window raise queries.
 * Fails: MALFORMED (a cell is not of its type or has too many decimals; a required item is blank; no reason;
 * a new adverse event has no TERM),
 * INCONSISTENT (range, codelist, hard check, not scheduled, before consent, after withdrawal, in the future, not
 * enrolled, locked, an item of no such name, nothing to correct). The place names the item. */
MUST_USE bool trial_save_form(Trial *trial, const Actor *actor, const FormSave *save, FormSaved *saved, Error *err);

/* The form of a visit that has the item; items have one name in all forms of visits. Fails: INCONSISTENT. */
MUST_USE bool trial_form_of_item(Trial *trial, Str item, Str *form, Error *err);

/* A form that was made by mistake leaves the data; the journal keeps it. */
MUST_USE bool trial_strike_out(Trial *trial, const Actor *actor, Str subject, Str form, Str visit, Error *err);

/* --- queries and locks --- */

MUST_USE bool trial_query(Trial *trial, const Actor *actor, Str subject, Str form, Str visit, Str item, Str text,
                          int64_t *query, Error *err);
MUST_USE bool trial_answer(Trial *trial, const Actor *actor, int64_t query, Str text, Error *err);
MUST_USE bool trial_close_query(Trial *trial, const Actor *actor, int64_t query, Error *err);

/* form empty: the subject; subject empty: the trial. Fails: INCONSISTENT (a query is open; a value is missing without a
 * reason; locked already). */
MUST_USE bool trial_lock(Trial *trial, const Actor *actor, Str subject, Str form, Str visit, Error *err);
MUST_USE bool trial_unlock(Trial *trial, const Actor *actor, Str subject, Str form, Str visit, Error *err);

/* --- reading --- */

/* Frames for people: every save of an item (item empty: of all of the form), with who, when, why, old and new; the values
 * that are missing without a reason, whether saved blank or never asked; queries; users and their roles; and how many
 * there are of everything. */
MUST_USE bool trial_history(Trial *trial, Arena *arena, Str subject, Str form, Str visit, Str item, Frame **history, Error *err);
MUST_USE bool trial_blanks(Trial *trial, Arena *arena, Frame **blanks, Error *err);
MUST_USE bool trial_queries(Trial *trial, Arena *arena, Frame **queries, Error *err);
MUST_USE bool trial_users(Trial *trial, Arena *arena, Frame **users, Error *err);
MUST_USE bool trial_counts(Trial *trial, Arena *arena, Frame **counts, Error *err);

#endif
