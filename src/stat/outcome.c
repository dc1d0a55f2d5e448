#include "stat/outcome.h"

#include <string.h>

#include "data/condition.h"
#include "data/condition_slip.h"

bool outcome_split(Str formula, Str *left, Str *right, Error *err)
{
    char quote = 0;
    for (size_t i = 0; i < formula.len; i++) {
        char c = formula.data[i];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"' || c == '`') {
            quote = c;
        } else if (c == '~') {
            *left = str_trim(str_slice(formula, 0, i));
            *right = str_trim(str_slice(formula, i + 1, formula.len));
            if (left->len && right->len) return true;
            error_set(err, ERROR_MALFORMED, "the formula has nothing %s \"~\"", left->len ? "after" : "before");
            return error_hint(err, "Write OUTCOME ~ GROUP, or OUTCOME ~ 1.");
        }
    }
    error_set(err, ERROR_MALFORMED, "the formula has no \"~\"");
    return error_hint(err, "Write OUTCOME ~ GROUP, or OUTCOME ~ 1.");
}

static bool not_yes_no(Arena *arena, Str text, const Column *column, size_t row, Error *err)
{
    Str value = frame_cell_text(arena, column, row);
    if (column_is_number(column)) {
        error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is " STR_FMT " in row %zu; yes is 1 and no is 0", STR_ARG(text),
                  STR_ARG(value), row + 1);
        return error_hint(err, "Say which values count as a condition, such as \"" STR_FMT " = " STR_FMT "\".", STR_ARG(text), STR_ARG(value));
    }
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" holds text, not yes or no", STR_ARG(text));
    return error_hint(err, "Say which value counts: \"" STR_FMT " = '" STR_FMT "'\".", STR_ARG(text), STR_ARG(value));
}

bool outcome_check_slip(Arena *arena, const Frame *frame, Str text, Error *err)
{
    Error slip = {0};
    if (!condition_slip_hint(arena, frame, text, &slip)) return true;
    error_set(err, ERROR_INCONSISTENT, "no row has " STR_FMT, STR_ARG(text));
    return error_hint(err, "%s", slip.hint);
}

bool outcome_yes_no(Arena *arena, const Frame *frame, Str text, signed char **yes, Error *err)
{
    Column column;
    if (!frame_compute(arena, frame, text, &column, err)) return false;
    *yes = ARENA_ARRAY(arena, signed char, frame->n_rows + 1);
    bool any = false;
    for (size_t row = 0; row < frame->n_rows; row++) {
        (*yes)[row] = -1;
        if (column.missing[row] != MISSING_NOT) continue;
        if (!column_is_number(&column) || (column.numbers[row] != 0 && column.numbers[row] != 1))
            return not_yes_no(arena, text, &column, row, err);
        (*yes)[row] = column.numbers[row] > 0;
        any = any || (*yes)[row];
    }
    return any || outcome_check_slip(arena, frame, text, err);
}

Frame *outcome_widen(Arena *arena, const Frame *frame, Column column)
{
    Frame *wide = arena_copy(arena, frame, sizeof *frame);
    wide->columns = ARENA_ARRAY(arena, Column, frame->n_columns + 1);
    wide->n_columns = 0;
    for (size_t c = 0; c < frame->n_columns; c++)
        if (!str_equal_fold(frame->columns[c].name, column.name)) wide->columns[wide->n_columns++] = frame->columns[c];
    wide->columns[wide->n_columns++] = column;
    return wide;
}

Str outcome_formula(Arena *arena, Str name, Str right)
{
    return str_format(arena, "`" STR_FMT "` ~ " STR_FMT, STR_ARG(name), STR_ARG(right));
}
