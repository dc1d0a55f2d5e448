/* REDCap's data dictionary, its logic, and the draft made from them. */
#include "base/file.h"
#include "exchange/redcap_draft.h"
#include "exchange/redcap_logic.h"
#include "protocol/check.h"
#include "test.h"

#define HEADER "Variable / Field Name,Form Name,Field Type,Field Label,\"Choices, Calculations, OR Slider Labels\"," \
               "Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,Identifier?," \
               "Branching Logic (Show field only if...),Required Field?\n"

static const char SMALL[] =
    HEADER "id,base,text,Record,,,,,,,\n"
           "born,base,text,Born,,date_dmy,1990-01-01,,y,,y\n"
           "sex,base,radio,Sex,\"1, Female | 2, Male, or so\",,,,,,\n"
           "pain,base,checkbox,Where,\"a, Arm|-1, Leg\",,,,,\"[sex] = '1'\",\n"
           "hello,base,descriptive,Hello,,,,,,,\n"
           "kg,walk,text,Weight,,number_1dp,2,120.5,,,\n"
           "bmi,walk,calc,BMI,[kg]/2,,,,,\"datediff([born],'today','y') > 3\",\n"
           "mood,walk,slider,Mood,sad | | glad,,,,,\"[kg] > \"\"3\"\" and [pain(a)] = \"\"1\"\"\",\n"
           "scan,walk,file,Scan,,,,,,\"[sex] <> ''\",\n"
           "ok,walk,yesno,Well?,,,,,,,\n";

static bool parse(Test *t, const char *text, RedcapDictionary *dictionary, Error *err)
{
    return redcap_dictionary_parse(t->arena, str_from(text), dictionary, err);
}

static void fields_are_read(Test *t)
{
    Error err = {0};
    RedcapDictionary d;
    if (!CHECK_OK(t, parse(t, SMALL, &d, &err), err)) return;
    CHECK_INT(t, d.n_fields, 10);
    CHECK_INT(t, d.n_forms, 2);
    CHECK_TEXT(t, d.forms[1], "walk");
    CHECK(t, d.fields[1].identifier && d.fields[1].required && !d.fields[2].required);
    CHECK_INT(t, d.fields[2].codes.n, 2);
    CHECK_TEXT(t, d.fields[2].codes.codes[1], "2");
    CHECK_TEXT(t, d.fields[2].codes.labels[1], "Male, or so");
    CHECK_TEXT(t, d.fields[3].codes.codes[1], "-1");
    CHECK_TEXT(t, d.fields[5].max, "120.5");
    CHECK_INT(t, d.fields[5].line, 7);
}

static void both_headers_mean_the_same(Test *t)
{
    Error err = {0};
    RedcapDictionary d;
    const char *text = "field_name\tform_name\tfield_type\tfield_label\tselect_choices_or_calculations\tidentifier\n"
                       "id\tbase\ttext\tNA\tNA\tNA\nna\tbase\ttext\t\"NA\"\tNA\ty\n";
    if (!CHECK_OK(t, parse(t, text, &d, &err), err)) return;
    CHECK_TEXT(t, d.fields[0].label, "");
    CHECK_TEXT(t, d.fields[1].label, "NA");
    CHECK(t, d.fields[1].identifier && !d.fields[0].identifier);
}

