/* What children in the control groups of published cell trials in cerebral palsy gained: context for a
 * change that was measured without a control group. */
#ifndef REPORT_GROWTH_CONTROLS_H
#define REPORT_GROWTH_CONTROLS_H

#include <stddef.h>

typedef struct {
    const char *trial;    /* "Liu 2017" */
    const char *received; /* what its control group received */
    int n_trial;          /* children of the whole trial */
    int months;
    double gain, sd; /* GMFM points; sd 0 where the source gives none */
} GrowthControl;

extern const char GROWTH_CONTROLS_SOURCE[];
const GrowthControl *growth_controls(size_t *n);

#endif
