#include "trial/listing.h"

#include "trial/inside.h"

#define MAX_ARGS 8

static void set_cell(Arena *arena, Frame *frame, size_t row, size_t column, const Rows *rows)
{
    int from = (int)column;
    ColumnType type = frame->columns[column].type;
    if (rows_is_null(rows, from)) return;
    if (type == COLUMN_NUMBER || type == COLUMN_INTEGER) frame_set_number(frame, row, column, rows_real(rows, from));
    else if (type == COLUMN_DATETIME) frame_set_text(frame, row, column, instant_text(arena, rows_integer(rows, from)));
    else frame_set_text(frame, row, column, rows_text_copy(arena, rows, from));
}

bool trial_listing(Trial *trial, Arena *arena, Str name, const char *sql, const Str *args, size_t n_args,
                   const ListingColumn *columns, size_t n_columns, Frame **listing, Error *err)
{
    DbValue values[MAX_ARGS];
    Rows rows;
    bool more;
    *listing = frame_new(arena, name);
    for (size_t i = 0; i < n_columns; i++)
        frame_add_column(*listing, str_from(columns[i].name), columns[i].type)->label = str_from(columns[i].label);
    for (size_t i = 0; i < n_args; i++) values[i] = db_text(args[i]);
    if (!db_query(trial->db, sql, (DbArgs){values, n_args}, &rows, err)) return false;
    for (;;) {
        if (!db_next(&rows, &more, err)) return false;
        if (!more) return true;
        size_t row = frame_add_row(*listing);
        for (size_t i = 0; i < n_columns; i++) set_cell(arena, *listing, row, i, &rows);
    }
}

bool trial_history(Trial *trial, Arena *arena, Str subject, Str form, Str visit, Str item, Frame **history, Error *err)
{
    static const ListingColumn COLUMNS[] = {
        {"SEQ", "Journal entry", COLUMN_INTEGER}, {"AT", "When (UTC)", COLUMN_DATETIME}, {"ACTOR", "Who", COLUMN_TEXT},
        {"ROLE", "Role", COLUMN_TEXT},            {"ACT", "Act", COLUMN_TEXT},           {"ITEM", "Item", COLUMN_TEXT},
        {"OLD", "Old value", COLUMN_TEXT},        {"NEW", "New value", COLUMN_TEXT},     {"REASON", "Reason", COLUMN_TEXT},
    };
    return trial_listing(trial, arena, STR("history"),
                         "SELECT h.seq, h.at, h.actor, h.role, h.act, h.item,"
                         " lag(coalesce(h.value, '.' || h.missing)) OVER (PARTITION BY h.item ORDER BY h.seq),"
                         " coalesce(h.value, '.' || h.missing), h.reason"
                         " FROM value_history AS h WHERE h.subject = ?1 AND h.form = ?2 AND h.visit = ?3 AND (?4 = '' OR h.item = ?4)"
                         " ORDER BY h.item, h.seq",
                         (const Str[]){subject, form, visit, item}, 4, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], history, err);
}

bool trial_blanks(Trial *trial, Arena *arena, Frame **blanks, Error *err)
{
    static const ListingColumn COLUMNS[] = {
        {"SUBJID", "Subject", COLUMN_TEXT}, {"SITE", "Site", COLUMN_TEXT},   {"FORM", "Form", COLUMN_TEXT},
        {"VISIT", "Visit", COLUMN_TEXT},    {"ITEM", "Item", COLUMN_TEXT},
    };
    return trial_listing(trial, arena, STR("blanks"),
                         "SELECT subject, site, form, visit, item FROM current_values WHERE missing = 'unstated' ORDER BY 1, 3, 4, 5", NULL, 0,
                         COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], blanks, err);
}

bool trial_counts(Trial *trial, Arena *arena, Frame **counts, Error *err)
{
    static const ListingColumn COLUMNS[] = {{"WHAT", "What", COLUMN_TEXT}, {"N", "Number", COLUMN_INTEGER}};
    return trial_listing(trial, arena, STR("counts"),
                         "SELECT 'sites', count(*) FROM sites"
                         " UNION ALL SELECT 'users', count(*) FROM users WHERE left_seq IS NULL"
                         " UNION ALL SELECT 'subjects screened', count(*) FROM subjects"
                         " UNION ALL SELECT 'subjects consented', count(*) FROM subjects WHERE consented IS NOT NULL"
                         " UNION ALL SELECT 'subjects enrolled', count(*) FROM subjects WHERE enrolled IS NOT NULL"
                         " UNION ALL SELECT 'subjects withdrawn', count(*) FROM subjects WHERE withdrawn IS NOT NULL"
                         " UNION ALL SELECT 'doses', count(*) FROM doses"
                         " UNION ALL SELECT 'forms', count(*) FROM forms WHERE struck_out IS NULL"
                         " UNION ALL SELECT 'values', count(*) FROM current_values WHERE missing IS NULL"
                         " UNION ALL SELECT 'values missing with a reason', count(*) FROM current_values WHERE missing <> 'unstated'"
                         " UNION ALL SELECT 'values missing without a reason', count(*) FROM current_values WHERE missing = 'unstated'"
                         " UNION ALL SELECT 'values changed', count(*) FROM current_values WHERE version > 1"
                         " UNION ALL SELECT 'adverse events', count(*) FROM adverse_events"
                         " UNION ALL SELECT 'deviations', count(*) FROM deviations"
                         " UNION ALL SELECT 'queries open', count(*) FROM queries WHERE state = 'open'"
                         " UNION ALL SELECT 'queries answered', count(*) FROM queries WHERE state = 'answered'"
                         " UNION ALL SELECT 'locks', count(*) FROM locks"
                         " UNION ALL SELECT 'journal entries', count(*) FROM journal",
                         NULL, 0, COLUMNS, 2, counts, err);
}
