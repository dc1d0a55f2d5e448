/* The regular expressions of conformance rules, which are Python's, by POSIX's: \d \D \s \S \w \W, (?:...), (?i:...) and
 * lazy repetition are rewritten; what POSIX has no match for (look-around, back references, \b) is refused. Letters are
 * bytes: a "." beyond ASCII counts bytes. */
#ifndef CONFORM_CORE_REGEX_H
#define CONFORM_CORE_REGEX_H

#include "base/text.h"

#define CORE_REGEX_MAX_BYTES  2000
#define CORE_REGEX_MAX_REPEAT 1000    /* of all bounds {m,n} multiplied */

typedef struct CoreRegex CoreRegex;

/* Fails: MALFORMED (not an expression, or one of those that we refuse: says which). */
MUST_USE bool core_regex_compile(Arena *arena, Str pattern, const CoreRegex **regex, Error *err);

/* Whether the text begins with a match. */
bool core_regex_matches(const CoreRegex *regex, Str text);

/* The first group of the match that begins the text, or the whole match when there is no group; false without a match. */
bool core_regex_extract(const CoreRegex *regex, Str text, Str *part);

#endif
