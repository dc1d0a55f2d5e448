/* How a value came to be what it is. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Frame *history;
    Str subject, form = option_text(call, "form"), item = option_text(call, "item");
    if (!need_option(call, "subject", &subject, err) || !trial_call_open(call, &trial, NULL, err))
        return false;
    if (!form.len && !item.len) {
        error_set(err, ERROR_USAGE, "neither --form nor --item is given");
        return error_hint(err, "Name a form for all its items, or one item.");
    }
    if (!form.len && !trial_form_of_item(trial, item, &form, err)) return false;
    if (!trial_history(trial, call->arena, subject, form, option_text(call, "visit"), item, &history, err))
        return false;
    frame_print(call, history);
    return true;
}

const Command cmd_history = {
    .name = "history",
    .summary = "show who saved a value when, and why",
    .usage = "TRIAL --subject SUBJECT --visit VISIT --item ITEM",
    .example = "  equipoise history palsy.trial --subject S-050 --visit V0 --item WEIGHT_KG",
    .min_args = 1,
    .max_args = 1,
    .options =
        (const Option[]){OPT_SUBJECT,
                         OPT_TEXT("form", "FORM", "the form (the visit form that has the item unless said)"),
                         OPT_TEXT("visit", "VISIT", "the visit, or the number of a dose or event"),
                         OPT_TEXT("item", "ITEM", "the item; all of --form unless said"), OPT_END},
    .run = run,
};
