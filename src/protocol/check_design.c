/* Rules about the trial's shape: sections, arms, visits, doses, schedule, levels. */
#include "protocol/check_rules.h"
#include "protocol/frames.h"

#include <math.h>

void rule_missing_section(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    if (protocol->data.at || !protocol->trial.at) return;
    const struct {
        const char *name;
        bool present;
    } NEEDED[] = {
        {"arms", protocol->arms.n > 0 || protocol->trial.design == DESIGN_OBSERVATIONAL},
        {"sites", protocol->sites.n > 0},
        {"visits", protocol->visits.n > 0},
        {"forms", protocol->forms.n > 0},
        {"eligibility", protocol->eligibility.at != NULL},
        {"consent", protocol->consent.at != NULL},
    };
    for (size_t i = 0; i < sizeof NEEDED / sizeof NEEDED[0]; i++)
        if (!NEEDED[i].present) flag(checker, NULL, "the section \"%s\" is missing or empty", NEEDED[i].name);
}

static bool allocates(TrialDesign design)
{
    return design == DESIGN_PARALLEL || design == DESIGN_CROSSOVER || design == DESIGN_WAIT_LIST ||
           design == DESIGN_FACTORIAL || design == DESIGN_CLUSTER;
}

void rule_arms(Checker *checker)
{
    const TrialFacts *trial = &checker->protocol->trial;
    size_t n = checker->protocol->arms.n;
    const Yaml *at = place_of(trial->at, "design");
    if (trial->design == DESIGN_SINGLE_ARM && n > 1) flag(checker, at, "a single-arm trial with %zu arms", n);
    if (allocates(trial->design) && n == 1)
        flag(checker, at, "a %s trial with one arm", grammar_word(&TRIAL_DESIGN_WORDS, (int)trial->design));
}

void rule_randomisation(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    if (protocol->data.at || !allocates(protocol->trial.design) || protocol->randomisation.at) return;
    flag(checker, place_of(protocol->trial.at, "design"), "a %s trial without randomisation",
         grammar_word(&TRIAL_DESIGN_WORDS, (int)protocol->trial.design));
}

static void check_ratio(Checker *checker, const Randomisation *randomisation)
{
    const Yaml *at = place_of(randomisation->at, "ratio");
    double sum = 0;
    for (size_t i = 0; i < randomisation->ratio.n; i++) {
        double part = randomisation->ratio.items[i];
        if (!(part >= 1 && part <= 100 && part == floor(part)))
            flag(checker, at, "a ratio is made of whole numbers from 1");
        sum += part;
    }
    if (randomisation->ratio.n && randomisation->ratio.n != checker->protocol->arms.n)
        flag(checker, at, "%zu ratio numbers for %zu arms", randomisation->ratio.n,
             checker->protocol->arms.n);
    if (!randomisation->ratio.n) sum = (double)checker->protocol->arms.n;
    for (size_t i = 0; i < randomisation->block_sizes.n; i++) {
        double size = randomisation->block_sizes.items[i];
        if (!(size >= 1 && size <= 1000 && sum > 0 && fmod(size, sum) == 0))
            flag(checker, place_of(randomisation->at, "block_sizes"),
                 "a block of %g cannot hold the ratio, whose sum is %g", size, sum);
    }
}

void rule_randomisation_details(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    const Randomisation *randomisation = &protocol->randomisation;
    if (!randomisation->at) return;
    if (protocol->trial.design == DESIGN_SINGLE_ARM)
        flag(checker, randomisation->at, "a single-arm trial has nothing to randomise");
    check_ratio(checker, randomisation);
    if (randomisation->method == RANDOMISE_BLOCKS && !randomisation->block_sizes.n)
        flag(checker, randomisation->at, "permuted blocks without block_sizes");
    if (protocol->data.at) return;
    const Form *screening = protocol_form(protocol, protocol->eligibility.form);
    for (size_t i = 0; i < randomisation->strata.n; i++) {
        Str stratum = randomisation->strata.items[i];
        if (str_equal(stratum, STR("SITE")) || (screening && form_item(screening, stratum))) continue;
        flag(checker, place_of(randomisation->at, "strata"),
             "the stratum \"" STR_FMT "\" is no item of the screening form", STR_ARG(stratum));
    }
}

