/* A new place where subjects are seen. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    Str title;
    return need_option(call, "title", &title, err) && trial_call_open(call, &trial, &actor, err) &&
           trial_add_site(trial, &actor, call->args[1], title, option_text(call, "country"), err) &&
           trial_call_done(call, trial,
                           str_format(call->arena, "added site " STR_FMT, STR_ARG(call->args[1])), err);
}

const Command cmd_site = {
    .name = "site",
    .summary = "add a place where subjects are seen",
    .usage = "TRIAL SITE --title TEXT",
    .example = "  equipoise site palsy.trial HUE --title 'Hue Central Hospital' --country VN",
    .min_args = 2,
    .max_args = 2,
    .options = (const Option[]){OPT_TEXT("title", "TEXT", "name of the site"),
                                OPT_TEXT("country", "CODE", "country, two letters"), OPTS_ACT, OPT_END},
    .run = run,
};
