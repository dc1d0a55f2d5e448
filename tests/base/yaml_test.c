#include "base/yaml.h"

#include <string.h>

#include "test.h"

static void a_tree_keeps_values_and_places(Test *t)
{
    Yaml yaml;
    Error err = {0};
    Str text = STR("# a comment\n"
                   "trial:\n"
                   "  id: NCT02569775\n"
                   "  quoted: '40'\n"
                   "  planned: 40\n"
                   "  ratio: 2.385\n"
                   "  open: true\n"
                   "  country: NO\n"
                   "  nothing:\n"
                   "arms: [A, {id: B}]\n"
                   "text: |\n"
                   "  two\n"
                   "  lines\n");
    if (!CHECK_OK(t, yaml_parse(t->arena, text, &yaml, &err), err)) return;
    const Yaml *trial = yaml_get(&yaml, "trial"), *arms = yaml_get(&yaml, "arms");
    CHECK_INT(t, yaml.n, 3);
    CHECK_TEXT(t, yaml_text(trial, "id"), "NCT02569775");
    CHECK_INT(t, yaml_get(trial, "id")->line, 3);
    CHECK_INT(t, yaml_get(trial, "id")->column, 7);
    CHECK_INT(t, yaml_key(trial, "id")->column, 3);
    double number = 0;
    int64_t integer = 0;
    bool boolean = false;
    CHECK(t, yaml_number(yaml_get(trial, "ratio"), &number));
    CHECK_NEAR(t, number, 2.385, 0);
    CHECK(t, yaml_integer(yaml_get(trial, "planned"), &integer) && integer == 40);
    CHECK(t, !yaml_integer(yaml_get(trial, "quoted"), &integer));
    CHECK(t, yaml_boolean(yaml_get(trial, "open"), &boolean) && boolean);
    CHECK(t, !yaml_boolean(yaml_get(trial, "country"), &boolean));
    CHECK(t, yaml_is_null(yaml_get(trial, "nothing")) && yaml_is_null(NULL));
    CHECK(t, !yaml_is_null(yaml_get(trial, "id")));
    CHECK_INT(t, arms->n, 2);
    CHECK_TEXT(t, yaml_text(&arms->items[1], "id"), "B");
    CHECK_INT(t, arms->items[1].column, 11);
    CHECK_TEXT(t, yaml_text(&yaml, "text"), "two\nlines\n");
    CHECK(t, !yaml_get(yaml_get(&yaml, "absent"), "deeper"));
}

static void text_is_normalised(Test *t)
{
    Yaml yaml;
    Error err = {0};
    if (!CHECK_OK(t, yaml_parse(t->arena, STR("\xef\xbb\xbfname: Nguye\xcc\x82\xcc\x83n\n"), &yaml, &err), err)) return;
    CHECK_TEXT(t, yaml_text(&yaml, "name"), "Nguy\xe1\xbb\x85n");
    CHECK_INT(t, yaml_get(&yaml, "name")->column, 7);
}

static void what_is_refused_says_where_and_how_to_mend_it(Test *t)
{
    static const struct {
        const char *text, *message, *place, *hint;
    } ROWS[] = {
        {"", "the file is empty", "line 1", "at least one"},
        {"# only a comment\n", "the file is empty", "line 2", ""},
        {"a: &x 1\nb: *x\n", "anchors (&) and aliases (*)", "line 1, column 4", "Write the value out"},
        {"b: *x\n", "anchors (&) and aliases (*)", "line 1, column 4", ""},
        {"a: !!str 1\n", "tags (!)", "line 1, column 4", "Remove the tag"},
        {"a: 1\nb: 2\na: 3\n", "\"a\" stands twice", "line 3, column 1", "first in line 1"},
        {"a: 1\n'a': 3\n", "\"a\" stands twice", "line 2, column 1", ""},
        {"<<: {a: 1}\n", "merge keys", "line 1", ""},
        {"[a, b]: 1\n", "a key that is no word", "line 1", ""},
        {"a:\n\tb: 1\n", "a tab", "line 2, column 1", "Indent with blanks"},
        {"# \xe1\xbb\x85\xe1\xbb\x85\n\tb: 1\n", "a tab", "line 2, column 1", ""},
        {"a: 1\n  b: 2\n", "indented too far", "line 2", ""},
        {"a: 'open\n", "never closed", "line 1", "Close the quote"},
        {"a: [1, 2\nb: 1\n", "is not closed", "", "Close it with ]"},
        {"a: 1\n---\nb: 2\n", "a second document", "line 2", ""},
        {"a: \xff\n", "byte 4 is not UTF-8", "line 1", "UTF-8"},
        {"a: @x\n", "keeps for itself", "line 1, column 4", "quotes"},
        {"a: \x01\n", "a control character", "line 1", "Remove it"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Yaml yaml;
        Error err = {0};
        if (!CHECK(t, !yaml_parse(t->arena, str_from(ROWS[i].text), &yaml, &err))) continue;
        CHECK_ERROR(t, err, ERROR_MALFORMED, ROWS[i].message);
        CHECK_ERROR(t, err, ERROR_MALFORMED, ROWS[i].place);
        CHECK_ERROR(t, err, ERROR_MALFORMED, ROWS[i].hint);
    }
}

static void limits_hold(Test *t)
{
    Yaml yaml;
    Error err = {0};
    Buf deep = buf_new(t->arena);
    buf_pad(&deep, '[', 40);
    buf_pad(&deep, ']', 40);
    CHECK(t, !yaml_parse(t->arena, buf_str(&deep), &yaml, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "nested too deeply");
    Buf many = buf_new(t->arena);
    buf_char(&many, '[');
    for (size_t i = 0; i <= YAML_MAX_NODES; i++) buf_add(&many, STR("1,"));
    buf_char(&many, ']');
    CHECK(t, !yaml_parse(t->arena, buf_str(&many), &yaml, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "too many values");
    Buf wide = buf_new(t->arena);
    buf_add(&wide, STR("a: "));
    buf_pad(&wide, 'x', 70000);
    CHECK(t, !yaml_parse(t->arena, buf_str(&wide), &yaml, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "65536 bytes");
    buf_pad(&wide, '\n', YAML_MAX_BYTES);
    CHECK(t, !yaml_parse(t->arena, buf_str(&wide), &yaml, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "at most 4194304 are read");
}

static const TestCase CASES[] = {
    {"a tree keeps values and places", a_tree_keeps_values_and_places},
    {"text is normalised", text_is_normalised},
    {"what is refused says where and how to mend it", what_is_refused_says_where_and_how_to_mend_it},
    {"limits hold", limits_hold},
};
TEST_SUITE(yaml, CASES);
