/* What is wrong with a folder of data, by CDISC's conformance rules. */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/terminology_file.h"
#include "conform/conform_files.h"
#include "conform/core_findings.h"

/* --- the rules' own cases --- */

typedef struct {
    Str reason;
    size_t n_rules;
} Reason;

static int most_rules(const void *a, const void *b)
{
    const Reason *one = a, *other = b;
    return one->n_rules != other->n_rules ? (one->n_rules < other->n_rules ? 1 : -1) : str_compare(one->reason, other->reason);
}

/* Why rules are not supported, the reason of most rules first. */
static Reason *unsupported_reasons(Arena *arena, const CoreBook *book, size_t *n)
{
    Map reasons = map_new(arena);
    for (size_t i = 0; i < book->n; i++)
        if (book->rules[i].unsupported.len) map_put(&reasons, book->rules[i].unsupported, NULL)->index++;
    Reason *list = ARENA_ARRAY(arena, Reason, reasons.n + 1);
    for (size_t i = 0; i < reasons.n; i++) list[i] = (Reason){.reason = reasons.entries[i].key, .n_rules = reasons.entries[i].index};
    *n = reasons.n;
    if (*n) qsort(list, *n, sizeof *list, most_rules);
    return list;
}

static Str share(Arena *arena, size_t part, size_t all)
{
    return str_format(arena, "%zu of %zu (%.1f %%)", part, all, all ? 100.0 * (double)part / (double)all : 0.0);
}

static bool self_test(Invocation *call, Error *err)
{
    CoreBook book;
    CoreCase *cases;
    size_t n, n_supported = 0, n_unasked = 0, count[3] = {0};
    if (!core_book_read(call->arena, call->args[0], true, &book, err)) return false;
    core_book_test(call->arena, &book, &cases, &n);
    for (size_t i = 0; i < book.n; i++) n_supported += book.rules[i].unsupported.len == 0;
    for (size_t i = 0; i < n; i++) count[cases[i].outcome]++;
    for (size_t i = 0; i < n; i++) n_unasked += cases[i].outcome == CASE_AGREES && !cases[i].was_asked;
    buf_format(call->out, "rules supported: " STR_FMT "\ncases that agree: " STR_FMT "\n  of these asked of no data set, nothing being expected: %zu\ncases that differ: %zu\ncases not run: %zu\n",
               STR_ARG(share(call->arena, n_supported, book.n)), STR_ARG(share(call->arena, count[CASE_AGREES], n)), n_unasked, count[CASE_DIFFERS], count[CASE_NOT_RUN]);
    for (size_t i = 0; i < book.n_bad; i++) buf_format(call->out, "not a rule: " STR_FMT ": %s: %s\n", STR_ARG(book.bad_names[i]), book.bad_errors[i].place, book.bad_errors[i].message);
    size_t n_reasons;
    const Reason *reasons = unsupported_reasons(call->arena, &book, &n_reasons);
    buf_add_c(call->out, "\nnot supported\n");
    for (size_t i = 0; i < n_reasons; i++) buf_format(call->out, "  %4zu  " STR_FMT "\n", reasons[i].n_rules, STR_ARG(reasons[i].reason));
    buf_add_c(call->out, "\ncases\n");
    for (size_t i = 0; i < n; i++)
        if (cases[i].outcome != CASE_AGREES) buf_format(call->out, "  " STR_FMT " " STR_FMT ": %s" STR_FMT "\n", STR_ARG(cases[i].rule), STR_ARG(cases[i].name), cases[i].outcome == CASE_DIFFERS ? "" : "not run: ", STR_ARG(cases[i].why));
    return true;
}

/* --- a folder of data --- */

static void write_summary(Invocation *call, const DataFolder *folder, const CoreSummary *summary)
{
    size_t n_rows = 0;
    for (size_t i = 0; i < folder->n; i++) n_rows += folder->items[i].n_rows;
    buf_format(call->out, STR_FMT ": %zu data sets, %zu rows\n", STR_ARG(call->args[0]), folder->n, n_rows);
    buf_format(call->out, "%zu rules of " STR_FMT " " STR_FMT ": %zu asked, of which %zu found something; %zu had no data to look at, %zu are not supported\n\n",
               summary->n_rules, STR_ARG(summary->standard), STR_ARG(summary->version), summary->n_asked, summary->n_broken, summary->n_without_data, summary->n_unsupported);
}

static void write_rules_json(JsonWriter *json, const DataFolder *folder, const CoreSummary *summary)
{
    json_member_text(json, "standard", summary->standard);
    json_member_text(json, "version", summary->version);
    json_member_integer(json, "rules", (int64_t)summary->n_rules);
    json_member_integer(json, "asked", (int64_t)summary->n_asked);
    json_member_integer(json, "broken", (int64_t)summary->n_broken);
    json_member_integer(json, "withoutData", (int64_t)summary->n_without_data);
    json_member_integer(json, "unsupported", (int64_t)summary->n_unsupported);
    json_key(json, STR("dataSets"));
    json_begin_array(json);
    for (size_t i = 0; i < folder->n; i++) {
        json_begin_object(json);
        json_member_text(json, "name", folder->items[i].name);
        json_member_text(json, "file", folder->items[i].file);
        json_member_integer(json, "rows", (int64_t)folder->items[i].n_rows);
        json_end_object(json);
    }
    json_end_array(json);
}

