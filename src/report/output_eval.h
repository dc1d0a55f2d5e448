/* Making an output from its spec and the data: the rows and columns a block works on, and how it puts labels,
 * numbers and tests into the table. Private to the output_*.c files. */
#ifndef REPORT_OUTPUT_EVAL_H
#define REPORT_OUTPUT_EVAL_H

#include "report/frames.h"

typedef struct {
    Str key, header, spanner, value; /* value: of the set's variable, by which models name the arm */
    bool is_total, holds_tests;
    Str words; /* its condition, for the provenance */
    size_t n_criteria;
    struct {
        Str variable;
        OutputLevel level;
    } criteria[2];
    unsigned char *member; /* per row of the frame; NULL: all */
    double total;          /* N; NaN until asked for */
} EvalColumn;

/* p-values of a family, gathered in a first pass and adjusted before the second. */
typedef struct {
    const Family *family;
    size_t n, capacity, next;
    size_t *first; /* per spec of the plan: where its p-values begin */
    double *p, *adjusted;
} FamilyState;

typedef struct OutputFit OutputFit;
typedef struct OutputImputed OutputImputed;

typedef struct {
    Arena *arena;
    Frames *frames;
    FamilyState *families; /* one per family of the plan */
    const OutputFit *fits; /* the models fitted so far (output_fit.h) */
    const OutputImputed *imputed; /* and the imputations made (output_impute.c) */
    bool is_gathering;     /* the first pass: p-values are noted, numbers are thrown away */
} OutputContext;

/* The value a `by` gave to its variable around here: "{AEDECOD}" in labels. */
typedef struct Binding Binding;
struct Binding {
    Str variable, label;
    const Binding *outer;
};

/* What a block works on. */
typedef struct {
    const size_t *rows;
    size_t n_rows;
    Str group, words; /* group of the rows; conditions so far, for the provenance */
    Str analysis;     /* the protocol's analysis that is shown here, if one is named */
    int indent;
    const Binding *bindings;
    const OutputTests *tests;
    size_t column; /* of the arm, when statistics go across */
} Scope;

typedef struct {
    Arena *arena;
    OutputContext *context;
    Frames *frames;
    const OutputSpec *spec;
    ReportData *data;
    Document *document;
    Table *table;
    FormatRules formats;
    size_t n_columns; /* of data and tests; table column is one more, or an item when across */
    EvalColumn *columns;
    const unsigned char *in_population;
    Str population_words;
    size_t n_notes, notes_capacity;
    Str *notes; /* what the rows add to the footnotes */
} Eval;

/* Fills a new table for the spec (also that of a figure: then figure is not NULL). */
MUST_USE bool output_table_make(OutputContext *context, const OutputSpec *spec, Document *document,
                                Figure *figure, Table **table, Error *err);
MUST_USE bool output_figure_make(OutputContext *context, const OutputSpec *spec, Document *document,
                                 Error *err);
/* What can be checked of a figure's spec without data; true of other outputs. */
MUST_USE bool output_figure_check(Arena *arena, const OutputSpec *spec, Error *err);
MUST_USE bool output_listing_make(OutputContext *context, const OutputSpec *spec, Document *document,
                                  Error *err);

/* Opens the spec's data: its columns, and a scope of the rows in population and condition. */
MUST_USE bool eval_open(Eval *eval, Scope *scope, Error *err);

/* The columns of the spec over the frame, and N of one (computed when first asked for). */
MUST_USE bool eval_make_columns(Eval *eval, Error *err);
MUST_USE bool eval_total(Eval *eval, size_t column, double *total, Error *err);
MUST_USE bool eval_find_column(Eval *eval, Str key, const Yaml *at, size_t *column, Error *err);
bool eval_has(const EvalColumn *column, size_t row);

