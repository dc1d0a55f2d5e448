/* A hash table from text to an index or a pointer; remembers the order of insertion. Keys are not copied. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/text.h"

typedef struct {
    Str key;
    union {
        size_t index;
        void *pointer;
    };
} MapEntry;

typedef struct {
    Arena *arena;
    MapEntry *entries;                /* in the order of insertion */
    size_t n, capacity;
    size_t *slots;                    /* 1 + entry, 0 is free; n_slots is a power of two */
    size_t n_slots;
} Map;

Map map_new(Arena *arena);

/* The entry of a key, or NULL. Entries move when the map grows: do not keep the pointer. */
MapEntry *map_get(const Map *map, Str key);

/* The entry of a key, made (zero) when absent; *is_new (may be NULL) says which. */
MapEntry *map_put(Map *map, Str key, bool *is_new);

#endif
