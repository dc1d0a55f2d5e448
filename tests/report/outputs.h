/* Protocols and data made inside a test, and the document their outputs give. */
#ifndef TESTS_REPORT_OUTPUTS_H
#define TESTS_REPORT_OUTPUTS_H

#include "report/report.h"

#include "test.h"

/* Data sets as CSV texts by name. */
typedef struct {
    const char *name, *csv;
} Sheet;

typedef struct {
    size_t n;
    const Sheet *sheets;
} Sheets;

/* The outputs `displays` (YAML after "outputs:") over the sheets; the first sheet is that of the subjects,
 * key SUBJID. False with the error when reading or making them failed. */
bool outputs_make(Test *t, const char *outputs, Sheets sheets, Document **document, Error *err);

/* The same of a whole protocol; its frames are the sheets. */
bool outputs_of_protocol(Test *t, Str protocol, Sheets sheets, const ReportSelection *selection, Document **document, Error *err);

bool outputs_make_some(Test *t, const char *outputs, Sheets sheets, const ReportSelection *selection,
                       Document **document, Error *err);

/* The text of a cell by the row's label (the first of that label) and the column's key; "?" when there is
 * none. */
Str outputs_cell(const Document *document, const char *label, const char *column);

/* The result by label, column and statistic, or NULL. */
const Result *outputs_result(const Document *document, const char *label, const char *column,
                             const char *stat);

#endif
