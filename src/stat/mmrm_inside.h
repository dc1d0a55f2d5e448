/* What the parts of stat/mmrm share: the rows in order (mmrm_data), reduced to cross-products (mmrm_reduce, mmrm_gather),
 * covariance structures (mmrm_covariance), the likelihood with its derivatives (mmrm_likelihood, mmrm_curvature), the
 * iteration (mmrm_fit), its start where nobody comes back (mmrm_monotone) and what is inferred from the optimum
 * (mmrm_inference). Letters are those of docs/methods/mmrm.md. Included by them alone, and by
 * bench/mmrm.c, which counts operations. */
#ifndef STAT_MMRM_INSIDE_H
#define STAT_MMRM_INSIDE_H

#include "math/lanes.h"
#include "stat/mmrm.h"

/* A column of the inner design, one of r: its value at a subject's visit is profile[visit] * slot value of the subject;
 * or, when it varies with both, a number of its own at each visit. */
typedef struct {
    bool varies;
    size_t profile, slot;             /* slot: of a varying column, its place among those */
} MmrmColumn;

/* Subjects of one group who were seen at the same visits. A place is a number of the subject: a slot, or the value of a
 * varying column at one visit. An atom is a column, or one visit of a varying column: a profile times a place. */
typedef struct {
    size_t group, n_visits, n_subjects;
    size_t *visits;                   /* n_visits, ascending */
    size_t n_atoms, n_places;
    size_t *atom_column, *atom_profile, *atom_place;   /* n_atoms; a profile beyond the common ones is one visit alone */
    double *xx, *xe, *ee;             /* cross-products of places and residuals: n_places^2, n_visits x n_places, n_visits^2 */
} MmrmPattern;

/* The data, with the response replaced by its residual from least squares. */
typedef struct {
    const Model *model;
    size_t n, p, r, n_subjects, n_visits, n_groups;
    ModelVariable visits, subjects, groups;
    double *distance;                 /* n_visits^2, of a spatial structure */
    double *root_weight, log_weights; /* n, NULL for none; the sum of their logarithms, squared */
    size_t *first, *order;            /* rows of subject i: order[first[i] .. first[i+1]), by visit */
    size_t *pattern_of;               /* n_subjects */
    size_t *subjects_in;              /* n_groups */
    size_t n_slots, n_varying, n_profiles;
    double **slots;                   /* n_slots vectors of n_subjects */
    double **varying;                 /* n_varying vectors of n rows */
    double *profiles;                 /* n_profiles x n_visits */
    MmrmColumn *columns;              /* r */
    double *basis;                    /* p x r: inner design = X basis */
    double log_basis;                 /* log |det| of the basis at the pivots */
    size_t *pivot;                    /* r; the columns of X that are not aliased */
    double *relation;                 /* r x p: X = X[pivot] relation */
    double *ols;                      /* p; least-squares coefficients */
    double *ols_root;                 /* r x r: lower Cholesky factor of the inner X'X */
    size_t n_patterns;
    MmrmPattern *patterns;
} MmrmData;

MUST_USE bool mmrm_data_prepare(Arena *arena, const Model *model, const CovarianceTerm *term, Str weights, MmrmData *data,
                                Error *err);

/* Its second part: from rows in order to columns, patterns and cross-products. */
MUST_USE bool mmrm_data_reduce(Arena *arena, MmrmData *data, Error *err);

/* First pass over the subjects: cross-products of their values, and with the response less `mean`, which stand in xe until
 * the second pass puts those with the residuals there: the response less the mean and less the inner columns times b (r). */
void mmrm_gather_values(Arena *scratch, MmrmData *data, double mean);
void mmrm_gather_residuals(Arena *scratch, MmrmData *data, double mean, const double *b);

/* A product of powers of parameters; each entry of a structured Sigma is one. The factor of a range is
 * exp(-(power / range)^order) instead, its power being the distance. */
typedef struct {
    size_t n;
    size_t *parameter;
    double *power;
} Monomial;

/* Sigma as a function of its natural parameters, for n_visits visits. UNSTRUCTURED has no monomials: its parameters are
 * the entries. */
typedef struct {
    CovarianceKind kind;
    size_t n_visits, n_parameters;
    Monomial *entries;                /* packed lower triangle; NULL when unstructured */
    size_t range;                     /* the parameter that is a range, or SIZE_MAX */
    int order;
    Str *names;                       /* n_parameters */
} MmrmStructure;

