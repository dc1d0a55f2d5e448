#include "trial/trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "store/schema.h"
#include "store/verify.h"
#include "trial/inside.h"

#define DAY_MS (24 * 60 * 60 * (int64_t)1000)

bool check_id(const char *what, Str id, Error *err)
{
    bool fits = id.len > 0 && id.len <= 40 && id.data[0] != '.';
    for (size_t i = 0; fits && i < id.len; i++) {
        char c = id.data[i];
        fits = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    }
    if (fits) return true;
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no %s", STR_ARG(id), what);
    return error_hint(err, "Use letters, digits, '-', '_' and '.', at most 40 of them and no '.' first.");
}

bool refuse(Error *err, const char *hint, const char *format, Str what, Str than)
{
    error_set(err, ERROR_INCONSISTENT, format, STR_ARG(what), STR_ARG(than));
    return error_hint(err, "%s", hint);
}

bool check_text(const char *what, Str text, Error *err)
{
    if (!str_starts(str_trim(text), STR("."))) return true;
    error_set(err, ERROR_MALFORMED, "the %s begins with a full stop", what);
    return error_hint(err, "Begin it with a word: in files, a full stop begins the code of a missing value.");
}

bool check_date(Str what, Str text, Instant at, Error *err)
{
    Date date;
    if (!date_parse(text, &date, err)) return error_in(err, STR_FMT, STR_ARG(what));
    if (!date_is_full(date)) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no whole date", STR_ARG(text));
        error_in(err, STR_FMT, STR_ARG(what));
        return error_hint(err, "Write year, month and day: 2016-03-01.");
    }
    if (date_days(date) <= date_days(instant_date(at + DAY_MS))) return true;
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is in the future", STR_ARG(text));
    error_in(err, STR_FMT, STR_ARG(what));
    return error_hint(err, "Correct the year; what has not happened is not recorded.");
}

/* --- versions of the protocol --- */

/* What was accepted stays accepted: it was judged by the rules of its day, and rules that have become stricter since must
 * not shut the file. Only what cannot be read at all is refused. */
static bool read_stored(Arena *arena, Str text, Protocol *protocol, Error *err)
{
    ProblemList problems = problems_new(arena);
    if (protocol_read(arena, text, protocol, &problems)) return true;
    error_set(err, ERROR_MALFORMED, STR_FMT, STR_ARG(problems.items[0].message));
    return error_hint(err, "The file was altered or is damaged: `equipoise verify` says where.");
}

bool load_versions(Trial *trial, Error *err)
{
    Rows rows;
    bool more;
    if (!db_query(trial->db, "SELECT version, text FROM protocols WHERE ordinal > ?1 ORDER BY ordinal",
                  DB_ARGS(db_integer((int64_t)trial->n_versions)), &rows, err))
        return false;
    for (;;) {
        if (!db_next(&rows, &more, err)) return false;
        if (!more) return true;
        ProtocolVersion *version = ARENA_NEW(trial->arena, ProtocolVersion);
        version->version = rows_text_copy(trial->arena, &rows, 0);
        if (!read_stored(trial->arena, rows_text_copy(trial->arena, &rows, 1), &version->protocol, err)) {
            rows_end(&rows);
            return error_in(err, "stored protocol, version " STR_FMT, STR_ARG(version->version));
        }
        version->rules = ARENA_ARRAY(trial->arena, FormRules, version->protocol.forms.n + 1);
        ARENA_PUSH_ROOM(trial->arena, trial->versions, trial->n_versions, trial->version_capacity);
        trial->versions[trial->n_versions++] = version;
    }
}

bool version_at(Trial *trial, Str site, Str date, ProtocolVersion **version, Error *err)
{
    int64_t ordinal = 1;
    if (trial->n_versions > 1 &&
        !db_find_integer(
            trial->db,
            "SELECT coalesce(max(p.ordinal), 1) FROM approvals AS a JOIN protocols AS p USING (version)"
            " WHERE a.site = ?1 AND a.date <= ?2",
            DB_ARGS(db_text(site), db_text(date)), &ordinal, NULL, err))
        return false;
    if (ordinal < 1 || (uint64_t)ordinal > trial->n_versions)
        return error_set(err, ERROR_MALFORMED, "the trial file numbers its protocols wrongly");
    *version = trial->versions[ordinal - 1];
    return true;
}

