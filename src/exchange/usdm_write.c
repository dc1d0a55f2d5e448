/* A protocol as a study definition of USDM 4.0. Codes are those of CDISC's controlled terminology; every object has an id made
 * of its class and a number, and the attributes that the schema requires. */
#include <math.h>

#include "exchange/usdm.h"

#define CODE_SYSTEM   "http://www.cdisc.org"
#define CODE_VERSION  "2024-09-27"

typedef struct {
    const char *code, *decode;
} Term;

typedef struct {
    Arena *arena;
    const Protocol *protocol;
    JsonWriter json;
    size_t n_codes, n_rules, n_others;
} Writing;

static const Term PHASES[] = {[PHASE_EARLY_1] = {"C54721", "Early Phase I Trial"}, [PHASE_1] = {"C15600", "Phase I Trial"}, [PHASE_1_2] = {"C15693", "Phase I/II Trial"},
                              [PHASE_2] = {"C15601", "Phase II Trial"}, [PHASE_2_3] = {"C15694", "Phase II/III Trial"}, [PHASE_3] = {"C15602", "Phase III Trial"},
                              [PHASE_4] = {"C15603", "Phase IV Trial"}, [PHASE_NONE] = {"C48660", "Not Applicable"}};
static const Term MODELS[] = {[DESIGN_SINGLE_ARM] = {"C82640", "Single Group Study"}, [DESIGN_PARALLEL] = {"C82639", "Parallel Study"}, [DESIGN_CROSSOVER] = {"C82637", "Crossover Study"},
                              [DESIGN_WAIT_LIST] = {"C82639", "Parallel Study"}, [DESIGN_FACTORIAL] = {"C82638", "Factorial Study"}, [DESIGN_CLUSTER] = {"C82639", "Parallel Study"},
                              [DESIGN_DOSE_FINDING] = {"C142568", "Sequential"}, [DESIGN_OBSERVATIONAL] = {"C82640", "Single Group Study"}};
static const Term BLINDINGS[] = {[BLINDING_OPEN] = {"C49659", "Open Label Study"}, [BLINDING_SINGLE] = {"C28233", "Single Blind Study"},
                                 [BLINDING_DOUBLE] = {"C15228", "Double Blind Study"}, [BLINDING_TRIPLE] = {"C66959", "Triple Blind Study"}};
static const Term ARM_TYPES[] = {[ARM_EXPERIMENTAL] = {"C174266", "Experimental Arm"}, [ARM_ACTIVE] = {"C174267", "Active Comparator Arm"}, [ARM_PLACEBO] = {"C174268", "Placebo Comparator Arm"},
                                 [ARM_SHAM] = {"C174269", "Sham Comparator Arm"}, [ARM_USUAL_CARE] = {"C174226", "Control Arm"}, [ARM_UNTREATED] = {"C174270", "No Intervention Arm"},
                                 [ARM_WAITING] = {"C174270", "No Intervention Arm"}, [ARM_EXTERNAL] = {"C174226", "Control Arm"}};

static const Term ROLES[] = {[ARM_EXPERIMENTAL] = {"C41161", "Experimental Intervention"}, [ARM_ACTIVE] = {"C68609", "Active Comparator"}, [ARM_PLACEBO] = {"C753", "Placebo"},
                             [ARM_SHAM] = {"C753", "Placebo"}, [ARM_USUAL_CARE] = {"C165822", "Background Treatment"}, [ARM_UNTREATED] = {"C165822", "Background Treatment"},
                             [ARM_WAITING] = {"C165822", "Background Treatment"}, [ARM_EXTERNAL] = {"C165822", "Background Treatment"}};

/* Periods of a trial, by the visits that lie in them. */
enum { EPOCH_SCREENING, EPOCH_TREATMENT, EPOCH_FOLLOW_UP, N_EPOCHS };
static const Term EPOCHS[N_EPOCHS] = {{"C202487", "Screening Epoch"}, {"C101526", "Treatment Epoch"}, {"C202578", "Follow-Up Epoch"}};
static const char *const EPOCH_NAMES[N_EPOCHS] = {"Screening", "Treatment", "Follow-Up"};

static size_t epoch_of(const Visit *visit)
{
    return visit->kind == VISIT_SCREENING ? EPOCH_SCREENING : visit->kind == VISIT_FOLLOW_UP ? EPOCH_FOLLOW_UP : EPOCH_TREATMENT;
}

