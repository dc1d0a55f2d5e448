/* The report of a protocol over a folder of data. */
#include "base/file.h"
#include "cli/command.h"
#include "exchange/source.h"
#include "report/html_writer.h"
#include "report/json_writer.h"
#include "report/report.h"
#include "report/text_writer.h"

static bool folder_frame(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err)
{
    Source *source = context;
    Frame *found;
    (void)arena;
    if (!source_frame(source, name, &found, err)) return false;
    frame->frame = found;
    size_t n;
    const SourceFile *files = source_files(source, &n);
    for (size_t i = 0; i < n; i++)
        if (files[i].frame == found) {
            frame->source = file_name(files[i].path);
            frame->source_hash = files[i].digest;
        }
    return true;
}

static bool run(Invocation *call, Error *err)
{
    Str text;
    Protocol *protocol = ARENA_NEW(call->arena, Protocol);
    OutputPlan plan;
    Source *source;
    if (!file_read(call->arena, call->args[0], YAML_MAX_BYTES, &text, err)) return false;
    if (!protocol_parse(call->arena, text, protocol, err) || !output_plan_read(call->arena, protocol, &plan, err))
        return error_in(err, STR_FMT, STR_ARG(call->args[0]));
    if (!option_given(call, "data")) {
        error_set(err, ERROR_USAGE, "no data to report on");
        return error_hint(err, "Name the folder of the data with --data DIR.");
    }
    if (!source_open(call->arena, option_text(call, "data"), &source, err)) return false;
    Document *document = document_new(call->arena, protocol->trial.title);
    ReportSelection selection = {option_text(call, "table"), option_text(call, "figure"), option_text(call, "listing")};
    if (!report_outputs(document, &plan, (FrameSource){source, folder_frame}, &selection, err))
        return error_in(err, STR_FMT, STR_ARG(call->args[0]));
    if (call->json)
        json_writer_write(document, call->out);
    else
        text_writer_write(document, TEXT_WRITER_WIDTH, call->out);
    return true;
}

const Command cmd_report = {
    .name = "report",
    .summary = "make the protocol's tables and figures",
    .usage = "PROTOCOL --data DIR",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_TEXT("data", "DIR", "folder of the data sets; several with \":\" between"),
                                OPT_TEXT("table", "NUMBER", "only this table: its number or position"),
                                OPT_TEXT("figure", "NUMBER", "only this figure"),
                                OPT_TEXT("listing", "NUMBER", "only this listing"),
                                OPT_END},
    .run = run,
};
