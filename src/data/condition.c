#include "data/condition.h"

#include <stdio.h>
#include <string.h>

#include "data/condition_functions.h"
#include "data/condition_inside.h"
#include "data/condition_scan.h"

/* The expression is compiled as   SELECT NULL FROM "frame N" WHERE emit((EXPRESSION))
 * over a table that reads the frame's columns in place. emit takes each row's value into our arrays and is never true,
 * so that one step runs the whole scan. In a WHERE no aggregate is allowed, which keeps min and max to one row. */
#define QUERY_START "SELECT NULL FROM \"frame %zu\" WHERE emit(("

#define MAX_STEPS_PER_ROW 20000 /* of SQLite's machine; a condition of 4 KB takes fewer */
#define STEPS_PER_CALL 10000
#define MAX_TEXT_BYTES 1000000
#define MAX_PATTERN_BYTES 200

/* Allows one SELECT that reads our table and calls functions of the table; nothing else, whatever the scan let pass. */
static int authorize(void *client, int action, const char *third, const char *fourth, const char *database,
                     const char *source)
{
    ConditionEngine *engine = client;
    (void)database, (void)source;
    if (engine->declaring) return SQLITE_OK;
    if (action == SQLITE_SELECT && engine->n_selects++ == 0) return SQLITE_OK;
    if (action == SQLITE_READ && third && strncmp(third, "frame ", 6) == 0) return SQLITE_OK;
    if (action == SQLITE_FUNCTION && fourth) {
        if (strcmp(fourth, "emit") == 0 && engine->n_emits++ == 0) return SQLITE_OK;
        if (strcmp(fourth, "glob") == 0 || condition_function(str_from(fourth))) return SQLITE_OK;
    }
    const char *what = action == SQLITE_FUNCTION && fourth ? fourth
                       : action == SQLITE_SELECT           ? "a query"
                                                           : third;
    engine->refused = str_copy(engine->arena, str_from(what ? what : "this"));
    return SQLITE_DENY;
}

/* Ends a run that takes more steps than its rows may: the same on any machine, unlike a clock. */
static int count_steps(void *client)
{
    ConditionEngine *engine = client;
    if (!engine->running) return 0;
    engine->running->steps_left -= STEPS_PER_CALL;
    return engine->running->steps_left < 0;
}

static void engine_close(void *object)
{
    ConditionEngine *engine = object;
    for (Condition *condition = engine->latest; condition; condition = condition->before)
        sqlite3_finalize(condition->statement);
    sqlite3_close(engine->database);
    arena_free(engine->arena);
}

static void engine_harden(ConditionEngine *engine)
{
    static const struct {
        int limit, most;
    } LIMITS[] = {
        {SQLITE_LIMIT_LENGTH, MAX_TEXT_BYTES},
        {SQLITE_LIMIT_SQL_LENGTH, CONDITION_MAX_BYTES + 200},
        {SQLITE_LIMIT_EXPR_DEPTH, 1000},
        {SQLITE_LIMIT_COMPOUND_SELECT, 1},
        {SQLITE_LIMIT_VDBE_OP, MAX_STEPS_PER_ROW},
        {SQLITE_LIMIT_FUNCTION_ARG, 100},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MAX_PATTERN_BYTES},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 0},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 0},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    static const struct {
        int option, on;
    } OPTIONS[] = {
        {SQLITE_DBCONFIG_DQS_DML, 0},        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
    };
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++)
        sqlite3_limit(engine->database, LIMITS[i].limit, LIMITS[i].most);
    for (size_t i = 0; i < sizeof OPTIONS / sizeof OPTIONS[0]; i++)
        sqlite3_db_config(engine->database, OPTIONS[i].option, OPTIONS[i].on, NULL);
    sqlite3_set_authorizer(engine->database, authorize, engine);
    sqlite3_progress_handler(engine->database, STEPS_PER_CALL, count_steps, engine);
}

bool condition_engine_open(Arena *arena, ConditionEngine **opened, Error *err)
{
    Arena *own = arena_new();
    ConditionEngine *engine = ARENA_NEW(own, ConditionEngine);
    *engine = (ConditionEngine){.arena = own};
    arena_defer(arena, engine_close, engine);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
    bool ok = sqlite3_open_v2(":memory:", &engine->database, flags, NULL) == SQLITE_OK;
    ok = ok && condition_functions_register(engine->database);
    ok = ok && sqlite3_create_function_v2(engine->database, "emit", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                          engine, condition_emit, NULL, NULL, NULL) == SQLITE_OK;
    if (!ok)
        return error_set(err, ERROR_IO, "could not open a database in memory: %s",
                         sqlite3_errmsg(engine->database));
    engine_harden(engine);
    *opened = engine;
    return true;
}

