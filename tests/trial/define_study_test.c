#include "trial/define_study.h"

#include "base/file.h"
#include "base/map.h"
#include "conform/xsd.h"
#include "exchange/define_xml.h"
#include "trial/fixture.h"
#include "test.h"
#include "trial/result_metadata.h"

#define SCHEMA "standards/define-xml-2.1/schema"

/* Writes the metadata; whether CDISC's schema, with ARM, accepts them. Each finding is a failure. */
static void check_valid(Test *t, const StudyMetadata *study, const char *name)
{
    Error err = {0};
    Xsd *xsd;
    FindingList findings = findings_new(t->arena);
    Str schema = test_data(t, SCHEMA "/cdisc-arm-1.0/arm1-0-0.xsd"), path = test_scratch(t, name);
    if (!schema.len) return;
    if (!CHECK_OK(t, define_write(t->arena, study, &(DefineChoices){.stylesheet = STR("define2-1.xsl")}, path, &err), err)) return;
    if (!CHECK_OK(t, xsd_open(t->arena, schema, file_folder(file_folder(schema)), &xsd, &err), err)) return;
    if (!CHECK_OK(t, xsd_check(xsd, t->arena, path, str_from(name), &findings, &err), err)) return;
    for (size_t i = 0; i < findings.n; i++) CHECK_TEXT(t, findings.items[i].message, "no finding");
}

static bool describe(Test *t, Str protocol, Str data, StudyMetadata **study, StudyTexts *notes)
{
    Error err = {0};
    DefineRequest request = {.path = protocol, .data = data, .actor = {.at = 1772352930000},
                             .choices = {.folder = STR("."), .sdtmig = STR("3.1.2"), .adamig = STR("1.0"), .sdtm_ct = STR("2014-03-28")}};
    return CHECK_OK(t, define_study(t->arena, &request, study, notes, &err), err);
}

/* The pilot's data sets, with every variable that its files have, and a display for each output and analysis. */
static void the_pilot_is_described_whole(Test *t)
{
    StudyMetadata *study;
    StudyTexts notes;
    DataSurvey survey;
    Error err = {0};
    Str adam = test_data(t, "cdiscpilot01/adam");
    if (!adam.len) return;
    Str data = str_format(t->arena, STR_FMT ":sdtm", STR_ARG(adam));
    if (!describe(t, test_source(t, "examples/cdiscpilot01/protocol.yaml"), data, &study, &notes)) return;
    if (!CHECK_OK(t, data_survey(t->arena, data, &(SurveyChoices){0}, &survey, &err), err)) return;
    CHECK_INT(t, survey.n, 32);
    CHECK_INT(t, study->data_sets.n, 32);
    size_t n = 0;
    for (size_t i = 0; i < survey.n; i++) {
        const StudyDataSet *data_set = study_data_set(study, survey.sets[i].name);
        if (!CHECK(t, data_set != NULL)) continue;
        for (size_t k = 0; k < survey.sets[i].n_variables; k++) n += CHECK(t, study_variable(data_set, survey.sets[i].variables[k].variable.name) != NULL);
    }
    CHECK_INT(t, n, 729);
    CHECK(t, study->displays.n >= 19);
    check_valid(t, study, "pilot.xml");
}

static const char PROTOCOL[] = "equipoise: 1\n"
                               "trial: {id: X1, title: Scores, design: parallel, blinding: open-label, simulated: true}\n"
                               "arms: [{id: A, title: A, kind: experimental}, {id: B, title: B, kind: usual-care}]\n"
                               "data: {subject: USUBJID, subjects: adsl, sets: [{id: adsl, title: Subjects}, {id: adgm, title: Scores}]}\n"
                               "populations: [{id: safety, title: Safety, condition: \"SAFFL = 'Y'\"}]\n"
                               "estimands:\n"
                               "  - {id: q, objective: Does it help?, population: safety, treatment: A, variable: score, summary: mean,\n"
                               "     intercurrent_events: [{event: stop, strategy: treatment-policy, handling: kept}]}\n"
                               "analyses:\n"
                               "  - id: main\n"
                               "    title: Scores compared\n"
                               "    role: primary\n"
                               "    estimand: q\n"
                               "    method: ancova\n"
                               "    data: adgm\n"
                               "    population: safety\n"
                               "    where: PARAMCD = 'GMFM66'\n"
                               "    formula: CHG ~ ARM + BASE\n"
                               "    group: ARM\n"
                               "outputs:\n"
                               "  displays:\n"
                               "    - table: \"1\"\n"
                               "      title: AGE of children\n"
                               "      population: safety\n"
                               "      rows:\n"
                               "\n"
                               "        - {statistics: AGE, group: Age, lines: [n]}\n"
                               "    - {table: \"2\", title: Odd, data: adgm, where: \"CHG > 1 OR BASE > 1\", rows: [{count: All}]}\n"
                               "    - {table: \"3\", title: None, data: adlb, rows: [{count: All}]}\n";

