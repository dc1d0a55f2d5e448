#include "trial/sdtm_domains.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What several variables say of their derivation. */
#define SAY_COLLECTION_DAY "days from DM.RFSTDTC to the date of collection, the day itself being 1 and the day before -1; only for full dates"
#define SAY_DAY "days from DM.RFSTDTC to the date, the day itself being 1 and the day before -1; only for full dates"
#define SAY_END_DAY "days from DM.RFSTDTC to the end, the day itself being 1 and the day before -1; only for full dates"
#define SAY_LAST_BEFORE "Y on the last result of the test on or before DM.RFSTDTC"
#define SAY_SEQ "number of the row within the subject, in the order of the keys"
#define SAY_STANDARD "the original result; it is collected in standard units"
#define SAY_START_DAY "days from DM.RFSTDTC to the start, the day itself being 1 and the day before -1; only for full dates"

/* clang-format off */
/* Runs of variables that many domains have. */
#define DESIGN_IDS \
    {"STUDYID", "Study Identifier", STANDARD_TEXT, "Req", "Identifier", STANDARD_PROTOCOL, NULL, NULL}, \
    {"DOMAIN", "Domain Abbreviation", STANDARD_TEXT, "Req", "Identifier", STANDARD_ASSIGNED, "DOMAIN", NULL}
#define SUBJECT_IDS DESIGN_IDS, \
    {"USUBJID", "Unique Subject Identifier", STANDARD_TEXT, "Req", "Identifier", STANDARD_DERIVED, NULL, "STUDYID and SUBJID, joined by a hyphen"}
#define SUBJECT_SEQUENCE SUBJECT_IDS, \
    {"--SEQ", "Sequence Number", STANDARD_INTEGER, "Req", "Identifier", STANDARD_DERIVED, NULL, SAY_SEQ}
#define EPOCH \
    {"EPOCH", "Epoch", STANDARD_TEXT, "Perm", "Timing", STANDARD_DERIVED, "EPOCH", "epoch of the element of SE that holds the date"}
#define VISIT_NAME \
    {"VISIT", "Visit Name", STANDARD_TEXT, "Perm", "Timing", STANDARD_PROTOCOL, NULL, NULL}, \
    {"VISITDY", "Planned Study Day of Visit", STANDARD_INTEGER, "Perm", "Timing", STANDARD_PROTOCOL, NULL, NULL}, \
    EPOCH
#define EXPECTED_VISIT \
    {"VISITNUM", "Visit Number", STANDARD_FLOAT, "Exp", "Timing", STANDARD_PROTOCOL, NULL, NULL}, \
    VISIT_NAME
#define PLANNED_VISIT \
    {"VISITNUM", "Visit Number", STANDARD_FLOAT, "Perm", "Timing", STANDARD_PROTOCOL, NULL, NULL}, \
    VISIT_NAME

