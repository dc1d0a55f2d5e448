/* The variables of each SDTM domain that a trial file fills: names, labels, order and core of SDTMIG 3.4, terminology by the
 * short names of CDISC's lists. */
#ifndef TRIAL_SDTM_DOMAINS_H
#define TRIAL_SDTM_DOMAINS_H

#include "trial/standard_set.h"

#define SDTM_IG_VERSION "3.4"
#define SDTM_MODEL_VERSION "2.0"
#define SDTM_CT_VERSION "2023-12-15"

/* In the order of a define file: design, subjects, interventions, events, findings. */
#define SDTM_SETS(X)                                                                                          \
    X(TA) X(TE) X(TI) X(TS) X(TV)                                                                             \
    X(DM) X(SE) X(SV)                                                                                         \
    X(CM) X(EX) X(PR)                                                                                         \
    X(AE) X(CE) X(DS) X(DV) X(MH)                                                                             \
    X(FT) X(IE) X(LB) X(QS) X(RS) X(SC) X(VS)

extern const StandardSpec
#define X(name) sdtm_spec_##name,
    SDTM_SETS(X)
#undef X
        sdtm_spec_RELREC;

/* By name; NULL when there is none. */
const StandardSpec *sdtm_spec(Str name);

#endif