static Str small_trial(Test *t)
{
    Error err = {0};
    Str folder = test_scratch(t, "define_study");
    CHECK(t, file_make_folder(t->arena, folder, &err) && file_write(t->arena, test_scratch(t, "define_study/p.yaml"), str_from(PROTOCOL), &err) &&
                 file_write(t->arena, test_scratch(t, "define_study/adsl.csv"), STR("USUBJID,SAFFL,AGE\n1,Y,4\n2,Y,5\n"), &err) &&
                 file_write(t->arena, test_scratch(t, "define_study/adgm.csv"), STR("USUBJID,ARM,PARAMCD,BASE,CHG\n1,A,GMFM66,40,2.5\n2,B,GMFM66,41,1\n"), &err));
    return folder;
}

static void results_say_what_they_read(Test *t)
{
    StudyMetadata *study;
    StudyTexts notes;
    Str folder = small_trial(t);
    if (!describe(t, test_scratch(t, "define_study/p.yaml"), folder, &study, &notes) || !CHECK_INT(t, study->displays.n, 3)) return;
    const StudyResult *age = &study->displays.items[0].results.items[0], *odd = &study->displays.items[1].results.items[0], *main = &study->displays.items[2].results.items[0];
    CHECK_TEXT(t, age->purpose, "DESCRIPTIVE");
    CHECK_TEXT(t, study_where_text(t->arena, study, study_where(study, age->data.items[0].wheres.items[0])), "SAFFL = \"Y\"");
    if (CHECK_INT(t, age->data.items[0].variables.n, 1)) CHECK_TEXT(t, age->data.items[0].variables.items[0], "IT.ADSL.AGE");
    CHECK_TEXT(t, age->code, "table: \"1\"\ntitle: AGE of children\npopulation: safety\nrows:\n\n  - {statistics: AGE, group: Age, lines: [n]}\n");
    CHECK_INT(t, odd->data.items[0].wheres.n, 0);
    CHECK_TEXT(t, odd->documentation, "Of ADGM, records where CHG > 1 OR BASE > 1.");
    CHECK_TEXT(t, study->displays.items[2].name, "Table A1");
    CHECK_TEXT(t, main->purpose, "PRIMARY OUTCOME MEASURE");
    CHECK_TEXT(t, main->parameter, "IT.ADGM.PARAMCD");
    CHECK_INT(t, main->data.n, 2);                                /* SAFFL stands in ADSL alone */
    CHECK(t, str_starts(main->documentation, STR("Population: Safety. Planned analysis main: linear model of the outcome on arm and baseline, CHG ~ ARM + BASE. It answers: Does it help?")));
    CHECK(t, str_starts(main->code, STR("id: main\ntitle: Scores compared\n")) && str_ends(main->code, STR("group: ARM\n")));
    CHECK_TEXT(t, notes.items[0], "Table 3 reads adlb, which is not among the data: it is left out.");
    CHECK(t, str_starts(study->description, STR("SIMULATED")));
    check_valid(t, study, "small.xml");
}

/* The founding trial's ADaM and SDTM data sets. */
static void the_founding_trial_is_valid(Test *t)
{
    Error err = {0};
    StudyMetadata *study;
    StudyTexts notes;
    Trial *trial = fixture_demo(t, "define_founding.trial");
    if (!trial) return;
    DefineRequest request = {.path = trial_path(trial), .actor = fixture_actor("", "")};
    if (!CHECK_OK(t, define_study(t->arena, &request, &study, &notes, &err), err)) return;
    CHECK(t, study_data_set(study, STR("ADSL")) != NULL);
    CHECK(t, study->displays.n > 10);
    CHECK(t, str_find(study->description, STR("SIMULATED")) != SIZE_MAX || str_find(study->metadata_description, STR("SIMULATED")) != SIZE_MAX);
    check_valid(t, study, "founding-adam.xml");
    request.tabulation = true;
    if (!CHECK_OK(t, define_study(t->arena, &request, &study, &notes, &err), err)) return;
    CHECK(t, study_data_set(study, STR("DM")) != NULL);
    check_valid(t, study, "founding-sdtm.xml");
    request.data = STR("data");
    CHECK(t, !define_study(t->arena, &request, &study, &notes, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "is a trial file and holds its own data");
}

static void refuses_what_is_incomplete(Test *t)
{
    Error err = {0};
    StudyMetadata *study;
    StudyTexts notes;
    small_trial(t);
    DefineRequest request = {.path = test_scratch(t, "define_study/p.yaml")};
    CHECK(t, !define_study(t->arena, &request, &study, &notes, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "is a protocol, and there are no data to describe");
    request.data = test_scratch(t, "none");
    CHECK(t, !define_study(t->arena, &request, &study, &notes, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not read the folder");
}

static const TestCase CASES[] = {
    {"results say which data they read, and how", results_say_what_they_read},
    {"the founding trial's metadata are valid", the_founding_trial_is_valid},
    {"incomplete requests are refused", refuses_what_is_incomplete},
};

TEST_SUITE(define_study, CASES);

static const TestCase SLOW_CASES[] = {
    {"the pilot's data are described whole, by the rules of the schema", the_pilot_is_described_whole},
};

TEST_SUITE_SLOW(define_pilot, SLOW_CASES);
