/* Families of tests: their p-values are gathered from all outputs in a first pass, adjusted together, and
 * handed out again in the second, so that an output printed alone shows the same numbers. */
#ifndef REPORT_REPORT_FAMILIES_H
#define REPORT_REPORT_FAMILIES_H

#include "report/output_eval.h"

/* Makes every output that names a family, keeping only the p-values, and adjusts them. Fails as the
 * outputs. */
MUST_USE bool families_gather(OutputContext *context, Error *err);

/* The next output to be made is that of this index in the plan. */
void families_begin(OutputContext *context, size_t spec);

#endif
