/* The same verdict as ajv, where tests/schema has it installed (tools/schema-test does that): on documents that were
 * broken one by one, and on what the program itself writes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "conform/json_schema.h"
#include "test.h"

#define MAX_BYTES ((size_t)64 << 20)
#define DATASET   "standards/dataset-json-1.1/schema/dataset.schema.json"
#define USDM      "standards/usdm-4.0/schema/usdm-4-0-schema.json"
#define AE        "standards/dataset-json-1.1/examples/sdtm/ae.json"
#define PILOT     "standards/usdm-4.0/examples/CDISC_Pilot_Study.json"

/* A document, and what replaces what in it; the last word says whether it still fits. */
static const struct {
    const char *schema, *document, *from, *to;
    bool fits;
} CHANGES[] = {
    {DATASET, AE, "\"records\":74", "\"records\":74.0", true},
    {DATASET, AE, "\"records\":74", "\"records\":74.5", false},
    {DATASET, AE, "\"records\":74", "\"records\":-1", false},
    {DATASET, AE, "\"records\":74", "\"records\":\"74\"", false},
    {DATASET, AE, "\"records\":74,", "", false},
    {DATASET, AE, "\"datasetJSONVersion\":\"1.1.0\"", "\"datasetJSONVersion\":\"1.2.0\"", false},
    {DATASET, AE, "\"datasetJSONVersion\":\"1.1.0\"", "\"datasetJSONVersion\":\"1.1.07\"", false},
    {DATASET, AE, "2024-11-11T15:09:14", "2024-13-11T15:09:14", false},
    {DATASET, AE, "2024-11-11T15:09:14", "2024-11-11T15:09:14.25+05:30", true},
    {DATASET, AE, "\"length\":12", "\"length\":0", false},
    {DATASET, AE, "\"dataType\":\"string\"", "\"dataType\":\"text\"", false},
    {DATASET, AE, "\"label\":\"Study Identifier\",", "", false},
    {DATASET, AE, "\"originator\":", "\"author\":", false},
    {DATASET, AE, "\"version\":\"9.0401M7\"", "\"release\":\"9.0401M7\"", false},
    {DATASET, AE, "\"columns\":[", "\"columns\":[null,", false},
    {DATASET, AE, "\"rows\":[", "\"rows\":[{},", false},
    {USDM, PILOT, "\"dateValue\": \"2006-06-01\"", "\"dateValue\": \"2006-02-30\"", false},
    {USDM, PILOT, "\"instanceType\": \"Code\"", "\"instanceType\": \"code\"", false},
    {USDM, PILOT, "\"epochId\": \"StudyEpoch_1\"", "\"epochId\": 1", false},
    {USDM, PILOT, "\"id\": null", "\"id\": \"study\"", false},
    {USDM, PILOT, "\"id\": null", "\"id\": \"12345678-9abc-def0-1234-56789abcdef0\"", true},
    {USDM, PILOT, "\"plannedSex\": [", "\"plannedSex\": [{},", false},
    {USDM, PILOT, "\"isRequired\": true", "\"isRequired\": \"true\"", false},
    {USDM, PILOT, "\"minValue\": {", "\"minValue\": {\"best\": 1,", false},
    {USDM, PILOT, "\"arms\": [", "\"arms\": [null,", false},
    {USDM, PILOT, "\"label\": null", "\"label\": {}", false},
    {USDM, PILOT, "\"id\": \"StudyVersion_1\"", "\"id\": \"\"", false},
    {USDM, PILOT, "\"usdmVersion\"", "\"usdmversion\"", false},
};
#define N_CHANGES (sizeof CHANGES / sizeof CHANGES[0])

static bool peer_is_there(Test *t)
{
    bool there = file_exists(t->arena, test_source(t, "tests/schema/node_modules/ajv/package.json"));
    if (!there) test_skip(t, "ajv is not installed: tools/schema-test does that");
    return there;
}

/* What ajv says of some files, "valid FILE" or "invalid FILE: why", a line each. */
static Str peer_verdicts(Test *t, Str schema, Str files)
{
    Error err = {0};
    Str lines = STR(""), out = test_scratch(t, "verdicts.txt");
    Str command = str_format(t->arena, "node '" STR_FMT "' '" STR_FMT "' " STR_FMT " >'" STR_FMT "'", STR_ARG(test_source(t, "tests/schema/verdicts.mjs")), STR_ARG(schema), STR_ARG(files), STR_ARG(out));
    if (CHECK_INT(t, system(command.data), 0)) CHECK_OK(t, file_read(t->arena, out, MAX_BYTES, &lines, &err), err);
    return lines;
}

