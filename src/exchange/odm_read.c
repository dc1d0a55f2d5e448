/* Metadata: which attributes and children each element has is said in tables; a function stands only where a table cannot
 * say it. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "exchange/odm.h"

#define MAX_SKIPPED       ((size_t)1000)
#define MAX_MISSING       ((size_t)100)
#define MAX_GROUP_LEVELS  20

struct OdmIndex {
    Map units, events, forms, groups, items, codelists, conditions, methods, missing;
    OdmStrs event_order;
};

typedef struct {
    Arena *arena;
    XmlPull *xml;
    OdmStudy *study;
    size_t n, n_bytes;                /* definitions and the like; bytes of their texts */
    bool is_done;                     /* clinical data follow, and metadata came before */
} Reader;

/* --- attributes --- */

typedef enum { A_TEXT, A_YES, A_UNLESS_NO, A_NUMBER, A_SOFT, A_FORM } Content;

typedef struct {
    const char *name;
    Content content;
    size_t offset;
} Attribute;

static Str keep(Reader *r, Str text)
{
    r->n_bytes += text.len;
    return text.len ? str_copy(r->arena, text) : STR("");
}

static Str keep_attribute(Reader *r, const XmlEvent *event, const char *name)
{
    Str value;
    xml_attribute(event, name, &value);
    return keep(r, value);
}

static int number_of(Str text)
{
    int64_t value;
    return integer_parse(text, &value) && value >= 0 && value <= INT_MAX ? (int)value : -1;
}

static void take_attributes(Reader *r, const XmlEvent *event, const Attribute *rows, size_t n, void *object)
{
    for (size_t i = 0; i < n; i++) {
        Str value;
        bool is_given = xml_attribute(event, rows[i].name, &value);
        void *to = (char *)object + rows[i].offset;
        switch (rows[i].content) {
        case A_TEXT:
            if (is_given || ((Str *)to)->data == NULL) *(Str *)to = keep(r, value);
            break;
        case A_YES: *(bool *)to = str_equal_fold(value, STR("Yes")) || str_equal(value, STR("y")); break;
        case A_UNLESS_NO: *(bool *)to = value.len && !str_equal_fold(value, STR("No")); break;
        case A_SOFT: *(bool *)to = str_equal_fold(value, STR("Soft")); break;
        case A_FORM: *(bool *)to = str_equal_fold(value, STR("Form")); break;
        case A_NUMBER: *(int *)to = number_of(value); break;
        }
    }
}

#define TAKE(r, event, rows, object)  take_attributes(r, event, rows, sizeof(rows) / sizeof((rows)[0]), object)

/* --- elements --- */

typedef bool (*ReadElement)(Reader *r, const XmlEvent *event, void *object, Error *err);

typedef struct {
    const char *name;
    ReadElement read;                 /* to the element's end */
} Element;

void odm_note_skipped(Arena *arena, OdmSkips *skipped, const XmlEvent *event, Str parent)
{
    for (size_t i = 0; i < skipped->n; i++) {
        OdmSkipped *row = &skipped->items[i];
        size_t after = event->prefix.len ? event->prefix.len + 1 : 0;
        if (row->element.len == after + event->name.len && str_ends(row->element, event->name) && str_starts(row->element, event->prefix)
            && str_equal(row->parent, parent)) {
            row->n++;
            return;
        }
    }
    if (skipped->n == MAX_SKIPPED) {
        skipped->items[MAX_SKIPPED - 1].n++;
        return;
    }
    ARENA_PUSH_ROOM(arena, skipped->items, skipped->n, skipped->capacity);
    OdmSkipped *row = &skipped->items[skipped->n++];
    *row = (OdmSkipped){.parent = str_copy(arena, parent), .n = 1, .first_line = event->line};
    row->element = event->prefix.len ? str_format(arena, STR_FMT ":" STR_FMT, STR_ARG(event->prefix), STR_ARG(event->name)) : str_copy(arena, event->name);
    if (skipped->n == MAX_SKIPPED) row->element = STR("(others)");
}

static bool within_limits(Reader *r, const XmlEvent *event, Error *err)
{
    if (++r->n <= ODM_MAX_DEFINITIONS && r->n_bytes <= ODM_MAX_METADATA) return true;
    error_set(err, ERROR_MALFORMED, r->n > ODM_MAX_DEFINITIONS ? "there are more than 1,000,000 definitions" : "the metadata are longer than 256 MiB");
    return error_in(err, "line %zu", event->line);
}