static bool has_day(const Visit *visit) { return visit->day != INTEGER_ABSENT; }

void rule_visit_days(Checker *checker)
{
    const Visits *visits = &checker->protocol->visits;
    for (size_t i = 0; i < visits->n; i++) {
        const Visit *visit = &visits->items[i];
        bool planned = visit->kind != VISIT_UNSCHEDULED;
        if (planned && !has_day(visit) && !yaml_get(visit->at, "day"))
            flag(checker, visit->at, "the visit \"" STR_FMT "\" has no day", STR_ARG(visit->id));
        if (!planned && has_day(visit))
            flag(checker, visit->at, "the unscheduled visit \"" STR_FMT "\" has a day", STR_ARG(visit->id));
        for (size_t k = 0; k < i; k++) {
            const Visit *other = &visits->items[k];
            if (other->order == visit->order)
                flag(checker, place_of(visit->at, "order"),
                     "the visits \"" STR_FMT "\" and \"" STR_FMT "\" have the same order", STR_ARG(other->id),
                     STR_ARG(visit->id));
            else if (has_day(visit) && has_day(other) &&
                     (other->order < visit->order) != (other->day < visit->day))
                flag(checker, place_of(visit->at, "day"),
                     "day %d of \"" STR_FMT "\" does not follow day %d of \"" STR_FMT "\"", visit->day,
                     STR_ARG(visit->id), other->day, STR_ARG(other->id));
        }
    }
}

/* Screening is told apart by enrolment, not by the calendar; so is an unscheduled visit. */
static bool has_window(const Visit *visit)
{
    return has_day(visit) && visit->kind != VISIT_SCREENING && visit->kind != VISIT_UNSCHEDULED;
}

void rule_windows(Checker *checker)
{
    const Visits *visits = &checker->protocol->visits;
    for (size_t i = 0; i < visits->n; i++) {
        const Visit *visit = &visits->items[i];
        if (visit->window.before < 0 || visit->window.after < 0)
            flag(checker, visit->window.at, "the window of \"" STR_FMT "\" is negative", STR_ARG(visit->id));
        for (size_t k = 0; k < i && has_window(visit); k++) {
            const Visit *a = &visits->items[k], *b = visit;
            if (!has_window(a)) continue;
            if (b->day < a->day) a = visit, b = &visits->items[k];
            if ((long)a->day + a->window.after < (long)b->day - b->window.before) continue;
            flag(checker, place_of(visit->at, "window"),
                 "the windows of \"" STR_FMT "\" (to day %ld) and \"" STR_FMT "\" (from day %ld) overlap",
                 STR_ARG(a->id), (long)a->day + a->window.after, STR_ARG(b->id),
                 (long)b->day - b->window.before);
        }
    }
}

void rule_doses(Checker *checker)
{
    const Product *product = &checker->protocol->product;
    const Form *form = protocol_form(checker->protocol, product->form);
    if (form && form->repeats != FORM_PER_DOSE)
        flag(checker, place_of(product->at, "form"),
             "the form \"" STR_FMT "\" of the product does not repeat by dose", STR_ARG(form->id));
    for (size_t i = 0; i < product->doses.n; i++) {
        const Dose *dose = &product->doses.items[i];
        if (dose->number != (int)i + 1)
            flag(checker, dose->at, "dose %d stands where dose %zu should", dose->number, i + 1);
        if (i && dose->day <= product->doses.items[i - 1].day)
            flag(checker, dose->at, "dose %d is not after the one before", dose->number);
        if (dose->window.before < 0 || dose->window.after < 0)
            flag(checker, dose->at, "the window of dose %d is negative", dose->number);
    }
}

static size_t scheduled_visits(const Protocol *protocol, Str form)
{
    size_t n = 0;
    for (size_t i = 0; i < protocol->schedule.n; i++)
        if (str_equal(protocol->schedule.items[i].key, form)) n += protocol->schedule.items[i].values.n;
    return n;
}

static bool has_form(const Protocol *protocol, const Visit *visit)
{
    for (size_t i = 0; i < protocol->schedule.n; i++)
        if (protocol_is_scheduled(protocol, protocol->schedule.items[i].key, visit->id)) return true;
    return false;
}

