/* Conditions: one language wherever the protocol asks about a row (eligibility, edit checks, populations, columns of
 * tables). A condition is an SQL expression over column names, evaluated by SQLite:
 *
 *     AGE BETWEEN 2 AND 15 AND GMFCS IN ('II', 'III')        SAFFL IS NOT 'Y'        AESER = 'Y' OR GRADE >= 3
 *
 * Names are the columns of the one frame it is asked of, letter case ignored; a name that is no plain word, or is a
 * word of SQL, stands in "double quotes". Texts stand in 'single quotes' and compare by bytes (LIKE ignores the case
 * of A to Z). A missing cell is NULL whatever its reason, so the answer is true, false or unknown: X = 'Y' is unknown
 * where X is missing, X IS 'Y' is false and X IS NOT 'Y' true. Columns of numbers are real, so AGE / 2 has a
 * fraction; 1 / 2 between two whole literals is 0, as in SQL. The functions are those of data/condition_functions.h;
 * docs/conditions.md teaches all of it.
 *
 * Nothing else of SQL is there: no query, second statement, comment, parameter, clock, random number, file or
 * PRAGMA. The text is scanned before SQLite sees it, SQLite compiles it under an authorizer, and evaluation has a
 * bound on its steps. Limits: 4,096 bytes, 40 nested brackets, texts of 1 MB. */
#ifndef DATA_CONDITION_H
#define DATA_CONDITION_H

#include "data/frame.h"

/* --- for one question at a time; each call compiles anew (about 50 us) --- */

/* Judges a text without data. used (n_used of them, by first appearance) are those of `names` that it reads; it lives
 * in `arena`. An empty text reads nothing. Fails: MALFORMED (not of the language: says what and at which character),
 * INCONSISTENT (a name that is not among `names`, with the nearest). */
MUST_USE bool condition_check(Arena *arena, Str text, const Str *names, size_t n_names, Str **used, size_t *n_used, Error *err);

/* The rows where it is true, in order. An empty condition is true of all. Fails: as condition_check; INCONSISTENT when
 * it gives a text, DEGENERATE when it takes more steps than a row may. */
MUST_USE bool frame_where(Arena *arena, const Frame *frame, Str condition, size_t **rows, size_t *n_rows, Error *err);

/* 1 true, 0 false, -1 unknown, for each row. Fails: as frame_where. */
MUST_USE bool frame_evaluate(Arena *arena, const Frame *frame, Str condition, signed char **verdicts, Error *err);

/* A column of the expression's values: NUMBER when all are numbers (or all missing), TEXT when all are texts; a NULL is
 * missing (UNSTATED). Fails: as frame_where; INCONSISTENT (numbers and texts mixed: names two rows), DEGENERATE (a
 * number beyond double: names the row), USAGE (an empty text). result's name is left empty; arrays live in `arena`. */
MUST_USE bool frame_compute(Arena *arena, const Frame *frame, Str expression, Column *result, Error *err);

/* --- for the same question often: compiled once, then 0.1 us a row, 1 to 3 us a call --- */

/* One in-memory database that conditions are compiled in. It closes when `arena` is freed or rewound. One thread at a
 * time. Fails: IO (SQLite has no memory). */
typedef struct ConditionEngine ConditionEngine;
MUST_USE bool condition_engine_open(Arena *arena, ConditionEngine **engine, Error *err);

/* A condition compiled for the names and kinds of columns of `frame` (its rows do not matter). It lives as long as the
 * engine. Fails: as condition_check. */
typedef struct Condition Condition;
MUST_USE bool condition_compile(ConditionEngine *engine, Str text, const Frame *frame, Condition **condition, Error *err);

Str condition_text(const Condition *condition);

/* The columns that it reads, by first appearance. */
const Str *condition_columns(const Condition *condition, size_t *n);

/* Names of columns, found in one step; made once for many judgements. `names` must outlive it. */
typedef struct ConditionNames ConditionNames;
const ConditionNames *condition_names(Arena *arena, const Str *names, size_t n);

/* As condition_check, for many texts: nothing of them is kept but a little of the engine's memory. */
MUST_USE bool condition_judge(ConditionEngine *engine, Arena *arena, Str text, const ConditionNames *names, Str **used,
                              size_t *n_used, Error *err);

/* As the frame_ functions above, for any frame that has the columns it reads with the same kind of storage. Fails:
 * also INCONSISTENT (a column that is not there, or a text that was a number). */
MUST_USE bool condition_where(Condition *condition, Arena *arena, const Frame *frame, size_t **rows, size_t *n_rows, Error *err);
MUST_USE bool condition_evaluate(Condition *condition, Arena *arena, const Frame *frame, signed char **verdicts, Error *err);
MUST_USE bool condition_compute(Condition *condition, Arena *arena, const Frame *frame, Column *result, Error *err);

/* Of a single row. */
MUST_USE bool condition_verdict(Condition *condition, const Frame *frame, size_t row, signed char *verdict, Error *err);

#endif
