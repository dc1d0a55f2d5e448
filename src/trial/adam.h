/* The frames that a trial's report reads, as ADaM data sets (ADaMIG 1.3): ADSL, one data set of basic structure for each
 * instrument, ADAE. The numbers are those of trial/datasets and trial/measures, untouched: a report and ADaM made of one
 * trial agree to the last digit. */
#ifndef TRIAL_ADAM_H
#define TRIAL_ADAM_H

#include "trial/datasets.h"
#include "trial/standard_set.h"

#define ADAM_IG_VERSION "1.3"
#define ADAM_CT_VERSION "2023-12-15"

typedef struct {
    const Datasets *datasets;
    const StandardSets *sdtm;         /* of the same moment: DM and AE are taken over */
    bool sees_arms;                   /* false: no treatment variables */
} AdamRequest;

/* Everything lives in `arena`. Fails: INCONSISTENT (a population's condition; two values in one place). */
MUST_USE bool adam_build(Trial *trial, Arena *arena, const AdamRequest *request, StandardSets *sets, Error *err);

#endif
