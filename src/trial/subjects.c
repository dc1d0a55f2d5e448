/* Subjects: screening, consent, enrolment, withdrawal, deviations. */
#include <math.h>

#include "trial/eligibility.h"
#include "trial/inside.h"

static bool check_new_subject(Trial *trial, const Screening *screening, Error *err)
{
    bool exists;
    int64_t one;
    if (!check_id("subject id", screening->subject, err) ||
        !subject_exists(trial, screening->subject, &exists, err))
        return false;
    if (exists)
        return refuse(err, "Ids are given once; correct the screening form instead.",
                      "there is already a subject \"" STR_FMT "\"" STR_FMT, screening->subject, STR(""));
    if (!db_find_integer(trial->db, "SELECT 1 FROM sites WHERE site = ?1", DB_ARGS(db_text(screening->site)),
                         &one, &exists, err))
        return false;
    return exists || refuse(err, "Add it first (equipoise site), or correct the id.",
                            "there is no site \"" STR_FMT "\"" STR_FMT, screening->site, STR(""));
}

static bool screen(Trial *trial, const Actor *actor, const Screening *screening, Error *err)
{
    ProtocolVersion *version;
    FormRules *rules;
    ItemChanges changes;
    size_t n_queries = 0;
    SubjectRow row = {.subject = screening->subject, .site = screening->site, .screened = screening->date};
    if (!check_new_subject(trial, screening, err) ||
        !check_date(STR("date"), screening->date, actor->at, err) ||
        !check_unlocked(trial, screening->subject, STR(""), STR(""), err) ||
        !version_at(trial, screening->site, screening->date, &version, err))
        return false;
    Str form = version->protocol.eligibility.form;
    if (!rules_of(trial, version, form, &rules, err) ||
        !judge_items(trial, version, rules, &row, STR(""), screening->date, 0, screening->cells,
                     screening->n_cells, &changes, err))
        return false;
    Body body = body_new(trial->scratch);
    body_put_text(&body, "form", form);
    body_put_text(&body, "visit", STR(""));
    body_put_text(&body, "date", screening->date);
    body_put_text(&body, "protocol", version->version);
    body_put_body(&body, "items", &changes.created);
    return perform(trial, actor, &act_screen, screening->site, screening->subject, &body, NULL, err) &&
           raise_queries(trial, actor, screening->site, screening->subject, form, STR(""), &changes,
                         &n_queries, err);
}

bool trial_screen(Trial *trial, const Actor *actor, const Screening *screening, Error *err)
{
    Step step;
    return step_begin(trial, &step, err) && step_end(trial, &step, screen(trial, actor, screening, err), err);
}

/* --- consent --- */

static bool check_consent_version(Trial *trial, const Protocol *protocol, const ConsentRecord *consent,
                                  Str site, Error *err)
{
    const ConsentVersions *versions = &protocol->consent.versions;
    for (size_t i = 0; i < versions->n; i++) {
        const ConsentVersion *version = &versions->items[i];
        if (!str_equal(version->id, consent->version)) continue;
        Str from = date_text(trial->scratch, version->date);
        if (version->date.year && str_compare(consent->date, from) < 0)
            return refuse(err, "Correct the version or the date.",
                          "version \"" STR_FMT "\" is valid only from " STR_FMT, consent->version, from);
        if (!consent->language.len && version->languages.n)
            return refuse(err, "Say in which language it was read (--language).",
                          "version \"" STR_FMT "\" is signed in a language, and none is given" STR_FMT,
                          consent->version, STR(""));
        if (version->languages.n && !texts_hold(&version->languages, consent->language))
            return refuse(err, "Correct the language, or add the translation to the protocol.",
                          "version \"" STR_FMT "\" has no language \"" STR_FMT "\"", consent->version,
                          consent->language);
        return !version->sites.n || texts_hold(&version->sites, site) ||
               refuse(err, "Correct the version.", "version \"" STR_FMT "\" is not for site \"" STR_FMT "\"",
                      consent->version, site);
    }
    return versions->n == 0 ||
           refuse(err, "Name a version of the protocol's section consent.",
                  "there is no consent version \"" STR_FMT "\"" STR_FMT, consent->version, STR(""));
}

/* Age at a date, NAN when the birth is not known to the day. */
static bool age_at(Trial *trial, Str subject, Str text, double *age, Error *err)
{
    Str birth;
    Date born, on;
    Error no_date = {0};
    if (!db_find_text(trial->scratch, trial->db,
                      "SELECT v.value FROM forms AS f JOIN item_values AS v ON v.form_id = f.id"
                      " WHERE f.subject = ?1 AND f.act = 'screen' AND v.item = 'BIRTH'",
                      DB_ARGS(db_text(subject)), &birth, NULL, err))
        return false;
    bool is_known = birth.len && date_parse(birth, &born, &no_date) && date_parse(text, &on, &no_date) &&
                    date_is_full(born) && date_is_full(on);
    *age = is_known ? date_age_exact(born, on) : NAN;
    return true;
}

