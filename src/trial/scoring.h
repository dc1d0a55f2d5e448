/* Scores of instruments from a plain table, without a trial file: a CSV with a row per assessment goes in, the same rows
 * with their scores come out. Columns that are no items are copied through. What each instrument reads and writes is in
 * docs/scoring.md; the methods are those of instrument/, which this only composes. */
#ifndef TRIAL_SCORING_H
#define TRIAL_SCORING_H

#include "data/frame.h"
#include "report/document.h"

/* Options by which a request differs from the default: what it takes, the word (--word), what help calls its value. */
#define SCORING_OPTIONS(X)                                                                                    \
    X(PREFIX,     TEXT, "prefix",     "TEXT",     "what names of GMFM items begin with [G]; '' for bare numbers") \
    X(AIDED,      FLAG, "aided",      NULL,       "all items were tried with aids or orthoses")               \
    X(GOALS,      TEXT, "goals",      "LETTERS",  "goal dimensions of the GMFM-88: DE")                       \
    X(PARAMETERS, FILE, "parameters", "FILE.csv", "item parameters of the GMFM-66")                           \
    X(ESTIMATOR,  TEXT, "estimator",  "ml|wle",   "of the GMFM-66: maximum or weighted likelihood [ml]")      \
    X(ITEMS,      TEXT, "items",      "A,B,C",    "columns of the muscles [those that end in _L or _R]")      \
    X(RECODING,   TEXT, "recoding",   "rank|1.5", "Ashworth grades as ranks 0-5, or with 1+ as 1.5 [rank]")   \
    X(MONTHS,     NUMBER, "months",   "MONTHS",   "time ahead for gmfm-66-expected, the same for all rows")   \
    X(EXTEND,     FLAG, "extend",     NULL,       "allow ages above the growth curves, where they are flat")

typedef enum {
#define X(name, kind, word, value, help) SCORING_##name,
    SCORING_OPTIONS(X)
#undef X
    N_SCORING_OPTIONS
} ScoringOption;

typedef struct {
    Str instrument;                   /* id, as scoring_write_list prints it */
    Str path;                         /* of the CSV; "-" is standard input */
    bool given[N_SCORING_OPTIONS];
    Str value[N_SCORING_OPTIONS];
} ScoringRequest;

/* What came out. Frame: first the columns copied from the file (as text), then the scores, last REMARK. A row that the
 * data could not score (no item tested, too few items) keeps its scores missing, and its REMARK says why. */
typedef struct {
    const char *id;                   /* of the instrument */
    Str file;                         /* name of the CSV */
    Frame *frame;
    size_t n_copied;                  /* columns copied */
    const int *decimals;              /* per column, for a table; the values have full precision */
    const size_t *lines;              /* of the CSV, per row */
    size_t n_scored;
    size_t n_notes, note_capacity;
    Str *notes;                       /* sentences that belong under the table: rule, sources, doubts, lower bounds */
} Scoring;

/* Fails, with file, line and column where it is one: USAGE (no such instrument, one that is only recorded, an option that
 * this instrument does not take or a value it does not have, GMFM-66 without parameters), IO, MALFORMED (as csv_next, no
 * rows, a response, grade, age or date that is none), INCONSISTENT (no column holds an item, an item that does not exist
 * or stands twice, a column that would be written twice, an age outside the instrument, aided items for the GMFM-66), or
 * as the first row when none could be scored (DEGENERATE, NO_CONVERGENCE). All lives in `arena`. */
MUST_USE bool scoring_run(Arena *arena, const ScoringRequest *request, Scoring *scoring, Error *err);

/* A document of one table with the notes under it. */
Document *scoring_document(Arena *arena, const Scoring *scoring);

/* Schema "equipoise-scores/1": docs/scoring.md. */
void scoring_write_json(const Scoring *scoring, Buf *out);

/* The instruments: version, ages, direction, missing-item rule, citation, licence, and whether they are scored here. */
void scoring_write_list(Buf *out);
void scoring_write_list_json(Buf *out);

#endif
