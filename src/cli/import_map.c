#include "cli/import_map.h"

#include "base/file.h"
#include "cli/trial_call.h"
#include "trial/mapping.h"

#define MAX_MAP ((size_t)4 << 20)
#define SHOWN_PROBLEMS 20             /* in text; --json has them all */

/* --- text --- */

static void put_first(Invocation *call, const char *what, size_t n, size_t row)
{
    if (n) buf_format(call->out, "    %zu %s, the first in row %zu\n", n, what, row);
}

/* Of the blocks that feed one kind, the files stand in the order in which they were read. */
static void put_file(Invocation *call, const ImportedFile *file)
{
    buf_format(call->out, "  " STR_FMT ": " STR_FMT ", " STR_FMT "\n", STR_ARG(file->kind),
               STR_ARG(count_text(call->arena, file->n_rows, "row", "rows")), STR_ARG(count_text(call->arena, file->n_values, "value", "values")));
    put_first(call, "recorded", file->n_rows_new, file->first_new);
    put_first(call, "corrected", file->n_rows_changed, file->first_changed);
    put_first(call, "the same as before", file->n_rows_same, file->first_same);
    if (file->n_rows_refused) buf_format(call->out, "    %zu refused\n", file->n_rows_refused);
    if (file->n_queries) buf_format(call->out, "    " STR_FMT "\n", STR_ARG(count_text(call->arena, file->n_queries, "query", "queries")));
}

static void put_skipped(Invocation *call, const MapReport *report)
{
    for (size_t i = 0; i < report->n_blocks; i++) {
        const MapBlockRows *block = &report->blocks[i];
        if (!block->n_rows) buf_format(call->out, "  " STR_FMT ": the block selects no row\n", STR_ARG(block->into));
        if (block->n_skipped)
            buf_format(call->out, "  " STR_FMT ": %zu blank skipped, the first in row %zu\n", STR_ARG(block->into), block->n_skipped, block->first_skipped);
    }
    for (size_t i = 0; i < report->n_blocks; i++)
        if (report->blocks[i].n_refused)
            buf_format(call->out, "  " STR_FMT ": %zu refused by the map, the first in row %zu\n", STR_ARG(report->blocks[i].into), report->blocks[i].n_refused,
                       report->blocks[i].first_refused);
    if (!report->unused.n) return;
    buf_add_c(call->out, "  not read: ");
    for (size_t i = 0; i < report->unused.n; i++) buf_format(call->out, "%s" STR_FMT, i ? ", " : "", STR_ARG(report->unused.items[i]));
    buf_char(call->out, '\n');
}

static void put_problems(Invocation *call, const ImportReport *report)
{
    for (size_t i = 0; i < report->n_problems && i < SHOWN_PROBLEMS; i++) {
        const Error *error = &report->problems[i].error;
        buf_format(call->out, "%s: %s\n", error->place, error->message);
        if (error->hint[0]) buf_format(call->out, "  %s\n", error->hint);
    }
    if (report->n_rows_refused > SHOWN_PROBLEMS)
        buf_format(call->out, "and %zu more refused rows; --json lists up to %d\n", report->n_rows_refused - SHOWN_PROBLEMS, IMPORT_MAX_PROBLEMS);
}

static void put_text(Invocation *call, Str file, const MapReport *report, bool dry_run)
{
    buf_format(call->out, STR_FMT " by the map:\n", STR_ARG(file));
    for (size_t i = 0; i < report->import.n_files; i++)
        if (report->import.files[i].n_rows) put_file(call, &report->import.files[i]);
    put_skipped(call, report);
    put_problems(call, &report->import);
    if (report->import.n_problems) buf_format(call->out, "%zu refused, so nothing is kept\n", report->import.n_rows_refused);
    else if (dry_run) buf_add_c(call->out, "nothing was kept: this was a dry run\n");
}

/* --- JSON --- */

