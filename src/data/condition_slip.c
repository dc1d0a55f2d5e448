#include "data/condition_slip.h"

#include "data/condition.h"

/* The 'text' that begins at or after *at; *at is then behind it. Names stand in double quotes. */
static bool next_text(Str condition, size_t *at, Str *text)
{
    for (; *at < condition.len; ++*at) {
        char quote = condition.data[*at];
        size_t from = *at + 1, end = from;
        if (quote != '\'' && quote != '"') continue;
        while (end < condition.len && condition.data[end] != quote) end++;
        *at = end;
        if (quote == '"') continue;
        *text = str_slice(condition, from, end);
        ++*at;
        return end < condition.len;
    }
    return false;
}

/* Whether a row holds the text as it is; else *meant is the first value that is nearly it. */
static bool is_held(const Column *column, size_t n_rows, Str text, Str *meant)
{
    for (size_t row = 0; row < n_rows; row++) {
        Str value = column->texts[row];
        if (column->missing[row] != MISSING_NOT) continue;
        if (str_equal(value, text)) return true;
        if (meant->len == 0 && str_equal_fold(str_trim(value), str_trim(text))) *meant = value;
    }
    return false;
}

bool condition_slip(Arena *arena, const Frame *frame, Str condition, ConditionSlip *slip)
{
    Str *names = ARENA_ARRAY(arena, Str, frame->n_columns + 1), *used, text;
    size_t n_used;
    for (size_t c = 0; c < frame->n_columns; c++) names[c] = frame->columns[c].name;
    if (!condition_check(arena, condition, names, frame->n_columns, &used, &n_used, NULL)) return false;
    for (size_t at = 0; next_text(condition, &at, &text);) {
        bool held = text.len == 0;
        *slip = (ConditionSlip){.said = text};
        for (size_t c = 0; c < n_used && !held; c++) {
            const Column *column = frame_column(frame, used[c]);
            Str meant = {0};
            if (column_is_number(column)) continue;
            held = is_held(column, frame->n_rows, text, &meant);
            if (!held && meant.len && slip->meant.len == 0) slip->meant = meant, slip->column = column->name;
        }
        if (!held && slip->meant.len) return true;
    }
    return false;
}

bool condition_slip_hint(Arena *arena, const Frame *frame, Str condition, Error *err)
{
    ConditionSlip slip;
    if (!condition_slip(arena, frame, condition, &slip)) return false;
    error_hint(err, "\"" STR_FMT "\" holds \"" STR_FMT "\", not \"" STR_FMT "\".", STR_ARG(slip.column), STR_ARG(slip.meant), STR_ARG(slip.said));
    return true;
}
