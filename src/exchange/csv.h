/* CSV as RFC 4180 has it: fields between separators, in quotes where they hold a separator, a quote (doubled) or a
 * line end. The text is read row by row; fields are views of it wherever they can be.
 *
 * Read: UTF-8 with or without byte order mark, fields made NFC; lines end in LF, CRLF or CR; blank lines are skipped.
 * The separator is a comma if the header holds one outside quotes, else a tab if it holds one, else a semicolon if it
 * holds one, else a comma. The first row is the header: names without blanks around, none empty, none twice (letter
 * case ignored).
 *
 * A cell is missing when blank (UNSTATED, also a lone "."), or when it is "." and a reason: .not-done, .A. Quotes make
 * no difference to that, since many programs quote every text. */
#ifndef EXCHANGE_CSV_H
#define EXCHANGE_CSV_H

#include "data/frame.h"
#include "exchange/bytes.h"

/* {0} gives the defaults in brackets. */
typedef struct {
    char separator;                   /* [found as above] */
    Str missing_text;                 /* also a missing cell, when without quotes: "NA" for files from R [none] */
    size_t max_bytes;                 /* of the whole text [1 GiB] */
    size_t max_field_bytes;           /* [1 MiB] */
    size_t max_columns;               /* [4,096] */
    size_t max_rows;                  /* [50,000,000] */
} CsvOptions;

typedef struct {
    size_t line;                      /* on which the row begins, from 1 */
    size_t n;                         /* fields: as many as names */
    const Str *fields;                /* quotes removed, NFC; good until the next row */
    const bool *quoted;
} CsvRow;

typedef struct CsvReader CsvReader;

/* Begins with the header. `content` must outlive the reader and what it gives. Fails: MALFORMED (too large; not UTF-8
 * or a NUL byte: with the line; no header; an empty name or one that comes twice; and as csv_next); USAGE (an
 * impossible separator). */
MUST_USE bool csv_open(Arena *arena, Str content, const CsvOptions *options, CsvReader **reader, Error *err);

/* The same through a window (exchange/bytes), so that a file of any size takes little memory; max_bytes is then the
 * window's. That bytes are no text is said when their row comes. Fails: also as bytes_slide. */
MUST_USE bool csv_open_bytes(Arena *arena, Bytes *bytes, const CsvOptions *options, CsvReader **reader, Error *err);

const Str *csv_names(const CsvReader *reader, size_t *n);

/* The next row; *found is false at the end. Fails: MALFORMED with line and column: a quote that is not closed, text
 * beside quotes, too few or too many fields, a limit passed. */
MUST_USE bool csv_next(CsvReader *reader, CsvRow *row, bool *found, Error *err);

/* Judges a cell: *reason is MISSING_NOT for a value. Fails: MALFORMED when it is "." and nearly a reason. */
MUST_USE bool csv_missing(Str cell, MissingReason *reason, Error *err);

/* A whole text as a frame. A column is
 *   numbers  when every cell that is not missing is one; but a cell with a leading plus or zero (007), or a whole
 *            number of more than 15 digits, is taken for an identifier;
 *   dates    when every such cell is an ISO 8601 date, partial allowed, and not all are bare years;
 *   texts    otherwise, and when all cells are missing.
 * lines (may be NULL) receives the line of each row. Texts are views of `content`. Fails: as csv_open and csv_next. */
MUST_USE bool csv_parse_frame(Arena *arena, Str name, Str content, const CsvOptions *options, Frame **frame,
                              size_t **lines, Error *err);

/* The same of a file, plain or compressed, that is not kept: texts are copied, equal ones mostly once. It is read again
 * when a column of numbers turns out, far down, to be of texts. The frame has the file's stem as name. Fails: also IO.
 * The place begins with the file's name. */
MUST_USE bool csv_read_frame(Arena *arena, Str path, const CsvOptions *options, Frame **frame, Error *err);

/* Appends a frame: header, rows ended by LF, commas, shortest exact numbers, missing cells blank or ".reason", quotes
 * where RFC 4180 needs them. Nothing is added against spreadsheets that run a cell as a formula: what is read back is
 * what was there. Fails: INCONSISTENT when a text would read back as a missing value (".A"), naming row and column. */
MUST_USE bool csv_write_frame(Buf *buf, const Frame *frame, Error *err);

#endif
