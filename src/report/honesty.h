/* The box every report opens with: what a trial of this design can say, and what it cannot. */
#ifndef REPORT_HONESTY_H
#define REPORT_HONESTY_H

#include "protocol/problem.h"
#include "protocol/protocol.h"
#include "report/document.h"
#include "report/guard.h"

/* What the protocol's design can carry. */
GuardDesign honesty_design(const Protocol *protocol);

/* Adds a note: what the design supports, registration against first consent, blinding, the number of primary tests,
 * then each honesty warning of the protocol's check with its reason, and the sentences that were withheld (n may be
 * 0). Analysis-only protocols get what applies. Texts are copied into the document's arena where they are made. */
void honesty_write(Document *document, const Protocol *protocol, const ProblemList *problems, const Str *withheld,
                   size_t n_withheld);

#endif
