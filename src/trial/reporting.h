/* The report of a trial, wherever its data live: in a trial file, or in a folder of other people's files that a
 * protocol describes. The command line and the pages make the same report from the same words. */
#ifndef TRIAL_REPORTING_H
#define TRIAL_REPORTING_H

#include "report/compose.h"

typedef struct {
    Str path;                         /* a trial file, or a protocol */
    Str data;                         /* with a protocol: folders of data sets, ":" between; empty with a trial file */
    ReportSelection selection;
} ReportingRequest;

/* Fails: USAGE (a protocol without data, a trial file with data), and as the readers of all of these. The document
 * lives in `arena`. */
MUST_USE bool reporting_build(Arena *arena, const ReportingRequest *request, Document **document, Error *err);

#endif
