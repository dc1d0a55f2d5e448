/* The grammar of the protocol file: one table for each mapping in it, innermost first. A row names a member of a
 * struct of protocol.h, so that the file, the struct, the schema and the manual cannot drift apart. */
#include "protocol/protocol.h"

static const GrammarKey REGISTRATION_KEYS[] = {
    GRAMMAR_ROW(Registration, registry, Str, TEXT, "the registry's name", REQUIRED, EXAMPLE("ClinicalTrials.gov")),
    GRAMMAR_ROW(Registration, id, Str, ID, "the number it gave", REQUIRED, EXAMPLE("NCT02569775")),
    GRAMMAR_ROW(Registration, date, Date, DATE, "when it was registered", REQUIRED, EXAMPLE("2015-10-15")),
    GRAMMAR_ROW(Registration, retrospective, bool, BOOLEAN, "known to be after the first consent, whose date is not known",
                EXAMPLE("true")),
};
static const Grammar REGISTRATION = GRAMMAR_TABLE(Registration, "registration", "Where the trial is registered.", REGISTRATION_KEYS);

static const GrammarKey TRIAL_KEYS[] = {
    GRAMMAR_ROW(TrialFacts, id, Str, ID, "short name of the trial", REQUIRED, EXAMPLE("NCT02569775")),
    GRAMMAR_ROW(TrialFacts, title, Str, TEXT, "full title", REQUIRED, EXAMPLE("Marrow cells in cerebral palsy")),
    GRAMMAR_ROW(TrialFacts, short_title, Str, TEXT, "title for page headers", EXAMPLE("Marrow cells in CP")),
    GRAMMAR_ROW(TrialFacts, phase, TrialPhase, WORD, "phase", .words = &TRIAL_PHASE_WORDS, EXAMPLE("2")),
    GRAMMAR_ROW(TrialFacts, design, TrialDesign, WORD, "what is compared with what", REQUIRED, .words = &TRIAL_DESIGN_WORDS,
                EXAMPLE("single-arm")),
    GRAMMAR_ROW(TrialFacts, blinding, TrialBlinding, WORD, "who does not know the treatment", .words = &TRIAL_BLINDING_WORDS,
                EXAMPLE("open-label")),
    GRAMMAR_ROW(TrialFacts, blinded, Texts, TEXTS, "which parties: subject, carer, investigator, assessor, statistician",
                EXAMPLE("[assessor]")),
    GRAMMAR_ROW(TrialFacts, registration, Registration, MAPPING, "public registration", .child = &REGISTRATION),
    GRAMMAR_ROW(TrialFacts, sponsor, Str, TEXT, "who is responsible", EXAMPLE("Vinmec Times City")),
    GRAMMAR_ROW(TrialFacts, first_consent, Date, DATE, "date of the first consent; may be partial", EXAMPLE("2014-08")),
    GRAMMAR_ROW(TrialFacts, planned_subjects, int, INTEGER, "how many subjects are planned", EXAMPLE("40")),
    GRAMMAR_ROW(TrialFacts, sample_size_reason, Str, TEXT, "why that many: the effect, its spread, power",
                EXAMPLE("80 % power for a change of 3 with SD 6.5")),
    GRAMMAR_ROW(TrialFacts, simulated, bool, BOOLEAN, "true: the records are made up, and every page says so", EXAMPLE("true")),
    GRAMMAR_ROW(TrialFacts, language, Str, TEXT, "language of the file's texts (ISO 639)", EXAMPLE("en")),
};
static const Grammar TRIAL = GRAMMAR_TABLE(TrialFacts, "trial", "What the trial is.", TRIAL_KEYS);

static const GrammarKey ARM_KEYS[] = {
    GRAMMAR_ROW(Arm, id, Str, ID, "value of ARM", REQUIRED, .defines = "arm", EXAMPLE("BMMNC")),
    GRAMMAR_ROW(Arm, title, Str, TEXT, "name for people", REQUIRED, EXAMPLE("Marrow cells, twice")),
    GRAMMAR_ROW(Arm, kind, ArmKind, WORD, "what the arm is for", REQUIRED, .words = &ARM_KIND_WORDS, EXAMPLE("experimental")),
    GRAMMAR_ROW(Arm, dose, Str, TEXT, "dose and schedule in words", EXAMPLE("two infusions, three months apart")),
};
static const Grammar ARM = GRAMMAR_TABLE(Arm, "an arm", "One treatment group.", ARM_KEYS);

