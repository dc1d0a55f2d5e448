/* Clinical data: the stack of elements around a value is the parser's; what each says is kept until the next of its kind. */
#include <string.h>

#include "exchange/odm.h"

/* What elements say, in the order in which they stand within each other. */
typedef enum {
    K_SUBJECT, K_SUBJECT_ID, K_SITE,
    K_EVENT, K_EVENT_NAME, K_EVENT_REPEAT, K_EVENT_DATE,
    K_FORM, K_FORM_REPEAT,
    K_ITEM, K_VALUE,
    N_KEYS
} Key;

typedef enum { L_DOCUMENT, L_SUBJECT, L_EVENT, L_FORM, L_GROUP, L_ITEM, N_LEVELS } Level;

/* An ItemGroupData that is open. */
typedef struct {
    Buf oid, repeat;
    bool is_form;                     /* it stands for a form */
} Group;

struct OdmData {
    Arena *arena;
    XmlPull *xml;
    OdmSkips *skipped, own_skips;
    Buf keys[N_KEYS], transactions[N_LEVELS];
    Group groups[ODM_MAX_GROUP_DEPTH];
    size_t n_groups;
    bool in_document, in_subject, in_form;
    bool is_removed;                  /* the value at hand is null */
    bool is_binary;
};

OdmData *odm_data_new(Arena *arena, Bytes *bytes, OdmSkips *skipped)
{
    OdmData *data = ARENA_NEW(arena, OdmData);
    *data = (OdmData){.arena = arena, .xml = xml_pull_new(arena, bytes)};
    data->skipped = skipped ? skipped : &data->own_skips;
    for (int i = 0; i < N_KEYS; i++) data->keys[i] = buf_new(arena);
    for (int i = 0; i < N_LEVELS; i++) data->transactions[i] = buf_new(arena);
    for (size_t i = 0; i < ODM_MAX_GROUP_DEPTH; i++) data->groups[i] = (Group){.oid = buf_new(arena), .repeat = buf_new(arena)};
    return data;
}

static Str view(const Buf *buf) { return buf->len ? buf_str(buf) : STR(""); }

static void put(Buf *buf, Str text)
{
    buf->len = 0;
    buf_add(buf, text);
}

static void put_attribute(Buf *buf, const XmlEvent *event, const char *name)
{
    Str value;
    xml_attribute(event, name, &value);
    put(buf, value);
}

static void put_transaction(OdmData *data, const XmlEvent *event, Level level)
{
    put_attribute(&data->transactions[level], event, "TransactionType");
    for (int i = (int)level + 1; i < N_LEVELS; i++) data->transactions[i].len = 0;
}

static Str transaction(const OdmData *data)
{
    for (int i = L_GROUP; i > L_DOCUMENT; i--)
        if (data->transactions[i].len) return view(&data->transactions[i]);
    return STR("");
}

static void fill(const OdmData *data, OdmKind kind, size_t line, OdmDatum *datum)
{
    const Buf *keys = data->keys;
    *datum = (OdmDatum){
        .kind = kind, .line = line,
        .subject = view(&keys[K_SUBJECT]), .subject_id = view(&keys[K_SUBJECT_ID]), .site = view(&keys[K_SITE]),
        .event = view(&keys[K_EVENT]), .event_name = view(&keys[K_EVENT_NAME]), .event_repeat = view(&keys[K_EVENT_REPEAT]), .event_date = view(&keys[K_EVENT_DATE]),
        .form = view(&keys[K_FORM]), .form_repeat = view(&keys[K_FORM_REPEAT]),
        .group = data->n_groups ? view(&data->groups[data->n_groups - 1].oid) : STR(""),
        .group_repeat = data->n_groups ? view(&data->groups[data->n_groups - 1].repeat) : STR(""),
        .transaction = transaction(data), .item = STR(""), .value = STR("")};
    if (kind != ODM_VALUE) return;
    datum->item = view(&keys[K_ITEM]), datum->value = data->is_removed ? STR("") : view(&keys[K_VALUE]);
    datum->is_null = data->is_removed, datum->is_binary = data->is_binary;
}

static bool refuse(const XmlEvent *event, Error *err, const char *what)
{
    error_set(err, ERROR_MALFORMED, "%s", what);
    return error_in(err, "line %zu", event->line);
}

