/* Comparisons of groups, pairs and tables for the verb `test`: the methods in one table, the data each asks for, and what
 * comes out. The numbers are those of src/stat; here a formula becomes their input and their output becomes words. */
#ifndef CLI_COMPARISON_H
#define CLI_COMPARISON_H

#include "data/frame.h"
#include "stat/sample.h"

/* What a formula means to a method. id, how it is written, what it says */
#define COMPARISON_SHAPES(X)                                                                                  \
    X(TWO_SAMPLES, "CHG ~ ARM",            "numbers in two groups")                                           \
    X(SAMPLES,     "CHG ~ ARM",            "numbers in two groups or more")                                   \
    X(PAIRS,       "CHG ~ 1, AFTER ~ BEFORE", "differences, or pairs of numbers")                             \
    X(TABLE,       "RESP ~ ARM",           "categories in two groups or more")                                \
    X(TWO_SHARES,  "RESP = 'Y' ~ ARM",     "yes or no in two groups")                                         \
    X(SHARES,      "RESP = 'Y' ~ 1",       "yes or no, in all or in each group")                              \
    X(CHANGES,     "AFTER = 'Y' ~ BEFORE = 'Y'", "yes or no twice in the same subjects")                      \
    X(STRATA,      "RESP ~ ARM | SITE",    "categories in groups, compared within strata")

typedef enum {
#define X(id, written, meaning) COMPARISON_##id,
    COMPARISON_SHAPES(X)
#undef X
} ComparisonShape;

typedef struct {
    double level, against;            /* of the interval; the value that an estimate is tested against, NaN: unsaid */
    bool asymptotic;
    Str reference;                    /* group that the other is compared with; empty: the first */
} ComparisonOptions;

/* The data as the method's shape asks for them. Groups stand in the order of their levels, the reference first. */
typedef struct {
    Arena *arena;
    ComparisonOptions options;
    Str outcome, other, group, stratum;    /* as written; other: the second of a pair */
    size_t n, n_left_out;
    const size_t *rows;               /* n; of the frame */
    size_t n_groups, n_levels, n_strata;
    Str *groups, *levels;
    double *y;                        /* n; numbers, differences, or the first of each pair */
    double *second;                   /* n; of pairs, else NULL */
    size_t *code;                     /* n; group of each y */
    double **values;                  /* per group */
    size_t *n_values;
    size_t *counts;                   /* n_strata x n_groups x n_levels; yes or no: levels no, yes */
    const double *level_scores;       /* n_levels: the values of a numeric outcome, else NULL */
    size_t changes[2][2];             /* [before][after] */
} ComparisonData;

typedef struct {
    const char *name;                 /* "Cochran-Mantel-Haenszel, general association" */
    double value, df, df2, p;         /* df NaN: none; df2 NaN: one only */
    bool is_count;                    /* the value is a number of rows */
} ComparisonStatistic;

typedef struct {
    Str what;                         /* of the estimate: "mean difference, new - old"; empty: there is none */
    double estimate;
    Interval ci;
    const char *ci_method;
    double ci_level;
    bool exact;
    size_t n_statistics;
    ComparisonStatistic statistics[4];
    double p_greater, p_less;         /* of the estimate, one-sided; NaN: none */
    Str tested;                       /* one sentence */
} ComparisonResult;

typedef struct {
    const char *name, *title;         /* "welch", "t test of two means, each group with its own variance" */
    ComparisonShape shape;
    const char *instead;              /* for more than two groups */
    bool (*run)(const ComparisonData *data, ComparisonResult *result, Error *err);
} ComparisonMethod;

/* Tables of methods: of values, of counts. */
const ComparisonMethod *comparison_of_values(size_t *n);
const ComparisonMethod *comparison_of_counts(size_t *n);

/* A method by name. Fails: USAGE (names the nearest, or where they are listed). */
MUST_USE bool comparison_find(Arena *arena, Str name, const ComparisonMethod **method, Error *err);

/* Reads the formula over `rows` of the frame. Fails: as outcome_split and frame_compute; INCONSISTENT (text where numbers
 * are compared, a column that is not there, more groups than the method compares), DEGENERATE (no complete row, one group). */
MUST_USE bool comparison_read(const ComparisonMethod *method, Str formula, const Frame *frame, const size_t *rows, size_t n_rows,
                              ComparisonOptions options, ComparisonData *data, Error *err);

/* An empty result. */
ComparisonResult comparison_result(const ComparisonData *data);

/* Subjects of a group with yes, and all. */
size_t comparison_yes(const ComparisonData *data, size_t group);
size_t comparison_total(const ComparisonData *data, size_t group);

#endif
