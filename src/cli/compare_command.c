/* Our numbers against printed ones. */
#include "base/file.h"
#include "cli/command.h"
#include "report/compare.h"

#define MAX_REPORT_BYTES ((size_t)256 << 20)

static bool read_json(Invocation *call, Str path, Json *json, Error *err)
{
    Str text;
    if (!file_read(call->arena, path, MAX_REPORT_BYTES, &text, err)) return false;
    return json_parse(call->arena, text, json, err) || error_in(err, STR_FMT, STR_ARG(path));
}

static bool run(Invocation *call, Error *err)
{
    Json report;
    JsonWriter json = json_writer(call->out, 2);
    size_t n = 0, n_matches = 0;
    if (!read_json(call, call->args[0], &report, err)) return false;
    if (call->json) json_begin_array(&json);
    for (size_t i = 1; i < call->n_args; i++) {
        Json published;
        Comparison comparison;
        if (!read_json(call, call->args[i], &published, err)) return false;
        if (!compare_published(call->arena, &report, &published, &comparison, err))
            return error_in(err, STR_FMT, STR_ARG(call->args[i]));
        if (call->json)
            compare_write_json(&comparison, file_name(call->args[i]), &json);
        else
            compare_write_text(&comparison, file_name(call->args[i]), option_given(call, "all"), call->out);
        n += comparison.n;
        n_matches += comparison.n_matches;
    }
    if (call->json)
        json_end_array(&json);
    else if (call->n_args > 2)
        buf_format(call->out, "all: %zu of %zu checks match\n", n_matches, n);
    call->exit_status = n_matches == n ? 0 : 1;
    return true;
}

const Command cmd_compare = {
    .name = "compare",
    .summary = "check a report's numbers against printed ones",
    .usage = "REPORT.json PUBLISHED.json...",
    .description = "Finds each printed number of the published displays among the results of a report in JSON, rounds ours\n"
                   "half away from zero to the printed decimals, and lists what differs or is not there. Ends with status 1\n"
                   "when any check fails.",
    .example = "  equipoise report protocol.yaml --data adam --json > report.json\n"
               "  equipoise compare report.json published/14-2.01.json",
    .min_args = 2,
    .max_args = 10000,
    .options = (const Option[]){OPT_FLAG("all", "list the checks that match, too"), OPT_END},
    .run = run,
};
