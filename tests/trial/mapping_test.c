/* Maps: tables of other systems into a trial and out again; REDCap projects the whole way round. */
#include "trial/mapping.h"

#include <stdio.h>

#include "base/file.h"
#include "exchange/csv.h"
#include "exchange/redcap_draft.h"
#include "trial/fixture.h"

static Str replaced(Arena *arena, Str text, const char *from, const char *to)
{
    Buf buf = buf_new(arena);
    Str before, after;
    while (str_cut(text, str_from(from), &before, &after)) {
        buf_add(&buf, before);
        buf_add_c(&buf, to);
        text = after;
    }
    buf_add(&buf, text);
    return buf_str(&buf);
}

static bool write_text(Test *t, Str path, const char *text)
{
    Error err = {0};
    return CHECK_OK(t, file_write(t->arena, path, str_from(text), &err), err);
}

/* --- made-up tables into the fixture's trial --- */

#define COMMON "map: 1\ncolumns: [{to: SUBJID, from: id}]\n"

typedef struct {
    Trial *trial;
    Mapping mapping;
    MapSource source;
    MapReport report;
} Attempt;

static bool attempt(Test *t, Attempt *a, const char *table, const char *map, bool dry_run, const char *reason, Error *err)
{
    Actor ana = fixture_actor("ana", reason);
    Str path = test_scratch(t, "table.csv");
    *err = (Error){0};
    a->report = (MapReport){0};
    return write_text(t, path, table) && map_source_read(t->arena, path, &a->source, err)
           && mapping_parse(t->arena, str_from(map), &a->mapping, err)
           && trial_import_mapped(a->trial, t->arena, &ana, &a->source, &a->mapping, dry_run, &a->report, err);
}

static const char VISITS[] =
    "id,when,visit,lb,steps,fits,kind\n"
    "S-001,20/1/2016,start,27.5,300,2,a\n"
    "S-002,21-01-2016 08:30,start,-9,,1,a\n"
    "S-003,20/1/2016,start,30,200,2,b\n"
    "S-003,20/1/2016,start,,,,a\n";

static const char VISIT_MAP[] =
    COMMON
    "missing: {\"-9\": not-done}\n"
    "values: {visits: {start: V0, end: V3}}\n"
    "skip: [kind]\n"
    "blocks:\n"
    "  - into: visit\n"
    "    where: kind = 'a' AND (steps IS NULL OR steps < 1000)\n"
    "    columns:\n"
    "      - {to: VISIT, from: visit, values: visits}\n"
    "      - {to: DATE, from: when, date: dmy}\n"
    "      - {to: WEIGHT_KG, from: lb, factor: 0.45359237, decimals: 1}\n"
    "      - {to: STEPS, from: steps, otherwise: .unknown}\n"
    "      - {to: FITS, from: fits, values: {1: \"yes\", 2: \"no\"}}\n"
    "      - {to: NOTE, text: from the diary}\n";

static void rows_become_records(Test *t)
{
    Error err;
    Attempt a = {.trial = fixture_enrolled(t, "map-rows.trial", 3)};
    Frame *history;
    if (!a.trial || !CHECK_OK(t, attempt(t, &a, VISITS, VISIT_MAP, true, "", &err), err)) return;
    CHECK_INT(t, fixture_count(t, a.trial, "values"), 9);        /* a dry run keeps nothing: the screening items */
    if (!CHECK_OK(t, attempt(t, &a, VISITS, VISIT_MAP, false, "", &err), err)) return;
    CHECK_INT(t, a.report.blocks[0].n_rows, 3);
    CHECK_INT(t, a.report.blocks[0].n_skipped, 1);
    CHECK_INT(t, a.report.blocks[0].first_skipped, 4);
    CHECK_INT(t, a.report.import.files[0].n_rows_new, 2);
    CHECK_INT(t, a.report.import.files[0].first_new, 1);
    CHECK_INT(t, a.report.unused.n, 0);
    CHECK_OK(t, trial_history(a.trial, t->arena, STR("S-001"), STR("visit"), STR("V0"), STR("WEIGHT_KG"), &history, &err), err);
    CHECK_INT(t, history->n_rows, 1);
    CHECK(t, fixture_verifies(t, a.trial));
}

