/* A form that was made by mistake. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    Str subject, form;
    return need_option(call, "subject", &subject, err) && need_option(call, "form", &form, err) &&
           trial_call_open(call, &trial, &actor, err) &&
           trial_strike_out(trial, &actor, subject, form, option_text(call, "visit"), err) &&
           trial_call_done(
               call, trial,
               str_format(call->arena, "struck out " STR_FMT " of " STR_FMT, STR_ARG(form), STR_ARG(subject)),
               err);
}

const Command cmd_strike_out = {
    .name = "strike-out",
    .summary = "take a form that was made by mistake out of the data",
    .usage = "TRIAL --subject SUBJECT --form FORM --visit VISIT --reason TEXT",
    .description = "It stays in the journal and leaves the tables and reports.",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_SUBJECT, OPT_TEXT("form", "FORM", "the form"),
                                OPT_TEXT("visit", "VISIT", "the visit, or the number of a dose or event"),
                                OPTS_ACT, OPT_END},
    .run = run,
};
