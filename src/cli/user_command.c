/* Who may do what. */
#include "cli/trial_call.h"

static bool change(Invocation *call, Trial *trial, const Actor *actor, Str *sentence, Error *err)
{
    Str verb = call->args[1], user = call->n_args > 2 ? call->args[2] : STR(""),
        role = option_text(call, "role"), site = option_text(call, "site");
    *sentence = str_format(call->arena, STR_FMT " " STR_FMT, STR_ARG(verb), STR_ARG(user));
    if (!user.len) {
        error_set(err, ERROR_USAGE, "no user is named");
        return error_hint(err, "equipoise user TRIAL add USER --name NAME --role ROLE");
    }
    if (str_equal(verb, STR("add"))) {
        bool added = trial_begin(trial, err) &&
                     trial_add_user(trial, actor, user, option_text(call, "name"), err) &&
                     (!role.len || trial_grant(trial, actor, user, role, site, err));
        if (added) return trial_commit(trial, err);
        trial_rollback(trial);
        return false;
    }
    if (str_equal(verb, STR("remove"))) return trial_remove_user(trial, actor, user, err);
    if (str_equal(verb, STR("grant")))
        return need_option(call, "role", &role, err) && trial_grant(trial, actor, user, role, site, err);
    if (str_equal(verb, STR("revoke")))
        return need_option(call, "role", &role, err) && trial_revoke(trial, actor, user, role, site, err);
    error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is nothing one does with a user", STR_ARG(verb));
    return error_hint(err, "Say add, remove, grant or revoke.");
}

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    Str sentence;
    Frame *users;
    if (!trial_call_open(call, &trial, &actor, err)) return false;
    if (call->n_args > 1)
        return change(call, trial, &actor, &sentence, err) && trial_call_done(call, trial, sentence, err);
    if (!trial_users(trial, call->arena, &users, err)) return false;
    frame_print(call, users);
    return true;
}

const Command cmd_user = {
    .name = "user",
    .summary = "list, add and remove people and their roles",
    .usage = "TRIAL [add|remove|grant|revoke USER]",
    .description =
        "A user id is given once and for ever. Roles are investigator, coordinator, assessor, pharmacist,\n"
        "randomisation-officer, monitor, data-manager, statistician, dsmb-statistician, dsmb-member, "
        "sponsor, inspector,\n"
        "administrator and participant; without --site a role holds everywhere.",
    .example = "  equipoise user palsy.trial add bao --name 'Bao Tran' --role coordinator --site HAN",
    .min_args = 1,
    .max_args = 3,
    .options = (const Option[]){OPT_TEXT("name", "NAME", "of the person"),
                                OPT_TEXT("role", "ROLE", "to give or take"),
                                OPT_TEXT("site", "SITE", "where the role holds"), OPTS_ACT, OPT_END},
    .run = run,
};
