/* What a person sees: a document of sections, paragraphs, tables and figures, made once from results and then
 * written as terminal text, HTML or JSON. A number is the same in all of them because it is computed, rounded and
 * printed in one place, and each carries where it came from. */
#ifndef REPORT_DOCUMENT_H
#define REPORT_DOCUMENT_H

#include "base/json.h"
#include "base/map.h"

/* Where a number came from; shared by all numbers of one computation. Texts may be empty. */
typedef struct {
    Str source;                       /* "adsl.xpt" or "journal of palsy.trial" */
    Str source_hash;                  /* SHA-256 of the file, or the journal's last hash */
    Str frame;                        /* data set: "adsl" */
    Str population;                   /* "Safety: SAFFL = 'Y'" */
    Str filter;                       /* the condition of the column and the row */
    size_t n_records;                 /* rows of the frame that went in */
    Str records;                      /* which: "SUBJID S-001 S-004 ..." when few, else empty */
    Str variable;                     /* "AVAL", or the model's formula */
    Str method;                       /* "mean", "Fisher exact test, two-sided" */
    Str method_page;                  /* "fisher" names docs/methods/fisher.md; empty where there is none */
    Str options;                      /* "quantile definition 5", "observed margins" */
    Str estimand;                     /* id of the estimand, if the analysis serves one */
    Str analysis;                     /* the protocol's analysis it shows, with its role: "gmfm88-6m (primary)" */
} Provenance;

/* One computed number. Identified by table and place: "T2.r3.c4", with ".2" for the second number of a cell. */
typedef struct {
    Str id;
    Str table, group, label, column;  /* keys by which `compare` finds it */
    Str stat;                         /* "n", "pct", "mean", "sd", "p", "ci_low", ... */
    double value;                     /* full precision; NaN when it cannot be computed */
    int decimals;                     /* as printed */
    Str printed;                      /* the text in the cell, without what surrounds it */
    size_t printed_at;                /* byte of the cell's text at which it begins */
    const Provenance *from;
} Result;

typedef enum { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE, ALIGN_DECIMAL } Align;

typedef struct {
    Str text;
    size_t first_result, n_results;   /* into Document.results; 0 numbers for plain text */
    bool is_header;                   /* a row or column header */
    int column_span;                  /* 0 and 1: one column */
} Cell;

typedef enum { ROW_PLAIN, ROW_GROUP } RowKind;    /* a group row titles the rows below it */

typedef struct {
    RowKind kind;
    Str group, label;                 /* the row's names, as in its results */
    int indent;                       /* 0, 1, 2 */
    Cell *cells;                      /* n_columns, the first is the row's header */
} Row;

typedef struct {
    Str key;                          /* "placebo", "p_value" */
    Str header;                       /* may hold line breaks: "Placebo\n(N=86)" */
    Str spanner;                      /* a header above neighbours that share it; may be empty */
    Align align;
} TableColumn;

typedef struct {
    Str id;                           /* "T2", "F1": position in the document */
    Str number;                       /* "14-2.01" or empty */
    Str title, population;
    size_t n_columns;
    TableColumn *columns;             /* the first holds the row headers */
    size_t n_rows, row_capacity;
    Row *rows;
    size_t n_footnotes;
    Str *footnotes;
} Table;

/* A figure is its data; the writers draw it. Every series keeps numbers, so that the data table beside the drawing
 * and the drawing cannot disagree. How each kind reads its series:
 *   LINES   SUBJECT: x, y. MEAN: x, y, low, high, n_at (n is printed under the axis). EXPECTED: x, y, dashed.
 *           POINTS: x, y as unjoined dots. group: the arm, which decides colour; with `facets` a panel each.
 *   FOREST  one series a row: x[0] the estimate, low[0] and high[0] its interval, n_at[0]; y is not read. role MEAN is
 *           an overall row (diamond). Rows of one group stand below its name. x NaN: the row is named "not estimable".
 *   DOTS    as FOREST; group is the arm, and series of one label share a row. Drawn in the order given.
 *   STEPS   MEAN: x, y as stairs from x = 0; low and high, where not NULL, are the band. CENSORED: x, y of marks on the
 *           curve. AT_RISK: x, n_at below the axis. MEDIAN: x[0] at y[0]. group: the arm. y runs from 0 to 1.
 *   PANELS  each panel reads its own series: see PanelKind.
 *   BARS    one series a level: bar i (named tick_text[i]) is y[i] long from where the level before it ended.
 *   FLOW    boxes; series are not read. */
typedef enum {
    FIGURE_FLOW,                      /* boxes top-down: boxes[] */
    FIGURE_LINES,                     /* thin line per subject, bold mean with intervals, expected curve */
    FIGURE_FOREST,                    /* label, estimate, interval, n per row */
    FIGURE_DOTS,                      /* share per row with interval (adverse events) */
    FIGURE_STEPS,                     /* survival curves, with the numbers at risk */
    FIGURE_BARS,                      /* stacked bars, one level per series */
    FIGURE_PANELS                     /* small plots side by side: panels[] */
} FigureKind;

typedef enum {
    SERIES_SUBJECT, SERIES_MEAN, SERIES_EXPECTED, SERIES_POINTS, SERIES_CENSORED, SERIES_AT_RISK, SERIES_MEDIAN
} SeriesRole;

