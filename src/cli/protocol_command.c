#include "cli/command.h"
#include "protocol/reference.h"
#include "report/outputs_schema.h"

static bool protocol_run(Invocation *call, Error *err)
{
    if (option_given(call, "schema") == option_given(call, "reference")) {
        error_set(err, ERROR_USAGE, "one of --schema and --reference is wanted");
        return error_hint(err, "`equipoise protocol --schema >protocol.schema.json` helps editors complete a protocol.");
    }
    if (option_given(call, "schema")) protocol_schema_write(&outputs_schema, call->out);
    else protocol_reference_write(call->out);
    return true;
}

const Command cmd_protocol = {
    .name = "protocol",
    .summary = "print the grammar of protocol files",
    .usage = "--schema | --reference",
    .description = "Both are printed from the one table that `check` reads by.",
    .example = "  equipoise protocol --schema >protocol.schema.json",
    .options = (const Option[]){OPT_FLAG("schema", "as JSON Schema, for editors"),
                                OPT_FLAG("reference", "as Markdown, for people"), OPT_END},
    .run = protocol_run,
};
