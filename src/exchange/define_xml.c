#include "exchange/define_xml.h"

#include "base/file.h"
#include "base/map.h"
#include "exchange/define_shape.h"

/* References that one document may have, value lists counted for each variable that names them. */
#define MAX_REFERENCES 2000000

/* Reading: elements to a document, and a document to a study. */
typedef struct {
    Arena *arena;
    DefineDocument *document;
    Map items, value_lists;
    Map used_items, used_lists;
    size_t n_references;
    ShapeReader *reader;
    Error *err;
} Joiner;

/* The variable that a reference and a definition make together. */
static bool join_one(Joiner *joiner, StudyVariable *ref, const char *owner, Str owner_id)
{
    const MapEntry *entry = map_get(&joiner->items, ref->id);
    if (!entry) {
        return error_set(joiner->err, ERROR_INCONSISTENT, "%s \"" STR_FMT "\" names variable \"" STR_FMT "\", which is not defined", owner, STR_ARG(owner_id),
                         STR_ARG(ref->id));
    }
    if (++joiner->n_references > MAX_REFERENCES) return error_set(joiner->err, ERROR_MALFORMED, "the document refers to more than %d variables", MAX_REFERENCES);
    map_put(&joiner->used_items, ref->id, NULL);
    StudyVariable v = joiner->document->items.items[entry->index];
    v.order = ref->order;
    v.key = ref->key;
    v.mandatory = ref->mandatory;
    v.role = ref->role;
    v.role_codelist = ref->role_codelist;
    v.method = ref->method;
    v.non_standard = ref->non_standard;
    v.no_data = ref->no_data;
    v.wheres = ref->wheres;
    *ref = v;
    return true;
}

/* Values have no values of their own. */
static bool join_values(Joiner *joiner, StudyVariable *variable)
{
    const MapEntry *entry = map_get(&joiner->value_lists, variable->value_list);
    if (!variable->value_list.len) return true;
    if (!entry) {
        return error_set(joiner->err, ERROR_INCONSISTENT, "variable \"" STR_FMT "\" names value list \"" STR_FMT "\", which is not defined",
                         STR_ARG(variable->id), STR_ARG(variable->value_list));
    }
    const DefineValueList *list = &joiner->document->value_lists.items[entry->index];
    map_put(&joiner->used_lists, list->id, NULL);
    for (size_t i = 0; i < list->items.n; i++) {
        StudyVariable *value = study_list_add(joiner->arena, &variable->values);
        *value = list->items.items[i];
        if (!join_one(joiner, value, "value list", list->id)) return false;
        if (value->value_list.len) shape_unread(joiner->reader, 0, "a value list of values");
        value->value_list = STR("");
    }
    return true;
}

static bool join(Joiner *joiner, StudyVariable *ref, const char *owner, Str owner_id)
{
    return join_one(joiner, ref, owner, owner_id) && join_values(joiner, ref);
}

static Map ids_of_items(Arena *arena, const StudyVariables *items)
{
    Map map = map_new(arena);
    for (size_t i = 0; i < items->n; i++) map_put(&map, items->items[i].id, NULL)->index = i;
    return map;
}

static Map ids_of_lists(Arena *arena, const DefineValueLists *lists)
{
    Map map = map_new(arena);
    for (size_t i = 0; i < lists->n; i++) map_put(&map, lists->items[i].id, NULL)->index = i;
    return map;
}

/* Gives data sets their variables, variables their values; what none has is kept loose or named. */
static bool assemble(ShapeReader *reader, DefineDocument *document, Error *err)
{
    Arena *arena = reader->arena;
    Joiner joiner = {.arena = arena, .document = document, .reader = reader, .err = err, .items = ids_of_items(arena, &document->items),
                     .value_lists = ids_of_lists(arena, &document->value_lists), .used_items = map_new(arena), .used_lists = map_new(arena)};
    for (size_t i = 0; i < document->study.data_sets.n; i++) {
        StudyDataSet *data_set = &document->study.data_sets.items[i];
        for (size_t k = 0; k < data_set->variables.n; k++) {
            if (!join(&joiner, &data_set->variables.items[k], "data set", data_set->name)) return false;
        }
    }
    for (size_t i = 0; i < document->items.n; i++) {
        const StudyVariable *item = &document->items.items[i];
        if (map_get(&joiner.used_items, item->id)) continue;
        StudyVariable *loose = study_list_add(arena, &document->study.loose);
        *loose = *item;
        if (!join(&joiner, loose, "document", STR(""))) return false;
    }
    for (size_t i = 0; i < document->value_lists.n; i++) {
        if (!map_get(&joiner.used_lists, document->value_lists.items[i].id)) shape_unread(reader, 0, "a value list that no variable has");
    }
    return true;
}

