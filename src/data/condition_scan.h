/* The first reading of a condition, before SQLite sees it: one expression over known names, made of the words and
 * functions that the language has, its brackets and quotes closed. Inside data/condition only. */
#ifndef DATA_CONDITION_SCAN_H
#define DATA_CONDITION_SCAN_H

#include "base/map.h"

#define CONDITION_MAX_BYTES   4096
#define CONDITION_MAX_NESTING 40

/* What a text may speak of. */
typedef struct {
    const Str *names;
    size_t n;
    const Map *by_name;               /* upper-case names to positions; NULL: they are compared one by one */
} ScanNames;

/* Lists which of the names the text uses (indexes, by first appearance, each once), in room lent for all of them, or for
 * as many as the text has bytes.
 * Fails: MALFORMED (not of the language), INCONSISTENT (an unknown name); the place says where. */
MUST_USE bool condition_scan(Str text, ScanNames names, size_t *used, size_t *n_used, Error *err);

/* Puts the place of a byte of the text into the error: condition "AGE > ", character 7. Returns false. */
bool condition_error_at(Error *err, Str text, size_t offset);

#endif
