/* What the files that make SDTM share; nobody else includes it. */
#ifndef TRIAL_SDTM_INSIDE_H
#define TRIAL_SDTM_INSIDE_H

#include "protocol/sdtm_use.h"
#include "trial/sdtm.h"
#include "trial/sdtm_domains.h"

/* Dates are texts of ISO 8601; empty when there is none. */
typedef struct {
    Str id, unique_id, site, arm;
    Str consent, screened, enrolled, withdrawn, withdrawal_reason;
    Str first_dose, last_dose, last_visit, completed, death;
    Str reference;                    /* RFSTDTC */
    Str latest;                       /* of everything */
    Str follow_up;                    /* start of the follow-up, where the subject came to it */
    bool failed;                      /* judged, and not enrolled */
} SdtmSubject;

typedef struct {
    Trial *trial;
    Arena *arena;
    const Protocol *protocol;
    const Datasets *datasets;
    Frame **forms;                    /* of each form of the protocol, then the adverse events */
    const Form **form_rules;
    size_t n_forms;
    bool sees_arms;
    bool doses_tell;                  /* who received a dose tells the arm */
    size_t n_subjects;
    SdtmSubject *subjects;
    Map rows;                         /* SUBJID -> subject */
    const Visit *last_visit;          /* that every subject should come to */
    StandardSets *sets;
} Sdtm;

const SdtmSubject *sdtm_subject(const Sdtm *sdtm, Str id);

/* A row of the set for the subject: STUDYID, DOMAIN, USUBJID. */
void sdtm_row(const Sdtm *sdtm, StandardSet *set, const SdtmSubject *subject);
void sdtm_visit(const Sdtm *sdtm, StandardSet *set, Str visit);               /* VISITNUM VISIT VISITDY */
double sdtm_visit_day(const Visit *visit);
bool sdtm_visit_has_day(const Visit *visit);

/* The date, its study day and epoch: sdtm_date(sdtm, set, subject, "--DTC", "--DY", date). */
void sdtm_date(const Sdtm *sdtm, StandardSet *set, const SdtmSubject *subject, const char *dtc, const char *dy, Str date);
void sdtm_epoch(const Sdtm *sdtm, StandardSet *set, const SdtmSubject *subject, Str date);
Str sdtm_epoch_of(const Sdtm *sdtm, const SdtmSubject *subject, Str date);

/* "SCRN", "FU", and the code of an arm's element. */
#define SDTM_SCREENING "SCRN"
#define SDTM_FOLLOW_UP "FU"
Str sdtm_arm_code(const Sdtm *sdtm, const Arm *arm);
Str sdtm_element_code(const Sdtm *sdtm, const Arm *arm);
bool sdtm_has_follow_up(const Protocol *protocol);

/* Finishes a set and keeps it with its supplement; a set without rows is dropped. */
MUST_USE bool sdtm_keep(const Sdtm *sdtm, StandardSet *set, Error *err);

MUST_USE bool sdtm_add_design(Sdtm *sdtm, Error *err);            /* TA TE TI TS TV */
MUST_USE bool sdtm_add_subjects(Sdtm *sdtm, Error *err);          /* DM SE SV DS IE DV */
MUST_USE bool sdtm_add_records(Sdtm *sdtm, Error *err);           /* what forms hold */

#endif