/* SQLite's complaint in our words, with its place in the condition. */
static bool explain(Condition *condition, size_t prefix, Error *err)
{
    ConditionEngine *engine = condition->engine;
    const char *message = sqlite3_errmsg(engine->database);
    int offset = sqlite3_error_offset(engine->database);
    size_t at = offset < 0 || (size_t)offset < prefix ? 0 : (size_t)offset - prefix;
    if (at > condition->text.len) at = condition->text.len;
    const char *near = strncmp(message, "near \"", 6) == 0 ? message + 6 : NULL,
               *quote = near ? strchr(near, '"') : NULL;
    if (engine->refused.len) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is not part of the language of conditions",
                  STR_ARG(engine->refused));
    } else if (at == condition->text.len) {
        error_set(err, ERROR_MALFORMED, "the condition ends too early");
    } else if (quote) {
        error_set(err, ERROR_MALFORMED, "\"%.*s\" is not expected here", (int)(quote - near), near);
        if (sqlite3_keyword_check(near, (int)(quote - near)))
            error_hint(err, "It is a word of SQL; if a column is meant, put it in double quotes: \"%.*s\".",
                       (int)(quote - near), near);
    } else if (strstr(message, "parser stack") || strstr(message, "Expression tree is too large")) {
        error_set(err, ERROR_MALFORMED, "the condition is nested too deeply");
    } else {
        error_set(err, ERROR_MALFORMED, "%s", message);
    }
    return condition_error_at(err, condition->text, at);
}

static Condition *condition_new(ConditionEngine *engine, Str text, const Frame *frame, const size_t *used,
                                size_t n_used)
{
    Condition *condition = ARENA_NEW(engine->arena, Condition);
    *condition = (Condition){.engine = engine,
                             .text = str_copy(engine->arena, text),
                             .n_columns = n_used,
                             .names = ARENA_ARRAY(engine->arena, Str, n_used),
                             .is_number = ARENA_ARRAY(engine->arena, bool, n_used),
                             .columns = ARENA_ARRAY(engine->arena, const Column *, n_used)};
    for (size_t i = 0; i < n_used; i++) {
        condition->names[i] = str_copy(engine->arena, frame->columns[used[i]].name);
        condition->is_number[i] = column_is_number(&frame->columns[used[i]]);
    }
    return condition;
}

static bool prepare(Condition *condition, Error *err)
{
    ConditionEngine *engine = condition->engine;
    char start[80], table[40];
    size_t number = engine->n_compiled++;
    int prefix = snprintf(start, sizeof start, QUERY_START, number);
    snprintf(table, sizeof table, "frame %zu", number);
    Arena *scratch = arena_new();
    Str sql =
        str_format(scratch, "%s%s\n))", start, condition->text.data); /* a comment cannot hold the end */
    const char *rest = sql.data;
    engine->n_selects = engine->n_emits = 0;
    engine->refused = STR("");
    engine->running = NULL;
    bool ok =
        sqlite3_create_module_v2(engine->database, table, &condition_table, condition, NULL) == SQLITE_OK &&
        sqlite3_prepare_v3(engine->database, sql.data, (int)sql.len, SQLITE_PREPARE_PERSISTENT,
                           &condition->statement, &rest) == SQLITE_OK;
    if (ok && rest != sql.data + sql.len)
        ok = error_set(err, ERROR_MALFORMED, "a condition is one expression");
    else if (!ok)
        explain(condition, (size_t)prefix, err);
    arena_free(scratch);
    condition->before = engine->latest;
    engine->latest = condition;
    return ok;
}

bool condition_compile_scanned(ConditionEngine *engine, Str text, const Frame *frame, const size_t *used,
                               size_t n_used, Condition **condition, Error *err)
{
    *condition = condition_new(engine, text, frame, used, n_used);
    return str_trim(text).len == 0 || prepare(*condition, err);
}

