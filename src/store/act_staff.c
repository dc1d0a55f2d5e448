/* Acts about the trial itself: protocol versions, sites, users, locks, and those that only leave a line. */
#include "store/act.h"

#define ADMIN STAFF_SET(ADMINISTRATOR)
#define SITE_STAFF (STAFF_SET(INVESTIGATOR) | STAFF_SET(COORDINATOR))

static DbValue member(const Entry *entry, const char *key) { return db_text(json_text(&entry->body, key)); }

static bool apply_protocol(Db *db, const Entry *entry, Error *err)
{
    return db_run(db,
                  "INSERT INTO protocols (version, ordinal, text, seq)"
                  " VALUES (?1, (SELECT count(*) + 1 FROM protocols), ?2, ?3)",
                  DB_ARGS(member(entry, "version"), member(entry, "protocol"), db_integer(entry->seq)), err);
}

static bool apply_approve(Db *db, const Entry *entry, Error *err)
{
    return db_run(db, "INSERT OR REPLACE INTO approvals (site, version, date, seq) VALUES (?1, ?2, ?3, ?4)",
                  DB_ARGS(db_text(entry->site), member(entry, "version"), member(entry, "date"),
                          db_integer(entry->seq)),
                  err);
}

static bool apply_add_site(Db *db, const Entry *entry, Error *err)
{
    return db_run(db, "INSERT INTO sites (site, title, country, seq) VALUES (?1, ?2, ?3, ?4)",
                  DB_ARGS(member(entry, "site"), member(entry, "title"), member(entry, "country"),
                          db_integer(entry->seq)),
                  err);
}

static bool apply_add_user(Db *db, const Entry *entry, Error *err)
{
    return db_run(db, "INSERT INTO users (user, name, added_seq) VALUES (?1, ?2, ?3)",
                  DB_ARGS(member(entry, "user"), member(entry, "name"), db_integer(entry->seq)), err);
}

static bool apply_remove_user(Db *db, const Entry *entry, Error *err)
{
    return db_run(db, "UPDATE users SET left_seq = ?2 WHERE user = ?1",
                  DB_ARGS(member(entry, "user"), db_integer(entry->seq)), err) &&
           db_run(db, "DELETE FROM grants WHERE user = ?1", DB_ARGS(member(entry, "user")), err);
}

static bool apply_grant(Db *db, const Entry *entry, Error *err)
{
    return db_run(
        db, "INSERT INTO grants (user, role, site, seq) VALUES (?1, ?2, ?3, ?4)",
        DB_ARGS(member(entry, "user"), member(entry, "role"), member(entry, "site"), db_integer(entry->seq)),
        err);
}

static bool apply_revoke(Db *db, const Entry *entry, Error *err)
{
    return db_run(db, "DELETE FROM grants WHERE user = ?1 AND role = ?2 AND site = ?3",
                  DB_ARGS(member(entry, "user"), member(entry, "role"), member(entry, "site")), err);
}

static bool apply_lock(Db *db, const Entry *entry, Error *err)
{
    return db_run(db, "INSERT INTO locks (subject, form, visit, seq) VALUES (?1, ?2, ?3, ?4)",
                  DB_ARGS(db_text(entry->subject), member(entry, "form"), member(entry, "visit"),
                          db_integer(entry->seq)),
                  err);
}

static bool apply_unlock(Db *db, const Entry *entry, Error *err)
{
    return db_run(db, "DELETE FROM locks WHERE subject = ?1 AND form = ?2 AND visit = ?3",
                  DB_ARGS(db_text(entry->subject), member(entry, "form"), member(entry, "visit")), err);
}

const Act act_create = {
    .name = "create",
    .summary = "the trial begins: body holds the protocol and its version",
    .roles = ADMIN,
    .apply = apply_protocol,
};

const Act act_amend = {
    .name = "amend",
    .summary = "a new version of the protocol; sites use it from the day they approve it",
    .needs_reason = true,
    .roles = STAFF_SET(SPONSOR),
    .apply = apply_protocol,
};

const Act act_approve = {
    .name = "approve",
    .summary = "the site works under a version of the protocol from a date on",
    .roles = STAFF_SET(SPONSOR) | STAFF_SET(INVESTIGATOR),
    .apply = apply_approve,
};

const Act act_add_site = {.name = "add-site",
                          .summary = "a place where subjects are seen",
                          .roles = ADMIN,
                          .apply = apply_add_site};
const Act act_add_user = {.name = "add-user",
                          .summary = "somebody gets a user id, for ever",
                          .roles = ADMIN,
                          .apply = apply_add_user};

const Act act_remove_user = {
    .name = "remove-user",
    .summary = "somebody has left: all roles end, the id stays taken",
    .needs_reason = true,
    .roles = ADMIN,
    .apply = apply_remove_user,
};

const Act act_grant = {.name = "grant",
                       .summary = "a user gets a role, at a site or everywhere",
                       .roles = ADMIN,
                       .apply = apply_grant};

const Act act_revoke = {
    .name = "revoke",
    .summary = "a user loses a role",
    .needs_reason = true,
    .roles = ADMIN,
    .apply = apply_revoke,
};

const Act act_lock = {
    .name = "lock",
    .summary = "a form, a subject or the trial can no longer be written",
    .roles = STAFF_SET(INVESTIGATOR) | STAFF_SET(DATA_MANAGER) | STAFF_SET(SPONSOR),
    .apply = apply_lock,
};

const Act act_unlock = {
    .name = "unlock",
    .summary = "a lock is opened again",
    .needs_reason = true,
    .roles = STAFF_SET(INVESTIGATOR) | STAFF_SET(SPONSOR),
    .apply = apply_unlock,
};

const Act act_export = {
    .name = "export",
    .summary = "data left the trial file: body says in which form",
    .roles = SITE_STAFF | STAFF_SET(DATA_MANAGER) | STAFF_SET(STATISTICIAN) | STAFF_SET(SPONSOR) |
             STAFF_SET(INSPECTOR),
};

const Act act_backup = {
    .name = "backup",
    .summary = "a copy of the trial file was made",
    .roles = ADMIN | STAFF_SET(DATA_MANAGER) | STAFF_SET(SPONSOR),
};
