#include "trial/trial.h"

#include "store/tamper.h"
#include "trial/export.h"
#include "trial/fixture.h"

static void the_founding_trial_goes_in(Test *t)
{
    Trial *trial = fixture_demo(t, "demo.trial");
    if (!trial) return;
    CHECK_INT(t, fixture_count(t, trial, "subjects screened"), 49);
    CHECK_INT(t, fixture_count(t, trial, "subjects enrolled"), 40);
    CHECK(t, fixture_verifies(t, trial));
}

/* As if the program had learned to refuse a key that it took when the trial began. */
static void a_protocol_of_laxer_days_still_opens(Test *t)
{
    Error err = {0};
    Actor ana = fixture_actor("ana", "");
    Str path = test_scratch(t, "laxer.trial");
    Trial *trial = fixture_enrolled(t, "laxer.trial", 1);
    if (!trial) return;
    trial_close(trial);
    tamper(t, path,
           "UPDATE protocols SET text = replace(text, 'planned_subjects: 10', 'planned_subjects: 10, retired: 1')");
    if (CHECK_OK(t, trial_open(t->arena, path, &trial, &err), err)) {
        CHECK_OK(t, fixture_record(trial, &ana, "S-001", "STEPS", "300", &err), err);
        ana.reason = STR("a new version");
        Str text = str_format(t->arena, "%s\nretired: 1\n", FIXTURE_PROTOCOL);
        CHECK(t, !trial_amend(trial, &ana, text, &err));
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, "unknown key \"retired\"");
        trial_close(trial);
    }
    tamper(t, path, "UPDATE protocols SET text = 'a: ['");
    err = (Error){0};
    CHECK(t, !trial_open(t->arena, path, &trial, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "stored protocol, version 1");
}

/* The entry of a revocation is written before it shows that nobody held the role. */
static void a_failed_operation_among_others_leaves_nothing(Test *t)
{
    Error err = {0};
    Actor ana = fixture_actor("ana", "a slip");
    Trial *trial = fixture_enrolled(t, "parts.trial", 1);
    if (!trial) return;
    long long before = fixture_count(t, trial, "journal entries");
    CHECK_OK(t, trial_begin(trial, &err), err);
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "STEPS", "300", &err), err);
    CHECK(t, !trial_revoke(trial, &ana, STR("ana"), STR("monitor"), STR(""), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "is not monitor there");
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "NOTE", "calm", &err), err);
    CHECK_OK(t, trial_commit(trial, &err), err);
    CHECK_INT(t, fixture_count(t, trial, "journal entries"), before + 2);
    CHECK(t, fixture_verifies(t, trial));
}

static void the_last_administrator_stays(Test *t)
{
    Error err = {0};
    Actor ana = fixture_actor("ana", "has left"), bao = fixture_actor("bao", "has left");
    Str bao_id = STR("bao"), role = STR("administrator");
    Trial *trial = fixture_trial(t, "last.trial");
    if (!trial) return;
    long long before = fixture_count(t, trial, "journal entries");
    CHECK(t, !trial_remove_user(trial, &ana, STR("ana"), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"ana\" is the last administrator");
    CHECK(t, !trial_revoke(trial, &ana, STR("ana"), role, STR(""), &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"ana\" is the last administrator");
    CHECK_INT(t, fixture_count(t, trial, "journal entries"), before);

    CHECK_OK(t, trial_add_user(trial, &ana, bao_id, STR("Bao"), &err), err);
    CHECK_OK(t, trial_grant(trial, &ana, bao_id, role, STR("HAN"), &err), err);
    CHECK(t, !trial_remove_user(trial, &ana, STR("ana"), &err)); /* one of a site gives no roles */
    CHECK_OK(t, trial_grant(trial, &ana, bao_id, role, STR(""), &err), err);
    CHECK_OK(t, trial_remove_user(trial, &bao, STR("ana"), &err), err);
    CHECK(t, fixture_verifies(t, trial));
}

/* SQLite reads 9e999 as infinity. */
static void a_value_that_became_infinite_is_refused(Test *t)
{
    Error err = {0};
    ExportReport report;
    Actor ana = fixture_actor("ana", "");
    Trial *trial = fixture_enrolled(t, "infinite.trial", 1);
    if (!trial) return;
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "STEPS", "300", &err), err);
    tamper(t, test_scratch(t, "infinite.trial"), "UPDATE item_values SET value = 9e999 WHERE item = 'STEPS'");
    CHECK(t, !trial_export_csv(trial, t->arena, &ana, (ExportTo){.folder = test_scratch(t, "infinite")}, &report, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "the value of \"STEPS\" is no finite number");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "subject \"S-001\", visit \"V0\"");
    CHECK(t, !trial_export_csv(trial, t->arena, &ana, (ExportTo){.folder = test_scratch(t, "infinite")}, &report, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "is no finite number"); /* not that the folder is full */
}

static const TestCase CASES[] = {
    {"the founding trial goes in", the_founding_trial_goes_in},
    {"a protocol of laxer days still opens", a_protocol_of_laxer_days_still_opens},
    {"a failed operation among others leaves nothing", a_failed_operation_among_others_leaves_nothing},
    {"the last administrator stays", the_last_administrator_stays},
    {"a value that became infinite is refused", a_value_that_became_infinite_is_refused},
};
TEST_SUITE(trial, CASES);
