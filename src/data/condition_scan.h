/* The first reading of a condition, before SQLite sees it: one expression over known names, made of the words and
 * functions that the language has, its brackets and quotes closed. Inside data/condition only. */
#ifndef DATA_CONDITION_SCAN_H
#define DATA_CONDITION_SCAN_H

#include "base/text.h"

#define CONDITION_MAX_BYTES   4096
#define CONDITION_MAX_NESTING 40

/* Lists which of `names` the text uses (indexes, by first appearance, each once), in room lent for n_names.
 * Fails: MALFORMED (not of the language), INCONSISTENT (an unknown name); the place says where. */
MUST_USE bool condition_scan(Str text, const Str *names, size_t n_names, size_t *used, size_t *n_used, Error *err);

/* Puts the place of a byte of the text into the error: condition "AGE > ", character 7. Returns false. */
bool condition_error_at(Error *err, Str text, size_t offset);

#endif
