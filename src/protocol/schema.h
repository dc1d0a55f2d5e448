/* The grammar as a JSON Schema (draft 2020-12), by which editors complete and check a protocol while it is written. It
 * knows shapes and words; references, conditions and honesty are for protocol_check alone. */
#ifndef PROTOCOL_SCHEMA_H
#define PROTOCOL_SCHEMA_H

#include "base/json.h"
#include "protocol/grammar.h"

/* What others know of the grammars that are open here: `describe` writes the members of the object that describes one, and
 * returns whether it does (else anything is allowed); `define` adds members of "$defs". NULL: nothing is known. */
typedef struct {
    bool (*describe)(JsonWriter *json, const Grammar *grammar);
    void (*define)(JsonWriter *json);
} SchemaOfOpen;

/* The schema of a grammar and everything below it; of a protocol: PROTOCOL_GRAMMAR. */
void grammar_schema_write(const Grammar *root, const SchemaOfOpen *open, Buf *buf);
void protocol_schema_write(const SchemaOfOpen *open, Buf *buf);

#endif
