/* What the parts of stat/mixed share: rows in blocks (mixed_data), the errors' covariance (mixed_errors), the likelihood
 * (mixed_likelihood) and its derivatives (mixed_derivatives), the iteration (mixed_fit) and what follows from the optimum (mixed). Letters are
 * those of docs/methods/mixed-model.md. Included by them alone. */
#ifndef STAT_MIXED_INSIDE_H
#define STAT_MIXED_INSIDE_H

#include "stat/mixed.h"
#include "stat/mmrm_inside.h"

#define MIXED_MAX_EFFECTS 64

/* A random term over the rows. */
typedef struct {
    Str group;
    size_t n_effects, n_levels;
    Str *effects, *levels;
    size_t *level;                    /* n */
    const double *z;                  /* n x n_effects */
    double *size;                     /* n_effects: root mean square of z */
    size_t first;                     /* of its parameters: G packed by columns of the upper triangle */
    bool folded;                      /* its levels lie within units, and its part of V in their S */
} MixedTerm;

/* Rows of one subject, where errors are correlated; else of one level of the finest of several random terms. */
typedef struct {
    size_t group, n_rows, n_active, width;       /* width: columns of X's basis, e, and the active ones of Z */
    size_t *rows, *visits;            /* n_rows; visits NULL for own points */
    double *distance;                 /* n_rows^2 of own points, else NULL */
    double *root_weights;             /* n_rows */
    size_t *active;                   /* n_active; columns of the block's Z that are not zero here */
    double *m;                        /* n_rows x width */
} MixedUnit;

/* Rows that share no random effect with others. Z has q columns here; c = r + 1 stands for X's basis and e. */
typedef struct {
    size_t n_rows, q, n_units;
    size_t *column_term, *column_level;          /* q; the effects of one level stand together */
    MixedUnit *units;
    double *xx;                       /* (c + q)^2: cross-products of (X, e, Z) where there are no units, else NULL */
    double *a;                        /* (c + q)^2: the same about S^-1, S being the covariance within units */
    double *k;                        /* q x q: V^-1 = S^-1 - S^-1 Z K Z' S^-1 */
    double *ka;                       /* q x c: K Z' S^-1 (X, e) */
} MixedBlock;

typedef enum { MIXED_INDEPENDENT, MIXED_VISITS, MIXED_POINTS } MixedErrors;

typedef struct {
    const Model *model;
    size_t n, p, r, c, n_groups, n_subjects;
    LinearFit ols;
    double *q, *e;                    /* n x r and n: X basis, and the least-squares residual, times root weights */
    double *basis, log_basis;         /* p x r, and log |det| at the pivots */
    double log_weights;
    size_t n_terms;
    MixedTerm *terms;
    MixedErrors errors;
    CovarianceKind kind;
    MmrmStructure structure;          /* of VISITS */
    ModelVariable visits, groups, subjects;
    size_t per_group, n_folded;                  /* parameters of errors, by group; of folded terms */
    size_t n_errors, n_parameters;               /* of S: n_groups per_group + n_folded, before those of G; all */
    Str *names;
    size_t n_blocks, largest_q, largest_unit;
    MixedBlock *blocks;
    double mean_distance;             /* between points of a subject */
} MixedData;

MUST_USE bool mixed_data_prepare(Arena *arena, const Model *model, Str weights, MixedData *data, Error *err);

/* The errors' covariance at some parameters, ready to be taken for units. */
typedef struct {
    const MixedData *data;
    const double *theta;
    double *sigma, *first;            /* of VISITS: n_groups x m^2; n_errors x m^2 */
} MixedSigma;

void mixed_sigma_init(Arena *arena, MixedSigma *s, const MixedData *data);
void mixed_sigma_set(MixedSigma *s, const double *theta, bool derivatives);
/* S of a unit, and its derivative by its parameter a (n_rows^2): those of its group's errors, then of folded terms */
size_t mixed_unit_parameter(const MixedData *d, const MixedUnit *unit, size_t a);
void mixed_sigma_unit(const MixedSigma *s, const MixedUnit *unit, double *out);
void mixed_sigma_first(const MixedSigma *s, const MixedUnit *unit, size_t a, double *out);
/* h[a*stride + b] += sum of psi[i][j] d2 S[i][j] / da db, for a unit with own points */
void mixed_sigma_second(const MixedSigma *s, const MixedUnit *unit, const double *psi, double *h, size_t stride);
/* out[i][j] += sum of w[a*stride + b] d2 S[i][j] / da db */
void mixed_sigma_spread(const MixedSigma *s, const MixedUnit *unit, const double *w, size_t stride, double *out);