bool rules_of(Trial *trial, ProtocolVersion *version, Str form, FormRules **rules, Error *err)
{
    for (size_t i = 0; i < version->n_rules; i++) {
        *rules = &version->rules[i];
        if (str_equal((*rules)->form->id, form)) return true;
    }
    *rules = &version->rules[version->n_rules];
    if (!form_rules_compile(trial->arena, trial->conditions, &version->protocol, form, *rules, err))
        return false;
    version->n_rules++;
    return true;
}

/* --- transactions --- */

void forget_staff(Trial *trial) { trial->staff.user = STR(""); }

bool trial_begin(Trial *trial, Error *err)
{
    forget_staff(trial);
    if (!db_begin(trial->db, err)) return false;
    trial->is_begun = load_versions(trial, err);
    if (!trial->is_begun) db_rollback(trial->db);
    return trial->is_begun;
}

bool trial_commit(Trial *trial, Error *err)
{
    if (db_commit(trial->db, err)) {
        trial->is_begun = false;
        return true;
    }
    trial_rollback(trial);
    return false;
}

/* What was written and taken back must not stay in memory. */
static void forget_undone(Trial *trial)
{
    int64_t n = 0;
    Error ignored = {0};
    forget_staff(trial);
    if (db_find_integer(trial->db, "SELECT count(*) FROM protocols", DB_NO_ARGS, &n, NULL, &ignored) &&
        (size_t)n < trial->n_versions)
        trial->n_versions = (size_t)n;
}

void trial_rollback(Trial *trial)
{
    db_rollback(trial->db);
    trial->is_begun = false;
    forget_undone(trial);
}

bool step_begin(Trial *trial, Step *step, Error *err)
{
    step->is_outermost = !trial->is_begun;
    step->mark = arena_mark(trial->scratch);
    return step->is_outermost ? trial_begin(trial, err) : db_begin_part(trial->db, err);
}

bool step_end(Trial *trial, Step *step, bool succeeded, Error *err)
{
    if (step->is_outermost && succeeded) {
        succeeded = trial_commit(trial, err);
    } else if (step->is_outermost) {
        trial_rollback(trial);
    } else if (!succeeded || !db_commit_part(trial->db, err)) {
        succeeded = false;
        db_rollback_part(trial->db);
        forget_undone(trial);
    }
    if (step->is_outermost) forget_staff(trial);
    arena_rewind(trial->scratch, step->mark);
    return succeeded;
}

/* --- who may --- */

static bool load_staff(Trial *trial, Str user, Error *err)
{
    Rows rows;
    bool more;
    size_t capacity = 0, site_capacity = 0;
    Arena *arena = trial->staff.arena;
    arena_rewind(arena, trial->staff.start);
    trial->staff.user = str_copy(arena, user);
    trial->staff.everywhere = 0;
    trial->staff.n = 0;
    trial->staff.sites = NULL;
    trial->staff.at_site = NULL;
    if (!db_query(trial->db, "SELECT role, site FROM grants WHERE user = ?1", DB_ARGS(db_text(user)), &rows,
                  err))
        return false;
    for (;;) {
        StaffRole role;
        if (!db_next(&rows, &more, err)) return false;
        if (!more) return true;
        if (!staff_parse(rows_text(&rows, 0), &role, err)) {
            rows_end(&rows);
            return false;
        }
        if (rows_text(&rows, 1).len == 0) {
            trial->staff.everywhere |= 1u << role;
            continue;
        }
        size_t n = trial->staff.n;
        ARENA_PUSH_ROOM(arena, trial->staff.sites, n, capacity);
        ARENA_PUSH_ROOM(arena, trial->staff.at_site, n, site_capacity);
        trial->staff.sites[n] = rows_text_copy(arena, &rows, 1);
        trial->staff.at_site[n] = 1u << role;
        trial->staff.n++;
    }
}

