/* ODM as its examples and its dialects have it, and what is wrong with others. */
#include <string.h>

#include "base/file.h"
#include "exchange/odm.h"
#include "exchange/table.h"
#include "test.h"

static bool study_of(Arena *arena, Str path, OdmStudy **study, Error *err)
{
    Bytes *bytes;
    return bytes_open(arena, path, 0, (size_t)1 << 30, &bytes, err) && odm_read(arena, bytes, study, err);
}

/* How many of each there are. */
typedef struct {
    size_t n[ODM_VALUE + 1], n_subjects, n_null, n_binary;
} Counts;

static bool count_data(Arena *arena, Bytes *bytes, OdmSkips *skipped, Counts *counts, Error *err)
{
    OdmData *data = odm_data_new(arena, bytes, skipped);
    OdmDatum datum;
    Map subjects = map_new(arena);
    *counts = (Counts){0};
    while (true) {
        if (!odm_data_next(data, &datum, err)) return false;
        if (datum.kind == ODM_END) break;
        counts->n[datum.kind]++;
        counts->n_null += datum.is_null;
        counts->n_binary += datum.kind == ODM_VALUE && datum.is_binary;
        if (!map_get(&subjects, datum.subject)) map_put(&subjects, str_copy(arena, datum.subject), NULL);
    }
    counts->n_subjects = subjects.n;
    return true;
}

/* --- the examples --- */

static void the_examples_hold_what_they_hold(Test *t)
{
    /* counted by an XML query of the files: definitions, then what the data have */
    static const struct {
        const char *path;
        size_t n_events, n_forms, n_groups, n_items, n_codelists, n_units, n_conditions, n_methods;
        size_t n_subjects, n_form_data, n_group_data, n_values;
    } EXAMPLES[] = {
        {"odm-1.3.2/examples/MetaData_Dave_1_3_2.xml", 5, 7, 14, 63, 12, 7, 13, 1, 0, 0, 0, 0},
        {"odm-1.3.2/examples/openedc-metadata.xml", 3, 5, 9, 28, 4, 5, 7, 2, 0, 0, 0, 0},
        {"odm-1.3.2/examples/openedc-clinicaldata.xml", 0, 0, 0, 0, 0, 0, 0, 0, 90, 366, 595, 1684},
        {"odm-1.3.2/examples/Hypercholesterolemia_CV_Risk_factors_FH_CRF_1_3_2.xml", 1, 1, 2, 7, 3, 0, 0, 0, 1, 1, 4, 28},
        {"redcap/arm-single-longitudinal/project.xml", 3, 1, 2, 5, 1, 0, 0, 0, 3, 9, 18, 41},
        {"redcap/checkboxes-1/project.xml", 0, 2, 4, 13, 11, 0, 0, 0, 4, 8, 15, 50},
        {"redcap/clinical-trial-1/project.xml", 0, 1, 2, 13, 4, 0, 0, 0, 500, 500, 1000, 6500},
        {"redcap/longitudinal/project.xml", 12, 9, 30, 124, 70, 0, 0, 0, 3, 40, 113, 406},
        {"redcap/repeating-instruments/project.xml", 0, 2, 4, 13, 5, 0, 0, 0, 2, 6, 12, 34},
        {"redcap/simple/project.xml", 0, 3, 10, 26, 12, 0, 0, 0, 5, 15, 50, 128},
        {"redcap/validation-types-1/project.xml", 0, 1, 6, 53, 8, 0, 0, 0, 1, 1, 4, 6},
    };
    for (size_t i = 0; i < sizeof EXAMPLES / sizeof EXAMPLES[0]; i++) {
        Str path = test_data(t, str_format(t->arena, "standards/%s", EXAMPLES[i].path).data);
        OdmStudy *study;
        Bytes *bytes;
        Counts counts = {0};
        Error err = {0};
        if (path.len == 0) return;
        if (!CHECK_OK(t, study_of(t->arena, path, &study, &err), err)) continue;
        if (!CHECK_OK(t, bytes_open(t->arena, path, 0, (size_t)1 << 30, &bytes, &err) && count_data(t->arena, bytes, NULL, &counts, &err), err)) continue;
        size_t got[] = {study->events.n, study->forms.n, study->groups.n, study->items.n, study->codelists.n, study->units.n, study->conditions.n, study->methods.n,
                        counts.n_subjects, counts.n[ODM_FORM], counts.n[ODM_GROUP], counts.n[ODM_VALUE]};
        const size_t *want = &EXAMPLES[i].n_events;
        for (size_t k = 0; k < 12; k++)
            if (!CHECK_INT(t, got[k], want[k])) CHECK_TEXT(t, str_format(t->arena, "%s, count %zu", EXAMPLES[i].path, k), "as counted");
        CHECK_INT(t, counts.n[ODM_FORM_END], counts.n[ODM_FORM]);
        CHECK_INT(t, counts.n[ODM_GROUP_END], counts.n[ODM_GROUP]);
        CHECK_INT(t, study->missing.n, 0);
    }
}

