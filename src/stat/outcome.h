/* The left side of a formula when it is more than a column: `RESP = 'Y' ~ ARM`, the event of `Surv(AVAL, CNSR = 0)`. It is
 * an expression of the conditions (data/condition.h), computed for each row and given to the model as a column. */
#ifndef STAT_OUTCOME_H
#define STAT_OUTCOME_H

#include "data/frame.h"

/* `left ~ right` at the first ~ outside quotes, both trimmed. Fails: MALFORMED (there is none, a side is empty). */
MUST_USE bool outcome_split(Str formula, Str *left, Str *right, Error *err);

/* For a condition that is true of no row. Fails: INCONSISTENT (a text of it stands in the data in other letters only: RESP = 'y'
 * where RESP holds Y, which would make everybody a no). */
MUST_USE bool outcome_check_slip(Arena *arena, const Frame *frame, Str text, Error *err);

/* Yes (1), no (0) or not known (-1) for each row of the frame: a condition, or numbers that are all 0 or 1.
 * Fails: as frame_compute; INCONSISTENT (text, or a number that is neither 0 nor 1: names the value and the row, and how
 * to write it as a condition), and as outcome_check_slip when nobody is a yes. */
MUST_USE bool outcome_yes_no(Arena *arena, const Frame *frame, Str text, signed char **yes, Error *err);

/* The frame with one more column, which hides one of its name; the others are shared. Memory: in `arena`. */
Frame *outcome_widen(Arena *arena, const Frame *frame, Column column);

/* `name ~ right`, the name quoted for stat/formula. */
Str outcome_formula(Arena *arena, Str name, Str right);

#endif