static bool has_epoch(const Protocol *p, size_t epoch)
{
    for (size_t i = 0; i < p->visits.n; i++)
        if (epoch_of(&p->visits.items[i]) == epoch && p->visits.items[i].kind != VISIT_UNSCHEDULED) return true;
    return epoch == EPOCH_TREATMENT;
}

/* --- pieces --- */

static Str numbered(const Writing *w, const char *class, size_t number) { return str_format(w->arena, "%s_%zu", class, number); }

static void text(Writing *w, const char *key, Str value) { json_member_text(&w->json, key, value); }
static void words(Writing *w, const char *key, const char *value) { json_member_text(&w->json, key, str_from(value)); }

static void begin(Writing *w, const char *class, size_t number)
{
    json_begin_object(&w->json);
    text(w, "id", numbered(w, class, number));
    words(w, "instanceType", class);
}

static void end(Writing *w) { json_end_object(&w->json); }

static void open_list(Writing *w, const char *key)
{
    json_key(&w->json, str_from(key));
    json_begin_array(&w->json);
}

static void close_list(Writing *w) { json_end_array(&w->json); }

static void put_code(Writing *w, Term term)
{
    begin(w, "Code", ++w->n_codes);
    words(w, "code", term.code);
    words(w, "codeSystem", CODE_SYSTEM);
    words(w, "codeSystemVersion", CODE_VERSION);
    words(w, "decode", term.decode);
    end(w);
}

static void code(Writing *w, const char *key, const char *code, const char *decode)
{
    json_key(&w->json, str_from(key));
    put_code(w, (Term){code, decode});
}

static void alias(Writing *w, const char *key, Term term)
{
    json_key(&w->json, str_from(key));
    begin(w, "AliasCode", ++w->n_others);
    code(w, "standardCode", term.code, term.decode);
    end(w);
}

static void quantity(Writing *w, const char *key, double value, bool years)
{
    json_key(&w->json, str_from(key));
    begin(w, "Quantity", ++w->n_others);
    json_member_number(&w->json, "value", value);
    if (years) alias(w, "unit", (Term){"C29848", "Year"});
    end(w);
}

static void named(Writing *w, Str name, Str label)
{
    text(w, "name", name);
    if (label.len) text(w, "label", label);
}

static Str or_unknown(Str value, const char *unknown) { return value.len ? value : str_from(unknown); }

static void link_chain(Writing *w, const char *class, size_t i, size_t n)
{
    if (i > 0) text(w, "previousId", numbered(w, class, i));
    if (i + 1 < n) text(w, "nextId", numbered(w, class, i + 2));
}

/* --- the version --- */

static void put_titles(Writing *w)
{
    const TrialFacts *trial = &w->protocol->trial;
    open_list(w, "titles");
    begin(w, "StudyTitle", 1);
    text(w, "text", trial->title);
    code(w, "type", "C207616", "Official Study Title");
    end(w);
    if (trial->short_title.len) {
        begin(w, "StudyTitle", 2);
        text(w, "text", trial->short_title);
        code(w, "type", "C207615", "Brief Study Title");
        end(w);
    }
    close_list(w);
}

static void put_organization(Writing *w, size_t number, Str name, Term type)
{
    begin(w, "Organization", number);
    text(w, "name", name);
    json_key(&w->json, STR("type"));
    put_code(w, type);
    words(w, "identifierScheme", "name");
    text(w, "identifier", name);
    end(w);
}

static void put_organizations(Writing *w)
{
    const TrialFacts *trial = &w->protocol->trial;
    open_list(w, "organizations");
    put_organization(w, 1, or_unknown(trial->sponsor, "Sponsor not named"), (Term){"C70793", "Clinical Study Sponsor"});
    if (trial->registration.registry.len) put_organization(w, 2, trial->registration.registry, (Term){"C93453", "Study Registry"});
    close_list(w);
    open_list(w, "studyIdentifiers");
    begin(w, "StudyIdentifier", 1);
    text(w, "text", trial->id);
    text(w, "scopeId", numbered(w, "Organization", 1));
    end(w);
    if (trial->registration.registry.len && trial->registration.id.len) {
        begin(w, "StudyIdentifier", 2);
        text(w, "text", trial->registration.id);
        text(w, "scopeId", numbered(w, "Organization", 2));
        end(w);
    }
    close_list(w);
}

static void put_criterion_items(Writing *w)
{
    const Criteria *lists[] = {&w->protocol->eligibility.inclusion, &w->protocol->eligibility.exclusion};
    size_t number = 0;
    open_list(w, "eligibilityCriterionItems");
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->n; i++) {
            begin(w, "EligibilityCriterionItem", ++number);
            text(w, "name", lists[k]->items[i].id);
            text(w, "text", lists[k]->items[i].text);
            end(w);
        }
    close_list(w);
}

