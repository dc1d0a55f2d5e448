#include "trial/fixture.h"

#include "base/file.h"
#include "trial/demo.h"

const char FIXTURE_PROTOCOL[] =
    "equipoise: 1\n"
    "trial: {id: TEST-1, title: A small trial, short_title: Small, phase: 2, design: single-arm, blinding: "
    "open-label,\n"
    "  sponsor: Nobody, planned_subjects: 10, sample_size_reason: a test, language: en}\n"
    "arms: [{id: CELLS, title: Cells, kind: experimental}]\n"
    "sites: [{id: HAN, title: Hanoi, country: VN, language: vi}, {id: HUE, title: Hue, country: VN, "
    "language: vi}]\n"
    "codelists:\n"
    "  YESNO: {\"yes\": \"Yes\", \"no\": \"No\"}\n"
    "  SEX: {M: Male, F: Female}\n"
    "visits:\n"
    "  - {id: SCR, title: Screening, kind: screening, day: -14, window: {before: 21, after: 13}}\n"
    "  - {id: V0, title: Baseline, kind: dose, day: 0, window: {before: 3, after: 0}}\n"
    "  - {id: V3, title: 3 months, kind: assessment, day: 91, window: {before: 21, after: 21}}\n"
    "forms:\n"
    "  - id: screening\n"
    "    title: Screening\n"
    "    repeats: subject\n"
    "    items:\n"
    "      - {id: BIRTH, label: Date of birth, type: date, required: true}\n"
    "      - {id: SEX, label: Sex, type: coded, codelist: SEX}\n"
    "      - {id: EPILEPSY, label: Epilepsy, type: coded, codelist: YESNO}\n"
    "  - id: visit\n"
    "    title: Visit\n"
    "    items:\n"
    "      - id: WEIGHT_KG\n"
    "        label: Weight\n"
    "        type: number\n"
    "        unit: kg\n"
    "        decimals: 1\n"
    "        range: [3, 120]\n"
    "        checks: [{id: weight, condition: WEIGHT_KG <= 90, message: Weigh again., severity: soft}]\n"
    "      - {id: STEPS, label: Steps, type: integer, range: [0, 100000]}\n"
    "      - {id: NOTE, label: Note, type: text}\n"
    "      - {id: ON, label: On, type: date}\n"
    "      - {id: FITS, label: Fits, type: coded, codelist: YESNO}\n"
    "    checks:\n"
    "      - {id: steps-with-fits, condition: NOT (FITS = 'yes' AND STEPS > 50000), message: Not likely., "
    "severity: hard}\n"
    "      - {id: infant, condition: AGE >= 3 OR STEPS < 5000, message: Many steps for the age., severity: "
    "soft}\n"
    "  - id: doses\n"
    "    title: Dose\n"
    "    repeats: dose\n"
    "    items:\n"
    "      - {id: WEIGHT_KG, label: Weight, type: number, unit: kg, range: [3, 120]}\n"
    "      - {id: MNC_E6, label: Cells, type: number, unit: \"10*6\", range: [0, 10000]}\n"
    "schedule: {visit: [SCR, V0, V3]}\n"
    "eligibility:\n"
    "  form: screening\n"
    "  ages: [2, 15]\n"
    "  inclusion: [{id: I1, text: Aged 2 to 15, condition: AGE >= 2 AND AGE < 16}]\n"
    "  exclusion: [{id: E1, text: Epilepsy, condition: EPILEPSY = 'yes'}]\n"
    "consent:\n"
    "  versions:\n"
    "    - {id: \"1.0\", title: first, date: 2015-01-01, languages: [vi, en]}\n"
    "    - {id: \"2.0\", title: second, date: 2016-02-01, languages: [vi]}\n"
    "  assent: [{id: child, title: picture story, ages: [7, 15], required: true}]\n"
    "product:\n"
    "  title: cells\n"
    "  form: doses\n"
    "  doses: [{number: 1, day: 0, window: {before: 0, after: 0}}, {number: 2, day: 91, window: {before: 21, "
    "after: 21}}]\n"
    "  limits: [{id: few, condition: DOSE_PER_KG >= 1, message: Too few cells., severity: hard}]\n";

Actor fixture_actor(const char *user, const char *reason)
{
    return (Actor){.user = str_from(user), .at = FIXTURE_NOW, .reason = str_from(reason)};
}

static Trial *new_trial(Test *t, const char *name, Str protocol)
{
    Error err = {0};
    Trial *trial;
    Actor ana = fixture_actor("ana", "");
    NewTrial request = {
        .path = test_scratch(t, name), .protocol = protocol, .user = STR("ana"), .name = STR("Ana")};
    return CHECK_OK(t, trial_create(t->arena, &request, &ana, &trial, &err), err) ? trial : NULL;
}