/* What version 2.0 said otherwise. */
static const struct {
    const char *type, *now, *source;
} OLD_ORIGINS[] = {{"CRF", "Collected", "Investigator"}, {"eDT", "Collected", "Vendor"}, {"Derived", "Derived", "Sponsor"}, {"Assigned", "Assigned", "Sponsor"},
                   {"Protocol", "Protocol", "Sponsor"}};

static void renew_item(StudyVariable *item)
{
    for (size_t i = 0; i < item->origins.n; i++) {
        StudyOrigin *origin = &item->origins.items[i];
        for (size_t k = 0; k < sizeof OLD_ORIGINS / sizeof OLD_ORIGINS[0]; k++) {
            if (!str_equal(origin->type, str_from(OLD_ORIGINS[k].type))) continue;
            origin->type = str_from(OLD_ORIGINS[k].now);
            origin->source = str_from(OLD_ORIGINS[k].source);
            break;
        }
    }
}

static void renew(Arena *arena, DefineDocument *document)
{
    StudyMetadata *study = &document->study;
    bool is_sdtm = str_starts(document->standard_name, STR("SDTM")), is_adam = str_starts(document->standard_name, STR("ADaM"));
    Str name = is_sdtm ? STR("SDTMIG") : is_adam ? STR("ADaMIG") : document->standard_name;
    if (name.len) study_add_standard(study, name, STR("IG"), STR(""), document->standard_version);
    for (size_t i = 0; i < study->data_sets.n; i++) {
        StudyDataSet *data_set = &study->data_sets.items[i];
        data_set->class = str_upper(arena, data_set->class);
        if (name.len) data_set->standard = study->standards.items[0].id;
    }
    for (size_t i = 0; i < document->items.n; i++) renew_item(&document->items.items[i]);
}

/* The root is ODM, and its metadata say which Define-XML they are. */
static bool is_define(const ShapeReader *reader, const XmlEvent *root, Error *err)
{
    if (shape_is(reader, root, "ODM")) return true;
    error_set(err, ERROR_MALFORMED, "the document is no Define-XML: it begins with element \"" STR_FMT "\"", STR_ARG(root->name));
    error_hint(err, "A Define-XML of version 2 begins with ODM in the namespace http://www.cdisc.org/ns/odm/v1.3.");
    return error_in(err, "line %zu", root->line);
}

static bool version_is_known(const StudyMetadata *study, Error *err)
{
    if (str_starts(study->version, STR("2."))) return true;
    if (!study->version.len) error_set(err, ERROR_MALFORMED, "the document has no metadata of Define-XML 2");
    else error_set(err, ERROR_MALFORMED, "the document is of Define-XML version \"" STR_FMT "\"", STR_ARG(study->version));
    return error_hint(err, "Versions 2.0 and 2.1 are read; MetaDataVersion says which in def:DefineVersion.");
}

bool define_read_bytes(Arena *arena, Bytes *bytes, StudyMetadata **study, DefineUnread *unread, Error *err)
{
    XmlEvent root;
    ShapeReader reader = {.arena = arena, .xml = xml_pull_new(arena, bytes), .spaces = DEFINE_SPACES, .n_spaces = DEFINE_N_SPACES};
    DefineDocument *document = ARENA_NEW(arena, DefineDocument);
    document->study.arena = arena;
    if (!xml_pull_next(reader.xml, &root, err) || !is_define(&reader, &root, err)) return false;
    if (!shape_read(&reader, &DEFINE_SHAPE, &root, document, err) || !version_is_known(&document->study, err)) return false;
    if (str_starts(document->study.version, STR("2.0"))) renew(arena, document);
    if (!assemble(&reader, document, err)) return false;
    document->study.language = reader.language;
    if (!document->study.context.len) document->study.context = STR("Other");
    *study = &document->study;
    *unread = reader.unread;
    return true;
}

bool define_read(Arena *arena, Str path, StudyMetadata **study, DefineUnread *unread, Error *err)
{
    Bytes *bytes;
    if (!bytes_open(arena, path, 0, DEFINE_MAX_BYTES, &bytes, err)) return false;
    return define_read_bytes(arena, bytes, study, unread, err) || error_in(err, STR_FMT, STR_ARG(file_name(path)));
}

/* Writing: a study to a document, in which each item and value list stands once. */
typedef struct {
    Arena *arena;
    DefineDocument *document;
    Map items, value_lists;
} Parter;

static StudyVariables part_all(Parter *parter, const StudyVariables *variables);

/* The reference to a variable; its definition joins the items when it is the first. */
static StudyVariable part(Parter *parter, const StudyVariable *variable)
{
    bool is_new;
    StudyVariable v = *variable;
    if (!v.mandatory.len) v.mandatory = str_equal(v.core, STR("Req")) ? STR("Yes") : STR("No");
    if (v.values.n && !v.value_list.len)
        v.value_list = str_format(parter->arena, "VL." STR_FMT, STR_ARG(str_starts(v.id, STR("IT.")) ? str_slice(v.id, 3, v.id.len) : v.id));
    map_put(&parter->items, v.id, &is_new);
    if (is_new) *study_list_add(parter->arena, &parter->document->items) = v;
    if (!v.values.n) return v;
    map_put(&parter->value_lists, v.value_list, &is_new);
    if (!is_new) return v;
    StudyVariables values = part_all(parter, &v.values);
    *study_list_add(parter->arena, &parter->document->value_lists) = (DefineValueList){v.value_list, values};
    return v;
}

