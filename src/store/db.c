#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"

#define BUSY_MS 10000
#define HEADER_BYTES 100
#define MAX_PROTECTED 8
#define MAX_OLD_COPIES 1000

typedef struct DbStatement {
    sqlite3_stmt *handle;
    bool in_use, is_kept;
} DbStatement;

struct Db {
    Arena *arena; /* its own: the kept statements outlive what the caller rewinds */
    sqlite3 *handle;
    Str path;
    bool is_read_only;
    Map statements; /* SQL text -> DbStatement */
    const char *protected_tables[MAX_PROTECTED];
    size_t n_protected;
};

DbValue db_null(void) { return (DbValue){.kind = DB_NULL}; }
DbValue db_integer(int64_t integer) { return (DbValue){.kind = DB_INTEGER, .integer = integer}; }
DbValue db_real(double real) { return (DbValue){.kind = DB_REAL, .real = real}; }
DbValue db_text(Str text) { return (DbValue){.kind = DB_TEXT, .text = text}; }
DbValue db_text_or_null(Str text) { return text.len ? db_text(text) : db_null(); }

static bool refuse_writing(const Db *db, Error *err)
{
    error_set(err, ERROR_IO, "\"" STR_FMT "\" can only be read here", STR_ARG(db->path));
    return error_hint(err, "Ask for the right to write to the file and its folder, or copy the file to a folder of "
                           "your own; nothing was kept.");
}

/* What SQLite said, as our error. Always returns false. */
static bool fail(const Db *db, Error *err)
{
    int code = sqlite3_errcode(db->handle) & 0xff;
    const char *said = sqlite3_errmsg(db->handle);
    switch (code) {
    case SQLITE_AUTH:
        error_set(err, ERROR_DENIED, "the journal can only be appended to: %s", said);
        return error_hint(err, "Correct a value with a new entry; what was written stays.");
    case SQLITE_CONSTRAINT:
        return error_set(err, ERROR_INCONSISTENT, "%s", said);
    case SQLITE_BUSY:
        error_set(err, ERROR_IO, "the trial file is busy: %s", said);
        return error_hint(err, "Another program has been writing for %d seconds; try again when it is done.",
                          BUSY_MS / 1000);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        error_set(err, ERROR_IO, "the file is damaged: %s", said);
        error_in(err, STR_FMT, STR_ARG(db->path));
        return error_hint(err,
                          "Restore the latest backup; keep the damaged file for those who look into it.");
    case SQLITE_READONLY:
        return refuse_writing(db, err);
    case SQLITE_FULL:
        error_set(err, ERROR_IO, "the disk is full: %s", said);
        return error_hint(err, "Make room on the disk; nothing of this act was kept.");
    default:
        error_set(err, ERROR_IO, "the database refused: %s", said);
        return db->path.len ? error_in(err, STR_FMT, STR_ARG(db->path)) : false;
    }
}

static bool run_script(Db *db, const char *sql, Error *err)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail(db, err);
}

void db_close(Db *db)
{
    if (!db || !db->handle) return;
    for (size_t i = 0; i < db->statements.n; i++)
        sqlite3_finalize(((DbStatement *)db->statements.entries[i].pointer)->handle);
    sqlite3_close_v2(db->handle);
    db->handle = NULL;
    arena_free(db->arena);
}

static void close_deferred(void *db) { db_close(db); }

/* SQLite's own timeout polls ten times a second, and beside somebody who writes without a pause it can miss every gap
 * between two of his transactions. */
static int wait_a_little(void *unused, int n_before)
{
    const struct timespec one_ms = {.tv_nsec = 1000000};
    (void)unused;
    return n_before < BUSY_MS && nanosleep(&one_ms, NULL) == 0;
}