/* For blocks. */
MUST_USE bool eval_blocks(Eval *eval, const OutputBlocks *blocks, const Scope *scope, Error *err);
MUST_USE bool eval_narrow(Eval *eval, const Scope *scope, Str where, const Yaml *at, Scope *narrow,
                          Error *err);
Scope eval_group(Eval *eval, const Scope *scope, const OutputBlock *block);
Str eval_label(Eval *eval, const Scope *scope, Str label);
Str eval_cut(const OutputSpec *spec, const OutputBlock *block, Str label);
void eval_row(Eval *eval, const Scope *scope, const OutputBlock *block, Str label);
void eval_note(Eval *eval, Str note); /* a footnote; the same one is kept once */
void eval_footnotes(Eval *eval);      /* writes those of the spec, then the notes */

/* Distinct values (rows when `distinct` is empty) and records of the scope in a column. */
typedef struct {
    double n, events;
} Count;
MUST_USE bool eval_count(Eval *eval, const Scope *scope, size_t column, Str distinct, const Yaml *at,
                         Count *count, Error *err);

/* Values of a numeric variable in the scope and column; missing ones are counted. */
typedef struct {
    double *items;
    size_t n, n_missing;
} Values;
MUST_USE bool eval_values(Eval *eval, const Scope *scope, size_t column, Str variable, const Yaml *at,
                          Values *values, Error *err);

/* Statistics of numbers for the bits asked for: descriptive, interval of the mean, one-sample test by
 * `method`. */
typedef struct {
    Str method, interval;
    double against, confidence;
    const Yaml *at;
} Inference;
MUST_USE bool eval_describe(Eval *eval, const Values *values, uint64_t uses, const Inference *how,
                            CellValues *cell, Error *err);

/* Tests of one sample against a value, by the word of `method`. */
typedef struct {
    const char *name, *page, *title;
    bool (*run)(Arena *arena, const Values *values, double null, double level, CellValues *cell, Error *err);
} OneSampleMethod;
const OneSampleMethod *one_sample_method(Eval *eval, const Inference *how, Error *err);

/* Share of `count` in `total` with its interval (in per cent), for the bits asked for; how it was made. */
MUST_USE bool eval_share(Count count, double total, uint64_t uses, const Inference *how, CellValues *cell,
                         Str *method, Error *err);
bool eval_too_many(const Yaml *at, Count count, double total, Error *err); /* says so; returns false */

/* Adjusted value of a p of a family (NaN while gathering). An empty family leaves p_adjusted alone. */
MUST_USE bool eval_family(Eval *eval, Str family, const Yaml *at, CellValues *cell, Error *err);

/* How these statistics were made, for the provenance. */
Provenance *eval_describe_provenance(Eval *eval, const Scope *scope, size_t column, Str variable,
                                     uint64_t uses, const Inference *how);

/* Adds where the score itself is described: growth curves (of EXPECTED and EXCESS), GMFM totals. */
void eval_name_score(const Eval *eval, Provenance *from);

/* A provenance for numbers of this scope and column (SIZE_MAX: of several); names the subjects when few. */
Provenance *eval_provenance(Eval *eval, const Scope *scope, size_t column, Str variable, Str method,
                            Str page);

/* Puts a cell into the latest row. */
void eval_cell(Eval *eval, size_t column, const Template *format, const CellValues *cell, int data_decimals,
               const Provenance *from);

/* Fills the input of a test that compares these columns; *is_empty: there is nothing to compare, the cell
 * stays blank. Groups of the input are in the order of the columns. */
typedef struct TestInput TestInput;
typedef bool TestFill(Eval *eval, const void *what, const size_t *columns, size_t n_columns,
                      bool needs_values, TestInput *input, bool *is_empty, Error *err);

/* Runs the tests of a block that belong into the latest row, labelled `label` (is_first: the block's
 * first). */
MUST_USE bool eval_tests(Eval *eval, const Scope *scope, const OutputBlock *block, Str label, bool is_first,
                         TestFill *fill, const void *what, Error *err);

#endif
