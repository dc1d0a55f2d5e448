#include "conform/json_schema.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "test.h"

#define MAX_BYTES ((size_t)64 << 20)

static JsonSchema *read_schema(Test *t, const char *text)
{
    JsonSchema *schema = NULL;
    Error err = {0};
    CHECK_OK(t, json_schema_parse(t->arena, str_from(text), &schema, &err), err);
    return schema;
}

/* What is found in a document, one finding a line; through a window of 7 bytes, so that every boundary is met. */
static Str found(Test *t, const char *schema_text, const char *document)
{
    FindingList findings = findings_new(t->arena);
    Buf buf = buf_new(t->arena);
    Error err = {0};
    Bytes *bytes;
    JsonSchema *schema = read_schema(t, schema_text);
    if (!schema || !CHECK_OK(t, bytes_of_pieces(t->arena, str_from(document), 7, MAX_BYTES, &bytes, &err), err)) return STR("");
    if (!json_schema_check(schema, bytes, STR("doc"), false, &findings, &err)) return str_format(t->arena, "%s", err.message);
    for (size_t i = 0; i < findings.n; i++) {
        const Finding *f = &findings.items[i];
        buf_format(&buf, "%s" STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT, i ? "\n" : "", STR_ARG(f->place), STR_ARG(f->variable), STR_ARG(f->value), STR_ARG(f->message));
        if (f->fix.len) buf_format(&buf, "|" STR_FMT, STR_ARG(f->fix));
    }
    return buf_str(&buf);
}