bool mmrm_structure_is_spatial(CovarianceKind kind);
/* distance: m x m, of a spatial one; else not read */
void mmrm_structure_new(Arena *arena, CovarianceKind kind, const ModelVariable *visits, const double *distance,
                        MmrmStructure *structure);
void mmrm_structure_sigma(const MmrmStructure *structure, const double *parameters, double *sigma);
/* d Sigma / d parameter a, as m x m */
void mmrm_structure_first(const MmrmStructure *structure, const double *parameters, size_t a, double *d);
/* h[a*stride + b] += sum over entries of weight[i][j] d2 Sigma[i][j] / da db */
void mmrm_structure_second(const MmrmStructure *structure, const double *parameters, const double *weight, double *h,
                           size_t stride);
/* sigma[i][j] += sum over a, b of w[a*stride + b] d2 Sigma[i][j] / da db */
void mmrm_structure_spread(const MmrmStructure *structure, const double *parameters, const double *w, size_t stride,
                           double *sigma);
/* Parameters near a positive definite sigma; those give a positive definite Sigma. work: m x m */
void mmrm_structure_start(const MmrmStructure *structure, const double *sigma, double *parameters, double *work);

#define MMRM_TILE  8                  /* steps of lanes of directions that are worked on together */

/* A pattern at one Sigma. Matrices have rows of `width` numbers, zero from `reach` on: the whitened coordinates that the
 * pattern's visits depend on. kappa: profiles in whitened coordinates; k follows it in memory: single visits likewise. */
typedef struct {
    double *kappa, *k, *q, *t;        /* n_profiles, n_visits, n_visits, m rows */
    double *s, *h;                    /* m rows: whitened residuals, leverages */
    double *xr;                       /* n_visits x n_places: cross-products of places with y - X b */
    double *root;                     /* n_visits^2: R with V = R R', unless the visits are the first ones */
    double log_det;
    size_t reach;
    bool is_first;                    /* the visits are the first ones */
} MmrmWhite;

/* The likelihood at one Sigma per group, given as its Cholesky factors. Directions E_ab are the orthonormal symmetric
 * matrices of the coordinates in which Sigma is the identity; k = m (m + 1) / 2 of them per group. */
typedef struct {
    const MmrmData *data;
    bool reml;
    size_t m, k, r, n_directions;     /* n_directions = n_groups k */
    size_t width, stride;             /* of rows of m and of n_directions numbers, padded */
    double *a_root;                   /* r x r: lower Cholesky factor of A = X'V^-1X */
    double *a_root_inverse;           /* r x r, lower */
    double *phi, *xe, *delta;         /* A^-1; X'V^-1 e; A^-1 X'V^-1 e */
    double value;                     /* -2 log likelihood */
    double *inverses;                 /* per group: the root's inverse by column, and m logarithms of determinants */
    double *gamma;                    /* n_groups x m x m: gradient as symmetric matrices */
    double *gradient, *hessian;       /* by direction; the rows of hessian are `stride` long */
    double *products;                 /* rows of `stride`, a number per direction: the packed X' V^-1 dV V^-1 X between
                                         a_root_inverse and its transpose, then X' V^-1 dV V^-1 (y - X b) */
    double *z;                        /* k x k, padded */
    double *scratch;                  /* as large as the largest use */
    MmrmWhite *white;                 /* n_patterns */
} MmrmLikelihood;

/* to += f from, n long */
void mmrm_add_scaled(double *restrict to, const double *restrict from, double f, size_t n);

size_t mmrm_direction(size_t a, size_t b);             /* place of E_ab in its group: b (b + 1) / 2 + a for a <= b */
double mmrm_direction_scale(size_t a, size_t b);       /* E_ab = scale (e_a e_b' + e_b e_a') */

void mmrm_likelihood_init(Arena *arena, MmrmLikelihood *l, const MmrmData *data, bool reml);

/* Sets value, a_root, delta. roots: n_groups lower Cholesky factors of Sigma, m x m. False where -2 log likelihood is not
 * finite. */
bool mmrm_likelihood_value(MmrmLikelihood *l, const double *roots);

/* Sets gradient, hessian, gamma, products at the roots of the latest value. */
void mmrm_likelihood_derivatives(MmrmLikelihood *l);

/* Sets gradient, gamma and a hessian that has half the leverages in the place of the terms in P and u: right where nobody
 * is missing and X is saturated by visit, near elsewhere, and cheap. */
void mmrm_likelihood_slopes(MmrmLikelihood *l);

