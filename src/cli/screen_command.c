/* Somebody is considered. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    ItemCell *cells;
    Screening screening = {0};
    if (!need_option(call, "subject", &screening.subject, err) ||
        !need_option(call, "site", &screening.site, err) ||
        !need_option(call, "date", &screening.date, err) ||
        !words_as_cells(call, 1, &cells, &screening.n_cells, err))
        return false;
    screening.cells = cells;
    return trial_call_open(call, &trial, &actor, err) && trial_screen(trial, &actor, &screening, err) &&
           trial_call_done(call, trial,
                           str_format(call->arena, "screened " STR_FMT, STR_ARG(screening.subject)), err);
}

const Command cmd_screen = {
    .name = "screen",
    .summary = "record that somebody is considered for the trial",
    .usage = "TRIAL --subject SUBJECT --site SITE --date DATE ITEM=VALUE...",
    .example =
        "  equipoise screen palsy.trial --subject S-050 --site HAN --date 2016-01-10 BIRTH=2012-05-04 SEX=F",
    .min_args = 1,
    .max_args = 500,
    .options = (const Option[]){OPT_SUBJECT, OPT_TEXT("site", "SITE", "where"), OPT_DATE("date", "when"),
                                OPTS_ACT, OPT_END},
    .run = run,
};
