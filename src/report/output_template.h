/* How a number of a table is named and printed: the statistics an output may ask for, templates such as
 * "{mean:1} ({sd:2})" that put several into one cell, and rules such as "below 0.0001 print <0.0001". */
#ifndef REPORT_OUTPUT_TEMPLATE_H
#define REPORT_OUTPUT_TEMPLATE_H

#include "report/document.h"

/* id, name in templates and results, decimals beyond those of the data (PLAIN: this many, whatever the
 * data), meaning */
#define STATISTICS(X)                                                                                        \
    X(N, "n", PLAIN(0), "subjects (or records) counted, or values present")                                  \
    X(TOTAL, "N", PLAIN(0), "the column's denominator")                                                      \
    X(PCT, "pct", PLAIN(0), "100 n / N")                                                                     \
    X(EVENTS, "events", PLAIN(0), "records behind n, when n counts subjects")                                \
    X(MISSING, "missing", PLAIN(0), "values absent")                                                         \
    X(SUM, "sum", BEYOND(0), "sum")                                                                          \
    X(MEAN, "mean", BEYOND(1), "arithmetic mean")                                                            \
    X(SD, "sd", BEYOND(2), "standard deviation, divisor n - 1")                                              \
    X(SE, "se", BEYOND(2), "standard error of the mean, or of the difference")                               \
    X(MEDIAN, "median", BEYOND(1), "median")                                                                 \
    X(Q1, "q1", BEYOND(1), "lower quartile, SAS definition 5")                                               \
    X(Q3, "q3", BEYOND(1), "upper quartile, SAS definition 5")                                               \
    X(MIN, "min", BEYOND(0), "smallest value")                                                               \
    X(MAX, "max", BEYOND(0), "largest value")                                                                \
    X(GEOMEAN, "geomean", BEYOND(1), "geometric mean of positive values")                                    \
    X(CI_LOW, "ci_low", BEYOND(1), "lower limit of the confidence interval")                                 \
    X(CI_HIGH, "ci_high", BEYOND(1), "upper limit of the confidence interval")                               \
    X(P, "p", PLAIN(4), "p-value, two-sided")                                                                \
    X(P_ADJUSTED, "p_adjusted", PLAIN(4), "p-value adjusted within its family")                              \
    X(TEST, "statistic", PLAIN(2), "test statistic")                                                         \
    X(DF, "df", PLAIN(0), "degrees of freedom")                                                              \
    X(DIFF, "diff", BEYOND(1), "difference of least-squares means")                                          \
    X(LSMEAN, "lsmean", BEYOND(1), "least-squares mean")                                                     \
    X(ESTIMATE, "estimate", BEYOND(1), "coefficient of the model")                                           \
    X(RATIO, "ratio", PLAIN(2), "hazard, odds or rate ratio")                                                \
    X(CENSORED, "censored", PLAIN(0), "subjects without the event while they were watched")                  \
    X(AT_RISK, "at_risk", PLAIN(0), "subjects still watched, without the event so far")

typedef enum {
#define X(id, name, decimals, meaning) STATISTIC_##id,
    STATISTICS(X)
#undef X
        N_STATISTICS
} Statistic;

/* Bit of a statistic, for sets of them. */
#define STATISTIC_BIT(statistic) (UINT64_C(1) << (statistic))

const char *statistic_name(Statistic statistic);
const char *statistic_meaning(Statistic statistic);

/* Decimals it is printed with when a template does not say, for data recorded to `data_decimals` places. */
int statistic_decimals(Statistic statistic, int data_decimals);

#define DECIMALS_UNSAID (-1)

typedef struct {
    Str literal; /* text before the number; the only thing when `is_text` */
    bool is_text;
    Statistic statistic;
    int decimals; /* DECIMALS_UNSAID: the statistic's own */
} TemplatePiece;

/* A cell: text with numbers in braces, "{n} ({pct:1}%)". The last piece may be text alone. */
typedef struct {
    Str text; /* as written */
    size_t n;
    TemplatePiece *pieces;
    uint64_t uses; /* bits of its statistics */
} Template;

/* Reads a template. Fails: MALFORMED (a brace that is not closed, decimals that are no number from 0 to 12),
 * INCONSISTENT (a statistic that is not among `offered`; names the nearest, or all there are). */
MUST_USE bool template_parse(Arena *arena, Str text, uint64_t offered, Template *template, Error *err);

/* How the values of one statistic are printed; NaN and DECIMALS_UNSAID where nothing was said. */
typedef struct {
    int decimals;
    double below; /* smaller values (but not 0 of a percentage) print as "<below" */
    double above; /* larger ones as ">above" */
    double star;  /* values below it are followed by "*" */
    int zero;     /* 0: none before the point, "<.0001"; 1: "<0.0001"; DECIMALS_UNSAID: that too */
} FormatRule;

typedef struct {
    FormatRule of[N_STATISTICS];
} FormatRules;

FormatRules format_rules_unsaid(void);
FormatRules format_rules_over(const FormatRules *over, const FormatRules *base);

/* A cell of the latest row, from the values of its statistics (NaN: not estimable). Result names are
 * `prefix` and the statistic's own: "chg_" and "mean". data_decimals: as for statistic_decimals. */
typedef struct {
    double of[N_STATISTICS];
} CellValues;

CellValues cell_values_none(void);
void template_write(Document *document, Table *table, size_t column, const Template *template,
                    const CellValues *values, const FormatRules *rules, int data_decimals, Str prefix,
                    const Provenance *from);

#endif
