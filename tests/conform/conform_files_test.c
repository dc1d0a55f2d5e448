#include "conform/conform_files.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "exchange/table.h"
#include "test.h"

static Str write_file(Test *t, const char *name, Str content)
{
    Error err = {0};
    Str path = test_scratch(t, name);
    CHECK_OK(t, file_make_folder(t->arena, file_folder(path), &err) && file_write(t->arena, path, content, &err), err);
    return path;
}

static Str findings_of(Test *t, Str folder, const ConformOptions *options)
{
    FindingList findings = findings_new(t->arena);
    Buf buf = buf_new(t->arena);
    Error err = {0};
    if (!CHECK_OK(t, conform_files(t->arena, folder, options, &findings, &err), err)) return STR("");
    findings_sort(&findings);
    findings_write_text(&findings, &buf);
    return buf_str(&buf);
}

static void has(Test *t, Str text, const char *part)
{
    if (!CHECK(t, str_find(text, str_from(part)) != SIZE_MAX)) CHECK_TEXT(t, text, part);
}

/* A transport file of one data set with two variables and two rows. */
static void write_transport(Test *t, const char *name, const char *member_name, const char *variable, const char *label, const char *text, size_t length)
{
    Error err = {0};
    TableWriter *writer;
    TableVariable variables[] = {{.name = str_from(variable), .label = str_from(label), .type = TABLE_TEXT, .length = length},
                                 {.name = STR("AGE"), .label = STR("Age"), .type = TABLE_DOUBLE, .length = 8}};
    TableMember member = {.name = str_from(member_name), .label = STR("Demographics"), .n_variables = 2, .variables = variables, .n_rows_known = true, .n_rows = 2};
    TableChoices choices = {.created = STR("2024-01-01T00:00:00")};
    TableCell rows[2][2] = {{{.text = STR("F")}, {.number = 7.5}}, {{.text = str_from(text)}, {.missing = MISSING_UNSTATED}}};
    Str path = test_scratch(t, name);
    if (CHECK_OK(t, file_make_folder(t->arena, file_folder(path), &err) && table_create(t->arena, path, table_format_named(length > 200 ? STR("xpt8") : STR("xpt")), &choices, &writer, &err) && table_begin(writer, &member, &err)
                        && table_write(writer, rows[0], &err) && table_write(writer, rows[1], &err) && table_finish(writer, &err), err)) return;
}

static void judges_transport(Test *t)
{
    ConformOptions options = {.terminology = NULL};
    write_transport(t, "good/dm.xpt", "DM", "SEX", "Sex", "M", 1);
    Str text = findings_of(t, file_folder(test_scratch(t, "good/dm.xpt")), &options);
    has(t, text, "0 errors, 0 warnings, 1 check not done, 0 notes");
    write_transport(t, "bad/other.xpt", "DM", "Sex_1", "", "caf\xC3\xA9", 201);
    text = findings_of(t, file_folder(test_scratch(t, "bad/dm.xpt")), &options);
    has(t, text, "error DM.Sex_1: a name is not 1 to 8 capitals, digits and underscores, a letter first [XPT-NAME]");
    has(t, text, "error DM.Sex_1: a text variable of more than 200 bytes [XPT-LENGTH]");
    has(t, text, "error DM.Sex_1: a text with characters beyond ASCII [XPT-ASCII]\n    at    row 2: \"caf\xC3\xA9\"");
    has(t, text, "warning DM: a transport file of version 8, where version 5 is asked for [XPT-VERSION]");
    has(t, text, "warning DM.Sex_1: no label [XPT-LABEL]");
    has(t, text, "warning DM: the file is not called as its data set [XPT-FILE]");
    has(t, text, "note DM: a text variable is longer than its longest text [XPT-LENGTH]\n    at    Sex_1, 201 bytes for 5");
    write_file(t, "cut/dm.xpt", STR("HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000000000000000000000000000000  "));
    has(t, findings_of(t, file_folder(test_scratch(t, "cut/dm.xpt")), &options), "error dm.xpt: ");
}