static void the_first_example_says_what_it_asks(Test *t)
{
    Str path = test_data(t, "standards/odm-1.3.2/examples/MetaData_Dave_1_3_2.xml");
    OdmStudy *study;
    Error err = {0};
    if (path.len == 0 || !CHECK_OK(t, study_of(t->arena, path, &study, &err), err)) return;
    CHECK_TEXT(t, study->name, "CDISC Example Study");
    CHECK_TEXT(t, study->events.items[0].oid, "BASELINE");
    const OdmItem *item = odm_item(study, STR("I_SYSBP"));
    if (!CHECK(t, item != NULL)) return;
    CHECK_TEXT(t, odm_text(&item->question, STR("de")), "Systolischer Blutdruck");
    CHECK_TEXT(t, odm_text(&item->question, STR("")), "Systolic blood pressure");
    CHECK_TEXT(t, odm_text(&odm_unit(study, STR("MU_POUNDS"))->symbol, STR("fr")), "livres");
    CHECK_INT(t, item->length, 3);
    CHECK_INT(t, item->digits, -1);
    CHECK_INT(t, item->checks.n, 1);
    CHECK_TEXT(t, item->checks.items[0].comparator, "LT");
    CHECK_TEXT(t, item->checks.items[0].values.items[0], "180");
    CHECK(t, !item->checks.items[0].is_soft);
    const OdmItem *sex = odm_item(study, STR("I_SEX"));
    CHECK_INT(t, sex->codelist->codes.n, 2);
    CHECK_TEXT(t, sex->codelist->codes.items[0].code, "M");
    CHECK_TEXT(t, odm_text(&sex->codelist->codes.items[0].decode, STR("fr")), "Masculin");
    const OdmForm *form = odm_form(study, STR("F_AE"));
    CHECK(t, form->repeats);
    CHECK(t, form->fields.items[5].mandatory || form->fields.n > 5);
    bool has_condition = false;
    for (size_t i = 0; i < form->fields.n; i++)
        for (int k = 0; k < 3; k++) has_condition |= form->fields.items[i].not_when[k] != NULL;
    CHECK(t, has_condition);
}

/* --- documents of our own --- */

#define ODM(inside)    "<?xml version='1.0'?>\n<ODM xmlns='http://www.cdisc.org/ns/odm/v1.3' xmlns:OpenClinica='urn:oc' FileOID='F' FileType='Snapshot'>\n" inside "</ODM>\n"
#define STUDY(inside)  "<Study OID='S'><GlobalVariables><StudyName>Own</StudyName></GlobalVariables><MetaDataVersion OID='M' Name='m'>" inside "</MetaDataVersion></Study>\n"
#define DATA(inside)   "<ClinicalData StudyOID='S' MetaDataVersionOID='M'>\n" inside "</ClinicalData>\n"