static bool read_children(Reader *r, Str parent, const Element *rows, size_t n, void *object, Error *err)
{
    XmlEvent event;
    while (!r->is_done) {
        if (!xml_pull_next(r->xml, &event, err)) return false;
        if (event.kind == XML_PULL_ELEMENT_END || event.kind == XML_PULL_END) return true;
        if (event.kind == XML_PULL_TEXT) continue;
        size_t i = 0;
        while (i < n && !xml_is(&event, rows[i].name)) i++;
        if (!within_limits(r, &event, err)) return false;
        if (i == n) {
            odm_note_skipped(r->arena, &r->study->skipped, &event, parent);
            if (!xml_pull_skip(r->xml, err)) return false;
        } else if (!rows[i].read(r, &event, object, err)) return false;
    }
    return true;
}

#define CHILDREN(r, event, rows, object, err)  read_children(r, (event)->name, rows, sizeof(rows) / sizeof((rows)[0]), object, err)

#define PUSH(r, list)  push_room(r, (list), &(list)->n, &(list)->capacity, (void **)&(list)->items, sizeof *(list)->items)

/* An empty member at the end of a list. */
static void *push_room(Reader *r, const void *list, size_t *n, size_t *capacity, void **items, size_t size)
{
    (void)list;
    if (*n == *capacity) {
        size_t wanted = *capacity ? 2 * *capacity : 4;
        *items = arena_grow(r->arena, *items, *capacity * size, wanted * size);
        *capacity = wanted;
    }
    void *member = (char *)*items + (*n)++ * size;
    memset(member, 0, size);
    return member;
}

static bool take_text(Reader *r, Str *to, Error *err)
{
    Str text;
    if (!xml_pull_text(r->xml, &text, err)) return false;
    *to = keep(r, str_trim(text));
    return true;
}

/* TranslatedText, or text right here as ODM 1.2 has it. object: OdmTexts. */
static bool read_texts(Reader *r, const XmlEvent *opened, void *object, Error *err)
{
    OdmTexts *texts = object;
    XmlEvent event;
    (void)opened;
    while (true) {
        if (!xml_pull_next(r->xml, &event, err)) return false;
        if (event.kind == XML_PULL_ELEMENT_END) return true;
        Str text = str_trim(event.text);
        if (event.kind == XML_PULL_TEXT && !text.len) continue;
        if (!within_limits(r, &event, err)) return false;
        OdmText *to = PUSH(r, texts);
        if (event.kind == XML_PULL_TEXT) *to = (OdmText){STR(""), keep(r, text)};
        else {
            Str language;
            xml_attribute(&event, "lang", &language);
            to->language = keep(r, language);
            if (!take_text(r, &to->text, err)) return false;
        }
    }
}

/* Files a definition that stands last in its list: one that had the OID before gives way. */
#define FILE_LAST(map, list)                                                                                  \
    do {                                                                                                      \
        bool is_new_;                                                                                         \
        size_t last_ = (list)->n - 1;                                                                         \
        if (!(list)->items[last_].oid.len) break;                                                             \
        MapEntry *entry_ = map_put(map, (list)->items[last_].oid, &is_new_);                                  \
        if (is_new_) entry_->index = last_;                                                                   \
        else (list)->items[entry_->index] = (list)->items[last_], (list)->n--;                                \
    } while (0)

static const Attribute REF_ATTRIBUTES[] = {
    {"Mandatory", A_YES, offsetof(OdmRef, mandatory)},
    {"CollectionExceptionConditionOID", A_TEXT, offsetof(OdmRef, condition_oid)},
    {"MethodOID", A_TEXT, offsetof(OdmRef, method_oid)},
    {"OrderNumber", A_NUMBER, offsetof(OdmRef, order)},
};

static bool push_ref(Reader *r, const XmlEvent *event, OdmRefs *refs, const char *oid, bool is_group, Error *err)
{
    OdmRef *ref = PUSH(r, refs);
    ref->is_group = is_group;
    ref->oid = keep_attribute(r, event, oid);
    TAKE(r, event, REF_ATTRIBUTES, ref);
    return xml_pull_skip(r->xml, err);
}

/* --- basic definitions --- */

static bool read_unit(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Attribute ATTRIBUTES[] = {{"OID", A_TEXT, offsetof(OdmUnit, oid)}, {"Name", A_TEXT, offsetof(OdmUnit, name)}};
    static const Element ROWS[] = {{"Symbol", read_texts}};
    OdmUnits *units = &r->study->units;
    OdmUnit *unit = PUSH(r, units);
    (void)object;
    TAKE(r, event, ATTRIBUTES, unit);
    if (!CHILDREN(r, event, ROWS, &unit->symbol, err)) return false;
    FILE_LAST(&r->study->index->units, units);
    return true;
}

static bool read_basic(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Element ROWS[] = {{"MeasurementUnit", read_unit}};
    return CHILDREN(r, event, ROWS, object, err);
}

static bool read_study_name(Reader *r, const XmlEvent *event, void *object, Error *err) { (void)event, (void)object; return take_text(r, &r->study->name, err); }
static bool read_study_words(Reader *r, const XmlEvent *event, void *object, Error *err) { (void)event, (void)object; return take_text(r, &r->study->description, err); }
static bool read_protocol_name(Reader *r, const XmlEvent *event, void *object, Error *err) { (void)event, (void)object; return take_text(r, &r->study->protocol_name, err); }