static void a_second_run_records_nothing(Test *t)
{
    Error err;
    Attempt a = {.trial = fixture_enrolled(t, "map-again.trial", 3)};
    const char *one = "id,when,visit,lb,steps,fits,kind\nS-001,20/1/2016,start,27.5,300,2,a\n";
    const char *other = "id,when,visit,lb,steps,fits,kind\nS-001,20/1/2016,start,29.5,300,2,a\n";
    if (!a.trial || !CHECK_OK(t, attempt(t, &a, one, VISIT_MAP, false, "", &err), err)) return;
    CHECK_OK(t, attempt(t, &a, one, VISIT_MAP, false, "", &err), err);
    CHECK_INT(t, a.report.import.files[0].n_rows_same, 1);
    CHECK(t, !attempt(t, &a, other, VISIT_MAP, false, "", &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "no reason is given");
    CHECK_OK(t, attempt(t, &a, other, VISIT_MAP, false, "weighed again", &err), err);
    CHECK_INT(t, a.report.import.files[0].n_corrections, 1);
    CHECK_INT(t, a.report.import.files[0].first_changed, 1);
}

static void one_bad_row_keeps_all_blocks_out(Test *t)
{
    static const char MAP[] = COMMON
        "blocks:\n"
        "  - {into: screening, columns: [{to: SITE, text: HAN}, {to: SCREENED, text: 2016-01-10}, {to: BIRTH, from: born}, {to: SEX, from: sex}]}\n"
        "  - {into: consent, columns: [{to: DATE, text: 2016-01-11}, {to: VERSION, text: \"1.0\"}, {to: LANGUAGE, text: vi}]}\n";
    Error err;
    Attempt a = {.trial = fixture_enrolled(t, "bad-map.trial", 1)};
    if (!a.trial) return;
    long long before = fixture_count(t, a.trial, "journal entries");
    CHECK(t, !attempt(t, &a, "id,born,sex\nN-1,2012-05-04,F\nN-2,2011-05-04,X\n", MAP, false, "", &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "2 of 4 rows cannot be taken; nothing was");
    CHECK_INT(t, a.report.import.n_problems, 2);
    CHECK_ERROR(t, a.report.import.problems[0].error, ERROR_INCONSISTENT, "\"X\" is not in the codelist");
    CHECK_ERROR(t, a.report.import.problems[0].error, ERROR_INCONSISTENT, "row 2, into screening: item \"SEX\"");
    CHECK_ERROR(t, a.report.import.problems[1].error, ERROR_INCONSISTENT, "there is no subject \"N-2\"");
    CHECK_INT(t, a.report.import.files[0].n_rows_new, 1);
    CHECK_INT(t, fixture_count(t, a.trial, "journal entries"), before);
    CHECK_OK(t, attempt(t, &a, "id,born,sex\nN-1,2012-05-04,F\nN-2,2011-05-04,M\n", MAP, false, "", &err), err);
    CHECK_INT(t, fixture_count(t, a.trial, "subjects screened"), 3);
    CHECK(t, fixture_verifies(t, a.trial));
}

static void numbers_of_entries_may_come_from_the_file(Test *t)
{
    static const char MAP[] = COMMON
        "blocks: [{into: adverse_events, columns: [{to: START, from: day}, {to: ENTRY, from: n}, {to: TERM, from: what}, {to: GRADE, from: grade}]}]\n";
    Error err;
    Attempt a = {.trial = fixture_enrolled(t, "map-entries.trial", 1)};
    if (!a.trial) return;
    CHECK_OK(t, attempt(t, &a, "id,n,day,what,grade\nS-001,2,2016-01-21,Fever,1\nS-001,5,2016-01-22,Fever,2\n", MAP, false, "", &err), err);
    CHECK_OK(t, attempt(t, &a, "id,n,day,what,grade\nS-001,5,2016-01-22,Fever,2\n", MAP, false, "", &err), err);
    CHECK_INT(t, a.report.import.files[0].n_rows_same, 1);
    CHECK_INT(t, fixture_count(t, a.trial, "adverse events"), 2);
    CHECK(t, !attempt(t, &a, "id,n,day,what,grade\nS-001,first,2016-01-22,Fever,2\n", MAP, false, "", &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "has no entry \"first\" yet");
}

static void what_a_user_gets_wrong_is_said(Test *t)
{
    static const struct {
        const char *table, *map, *says, *hint;
        ErrorCode code;
    } ROWS[] = {
        {"id,a\nS-001,1\n", "blocks: []\n", "this is no map", "map: 1", ERROR_MALFORMED},
        {"id,a\nS-001,1\n", "map: 1\nblokcs: []\n", "unknown key \"blokcs\"", "Did you mean \"blocks\"?", ERROR_MALFORMED},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: visit, columns: [{to: STEPS}]}]\n", "nothing says where \"STEPS\" comes from", "from: weight", ERROR_MALFORMED},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: visit, columns: [{to: STEPS, from: a, text: b}]}]\n", "comes from a column and from a text", "Keep one", ERROR_MALFORMED},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: visit, columns: [{to: STEPS, from: a}, {to: steps, from: id}]}]\n", "\"steps\" is made twice", "Keep one", ERROR_MALFORMED},
        {"id,a\nS-001,1\n", COMMON "missing: {\"-9\": undone}\nblocks: [{into: visit}]\n", "\"undone\" is no reason", "not-done", ERROR_MALFORMED},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: visit, columns: [{to: STEPS, from: a, values: codes}]}]\n", "there is no codelist \"codes\"", "", ERROR_MALFORMED},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: visit, columns: [{to: STEPS, from: weight}]}]\n", "the file has no column \"weight\"", "show FILE", ERROR_INCONSISTENT},
        {"id,steps\nS-001,1\n", COMMON "blocks: [{into: visit, columns: [{to: STEPS, from: stesp}]}]\n", "the file has no column \"stesp\"", "Did you mean \"steps\"?", ERROR_INCONSISTENT},
        {"id|steps\nS-001|1\n", COMMON "blocks: [{into: visit, columns: [{to: STEPS, from: steps}]}]\n", "the file has no column", "commas, tabs or semicolons", ERROR_INCONSISTENT},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: vist}]\n", "\"vist\" is no form", "Did you mean \"visit\"?", ERROR_INCONSISTENT},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: visit, columns: [{to: STEP, from: a}]}]\n", "\"visit\" has no item or column \"STEP\"", "Did you mean \"STEPS\"?", ERROR_INCONSISTENT},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: visit, member: VS, columns: []}]\n", "the file has no table \"VS\"", "", ERROR_INCONSISTENT},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: visit, where: b = 1, columns: []}]\n", "b", "", ERROR_INCONSISTENT},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: visit, match: {c: x}}]\n", "the file has no column \"c\"", "", ERROR_INCONSISTENT},
        {"id,a\nS-001,1\n", COMMON "blocks: [{into: visit, columns: [{to: STEPS, from: a}]}]\n", "there is no column \"VISIT\"", "", ERROR_MALFORMED},
        {"id,ev,a\nS-001,strat,1\n", COMMON "blocks: [{into: visit, columns: [{to: VISIT, from: ev, values: {start: V0}}, {to: DATE, text: 2016-01-20}, {to: STEPS, from: a}]}]\n",
         "the map has no value for \"strat\"", "Did you mean \"start\"?", ERROR_INCONSISTENT},
        {"id,d,a\nS-001,30/2/2016,1\n", COMMON "blocks: [{into: visit, columns: [{to: VISIT, text: V0}, {to: DATE, from: d, date: dmy}, {to: STEPS, from: a}]}]\n",
         "\"30/2/2016\" is no date of the form day, month, year", "Correct the file", ERROR_MALFORMED},
        {"id,d,a\nS-001,2016-01-20,x\n", COMMON "blocks: [{into: visit, columns: [{to: VISIT, text: V0}, {to: DATE, from: d}, {to: STEPS, from: a, factor: 2}]}]\n",
         "\"x\" is no number", "missing", ERROR_MALFORMED},
    };
    Attempt a = {.trial = fixture_enrolled(t, "wrong-map.trial", 1)};
    for (size_t i = 0; a.trial && i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Error err;
        CHECK(t, !attempt(t, &a, ROWS[i].table, ROWS[i].map, true, "", &err));
        CHECK_ERROR(t, err, ROWS[i].code, ROWS[i].says);
        CHECK_ERROR(t, err, ROWS[i].code, ROWS[i].hint);
    }
}

