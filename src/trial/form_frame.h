/* The filled forms of one kind as a frame: a row per form, a column per item. */
#ifndef TRIAL_FORM_FRAME_H
#define TRIAL_FORM_FRAME_H

#include "trial/trial.h"

/* SUBJID VISIT DATE and the items, of all versions of the protocol; ordered by subject, number of a dose or event, date.
 * Derived items are left out. VISIT is empty for forms once per subject. */
MUST_USE bool form_frame(Trial *trial, Arena *arena, Str form, Frame **frame, Error *err);

enum { FORM_FRAME_SUBJID, FORM_FRAME_VISIT, FORM_FRAME_DATE, FORM_FRAME_ITEMS };

#endif
