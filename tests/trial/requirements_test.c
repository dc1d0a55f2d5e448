/* The rows of the requirements that a trial file alone can show, one case each. */
#include <stdio.h>

#include "store/tamper.h"
#include "trial/export.h"
#include "trial/fixture.h"
#include "trial/form_rules.h"
#include "trial/import.h"

/* CR-02 in the application: nothing that a role can do touches what is written (db_test and journal_test provoke the
 * authorizer and the triggers). */
static void cr_02_nothing_in_the_file_switches_the_audit_off(Test *t)
{
    Trial *trial = fixture_enrolled(t, "cr02.trial", 1);
    Actor ana = fixture_actor("ana", "no longer wanted");
    Error err = {0};
    if (!trial) return;
    long long before = fixture_count(t, trial, "journal entries");
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "STEPS", "300", &err), err);
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "STEPS", ".unknown", &err), err);
    CHECK_OK(t, trial_strike_out(trial, &ana, STR("S-001"), STR("visit"), STR("V0"), &err), err);
    CHECK_INT(t, fixture_count(t, trial, "journal entries"), before + 3);
    CHECK_INT(t, fixture_count(t, trial, "values"), 3);
    CHECK(t, fixture_verifies(t, trial));
}

static void cr_04_the_second_save_needs_a_reason(Test *t)
{
    Error err = {0};
    Actor ana = fixture_actor("ana", ""), blank = fixture_actor("ana", "  "),
          why = fixture_actor("ana", "misread the scale");
    Trial *trial = fixture_enrolled(t, "cr04.trial", 1);
    if (!trial) return;
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "WEIGHT_KG", "12.5", &err), err);
    long long before = fixture_count(t, trial, "journal entries");
    CHECK(t, !fixture_record(trial, &ana, "S-001", "WEIGHT_KG", "13.5", &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "no reason is given for \"correct\"");
    CHECK_INT(t, error_http_status(err.code), 422);
    CHECK(t, !fixture_record(trial, &blank, "S-001", "WEIGHT_KG", "13.5", &err));
    CHECK(t, !fixture_record(trial, &ana, "S-001", "WEIGHT_KG", "", &err));
    CHECK_INT(t, fixture_count(t, trial, "journal entries"), before);
    CHECK_OK(t, fixture_record(trial, &why, "S-001", "WEIGHT_KG", "13.5", &err), err);
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "WEIGHT_KG", "13.5", &err), err);
    CHECK_INT(t, fixture_count(t, trial, "journal entries"), before + 1);

    Frame *history;
    CHECK_OK(t,
             trial_history(trial, t->arena, STR("S-001"), STR("visit"), STR("V0"), STR("WEIGHT_KG"), &history,
                           &err),
             err);
    CHECK_INT(t, history->n_rows, 2);
    CHECK_TEXT(t, frame_column(history, STR("OLD"))->texts[1], "12.5");
    CHECK_TEXT(t, frame_column(history, STR("NEW"))->texts[1], "13.5");
    CHECK_TEXT(t, frame_column(history, STR("REASON"))->texts[1], "misread the scale");
    CHECK_TEXT(t, frame_column(history, STR("ROLE"))->texts[1], "investigator");
}

static void cr_08_the_clients_clock_is_kept_apart(Test *t)
{
    Error err = {0};
    ExportReport report;
    Frame *history;
    Actor ana = fixture_actor("ana", "");
    Trial *trial = fixture_enrolled(t, "cr08.trial", 1);
    if (!trial) return;
    ana.has_client_at = true;
    ana.client_at = FIXTURE_NOW - INT64_C(3) * 86400000;
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "STEPS", "300", &err), err);
    CHECK_OK(
        t,
        trial_history(trial, t->arena, STR("S-001"), STR("visit"), STR("V0"), STR("STEPS"), &history, &err),
        err);
    CHECK_TEXT(t, frame_column(history, STR("AT"))->texts[0], "2016-03-01T08:15:30.250Z");
    CHECK_OK(t, trial_export_csv(trial, t->arena, &ana, (ExportTo){.folder = test_scratch(t, "cr08")}, &report, &err), err);
    CHECK(t, fixture_verifies(t, trial));
    trial_close(trial);
    tamper(t, test_scratch(t, "cr08.trial"),
           "DROP TRIGGER journal_no_update; UPDATE journal SET client_at = at WHERE client_at IS NOT NULL");
    TrialVerdict verdict;
    CHECK_OK(t,
             trial_open(t->arena, test_scratch(t, "cr08.trial"), &trial, &err) &&
                 trial_verify(trial, t->arena, STR(""), &verdict, &err),
             err);
    CHECK(t, !verdict.sound);
    CHECK_TEXT(t, verdict.table, "journal");
}

