#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under the address sanitizer every block is a chunk of its own, so that each has its own red zone. */
#define CHUNK_SIZE ((size_t)(HAS_ADDRESS_SANITIZER ? 1 : 64 * 1024))
#define ALIGNMENT  alignof(max_align_t)

typedef struct Chunk {
    struct Chunk *before;
    size_t size;
    size_t used;
    size_t last;                      /* where the latest block begins, for growth in place */
    alignas(max_align_t) unsigned char data[];
} Chunk;

typedef struct Deferred {
    struct Deferred *before;
    void (*release)(void *object);
    void *object;
} Deferred;

struct Arena {
    Chunk *chunk;
    Deferred *deferred;
};

static NO_RETURN void give_up(size_t size)
{
    fprintf(stderr, "equipoise: out of memory (%zu bytes wanted)\n", size);
    exit(EXIT_FAILURE);
}

static void add_chunk(Arena *arena, size_t size)
{
    size_t room = size < CHUNK_SIZE ? CHUNK_SIZE : size;
    if (arena->chunk && !HAS_ADDRESS_SANITIZER && room < arena->chunk->size * 2 && arena->chunk->size < (1U << 24))
        room = arena->chunk->size * 2;
    Chunk *chunk = room > SIZE_MAX - sizeof(Chunk) ? NULL : malloc(sizeof(Chunk) + room);
    if (!chunk) give_up(size);
    *chunk = (Chunk){.before = arena->chunk, .size = room};
    arena->chunk = chunk;
}

Arena *arena_new(void)
{
    Arena *arena = calloc(1, sizeof *arena);
    if (!arena) give_up(sizeof *arena);
    return arena;
}

static void release_to(Arena *arena, Deferred *deferred, Chunk *chunk)
{
    while (arena->deferred != deferred) {
        Deferred *latest = arena->deferred;
        arena->deferred = latest->before;
        latest->release(latest->object);
    }
    while (arena->chunk != chunk) {
        Chunk *latest = arena->chunk;
        arena->chunk = latest->before;
        free(latest);
    }
}

void arena_free(Arena *arena)
{
    if (!arena) return;
    release_to(arena, NULL, NULL);
    free(arena);
}

static void *arena_take(Arena *arena, size_t size)
{
    if (size == 0) size = 1;
    if (size > SIZE_MAX - ALIGNMENT) give_up(size);
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (HAS_ADDRESS_SANITIZER) {
        add_chunk(arena, size);       /* exact, so that one byte past the end is caught */
        arena->chunk->used = size;
        return arena->chunk->data;
    }
    if (!arena->chunk || arena->chunk->size - arena->chunk->used < rounded) add_chunk(arena, rounded);
    Chunk *chunk = arena->chunk;
    chunk->last = chunk->used;
    chunk->used += rounded;
    return chunk->data + chunk->last;
}

void *arena_alloc(Arena *arena, size_t size)
{
    return memset(arena_take(arena, size), 0, size ? size : 1);
}

void *arena_alloc_array(Arena *arena, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size) give_up(SIZE_MAX);
    return arena_alloc(arena, n * size);
}

void *arena_room(Arena *arena, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size) give_up(SIZE_MAX);
    return arena_take(arena, n * size);
}

void *arena_copy(Arena *arena, const void *data, size_t size)
{
    void *copy = arena_take(arena, size);
    if (size) memcpy(copy, data, size);
    return copy;
}

void *arena_grow(Arena *arena, void *data, size_t old_size, size_t new_size)
{
    Chunk *chunk = arena->chunk;
    if (!HAS_ADDRESS_SANITIZER && data && chunk && (unsigned char *)data == chunk->data + chunk->last &&
        new_size >= old_size && new_size <= chunk->size - chunk->last) {
        size_t rounded = (new_size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (rounded <= chunk->size - chunk->last) {
            memset((unsigned char *)data + old_size, 0, new_size - old_size);
            if (rounded > chunk->used - chunk->last) chunk->used = chunk->last + rounded;
            return data;
        }
    }
    unsigned char *grown = arena_take(arena, new_size);
    size_t kept = old_size < new_size ? old_size : new_size;
    if (kept) memcpy(grown, data, kept);
    memset(grown + kept, 0, new_size - kept);
    return grown;
}

ArenaMark arena_mark(Arena *arena)
{
    return (ArenaMark){arena->chunk, arena->chunk ? arena->chunk->used : 0, arena->deferred};
}

void arena_rewind(Arena *arena, ArenaMark mark)
{
    release_to(arena, mark.deferred, mark.chunk);
    if (arena->chunk) {
        arena->chunk->used = mark.used;
        arena->chunk->last = mark.used;
    }
}

void arena_defer(Arena *arena, void (*release)(void *object), void *object)
{
    Deferred *deferred = ARENA_NEW(arena, Deferred);
    *deferred = (Deferred){arena->deferred, release, object};
    arena->deferred = deferred;
}

size_t arena_used(const Arena *arena)
{
    size_t used = 0;
    for (const Chunk *chunk = arena->chunk; chunk; chunk = chunk->before) used += chunk->used;
    return used;
}
