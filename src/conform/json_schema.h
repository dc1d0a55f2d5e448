/* JSON against a JSON Schema, as both stream: memory does not grow with the document, and every finding has its line. Of
 * drafts 7, 2019-09 and 2020-12, what the published schemas of CDISC use and a little more: $ref inside the schema, type,
 * enum, const, multipleOf, minimum, maximum, exclusive..., minLength, maxLength, pattern, format (date, time, date-time, uuid),
 * items, prefixItems, additionalItems, minItems, maxItems, properties, patternProperties, additionalProperties, required,
 * minProperties, maxProperties, allOf, anyOf, oneOf, not, if/then/else. Any other word of a schema is named by
 * json_schema_name_gaps, never passed over in silence.
 *
 * Departures: keywords beside $ref hold in all drafts (draft 7 ignores them); formats are checked (the newer drafts leave that
 * open); a repeated key is a finding.
 * Checked against: ajv 8 on the published examples and on broken ones (tests/schema). */
#ifndef CONFORM_JSON_SCHEMA_H
#define CONFORM_JSON_SCHEMA_H

#include "base/json.h"
#include "conform/finding.h"
#include "exchange/bytes.h"

#define JSON_SCHEMA_MAX_BYTES ((size_t)16 << 20)
#define JSON_SCHEMA_MAX_TASKS 1000    /* schemas that one value may have to fit at once */

typedef struct JsonSchema JsonSchema;

/* Fails: MALFORMED (no JSON; a keyword of the wrong kind; a $ref that leads nowhere or out of the schema). */
MUST_USE bool json_schema_parse(Arena *arena, Str text, JsonSchema **schema, Error *err);

/* The keywords that are not checked, as findings "not done"; words that are no keywords at all, as notes. `name` is the schema
 * as the user knows it. */
void json_schema_name_gaps(const JsonSchema *schema, Str name, FindingList *findings);

/* Adds a finding JSON-SCHEMA for every place that does not fit; `file` names the document in them. is_first: only the first
 * value of the bytes, as of NDJSON. Fails: MALFORMED (no JSON; more choices at once than JSON_SCHEMA_MAX_TASKS), and as
 * bytes_slide. */
MUST_USE bool json_schema_check(const JsonSchema *schema, Bytes *bytes, Str file, bool is_first, FindingList *findings, Error *err);

#endif
