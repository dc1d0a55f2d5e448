/* A folder of files, each held against the rules of its own format, whatever is in the data:
 *   .xpt                    names, labels, lengths and characters as SDTM and the FDA want them (XPT-...)
 *   .json .ndjson .dsjc     Dataset-JSON, against its JSON Schema, and read row by row (JSON-SCHEMA, READ)
 *   .json                   USDM, against its JSON Schema (JSON-SCHEMA)
 *   .xml                    Define-XML, ODM, against their XML Schemas (XSD)
 *   all that hold rows      values in controlled terminology (CT), where it was loaded
 * Sources: SDTMIG 3.4 section 2; FDA, Study Data Technical Conformance Guide, sections 3.3.1 and 3.3.2. */
#ifndef CONFORM_CONFORM_FILES_H
#define CONFORM_CONFORM_FILES_H

#include "conform/finding.h"
#include "conform/terminology.h"

/* {0}: what needs a schema or terminology is named as not done. */
typedef struct {
    Str schemas;                      /* a folder with the published schemas somewhere in it; empty for none */
    Terminology *terminology;         /* NULL for none */
    Str standard;                     /* whose variables have which codelists, "sdtmig-3-4"; empty: the newest that fits the data set */
} ConformOptions;

/* Adds findings on every file that lies in `folder` itself. A file that cannot be read is a finding. Fails: IO (the folder
 * cannot be read), INCONSISTENT (the standard is not loaded), and as terminology.h. */
MUST_USE bool conform_files(Arena *arena, Str folder, const ConformOptions *options, FindingList *findings, Error *err);

#endif
