/* The metadata of a study's data sets and results, wherever the data lie: in a trial file, or in folders that a protocol
 * describes. What `equipoise define` writes as Define-XML. */
#ifndef TRIAL_DEFINE_STUDY_H
#define TRIAL_DEFINE_STUDY_H

#include "exchange/data_metadata.h"
#include "trial/trial.h"

typedef struct {
    Str path;                         /* a trial file, or a protocol */
    Str data;                         /* with a protocol: folders of data sets, ":" between */
    Actor actor;                      /* of a trial file: who asks, and when */
    bool tabulation;                  /* of a trial file: its SDTM data sets instead of those of ADaM */
    DataMetadataChoices choices;      /* of data in folders */
} DefineRequest;

/* Of a trial file, the data sets are those that its export writes, ADaM with the results that its protocol makes of them;
 * whoever may not know the arms of a blinded trial does not see them here. `notes` are sentences: what the metadata do not
 * say, and why. Fails: USAGE (a protocol without data, a trial file with data), and as the readers. */
MUST_USE bool define_study(Arena *arena, const DefineRequest *request, StudyMetadata **study, StudyTexts *notes, Error *err);

#endif
