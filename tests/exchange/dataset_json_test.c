/* Dataset-JSON as CDISC's examples have it, and what is wrong with others. */
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "exchange/json_pull.h"
#include "exchange/table.h"
#include "test.h"

static const char *const EXAMPLES[] = {
    "sdtm/ae", "sdtm/cm", "sdtm/dm", "sdtm/ds", "sdtm/ie", "sdtm/mh", "sdtm/relrec", "sdtm/rs", "sdtm/suppdm", "sdtm/sv", "sdtm/ta", "sdtm/te",
    "sdtm/ti", "sdtm/ts", "sdtm/tv", "sdtm/vs", "adam/adcibc", "adam/adsl", "adam/adtte", "send/dm", "send/lb", "send/ts", "i18n/ae",
};

/* Reads the one member of two files side by side; how many cells differ, SIZE_MAX when they cannot be compared. */
static size_t count_differences(Test *t, Str one, Str other, bool by_name)
{
    Arena *arena = arena_new();
    TableReader *readers[2];
    const TableMember *members[2];
    const TableCell *cells[2];
    size_t n = 0, *place;
    Error err = {0};
    bool ok = table_open(arena, one, &readers[0], &err) && table_open(arena, other, &readers[1], &err)
              && table_next_member(readers[0], &members[0], &err) && table_next_member(readers[1], &members[1], &err);
    if (!CHECK_OK(t, ok, err) || (!by_name && members[0]->n_variables != members[1]->n_variables)) return SIZE_MAX;
    place = ARENA_ARRAY(arena, size_t, members[0]->n_variables + 1);
    for (size_t i = 0; i < members[0]->n_variables; i++) {
        place[i] = SIZE_MAX;
        for (size_t k = 0; k < members[1]->n_variables; k++)
            if (str_equal(members[0]->variables[i].name, members[1]->variables[k].name)) place[i] = k;
    }
    while (true) {
        for (int k = 0; k < 2; k++)
            if (!CHECK_OK(t, table_next_row(readers[k], &cells[k], &err), err)) return SIZE_MAX;
        if (!cells[0] || !cells[1]) break;
        for (size_t i = 0; i < members[0]->n_variables; i++) {
            const TableCell *a = &cells[0][i], *b = place[i] == SIZE_MAX ? NULL : &cells[1][place[i]];
            if (b) n += a->missing != b->missing || !str_equal(a->text, b->text) || fabs(a->number - b->number) > 1e-9 * fabs(b->number);
        }
    }
    if ((cells[0] == NULL) != (cells[1] == NULL)) n = SIZE_MAX;
    arena_free(arena);
    return n;
}

static void every_example_is_read_as_its_transport_file_is(Test *t)
{
    for (size_t i = 0; i < sizeof EXAMPLES / sizeof EXAMPLES[0]; i++) {
        Str json = test_data(t, str_format(t->arena, "standards/dataset-json-1.1/examples/%s.json", EXAMPLES[i]).data);
        if (json.len == 0) return;
        bool has_twin = strcmp(EXAMPLES[i], "i18n/ae") != 0;
        Str twin = has_twin ? test_data(t, str_format(t->arena, "standards/dataset-json-1.1/examples/%s.xpt", EXAMPLES[i]).data) : json;
        if (CHECK_INT(t, count_differences(t, json, twin, true), 0)) continue;
        CHECK_TEXT(t, json, "an example that agrees");
    }
}

static void lines_and_compressed_lines_are_the_same_data(Test *t)
{
    static const char *const NAMES[] = {"sdtm/ae", "sdtm/dm", "sdtm/ta", "adam/adcibc", "adam/adsl", "adam/adtte"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        Str json = test_data(t, str_format(t->arena, "standards/dataset-json-1.1/examples/%s.json", NAMES[i]).data);
        if (json.len == 0) return;
        CHECK_INT(t, count_differences(t, json, test_data(t, str_format(t->arena, "standards/dataset-json-1.1/examples/%s.ndjson", NAMES[i]).data), false), 0);
        CHECK_INT(t, count_differences(t, json, test_data(t, str_format(t->arena, "standards/dataset-json-1.1/examples/%s.dsjc", NAMES[i]).data), false), 0);
    }
}

