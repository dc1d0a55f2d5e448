/* Dates, date-times and durations of ISO 8601 as collected data have them: cut short where something is not known. */
#ifndef CONFORM_ISO8601_H
#define CONFORM_ISO8601_H

#include "base/text.h"

typedef struct {
    int n_parts;                      /* how many are known: year, month, day, hour, minute, second */
    int part[6];
    double seconds;                   /* with fraction, since 1970 in the zone that was written; what is not known counts as the first */
    bool has_gaps;                    /* a part in the middle is not known: 2003---15 */
} IsoTime;

/* "2003", "2003-12", "2003-12-15T13:14:17.123Z", "2003---15", "--12-15", "2003-12-15T-:15"; false for anything else and
 * for days there are not. */
bool iso_time_parse(Str text, IsoTime *time);

bool iso_date_is_valid(Str text);          /* one of those, or two with "/" between */
bool iso_date_is_complete(Str text);       /* year, month and day known */
bool iso_duration_is_valid(Str text, bool may_be_negative);    /* "P3Y6M4DT12H30M5S", "P2W", "PT0.5H" */

#endif
