/* What conformance checks know of SDTM by heart: the domains of SDTMIG 3.4 with class and label, and the timing
 * variables of SDTM 2.0. */
#ifndef CONFORM_SDTM_MODEL_H
#define CONFORM_SDTM_MODEL_H

#include "base/text.h"

typedef struct {
    const char *code, *class_name, *label;
} SdtmDomain;

const SdtmDomain *sdtm_domain(Str code);              /* NULL when the standard has none of that code */

const char *sdtm_class_of_domain(Str code);                     /* also of domains of other guides; NULL when not known */

/* "VISITNUM", or "--DTC", where "--" stands for the domain; n of them, in the model's order. */
const char *const *sdtm_timing_variables(size_t *n);

#endif
