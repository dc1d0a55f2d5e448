#include "protocol/check.h"

#include "protocol/check_rules.h"

/* clang-format off */
static const Rule RULES[] = {
    {"missing-section", PROBLEM_ERROR, rule_missing_section,
     "Without it there is nothing to enter, or nobody to enter it for.",
     "Add the section. A protocol that only analyses data from elsewhere has `data` instead."},
    {"arms-and-design", PROBLEM_ERROR, rule_arms,
     "The design decides which comparisons the report may make.",
     "Change `design`, or the arms."},
    {"no-randomisation", PROBLEM_ERROR, rule_randomisation,
     "If people choose who gets what, the groups differ in more than the treatment.",
     "Add a section `randomisation`, or call the design what it is: observational."},
    {"bad-randomisation", PROBLEM_ERROR, rule_randomisation_details,
     "The allocation could not be drawn.",
     "One ratio number per arm; block sizes that the ratio divides; strata that are items of the screening form."},
    {"bad-visit-day", PROBLEM_ERROR, rule_visit_days,
     "Visits are matched to the calendar by their day.",
     "Every planned visit has a `day`, counted from the first dose, and days rise with `order`. Unscheduled visits have none."},
    {"window-overlap", PROBLEM_ERROR, rule_windows,
     "An assessment on a day of both windows would belong to two visits.",
     "Make the windows meet without sharing a day; before and after are 0 or more."},
    {"bad-dose", PROBLEM_ERROR, rule_doses,
     "Doses are recorded by number, and given in order.",
     "Number the doses 1, 2 .. with rising days, on a form with `repeats: dose`."},
    {"schedule-gap", PROBLEM_ERROR, rule_schedule,
     "A form that is never filled collects nothing; a visit without forms has no purpose.",
     "Put the form and its visits in `schedule`, or say how else it repeats."},
    {"bad-number", PROBLEM_ERROR, rule_probabilities,
     "It is used as a probability or a count.",
     "Rates and levels lie between 0 and 1, counts are 1 or more."},
    {"cyclic-analysis", PROBLEM_ERROR, rule_sensitivity_cycle,
     "A sensitivity analysis varies another one; in a circle there is none to vary.",
     "Let the chain of `sensitivity_to` end at a primary or secondary analysis."},
    {"form-name", PROBLEM_ERROR, rule_form_names,
     "Import and export name a form's file after its id, beside those of consent, enrolment and the like.",
     "Choose another id."},
    {"item-name", PROBLEM_ERROR, rule_item_names,
     "Each item becomes a column; items of all visit forms stand side by side in one frame.",
     "Rename one of the two, or both by a prefix for their form."},
    {"item-type", PROBLEM_ERROR, rule_item_types,
     "The type decides what can be entered and computed.",
     "Coded items have a `codelist`; numbers may have `range`, `unit`, `decimals`; others have none of them."},
    {"unknown-unit", PROBLEM_ERROR, rule_units,
     "Doses per kilogram and limits are computed from units.",
     "Write it as UCUM does: kg, mL, cm, %, Cel, h/mo, 10*6, EU/mL."},
    {"duplicate-code", PROBLEM_ERROR, rule_codelists,
     "A code must mean one thing.",
     "Remove or rename it."},
    {"bad-condition", PROBLEM_ERROR, rule_conditions,
     "It would never be evaluated.",
     "docs/conditions.md shows what can be written."},
    {"unknown-variable", PROBLEM_ERROR, rule_variables,
     "The analysis would find nothing to read.",
     "Name a score of an instrument (the frame `measures` holds them by PARAMCD), or a column of the analysis' `data`."},
    {"no-birth-date", PROBLEM_ERROR, rule_birth,
     "The ages of eligibility are counted from it; without it no criterion about age is ever met and nobody can be enrolled.",
     "Add it to the screening form: {id: BIRTH, label: Date of birth, type: date, required: true}"},
    {"cyclic-item", PROBLEM_ERROR, rule_derived_cycle,
     "Neither value could ever be computed first.",
     "Let one of them be entered."},
    {"blinding-leak", PROBLEM_ERROR, rule_blinding_leak,
     "Who sees a rule fire learns who received what.",
     "Write the rule without ARM, or open the trial."},
    {"instrument-items", PROBLEM_ERROR, rule_instrument_items,
     "The score is computed from exactly these columns.",
     "Name the columns with `prefix` or `items` as the form has them."},
    {"instrument-visits", PROBLEM_ERROR, rule_instrument_visits,
     "There would be nothing to score or to analyse.",
     "Schedule the form at that visit, or take the visit out."},
    {"bad-sdtm", PROBLEM_ERROR, rule_sdtm,
     "The export of SDTM would have no place for the value, or two values in one.",
     "docs/formats.md shows what `sdtm` may say of an item."},

    {"no-control-group", PROBLEM_HONESTY, rule_no_control,
     "People change without treatment: they grow, recover, learn, hope; a change from before to after holds all of it. Control "
     "groups of cell trials in cerebral palsy gained 2 to 8 points of GMFM.",
     "Add a concurrent control (wait-list or usual care); until then the report says \"change\", never \"effect\"."},
    {"not-registered", PROBLEM_HONESTY, rule_not_registered,
     "Nobody can see whether the outcomes were chosen before the results were known.",
     "Register before the first consent, and put registry, id and date under trial.registration."},
    {"retrospective-registration", PROBLEM_HONESTY, rule_retrospective,
     "Outcomes registered after data were collected may have been chosen because of them.",
     "Say so beside every primary result; publish the dated protocol and analysis plan."},
    {"no-multiplicity-plan", PROBLEM_HONESTY, rule_multiplicity,
     "Each test has its own chance to be wrong: with four tests at 5 % one is wrong in up to 20 of 100 trials without any effect.",
     "Name one primary analysis, or give all of them one `family` with a method such as holm or fixed-sequence."},
    {"secondary-without-family", PROBLEM_HONESTY, rule_secondary_family,
     "P-values outside any family are not evidence in the sense of the primary one.",
     "Give it a `family`, or make it exploratory."},
    {"unblinded-raters", PROBLEM_HONESTY, rule_raters,
     "A rater who knows that the child was treated, and when, sees more improvement. The instrument leaves room for it.",
     "Let raters who know neither arm nor visit score video: put `assessor` under trial.blinded."},
    {"instrument-age", PROBLEM_HONESTY, rule_instrument_age,
     "Outside the ages an instrument was made for, its scores compare with nobody.",
     "Narrow `eligibility.ages`, choose another instrument, or analyse only the ages it covers with `where`."},
    {"gmfcs-as-outcome", PROBLEM_HONESTY, rule_gmfcs_outcome,
     "GMFCS classifies, it does not measure change: between 2 and 4 years nearly half of all children change level untreated, "
     "mostly to a better one.",
     "Use the level at baseline as a covariate; measure change with GMFM."},
    {"aided-gmfm66", PROBLEM_HONESTY, rule_aided_gmfm66,
     "GMFM-66 was built on children without aids and orthoses; a better walker is not a better child.",
     "Score GMFM-66 from unaided items (`aids: none`) and list aided GMFM-88 apart."},
    {"screening-test-as-outcome", PROBLEM_HONESTY, rule_screening_test,
     "The instrument finds children to look at more closely; its result is normal or suspect, not an amount.",
     "Use it to describe the children, and a measure made for change as the outcome."},
    {"ordinal-as-number", PROBLEM_HONESTY, rule_ordinal_as_number,
     "The steps from 1 to 1+ to 2 are ordered, not equal: their mean depends on how they are numbered.",
     "Use shift or signed-rank, and show the categories before and after."},
    {"natural-change-ignored", PROBLEM_HONESTY, rule_natural_change,
     "Untreated children gain motor function, the young ones most: up to 7 GMFM points in half a year at 2 years.",
     "Set `natural_change`, or add a sensitivity analysis (excess-change) that takes off what the growth curves predict."},
    {"analysis-not-shown", PROBLEM_HONESTY, rule_not_shown,
     "A result that was planned and stands nowhere in the report cannot be told from one that was left out for what it says.",
     "Say what its method needs for a table of its own (a `formula`, groups to `compare`, a `display`), or name it in the output "
     "that shows it: `analysis: ID`."},
    {"regression-to-the-mean", PROBLEM_HONESTY, rule_regression_to_mean,
     "Families come at a low point; a second measurement is higher by itself.",
     "Measure the primary outcome twice before treatment, weeks apart, and analyse the change between the two as well."},
    {"no-estimand", PROBLEM_HONESTY, rule_no_estimand,
     "Without a stated question any of several numbers could be called the answer.",
     "Write an estimand (population, treatment, variable, intercurrent events, summary) and name it here."},
    {"completers-only", PROBLEM_HONESTY, rule_completers_only,
     "Those who leave are not like those who stay: families leave when it does not help, or harms.",
     "Analyse everybody who was enrolled or treated; keep the completers for a sensitivity analysis."},
    {"missing-intercurrent-event", PROBLEM_HONESTY, rule_intercurrent_events,
     "It changes the outcome on its own; how it counts must be settled before the data are seen.",
     "Add it to `intercurrent_events` with a strategy."},
    {"subgroup-without-interaction", PROBLEM_HONESTY, rule_subgroup_interaction,
     "Significant in one group and not in another does not mean that the groups differ; not significant does not mean no difference.",
     "Set `interaction: true`: the report then gives the difference between groups with its interval."},
    {"small-subgroups", PROBLEM_HONESTY, rule_subgroup_size,
     "With so few in a group almost any difference can hide, and \"no difference\" says nothing.",
     "Merge levels, or show the interval and call it exploratory."},
    {"sample-size-unjustified", PROBLEM_HONESTY, rule_sample_size,
     "A trial that cannot see the effect it hopes for asks children to take risk for nothing.",
     "Write `sample_size_reason`: the effect worth finding, its spread, the power."},
    {"no-stopping-rule", PROBLEM_HONESTY, rule_stopping,
     "How much harm is too much must not be decided while it happens.",
     "Add a boundary under safety.stopping (event, p0, alpha, kind)."},
    {"no-assent", PROBLEM_HONESTY, rule_assent,
     "Children who can understand are asked themselves; parents cannot answer for them.",
     "Add bands to consent.assent up to the highest age."},
    {"no-concealment", PROBLEM_HONESTY, rule_concealment,
     "Whoever can guess the next arm can choose who gets it.",
     "Say under randomisation.concealment how the next allocation stays unknown until the subject is enrolled."},

    {"simulated", PROBLEM_NOTE, rule_simulated,
     "Every page made from this file says so.", ""},
    {"no-seed", PROBLEM_NOTE, rule_seed,
     "Stated beforehand, nobody can say that it was chosen for its result.", "Add a `seed`."},
    {"criterion-by-hand", PROBLEM_NOTE, rule_criteria_by_hand,
     "The program asks a person each time.", "Add a `condition` if items can decide it."},
    {"no-release-limits", PROBLEM_NOTE, rule_product_limits,
     "The program will not hold back a dose.", "Add `product.limits`, with their source."},
};
/* clang-format on */

