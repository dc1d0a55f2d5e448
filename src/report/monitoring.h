/* The safety rules of the protocol as the report shows them: the boundary, how often it stops a trial by chance, and
 * what the rule said at each event of this trial. */
#ifndef REPORT_MONITORING_H
#define REPORT_MONITORING_H

#include "data/frame.h"
#include "protocol/protocol.h"
#include "report/document.h"

/* Adds a heading and, for each stopping rule, a table of the boundary with its operating characteristics and a table
 * of the looks. Nothing is added when the protocol has no rule.
 *   adverse_events   SUBJID, START, and the columns the rules' conditions read
 *   treated          SUBJID and the date column `since`: a row per dose, or per enrolled subject where the protocol has
 *                    no product; who has no date there is not watched. A subject is watched from its first date on
 * A date that is not full counts as early as it can have been, which makes a rule stop sooner, never later; the table
 * says how many. Fails: INCONSISTENT (a missing column, a condition that does not fit), and what stopping_calibrate
 * says of a rule. */
MUST_USE bool monitoring_write(Document *document, const Protocol *protocol, const Frame *adverse_events,
                               const Frame *treated, Str since, Error *err);

#endif
