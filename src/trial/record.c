/* Forms: saving, correcting, striking out. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "trial/inside.h"
#include "trial/visit_window.h"

bool find_form(Trial *trial, Str subject, Str form, Str visit, int64_t *id, Str *date, bool *found,
               Error *err)
{
    Rows rows;
    if (!db_query(trial->db,
                  "SELECT id, date FROM forms WHERE subject = ?1 AND form = ?2 AND visit = ?3 AND struck_out "
                  "IS NULL",
                  DB_ARGS(db_text(subject), db_text(form), db_text(visit)), &rows, err) ||
        !db_next(&rows, found, err))
        return false;
    *id = *found ? rows_integer(&rows, 0) : 0;
    *date = *found ? rows_text_copy(trial->scratch, &rows, 1) : STR("");
    rows_end(&rows);
    return true;
}

static Json stored_value(Arena *arena, const Rows *rows, int value, int missing)
{
    if (rows_is_null(rows, missing)) {
        if (rows_kind(rows, value) == DB_TEXT) return json_of_text(rows_text_copy(arena, rows, value));
        return json_of_number(rows_real(rows, value));
    }
    Body body = body_new(arena);
    body_put_text(&body, "missing", rows_text_copy(arena, rows, missing));
    return body.json;
}

/* What is stored of a form, into the row; into values[item] too, unless NULL (kind null: nothing was saved). */
static bool load_items(Trial *trial, FormRules *rules, int64_t form_id, Json *values, Error *err)
{
    Rows rows;
    bool more;
    if (!db_query(trial->db, "SELECT item, value, missing FROM item_values WHERE form_id = ?1",
                  DB_ARGS(db_integer(form_id)), &rows, err))
        return false;
    for (;;) {
        if (!db_next(&rows, &more, err)) return false;
        if (!more) return true;
        Json value = stored_value(trial->scratch, &rows, 1, 2);
        MapEntry *entry = values ? map_get(&rules->items, rows_text(&rows, 0)) : NULL;
        if (entry) values[entry->index] = value;
        form_rules_set_named(rules, rows_text(&rows, 0), &value);
    }
}

/* The screening items and the age on the day, for checks that speak of them. */
static bool load_screening(Trial *trial, const Protocol *protocol, FormRules *rules,
                           const SubjectRow *subject, Str date, Error *err)
{
    int64_t id;
    bool found;
    Str ignored, birth;
    Date born, on;
    Error no_date = {0};
    if (!find_form(trial, subject->subject, protocol->eligibility.form, STR(""), &id, &ignored, &found, err))
        return false;
    if (!found) return true;
    if (!load_items(trial, rules, id, NULL, err) ||
        !db_find_text(trial->scratch, trial->db,
                      "SELECT value FROM item_values WHERE form_id = ?1 AND item = 'BIRTH'",
                      DB_ARGS(db_integer(id)), &birth, &found, err))
        return false;
    if (birth.len && date_parse(birth, &born, &no_date) && date_parse(date, &on, &no_date) &&
        date_is_full(born) && date_is_full(on))
        form_rules_set_number(rules, "AGE", date_age_exact(born, on));
    return true;
}

static void set_keys(FormRules *rules, const SubjectRow *subject, Str visit, Str date)
{
    double dose;
    form_rules_set_key(rules, "SUBJID", subject->subject);
    form_rules_set_key(rules, "SITE", subject->site);
    form_rules_set_key(rules, "ARM", subject->arm);
    form_rules_set_key(rules, "VISIT", visit);
    form_rules_set_key(rules, "DATE", date);
    if (number_parse(visit, &dose)) form_rules_set_number(rules, "DOSE", dose);
}

static bool is_same(const Json *a, const Json *b)
{
    if (a->kind != b->kind) return false;
    if (a->kind == JSON_IS_NUMBER) return a->number == b->number;
    if (a->kind == JSON_IS_TEXT) return str_equal(a->text, b->text);
    return str_equal(json_text(a, "missing"), json_text(b, "missing"));
}

static bool judge_cell(Trial *trial, FormRules *rules, const ItemCell *cell, const Json *stored,
                       ItemChanges *changes, Error *err)
{
    size_t item;
    Json value;
    if (!form_rules_item(rules, cell->item, &item, err) ||
        !form_rules_parse(trial->scratch, &rules->form->items.items[item], cell->text, &value, err))
        return false;
    form_rules_set(rules, item, &value);
    const Json *old = stored ? &stored[item] : NULL;
    if (!old || old->kind == JSON_IS_NULL) {
        body_put(&changes->created, rules->form->items.items[item].id, value);
        changes->n_created++;
    } else if (is_same(old, &value)) {
        changes->n_same++;
    } else {
        body_put(&changes->changed, rules->form->items.items[item].id, value);
        body_put(&changes->was, rules->form->items.items[item].id, *old);
        changes->n_changed++;
    }
    return true;
}

