/* Two independent proportions without conditioning on the total of events: exact tests that maximise over the unknown
 * common proportion, and score intervals for the difference. Newcombe's interval is in proportion.h, Fisher's
 * conditional test in fisher.h. */
#ifndef STAT_TWO_PROPORTIONS_H
#define STAT_TWO_PROPORTIONS_H

#include "stat/sample.h"

typedef struct {
    size_t events_x, n_x, events_y, n_y;
} TwoCounts;

/* name, the word in files, by what tables are ordered */
#define UNCONDITIONAL_TESTS(X)                                                                               \
    X(BARNARD, "barnard", "difference over its pooled standard error")                                       \
    X(BARNARD_UNPOOLED, "barnard-unpooled", "difference over its unpooled standard error")                   \
    X(BOSCHLOO, "boschloo", "p of Fisher's exact test")

typedef enum {
#define X(name, word, order) UNCONDITIONAL_##name,
    UNCONDITIONAL_TESTS(X)
#undef X
} UnconditionalOrder;

const char *unconditional_word(UnconditionalOrder order);

typedef struct {
    double p_two_sided;       /* tables ordered by |z|, or by Fisher's two-sided p */
    double p_greater, p_less; /* alternatives: the proportion of x is above, below that of y */
    double p_doubled;         /* twice the smaller one-sided p: the other convention for two sides */
    double nuisance;          /* the common proportion at which p_two_sided is attained */
} UnconditionalTest;

/* Fails: DEGENERATE (nobody in a group), MALFORMED (more events than n), USAGE (more than 2^18 tables).
 * Method: Barnard (1945) with Suissa & Shuster's (1985) statistics; Boschloo (1970). The maximum is looked for on 1000
 * points even in the arc sine of the root of the proportion, and every peak among them is climbed.
 * Checked against: a maximum over 20001 points climbed likewise, and scipy 1.10, relative 1e-9. */
MUST_USE bool unconditional_test(Arena *scratch, TwoCounts counts, UnconditionalOrder order,
                                 UnconditionalTest *test, Error *err);

/* SCORE_MEE: Mee (1984). SCORE_MIETTINEN_NURMINEN: variance times N / (N - 1), Miettinen & Nurminen (1985). */
typedef enum { SCORE_MEE, SCORE_MIETTINEN_NURMINEN } ScoreVariance;

typedef struct {
    double estimate;                       /* proportion of x less that of y */
    double z;                              /* of the hypothesis that the difference is `null` */
    double p_two_sided, p_greater, p_less; /* alternatives: the difference is above, below `null` */
    Interval ci;                           /* all differences that z does not reject at 1 - level */
} ScoreDifference;

/* With null = -margin, p_greater is the test of non-inferiority of Farrington & Manning (1990). Where z is 0/0 (nobody
 * or everybody has an event and null = 0) it is 0 and every p 1, or 1/2 on one side.
 * Fails: as above, and USAGE (level; null not within -1 and 1).
 * Method: the variance is at the proportions most likely under the difference supposed, found by halving the range
 * of doubles. Checked against: relative 1e-9. */
MUST_USE bool score_difference(TwoCounts counts, double null, double level, ScoreVariance variance,
                               ScoreDifference *result, Error *err);

#endif