/* --- documents of our own --- */

#define HEAD  "{\"datasetJSONCreationDateTime\":\"2026-01-01T12:00:00\",\"datasetJSONVersion\":\"1.1.0\",\"itemGroupOID\":\"IG.DM\",\"records\":2,\"name\":\"DM\",\"label\":\"Demographics\","
#define COLUMNS                                                                                               \
    "\"columns\":[{\"itemOID\":\"IT.1\",\"name\":\"ID\",\"label\":\"Subject\",\"dataType\":\"string\",\"length\":4},"                  \
    "{\"itemOID\":\"IT.2\",\"name\":\"AGE\",\"label\":\"Age\",\"dataType\":\"integer\"},"                     \
    "{\"itemOID\":\"IT.3\",\"name\":\"DOSE\",\"label\":\"Dose\",\"dataType\":\"decimal\",\"targetDataType\":\"decimal\"},"             \
    "{\"itemOID\":\"IT.4\",\"name\":\"DT\",\"label\":\"Date\",\"dataType\":\"date\",\"targetDataType\":\"integer\",\"displayFormat\":\"DATE9.\"}]"
#define ROWS  "\"rows\":[[\"a\\u00e9\",4,\"0.10\",\"2026-01-02\"],[\"\",null,null,null]]"

static bool read_all(Arena *arena, Str path, TableCell *first, size_t *n_rows, Error *err)
{
    TableReader *reader;
    const TableMember *member;
    const TableCell *cells;
    *n_rows = 0;
    if (!table_open(arena, path, &reader, err) || !table_next_member(reader, &member, err)) return false;
    while (true) {
        if (!table_next_row(reader, &cells, err)) return false;
        if (!cells) return true;
        if ((*n_rows)++ == 0 && first)
            for (size_t i = 0; i < 4 && i < member->n_variables; i++) first[i] = cells[i], first[i].text = str_copy(arena, cells[i].text);
    }
}

static Str written(Test *t, const char *content)
{
    Str path = test_scratch(t, "made.json");
    Error err = {0};
    CHECK_OK(t, file_write(t->arena, path, str_from(content), &err), err);
    return path;
}

static void check_values(Test *t, const char *content)
{
    TableCell first[4];
    size_t n;
    Error err = {0};
    if (!CHECK_OK(t, read_all(t->arena, written(t, content), first, &n, &err), err)) return;
    CHECK_INT(t, n, 2);
    CHECK_TEXT(t, first[0].text, "aé");
    CHECK(t, first[1].number == 4 && first[3].number == 24108);
    CHECK_TEXT(t, first[2].text, "0.10");
}

static void values_are_read_whatever_the_order_of_attributes(Test *t)
{
    check_values(t, HEAD COLUMNS "," ROWS "}");
    check_values(t, "{" ROWS "," COLUMNS ",\"datasetJSONCreationDateTime\":\"2026-01-01T12:00:00Z\",\"datasetJSONVersion\":\"1.1\",\"itemGroupOID\":\"IG.DM\",\"records\":2,\"name\":\"DM\",\"label\":\"\"}");
    check_values(t, "\xef\xbb\xbf{" COLUMNS ",\"records\":2,\"itemGroupOID\":\"x\"," ROWS ",\"label\":\"\",\"name\":\"DM\",\"datasetJSONVersion\":\"1.1.3\",\"datasetJSONCreationDateTime\":\"2026-01-01T12:00:00.25+07:00\"}");
    check_values(t, HEAD COLUMNS "}\n[\"a\\u00e9\",4,\"0.10\",\"2026-01-02\"]\n[\"\",null,null,null]\n");
}

