/* Define-XML: what a study's data sets hold, for those who review them. */
#include "base/file.h"
#include "base/json.h"
#include "cli/trial_call.h"
#include "conform/define_data.h"
#include "exchange/define_xml.h"
#include "trial/define_study.h"

typedef struct {
    size_t n_variables, n_values, n_results;
} Totals;

static Totals totals_of(const StudyMetadata *study)
{
    Totals totals = {0};
    for (size_t i = 0; i < study->data_sets.n; i++) {
        const StudyVariables *variables = &study->data_sets.items[i].variables;
        totals.n_variables += variables->n;
        for (size_t k = 0; k < variables->n; k++) totals.n_values += variables->items[k].values.n;
    }
    for (size_t i = 0; i < study->displays.n; i++) totals.n_results += study->displays.items[i].results.n;
    return totals;
}

static void put_json(Invocation *call, Str file, const StudyMetadata *study, const StudyTexts *notes)
{
    Totals totals = totals_of(study);
    JsonWriter json = json_writer(call->out, 2);
    json_begin_object(&json);
    json_member_text(&json, "file", file);
    json_member_integer(&json, "dataSets", (int64_t)study->data_sets.n);
    json_member_integer(&json, "variables", (int64_t)totals.n_variables);
    json_member_integer(&json, "valueLevel", (int64_t)totals.n_values);
    json_member_integer(&json, "codelists", (int64_t)study->codelists.n);
    json_member_integer(&json, "methods", (int64_t)study->methods.n);
    json_member_integer(&json, "displays", (int64_t)study->displays.n);
    json_member_integer(&json, "results", (int64_t)totals.n_results);
    json_key(&json, STR("notes"));
    json_begin_array(&json);
    for (size_t i = 0; i < notes->n; i++) json_put_text(&json, notes->items[i]);
    json_end_array(&json);
    json_end_object(&json);
    buf_char(call->out, '\n');
}

static void put_text(Invocation *call, Str file, const StudyMetadata *study, const StudyTexts *notes)
{
    Totals totals = totals_of(study);
    Arena *arena = call->arena;
    buf_format(call->out, "wrote " STR_FMT ": " STR_FMT ", " STR_FMT, STR_ARG(file), STR_ARG(count_text(arena, study->data_sets.n, "data set", "data sets")),
               STR_ARG(count_text(arena, totals.n_variables, "variable", "variables")));
    buf_format(call->out, ", " STR_FMT ", " STR_FMT " with " STR_FMT "\n", STR_ARG(count_text(arena, study->codelists.n, "codelist", "codelists")),
               STR_ARG(count_text(arena, study->displays.n, "display", "displays")), STR_ARG(count_text(arena, totals.n_results, "result", "results")));
    for (size_t i = 0; i < notes->n; i++) buf_format(call->out, STR_FMT "\n", STR_ARG(notes->items[i]));
}

static void put_unread(FindingList *findings, Str file, const DefineUnread *unread)
{
    for (size_t i = 0; i < unread->n; i++) {
        const ShapeUnread *item = &unread->items[i];
        Finding finding = {.rule = STR("DEFINE-UNREAD"), .severity = FINDING_NOTE, .place = str_format(findings->arena, STR_FMT ": line %zu", STR_ARG(file), item->line),
                           .message = str_format(findings->arena, STR_FMT ": not read, %zu times", STR_ARG(item->what), item->n)};
        finding_add(findings, &finding);
    }
}

/* The document named first against the data. */
static bool check(Invocation *call, Error *err)
{
    StudyMetadata *study;
    DefineUnread unread;
    DataSurvey survey;
    Str file = call->args[0], data = option_text(call, "data");
    FindingList findings = findings_new(call->arena);
    JsonWriter json = json_writer(call->out, 2);
    if (!data.len) {
        error_set(err, ERROR_USAGE, "there are no data to compare \"" STR_FMT "\" with", STR_ARG(file));
        return error_hint(err, "Name their folder with --data DIR.");
    }
    if (!define_read(call->arena, file, &study, &unread, err) || !data_survey(call->arena, data, &(SurveyChoices){.max_values = DEFINE_DATA_MAX_VALUES}, &survey, err)) return false;
    define_data_check(&findings, study, &survey);
    put_unread(&findings, file_name(file), &unread);
    findings_sort(&findings);
    if (call->json) {
        json_begin_object(&json);
        findings_write_json(&findings, &json);
        json_end_object(&json);
        buf_char(call->out, '\n');
    } else {
        Totals totals = totals_of(study);
        buf_format(call->out, STR_FMT ": %zu data sets, %zu variables; " STR_FMT ": %zu data sets\n\n", STR_ARG(file), study->data_sets.n, totals.n_variables, STR_ARG(data), survey.n);
        findings_write_text(&findings, call->out);
    }
    call->exit_status = findings.count[FINDING_ERROR] ? error_exit_status(ERROR_INCONSISTENT) : 0;
    return true;
}