/* Definitions in no order, as dialects have them. */
#define METADATA                                                                                              \
    "<ItemDef OID='IT.AGE' Name='AGE' DataType='integer'><Question><TranslatedText xml:lang='en'>Age,\n in years</TranslatedText></Question>"            \
    "<RangeCheck Comparator='GE' SoftHard='Hard'><CheckValue>18</CheckValue></RangeCheck></ItemDef>"          \
    "<CodeList OID='CL.YN' Name='yn' DataType='text'><CodeListItem CodedValue='Y'><Decode><TranslatedText>Yes</TranslatedText></Decode></CodeListItem>"  \
    "<EnumeratedItem CodedValue='N'/></CodeList>"                                                             \
    "<ItemDef OID='IT.OK' Name='Is it well?' DataType='text'><CodeListRef CodeListOID='CL.YN'/></ItemDef>"    \
    "<ItemDef OID='IT.WHICH' Name='WHICH' DataType='integer'><OpenClinica:MultiSelectListRef MultiSelectListID='MS'/></ItemDef>"                         \
    "<ItemDef OID='IT.TERM' Name='TERM' DataType='text'/><ItemDef OID='IT.DAY' Name='DAY' DataType='date'/>"  \
    "<OpenClinica:MultiSelectList ID='MS' Name='ms' DataType='integer'><OpenClinica:MultiSelectListItem CodedOptionValue='1'><Decode><TranslatedText>One"  \
    "</TranslatedText></Decode></OpenClinica:MultiSelectListItem></OpenClinica:MultiSelectList>"              \
    "<ItemGroupDef OID='IG.1' Name='one' Repeating='No'><ItemRef ItemOID='IT.OK' Mandatory='Yes' OrderNumber='2' CollectionExceptionConditionOID='C'/>"  \
    "<ItemRef ItemOID='IT.AGE' Mandatory='Yes' OrderNumber='1'/><ItemRef ItemOID='IT.WHICH' Mandatory='No' OrderNumber='3'/></ItemGroupDef>"             \
    "<ItemGroupDef OID='IG.AE' Name='events' SASDatasetName='AE' Repeating='Yes'><ItemRef ItemOID='IT.TERM' Mandatory='Yes'/><ItemRef ItemOID='IT.DAY' "   \
    "Mandatory='No'/></ItemGroupDef><FormDef OID='FO.1' Name='first' Repeating='No'><Description><TranslatedText>The first</TranslatedText></Description>" \
    "<ItemGroupRef ItemGroupOID='IG.1' Mandatory='Yes'/><ItemGroupRef ItemGroupOID='IG.AE' Mandatory='No'/></FormDef>"                                   \
    "<ConditionDef OID='C' Name='young'><Description><TranslatedText>Under age</TranslatedText></Description><FormalExpression Context='x'>AGE &lt; 18"  \
    "</FormalExpression></ConditionDef><Protocol><StudyEventRef StudyEventOID='E2'/><StudyEventRef StudyEventOID='E1'/></Protocol>"                      \
    "<StudyEventDef OID='E1' Name='Later' Repeating='No' Type='Scheduled'><FormRef FormOID='FO.1' Mandatory='Yes'/></StudyEventDef>"                     \
    "<StudyEventDef OID='E2' Name='Sooner' Repeating='Yes' Type='Unscheduled'/><Alias Context='a' Name='b'/><Alias Context='a' Name='c'/>"

#define ONE_SUBJECT                                                                                           \
    "<SubjectData SubjectKey='SS_1' OpenClinica:StudySubjectID='001'><SiteRef LocationOID='L1'/>\n"           \
    "<StudyEventData StudyEventOID='E1' OpenClinica:StartDate='2026-01-02'><FormData FormOID='FO.1'><ItemGroupData ItemGroupOID='IG.1'>\n"               \
    "<ItemData ItemOID='IT.AGE' Value='42'/><ItemDataString ItemOID='IT.OK'> Y </ItemDataString><ItemData ItemOID='IT.WHICH' Value='1,2'/></ItemGroupData>\n" \
    "<ItemGroupData ItemGroupOID='IG.AE' ItemGroupRepeatKey='1'><ItemData ItemOID='IT.TERM'><Value>Fall</Value></ItemData>"                              \
    "<ItemData ItemOID='IT.DAY' Value='2026-01-02'><AuditRecord/></ItemData></ItemGroupData>\n"               \
    "<ItemGroupData ItemGroupOID='IG.AE' ItemGroupRepeatKey='2'><ItemData ItemOID='IT.TERM' Value='Cough'/><ItemData ItemOID='IT.DAY' IsNull='Yes'/>"    \
    "</ItemGroupData></FormData></StudyEventData></SubjectData>\n"

static Str written(Test *t, const char *content)
{
    Str path = test_scratch(t, "made.xml");
    Error err = {0};
    CHECK_OK(t, file_write(t->arena, path, str_from(content), &err), err);
    return path;
}

/* The whole file as lines: table: names; then each row's cells. */
static bool tables_of(Arena *arena, Str path, Buf *lines, Error *err)
{
    TableReader *reader;
    const TableMember *member;
    const TableCell *cells;
    if (!table_open(arena, path, &reader, err)) return false;
    while (true) {
        if (!table_next_member(reader, &member, err)) return false;
        if (!member) return true;
        buf_format(lines, STR_FMT ":", STR_ARG(member->name));
        for (size_t i = 0; i < member->n_variables; i++) buf_format(lines, " " STR_FMT "(%s)", STR_ARG(member->variables[i].name), table_type_word(member->variables[i].type));
        buf_char(lines, '\n');
        size_t n_rows = 0;
        while (true) {
            if (!table_next_row(reader, &cells, err)) return false;
            if (!cells) break;
            n_rows++;
            for (size_t i = 0; i < member->n_variables; i++) {
                buf_char(lines, i ? '|' : ' ');
                if (cells[i].missing) buf_char(lines, '.');
                else if (table_is_number(&member->variables[i])) buf_number(lines, cells[i].number);
                else buf_add(lines, cells[i].text);
            }
            buf_char(lines, '\n');
        }
        if (n_rows != member->n_rows) return error_set(err, ERROR_INCONSISTENT, "rows announced and given differ");
    }
}

