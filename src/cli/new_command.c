/* A trial begins. */
#include "base/file.h"
#include "cli/trial_call.h"
#include "report/output_spec.h"

/* "a,b" as a list. */
static size_t split(Arena *arena, Str text, Str **parts)
{
    size_t n = 0;
    *parts = ARENA_ARRAY(arena, Str, text.len + 1);
    if (!text.len) return 0;
    Str rest = text;
    while (str_cut(rest, STR(","), &(*parts)[n], &rest)) n++;
    (*parts)[n++] = rest;
    return n;
}

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Str *roles;
    Actor actor = {.at = call->now};
    NewTrial request = {
        .path = call->args[0], .user = option_text(call, "user"), .name = option_text(call, "name")};
    if (!request.user.len) request.user = STR("admin");
    request.n_roles = split(call->arena, option_text(call, "roles"), &roles);
    request.roles = roles;
    Protocol judged;
    OutputPlan outputs;
    if (!file_read(call->arena, call->args[1], YAML_MAX_BYTES, &request.protocol, err)) return false;
    if (!protocol_parse(call->arena, request.protocol, &judged, err))
        return error_in(err, STR_FMT, STR_ARG(call->args[1]));
    if (!output_plan_read(call->arena, &judged, &outputs, err))
        return error_in(err, STR_FMT, STR_ARG(call->args[1]));
    if (!trial_create(call->arena, &request, &actor, &trial, err)) return false;
    const Protocol *protocol = trial_protocol(trial);
    Str sentence = str_format(call->arena,
                              "began " STR_FMT " in " STR_FMT
                              ": sites %zu, forms %zu, visits %zu; first user \"" STR_FMT "\"",
                              STR_ARG(protocol->trial.id), STR_ARG(call->args[0]), protocol->sites.n,
                              protocol->forms.n, protocol->visits.n, STR_ARG(request.user));
    return trial_call_done(call, trial, sentence, err);
}

const Command cmd_new = {
    .name = "new",
    .summary = "begin a trial: one file, made from its protocol",
    .usage = "TRIAL PROTOCOL.yaml",
    .description = "The protocol is stored in the file as version 1, its sites are added, and a first user "
                   "is made who may do\n"
                   "what one person needs to begin: administrator, sponsor, data-manager and investigator. "
                   "Add the others with\n"
                   "`equipoise user`, and revoke what the first user should not keep.",
    .example =
        "  equipoise new palsy.trial examples/cerebral-palsy/protocol.yaml --user ana --name 'Ana Lima'",
    .min_args = 2,
    .max_args = 2,
    .options =
        (const Option[]){OPT_TEXT("user", "USER", "id of the first user (admin unless said)"),
                         OPT_TEXT("name", "NAME", "and the name"),
                         OPT_TEXT("roles", "ROLE,..", "the first user's roles, instead of those above"),
                         OPT_END},
    .run = run,
};
