#include "base/file.h"
#include "cli/command.h"
#include "report/explain.h"
#include "report/html_writer.h"
#include "report/json_writer.h"
#include "report/text_writer.h"
#include "trial/reporting.h"

/* What -o may end in, and who writes it. */
static void write_text(const Document *document, Buf *out) { text_writer_write(document, TEXT_WRITER_WIDTH, out); }

static const struct {
    const char *ending;
    void (*write)(const Document *document, Buf *out);
} FORMATS[] = {
    {".html", html_writer_write},
    {".json", json_writer_write},
    {".txt", write_text},
};

#define N_FORMATS (sizeof FORMATS / sizeof FORMATS[0])

static bool build(Invocation *call, ReportSelection selection, Document **document, Error *err)
{
    ReportingRequest request = {.path = call->args[0], .data = option_text(call, "data"), .selection = selection};
    return reporting_build(call->arena, &request, document, err);
}

static bool write_file(Invocation *call, const Document *document, Str path, Error *err)
{
    size_t i = 0;
    while (i < N_FORMATS && !str_ends(path, str_from(FORMATS[i].ending))) i++;
    if (i == N_FORMATS) {
        error_set(err, ERROR_USAGE, "\"" STR_FMT "\" ends in no format there is", STR_ARG(path));
        return error_hint(err, "Let the name end in .html, .json or .txt.");
    }
    Buf buf = buf_new(call->arena);
    FORMATS[i].write(document, &buf);
    if (!file_write(call->arena, path, buf_str(&buf), err)) return false;
    if (call->json) {
        JsonWriter json = json_writer(call->out, 2);
        json_begin_object(&json);
        json_member_text(&json, "file", path);
        json_member_integer(&json, "tables", document->n_tables);
        json_member_integer(&json, "figures", document->n_figures);
        json_member_integer(&json, "results", (int64_t)document->n_results);
        json_end_object(&json);
        buf_char(call->out, '\n');
    } else {
        buf_format(call->out, "wrote " STR_FMT ": %d tables, %d figures, %zu numbers\n", STR_ARG(path), document->n_tables,
                   document->n_figures, document->n_results);
    }
    return true;
}

static bool report_run(Invocation *call, Error *err)
{
    Document *document;
    ReportSelection selection = {option_text(call, "table"), option_text(call, "figure"), option_text(call, "listing")};
    if (!build(call, selection, &document, err)) return false;
    if (option_given(call, "output")) return write_file(call, document, option_text(call, "output"), err);
    if (call->json) json_writer_write(document, call->out);
    else write_text(document, call->out);
    return true;
}

const Command cmd_report = {
    .name = "report",
    .summary = "make the report: tables, figures, what they can say",
    .usage = "TRIAL | PROTOCOL --data DIR",
    .description = "Makes the outputs that the protocol defines, from a trial file or from a folder of data sets (SAS transport\n"
                   "files or CSV). Without -o it prints text.",
    .example = "  equipoise report palsy.trial -o report.html\n"
               "  equipoise report examples/cdiscpilot01/protocol.yaml --data pilot/adam:sdtm --table 14-2.01",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_OUTPUT("write .html, .json or .txt"),
                                OPT_TEXT("data", "DIR", "folder of the data sets; several with \":\" between"),
                                OPT_TEXT("table", "NUMBER", "only this table: its number or position"),
                                OPT_TEXT("figure", "NUMBER", "only this figure"),
                                OPT_TEXT("listing", "NUMBER", "only this listing"), OPT_END},
    .run = report_run,
};

static bool explain_run(Invocation *call, Error *err)
{
    Document *document;
    if (!build(call, (ReportSelection){0}, &document, err)) return false;
    return call->json ? explain_write_json(document, call->args[1], call->out, err)
                      : explain_write(document, call->args[1], call->out, err);
}

const Command cmd_explain = {
    .name = "explain",
    .summary = "say where a number of the report came from",
    .usage = "TRIAL RESULT | PROTOCOL RESULT --data DIR",
    .description = "RESULT is a table or figure, row and column, as in T2.r3.c4; a second number of the same cell is T2.r3.c4.2.\n"
                   "In the HTML report each number carries its id.",
    .example = "  equipoise explain palsy.trial T2.r3.c4",
    .min_args = 2,
    .max_args = 2,
    .options = (const Option[]){OPT_TEXT("data", "DIR", "folder of the data sets; several with \":\" between"), OPT_END},
    .run = explain_run,
};
