/* The patterns of JSON Schema (ECMA-262) by POSIX regular expressions, which lack some of what they have: a pattern that
 * cannot be carried over exactly is refused, never approximated. A pattern fits anywhere in the text unless anchored. */
#ifndef CONFORM_JSON_PATTERN_H
#define CONFORM_JSON_PATTERN_H

#include "base/text.h"

#define JSON_PATTERN_MAX       ((size_t)2000)  /* bytes of a pattern */
#define JSON_PATTERN_MAX_SIZE  50000           /* its bytes times the product of all its {n,m} */

typedef struct JsonPattern JsonPattern;

/* Carried over: literals, '.', groups, '|', '*', '+', '?', {n,m}, '^', '$', sets with ranges of ASCII, \d \w \s \D \W \S,
 * escaped punctuation, \n \r \t \f \v. Characters are code points, as under ECMA's flag u.
 * Fails: MALFORMED (looks ahead or back, back reference, lazy quantifier, \b, \p, \u, \x, letters beyond ASCII in a set, too
 * long, or wrong: says which). */
MUST_USE bool json_pattern_parse(Arena *arena, Str text, JsonPattern **pattern, Error *err);

/* `scratch` holds a terminated copy for the time of the call. */
bool json_pattern_fits(Arena *scratch, const JsonPattern *pattern, Str text);

#endif