static void check_tables(Test *t, const char *content, const char *want)
{
    Buf lines = buf_new(t->arena);
    Error err = {0};
    if (CHECK_OK(t, tables_of(t->arena, written(t, content), &lines, &err), err)) CHECK_TEXT(t, buf_str(&lines), want);
}

static void a_form_is_a_table_and_a_repeating_group_another(Test *t)
{
    check_tables(t, ODM(STUDY(METADATA) DATA(ONE_SUBJECT)),
                 "first: SUBJECT(string) SUBJID(string) SITE(string) EVENT(string) EVENTDAT(string) AGE(integer) IT_OK(string) WHICH(string)\n"
                 " SS_1|001|L1|E1|2026-01-02|42|Y|1,2\n"
                 "AE: SUBJECT(string) SUBJID(string) SITE(string) EVENT(string) EVENTDAT(string) GROUPREP(string) TERM(string) DAY(date)\n"
                 " SS_1|001|L1|E1|2026-01-02|1|Fall|2026-01-02\n SS_1|001|L1|E1|2026-01-02|2|Cough|.\n");
}

static void metadata_are_read_in_any_order(Test *t)
{
    OdmStudy *study;
    Error err = {0};
    if (!CHECK_OK(t, study_of(t->arena, written(t, ODM(STUDY(METADATA) DATA(ONE_SUBJECT))), &study, &err), err)) return;
    const OdmForm *form = odm_form(study, STR("FO.1"));
    CHECK_TEXT(t, study->events.items[0].oid, "E2");
    CHECK(t, study->events.items[0].repeats && !study->events.items[1].repeats);
    if (!CHECK_INT(t, form->fields.n, 5)) return;
    CHECK_TEXT(t, form->fields.items[0].oid, "IT.AGE");
    CHECK_TEXT(t, odm_text(&form->fields.items[1].not_when[1]->description, STR("")), "Under age");
    CHECK_TEXT(t, form->fields.items[1].item->codelist->codes.items[1].code, "N");
    CHECK(t, form->fields.items[2].item->codelist->many);
    CHECK(t, form->fields.items[1].mandatory && !form->fields.items[2].mandatory);
    CHECK(t, study->has_data);
    if (!CHECK_INT(t, study->skipped.n, 1)) return;
    CHECK_TEXT(t, study->skipped.items[0].element, "Alias");
    CHECK_TEXT(t, study->skipped.items[0].parent, "MetaDataVersion");
    CHECK_INT(t, study->skipped.items[0].n, 2);
    CHECK_INT(t, study->skipped.items[0].first_line, 4);
}

static void data_before_metadata_are_understood(Test *t)
{
    Buf after = buf_new(t->arena), before = buf_new(t->arena);
    Error err = {0};
    if (!CHECK_OK(t, tables_of(t->arena, written(t, ODM(STUDY(METADATA) DATA(ONE_SUBJECT))), &after, &err), err)) return;
    if (!CHECK_OK(t, tables_of(t->arena, written(t, ODM(DATA(ONE_SUBJECT) STUDY(METADATA))), &before, &err), err)) return;
    CHECK_TEXT(t, buf_str(&before), buf_c(&after));
}

static void a_group_that_repeats_undeclared_is_a_table_too(Test *t)
{
    check_tables(t, ODM(DATA("<SubjectData SubjectKey='1'><FormData FormOID='F'><ItemGroupData ItemGroupOID='A'><ItemData ItemOID='X' Value='1'/></ItemGroupData>"
                             "<ItemGroupData ItemGroupOID='B'><ItemData ItemOID='Y' Value='007'/></ItemGroupData><ItemGroupData ItemGroupOID='B'>"
                             "<ItemData ItemOID='Y' Value='8'/></ItemGroupData></FormData></SubjectData>")),
                 "F: SUBJECT(string) X(double)\n 1|1\nB: SUBJECT(string) Y(string)\n 1|007\n 1|8\n");
}

