/* Countries by the codes of ISO 3166-1. */
#ifndef TRIAL_COUNTRY_H
#define TRIAL_COUNTRY_H

#include "base/text.h"

/* "VNM" for "VN"; anything else as it is. */
Str country_alpha3(Str country);

#endif
