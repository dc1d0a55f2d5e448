#include "base/map.h"

Map map_new(Arena *arena) { return (Map){.arena = arena}; }

static size_t *find_slot(const Map *map, Str key)
{
    size_t mask = map->n_slots - 1;
    for (size_t i = (size_t)str_hash(key) & mask;; i = (i + 1) & mask) {
        size_t *slot = &map->slots[i];
        if (*slot == 0 || str_equal(map->entries[*slot - 1].key, key)) return slot;
    }
}

MapEntry *map_get(const Map *map, Str key)
{
    if (map->n == 0) return NULL;
    size_t slot = *find_slot(map, key);
    return slot ? &map->entries[slot - 1] : NULL;
}

static void rehash(Map *map)
{
    map->n_slots = map->n_slots ? 2 * map->n_slots : 16;
    map->slots = ARENA_ARRAY(map->arena, size_t, map->n_slots);
    for (size_t i = 0; i < map->n; i++) *find_slot(map, map->entries[i].key) = i + 1;
}

MapEntry *map_put(Map *map, Str key, bool *is_new)
{
    if (2 * (map->n + 1) > map->n_slots) rehash(map);
    size_t *slot = find_slot(map, key);
    if (is_new) *is_new = *slot == 0;
    if (*slot) return &map->entries[*slot - 1];
    ARENA_PUSH_ROOM(map->arena, map->entries, map->n, map->capacity);
    map->entries[map->n] = (MapEntry){.key = key};
    *slot = ++map->n;
    return &map->entries[map->n - 1];
}