void rule_schedule(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    for (size_t i = 0; i < protocol->forms.n; i++) {
        const Form *form = &protocol->forms.items[i];
        bool scheduled = scheduled_visits(protocol, form->id) > 0;
        if (form->repeats == FORM_PER_VISIT && !scheduled)
            flag(checker, place_of(form->at, "id"), "the form \"" STR_FMT "\" is at no visit of the schedule",
                 STR_ARG(form->id));
        if (form->repeats != FORM_PER_VISIT && scheduled)
            flag(checker, place_of(form->at, "repeats"),
                 "the form \"" STR_FMT "\" is scheduled, but is not filled by visit", STR_ARG(form->id));
    }
    for (size_t i = 0; i < protocol->visits.n; i++) {
        const Visit *visit = &protocol->visits.items[i];
        if (visit->kind != VISIT_SCREENING && !has_form(protocol, visit))
            flag(checker, place_of(visit->at, "id"), "no form is filled at the visit \"" STR_FMT "\"",
                 STR_ARG(visit->id));
    }
}

static void need_probability(Checker *checker, const Yaml *mapping, const char *key, double value)
{
    if (isnan(value) || (value > 0 && value < 1)) return;
    flag(checker, place_of(mapping, key), "\"%s\" is %g, not between 0 and 1", key, value);
}

static void need_count(Checker *checker, const Yaml *mapping, const char *key, int value)
{
    if (value == INTEGER_ABSENT || value >= 1) return;
    flag(checker, place_of(mapping, key), "\"%s\" is %d, not 1 or more", key, value);
}

static void check_stopping_plan(Checker *checker, const StoppingPlan *plan)
{
    need_probability(checker, plan->at, "p0", plan->p0);
    need_probability(checker, plan->at, "alpha", plan->alpha);
    need_count(checker, plan->at, "n", plan->n);
    const Numbers *prior = &plan->prior;
    bool good = prior->n == 2 && prior->items[0] > 0 && prior->items[1] > 0;
    if (plan->kind == STOPPING_BETA_BINOMIAL && !good)
        flag(checker, place_of(plan->at, "prior"),
             "a beta-binomial rule needs a prior of two positive numbers");
}

void rule_probabilities(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    need_count(checker, protocol->trial.at, "planned_subjects", protocol->trial.planned_subjects);
    for (size_t i = 0; i < protocol->families.n; i++)
        need_probability(checker, protocol->families.items[i].at, "alpha", protocol->families.items[i].alpha);
    for (size_t i = 0; i < protocol->analyses.n; i++)
        need_probability(checker, protocol->analyses.items[i].at, "alpha", protocol->analyses.items[i].alpha);
    for (size_t i = 0; i < protocol->safety.stopping.n; i++)
        check_stopping_plan(checker, &protocol->safety.stopping.items[i]);
    for (size_t i = 0; i < protocol->forms.n; i++)
        for (size_t k = 0; k < protocol->forms.items[i].items.n; k++) {
            const Item *item = &protocol->forms.items[i].items.items[k];
            if (item->decimals != INTEGER_ABSENT && (item->decimals < 0 || item->decimals > 12))
                flag(checker, place_of(item->at, "decimals"), "\"decimals\" is %d, not 0 to 12",
                     item->decimals);
        }
}

/* The chain from each analysis is walked at most n steps; only the member where the circle is entered is named, once. */
void rule_sensitivity_cycle(Checker *checker)
{
    const AnalysisPlans *analyses = &checker->protocol->analyses;
    for (size_t i = 0; i < analyses->n; i++) {
        const AnalysisPlan *start = &analyses->items[i], *next = start;
        bool smallest = true;
        for (size_t step = 0; next && step <= analyses->n; step++) {
            next = protocol_analysis(checker->protocol, next->sensitivity_to);
            if (next == start) break;
            if (next && next < start) smallest = false;
        }
        if (next == start && smallest)
            flag(checker, place_of(start->at, "sensitivity_to"),
                 "the analysis \"" STR_FMT "\" varies itself, directly or by way of others",
                 STR_ARG(start->id));
    }
}
