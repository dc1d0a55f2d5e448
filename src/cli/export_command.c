/* A trial as files that need no program of ours. */
#include "cli/export_redcap.h"
#include "cli/trial_call.h"
#include "trial/standard_export.h"

static void put_text(Invocation *call, const ExportedFile *file)
{
    buf_add(call->out, file->name);
    if (file->has_rows)
        buf_format(call->out, ": " STR_FMT, STR_ARG(count_text(call->arena, file->n_rows, "row", "rows")));
    buf_char(call->out, '\n');
}

/* What `--as` and `--standard` say together. Our own files are CSV; other formats are for the standards. */
typedef struct {
    bool own;
    StandardRequest standard;
} Wanted;

static bool read_wanted(const Invocation *call, Wanted *wanted, Error *err)
{
    static const Str STANDARDS[] = {{"own", 3}, {"sdtm", 4}, {"adam", 4}, {"both", 4}};
    Str as = option_text(call, "as"), standard = option_text(call, "standard");
    *wanted = (Wanted){.standard.format = as.len ? table_format_named(as) : &table_format_csv};
    if (!wanted->standard.format) {
        error_set(err, ERROR_USAGE, "there is no format \"" STR_FMT "\"", STR_ARG(as));
        return error_hint(err, "Formats are: redcap, " STR_FMT ".", STR_ARG(table_format_words(call->arena)));
    }
    if (!standard.len) standard = wanted->standard.format == &table_format_csv ? STR("own") : STR("both");
    bool is_both = str_equal(standard, STR("both"));
    wanted->own = str_equal(standard, STR("own"));
    wanted->standard.sdtm = is_both || str_equal(standard, STR("sdtm"));
    wanted->standard.adam = is_both || str_equal(standard, STR("adam"));
    if (wanted->own && wanted->standard.format != &table_format_csv) {
        error_set(err, ERROR_USAGE, "the trial's own files are CSV");
        return error_hint(err, "Leave --as away, or say --standard sdtm, adam or both.");
    }
    if (wanted->own || wanted->standard.sdtm || wanted->standard.adam) return true;
    Str near = str_nearest(standard, STANDARDS, 4);
    error_set(err, ERROR_USAGE, "there is no standard \"" STR_FMT "\"", STR_ARG(standard));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "Standards are: own, sdtm, adam, both.");
}

void export_put_report(Invocation *call, const ExportReport *report)
{
    JsonWriter json = json_writer(call->out, 2);
    if (call->json) json_begin_array(&json);
    for (size_t i = 0; i < report->n; i++) {
        const ExportedFile *file = &report->files[i];
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
    if (!call->json && !report->is_noted)
        buf_add_c(call->out, "not in the journal: the trial file can only be read here\n");
    if (call->json) json_end_array(&json);
    if (call->json) buf_char(call->out, '\n');
}

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    ExportReport report;
    Wanted wanted;
    ExportTo to = {.folder = call->args[1], .force = option_given(call, "force")};
    if (str_equal(option_text(call, "as"), STR("redcap"))) return export_redcap(call, err);
    if (!read_wanted(call, &wanted, err) || !trial_call_open(call, &trial, &actor, err)) return false;
    bool done = wanted.own ? trial_export_csv(trial, call->arena, &actor, to, &report, err)
                           : trial_export_standard(trial, call->arena, &actor, &wanted.standard, to, &report, err);
    if (!done) return false;
    export_put_report(call, &report);
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
        "The folder is made; it must be empty or hold an earlier export. Simulated records are marked SIMULATED.\n\n"
        "With --standard, the data sets of SDTM or ADaM with define.xml and README.txt, in any format of `convert`;\n"
        "docs/formats.md says what becomes what. With --as redcap, data.csv and dictionary.csv as a map has them.",
    .example = "  equipoise export palsy.trial out/ && (cd out && sha256sum -c SHA256SUMS)\n"
               "  equipoise export palsy.trial submission/ --as xpt --standard sdtm",
    .min_args = 2,
    .max_args = 2,
    .options =
        (const Option[]){OPT_TEXT("as", "FORMAT", "csv [the default], xpt, dataset-json or another of `convert`; redcap"),
                         OPT_TEXT("standard", "NAME", "own [csv], sdtm, adam or both [other formats]"),
                         OPT_FILE("map", "MAP.yaml", "of --as redcap: the map that the data came in by"),
                         OPT_FLAG("force", "also into a folder that holds other files"), OPTS_ACT, OPT_END},
    .run = run,
};
