/* The metadata of data sets as they lie, from what a survey of them found: variables with labels, types and lengths,
 * codelists where values are few, keys that tell records apart, predecessors that were compared value by value. What data
 * cannot say (derivations, published terminology) is left out, or comes from the protocol's `data`. */
#ifndef EXCHANGE_DATA_METADATA_H
#define EXCHANGE_DATA_METADATA_H

#include "exchange/data_survey.h"
#include "exchange/study_metadata.h"
#include "protocol/protocol.h"

/* Empty texts: not said. Versions make the standards of the list: "3.4", "1.3", "2023-12-15". */
typedef struct {
    Str folder;                       /* of the document, from which paths of data sets are counted */
    Str sdtmig, adamig, sdtm_ct, adam_ct;
    Str originator;
} DataMetadataChoices;

/* Everything lives in `arena`, and what the survey holds is shared. protocol may be NULL. */
StudyMetadata *data_metadata(Arena *arena, const DataSurvey *survey, const Protocol *protocol, const DataMetadataChoices *choices);

/* The study's own texts: name, title, that the records are made up where they are. */
void study_describe(StudyMetadata *study, const Protocol *protocol);

/* A path as seen from a folder: "../adam/adsl.xpt". */
Str path_from(Arena *arena, Str folder, Str path);

#endif