static const GrammarKey RANDOMISATION_KEYS[] = {
    GRAMMAR_ROW(Randomisation, method, RandomisationMethod, WORD, "how the next arm is drawn", REQUIRED,
                .words = &RANDOMISATION_METHOD_WORDS, EXAMPLE("permuted-blocks")),
    GRAMMAR_ROW(Randomisation, ratio, Numbers, NUMBERS, "one number per arm, in their order; equal when absent", EXAMPLE("[1, 1]")),
    GRAMMAR_ROW(Randomisation, block_sizes, Numbers, NUMBERS, "sizes a block may have", EXAMPLE("[4, 6]")),
    GRAMMAR_ROW(Randomisation, strata, Texts, TEXTS, "items of the screening form", EXAMPLE("[GMFCS]")),
    GRAMMAR_ROW(Randomisation, concealment, Str, TEXT, "how the next allocation is kept from those who enrol",
                EXAMPLE("sealed list kept by the pharmacy")),
};
static const Grammar RANDOMISATION = GRAMMAR_TABLE(Randomisation, "randomisation", "How subjects are allocated to arms.", RANDOMISATION_KEYS);

static const GrammarKey SITE_KEYS[] = {
    GRAMMAR_ROW(Site, id, Str, ID, "value of SITE", REQUIRED, .defines = "site", EXAMPLE("HAN")),
    GRAMMAR_ROW(Site, title, Str, TEXT, "name for people", REQUIRED, EXAMPLE("Vinmec Times City, Hanoi")),
    GRAMMAR_ROW(Site, country, Str, TEXT, "country (ISO 3166)", EXAMPLE("VN")),
    GRAMMAR_ROW(Site, language, Str, TEXT, "language of its families (ISO 639)", EXAMPLE("vi")),
};
static const Grammar SITE = GRAMMAR_TABLE(Site, "a site", "One place that enrols subjects.", SITE_KEYS);

static const GrammarKey WINDOW_KEYS[] = {
    GRAMMAR_ROW(Window, before, int, DAY, "days early that still count", OTHERWISE(0), EXAMPLE("21")),
    GRAMMAR_ROW(Window, after, int, DAY, "days late that still count", OTHERWISE(0), EXAMPLE("21")),
};
static const Grammar WINDOW = GRAMMAR_TABLE(Window, "a window", "Days around the nominal day.", WINDOW_KEYS);

static const GrammarKey VISIT_KEYS[] = {
    GRAMMAR_ROW(Visit, id, Str, ID, "value of VISIT", REQUIRED, .defines = "visit", EXAMPLE("V3")),
    GRAMMAR_ROW(Visit, title, Str, TEXT, "name for people", REQUIRED, EXAMPLE("3 months")),
    GRAMMAR_ROW(Visit, kind, VisitKind, WORD, "what happens", REQUIRED, .words = &VISIT_KIND_WORDS, EXAMPLE("assessment")),
    GRAMMAR_ROW(Visit, day, int, DAY, "nominal day; 0 is the day of the first dose", EXAMPLE("91")),
    GRAMMAR_ROW(Visit, window, Window, MAPPING, "days around it that still count", .child = &WINDOW, EXAMPLE("{before: 21, after: 21}")),
    GRAMMAR_ROW(Visit, order, int, INTEGER, "VISITN; the place in the list, from 0, when absent", EXAMPLE("2")),
};
static const Grammar VISIT = GRAMMAR_TABLE(Visit, "a visit", "One planned encounter.", VISIT_KEYS);

static const GrammarKey CHECK_KEYS[] = {
    GRAMMAR_ROW(EditCheck, id, Str, ID, "name of the check", EXAMPLE("weight-plausible")),
    GRAMMAR_ROW(EditCheck, condition, Str, CONDITION, "what must hold; unknown passes", REQUIRED, EXAMPLE("WEIGHT_KG >= 5")),
    GRAMMAR_ROW(EditCheck, message, Str, TEXT, "what the person who enters it reads", REQUIRED, EXAMPLE("Weigh the child again.")),
    GRAMMAR_ROW(EditCheck, severity, CheckSeverity, WORD, "what a failure does", OTHERWISE(CHECK_SOFT),
                .words = &CHECK_SEVERITY_WORDS, EXAMPLE("soft")),
    GRAMMAR_ROW(EditCheck, source, Str, TEXT, "where the limit comes from", EXAMPLE("USP <85>")),
};
static const Grammar CHECK = GRAMMAR_TABLE(EditCheck, "a check", "A rule that values must keep.", CHECK_KEYS);

