/* What the two halves of conditions share: data/condition compiles and runs, data/condition_table lends SQLite a frame's
 * columns and takes the values. Included by them and by the test that goes around the scan. */
#ifndef DATA_CONDITION_INSIDE_H
#define DATA_CONDITION_INSIDE_H

#include <sqlite3.h>

#include "data/condition.h"

typedef enum { WANT_ROWS, WANT_VERDICTS, WANT_VALUES } Want;

struct ConditionEngine {
    Arena *arena;                     /* of its own: conditions outlive the caller's marks */
    sqlite3 *database;
    Condition *latest;                /* all compiled, linked for closing */
    size_t n_compiled;
    Condition *running;
    int n_selects, n_emits;           /* seen by the authorizer in this compilation */
    bool declaring;                   /* our own CREATE TABLE, not the condition's */
    Str refused;                      /* what the authorizer refused; empty when nothing */
};

struct Condition {
    sqlite3_vtab table;               /* first: SQLite hands it back to us */
    sqlite3_vtab_cursor cursor;       /* one is enough: there is one scan at a time */
    ConditionEngine *engine;
    Condition *before;
    Str text;
    size_t n_columns;                 /* those that the text reads */
    Str *names;
    bool *is_number;
    const Column **columns;           /* bound for a run */
    sqlite3_stmt *statement;
    size_t start, row, end;           /* of the scan; row moves from start to end */
    double steps_left;
    Want want;                        /* what emit does with a value, and where */
    size_t *rows;
    size_t n_rows;
    signed char *verdicts;
    Arena *arena;
    Column *result;
    size_t first_of_kind;             /* the row that decided result's type, SIZE_MAX before */
    Error *err;
};

/* condition_compile after the scan, reading the columns `used`. What the scan would refuse must fail here as well. */
MUST_USE bool condition_compile_scanned(ConditionEngine *engine, Str text, const Frame *frame, const size_t *used, size_t n_used,
                                        Condition **condition, Error *err);

/* A table of the columns that a condition reads; client data is the Condition. */
extern const sqlite3_module condition_table;

/* emit(value): hands the row's value to the condition that is running; user data is the engine. Never true. */
void condition_emit(sqlite3_context *context, int n_args, sqlite3_value **args);

#endif
