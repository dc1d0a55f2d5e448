#include "trial/datasets.h"

#include "data/condition.h"
#include "trial/fixture.h"

static bool built(Test *t, Trial *trial, Datasets *datasets)
{
    Error err = {0};
    return trial && CHECK_OK(t, datasets_build(trial, t->arena, datasets, &err), err);
}

static long long count_where(Test *t, const Frame *frame, const char *condition)
{
    Error err = {0};
    size_t *rows, n = 0;
    return CHECK_OK(t, frame_where(t->arena, frame, str_from(condition), &rows, &n, &err), err) ? (long long)n
                                                                                                : -1;
}

static long long subjects_where(Test *t, const Frame *frame, const char *condition)
{
    Error err = {0};
    size_t *rows, n = 0;
    if (!CHECK_OK(t, frame_where(t->arena, frame, str_from(condition), &rows, &n, &err), err)) return -1;
    Map seen = map_new(t->arena);
    for (size_t i = 0; i < n; i++) map_put(&seen, frame_column(frame, STR("SUBJID"))->texts[rows[i]], NULL);
    return (long long)seen.n;
}

static const Column *need(Test *t, const Frame *frame, const char *name)
{
    const Column *column = frame_column(frame, str_from(name));
    if (!column) CHECK_TEXT(t, str_from(name), "a column that is there");
    return column;
}

/* What the paper and the demo's manual say of the made-up children. */
static void the_founding_trial_is_told(Test *t)
{
    Datasets d;
    if (!built(t, fixture_demo(t, "told.trial"), &d)) return;
    CHECK_INT(t, d.subjects->n_rows, 49);
    CHECK_INT(t, count_where(t, d.subjects, "ENRLFL = 'Y'"), 40);
    CHECK_INT(t, count_where(t, d.subjects, "SAFFL = 'Y'"), 40);
    CHECK_INT(t, count_where(t, d.subjects, "STATUS = 'screen-failed'"), 8);
    CHECK_INT(t, count_where(t, d.subjects, "FAILTEXT = 'not met: Aged 2 to 15 years'"), 1);
    CHECK_INT(t, count_where(t, d.subjects, "FAILTEXT = 'Epilepsy'"), 3);
    CHECK_INT(t, count_where(t, d.subjects, "STATUS = 'declined' AND FAILID = 'CONSENT'"), 1);
    CHECK_INT(t, count_where(t, d.subjects, "FAILID = 'E1'"), 3);
    CHECK_INT(t, count_where(t, d.subjects, "FAILID = 'I1' AND AGE < 2"), 1);
    CHECK_INT(t, count_where(t, d.subjects, "ENRLFL = 'Y' AND FAILID IS NOT NULL"), 0);
    CHECK_INT(t, count_where(t, d.subjects, "STATUS = 'withdrawn'"), 2);
    CHECK_INT(t, count_where(t, d.doses, "DOSE = 1"), 40);
    CHECK_INT(t, subjects_where(t, d.adverse_events, "TERM = 'Fever' AND TRTEMFL = 'Y'"), 12);
    CHECK_INT(t, subjects_where(t, d.adverse_events, "TERM = 'Vomiting'"), 9);
    CHECK_INT(t, count_where(t, d.eligibility, "CRITERION = 'E1' AND ANSWER = 'met'"), 3);
    CHECK_INT(t, count_where(t, d.deviations, "KIND = 'late-visit'"), 2);
    CHECK_INT(t, count_where(t, d.deviations, "SOURCE = 'person'"), 4);
    CHECK_INT(t, count_where(t, d.deviations, "SOURCE = 'program'"), 0);
    CHECK_INT(t, count_where(t, d.visits, "VISIT = 'V6' AND IN_WINDOW = 'N'"), 2);
    CHECK_INT(t, count_where(t, d.visits, "VISIT = 'V0' AND NOT DAY BETWEEN -3 AND 0"), 0);
    CHECK_INT(t, count_where(t, d.measures, "PARAMCD = 'GMFM88' AND AVISIT = 'V0'"), 40);
    CHECK_INT(t,
              count_where(t, d.measures,
                          "PARAMCD = 'GMFM88' AND AVISIT = 'V0' AND (CHG IS NOT NULL OR BASE <> AVAL)"),
              0);
    CHECK_INT(t, count_where(t, d.measures, "CHG IS NOT NULL AND abs(AVAL - BASE - CHG) > 1e-12"), 0);
    CHECK_INT(t, count_where(t, d.measures, "EXPECTED IS NOT NULL AND PARAMCD <> 'GMFM66'"), 0);
    CHECK_INT(t,
              count_where(t, d.measures,
                          "PARAMCD = 'GMFM66' AND AVISIT = 'V6' AND CHG IS NOT NULL AND EXPECTED IS NULL"),
              0);
    CHECK_INT(t, count_where(t, d.measures, "PARAMCD = 'MAS_ADD_L' AND AVALC = '1+' AND AVAL <> 2"), 0);
    CHECK(t, count_where(t, d.measures, "PARAMCD = 'MAS_ADD_L' AND AVALC = '1+'") > 0);
}

