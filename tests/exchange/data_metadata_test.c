#include "exchange/data_metadata.h"

#include "base/file.h"
#include "test.h"

static void put(Test *t, const char *path, const char *content)
{
    Error err = {0};
    Str file = test_scratch(t, path);
    CHECK(t, file_make_folder(t->arena, file_folder(file), &err) && file_write(t->arena, file, str_from(content), &err));
}

/* A tabulation, subjects and their scores; the scores repeat the subjects' arm, and once not their site. */
static Str trial_folder(Test *t)
{
    put(t, "metadata/dm.csv", "STUDYID,USUBJID,SEX,RFSTDTC\nP,P-1,F,2024-01-05\nP,P-2,M,2024-02\nP,P-3,F,2024-03-01\n");
    put(t, "metadata/adsl.csv", "STUDYID,USUBJID,SEX,ARM,ARMN,SITE\nP,P-1,F,new,1,Hue\nP,P-2,M,old,2,Hue\nP,P-3,F,new,1,Hanoi\n");
    put(t, "metadata/adgm.csv", "STUDYID,USUBJID,ARM,SITE,PARAMCD,PARAM,AVISITN,AVAL\n"
                                "P,P-1,new,Hue,GMFM66,GMFM-66 score,0,41.25\nP,P-1,new,Hue,GMFM66,GMFM-66 score,6,46\n"
                                "P,P-2,old,Hue,GMFM66,GMFM-66 score,0,\nP,P-3,new,Hue,GMFM66,GMFM-66 score,0,138.5\n");
    return test_scratch(t, "metadata");
}

static StudyMetadata *metadata(Test *t, DataSurvey *survey)
{
    Error err = {0};
    Str folder = trial_folder(t);
    DataMetadataChoices choices = {.folder = folder, .sdtmig = STR("3.4"), .adamig = STR("1.3"), .adam_ct = STR("2023-12-15")};
    if (!CHECK_OK(t, data_survey(t->arena, folder, &(SurveyChoices){0}, survey, &err), err)) return NULL;
    StudyMetadata *study = data_metadata(t->arena, survey, NULL, &choices);
    CHECK_OK(t, study_metadata_check(study, &err), err);
    return study;
}

static void sets_are_described(Test *t)
{
    DataSurvey survey;
    StudyMetadata *study = metadata(t, &survey);
    if (!study || !CHECK_INT(t, study->data_sets.n, 3)) return;
    const StudyDataSet *dm = &study->data_sets.items[0], *adsl = &study->data_sets.items[1], *adgm = &study->data_sets.items[2];
    CHECK_TEXT(t, dm->name, "DM");
    CHECK_TEXT(t, dm->class, "SPECIAL PURPOSE");
    CHECK_TEXT(t, dm->domain, "DM");
    CHECK_TEXT(t, dm->standard, "STD.1");
    CHECK_TEXT(t, dm->leaf.href, "dm.csv");
    CHECK_TEXT(t, adsl->class, "SUBJECT LEVEL ANALYSIS DATASET");
    CHECK_TEXT(t, adsl->repeating, "No");
    CHECK_TEXT(t, adgm->class, "BASIC DATA STRUCTURE");
    CHECK_TEXT(t, adgm->standard, "STD.2");
    CHECK_TEXT(t, adgm->structure, "one record per subject, parameter and visit");
    CHECK_INT(t, study_variable(adgm, STR("AVISITN"))->key, 3);
}

static void variables_have_types_of_their_values(Test *t)
{
    DataSurvey survey;
    StudyMetadata *study = metadata(t, &survey);
    if (!study) return;
    const StudyDataSet *dm = study_data_set(study, STR("DM")), *adgm = study_data_set(study, STR("ADGM"));
    const StudyVariable *aval = study_variable(adgm, STR("AVAL"));
    CHECK(t, study_variable(dm, STR("RFSTDTC"))->type == STUDY_PARTIAL_DATE);
    CHECK_INT(t, study_variable(dm, STR("RFSTDTC"))->length, 0);
    CHECK(t, aval->type == STUDY_FLOAT);
    CHECK_TEXT(t, aval->digits, "2");
    CHECK_INT(t, aval->length, 6);
    CHECK_TEXT(t, aval->mandatory, "No");
    CHECK(t, study_variable(adgm, STR("AVISITN"))->type == STUDY_INTEGER);
    CHECK_INT(t, study_variable(adgm, STR("PARAM"))->length, 13);
}

static void few_values_make_codelists(Test *t)
{
    DataSurvey survey;
    StudyMetadata *study = metadata(t, &survey);
    if (!study) return;
    const StudyDataSet *adsl = study_data_set(study, STR("ADSL")), *dm = study_data_set(study, STR("DM"));
    CHECK_TEXT(t, study_variable(adsl, STR("SEX"))->codelist, "CL.SEX");
    CHECK_TEXT(t, study_variable(dm, STR("SEX"))->codelist, "CL.SEX");
    CHECK_TEXT(t, study_variable(adsl, STR("USUBJID"))->codelist, "");
    const StudyCodelist *arms = study_codelist(study, STR("CL.ARMN"));
    if (!CHECK(t, arms != NULL)) return;
    CHECK(t, arms->type == STUDY_INTEGER);
    CHECK_TEXT(t, study_code(arms, STR("2"))->decode, "old");
}

