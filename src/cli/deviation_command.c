/* The protocol was not followed. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    Str subject, date, kind;
    return need_option(call, "subject", &subject, err) && need_option(call, "date", &date, err) &&
           need_option(call, "kind", &kind, err) && trial_call_open(call, &trial, &actor, err) &&
           trial_deviation(trial, &actor, subject, date, kind, option_text(call, "detail"), err) &&
           trial_call_done(call, trial,
                           str_format(call->arena, "recorded a deviation of " STR_FMT, STR_ARG(subject)),
                           err);
}

const Command cmd_deviation = {
    .name = "deviation",
    .summary = "record that the protocol was not followed",
    .usage = "TRIAL --subject SUBJECT --date DATE --kind KIND",
    .example = "  equipoise deviation palsy.trial --subject S-050 --date 2016-02-20 --kind late-visit "
               "--detail 'the bus did not come'",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_SUBJECT, OPT_DATE("date", "when"),
                                OPT_TEXT("kind", "KIND", "late-visit, missed-visit, missed-dose, other"),
                                OPT_TEXT("detail", "TEXT", "what happened"), OPTS_ACT, OPT_END},
    .run = run,
};