static void what_is_broken_is_refused_with_its_place(Test *t)
{
    static const struct {
        const char *content, *message, *place;
    } BROKEN[] = {
        {HEAD COLUMNS "," ROWS, "cut short", "line 1"},
        {HEAD COLUMNS ",\n\"rows\":[[\"a\",4,\"0.10\",\"2026-01-02\"]]}", "there are 1 rows", "line 2"},
        {HEAD COLUMNS ",\n\"rows\":[[\"a\",4,\"0.10\"],[\"\",null,null,null]]}", "3 values for 4 columns", "row 1"},
        {HEAD COLUMNS ",\n\"rows\":[[\"a\",4,\"0.10\",null,1],[\"\",null,null,null]]}", "more than 4 values", "row 1"},
        {HEAD COLUMNS ",\"rows\":[[\"a\",\"4\",\"0.10\",null],[\"\",null,null,null]]}", "no integer", "column \"AGE\""},
        {HEAD COLUMNS ",\"rows\":[[\"a\",4.5,\"0.10\",null],[\"\",null,null,null]]}", "no integer", "column \"AGE\""},
        {HEAD COLUMNS ",\"rows\":[[7,4,\"0.10\",null],[\"\",null,null,null]]}", "no string", "column \"ID\""},
        {HEAD COLUMNS ",\"rows\":[[\"a\",4,0.10,null],[\"\",null,null,null]]}", "no decimal", "column \"DOSE\""},
        {HEAD COLUMNS ",\"rows\":[[\"a\",4,\"ten\",null],[\"\",null,null,null]]}", "no decimal", "row 1"},
        {HEAD COLUMNS ",\"rows\":[[\"a\",4,\"1\",\"2026-02-30\"],[\"\",null,null,null]]}", "no date", "column \"DT\""},
        {HEAD COLUMNS ",\"rows\":[[\"a\",4,\"1\",\"2026-02\"],[\"\",null,null,null]]}", "no date", "column \"DT\""},
        {HEAD COLUMNS ",\"rows\":{}}", "not an array", "line 1"},
        {HEAD COLUMNS "," ROWS "} x", "value of JSON", "line 1"},
        {HEAD COLUMNS ",\"colour\":\"red\"," ROWS "}", "\"colour\"", "line 1"},
        {HEAD ROWS "}", "there is no \"columns\"", "line 1"},
        {HEAD COLUMNS ",\"name\":\"AE\"," ROWS "}", "\"name\" comes twice", "line 1"},
        {"{\"datasetJSONVersion\":\"1.0.0\"," COLUMNS "}", "is not 1.1", "line 1"},
        {"{\"datasetJSONCreationDateTime\":\"yesterday\"," COLUMNS "}", "no date and time", "line 1"},
        {"{\"datasetJSONVersion\":\"1.1\",\"columns\":[{\"name\":\"A\",\"label\":\"\",\"dataType\":\"string\"}]}", "lacks its \"itemOID\"", "column 1"},
        {"{\"datasetJSONVersion\":\"1.1\",\"columns\":[{\"itemOID\":\"1\",\"name\":\"A\",\"label\":\"\",\"dataType\":\"word\"}]}", "no dataType \"word\"", "column 1"},
        {"{\"datasetJSONVersion\":\"1.1\",\"columns\":[{\"itemOID\":\"1\",\"name\":\"A\",\"label\":\"\",\"dataType\":\"string\",\"length\":0}]}", "\"length\"", "column 1"},
        {"{\"datasetJSONVersion\":\"1.1\",\"columns\":[{\"itemOID\":\"1\",\"name\":\"A\",\"label\":\"\",\"dataType\":\"string\",\"targetDataType\":\"integer\"}]}", "does not go with", "column 1"},
        {"{\"datasetJSONVersion\":\"1.1\",\"records\":\"2\"}", "is a text, not a number", "line 1"},
        {"{\"datasetJSONVersion\":\"1.1\",\"sourceSystem\":{\"name\":\"x\"}}", "needs a name and a version", "line 1"},
        {HEAD COLUMNS ",\"rows\":[[\"a\\x\",4,\"1\",null]]}", "escape", "line 1"},
        {HEAD COLUMNS ",\"rows\":[[\"a\xff\",4,\"1\",null]]}", "not UTF-8", "line 1"},
        {HEAD COLUMNS ",\"rows\":[[\"a\",04,\"1\",null]]}", "number is not one of JSON", "line 1"},
        {HEAD COLUMNS ",\"rows\":[[\"a\",4,\"1\",nul]]}", "value of JSON", "line 1"},
        {HEAD COLUMNS ",\"rows\":[[\"a\" 4,\"1\",null]]}", "a comma", "line 1"},
        {HEAD COLUMNS ",\"rows\":[[\"a\",4,\"1\",null}]}", "brackets do not match", "line 1"},
    };
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) {
        Error err = {0};
        size_t n;
        if (!CHECK(t, !read_all(t->arena, written(t, BROKEN[i].content), NULL, &n, &err))) CHECK_TEXT(t, str_from(BROKEN[i].content), "refused");
        CHECK_ERROR(t, err, ERROR_MALFORMED, BROKEN[i].message);
        CHECK_ERROR(t, err, ERROR_MALFORMED, BROKEN[i].place);
    }
}

