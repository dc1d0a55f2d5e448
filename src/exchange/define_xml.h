/* Define-XML 2.1 with analysis results metadata (ARM 1.0): what a study says of its data sets, as a reviewer's browser and
 * every checking program read it. Written whole from StudyMetadata and read back into it: what is written and read again is the
 * same, and what another's document says beyond it is named.
 *
 * Reads versions 2.1 and 2.0. Of 2.0, the standard of MetaDataVersion becomes one of the list, a class its element, and the
 * origins "CRF" and "eDT" become "Collected" from the investigator and from a vendor. Written is 2.1.
 * Source: Define-XML Specification 2.1; Analysis Results Metadata 1.0 for Define-XML 2 (CDISC). */
#ifndef EXCHANGE_DEFINE_XML_H
#define EXCHANGE_DEFINE_XML_H

#include "exchange/xml_shape.h"

#define DEFINE_VERSION   "2.1.0"
#define DEFINE_MAX_BYTES ((size_t)256 << 20)   /* of a document; the largest submissions have some 50 MB */

/* {0} gives the defaults in brackets. */
typedef struct {
    Str created;                      /* ISO 8601, where the study has no date-time of its own */
    Str stylesheet;                   /* href of the style sheet that shows it in a browser [none] */
} DefineChoices;

/* What stands in the file and is not kept; one of each kind with its number. Comments, processing instructions and the
 * order of definitions are not counted: they say nothing of the data. */
typedef ShapeUnreads DefineUnread;

/* Reads a document whose texts live in `arena`. Fails: IO; MALFORMED (as xml_pull; not a Define-XML of version 2, with its
 * line); INCONSISTENT (a data set or value list names a variable that is not defined, or a variable such a value list). The
 * place names the file. */
MUST_USE bool define_read(Arena *arena, Str path, StudyMetadata **study, DefineUnread *unread, Error *err);
MUST_USE bool define_read_bytes(Arena *arena, Bytes *bytes, StudyMetadata **study, DefineUnread *unread, Error *err);

/* Writes it, to a file whole or not at all, or to a buffer. Mandatory is "Yes" where core is "Req", ids of value lists are
 * given, and the ids of file, study and metadata where there are none. Fails: INCONSISTENT (as study_metadata_check; no
 * study name), IO. */
MUST_USE bool define_write(Arena *arena, const StudyMetadata *study, const DefineChoices *choices, Str path, Error *err);
MUST_USE bool define_write_buf(Arena *arena, const StudyMetadata *study, const DefineChoices *choices, Buf *buf, Error *err);

#endif
