/* Fisher's exact test: every table with the margins seen is weighed by its probability under independence. */
#ifndef STAT_FISHER_H
#define STAT_FISHER_H

#include "stat/sample.h"

typedef struct {
    double p_two_sided;               /* tables no more likely than the one seen (relative 1e-7) */
    double p_greater, p_less;         /* alternatives: the odds ratio is above, below 1 */
    double p_mid;                     /* two-sided, tables as likely as the one seen counting half */
    double odds_ratio;                /* conditional maximum likelihood; 0 or infinite at the ends of the support */
    Interval ci;                      /* of the odds ratio, exact; each bound by its one-sided test */
} Fisher2x2;

/* counts  a b / c d, row-major: rows are arms, columns event and no event; the odds ratio is (a/b) / (c/d)
 * level   of the interval
 * Where a margin is zero, every p is 1, the odds ratio NaN and the interval (0, infinity).
 * Fails: USAGE (level), DEGENERATE (no counts at all).
 * Method: Fisher (1935); the interval is Cornfield's (1956) exact one. Root to 1e-12 in the log odds ratio.
 * Checked against: R 4.2.2 fisher.test: p 1e-10, odds ratio and lower bound 1e-4 and the reciprocal of the
 * upper bound to an absolute 1.3e-4 (R's own roots are that coarse); and against tails written out by hand,
 * 1e-11. */
MUST_USE bool fisher_2x2(Arena *scratch, const size_t counts[4], double level, Fisher2x2 *test, Error *err);

/* Two-sided p of any n_rows x n_columns table (row-major) by the same rule; rows and columns without counts do
 * not matter, and a table that leaves nothing to compare has p = 1.
 * Fails: DEGENERATE (no counts at all), USAGE (too large to be done exactly: more than 2^22 steps are met).
 * Method: Freeman & Halton (1951) over the network of Mehta & Patel (1983); docs/methods/fisher.md.
 * Checked against: R 4.2.2 fisher.test, relative 1e-10. A 3 x 2 table of 254 subjects takes well below 1 ms. */
MUST_USE bool fisher_exact(Arena *scratch, const size_t *counts, size_t n_rows, size_t n_columns, double *p,
                           Error *err);

#endif
