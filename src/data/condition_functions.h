/* The functions a condition may call, one row each. All are functions of their arguments alone: none reads a
 * clock, a file, a random number or another table. */
#ifndef DATA_CONDITION_FUNCTIONS_H
#define DATA_CONDITION_FUNCTIONS_H

#include <sqlite3.h>

#include "base/text.h"

typedef struct {
    const char *name;                 /* lower case */
    const char *use;                  /* "round(x, decimals)" */
    const char *meaning;              /* one line, for the manual */
    int n_args;                       /* of ours; -1 for those that SQLite itself provides */
    double (*math)(double x);         /* of one number: no value where the result is not a number */
    void (*run)(sqlite3_context *context, int n_args, sqlite3_value **args);
} ConditionFunction;

/* The table, in the order of the manual. */
const ConditionFunction *condition_functions(size_t *n);

/* A function by name, letter case ignored, or NULL. */
const ConditionFunction *condition_function(Str name);

/* Adds ours to a database; false when it has no memory left. */
bool condition_functions_register(sqlite3 *database);

#endif
