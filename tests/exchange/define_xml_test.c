#include "exchange/define_xml.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/map.h"
#include "test.h"

#define CREATED STR("2026-03-01T08:15:30Z")

/* A document as sorted lines, one for each attribute and text, with the path of elements above: each element by its name
 * and its id, or its number among those of its name. Two documents with the same lines say the same. */
typedef struct {
    Str path;
    Map children;
} Level;

STUDY_LIST(Str, Lines);

static int compare_lines(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static Str element_path(Arena *arena, Level *parent, const XmlEvent *event)
{
    static const char *const IDS[] = {"OID", "ItemOID", "ID", "leafID", "CodedValue", "WhereClauseOID", "ItemGroupOID"};
    Str id = STR("");
    for (size_t i = 0; i < sizeof IDS / sizeof IDS[0] && !xml_attribute(event, IDS[i], &id);) i++;
    bool is_new;
    Str key = str_format(arena, STR_FMT "[" STR_FMT "]", STR_ARG(event->name), STR_ARG(id));
    MapEntry *entry = map_put(&parent->children, key, &is_new);
    entry->index++;
    if (entry->index > 1) key = str_format(arena, STR_FMT "%zu", STR_ARG(key), entry->index);
    return str_format(arena, STR_FMT "/" STR_FMT, STR_ARG(parent->path), STR_ARG(key));
}

static bool lines_of(Test *t, Bytes *bytes, Lines *lines)
{
    Error err = {0};
    XmlEvent event;
    Level levels[XML_PULL_MAX_DEPTH + 1] = {0};
    XmlPull *xml = xml_pull_new(t->arena, bytes);
    levels[0].children = map_new(t->arena);
    while (CHECK_OK(t, xml_pull_next(xml, &event, &err), err) && event.kind != XML_PULL_END) {
        Level *level = &levels[event.depth];
        if (event.kind == XML_PULL_ELEMENT) {
            level->path = element_path(t->arena, level - 1, &event);
            level->children = map_new(t->arena);
            *study_list_add(t->arena, lines) = level->path;
        }
        for (size_t i = 0; event.kind == XML_PULL_ELEMENT && i < event.n_attributes; i++) {
            const XmlAttribute *a = &event.attributes[i];
            *study_list_add(t->arena, lines) =
                str_format(t->arena, STR_FMT "/@" STR_FMT "=" STR_FMT, STR_ARG(level->path), STR_ARG(a->name), STR_ARG(a->value));
        }
        if (event.kind == XML_PULL_TEXT && str_trim(event.text).len)
            *study_list_add(t->arena, lines) = str_format(t->arena, STR_FMT "=" STR_FMT, STR_ARG(level->path), STR_ARG(event.text));
    }
    qsort(lines->items, lines->n, sizeof(Str), compare_lines);
    return event.kind == XML_PULL_END;
}

/* Lines of the document, and of what is written after it was read. */
typedef struct {
    Lines want, got;
} Round;

static bool round_trip(Test *t, const char *path, size_t n_unread, size_t n_data_sets, Round *round)
{
    Error err = {0};
    Str file = test_data(t, path);
    if (!file.len) return false;
    StudyMetadata *study;
    DefineUnread unread;
    Buf buf = buf_new(t->arena);
    Bytes *bytes;
    *round = (Round){0};
    if (!CHECK_OK(t, define_read(t->arena, file, &study, &unread, &err), err)) return false;
    CHECK_INT(t, unread.n, n_unread);
    CHECK_INT(t, study->data_sets.n, n_data_sets);
    if (!CHECK_OK(t, define_write_buf(t->arena, study, &(DefineChoices){0}, &buf, &err), err)) return false;
    if (!CHECK_OK(t, bytes_open(t->arena, file, 0, DEFINE_MAX_BYTES, &bytes, &err), err)) return false;
    return lines_of(t, bytes, &round->want) && lines_of(t, bytes_of(t->arena, buf_str(&buf)), &round->got);
}

/* The same lines; says the first that differs. */
static void check_round(Test *t, const char *path, size_t n_data_sets)
{
    Round round;
    if (!round_trip(t, path, 0, n_data_sets, &round)) return;
    CHECK_INT(t, round.got.n, round.want.n);
    for (size_t i = 0; i < round.want.n && i < round.got.n; i++) {
        if (!CHECK_TEXT(t, round.got.items[i], str_c(t->arena, round.want.items[i]))) break;
    }
}

/* Each line of one that the other has not holds one of the parts. */
static void check_only_differ(Test *t, const Lines *lines, const Lines *others, const char *const *parts)
{
    for (size_t i = 0; i < lines->n; i++) {
        bool known = bsearch(&lines->items[i], others->items, others->n, sizeof(Str), compare_lines) != NULL;
        for (size_t k = 0; !known && parts[k]; k++) known = str_find(lines->items[i], str_from(parts[k])) != SIZE_MAX;
        if (!known) {
            CHECK_TEXT(t, lines->items[i], "a line that both have");
            return;
        }
    }
}

static void keeps_cdisc_adam(Test *t)
{
    check_round(t, "standards/define-xml-2.1/examples/defineV21-ADaM.xml", 3);
}

static void keeps_cdisc_sdtm(Test *t)
{
    check_round(t, "standards/define-xml-2.1/examples/defineV21-SDTM.xml", 11);
}

static void keeps_dataset_json_examples(Test *t)
{
    check_round(t, "standards/dataset-json-1.1/examples/adam/define.xml", 12);
    check_round(t, "standards/dataset-json-1.1/examples/sdtm/define.xml", 31);
}

static void reads_version_2_0(Test *t)
{
    static const char *const GONE[] = {"/@Class=", "/MetaDataVersion[MDV.CDISC01.SDTMIG.3.1.2.SDTM.1.2]/@Standard", "/@DefineVersion=", "Origin[]", NULL};
    static const char *const NEW[] = {"/Class[]", "/Standards[]", "/@Context=Other", "/@StandardOID=STD.1", "/@DefineVersion=2.1.0", "Origin[]/@Source=",
                                      "Origin[]/@Type=Collected", NULL};
    Round round;
    if (!round_trip(t, "standards/define-xml-2.0/examples/define2-0-0-example-sdtm.xml", 0, 34, &round)) return;
    check_only_differ(t, &round.want, &round.got, GONE);
    check_only_differ(t, &round.got, &round.want, NEW);
}

static void names_a_fault_of_an_example(Test *t)
{
    Error err = {0};
    StudyMetadata *study;
    DefineUnread unread;
    Buf buf = buf_new(t->arena);
    Str file = test_data(t, "standards/define-xml-2.0/examples/phuse-tdf-sdtm-define.xml");
    if (!file.len || !CHECK_OK(t, define_read(t->arena, file, &study, &unread, &err), err)) return;
    CHECK_INT(t, unread.n, 0);
    CHECK(t, !define_write_buf(t->arena, study, &(DefineChoices){0}, &buf, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "clause \"WC.SUPPLB.QNAM.EQ.ENDPOINT-6f8439fc\" names variable \"IT.SUPPLB.QNAM\", which is not defined");
}

/* A study with something of everything. */
static StudyMetadata *small_study(Test *t)
{
    StudyMetadata *study = study_metadata_new(t->arena);
    study->name = STR("palsy");
    study->description = STR("SIMULATED: marrow cells for children with cerebral palsy, a <single> arm & no control");
    study->created = CREATED;
    study_add_standard(study, STR("ADaMIG"), STR("IG"), STR(""), STR("1.3"));
    *study_list_add(t->arena, &study->supplemental) = (StudyDocument){.leaf = study_add_leaf(study, STR("SAP"), STR("sap.pdf"), STR("Plan"))->id};
    StudyDataSet *adgm = study_add_data_set(study, STR("ADGM"), STR("Motor Function"));
    adgm->class = STR("BASIC DATA STRUCTURE");
    adgm->structure = STR("one record per subject, parameter and visit");
    adgm->purpose = STR("Analysis");
    adgm->standard = STR("STD.1");
    StudyVariable *id = study_add_variable(study, adgm, STR("USUBJID"), STR("Subject"), STUDY_TEXT);
    id->core = STR("Req");
    id->length = 8;
    id->key = 1;
    StudyOrigin *from = study_add_origin(study, id, "Predecessor", "Sponsor", STR("DM.USUBJID"));
    StudyDocument *page = study_list_add(t->arena, &from->documents);
    page->leaf = STR("LF.SAP");
    *study_list_add(t->arena, &page->pages) = (StudyPages){.pages = STR("2 5"), .type = STR("PhysicalRef")};
    StudyCodelist *codes = study_add_codelist(study, STR("PARAMCD"), STR("Parameter"), STUDY_TEXT, NULL);
    study_set_nci(study, &codes->aliases, STR("C999"));
    study_add_code(study, codes, STR("GMFM66"), STR("GMFM-66 score"), STR("C1"))->extended = true;
    study_add_code(study, codes, STR("GMFM88"), STR("GMFM-88 %"), STR(""));
    study_add_codelist(study, STR("MEDDRA"), STR("MedDRA"), STUDY_TEXT, NULL)->dictionary = STR("MedDRA");
    study_add_variable(study, adgm, STR("PARAMCD"), STR("Parameter"), STUDY_TEXT)->codelist = codes->id;
    StudyVariable *aval = study_add_variable(study, adgm, STR("AVAL"), STR("Value"), STUDY_FLOAT);
    aval->digits = STR("2");
    aval->length = 5;
    aval->format = STR("5.2");
    StudyWhere *where;
    StudyVariable *value = study_add_value(study, aval, STR("GMFM66"), STUDY_FLOAT, &where);
    value->method = study_add_method(study, STR("GMFM66"), "Computation", STR("Partial credit model.\nSee the plan."), NULL)->id;
    study_add_check(study, where, STR("IT.ADGM.PARAMCD"), STUDY_EQ, STR("GMFM66"));
    aval->comment = study_add_comment(study, STR("AVAL"), STR("Higher is better."), NULL)->id;
    StudyDisplay *display = study_list_add(t->arena, &study->displays);
    *display = (StudyDisplay){.id = STR("RD.1"), .name = STR("Table 1"), .text = STR("Motor function")};
    StudyResult *result = study_list_add(t->arena, &display->results);
    *result = (StudyResult){.id = STR("AR.1"), .text = STR("Mean change"), .parameter = STR("IT.ADGM.PARAMCD"), .reason = STR("SPECIFIED IN SAP"),
                            .purpose = STR("PRIMARY OUTCOME MEASURE"), .documentation = STR("A paired t test."), .context = STR("YAML"), .code = STR("test: t\n")};
    StudyResultData *data = study_list_add(t->arena, &result->data);
    data->data_set = adgm->id;
    *study_list_add(t->arena, &data->wheres) = where->id;
    *study_list_add(t->arena, &data->variables) = STR("IT.ADGM.AVAL");
    return study;
}

static void keeps_its_own(Test *t)
{
    Error err = {0};
    StudyMetadata *study;
    DefineUnread unread;
    Buf first = buf_new(t->arena), second = buf_new(t->arena);
    if (!CHECK_OK(t, define_write_buf(t->arena, small_study(t), &(DefineChoices){.stylesheet = STR("define.xsl")}, &first, &err), err)) return;
    if (!CHECK_OK(t, define_read_bytes(t->arena, bytes_of(t->arena, buf_str(&first)), &study, &unread, &err), err)) return;
    CHECK_INT(t, unread.n, 0);
    const StudyDataSet *adgm = study_data_set(study, STR("adgm"));
    CHECK_TEXT(t, adgm->repeating, "Yes");
    CHECK_TEXT(t, adgm->leaf.title, "adgm.xpt");
    CHECK_TEXT(t, study_variable(adgm, STR("USUBJID"))->mandatory, "Yes");
    CHECK_TEXT(t, study_variable(adgm, STR("USUBJID"))->origins.items[0].documents.items[0].pages.items[0].pages, "2 5");
    CHECK_TEXT(t, study_variable(adgm, STR("AVAL"))->values.items[0].method, "MT.GMFM66");
    CHECK_TEXT(t, study_where_text(t->arena, study, study_where(study, STR("WC.ADGM.AVAL.GMFM66"))), "PARAMCD = \"GMFM66\"");
    CHECK_TEXT(t, study_codelist(study, STR("CL.PARAMCD"))->codes.items[1].decode, "GMFM-88 %");
    CHECK(t, study_codelist(study, STR("CL.PARAMCD"))->codes.items[0].extended);
    CHECK_TEXT(t, study_method(study, STR("MT.GMFM66"))->text, "Partial credit model.\nSee the plan.");
    CHECK_TEXT(t, study->displays.items[0].results.items[0].code, "test: t\n");
    if (!CHECK_OK(t, define_write_buf(t->arena, study, &(DefineChoices){.stylesheet = STR("define.xsl")}, &second, &err), err)) return;
    CHECK_TEXT(t, buf_str(&second), buf_c(&first));
}

#define HEAD                                                                                                                                       \
    "<ODM xmlns='http://www.cdisc.org/ns/odm/v1.3' xmlns:def='http://www.cdisc.org/ns/def/v2.1' FileOID='a'><Study OID='s'><GlobalVariables><StudyName>" \
    "small</StudyName></GlobalVariables><MetaDataVersion OID='m' Name='m' def:DefineVersion='2.1.0'>"
#define TAIL "</MetaDataVersion></Study></ODM>"

static bool read_text(Test *t, const char *text, StudyMetadata **study, DefineUnread *unread, Error *err)
{
    *err = (Error){0};
    *unread = (DefineUnread){0};
    return define_read_bytes(t->arena, bytes_of(t->arena, str_from(text)), study, unread, err);
}

static void names_what_it_does_not_keep(Test *t)
{
    Error err;
    StudyMetadata *study;
    DefineUnread unread;
    if (!CHECK_OK(t, read_text(t, HEAD "\n<ItemDef OID='i' Name='AGE' DataType='years' Length='-1' x='1'><Question><TranslatedText>Old?</TranslatedText></Question>"
                                       "<Description>old<TranslatedText>Age</TranslatedText><TranslatedText>Alter</TranslatedText></Description></ItemDef>"
                                       "<def:Extra/><def:Extra/>" TAIL,
                               &study, &unread, &err),
                  err))
        return;
    static const char *const WHAT[] = {"attribute DataType \"years\" of ItemDef", "attribute Length \"-1\" of ItemDef", "attribute x of ItemDef",
                                       "element Question in ItemDef", "another TranslatedText", "element Extra in MetaDataVersion"};
    if (!CHECK_INT(t, unread.n, 6)) return;
    for (size_t i = 0; i < 6; i++) CHECK_TEXT(t, unread.items[i].what, WHAT[i]);
    CHECK_INT(t, unread.items[5].n, 2);
    CHECK_INT(t, unread.items[0].line, 2);
    CHECK_TEXT(t, study->loose.items[0].label, "Age");
}

static void refuses_what_is_no_define(Test *t)
{
    Error err;
    StudyMetadata *study;
    DefineUnread unread;
    CHECK(t, !read_text(t, "<html/>", &study, &unread, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the document is no Define-XML: it begins with element \"html\"");
    CHECK(t, !read_text(t, "<ODM xmlns='http://www.cdisc.org/ns/odm/v1.3'/>", &study, &unread, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the document has no metadata of Define-XML 2");
    CHECK(t, !read_text(t, "<ODM xmlns='http://www.cdisc.org/ns/odm/v1.3' xmlns:d='http://www.cdisc.org/ns/def/v2.1'><Study><MetaDataVersion d:DefineVersion='3.0'/></Study></ODM>", &study, &unread, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the document is of Define-XML version \"3.0\"");
    CHECK(t, !read_text(t, HEAD, &study, &unread, &err));
    CHECK_INT(t, err.code, ERROR_MALFORMED);
    CHECK(t, !read_text(t, HEAD "<ItemGroupDef OID='g' Name='DM'><ItemRef ItemOID='none'/></ItemGroupDef>" TAIL, &study, &unread, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "data set \"DM\" names variable \"none\", which is not defined");
    CHECK(t, !read_text(t, HEAD "<ItemDef OID='i' Name='AGE'><def:ValueListRef ValueListOID='v'/></ItemDef>" TAIL, &study, &unread, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "variable \"i\" names value list \"v\", which is not defined");
    CHECK(t, !define_read(t->arena, test_scratch(t, "none.xml"), &study, &unread, &err));
    CHECK_INT(t, err.code, ERROR_IO);
}

/* A value list that leads back to itself ends somewhere. */
static void ends_lists_that_name_themselves(Test *t)
{
    Error err;
    StudyMetadata *study;
    DefineUnread unread;
    Buf buf = buf_new(t->arena);
    if (!CHECK_OK(t, read_text(t, HEAD "<def:ValueListDef OID='v'><ItemRef ItemOID='i'/><ItemRef ItemOID='i'/></def:ValueListDef><ItemGroupDef OID='g' Name='DM'>"
                                       "<ItemRef ItemOID='i'/></ItemGroupDef><ItemDef OID='i' Name='AGE' DataType='text'><def:ValueListRef ValueListOID='v'/></ItemDef>" TAIL,
                               &study, &unread, &err),
                  err))
        return;
    CHECK_TEXT(t, unread.items[0].what, "a value list of values");
    CHECK_INT(t, study_data_set(study, STR("DM"))->variables.items[0].values.n, 2);
    CHECK_OK(t, define_write_buf(t->arena, study, &(DefineChoices){.created = CREATED}, &buf, &err), err);
}

static void refuses_a_study_without_a_name(Test *t)
{
    Error err = {0};
    Buf buf = buf_new(t->arena);
    CHECK(t, !define_write_buf(t->arena, study_metadata_new(t->arena), &(DefineChoices){0}, &buf, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "the study of the metadata has no name");
}

static const TestCase CASES[] = {
    {"a study written and read again is the same", keeps_its_own},
    {"what is not kept is named with its line", names_what_it_does_not_keep},
    {"what is no Define-XML is refused", refuses_what_is_no_define},
    {"value lists that name themselves end", ends_lists_that_name_themselves},
    {"a study needs a name", refuses_a_study_without_a_name},
    {"CDISC's ADaM example says the same when written again", keeps_cdisc_adam},
    {"CDISC's SDTM example says the same when written again", keeps_cdisc_sdtm},
    {"the examples of Dataset-JSON say the same when written again", keeps_dataset_json_examples},
    {"version 2.0 becomes 2.1, and nothing else changes", reads_version_2_0},
    {"a clause of PHUSE's example that leads nowhere is named", names_a_fault_of_an_example},
};

TEST_SUITE(define_xml, CASES);
