/* The metadata of an ODM file as the draft of a protocol.
 *
 *   event       a visit; its day a person decides
 *   form        a form, by visit; once per subject where the file has no events, a log where it repeats
 *   group       one that repeats is a form of its own, a log; others are part of their form
 *   integer ..  integer, number, date (partial dates too); boolean as the codes "1" and "0"; all others text
 *   codelist    coded; of a list of several choices (MultiSelectList) the codes stand in a comment
 *   range check hard GE and LE are the range; others checks, hard or soft as the file says; comments where they are programs or
 *               in one of several units
 *   condition   a comment: conditions are programs of the system that wrote the file
 *   Mandatory   required, where no condition says when it is not asked
 *
 * A file of REDCap becomes a RedcapProject, as if read from its dictionary, events and arms, and exchange/redcap_draft
 * drafts it. Less than in the dictionary: the limits of sliders and the queries behind lists (sql) are not in the file. */
#ifndef EXCHANGE_ODM_DRAFT_H
#define EXCHANGE_ODM_DRAFT_H

#include "exchange/odm.h"
#include "exchange/redcap_draft.h"

bool odm_is_redcap(const OdmStudy *study);

/* What a file of REDCap says of its project; repeating (may be NULL) gets the forms that repeat. */
void odm_redcap_project(Arena *arena, const OdmStudy *study, RedcapProject *project, Texts *repeating);

/* Texts in the language, "" for the file's first or English. Fails: INCONSISTENT (there is no form, or no item in any). */
MUST_USE bool odm_draft(Arena *arena, const OdmStudy *study, Str language, Draft *draft, Error *err);

#endif
