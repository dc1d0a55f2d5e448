/* Is the file what the journal says? Recomputes the chain, replays the journal into fresh tables, compares every
 * row with the stored one, compares the schema (a trigger that was taken away shows), and lets SQLite check its
 * pages. Names the first row that was altered. */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "store/db.h"

typedef struct {
    bool sound;
    int64_t n_entries;                /* of the journal that fit */
    Str head;                         /* hash of the last of them */
    Str table;                        /* where it went wrong: "journal", a derived table, "schema" or "file" */
    Str key;                          /* the row's key: "17"; "1208, G31" */
    Str column;                       /* empty when the row as a whole is missing or too many */
    Str detail;                       /* one sentence without a full stop */
} VerifyReport;

/* head (may be empty) is a hash noted earlier, as every report prints: the chain must pass through it, which shows a
 * journal that was rewritten or cut as a whole. Finding trouble is a report, not a failure.
 * Fails: IO (the file cannot be read because others write, or there is no memory). */
MUST_USE bool verify_trial(Arena *arena, Db *db, Str head, VerifyReport *report, Error *err);

#endif
