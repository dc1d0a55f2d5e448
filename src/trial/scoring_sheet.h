/* What the scorers of scoring.h share; only src/trial/scoring*.c include it. A sheet is the CSV being scored, standing at
 * one row; a scorer reads its options (load), finds its columns (prepare), then scores row after row. */
#ifndef TRIAL_SCORING_SHEET_H
#define TRIAL_SCORING_SHEET_H

#include "base/time.h"
#include "exchange/csv.h"
#include "instrument/instrument.h"
#include "trial/scoring.h"

#define NO_COLUMN SIZE_MAX

typedef struct {
    const char *name, *label, *unit;
    ColumnType type;
    int decimals;
} ScoreColumn;

typedef struct Sheet Sheet;

/* One constant `scorer_NAME` per thing that can be scored. score sets cells only when it succeeds; an error of the data
 * (DEGENERATE, NO_CONVERGENCE) leaves the row without a score, any other ends the run. */
typedef struct {
    const char *id;                   /* the instrument's, or its own */
    const char *title;
    const Instrument *instrument;     /* whose ages, citation and rule hold */
    unsigned options;                 /* bits 1 << SCORING_... that it takes */
    size_t n_columns;
    const ScoreColumn *columns;
    bool (*load)(Sheet *sheet, Error *err);       /* reads the options into sheet->state, before the CSV is opened */
    bool (*prepare)(Sheet *sheet, Error *err);    /* finds the columns */
    bool (*score)(Sheet *sheet, Error *err);
    void (*conclude)(Sheet *sheet);   /* notes that depend on the rows; may be NULL */
} Scorer;

#define SCORERS(X) X(gmfm88) X(gmfm66) X(gmfm66_expected) X(modified_ashworth)
#define X(name) extern const Scorer scorer_##name;
SCORERS(X)
#undef X

const Scorer *const *scorer_list(size_t *n);

struct Sheet {
    Arena *arena;
    const ScoringRequest *request;
    const Scorer *scorer;
    const Str *names;                 /* header of the CSV */
    size_t n_names;
    bool *is_item;                    /* per column of the CSV: read, not copied */
    size_t age, birth, date;          /* columns, or NO_COLUMN */
    CsvRow row;
    Scoring *scoring;
    size_t at;                        /* row of the frame */
    void *state;                      /* the scorer's own, made by load */
};

/* A column by name, letter case ignored, or NO_COLUMN. */
size_t sheet_find(const Sheet *sheet, Str name);

/* The cell of this row, trimmed; empty where missing (also ".not-done"). Fails: as csv_missing. */
MUST_USE bool sheet_cell(const Sheet *sheet, size_t column, Str *cell, Error *err);

/* A number, or *found false where missing. Fails: MALFORMED. */
MUST_USE bool sheet_number(const Sheet *sheet, size_t column, double *value, bool *found, Error *err);

/* A full date, likewise. */
MUST_USE bool sheet_date(const Sheet *sheet, size_t column, Date *date, bool *found, Error *err);

/* Age in years from BIRTH and DATE where both are filled, else from AGE; *found false when neither is. *from is the
 * column to blame. Fails: MALFORMED, INCONSISTENT (AGE and the dates are more than a year apart). */
MUST_USE bool sheet_age(const Sheet *sheet, double *years, bool *found, size_t *from, Error *err);

/* Adds line and column to an error (line alone for NO_COLUMN); returns false. */
bool sheet_blame(const Sheet *sheet, size_t column, Error *err);

/* Sets score k of the scorer's columns in this row. */
void sheet_put(Sheet *sheet, size_t k, double value);
void sheet_put_text(Sheet *sheet, size_t k, Str text);

/* Adds to the row's REMARK, after what is there; adds a note under the table (once). */
void sheet_remark(Sheet *sheet, Str text);
void sheet_note(Sheet *sheet, Str text);

#endif
