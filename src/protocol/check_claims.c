/* Rules about the claims a plan prepares: estimands, subgroups, size, harm, assent; and the notes. */
#include "protocol/check_rules.h"
#include "protocol/frames.h"

#include <math.h>

void rule_no_estimand(Checker *checker)
{
    for (size_t i = 0; i < checker->protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &checker->protocol->analyses.items[i];
        if (analysis->role == ANALYSIS_PRIMARY && !analysis->estimand.len)
            flag(checker, place_of(analysis->at, "id"),
                 "the primary analysis \"" STR_FMT "\" answers no estimand", STR_ARG(analysis->id));
    }
}

/* A variable is a column of the analysis' data, or in `measures` the code of a score. */
void rule_variables(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    Texts scores = protocol_parameters(checker->arena, protocol), columns;
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &protocol->analyses.items[i];
        Str data = analysis->data.len ? analysis->data : STR("measures");
        bool has_scores = str_equal(data, STR("measures")), found = analysis->variable.len == 0;
        if (!protocol_frame_columns(checker->arena, protocol, data, &columns)) continue;
        for (size_t k = 0; !found && k < columns.n; k++) found = str_equal_fold(columns.items[k], analysis->variable);
        for (size_t k = 0; has_scores && !found && k < scores.n; k++) found = str_equal(scores.items[k], analysis->variable);
        if (found) continue;
        flag(checker, place_of(analysis->at, "variable"),
             "the analysis \"" STR_FMT "\" reads \"" STR_FMT "\", which is %s of \"" STR_FMT "\"",
             STR_ARG(analysis->id), STR_ARG(analysis->variable), has_scores ? "neither score nor column" : "no column",
             STR_ARG(data));
    }
}

/* Whether the key `analysis` names it anywhere in the outputs. */
static bool is_named(const Yaml *node, Str id)
{
    for (size_t i = 0; node && i < node->n && node->kind != YAML_IS_SCALAR; i++) {
        const Yaml *item = &node->items[i];
        bool names = node->kind == YAML_IS_MAPPING && str_equal(node->keys[i].text, STR("analysis"));
        if (names && item->kind == YAML_IS_SCALAR && str_equal(item->text, id)) return true;
        if (is_named(item, id)) return true;
    }
    return false;
}

/* What the report can show of its own, without an output: everything but models without a formula, groups that nobody
 * named, and categories (report/analysis_display.h). */
static bool shows_itself(const Protocol *protocol, const AnalysisPlan *analysis)
{
    bool has_groups = protocol->arms.n > 1 || analysis->compare.n > 0, has_model = analysis->formula.len > 0;
    if (analysis->display) return true;
    switch (analysis->method) {
    case METHOD_SHIFT:
    case METHOD_UNSTATED:
        return false;
    case METHOD_MMRM:
    case METHOD_KAPLAN_MEIER:
        return has_model;
    case METHOD_LOGISTIC:
    case METHOD_FIRTH:
    case METHOD_LOG_RANK_TEST:
    case METHOD_COX_REGRESSION:
        return has_model && has_groups;
    case METHOD_ANCOVA:
    case METHOD_LINEAR_MODEL:
        return analysis->subgroup.len ? analysis->interaction : has_model && (has_groups || analysis->term.len);
    case METHOD_ANOVA:
    case METHOD_T_TEST:
    case METHOD_RANK_SUM:
    case METHOD_FISHER:
    case METHOD_CHI_SQUARED:
        return has_groups;
    case METHOD_DESCRIPTIVE:
    case METHOD_PAIRED_T:
    case METHOD_SIGNED_RANK:
    case METHOD_SIGNED_RANK_PRATT:
        return analysis->variable.len || analysis->outcome.len;
    case METHOD_PROPORTION:
    case METHOD_EXCESS_CHANGE:
    case METHOD_TIPPING_POINT:
        return true;
    }
    return false;
}

