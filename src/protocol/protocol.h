/* The protocol: one YAML file that everything else in a trial is derived from. Its grammar is the tables of
 * protocol_grammar.c; its meaning to a person is docs/protocol.md.
 *
 * Plain structs, filled by the tables: each begins with `at`, the node it was read from (NULL when the section is
 * absent), members are named as the keys of the file, and absent values are as grammar.h says. Everything lives
 * in the arena it was read into, the nodes too. Conditions are text here; data/condition.h evaluates them,
 * three-valued: a condition about something unknown is unknown. */
#ifndef PROTOCOL_PROTOCOL_H
#define PROTOCOL_PROTOCOL_H

#include "protocol/words.h"

#define PROTOCOL_GRAMMAR_VERSION  1

/* A list of T called Ts. */
#define PROTOCOL_LIST(T, Ts)  typedef struct { size_t n; T *items; } Ts

typedef struct {
    const Yaml *at;
    Str registry, id;
    Date date;                        /* of registration */
    bool retrospective;               /* known to be after the first consent, whatever its date */
} Registration;

typedef struct {
    const Yaml *at;
    Str id, title, short_title, sponsor, language;
    TrialPhase phase;
    TrialDesign design;
    TrialBlinding blinding;
    Texts blinded;                    /* who: subject, carer, investigator, assessor, statistician */
    Registration registration;
    Date first_consent;               /* may be partial */
    int planned_subjects;
    Str sample_size_reason;
    bool simulated;                   /* the records are made up: every page says so */
} TrialFacts;

typedef struct {
    const Yaml *at;
    Str id, title, dose;
    ArmKind kind;
} Arm;
PROTOCOL_LIST(Arm, Arms);

typedef struct {
    const Yaml *at;
    RandomisationMethod method;
    Numbers ratio;                    /* one number per arm, in their order; equal when absent */
    Numbers block_sizes;
    Texts strata;                     /* items of the screening form */
    Str concealment;
} Randomisation;

typedef struct {
    const Yaml *at;
    Str id, title, country, language;
} Site;
PROTOCOL_LIST(Site, Sites);

typedef struct {
    const Yaml *at;
    int before, after;                /* days around the nominal day, both >= 0 */
} Window;

typedef struct {
    const Yaml *at;
    Str id, title;
    VisitKind kind;
    int day;                          /* nominal, 0 is the day of the first dose; INTEGER_ABSENT if unscheduled */
    Window window;
    int order;                        /* VISITN; where the file gives none, the place in the list from 0 */
} Visit;
PROTOCOL_LIST(Visit, Visits);

/* The condition says what must hold; it fails where it is false, not where it is unknown. */
typedef struct {
    const Yaml *at;
    Str id, condition, message, source;
    CheckSeverity severity;
} EditCheck;
PROTOCOL_LIST(EditCheck, EditChecks);

/* Where values stand in the SDTM data sets of the trial; of a form, what its items have that say nothing themselves.
 * protocol/sdtm_use.h has the rules and what stands without being said. */
typedef struct {
    const Yaml *at;
    SdtmDomain domain;
    Str test, name, category;         /* of a finding: --TESTCD, --TEST, --CAT */
    Str unit;                         /* as SDTM writes it */
    Str term;                         /* of an event or intervention that the form asks for by name: --TERM, --TRT */
    Str interval;                     /* of that question: --EVINTX */
    Str variable;                     /* of the domain: "EXDOSE" */
    Str qualifier;                    /* name in the supplemental data set of the domain: QNAM */
} SdtmUse;

typedef struct {
    const Yaml *at;
    Str id, label, unit;              /* id: the column's name, unique in its form */
    ColumnType type;
    Range range;
    CodelistUse codelist;             /* .list is set for every coded item of a protocol without errors */
    int decimals;
    bool required;
    Str derived;                      /* an expression over items of the same form; nobody enters it */
    SdtmUse sdtm;
    EditChecks checks;
} Item;
PROTOCOL_LIST(Item, Items);

typedef struct {
    const Yaml *at;
    Str id, title;
    FormRepeat repeats;
    Items items;                      /* runs such as G01..G88 are already written out */
    SdtmUse sdtm;
    EditChecks checks;
} Form;
PROTOCOL_LIST(Form, Forms);

typedef struct {
    const Yaml *at;
    Str id, text, condition;          /* condition over the screening items, AGE and SEX; empty: a person answers */
} Criterion;
PROTOCOL_LIST(Criterion, Criteria);

typedef struct {
    const Yaml *at;
    Str form;                         /* the screening form: its items are columns of `subjects` */
    Range ages;                       /* completed years at screening */
    Criteria inclusion, exclusion;
} Eligibility;

typedef struct {
    const Yaml *at;
    Str id, title;
    Date date;                        /* valid from */
    Texts languages, sites;           /* sites: empty means all */
} ConsentVersion;
PROTOCOL_LIST(ConsentVersion, ConsentVersions);

typedef struct {
    const Yaml *at;
    Str id, title;
    Range ages;                       /* completed years */
    bool required;
} AssentBand;
PROTOCOL_LIST(AssentBand, AssentBands);

typedef struct {
    const Yaml *at;
    ConsentVersions versions;
    AssentBands assent;
} Consent;

typedef struct {
    const Yaml *at;
    int number;                       /* DOSE: 1, 2 .. */
    int day;
    Window window;
    Texts arms;                       /* empty: all */
} Dose;
PROTOCOL_LIST(Dose, Doses);

typedef struct {
    const Yaml *at;
    Str title, route, form;           /* form: the items recorded for each dose */
    Doses doses;
    EditChecks limits;                /* over the form's items and DOSE_PER_KG, CD34_PER_KG, ENDOTOXIN_EU_KG */
} Product;