static bool connect(Arena *arena, Str path, const char *uri, int flags, Db **db, Error *err)
{
    Db *made = ARENA_NEW(arena, Db);
    made->path = str_copy(arena, path);
    bool opened = sqlite3_open_v2(uri, &made->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
    if (!opened) {
        error_set(err, ERROR_IO, "could not open \"" STR_FMT "\": %s", STR_ARG(path),
                  made->handle ? sqlite3_errmsg(made->handle) : "out of memory");
        sqlite3_close_v2(made->handle);
        return error_hint(err, "Check the name, the folder and the permissions of the file.");
    }
    made->arena = arena_new();
    made->statements = map_new(made->arena);
    arena_defer(arena, close_deferred, made);
    sqlite3_extended_result_codes(made->handle, 0);
    sqlite3_busy_handler(made->handle, wait_a_little, NULL);
    sqlite3_db_config(made->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(made->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(made->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(made->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(made->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    *db = made;
    return true;
}

/* SQLite answers with the mode that it stays in: without a word, when the log cannot be had. */
static bool begin_log(Db *db, Error *err)
{
    Rows rows;
    bool more = false;
    if (!db_query(db, "PRAGMA journal_mode=WAL", DB_NO_ARGS, &rows, err) || !db_next(&rows, &more, err)) return false;
    bool begun = more && str_equal(rows_text(&rows, 0), STR("wal"));
    rows_end(&rows);
    if (begun) return true;
    error_set(err, ERROR_IO, "there can be no write-ahead log beside \"" STR_FMT "\"", STR_ARG(db->path));
    return error_hint(err, "Keep the file on a disk of this machine: folders of a network cannot share a log.");
}

static bool configure(Db *db, Error *err)
{
    return begin_log(db, err) &&
           run_script(db,
                      "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; PRAGMA synchronous=FULL;"
                      "PRAGMA cell_size_check=ON; PRAGMA cache_size=-65536;",
                      err);
}

/* A new file's tables and marks, in one transaction. */
static bool lay_out(Db *db, const DbFormat *format, Error *err)
{
    char marks[128];
    snprintf(marks, sizeof marks, "PRAGMA application_id=%u; PRAGMA user_version=%d;", format->application_id,
             format->version);
    bool ok = run_script(db, "BEGIN", err) && run_script(db, marks, err);
    for (const char *const *piece = format->sql; ok && *piece; piece++) ok = run_script(db, *piece, err);
    ok = ok && run_script(db, "COMMIT", err);
    if (!ok) db_rollback(db);
    return ok;
}

/* An empty file that nobody else may read, ours alone: not one that is there already, nor what a link points to. */
static bool make_file(Arena *arena, Str path, Error *err)
{
    int file = open(str_c(arena, path), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) {
        close(file);
        return true;
    }
    if (errno == EEXIST) {
        error_set(err, ERROR_INCONSISTENT, "there is already a file \"" STR_FMT "\"", STR_ARG(path));
        return error_hint(err, "Choose another name; a trial is never written over.");
    }
    error_set(err, ERROR_IO, "could not make \"" STR_FMT "\": %s", STR_ARG(path), strerror(errno));
    return error_hint(err, "Check that the folder exists and may be written.");
}

bool db_create(Arena *arena, Str path, const DbFormat *format, Db **db, Error *err)
{
    if (!make_file(arena, path, err)) return false;
    bool connected = connect(arena, path, str_c(arena, path), SQLITE_OPEN_READWRITE, db, err);
    if (connected && run_script(*db, "PRAGMA page_size=8192", err) && lay_out(*db, format, err) &&
        configure(*db, err))
        return true;
    if (connected) db_close(*db);
    unlink(str_c(arena, path));
    return false;
}

static uint32_t big_endian_32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool refuse_newer(Str path, const DbFormat *format, int version, Error *err)
{
    error_set(err, ERROR_INCONSISTENT,
              "\"" STR_FMT "\" is a %s of version %d, and this program knows versions up to %d",
              STR_ARG(path), format->name, version, format->version);
    return error_hint(err, "Use the program that made it, or a later one; the file was not touched.");
}

/* Reads the first bytes ourselves, so that a file that is not ours is refused before SQLite could write to it. */
static bool check_header(Arena *arena, Str path, const DbFormat *format, Error *err)
{
    unsigned char header[HEADER_BYTES];
    int file = open(str_c(arena, path), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        error_set(err, ERROR_IO, "could not open \"" STR_FMT "\": %s", STR_ARG(path), strerror(errno));
        return error_hint(err, "Check the name and the permissions of the file.");
    }
    ssize_t got = read(file, header, sizeof header);
    close(file);
    if (got != HEADER_BYTES || memcmp(header, "SQLite format 3", 16) != 0) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is not a %s", STR_ARG(path), format->name);
        return error_hint(err, "Name the file that `equipoise new` made; this one was not touched.");
    }
    if (big_endian_32(header + 68) != format->application_id) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is a database of another program, not a %s",
                  STR_ARG(path), format->name);
        return error_hint(err, "Name the file that `equipoise new` made; this one was not touched.");
    }
    uint32_t version = big_endian_32(header + 60);
    if (version > (uint32_t)format->version && version < INT_MAX)
        return refuse_newer(path, format, (int)version, err);
    if (version < 1 || version >= INT_MAX)
        return error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" has no version", STR_ARG(path));
    return true;
}

static bool read_version(Db *db, int *version, Error *err)
{
    int64_t found = 0;
    if (!db_find_integer(db, "PRAGMA user_version", DB_NO_ARGS, &found, NULL, err)) return false;
    *version = (int)found;
    return true;
}

/* A copy of the file as it is, under a name that was free: a file of an earlier, failed attempt may hold anything. The
 * pages are read by a connection of its own, because SQLite copies from none that holds the right to write. */
static bool keep_old(Arena *arena, Db *db, int version, Str *kept, Error *err)
{
    Db *reader;
    *kept = str_format(arena, STR_FMT ".v%d.backup", STR_ARG(db->path), version);
    for (int i = 2; file_exists(arena, *kept) && i <= MAX_OLD_COPIES; i++)
        *kept = str_format(arena, STR_FMT ".v%d.%d.backup", STR_ARG(db->path), version, i);
    if (!connect(arena, db->path, str_c(arena, db->path), SQLITE_OPEN_READWRITE, &reader, err)) return false;
    bool copied = db_backup(arena, reader, *kept, err);
    db_close(reader);
    return copied;
}

static bool migrate_steps(Db *db, const DbFormat *format, int version, Error *err)
{
    char mark[64];
    snprintf(mark, sizeof mark, "PRAGMA user_version=%d", format->version);
    for (size_t i = 0; i < format->n_migrations; i++) {
        const Migration *step = &format->migrations[i];
        if (step->from >= version && !run_script(db, step->sql, err))
            return error_in(err, "upgrade from version %d (%s)", step->from, step->why);
    }
    return run_script(db, mark, err) && db_commit(db, err);
}

/* A copy first, then every step, in one transaction. The version counts that is read inside it: another program may
 * have migrated the file while this one waited for its turn. */
static bool migrate(Arena *arena, Db *db, const DbFormat *format, Error *err)
{
    int version;
    Str kept = STR("");
    if (!db_begin(db, err)) return false;
    bool ok = read_version(db, &version, err);
    if (ok && version > format->version) ok = refuse_newer(db->path, format, version, err);
    if (ok && version < format->version) {
        bool is_kept = keep_old(arena, db, version, &kept, err);
        ok = is_kept && migrate_steps(db, format, version, err);
        if (is_kept && !ok) unlink(str_c(arena, kept)); /* the file itself is still the old one */
    }
    db_rollback(db);
    return ok;
}

/* Without the right to write to both the file and its folder there can be no write-ahead log. */
static bool may_write(Arena *arena, Str path)
{
    return access(str_c(arena, path), W_OK) == 0 && access(str_c(arena, file_folder(path)), W_OK) == 0;
}

/* A file that is only read. `immutable` does without the log and its index, so it is for a file beside which there is
 * no log: the pages of one that is being written would be missed. */
static bool connect_reading(Arena *arena, Str path, Db **db, Error *err)
{
    static const char HEX[] = "0123456789ABCDEF";
    bool has_log = file_exists(arena, str_format(arena, STR_FMT "-wal", STR_ARG(path)));
    Buf uri = buf_new(arena);
    buf_add_c(&uri, "file:");
    for (size_t i = 0; i < path.len; i++) {
        unsigned char byte = (unsigned char)path.data[i];
        buf_char(&uri, '%');
        buf_char(&uri, HEX[byte >> 4]);
        buf_char(&uri, HEX[byte & 15]);
    }
    buf_add_c(&uri, has_log ? "?mode=ro" : "?immutable=1");
    if (!connect(arena, path, buf_c(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, db, err)) return false;
    (*db)->is_read_only = true;
    return true;
}

/* The settings of a connection that only reads, which cannot bring a file to our version. */
static bool configure_reading(Db *db, const DbFormat *format, int version, Error *err)
{
    if (version == format->version) return run_script(db, "PRAGMA cell_size_check=ON; PRAGMA cache_size=-65536;", err);
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is of version %d and cannot be brought to version %d here",
              STR_ARG(db->path), version, format->version);
    return error_hint(err, "Copy the file to a folder where you may write, and open that copy.");
}

bool db_open(Arena *arena, Str path, const DbFormat *format, Db **db, Error *err)
{
    int64_t version = 0;
    if (!check_header(arena, path, format, err)) return false;
    bool writes = may_write(arena, path);
    if (writes ? !connect(arena, path, str_c(arena, path), SQLITE_OPEN_READWRITE, db, err)
               : !connect_reading(arena, path, db, err))
        return false;
    bool opened = db_find_integer(*db, "PRAGMA user_version", DB_NO_ARGS, &version, NULL, err);
    if (opened && version > format->version) opened = refuse_newer(path, format, (int)version, err);
    if (opened) opened = writes ? configure(*db, err) : configure_reading(*db, format, (int)version, err);
    if (opened && version < format->version) opened = migrate(arena, *db, format, err);
    if (!opened) db_close(*db);
    return opened;
}

bool db_open_memory(Arena *arena, const DbFormat *format, Db **db, Error *err)
{
    return connect(arena, STR(""), ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, db, err) &&
           run_script(*db, "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;", err) &&
           lay_out(*db, format, err);
}

Str db_path(const Db *db) { return db->path; }
bool db_is_read_only(const Db *db) { return db->is_read_only; }

static bool is_protected(const Db *db, const char *table)
{
    for (size_t i = 0; table && i < db->n_protected; i++)
        if (sqlite3_stricmp(table, db->protected_tables[i]) == 0) return true;
    return false;
}

/* The PRAGMAs that only look. */
static bool is_harmless_pragma(const char *name, const char *value)
{
    static const char *const READS[] = {"integrity_check", "foreign_key_check", "data_version",
                                        "wal_checkpoint"};
    for (size_t i = 0; i < sizeof READS / sizeof READS[0]; i++)
        if (sqlite3_stricmp(name, READS[i]) == 0) return true;
    return !value && sqlite3_stricmp(name, "user_version") == 0;
}

/* Asked by SQLite while it compiles each statement; `table` of a trigger or an index stands in its second place. */
static int authorize(void *object, int action, const char *first, const char *second, const char *schema,
                     const char *trigger)
{
    const Db *db = object;
    (void)schema;
    (void)trigger;
    bool allowed = true;
    switch (action) {
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_DROP_TABLE:
        allowed = !is_protected(db, first);
        break;
    case SQLITE_ALTER_TABLE:
    case SQLITE_DROP_TRIGGER:
    case SQLITE_DROP_INDEX:
    case SQLITE_CREATE_TRIGGER:
        allowed = !is_protected(db, second);
        break;
    case SQLITE_CREATE_TEMP_TRIGGER:
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        allowed = false;
        break;
    case SQLITE_PRAGMA:
        allowed = is_harmless_pragma(first, second);
        break;
    default:
        break;
    }
    return allowed ? SQLITE_OK : SQLITE_DENY;
}

bool db_protect(Db *db, const char *table, Error *err)
{
    assert(db->n_protected < MAX_PROTECTED);
    db->protected_tables[db->n_protected++] = table;
    return sqlite3_set_authorizer(db->handle, authorize, db) == SQLITE_OK || fail(db, err);
}

bool db_begin(Db *db, Error *err)
{
    return db->is_read_only ? refuse_writing(db, err) : db_run(db, "BEGIN IMMEDIATE", DB_NO_ARGS, err);
}

bool db_begin_reading(Db *db, Error *err) { return db_run(db, "BEGIN", DB_NO_ARGS, err); }
bool db_commit(Db *db, Error *err) { return db_run(db, "COMMIT", DB_NO_ARGS, err); }

void db_rollback(Db *db)
{
    if (db->handle && db_in_transaction(db)) sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

bool db_in_transaction(const Db *db) { return !sqlite3_get_autocommit(db->handle); }

/* Outside of a transaction, SAVEPOINT would begin one of its own. */
static bool need_transaction(const Db *db, Error *err)
{
    if (db_in_transaction(db)) return true;
    error_set(err, ERROR_IO, "the transaction is over: the database gave it up");
    return error_hint(err, "Nothing of it was kept; do it again when the cause is mended.");
}

bool db_begin_part(Db *db, Error *err)
{
    return need_transaction(db, err) && db_run(db, "SAVEPOINT part", DB_NO_ARGS, err);
}

bool db_commit_part(Db *db, Error *err)
{
    return need_transaction(db, err) && db_run(db, "RELEASE part", DB_NO_ARGS, err);
}

void db_rollback_part(Db *db)
{
    if (db_in_transaction(db)) sqlite3_exec(db->handle, "ROLLBACK TO part; RELEASE part", NULL, NULL, NULL);
}

/* A statement that is not running: the kept one of this text, or a passing one while that is at work. */
static bool prepare(Db *db, const char *sql, DbStatement **statement, Error *err)
{
    Str text = str_from(sql);
    MapEntry *entry = map_get(&db->statements, text);
    if (entry && !((DbStatement *)entry->pointer)->in_use) {
        *statement = entry->pointer;
        return true;
    }
    sqlite3_stmt *handle = NULL;
    if (sqlite3_prepare_v3(db->handle, sql, (int)text.len + 1, entry ? 0 : SQLITE_PREPARE_PERSISTENT, &handle,
                           NULL) != SQLITE_OK)
        return fail(db, err);
    *statement = ARENA_NEW(db->arena, DbStatement);
    **statement = (DbStatement){.handle = handle, .is_kept = !entry};
    if (!entry) map_put(&db->statements, str_copy(db->arena, text), NULL)->pointer = *statement;
    return true;
}

static void finish(DbStatement *statement)
{
    if (!statement->in_use) return;
    statement->in_use = false;
    if (statement->is_kept) {
        sqlite3_reset(statement->handle);
    } else {
        sqlite3_finalize(statement->handle);
        statement->handle = NULL;
    }
}

static int bind_one(sqlite3_stmt *handle, int i, const DbValue *value)
{
    switch (value->kind) {
    case DB_INTEGER:
        return sqlite3_bind_int64(handle, i, value->integer);
    case DB_REAL:
        return sqlite3_bind_double(handle, i, value->real);
    case DB_TEXT:
        return sqlite3_bind_text64(handle, i, value->text.data ? value->text.data : "", value->text.len,
                                   SQLITE_STATIC, SQLITE_UTF8);
    case DB_BLOB:
    case DB_NULL:
        break;
    }
    return sqlite3_bind_null(handle, i);
}

static bool start(Db *db, const char *sql, DbArgs args, DbStatement **statement, Error *err)
{
    if (!prepare(db, sql, statement, err)) return false;
    assert((size_t)sqlite3_bind_parameter_count((*statement)->handle) == args.n);
    (*statement)->in_use = true;
    for (size_t i = 0; i < args.n; i++) {
        if (bind_one((*statement)->handle, (int)i + 1, &args.values[i]) == SQLITE_OK) continue;
        fail(db, err);
        finish(*statement);
        return false;
    }
    return true;
}

bool db_run(Db *db, const char *sql, DbArgs args, Error *err)
{
    DbStatement *statement;
    if (!start(db, sql, args, &statement, err)) return false;
    int code;
    while ((code = sqlite3_step(statement->handle)) == SQLITE_ROW) {}
    bool done = code == SQLITE_DONE || fail(db, err);
    finish(statement);
    return done;
}

bool db_run_script(Db *db, const char *sql, Error *err) { return run_script(db, sql, err); }
int64_t db_changes(const Db *db) { return sqlite3_changes64(db->handle); }

bool db_query(Db *db, const char *sql, DbArgs args, Rows *rows, Error *err)
{
    *rows = (Rows){.db = db};
    return start(db, sql, args, &rows->statement, err);
}

bool db_next(Rows *rows, bool *more, Error *err)
{
    int code = sqlite3_step(rows->statement->handle);
    *more = code == SQLITE_ROW;
    if (*more) return true;
    bool done = code == SQLITE_DONE || fail(rows->db, err);
    rows_end(rows);
    return done;
}

void rows_end(Rows *rows)
{
    if (rows->statement) finish(rows->statement);
    rows->statement = NULL;
}

int rows_n_columns(const Rows *rows) { return sqlite3_column_count(rows->statement->handle); }

const char *rows_column_name(const Rows *rows, int column)
{
    return sqlite3_column_name(rows->statement->handle, column);
}

DbKind rows_kind(const Rows *rows, int column)
{
    switch (sqlite3_column_type(rows->statement->handle, column)) {
    case SQLITE_INTEGER:
        return DB_INTEGER;
    case SQLITE_FLOAT:
        return DB_REAL;
    case SQLITE_NULL:
        return DB_NULL;
    case SQLITE_BLOB:
        return DB_BLOB;
    default:
        return DB_TEXT;
    }
}

bool rows_is_null(const Rows *rows, int column) { return rows_kind(rows, column) == DB_NULL; }
int64_t rows_integer(const Rows *rows, int column)
{
    return sqlite3_column_int64(rows->statement->handle, column);
}
double rows_real(const Rows *rows, int column)
{
    return sqlite3_column_double(rows->statement->handle, column);
}

Str rows_text(const Rows *rows, int column)
{
    const char *text = (const char *)sqlite3_column_text(rows->statement->handle, column);
    int len = sqlite3_column_bytes(rows->statement->handle, column);
    return text ? (Str){text, (size_t)len} : STR("");
}

Str rows_text_copy(Arena *arena, const Rows *rows, int column)
{
    return str_copy(arena, rows_text(rows, column));
}

bool db_find_integer(Db *db, const char *sql, DbArgs args, int64_t *value, bool *found, Error *err)
{
    Rows rows;
    bool more = false;
    *value = 0;
    if (!db_query(db, sql, args, &rows, err) || !db_next(&rows, &more, err)) return false;
    if (more) *value = rows_integer(&rows, 0);
    rows_end(&rows);
    if (found) *found = more;
    return true;
}

bool db_find_text(Arena *arena, Db *db, const char *sql, DbArgs args, Str *value, bool *found, Error *err)
{
    Rows rows;
    bool more = false;
    *value = STR("");
    if (!db_query(db, sql, args, &rows, err) || !db_next(&rows, &more, err)) return false;
    if (more) *value = rows_text_copy(arena, &rows, 0);
    rows_end(&rows);
    if (found) *found = more;
    return true;
}

/* Makes a rename last: the folder itself is flushed. */
static void flush_folder(Arena *arena, Str path)
{
    int folder = open(str_c(arena, file_folder(path)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    fsync(folder);
    close(folder);
}

static bool copy_pages(Db *from, Db *to, Error *err)
{
    sqlite3_backup *copy = sqlite3_backup_init(to->handle, "main", from->handle, "main");
    if (!copy) return fail(to, err);
    int code;
    while ((code = sqlite3_backup_step(copy, -1)) == SQLITE_BUSY || code == SQLITE_LOCKED) sqlite3_sleep(20);
    bool ended = sqlite3_backup_finish(copy) == SQLITE_OK;
    return (code == SQLITE_DONE && ended) || fail(to, err);
}

/* Of this process alone: two that copy to the same name must not write into one file. */
static Str partial_of(Arena *arena, Str path)
{
    return str_format(arena, STR_FMT ".%ld.tmp", STR_ARG(path), (long)getpid());
}

static bool refuse_existing(Str path, Error *err)
{
    error_set(err, ERROR_INCONSISTENT, "there is already a file \"" STR_FMT "\"", STR_ARG(path));
    return error_hint(err, "Choose another name; a backup is never written over.");
}

bool db_backup_prepare(Arena *arena, Str path, Error *err)
{
    Str partial = partial_of(arena, path);
    if (file_exists(arena, path)) return refuse_existing(path, err);
    unlink(str_c(arena, partial));
    return make_file(arena, partial, err);
}

void db_backup_abandon(Arena *arena, Str path) { unlink(str_c(arena, partial_of(arena, path))); }

/* A link never takes the place of a file that somebody has made meanwhile, as a renaming would. Where the folder knows
 * no links, an empty file of our own holds the name. */
static bool publish(Arena *arena, Str partial, Str path, Error *err)
{
    if (link(str_c(arena, partial), str_c(arena, path)) == 0) return true;
    if (errno == EEXIST) return refuse_existing(path, err);
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
        return error_set(err, ERROR_IO, "could not write \"" STR_FMT "\": %s", STR_ARG(path), strerror(errno));
    if (!make_file(arena, path, err)) return false;
    if (rename(str_c(arena, partial), str_c(arena, path)) == 0) return true;
    error_set(err, ERROR_IO, "could not write \"" STR_FMT "\": %s", STR_ARG(path), strerror(errno));
    unlink(str_c(arena, path));
    return false;
}

bool db_backup(Arena *arena, Db *db, Str path, Error *err)
{
    Str partial = partial_of(arena, path);
    Db *copy;
    if (!db_backup_prepare(arena, path, err)) return false;
    bool copied = connect(arena, partial, str_c(arena, partial), SQLITE_OPEN_READWRITE, &copy, err);
    if (copied) {
        copied = copy_pages(db, copy, err);
        db_close(copy);
    }
    copied = copied && publish(arena, partial, path, err);
    unlink(str_c(arena, partial));
    if (copied) flush_folder(arena, path);
    return copied;
}

bool db_check_integrity(Db *db, Error *err)
{
    Rows rows;
    bool more;
    if (!db_query(db, "PRAGMA integrity_check(1)", DB_NO_ARGS, &rows, err) || !db_next(&rows, &more, err))
        return false;
    bool sound = more && str_equal(rows_text(&rows, 0), STR("ok"));
    if (!sound) error_set(err, ERROR_IO, "the file is damaged: " STR_FMT, STR_ARG(rows_text(&rows, 0)));
    rows_end(&rows);
    return sound;
}