void rule_not_shown(Checker *checker)
{
    for (size_t i = 0; i < checker->protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &checker->protocol->analyses.items[i];
        bool confirms = analysis->role == ANALYSIS_PRIMARY || analysis->role == ANALYSIS_SECONDARY;
        if (!confirms || shows_itself(checker->protocol, analysis) || is_named(checker->protocol->outputs, analysis->id)) continue;
        flag(checker, place_of(analysis->at, "id"), "the %s analysis \"" STR_FMT "\" is planned but not shown",
             analysis->role == ANALYSIS_PRIMARY ? "primary" : "secondary", STR_ARG(analysis->id));
    }
}

void rule_completers_only(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &protocol->analyses.items[i];
        const Population *population = protocol_population(protocol, analysis->population);
        if (analysis->role != ANALYSIS_PRIMARY || !population) continue;
        if (str_find(str_upper(checker->arena, population->condition), STR("COMPL")) != SIZE_MAX)
            flag(checker, place_of(analysis->at, "population"), "\"" STR_FMT "\" looks only at those who completed",
                 STR_ARG(analysis->id));
    }
}

static bool uses_motor_instrument(const Protocol *protocol)
{
    for (size_t i = 0; i < protocol->instruments.n; i++) switch (protocol->instruments.items[i].instrument) {
        case INSTRUMENT_GMFM_88:
        case INSTRUMENT_GMFM_66:
        case INSTRUMENT_GMFM_66_PERCENTILE:
        case INSTRUMENT_MODIFIED_ASHWORTH:
            return true;
        case INSTRUMENT_UNSTATED:
        case INSTRUMENT_GMFCS:
        case INSTRUMENT_MACS:
        case INSTRUMENT_MINI_MACS:
        case INSTRUMENT_CP_QOL:
        case INSTRUMENT_DENVER_II:
        case INSTRUMENT_OTHER:
            break;
        }
    return false;
}

static bool gives_several_doses(const Protocol *protocol) { return protocol->product.doses.n > 1; }

/* What disturbs such trials, when it matters, and the words by which it is recognised in the file. */
static const struct {
    const char *event;
    bool (*matters)(const Protocol *protocol);
    const char *words[5];
} EXPECTED_EVENTS[] = {
    {"a missed dose",   gives_several_doses,   {"dose", "infusion", "injection", "administration", "discontinu"}},
    {"botulinum toxin", uses_motor_instrument, {"botulinum", "bont", "botox"}},
    {"surgery",         uses_motor_instrument, {"surg", "operation", "rhizotomy"}},
};

static bool mentions(Arena *arena, const IntercurrentEvents *events, const char *const *words)
{
    for (size_t i = 0; i < events->n; i++)
        for (size_t k = 0; k < 5 && words[k]; k++)
            if (str_find(str_lower(arena, events->items[i].event), str_from(words[k])) != SIZE_MAX)
                return true;
    return false;
}

void rule_intercurrent_events(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    for (size_t i = 0; i < protocol->estimands.n; i++) {
        const Estimand *estimand = &protocol->estimands.items[i];
        const Yaml *at = place_of(estimand->at, "intercurrent_events");
        bool any = estimand->intercurrent_events.n > 0;
        if (!any)
            flag(checker, place_of(estimand->at, "id"),
                 "the estimand \"" STR_FMT "\" names no intercurrent event", STR_ARG(estimand->id));
        for (size_t k = 0; any && k < sizeof EXPECTED_EVENTS / sizeof EXPECTED_EVENTS[0]; k++)
            if (EXPECTED_EVENTS[k].matters(protocol) &&
                !mentions(checker->arena, &estimand->intercurrent_events, EXPECTED_EVENTS[k].words))
                flag(checker, at, "the estimand \"" STR_FMT "\" says nothing of %s", STR_ARG(estimand->id),
                     EXPECTED_EVENTS[k].event);
    }
}

void rule_subgroup_interaction(Checker *checker)
{
    for (size_t i = 0; i < checker->protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &checker->protocol->analyses.items[i];
        if (analysis->subgroup.len && !analysis->interaction)
            flag(checker, place_of(analysis->at, "subgroup"),
                 "\"" STR_FMT "\" looks at groups of " STR_FMT " without their interaction",
                 STR_ARG(analysis->id), STR_ARG(analysis->subgroup));
    }
}

static const Codelist *codes_of(const Protocol *protocol, Str item)
{
    for (size_t i = 0; i < protocol->forms.n; i++) {
        const Item *found = form_item(&protocol->forms.items[i], item);
        if (found) return found->codelist.list;
    }
    return NULL;
}

