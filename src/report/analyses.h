/* The section "Analyses" of a report: each planned analysis with its question, its estimand and its method in words, then
 * its result: the table that the plan itself makes, or the name of the output that shows it. Private to the report. */
#ifndef REPORT_ANALYSES_H
#define REPORT_ANALYSES_H

#include "protocol/problem.h"
#include "report/output_eval.h"

/* Writes the section for all analyses of the plan's protocol, in the order of the file; nothing when there are none. Tables
 * say in a footnote what the design lets them claim. Fails as the outputs. */
MUST_USE bool analyses_write(OutputContext *context, Document *document, Error *err);

/* Whether an output of the plan names the analysis, as a whole or in some of its rows. */
bool analysis_is_shown(const OutputSpec *spec, Str analysis);

/* Adds what is wrong with the models of the analyses: formulas that cannot be read, columns that their frame has not (with
 * the nearest), levels that are no arm. What data from elsewhere hold is not known before they are read. */
void analyses_check(Arena *arena, const Protocol *protocol, ProblemList *problems);

#endif