static void cr_14_a_user_id_is_given_once(Test *t)
{
    Error err = {0};
    Actor ana = fixture_actor("ana", "has left"), bao = fixture_actor("bao", "");
    Trial *trial = fixture_enrolled(t, "cr14.trial", 1);
    if (!trial) return;
    CHECK_OK(t, trial_add_user(trial, &ana, STR("bao"), STR("Bao Tran"), &err), err);
    CHECK(t, !trial_add_user(trial, &ana, STR("bao"), STR("Bao Nguyen"), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "the user id \"bao\" was given before");
    CHECK_OK(t, trial_grant(trial, &ana, STR("bao"), STR("coordinator"), STR("HAN"), &err), err);
    CHECK_OK(t, fixture_record(trial, &bao, "S-001", "STEPS", "300", &err), err);
    CHECK_OK(t, trial_remove_user(trial, &ana, STR("bao"), &err), err);
    CHECK(t, !trial_add_user(trial, &ana, STR("bao"), STR("Bao Nguyen"), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "choose another");
    CHECK(t, !fixture_record(trial, &bao, "S-001", "NOTE", "still here", &err));
    CHECK_ERROR(t, err, ERROR_DENIED, "\"bao\" may not do \"record\" at site HAN");
    CHECK(t, !trial_grant(trial, &ana, STR("bao"), STR("coordinator"), STR(""), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"bao\" has left the trial");
}

/* CR-16 in small: what is not granted is denied, at the wrong site too. CR-23: an administrator edits no trial data. */
static void cr_16_and_23_roles_hold_where_they_were_given(Test *t)
{
    static const struct {
        const char *user, *role, *site;
        ErrorCode code;
    } ROWS[] = {
        {"u1", "coordinator", "HAN", ERROR_NONE},  {"u2", "coordinator", "HUE", ERROR_DENIED},
        {"u3", "administrator", "", ERROR_DENIED}, {"u4", "data-manager", "", ERROR_DENIED},
        {"u5", "monitor", "", ERROR_DENIED},       {"u6", "assessor", "HAN", ERROR_NONE},
        {"u7", "investigator", "", ERROR_NONE},    {"u8", "inspector", "", ERROR_DENIED},
        {"u9", "statistician", "", ERROR_DENIED},
    };
    Actor ana = fixture_actor("ana", "");
    Trial *trial = fixture_enrolled(t, "cr16.trial", 1);
    for (size_t i = 0; trial && i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Error err = {0};
        Actor actor = fixture_actor(ROWS[i].user, "");
        CHECK_OK(t, trial_add_user(trial, &ana, str_from(ROWS[i].user), STR(""), &err), err);
        CHECK(t, !fixture_record(trial, &actor, "S-001", "NOTE", "x", &err));
        CHECK_OK(t,
                 trial_grant(trial, &ana, str_from(ROWS[i].user), str_from(ROWS[i].role),
                             str_from(ROWS[i].site), &err),
                 err);
        err = (Error){0};
        actor.reason = STR("another hand");
        fixture_record(trial, &actor, "S-001", "NOTE", ROWS[i].user, &err);
        if (!CHECK_INT(t, err.code, ROWS[i].code)) fprintf(stderr, "    %s: %s\n", ROWS[i].role, err.message);
    }
    ImportFile file = {.name = STR("visit.csv"),
                       .content = STR("SUBJID,VISIT,DATE,STEPS\nS-001,V0,2016-01-20,5\n")};
    ImportReport report;
    Error err = {0};
    Actor manager = fixture_actor("u4", "");
    CHECK_OK(t, trial && trial_import(trial, t->arena, &manager, &file, 1, false, &report, &err), err);
}

static void cr_37_enrolment_wants_consent_and_every_criterion(Test *t)
{
    static const struct {
        const char *birth, *epilepsy, *consent, *enrolled, *says;
    } ROWS[] = {
        {"2012-05-04", "no", "2016-01-10", "2016-01-09", "consent is dated after enrolment"},
        {"2012-05-04", "no", "", "2016-01-12", "there is no consent"},
        {"2012-05-04", "yes", "2016-01-10", "2016-01-12", "exclusion criterion \"E1\" is met: Epilepsy"},
        {"2012-05-04", "", "2016-01-10", "2016-01-12", "exclusion criterion \"E1\" is not-known"},
        {"2012-05", "no", "2016-01-10", "2016-01-12", "inclusion criterion \"I1\" is not-known"},
        {"2014-05-04", "no", "2016-01-10", "2016-01-12",
         "inclusion criterion \"I1\" is not-met: Aged 2 to 15"},
        {"2006-05-04", "no", "2016-01-10", "2016-01-12",
         "the assent \"child\" is required and was answered \"no\""},
    };
    Actor ana = fixture_actor("ana", "");
    Trial *trial = fixture_trial(t, "cr37.trial");
    for (size_t i = 0; trial && i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Error err = {0};
        Str subject = str_format(t->arena, "S-%zu", i);
        ItemCell cells[] = {{STR("BIRTH"), str_from(ROWS[i].birth)},
                            {STR("EPILEPSY"), str_from(ROWS[i].epilepsy)}};
        Screening screening = {
            .subject = subject, .site = STR("HAN"), .date = STR("2016-01-10"), .n_cells = 2, .cells = cells};
        ConsentRecord consent = {.subject = subject,
                                 .date = str_from(ROWS[i].consent),
                                 .version = STR("1.0"),
                                 .language = STR("vi"),
                                 .assent = STR("no")};
        CHECK_OK(t, trial_screen(trial, &ana, &screening, &err), err);
        if (ROWS[i].consent[0]) CHECK_OK(t, trial_consent(trial, &ana, &consent, &err), err);
        CHECK(t, !trial_enrol(trial, &ana, subject, str_from(ROWS[i].enrolled), STR(""), &err));
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, ROWS[i].says);
    }
    if (trial) CHECK_INT(t, fixture_count(t, trial, "subjects enrolled"), 0);
}

static void cr_46_a_site_uses_a_version_from_its_approval_on(Test *t)
{
    Error err = {0};
    Actor ana = fixture_actor("ana", "amendment 1");
    Trial *trial = fixture_enrolled(t, "cr46.trial", 2);
    if (!trial) return;
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "STEPS", "300", &err), err);
    Str wider = str_from(FIXTURE_PROTOCOL), old = STR("range: [0, 100000]");
    size_t at = str_find(wider, old);
    Str text =
        str_format(t->arena, "%.*srange: [0, 200000]%s", (int)at, wider.data, wider.data + at + old.len);
    CHECK_OK(t, trial_amend(trial, &ana, text, &err), err);
    CHECK_TEXT(t, trial_protocol_version(trial), "2");
    CHECK(t, !fixture_record(trial, &ana, "S-002", "STEPS", "150000", &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "outside 0 to 100000");
    CHECK_OK(t, trial_approve(trial, &ana, STR("HUE"), STR("2"), STR("2016-01-01"), &err), err);
    CHECK(t, !fixture_record(trial, &ana, "S-002", "STEPS", "150000", &err));
    CHECK_OK(t, trial_approve(trial, &ana, STR("HAN"), STR("2"), STR("2016-01-20"), &err), err);
    CHECK_OK(t, fixture_record(trial, &ana, "S-002", "STEPS", "150000", &err), err);
    CHECK(t, !trial_approve(trial, &ana, STR("HAN"), STR("3"), STR("2016-01-20"), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "the protocol has no version \"3\"");
    CHECK(t, !fixture_record(trial, &ana, "S-001", "STEPS", "150000", &err)); /* its form follows version 1 */
    CHECK(t, fixture_verifies(t, trial));
}

static void cr_48_a_blank_is_never_a_value(Test *t)
{
    Error err = {0};
    Frame *blanks;
    Actor ana = fixture_actor("ana", "asked again");
    Trial *trial = fixture_enrolled(t, "cr48.trial", 1);
    if (!trial) return;
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "STEPS", "", &err), err);
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "NOTE", ".not-done", &err), err);
    CHECK_INT(t, fixture_count(t, trial, "values missing without a reason"), 1);
    CHECK_INT(t, fixture_count(t, trial, "values missing with a reason"), 1);
    CHECK_OK(t, trial_blanks(trial, t->arena, &blanks, &err), err);
    CHECK_INT(t, blanks->n_rows, 4); /* STEPS blank; WEIGHT_KG, ON and FITS never given */
    CHECK_TEXT(t, frame_column(blanks, STR("ITEM"))->texts[0], "WEIGHT_KG");
    CHECK(t, !trial_lock(trial, &ana, STR("S-001"), STR("visit"), STR("V0"), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "4 values missing without a reason");
    static const char *const ITEMS[] = {"STEPS", "WEIGHT_KG", "ON", "FITS"};
    for (size_t i = 0; i < 4; i++)
        CHECK_OK(t, fixture_record(trial, &ana, "S-001", ITEMS[i], ".unknown", &err), err);
    CHECK_OK(t, trial_lock(trial, &ana, STR("S-001"), STR("visit"), STR("V0"), &err), err);
    CHECK_OK(t, trial_blanks(trial, t->arena, &blanks, &err), err);
    CHECK_INT(t, blanks->n_rows, 0);
}

