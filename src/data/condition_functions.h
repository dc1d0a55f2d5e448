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
    int least_args, most_args;
    double (*math)(double x);         /* of one number: no value where the result is not a number */
    void (*run)(sqlite3_context *context, int n_args, sqlite3_value **args);   /* NULL: SQLite's own */
} ConditionFunction;

/* The table, in the order of the manual. */
const ConditionFunction *condition_functions(size_t *n);

/* A function by name, letter case ignored, or NULL. */
const ConditionFunction *condition_function(Str name);

/* Adds ours to a database, in place of all that SQLite has under the same names, whatever their arguments: date() is the
 * clock. False when the database has no memory left. */
bool condition_functions_register(sqlite3 *database);

#endif
