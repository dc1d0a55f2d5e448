/* Acts about subjects: from screening to the last form, and the questions asked about them. */
#include <math.h>

#include "store/act.h"

#define SITE_STAFF (STAFF_SET(INVESTIGATOR) | STAFF_SET(COORDINATOR))
#define IMPORTERS STAFF_SET(DATA_MANAGER)

static DbValue member(const Entry *entry, const char *key) { return db_text(json_text(&entry->body, key)); }

/* Whole numbers are stored as such: half the bytes, and the same double when read. */
static DbValue number_value(double number)
{
    bool is_whole = number == floor(number) && fabs(number) < 9007199254740992.0;
    return is_whole ? db_integer((int64_t)number) : db_real(number);
}

static bool store_item(Db *db, int64_t form_id, Str item, const Json *value, int64_t seq, Error *err)
{
    DbValue stored = db_null(), missing = db_null();
    switch (value->kind) {
    case JSON_IS_NUMBER:
        stored = number_value(value->number);
        break;
    case JSON_IS_TEXT:
        stored = db_text(value->text);
        break;
    case JSON_IS_OBJECT:
        missing = db_text(json_text(value, "missing"));
        break;
    case JSON_IS_NULL:
    case JSON_IS_BOOL:
    case JSON_IS_ARRAY:
        return error_set(err, ERROR_MALFORMED, "item \"" STR_FMT "\" is neither a number, a text nor missing",
                         STR_ARG(item));
    }
    return db_run(
        db,
        "INSERT INTO item_values (form_id, item, value, missing, version, seq) VALUES (?1, ?2, ?3, ?4, 1, ?5)"
        " ON CONFLICT (form_id, item) DO UPDATE SET value = excluded.value, missing = excluded.missing,"
        " version = version + 1, seq = excluded.seq",
        DB_ARGS(db_integer(form_id), db_text(item), stored, missing, db_integer(seq)), err);
}

static bool store_items(Db *db, int64_t form_id, const Entry *entry, Error *err)
{
    const Json *items = json_get(&entry->body, "items");
    if (items && items->kind != JSON_IS_OBJECT)
        return error_set(err, ERROR_MALFORMED, "\"items\" is no object");
    for (size_t i = 0; items && i < items->n; i++)
        if (!store_item(db, form_id, items->keys[i], &items->items[i], entry->seq, err)) return false;
    return true;
}

static bool find_form(Db *db, const Entry *entry, int64_t *id, bool *found, Error *err)
{
    return db_find_integer(
        db, "SELECT id FROM forms WHERE subject = ?1 AND form = ?2 AND visit = ?3 AND struck_out IS NULL",
        DB_ARGS(db_text(entry->subject), member(entry, "form"), member(entry, "visit")), id, found, err);
}

/* A form's first save makes it; later ones add items that had no value yet. */
static bool apply_form(Db *db, const Entry *entry, Error *err)
{
    int64_t id;
    bool found;
    if (!find_form(db, entry, &id, &found, err)) return false;
    if (!found) {
        id = entry->seq;
        if (!db_run(db,
                    "INSERT INTO forms (id, subject, form, visit, act, date, protocol, seq)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?1)",
                    DB_ARGS(db_integer(id), db_text(entry->subject), member(entry, "form"),
                            member(entry, "visit"), db_text(entry->act), member(entry, "date"),
                            member(entry, "protocol")),
                    err))
            return false;
    } else if (!db_run(db, "UPDATE forms SET seq = ?2 WHERE id = ?1",
                       DB_ARGS(db_integer(id), db_integer(entry->seq)), err)) {
        return false;
    }
    return store_items(db, id, entry, err);
}

static bool apply_screen(Db *db, const Entry *entry, Error *err)
{
    return db_run(db, "INSERT INTO subjects (subject, site, screened, seq) VALUES (?1, ?2, ?3, ?4)",
                  DB_ARGS(db_text(entry->subject), db_text(entry->site), member(entry, "date"),
                          db_integer(entry->seq)),
                  err) &&
           apply_form(db, entry, err);
}

