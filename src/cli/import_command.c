/* CSV files into a trial. */
#include "base/file.h"
#include "cli/trial_call.h"
#include "cli/import_map.h"
#include "trial/import.h"

#define MAX_IMPORT_BYTES ((size_t)1 << 30)

static bool read_files(Invocation *call, ImportFile *files, Error *err)
{
    for (size_t i = 1; i < call->n_args; i++) {
        files[i - 1] = (ImportFile){.name = call->args[i], .kind = option_text(call, "as")};
        if (!file_read(call->arena, call->args[i], MAX_IMPORT_BYTES, &files[i - 1].content, err))
            return false;
    }
    return true;
}

static void put_file(JsonWriter *json, const ImportedFile *file)
{
    json_begin_object(json);
    json_member_text(json, "file", file->name);
    json_member_text(json, "kind", file->kind);
    json_member_integer(json, "rows", (int64_t)file->n_rows);
    json_member_integer(json, "new", (int64_t)file->n_rows_new);
    json_member_integer(json, "changed", (int64_t)file->n_rows_changed);
    json_member_integer(json, "same", (int64_t)file->n_rows_same);
    json_member_integer(json, "values", (int64_t)file->n_values);
    json_member_integer(json, "corrections", (int64_t)file->n_corrections);
    json_member_integer(json, "queries", (int64_t)file->n_queries);
    json_end_object(json);
}

static void put_text(Invocation *call, const ImportedFile *file)
{
    buf_format(call->out, STR_FMT ": " STR_FMT ": %zu new, %zu changed, %zu the same; " STR_FMT,
               STR_ARG(file->name), STR_ARG(count_text(call->arena, file->n_rows, "row", "rows")), file->n_rows_new,
               file->n_rows_changed, file->n_rows_same,
               STR_ARG(count_text(call->arena, file->n_values, "value", "values")));
    if (file->n_corrections)
        buf_format(call->out, ", " STR_FMT,
                   STR_ARG(count_text(call->arena, file->n_corrections, "correction", "corrections")));
    if (file->n_queries)
        buf_format(call->out, ", " STR_FMT, STR_ARG(count_text(call->arena, file->n_queries, "query", "queries")));
    buf_char(call->out, '\n');
}

void import_put_problem(JsonWriter *json, const ImportProblem *problem)
{
    json_begin_object(json);
    json_member_text(json, "file", problem->file);
    json_member_integer(json, "line", (int64_t)problem->line);
    json_member_text(json, "item", problem->item);
    json_member_text(json, "message", str_from(problem->error.message));
    json_member_text(json, "hint", str_from(problem->error.hint));
    json_end_object(json);
}

static void put_problems(Invocation *call, const ImportReport *report, const Error *summary, JsonWriter *json)
{
    for (size_t i = 0; i < report->n_problems; i++) {
        const Error *error = &report->problems[i].error;
        if (call->json) {
            import_put_problem(json, &report->problems[i]);
            continue;
        }
        buf_format(call->out, "%s: %s\n", error->place, error->message);
        if (error->hint[0]) buf_format(call->out, "  %s\n", error->hint);
    }
    if (!call->json && report->n_problems > 1)
        buf_format(call->out, "%s: %s\n", summary->place, summary->message);
}

static void put_skipped(Invocation *call, const ImportReport *report, JsonWriter *json)
{
    for (size_t i = 0; i < report->n_skipped; i++) {
        if (call->json)
            json_put_text(json, report->skipped[i]);
        else
            buf_format(call->out, STR_FMT ": skipped: it is the audit of another trial file, not data\n",
                       STR_ARG(report->skipped[i]));
    }
}

static void put_report(Invocation *call, const ImportReport *report, const Error *summary)
{
    JsonWriter json = json_writer(call->out, 2);
    if (call->json) {
        json_begin_object(&json);
        json_key(&json, STR("files"));
        json_begin_array(&json);
    }
    for (size_t i = 0; i < report->n_files; i++) {
        if (call->json)
            put_file(&json, &report->files[i]);
        else
            put_text(call, &report->files[i]);
    }
    if (call->json) {
        json_end_array(&json);
        json_key(&json, STR("skipped"));
        json_begin_array(&json);
    }
    put_skipped(call, report, &json);
    if (call->json) {
        json_end_array(&json);
        json_key(&json, STR("problems"));
        json_begin_array(&json);
    }
    put_problems(call, report, summary, &json);
    if (call->json) {
        json_end_array(&json);
        json_end_object(&json);
        buf_char(call->out, '\n');
    }
}

/* Bad rows are a finding, all of them on standard output, and an exit status; the verb itself did its work. */
static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    ImportReport report;
    bool dry_run = option_given(call, "dry-run");
    if (option_given(call, "map") || option_given(call, "draft-map")) return import_by_map(call, err);
    ImportFile *files = ARENA_ARRAY(call->arena, ImportFile, call->n_args);
    if (!read_files(call, files, err) || !trial_call_open(call, &trial, &actor, err)) return false;
    bool taken = trial_import(trial, call->arena, &actor, files, call->n_args - 1, dry_run, &report, err);
    if (!taken && report.n_problems == 0) return false;
    put_report(call, &report, err);
    if (!taken) call->exit_status = error_exit_status(err->code);
    if (dry_run && !call->json) buf_add_c(call->out, "nothing was kept: this was a dry run\n");
    return true;
}

const Command cmd_import = {
    .name = "import",
    .summary = "take CSV files, or by a map any table, into a trial",
    .usage = "TRIAL FILE.csv... | TRIAL FILE --map MAP.yaml",
    .description = "What a file holds is known by its name: screening, consent, enrolment, a form of the "
                   "protocol, doses,\n"
                   "adverse_events, deviations, withdrawals; or by --as. Several files are taken in the "
                   "order in which they depend\n"
                   "on each other; the audit of an exported folder is skipped. A blank cell is missing without a reason; .not-done and its like say the "
                   "reason. Reading a file\n"
                   "again records nothing new; values that changed are corrections and need --reason.\n"
                   "With --map one file of any format that `convert` reads becomes records of several kinds, all or nothing;\n"
                   "--draft-map prints a first map, made by matching names. docs/formats.md shows how.",
    .example = "  equipoise import palsy.trial demo/*.csv\n  equipoise import palsy.trial export.csv --map map.yaml --dry-run\n  equipoise import palsy.trial gmfm.csv --reason "
               "'rater recounted' --dry-run",
    .min_args = 2,
    .max_args = 200,
    .options = (const Option[]){OPT_TEXT("as", "KIND", "what the file holds, when its name does not say"),
                                OPT_FILE("map", "MAP.yaml", "how the file's columns become those of the trial"),
                                OPT_FLAG("draft-map", "print a first map for the file"),
                                OPT_FLAG("dry-run", "judge every row and keep nothing"), OPTS_ACT, OPT_END},
    .run = run,
};
