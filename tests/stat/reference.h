/* Reading the reference cases of the statistics: {"cases": [{"id", "method", "input", "expected"}]}. */
#ifndef TESTS_STAT_REFERENCE_H
#define TESTS_STAT_REFERENCE_H

#include "test.h"

/* Runs `check` on every case of the file whose method begins with `method`, and fails when there is none. */
typedef void CheckCase(Test *t, const Json *input, const Json *expected);
void reference_each(Test *t, const char *file, const char *method, CheckCase *check);

/* The case with this id, begun for the table of agreement; NULL (and a skip or a failed check) when absent. */
const Json *reference_case(Test *t, const char *file, const char *id);

/* The numbers of an array (or of one number), and how many; "Inf" and "-Inf" are infinite. */
double *reference_numbers(Test *t, const Json *object, const char *key, size_t *n);

/* A member that is a number, "Inf" or "-Inf"; a failed check and NaN when absent. */
double reference_number(Test *t, const Json *object, const char *key);

/* A table {"table": [[...], ...]} of counts, row-major. */
size_t *reference_table(Test *t, const Json *input, size_t *n_rows, size_t *n_columns);

#endif