bool judge_items(Trial *trial, ProtocolVersion *version, FormRules *rules, const SubjectRow *subject,
                 Str visit, Str date, int64_t form_id, const ItemCell *cells, size_t n_cells,
                 ItemChanges *changes, Error *err)
{
    Json *stored = form_id ? ARENA_ARRAY(trial->scratch, Json, rules->form->items.n + 1) : NULL;
    *changes = (ItemChanges){
        .created = body_new(trial->scratch),
        .changed = body_new(trial->scratch),
        .was = body_new(trial->scratch),
        .unheld = ARENA_ARRAY(trial->scratch, const EditCheck *, rules->n_checks + 1),
    };
    form_rules_clear(rules);
    set_keys(rules, subject, visit, date);
    if (rules->needs_screening && !load_screening(trial, &version->protocol, rules, subject, date, err))
        return false;
    if (form_id && !load_items(trial, rules, form_id, stored, err)) return false;
    for (size_t i = 0; i < n_cells; i++)
        if (!judge_cell(trial, rules, &cells[i], stored, changes, err)) return false;
    return rules->n_checks == 0 || form_rules_judge(rules, changes->unheld, &changes->n_unheld, err);
}

bool raise_queries(Trial *trial, const Actor *actor, Str site, Str subject, Str form, Str visit,
                   const ItemChanges *changes, size_t *n_queries, Error *err)
{
    for (size_t i = 0; i < changes->n_unheld; i++) {
        const EditCheck *check = changes->unheld[i];
        int64_t one;
        bool exists;
        if (!db_find_integer(trial->db,
                             "SELECT 1 FROM queries WHERE subject = ?1 AND form = ?2 AND visit = ?3 AND "
                             "source = ?4 AND state <> 'closed'",
                             DB_ARGS(db_text(subject), db_text(form), db_text(visit), db_text(check->id)),
                             &one, &exists, err))
            return false;
        if (exists) continue;
        Body body = body_new(trial->scratch);
        body_put_text(&body, "form", form);
        body_put_text(&body, "visit", visit);
        body_put_text(&body, "item", STR(""));
        body_put_text(&body, "source", check->id);
        body_put_text(&body, "text", check->message);
        if (!perform(trial, actor, &act_query, site, subject, &body, NULL, err)) return false;
        ++*n_queries;
    }
    return true;
}

/* --- may this form be saved now? --- */

typedef struct {
    Trial *trial;
    const Actor *actor;
    const FormSave *save;
    SubjectRow subject;
    ProtocolVersion *version;
    FormRules *rules;
    Str visit, date; /* as they will be stored */
    int64_t form_id;
    Str old_date;
    bool exists;
} Saving;

static bool next_number(Saving *saving, Error *err)
{
    int64_t number;
    if (!db_find_integer(
            saving->trial->db,
            "SELECT coalesce(max(CAST(visit AS INTEGER)), 0) + 1 FROM forms WHERE subject = ?1 AND form = ?2",
            DB_ARGS(db_text(saving->save->subject), db_text(saving->save->form)), &number, NULL, err))
        return false;
    saving->visit = str_format(saving->trial->scratch, "%" PRId64, number);
    return true;
}

static bool check_visit(const Saving *saving, const Protocol *protocol, Error *err)
{
    const Visit *visit = protocol_visit(protocol, saving->visit);
    Str form = saving->save->form;
    if (!visit)
        return refuse(err, "Name a visit of the protocol.",
                      "the protocol has no visit \"" STR_FMT "\"" STR_FMT, saving->visit, STR(""));
    if (visit->kind != VISIT_UNSCHEDULED && !protocol_is_scheduled(protocol, form, saving->visit))
        return refuse(err, "Use an unscheduled visit, or amend the schedule.",
                      "the form \"" STR_FMT "\" is not filled at \"" STR_FMT "\"", form, saving->visit);
    if (visit->kind != VISIT_SCREENING && !saving->subject.enrolled.len)
        return refuse(err, "Enrol the subject first.",
                      "\"" STR_FMT "\" is not enrolled, so there is no visit \"" STR_FMT "\"",
                      saving->save->subject, saving->visit);
    return true;
}

