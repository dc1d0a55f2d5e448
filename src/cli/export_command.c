/* A trial as files that need no program of ours. */
#include "cli/trial_call.h"
#include "trial/export.h"

static void put_text(Invocation *call, const ExportedFile *file)
{
    buf_add(call->out, file->name);
    if (file->has_rows)
        buf_format(call->out, ": " STR_FMT, STR_ARG(count_text(call->arena, file->n_rows, "row", "rows")));
    buf_char(call->out, '\n');
}

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    ExportReport report;
    ExportTo to = {.folder = call->args[1], .force = option_given(call, "force")};
    Str as = option_text(call, "as");
    if (as.len && !str_equal(as, STR("csv"))) {
        error_set(err, ERROR_USAGE, "there is no format \"" STR_FMT "\"", STR_ARG(as));
        return error_hint(err, "Formats are: csv.");
    }
    if (!trial_call_open(call, &trial, &actor, err) ||
        !trial_export_csv(trial, call->arena, &actor, to, &report, err))
        return false;
    JsonWriter json = json_writer(call->out, 2);
    if (call->json) json_begin_array(&json);
    for (size_t i = 0; i < report.n; i++) {
        const ExportedFile *file = &report.files[i];
        if (!call->json) {
            put_text(call, file);
            continue;
        }
        json_begin_object(&json);
        json_member_text(&json, "file", file->name);
        if (file->has_rows) json_member_integer(&json, "rows", (int64_t)file->n_rows);
        json_member_text(&json, "sha256", file->digest);
        json_end_object(&json);
    }
    if (!call->json && !report.is_noted)
        buf_add_c(call->out, "not in the journal: the trial file can only be read here\n");
    if (call->json) json_end_array(&json);
    if (call->json) buf_char(call->out, '\n');
    return true;
}

const Command cmd_export = {
    .name = "export",
    .summary = "write a trial as files that need no program of ours",
    .usage = "TRIAL FOLDER",
    .description =
        "One CSV file of every kind that `equipoise import` reads, the protocol, the whole journal as "
        "audit.csv with\n"
        "audit-dictionary.csv, and SHA256SUMS over them. The export itself is written to the journal.\n"
        "The folder is made; it must be empty or hold an earlier export. Simulated records are marked SIMULATED.",
    .example = "  equipoise export palsy.trial out/ && (cd out && sha256sum -c SHA256SUMS)",
    .min_args = 2,
    .max_args = 2,
    .options =
        (const Option[]){OPT_TEXT("as", "FORMAT", "csv, which is also what is meant when nothing is said"),
                         OPT_FLAG("force", "also into a folder that holds other files"), OPTS_ACT, OPT_END},
    .run = run,
};