static void shapes_of_later_versions_are_read(Test *t)
{
    check_tables(t, ODM(DATA("<SubjectData SubjectKey='1'><StudyEventData StudyEventOID='E'><ItemGroupData ItemGroupOID='F'><ItemData ItemOID='Z'><Value>z</Value></ItemData>"
                             "<ItemGroupData ItemGroupOID='A' ItemGroupRepeatKey='1'><ItemData ItemOID='X'><Value>1</Value></ItemData></ItemGroupData>"
                             "<ItemGroupData ItemGroupOID='A' ItemGroupRepeatKey='2'><ItemData ItemOID='X'><Value>2</Value></ItemData></ItemGroupData>"
                             "</ItemGroupData></StudyEventData></SubjectData>")),
                 "F: SUBJECT(string) EVENT(string) Z(string)\n 1|E|z\nA: SUBJECT(string) EVENT(string) GROUPREP(string) X(double)\n 1|E|1|1\n 1|E|2|2\n");
}

static void transactions_are_told_and_removed_values_missing(Test *t)
{
    check_tables(t, ODM(DATA("<SubjectData SubjectKey='1' TransactionType='Insert'><FormData FormOID='F' TransactionType='Insert'><ItemGroupData ItemGroupOID='G'>"
                             "<ItemData ItemOID='X' Value='a'/></ItemGroupData></FormData></SubjectData>"
                             "<SubjectData SubjectKey='1' TransactionType='Context'><FormData FormOID='F' TransactionType='Update'><ItemGroupData ItemGroupOID='G'>"
                             "<ItemData ItemOID='X' Value='b' TransactionType='Remove'/></ItemGroupData></FormData></SubjectData>")),
                 "F: SUBJECT(string) TRANSACT(string) X(string)\n 1|Insert|a\n 1|Update|.\n");
}

static void names_are_unique_and_values_that_do_not_fit_make_a_text(Test *t)
{
    TableReader *reader;
    const Str *notes;
    Error err = {0};
    const char *content = ODM(STUDY("<ItemDef OID='a.b' Name='x' DataType='integer'/><ItemDef OID='a-b' Name='SUBJECT' DataType='date'/><ItemDef OID='c' DataType='boolean'/>"
                                    "<ItemGroupDef OID='G'><ItemRef ItemOID='a.b'/><ItemRef ItemOID='a-b'/><ItemRef ItemOID='c'/><ItemRef ItemOID='gone'/></ItemGroupDef>"
                                    "<FormDef OID='9' Name='a form'><ItemGroupRef ItemGroupOID='G'/></FormDef>")
                              DATA("<SubjectData SubjectKey='1'><FormData FormOID='9'><ItemGroupData ItemGroupOID='G'><ItemData ItemOID='a.b' Value='many'/>"
                                   "<ItemData ItemOID='a-b' Value='2026-02-30'/><ItemData ItemOID='c' Value='true'/>"
                                   "<ItemDataBase64Binary ItemOID='pic'>QUJD</ItemDataBase64Binary></ItemGroupData></FormData></SubjectData>"));
    check_tables(t, content, "X9: SUBJECT(string) x(string) SUBJECT_2(string) c(boolean) gone(string) pic(string)\n 1|many|2026-02-30|1|.|.\n");
    if (!CHECK_OK(t, table_open(t->arena, written(t, content), &reader, &err), err)) return;
    if (!CHECK_INT(t, table_notes(reader, &notes), 4)) return;
    CHECK_TEXT(t, notes[0], "X9, a.b: 1 of 1 values is no integer, first on line 5; the column is text");
    CHECK_TEXT(t, notes[2], "referred to, not defined: item \"gone\"");
    CHECK_TEXT(t, notes[3], "the content of 1 file is not read, only the names");
}

