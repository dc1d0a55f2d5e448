#include "exchange/define_shape.h"

#include <stddef.h>

const ShapeSpace DEFINE_SPACES[] = {
    {"", "http://www.cdisc.org/ns/odm/v1."},
    {"def", "http://www.cdisc.org/ns/def/v2."},
    {"arm", "http://www.cdisc.org/ns/arm/v1."},
    {"xlink", "http://www.w3.org/1999/xlink"},
};
const size_t DEFINE_N_SPACES = sizeof DEFINE_SPACES / sizeof DEFINE_SPACES[0];

/* clang-format off */
#define AT(T, m)                   .offset = offsetof(T, m)
#define ATTRIBUTE(word, T, m)      {.kind = SHAPE_ATTRIBUTE, .name = word, AT(T, m)}
#define NEEDED(word, T, m)         {.kind = SHAPE_ATTRIBUTE, .name = word, AT(T, m), .always = true}
#define OLD(word, T, m)            {.kind = SHAPE_ATTRIBUTE, .name = word, AT(T, m), .old = true}
#define YES(word, T, m)            {.kind = SHAPE_YES, .name = word, AT(T, m)}
#define COUNT(word, T, m)          {.kind = SHAPE_COUNT, .name = word, AT(T, m)}
#define TYPE(word, T, m)           {.kind = SHAPE_TYPE, .name = word, AT(T, m)}
#define TEXT(T, m)                 {.kind = SHAPE_TEXT, .name = "", AT(T, m)}
#define CHILD_TEXT(word, T, m)     {.kind = SHAPE_CHILD_TEXT, .name = word, AT(T, m)}
#define CHILD_NEEDED(word, T, m)   {.kind = SHAPE_CHILD_TEXT, .name = word, AT(T, m), .always = true}
#define CHILD_TEXTS(word, T, m)    {.kind = SHAPE_CHILD_TEXTS, .name = word, AT(T, m), .item_size = sizeof(Str)}
#define SAID(word, T, m)           {.kind = SHAPE_TRANSLATED, .name = word, AT(T, m)}
#define SAID_NEEDED(word, T, m)    {.kind = SHAPE_TRANSLATED, .name = word, AT(T, m), .always = true}
#define REFERENCE(word, a, T, m)   {.kind = SHAPE_REFERENCE, .name = word, AT(T, m), .attribute = a}
#define REFERENCES(word, a, T, m)  {.kind = SHAPE_REFERENCES, .name = word, AT(T, m), .attribute = a, .item_size = sizeof(Str)}
#define INSIDE(word, s)            {.kind = SHAPE_INSIDE, .name = word, .shape = &(s)}
#define INSIDE_NEEDED(word, s)     {.kind = SHAPE_INSIDE, .name = word, .shape = &(s), .always = true}
#define LIST(word, T, m, s)        {.kind = SHAPE_LIST, .name = word, AT(T, m), .shape = &(s), .item_size = sizeof *((T *)0)->m.items}
#define LIST_WHEN(word, T, m, s, p) {.kind = SHAPE_LIST, .name = word, AT(T, m), .shape = &(s), .item_size = sizeof *((T *)0)->m.items, .when = p}

