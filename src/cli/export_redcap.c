#include "cli/export_redcap.h"

#include "base/file.h"
#include "cli/trial_call.h"
#include "trial/mapping.h"

#define MAX_MAP ((size_t)4 << 20)

bool export_redcap(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    Mapping mapping;
    ExportReport report;
    ExportTo to = {.folder = call->args[1], .force = option_given(call, "force")};
    Str path, text;
    if (!need_option(call, "map", &path, err) || !file_read(call->arena, path, MAX_MAP, &text, err)) return false;
    if (!mapping_parse(call->arena, text, &mapping, err)) return error_in(err, STR_FMT, STR_ARG(path));
    if (!trial_call_open(call, &trial, &actor, err) || !trial_export_mapped(trial, call->arena, &actor, &mapping, to, &report, err)) return false;
    export_put_report(call, &report);
    return true;
}