static void predecessors_are_compared(Test *t)
{
    DataSurvey survey;
    StudyMetadata *study = metadata(t, &survey);
    if (!study) return;
    const StudyDataSet *adsl = study_data_set(study, STR("ADSL")), *adgm = study_data_set(study, STR("ADGM"));
    CHECK_TEXT(t, study_variable(adsl, STR("SEX"))->origins.items[0].description, "DM.SEX");
    CHECK_TEXT(t, study_variable(adgm, STR("ARM"))->origins.items[0].description, "ADSL.ARM");
    CHECK_INT(t, study_variable(adgm, STR("SITE"))->origins.n, 0);
    CHECK_INT(t, study_variable(adsl, STR("ARM"))->origins.n, 0);
}

/* Events are found again by subject and number. */
static void events_are_found_by_number(Test *t)
{
    Error err = {0};
    DataSurvey survey;
    put(t, "events/ae.csv", "USUBJID,AESEQ,AETERM\nP-1,1,fever\nP-1,2,cough\nP-2,1,fever\n");
    put(t, "events/adae.csv", "USUBJID,AESEQ,AETERM,TRTEMFL\nP-2,1,fever,Y\nP-1,2,cough,\n");
    if (!CHECK_OK(t, data_survey(t->arena, test_scratch(t, "events"), &(SurveyChoices){0}, &survey, &err), err)) return;
    CHECK_INT(t, survey.sets[0].n_keys, 2);
    CHECK_TEXT(t, survey_variable(&survey.sets[1], STR("AETERM"))->predecessor, "AE.AETERM");
    CHECK_TEXT(t, survey_variable(&survey.sets[1], STR("TRTEMFL"))->predecessor, "");
}

static void numbers_of_one_name_are_of_one_type(Test *t)
{
    Error err = {0};
    DataSurvey survey;
    put(t, "visits/sv.csv", "USUBJID,VISITNUM\nP-1,1\nP-1,1.5\n");
    put(t, "visits/vs.csv", "USUBJID,VISITNUM\nP-1,1\n");
    if (!CHECK_OK(t, data_survey(t->arena, test_scratch(t, "visits"), &(SurveyChoices){0}, &survey, &err), err)) return;
    CHECK_INT(t, survey.sets[1].variables[1].decimals, 1);
    CHECK(t, !survey.sets[1].variables[1].is_whole);
}

static void values_have_limits(Test *t)
{
    Error err = {0};
    DataSurvey survey;
    put(t, "many/xx.csv", "USUBJID,A,B\nP-1,1,a\nP-2,2,a\nP-3,3,b\n");
    if (!CHECK_OK(t, data_survey(t->arena, test_scratch(t, "many"), &(SurveyChoices){.max_values = 2}, &survey, &err), err)) return;
    CHECK(t, !survey_variable(&survey.sets[0], STR("A"))->has_values);
    const SurveyVariable *b = survey_variable(&survey.sets[0], STR("B"));
    CHECK(t, b->has_values);
    CHECK_INT(t, b->values[1].first_row, 3);
    CHECK_INT(t, b->values[0].n, 2);
}

static void refuses_folders_without_data(Test *t)
{
    Error err = {0};
    DataSurvey survey;
    put(t, "empty/readme.md", "nothing");
    CHECK(t, !data_survey(t->arena, test_scratch(t, "empty"), &(SurveyChoices){0}, &survey, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "there is no data set in");
    CHECK(t, !data_survey(t->arena, test_scratch(t, "absent"), &(SurveyChoices){0}, &survey, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not read the folder");
    put(t, "twice/dm.csv", "USUBJID\nP-1\n");
    put(t, "twice/DM.CSV", "USUBJID\nP-1\n");
    CHECK(t, !data_survey(t->arena, test_scratch(t, "twice"), &(SurveyChoices){0}, &survey, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "there are two data sets called \"DM\"");
}

static void paths_are_seen_from_the_document(Test *t)
{
    CHECK_TEXT(t, path_from(t->arena, STR("out"), STR("out/adam/adsl.xpt")), "adam/adsl.xpt");
    CHECK_TEXT(t, path_from(t->arena, STR("."), STR("./adsl.xpt")), "adsl.xpt");
    CHECK_TEXT(t, path_from(t->arena, STR("a/define"), STR("a/data/adsl.xpt")), "../data/adsl.xpt");
    CHECK_TEXT(t, path_from(t->arena, STR("ab"), STR("abc/x.xpt")), "../abc/x.xpt");
    CHECK_TEXT(t, path_from(t->arena, STR("/a/b"), STR("/a/c/x.xpt")), "../c/x.xpt");
    CHECK_TEXT(t, path_from(t->arena, STR("out"), STR("/data/x.xpt")), "/data/x.xpt");
}

static const TestCase CASES[] = {
    {"data sets have a class, a structure and keys", sets_are_described},
    {"variables have the types and lengths of their values", variables_have_types_of_their_values},
    {"few values make a codelist, with the words beside them", few_values_make_codelists},
    {"a predecessor is named when every record agrees", predecessors_are_compared},
    {"events are found again by subject and number", events_are_found_by_number},
    {"numbers of one name are of one type", numbers_of_one_name_are_of_one_type},
    {"lists of values have a limit", values_have_limits},
    {"folders without data are refused", refuses_folders_without_data},
    {"paths are seen from the document's folder", paths_are_seen_from_the_document},
};

TEST_SUITE(data_metadata, CASES);
