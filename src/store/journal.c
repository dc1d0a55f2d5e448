#include "store/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/canonical.h"

enum { SEQ, AT, CLIENT_AT, ACTOR, ROLE, SITE, ACT, SUBJECT, REASON, BODY, PREV, HASH, N_COLUMNS };

#define SELECT_ENTRIES                                                                                       \
    "SELECT seq, at, client_at, actor, role, site, act, subject, reason, body, prev, hash FROM journal "

static Str integer_text(char room[24], int64_t integer)
{
    int len = snprintf(room, 24, "%" PRId64, integer);
    return (Str){room, (size_t)len};
}

Digest journal_hash(const Entry *entry)
{
    char seq[24], at[24], client_at[24], body[DIGEST_HEX];
    const Str fields[] = {
        STR("equipoise journal 1"),
        integer_text(seq, entry->seq),
        integer_text(at, entry->at),
        entry->has_client_at ? integer_text(client_at, entry->client_at) : STR(""),
        entry->actor,
        entry->role,
        entry->site,
        entry->act,
        entry->subject,
        entry->reason,
        digest_hex_into(body, digest_of(entry->body_text)),
        entry->prev,
    };
    DigestState state;
    digest_init(&state);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) digest_add_field(&state, fields[i]);
    return digest_end(&state);
}

bool journal_head(Arena *arena, Db *db, int64_t *n_entries, Str *hash, Error *err)
{
    Rows rows;
    bool more;
    if (!db_query(db, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1", DB_NO_ARGS, &rows, err) ||
        !db_next(&rows, &more, err))
        return false;
    *n_entries = more ? rows_integer(&rows, 0) : 0;
    *hash = more ? rows_text_copy(arena, &rows, 1) : STR(JOURNAL_START);
    rows_end(&rows);
    return true;
}

static bool normalise_texts(Arena *arena, Entry *entry, Error *err)
{
    Str *texts[] = {&entry->actor, &entry->role, &entry->site, &entry->act, &entry->subject, &entry->reason};
    static const char *const NAMES[] = {"actor", "role", "site", "act", "subject", "reason"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!str_nfc(arena, *texts[i], texts[i], err)) return error_in(err, "%s", NAMES[i]);
    return true;
}

bool journal_append(Arena *arena, Db *db, Entry *entry, Error *err)
{
    Buf body = buf_new(arena);
    int64_t last;
    if (!normalise_texts(arena, entry, err) || !canonical_json(arena, &entry->body, &body, err) ||
        !journal_head(arena, db, &last, &entry->prev, err))
        return false;
    entry->seq = last + 1;
    entry->body_text = buf_str(&body);
    entry->hash = digest_hex(arena, journal_hash(entry));
    return db_run(
        db,
        "INSERT INTO journal (seq, at, client_at, actor, role, site, act, subject, reason, body, prev, hash)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        DB_ARGS(db_integer(entry->seq), db_integer(entry->at),
                entry->has_client_at ? db_integer(entry->client_at) : db_null(), db_text(entry->actor),
                db_text(entry->role), db_text(entry->site), db_text(entry->act), db_text(entry->subject),
                db_text(entry->reason), db_text(entry->body_text), db_text(entry->prev),
                db_text(entry->hash)),
        err);
}

bool journal_read(Db *db, int64_t first, bool with_body, JournalReader *reader, Error *err)
{
    reader->with_body = with_body;
    return db_query(db, SELECT_ENTRIES "WHERE seq >= ?1 ORDER BY seq", DB_ARGS(db_integer(first)),
                    &reader->rows, err);
}

static void take_entry(Arena *arena, const Rows *rows, Entry *entry)
{
    *entry = (Entry){
        .seq = rows_integer(rows, SEQ),
        .at = rows_integer(rows, AT),
        .has_client_at = !rows_is_null(rows, CLIENT_AT),
        .client_at = rows_integer(rows, CLIENT_AT),
        .actor = rows_text_copy(arena, rows, ACTOR),
        .role = rows_text_copy(arena, rows, ROLE),
        .site = rows_text_copy(arena, rows, SITE),
        .act = rows_text_copy(arena, rows, ACT),
        .subject = rows_text_copy(arena, rows, SUBJECT),
        .reason = rows_text_copy(arena, rows, REASON),
        .body_text = rows_text_copy(arena, rows, BODY),
        .prev = rows_text_copy(arena, rows, PREV),
        .hash = rows_text_copy(arena, rows, HASH),
    };
}

bool journal_next(Arena *arena, JournalReader *reader, Entry *entry, bool *more, Error *err)
{
    if (!db_next(&reader->rows, more, err)) return false;
    if (!*more) return true;
    take_entry(arena, &reader->rows, entry);
    if (!reader->with_body || json_parse(arena, entry->body_text, &entry->body, err)) return true;
    journal_end(reader);
    return error_in(err, "journal entry %" PRId64, entry->seq);
}

void journal_end(JournalReader *reader) { rows_end(&reader->rows); }

/* The first column whose stored kind is not what the schema makes, or N_COLUMNS. */
static int first_wrong_kind(const Rows *rows)
{
    for (int column = 0; column < N_COLUMNS; column++) {
        DbKind kind = rows_kind(rows, column);
        bool fits = column == CLIENT_AT ? kind == DB_NULL || kind == DB_INTEGER
                    : column <= AT      ? kind == DB_INTEGER
                                        : kind == DB_TEXT;
        if (!fits) return column;
    }
    return N_COLUMNS;
}

/* What is wrong with this entry, or an empty text. */
static Str misfit(Arena *arena, const Rows *rows, int64_t wanted_seq, Str prev, Entry *entry)
{
    int column = first_wrong_kind(rows); /* before reading, which converts */
    take_entry(arena, rows, entry);
    if (column < N_COLUMNS)
        return str_format(arena, "column \"%s\" holds another kind of value", rows_column_name(rows, column));
    if (entry->seq != wanted_seq)
        return str_format(arena, "column \"seq\" should be %" PRId64 ": an entry is missing", wanted_seq);
    if (!str_equal(entry->prev, prev)) return STR("column \"prev\" is not the hash of the entry before");
    char hex[DIGEST_HEX];
    if (!str_equal(entry->hash, digest_hex_into(hex, journal_hash(entry))))
        return STR("column \"hash\" is not the hash of the entry: it was altered");
    return STR("");
}

bool journal_check(Arena *arena, Db *db, Str head, int64_t *n_entries, int64_t *bad_seq, Str *why,
                   bool *head_seen, Error *err)
{
    Rows rows;
    bool more = false;
    char prev[DIGEST_HEX];
    memcpy(prev, JOURNAL_START, DIGEST_HEX);
    *n_entries = *bad_seq = 0;
    *head_seen = head.len == 0;
    if (!db_query(db, SELECT_ENTRIES "ORDER BY seq", DB_NO_ARGS, &rows, err)) return false;
    for (;;) {
        if (!db_next(&rows, &more, err)) return false;
        if (!more) return true;
        ArenaMark mark = arena_mark(arena);
        Entry entry;
        *why = misfit(arena, &rows, *n_entries + 1, (Str){prev, DIGEST_HEX}, &entry);
        if (why->len) {
            *bad_seq = entry.seq;
            rows_end(&rows);
            return true;
        }
        memcpy(prev, entry.hash.data, DIGEST_HEX);
        if (str_starts(entry.hash, head)) *head_seen = true;
        ++*n_entries;
        arena_rewind(arena, mark);
    }
}