static void judges_values(Test *t)
{
    static const char *const TEXT =
        "Code\tCodelist Code\tCodelist Extensible (Yes/No)\tCodelist Name\tCDISC Submission Value\tCDISC Synonym(s)\tCDISC Definition\tNCI Preferred Term\n"
        "C1\t\tNo\tSex\tSEX\t\t\t\nC2\tC1\t\tSex\tF\tFemale\t\t\nC3\tC1\t\tSex\tM\tMale\t\t\n";
    Error err = {0};
    ConformOptions options = {.terminology = NULL};
    TerminologyPackage package;
    size_t n_standards, n_variables;
    if (!CHECK_OK(t, terminology_open(t->arena, test_scratch(t, "terms.db"), true, &options.terminology, &err) && terminology_add(t->arena, options.terminology, STR("S.txt"), str_from(TEXT), &package, &err)
                         && terminology_add_map(options.terminology, STR("{\"sdtmig-3-3\":{\"SEX\":[\"C9\"]},\"sdtmig-3-4\":{\"SEX\":[\"C1\"]}}"), &n_standards, &n_variables, &err), err)) return;
    write_transport(t, "values/dm.xpt", "DM", "SEX", "Sex", "male", 4);
    Str folder = file_folder(test_scratch(t, "values/dm.xpt"));
    has(t, findings_of(t, folder, &options), "error DM.SEX: not in the codelist SEX (C1), which may not be extended [CT]\n    at    row 2: \"male\"\n    mend  Write \"M\" for \"male\".");
    options.standard = STR("sdtmig-3-3");
    has(t, findings_of(t, folder, &options), "not done: a codelist that variables need is not loaded [CT]\n    at    DM.SEX: \"C9\"");
    options.standard = STR("sdtmig-9");
    FindingList findings = findings_new(t->arena);
    CHECK(t, !conform_files(t->arena, folder, &options, &findings, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "Loaded are sdtmig-3-3, sdtmig-3-4");
}

static void recognises(Test *t)
{
    ConformOptions options = {.terminology = NULL};
    Str folder = file_folder(write_file(t, "mixed/define.xml", STR("<ODM xmlns='http://www.cdisc.org/ns/odm/v1.3' xmlns:def='http://www.cdisc.org/ns/def/v2.1'><Study><MetaDataVersion def:DefineVersion='2.1.0'/></Study></ODM>")));
    write_file(t, "mixed/odm.xml", STR("<ODM xmlns='http://www.cdisc.org/ns/odm/v1.3'/>"));
    write_file(t, "mixed/new.xml", STR("<ODM xmlns='http://www.cdisc.org/ns/odm/v2.0'/>"));
    write_file(t, "mixed/page.xml", STR("<html/>"));
    write_file(t, "mixed/broken.xml", STR("<html>"));
    write_file(t, "mixed/doctype.xml", STR("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"));
    write_file(t, "mixed/study.json", STR("{\"study\":{\"a\":[1,2]},\"usdmVersion\":\"4.0.0\"}"));
    write_file(t, "mixed/other.json", STR("[1]"));
    write_file(t, "mixed/readme.txt", STR("hello"));
    Str text = findings_of(t, folder, &options);
    has(t, text, "error doctype.xml: ");
    has(t, text, "error broken.xml: ");
    has(t, text, "not done: Define-XML 2.1: not held against its schema, arm1-0-0.xsd, which was not given [XSD]\n    at    define.xml");
    has(t, text, "not done: ODM 1.3: not held against its schema, ODM1-3-2.xsd, which was not given [XSD]\n    at    odm.xml");
    has(t, text, "not done: ODM 2.0: not held against its schema, ODM.xsd");
    has(t, text, "not done: USDM: not held against its schema, usdm-4-0-schema.json, which was not given [JSON-SCHEMA]\n    at    study.json");
    has(t, text, "note: an XML file of no kind that is checked [FILES]\n    at    page.xml");
    has(t, text, "note: a JSON file of no kind that is checked [FILES]\n    at    other.json");
    CHECK(t, str_find(text, STR("readme")) == SIZE_MAX);
    Error err = {0};
    FindingList findings = findings_new(t->arena);
    CHECK(t, !conform_files(t->arena, STR("/nowhere"), &options, &findings, &err));
    CHECK_ERROR(t, err, ERROR_IO, "/nowhere");
}

static void judges_published(Test *t)
{
    ConformOptions options = {.schemas = test_data(t, "standards")};
    if (!options.schemas.len) return;
    Str text = findings_of(t, test_data(t, "standards/dataset-json-1.1/examples/sdtm"), &options);
    has(t, text, "error define.xml.Standard/@Name: the value is not an element of the set");
    CHECK(t, str_find(text, STR("[JSON-SCHEMA]")) == SIZE_MAX || str_find(text, STR("note dataset.schema.json")) != SIZE_MAX);
    text = findings_of(t, test_data(t, "standards/usdm-4.0/examples"), &options);
    has(t, text, "error Alexion_NCT04573309_Wilsons.json.study.versions[].amendments[].changes[].changedSections: fewer than 1 items");
    has(t, text, "error observational.json.study.versions[].amendments[].changes: fewer than 1 items");
    has(t, text, "2 errors, 0 warnings");
}

static const TestCase CASES[] = {
    {"a transport file is held against SDTM's and the FDA's rules", judges_transport},
    {"values are looked up in the codelist of their variable", judges_values},
    {"files are known by what is in them, and checks not made are named", recognises},
    {"published folders are judged with the published schemas", judges_published},
};
TEST_SUITE(conform_files, CASES);
