/* An adverse event. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    ItemCell *cells;
    FormSaved saved;
    FormSave save = {.form = STR(FORM_ADVERSE_EVENTS),
                     .visit = option_text(call, "event"),
                     .date = option_text(call, "start")};
    if (!need_option(call, "subject", &save.subject, err) ||
        !words_as_cells(call, 1, &cells, &save.n_cells, err))
        return false;
    save.cells = cells;
    return trial_call_open(call, &trial, &actor, err) && trial_save_form(trial, &actor, &save, &saved, err) &&
           trial_call_done(
               call, trial,
               str_format(call->arena, "event " STR_FMT " of " STR_FMT ": " STR_FMT " recorded, %zu corrected",
                          STR_ARG(saved.visit), STR_ARG(save.subject),
                          STR_ARG(count_text(call->arena, saved.n_new, "value", "values")), saved.n_changed),
               err);
}

const Command cmd_ae = {
    .name = "ae",
    .summary = "record an adverse event, or more about one",
    .usage = "TRIAL --subject SUBJECT --start DATE TERM=TEXT GRADE=1..5 ...",
    .example = "  equipoise ae palsy.trial --subject S-050 --start 2016-01-21 TERM=Fever GRADE=2 SERIOUS=no",
    .min_args = 1,
    .max_args = 100,
    .options =
        (const Option[]){OPT_SUBJECT, OPT_TEXT("start", "DATE", "when it began; may be 2016-01 or 2016"),
                         OPT_TEXT("event", "N", "number of an event that is there already"), OPTS_ACT,
                         OPT_END},
    .run = run,
};
