/* What the protocol's `outputs` say: tables, figures and listings as data. Reading checks everything that
 * can be checked without data (keys, kinds, statistics, references between parts), each complaint with its
 * line and the nearest right word; docs/outputs.md teaches the language. */
#ifndef REPORT_OUTPUT_SPEC_H
#define REPORT_OUTPUT_SPEC_H

#include "protocol/protocol.h"
#include "report/output_template.h"

typedef struct {
    size_t n;
    Str *items;
} OutputTexts;

/* A level of a category, or a column: rows whose variable has the value (default: the label), or where the
 * condition is true. */
typedef struct {
    const Yaml *at;
    Str key, label, value, where;
} OutputLevel;

typedef struct {
    size_t n;
    OutputLevel *items;
} OutputLevels;

/* Columns that share a variable: one per level, then `total`, then columns that hold tests alone. */
typedef struct {
    const Yaml *at;
    Str name, variable;
    OutputLevels levels, tests;
    OutputLevel total; /* at NULL: none */
} OutputColumnSet;

/* The columns of one output: a set, or each of one set crossed with each of another. */
typedef struct {
    const Yaml *at;
    size_t n_sets; /* 0: one column, "all" */
    OutputColumnSet sets[2];
    bool show_n; /* "(N=86)" below each header */
} OutputColumns;

/* Whose number is N: rows (distinct subjects) of a frame, per column. */
typedef struct {
    const Yaml *at;
    Str data, variable, where;
} OutputDenominators;

/* A p-value placed into a column that holds tests. */
typedef struct TestMethod TestMethod;
typedef struct {
    const Yaml *at;
    const TestMethod *method;
    Str in, row;    /* column key; label of the row (default: the block's first) */
    OutputTexts of; /* column keys (default: every column but the total) */
    Template format;
} OutputTest;

typedef struct {
    const Yaml *at; /* NULL: nothing said, those around it hold; empty list: none */
    size_t n;
    OutputTest *items;
} OutputTests;

/* A row of a block: a label and how its cells look. */
typedef struct {
    const Yaml *at;
    Str label;
    Template format;
} OutputLine;

typedef struct {
    const Yaml *at;
    size_t n;
    OutputLine *items;
} OutputLines;

/* The order of levels. */
typedef enum { ORDER_ALPHABETICAL, ORDER_DATA, ORDER_BY_VARIABLE, ORDER_MOST } OutputOrderKind;
typedef struct {
    const Yaml *at;
    OutputOrderKind kind;
    Str by; /* variable whose mean orders the levels, or column with the most first */
} OutputOrder;

typedef struct OutputImpute OutputImpute;
typedef struct OutputBlock OutputBlock;
typedef struct {
    size_t n;
    OutputBlock *items;
} OutputBlocks;

/* A block makes rows. Which members a kind reads is in its table (output_kind.h); the others stay empty. */
typedef struct OutputBlockKind OutputBlockKind;
struct OutputBlock {
    const Yaml *at;
    const OutputBlockKind *kind;
    Str subject; /* what stands behind the kind's key: label, variable or formula */
    Str label, group, where, distinct, method, family, term, missing, count, interval, margins, factor,
        outcome, reference, covariates, overall, variance, analysis, df, weights, vcov, ties, regression, exposure;
    bool plain; /* no header row for the group */
    bool exploratory;
    bool robust;
    bool of_known; /* percentages of the values present, not of the column's N */
    int decimals, label_width, indent;
    double against, confidence, tau;
    OutputLevels levels;
    OutputOrder order;
    Template format, zero;
    OutputTests tests;
    OutputLines lines;
    OutputBlocks rows;
    OutputTexts only, in, factors;
    OutputTexts visits;   /* at which a model's means stand */
    OutputTexts fallback; /* covariances to try in turn */
    int type;             /* of a term's test; 0: III */
    const OutputImpute *impute; /* how missing outcomes are imputed (output_impute.h); NULL: they are not */
    struct {
        size_t n;
        struct {
            Str column, left, right;
        } * items;
    } compare; /* column key: levels left minus right */
};

/* A column of statistics, when they go across and arms go down. */
typedef struct {
    const Yaml *at;
    Str key, header, spanner, variable, where, prefix, method, interval;
    double against, confidence;
    int decimals;
    Template format;
} OutputItem;

typedef struct {
    size_t n;
    OutputItem *items;
} OutputItems;

/* A box of a flow diagram. */
typedef struct {
    const Yaml *at;
    Str key, label, data, where, population, distinct, from, reasons;
    int column, row;
    bool aside, hidden; /* hidden: in the data table only */
} OutputBox;

typedef struct {
    size_t n;
    OutputBox *items;
} OutputBoxes;

typedef enum { OUTPUT_TABLE, OUTPUT_FIGURE, OUTPUT_LISTING } OutputKind;

typedef struct {
    const Yaml *at;
    const AnalysisPlan *planned; /* the analysis whose own table this is; NULL: an output of the protocol */
    OutputKind kind;
    Str number, title, data, where, population, distinct, estimand, analysis, section;
    OutputTexts join, footnotes;
    OutputColumns columns;
    OutputDenominators denominators;
    FormatRules formats;
    OutputTests tests;
    OutputItems across; /* not empty: statistics go across */
    OutputBlocks rows;
    OutputLevels listed; /* columns of a listing: key is the variable, label the header */
    OutputTexts sort;
    int label_width, decimals;
    bool exploratory;
    /* of a figure */
    FigureKind draw;
    Str x, y, mean_at, ticks, subject, expected, expected_change, x_label, y_label, estimate, low_words, high_words;
    Str event, interval, strata, residuals;
    OutputTexts overall, limits; /* labels of a forest's diamonds; ends of its axis */
    Str weight;
    bool log;
    OutputTexts beside; /* comparisons printed in the drawing */
    bool facets, bands, medians, names;
    double reference, every;
    OutputBoxes boxes;
} OutputSpec;

typedef struct {
    const Protocol *protocol;  /* its populations, families, subjects */
    Str subjects, subject_key; /* frame with a row per subject, and its key */
    size_t n_sets, n_specs;
    OutputColumnSet *sets;
    OutputSpec *specs;
    FormatRules formats;
} OutputPlan;

/* Reads the `outputs` of a protocol, then adds a table for each of its `analyses` that no output names and whose method
 * makes one (report/analysis_display.h), numbered A1, A2 ... One with neither gives none. Texts and nodes are those of the
 * protocol. Fails: MALFORMED, INCONSISTENT, with the line as place. */
MUST_USE bool output_plan_read(Arena *arena, const Protocol *protocol, OutputPlan *plan, Error *err);

#endif
