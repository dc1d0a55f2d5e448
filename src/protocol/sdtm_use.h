/* What `sdtm` may say of an item, and what stands without being said. One place for those who check a protocol and
 * those who make the data sets.
 *
 * An item is a result (a finding: one row per value), the answer about a named event or treatment (`term`: one row per
 * answer), a variable of a row that its form makes (doses, adverse events, logs, the subject), or a supplemental qualifier of it. */
#ifndef PROTOCOL_SDTM_USE_H
#define PROTOCOL_SDTM_USE_H

#include "protocol/protocol.h"

typedef enum { SDTM_CLASS_NONE, SDTM_CLASS_SUBJECT, SDTM_CLASS_INTERVENTION, SDTM_CLASS_EVENT, SDTM_CLASS_FINDING } SdtmClass;

SdtmClass sdtm_class(SdtmDomain domain);

/* How the item reaches its row. */
typedef enum { SDTM_AS_NOTHING, SDTM_AS_FINDING, SDTM_AS_TERM, SDTM_AS_VARIABLE, SDTM_AS_QUALIFIER } SdtmPlace;

/* The item's own words, else its form's, else what is known: items of an instrument's form are findings of QS in the
 * instrument's category; BIRTH and SEX of the screening form are of DM; items of the product's form and of adverse events
 * are qualifiers of EX and AE, the known ones of adverse events their variables. The texts live in `arena`. */
SdtmUse sdtm_use_of(Arena *arena, const Protocol *protocol, const Form *form, const Item *item);
SdtmPlace sdtm_place(const SdtmUse *use);

/* Variables that an item may fill: "EXDOSE". */
size_t sdtm_variables(SdtmDomain domain, const char *const **names);

/* A code of a vital sign that everybody uses; its name. NULL when it is none. */
const char *sdtm_vital_sign(Str code);
Str sdtm_nearest_vital_sign(Str code);

/* A unit of the protocol (UCUM) as SDTM's terminology writes it: "Cel" is "C". The unit itself when it is not known. */
Str sdtm_unit(Str ucum);

/* "GMFM-88": the instrument's name as a category. */
Str sdtm_instrument_category(const InstrumentUse *use);

/* Upper-case letters, digits, '_'; no digit first; at most `most` characters. */
bool sdtm_is_name(Str text, size_t most);

/* Such a name made of an item's id: cut, the forbidden left out. */
Str sdtm_name_of(Arena *arena, Str id, size_t most);

/* A label of at most `most` bytes, cut between words. */
Str sdtm_label(Str text, size_t most);

#endif
