/* Inside the reader and the writer of Excel workbooks (ECMA-376, SpreadsheetML): xlsx_book reads what all sheets share,
 * xlsx_rows a sheet, xlsx_date the numbers that are dates, xlsx_about the two sheets that describe our own. */
#ifndef EXCHANGE_XLSX_INSIDE_H
#define EXCHANGE_XLSX_INSIDE_H

#include "exchange/table.h"
#include "exchange/xlsx.h"
#include "exchange/zip.h"

#define XLSX_MAX_ROWS          ((size_t)1048576)
#define XLSX_MAX_COLUMNS       ((size_t)16384)
#define XLSX_MAX_TEXT          ((size_t)32767)          /* characters, in UTF-16 */
#define XLSX_MAX_SHARED_BYTES  ((size_t)1 << 30)        /* of shared texts, which are kept */

/* What the number format of a cell makes of its number. */
typedef enum { XLSX_PLAIN, XLSX_DATE, XLSX_TIME, XLSX_ELAPSED, XLSX_DATETIME } XlsxKind;

typedef enum { XLSX_NOTHING, XLSX_NUMBER, XLSX_TEXT, XLSX_BOOLEAN, XLSX_ERROR } XlsxType;

typedef struct {
    XlsxType type;
    XlsxKind kind;                    /* of a number */
    double number;                    /* 0 or 1 of a boolean */
    Str text;                         /* of a text, or an error ("#N/A") */
} XlsxCell;

typedef struct {
    Str name;
    const ZipEntry *entry;
} XlsxSheet;

typedef struct {
    Arena *arena;
    Zip *zip;
    bool since_1904;
    XlsxSheet *sheets;
    size_t n_sheets;
    XlsxKind *kinds;                  /* of each cell style */
    size_t n_kinds;
    Str *texts;                       /* shared */
    size_t n_texts;
} XlsxBook;

MUST_USE bool xlsx_book_open(Arena *arena, Zip *zip, XlsxBook **book, Error *err);

/* The text that stands for a text in a part: _x000D_ is a control character, _x005F_ an underscore. A view where nothing
 * stands for another. */
Str xlsx_unescape(Arena *arena, Str text);

typedef struct {
    size_t number;                    /* from 1; 0 at the end */
    size_t n;                         /* cells from column A on, those between of XLSX_NOTHING */
    const XlsxCell *cells;            /* good until the next row */
} XlsxRow;

typedef struct XlsxRows XlsxRows;

MUST_USE bool xlsx_rows_open(Arena *arena, const XlsxBook *book, const XlsxSheet *sheet, XlsxRows **rows, Error *err);
MUST_USE bool xlsx_rows_next(XlsxRows *rows, XlsxRow *row, Error *err);

/* "C5" */
Str xlsx_cell_name(Arena *arena, size_t column, size_t row);

/* The kind of a number format's code ("yyyy-mm-dd"), and of one that has only a number (14). */
XlsxKind xlsx_kind_of_code(Str code);
XlsxKind xlsx_kind_of_number(int64_t number);

/* What a number of a kind is (TABLE_DATE, _TIME or _DATETIME), and its text in ISO 8601, seconds to the millisecond. False
 * when it is none: before 1900 or after 9999, or the 29th of February 1900, which Excel has and the calendar has not. */
bool xlsx_date_type(double number, XlsxKind kind, bool since_1904, TableType *type);
bool xlsx_date_put(Buf *buf, double number, XlsxKind kind, bool since_1904);

/* The number of an ISO text in the system of 1900, from March 1900 on; false when none gives exactly this text back. */
bool xlsx_date_number(Arena *scratch, TableType type, Str text, double *number);

/* --- the sheets that describe the others, in files of our own --- */

#define XLSX_DATA_SETS  "data sets"
#define XLSX_VARIABLES  "variables"

/* What a column of them holds, and where it stands in TableMember or TableVariable. */
typedef struct {
    const char *title;
    enum { XLSX_A_TEXT, XLSX_A_COUNT, XLSX_A_FLAG, XLSX_A_TYPE, XLSX_A_SHEET } content;
    size_t place;
} XlsxAbout;

extern const XlsxAbout XLSX_ABOUT_DATA_SETS[], XLSX_ABOUT_VARIABLES[];
extern const size_t XLSX_N_ABOUT_DATA_SETS, XLSX_N_ABOUT_VARIABLES;

typedef struct {
    Str sheet;
    TableMember member;
} XlsxMember;

/* The members that a workbook describes: none when it has no such sheets, or others of these names. */
MUST_USE bool xlsx_about_read(Arena *arena, const XlsxBook *book, XlsxMember **members, size_t *n, Error *err);

#endif
