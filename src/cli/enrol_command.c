/* A subject takes part. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    Str subject, date;
    return need_option(call, "subject", &subject, err) && need_option(call, "date", &date, err) &&
           trial_call_open(call, &trial, &actor, err) &&
           trial_enrol(trial, &actor, subject, date, option_text(call, "arm"), err) &&
           trial_call_done(call, trial, str_format(call->arena, "enrolled " STR_FMT, STR_ARG(subject)), err);
}

const Command cmd_enrol = {
    .name = "enrol",
    .summary = "enrol a subject who consented and meets every criterion",
    .usage = "TRIAL --subject SUBJECT --date DATE",
    .description = "Refused, naming the criterion, when one is not met, or not known.",
    .example = "  equipoise enrol palsy.trial --subject S-050 --date 2016-01-12",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_SUBJECT, OPT_DATE("date", "of enrolment"),
                                OPT_TEXT("arm", "ARM", "where the protocol has several"), OPTS_ACT, OPT_END},
    .run = run,
};
