/* Protocols drafted from ODM; what REDCap says of a project in ODM and in its dictionary. */
#include "base/file.h"
#include "exchange/odm_draft.h"
#include "protocol/check.h"
#include "test.h"

static bool study_of(Test *t, Str path, OdmStudy **study)
{
    Bytes *bytes;
    Error err = {0};
    return CHECK_OK(t, bytes_open(t->arena, path, 0, (size_t)1 << 30, &bytes, &err) && odm_read(t->arena, bytes, study, &err), err);
}

/* --- the same project in ODM and in its dictionary --- */

/* A line for each difference of two fields. */
static void compare_fields(Test *t, Buf *lines, const RedcapField *odm, const RedcapField *csv)
{
    const struct {
        const char *what;
        Str odm, csv;
    } TEXTS[] = {{"form", odm->form, csv->form}, {"type", str_from(redcap_type_word(odm->type)), str_from(redcap_type_word(csv->type))},
                 {"label", odm->label, csv->label}, {"note", odm->note, csv->note}, {"section", odm->section, csv->section},
                 {"branching", odm->branching, csv->branching}, {"matrix", odm->matrix, csv->matrix},
                 {"validation", odm->validation, csv->validation}, {"min", odm->min, csv->min}, {"max", odm->max, csv->max}};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        if (!str_equal(TEXTS[i].odm, TEXTS[i].csv))
            buf_format(lines, STR_FMT ": %s \"" STR_FMT "\", not \"" STR_FMT "\"\n", STR_ARG(csv->name), TEXTS[i].what, STR_ARG(TEXTS[i].odm), STR_ARG(TEXTS[i].csv));
    if (odm->identifier != csv->identifier || odm->required != csv->required) buf_format(lines, STR_FMT ": identifier or required\n", STR_ARG(csv->name));
    bool same = odm->codes.n == csv->codes.n;
    for (size_t i = 0; same && i < csv->codes.n; i++)
        same = str_equal(odm->codes.codes[i], csv->codes.codes[i]) && str_equal(odm->codes.labels[i], csv->codes.labels[i]);
    if (!same) buf_format(lines, STR_FMT ": choices\n", STR_ARG(csv->name));
    if (csv->type != REDCAP_RADIO && csv->type != REDCAP_DROPDOWN && csv->type != REDCAP_CHECKBOX && !str_equal(odm->choices, csv->choices))
        buf_format(lines, STR_FMT ": \"" STR_FMT "\", not \"" STR_FMT "\"\n", STR_ARG(csv->name), STR_ARG(odm->choices), STR_ARG(csv->choices));
    (void)t;
}

static void projects_are_the_same_in_odm_and_in_their_dictionary(Test *t)
{
    /* what REDCap leaves out of ODM: the limits of sliders, the queries of lists. The dictionary of "simple" is older than its ODM. */
    static const struct {
        const char *name;
        size_t n_fields;
        const char *differences;
    } PROJECTS[] = {
        {"arm-single-longitudinal", 4, ""},
        {"checkboxes-1", 4, ""},
        {"clinical-trial-1", 12, ""},
        {"longitudinal", 95, ""},
        {"repeating-instruments", 11, ""},
        {"simple", 17, "in ODM alone: interpreter_needed\n"},
        {"validation-types-1", 50, "f_slider: min \"\", not \"-1\"\nf_slider: max \"\", not \"101\"\nf_sql: \"\", not \"SELECT 1 as one;\"\n"},
    };
    size_t n_compared = 0;
    for (size_t i = 0; i < sizeof PROJECTS / sizeof PROJECTS[0]; i++) {
        Str xml = test_data(t, str_format(t->arena, "standards/redcap/%s/project.xml", PROJECTS[i].name).data), content;
        if (!xml.len) return;
        Str csv = test_data(t, str_format(t->arena, "standards/redcap/%s/dictionary.csv", PROJECTS[i].name).data);
        OdmStudy *study;
        RedcapProject project;
        RedcapDictionary dictionary;
        Error err = {0};
        Buf lines = buf_new(t->arena);
        if (!study_of(t, xml, &study) || !CHECK_OK(t, file_read(t->arena, csv, (size_t)1 << 24, &content, &err) && redcap_dictionary_parse(t->arena, content, &dictionary, &err), err)) return;
        odm_redcap_project(t->arena, study, &project, NULL);
        CHECK_INT(t, project.dictionary.n_fields, PROJECTS[i].n_fields);
        size_t k = 0;
        for (size_t f = 0; f < project.dictionary.n_fields; f++) {
            const RedcapField *field = &project.dictionary.fields[f];
            if (k < dictionary.n_fields && str_equal(field->name, dictionary.fields[k].name)) compare_fields(t, &lines, field, &dictionary.fields[k++]), n_compared++;
            else buf_format(&lines, "in ODM alone: " STR_FMT "\n", STR_ARG(field->name));
        }
        CHECK_INT(t, k, dictionary.n_fields);
        CHECK_TEXT(t, lines.len ? buf_str(&lines) : STR(""), PROJECTS[i].differences);
    }
    CHECK_INT(t, n_compared, 192);
}

