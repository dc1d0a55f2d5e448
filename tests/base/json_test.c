#include "base/json.h"

#include <math.h>

#include "test.h"

static void what_is_written_reads_back(Test *t)
{
    Buf buf = buf_new(t->arena);
    JsonWriter json = json_writer(&buf, 0);
    json_begin_object(&json);
    json_member_text(&json, "na\"me", STR("line\nbreak \x01 \xe1\xbb\x85"));
    json_key(&json, STR("values"));
    json_begin_array(&json);
    json_put_number(&json, 0.1);
    json_put_number(&json, NAN);
    json_put_bool(&json, true);
    json_begin_array(&json);
    json_end_array(&json);
    json_end_array(&json);
    json_end_object(&json);
    CHECK_TEXT(t, buf_str(&buf), "{\"na\\\"me\":\"line\\nbreak \\u0001 \xe1\xbb\x85\",\"values\":[0.1,null,true,[]]}");
    Json read;
    Error err = {0};
    if (!CHECK_OK(t, json_parse(t->arena, buf_str(&buf), &read, &err), err)) return;
    CHECK_TEXT(t, json_text(&read, "na\"me"), "line\nbreak \x01 \xe1\xbb\x85");
    CHECK_NEAR(t, json_get(&read, "values")->items[0].number, 0.1, 0);
    CHECK(t, !json_get(&read, "absent") && !json_get(json_get(&read, "absent"), "deeper"));
}

static void what_is_not_utf8_can_still_be_read(Test *t)
{
    Buf buf = buf_new(t->arena);
    JsonWriter json = json_writer(&buf, 0);
    json_put_text(&json, STR("\xff" "a\xc3\xa9\xe2\x82" "b\x80"));
    CHECK_TEXT(t, buf_str(&buf), "\"\xEF\xBF\xBD" "a\xc3\xa9\xEF\xBF\xBD\xEF\xBF\xBD" "b\xEF\xBF\xBD\"");
}

static void only_whole_numbers_in_range_are_integers(Test *t)
{
    Json read;
    Error err = {0};
    int64_t integer = 7;
    Str text = STR("{\"n\": 41, \"half\": 0.5, \"huge\": 1e300, \"text\": \"41\", \"most\": 9007199254740991}");
    if (!CHECK_OK(t, json_parse(t->arena, text, &read, &err), err)) return;
    CHECK(t, json_whole(&read, "n", 1, 41, &integer));
    CHECK_INT(t, integer, 41);
    CHECK(t, json_whole(&read, "most", 0, JSON_INTEGER_MAX, &integer));
    CHECK_INT(t, integer, JSON_INTEGER_MAX);
    CHECK(t, !json_whole(&read, "n", 1, 40, &integer));
    CHECK(t, !json_whole(&read, "half", 0, 1, &integer));
    CHECK(t, !json_whole(&read, "huge", 0, JSON_INTEGER_MAX, &integer));
    CHECK(t, !json_whole(&read, "text", 0, 50, &integer));
    CHECK(t, !json_whole(&read, "absent", -1, 50, &integer));
}

static void broken_json_names_the_place(Test *t)
{
    Json read;
    Error err = {0};
    CHECK(t, !json_parse(t->arena, STR("{\"a\": 1,\n \"b\": }"), &read, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "line 2");
    CHECK(t, !json_parse(t->arena, STR("{\"a\": 1, \"a\": 2}"), &read, &err));
    Buf deep = buf_new(t->arena);
    buf_pad(&deep, '[', 100);
    buf_pad(&deep, ']', 100);
    CHECK(t, !json_parse(t->arena, buf_str(&deep), &read, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "levels deep");
}

static const TestCase CASES[] = {
    {"what is written reads back", what_is_written_reads_back},
    {"bytes that are not UTF-8 become replacement characters", what_is_not_utf8_can_still_be_read},
    {"only whole numbers in range are integers", only_whole_numbers_in_range_are_integers},
    {"broken JSON names the place", broken_json_names_the_place},
};
TEST_SUITE(json, CASES);
