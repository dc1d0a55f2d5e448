/* Study definitions of USDM 4.0: read, made into trial design data sets and drafts, written again. */
#include "exchange/usdm.h"

#include <string.h>

#include "base/file.h"
#include "exchange/source.h"
#include "protocol/check.h"
#include "test.h"

/* Two arms, three epochs, three visits counted from the second, a criterion whose text stands behind a tag. */
static const char SMALL[] =
    "{\"study\":{\"name\":\"S\",\"versions\":[{\"versionIdentifier\":\"3\",\"rationale\":\"r\","
    "\"titles\":[{\"text\":\"A <b>small</b> study\",\"type\":{\"decode\":\"Official Study Title\"}}],"
    "\"organizations\":[{\"id\":\"O1\",\"name\":\"Clinic\",\"type\":{\"decode\":\"Clinical Study Sponsor\"}},{\"id\":\"O2\",\"name\":\"CT\",\"label\":\"ClinicalTrials.gov\",\"type\":{\"decode\":\"Study Registry\"}}],"
    "\"studyIdentifiers\":[{\"text\":\"S-1\",\"scopeId\":\"O1\"},{\"text\":\"NCT00000000\",\"scopeId\":\"O2\"}],"
    "\"dictionaries\":[{\"id\":\"D1\",\"parameterMaps\":[{\"tag\":\"min_age\",\"reference\":\"<usdm:ref klass=\\\"Quantity\\\" id=\\\"Q1\\\" attribute=\\\"value\\\"></usdm:ref>\"}]}],"
    "\"eligibilityCriterionItems\":[{\"id\":\"I1\",\"text\":\"<p>At least <usdm:tag name=\\\"min_age\\\"/> years &amp; well</p>\",\"dictionaryId\":\"D1\"},{\"id\":\"I2\",\"text\":\"Fever\"}],"
    "\"biomedicalConcepts\":[{},{}],"
    "\"studyDesigns\":[{\"studyType\":{\"decode\":\"Interventional Study\"},\"studyPhase\":{\"standardCode\":{\"decode\":\"Phase II Trial\"}},"
    "\"model\":{\"decode\":\"Parallel Study\"},\"blindingSchema\":{\"standardCode\":{\"decode\":\"Double Blind Study\"}},"
    "\"population\":{\"description\":\"Children\",\"plannedEnrollmentNumber\":{\"value\":40},\"plannedAge\":{\"minValue\":{\"id\":\"Q1\",\"value\":2},\"maxValue\":{\"value\":15}}},"
    "\"arms\":[{\"id\":\"A1\",\"name\":\"NEW\",\"label\":\"New\",\"type\":{\"decode\":\"Experimental Arm\"}},{\"id\":\"A2\",\"name\":\"PBO\",\"label\":\"Placebo\",\"type\":{\"decode\":\"Placebo Comparator Arm\"}}],"
    "\"epochs\":[{\"id\":\"E2\",\"name\":\"Treatment\",\"previousId\":\"E1\",\"type\":{\"decode\":\"Treatment Epoch\"}},{\"id\":\"E1\",\"name\":\"Screening\",\"type\":{\"decode\":\"Screening Epoch\"}}],"
    "\"elements\":[{\"id\":\"L1\",\"name\":\"SCR\",\"transitionStartRule\":{\"text\":\"Consent\"}},{\"id\":\"L2\",\"name\":\"N\"},{\"id\":\"L3\",\"name\":\"P\"}],"
    "\"studyCells\":[{\"armId\":\"A1\",\"epochId\":\"E2\",\"elementIds\":[\"L2\"]},{\"armId\":\"A1\",\"epochId\":\"E1\",\"elementIds\":[\"L1\"]},"
    "{\"armId\":\"A2\",\"epochId\":\"E1\",\"elementIds\":[\"L1\"]},{\"armId\":\"A2\",\"epochId\":\"E2\",\"elementIds\":[\"L3\"]},{\"armId\":\"none\",\"epochId\":\"E1\",\"elementIds\":[]}],"
    "\"encounters\":[{\"id\":\"N1\",\"name\":\"V1\",\"label\":\"Screen\"},{\"id\":\"N2\",\"name\":\"V2\",\"label\":\"Start\"},{\"id\":\"N3\",\"name\":\"V3\",\"label\":\"End\"}],"
    "\"activities\":[{\"id\":\"T1\",\"name\":\"WEIGH\",\"label\":\"Weight\"}],"
    "\"scheduleTimelines\":[{\"mainTimeline\":true,\"entryId\":\"S1\",\"timings\":["
    "{\"relativeFromScheduledInstanceId\":\"S1\",\"relativeToScheduledInstanceId\":\"S2\",\"type\":{\"decode\":\"Before\"},\"value\":\"P2W\"},"
    "{\"relativeFromScheduledInstanceId\":\"S2\",\"relativeToScheduledInstanceId\":\"S2\",\"type\":{\"decode\":\"Fixed Reference\"},\"value\":\"P0D\"},"
    "{\"relativeFromScheduledInstanceId\":\"S3\",\"relativeToScheduledInstanceId\":\"S2\",\"type\":{\"decode\":\"After\"},\"value\":\"P12W\",\"windowLower\":\"P3D\",\"windowUpper\":\"P1W\"}],"
    "\"instances\":[{\"id\":\"S3\",\"encounterId\":\"N3\",\"epochId\":\"E2\",\"activityIds\":[\"T1\"]},{\"id\":\"S1\",\"encounterId\":\"N1\",\"epochId\":\"E1\",\"defaultConditionId\":\"S2\"},"
    "{\"id\":\"S2\",\"encounterId\":\"N2\",\"epochId\":\"E2\",\"defaultConditionId\":\"S3\",\"activityIds\":[\"T1\"]}]}],"
    "\"eligibilityCriteria\":[{\"name\":\"IN1\",\"identifier\":\"01\",\"criterionItemId\":\"I1\",\"category\":{\"decode\":\"Inclusion Criteria\"}},"
    "{\"name\":\"EX1\",\"identifier\":\"02\",\"criterionItemId\":\"I2\",\"category\":{\"decode\":\"Exclusion Criteria\"}}],"
    "\"objectives\":[{\"text\":\"Does it help?\",\"level\":{\"decode\":\"Primary Objective\"},\"endpoints\":[{\"text\":\"Score\",\"level\":{\"decode\":\"Primary Endpoint\"}}]}]}]}]}}";