static bool read_repeating(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    OdmStrs *forms = &r->study->redcap_repeating;
    (void)object;
    *(Str *)PUSH(r, forms) = keep_attribute(r, event, "RepeatInstrument");
    return xml_pull_skip(r->xml, err);
}

static bool read_repeating_forms(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Element ROWS[] = {{"RepeatingInstrument", read_repeating}};
    return CHILDREN(r, event, ROWS, object, err);
}

/* REDCap says here which forms repeat. */
static bool read_repeats(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Element ROWS[] = {{"RepeatingInstruments", read_repeating_forms}};
    return CHILDREN(r, event, ROWS, object, err);
}

static bool read_globals(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Element ROWS[] = {{"StudyName", read_study_name}, {"StudyDescription", read_study_words}, {"ProtocolName", read_protocol_name},
                                   {"RepeatingInstrumentsAndEvents", read_repeats}};
    return CHILDREN(r, event, ROWS, object, err);
}

/* --- events, forms, groups --- */

static bool read_event_order(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    OdmStrs *order = &r->study->index->event_order;
    (void)object;
    *(Str *)PUSH(r, order) = keep_attribute(r, event, "StudyEventOID");
    return xml_pull_skip(r->xml, err);
}

static bool read_protocol(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Element ROWS[] = {{"StudyEventRef", read_event_order}};
    return CHILDREN(r, event, ROWS, object, err);
}

static bool event_description(Reader *r, const XmlEvent *event, void *object, Error *err) { return read_texts(r, event, &((OdmStudyEvent *)object)->description, err); }
static bool event_form(Reader *r, const XmlEvent *event, void *object, Error *err) { return push_ref(r, event, &((OdmStudyEvent *)object)->refs, "FormOID", false, err); }
static bool event_group(Reader *r, const XmlEvent *event, void *object, Error *err) { return push_ref(r, event, &((OdmStudyEvent *)object)->refs, "ItemGroupOID", true, err); }

static bool read_event(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Attribute ATTRIBUTES[] = {
        {"OID", A_TEXT, offsetof(OdmStudyEvent, oid)}, {"Name", A_TEXT, offsetof(OdmStudyEvent, name)}, {"Type", A_TEXT, offsetof(OdmStudyEvent, type)},
        {"Repeating", A_UNLESS_NO, offsetof(OdmStudyEvent, repeats)}, {"UniqueEventName", A_TEXT, offsetof(OdmStudyEvent, redcap_name)}, {"EventName", A_TEXT, offsetof(OdmStudyEvent, redcap_title)},
        {"ArmNum", A_TEXT, offsetof(OdmStudyEvent, arm_number)}, {"ArmName", A_TEXT, offsetof(OdmStudyEvent, arm_name)},
        {"DayOffset", A_TEXT, offsetof(OdmStudyEvent, day)}, {"OffsetMin", A_TEXT, offsetof(OdmStudyEvent, before)},
        {"OffsetMax", A_TEXT, offsetof(OdmStudyEvent, after)}};
    static const Element ROWS[] = {{"Description", event_description}, {"FormRef", event_form}, {"ItemGroupRef", event_group}};
    OdmStudyEvents *events = &r->study->events;
    OdmStudyEvent *study_event = PUSH(r, events);
    (void)object;
    TAKE(r, event, ATTRIBUTES, study_event);
    if (!CHILDREN(r, event, ROWS, study_event, err)) return false;
    FILE_LAST(&r->study->index->events, events);
    return true;
}

static bool form_description(Reader *r, const XmlEvent *event, void *object, Error *err) { return read_texts(r, event, &((OdmForm *)object)->description, err); }
static bool form_group(Reader *r, const XmlEvent *event, void *object, Error *err) { return push_ref(r, event, &((OdmForm *)object)->refs, "ItemGroupOID", true, err); }
static bool form_item(Reader *r, const XmlEvent *event, void *object, Error *err) { return push_ref(r, event, &((OdmForm *)object)->refs, "ItemOID", false, err); }

static bool read_form(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Attribute ATTRIBUTES[] = {{"OID", A_TEXT, offsetof(OdmForm, oid)}, {"Name", A_TEXT, offsetof(OdmForm, name)},
                                           {"FormName", A_TEXT, offsetof(OdmForm, redcap_name)}, {"Repeating", A_UNLESS_NO, offsetof(OdmForm, repeats)}};
    static const Element ROWS[] = {{"Description", form_description}, {"ItemGroupRef", form_group}, {"ItemRef", form_item}};
    OdmForms *forms = &r->study->forms;
    OdmForm *form = PUSH(r, forms);
    (void)object;
    TAKE(r, event, ATTRIBUTES, form);
    if (!CHILDREN(r, event, ROWS, form, err)) return false;
    FILE_LAST(&r->study->index->forms, forms);
    return true;
}