/* --- drafts --- */

static Str draft_of(Test *t, OdmStudy *study, const char *language)
{
    Draft draft;
    Buf buf = buf_new(t->arena);
    Error err = {0};
    if (!CHECK_OK(t, odm_draft(t->arena, study, str_from(language), &draft, &err), err)) return STR("");
    draft_write(&draft, &buf);
    return buf_str(&buf);
}

/* Errors that no decision of a person would mend; the first is shown. */
static size_t count_own_faults(Test *t, Str text)
{
    static const char *const DECISIONS[] = {"missing-key", "missing-section", "bad-visit-day", "unknown-unit", "schedule-gap", "window-overlap"};
    Protocol protocol;
    ProblemList problems = problems_new(t->arena);
    size_t n = 0;
    if (!CHECK(t, protocol_read(t->arena, text, &protocol, &problems))) return 1;
    protocol_check(t->arena, &protocol, &problems);
    for (size_t i = 0; i < problems.n; i++) {
        const Problem *problem = &problems.items[i];
        bool is_decision = problem->severity != PROBLEM_ERROR;
        for (size_t k = 0; k < sizeof DECISIONS / sizeof DECISIONS[0]; k++) is_decision |= str_equal(str_from(problem->code), str_from(DECISIONS[k]));
        if (!is_decision && n++ == 0) CHECK_TEXT(t, problem->message, "no fault of the draft");
    }
    return n;
}

static void drafts_of_the_examples_wait_for_decisions_alone(Test *t)
{
    static const char *const EXAMPLES[] = {"odm-1.3.2/examples/MetaData_Dave_1_3_2.xml", "odm-1.3.2/examples/openedc-metadata.xml",
                                           "odm-1.3.2/examples/Hypercholesterolemia_CV_Risk_factors_FH_CRF_1_3_2.xml", "redcap/longitudinal/project.xml",
                                           "redcap/simple/project.xml", "redcap/validation-types-1/project.xml", "redcap/clinical-trial-1/project.xml"};
    for (size_t i = 0; i < sizeof EXAMPLES / sizeof EXAMPLES[0]; i++) {
        Str path = test_data(t, str_format(t->arena, "standards/%s", EXAMPLES[i]).data);
        OdmStudy *study;
        if (!path.len) return;
        if (study_of(t, path, &study)) CHECK_INT(t, count_own_faults(t, draft_of(t, study, "")), 0);
    }
}

#define UNITS  "<BasicDefinitions><MeasurementUnit OID='CM' Name='cm'/><MeasurementUnit OID='Y' Name='x'><Symbol><TranslatedText xml:lang='de'>Jahre</TranslatedText>" \
               "<TranslatedText xml:lang='en'>years</TranslatedText></Symbol></MeasurementUnit></BasicDefinitions>"

