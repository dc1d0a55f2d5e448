/* Which columns the frames of a trial have, as the protocol alone decides: what conditions may speak of. The frames
 * themselves are built by trial/datasets. */
#ifndef PROTOCOL_FRAMES_H
#define PROTOCOL_FRAMES_H

#include "protocol/protocol.h"

/* Column names of the frame `name` (subjects, visits, measures, adverse_events, doses, eligibility, deviations), each
 * once. False when the protocol does not say: an unknown frame, or data from elsewhere. */
bool protocol_frame_columns(Arena *arena, const Protocol *protocol, Str name, Texts *columns);

/* The codes (PARAMCD) that the protocol's instruments give the rows of the frame `measures`. */
Texts protocol_parameters(Arena *arena, const Protocol *protocol);

/* What the checks of a form may speak of: its items, SUBJID SITE VISIT DATE DOSE as its kind has them, and AGE, SEX
 * and the other items of the screening form (those of the form itself come first). */
Texts protocol_form_columns(Arena *arena, const Protocol *protocol, const Form *form);

/* What eligibility criteria may speak of: SUBJID SITE SCREENED AGE and the screening items. */
Texts protocol_screening_columns(Arena *arena, const Protocol *protocol);

/* What the limits of the product may speak of: the frame `doses`. */
Texts protocol_dose_columns(Arena *arena, const Protocol *protocol);

/* A column of every form that the program fills itself, letter case ignored: no item can have the name. */
bool protocol_is_own_column(Str name);

#endif
