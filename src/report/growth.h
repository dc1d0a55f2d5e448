/* The section "Against growth alone": what is left of a change in GMFM-66 once growth, and what children
 * gain in trials without receiving cells, are taken off; and how large such gains must be to explain all of
 * it. Driven by the protocol's analyses of the methods excess-change and tipping-point.
 * docs/methods/natural-history-adjustment.md. */
#ifndef REPORT_GROWTH_H
#define REPORT_GROWTH_H

#include "report/frames.h"
#include "report/growth_children.h"

#define GROWTH_DEFAULT_SEED 20021003 /* of an analysis that names no seed */
#define GROWTH_REPLICATES 4000

typedef struct {
    const GrowthOffset *offset; /* NULL: growth_offset_default */
    size_t n_replicates;        /* 0: GROWTH_REPLICATES */
} GrowthOptions;

/* Adds the heading, a sentence in plain words, and per question (variable, visit, population, condition;
 * analyses that share all four are one question) the rows of table S1 (excess-change), of table S2
 * (tipping-point) and, with that, table S3 of published control groups. Adds nothing when no analysis has
 * either method; one that does not ask about GMFM66 in the frame `measures`, or compares with the trial's
 * own control group, is named in a paragraph and left out. Fails: INCONSISTENT (a missing column; a
 * population or condition that does not fit; no such frame), USAGE (as growth_numbers). */
MUST_USE bool growth_write(Document *document, const OutputPlan *plan, FrameSource source,
                           GrowthOptions options, Error *err);

#endif