static bool group_description(Reader *r, const XmlEvent *event, void *object, Error *err) { return read_texts(r, event, &((OdmGroup *)object)->description, err); }
static bool group_group(Reader *r, const XmlEvent *event, void *object, Error *err) { return push_ref(r, event, &((OdmGroup *)object)->refs, "ItemGroupOID", true, err); }
static bool group_item(Reader *r, const XmlEvent *event, void *object, Error *err) { return push_ref(r, event, &((OdmGroup *)object)->refs, "ItemOID", false, err); }

static bool read_group(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Attribute ATTRIBUTES[] = {{"OID", A_TEXT, offsetof(OdmGroup, oid)}, {"Name", A_TEXT, offsetof(OdmGroup, name)},
                                           {"SASDatasetName", A_TEXT, offsetof(OdmGroup, sas_name)}, {"Repeating", A_UNLESS_NO, offsetof(OdmGroup, repeats)},
                                           {"Type", A_FORM, offsetof(OdmGroup, is_form)}};
    static const Element ROWS[] = {{"Description", group_description}, {"ItemRef", group_item}, {"ItemGroupRef", group_group}};
    OdmGroups *groups = &r->study->groups;
    OdmGroup *group = PUSH(r, groups);
    (void)object;
    TAKE(r, event, ATTRIBUTES, group);
    if (!CHILDREN(r, event, ROWS, group, err)) return false;
    FILE_LAST(&r->study->index->groups, groups);
    return true;
}

/* --- items --- */

static bool push_expression(Reader *r, const XmlEvent *event, OdmExpressions *expressions, Error *err)
{
    OdmExpression *expression = PUSH(r, expressions);
    expression->context = keep_attribute(r, event, "Context");
    return take_text(r, &expression->text, err);
}

static bool check_value(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    OdmStrs *values = &((OdmRangeCheck *)object)->values;
    (void)event;
    return take_text(r, PUSH(r, values), err);
}
static bool check_expression(Reader *r, const XmlEvent *event, void *object, Error *err) { return push_expression(r, event, &((OdmRangeCheck *)object)->expressions, err); }
static bool check_message(Reader *r, const XmlEvent *event, void *object, Error *err) { return read_texts(r, event, &((OdmRangeCheck *)object)->message, err); }

static bool check_unit(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    ((OdmRangeCheck *)object)->unit_oid = keep_attribute(r, event, "MeasurementUnitOID");
    return xml_pull_skip(r->xml, err);
}

static bool item_check(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Attribute ATTRIBUTES[] = {{"Comparator", A_TEXT, offsetof(OdmRangeCheck, comparator)}, {"SoftHard", A_SOFT, offsetof(OdmRangeCheck, is_soft)}};
    static const Element ROWS[] = {{"CheckValue", check_value}, {"FormalExpression", check_expression}, {"ErrorMessage", check_message}, {"MeasurementUnitRef", check_unit}};
    OdmRangeChecks *checks = &((OdmItem *)object)->checks;
    OdmRangeCheck *check = PUSH(r, checks);
    TAKE(r, event, ATTRIBUTES, check);
    return CHILDREN(r, event, ROWS, check, err);
}

static bool item_question(Reader *r, const XmlEvent *event, void *object, Error *err) { return read_texts(r, event, &((OdmItem *)object)->question, err); }
static bool item_description(Reader *r, const XmlEvent *event, void *object, Error *err) { return read_texts(r, event, &((OdmItem *)object)->description, err); }

static bool item_unit(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    OdmStrs *units = &((OdmItem *)object)->unit_oids;
    *(Str *)PUSH(r, units) = keep_attribute(r, event, "MeasurementUnitOID");
    return xml_pull_skip(r->xml, err);
}

static bool item_codelist(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    Str oid;
    OdmItem *item = object;
    if (!xml_attribute(event, "CodeListOID", &oid)) xml_attribute(event, "MultiSelectListID", &oid);
    item->codelist_oid = keep(r, oid);
    return xml_pull_skip(r->xml, err);
}