static bool read_small(Test *t, UsdmStudy *study)
{
    Error err = {0};
    return CHECK_OK(t, usdm_read(t->arena, str_from(SMALL), study, &err), err);
}

static void a_definition_is_read(Test *t)
{
    UsdmStudy s;
    if (!read_small(t, &s)) return;
    CHECK_TEXT(t, s.official_title, "A small study");
    CHECK_TEXT(t, s.sponsor_id, "S-1");
    CHECK_TEXT(t, s.registry_id, "NCT00000000");
    CHECK_TEXT(t, s.epochs[0].name, "Screening");
    CHECK(t, s.n_cells == 4 && s.n_visits == 3 && s.n_criteria == 2 && s.planned == 40 && s.age_min == 2 && s.age_max == 15);
    CHECK_TEXT(t, s.visits[0].label, "Screen");
    CHECK(t, s.visits[0].has_day && s.visits[0].day == -14 && s.visits[1].day == 0 && s.visits[2].day == 84);
    CHECK(t, s.visits[2].before == 3 && s.visits[2].after == 7 && s.visits[0].before == -1);
    CHECK_TEXT(t, s.criteria[0].text, "At least 2 years & well");
    CHECK(t, s.criteria[0].is_inclusion && !s.criteria[1].is_inclusion);
    CHECK_INT(t, s.n_left_out, 1);
    CHECK_TEXT(t, s.left_out[0], "2 biomedicalConcepts");
}

static Str cell(Test *t, const Frame *frame, const char *column, size_t row)
{
    const Column *found = frame_column(frame, str_from(column));
    return CHECK(t, found && row < frame->n_rows) ? frame_cell_text(t->arena, found, row) : STR("");
}

