/* One column of a map the other way round. */
#ifndef TRIAL_MAPPING_UNDO_H
#define TRIAL_MAPPING_UNDO_H

#include "trial/mapping.h"

/* What the file held where `ours` was made from it. */
Str mapping_undo(Arena *arena, const MapColumn *column, Str ours);

/* The text that means this reason, for the column or the whole map; empty when there is none. */
Str mapping_undo_missing(const Mapping *mapping, const MapColumn *column, MissingReason reason);

#endif
