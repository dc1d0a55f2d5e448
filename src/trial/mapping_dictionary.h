/* The items that a map reads, as a REDCap data dictionary. Kept: names, forms, labels, choices, types, ranges, what is
 * required. A protocol does not hold, so left blank: section headers, field notes, whether choices are buttons or a menu (radio),
 * whether a text is long (text), validations beyond date, integer and number, limits that only warn, branching, annotations. */
#ifndef TRIAL_MAPPING_DICTIONARY_H
#define TRIAL_MAPPING_DICTIONARY_H

#include "trial/mapping.h"

/* `columns` are those of the file, in their order. */
Frame *mapping_dictionary(Trial *trial, Arena *arena, const Mapping *mapping, const Texts *columns);

#endif
