/* The trial file as a database: SQLite, wrapped here alone. Statements are prepared once and kept, values are bound,
 * failures become our Error. A file is made or opened under a DbFormat, which says whose it is and in which version;
 * anything else (a text file, another program's database, a newer version) is refused and left as it was.
 *
 * Every connection: DEFENSIVE, no extensions, foreign keys on, recursive triggers on, write-ahead log, synchronous
 * FULL: what db_commit has acknowledged survives a loss of power. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/text.h"

/* A value to bind or one read. Texts are not copied: they must live until the statement has run. Blobs are never
 * written; a file that others altered may hold one. */
typedef enum { DB_NULL, DB_INTEGER, DB_REAL, DB_TEXT, DB_BLOB } DbKind;

typedef struct {
    DbKind kind;
    int64_t integer;
    double real;
    Str text;
} DbValue;

DbValue db_null(void);
DbValue db_integer(int64_t integer);
DbValue db_real(double real);
DbValue db_text(Str text);
DbValue db_text_or_null(Str text);    /* NULL for the empty text */

typedef struct {
    const DbValue *values;
    size_t n;
} DbArgs;

/* The values of ?1, ?2 ... in order: DB_ARGS(db_text(id), db_integer(7)); DB_NO_ARGS for none. */
#define DB_ARGS(...)                                                                                          \
    ((DbArgs){(const DbValue[]){__VA_ARGS__}, sizeof((const DbValue[]){__VA_ARGS__}) / sizeof(DbValue)})
#define DB_NO_ARGS ((DbArgs){NULL, 0})

/* One step from version `from` to from + 1. Never edited once released. */
typedef struct {
    int from;
    const char *why;
    const char *sql;
} Migration;

typedef struct {
    uint32_t application_id;          /* bytes 68..71 of the file */
    const char *name;                 /* "trial file", for messages */
    int version;                      /* user_version of a file made now */
    const char *const *sql;           /* makes all tables of a new file; ends with NULL */
    const Migration *migrations;      /* one for each version from 1 to version - 1, in order */
    size_t n_migrations;
} DbFormat;

typedef struct Db Db;

/* Makes a new file; closed when `arena` is freed, or by db_close. Fails: INCONSISTENT (the file exists), IO. */
MUST_USE bool db_create(Arena *arena, Str path, const DbFormat *format, Db **db, Error *err);

/* Opens a file. An older version is copied to PATH.vN.backup (PATH.vN.2.backup .. where that name is taken) and migrated
 * forward, once, however many programs open it together. A file that may not be written, or
 * whose folder may not, is opened for reading: then db_begin fails (IO) and everything that reads works.
 * Fails, the file untouched: IO (cannot be opened), MALFORMED (no database, or another program's),
 * INCONSISTENT (made by a newer version; by an older one, and it may not be written). */
MUST_USE bool db_open(Arena *arena, Str path, const DbFormat *format, Db **db, Error *err);

/* The same tables in memory, for rebuilding and comparing. */
MUST_USE bool db_open_memory(Arena *arena, const DbFormat *format, Db **db, Error *err);

void db_close(Db *db);                                    /* NULL and twice are fine */
Str db_path(const Db *db);                                /* empty in memory */
bool db_is_read_only(const Db *db);

/* From now on this connection can only read `table` and insert into it: UPDATE, DELETE, DROP and ALTER of it and of
 * its triggers and indexes are DENIED, so are ATTACH and every PRAGMA that changes something. There is no way back. */
MUST_USE bool db_protect(Db *db, const char *table, Error *err);

/* A transaction that writes (BEGIN IMMEDIATE). db_rollback after a failure of anything, commit included. */
MUST_USE bool db_begin(Db *db, Error *err);
MUST_USE bool db_begin_reading(Db *db, Error *err);       /* one that sees one state of the file; ends by db_rollback */
MUST_USE bool db_commit(Db *db, Error *err);
void db_rollback(Db *db);
bool db_in_transaction(const Db *db);

/* A part of the open transaction that can be taken back alone; parts nest. Fails: IO (there is no transaction, or SQLite
 * has given it up by itself, as after a full disk). */
MUST_USE bool db_begin_part(Db *db, Error *err);
MUST_USE bool db_commit_part(Db *db, Error *err);
void db_rollback_part(Db *db);                            /* after a failure of anything but db_begin_part */

/* Runs one statement that returns no rows. Fails: INCONSISTENT (a constraint, named), DENIED, IO. */
MUST_USE bool db_run(Db *db, const char *sql, DbArgs args, Error *err);

/* Several statements in one text, without values: schemas. */
MUST_USE bool db_run_script(Db *db, const char *sql, Error *err);

int64_t db_changes(const Db *db);                         /* rows changed by the latest db_run */

/* Rows of a query. After db_query, call db_next until `more` is false.
 * The texts of a row are views that die with the next row; a query that is left early needs rows_end (twice is
 * fine; running past the last row or into an error ends it too). */
typedef struct {
    Db *db;
    struct DbStatement *statement;
} Rows;

MUST_USE bool db_query(Db *db, const char *sql, DbArgs args, Rows *rows, Error *err);
MUST_USE bool db_next(Rows *rows, bool *more, Error *err);
void rows_end(Rows *rows);
int rows_n_columns(const Rows *rows);
const char *rows_column_name(const Rows *rows, int column);
DbKind rows_kind(const Rows *rows, int column);
bool rows_is_null(const Rows *rows, int column);
int64_t rows_integer(const Rows *rows, int column);
double rows_real(const Rows *rows, int column);
Str rows_text(const Rows *rows, int column);
Str rows_text_copy(Arena *arena, const Rows *rows, int column);

/* The first column of the first row; *found (may be NULL) is false, and the result 0 or empty, when there is none. */
MUST_USE bool db_find_integer(Db *db, const char *sql, DbArgs args, int64_t *value, bool *found, Error *err);
MUST_USE bool db_find_text(Arena *arena, Db *db, const char *sql, DbArgs args, Str *value, bool *found, Error *err);

/* A consistent copy while others write, at `path`, there whole or not at all; like a new file only its owner may read
 * it. Fails: INCONSISTENT (the file
 * exists), IO. */
MUST_USE bool db_backup(Arena *arena, Db *db, Str path, Error *err);

/* Can a copy be made at `path`? An empty one is begun beside it, which db_backup fills and db_backup_abandon takes away.
 * Fails: as db_backup. */
MUST_USE bool db_backup_prepare(Arena *arena, Str path, Error *err);
void db_backup_abandon(Arena *arena, Str path);

/* SQLite's own check of pages, indexes and constraints. Fails: IO (its first complaint). */
MUST_USE bool db_check_integrity(Db *db, Error *err);

#endif