/* The first role, in the order of the table, that the actor holds at the site and that may do the act. */
static bool authorise(Trial *trial, const Actor *actor, const Act *act, Str site, Str *user, Str *role,
                      Error *err)
{
    *user = actor->user;
    if (!user->len && !trial_first_user(trial, trial->scratch, user, err)) return false;
    if (!str_equal(*user, trial->staff.user) && !load_staff(trial, *user, err)) return false;
    unsigned held = trial->staff.everywhere, wanted = act->roles | (actor->from_file ? act->import_roles : 0);
    for (size_t i = 0; i < trial->staff.n; i++)
        if (str_equal(site, trial->staff.sites[i])) held |= trial->staff.at_site[i];
    for (int i = 0; i < N_STAFF_ROLES; i++) {
        if (!(held & wanted & 1u << i)) continue;
        *role = str_from(staff_word((StaffRole)i));
        return true;
    }
    error_set(err, ERROR_DENIED, "\"" STR_FMT "\" may not do \"%s\"%s" STR_FMT, STR_ARG(*user), act->name,
              site.len ? " at site " : "", STR_ARG(site));
    return error_hint(err, "It takes the role " STR_FMT "; an administrator grants it (equipoise user).",
                      STR_ARG(staff_set_text(trial->scratch, wanted)));
}

bool sees_allocation(Trial *trial, const Actor *actor, bool *sees, Error *err)
{
    static const unsigned KNOWING = STAFF_SET(RANDOMISER) | STAFF_SET(DSMB_STATISTICIAN) | STAFF_SET(DSMB_MEMBER) | STAFF_SET(INSPECTOR);
    const Protocol *protocol = trial_protocol(trial);
    Str user = actor->user;
    *sees = protocol->arms.n <= 1 || protocol->trial.blinding == BLINDING_OPEN;
    if (*sees) return true;
    if (!user.len && !trial_first_user(trial, trial->scratch, &user, err)) return false;
    if (!str_equal(user, trial->staff.user) && !load_staff(trial, user, err)) return false;
    *sees = (trial->staff.everywhere & KNOWING) != 0;
    return true;
}

bool perform(Trial *trial, const Actor *actor, const Act *act, Str site, Str subject, const Body *body,
             int64_t *seq, Error *err)
{
    Entry entry = {
        .at = actor->at,
        .has_client_at = actor->has_client_at,
        .client_at = actor->client_at,
        .site = site,
        .subject = subject,
        .reason = actor->reason,
        .body = body->json,
    };
    if (!check_text("reason", actor->reason, err) ||
        !authorise(trial, actor, act, site, &entry.actor, &entry.role, err))
        return false;
    bool done = act_append(trial->scratch, trial->db, act, &entry, err);
    if (done && seq) *seq = entry.seq;
    return done;
}

/* --- subjects --- */

bool subject_exists(Trial *trial, Str subject, bool *exists, Error *err)
{
    int64_t one;
    return db_find_integer(trial->db, "SELECT 1 FROM subjects WHERE subject = ?1", DB_ARGS(db_text(subject)),
                           &one, exists, err);
}

bool find_subject(Trial *trial, Str subject, SubjectRow *row, Error *err)
{
    Rows rows;
    bool more;
    if (!db_query(trial->db,
                  "SELECT subject, site, screened, consented, enrolled, arm, withdrawn FROM subjects WHERE "
                  "subject = ?1",
                  DB_ARGS(db_text(subject)), &rows, err) ||
        !db_next(&rows, &more, err))
        return false;
    if (!more) {
        error_set(err, ERROR_INCONSISTENT, "there is no subject \"" STR_FMT "\"", STR_ARG(subject));
        return error_hint(err, "Screen the subject first, or correct the id.");
    }
    Str *const fields[] = {&row->subject,  &row->site, &row->screened, &row->consented,
                           &row->enrolled, &row->arm,  &row->withdrawn};
    for (int i = 0; i < 7; i++) *fields[i] = rows_text_copy(trial->scratch, &rows, i);
    rows_end(&rows);
    return true;
}

bool check_unlocked(Trial *trial, Str subject, Str form, Str visit, Error *err)
{
    Str what;
    bool locked;
    if (!db_find_text(
            trial->scratch, trial->db,
            "SELECT CASE WHEN subject = '' THEN 'trial' WHEN form = '' THEN 'subject' ELSE 'form' END FROM "
            "locks"
            " WHERE (subject = '' OR subject = ?1) AND (form = '' OR (form = ?2 AND visit = ?3)) LIMIT 1",
            DB_ARGS(db_text(subject), db_text(form), db_text(visit)), &what, &locked, err))
        return false;
    if (!locked) return true;
    error_set(err, ERROR_INCONSISTENT, "the " STR_FMT " is locked", STR_ARG(what));
    return error_hint(err, "Unlock it with a reason (equipoise unlock), then write.");
}

/* --- the file --- */

