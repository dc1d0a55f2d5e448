/* The closed vocabularies of the protocol file. Each list holds the constant, the word of the file and what it
 * means to a person; enumerations, complaints, the JSON Schema and the manual are made from it. 0 of each
 * enumeration is "not stated". */
#ifndef PROTOCOL_WORDS_H
#define PROTOCOL_WORDS_H

#include "protocol/grammar.h"

#define PROTOCOL_CONSTANT(name, word, doc)  name,

#define TRIAL_DESIGNS(X)                                                                                     \
    X(DESIGN_SINGLE_ARM,    "single-arm",    "one group, compared with itself before")                       \
    X(DESIGN_PARALLEL,      "parallel",      "groups side by side")                                          \
    X(DESIGN_CROSSOVER,     "crossover",     "each subject receives each treatment in turn")                 \
    X(DESIGN_WAIT_LIST,     "wait-list",     "groups side by side; the second is treated later")             \
    X(DESIGN_FACTORIAL,     "factorial",     "two treatments, each with and without")                        \
    X(DESIGN_CLUSTER,       "cluster",       "whole sites or wards are allocated")                           \
    X(DESIGN_DOSE_FINDING,  "dose-finding",  "cohorts of rising dose")                                       \
    X(DESIGN_OBSERVATIONAL, "observational", "nobody allocates a treatment")
typedef enum { DESIGN_UNSTATED, TRIAL_DESIGNS(PROTOCOL_CONSTANT) } TrialDesign;

#define TRIAL_PHASES(X)                                                                                      \
    X(PHASE_EARLY_1, "early-1",        "exploratory, before phase 1")                                        \
    X(PHASE_1,       "1",              "first in people")                                                    \
    X(PHASE_1_2,     "1/2",            "phases 1 and 2 in one")                                              \
    X(PHASE_2,       "2",              "first look at benefit")                                              \
    X(PHASE_2_3,     "2/3",            "phases 2 and 3 in one")                                              \
    X(PHASE_3,       "3",              "confirmatory")                                                       \
    X(PHASE_4,       "4",              "after approval")                                                     \
    X(PHASE_NONE,    "not-applicable", "no phase applies")
typedef enum { PHASE_UNSTATED, TRIAL_PHASES(PROTOCOL_CONSTANT) } TrialPhase;

#define TRIAL_BLINDINGS(X)                                                                                   \
    X(BLINDING_OPEN,   "open-label",   "everybody knows the treatment")                                      \
    X(BLINDING_SINGLE, "single-blind", "one party does not know it")                                         \
    X(BLINDING_DOUBLE, "double-blind", "subjects and investigators do not know it")                          \
    X(BLINDING_TRIPLE, "triple-blind", "nor do those who assess or analyse")
typedef enum { BLINDING_UNSTATED, TRIAL_BLINDINGS(PROTOCOL_CONSTANT) } TrialBlinding;

#define ARM_KINDS(X)                                                                                         \
    X(ARM_EXPERIMENTAL, "experimental",     "the treatment under study")                                     \
    X(ARM_ACTIVE,       "active-control",   "another treatment known to work")                               \
    X(ARM_PLACEBO,      "placebo",          "looks the same and holds nothing active")                       \
    X(ARM_SHAM,         "sham",             "a procedure made to look the same")                             \
    X(ARM_USUAL_CARE,   "usual-care",       "what everybody receives anyway")                                \
    X(ARM_UNTREATED,    "no-treatment",     "nothing given")                                                 \
    X(ARM_WAITING,      "wait-list",        "treated after the comparison has ended")                        \
    X(ARM_EXTERNAL,     "external-control", "subjects from outside the trial")
typedef enum { ARM_UNSTATED, ARM_KINDS(PROTOCOL_CONSTANT) } ArmKind;

