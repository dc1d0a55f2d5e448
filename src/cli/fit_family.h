/* `equipoise fit --family`: outcomes that are yes or no, ordered categories or counts. */
#ifndef CLI_FIT_FAMILY_H
#define CLI_FIT_FAMILY_H

#include "cli/command.h"

/* Runs the whole verb for a call that names a family. Fails: as family_fit; USAGE (an option of linear models). */
MUST_USE bool fit_family_run(Invocation *call, Error *err);

/* Fails with USAGE when the call has an option that only a family knows. */
MUST_USE bool fit_family_unasked(const Invocation *call, Error *err);

#endif