static void values_deeper_than_the_limit_are_refused(Test *t)
{
    char deep[200];
    JsonEvent event = {0};
    Error err = {0};
    memset(deep, '[', sizeof deep);
    JsonPull *json = json_pull_new(t->arena, bytes_of(t->arena, (Str){deep, sizeof deep}));
    while (json_pull_next(json, &event, &err)) {}
    CHECK_ERROR(t, err, ERROR_MALFORMED, "64 levels");
    CHECK(t, !json_pull_next(json, &event, &err));
}

static void a_held_row_without_end_is_refused(Test *t)
{
    size_t size = JSON_PULL_MAX_HELD + 1000;
    char *blanks = arena_alloc(t->arena, size);
    Bytes *pieces;
    JsonEvent event = {0};
    Error err = {0};
    memset(blanks, ' ', size);
    memcpy(blanks, "[1,", 3);
    if (!CHECK_OK(t, bytes_of_pieces(t->arena, (Str){blanks, size}, BYTES_WINDOW, (size_t)1 << 30, &pieces, &err), err)) return;
    JsonPull *json = json_pull_new(t->arena, pieces);
    json_pull_hold(json);
    while (json_pull_next(json, &event, &err) && event.kind != JSON_PULL_END) {}
    CHECK_ERROR(t, err, ERROR_MALFORMED, "longer than 64 MiB");
}

/* Texts of a row stay readable while the window moves under it. */
static void held_texts_are_found_again(Test *t)
{
    static const char TEXT[] = "[\"first\",\"sec\\u006fnd\",12.50,\"third\"]";
    for (size_t window = 1; window < 50; window++) {
        Bytes *pieces;
        Error err = {0};
        JsonEvent event;
        size_t at[2], n = 0;
        double value = 0;
        if (!CHECK_OK(t, bytes_of_pieces(t->arena, str_from(TEXT), window, 1000, &pieces, &err), err)) return;
        JsonPull *json = json_pull_new(t->arena, pieces);
        json_pull_hold(json);
        do {
            if (!CHECK_OK(t, json_pull_next(json, &event, &err), err)) return;
            if (event.kind == JSON_PULL_TEXT && event.at != JSON_PULL_DECODED && n < 2) at[n++] = event.at;
            if (event.kind == JSON_PULL_TEXT && event.at == JSON_PULL_DECODED) CHECK_TEXT(t, event.text, "second");
            if (event.kind == JSON_PULL_NUMBER) CHECK(t, json_pull_number(&event, &value) && value == 12.5);
        } while (event.kind != JSON_PULL_ARRAY_END);
        if (!CHECK_INT(t, n, 2)) return;
        CHECK_TEXT(t, json_pull_held(json, at[0], 5), "first");
        CHECK_TEXT(t, json_pull_held(json, at[1], 5), "third");
        json_pull_release(json);
    }
}

/* Events do not depend on where the window happens to end. */
static void windows_of_any_size_give_the_same_events(Test *t)
{
    static const char TEXT[] = "{\"a\":[1,-2.5e+10,\"x\\n\\ud83d\\ude00 long enough to be cut somewhere\",true,false,null,[],{}],\"\":\"\"} [3]";
    for (size_t window = 1; window < 40; window++) {
        Bytes *pieces;
        Error err = {0};
        JsonEvent a, b;
        if (!CHECK_OK(t, bytes_of_pieces(t->arena, str_from(TEXT), window, 1000, &pieces, &err), err)) return;
        JsonPull *whole = json_pull_new(t->arena, bytes_of(t->arena, str_from(TEXT))), *cut = json_pull_new(t->arena, pieces);
        do {
            if (!CHECK_OK(t, json_pull_next(whole, &a, &err) && json_pull_next(cut, &b, &err), err)) return;
            CHECK(t, a.kind == b.kind && str_equal(a.text, b.text));
        } while (a.kind != JSON_PULL_END);
    }
}