static bool set_up(Arena *arena, Db *db, Trial **trial, Error *err)
{
    *trial = ARENA_NEW(arena, Trial);
    **trial = (Trial){.arena = arena_new(), .db = db};
    (*trial)->scratch = arena_new();
    (*trial)->staff.arena = arena_new();
    (*trial)->staff.start = arena_mark((*trial)->staff.arena);
    forget_staff(*trial);
    return condition_engine_open((*trial)->arena, &(*trial)->conditions, err) &&
           db_protect(db, "journal", err) && load_versions(*trial, err);
}

void trial_close(Trial *trial)
{
    if (!trial || !trial->arena) return;
    db_close(trial->db);
    arena_free(trial->scratch);
    arena_free(trial->staff.arena);
    Arena *arena = trial->arena;
    trial->arena = NULL;
    arena_free(arena);
}

static void close_deferred(void *trial) { trial_close(trial); }

bool trial_open(Arena *arena, Str path, Trial **trial, Error *err)
{
    Db *db;
    if (!db_open(arena, path, &TRIAL_FORMAT, &db, err)) return false;
    bool opened = set_up(arena, db, trial, err);
    if (opened && (*trial)->n_versions == 0)
        opened = error_set(err, ERROR_MALFORMED, "the trial file holds no protocol");
    if (opened)
        arena_defer(arena, close_deferred, *trial);
    else
        trial_close(*trial);
    return opened;
}

static Entry first_entry(const NewTrial *request, const Actor *actor, Body body)
{
    return (Entry){
        .at = actor->at,
        .has_client_at = actor->has_client_at,
        .client_at = actor->client_at,
        .actor = request->user,
        .role = str_from(staff_word(STAFF_ADMINISTRATOR)),
        .reason = actor->reason,
        .body = body.json,
    };
}

/* The acts before anybody holds a role are the first user's own, as administrator. */
static bool append_first(Trial *trial, const NewTrial *request, const Actor *actor, const Act *act, Body body,
                         Error *err)
{
    Entry entry = first_entry(request, actor, body);
    return act_append(trial->scratch, trial->db, act, &entry, err);
}

/* A role against those before it in the list. */
static bool check_pair(const Trial *trial, const Str *roles, size_t n_before, StaffRole role, Error *err)
{
    for (size_t i = 0; i < n_before && trial_protocol(trial)->trial.blinding != BLINDING_OPEN; i++) {
        StaffRole held;
        if (!staff_parse(roles[i], &held, err)) return false;
        if (!staff_breaks_blinding(held, role)) continue;
        error_set(err, ERROR_INCONSISTENT, "one person cannot be %s and %s", staff_word(held),
                  staff_word(role));
        return error_hint(
            err, "Together the two roles would break the blinding; give one of them to somebody else.");
    }
    return true;
}

static bool append_roles(Trial *trial, const NewTrial *request, const Actor *actor, Error *err)
{
    static const Str DEFAULT_ROLES[] = {
        {"administrator", 13}, {"sponsor", 7}, {"data-manager", 12}, {"investigator", 12}};
    const Str *roles = request->n_roles ? request->roles : DEFAULT_ROLES;
    size_t n = request->n_roles ? request->n_roles : sizeof DEFAULT_ROLES / sizeof DEFAULT_ROLES[0];
    for (size_t i = 0; i < n; i++) {
        Body body = body_new(trial->scratch);
        StaffRole role;
        if (!staff_parse(roles[i], &role, err) || !check_pair(trial, roles, i, role, err)) return false;
        body_put_text(&body, "user", request->user);
        body_put_text(&body, "role", str_from(staff_word(role)));
        body_put_text(&body, "site", STR(""));
        if (!append_first(trial, request, actor, &act_grant, body, err)) return false;
    }
    return true;
}

static bool append_sites(Trial *trial, const NewTrial *request, const Actor *actor, const Sites *sites,
                         Error *err)
{
    for (size_t i = 0; i < sites->n; i++) {
        Body body = body_new(trial->scratch);
        body_put_text(&body, "site", sites->items[i].id);
        body_put_text(&body, "title", sites->items[i].title);
        body_put_text(&body, "country", sites->items[i].country);
        if (!append_first(trial, request, actor, &act_add_site, body, err)) return false;
    }
    return true;
}

