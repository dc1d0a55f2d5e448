/* A file of data sets read once, row by row: what its format, SDTM and the FDA ask of it, and its values in terminology. */
#ifndef CONFORM_TABLE_CHECK_H
#define CONFORM_TABLE_CHECK_H

#include "conform/value_check.h"

/* `values` may be NULL. A file that cannot be read is a finding READ. Fails: as value_check_begin. */
MUST_USE bool table_check(Str path, ValueCheck *values, FindingList *findings, Error *err);

#endif
