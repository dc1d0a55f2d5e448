#include "exchange/where_condition.h"

#include "test.h"

static StudyMetadata *scores(Test *t, StudyDataSet **data_set)
{
    static const char *const NAMES[] = {"USUBJID", "PARAMCD", "AVISIT", "AVAL", "ANL01FL"};
    StudyMetadata *study = study_metadata_new(t->arena);
    *data_set = study_add_data_set(study, STR("ADGM"), STR("Scores"));
    for (size_t i = 0; i < 5; i++) study_add_variable(study, *data_set, str_from(NAMES[i]), STR(""), STUDY_TEXT);
    return study;
}

/* The condition as a clause in words; empty where it has none. */
static Str clause_of(Test *t, const char *condition)
{
    StudyDataSet *data_set;
    StudyWhere where = {0};
    StudyMetadata *study = scores(t, &data_set);
    if (!where_add_condition(study, data_set, str_from(condition), &where.checks)) return CHECK_INT(t, where.checks.n, 0) ? STR("") : STR("left over");
    return study_where_text(t->arena, study, &where);
}

static void comparisons_become_checks(Test *t)
{
    CHECK_TEXT(t, clause_of(t, "PARAMCD = 'GMFM66' AND AVAL >= 40.5 and anl01fl IS NOT 'Y'"), "PARAMCD = \"GMFM66\" and AVAL >= \"40.5\" and ANL01FL is not \"Y\"");
    CHECK_TEXT(t, clause_of(t, "AVISIT IN ('Week 8', 'Week 16')AND AVAL<>-1"), "AVISIT in (\"Week 8\", \"Week 16\") and AVAL is not \"-1\"");
    CHECK_TEXT(t, clause_of(t, "AVISIT NOT IN ('Week 8') AND AVAL BETWEEN 1 AND 2"), "AVISIT not in \"Week 8\" and AVAL >= \"1\" and AVAL <= \"2\"");
    CHECK_TEXT(t, clause_of(t, "AVAL IS NOT NULL AND \"AVISIT\" IS NULL"), "AVAL is not \"\" and AVISIT = \"\"");
}

static void what_no_clause_can_say_is_left(Test *t)
{
    static const char *const NONE[] = {"PARAMCD = 'A' OR AVAL > 1", "AVAL + 1 > 2", "(PARAMCD = 'A')",   "OTHER = 1",       "PARAMCD = AVISIT", "PARAMCD LIKE 'A%'",
                                       "AVISIT IN ()",              "AVAL BETWEEN 1", "AVAL NOT = 1",     "PARAMCD = 'it''s'", "AVAL =",          "PARAMCD = 'A' AND"};
    for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++) CHECK_TEXT(t, clause_of(t, NONE[i]), "");
}

static void names_are_found_in_expressions(Test *t)
{
    StudyDataSet *data_set;
    StudyTexts ids = {0};
    StudyMetadata *study = scores(t, &data_set);
    where_variables(study, data_set, STR("AVAL ~ PARAMCD + 'AVISIT' + aval + log(AVAL) | USUBJID"), &ids);
    if (!CHECK_INT(t, ids.n, 3)) return;
    CHECK_TEXT(t, ids.items[0], "IT.ADGM.AVAL");
    CHECK_TEXT(t, ids.items[2], "IT.ADGM.USUBJID");
}

static const TestCase CASES[] = {
    {"comparisons joined by AND become checks", comparisons_become_checks},
    {"what no clause can say adds none", what_no_clause_can_say_is_left},
    {"names are found in expressions, quoted texts passed over", names_are_found_in_expressions},
};

TEST_SUITE(where_condition, CASES);
