/* Questions about the data. */
#include <inttypes.h>

#include "cli/trial_call.h"

static bool ask(Invocation *call, Trial *trial, const Actor *actor, int64_t *number, Error *err)
{
    Str subject, form;
    return need_option(call, "subject", &subject, err) && need_option(call, "form", &form, err) &&
           trial_query(trial, actor, subject, form, option_text(call, "visit"), option_text(call, "item"),
                       option_text(call, "ask"), number, err);
}

static bool change(Invocation *call, Trial *trial, const Actor *actor, Error *err)
{
    int64_t number = option_integer(call, "query", 0);
    const char *what = "asked";
    if (option_given(call, "ask")) {
        if (!ask(call, trial, actor, &number, err)) return false;
    } else if (option_given(call, "answer")) {
        what = "answered";
        if (!trial_answer(trial, actor, number, option_text(call, "answer"), err)) return false;
    } else {
        what = "closed";
        if (!trial_close_query(trial, actor, number, err)) return false;
    }
    return trial_call_done(call, trial, str_format(call->arena, "query %" PRId64 " is %s", number, what),
                           err);
}

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    Frame *queries;
    if (!trial_call_open(call, &trial, &actor, err)) return false;
    if (option_given(call, "ask") || option_given(call, "answer") || option_given(call, "close"))
        return change(call, trial, &actor, err);
    if (!trial_queries(trial, call->arena, &queries, err)) return false;
    frame_print(call, queries);
    return true;
}

const Command cmd_query = {
    .name = "query",
    .summary = "list, ask, answer and close questions about the data",
    .usage = "TRIAL [--ask TEXT | --query N --answer TEXT | --query N --close]",
    .example = "  equipoise query palsy.trial --subject S-050 --form visit --visit V0 --item WEIGHT_KG --ask "
               "'Is it in kilograms?'",
    .min_args = 1,
    .max_args = 1,
    .options =
        (const Option[]){
            OPT_TEXT("ask", "TEXT", "a new question"), OPT_TEXT("answer", "TEXT", "the answer to --query"),
            OPT_FLAG("close", "close --query"), OPT_INTEGER("query", "N", "number of the query"), OPT_SUBJECT,
            OPT_TEXT("form", "FORM", "about which form"), OPT_TEXT("visit", "VISIT", "of which visit"),
            OPT_TEXT("item", "ITEM", "about which item"), OPTS_ACT, OPT_END},
    .run = run,
};
