/* p values adjusted for how many there are: each may be compared with the level of the whole family. */
#ifndef STAT_MULTIPLICITY_H
#define STAT_MULTIPLICITY_H

#include "base/text.h"

/* name, the word in files, what it keeps: family-wise error rate (FWER) or false discovery rate (FDR) */
#define ADJUSTMENTS(X)                                                                                        \
    X(NONE,       "none",                "nothing")                                                           \
    X(BONFERRONI, "bonferroni",          "FWER, whatever the dependence")                                     \
    X(HOLM,       "holm",                "FWER, whatever the dependence")                                     \
    X(HOCHBERG,   "hochberg",            "FWER, under independence or positive dependence")                   \
    X(HOMMEL,     "hommel",              "FWER, under independence or positive dependence")                   \
    X(BH,         "benjamini-hochberg",  "FDR, under independence or positive dependence")                    \
    X(BY,         "benjamini-yekutieli", "FDR, whatever the dependence")

typedef enum {
#define X(name, word, keeps) ADJUSTMENT_##name,
    ADJUSTMENTS(X)
#undef X
} Adjustment;

const char *adjustment_word(Adjustment adjustment);
const char *adjustment_keeps(Adjustment adjustment);
bool adjustment_parse(Str word, Adjustment *adjustment);

/* adjusted[i] for p[i], in the order given (n each); none above 1.
 * Fails: MALFORMED (names the first p outside [0, 1] or not a number). A family without members is no failure.
 * Method: Holm (1979), Hochberg (1988), Hommel (1988) as arranged by Wright (1992), Benjamini & Hochberg
 * (1995), Benjamini & Yekutieli (2001). Checked against: R 4.2.2 p.adjust, 1e-12. */
MUST_USE bool adjust_p(Arena *scratch, Adjustment adjustment, const double *p, size_t n, double *adjusted,
                       Error *err);

#endif