static bool read_item(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Attribute ATTRIBUTES[] = {
        {"OID", A_TEXT, offsetof(OdmItem, oid)}, {"Name", A_TEXT, offsetof(OdmItem, name)}, {"DataType", A_TEXT, offsetof(OdmItem, data_type)},
        {"SASFieldName", A_TEXT, offsetof(OdmItem, sas_name)}, {"SDSVarName", A_TEXT, offsetof(OdmItem, sds_name)},
        {"Length", A_NUMBER, offsetof(OdmItem, length)}, {"SignificantDigits", A_NUMBER, offsetof(OdmItem, digits)},
        {"Variable", A_TEXT, offsetof(OdmItem, redcap.variable)}, {"FieldType", A_TEXT, offsetof(OdmItem, redcap.field_type)},
        {"TextValidationType", A_TEXT, offsetof(OdmItem, redcap.validation)}, {"FieldNote", A_TEXT, offsetof(OdmItem, redcap.note)},
        {"SectionHeader", A_TEXT, offsetof(OdmItem, redcap.section)}, {"Calculation", A_TEXT, offsetof(OdmItem, redcap.calculation)},
        {"BranchingLogic", A_TEXT, offsetof(OdmItem, redcap.branching)}, {"Identifier", A_TEXT, offsetof(OdmItem, redcap.identifier)},
        {"SliderLabels", A_TEXT, offsetof(OdmItem, redcap.slider_labels)}, {"MatrixGroupName", A_TEXT, offsetof(OdmItem, redcap.matrix)},
        {"FieldAnnotation", A_TEXT, offsetof(OdmItem, redcap.annotation)}, {"RequiredField", A_YES, offsetof(OdmItem, redcap.required)}};
    static const Element ROWS[] = {{"Question", item_question}, {"Description", item_description}, {"MeasurementUnitRef", item_unit}, {"RangeCheck", item_check},
                                   {"CodeListRef", item_codelist}, {"MultiSelectListRef", item_codelist}};
    OdmItems *items = &r->study->items;
    OdmItem *item = PUSH(r, items);
    (void)object;
    item->line = event->line;
    TAKE(r, event, ATTRIBUTES, item);
    if (!CHILDREN(r, event, ROWS, item, err)) return false;
    FILE_LAST(&r->study->index->items, items);
    return true;
}

/* --- codelists, conditions, methods --- */

static bool push_code(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Element ROWS[] = {{"Decode", read_texts}};
    OdmCodes *codes = &((OdmCodelist *)object)->codes;
    OdmCode *code = PUSH(r, codes);
    Str value;
    if (!xml_attribute(event, "CodedValue", &value)) xml_attribute(event, "CodedOptionValue", &value);
    code->code = keep(r, value);
    return CHILDREN(r, event, ROWS, &code->decode, err);
}

static bool read_codelist(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Attribute ATTRIBUTES[] = {{"OID", A_TEXT, offsetof(OdmCodelist, oid)}, {"ID", A_TEXT, offsetof(OdmCodelist, oid)}, {"Name", A_TEXT, offsetof(OdmCodelist, name)},
                                           {"DataType", A_TEXT, offsetof(OdmCodelist, data_type)}, {"CheckboxChoices", A_TEXT, offsetof(OdmCodelist, checkbox_choices)}};
    static const Element ROWS[] = {{"CodeListItem", push_code}, {"EnumeratedItem", push_code}, {"MultiSelectListItem", push_code}};
    OdmCodelists *codelists = &r->study->codelists;
    OdmCodelist *codelist = PUSH(r, codelists);
    (void)object;
    codelist->many = xml_is(event, "MultiSelectList");
    TAKE(r, event, ATTRIBUTES, codelist);
    if (!CHILDREN(r, event, ROWS, codelist, err)) return false;
    FILE_LAST(&r->study->index->codelists, codelists);
    return true;
}

static bool rule_description(Reader *r, const XmlEvent *event, void *object, Error *err) { return read_texts(r, event, &((OdmRule *)object)->description, err); }
static bool rule_expression(Reader *r, const XmlEvent *event, void *object, Error *err) { return push_expression(r, event, &((OdmRule *)object)->expressions, err); }

static bool read_rule(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Attribute ATTRIBUTES[] = {{"OID", A_TEXT, offsetof(OdmRule, oid)}, {"Name", A_TEXT, offsetof(OdmRule, name)}};
    static const Element ROWS[] = {{"Description", rule_description}, {"FormalExpression", rule_expression}};
    bool is_condition = xml_is(event, "ConditionDef");
    OdmRules *rules = is_condition ? &r->study->conditions : &r->study->methods;
    OdmRule *rule = PUSH(r, rules);
    (void)object;
    TAKE(r, event, ATTRIBUTES, rule);
    if (!CHILDREN(r, event, ROWS, rule, err)) return false;
    FILE_LAST(is_condition ? &r->study->index->conditions : &r->study->index->methods, rules);
    return true;
}

/* --- the document --- */

static bool read_metadata(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Attribute ATTRIBUTES[] = {{"OID", A_TEXT, offsetof(OdmStudy, metadata_oid)}, {"Name", A_TEXT, offsetof(OdmStudy, metadata_name)}};
    static const Element ROWS[] = {{"Protocol", read_protocol}, {"StudyEventDef", read_event}, {"FormDef", read_form}, {"ItemGroupDef", read_group}, {"ItemDef", read_item},
                                   {"CodeList", read_codelist}, {"MultiSelectList", read_codelist}, {"ConditionDef", read_rule}, {"MethodDef", read_rule}};
    TAKE(r, event, ATTRIBUTES, r->study);
    return CHILDREN(r, event, ROWS, object, err);
}

