#include "base/arena.h"

#include <string.h>

#include "test.h"

static void blocks_are_zero_and_keep_their_content(Test *t)
{
    Arena *arena = arena_new();
    char *first = arena_alloc(arena, 100);
    CHECK_INT(t, first[99], 0);
    memset(first, 'x', 100);
    for (int i = 0; i < 1000; i++) arena_alloc(arena, 997);
    CHECK_INT(t, first[0], 'x');
    CHECK_INT(t, first[99], 'x');
    arena_free(arena);
}

static void room_is_a_block_like_any_other(Test *t)
{
    Arena *arena = arena_new();
    double *room = ARENA_ROOM(arena, double, 3), *next = ARENA_ROOM(arena, double, 70000);
    for (size_t i = 0; i < 70000; i++) next[i] = 2.385;
    room[2] = 1.5;
    CHECK(t, room[2] == 1.5 && next[69999] == 2.385);
    arena_free(arena);
}

static void growing_keeps_what_was_there_and_zeroes_the_rest(Test *t)
{
    Arena *arena = arena_new();
    char *text = arena_copy(arena, "seven", 5);
    text = arena_grow(arena, text, 5, 50);
    CHECK_INT(t, memcmp(text, "seven\0\0", 7), 0);
    arena_alloc(arena, 8);
    text = arena_grow(arena, text, 50, 500000);
    CHECK_INT(t, memcmp(text, "seven\0\0", 7), 0);
    CHECK_INT(t, text[499999], 0);
    arena_free(arena);
}

static void count_release(void *object) { ++*(int *)object; }

static void rewinding_runs_what_was_deferred_since(Test *t)
{
    Arena *arena = arena_new();
    int early = 0, late = 0;
    arena_defer(arena, count_release, &early);
    ArenaMark mark = arena_mark(arena);
    for (int i = 0; i < 100; i++) arena_alloc(arena, 10000);
    arena_defer(arena, count_release, &late);
    arena_rewind(arena, mark);
    CHECK_INT(t, early, 0);
    CHECK_INT(t, late, 1);
    arena_free(arena);
    CHECK_INT(t, early, 1);
}

static const TestCase CASES[] = {
    {"blocks are zero and keep their content", blocks_are_zero_and_keep_their_content},
    {"room is a block like any other", room_is_a_block_like_any_other},
    {"growing keeps what was there and zeroes the rest", growing_keeps_what_was_there_and_zeroes_the_rest},
    {"rewinding runs what was deferred since", rewinding_runs_what_was_deferred_since},
};
TEST_SUITE(arena, CASES);
