/* The section `outputs` and what analyses say in its words, as JSON Schema: written from the tables that read them. */
#ifndef REPORT_OUTPUTS_SCHEMA_H
#define REPORT_OUTPUTS_SCHEMA_H

#include "protocol/protocol.h"
#include "protocol/schema.h"

extern const SchemaOfOpen outputs_schema;

/* Whether the schema knows the shape that a reader of fields takes ("read_texts"); a test asks it of all. */
bool outputs_schema_knows(const char *reader);

#endif
