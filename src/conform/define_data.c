#include "conform/define_data.h"

typedef struct {
    FindingList *findings;
    const StudyMetadata *study;
    const StudyDataSet *data_set;
    const StudyVariable *variable;    /* as the document has it */
    const SurveyVariable *data;       /* as the data have it */
    size_t n_rows;
} Check;

static void add(const Check *check, const char *rule, FindingSeverity severity, Str data_set, Str variable, Str message, const char *fix)
{
    Finding finding = {.rule = str_from(rule), .severity = severity, .data_set = data_set, .variable = variable, .message = message, .fix = str_from(fix)};
    finding_add(check->findings, &finding);
}

static void add_here(const Check *check, const char *rule, FindingSeverity severity, Str message, const char *fix)
{
    add(check, rule, severity, check->data_set->name, check->variable->name, message, fix);
}

static bool is_number_type(StudyType type)
{
    return type == STUDY_INTEGER || type == STUDY_FLOAT || type == STUDY_DOUBLE || type == STUDY_BOOLEAN;
}

static bool is_date_type(StudyType type)
{
    return type >= STUDY_DATE && type <= STUDY_INTERVAL;
}

/* The dates a type allows, besides those that are more exact. */
static bool allows(StudyType type, SurveyDates dates)
{
    switch (dates) {
    case SURVEY_DATES: return type == STUDY_DATE || type == STUDY_PARTIAL_DATE || type == STUDY_PARTIAL_DATETIME || type == STUDY_INCOMPLETE_DATETIME || type == STUDY_INCOMPLETE_DATE;
    case SURVEY_PARTIAL_DATES: return type == STUDY_PARTIAL_DATE || type == STUDY_PARTIAL_DATETIME || type == STUDY_INCOMPLETE_DATETIME || type == STUDY_INCOMPLETE_DATE;
    case SURVEY_DATETIMES: return type == STUDY_DATETIME || type == STUDY_PARTIAL_DATETIME || type == STUDY_INCOMPLETE_DATETIME;
    case SURVEY_PARTIAL_DATETIMES: return type == STUDY_PARTIAL_DATETIME || type == STUDY_INCOMPLETE_DATETIME;
    case SURVEY_TIMES: return type == STUDY_TIME || type == STUDY_PARTIAL_TIME || type == STUDY_INCOMPLETE_TIME;
    case SURVEY_DURATIONS: return type == STUDY_DURATION || type == STUDY_INTERVAL;
    case SURVEY_NO_DATES: break;
    }
    return type >= STUDY_INCOMPLETE_DATE && type <= STUDY_INTERVAL;
}

static void check_type(const Check *check)
{
    Arena *arena = check->findings->arena;
    StudyType type = check->variable->type;
    const char *word = study_type_word(type);
    bool is_number = table_is_number(&check->data->variable);
    if (is_number && !is_number_type(type) && !(is_date_type(type) && check->data->variable.is_count)) {
        add_here(check, "DEFINE-TYPE", FINDING_ERROR, str_format(arena, "the document says %s, the data are numbers", word), "Say integer or float.");
    } else if (!is_number && is_number_type(type) && check->data->variable.type != TABLE_DECIMAL) {
        add_here(check, "DEFINE-TYPE", FINDING_ERROR, str_format(arena, "the document says %s, the data are texts", word), "Say text, or a date's type.");
    } else if (type == STUDY_INTEGER && !check->data->is_whole) {
        add_here(check, "DEFINE-TYPE", FINDING_ERROR, STR("the document says integer, and some numbers have decimals"), "Say float, with its SignificantDigits.");
    } else if (!is_number && is_date_type(type) && !allows(type, check->data->dates)) {
        add_here(check, "DEFINE-TYPE", FINDING_WARNING, str_format(arena, "the document says %s, and some values have another form", word),
                 "Say the partial type where parts of dates are unknown.");
    }
}

static void check_length(const Check *check)
{
    Arena *arena = check->findings->arena;
    size_t length = check->variable->length, longest = check->data->longest;
    bool is_text = !table_is_number(&check->data->variable);
    if (is_text && length && longest > length)
        add_here(check, "DEFINE-LENGTH", FINDING_ERROR, str_format(arena, "the document says at most %zu characters, the longest value has %zu", length, longest), "Give the length of the longest value.");
}

