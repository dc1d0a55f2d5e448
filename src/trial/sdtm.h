/* The records of a trial file as SDTM data sets (SDTMIG 3.4). Which item goes where stands in the protocol (`sdtm` of
 * items and forms; protocol/sdtm_use.h has what need not be said); subjects, visits, doses, events, consent, disposition and
 * the trial design come from what every trial file has.
 *
 * A domain without a record is not made; the notes say which, and which items have no place. Values that are missing for a
 * stated reason are rows with --STAT "NOT DONE" and the reason; a value that was left blank is no row. */
#ifndef TRIAL_SDTM_H
#define TRIAL_SDTM_H

#include "trial/datasets.h"
#include "trial/standard_set.h"

typedef struct {
    const Datasets *datasets;
    bool sees_arms;                   /* false: nothing that tells the arm is written, and a note says so */
} SdtmRequest;

/* Everything lives in `arena`. Fails: INCONSISTENT (two values in one place: names the keys), and as the reading of the file. */
MUST_USE bool sdtm_build(Trial *trial, Arena *arena, const SdtmRequest *request, StandardSets *sets, Error *err);

/* "NCT02569775-S-001" */
Str sdtm_subject_id(Arena *arena, const Protocol *protocol, Str subject);

/* Does it tell the arm whether somebody received a dose: an arm without a product, or doses of one arm alone? */
bool sdtm_doses_tell(const Protocol *protocol);

#endif
