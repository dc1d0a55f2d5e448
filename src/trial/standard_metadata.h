/* What the data sets of a trial say of themselves: variables, origins, derivations, codes, as Define-XML wants them. Filled
 * from the same tables and rows that were written, so that data and metadata cannot disagree. */
#ifndef TRIAL_STANDARD_METADATA_H
#define TRIAL_STANDARD_METADATA_H

#include "exchange/study_metadata.h"
#include "protocol/protocol.h"
#include "trial/standard_set.h"

typedef struct {
    const char *standard;             /* "SDTMIG" or "ADaMIG" */
    const char *version;
    const char *terminology;          /* date of the package */
    Str ending;                       /* of the data sets' files: ".xpt" */
    Str created;                      /* ISO 8601 */
} MetadataRequest;

StudyMetadata *trial_study_metadata(Arena *arena, const Protocol *protocol, const StandardSets *sets, const MetadataRequest *request);

#endif
