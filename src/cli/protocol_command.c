#include "base/file.h"
#include "cli/command.h"
#include "cli/protocol_redcap.h"
#include "equipoise.h"
#include "exchange/odm_draft.h"
#include "exchange/usdm.h"
#include "protocol/reference.h"
#include "report/outputs_schema.h"

#define MAX_PROTOCOL  ((size_t)16 << 20)

static bool from_usdm(Invocation *call, Error *err)
{
    Str path = option_text(call, "from-usdm"), content;
    UsdmStudy study;
    if (!file_read(call->arena, path, USDM_MAX_BYTES, &content, err)) return false;
    if (!usdm_read(call->arena, content, &study, err)) return error_in(err, STR_FMT, STR_ARG(file_name(path)));
    usdm_draft_protocol(call->arena, &study, call->out);
    return true;
}

static bool from_odm(Invocation *call, Error *err)
{
    Str path = option_text(call, "from-odm");
    Bytes *bytes;
    OdmStudy *study;
    Draft draft;
    if (!bytes_open(call->arena, path, 0, (size_t)1 << 40, &bytes, err)) return false;
    if (!odm_read(call->arena, bytes, &study, err) || !odm_draft(call->arena, study, option_text(call, "language"), &draft, err)) return error_in(err, STR_FMT, STR_ARG(file_name(path)));
    draft_write(&draft, call->out);
    return true;
}

static bool to_usdm(Invocation *call, Error *err)
{
    Str path = option_text(call, "to-usdm"), content;
    Protocol protocol;
    if (!file_read(call->arena, path, MAX_PROTOCOL, &content, err)) return false;
    if (!protocol_parse(call->arena, content, &protocol, err)) return error_in(err, STR_FMT, STR_ARG(file_name(path)));
    usdm_write(call->arena, &protocol, str_from(eq_version()), call->out);
    return true;
}

static bool write_schema(Invocation *call, Error *err)
{
    (void)err;
    protocol_schema_write(&outputs_schema, call->out);
    return true;
}

static bool write_reference(Invocation *call, Error *err)
{
    (void)err;
    protocol_reference_write(call->out);
    return true;
}

/* What can be asked for, one at a time. */
static const struct {
    const char *option;
    bool (*run)(Invocation *call, Error *err);
} WISHES[] = {{"schema", write_schema}, {"reference", write_reference}, {"from-redcap", protocol_from_redcap}, {"from-odm", from_odm}, {"from-usdm", from_usdm}, {"to-usdm", to_usdm}};
enum { N_WISHES = sizeof WISHES / sizeof WISHES[0] };

static bool protocol_run(Invocation *call, Error *err)
{
    size_t wish = N_WISHES, n = 0;
    for (size_t i = 0; i < N_WISHES; i++)
        if (option_given(call, WISHES[i].option)) wish = i, n++;
    if (n == 1) return WISHES[wish].run(call, err);
    error_set(err, ERROR_USAGE, "one of the options is wanted, and only one");
    return error_hint(err, "`equipoise protocol --schema >protocol.schema.json` helps editors complete a protocol; `equipoise help protocol` lists the others.");
}

const Command cmd_protocol = {
    .name = "protocol",
    .summary = "print the grammar of protocol files, draft a protocol, write one for others",
    .usage = "--schema | --reference | --from-redcap DICTIONARY.csv | --from-odm FILE.xml | --from-usdm FILE | --to-usdm PROTOCOL",
    .description = "Schema and reference are printed from the one table that `check` reads by. A draft holds what its source knows; lines that\n"
                   "begin with \"decide\" wait for a person, and `check` says what is still missing.",
    .example = "  equipoise protocol --schema >protocol.schema.json\n"
               "  equipoise protocol --from-usdm study.json >protocol.yaml\n"
               "  equipoise protocol --from-redcap dictionary.csv --events event.csv --arms arm.csv >protocol.yaml\n"
               "  equipoise protocol --from-odm metadata.xml --language de >protocol.yaml",
    .options = (const Option[]){OPT_FLAG("schema", "as JSON Schema, for editors"),
                                OPT_FLAG("reference", "as Markdown, for people"),
                                OPT_FILE("from-redcap", "DICTIONARY.csv", "a draft from a REDCap data dictionary"),
                                OPT_FILE("events", "CSV", "the REDCap project's events, if it is longitudinal"),
                                OPT_FILE("arms", "CSV", "its arms"),
                                OPT_FILE("mapping", "CSV", "which form is filled at which event"),
                                OPT_TEXT("repeating", "FORMS", "forms that repeat, separated by commas"),
                                OPT_FLAG("keep-status", "keep REDCap's status of each form as an item FORM_COMPLETE"),
                                OPT_FILE("from-odm", "FILE.xml", "a draft from the metadata of an ODM file"),
                                OPT_TEXT("language", "CODE", "the language of its texts, where it has several"),
                                OPT_FILE("from-usdm", "FILE", "a draft from a study definition of CDISC's USDM 4.0"),
                                OPT_FILE("to-usdm", "PROTOCOL", "the protocol as a study definition of USDM 4.0"), OPT_END},
    .run = protocol_run,
};
