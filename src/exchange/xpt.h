/* SAS transport files, version 5 (SAS technical note TS-140) and version 8: one or more data sets in records of 80
 * bytes. Data sets, variables and rows are read in order through a window (exchange/bytes), so that a file of any size
 * takes little memory; a frame of a file takes no more than itself. gzip is recognised and undone.
 *
 * A variable becomes a column of numbers or texts, with its label, format ("DATE9.") and length. Numbers are exact
 * (exchange/ibm_float); dates stay numbers (days since 1960), as SAS has them. A missing number keeps its code (.A), "."
 * is UNSTATED; a blank text is missing (UNSTATED). Texts lose trailing blanks. A text that is not UTF-8 is taken for
 * Windows-1252, which holds Latin-1; texts are made NFC.
 *
 * How many rows: version 8 says so. Version 5 does not, and pads the last record with blanks, so that rows of blanks at
 * the end may be padding. We take the fewest rows that explain the records: all up to the last that is not blank, and
 * those that begin before the last record's padding could. Only data sets of short texts alone can lose rows by it.
 * While rows are read, blank ones are held back until it is known that they count. */
#ifndef EXCHANGE_XPT_H
#define EXCHANGE_XPT_H

#include "data/frame.h"
#include "exchange/bytes.h"
#include "exchange/table_cell.h"

#define XPT_MAX_BYTES     ((size_t)4 << 30)   /* of a file, uncompressed */
#define XPT_MAX_VARIABLES 32767

typedef struct {
    Str name, label;
    int version;                      /* 5 or 8 */
    size_t n_variables, n_rows;
    size_t n_rows_most;               /* more than n_rows when blank rows at the end may be padding */
} XptMember;

typedef struct {
    Str name, label, format, informat;
    bool is_number;
    size_t length, position;          /* bytes within a row */
} XptVariable;

typedef TableCell XptCell;

typedef struct XptReader XptReader;

/* Begins a file's bytes. Fails: as xpt_parse_frame, as do the others, and as bytes_slide. After a failure the reader
 * is at its end. */
MUST_USE bool xpt_open(Arena *arena, Bytes *bytes, XptReader **reader, Error *err);

/* The next data set, past what is left of the one before; *found is false at the end. */
MUST_USE bool xpt_next_member(XptReader *reader, bool *found, Error *err);

/* The data set being read, good until the next; its rows are counted once xpt_next_row has found no more. */
const XptMember *xpt_member(const XptReader *reader);
const XptVariable *xpt_variables(const XptReader *reader, size_t *n);

/* The next row: a cell for each variable, good until the next row. */
MUST_USE bool xpt_next_row(XptReader *reader, const XptCell **cells, bool *found, Error *err);

/* The data sets of a file's bytes, in order. Fails: as xpt_parse_frame. */
MUST_USE bool xpt_members(Arena *arena, Str content, XptMember **members, size_t *n, Error *err);

/* One data set of a file's bytes (not compressed), which must outlive the frame. An empty name means the only one.
 * Fails: MALFORMED (no transport file; cut short, or of another layout than it says: with the byte; a name twice; a NUL
 * in a text, with row and variable); INCONSISTENT (no such data set, or several and none named: lists them). */
MUST_USE bool xpt_parse_frame(Arena *arena, Str content, Str member, Frame **frame, Error *err);

/* The same of a file, plain or compressed, read twice: once to count, once to fill. Texts are copied, equal ones mostly
 * once. Fails: also IO, and when the file changes meanwhile. The place begins with the file's name. */
MUST_USE bool xpt_read_frame(Arena *arena, Str path, Str member, Frame **frame, Error *err);

#endif