static bool pass_data(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    (void)event, (void)object;
    r->study->has_data = true;
    r->is_done = r->study->items.n + r->study->forms.n > 0;
    return r->is_done || xml_pull_skip(r->xml, err);
}

static bool read_study(Reader *r, const XmlEvent *event, void *object, Error *err)
{
    static const Attribute ATTRIBUTES[] = {{"OID", A_TEXT, offsetof(OdmStudy, study_oid)}};
    static const Element ROWS[] = {{"GlobalVariables", read_globals}, {"BasicDefinitions", read_basic}, {"MetaDataVersion", read_metadata}, {"ClinicalData", pass_data}};
    TAKE(r, event, ATTRIBUTES, r->study);
    return CHILDREN(r, event, ROWS, object, err);
}

static bool read_document(Reader *r, Error *err)
{
    static const Attribute ATTRIBUTES[] = {
        {"FileOID", A_TEXT, offsetof(OdmStudy, file_oid)}, {"FileType", A_TEXT, offsetof(OdmStudy, file_type)}, {"ODMVersion", A_TEXT, offsetof(OdmStudy, version)},
        {"SourceSystem", A_TEXT, offsetof(OdmStudy, system)}, {"SourceSystemVersion", A_TEXT, offsetof(OdmStudy, system_version)},
        {"CreationDateTime", A_TEXT, offsetof(OdmStudy, created)}, {"Granularity", A_TEXT, offsetof(OdmStudy, granularity)}};
    static const Element ROWS[] = {{"Study", read_study}, {"ClinicalData", pass_data}};
    XmlEvent event;
    do
        if (!xml_pull_next(r->xml, &event, err)) return false;
    while (event.kind == XML_PULL_TEXT);
    if (!xml_is(&event, "ODM")) {
        error_set(err, ERROR_MALFORMED, "the root is \"" STR_FMT "\", not \"ODM\"", STR_ARG(event.name));
        return error_in(err, "line %zu", event.line);
    }
    TAKE(r, &event, ATTRIBUTES, r->study);
    if (!CHILDREN(r, &event, ROWS, r->study, err)) return false;
    /* what follows the root is looked at too: it may be broken */
    return r->is_done || xml_pull_next(r->xml, &event, err);
}

/* --- what refers to what --- */

static int compare_refs(const void *a, const void *b)
{
    const OdmRef *one = a, *other = b;
    return (one->order > other->order) - (one->order < other->order);
}

/* By their order numbers, when each has one of its own. */
static void sort_refs(OdmRefs *refs)
{
    for (size_t i = 0; i < refs->n; i++)
        if (refs->items[i].order < 0) return;
    for (size_t i = 1; i < refs->n; i++)
        if (refs->items[i].order < refs->items[i - 1].order) {
            OdmRef *sorted = refs->items;
            qsort(sorted, refs->n, sizeof *sorted, compare_refs);
            return;
        }
}

static void *found(const Map *map, Str oid, void *items, size_t size)
{
    const MapEntry *entry = map_get(map, oid);
    return entry ? (char *)items + entry->index * size : NULL;
}

static void note_missing(Reader *r, const char *what, Str oid)
{
    bool is_new;
    OdmStudy *study = r->study;
    if (study->missing.n == MAX_MISSING) return;
    Str sentence = str_format(r->arena, "%s \"" STR_FMT "\"", what, STR_ARG(oid));
    map_put(&study->index->missing, sentence, &is_new);
    if (is_new) *(Str *)PUSH(r, &study->missing) = sentence;
}

static const OdmRule *condition_of(Reader *r, Str oid)
{
    const OdmStudy *study = r->study;
    const OdmRule *rule = found(&study->index->conditions, oid, study->conditions.items, sizeof(OdmRule));
    if (oid.len && !rule) note_missing(r, "condition", oid);
    return rule;
}

static void add_field(Reader *r, OdmForm *form, OdmField field, const OdmRef *ref, size_t level)
{
    const OdmStudy *study = r->study;
    field.oid = ref->oid;
    field.mandatory = ref->mandatory;
    field.item = odm_item(study, ref->oid);
    if (level < 3) field.not_when[level] = condition_of(r, ref->condition_oid);
    field.method = found(&study->index->methods, ref->method_oid, study->methods.items, sizeof(OdmRule));
    if (!field.item) note_missing(r, "item", ref->oid);
    if (ref->method_oid.len && !field.method) note_missing(r, "method", ref->method_oid);
    *(OdmField *)PUSH(r, &form->fields) = field;
}