typedef struct {
    Str label;                        /* subject, arm, row or level */
    Str group;                        /* arm or family of rows; may be empty */
    SeriesRole role;
    size_t n;
    double *x, *y;                    /* y NaN: a gap, never bridged */
    double *low, *high;               /* interval, or NULL */
    size_t *n_at;                     /* subjects behind each point, or NULL */
    double weight;                    /* of a forest's row, for the area of its square; 0: n_at[0] */
} Series;

typedef struct {
    Str text;                         /* lines separated by '\n'; "(n = 40)" is added to the first if it has none */
    size_t n;                         /* the count it shows */
    int column, row;                  /* place in the grid: an arm per column, rows counted downwards; what comes
                                       * before the arms, or unites them, stands in the middle (or the first) column */
    int from;                         /* index of the box the arrow comes from, -1 for none */
    bool aside;                       /* an exclusion: stands at the right of the arrow, on a row of its own */
} FlowBox;

/* What a panel draws of its series [first, first + n):
 *   POINTS     POINTS: x, y. MEAN: x, y, a line through them. Line of no effect at y = 0 when it is within.
 *   QUANTILES  POINTS: x, y. EXPECTED: x, y the line they should follow, low and high its band.
 *   HISTOGRAM  POINTS: bar i from low[i] to high[i], y[i] tall. EXPECTED: x, y, a curve.
 *   BOXES      MEAN, one for each box: label, y = {low, q1, median, q3, high}, n_at[0]. POINTS, labelled like its box: y. */
typedef enum { PANEL_POINTS, PANEL_QUANTILES, PANEL_HISTOGRAM, PANEL_BOXES } PanelKind;

typedef struct {
    PanelKind kind;
    Str title, x_label, y_label;
    size_t first, n;
} FigurePanel;

typedef struct {
    Str id, number, title, alt;
    FigureKind kind;
    Str x_label, y_label;             /* with unit: "Months since first dose", "GMFM-66 score (points)" */
    double reference;                 /* line of no effect; NaN for none */
    double limit_low, limit_high;     /* the axis ends there and intervals beyond are cut, with an arrow; equal: none */
    bool log_x;
    bool facets;                      /* a panel per group */
    bool exploratory;                 /* says so inside the figure */
    int decimals;                     /* of estimates printed in the figure */
    Str low_words, high_words;        /* what the sides of the reference mean; may be empty */
    size_t n_remarks;                 /* printed in the drawing: a test that the protocol asked for */
    Str *remarks;
    size_t n_ticks;                   /* named ticks of x, or 0 */
    double *tick_at;
    Str *tick_text;
    size_t n_series;
    Series *series;
    size_t n_boxes;
    FlowBox *boxes;
    size_t n_panels;
    FigurePanel *panels;
    Table *data;                      /* the same numbers as a table; never NULL in a finished document */
    size_t n_footnotes;
    Str *footnotes;
} Figure;

typedef enum { BLOCK_HEADING, BLOCK_PARAGRAPH, BLOCK_LIST, BLOCK_NOTE, BLOCK_TABLE, BLOCK_FIGURE } BlockKind;

typedef struct {
    BlockKind kind;
    int level;                        /* of a heading: 1 to 3 */
    Str text;                         /* heading, paragraph, title of a note */
    size_t n_items;                   /* of a list, or paragraphs of a note */
    Str *items;
    Table *table;
    Figure *figure;
} Block;

typedef struct {
    Arena *arena;
    Str title, subtitle, language;    /* language: "en" */
    Str watermark;                    /* "SIMULATED" stands on every page, table and figure; empty for none */
    Str source_line;                  /* protocol version, cut-off, data hash, program version: under every table */
    size_t n_blocks, block_capacity;
    Block *blocks;
    size_t n_results, result_capacity;
    Result *results;
    int n_tables, n_figures;          /* numbers given out so far */
} Document;

Document *document_new(Arena *arena, Str title);

void document_heading(Document *document, int level, Str text);
void document_paragraph(Document *document, Str text);
void document_list(Document *document, const Str *items, size_t n);
void document_note(Document *document, Str title, const Str *paragraphs, size_t n);

/* A new table at the end of the document, with id "T<n>" and these columns (copied). Rows are added with
 * table_row. The pointer stays good. */
Table *document_table(Document *document, Str number, Str title, const TableColumn *columns, size_t n_columns);
Figure *document_figure(Document *document, FigureKind kind, Str number, Str title);

/* A table that belongs to a figure (its data), not a block of its own. */
Table *document_figure_table(Document *document, Figure *figure, const TableColumn *columns, size_t n_columns);

/* A new row, its cells empty; the first cell holds the label and is a header. Rows move: do not keep the pointer
 * beyond the next table_row. */
Row *table_row(Document *document, Table *table, RowKind kind, Str group, Str label, int indent);

void table_footnote(Document *document, Table *table, Str text);

/* Puts plain text into a cell of the latest row. */
void table_cell_text(Table *table, size_t column, Str text);

/* A number into the latest row's cell, after what is there: appends prefix, the number printed with `decimals`
 * (or `printed` when not empty, e.g. "<0.001"), and suffix, and records the Result with its id, table, group, label,
 * column key and provenance. NaN prints "NE" (not estimable). Example: " (", sd, 2, ")". */
void table_cell_number(Document *document, Table *table, size_t column, Str prefix, Str stat, double value, int decimals,
                       Str printed, Str suffix, const Provenance *from);

/* The result with this id, or NULL. */
const Result *document_result(const Document *document, Str id);

#endif