static const GrammarKey SDTM_KEYS[] = {
    GRAMMAR_ROW(SdtmUse, domain, SdtmDomain, WORD, "data set it stands in; that of the form, or of an instrument, when absent",
                .words = &SDTM_DOMAIN_WORDS, EXAMPLE("VS")),
    GRAMMAR_ROW(SdtmUse, test, Str, TEXT, "of a finding: code of the test, at most 8 characters; the item's id when absent", EXAMPLE("WEIGHT")),
    GRAMMAR_ROW(SdtmUse, name, Str, TEXT, "of a finding: name of the test, at most 40 characters; the item's label when absent",
                EXAMPLE("Weight")),
    GRAMMAR_ROW(SdtmUse, category, Str, TEXT, "group of tests, terms or treatments", EXAMPLE("GMFM-88")),
    GRAMMAR_ROW(SdtmUse, unit, Str, TEXT, "unit as SDTM writes it, where it is not known from the item's", EXAMPLE("10^6")),
    GRAMMAR_ROW(SdtmUse, term, Str, TEXT, "of an event or treatment that the item asks for: its name; the answer is yes, no, or a dose",
                EXAMPLE("Epilepsy")),
    GRAMMAR_ROW(SdtmUse, interval, Str, TEXT, "of such a question: the time it asks about", EXAMPLE("since the last visit")),
    GRAMMAR_ROW(SdtmUse, variable, Str, TEXT, "variable of the domain that the item fills", EXAMPLE("EXDOSE")),
    GRAMMAR_ROW(SdtmUse, qualifier, Str, TEXT, "name, at most 8 characters, in the domain's supplemental data set", EXAMPLE("CD34")),
};
static const Grammar SDTM = GRAMMAR_TABLE(SdtmUse, "sdtm", "Where values stand in the SDTM data sets.", SDTM_KEYS);

static const GrammarKey ITEM_KEYS[] = {
    GRAMMAR_ROW(Item, id, Str, COLUMN, "column name; a run G01..G88 makes one item each", REQUIRED, EXAMPLE("WEIGHT_KG")),
    GRAMMAR_ROW(Item, label, Str, TEXT, "question for people; {n} in a run is the item's number", EXAMPLE("Weight")),
    GRAMMAR_ROW(Item, type, ColumnType, WORD, "what a value is", REQUIRED, .words = &COLUMN_TYPE_WORDS, EXAMPLE("number")),
    GRAMMAR_ROW(Item, unit, Str, TEXT, "unit of a number (UCUM)", EXAMPLE("kg")),
    GRAMMAR_ROW(Item, range, Range, RANGE, "lowest and highest possible value; ~ leaves an end open", EXAMPLE("[2, 120]")),
    GRAMMAR_ROW(Item, codelist, CodelistUse, CODELIST, "codes of a coded item: a name, or {code: label}", EXAMPLE("{M: male, F: female}")),
    GRAMMAR_ROW(Item, decimals, int, INTEGER, "places after the point", EXAMPLE("1")),
    GRAMMAR_ROW(Item, required, bool, BOOLEAN, "a blank needs a reason", EXAMPLE("true")),
    GRAMMAR_ROW(Item, derived, Str, CONDITION, "an expression over items of the form, instead of entry", EXAMPLE("MNC_E6 / WEIGHT_KG")),
    GRAMMAR_ROW(Item, sdtm, SdtmUse, MAPPING, "where it stands in SDTM", .child = &SDTM, EXAMPLE("{domain: VS, test: WEIGHT}")),
    GRAMMAR_ROW(Item, checks, EditChecks, LIST, "rules about this item", .child = &CHECK),
};
static const Grammar ITEM = GRAMMAR_TABLE(Item, "an item", "One question of a form.", ITEM_KEYS);

static const GrammarKey FORM_KEYS[] = {
    GRAMMAR_ROW(Form, id, Str, ID, "name of the form and stem of its CSV file", REQUIRED, .defines = "form", EXAMPLE("gmfm")),
    GRAMMAR_ROW(Form, title, Str, TEXT, "name for people", REQUIRED, EXAMPLE("Gross motor function")),
    GRAMMAR_ROW(Form, repeats, FormRepeat, WORD, "how often it is filled", OTHERWISE(FORM_PER_VISIT),
                .words = &FORM_REPEAT_WORDS, EXAMPLE("visit")),
    GRAMMAR_ROW(Form, items, Items, LIST, "its questions", REQUIRED, .child = &ITEM),
    GRAMMAR_ROW(Form, sdtm, SdtmUse, MAPPING, "what its items have in SDTM that say nothing themselves", .child = &SDTM,
                EXAMPLE("{domain: QS, category: GMFM-88}")),
    GRAMMAR_ROW(Form, checks, EditChecks, LIST, "rules about several items", .child = &CHECK),
};
static const Grammar FORM = GRAMMAR_TABLE(Form, "a form", "Questions answered together.", FORM_KEYS);

static const GrammarKey CRITERION_KEYS[] = {
    GRAMMAR_ROW(Criterion, id, Str, ID, "name of the criterion", REQUIRED, .defines = "criterion", EXAMPLE("E1")),
    GRAMMAR_ROW(Criterion, text, Str, TEXT, "as the protocol words it", REQUIRED, EXAMPLE("Epilepsy")),
    GRAMMAR_ROW(Criterion, condition, Str, CONDITION, "over the screening items and AGE; absent: a person answers",
                EXAMPLE("EPILEPSY = 'yes'")),
};
static const Grammar CRITERION = GRAMMAR_TABLE(Criterion, "a criterion", "One reason to include or exclude.", CRITERION_KEYS);

