/* What is known about the data sets of a study: their variables, where each comes from, the codes it may hold, how it is
 * derived, and which results were computed from it. Who has data (a trial file, a folder) fills it; define_xml writes and
 * reads it as Define-XML with analysis results metadata (ARM).
 *
 * Parts name each other by id, which is the OID of the file: "CL.SEX", "MT.AGE". An empty id means none.
 * study_metadata_check says which ids lead nowhere. Flags and texts that a standard leaves out are false and empty. */
#ifndef EXCHANGE_STUDY_METADATA_H
#define EXCHANGE_STUDY_METADATA_H

#include "base/text.h"

/* A list of T called Ts, which grows by study_list_add. */
#define STUDY_LIST(T, Ts)  typedef struct { size_t n, capacity; T *items; } Ts

/* The words of ODM's DataType. */
#define STUDY_TYPES(X)                                                                                        \
    X(TEXT,                "text")                                                                            \
    X(INTEGER,             "integer")                                                                         \
    X(FLOAT,               "float")                                                                           \
    X(DATE,                "date")                                                                            \
    X(DATETIME,            "datetime")                                                                        \
    X(TIME,                "time")                                                                            \
    X(PARTIAL_DATE,        "partialDate")                                                                     \
    X(PARTIAL_TIME,        "partialTime")                                                                     \
    X(PARTIAL_DATETIME,    "partialDatetime")                                                                 \
    X(INCOMPLETE_DATE,     "incompleteDate")                                                                  \
    X(INCOMPLETE_TIME,     "incompleteTime")                                                                  \
    X(INCOMPLETE_DATETIME, "incompleteDatetime")                                                              \
    X(DURATION,            "durationDatetime")                                                                \
    X(INTERVAL,            "intervalDatetime")                                                                \
    X(STRING,              "string")                                                                          \
    X(DOUBLE,              "double")                                                                          \
    X(BOOLEAN,             "boolean")                                                                         \
    X(URI,                 "URI")                                                                             \
    X(HEX_BINARY,          "hexBinary")                                                                       \
    X(BASE64_BINARY,       "base64Binary")                                                                    \
    X(HEX_FLOAT,           "hexFloat")                                                                        \
    X(BASE64_FLOAT,        "base64Float")

typedef enum {
#define X(name, word) STUDY_##name,
    STUDY_TYPES(X)
#undef X
} StudyType;

const char *study_type_word(StudyType type);
bool study_type_parse(Str word, StudyType *type);

/* How a value is compared in a where clause. */
#define STUDY_COMPARATORS(X)                                                                                  \
    X(EQ,     "EQ",    "=")                                                                                   \
    X(NE,     "NE",    "is not")                                                                              \
    X(IN,     "IN",    "in")                                                                                  \
    X(NOT_IN, "NOTIN", "not in")                                                                              \
    X(LT,     "LT",    "<")                                                                                   \
    X(LE,     "LE",    "<=")                                                                                  \
    X(GT,     "GT",    ">")                                                                                   \
    X(GE,     "GE",    ">=")

typedef enum {
#define X(name, word, sign) STUDY_##name,
    STUDY_COMPARATORS(X)
#undef X
} StudyComparator;

typedef struct {
    Str context, name;                /* "nci:ExtCodeID", "C66731"; "DomainDescription", .. */
} StudyAlias;
STUDY_LIST(StudyAlias, StudyAliases);

typedef struct {
    Str pages;                        /* separated by blanks, or the named destination */
    Str first, last;                  /* of a run of pages */
    Str type, title;                  /* "PhysicalRef" or "NamedDestination" */
} StudyPages;
STUDY_LIST(StudyPages, StudyPageList);

typedef struct {
    Str leaf;                         /* id of a leaf of the study */
    StudyPageList pages;
} StudyDocument;
STUDY_LIST(StudyDocument, StudyDocuments);

/* A file: a document, or the data of a data set. The path is relative to the metadata. */
typedef struct {
    Str id, href, title;
} StudyLeaf;
STUDY_LIST(StudyLeaf, StudyLeaves);

typedef struct {
    Str id, name;                     /* "SDTMIG", "ADaMIG", "CDISC/NCI" */
    Str type;                         /* "IG", "CT" */
    Str publishing_set;               /* of CT: "SDTM", "ADaM", .. */
    Str version, status;              /* "3.4", "2023-12-15"; "Final" */
    Str comment;
} StudyStandard;
STUDY_LIST(StudyStandard, StudyStandards);

/* Where values come from. type: Assigned, Collected, Derived, Not Available, Other, Predecessor, Protocol; source:
 * Investigator, Sponsor, Subject, Vendor. description: of a predecessor, its data set and variable ("DM.SEX"). */