static bool check_dose(const Saving *saving, const Protocol *protocol, Error *err)
{
    int64_t number = 0, earlier = 0;
    bool planned = false, found = true;
    if (!integer_parse(saving->visit, &number) || number < 1 || saving->visit.data[0] < '1' ||
        saving->visit.data[0] > '9')
        return refuse(err, "Doses are numbered 1, 2 ..", "\"" STR_FMT "\" is no number of a dose" STR_FMT,
                      saving->visit, STR(""));
    for (size_t i = 0; i < protocol->product.doses.n; i++)
        planned |= protocol->product.doses.items[i].number == number;
    if (!planned)
        return refuse(err, "Amend the protocol, or correct the number.",
                      "the protocol has no dose " STR_FMT STR_FMT, saving->visit, STR(""));
    if (!saving->subject.enrolled.len || str_compare(saving->date, saving->subject.enrolled) < 0)
        return refuse(err, "Enrol the subject first.", "\"" STR_FMT "\" is not enrolled on " STR_FMT,
                      saving->save->subject, saving->date);
    if (number > 1 &&
        !db_find_integer(
            saving->trial->db, "SELECT 1 FROM doses WHERE subject = ?1 AND dose = ?2 AND date <= ?3",
            DB_ARGS(db_text(saving->save->subject), db_integer(number - 1), db_text(saving->date)), &earlier,
            &found, err))
        return false;
    return found || refuse(err, "Record the earlier dose first, or correct the date.",
                           "no dose came before dose " STR_FMT " on " STR_FMT, saving->visit, saving->date);
}

/* Logs (adverse events) may have partial dates: neither is the earliest day they can mean in the future, nor the latest
 * before the consent. */
static bool check_form_date(const Saving *saving, Error *err)
{
    bool is_log = saving->rules->form->repeats == FORM_PER_LOG;
    Date date;
    Str last = saving->date;
    if (!date_parse(saving->date, &date, err)) return error_in(err, "date");
    Str first = date_text(saving->trial->scratch, is_log ? date_earliest(date) : date);
    if (is_log) last = date_text(saving->trial->scratch, date_latest(date));
    if (!check_date(STR("date"), first, saving->actor->at, err)) return false;
    const SubjectRow *subject = &saving->subject;
    if (!subject->consented.len)
        return refuse(err, "Record the consent first; without it nothing is recorded.",
                      "there is no consent of \"" STR_FMT "\"" STR_FMT, subject->subject, STR(""));
    if (str_compare(last, subject->consented) < 0)
        return refuse(err, "Correct the date; data from before the consent are not recorded.",
                      STR_FMT " is before the consent of " STR_FMT, saving->date, subject->consented);
    if (!is_log && subject->withdrawn.len && str_compare(saving->date, subject->withdrawn) > 0)
        return refuse(err, "Correct the date; after withdrawal only adverse events are recorded.",
                      STR_FMT " is after the withdrawal of " STR_FMT, saving->date, subject->withdrawn);
    return true;
}

static bool is_screening(const Saving *saving)
{
    return str_equal(saving->save->form, saving->version->protocol.eligibility.form);
}

/* A form keeps the version of the protocol that it was begun under. */
static bool find_version(Saving *saving, Error *err)
{
    Trial *trial = saving->trial;
    Str name;
    if (!saving->exists || trial->n_versions == 1)
        return version_at(trial, saving->subject.site, saving->date, &saving->version, err);
    if (!db_find_text(trial->scratch, trial->db, "SELECT protocol FROM forms WHERE id = ?1",
                      DB_ARGS(db_integer(saving->form_id)), &name, NULL, err))
        return false;
    for (size_t i = 0; i < trial->n_versions; i++) {
        saving->version = trial->versions[i];
        if (str_equal(saving->version->version, name)) return true;
    }
    return error_set(err, ERROR_IO, "the form follows version \"" STR_FMT "\", which is not stored",
                     STR_ARG(name));
}

static bool refuse_correcting(const FormSave *save, Error *err)
{
    error_set(err, ERROR_INCONSISTENT, "nothing is saved yet in \"" STR_FMT "\" of \"" STR_FMT "\"%s" STR_FMT,
              STR_ARG(save->form), STR_ARG(save->subject), save->visit.len ? " at " : "", STR_ARG(save->visit));
    return error_hint(err, "Record it first (equipoise record), or correct the form, visit or subject.");
}

