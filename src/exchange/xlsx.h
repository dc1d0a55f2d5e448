/* Excel workbooks (.xlsx) as tables: each sheet is a data set, its first row that is not blank the names. Cells stream;
 * only texts that sheets share are kept. A first pass over a sheet finds the type of each column: numbers, booleans, dates,
 * times or date-times where every cell is one, else texts, which keep their zeros ("007"). Dates become ISO 8601, in the
 * system of 1900 or of 1904. A formula counts as the value it had when the file was saved. Blank cells and #N/A are
 * missing, as are texts like ".refused"; any other error value is refused, with its cell. Blank rows are passed over.
 *
 * Two more sheets that we write, "data sets" and "variables", hold what Excel has no place for; when they are there, names,
 * labels, types, lengths and formats are read from them, blank rows count, and nothing is guessed. */
#ifndef EXCHANGE_XLSX_H
#define EXCHANGE_XLSX_H

#include "exchange/table.h"
#include "exchange/zip.h"

/* The state of a TableFormat that reads an archive which is open. Fails: MALFORMED (no workbook), and as zip_bytes. */
MUST_USE bool xlsx_open(Arena *arena, Zip *zip, void **state, Error *err);

/* Writing (exchange/xlsx_write), for the format's table. */
bool xlsx_create(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, void **state, Error *err);
bool xlsx_begin(void *state, const TableMember *member, Error *err);
bool xlsx_write(void *state, const TableCell *cells, Error *err);
bool xlsx_finish(void *state, Error *err);

#endif