static void what_was_computed_is_undone(Test *t)
{
    static const char TABLE[] = "id,visit,when,lb,steps,fits\nS-001,start,20-01-2016,\"27,558\",300,2\nS-002,start,21-01-2016,-9,,1\nS-010,start,22-01-2016,\"30,865\",5,1\n";
    static const char MAP[] = COMMON
        "missing: {\"-9\": not-done}\norder: [id, visit, when, lb, steps, fits]\nblocks:\n"
        "  - into: visit\n    columns:\n"
        "      - {to: VISIT, from: visit, values: {start: V0, end: V3}}\n      - {to: DATE, from: when, date: dmy}\n"
        "      - {to: WEIGHT_KG, from: lb, factor: 0.45359237, decimals: 1, decimal_comma: true}\n"
        "      - {to: STEPS, from: steps}\n      - {to: FITS, from: fits, values: {1: \"yes\", 2: \"no\"}}\n";
    Error err;
    ExportReport report;
    Actor ana = fixture_actor("ana", "");
    Attempt a = {.trial = fixture_enrolled(t, "map-undo.trial", 10)};
    Str folder = test_scratch(t, "undone"), text;
    if (!a.trial || !CHECK_OK(t, attempt(t, &a, TABLE, MAP, false, "", &err), err)
        || !CHECK_OK(t, trial_export_mapped(a.trial, t->arena, &ana, &a.mapping, (ExportTo){.folder = folder}, &report, &err), err)
        || !CHECK_OK(t, file_read(t->arena, file_join(t->arena, folder, STR("data.csv")), 1 << 20, &text, &err), err)) return;
    /* 27.558 lb are 12.5 kg, which are 27.5577827731097 lb: what was rounded stays so */
    CHECK_TEXT(t, text, "id,visit,when,lb,steps,fits\nS-001,start,20-01-2016,\"27,5577827731097\",300,2\nS-002,start,21-01-2016,-9,,1\n"
                        "S-010,start,22-01-2016,\"30,8647167058829\",5,1\n");
}