static void the_trial_design_follows(Test *t)
{
    UsdmStudy s;
    Frame *d[USDM_N_DOMAINS];
    if (!read_small(t, &s)) return;
    usdm_trial_design(t->arena, &s, d);
    CHECK_TEXT(t, d[0]->name, "TA");
    CHECK_INT(t, d[0]->n_rows, 4);
    CHECK_TEXT(t, cell(t, d[0], "ETCD", 0), "SCR");
    CHECK_TEXT(t, cell(t, d[0], "EPOCH", 1), "Treatment");
    CHECK_TEXT(t, cell(t, d[0], "TAETORD", 3), "2");
    CHECK_TEXT(t, cell(t, d[1], "TESTRL", 0), "Consent");
    CHECK_TEXT(t, cell(t, d[2], "IETESTCD", 1), "EXCL02");
    CHECK_TEXT(t, cell(t, d[4], "VISITDY", 0), "-14");
    CHECK_TEXT(t, cell(t, d[4], "VISITDY", 1), "1");                       /* there is no study day 0 */
    size_t n, n_same;
    usdm_compare(t->arena, d[3], d[3], &n, &n_same);
    CHECK(t, n == 0 && n_same == d[3]->n_rows);
}

static void what_is_no_definition_is_refused(Test *t)
{
    static const struct {
        const char *text, *part;
    } BROKEN[] = {{"[]", "no \"study\""}, {"{\"study\":{}}", "no \"versions\""}, {"{\"study\":{\"versions\":[{}]}}", "no \"studyDesigns\""}, {"{\"study\":", ""}};
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) {
        UsdmStudy s;
        Error err = {0};
        CHECK(t, !usdm_read(t->arena, str_from(BROKEN[i].text), &s, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, BROKEN[i].part);
    }
}

/* A definition that goes round in circles ends all the same. */
static void circles_end(Test *t)
{
    Buf text = buf_new(t->arena);
    UsdmStudy s;
    Error err = {0};
    buf_add_c(&text, "{\"study\":{\"versions\":[{\"studyDesigns\":[{\"encounters\":[{\"id\":\"N\",\"name\":\"V\"}],\"epochs\":[{\"id\":\"E\",\"name\":\"x\",\"previousId\":\"E\"}],"
                     "\"scheduleTimelines\":[{\"mainTimeline\":true,\"entryId\":\"S\",\"instances\":[{\"id\":\"S\",\"encounterId\":\"N\",\"defaultConditionId\":\"S\"}],"
                     "\"timings\":[{\"relativeFromScheduledInstanceId\":\"S\",\"relativeToScheduledInstanceId\":\"S\",\"type\":{\"decode\":\"After\"},\"value\":\"P1D\"}]}]}]}]}}");
    if (!CHECK_OK(t, usdm_read(t->arena, buf_str(&text), &s, &err), err)) return;
    CHECK(t, s.n_visits == 1 && !s.visits[0].has_day && s.n_epochs == 1);
}

/* What a person must decide is all that is wrong with a draft. */
static void a_draft_lacks_only_what_a_person_decides(Test *t)
{
    static const char *const DECIDED[] = {"no-randomisation", "missing-section", "bad-dose"};
    Str path = test_data(t, "standards/usdm-4.0/examples/CDISC_Pilot_Study.json"), content;
    UsdmStudy s;
    Protocol protocol;
    ProblemList problems = problems_new(t->arena);
    Error err = {0};
    Buf yaml = buf_new(t->arena);
    if (path.len == 0 || !CHECK_OK(t, file_read(t->arena, path, USDM_MAX_BYTES, &content, &err) && usdm_read(t->arena, content, &s, &err), err)) return;
    usdm_draft_protocol(t->arena, &s, &yaml);
    if (!CHECK(t, protocol_read(t->arena, buf_str(&yaml), &protocol, &problems))) return;
    protocol_check(t->arena, &protocol, &problems);
    for (size_t i = 0; i < problems.n; i++) {
        bool expected = problems.items[i].severity != PROBLEM_ERROR;
        for (size_t k = 0; k < 3; k++) expected |= strcmp(problems.items[i].code, DECIDED[k]) == 0;
        if (!expected) CHECK_TEXT(t, str_from(problems.items[i].code), "a rule that a person decides");
    }
    CHECK(t, protocol.arms.n == 3 && protocol.visits.n == 16 && protocol.eligibility.inclusion.n == 8 && protocol.eligibility.exclusion.n == 23);
    CHECK(t, protocol.trial.phase == PHASE_2 && protocol.trial.design == DESIGN_PARALLEL && protocol.trial.blinding == BLINDING_DOUBLE);
}

