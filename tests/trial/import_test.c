#include "trial/import.h"

#include "base/file.h"
#include "exchange/csv.h"
#include "store/journal.h"
#include "trial/export.h"
#include "trial/fixture.h"

static bool import(Test *t, Trial *trial, const Actor *actor, const char *name, const char *text,
                   bool dry_run, ImportReport *report, Error *err)
{
    ImportFile file = {.name = str_from(name), .content = str_from(text)};
    return trial_import(trial, t->arena, actor, &file, 1, dry_run, report, err);
}

static void a_bad_row_keeps_the_whole_file_out(Test *t)
{
    Error err = {0};
    ImportReport report;
    Actor ana = fixture_actor("ana", "");
    Trial *trial = fixture_enrolled(t, "bad.trial", 3);
    if (!trial) return;
    long long before = fixture_count(t, trial, "journal entries");
    CHECK(t, !import(t, trial, &ana, "visit.csv",
                     "SUBJID,VISIT,DATE,WEIGHT_KG,STEPS\n"
                     "S-001,V0,2016-01-20,12.5,300\n"
                     "S-002,V0,2016-01-20,1205,300\n"
                     "S-003,V0,2016-01-20,12.5,3.5\n"
                     "S-004,V0,2016-01-20,12.5,300\n"
                     "S-003,V9,2016-01-20,12.5,300\n",
                     false, &report, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "4 of 5 rows cannot be taken; nothing was");
    CHECK_INT(t, report.n_problems, 4);
    CHECK_TEXT(t, str_from(report.problems[0].error.place), "visit.csv: line 3: item \"WEIGHT_KG\"");
    CHECK_TEXT(t, str_from(report.problems[0].error.message), "1205 is outside 3 to 120");
    CHECK_TEXT(t, str_from(report.problems[1].error.place), "visit.csv: line 4: item \"STEPS\"");
    CHECK_TEXT(t, report.problems[1].file, "visit.csv");
    CHECK_INT(t, report.problems[1].line, 4);
    CHECK_TEXT(t, report.problems[1].item, "STEPS");
    CHECK_TEXT(t, report.problems[2].item, "");
    CHECK_ERROR(t, report.problems[2].error, ERROR_INCONSISTENT, "there is no subject \"S-004\"");
    CHECK_ERROR(t, report.problems[3].error, ERROR_INCONSISTENT, "the protocol has no visit \"V9\"");
    CHECK_INT(t, fixture_count(t, trial, "journal entries"), before);
    CHECK(t, fixture_verifies(t, trial));
}

static void headers_are_judged_before_rows(Test *t)
{
    static const struct {
        const char *name, *text, *says;
    } ROWS[] = {
        {"visit.csv", "SUBJID,DATE,WEIGHT_KG\nS-001,2016-01-20,12\n", "there is no column \"VISIT\""},
        {"visit.csv", "SUBJID,VISIT,DATE,WEIGHT\nS-001,V0,2016-01-20,12\n", "has no item \"WEIGHT\""},
        {"visits.csv", "SUBJID,VISIT,DATE\n", "is no form of the protocol"},
        {"consent.csv", "SUBJID,DATE,VERSION,WITNESS\nS-001,2016-01-20,1.0,x\n",
         "the column \"WITNESS\" does not belong here"},
        {"visit.csv", "", "header"},
        {"visit.csv", "SUBJID,VISIT,DATE,WEIGHT_KG\n,V0,2016-01-20,12\n", "column \"SUBJID\" is blank"},
    };
    ImportReport report;
    Actor ana = fixture_actor("ana", "");
    Trial *trial = fixture_enrolled(t, "headers.trial", 1);
    for (size_t i = 0; trial && i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Error err = {0};
        CHECK(t, !import(t, trial, &ana, ROWS[i].name, ROWS[i].text, false, &report, &err));
        CHECK(t, str_find(str_from(err.message), str_from(ROWS[i].says)) != SIZE_MAX ||
                     !CHECK_TEXT(t, str_from(err.message), ROWS[i].says));
    }
}

static void a_second_reading_records_nothing(Test *t)
{
    static const char FIRST[] = "SUBJID,VISIT,DATE,WEIGHT_KG,STEPS,NOTE\nS-001,V0,2016-01-20,12.5,.not-done,"
                                "fine\nS-002,V0,2016-01-20,13,300,\n";
    static const char CHANGED[] = "SUBJID,VISIT,DATE,WEIGHT_KG,STEPS,NOTE\nS-001,V0,2016-01-20,12.6,.not-"
                                  "done,fine\nS-002,V0,2016-01-20,13,300,\n";
    Error err = {0};
    ImportReport report;
    Actor ana = fixture_actor("ana", ""), with_reason = fixture_actor("ana", "weighed again");
    Trial *trial = fixture_enrolled(t, "twice.trial", 2);
    if (!trial) return;
    CHECK_OK(t, import(t, trial, &ana, "visit.csv", FIRST, false, &report, &err), err);
    CHECK_INT(t, report.files[0].n_rows_new, 2);
    CHECK_INT(t, report.files[0].n_values, 6);
    long long entries = fixture_count(t, trial, "journal entries");
    CHECK_OK(t, import(t, trial, &ana, "visit.csv", FIRST, false, &report, &err), err);
    CHECK_INT(t, report.files[0].n_rows_same, 2);
    CHECK_INT(t, fixture_count(t, trial, "journal entries"), entries);

    CHECK(t, !import(t, trial, &ana, "visit.csv", CHANGED, false, &report, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "no reason is given");
    CHECK_OK(t, import(t, trial, &with_reason, "visit.csv", CHANGED, true, &report, &err), err);
    CHECK_INT(t, fixture_count(t, trial, "journal entries"), entries);
    CHECK_OK(t, import(t, trial, &with_reason, "visit.csv", CHANGED, false, &report, &err), err);
    CHECK_INT(t, report.files[0].n_corrections, 1);
    CHECK_INT(t, fixture_count(t, trial, "journal entries"), entries + 1);
    CHECK_INT(t, fixture_count(t, trial, "values changed"), 1);
}

static void events_are_matched_by_term_and_start(Test *t)
{
    static const char TWO[] = "SUBJID,START,TERM,GRADE\nS-001,2016-01-21,Fever,2\nS-001,2016-01-21,Fever,1\n";
    static const char THREE[] = "SUBJID,START,TERM,GRADE\nS-001,2016-01-21,Fever,2\nS-001,2016-01-21,Fever,"
                                "1\nS-001,2016-02,Nausea,1\n";
    Error err = {0};
    ImportReport report;
    Actor ana = fixture_actor("ana", "");
    Trial *trial = fixture_enrolled(t, "events.trial", 1);
    if (!trial) return;
    CHECK_OK(t, import(t, trial, &ana, "adverse_events.csv", TWO, false, &report, &err), err);
    CHECK_INT(t, fixture_count(t, trial, "adverse events"), 2);
    CHECK_OK(t, import(t, trial, &ana, "adverse_events.csv", THREE, false, &report, &err), err);
    CHECK_INT(t, report.files[0].n_rows_new, 1);
    CHECK_INT(t, report.files[0].n_rows_same, 2);
    CHECK_INT(t, fixture_count(t, trial, "adverse events"), 3);
}

/* Files of an export as import files; the journal, its dictionary, the protocol and the sums left out. */
static size_t exported(Test *t, Trial *trial, const char *folder, ImportFile *files, Str *protocol)
{
    Error err = {0};
    ExportReport report;
    Actor ana = fixture_actor("ana", "");
    Str path = test_scratch(t, folder);
    size_t n = 0;
    if (!CHECK_OK(t, trial_export_csv(trial, t->arena, &ana, (ExportTo){.folder = path}, &report, &err), err)) return 0;
    for (size_t i = 0; i < report.n; i++) {
        Str content;
        if (!CHECK_OK(
                t,
                file_read(t->arena, file_join(t->arena, path, report.files[i].name), 1 << 24, &content, &err),
                err))
            return 0;
        CHECK(t, str_equal(digest_hex(t->arena, digest_of(content)), report.files[i].digest));
        if (str_equal(report.files[i].name, STR("protocol.yaml")))
            *protocol = content;
        else if (report.files[i].has_rows && !str_starts(report.files[i].name, STR("audit")))
            files[n++] = (ImportFile){.name = report.files[i].name, .content = content};
    }
    return n;
}

static void an_export_makes_an_equal_trial(Test *t)
{
    Error err = {0};
    ImportFile first[64], second[64];
    ImportReport report;
    Str protocol = STR(""), again;
    Trial *trial = fixture_demo(t, "origin.trial"), *copy;
    Actor ana = fixture_actor("ana", "");
    if (!trial) return;
    size_t n = exported(t, trial, "origin", first, &protocol);
    NewTrial request = {.path = test_scratch(t, "copy-of.trial"), .protocol = protocol, .user = STR("ana")};
    if (!CHECK_OK(t,
                  trial_create(t->arena, &request, &ana, &copy, &err) &&
                      trial_import(copy, t->arena, &ana, first, n, false, &report, &err),
                  err))
        return;
    CHECK_INT(t, exported(t, copy, "copy-of", second, &again), (long long)n);
    for (size_t i = 0; i < n; i++) {
        CHECK(t, str_equal(first[i].name, second[i].name));
        if (!CHECK(t, str_equal(first[i].content, second[i].content)))
            CHECK_TEXT(t, first[i].name, "a file that comes out again");
    }
    CHECK(t, fixture_verifies(t, copy));
}

/* CR-06: the file alone is enough to recompute the chain. */
static void the_exported_audit_proves_itself(Test *t)
{
    Error err = {0};
    ExportReport report;
    Str head;
    int64_t n_entries, at;
    Actor ana = fixture_actor("ana", "for the inspector");
    Trial *trial = fixture_enrolled(t, "audit.trial", 2);
    Str folder = test_scratch(t, "audit-out"), content, prev = STR(JOURNAL_START);
    CsvReader *csv;
    CsvRow row;
    bool found;
    if (!trial || !CHECK_OK(t, trial_export_csv(trial, t->arena, &ana, (ExportTo){.folder = folder}, &report, &err), err)) return;
    CHECK_OK(t, trial_head(trial, t->arena, &n_entries, &head, &err), err);
    CHECK_OK(t, file_read(t->arena, file_join(t->arena, folder, STR("audit.csv")), 1 << 24, &content, &err),
             err);
    CHECK_OK(t, csv_open(t->arena, content, NULL, &csv, &err), err);
    for (int64_t seq = 1; csv_next(csv, &row, &found, &err) && found; seq++) {
        const Str *f = row.fields;
        CHECK(t, integer_parse(f[1], &at));
        Entry entry = {.seq = seq,
                       .at = at,
                       .actor = f[4],
                       .role = f[5],
                       .site = f[6],
                       .act = f[7],
                       .subject = f[8],
                       .reason = f[9],
                       .body_text = f[10],
                       .prev = f[11]};
        CHECK(t, str_equal(f[11], prev));
        if (!CHECK(t, str_equal(digest_hex(t->arena, journal_hash(&entry)), f[12]))) return;
        prev = str_copy(t->arena, f[12]);
    }
    CHECK(t, str_equal(prev, head));
}

static const TestCase CASES[] = {
    {"a bad row keeps the whole file out", a_bad_row_keeps_the_whole_file_out},
    {"headers are judged before rows", headers_are_judged_before_rows},
    {"a second reading records nothing", a_second_reading_records_nothing},
    {"events are matched by term and start", events_are_matched_by_term_and_start},
    {"an export makes an equal trial", an_export_makes_an_equal_trial},
    {"the exported audit proves itself (CR-06)", the_exported_audit_proves_itself},
};
TEST_SUITE(import, CASES);
