/* Protocol versions, sites and people. */
#include <stdio.h>

#include "trial/inside.h"

static bool run_act(Trial *trial, const Actor *actor, const Act *act, Str site, const Body *body, Error *err)
{
    return perform(trial, actor, act, site, STR(""), body, NULL, err);
}

static bool find_user(Trial *trial, Str user, bool *is_known, bool *has_left, Error *err)
{
    int64_t left;
    if (!db_find_integer(trial->db, "SELECT coalesce(left_seq, 0) FROM users WHERE user = ?1",
                         DB_ARGS(db_text(user)), &left, is_known, err))
        return false;
    *has_left = left != 0;
    return true;
}

static bool need_user(Trial *trial, Str user, Error *err)
{
    bool is_known, has_left;
    if (!find_user(trial, user, &is_known, &has_left, err)) return false;
    if (is_known && !has_left) return true;
    error_set(err, ERROR_INCONSISTENT,
              is_known ? "\"" STR_FMT "\" has left the trial" : "there is no user \"" STR_FMT "\"",
              STR_ARG(user));
    return error_hint(err, "`equipoise user TRIAL` lists those there are.");
}

static bool need_site(Trial *trial, Str site, Error *err)
{
    int64_t one;
    bool exists;
    if (!db_find_integer(trial->db, "SELECT 1 FROM sites WHERE site = ?1", DB_ARGS(db_text(site)), &one,
                         &exists, err))
        return false;
    if (exists) return true;
    error_set(err, ERROR_INCONSISTENT, "there is no site \"" STR_FMT "\"", STR_ARG(site));
    return error_hint(err, "Add it first (equipoise site), or correct the id.");
}

bool trial_amend(Trial *trial, const Actor *actor, Str text, Error *err)
{
    Step step;
    Protocol protocol;
    if (!step_begin(trial, &step, err)) return false;
    bool ok = protocol_parse(trial->scratch, text, &protocol, err);
    if (ok) {
        Body body = body_new(trial->scratch);
        body_put_text(&body, "version", str_format(trial->scratch, "%zu", trial->n_versions + 1));
        body_put_text(&body, "protocol", text);
        ok = run_act(trial, actor, &act_amend, STR(""), &body, err) && load_versions(trial, err);
    }
    return step_end(trial, &step, ok, err);
}

bool trial_approve(Trial *trial, const Actor *actor, Str site, Str version, Str date, Error *err)
{
    Step step;
    int64_t one;
    bool exists = false;
    if (!step_begin(trial, &step, err)) return false;
    bool ok = need_site(trial, site, err) &&
              check_date(STR("date"), date, actor->at + INT64_C(366) * 86400000, err) &&
              db_find_integer(trial->db, "SELECT 1 FROM protocols WHERE version = ?1",
                              DB_ARGS(db_text(version)), &one, &exists, err);
    if (ok && !exists) {
        ok = error_set(err, ERROR_INCONSISTENT, "the protocol has no version \"" STR_FMT "\"",
                       STR_ARG(version));
        error_hint(err, "Versions are numbered 1 to %zu.", trial->n_versions);
    }
    if (ok) {
        Body body = body_new(trial->scratch);
        body_put_text(&body, "version", version);
        body_put_text(&body, "date", date);
        ok = run_act(trial, actor, &act_approve, site, &body, err);
    }
    return step_end(trial, &step, ok, err);
}

bool trial_add_site(Trial *trial, const Actor *actor, Str site, Str title, Str country, Error *err)
{
    Step step;
    int64_t one;
    bool exists = false;
    if (!step_begin(trial, &step, err)) return false;
    bool ok =
        check_id("site id", site, err) && db_find_integer(trial->db, "SELECT 1 FROM sites WHERE site = ?1",
                                                          DB_ARGS(db_text(site)), &one, &exists, err);
    if (ok && exists)
        ok = error_set(err, ERROR_INCONSISTENT, "there is already a site \"" STR_FMT "\"", STR_ARG(site));
    if (ok) {
        Body body = body_new(trial->scratch);
        body_put_text(&body, "site", site);
        body_put_text(&body, "title", title);
        body_put_text(&body, "country", country);
        ok = run_act(trial, actor, &act_add_site, STR(""), &body, err);
    }
    return step_end(trial, &step, ok, err);
}

static bool add_user(Trial *trial, const Actor *actor, Str user, Str name, Error *err)
{
    bool is_known, has_left;
    if (!check_id("user id", user, err) || !find_user(trial, user, &is_known, &has_left, err)) return false;
    if (is_known) {
        error_set(err, ERROR_INCONSISTENT, "the user id \"" STR_FMT "\" was given before", STR_ARG(user));
        return error_hint(err,
                          "A user id is unique for ever, also after its owner has left: choose another.");
    }
    Body body = body_new(trial->scratch);
    body_put_text(&body, "user", user);
    body_put_text(&body, "name", name);
    return run_act(trial, actor, &act_add_user, STR(""), &body, err);
}