/* The first consent dates the subject's consent; later ones are re-consents. */
static bool apply_consent(Db *db, const Entry *entry, Error *err)
{
    return db_run(db,
                  "INSERT INTO consents (seq, subject, date, version, language, signed_by, assent)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                  DB_ARGS(db_integer(entry->seq), db_text(entry->subject), member(entry, "date"),
                          member(entry, "version"), member(entry, "language"), member(entry, "signed_by"),
                          member(entry, "assent")),
                  err) &&
           db_run(db,
                  "UPDATE subjects SET consented = min(coalesce(consented, ?2), ?2), seq = ?3 WHERE subject "
                  "= ?1",
                  DB_ARGS(db_text(entry->subject), member(entry, "date"), db_integer(entry->seq)), err);
}

static bool apply_enrol(Db *db, const Entry *entry, Error *err)
{
    return db_run(db, "UPDATE subjects SET enrolled = ?2, arm = ?3, seq = ?4 WHERE subject = ?1",
                  DB_ARGS(db_text(entry->subject), member(entry, "date"),
                          db_text_or_null(json_text(&entry->body, "arm")), db_integer(entry->seq)),
                  err);
}

static bool apply_withdraw(Db *db, const Entry *entry, Error *err)
{
    return db_run(db,
                  "UPDATE subjects SET withdrawn = ?2, withdrawal_reason = ?3, seq = ?4 WHERE subject = ?1",
                  DB_ARGS(db_text(entry->subject), member(entry, "date"), member(entry, "reason"),
                          db_integer(entry->seq)),
                  err);
}

static bool apply_correct(Db *db, const Entry *entry, Error *err)
{
    int64_t id;
    bool found;
    if (!find_form(db, entry, &id, &found, err)) return false;
    if (!found) return error_set(err, ERROR_INCONSISTENT, "there is no such form to correct");
    DbValue date = db_text_or_null(json_text(&entry->body, "date"));
    return db_run(db, "UPDATE forms SET date = coalesce(?2, date), seq = ?3 WHERE id = ?1",
                  DB_ARGS(db_integer(id), date, db_integer(entry->seq)), err) &&
           db_run(db,
                  "UPDATE subjects SET screened = coalesce(?2, screened)"
                  " WHERE subject = ?3 AND EXISTS (SELECT 1 FROM forms WHERE id = ?1 AND act = 'screen')",
                  DB_ARGS(db_integer(id), date, db_text(entry->subject)), err) &&
           store_items(db, id, entry, err);
}

static bool apply_strike_out(Db *db, const Entry *entry, Error *err)
{
    int64_t id;
    bool found;
    if (!find_form(db, entry, &id, &found, err)) return false;
    if (!found) return error_set(err, ERROR_INCONSISTENT, "there is no such form to strike out");
    return db_run(db, "UPDATE forms SET struck_out = ?2, seq = ?2 WHERE id = ?1",
                  DB_ARGS(db_integer(id), db_integer(entry->seq)), err);
}

static bool apply_deviation(Db *db, const Entry *entry, Error *err)
{
    return db_run(db, "INSERT INTO deviations (seq, subject, date, kind, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
                  DB_ARGS(db_integer(entry->seq), db_text(entry->subject), member(entry, "date"),
                          member(entry, "kind"), member(entry, "detail")),
                  err);
}

static bool apply_query(Db *db, const Entry *entry, Error *err)
{
    return db_run(
        db,
        "INSERT INTO queries (seq, subject, form, visit, item, source, text, state, answer, changed_seq)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'open', '', ?1)",
        DB_ARGS(db_integer(entry->seq), db_text(entry->subject), member(entry, "form"),
                member(entry, "visit"), member(entry, "item"), member(entry, "source"),
                member(entry, "text")),
        err);
}

static bool query_number(const Entry *entry, int64_t *number, Error *err)
{
    if (json_whole(&entry->body, "query", 1, JSON_INTEGER_MAX, number)) return true;
    return error_set(err, ERROR_MALFORMED, "\"query\" is not the number of a query");
}

