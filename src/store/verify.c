#include "store/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/act.h"
#include "store/schema.h"

static bool found(VerifyReport *report, const char *table, Str key, Str column, Str detail)
{
    report->sound = false;
    report->table = str_from(table);
    report->key = key;
    report->column = column;
    report->detail = detail;
    return false;
}

/* Trouble in reading is what a damaged page looks like. Always returns false. */
static bool unreadable(Arena *arena, VerifyReport *report, const char *table, const Error *err)
{
    return found(report, table, STR(""), STR(""), str_copy(arena, str_from(err->message)));
}

static bool check_chain(Arena *arena, Db *db, Str head, VerifyReport *report)
{
    Error err = {0};
    int64_t bad_seq;
    Str why;
    bool head_seen;
    if (!journal_check(arena, db, head, &report->n_entries, &bad_seq, &why, &head_seen, &err))
        return unreadable(arena, report, "journal", &err);
    if (bad_seq)
        return found(report, "journal", str_format(arena, "%" PRId64, bad_seq), STR(""),
                     str_copy(arena, why));
    if (!head_seen)
        return found(report, "journal", STR(""), STR("hash"),
                     STR("no entry has the hash that was noted: the journal was rewritten or cut"));
    return true;
}

static int compare_cells(const Rows *a, const Rows *b, int column)
{
    DbKind left = rows_kind(a, column), right = rows_kind(b, column);
    if (left != right) return left < right ? -1 : 1;
    switch (left) {
    case DB_NULL:
        return 0;
    case DB_INTEGER:
        return (rows_integer(a, column) > rows_integer(b, column)) -
               (rows_integer(a, column) < rows_integer(b, column));
    case DB_REAL:
        return (rows_real(a, column) > rows_real(b, column)) - (rows_real(a, column) < rows_real(b, column));
    case DB_TEXT:
    case DB_BLOB:
        return str_compare(rows_text(a, column), rows_text(b, column));
    }
    return 0;
}

static Str key_text(Arena *arena, const Rows *rows, int n_key)
{
    Buf buf = buf_new(arena);
    for (int i = 0; i < n_key; i++) {
        if (i) buf_add(&buf, STR(", "));
        buf_add(&buf, rows_text(rows, i));
    }
    return buf_str(&buf);
}

/* The row both stand on. False when they differ. */
static bool compare_row(Arena *arena, const Rows *stored, const Rows *rebuilt, const DerivedTable *table,
                        VerifyReport *report)
{
    for (int column = 0; column < rows_n_columns(rebuilt); column++) {
        int order = compare_cells(stored, rebuilt, column);
        if (order == 0) continue;
        if (column < table->n_key)
            return order < 0 ? found(report, table->name, key_text(arena, stored, table->n_key), STR(""),
                                     STR("the journal knows no such row"))
                             : found(report, table->name, key_text(arena, rebuilt, table->n_key), STR(""),
                                     STR("the row is missing"));
        return found(report, table->name, key_text(arena, rebuilt, table->n_key),
                     str_copy(arena, str_from(rows_column_name(rebuilt, column))),
                     str_format(arena, "holds \"" STR_FMT "\" where the journal says \"" STR_FMT "\"",
                                STR_ARG(rows_text(stored, column)), STR_ARG(rows_text(rebuilt, column))));
    }
    return true;
}

/* Walks both in the order of the key. */
static bool compare_rows(Arena *arena, Rows *stored, Rows *rebuilt, const DerivedTable *table,
                         VerifyReport *report, Error *err)
{
    if (rows_n_columns(stored) != rows_n_columns(rebuilt))
        return found(report, table->name, STR(""), STR(""), STR("it has other columns"));
    for (;;) {
        bool more_stored, more_rebuilt;
        if (!db_next(stored, &more_stored, err)) return unreadable(arena, report, table->name, err);
        if (!db_next(rebuilt, &more_rebuilt, err)) return false;
        if (!more_stored && !more_rebuilt) return true;
        if (!more_rebuilt)
            return found(report, table->name, key_text(arena, stored, table->n_key), STR(""),
                         STR("the journal knows no such row"));
        if (!more_stored)
            return found(report, table->name, key_text(arena, rebuilt, table->n_key), STR(""),
                         STR("the row is missing"));
        if (!compare_row(arena, stored, rebuilt, table, report)) return false;
    }
}

static bool compare_table(Arena *arena, Db *db, Db *fresh, const DerivedTable *table, VerifyReport *report)
{
    char sql[128];
    Rows stored, rebuilt;
    Error err = {0};
    static const char *const ORDER[] = {"", "1", "1, 2", "1, 2, 3"};
    snprintf(sql, sizeof sql, "SELECT * FROM %s NOT INDEXED ORDER BY %s", table->name, ORDER[table->n_key]);
    if (!db_query(db, sql, DB_NO_ARGS, &stored, &err)) return unreadable(arena, report, table->name, &err);
    bool same = db_query(fresh, sql, DB_NO_ARGS, &rebuilt, &err);
    if (same) {
        same = compare_rows(arena, &stored, &rebuilt, table, report, &err);
        rows_end(&rebuilt);
    }
    rows_end(&stored);
    return same || (report->sound ? unreadable(arena, report, table->name, &err) : false);
}

static bool compare_schema(Arena *arena, Db *db, Db *fresh, VerifyReport *report)
{
    static const DerivedTable SCHEMA = {"schema", 2};
    static const char SQL[] = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE substr(name, 1, 7) "
                              "<> 'sqlite_' ORDER BY 1, 2";
    Rows stored, rebuilt;
    Error err = {0};
    if (!db_query(db, SQL, DB_NO_ARGS, &stored, &err)) return unreadable(arena, report, "schema", &err);
    bool same = db_query(fresh, SQL, DB_NO_ARGS, &rebuilt, &err);
    if (same) {
        same = compare_rows(arena, &stored, &rebuilt, &SCHEMA, report, &err);
        rows_end(&rebuilt);
    }
    rows_end(&stored);
    return same || (report->sound ? unreadable(arena, report, "schema", &err) : false);
}

static bool check_derived(Arena *arena, Db *db, VerifyReport *report, Error *err)
{
    Db *fresh;
    int64_t n_entries;
    Error why = {0};
    if (!db_open_memory(arena, &TRIAL_FORMAT, &fresh, err)) return false;
    if (!compare_schema(arena, db, fresh, report)) return true;
    if (!db_begin(fresh, err)) return false;
    if (!act_replay(db, fresh, &n_entries, &why)) {
        found(report, "journal", str_copy(arena, str_from(why.place)), STR("body"),
              str_copy(arena, str_from(why.message)));
        return true;
    }
    size_t n;
    const DerivedTable *tables = derived_tables(&n);
    for (size_t i = 0; i < n; i++)
        if (!compare_table(arena, db, fresh, &tables[i], report)) break;
    db_close(fresh);
    return true;
}

bool verify_trial(Arena *arena, Db *db, Str head, VerifyReport *report, Error *err)
{
    *report = (VerifyReport){.sound = true};
    Error why = {0};
    int64_t n;
    if (!db_begin_reading(db, err)) return false;
    if (check_chain(arena, db, head, report)) {
        if (!journal_head(arena, db, &n, &report->head, &why)) unreadable(arena, report, "journal", &why);
        if (report->sound && !check_derived(arena, db, report, err)) {
            db_rollback(db);
            return false;
        }
    }
    if (report->sound && !db_check_integrity(db, &why)) unreadable(arena, report, "file", &why);
    db_rollback(db);
    return true;
}
