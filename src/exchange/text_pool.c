#include "exchange/text_pool.h"

#include <string.h>

#define BLOCK ((size_t)64 * 1024)
#define LONG_TEXT ((size_t)1024) /* gets a block of its own, and is not looked for */

TextPool *text_pool_new(Arena *scratch, Arena *arena)
{
    TextPool *pool = ARENA_NEW(scratch, TextPool);
    pool->arena = arena;
    return pool;
}

/* Of the length, the first and the last bytes: a text that differs elsewhere only shares a slot. */
static size_t slot_of(Str text)
{
    uint64_t first = 0, last = 0;
    if (text.len >= 8) {
        memcpy(&first, text.data, 8);
        memcpy(&last, text.data + text.len - 8, 8);
    } else {
        for (size_t i = 0; i < text.len; i++) first = first << 8 | (unsigned char)text.data[i];
    }
    uint64_t hash = (first ^ (last << 1) ^ text.len) * 0x9e3779b97f4a7c15U;
    hash = (hash ^ last ^ hash >> 32) * 0xd6e8feb86659fd93U;
    return (size_t)(hash >> 40) % TEXT_POOL_RECENT;
}

Str text_pool_keep(TextPool *pool, Str text)
{
    if (text.len == 0) return STR("");
    if (text.len >= LONG_TEXT) return str_copy(pool->arena, text);
    Str *recent = &pool->recent[slot_of(text)];
    if (str_equal(*recent, text)) return *recent;
    if (pool->left < text.len) {
        pool->room = arena_alloc(pool->arena, BLOCK);
        pool->left = BLOCK;
    }
    memcpy(pool->room, text.data, text.len);
    *recent = (Str){pool->room, text.len};
    pool->room += text.len;
    pool->left -= text.len;
    return *recent;
}