/* Room for one block and one unit, at their largest. */
typedef struct {
    size_t *at;                       /* n_terms; where a term's matrix begins in g and root */
    double *g, *root;                 /* of every term: G, and B with B B' = G */
    double *u, *ul, *inner, *rows;    /* q^2 each: U = Z'S^-1 Z; U B; I + B'U B; rows of B solved */
    double *e, *wz, *half, *rest;     /* q^2: E = I - K U; Z'V^-1 Z; scratch; Z'V^-1 Z - 2 Y'Phi Y */
    double *y, *phi_y, *yd;           /* c x q: (X, e)'V^-1 Z; r x q: Phi Y; q: Y'd */
    bool *uses;                       /* n_errors; parameters of groups in the block */
    double *trace, *bs;               /* n_errors; n_errors x width^2: M'S^-1 S_a S^-1 M with M = (X, e, Z) */
    double *xz, *re, *kb, *rd;        /* n_errors x: c x q, c x q, q^2, q */
    double *phi_x, *coupled, *coupled_d;          /* r x q, c x q, q: Phi X_a K and its like */
    double *block_b;                  /* n_errors x c^2 */
    double *pb, *ub;                  /* n_parameters x: Phi B_a (r^2), B_a d (r) */
    double *d;                        /* n_parameters^2: d'C_ab d */
    double *phi;                      /* r^2: Phi under REML, 0 under ML */
    double *s, *inverse, *f, *fz, *nx, *nd, *kernel;  /* of a unit */
    double *left, *product, *phi_row, *si;   /* of a unit: S^-1 - 2 kernel; n x width; r; n */
    double *first, *pa, *ra, *va;     /* a unit's parameters x unit^2 each; va: x unit */
    double *psi;                      /* n_groups x n_visits^2 */
} MixedWork;

typedef struct {
    const MixedData *data;
    bool reml;
    MixedSigma sigma;
    double *theta;                    /* n_parameters, of the latest value */
    double value;                     /* -2 log likelihood */
    double *a, *a_root, *phi, *d;     /* c^2: (X, e)' V^-1 (X, e); r^2: Cholesky factor and inverse of X'V^-1X; c: (-delta, 1) */
    double *b;                        /* n_parameters x c^2: (X, e)' V^-1 V_a V^-1 (X, e) */
    double *gradient, *hessian, *expected;       /* in natural parameters */
    MixedWork *w;
} MixedLikelihood;

void mixed_likelihood_init(Arena *arena, MixedLikelihood *l, const MixedData *data, bool reml);
/* False where V is not positive definite. */
bool mixed_likelihood_value(MixedLikelihood *l, const double *theta);

/* The rest is of mixed_derivatives. */
void mixed_likelihood_derivatives(MixedLikelihood *l);
/* sum of w_ab X'V^-1 V_a V^-1 V_b V^-1 X, less a quarter of that of second derivatives when asked, into q (r x r) */
void mixed_likelihood_products(MixedLikelihood *l, const double *w, bool second, double *q);

/* Best linear unbiased predictions G Z'V^-1 (y - X b) and their standard errors, into u and u_se of every term. */
void mixed_likelihood_predict(MixedLikelihood *l, MixedRandom *randoms);

/* G of a term (n_effects^2) from its packed parameters. */
void mixed_term_g(const MixedTerm *term, const double *theta, double *g);
/* Lower factor of a semi-definite matrix, pivots chosen by size[i]^2 a[i][i]: a[order][order] = l l'. Pivots whose
 * share size^2 l^2 falls below `least` are zero, with all that follow. Returns their number. */
size_t mixed_pivoted_root(const double *a, const double *size, size_t n, double least, size_t *order, double *l);

/* What both parts of the likelihood use. Terms' matrices stand one after the other from work->at. */
void mixed_set_terms(MixedLikelihood *l);                            /* g and root at theta */
void mixed_multiply_terms(const MixedLikelihood *l, const MixedBlock *b, const double *matrices, const double *x, size_t rows, double *out);
void mixed_take_u(const MixedData *d, const MixedBlock *b, const double *from, double *u);
/* x (n rows of `width`) = L^-1 x, and L'^-1 x */
void mixed_solve_rows(const double *l, size_t n, double *x, size_t width);
void mixed_solve_rows_transposed(const double *l, size_t n, double *x, size_t width);
/* to (block's width^2) += x'y over the rows of a unit */
void mixed_scatter(const MixedData *d, const MixedUnit *u, const double *x, const double *y, double *to, size_t width);

/* The iteration. */
typedef struct {
    double *w, *w_expected;           /* n_parameters^2: the parameters' covariance by observed and expected information */
    size_t *rank;                     /* n_terms */
    MmrmCertificate certificate;
} MixedOptimum;
MUST_USE bool mixed_optimise(Arena *arena, MixedLikelihood *l, const MmrmOptions *options, MixedOptimum *optimum, Error *err);

#endif
