/* The metadata of a study's data sets and results, wherever the data lie: in a trial file, or in folders that a protocol
 * describes. What `equipoise define` writes as Define-XML. */
#ifndef TRIAL_DEFINE_STUDY_H
#define TRIAL_DEFINE_STUDY_H

#include "exchange/data_metadata.h"

typedef struct {
    Str path;                         /* a trial file, or a protocol */
    Str data;                         /* with a protocol: folders of data sets, ":" between */
    Str created;                      /* ISO 8601 */
    DataMetadataChoices choices;
} DefineRequest;

/* `notes` are sentences: what the metadata do not say, and why. Fails: USAGE (a protocol without data, a trial file with
 * data), and as the readers. */
MUST_USE bool define_study(Arena *arena, const DefineRequest *request, StudyMetadata **study, StudyTexts *notes, Error *err);

#endif
