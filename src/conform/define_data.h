/* Whether a Define-XML says of data what the data are: the same data sets and variables, types, lengths and labels, no
 * code that is in no list. */
#ifndef CONFORM_DEFINE_DATA_H
#define CONFORM_DEFINE_DATA_H

#include "conform/finding.h"
#include "exchange/data_survey.h"
#include "exchange/study_metadata.h"

/* Values that a variable may have so that each is looked up; one with more is a finding "not done". */
#define DEFINE_DATA_MAX_VALUES 5000

/* Adds findings of the rules DEFINE-DATA-SET, -VARIABLE, -TYPE, -LENGTH, -LABEL, -CODE and -MISSING. The survey must have
 * been made with DEFINE_DATA_MAX_VALUES. */
void define_data_check(FindingList *findings, const StudyMetadata *study, const DataSurvey *survey);

#endif