static bool dose(Trial *trial, const Actor *actor, const char *number, const char *date, Error *err)
{
    static const ItemCell CELLS[] = {{{"WEIGHT_KG", 9}, {"12.5", 4}}, {{"MNC_E6", 6}, {"500", 3}}};
    FormSave save = {.subject = STR("S-001"),
                     .form = STR("doses"),
                     .visit = str_from(number),
                     .date = str_from(date),
                     .n_cells = 2,
                     .cells = CELLS};
    FormSaved saved;
    return trial_save_form(trial, actor, &save, &saved, err);
}

static bool event(Trial *trial, const Actor *actor, const char *start, Error *err)
{
    static const ItemCell CELLS[] = {{{"TERM", 4}, {"Fever", 5}}, {{"GRADE", 5}, {"2", 1}}};
    FormSave save = {.subject = STR("S-001"),
                     .form = STR("adverse_events"),
                     .date = str_from(start),
                     .n_cells = 2,
                     .cells = CELLS};
    FormSaved saved;
    return trial_save_form(trial, actor, &save, &saved, err);
}

static void days_ratios_and_flags_are_computed(Test *t)
{
    Error err = {0};
    Datasets d;
    Trial *trial = fixture_enrolled(t, "computed.trial", 2);
    Actor ana = fixture_actor("ana", "");
    if (!trial) return;
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "WEIGHT_KG", "12.5", &err), err);
    CHECK_OK(t, dose(trial, &ana, "1", "2016-01-23", &err), err);
    CHECK_OK(t,
             event(trial, &ana, "2016-01-22", &err) && event(trial, &ana, "2016-01", &err) &&
                 event(trial, &ana, "2016-01-23", &err),
             err);
    if (!built(t, trial, &d)) return;
    CHECK_NEAR(t, need(t, d.doses, "DOSE_PER_KG")->numbers[0], 40, 0);
    CHECK_NEAR(t, need(t, d.visits, "DAY")->numbers[0], -3, 0);
    CHECK_TEXT(t, need(t, d.visits, "IN_WINDOW")->texts[0], "Y");
    CHECK_NEAR(t, need(t, d.subjects, "AGE")->numbers[0],
               (double)(date_days((Date){2016, 1, 12}) - date_days((Date){2012, 5, 4})) / 365.25, 1e-15);
    CHECK_TEXT(t, need(t, d.subjects, "STATUS")->texts[0], "enrolled");
    CHECK_TEXT(t, need(t, d.subjects, "SAFFL")->texts[0], "Y");
    CHECK(t, need(t, d.subjects, "SAFFL")->missing[1]);
    CHECK_INT(t, d.adverse_events->n_rows, 3);
    CHECK(t, need(t, d.adverse_events, "TRTEMFL")->missing[0]);
    CHECK_TEXT(t, need(t, d.adverse_events, "TRTEMFL")->texts[1], "Y");
    CHECK_TEXT(t, need(t, d.adverse_events, "TRTEMFL")->texts[2], "Y");
    CHECK_NEAR(t, need(t, d.adverse_events, "AESEQ")->numbers[2], 3, 0);
}

/* The protocol's types are its own; a score that cannot read one says so, and does not read what is not there. */
static void a_score_says_which_item_it_cannot_read(Test *t)
{
    static const struct {
        const char *use, *item, *value, *message;
    } ROWS[] = {
        {"{id: mas, instrument: modified-ashworth, form: visit, items: [STEPS], visits: [V0]}", "STEPS", "2",
         "the item \"STEPS\" is integer, and the score reads codes"},
        {"{id: gmfm, instrument: gmfm-88, form: visit, items: [G01], visits: [V0]}", "G01", "2",
         "the item \"G01\" is text, and the score reads numbers"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Error err = {0};
        Datasets d;
        Str before, after;
        Actor ana = fixture_actor("ana", "");
        str_cut(str_from(FIXTURE_PROTOCOL), STR("id: NOTE"), &before, &after);
        Str protocol = str_format(t->arena, STR_FMT "id: G01" STR_FMT "instruments: [%s]\n", STR_ARG(before),
                                  STR_ARG(after), ROWS[i].use);
        Trial *trial =
            fixture_enrolled_under(t, str_format(t->arena, "scores-%zu.trial", i).data, protocol, 1);
        if (!trial) return;
        CHECK_OK(t, fixture_record(trial, &ana, "S-001", ROWS[i].item, ROWS[i].value, &err), err);
        CHECK(t, !datasets_build(trial, t->arena, &d, &err));
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, ROWS[i].message);
    }
}

