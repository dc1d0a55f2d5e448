#include "base/file.h"
#include "cli/command.h"
#include "protocol/check.h"
#include "report/analyses.h"
#include "report/output_spec.h"

/* The outputs have a reader of their own, which stops at the first mistake. */
static void check_outputs(Arena *arena, const Protocol *protocol, ProblemList *problems)
{
    OutputPlan plan;
    Error err = {0};
    if (!output_plan_read(arena, protocol, &plan, &err)) problem_add_error(problems, "bad-output", NULL, &err);
}

static bool check_run(Invocation *call, Error *err)
{
    Str text, path = call->args[0];
    if (!file_read(call->arena, path, YAML_MAX_BYTES, &text, err)) return false;
    Protocol protocol;
    ProblemList problems = problems_new(call->arena);
    if (protocol_read(call->arena, text, &protocol, &problems)) {
        protocol_check(call->arena, &protocol, &problems);
        analyses_check(call->arena, &protocol, &problems);
        check_outputs(call->arena, &protocol, &problems);
    }
    problems_sort(&problems);
    if (call->json) problems_write_json(&problems, path, call->out);
    else problems_write_text(&problems, path, text, call->out);
    call->exit_status = problems.count[PROBLEM_ERROR] ? error_exit_status(ERROR_MALFORMED) : 0;
    if (option_given(call, "strict") && problems.count[PROBLEM_HONESTY]) call->exit_status = error_exit_status(ERROR_INCONSISTENT);
    return true;
}

const Command cmd_check = {
    .name = "check",
    .summary = "judge a protocol: complete, consistent, honest?",
    .usage = "PROTOCOL.yaml",
    .description = "Prints every problem with its line, the reason and how to mend it. Errors keep a trial from running; honesty\n"
                   "warnings say where its report could claim more than the design supports. The exit status is 0 when there is\n"
                   "no error.",
    .example = "  equipoise check examples/cerebral-palsy/protocol.yaml",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_FLAG("strict", "fail on honesty warnings too"), OPT_END},
    .run = check_run,
};
