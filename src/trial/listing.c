#include "trial/listing.h"

#include "trial/inside.h"

#define MAX_ARGS 8

static void set_cell(Arena *arena, Frame *frame, size_t row, size_t column, const Rows *rows)
{
    int from = (int)column;
    ColumnType type = frame->columns[column].type;
    if (rows_is_null(rows, from)) return;
    if (type == COLUMN_NUMBER || type == COLUMN_INTEGER)
        frame_set_number(frame, row, column, rows_real(rows, from));
    else if (type == COLUMN_DATETIME)
        frame_set_text(frame, row, column, instant_text(arena, rows_integer(rows, from)));
    else
        frame_set_text(frame, row, column, rows_text_copy(arena, rows, from));
}

bool trial_listing(Trial *trial, Arena *arena, Str name, const char *sql, const Str *args, size_t n_args,
                   const ListingColumn *columns, size_t n_columns, Frame **listing, Error *err)
{
    DbValue values[MAX_ARGS];
    Rows rows;
    bool more;
    *listing = frame_new(arena, name);
    for (size_t i = 0; i < n_columns; i++)
        frame_add_column(*listing, str_from(columns[i].name), columns[i].type)->label =
            str_from(columns[i].label);
    for (size_t i = 0; i < n_args; i++) values[i] = db_text(args[i]);
    if (!db_query(trial->db, sql, (DbArgs){values, n_args}, &rows, err)) return false;
    for (;;) {
        if (!db_next(&rows, &more, err)) return false;
        if (!more) return true;
        size_t row = frame_add_row(*listing);
        for (size_t i = 0; i < n_columns; i++) set_cell(arena, *listing, row, i, &rows);
    }
}

bool trial_history(Trial *trial, Arena *arena, Str subject, Str form, Str visit, Str item, Frame **history,
                   Error *err)
{
    static const ListingColumn COLUMNS[] = {
        {"SEQ", "Journal entry", COLUMN_INTEGER},
        {"AT", "When (UTC)", COLUMN_DATETIME},
        {"ACTOR", "Who", COLUMN_TEXT},
        {"ROLE", "Role", COLUMN_TEXT},
        {"ACT", "Act", COLUMN_TEXT},
        {"ITEM", "Item", COLUMN_TEXT},
        {"OLD", "Old value", COLUMN_TEXT},
        {"NEW", "New value", COLUMN_TEXT},
        {"REASON", "Reason", COLUMN_TEXT},
    };
    return trial_listing(
        trial, arena, STR("history"),
        /* the view value_history, written out: the schema is not trusted to call JSON functions */
        "SELECT j.seq, j.at, j.actor, j.role, j.act, i.key,"
        " lag(iif(i.type = 'object', '.' || json_extract(i.value, '$.missing'), i.value)) OVER (PARTITION BY "
        "i.key ORDER BY j.seq),"
        " iif(i.type = 'object', '.' || json_extract(i.value, '$.missing'), i.value), j.reason"
        " FROM journal AS j, json_each(j.body, '$.items') AS i"
        " WHERE j.subject = ?1 AND json_extract(j.body, '$.form') = ?2 AND json_extract(j.body, '$.visit') = "
        "?3"
        " AND (?4 = '' OR i.key = ?4) ORDER BY i.key, j.seq",
        (const Str[]){subject, form, visit, item}, 4, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], history,
        err);
}

bool trial_counts(Trial *trial, Arena *arena, Frame **counts, Error *err)
{
    static const ListingColumn COLUMNS[] = {{"WHAT", "What", COLUMN_TEXT}, {"N", "Number", COLUMN_INTEGER}};
    return trial_listing(
        trial, arena, STR("counts"),
        "SELECT 'sites', count(*) FROM sites"
        " UNION ALL SELECT 'users', count(*) FROM users WHERE left_seq IS NULL"
        " UNION ALL SELECT 'subjects screened', count(*) FROM subjects"
        " UNION ALL SELECT 'subjects consented', count(*) FROM subjects WHERE consented IS NOT NULL"
        " UNION ALL SELECT 'subjects enrolled', count(*) FROM subjects WHERE enrolled IS NOT NULL"
        " UNION ALL SELECT 'subjects withdrawn', count(*) FROM subjects WHERE withdrawn IS NOT NULL"
        " UNION ALL SELECT 'doses', count(*) FROM doses"
        " UNION ALL SELECT 'forms', count(*) FROM forms WHERE struck_out IS NULL"
        " UNION ALL SELECT 'values', count(*) FROM current_values WHERE missing IS NULL"
        " UNION ALL SELECT 'values missing with a reason', count(*) FROM current_values WHERE missing <> "
        "'unstated'"
        " UNION ALL SELECT 'values missing without a reason', count(*) FROM current_values WHERE missing = "
        "'unstated'"
        " UNION ALL SELECT 'values changed', count(*) FROM current_values WHERE version > 1"
        " UNION ALL SELECT 'adverse events', count(*) FROM adverse_events"
        " UNION ALL SELECT 'deviations', count(*) FROM deviations"
        " UNION ALL SELECT 'queries open', count(*) FROM queries WHERE state = 'open'"
        " UNION ALL SELECT 'queries answered', count(*) FROM queries WHERE state = 'answered'"
        " UNION ALL SELECT 'locks', count(*) FROM locks"
        " UNION ALL SELECT 'journal entries', count(*) FROM journal",
        NULL, 0, COLUMNS, 2, counts, err);
}

bool trial_queries(Trial *trial, Arena *arena, Frame **queries, Error *err)
{
    static const ListingColumn COLUMNS[] = {
        {"QUERY", "Query", COLUMN_INTEGER}, {"STATE", "State", COLUMN_TEXT},
        {"SUBJID", "Subject", COLUMN_TEXT}, {"FORM", "Form", COLUMN_TEXT},
        {"VISIT", "Visit", COLUMN_TEXT},    {"ITEM", "Item", COLUMN_TEXT},
        {"CHECK", "Check", COLUMN_TEXT},    {"TEXT", "Question", COLUMN_TEXT},
        {"ANSWER", "Answer", COLUMN_TEXT},  {"ASKED", "Asked (UTC)", COLUMN_DATETIME},
    };
    return trial_listing(
        trial, arena, STR("queries"),
        "SELECT q.seq, q.state, q.subject, q.form, q.visit, q.item, q.source, q.text, q.answer, j.at"
        " FROM queries AS q JOIN journal AS j USING (seq) ORDER BY q.state = 'closed', q.seq",
        NULL, 0, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], queries, err);
}

bool trial_users(Trial *trial, Arena *arena, Frame **users, Error *err)
{
    static const ListingColumn COLUMNS[] = {
        {"USER", "User", COLUMN_TEXT}, {"NAME", "Name", COLUMN_TEXT},   {"ROLE", "Role", COLUMN_TEXT},
        {"SITE", "Site", COLUMN_TEXT}, {"STATE", "State", COLUMN_TEXT},
    };
    return trial_listing(trial, arena, STR("users"),
                         "SELECT u.user, u.name, g.role, CASE WHEN g.site = '' THEN 'all' ELSE g.site END,"
                         " CASE WHEN u.left_seq IS NULL THEN 'active' ELSE 'has left' END"
                         " FROM users AS u LEFT JOIN grants AS g USING (user) ORDER BY u.added_seq, g.seq",
                         NULL, 0, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], users, err);
}
