#include "exchange/study_metadata.h"
#include "test.h"

/* A vital signs data set with a codelist, a method, a comment, and height as value-level metadata. */
static StudyMetadata *vital_signs(Test *t)
{
    StudyMetadata *study = study_metadata_new(t->arena);
    study->name = STR("palsy");
    StudyDataSet *vs = study_add_data_set(study, STR("VS"), STR("Vital Signs"));
    study_add_variable(study, vs, STR("VSTESTCD"), STR("Test"), STUDY_TEXT)->codelist = study_add_codelist(study, STR("VSTESTCD"), STR("Test"), STUDY_TEXT, NULL)->id;
    StudyVariable *result = study_add_variable(study, vs, STR("VSORRES"), STR("Result"), STUDY_TEXT);
    result->method = study_add_method(study, STR("VS.VSORRES"), "Computation", STR("As measured."), NULL)->id;
    result->comment = study_add_comment(study, STR("VS.VSORRES"), STR("With the child's shoes off."), NULL)->id;
    StudyWhere *where;
    study_add_value(study, result, STR("HEIGHT"), STUDY_FLOAT, &where);
    study_add_check(study, where, study_variable(vs, STR("vstestcd"))->id, STUDY_EQ, STR("HEIGHT"));
    return study;
}

static void makes_ids(Test *t)
{
    StudyMetadata *study = vital_signs(t);
    Error err = {0};
    const StudyDataSet *vs = study_data_set(study, STR("vs"));
    CHECK_TEXT(t, vs->id, "IG.VS");
    CHECK_TEXT(t, vs->leaf.href, "vs.xpt");
    const StudyVariable *result = study_variable(vs, STR("VSORRES"));
    CHECK_TEXT(t, result->id, "IT.VS.VSORRES");
    CHECK_TEXT(t, result->values.items[0].id, "IT.VS.VSORRES.HEIGHT");
    CHECK_TEXT(t, result->values.items[0].wheres.items[0], "WC.VS.VSORRES.HEIGHT");
    CHECK_OK(t, study_metadata_check(study, &err), err);
}

static void gives_lists_again(Test *t)
{
    StudyMetadata *study = study_metadata_new(t->arena);
    bool is_new;
    StudyCodelist *sex = study_add_codelist(study, STR("SEX"), STR("Sex"), STUDY_TEXT, &is_new);
    CHECK(t, is_new);
    study_add_code(study, sex, STR("F"), STR("Female"), STR("C16576"));
    study_add_code(study, sex, STR("M"), STR("Male"), STR("C20197"));
    CHECK(t, study_add_codelist(study, STR("SEX"), STR("Sex"), STUDY_TEXT, &is_new) == sex);
    CHECK(t, !is_new);
    CHECK_TEXT(t, study_nci(&study_code(sex, STR("M"))->aliases), "C20197");
    CHECK_TEXT(t, study_code(sex, STR("M"))->order, "2");
    CHECK(t, !study_code(sex, STR("U")));
}

static void says_clauses_in_words(Test *t)
{
    StudyMetadata *study = vital_signs(t);
    StudyWhere *where = &study->wheres.items[0];
    StudyCheck *check = study_add_check(study, where, STR("IT.VS.VSORRES"), STUDY_NOT_IN, STR("98"));
    *study_list_add(t->arena, &check->values) = STR("99");
    CHECK_TEXT(t, study_where_text(t->arena, study, where), "VSTESTCD = \"HEIGHT\" and VSORRES not in (\"98\", \"99\")");
}

static void names_ids_that_lead_nowhere(Test *t)
{
    Error err = {0};
    StudyMetadata *study = vital_signs(t);
    StudyVariable *result = study_variable(study_data_set(study, STR("VS")), STR("VSORRES"));
    result->codelist = STR("CL.NONE");
    CHECK(t, !study_metadata_check(study, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "variable \"IT.VS.VSORRES\" names codelist \"CL.NONE\", which is not defined");
    result->codelist = STR("");
    study->wheres.items[0].checks.items[0].variable = STR("IT.VS.VSNONE");
    CHECK(t, !study_metadata_check(study, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "clause \"WC.VS.VSORRES.HEIGHT\" names variable \"IT.VS.VSNONE\"");
}

static void refuses_two_of_a_kind(Test *t)
{
    Error err = {0};
    StudyMetadata *study = vital_signs(t);
    study_add_data_set(study, STR("VS"), STR("Again"))->leaf.id = STR("");
    CHECK(t, !study_metadata_check(study, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "data set \"IG.VS\" is defined twice");
    study = vital_signs(t);
    study_add_variable(study, study_data_set(study, STR("VS")), STR("VSORRES"), STR("Again"), STUDY_TEXT);
    CHECK(t, !study_metadata_check(study, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "data set \"VS\" has variable \"VSORRES\" twice");
}

static void reads_every_type_word(Test *t)
{
    StudyType type;
    CHECK(t, study_type_parse(STR("partialDate"), &type) && type == STUDY_PARTIAL_DATE);
    CHECK_TEXT(t, str_from(study_type_word(STUDY_DURATION)), "durationDatetime");
    CHECK(t, !study_type_parse(STR("Text"), &type));
}

static const TestCase CASES[] = {
    {"adders give ids in CDISC's manner", makes_ids},
    {"a codelist added again is the same", gives_lists_again},
    {"a clause reads as a sentence", says_clauses_in_words},
    {"ids that lead nowhere are named with both ends", names_ids_that_lead_nowhere},
    {"two of a kind are refused", refuses_two_of_a_kind},
    {"types have the words of ODM", reads_every_type_word},
};

TEST_SUITE(study_metadata, CASES);