static bool consent_to(Trial *trial, const Actor *actor, const ConsentRecord *consent, Error *err)
{
    SubjectRow row;
    ProtocolVersion *version;
    if (!find_subject(trial, consent->subject, &row, err) ||
        !check_date(STR("date"), consent->date, actor->at, err) ||
        !check_unlocked(trial, consent->subject, STR(""), STR(""), err) ||
        !version_at(trial, row.site, consent->date, &version, err) ||
        !check_consent_version(trial, &version->protocol, consent, row.site, err) ||
        !check_text("version", consent->version, err) || !check_text("language", consent->language, err) ||
        !check_text("signer", consent->signed_by, err) || !check_text("assent", consent->assent, err))
        return false;
    Body body = body_new(trial->scratch);
    body_put_text(&body, "date", consent->date);
    body_put_text(&body, "version", consent->version);
    body_put_text(&body, "language", consent->language);
    body_put_text(&body, "signed_by", consent->signed_by);
    body_put_text(&body, "assent", consent->assent);
    return perform(trial, actor, &act_consent, row.site, consent->subject, &body, NULL, err);
}

bool trial_consent(Trial *trial, const Actor *actor, const ConsentRecord *consent, Error *err)
{
    Step step;
    return step_begin(trial, &step, err) &&
           step_end(trial, &step, consent_to(trial, actor, consent, err), err);
}

/* --- enrolment --- */

/* A child who was asked and said no takes part in nothing, whatever the parents signed. */
static bool check_assent(Trial *trial, const Protocol *protocol, const SubjectRow *row, Str date, Error *err)
{
    double age;
    Str assent;
    if (!age_at(trial, row->subject, date, &age, err) ||
        !db_find_text(trial->scratch, trial->db,
                      "SELECT assent FROM consents WHERE subject = ?1 ORDER BY date DESC, seq DESC LIMIT 1",
                      DB_ARGS(db_text(row->subject)), &assent, NULL, err))
        return false;
    bool is_given = str_equal(assent, STR("yes")) || str_equal(assent, STR("unable"));
    for (size_t i = 0; !is_given && i < protocol->consent.assent.n; i++) {
        const AssentBand *band = &protocol->consent.assent.items[i];
        if (band->required && floor(age) >= band->ages.low && floor(age) <= band->ages.high)
            return refuse(err, "Ask the child; nobody of that age takes part without having been asked.",
                          "the assent \"" STR_FMT "\" is required and was answered \"" STR_FMT "\"", band->id,
                          assent);
    }
    return true;
}

/* The subject as one row of screening items, for the criteria. */
static bool screening_row(Trial *trial, ProtocolVersion *version, const SubjectRow *row, FormRules **rules,
                          Error *err)
{
    ItemChanges nothing;
    int64_t id;
    Str date;
    bool found;
    double age;
    Str form = version->protocol.eligibility.form;
    if (!rules_of(trial, version, form, rules, err) ||
        !find_form(trial, row->subject, form, STR(""), &id, &date, &found, err) ||
        !judge_items(trial, version, *rules, row, STR(""), row->screened, id, NULL, 0, &nothing, err) ||
        !age_at(trial, row->subject, row->screened, &age, err))
        return false;
    form_rules_set_key(*rules, "SCREENED", row->screened);
    if (!isnan(age)) form_rules_set_number(*rules, "AGE", age);
    return true;
}

static bool check_eligible(Trial *trial, ProtocolVersion *version, const SubjectRow *row, Error *err)
{
    FormRules *rules;
    Eligibilities judged;
    if (!version->protocol.eligibility.at) return true;
    if (!screening_row(trial, version, row, &rules, err) ||
        !eligibility_judge(trial->scratch, &version->protocol, rules->row, &judged, err))
        return false;
    for (size_t i = 0; i < judged.n; i++) {
        const JudgedCriterion *criterion = &judged.criteria[i];
        if (criterion_admits(criterion, 0)) continue;
        error_set(err, ERROR_INCONSISTENT, "%s criterion \"" STR_FMT "\" is %s: " STR_FMT,
                  criterion_kind_word(criterion->kind), STR_ARG(criterion->id),
                  criterion_answer(criterion->holds[0]), STR_ARG(criterion->text));
        return error_hint(
            err,
            criterion->holds[0] < 0
                ? "Record what it asks for in the screening form first."
                : "The subject cannot take part; if a screening value is wrong, correct it with a reason.");
    }
    return true;
}

