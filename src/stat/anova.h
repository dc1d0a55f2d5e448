/* One-way comparison of k groups: the analysis of variance F test, and the Kruskal-Wallis test on ranks. */
#ifndef STAT_ANOVA_H
#define STAT_ANOVA_H

#include "stat/sample.h"

typedef struct {
    double f, df_between, df_within;
    double ss_between, ss_within;     /* in squared units of the outcome */
    double sd_within;                 /* square root of the mean square within */
    double p;
} Anova;

typedef struct {
    double h, df, p;                  /* chi-square approximation */
} KruskalWallis;

/* F test that n_groups groups have one mean.
 *   x      n values; group[i] < n_groups is the group of x[i]; groups without values do not count
 * Fails: MALFORMED (names the first value that is not finite), DEGENERATE (fewer than two groups with values;
 * no more values than groups; no spread within groups).
 * Method: deviations from the grand mean, squares in twice the working precision. Fisher (1925).
 * Checked against: NIST StRD AtmWtAg, SmLs01, SmLs07; R 4.2.2 aov. */
MUST_USE bool anova_one_way(Arena *scratch, const double *x, const size_t *group, size_t n, size_t n_groups,
                            Anova *anova, Error *err);

/* H, corrected for ties, that n_groups groups have one distribution. Same shapes and failures (DEGENERATE also
 * when all values are equal). Kruskal & Wallis (1952). Checked against: R 4.2.2 kruskal.test. */
MUST_USE bool kruskal_wallis(Arena *scratch, const double *x, const size_t *group, size_t n, size_t n_groups,
                             KruskalWallis *test, Error *err);

#endif
