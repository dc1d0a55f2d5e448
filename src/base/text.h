/* Text. Str is a view: a pointer and a length, not terminated, not owned. Buf builds text in an arena.
 * Numbers are read and written the same way whatever the locale. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

typedef struct {
    const char *data;
    size_t len;
} Str;

#define STR(literal)  ((Str){"" literal, sizeof(literal) - 1})
/* A Str in a format, whole: error_set and its like cut at their own sizes. */
#define STR_FMT       "%.*s"
#define STR_ARG(s)    (int)((s).len > INT32_MAX ? INT32_MAX : (s).len), ((s).data ? (s).data : "")

Str str_from(const char *terminated);                     /* NULL gives the empty text */
Str str_copy(Arena *arena, Str text);                     /* terminated too, for C interfaces */
const char *str_c(Arena *arena, Str text);                /* a terminated copy */
bool str_equal(Str a, Str b);
bool str_equal_fold(Str a, Str b);                        /* ASCII letters compare without case */
int str_compare(Str a, Str b);                            /* by bytes, as memcmp and then length */
int str_compare_natural(Str a, Str b);                    /* runs of digits as numbers, "Week 8" before "Week 16"; a
                                                             minus after a blank or first is theirs. Total: ties by bytes */
bool str_starts(Str text, Str start);
bool str_ends(Str text, Str end);
Str str_trim(Str text);                                   /* without blanks, tabs, line ends around */
Str str_slice(Str text, size_t from, size_t to);          /* [from, to), clipped to the text */
size_t str_find(Str text, Str part);                      /* where it first stands, or SIZE_MAX */
bool str_cut(Str text, Str separator, Str *before, Str *after);   /* at the first separator */
Str str_format(Arena *arena, const char *format, ...) PRINTF(2, 3);
Str str_lower(Arena *arena, Str text);                    /* ASCII letters only */
Str str_upper(Arena *arena, Str text);
uint64_t str_hash(Str text);

/* Unicode normalisation form C. Fails: MALFORMED (not UTF-8; names the byte offset), or a NUL byte. */
MUST_USE bool str_nfc(Arena *arena, Str text, Str *nfc, Error *err);
bool str_is_utf8(Str text, size_t *bad_offset);           /* bad_offset may be NULL */
bool str_is_ascii(Str text);
size_t str_width(Str text);                               /* columns on a terminal */

/* The nearest of n candidates by edit distance, for "did you mean"; empty when none is near. */
Str str_nearest(Str text, const Str *candidates, size_t n);

/* Decimal text to a number: optional sign, digits, '.', exponent; nothing else, whatever the locale.
 * False for anything else, an empty text or a number beyond double. */
MUST_USE bool number_parse(Str text, double *value);
MUST_USE bool integer_parse(Str text, int64_t *value);

typedef struct {
    Arena *arena;
    char *data;
    size_t len, capacity;
} Buf;

Buf buf_new(Arena *arena);
void buf_add(Buf *buf, Str text);
void buf_add_c(Buf *buf, const char *terminated);
void buf_char_in_new_room(Buf *buf, char c);              /* for buf_char alone */
static inline void buf_char(Buf *buf, char c)
{
    if (buf->len + 1 < buf->capacity) buf->data[buf->len++] = c;
    else buf_char_in_new_room(buf, c);
}
void buf_pad(Buf *buf, char c, size_t n);
void buf_format(Buf *buf, const char *format, ...) PRINTF(2, 3);
void buf_vformat(Buf *buf, const char *format, va_list args) PRINTF(2, 0);

/* The shortest decimal that reads back as the same double ("0.1", "1e-09", "-3"). NaN and infinities are
 * broken promises: assert. */
void buf_number(Buf *buf, double value);

/* `decimals` places, rounded half away from zero as SAS prints (on the 15 significant digits a double
 * carries, so that 2.675 gives 2.68); never prints "-0". */
void buf_fixed(Buf *buf, double value, int decimals);
void buf_integer(Buf *buf, int64_t value);

/* The value that buf_fixed prints. */
double number_round(double value, int decimals);

Str buf_str(const Buf *buf);                              /* a view; grows stale with the next addition */
const char *buf_c(Buf *buf);                              /* terminated view */

#endif