/* --- the design --- */

static void put_arms(Writing *w)
{
    const Arms *arms = &w->protocol->arms;
    open_list(w, "arms");
    for (size_t i = 0; i < arms->n; i++) {
        const Arm *arm = &arms->items[i];
        begin(w, "StudyArm", i + 1);
        named(w, arm->id, arm->title);
        if (arm->dose.len) text(w, "description", arm->dose);
        json_key(&w->json, STR("type"));
        put_code(w, arm->kind ? ARM_TYPES[arm->kind] : ARM_TYPES[ARM_EXPERIMENTAL]);
        bool is_external = arm->kind == ARM_EXTERNAL;
        words(w, "dataOriginDescription", is_external ? "Subjects from outside the trial" : "Data collected from subjects");
        code(w, "dataOriginType", is_external ? "C188864" : "C188866", is_external ? "Historical Data" : "Data Generated Within Study");
        end(w);
    }
    close_list(w);
}

static size_t n_epochs(const Protocol *p)
{
    size_t n = 0;
    for (size_t e = 0; e < N_EPOCHS; e++) n += has_epoch(p, e);
    return n;
}

static size_t epoch_number(const Protocol *p, size_t epoch)
{
    size_t number = 0;
    for (size_t e = 0; e <= epoch; e++) number += has_epoch(p, e);
    return number;
}

static void put_epochs(Writing *w)
{
    size_t n = n_epochs(w->protocol);
    open_list(w, "epochs");
    for (size_t e = 0; e < N_EPOCHS; e++) {
        if (!has_epoch(w->protocol, e)) continue;
        size_t number = epoch_number(w->protocol, e);
        begin(w, "StudyEpoch", number);
        named(w, str_from(EPOCH_NAMES[e]), str_from(EPOCH_NAMES[e]));
        json_key(&w->json, STR("type"));
        put_code(w, EPOCHS[e]);
        link_chain(w, "StudyEpoch", number - 1, n);
        end(w);
    }
    close_list(w);
}

static void rule(Writing *w, const char *key, Str what)
{
    json_key(&w->json, str_from(key));
    begin(w, "TransitionRule", ++w->n_rules);
    text(w, "name", numbered(w, "RULE", w->n_rules));
    text(w, "text", what);
    end(w);
}

/* Of the treatment epoch each arm has an element of its own; other epochs share one. */
static size_t element_number(const Protocol *p, size_t epoch, size_t arm)
{
    size_t before = has_epoch(p, EPOCH_SCREENING);
    if (epoch == EPOCH_SCREENING) return 1;
    return epoch == EPOCH_TREATMENT ? before + arm + 1 : before + p->arms.n + 1;
}

static void put_elements(Writing *w)
{
    const Protocol *p = w->protocol;
    open_list(w, "elements");
    if (has_epoch(p, EPOCH_SCREENING)) {
        begin(w, "StudyElement", 1);
        named(w, STR("SCREEN"), STR("Screening"));
        rule(w, "transitionStartRule", STR("Consent"));
        end(w);
    }
    for (size_t i = 0; i < p->arms.n; i++) {
        begin(w, "StudyElement", element_number(p, EPOCH_TREATMENT, i));
        named(w, p->arms.items[i].id, p->arms.items[i].title);
        rule(w, "transitionStartRule", p->product.at ? STR("First dose") : STR("Enrolment"));
        end(w);
    }
    if (has_epoch(p, EPOCH_FOLLOW_UP)) {
        begin(w, "StudyElement", element_number(p, EPOCH_FOLLOW_UP, 0));
        named(w, STR("FOLLOW"), STR("Follow-up"));
        rule(w, "transitionStartRule", STR("Last assessment of the treatment epoch"));
        end(w);
    }
    close_list(w);
    open_list(w, "studyCells");
    size_t number = 0;
    for (size_t i = 0; i < p->arms.n; i++)
        for (size_t e = 0; e < N_EPOCHS; e++) {
            if (!has_epoch(p, e)) continue;
            begin(w, "StudyCell", ++number);
            text(w, "armId", numbered(w, "StudyArm", i + 1));
            text(w, "epochId", numbered(w, "StudyEpoch", epoch_number(p, e)));
            open_list(w, "elementIds");
            json_put_text(&w->json, numbered(w, "StudyElement", element_number(p, e, i)));
            close_list(w);
            end(w);
        }
    close_list(w);
}

