/* Whether an effect differs between subgroups: the effect within each level of a subgroup from one model with the
 * interaction, and the test of that interaction. Meant for exploratory forest plots; a wide interval is no evidence of
 * sameness. Method: docs/methods/ls-means.md. */
#ifndef STAT_SUBGROUP_H
#define STAT_SUBGROUP_H

#include "stat/lsmeans.h"

typedef struct {
    Str outcome;                      /* column, or arithmetic as on the left of a formula: "AVAL - BASE" */
    Str factor;                       /* the column of arms; empty for a single-arm trial, where the mean is the effect */
    Str reference;                    /* the arm compared with; empty: the first level */
    Str subgroup;                     /* column; numeric ones count as categories */
    Str covariates;                   /* further terms ("BASE + SITE"); may be empty */
    double confidence;                /* 0 means 0.95 */
    bool own_variance;                /* each level's effect from a model of its rows alone */
} SubgroupOptions;

/* One line of a forest plot. */
typedef struct {
    Str level;                        /* of the subgroup; empty for everybody together */
    Str contrast;                     /* "High - Placebo"; empty for the mean of a single arm */
    size_t n;                         /* subjects behind it: of the level, or of its two arms in the level */
    Estimate effect;
} SubgroupEffect;

typedef struct {
    size_t n, n_dropped;              /* rows used, and left out as incomplete */
    size_t n_effects;
    SubgroupEffect *effects;          /* everybody together (the model without the subgroup), then by level */
    LinearTest interaction;           /* type III; for a single arm the equality of the levels' means */
} SubgroupResult;

/* Analyses `rows` of the frame (NULL: all). The error variance is common to the subgroups, and the covariates'
 * coefficients with it, unless own_variance is set: then a level that its own rows cannot carry is not estimable. The
 * interaction is always tested with the common variance. The same rows are used for
 * the line of everybody together. Fails: as formula_parse, model_build and linear_fit; INCONSISTENT (no such reference). */
MUST_USE bool subgroup_effects(Arena *arena, const Frame *frame, const size_t *rows, size_t n_rows,
                               const SubgroupOptions *options, SubgroupResult *result, Error *err);

#endif