static bool apply_answer(Db *db, const Entry *entry, Error *err)
{
    int64_t query;
    if (!query_number(entry, &query, err)) return false;
    return db_run(db, "UPDATE queries SET state = 'answered', answer = ?2, changed_seq = ?3 WHERE seq = ?1",
                  DB_ARGS(db_integer(query), member(entry, "text"), db_integer(entry->seq)),
                  err);
}

static bool apply_close_query(Db *db, const Entry *entry, Error *err)
{
    int64_t query;
    if (!query_number(entry, &query, err)) return false;
    return db_run(db, "UPDATE queries SET state = 'closed', changed_seq = ?2 WHERE seq = ?1",
                  DB_ARGS(db_integer(query), db_integer(entry->seq)),
                  err);
}

const Act act_screen = {
    .name = "screen",
    .summary = "a person is considered: the subject id, the site and the screening form",
    .roles = SITE_STAFF,
    .import_roles = IMPORTERS,
    .apply = apply_screen,
};

const Act act_consent = {
    .name = "consent",
    .summary = "consent or re-consent was signed: date, version, language, by whom, assent",
    .roles = SITE_STAFF,
    .import_roles = IMPORTERS,
    .apply = apply_consent,
};

const Act act_enrol = {
    .name = "enrol",
    .summary = "the subject takes part: consent was given and every criterion is met",
    .roles = SITE_STAFF,
    .import_roles = IMPORTERS,
    .apply = apply_enrol,
};

const Act act_record = {
    .name = "record",
    .summary = "a form of a visit is saved: items that had no value yet",
    .roles = SITE_STAFF | STAFF_SET(ASSESSOR),
    .import_roles = IMPORTERS,
    .apply = apply_form,
};

const Act act_dose = {
    .name = "dose",
    .summary = "a dose was given: its number, date and product",
    .roles = SITE_STAFF | STAFF_SET(PHARMACIST),
    .import_roles = IMPORTERS,
    .apply = apply_form,
};

const Act act_adverse_event = {
    .name = "adverse-event",
    .summary = "an adverse event, numbered within its subject",
    .roles = SITE_STAFF,
    .import_roles = IMPORTERS,
    .apply = apply_form,
};

const Act act_correct = {
    .name = "correct",
    .summary = "saved values or the date of a form change; `was` holds the old ones",
    .needs_reason = true,
    .roles = SITE_STAFF | STAFF_SET(ASSESSOR) | STAFF_SET(PHARMACIST),
    .apply = apply_correct,
};

const Act act_strike_out = {
    .name = "strike-out",
    .summary = "a form was made by mistake: it stays in the journal and leaves the data",
    .needs_reason = true,
    .roles = STAFF_SET(INVESTIGATOR),
    .apply = apply_strike_out,
};

const Act act_deviation = {
    .name = "deviation",
    .summary = "the protocol was not followed: date, kind, detail",
    .roles = SITE_STAFF | STAFF_SET(MONITOR),
    .import_roles = IMPORTERS,
    .apply = apply_deviation,
};

const Act act_withdraw = {
    .name = "withdraw",
    .summary = "the subject leaves the trial: date and reason",
    .roles = SITE_STAFF,
    .import_roles = IMPORTERS,
    .apply = apply_withdraw,
};

const Act act_query = {
    .name = "query",
    .summary = "a question about a value, by a person or by a soft check",
    /* whoever saves a value may raise what a soft check asks */
    .roles = SITE_STAFF | STAFF_SET(ASSESSOR) | STAFF_SET(PHARMACIST) | STAFF_SET(MONITOR) |
             STAFF_SET(DATA_MANAGER),
    .apply = apply_query,
};

const Act act_answer = {
    .name = "answer", .summary = "the answer to a query", .roles = SITE_STAFF, .apply = apply_answer};

const Act act_close_query = {
    .name = "close-query",
    .summary = "whoever may ask is content with the answer",
    .roles = STAFF_SET(MONITOR) | STAFF_SET(DATA_MANAGER) | STAFF_SET(INVESTIGATOR),
    .apply = apply_close_query,
};
