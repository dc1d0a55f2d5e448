/* What was compared with reference numbers, quantity by quantity: the table that `equipoise-tests --agreement` prints.
 * A number of the reference that no test compares is a miss too, and stands in the table. */
#ifndef AGREEMENT_H
#define AGREEMENT_H

#include "test.h"

/* One comparison, |got - want| <= tolerance |want| (where want is 0: <= tolerance). A failed check when it does not hold.
 * `set` and `quantity` are kept as given: literals, or texts of the whole run. Returns whether it held. */
bool agreement_note(Test *t, const char *set, const char *quantity, Str id, double got, double want, double tolerance);

/* A quantity that is not compared, and the reason: not offered, or the reference follows another convention. */
void agreement_missed(Test *t, const char *set, const char *quantity, Str id, const char *reason);

/* A case of a reference file: until it ends (with the test at the latest), CHECK_NEAR and CHECK_INT mark the numbers of `expected` that they compare,
 * known by their value. A case that is begun and ended without a check counts as missed. */
void agreement_case_begin(Test *t, const char *set, Str id, const Json *expected);
void agreement_case_end(Test *t);

/* Why numbers of a set whose names begin with `quantity` are not compared. Literals. */
void agreement_explain(const char *set, const char *quantity, const char *reason);

/* Called by the checks. */
void agreement_compared(double got, double want, double tolerance, bool held);

/* The table, then every miss. Returns the number of misses. */
size_t agreement_print(void);

#endif
