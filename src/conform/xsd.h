/* XML against a W3C XML Schema, by libxml2, as the document streams. Schemas are files of the user; what they import is read
 * only from inside one folder, never from a network.
 *
 * Checked against: the published examples of Define-XML 2.1 and ODM 2.0, as xmllint judges them. */
#ifndef CONFORM_XSD_H
#define CONFORM_XSD_H

#include "base/text.h"
#include "conform/finding.h"

typedef struct Xsd Xsd;

/* Reads a schema and all it imports and includes, which must lie in `folder` or below (links are followed first). Schemas are
 * read one at a time, whichever thread asks. Fails: IO (no such file or folder), MALFORMED (no schema; refers to what is
 * outside of the folder, or absent: the place has file and line). */
MUST_USE bool xsd_open(Arena *arena, Str path, Str folder, Xsd **xsd, Error *err);

/* Adds a finding XSD for every place that does not fit: `name` is the document in them, its element and attribute the
 * variable. The document must have no DOCTYPE, which is the affair of exchange/xml_pull. Fails: IO, MALFORMED (no XML:
 * the place has the line). */
MUST_USE bool xsd_check(const Xsd *xsd, Arena *arena, Str path, Str name, FindingList *findings, Error *err);

#endif
