#include "store/journal.h"

#include <inttypes.h>

#include "store/act.h"
#include "store/canonical.h"
#include "store/schema.h"
#include "store/tamper.h"
#include "store/verify.h"
#include "test.h"

static void canonical_form_is_one(Test *t)
{
    Error err = {0};
    Json json;
    Buf text = buf_new(t->arena);
    CHECK_OK(t,
             json_parse(t->arena,
                        STR("{\"b\" : 2.50, \"a\":[1e2, -0.0, true, null],\"A\":\"cafe\\u0301\\n\"}"), &json,
                        &err),
             err);
    CHECK_OK(t, canonical_json(t->arena, &json, &text, &err), err);
    CHECK_TEXT(t, buf_str(&text), "{\"A\":\"caf\303\251\\n\",\"a\":[100,0,true,null],\"b\":2.5}");

    Body body = body_new(t->arena);
    body_put_text(&body, "VISIT", STR("BASE"));
    body_put_text(&body, "VISIT", STR("M3"));
    CHECK(t, !canonical_json(t->arena, &body.json, &text, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "\"VISIT\" is given twice");
    body = body_new(t->arena);
    body_put_text(&body, "TEXT", STR("\xff"));
    CHECK(t, !canonical_json(t->arena, &body.json, &text, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "TEXT");
}

/* Recomputed by hand with Python's hashlib from the description in docs/trial-file.md. */
static void the_hash_is_the_one_of_the_manual(Test *t)
{
    Entry entry = {
        .seq = 2,
        .at = 1488355200250,
        .has_client_at = true,
        .client_at = 1488096000000,
        .actor = STR("ana"),
        .role = STR("coordinator"),
        .site = STR("S1"),
        .act = STR("record"),
        .subject = STR("S-001"),
        .reason = STR(""),
        .body_text = STR("{\"form\":\"gmfm\",\"items\":{\"G01\":3},\"visit\":\"BASE\"}"),
        .prev = STR(JOURNAL_START),
    };
    CHECK_TEXT(t, digest_hex(t->arena, journal_hash(&entry)),
               "4fc396e024261f48ac694690c95c57b73c8325066177b4948c9acbc40b290773");
    entry.has_client_at = false;
    CHECK_TEXT(t, digest_hex(t->arena, journal_hash(&entry)),
               "7a752831d9fb03a7d18ca616defba0758a53213383d6410e42ce0ec18d155ca0");
}

static bool append_site(Test *t, Db *db, const char *site, Error *err)
{
    Body body = body_new(t->arena);
    body_put_text(&body, "title", STR("Guangdong"));
    body_put_text(&body, "site", str_from(site));
    body_put_text(&body, "country", STR("CHN"));
    Entry entry = {.at = 1488355200000, .actor = STR("ana"), .role = STR("administrator"), .body = body.json};
    return act_append(t->arena, db, &act_add_site, &entry, err);
}

/* A closed file with n entries. */
static Str file_with_sites(Test *t, const char *name, int n)
{
    Error err = {0};
    Db *db;
    Str path = test_scratch(t, name);
    CHECK_OK(t, db_create(t->arena, path, &TRIAL_FORMAT, &db, &err), err);
    CHECK_OK(t, db_begin(db, &err), err);
    for (int i = 0; i < n; i++)
        CHECK_OK(t, append_site(t, db, str_format(t->arena, "S%03d", i).data, &err), err);
    CHECK_OK(t, db_commit(db, &err), err);
    db_close(db);
    return path;
}

static VerifyReport verified(Test *t, Str path, Str head)
{
    Error err = {0};
    Db *db;
    VerifyReport report = {0};
    if (CHECK_OK(t, db_open(t->arena, path, &TRIAL_FORMAT, &db, &err), err)) {
        CHECK_OK(t, verify_trial(t->arena, db, head, &report, &err), err);
        db_close(db);
    }
    return report;
}

static void entries_are_chained(Test *t)
{
    Str path = file_with_sites(t, "chained.trial", 3);
    Error err = {0};
    Db *db;
    JournalReader reader;
    Entry entry;
    bool more;
    Str prev = STR(JOURNAL_START);
    CHECK_OK(t, db_open(t->arena, path, &TRIAL_FORMAT, &db, &err), err);
    CHECK_OK(t, journal_read(db, 1, true, &reader, &err), err);
    for (int seq = 1; seq <= 3; seq++) {
        if (!CHECK_OK(t, journal_next(t->arena, &reader, &entry, &more, &err), err) || !CHECK(t, more))
            return;
        CHECK_INT(t, entry.seq, seq);
        CHECK(t, str_equal(entry.prev, prev));
        CHECK_TEXT(t, json_text(&entry.body, "title"), "Guangdong");
        prev = entry.hash;
    }
    journal_end(&reader);
    db_close(db);
    VerifyReport report = verified(t, path, STR(""));
    CHECK(t, report.sound && str_equal(report.head, prev));
    CHECK_INT(t, report.n_entries, 3);
    CHECK(t, verified(t, path, prev).sound);
}

static void an_act_without_its_reason_is_refused(Test *t)
{
    Error err = {0};
    Db *db;
    Entry entry = {.actor = STR("ana"), .reason = STR("  "), .body = body_new(t->arena).json};
    CHECK_OK(t, db_create(t->arena, test_scratch(t, "reason.trial"), &TRIAL_FORMAT, &db, &err), err);
    CHECK(t, !act_append(t->arena, db, &act_revoke, &entry, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "no reason is given for \"revoke\"");
}

/* What was done to the file, and how verify names it. */
static void what_was_altered_is_named(Test *t)
{
    static const char NO_GUARDS[] =
        "DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete; DROP TRIGGER journal_in_order;";
    static const struct {
        const char *sql, *table, *key, *column, *detail;
    } ROWS[] = {
        {"UPDATE journal SET actor = 'bob' WHERE seq = 4", "journal", "4", "", "column \"hash\""},
        {"UPDATE journal SET at = at + 1 WHERE seq = 1", "journal", "1", "", "column \"hash\""},
        {"UPDATE journal SET client_at = 0 WHERE seq = 5", "journal", "5", "", "column \"hash\""},
        {"UPDATE journal SET body = replace(body, 'CHN', 'JPN') WHERE seq = 2", "journal", "2", "",
         "column \"hash\""},
        {"DELETE FROM journal WHERE seq = 3", "journal", "4", "", "an entry is missing"},
        {"UPDATE journal SET prev = hash WHERE seq = 3", "journal", "3", "", "column \"prev\""},
        {"INSERT INTO journal SELECT 7, at, client_at, actor, role, site, act, subject, reason, body, hash, "
         "hash FROM journal WHERE seq = 6",
         "journal", "7", "", "column \"hash\""},
        {"SELECT 1", "schema", "trigger, journal_in_order", "", "missing"},
        {"UPDATE sites SET title = 'Elsewhere' WHERE site = 'S002'", "schema", "", "", ""},
        {"DROP INDEX journal_subject", "schema", "index, journal_subject", "", ""},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Str path = file_with_sites(t, str_format(t->arena, "altered-%zu.trial", i).data, 6);
        tamper(t, path, str_format(t->arena, "%s %s;", NO_GUARDS, ROWS[i].sql).data);
        VerifyReport report = verified(t, path, STR(""));
        CHECK(t, !report.sound);
        CHECK_TEXT(t, report.table, ROWS[i].table);
        if (ROWS[i].key[0]) CHECK_TEXT(t, report.key, ROWS[i].key);
        if (ROWS[i].detail[0]) CHECK(t, str_find(report.detail, str_from(ROWS[i].detail)) != SIZE_MAX);
    }
}

static void derived_rows_are_compared_cell_by_cell(Test *t)
{
    static const struct {
        const char *sql, *key, *column, *detail;
    } ROWS[] = {
        {"UPDATE sites SET title = 'Elsewhere' WHERE site = 'S002'", "S002", "title",
         "holds \"Elsewhere\" where the journal says \"Guangdong\""},
        {"DELETE FROM sites WHERE site = 'S003'", "S003", "", "the row is missing"},
        {"DELETE FROM sites WHERE site = 'S005'", "S005", "", "the row is missing"},
        {"INSERT INTO sites VALUES ('S0025', 'New', 'IND', 3)", "S0025", "", "the journal knows no such row"},
        {"INSERT INTO sites VALUES ('T', 'New', 'IND', 3)", "T", "", "the journal knows no such row"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Str path = file_with_sites(t, str_format(t->arena, "derived-%zu.trial", i).data, 6);
        tamper(t, path, ROWS[i].sql);
        VerifyReport report = verified(t, path, STR(""));
        CHECK(t, !report.sound);
        CHECK_TEXT(t, report.table, "sites");
        CHECK_TEXT(t, report.key, ROWS[i].key);
        CHECK_TEXT(t, report.column, ROWS[i].column);
        CHECK_TEXT(t, report.detail, ROWS[i].detail);
    }
}

static void a_cut_journal_shows_against_a_noted_hash(Test *t)
{
    Str path = file_with_sites(t, "cut.trial", 6);
    Str head = verified(t, path, STR("")).head;
    tamper(
        t, path,
        "DROP TRIGGER journal_no_delete; DELETE FROM journal WHERE seq > 4; DELETE FROM sites WHERE seq > 4;"
        "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN\n"
        "  SELECT RAISE(ABORT, 'the journal can only be appended to'); END");
    CHECK(t, verified(t, path, STR("")).sound);
    VerifyReport report = verified(t, path, head);
    CHECK(t, !report.sound);
    CHECK_TEXT(t, report.detail, "no entry has the hash that was noted: the journal was rewritten or cut");
}

static void the_guards_hold_for_other_programs_too(Test *t)
{
    static const char *const REFUSED[] = {
        "UPDATE journal SET reason = 'x'",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1",
        "REPLACE INTO journal SELECT 1, at, client_at, 'bob', role, site, act, subject, reason, body, prev, "
        "hash FROM journal WHERE seq = 1",
        "UPDATE OR IGNORE journal SET reason = 'x'",
        "INSERT INTO journal SELECT 9, at, client_at, actor, role, site, act, subject, reason, body, prev, "
        "hash FROM journal WHERE seq = 1",
    };
    Error err = {0};
    Db *db;
    Str path = file_with_sites(t, "guards.trial", 2);
    CHECK_OK(t, db_open(t->arena, path, &TRIAL_FORMAT, &db, &err), err);
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        if (!CHECK(t, !db_run(db, REFUSED[i], DB_NO_ARGS, &err)))
            CHECK_TEXT(t, str_from(REFUSED[i]), "a statement that is refused");
    }
    db_close(db);
    CHECK(t, verified(t, path, STR("")).sound);
}

/* SQLite keeps names that begin with "sqlite_" for itself; "sqliteX" is anybody's. */
static void a_trigger_with_a_name_like_sqlites_own_is_seen(Test *t)
{
    Str path = file_with_sites(t, "lookalike.trial", 2);
    tamper(t, path, "CREATE TRIGGER sqlitex AFTER INSERT ON journal BEGIN DELETE FROM sites; END");
    VerifyReport report = verified(t, path, STR(""));
    CHECK(t, !report.sound);
    CHECK_TEXT(t, report.key, "trigger, sqlitex");
}

/* The same bytes as a blob: the hash still fits, and only the kind of the value tells. */
static void a_text_that_became_a_blob_is_seen(Test *t)
{
    Str path = file_with_sites(t, "blob.trial", 3);
    tamper(t, path,
           "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE "
           "name = 'journal'");
    tamper(
        t, path,
        "DROP TRIGGER journal_no_update; UPDATE journal SET actor = CAST(actor AS BLOB) WHERE seq = 2;"
        "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN\n"
        "  SELECT RAISE(ABORT, 'the journal can only be appended to'); END;"
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'journal'");
    VerifyReport report = verified(t, path, STR(""));
    CHECK(t, !report.sound);
    CHECK_TEXT(t, report.table, "journal");
    CHECK_TEXT(t, report.detail, "column \"actor\" holds another kind of value");
}

/* A chain that fits proves nothing about what it says: whoever has the file can write any entry. */
static void an_entry_whose_items_are_no_object_is_refused(Test *t)
{
    Error err = {0};
    Db *db;
    Str path = file_with_sites(t, "items.trial", 1);
    Json one = {.kind = JSON_IS_NUMBER, .number = 1};
    Body body = body_new(t->arena);
    body_put_text(&body, "form", STR("visit"));
    body_put_text(&body, "visit", STR("V0"));
    body_put(&body, STR("items"), (Json){.kind = JSON_IS_ARRAY, .n = 1, .items = &one});
    Entry entry = {.act = STR("record"), .actor = STR("ana"), .subject = STR("S-001"), .body = body.json};
    if (!CHECK_OK(t, db_open(t->arena, path, &TRIAL_FORMAT, &db, &err), err)) return;
    CHECK_OK(t, db_begin(db, &err) && journal_append(t->arena, db, &entry, &err) && db_commit(db, &err), err);
    db_close(db);
    VerifyReport report = verified(t, path, STR(""));
    CHECK(t, !report.sound);
    CHECK_TEXT(t, report.key, "journal entry 2");
    CHECK_TEXT(t, report.detail, "\"items\" is no object");
}

/* 1e300 is a number of JSON that no integer can hold. */
static void a_query_number_beyond_integers_is_refused(Test *t)
{
    Error err = {0};
    Db *db;
    Str path = file_with_sites(t, "query.trial", 1);
    Body body = body_new(t->arena);
    body_put(&body, STR("query"), json_of_number(1e300));
    Entry entry = {.actor = STR("ana"), .subject = STR("S-001"), .body = body.json};
    if (!CHECK_OK(t, db_open(t->arena, path, &TRIAL_FORMAT, &db, &err), err)) return;
    const Act *const acts[] = {&act_answer, &act_close_query};
    for (int i = 0; i < 2; i++) {
        err = (Error){0};
        CHECK_OK(t, db_begin(db, &err), err);
        CHECK(t, !act_append(t->arena, db, acts[i], &entry, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, "\"query\" is not the number of a query");
        db_rollback(db);
    }
}

static void every_table_says_why_it_exists(Test *t)
{
    Error err = {0};
    Db *db;
    Rows rows;
    bool more;
    int n = 0;
    CHECK_OK(t, db_open_memory(t->arena, &TRIAL_FORMAT, &db, &err), err);
    CHECK_OK(t,
             db_query(db, "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view')", DB_NO_ARGS,
                      &rows, &err),
             err);
    while (db_next(&rows, &more, &err) && more) {
        n++;
        if (!CHECK(t, str_find(rows_text(&rows, 1), STR("\n  -- ")) != SIZE_MAX))
            CHECK_TEXT(t, rows_text(&rows, 0), "a table with a comment");
    }
    size_t n_derived;
    derived_tables(&n_derived);
    CHECK_INT(t, n, (int)n_derived + 1 + 4);
}

static const TestCase CASES[] = {
    {"equal contents are equal bytes", canonical_form_is_one},
    {"the hash is the one of the manual", the_hash_is_the_one_of_the_manual},
    {"entries are chained", entries_are_chained},
    {"an act without its reason is refused", an_act_without_its_reason_is_refused},
    {"what was altered in the journal is named (CR-03)", what_was_altered_is_named},
    {"derived rows are compared cell by cell (CR-03)", derived_rows_are_compared_cell_by_cell},
    {"a cut journal shows against a noted hash", a_cut_journal_shows_against_a_noted_hash},
    {"the guards hold for other programs too (CR-02)", the_guards_hold_for_other_programs_too},
    {"a trigger with a name like SQLite's own is seen", a_trigger_with_a_name_like_sqlites_own_is_seen},
    {"a text that became a blob is seen", a_text_that_became_a_blob_is_seen},
    {"an entry whose items are no object is refused", an_entry_whose_items_are_no_object_is_refused},
    {"a query's number beyond the integers is refused", a_query_number_beyond_integers_is_refused},
    {"every table says why it exists", every_table_says_why_it_exists},
};
TEST_SUITE(journal, CASES);
