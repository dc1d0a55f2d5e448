/* How much there is of everything. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Frame *frame;
    if (!trial_call_open(call, &trial, NULL, err)) return false;
    bool listed = option_given(call, "blanks") ? trial_blanks(trial, call->arena, &frame, err)
                                               : trial_counts(trial, call->arena, &frame, err);
    if (listed) frame_print(call, frame);
    return listed;
}

const Command cmd_status = {
    .name = "status",
    .summary = "count subjects, forms, values, queries, locks",
    .usage = "TRIAL",
    .example = "  equipoise status palsy.trial --blanks",
    .min_args = 1,
    .max_args = 1,
    .options =
        (const Option[]){OPT_FLAG("blanks", "list the values that are missing without a reason"), OPT_END},
    .run = run,
};