static void what_is_wrong_is_said_with_its_place(Test *t)
{
    static const struct {
        const char *text, *says, *place, *hint;
    } ROWS[] = {
        {"a|b\n1|2\n", "there is no column \"Variable / Field Name\"", "line 1", "separated by commas"},
        {"a,b\n1,2\n", "there is no column", "line 1", "field_name"},
        {HEADER, "the dictionary has no field", "", "Data Dictionary"},
        {HEADER "id,base,txt,X,,,,,,,\n", "\"txt\" is no type of a field", "line 2, column \"Field Type\"", "Did you mean \"text\"?"},
        {HEADER "Id,base,text,X,,,,,,,\n", "\"Id\" cannot be the name of a field", "line 2, column \"Variable / Field Name\"", "small letters"},
        {HEADER "id,base,text,X,,,,,,,\nid,base,text,X,,,,,,,\n", "the field \"id\" stands twice", "line 3", ""},
        {HEADER "id,,text,X,,,,,,,\n", "belongs to no form", "line 2, column \"Form Name\"", ""},
        {HEADER "id,base,radio,X,,,,,,,\n", "there is nothing to choose from", "line 2, column \"Choices", "0, No | 1, Yes"},
        {HEADER "id,base,radio,X,\"1, A | 1, B\",,,,,,\n", "the code \"1\" stands twice", "line 2, column \"Choices", "renumber"},
        {HEADER "id,base,radio,X,\"1, A | , B\",,,,,,\n", "the choice \", B\" has no code", "line 2", "0, No"},
        {HEADER "id,base\n", "2 fields", "line 2", ""},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Error err = {0};
        RedcapDictionary d;
        CHECK(t, !parse(t, ROWS[i].text, &d, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, ROWS[i].says);
        CHECK_ERROR(t, err, ERROR_MALFORMED, ROWS[i].place);
        CHECK_ERROR(t, err, ERROR_MALFORMED, ROWS[i].hint);
    }
}

static void events_and_forms_must_belong_together(Test *t)
{
    Error err = {0};
    RedcapProject project = {0};
    if (!CHECK_OK(t, parse(t, SMALL, &project.dictionary, &err), err)) return;
    CHECK_OK(t, redcap_arms_parse(t->arena, STR("arm_num,name\n1,One\n"), &project, &err), err);
    CHECK_OK(t, redcap_events_parse(t->arena, STR("event_name,arm_num,day_offset,offset_min,offset_max,unique_event_name\nStart,1,-2,0,3,start_arm_1\nEnd,1,9,,,end_arm_1\n"), &project, &err), err);
    CHECK_INT(t, project.events[0].day, -2);
    CHECK_INT(t, project.events[0].after, 3);
    CHECK(t, !redcap_mapping_parse(t->arena, STR("arm_num,unique_event_name,form\n1,strat_arm_1,base\n"), &project, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "there is no event \"strat_arm_1\"");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "Did you mean \"start_arm_1\"?");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "line 2, column \"unique_event_name\"");
    CHECK(t, !redcap_mapping_parse(t->arena, STR("arm_num,unique_event_name,form\n1,start_arm_1,walks\n"), &project, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "there is no form \"walks\"");
    CHECK(t, !redcap_events_parse(t->arena, STR("event_name,arm_num,day_offset,unique_event_name\nA,1,soon,a_arm_1\n"), &project, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "\"soon\" is no number of days");
    CHECK(t, !redcap_events_parse(t->arena, STR("event_name,arm_num,unique_event_name\nA,1,start_arm_1\nB,1,start_arm_1\n"), &project, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the event \"start_arm_1\" stands twice");
}

static bool find(void *from, Str field, Str choice, Str *item, bool *is_number)
{
    (void)from;
    *is_number = str_equal(field, STR("kg"));
    *item = *is_number ? STR("KG") : choice.len ? STR("PAIN___A") : STR("SEX");
    return !str_equal(field, STR("elsewhere"));
}

static void logic_becomes_a_condition(Test *t)
{
    static const struct {
        const char *logic, *condition;
    } ROWS[] = {
        {"[sex] = \"0\"", "SEX = '0'"},
        {"[sex]='0' AND ([kg]>\"3\" or 4 <= [kg])", "SEX = '0' AND (KG > 3 OR 4 <= KG)"},
        {"[sex] = 1", "SEX = '1'"},
        {"[pain(a)] != '1'", "PAIN___A <> '1'"},
        {"[sex] = \"\" or [kg] <> ''", "SEX IS NULL OR KG IS NOT NULL"},
        {"not ([kg] * 2 > 7.5)", "NOT (KG * 2 > 7.5)"},
        {"[elsewhere] = 1", NULL},
        {"[start_arm_1][sex] = 1", NULL},
        {"round([kg]) = 1", NULL},
        {"[sex", NULL},
        {"[sex] = 'x", NULL},
        {"[sex] = \"it's\"", NULL},
        {"[kg] > 'heavy'", NULL},
        {"", NULL},
    };
    RedcapNames names = {find, NULL};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Str condition;
        bool translated = redcap_logic_translate(t->arena, str_from(ROWS[i].logic), &names, &condition);
        CHECK(t, translated == (ROWS[i].condition != NULL));
        if (translated && ROWS[i].condition) CHECK_TEXT(t, condition, ROWS[i].condition);
    }
}

static bool drafted(Test *t, const RedcapProject *project, const RedcapChoices *choices, Str *text, Protocol *protocol, ProblemList *problems)
{
    Error err = {0};
    Draft draft;
    Buf buf = buf_new(t->arena);
    if (!CHECK_OK(t, redcap_draft(t->arena, project, choices, &draft, &err), err)) return false;
    draft_write(&draft, &buf);
    *text = buf_str(&buf);
    *problems = problems_new(t->arena);
    if (!CHECK(t, protocol_read(t->arena, *text, protocol, problems))) return false;
    protocol_check(t->arena, protocol, problems);
    return true;
}

static void a_dictionary_becomes_forms(Test *t)
{
    Error err = {0};
    RedcapProject project = {0};
    RedcapChoices choices = {0};
    Protocol protocol;
    ProblemList problems;
    Str text;
    if (!CHECK_OK(t, parse(t, SMALL, &project.dictionary, &err), err) || !drafted(t, &project, &choices, &text, &protocol, &problems)) return;
    const Form *base = protocol_form(&protocol, STR("base")), *walk = protocol_form(&protocol, STR("walk"));
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 5);      /* title, design, arms, sites, consent */
    if (!CHECK(t, base && walk && base->items.n == 4 && walk->items.n == 5)) return;
    CHECK_TEXT(t, protocol.eligibility.form, "base");
    CHECK_TEXT(t, base->items.items[0].id, "BORN");
    CHECK(t, base->items.items[0].type == COLUMN_DATE && base->items.items[0].required);
    CHECK_TEXT(t, base->items.items[0].checks.items[0].condition, "BORN >= '1990-01-01'");
    CHECK_TEXT(t, base->items.items[3].id, "PAIN____1");
    CHECK_TEXT(t, base->items.items[3].checks.items[0].condition, "PAIN____1 IS NOT '1' OR (SEX = '1')");
    CHECK_TEXT(t, walk->items.items[0].checks.items[0].condition, "KG BETWEEN 2 AND 120.5");
    CHECK(t, walk->items.items[0].decimals == 1 && walk->items.items[0].checks.items[0].severity == CHECK_SOFT);
    CHECK(t, walk->items.items[1].type == COLUMN_NUMBER && walk->items.items[1].checks.n == 0);
    CHECK_TEXT(t, walk->items.items[2].checks.items[0].condition, "MOOD IS NULL OR (KG > 3 AND PAIN___A = '1')");
    CHECK(t, walk->items.items[2].range.high == 100);
    CHECK_TEXT(t, walk->items.items[3].checks.items[0].condition, "SCAN IS NULL OR (SEX IS NOT NULL)");
    CHECK(t, str_find(text, STR("# decide: asked in REDCap only if datediff([born],'today','y') > 3\n")) != SIZE_MAX);
    CHECK(t, str_find(text, STR("# identifies a person")) != SIZE_MAX);
    CHECK(t, str_find(text, STR("# shown: Hello")) != SIZE_MAX);
}

static void a_repeating_form_must_be_there(Test *t)
{
    Error err = {0};
    RedcapProject project = {0};
    Draft draft;
    Str names[] = {STR("wlak")};
    RedcapChoices choices = {.repeating = {1, names}};
    if (!CHECK_OK(t, parse(t, SMALL, &project.dictionary, &err), err)) return;
    CHECK(t, !redcap_draft(t->arena, &project, &choices, &draft, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "no form \"wlak\"");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "Did you mean \"walk\"?");
}

/* fields, forms, items of the draft, of the real projects */
static void real_dictionaries_are_drafted(Test *t)
{
    static const struct {
        const char *path;
        int n_fields, n_forms, n_items;
    } PROJECTS[] = {
        {"standards/redcap/arm-single-longitudinal/dictionary.csv", 4, 1, 3}, {"standards/redcap/checkboxes-1/dictionary.csv", 4, 2, 10},
        {"standards/redcap/clinical-trial-1/dictionary.csv", 12, 1, 11},      {"standards/redcap/longitudinal/dictionary.csv", 95, 9, 114},
        {"standards/redcap/repeating-instruments/dictionary.csv", 11, 2, 10}, {"standards/redcap/simple/dictionary.csv", 16, 3, 20},
        {"standards/redcap/simple/metadata.csv", 16, 3, 20},                  {"standards/redcap/validation-types-1/dictionary.csv", 50, 1, 50},
    };
    for (size_t i = 0; i < sizeof PROJECTS / sizeof PROJECTS[0]; i++) {
        Error err = {0};
        RedcapProject project = {0};
        RedcapChoices choices = {0};
        Protocol protocol;
        ProblemList problems;
        Str content, text, path = test_data(t, PROJECTS[i].path);
        size_t n_items = 0;
        if (!path.len) return;
        if (!CHECK_OK(t, file_read(t->arena, path, 1 << 20, &content, &err), err) || !CHECK_OK(t, parse(t, content.data, &project.dictionary, &err), err)
            || !drafted(t, &project, &choices, &text, &protocol, &problems)) continue;
        for (size_t k = 0; k < protocol.forms.n; k++)
            if (!form_item(&protocol.forms.items[k], STR("SCREENING_NOTE"))) n_items += protocol.forms.items[k].items.n;
        CHECK_INT(t, project.dictionary.n_fields, PROJECTS[i].n_fields);
        CHECK_INT(t, project.dictionary.n_forms, PROJECTS[i].n_forms);
        CHECK_INT(t, n_items, PROJECTS[i].n_items);
        CHECK_INT(t, problems.count[PROBLEM_ERROR], 5);
    }
}

static const TestCase CASES[] = {
    {"fields are read", fields_are_read},
    {"both headers mean the same", both_headers_mean_the_same},
    {"what is wrong is said with its place", what_is_wrong_is_said_with_its_place},
    {"events and forms must belong together", events_and_forms_must_belong_together},
    {"logic becomes a condition", logic_becomes_a_condition},
    {"a dictionary becomes forms", a_dictionary_becomes_forms},
    {"a repeating form must be there", a_repeating_form_must_be_there},
    {"real dictionaries are drafted", real_dictionaries_are_drafted},
};
TEST_SUITE(redcap, CASES);