static bool add_fields(Reader *r, OdmForm *form, const OdmRefs *refs, OdmField around, size_t level, Error *err)
{
    for (size_t i = 0; i < refs->n; i++) {
        const OdmRef *ref = &refs->items[i];
        OdmField field = around;
        if (++r->n > ODM_MAX_DEFINITIONS) return error_set(err, ERROR_MALFORMED, "forms hold more than 1,000,000 items");
        if (!ref->is_group) {
            add_field(r, form, field, ref, level);
            continue;
        }
        field.group = odm_group(r->study, ref->oid);
        if (level < 3) field.not_when[level] = condition_of(r, ref->condition_oid);
        if (!field.group) {
            note_missing(r, "item group", ref->oid);
            continue;
        }
        if (level == MAX_GROUP_LEVELS) {
            error_set(err, ERROR_MALFORMED, "item groups lie within each other deeper than 20 levels");
            return error_in(err, "item group \"" STR_FMT "\"", STR_ARG(ref->oid));
        }
        if (!add_fields(r, form, &field.group->refs, field, level + 1, err)) return false;
    }
    return true;
}

/* A group that stands for a form, as ODM 2.0 has it, becomes one. */
static void add_form_of_group(Reader *r, const OdmGroup *group)
{
    OdmStudy *study = r->study;
    if (odm_form(study, group->oid)) return;
    OdmForms *forms = &study->forms;
    OdmForm *form = PUSH(r, forms);
    *form = (OdmForm){.oid = group->oid, .name = group->name, .redcap_name = STR(""), .repeats = group->repeats, .description = group->description, .refs = group->refs};
    FILE_LAST(&study->index->forms, forms);
}

static void sort_events(Reader *r)
{
    OdmStudy *study = r->study;
    struct OdmIndex *index = study->index;
    OdmStudyEvents sorted = {0};
    Map placed = map_new(r->arena);
    bool is_new;
    for (size_t i = 0; i < index->event_order.n; i++) {
        const OdmStudyEvent *event = odm_event(study, index->event_order.items[i]);
        if (!event) note_missing(r, "event", index->event_order.items[i]);
        else if (map_put(&placed, event->oid, &is_new), is_new) *(OdmStudyEvent *)PUSH(r, &sorted) = *event;
    }
    for (size_t i = 0; i < study->events.n; i++)
        if (!map_get(&placed, study->events.items[i].oid)) *(OdmStudyEvent *)PUSH(r, &sorted) = study->events.items[i];
    study->events = sorted;
    index->events = map_new(r->arena);
    for (size_t i = 0; i < sorted.n; i++) map_put(&index->events, sorted.items[i].oid, NULL)->index = i;
}

static bool resolve(Reader *r, Error *err)
{
    OdmStudy *study = r->study;
    for (size_t i = 0; i < study->items.n; i++) {
        OdmItem *item = &study->items.items[i];
        item->codelist = found(&study->index->codelists, item->codelist_oid, study->codelists.items, sizeof(OdmCodelist));
        if (item->codelist_oid.len && !item->codelist) note_missing(r, "codelist", item->codelist_oid);
        for (size_t k = 0; k < item->unit_oids.n; k++)
            if (!odm_unit(study, item->unit_oids.items[k])) note_missing(r, "unit", item->unit_oids.items[k]);
    }
    sort_events(r);
    for (size_t i = 0; i < study->groups.n; i++) sort_refs(&study->groups.items[i].refs);
    for (size_t i = 0; i < study->groups.n; i++)
        if (study->groups.items[i].is_form) add_form_of_group(r, &study->groups.items[i]);
    for (size_t i = 0; i < study->events.n; i++) {
        OdmRefs *refs = &study->events.items[i].refs;
        sort_refs(refs);
        for (size_t k = 0; k < refs->n; k++) {
            const OdmGroup *group = refs->items[k].is_group ? odm_group(study, refs->items[k].oid) : NULL;
            if (group) add_form_of_group(r, group);
            if (!odm_form(study, refs->items[k].oid)) note_missing(r, "form", refs->items[k].oid);
        }
    }
    for (size_t i = 0; i < study->forms.n; i++) {
        OdmForm *form = &study->forms.items[i];
        sort_refs(&form->refs);
        if (!add_fields(r, form, &form->refs, (OdmField){0}, 0, err)) return error_in(err, "form \"" STR_FMT "\"", STR_ARG(form->oid));
    }
    return true;
}

bool odm_is_mine(Str head)
{
    static const char TAG[] = "ODM";
    size_t matched = 0;
    bool is_odm = false;
    if (str_find(head, STR("cdisc.org/ns/def/")) != SIZE_MAX) return false;             /* Define-XML */
    for (size_t i = 0, before = 0; i < head.len && !is_odm; i++) {
        unsigned char c = (unsigned char)head.data[i];
        if (c == 0) continue;                                                           /* UTF-16 */
        if (matched == 3) is_odm = strchr(" \t\r\n>/", c) != NULL;
        matched = c == (unsigned char)TAG[matched % 3] && (matched || before == '<' || before == ':') ? matched + 1 : 0;
        before = c;
    }
    return is_odm;
}

