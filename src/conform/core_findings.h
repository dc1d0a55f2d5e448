/* What CORE rules find in a folder of data, as findings: one for each rule and data set, with the first rows, and what
 * was not asked, with the reason. */
#ifndef CONFORM_CORE_FINDINGS_H
#define CONFORM_CORE_FINDINGS_H

#include "conform/core_book.h"
#include "conform/finding.h"

typedef struct {
    Str standard, version;            /* "SDTMIG", "3.4": whose rules are asked; guessed from the data when empty */
} CoreChoices;

typedef struct {
    Str standard, version;            /* of the rules that were asked */
    size_t n_rules, n_asked, n_broken;        /* of that standard; asked of at least one data set; with a finding */
    size_t n_unsupported, n_without_data;     /* not asked */
} CoreSummary;

/* "SDTMIG" when a data set has a variable DOMAIN, else "ADaMIG"; the latest version that the rules speak of. */
void core_guess_standard(const DataFolder *folder, const CoreBook *book, CoreChoices *choices);

/* Asks each rule of the standard and version. A rule that may report too much (it says so) gives warnings, the others
 * errors. Fails: INCONSISTENT (the book has no rule of that standard and version: names those it has). */
MUST_USE bool core_findings(Arena *arena, const CoreBook *book, const DataFolder *folder, const CoreChoices *choices, FindingList *findings, CoreSummary *summary,
                            Error *err);

#endif
