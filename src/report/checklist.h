/* The reporting checklist that fits the design, filled as far as protocol and results allow: CONSORT 2025 for a
 * randomised trial, TREND for another. What only a person can answer is left open and says so. */
#ifndef REPORT_CHECKLIST_H
#define REPORT_CHECKLIST_H

#include "base/yaml.h"
#include "report/document.h"

/* Adds a heading and the filled checklist to the document. `protocol` is the root of the protocol file; answers from
 * it name its line, answers from the report name the table or figure, so that each can be looked up. `dates` answers for
 * recruitment and follow-up (report/trial_dates; may be empty).
 * Items are named in our own words after: Hopewell et al., CONSORT 2025 (BMJ 2025;389:e081123); Des Jarlais et al.,
 * TREND (Am J Public Health 2004;94:361). */
void checklist_write(Document *document, const Yaml *protocol, Str dates, bool is_randomised);

#endif