/* Version 2 moves an item to another form and makes it a number; what was recorded before is still there. */
static void an_item_may_change_its_type_between_versions(Test *t)
{
    Error err = {0};
    Datasets d;
    Str before, after;
    Actor ana = fixture_actor("ana", "notes are numbers now");
    Trial *trial = fixture_enrolled(t, "retyped.trial", 2);
    if (!trial) return;
    CHECK_OK(t, fixture_record(trial, &ana, "S-001", "NOTE", "7.5", &err), err);
    str_cut(str_from(FIXTURE_PROTOCOL), STR("      - {id: NOTE, label: Note, type: text}\n"), &before,
            &after);
    Str first = before, rest = after;
    str_cut(rest, STR("  - id: doses\n"), &before, &after);
    Str protocol = str_format(t->arena,
                              STR_FMT STR_FMT "  - {id: notes, title: Notes, items: [{id: NOTE, label: Note, "
                                              "type: number}]}\n  - id: doses\n" STR_FMT,
                              STR_ARG(first), STR_ARG(before), STR_ARG(after));
    str_cut(protocol, STR("schedule: {"), &before, &after);
    protocol =
        str_format(t->arena, STR_FMT "schedule: {notes: [V0], " STR_FMT, STR_ARG(before), STR_ARG(after));
    CHECK_OK(t, trial_amend(trial, &ana, protocol, &err), err);
    CHECK_OK(t, trial_approve(trial, &ana, STR("HAN"), STR("2"), STR("2016-01-01"), &err), err);
    ItemCell cell = {STR("NOTE"), STR("8.25")};
    FormSaved saved;
    FormSave save = {.subject = STR("S-002"),
                     .form = STR("notes"),
                     .visit = STR("V0"),
                     .date = STR("2016-01-20"),
                     .n_cells = 1,
                     .cells = &cell};
    CHECK_OK(t, trial_save_form(trial, &ana, &save, &saved, &err), err);
    if (!built(t, trial, &d)) return;
    const Column *note = need(t, d.visits, "NOTE");
    CHECK_TEXT(t, frame_cell_text(t->arena, note, 0), "7.5");
    CHECK_TEXT(t, frame_cell_text(t->arena, note, 1), "8.25");
}

static void frames_are_found_by_name_and_say_where_from(Test *t)
{
    Error err = {0};
    Datasets d;
    Frame *frame;
    Trial *trial = fixture_enrolled(t, "named.trial", 3);
    if (!built(t, trial, &d)) return;
    CHECK_OK(t, datasets_frame(&d, STR("SUBJECTS"), &frame, &err), err);
    CHECK(t, frame == d.subjects);
    Str note = datasets_provenance(t->arena, &d, frame);
    CHECK(t, str_starts(note, STR("subjects: 3 records, from named.trial at journal entry ")));
    CHECK(t, str_find(note, d.head) != SIZE_MAX);
    CHECK(t, !datasets_frame(&d, STR("subject"), &frame, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "Did you mean \"subjects\"?");
}

/* CR-53: what nobody wrote down is found, and marked as found; what somebody did is not listed twice. */
static void a_visit_outside_its_window_is_a_deviation(Test *t)
{
    Datasets d;
    Error err = {0};
    ImportReport report;
    Actor ana = fixture_actor("ana", "");
    Trial *trial = fixture_enrolled(t, "window.trial", 2);
    ImportFile files[] = {
        {.name = STR("doses.csv"), .content = STR("SUBJID,DOSE,DATE\nS-001,1,2016-01-20\nS-002,1,2016-01-20\n")},
        {.name = STR("visit.csv"), .content = STR("SUBJID,VISIT,DATE,STEPS\nS-001,V3,2016-02-25,300\nS-002,V3,2016-02-24,310\n")},
        {.name = STR("deviations.csv"), .content = STR("SUBJID,DATE,KIND,DETAIL\nS-002,2016-02-24,early-visit,family moved\n")}};
    if (!trial || !CHECK_OK(t, trial_import(trial, t->arena, &ana, files, 3, false, &report, &err), err)) return;
    CHECK_INT(t, fixture_count(t, trial, "queries open"), 1);
    if (!built(t, trial, &d)) return;
    CHECK_INT(t, d.deviations->n_rows, 2);
    CHECK_INT(t, count_where(t, d.deviations, "SUBJID = 'S-002' AND SOURCE = 'person'"), 1);
    CHECK_INT(t, count_where(t, d.deviations, "SUBJID = 'S-001' AND SOURCE = 'program'"), 1);
    CHECK_TEXT(t, need(t, d.deviations, "DETAIL")->texts[1], "visit V3 is 34 days before its window");
}

static const TestCase CASES[] = {
    {"the founding trial is told as the paper tells it", the_founding_trial_is_told},
    {"a visit outside its window is a deviation", a_visit_outside_its_window_is_a_deviation},
    {"days, ratios and flags are computed", days_ratios_and_flags_are_computed},
    {"a score says which item it cannot read", a_score_says_which_item_it_cannot_read},
    {"an item may change its type between versions", an_item_may_change_its_type_between_versions},
    {"frames are found by name and say where from", frames_are_found_by_name_and_say_where_from},
};
TEST_SUITE(datasets, CASES);