/* An event that nobody can name is none; a reason why its term is missing will do. */
static bool check_term(const Saving *saving, Error *err)
{
    const FormSave *save = saving->save;
    bool is_new_event = !saving->exists && str_equal(save->form, STR(FORM_ADVERSE_EVENTS));
    if (!is_new_event || !form_item(saving->rules->form, STR("TERM"))) return true;
    for (size_t i = 0; i < save->n_cells; i++)
        if (str_equal(save->cells[i].item, STR("TERM")) && str_trim(save->cells[i].text).len) return true;
    error_set(err, ERROR_MALFORMED, "the event has no TERM");
    return error_hint(err, "Say what it was: TERM=Fever.");
}

/* Where and when: version of the protocol, key, dates. */
static bool locate(Saving *saving, Error *err)
{
    Trial *trial = saving->trial;
    const FormSave *save = saving->save;
    saving->visit = save->visit;
    if (!find_subject(trial, save->subject, &saving->subject, err) ||
        !find_form(trial, save->subject, save->form, saving->visit, &saving->form_id, &saving->old_date,
                   &saving->exists, err))
        return false;
    if (save->must_exist && !saving->exists) return refuse_correcting(save, err);
    saving->date = save->date.len ? save->date : saving->old_date;
    if (!saving->date.len) {
        error_set(err, ERROR_MALFORMED, "no date is given");
        return error_hint(err, "Say on which day it was (--date).");
    }
    if (!find_version(saving, err) || !rules_of(trial, saving->version, save->form, &saving->rules, err))
        return false;
    if (saving->rules->form->repeats == FORM_PER_LOG && !saving->visit.len && !next_number(saving, err))
        return false;
    return check_unlocked(trial, save->subject, save->form, saving->visit, err);
}

/* A file may bring its own numbers, gaps and all. */
static bool is_number_of_entry(Str text)
{
    int64_t number;
    return text.len && text.data[0] != '0' && text.data[0] != '+' && integer_parse(text, &number) && number >= 1 && number <= 1000000;
}

static bool check_place(const Saving *saving, Error *err)
{
    const Protocol *protocol = &saving->version->protocol;
    if (is_screening(saving)) {
        if (!saving->exists)
            return refuse(err, "Screen the subject first.", "\"" STR_FMT "\" has no form \"" STR_FMT "\" yet",
                          saving->save->subject, saving->save->form);
        return check_date(STR("date"), saving->date, saving->actor->at, err);
    }
    if (!check_form_date(saving, err)) return false;
    switch (saving->rules->form->repeats) {
    case FORM_PER_DOSE:
        return check_dose(saving, protocol, err);
    case FORM_PER_VISIT:
    case FORM_PER_UNSTATED:
        return check_visit(saving, protocol, err);
    case FORM_PER_SUBJECT:
        return !saving->visit.len || refuse(err, "Leave the visit out.",
                                            "the form \"" STR_FMT "\" is filled once, not at \"" STR_FMT "\"",
                                            saving->save->form, saving->visit);
    case FORM_PER_LOG:
        return saving->exists || !saving->save->visit.len || (saving->actor->from_file && is_number_of_entry(saving->visit)) ||
               refuse(err, "Leave the number out: a new one receives the next.",
                      "\"" STR_FMT "\" has no entry \"" STR_FMT "\" yet", saving->save->subject,
                      saving->visit);
    }
    return true;
}

static const Act *act_of(const Saving *saving)
{
    if (str_equal(saving->save->form, saving->version->protocol.product.form)) return &act_dose;
    return str_equal(saving->save->form, STR(FORM_ADVERSE_EVENTS)) ? &act_adverse_event : &act_record;
}

static bool append_record(const Saving *saving, const ItemChanges *changes, Error *err)
{
    Body body = body_new(saving->trial->scratch);
    body_put_text(&body, "form", saving->save->form);
    body_put_text(&body, "visit", saving->visit);
    body_put_text(&body, "date", saving->exists ? saving->old_date : saving->date);
    body_put_text(&body, "protocol", saving->version->version);
    body_put_body(&body, "items", &changes->created);
    return perform(saving->trial, saving->actor, act_of(saving), saving->subject.site, saving->save->subject,
                   &body, NULL, err);
}