static bool skip_noted(OdmData *data, const XmlEvent *event, Str parent, Error *err)
{
    odm_note_skipped(data->arena, data->skipped, event, parent);
    return xml_pull_skip(data->xml, err);
}

static void clear_keys(OdmData *data, Key from, Key to)
{
    for (int i = (int)from; i <= (int)to; i++) data->keys[i].len = 0;
}

static void begin_subject(OdmData *data, const XmlEvent *event)
{
    clear_keys(data, K_SITE, K_FORM_REPEAT);
    put_attribute(&data->keys[K_SUBJECT], event, "SubjectKey");
    put_attribute(&data->keys[K_SUBJECT_ID], event, "StudySubjectID");
    put_transaction(data, event, L_SUBJECT);
    data->in_subject = true;
}

static void begin_event(OdmData *data, const XmlEvent *event)
{
    put_attribute(&data->keys[K_EVENT], event, "StudyEventOID");
    put_attribute(&data->keys[K_EVENT_NAME], event, "UniqueEventName");
    put_attribute(&data->keys[K_EVENT_REPEAT], event, "StudyEventRepeatKey");
    put_attribute(&data->keys[K_EVENT_DATE], event, "StartDate");
    put_transaction(data, event, L_EVENT);
}

static void begin_form(OdmData *data, const XmlEvent *event, const char *oid, const char *repeat)
{
    put_attribute(&data->keys[K_FORM], event, oid);
    put_attribute(&data->keys[K_FORM_REPEAT], event, repeat);
    put_transaction(data, event, L_FORM);
    data->in_form = true;
}

static bool begin_group(OdmData *data, const XmlEvent *event, OdmKind *kind, Error *err)
{
    if (data->n_groups == ODM_MAX_GROUP_DEPTH) return refuse(event, err, "item groups lie within each other deeper than 8 levels");
    Group *group = &data->groups[data->n_groups++];
    group->is_form = !data->in_form;
    if (group->is_form) begin_form(data, event, "ItemGroupOID", "ItemGroupRepeatKey");
    else put_transaction(data, event, L_GROUP);
    put_attribute(&group->oid, event, "ItemGroupOID");
    put_attribute(&group->repeat, event, "ItemGroupRepeatKey");
    *kind = group->is_form ? ODM_FORM : ODM_GROUP;
    return true;
}

static void end_form(OdmData *data)
{
    clear_keys(data, K_FORM, K_FORM_REPEAT);
    put(&data->transactions[L_FORM], STR(""));
    data->in_form = false;
}

/* An element's end; *kind is ODM_END when it is nothing that callers hear of. The names are told before they go. */
static void end_element(OdmData *data, const XmlEvent *event, OdmKind *kind, OdmDatum *datum)
{
    *kind = ODM_END;
    if (xml_is(event, "FormData")) {
        *kind = ODM_FORM_END;
        fill(data, *kind, event->line, datum);
        end_form(data);
    } else if (xml_is(event, "ItemGroupData") && data->n_groups) {
        bool is_form = data->groups[data->n_groups - 1].is_form;
        *kind = is_form ? ODM_FORM_END : ODM_GROUP_END;
        fill(data, *kind, event->line, datum);
        data->n_groups--;
        data->transactions[L_GROUP].len = 0;
        if (is_form) end_form(data);
    } else if (xml_is(event, "StudyEventData")) {
        clear_keys(data, K_EVENT, K_EVENT_DATE);
        data->transactions[L_EVENT].len = 0;
    } else if (xml_is(event, "SubjectData")) data->in_subject = false;
}

/* The content of an ItemData: text, or an element Value (ODM 2.0), which says more than the text around it. */
static bool read_content(OdmData *data, Str parent, bool wants_text, Error *err)
{
    Buf *value = &data->keys[K_VALUE];
    XmlEvent event;
    while (true) {
        if (!xml_pull_next(data->xml, &event, err)) return false;
        if (event.kind == XML_PULL_ELEMENT_END) return true;
        if (event.kind == XML_PULL_TEXT) {
            if (wants_text) buf_add(value, event.text);
        } else if (xml_is(&event, "Value")) {
            Str text;
            if (!xml_pull_text(data->xml, &text, err)) return false;
            put(value, text);
            wants_text = false;
        } else if (!skip_noted(data, &event, parent, err)) return false;
    }
}

