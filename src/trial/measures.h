/* Scores of the protocol's instruments, one row per subject, parameter and visit, in the shape of ADaM's BDS:
 *   SUBJID PARAMCD PARAM UNIT AVISIT AVISITN ADT ADY AVAL AVALC BASE CHG EXPECTED EXCESS ANL01FL ABLFL PARCAT1, the
 *   columns of subjects
 * PARAMCD: GMFM88 and GMFMA .. GMFME (per cent), GMFM66 with its standard error GMFM66SE, GMFM66P, MAS_<item> (AVALC the
 * grade, AVAL its rank 0 to 5) and MASMEAN (mean rank), GMFCS; of other instruments the item's id.
 * BASE is the last value on or before the day of the first dose (of subjects without a dose: at a visit of nominal day 0
 * or earlier); CHG = AVAL - BASE after it. EXPECTED, for GMFM66 only, is the change since baseline that the motor growth
 * curve of the subject's GMFCS level predicts (docs/methods/motor-growth.md); EXCESS = CHG - EXPECTED. ANL01FL is 'Y'
 * for a value at a planned visit, ABLFL for the one that is BASE. PARCAT1 is the instrument's id in the protocol. */
#ifndef TRIAL_MEASURES_H
#define TRIAL_MEASURES_H

#include "trial/trial.h"

/* subjects: with SUBJID, BIRTH, GMFCS where the protocol has them; first_dose: the day of each of its rows, or empty.
 * forms: the frame of each form of the protocol (NULL when it is of no use), in its order. */
MUST_USE bool measures_build(Arena *arena, const Protocol *protocol, const Frame *subjects, const Str *first_dose,
                             Frame *const *forms, Frame **measures, Error *err);

#endif
