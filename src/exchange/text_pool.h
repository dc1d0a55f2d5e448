/* Keeps texts whose bytes will go away, each that came a short while ago only once: the columns of a trial repeat a few
 * words thousands of times. */
#ifndef EXCHANGE_TEXT_POOL_H
#define EXCHANGE_TEXT_POOL_H

#include "base/text.h"

#define TEXT_POOL_RECENT 4096 /* a power of two */

typedef struct {
    Str text;
    uint64_t first, last;             /* its ends, which are all of a text of at most 16 bytes */
} PooledText;

typedef struct {
    Arena *arena;
    char *room;
    size_t left;
    PooledText recent[TEXT_POOL_RECENT];
} TextPool;

TextPool *text_pool_new(Arena *scratch, Arena *arena);    /* itself in scratch, the texts in arena */

/* The same text in the pool's arena; not terminated. */
Str text_pool_keep(TextPool *pool, Str text);

#endif
