/* Inside the reader and the writer of CSV: csv reads rows, csv_frame makes frames of them, csv_write writes. */
#ifndef EXCHANGE_CSV_INSIDE_H
#define EXCHANGE_CSV_INSIDE_H

#include "exchange/csv.h"

#define CSV_BYTE_ORDER_MARK "\xef\xbb\xbf"
#define CSV_MAX_HEADER      ((size_t)16 << 20) /* in which a separator is looked for */

struct CsvReader {
    Arena *arena, *row_arena;         /* the second is begun anew with each row, unless it is the first */
    ArenaMark row_mark;
    Bytes *bytes;
    size_t at, line;                  /* where the next row begins */
    bool is_checked, is_ascii;        /* what is known of the whole text */
    bool ends_plain[256];             /* whether a byte ends a field that is not in quotes */
    CsvOptions options;
    size_t n_names, n_rows;
    Str *names;
    Str *fields;                      /* of the row being read; n_room of them */
    bool *quoted;
    size_t n_room;
    Error *err;
};

CsvOptions csv_with_defaults(const CsvOptions *options);

/* False, having said where: line, and the column by name once there are names; SIZE_MAX for none. */
bool csv_error(CsvReader *csv, size_t line, size_t column);

/* A number, and no identifier: those begin with zeros, or have more whole digits than a double keeps. */
bool csv_is_number(Str text, double *value);

/* A text as a field, in quotes where needed; a missing cell; and a value, which fails when it would read back as
 * missing: INCONSISTENT. */
void csv_put_text(Buf *buf, Str text);
void csv_put_missing(Buf *buf, MissingReason reason, bool is_alone);
MUST_USE bool csv_put_cell(Buf *buf, Str text, Error *err);

#endif