#define VISIT_KINDS(X)                                                                                       \
    X(VISIT_SCREENING,   "screening",   "before enrolment: eligibility is judged")                           \
    X(VISIT_DOSE,        "dose",        "treatment is given; assessments of the day come first")             \
    X(VISIT_ASSESSMENT,  "assessment",  "measured, nothing given")                                           \
    X(VISIT_FOLLOW_UP,   "follow-up",   "after the last assessment that an analysis uses")                   \
    X(VISIT_UNSCHEDULED, "unscheduled", "whenever needed; has no day")
typedef enum { VISIT_UNSTATED, VISIT_KINDS(PROTOCOL_CONSTANT) } VisitKind;

#define FORM_REPEATS(X)                                                                                      \
    X(FORM_PER_VISIT,   "visit",   "once at each visit of the schedule")                                     \
    X(FORM_PER_SUBJECT, "subject", "once for each subject")                                                  \
    X(FORM_PER_DOSE,    "dose",    "once for each dose")                                                     \
    X(FORM_PER_LOG,     "log",     "as often as there is something to record")
typedef enum { FORM_PER_UNSTATED, FORM_REPEATS(PROTOCOL_CONSTANT) } FormRepeat;

#define CHECK_SEVERITIES(X)                                                                                  \
    X(CHECK_HARD, "hard", "the value is refused")                                                            \
    X(CHECK_SOFT, "soft", "the value is taken and a query raised")
typedef enum { CHECK_UNSTATED, CHECK_SEVERITIES(PROTOCOL_CONSTANT) } CheckSeverity;

#define RANDOMISATION_METHODS(X)                                                                             \
    X(RANDOMISE_SIMPLE,       "simple",          "each allocation by itself")                                \
    X(RANDOMISE_BLOCKS,       "permuted-blocks", "balanced within blocks, within strata")                    \
    X(RANDOMISE_MINIMISATION, "minimisation",    "the next allocation balances the strata so far")
typedef enum { RANDOMISE_UNSTATED, RANDOMISATION_METHODS(PROTOCOL_CONSTANT) } RandomisationMethod;

#define INSTRUMENT_NAMES(X)                                                                                  \
    X(INSTRUMENT_GMFM_88,            "gmfm-88",            "Gross Motor Function Measure, per cent")         \
    X(INSTRUMENT_GMFM_66,            "gmfm-66",            "its 66-item form, interval scale 0 to 100")      \
    X(INSTRUMENT_GMFM_66_PERCENTILE, "gmfm-66-percentile", "GMFM-66 against peers of the same GMFCS level")  \
    X(INSTRUMENT_MODIFIED_ASHWORTH,  "modified-ashworth",  "muscle tone 0, 1, 1+, 2, 3, 4")                  \
    X(INSTRUMENT_GMFCS,              "gmfcs",              "gross motor function, levels I to V")            \
    X(INSTRUMENT_MACS,               "macs",               "manual ability, levels I to V")                  \
    X(INSTRUMENT_MINI_MACS,          "mini-macs",          "MACS for 1 to 4 years")                          \
    X(INSTRUMENT_CP_QOL,             "cp-qol-child-proxy", "quality of life, told by a carer")               \
    X(INSTRUMENT_DENVER_II,          "denver-ii",          "developmental screening test")                   \
    X(INSTRUMENT_OTHER,              "other",              "any other instrument; `title` names it")
typedef enum { INSTRUMENT_UNSTATED, INSTRUMENT_NAMES(PROTOCOL_CONSTANT) } InstrumentName;

#define AIDS(X)                                                                                              \
    X(AIDS_NONE,  "none",  "without aids or orthoses")                                                       \
    X(AIDS_AIDED, "aided", "with aids or orthoses")                                                          \
    X(AIDS_BOTH,  "both",  "both, recorded apart")
typedef enum { AIDS_UNSTATED, AIDS(PROTOCOL_CONSTANT) } AidUse;

#define EVENT_STRATEGIES(X)                                                                                  \
    X(STRATEGY_TREATMENT_POLICY, "treatment-policy",   "the value counts whatever happened")                 \
    X(STRATEGY_HYPOTHETICAL,     "hypothetical",       "as if the event had not happened")                   \
    X(STRATEGY_COMPOSITE,        "composite",          "the event is part of the outcome")                   \
    X(STRATEGY_WHILE_ON,         "while-on-treatment", "what happened up to the event")                      \
    X(STRATEGY_PRINCIPAL,        "principal-stratum",  "only those to whom the event would not happen")