static void what_is_no_odm_is_refused_with_its_line(Test *t)
{
    static const struct {
        const char *content, *message, *place;
    } BROKEN[] = {
        {"<CDISC><ODM ></ODM></CDISC>", "the root is \"CDISC\"", "line 1"},
        {ODM(STUDY(METADATA) DATA("<SubjectData SubjectKey='1'>\n<FormData>")), "not XML", "line 7"},
        {ODM(DATA("<FormData FormOID='F'/>")), "outside any subject", "line 4"},
        {ODM(DATA("<SubjectData SubjectKey='1'><ItemData ItemOID='X' Value='1'/></SubjectData>")), "outside any form", "line 4"},
        {ODM(DATA("<SubjectData SubjectKey='1'><FormData FormOID='F'><FormData FormOID='F'/></FormData></SubjectData>")), "within a form", "line 4"},
        {"<!DOCTYPE ODM [<!ENTITY a 'b'>]>\n<ODM >&a;</ODM>", "DOCTYPE", "line 1"},
        {ODM(STUDY("<ItemGroupDef OID='G'><ItemGroupRef ItemGroupOID='G'/></ItemGroupDef><FormDef OID='F'><ItemGroupRef ItemGroupOID='G'/></FormDef>")), "deeper than 20", "form \"F\""},
    };
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) {
        Error err = {0};
        Buf lines = buf_new(t->arena);
        CHECK(t, !tables_of(t->arena, written(t, BROKEN[i].content), &lines, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, BROKEN[i].message);
        CHECK_ERROR(t, err, ERROR_MALFORMED, BROKEN[i].place);
    }
}

static void groups_that_multiply_come_to_an_end(Test *t)
{
    Buf buf = buf_new(t->arena);
    OdmStudy *study;
    Error err = {0};
    buf_add_c(&buf, "<ODM ><Study OID='S'><MetaDataVersion OID='M'>");
    for (int i = 0; i < 19; i++) {
        buf_format(&buf, "<ItemGroupDef OID='%d'>", i);
        for (int k = 0; k < 10; k++) buf_format(&buf, "<ItemGroupRef ItemGroupOID='%d'/>", i + 1);
        buf_add_c(&buf, "</ItemGroupDef>");
    }
    buf_add_c(&buf, "<ItemGroupDef OID='19'/><FormDef OID='F'><ItemGroupRef ItemGroupOID='0'/></FormDef></MetaDataVersion></Study></ODM>");
    CHECK(t, !odm_read(t->arena, bytes_of(t->arena, buf_str(&buf)), &study, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "1,000,000");
}

static void only_odm_is_taken_for_it(Test *t)
{
    CHECK(t, odm_is_mine(STR("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- ODM --><odm:ODM\nxmlns:odm='x'>")));
    CHECK(t, odm_is_mine((Str){"\xff\xfe<\0O\0D\0M\0>\0", 12}));
    CHECK(t, !odm_is_mine(STR("<ODMX >")));
    CHECK(t, !odm_is_mine(STR("ODM >")));
    CHECK(t, !odm_is_mine(STR("<ODM xmlns:def=\"http://www.cdisc.org/ns/def/v2.1\">")));
}

static void boxes_are_told_by_their_choice(Test *t)
{
    OdmCodelist list = {.checkbox_choices = STR("1, one|A-b, two, or more | 3")};
    OdmItem item = {.name = STR("field___a_b"), .codelist = &list};
    Str code, label;
    CHECK(t, odm_checkbox_choice(&item, &code, &label));
    CHECK_TEXT(t, code, "A-b");
    CHECK_TEXT(t, label, "two, or more");
    CHECK_TEXT(t, odm_label(t->arena, &item, STR("")), "field___a_b: two, or more");
    item.name = STR("field___3");
    CHECK(t, odm_checkbox_choice(&item, &code, &label));
    CHECK_TEXT(t, label, "3");
    item.name = STR("field");
    CHECK(t, !odm_checkbox_choice(&item, &code, &label));
}

static const TestCase CASES[] = {
    {"the examples hold what they hold", the_examples_hold_what_they_hold},
    {"the first example says what it asks", the_first_example_says_what_it_asks},
    {"a form is a table, and a repeating group another", a_form_is_a_table_and_a_repeating_group_another},
    {"metadata are read in any order", metadata_are_read_in_any_order},
    {"data before metadata are understood", data_before_metadata_are_understood},
    {"a group that repeats undeclared is a table too", a_group_that_repeats_undeclared_is_a_table_too},
    {"shapes of later versions are read", shapes_of_later_versions_are_read},
    {"transactions are told, and removed values missing", transactions_are_told_and_removed_values_missing},
    {"names are unique, and values that do not fit make a text", names_are_unique_and_values_that_do_not_fit_make_a_text},
    {"what is no ODM is refused with its line", what_is_no_odm_is_refused_with_its_line},
    {"groups that multiply come to an end", groups_that_multiply_come_to_an_end},
    {"only ODM is taken for it", only_odm_is_taken_for_it},
    {"boxes are told by their choice", boxes_are_told_by_their_choice},
};
TEST_SUITE(odm, CASES);
