#include "conform/sdtm_model.h"

/* clang-format off */
static const SdtmDomain DOMAINS[] = {
    {"CO", "SPECIAL PURPOSE", "Comments"},
    {"DM", "SPECIAL PURPOSE", "Demographics"},
    {"SE", "SPECIAL PURPOSE", "Subject Elements"},
    {"SM", "SPECIAL PURPOSE", "Subject Disease Milestones"},
    {"SV", "SPECIAL PURPOSE", "Subject Visits"},
    {"AG", "INTERVENTIONS", "Procedure Agents"},
    {"CM", "INTERVENTIONS", "Concomitant/Prior Medications"},
    {"EC", "INTERVENTIONS", "Exposure as Collected"},
    {"EX", "INTERVENTIONS", "Exposure"},
    {"ML", "INTERVENTIONS", "Meal Data"},
    {"PR", "INTERVENTIONS", "Procedures"},
    {"SU", "INTERVENTIONS", "Substance Use"},
    {"AE", "EVENTS", "Adverse Events"},
    {"BE", "EVENTS", "Biospecimen Events"},
    {"CE", "EVENTS", "Clinical Events"},
    {"DS", "EVENTS", "Disposition"},
    {"DV", "EVENTS", "Protocol Deviations"},
    {"HO", "EVENTS", "Healthcare Encounters"},
    {"MH", "EVENTS", "Medical History"},
    {"BS", "FINDINGS", "Biospecimen Findings"},
    {"CP", "FINDINGS", "Cell Phenotype Findings"},
    {"CV", "FINDINGS", "Cardiovascular System Findings"},
    {"DA", "FINDINGS", "Product Accountability"},
    {"DD", "FINDINGS", "Death Details"},
    {"EG", "FINDINGS", "ECG Test Results"},
    {"FT", "FINDINGS", "Functional Tests"},
    {"GF", "FINDINGS", "Genomics Findings"},
    {"IE", "FINDINGS", "Inclusion/Exclusion Criteria Not Met"},
    {"IS", "FINDINGS", "Immunogenicity Specimen Assessments"},
    {"LB", "FINDINGS", "Laboratory Test Results"},
    {"MB", "FINDINGS", "Microbiology Specimen"},
    {"MI", "FINDINGS", "Microscopic Findings"},
    {"MK", "FINDINGS", "Musculoskeletal System Findings"},
    {"MS", "FINDINGS", "Microbiology Susceptibility"},
    {"NV", "FINDINGS", "Nervous System Findings"},
    {"OE", "FINDINGS", "Ophthalmic Examinations"},
    {"PC", "FINDINGS", "Pharmacokinetics Concentrations"},
    {"PE", "FINDINGS", "Physical Examination"},
    {"PP", "FINDINGS", "Pharmacokinetics Parameters"},
    {"QS", "FINDINGS", "Questionnaires"},
    {"RE", "FINDINGS", "Respiratory System Findings"},
    {"RP", "FINDINGS", "Reproductive System Findings"},
    {"RS", "FINDINGS", "Disease Response and Clin Classification"},
    {"SC", "FINDINGS", "Subject Characteristics"},
    {"SS", "FINDINGS", "Subject Status"},
    {"TR", "FINDINGS", "Tumor/Lesion Results"},
    {"TU", "FINDINGS", "Tumor/Lesion Identification"},
    {"UR", "FINDINGS", "Urinary System Findings"},
    {"VS", "FINDINGS", "Vital Signs"},
    {"FA", "FINDINGS ABOUT", "Findings About Events or Interventions"},
    {"SR", "FINDINGS ABOUT", "Skin Response"},
    {"TA", "TRIAL DESIGN", "Trial Arms"},
    {"TD", "TRIAL DESIGN", "Trial Disease Assessments"},
    {"TE", "TRIAL DESIGN", "Trial Elements"},
    {"TI", "TRIAL DESIGN", "Trial Inclusion/Exclusion Criteria"},
    {"TM", "TRIAL DESIGN", "Trial Disease Milestones"},
    {"TS", "TRIAL DESIGN", "Trial Summary"},
    {"TV", "TRIAL DESIGN", "Trial Visits"},
    {"OI", "STUDY REFERENCE", "Non-host Organism Identifiers"},
};

/* Of the guides for animals, devices and tobacco. */
static const SdtmDomain ELSEWHERE[] = {
    {"TX", "TRIAL DESIGN", "Trial Sets"},
    {"TT", "TRIAL DESIGN", "Trial Stages"},
    {"TP", "TRIAL DESIGN", "Trial Paths"},
    {"SJ", "SPECIAL PURPOSE", "Subject Stages"},
    {"DI", "STUDY REFERENCE", "Device Identifiers"},
};

static const char *const TIMING[] = {
    "VISITNUM", "VISIT", "VISITDY", "TAETORD", "EPOCH", "RPHASE", "RPPLDY", "RPPLSTDY", "RPPLENDY", "--DTC", "--STDTC",
    "--ENDTC", "--DY", "--STDY", "--ENDY", "--NOMDY", "--NOMLBL", "--RPDY", "--RPSTDY", "--RPENDY", "--DUR", "--TPT",
    "--TPTNUM", "--ELTM", "--TPTREF", "--RFTDTC", "--STRF", "--ENRF", "--EVLINT", "--EVINTX", "--STRTPT", "--STTPT",
    "--ENRTPT", "--ENTPT", "MIDS", "RELMIDS", "MIDSDTC", "--STINT", "--ENINT", "--DETECT",
};
/* clang-format on */

static const SdtmDomain *find(const SdtmDomain *domains, size_t n, Str code)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal(code, str_from(domains[i].code))) return &domains[i];
    return NULL;
}

const SdtmDomain *sdtm_domain(Str code) { return find(DOMAINS, sizeof DOMAINS / sizeof DOMAINS[0], code); }

const char *sdtm_class_of_domain(Str code)
{
    const SdtmDomain *domain = sdtm_domain(code);
    if (!domain) domain = find(ELSEWHERE, sizeof ELSEWHERE / sizeof ELSEWHERE[0], code);
    return domain ? domain->class_name : NULL;
}

const char *const *sdtm_timing_variables(size_t *n)
{
    *n = sizeof TIMING / sizeof TIMING[0];
    return TIMING;
}