bool odm_read(Arena *arena, Bytes *bytes, OdmStudy **study, Error *err)
{
    Reader r = {.arena = arena, .xml = xml_pull_new(arena, bytes), .study = ARENA_NEW(arena, OdmStudy)};
    struct OdmIndex *index = ARENA_NEW(arena, struct OdmIndex);
    Map *maps[] = {&index->units, &index->events, &index->forms, &index->groups, &index->items, &index->codelists, &index->conditions, &index->methods, &index->missing};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) *maps[i] = map_new(arena);
    r.study->index = index;
    *study = r.study;
    return read_document(&r, err) && resolve(&r, err);
}

const OdmItem *odm_item(const OdmStudy *study, Str oid) { return found(&study->index->items, oid, study->items.items, sizeof(OdmItem)); }
const OdmForm *odm_form(const OdmStudy *study, Str oid) { return found(&study->index->forms, oid, study->forms.items, sizeof(OdmForm)); }
const OdmGroup *odm_group(const OdmStudy *study, Str oid) { return found(&study->index->groups, oid, study->groups.items, sizeof(OdmGroup)); }
const OdmStudyEvent *odm_event(const OdmStudy *study, Str oid) { return found(&study->index->events, oid, study->events.items, sizeof(OdmStudyEvent)); }
const OdmUnit *odm_unit(const OdmStudy *study, Str oid) { return found(&study->index->units, oid, study->units.items, sizeof(OdmUnit)); }

Str odm_text(const OdmTexts *texts, Str language)
{
    const OdmText *best = NULL;
    int best_rank = 0;
    for (size_t i = 0; i < texts->n; i++) {
        const OdmText *text = &texts->items[i];
        int rank = language.len && str_equal_fold(text->language, language) ? 5
                   : language.len && text->language.len > language.len && text->language.data[language.len] == '-' && str_starts(text->language, language) ? 4
                   : text->language.len == 0 ? 3
                   : str_starts(text->language, STR("en")) ? 2 : 1;
        if (text->text.len && rank > best_rank) best = text, best_rank = rank;
    }
    return best ? best->text : STR("");
}

/* Choices stand so: "1, one|2, two". A code's box is called FIELD___CODE, in small letters, "-" as "_". */
bool odm_checkbox_choice(const OdmItem *item, Str *code, Str *label)
{
    Str rest = item->codelist ? item->codelist->checkbox_choices : STR(""), choice, box = item->name;
    size_t mark = str_find(box, STR("___"));
    if (!rest.len || mark == SIZE_MAX) return false;
    box = str_slice(box, mark + 3, box.len);
    while (rest.len) {
        if (!str_cut(rest, STR("|"), &choice, &rest)) choice = rest, rest = STR("");
        if (!str_cut(choice, STR(","), code, label)) *code = choice, *label = choice;
        *code = str_trim(*code), *label = str_trim(*label);
        bool same = code->len == box.len;
        for (size_t i = 0; same && i < box.len; i++) {
            char c = code->data[i];
            same = box.data[i] == c || (c >= 'A' && c <= 'Z' && box.data[i] == c + 32) || (c == '-' && box.data[i] == '_');
        }
        if (same) return true;
    }
    return false;
}

Str odm_label(Arena *arena, const OdmItem *item, Str language)
{
    Str code, choice, label = odm_text(&item->question, language);
    if (!label.len) label = odm_text(&item->description, language);
    if (!label.len) label = item->name;
    if (!odm_checkbox_choice(item, &code, &choice)) return label;
    return str_format(arena, STR_FMT ": " STR_FMT, STR_ARG(label), STR_ARG(choice));
}

bool odm_is_name(Str text)
{
    if (text.len == 0 || text.len > 64 || (text.data[0] >= '0' && text.data[0] <= '9')) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_') return false;
    }
    return true;
}

Str odm_made_name(Arena *arena, Str oid)
{
    Buf buf = buf_new(arena);
    if (!oid.len || (oid.data[0] >= '0' && oid.data[0] <= '9')) buf_char(&buf, 'X');
    for (size_t i = 0; i < oid.len && buf.len < 64; i++) {
        bool is_digit = oid.data[i] >= '0' && oid.data[i] <= '9';
        buf_char(&buf, is_digit || odm_is_name(str_slice(oid, i, i + 1)) ? oid.data[i] : '_');
    }
    return buf_str(&buf);
}

Str odm_item_name(Arena *arena, const OdmItem *item, Str oid)
{
    Str names[] = {item ? item->sas_name : STR(""), item ? item->name : STR(""), oid};
    for (size_t i = 0; i < 3; i++)
        if (odm_is_name(names[i])) return names[i];
    return odm_made_name(arena, oid);
}
