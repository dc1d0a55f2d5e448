/* What the files of the rule interpreter share: operands, the run of one rule on one data set, the tables of operators
 * and operations. Included by core_*.c only. */
#ifndef CONFORM_CORE_INSIDE_H
#define CONFORM_CORE_INSIDE_H

#include "conform/core_rule.h"

/* Distinct values in the order they were met. */
typedef struct {
    size_t n, capacity;
    DataValue *items;
    Map by_text;
} ValueSet;

ValueSet value_set_new(Arena *arena);
void value_set_add(ValueSet *set, DataValue value);
bool value_set_has(const ValueSet *set, Str text);

/* What a name of a check stands for: nothing, a column, one value for all rows, one list for all rows, a list per row. */
typedef enum { OPERAND_ABSENT, OPERAND_COLUMN, OPERAND_VALUE, OPERAND_LIST, OPERAND_LISTS } OperandKind;

typedef struct {
    OperandKind kind;
    const DataColumn *column;
    DataValue value;
    ValueSet *lists;                  /* one, or one per group */
    const uint32_t *list_of_row;      /* of OPERAND_LISTS; UINT32_MAX for none */
} Operand;

/* One rule on one data set. */
typedef struct {
    Arena *arena;
    const DataFolder *folder;
    const CoreRule *rule;
    const DataSet *checked;           /* of the folder; NULL when the rule looks at the folder as a whole */
    DataSet set;                      /* the rows the check is asked of: those, or joined, or of metadata */
    bool is_metadata;                 /* the rows are of metadata: a name that is not there is one we do not know */
    size_t n_results, results_capacity;
    Str *result_names;                /* of operations: "$tv_visit" */
    Operand *results;
    Str skipped;                      /* why the rule cannot be asked of this data set; empty when it can */
} CoreRun;

/* "--SEQ" of AE is "AESEQ". */
Str core_name(CoreRun *run, Str name);

/* A name that stands for a column or an operation's result. */
Operand core_operand(CoreRun *run, Str name);

/* The other side of a leaf: a column, a result, or the words themselves. */
Operand core_value(CoreRun *run, const CoreLeaf *leaf);

/* Columns named by a leaf: those absent are left out and *n_absent counts them; an operation's list of names counts as
 * those names. */
const DataColumn **core_columns(CoreRun *run, const StrList *names, size_t *n, size_t *n_absent);

void core_skip(CoreRun *run, const char *format, ...) PRINTF(2, 3);

/* --- operators: one line each in core_operators.c --- */

typedef struct CoreOperator CoreOperator;
struct CoreOperator {
    const char *name;
    bool is_complement;               /* the verdicts are turned round where the operand exists */
    /* one of these */
    bool (*judge)(const CoreLeaf *leaf, const void *prepared, DataValue value);       /* a value alone */
    bool (*compare)(const CoreLeaf *leaf, DataValue value, DataValue other);
    Str (*part)(const CoreLeaf *leaf, Arena *arena, Str text);                        /* is that part in the list? */
    bool (*rows)(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err);
    bool (*prepare)(Arena *arena, const CoreLeaf *leaf, const void **prepared, Error *err);
    bool takes_absent;                /* asked of the other variables when the target is not there */
};

const CoreOperator *core_operator(Str name);

/* The verdict of each row of run->set. Fails: as the operators (a regular expression we cannot read). */
MUST_USE bool core_evaluate(CoreRun *run, const CoreCheck *check, unsigned char *verdicts, Error *err);

/* A column whose texts are replaced by what a regular expression takes of them; as it is where that takes nothing, or when
 * the pattern is empty. */
MUST_USE bool core_extracted(CoreRun *run, const DataColumn *column, size_t n_rows, Str pattern, const DataColumn **result, Error *err);

/* Of groups and order: core_groups.c. */
#define CORE_ROWS(name) bool name(CoreRun *run, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
CORE_ROWS(core_is_unique_set);
CORE_ROWS(core_is_unique_relationship);
CORE_ROWS(core_is_inconsistent);
CORE_ROWS(core_on_multiple_rows);
CORE_ROWS(core_has_next_record);
CORE_ROWS(core_empty_except_last);
CORE_ROWS(core_is_sorted_by);
CORE_ROWS(core_is_ordered_set);
CORE_ROWS(core_is_ordered_by);
CORE_ROWS(core_has_same_values);
CORE_ROWS(core_contains_all);
CORE_ROWS(core_shares_elements);
CORE_ROWS(core_is_ordered_subset);
CORE_ROWS(core_equals_string_part);

/* --- operations: core_operations.c --- */

bool core_operation_is_known(Str name);
/* Adds the results of the rule's operations to the run, or skips it. */
void core_operations(CoreRun *run);

/* Names what an operation found, or what is known of the data set. */
void core_result(CoreRun *run, Str name, Operand result);

/* --- joins: core_match.c --- */

/* Why a match is not supported; empty when it is. */
Str core_match_unsupported(Arena *arena, const CoreRule *rule);
/* Joins run->set with the rule's other data sets, or skips the run. */
void core_match(CoreRun *run);
/* The rows that a row's RDOMAIN, IDVAR and IDVARVAL name, as columns named by IDVAR; and those that RELREC relates, as
 * columns "RELREC.**TERM": core_relate.c. */
void core_match_parents(CoreRun *run);
void core_match_relrec(CoreRun *run, const CoreMatch *match);
/* Keeps these rows of run->set, in this order; one may come twice. */
void core_take_rows(CoreRun *run, const uint32_t *rows, size_t n_rows);
/* Values of a row as one text that no other values give. */
Str core_joined_key(Arena *arena, const DataColumn *const *columns, size_t n, size_t row);

/* --- scope: core_scope.c --- */

bool core_scope_covers(const CoreRule *rule, const DataSet *set);
const char *core_class(const DataSet *set);           /* "FINDINGS"; "" when not known */
const char *core_domain_label(Str domain);            /* NULL when the standard has no such domain */

#endif