typedef struct {
    Str type, source, description;
    StudyDocuments documents;
} StudyOrigin;
STUDY_LIST(StudyOrigin, StudyOrigins);

STUDY_LIST(Str, StudyTexts);

typedef struct {
    Str variable;                     /* id */
    Str comparator;                   /* EQ NE IN NOTIN LT LE GT GE */
    Str strictness;                   /* "Soft" */
    StudyTexts values;
} StudyCheck;
STUDY_LIST(StudyCheck, StudyChecks);

/* All checks hold. */
typedef struct {
    Str id, comment;
    StudyChecks checks;
} StudyWhere;
STUDY_LIST(StudyWhere, StudyWheres);

/* A variable of a data set, or what it is where a clause holds (value-level metadata). */
typedef struct StudyVariable StudyVariable;
STUDY_LIST(StudyVariable, StudyVariables);
struct StudyVariable {
    /* what it is; data sets that share the id share all of these */
    Str id, name, sas_name, label;
    StudyType type;
    size_t length;                    /* characters, or digits of an integer; 0: the type has none */
    Str digits;                       /* of a float, after the point; empty: not said */
    Str format;                       /* "5.1", "date9." */
    Str codelist, comment;
    StudyOrigins origins;
    StudyAliases aliases;
    Str value_list;                   /* id; empty: made from the variable's own where there are values */
    StudyVariables values;            /* value-level metadata: each with its clauses */
    /* its place in the data set */
    size_t order;                     /* from 1; 0: none */
    size_t key;                       /* place in the sort key, from 1; 0: none */
    Str mandatory;                    /* "Yes" or "No"; empty: "Yes" where core is "Req", else "No" */
    Str role, role_codelist;
    Str core;                         /* "Req", "Exp", "Perm"; Define-XML has no room for it */
    Str method;                       /* how it is derived: id of a method */
    bool non_standard, no_data;
    StudyTexts wheres;                /* of a value: ids of clauses, one of which holds */
};

typedef struct {
    Str name, parent;                 /* "ADVERSE EVENT", .. */
} StudySubclass;
STUDY_LIST(StudySubclass, StudySubclasses);

typedef struct {
    Str id, name, sas_name, label, domain;
    Str class;                        /* "FINDINGS", "BASIC DATA STRUCTURE"; as Define-XML 2.1 spells it */
    StudySubclasses subclasses;
    Str structure;                    /* "one record per subject" */
    Str purpose;                      /* "Tabulation", "Analysis" */
    Str repeating, reference;         /* "Yes", "No"; empty: "Yes" but for one record a subject; "No" */
    Str standard, comment;
    bool non_standard, no_data;
    StudyLeaf leaf;                   /* its file; id empty: none */
    Str archive;                      /* id of the leaf; empty: that of `leaf` */
    StudyAliases aliases;
    StudyVariables variables;
} StudyDataSet;
STUDY_LIST(StudyDataSet, StudyDataSets);

typedef struct {
    Str code, decode;                 /* decode empty: the code speaks for itself */
    Str order, rank;                  /* empty: none */
    bool extended;                    /* added by the sponsor to a list of the standard */
    Str description;
    StudyAliases aliases;             /* its NCI code */
} StudyCode;
STUDY_LIST(StudyCode, StudyCodes);

typedef struct {
    Str id, name, sas_name, standard, comment, description;
    StudyType type;
    bool non_standard;
    StudyCodes codes;
    Str dictionary, version, href, ref;   /* of an external dictionary ("MedDRA"): it has no codes here */
    StudyAliases aliases;             /* its NCI code */
} StudyCodelist;
STUDY_LIST(StudyCodelist, StudyCodelists);

typedef struct {
    Str context, text;                /* the language; the program text */
} StudyExpression;
STUDY_LIST(StudyExpression, StudyExpressions);

typedef struct {
    Str id, name, type;               /* Computation, Imputation, Transpose, Other */
    Str text;
    StudyExpressions expressions;
    StudyAliases aliases;
    StudyDocuments documents;
} StudyMethod;
STUDY_LIST(StudyMethod, StudyMethods);

typedef struct {
    Str id, text;
    StudyDocuments documents;
} StudyComment;
STUDY_LIST(StudyComment, StudyComments);

/* A data set that a result was computed from: which records, which variables. */
typedef struct {
    Str data_set;                     /* id */
    StudyTexts wheres, variables;     /* ids; at most one clause */
} StudyResultData;
STUDY_LIST(StudyResultData, StudyResultDataSets);

typedef struct {
    Str id, text;
    Str parameter;                    /* id of the variable that names the parameter */
    Str reason, purpose;              /* "SPECIFIED IN SAP", "PRIMARY OUTCOME MEASURE"; a study may have words of its own */
    Str comment;                      /* how data sets are joined */
    StudyResultDataSets data;
    Str documentation;
    StudyDocuments documents;
    Str context, code;                /* the program's language and text */
    StudyDocuments programs;
} StudyResult;
STUDY_LIST(StudyResult, StudyResults);