bool trial_add_user(Trial *trial, const Actor *actor, Str user, Str name, Error *err)
{
    Step step;
    return step_begin(trial, &step, err) &&
           step_end(trial, &step, add_user(trial, actor, user, name, err), err);
}

/* After the act: step_end takes it back. Nobody could grant anything any more. */
static bool check_administered(Trial *trial, Str user, Error *err)
{
    int64_t n;
    if (!db_find_integer(trial->db, "SELECT count(*) FROM grants WHERE role = ?1 AND site = ''",
                         DB_ARGS(db_text(str_from(staff_word(STAFF_ADMINISTRATOR)))), &n, NULL, err))
        return false;
    if (n > 0) return true;
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is the last administrator", STR_ARG(user));
    return error_hint(err, "Make somebody else administrator first (equipoise user): otherwise nobody could "
                           "give or take roles any more.");
}

bool trial_remove_user(Trial *trial, const Actor *actor, Str user, Error *err)
{
    Step step;
    if (!step_begin(trial, &step, err)) return false;
    Body body = body_new(trial->scratch);
    body_put_text(&body, "user", user);
    bool ok = need_user(trial, user, err) && run_act(trial, actor, &act_remove_user, STR(""), &body, err) &&
              check_administered(trial, user, err);
    forget_staff(trial);
    return step_end(trial, &step, ok, err);
}

/* Whoever treats and whoever rates are kept apart, unless nobody is blinded anyway. */
static bool check_blinding(Trial *trial, Str user, StaffRole wanted, Error *err)
{
    Rows rows;
    bool more;
    if (trial_protocol(trial)->trial.blinding == BLINDING_OPEN) return true;
    if (!db_query(trial->db, "SELECT role FROM grants WHERE user = ?1", DB_ARGS(db_text(user)), &rows, err))
        return false;
    for (;;) {
        StaffRole held;
        if (!db_next(&rows, &more, err)) return false;
        if (!more) return true;
        bool ok = staff_parse(rows_text(&rows, 0), &held, err);
        if (ok && !staff_breaks_blinding(held, wanted)) continue;
        rows_end(&rows);
        if (!ok) return false;
        error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is %s, which a %s must not be", STR_ARG(user),
                  staff_word(held), staff_word(wanted));
        return error_hint(
            err, "Together the two roles would break the blinding; give one of them to somebody else.");
    }
}

static bool grant(Trial *trial, const Actor *actor, Str user, Str word, Str site, Error *err)
{
    StaffRole role;
    int64_t one;
    bool held = false;
    if (!staff_parse(word, &role, err) || !need_user(trial, user, err) ||
        (site.len && !need_site(trial, site, err)) || !check_blinding(trial, user, role, err))
        return false;
    word = str_from(staff_word(role));
    if (!db_find_integer(trial->db, "SELECT 1 FROM grants WHERE user = ?1 AND role = ?2 AND site = ?3",
                         DB_ARGS(db_text(user), db_text(word), db_text(site)), &one, &held, err))
        return false;
    if (held)
        return error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is %s already", STR_ARG(user),
                         staff_word(role));
    Body body = body_new(trial->scratch);
    body_put_text(&body, "user", user);
    body_put_text(&body, "role", word);
    body_put_text(&body, "site", site);
    return run_act(trial, actor, &act_grant, STR(""), &body, err);
}

bool trial_grant(Trial *trial, const Actor *actor, Str user, Str role, Str site, Error *err)
{
    Step step;
    if (!step_begin(trial, &step, err)) return false;
    bool ok = grant(trial, actor, user, role, site, err);
    forget_staff(trial);
    return step_end(trial, &step, ok, err);
}

bool trial_revoke(Trial *trial, const Actor *actor, Str user, Str role, Str site, Error *err)
{
    Step step;
    if (!step_begin(trial, &step, err)) return false;
    Body body = body_new(trial->scratch);
    body_put_text(&body, "user", user);
    body_put_text(&body, "role", role);
    body_put_text(&body, "site", site);
    bool ok = run_act(trial, actor, &act_revoke, STR(""), &body, err);
    if (ok && db_changes(trial->db) == 0)
        ok = error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is not " STR_FMT " there", STR_ARG(user),
                       STR_ARG(role));
    ok = ok && check_administered(trial, user, err);
    forget_staff(trial);
    return step_end(trial, &step, ok, err);
}