/* The part of the derivatives that mmrm_curvature holds: sets products and subtracts them from the lower triangle. */
void mmrm_likelihood_fixed_effects(MmrmLikelihood *l);

/* p: n_directions x r x r, of `products`: a_root^-1 X' V^-1 dV V^-1 X a_root^-T */
void mmrm_likelihood_unpack(const MmrmLikelihood *l, double *p);

/* sum over subjects of X~' M X~ into q (r x r), where M(pattern) = sum of w over pairs of directions of E T F, less
 * omega / 4. w: n_directions^2; omega: n_groups x m x m or NULL. */
void mmrm_likelihood_products(Arena *scratch, MmrmLikelihood *l, const double *w, const double *omega, double *q);

/* q (r x r) -= sum over a, b < n of w_ab P_a P_b; p: n x r x r and LANES_STEP more. */
void mmrm_subtract_pairs(Arena *scratch, const double *p, const double *w, size_t n, size_t r, double *q);

struct MmrmInside {
    Arena *arena;
    MmrmData data;
    MmrmStructure structure;
    MmrmLikelihood likelihood;
    double *roots;                    /* n_groups x m x m */
    size_t n_parameters;              /* all groups; when unstructured they are the directions */
    double *j;                        /* n_directions x n_parameters: d direction / d parameter; NULL when unstructured */
    double *hessian;                  /* n_parameters^2: of -2 log likelihood, at the optimum */
    double *w;                        /* n_parameters^2: covariance of the parameters, 2 hessian^-1 */
    double *p;                        /* n_parameters x r x r: a_root^-1 X' V^-1 dV V^-1 X a_root^-T */
    double *whitener;                 /* p x r, basis a_root^-T: the model's covariance of b is whitener whitener' */
    double *adjust;                   /* r x r: covariance of b = whitener adjust whitener'; NULL for the identity */
    struct MmrmSandwich *sandwich;    /* NULL for the model's own covariance */
    double *df_of_column;             /* p; between-within */
    double *row, *g;                  /* scratch: r, n_parameters */
};

/* g (n_parameters): slopes of the model's variance of a contrast in the parameters, z being a_root^-1 times its row */
void mmrm_variance_slopes(const MmrmInside *in, const double *z, double *g);
/* g' w g for symmetric w (n x n) */
double mmrm_symmetric_form(const double *w, const double *g, size_t n);

/* One Sigma, unstructured: its root (m x m) from regressions of each visit on the slots and the earlier visits, among the
 * subjects who have all of these. *exact: that is the optimum, nobody having a gap and X being saturated by visit. False
 * where too few rows would be used, or a regression fails. */
bool mmrm_sequential_root(Arena *arena, const MmrmData *data, bool reml, double *root, bool *exact);

/* The iteration; fills structure, roots and likelihood of fit->inside, and the certificate. */
MUST_USE bool mmrm_optimise(Arena *arena, MmrmFit *fit, Error *err);

/* From the optimum: covariance of parameters and coefficients. */
MUST_USE bool mmrm_infer(Arena *arena, MmrmFit *fit, Error *err);

/* The covariance of the parameters as one of directions (n_directions^2). */
double *mmrm_direction_covariance(Arena *arena, const MmrmInside *in);
/* I + 2 sum of w_ab (Q_ab - P_a Phi P_b - R_ab / 4) between a_root^-1 and its transpose (r x r), R as the method has it;
 * NULL where W is not positive definite. */
double *mmrm_adjustment(Arena *arena, const MmrmFit *fit, MmrmDf df);

/* The sandwich covariance: sets in->adjust and in->sandwich. Then the df of one contrast, given as whitener' l. */
MUST_USE bool mmrm_sandwich(Arena *arena, MmrmFit *fit, Error *err);
double mmrm_sandwich_df(const struct MmrmSandwich *s, const double *z);

/* For each pattern the lower Cholesky factor of Sigma at its visits; NULL where one is not positive definite. A row's
 * covariance is that over the root weights of its two rows. */
double **mmrm_pattern_roots(Arena *arena, const MmrmInside *in);
/* z (visits x r) = root^-1 (rows of subject i, by visit and times their root weights) inner, inner being p x r */
void mmrm_whiten_subject(const MmrmData *data, size_t i, const double *root, const double *inner, double *z);
static inline double mmrm_root_weight(const MmrmData *d, size_t row) { return d->root_weight ? d->root_weight[row] : 1; }

#endif
