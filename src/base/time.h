/* Calendar time: proleptic Gregorian dates, partial ISO 8601 dates as collected ("2016", "2016-03"), and UTC
 * instants. Nothing here reads a clock: the time of an act comes with the request. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/text.h"

/* A date as somebody wrote it: month and day are 0 where unknown. */
typedef struct {
    int year, month, day;
} Date;

/* YYYY, YYYY-MM or YYYY-MM-DD, years 0001 to 9999. Fails: MALFORMED (not of that form, or no such day). */
MUST_USE bool date_parse(Str text, Date *date, Error *err);
Str date_text(Arena *arena, Date date);
bool date_is_full(Date date);

/* Days since 1970-01-01 of a full date, and back. */
int64_t date_days(Date date);
Date date_from_days(int64_t days);

/* First and last day a partial date can mean. */
Date date_earliest(Date date);
Date date_latest(Date date);

/* Age in completed years, and in years with a fraction (days / 365.25), between two full dates. */
int date_age_years(Date birth, Date on);
double date_age_exact(Date birth, Date on);

/* An instant in UTC, whole milliseconds since 1970. Text: 2016-03-01T08:15:30.250Z (milliseconds optional). */
typedef int64_t Instant;

MUST_USE bool instant_parse(Str text, Instant *instant, Error *err);
Str instant_text(Arena *arena, Instant instant);
Date instant_date(Instant instant);

#endif