static const StandardColumn OF_TA[] = {
    DESIGN_IDS,
    {"ARMCD", "Planned Arm Code", STANDARD_TEXT, "Req", "Topic", STANDARD_PROTOCOL, NULL, NULL},
    {"ARM", "Description of Planned Arm", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_PROTOCOL, NULL, NULL},
    {"TAETORD", "Planned Order of Element within Arm", STANDARD_INTEGER, "Req", "Timing", STANDARD_PROTOCOL, NULL, NULL},
    {"ETCD", "Element Code", STANDARD_TEXT, "Req", "Topic", STANDARD_PROTOCOL, NULL, NULL},
    {"ELEMENT", "Description of Element", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_PROTOCOL, NULL, NULL},
    {"TABRANCH", "Branch", STANDARD_TEXT, "Exp", "Rule", STANDARD_PROTOCOL, NULL, NULL},
    {"TATRANS", "Transition Rule", STANDARD_TEXT, "Exp", "Rule", STANDARD_PROTOCOL, NULL, NULL},
    {"EPOCH", "Epoch", STANDARD_TEXT, "Req", "Timing", STANDARD_PROTOCOL, "EPOCH", NULL},
};
static const StandardColumn OF_TE[] = {
    DESIGN_IDS,
    {"ETCD", "Element Code", STANDARD_TEXT, "Req", "Topic", STANDARD_PROTOCOL, NULL, NULL},
    {"ELEMENT", "Description of Element", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_PROTOCOL, NULL, NULL},
    {"TESTRL", "Rule for Start of Element", STANDARD_TEXT, "Req", "Rule", STANDARD_PROTOCOL, NULL, NULL},
    {"TEENRL", "Rule for End of Element", STANDARD_TEXT, "Perm", "Rule", STANDARD_PROTOCOL, NULL, NULL},
    {"TEDUR", "Planned Duration of Element", STANDARD_DURATION, "Perm", "Timing", STANDARD_PROTOCOL, NULL, NULL},
};
static const StandardColumn OF_TI[] = {
    DESIGN_IDS,
    {"IETESTCD", "Incl/Excl Criterion Short Name", STANDARD_TEXT, "Req", "Topic", STANDARD_PROTOCOL, NULL, NULL},
    {"IETEST", "Inclusion/Exclusion Criterion", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_PROTOCOL, NULL, NULL},
    {"IECAT", "Inclusion/Exclusion Category", STANDARD_TEXT, "Req", "Grouping Qualifier", STANDARD_PROTOCOL, "IECAT", NULL},
    {"TIRL", "Inclusion/Exclusion Criterion Rule", STANDARD_TEXT, "Perm", "Rule", STANDARD_PROTOCOL, NULL, NULL},
};
static const StandardColumn OF_TS[] = {
    DESIGN_IDS,
    {"TSSEQ", "Sequence Number", STANDARD_INTEGER, "Req", "Identifier", STANDARD_DERIVED, NULL, "number of the value of the parameter"},
    {"TSPARMCD", "Trial Summary Parameter Short Name", STANDARD_TEXT, "Req", "Topic", STANDARD_ASSIGNED, "TSPARMCD", NULL},
    {"TSPARM", "Trial Summary Parameter", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_ASSIGNED, "TSPARM", NULL},
    {"TSVAL", "Parameter Value", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_PROTOCOL, NULL, NULL},
    {"TSVALNF", "Parameter Null Flavor", STANDARD_TEXT, "Perm", "Result Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"TSVALCD", "Parameter Value Code", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"TSVCDREF", "Name of the Reference Terminology", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_ASSIGNED, "DICTNAM", NULL},
    {"TSVCDVER", "Version of the Reference Terminology", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_ASSIGNED, NULL, NULL},
};
static const StandardColumn OF_TV[] = {
    DESIGN_IDS,
    {"VISITNUM", "Visit Number", STANDARD_FLOAT, "Req", "Topic", STANDARD_PROTOCOL, NULL, NULL},
    {"VISIT", "Visit Name", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_PROTOCOL, NULL, NULL},
    {"VISITDY", "Planned Study Day of Visit", STANDARD_INTEGER, "Perm", "Timing", STANDARD_PROTOCOL, NULL, NULL},
    {"ARMCD", "Planned Arm Code", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_PROTOCOL, NULL, NULL},
    {"ARM", "Description of Planned Arm", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_PROTOCOL, NULL, NULL},
    {"TVSTRL", "Visit Start Rule", STANDARD_TEXT, "Req", "Rule", STANDARD_PROTOCOL, NULL, NULL},
    {"TVENRL", "Visit End Rule", STANDARD_TEXT, "Perm", "Rule", STANDARD_PROTOCOL, NULL, NULL},
};
static const StandardColumn OF_DM[] = {
    SUBJECT_IDS,
    {"SUBJID", "Subject Identifier for the Study", STANDARD_TEXT, "Req", "Topic", STANDARD_COLLECTED, NULL, NULL},
    {"RFSTDTC", "Subject Reference Start Date/Time", STANDARD_DTC, "Exp", "Record Qualifier", STANDARD_DERIVED, NULL, "date of the first dose; of enrolment in a trial that records no doses"},
    {"RFENDTC", "Subject Reference End Date/Time", STANDARD_DTC, "Exp", "Record Qualifier", STANDARD_DERIVED, NULL, "date of the last visit of the protocol, or of the withdrawal when that is later; only with RFSTDTC"},
    {"RFXSTDTC", "Date/Time of First Study Treatment", STANDARD_DTC, "Exp", "Record Qualifier", STANDARD_DERIVED, NULL, "date of the first dose"},
    {"RFXENDTC", "Date/Time of Last Study Treatment", STANDARD_DTC, "Exp", "Record Qualifier", STANDARD_DERIVED, NULL, "date of the last dose"},
    {"RFICDTC", "Date/Time of Informed Consent", STANDARD_DTC, "Exp", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"RFPENDTC", "Date/Time of End of Participation", STANDARD_DTC, "Exp", "Record Qualifier", STANDARD_DERIVED, NULL, "the latest date known of the subject"},
    {"DTHDTC", "Date/Time of Death", STANDARD_DTC, "Exp", "Record Qualifier", STANDARD_DERIVED, NULL, "end of the fatal adverse event"},
    {"DTHFL", "Subject Death Flag", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_DERIVED, "NY", "Y where an adverse event was fatal"},
    {"SITEID", "Study Site Identifier", STANDARD_TEXT, "Req", "Record Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"BRTHDTC", "Date/Time of Birth", STANDARD_DTC, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"AGE", "Age", STANDARD_INTEGER, "Exp", "Record Qualifier", STANDARD_DERIVED, NULL, "completed years at enrolment; at screening where the subject was not enrolled"},
    {"AGEU", "Age Units", STANDARD_TEXT, "Exp", "Variable Qualifier", STANDARD_ASSIGNED, "AGEU", NULL},
    {"SEX", "Sex", STANDARD_TEXT, "Req", "Record Qualifier", STANDARD_COLLECTED, "SEX", NULL},
    {"RACE", "Race", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_COLLECTED, "RACE", NULL},
    {"ETHNIC", "Ethnicity", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ETHNIC", NULL},
    {"ARMCD", "Planned Arm Code", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"ARM", "Description of Planned Arm", STANDARD_TEXT, "Exp", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"ACTARMCD", "Actual Arm Code", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"ACTARM", "Description of Actual Arm", STANDARD_TEXT, "Exp", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"ARMNRS", "Reason Arm and/or Actual Arm is Null", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_ASSIGNED, "ARMNULRS", NULL},
    {"ACTARMUD", "Description of Unplanned Actual Arm", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"COUNTRY", "Country", STANDARD_TEXT, "Req", "Record Qualifier", STANDARD_ASSIGNED, "ISO3166", NULL},
    {"DMDTC", "Date/Time of Collection", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"DMDY", "Study Day of Collection", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_COLLECTION_DAY},
};
static const StandardColumn OF_SE[] = {
    SUBJECT_SEQUENCE,
    {"ETCD", "Element Code", STANDARD_TEXT, "Req", "Topic", STANDARD_DERIVED, NULL, "element of TE that the subject was in"},
    {"ELEMENT", "Description of Element", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_DERIVED, NULL, "from TE"},
    {"TAETORD", "Planned Order of Element within Arm", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, "from TA"},
    {"EPOCH", "Epoch", STANDARD_TEXT, "Perm", "Timing", STANDARD_DERIVED, "EPOCH", "from TA"},
    {"SESTDTC", "Start Date/Time of Element", STANDARD_DTC, "Req", "Timing", STANDARD_DERIVED, NULL, "screening: consent, or screening when that is earlier; treatment: first dose; follow-up: end of treatment"},
    {"SEENDTC", "End Date/Time of Element", STANDARD_DTC, "Exp", "Timing", STANDARD_DERIVED, NULL, "start of the next element; of the last one the end of participation"},
    {"SESTDY", "Study Day of Start of Element", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_START_DAY},
    {"SEENDY", "Study Day of End of Element", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_END_DAY},
};
static const StandardColumn OF_SV[] = {
    SUBJECT_IDS,
    {"VISITNUM", "Visit Number", STANDARD_FLOAT, "Req", "Topic", STANDARD_PROTOCOL, NULL, NULL},
    {"VISIT", "Visit Name", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_PROTOCOL, NULL, NULL},
    {"SVPRESP", "Pre-specified", STANDARD_TEXT, "Exp", "Variable Qualifier", STANDARD_ASSIGNED, "NY", NULL},
    {"SVOCCUR", "Occurrence", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_DERIVED, "NY", "Y where a form of the visit was filled"},
    {"VISITDY", "Planned Study Day of Visit", STANDARD_INTEGER, "Exp", "Timing", STANDARD_PROTOCOL, NULL, NULL},
    {"SVSTDTC", "Start Date/Time of Visit", STANDARD_DTC, "Exp", "Timing", STANDARD_DERIVED, NULL, "earliest date of the forms of the visit"},
    {"SVENDTC", "End Date/Time of Visit", STANDARD_DTC, "Exp", "Timing", STANDARD_DERIVED, NULL, "latest date of the forms of the visit"},
    {"SVSTDY", "Study Day of Start of Visit", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_START_DAY},
    {"SVENDY", "Study Day of End of Visit", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_END_DAY},
    {"SVUPDES", "Description of Unplanned Visit", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
};
static const StandardColumn OF_CM[] = {
    SUBJECT_SEQUENCE,
    {"--SPID", "Sponsor-Defined Identifier", STANDARD_TEXT, "Perm", "Identifier", STANDARD_COLLECTED, NULL, NULL},
    {"CMTRT", "Reported Name of Drug, Med, or Therapy", STANDARD_TEXT, "Req", "Topic", STANDARD_COLLECTED, NULL, NULL},
    {"CMDECOD", "Standardized Medication Name", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"CMCAT", "Category for Medication", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--PRESP", "CM Pre-specified", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "NY", NULL},
    {"--OCCUR", "CM Occurrence", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"--STAT", "Completion Status", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ND", NULL},
    {"--REASND", "Reason Medication Not Collected", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"CMINDC", "Indication", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"CMDOSE", "Dose per Administration", STANDARD_FLOAT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"CMDOSTXT", "Dose Description", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"CMDOSU", "Dose Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_COLLECTED, "UNIT", NULL},
    {"CMDOSFRQ", "Dosing Frequency per Interval", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_COLLECTED, "FREQ", NULL},
    {"CMROUTE", "Route of Administration", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_COLLECTED, "ROUTE", NULL},
    PLANNED_VISIT,
    {"--DTC", "Date/Time of Collection", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--STDTC", "Start Date/Time of Medication", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--ENDTC", "End Date/Time of Medication", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--DY", "Study Day of Collection", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_COLLECTION_DAY},
    {"--STDY", "Study Day of Start of Medication", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_START_DAY},
    {"--ENDY", "Study Day of End of Medication", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_END_DAY},
    {"--EVINTX", "Evaluation Interval Text", STANDARD_TEXT, "Perm", "Timing", STANDARD_PROTOCOL, NULL, NULL},
};
static const StandardColumn OF_EX[] = {
    SUBJECT_SEQUENCE,
    {"--SPID", "Sponsor-Defined Identifier", STANDARD_TEXT, "Perm", "Identifier", STANDARD_COLLECTED, NULL, NULL},
    {"EXTRT", "Name of Treatment", STANDARD_TEXT, "Req", "Topic", STANDARD_PROTOCOL, NULL, NULL},
    {"EXCAT", "Category of Treatment", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"EXDOSE", "Dose", STANDARD_FLOAT, "Exp", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"EXDOSTXT", "Dose Description", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"EXDOSU", "Dose Units", STANDARD_TEXT, "Exp", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"EXDOSFRM", "Dose Form", STANDARD_TEXT, "Exp", "Variable Qualifier", STANDARD_PROTOCOL, "FRM", NULL},
    {"EXDOSFRQ", "Dosing Frequency per Interval", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_PROTOCOL, "FREQ", NULL},
    {"EXROUTE", "Route of Administration", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_PROTOCOL, "ROUTE", NULL},
    {"EXLOT", "Lot Number", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"EXLOC", "Location of Dose Administration", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "LOC", NULL},
    {"EXADJ", "Reason for Dose Adjustment", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    EPOCH,
    {"EXSTDTC", "Start Date/Time of Treatment", STANDARD_DTC, "Exp", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"EXENDTC", "End Date/Time of Treatment", STANDARD_DTC, "Exp", "Timing", STANDARD_DERIVED, NULL, "the day of the dose"},
    {"EXSTDY", "Study Day of Start of Treatment", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_START_DAY},
    {"EXENDY", "Study Day of End of Treatment", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_END_DAY},
};
static const StandardColumn OF_PR[] = {
    SUBJECT_SEQUENCE,
    {"--SPID", "Sponsor-Defined Identifier", STANDARD_TEXT, "Perm", "Identifier", STANDARD_COLLECTED, NULL, NULL},
    {"PRTRT", "Reported Name of Procedure", STANDARD_TEXT, "Req", "Topic", STANDARD_COLLECTED, NULL, NULL},
    {"PRDECOD", "Standardized Procedure Name", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"PRCAT", "Category", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--PRESP", "Pre-specified", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "NY", NULL},
    {"--OCCUR", "Occurrence", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"--STAT", "Completion Status", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ND", NULL},
    {"--REASND", "Reason Procedure Not Collected", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"PRINDC", "Indication", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"PRDOSE", "Dose", STANDARD_FLOAT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"PRDOSU", "Dose Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"PRLOC", "Location of Procedure", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "LOC", NULL},
    PLANNED_VISIT,
    {"--DTC", "Date/Time of Collection", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--STDTC", "Start Date/Time of Procedure", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--ENDTC", "End Date/Time of Procedure", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--DY", "Study Day of Collection", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_COLLECTION_DAY},
    {"--STDY", "Study Day of Start of Procedure", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_START_DAY},
    {"--ENDY", "Study Day of End of Procedure", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_END_DAY},
    {"--EVINTX", "Evaluation Interval Text", STANDARD_TEXT, "Perm", "Timing", STANDARD_PROTOCOL, NULL, NULL},
};
static const StandardColumn OF_AE[] = {
    SUBJECT_SEQUENCE,
    {"--SPID", "Sponsor-Defined Identifier", STANDARD_TEXT, "Perm", "Identifier", STANDARD_COLLECTED, NULL, NULL},
    {"AETERM", "Reported Term for the Adverse Event", STANDARD_TEXT, "Req", "Topic", STANDARD_COLLECTED, NULL, NULL},
    {"AEDECOD", "Dictionary-Derived Term", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"AEBODSYS", "Body System or Organ Class", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"AESOC", "Primary System Organ Class", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"AELOC", "Location of Event", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "LOC", NULL},
    {"AESEV", "Severity/Intensity", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "AESEV", NULL},
    {"AESER", "Serious Event", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"AEACN", "Action Taken with Study Treatment", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_COLLECTED, "ACN", NULL},
    {"AEREL", "Causality", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"AERELNST", "Relationship to Non-Study Treatment", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"AEOUT", "Outcome of Adverse Event", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "OUT", NULL},
    {"AESCONG", "Congenital Anomaly or Birth Defect", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"AESDISAB", "Persist or Signif Disability/Incapacity", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"AESDTH", "Results in Death", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_DERIVED, "NY", "Y where the outcome is fatal, else N"},
    {"AESHOSP", "Requires or Prolongs Hospitalization", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"AESLIFE", "Is Life Threatening", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"AESMIE", "Other Medically Important Serious Event", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"AECONTRT", "Concomitant or Additional Trtmnt Given", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"AETOXGR", "Standard Toxicity Grade", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    EPOCH,
    {"AESTDTC", "Start Date/Time of Adverse Event", STANDARD_DTC, "Exp", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"AEENDTC", "End Date/Time of Adverse Event", STANDARD_DTC, "Exp", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"AESTDY", "Study Day of Start of Adverse Event", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_START_DAY},
    {"AEENDY", "Study Day of End of Adverse Event", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_END_DAY},
};
static const StandardColumn OF_CE[] = {
    SUBJECT_SEQUENCE,
    {"--SPID", "Sponsor-Defined Identifier", STANDARD_TEXT, "Perm", "Identifier", STANDARD_COLLECTED, NULL, NULL},
    {"CETERM", "Reported Term for the Clinical Event", STANDARD_TEXT, "Req", "Topic", STANDARD_COLLECTED, NULL, NULL},
    {"CEDECOD", "Dictionary-Derived Term", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"CECAT", "Category for the Clinical Event", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--PRESP", "Clinical Event Pre-specified", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "NY", NULL},
    {"--OCCUR", "Clinical Event Occurrence", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"--STAT", "Completion Status", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ND", NULL},
    {"--REASND", "Reason Clinical Event Not Collected", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"CEBODSYS", "Body System or Organ Class", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"CESEV", "Severity/Intensity", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "AESEV", NULL},
    PLANNED_VISIT,
    {"--DTC", "Date/Time of Event Collection", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--STDTC", "Start Date/Time of Clinical Event", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--ENDTC", "End Date/Time of Clinical Event", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--DY", "Study Day of Event Collection", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_COLLECTION_DAY},
    {"--STDY", "Study Day of Start of Event", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_START_DAY},
    {"--ENDY", "Study Day of End of Event", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_END_DAY},
    {"--EVINTX", "Evaluation Interval Text", STANDARD_TEXT, "Perm", "Timing", STANDARD_PROTOCOL, NULL, NULL},
};
static const StandardColumn OF_DS[] = {
    SUBJECT_SEQUENCE,
    {"DSTERM", "Reported Term for the Disposition Event", STANDARD_TEXT, "Req", "Topic", STANDARD_COLLECTED, NULL, NULL},
    {"DSDECOD", "Standardized Disposition Term", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_ASSIGNED, "NCOMPLT PROTMLST", NULL},
    {"DSCAT", "Category for Disposition Event", STANDARD_TEXT, "Exp", "Grouping Qualifier", STANDARD_ASSIGNED, "DSCAT", NULL},
    {"DSSCAT", "Subcategory for Disposition Event", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, "DSSCAT", NULL},
    EPOCH,
    {"DSSTDTC", "Start Date/Time of Disposition Event", STANDARD_DTC, "Exp", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"DSSTDY", "Study Day of Start of Disposition Event", STANDARD_INTEGER, "Exp", "Timing", STANDARD_DERIVED, NULL, SAY_DAY},
};
static const StandardColumn OF_DV[] = {
    SUBJECT_SEQUENCE,
    {"DVTERM", "Protocol Deviation Term", STANDARD_TEXT, "Req", "Topic", STANDARD_COLLECTED, NULL, NULL},
    {"DVDECOD", "Protocol Deviation Coded Term", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"DVCAT", "Category for Protocol Deviation", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    EPOCH,
    {"DVSTDTC", "Start Date/Time of Deviation", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"DVSTDY", "Study Day of Start of Deviation", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_DAY},
};
static const StandardColumn OF_MH[] = {
    SUBJECT_SEQUENCE,
    {"--SPID", "Sponsor-Defined Identifier", STANDARD_TEXT, "Perm", "Identifier", STANDARD_COLLECTED, NULL, NULL},
    {"MHTERM", "Reported Term for the Medical History", STANDARD_TEXT, "Req", "Topic", STANDARD_COLLECTED, NULL, NULL},
    {"MHDECOD", "Dictionary-Derived Term", STANDARD_TEXT, "Perm", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"MHCAT", "Category for Medical History", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--PRESP", "Medical History Event Pre-Specified", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "NY", NULL},
    {"--OCCUR", "Medical History Occurrence", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "NY", NULL},
    {"--STAT", "Completion Status", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ND", NULL},
    {"--REASND", "Reason Medical History Not Collected", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"MHBODSYS", "Body System or Organ Class", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    PLANNED_VISIT,
    {"--DTC", "Date/Time of History Collection", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--STDTC", "Start Date/Time of Medical History Event", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--ENDTC", "End Date/Time of Medical History Event", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--DY", "Study Day of History Collection", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_COLLECTION_DAY},
    {"--STDY", "Study Day of Start of Observation", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_START_DAY},
    {"--ENDY", "Study Day of End of Observation", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_END_DAY},
    {"--EVINTX", "Evaluation Interval Text", STANDARD_TEXT, "Perm", "Timing", STANDARD_PROTOCOL, NULL, NULL},
};
static const StandardColumn OF_FT[] = {
    SUBJECT_SEQUENCE,
    {"--TESTCD", "Short Name of Test", STANDARD_TEXT, "Req", "Topic", STANDARD_ASSIGNED, NULL, NULL},
    {"--TEST", "Name of Test", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--CAT", "Category", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--ORRES", "Result or Finding in Original Units", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--ORRESU", "Original Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"--STRESC", "Character Result/Finding in Std Format", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_DERIVED, NULL, SAY_STANDARD},
    {"--STRESN", "Numeric Result/Finding in Standard Units", STANDARD_FLOAT, "Perm", "Result Qualifier", STANDARD_DERIVED, NULL, "STRESC as a number, where it is one"},
    {"--STRESU", "Standard Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"--STAT", "Completion Status", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ND", NULL},
    {"--REASND", "Reason Not Performed", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--LOBXFL", "Last Observation Before Exposure Flag", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_DERIVED, "NY", SAY_LAST_BEFORE},
    EXPECTED_VISIT,
    {"--DTC", "Date/Time of Test", STANDARD_DTC, "Exp", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--DY", "Study Day of Test", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_DAY},
};
static const StandardColumn OF_IE[] = {
    SUBJECT_SEQUENCE,
    {"IETESTCD", "Inclusion/Exclusion Criterion Short Name", STANDARD_TEXT, "Req", "Topic", STANDARD_PROTOCOL, NULL, NULL},
    {"IETEST", "Inclusion/Exclusion Criterion", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_PROTOCOL, NULL, NULL},
    {"IECAT", "Inclusion/Exclusion Category", STANDARD_TEXT, "Req", "Grouping Qualifier", STANDARD_PROTOCOL, "IECAT", NULL},
    {"IEORRES", "I/E Criterion Original Result", STANDARD_TEXT, "Req", "Result Qualifier", STANDARD_DERIVED, "NY", "N for an inclusion criterion that does not hold, Y for an exclusion criterion that does"},
    {"IESTRESC", "I/E Criterion Result in Std Format", STANDARD_TEXT, "Req", "Result Qualifier", STANDARD_DERIVED, "NY", "the original result"},
    EPOCH,
    {"IEDTC", "Date/Time of Collection", STANDARD_DTC, "Perm", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"IEDY", "Study Day of Collection", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_DAY},
};
static const StandardColumn OF_LB[] = {
    SUBJECT_SEQUENCE,
    {"--TESTCD", "Lab Test or Examination Short Name", STANDARD_TEXT, "Req", "Topic", STANDARD_ASSIGNED, "LBTESTCD", NULL},
    {"--TEST", "Lab Test or Examination Name", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_ASSIGNED, "LBTEST", NULL},
    {"--CAT", "Category for Lab Test", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--ORRES", "Result or Finding in Original Units", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--ORRESU", "Original Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"--STRESC", "Character Result/Finding in Std Format", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_DERIVED, NULL, SAY_STANDARD},
    {"--STRESN", "Numeric Result/Finding in Standard Units", STANDARD_FLOAT, "Perm", "Result Qualifier", STANDARD_DERIVED, NULL, "STRESC as a number, where it is one"},
    {"--STRESU", "Standard Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"--STAT", "Completion Status", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ND", NULL},
    {"--REASND", "Reason Test Not Done", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--LOBXFL", "Last Observation Before Exposure Flag", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_DERIVED, "NY", SAY_LAST_BEFORE},
    EXPECTED_VISIT,
    {"--DTC", "Date/Time of Specimen Collection", STANDARD_DTC, "Exp", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--DY", "Study Day of Specimen Collection", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_DAY},
};
static const StandardColumn OF_QS[] = {
    SUBJECT_SEQUENCE,
    {"--TESTCD", "Question Short Name", STANDARD_TEXT, "Req", "Topic", STANDARD_ASSIGNED, NULL, NULL},
    {"--TEST", "Question Name", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--CAT", "Category of Question", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--ORRES", "Finding in Original Units", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--ORRESU", "Original Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"--STRESC", "Character Result/Finding in Std Format", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_DERIVED, NULL, SAY_STANDARD},
    {"--STRESN", "Numeric Finding in Standard Units", STANDARD_FLOAT, "Perm", "Result Qualifier", STANDARD_DERIVED, NULL, "STRESC as a number, where it is one"},
    {"--STRESU", "Standard Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"--STAT", "Completion Status", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ND", NULL},
    {"--REASND", "Reason Not Performed", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--LOBXFL", "Last Observation Before Exposure Flag", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_DERIVED, "NY", SAY_LAST_BEFORE},
    EXPECTED_VISIT,
    {"--DTC", "Date/Time of Finding", STANDARD_DTC, "Exp", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--DY", "Study Day of Finding", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_DAY},
};
static const StandardColumn OF_RS[] = {
    SUBJECT_SEQUENCE,
    {"--TESTCD", "Assessment Short Name", STANDARD_TEXT, "Req", "Topic", STANDARD_ASSIGNED, NULL, NULL},
    {"--TEST", "Assessment Name", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--CAT", "Category for Assessment", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--ORRES", "Result or Finding in Original Units", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--ORRESU", "Original Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"--STRESC", "Character Result/Finding in Std Format", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_DERIVED, NULL, SAY_STANDARD},
    {"--STRESN", "Numeric Result/Finding in Standard Units", STANDARD_FLOAT, "Perm", "Result Qualifier", STANDARD_DERIVED, NULL, "STRESC as a number, where it is one"},
    {"--STRESU", "Standard Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"--STAT", "Completion Status", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ND", NULL},
    {"--REASND", "Reason Not Performed", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--LOBXFL", "Last Observation Before Exposure Flag", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_DERIVED, "NY", SAY_LAST_BEFORE},
    EXPECTED_VISIT,
    {"--DTC", "Date/Time of Assessment", STANDARD_DTC, "Exp", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--DY", "Study Day of Assessment", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_DAY},
};
static const StandardColumn OF_SC[] = {
    SUBJECT_SEQUENCE,
    {"--TESTCD", "Subject Characteristic Short Name", STANDARD_TEXT, "Req", "Topic", STANDARD_ASSIGNED, "SCTESTCD", NULL},
    {"--TEST", "Subject Characteristic", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_ASSIGNED, "SCTEST", NULL},
    {"--CAT", "Category for Subject Characteristic", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--ORRES", "Result or Finding in Original Units", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--ORRESU", "Original Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"--STRESC", "Character Result/Finding in Std Format", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_DERIVED, NULL, SAY_STANDARD},
    {"--STRESN", "Numeric Result/Finding in Standard Units", STANDARD_FLOAT, "Perm", "Result Qualifier", STANDARD_DERIVED, NULL, "STRESC as a number, where it is one"},
    {"--STRESU", "Standard Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "UNIT", NULL},
    {"--STAT", "Completion Status", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ND", NULL},
    {"--REASND", "Reason Not Performed", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    EPOCH,
    {"--DTC", "Date/Time of Collection", STANDARD_DTC, "Exp", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--DY", "Study Day of Examination", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_DAY},
};
static const StandardColumn OF_VS[] = {
    SUBJECT_SEQUENCE,
    {"--TESTCD", "Vital Signs Test Short Name", STANDARD_TEXT, "Req", "Topic", STANDARD_ASSIGNED, "VSTESTCD", NULL},
    {"--TEST", "Vital Signs Test Name", STANDARD_TEXT, "Req", "Synonym Qualifier", STANDARD_ASSIGNED, "VSTEST", NULL},
    {"--CAT", "Category for Vital Signs", STANDARD_TEXT, "Perm", "Grouping Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"--ORRES", "Result or Finding in Original Units", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--ORRESU", "Original Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "VSRESU", NULL},
    {"--STRESC", "Character Result/Finding in Std Format", STANDARD_TEXT, "Exp", "Result Qualifier", STANDARD_DERIVED, NULL, SAY_STANDARD},
    {"--STRESN", "Numeric Result/Finding in Standard Units", STANDARD_FLOAT, "Perm", "Result Qualifier", STANDARD_DERIVED, NULL, "STRESC as a number, where it is one"},
    {"--STRESU", "Standard Units", STANDARD_TEXT, "Perm", "Variable Qualifier", STANDARD_ASSIGNED, "VSRESU", NULL},
    {"--STAT", "Completion Status", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, "ND", NULL},
    {"--REASND", "Reason Not Performed", STANDARD_TEXT, "Perm", "Record Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"--LOBXFL", "Last Observation Before Exposure Flag", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_DERIVED, "NY", SAY_LAST_BEFORE},
    EXPECTED_VISIT,
    {"--DTC", "Date/Time of Measurements", STANDARD_DTC, "Exp", "Timing", STANDARD_COLLECTED, NULL, NULL},
    {"--DY", "Study Day of Vital Signs", STANDARD_INTEGER, "Perm", "Timing", STANDARD_DERIVED, NULL, SAY_DAY},
};
static const StandardColumn OF_RELREC[] = {
    {"STUDYID", "Study Identifier", STANDARD_TEXT, "Req", "Identifier", STANDARD_PROTOCOL, NULL, NULL},
    {"RDOMAIN", "Related Domain Abbreviation", STANDARD_TEXT, "Req", "Identifier", STANDARD_ASSIGNED, "DOMAIN", NULL},
    {"USUBJID", "Unique Subject Identifier", STANDARD_TEXT, "Exp", "Identifier", STANDARD_DERIVED, NULL, "STUDYID and SUBJID, joined by a hyphen"},
    {"IDVAR", "Identifying Variable", STANDARD_TEXT, "Req", "Identifier", STANDARD_ASSIGNED, NULL, NULL},
    {"IDVARVAL", "Identifying Variable Value", STANDARD_TEXT, "Exp", "Identifier", STANDARD_DERIVED, NULL, "value of the variable in the related row"},
    {"RELTYPE", "Relationship Type", STANDARD_TEXT, "Exp", "Record Qualifier", STANDARD_ASSIGNED, "RELTYPE", NULL},
    {"RELID", "Relationship Identifier", STANDARD_TEXT, "Req", "Record Qualifier", STANDARD_DERIVED, NULL, "AE and the number of the event"},
};

const StandardSpec sdtm_spec_TA = {"TA", "Trial Arms", "TRIAL DESIGN", "One record per planned element per arm",
    "ARMCD TAETORD", OF_TA, N_OF(OF_TA)};
const StandardSpec sdtm_spec_TE = {"TE", "Trial Elements", "TRIAL DESIGN", "One record per planned element",
    "ETCD", OF_TE, N_OF(OF_TE)};
const StandardSpec sdtm_spec_TI = {"TI", "Trial Inclusion/Exclusion Criteria", "TRIAL DESIGN", "One record per I/E criterion",
    "IETESTCD", OF_TI, N_OF(OF_TI)};
const StandardSpec sdtm_spec_TS = {"TS", "Trial Summary", "TRIAL DESIGN", "One record per trial summary parameter value",
    "TSPARMCD TSSEQ", OF_TS, N_OF(OF_TS)};
const StandardSpec sdtm_spec_TV = {"TV", "Trial Visits", "TRIAL DESIGN", "One record per planned visit",
    "VISITNUM", OF_TV, N_OF(OF_TV)};
const StandardSpec sdtm_spec_DM = {"DM", "Demographics", "SPECIAL PURPOSE", "One record per subject",
    "USUBJID", OF_DM, N_OF(OF_DM)};
const StandardSpec sdtm_spec_SE = {"SE", "Subject Elements", "SPECIAL PURPOSE", "One record per actual element per subject",
    "USUBJID SESTDTC TAETORD", OF_SE, N_OF(OF_SE)};
const StandardSpec sdtm_spec_SV = {"SV", "Subject Visits", "SPECIAL PURPOSE", "One record per actual visit per subject",
    "USUBJID VISITNUM", OF_SV, N_OF(OF_SV)};
const StandardSpec sdtm_spec_CM = {"CM", "Concomitant/Prior Medications", "INTERVENTIONS", "One record per recorded intervention occurrence per subject",
    "USUBJID CMTRT VISITNUM CMDTC CMSTDTC CMSPID", OF_CM, N_OF(OF_CM)};
const StandardSpec sdtm_spec_EX = {"EX", "Exposure", "INTERVENTIONS", "One record per dose per subject",
    "USUBJID EXTRT EXSTDTC EXSPID", OF_EX, N_OF(OF_EX)};
const StandardSpec sdtm_spec_PR = {"PR", "Procedures", "INTERVENTIONS", "One record per recorded procedure per occurrence per subject",
    "USUBJID PRTRT VISITNUM PRDTC PRSTDTC PRSPID", OF_PR, N_OF(OF_PR)};
const StandardSpec sdtm_spec_AE = {"AE", "Adverse Events", "EVENTS", "One record per adverse event per subject",
    "USUBJID AEDECOD AESTDTC AESPID", OF_AE, N_OF(OF_AE)};
const StandardSpec sdtm_spec_CE = {"CE", "Clinical Events", "EVENTS", "One record per event per subject",
    "USUBJID CETERM VISITNUM CEDTC CESTDTC CESPID", OF_CE, N_OF(OF_CE)};
const StandardSpec sdtm_spec_DS = {"DS", "Disposition", "EVENTS", "One record per disposition status or protocol milestone per subject",
    "USUBJID DSSTDTC DSDECOD", OF_DS, N_OF(OF_DS)};
const StandardSpec sdtm_spec_DV = {"DV", "Protocol Deviations", "EVENTS", "One record per protocol deviation per subject",
    "USUBJID DVSTDTC DVTERM", OF_DV, N_OF(OF_DV)};
const StandardSpec sdtm_spec_MH = {"MH", "Medical History", "EVENTS", "One record per medical history event per subject",
    "USUBJID MHTERM VISITNUM MHDTC MHSTDTC MHSPID", OF_MH, N_OF(OF_MH)};
const StandardSpec sdtm_spec_FT = {"FT", "Functional Tests", "FINDINGS", "One record per functional test finding per visit per subject",
    "USUBJID FTCAT FTTESTCD VISITNUM FTDTC", OF_FT, N_OF(OF_FT)};
const StandardSpec sdtm_spec_IE = {"IE", "Inclusion/Exclusion Criteria Not Met", "FINDINGS", "One record per inclusion/exclusion criterion not met per subject",
    "USUBJID IETESTCD", OF_IE, N_OF(OF_IE)};
const StandardSpec sdtm_spec_LB = {"LB", "Laboratory Test Results", "FINDINGS", "One record per lab test per visit per subject",
    "USUBJID LBCAT LBTESTCD VISITNUM LBDTC", OF_LB, N_OF(OF_LB)};
const StandardSpec sdtm_spec_QS = {"QS", "Questionnaires", "FINDINGS", "One record per questionnaire per question per visit per subject",
    "USUBJID QSCAT QSTESTCD VISITNUM QSDTC", OF_QS, N_OF(OF_QS)};
const StandardSpec sdtm_spec_RS = {"RS", "Disease Response and Clin Classification", "FINDINGS", "One record per response or classification assessment per visit per subject",
    "USUBJID RSCAT RSTESTCD VISITNUM RSDTC", OF_RS, N_OF(OF_RS)};
const StandardSpec sdtm_spec_SC = {"SC", "Subject Characteristics", "FINDINGS", "One record per characteristic per subject",
    "USUBJID SCCAT SCTESTCD SCDTC", OF_SC, N_OF(OF_SC)};
const StandardSpec sdtm_spec_VS = {"VS", "Vital Signs", "FINDINGS", "One record per vital sign measurement per visit per subject",
    "USUBJID VSCAT VSTESTCD VISITNUM VSDTC", OF_VS, N_OF(OF_VS)};
const StandardSpec sdtm_spec_RELREC = {"RELREC", "Related Records", "RELATIONSHIP", "One record per related record, group of records or dataset",
    "RDOMAIN USUBJID IDVAR IDVARVAL RELID", OF_RELREC, N_OF(OF_RELREC)};
/* clang-format on */

const StandardSpec *sdtm_spec(Str name)
{
    static const StandardSpec *const SPECS[] = {
#define X(name) &sdtm_spec_##name,
        SDTM_SETS(X)
#undef X
    };
    for (size_t i = 0; i < N_OF(SPECS); i++)
        if (str_equal(name, str_from(SPECS[i]->name))) return SPECS[i];
    return NULL;
}
