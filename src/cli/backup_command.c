/* A copy of the trial file. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    return trial_call_open(call, &trial, &actor, err) && trial_backup(trial, &actor, call->args[1], err) &&
           trial_call_done(call, trial, str_format(call->arena, "copied to " STR_FMT, STR_ARG(call->args[1])),
                           err);
}

const Command cmd_backup = {
    .name = "backup",
    .summary = "copy a trial file while others write to it",
    .usage = "TRIAL COPY",
    .description = "The copy is of one moment, and there whole or not at all. `equipoise verify COPY` "
                   "rehearses the restore.",
    .example = "  equipoise backup palsy.trial palsy-2026-11-23.trial",
    .min_args = 2,
    .max_args = 2,
    .options = (const Option[]){OPTS_ACT, OPT_END},
    .run = run,
};
