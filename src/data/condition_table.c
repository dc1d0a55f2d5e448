#include <math.h>

#include "data/condition_inside.h"

static int table_connect(sqlite3 *database, void *client, int argc, const char *const *argv,
                         sqlite3_vtab **table, char **message)
{
    Condition *condition = client;
    Arena *scratch = arena_new();
    Buf sql = buf_new(scratch);
    (void)argc, (void)argv, (void)message;
    buf_add_c(&sql, "CREATE TABLE frame(");
    for (size_t i = 0; i < condition->n_columns; i++) {
        buf_add_c(&sql, i ? ", \"" : "\"");
        for (size_t k = 0; k < condition->names[i].len; k++) {
            buf_char(&sql, condition->names[i].data[k]);
            if (condition->names[i].data[k] == '"') buf_char(&sql, '"');
        }
        buf_add_c(&sql, condition->is_number[i] ? "\" REAL" : "\" TEXT");
    }
    if (condition->n_columns == 0) buf_add_c(&sql, "\"no column\"");
    buf_add_c(&sql, ")");
    condition->engine->declaring = true;
    int rc = sqlite3_declare_vtab(database, buf_c(&sql));
    condition->engine->declaring = false;
    arena_free(scratch);
    *table = &condition->table;
    return rc;
}

static int table_disconnect(sqlite3_vtab *table)
{
    (void)table;
    return SQLITE_OK;
}

static int table_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1e6;
    return SQLITE_OK;
}

static int table_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    Condition *condition = (Condition *)table;
    condition->cursor = (sqlite3_vtab_cursor){.pVtab = table};
    *cursor = &condition->cursor;
    return SQLITE_OK;
}

static int table_close(sqlite3_vtab_cursor *cursor)
{
    (void)cursor;
    return SQLITE_OK;
}

static int table_filter(sqlite3_vtab_cursor *cursor, int index, const char *name, int argc,
                        sqlite3_value **argv)
{
    (void)cursor, (void)index, (void)name, (void)argc, (void)argv;
    return SQLITE_OK; /* the caller has set the first row */
}

static Condition *of_cursor(sqlite3_vtab_cursor *cursor) { return (Condition *)cursor->pVtab; }

static int table_next(sqlite3_vtab_cursor *cursor)
{
    of_cursor(cursor)->row++;
    return SQLITE_OK;
}

static int table_eof(sqlite3_vtab_cursor *cursor) { return of_cursor(cursor)->row >= of_cursor(cursor)->end; }

static int table_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int index)
{
    Condition *condition = of_cursor(cursor);
    if ((size_t)index >= condition->n_columns) return SQLITE_OK;
    const Column *column = condition->columns[index];
    size_t row = condition->row;
    if (column->missing[row]) return SQLITE_OK; /* NULL */
    if (condition->is_number[index]) {
        sqlite3_result_double(context, column->numbers[row]);
    } else {
        Str text = column->texts[row];
        sqlite3_result_text64(context, text.len ? text.data : "", text.len, SQLITE_STATIC, SQLITE_UTF8);
    }
    return SQLITE_OK;
}

static int table_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
    *rowid = (sqlite3_int64)of_cursor(cursor)->row;
    return SQLITE_OK;
}

static bool set_value(Condition *condition, sqlite3_value *value, int type)
{
    Column *result = condition->result;
    size_t row = condition->row;
    bool is_text = type == SQLITE_TEXT;
    if (condition->first_of_kind == SIZE_MAX) {
        condition->first_of_kind = row;
        result->type = is_text ? COLUMN_TEXT : COLUMN_NUMBER;
        if (is_text) result->texts = ARENA_ARRAY(condition->arena, Str, condition->end);
    }
    if (is_text != (result->type == COLUMN_TEXT)) {
        size_t number = is_text ? condition->first_of_kind : row,
               text = is_text ? row : condition->first_of_kind;
        error_set(condition->err, ERROR_INCONSISTENT,
                  "the expression gives a number in row %zu and a text in row %zu", number + 1, text + 1);
        return error_hint(condition->err,
                          "Use text(x), or CAST(x AS REAL), so that every row gives the same kind.");
    }
    if (is_text) {
        Str text = {(const char *)sqlite3_value_text(value), (size_t)sqlite3_value_bytes(value)};
        result->texts[row] = str_copy(condition->arena, text);
    } else {
        result->numbers[row] = sqlite3_value_double(value);
        if (!isfinite(result->numbers[row]))
            return error_set(condition->err, ERROR_DEGENERATE,
                             "the expression is beyond the largest number in row %zu", row + 1);
    }
    result->missing[row] = MISSING_NOT;
    return true;
}

static bool set_verdict(Condition *condition, sqlite3_value *value, int type)
{
    if (type == SQLITE_TEXT) {
        error_set(condition->err, ERROR_INCONSISTENT,
                  "the condition gives the text \"%.60s\", not true or false, in row %zu",
                  (const char *)sqlite3_value_text(value), condition->row + 1);
        return error_hint(condition->err, "Compare it with something: X = 'Y'.");
    }
    signed char verdict = type == SQLITE_NULL ? -1 : sqlite3_value_double(value) != 0;
    if (condition->want == WANT_VERDICTS)
        condition->verdicts[condition->row - condition->start] = verdict;
    else if (verdict > 0)
        condition->rows[condition->n_rows++] = condition->row;
    return true;
}

const sqlite3_module condition_table = {
    .xConnect = table_connect, /* no xCreate: the table is there without being made */
    .xBestIndex = table_best_index,
    .xDisconnect = table_disconnect,
    .xOpen = table_open,
    .xClose = table_close,
    .xFilter = table_filter,
    .xNext = table_next,
    .xEof = table_eof,
    .xColumn = table_column,
    .xRowid = table_rowid,
};

void condition_emit(sqlite3_context *context, int n_args, sqlite3_value **args)
{
    ConditionEngine *engine = sqlite3_user_data(context);
    Condition *condition = engine->running;
    int type = sqlite3_value_type(args[0]);
    (void)n_args;
    if (type == SQLITE_BLOB) type = SQLITE_TEXT;
    bool taken = condition->want != WANT_VALUES ? set_verdict(condition, args[0], type)
                                                : type == SQLITE_NULL || set_value(condition, args[0], type);
    if (!taken) sqlite3_result_error(context, "refused", -1);
}
