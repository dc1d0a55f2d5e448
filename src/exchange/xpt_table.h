/* Transport files as tables: what the format's table names (xpt_table) and xpt_write does. Included by them alone. */
#ifndef EXCHANGE_XPT_TABLE_H
#define EXCHANGE_XPT_TABLE_H

#include "exchange/table.h"

bool xpt5_create(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, void **state, Error *err);
bool xpt8_create(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, void **state, Error *err);
bool xpt_begin_member(void *state, const TableMember *member, Error *err);
bool xpt_write_row(void *state, const TableCell *cells, Error *err);
bool xpt_end_file(void *state, Error *err);

#endif
