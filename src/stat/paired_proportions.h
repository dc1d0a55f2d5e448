/* The difference of two proportions seen in the same subjects: before and after, left and right, two readers. McNemar's
 * test is in proportion.h. */
#ifndef STAT_PAIRED_PROPORTIONS_H
#define STAT_PAIRED_PROPORTIONS_H

#include "stat/sample.h"

/* Subjects by what was seen first and second: yes and yes, no and then yes, yes and then no, no and no. */
typedef struct {
    size_t both, gained, lost, neither;
} PairedCounts;

/* Both intervals are of the second proportion less the first, (gained - lost) / n.
 * Fail: DEGENERATE (no subjects), USAGE (level; null not within -1 and 1). */

/* From the two Wilson intervals, joined with the correlation phi of the pairs; phi is drawn n/2 towards 0 where it is
 * positive. Newcombe (1998, Statistics in Medicine 17, 2635), method 10. Checked against: the formula in R, 1e-12. */
MUST_USE bool paired_difference_ci(PairedCounts counts, double level, Interval *ci, Error *err);

typedef struct {
    double estimate;
    double z;                              /* of the hypothesis that the difference is `null`; 0: McNemar's, signed */
    double p_two_sided, p_greater, p_less; /* alternatives: the difference is above, below `null` */
    Interval ci;                           /* all differences that z does not reject at 1 - level */
} PairedDifference;

/* The score test and interval: Tango (1998), whose variance is at the chance of a loss most likely under the difference
 * supposed. With null = -margin, p_greater tests non-inferiority. Where nobody changed and null = 0, z is 0.
 * Checked against: the likelihood maximised by search in R, 1e-8. */
MUST_USE bool paired_difference_score(PairedCounts counts, double null, double level, PairedDifference *result,
                                      Error *err);

#endif