static const GrammarKey ELIGIBILITY_KEYS[] = {
    GRAMMAR_ROW(Eligibility, form, Str, TEXT, "the screening form; its items become columns of `subjects`", REQUIRED,
                .refers = "form", EXAMPLE("screening")),
    GRAMMAR_ROW(Eligibility, ages, Range, RANGE, "completed years at screening, both included", EXAMPLE("[2, 15]")),
    GRAMMAR_ROW(Eligibility, inclusion, Criteria, LIST, "each must be true", .child = &CRITERION),
    GRAMMAR_ROW(Eligibility, exclusion, Criteria, LIST, "each must be false", .child = &CRITERION),
};
static const Grammar ELIGIBILITY = GRAMMAR_TABLE(Eligibility, "eligibility", "Who may take part.", ELIGIBILITY_KEYS);

static const GrammarKey VERSION_KEYS[] = {
    GRAMMAR_ROW(ConsentVersion, id, Str, ID, "value of VERSION", REQUIRED, .defines = "consent version", EXAMPLE("1.0")),
    GRAMMAR_ROW(ConsentVersion, title, Str, TEXT, "what changed", EXAMPLE("first version")),
    GRAMMAR_ROW(ConsentVersion, date, Date, DATE, "valid from", REQUIRED, EXAMPLE("2014-07-01")),
    GRAMMAR_ROW(ConsentVersion, languages, Texts, TEXTS, "languages it exists in (ISO 639)", REQUIRED, EXAMPLE("[vi, en]")),
    GRAMMAR_ROW(ConsentVersion, sites, Texts, TEXTS, "sites it is for; all when absent", .refers = "site", EXAMPLE("[HAN]")),
};
static const Grammar VERSION = GRAMMAR_TABLE(ConsentVersion, "a consent version", "One approved text.", VERSION_KEYS);

static const GrammarKey ASSENT_KEYS[] = {
    GRAMMAR_ROW(AssentBand, id, Str, ID, "name of the text", EXAMPLE("child")),
    GRAMMAR_ROW(AssentBand, title, Str, TEXT, "what the child is given", REQUIRED, EXAMPLE("picture story, read aloud")),
    GRAMMAR_ROW(AssentBand, ages, Range, RANGE, "completed years", REQUIRED, EXAMPLE("[7, 11]")),
    GRAMMAR_ROW(AssentBand, required, bool, BOOLEAN, "a child who can say no is not enrolled against it", OTHERWISE(1), EXAMPLE("true")),
};
static const Grammar ASSENT = GRAMMAR_TABLE(AssentBand, "an assent band", "What children of an age are asked.", ASSENT_KEYS);

static const GrammarKey CONSENT_KEYS[] = {
    GRAMMAR_ROW(Consent, versions, ConsentVersions, LIST, "texts, oldest first", REQUIRED, .child = &VERSION),
    GRAMMAR_ROW(Consent, assent, AssentBands, LIST, "the child's own agreement, by age", .child = &ASSENT),
};
static const Grammar CONSENT = GRAMMAR_TABLE(Consent, "consent", "What families sign and children are asked.", CONSENT_KEYS);

static const GrammarKey DOSE_KEYS[] = {
    GRAMMAR_ROW(Dose, number, int, INTEGER, "value of DOSE", REQUIRED, EXAMPLE("2")),
    GRAMMAR_ROW(Dose, day, int, DAY, "nominal day; the first dose is day 0", REQUIRED, EXAMPLE("92")),
    GRAMMAR_ROW(Dose, window, Window, MAPPING, "days around it that still count", .child = &WINDOW, EXAMPLE("{before: 22, after: 23}")),
    GRAMMAR_ROW(Dose, arms, Texts, TEXTS, "arms that receive it; all when absent", .refers = "arm", EXAMPLE("[BMMNC]")),
};
static const Grammar DOSE = GRAMMAR_TABLE(Dose, "a dose", "One planned administration.", DOSE_KEYS);

static const GrammarKey PRODUCT_KEYS[] = {
    GRAMMAR_ROW(Product, title, Str, TEXT, "what is given", REQUIRED, EXAMPLE("autologous marrow mononuclear cells")),
    GRAMMAR_ROW(Product, route, Str, TEXT, "how", EXAMPLE("intrathecal, L4 to L5")),
    GRAMMAR_ROW(Product, form, Str, TEXT, "form filled for each dose", REQUIRED, .refers = "form", EXAMPLE("doses")),
    GRAMMAR_ROW(Product, doses, Doses, LIST, "planned administrations", .child = &DOSE),
    GRAMMAR_ROW(Product, limits, EditChecks, LIST, "what a dose must keep to be released", .child = &CHECK),
};
static const Grammar PRODUCT = GRAMMAR_TABLE(Product, "product", "What is given, and when it may be.", PRODUCT_KEYS);

