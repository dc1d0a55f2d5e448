/* CSV files into a trial: one file, one transaction, all or nothing. What a file holds is known by its stem or said:
 *   screening    SUBJID,SITE,SCREENED, items of the screening form
 *   consent      SUBJID,DATE,VERSION,LANGUAGE,SIGNED_BY,ASSENT
 *   enrolment    SUBJID,DATE[,ARM]
 *   a form's id  SUBJID,VISIT,DATE, items; without VISIT for forms once per subject; DOSE instead for the product's form
 *   adverse_events, logs  SUBJID,START[,ENTRY], items; ENTRY is the number of an entry that is there, or of a new one;  deviations  SUBJID,DATE,KIND,DETAIL;  withdrawals  SUBJID,DATE,REASON
 * Reading a file again records nothing new; values that differ are corrections and need the actor's reason. Events and
 * deviations have no number in their file: the n-th row of a subject with the same term and start (the same date, kind
 * and detail) is taken for the n-th one stored. */
#ifndef TRIAL_IMPORT_H
#define TRIAL_IMPORT_H

#include "trial/trial.h"

/* Rows that are no CSV text: as its header and fields would be. */
typedef struct {
    size_t n_columns, n_rows;
    const Str *columns;
    const size_t *lines;              /* of each row in its source */
    const Str *cells;                 /* n_rows x n_columns */
} ImportRows;

typedef struct {
    Str name;                         /* of the file, for places */
    Str kind;                         /* empty: the file's stem */
    Str content;
    const ImportRows *rows;           /* instead of the content; places then say "row", not "line" */
} ImportFile;

typedef struct {
    Str name, kind;
    size_t n_rows;
    size_t n_rows_new, n_rows_changed, n_rows_same;
    size_t n_rows_refused;            /* of trial_import_together */
    size_t first_new, first_changed, first_same;      /* lines; 0 for none */
    size_t n_values, n_corrections, n_queries;
} ImportedFile;

/* A row that cannot be taken. error: what and why, its place as file, line and item. */
typedef struct {
    Str file;
    size_t line;
    Str item;                         /* empty when it is the row as a whole */
    Error error;
} ImportProblem;

typedef struct {
    size_t n_files, n_problems, n_skipped;
    size_t n_rows_refused;            /* also of those beyond IMPORT_MAX_PROBLEMS */
    size_t problem_capacity;
    ImportedFile *files;              /* those that went in, in the order they were read */
    ImportProblem *problems;          /* at most IMPORT_MAX_PROBLEMS, in the order of the file */
    Str *skipped;                     /* audit.csv and audit-dictionary.csv of an export: a journal is not imported */
} ImportReport;

#define IMPORT_MAX_PROBLEMS 200

/* The files in the order in which they depend on each other (screening first). Stops at the first file with a bad row;
 * those before it stay. dry_run: everything is judged, nothing is kept.
 * Fails: as the operations; the problems of the file are in the report also then. USAGE (a stem that says nothing). */
MUST_USE bool trial_import(Trial *trial, Arena *arena, const Actor *actor, const ImportFile *files, size_t n_files, bool dry_run,
                           ImportReport *report, Error *err);

/* The same, but all files or none, and every row of every file is judged: a row that is refused is left out while the others
 * are, so that a later file is judged with what would be there. `report` may hold problems already (of rows that were not
 * even made); one is enough that nothing is kept. report->files are all files, in the order they were read. */
MUST_USE bool trial_import_together(Trial *trial, Arena *arena, const Actor *actor, const ImportFile *files, size_t n_files, bool dry_run,
                                    ImportReport *report, Error *err);

/* Adds a problem to a report, and its place to the problem. */
void import_note_problem(ImportReport *report, Arena *arena, const ImportFile *file, size_t line, Error *problem);

#endif
