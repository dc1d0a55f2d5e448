#include "exchange/csv_inside.h"

#include <string.h>

static bool needs_quotes(Str text)
{
    if (text.len == 0 || str_trim(text).len != text.len || str_starts(text, STR(CSV_BYTE_ORDER_MARK)))
        return true;
    for (size_t i = 0; i < text.len; i++)
        if (strchr(",\"\r\n", text.data[i])) return true;
    return false;
}

static void write_text(Buf *buf, Str text)
{
    if (!needs_quotes(text)) {
        buf_add(buf, text);
        return;
    }
    buf_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"') buf_char(buf, '"');
        buf_char(buf, text.data[i]);
    }
    buf_char(buf, '"');
}

static bool write_cell(Buf *buf, const Frame *frame, const Column *column, size_t row, Error *err)
{
    MissingReason reason = (MissingReason)column->missing[row];
    if (reason == MISSING_UNSTATED && frame->n_columns == 1)
        buf_add_c(buf, "\"\""); /* a blank line is no row */
    if (reason == MISSING_UNSTATED) return true;
    if (reason) {
        const char *word = missing_word(reason);
        if (word[0] != '.') buf_char(buf, '.');
        buf_add_c(buf, word);
        return true;
    }
    if (column_is_number(column)) {
        buf_number(buf, column->numbers[row]);
        return true;
    }
    write_text(buf, column->texts[row]);
    if (csv_missing(column->texts[row], &reason, NULL) && (!reason || column->texts[row].len == 0))
        return true;
    error_set(err, ERROR_INCONSISTENT, "the text \"" STR_FMT "\" would be read back as a missing value",
              STR_ARG(column->texts[row]));
    return error_in(err, "\"" STR_FMT "\", row %zu, column \"" STR_FMT "\"", STR_ARG(frame->name), row + 1,
                    STR_ARG(column->name));
}

bool csv_write_frame(Buf *buf, const Frame *frame, Error *err)
{
    for (size_t i = 0; i < frame->n_columns; i++) {
        if (i) buf_char(buf, ',');
        write_text(buf, frame->columns[i].name);
    }
    buf_char(buf, '\n');
    for (size_t row = 0; row < frame->n_rows; row++) {
        for (size_t i = 0; i < frame->n_columns; i++) {
            if (i) buf_char(buf, ',');
            if (!write_cell(buf, frame, &frame->columns[i], row, err)) return false;
        }
        buf_char(buf, '\n');
    }
    return true;
}
