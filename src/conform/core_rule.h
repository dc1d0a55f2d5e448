/* A CDISC CORE conformance rule, read from its YAML into types. What a rule asks that this program does not do makes it
 * unsupported, with the reason; it is never passed in silence. */
#ifndef CONFORM_CORE_RULE_H
#define CONFORM_CORE_RULE_H

#include "base/yaml.h"
#include "conform/data_set.h"

typedef struct {
    size_t n;
    Str *items;
} StrList;

bool str_list_has(const StrList *list, Str text);

typedef struct CoreCheck CoreCheck;

typedef struct {
    Str name;
    bool is_descending, nulls_first;
} CoreSortKey;

/* What one line of a check says: name, operator, and the operator's parameters. */
typedef struct {
    Str name, operator;
    StrList values;                   /* of a list; of one value, a list of one */
    bool has_value, value_is_list, value_is_number, value_is_bool;
    double number;
    bool value_is_literal, value_is_reference, type_insensitive, round_values, negative, is_descending;
    size_t n_characters;              /* prefix, suffix */
    StrList within;
    Str ordering, regex, separator, date_component;
    size_t n_sort_keys;
    CoreSortKey *sort_keys;           /* of value, when it is a list of mappings */
} CoreLeaf;

typedef enum { CORE_ALL, CORE_ANY, CORE_NOT, CORE_LEAF } CoreCheckKind;

struct CoreCheck {
    CoreCheckKind kind;
    size_t n;
    CoreCheck *items;                 /* of all, any; one of not */
    CoreLeaf leaf;
};

typedef struct {
    Str id, operator, name, domain;
    StrList group, codelists;
    size_t n_filters;
    Str *filter_names, *filter_values;
    Str key_name, key_value, regex;
    bool value_is_reference;
} CoreOperation;

typedef struct {
    Str name, wildcard;               /* wildcard [**] */
    size_t n_keys;
    Str *left, *right;
    bool is_child, is_left_join;
} CoreMatch;

/* Include and Exclude of a part of the scope. */
typedef struct {
    StrList include, exclude;
} CoreSelection;

typedef struct {
    Str name, version, substandard, rule_id;      /* "SDTMIG", "3.4", "", "CG0628" */
} CoreStandard;

typedef struct {
    Str id, type, description, message, executability, sensitivity;
    size_t n_standards;
    CoreStandard *standards;
    CoreSelection classes, domains, structures;
    bool takes_split_sets;
    size_t n_matches;
    CoreMatch *matches;
    size_t n_operations;
    CoreOperation *operations;
    CoreCheck check;
    StrList outputs;                  /* Output Variables; those the check names when the rule gives none */
    Str file;                         /* it was read from; empty when from memory */
    Str unsupported;                  /* why, "operator is_unheard_of"; empty for a rule we run */
} CoreRule;

/* Reads a rule. An unknown key of a check, an operation or a match makes the rule unsupported. Fails: MALFORMED (no YAML;
 * no id, no check; a check of the wrong shape: with line and column). */
MUST_USE bool core_rule_read(Arena *arena, Str text, CoreRule *rule, Error *err);

/* Calls visit for each line of a check, in order. */
void core_check_visit(const CoreCheck *check, void (*visit)(void *to, const CoreLeaf *leaf), void *to);

#endif
