/* Memory by lifetime. A command or a request owns one arena; whatever it allocates dies with it, so that an
 * early return leaks nothing. This is the only module that calls malloc. Running out of memory ends the
 * program: everything a user can make large has a limit beside its reader. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/attributes.h"

typedef struct Arena Arena;

/* A point to come back to; valid until the arena is rewound to an earlier one. */
typedef struct {
    void *chunk;
    size_t used;
    void *deferred;
} ArenaMark;

/* A new, empty arena; the caller ends it with arena_free. */
Arena *arena_new(void);

/* Runs the deferred calls, latest first, then releases all memory. NULL is allowed. */
void arena_free(Arena *arena);

/* `size` zeroed bytes, aligned for any type, owned by the arena; never NULL. */
void *arena_alloc(Arena *arena, size_t size) RETURNS_NONNULL;

/* n * size zeroed bytes; ends the program if the product overflows. */
void *arena_alloc_array(Arena *arena, size_t n, size_t size) RETURNS_NONNULL;

/* The same without zeros: for an array that is written whole before it is read. */
void *arena_room(Arena *arena, size_t n, size_t size) RETURNS_NONNULL;

/* A copy of `size` bytes at `data`. */
void *arena_copy(Arena *arena, const void *data, size_t size) RETURNS_NONNULL;

/* A block of new_size bytes that begins with the old_size bytes at `data`, the rest zero. It stays in place
 * when `data` is the arena's latest block and there is room. */
void *arena_grow(Arena *arena, void *data, size_t old_size, size_t new_size) RETURNS_NONNULL;

/* Everything allocated or deferred after the mark goes at the rewind. */
ArenaMark arena_mark(Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);

/* Calls release(object) when the arena is freed or rewound past this point: for files, statements, locks. */
void arena_defer(Arena *arena, void (*release)(void *object), void *object);

/* Bytes handed out and not rewound, for benchmarks. */
size_t arena_used(const Arena *arena);

#define ARENA_NEW(arena, type)           ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n)      ((type *)arena_alloc_array((arena), (n), sizeof(type)))
#define ARENA_ROOM(arena, type, n)       ((type *)arena_room((arena), (n), sizeof(type)))

/* Room for one more in a growing array: doubles `*capacity` and moves `items` when n has reached it. */
#define ARENA_PUSH_ROOM(arena, items, n, capacity)                                                            \
    do {                                                                                                      \
        if ((n) == (capacity)) {                                                                              \
            size_t arena_old_ = (capacity);                                                                   \
            (capacity) = arena_old_ ? 2 * arena_old_ : 8;                                                     \
            (items) = arena_grow((arena), (items), arena_old_ * sizeof *(items), (capacity) * sizeof *(items)); \
        }                                                                                                     \
    } while (0)

#endif