static void a_run_of_items_asks_its_check_once(Test *t)
{
    static const char TEXT[] = "equipoise: 1\n"
                               "forms:\n"
                               "  - id: motor\n"
                               "    title: Motor\n"
                               "    items:\n"
                               "      - {id: G01..G88, label: Item, type: integer, range: [0, 3], checks: [{id: lying, "
                               "condition: G01 >= G02, message: Look again., severity: soft}]}\n"
                               "      - {id: AIDS, label: Aids, type: integer, checks: [{id: aids, condition: AIDS < 9, "
                               "message: So many?, severity: soft}]}\n";
    Error err = {0};
    Protocol protocol;
    ProblemList problems = problems_new(t->arena);
    ConditionEngine *engine;
    FormRules rules;
    CHECK(t, protocol_read(t->arena, str_from(TEXT), &protocol, &problems));
    if (!CHECK_OK(t, condition_engine_open(t->arena, &engine, &err), err) ||
        !CHECK_OK(t, form_rules_compile(t->arena, engine, &protocol, STR("motor"), &rules, &err), err))
        return;
    CHECK_INT(t, rules.n_checks, 2);
    CHECK(t, !rules.needs_screening);
}

static void cr_47_and_49_values_are_what_the_protocol_says(Test *t)
{
    static const struct {
        const char *item, *value, *says;
    } ROWS[] = {
        {"WEIGHT_KG", "12,5", "\"12,5\" is no number"},
        {"WEIGHT_KG", "12.55", "has more than 1 decimals"},
        {"WEIGHT_KG", "1255e-2", "has an exponent"},
        {"WEIGHT_KG", "12.5000000000000001", "more than 15 significant digits"},
        {"STEPS", "9007199254740993", "more than 15 significant digits"},
        {"WEIGHT_KG", "2", "2 is outside 3 to 120"},
        {"STEPS", "3.5", "is no whole number"},
        {"FITS", "Yes", "is not in the codelist"},
        {"ON", "12/03/2016", "date"},
        {"ON", "2016-02-30", "date"},
        {"FITS", ".maybe", ".maybe"},
        {"STEPSS", "1", "Did you mean \"STEPS\"?"},
    };
    Actor ana = fixture_actor("ana", "again");
    Trial *trial = fixture_enrolled(t, "cr49.trial", 1);
    Error err = {0};
    if (!trial) return;
    long long before = fixture_count(t, trial, "journal entries");
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        err = (Error){0};
        CHECK(t, !fixture_record(trial, &ana, "S-001", ROWS[i].item, ROWS[i].value, &err));
        bool says = str_find(str_from(err.message), str_from(ROWS[i].says)) != SIZE_MAX ||
                    str_find(str_from(err.hint), str_from(ROWS[i].says)) != SIZE_MAX;
        if (!CHECK(t, says)) fprintf(stderr, "    %s=%s: %s\n", ROWS[i].item, ROWS[i].value, err.message);
    }
    CHECK_INT(t, fixture_count(t, trial, "journal entries"), before);
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "FITS", "yes", &err), err);
    CHECK(t, !fixture_record(trial, &ana, "S-001", "STEPS", "60000", &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "the check \"steps-with-fits\" does not hold: Not likely.");
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "ON", "2016-02", &err), err);
}