bool condition_compile(ConditionEngine *engine, Str text, const Frame *frame, Condition **condition,
                       Error *err)
{
    Arena *scratch = arena_new();
    Str *names = ARENA_ARRAY(scratch, Str, frame->n_columns);
    size_t *used = ARENA_ARRAY(scratch, size_t, frame->n_columns), n_used;
    for (size_t i = 0; i < frame->n_columns; i++) names[i] = frame->columns[i].name;
    bool ok = condition_scan(text, (ScanNames){names, frame->n_columns, NULL}, used, &n_used, err) &&
              condition_compile_scanned(engine, text, frame, used, n_used, condition, err);
    arena_free(scratch);
    return ok;
}

Str condition_text(const Condition *condition) { return condition->text; }

const Str *condition_columns(const Condition *condition, size_t *n)
{
    *n = condition->n_columns;
    return condition->names;
}

static bool bind_columns(Condition *condition, const Frame *frame, Error *err)
{
    for (size_t i = 0; i < condition->n_columns; i++) {
        if (!frame_need(frame, condition->names[i], &condition->columns[i], err))
            return condition_error_at(err, condition->text, 0);
        if (column_is_number(condition->columns[i]) == condition->is_number[i]) continue;
        error_set(err, ERROR_INCONSISTENT,
                  "column \"" STR_FMT "\" of \"" STR_FMT "\" holds %ss, the condition was made for %ss",
                  STR_ARG(condition->names[i]), STR_ARG(frame->name),
                  condition->is_number[i] ? "text" : "number", condition->is_number[i] ? "number" : "text");
        return condition_error_at(err, condition->text, 0);
    }
    return true;
}

static bool run(Condition *condition, const Frame *frame, size_t from, size_t end, Error *err)
{
    Error inner = {0};
    if (!bind_columns(condition, frame, err)) return false;
    condition->start = condition->row = from;
    condition->end = end;
    condition->steps_left = (double)MAX_STEPS_PER_ROW * (double)(end - from + 1);
    condition->err = &inner;
    condition->engine->running = condition;
    int rc = sqlite3_step(condition->statement);
    condition->engine->running = NULL;
    if (rc != SQLITE_DONE && !inner.code) {
        if (rc == SQLITE_INTERRUPT)
            error_set(&inner, ERROR_DEGENERATE, "the condition takes too long");
        else
            error_set(&inner, ERROR_MALFORMED, "%s", sqlite3_errmsg(condition->engine->database));
    }
    sqlite3_reset(condition->statement);
    if (!inner.code) return true;
    if (err) *err = inner;
    return condition_error_at(err, condition->text, 0);
}

bool condition_where(Condition *condition, Arena *arena, const Frame *frame, size_t **rows, size_t *n_rows,
                     Error *err)
{
    condition->want = WANT_ROWS;
    condition->rows = ARENA_ARRAY(arena, size_t, frame->n_rows);
    condition->n_rows = 0;
    if (!condition->statement)
        for (size_t i = 0; i < frame->n_rows; i++) condition->rows[condition->n_rows++] = i;
    else if (!run(condition, frame, 0, frame->n_rows, err))
        return false;
    *rows = condition->rows;
    *n_rows = condition->n_rows;
    return true;
}

bool condition_evaluate(Condition *condition, Arena *arena, const Frame *frame, signed char **verdicts,
                        Error *err)
{
    condition->want = WANT_VERDICTS;
    condition->verdicts = ARENA_ARRAY(arena, signed char, frame->n_rows);
    *verdicts = condition->verdicts;
    if (condition->statement) return run(condition, frame, 0, frame->n_rows, err);
    if (frame->n_rows) memset(condition->verdicts, 1, frame->n_rows);
    return true;
}

bool condition_verdict(Condition *condition, const Frame *frame, size_t row, signed char *verdict, Error *err)
{
    *verdict = 1;
    if (!condition->statement) return true;
    condition->want = WANT_VERDICTS;
    condition->verdicts = verdict;
    return run(condition, frame, row, row + 1, err);
}