Trial *fixture_trial(Test *t, const char *name) { return new_trial(t, name, str_from(FIXTURE_PROTOCOL)); }

static bool enrol_one(Trial *trial, const Actor *ana, Str subject, Error *err)
{
    static const ItemCell CELLS[] = {
        {{"BIRTH", 5}, {"2012-05-04", 10}}, {{"SEX", 3}, {"F", 1}}, {{"EPILEPSY", 8}, {"no", 2}}};
    Screening screening = {
        .subject = subject, .site = STR("HAN"), .date = STR("2016-01-10"), .n_cells = 3, .cells = CELLS};
    ConsentRecord consent = {.subject = subject,
                             .date = STR("2016-01-10"),
                             .version = STR("1.0"),
                             .language = STR("vi"),
                             .signed_by = STR("mother"),
                             .assent = STR("not-applicable")};
    return trial_screen(trial, ana, &screening, err) && trial_consent(trial, ana, &consent, err) &&
           trial_enrol(trial, ana, subject, STR("2016-01-12"), STR(""), err);
}

Trial *fixture_enrolled_under(Test *t, const char *name, Str protocol, int n)
{
    Error err = {0};
    Trial *trial = new_trial(t, name, protocol);
    Actor ana = fixture_actor("ana", "");
    for (int i = 1; trial && i <= n; i++)
        if (!CHECK_OK(t, enrol_one(trial, &ana, str_format(t->arena, "S-%03d", i), &err), err)) return NULL;
    return trial;
}

Trial *fixture_enrolled(Test *t, const char *name, int n)
{
    return fixture_enrolled_under(t, name, str_from(FIXTURE_PROTOCOL), n);
}

Trial *fixture_demo(Test *t, const char *name)
{
    Error err = {0};
    Str protocol;
    DemoFiles demo;
    ImportReport report;
    Actor ana = fixture_actor("ana", "");
    if (!CHECK_OK(t,
                  file_read(t->arena, test_source(t, "examples/cerebral-palsy/protocol.yaml"), 1 << 20,
                            &protocol, &err),
                  err))
        return NULL;
    Trial *trial = new_trial(t, name, protocol);
    if (!trial) return NULL;
    demo_generate(t->arena, 1, &demo);
    ImportFile *files = ARENA_ARRAY(t->arena, ImportFile, demo.n);
    for (size_t i = 0; i < demo.n; i++)
        files[i] = (ImportFile){.name = demo.files[i].name, .content = demo.files[i].text};
    bool taken = trial_import(trial, t->arena, &ana, files, demo.n, false, &report, &err);
    for (size_t i = 0; !taken && i < report.n_problems && i < 5; i++) CHECK_OK(t, false, report.problems[i].error);
    return CHECK_OK(t, taken, err) ? trial : NULL;
}

bool fixture_record(Trial *trial, const Actor *actor, const char *subject, const char *item,
                    const char *value, Error *err)
{
    ItemCell cell = {str_from(item), str_from(value)};
    FormSave save = {.subject = str_from(subject),
                     .form = STR("visit"),
                     .visit = STR("V0"),
                     .date = STR("2016-01-20"),
                     .n_cells = 1,
                     .cells = &cell};
    FormSaved saved;
    return trial_save_form(trial, actor, &save, &saved, err);
}

long long fixture_count(Test *t, Trial *trial, const char *what)
{
    Frame *counts;
    Error err = {0};
    if (!CHECK_OK(t, trial_counts(trial, t->arena, &counts, &err), err)) return -1;
    for (size_t i = 0; i < counts->n_rows; i++)
        if (str_equal(counts->columns[0].texts[i], str_from(what)))
            return (long long)counts->columns[1].numbers[i];
    CHECK_TEXT(t, str_from(what), "a row of the counts");
    return -1;
}

bool fixture_verifies(Test *t, Trial *trial)
{
    TrialVerdict verdict;
    Error err = {0};
    if (!CHECK_OK(t, trial_verify(trial, t->arena, STR(""), &verdict, &err), err)) return false;
    if (!verdict.sound)
        CHECK_TEXT(t,
                   str_format(t->arena, STR_FMT " " STR_FMT " " STR_FMT ": " STR_FMT, STR_ARG(verdict.table),
                              STR_ARG(verdict.key), STR_ARG(verdict.column), STR_ARG(verdict.detail)),
                   "a sound trial");
    return verdict.sound;
}