typedef enum { STRATEGY_UNSTATED, EVENT_STRATEGIES(PROTOCOL_CONSTANT) } EventStrategy;

#define ANALYSIS_ROLES(X)                                                                                    \
    X(ANALYSIS_PRIMARY,     "primary",     "the question the trial is judged by")                            \
    X(ANALYSIS_SECONDARY,   "secondary",   "stated before the data, supports the primary")                   \
    X(ANALYSIS_SENSITIVITY, "sensitivity", "the same question under other assumptions")                      \
    X(ANALYSIS_SAFETY,      "safety",      "harm")                                                           \
    X(ANALYSIS_EXPLORATORY, "exploratory", "raises questions, answers none")
typedef enum { ANALYSIS_UNSTATED, ANALYSIS_ROLES(PROTOCOL_CONSTANT) } AnalysisRole;

#define ANALYSIS_METHODS(X)                                                                                  \
    X(METHOD_DESCRIPTIVE,   "descriptive",   "numbers, no test")                                             \
    X(METHOD_PAIRED_T,      "paired-t",      "mean change within subjects")                                  \
    X(METHOD_SIGNED_RANK,   "signed-rank",   "Wilcoxon signed rank test of change")                          \
    X(METHOD_SIGNED_RANK_PRATT, "signed-rank-pratt", "the same, with changes of nought among the ranks")     \
    X(METHOD_T_TEST,        "t-test",        "difference of two means, unequal variances")                   \
    X(METHOD_RANK_SUM,      "rank-sum",      "Wilcoxon rank sum test")                                       \
    X(METHOD_ANCOVA,        "ancova",        "linear model of the outcome on arm and baseline")              \
    X(METHOD_ANOVA,         "anova",         "linear model of the outcome on groups")                        \
    X(METHOD_LINEAR_MODEL,  "linear-model",  "the linear model of `formula`")                                \
    X(METHOD_MMRM,          "mmrm",          "mixed model for repeated measures")                            \
    X(METHOD_KAPLAN_MEIER,  "kaplan-meier",  "times to an event by Kaplan and Meier, no test")               \
    X(METHOD_LOG_RANK_TEST, "log-rank",      "log-rank test of times to an event")                           \
    X(METHOD_COX_REGRESSION, "cox",          "ratio of hazards by Cox's regression")                         \
    X(METHOD_LOGISTIC,      "logistic",      "logistic regression of an outcome that is or is not")          \
    X(METHOD_FIRTH,         "firth",         "the same by Firth's penalised likelihood")                     \
    X(METHOD_FISHER,        "fisher",        "Fisher's exact test")                                          \
    X(METHOD_CHI_SQUARED,   "chi-squared",   "Pearson's chi-squared test")                                   \
    X(METHOD_PROPORTION,    "proportion",    "a proportion with its exact interval")                         \
    X(METHOD_SHIFT,         "shift",         "a table of category before and after")                         \
    X(METHOD_EXCESS_CHANGE, "excess-change", "change observed minus change expected from growth")            \
    X(METHOD_TIPPING_POINT, "tipping-point", "how large must the unmeasured gain be to erase the change")
typedef enum { METHOD_UNSTATED, ANALYSIS_METHODS(PROTOCOL_CONSTANT) } AnalysisMethod;

#define NATURAL_CHANGES(X)                                                                                   \
    X(NATURAL_CHANGE_NONE,     "none",     "not taken off; say why in `reason`")                             \
    X(NATURAL_CHANGE_ONTARIO,  "ontario",  "motor development curves of Rosenbaum et al. 2002")              \
    X(NATURAL_CHANGE_SHANGHAI, "shanghai", "motor development curves of Shi et al. 2012")                    \
    X(NATURAL_CHANGE_CONTROL,  "control",  "the control group of this trial")