static const GrammarKey INSTRUMENT_KEYS[] = {
    GRAMMAR_ROW(InstrumentUse, id, Str, ID, "name of this use", REQUIRED, .defines = "instrument", EXAMPLE("gmfm88")),
    GRAMMAR_ROW(InstrumentUse, instrument, InstrumentName, WORD, "which instrument", REQUIRED, .words = &INSTRUMENT_NAME_WORDS,
                EXAMPLE("gmfm-88")),
    GRAMMAR_ROW(InstrumentUse, title, Str, TEXT, "name for people, needed for `other`", EXAMPLE("Gross motor function")),
    GRAMMAR_ROW(InstrumentUse, form, Str, TEXT, "form that holds its items", REQUIRED, .refers = "form", EXAMPLE("gmfm")),
    GRAMMAR_ROW(InstrumentUse, prefix, Str, TEXT, "its items are the columns PREFIX01 ..", EXAMPLE("G")),
    GRAMMAR_ROW(InstrumentUse, items, Texts, TEXTS, "its columns, where a prefix does not say", EXAMPLE("[ADD_L, ADD_R]")),
    GRAMMAR_ROW(InstrumentUse, visits, Texts, TEXTS, "where it is used", REQUIRED, .refers = "visit", EXAMPLE("[V0, V3, V6]")),
    GRAMMAR_ROW(InstrumentUse, aids, AidUse, WORD, "with aids and orthoses?", OTHERWISE(AIDS_NONE), .words = &AID_USE_WORDS, EXAMPLE("none")),
    GRAMMAR_ROW(InstrumentUse, version, Str, TEXT, "edition; do not mix within a subject", EXAMPLE("score sheet 2013")),
    GRAMMAR_ROW(InstrumentUse, subjective, bool, BOOLEAN, "a rater who knows the treatment could be swayed", OTHERWISE(1), EXAMPLE("true")),
};
static const Grammar INSTRUMENT = GRAMMAR_TABLE(InstrumentUse, "an instrument", "One instrument, where and how it is used.", INSTRUMENT_KEYS);

static const GrammarKey POPULATION_KEYS[] = {
    GRAMMAR_ROW(Population, id, Str, ID, "name of the population", REQUIRED, .defines = "population", EXAMPLE("safety")),
    GRAMMAR_ROW(Population, title, Str, TEXT, "name for people", REQUIRED, EXAMPLE("Children who received a dose")),
    GRAMMAR_ROW(Population, condition, Str, CONDITION, "who belongs", REQUIRED, EXAMPLE("SAFFL = 'Y'")),
    GRAMMAR_ROW(Population, data, Str, TEXT, "frame of the condition; one row per subject", .refers = "data set", EXAMPLE("adsl")),
};
static const Grammar POPULATION = GRAMMAR_TABLE(Population, "a population", "A set of subjects.", POPULATION_KEYS);

static const GrammarKey EVENT_KEYS[] = {
    GRAMMAR_ROW(IntercurrentEvent, event, Str, TEXT, "what may happen after treatment starts", REQUIRED, EXAMPLE("botulinum toxin")),
    GRAMMAR_ROW(IntercurrentEvent, strategy, EventStrategy, WORD, "how it enters the question", REQUIRED,
                .words = &EVENT_STRATEGY_WORDS, EXAMPLE("treatment-policy")),
    GRAMMAR_ROW(IntercurrentEvent, handling, Str, TEXT, "what that means for the data", EXAMPLE("the score counts")),
};
static const Grammar EVENT = GRAMMAR_TABLE(IntercurrentEvent, "an intercurrent event", "What may disturb the comparison.", EVENT_KEYS);

static const GrammarKey ESTIMAND_KEYS[] = {
    GRAMMAR_ROW(Estimand, id, Str, ID, "name of the estimand", REQUIRED, .defines = "estimand", EXAMPLE("gmfm88-6m")),
    GRAMMAR_ROW(Estimand, objective, Str, TEXT, "the question", REQUIRED, EXAMPLE("By how much does GMFM-88 change in 6 months?")),
    GRAMMAR_ROW(Estimand, population, Str, TEXT, "whom it is about", REQUIRED, .refers = "population", EXAMPLE("safety")),
    GRAMMAR_ROW(Estimand, treatment, Str, TEXT, "the condition of treatment, and what it is compared with", REQUIRED,
                EXAMPLE("two infusions, no comparison")),
    GRAMMAR_ROW(Estimand, variable, Str, TEXT, "what is measured in each subject", REQUIRED, EXAMPLE("change of GMFM-88 total, per cent")),
    GRAMMAR_ROW(Estimand, intercurrent_events, IntercurrentEvents, LIST, "what may happen, and how it counts", .child = &EVENT),
    GRAMMAR_ROW(Estimand, summary, Str, TEXT, "the number for the population", REQUIRED, EXAMPLE("mean change")),
};
static const Grammar ESTIMAND = GRAMMAR_TABLE(Estimand, "an estimand", "What is to be estimated (ICH E9 R1).", ESTIMAND_KEYS);

