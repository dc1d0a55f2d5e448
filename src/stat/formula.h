/* Model formulas in the manner of R: `CHG ~ ARM * AVISIT + log(BASE) + us(AVISIT | USUBJID)`. Parsing knows nothing of
 * the data; stat/model gives the names their columns. Grammar and limits: docs/methods/formula.md. */
#ifndef STAT_FORMULA_H
#define STAT_FORMULA_H

#include "stat/expression.h"

#define FORMULA_MAX_BYTES      8192
#define FORMULA_MAX_VARIABLES  64
#define FORMULA_MAX_TERMS      256
#define FORMULA_MAX_RANDOMS    32

/* kind, the word in a formula, what it is; the words are those of R's mmrm */
#define COVARIANCE_KINDS(X)                                                                                   \
    X(UNSTRUCTURED,                 "us",     "unstructured")                                                 \
    X(TOEPLITZ,                     "toep",   "Toeplitz")                                                     \
    X(TOEPLITZ_HETEROGENEOUS,       "toeph",  "heterogeneous Toeplitz")                                       \
    X(AUTOREGRESSIVE,               "ar1",    "autoregressive of order 1")                                    \
    X(AUTOREGRESSIVE_HETEROGENEOUS, "ar1h",   "heterogeneous autoregressive of order 1")                      \
    X(ANTE_DEPENDENCE,              "ad",     "ante-dependence of order 1, equal variances")                  \
    X(ANTE_DEPENDENCE_HETEROGENEOUS, "adh",   "ante-dependence of order 1")                                   \
    X(COMPOUND_SYMMETRY,            "cs",     "compound symmetry")                                            \
    X(COMPOUND_SYMMETRY_HETEROGENEOUS, "csh", "heterogeneous compound symmetry")                              \
    X(SPATIAL_EXPONENTIAL,          "sp_exp", "exponential in distance")                                      \
    X(SPATIAL_GAUSSIAN,             "sp_gau", "Gaussian in distance")

typedef enum {
#define X(name, word, meaning) COVARIANCE_##name,
    COVARIANCE_KINDS(X)
#undef X
} CovarianceKind;

const char *covariance_word(CovarianceKind kind);
const char *covariance_meaning(CovarianceKind kind);

/* kind(visits | group / subject). Only spatial kinds take several visits (coordinates). Indexes are into
 * Formula.columns. */
typedef struct {
    CovarianceKind kind;
    size_t n_visits;
    size_t *visits;
    bool has_group;
    size_t group, subject;
    size_t place;                     /* column of the text, from 1 */
} CovarianceTerm;

/* What the model is made of: a column, a function of columns, or factor(column). */
typedef struct {
    Str name;                         /* as R prints it: "BASE", "log(BASE + 1)", "factor(VISITN)" */
    const Expression *expression;
    bool is_factor;                   /* written factor(...) */
    bool is_column;                   /* a column as it stands, or inside factor(...) */
    size_t column;                    /* then its index in Formula.columns */
} FormulaVariable;

typedef struct {
    Str name;                         /* "ARM:AVISIT" */
    uint64_t variables;               /* bit v: variable v takes part; never 0 */
} FormulaTerm;

typedef struct Formula Formula;

/* (1 + Days | SITE:USUBJID): effects that vary over the combinations of some columns' levels, correlated with each other.
 * What is written `||` or with groups a/b comes as several of these. */
typedef struct {
    const Formula *effects;           /* the response, columns and intercept or terms of the effects, as of a formula */
    size_t n_groups;
    size_t *groups;                   /* columns whose combinations are the levels; into Formula.columns */
    Str name;                         /* "SITE:USUBJID" */
    size_t place;                     /* column of the text, from 1 */
} RandomTerm;

struct Formula {
    Str text;
    size_t n_columns;                 /* every column named anywhere, once each */
    Str *columns;
    FormulaVariable response;         /* never a factor */
    size_t n_variables;               /* of the terms, in the order of first appearance */
    FormulaVariable *variables;
    bool has_intercept;
    size_t n_terms;                   /* main effects first, then by number of variables, as in R */
    FormulaTerm *terms;
    size_t n_covariances;
    CovarianceTerm *covariances;
    size_t n_randoms;
    RandomTerm *randoms;
};

/* Parses `response ~ terms`. Any bytes give a formula or an error; everything lives in `arena`.
 * Fails: MALFORMED; the place is "formula, column N", N counting characters from 1. */
MUST_USE bool formula_parse(Arena *arena, Str text, Formula *formula, Error *err);

/* For models without random effects. Fails: INCONSISTENT (names the first random term, with its place). */
MUST_USE bool formula_check_fixed(const Formula *formula, Error *err);

#endif
