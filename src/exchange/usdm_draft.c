/* A study definition as a draft of a protocol. */
#include <math.h>
#include <string.h>

#include "exchange/usdm.h"
#include "protocol/draft.h"

/* A word of ours for what a decode begins with or holds; the first that fits. */
typedef struct {
    const char *part;
    int word;
} Match;

static int match(Str text, const Match *matches, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_find(text, str_from(matches[i].part)) != SIZE_MAX) return matches[i].word;
    return 0;
}
#define MATCH(text, matches)  match((text), (matches), sizeof (matches) / sizeof (matches)[0])

static const Match PHASES[] = {{"Early Phase", PHASE_EARLY_1}, {"II/III", PHASE_2_3}, {"I/II", PHASE_1_2}, {"III", PHASE_3}, {"II", PHASE_2}, {"IV", PHASE_4}, {"Phase I", PHASE_1}, {"Not Applicable", PHASE_NONE}};
static const Match DESIGNS[] = {{"Single Group", DESIGN_SINGLE_ARM}, {"Parallel", DESIGN_PARALLEL}, {"Cross", DESIGN_CROSSOVER}, {"Factorial", DESIGN_FACTORIAL}};
static const Match BLINDINGS[] = {{"Open", BLINDING_OPEN}, {"Single", BLINDING_SINGLE}, {"Double", BLINDING_DOUBLE}, {"Triple", BLINDING_TRIPLE}, {"Quadruple", BLINDING_TRIPLE}};
static const Match ARM_KINDS_OF[] = {{"Placebo", ARM_PLACEBO}, {"Sham", ARM_SHAM}, {"Active Comparator", ARM_ACTIVE}, {"Active Control", ARM_ACTIVE}, {"No Intervention", ARM_UNTREATED}, {"Experimental", ARM_EXPERIMENTAL},
                                     {"Investigational", ARM_EXPERIMENTAL}, {"Treatment", ARM_EXPERIMENTAL}};
static const Match STRATEGIES[] = {{"Treatment Policy", STRATEGY_TREATMENT_POLICY}, {"Hypothetical", STRATEGY_HYPOTHETICAL}, {"Composite", STRATEGY_COMPOSITE},
                                   {"While On", STRATEGY_WHILE_ON}, {"While on", STRATEGY_WHILE_ON}, {"Principal", STRATEGY_PRINCIPAL}};

static void draft_facts(Draft *draft, const UsdmStudy *s)
{
    draft->id = s->sponsor_id.len ? s->sponsor_id : s->name;
    draft->title = s->official_title.len ? s->official_title : s->brief_title.len ? s->brief_title : s->name;
    draft->short_title = s->acronym.len ? s->acronym : s->brief_title;
    draft->sponsor = s->sponsor;
    draft->phase = (TrialPhase)MATCH(s->phase, PHASES);
    draft->design = str_find(s->study_type, STR("Observational")) != SIZE_MAX ? DESIGN_OBSERVATIONAL : (TrialDesign)MATCH(s->model, DESIGNS);
    draft->blinding = (TrialBlinding)MATCH(s->blinding, BLINDINGS);
    if (s->has_planned && s->planned >= 1 && s->planned < 1e7) draft->planned_subjects = (int)s->planned;
    if (s->has_age_min) draft->ages.low = s->age_min;
    if (s->has_age_max) draft->ages.high = s->age_max;
    draft_note(draft, &draft->notes, "A draft made from the study definition \"" STR_FMT "\", version " STR_FMT " (USDM).", STR_ARG(s->name), STR_ARG(s->version));
    if (s->registry_id.len) draft_note(draft, &draft->notes, "Registered: " STR_FMT " " STR_FMT ".", STR_ARG(s->registry), STR_ARG(s->registry_id));
    for (size_t i = 0; i < s->n_left_out; i++) draft_note(draft, &draft->notes, "Not taken over: " STR_FMT ".", STR_ARG(s->left_out[i]));
}

static void draft_arms(Draft *draft, const UsdmStudy *s)
{
    for (size_t i = 0; i < s->n_arms; i++)
        *draft_add_arm(draft) = (DraftArm){draft_id(draft->arena, s->arms[i].name), s->arms[i].label.len ? s->arms[i].label : s->arms[i].name,
                                           (ArmKind)MATCH(s->arms[i].type, ARM_KINDS_OF)};
}

static VisitKind visit_kind(const UsdmStudy *s, const UsdmVisit *visit)
{
    if (visit->epoch == SIZE_MAX) return VISIT_ASSESSMENT;
    Str type = s->epochs[visit->epoch].type;
    if (str_find(type, STR("Screening")) != SIZE_MAX) return VISIT_SCREENING;
    if (str_find(type, STR("Follow")) != SIZE_MAX) return VISIT_FOLLOW_UP;
    return visit->has_day && visit->day == 0 ? VISIT_DOSE : VISIT_ASSESSMENT;
}

static int whole_days(double days) { return days > 0 && days < 1e6 ? (int)floor(days) : 0; }