static const GrammarKey FAMILY_KEYS[] = {
    GRAMMAR_ROW(Family, id, Str, ID, "name of the family", REQUIRED, .defines = "family", EXAMPLE("primary")),
    GRAMMAR_ROW(Family, title, Str, TEXT, "name for people", EXAMPLE("primary endpoints")),
    GRAMMAR_ROW(Family, method, FamilyMethod, WORD, "how its error rate is kept", REQUIRED, .words = &FAMILY_METHOD_WORDS, EXAMPLE("holm")),
    GRAMMAR_ROW(Family, alpha, double, NUMBER, "error rate of the family, two-sided", OTHERWISE(0.05), EXAMPLE("0.05")),
};
static const Grammar FAMILY = GRAMMAR_TABLE(Family, "a family", "Tests whose error is controlled together.", FAMILY_KEYS);

static const GrammarKey ANALYSIS_KEYS[] = {
    GRAMMAR_ROW(AnalysisPlan, id, Str, ID, "name of the analysis", REQUIRED, .defines = "analysis", EXAMPLE("gmfm88-6m")),
    GRAMMAR_ROW(AnalysisPlan, title, Str, TEXT, "name for people", EXAMPLE("GMFM-88 total at 6 months")),
    GRAMMAR_ROW(AnalysisPlan, role, AnalysisRole, WORD, "weight in the conclusion", REQUIRED, .words = &ANALYSIS_ROLE_WORDS, EXAMPLE("primary")),
    GRAMMAR_ROW(AnalysisPlan, estimand, Str, TEXT, "question it answers", .refers = "estimand", EXAMPLE("gmfm88-6m")),
    GRAMMAR_ROW(AnalysisPlan, method, AnalysisMethod, WORD, "how", REQUIRED, .words = &ANALYSIS_METHOD_WORDS, EXAMPLE("paired-t")),
    GRAMMAR_ROW(AnalysisPlan, instrument, Str, TEXT, "instrument that gives the variable", .refers = "instrument", EXAMPLE("gmfm88")),
    GRAMMAR_ROW(AnalysisPlan, data, Str, TEXT, "frame it reads", .refers = "data set", EXAMPLE("measures")),
    GRAMMAR_ROW(AnalysisPlan, variable, Str, TEXT, "PARAMCD of `measures`, or a column", EXAMPLE("GMFM88")),
    GRAMMAR_ROW(AnalysisPlan, outcome, Str, TEXT, "column of the numbers analysed; CHG where a change is, else AVAL", EXAMPLE("CHG")),
    GRAMMAR_ROW(AnalysisPlan, formula, Str, TEXT, "model, as R writes it", EXAMPLE("CHG ~ ARM + BASE")),
    GRAMMAR_ROW(AnalysisPlan, visits, Texts, TEXTS, "time points", .refers = "visit", EXAMPLE("[V6]")),
    GRAMMAR_ROW(AnalysisPlan, group, Str, TEXT, "column whose levels are compared; ARM when absent", EXAMPLE("TRT01P")),
    GRAMMAR_ROW(AnalysisPlan, compare, KeyedTexts, KEYED_TEXTS,
                "differences by name: [level, level it is taken from]; each arm less each control when absent",
                EXAMPLE("{High - placebo: [HIGH, PBO]}")),
    GRAMMAR_ROW(AnalysisPlan, term, Str, TEXT, "term of the model that is tested", EXAMPLE("DOSE")),
    {.key = "at", .type = GRAMMAR_TEXTS, .offset = GRAMMAR_AT(AnalysisPlan, means_at, Texts), EXAMPLE("[V6]"),
     .doc = "repeated measures: the visit whose means are printed, visits to average, or average"},
    GRAMMAR_ROW(AnalysisPlan, df, Str, TEXT, "repeated measures: degrees of freedom", EXAMPLE("kenward-roger")),
    GRAMMAR_ROW(AnalysisPlan, likelihood, Str, TEXT, "repeated measures: reml, or ml", EXAMPLE("reml")),
    GRAMMAR_ROW(AnalysisPlan, fallback, Texts, TEXTS, "repeated measures: covariances tried in turn when the formula's fails",
                EXAMPLE("[toeph, ar1h, csh, cs]")),
    GRAMMAR_ROW(AnalysisPlan, vcov, Str, TEXT, "repeated measures: covariance of the coefficients, model or a sandwich", EXAMPLE("cr3")),
    GRAMMAR_ROW(AnalysisPlan, weights, Str, TEXT, "repeated measures: column that variances are divided by", EXAMPLE("WEIGHT")),
    GRAMMAR_ROW(AnalysisPlan, impute, const Yaml *, MAPPING, "repeated measures: how missing outcomes are imputed", .raw = true,
                .child = &IMPUTE_GRAMMAR),
    GRAMMAR_ROW(AnalysisPlan, margins, Str, TEXT, "least-squares means: equal, or observed", EXAMPLE("observed")),
    GRAMMAR_ROW(AnalysisPlan, decimals, int, INTEGER, "decimals of the outcome; its mean gets one more", OTHERWISE(1), EXAMPLE("0")),
    GRAMMAR_ROW(AnalysisPlan, population, Str, TEXT, "who is analysed", .refers = "population", EXAMPLE("safety")),
    GRAMMAR_ROW(AnalysisPlan, where, Str, CONDITION, "rows of the frame that count", EXAMPLE("ANL01FL = 'Y'")),
    GRAMMAR_ROW(AnalysisPlan, natural_change, NaturalChange, WORD, "change that growth alone predicts, taken off",
                .words = &NATURAL_CHANGE_WORDS, EXAMPLE("ontario")),
    GRAMMAR_ROW(AnalysisPlan, subgroup, Str, TEXT, "item whose groups are looked at", EXAMPLE("GMFCS")),
    GRAMMAR_ROW(AnalysisPlan, interaction, bool, BOOLEAN, "estimate how the groups differ, with an interval", EXAMPLE("true")),
    GRAMMAR_ROW(AnalysisPlan, sensitivity_to, Str, TEXT, "analysis whose assumptions it varies", .refers = "analysis", EXAMPLE("gmfm88-6m")),
    GRAMMAR_ROW(AnalysisPlan, family, Str, TEXT, "family it is tested in", .refers = "family", EXAMPLE("primary")),
    GRAMMAR_ROW(AnalysisPlan, alpha, double, NUMBER, "two-sided level, where it belongs to no family", OTHERWISE(0.05), EXAMPLE("0.05")),
    GRAMMAR_ROW(AnalysisPlan, seed, int, INTEGER, "of its random numbers", EXAMPLE("20150101")),
    GRAMMAR_ROW(AnalysisPlan, display, const Yaml *, MAPPING, "its table, written as in `outputs`, where the method alone does not make it",
                .raw = true, .child = &DISPLAY_GRAMMAR),
    GRAMMAR_ROW(AnalysisPlan, reason, Str, TEXT, "why so", EXAMPLE("matches the registered outcome")),
};
static const Grammar ANALYSIS = GRAMMAR_TABLE(AnalysisPlan, "an analysis", "One calculation planned before the data.", ANALYSIS_KEYS);

