/* A subject leaves. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    Str subject, date, why;
    return need_option(call, "subject", &subject, err) && need_option(call, "date", &date, err) &&
           need_option(call, "because", &why, err) && trial_call_open(call, &trial, &actor, err) &&
           trial_withdraw(trial, &actor, subject, date, why, err) &&
           trial_call_done(call, trial,
                           str_format(call->arena, STR_FMT " has left the trial", STR_ARG(subject)), err);
}

const Command cmd_withdraw = {
    .name = "withdraw",
    .summary = "record that a subject leaves the trial",
    .usage = "TRIAL --subject SUBJECT --date DATE --because TEXT",
    .example = "  equipoise withdraw palsy.trial --subject S-050 --date 2016-02-20 --because family-decision",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_SUBJECT, OPT_DATE("date", "last day in the trial"),
                                OPT_TEXT("because", "TEXT", "why the subject leaves"), OPTS_ACT, OPT_END},
    .run = run,
};
