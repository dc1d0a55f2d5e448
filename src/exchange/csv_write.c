#include "exchange/csv_inside.h"

#include <string.h>

static bool needs_quotes(Str text)
{
    if (text.len == 0 || str_trim(text).len != text.len || str_starts(text, STR(CSV_BYTE_ORDER_MARK)))
        return true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == ',' || c == '"' || c == '\r' || c == '\n' || c == '\0') return true;
    }
    return false;
}

void csv_put_text(Buf *buf, Str text)
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

/* A blank line is no row. */
void csv_put_missing(Buf *buf, MissingReason reason, bool is_alone)
{
    const char *word = missing_word(reason);
    if (reason == MISSING_UNSTATED) {
        if (is_alone) buf_add_c(buf, "\"\"");
        return;
    }
    if (word[0] != '.') buf_char(buf, '.');
    buf_add_c(buf, word);
}

bool csv_put_cell(Buf *buf, Str text, Error *err)
{
    MissingReason reason;
    csv_put_text(buf, text);
    if (csv_missing(text, &reason, NULL) && (!reason || text.len == 0)) return true;
    return error_set(err, ERROR_INCONSISTENT, "the text \"" STR_FMT "\" would be read back as a missing value", STR_ARG(text));
}

static bool write_cell(Buf *buf, const Frame *frame, const Column *column, size_t row, Error *err)
{
    MissingReason reason = (MissingReason)column->missing[row];
    if (reason)
        csv_put_missing(buf, reason, frame->n_columns == 1);
    else if (column_is_number(column))
        buf_number(buf, column->numbers[row]);
    else if (!csv_put_cell(buf, column->texts[row], err))
        return error_in(err, "\"" STR_FMT "\", row %zu, column \"" STR_FMT "\"", STR_ARG(frame->name), row + 1,
                        STR_ARG(column->name));
    return true;
}

bool csv_write_frame(Buf *buf, const Frame *frame, Error *err)
{
    for (size_t i = 0; i < frame->n_columns; i++) {
        if (i) buf_char(buf, ',');
        csv_put_text(buf, frame->columns[i].name);
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