bool condition_compute(Condition *condition, Arena *arena, const Frame *frame, Column *result, Error *err)
{
    if (!condition->statement) {
        error_set(err, ERROR_USAGE, "an empty expression has no value");
        return error_hint(err, "Name a column, or compute one.");
    }
    *result = (Column){.type = COLUMN_NUMBER,
                       .numbers = ARENA_ARRAY(arena, double, frame->n_rows),
                       .missing = ARENA_ARRAY(arena, unsigned char, frame->n_rows),
                       .capacity = frame->n_rows};
    if (frame->n_rows) memset(result->missing, MISSING_UNSTATED, frame->n_rows);
    condition->want = WANT_VALUES;
    condition->arena = arena;
    condition->result = result;
    condition->first_of_kind = SIZE_MAX;
    return run(condition, frame, 0, frame->n_rows, err);
}

struct ConditionNames {
    size_t n;
    const Str *names;
    Map by_name;
};

const ConditionNames *condition_names(Arena *arena, const Str *names, size_t n)
{
    ConditionNames *all = ARENA_NEW(arena, ConditionNames);
    *all = (ConditionNames){.n = n, .names = names, .by_name = map_new(arena)};
    for (size_t i = 0; i < n; i++) {
        bool is_new;
        MapEntry *entry = map_put(&all->by_name, str_upper(arena, names[i]), &is_new);
        if (is_new) entry->index = i;
    }
    return all;
}

/* Compiled for a frame of the columns that it uses, as texts; the statement is let go at once. */
static bool judge_scanned(ConditionEngine *engine, Str text, const Str *used, size_t n_used, Error *err)
{
    Arena *scratch = arena_new();
    Condition *condition;
    Frame *frame = frame_new(scratch, STR("names"));
    size_t *all = ARENA_ARRAY(scratch, size_t, n_used);
    for (size_t i = 0; i < n_used; i++) {
        frame_add_column(frame, used[i], COLUMN_TEXT);
        all[i] = i;
    }
    bool ok = condition_compile_scanned(engine, text, frame, all, n_used, &condition, err);
    sqlite3_finalize(condition->statement);
    condition->statement = NULL;
    arena_free(scratch);
    return ok;
}

bool condition_judge(ConditionEngine *engine, Arena *arena, Str text, const ConditionNames *names, Str **used,
                     size_t *n_used, Error *err)
{
    Arena *scratch = arena_new();
    size_t *positions = ARENA_ARRAY(scratch, size_t, text.len < names->n ? text.len : names->n);
    bool ok = condition_scan(text, (ScanNames){names->names, names->n, &names->by_name}, positions, n_used, err);
    if (ok) {
        *used = ARENA_ARRAY(arena, Str, *n_used);
        for (size_t i = 0; i < *n_used; i++) (*used)[i] = str_copy(arena, names->names[positions[i]]);
        ok = judge_scanned(engine, text, *used, *n_used, err);
    }
    arena_free(scratch);
    return ok;
}

bool condition_check(Arena *arena, Str text, const Str *names, size_t n_names, Str **used, size_t *n_used,
                     Error *err)
{
    Arena *scratch = arena_new();
    ConditionEngine *engine;
    bool ok =
        condition_engine_open(scratch, &engine, err) &&
        condition_judge(engine, arena, text, condition_names(scratch, names, n_names), used, n_used, err);
    arena_free(scratch);
    return ok;
}

bool frame_where(Arena *arena, const Frame *frame, Str condition, size_t **rows, size_t *n_rows, Error *err)
{
    Arena *scratch = arena_new();
    ConditionEngine *engine;
    Condition *compiled;
    bool ok = condition_engine_open(scratch, &engine, err) &&
              condition_compile(engine, condition, frame, &compiled, err) &&
              condition_where(compiled, arena, frame, rows, n_rows, err);
    arena_free(scratch);
    return ok;
}

bool frame_evaluate(Arena *arena, const Frame *frame, Str condition, signed char **verdicts, Error *err)
{
    Arena *scratch = arena_new();
    ConditionEngine *engine;
    Condition *compiled;
    bool ok = condition_engine_open(scratch, &engine, err) &&
              condition_compile(engine, condition, frame, &compiled, err) &&
              condition_evaluate(compiled, arena, frame, verdicts, err);
    arena_free(scratch);
    return ok;
}

bool frame_compute(Arena *arena, const Frame *frame, Str expression, Column *result, Error *err)
{
    Arena *scratch = arena_new();
    ConditionEngine *engine;
    Condition *compiled;
    bool ok = condition_engine_open(scratch, &engine, err) &&
              condition_compile(engine, expression, frame, &compiled, err) &&
              condition_compute(compiled, arena, frame, result, err);
    arena_free(scratch);
    return ok;
}