static void put_encounters(Writing *w)
{
    const Visits *visits = &w->protocol->visits;
    open_list(w, "encounters");
    for (size_t i = 0; i < visits->n; i++) {
        begin(w, "Encounter", i + 1);
        named(w, visits->items[i].id, visits->items[i].title);
        code(w, "type", "C25716", "Visit");
        link_chain(w, "Encounter", i, visits->n);
        end(w);
    }
    close_list(w);
}

static void put_activities(Writing *w)
{
    const Forms *forms = &w->protocol->forms;
    open_list(w, "activities");
    for (size_t i = 0; i < forms->n; i++) {
        begin(w, "Activity", i + 1);
        named(w, forms->items[i].id, forms->items[i].title);
        link_chain(w, "Activity", i, forms->n);
        end(w);
    }
    close_list(w);
}

/* The visit that days are counted from: the first of day 0, else the first with a day. */
static size_t anchor_of(const Visits *visits)
{
    size_t first = 0;
    for (size_t i = visits->n; i-- > 0;)
        if (visits->items[i].day != INTEGER_ABSENT) first = i;
    for (size_t i = 0; i < visits->n; i++)
        if (visits->items[i].day == 0) return i;
    return first;
}

static void put_timing(Writing *w, size_t i, size_t anchor)
{
    const Visits *visits = &w->protocol->visits;
    const Visit *visit = &visits->items[i];
    int day = i == anchor ? 0 : visit->day - visits->items[anchor].day;
    if (visit->day == INTEGER_ABSENT) return;
    begin(w, "Timing", i + 1);
    named(w, str_format(w->arena, "TIM%zu", i + 1), visit->title);
    if (i == anchor) code(w, "type", "C201358", "Fixed Reference");
    else code(w, "type", day < 0 ? "C201357" : "C201356", day < 0 ? "Before" : "After");
    text(w, "value", str_format(w->arena, "P%dD", day < 0 ? -day : day));
    text(w, "valueLabel", str_format(w->arena, "%d days", day < 0 ? -day : day));
    code(w, "relativeToFrom", "C201355", "Start to Start");
    text(w, "relativeFromScheduledInstanceId", numbered(w, "ScheduledActivityInstance", i + 1));
    text(w, "relativeToScheduledInstanceId", numbered(w, "ScheduledActivityInstance", anchor + 1));
    if (visit->window.at) {
        text(w, "windowLower", str_format(w->arena, "P%dD", visit->window.before));
        text(w, "windowUpper", str_format(w->arena, "P%dD", visit->window.after));
        text(w, "windowLabel", str_format(w->arena, "-%d..%d days", visit->window.before, visit->window.after));
    }
    end(w);
}

static void put_instance(Writing *w, size_t i, size_t next)
{
    const Protocol *p = w->protocol;
    const Visit *visit = &p->visits.items[i];
    begin(w, "ScheduledActivityInstance", i + 1);
    named(w, visit->id, visit->title);
    text(w, "epochId", numbered(w, "StudyEpoch", epoch_number(p, epoch_of(visit))));
    text(w, "encounterId", numbered(w, "Encounter", i + 1));
    if (next != SIZE_MAX) text(w, "defaultConditionId", numbered(w, "ScheduledActivityInstance", next + 1));
    else words(w, "timelineExitId", "ScheduleTimelineExit_1");
    open_list(w, "activityIds");
    for (size_t f = 0; f < p->forms.n; f++)
        if (protocol_is_scheduled(p, p->forms.items[f].id, visit->id)) json_put_text(&w->json, numbered(w, "Activity", f + 1));
    close_list(w);
    end(w);
}

static size_t next_visit(const Visits *visits, size_t after)
{
    for (size_t i = after + 1; i < visits->n; i++)
        if (visits->items[i].kind != VISIT_UNSCHEDULED) return i;
    return SIZE_MAX;
}

static void put_timeline(Writing *w)
{
    const Visits *visits = &w->protocol->visits;
    size_t anchor = anchor_of(visits), first = next_visit(visits, SIZE_MAX);
    open_list(w, "scheduleTimelines");
    if (first != SIZE_MAX) {
        begin(w, "ScheduleTimeline", 1);
        named(w, STR("Main Timeline"), STR("Main timeline"));
        json_member_bool(&w->json, "mainTimeline", true);
        words(w, "entryCondition", "Consent");
        text(w, "entryId", numbered(w, "ScheduledActivityInstance", first + 1));
        open_list(w, "exits");
        begin(w, "ScheduleTimelineExit", 1);
        end(w);
        close_list(w);
        open_list(w, "timings");
        for (size_t i = 0; i < visits->n; i++)
            if (visits->items[i].kind != VISIT_UNSCHEDULED) put_timing(w, i, anchor);
        close_list(w);
        open_list(w, "instances");
        for (size_t i = first; i != SIZE_MAX; i = next_visit(visits, i)) put_instance(w, i, next_visit(visits, i));
        close_list(w);
        end(w);
    }
    close_list(w);
}