/* Visits that the definition counts by hours fall on one day; our days are whole. */
static void draft_visits(Draft *draft, const UsdmStudy *s, Str *ids)
{
    for (size_t i = 0; i < s->n_visits; i++) {
        const UsdmVisit *from = &s->visits[i];
        DraftVisit *visit = draft_add_visit(draft);
        ids[i] = draft_id(draft->arena, from->name);
        visit->id = ids[i];
        visit->title = from->label;
        visit->kind = visit_kind(s, from);
        if (from->has_day && fabs(from->day) < 1e6) visit->day = (int)floor(from->day);
        visit->before = whole_days(from->before), visit->after = whole_days(from->after);
    }
}

static bool is_done_at(const UsdmVisit *visit, Str activity)
{
    for (size_t i = 0; i < visit->n_activities; i++)
        if (str_equal(visit->activities[i], activity)) return true;
    return false;
}

/* A form for what a screening visit needs, and one for each activity: its items a person adds, from the concepts. */
static void draft_forms(Draft *draft, const UsdmStudy *s, const Str *visit_ids)
{
    DraftForm *screening = draft_add_form(draft);
    screening->id = draft->screening = STR("screening");
    screening->title = STR("Screening");
    screening->repeats = FORM_PER_SUBJECT;
    DraftItem *birth = draft_add_item(draft, screening);
    birth->id = draft_item_id(draft, STR("BIRTH")), birth->label = STR("Date of birth"), birth->type = COLUMN_DATE, birth->required = true;
    for (size_t a = 0; a < s->n_activities; a++) {
        DraftForm *form = NULL;
        for (size_t v = 0; v < s->n_visits; v++) {
            if (!is_done_at(&s->visits[v], s->activities[a])) continue;
            if (!form) {
                form = draft_add_form(draft);
                Str words = draft_id(draft->arena, str_lower(draft->arena, s->activities[a]));
                form->id = str_format(draft->arena, "a%zu_" STR_FMT, a + 1, STR_ARG(str_slice(words, 0, words.len < 30 ? words.len : 30)));
                form->title = s->activities[a];
                draft_note(draft, &form->notes, "decide the items of this activity");
                DraftItem *item = draft_add_item(draft, form);
                item->id = draft_item_id(draft, str_format(draft->arena, "A%zu_NOTE", a + 1));
                item->label = STR("Note"), item->type = COLUMN_TEXT;
            }
            draft_add_text(draft, &form->visits, visit_ids[v]);
        }
    }
}

static void draft_criteria(Draft *draft, const UsdmStudy *s)
{
    for (size_t i = 0; i < s->n_criteria; i++)
        *draft_add_criterion(draft) = (DraftCriterion){str_format(draft->arena, "%s" STR_FMT, s->criteria[i].is_inclusion ? "in" : "ex", STR_ARG(s->criteria[i].identifier)),
                                                       s->criteria[i].text, s->criteria[i].is_inclusion};
}

/* Estimands as comments: a population must be defined first, which the definition says in words only. */
static void note_estimands(Draft *draft, const UsdmStudy *s)
{
    for (size_t i = 0; i < s->n_objectives; i++) {
        const UsdmObjective *objective = &s->objectives[i];
        draft_note(draft, &draft->notes, STR_FMT ": " STR_FMT, STR_ARG(objective->level), STR_ARG(objective->text));
        for (size_t k = 0; k < objective->n_endpoints; k++)
            draft_note(draft, &draft->notes, "  " STR_FMT ": " STR_FMT, STR_ARG(objective->endpoint_levels[k]), STR_ARG(objective->endpoints[k]));
    }
    for (size_t i = 0; i < s->n_estimands; i++) {
        const UsdmEstimand *estimand = &s->estimands[i];
        draft_note(draft, &draft->notes, "decide estimand: " STR_FMT " of \"" STR_FMT "\" in \"" STR_FMT "\" under " STR_FMT, STR_ARG(estimand->population_summary),
                   STR_ARG(estimand->variable), STR_ARG(estimand->population), STR_ARG(estimand->treatment));
        for (size_t k = 0; k < estimand->n_events; k++) {
            int strategy = MATCH(estimand->strategies[k], STRATEGIES);
            draft_note(draft, &draft->notes, "  intercurrent event: " STR_FMT ", strategy %s", STR_ARG(estimand->events[k]),
                       strategy ? grammar_word(&EVENT_STRATEGY_WORDS, strategy) : "not one of ours");
        }
    }
}

void usdm_draft_protocol(Arena *arena, const UsdmStudy *study, Buf *yaml)
{
    Draft draft = draft_new(arena);
    Str *visit_ids = ARENA_ARRAY(arena, Str, study->n_visits + 1);
    draft_facts(&draft, study);
    note_estimands(&draft, study);
    draft_arms(&draft, study);
    draft_visits(&draft, study, visit_ids);
    draft_forms(&draft, study, visit_ids);
    draft_criteria(&draft, study);
    draft_write(&draft, yaml);
}
