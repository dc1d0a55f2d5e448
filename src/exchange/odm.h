/* CDISC ODM 1.3.2, read: what a study asks for (metadata) and what was answered (clinical data), one value after another.
 *
 * The readers are tolerant, because files of the field are: elements are known by their names, whatever their namespace,
 * order and completeness. Beyond the schema they take what REDCap writes (its own attributes; forms below subjects; dates
 * of events), OpenClinica (MultiSelectList; study subject ids), and the shapes of ODM 2.0 that appear in files that call
 * themselves 1.3.2 (groups within groups, values as elements). What is not taken is counted by element, never silent.
 *
 * Several studies or versions of metadata in one file: definitions add up, and one whose object identifier (OID) was there
 * already takes its place. */
#ifndef EXCHANGE_ODM_H
#define EXCHANGE_ODM_H

#include "exchange/xml_pull.h"

#define ODM_MAX_DEFINITIONS  ((size_t)1000000)       /* definitions, references, codes and texts of one file */
#define ODM_MAX_METADATA     ((size_t)256 << 20)     /* bytes of their texts */

/* --- metadata --- */

#define ODM_LIST(T, Ts)  typedef struct { size_t n, capacity; T *items; } Ts

typedef struct {
    Str language, text;               /* language: "en", "de-CH"; empty where the file says none */
} OdmText;
ODM_LIST(OdmText, OdmTexts);

/* The text in a language; else in one that begins so, in none, in English, the first; empty when there is none. */
Str odm_text(const OdmTexts *texts, Str language);

typedef struct {
    Str oid, name;
    OdmTexts symbol;
} OdmUnit;
ODM_LIST(OdmUnit, OdmUnits);

typedef struct {
    Str code;
    OdmTexts decode;                  /* none of an EnumeratedItem */
} OdmCode;
ODM_LIST(OdmCode, OdmCodes);

typedef struct {
    Str oid, name, data_type;
    bool many;                        /* a MultiSelectList: values are codes separated by commas */
    Str checkbox_choices;             /* of REDCap: all choices of the field of which this is one box, "1, one|2, two" */
    OdmCodes codes;
} OdmCodelist;
ODM_LIST(OdmCodelist, OdmCodelists);

/* A ConditionDef or a MethodDef: in words, and as somebody's program. */
typedef struct {
    Str context, text;
} OdmExpression;
ODM_LIST(OdmExpression, OdmExpressions);

typedef struct {
    Str oid, name;
    OdmTexts description;
    OdmExpressions expressions;
} OdmRule;
ODM_LIST(OdmRule, OdmRules);

ODM_LIST(Str, OdmStrs);

typedef struct {
    Str comparator;                   /* LT LE GT GE EQ NE IN NOTIN; empty with an expression */
    bool is_soft;
    OdmStrs values;
    Str unit_oid;                     /* the unit that the values are in; empty where not said */
    OdmExpressions expressions;
    OdmTexts message;
} OdmRangeCheck;
ODM_LIST(OdmRangeCheck, OdmRangeChecks);

/* What REDCap says of a field in attributes of its own, as written; empty where it does not. */
typedef struct {
    Str variable, field_type, validation, note, section, calculation, branching, identifier, slider_labels, matrix, annotation;
    bool required;
} OdmRedcap;

typedef struct {
    Str oid, name, data_type;         /* the file's word: "text", "partialDate" */
    Str sas_name, sds_name;
    int length, digits;               /* -1 where not said */
    OdmTexts question, description;
    OdmStrs unit_oids;
    Str codelist_oid;                 /* of a CodeList or a MultiSelectList */
    const OdmCodelist *codelist;      /* NULL: none, or the file lacks it */
    OdmRangeChecks checks;
    OdmRedcap redcap;
    size_t line;
} OdmItem;
ODM_LIST(OdmItem, OdmItems);

/* One definition within another. */
typedef struct {
    Str oid;
    bool is_group;                    /* a group within a group, else an item; within an event: a group that stands for a form */
    bool mandatory;
    Str condition_oid;                /* under which it is NOT collected */
    Str method_oid;                   /* how it is derived */
    int order;                        /* OrderNumber; -1 where not said */
} OdmRef;
ODM_LIST(OdmRef, OdmRefs);

typedef struct {
    Str oid, name, sas_name;
    bool repeats, is_form;            /* is_form: Type="Form", as ODM 2.0 has forms */
    OdmTexts description;
    OdmRefs refs;
} OdmGroup;
ODM_LIST(OdmGroup, OdmGroups);

/* An item where it stands in a form, with all that is said of it on the way there. */
typedef struct {
    const OdmItem *item;              /* NULL: the file does not define it */
    Str oid;
    const OdmGroup *group;            /* innermost; NULL: items right below the form */
    bool mandatory;
    const OdmRule *not_when[3];       /* of its form's reference to the group, its group's to the item; NULL for none */
    const OdmRule *method;
} OdmField;
ODM_LIST(OdmField, OdmFields);