/* A text between tags may stand on lines of its own. */
static void trim(Buf *buf)
{
    Str text = str_trim(view(buf));
    if (text.len) memmove(buf->data, text.data, text.len);
    buf->len = text.len;
}

static bool read_value(OdmData *data, const XmlEvent *event, Error *err)
{
    Str value, null, name = event->name;
    data->is_binary = str_ends(name, STR("Binary")) || str_ends(name, STR("Base64Float"));
    put_attribute(&data->keys[K_ITEM], event, "ItemOID");
    bool has_value = xml_attribute(event, "Value", &value);
    if (data->is_binary) xml_attribute(event, "DocName", &value);
    put(&data->keys[K_VALUE], value);
    xml_attribute(event, "IsNull", &null);
    put_transaction(data, event, L_ITEM);
    data->is_removed = str_equal(null, STR("Yes")) || str_equal(view(&data->transactions[L_ITEM]), STR("Remove"));
    if (data->is_binary) return xml_pull_skip(data->xml, err);
    if (!read_content(data, name, !has_value, err)) return false;
    if (!has_value) trim(&data->keys[K_VALUE]);
    return true;
}

static bool is_passed_over(const XmlEvent *event)
{
    static const char *const METADATA[] = {"MetaDataVersion", "GlobalVariables", "BasicDefinitions", "AdminData", "ReferenceData", "Association"};
    for (size_t i = 0; i < sizeof METADATA / sizeof METADATA[0]; i++)
        if (xml_is(event, METADATA[i])) return true;
    return false;
}

static Str around(const OdmData *data)
{
    return data->n_groups ? STR("ItemGroupData") : data->in_form ? STR("FormData") : data->keys[K_EVENT].len ? STR("StudyEventData") : data->in_subject ? STR("SubjectData") : STR("ClinicalData");
}

/* An element's beginning. The metadata's reader has counted what stands outside ClinicalData. */
static bool begin_element(OdmData *data, const XmlEvent *event, OdmKind *kind, Error *err)
{
    *kind = ODM_END;
    if (!data->in_document) {
        data->in_document = true;
        return xml_is(event, "ODM") || refuse(event, err, "the root is not \"ODM\"");
    }
    if (xml_is(event, "Study") || xml_is(event, "ClinicalData")) return true;
    if (is_passed_over(event)) return xml_pull_skip(data->xml, err);
    bool is_value = str_starts(event->name, STR("ItemData"));
    if (xml_is(event, "SubjectData")) begin_subject(data, event);
    else if (xml_is(event, "SiteRef")) {
        put_attribute(&data->keys[K_SITE], event, "LocationOID");
        return xml_pull_skip(data->xml, err);
    } else if (xml_is(event, "StudyEventData")) begin_event(data, event);
    else if (xml_is(event, "FormData") || xml_is(event, "ItemGroupData") || is_value) {
        if (!data->in_subject) return refuse(event, err, "data stand outside any subject");
        if (is_value && !data->in_form) return refuse(event, err, "a value stands outside any form");
        if (is_value) {
            *kind = ODM_VALUE;
            return read_value(data, event, err);
        }
        if (xml_is(event, "ItemGroupData")) return begin_group(data, event, kind, err);
        if (data->in_form) return refuse(event, err, "a form stands within a form");
        begin_form(data, event, "FormOID", "FormRepeatKey");
        *kind = ODM_FORM;
    } else return skip_noted(data, event, around(data), err);
    return true;
}

bool odm_data_next(OdmData *data, OdmDatum *datum, Error *err)
{
    XmlEvent event;
    while (true) {
        OdmKind kind = ODM_END;
        if (!xml_pull_next(data->xml, &event, err)) return false;
        if (event.kind == XML_PULL_END) {
            *datum = (OdmDatum){.kind = ODM_END, .line = event.line};
            return true;
        }
        if (event.kind == XML_PULL_TEXT) continue;
        size_t line = event.line;
        if (event.kind == XML_PULL_ELEMENT_END) end_element(data, &event, &kind, datum);
        else {
            if (!begin_element(data, &event, &kind, err)) return false;
            if (kind != ODM_END) fill(data, kind, line, datum);
        }
        if (kind != ODM_END) return true;
    }
}