#define SHAPE(NAME, ...)                                                                                      \
    static const ShapeField NAME##_FIELDS[] = {__VA_ARGS__};                                                  \
    static const Shape NAME = {NAME##_FIELDS, sizeof NAME##_FIELDS / sizeof NAME##_FIELDS[0]}

SHAPE(ALIAS, ATTRIBUTE("Context", StudyAlias, context), NEEDED("Name", StudyAlias, name));

SHAPE(PAGES, ATTRIBUTE("PageRefs", StudyPages, pages), ATTRIBUTE("FirstPage", StudyPages, first),
      ATTRIBUTE("LastPage", StudyPages, last), ATTRIBUTE("Type", StudyPages, type), ATTRIBUTE("Title", StudyPages, title));

SHAPE(DOCUMENT, NEEDED("leafID", StudyDocument, leaf), LIST("def:PDFPageRef", StudyDocument, pages, PAGES));

SHAPE(LEAF, NEEDED("ID", StudyLeaf, id), NEEDED("xlink:href", StudyLeaf, href), CHILD_NEEDED("def:title", StudyLeaf, title));

SHAPE(STANDARD, NEEDED("OID", StudyStandard, id), NEEDED("Name", StudyStandard, name), NEEDED("Type", StudyStandard, type),
      ATTRIBUTE("PublishingSet", StudyStandard, publishing_set), NEEDED("Version", StudyStandard, version),
      NEEDED("Status", StudyStandard, status), ATTRIBUTE("def:CommentOID", StudyStandard, comment));

SHAPE(ORIGIN, NEEDED("Type", StudyOrigin, type), ATTRIBUTE("Source", StudyOrigin, source),
      SAID("Description", StudyOrigin, description), LIST("def:DocumentRef", StudyOrigin, documents, DOCUMENT));

SHAPE(CHECK, ATTRIBUTE("Comparator", StudyCheck, comparator), ATTRIBUTE("SoftHard", StudyCheck, strictness),
      NEEDED("def:ItemOID", StudyCheck, variable), CHILD_TEXTS("CheckValue", StudyCheck, values));

SHAPE(WHERE, NEEDED("OID", StudyWhere, id), ATTRIBUTE("def:CommentOID", StudyWhere, comment),
      LIST("RangeCheck", StudyWhere, checks, CHECK));

SHAPE(ITEM_REF, NEEDED("ItemOID", StudyVariable, id), COUNT("OrderNumber", StudyVariable, order),
      ATTRIBUTE("Mandatory", StudyVariable, mandatory), COUNT("KeySequence", StudyVariable, key),
      ATTRIBUTE("MethodOID", StudyVariable, method), ATTRIBUTE("Role", StudyVariable, role),
      ATTRIBUTE("RoleCodeListOID", StudyVariable, role_codelist), YES("def:IsNonStandard", StudyVariable, non_standard),
      YES("def:HasNoData", StudyVariable, no_data),
      REFERENCES("def:WhereClauseRef", "WhereClauseOID", StudyVariable, wheres));

SHAPE(VALUE_LIST, NEEDED("OID", DefineValueList, id), LIST("ItemRef", DefineValueList, items, ITEM_REF));

SHAPE(ITEM, NEEDED("OID", StudyVariable, id), NEEDED("Name", StudyVariable, name), TYPE("DataType", StudyVariable, type),
      COUNT("Length", StudyVariable, length), ATTRIBUTE("SignificantDigits", StudyVariable, digits),
      ATTRIBUTE("SASFieldName", StudyVariable, sas_name), ATTRIBUTE("def:DisplayFormat", StudyVariable, format),
      ATTRIBUTE("def:CommentOID", StudyVariable, comment), SAID("Description", StudyVariable, label),
      REFERENCE("CodeListRef", "CodeListOID", StudyVariable, codelist), LIST("Alias", StudyVariable, aliases, ALIAS),
      LIST("def:Origin", StudyVariable, origins, ORIGIN),
      REFERENCE("def:ValueListRef", "ValueListOID", StudyVariable, value_list));

SHAPE(SUBCLASS, NEEDED("Name", StudySubclass, name), ATTRIBUTE("ParentClass", StudySubclass, parent));

SHAPE(CLASS, ATTRIBUTE("Name", StudyDataSet, class), LIST("def:SubClass", StudyDataSet, subclasses, SUBCLASS));

static bool has_leaf(const void *data_set)
{
    return ((const StudyDataSet *)data_set)->leaf.id.len > 0;
}

/* The leaf lies in the data set, which hands on its members' places. */
SHAPE(DATA_SET_LEAF, NEEDED("ID", StudyDataSet, leaf.id), NEEDED("xlink:href", StudyDataSet, leaf.href),
      CHILD_NEEDED("def:title", StudyDataSet, leaf.title));

SHAPE(DATA_SET, NEEDED("OID", StudyDataSet, id), NEEDED("Name", StudyDataSet, name), ATTRIBUTE("Domain", StudyDataSet, domain),
      ATTRIBUTE("SASDatasetName", StudyDataSet, sas_name), NEEDED("Repeating", StudyDataSet, repeating),
      ATTRIBUTE("IsReferenceData", StudyDataSet, reference), ATTRIBUTE("Purpose", StudyDataSet, purpose),
      NEEDED("def:Structure", StudyDataSet, structure), OLD("def:Class", StudyDataSet, class),
      ATTRIBUTE("def:ArchiveLocationID", StudyDataSet, archive), ATTRIBUTE("def:StandardOID", StudyDataSet, standard),
      YES("def:IsNonStandard", StudyDataSet, non_standard), YES("def:HasNoData", StudyDataSet, no_data),
      ATTRIBUTE("def:CommentOID", StudyDataSet, comment), SAID("Description", StudyDataSet, label),
      LIST("ItemRef", StudyDataSet, variables, ITEM_REF), LIST("Alias", StudyDataSet, aliases, ALIAS), INSIDE("def:Class", CLASS),
      {.kind = SHAPE_INSIDE, .name = "def:leaf", .shape = &DATA_SET_LEAF, .when = has_leaf});

SHAPE(CODE, NEEDED("CodedValue", StudyCode, code), ATTRIBUTE("Rank", StudyCode, rank), ATTRIBUTE("OrderNumber", StudyCode, order),
      YES("def:ExtendedValue", StudyCode, extended), LIST("Alias", StudyCode, aliases, ALIAS),
      SAID("Description", StudyCode, description));

SHAPE(DECODED, NEEDED("CodedValue", StudyCode, code), ATTRIBUTE("Rank", StudyCode, rank),
      ATTRIBUTE("OrderNumber", StudyCode, order), YES("def:ExtendedValue", StudyCode, extended),
      SAID_NEEDED("Decode", StudyCode, decode), LIST("Alias", StudyCode, aliases, ALIAS),
      SAID("Description", StudyCode, description));

SHAPE(DICTIONARY, ATTRIBUTE("Dictionary", StudyCodelist, dictionary), ATTRIBUTE("Version", StudyCodelist, version),
      ATTRIBUTE("href", StudyCodelist, href), ATTRIBUTE("ref", StudyCodelist, ref));

/* One decode makes all of a list's codes items with decodes. */
static bool has_decodes(const void *codelist)
{
    const StudyCodes *codes = &((const StudyCodelist *)codelist)->codes;
    for (size_t i = 0; i < codes->n; i++) {
        if (codes->items[i].decode.len) return true;
    }
    return false;
}

static bool has_no_decodes(const void *codelist)
{
    return !has_decodes(codelist);
}

SHAPE(CODELIST, NEEDED("OID", StudyCodelist, id), NEEDED("Name", StudyCodelist, name), TYPE("DataType", StudyCodelist, type),
      ATTRIBUTE("SASFormatName", StudyCodelist, sas_name), ATTRIBUTE("def:StandardOID", StudyCodelist, standard),
      YES("def:IsNonStandard", StudyCodelist, non_standard), ATTRIBUTE("def:CommentOID", StudyCodelist, comment),
      SAID("Description", StudyCodelist, description), LIST_WHEN("CodeListItem", StudyCodelist, codes, DECODED, has_decodes),
      LIST_WHEN("EnumeratedItem", StudyCodelist, codes, CODE, has_no_decodes), INSIDE("ExternalCodeList", DICTIONARY),
      LIST("Alias", StudyCodelist, aliases, ALIAS));

SHAPE(EXPRESSION, NEEDED("Context", StudyExpression, context), TEXT(StudyExpression, text));

SHAPE(METHOD, NEEDED("OID", StudyMethod, id), NEEDED("Name", StudyMethod, name), NEEDED("Type", StudyMethod, type),
      SAID_NEEDED("Description", StudyMethod, text), LIST("FormalExpression", StudyMethod, expressions, EXPRESSION),
      LIST("Alias", StudyMethod, aliases, ALIAS), LIST("def:DocumentRef", StudyMethod, documents, DOCUMENT));

SHAPE(COMMENT, NEEDED("OID", StudyComment, id), SAID_NEEDED("Description", StudyComment, text),
      LIST("def:DocumentRef", StudyComment, documents, DOCUMENT));

SHAPE(RESULT_DATA, NEEDED("ItemGroupOID", StudyResultData, data_set),
      REFERENCES("def:WhereClauseRef", "WhereClauseOID", StudyResultData, wheres),
      REFERENCES("arm:AnalysisVariable", "ItemOID", StudyResultData, variables));

SHAPE(RESULT_DATA_SETS, ATTRIBUTE("def:CommentOID", StudyResult, comment),
      LIST("arm:AnalysisDataset", StudyResult, data, RESULT_DATA));

SHAPE(DOCUMENTATION, SAID_NEEDED("Description", StudyResult, documentation), LIST("def:DocumentRef", StudyResult, documents, DOCUMENT));

SHAPE(PROGRAM, ATTRIBUTE("Context", StudyResult, context), CHILD_TEXT("arm:Code", StudyResult, code),
      LIST("def:DocumentRef", StudyResult, programs, DOCUMENT));

SHAPE(RESULT, NEEDED("OID", StudyResult, id), ATTRIBUTE("ParameterOID", StudyResult, parameter),
      NEEDED("AnalysisReason", StudyResult, reason), NEEDED("AnalysisPurpose", StudyResult, purpose),
      SAID_NEEDED("Description", StudyResult, text), INSIDE_NEEDED("arm:AnalysisDatasets", RESULT_DATA_SETS),
      INSIDE("arm:Documentation", DOCUMENTATION), INSIDE("arm:ProgrammingCode", PROGRAM));

SHAPE(DISPLAY, NEEDED("OID", StudyDisplay, id), NEEDED("Name", StudyDisplay, name), SAID_NEEDED("Description", StudyDisplay, text),
      LIST("def:DocumentRef", StudyDisplay, documents, DOCUMENT), LIST("arm:AnalysisResult", StudyDisplay, results, RESULT));

SHAPE(STANDARDS, LIST("def:Standard", DefineDocument, study.standards, STANDARD));
SHAPE(ANNOTATED_CRF, LIST("def:DocumentRef", DefineDocument, study.annotated_crf, DOCUMENT));
SHAPE(SUPPLEMENTAL, LIST("def:DocumentRef", DefineDocument, study.supplemental, DOCUMENT));
SHAPE(DISPLAYS, LIST("arm:ResultDisplay", DefineDocument, study.displays, DISPLAY));

SHAPE(METADATA, NEEDED("OID", DefineDocument, study.metadata_id), NEEDED("Name", DefineDocument, study.metadata_name),
      ATTRIBUTE("Description", DefineDocument, study.metadata_description), NEEDED("def:DefineVersion", DefineDocument, study.version),
      OLD("def:StandardName", DefineDocument, standard_name), OLD("def:StandardVersion", DefineDocument, standard_version),
      ATTRIBUTE("def:CommentOID", DefineDocument, study.comment), INSIDE("def:Standards", STANDARDS),
      INSIDE("def:AnnotatedCRF", ANNOTATED_CRF), INSIDE("def:SupplementalDoc", SUPPLEMENTAL),
      LIST("def:ValueListDef", DefineDocument, value_lists, VALUE_LIST), LIST("def:WhereClauseDef", DefineDocument, study.wheres, WHERE),
      LIST("ItemGroupDef", DefineDocument, study.data_sets, DATA_SET), LIST("ItemDef", DefineDocument, items, ITEM),
      LIST("CodeList", DefineDocument, study.codelists, CODELIST), LIST("MethodDef", DefineDocument, study.methods, METHOD),
      LIST("def:CommentDef", DefineDocument, study.comments, COMMENT), LIST("def:leaf", DefineDocument, study.leaves, LEAF),
      INSIDE("arm:AnalysisResultDisplays", DISPLAYS));

SHAPE(GLOBAL, CHILD_NEEDED("StudyName", DefineDocument, study.name), CHILD_NEEDED("StudyDescription", DefineDocument, study.description),
      CHILD_NEEDED("ProtocolName", DefineDocument, study.protocol));

SHAPE(STUDY, NEEDED("OID", DefineDocument, study.id), INSIDE_NEEDED("GlobalVariables", GLOBAL),
      INSIDE_NEEDED("MetaDataVersion", METADATA));

static const ShapeField DEFINE_FIELDS[] = {
    NEEDED("ODMVersion", DefineDocument, odm_version),
    NEEDED("FileType", DefineDocument, file_type),
    NEEDED("FileOID", DefineDocument, study.file_id),
    NEEDED("CreationDateTime", DefineDocument, study.created),
    ATTRIBUTE("AsOfDateTime", DefineDocument, study.as_of),
    ATTRIBUTE("Originator", DefineDocument, study.originator),
    ATTRIBUTE("SourceSystem", DefineDocument, study.system),
    ATTRIBUTE("SourceSystemVersion", DefineDocument, study.system_version),
    NEEDED("def:Context", DefineDocument, study.context),
    INSIDE_NEEDED("Study", STUDY),
};
const Shape DEFINE_SHAPE = {DEFINE_FIELDS, sizeof DEFINE_FIELDS / sizeof DEFINE_FIELDS[0]};
/* clang-format on */
