/* The grammar as a JSON Schema (draft 2020-12), by which editors complete and check a protocol while it is written. It
 * knows shapes and words; references, conditions and honesty are for protocol_check alone. */
#ifndef PROTOCOL_SCHEMA_H
#define PROTOCOL_SCHEMA_H

#include "protocol/grammar.h"

/* The schema of a grammar and everything below it; of a protocol: PROTOCOL_GRAMMAR. */
void grammar_schema_write(const Grammar *root, Buf *buf);
void protocol_schema_write(Buf *buf);

#endif
