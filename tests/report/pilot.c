#include "pilot.h"

#include "base/file.h"
#include "exchange/source.h"

static bool folder_frame(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err)
{
    Frame *found;
    (void)arena;
    if (!source_frame(context, name, &found, err)) return false;
    *frame = (ReportFrame){.frame = found, .source = name};
    return true;
}

const Document *pilot_document(Test *t)
{
    Error err = {0};
    Str text, folder = test_data(t, "cdiscpilot01/adam/adsl.xpt");
    Protocol *protocol = ARENA_NEW(t->arena, Protocol);
    OutputPlan *plan = ARENA_NEW(t->arena, OutputPlan);
    Source *source;
    if (!folder.len) return NULL;
    Str adam = file_folder(folder), sdtm = file_join(t->arena, file_folder(adam), STR("sdtm"));
    Document *document = document_new(t->arena, STR("Pilot"));
    bool good = file_read(t->arena, test_source(t, "examples/cdiscpilot01/protocol.yaml"), YAML_MAX_BYTES, &text, &err) &&
                protocol_parse(t->arena, text, protocol, &err) && output_plan_read(t->arena, protocol, plan, &err) &&
                source_open(t->arena, str_format(t->arena, STR_FMT ":" STR_FMT, STR_ARG(adam), STR_ARG(sdtm)), &source, &err) &&
                report_outputs(document, plan, (FrameSource){source, folder_frame}, &(ReportSelection){0}, &err);
    return CHECK_OK(t, good, err) ? document : NULL;
}