static const GrammarKey STOPPING_KEYS[] = {
    GRAMMAR_ROW(StoppingPlan, id, Str, ID, "name of the rule", REQUIRED, .defines = "stopping rule", EXAMPLE("serious")),
    GRAMMAR_ROW(StoppingPlan, title, Str, TEXT, "name for people", EXAMPLE("serious events")),
    GRAMMAR_ROW(StoppingPlan, event, Str, CONDITION, "which adverse events count", REQUIRED, EXAMPLE("SERIOUS = 'yes'")),
    GRAMMAR_ROW(StoppingPlan, per, StoppingUnit, WORD, "what is counted", OTHERWISE(STOPPING_PER_SUBJECT),
                .words = &STOPPING_UNIT_WORDS, EXAMPLE("subject")),
    GRAMMAR_ROW(StoppingPlan, kind, StoppingKind, WORD, "shape of the boundary", REQUIRED, .words = &STOPPING_KIND_WORDS, EXAMPLE("pocock")),
    GRAMMAR_ROW(StoppingPlan, p0, double, NUMBER, "rate that would be acceptable", REQUIRED, EXAMPLE("0.05")),
    GRAMMAR_ROW(StoppingPlan, alpha, double, NUMBER, "chance to stop at that rate", OTHERWISE(0.05), EXAMPLE("0.05")),
    GRAMMAR_ROW(StoppingPlan, n, int, INTEGER, "most units watched; planned_subjects when absent", EXAMPLE("40")),
    GRAMMAR_ROW(StoppingPlan, prior, Numbers, NUMBERS, "a and b of the beta prior", EXAMPLE("[0.1, 1.9]")),
};
static const Grammar STOPPING = GRAMMAR_TABLE(StoppingPlan, "a stopping rule", "When harm stops the trial.", STOPPING_KEYS);

static const GrammarKey SAFETY_KEYS[] = {
    GRAMMAR_ROW(Safety, grading, Str, TEXT, "scale of severity", EXAMPLE("CTCAE 5.0")),
    GRAMMAR_ROW(Safety, report_serious_hours, int, INTEGER, "a serious event is reported within", OTHERWISE(24), EXAMPLE("24")),
    GRAMMAR_ROW(Safety, stopping, StoppingPlans, LIST, "boundaries, watched event by event", .child = &STOPPING),
};
static const Grammar SAFETY = GRAMMAR_TABLE(Safety, "safety", "How harm is watched.", SAFETY_KEYS);

