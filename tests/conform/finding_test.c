#include "conform/finding.h"

#include "test.h"

static Finding wrong_sex(size_t row, const char *value)
{
    return (Finding){.rule = STR("CT"), .severity = FINDING_ERROR, .data_set = STR("DM"), .variable = STR("SEX"),
                     .row = row, .message = STR("not in the codelist"), .value = str_from(value), .fix = STR("Use F, M or U.")};
}

static Str text_of(Test *t, const FindingList *findings)
{
    Buf buf = buf_new(t->arena);
    findings_write_text(findings, &buf);
    return buf_str(&buf);
}

static void merges(Test *t)
{
    FindingList findings = findings_new(t->arena);
    for (size_t row = 1; row <= 12; row++) {
        Finding finding = wrong_sex(row, row == 2 ? "male" : "female");
        finding_add(&findings, &finding);
    }
    CHECK_INT(t, findings.n, 1);
    CHECK_INT(t, findings.items[0].n, 12);
    CHECK_INT(t, findings.items[0].n_places, 5);
    CHECK_INT(t, findings.met[FINDING_ERROR], 12);
    CHECK_TEXT(t, text_of(t, &findings),
               "error DM.SEX: not in the codelist [CT] 12 times\n"
               "    at    row 1: \"female\"; row 2: \"male\"; row 3: \"female\"; row 4: \"female\"; row 5: \"female\"; and 7 more\n"
               "    mend  Use F, M or U.\n"
               "\n1 error, 0 warnings, 0 checks not done, 0 notes\n");
}

static void keeps_each(Test *t)
{
    FindingList findings = findings_new(t->arena);
    findings.places_kept = SIZE_MAX;
    for (size_t row = 1; row <= 12; row++) {
        Finding finding = wrong_sex(row, "x");
        finding_add(&findings, &finding);
    }
    CHECK_INT(t, findings.items[0].n_places, 12);
    CHECK_INT(t, findings.items[0].places[11].row, 12);
}

/* "A" + "BC" is not "AB" + "C". */
static void does_not_confuse(Test *t)
{
    FindingList findings = findings_new(t->arena);
    finding_add(&findings, &(Finding){.rule = STR("R"), .data_set = STR("A"), .variable = STR("BC"), .message = STR("m")});
    finding_add(&findings, &(Finding){.rule = STR("R"), .data_set = STR("AB"), .variable = STR("C"), .message = STR("m")});
    finding_add(&findings, &(Finding){.rule = STR("R"), .severity = FINDING_NOTE, .data_set = STR("AB"), .variable = STR("C"), .message = STR("m")});
    CHECK_INT(t, findings.n, 3);
    CHECK_INT(t, findings.count[FINDING_ERROR], 2);
    CHECK_INT(t, findings.count[FINDING_NOTE], 1);
}

static void sorts(Test *t)
{
    FindingList findings = findings_new(t->arena);
    Finding often = wrong_sex(3, "x");
    finding_add(&findings, &(Finding){.rule = STR("N"), .severity = FINDING_NOTE, .message = STR("a note")});
    finding_add(&findings, &(Finding){.rule = STR("U"), .severity = FINDING_NOT_DONE, .message = STR("no schema"), .fix = STR("Give it.")});
    finding_add(&findings, &(Finding){.rule = STR("B"), .severity = FINDING_ERROR, .data_set = STR("AE"), .message = STR("once")});
    finding_add(&findings, &often);
    finding_add(&findings, &often);
    finding_add(&findings, &(Finding){.rule = STR("A"), .severity = FINDING_ERROR, .data_set = STR("AE"), .message = STR("once")});
    findings_sort(&findings);
    CHECK_TEXT(t, text_of(t, &findings),
               "error DM.SEX: not in the codelist [CT] 2 times\n"
               "    at    row 3: \"x\"; row 3: \"x\"\n"
               "    mend  Use F, M or U.\n"
               "error AE: once [A]\n"
               "error AE: once [B]\n"
               "not done: no schema [U]\n"
               "    mend  Give it.\n"
               "note: a note [N]\n"
               "\n3 errors, 0 warnings, 1 check not done, 1 note\n");
}

static void adds_after_sorting(Test *t)
{
    FindingList findings = findings_new(t->arena);
    Finding finding = wrong_sex(1, "x");
    finding_add(&findings, &(Finding){.rule = STR("N"), .severity = FINDING_NOTE, .message = STR("a note")});
    finding_add(&findings, &finding);
    findings_sort(&findings);
    finding_add(&findings, &finding);
    CHECK_INT(t, findings.n, 3);
    CHECK_TEXT(t, findings.items[1].rule, "N");
}

static void takes_an_error(Test *t)
{
    FindingList findings = findings_new(t->arena);
    Error err = {0};
    error_set(&err, ERROR_MALFORMED, "not JSON: it ends");
    error_in(&err, "line 7");
    error_hint(&err, "Mend it.");
    finding_add_error(&findings, STR("JSON"), FINDING_ERROR, STR("ae.json"), &err);
    CHECK_TEXT(t, text_of(t, &findings),
               "error ae.json: not JSON: it ends [JSON]\n    at    line 7\n    mend  Mend it.\n"
               "\n1 error, 0 warnings, 0 checks not done, 0 notes\n");
}

static void writes_json(Test *t)
{
    FindingList findings = findings_new(t->arena);
    Finding finding = wrong_sex(4, "x");
    Buf buf = buf_new(t->arena);
    JsonWriter json = json_writer(&buf, 0);
    finding_add(&findings, &finding);
    finding_add(&findings, &(Finding){.rule = STR("U"), .severity = FINDING_NOT_DONE, .message = STR("no schema")});
    json_begin_object(&json);
    findings_write_json(&findings, &json);
    json_end_object(&json);
    CHECK_TEXT(t, buf_str(&buf),
               "{\"errors\":1,\"warnings\":0,\"notDone\":1,\"notes\":0,\"findings\":[{\"rule\":\"CT\",\"severity\":\"error\",\"dataSet\":\"DM\","
               "\"variable\":\"SEX\",\"message\":\"not in the codelist\",\"fix\":\"Use F, M or U.\",\"count\":1,\"places\":[{\"row\":4,"
               "\"value\":\"x\"}]},{\"rule\":\"U\",\"severity\":\"not done\",\"message\":\"no schema\",\"count\":1,\"places\":[]}]}");
}

static const TestCase CASES[] = {
    {"alike findings are counted, their first places kept", merges},
    {"every place is kept when asked for", keeps_each},
    {"findings that differ in one part stay apart", does_not_confuse},
    {"the most important come first", sorts},
    {"findings added after sorting do not fall in with others", adds_after_sorting},
    {"an error of the layers below becomes a finding", takes_an_error},
    {"JSON says the same", writes_json},
};
TEST_SUITE(finding, CASES);
