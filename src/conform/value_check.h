/* Values of data sets against controlled terminology: CT for a value that a codelist which may not be extended does not have
 * (error), for one that extends a codelist (note), for a codelist that is needed and was not loaded (not done). */
#ifndef CONFORM_VALUE_CHECK_H
#define CONFORM_VALUE_CHECK_H

#include "conform/finding.h"
#include "conform/terminology.h"
#include "exchange/table.h"

typedef struct ValueCheck ValueCheck;

/* `standard` is empty for the newest SDTMIG or ADaMIG, as fits each data set. Fails: INCONSISTENT (not loaded: says which
 * are), and as terminology.h. */
MUST_USE bool value_check_new(Arena *arena, Terminology *terminology, Str standard, ValueCheck **check, Error *err);

/* Before the rows of a data set: looks its variables up. */
MUST_USE bool value_check_begin(ValueCheck *check, const TableMember *member, FindingList *findings, Error *err);

/* A cell of the variable at this index. */
void value_check_cell(ValueCheck *check, size_t variable, Str value, size_t row, FindingList *findings);

#endif