void rule_subgroup_size(Checker *checker)
{
    enum { SMALL = 10 };
    int planned = checker->protocol->trial.planned_subjects;
    for (size_t i = 0; i < checker->protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &checker->protocol->analyses.items[i];
        const Codelist *codes = codes_of(checker->protocol, analysis->subgroup);
        if (!analysis->subgroup.len || !codes || !codes->n || planned < 1 || planned / (int)codes->n >= SMALL)
            continue;
        flag(checker, place_of(analysis->at, "subgroup"),
             "%d subjects in %zu groups of " STR_FMT " are about %d each", planned, codes->n,
             STR_ARG(analysis->subgroup), planned / (int)codes->n);
    }
}

void rule_sample_size(Checker *checker)
{
    const TrialFacts *trial = &checker->protocol->trial;
    if (!treats(checker->protocol) || trial->sample_size_reason.len) return;
    if (trial->planned_subjects == INTEGER_ABSENT)
        flag(checker, trial->at, "the number of subjects is not planned");
    else
        flag(checker, place_of(trial->at, "planned_subjects"), "no reason is given for %d subjects",
             trial->planned_subjects);
}

void rule_stopping(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    if (treats(protocol) && !protocol->safety.stopping.n)
        flag(checker, protocol->safety.at ? protocol->safety.at : protocol->trial.at,
             "there is no stopping rule for harm");
}

static bool is_asked(const Consent *consent, int age)
{
    for (size_t i = 0; i < consent->assent.n; i++)
        if (consent->assent.items[i].ages.low <= age && age <= consent->assent.items[i].ages.high)
            return true;
    return false;
}

/* From 7 completed years, the age from which assent is commonly asked. */
void rule_assent(Checker *checker)
{
    enum { ASSENT_FROM = 7, ADULT = 18 };
    const Protocol *protocol = checker->protocol;
    Range ages = protocol->eligibility.ages;
    if (!protocol->eligibility.at || !isfinite(ages.low) || !isfinite(ages.high) || !protocol->consent.at)
        return;
    int from = ages.low > ASSENT_FROM ? (int)fmin(ages.low, ADULT) : ASSENT_FROM;
    for (int age = from; age <= ages.high && age < ADULT; age++) {
        if (is_asked(&protocol->consent, age)) continue;
        flag(checker, place_of(protocol->consent.at, "assent"),
             "children of %d years are not asked for assent", age);
        return;
    }
}

void rule_concealment(Checker *checker)
{
    const Randomisation *randomisation = &checker->protocol->randomisation;
    if (randomisation->at && !checker->protocol->data.at && !randomisation->concealment.len)
        flag(checker, randomisation->at, "how the allocation is concealed is not said");
}

void rule_simulated(Checker *checker)
{
    const TrialFacts *trial = &checker->protocol->trial;
    if (trial->simulated)
        flag(checker, place_of(trial->at, "simulated"), "the records of this trial are made up");
}

void rule_seed(Checker *checker)
{
    for (size_t i = 0; i < checker->protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &checker->protocol->analyses.items[i];
        if (analysis->method == METHOD_EXCESS_CHANGE && analysis->seed == INTEGER_ABSENT)
            flag(checker, place_of(analysis->at, "id"), "\"" STR_FMT "\" draws random numbers and names no seed",
                 STR_ARG(analysis->id));
    }
}

static void note_criteria(Checker *checker, const Criteria *criteria)
{
    for (size_t i = 0; i < criteria->n; i++)
        if (!criteria->items[i].condition.len)
            flag(checker, place_of(criteria->items[i].at, "id"),
                 "a person answers the criterion \"" STR_FMT "\"", STR_ARG(criteria->items[i].id));
}

void rule_criteria_by_hand(Checker *checker)
{
    note_criteria(checker, &checker->protocol->eligibility.inclusion);
    note_criteria(checker, &checker->protocol->eligibility.exclusion);
}

void rule_product_limits(Checker *checker)
{
    const Product *product = &checker->protocol->product;
    if (product->at && !product->limits.n)
        flag(checker, product->at, "the product has no limits for its release");
}