static void cr_51_queries_are_raised_answered_and_closed(Test *t)
{
    Error err = {0};
    Frame *queries;
    Actor ana = fixture_actor("ana", "weighed again");
    Trial *trial = fixture_enrolled(t, "cr51.trial", 1);
    if (!trial) return;
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "WEIGHT_KG", "95", &err), err);
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "WEIGHT_KG", "96", &err), err);
    CHECK_OK(t, trial_queries(trial, t->arena, &queries, &err), err);
    CHECK_INT(t, queries->n_rows, 1); /* one question, however often the value is saved */
    int64_t query = (int64_t)frame_column(queries, STR("QUERY"))->numbers[0];
    CHECK(t, !trial_lock(trial, &ana, STR("S-001"), STR(""), STR(""), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "1 open queries");
    CHECK(t, !trial_answer(trial, &ana, query + 100, STR("yes"), &err));
    CHECK_OK(t, trial_answer(trial, &ana, query, STR("it is right"), &err), err);
    CHECK_OK(t, trial_close_query(trial, &ana, query, &err), err);
    CHECK(t, !trial_answer(trial, &ana, query, STR("again"), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "is closed");
    CHECK_INT(t, fixture_count(t, trial, "queries open"), 0);
}

static void cr_52_what_is_locked_cannot_be_written(Test *t)
{
    Error err = {0};
    Actor ana = fixture_actor("ana", "the monitor found an error");
    Trial *trial = fixture_enrolled(t, "cr52.trial", 2);
    static const ItemCell ALL[] = {{{"WEIGHT_KG", 9}, {"12.5", 4}},
                                   {{"STEPS", 5}, {"300", 3}},
                                   {{"NOTE", 4}, {"fine", 4}},
                                   {{"ON", 2}, {".unknown", 8}},
                                   {{"FITS", 4}, {"no", 2}}};
    FormSave save = {.subject = STR("S-001"),
                     .form = STR("visit"),
                     .visit = STR("V0"),
                     .date = STR("2016-01-20"),
                     .n_cells = 5,
                     .cells = ALL};
    FormSaved saved;
    if (!trial) return;
    CHECK_OK(t, trial_save_form(trial, &ana, &save, &saved, &err), err);
    CHECK_OK(t, trial_lock(trial, &ana, STR("S-001"), STR("visit"), STR("V0"), &err), err);
    CHECK(t, !fixture_record(trial, &ana, "S-001", "STEPS", "301", &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "the form is locked");
    CHECK(t, !trial_strike_out(trial, &ana, STR("S-001"), STR("visit"), STR("V0"), &err));
    CHECK(t, !trial_lock(trial, &ana, STR("S-001"), STR("visit"), STR("V0"), &err));
    CHECK_OK(t, trial_unlock(trial, &ana, STR("S-001"), STR("visit"), STR("V0"), &err), err);
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "STEPS", "301", &err), err);
    CHECK_OK(t, trial_lock(trial, &ana, STR("S-001"), STR(""), STR(""), &err), err);
    CHECK(t, !trial_withdraw(trial, &ana, STR("S-001"), STR("2016-02-01"), STR("moved"), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "the subject is locked");
    CHECK_OK(t, trial_lock(trial, &ana, STR(""), STR(""), STR(""), &err), err);
    CHECK(t, !fixture_record(trial, &ana, "S-002", "STEPS", "1", &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "the trial is locked");
    Actor silent = fixture_actor("ana", "");
    CHECK(t, !trial_unlock(trial, &silent, STR(""), STR(""), STR(""), &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "no reason is given");
    CHECK(t, fixture_verifies(t, trial));
}

static void cr_55_nothing_is_recorded_from_before_the_consent(Test *t)
{
    Error err = {0};
    FormSaved saved;
    Actor ana = fixture_actor("ana", "");
    Trial *trial = fixture_enrolled(t, "cr55.trial", 1);
    static const ItemCell ONE[] = {{{"STEPS", 5}, {"300", 3}}};
    FormSave save = {.subject = STR("S-001"),
                     .form = STR("visit"),
                     .visit = STR("SCR"),
                     .date = STR("2016-01-09"),
                     .n_cells = 1,
                     .cells = ONE};
    if (!trial) return;
    CHECK(t, !trial_save_form(trial, &ana, &save, &saved, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "2016-01-09 is before the consent of 2016-01-10");
    save.date = STR("2016-03-05");
    CHECK(t, !trial_save_form(trial, &ana, &save, &saved, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"2016-03-05\" is in the future");
    CHECK_OK(t, trial_withdraw(trial, &ana, STR("S-001"), STR("2016-01-30"), STR("moved"), &err), err);
    save.date = STR("2016-02-01");
    CHECK(t, !trial_save_form(trial, &ana, &save, &saved, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "2016-02-01 is after the withdrawal of 2016-01-30");
    ConsentRecord consent = {
        .subject = STR("S-001"), .date = STR("2016-01-20"), .version = STR("2.0"), .language = STR("vi")};
    CHECK(t, !trial_consent(trial, &ana, &consent, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "version \"2.0\" is valid only from 2016-02-01");
    consent.date = STR("2016-02-02");
    consent.language = STR("en");
    CHECK(t, !trial_consent(trial, &ana, &consent, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "has no language \"en\"");
}

/* One event of a log, or a form of any kind. */
static bool save_any(Trial *trial, const char *form, const char *visit, const char *date, const char *item,
                     const char *value, FormSaved *saved, Error *err)
{
    Actor ana = fixture_actor("ana", "");
    ItemCell cell = {str_from(item), str_from(value)};
    FormSave save = {.subject = STR("S-001"),
                     .form = str_from(form),
                     .visit = str_from(visit),
                     .date = str_from(date),
                     .n_cells = 1,
                     .cells = &cell};
    return trial_save_form(trial, &ana, &save, saved, err);
}

/* An event under a number of the caller's choice once took every later event into itself. */
static void an_event_is_numbered_by_the_program(Test *t)
{
    Error err = {0};
    FormSaved saved;
    Trial *trial = fixture_enrolled(t, "numbers.trial", 1);
    if (!trial) return;
    CHECK(t, !save_any(trial, "adverse_events", "9223372036854775807", "2016-02-02", "TERM", "Fever", &saved,
                       &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"S-001\" has no entry \"9223372036854775807\" yet");
    CHECK(t, !save_any(trial, "adverse_events", "first", "2016-02-02", "TERM", "Fever", &saved, &err));
    CHECK_OK(t, save_any(trial, "adverse_events", "", "2016-02-02", "TERM", "Fever", &saved, &err), err);
    CHECK_TEXT(t, saved.visit, "1");
    CHECK_OK(t, save_any(trial, "adverse_events", "", "2016-02-03", "TERM", "Fever", &saved, &err), err);
    CHECK_TEXT(t, saved.visit, "2");
    CHECK_OK(t, save_any(trial, "adverse_events", "1", "", "GRADE", "2", &saved, &err), err);
    CHECK_INT(t, fixture_count(t, trial, "adverse events"), 2);
}

static void a_dose_has_one_number(Test *t)
{
    Error err = {0};
    FormSaved saved;
    Trial *trial = fixture_enrolled(t, "dose-number.trial", 1);
    if (!trial) return;
    CHECK_OK(t, save_any(trial, "doses", "1", "2016-01-20", "WEIGHT_KG", "12", &saved, &err), err);
    CHECK(t, !save_any(trial, "doses", "01", "2016-01-20", "WEIGHT_KG", "12", &saved, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"01\" is no number of a dose");
    CHECK(t, !save_any(trial, "doses", "+1", "2016-01-20", "WEIGHT_KG", "12", &saved, &err));
    CHECK_INT(t, fixture_count(t, trial, "doses"), 1);
}

static void no_event_begins_in_the_future(Test *t)
{
    Error err = {0};
    FormSaved saved;
    Trial *trial = fixture_enrolled(t, "future.trial", 1);
    if (!trial) return;
    CHECK(t, !save_any(trial, "adverse_events", "", "2099", "TERM", "Fever", &saved, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "in the future");
    CHECK(t, !save_any(trial, "adverse_events", "", "2016-04", "TERM", "Fever", &saved, &err));
    CHECK(t, !save_any(trial, "adverse_events", "", "2015", "TERM", "Fever", &saved, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "before the consent");
    CHECK_OK(t, save_any(trial, "adverse_events", "", "2016-03", "TERM", "Fever", &saved, &err), err);
}

/* What cannot be told from a missing value in a file would keep the whole trial from being exported, for ever. */
static void no_text_reads_as_a_missing_value(Test *t)
{
    Error err = {0};
    ExportReport report;
    Trial *trial = fixture_enrolled(t, "full-stop.trial", 1);
    Actor ana = fixture_actor("ana", ""), odd = fixture_actor("ana", " .A");
    ConsentRecord consent = {.subject = STR("S-001"),
                             .date = STR("2016-01-20"),
                             .version = STR("1.0"),
                             .language = STR("vi"),
                             .signed_by = STR(".A")};
    if (!trial) return;
    CHECK(t, !trial_deviation(trial, &ana, STR("S-001"), STR("2016-02-02"), STR("other"), STR(".A"), &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the detail begins with a full stop");
    CHECK(t, !trial_deviation(trial, &ana, STR("S-001"), STR("2016-02-02"), STR(" ."), STR("late"), &err));
    CHECK(t, !trial_deviation(trial, &odd, STR("S-001"), STR("2016-02-02"), STR("other"), STR("late"), &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the reason begins with a full stop");
    CHECK(t, !trial_consent(trial, &ana, &consent, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the signer begins with a full stop");
    CHECK(t, !trial_withdraw(trial, &ana, STR("S-001"), STR("2016-02-02"), STR(".B"), &err));
    CHECK(t, !trial_add_user(trial, &ana, STR(".A"), STR("Bob"), &err));
    CHECK_OK(t, trial_export_csv(trial, t->arena, &ana, (ExportTo){.folder = test_scratch(t, "full-stop")}, &report, &err), err);
}

/* A table of values of any kind takes a blob of the same bytes without a complaint. */
static void a_value_of_another_kind_is_seen(Test *t)
{
    Error err = {0};
    TrialVerdict verdict;
    Trial *trial = fixture_enrolled(t, "kind.trial", 1);
    if (!trial) return;
    CHECK(t, fixture_verifies(t, trial));
    tamper(t, test_scratch(t, "kind.trial"),
           "UPDATE item_values SET value = CAST(value AS BLOB) WHERE item = 'SEX'");
    CHECK_OK(t, trial_verify(trial, t->arena, STR(""), &verdict, &err), err);
    CHECK(t, !verdict.sound);
    CHECK_TEXT(t, verdict.table, "item_values");
    CHECK_TEXT(t, verdict.column, "value");
}

static void rebuilding_changes_nothing(Test *t)
{
    Error err = {0};
    int64_t n_entries;
    Trial *trial = fixture_demo(t, "rebuild.trial");
    if (!trial) return;
    long long values = fixture_count(t, trial, "values");
    CHECK_OK(t, trial_rebuild(trial, &n_entries, &err), err);
    CHECK_INT(t, n_entries, fixture_count(t, trial, "journal entries"));
    CHECK_INT(t, fixture_count(t, trial, "values"), values);
    CHECK(t, fixture_verifies(t, trial));
}

static const TestCase CASES[] = {
    {"a run of items asks its check once", a_run_of_items_asks_its_check_once},
    {"CR-02: nothing in the file switches the audit off", cr_02_nothing_in_the_file_switches_the_audit_off},
    {"CR-04: the second save needs a reason", cr_04_the_second_save_needs_a_reason},
    {"CR-08: the client's clock is kept apart", cr_08_the_clients_clock_is_kept_apart},
    {"CR-14: a user id is given once", cr_14_a_user_id_is_given_once},
    {"CR-16, CR-23: roles hold where they were given", cr_16_and_23_roles_hold_where_they_were_given},
    {"CR-37: enrolment wants consent and every criterion", cr_37_enrolment_wants_consent_and_every_criterion},
    {"CR-46: a site uses a version from its approval on", cr_46_a_site_uses_a_version_from_its_approval_on},
    {"CR-47, CR-49: values are what the protocol says", cr_47_and_49_values_are_what_the_protocol_says},
    {"CR-48: a blank is never a value", cr_48_a_blank_is_never_a_value},
    {"CR-51: queries are raised, answered and closed", cr_51_queries_are_raised_answered_and_closed},
    {"CR-52: what is locked cannot be written", cr_52_what_is_locked_cannot_be_written},
    {"CR-55: nothing is recorded from before the consent", cr_55_nothing_is_recorded_from_before_the_consent},
    {"an event is numbered by the program", an_event_is_numbered_by_the_program},
    {"a dose has one number", a_dose_has_one_number},
    {"no event begins in the future", no_event_begins_in_the_future},
    {"no text reads as a missing value", no_text_reads_as_a_missing_value},
    {"a value of another kind is seen", a_value_of_another_kind_is_seen},
    {"rebuilding changes nothing", rebuilding_changes_nothing},
};
TEST_SUITE(trial_requirements, CASES);