static void put_criteria(Writing *w)
{
    const Criteria *lists[] = {&w->protocol->eligibility.inclusion, &w->protocol->eligibility.exclusion};
    size_t number = 0;
    open_list(w, "eligibilityCriteria");
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->n; i++) {
            begin(w, "EligibilityCriterion", ++number);
            text(w, "name", lists[k]->items[i].id);
            code(w, "category", k ? "C25370" : "C25532", k ? "Exclusion Criteria" : "Inclusion Criteria");
            text(w, "identifier", str_format(w->arena, "%02zu", number));
            text(w, "criterionItemId", numbered(w, "EligibilityCriterionItem", number));
            end(w);
        }
    close_list(w);
}

static void put_population(Writing *w)
{
    const Protocol *p = w->protocol;
    Range ages = p->eligibility.ages;
    size_t n_criteria = p->eligibility.inclusion.n + p->eligibility.exclusion.n;
    json_key(&w->json, STR("population"));
    begin(w, "StudyDesignPopulation", 1);
    words(w, "name", "POP1");
    json_member_bool(&w->json, "includesHealthySubjects", false);
    if (p->trial.planned_subjects > 0) quantity(w, "plannedEnrollmentNumber", p->trial.planned_subjects, false);
    if (p->eligibility.at && isfinite(ages.low) && isfinite(ages.high)) {
        json_key(&w->json, STR("plannedAge"));
        begin(w, "Range", 1);
        quantity(w, "minValue", ages.low, true);
        quantity(w, "maxValue", ages.high, true);
        json_member_bool(&w->json, "isApproximate", false);
        end(w);
    }
    open_list(w, "criterionIds");
    for (size_t i = 0; i < n_criteria; i++) json_put_text(&w->json, numbered(w, "EligibilityCriterion", i + 1));
    close_list(w);
    end(w);
}

static bool is_primary(const Protocol *p, const Estimand *estimand)
{
    for (size_t i = 0; i < p->analyses.n; i++)
        if (p->analyses.items[i].role == ANALYSIS_PRIMARY && str_equal(p->analyses.items[i].estimand, estimand->id)) return true;
    return false;
}

static void put_objectives(Writing *w)
{
    const Estimands *estimands = &w->protocol->estimands;
    open_list(w, "objectives");
    for (size_t i = 0; i < estimands->n; i++) {
        const Estimand *estimand = &estimands->items[i];
        bool primary = is_primary(w->protocol, estimand);
        begin(w, "Objective", i + 1);
        text(w, "name", estimand->id);
        text(w, "text", or_unknown(estimand->objective, "not stated"));
        code(w, "level", primary ? "C85826" : "C85827", primary ? "Primary Objective" : "Secondary Objective");
        open_list(w, "endpoints");
        begin(w, "Endpoint", i + 1);
        text(w, "name", str_format(w->arena, STR_FMT "-endpoint", STR_ARG(estimand->id)));
        text(w, "text", or_unknown(estimand->variable, "not stated"));
        words(w, "purpose", primary ? "the question the trial is judged by" : "supports the primary");
        code(w, "level", primary ? "C94496" : "C139173", primary ? "Primary Endpoint" : "Secondary Endpoint");
        end(w);
        close_list(w);
        end(w);
    }
    close_list(w);
}