Problem *flag(Checker *checker, const Yaml *at, const char *format, ...)
{
    const Rule *rule = checker->rule;
    Buf message = buf_new(checker->arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&message, format, args);
    va_end(args);
    Problem *problem = problem_add(checker->problems, rule->severity, rule->code, at, "%s", buf_c(&message));
    problem->reason = str_from(rule->reason);
    problem->fix = str_from(rule->fix);
    return problem;
}

const Yaml *place_of(const Yaml *mapping, const char *key)
{
    const Yaml *value = yaml_get(mapping, key);
    return value ? value : mapping;
}

bool has_control(const Protocol *protocol)
{
    for (size_t i = 0; i < protocol->arms.n; i++)
        if (arm_is_control(&protocol->arms.items[i])) return true;
    return protocol->trial.design == DESIGN_CROSSOVER || protocol->trial.design == DESIGN_FACTORIAL;
}

bool treats(const Protocol *protocol)
{
    return !protocol->data.at && protocol->trial.at && protocol->trial.design != DESIGN_OBSERVATIONAL;
}

void protocol_check(Arena *arena, const Protocol *protocol, ProblemList *problems)
{
    Arena *scratch = arena_new();
    Checker checker = {.arena = arena, .protocol = protocol, .problems = problems};
    Error err = {0};
    bool ready = condition_engine_open(scratch, &checker.conditions, &err);
    if (!ready) problem_add(problems, PROBLEM_ERROR, "bad-condition", protocol->at, "%s", err.message);
    for (size_t i = 0; ready && i < sizeof RULES / sizeof RULES[0]; i++) {
        checker.rule = &RULES[i];
        RULES[i].run(&checker);
    }
    arena_free(scratch);
    problems_sort(problems);
}

void protocol_rules_write(Buf *buf)
{
    static const char *const TITLES[] = {[PROBLEM_ERROR] = "Errors: the trial cannot run from the file",
                                         [PROBLEM_HONESTY] = "Honesty warnings: it can, but its report could claim too much",
                                         [PROBLEM_NOTE] = "Notes"};
    for (int severity = 0; severity < N_PROBLEM_SEVERITIES; severity++) {
        buf_format(buf, "### %s\n", TITLES[severity]);
        for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++)
            if ((int)RULES[i].severity == severity)
                buf_format(buf, "- `%s` %s%s%s\n", RULES[i].code, RULES[i].reason, RULES[i].fix[0] ? " Mend: " : "", RULES[i].fix);
        buf_char(buf, '\n');
    }
}
