/* The outputs of a protocol, made into a document. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "report/frames.h"

typedef struct {
    Str table, figure, listing; /* only this number ("14-2.01") or position ("2"); all empty: everything */
} ReportSelection;

/* Makes every selected output, in the order of the file, at the end of `document`. Sections of outputs become
 * headings; when all are made, the section of the analyses follows. Fails: USAGE (no such output, with the nearest), and as the outputs themselves (INCONSISTENT,
 * MALFORMED, DEGENERATE, with the line of the protocol file). */
MUST_USE bool report_outputs(Document *document, const OutputPlan *plan, FrameSource source,
                             const ReportSelection *selection, Error *err);

#endif
