#include "base/map.h"

#include "test.h"

static void ten_thousand_keys_are_found_again(Test *t)
{
    Map map = map_new(t->arena);
    for (size_t i = 0; i < 10000; i++) {
        bool is_new = false;
        map_put(&map, str_format(t->arena, "key %zu", i), &is_new)->index = 7 * i;
        if (!CHECK(t, is_new)) return;
    }
    for (size_t i = 0; i < 10000; i++) {
        MapEntry *entry = map_get(&map, str_format(t->arena, "key %zu", i));
        if (!CHECK(t, entry && entry->index == 7 * i)) return;
    }
    CHECK(t, !map_get(&map, STR("key 10000")));
    CHECK_TEXT(t, map.entries[123].key, "key 123");
}

static const TestCase CASES[] = {
    {"ten thousand keys are found again, in order", ten_thousand_keys_are_found_again},
};
TEST_SUITE(map, CASES);
