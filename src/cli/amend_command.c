/* A new version of the protocol, and the sites' approval of it. */
#include "base/file.h"
#include "cli/trial_call.h"
#include "report/output_spec.h"

static bool approve(Invocation *call, Trial *trial, const Actor *actor, Error *err)
{
    Str site = option_text(call, "approve"), date;
    Str version =
        option_given(call, "version") ? option_text(call, "version") : trial_protocol_version(trial);
    return need_option(call, "date", &date, err) && trial_approve(trial, actor, site, version, date, err) &&
           trial_call_done(call, trial,
                           str_format(call->arena,
                                      "site " STR_FMT " works under version " STR_FMT " from " STR_FMT,
                                      STR_ARG(site), STR_ARG(version), STR_ARG(date)),
                           err);
}

/* What cannot be reported later is refused now, as `equipoise new` does. */
static bool judge(const Invocation *call, Str text, Error *err)
{
    Protocol protocol;
    OutputPlan outputs;
    return protocol_parse(call->arena, text, &protocol, err) &&
           output_plan_read(call->arena, &protocol, &outputs, err);
}

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    Str text;
    if (!trial_call_open(call, &trial, &actor, err)) return false;
    if (option_given(call, "approve")) return approve(call, trial, &actor, err);
    if (call->n_args < 2) {
        error_set(err, ERROR_USAGE, "neither a protocol nor --approve is given");
        return error_hint(err, "equipoise amend TRIAL PROTOCOL.yaml --reason TEXT, then --approve SITE "
                               "--date DATE for each site.");
    }
    if (!file_read(call->arena, call->args[1], YAML_MAX_BYTES, &text, err)) return false;
    if (!judge(call, text, err) || !trial_amend(trial, &actor, text, err)) return error_in(err, STR_FMT, STR_ARG(call->args[1]));
    return trial_call_done(call, trial,
                           str_format(call->arena,
                                      "the protocol has version " STR_FMT
                                      ", which no site uses before it approves it",
                                      STR_ARG(trial_protocol_version(trial))),
                           err);
}

const Command cmd_amend = {
    .name = "amend",
    .summary = "store a new version of the protocol, or a site's approval of it",
    .usage = "TRIAL PROTOCOL.yaml | TRIAL --approve SITE --date DATE",
    .description = "Sites go on under the version they had until the date of their approval; what is stored "
                   "stays as it is.",
    .example = "  equipoise amend palsy.trial protocol-2.yaml --reason 'amendment 1'\n"
               "  equipoise amend palsy.trial --approve HAN --date 2026-12-01",
    .min_args = 1,
    .max_args = 2,
    .options = (const Option[]){OPT_TEXT("approve", "SITE", "the site that approves"),
                                OPT_DATE("date", "from which day it works under it"),
                                OPT_TEXT("version", "N", "which version (the latest unless said)"), OPTS_ACT,
                                OPT_END},
    .run = run,
};