static void put_estimands(Writing *w)
{
    const Protocol *p = w->protocol;
    open_list(w, "analysisPopulations");
    for (size_t i = 0; i < p->populations.n; i++) {
        begin(w, "AnalysisPopulation", i + 1);
        named(w, p->populations.items[i].id, p->populations.items[i].title);
        text(w, "text", or_unknown(p->populations.items[i].condition, "all subjects"));
        end(w);
    }
    close_list(w);
    open_list(w, "estimands");
    size_t n_events = 0;
    for (size_t i = 0; i < p->estimands.n; i++) {
        const Estimand *estimand = &p->estimands.items[i];
        size_t population = 0;
        while (population < p->populations.n && !str_equal(p->populations.items[population].id, estimand->population)) population++;
        if (population == p->populations.n) continue;
        begin(w, "Estimand", i + 1);
        text(w, "name", estimand->id);
        text(w, "populationSummary", or_unknown(estimand->summary, "not stated"));
        text(w, "analysisPopulationId", numbered(w, "AnalysisPopulation", population + 1));
        open_list(w, "interventionIds");
        for (size_t k = 0; k < p->arms.n; k++) json_put_text(&w->json, numbered(w, "StudyIntervention", k + 1));
        close_list(w);
        text(w, "variableOfInterestId", numbered(w, "Endpoint", i + 1));
        open_list(w, "intercurrentEvents");
        for (size_t k = 0; k < estimand->intercurrent_events.n; k++) {
            const IntercurrentEvent *event = &estimand->intercurrent_events.items[k];
            begin(w, "IntercurrentEvent", ++n_events);
            text(w, "name", numbered(w, "ICE", n_events));
            text(w, "text", event->event);
            text(w, "strategy", event->strategy ? str_from(grammar_word(&EVENT_STRATEGY_WORDS, (int)event->strategy)) : STR("not stated"));
            end(w);
        }
        close_list(w);
        end(w);
    }
    close_list(w);
}

static void put_interventions(Writing *w)
{
    const Protocol *p = w->protocol;
    open_list(w, "studyInterventions");
    for (size_t i = 0; i < p->arms.n; i++) {
        const Arm *arm = &p->arms.items[i];
        const Term *role = &ROLES[arm->kind ? arm->kind : ARM_EXPERIMENTAL];
        begin(w, "StudyIntervention", i + 1);
        named(w, arm->id, arm->dose.len ? arm->dose : arm->title);
        code(w, "role", role->code, role->decode);
        code(w, "type", p->product.at ? "C307" : "C17649", p->product.at ? "Biologic" : "Other");
        end(w);
    }
    close_list(w);
}

static void put_design(Writing *w)
{
    const TrialFacts *trial = &w->protocol->trial;
    begin(w, trial->design == DESIGN_OBSERVATIONAL ? "ObservationalStudyDesign" : "InterventionalStudyDesign", 1);
    named(w, STR("Study Design 1"), trial->short_title);
    text(w, "rationale", or_unknown(trial->sample_size_reason, "not stated"));
    if (trial->design != DESIGN_OBSERVATIONAL) code(w, "studyType", "C98388", "Interventional Study");
    else code(w, "studyType", "C16084", "Observational Study"), code(w, "timePerspective", "C15273", "Prospective Study");
    if (trial->phase) alias(w, "studyPhase", PHASES[trial->phase]);
    json_key(&w->json, STR("model"));
    put_code(w, MODELS[trial->design ? trial->design : DESIGN_SINGLE_ARM]);
    if (trial->blinding && trial->design != DESIGN_OBSERVATIONAL) alias(w, "blindingSchema", BLINDINGS[trial->blinding]);
    put_arms(w);
    put_epochs(w);
    put_elements(w);
    put_encounters(w);
    put_activities(w);
    put_timeline(w);
    put_criteria(w);
    put_population(w);
    put_objectives(w);
    put_estimands(w);
    end(w);
}

void usdm_write(Arena *arena, const Protocol *protocol, Str system_version, Buf *buf)
{
    Writing w = {.arena = arena, .protocol = protocol, .json = json_writer(buf, 1)};
    json_begin_object(&w.json);
    json_key(&w.json, STR("study"));
    json_begin_object(&w.json);
    words(&w, "id", "Study_1");
    text(&w, "name", protocol->trial.id);
    if (protocol->trial.simulated) words(&w, "description", "SIMULATED: the records of this trial are made up.");
    words(&w, "instanceType", "Study");
    open_list(&w, "versions");
    begin(&w, "StudyVersion", 1);
    words(&w, "versionIdentifier", "1");
    text(&w, "rationale", or_unknown(protocol->trial.sample_size_reason, "not stated"));
    put_titles(&w);
    put_organizations(&w);
    put_criterion_items(&w);
    put_interventions(&w);
    open_list(&w, "studyDesigns");
    put_design(&w);
    close_list(&w);
    end(&w);
    close_list(&w);
    json_end_object(&w.json);
    words(&w, "usdmVersion", "4.0");
    words(&w, "systemName", "Equipoise");
    text(&w, "systemVersion", system_version);
    json_end_object(&w.json);
    buf_char(buf, '\n');
}