static void check_label(const Check *check)
{
    Str want = str_trim(check->variable->label), got = str_trim(check->data->variable.label);
    if (!want.len || !got.len || str_equal(want, got)) return;
    Finding finding = {.rule = STR("DEFINE-LABEL"), .severity = FINDING_WARNING, .data_set = check->data_set->name, .variable = check->variable->name,
                       .message = str_format(check->findings->arena, "the label of the data is not \"" STR_FMT "\"", STR_ARG(want)), .value = got};
    finding_add(check->findings, &finding);
}

static bool has_code(const StudyCodelist *list, const SurveyValue *value, bool is_number)
{
    double number;
    for (size_t i = 0; i < list->codes.n; i++) {
        Str code = list->codes.items[i].code;
        if (is_number ? number_parse(code, &number) && number == value->number : str_equal(code, value->text)) return true;
    }
    return false;
}

static void check_codes(const Check *check)
{
    const StudyCodelist *list = study_codelist(check->study, check->variable->codelist);
    if (!list || !list->codes.n) return;
    if (!check->data->has_values && check->data->n_missing < check->n_rows) {
        add_here(check, "DEFINE-CODE", FINDING_NOT_DONE, STR("has too many values, or too long ones, to look each up in its codelist"), "Ask whether the variable is coded at all.");
        return;
    }
    for (size_t i = 0; i < check->data->n_values; i++) {
        const SurveyValue *value = &check->data->values[i];
        if (has_code(list, value, table_is_number(&check->data->variable))) continue;
        Finding finding = {.rule = STR("DEFINE-CODE"), .severity = FINDING_ERROR, .data_set = check->data_set->name, .variable = check->variable->name,
                           .row = value->first_row, .value = value->text, .fix = STR("Add the value to the codelist, or correct the data."),
                           .message = str_format(check->findings->arena, "a value is not in codelist \"" STR_FMT "\"", STR_ARG(list->name))};
        finding_add(check->findings, &finding);
    }
}

static void check_missing(const Check *check)
{
    if (check->variable->no_data && check->data->n_missing < check->n_rows)
        add_here(check, "DEFINE-MISSING", FINDING_ERROR, STR("the document says that there are no data, and there are"), "Leave HasNoData away.");
    if (str_equal(check->variable->mandatory, STR("Yes")) && check->data->n_missing)
        add_here(check, "DEFINE-MISSING", FINDING_WARNING, str_format(check->findings->arena, "the document says that it is mandatory, and %zu records have no value", check->data->n_missing), "");
}

static void check_set(const Check *check, const SurveyedSet *set)
{
    Check here = *check;
    here.n_rows = set->n_rows;
    for (size_t i = 0; i < here.data_set->variables.n; i++) {
        here.variable = &here.data_set->variables.items[i];
        here.data = survey_variable(set, here.variable->name);
        if (!here.data) {
            if (!here.variable->no_data) add_here(&here, "DEFINE-VARIABLE", FINDING_ERROR, STR("the data have no such variable"), "Leave it away, or say HasNoData.");
            continue;
        }
        if (here.data->n_missing < set->n_rows) check_type(&here);
        check_length(&here);
        check_codes(&here);
        check_label(&here);
        check_missing(&here);
    }
    for (size_t i = 0; i < set->n_variables; i++) {
        if (!study_variable(here.data_set, set->variables[i].variable.name))
            add(&here, "DEFINE-VARIABLE", FINDING_ERROR, here.data_set->name, set->variables[i].variable.name, STR("the document does not define the variable"), "Define it: every variable of the data is to be in the document.");
    }
}

static const SurveyedSet *set_named(const DataSurvey *survey, Str name)
{
    for (size_t i = 0; i < survey->n; i++) {
        if (str_equal_fold(survey->sets[i].name, name)) return &survey->sets[i];
    }
    return NULL;
}

void define_data_check(FindingList *findings, const StudyMetadata *study, const DataSurvey *survey)
{
    Check check = {.findings = findings, .study = study};
    for (size_t i = 0; i < study->data_sets.n; i++) {
        check.data_set = &study->data_sets.items[i];
        const SurveyedSet *set = set_named(survey, check.data_set->name);
        if (set) check_set(&check, set);
        else if (!check.data_set->no_data) add(&check, "DEFINE-DATA-SET", FINDING_ERROR, check.data_set->name, STR(""), STR("there is no file of the data set"), "Name its folder with --data, or say HasNoData.");
    }
    for (size_t i = 0; i < survey->n; i++) {
        if (!study_data_set(study, survey->sets[i].name))
            add(&check, "DEFINE-DATA-SET", FINDING_ERROR, survey->sets[i].name, STR(""), STR("the document does not define the data set"), "Define it, or leave its file away.");
    }
}