/* folder: NULL where no rules were asked. */
static void write_json(Invocation *call, const DataFolder *folder, const CoreSummary *summary, const FindingList *findings)
{
    JsonWriter json = json_writer(call->out, 2);
    json_begin_object(&json);
    if (folder) write_rules_json(&json, folder, summary);
    findings_write_json(findings, &json);
    json_end_object(&json);
    buf_char(call->out, '\n');
}

/* CDISC's rules, where they are given: by the option, or by the environment. */
static bool ask_rules(Invocation *call, DataFolder *folder, CoreSummary *summary, bool *asked, FindingList *findings, Error *err)
{
    CoreBook book;
    CoreChoices choices = {option_text(call, "standard"), option_text(call, "version")};
    Str rules = option_given(call, "rules") ? option_text(call, "rules") : str_from(getenv("EQUIPOISE_CORE_RULES"));
    *asked = rules.len > 0;
    if (!*asked) {
        finding_add(findings, &(Finding){.rule = STR("CORE"), .severity = FINDING_NOT_DONE, .message = STR("CDISC's conformance rules were not asked, for they were not given"),
                                         .fix = STR("Name CDISC's CORE rules with --rules, a folder or a .tar.gz of them; or set EQUIPOISE_CORE_RULES.")});
        return true;
    }
    if (!core_book_read(call->arena, rules, false, &book, err) || !data_folder_read(call->arena, call->args[0], folder, err)
        || !core_findings(call->arena, &book, folder, &choices, findings, summary, err)) return false;
    for (size_t i = 0; i < book.n_bad; i++) finding_add_error(findings, book.bad_names[i], FINDING_NOT_DONE, STR(""), &book.bad_errors[i]);
    return true;
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Each file by its format; with the terminology that is named, or that was loaded. */
static bool check_files(Invocation *call, FindingList *findings, Error *err)
{
    Str path;
    ConformOptions options = {.schemas = option_text(call, "schemas"), .standard = option_text(call, "codelists")};
    bool is_named = option_given(call, "terminology") || option_given(call, "codelists");
    if (options.schemas.len && !is_folder(options.schemas.data)) return error_set(err, ERROR_IO, "there is no folder \"" STR_FMT "\"", STR_ARG(options.schemas));
    if (!terminology_path(call, &path, err)) return false;
    if ((is_named || file_exists(call->arena, path)) && !terminology_open(call->arena, path, false, &options.terminology, err)) return false;
    return conform_files(call->arena, call->args[0], &options, findings, err);
}

static bool run(Invocation *call, Error *err)
{
    DataFolder folder;
    CoreSummary summary;
    bool asked;
    FindingList findings = findings_new(call->arena);
    if (option_given(call, "self-test")) return self_test(call, err);
    if (!check_files(call, &findings, err) || !ask_rules(call, &folder, &summary, &asked, &findings, err)) return false;
    findings_sort(&findings);
    if (call->json) write_json(call, asked ? &folder : NULL, &summary, &findings);
    else {
        if (asked) write_summary(call, &folder, &summary);
        findings_write_text(&findings, call->out);
    }
    call->exit_status = findings.count[FINDING_ERROR] ? error_exit_status(ERROR_INCONSISTENT) : 0;
    return true;
}

const Command cmd_conform = {
    .name = "conform",
    .summary = "check a folder of data by its formats, terminology and CDISC's conformance rules",
    .usage = "DIR [--rules RULES] [--schemas DIR]",
    .description = "Holds each file in DIR against the rules of its format: names, labels, lengths and characters of transport files;\n"
                   "Dataset-JSON, USDM, Define-XML and ODM against the published schemas, which --schemas names; values against\n"
                   "the codelists that equipoise terminology loaded. With --rules it asks CDISC's\n"
                   "CORE rules of the data sets in DIR (.xpt, Dataset-JSON or .csv). The rules are CDISC's and not part\n"
                   "of this program: RULES is a copy of github.com/cdisc-org/cdisc-open-rules, a folder or a tar archive of it.\n"
                   "The same finding in many rows is one, with a count and the first rows. What was not asked is said, with the\n"
                   "reason. The exit status is 0 when no rule that is certain of itself is broken. With --self-test, DIR is such\n"
                   "a copy, and each rule is run on the cases that come with it.",
    .example = "  equipoise conform sdtm --rules core-rules.tar.gz\n"
               "  equipoise conform --self-test core-rules.tar.gz",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_FILE("rules", "RULES", "CORE rules [the path in EQUIPOISE_CORE_RULES]"),
                                OPT_FILE("schemas", "DIR", "a folder with the published schemas somewhere in it"),
                                OPT_TERMINOLOGY,
                                OPT_TEXT("codelists", "STANDARD", "whose variables have which codelists [the newest SDTMIG or ADaMIG loaded]"),
                                OPT_TEXT("standard", "NAME", "whose rules are asked [SDTMIG or ADaMIG, by the data]"),
                                OPT_TEXT("version", "VERSION", "of the standard [the latest that has rules]"),
                                OPT_FLAG("self-test", "run the rules in DIR on the cases that come with them"), OPT_END},
    .run = run,
};