static void put_json_file(JsonWriter *json, const ImportedFile *file)
{
    json_begin_object(json);
    json_member_text(json, "into", file->kind);
    json_member_integer(json, "rows", (int64_t)file->n_rows);
    json_member_integer(json, "recorded", (int64_t)file->n_rows_new);
    json_member_integer(json, "corrected", (int64_t)file->n_rows_changed);
    json_member_integer(json, "same", (int64_t)file->n_rows_same);
    json_member_integer(json, "refused", (int64_t)file->n_rows_refused);
    json_member_integer(json, "values", (int64_t)file->n_values);
    json_member_integer(json, "corrections", (int64_t)file->n_corrections);
    json_member_integer(json, "queries", (int64_t)file->n_queries);
    if (file->first_new) json_member_integer(json, "first_recorded", (int64_t)file->first_new);
    if (file->first_changed) json_member_integer(json, "first_corrected", (int64_t)file->first_changed);
    json_end_object(json);
}

static void put_json(Invocation *call, Str file, const MapReport *report, bool dry_run)
{
    JsonWriter json = json_writer(call->out, 2);
    json_begin_object(&json);
    json_member_text(&json, "file", file);
    json_member_bool(&json, "kept", !dry_run && !report->import.n_problems);
    json_key(&json, STR("kinds"));
    json_begin_array(&json);
    for (size_t i = 0; i < report->import.n_files; i++) put_json_file(&json, &report->import.files[i]);
    json_end_array(&json);
    json_key(&json, STR("blocks"));
    json_begin_array(&json);
    for (size_t i = 0; i < report->n_blocks; i++) {
        json_begin_object(&json);
        json_member_text(&json, "into", report->blocks[i].into);
        json_member_integer(&json, "rows", (int64_t)report->blocks[i].n_rows);
        json_member_integer(&json, "skipped", (int64_t)report->blocks[i].n_skipped);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_key(&json, STR("not_read"));
    json_begin_array(&json);
    for (size_t i = 0; i < report->unused.n; i++) json_put_text(&json, report->unused.items[i]);
    json_end_array(&json);
    json_member_integer(&json, "refused", (int64_t)report->import.n_rows_refused);
    json_key(&json, STR("problems"));
    json_begin_array(&json);
    for (size_t i = 0; i < report->import.n_problems; i++) import_put_problem(&json, &report->import.problems[i]);
    json_end_array(&json);
    json_end_object(&json);
    buf_char(call->out, '\n');
}

static bool one_file(const Invocation *call, Error *err)
{
    if (call->n_args == 2 && !option_given(call, "as")) return true;
    if (call->n_args == 2) error_set(err, ERROR_USAGE, "--as and a map contradict each other");
    else error_set(err, ERROR_USAGE, "a map is for one file, and there are %zu", call->n_args - 1);
    return error_hint(err, "The map says what the file holds; import files one after the other.");
}

bool import_by_map(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    MapSource source;
    Str text, path = option_text(call, "map");
    MapReport report;
    bool dry_run = option_given(call, "dry-run");
    if (!one_file(call, err) || !map_source_read(call->arena, call->args[1], &source, err) || !trial_call_open(call, &trial, &actor, err)) return false;
    if (option_given(call, "draft-map")) {
        trial_draft_map(trial, call->arena, &source, call->out);
        return true;
    }
    Mapping mapping;
    if (!file_read(call->arena, path, MAX_MAP, &text, err)) return false;
    if (!mapping_parse(call->arena, text, &mapping, err)) return error_in(err, STR_FMT, STR_ARG(path));
    bool taken = trial_import_mapped(trial, call->arena, &actor, &source, &mapping, dry_run, &report, err);
    if (!taken && !report.import.n_problems) return false;
    if (call->json) put_json(call, call->args[1], &report, dry_run);
    else put_text(call, call->args[1], &report, dry_run);
    if (!taken) call->exit_status = error_exit_status(err->code);
    return true;
}
