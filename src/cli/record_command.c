/* Values of a form. */
#include "cli/trial_call.h"

/* The form that was named, or the visit form that has the first item. */
static bool find_form(Invocation *call, Trial *trial, const FormSave *save, Str *form, Error *err)
{
    *form = option_text(call, "form");
    if (form->len) return true;
    return save->n_cells ? trial_form_of_item(trial, save->cells[0].item, form, err)
                         : need_option(call, "form", form, err);
}

static bool save_values(Invocation *call, bool is_correction, Error *err)
{
    Trial *trial;
    Actor actor;
    ItemCell *cells;
    FormSaved saved;
    FormSave save = {.visit = option_text(call, "visit"), .date = option_text(call, "date"),
                     .must_exist = is_correction};
    if (!need_option(call, "subject", &save.subject, err) ||
        !words_as_cells(call, 1, &cells, &save.n_cells, err))
        return false;
    if (option_given(call, "item"))
        cells[save.n_cells++] = (ItemCell){option_text(call, "item"), option_text(call, "value")};
    save.cells = cells;
    if (!trial_call_open(call, &trial, &actor, err) || !find_form(call, trial, &save, &save.form, err) ||
        !trial_save_form(trial, &actor, &save, &saved, err))
        return false;
    Str sentence =
        str_format(call->arena,
                   STR_FMT " of " STR_FMT "%s" STR_FMT
                           ": " STR_FMT " recorded, %zu corrected, %zu the same, " STR_FMT " raised",
                   STR_ARG(save.form), STR_ARG(save.subject), saved.visit.len ? " at " : "",
                   STR_ARG(saved.visit), STR_ARG(count_text(call->arena, saved.n_new, "value", "values")),
                   saved.n_changed, saved.n_same,
                   STR_ARG(count_text(call->arena, saved.n_queries, "query", "queries")));
    return trial_call_done(call, trial, sentence, err);
}

static bool run(Invocation *call, Error *err) { return save_values(call, false, err); }

#define OPTS_FORM                                                                                            \
    OPT_SUBJECT, OPT_TEXT("form", "FORM", "the form (the visit form that has the item unless said)"),        \
        OPT_TEXT("visit", "VISIT", "the visit, or the number of a dose or event"),                           \
        OPT_DATE("date", "of the visit, when the form is new"),                                              \
        OPT_TEXT("item", "ITEM", "one item, instead of ITEM=VALUE"),                                         \
        OPT_TEXT("value", "VALUE", "and its value"), OPTS_ACT, OPT_END

const Command cmd_record = {
    .name = "record",
    .summary = "save values of a form",
    .usage = "TRIAL --subject SUBJECT --visit VISIT ITEM=VALUE...",
    .description = "Type, range, codes and checks of the protocol are enforced; a soft check that does not "
                   "hold raises a query. A\n"
                   "missing value is said with its reason: WEIGHT_KG=.not-done. A value that was saved "
                   "before needs --reason.",
    .example = "  equipoise record palsy.trial --subject S-050 --visit V0 --date 2016-01-20 WEIGHT_KG=12.5 "
               "HEIGHT_CM=94",
    .min_args = 1,
    .max_args = 500,
    .options = (const Option[]){OPTS_FORM},
    .run = run,
};

static bool correct(Invocation *call, Error *err)
{
    if (option_text(call, "reason").len) return save_values(call, true, err);
    error_set(err, ERROR_MALFORMED, "no reason is given for \"correct\"");
    return error_hint(err, "Say why (--reason): what was saved before is changed.");
}

const Command cmd_correct = {
    .name = "correct",
    .summary = "change saved values, saying why",
    .usage = "TRIAL --subject SUBJECT --visit VISIT ITEM=VALUE... --reason TEXT",
    .description = "The old value stays in the journal: `equipoise history` shows it.",
    .example = "  equipoise correct palsy.trial --subject S-050 --visit V0 WEIGHT_KG=13.5 --reason 'misread "
               "the scale'",
    .min_args = 1,
    .max_args = 500,
    .options = (const Option[]){OPTS_FORM},
    .run = correct,
};
