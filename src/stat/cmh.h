/* Stratified tables of counts: is the row (the arm, say) associated with the column (the outcome) once like is
 * compared with like? Cochran-Mantel-Haenszel statistics of any r x c x K table, and the common odds ratio of
 * 2 x 2 x K. Strata are compared within themselves and then added up, so a stratum may be as small as a pair. */
#ifndef STAT_CMH_H
#define STAT_CMH_H

#include "stat/sample.h"

/* counts   n_strata x n_rows x n_columns, row-major: one table after the other */
typedef struct {
    size_t n_strata, n_rows, n_columns;
    const size_t *counts;
} StratifiedTable;

/* Row 1 against row 2 in the odds of column 1, for all strata together. A stratum informs when both rows and
 * both columns have counts. */
typedef struct {
    size_t n_informative;
    double chisq, p;                       /* Mantel & Haenszel without continuity correction, 1 df */
    double chisq_corrected, p_corrected;   /* with it, when 1/2 can be taken */
    double odds_ratio;                     /* Mantel-Haenszel; 0 or infinite when one product sum is 0 */
    double log_se;                         /* of its logarithm; infinite with it */
    Interval ci;                           /* of the odds ratio; (0, infinity) with it */
    double homogeneity, df, p_homogeneity; /* Breslow-Day with Tarone's term; NaN, df 0, 1 when undefined */
} CommonOddsRatio;

/* Fails: USAGE (level; not 2 x 2), DEGENERATE (no stratum informs).
 * Method: Cochran (1954), Mantel & Haenszel (1959); interval by Robins, Breslow & Greenland (1986); homogeneity
 * by Breslow & Day (1980), section 4.4, less the term of Tarone (1985). Undefined with one stratum or an odds
 * ratio of 0 or infinity. Checked against: R 4.2.2 mantelhaen.test, relative 1e-10. */
MUST_USE bool cmh_common_odds_ratio(const StratifiedTable *table, double level, CommonOddsRatio *result,
                                    Error *err);

/* The same without approximation: given all margins, the sum of the first cells is a sum of hypergeometric counts. */
typedef struct {
    double sum;                            /* of the first cells, over the strata that inform */
    double p;                              /* two-sided: sums no more likely than the one seen (relative 1e-7) */
    double p_greater, p_less;              /* alternatives: the odds ratio is above, below 1 */
    double odds_ratio;                     /* conditional maximum likelihood; 0 or infinite at the ends of the support */
    Interval ci;                           /* of it, exact; each bound by its one-sided test */
} ExactOddsRatio;

/* Fails: USAGE (level; not 2 x 2; more than CMH_EXACT_MAX possible sums), DEGENERATE (no stratum informs).
 * Method: the strata's distributions convolved (Gart 1970; Mehta, Patel & Gray 1985); roots to 1e-12 in the log odds ratio.
 * Checked against: R 4.2.2 mantelhaen.test(exact = TRUE): p 1e-10, the rest 1e-4 (R's own roots are that coarse). */
#define CMH_EXACT_MAX 100000
MUST_USE bool cmh_exact(Arena *scratch, const StratifiedTable *table, double level, ExactOddsRatio *result, Error *err);

/* What a row or column is worth: its number from 1 (or the scores passed), or the midrank of its subjects
 * within the stratum, divided by nothing, by n, or by n + 1. The last with two rows is van Elteren's test. */
typedef enum { CMH_TABLE_SCORES, CMH_RANKS, CMH_RIDITS, CMH_MODIFIED_RIDITS } CmhScores;

/* row_scores, column_scores: n_rows and n_columns values, or NULL for 1, 2, ...; read for CMH_TABLE_SCORES only */
typedef struct {
    CmhScores scores;
    const double *row_scores, *column_scores;
} CmhOptions;

/* df is the rank of the statistic's covariance; 0, with chisq 0 and p 1, when the scores distinguish nothing. */
typedef struct {
    double chisq, df, p;
} CmhStatistic;

typedef struct {
    size_t n_informative;
    CmhStatistic general;     /* any association; neither rows nor columns are ordered */
    CmhStatistic row_means;   /* mean scores differ between rows; columns are ordered */
    CmhStatistic correlation; /* scores rise or fall together; both are ordered */
} Cmh;

/* Strata in which only one row or one column has counts, and rows and columns without counts, do not matter.
 * Fails: MALFORMED (names the first score that is not finite), DEGENERATE (no stratum informs).
 * Method: Landis, Heyman & Koch (1978): counts against their means and covariances given all margins.
 * Checked against: R 4.2.2 mantelhaen.test and coin 1.4, relative 1e-10. */
MUST_USE bool cmh_test(Arena *scratch, const StratifiedTable *table, CmhOptions options, Cmh *result,
                       Error *err);

#endif
