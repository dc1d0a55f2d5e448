#include "store/db.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "store/tamper.h"
#include "test.h"

#define OURS 0x54455354u

static const char *const FIRST_SQL[] = {
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;", NULL};
static const DbFormat FIRST = {.application_id = OURS, .name = "test file", .version = 1, .sql = FIRST_SQL};

static const Migration STEPS[] = {
    {1, "notes have an author", "ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody';"},
    {2, "authors have a table",
     "CREATE TABLE authors (name TEXT PRIMARY KEY) STRICT; INSERT INTO authors SELECT DISTINCT author FROM "
     "notes;"},
};
static const DbFormat THIRD = {.application_id = OURS,
                               .name = "test file",
                               .version = 3,
                               .sql = FIRST_SQL,
                               .migrations = STEPS,
                               .n_migrations = 2};
static const Migration BROKEN[] = {{1, "a step that fails", "CREATE TABLE half (x); SELECT * FROM nowhere;"}};
static const DbFormat SECOND_BROKEN = {.application_id = OURS,
                                       .name = "test file",
                                       .version = 2,
                                       .sql = FIRST_SQL,
                                       .migrations = BROKEN,
                                       .n_migrations = 1};

static Str digest_of_file(Test *t, Str path)
{
    Str content;
    Error err = {0};
    if (!CHECK_OK(t, file_read(t->arena, path, 1 << 24, &content, &err), err)) return STR("");
    return digest_hex(t->arena, digest_of(content));
}

static Db *made(Test *t, const char *name)
{
    Db *db = NULL;
    Error err = {0};
    CHECK_OK(t, db_create(t->arena, test_scratch(t, name), &FIRST, &db, &err), err);
    CHECK_OK(t,
             db_run(db, "INSERT INTO notes VALUES (?1, ?2)", DB_ARGS(db_integer(7), db_text(STR("spastic"))),
                    &err),
             err);
    return db;
}

static void values_come_back_as_they_were(Test *t)
{
    Error err = {0};
    Db *db = made(t, "values.trial");
    Rows rows;
    bool more;
    CHECK_OK(t,
             db_query(db, "SELECT ?1, ?2, ?3, ?4, text FROM notes WHERE id = ?5",
                      DB_ARGS(db_null(), db_integer(-9007199254740993), db_real(2.385),
                              db_text(STR("caf\303\251")), db_integer(7)),
                      &rows, &err),
             err);
    CHECK_OK(t, db_next(&rows, &more, &err), err);
    CHECK(t, more && rows_is_null(&rows, 0) && rows_kind(&rows, 2) == DB_REAL);
    CHECK_INT(t, rows_integer(&rows, 1), -9007199254740993);
    CHECK_NEAR(t, rows_real(&rows, 2), 2.385, 0);
    CHECK_TEXT(t, rows_text(&rows, 3), "caf\303\251");
    CHECK_TEXT(t, rows_text(&rows, 4), "spastic");
    CHECK_TEXT(t, str_from(rows_column_name(&rows, 4)), "text");
    CHECK_OK(t, db_next(&rows, &more, &err), err);
    CHECK(t, !more);
}

static void a_query_can_run_inside_itself(Test *t)
{
    Error err = {0};
    Db *db = made(t, "nested.trial");
    Rows outer, inner;
    bool more;
    const char *sql = "SELECT text FROM notes";
    CHECK_OK(t, db_query(db, sql, DB_NO_ARGS, &outer, &err) && db_next(&outer, &more, &err), err);
    CHECK_OK(t, db_query(db, sql, DB_NO_ARGS, &inner, &err) && db_next(&inner, &more, &err), err);
    CHECK_TEXT(t, rows_text(&inner, 0), "spastic");
    rows_end(&inner);
    CHECK_TEXT(t, rows_text(&outer, 0), "spastic");
    rows_end(&outer);
    rows_end(&outer);
}

static void a_rolled_back_transaction_leaves_nothing(Test *t)
{
    Error err = {0};
    Db *db = made(t, "rollback.trial");
    int64_t n;
    CHECK_OK(t, db_begin(db, &err), err);
    CHECK(t, !db_run(db, "INSERT INTO notes VALUES (7, 'again')", DB_NO_ARGS, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "UNIQUE constraint failed: notes.id");
    CHECK_OK(t, db_run(db, "INSERT INTO notes VALUES (8, 'more')", DB_NO_ARGS, &err), err);
    CHECK(t, db_in_transaction(db));
    db_rollback(db);
    CHECK_OK(t, db_find_integer(db, "SELECT count(*) FROM notes", DB_NO_ARGS, &n, NULL, &err), err);
    CHECK_INT(t, n, 1);
}

static void a_part_of_a_transaction_can_be_taken_back(Test *t)
{
    Error err = {0};
    Db *db = made(t, "part.trial");
    int64_t sum;
    CHECK(t, !db_begin_part(db, &err));
    CHECK_ERROR(t, err, ERROR_IO, "the transaction is over");
    CHECK_OK(t, db_begin(db, &err) && db_begin_part(db, &err), err);
    CHECK_OK(t, db_run(db, "INSERT INTO notes VALUES (10, 'kept')", DB_NO_ARGS, &err), err);
    CHECK_OK(t, db_begin_part(db, &err), err);
    CHECK_OK(t, db_run(db, "INSERT INTO notes VALUES (200, 'taken back')", DB_NO_ARGS, &err), err);
    db_rollback_part(db);
    CHECK_OK(t, db_commit_part(db, &err) && db_commit(db, &err), err);
    CHECK_OK(t, db_find_integer(db, "SELECT sum(id) FROM notes", DB_NO_ARGS, &sum, NULL, &err), err);
    CHECK_INT(t, sum, 17);
}

static void a_file_is_never_written_over(Test *t)
{
    Error err = {0};
    Db *db = made(t, "over.trial"), *other;
    CHECK(t, !db_create(t->arena, test_scratch(t, "over.trial"), &FIRST, &other, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "there is already a file");
    CHECK(t, !db_backup(t->arena, db, test_scratch(t, "over.trial"), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "there is already a file");
}

static void check_refused(Test *t, Str path, ErrorCode code, const char *message)
{
    Error err = {0};
    Db *db;
    Str before = digest_of_file(t, path);
    CHECK(t, !db_open(t->arena, path, &FIRST, &db, &err));
    CHECK_ERROR(t, err, code, message);
    CHECK_TEXT(t, digest_of_file(t, path), before.data);
    CHECK(t, !file_exists(t->arena, str_format(t->arena, STR_FMT "-wal", STR_ARG(path))));
}

static void what_is_not_ours_is_refused_and_left_alone(Test *t)
{
    Error err = {0};
    Str text = test_scratch(t, "text.trial"), foreign = test_scratch(t, "foreign.trial"),
        newer = test_scratch(t, "newer.trial");
    CHECK_OK(t, file_write(t->arena, text, STR("SUBJID,VISIT\nS-001,BASE\n"), &err), err);
    check_refused(t, text, ERROR_MALFORMED, "is not a test file");
    CHECK_OK(t, file_write(t->arena, text, STR(""), &err), err);
    check_refused(t, text, ERROR_MALFORMED, "is not a test file");

    tamper(t, foreign, "CREATE TABLE bookmarks (url); INSERT INTO bookmarks VALUES ('x');");
    check_refused(t, foreign, ERROR_MALFORMED, "is a database of another program");

    db_close(made(t, "newer.trial"));
    tamper(t, newer, "PRAGMA user_version = 4; PRAGMA journal_mode = DELETE;");
    check_refused(t, newer, ERROR_INCONSISTENT, "of version 4, and this program knows versions up to 1");

    Db *db;
    CHECK(t, !db_open(t->arena, test_scratch(t, "absent.trial"), &FIRST, &db, &err));
    CHECK_ERROR(t, err, ERROR_IO, "No such file");
}

static void an_older_file_is_copied_and_migrated(Test *t)
{
    Error err = {0};
    Str path = test_scratch(t, "old.trial"), backup = test_scratch(t, "old.trial.v1.backup"), author;
    Db *db;
    int64_t version;
    db_close(made(t, "old.trial"));
    if (!CHECK_OK(t, db_open(t->arena, path, &THIRD, &db, &err), err)) return;
    CHECK_OK(t, db_find_integer(db, "PRAGMA user_version", DB_NO_ARGS, &version, NULL, &err), err);
    CHECK_INT(t, version, 3);
    CHECK_OK(t, db_find_text(t->arena, db, "SELECT name FROM authors", DB_NO_ARGS, &author, NULL, &err), err);
    CHECK_TEXT(t, author, "nobody");
    db_close(db);

    CHECK_OK(t, db_open(t->arena, backup, &FIRST, &db, &err), err);
    CHECK_OK(t, db_find_text(t->arena, db, "SELECT text FROM notes", DB_NO_ARGS, &author, NULL, &err), err);
    CHECK_TEXT(t, author, "spastic");
    check_refused(t, path, ERROR_INCONSISTENT, "of version 3");
}

/* What lies under the backup's name may be half a file, or anybody's. */
static void an_old_backup_is_neither_trusted_nor_lost(Test *t)
{
    Error err = {0};
    Str path = test_scratch(t, "again.trial"), old = test_scratch(t, "again.trial.v1.backup"),
        fresh = test_scratch(t, "again.trial.v1.2.backup"), text;
    Db *db;
    db_close(made(t, "again.trial"));
    CHECK_OK(t, file_write(t->arena, old, STR("half a fi"), &err), err);
    if (!CHECK_OK(t, db_open(t->arena, path, &THIRD, &db, &err), err)) return;
    db_close(db);
    CHECK_OK(t, file_read(t->arena, old, 100, &text, &err), err);
    CHECK_TEXT(t, text, "half a fi");
    if (!CHECK_OK(t, db_open(t->arena, fresh, &FIRST, &db, &err), err)) return;
    CHECK_OK(t, db_find_text(t->arena, db, "SELECT text FROM notes", DB_NO_ARGS, &text, NULL, &err), err);
    CHECK_TEXT(t, text, "spastic");
}

/* The other program opens while we hold the right to write, and must see that its migration has been done. */
static void two_programs_migrate_once(Test *t)
{
    const struct timespec while_ms = {.tv_nsec = 300000000};
    Error err = {0};
    Str path = test_scratch(t, "both.trial");
    Db *db;
    int status = -1, start[2];
    char go = 'g';
    db_close(made(t, "both.trial"));
    CHECK(t, pipe(start) == 0);
    pid_t other = fork(); /* before we open the file: SQLite does not cross a fork */
    if (other == 0) {
        Db *theirs;
        bool opened = read(start[0], &go, 1) == 1 && db_open(t->arena, path, &THIRD, &theirs, &err);
        if (!opened) fprintf(stderr, "    %s: %s\n", err.place, err.message);
        _exit(opened ? 0 : 1);
    }
    CHECK_OK(t, db_open(t->arena, path, &FIRST, &db, &err) && db_begin(db, &err), err);
    CHECK(t, write(start[1], &go, 1) == 1);
    nanosleep(&while_ms, NULL);
    CHECK_OK(t, db_run_script(db, STEPS[0].sql, &err) && db_run_script(db, STEPS[1].sql, &err), err);
    CHECK_OK(t, db_run_script(db, "PRAGMA user_version=3", &err) && db_commit(db, &err), err);
    CHECK(t, other > 0 && waitpid(other, &status, 0) == other);
    CHECK_INT(t, status, 0);
    close(start[0]);
    close(start[1]);
    CHECK(t, !file_exists(t->arena, test_scratch(t, "both.trial.v3.backup")));
}

static void a_migration_that_fails_leaves_the_old_version(Test *t)
{
    Error err = {0};
    Str path = test_scratch(t, "half.trial");
    Db *db;
    int64_t n;
    db_close(made(t, "half.trial"));
    CHECK(t, !db_open(t->arena, path, &SECOND_BROKEN, &db, &err));
    CHECK_ERROR(t, err, ERROR_IO, "upgrade from version 1 (a step that fails)");
    CHECK(t, !file_exists(t->arena, test_scratch(t, "half.trial.v1.backup")));
    CHECK_OK(t, db_open(t->arena, path, &FIRST, &db, &err), err);
    CHECK_OK(t,
             db_find_integer(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'", DB_NO_ARGS, &n,
                             NULL, &err),
             err);
    CHECK_INT(t, n, 0);
}

static void a_protected_table_can_only_grow(Test *t)
{
    static const char *const REFUSED[] = {
        "UPDATE notes SET text = 'x'",
        "DELETE FROM notes",
        "DROP TABLE notes",
        "ALTER TABLE notes ADD COLUMN x",
        "ALTER TABLE notes RENAME TO other",
        "CREATE TRIGGER t BEFORE INSERT ON notes BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TEMP TRIGGER t BEFORE INSERT ON notes BEGIN SELECT RAISE(IGNORE); END",
        "DELETE FROM sqlite_schema",
        "ATTACH 'x.db' AS x",
        "PRAGMA writable_schema = ON",
        "PRAGMA user_version = 9",
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA recursive_triggers = OFF",
        "WITH x AS (SELECT 1) UPDATE notes SET text = 'x'",
    };
    Error err = {0};
    Db *db = made(t, "protected.trial");
    CHECK_OK(t, db_protect(db, "notes", &err), err);
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        err = (Error){0};
        if (!CHECK(t, !db_run(db, REFUSED[i], DB_NO_ARGS, &err)))
            CHECK_TEXT(t, str_from(REFUSED[i]), "a statement that is refused");
    }
    CHECK(t, !db_run(db, "UPDATE notes SET text = 'x'", DB_NO_ARGS, &err));
    CHECK_ERROR(t, err, ERROR_DENIED, "can only be appended to");
    CHECK_OK(t, db_run(db, "INSERT INTO notes VALUES (9, 'one more')", DB_NO_ARGS, &err), err);
}

static void a_backup_is_a_whole_file(Test *t)
{
    Error err = {0};
    Db *db = made(t, "source.trial"), *copy;
    Str text;
    CHECK_OK(t, db_backup(t->arena, db, test_scratch(t, "copy.trial"), &err), err);
    struct stat status;
    CHECK(t, stat(str_c(t->arena, test_scratch(t, "copy.trial")), &status) == 0);
    CHECK_INT(t, status.st_mode & 0777, 0600); /* as the trial file itself: nobody else reads it */
    CHECK_OK(t, db_open(t->arena, test_scratch(t, "copy.trial"), &FIRST, &copy, &err), err);
    CHECK_OK(t, db_check_integrity(copy, &err), err);
    CHECK_OK(
        t, db_find_text(t->arena, copy, "SELECT text FROM notes WHERE id = 7", DB_NO_ARGS, &text, NULL, &err),
        err);
    CHECK_TEXT(t, text, "spastic");
    CHECK(t, !db_backup(t->arena, db, test_scratch(t, "no-such-folder/copy.trial"), &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not make");
}

/* A name that the system takes and SQLite finds too long. */
static void what_cannot_be_opened_leaves_no_file(Test *t)
{
    Error err = {0};
    Db *db = made(t, "short.trial"), *other;
    char letters[181];
    memset(letters, 'a', sizeof letters - 1);
    letters[sizeof letters - 1] = '\0';
    Str folder = test_scratch(t, letters);
    for (int i = 0; i < 3; i++) {
        mkdir(str_c(t->arena, folder), 0700);
        folder = file_join(t->arena, folder, str_from(letters));
    }
    Str path = str_format(t->arena, STR_FMT ".trial", STR_ARG(folder));
    CHECK(t, !db_create(t->arena, path, &FIRST, &other, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not open");
    CHECK(t, !file_exists(t->arena, path));
    CHECK(t, !db_backup(t->arena, db, path, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not open");
    CHECK(t, rmdir(str_c(t->arena, file_folder(path))) == 0); /* so it is empty */
}

static void a_file_without_its_log_is_refused(Test *t)
{
    Error err = {0};
    Str path = test_scratch(t, "network.trial");
    Db *db;
    share_memory(false);
    CHECK(t, !db_create(t->arena, path, &FIRST, &db, &err));
    share_memory(true);
    CHECK_ERROR(t, err, ERROR_IO, "there can be no write-ahead log");
    CHECK(t, !file_exists(t->arena, path));
}

static void what_is_committed_is_flushed(Test *t)
{
    Error err = {0};
    Db *db = made(t, "durable.trial");
    Str mode;
    int64_t synchronous, keys;
    CHECK_OK(t, db_find_text(t->arena, db, "PRAGMA journal_mode", DB_NO_ARGS, &mode, NULL, &err), err);
    CHECK_TEXT(t, mode, "wal");
    CHECK_OK(t, db_find_integer(db, "PRAGMA synchronous", DB_NO_ARGS, &synchronous, NULL, &err), err);
    CHECK_INT(t, synchronous, 2);
    CHECK_OK(t, db_find_integer(db, "PRAGMA foreign_keys", DB_NO_ARGS, &keys, NULL, &err), err);
    CHECK_INT(t, keys, 1);
    CHECK(t, !db_run(db, "SELECT load_extension('x')", DB_NO_ARGS, &err));
}

static const TestCase CASES[] = {
    {"values come back as they were", values_come_back_as_they_were},
    {"a query can run inside itself", a_query_can_run_inside_itself},
    {"a rolled back transaction leaves nothing", a_rolled_back_transaction_leaves_nothing},
    {"a part of a transaction can be taken back", a_part_of_a_transaction_can_be_taken_back},
    {"a file is never written over", a_file_is_never_written_over},
    {"what is not ours is refused and left alone", what_is_not_ours_is_refused_and_left_alone},
    {"an older file is copied and migrated (CR-67)", an_older_file_is_copied_and_migrated},
    {"a migration that fails leaves the old version", a_migration_that_fails_leaves_the_old_version},
    {"a protected table can only grow (CR-02)", a_protected_table_can_only_grow},
    {"a backup is a whole file", a_backup_is_a_whole_file},
    {"what is committed is flushed", what_is_committed_is_flushed},
    {"an old backup is neither trusted nor lost", an_old_backup_is_neither_trusted_nor_lost},
    {"two programs migrate once", two_programs_migrate_once},
    {"what cannot be opened leaves no file", what_cannot_be_opened_leaves_no_file},
    {"a file without its log is refused", a_file_without_its_log_is_refused},
};
TEST_SUITE(db, CASES);
