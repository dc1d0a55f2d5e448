/* From `Surv(AVAL, 1 - CNSR) ~ TRTP + AGE + strata(SITEGR1)` and a frame to what Kaplan-Meier, log-rank and Cox need.
 * The words are those of R's survival: Surv(TIME, EVENT), strata(..), cluster(..). TIME is arithmetic over columns; EVENT
 * is an expression of the conditions (1 or 0, or `CNSR = 0`); the rest is a formula. docs/methods/survival-formula.md. */
#ifndef STAT_SURVIVAL_MODEL_H
#define STAT_SURVIVAL_MODEL_H

#include "stat/cox.h"
#include "stat/estimable.h"

typedef struct {
    Str text;                         /* as written */
    Str event;                        /* empty: Surv named none */
    Str formula;                      /* TIME ~ terms for stat/formula; what it does not know is blank, places stay */
    size_t n_strata, n_clusters;      /* columns named */
    Str *strata, *clusters;
} SurvivalFormula;

/* Fails: MALFORMED (no Surv at the left, a bracket that is not closed, strata or cluster that is part of a product). */
MUST_USE bool survival_formula_parse(Arena *arena, Str text, SurvivalFormula *formula, Error *err);

typedef struct {
    const SurvivalFormula *from;
    Formula formula;
    Model model;                      /* its rows are those used; column 0 is the intercept, which Cox does not have */
    size_t n_left_out;                /* rows asked for that lack a value of time, event, a term, stratum or cluster */
    SurvivalData data;
    size_t n_events;
    size_t group;                     /* the first factor of the terms, whose levels have curves; SIZE_MAX: everybody */
    size_t n_groups;                  /* 1 for everybody */
    size_t n_strata, n_clusters;      /* levels; 0 where none were named */
    size_t *stratum, *cluster;        /* data.n codes; NULL where none were named */
    Str strata_words, cluster_words;  /* "SITEGR1, SEX" */
} SurvivalModel;

/* Builds it for `rows` of the frame (NULL: all). `event`, when not empty, stands in place of what Surv named.
 * Fails: as model_build and outcome_yes_no; USAGE (no event is named), MALFORMED (a time that is negative: names row and
 *        value), DEGENERATE (nobody had the event), INCONSISTENT (no intercept: a curve has its own).
 * Memory: in `arena`; formula and frame are kept by reference. */
MUST_USE bool survival_model_build(Arena *arena, const SurvivalFormula *formula, Str event, const Frame *frame, const size_t *rows,
                                   size_t n_rows, SurvivalModel *model, Error *err);

/* The subjects of one group, and its name ("" for everybody). */
SurvivalData survival_model_group(Arena *arena, const SurvivalModel *model, size_t group);
Str survival_model_label(const SurvivalModel *model, size_t group);

/* What cox_fit takes: the design without its intercept; p is 0 when the formula has no terms. */
CoxInput survival_model_cox(Arena *arena, const SurvivalModel *model);

/* The logarithm of a hazard ratio l'b as an estimate with infinite df; l has fit->p values. */
Estimate cox_contrast(const CoxFit *fit, const double *l, double level);

/* l of one group against another: only where no other term holds the group. False (l untouched) otherwise. */
bool survival_model_compare(const SurvivalModel *model, size_t group, size_t against, double *l);

#endif
