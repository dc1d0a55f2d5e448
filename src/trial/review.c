/* Queries and locks. */
#include <inttypes.h>

#include "trial/inside.h"

static bool query(Trial *trial, const Actor *actor, Str subject, Str form, Str visit, Str item, Str text,
                  int64_t *seq, Error *err)
{
    SubjectRow row;
    if (!find_subject(trial, subject, &row, err)) return false;
    if (!text.len) return error_set(err, ERROR_MALFORMED, "the query asks nothing");
    Body body = body_new(trial->scratch);
    body_put_text(&body, "form", form);
    body_put_text(&body, "visit", visit);
    body_put_text(&body, "item", item);
    body_put_text(&body, "source", STR(""));
    body_put_text(&body, "text", text);
    return perform(trial, actor, &act_query, row.site, subject, &body, seq, err);
}

bool trial_query(Trial *trial, const Actor *actor, Str subject, Str form, Str visit, Str item, Str text,
                 int64_t *seq, Error *err)
{
    Step step;
    return step_begin(trial, &step, err) &&
           step_end(trial, &step, query(trial, actor, subject, form, visit, item, text, seq, err), err);
}

/* The subject, its site and the state of a query. */
static bool find_query(Trial *trial, int64_t number, SubjectRow *row, Str *state, Error *err)
{
    Str subject;
    bool found;
    DbArgs args = DB_ARGS(db_integer(number));
    if (!db_find_text(trial->scratch, trial->db, "SELECT subject FROM queries WHERE seq = ?1", args, &subject,
                      &found, err))
        return false;
    if (!found) {
        error_set(err, ERROR_INCONSISTENT, "there is no query %" PRId64, number);
        return error_hint(err, "`equipoise query TRIAL` lists those there are.");
    }
    return db_find_text(trial->scratch, trial->db, "SELECT state FROM queries WHERE seq = ?1", args, state,
                        NULL, err) &&
           find_subject(trial, subject, row, err);
}

static bool move_query(Trial *trial, const Actor *actor, const Act *act, int64_t number, Str text, Error *err)
{
    SubjectRow row;
    Str state;
    if (!find_query(trial, number, &row, &state, err)) return false;
    if (str_equal(state, STR("closed"))) {
        error_set(err, ERROR_INCONSISTENT, "query %" PRId64 " is closed", number);
        return error_hint(err, "Ask a new one.");
    }
    Body body = body_new(trial->scratch);
    body_put_integer(&body, "query", number);
    body_put_text_unless_empty(&body, "text", text);
    return perform(trial, actor, act, row.site, row.subject, &body, NULL, err);
}

bool trial_answer(Trial *trial, const Actor *actor, int64_t number, Str text, Error *err)
{
    Step step;
    if (!text.len) return error_set(err, ERROR_MALFORMED, "the answer says nothing");
    return step_begin(trial, &step, err) &&
           step_end(trial, &step, move_query(trial, actor, &act_answer, number, text, err), err);
}

bool trial_close_query(Trial *trial, const Actor *actor, int64_t number, Error *err)
{
    Step step;
    return step_begin(trial, &step, err) &&
           step_end(trial, &step, move_query(trial, actor, &act_close_query, number, STR(""), err), err);
}

static Str lock_name(Arena *arena, Str subject, Str form, Str visit)
{
    if (!subject.len) return STR("the trial");
    if (!form.len) return str_format(arena, "subject \"" STR_FMT "\"", STR_ARG(subject));
    return str_format(arena, "form \"" STR_FMT "\" at \"" STR_FMT "\" of \"" STR_FMT "\"", STR_ARG(form),
                      STR_ARG(visit), STR_ARG(subject));
}

/* What stands open in the scope: queries, and values missing without a reason. */
static bool check_complete(Trial *trial, Str name, Str subject, Str form, Str visit, Error *err)
{
    int64_t n_queries;
    Frame *blanks;
    if (!db_find_integer(trial->db,
                         "SELECT count(*) FROM queries WHERE state <> 'closed' AND (?1 = '' OR subject = ?1)"
                         " AND (?2 = '' OR (form = ?2 AND visit = ?3))",
                         DB_ARGS(db_text(subject), db_text(form), db_text(visit)), &n_queries, NULL, err) ||
        !list_blanks(trial, trial->scratch, subject, form, visit, &blanks, err))
        return false;
    if (!n_queries && !blanks->n_rows) return true;
    error_set(err, ERROR_INCONSISTENT,
              STR_FMT " has %" PRId64 " open queries and %zu values missing without a reason", STR_ARG(name),
              n_queries, blanks->n_rows);
    return error_hint(
        err,
        "Close the queries, and say of each blank why it is missing (equipoise status --blanks lists them).");
}

static bool site_of(Trial *trial, Str subject, Str *site, Error *err)
{
    SubjectRow row = {0};
    if (subject.len && !find_subject(trial, subject, &row, err)) return false;
    *site = row.site;
    return true;
}

static bool is_locked(Trial *trial, Str subject, Str form, Str visit, bool *locked, Error *err)
{
    int64_t one;
    return db_find_integer(trial->db, "SELECT 1 FROM locks WHERE subject = ?1 AND form = ?2 AND visit = ?3",
                           DB_ARGS(db_text(subject), db_text(form), db_text(visit)), &one, locked, err);
}

static bool set_lock(Trial *trial, const Actor *actor, const Act *act, bool wanted, Str subject, Str form,
                     Str visit, Error *err)
{
    Str site, name = lock_name(trial->scratch, subject, form, visit);
    int64_t id;
    Str date;
    bool locked, found = true;
    if (!site_of(trial, subject, &site, err) || !is_locked(trial, subject, form, visit, &locked, err))
        return false;
    if (form.len && !find_form(trial, subject, form, visit, &id, &date, &found, err)) return false;
    if (!found) return error_set(err, ERROR_INCONSISTENT, "there is no " STR_FMT, STR_ARG(name));
    if (locked == wanted)
        return error_set(err, ERROR_INCONSISTENT,
                         wanted ? STR_FMT " is locked already" : STR_FMT " is not locked", STR_ARG(name));
    if (wanted && !check_complete(trial, name, subject, form, visit, err)) return false;
    Body body = body_new(trial->scratch);
    body_put_text(&body, "form", form);
    body_put_text(&body, "visit", visit);
    return perform(trial, actor, act, site, subject, &body, NULL, err);
}

bool trial_lock(Trial *trial, const Actor *actor, Str subject, Str form, Str visit, Error *err)
{
    Step step;
    return step_begin(trial, &step, err) &&
           step_end(trial, &step, set_lock(trial, actor, &act_lock, true, subject, form, visit, err), err);
}

bool trial_unlock(Trial *trial, const Actor *actor, Str subject, Str form, Str visit, Error *err)
{
    Step step;
    return step_begin(trial, &step, err) &&
           step_end(trial, &step, set_lock(trial, actor, &act_unlock, false, subject, form, visit, err), err);
}
