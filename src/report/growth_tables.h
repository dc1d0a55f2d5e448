/* The tables of the section "Against growth alone". */
#ifndef REPORT_GROWTH_TABLES_H
#define REPORT_GROWTH_TABLES_H

#include "report/growth_inquiry.h"

/* S1: what is left of the change, by each set of curves. False when no inquiry asks for it: no table then. */
bool growth_table_excess(const GrowthSection *section);

/* S2: how large another gain must be to explain the change. `has_sources`: a table before it has named the
 * curves. False when no inquiry asks for it. */
bool growth_table_tipping(const GrowthSection *section, bool has_sources);

/* S3: what control groups of published trials gained. */
void growth_table_controls(const GrowthSection *section);

#endif