static bool check_arm(const Protocol *protocol, Str *arm, Error *err)
{
    if (!arm->len && protocol->arms.n == 1) *arm = protocol->arms.items[0].id;
    if (!arm->len && protocol->arms.n == 0) return true;
    if (protocol_arm(protocol, *arm)) return true;
    if (!arm->len)
        return refuse(err, "Name the arm that was allocated (--arm).",
                      "the protocol has several arms, and none is given" STR_FMT STR_FMT, *arm, *arm);
    return refuse(err, "Name an arm of the protocol (--arm).",
                  "the protocol has no arm \"" STR_FMT "\"" STR_FMT, *arm, STR(""));
}

static bool enrol(Trial *trial, const Actor *actor, Str subject, Str date, Str arm, Error *err)
{
    SubjectRow row;
    ProtocolVersion *version;
    if (!find_subject(trial, subject, &row, err) || !check_date(STR("date"), date, actor->at, err) ||
        !check_unlocked(trial, subject, STR(""), STR(""), err) ||
        !version_at(trial, row.site, date, &version, err))
        return false;
    if (row.enrolled.len)
        return refuse(err, "A subject is enrolled once.", "\"" STR_FMT "\" was enrolled on " STR_FMT, subject,
                      row.enrolled);
    if (row.withdrawn.len)
        return refuse(err, "Screen again under a new id.", "\"" STR_FMT "\" has left the trial on " STR_FMT,
                      subject, row.withdrawn);
    if (!row.consented.len)
        return refuse(err, "Record the consent first.", "there is no consent of \"" STR_FMT "\"" STR_FMT,
                      subject, STR(""));
    if (str_compare(date, row.consented) < 0)
        return refuse(err, "Correct the consent date, or the date of enrolment.",
                      "consent is dated after enrolment: " STR_FMT ", and " STR_FMT, row.consented, date);
    if (!check_assent(trial, &version->protocol, &row, date, err) ||
        !check_eligible(trial, version, &row, err) || !check_arm(&version->protocol, &arm, err))
        return false;
    Body body = body_new(trial->scratch);
    body_put_text(&body, "date", date);
    body_put_text_unless_empty(&body, "arm", arm);
    body_put_text(&body, "protocol", version->version);
    return perform(trial, actor, &act_enrol, row.site, subject, &body, NULL, err);
}

bool trial_enrol(Trial *trial, const Actor *actor, Str subject, Str date, Str arm, Error *err)
{
    Step step;
    if (!step_begin(trial, &step, err)) return false;
    bool ok = enrol(trial, actor, subject, date, arm, err);
    if (!ok && err && err->code == ERROR_INCONSISTENT)
        error_in(err, "subject \"" STR_FMT "\"", STR_ARG(subject));
    return step_end(trial, &step, ok, err);
}

/* --- leaving, departing --- */

static bool withdraw(Trial *trial, const Actor *actor, Str subject, Str date, Str why, Error *err)
{
    SubjectRow row;
    if (!find_subject(trial, subject, &row, err) || !check_date(STR("date"), date, actor->at, err) ||
        !check_unlocked(trial, subject, STR(""), STR(""), err))
        return false;
    if (row.withdrawn.len)
        return refuse(err, "A subject leaves once.", "\"" STR_FMT "\" has left the trial on " STR_FMT,
                      subject, row.withdrawn);
    if (!row.consented.len || str_compare(date, row.consented) < 0)
        return refuse(err, "Correct the date.", "\"" STR_FMT "\" had not consented on " STR_FMT, subject,
                      date);
    if (!check_text("reason", why, err)) return false;
    Body body = body_new(trial->scratch);
    body_put_text(&body, "date", date);
    body_put_text(&body, "reason", why);
    return perform(trial, actor, &act_withdraw, row.site, subject, &body, NULL, err);
}

bool trial_withdraw(Trial *trial, const Actor *actor, Str subject, Str date, Str why, Error *err)
{
    Step step;
    return step_begin(trial, &step, err) &&
           step_end(trial, &step, withdraw(trial, actor, subject, date, why, err), err);
}

static bool deviate(Trial *trial, const Actor *actor, Str subject, Str date, Str kind, Str detail, Error *err)
{
    SubjectRow row;
    if (!find_subject(trial, subject, &row, err) || !check_date(STR("date"), date, actor->at, err) ||
        !check_unlocked(trial, subject, STR(""), STR(""), err))
        return false;
    if (!kind.len) return error_set(err, ERROR_MALFORMED, "the deviation has no kind");
    if (!check_text("kind", kind, err) || !check_text("detail", detail, err)) return false;
    Body body = body_new(trial->scratch);
    body_put_text(&body, "date", date);
    body_put_text(&body, "kind", kind);
    body_put_text(&body, "detail", detail);
    return perform(trial, actor, &act_deviation, row.site, subject, &body, NULL, err);
}

bool trial_deviation(Trial *trial, const Actor *actor, Str subject, Str date, Str kind, Str detail,
                     Error *err)
{
    Step step;
    return step_begin(trial, &step, err) &&
           step_end(trial, &step, deviate(trial, actor, subject, date, kind, detail, err), err);
}