static StudyVariables part_all(Parter *parter, const StudyVariables *variables)
{
    StudyVariables refs = {0};
    for (size_t i = 0; i < variables->n; i++) {
        StudyVariable ref = part(parter, &variables->items[i]);
        *study_list_add(parter->arena, &refs) = ref;
    }
    return refs;
}

static void fill_data_set(StudyDataSet *data_set)
{
    if (!data_set->repeating.len) data_set->repeating = str_equal_fold(str_trim(data_set->structure), STR("one record per subject")) ? STR("No") : STR("Yes");
    if (!data_set->reference.len) data_set->reference = STR("No");
    if (!data_set->archive.len) data_set->archive = data_set->leaf.id;
}

static void fill_study(Arena *arena, StudyMetadata *study, const DefineChoices *choices)
{
    if (!str_starts(study->version, STR("2.1"))) study->version = STR(DEFINE_VERSION);
    if (!study->created.len) study->created = choices->created;
    if (!study->protocol.len) study->protocol = study->name;
    if (!study->description.len) study->description = study->name;
    if (!study->id.len) study->id = str_format(arena, "ST." STR_FMT, STR_ARG(study->name));
    if (!study->metadata_id.len) study->metadata_id = str_format(arena, "MDV." STR_FMT, STR_ARG(study->name));
    if (!study->metadata_name.len) study->metadata_name = str_format(arena, "Study " STR_FMT ", data definitions", STR_ARG(study->name));
    if (!study->file_id.len) study->file_id = str_format(arena, "DEF." STR_FMT, STR_ARG(study->name));
}

static DefineDocument *document_of(Arena *arena, const StudyMetadata *study, const DefineChoices *choices)
{
    DefineDocument *document = ARENA_NEW(arena, DefineDocument);
    Parter parter = {arena, document, map_new(arena), map_new(arena)};
    document->study = *study;
    document->odm_version = STR("1.3.2");
    document->file_type = STR("Snapshot");
    document->study.data_sets = (StudyDataSets){0};
    for (size_t i = 0; i < study->data_sets.n; i++) {
        StudyDataSet data_set = study->data_sets.items[i];
        data_set.variables = part_all(&parter, &data_set.variables);
        fill_data_set(&data_set);
        *study_list_add(arena, &document->study.data_sets) = data_set;
    }
    part_all(&parter, &study->loose);
    fill_study(arena, &document->study, choices);
    return document;
}

static bool is_complete(const StudyMetadata *study, Error *err)
{
    if (!study->name.len) return error_set(err, ERROR_INCONSISTENT, "the study of the metadata has no name");
    return study_metadata_check(study, err);
}

static void put_document(XmlWriter *xml, const DefineDocument *document, const DefineChoices *choices)
{
    if (choices->stylesheet.len) {
        Arena *arena = document->study.arena;
        xml_put_instruction(xml, "xml-stylesheet", str_c(arena, str_format(arena, "type=\"text/xsl\" href=\"" STR_FMT "\"", STR_ARG(choices->stylesheet))));
    }
    xml_put_start(xml, "ODM");
    xml_put_attribute(xml, "xmlns", STR("http://www.cdisc.org/ns/odm/v1.3"));
    xml_put_attribute(xml, "xmlns:def", STR("http://www.cdisc.org/ns/def/v2.1"));
    xml_put_attribute(xml, "xmlns:xlink", STR("http://www.w3.org/1999/xlink"));
    if (document->study.displays.n) xml_put_attribute(xml, "xmlns:arm", STR("http://www.cdisc.org/ns/arm/v1.0"));
    shape_write(xml, &DEFINE_SHAPE, document, document->study.language);
    xml_put_end(xml);
}

bool define_write_buf(Arena *arena, const StudyMetadata *study, const DefineChoices *choices, Buf *buf, Error *err)
{
    if (!is_complete(study, err)) return false;
    XmlWriter *xml = xml_writer_to_buf(arena, buf);
    put_document(xml, document_of(arena, study, choices), choices);
    return xml_put_finish(xml, err);
}

bool define_write(Arena *arena, const StudyMetadata *study, const DefineChoices *choices, Str path, Error *err)
{
    Sink *sink;
    if (!is_complete(study, err) || !sink_open(arena, path, SINK_PLAIN, &sink, err)) return false;
    XmlWriter *xml = xml_writer_to(arena, sink);
    put_document(xml, document_of(arena, study, choices), choices);
    return xml_put_finish(xml, err) && sink_finish(sink, err);
}