/* --- REDCap projects the whole way round --- */

typedef struct {
    const char *name, *repeating, *date, *mapping;
    int n_rows, n_values, n_renumbered;      /* renumbered: the same number, written 0.34 for .34 */
} Project;

/* Which form is filled at which event, as the project's own XML has it. */
static const char LONGITUDINAL[] =
    "unique_event_name,form\n"
    "enrollment_arm_1,demographics\nenrollment_arm_1,contact_info\nenrollment_arm_1,baseline_data\ndose_1_arm_1,patient_morale_questionnaire\n"
    "visit_1_arm_1,visit_lab_data\nvisit_1_arm_1,patient_morale_questionnaire\nvisit_1_arm_1,visit_blood_workup\nvisit_1_arm_1,visit_observed_behavior\n"
    "dose_2_arm_1,patient_morale_questionnaire\nvisit_2_arm_1,visit_lab_data\nvisit_2_arm_1,patient_morale_questionnaire\nvisit_2_arm_1,visit_blood_workup\n"
    "visit_2_arm_1,visit_observed_behavior\nfinal_visit_arm_1,completion_data\nfinal_visit_arm_1,completion_project_questionnaire\n"
    "enrollment_arm_2,demographics\nenrollment_arm_2,contact_info\nenrollment_arm_2,baseline_data\ndeadline_to_opt_ou_arm_2,contact_info\n"
    "first_dose_arm_2,patient_morale_questionnaire\nfirst_visit_arm_2,patient_morale_questionnaire\nfirst_visit_arm_2,visit_observed_behavior\n"
    "final_visit_arm_2,visit_observed_behavior\nfinal_visit_arm_2,completion_project_questionnaire\ndeadline_to_return_arm_2,contact_info\n";

