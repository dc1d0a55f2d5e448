/* The whole report: what the trial can say, its outputs, its stopping rules, its checklist. */
#ifndef REPORT_COMPOSE_H
#define REPORT_COMPOSE_H

#include "report/report.h"

typedef struct {
    const Protocol *protocol;         /* without errors */
    FrameSource source;
    /* What the numbers were computed from, in a few words, asked after the outputs are made ("adsl.xpt, adae.xpt;
     * SHA-256 1f0c.."); gets source.context. */
    Str (*describe)(void *context, Arena *arena);
    ReportSelection selection;        /* when something is selected, only that is made */
} ReportRequest;

/* Sentences of the protocol's outputs (titles, footnotes) that claim more than the design supports are withheld and
 * named in the box at the top. Fails: as output_plan_read, report_outputs and monitoring_write. The document lives in
 * `arena`. */
MUST_USE bool report_compose(Arena *arena, const ReportRequest *request, Document **document, Error *err);

#endif
