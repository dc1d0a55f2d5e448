/* What can no longer be written, and what can be again. */
#include "cli/trial_call.h"

static bool set(Invocation *call, bool (*change)(Trial *, const Actor *, Str, Str, Str, Error *),
                const char *what, Error *err)
{
    Trial *trial;
    Actor actor;
    Str subject = option_text(call, "subject"), form = option_text(call, "form");
    const char *scope = form.len ? "form" : subject.len ? "subject" : "trial";
    return trial_call_open(call, &trial, &actor, err) &&
           change(trial, &actor, subject, form, option_text(call, "visit"), err) &&
           trial_call_done(call, trial, str_format(call->arena, "%s the %s", what, scope), err);
}

static bool run_lock(Invocation *call, Error *err) { return set(call, trial_lock, "locked", err); }
static bool run_unlock(Invocation *call, Error *err) { return set(call, trial_unlock, "unlocked", err); }

#define OPTS_SCOPE                                                                                           \
    OPT_SUBJECT, OPT_TEXT("form", "FORM", "only this form"), OPT_TEXT("visit", "VISIT", "of this visit"),    \
        OPTS_ACT, OPT_END

const Command cmd_lock = {
    .name = "lock",
    .summary = "end writing to a form, a subject or the trial",
    .usage = "TRIAL [--subject SUBJECT [--form FORM --visit VISIT]]",
    .description = "Refused while a query is open or a value is missing without a reason.",
    .example = "  equipoise lock palsy.trial --subject S-050 --form gmfm --visit V6",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPTS_SCOPE},
    .run = run_lock,
};

const Command cmd_unlock = {
    .name = "unlock",
    .summary = "open a lock again, saying why",
    .usage = "TRIAL [--subject SUBJECT [--form FORM --visit VISIT]] --reason TEXT",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPTS_SCOPE},
    .run = run_unlock,
};
