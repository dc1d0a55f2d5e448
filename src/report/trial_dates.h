/* When subjects were enrolled and followed, as the records say it: what reporting checklists ask for. */
#ifndef REPORT_TRIAL_DATES_H
#define REPORT_TRIAL_DATES_H

#include "report/frames.h"

/* "enrolled 2014-02-03 to 2015-01-12 (subjects, ENROLLED); seen until 2015-07-20 (visits, DATE)". Of a trial file these two
 * columns; of data from elsewhere the first there is of CDISC's columns for randomisation or first treatment, and for the
 * end of participation, in the frame of subjects. Empty where no date is known; a frame that cannot be had is none. */
Str trial_dates(Arena *arena, const Protocol *protocol, FrameSource source);

#endif
