/* Days and seconds since 1960, as SAS counts them, and their texts in ISO 8601. */
#ifndef EXCHANGE_ISO_COUNT_H
#define EXCHANGE_ISO_COUNT_H

#include "exchange/table.h"

/* The count of a whole date ("2026-01-02": days), time ("12:00:00.5": seconds) or date-time (seconds); false for any
 * other text. type is TABLE_DATE, TABLE_TIME or TABLE_DATETIME. */
bool iso_count_parse(TableType type, Str text, double *value);

/* Appends the text of a count; false, having written perhaps a part, when it lies outside the years 1582 to 9999 (a time:
 * 0 to 99 hours) or has no exact text of up to six decimals. */
bool iso_count_put(Buf *buf, TableType type, double value);

#endif
