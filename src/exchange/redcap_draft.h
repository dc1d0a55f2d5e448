/* A REDCap project as the draft of a protocol.
 *
 *   form        a form; once per subject where it is filled at one event, by visit otherwise, a log where it repeats
 *   event       a visit, named without "_arm_1" where there is one arm
 *   text        text, or a date, integer or number as its validation says; date-times stay texts, since REDCap's have no
 *               time zone
 *   radio ..    coded; yes-no and true-false as the codes "1" and "0"
 *   checkbox    one coded item FIELD___CODE for each choice, as in exported data, with the codes "1" and "0"
 *   calc        a number, with its formula as a comment: what REDCap computed is recorded, not computed again
 *   slider      a whole number, in its range
 *   file        a text: the name of the file. The file itself is not kept
 *   descriptive a comment
 *   min, max    a soft check, since REDCap warns and keeps the value; of a slider a range
 *   branching   a soft check where it can be translated (redcap_logic.h); a comment with the words as they were otherwise
 *
 * The form that the subject is screened with is the first, if it is filled once for each subject; otherwise a form
 * "screening" of one item. The field that holds the record's id is no item: it is the subject's. */
#ifndef EXCHANGE_REDCAP_DRAFT_H
#define EXCHANGE_REDCAP_DRAFT_H

#include "exchange/redcap_dictionary.h"
#include "protocol/draft.h"

typedef struct {
    Texts repeating;                  /* forms that repeat */
    bool keep_status;                 /* an item FORM_COMPLETE in each form */
} RedcapChoices;

/* Fails: INCONSISTENT (a repeating form that is not there: the nearest). */
MUST_USE bool redcap_draft(Arena *arena, const RedcapProject *project, const RedcapChoices *choices, Draft *draft, Error *err);

#endif
