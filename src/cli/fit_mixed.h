/* How `equipoise fit` prints a mixed model: what is random, the certificate, variance components, predicted effects. */
#ifndef CLI_FIT_MIXED_H
#define CLI_FIT_MIXED_H

#include "base/json.h"
#include "stat/mixed.h"

void fit_mixed_write_summary(Buf *out, const MixedFit *fit, bool expected_information);
void fit_mixed_write_components(Buf *out, const MixedFit *fit);
void fit_mixed_write_effects(Buf *out, const MixedFit *fit);

/* Members of the object that is being written. */
void fit_mixed_put(JsonWriter *json, const MixedFit *fit, bool expected_information, bool effects);

/* The likelihood, its criteria and the certificate of the optimum, into the object at hand. */
void fit_put_optimum(JsonWriter *json, const MmrmFit *fit);

/* Visits, groups when there are several, and Sigma of each group, row by row. */
void fit_put_sigma(JsonWriter *json, const MmrmFit *fit);

#endif
