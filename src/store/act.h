/* The acts: everything that can be done to a trial, one constant Act each. `apply` is the only code that writes
 * derived tables; it reads nothing but the entry and those tables, so that replaying the journal gives the same
 * tables again. Whether an act is right (dates, ranges, consent) was judged by the operation that appended it. */
#ifndef STORE_ACT_H
#define STORE_ACT_H

#include "store/journal.h"
#include "store/staff.h"

typedef struct {
    const char *name;                 /* as the journal says it: "adverse-event" */
    const char *summary;              /* for the data dictionary of the audit */
    bool needs_reason;
    unsigned roles;                   /* who may */
    unsigned import_roles;            /* who also may when it comes from a file */
    bool (*apply)(Db *db, const Entry *entry, Error *err);    /* NULL: it leaves no trace but in the journal */
} Act;

#define ACTS(X)                                                                                               \
    X(create) X(amend) X(approve) X(add_site) X(add_user) X(remove_user) X(grant) X(revoke)                   \
    X(screen) X(consent) X(enrol) X(record) X(dose) X(adverse_event) X(correct) X(strike_out)                 \
    X(deviation) X(withdraw) X(query) X(answer) X(close_query) X(lock) X(unlock) X(export) X(backup)

#define X(name) extern const Act act_##name;
ACTS(X)
#undef X

const Act *const *act_list(size_t *n);
const Act *act_find(Str name);                            /* NULL when there is none */

/* Appends the entry to the journal and applies it, in the caller's transaction. entry->act is set from `act`.
 * Fails: MALFORMED (the act needs a reason and has none; a text is no UTF-8), INCONSISTENT, IO. */
MUST_USE bool act_append(Arena *arena, Db *db, const Act *act, Entry *entry, Error *err);

/* Replays the journal of `from` into the derived tables of `to` (which may be the same file), after emptying them;
 * in the caller's transaction. *n_entries counts. Fails: IO, MALFORMED (an entry that cannot be applied, named). */
MUST_USE bool act_replay(Db *from, Db *to, int64_t *n_entries, Error *err);

#endif
