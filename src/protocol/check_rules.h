/* The rules that protocol_check runs; inside src/protocol only. A rule looks at one thing and flags each place where
 * it fails; its row in check.c holds code, severity, reason and fix. */
#ifndef PROTOCOL_CHECK_RULES_H
#define PROTOCOL_CHECK_RULES_H

#include "data/condition.h"
#include "protocol/protocol.h"

typedef struct Checker Checker;

typedef struct {
    const char *code;
    ProblemSeverity severity;
    void (*run)(Checker *checker);
    const char *reason, *fix;         /* sentences; the same for every place */
} Rule;

struct Checker {
    Arena *arena;
    const Protocol *protocol;
    ProblemList *problems;
    ConditionEngine *conditions;
    const Rule *rule;                 /* the one that runs */
};

/* Adds a problem of the running rule; the pointer lets a rule be more exact about the fix. */
Problem *flag(Checker *checker, const Yaml *at, const char *format, ...) PRINTF(3, 4);

/* The key's value in a mapping, or the mapping itself: the best place to point at. */
const Yaml *place_of(const Yaml *mapping, const char *key);

/* Does the trial have a group to compare with? */
bool has_control(const Protocol *protocol);

/* Is a treatment given (not an observational study, not an analysis of other people's data)? */
bool treats(const Protocol *protocol);

/* structure and design */
void rule_missing_section(Checker *checker);
void rule_arms(Checker *checker);
void rule_randomisation(Checker *checker);
void rule_randomisation_details(Checker *checker);
void rule_visit_days(Checker *checker);
void rule_windows(Checker *checker);
void rule_doses(Checker *checker);
void rule_schedule(Checker *checker);
void rule_probabilities(Checker *checker);
void rule_sensitivity_cycle(Checker *checker);

/* forms and items */
void rule_form_names(Checker *checker);
void rule_item_names(Checker *checker);
void rule_item_types(Checker *checker);
void rule_units(Checker *checker);
void rule_codelists(Checker *checker);
void rule_conditions(Checker *checker);
void rule_variables(Checker *checker);
void rule_birth(Checker *checker);
void rule_derived_cycle(Checker *checker);
void rule_blinding_leak(Checker *checker);
void rule_instrument_items(Checker *checker);
void rule_instrument_visits(Checker *checker);
void rule_sdtm(Checker *checker);

/* honesty */
void rule_no_control(Checker *checker);
void rule_not_registered(Checker *checker);
void rule_retrospective(Checker *checker);
void rule_multiplicity(Checker *checker);
void rule_secondary_family(Checker *checker);
void rule_raters(Checker *checker);
void rule_instrument_age(Checker *checker);
void rule_gmfcs_outcome(Checker *checker);
void rule_aided_gmfm66(Checker *checker);
void rule_screening_test(Checker *checker);
void rule_ordinal_as_number(Checker *checker);
void rule_natural_change(Checker *checker);
void rule_regression_to_mean(Checker *checker);
void rule_no_estimand(Checker *checker);
void rule_completers_only(Checker *checker);
void rule_not_shown(Checker *checker);
void rule_intercurrent_events(Checker *checker);
void rule_subgroup_interaction(Checker *checker);
void rule_subgroup_size(Checker *checker);
void rule_sample_size(Checker *checker);
void rule_stopping(Checker *checker);
void rule_assent(Checker *checker);
void rule_concealment(Checker *checker);

/* notes */
void rule_simulated(Checker *checker);
void rule_seed(Checker *checker);
void rule_criteria_by_hand(Checker *checker);
void rule_product_limits(Checker *checker);

#endif