static const GrammarKey ROLE_KEYS[] = {
    GRAMMAR_ROW(Role, id, Str, ID, "name of the role", REQUIRED, .defines = "role", EXAMPLE("assessor")),
    GRAMMAR_ROW(Role, title, Str, TEXT, "name for people", EXAMPLE("Physiotherapist who scores")),
    GRAMMAR_ROW(Role, may, Texts, TEXTS, "what it may do", EXAMPLE("[enter, query]")),
    GRAMMAR_ROW(Role, blinded, bool, BOOLEAN, "sees no allocation", EXAMPLE("true")),
};
static const Grammar ROLE = GRAMMAR_TABLE(Role, "a role", "What a kind of user may do.", ROLE_KEYS);

static const GrammarKey SET_KEYS[] = {
    GRAMMAR_ROW(DataSet, id, Str, ID, "name of the frame: the stem of its file", REQUIRED, .defines = "data set", EXAMPLE("adsl")),
    GRAMMAR_ROW(DataSet, title, Str, TEXT, "what it holds", EXAMPLE("Subject-level analysis data")),
    GRAMMAR_ROW(DataSet, key, Str, TEXT, "column that names a row, where it is not the subject", EXAMPLE("AESEQ")),
};
static const Grammar SET = GRAMMAR_TABLE(DataSet, "a data set", "One table of data from elsewhere.", SET_KEYS);

static const GrammarKey DATA_KEYS[] = {
    GRAMMAR_ROW(DataSource, subject, Str, TEXT, "column that names a subject in every frame", REQUIRED, EXAMPLE("USUBJID")),
    GRAMMAR_ROW(DataSource, subjects, Str, TEXT, "frame with one row per subject", REQUIRED, .refers = "data set", EXAMPLE("adsl")),
    GRAMMAR_ROW(DataSource, sets, DataSets, LIST, "its frames", REQUIRED, .child = &SET),
};
static const Grammar DATA = GRAMMAR_TABLE(DataSource, "data", "For a protocol that analyses data from elsewhere.", DATA_KEYS);

static const GrammarKey PROTOCOL_KEYS[] = {
    GRAMMAR_ROW(Protocol, equipoise, int, INTEGER, "version of this grammar", REQUIRED, EXAMPLE("1")),
    GRAMMAR_ROW(Protocol, trial, TrialFacts, MAPPING, "what the trial is", REQUIRED, .child = &TRIAL),
    GRAMMAR_ROW(Protocol, arms, Arms, LIST, "treatment groups", .child = &ARM),
    GRAMMAR_ROW(Protocol, randomisation, Randomisation, MAPPING, "how subjects are allocated", .child = &RANDOMISATION),
    GRAMMAR_ROW(Protocol, sites, Sites, LIST, "places that enrol", .child = &SITE),
    GRAMMAR_ROW(Protocol, codelists, Codelists, CODELISTS, "codes and their labels, by name", EXAMPLE("{YN: {yes: Yes, no: No}}")),
    GRAMMAR_ROW(Protocol, visits, Visits, LIST, "planned encounters, in order", .child = &VISIT),
    GRAMMAR_ROW(Protocol, forms, Forms, LIST, "what is recorded", .child = &FORM),
    GRAMMAR_ROW(Protocol, schedule, KeyedTexts, KEYED_TEXTS, "which form at which visits", .key_refers = "form", .refers = "visit",
                EXAMPLE("{gmfm: [V0, V3, V6]}")),
    GRAMMAR_ROW(Protocol, eligibility, Eligibility, MAPPING, "who may take part", .child = &ELIGIBILITY),
    GRAMMAR_ROW(Protocol, consent, Consent, MAPPING, "what families sign", .child = &CONSENT),
    GRAMMAR_ROW(Protocol, product, Product, MAPPING, "what is given", .child = &PRODUCT),
    GRAMMAR_ROW(Protocol, instruments, InstrumentUses, LIST, "measures scored by the program", .child = &INSTRUMENT),
    GRAMMAR_ROW(Protocol, populations, Populations, LIST, "sets of subjects that analyses use", .child = &POPULATION),
    GRAMMAR_ROW(Protocol, estimands, Estimands, LIST, "what is to be estimated", .child = &ESTIMAND),
    GRAMMAR_ROW(Protocol, families, Families, LIST, "plans for several tests at once", .child = &FAMILY),
    GRAMMAR_ROW(Protocol, analyses, AnalysisPlans, LIST, "calculations planned before the data", .child = &ANALYSIS),
    GRAMMAR_ROW(Protocol, safety, Safety, MAPPING, "how harm is watched", .child = &SAFETY),
    GRAMMAR_ROW(Protocol, roles, Roles, LIST, "who may do what", .child = &ROLE),
    GRAMMAR_ROW(Protocol, data, DataSource, MAPPING, "data from elsewhere, for a protocol that only analyses", .child = &DATA),
    GRAMMAR_ROW(Protocol, outputs, const Yaml *, MAPPING, "tables, listings and figures of the report", .raw = true,
                .child = &OUTPUTS_GRAMMAR),
};
const Grammar PROTOCOL_GRAMMAR = GRAMMAR_TABLE(Protocol, "the protocol", "The whole file.", PROTOCOL_KEYS);
