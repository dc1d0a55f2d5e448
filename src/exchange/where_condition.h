/* Conditions of the protocol as where clauses of Define-XML: comparisons of variables with values, all of which hold. */
#ifndef EXCHANGE_WHERE_CONDITION_H
#define EXCHANGE_WHERE_CONDITION_H

#include "exchange/study_metadata.h"

/* Adds the checks of a condition over a data set's variables to a list: comparisons (= <> < <= > >= IS, IS NOT, IN, NOT IN,
 * BETWEEN) of a variable with texts, numbers or NULL (the empty value), joined by AND. False when the condition says more
 * (OR, functions, arithmetic, a variable that the data set has not): the list is then as it was. An empty condition adds
 * nothing. */
bool where_add_condition(StudyMetadata *study, const StudyDataSet *data_set, Str condition, StudyChecks *checks);

/* The words of a condition that are names of the data set's variables, each once, by first appearance; quoted texts are
 * passed over. Names must be written in capitals, so that words of a sentence are none. */
void where_variables(StudyMetadata *study, const StudyDataSet *data_set, Str text, StudyTexts *ids);

#endif
