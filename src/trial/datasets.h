/* The data of a trial file as frames, in the shape that the outputs of a report read: one row per subject, per visit,
 * per measurement (as ADaM's basic data structure), per adverse event, per dose.
 *
 *   subjects        SUBJID SITE STATUS SCREENED CONSENT ENROLLED ARM AGE, the screening items, ENRLFL SAFFL COMPLFL FAILID
 *                   FAILTEXT N_DOSES. STATUS is screened, declined, screen-failed, consented, enrolled, withdrawn or completed.
 *                   AGE in years with a fraction, at enrolment or else at screening. Flags are 'Y' or missing: SAFFL
 *                   received a dose, COMPLFL was seen at the last assessment visit. FAILID is the first criterion that
 *                   keeps somebody out, or CONSENT.
 *   visits          SUBJID VISIT VISITN DATE DAY IN_WINDOW, the items of all visit forms. DAY counts from the first dose,
 *                   whose day is 0, as the protocol's nominal days do.
 *   measures        see trial/measures.h
 *   adverse_events  SUBJID AESEQ, the items, START, AEDECOD AEBODSYS TRTEMFL (began on or after the day of the first
 *                   dose; a partial date counts by its last day), the columns of subjects
 *   doses           SUBJID DOSE DATE, the items, DOSE_PER_KG CD34_PER_KG ENDOTOXIN_EU_KG (per kg of that day's weight)
 *   eligibility     SUBJID CRITERION TEXT KIND ANSWER: KIND inclusion, exclusion or ages; ANSWER says whether the text
 *                   is true of the subject (met, not-met, not-known), so an exclusion criterion that is met keeps out
 *   deviations      SUBJID DATE KIND DETAIL SOURCE (person; program: a visit outside its window that nobody wrote down)
 *
 * All frames are of one moment of the journal, which the provenance names. */
#ifndef TRIAL_DATASETS_H
#define TRIAL_DATASETS_H

#include "trial/trial.h"

#define TRIAL_DATASETS(X)                                                                                     \
    X(subjects) X(visits) X(measures) X(adverse_events) X(doses) X(eligibility) X(deviations)

typedef struct {
#define X(name) Frame *name;
    TRIAL_DATASETS(X)
#undef X
    Str file;                         /* name of the trial file */
    int64_t n_entries;                /* of the journal */
    Str head;                         /* hash of the last entry: identifies the data of every frame */
} Datasets;

/* Builds all. Everything lives in `arena`. Fails: as the reading of the file; INCONSISTENT (a condition or an
 * instrument of the protocol does not fit the data). */
MUST_USE bool datasets_build(Trial *trial, Arena *arena, Datasets *datasets, Error *err);

/* By name, letter case ignored. Fails: INCONSISTENT (no such frame, with the nearest). */
MUST_USE bool datasets_frame(const Datasets *datasets, Str name, Frame **frame, Error *err);

/* "measures: 2412 records, from palsy.trial at journal entry 812 (SHA-256 1f0c..)" */
Str datasets_provenance(Arena *arena, const Datasets *datasets, const Frame *frame);

#endif
