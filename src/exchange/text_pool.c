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

/* The first and the last bytes, overlapping where there are few: with the length, they tell all of a short text. */
static PooledText ends_of(Str text)
{
    PooledText ends = {.text = text};
    uint32_t low, high;
    if (text.len >= 8) {
        memcpy(&ends.first, text.data, 8);
        memcpy(&ends.last, text.data + text.len - 8, 8);
    } else if (text.len >= 4) {
        memcpy(&low, text.data, 4);
        memcpy(&high, text.data + text.len - 4, 4);
        ends.first = (uint64_t)high << 32 | low;
    } else {
        for (size_t i = 0; i < text.len; i++) ends.first = ends.first << 8 | (unsigned char)text.data[i];
    }
    return ends;
}

static bool is_same(const PooledText *a, const PooledText *b)
{
    return a->text.len == b->text.len && a->first == b->first && a->last == b->last &&
           (a->text.len <= 16 || memcmp(a->text.data, b->text.data, a->text.len) == 0);
}

/* A text that differs only in between shares the slot. */
static size_t slot_of(const PooledText *ends)
{
    uint64_t hash = (ends->first ^ ends->text.len) * 0x9e3779b97f4a7c15U;
    hash = (hash ^ ends->last ^ hash >> 32) * 0xd6e8feb86659fd93U;
    return (size_t)(hash >> 40) % TEXT_POOL_RECENT;
}

Str text_pool_keep(TextPool *pool, Str text)
{
    if (text.len == 0) return STR("");
    if (text.len >= LONG_TEXT) return str_copy(pool->arena, text);
    PooledText ends = ends_of(text), *recent = &pool->recent[slot_of(&ends)];
    if (is_same(recent, &ends)) return recent->text;
    if (pool->left < text.len) {
        pool->room = arena_alloc(pool->arena, BLOCK);
        pool->left = BLOCK;
    }
    memcpy(pool->room, text.data, text.len);
    *recent = ends;
    recent->text.data = pool->room;
    pool->room += text.len;
    pool->left -= text.len;
    return recent->text;
}
