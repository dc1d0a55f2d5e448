/* From a formula and a frame to numbers: which rows can be used, which variables are factors, the design matrix and its
 * columns by name. Every linear model, with or without repeated measures, starts here. */
#ifndef STAT_MODEL_H
#define STAT_MODEL_H

#include "data/frame.h"
#include "stat/formula.h"

#define MODEL_MAX_COLUMNS  2000
#define MODEL_MAX_CELLS    ((size_t)1 << 28)     /* rows times columns of the design */
#define MODEL_MAX_VALUE    1e60                  /* of a response or covariate, whose products must not overflow */
#define MODEL_LEAST_VALUE  1e-60                 /* of the largest response, unless all are 0 */

/* One variable of the terms, over the n rows used. */
typedef struct {
    Str name;
    bool is_factor;
    size_t n_levels;                  /* of a factor: those seen in the rows used; the first is the reference */
    Str *levels;                      /* codelist order for coded columns, numbers by value, else by bytes; the visits of a
                                         covariance term in their own order (see model_build) */
    Str *labels;                      /* the codelist's labels, else the levels */
    size_t *level;                    /* n; the row's level */
    double *values, *low;             /* n; of a covariate, high and low part */
    double at_means;                  /* of a covariate: its value where each of its columns has its mean */
} ModelVariable;

typedef struct {
    Str name;
    uint64_t mask;                    /* bit v: variable v takes part */
    size_t n_variables;
    size_t *variables;                /* ascending */
    bool *full;                       /* a factor with a column for every level, not for all but the first */
    size_t first, n_columns;          /* its columns of the design; the first variable's levels run fastest */
} ModelTerm;

typedef struct {
    Str column;
    size_t n_rows;                    /* missing in so many of the rows asked for */
} ModelGap;

typedef struct {
    const Formula *formula;
    const Frame *frame;
    size_t n, n_dropped;              /* rows used, and left out for a missing value */
    size_t *rows;                     /* n; rows of the frame */
    size_t n_gaps;
    ModelGap *gaps;                   /* the columns that have missing values, in the order of the formula */
    double *y;                        /* n */
    size_t n_variables;
    ModelVariable *variables;
    bool has_intercept;
    size_t n_terms;
    ModelTerm *terms;
    size_t p;
    Str *names;                       /* p; as R's lm: "(Intercept)", "ARMHigh", "ARMHigh:SEXM", "BASE" */
    size_t *term_of;                  /* p; SIZE_MAX for the intercept */
    double *x;                        /* n x p, row-major */
    double *x_low;                    /* its low parts, NULL where all are 0 */
} Model;

/* Builds the model for `rows` of the frame (NULL: all). A row is used when every column of the formula, those of its
 * covariance terms included, is present. Text, date, date-time and coded columns are factors. A factor within a term
 * gets a column for each level but the first when the term without it is in the model, as in R; otherwise for each level.
 * Levels of text that a covariance term names as visits stand by the numbers of the column of that name and "N" (AVISITN
 * beside AVISIT) where these go with the levels one to one, else by str_compare_natural.
 * Fails: INCONSISTENT (no such column; text in arithmetic), DEGENERATE (no row is complete; a factor with one level,
 * named; a design beyond the limits), MALFORMED (a value of an expression that is not finite, or beyond MODEL_MAX_VALUE: names
 * the row, from 1; responses that are all below MODEL_LEAST_VALUE).
 * Memory: everything lives in `arena`; the frame and the formula are kept by reference.
 * Source: Chambers & Hastie (1992), chapter 2. Checked against R 4.2 model.matrix. */
MUST_USE bool model_build(Arena *arena, const Formula *formula, const Frame *frame, const size_t *rows, size_t n_rows,
                          Model *model, Error *err);

/* The row of the design (p) at one level of each factor and one value of each covariate, by variable. */
void model_row(const Model *model, const size_t *levels, const double *values, double *row);

/* A factor over the model's rows from any column of the frame: visits, subjects, groups. */
MUST_USE bool model_factor(Arena *arena, const Model *model, Str column, ModelVariable *factor, Error *err);

/* A variable by name (letter case ignored) or SIZE_MAX; a factor's level by name or SIZE_MAX. */
size_t model_variable(const Model *model, Str name);
size_t model_level(const ModelVariable *factor, Str level);

/* The level, failing with INCONSISTENT: names the nearest level, or all when there are few. */
MUST_USE bool model_need_level(const ModelVariable *factor, Str level, size_t *found, Error *err);

/* Whether term a's covariates are term b's and b has a's factors and more: what SAS calls "a is contained in b". */
bool model_contains(const Model *model, const ModelTerm *b, const ModelTerm *a);

/* The number of columns a term has when every level of every factor gets one. */
size_t model_n_cells(const Model *model, const ModelTerm *term);

#endif
