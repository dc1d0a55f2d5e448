/* The safety rules of the protocol as the report shows them: the boundary, how often it stops a trial by chance, and
 * what the rule said at each event of this trial. */
#ifndef REPORT_MONITORING_H
#define REPORT_MONITORING_H

#include "data/frame.h"
#include "protocol/protocol.h"
#include "report/document.h"

/* Adds a heading and, for each stopping rule, a table of the boundary with its operating characteristics and a table
 * of the looks. Nothing is added when the protocol has no rule. Subjects count as treated from their first dose.
 *   adverse_events   SUBJID, START, and the columns the rules' conditions read
 *   doses            SUBJID, DOSE, DATE
 * Fails: INCONSISTENT (a missing column, a condition that does not fit, a date that is not full), and what
 * stopping_calibrate says of a rule. */
MUST_USE bool monitoring_write(Document *document, const Protocol *protocol, const Frame *adverse_events,
                               const Frame *doses, Error *err);

#endif