static bool run(Invocation *call, Error *err)
{
    StudyMetadata *study;
    StudyTexts notes;
    Str file = option_text(call, "output");
    DefineRequest request = {.path = call->args[0], .data = option_text(call, "data"), .tabulation = str_equal(option_text(call, "standard"), STR("sdtm")), .actor = {.user = option_text(call, "user"), .at = call->now}};
    DefineChoices choices = {.stylesheet = option_text(call, "stylesheet")};
    request.choices = (DataMetadataChoices){.folder = file.len ? file_folder(file) : STR("."), .sdtmig = option_text(call, "sdtmig"), .adamig = option_text(call, "adamig"),
                                            .sdtm_ct = option_text(call, "sdtm-ct"), .adam_ct = option_text(call, "adam-ct")};
    Str standard = option_text(call, "standard");
    if (option_given(call, "check")) return check(call, err);
    if (standard.len && !request.tabulation && !str_equal(standard, STR("adam"))) {
        error_set(err, ERROR_USAGE, "there is no standard \"" STR_FMT "\"", STR_ARG(standard));
        return error_hint(err, "Standards are: sdtm, adam.");
    }
    if (call->json && !file.len) {
        error_set(err, ERROR_USAGE, "--json says what was written, and nothing is");
        return error_hint(err, "Name the file with -o define.xml.");
    }
    if (!define_study(call->arena, &request, &study, &notes, err)) return false;
    if (!file.len) return define_write_buf(call->arena, study, &choices, call->out, err);
    if (!define_write(call->arena, study, &choices, file, err)) return false;
    if (call->json) put_json(call, file, study, &notes);
    else put_text(call, file, study, &notes);
    return true;
}

const Command cmd_define = {
    .name = "define",
    .summary = "write Define-XML: what the data sets and results are",
    .usage = "TRIAL | PROTOCOL --data DIR [-o define.xml] | DEFINE.xml --data DIR --check",
    .description = "Reads the data sets once and writes Define-XML 2.1 with analysis results metadata: every variable with label, type and\n"
                   "length, codelists where values are few, keys that tell the records apart, predecessors that were compared record by\n"
                   "record, and each display of the protocol with the data it reads, its method and the lines that make it. Of a trial file,\n"
                   "the data sets are those of its export (--standard sdtm or adam), of ADaM with the results.\n"
                   "With --check, a Define-XML is compared with the data: data sets and variables that only one side has, types,\n"
                   "lengths, labels, codes that are in no list. The exit status is 0 when nothing is wrong.",
    .example = "  equipoise define palsy.trial -o adam/define.xml\n"
               "  equipoise define examples/cdiscpilot01/protocol.yaml --data pilot/adam:sdtm -o pilot/define.xml\n"
               "  equipoise define pilot/define.xml --data pilot/adam:sdtm --check",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_OUTPUT("the document; else it is printed"), OPT_TEXT("data", "DIR", "folder of the data sets; several with \":\" between"),
                                OPT_TEXT("standard", "NAME", "of a trial file: sdtm, or adam [adam]"), OPT_USER, OPT_FLAG("check", "compare the document with the data"), OPT_TEXT("sdtmig", "VERSION", "SDTM implementation guide that the data follow: 3.4"),
                                OPT_TEXT("adamig", "VERSION", "ADaM implementation guide that the data follow: 1.3"),
                                OPT_TEXT("sdtm-ct", "DATE", "terminology for SDTM: 2023-12-15"), OPT_TEXT("adam-ct", "DATE", "terminology for ADaM"),
                                OPT_TEXT("stylesheet", "HREF", "style sheet that shows the document in a browser"), OPT_END},
    .run = run,
};
