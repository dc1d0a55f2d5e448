/* The distinct provenances of a document's results. Many numbers come from one computation, and a computation may
 * be described twice; writers list each description once and refer to it by number. */
#ifndef REPORT_PROVENANCE_H
#define REPORT_PROVENANCE_H

#include "report/document.h"

#define PROVENANCE_NONE SIZE_MAX

typedef struct {
    size_t n;
    const Provenance **items;         /* distinct by content, in the order of first use */
    size_t *of_result;                /* per result of the document its item, or PROVENANCE_NONE */
} ProvenanceList;

ProvenanceList provenance_list(Arena *arena, const Document *document);

/* The parts that have text, in the order people ask for them. */
typedef struct {
    const char *key, *name;           /* "source_hash", "Hash of the source" */
    Str text;
} ProvenancePart;

#define PROVENANCE_PARTS 13

/* Fills at most PROVENANCE_PARTS parts; returns how many. n_records is given as text. */
size_t provenance_parts(Arena *arena, const Provenance *from, ProvenancePart *parts);

#endif