static const char STUDY[] =
    "<ODM ><Study OID='S'><GlobalVariables><StudyName>Own study</StudyName><ProtocolName>OWN-1</ProtocolName></GlobalVariables>" UNITS "<MetaDataVersion OID='M'>"
    "<StudyEventDef OID='E 1' Name='First' Repeating='No' Type='Scheduled'><FormRef FormOID='F'/></StudyEventDef><StudyEventDef OID='U' Name='Any' Type='Unscheduled' Repeating='Yes'/>"
    "<FormDef OID='F' Name='Form one' Repeating='No'><ItemGroupRef ItemGroupOID='G'/><ItemGroupRef ItemGroupOID='R'/></FormDef>"
    "<ItemGroupDef OID='G' Name='g' Repeating='No'><ItemRef ItemOID='A' Mandatory='Yes'/><ItemRef ItemOID='B' Mandatory='Yes' CollectionExceptionConditionOID='C'/>"
    "<ItemRef ItemOID='D'/><ItemRef ItemOID='M'/></ItemGroupDef><ItemGroupDef OID='R' Name='rows' Repeating='Yes'><ItemRef ItemOID='A'/></ItemGroupDef>"
    "<ItemDef OID='A' Name='age' DataType='integer'><Question><TranslatedText xml:lang='de'>Alter</TranslatedText><TranslatedText xml:lang='en'>Age?</TranslatedText></Question>"
    "<MeasurementUnitRef MeasurementUnitOID='Y'/><RangeCheck Comparator='GE' SoftHard='Hard'><CheckValue>18</CheckValue></RangeCheck>"
    "<RangeCheck Comparator='LT' SoftHard='Hard'><CheckValue>60</CheckValue></RangeCheck><RangeCheck Comparator='LE' SoftHard='Soft'><CheckValue>50</CheckValue>"
    "<ErrorMessage><TranslatedText>Rather old</TranslatedText></ErrorMessage></RangeCheck><RangeCheck Comparator='LT' SoftHard='Hard'><CheckValue>9</CheckValue>"
    "<MeasurementUnitRef MeasurementUnitOID='CM'/></RangeCheck></ItemDef><ItemDef OID='B' Name='b' DataType='text'><CodeListRef CodeListOID='L'/>"
    "<RangeCheck Comparator='NOTIN' SoftHard='Soft'><CheckValue>x</CheckValue><CheckValue>it's</CheckValue></RangeCheck></ItemDef>"
    "<ItemDef OID='D' Name='d' DataType='boolean'/><ItemDef OID='M' Name='m' DataType='integer'><MultiSelectListRef MultiSelectListID='ML'/></ItemDef>"
    "<CodeList OID='L' Name='same'><CodeListItem CodedValue='x'><Decode><TranslatedText>Ex</TranslatedText></Decode></CodeListItem><CodeListItem CodedValue=\"it's\"/></CodeList>"
    "<MultiSelectList ID='ML' Name='same'><MultiSelectListItem CodedOptionValue='1'><Decode><TranslatedText>One</TranslatedText></Decode></MultiSelectListItem></MultiSelectList>"
    "<ConditionDef OID='C' Name='c'><FormalExpression Context='js'>age &lt; 20</FormalExpression></ConditionDef></MetaDataVersion></Study></ODM>";

static bool own_study(Test *t, const char *content, OdmStudy **study)
{
    Error err = {0};
    return CHECK_OK(t, odm_read(t->arena, bytes_of(t->arena, str_from(content)), study, &err), err);
}

static void a_study_becomes_a_draft(Test *t)
{
    static const char *const PARTS[] = {
        "id: OWN-1", "title: Own study", "{id: E_1, title: First, kind: assessment}   # decide day", "{id: U, title: Any, kind: unscheduled}",
        "# in the file: age", "{id: AGE_RECORDED, label: Alter, type: integer, unit: a, range: [18, ~], required: true",
        "{condition: \"AGE_RECORDED < 60\", message: \"AGE_RECORDED < 60 must hold.\", severity: hard}",
        "{condition: \"AGE_RECORDED <= 50\", message: \"Rather old\"}", "# decide: checked there hard: LT 9 in cm", "# decide: not asked there if age < 20",
        "{id: B, label: b, type: coded, codelist: same,", "{condition: \"B NOT IN ('x', 'it''s')\"", "{id: D, label: d, type: coded, codelist: yes_no}",
        "# several of: 1 One", "{id: M, label: m, type: text}", "- id: F_rows", "repeats: log", "{id: AGE_RECORDED_2, label: Alter", "  F: [E_1]", "form: screening"};
    OdmStudy *study;
    if (!own_study(t, STUDY, &study)) return;
    Str text = draft_of(t, study, "de");
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
        if (!CHECK(t, str_find(text, str_from(PARTS[i])) != SIZE_MAX)) CHECK_TEXT(t, text, PARTS[i]);
    CHECK(t, str_find(text, STR("AGE_RECORDED < 9")) == SIZE_MAX);
    CHECK_INT(t, count_own_faults(t, text), 0);
}

