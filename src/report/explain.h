/* Walks back from a number in a report to where it came from: which statistic of which records by which method, and
 * the exact value behind the printed one. */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include "report/document.h"

/* A plain-language explanation of the result with this id ("T2.r3.c4", letter case ignored), as text.
 * Fails: USAGE (no such id; the hint names the nearest ids there are). */
MUST_USE bool explain_write(const Document *document, Str id, Buf *out, Error *err);

/* The same facts as one JSON object, schema "equipoise-explain/1". */
MUST_USE bool explain_write_json(const Document *document, Str id, Buf *out, Error *err);

/* A statistic's name in words: "sd" gives "standard deviation"; an unknown one is given back. */
Str explain_stat(Str stat);

#endif