static void the_pilot_differs_from_its_data_where_it_should(Test *t)
{
    static const size_t ROWS[] = {11, 7, 31, 38, 16}, SAME[] = {0, 0, 10, 13, 0};
    static const char *const NAMES[] = {"ta", "te", "ti", "ts", "tv"};
    Str path = test_data(t, "standards/usdm-4.0/examples/CDISC_Pilot_Study.json"), data = test_data(t, "cdiscpilot01/sdtm"), content;
    UsdmStudy s;
    Source *source;
    Frame *d[USDM_N_DOMAINS], *theirs;
    Error err = {0};
    if (path.len == 0 || data.len == 0) return;
    if (!CHECK_OK(t, file_read(t->arena, path, USDM_MAX_BYTES, &content, &err) && usdm_read(t->arena, content, &s, &err) && source_open(t->arena, data, &source, &err), err)) return;
    usdm_trial_design(t->arena, &s, d);
    for (size_t i = 0; i < USDM_N_DOMAINS; i++) {
        size_t n, n_same;
        if (!CHECK_OK(t, source_frame(source, str_from(NAMES[i]), &theirs, &err), err)) return;
        const UsdmDifference *differences = usdm_compare(t->arena, d[i], theirs, &n, &n_same);
        CHECK_INT(t, d[i]->n_rows, ROWS[i]);
        CHECK_INT(t, n_same, SAME[i]);
        for (size_t k = 0; k < n; k++)       /* the elements' rules, which both have from the protocol, agree but for one */
            if (str_equal(differences[k].column, STR("TESTRL"))) CHECK_TEXT(t, differences[k].key, "highstart");
    }
}

static void a_protocol_goes_out_and_comes_in_again(Test *t)
{
    Str content;
    Protocol p;
    UsdmStudy s;
    Error err = {0};
    Buf json = buf_new(t->arena);
    if (!CHECK_OK(t, file_read(t->arena, test_source(t, "examples/cerebral-palsy/protocol.yaml"), (size_t)1 << 20, &content, &err)
                         && protocol_parse(t->arena, content, &p, &err), err)) return;
    usdm_write(t->arena, &p, STR("0"), &json);
    if (!CHECK_OK(t, usdm_read(t->arena, buf_str(&json), &s, &err), err)) return;
    CHECK_TEXT(t, s.official_title, str_c(t->arena, p.trial.title));
    CHECK_TEXT(t, s.registry_id, str_c(t->arena, p.trial.registration.id));
    CHECK(t, s.n_arms == p.arms.n && s.n_criteria == p.eligibility.inclusion.n + p.eligibility.exclusion.n && s.planned == p.trial.planned_subjects);
    CHECK_INT(t, s.n_visits, p.visits.n);
    for (size_t i = 0; i < s.n_visits; i++) {
        CHECK_TEXT(t, s.visits[i].name, str_c(t->arena, p.visits.items[i].id));
        CHECK(t, s.visits[i].has_day && s.visits[i].day == p.visits.items[i].day);
    }
    CHECK(t, s.age_min == p.eligibility.ages.low && s.age_max == p.eligibility.ages.high);
    CHECK_INT(t, s.n_objectives, p.estimands.n);
}

static const TestCase CASES[] = {
    {"a definition is read", a_definition_is_read},
    {"the trial design follows", the_trial_design_follows},
    {"what is no definition is refused", what_is_no_definition_is_refused},
    {"circles end", circles_end},
    {"a draft lacks only what a person decides", a_draft_lacks_only_what_a_person_decides},
    {"the pilot differs from its data where it should", the_pilot_differs_from_its_data_where_it_should},
    {"a protocol goes out and comes in again", a_protocol_goes_out_and_comes_in_again},
};
TEST_SUITE(usdm, CASES);
