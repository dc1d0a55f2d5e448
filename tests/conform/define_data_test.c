#include "conform/define_data.h"

#include "base/file.h"
#include "exchange/data_metadata.h"
#include "test.h"

static Str folder_with(Test *t, const char *name, const char *content)
{
    Error err = {0};
    Str file = test_scratch(t, name);
    CHECK(t, file_make_folder(t->arena, file_folder(file), &err) && file_write(t->arena, file, str_from(content), &err));
    return file_folder(file);
}

#define ROWS "USUBJID,SEX,AGE,RFSTDTC,ARM\nP-1,F,4,2024-01-05,new\nP-2,M,7,2024-02-01,old\nP-3,F,6,2024-03-01,new\n"

/* A document that says of these rows what they are. */
static StudyMetadata *true_document(Test *t, DataSurvey *survey)
{
    Error err = {0};
    if (!CHECK_OK(t, data_survey(t->arena, folder_with(t, "define/dm.csv", ROWS), &(SurveyChoices){.max_values = DEFINE_DATA_MAX_VALUES}, survey, &err), err)) return NULL;
    return data_metadata(t->arena, survey, NULL, &(DataMetadataChoices){.folder = test_scratch(t, "define")});
}

static FindingList findings_of(Test *t, const StudyMetadata *study, const DataSurvey *survey)
{
    FindingList findings = findings_new(t->arena);
    define_data_check(&findings, study, survey);
    findings_sort(&findings);
    return findings;
}

/* The one finding there is. */
static void check_one(Test *t, const FindingList *findings, const char *rule, FindingSeverity severity, const char *message)
{
    if (!CHECK_INT(t, findings->n, 1)) return;
    CHECK_TEXT(t, findings->items[0].rule, rule);
    CHECK_INT(t, findings->items[0].severity, severity);
    CHECK_TEXT(t, findings->items[0].message, message);
}

static void a_true_document_has_no_findings(Test *t)
{
    DataSurvey survey;
    StudyMetadata *study = true_document(t, &survey);
    if (study) CHECK_INT(t, findings_of(t, study, &survey).n, 0);
}

static void what_one_side_lacks_is_named(Test *t)
{
    DataSurvey survey;
    StudyMetadata *study = true_document(t, &survey);
    if (!study) return;
    StudyDataSet *dm = study_data_set(study, STR("DM"));
    study_add_variable(study, dm, STR("RACE"), STR("Race"), STUDY_TEXT);
    FindingList findings = findings_of(t, study, &survey);
    check_one(t, &findings, "DEFINE-VARIABLE", FINDING_ERROR, "the data have no such variable");
    CHECK_TEXT(t, findings.items[0].variable, "RACE");
    dm->variables.n -= 2;
    findings = findings_of(t, study, &survey);
    check_one(t, &findings, "DEFINE-VARIABLE", FINDING_ERROR, "the document does not define the variable");
    CHECK_TEXT(t, findings.items[0].variable, "ARM");
    dm->name = STR("DX");
    dm->id = STR("IG.DX");
    findings = findings_of(t, study, &survey);
    CHECK_INT(t, findings.count[FINDING_ERROR], 2);
    CHECK_TEXT(t, findings.items[0].message, "the document does not define the data set");
    CHECK_TEXT(t, findings.items[1].message, "there is no file of the data set");
    dm->no_data = true;
    CHECK_INT(t, findings_of(t, study, &survey).n, 1);
}

static void types_and_lengths_are_compared(Test *t)
{
    static const struct {
        const char *variable;
        StudyType type;
        FindingSeverity severity;
        const char *message;
    } WRONG[] = {{"AGE", STUDY_TEXT, FINDING_ERROR, "the document says text, the data are numbers"},
                 {"SEX", STUDY_FLOAT, FINDING_ERROR, "the document says float, the data are texts"},
                 {"RFSTDTC", STUDY_DATETIME, FINDING_WARNING, "the document says datetime, and some values have another form"},
                 {"SEX", STUDY_DATE, FINDING_WARNING, "the document says date, and some values have another form"}};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        DataSurvey survey;
        StudyMetadata *study = true_document(t, &survey);
        if (!study) return;
        study_variable(study_data_set(study, STR("DM")), str_from(WRONG[i].variable))->type = WRONG[i].type;
        FindingList findings = findings_of(t, study, &survey);
        check_one(t, &findings, "DEFINE-TYPE", WRONG[i].severity, WRONG[i].message);
    }
    DataSurvey survey;
    StudyMetadata *study = true_document(t, &survey);
    if (!study) return;
    study_variable(study_data_set(study, STR("DM")), STR("ARM"))->length = 2;
    FindingList findings = findings_of(t, study, &survey);
    check_one(t, &findings, "DEFINE-LENGTH", FINDING_ERROR, "the document says at most 2 characters, the longest value has 3");
}

static void codes_are_looked_up(Test *t)
{
    DataSurvey survey;
    StudyMetadata *study = true_document(t, &survey);
    if (!study) return;
    StudyVariable *arm = study_variable(study_data_set(study, STR("DM")), STR("ARM"));
    for (size_t i = 0; i < study->codelists.n; i++) {
        if (str_equal(study->codelists.items[i].id, arm->codelist)) study->codelists.items[i].codes.items[1].code = STR("other");
    }
    FindingList findings = findings_of(t, study, &survey);
    check_one(t, &findings, "DEFINE-CODE", FINDING_ERROR, "a value is not in codelist \"ARM\"");
    if (!findings.n) return;
    CHECK_TEXT(t, findings.items[0].value, "old");
    CHECK_INT(t, findings.items[0].row, 2);
    survey_variable(&survey.sets[0], STR("ARM"))->has_values = false;
    findings = findings_of(t, study, &survey);
    CHECK_INT(t, findings.count[FINDING_NOT_DONE], 1);
}

static void labels_and_missing_values_are_warnings(Test *t)
{
    DataSurvey survey;
    StudyMetadata *study = true_document(t, &survey);
    if (!study) return;
    StudyDataSet *dm = study_data_set(study, STR("DM"));
    survey_variable(&survey.sets[0], STR("SEX"))->variable.label = STR("Sex");
    study_variable(dm, STR("SEX"))->label = STR("Gender");
    FindingList findings = findings_of(t, study, &survey);
    check_one(t, &findings, "DEFINE-LABEL", FINDING_WARNING, "the label of the data is not \"Gender\"");
    study_variable(dm, STR("SEX"))->label = STR("Sex");
    survey_variable(&survey.sets[0], STR("AGE"))->n_missing = 1;
    findings = findings_of(t, study, &survey);
    check_one(t, &findings, "DEFINE-MISSING", FINDING_WARNING, "the document says that it is mandatory, and 1 records have no value");
    study_variable(dm, STR("AGE"))->mandatory = STR("No");
    study_variable(dm, STR("AGE"))->no_data = true;
    findings = findings_of(t, study, &survey);
    check_one(t, &findings, "DEFINE-MISSING", FINDING_ERROR, "the document says that there are no data, and there are");
}

static const TestCase CASES[] = {
    {"a document made from the data has no findings", a_true_document_has_no_findings},
    {"what one side lacks is named", what_one_side_lacks_is_named},
    {"types and lengths are compared with the values", types_and_lengths_are_compared},
    {"values are looked up in their codelists", codes_are_looked_up},
    {"labels and missing values are warnings", labels_and_missing_values_are_warnings},
};

TEST_SUITE(define_data, CASES);