static bool convert(Arena *arena, Str from, Str to, const char *word, TableChoices choices, TableChanges *changes, Error *err)
{
    TableReader *reader;
    TableWriter *writer;
    TableSurvey *surveys;
    const TableMember *member;
    const TableCell *cells;
    size_t n;
    choices.created = STR("2026-01-01T12:00:00");
    bool ok = table_survey(arena, from, &surveys, &n, err) && table_open(arena, from, &reader, err)
              && table_create(arena, to, table_format_named(str_from(word)), &choices, &writer, err)
              && table_next_member(reader, &member, err);
    if (!ok) return false;
    TableMember known = *member;
    known.n_rows = surveys[0].n_rows;
    ok = table_begin(writer, &known, err);
    while (ok && (ok = table_next_row(reader, &cells, err)) && cells) ok = table_write(writer, cells, err);
    if (changes) *changes = *table_changes(writer);
    return ok && table_finish(writer, err);
}

static void transport_files_go_through_it_without_loss(Test *t)
{
    static const char *const FILES[] = {"cdiscpilot01/adam/adae.xpt", "cdiscpilot01/adam/adsl.xpt", "cdiscpilot01/adam/adtte.xpt", "cdiscpilot01/adam/adqsadas.xpt",
                                        "cdiscpilot01/sdtm/ae.xpt", "cdiscpilot01/sdtm/dm.xpt", "cdiscpilot01/sdtm/ex.xpt", "cdiscpilot01/sdtm/sv.xpt",
                                        "cdiscpilot01/sdtm/ta.xpt", "standards/dataset-json-1.1/examples/send/lb.xpt"};
    static const char *const WORDS[] = {"dataset-json", "ndjson", "dsjc"};
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        for (size_t k = 0; k < 3; k++) {
            Error err = {0};
            Str original = test_data(t, FILES[i]), json = test_scratch(t, "through.json"), again = test_scratch(t, "again.xpt");
            if (original.len == 0) return;
            if (!CHECK_OK(t, convert(t->arena, original, json, WORDS[k], (TableChoices){0}, NULL, &err) && convert(t->arena, json, again, "xpt", (TableChoices){0}, NULL, &err), err)) continue;
            CHECK_INT(t, count_differences(t, original, again, false), 0);
        }
}

static void special_missing_values_are_counted(Test *t)
{
    TableChanges changes;
    Error err = {0};
    Str json = test_scratch(t, "special.json");
    Str original = test_source(t, "fuzz/corpus/xpt/v5");
    CHECK(t, !convert(t->arena, original, json, "dataset-json", (TableChoices){0}, &changes, &err));      /* 1.5 with DATE9. */
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "ISO 8601");
    if (CHECK_OK(t, convert(t->arena, original, json, "dataset-json", (TableChoices){.dates_as_numbers = true}, &changes, &err), err)) CHECK_INT(t, changes.n_special_missing, 1);
}

static const TestCase CASES[] = {
    {"every example is read as its transport file is", every_example_is_read_as_its_transport_file_is},
    {"lines and compressed lines are the same data", lines_and_compressed_lines_are_the_same_data},
    {"values are read whatever the order of attributes", values_are_read_whatever_the_order_of_attributes},
    {"what is broken is refused with its place", what_is_broken_is_refused_with_its_place},
    {"values deeper than the limit are refused", values_deeper_than_the_limit_are_refused},
    {"a held row without end is refused", a_held_row_without_end_is_refused},
    {"held texts are found again", held_texts_are_found_again},
    {"windows of any size give the same events", windows_of_any_size_give_the_same_events},
    {"transport files go through it without loss", transport_files_go_through_it_without_loss},
    {"special missing values are counted", special_missing_values_are_counted},
};
TEST_SUITE(dataset_json, CASES);