/* The dates are ours: REDCap holds none of consent, and none of most forms. */
static const Project PROJECTS[] = {
    {"arm-single-longitudinal", "", "2001-01-01", "", 9, 54, 0},
    {"checkboxes-1", "", "2015-04-01", "", 4, 52, 0},
    {"clinical-trial-1", "", "2015-04-01", "", 500, 6500, 0},
    {"longitudinal", "", "2015-04-01", LONGITUDINAL, 18, 2250, 10},
    {"repeating-instruments", "bp", "2004-01-01", "", 6, 90, 0},
    {"simple", "", "2015-04-01", "", 5, 120, 0},
    {"validation-types-1", "", "2015-04-01", "", 1, 52, 0},
};

static Str project_file(Test *t, const Project *project, const char *name, bool optional)
{
    Str path = test_data(t, str_c(t->arena, str_format(t->arena, "standards/redcap/%s/dictionary.csv", project->name))), text = STR("");
    Error err = {0};
    if (!path.len) return text;
    path = file_join(t->arena, file_folder(path), str_from(name));
    if (optional && !file_exists(t->arena, path)) return text;
    CHECK_OK(t, file_read(t->arena, path, 1 << 24, &text, &err), err);
    return text;
}

/* The draft with what a person must decide. */
static bool decided_protocol(Test *t, const Project *project, bool keep_status, Str *protocol)
{
    Error err = {0};
    RedcapProject from = {0};
    Str repeating = str_from(project->repeating), dictionary = project_file(t, project, "dictionary.csv", false);
    Str arms = project_file(t, project, "arm.csv", true), events = project_file(t, project, "event.csv", true);
    RedcapChoices choices = {.repeating = {repeating.len > 0, &repeating}, .keep_status = keep_status};
    Draft draft;
    Buf text = buf_new(t->arena), days = buf_new(t->arena);
    if (!dictionary.len || !CHECK_OK(t, redcap_dictionary_parse(t->arena, dictionary, &from.dictionary, &err), err)
        || (arms.len && !CHECK_OK(t, redcap_arms_parse(t->arena, arms, &from, &err), err))
        || (events.len && !CHECK_OK(t, redcap_events_parse(t->arena, events, &from, &err), err))
        || (project->mapping[0] && !CHECK_OK(t, redcap_mapping_parse(t->arena, str_from(project->mapping), &from, &err), err))
        || !CHECK_OK(t, redcap_draft(t->arena, &from, &choices, &draft, &err), err)) return false;
    draft_write(&draft, &text);
    Str rest = replaced(t->arena, buf_str(&text), "  # decide design", "  design: observational\n  # decided"), before, after;
    rest = replaced(t->arena, rest, "  # decide title", "  title: A project of REDCap\n  # decided");
    rest = replaced(t->arena, rest, "}   # decide kind", ", kind: experimental}   # decided");
    for (int day = 0; str_cut(rest, STR("}   # decide day"), &before, &after); day += 7, rest = after)
        buf_format(&days, STR_FMT ", day: %d}   # decided", STR_ARG(before), day);
    buf_add(&days, rest);
    buf_add_c(&days, "\nsites: [{id: A, title: Clinic A}]\nconsent: {versions: [{id: \"1.0\", date: 2000-01-01, languages: [en]}]}\n");
    *protocol = buf_str(&days);
    return true;
}