typedef enum { NATURAL_CHANGE_UNSTATED, NATURAL_CHANGES(PROTOCOL_CONSTANT) } NaturalChange;

#define FAMILY_METHODS(X)                                                                                    \
    X(FAMILY_HOLM,           "holm",           "Holm's step-down procedure")                                 \
    X(FAMILY_BONFERRONI,     "bonferroni",     "alpha divided by the number of tests")                       \
    X(FAMILY_HOCHBERG,       "hochberg",       "Hochberg's step-up procedure")                               \
    X(FAMILY_FIXED_SEQUENCE, "fixed-sequence", "in the order of the file, until the first that fails")       \
    X(FAMILY_NONE,           "unadjusted",     "no adjustment; each p-value is printed as such")
typedef enum { FAMILY_UNSTATED, FAMILY_METHODS(PROTOCOL_CONSTANT) } FamilyMethod;

#define STOPPING_KINDS(X)                                                                                    \
    X(STOPPING_POCOCK,        "pocock",        "exact Pocock boundary, after each")                          \
    X(STOPPING_BETA_BINOMIAL, "beta-binomial", "Geller's rule: probability that the rate exceeds p0")
typedef enum { STOPPING_UNSTATED, STOPPING_KINDS(PROTOCOL_CONSTANT) } StoppingKind;

#define STOPPING_UNITS(X)                                                                                    \
    X(STOPPING_PER_SUBJECT, "subject", "subjects with at least one event")                                   \
    X(STOPPING_PER_DOSE,    "dose",    "doses followed by at least one event")
typedef enum { STOPPING_PER_UNSTATED, STOPPING_UNITS(PROTOCOL_CONSTANT) } StoppingUnit;

#define SDTM_DOMAINS(X)                                                                                      \
    X(SDTM_NONE, "none", "left out of SDTM, on purpose")                                                     \
    X(SDTM_DM,   "DM",   "demographics: one row per subject")                                                \
    X(SDTM_EX,   "EX",   "exposure: one row per dose")                                                       \
    X(SDTM_CM,   "CM",   "concomitant and prior medications")                                                \
    X(SDTM_PR,   "PR",   "procedures and other therapies")                                                   \
    X(SDTM_AE,   "AE",   "adverse events")                                                                   \
    X(SDTM_CE,   "CE",   "clinical events")                                                                  \
    X(SDTM_MH,   "MH",   "medical history")                                                                  \
    X(SDTM_VS,   "VS",   "vital signs")                                                                      \
    X(SDTM_LB,   "LB",   "laboratory tests")                                                                 \
    X(SDTM_QS,   "QS",   "questionnaires")                                                                   \
    X(SDTM_FT,   "FT",   "functional tests")                                                                 \
    X(SDTM_RS,   "RS",   "disease response and clinical classification")                                     \
    X(SDTM_SC,   "SC",   "subject characteristics")
typedef enum { SDTM_UNSTATED, SDTM_DOMAINS(PROTOCOL_CONSTANT) } SdtmDomain;

/* The words of each list, for grammar_word(&TRIAL_DESIGN_WORDS, trial->design). */
extern const GrammarWords TRIAL_DESIGN_WORDS, TRIAL_PHASE_WORDS, TRIAL_BLINDING_WORDS, ARM_KIND_WORDS,
    VISIT_KIND_WORDS, FORM_REPEAT_WORDS, CHECK_SEVERITY_WORDS, RANDOMISATION_METHOD_WORDS,
    INSTRUMENT_NAME_WORDS, AID_USE_WORDS, EVENT_STRATEGY_WORDS, ANALYSIS_ROLE_WORDS, ANALYSIS_METHOD_WORDS,
    NATURAL_CHANGE_WORDS, FAMILY_METHOD_WORDS, STOPPING_KIND_WORDS, STOPPING_UNIT_WORDS, SDTM_DOMAIN_WORDS,
    COLUMN_TYPE_WORDS;

#endif