typedef struct {
    Str oid, name;
    Str redcap_name;                  /* "form_1" */
    bool repeats;
    OdmTexts description;
    OdmRefs refs;
    OdmFields fields;                 /* its groups' items, in order, when all was read */
} OdmForm;
ODM_LIST(OdmForm, OdmForms);

typedef struct {
    Str oid, name, type;              /* Scheduled, Unscheduled, Common */
    bool repeats;
    OdmTexts description;
    OdmRefs refs;
    Str redcap_title, redcap_name, arm_number, arm_name, day, before, after;     /* of REDCap; texts as written */
} OdmStudyEvent;
ODM_LIST(OdmStudyEvent, OdmStudyEvents);

/* An element that was not taken, by its name and the element around it. */
typedef struct {
    Str element, parent;              /* element with its prefix, as first met: "redcap:Purpose" */
    size_t n, first_line;
} OdmSkipped;
ODM_LIST(OdmSkipped, OdmSkips);

typedef struct {
    Str file_oid, file_type, version, system, system_version, created, granularity;
    Str study_oid, metadata_oid, metadata_name, name, description, protocol_name;
    OdmUnits units;
    OdmStudyEvents events;
    OdmForms forms;
    OdmGroups groups;
    OdmItems items;
    OdmCodelists codelists;
    OdmRules conditions, methods;
    OdmStrs redcap_repeating;         /* forms of REDCap that repeat, by its names */
    OdmSkips skipped;
    bool has_data;                    /* there is a ClinicalData element */
    OdmStrs missing;                  /* what is referred to and not defined: "item \"AGE\"", each once, at most 100 */
    struct OdmIndex *index;           /* of the functions below */
} OdmStudy;

bool odm_is_mine(Str head);           /* whether a file's first bytes hold the tag ODM */

/* Reads the metadata: to the first clinical data that come after metadata, as they should; where they come first, they are
 * passed over. Fails: MALFORMED (no XML; the root is no ODM; more than the limits; the place has the line), and as
 * bytes_slide. */
MUST_USE bool odm_read(Arena *arena, Bytes *bytes, OdmStudy **study, Error *err);

/* What an item asks: its question, else its description, else its name; of a box of REDCap's checkboxes with the choice:
 * "Medications: Prozac". */
Str odm_label(Arena *arena, const OdmItem *item, Str language);

/* The name of an item's column: the first of SASFieldName, Name and OID that is letters, digits and underscores; else the
 * OID made so. item may be NULL. */
Str odm_item_name(Arena *arena, const OdmItem *item, Str oid);
bool odm_is_name(Str text);
Str odm_made_name(Arena *arena, Str oid);

/* The code that one box of a field of REDCap's checkboxes stands for ("2" of race___2) and its label, from all choices of
 * the field. False for any other item. */
bool odm_checkbox_choice(const OdmItem *item, Str *code, Str *label);

const OdmItem *odm_item(const OdmStudy *study, Str oid);               /* NULL when there is none */
const OdmForm *odm_form(const OdmStudy *study, Str oid);
const OdmGroup *odm_group(const OdmStudy *study, Str oid);
const OdmStudyEvent *odm_event(const OdmStudy *study, Str oid);
const OdmUnit *odm_unit(const OdmStudy *study, Str oid);

/* --- clinical data --- */

#define ODM_MAX_GROUP_DEPTH  8

typedef enum {
    ODM_END,
    ODM_FORM, ODM_FORM_END,           /* a FormData, or a group that stands for one */
    ODM_GROUP, ODM_GROUP_END,         /* an ItemGroupData, perhaps within another */
    ODM_VALUE                         /* an ItemData of any kind */
} OdmKind;

/* Where a value stands. Texts are good until the next event. */
typedef struct {
    OdmKind kind;
    Str subject, subject_id, site;    /* SubjectKey; OpenClinica's StudySubjectID; SiteRef's LocationOID */
    Str event, event_name, event_repeat, event_date;      /* event_name: REDCap's unique name; event_date: OpenClinica's StartDate */
    Str form, form_repeat, group, group_repeat;
    Str transaction;                  /* Insert, Update, Remove, Upsert, Context: of the group, else what is around it */
    Str item, value;                  /* of ODM_VALUE; of binary data the name of the file, where one is given */
    bool is_null;                     /* IsNull, or taken away by a Remove of the value */
    bool is_binary;                   /* its content was passed over */
    size_t line;
} OdmDatum;

typedef struct OdmData OdmData;

/* Counts an element that is not taken. */
void odm_note_skipped(Arena *arena, OdmSkips *skipped, const XmlEvent *event, Str parent);

/* Reads the clinical data, passing over metadata. skipped (may be NULL) gathers what is not taken. */
OdmData *odm_data_new(Arena *arena, Bytes *bytes, OdmSkips *skipped);

/* Fails: MALFORMED (no XML; no ODM; data outside any subject), and as bytes_slide. */
MUST_USE bool odm_data_next(OdmData *data, OdmDatum *datum, Error *err);

#endif