/* The drafted map with the dates that a person must decide. */
static Str decided_map(Test *t, const Project *project, Trial *trial, const MapSource *source)
{
    static const char *const KEYS[] = {"SCREENED", "DATE", "START"};
    Buf text = buf_new(t->arena);
    trial_draft_map(trial, t->arena, source, &text);
    Str map = buf_str(&text);
    for (size_t i = 0; i < 3; i++) {
        Str from = str_format(t->arena, "# decide %s: {to: %s, from: COLUMN} or {to: %s, text: 2024-01-31}", KEYS[i], KEYS[i], KEYS[i]);
        Str to = str_format(t->arena, "- {to: %s, text: %s}", KEYS[i], project->date);
        map = replaced(t->arena, map, str_c(t->arena, from), str_c(t->arena, to));
    }
    return map;
}

/* Cell by cell: equal, or the same number. */
static void compare_tables(Test *t, const Project *project, Str was, Str is, bool with_status)
{
    CsvReader *left, *right;
    CsvRow a, b;
    Error err = {0};
    bool found_a = true, found_b = true;
    size_t n_names, n_rows = 0, n_values = 0, n_renumbered = 0, n_status = 0, n_other = 0, n_is;
    if (!CHECK_OK(t, csv_open(t->arena, was, NULL, &left, &err), err) || !CHECK_OK(t, csv_open(t->arena, is, NULL, &right, &err), err)) return;
    const Str *names = csv_names(left, &n_names), *ours = csv_names(right, &n_is);
    if (!CHECK_INT(t, n_is, n_names)) return;
    for (size_t i = 0; i < n_names; i++) CHECK(t, str_equal(names[i], ours[i]));
    while (CHECK_OK(t, csv_next(left, &a, &found_a, &err), err) && CHECK_OK(t, csv_next(right, &b, &found_b, &err), err) && found_a && found_b) {
        n_rows++;
        for (size_t i = 0; i < n_names; i++) {
            double x, y;
            n_values++;
            if (str_equal(a.fields[i], b.fields[i])) continue;
            if (number_parse(a.fields[i], &x) && number_parse(b.fields[i], &y) && x == y) n_renumbered++;
            else if (!with_status && str_ends(names[i], STR("_complete")) && !b.fields[i].len) n_status++;
            else if (n_other++ < 3) fprintf(stderr, "    %s, row %zu, " STR_FMT ": \"" STR_FMT "\" became \"" STR_FMT "\"\n", project->name, n_rows, STR_ARG(names[i]), STR_ARG(a.fields[i]), STR_ARG(b.fields[i]));
        }
    }
    CHECK(t, !found_a && !found_b);
    CHECK_INT(t, n_rows, project->n_rows);
    CHECK_INT(t, n_values, project->n_values);
    CHECK_INT(t, n_renumbered, project->n_renumbered);
    CHECK_INT(t, n_other, 0);
    CHECK(t, with_status || n_status > 0);
}

/* Fields, forms, labels and choices come back; what a protocol does not hold is blank (mapping_dictionary.h). A value map of
 * the data (FALSE for 0, as R wrote them) shows in the choices. */
static void compare_dictionaries(Test *t, Str was, Str is)
{
    Error err = {0};
    RedcapDictionary a, b;
    size_t at = 1;
    if (!CHECK_OK(t, redcap_dictionary_parse(t->arena, was, &a, &err), err) || !CHECK_OK(t, redcap_dictionary_parse(t->arena, is, &b, &err), err)) return;
    CHECK(t, str_equal(a.fields[0].name, b.fields[0].name));
    for (size_t i = 1; i < a.n_fields; i++) {
        const RedcapField *left = &a.fields[i], *right = &b.fields[at];
        if (left->type == REDCAP_DESCRIPTIVE) continue;
        if (!CHECK(t, at < b.n_fields && str_equal(left->name, right->name))) return;
        CHECK(t, str_equal(left->form, right->form) && str_equal(left->label, right->label));
        CHECK_INT(t, right->codes.n, right->type == REDCAP_YESNO ? 0 : left->codes.n);
        for (size_t k = 0; k < right->codes.n; k++)
            CHECK(t, str_equal(left->codes.labels[k], right->codes.labels[k]) && (str_equal(left->codes.codes[k], right->codes.codes[k]) || str_equal(left->name, STR("sex"))));
        at++;
    }
    CHECK_INT(t, b.n_fields, at);
}