static bool our_verdict(Test *t, Str schema_path, Str path)
{
    Error err = {0};
    Str text;
    JsonSchema *schema;
    Bytes *bytes;
    FindingList findings = findings_new(t->arena);
    CHECK_OK(t, file_read(t->arena, schema_path, JSON_SCHEMA_MAX_BYTES, &text, &err) && json_schema_parse(t->arena, text, &schema, &err) && bytes_open(t->arena, path, 0, MAX_BYTES, &bytes, &err)
                    && json_schema_check(schema, bytes, STR("d"), false, &findings, &err), err);
    return findings.n == 0;
}

static Str change(Test *t, size_t i)
{
    Error err = {0};
    Str text, before, after;
    Str path = test_data(t, CHANGES[i].document), changed = test_scratch(t, str_format(t->arena, "changed%zu.json", i).data);
    if (!path.len || !CHECK_OK(t, file_read(t->arena, path, MAX_BYTES, &text, &err), err) || !CHECK(t, str_cut(text, str_from(CHANGES[i].from), &before, &after))) return STR("");
    Buf buf = buf_new(t->arena);
    buf_add(&buf, before);
    buf_add_c(&buf, CHANGES[i].to);
    buf_add(&buf, after);
    return CHECK_OK(t, file_write(t->arena, changed, buf_str(&buf), &err), err) ? changed : STR("");
}

static void judges_alike(Test *t)
{
    static const char *const SCHEMAS[] = {DATASET, USDM};
    if (!peer_is_there(t)) return;
    for (size_t k = 0; k < 2; k++) {
        Str schema = test_data(t, SCHEMAS[k]);
        Buf files = buf_new(t->arena);
        if (!schema.len) return;
        Str paths[N_CHANGES] = {{0}};
        for (size_t i = 0; i < N_CHANGES; i++) {
            if (strcmp(CHANGES[i].schema, SCHEMAS[k])) continue;
            paths[i] = change(t, i);
            buf_format(&files, "'" STR_FMT "' ", STR_ARG(paths[i]));
        }
        Str verdicts = peer_verdicts(t, schema, buf_str(&files));
        for (size_t i = 0; i < N_CHANGES; i++) {
            if (!paths[i].len) continue;
            bool peer_fits = str_find(verdicts, str_format(t->arena, "\nvalid " STR_FMT "\n", STR_ARG(paths[i]))) != SIZE_MAX
                          || str_starts(verdicts, str_format(t->arena, "valid " STR_FMT "\n", STR_ARG(paths[i])));
            bool ours = our_verdict(t, schema, paths[i]);
            if (!CHECK_INT(t, ours, peer_fits) || !CHECK_INT(t, ours, CHANGES[i].fits)) fprintf(stderr, "    %s to %s\n", CHANGES[i].from, CHANGES[i].to);
        }
    }
}

/* Every data set of the pilot study, converted by the program. */
static void writes_what_fits(Test *t)
{
    static const char *const NAMES[] = {"sdtm/dm", "sdtm/ae", "sdtm/suppdm", "sdtm/ts", "adam/adsl", "adam/adae", "adam/adtte"};
    Buf files = buf_new(t->arena);
    Str schema = test_data(t, DATASET), data = test_data(t, "cdiscpilot01");
    size_t n = 0;
    if (!schema.len || !data.len || !peer_is_there(t)) return;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        Str from = str_format(t->arena, STR_FMT "/%s.xpt", STR_ARG(data), NAMES[i]);
        if (!file_exists(t->arena, from)) from = str_format(t->arena, STR_FMT ".gz", STR_ARG(from));
        if (!file_exists(t->arena, from)) continue;
        Str to = test_scratch(t, str_format(t->arena, "%s.json", NAMES[i] + 5).data);
        remove(to.data);
        Str command = str_format(t->arena, "'" STR_FMT "' convert '" STR_FMT "' '" STR_FMT "' >'" STR_FMT "' 2>&1", STR_ARG(test_program(t)), STR_ARG(from), STR_ARG(to), STR_ARG(test_scratch(t, "convert.txt")));
        if (!CHECK_INT(t, system(command.data), 0)) continue;
        buf_format(&files, "'" STR_FMT "' ", STR_ARG(to));
        CHECK(t, our_verdict(t, schema, to));
        n++;
    }
    CHECK(t, n >= 5);
    Str verdicts = peer_verdicts(t, schema, buf_str(&files)), line;
    for (size_t i = 0; i < n; i++) {
        if (!CHECK(t, str_cut(verdicts, STR("\n"), &line, &verdicts))) return;
        if (!CHECK(t, str_starts(line, STR("valid ")))) fprintf(stderr, "    " STR_FMT "\n", STR_ARG(line));
    }
}

static const TestCase CASES[] = {
    {"documents broken one by one get the verdict of ajv", judges_alike},
    {"ajv accepts the Dataset-JSON that convert writes", writes_what_fits},
};
TEST_SUITE(json_schema_peer, CASES);
