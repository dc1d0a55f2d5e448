/* Guard rails on words: a sentence that claims more than the trial's design supports is flagged, not printed. */
#ifndef REPORT_GUARD_H
#define REPORT_GUARD_H

#include "base/text.h"

/* What the design can carry. */
typedef struct {
    bool has_control;                 /* a concurrent control group */
    bool is_randomised;
} GuardDesign;

/* A rule that a sentence broke. Its texts are constants. */
typedef struct {
    const char *phrase;               /* as the rule has it: "no difference" */
    const char *reason;               /* "a large p-value does not show that groups are equal" */
    const char *instead;              /* what can be said */
} GuardFinding;

/* The first rule that `sentence` breaks under this design; false when it breaks none. Words are compared without
 * case; a phrase stands only where its words stand whole, in order, at most two words apart.
 * Source of the rules: CONSORT 2025 explanation; EQUATOR guidance on spin; ICH E9(R1). See docs/report.md. */
bool guard_finds(Str sentence, GuardDesign design, GuardFinding *finding);

/* Splits a text into sentences and gives back those that break no rule; `withheld` gets one line for each that
 * does: the sentence, the reason, what can be said instead. */
Str guard_filter(Arena *arena, Str text, GuardDesign design, Str **withheld, size_t *n_withheld);

#endif
