#include "report/report.h"

#include <math.h>

#include "report/output_eval.h"

static const struct {
    const char *word;
    size_t offset;
    bool (*make)(OutputContext *context, const OutputSpec *spec, Document *document, Error *err);
} kinds[3];

static bool table_make(OutputContext *context, const OutputSpec *spec, Document *document, Error *err)
{
    Table *table;
    return output_table_make(context, spec, document, NULL, &table, err);
}

bool report_outputs(Document *document, const OutputPlan *plan, FrameSource source, const ReportSelection *selection, Error *err)
{
    (void)kinds; (void)selection;
    Frames frames;
    if (!frames_open(document->arena, source, plan, &frames, err)) return false;
    OutputContext context = {.arena = document->arena, .frames = &frames};
    for (size_t i = 0; i < plan->n_specs; i++)
        if (plan->specs[i].kind == OUTPUT_TABLE && !table_make(&context, &plan->specs[i], document, err)) return false;
    return true;
}
