/* Who may take part: each criterion of the protocol judged for each subject, three-valued, because what is not known
 * is not met. */
#ifndef TRIAL_ELIGIBILITY_H
#define TRIAL_ELIGIBILITY_H

#include "data/frame.h"
#include "protocol/protocol.h"

typedef enum { CRITERION_INCLUSION, CRITERION_EXCLUSION, CRITERION_AGES } CriterionKind;

typedef struct {
    CriterionKind kind;
    Str id, text, condition;
    signed char *holds;               /* per subject: 1 the text is true of him, 0 false, -1 not known */
} JudgedCriterion;

typedef struct {
    size_t n;
    JudgedCriterion *criteria;        /* inclusion, exclusion, then the ages unless an inclusion criterion speaks of AGE */
} Eligibilities;

const char *criterion_kind_word(CriterionKind kind);      /* "inclusion" */
const char *criterion_answer(signed char holds);          /* "met", "not-met", "not-known" */

/* Does this answer let the subject in? An inclusion criterion must hold, an exclusion criterion must be known not to. */
bool criterion_admits(const JudgedCriterion *criterion, size_t row);

/* subjects: a frame with SUBJID SITE SCREENED AGE and the screening items. A criterion without a condition is answered
 * by the screening item of its id ('yes' or 'no'), and is not known without one. Fails: as frame_evaluate. */
MUST_USE bool eligibility_judge(Arena *arena, const Protocol *protocol, const Frame *subjects, Eligibilities *eligibilities, Error *err);

#endif
