/* The rules of one form, made from the protocol once: what each item may hold, and the edit checks, compiled. A row
 * of the form (its items, the keys SUBJID SITE VISIT DATE DOSE ARM AGE, the screening items) is filled with what is
 * stored and what was typed, and the checks are asked of it. */
#ifndef TRIAL_FORM_RULES_H
#define TRIAL_FORM_RULES_H

#include "base/json.h"
#include "data/condition.h"
#include "protocol/protocol.h"

typedef struct {
    const EditCheck *check;
    Condition *condition;
} CompiledCheck;

typedef struct {
    const Form *form;
    Frame *row;                       /* one row; column i is item i of the form, then the keys and the rest */
    Map items;                        /* id -> index */
    size_t n_checks;
    CompiledCheck *checks;
    bool needs_screening;             /* a check speaks of AGE or of an item of the screening form */
    bool has_product;                 /* DOSE_PER_KG and its like are columns */
} FormRules;

/* The form of that id, or the built-in form of adverse events. NULL when there is none. */
const Form *trial_form(Arena *arena, const Protocol *protocol, Str id);

/* Fails: INCONSISTENT (no such form, with the nearest; a condition that does not compile). */
MUST_USE bool form_rules_compile(Arena *arena, ConditionEngine *engine, const Protocol *protocol, Str form, FormRules *rules,
                                 Error *err);

/* Fails: INCONSISTENT (the form has no such item, with the nearest; the item is derived and never typed). */
MUST_USE bool form_rules_item(const FormRules *rules, Str id, size_t *item, Error *err);

/* Reads a cell: a number, a text (codes and dates too), or an object {"missing": reason}. Fails: MALFORMED (not of the
 * item's type, too many decimals, more than 15 significant digits, an exponent where decimals are counted, required and blank), INCONSISTENT (outside its range or codelist). */
MUST_USE bool form_rules_parse(Arena *arena, const Item *item, Str text, Json *value, Error *err);

/* An empty row; then cells and keys; then the verdict. unheld (room for n_checks) are the soft checks that do not hold.
 * Fails: INCONSISTENT (a hard check does not hold: its message). */
void form_rules_clear(FormRules *rules);
void form_rules_set(FormRules *rules, size_t item, const Json *value);
void form_rules_set_key(FormRules *rules, const char *column, Str text);
void form_rules_set_number(FormRules *rules, const char *column, double number);
MUST_USE bool form_rules_judge(FormRules *rules, const EditCheck **unheld, size_t *n_unheld, Error *err);

/* Any column by name; used for screening items too. False when there is none. */
bool form_rules_set_named(FormRules *rules, Str column, const Json *value);

/* DOSE_PER_KG, CD34_PER_KG, ENDOTOXIN_EU_KG from MNC_E6, CD34_PCT, ENDOTOXIN_EU_ML, VOLUME_ML and WEIGHT_KG, for the
 * columns that are there; missing where one of them is. */
void fill_product_ratios(Frame *frame, size_t row);

#endif
