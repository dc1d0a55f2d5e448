/* The analysis results metadata of a protocol: each table, figure and listing that its `outputs` and `analyses` make, as a
 * display of StudyMetadata with the data sets, variables and records that it reads, its method in words, and the lines of
 * the protocol that make it. */
#ifndef TRIAL_RESULT_METADATA_H
#define TRIAL_RESULT_METADATA_H

#include "exchange/study_metadata.h"
#include "report/output_spec.h"

/* Adds the displays, their where clauses, to the study, whose data sets must be there. The frames of a trial's own report are
 * found among them as ADSL (subjects), ADAE (adverse_events) and the data set that has the scores (measures). `text` is the protocol's. *skipped
 * lists those that read none of the study's data sets ("Table 3 reads adlb"). Fails: as output_plan_read. */
MUST_USE bool result_metadata_add(StudyMetadata *study, const Protocol *protocol, Str text, StudyTexts *skipped, Error *err);

/* The lines of a YAML text from which a node was read, without the blanks before them. */
Str yaml_source(Arena *arena, Str text, const Yaml *node);

#endif