/* schema, document, what is found */
static const char *const SAYS[][3] = {
    {"{\"type\":\"string\"}", "\"a\"", ""},
    {"{\"type\":\"string\"}", "3.5", "line 1||3.5|a number, where a text is wanted"},
    {"{\"type\":[\"string\",\"null\"]}", "[]", "line 1|||an array, where null or a text is wanted"},
    {"{\"type\":\"integer\"}", "3.0", ""},
    {"{\"type\":\"integer\"}", "3.5", "line 1||3.5|a number, where a whole number is wanted"},
    {"{\"enum\":[\"Y\",\"N\",2,null,true]}", "2.0", ""},
    {"{\"enum\":[\"Y\",\"N\",2,null,true]}", "false", "line 1|||not one of the values that the schema lists|Allowed: \"Y\", \"N\", 2, null, true."},
    {"{\"const\":\"AE\"}", "\"DM\"", "line 1||DM|not one of the values that the schema lists|Allowed: \"AE\"."},
    {"{\"minimum\":2.5}", "2.4", "line 1||2.4|below the least of 2.5"},
    {"{\"maximum\":2.5}", "2.6", "line 1||2.6|above the most of 2.5"},
    {"{\"exclusiveMinimum\":2.5}", "2.5", "line 1||2.5|not above 2.5"},
    {"{\"exclusiveMaximum\":2.5}", "2.5", "line 1||2.5|not below 2.5"},
    {"{\"multipleOf\":0.5}", "2.3", "line 1||2.3|no multiple of 0.5"},
    {"{\"multipleOf\":0.5}", "2.5", ""},
    {"{\"minLength\":3}", "\"\xC3\xA9\xC3\xA9\"", "line 1||\xC3\xA9\xC3\xA9|shorter than 3 characters"},
    {"{\"maxLength\":2}", "\"\xC3\xA9\xC3\xA9\"", ""},
    {"{\"maxLength\":2}", "\"abc\"", "line 1||abc|longer than 2 characters"},
    {"{\"minLength\":1}", "\"\"", "line 1|||an empty text"},
    {"{\"pattern\":\"^1\\\\.\\\\d+$\"}", "\"1.7x\"", "line 1||1.7x|does not fit the pattern ^1\\.\\d+$"},
    {"{\"format\":\"date\"}", "\"2023-02-29\"", "line 1||2023-02-29|not a date of ISO 8601"},
    {"{\"format\":\"date\"}", "\"2024-02-29\"", ""},
    {"{\"format\":\"date-time\"}", "\"2024-02-29T23:59:60Z\"", ""},
    {"{\"format\":\"date-time\"}", "\"2024-02-29T10:00:00\"", "line 1||2024-02-29T10:00:00|not a date and time of ISO 8601 with its offset from UTC"},
    {"{\"format\":\"uuid\"}", "\"12345678-9abc-DEF0-1234-56789abcdef0\"", ""},
    {"{\"format\":\"uuid\"}", "\"12345678-9abc-DEF0-1234-56789abcdefg\"", "line 1||12345678-9abc-DEF0-1234-56789abcdefg|not a UUID"},
    {"{\"items\":{\"type\":\"integer\"},\"minItems\":3}", "[4,\n\"x\"]", "line 2, /1|[]|x|a text, where a whole number is wanted\nline 1|||fewer than 3 items"},
    {"{\"prefixItems\":[{\"type\":\"string\"}],\"items\":{\"type\":\"null\"}}", "[\"a\",null,3]", "line 1, /2|[]|3|a number, where null is wanted"},
    {"{\"items\":[{\"type\":\"string\"}],\"additionalItems\":false}", "[\"a\",3]", "line 1, /1|[]|3|the schema allows nothing here"},
    {"{\"maxItems\":1}", "[4,5]", "line 1|||more than 1 items"},
    {"{\"required\":[\"a\",\"b\"]}", "{\"b\":1}", "line 1|||\"a\" is missing"},
    {"{\"properties\":{\"a\":{\"properties\":{\"b\":{\"type\":\"null\"}}}}}", "{\"a\":\n{\"b\":7}}", "line 2, /a/b|a.b|7|a number, where null is wanted"},
    {"{\"properties\":{\"a\":true},\"patternProperties\":{\"^x\":{\"type\":\"null\"}},\"additionalProperties\":false}", "{\"a\":1,\"xy\":2,\"z\":3}",
     "line 1, /xy|xy|2|a number, where null is wanted\nline 1||z|a member that the schema does not have"},
    {"{\"additionalProperties\":{\"type\":\"null\"}}", "{\"q\":2}", "line 1, /q|q|2|a number, where null is wanted"},
    {"{\"minProperties\":2}", "{\"q\":2}", "line 1|||fewer than 2 members"},
    {"{}", "{\"q\":2,\"q\":3}", "line 1||q|a member given twice"},
    {"false", "2", "line 1||2|the schema allows nothing here"},
    {"{\"allOf\":[{\"type\":\"string\"},{\"minLength\":2}]}", "\"a\"", "line 1||a|shorter than 2 characters"},
    {"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "7", "line 1||7|not null or a text"},
    {"{\"anyOf\":[{\"$ref\":\"#/$defs/A\"},{\"type\":\"null\"}],\"$defs\":{\"A\":{\"type\":\"object\",\"required\":[\"id\",\"n\"]}}}", "{}",
     "line 1|||\"id\" is missing\nline 1|||\"n\" is missing"},
    {"{\"anyOf\":[{\"$ref\":\"#/$defs/A\"},{\"type\":\"null\"}],\"$defs\":{\"A\":{\"type\":\"object\"}}}", "7", "line 1||7|not null or an object"},
    {"{\"anyOf\":[{\"minimum\":3},{\"multipleOf\":2}]}", "1", "line 1||1|fits none of 2 alternatives|For each: below the least of 3; or no multiple of 2."},
    {"{\"anyOf\":[{\"properties\":{\"t\":{\"const\":\"A\"},\"x\":{\"type\":\"null\"}}},{\"properties\":{\"t\":{\"const\":\"B\"}},\"required\":[\"y\"]}]}",
     "{\"t\":\"B\"}", "line 1|||\"y\" is missing"},
    {"{\"oneOf\":[{\"minimum\":3},{\"multipleOf\":2}]}", "4", "line 1||4|fits 2 alternatives, where one is wanted"},
    {"{\"oneOf\":[{\"minimum\":3},{\"multipleOf\":2}]}", "2", ""},
    {"{\"not\":{\"type\":\"string\"}}", "\"a\"", "line 1||a|fits what the schema rules out"},
    {"{\"not\":{\"type\":\"string\"}}", "3", ""},
    {"{\"if\":{\"minimum\":5},\"then\":{\"multipleOf\":2},\"else\":{\"multipleOf\":3}}", "7", "line 1||7|no multiple of 2"},
    {"{\"if\":{\"minimum\":5},\"then\":{\"multipleOf\":2},\"else\":{\"multipleOf\":3}}", "4", "line 1||4|no multiple of 3"},
    {"{\"if\":{\"minimum\":5},\"then\":{\"multipleOf\":2}}", "3", ""},
    /* a circle of references, and a document as deep as one likes */
    {"{\"properties\":{\"next\":{\"$ref\":\"#\"}},\"required\":[\"id\"]}", "{\"id\":1,\"next\":{\"id\":2,\"next\":{}}}", "line 1, /next/next|next.next||\"id\" is missing"},
    {"{\"$ref\":\"#\"}", "1", ""},
    {"{\"$id\":\"https://e.org/s\",\"$ref\":\"https://e.org/s#/$defs/a~1b\",\"$defs\":{\"a/b\":{\"type\":\"null\"}}}", "1", "line 1||1|a number, where null is wanted"},
    {"{\"anyOf\":[{\"$ref\":\"#\"}]}", "1", "the schema gives one value more than 1000 schemas to fit at once"},
    {"{}", "{\"a\":1", "the document is cut short"},
    {"{}", "1 2", "not one JSON document: more follows on line 1"},
    {"{}", "", "not JSON: the file is empty"},
};

static void says(Test *t)
{
    for (size_t i = 0; i < sizeof SAYS / sizeof SAYS[0]; i++)
        if (!CHECK_TEXT(t, found(t, SAYS[i][0], SAYS[i][1]), SAYS[i][2])) fprintf(stderr, "    of %s against %s\n", SAYS[i][1], SAYS[i][0]);
}

static void names_gaps(Test *t)
{
    FindingList findings = findings_new(t->arena);
    JsonSchema *schema = read_schema(t, "{\"uniqueItems\":true,\"format\":\"iban\",\"pattern\":\"(?=a)b\",\"version\":null,\"properties\":{\"a\":{\"uniqueItems\":true,\"enum\":[[1]]}}}");
    if (!schema) return;
    json_schema_name_gaps(schema, STR("s.json"), &findings);
    CHECK_INT(t, findings.count[FINDING_NOT_DONE], 4);
    CHECK_INT(t, findings.count[FINDING_NOTE], 1);
    findings_sort(&findings);
    CHECK_TEXT(t, findings.items[0].variable, "enum");
    CHECK_TEXT(t, findings.items[1].variable, "format \"iban\"");
    CHECK_TEXT(t, findings.items[2].variable, "pattern \"(?=a)b\"");
    CHECK(t, str_find(findings.items[2].message, STR("looks around")) != SIZE_MAX);
    CHECK_TEXT(t, findings.items[3].variable, "uniqueItems");
    CHECK_TEXT(t, findings.items[4].message, "no keyword of JSON Schema");
}

static void refuses_schemas(Test *t)
{
    static const char *const WRONG[][2] = {
        {"{\"type\":\"text\"}", "\"type\" of the schema is not one of null, boolean"},
        {"{\"minimum\":\"3\"}", "\"minimum\" of the schema is not a number"},
        {"{\"minLength\":-1}", "\"minLength\" of the schema is not a whole number from 0"},
        {"{\"multipleOf\":0}", "not a number above 0"},
        {"{\"required\":[3]}", "\"required\" of the schema is not a list of texts"},
        {"{\"anyOf\":[]}", "\"anyOf\" of the schema is not a list of one schema or more"},
        {"{\"properties\":{\"a\":3}}", "a schema is neither an object nor true or false"},
        {"{\"$ref\":\"#/$defs/B\"}", "the schema refers to \"#/$defs/B\", which it does not have"},
        {"{\"$ref\":\"other.json\"}", "the schema refers to \"other.json\", which is outside of it"},
        {"{\"patternProperties\":{\"(\":true}}", "the pattern \"(\" cannot be read"},
        {"{", "not JSON"},
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        Error err = {0};
        JsonSchema *schema;
        CHECK(t, !json_schema_parse(t->arena, str_from(WRONG[i][0]), &schema, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, WRONG[i][1]);
    }
}

/* pattern, text, 1 fits, 0 does not, -1 refused with the third word in its message */
static void carries_patterns(Test *t)
{
    static const struct {
        const char *pattern, *text;
        int fits;
    } ROWS[] = {
        {"^a.c$", "a\xC3\xA9" "c", 1}, {"^a.c$", "a\xC3\xA9\xC3\xA9" "c", 0}, {"^.{2}$", "\xE2\x82\xAC\xC3\xA9", 1}, {"^[^x]$", "\xE2\x82\xAC", 1},
        {"^[^x]$", "x", 0}, {"b", "abc", 1}, {"^b", "abc", 0}, {"^\\w+$", "A_9", 1}, {"^\\w+$", "A-9", 0}, {"^\\D$", "4", 0}, {"^\\D$", "\xC3\xA9", 1},
        {"^[\\w.-]+$", "a.b-c", 1}, {"^[\\]a^-]+$", "]^-a", 1}, {"^[\\[.]+$", "[.", 1}, {"^[\\\\]$", "\\", 1}, {"^[^\\d\\s]+$", "ab", 1}, {"^[^\\d\\s]+$", "a b", 0},
        {"^[\\^]$", "^", 1}, {"^(?:ab)+$", "abab", 1}, {"^a{2,3}$", "aaaa", 0}, {"^a{2,}$", "aaaa", 1}, {"^\\u0041", "A", -1}, {"a*?", "a", -1}, {"(a)\\1", "aa", -1},
        {"(?!a)", "b", -1}, {"\\bA", "A", -1}, {"[\xC3\xA9]", "e", -1}, {"[b-a]", "b", -1}, {"(a{200}){200}", "a", -1}, {"a{300}", "a", -1}, {"[a", "a", -1},
        {"\xC3\xA9+$", "\xC3\xA9\xC3\xA9", 1}, {"^1.1(.(0|([1-9][0-9]*)))?$", "1.1.12", 1}, {"\\p{L}", "a", -1}, {"[]", "a", -1}, {"^[a-c]$", "d", 0}, {"^[+--]$", ",", 1},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        FindingList findings = findings_new(t->arena);
        Buf buf = buf_new(t->arena), document = buf_new(t->arena);
        Error err = {0};
        JsonWriter json = json_writer(&buf, 0), value = json_writer(&document, 0);
        json_begin_object(&json);
        json_member_text(&json, "pattern", str_from(ROWS[i].pattern));
        json_end_object(&json);
        json_put_text(&value, str_from(ROWS[i].text));
        JsonSchema *schema = read_schema(t, buf_c(&buf));
        if (!schema) return;
        json_schema_name_gaps(schema, STR("s"), &findings);
        bool refused = findings.n > 0;
        if (!CHECK_OK(t, json_schema_check(schema, bytes_of(t->arena, buf_str(&document)), STR("d"), false, &findings, &err), err)) return;
        if (!CHECK_INT(t, refused ? -1 : findings.n == 0, ROWS[i].fits)) fprintf(stderr, "    of %s and %s\n", ROWS[i].pattern, ROWS[i].text);
    }
}

/* A list of failing texts: one finding, and memory that does not grow with it. */
static void stays_small(Test *t)
{
    enum { N = 200000 };
    FindingList findings = findings_new(t->arena);
    Buf document = buf_new(t->arena);
    Error err = {0};
    JsonSchema *schema = read_schema(t, "{\"items\":{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\",\"maxLength\":1}]}}");
    buf_char(&document, '[');
    for (int i = 0; i < N; i++) buf_add_c(&document, i ? ",\"ab\"" : "\"ab\"");
    buf_char(&document, ']');
    size_t used = arena_used(t->arena);
    if (!schema || !CHECK_OK(t, json_schema_check(schema, bytes_of(t->arena, buf_str(&document)), STR("d"), false, &findings, &err), err)) return;
    CHECK_INT(t, findings.n, 1);
    CHECK_INT(t, findings.items[0].n, N);
    CHECK(t, arena_used(t->arena) - used < 100000);
}

static JsonSchema *published(Test *t, const char *path)
{
    Error err = {0};
    JsonSchema *schema = NULL;
    Str text, file = test_data(t, path);
    if (file.len && CHECK_OK(t, file_read(t->arena, file, JSON_SCHEMA_MAX_BYTES, &text, &err), err)) CHECK_OK(t, json_schema_parse(t->arena, text, &schema, &err), err);
    return schema;
}

static bool check_file(Test *t, const JsonSchema *schema, Str path, FindingList *findings)
{
    Error err = {0};
    Bytes *bytes;
    return CHECK_OK(t, bytes_open(t->arena, path, 0, MAX_BYTES, &bytes, &err) && json_schema_check(schema, bytes, file_name(path), false, findings, &err), err);
}

static void accepts_dataset_json(Test *t)
{
    static const char *const FOLDERS[] = {"sdtm", "adam", "send", "i18n"};
    JsonSchema *schema = published(t, "standards/dataset-json-1.1/schema/dataset.schema.json");
    size_t n = 0;
    for (size_t i = 0; schema && i < 4; i++) {
        Str folder = test_data(t, str_format(t->arena, "standards/dataset-json-1.1/examples/%s", FOLDERS[i]).data);
        DIR *open_folder = opendir(folder.data);
        for (struct dirent *entry; open_folder && (entry = readdir(open_folder));) {
            FindingList findings = findings_new(t->arena);
            if (!str_ends(str_from(entry->d_name), STR(".json"))) continue;
            n += check_file(t, schema, file_join(t->arena, folder, str_copy(t->arena, str_from(entry->d_name))), &findings) && CHECK_INT(t, findings.n, 0);
        }
        if (open_folder) closedir(open_folder);
    }
    if (schema) CHECK_INT(t, n, 23);
}

static void judges_studies(Test *t)
{
    JsonSchema *schema = published(t, "standards/usdm-4.0/schema/usdm-4-0-schema.json");
    FindingList pilot = findings_new(t->arena), wilson = findings_new(t->arena), observed = findings_new(t->arena), gaps = findings_new(t->arena);
    if (!schema || !check_file(t, schema, test_data(t, "standards/usdm-4.0/examples/CDISC_Pilot_Study.json"), &pilot) ||
        !check_file(t, schema, test_data(t, "standards/usdm-4.0/examples/Alexion_NCT04573309_Wilsons.json"), &wilson) ||
        !check_file(t, schema, test_data(t, "standards/usdm-4.0/examples/observational.json"), &observed)) return;
    json_schema_name_gaps(schema, STR("usdm"), &gaps);
    CHECK_INT(t, gaps.n, 0);
    CHECK_INT(t, pilot.n, 0);
    CHECK_INT(t, wilson.n, 1);
    CHECK_TEXT(t, wilson.items[0].variable, "study.versions[].amendments[].changes[].changedSections");
    CHECK_TEXT(t, wilson.items[0].message, "fewer than 1 items");
    CHECK_INT(t, observed.n, 1);
    CHECK_TEXT(t, observed.items[0].variable, "study.versions[].amendments[].changes");
    CHECK_TEXT(t, observed.items[0].message, "fewer than 1 items");
}

static void reads_ars(Test *t)
{
    FindingList gaps = findings_new(t->arena);
    JsonSchema *schema = published(t, "standards/ars-1.0/ars_ldm.schema.json");
    if (!schema) return;
    json_schema_name_gaps(schema, STR("ars"), &gaps);
    CHECK_INT(t, gaps.count[FINDING_NOT_DONE], 0);
    CHECK_INT(t, gaps.count[FINDING_NOTE], 2);                /* LinkML's own metamodel_version and version */
}

static const TestCase CASES[] = {
    {"each keyword is held against values that fit and that do not", says},
    {"keywords that are not checked are named", names_gaps},
    {"a schema that is wrong is refused", refuses_schemas},
    {"patterns are carried over exactly or refused", carries_patterns},
    {"memory does not grow with what is wrong", stays_small},
    {"all 23 published Dataset-JSON examples are accepted", accepts_dataset_json},
    {"one published USDM study is accepted, two are refused", judges_studies},
    {"every keyword of the ARS schema is checked", reads_ars},
};
TEST_SUITE(json_schema, CASES);
