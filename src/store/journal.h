/* The journal: what people did, in order. It is only ever appended to, and each entry carries the hash of the one
 * before, so that nothing in it can be altered, taken out or put in unnoticed. docs/trial-file.md gives the format
 * to the byte, for those who verify it without this program. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/digest.h"
#include "base/json.h"
#include "base/time.h"
#include "store/db.h"

typedef struct {
    int64_t seq;                      /* 1, 2, 3 ... without a gap; set by journal_append */
    Instant at;                       /* when the server's clock said it happened */
    bool has_client_at;
    Instant client_at;                /* what the client's clock said; kept, never relied on */
    Str actor, role, site;            /* who, in which role, for which site (empty: the whole trial) */
    Str act;                          /* a name of the table of acts */
    Str subject;                      /* empty when the act concerns none */
    Str reason;                       /* why; empty only where the act needs none */
    Json body;                        /* an object; canonical after journal_append */
    Str body_text;                    /* its canonical JSON; set by journal_append */
    Str prev, hash;                   /* 64 hexadecimal digits; set by journal_append */
} Entry;

/* The hash of the first entry's `prev`: 64 zeros. */
#define JOURNAL_START "0000000000000000000000000000000000000000000000000000000000000000"

/* SHA-256 over these fields, each preceded by its length in bytes (8 bytes, most significant first):
 *   "equipoise journal 1", seq, at, client_at (empty when there is none), actor, role, site, act, subject, reason,
 *   the SHA-256 of body_text in hexadecimal, prev. Numbers are decimal text. */
Digest journal_hash(const Entry *entry);

/* Appends inside the caller's transaction; sets seq, prev, hash, body_text. Texts stay in `arena`.
 * Fails: MALFORMED (a text is no UTF-8), IO. */
MUST_USE bool journal_append(Arena *arena, Db *db, Entry *entry, Error *err);

/* The number of entries and the hash of the last (JOURNAL_START for none). */
MUST_USE bool journal_head(Arena *arena, Db *db, int64_t *n_entries, Str *hash, Error *err);

/* Reads the entries from seq `first` on, in order; `body` is parsed when with_body. Texts of an entry live in `arena`
 * until the caller rewinds it. Fails: IO; MALFORMED (a body is no JSON). */
typedef struct {
    Rows rows;
    bool with_body;
} JournalReader;
MUST_USE bool journal_read(Db *db, int64_t first, bool with_body, JournalReader *reader, Error *err);
MUST_USE bool journal_next(Arena *arena, JournalReader *reader, Entry *entry, bool *more, Error *err);
void journal_end(JournalReader *reader);

/* Recomputes the chain. *bad_seq is 0 when it holds, else the first entry that does not fit, and `why` the column
 * and the reason. *head_seen says whether `head` (may be empty) begins the hash of an entry that was passed. */
MUST_USE bool journal_check(Arena *arena, Db *db, Str head, int64_t *n_entries, int64_t *bad_seq, Str *why, bool *head_seen,
                            Error *err);

#endif