static bool append_correction(const Saving *saving, const ItemChanges *changes, bool is_redated, Error *err)
{
    Body body = body_new(saving->trial->scratch);
    body_put_text(&body, "form", saving->save->form);
    body_put_text(&body, "visit", saving->visit);
    body_put_body(&body, "items", &changes->changed);
    body_put_body(&body, "was", &changes->was);
    if (is_redated) {
        body_put_text(&body, "date", saving->date);
        body_put_text(&body, "was_date", saving->old_date);
    }
    return perform(saving->trial, saving->actor, &act_correct, saving->subject.site, saving->save->subject,
                   &body, NULL, err);
}

static bool ask_about_day(const Saving *saving, FormSaved *saved, Error *err)
{
    FormRepeat repeats = saving->rules->form->repeats;
    bool is_of_visit = repeats == FORM_PER_VISIT || repeats == FORM_PER_UNSTATED;
    const Protocol *protocol = &saving->version->protocol;
    const Visit *visit = is_of_visit ? protocol_visit(protocol, saving->visit) : NULL;
    return !visit || raise_window_query(saving->trial, saving->actor, protocol, &saving->subject, saving->save->form, visit,
                                        saving->date, &saved->n_queries, err);
}

static bool save_form(Saving *saving, FormSaved *saved, Error *err)
{
    ItemChanges changes;
    const FormSave *save = saving->save;
    if (!locate(saving, err) || !check_place(saving, err) || !check_term(saving, err) ||
        !judge_items(saving->trial, saving->version, saving->rules, &saving->subject, saving->visit,
                     saving->date, saving->form_id, save->cells, save->n_cells, &changes, err))
        return false;
    bool is_redated = saving->exists && !str_equal(saving->date, saving->old_date);
    saved->n_new = changes.n_created;
    saved->n_changed = changes.n_changed + is_redated;
    saved->n_same = changes.n_same;
    snprintf(saving->trial->saved_visit, sizeof saving->trial->saved_visit, STR_FMT, STR_ARG(saving->visit));
    saved->visit = str_from(saving->trial->saved_visit);
    if ((!saving->exists || changes.n_created) && !append_record(saving, &changes, err)) return false;
    if (saved->n_changed && !append_correction(saving, &changes, is_redated, err)) return false;
    if (saving->exists && !changes.n_created && !saved->n_changed) return true;
    return raise_queries(saving->trial, saving->actor, saving->subject.site, save->subject, save->form,
                         saving->visit, &changes, &saved->n_queries, err) &&
           ask_about_day(saving, saved, err);
}

bool trial_save_form(Trial *trial, const Actor *actor, const FormSave *save, FormSaved *saved, Error *err)
{
    Step step;
    Saving saving = {.trial = trial, .actor = actor, .save = save};
    *saved = (FormSaved){0};
    return step_begin(trial, &step, err) && step_end(trial, &step, save_form(&saving, saved, err), err);
}

static bool strike_out(Trial *trial, const Actor *actor, Str subject, Str form, Str visit, Error *err)
{
    SubjectRow row;
    int64_t id;
    Str date;
    bool found;
    if (!find_subject(trial, subject, &row, err) ||
        !find_form(trial, subject, form, visit, &id, &date, &found, err) ||
        !check_unlocked(trial, subject, form, visit, err))
        return false;
    if (!found || str_equal(form, trial_protocol(trial)->eligibility.form))
        return refuse(err, "Name a form that was saved; the screening form stays.",
                      "\"" STR_FMT "\" has no such form \"" STR_FMT "\"", subject, form);
    Body body = body_new(trial->scratch);
    body_put_text(&body, "form", form);
    body_put_text(&body, "visit", visit);
    return perform(trial, actor, &act_strike_out, row.site, subject, &body, NULL, err);
}

bool trial_strike_out(Trial *trial, const Actor *actor, Str subject, Str form, Str visit, Error *err)
{
    Step step;
    return step_begin(trial, &step, err) &&
           step_end(trial, &step, strike_out(trial, actor, subject, form, visit, err), err);
}

bool trial_form_of_item(Trial *trial, Str item, Str *form, Error *err)
{
    const Forms *forms = &trial_protocol(trial)->forms;
    for (size_t i = 0; i < forms->n; i++) {
        *form = forms->items[i].id;
        bool is_of_visits =
            forms->items[i].repeats == FORM_PER_VISIT || forms->items[i].repeats == FORM_PER_UNSTATED;
        if (is_of_visits && form_item(&forms->items[i], item)) return true;
    }
    return refuse(err, "Name the form with --form, or correct the item.",
                  "no form of a visit has the item \"" STR_FMT "\"" STR_FMT, item, STR(""));
}