static bool begin_story(Trial *trial, const NewTrial *request, const Actor *actor, const Protocol *protocol,
                        Error *err)
{
    Body create = body_new(trial->scratch), user = body_new(trial->scratch);
    body_put_text(&create, "version", STR("1"));
    body_put_text(&create, "protocol", request->protocol);
    body_put_text(&create, "program", STR("equipoise " EQUIPOISE_VERSION));
    body_put_text(&user, "user", request->user);
    body_put_text(&user, "name", request->name);
    return append_first(trial, request, actor, &act_create, create, err) && load_versions(trial, err) &&
           append_first(trial, request, actor, &act_add_user, user, err) &&
           append_roles(trial, request, actor, err) &&
           append_sites(trial, request, actor, &protocol->sites, err);
}

static void remove_file(Arena *arena, Str path)
{
    remove(str_c(arena, path));
    remove(str_format(arena, STR_FMT "-wal", STR_ARG(path)).data);
    remove(str_format(arena, STR_FMT "-shm", STR_ARG(path)).data);
}

bool trial_create(Arena *arena, const NewTrial *request, const Actor *actor, Trial **trial, Error *err)
{
    Db *db;
    Protocol protocol;
    if (!protocol_parse(arena, request->protocol, &protocol, err) || !check_id("user id", request->user, err))
        return false;
    if (protocol.forms.n == 0) {
        error_set(err, ERROR_INCONSISTENT, "the protocol has no forms, so there is nothing to record");
        return error_hint(
            err,
            "A protocol that analyses data from elsewhere is for `equipoise report PROTOCOL --data DIR`.");
    }
    if (!db_create(arena, request->path, &TRIAL_FORMAT, &db, err)) return false;
    bool made = set_up(arena, db, trial, err) && db_begin(db, err) &&
                begin_story(*trial, request, actor, &protocol, err) && db_commit(db, err);
    if (made) {
        arena_defer(arena, close_deferred, *trial);
        return true;
    }
    trial_close(*trial);
    remove_file(arena, request->path);
    return false;
}

Str trial_path(const Trial *trial) { return db_path(trial->db); }
bool trial_is_read_only(const Trial *trial) { return db_is_read_only(trial->db); }
const Protocol *trial_protocol(const Trial *trial)
{
    return &trial->versions[trial->n_versions - 1]->protocol;
}
Str trial_protocol_version(const Trial *trial) { return trial->versions[trial->n_versions - 1]->version; }

bool trial_first_user(Trial *trial, Arena *arena, Str *user, Error *err)
{
    return db_find_text(arena, trial->db, "SELECT user FROM users ORDER BY added_seq LIMIT 1", DB_NO_ARGS,
                        user, NULL, err);
}

bool trial_head(Trial *trial, Arena *arena, int64_t *n_entries, Str *hash, Error *err)
{
    return journal_head(arena, trial->db, n_entries, hash, err);
}

bool trial_verify(Trial *trial, Arena *arena, Str head, TrialVerdict *verdict, Error *err)
{
    VerifyReport report;
    if (!verify_trial(arena, trial->db, head, &report, err)) return false;
    *verdict = (TrialVerdict){report.sound, report.n_entries, report.head,  report.table,
                              report.key,   report.column,    report.detail};
    return true;
}

bool trial_rebuild(Trial *trial, int64_t *n_entries, Error *err)
{
    if (!trial_begin(trial, err)) return false;
    if (act_replay(trial->db, trial->db, n_entries, err)) return trial_commit(trial, err);
    trial_rollback(trial);
    return false;
}

static bool note_backup(Trial *trial, const Actor *actor, Str path, const Error *failure, Error *err)
{
    Step step;
    if (!step_begin(trial, &step, err)) return false;
    Body body = body_new(trial->scratch);
    body_put_text(&body, "to", file_name(path));
    if (failure) body_put_text(&body, "failed", str_from(failure->message));
    bool noted = perform(trial, actor, &act_backup, STR(""), STR(""), &body, NULL, err);
    return step_end(trial, &step, noted, err);
}

bool trial_backup(Trial *trial, const Actor *actor, Str path, Error *err)
{
    Error unnoted = {0};
    if (!db_backup_prepare(trial->scratch, path, err)) return false;
    if (!note_backup(trial, actor, path, NULL, err)) {
        db_backup_abandon(trial->scratch, path);
        return false;
    }
    if (db_backup(trial->scratch, trial->db, path, err)) return true;
    if (!note_backup(trial, actor, path, err, &unnoted))
        error_hint(err, "The journal says that the copy was made, and could not be told that it was not.");
    return false;
}