typedef struct {
    Str id, name, text;               /* "Table 14-3.01", its title */
    StudyDocuments documents;
    StudyResults results;
} StudyDisplay;
STUDY_LIST(StudyDisplay, StudyDisplays);

typedef struct {
    Arena *arena;
    Str file_id, created, as_of, originator, system, system_version;   /* created: ISO 8601 */
    Str context;                      /* "Submission" or "Other" */
    Str language;                     /* of all texts; empty: not said */
    Str id, name, description, protocol;
    Str metadata_id, metadata_name, metadata_description, comment;
    Str version;                      /* of Define-XML, as read; written is 2.1 */
    StudyStandards standards;
    StudyDocuments annotated_crf, supplemental;
    StudyWheres wheres;
    StudyDataSets data_sets;
    StudyVariables loose;             /* variables that no data set has */
    StudyCodelists codelists;
    StudyMethods methods;
    StudyComments comments;
    StudyLeaves leaves;               /* documents; data sets have theirs */
    StudyDisplays displays;
} StudyMetadata;

/* Empty, but for the language "en" and the context "Other". Texts are not copied here or below. */
StudyMetadata *study_metadata_new(Arena *arena);

/* Room for one more item of a list, zero. Valid until the next one comes. */
#define study_list_add(arena, list)                                                                           \
    ((list)->items = study_list_room((arena), (list)->items, &(list)->n, &(list)->capacity, sizeof *(list)->items), \
     &(list)->items[(list)->n - 1])
void *study_list_room(Arena *arena, void *items, size_t *n, size_t *capacity, size_t item_size);

/* Adders give ids in CDISC's manner: data set IG.DM with leaf LF.DM (its file "dm.xpt"; change href and title for another),
 * variable IT.DM.SEX, value IT.VS.VSORRES.HEIGHT with its clause WC.VS.VSORRES.HEIGHT, codelist CL.SEX, method MT.DM.AGE,
 * comment COM.DM. `name` is what stands after the prefix. A list, method or comment of that name that is there already is
 * given again: *is_new (may be NULL) says so. Pointers are valid until the next addition of their kind. */
StudyStandard *study_add_standard(StudyMetadata *study, Str name, Str type, Str publishing_set, Str version);
StudyDataSet *study_add_data_set(StudyMetadata *study, Str name, Str label);
StudyVariable *study_add_variable(StudyMetadata *study, StudyDataSet *data_set, Str name, Str label, StudyType type);
StudyVariable *study_add_value(StudyMetadata *study, StudyVariable *variable, Str name, StudyType type, StudyWhere **where);
StudyCheck *study_add_check(StudyMetadata *study, StudyWhere *where, Str variable_id, StudyComparator comparator, Str value);
StudyOrigin *study_add_origin(StudyMetadata *study, StudyVariable *variable, const char *type, const char *source, Str description);
StudyCodelist *study_add_codelist(StudyMetadata *study, Str name, Str title, StudyType type, bool *is_new);
StudyCode *study_add_code(StudyMetadata *study, StudyCodelist *codelist, Str code, Str decode, Str nci);
StudyMethod *study_add_method(StudyMetadata *study, Str name, const char *type, Str text, bool *is_new);
StudyComment *study_add_comment(StudyMetadata *study, Str name, Str text, bool *is_new);
StudyLeaf *study_add_leaf(StudyMetadata *study, Str name, Str href, Str title);

/* The NCI code of something with aliases. */
void study_set_nci(StudyMetadata *study, StudyAliases *aliases, Str code);
Str study_nci(const StudyAliases *aliases);

/* By id or, of a data set or variable, by name (letter case ignored); NULL. */
const StudyStandard *study_standard(const StudyMetadata *study, Str id);
StudyDataSet *study_data_set(const StudyMetadata *study, Str name);
StudyVariable *study_variable(const StudyDataSet *data_set, Str name);
const StudyCodelist *study_codelist(const StudyMetadata *study, Str id);
const StudyCode *study_code(const StudyCodelist *codelist, Str code);
const StudyWhere *study_where(const StudyMetadata *study, Str id);
const StudyMethod *study_method(const StudyMetadata *study, Str id);
const StudyComment *study_comment(const StudyMetadata *study, Str id);

/* A clause as a person reads it: PARAMCD = "ACTOT" and AVISIT in ("Week 8", "Week 16"). */
Str study_where_text(Arena *arena, const StudyMetadata *study, const StudyWhere *where);

/* Whether every id leads somewhere and none stands for two things. Fails: INCONSISTENT (names both ends). */
MUST_USE bool study_metadata_check(const StudyMetadata *study, Error *err);

#endif