static void codelists_of_one_name_are_kept_apart(Test *t)
{
    OdmStudy *study;
    if (!own_study(t, "<ODM ><Study OID='S'><MetaDataVersion OID='M'><FormDef OID='F'><ItemGroupRef ItemGroupOID='G'/></FormDef><ItemGroupDef OID='G'><ItemRef ItemOID='A'/>"
                      "<ItemRef ItemOID='B'/></ItemGroupDef><ItemDef OID='A'><CodeListRef CodeListOID='1'/></ItemDef><ItemDef OID='B'><CodeListRef CodeListOID='2'/></ItemDef>"
                      "<CodeList OID='1' Name='list'><EnumeratedItem CodedValue='a'/></CodeList><CodeList OID='2' Name='list'><EnumeratedItem CodedValue='b'/></CodeList>"
                      "</MetaDataVersion></Study></ODM>", &study)) return;
    Str text = draft_of(t, study, "");
    CHECK(t, str_find(text, STR("  list: {\"a\": a}")) != SIZE_MAX);
    CHECK(t, str_find(text, STR("{\"b\": b}")) != SIZE_MAX);
    CHECK_INT(t, count_own_faults(t, text), 0);
}

static void forms_of_redcap_that_repeat_become_logs(Test *t)
{
    OdmStudy *study;
    RedcapProject project;
    Texts repeating;
    if (!own_study(t, "<ODM SourceSystem='REDCap'><Study OID='S'><GlobalVariables><RepeatingInstrumentsAndEvents><RepeatingInstruments><RepeatingInstrument "
                      "RepeatInstrument='bp'/></RepeatingInstruments></RepeatingInstrumentsAndEvents></GlobalVariables><MetaDataVersion OID='M'><FormDef OID='Form.a' FormName='a'>"
                      "<ItemGroupRef ItemGroupOID='G'/></FormDef><FormDef OID='Form.bp' FormName='bp'><ItemGroupRef ItemGroupOID='H'/></FormDef><ItemGroupDef OID='G'><ItemRef "
                      "ItemOID='id'/><ItemRef ItemOID='a_complete'/></ItemGroupDef><ItemGroupDef OID='H'><ItemRef ItemOID='sys'/></ItemGroupDef><ItemDef OID='id' Name='id' "
                      "FieldType='text'/><ItemDef OID='a_complete' Name='a_complete' FieldType='select'/><ItemDef OID='sys' Name='sys' FieldType='text' TextValidationType='int'/>"
                      "</MetaDataVersion></Study></ODM>", &study)) return;
    odm_redcap_project(t->arena, study, &project, &repeating);
    CHECK_INT(t, project.dictionary.n_fields, 2);
    CHECK_TEXT(t, project.dictionary.fields[1].validation, "integer");
    if (CHECK_INT(t, repeating.n, 1)) CHECK_TEXT(t, repeating.items[0], "bp");
    Str text = draft_of(t, study, "");
    CHECK(t, str_find(text, STR("  - id: bp\n    title: Bp\n    repeats: log\n")) != SIZE_MAX);
    CHECK_INT(t, study->skipped.n, 0);
}

static void a_file_without_forms_is_refused(Test *t)
{
    OdmStudy *study;
    Draft draft;
    Error err = {0};
    if (!own_study(t, "<ODM ><ClinicalData StudyOID='S'/></ODM>", &study)) return;
    CHECK(t, !odm_draft(t->arena, study, STR(""), &draft, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "no form with items");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "export the metadata");
}

static const TestCase CASES[] = {
    {"projects are the same in ODM and in their dictionary", projects_are_the_same_in_odm_and_in_their_dictionary},
    {"drafts of the examples wait for decisions alone", drafts_of_the_examples_wait_for_decisions_alone},
    {"a study becomes a draft", a_study_becomes_a_draft},
    {"codelists of one name are kept apart", codelists_of_one_name_are_kept_apart},
    {"forms of REDCap that repeat become logs", forms_of_redcap_that_repeat_become_logs},
    {"a file without forms is refused", a_file_without_forms_is_refused},
};
TEST_SUITE(odm_draft, CASES);