typedef struct {
    const Yaml *at;
    Str id, title, form, prefix, version;
    InstrumentName instrument;
    Texts items;                      /* columns, where a prefix does not say which */
    Texts visits;
    AidUse aids;
    bool subjective;                  /* its rater could be swayed by knowing the treatment */
} InstrumentUse;
PROTOCOL_LIST(InstrumentUse, InstrumentUses);

typedef struct {
    const Yaml *at;
    Str id, title, condition, data;   /* condition over the frame `data` (empty: subjects) */
} Population;
PROTOCOL_LIST(Population, Populations);

typedef struct {
    const Yaml *at;
    Str event, handling;
    EventStrategy strategy;
} IntercurrentEvent;
PROTOCOL_LIST(IntercurrentEvent, IntercurrentEvents);

typedef struct {
    const Yaml *at;
    Str id, objective, population, treatment, variable, summary;
    IntercurrentEvents intercurrent_events;
} Estimand;
PROTOCOL_LIST(Estimand, Estimands);

typedef struct {
    const Yaml *at;
    Str id, title;
    FamilyMethod method;
    double alpha;
} Family;
PROTOCOL_LIST(Family, Families);

typedef struct {
    const Yaml *at;
    Str id, title, estimand, instrument, variable, data, outcome, formula, population, where, family, subgroup, sensitivity_to,
        reason;
    AnalysisRole role;
    AnalysisMethod method;
    Texts visits;
    Str group;                        /* column whose levels are compared; empty: ARM */
    KeyedTexts compare;               /* name of a difference: [level, level it is taken from] */
    Texts means_at;                   /* key `at`: of repeated measures, the visits of the means that are printed */
    Texts fallback;                   /* covariances tried in turn */
    Str df, likelihood, weights, vcov, margins, term;
    int decimals;
    const Yaml *impute;               /* how missing outcomes are imputed, as a block "model" of `outputs` has it */
    const Yaml *display;              /* its table, written as in `outputs`; read by report/output_spec */
    NaturalChange natural_change;
    bool interaction;
    double alpha;
    int seed;
} AnalysisPlan;
PROTOCOL_LIST(AnalysisPlan, AnalysisPlans);

typedef struct {
    const Yaml *at;
    Str id, title, event;             /* event: a condition over `adverse_events` */
    StoppingKind kind;
    StoppingUnit per;
    double p0, alpha;
    int n;                            /* most units that will be watched */
    Numbers prior;                    /* of the beta-binomial rule: a, b */
} StoppingPlan;
PROTOCOL_LIST(StoppingPlan, StoppingPlans);

typedef struct {
    const Yaml *at;
    Str grading;
    int report_serious_hours;
    StoppingPlans stopping;
} Safety;

typedef struct {
    const Yaml *at;
    Str id, title;
    Texts may;
    bool blinded;
} Role;
PROTOCOL_LIST(Role, Roles);

typedef struct {
    const Yaml *at;
    Str id, title, key;               /* id: the frame's name, which is its file's stem */
} DataSet;
PROTOCOL_LIST(DataSet, DataSets);

/* Of a protocol that only analyses data from elsewhere. */
typedef struct {
    const Yaml *at;
    Str subject;                      /* the column that names a subject in every frame */
    Str subjects;                     /* the frame with one row per subject */
    DataSets sets;
} DataSource;

typedef struct {
    const Yaml *at;
    int equipoise;                    /* version of the grammar */
    TrialFacts trial;
    Arms arms;
    Randomisation randomisation;
    Sites sites;
    Codelists codelists;
    Visits visits;
    Forms forms;
    KeyedTexts schedule;              /* form: visits */
    Eligibility eligibility;
    Consent consent;
    Product product;
    InstrumentUses instruments;
    Populations populations;
    Estimands estimands;
    Families families;
    AnalysisPlans analyses;
    Safety safety;
    Roles roles;
    DataSource data;
    const Yaml *outputs;              /* read and judged by report/output_spec; NULL when absent */
} Protocol;

/* Reads and adds every problem that the grammar sees. False when the file cannot be read at all (its problem is
 * added too); true otherwise, and then the protocol is as complete as the file allows. */
MUST_USE bool protocol_read(Arena *arena, Str text, Protocol *protocol, ProblemList *problems);

/* Reads and checks (protocol/check.h) for those who need a sound protocol. Fails: MALFORMED or INCONSISTENT with
 * the first error and how many more there are. Honesty warnings do not fail. */
MUST_USE bool protocol_parse(Arena *arena, Str text, Protocol *protocol, Error *err);

/* By id; NULL when there is none. */
const Arm *protocol_arm(const Protocol *protocol, Str id);
const Visit *protocol_visit(const Protocol *protocol, Str id);
const Form *protocol_form(const Protocol *protocol, Str id);
const Item *form_item(const Form *form, Str id);
const Population *protocol_population(const Protocol *protocol, Str id);
const Estimand *protocol_estimand(const Protocol *protocol, Str id);
const AnalysisPlan *protocol_analysis(const Protocol *protocol, Str id);
const Family *protocol_family(const Protocol *protocol, Str id);
const Codelist *protocol_codelist(const Protocol *protocol, Str name);

/* Is the form filled at the visit? */
bool protocol_is_scheduled(const Protocol *protocol, Str form, Str visit);

bool arm_is_control(const Arm *arm);

/* The tables: of a whole protocol, of its section `outputs`, and of what an analysis says in the same words. */
extern const Grammar PROTOCOL_GRAMMAR;
extern const Grammar OUTPUTS_GRAMMAR, DISPLAY_GRAMMAR, IMPUTE_GRAMMAR;

#endif
