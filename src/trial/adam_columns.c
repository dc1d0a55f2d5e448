#include "trial/adam_columns.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* clang-format off */
/* What other data sets take from ADSL. */
#define FROM_ADSL \
    {"STUDYID", "Study Identifier", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, NULL, "ADSL.STUDYID"}, \
    {"USUBJID", "Unique Subject Identifier", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, NULL, "ADSL.USUBJID"}, \
    {"SUBJID", "Subject Identifier for the Study", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, NULL, "ADSL.SUBJID"}, \
    {"SITEID", "Study Site Identifier", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, NULL, "ADSL.SITEID"}, \
    {"TRTP", "Planned Treatment", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "ADSL.TRT01P"}, \
    {"TRTA", "Actual Treatment", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "ADSL.TRT01A"}, \
    {"TRTSDT", "Date of First Exposure to Treatment", STANDARD_DATE, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "ADSL.TRTSDT"}, \
    {"AGE", "Age", STANDARD_INTEGER, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "ADSL.AGE"}, \
    {"SEX", "Sex", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, "SEX", "ADSL.SEX"}, \
    {"ENRLFL", "Enrolled Population Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, "NY", "ADSL.ENRLFL"}, \
    {"SAFFL", "Safety Population Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, "NY", "ADSL.SAFFL"}, \
    {"COMPLFL", "Completers Population Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, "NY", "ADSL.COMPLFL"}

static const StandardColumn OF_ADSL[] = {
    {"STUDYID", "Study Identifier", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, NULL, "DM.STUDYID"},
    {"USUBJID", "Unique Subject Identifier", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, NULL, "DM.USUBJID"},
    {"SUBJID", "Subject Identifier for the Study", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, NULL, "DM.SUBJID"},
    {"SITEID", "Study Site Identifier", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, NULL, "DM.SITEID"},
    {"AGE", "Age", STANDARD_INTEGER, "Req", NULL, STANDARD_PREDECESSOR, NULL, "DM.AGE"},
    {"AGEU", "Age Units", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, "AGEU", "DM.AGEU"},
    {"AAGE", "Analysis Age", STANDARD_FLOAT, "Perm", NULL, STANDARD_DERIVED, NULL, "years with a fraction (days / 365.25) at enrolment; at screening where the subject was not enrolled"},
    {"SEX", "Sex", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, "SEX", "DM.SEX"},
    {"RACE", "Race", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, "RACE", "DM.RACE"},
    {"COUNTRY", "Country", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, "ISO3166", "DM.COUNTRY"},
    {"ARM", "Description of Planned Arm", STANDARD_TEXT, "Req", NULL, STANDARD_PREDECESSOR, NULL, "DM.ARM"},
    {"ACTARM", "Description of Actual Arm", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "DM.ACTARM"},
    {"TRT01P", "Planned Treatment for Period 01", STANDARD_TEXT, "Req", NULL, STANDARD_DERIVED, NULL, "title of the arm that the subject was enrolled in"},
    {"TRT01A", "Actual Treatment for Period 01", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, NULL, "TRT01P where a dose was given, or the trial gives none"},
    {"TRTSDT", "Date of First Exposure to Treatment", STANDARD_DATE, "Perm", NULL, STANDARD_DERIVED, NULL, "date of the first dose"},
    {"TRTEDT", "Date of Last Exposure to Treatment", STANDARD_DATE, "Perm", NULL, STANDARD_DERIVED, NULL, "date of the last dose"},
    {"ENRLDT", "Date of Enrollment", STANDARD_DATE, "Perm", NULL, STANDARD_COLLECTED, NULL, NULL},
    {"EOSSTT", "End of Study Status", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, "SBJTSTAT", "of enrolled subjects: COMPLETED or DISCONTINUED as DS.DSDECOD says, ONGOING without a record"},
    {"EOSDT", "End of Study Date", STANDARD_DATE, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "DS.DSSTDTC"},
    {"DCSREAS", "Reason for Discontinuation from Study", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, "NCOMPLT", "DS.DSDECOD"},
    {"ENRLFL", "Enrolled Population Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, "NY", "Y where the subject was enrolled, else N"},
    {"SAFFL", "Safety Population Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, "NY", "Y where a dose was given, else N"},
    {"COMPLFL", "Completers Population Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, "NY", "Y where a form of the last visit of the protocol was filled, else N"},
    {"NDOSES", "Number of Doses", STANDARD_INTEGER, "Perm", NULL, STANDARD_DERIVED, NULL, "number of doses recorded"},
    {"STATUS", "Status of the Subject", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, NULL, "the furthest step of the subject in the trial"},
    {"FAILID", "Criterion That Kept the Subject Out", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, NULL, "first criterion that does not admit the subject, or CONSENT"},
};

static const StandardColumn OF_BDS[] = {
    FROM_ADSL,
    {"PARCAT1", "Parameter Category 1", STANDARD_TEXT, "Perm", NULL, STANDARD_ASSIGNED, NULL, NULL},
    {"PARAM", "Parameter", STANDARD_TEXT, "Req", NULL, STANDARD_ASSIGNED, NULL, NULL},
    {"PARAMCD", "Parameter Code", STANDARD_TEXT, "Req", NULL, STANDARD_ASSIGNED, "PARAMCD", NULL},
    {"AVISIT", "Analysis Visit", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, NULL, "title of the protocol visit at which the form was filled"},
    {"AVISITN", "Analysis Visit (N)", STANDARD_FLOAT, "Perm", NULL, STANDARD_DERIVED, NULL, "order of that visit"},
    {"ADT", "Analysis Date", STANDARD_DATE, "Perm", NULL, STANDARD_DERIVED, NULL, "date of the form"},
    {"ADY", "Analysis Relative Day", STANDARD_INTEGER, "Perm", NULL, STANDARD_DERIVED, NULL, "days from TRTSDT to ADT, the day itself being 1 and the day before -1"},
    {"AWTARGET", "Analysis Window Target", STANDARD_INTEGER, "Perm", NULL, STANDARD_PROTOCOL, NULL, NULL},
    {"AWLO", "Analysis Window Beginning Timepoint", STANDARD_INTEGER, "Perm", NULL, STANDARD_PROTOCOL, NULL, NULL},
    {"AWHI", "Analysis Window Ending Timepoint", STANDARD_INTEGER, "Perm", NULL, STANDARD_PROTOCOL, NULL, NULL},
    {"AWU", "Analysis Window Unit", STANDARD_TEXT, "Perm", NULL, STANDARD_ASSIGNED, NULL, NULL},
    {"AVAL", "Analysis Value", STANDARD_FLOAT, "Perm", NULL, STANDARD_DERIVED, NULL, "score of the instrument, as docs/methods says; where the form holds the score, that score"},
    {"AVALC", "Analysis Value (C)", STANDARD_TEXT, "Perm", NULL, STANDARD_COLLECTED, NULL, NULL},
    {"BASE", "Baseline Value", STANDARD_FLOAT, "Perm", NULL, STANDARD_DERIVED, NULL, "last AVAL on or before TRTSDT"},
    {"CHG", "Change from Baseline", STANDARD_FLOAT, "Perm", NULL, STANDARD_DERIVED, NULL, "AVAL - BASE, after TRTSDT"},
    {"PCHG", "Percent Change from Baseline", STANDARD_FLOAT, "Perm", NULL, STANDARD_DERIVED, NULL, "100 * CHG / BASE, where BASE is not 0"},
    {"ECHG", "Change Expected from Growth", STANDARD_FLOAT, "Perm", NULL, STANDARD_DERIVED, NULL, "change since baseline that the motor growth curve of the GMFCS level predicts"},
    {"XCHG", "Change Beyond Growth", STANDARD_FLOAT, "Perm", NULL, STANDARD_DERIVED, NULL, "CHG - ECHG"},
    {"ABLFL", "Baseline Record Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, "NY", "Y on the row that gives BASE"},
    {"ANL01FL", "Analysis Flag 01", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, "NY", "Y on a value at a planned visit"},
};

static const StandardColumn OF_ADAE[] = {
    FROM_ADSL,
    {"AESEQ", "Sequence Number", STANDARD_INTEGER, "Req", NULL, STANDARD_PREDECESSOR, NULL, "AE.AESEQ"},
    {"AESPID", "Sponsor-Defined Identifier", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "AE.AESPID"},
    {"AETERM", "Reported Term for the Adverse Event", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "AE.AETERM"},
    {"AEDECOD", "Dictionary-Derived Term", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "AE.AEDECOD"},
    {"AEBODSYS", "Body System or Organ Class", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "AE.AEBODSYS"},
    {"AESOC", "Primary System Organ Class", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "AE.AESOC"},
    {"AESEV", "Severity/Intensity", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, "AESEV", "AE.AESEV"},
    {"AESER", "Serious Event", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, "NY", "AE.AESER"},
    {"AEACN", "Action Taken with Study Treatment", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, "ACN", "AE.AEACN"},
    {"AEREL", "Causality", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "AE.AEREL"},
    {"AEOUT", "Outcome of Adverse Event", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, "OUT", "AE.AEOUT"},
    {"AETOXGR", "Standard Toxicity Grade", STANDARD_TEXT, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "AE.AETOXGR"},
    {"ATOXGRN", "Analysis Toxicity Grade (N)", STANDARD_INTEGER, "Perm", NULL, STANDARD_DERIVED, NULL, "AETOXGR as a number"},
    {"AESTDTC", "Start Date/Time of Adverse Event", STANDARD_DTC, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "AE.AESTDTC"},
    {"ASTDT", "Analysis Start Date", STANDARD_DATE, "Perm", NULL, STANDARD_DERIVED, NULL, "AESTDTC as a number, where it is a full date"},
    {"ASTDY", "Analysis Start Relative Day", STANDARD_INTEGER, "Perm", NULL, STANDARD_DERIVED, NULL, "days from TRTSDT to ASTDT, the day itself being 1 and the day before -1"},
    {"AEENDTC", "End Date/Time of Adverse Event", STANDARD_DTC, "Perm", NULL, STANDARD_PREDECESSOR, NULL, "AE.AEENDTC"},
    {"AENDT", "Analysis End Date", STANDARD_DATE, "Perm", NULL, STANDARD_DERIVED, NULL, "AEENDTC as a number, where it is a full date"},
    {"AENDY", "Analysis End Relative Day", STANDARD_INTEGER, "Perm", NULL, STANDARD_DERIVED, NULL, "days from TRTSDT to AENDT, the day itself being 1 and the day before -1"},
    {"TRTEMFL", "Treatment Emergent Analysis Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, "NY", "Y where the event began on or after TRTSDT; a partial date counts by its last day"},
    {"AOCCFL", "1st Occurrence within Subject Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, "NY", "Y on the first treatment-emergent event of the subject, by ASTDT and AESEQ"},
    {"AOCCSFL", "1st Occurrence of SOC Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, "NY", "Y on the first treatment-emergent event of the subject in AEBODSYS"},
    {"AOCCPFL", "1st Occurrence of Preferred Term Flag", STANDARD_TEXT, "Perm", NULL, STANDARD_DERIVED, "NY", "Y on the first treatment-emergent event of the subject with AEDECOD"},
};

const StandardSpec adam_spec_ADSL = {"ADSL", "Subject-Level Analysis Dataset", "SUBJECT LEVEL ANALYSIS DATASET", "One record per subject",
    "USUBJID", OF_ADSL, N_OF(OF_ADSL)};
const StandardSpec adam_spec_BDS = {"BDS", "Basic Data Structure", "BASIC DATA STRUCTURE", "One record per subject per parameter per analysis visit",
    "USUBJID PARAMCD AVISITN ADT", OF_BDS, N_OF(OF_BDS)};
const StandardSpec adam_spec_ADAE = {"ADAE", "Adverse Events Analysis Dataset", "OCCURRENCE DATA STRUCTURE", "One record per subject per adverse event",
    "USUBJID AESEQ", OF_ADAE, N_OF(OF_ADAE)};
/* clang-format on */