static void go_round(Test *t, const Project *project, bool keep_status)
{
    Error err = {0};
    Str protocol, data = project_file(t, project, "data.csv", false), again;
    Str dictionary = test_data(t, str_c(t->arena, str_format(t->arena, "standards/redcap/%s/dictionary.csv", project->name)));
    if (!data.len || !decided_protocol(t, project, keep_status, &protocol)) return;
    Actor ana = fixture_actor("ana", "");
    ana.at += (Instant)86400000 * 365 * 10;                  /* the records are of 2019 at the latest */
    Str stem = str_format(t->arena, "%s%s", project->name, keep_status ? "" : "-less");
    NewTrial request = {.path = test_scratch(t, str_c(t->arena, str_format(t->arena, STR_FMT ".trial", STR_ARG(stem)))), .protocol = protocol, .user = STR("ana"), .name = STR("Ana")};
    Trial *trial;
    MapSource source;
    Mapping mapping;
    MapReport report;
    ExportReport exported;
    Str folder = test_scratch(t, str_c(t->arena, stem));
    if (!CHECK_OK(t, trial_create(t->arena, &request, &ana, &trial, &err), err)
        || !CHECK_OK(t, map_source_read(t->arena, file_join(t->arena, file_folder(dictionary), STR("data.csv")), &source, &err), err)) return;
    Str map = decided_map(t, project, trial, &source);
    if (!CHECK_OK(t, mapping_parse(t->arena, map, &mapping, &err), err)
        || !CHECK_OK(t, trial_import_mapped(trial, t->arena, &ana, &source, &mapping, false, &report, &err), err)) return;
    CHECK_INT(t, report.unused.n, 0);
    if (!CHECK_OK(t, trial_export_mapped(trial, t->arena, &ana, &mapping, (ExportTo){.folder = folder}, &exported, &err), err)
        || !CHECK_OK(t, file_read(t->arena, file_join(t->arena, folder, STR("data.csv")), 1 << 24, &again, &err), err)) return;
    compare_tables(t, project, data, again, keep_status);
    if (CHECK_OK(t, file_read(t->arena, file_join(t->arena, folder, STR("dictionary.csv")), 1 << 24, &again, &err), err))
        compare_dictionaries(t, project_file(t, project, "dictionary.csv", false), again);
    trial_close(trial);
}

static void seven_projects_come_back_equal(Test *t)
{
    for (size_t i = 0; i < sizeof PROJECTS / sizeof PROJECTS[0]; i++) go_round(t, &PROJECTS[i], true);
}

/* Where the status of forms is not kept, nothing else is lost: these have a value in every row that is a row. */
static void without_status_only_status_is_lost(Test *t)
{
    static const size_t WITHOUT[] = {0, 1, 2, 4, 5, 6};
    for (size_t i = 0; i < sizeof WITHOUT / sizeof WITHOUT[0]; i++) go_round(t, &PROJECTS[WITHOUT[i]], false);
}

static const TestCase CASES[] = {
    {"rows become records", rows_become_records},
    {"a second run records nothing", a_second_run_records_nothing},
    {"one bad row keeps all blocks out", one_bad_row_keeps_all_blocks_out},
    {"numbers of entries may come from the file", numbers_of_entries_may_come_from_the_file},
    {"what a user gets wrong is said", what_a_user_gets_wrong_is_said},
    {"what was computed is undone", what_was_computed_is_undone},
    {"seven projects of REDCap come back equal", seven_projects_come_back_equal},
    {"without status only status is lost", without_status_only_status_is_lost},
};
TEST_SUITE(mapping, CASES);
