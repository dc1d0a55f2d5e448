/* A trial as data sets of a standard, with Define-XML: what regulators, statisticians and their programs read. */
#ifndef TRIAL_STANDARD_EXPORT_H
#define TRIAL_STANDARD_EXPORT_H

#include "exchange/table.h"
#include "trial/export.h"

typedef struct {
    const TableFormat *format;
    bool sdtm, adam;                  /* one at least; both stand in folders "sdtm" and "adam" */
} StandardRequest;

/* Into a folder, as trial_export_csv; with README.txt, define.xml and SHA256SUMS. Where the trial is blinded and the actor holds no role that
 * knows the arms, what tells them is left out, and README.txt says so. Fails: also INCONSISTENT (two values in one place). */
MUST_USE bool trial_export_standard(Trial *trial, Arena *arena, const Actor *actor, const StandardRequest *request, ExportTo to,
                                    ExportReport *report, Error *err);

#endif
