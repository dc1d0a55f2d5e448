#include "trial/form_frame.h"

#include <math.h>

#include "trial/inside.h"

static void add_item_columns(Frame *frame, const Form *form)
{
    for (size_t i = 0; form && i < form->items.n; i++) {
        const Item *item = &form->items.items[i];
        if (item->derived.len || frame_column(frame, item->id)) continue;
        Column *column = frame_add_column(frame, item->id, item->type);
        column->label = item->label;
        column->unit = item->unit;
        column->codelist = item->codelist.list;
    }
}

static Map index_columns(Arena *arena, const Frame *frame)
{
    Map map = map_new(arena);
    for (size_t i = 0; i < frame->n_columns; i++) map_put(&map, frame->columns[i].name, NULL)->index = i;
    return map;
}

/* Nobody can record infinity, but SQLite reads it from a file that another program altered. */
static bool check_finite(const Frame *frame, size_t row, size_t column, double number, Error *err)
{
    if (isfinite(number)) return true;
    error_set(err, ERROR_INCONSISTENT, "the value of \"" STR_FMT "\" is no finite number",
              STR_ARG(frame->columns[column].name));
    error_in(err, "subject \"" STR_FMT "\", visit \"" STR_FMT "\"", STR_ARG(frame->columns[0].texts[row]),
             STR_ARG(frame->columns[1].texts[row]));
    return error_hint(err, "Another program has altered the file: `equipoise verify` shows where.");
}

static bool set_value(Arena *arena, Frame *frame, size_t row, size_t column, const Rows *rows, int value,
                      int missing, Error *err)
{
    MissingReason reason = MISSING_UNSTATED;
    bool is_number = column_is_number(&frame->columns[column]);
    if (rows_is_null(rows, missing) && is_number && rows_kind(rows, value) != DB_TEXT) {
        double number = rows_real(rows, value);
        if (!check_finite(frame, row, column, number, err)) return false;
        frame_set_number(frame, row, column, number);
    } else if (rows_is_null(rows, missing) && !is_number) {
        frame_set_text(frame, row, column, rows_text_copy(arena, rows, value));
    } else {
        missing_parse(rows_text(rows, missing), &reason);
        frame_set_missing(frame, row, column, reason);
    }
    return true;
}

bool form_frame(Trial *trial, Arena *arena, Str form, Frame **made, Error *err)
{
    Frame *frame = *made = frame_new(arena, form);
    Rows rows;
    bool more;
    int64_t latest = 0;
    size_t row = 0;
    frame_add_column(frame, STR("SUBJID"), COLUMN_TEXT);
    frame_add_column(frame, STR("VISIT"), COLUMN_TEXT);
    frame_add_column(frame, STR("DATE"), COLUMN_DATE);
    for (size_t v = trial->n_versions; v-- > 0;)
        add_item_columns(frame, trial_form(arena, &trial->versions[v]->protocol, form));
    Map columns = index_columns(arena, frame);
    if (!db_query(trial->db,
                  "SELECT f.id, f.subject, f.visit, f.date, v.item, v.value, v.missing"
                  " FROM forms AS f LEFT JOIN item_values AS v ON v.form_id = f.id"
                  " WHERE f.form = ?1 AND f.struck_out IS NULL ORDER BY f.subject, CAST(f.visit AS INTEGER), "
                  "f.date, f.id",
                  DB_ARGS(db_text(form)), &rows, err))
        return false;
    for (;;) {
        if (!db_next(&rows, &more, err)) return false;
        if (!more) return true;
        if (rows_integer(&rows, 0) != latest) {
            latest = rows_integer(&rows, 0);
            row = frame_add_row(frame);
            for (int i = 0; i < 3; i++)
                frame_set_text(frame, row, (size_t)i, rows_text_copy(arena, &rows, 1 + i));
        }
        MapEntry *entry = map_get(&columns, rows_text(&rows, 4));
        if (!entry || entry->index < FORM_FRAME_ITEMS) continue;
        if (!set_value(arena, frame, row, entry->index, &rows, 5, 6, err)) {
            rows_end(&rows);
            return false;
        }
    }
}
