/* CDISC's Unified Study Definitions Model 4.0 (JSON): what of a study definition a trial is run by. Read from any document of
 * that version, also from one that leaves out what the schema requires; what is not understood is counted and named.
 * Source: CDISC DDF reference architecture, USDM 4.0; SDTM Implementation Guide 3.4, section 7 (trial design). */
#ifndef EXCHANGE_USDM_H
#define EXCHANGE_USDM_H

#include "base/json.h"
#include "data/frame.h"
#include "protocol/protocol.h"

#define USDM_MAX_BYTES  ((size_t)64 << 20)

typedef struct {
    Str id, name, label, description, type;       /* type: the decode of its code, "Placebo Control Arm" */
} UsdmPart;                           /* an arm, or an epoch */

typedef struct {
    Str id, name, label, description, start_rule, end_rule;
} UsdmElement;

typedef struct {
    size_t arm, epoch, n_elements;
    size_t *elements;
} UsdmCell;

typedef struct {
    Str name, label, description, start_rule, end_rule;
    size_t epoch;                     /* SIZE_MAX when not said */
    bool has_day;
    double day;                       /* from the timeline's fixed reference, which is day 0 */
    double before, after;             /* window in days; -1 when there is none */
    size_t n_activities;
    Str *activities;                  /* labels of what is done */
} UsdmVisit;                          /* an instance of the main timeline, in its order */

typedef struct {
    Str identifier, name, label, text;            /* text: plain, tags replaced by what they stand for */
    bool is_inclusion;
} UsdmCriterion;

typedef struct {
    Str text, level;                  /* "Primary Objective" */
    size_t n_endpoints;
    Str *endpoints, *endpoint_levels;
} UsdmObjective;

typedef struct {
    Str population_summary, population, treatment, variable;
    size_t n_events;
    Str *events, *strategies;
} UsdmEstimand;

typedef struct {
    Str name, version;
    Str acronym, brief_title, official_title, public_title, rationale;
    Str sponsor, sponsor_id, registry, registry_id;
    Str study_type, phase, model, blinding, characteristics, intents, types;     /* several joined by "; " */
    Str population, sexes, indication, intervention, intervention_type;
    bool has_age_min, has_age_max, healthy, has_planned;
    double age_min, age_max, planned; /* years; subjects */
    size_t n_arms, n_epochs, n_elements, n_cells, n_visits, n_criteria, n_objectives, n_estimands, n_activities;
    UsdmPart *arms, *epochs;
    UsdmElement *elements;
    UsdmCell *cells;
    UsdmVisit *visits;
    UsdmCriterion *criteria;
    UsdmObjective *objectives;
    UsdmEstimand *estimands;
    Str *activities;
    size_t n_left_out;                /* parts of the document that are not used */
    Str *left_out;                    /* "32 biomedicalConcepts" */
} UsdmStudy;

/* Fails: MALFORMED (no JSON; no study definition: says what is missing, as a path). */
MUST_USE bool usdm_read(Arena *arena, Str text, UsdmStudy *study, Error *err);

/* The trial design domains of SDTM: TA, TE, TI, TS, TV, in this order. STUDYID is the sponsor's identifier of the study. */
enum { USDM_N_DOMAINS = 5 };
void usdm_trial_design(Arena *arena, const UsdmStudy *study, Frame *domains[USDM_N_DOMAINS]);

/* One difference between a domain made here and one from elsewhere. */
typedef struct {
    Str domain, key, column, ours, theirs;        /* column empty: the row is on one side alone, and the other text is empty */
} UsdmDifference;

/* Rows are met by what a person would take for the same: the criterion's number, the parameter and its value, the day of
 * the visit, the element's name, the arm and the place in it; letter case, blanks and punctuation aside. */
UsdmDifference *usdm_compare(Arena *arena, const Frame *ours, const Frame *theirs, size_t *n, size_t *n_same);

/* A protocol in YAML: what the definition says, with comments where a person must decide. */
void usdm_draft_protocol(Arena *arena, const UsdmStudy *study, Buf *yaml);

/* The other way: a protocol as a study definition that is valid by the schema. created: the date of the document. */
void usdm_write(Arena *arena, const Protocol *protocol, Str system_version, Buf *json);

#endif
