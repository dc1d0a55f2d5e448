/* The variables of the ADaM data sets that a trial file fills: names and labels of ADaMIG 1.3. ADSL goes on with the
 * screening items and the populations of the protocol. */
#ifndef TRIAL_ADAM_COLUMNS_H
#define TRIAL_ADAM_COLUMNS_H

#include "trial/standard_set.h"

extern const StandardSpec adam_spec_ADSL, adam_spec_BDS, adam_spec_ADAE;

#endif
